/* What stage 3 promises when the bin does not have it. */
#include "stages/3_picking/picking_calls_test.h"

/* --- short picks ----------------------------------------------------------------------------- */

/* openboxes 5778: short picks inflated the allocated total; the next task had a wrong quantity. */
TEST_BOTH(picking, short_and_short_again_and_then_found)
{
    struct shop s = shop_open(w);
    work_adjust(w, s.london, s.mug, s.bins[0][0], -95);
    work_receive(w, s.london, s.mug, s.bins[0][1], NULL, 5);
    work_receive(w, s.london, s.mug, s.bins[0][2], NULL, 5);
    int64_t ful = work_order(w, "MUG", 5);
    struct task t = work_task(w, ful, TASK_PICK, 0);
    struct call k = short_of(&t, 1, SHORT_NOT_THERE);
    CHECK_OK(&w->ctx, run(w, &k));
    CHECK_I64(1, (int64_t)k.short_result.items.count);
    CHECK_I64(4, item(&k.short_result.items, 0)->quantity);
    work_audit(w);
    t = work_task(w, ful, TASK_PICK, 1);
    k = short_of(&t, 2, SHORT_CANNOT_REACH);
    CHECK_OK(&w->ctx, run(w, &k));
    CHECK_I64(2, item(&k.short_result.items, 0)->quantity);
    CHECK(item(&k.short_result.items, 0)->bin_id != t.place_id);
    CHECK_I64(0, k.short_result.missing);
    work_audit(w);
    t = work_task(w, ful, TASK_PICK, 2);
    struct call found = scan_of(&t, "MUG", 2);
    CHECK_OK(&w->ctx, run(w, &found));
    CHECK_I64(FULFILLMENT_PICKED, found.result.fulfillment_state);
    CHECK_I64(5, work_get(w, ful).picked);
    CHECK_I64(5, work_order_line(w, work_get(w, ful).order_id, 1).allocated);
    CHECK_I64(0, work_events(w, NONE, "order.short"));
    work_audit(w);
}

TEST_BOTH(picking, what_no_bin_has_leaves_the_order_and_asks_for_a_new_promise)
{
    struct shop s = shop_open(w);
    work_adjust(w, s.london, s.mug, s.bins[0][0], -95);
    int64_t ful = work_order(w, "MUG", 5);
    int64_t order_id = work_get(w, ful).order_id;
    struct task t = work_task(w, ful, TASK_PICK, 0);
    struct call k = short_of(&t, 2, SHORT_NOT_THERE);
    CHECK_OK(&w->ctx, run(w, &k));
    CHECK_I64(3, k.short_result.missing);
    CHECK_I64(FULFILLMENT_PICKED, k.short_result.fulfillment_state);
    CHECK_I64(2, work_get(w, ful).units);
    struct order_line line = work_order_line(w, order_id, 1);
    CHECK_I64(2, line.allocated);
    CHECK_I64(2, line.released);
    CHECK_I64(2, line.picked);
    CHECK_I64(1, work_events(w, order_id, "order.short"));
    CHECK_I64(1, work_events(w, order_id, "pick.short"));
    CHECK_I64(0, work_cell(w, s.london, s.mug, s.bins[0][0], NULL).on_hand);
    work_audit(w);
}

TEST_BOTH(picking, when_nothing_at_all_is_there_the_work_is_over_and_its_wrapping_too)
{
    struct shop s = shop_open(w);
    struct draft d = shop_draft(w, "MUG", 1);
    struct draft_service wrap = {T("gift_wrap"), T("for Ada")};
    ((struct draft_line *)d.lines.at)->services = (struct list){&wrap, 1};
    work_adjust(w, s.london, s.mug, s.bins[0][0], -99);
    int64_t ful = work_of_draft(w, &d);
    CHECK_I64(1, work_get(w, ful).services_open);
    struct task t = work_task(w, ful, TASK_PICK, 0);
    struct call k = short_of(&t, 0, SHORT_NOT_THERE);
    CHECK_OK(&w->ctx, run(w, &k));
    struct fulfillment f = work_get(w, ful);
    CHECK_I64(FULFILLMENT_CANCELLED, f.state);
    CHECK_I64(0, f.services_open);
    CHECK_I64(TASK_REFUSED, work_task(w, ful, TASK_GIFT_WRAP, 0).state);
    CHECK_I64(0, work_order_line(w, f.order_id, 1).allocated);
    work_audit(w);
}

/* hotwax: each reason has its own effect on the stock. */
TEST_BOTH(picking, each_reason_for_a_short_pick_has_its_own_effect_on_the_stock)
{
    static const struct {
        enum short_reason reason;
        int64_t left; /* in a bin of 20, when 1 of 4 was found */
    } cases[] = {{SHORT_NOT_THERE, 0},
                 {SHORT_LESS_THAN_SAID, 16},
                 {SHORT_DAMAGED, 16},
                 {SHORT_CANNOT_REACH, 19}};
    struct shop s = shop_open(w);
    for (size_t i = 0; i < 4; i++) {
        struct stock bin = work_cell(w, s.london, s.mug, s.bins[0][0], NULL);
        work_adjust(w, s.london, s.mug, s.bins[0][0], 20 - bin.on_hand);
        int64_t ful = work_order(w, "MUG", 4);
        struct task t = work_task(w, ful, TASK_PICK, 0);
        struct call k = short_of(&t, 1, cases[i].reason);
        CHECK_OK(&w->ctx, run(w, &k));
        CHECK_I64(cases[i].left, work_cell(w, s.london, s.mug, s.bins[0][0], NULL).on_hand);
        work_audit(w);
    }
    CHECK_I64(3, work_events(w, NONE, "stock.adjusted"));
}

TEST_BOTH(picking, a_short_pick_that_found_all_is_no_short_pick)
{
    struct shop s = shop_open(w);
    int64_t ful = work_order(w, "MUG", 2);
    struct task t = work_task(w, ful, TASK_PICK, 0);
    struct call k = short_of(&t, 2, SHORT_DAMAGED);
    CHECK_FAULT(&w->ctx, ERR_INVALID, "out_of_range", run(w, &k));
    k = short_of(&t, -1, SHORT_DAMAGED);
    CHECK_FAULT(&w->ctx, ERR_INVALID, "out_of_range", run(w, &k));
    CHECK_I64(100, work_cell(w, s.london, s.mug, s.bins[0][0], NULL).on_hand);
}

TEST_BOTH(picking, what_was_picked_by_mistake_goes_back_and_is_picked_again)
{
    struct shop s = shop_open(w);
    int64_t ful = work_order(w, "MUG", 2);
    struct task t = work_task(w, ful, TASK_PICK, 0);
    struct call k = scan_of(&t, "MUG", 2);
    CHECK_OK(&w->ctx, run(w, &k));
    struct call undo = {.run = do_undo, .id = ful, .id2 = t.task_id, .quantity = 3};
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "too_many", run(w, &undo));
    undo.quantity = 1;
    CHECK_OK(&w->ctx, run(w, &undo));
    CHECK_I64(FULFILLMENT_PICKING, work_get(w, ful).state);
    CHECK_I64(99, work_cell(w, s.london, s.mug, s.bins[0][0], NULL).on_hand);
    work_audit(w);
    t = work_task(w, ful, TASK_PICK, 1);
    k = scan_of(&t, "MUG", 1);
    CHECK_OK(&w->ctx, run(w, &k));
    CHECK_I64(FULFILLMENT_PICKED, k.result.fulfillment_state);
    work_audit(w);
}
