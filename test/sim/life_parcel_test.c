/* test/sim/life_parcel_test.c: two orders of one customer in one parcel, to the door and back. */
#include "life.h"

#include "audit_world.h"
#include "drivers/carriers/carrier.h"

struct deed {
    int64_t id, into;
    struct list out;
    enum err (*run)(struct ctx *c, struct deed *d);
};

static enum err in_tx(struct ctx *c, void *arg)
{
    struct deed *d = arg;
    return d->run(c, d);
}

static enum err act(struct life *l, struct deed *d)
{
    enum err e = db_tx(&l->w->ctx, in_tx, d);
    life_quiet(l);
    return e;
}

static enum err combine_run(struct ctx *c, struct deed *d)
{
    return shipping_combine(c, d->id, d->into);
}

static enum err combine(struct life *l, int64_t id, int64_t into)
{
    return act(l, &(struct deed){.id = id, .into = into, .run = combine_run});
}

static enum err separate_run(struct ctx *c, struct deed *d) { return shipping_separate(c, d->id); }

static enum err separate(struct life *l, int64_t id)
{
    return act(l, &(struct deed){.id = id, .run = separate_run});
}

static enum err groups_run(struct ctx *c, struct deed *d)
{
    return shipping_combinable(c, d->id, &d->out);
}

/* What the packer would be offered in London. */
static struct list combinable(struct life *l)
{
    struct deed d = {.id = l->shop.london, .run = groups_run};
    CHECK_OK(&l->w->ctx, act(l, &d));
    return d.out;
}

static enum err beside_run(struct ctx *c, struct deed *d)
{
    return shipping_beside(c, d->id, &d->into);
}

static enum err labels_run(struct ctx *c, struct deed *d)
{
    struct list packages;
    TRY(packages_of(c, &d->id, 1, &packages));
    return labels_shown(c, &packages, &d->out);
}

/* The label that a package travels under; zeros when there is none. */
static struct label shown(struct life *l, int64_t id)
{
    struct deed d = {.id = id, .run = labels_run};
    struct label found = {0};
    CHECK_OK(&l->w->ctx, act(l, &d));
    const struct label *at = d.out.at;
    for (size_t i = 0; i < d.out.count; i++)
        if (at[i].state < LABEL_VOIDED) found = at[i];
    return found;
}

static enum err sheet_run(struct ctx *c, struct deed *d)
{
    struct label_sheet *sheet = arena_new(c->arena, struct label_sheet, 1);
    d->out.at = sheet;
    return shipping_label_sheet(c, d->id, sheet);
}

static enum err printed_run(struct ctx *c, struct deed *d)
{
    return shipping_label_printed(c, d->id);
}

static int64_t packed(struct life *l, const struct draft *d)
{
    struct draft hers = *d;
    if (!text_is(hers.customer_email, "tim@example.org"))
        hers.customer_email = T("Ada@example.org");
    int64_t id = life_place(l, &hers);
    CHECK_OK(&l->w->ctx, l->placed.fault.code);
    CHECK_OK(&l->w->ctx, life_pick_all(l, id));
    life_pack_all(l, id);
    return id;
}

static int64_t packed_of(struct life *l, const char *sku, int64_t quantity)
{
    struct draft d = shop_draft(l->w, sku, quantity);
    return packed(l, &d);
}

static int32_t state_of(struct life *l, int64_t order_id)
{
    return life_package(l, order_id, 0).state;
}

/* Two orders, the second one's package inside the first one's. */
struct two {
    struct life l;
    int64_t first, second, outer, inner;
};

static struct two two_open(struct world *w)
{
    struct two t = {.l = life_open(w)};
    t.first = packed_of(&t.l, "LAMP", 1);
    t.second = packed_of(&t.l, "MUG", 2);
    t.outer = life_package(&t.l, t.first, 0).package_id;
    t.inner = life_package(&t.l, t.second, 0).package_id;
    CHECK_OK(&w->ctx, combine(&t.l, t.inner, t.outer));
    world_audit(w);
    return t;
}

