#include "stages/2_processing/earmarking.h"

#include "base/sort.h"
#include "domain/inventory/availability.h"
#include "domain/inventory/earmark.h"
#include "domain/inventory/expected.h"
#include "domain/orders/order.h"
#include "domain/orders/sourcing.h"
#include "domain/people/people.h"
#include "plan/door_day.h"
#include "stages/2_processing/earmarking_told.h"
#include "stages/2_processing/waiting.h"
#include "store/db.h"

/* One round: lines that wait, what they were promised, and what is to come. */
struct round {
    struct list sites, lines, expected, rejections;
    struct list earmarks;         /* struct earmark_change, by order and line */
    struct earmark_change *fresh; /* of the line being planned stand last */
    size_t fresh_count, fresh_capacity;
    size_t line_fresh; /* where they begin */
};

static const struct site *site_in(const struct round *r, int64_t site_id)
{
    const struct site *at = r->sites.at;
    for (size_t i = 0; i < r->sites.count; i++)
        if (at[i].site_id == site_id) return &at[i];
    return NULL;
}

static bool is_rejected(const struct ctx *c, const struct round *r, int64_t order_id,
                        int64_t site_id)
{
    const struct site_rejection *at = r->rejections.at;
    for (size_t i = 0; i < r->rejections.count; i++)
        if (at[i].order_id == order_id && at[i].site_id == site_id)
            return at[i].until_us > c->now_us;
    return false;
}

/* --- a line ---------------------------------------------------------------------------------- */

static struct expected *delivery_of(struct list *coming, const struct earmark *e)
{
    struct expected *at = coming->at;
    for (size_t i = 0; i < coming->count; i++)
        if (at[i].asn_id == e->asn_id && at[i].line_no == e->asn_line) return &at[i];
    return NULL;
}

static int64_t day_or_never(int64_t day) { return day == NONE ? INT64_MAX : day; }

/* The line's earmark of this delivery, as it is to be; made when there is none. */
static struct earmark *earmark_at(struct ctx *c, struct round *r, const struct waiting *w,
                                  struct list own, const struct expected *e)
{
    struct earmark_change *at = own.at;
    for (size_t i = 0; i < own.count; i++)
        if (at[i].before.asn_id == e->asn_id && at[i].before.asn_line == e->line_no)
            return &at[i].after;
    struct earmark_change *k = arena_push(c->arena, r->fresh, r->fresh_count, r->fresh_capacity);
    *k = (struct earmark_change){.after = {.merchant_id = c->merchant_id,
                                           .order_id = w->order_id,
                                           .line_no = w->line_no,
                                           .asn_id = e->asn_id,
                                           .asn_line = e->line_no,
                                           .product_id = w->product_id,
                                           .site_id = e->site_id,
                                           .expected_day = NONE,
                                           .promised_day = NONE}};
    return &k->after;
}

/* Give up to `units` that would come later than this delivery, the last to come first. */
static int64_t give_later(struct list own, struct list *coming, const struct expected *than,
                          int64_t units)
{
    struct earmark_change *at = own.at;
    int64_t given = 0;
    for (size_t i = own.count; i > 0 && given < units; i--) {
        struct earmark *e = &at[i - 1].after;
        struct expected *held = delivery_of(coming, e);
        if (!held || day_or_never(held->expected_day) <= day_or_never(than->expected_day)) continue;
        int64_t by = e->units < units - given ? e->units : units - given;
        e->units -= by;
        held->earmarked -= by;
        given += by;
    }
    return given;
}

static int64_t held_units(const struct list *own)
{
    const struct earmark_change *at = own->at;
    int64_t units = 0;
    for (size_t i = 0; i < own->count; i++) units += at[i].after.units + at[i].after.arrived;
    return units;
}

/* The days of what is still to come, reckoned anew where the delivery's has changed. */
static void reckon(struct ctx *c, const struct round *r, const struct waiting *w,
                   struct list *coming, struct earmark *e, bool is_new)
{
    const struct expected *from = delivery_of(coming, e);
    const struct site *site = site_in(r, e->site_id);
    if (!e->units || !from || !site || (!is_new && e->expected_day == from->expected_day)) return;
    e->expected_day = from->expected_day;
    e->promised_day = NONE;
    if (from->expected_day != NONE)
        e->promised_day = waiting_day(c, w, site, goods_there_us(c->now_us, from->expected_day));
}

static void plan_line(struct ctx *c, struct round *r, const struct waiting *w)
{
    struct list coming = LIST_RUN(&r->expected, struct expected, product_id, w->product_id);
    struct list own = waiting_earmarks(&r->earmarks, w);
    struct expected *at = coming.at;
    struct earmark_change *changes = own.at;
    earmarks_shrink(&own, w->missing);
    int64_t open = w->missing - held_units(&own);
    r->line_fresh = r->fresh_count;
    for (size_t i = 0; i < coming.count; i++) {
        int64_t left = at[i].units - at[i].earmarked;
        if (left <= 0 || is_rejected(c, r, w->order_id, at[i].site_id)) continue;
        int64_t units = left < open ? left : open;
        open -= units;
        units += give_later(own, &coming, &at[i], left - units);
        if (!units) continue;
        earmark_at(c, r, w, own, &at[i])->units += units;
        at[i].earmarked += units;
    }
    for (size_t i = 0; i < own.count; i++) reckon(c, r, w, &coming, &changes[i].after, false);
    for (size_t i = r->line_fresh; i < r->fresh_count; i++)
        reckon(c, r, w, &coming, &r->fresh[i].after, true);
}

