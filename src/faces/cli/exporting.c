#include "faces/cli/exporting_parts.h"

#include "base/source.h"
#include "base/time.h"
#include "domain/catalog/substitute.h"
#include "domain/customers/customer.h"
#include "domain/events/event.h"
#include "domain/inventory/cell.h"
#include "domain/sites/site.h"
#include "faces/api/actor_names.h"
#include "faces/api/substitutes.h"
#include "wire/csv.h"
#include "wire/json.h"

#include <string.h>

static const char *const kinds[] = {"orders", "products", "customers",  "stock",
                                    "events", "returns",  "substitutes"};
const struct words export_kind_words = WORDS("export_kind", kinds);

enum { PAGE = 500, COLUMNS_MAX = 64 };

/* --- one record ------------------------------------------------------------------------------ */

static struct text cell(struct arena *a, const struct field *f, const void *record)
{
    const char *at = (const char *)record + f->offset;
    if (f->kind == F_TEXT) {
        struct text t;
        memcpy(&t, at, sizeof t);
        return t;
    }
    if (f->kind == F_MONEY) {
        struct money m;
        memcpy(&m, at, sizeof m);
        return m.minor == NONE ? (struct text){0} : money_amount(a, m.minor, m.currency);
    }
    if (f->kind > F_FLAGS) return (struct text){0};
    int64_t n = field_i64(f, record);
    if (n == NONE) return (struct text){0};
    if (f->kind == F_ID) return id_text(a, f->of, n);
    if (f->kind == F_INSTANT) return instant_text(a, n);
    if (f->kind == F_DAY) return day_text(a, n);
    if (f->kind == F_ENUM) return text_of(word_of(f->of, n));
    if (f->kind == F_BOOL) return n ? T("yes") : T("no");
    return text_printf(a, "%lld", (long long)n);
}

void export_put_csv(struct export *x, const struct fields *f, const void *record)
{
    struct text cells[COLUMNS_MAX];
    unsigned flags = x->options->is_for_people ? CSV_FOR_PEOPLE : 0;
    size_t n = 0;
    for (size_t i = 0; i < f->count && !x->has_header; i++)
        if (f->at[i].kind < F_RECORD) cells[n++] = text_of(f->at[i].json);
    if (n) csv_put_row(&x->out, ',', flags, cells, n);
    x->has_header = true;
    n = 0;
    for (size_t i = 0; i < f->count; i++)
        if (f->at[i].kind < F_RECORD) cells[n++] = cell(x->c->arena, &f->at[i], record);
    csv_put_row(&x->out, ',', flags, cells, n);
}

void export_put(struct export *x, const struct fields *f, const void *record)
{
    x->written++;
    if (x->options->is_csv) {
        export_put_csv(x, f, record);
        return;
    }
    record_put_json(&x->out, f, record);
    buf_putc(&x->out, '\n');
}

/* --- products, customers, stock -------------------------------------------------------------- */

static void keep_after(struct export *x, struct text t)
{
    snprintf(x->after, sizeof x->after, "%.*s", TEXT_ARG(t));
}

/* A spreadsheet's row of a product: its price for one, in the first currency. */
struct product_row {
    struct text sku, name, gtin;
    int32_t kind;
    int64_t weight_g, length_mm, width_mm, height_mm;
    struct money unit_price;
    struct text currency, hs_code, origin, tax_class;
    bool is_retired;
};
static const struct field product_row_table[] = {
    FIELD(struct product_row, sku),
    FIELD(struct product_row, name),
    FIELD(struct product_row, gtin),
    FIELD_ENUM(struct product_row, kind, product_kind_words),
    FIELD(struct product_row, weight_g),
    FIELD(struct product_row, length_mm),
    FIELD(struct product_row, width_mm),
    FIELD(struct product_row, height_mm),
    FIELD(struct product_row, unit_price, .flags = F_NULL),
    FIELD(struct product_row, currency),
    FIELD(struct product_row, hs_code),
    FIELD(struct product_row, origin),
    FIELD(struct product_row, tax_class),
    FIELD(struct product_row, is_retired),
};
static const struct fields product_row_fields =
    FIELDS("product_row_csv", struct product_row, product_row_table);

