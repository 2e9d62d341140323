/* Complaints about cancelling and changing, in the words of those who made them. */
#include "../audit_world.h"
#include "../sim/life.h"

#include <stdio.h>

static const char *const stages[] = {"promised", "released", "partly picked", "picked",
                                     "packing",  "packed",   "labelled"};
enum { STAGE_COUNT = sizeof stages / sizeof *stages };

/* An order of 3 mugs by card, brought as far as the k-th stage. */
static int64_t order_at(struct life *l, size_t stage)
{
    struct ctx *c = &l->w->ctx;
    struct draft d = life_card_draft(l, "MUG", 3, stage == 0 ? "tok_slow" : "tok_ok");
    int64_t id = life_place(l, &d), box;
    life_let_go_all(l, id, HOLD_DUPLICATE);
    if (stage < 2) return id;
    struct task t = life_task(l, id, TASK_PICK, 0);
    CHECK_OK(c, life_pick(l, &t, stage == 2 ? 2 : 3));
    if (stage < 4) return id;
    int64_t work = life_fulfillment(l, id, 0).fulfillment_id;
    CHECK_OK(c, life_start_packing(l, work));
    CHECK_OK(c, life_box(l, work, &box));
    CHECK_OK(c, life_put(l, box, "MUG", stage == 4 ? 2 : 3, NULL));
    if (stage < 5) return id;
    if (stage == 5) l->is_busy = true; /* nobody has labelled it yet */
    CHECK_OK(c, life_seal(l, box, NONE));
    return id;
}

/* Every open put-back of the order is done by hand. */
static int64_t put_all_back(struct life *l, int64_t order_id)
{
    struct list work = life_work(l, order_id);
    const struct fulfillment *f = work.at;
    int64_t units = 0;
    for (size_t i = 0; i < work.count; i++) {
        struct list tasks = work_tasks(l->w, f[i].fulfillment_id);
        const struct task *t = tasks.at;
        for (size_t k = 0; k < tasks.count; k++) {
            if (t[k].kind != TASK_PUT_BACK || t[k].state >= TASK_DONE) continue;
            units += t[k].quantity;
            CHECK_OK(&l->w->ctx, life_put_back(l, &t[k], NONE));
        }
    }
    return units;
}

TEST_BOTH(complaint, c21_an_order_can_be_cancelled_at_every_stage_and_every_unit_is_back)
{
    struct life l = life_open(w);
    for (size_t stage = 0; stage < STAGE_COUNT && !test_failed(); stage++) {
        int64_t id = order_at(&l, stage), picked = shop_state(w, id).picked;
        CHECK_OK(&w->ctx, life_cancel(&l, id, "changed my mind"));
        l.is_busy = false;
        life_quiet(&l);
        CHECK_I64(3, l.cancelled.units);
        CHECK_I64(picked, l.cancelled.put_back);
        CHECK(l.cancelled.is_cancelled);
        CHECK_I64(STAGE_CANCELLED, life_stage(&l, id));
        /* what lies in a tote is nobody's to sell before it lies in its bin */
        CHECK_I64(100 - picked, life_free_units(&l, l.shop.mug, l.shop.london));
        if (picked) CHECK_I64(FULFILLMENT_CANCELLING, life_fulfillment(&l, id, 0).state);
        work_audit(w);
        world_audit(w);
        CHECK_I64(picked, put_all_back(&l, id));
        CHECK_I64(100, life_free_units(&l, l.shop.mug, l.shop.london));
        CHECK_I64(100, work_cell(w, l.shop.london, l.shop.mug, l.shop.bins[0][0], NULL).on_hand);
        if (stage) CHECK_I64(FULFILLMENT_CANCELLED, life_fulfillment(&l, id, 0).state);
        CHECK_I64(3, shop_state(w, id).cancelled);
        life_later(&l, DAY_US);
        CHECK_I64(0, life_money(&l, id).balance.authorised);
        CHECK_I64(0, life_money(&l, id).balance.captured);
        if (test_failed()) printf("at stage %s\n", stages[stage]);
        world_audit(w);
    }
}

