/* test/sim/life_change_test.c: orders that become others: prepared, confirmed, discarded; drafts;
 * services; what has left and what has not. */
#include "../audit_world.h"
#include "life.h"
#include "stages/1_receipt/receipt.h"
#include "stages/2_processing/proposing.h"

#define LINE(...)                                                                                  \
    (struct change_line)                                                                           \
    {                                                                                              \
        .line_no = NONE, .parent_line = NONE, .quantity = NONE, .unit_price = {.minor = NONE},     \
        .discount = {.minor = NONE}, __VA_ARGS__                                                   \
    }
#define CHANGE(...)                                                                                \
    (&(struct order_change){                                                                       \
        .method = -1, .wish_day = NONE, .shipping = {.minor = NONE}, __VA_ARGS__})
#define ONE_LINE(...) CHANGE(.lines = {&LINE(__VA_ARGS__), 1})

struct deed {
    struct life *l;
    int64_t order_id, change_id;
    const struct order_change *in;
    bool has_seen;
};

static enum err act(struct deed d, work_fn *work)
{
    enum err e = db_tx(&d.l->w->ctx, work, &d);
    if (e == OK) life_quiet(d.l);
    return e;
}

static enum err begin(struct ctx *c, void *arg)
{
    struct deed *d = arg;
    return proposing_begin(c, d->order_id, d->in, &d->change_id);
}
static enum err edit(struct ctx *c, void *arg)
{
    struct deed *d = arg;
    return proposing_edit(c, d->order_id, d->change_id, d->in, d->has_seen);
}
static enum err confirm(struct ctx *c, void *arg)
{
    struct deed *d = arg;
    return proposing_confirm(c, d->order_id, d->change_id, d->has_seen, &d->l->changed);
}
static enum err discard(struct ctx *c, void *arg)
{
    struct deed *d = arg;
    return proposing_discard(c, d->order_id, d->change_id);
}
static enum err place(struct ctx *c, void *arg)
{
    struct deed *d = arg;
    return receipt_place_draft(c, d->order_id, (struct text){0}, (struct list){0}, &d->l->placed);
}

static enum err life_propose(struct life *l, int64_t id, const struct order_change *in,
                             int64_t *change_id)
{
    struct deed d = {l, id, NONE, in, false};
    enum err e = db_tx(&l->w->ctx, begin, &d);
    if (e == OK) life_quiet(l);
    *change_id = d.change_id;
    return e;
}
static enum err life_edit(struct life *l, int64_t id, int64_t change_id,
                          const struct order_change *in, bool has_seen)
{
    return act((struct deed){l, id, change_id, in, has_seen}, edit);
}
static enum err life_agree(struct life *l, int64_t id, int64_t change_id, bool has_seen)
{
    return act((struct deed){l, id, change_id, NULL, has_seen}, confirm);
}
static enum err life_discard_change(struct life *l, int64_t id, int64_t change_id)
{
    return act((struct deed){l, id, change_id, NULL, false}, discard);
}
static enum err life_place_draft(struct life *l, int64_t id)
{
    return act((struct deed){l, id, NONE, NULL, false}, place);
}

static struct order order_now(struct life *l, int64_t id)
{
    struct order o = {0};
    CHECK_OK(&l->w->ctx, store_reader(&l->w->ctx));
    CHECK_OK(&l->w->ctx, order_get(&l->w->ctx, id, &o));
    return o;
}

static struct proposal proposal_now(struct life *l, int64_t id, int64_t change_id)
{
    struct proposal p = {0};
    CHECK_OK(&l->w->ctx, store_reader(&l->w->ctx));
    CHECK_OK(&l->w->ctx, proposal_get(&l->w->ctx, id, change_id, &p));
    return p;
}

