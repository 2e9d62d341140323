#include "stages/2_processing/backorder.h"

#include "base/sort.h"
#include "domain/inventory/availability.h"
#include "domain/sites/site.h"
#include "plan/door_day.h"
#include "queries.h"
#include "stages/2_processing/holding.h"
#include "store/db.h"

#include <stdlib.h>

struct waiting {
    int64_t order_id, line_no, product_id, missing, order_missing;
    int32_t method;
    struct text country;
    int64_t wish_day, service_minutes;
};
static const struct field waiting_table[] = {
    FIELD(struct waiting, order_id),        FIELD(struct waiting, line_no),
    FIELD(struct waiting, product_id),      FIELD(struct waiting, missing),
    FIELD(struct waiting, order_missing),   FIELD_ENUM(struct waiting, method, method_words),
    FIELD(struct waiting, country),         FIELD_DAY(struct waiting, wish_day, "wish_date"),
    FIELD(struct waiting, service_minutes),
};
static const struct fields waiting_fields = FIELDS("waiting_line", struct waiting, waiting_table);

/* One round: what waits, what is free, who gets what. */
struct round {
    struct list sites, lines, stock, promises;
    struct demand *demands;
    size_t count, capacity;
};

/* Does this site send something of the order anyway? Then one parcel less. */
static bool is_sending(const struct round *r, int64_t order_id, int64_t site_id)
{
    const struct promise *at = r->promises.at;
    size_t low = 0, high = r->promises.count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (at[middle].order_id < order_id)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < r->promises.count && at[low].order_id == order_id; low++)
        if (at[low].site_id == site_id && at[low].quantity > at[low].released) return true;
    for (size_t i = r->count; i > 0 && r->demands[i - 1].order_id == order_id; i--)
        if (r->demands[i - 1].site_id == site_id) return true;
    return false;
}

static void want(struct ctx *c, struct round *r, const struct waiting *w, const struct site *site,
                 int64_t quantity)
{
    availability_find(&r->stock, w->product_id, site->site_id)->promised += quantity;
    *arena_push(c->arena, r->demands, r->count, r->capacity) = (struct demand){
        .order_id = w->order_id,
        .line_no = w->line_no,
        .product_id = w->product_id,
        .site_id = site->site_id,
        .quantity = quantity,
        .promised_day = door_day(c, &(struct door_ask){.now_us = c->now_us,
                                                       .work_days = site->work_days,
                                                       .cutoff_minute = site->cutoff_minute,
                                                       .service_minutes = w->service_minutes,
                                                       .from_country = site->country,
                                                       .to_country = w->country,
                                                       .is_express = w->method == METHOD_EXPRESS,
                                                       .is_pickup = w->method == METHOD_PICKUP,
                                                       .wish_day = w->wish_day})};
}

/* A site that has all of it, best one that sends already; or some from each in their order. */
static void serve(struct ctx *c, struct round *r, const struct waiting *w)
{
    const struct site *sites = r->sites.at, *whole = NULL;
    for (size_t s = 0; s < r->sites.count; s++) {
        if (availability_free(&r->stock, w->product_id, sites[s].site_id) < w->missing) continue;
        bool is_best = is_sending(r, w->order_id, sites[s].site_id);
        if (!whole || is_best) whole = &sites[s];
        if (is_best) break;
    }
    if (whole) {
        want(c, r, w, whole, w->missing);
        return;
    }
    int64_t left = w->missing;
    for (size_t s = 0; s < r->sites.count && left; s++) {
        int64_t units = availability_free(&r->stock, w->product_id, sites[s].site_id);
        if (units > left) units = left;
        if (units) want(c, r, w, &sites[s], units);
        left -= units;
    }
}

/* The products of which something is free stay, in their order. */
static enum err load_stock(struct ctx *c, struct round *r, int64_t *ids, size_t *n)
{
    TRY(availability_of(c, ids, *n, &r->stock));
    const struct availability *at = r->stock.at;
    size_t kept = 0;
    for (size_t i = 0; i < r->stock.count; i++) {
        if (at[i].sellable - at[i].promised - at[i].safety <= 0) continue;
        if (!kept || ids[kept - 1] != at[i].product_id) ids[kept++] = at[i].product_id;
    }
    *n = kept;
    return OK;
}

