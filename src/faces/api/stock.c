/* faces/api/stock.c: what there is, where it lies, and what changes it by hand. */
#include "domain/catalog/product.h"
#include "domain/inventory/availability.h"
#include "domain/inventory/cell.h"
#include "domain/people/owner.h"
#include "domain/sites/site.h"
#include "faces/api/page.h"
#include "faces/api/routes.h"
#include "services/stockkeeping/stocking.h"

#include <stdlib.h>

struct site_stock {
    struct text site;
    int64_t in_bins, allotted, sellable, promised, safety, earmarked, available;
};
static const struct field site_stock_table[] = {
    FIELD(struct site_stock, site, .about = "its code"),
    FIELD(struct site_stock, in_bins),
    FIELD(struct site_stock, allotted, .about = "in bins, and a picker is sent for them"),
    FIELD(struct site_stock, sellable, .about = "in bins, totes and packages"),
    FIELD(struct site_stock, promised, .about = "to orders that have not left"),
    FIELD(struct site_stock, safety, .about = "kept back"),
    FIELD(struct site_stock, earmarked, .about = "came for orders that waited for it"),
    FIELD(struct site_stock, available,
          .about = "can be promised now; 0 where the site is closed for it"),
};
static const struct fields site_stock_fields =
    FIELDS("site_stock", struct site_stock, site_stock_table);

struct product_stock {
    int64_t product_id;
    struct text sku, name, owner;
    int64_t on_hand, promised, available;
    struct list sites;
};
static const struct field product_stock_table[] = {
    FIELD_ID(struct product_stock, product_id, "product_id", "prd", .flags = F_WIDE),
    FIELD(struct product_stock, sku),
    FIELD(struct product_stock, name),
    FIELD(struct product_stock, owner, .about = "code of whose it is; null: the merchant's own"),
    FIELD(struct product_stock, on_hand, .about = "in bins, totes and packages"),
    FIELD(struct product_stock, promised),
    FIELD(struct product_stock, available, .about = "can be promised now, at all sites"),
    FIELD_LIST(struct product_stock, sites, site_stock_fields),
};
static const struct fields product_stock_fields =
    FIELDS("stock", struct product_stock, product_stock_table);

struct stock_query {
    struct text sku, after;
    int64_t limit;
};
static const struct field stock_query_table[] = {
    FIELD(struct stock_query, sku, .max = SKU_MAX, .about = "exactly this product"),
    PAGE_FIELDS(struct stock_query),
};
static const struct fields stock_query_fields =
    FIELDS("stock_query", struct stock_query, stock_query_table);

/* --- products -------------------------------------------------------------------------------- */

struct shelves {
    struct list stock, sums, sites; /* availability and stock_sum by product, then site */
    size_t at, sum_at;              /* how far the merge has come */
};

static struct text site_code(const struct list *sites, int64_t site_id)
{
    const struct site *at = sites->at;
    for (size_t i = 0; i < sites->count; i++)
        if (at[i].site_id == site_id) return at[i].code;
    return (struct text){0};
}

/* The lists are in order of products, and so are the calls. */
static void add_sites(struct ctx *c, struct shelves *s, struct product_stock *p)
{
    const struct availability *at = s->stock.at;
    const struct stock_sum *sums = s->sums.at;
    struct site_stock *views = NULL;
    size_t capacity = 0, n = 0;
    while (s->at < s->stock.count && at[s->at].product_id < p->product_id) s->at++;
    while (s->sum_at < s->sums.count && sums[s->sum_at].product_id < p->product_id) s->sum_at++;
    for (; s->at < s->stock.count && at[s->at].product_id == p->product_id; s->at++) {
        const struct availability *a = &at[s->at];
        struct site_stock *v = arena_push(c->arena, views, n, capacity);
        *v = (struct site_stock){.site = site_code(&s->sites, a->site_id),
                                 .sellable = a->sellable,
                                 .promised = a->promised,
                                 .safety = a->safety,
                                 .earmarked = a->earmarked,
                                 .available = a->is_closed ? 0 : availability_left(a)};
        for (size_t i = s->sum_at; i < s->sums.count && sums[i].product_id == p->product_id; i++) {
            if (sums[i].site_id != a->site_id) continue;
            v->in_bins = sums[i].on_hand;
            v->allotted = sums[i].allotted;
        }
        p->on_hand += v->sellable;
        p->promised += v->promised;
        p->available += v->available;
    }
    p->sites = (struct list){views, n};
}

static int compare_products(const void *a, const void *b)
{
    const struct product *x = *(const struct product *const *)a;
    const struct product *y = *(const struct product *const *)b;
    return x->product_id < y->product_id ? -1 : x->product_id > y->product_id;
}