TEST_BOTH(proposing, nothing_is_different_before_a_prepared_change_is_confirmed)
{
    struct life l = life_open(w);
    struct draft d = shop_draft(w, "MUG", 2);
    int64_t id = life_place(&l, &d), change;
    struct postal_address to = {.recipient = T("Ada Byron"),
                                .line1 = T("221B Baker Street"),
                                .city = T("London"),
                                .postal_code = T("NW1 6XE"),
                                .country = T("GB")};
    int64_t was = order_now(&l, id).ship_to_id;
    CHECK_OK(&w->ctx, life_propose(&l, id, ONE_LINE(.line_no = 1, .quantity = 9), &change));
    CHECK_I64(98, life_free_units(&l, l.shop.mug, l.shop.london));
    CHECK_OK(&w->ctx,
             life_edit(&l, id, change,
                       CHANGE(.lines = {&LINE(.line_no = 1, .quantity = 5), 1}, .ship_to = &to,
                              .note = T("ring twice"), .wish_day = day_of_us(w->ctx.now_us) + 5),
                       false));
    CHECK_I64(98, life_free_units(&l, l.shop.mug, l.shop.london));
    CHECK_I64(was, order_now(&l, id).ship_to_id);
    CHECK_I64(2 * 899, order_now(&l, id).total_minor);
    CHECK_OK(&w->ctx, life_agree(&l, id, change, false));
    struct order o = order_now(&l, id);
    CHECK_I64(5 * 899, o.total_minor);
    CHECK_TEXT("ring twice", o.note);
    CHECK(o.ship_to_id != was);
    CHECK_I64(95, life_free_units(&l, l.shop.mug, l.shop.london));
    CHECK_I64(PROPOSAL_CONFIRMED, proposal_now(&l, id, change).state);
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "wrong_state", life_agree(&l, id, change, false));
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "wrong_state",
                life_edit(&l, id, change, CHANGE(.note = T("x")), false));
    world_audit(w);
}

TEST_BOTH(proposing, what_happened_to_the_order_meanwhile_is_named_and_has_to_be_seen)
{
    struct life l = life_open(w);
    struct draft d = shop_draft(w, "MUG", 2);
    int64_t id = life_place(&l, &d), change, hold_id;
    CHECK_OK(&w->ctx, life_propose(&l, id, ONE_LINE(.line_no = 1, .quantity = 3), &change));
    CHECK_OK(&w->ctx, life_hold(&l, id, "customer calls", &hold_id));
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "changed_meanwhile", life_agree(&l, id, change, false));
    CHECK(text_find(text_of(w->ctx.fault.detail), T("order.held")) >= 0);
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "changed_meanwhile",
                life_edit(&l, id, change, CHANGE(.note = T("x")), false));
    CHECK_I64(2, shop_state(w, id).units);
    CHECK_I64(PROPOSAL_OPEN, proposal_now(&l, id, change).state);
    /* who has seen it edits, and from then on it is known */
    CHECK_OK(&w->ctx, life_edit(&l, id, change, ONE_LINE(.line_no = 1, .quantity = 4), true));
    CHECK_OK(&w->ctx, life_agree(&l, id, change, false));
    CHECK_I64(4, shop_state(w, id).units);
    /* a change that cannot be made any more leaves the proposal as it was */
    CHECK_OK(&w->ctx, life_propose(&l, id, ONE_LINE(.line_no = 1, .quantity = 1), &change));
    CHECK_OK(&w->ctx, life_cancel(&l, id, "no"));
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "changed_meanwhile", life_agree(&l, id, change, false));
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "wrong_state", life_agree(&l, id, change, true));
    CHECK_I64(PROPOSAL_OPEN, proposal_now(&l, id, change).state);
    CHECK_OK(&w->ctx, life_discard_change(&l, id, change));
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "wrong_state",
                life_propose(&l, id, CHANGE(.note = T("x")), &change));
    world_audit(w);
}

