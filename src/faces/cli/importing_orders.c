/* faces/cli/importing_orders.c: orders in batches, with what they need to be taken. */
#include "domain/customers/customer.h"
#include "domain/orders/order.h"
#include "domain/people/owner.h"
#include "faces/cli/importing_parts.h"
#include "stages/2_processing/cancelling.h"
#include "wire/json.h"

#include <stdlib.h>
#include <string.h>

/* --- one batch, inside a unit of work -------------------------------------------------------- */

/* Same channel, same reference: there already when it was placed at the same instant, otherwise
   another source uses that number. */
static enum err find_known(struct ctx *c, struct order_batch *b)
{
    struct text *names = arena_new(c->arena, struct text, b->count + 1);
    struct list found;
    size_t capacity = 0, total = 0;
    struct order *known = NULL;
    for (int32_t channel = 0; channel <= CHANNEL_OTHER; channel++) {
        size_t n = 0;
        for (size_t i = 0; i < b->count; i++)
            if (b->drafts[i].channel == channel && b->drafts[i].reference.len)
                names[n++] = b->drafts[i].reference;
        if (!n) continue;
        TRY(order_by_references(c, (enum channel)channel, names, n, &found));
        for (size_t i = 0; i < found.count; i++) {
            *arena_push(c->arena, known, total, capacity) = ((const struct order *)found.at)[i];
        }
    }
    struct owner_book book;
    struct text *codes = arena_new(c->arena, struct text, b->count + 1);
    for (size_t i = 0; i < b->count; i++) codes[i] = b->drafts[i].owner;
    TRY(owner_book_open(c, codes, b->count, &book));
    for (size_t i = 0; i < b->count; i++) {
        const struct draft *d = &b->drafts[i];
        int64_t owner_id = c->owner_id;
        /* An owner that is not there is told when the order is placed. */
        if (owner_named(c, &book, d->owner, &owner_id) != OK) c->fault = (struct fault){0};
        b->outcomes[i] = (struct outcome){0};
        for (size_t k = 0; k < total && d->reference.len; k++) {
            if (known[k].channel != d->channel || known[k].owner_id != owner_id ||
                !text_eq(known[k].reference, d->reference))
                continue;
            b->outcomes[i].is_known = true;
            b->outcomes[i].order_id = known[k].order_id;
            if (d->placed_us == NONE || known[k].placed_us == d->placed_us) continue;
            fail_at(c, ERR_CONFLICT, "reference_taken", "reference",
                    "another order of this channel has the reference \"%.*s\"",
                    TEXT_ARG(d->reference));
            b->outcomes[i].fault = c->fault;
            c->fault = (struct fault){0};
        }
    }
    return OK;
}

/* Customers that the mapping does not ask to make: orders of unknown ones are those of guests. */
static enum err only_known_customers(struct ctx *c, struct draft *drafts, size_t n)
{
    struct text *names = arena_new(c->arena, struct text, n + 1);
    struct list found;
    size_t count = 0;
    for (size_t i = 0; i < n; i++)
        if (drafts[i].customer_reference.len) names[count++] = drafts[i].customer_reference;
    if (!count) return OK;
    TRY(customers_by_reference(c, names, import_unique(names, count), &found));
    const struct customer *at = found.at;
    for (size_t i = 0; i < n; i++) {
        bool is_there = false;
        for (size_t k = 0; k < found.count && !is_there; k++)
            is_there = text_eq(at[k].reference, drafts[i].customer_reference);
        if (!is_there) drafts[i].customer_reference = (struct text){0};
    }
    return OK;
}

static enum err make_products(struct import *imp, struct ctx *c, const struct order_batch *b)
{
    struct wanted_product *wanted = arena_new(c->arena, struct wanted_product, b->lines + 1);
    size_t n = 0;
    for (size_t i = 0; i < b->count; i++) {
        const struct wanted_product *products = b->sources[i].products;
        if (b->outcomes[i].is_known || !products) continue;
        for (size_t l = 0; l < b->drafts[i].lines.count; l++)
            if (products[l].record.sku.len) wanted[n++] = products[l];
    }
    return import_products(imp, c, wanted, n, false);
}