TEST_BOTH(complaint, c14_one_of_three_is_cancelled_at_every_stage_and_the_rest_goes_on)
{
    struct life l = life_open(w);
    for (size_t stage = 1; stage < STAGE_COUNT && !test_failed(); stage++) {
        int64_t id = order_at(&l, stage), picked = shop_state(w, id).picked;
        struct cancel_line one = {1, 1};
        CHECK_OK(&w->ctx, life_cancel_lines(&l, id, &one, 1, "two are enough"));
        l.is_busy = false;
        life_quiet(&l);
        CHECK_I64(1, l.cancelled.units);
        CHECK_I64(picked == 3, l.cancelled.put_back);
        CHECK(!l.cancelled.is_cancelled);
        world_audit(w);
        CHECK_I64(picked == 3, put_all_back(&l, id));
        CHECK_I64(1, shop_state(w, id).cancelled);
        int64_t box = 0;
        struct list packages = work_packages(w, id);
        if (packages.count) { /* the packer goes on with the box that stands there */
            box = ((const struct package *)packages.at)->package_id;
            life_start_packing(&l, life_fulfillment(&l, id, 0).fulfillment_id);
            if (stage == 4) life_put(&l, box, "MUG", 1, NULL);
            CHECK_OK(&w->ctx, life_seal(&l, box, NONE));
            life_later(&l, HOUR_US);
            if (life_package(&l, id, 0).state == PACKAGE_SEALED)
                CHECK_OK(&w->ctx, life_label(&l, box));
            CHECK_OK(&w->ctx, life_hand_over(&l, box, HAND_OVER_CARRIER));
        } else {
            life_ship(&l, id);
        }
        CHECK_I64(2, shop_state(w, id).shipped);
        CHECK_I64(STAGE_DELIVERING, life_stage(&l, id));
        life_later(&l, DAY_US);
        CHECK_I64(2 * 899, life_money(&l, id).balance.captured);
        CHECK_I64(0, life_money(&l, id).balance.authorised);
        CHECK_OK(&w->ctx,
                 life_report(&l, life_package(&l, id, 0).package_id, TRACKING_DELIVERED, 0));
        CHECK_I64(STAGE_COMPLETING, life_stage(&l, id));
        if (test_failed()) printf("at stage %s\n", stages[stage]);
        world_audit(w);
    }
}

/* --- changes --------------------------------------------------------------------------------- */

#define LINE(...)                                                                                  \
    (struct change_line)                                                                           \
    {                                                                                              \
        .line_no = NONE, .parent_line = NONE, .quantity = NONE, .unit_price = {.minor = NONE},     \
        .discount = {.minor = NONE}, __VA_ARGS__                                                   \
    }
#define CHANGE(...)                                                                                \
    (&(struct order_change){                                                                       \
        .method = -1, .wish_day = NONE, .shipping = {.minor = NONE}, __VA_ARGS__})

static int64_t stock_facts(struct world *w)
{
    int64_t entries = 0, promises = 0;
    CHECK_OK(&w->ctx, store_reader(&w->ctx));
    static const struct query_pair {
        const char *sql;
    } asked[] = {{"SELECT count(*) FROM stock_entry"},
                 {"SELECT coalesce(sum(quantity * 7 + consumed * 3 + released), 0) FROM promise"}};
    CHECK_OK(&w->ctx, db_ask(&w->ctx, asked[0].sql, asked[0].sql, &entries));
    CHECK_OK(&w->ctx, db_ask(&w->ctx, asked[1].sql, asked[1].sql, &promises));
    return entries * 1000000 + promises;
}