/* Views in the order of the products given; the merge goes by identifier. */
static enum err stock_views(struct ctx *c, const struct list *products, struct list *out)
{
    const struct product *at = products->at;
    size_t n = products->count;
    struct shelves s = {0};
    int64_t *ids = arena_new(c->arena, int64_t, n + 1);
    const struct product **order = arena_new(c->arena, const struct product *, n + 1);
    struct product_stock *views = arena_new(c->arena, struct product_stock, n + 1);
    struct owner_codes codes;
    for (size_t i = 0; i < n; i++) ids[i] = at[i].owner_id;
    TRY(owner_codes_load(c, ids, n, &codes));
    for (size_t i = 0; i < n; i++) {
        ids[i] = at[i].product_id;
        order[i] = &at[i];
    }
    if (n) qsort(order, n, sizeof *order, compare_products);
    TRY(availability_of(c, ids, n, &s.stock));
    TRY(stock_sums_of(c, ids, n, &s.sums));
    TRY(site_list(c, &s.sites));
    for (size_t i = 0; i < n; i++) {
        struct product_stock *v = &views[order[i] - at];
        *v = (struct product_stock){.product_id = order[i]->product_id,
                                    .sku = order[i]->sku,
                                    .name = order[i]->name,
                                    .owner = owner_code(&codes, order[i]->owner_id)};
        add_sites(c, &s, v);
    }
    *out = (struct list){views, n};
    return OK;
}

static enum err stock_show(struct ctx *c, const struct request *in, struct reply *out)
{
    const struct stock_query *q = in->query;
    int64_t limit = page_limit(q->limit);
    struct list products;
    if (q->sku.len) {
        TRY(products_by_sku(c, &q->sku, 1, &products));
    } else {
        TRY(product_list(c, q->after, limit + 1, &products));
    }
    if (page_cut(&products, limit))
        out->next = product_cursor(c->arena, &((const struct product *)products.at)[limit - 1]);
    return stock_views(c, &products, &out->list);
}

/* --- cells ----------------------------------------------------------------------------------- */

struct cell_view {
    struct text site, bin, zone, lot;
    int32_t condition;
    int64_t on_hand, allotted, expiry_day, sells_until_day;
};
static const struct field cell_table[] = {
    FIELD(struct cell_view, site),
    FIELD(struct cell_view, bin),
    FIELD(struct cell_view, zone),
    FIELD(struct cell_view, lot, .about = "empty when the product has none"),
    FIELD_ENUM(struct cell_view, condition, stock_condition_words),
    FIELD(struct cell_view, on_hand),
    FIELD(struct cell_view, allotted, .about = "a picker is sent for them"),
    FIELD_DAY(struct cell_view, expiry_day, "expiry_date"),
    FIELD_DAY(struct cell_view, sells_until_day, "sells_until_date",
              .about = "the last day on which enough days are left"),
};
static const struct fields cell_fields = FIELDS("stock_cell", struct cell_view, cell_table);

static enum err cells_show(struct ctx *c, const struct request *in, struct reply *out)
{
    struct list products, cells, sites, bins;
    TRY(products_by_sku(c, &in->words[0], 1, &products));
    if (!products.count)
        return fail(c, ERR_NOT_FOUND, "product_not_found", "there is no product \"%.*s\"",
                    TEXT_ARG(text_head(in->words[0], SKU_MAX)));
    TRY(stock_cells_of(c, &((const struct product *)products.at)->product_id, 1, &cells));
    const struct stock *at = cells.at;
    int64_t *ids = arena_new(c->arena, int64_t, cells.count + 1);
    for (size_t i = 0; i < cells.count; i++) ids[i] = at[i].place_id;
    TRY(bins_of(c, ids, cells.count, &bins));
    TRY(site_list(c, &sites));
    struct cell_view *views = arena_new(c->arena, struct cell_view, cells.count + 1);
    size_t n = 0;
    for (size_t i = 0; i < cells.count; i++) {
        const struct bin *bin = LIST_FIND(&bins, struct bin, bin_id, at[i].place_id);
        if (!at[i].on_hand && !at[i].allotted) continue;
        views[n++] = (struct cell_view){.site = site_code(&sites, at[i].site_id),
                                        .bin = bin ? bin->code : (struct text){0},
                                        .zone = bin ? bin->zone : (struct text){0},
                                        .lot = at[i].lot,
                                        .condition = at[i].condition,
                                        .on_hand = at[i].on_hand,
                                        .allotted = at[i].allotted,
                                        .expiry_day = at[i].expiry_day,
                                        .sells_until_day = at[i].sells_until_day};
    }
    out->list = (struct list){views, n};
    return OK;
}

/* --- changes --------------------------------------------------------------------------------- */