static void count_outcome(struct import *imp, const struct draft_source *s, const struct draft *d,
                          const struct outcome *o)
{
    struct import_counts *n = &imp->unit;
    if (o->fault.code != OK) {
        n->orders_refused++;
        n->refused += s->rows;
        return;
    }
    if (o->is_known) {
        n->orders_known++;
        n->known += s->rows;
        return;
    }
    n->orders++;
    n->taken += s->rows;
    n->lines += (int64_t)d->lines.count;
    n->units += o->promised + o->short_of;
    n->units_short += o->short_of;
    n->orders_held += o->holds != 0;
    n->countries_assumed += s->is_assumed;
    n->orders_cancelled += s->is_cancelled;
}

enum err import_orders_unit(struct import *imp, struct ctx *c)
{
    struct order_batch *b = &imp->batch;
    const struct mapping_settings *m = imp->settings;
    unsigned make = m ? m->make : 0;
    b->outcomes = arena_new(c->arena, struct outcome, b->count + 1);
    TRY(find_known(c, b));
    struct draft *drafts = arena_new(c->arena, struct draft, b->count + 1);
    struct outcome *outcomes = arena_new(c->arena, struct outcome, b->count + 1);
    size_t *index = arena_new(c->arena, size_t, b->count + 1), n = 0;
    for (size_t i = 0; i < b->count; i++) {
        if (b->outcomes[i].is_known) continue;
        index[n] = i;
        drafts[n++] = b->drafts[i];
    }
    if (make & MAPPING_MAKE_PRODUCTS) TRY(make_products(imp, c, b));
    if (make & MAPPING_MAKE_STOCK && m->stock_is_enough) TRY(import_stock_for(imp, c, drafts, n));
    if (m && !(make & MAPPING_MAKE_CUSTOMERS)) TRY(only_known_customers(c, drafts, n));
    if (n) TRY(receipt_place(c, drafts, n, outcomes));
    for (size_t i = 0; i < n; i++) {
        struct cancel_outcome cancelled;
        b->outcomes[index[i]] = outcomes[i];
        if (b->sources[index[i]].is_cancelled && outcomes[i].fault.code == OK)
            TRY(order_cancel(c, outcomes[i].order_id, T("cancelled before it was imported"),
                             &cancelled));
    }
    for (size_t i = 0; i < b->count; i++)
        count_outcome(imp, &b->sources[i], &b->drafts[i], &b->outcomes[i]);
    return OK;
}

/* --- batches --------------------------------------------------------------------------------- */

/* The fault names a line of the order: its row gets the reason, the others of the order go with
   it. */
static void report_order(struct import *imp, const struct draft *d, const struct draft_source *s,
                         const struct fault *f)
{
    long long line = -1;
    if (strncmp(f->field, "lines[", 6) == 0) line = strtoll(f->field + 6, NULL, 10);
    if (!s->line_rows || line < 0 || (size_t)line >= d->lines.count) line = 0;
    import_refuse_fault(imp, s->file, s->line_rows ? s->line_rows[line] : s->first_row, f);
    for (size_t l = 0; s->line_rows && l < d->lines.count; l++)
        if (l != (size_t)line)
            import_refuse(imp, s->file, s->line_rows[l], "", "order_refused",
                          "another row of this order was refused");
}

enum err import_orders_flush(struct import *imp)
{
    struct order_batch *b = &imp->batch;
    if (!b->count) return OK;
    TRY(import_unit(imp, import_orders_unit, BATCH_ORDERS));
    for (size_t i = 0; i < b->count; i++)
        if (b->outcomes[i].fault.code != OK)
            report_order(imp, &b->drafts[i], &b->sources[i], &b->outcomes[i].fault);
    meter_show(&imp->meter, imp->settings ? imp->mapped.rows : imp->counts->rows,
               imp->counts->orders + imp->counts->orders_known);
    imp->batch = (struct order_batch){0};
    arena_reset(&imp->arena);
    return OK;
}

static enum err batch_add(struct import *imp, const struct draft *d, const struct draft_source *s)
{
    struct order_batch *b = &imp->batch;
    struct arena *a = &imp->arena;
    b->sources = arena_grow(a, b->sources, b->count, &b->source_capacity, sizeof *b->sources);
    b->sources[b->count] = *s;
    *arena_push(a, b->drafts, b->count, b->capacity) = *d;
    b->lines += d->lines.count;
    bool is_sent = imp->options->server != NULL;
    bool is_full = b->count >= (is_sent ? BATCH_ORDERS_MAX : IMPORT_ORDERS_A_UNIT) ||
                   b->lines >= (is_sent ? BATCH_LINES_MAX : IMPORT_LINES_A_UNIT);
    return is_full ? import_orders_flush(imp) : OK;
}

