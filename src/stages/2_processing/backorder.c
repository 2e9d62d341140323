#include "stages/2_processing/backorder.h"

#include "base/sort.h"
#include "domain/inventory/availability.h"
#include "domain/inventory/cart.h"
#include "domain/inventory/earmark.h"
#include "domain/orders/sourcing.h"
#include "domain/orders/told_date.h"
#include "domain/people/people.h"
#include "domain/sites/site.h"
#include "plan/rates.h"
#include "plan/sourcing.h"
#include "stages/2_processing/holding.h"
#include "stages/2_processing/site_day.h"
#include "stages/2_processing/waiting.h"
#include "store/db.h"

#include <stdlib.h>

/* One round: what waits, what is free, who gets what. */
struct round {
    struct list sites, lines, stock, promises, reserves, rejections;
    struct list loads;    /* struct site_load, of sites of limited capacity */
    struct list earmarks; /* struct earmark_change, by order and line */
    int64_t *got;         /* of each line, so far */
    bool is_arrived;      /* who waited for a delivery that came is served, nobody else */
    int32_t policy;       /* of sourcing */
    int32_t fill;         /* enum fill_policy */
    int64_t order_id;     /* that alone is served; NONE: who waits, in their order */
    struct demand *demands;
    size_t count, capacity;
};

/* Does this site send something of the order anyway? Then one parcel less. */
static bool is_sending(const struct round *r, int64_t order_id, int64_t site_id)
{
    struct list own = LIST_RUN(&r->promises, struct promise, order_id, order_id);
    const struct promise *at = own.at;
    for (size_t i = 0; i < own.count; i++)
        if (at[i].site_id == site_id && at[i].quantity > at[i].released) return true;
    for (size_t i = r->count; i > 0 && r->demands[i - 1].order_id == order_id; i--)
        if (r->demands[i - 1].site_id == site_id) return true;
    return false;
}

static int64_t left_of(const struct round *r, const struct waiting *w)
{
    return w->missing - r->got[w - (const struct waiting *)r->lines.at];
}

static enum err want(struct ctx *c, struct round *r, const struct waiting *w,
                     const struct site *site, int64_t quantity)
{
    TRY(site_day_take(c, &r->loads, site, quantity));
    availability_find(&r->stock, w->product_id, site->site_id)->promised += quantity;
    r->got[w - (const struct waiting *)r->lines.at] += quantity;
    for (size_t i = r->count; i > 0; i--) { /* of two deliveries to one site */
        struct demand *d = &r->demands[i - 1];
        if (d->order_id != w->order_id || d->line_no != w->line_no) break;
        if (d->site_id != site->site_id) continue;
        d->quantity += quantity;
        return OK;
    }
    *arena_push(c->arena, r->demands, r->count, r->capacity) = (struct demand){
        .order_id = w->order_id,
        .line_no = w->line_no,
        .product_id = w->product_id,
        .site_id = site->site_id,
        .quantity = quantity,
        .reserve = reserve_of(&r->reserves, w->product_id, site->site_id, w->channel),
        .is_earmarked = r->is_arrived,
        .promised_day = waiting_day(c, w, site, c->now_us)};
    return OK;
}

static const struct site_rejection *rejection_of(const struct round *r, int64_t order_id,
                                                 int64_t site_id)
{
    const struct site_rejection *at = r->rejections.at;
    for (size_t i = 0; i < r->rejections.count; i++)
        if (at[i].order_id == order_id && at[i].site_id == site_id) return &at[i];
    return NULL;
}

static bool is_rejected(const struct ctx *c, const struct round *r, int64_t order_id,
                        int64_t site_id)
{
    const struct site_rejection *no = rejection_of(r, order_id, site_id);
    return no && no->until_us > c->now_us;
}

/* Came in for the line, and there now. */
static int64_t arrived_for(const struct ctx *c, const struct round *r, const struct waiting *w,
                           int64_t site_id)
{
    struct list own = waiting_earmarks(&r->earmarks, w);
    const struct earmark_change *at = own.at;
    int64_t units = 0, there = availability_there(&r->stock, w->product_id, site_id);
    if (is_rejected(c, r, w->order_id, site_id)) return 0;
    for (size_t i = 0; i < own.count; i++)
        if (at[i].after.site_id == site_id) units += at[i].after.arrived;
    return units < there ? units : there;
}

static int64_t free_for(struct ctx *c, const struct round *r, const struct waiting *w,
                        int64_t site_id)
{
    if (r->is_arrived) return arrived_for(c, r, w, site_id);
    int64_t kept = reserve_of(&r->reserves, w->product_id, site_id, w->channel);
    int64_t units = availability_free(&r->stock, w->product_id, site_id) - kept;
    return units <= 0 || is_rejected(c, r, w->order_id, site_id) ? 0 : units;
}

