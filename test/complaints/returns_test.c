/* What people complained about in the returns of other systems. */
#include "test/audit_world.h"
#include "test/sim/life.h"

static int64_t brought(struct life *l, const char *sku, int64_t quantity, enum payment_method by)
{
    struct draft d = shop_draft(l->w, sku, quantity);
    d.payment_method = (int32_t)by;
    if (by == PAY_CARD) d.payment_token = T("tok_ok");
    int64_t id = life_place(l, &d);
    CHECK_OK(&l->w->ctx, l->placed.fault.code);
    life_bring(l, id);
    return id;
}

TEST_BOTH(complaint, c44_a_refused_parcel_comes_back_into_the_stock_and_nothing_stays_due)
{
    struct life l = life_open(w);
    struct draft d = shop_draft(w, "LAMP", 2);
    d.payment_method = PAY_ON_DELIVERY;
    int64_t before = life_free_units(&l, l.shop.lamp, l.shop.london);
    int64_t id = life_place(&l, &d);
    life_ship(&l, id);
    int64_t box = life_package(&l, id, 0).package_id;
    CHECK_OK(&w->ctx, life_attempt(&l, box, ATTEMPT_REFUSED, ATTEMPT_REFUSED_BY_CUSTOMER));
    CHECK_OK(&w->ctx, life_come_back(&l, box));
    struct order_return r = life_return(&l, id, 0);
    CHECK_I64(box, r.package_id);
    CHECK_I64(2, life_return_line(&l, r.return_id, 1).waiting);
    CHECK_I64(before - 2, life_free_units(&l, l.shop.lamp, l.shop.london)); /* not looked at yet */
    CHECK_OK(&w->ctx, life_decide(&l, r.return_id, 1, 2, HEAP_RESTOCKED));
    CHECK_I64(before, life_free_units(&l, l.shop.lamp, l.shop.london));
    CHECK_OK(&w->ctx, life_settle(&l, r.return_id, 1, 2, RESOLVED_BY_REFUND, NONE));
    CHECK_I64(0, life_money(&l, id).balance.due);
    CHECK_I64(0, life_money(&l, id).balance.refunded); /* nothing had been paid */
    CHECK_I64(STAGE_COMPLETED, life_stage(&l, id));
    CHECK_I64(FULFILLMENT_CLOSED, life_fulfillment(&l, id, 0).state);
    world_audit(w);
}

/* They were refunded and told to keep it; then the courier brings it back. */
TEST_BOTH(complaint, c44_what_was_answered_already_comes_back_into_the_stock_all_the_same)
{
    struct life l = life_open(w);
    struct draft d = life_card_draft(&l, "LAMP", 2, "tok_ok");
    int64_t id = life_place(&l, &d), back;
    life_ship(&l, id);
    int64_t box = life_package(&l, id, 0).package_id;
    CHECK_OK(&w->ctx, life_ask_back(&l, id, 1, 1, RETURN_BECAUSE_LATE, &back));
    CHECK_OK(&w->ctx, life_approve(&l, back));
    CHECK_OK(&w->ctx, life_settle(&l, back, 1, 1, RESOLVED_BY_REFUND, NONE));
    CHECK_OK(&w->ctx, life_attempt(&l, box, ATTEMPT_REFUSED, ATTEMPT_REFUSED_BY_CUSTOMER));
    CHECK_OK(&w->ctx, life_come_back(&l, box));
    CHECK_I64(1, life_return_line(&l, back, 1).waiting); /* the one that was refunded */
    struct order_return own = life_return(&l, id, 1);
    CHECK_I64(box, own.package_id);
    CHECK_I64(1, life_return_line(&l, own.return_id, 1).waiting); /* and the other */
    CHECK_I64(2, work_order_line(w, id, 1).returned);
    CHECK_OK(&w->ctx, life_settle(&l, own.return_id, 1, 1, RESOLVED_BY_REFUND, NONE));
    CHECK_I64(2 * 4999, life_money(&l, id).balance.refunded); /* no lamp twice */
    life_later(&l, 30 * DAY_US);
    CHECK_I64(STAGE_COMPLETED, life_stage(&l, id));
    world_audit(w);
}

TEST_BOTH(complaint, c46_what_comes_back_to_another_site_is_restocked_there)
{
    struct life l = life_open(w);
    int64_t id = brought(&l, "LAMP", 2, PAY_CARD), back;
    int64_t london = life_free_units(&l, l.shop.lamp, l.shop.london);
    int64_t manchester = life_free_units(&l, l.shop.lamp, l.shop.manchester);
    CHECK_OK(&w->ctx, life_ask_back(&l, id, 1, 1, RETURN_BECAUSE_UNWANTED, &back));
    CHECK_OK(&w->ctx, life_approve(&l, back));
    CHECK_I64(l.shop.london, life_return(&l, id, 0).site_id);
    CHECK_OK(&w->ctx, life_take_in(&l, back, l.shop.manchester, 1, 1));
    CHECK_OK(&w->ctx, life_decide(&l, back, 1, 1, HEAP_RESTOCKED));
    CHECK_I64(london, life_free_units(&l, l.shop.lamp, l.shop.london));
    CHECK_I64(manchester + 1, life_free_units(&l, l.shop.lamp, l.shop.manchester));
    world_audit(w);
}