TEST_BOTH(parcel, two_orders_of_one_customer_go_under_one_label)
{
    struct life l = life_open(w);
    struct draft mugs = life_card_draft(&l, "MUG", 2, "tok_ok");
    int64_t first = packed_of(&l, "LAMP", 1), second = packed(&l, &mugs);
    struct package outer = life_package(&l, first, 0), inner = life_package(&l, second, 0);
    CHECK_I64(PACKAGE_LABELLED, inner.state); /* the house labels at once */
    struct deed beside = {.id = inner.package_id, .run = beside_run};
    CHECK_OK(&w->ctx, act(&l, &beside));
    CHECK_I64(1, beside.into);
    struct list groups = combinable(&l);
    CHECK_I64(1, (int64_t)groups.count);
    CHECK_I64(outer.package_id, ((const struct parcel_group *)groups.at)->into_id);
    CHECK_OK(&w->ctx, combine(&l, inner.package_id, outer.package_id));
    CHECK_I64(0, (int64_t)combinable(&l).count);
    CHECK_I64(PACKAGE_LABELLED, state_of(&l, first));
    CHECK_I64(PACKAGE_SEALED, state_of(&l, second));
    struct text number = shown(&l, outer.package_id).tracking_number;
    CHECK(number.len > 0);
    CHECK(text_eq(number, shown(&l, inner.package_id).tracking_number));
    struct deed sheet = {.id = outer.package_id, .run = sheet_run};
    CHECK_OK(&w->ctx, act(&l, &sheet));
    const struct label_sheet *paper = sheet.out.at;
    CHECK_I64(outer.expected_g + inner.expected_g, paper->weight_g);
    CHECK(text_find(paper->order, T("and 1 more")) > 0);
    CHECK_OK(&w->ctx, life_hand_over(&l, outer.package_id, HAND_OVER_CARRIER));
    CHECK_I64(PACKAGE_HANDED_OVER, state_of(&l, second));
    CHECK_I64(1, life_told(&l, second, EVENT_PACKAGE_HANDED_OVER));
    CHECK_I64(1, life_told(&l, second, EVENT_FULFILLMENT_SHIPPED));
    life_later(&l, HOUR_US);
    CHECK_I64(1, life_mails(&l, first, MESSAGE_SHIPPED));
    CHECK_I64(1, life_mails(&l, second, MESSAGE_SHIPPED));
    CHECK(life_money(&l, second).balance.captured > 0);
    CHECK_I64(0, life_money(&l, second).balance.authorised);
    CHECK_OK(&w->ctx, life_report(&l, inner.package_id, TRACKING_ACCEPTED, 0));
    CHECK_I64(PACKAGE_IN_TRANSIT, state_of(&l, first));
    life_later(&l, DAY_US);
    CHECK_OK(&w->ctx, life_report(&l, outer.package_id, TRACKING_DELIVERED, 0));
    CHECK_I64(PACKAGE_DELIVERED, state_of(&l, second));
    CHECK_I64(1, life_told(&l, second, EVENT_ORDER_DELIVERED));
    life_later(&l, 4 * DAY_US);
    CHECK_I64(STAGE_COMPLETED, life_stage(&l, first));
    CHECK_I64(STAGE_COMPLETED, life_stage(&l, second));
    world_audit(w);
}

TEST_BOTH(parcel, an_order_cancelled_after_combining_stops_the_parcel_until_it_is_taken_out)
{
    struct two t = two_open(w);
    struct life *l = &t.l;
    CHECK_OK(&w->ctx, life_cancel(l, t.second, "changed my mind"));
    world_audit(w);
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "stop", life_hand_over(l, t.outer, HAND_OVER_CARRIER));
    struct task back = life_task(l, t.second, TASK_PUT_BACK, 0);
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "inside_another", life_put_back(l, &back, NONE));
    CHECK_OK(&w->ctx, separate(l, t.inner));
    CHECK_OK(&w->ctx, life_put_back(l, &back, NONE));
    CHECK_I64(PACKAGE_LABELLED, state_of(l, t.first));
    CHECK_OK(&w->ctx, life_hand_over(l, t.outer, HAND_OVER_CARRIER));
    CHECK_I64(0, life_told(l, t.second, EVENT_PACKAGE_HANDED_OVER));
    CHECK_I64(1, life_told(l, t.second, EVENT_FULFILLMENT_CANCELLED));
    world_audit(w);
}

TEST_BOTH(parcel, when_the_order_of_the_outer_one_is_cancelled_the_others_go_alone)
{
    struct two t = two_open(w);
    struct life *l = &t.l;
    CHECK_OK(&w->ctx, life_cancel(l, t.first, "changed my mind"));
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "inside_another",
                life_hand_over(l, t.inner, HAND_OVER_CARRIER));
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "stop", life_hand_over(l, t.outer, HAND_OVER_CARRIER));
    struct task back = life_task(l, t.first, TASK_PUT_BACK, 0);
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "holds_others", life_put_back(l, &back, NONE));
    CHECK_OK(&w->ctx, separate(l, t.inner));
    CHECK_OK(&w->ctx, life_put_back(l, &back, NONE));
    CHECK_I64(PACKAGE_LABELLED, state_of(l, t.second));
    CHECK_OK(&w->ctx, life_hand_over(l, t.inner, HAND_OVER_CARRIER));
    world_audit(w);
}

