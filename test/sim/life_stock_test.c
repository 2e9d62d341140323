/* test/sim/life_stock_test.c: two sites, empty bins, and who waits for what. */
#include "life.h"

#include "audit_world.h"

/* Of this product the sites have so many from now on. */
static void leave(struct life *l, const char *sku, const char *bin, int64_t london,
                  int64_t manchester)
{
    struct ctx *c = &l->w->ctx;
    CHECK_OK(c, life_adjust(l, sku, "LON", bin, london, ADJUST_COUNT));
    CHECK_OK(c, life_adjust(l, sku, "MAN", bin, manchester, ADJUST_COUNT));
}

static int64_t order(struct life *l, const char *sku, int64_t quantity)
{
    struct draft d = shop_draft(l->w, sku, quantity);
    int64_t id = life_place(l, &d);
    CHECK_OK(&l->w->ctx, l->placed.fault.code);
    return id;
}

/* --- two sites ------------------------------------------------------------------------------- */

TEST_BOTH(life, two_sites_send_two_packages_and_their_captures_sum_to_the_total)
{
    struct life l = life_open(w);
    leave(&l, "PEN", "A-03-04", 7, 20);
    struct draft d = life_card_draft(&l, "PEN", 22, "tok_ok");
    ((struct draft_line *)d.lines.at)->discount = money(100, "GBP"); /* no 22nd of it is whole */
    d.shipping = money(395, "GBP");
    int64_t id = life_place(&l, &d), total = 22 * 199 - 100 + 395;
    CHECK_I64(2, (int64_t)life_work(&l, id).count);
    CHECK_I64(total, life_money(&l, id).balance.authorised);
    CHECK_I64(5, life_free_units(&l, l.shop.pen, l.shop.london) +
                     life_free_units(&l, l.shop.pen, l.shop.manchester));
    CHECK_OK(&w->ctx, life_pick_all(&l, id));
    CHECK_I64(STAGE_PACKING, life_stage(&l, id));
    CHECK_OK(&w->ctx, life_pack(&l, life_fulfillment(&l, id, 0).fulfillment_id));
    CHECK_I64(STAGE_PACKING, life_stage(&l, id)); /* the slower site decides */
    struct package first = life_package(&l, id, 0);
    CHECK_OK(&w->ctx, life_hand_over(&l, first.package_id, HAND_OVER_CARRIER));
    int64_t part = life_money(&l, id).balance.captured;
    CHECK(part > 395 && part < total);
    CHECK_I64(total - part, life_money(&l, id).balance.authorised);
    CHECK_OK(&w->ctx, life_report(&l, first.package_id, TRACKING_DELIVERED, 0));
    CHECK(life_stage(&l, id) < STAGE_COMPLETING);
    CHECK_I64(0, life_told(&l, id, EVENT_ORDER_DELIVERED));
    life_later(&l, 5 * DAY_US); /* its own grace time does not close the order */
    CHECK(life_stage(&l, id) < STAGE_COMPLETING);
    CHECK_OK(&w->ctx, life_pack(&l, life_fulfillment(&l, id, 1).fulfillment_id));
    CHECK_I64(STAGE_SHIPPING, life_stage(&l, id));
    struct package second = life_package(&l, id, 1);
    CHECK_OK(&w->ctx, life_hand_over(&l, second.package_id, HAND_OVER_CARRIER));
    CHECK_I64(total, life_money(&l, id).balance.captured);
    CHECK_I64(0, life_money(&l, id).balance.authorised);
    CHECK_I64(2, life_told(&l, id, EVENT_PAYMENT_CAPTURED));
    CHECK_I64(STAGE_DELIVERING, life_stage(&l, id));
    CHECK_OK(&w->ctx, life_report(&l, second.package_id, TRACKING_DELIVERED, 0));
    CHECK_I64(1, life_told(&l, id, EVENT_ORDER_DELIVERED));
    CHECK_I64(2, life_mails(&l, id, MESSAGE_SHIPPED));
    CHECK_I64(2, life_mails(&l, id, MESSAGE_DELIVERED));
    life_later(&l, 4 * DAY_US);
    CHECK_I64(STAGE_COMPLETED, life_stage(&l, id));
    world_audit(w);
}

/* --- not there ------------------------------------------------------------------------------- */

TEST_BOTH(life, what_a_bin_does_not_have_is_picked_from_another_one)
{
    struct life l = life_open(w);
    CHECK_OK(&w->ctx, life_receive(&l, "MUG", "LON", "A-02-01", 5));
    int64_t id = order(&l, "MUG", 3);
    struct task t = life_task(&l, id, TASK_PICK, 0);
    CHECK_OK(&w->ctx, life_short(&l, &t, 1, SHORT_LESS_THAN_SAID));
    CHECK_I64(0, l.shortage.missing);
    CHECK_I64(1, (int64_t)l.shortage.items.count);
    struct task again = life_task(&l, id, TASK_PICK, 0);
    CHECK(again.place_id != t.place_id);
    CHECK_I64(2, again.quantity);
    CHECK_I64(STAGE_PICKING, life_stage(&l, id));
    CHECK_OK(&w->ctx, life_pick(&l, &again, NONE));
    CHECK_I64(STAGE_PACKING, life_stage(&l, id));
    CHECK_I64(0, life_told(&l, id, EVENT_ORDER_SHORT));
    CHECK_I64(100, life_free_units(&l, l.shop.mug, l.shop.london)); /* 105, 3 sold, 2 lost */
    life_bring(&l, id);
    life_later(&l, 4 * DAY_US);
    CHECK_I64(STAGE_COMPLETED, life_stage(&l, id));
    world_audit(w);
}

