#include "stages/2_processing/release.h"

#include "base/lifecycle.h"
#include "base/sort.h"
#include "base/source.h"
#include "base/time.h"
#include "domain/catalog/product.h"
#include "domain/inventory/stock.h"
#include "domain/orders/order.h"
#include "domain/orders/work.h"
#include "domain/people/people.h"
#include "domain/sites/site.h"
#include "plan/door_day.h"

#include <string.h>

/* What a batch of orders needs to be released, read as a set. */
struct release {
    struct merchant merchant;
    struct list sites, orders, lines, promises, offers;
    struct list *cells;           /* struct stock, one list per site */
    struct list work, work_lines; /* of orders that were released in part before */
    int64_t released;
};

static bool is_ready(const struct release *r, const struct order_state *s)
{
    if (s->commercial != COMMERCIAL_PLACED || s->holds > 0) return false;
    if (s->allocated <= s->released) return false;
    return r->merchant.stock_policy != STOCK_BACKORDER || s->allocated >= s->units - s->cancelled;
}

static enum err load_work(struct ctx *c, struct release *r, const int64_t *ids, size_t n)
{
    const struct order_line *lines = r->lines.at;
    bool is_part = false;
    for (size_t i = 0; i < r->lines.count; i++) is_part = is_part || lines[i].released > 0;
    if (!is_part) return OK;
    TRY(fulfillments_of_orders(c, ids, n, &r->work));
    const struct fulfillment *work = r->work.at;
    int64_t *work_ids = arena_new(c->arena, int64_t, r->work.count + 1);
    for (size_t i = 0; i < r->work.count; i++) work_ids[i] = work[i].fulfillment_id;
    sort_i64(work_ids, r->work.count);
    return fulfillment_lines_of(c, work_ids, r->work.count, &r->work_lines);
}

static enum err load(struct ctx *c, struct release *r, const int64_t *ids, size_t n,
                     const int64_t *product_ids, size_t product_count)
{
    TRY(order_list_of(c, ids, n, &r->orders));
    TRY(order_lines_of(c, ids, n, &r->lines));
    TRY(load_work(c, r, ids, n));
    TRY(service_list(c, &r->offers));
    r->cells = arena_new(c->arena, struct list, r->sites.count + 1);
    const struct site *sites = r->sites.at;
    for (size_t s = 0; s < r->sites.count; s++)
        TRY(stock_of_products(c, sites[s].site_id, product_ids, product_count, &r->cells[s]));
    return OK;
}

/* The last instant to leave in time: the site's next cut-off on a working day. */
static int64_t due_us(const struct site *site, int64_t now_us)
{
    return leave_day(site->work_days, site->cutoff_minute, now_us) * DAY_US +
           site->cutoff_minute * MINUTE_US;
}

struct making {
    struct fulfillment f;
    struct fulfillment_line *lines;
    size_t line_count, line_capacity;
};

static enum err make_pick(struct ctx *c, struct making *m, int64_t line_no, int64_t product_id,
                          const struct stock *cell, int64_t quantity)
{
    struct task t = {.merchant_id = c->merchant_id,
                     .fulfillment_id = m->f.fulfillment_id,
                     .task_id = source_id(c->source),
                     .site_id = m->f.site_id,
                     .kind = TASK_PICK,
                     .line_no = line_no,
                     .product_id = product_id,
                     .place_id = cell ? cell->place_id : NONE,
                     .lot = cell ? cell->lot : T(""),
                     .quantity = quantity,
                     .worker_id = NONE,
                     .lease_until_us = NONE,
                     .reason = NONE,
                     .done_us = NONE};
    m->f.tasks_open++;
    if (cell) TRY(stock_allot(c, product_id, m->f.site_id, cell->place_id, cell->lot, quantity));
    return task_insert(c, &t);
}

/* Bins in the order they were read: lots first to expire, then by bin. What no bin has is a task
   without a bin: someone has to look for it. */
static enum err make_picks(struct ctx *c, struct making *m, struct list *cells, int64_t line_no,
                           int64_t product_id, int64_t quantity)
{
    struct list own = LIST_RUN(cells, struct stock, product_id, product_id);
    struct stock *at = own.at;
    for (size_t i = 0; i < own.count && quantity; i++) {
        int64_t units = at[i].on_hand - at[i].allotted;
        if (units <= 0 || stock_is_over(c, &at[i])) continue;
        if (units > quantity) units = quantity;
        TRY(make_pick(c, m, line_no, product_id, &at[i], units));
        at[i].allotted += units;
        quantity -= units;
    }
    return quantity ? make_pick(c, m, line_no, product_id, NULL, quantity) : OK;
}

