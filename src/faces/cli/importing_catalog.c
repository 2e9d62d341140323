/* faces/cli/importing_catalog.c: products and customers. */
#include "base/sort.h"
#include "base/source.h"
#include "domain/customers/customer.h"
#include "domain/events/event.h"
#include "domain/inventory/stock.h"
#include "faces/cli/importing_parts.h"
#include "wire/csv.h"
#include "wire/json.h"

#include <string.h>

/* --- products -------------------------------------------------------------------------------- */

struct making {
    struct import *imp;
    struct list found;  /* struct product, by SKU */
    struct list prices; /* of those, when they are brought up to date */
    struct text *skus;  /* made in this unit */
    int64_t *ids;
    size_t count;
};

static int64_t id_of(const struct making *m, struct text sku)
{
    const struct product *p = product_sku_in(&m->found, sku);
    if (p) return p->product_id;
    for (size_t i = 0; i < m->count; i++)
        if (text_eq(m->skus[i], sku)) return m->ids[i];
    return NONE;
}

static int64_t known(int64_t size, int64_t before)
{
    return size == NONE || size == 0 ? before : size;
}

static enum err check(struct ctx *c, const struct making *m, const struct wanted_product *w,
                      const struct wanted_product *all, size_t n)
{
    const struct product_record *r = &w->record;
    if (!r->sku.len || text_chars(r->sku) > SKU_MAX)
        return fail_at(c, ERR_INVALID, "too_long", "sku", "a SKU has 1 to %d characters", SKU_MAX);
    const struct part_record *parts = r->parts.at;
    for (size_t i = 0; i < r->parts.count; i++) {
        bool is_there = product_sku_in(&m->found, parts[i].sku) != NULL;
        for (size_t k = 0; k < n && !is_there; k++)
            is_there = text_eq(all[k].record.sku, parts[i].sku) && all[k].fault.code == OK;
        if (is_there) continue;
        fail_at(c, ERR_INVALID, "unknown_sku", "parts", "there is no product \"%.*s\"",
                TEXT_ARG(parts[i].sku));
        return hint(c, "let the parts of a kit come before it");
    }
    return OK;
}

static void fill(const struct product_record *r, struct product *p)
{
    if (r->name.len) p->name = r->name;
    if (r->gtin.len) p->gtin = r->gtin;
    if (r->hs_code.len) p->hs_code = r->hs_code;
    if (r->origin.len) p->origin = r->origin;
    if (r->tax_class.len) p->tax_class = r->tax_class;
    if (r->kind) p->kind = r->kind;
    p->weight_g = known(r->weight_g, p->weight_g);
    p->length_mm = known(r->length_mm, p->length_mm);
    p->width_mm = known(r->width_mm, p->width_mm);
    p->height_mm = known(r->height_mm, p->height_mm);
    if (r->handling) p->handling = r->handling;
    if (r->tracking) p->tracking = r->tracking;
    p->is_active = !r->is_retired;
}

/* Prices that say something new; *changed tells whether any did. */
static enum err put_prices(struct ctx *c, const struct making *m, const struct product_record *r,
                           int64_t product_id, bool *changed)
{
    const struct price_record *at = r->prices.at;
    const struct price *old = m->prices.at;
    for (size_t i = 0; i < r->prices.count; i++) {
        bool is_same = false;
        int64_t from_quantity = at[i].from_quantity == NONE ? 1 : at[i].from_quantity;
        for (size_t k = 0; k < m->prices.count && !is_same; k++)
            is_same = old[k].product_id == product_id &&
                      text_is(old[k].currency, at[i].unit_price.currency) &&
                      old[k].from_quantity == from_quantity &&
                      old[k].unit_minor == at[i].unit_price.minor;
        if (is_same) continue;
        *changed = true;
        struct price price = {c->merchant_id, product_id, text_of(at[i].unit_price.currency),
                              from_quantity, at[i].unit_price.minor};
        TRY(price_put(c, &price));
    }
    return OK;
}