TEST_BOTH(parcel, a_hold_of_one_order_stops_all_and_lets_them_go_together)
{
    struct two t = two_open(w);
    struct life *l = &t.l;
    int64_t hold;
    CHECK_OK(&w->ctx, life_hold(l, t.second, "call her first", &hold));
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "stop", life_hand_over(l, t.outer, HAND_OVER_CARRIER));
    CHECK_I64(PACKAGE_LABELLED, state_of(l, t.first));
    CHECK_OK(&w->ctx, life_let_go(l, t.second, hold));
    CHECK_OK(&w->ctx, life_hand_over(l, t.outer, HAND_OVER_CARRIER));
    CHECK_I64(PACKAGE_HANDED_OVER, state_of(l, t.second));
    world_audit(w);
}

/* To Leeds, whoever's order it is. */
static enum err move_away(struct life *l, int64_t order_id)
{
    struct postal_address to = {.recipient = T("Ada Byron"),
                                .line1 = T("1 New Road"),
                                .city = T("Leeds"),
                                .postal_code = T("LS1 4DY"),
                                .country = T("GB")};
    struct order_change change = {
        .method = -1, .wish_day = NONE, .shipping = {.minor = NONE}, .ship_to = &to};
    return life_change(l, order_id, &change);
}

TEST_BOTH(parcel, an_order_that_moves_after_combining_does_not_go_to_the_old_address)
{
    struct two t = two_open(w);
    struct life *l = &t.l;
    CHECK_OK(&w->ctx, move_away(l, t.second));
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "stop", life_hand_over(l, t.outer, HAND_OVER_CARRIER));
    CHECK_OK(&w->ctx, separate(l, t.inner));
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "not_together", combine(l, t.inner, t.outer));
    CHECK_I64(PACKAGE_LABELLED, state_of(l, t.second));
    CHECK_OK(&w->ctx, life_hand_over(l, t.inner, HAND_OVER_CARRIER));
    CHECK_OK(&w->ctx, life_hand_over(l, t.outer, HAND_OVER_CARRIER));
    world_audit(w);
}

TEST_BOTH(parcel, when_the_order_of_the_outer_one_moves_the_others_stay_here_or_move_too)
{
    struct two t = two_open(w);
    struct life *l = &t.l;
    CHECK_OK(&w->ctx, move_away(l, t.first));
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "stop", life_hand_over(l, t.outer, HAND_OVER_CARRIER));
    CHECK_OK(&w->ctx, move_away(l, t.second));
    life_later(l, HOUR_US);
    CHECK_OK(&w->ctx, life_hand_over(l, t.outer, HAND_OVER_CARRIER));
    CHECK_I64(PACKAGE_HANDED_OVER, state_of(l, t.second));
    world_audit(w);
}

TEST_BOTH(parcel, an_undone_hand_over_brings_all_of_it_back)
{
    struct two t = two_open(w);
    struct life *l = &t.l;
    CHECK_OK(&w->ctx, life_hand_over(l, t.outer, HAND_OVER_CARRIER));
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "inside_another", life_take_back(l, t.inner));
    CHECK_OK(&w->ctx, life_take_back(l, t.outer));
    CHECK_I64(PACKAGE_LABELLED, state_of(l, t.first));
    CHECK_I64(PACKAGE_SEALED, state_of(l, t.second));
    CHECK_I64(FULFILLMENT_PACKED, life_fulfillment(l, t.second, 0).state);
    world_audit(w);
    CHECK_OK(&w->ctx, life_hand_over(l, t.outer, HAND_OVER_CARRIER));
    CHECK_OK(&w->ctx, life_report(l, t.inner, TRACKING_IN_TRANSIT, 0));
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "already_scanned", life_take_back(l, t.outer));
    world_audit(w);
}

