/* What waiting for stock promises: oldest first, never more than there is, and the hold goes. */
#include "stages/2_processing/backorder.h"

#include "base/time.h"
#include "domain/inventory/stock.h"
#include "domain/people/people.h"
#include "services/stockkeeping/stocking.h"
#include "shop.h"

struct arrival {
    const char *sku, *bin;
    int64_t quantity;
};

static enum err arrive_in_tx(struct ctx *c, void *arg)
{
    const struct arrival *a = arg;
    struct stocking_line l = {
        .sku = text_of(a->sku), .site = T("LON"), .bin = text_of(a->bin), .quantity = a->quantity};
    struct stocking_outcome o;
    return stock_receipt(c, &l, 1, &o);
}

static enum err react_in_tx(struct ctx *c, void *arg)
{
    const struct list *events = arg;
    return backorder_on_stock(c, events->at, events->count);
}

/* Goods come in, and the reaction runs over the events that tell of it. */
static void arrive(struct world *w, const char *sku, int64_t quantity)
{
    int64_t before = 0;
    struct list events = {0};
    struct arrival a = {sku, "A-03-04", quantity};
    CHECK_OK(&w->ctx, store_reader(&w->ctx));
    CHECK_OK(&w->ctx, event_last_position(&w->ctx, &before));
    CHECK_OK(&w->ctx, db_tx(&w->ctx, arrive_in_tx, &a));
    CHECK_OK(&w->ctx, store_reader(&w->ctx));
    CHECK_OK(&w->ctx, event_feed(&w->ctx, before, 100, &events));
    CHECK_OK(&w->ctx, db_tx(&w->ctx, react_in_tx, &events));
}

static enum err policy_in_tx(struct ctx *c, void *arg)
{
    struct merchant m;
    TRY(merchant_get(c, &m));
    m.stock_policy = *(const int32_t *)arg;
    return merchant_update(c, &m);
}

TEST_BOTH(backorder, the_oldest_order_is_served_first)
{
    shop_open(w); /* 100 and 20 lamps */
    int64_t first = shop_order(w, "LAMP", 130), second = shop_order(w, "LAMP", 5);
    CHECK_I64(120, shop_state(w, first).allocated);
    CHECK_I64(0, shop_state(w, second).allocated);
    arrive(w, "LAMP", 12);
    CHECK_I64(130, shop_state(w, first).allocated);
    CHECK_I64(2, shop_state(w, second).allocated);
    arrive(w, "LAMP", 50);
    CHECK_I64(5, shop_state(w, second).allocated);
    struct list stock;
    struct list promises;
    CHECK_OK(&w->ctx, promises_of(&w->ctx, &second, 1, &promises));
    const struct promise *p = promises.at;
    CHECK_I64(1, (int64_t)promises.count);
    CHECK_I64(5, p->quantity);
    CHECK_OK(&w->ctx, availability_of(&w->ctx, &p->product_id, 1, &stock));
    const struct availability *at = stock.at;
    CHECK_I64(135, at[0].promised + at[1].promised);
}

TEST_BOTH(backorder, other_goods_help_nobody)
{
    shop_open(w);
    int64_t id = shop_order(w, "LAMP", 130);
    arrive(w, "MUG", 500);
    CHECK_I64(120, shop_state(w, id).allocated);
}

TEST_BOTH(backorder, the_hold_for_stock_goes_when_all_is_there)
{
    shop_open(w);
    int32_t policy = STOCK_HOLD;
    CHECK_OK(&w->ctx, db_tx(&w->ctx, policy_in_tx, &policy));
    struct draft d = shop_draft(w, "LAMP", 130);
    struct draft_line *lines = arena_new(&w->arena, struct draft_line, 2);
    lines[0] = lines[1] = *(const struct draft_line *)d.lines.at;
    lines[1].sku = T("PEN");
    d.lines = (struct list){lines, 2};
    struct outcome o;
    if (!shop_place(w, &d, 1, &o)) return;
    CHECK_I64(1 << HOLD_STOCK, o.holds);
    arrive(w, "LAMP", 10);
    CHECK_I64(1, shop_state(w, o.order_id).holds); /* ten pens are missing */
    arrive(w, "PEN", 10);
    struct order_state s = shop_state(w, o.order_id);
    CHECK_I64(0, s.holds);
    CHECK_I64(260, s.allocated);
    CHECK_I64(2, shop_release(w, &o.order_id, 1)); /* both sites send */
}

static enum err cancel_promise(struct ctx *c, void *arg)
{
    struct list promises;
    const int64_t *id = arg;
    TRY(promises_of(c, id, 1, &promises));
    const struct promise *p = promises.at;
    for (size_t i = 0; i < promises.count; i++) {
        TRY(promise_release(c, &p[i], p[i].quantity));
        TRY(order_progress(
            c, *id, p[i].line_no,
            (struct progress){.allocated = -p[i].quantity, .cancelled = p[i].quantity}));
    }
    return event_put(c, EVENT_ORDER_CANCELLED, *id, NONE, NO_BODY);
}