struct change_body {
    struct list lines; /* struct stocking_line */
};
static const struct field receipt_table[] = {
    FIELD_LIST(struct change_body, lines, stock_receipt_line_fields, .flags = F_REQUIRED,
               .max = STOCKING_LINES_MAX, .about = "done together, or not at all"),
};
static const struct field move_table[] = {
    FIELD_LIST(struct change_body, lines, stock_move_line_fields, .flags = F_REQUIRED,
               .max = STOCKING_LINES_MAX, .about = "done together, or not at all"),
};
static const struct field adjust_table[] = {
    FIELD_LIST(struct change_body, lines, stock_adjust_line_fields, .flags = F_REQUIRED,
               .max = STOCKING_LINES_MAX, .about = "done together, or not at all"),
};
static const struct field regrade_table[] = {
    FIELD_LIST(struct change_body, lines, stock_condition_line_fields, .flags = F_REQUIRED,
               .max = STOCKING_LINES_MAX, .about = "done together, or not at all"),
};
static const struct fields regrade_fields =
    FIELDS("stock_condition_change", struct change_body, regrade_table);
static const struct fields receipt_fields =
    FIELDS("stock_receipt", struct change_body, receipt_table);
static const struct fields move_fields = FIELDS("stock_move", struct change_body, move_table);
static const struct fields adjust_fields =
    FIELDS("stock_adjustment", struct change_body, adjust_table);

static const struct field changed_table[] = {
    FIELD_LIST(struct change_body, lines, stocking_outcome_fields,
               .about = "done together, or not at all"),
};
static const struct fields changed_fields =
    FIELDS("stock_changes", struct change_body, changed_table);

typedef enum err change_fn(struct ctx *c, const struct stocking_line *lines, size_t n,
                           struct stocking_outcome *outcomes);

static enum err change(struct ctx *c, const struct request *in, struct reply *out, change_fn *run)
{
    const struct change_body *b = in->body;
    struct change_body *done = arena_new(c->arena, struct change_body, 1);
    struct stocking_outcome *lines =
        arena_new(c->arena, struct stocking_outcome, b->lines.count + 1);
    if (!b->lines.count)
        return fail_at(c, ERR_INVALID, "required", "lines", "there is nothing to do");
    TRY(run(c, b->lines.at, b->lines.count, lines));
    done->lines = (struct list){lines, b->lines.count};
    out->record = done;
    return OK;
}

static enum err receive(struct ctx *c, const struct request *in, struct reply *out)
{
    return change(c, in, out, stock_receipt);
}
static enum err move(struct ctx *c, const struct request *in, struct reply *out)
{
    return change(c, in, out, stock_move_bin);
}
static enum err adjust(struct ctx *c, const struct request *in, struct reply *out)
{
    return change(c, in, out, stock_adjust_bin);
}

static enum err regrade(struct ctx *c, const struct request *in, struct reply *out)
{
    return change(c, in, out, stock_condition_bin);
}

const struct route stock_routes[] = {
    {"GET", "/v1/stock", "stock list", SCOPE(STOCK_READ), ROUTE_LIST | ROUTE_BY_OWNER, NULL,
     &stock_query_fields, &product_stock_fields, stock_show,
     "What there is of each product, promised and free, by site."},
    {"GET", "/v1/stock/{sku}/cells", "stock cells", SCOPE(STOCK_READ), ROUTE_LIST | ROUTE_BY_OWNER,
     NULL, NULL, &cell_fields, cells_show, "Which bins hold a product."},
    {"POST", "/v1/stock/receipts", "stock receive", SCOPE(STOCK_WRITE),
     ROUTE_WRITE | ROUTE_BY_OWNER | ROUTE_HOUSE, &receipt_fields, NULL, &changed_fields, receive,
     "Take goods in from a supplier; orders that wait for them are served, oldest first."},
    {"POST", "/v1/stock/moves", "stock move", SCOPE(STOCK_WRITE),
     ROUTE_WRITE | ROUTE_BY_OWNER | ROUTE_HOUSE, &move_fields, NULL, &changed_fields, move,
     "Move units between the bins of a site."},
    {"POST", "/v1/stock/adjustments", "stock adjust", SCOPE(STOCK_WRITE),
     ROUTE_WRITE | ROUTE_BY_OWNER | ROUTE_HOUSE, &adjust_fields, NULL, &changed_fields, adjust,
     "Count a bin, or write off what is damaged or lost, or book what was found."},
    {"POST", "/v1/stock/conditions", "stock condition", SCOPE(STOCK_WRITE),
     ROUTE_WRITE | ROUTE_BY_OWNER | ROUTE_HOUSE, &regrade_fields, NULL, &changed_fields, regrade,
     "Say that units are damaged, quarantined or good again; what can be promised follows."},
    {0},
};