TEST_BOTH(parcel, a_lost_parcel_is_lost_for_every_customer_in_it_and_may_turn_up_again)
{
    struct two t = two_open(w);
    struct life *l = &t.l;
    CHECK_OK(&w->ctx, life_hand_over(l, t.outer, HAND_OVER_CARRIER));
    CHECK_OK(&w->ctx, life_report(l, t.outer, TRACKING_FAILURE, 0));
    CHECK_I64(PACKAGE_LOST, state_of(l, t.first));
    CHECK_I64(PACKAGE_LOST, state_of(l, t.second));
    CHECK_I64(1, life_told(l, t.first, EVENT_CASE_OPENED));
    CHECK_I64(1, life_told(l, t.second, EVENT_CASE_OPENED));
    world_audit(w);
    life_later(l, DAY_US);
    CHECK_OK(&w->ctx, life_report(l, t.inner, TRACKING_DELIVERED, 0));
    CHECK_I64(PACKAGE_DELIVERED, state_of(l, t.first));
    world_audit(w);
}

TEST_BOTH(parcel, a_refused_parcel_comes_back_as_a_return_of_each_order)
{
    struct two t = two_open(w);
    struct life *l = &t.l;
    CHECK_OK(&w->ctx, life_hand_over(l, t.outer, HAND_OVER_CARRIER));
    CHECK_OK(&w->ctx, life_attempt(l, t.inner, ATTEMPT_REFUSED, ATTEMPT_REFUSED_BY_CUSTOMER));
    CHECK_I64(1, life_told(l, t.first, EVENT_DELIVERY_FAILED));
    CHECK_I64(PACKAGE_RETURNING, state_of(l, t.first));
    CHECK_OK(&w->ctx, life_come_back(l, t.outer));
    CHECK_I64(PACKAGE_BACK, state_of(l, t.second));
    CHECK_I64(1, life_told(l, t.first, EVENT_RETURN_RECEIVED));
    CHECK_I64(1, life_told(l, t.second, EVENT_RETURN_RECEIVED));
    world_audit(w);
}

TEST_BOTH(parcel, one_signature_is_the_proof_for_all_of_it)
{
    struct life l = life_open(w);
    struct draft d[2] = {shop_draft(w, "LAMP", 1), shop_draft(w, "MUG", 2)};
    d[0].method = d[1].method = METHOD_SIGNATURE;
    int64_t first = packed(&l, &d[0]), second = packed(&l, &d[1]);
    int64_t outer = life_package(&l, first, 0).package_id;
    int64_t inner = life_package(&l, second, 0).package_id;
    CHECK_OK(&w->ctx, combine(&l, inner, outer));
    CHECK_OK(&w->ctx, life_hand_over(&l, outer, HAND_OVER_CARRIER));
    CHECK_OK(&w->ctx, life_deliver(&l, PROOF(.package_id = NONE, .order_id = second,
                                             .name = T("Ada Byron"), .signature = T("M1 2L3 4"))));
    CHECK_I64(second, l.delivered.order_id);
    CHECK_I64(2, (int64_t)l.delivered.count);
    CHECK_I64(1, life_told(&l, first, EVENT_PROOF_TAKEN));
    CHECK_I64(PACKAGE_DELIVERED, state_of(&l, first));
    world_audit(w);
}

TEST_BOTH(parcel, two_parts_of_one_order_go_together)
{
    struct life l = life_open(w);
    struct draft d = shop_draft(w, "MUG", 2);
    int64_t id = life_place(&l, &d), box[2];
    CHECK_OK(&w->ctx, life_pick_all(&l, id));
    int64_t work = life_fulfillment(&l, id, 0).fulfillment_id;
    CHECK_OK(&w->ctx, life_start_packing(&l, work));
    for (int i = 0; i < 2; i++) {
        CHECK_OK(&w->ctx, life_box(&l, work, &box[i]));
        CHECK_OK(&w->ctx, life_put(&l, box[i], "MUG", 1, &(int64_t){0}));
        CHECK_OK(&w->ctx, life_seal(&l, box[i], NONE));
    }
    CHECK_OK(&w->ctx, combine(&l, box[0], box[1]));
    CHECK_I64(1, life_told(&l, id, EVENT_PACKAGE_COMBINED));
    CHECK_OK(&w->ctx, life_hand_over(&l, box[1], HAND_OVER_CARRIER));
    CHECK_I64(1, life_told(&l, id, EVENT_FULFILLMENT_SHIPPED));
    CHECK_OK(&w->ctx, life_report(&l, box[0], TRACKING_DELIVERED, 0));
    CHECK_I64(1, life_told(&l, id, EVENT_ORDER_DELIVERED));
    world_audit(w);
}