static enum err add_line(struct ctx *c, struct release *r, struct making *m, size_t site,
                         const struct order_line *l, int64_t quantity)
{
    struct fulfillment_line *fl = arena_push(c->arena, m->lines, m->line_count, m->line_capacity);
    *fl = (struct fulfillment_line){.merchant_id = c->merchant_id,
                                    .fulfillment_id = m->f.fulfillment_id,
                                    .line_no = l->line_no,
                                    .product_id = l->product_id,
                                    .quantity = quantity};
    m->f.units += quantity;
    TRY(order_progress(c, l->order_id, l->line_no, (struct progress){.released = quantity}));
    return make_picks(c, m, &r->cells[site], l->line_no, l->product_id, quantity);
}

static bool has_line(const struct making *m, int64_t line_no)
{
    for (size_t i = 0; i < m->line_count; i++)
        if (m->lines[i].line_no == line_no) return true;
    return false;
}

enum err release_service(struct ctx *c, const struct fulfillment *f, enum task_kind kind,
                         const struct order_line *l)
{
    struct task t = {.merchant_id = c->merchant_id,
                     .fulfillment_id = f->fulfillment_id,
                     .task_id = source_id(c->source),
                     .site_id = f->site_id,
                     .kind = (int32_t)kind,
                     .line_no = l->line_no,
                     .product_id = l->product_id,
                     .place_id = NONE,
                     .lot = T(""),
                     .quantity = l->quantity,
                     .wording = l->wording,
                     .worker_id = NONE,
                     .lease_until_us = NONE,
                     .reason = NONE,
                     .done_us = NONE};
    return task_insert(c, &t);
}

enum task_kind release_task_kind(int32_t service_kind)
{
    static const enum task_kind kinds[] = {[SERVICE_GIFT_WRAP] = TASK_GIFT_WRAP,
                                           [SERVICE_CUSTOMIZATION] = TASK_CUSTOMIZATION,
                                           [SERVICE_SPECIAL_PACKAGING] = TASK_SPECIAL_PACKAGING,
                                           [SERVICE_ASSEMBLY] = TASK_ASSEMBLY};
    return kinds[service_kind];
}

static enum task_kind task_of(const struct release *r, int64_t service_id)
{
    const struct service_offer *offers = r->offers.at;
    for (size_t i = 0; i < r->offers.count; i++)
        if (offers[i].service_id == service_id) return release_task_kind(offers[i].kind);
    return TASK_SPECIAL_PACKAGING;
}

/* A service belongs to the fulfillment that brings its line (a kit's: its first part); one of the
   whole order to the first fulfillment made for it. */
static enum err make_services(struct ctx *c, struct release *r, struct making *m,
                              const struct order_line *lines, size_t n, bool is_first)
{
    for (size_t i = 0; i < n; i++) {
        const struct order_line *l = &lines[i];
        if (l->kind != LINE_SERVICE && l->kind != LINE_KIT) continue;
        int64_t of = l->kind == LINE_KIT ? l->line_no : l->parent_line;
        bool is_mine = of == NONE ? is_first : has_line(m, of);
        for (size_t k = 0; k < n && of != NONE && !is_mine; k++)
            if (lines[k].kind == LINE_COMPONENT && lines[k].parent_line == of) {
                is_mine = has_line(m, lines[k].line_no) && lines[k].released == 0;
                break;
            }
        if (!is_mine) continue;
        enum task_kind kind = l->kind == LINE_KIT ? TASK_ASSEMBLY : task_of(r, l->product_id);
        m->f.services_open++;
        TRY(release_service(c, &m->f, kind, l));
    }
    return OK;
}

/* Units of a line that a fulfillment brings, or brought. */
static int64_t brought(const struct release *r, int64_t fulfillment_id, int64_t line_no)
{
    struct list own =
        LIST_RUN(&r->work_lines, struct fulfillment_line, fulfillment_id, fulfillment_id);
    const struct fulfillment_line *l = LIST_FIND(&own, struct fulfillment_line, line_no, line_no);
    return l ? l->quantity : 0;
}

/* What of a line is promised at a site and in no fulfillment there: another site's promise may be
   the new one. */
static int64_t unreleased(const struct release *r, const struct promise *p, int64_t *left)
{
    const struct fulfillment *work = r->work.at;
    int64_t open = p->quantity - p->released;
    for (size_t i = 0; i < r->work.count; i++)
        if (work[i].order_id == p->order_id && work[i].site_id == p->site_id)
            open -= brought(r, work[i].fulfillment_id, p->line_no);
    if (open > *left) open = *left;
    if (open < 0) open = 0;
    *left -= open;
    return open;
}

/* Does a fulfillment bring something of it already? That one has the order's services. */
static bool is_under_way(const struct release *r, int64_t order_id)
{
    const struct fulfillment *work = r->work.at;
    for (size_t i = 0; i < r->work.count; i++)
        if (work[i].order_id == order_id && work[i].units > 0) return true;
    return false;
}