TEST_BOTH(proposing, an_order_has_one_change_in_preparation_and_it_does_not_stand_forever)
{
    struct life l = life_open(w);
    struct draft d = shop_draft(w, "MUG", 2);
    int64_t id = life_place(&l, &d), first, second;
    CHECK_OK(&w->ctx, life_propose(&l, id, CHANGE(.note = T("one")), &first));
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "change_open",
                life_propose(&l, id, CHANGE(.note = T("two")), &second));
    CHECK_OK(&w->ctx, life_discard_change(&l, id, first));
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "wrong_state", life_discard_change(&l, id, first));
    CHECK_OK(&w->ctx, life_propose(&l, id, CHANGE(.note = T("two")), &second));
    life_later(&l, PROPOSAL_HOURS * HOUR_US - 1);
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "change_open",
                life_propose(&l, id, CHANGE(.note = T("three")), &first));
    life_later(&l, 1);
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "change_expired", life_agree(&l, id, second, true));
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "change_expired",
                life_edit(&l, id, second, CHANGE(.note = T("x")), true));
    CHECK_OK(&w->ctx, life_propose(&l, id, CHANGE(.note = T("three")), &first));
    CHECK_I64(PROPOSAL_EXPIRED, proposal_now(&l, id, second).state);
    CHECK_FAULT(&w->ctx, ERR_NOT_FOUND, "change_not_found", life_agree(&l, id, id, true));
    CHECK_FAULT(&w->ctx, ERR_INVALID, "nothing_to_change",
                life_edit(&l, id, first, CHANGE(.reason = T("why not")), true));
    CHECK_FAULT(&w->ctx, ERR_INVALID, "currency_differs",
                life_edit(&l, id, first, CHANGE(.shipping = money(1, "USD")), true));
    CHECK_I64(1, life_told(&l, id, EVENT_CHANGE_BEGUN) - 2);
    CHECK_I64(2, life_told(&l, id, EVENT_CHANGE_ENDED));
}

/* --- services -------------------------------------------------------------------------------- */

TEST_BOTH(changing, a_service_is_added_to_a_line_until_it_is_being_packed)
{
    struct life l = life_open(w);
    struct draft d = shop_draft(w, "MUG", 2);
    struct order_change *wrap =
        ONE_LINE(.service = T("gift_wrap"), .parent_line = 1, .wording = T("For Ada"));
    /* before anything is released, while it is picked, and when it is picked */
    for (int stage = 0; stage < 3 && !test_failed(); stage++) {
        int64_t id = life_place(&l, &d);
        life_let_go_all(&l, id, HOLD_DUPLICATE);
        struct task pick = life_task(&l, id, TASK_PICK, 0);
        if (stage) CHECK_OK(&w->ctx, life_pick(&l, &pick, stage));
        int64_t version = life_fulfillment(&l, id, 0).version;
        CHECK_OK(&w->ctx, life_change(&l, id, wrap));
        CHECK_I64(2 * 899 + 2 * 350, l.changed.after_minor);
        CHECK_I64(1, life_fulfillment(&l, id, 0).services_open);
        CHECK(life_fulfillment(&l, id, 0).version > version);
        CHECK_I64(2, life_task(&l, id, TASK_GIFT_WRAP, 0).quantity);
        CHECK_TEXT("For Ada", life_task(&l, id, TASK_GIFT_WRAP, 0).wording);
        pick = stage == 2 ? pick : life_task(&l, id, TASK_PICK, 0);
        if (stage < 2) CHECK_OK(&w->ctx, life_pick(&l, &pick, NONE));
        struct task t = life_task(&l, id, TASK_GIFT_WRAP, 0);
        CHECK_OK(&w->ctx, life_wrap(&l, &t, "For Ada"));
        int64_t work = life_fulfillment(&l, id, 0).fulfillment_id, box;
        CHECK_OK(&w->ctx, life_start_packing(&l, work));
        CHECK_FAULT(&w->ctx, ERR_CONFLICT, "too_late", life_change(&l, id, wrap));
        CHECK_OK(&w->ctx, life_box(&l, work, &box));
        CHECK_OK(&w->ctx, life_put(&l, box, "MUG", 2, NULL));
        CHECK_OK(&w->ctx, life_seal(&l, box, NONE));
        CHECK_OK(&w->ctx, life_hand_over(&l, box, HAND_OVER_CARRIER));
        CHECK_I64(2, shop_state(w, id).shipped);
        world_audit(w);
    }
}

