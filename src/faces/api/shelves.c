/* faces/api/shelves.c: pick faces and their filling, lots, and how a product's stock is watched. */
#include "base/sort.h"
#include "base/source.h"
#include "base/time.h"
#include "domain/catalog/product.h"
#include "domain/inventory/lot.h"
#include "domain/inventory/stock.h"
#include "domain/orders/order.h"
#include "domain/sites/site.h"
#include "faces/api/page.h"
#include "faces/api/picking.h"
#include "faces/api/stockkeeping.h"
#include "services/stockkeeping/lots.h"
#include "services/stockkeeping/low_stock.h"
#include "services/stockkeeping/replenishing.h"

static enum err product_of(struct ctx *c, struct text sku, struct product *out)
{
    struct list products;
    TRY(products_by_sku(c, &sku, 1, &products));
    if (!products.count)
        return fail(c, ERR_NOT_FOUND, "product_not_found", "there is no product \"%.*s\"",
                    TEXT_ARG(text_head(sku, SKU_MAX)));
    *out = *(const struct product *)products.at;
    return OK;
}

/* --- pick faces ------------------------------------------------------------------------------ */

struct face_body {
    struct text site, bin;
    int64_t min_units, max_units;
};
static const struct field face_body_table[] = {
    FIELD(struct face_body, site, .max = 64, .about = "its code; the first site when absent"),
    FIELD(struct face_body, bin, .flags = F_REQUIRED, .max = 64, .about = "its code"),
    FIELD(struct face_body, min_units, .flags = F_REQUIRED, .min = 0, .max = QUANTITY_MAX,
          .about = "below it, it is filled"),
    FIELD(struct face_body, max_units, .flags = F_REQUIRED, .min = 0, .max = QUANTITY_MAX,
          .about = "what it holds; 0: it is no pick face of this product any more"),
};
static const struct fields face_body_fields =
    FIELDS("new_pick_face", struct face_body, face_body_table);

struct face_view {
    struct text sku, site, bin;
    int64_t min_units, max_units;
};
static const struct field face_table[] = {
    FIELD(struct face_view, sku),       FIELD(struct face_view, site),
    FIELD(struct face_view, bin),       FIELD(struct face_view, min_units),
    FIELD(struct face_view, max_units),
};
static const struct fields face_fields = FIELDS("pick_face", struct face_view, face_table);

static enum err face_set(struct ctx *c, const struct request *in, struct reply *out)
{
    const struct face_body *b = in->body;
    struct product p;
    struct bin bin;
    struct site site;
    int64_t site_id;
    bool found;
    TRY(product_of(c, in->words[0], &p));
    TRY(floor_site(c, b->site, &site_id));
    TRY(site_get(c, site_id, &site));
    TRY(bin_find_by_code(c, site_id, b->bin, &bin, &found));
    if (!found)
        return fail_at(c, ERR_INVALID, "unknown_bin", "bin", "%.*s has no bin \"%.*s\"",
                       TEXT_ARG(site.code), TEXT_ARG(b->bin));
    if (b->max_units && bin.kind != BIN_PICK)
        return fail_at(c, ERR_CONFLICT, "not_a_pick_bin", "bin", "%.*s is a bin of kind %s",
                       TEXT_ARG(bin.code), word_of(&bin_kind_words, bin.kind));
    if (b->max_units && b->max_units < b->min_units)
        return fail_at(c, ERR_INVALID, "out_of_range", "max_units", "not below min_units");
    struct face_view *view = arena_new(c->arena, struct face_view, 1);
    *view = (struct face_view){p.sku, site.code, bin.code, b->min_units, b->max_units};
    out->record = view;
    if (!b->max_units) return pick_face_drop(c, p.product_id, bin.bin_id);
    int64_t made;
    TRY(pick_face_put(c, &(struct pick_face){c->merchant_id, p.product_id, bin.bin_id, site_id,
                                             b->min_units, b->max_units}));
    return replenish_plan(c, site_id, &p.product_id, 1, &made);
}