TEST_BOTH(parcel, two_parts_of_one_line_that_nobody_took_come_back_together)
{
    struct life l = life_open(w);
    struct draft d = shop_draft(w, "MUG", 3);
    int64_t id = life_place(&l, &d), box[2], wish;
    CHECK_OK(&w->ctx, life_pick_all(&l, id));
    int64_t work = life_fulfillment(&l, id, 0).fulfillment_id;
    CHECK_OK(&w->ctx, life_start_packing(&l, work));
    for (int i = 0; i < 2; i++) {
        CHECK_OK(&w->ctx, life_box(&l, work, &box[i]));
        CHECK_OK(&w->ctx, life_put(&l, box[i], "MUG", i + 1, &(int64_t){0}));
        CHECK_OK(&w->ctx, life_seal(&l, box[i], NONE));
    }
    CHECK_OK(&w->ctx, combine(&l, box[0], box[1]));
    CHECK_OK(&w->ctx, life_hand_over(&l, box[1], HAND_OVER_CARRIER));
    /* One of what never reached her she asked to send back. */
    CHECK_OK(&w->ctx, life_ask_back(&l, id, 1, 1, RETURN_BECAUSE_UNWANTED, &wish));
    CHECK_OK(&w->ctx, life_attempt(&l, box[0], ATTEMPT_REFUSED, ATTEMPT_REFUSED_BY_CUSTOMER));
    CHECK_OK(&w->ctx, life_come_back(&l, box[0]));
    CHECK_I64(PACKAGE_BACK, life_package(&l, id, 0).state);
    CHECK_I64(PACKAGE_BACK, life_package(&l, id, 1).state);
    CHECK_I64(3, world_ask(w, "SELECT sum(returned) FROM order_line"));
    world_audit(w);
}

TEST_BOTH(parcel, only_what_goes_to_one_door_from_one_site_goes_together)
{
    struct two t = two_open(w);
    struct life *l = &t.l;
    struct draft d = shop_draft(w, "PEN", 3);
    int64_t third = life_package(l, packed(l, &d), 0).package_id;
    CHECK_FAULT(&w->ctx, ERR_INVALID, "into_itself", combine(l, third, third));
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "inside_another", combine(l, third, t.inner));
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "holds_others", combine(l, t.outer, third));
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "inside_another", life_label(l, t.inner));
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "not_inside", separate(l, third));
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "inside_another", life_reopen(l, t.inner));
    struct deed print = {.id = third, .run = printed_run};
    CHECK_OK(&w->ctx, act(l, &print));
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "label_printed", combine(l, third, t.outer));
    CHECK_OK(&w->ctx, life_void_label(l, third));
    CHECK_OK(&w->ctx, combine(l, third, t.outer));
    d = shop_draft(w, "BOOK", 2);
    d.payment_method = PAY_ON_DELIVERY;
    int64_t paid = life_package(l, packed(l, &d), 0).package_id;
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "cash_to_collect", combine(l, paid, t.outer));
    d = shop_draft(w, "BOOK", 1);
    d.customer_email = T("tim@example.org");
    int64_t other = life_package(l, packed(l, &d), 0).package_id;
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "not_together", combine(l, other, t.outer));
    d = shop_draft(w, "BOOK", 4);
    d.method = METHOD_EXPRESS;
    int64_t fast = life_package(l, packed(l, &d), 0).package_id;
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "not_together", combine(l, fast, t.outer));
    d = shop_draft(w, "BOOK", 5);
    d.method = METHOD_PICKUP;
    int64_t collected = life_package(l, packed(l, &d), 0).package_id;
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "pickup_needs_no_label", combine(l, collected, t.outer));
    CHECK_OK(&w->ctx, life_hand_over(l, t.outer, HAND_OVER_CARRIER));
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "wrong_state", combine(l, other, t.outer));
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "wrong_state", separate(l, third));
    world_audit(w);
}