TEST_BOTH(life, what_the_site_does_not_have_comes_from_the_other_one)
{
    struct life l = life_open(w);
    int64_t id = order(&l, "MUG", 3);
    struct task t = life_task(&l, id, TASK_PICK, 0);
    CHECK_I64(l.shop.london, t.site_id);
    CHECK_OK(&w->ctx, life_short(&l, &t, 1, SHORT_NOT_THERE));
    CHECK_I64(2, l.shortage.missing);
    CHECK_I64(0, life_free_units(&l, l.shop.mug, l.shop.london)); /* it lies in the tote */
    CHECK_I64(1, life_told(&l, id, EVENT_ORDER_SHORT));
    struct task other = life_task(&l, id, TASK_PICK, 0);
    CHECK_I64(l.shop.manchester, other.site_id);
    CHECK_I64(2, other.quantity);
    CHECK_I64(18, life_free_units(&l, l.shop.mug, l.shop.manchester));
    CHECK_I64(3, shop_state(w, id).allocated);
    life_bring(&l, id);
    CHECK_I64(2, (int64_t)work_packages(w, id).count);
    life_later(&l, 4 * DAY_US);
    CHECK_I64(STAGE_COMPLETED, life_stage(&l, id));
    world_audit(w);
}

TEST_BOTH(life, what_nobody_has_is_seen_to_be_missing_until_it_comes_oldest_order_first)
{
    struct life l = life_open(w);
    leave(&l, "PEN", "A-03-04", 3, 0);
    int64_t old = order(&l, "PEN", 3);
    life_later(&l, HOUR_US);
    int64_t young = order(&l, "PEN", 2);
    CHECK_I64(2, l.placed.short_of);
    CHECK_I64(0, shop_state(w, young).allocated);
    struct task t = life_task(&l, old, TASK_PICK, 0);
    CHECK_OK(&w->ctx, life_short(&l, &t, 1, SHORT_NOT_THERE));
    CHECK_I64(2, l.shortage.missing);
    CHECK_I64(1, shop_state(w, old).allocated);
    CHECK_I64(1, life_told(&l, old, EVENT_ORDER_SHORT));
    life_ship(&l, old); /* what is there goes ahead */
    CHECK_I64(1, shop_state(w, old).shipped);
    CHECK_I64(1, shop_state(w, old).allocated);
    CHECK(life_stage(&l, old) < STAGE_DELIVERING);
    CHECK_OK(&w->ctx, life_receive(&l, "PEN", "MAN", "A-03-04", 2));
    CHECK_I64(3, shop_state(w, old).allocated);
    CHECK_I64(0, shop_state(w, young).allocated);
    CHECK_OK(&w->ctx, life_receive(&l, "PEN", "LON", "A-03-04", 2));
    CHECK_I64(2, shop_state(w, young).allocated);
    CHECK_I64(STAGE_PICKING, life_stage(&l, young));
    life_bring(&l, old);
    life_bring(&l, young);
    life_later(&l, 4 * DAY_US);
    CHECK_I64(STAGE_COMPLETED, life_stage(&l, old));
    CHECK_I64(STAGE_COMPLETED, life_stage(&l, young));
    CHECK_I64(0, life_free_units(&l, l.shop.pen, l.shop.london));
    world_audit(w);
}

TEST_BOTH(life, an_order_of_which_nothing_was_found_starts_anew_when_goods_come)
{
    struct life l = life_open(w);
    leave(&l, "PEN", "A-03-04", 2, 0);
    struct draft d = life_card_draft(&l, "PEN", 2, "tok_ok");
    int64_t id = life_place(&l, &d);
    struct task t = life_task(&l, id, TASK_PICK, 0);
    CHECK_OK(&w->ctx, life_short(&l, &t, 0, SHORT_DAMAGED));
    CHECK_I64(2, l.shortage.missing);
    CHECK_I64(STAGE_PROCESSING, life_stage(&l, id));
    CHECK_I64(2 * 199, life_money(&l, id).balance.authorised);
    CHECK_OK(&w->ctx, life_receive(&l, "PEN", "LON", "A-01-01", 9));
    CHECK_I64(STAGE_PICKING, life_stage(&l, id));
    life_bring(&l, id);
    CHECK_I64(2 * 199, life_money(&l, id).balance.captured);
    life_later(&l, 4 * DAY_US);
    CHECK_I64(STAGE_COMPLETED, life_stage(&l, id));
    world_audit(w);
}