/* --- rounds ---------------------------------------------------------------------------------- */

static bool is_more(const struct earmark_change *k)
{
    return k->after.units + k->after.arrived > k->before.units + k->before.arrived;
}

/* Who gets more must not stop waiting for it in another unit. */
static enum err keep(struct ctx *c, const struct round *r)
{
    const struct earmark_change *at = r->earmarks.at;
    int64_t *ids = arena_new(c->arena, int64_t, r->earmarks.count + r->fresh_count + 1);
    size_t n = 0;
    for (size_t i = 0; i < r->earmarks.count; i++)
        if (is_more(&at[i])) ids[n++] = at[i].after.order_id;
    for (size_t i = 0; i < r->fresh_count; i++) ids[n++] = r->fresh[i].after.order_id;
    return waiting_keep(c, ids, n, &r->lines, &r->earmarks);
}

static enum err save(struct ctx *c, const struct round *r)
{
    TRY(keep(c, r));
    struct earmark_change *all =
        arena_new(c->arena, struct earmark_change, r->earmarks.count + r->fresh_count + 1);
    size_t n = r->earmarks.count;
    for (size_t i = 0; i < n; i++) all[i] = ((const struct earmark_change *)r->earmarks.at)[i];
    for (size_t i = 0; i < r->fresh_count; i++) all[n++] = r->fresh[i];
    return earmarks_save(c, all, n);
}

static enum err plan_round(struct ctx *c, struct round *r)
{
    struct dating d = {.lines = r->lines};
    const struct waiting *lines = r->lines.at;
    struct list earmarks;
    int64_t *orders;
    size_t n = waiting_orders(c->arena, &r->lines, &orders);
    TRY(earmarks_of(c, orders, n, &earmarks));
    TRY(site_rejections_of(c, orders, n, &r->rejections));
    TRY(dating_load(c, &d, orders, n));
    r->earmarks = earmark_changes(c->arena, &earmarks);
    for (size_t i = 0; i < r->lines.count; i++) {
        plan_line(c, r, &lines[i]);
        struct list own = waiting_earmarks(&r->earmarks, &lines[i]);
        dating_line(c, &d, i, &own);
        dating_line(c, &d, i,
                    &(struct list){r->fresh + r->line_fresh, r->fresh_count - r->line_fresh});
    }
    TRY(save(c, r));
    return dating_tell(c, &d);
}

/* Came in for somebody, and then got lost, broken or sold by another's rule: the last to be served
   have no claim to it any more. */
static enum err drop_lost(struct ctx *c, const int64_t *ids, size_t n, const struct list *stock)
{
    struct list here, inbound;
    bool is_any = false;
    const struct availability *a = stock->at;
    for (size_t i = 0; i < stock->count; i++) is_any = is_any || a[i].earmarked > 0;
    if (!is_any) return OK;
    TRY(earmarks_here(c, ids, n, &here));
    TRY(inbound_of(c, ids, n, &inbound));
    struct list changes = earmark_changes(c->arena, &here);
    struct earmark_change *at = changes.at;
    const struct inbound *in = inbound.at;
    for (size_t i = changes.count; i > 0;) {
        struct earmark *e = &at[i - 1].after;
        int64_t product_id = e->product_id, site_id = e->site_id;
        const struct availability *cell = availability_find(stock, product_id, site_id);
        int64_t lost = cell ? cell->earmarked - (cell->sellable - cell->promised - cell->safety)
                            : 0;
        if (cell && lost > cell->earmarked) lost = cell->earmarked;
        for (size_t k = 0; k < inbound.count; k++)
            if (in[k].product_id == product_id && in[k].site_id == site_id) lost -= in[k].units;
        for (; i > 0 && at[i - 1].after.product_id == product_id &&
               at[i - 1].after.site_id == site_id;
             i--) {
            int64_t by = lost < at[i - 1].after.arrived ? lost : at[i - 1].after.arrived;
            if (by > 0) at[i - 1].after.arrived -= by, lost -= by;
        }
    }
    TRY(earmarks_save(c, at, changes.count));
    return db_flush(c);
}