static enum err put_parts(struct ctx *c, const struct making *m, const struct product_record *r,
                          int64_t product_id)
{
    const struct part_record *at = r->parts.at;
    for (size_t i = 0; i < r->parts.count; i++) {
        struct kit_part part = {c->merchant_id, product_id, id_of(m, at[i].sku), at[i].quantity};
        TRY(kit_part_put(c, &part));
    }
    return OK;
}

static enum err make(struct ctx *c, struct making *m, const struct wanted_product *w)
{
    const struct product_record *r = &w->record;
    struct product p = {.merchant_id = c->merchant_id,
                        .product_id = source_id(c->source),
                        .sku = r->sku,
                        .name = r->sku,
                        .created_us = c->now_us,
                        .owner_id = c->owner_id};
    bool changed;
    fill(r, &p);
    TRY(product_insert(c, &p));
    TRY(put_prices(c, m, r, p.product_id, &changed));
    TRY(event_put(c, EVENT_PRODUCT_CREATED, NONE, p.product_id, EVENT_BODY(.word = p.sku)));
    m->skus[m->count] = p.sku;
    m->ids[m->count++] = p.product_id;
    m->imp->unit.products++;
    if (w->opening == NONE || w->opening <= 0 || p.kind == PRODUCT_KIT) return OK;
    int64_t bin_id;
    TRY(import_bin_new(m->imp, c, &bin_id));
    m->imp->unit.units_received += w->opening;
    return stock_receive(c, p.product_id, m->imp->bins.site.site_id, bin_id, (struct text){0},
                         w->opening, STOCK_OPENING, NONE);
}

static enum err change(struct ctx *c, struct making *m, const struct product *before,
                       const struct wanted_product *w)
{
    struct product after = *before;
    bool changed = false;
    fill(&w->record, &after);
    TRY(put_prices(c, m, &w->record, after.product_id, &changed));
    struct text was = record_to_line(c->arena, &product_fields, before);
    if (!text_eq(was, record_to_line(c->arena, &product_fields, &after))) {
        TRY(product_update(c, &after));
        changed = true;
    }
    if (!changed) return OK;
    m->imp->unit.products_changed++;
    return event_put(c, EVENT_PRODUCT_CHANGED, NONE, after.product_id,
                     EVENT_BODY(.word = after.sku));
}

static enum err load(struct ctx *c, struct making *m, const struct wanted_product *wanted, size_t n,
                     bool is_update)
{
    size_t count = 0, capacity = 0;
    struct text *skus = NULL;
    for (size_t i = 0; i < n; i++) {
        *arena_push(c->arena, skus, count, capacity) = wanted[i].record.sku;
        const struct part_record *parts = wanted[i].record.parts.at;
        for (size_t k = 0; k < wanted[i].record.parts.count; k++)
            *arena_push(c->arena, skus, count, capacity) = parts[k].sku;
    }
    TRY(products_by_sku_of(c, c->owner_id, skus, import_unique(skus, count), &m->found));
    if (!is_update) return OK;
    int64_t *ids = arena_new(c->arena, int64_t, m->found.count + 1);
    for (size_t i = 0; i < m->found.count; i++)
        ids[i] = ((const struct product *)m->found.at)[i].product_id;
    return prices_of(c, ids, m->found.count, &m->prices);
}

enum err import_products(struct import *imp, struct ctx *c, struct wanted_product *wanted, size_t n,
                         bool is_update)
{
    struct making m = {.imp = imp};
    if (!n) return OK;
    m.skus = arena_new(c->arena, struct text, n);
    m.ids = arena_new(c->arena, int64_t, n);
    TRY(load(c, &m, wanted, n, is_update));
    for (size_t i = 0; i < n; i++) {
        const struct product *before = product_sku_in(&m.found, wanted[i].record.sku);
        wanted[i].fault = (struct fault){0};
        if (check(c, &m, &wanted[i], wanted, n) != OK) {
            wanted[i].fault = c->fault;
            c->fault = (struct fault){0};
        } else if (before) {
            if (is_update) TRY(change(c, &m, before, &wanted[i]));
        } else if (id_of(&m, wanted[i].record.sku) == NONE) {
            TRY(make(c, &m, &wanted[i]));
        }
    }
    for (size_t i = 0; i < n; i++)
        if (wanted[i].fault.code == OK && wanted[i].record.parts.count)
            TRY(put_parts(c, &m, &wanted[i].record, id_of(&m, wanted[i].record.sku)));
    return OK;
}