/* --- which site sends it ---------------------------------------------------------------------- */

static_assert((int)BACKORDER_LINES_MAX <= (int)SOURCING_LINES_MAX, "an order is planned at once");

/* Lines of an order that are decided about at once, and what the plan needs to know of them. */
struct question {
    const struct waiting *lines;
    size_t line_count;
    const struct site **at; /* the sites that are asked */
    struct sourcing_site *sites;
    struct sourcing_line *wanted;
    struct sourcing_stock *stock;
    size_t site_count, stock_count;
    int64_t units;
};

static void ask_lines(struct ctx *c, const struct round *r, struct question *q)
{
    q->wanted = arena_new(c->arena, struct sourcing_line, q->line_count + 1);
    for (size_t l = 0; l < q->line_count; l++) {
        const struct waiting *w = &q->lines[l];
        q->wanted[l] = (struct sourcing_line){
            .line_id = w->line_no, .sku_id = w->product_id, .quantity = left_of(r, w)};
        q->units += q->wanted[l].quantity;
    }
}

static void ask_site(struct ctx *c, const struct round *r, struct question *q,
                     const struct site *site)
{
    const struct waiting *to = q->lines;
    q->at[q->site_count] = site;
    q->sites[q->site_count++] = (struct sourcing_site){
        .site_id = site->site_id,
        .name = site->name,
        .distance_km =
            sourcing_distance_km(site->country, site->postal_code, to->country, to->postal_code),
        .priority = site->priority,
        .cost_minor = site->parcel_minor +
                      rates_from(&rates_house, "standard", site->country, to->country),
        .capacity_units = site_day_left(&r->loads, site),
        .is_open = !is_rejected(c, r, to->order_id, site->site_id),
        .is_sending = is_sending(r, to->order_id, site->site_id)};
}

/* Of more sites than can be planned with, those that have something of it. */
static void ask_sites(struct ctx *c, const struct round *r, struct question *q)
{
    const struct site *sites = r->sites.at;
    bool is_all = r->sites.count <= SOURCING_SITES_MAX;
    size_t most = is_all ? r->sites.count : SOURCING_SITES_MAX, n = q->line_count;
    int64_t *products = arena_new(c->arena, int64_t, n + 1);
    struct waiting of = q->lines[0]; /* what arrived for a line is asked of that line alone */
    for (size_t l = 0; l < n; l++) products[l] = q->lines[l].product_id;
    sort_i64(products, n);
    n = unique_i64(products, n);
    q->at = arena_new(c->arena, const struct site *, most + 1);
    q->sites = arena_new(c->arena, struct sourcing_site, most + 1);
    q->stock = arena_new(c->arena, struct sourcing_stock, most * n + 1);
    for (size_t s = 0; s < r->sites.count && q->site_count < most; s++) {
        size_t before = q->stock_count;
        for (size_t p = 0; p < n; p++) {
            of.product_id = products[p];
            int64_t units = free_for(c, r, &of, sites[s].site_id);
            if (units > 0)
                q->stock[q->stock_count++] =
                    (struct sourcing_stock){sites[s].site_id, products[p], units};
        }
        if (is_all || q->stock_count > before) ask_site(c, r, q, &sites[s]);
    }
}

static enum err tell_decision(struct ctx *c, const struct round *r, const struct question *q,
                              const struct sourcing_plan *plan)
{
    int64_t order_id = q->lines[0].order_id;
    struct site_considered *all = arena_new(c->arena, struct site_considered, q->site_count + 1);
    bool was_rejected = false;
    for (size_t s = 0; s < r->sites.count; s++)
        was_rejected = was_rejected ||
                       rejection_of(r, order_id, ((const struct site *)r->sites.at)[s].site_id);
    for (size_t s = 0; s < q->site_count; s++) {
        const struct sourcing_score *at = &plan->scores[s];
        int64_t site_id = q->sites[s].site_id;
        all[s] = (struct site_considered){site_id, at->units, at->given, at->score, at->why};
        if (!q->sites[s].is_open)
            all[s].why = text_printf(
                c->arena, "%.*s: gave this order back (%s)", TEXT_ARG(q->sites[s].name),
                word_of(&reject_reason_words, rejection_of(r, order_id, site_id)->reason));
    }
    struct text of = r->is_arrived ? text_printf(c->arena, "what came in for line %lld",
                                                 (long long)q->lines[0].line_no)
                                   : T("what was waited for");
    return sourcing_decision_put(
        c, &(struct sourcing_decision){
               .order_id = order_id,
               .cause = was_rejected ? SOURCING_REJECTED : SOURCING_STOCK_CAME,
               .policy = r->policy,
               .units = q->units,
               .short_of = plan->unfilled_total,
               .why = text_printf(c->arena, "%.*s: %.*s", TEXT_ARG(of), TEXT_ARG(plan->why)),
               .considered = {all, q->site_count}});
}