TEST_BOTH(life, an_order_that_waits_for_its_rest_is_cancelled_whole)
{
    struct life l = life_open(w);
    struct draft d = life_card_draft(&l, "LAMP", 125, "tok_ok");
    int64_t id = life_place(&l, &d);
    CHECK_I64(5, l.placed.short_of);
    CHECK_I64(2, (int64_t)life_work(&l, id).count);
    CHECK_OK(&w->ctx, life_cancel(&l, id, "too long"));
    CHECK_I64(125, l.cancelled.units);
    CHECK_I64(STAGE_CANCELLED, life_stage(&l, id));
    CHECK_I64(100, life_free_units(&l, l.shop.lamp, l.shop.london));
    CHECK_I64(20, life_free_units(&l, l.shop.lamp, l.shop.manchester));
    CHECK_I64(0, life_money(&l, id).balance.authorised);
    world_audit(w);
}

/* --- policies -------------------------------------------------------------------------------- */

TEST_BOTH(life, by_policy_an_order_waits_whole_is_refused_or_waits_for_a_person)
{
    struct life l = life_open(w);
    leave(&l, "LAMP", "A-02-03", 3, 2);
    life_policy(&l, PRICE_HOLD, STOCK_BACKORDER);
    int64_t whole = order(&l, "LAMP", 8);
    CHECK_I64(3, l.placed.short_of);
    CHECK_I64(STAGE_PROCESSING, life_stage(&l, whole));
    CHECK_I64(0, (int64_t)life_work(&l, whole).count);
    CHECK_OK(&w->ctx, life_receive(&l, "LAMP", "MAN", "A-02-03", 2));
    CHECK_I64(0, (int64_t)life_work(&l, whole).count);
    CHECK_OK(&w->ctx, life_receive(&l, "LAMP", "MAN", "A-02-03", 2));
    CHECK_I64(8, shop_state(w, whole).released);
    CHECK_I64(STAGE_PICKING, life_stage(&l, whole));

    life_policy(&l, PRICE_HOLD, STOCK_ALL);
    struct draft d = shop_draft(w, "LAMP", 2);
    int64_t position, after;
    CHECK_OK(&w->ctx, event_last_position(&w->ctx, &position));
    CHECK_I64(0, life_place(&l, &d));
    CHECK_I64(ERR_CONFLICT, l.placed.fault.code);
    CHECK_OK(&w->ctx, event_last_position(&w->ctx, &after));
    CHECK_I64(position, after); /* nothing of it stays */
    CHECK_I64(1, life_free_units(&l, l.shop.lamp, l.shop.manchester));

    life_policy(&l, PRICE_HOLD, STOCK_HOLD);
    int64_t asked = order(&l, "LAMP", 2);
    CHECK(life_is_held(&l, asked, HOLD_STOCK));
    CHECK_I64(STAGE_PROCESSING, life_stage(&l, asked));
    life_let_go_all(&l, asked, HOLD_STOCK); /* send what is there */
    CHECK_I64(1, shop_state(w, asked).released);
    int64_t waits = order(&l, "LAMP", 1);
    CHECK(life_is_held(&l, waits, HOLD_STOCK));
    CHECK_OK(&w->ctx, life_receive(&l, "LAMP", "LON", "A-02-03", 2));
    CHECK(!life_is_held(&l, waits, HOLD_STOCK));
    int64_t all[] = {whole, asked, waits};
    for (int i = 0; i < 3; i++) life_bring(&l, all[i]);
    life_later(&l, 4 * DAY_US);
    for (int i = 0; i < 3; i++) CHECK_I64(STAGE_COMPLETED, life_stage(&l, all[i]));
    world_audit(w);
}

TEST_BOTH(life, a_price_that_is_not_the_lists_is_looked_at_or_refused_by_policy)
{
    struct life l = life_open(w);
    struct draft d = shop_draft(w, "MUG", 1);
    ((struct draft_line *)d.lines.at)->unit_price = money(1, "GBP");
    int64_t id = life_place(&l, &d);
    CHECK(life_is_held(&l, id, HOLD_PRICE));
    CHECK_I64(STAGE_PROCESSING, life_stage(&l, id));
    life_let_go_all(&l, id, HOLD_PRICE);
    CHECK_I64(STAGE_PICKING, life_stage(&l, id));
    life_policy(&l, PRICE_REFUSE, STOCK_SPLIT);
    d.customer_email = T("bob@example.org");
    CHECK_I64(0, life_place(&l, &d));
    CHECK_I64(ERR_CONFLICT, l.placed.fault.code);
    CHECK_I64(99, life_free_units(&l, l.shop.mug, l.shop.london));
    life_policy(&l, PRICE_ACCEPT, STOCK_SPLIT);
    int64_t taken = life_place(&l, &d);
    CHECK(taken && !life_is_held(&l, taken, HOLD_PRICE));
    life_bring(&l, id);
    life_bring(&l, taken);
    CHECK_I64(1, life_money(&l, taken).balance.owed);
    life_later(&l, 4 * DAY_US);
    CHECK_I64(STAGE_COMPLETED, life_stage(&l, id));
    world_audit(w);
}
