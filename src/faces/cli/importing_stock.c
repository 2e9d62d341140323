/* faces/cli/importing_stock.c: where the goods of imported products lie, and how many. */
#include "base/sort.h"
#include "base/source.h"
#include "domain/inventory/availability.h"
#include "domain/inventory/stock.h"
#include "faces/cli/importing_parts.h"
#include "services/stockkeeping/lots.h"
#include "wire/json.h"

#include <stdlib.h>
#include <string.h>

enum { LEVELS = 4, BAYS = 20, AISLES = 20, BIN_PAGE = 1000, AISLE_MM = 3000, BAY_MM = 1200 };

/* --- bins ------------------------------------------------------------------------------------ */

enum err import_site_open(struct import *imp, struct ctx *c, struct text site_code)
{
    struct home_bins *h = &imp->bins;
    struct list sites;
    bool found = false;
    if (site_code.len) {
        TRY(site_find_by_code(c, site_code, &h->site, &found));
        if (!found)
            return fail_at(c, ERR_INVALID, "unknown_site", "site", "there is no site \"%.*s\"",
                           TEXT_ARG(site_code));
    } else {
        TRY(site_list(c, &sites));
        if (!sites.count) {
            fail(c, ERR_INVALID, "no_site", "this merchant has no site to put goods in");
            return hint(c, "make one with waybill sites add, or POST /v1/sites");
        }
        h->site = *(const struct site *)sites.at;
    }
    return OK;
}

/* The codes that are taken; they live as long as the arena of `c`. */
static enum err read_codes(struct home_bins *h, struct ctx *c)
{
    struct list page;
    size_t capacity = 0;
    struct text *codes = NULL, last = T("");
    do {
        TRY(bin_list(c, h->site.site_id, last, BIN_PAGE, &page));
        for (size_t i = 0; i < page.count; i++) {
            last = ((const struct bin *)page.at)[i].code;
            *arena_push(c->arena, codes, h->code_count, capacity) = last;
        }
    } while (page.count == BIN_PAGE);
    h->codes = codes;
    h->is_read = true;
    return OK;
}

enum err import_bins_open(struct import *imp, struct text site_code)
{
    TRY(import_site_open(imp, imp->c, site_code));
    return read_codes(&imp->bins, imp->c);
}

static bool is_taken(const struct home_bins *h, struct text code)
{
    return h->code_count &&
           bsearch(&code, h->codes, h->code_count, sizeof code, import_compare_texts) != NULL;
}

static void put_place(struct bin *bin, int64_t n)
{
    int64_t aisle = n / (LEVELS * BAYS);
    bin->aisle = aisle + 1;
    bin->bay = n / LEVELS % BAYS + 1;
    bin->level = n % LEVELS + 1;
    bin->x_mm = aisle * AISLE_MM;
    bin->y_mm = (bin->bay - 1) * BAY_MM;
}

/* "A-01-01-1"; from aisle 21 on the zone is B, after Z it stays Z. */
enum err import_bin_new(struct import *imp, struct ctx *c, int64_t *bin_id)
{
    struct home_bins *h = &imp->bins;
    if (!h->is_read) TRY(read_codes(h, c));
    struct bin bin = {.merchant_id = c->merchant_id,
                      .bin_id = source_id(c->source),
                      .site_id = h->site.site_id,
                      .kind = BIN_PICK};
    do {
        put_place(&bin, h->next++);
        int64_t zone = (bin.aisle - 1) / AISLES;
        bin.zone = text_printf(c->arena, "%c", (char)('A' + (zone < 25 ? zone : 25)));
        bin.code = text_printf(c->arena, "%.*s-%02lld-%02lld-%lld", TEXT_ARG(bin.zone),
                               (long long)bin.aisle, (long long)bin.bay, (long long)bin.level);
    } while (is_taken(h, bin.code));
    *bin_id = bin.bin_id;
    imp->unit.bins++;
    return bin_insert(c, &bin);
}

/* --- what a batch of orders needs ------------------------------------------------------------ */