enum err earmark_plan(struct ctx *c, const int64_t *product_ids, size_t n)
{
    struct round all = {0};
    struct merchant merchant;
    struct list stock;
    if (!n) return OK;
    TRY(availability_of(c, product_ids, n, &stock));
    TRY(drop_lost(c, product_ids, n, &stock));
    TRY(expected_of(c, product_ids, n, &all.expected));
    expected_less_safety(&all.expected, &stock);
    TRY(site_list(c, &all.sites));
    TRY(merchant_get(c, &merchant));
    size_t found = EARMARK_LINES_MAX;
    for (int64_t skip = 0; found == EARMARK_LINES_MAX; skip += EARMARK_LINES_MAX) {
        struct round r = {.sites = all.sites, .expected = all.expected};
        TRY(waiting_lines(c,
                          &(struct waiting_ask){.product_ids = product_ids,
                                                .count = n,
                                                .fill = merchant.fill_policy,
                                                .skip = skip,
                                                .most = EARMARK_LINES_MAX,
                                                .order_id = NONE},
                          &r.lines));
        found = r.lines.count;
        if (found) TRY(plan_round(c, &r));
    }
    return OK;
}

/* --- what happened --------------------------------------------------------------------------- */

struct touched {
    int64_t *sure, *maybe; /* products: to be planned; where a delivery has units left */
    size_t sure_count, maybe_count;
};

static enum err of_orders(struct ctx *c, const struct event *events, size_t count,
                          struct touched *t)
{
    int64_t *orders = arena_new(c->arena, int64_t, count + 1);
    size_t n = 0;
    struct list lines = {0};
    for (size_t i = 0; i < count; i++)
        if (events[i].order_id != NONE) orders[n++] = events[i].order_id;
    sort_i64(orders, n);
    n = unique_i64(orders, n);
    if (n) TRY(order_lines_of(c, orders, n, &lines));
    const struct order_line *l = lines.at;
    t->sure = arena_new(c->arena, int64_t, lines.count + 1);
    t->maybe = arena_new(c->arena, int64_t, lines.count + count + 1);
    for (size_t i = 0; i < lines.count; i++) {
        if (!line_is_physical(&l[i])) continue;
        bool is_short = l[i].allocated < l[i].quantity - l[i].cancelled;
        if (is_short)
            t->sure[t->sure_count++] = l[i].product_id;
        else
            t->maybe[t->maybe_count++] = l[i].product_id;
    }
    return OK;
}

static bool is_of_delivery(int32_t kind)
{
    return kind == EVENT_ASN_ANNOUNCED || kind == EVENT_ASN_CHANGED || kind == EVENT_ASN_CLOSED ||
           kind == EVENT_ASN_CANCELLED;
}

static enum err of_deliveries(struct ctx *c, const struct event *events, size_t count,
                              struct touched *t)
{
    int64_t *asns = arena_new(c->arena, int64_t, count + 1), *found = NULL;
    size_t n = 0, found_count = 0;
    for (size_t i = 0; i < count; i++)
        if (is_of_delivery(events[i].kind)) asns[n++] = events[i].subject_id;
    sort_i64(asns, n);
    if (n) TRY(asn_products_of(c, asns, unique_i64(asns, n), &found, &found_count));
    int64_t *sure = arena_new(c->arena, int64_t, t->sure_count + found_count + 1);
    for (size_t i = 0; i < t->sure_count; i++) sure[i] = t->sure[i];
    for (size_t i = 0; i < found_count; i++) sure[t->sure_count++] = found[i];
    t->sure = sure;
    return OK;
}

static bool is_of_stock(const struct event *e)
{
    bool is_stock = e->kind == EVENT_STOCK_RECEIVED || e->kind == EVENT_STOCK_ADJUSTED ||
                    e->kind == EVENT_STOCK_CONDITION_CHANGED || e->kind == EVENT_STOCK_RULED;
    return is_stock && e->subject_id != NONE;
}

/* Those that have earmarks, or of which a delivery has units left. */
static enum err keep_likely(struct ctx *c, struct touched *t)
{
    struct list expected;
    size_t kept = 0, marked = t->maybe_count;
    sort_i64(t->maybe, t->maybe_count);
    t->maybe_count = marked = unique_i64(t->maybe, t->maybe_count);
    if (!marked) return OK;
    TRY(expected_of(c, t->maybe, t->maybe_count, &expected));
    TRY(earmarked_products(c, t->maybe, &marked));
    const struct expected *at = expected.at;
    int64_t *all = arena_new(c->arena, int64_t, marked + expected.count + t->sure_count + 1);
    for (size_t i = 0; i < marked; i++) all[kept++] = t->maybe[i];
    for (size_t i = 0; i < expected.count; i++)
        if (at[i].earmarked < at[i].units) all[kept++] = at[i].product_id;
    for (size_t i = 0; i < t->sure_count; i++) all[kept++] = t->sure[i];
    t->sure = all;
    t->sure_count = kept;
    return OK;
}

enum err earmark_on_change(struct ctx *c, const struct event *events, size_t count)
{
    struct touched t = {0};
    TRY(of_orders(c, events, count, &t));
    TRY(of_deliveries(c, events, count, &t));
    for (size_t i = 0; i < count; i++)
        if (is_of_stock(&events[i])) t.maybe[t.maybe_count++] = events[i].subject_id;
    TRY(keep_likely(c, &t));
    sort_i64(t.sure, t.sure_count);
    return earmark_plan(c, t.sure, unique_i64(t.sure, t.sure_count));
}