static void put_product(struct export *x, const struct product *p, struct list prices,
                        struct list parts)
{
    const struct price_record *price = prices.at;
    if (x->options->is_csv) {
        struct product_row row = {.sku = p->sku,
                                  .name = p->name,
                                  .gtin = p->gtin,
                                  .kind = p->kind,
                                  .weight_g = p->weight_g,
                                  .length_mm = p->length_mm,
                                  .width_mm = p->width_mm,
                                  .height_mm = p->height_mm,
                                  .unit_price = {.minor = NONE},
                                  .hs_code = p->hs_code,
                                  .origin = p->origin,
                                  .tax_class = p->tax_class,
                                  .is_retired = !p->is_active};
        if (prices.count) row.unit_price = price->unit_price;
        if (prices.count) row.currency = text_of(price->unit_price.currency);
        export_put(x, &product_row_fields, &row);
        return;
    }
    struct product_record r = {.sku = p->sku,
                               .name = p->name,
                               .gtin = p->gtin,
                               .kind = p->kind,
                               .weight_g = p->weight_g,
                               .length_mm = p->length_mm,
                               .width_mm = p->width_mm,
                               .height_mm = p->height_mm,
                               .handling = p->handling,
                               .tracking = p->tracking,
                               .hs_code = p->hs_code,
                               .origin = p->origin,
                               .tax_class = p->tax_class,
                               .is_retired = !p->is_active,
                               .prices = prices,
                               .parts = parts};
    export_put(x, &product_record_fields, &r);
}

static struct list prices_for(struct ctx *c, const struct list *all, int64_t product_id)
{
    const struct price *at = all->at;
    struct price_record *out = NULL;
    size_t n = 0, capacity = 0;
    for (size_t i = 0; i < all->count; i++)
        if (at[i].product_id == product_id)
            *arena_push(c->arena, out, n, capacity) = (struct price_record){
                at[i].from_quantity, money(at[i].unit_minor, text_cstr(c->arena, at[i].currency))};
    return (struct list){out, n};
}

static struct list parts_for(struct ctx *c, const struct list *all, const struct list *products,
                             int64_t kit_id)
{
    const struct kit_part *at = all->at;
    struct part_record *out = NULL;
    size_t n = 0, capacity = 0;
    for (size_t i = 0; i < all->count; i++) {
        const struct product *p = product_in(products, at[i].part_id);
        if (at[i].kit_id == kit_id && p)
            *arena_push(c->arena, out, n, capacity) = (struct part_record){p->sku, at[i].quantity};
    }
    return (struct list){out, n};
}

/* Goods in the first round, kits in the second, so that parts stand before their kits. */
static enum err products_page(struct export *x, enum product_kind kind, bool *more)
{
    struct ctx *c = x->c;
    struct list page, prices, parts, part_products;
    TRY(product_list(c, text_of(x->after), PAGE, &page));
    const struct product *at = page.at;
    int64_t *ids = arena_new(c->arena, int64_t, page.count + 1);
    *more = page.count == PAGE;
    for (size_t i = 0; i < page.count; i++) ids[i] = at[i].product_id;
    if (page.count) keep_after(x, product_cursor(c->arena, &at[page.count - 1]));
    TRY(prices_of(c, ids, page.count, &prices));
    TRY(kit_parts_of(c, ids, page.count, &parts));
    int64_t *part_ids = arena_new(c->arena, int64_t, parts.count + 1);
    for (size_t i = 0; i < parts.count; i++)
        part_ids[i] = ((const struct kit_part *)parts.at)[i].part_id;
    TRY(products_of(c, part_ids, parts.count, &part_products));
    for (size_t i = 0; i < page.count; i++)
        if (at[i].kind == (int32_t)kind)
            put_product(x, &at[i], prices_for(c, &prices, at[i].product_id),
                        parts_for(c, &parts, &part_products, at[i].product_id));
    return OK;
}

static enum err goods_page(struct export *x, bool *more)
{
    return products_page(x, PRODUCT_GOODS, more);
}

static enum err kits_page(struct export *x, bool *more)
{
    return products_page(x, PRODUCT_KIT, more);
}

static enum err customers_page(struct export *x, bool *more)
{
    struct list page;
    TRY(customer_list(x->c, x->after_id, PAGE, &page));
    const struct customer *at = page.at;
    *more = page.count == PAGE;
    for (size_t i = 0; i < page.count; i++) {
        struct customer_record r = {at[i].reference, at[i].name, at[i].email, at[i].phone};
        x->after_id = at[i].customer_id;
        if (r.reference.len || x->options->is_csv) export_put(x, &customer_record_fields, &r);
    }
    return OK;
}

static struct text site_code(const struct list *sites, int64_t site_id)
{
    const struct site *at = sites->at;
    for (size_t i = 0; i < sites->count; i++)
        if (at[i].site_id == site_id) return at[i].code;
    return (struct text){0};
}

static struct text bin_code(const struct list *bins, int64_t bin_id)
{
    const struct bin *bin = LIST_FIND(bins, struct bin, bin_id, bin_id);
    return bin ? bin->code : (struct text){0};
}

/* What can be sold, bin by bin; what is damaged or held back is no stock to begin with. */
struct places {
    struct list cells, bins, sites;
};