struct site_query {
    struct text site, after;
    int64_t limit;
};
static const struct field site_query_table[] = {
    FIELD(struct site_query, site, .max = 64, .about = "its code; the first site when absent"),
    PAGE_FIELDS(struct site_query),
};
static const struct fields site_query_fields =
    FIELDS("site_query", struct site_query, site_query_table);

static enum err faces_show(struct ctx *c, const struct request *in, struct reply *out)
{
    const struct site_query *q = in->query;
    int64_t limit = page_limit(q->limit), after = 0, site_id;
    struct list rows, products, bins, sites;
    TRY(floor_site(c, q->site, &site_id));
    TRY(page_after(c, q->after, "prd", &after));
    TRY(pick_faces_at(c, site_id, after, limit + 1, &rows));
    const struct pick_face *at = rows.at;
    if (page_cut(&rows, limit)) out->next = id_text(c->arena, "prd", at[limit - 1].product_id);
    int64_t *ids = arena_new(c->arena, int64_t, rows.count + 1);
    int64_t *places = arena_new(c->arena, int64_t, rows.count + 1);
    for (size_t i = 0; i < rows.count; i++) {
        ids[i] = at[i].product_id;
        places[i] = at[i].bin_id;
    }
    sort_i64(places, rows.count);
    TRY(products_of(c, ids, unique_i64(ids, rows.count), &products));
    TRY(bins_of(c, places, unique_i64(places, rows.count), &bins));
    TRY(site_list(c, &sites));
    struct face_view *views = arena_new(c->arena, struct face_view, rows.count + 1);
    for (size_t i = 0; i < rows.count; i++) {
        const struct product *p = product_in(&products, at[i].product_id);
        views[i] =
            (struct face_view){p ? p->sku : (struct text){0}, site_code_in(&sites, at[i].site_id),
                               bin_code_in(&bins, at[i].bin_id), at[i].min_units, at[i].max_units};
    }
    out->list = (struct list){views, rows.count};
    return OK;
}

struct plan_body {
    struct text site;
    struct list skus;
};
static const struct field plan_body_table[] = {
    FIELD(struct plan_body, site, .max = 64, .about = "its code; all sites when absent"),
    FIELD_TEXTS(struct plan_body, skus, .max = 1000, .about = "only these; all faces when absent"),
};
static const struct fields plan_body_fields =
    FIELDS("replenishment_plan", struct plan_body, plan_body_table);
struct plan_view {
    int64_t tasks;
};
static const struct field plan_view_table[] = {
    FIELD(struct plan_view, tasks, .about = "made now: see replenish list"),
};
static const struct fields plan_view_fields =
    FIELDS("replenishment_planned", struct plan_view, plan_view_table);

/* The products of a site's faces, or those named. */
static enum err planned_products(struct ctx *c, const struct plan_body *b, int64_t site_id,
                                 int64_t **ids, size_t *n)
{
    struct list rows;
    if (b->skus.count) {
        TRY(products_by_sku(c, b->skus.at, b->skus.count, &rows));
        *ids = arena_new(c->arena, int64_t, rows.count + 1);
        for (*n = 0; *n < rows.count; ++*n)
            (*ids)[*n] = ((const struct product *)rows.at)[*n].product_id;
    } else {
        enum { FACES_MAX = 10000 };
        TRY(pick_faces_at(c, site_id, 0, FACES_MAX, &rows));
        *ids = arena_new(c->arena, int64_t, rows.count + 1);
        for (*n = 0; *n < rows.count; ++*n)
            (*ids)[*n] = ((const struct pick_face *)rows.at)[*n].product_id;
    }
    sort_i64(*ids, *n);
    *n = unique_i64(*ids, *n);
    return OK;
}

static enum err plan(struct ctx *c, const struct request *in, struct reply *out)
{
    const struct plan_body *b = in->body;
    struct plan_view *view = arena_new(c->arena, struct plan_view, 1);
    struct list sites;
    int64_t only = NONE;
    if (b->site.len) TRY(floor_site(c, b->site, &only));
    TRY(site_list(c, &sites));
    const struct site *at = sites.at;
    for (size_t i = 0; i < sites.count; i++) {
        int64_t *ids, made;
        size_t n;
        if (only != NONE && at[i].site_id != only) continue;
        TRY(planned_products(c, b, at[i].site_id, &ids, &n));
        TRY(replenish_plan(c, at[i].site_id, ids, n, &made));
        view->tasks += made;
    }
    out->record = view;
    out->status = 200;
    return OK;
}