/* --- batches of products --------------------------------------------------------------------- */

static enum err products_unit(struct import *imp, struct ctx *c)
{
    bool is_update = imp->options->kind == IMPORT_PRODUCTS;
    return import_products(imp, c, imp->products, imp->product_count, is_update);
}

static enum err products_flush(struct import *imp)
{
    if (!imp->product_count) return OK;
    TRY(import_unit(imp, products_unit, BATCH_PRODUCTS));
    for (size_t i = 0; i < imp->product_count; i++) {
        const struct wanted_product *w = &imp->products[i];
        bool is_file = imp->options->kind == IMPORT_PRODUCTS;
        if (w->fault.code != OK) import_refuse_fault(imp, imp->options->path, w->row, &w->fault);
        if (is_file) *(w->fault.code != OK ? &imp->counts->refused : &imp->counts->taken) += 1;
    }
    imp->products = NULL;
    imp->product_count = imp->product_capacity = 0;
    arena_reset(&imp->arena);
    return OK;
}

static bool is_in_batch(const struct import *imp, struct text sku)
{
    for (size_t i = 0; i < imp->product_count; i++)
        if (text_eq(imp->products[i].record.sku, sku)) return true;
    return false;
}

/* The record's texts live in the batch's arena already. */
static enum err products_add(struct import *imp, const struct wanted_product *w)
{
    *arena_push(&imp->arena, imp->products, imp->product_count, imp->product_capacity) = *w;
    size_t most = imp->options->server ? BATCH_PRODUCTS_MAX : IMPORT_THINGS_A_UNIT;
    return imp->product_count < most ? OK : products_flush(imp);
}

static enum err take_mapped(struct ctx *c, void *arg, const struct mapped_product *p)
{
    struct import *imp = arg;
    struct arena *a = &imp->arena;
    (void)c;
    struct wanted_product w = {.opening = p->opening_quantity, .row = p->row};
    w.record = (struct product_record){.sku = text_copy(a, p->sku),
                                       .name = text_copy(a, text_head(p->name, NAME_MAX_CHARS)),
                                       .weight_g = p->weight_g,
                                       .length_mm = p->length_mm,
                                       .width_mm = p->width_mm,
                                       .height_mm = p->height_mm};
    if (p->price_minor != NONE && p->price_minor >= 0) {
        struct price_record *price = arena_new(a, struct price_record, 1);
        *price = (struct price_record){1, money(p->price_minor, p->currency)};
        w.record.prices = (struct list){price, 1};
    }
    meter_show(&imp->meter, imp->mapped.rows, imp->counts->products);
    return products_add(imp, &w);
}

enum err import_make_mapped(struct import *imp, struct mapping *m)
{
    struct mapping_sink sink = {.arg = imp, .product = take_mapped};
    meter_begin(&imp->meter, "products", 0, 0, imp->options->is_quiet);
    enum err e = mapping_read(imp->c, m, MAPPING_MAKE, imp->options->path, &sink, &imp->mapped);
    if (e == OK) e = products_flush(imp);
    meter_end(&imp->meter);
    return e;
}

/* --- customers ------------------------------------------------------------------------------- */

enum err import_customers(struct import *imp, struct ctx *c, const struct customer_record *at,
                          size_t n)
{
    struct text *names = arena_new(c->arena, struct text, n + 1);
    struct list found;
    for (size_t i = 0; i < n; i++) names[i] = at[i].reference;
    size_t count = import_unique(names, n), f = 0;
    TRY(customers_by_reference(c, names, count, &found));
    const struct customer *there = found.at;
    for (size_t i = 0; i < count; i++) {
        if (f < found.count && text_eq(there[f].reference, names[i])) {
            f++;
            continue;
        }
        size_t k = 0;
        while (!text_eq(at[k].reference, names[i])) k++;
        struct customer made = {.merchant_id = c->merchant_id,
                                .customer_id = source_id(c->source),
                                .reference = at[k].reference,
                                .name = at[k].name.len ? at[k].name : at[k].reference,
                                .email = at[k].email,
                                .phone = at[k].phone,
                                .created_us = c->now_us,
                                .owner_id = c->owner_id};
        TRY(customer_insert(c, &made));
        TRY(event_put(c, EVENT_CUSTOMER_CREATED, NONE, made.customer_id, NO_BODY));
        imp->unit.customers++;
    }
    imp->unit.taken = imp->unit.customers;
    imp->unit.known = (int64_t)n - imp->unit.customers;
    return OK;
}