TEST_BOTH(complaint, c47_what_was_put_aside_for_processing_can_be_restocked_weeks_later)
{
    struct life l = life_open(w);
    int64_t id = brought(&l, "LAMP", 2, PAY_CARD), back;
    int64_t free_units = life_free_units(&l, l.shop.lamp, l.shop.london);
    CHECK_OK(&w->ctx, life_ask_back(&l, id, 1, 2, RETURN_BECAUSE_DEFECTIVE, &back));
    CHECK_OK(&w->ctx, life_approve(&l, back));
    CHECK_OK(&w->ctx, life_take_in(&l, back, l.shop.london, 1, 2));
    CHECK_OK(&w->ctx, life_decide(&l, back, 1, 2, HEAP_QUARANTINED));
    CHECK_OK(&w->ctx, life_settle(&l, back, 1, 2, RESOLVED_BY_REFUND, NONE));
    CHECK(life_return(&l, id, 0).settled_us != NONE); /* the customer's side is over */
    life_later(&l, 21 * DAY_US);
    CHECK_OK(&w->ctx, life_decide(&l, back, 1, 1, HEAP_REPAIRING));
    CHECK_OK(&w->ctx, life_decide(&l, back, 1, 1, HEAP_SCRAPPED));
    CHECK_OK(&w->ctx, life_decide(&l, back, 1, 1, HEAP_RESTOCKED));
    CHECK_I64(free_units + 1, life_free_units(&l, l.shop.lamp, l.shop.london));
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "not_that_many",
                life_decide(&l, back, 1, 1, HEAP_RESTOCKED));
    CHECK_I64(1, life_return_line(&l, back, 1).scrapped);
    world_audit(w);
}

/* The kit SET is 1 MUG and 2 PEN. */
TEST_BOTH(complaint, c72_a_kit_that_comes_back_raises_the_stock_of_its_parts_and_of_nothing_else)
{
    struct life l = life_open(w);
    int64_t id = brought(&l, "SET", 2, PAY_CARD), back;
    int64_t mugs = life_free_units(&l, l.shop.mug, l.shop.london);
    int64_t pens = life_free_units(&l, l.shop.pen, l.shop.london);
    CHECK_OK(&w->ctx, life_ask_back(&l, id, 1, 1, RETURN_BECAUSE_DAMAGED, &back));
    CHECK_OK(&w->ctx, life_approve(&l, back));
    CHECK_FAULT(&w->ctx, ERR_NOT_FOUND, "line_not_found",
                life_take_in(&l, back, l.shop.london, 1, 1));
    CHECK_OK(&w->ctx, life_take_in(&l, back, l.shop.london, 2, 1));
    CHECK_OK(&w->ctx, life_take_in(&l, back, l.shop.london, 3, 2));
    CHECK_OK(&w->ctx, life_decide(&l, back, 2, 1, HEAP_RESTOCKED));
    CHECK_OK(&w->ctx, life_decide(&l, back, 3, 2, HEAP_RESTOCKED));
    CHECK_I64(mugs + 1, life_free_units(&l, l.shop.mug, l.shop.london));
    CHECK_I64(pens + 2, life_free_units(&l, l.shop.pen, l.shop.london));
    CHECK_OK(&w->ctx, life_settle(&l, back, 2, 1, RESOLVED_BY_REFUND, NONE));
    CHECK_OK(&w->ctx, life_settle(&l, back, 3, 2, RESOLVED_BY_REFUND, NONE));
    struct paying_view v = life_money(&l, id);
    CHECK_I64(work_order_line(w, id, 1).total_minor / 2, v.balance.refunded); /* one set of two */
    world_audit(w);
}

TEST_BOTH(complaint, c73_a_part_of_something_assembled_can_come_back_alone)
{
    struct life l = life_open(w);
    int64_t id = brought(&l, "SET", 1, PAY_CARD), back, again;
    int64_t mugs = life_free_units(&l, l.shop.mug, l.shop.london);
    CHECK_OK(&w->ctx, life_ask_back(&l, id, 3, 1, RETURN_BECAUSE_DEFECTIVE, &back));
    CHECK_OK(&w->ctx, life_approve(&l, back));
    CHECK_OK(&w->ctx, life_take_in(&l, back, l.shop.london, 3, 1));
    CHECK_OK(&w->ctx, life_decide(&l, back, 3, 1, HEAP_SCRAPPED));
    CHECK_OK(&w->ctx, life_settle(&l, back, 3, 1, RESOLVED_BY_REFUND, NONE));
    CHECK_I64(mugs, life_free_units(&l, l.shop.mug, l.shop.london));
    int64_t set = work_order_line(w, id, 1).total_minor;
    int64_t refunded = life_money(&l, id).balance.refunded;
    CHECK(refunded > 0 && refunded < set);
    /* the rest of it: the parts together are the kit, to the cent, and no pen twice */
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "over_return",
                life_ask_back(&l, id, 1, 1, RETURN_BECAUSE_DEFECTIVE, &again));
    CHECK_OK(&w->ctx, life_ask_back(&l, id, 3, 1, RETURN_BECAUSE_DEFECTIVE, &again));
    CHECK_OK(&w->ctx, life_approve(&l, again));
    CHECK_OK(&w->ctx, life_settle(&l, again, 3, 1, RESOLVED_BY_REFUND, NONE)); /* they keep it */
    CHECK_OK(&w->ctx, life_ask_back(&l, id, 2, 1, RETURN_BECAUSE_DEFECTIVE, &again));
    CHECK_OK(&w->ctx, life_approve(&l, again));
    CHECK_OK(&w->ctx, life_settle(&l, again, 2, 1, RESOLVED_BY_REFUND, NONE));
    CHECK_I64(set, life_money(&l, id).balance.refunded);
    world_audit(w);
}