TEST_BOTH(changing, what_a_service_cannot_be_done_to_is_said)
{
    struct life l = life_open(w);
    struct draft d = shop_draft(w, "MUG", 2);
    int64_t id = life_place(&l, &d);
    CHECK_FAULT(&w->ctx, ERR_INVALID, "unknown_service",
                life_change(&l, id, ONE_LINE(.service = T("polish"), .parent_line = 1)));
    CHECK_FAULT(&w->ctx, ERR_NOT_FOUND, "line_not_found",
                life_change(&l, id, ONE_LINE(.service = T("gift_wrap"), .parent_line = 7)));
    CHECK_FAULT(
        &w->ctx, ERR_INVALID, "out_of_range",
        life_change(&l, id, ONE_LINE(.service = T("gift_wrap"), .parent_line = 1, .quantity = 0)));
    CHECK_I64(2 * 899, order_now(&l, id).total_minor);
    CHECK_I64(0, life_fulfillment(&l, id, 0).services_open);
}

TEST_BOTH(changing, the_words_of_two_services_of_one_parcel_change_in_one_go)
{
    struct life l = life_open(w);
    struct draft d = shop_draft(w, "MUG", 2);
    int64_t id = life_place(&l, &d);
    struct change_line both[] = {
        LINE(.service = T("gift_wrap"), .parent_line = 1, .wording = T("For Ada")),
        LINE(.service = T("gift_wrap"), .wording = T("All of it"))};
    CHECK_OK(&w->ctx, life_change(&l, id, CHANGE(.lines = {both, 2})));
    struct change_line other[] = {LINE(.line_no = 2, .wording = T("For Bob")),
                                  LINE(.line_no = 3, .wording = T("Everything"))};
    int64_t version = life_fulfillment(&l, id, 0).version;
    CHECK_OK(&w->ctx, life_change(&l, id, CHANGE(.lines = {other, 2})));
    CHECK_I64(version + 1, life_fulfillment(&l, id, 0).version);
    CHECK_TEXT("For Bob", life_task(&l, id, TASK_GIFT_WRAP, 0).wording);
    CHECK_TEXT("Everything", life_task(&l, id, TASK_GIFT_WRAP, 1).wording);
    world_audit(w);
}

/* --- drafts ---------------------------------------------------------------------------------- */

TEST_BOTH(changing, a_draft_is_written_changed_and_placed_as_it_stands_then)
{
    struct life l = life_open(w);
    struct draft d = shop_draft(w, "MUG", 2);
    d.is_draft = true;
    int64_t id = life_place(&l, &d);
    CHECK_I64(100, life_free_units(&l, l.shop.mug, l.shop.london));
    struct change_line more[] = {LINE(.sku = T("PEN"), .quantity = 3),
                                 LINE(.service = T("gift_wrap"), .parent_line = 1),
                                 LINE(.line_no = 1, .quantity = 4)};
    CHECK_OK(&w->ctx, life_change(&l, id, CHANGE(.lines = {more, 3})));
    CHECK_I64(4 * 899 + 3 * 199 + 2 * 350, order_now(&l, id).total_minor);
    CHECK_OK(&w->ctx, life_change(&l, id, ONE_LINE(.line_no = 2, .quantity = 0)));
    CHECK_I64(4 * 899 + 2 * 350, order_now(&l, id).total_minor);
    CHECK_I64(4, shop_state(w, id).units);
    CHECK_I64(100, life_free_units(&l, l.shop.mug, l.shop.london));
    /* a line goes with what is done to it */
    CHECK_OK(&w->ctx, life_change(&l, id, ONE_LINE(.sku = T("PEN"), .quantity = 1)));
    CHECK_OK(&w->ctx, life_change(&l, id, ONE_LINE(.line_no = 1, .quantity = 0)));
    CHECK_I64(199, order_now(&l, id).total_minor);
    CHECK_I64(1, shop_state(w, id).units);
    CHECK_OK(&w->ctx, life_place_draft(&l, id));
    CHECK_I64(99, life_free_units(&l, l.shop.pen, l.shop.london));
    life_ship(&l, id);
    CHECK_I64(1, shop_state(w, id).shipped);
    world_audit(w);
}

/* --- some of it has left --------------------------------------------------------------------- */