/* By the merchant's rules, as when the order was placed. */
static enum err serve(struct ctx *c, struct round *r, const struct waiting *lines, size_t n)
{
    struct question q = {.lines = lines, .line_count = n};
    struct sourcing_plan plan;
    ask_lines(c, r, &q);
    ask_sites(c, r, &q);
    if (!q.stock_count) return OK;
    TRY(sourcing_plan_all(c, q.wanted, n, q.sites, q.site_count, q.stock, q.stock_count,
                          (enum sourcing_policy)r->policy, &plan));
    if (plan.share_count) TRY(tell_decision(c, r, &q, &plan));
    for (size_t i = 0; i < plan.share_count; i++) {
        const struct sourcing_share *s = &plan.shares[i];
        TRY(want(c, r, &lines[s->line], q.at[s->site], s->quantity));
    }
    return OK;
}

/* Where there is no choice. */
static enum err serve_from_one(struct ctx *c, struct round *r, const struct waiting *w)
{
    const struct site *site = r->sites.at;
    int64_t units = free_for(c, r, w, site->site_id), left = left_of(r, w);
    if (units > left) units = left;
    return units ? want(c, r, w, site, units) : OK;
}

static bool is_there(const struct round *r, const struct availability *a)
{
    if (!r->is_arrived) return availability_free(&r->stock, a->product_id, a->site_id) > 0;
    return a->earmarked > 0 && availability_there(&r->stock, a->product_id, a->site_id) > 0;
}

/* The products of which something is free, or came for somebody, stay in their order. */
static enum err load_stock(struct ctx *c, struct round *r, int64_t *ids, size_t *n)
{
    TRY(availability_of(c, ids, *n, &r->stock));
    const struct availability *at = r->stock.at;
    size_t kept = 0;
    for (size_t i = 0; i < r->stock.count; i++) {
        if (!is_there(r, &at[i])) continue;
        if (!kept || ids[kept - 1] != at[i].product_id) ids[kept++] = at[i].product_id;
    }
    *n = kept;
    return OK;
}

static enum err load_lines(struct ctx *c, struct round *r, const int64_t *ids, size_t n)
{
    struct list earmarks;
    int64_t *orders;
    TRY(waiting_lines(c,
                      &(struct waiting_ask){.product_ids = ids,
                                            .count = n,
                                            .fill = r->fill,
                                            .most = BACKORDER_LINES_MAX,
                                            .order_id = r->order_id,
                                            .is_arrived_first = r->is_arrived},
                      &r->lines));
    size_t count = waiting_orders(c->arena, &r->lines, &orders);
    r->got = arena_new(c->arena, int64_t, r->lines.count + 1);
    if (!count) return OK;
    TRY(earmarks_of(c, orders, count, &earmarks));
    r->earmarks = earmark_changes(c->arena, &earmarks);
    TRY(reserves_of(c, ids, n, &r->reserves));
    TRY(site_rejections_of(c, orders, count, &r->rejections));
    return promises_of(c, orders, count, &r->promises);
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
    for (size_t i = 0, next; i < r->count; i = next) {
        size_t l = 0;
        int64_t units = 0, order_id = r->demands[i].order_id;
        for (next = i; next < r->count && r->demands[next].order_id == order_id; next++)
            units += r->demands[next].quantity;
        while (lines[l].order_id != order_id) l++;
        if (units == lines[l].order_missing) whole[whole_count++] = order_id;
        *promised += units;
        TRY(event_put(c, EVENT_ORDER_ALLOCATED, order_id, NONE, EVENT_BODY(.quantity = units)));
    }
    return free_holds(c, whole, whole_count);
}

/* Is all that the order lacks among these lines of it, and free? */
static bool is_there_whole(struct ctx *c, const struct round *r, const struct waiting *lines,
                           size_t n)
{
    const struct site *sites = r->sites.at;
    int64_t missing = 0;
    for (size_t i = 0; i < n; i++) {
        int64_t units = 0, wanted = 0;
        for (size_t s = 0; s < r->sites.count; s++)
            units += free_for(c, r, &lines[i], sites[s].site_id);
        for (size_t k = 0; k < n; k++)
            if (lines[k].product_id == lines[i].product_id) wanted += lines[k].missing;
        if (units < wanted) return false;
        missing += lines[i].missing;
    }
    return missing == lines[0].order_missing;
}