/* --- lots ------------------------------------------------------------------------------------ */

struct lots_query {
    int64_t days, from_day, limit;
};
static const struct field lots_query_table[] = {
    FIELD(struct lots_query, days, .flags = F_NULL, .min = 0, .max = 36500,
          .about = "that expire within so many days; 90 when absent"),
    FIELD_DAY(struct lots_query, from_day, "from_date", .about = "the first day to look at"),
    FIELD(struct lots_query, limit, .flags = F_NULL, .min = 1, .max = PAGE_MAX,
          .about = "50 when absent"),
};
static const struct fields lots_query_fields =
    FIELDS("lots_query", struct lots_query, lots_query_table);

struct lot_view {
    struct text sku, lot;
    int64_t expiry_day, sells_until_day, received_us;
};
static const struct field lot_table[] = {
    FIELD(struct lot_view, sku),
    FIELD(struct lot_view, lot),
    FIELD_DAY(struct lot_view, expiry_day, "expiry_date"),
    FIELD_DAY(struct lot_view, sells_until_day, "sells_until_date",
              .about = "the last day on which enough days are left"),
    FIELD_INSTANT(struct lot_view, received_us, "received_at", .about = "for the first time"),
};
static const struct fields lot_view_fields = FIELDS("lot", struct lot_view, lot_table);

static enum err lots_show(struct ctx *c, const struct request *in, struct reply *out)
{
    const struct lots_query *q = in->query;
    struct list rows, products;
    int64_t from = q->from_day == NONE ? 0 : q->from_day;
    int64_t today = day_of_us(c->now_us), days = q->days == NONE ? 90 : q->days;
    TRY(lots_expiring(c, from, (q->from_day == NONE ? today : from) + days, page_limit(q->limit),
                      &rows));
    const struct lot *at = rows.at;
    int64_t *ids = arena_new(c->arena, int64_t, rows.count + 1);
    for (size_t i = 0; i < rows.count; i++) ids[i] = at[i].product_id;
    sort_i64(ids, rows.count);
    TRY(products_of(c, ids, unique_i64(ids, rows.count), &products));
    struct lot_view *views = arena_new(c->arena, struct lot_view, rows.count + 1);
    for (size_t i = 0; i < rows.count; i++) {
        const struct product *p = product_in(&products, at[i].product_id);
        views[i] = (struct lot_view){p ? p->sku : (struct text){0}, at[i].lot, at[i].expiry_day,
                                     at[i].sells_until_day, at[i].received_us};
    }
    out->list = (struct list){views, rows.count};
    return OK;
}

struct recall_query {
    struct text lot, after;
    int64_t limit;
};
static const struct field recall_query_table[] = {
    FIELD(struct recall_query, lot, .max = LOT_MAX, .about = "has to be given"),
    PAGE_FIELDS(struct recall_query),
};
static const struct fields recall_query_fields =
    FIELDS("recall_query", struct recall_query, recall_query_table);

static enum err recall(struct ctx *c, const struct request *in, struct reply *out)
{
    const struct recall_query *q = in->query;
    int64_t limit = page_limit(q->limit), after = 0;
    struct product p;
    TRY(product_of(c, in->words[0], &p));
    if (!q->lot.len) return fail_at(c, ERR_INVALID, "required", "lot", "of which lot?");
    TRY(page_after(c, q->after, "ord", &after));
    TRY(lot_orders(c, p.product_id, q->lot, after, limit + 1, &out->list));
    if (page_cut(&out->list, limit))
        out->next =
            id_text(c->arena, "ord", ((const struct lot_order *)out->list.at)[limit - 1].order_id);
    return OK;
}

/* --- watching -------------------------------------------------------------------------------- */