static void put_cells(struct export *x, const struct product *p, const struct places *at)
{
    struct list own = LIST_RUN(&at->cells, struct stock, product_id, p->product_id);
    const struct stock *cell = own.at;
    for (size_t i = 0; i < own.count; i++) {
        if (cell[i].condition != CONDITION_SELLABLE || cell[i].on_hand == 0) continue;
        struct stock_record r = {.sku = p->sku,
                                 .site = site_code(&at->sites, cell[i].site_id),
                                 .bin = bin_code(&at->bins, cell[i].place_id),
                                 .lot = cell[i].lot.len ? cell[i].lot : (struct text){0},
                                 .expiry_day = cell[i].expiry_day,
                                 .quantity = cell[i].on_hand};
        export_put(x, &stock_record_fields, &r);
    }
}

/* What can be sold, bin by bin; what is damaged or held back is no stock to begin with. */
static enum err stock_page(struct export *x, bool *more)
{
    struct ctx *c = x->c;
    struct list page;
    struct places places;
    TRY(product_list(c, text_of(x->after), PAGE, &page));
    const struct product *at = page.at;
    int64_t *ids = arena_new(c->arena, int64_t, page.count + 1);
    *more = page.count == PAGE;
    for (size_t i = 0; i < page.count; i++) ids[i] = at[i].product_id;
    if (page.count) keep_after(x, product_cursor(c->arena, &at[page.count - 1]));
    TRY(stock_cells_of(c, ids, page.count, &places.cells));
    const struct stock *cell = places.cells.at;
    int64_t *bin_ids = arena_new(c->arena, int64_t, places.cells.count + 1);
    for (size_t i = 0; i < places.cells.count; i++) bin_ids[i] = cell[i].place_id;
    TRY(bins_of(c, bin_ids, places.cells.count, &places.bins));
    TRY(site_list(c, &places.sites));
    for (size_t i = 0; i < page.count; i++) put_cells(x, &at[i], &places);
    return OK;
}

static enum err events_page(struct export *x, bool *more)
{
    struct list page;
    TRY(event_feed(x->c, x->after_id, EVENT_PAGE_MAX, &page));
    TRY(events_name(x->c, &page));
    struct event *at = page.at;
    *more = page.count == EVENT_PAGE_MAX;
    for (size_t i = 0; i < page.count; i++) {
        x->after_id = at[i].position;
        if (x->options->is_csv) { /* nobody is an empty cell */
            if (!at[i].actor_id) at[i].actor_id = NONE;
            if (!at[i].command_id) at[i].command_id = NONE;
        }
        export_put(x, &event_view_fields, &at[i]);
    }
    return OK;
}

/* At most SUBSTITUTES_MAX: one page. */
static enum err substitutes_page(struct export *x, bool *more)
{
    struct list rules, views;
    TRY(substitutes_all(x->c, &rules));
    TRY(substitute_views(x->c, &rules, &views));
    *more = false;
    for (size_t i = 0; i < views.count; i++)
        export_put(x, &substitute_view_fields, &((const struct substitute_view *)views.at)[i]);
    return OK;
}

/* --- all pages ------------------------------------------------------------------------------- */

static enum err all_pages(struct export *x, page_fn *fn)
{
    bool more = true;
    x->after_id = 0;
    x->after[0] = 0;
    while (more) {
        struct arena_mark mark = arena_mark(x->c->arena);
        x->out = buf_new(x->c->arena);
        TRY(fn(x, &more));
        if (x->out.len && fwrite(x->out.at, 1, x->out.len, x->to) != x->out.len)
            return fail(x->c, ERR_UPSTREAM, "disk", "cannot write the export");
        arena_rewind(x->c->arena, mark);
        meter_show(&x->meter, 0, x->written);
    }
    return OK;
}

page_fn *export_round(int32_t kind, size_t round)
{
    static page_fn *const pages[][2] = {[EXPORT_ORDERS] = {export_orders_page, NULL},
                                        [EXPORT_PRODUCTS] = {goods_page, kits_page},
                                        [EXPORT_CUSTOMERS] = {customers_page, NULL},
                                        [EXPORT_STOCK] = {stock_page, NULL},
                                        [EXPORT_EVENTS] = {events_page, NULL},
                                        [EXPORT_RETURNS] = {export_returns_page, NULL},
                                        [EXPORT_SUBSTITUTES] = {substitutes_page, NULL}};
    return round < 2 ? pages[kind][round] : NULL;
}

enum err export_to(struct ctx *c, const struct export_options *o, FILE *to, int64_t *written)
{
    struct export x = {.c = c, .options = o, .to = to};
    enum err e = OK;
    meter_begin(&x.meter, kinds[o->kind], 0, 0, o->is_quiet);
    for (size_t round = 0; e == OK && export_round(o->kind, round); round++)
        e = all_pages(&x, export_round(o->kind, round));
    if (e == OK && fflush(to) != 0) e = fail(c, ERR_UPSTREAM, "disk", "cannot write the export");
    meter_end(&x.meter);
    *written = x.written;
    return e;
}