/* What is free is shared out over all lines of the order; what came in for a line is its own. */
static enum err serve_lines(struct ctx *c, struct round *r, const struct waiting *lines, size_t n)
{
    bool is_one = r->sites.count == 1;
    if (!r->sites.count) return OK;
    if (!is_one && !r->is_arrived) return serve(c, r, lines, n);
    for (size_t i = 0; i < n; i++)
        TRY(is_one ? serve_from_one(c, r, &lines[i]) : serve(c, r, &lines[i], 1));
    return OK;
}

/* Lines of an order stand side by side. */
static enum err serve_all(struct ctx *c, struct round *r)
{
    const struct waiting *lines = r->lines.at;
    bool *is_served = arena_new(c->arena, bool, r->lines.count + 1);
    for (int whole = r->fill == FILL_WHOLE; whole >= 0; whole--)
        for (size_t i = 0, next; i < r->lines.count; i = next) {
            for (next = i; next < r->lines.count && lines[next].order_id == lines[i].order_id;)
                next++;
            if (is_served[i]) continue;
            if (whole && !is_there_whole(c, r, &lines[i], next - i)) continue;
            is_served[i] = true;
            TRY(serve_lines(c, r, &lines[i], next - i));
        }
    return OK;
}

static void use_up(struct list *own, int64_t site_id, int64_t units)
{
    struct earmark_change *at = own->at;
    for (size_t i = 0; i < own->count && units; i++) {
        int64_t by = at[i].after.arrived < units ? at[i].after.arrived : units;
        if (at[i].after.site_id != site_id) continue;
        at[i].after.arrived -= by;
        units -= by;
    }
}

/* What was served waits for no delivery any more. */
static enum err settle_earmarks(struct ctx *c, struct round *r)
{
    const struct waiting *lines = r->lines.at;
    for (size_t i = 0; i < r->lines.count; i++) {
        struct list own = waiting_earmarks(&r->earmarks, &lines[i]);
        if (!r->got[i]) continue;
        for (size_t d = 0; d < r->count && r->is_arrived; d++)
            if (r->demands[d].order_id == lines[i].order_id &&
                r->demands[d].line_no == lines[i].line_no)
                use_up(&own, r->demands[d].site_id, r->demands[d].quantity);
        earmarks_shrink(&own, left_of(r, &lines[i]));
        if (!left_of(r, &lines[i])) TRY(told_date_drop(c, lines[i].order_id, lines[i].line_no));
    }
    return earmarks_save(c, r->earmarks.at, r->earmarks.count);
}

static enum err keep(struct ctx *c, const struct round *r)
{
    int64_t *ids = arena_new(c->arena, int64_t, r->count + 1);
    for (size_t i = 0; i < r->count; i++) ids[i] = r->demands[i].order_id;
    return waiting_keep(c, ids, r->count, &r->lines, &r->earmarks);
}

static enum err promise_round(struct ctx *c, struct round *r, int64_t *promised)
{
    TRY(serve_all(c, r));
    TRY(keep(c, r));
    TRY(stock_promise(c, r->demands, r->count));
    for (size_t i = 0; i < r->count; i++) {
        const struct demand *d = &r->demands[i];
        if (!d->is_promised)
            return fail(c, ERR_BUSY, "raced", "stock was promised to another order meanwhile");
        TRY(order_progress(c, d->order_id, d->line_no,
                           (struct progress){.allocated = d->quantity}));
    }
    TRY(settle_earmarks(c, r));
    return tell(c, r, promised);
}

static enum err promise_rounds(struct ctx *c, int64_t order_id, const int64_t *product_ids,
                               size_t n, bool is_arrived, int64_t *promised)
{
    int64_t *ids = arena_new(c->arena, int64_t, n + 1);
    struct list sites = {0}, loads = {0};
    struct merchant merchant;
    for (size_t i = 0; i < n; i++) ids[i] = product_ids[i];
    for (size_t lines = BACKORDER_LINES_MAX; n && lines == BACKORDER_LINES_MAX;) {
        struct round r = {.order_id = order_id, .is_arrived = is_arrived};
        TRY(load_stock(c, &r, ids, &n));
        if (!n) break;
        if (!sites.count) {
            TRY(site_list(c, &sites));
            TRY(merchant_get(c, &merchant));
            TRY(site_day_load(c, &sites, &loads));
        }
        r.fill = merchant.fill_policy;
        TRY(load_lines(c, &r, ids, n));
        lines = r.lines.count;
        if (!lines) break;
        r.sites = sites;
        r.loads = loads;
        r.policy = merchant.sourcing_policy;
        TRY(promise_round(c, &r, promised));
        if (!r.count) break; /* free units at no site that is known */
    }
    return OK;
}