TEST_BOTH(complaint, c08_a_price_edit_on_a_shipped_line_touches_no_stock_rows)
{
    struct life l = life_open(w);
    struct draft d = life_card_draft(&l, "MUG", 3, "tok_ok");
    int64_t id = life_place(&l, &d);
    life_ship(&l, id);
    life_later(&l, HOUR_US);
    CHECK_I64(3 * 899, life_money(&l, id).balance.captured);
    int64_t before = stock_facts(w);
    struct change_line line = LINE(.line_no = 1, .unit_price = money(799, "GBP"));
    CHECK_OK(&w->ctx, life_change(&l, id, CHANGE(.lines = {&line, 1}, .reason = T("promised"))));
    CHECK_I64(before, stock_facts(w));
    CHECK_I64(3 * 899, l.changed.before_minor);
    CHECK_I64(3 * 799, l.changed.after_minor);
    life_later(&l, DAY_US);
    CHECK_I64(300, life_money(&l, id).balance.refunded); /* what is too much goes back */
    CHECK_I64(STAGE_DELIVERING, life_stage(&l, id));
    world_audit(w);
}

TEST_BOTH(complaint, c18_what_is_added_to_a_paid_order_is_promised_by_the_same_rule)
{
    struct life l = life_open(w);
    struct draft d = life_card_draft(&l, "MUG", 2, "tok_ok");
    int64_t id = life_place(&l, &d);
    struct change_line more[] = {LINE(.line_no = 1, .quantity = 5),
                                 LINE(.sku = T("PEN"), .quantity = 4),
                                 LINE(.sku = T("SET"), .quantity = 1)};
    CHECK_OK(&w->ctx, life_change(&l, id, CHANGE(.lines = {more, 3})));
    CHECK_I64(3 + 4 + 3, l.changed.promised);
    CHECK_I64(0, l.changed.short_of);
    CHECK(l.changed.waits_for_payment);
    CHECK(l.changed.due_minor == l.changed.after_minor - 2 * 899);
    CHECK_I64(100 - 5 - 1, life_free_units(&l, l.shop.mug, l.shop.london));
    CHECK_I64(100 - 4 - 2, life_free_units(&l, l.shop.pen, l.shop.london));
    life_later(&l, HOUR_US); /* the same card was asked for the difference */
    CHECK(!life_is_held(&l, id, HOLD_PAYMENT));
    CHECK_I64(l.changed.after_minor, life_money(&l, id).balance.authorised);
    struct list work = life_work(&l, id);
    for (size_t i = 0; i < work.count; i++) CHECK_OK(&w->ctx, life_pick_all(&l, id));
    life_pack_all(&l, id);
    life_ship(&l, id);
    CHECK_I64(12, shop_state(w, id).shipped);
    life_later(&l, HOUR_US);
    CHECK_I64(l.changed.after_minor, life_money(&l, id).balance.captured);
    world_audit(w);

    /* what nobody has is said to be missing at once, and comes when it comes */
    d = shop_draft(w, "LAMP", 100);
    int64_t other = life_place(&l, &d);
    struct change_line lamps = LINE(.line_no = 1, .quantity = 125);
    CHECK_OK(&w->ctx, life_change(&l, other, CHANGE(.lines = {&lamps, 1})));
    CHECK_I64(20, l.changed.promised);
    CHECK_I64(5, l.changed.short_of);
    CHECK_OK(&w->ctx, life_receive(&l, "LAMP", "LON", "A-01-01", 5));
    CHECK_I64(125, shop_state(w, other).allocated);
    world_audit(w);
}

TEST_BOTH(complaint, c15_c16_fewer_and_more_and_fewer_again_leaves_no_ghosts)
{
    struct life l = life_open(w);
    struct draft d = shop_draft(w, "MUG", 4);
    d.payment_method = PAY_BANK_TRANSFER; /* never paid */
    int64_t id = life_place(&l, &d);
    static const int64_t wanted[] = {2, 7, 1, 3};
    for (size_t i = 0; i < 4; i++) {
        struct change_line line = LINE(.line_no = 1, .quantity = wanted[i]);
        CHECK_OK(&w->ctx, life_change(&l, id, CHANGE(.lines = {&line, 1})));
        CHECK_I64(100 - wanted[i], life_free_units(&l, l.shop.mug, l.shop.london));
        CHECK_I64(wanted[i] * 899, l.changed.after_minor);
    }
    CHECK_OK(&w->ctx, life_cancel(&l, id, "no"));
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "wrong_state", life_cancel(&l, id, "no"));
    CHECK_I64(100, life_free_units(&l, l.shop.mug, l.shop.london));
    CHECK_I64(0, life_money(&l, id).balance.captured);
    world_audit(w);
}