static enum err customers_unit(struct import *imp, struct ctx *c)
{
    return import_customers(imp, c, imp->customers, imp->customer_count);
}

static enum err customers_flush(struct import *imp)
{
    if (!imp->customer_count) return OK;
    TRY(import_unit(imp, customers_unit, BATCH_CUSTOMERS));
    imp->customers = NULL;
    imp->customer_count = imp->customer_capacity = 0;
    arena_reset(&imp->arena);
    return OK;
}

static enum err customers_add(struct import *imp, const struct customer_record *r)
{
    *arena_push(&imp->arena, imp->customers, imp->customer_count, imp->customer_capacity) = *r;
    meter_show(&imp->meter, imp->mapped.rows, imp->counts->customers);
    return imp->customer_count < IMPORT_THINGS_A_UNIT ? OK : customers_flush(imp);
}

static enum err take_customer(struct ctx *c, void *arg, const struct mapped_customer *m)
{
    struct import *imp = arg;
    struct arena *a = &imp->arena;
    (void)c;
    struct customer_record r = {.reference = text_copy(a, m->person.reference),
                                .name = text_copy(a, m->person.name),
                                .email = text_copy(a, m->person.email),
                                .phone = text_copy(a, m->person.phone)};
    return customers_add(imp, &r);
}

/* --- files ----------------------------------------------------------------------------------- */

enum err import_catalog_mapped(struct import *imp, struct mapping *m)
{
    bool is_products = imp->options->kind == IMPORT_PRODUCTS;
    struct mapping_sink sink = {.arg = imp, .refused = import_refused_row};
    if (is_products)
        sink.product = take_mapped;
    else
        sink.customer = take_customer;
    meter_begin(&imp->meter, is_products ? "products" : "customers", 0, 0, imp->options->is_quiet);
    enum err e = mapping_read(imp->c, m, is_products ? MAPPING_PRODUCTS : MAPPING_CUSTOMERS,
                              imp->options->path, &sink, &imp->mapped);
    if (e == OK) e = is_products ? products_flush(imp) : customers_flush(imp);
    imp->counts->rows = imp->mapped.rows;
    imp->counts->skipped = imp->mapped.skipped;
    imp->counts->refused += imp->mapped.refused;
    return e;
}

static enum err product_line(struct import *imp, struct text json, int64_t row)
{
    struct wanted_product w = {.opening = NONE, .row = row};
    struct text copy = text_copy(&imp->arena, json);
    enum err e = record_from_json(&imp->work, &product_record_fields, copy, &w.record);
    if (e != OK) return import_refuse_line(imp, row);
    if (!is_in_batch(imp, w.record.sku)) return products_add(imp, &w);
    TRY(products_flush(imp)); /* the same SKU again changes what the first line made */
    copy = text_copy(&imp->arena, json);
    TRY(record_from_json(&imp->work, &product_record_fields, copy, &w.record));
    return products_add(imp, &w);
}

static enum err customer_line(struct import *imp, struct text json, int64_t row)
{
    struct customer_record r;
    struct text copy = text_copy(&imp->arena, json);
    if (record_from_json(&imp->work, &customer_record_fields, copy, &r) != OK)
        return import_refuse_line(imp, row);
    return customers_add(imp, &r);
}

enum err import_catalog_ndjson(struct import *imp)
{
    if (imp->options->kind == IMPORT_PRODUCTS) {
        TRY(import_ndjson(imp, "products", product_line));
        return products_flush(imp);
    }
    TRY(import_ndjson(imp, "customers", customer_line));
    return customers_flush(imp);
}