/* 3 mugs in two boxes, 1 and 2; the first is with the carrier. */
static int64_t half_gone(struct life *l, int64_t *other)
{
    struct draft d = life_card_draft(l, "MUG", 3, "tok_ok");
    int64_t id = life_place(l, &d), first;
    struct ctx *c = &l->w->ctx;
    life_let_go_all(l, id, HOLD_DUPLICATE);
    CHECK_OK(c, life_pick_all(l, id));
    int64_t work = life_fulfillment(l, id, 0).fulfillment_id;
    CHECK_OK(c, life_start_packing(l, work));
    CHECK_OK(c, life_box(l, work, &first));
    CHECK_OK(c, life_put(l, first, "MUG", 1, NULL));
    CHECK_OK(c, life_seal(l, first, NONE));
    CHECK_OK(c, life_box(l, work, other));
    CHECK_OK(c, life_put(l, *other, "MUG", 2, NULL));
    CHECK_OK(c, life_seal(l, *other, NONE));
    CHECK_OK(c, life_hand_over(l, first, HAND_OVER_CARRIER));
    return id;
}

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

TEST_BOTH(changing, what_is_still_here_of_a_parcel_that_left_in_part_can_be_cancelled)
{
    struct life l = life_open(w);
    int64_t other, id = half_gone(&l, &other);
    struct cancel_line too_many = {1, 3}, one = {1, 1};
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "too_many", life_cancel_lines(&l, id, &too_many, 1, "no"));
    CHECK_OK(&w->ctx, life_cancel_lines(&l, id, &one, 1, "two are enough"));
    CHECK_I64(1, l.cancelled.put_back);
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "wrong_state", life_hand_over(&l, other, HAND_OVER_CARRIER));
    world_audit(w);
    /* and then all of what is left */
    CHECK_OK(&w->ctx, life_cancel(&l, id, "none at all"));
    CHECK_I64(1, l.cancelled.units);
    CHECK_I64(1, l.cancelled.left);
    CHECK(!l.cancelled.is_cancelled);
    CHECK_I64(1, life_told(&l, id, EVENT_ORDER_CANCEL_ASKED));
    CHECK_I64(2, put_all_back(&l, id));
    CHECK_I64(99, life_free_units(&l, l.shop.mug, l.shop.london));
    /* the empty box is gone, and nobody waits for it */
    CHECK_I64(1, (int64_t)work_packages(w, id).count);
    CHECK_I64(FULFILLMENT_HANDED_OVER, life_fulfillment(&l, id, 0).state);
    CHECK_I64(2, shop_state(w, id).cancelled);
    CHECK_I64(1, shop_state(w, id).shipped);
    life_later(&l, DAY_US);
    CHECK_I64(899, life_money(&l, id).balance.captured);
    CHECK_I64(0, life_money(&l, id).balance.authorised);
    CHECK_OK(&w->ctx, life_report(&l, life_package(&l, id, 0).package_id, TRACKING_DELIVERED, 0));
    CHECK_I64(STAGE_COMPLETING, life_stage(&l, id));
    world_audit(w);
}

TEST_BOTH(changing, what_is_still_here_goes_on_when_some_of_it_was_cancelled)
{
    struct life l = life_open(w);
    int64_t other, id = half_gone(&l, &other);
    struct cancel_line one = {1, 1};
    CHECK_OK(&w->ctx, life_cancel_lines(&l, id, &one, 1, "two are enough"));
    CHECK_I64(1, put_all_back(&l, id));
    CHECK_I64(FULFILLMENT_PACKING, life_fulfillment(&l, id, 0).state);
    CHECK_OK(&w->ctx, life_seal(&l, other, NONE));
    life_later(&l, HOUR_US);
    if (life_package(&l, id, 1).state == PACKAGE_SEALED) CHECK_OK(&w->ctx, life_label(&l, other));
    CHECK_OK(&w->ctx, life_hand_over(&l, other, HAND_OVER_CARRIER));
    CHECK_I64(FULFILLMENT_HANDED_OVER, life_fulfillment(&l, id, 0).state);
    CHECK_I64(2, shop_state(w, id).shipped);
    world_audit(w);
}