struct need {
    struct text sku;
    int64_t quantity, product_id;
};

static int compare_needs(const void *a, const void *b)
{
    return text_cmp(((const struct need *)a)->sku, ((const struct need *)b)->sku);
}

static int compare_products(const void *a, const void *b)
{
    const struct need *x = a, *y = b;
    return x->product_id < y->product_id ? -1 : x->product_id > y->product_id;
}

/* Units by product, ascending by product; kits are left to their parts' own stock. */
static enum err needs_of(struct ctx *c, const struct draft *drafts, size_t n, struct need **out,
                         size_t *count)
{
    size_t at = 0, kept = 0;
    for (size_t i = 0; i < n; i++) at += drafts[i].lines.count;
    struct need *needs = arena_new(c->arena, struct need, at + 1);
    struct text *skus = arena_new(c->arena, struct text, at + 1);
    at = 0;
    for (size_t i = 0; i < n; i++) {
        const struct draft_line *lines = drafts[i].lines.at;
        for (size_t l = 0; l < drafts[i].lines.count; l++)
            if (lines[l].sku.len)
                needs[at++] = (struct need){lines[l].sku, lines[l].quantity, NONE};
    }
    qsort(needs, at, sizeof *needs, compare_needs);
    for (size_t i = 0; i < at; i++) {
        if (kept && text_eq(needs[kept - 1].sku, needs[i].sku))
            needs[kept - 1].quantity += needs[i].quantity;
        else
            needs[kept++] = needs[i];
    }
    for (size_t i = 0; i < kept; i++) skus[i] = needs[i].sku;
    struct list found;
    TRY(products_by_sku_of(c, c->owner_id, skus, kept, &found));
    const struct product *products = found.at;
    *count = 0;
    for (size_t i = 0, k = 0; i < found.count; i++) {
        while (!text_eq(needs[k].sku, products[i].sku)) k++;
        if (products[i].kind == PRODUCT_KIT) continue;
        needs[*count] = needs[k];
        needs[(*count)++].product_id = products[i].product_id;
    }
    qsort(needs, *count, sizeof *needs, compare_products);
    *out = needs;
    return OK;
}

/* Take off what is free; what stays is missing. */
static enum err keep_missing(struct ctx *c, struct need *needs, size_t *count)
{
    int64_t *ids = arena_new(c->arena, int64_t, *count + 1);
    struct list found;
    for (size_t i = 0; i < *count; i++) ids[i] = needs[i].product_id;
    TRY(availability_of(c, ids, *count, &found));
    const struct availability *at = found.at;
    size_t kept = 0;
    for (size_t i = 0, k = 0; i < *count; i++) {
        for (; k < found.count && at[k].product_id <= needs[i].product_id; k++)
            if (at[k].product_id == needs[i].product_id)
                needs[i].quantity -= availability_left(&at[k]);
        if (needs[i].quantity > 0) needs[kept++] = needs[i];
    }
    *count = kept;
    return OK;
}

enum err import_stock_for(struct import *imp, struct ctx *c, const struct draft *drafts, size_t n)
{
    struct need *needs;
    size_t count;
    TRY(needs_of(c, drafts, n, &needs, &count));
    TRY(keep_missing(c, needs, &count));
    if (!count) return OK;
    int64_t *ids = arena_new(c->arena, int64_t, count), site_id = imp->bins.site.site_id;
    struct list cells;
    for (size_t i = 0; i < count; i++) ids[i] = needs[i].product_id;
    TRY(stock_of_products(c, site_id, ids, count, &cells));
    const struct stock *at = cells.at;
    for (size_t i = 0, k = 0; i < count; i++) {
        int64_t bin_id;
        while (k < cells.count && at[k].product_id < needs[i].product_id) k++;
        if (k < cells.count && at[k].product_id == needs[i].product_id)
            bin_id = at[k].place_id;
        else
            TRY(import_bin_new(imp, c, &bin_id));
        imp->unit.units_received += needs[i].quantity;
        TRY(stock_receive(c, needs[i].product_id, site_id, bin_id, (struct text){0},
                          needs[i].quantity, STOCK_OPENING, NONE));
    }
    return OK;
}