struct rule_body {
    int64_t low_at, days_left_min;
};
static const struct field rule_body_table[] = {
    FIELD(struct rule_body, low_at, .flags = F_NULL, .min = 0, .max = QUANTITY_MAX,
          .about = "tell when no more than this can be promised at all sites together"),
    FIELD(struct rule_body, days_left_min, .flags = F_NULL, .min = 0, .max = DAYS_LEFT_MAX,
          .about = "a lot with fewer days left is not sold"),
};
static const struct fields rule_body_fields =
    FIELDS("new_stock_watch", struct rule_body, rule_body_table);
struct rule_view {
    struct text sku;
    int64_t low_at, days_left_min;
};
static const struct field rule_view_table[] = {
    FIELD(struct rule_view, sku),
    FIELD(struct rule_view, low_at, .flags = F_NULL),
    FIELD(struct rule_view, days_left_min),
};
static const struct fields rule_view_fields =
    FIELDS("stock_watch", struct rule_view, rule_view_table);

static enum err watch(struct ctx *c, const struct request *in, struct reply *out)
{
    const struct rule_body *b = in->body;
    struct rule_view *view = arena_new(c->arena, struct rule_view, 1);
    struct stock_rule rule;
    struct product p;
    TRY(product_of(c, in->words[0], &p));
    TRY(stock_watch(c, p.product_id, b->low_at, b->days_left_min, &rule));
    *view = (struct rule_view){p.sku, rule.low_at, rule.days_left_min};
    out->record = view;
    return OK;
}

struct page_query {
    struct text after;
    int64_t limit;
};
static const struct field page_table[] = {PAGE_FIELDS(struct page_query)};
static const struct fields page_fields = FIELDS("low_stock_query", struct page_query, page_table);

static enum err low_show(struct ctx *c, const struct request *in, struct reply *out)
{
    const struct page_query *q = in->query;
    int64_t limit = page_limit(q->limit), after = 0;
    TRY(page_after(c, q->after, "prd", &after));
    TRY(low_stock(c, after, limit + 1, &out->list));
    if (page_cut(&out->list, limit))
        out->next = id_text(c->arena, "prd",
                            ((const struct low_stock *)out->list.at)[limit - 1].product_id);
    return OK;
}

#define READ SCOPE(STOCK_READ)
#define WRITE SCOPE(STOCK_WRITE)
const struct route shelves_routes[] = {
    {"GET", "/v1/pick-faces", "replenish faces", READ, ROUTE_LIST, NULL, &site_query_fields,
     &face_fields, faces_show, "List a site's pick faces with their min and max."},
    {"POST", "/v1/stock/{sku}/faces", "replenish face", WRITE,
     ROUTE_WRITE | ROUTE_BY_OWNER | ROUTE_HOUSE, &face_body_fields, NULL, &face_fields, face_set,
     "Make a bin a pick face of a product, filled from the reserve."},
    {"POST", "/v1/replenishments", "replenish plan", WRITE,
     ROUTE_WRITE | ROUTE_BY_OWNER | ROUTE_HOUSE, &plan_body_fields, NULL, &plan_view_fields, plan,
     "Make tasks for all pick faces below their min, now."},
    {"GET", "/v1/lots", "lots list", READ, ROUTE_LIST, NULL, &lots_query_fields, &lot_view_fields,
     lots_show, "List lots that expired or soon will, soonest first."},
    {"GET", "/v1/stock/{sku}/recall", "lots recall", READ | SCOPE(ORDERS_READ),
     ROUTE_LIST | ROUTE_BY_OWNER | ROUTE_HOUSE, NULL, &recall_query_fields, &lot_order_fields,
     recall, "List the orders that got units of a lot."},
    {"POST", "/v1/stock/{sku}/rule", "stock watch", WRITE,
     ROUTE_WRITE | ROUTE_BY_OWNER | ROUTE_HOUSE, &rule_body_fields, NULL, &rule_view_fields, watch,
     "Say when a product's stock is low, and how many days a lot must have left to be sold."},
    {"GET", "/v1/low-stock", "stock low", READ, ROUTE_LIST, NULL, &page_fields, &low_stock_fields,
     low_show, "List products of which no more can be promised than their rule says."},
    {0},
};