TEST_BOTH(changing, what_is_taken_back_off_the_ramp_is_not_asked_back_any_more)
{
    struct life l = life_open(w);
    int64_t other, id = half_gone(&l, &other), back;
    CHECK_OK(&w->ctx, life_hand_over(&l, other, HAND_OVER_CARRIER));
    CHECK_OK(&w->ctx, life_cancel(&l, id, "too late?"));
    back = life_return(&l, id, 0).return_id;
    CHECK_I64(3, life_return_line(&l, back, 1).quantity);
    CHECK_OK(&w->ctx, life_take_back(&l, other));
    CHECK_I64(1, life_return_line(&l, back, 1).quantity);
    CHECK_OK(&w->ctx, life_approve(&l, back));
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "over_return", life_take_in(&l, back, l.shop.london, 1, 2));
    CHECK_OK(&w->ctx, life_take_in(&l, back, l.shop.london, 1, 1));
    world_audit(w);
}

TEST_BOTH(changing, an_empty_box_does_not_outlive_what_it_was_opened_for)
{
    struct life l = life_open(w);
    struct draft d = life_card_draft(&l, "MUG", 2, "tok_ok");
    int64_t box;
    for (int is_filled = 0; is_filled < 2 && !test_failed(); is_filled++) {
        int64_t id = life_place(&l, &d);
        life_let_go_all(&l, id, HOLD_DUPLICATE);
        CHECK_OK(&w->ctx, life_pick_all(&l, id));
        int64_t work = life_fulfillment(&l, id, 0).fulfillment_id;
        CHECK_OK(&w->ctx, life_start_packing(&l, work));
        CHECK_OK(&w->ctx, life_box(&l, work, &box));
        if (is_filled) CHECK_OK(&w->ctx, life_put(&l, box, "MUG", 2, NULL));
        CHECK_OK(&w->ctx, life_cancel(&l, id, "no"));
        CHECK_I64(2, put_all_back(&l, id));
        CHECK_I64(0, (int64_t)work_packages(w, id).count);
        CHECK_I64(FULFILLMENT_CANCELLED, life_fulfillment(&l, id, 0).state);
        world_audit(w);
    }
}

TEST_BOTH(changing, fewer_units_lower_what_is_reserved_before_anything_is_captured)
{
    struct life l = life_open(w);
    struct draft d = life_card_draft(&l, "MUG", 3, "tok_ok");
    int64_t id = life_place(&l, &d);
    life_later(&l, HOUR_US);
    CHECK_I64(3 * 899, life_money(&l, id).balance.authorised);
    CHECK_OK(&w->ctx, life_change(&l, id, ONE_LINE(.line_no = 1, .quantity = 1)));
    CHECK_I64(899, l.changed.after_minor);
    life_later(&l, HOUR_US);
    CHECK_I64(899, life_money(&l, id).balance.authorised);
    CHECK_I64(0, life_money(&l, id).balance.captured);
    world_audit(w);
}

TEST_BOTH(changing, what_goes_back_into_its_bin_does_not_count_as_wanted_any_more)
{
    struct life l = life_open(w);
    struct draft d = life_card_draft(&l, "MUG", 5, "tok_ok");
    int64_t id = life_place(&l, &d);
    CHECK_OK(&w->ctx, life_pick_all(&l, id));
    CHECK_OK(&w->ctx, life_cancel_lines(&l, id, (struct cancel_line[]){{1, 2}}, 1, "too many"));
    CHECK_I64(2, l.cancelled.put_back);
    /* three are wanted: so they are already */
    CHECK_OK(&w->ctx, life_change(&l, id, ONE_LINE(.line_no = 1, .quantity = 3)));
    CHECK_I64(0, l.changed.cancelled);
    CHECK_OK(&w->ctx, life_change(&l, id, ONE_LINE(.line_no = 1, .quantity = 2)));
    CHECK_I64(1, l.changed.cancelled);
    CHECK_I64(1, l.changed.put_back);
    CHECK_OK(&w->ctx, life_change(&l, id, ONE_LINE(.line_no = 1, .quantity = 4)));
    CHECK_I64(2, l.changed.promised);
    put_all_back(&l, id);
    life_later(&l, HOUR_US);
    CHECK_I64(4 * 899, life_money(&l, id).balance.owed);
    world_audit(w);
}