static enum err load_lines(struct ctx *c, struct round *r, const int64_t *ids, size_t n)
{
    TRY(db_rows(
        c, &Q_backorder_lines,
        ARGS(I64(c->merchant_id), I64S(ids, n), I64(BACKORDER_LINES_MAX), I64(STAGE_PROCESSING)),
        &waiting_fields, &r->lines));
    const struct waiting *lines = r->lines.at;
    int64_t *orders = arena_new(c->arena, int64_t, r->lines.count + 1);
    size_t count = 0;
    for (size_t i = 0; i < r->lines.count; i++)
        if (!count || orders[count - 1] != lines[i].order_id) orders[count++] = lines[i].order_id;
    return count ? promises_of(c, orders, count, &r->promises) : OK;
}

/* Orders of which nothing is missing any more need not wait for stock. */
static enum err free_holds(struct ctx *c, const int64_t *order_ids, size_t n)
{
    struct list live;
    if (!n) return OK;
    TRY(holds_of(c, order_ids, n, true, &live));
    struct hold *holds = live.at;
    size_t count = 0;
    for (size_t i = 0; i < live.count; i++)
        if (holds[i].reason == HOLD_STOCK) holds[count++] = holds[i];
    return holds_free(c, holds, count);
}

static enum err tell(struct ctx *c, const struct round *r, int64_t *promised)
{
    const struct waiting *lines = r->lines.at;
    int64_t *whole = arena_new(c->arena, int64_t, r->count + 1);
    size_t whole_count = 0;
    for (size_t i = 0, next, l = 0; i < r->count; i = next) {
        int64_t units = 0, order_id = r->demands[i].order_id;
        for (next = i; next < r->count && r->demands[next].order_id == order_id; next++)
            units += r->demands[next].quantity;
        while (lines[l].order_id != order_id) l++; /* both are in order */
        if (units == lines[l].order_missing) whole[whole_count++] = order_id;
        *promised += units;
        TRY(event_put(c, EVENT_ORDER_ALLOCATED, order_id, NONE, EVENT_BODY(.quantity = units)));
    }
    return free_holds(c, whole, whole_count);
}

static enum err promise_round(struct ctx *c, struct round *r, int64_t *promised)
{
    const struct waiting *lines = r->lines.at;
    for (size_t i = 0; i < r->lines.count; i++) serve(c, r, &lines[i]);
    TRY(stock_promise(c, r->demands, r->count));
    for (size_t i = 0; i < r->count; i++) {
        const struct demand *d = &r->demands[i];
        if (!d->is_promised)
            return fail(c, ERR_BUSY, "raced", "stock was promised to another order meanwhile");
        TRY(order_progress(c, d->order_id, d->line_no,
                           (struct progress){.allocated = d->quantity}));
    }
    return tell(c, r, promised);
}

enum err backorder_promise(struct ctx *c, const int64_t *product_ids, size_t n, int64_t *promised)
{
    int64_t *ids = arena_new(c->arena, int64_t, n + 1);
    struct list sites = {0};
    *promised = 0;
    for (size_t i = 0; i < n; i++) ids[i] = product_ids[i];
    sort_i64(ids, n);
    n = unique_i64(ids, n);
    for (size_t lines = BACKORDER_LINES_MAX; n && lines == BACKORDER_LINES_MAX;) {
        struct round r = {0};
        TRY(load_stock(c, &r, ids, &n));
        if (!n) break;
        TRY(load_lines(c, &r, ids, n));
        lines = r.lines.count;
        if (!lines) break;
        if (!sites.count) TRY(site_list(c, &sites));
        r.sites = sites;
        TRY(promise_round(c, &r, promised));
        if (!r.count) break; /* free units at no site that is known */
    }
    return OK;
}

enum err backorder_on_stock(struct ctx *c, const struct event *events, size_t count)
{
    int64_t *orders = arena_new(c->arena, int64_t, count + 1), promised;
    struct list lines = {0};
    size_t order_count = 0, n = 0;
    for (size_t i = 0; i < count; i++)
        if (events[i].order_id != NONE) orders[order_count++] = events[i].order_id;
    sort_i64(orders, order_count);
    order_count = unique_i64(orders, order_count);
    if (order_count) TRY(order_lines_of(c, orders, order_count, &lines));
    int64_t *ids = arena_new(c->arena, int64_t, count + lines.count + 1);
    for (size_t i = 0; i < count; i++) {
        bool is_stock = events[i].kind == EVENT_STOCK_RECEIVED ||
                        events[i].kind == EVENT_STOCK_ADJUSTED ||
                        events[i].kind == EVENT_STOCK_CONDITION_CHANGED;
        if (is_stock && events[i].subject_id != NONE) ids[n++] = events[i].subject_id;
    }
    const struct order_line *at = lines.at;
    for (size_t i = 0; i < lines.count; i++)
        if (line_is_physical(&at[i])) ids[n++] = at[i].product_id;
    return n ? backorder_promise(c, ids, n, &promised) : OK;
}