TEST_BOTH(parcel, goods_of_two_owners_never_go_in_one_parcel)
{
    struct life l = life_open(w);
    CHECK_OK(&w->ctx, world_script(w, "INSERT INTO owner SELECT merchant_id, 8, 'ACME', 'Acme', "
                                      "NULL, NULL, 1, 1 FROM merchant;"
                                      "UPDATE product SET owner_id = 8 WHERE sku = 'BOOK'"));
    int64_t house = life_package(&l, packed_of(&l, "MUG", 2), 0).package_id, acme[2];
    for (int i = 0; i < 2; i++) {
        struct draft d = shop_draft(w, "BOOK", i + 1);
        d.owner = T("ACME");
        acme[i] = life_package(&l, packed(&l, &d), 0).package_id;
    }
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "not_together", combine(&l, acme[0], house));
    CHECK(text_find(text_of(w->ctx.fault.detail), T("owners")) > 0);
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "not_together", combine(&l, house, acme[0]));
    struct deed beside = {.id = house, .run = beside_run};
    CHECK_OK(&w->ctx, act(&l, &beside));
    CHECK_I64(0, beside.into);
    struct list groups = combinable(&l);
    CHECK_I64(1, (int64_t)groups.count);
    CHECK_I64(2, ((const struct parcel_group *)groups.at)->count);
    w->ctx.owner_id = 9; /* another owner is told of none of them */
    CHECK_I64(0, (int64_t)combinable(&l).count);
    w->ctx.owner_id = 8;
    CHECK_I64(1, (int64_t)combinable(&l).count);
    w->ctx.owner_id = 0;
    CHECK_OK(&w->ctx, combine(&l, acme[1], acme[0]));
    CHECK_OK(&w->ctx, life_hand_over(&l, acme[0], HAND_OVER_CARRIER));
    world_audit(w);
}

static enum err ask_outside_run(struct ctx *c, struct deed *d)
{
    struct label_wish wish = {d->id, T("test"), *(const struct text *)d->out.at};
    struct fault fault = {0};
    return shipping_label_ask(c, &wish, 1, &fault);
}

TEST_BOTH(parcel, a_label_that_a_carrier_sold_is_given_back_when_the_parcel_is_made_up_anew)
{
    static const struct carrier_driver *const carriers[] = {&carrier_house, &carrier_test, NULL};
    struct text services[] = {T("plain"), T("late"), T("kept")};
    struct life l = life_open(w);
    shipping_use(carriers);
    carrier_test_forget();
    for (int i = 0; i < 3; i++) {
        int64_t outer = life_package(&l, packed_of(&l, "PEN", 2 * i + 1), 0).package_id;
        int64_t inner = life_package(&l, packed_of(&l, "PEN", 2 * i + 2), 0).package_id;
        struct deed wish = {.id = outer, .out = {&services[i], 1}, .run = ask_outside_run};
        CHECK_OK(&w->ctx, life_void_label(&l, outer));
        CHECK_OK(&w->ctx, db_tx(&w->ctx, in_tx, &wish)); /* and no answer yet */
        CHECK_FAULT(&w->ctx, ERR_CONFLICT, "label_asked", combine(&l, inner, outer));
        life_later(&l, 2 * HOUR_US);
        struct label sold = shown(&l, outer);
        CHECK_TEXT("test", sold.carrier);
        CHECK_OK(&w->ctx, combine(&l, inner, outer));
        life_later(&l, 2 * HOUR_US);
        CHECK(carrier_test_voided(sold.tracking_number) == !text_is(services[i], "kept"));
        struct label anew = shown(&l, inner);
        CHECK(anew.label_id && anew.label_id != sold.label_id);
        CHECK_OK(&w->ctx, life_hand_over(&l, outer, HAND_OVER_CARRIER));
        world_audit(w);
    }
}

static enum err leave_run(struct ctx *c, struct deed *d)
{
    struct fault fault;
    TRY(shipping_hand_over(c, &d->id, 1, HAND_OVER_CARRIER, &fault));
    c->fault = fault;
    return fault.code;
}

/* Statements of the hand-over of a parcel of `n` orders. */
static int64_t statements(struct life *l, int64_t n, int64_t *pens)
{
    int64_t outer = life_package(l, packed_of(l, "PEN", ++*pens), 0).package_id;
    for (int64_t i = 1; i < n; i++)
        CHECK_OK(&l->w->ctx,
                 combine(l, life_package(l, packed_of(l, "PEN", ++*pens), 0).package_id, outer));
    int64_t before = store_queries(l->w->store);
    CHECK_OK(&l->w->ctx, db_tx(&l->w->ctx, in_tx, &(struct deed){.id = outer, .run = leave_run}));
    int64_t taken = store_queries(l->w->store) - before;
    life_quiet(l);
    return taken;
}

TEST_BOTH(parcel, leaves_with_the_same_statements_however_much_is_in_it)
{
    struct life l = life_open(w);
    int64_t pens = 0;
    statements(&l, 2, &pens); /* opens the day's manifest */
    int64_t few = statements(&l, 2, &pens);
    CHECK_I64(few, statements(&l, 4, &pens));
    world_audit(w);
}