TEST_BOTH(backorder, what_another_order_gives_back_is_promised_anew)
{
    shop_open(w);
    int64_t first = shop_order(w, "LAMP", 120), second = shop_order(w, "LAMP", 7);
    CHECK_I64(0, shop_state(w, second).allocated);
    CHECK_OK(&w->ctx, db_tx(&w->ctx, cancel_promise, &first));
    struct event told = {.kind = EVENT_ORDER_CANCELLED, .order_id = first, .subject_id = NONE};
    struct list events = {&told, 1};
    CHECK_OK(&w->ctx, db_tx(&w->ctx, react_in_tx, &events));
    CHECK_I64(7, shop_state(w, second).allocated);
    CHECK_OK(&w->ctx, db_tx(&w->ctx, react_in_tx, &events)); /* replayed: nothing more */
    CHECK_I64(7, shop_state(w, second).allocated);
}

TEST_BOTH(backorder, statements_do_not_grow_with_the_orders_that_wait)
{
    shop_open(w);
    shop_order(w, "LAMP", 120);
    int64_t spent[2];
    const size_t waiting[2] = {1, 40};
    for (size_t round = 0; round < 2; round++) {
        for (size_t i = 0; i < waiting[round]; i++) shop_order(w, "LAMP", 1);
        int64_t before = store_queries(w->store);
        arrive(w, "LAMP", (int64_t)waiting[round]);
        spent[round] = store_queries(w->store) - before;
    }
    CHECK_I64(spent[0], spent[1]);
}

/* --- who is first ---------------------------------------------------------------------------- */

static enum err fill_in_tx(struct ctx *c, void *arg)
{
    struct merchant m;
    TRY(merchant_get(c, &m));
    m.fill_policy = *(const int32_t *)arg;
    return merchant_update(c, &m);
}

/* All lamps are sold, and these wait: 3 lamps, oldest; 2 by express; 2 for an early day. */
struct queue {
    int64_t plain, express, wished;
};

static struct queue queue_up(struct world *w, enum fill_policy policy)
{
    struct queue q;
    struct outcome o;
    int32_t how = (int32_t)policy;
    shop_open(w);
    CHECK_OK(&w->ctx, db_tx(&w->ctx, fill_in_tx, &how));
    shop_order(w, "LAMP", 120);
    q.plain = shop_order(w, "LAMP", 3);
    struct draft d = shop_draft(w, "LAMP", 2);
    d.method = METHOD_EXPRESS;
    CHECK(shop_place(w, &d, 1, &o));
    q.express = o.order_id;
    d = shop_draft(w, "LAMP", 2);
    d.wish_day = day_of_us(w->ctx.now_us) + 9;
    CHECK(shop_place(w, &d, 1, &o));
    q.wished = o.order_id;
    arrive(w, "LAMP", 2);
    return q;
}

TEST_BOTH(backorder, the_oldest_order_is_first_where_nothing_else_is_said)
{
    struct queue q = queue_up(w, FILL_OLDEST);
    CHECK_I64(2, shop_state(w, q.plain).allocated);
    CHECK_I64(0, shop_state(w, q.express).allocated + shop_state(w, q.wished).allocated);
}

TEST_BOTH(backorder, express_orders_are_served_first_where_the_merchant_says_so)
{
    struct queue q = queue_up(w, FILL_EXPRESS);
    CHECK_I64(2, shop_state(w, q.express).allocated);
    arrive(w, "LAMP", 2);
    CHECK_I64(2, shop_state(w, q.plain).allocated);
}

TEST_BOTH(backorder, the_day_that_was_wished_for_may_decide)
{
    struct queue q = queue_up(w, FILL_WISH_DAY);
    CHECK_I64(2, shop_state(w, q.wished).allocated);
    arrive(w, "LAMP", 4);
    CHECK_I64(3, shop_state(w, q.plain).allocated);
    CHECK_I64(1, shop_state(w, q.express).allocated);
}

TEST_BOTH(backorder, whole_orders_may_come_before_parts_of_older_ones)
{
    struct queue q = queue_up(w, FILL_WHOLE);
    CHECK_I64(0, shop_state(w, q.plain).allocated); /* two of its three would have been there */
    CHECK_I64(2, shop_state(w, q.express).allocated);
    arrive(w, "LAMP", 1); /* nobody is whole with one: the oldest gets it */
    CHECK_I64(1, shop_state(w, q.plain).allocated);
    arrive(w, "LAMP", 4);
    CHECK_I64(3, shop_state(w, q.plain).allocated);
    CHECK_I64(2, shop_state(w, q.wished).allocated);
}