/* --- from a mapping -------------------------------------------------------------------------- */

/* What is empty in a file is absent with us. */
static struct text keep(struct arena *a, struct text t)
{
    return t.len ? text_copy(a, t) : (struct text){0};
}

static struct postal_address *copy_address(struct arena *a, const struct postal_address *from)
{
    struct postal_address *to = arena_new(a, struct postal_address, 1);
    to->recipient = keep(a, from->recipient);
    to->organization = keep(a, from->organization);
    to->line1 = keep(a, from->line1);
    to->line2 = keep(a, from->line2);
    to->line3 = keep(a, from->line3);
    to->dependent_locality = keep(a, from->dependent_locality);
    to->city = keep(a, from->city);
    to->admin_area = keep(a, from->admin_area);
    to->postal_code = keep(a, from->postal_code);
    to->sorting_code = keep(a, from->sorting_code);
    to->country = keep(a, from->country);
    to->phone = keep(a, from->phone);
    to->email = keep(a, from->email);
    to->instructions = keep(a, from->instructions);
    return to;
}

static bool is_empty(const struct postal_address *p)
{
    return !p->recipient.len && !p->organization.len && !p->line1.len && !p->city.len &&
           !p->postal_code.len && !p->country.len;
}

/* Goods keep quantity, price and discount. What is not goods is a charge with one sum, since only
   there an amount may be negative, and a discount may not. */
static void draft_line(struct arena *a, const struct mapped_order *o, const struct mapped_line *l,
                       struct draft_line *out)
{
    struct text name = l->name.len ? l->name : l->word;
    record_clear(&draft_line_fields, out);
    out->quantity = l->quantity;
    out->unit_price = money(l->unit_minor, o->currency);
    if (l->tax_minor) out->tax = money(l->tax_minor, o->currency);
    if (l->kind == MAPPED_GOODS) {
        out->sku = keep(a, l->sku);
        out->wording = keep(a, l->personalisation);
        if (l->discount_minor) out->discount = money(l->discount_minor, o->currency);
        return;
    }
    out->name = name.len ? keep(a, name) : text_of(word_of(&mapped_kind_words, l->kind));
    if (!l->discount_minor) return;
    out->quantity = 1;
    out->unit_price = money(l->total_minor, o->currency);
}

static struct wanted_product wanted_of(struct arena *a, const struct mapped_order *o,
                                       const struct mapped_line *l, struct text sku)
{
    struct wanted_product w = {.opening = NONE, .row = l->row};
    struct price_record *price = arena_new(a, struct price_record, 1);
    *price = (struct price_record){1, money(l->list_price_minor, o->currency)};
    w.record = (struct product_record){.sku = sku,
                                       .name = keep(a, text_head(l->name, NAME_MAX_CHARS)),
                                       .weight_g = l->weight_g,
                                       .length_mm = l->length_mm,
                                       .width_mm = l->width_mm,
                                       .height_mm = l->height_mm};
    bool has_price = l->list_price_minor != NONE && l->list_price_minor >= 0;
    if (has_price) w.record.prices = (struct list){price, 1};
    return w;
}

/* The payment that brought most. A card of the past has no token to take money from, so it is
   settled on account, as is what has no word of ours. */
static int32_t payment_of(const struct mapped_order *o)
{
    const struct mapped_payment *most = NULL;
    for (size_t i = 0; i < o->payment_count; i++)
        if (!most || o->payments[i].amount_minor > most->amount_minor) most = &o->payments[i];
    int32_t method = most ? word_find(&payment_method_words, most->method) : -1;
    return method < 0 || method == PAY_CARD ? PAY_ON_ACCOUNT : method;
}

