/* What holding an order promises: nobody works on it until it is let go. */
#include "stages/2_processing/holding.h"

#include "base/time.h"
#include "domain/events/event.h"
#include "domain/orders/stop.h"
#include "domain/orders/work.h"
#include "shop.h"

struct asking {
    int64_t order_id, hold_id;
    struct hold_request in;
    struct hold out;
};

static enum err ask_hold(struct ctx *c, void *arg)
{
    struct asking *a = arg;
    return hold_order(c, a->order_id, &a->in, &a->out);
}

static enum err ask_free(struct ctx *c, void *arg)
{
    struct asking *a = arg;
    return hold_free(c, a->order_id, a->hold_id, &a->out);
}

static struct asking asking(int64_t order_id)
{
    return (struct asking){.order_id = order_id,
                           .in = {.reason = HOLD_MANUAL,
                                  .note = T("ask about the colour"),
                                  .owner_id = NONE,
                                  .release_due_us = NONE}};
}

static struct fulfillment work_of(struct world *w, int64_t order_id)
{
    struct list found = {0};
    CHECK_OK(&w->ctx, store_reader(&w->ctx));
    CHECK_OK(&w->ctx, fulfillments_of_orders(&w->ctx, &order_id, 1, &found));
    return found.count ? *(const struct fulfillment *)found.at : (struct fulfillment){0};
}

static int32_t last_kind(struct world *w, int64_t order_id)
{
    struct list events = {0};
    CHECK_OK(&w->ctx, event_timeline(&w->ctx, order_id, &events));
    return events.count ? ((const struct event *)events.at)[events.count - 1].kind : -1;
}

TEST_BOTH(holding, a_hold_stops_the_next_scan)
{
    shop_open(w);
    int64_t id = shop_order(w, "MUG", 2);
    CHECK_I64(1, shop_release(w, &id, 1));
    struct fulfillment before = work_of(w, id);
    struct asking a = asking(id);
    CHECK_OK(&w->ctx, db_tx(&w->ctx, ask_hold, &a));
    struct fulfillment after = work_of(w, id);
    CHECK_I64(before.version + 1, after.version);
    CHECK_I64(1, shop_state(w, id).holds);
    CHECK_I64(EVENT_ORDER_HELD, last_kind(w, id));
    struct stops stops;
    CHECK_OK(&w->ctx, stops_load(&w->ctx, &id, 1, &stops));
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "stop", stop_check(&w->ctx, &stops, &after, before.version));
    a.hold_id = a.out.hold_id;
    CHECK_OK(&w->ctx, db_tx(&w->ctx, ask_free, &a));
    CHECK_I64(0, shop_state(w, id).holds);
    CHECK_I64(EVENT_ORDER_FREED, last_kind(w, id));
    CHECK_OK(&w->ctx, stops_load(&w->ctx, &id, 1, &stops));
    CHECK_OK(&w->ctx, stop_check(&w->ctx, &stops, &after, after.version));
}

TEST_BOTH(holding, a_held_order_is_not_released_to_work)
{
    shop_open(w);
    int64_t id = shop_order(w, "MUG", 2);
    struct asking first = asking(id), second = asking(id);
    second.in.reason = HOLD_FRAUD;
    CHECK_OK(&w->ctx, db_tx(&w->ctx, ask_hold, &first));
    CHECK_OK(&w->ctx, db_tx(&w->ctx, ask_hold, &second));
    CHECK_I64(0, shop_release(w, &id, 1));
    first.hold_id = first.out.hold_id;
    CHECK_OK(&w->ctx, db_tx(&w->ctx, ask_free, &first));
    CHECK_I64(0, shop_release(w, &id, 1)); /* the other one is still live */
    second.hold_id = second.out.hold_id;
    CHECK_OK(&w->ctx, db_tx(&w->ctx, ask_free, &second));
    CHECK_OK(&w->ctx, db_tx(&w->ctx, ask_hold, &first)); /* and again */
    CHECK_I64(0, shop_release(w, &id, 1));
    first.hold_id = first.out.hold_id;
    CHECK_OK(&w->ctx, db_tx(&w->ctx, ask_free, &first));
    CHECK_I64(1, shop_release(w, &id, 1));
}

TEST_BOTH(holding, what_makes_no_sense_is_refused)
{
    shop_open(w);
    struct draft d = shop_draft(w, "MUG", 1);
    d.is_draft = true;
    struct outcome o;
    if (!shop_place(w, &d, 1, &o)) return;
    struct asking a = asking(o.order_id);
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "wrong_state", db_tx(&w->ctx, ask_hold, &a));
    a = asking(source_id(&w->source));
    CHECK_FAULT(&w->ctx, ERR_NOT_FOUND, "order_not_found", db_tx(&w->ctx, ask_hold, &a));
    a = asking(shop_order(w, "MUG", 1));
    a.in.release_due_us = w->ctx.now_us;
    CHECK_FAULT(&w->ctx, ERR_INVALID, "out_of_range", db_tx(&w->ctx, ask_hold, &a));
    a.in.release_due_us = NONE;
    CHECK_OK(&w->ctx, db_tx(&w->ctx, ask_hold, &a));
    a.hold_id = a.out.hold_id + 1;
    CHECK_FAULT(&w->ctx, ERR_NOT_FOUND, "hold_not_found", db_tx(&w->ctx, ask_free, &a));
    a.hold_id--;
    CHECK_OK(&w->ctx, db_tx(&w->ctx, ask_free, &a));
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "hold_released", db_tx(&w->ctx, ask_free, &a));
}

static size_t run_due(struct world *w)
{
    struct list jobs = {0};
    w->ctx.now_us = source_now_us(&w->source);
    CHECK_OK(&w->ctx, job_claim(&w->ctx, JOB_HOLD_RELEASE, 10, MINUTE_US, &jobs));
    CHECK_OK(&w->ctx, hold_on_due(&w->ctx, jobs.at, jobs.count));
    return jobs.count;
}

TEST_BOTH(holding, a_timer_lets_go_of_what_is_due_and_of_nothing_else)
{
    shop_open(w);
    int64_t id = shop_order(w, "MUG", 1);
    struct asking soon = asking(id), late = asking(id), open = asking(id);
    soon.in.release_due_us = w->ctx.now_us + HOUR_US;
    late.in.release_due_us = w->ctx.now_us + 3 * HOUR_US;
    CHECK_OK(&w->ctx, db_tx(&w->ctx, ask_hold, &soon));
    CHECK_OK(&w->ctx, db_tx(&w->ctx, ask_hold, &late));
    CHECK_OK(&w->ctx, db_tx(&w->ctx, ask_hold, &open));
    CHECK_I64(0, (int64_t)run_due(w));
    source_advance_us(&w->source, HOUR_US);
    CHECK_I64(1, (int64_t)run_due(w));
    CHECK_I64(2, shop_state(w, id).holds);
    late.hold_id = late.out.hold_id;
    CHECK_OK(&w->ctx, db_tx(&w->ctx, ask_free, &late)); /* by hand, before its time */
    source_advance_us(&w->source, 2 * HOUR_US);
    CHECK_I64(1, (int64_t)run_due(w));
    CHECK_I64(1, shop_state(w, id).holds);
    CHECK_I64(0, (int64_t)run_due(w));
}