/* --- stock files ----------------------------------------------------------------------------- */

static const struct stock *cell_in(const struct list *cells, int64_t product_id, int64_t bin_id,
                                   struct text lot)
{
    const struct stock *at = cells->at;
    for (size_t i = 0; i < cells->count; i++) {
        if (at[i].product_id != product_id) continue;
        if (bin_id == NONE || (at[i].place_id == bin_id && text_eq(at[i].lot, lot))) return &at[i];
    }
    return NULL;
}

static enum err make_bin(struct import *imp, struct ctx *c, int64_t site_id, struct text code,
                         int64_t *bin_id)
{
    struct text rest;
    struct bin bin = (struct bin){.merchant_id = c->merchant_id,
                                  .bin_id = source_id(c->source),
                                  .site_id = site_id,
                                  .code = code,
                                  .zone = text_split(code, '-', &rest),
                                  .kind = BIN_PICK};
    *bin_id = bin.bin_id;
    imp->unit.bins++;
    return bin_insert(c, &bin);
}

static enum err note_lot(struct ctx *c, const struct product *p, const struct stock_record *r)
{
    struct lot_book book;
    struct lot *lot;
    if (!r->lot.len && r->expiry_day != NONE)
        return fail_at(c, ERR_INVALID, "required", "lot", "a date of expiry is that of a lot");
    if (!r->lot.len) return OK;
    TRY(lot_book_open(c, &p->product_id, 1, &r->lot, 1, &book));
    TRY(lot_expect(c, &book, p->product_id, r->lot, r->expiry_day, &lot));
    return lots_keep(c, &book);
}

/* Make the cell hold that many: what is more came in, what is less was counted. */
static enum err set_cell(struct import *imp, struct ctx *c, const struct stock_record *r,
                         const struct product *p, struct list *cells)
{
    struct site site = imp->bins.site;
    bool found = true, is_named = r->bin.len != 0, has_bin = false;
    int64_t bin_id = NONE;
    struct bin bin;
    struct text lot = r->lot.at ? r->lot : T("");
    if (r->site.len) TRY(site_find_by_code(c, r->site, &site, &found));
    if (!found)
        return fail_at(c, ERR_INVALID, "unknown_site", "site", "there is no site \"%.*s\"",
                       TEXT_ARG(r->site));
    TRY(stock_of_products(c, site.site_id, &p->product_id, 1, cells));
    if (is_named) TRY(bin_find_by_code(c, site.site_id, r->bin, &bin, &has_bin));
    if (has_bin) bin_id = bin.bin_id;
    bool is_empty = is_named && !has_bin;
    const struct stock *cell = is_empty ? NULL : cell_in(cells, p->product_id, bin_id, lot);
    if (cell) bin_id = cell->place_id;
    int64_t before = cell ? cell->on_hand : 0;
    if (r->quantity) TRY(note_lot(c, p, r));
    if (r->quantity == before) return OK;
    if (cell && r->quantity < cell->allotted)
        return fail_at(c, ERR_CONFLICT, "stock_allotted", "quantity",
                       "%lld units of it are being picked right now", (long long)cell->allotted);
    if (is_empty) TRY(make_bin(imp, c, site.site_id, r->bin, &bin_id));
    if (bin_id == NONE) TRY(import_bin_new(imp, c, &bin_id));
    if (r->quantity > before) {
        imp->unit.units_received += r->quantity - before;
        return stock_receive(c, p->product_id, site.site_id, bin_id, r->lot, r->quantity - before,
                             cell ? STOCK_RECEIPT : STOCK_OPENING, NONE);
    }
    struct list have;
    TRY(availability_of(c, &p->product_id, 1, &have));
    const struct availability *at = have.at;
    for (size_t i = 0; i < have.count; i++)
        if (at[i].site_id == site.site_id && at[i].sellable - at[i].promised < before - r->quantity)
            return fail_at(c, ERR_CONFLICT, "stock_promised", "quantity",
                           "%lld units of it are promised to customers", (long long)at[i].promised);
    return stock_adjust(c, p->product_id, site.site_id, bin_id, r->lot, r->quantity - before,
                        STOCK_COUNT, NONE);
}