static void draft_head(struct import *imp, const struct mapped_order *o, struct draft *d)
{
    struct arena *a = &imp->arena;
    int32_t channel = word_find(&channel_words, o->channel);
    int32_t method = o->method.len ? word_find(&method_words, o->method) : -1;
    record_clear(&draft_fields, d);
    d->channel = channel < 0 ? CHANNEL_OTHER : channel;
    d->reference = keep(a, o->reference);
    d->currency = keep(a, text_of(o->currency));
    d->placed_us = o->placed_us;
    d->customer_reference = keep(a, o->customer.reference);
    d->customer_name = keep(a, o->customer.name);
    d->customer_phone = keep(a, o->customer.phone);
    d->customer_email = keep(a, o->customer.email);
    d->method = method < 0 ? METHOD_STANDARD : method;
    d->payment_method = payment_of(o);
    d->wish_day = o->wish_day;
    d->is_lenient = !imp->options->is_strict;
    d->ship_to = copy_address(a, &o->ship_to);
    if (!is_empty(&o->bill_to)) d->bill_to = copy_address(a, &o->bill_to);
    if (o->shipping_minor) d->shipping = money(o->shipping_minor, o->currency);
    d->note = keep(a, o->notes);
}

static void assume_country(struct import *imp, struct draft *d, struct draft_source *s)
{
    const char *said = "the file names no country";
    struct text country = imp->bins.site.country.len ? imp->bins.site.country
                                                     : imp->merchant.country;
    if (d->bill_to && !d->bill_to->country.len) d->bill_to->country = country;
    if (d->ship_to->country.len || imp->options->is_strict) return;
    d->ship_to->country = country;
    d->note = d->note.len ? text_printf(&imp->arena, "%.*s; %s", TEXT_ARG(d->note), said)
                          : text_of(said);
    s->is_assumed = true;
}

static enum err take_order(struct ctx *c, void *arg, const struct mapped_order *o)
{
    struct import *imp = arg;
    struct arena *a = &imp->arena;
    int64_t rows = imp->mapped.used - imp->rows_seen;
    (void)c;
    imp->rows_seen = imp->mapped.used;
    imp->counts->rows = imp->mapped.rows;
    if (o->is_credit_note) return import_credit(imp, o, rows);
    struct draft d = {0};
    struct draft_source s = {.file = imp->options->path,
                             .first_row = o->first_row,
                             .rows = rows,
                             .is_cancelled = o->is_cancelled,
                             .total_minor = o->total_minor};
    draft_head(imp, o, &d);
    assume_country(imp, &d, &s);
    struct draft_line *lines = arena_new(a, struct draft_line, o->line_count);
    s.products = arena_new(a, struct wanted_product, o->line_count);
    if (rows == (int64_t)o->line_count) s.line_rows = arena_new(a, int64_t, o->line_count);
    for (size_t i = 0; i < o->line_count; i++) {
        draft_line(a, o, &o->lines[i], &lines[i]);
        if (s.line_rows) s.line_rows[i] = o->lines[i].row;
        if (o->lines[i].kind == MAPPED_GOODS)
            s.products[i] = wanted_of(a, o, &o->lines[i], lines[i].sku);
    }
    d.lines = (struct list){lines, o->line_count};
    d.is_draft = o->is_cancelled;
    return batch_add(imp, &d, &s);
}

enum err import_orders_mapped(struct import *imp, struct mapping *m)
{
    struct mapping_sink sink = {.arg = imp, .order = take_order, .refused = import_refused_row};
    int64_t total = imp->mapped.rows;
    meter_begin(&imp->meter, "orders", total, import_file_bytes(imp), imp->options->is_quiet);
    enum err e = mapping_read(imp->c, m, MAPPING_ORDERS, imp->options->path, &sink, &imp->mapped);
    if (e == OK) e = import_orders_flush(imp);
    if (e == OK) e = import_credits_end(imp);
    imp->counts->rows = imp->mapped.rows;
    imp->counts->refused += imp->mapped.refused;
    imp->counts->skipped = imp->mapped.skipped;
    return e;
}

/* --- from our own records -------------------------------------------------------------------- */

static enum err order_line_read(struct import *imp, struct text json, int64_t row)
{
    struct draft d = {0};
    struct draft_source s = {.file = imp->options->path, .first_row = row, .rows = 1};
    struct text copy = text_copy(&imp->arena, json);
    if (record_from_json(&imp->work, &draft_fields, copy, &d) != OK)
        return import_refuse_line(imp, row);
    d.is_lenient = !imp->options->is_strict;
    return batch_add(imp, &d, &s);
}

enum err import_orders_ndjson(struct import *imp)
{
    TRY(import_ndjson(imp, "orders", order_line_read));
    return import_orders_flush(imp);
}