TEST_BOTH(complaint, c36_a_hold_a_cancel_and_a_new_address_stop_the_next_scan_wherever_it_is)
{
    struct life l = life_open(w);
    struct postal_address to = {.recipient = T("Ada Byron"),
                                .line1 = T("221B Baker Street"),
                                .city = T("London"),
                                .postal_code = T("NW1 6XE"),
                                .country = T("GB")};
    for (size_t stage = 1; stage < STAGE_COUNT && !test_failed(); stage++) {
        int64_t id = order_at(&l, stage), hold_id;
        l.is_busy = false;
        life_quiet(&l);
        int64_t version = life_fulfillment(&l, id, 0).version;
        CHECK_OK(&w->ctx, life_hold(&l, id, "customer calls", &hold_id));
        if (stage <= 2) {
            struct task t = life_task(&l, id, TASK_PICK, 0);
            CHECK_FAULT(&w->ctx, ERR_CONFLICT, "stop", life_scan(&l, &t, "MUG", 1));
            CHECK_FAULT(&w->ctx, ERR_CONFLICT, "stop", life_short(&l, &t, 0, SHORT_NOT_THERE));
        } else if (stage == 3) {
            int64_t work = life_fulfillment(&l, id, 0).fulfillment_id;
            CHECK_FAULT(&w->ctx, ERR_CONFLICT, "stop", life_start_packing(&l, work));
            CHECK_FAULT(&w->ctx, ERR_CONFLICT, "stop", life_pack(&l, work));
        } else {
            int64_t box = life_package(&l, id, 0).package_id;
            if (stage == 4)
                CHECK_FAULT(&w->ctx, ERR_CONFLICT, "stop", life_put(&l, box, "MUG", 1, NULL));
            if (stage == 4) CHECK_FAULT(&w->ctx, ERR_CONFLICT, "stop", life_seal(&l, box, NONE));
            if (stage > 4)
                CHECK_FAULT(&w->ctx, ERR_CONFLICT, "stop",
                            life_hand_over(&l, box, HAND_OVER_CARRIER));
        }
        CHECK_OK(&w->ctx, life_let_go(&l, id, hold_id));
        CHECK_OK(&w->ctx, life_change(&l, id, CHANGE(.ship_to = &to)));
        CHECK(life_fulfillment(&l, id, 0).version >= version + 2);
        life_later(&l, HOUR_US);
        if (stage > 4) { /* another label, for the new address */
            CHECK_I64(PACKAGE_LABELLED, life_package(&l, id, 0).state);
            CHECK_I64(1, life_told(&l, id, EVENT_LABEL_VOIDED));
            CHECK_I64(2, life_told(&l, id, EVENT_LABEL_BOUGHT));
        }
        CHECK_OK(&w->ctx, life_cancel(&l, id, "enough"));
        if (stage > 4)
            CHECK_FAULT(&w->ctx, ERR_CONFLICT, "stop",
                        life_hand_over(&l, life_package(&l, id, 0).package_id, HAND_OVER_CARRIER));
        put_all_back(&l, id);
        if (test_failed()) printf("at stage %s\n", stages[stage]);
        world_audit(w);
    }
}