enum err import_stock_row(struct import *imp, struct ctx *c, const struct stock_record *r)
{
    struct list found, cells;
    TRY(products_by_sku(c, &r->sku, 1, &found));
    if (!found.count)
        return fail_at(c, ERR_INVALID, "unknown_sku", "sku", "there is no product \"%.*s\"",
                       TEXT_ARG(r->sku));
    return set_cell(imp, c, r, found.at, &cells);
}

/* One row a unit: a count stands against what others do to the same cell at the same time. */
static enum err stock_unit(struct import *imp, struct ctx *c)
{
    return import_stock_row(imp, c, imp->stocks);
}

static enum err stocks_flush(struct import *imp)
{
    if (!imp->stock_count) return OK;
    TRY(import_unit(imp, stock_unit, BATCH_STOCK));
    imp->stocks = NULL;
    imp->stock_count = imp->stock_capacity = 0;
    arena_reset(&imp->arena);
    return OK;
}

/* To a server many at once, which then decides one by one. */
static enum err stock_send(struct import *imp, const struct stock_record *r, int64_t row)
{
    struct arena *a = &imp->arena;
    struct stock_record copy = {text_copy(a, r->sku), text_copy(a, r->site), text_copy(a, r->bin),
                                text_copy(a, r->lot), r->expiry_day,         r->quantity};
    imp->stock_rows = arena_grow(a, imp->stock_rows, imp->stock_count, &imp->stock_row_capacity,
                                 sizeof *imp->stock_rows);
    imp->stock_rows[imp->stock_count] = row;
    *arena_push(a, imp->stocks, imp->stock_count, imp->stock_capacity) = copy;
    return imp->stock_count < BATCH_STOCK_MAX ? OK : stocks_flush(imp);
}

static enum err stock_take(struct import *imp, struct stock_record *r, int64_t row)
{
    meter_show(&imp->meter, imp->counts->rows, imp->counts->taken);
    if (imp->options->server) return stock_send(imp, r, row);
    imp->stocks = r;
    enum err e = import_unit(imp, stock_unit, BATCH_STOCK);
    if (e == ERR_INVALID || e == ERR_CONFLICT) return import_refuse_line(imp, row);
    if (e == OK) imp->counts->taken++;
    arena_reset(&imp->arena);
    return e;
}

static enum err take_stock(struct ctx *c, void *arg, const struct mapped_stock *s)
{
    struct import *imp = arg;
    struct stock_record r = {s->sku, s->site, s->bin, s->lot, s->expiry_day, s->quantity};
    (void)c;
    return stock_take(imp, &r, s->row);
}

static enum err stock_line(struct import *imp, struct text json, int64_t row)
{
    struct stock_record r;
    if (record_from_json(&imp->work, &stock_record_fields, json, &r) != OK)
        return import_refuse_line(imp, row);
    return stock_take(imp, &r, row);
}

enum err import_stocks_ndjson(struct import *imp)
{
    TRY(import_ndjson(imp, "cells", stock_line));
    return stocks_flush(imp);
}

enum err import_stocks_mapped(struct import *imp, struct mapping *m)
{
    struct mapping_sink sink = {.arg = imp, .stock = take_stock, .refused = import_refused_row};
    meter_begin(&imp->meter, "cells", 0, 0, imp->options->is_quiet);
    enum err e = mapping_read(imp->c, m, MAPPING_STOCK, imp->options->path, &sink, &imp->mapped);
    if (e == OK) e = stocks_flush(imp);
    imp->counts->rows = imp->mapped.rows;
    imp->counts->skipped = imp->mapped.skipped;
    imp->counts->refused += imp->mapped.refused;
    return e;
}