TEST_BOTH(life, what_was_given_back_for_a_fault_is_not_asked_for_again_when_the_order_grows)
{
    struct life l = life_open(w);
    struct draft d = life_card_draft(&l, "MUG", 2, "tok_ok");
    int64_t id = life_place(&l, &d), case_id;
    life_ship(&l, id);
    CHECK_OK(&w->ctx, life_complain(&l, id, CASE_DAMAGED, "a chip", &case_id));
    struct case_answer a = {
        .order_id = id, .case_id = case_id, .resolution = CASE_REFUND, .refund_minor = 200};
    CHECK_OK(&w->ctx, life_resolve(&l, &a));
    CHECK_I64(200, life_money(&l, id).balance.refunded);
    CHECK_OK(&w->ctx, life_change(&l, id, ONE_LINE(.sku = T("PEN"), .quantity = 5)));
    CHECK_I64(995, l.changed.due_minor);
    CHECK_I64(995, life_money(&l, id).balance.authorised);
    world_audit(w);
}

TEST_BOTH(life, more_of_a_kit_is_more_of_each_of_its_parts)
{
    struct life l = life_open(w);
    struct draft d = life_card_draft(&l, "SET", 1, "tok_ok");
    int64_t id = life_place(&l, &d);
    CHECK_I64(3, shop_state(w, id).allocated);
    CHECK_OK(&w->ctx, life_change(&l, id, ONE_LINE(.line_no = 1, .quantity = 3)));
    CHECK_I64(6, l.changed.promised);
    CHECK_I64(9, shop_state(w, id).units);
    CHECK_I64(9, shop_state(w, id).allocated);
    world_audit(w);
}

TEST_BOTH(changing, who_adds_to_what_has_left_and_takes_it_away_again_pays_what_was_paid_before)
{
    struct life l = life_open(w);
    const char *skus[] = {"MUG", "SET"};
    for (size_t i = 0; i < 2; i++) {
        struct draft d = life_card_draft(&l, skus[i], 3, "tok_ok");
        struct draft_line *line = d.lines.at;
        line->discount = money(85, "GBP"); /* for these three */
        int64_t id = life_place(&l, &d);
        life_ship(&l, id);
        life_later(&l, HOUR_US);
        struct payment_balance before = life_money(&l, id).balance;
        CHECK_I64(before.owed, before.captured);
        CHECK_OK(&w->ctx, life_change(&l, id, ONE_LINE(.line_no = 1, .quantity = 5)));
        int64_t price = (before.owed + 85) / 3;
        CHECK_I64(before.owed + 2 * price, l.changed.after_minor);
        life_later(&l, HOUR_US);
        CHECK_OK(&w->ctx,
                 life_cancel_lines(&l, id, &(struct cancel_line){1, 2}, 1, "three will do"));
        life_later(&l, HOUR_US);
        struct payment_balance after = life_money(&l, id).balance;
        CHECK_I64(before.owed, after.owed);
        CHECK_I64(before.captured, after.captured);
        CHECK_I64(0, after.authorised);
        CHECK_I64(0, after.due);
        CHECK_I64(0, after.refunded);
        /* one more costs the full price again */
        CHECK_OK(&w->ctx, life_change(&l, id, ONE_LINE(.line_no = 1, .quantity = 4)));
        CHECK_I64(before.owed + price, l.changed.after_minor);
    }
    world_audit(w);
}

TEST_BOTH(changing, a_new_discount_is_off_all_units_of_its_line)
{
    struct life l = life_open(w);
    struct draft d = life_card_draft(&l, "MUG", 3, "tok_ok");
    struct draft_line *line = d.lines.at;
    line->discount = money(90, "GBP");
    int64_t id = life_place(&l, &d);
    CHECK_OK(&w->ctx, life_change(&l, id, ONE_LINE(.line_no = 1, .quantity = 5)));
    CHECK_I64(5 * 899 - 90, l.changed.after_minor);
    CHECK_OK(
        &w->ctx,
        life_change(&l, id, ONE_LINE(.line_no = 1, .quantity = 6, .discount = money(120, "GBP"))));
    CHECK_I64(6 * 899 - 120, l.changed.after_minor);
    CHECK_OK(&w->ctx, life_change(&l, id, ONE_LINE(.line_no = 1, .quantity = 3)));
    CHECK_I64(3 * 899 - 60, l.changed.after_minor);
    world_audit(w);
}