TEST_BOTH(complaint, c40_a_parcel_that_left_before_the_cancel_is_recorded_beside_it)
{
    struct life l = life_open(w);
    struct draft d = life_card_draft(&l, "MUG", 2, "tok_ok");
    int64_t id = life_place(&l, &d);
    life_ship(&l, id);
    CHECK_OK(&w->ctx, life_cancel(&l, id, "too late?"));
    CHECK(!l.cancelled.is_cancelled);
    CHECK_I64(2, l.cancelled.left);
    CHECK_I64(1, life_told(&l, id, EVENT_ORDER_CANCEL_ASKED));
    CHECK_I64(0, life_told(&l, id, EVENT_ORDER_CANCELLED));
    CHECK_I64(STAGE_DELIVERING, life_stage(&l, id)); /* the fact stands */
    CHECK_I64(1, life_told(&l, id, EVENT_RETURN_REQUESTED));
    world_audit(w);
    /* the courier has not been here after all: then it is cancelled, and nothing comes back */
    CHECK_OK(&w->ctx, life_take_back(&l, life_package(&l, id, 0).package_id));
    CHECK_I64(STAGE_CANCELLED, life_stage(&l, id));
    CHECK_I64(1, life_told(&l, id, EVENT_RETURN_CANCELLED));
    CHECK_I64(2, put_all_back(&l, id));
    world_audit(w);
}

TEST_BOTH(complaint, c43_c45_a_courier_who_never_came_and_a_number_typed_wrongly_are_put_right)
{
    struct life l = life_open(w);
    struct draft d = life_card_draft(&l, "MUG", 2, "tok_ok");
    int64_t id = life_place(&l, &d);
    life_ship(&l, id);
    int64_t box = life_package(&l, id, 0).package_id;
    CHECK_OK(&w->ctx, life_correct_number(&l, box, "jd 0001 2345"));
    CHECK_I64(1, life_told(&l, id, EVENT_LABEL_CORRECTED)); /* with the one before */
    CHECK_OK(&w->ctx, life_take_back(&l, box));
    CHECK_I64(0, shop_state(w, id).shipped);
    CHECK_I64(PACKAGE_LABELLED, life_package(&l, id, 0).state);
    CHECK_OK(&w->ctx, life_cancel(&l, id, "never came")); /* now it can be */
    CHECK(l.cancelled.is_cancelled);
    CHECK_I64(2, put_all_back(&l, id));
    CHECK_I64(100, life_free_units(&l, l.shop.mug, l.shop.london));
    world_audit(w);
}

TEST_BOTH(complaint, c05_c06_what_was_cancelled_is_whole_again_for_the_next_order)
{
    struct life l = life_open(w);
    struct draft d = shop_draft(w, "MUG", 100);
    for (size_t i = 0; i < 2 && !test_failed(); i++) {
        int64_t id = life_place(&l, &d);
        life_let_go_all(&l, id, HOLD_DUPLICATE);
        CHECK_OK(&w->ctx, life_pick_all(&l, id));
        /* somebody counted wrongly: fewer are there than are promised, and it works all the same */
        CHECK_OK(&w->ctx, life_cancel(&l, id, "no"));
        CHECK_I64(100, put_all_back(&l, id));
        CHECK_I64(100, life_free_units(&l, l.shop.mug, l.shop.london));
    }
    world_audit(w);
}

TEST_BOTH(complaint, c39_an_order_with_a_refund_can_be_cancelled)
{
    struct life l = life_open(w);
    struct draft d = shop_draft(w, "MUG", 3);
    d.payment_method = PAY_BANK_TRANSFER;
    int64_t id = life_place(&l, &d);
    CHECK_OK(&w->ctx, life_pay(&l, paying_record,
                               PAY_ACT(.order_id = id, .method = PAY_BANK_TRANSFER,
                                       .amount_minor = 3 * 899, .note = T("ref 1"))));
    CHECK_OK(&w->ctx, life_pay(&l, paying_refund, PAY_ACT(.order_id = id, .amount_minor = 500)));
    life_later(&l, HOUR_US);
    CHECK_OK(&w->ctx, life_cancel(&l, id, "no"));
    life_later(&l, DAY_US);
    CHECK_I64(STAGE_CANCELLED, life_stage(&l, id));
    struct paying_view v = life_money(&l, id);
    CHECK_I64(3 * 899, v.balance.refunded + v.balance.owed_back);
    world_audit(w);
}