static enum err release_site(struct ctx *c, struct release *r, const struct order *o,
                             const struct order_line *lines, size_t n,
                             const struct promise *promises, size_t promise_count, size_t site,
                             int64_t *left, bool is_first)
{
    const struct site *at = &((const struct site *)r->sites.at)[site];
    struct making m = {.f = {.merchant_id = c->merchant_id,
                             .fulfillment_id = source_id(c->source),
                             .order_id = o->order_id,
                             .site_id = at->site_id,
                             .ship_to_id = o->ship_to_id,
                             .method = o->method,
                             .state = FULFILLMENT_PLANNED,
                             .version = 1,
                             .wave_id = NONE,
                             .due_us = due_us(at, c->now_us),
                             .promised_day = NONE,
                             .created_us = c->now_us}};
    for (size_t i = 0; i < promise_count; i++) {
        if (promises[i].site_id != at->site_id) continue;
        size_t line = 0;
        while (line < n && lines[line].line_no != promises[i].line_no) line++;
        if (line == n) continue;
        int64_t quantity = unreleased(r, &promises[i], &left[line]);
        if (!quantity) continue;
        if (promises[i].promised_day > m.f.promised_day)
            m.f.promised_day = promises[i].promised_day;
        TRY(add_line(c, r, &m, site, &lines[line], quantity));
    }
    if (!m.line_count) return OK;
    TRY(make_services(c, r, &m, lines, n, is_first));
    r->released++;
    TRY(lifecycle_next(c, &fulfillment_lifecycle, m.f.state, FULFILLMENT_RELEASE, &m.f.state));
    TRY(fulfillment_insert(c, &m.f, m.lines, m.line_count));
    return event_put(c, EVENT_FULFILLMENT_RELEASED, o->order_id, m.f.fulfillment_id,
                     EVENT_BODY(.quantity = m.f.units, .other_id = at->site_id));
}

static enum err release_order(struct ctx *c, struct release *r, const struct order *o,
                              const struct order_line *lines, size_t n,
                              const struct promise *promises, size_t promise_count)
{
    int64_t *left = arena_new(c->arena, int64_t, n + 1);
    for (size_t i = 0; i < n; i++) left[i] = lines[i].allocated - lines[i].released;
    int64_t before = r->released;
    bool is_new = !is_under_way(r, o->order_id);
    for (size_t s = 0; s < r->sites.count; s++)
        TRY(release_site(c, r, o, lines, n, promises, promise_count, s, left,
                         is_new && r->released == before));
    return OK;
}

static enum err choose(struct ctx *c, struct release *r, const int64_t *order_ids, size_t n,
                       int64_t *ids, size_t *count)
{
    struct list states;
    TRY(merchant_get(c, &r->merchant));
    TRY(order_states_of(c, order_ids, n, &states));
    *count = 0;
    for (size_t i = 0; i < states.count; i++) {
        const struct order_state *s = &((const struct order_state *)states.at)[i];
        if (is_ready(r, s)) ids[(*count)++] = s->order_id;
    }
    return OK;
}

enum err release_orders(struct ctx *c, const int64_t *order_ids, size_t n, int64_t *released)
{
    struct release r = {0};
    int64_t *ids = arena_new(c->arena, int64_t, n + 1);
    size_t count;
    *released = 0;
    TRY(choose(c, &r, order_ids, n, ids, &count));
    if (!count) return OK;
    TRY(promises_of(c, ids, count, &r.promises));
    TRY(site_list(c, &r.sites));
    const struct promise *promises = r.promises.at;
    int64_t *product_ids = arena_new(c->arena, int64_t, r.promises.count + 1);
    for (size_t i = 0; i < r.promises.count; i++) product_ids[i] = promises[i].product_id;
    sort_i64(product_ids, r.promises.count);
    TRY(load(c, &r, ids, count, product_ids, unique_i64(product_ids, r.promises.count)));
    const struct order *orders = r.orders.at;
    const struct order_line *lines = r.lines.at;
    for (size_t i = 0, l = 0, p = 0; i < r.orders.count; i++) {
        size_t first_line = l, first_promise = p;
        while (l < r.lines.count && lines[l].order_id == orders[i].order_id) l++;
        while (p < r.promises.count && promises[p].order_id == orders[i].order_id) p++;
        TRY(release_order(c, &r, &orders[i], lines + first_line, l - first_line,
                          promises + first_promise, p - first_promise));
    }
    *released = r.released;
    return OK;
}

enum err release_on_clear(struct ctx *c, const struct event *events, size_t count)
{
    int64_t *ids = arena_new(c->arena, int64_t, count + 1), released;
    size_t n = 0;
    for (size_t i = 0; i < count; i++)
        if (events[i].order_id != NONE) ids[n++] = events[i].order_id;
    sort_i64(ids, n);
    n = unique_i64(ids, n);
    return n ? release_orders(c, ids, n, &released) : OK;
}