static enum err promise_to(struct ctx *c, int64_t order_id, const int64_t *product_ids, size_t n,
                           int64_t *promised)
{
    int64_t *ids = arena_new(c->arena, int64_t, n + 1);
    *promised = 0;
    for (size_t i = 0; i < n; i++) ids[i] = product_ids[i];
    sort_i64(ids, n);
    n = unique_i64(ids, n);
    TRY(promise_rounds(c, order_id, ids, n, true, promised));
    return promise_rounds(c, order_id, ids, n, false, promised);
}

enum err backorder_promise(struct ctx *c, const int64_t *product_ids, size_t n, int64_t *promised)
{
    return promise_to(c, NONE, product_ids, n, promised);
}

enum err backorder_promise_order(struct ctx *c, int64_t order_id, const int64_t *product_ids,
                                 size_t n, int64_t *promised)
{
    return promise_to(c, order_id, product_ids, n, promised);
}

/* The products of these orders. */
static enum err products_of_orders(struct ctx *c, const int64_t *orders, size_t n, int64_t **ids,
                                   size_t *count, size_t more)
{
    struct list lines = {0};
    if (n) TRY(order_lines_of(c, orders, n, &lines));
    const struct order_line *at = lines.at;
    *ids = arena_new(c->arena, int64_t, lines.count + more + 1);
    for (size_t i = 0; i < lines.count; i++)
        if (line_is_physical(&at[i])) (*ids)[(*count)++] = at[i].product_id;
    return OK;
}

/* What a cart held and did not order is free for who waits. */
static enum err products_of_carts(struct ctx *c, const struct event *events, size_t count,
                                  int64_t **ids, size_t *n)
{
    int64_t *carts = arena_new(c->arena, int64_t, count + 1);
    size_t cart_count = 0;
    struct list lines;
    for (size_t i = 0; i < count; i++)
        if (events[i].kind == EVENT_CART_ENDED) carts[cart_count++] = events[i].subject_id;
    if (!cart_count) return OK;
    TRY(cart_lines_of(c, carts, cart_count, &lines));
    int64_t *all = arena_new(c->arena, int64_t, *n + lines.count + 1);
    for (size_t i = 0; i < *n; i++) all[i] = (*ids)[i];
    for (size_t i = 0; i < lines.count; i++)
        all[(*n)++] = ((const struct cart_line *)lines.at)[i].product_id;
    *ids = all;
    return OK;
}

enum err backorder_on_stock(struct ctx *c, const struct event *events, size_t count)
{
    int64_t *orders = arena_new(c->arena, int64_t, count + 1), *ids, promised;
    size_t order_count = 0, n = 0;
    for (size_t i = 0; i < count; i++)
        if (events[i].order_id != NONE) orders[order_count++] = events[i].order_id;
    sort_i64(orders, order_count);
    order_count = unique_i64(orders, order_count);
    TRY(products_of_orders(c, orders, order_count, &ids, &n, count));
    for (size_t i = 0; i < count; i++) {
        bool is_stock = events[i].kind == EVENT_STOCK_RECEIVED ||
                        events[i].kind == EVENT_STOCK_ADJUSTED ||
                        events[i].kind == EVENT_STOCK_CONDITION_CHANGED ||
                        events[i].kind == EVENT_STOCK_RULED;
        if (is_stock && events[i].subject_id != NONE) ids[n++] = events[i].subject_id;
    }
    TRY(products_of_carts(c, events, count, &ids, &n));
    return n ? backorder_promise(c, ids, n, &promised) : OK;
}

struct due {
    const struct job *jobs;
    size_t count;
};

static enum err due_in_tx(struct ctx *c, void *arg)
{
    const struct due *d = arg;
    int64_t *orders = arena_new(c->arena, int64_t, d->count + 1), *ids, promised;
    size_t n = 0;
    for (size_t i = 0; i < d->count; i++) orders[i] = d->jobs[i].subject_id;
    sort_i64(orders, d->count);
    TRY(products_of_orders(c, orders, unique_i64(orders, d->count), &ids, &n, 0));
    if (n) TRY(backorder_promise(c, ids, n, &promised));
    for (size_t i = 0; i < d->count; i++) TRY(job_done(c, &d->jobs[i]));
    return OK;
}

enum err backorder_job(struct ctx *c, const struct job *jobs, size_t count)
{
    return db_tx(c, due_in_tx, &(struct due){jobs, count});
}
