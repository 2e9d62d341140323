/* faces/cli/mapping_records.c: products, customers and stock, from files of their own or from what
 * the orders of a file show of them. */
#include "base/hash.h"
#include "base/time.h"
#include "faces/cli/mapping_parts.h"

#include <string.h>

/* What has been seen, by key, in order of coming. */
struct known {
    struct arena *arena;
    struct text *keys;
    size_t count, capacity, size;
    size_t *slots; /* 1 + index; a power of two of them */
};

struct making {
    struct reading *r;
    struct arena arena;
    struct known product_keys, customer_keys;
    struct mapped_product *products;
    struct mapped_customer *customers;
    size_t product_count, product_capacity, customer_count, customer_capacity;
};

enum err refuse(struct reading *r, const struct refused_row *row)
{
    if (!r->sink->refused) return OK;
    r->stopped = r->sink->refused(r->c, r->sink->arg, row);
    return r->stopped;
}

enum err require_slots(struct reading *r, const enum slot *slots, size_t count)
{
    static const char *const names[SLOT_COUNT][2] = {
#define X(section, key, slot) [slot] = {section, key},
        MAPPING_SLOTS(X)
#undef X
    };
    bool has_money = r->what == MAPPING_ORDERS || r->what == MAPPING_MAKE ||
                     slot_is_set(r, PRODUCT_PRICE);
    for (size_t i = 0; i < count; i++)
        if (!slot_is_set(r, slots[i]))
            return fail(r->c, ERR_INVALID, "mapping_incomplete", "%s: section [%s] must set \"%s\"",
                        r->mapping->name, names[slots[i]][0], names[slots[i]][1]);
    if (has_money && !r->mapping->settings.currency[0])
        return fail(r->c, ERR_INVALID, "mapping_incomplete",
                    "%s: section [import] must set \"currency\"", r->mapping->name);
    return OK;
}

enum err address_read(struct reading *r, struct arena *a, enum slot first,
                      struct postal_address *out)
{
    struct text *const parts[] = {
        &out->recipient, &out->organization, &out->line1,       &out->line2,   &out->line3,
        &out->city,      &out->admin_area,   &out->postal_code, &out->country, &out->phone};
    for (unsigned i = 0; i < sizeof parts / sizeof *parts; i++)
        TRY(value_slot(r, a, (enum slot)(first + i), parts[i]));
    return OK;
}

static size_t *known_slot(const struct known *k, struct text key)
{
    size_t at = (size_t)hash_i64(key) & (k->size - 1);
    while (k->slots[at] && !text_eq(k->keys[k->slots[at] - 1], key)) at = (at + 1) & (k->size - 1);
    return &k->slots[at];
}

/* The number of a key, new or not; `is_new` says which. */
static size_t known_find(struct known *k, struct text key, bool *is_new)
{
    if (2 * (k->count + 1) > k->size) {
        k->size = k->size ? k->size * 2 : 1024;
        k->slots = arena_new(k->arena, size_t, k->size);
        for (size_t i = 0; i < k->count; i++) *known_slot(k, k->keys[i]) = i + 1;
    }
    size_t *slot = known_slot(k, key);
    *is_new = *slot == 0;
    if (*is_new) {
        *arena_push(k->arena, k->keys, k->count, k->capacity) = text_copy(k->arena, key);
        *slot = k->count;
    }
    return *slot - 1;
}

static struct postal_address address_copy(struct arena *a, const struct postal_address *from)
{
    return (struct postal_address){
        .recipient = text_copy(a, from->recipient),
        .organization = text_copy(a, from->organization),
        .line1 = text_copy(a, from->line1),
        .line2 = text_copy(a, from->line2),
        .line3 = text_copy(a, from->line3),
        .city = text_copy(a, from->city),
        .admin_area = text_copy(a, from->admin_area),
        .postal_code = text_copy(a, from->postal_code),
        .country = text_copy(a, from->country),
        .phone = text_copy(a, from->phone),
    };
}

static enum err product_note(struct making *m, const struct mapped_order *o,
                             const struct mapped_line *line)
{
    bool is_new;
    size_t at = known_find(&m->product_keys, line->sku, &is_new);
    if (is_new) {
        *arena_push(&m->arena, m->products, m->product_count, m->product_capacity) =
            (struct mapped_product){.sku = m->product_keys.keys[at],
                                    .name = T(""),
                                    .price_minor = NONE,
                                    .weight_g = line->weight_g,
                                    .length_mm = line->length_mm,
                                    .width_mm = line->width_mm,
                                    .height_mm = line->height_mm,
                                    .row = line->row};
        memcpy(m->products[at].currency, o->currency, sizeof o->currency);
    }
    struct mapped_product *p = &m->products[at];
    if (text_empty(p->name) && line->name.len) p->name = text_copy(&m->arena, line->name);
    if (p->price_minor == NONE && line->list_price_minor > 0)
        p->price_minor = line->list_price_minor;
    if (!o->is_credit_note && !o->is_cancelled &&
        __builtin_add_overflow(p->opening_quantity, line->quantity, &p->opening_quantity))
        return fail(m->r->c, ERR_INVALID, "quantity_too_large",
                    "the orders need too much of \"%.*s\"", TEXT_ARG(line->sku));
    return OK;
}

static void customer_note(struct making *m, const struct mapped_order *o)
{
    bool is_new;
    if (text_empty(o->customer.reference)) return;
    size_t at = known_find(&m->customer_keys, o->customer.reference, &is_new);
    if (!is_new) return;
    bool bills = o->bill_to.line1.len || o->bill_to.city.len || o->bill_to.country.len;
    *arena_push(&m->arena, m->customers, m->customer_count, m->customer_capacity) =
        (struct mapped_customer){
            .person = {m->customer_keys.keys[at], text_copy(&m->arena, o->customer.name),
                       text_copy(&m->arena, o->customer.email),
                       text_copy(&m->arena, o->customer.phone)},
            .address = address_copy(&m->arena, bills ? &o->bill_to : &o->ship_to),
            .row = o->first_row};
}

static enum err order_note(struct ctx *c, void *arg, const struct mapped_order *o)
{
    (void)c;
    struct making *m = arg;
    unsigned make = m->r->mapping->settings.make;
    for (size_t i = 0; i < o->line_count; i++)
        if ((make & (MAPPING_MAKE_PRODUCTS | MAPPING_MAKE_STOCK)) &&
            o->lines[i].kind == MAPPED_GOODS)
            TRY(product_note(m, o, &o->lines[i]));
    if (make & MAPPING_MAKE_CUSTOMERS) customer_note(m, o);
    return OK;
}

static enum err give_all(struct making *m, const struct mapping_sink *sink)
{
    struct reading *r = m->r;
    const struct mapping_settings *s = &r->mapping->settings;
    for (size_t i = 0; i < m->product_count; i++) {
        struct mapped_product *p = &m->products[i];
        if (!(s->make & MAPPING_MAKE_STOCK))
            p->opening_quantity = NONE;
        else if (!s->stock_is_enough)
            p->opening_quantity = s->stock_quantity;
        r->counts->products++;
        if (sink->product) TRY(sink->product(r->c, sink->arg, p));
    }
    for (size_t i = 0; i < m->customer_count; i++) {
        r->counts->customers++;
        if (sink->customer) TRY(sink->customer(r->c, sink->arg, &m->customers[i]));
    }
    return OK;
}

enum err make_from_orders(struct reading *r)
{
    struct making m = {.r = r};
    const struct mapping_sink *outer = r->sink;
    const struct mapping_sink inner = {.arg = &m, .order = order_note};
    m.product_keys.arena = m.customer_keys.arena = &m.arena;
    r->sink = &inner;
    enum err e = read_orders(r);
    r->sink = outer;
    if (e == OK) e = give_all(&m, outer);
    arena_free(&m.arena);
    return e;
}

static enum err measure(struct reading *r, enum slot slot, int64_t *out)
{
    TRY(value_number(r, slot, false, NONE, out));
    if (*out <= 0) *out = NONE;
    return OK;
}

static enum err key_check(struct reading *r, struct known *seen, struct text key, const char *what)
{
    bool is_new;
    if (text_empty(key)) return fail(r->c, ERR_INVALID, "key_missing", "no %s in this row", what);
    known_find(seen, key, &is_new);
    if (!is_new)
        return fail(r->c, ERR_INVALID, "key_repeated", "%s \"%.*s\" came before", what,
                    (int)(key.len < 60 ? key.len : 60), key.at);
    return OK;
}

static enum err quantity_read(struct reading *r, enum slot slot, int64_t otherwise, int64_t *out)
{
    TRY(value_number(r, slot, true, otherwise, out));
    if (*out == NONE || (*out >= 0 && *out <= MAPPING_QUANTITY_MAX)) return OK;
    return fail(r->c, ERR_INVALID, "quantity_invalid", "a quantity is 0 to 1000000000, not %lld",
                (long long)*out);
}

static enum err product_read(struct reading *r, struct known *seen, struct mapped_product *p)
{
    struct arena *a = &r->scratch;
    *p = (struct mapped_product){.row = r->row.number};
    memcpy(p->currency, r->mapping->settings.currency, sizeof p->currency);
    TRY(value_slot(r, a, PRODUCT_SKU, &p->sku));
    TRY(value_slot(r, a, PRODUCT_NAME, &p->name));
    TRY(value_money(r, PRODUCT_PRICE, NONE, &p->price_minor));
    if (p->price_minor != NONE && p->price_minor < 0)
        return fail(r->c, ERR_INVALID, "amount_negative", "a product at a negative price");
    TRY(measure(r, PRODUCT_WEIGHT, &p->weight_g));
    TRY(measure(r, PRODUCT_LENGTH, &p->length_mm));
    TRY(measure(r, PRODUCT_WIDTH, &p->width_mm));
    TRY(measure(r, PRODUCT_HEIGHT, &p->height_mm));
    TRY(quantity_read(r, PRODUCT_QUANTITY, NONE, &p->opening_quantity));
    return key_check(r, seen, p->sku, "SKU");
}

static enum err customer_read(struct reading *r, struct known *seen, struct mapped_customer *p)
{
    struct arena *a = &r->scratch;
    *p = (struct mapped_customer){.row = r->row.number};
    TRY(value_slot(r, a, PERSON_REFERENCE, &p->person.reference));
    TRY(value_slot(r, a, PERSON_NAME, &p->person.name));
    TRY(value_slot(r, a, PERSON_EMAIL, &p->person.email));
    TRY(value_slot(r, a, PERSON_PHONE, &p->person.phone));
    TRY(address_read(r, a, PERSON_RECIPIENT, &p->address));
    return key_check(r, seen, p->person.reference, "customer reference");
}

static enum err stock_read(struct reading *r, struct mapped_stock *s)
{
    struct arena *a = &r->scratch;
    int64_t local_us, us;
    *s = (struct mapped_stock){.row = r->row.number};
    TRY(value_slot(r, a, STOCK_SKU, &s->sku));
    if (text_empty(s->sku)) return fail(r->c, ERR_INVALID, "key_missing", "no SKU in this row");
    TRY(quantity_read(r, STOCK_QUANTITY, NONE, &s->quantity));
    if (s->quantity == NONE)
        return fail(r->c, ERR_INVALID, "quantity_missing", "no quantity in this row");
    TRY(value_slot(r, a, STOCK_SITE, &s->site));
    if (text_empty(s->site)) s->site = r->mapping->settings.site;
    TRY(value_slot(r, a, STOCK_BIN, &s->bin));
    TRY(value_instant(r, STOCK_EXPIRY, NONE, &local_us, &us));
    s->expiry_day = local_us == NONE ? NONE : day_of_us(local_us);
    return value_slot(r, a, STOCK_LOT, &s->lot);
}

/* One row of products, customers or stock, read and, when right, given away. */
static enum err record_take(struct reading *r, struct known *seen, enum err *given)
{
    struct ctx *c = r->c;
    const struct mapping_sink *s = r->sink;
    if (r->row.count != r->header_count)
        return fail(c, ERR_INVALID, "column_count", "%zu columns where the header has %zu",
                    r->row.count, r->header_count);
    if (r->what == MAPPING_PRODUCTS) {
        struct mapped_product p;
        TRY(product_read(r, seen, &p));
        r->counts->products++;
        *given = s->product ? s->product(c, s->arg, &p) : OK;
    } else if (r->what == MAPPING_CUSTOMERS) {
        struct mapped_customer p;
        TRY(customer_read(r, seen, &p));
        r->counts->customers++;
        *given = s->customer ? s->customer(c, s->arg, &p) : OK;
    } else {
        struct mapped_stock p;
        TRY(stock_read(r, &p));
        r->counts->stocks++;
        *given = s->stock ? s->stock(c, s->arg, &p) : OK;
    }
    return OK;
}

static enum err require_records(struct reading *r)
{
    static const enum slot product[] = {PRODUCT_SKU}, customer[] = {PERSON_REFERENCE};
    static const enum slot stock[] = {STOCK_SKU, STOCK_QUANTITY};
    if (r->what == MAPPING_PRODUCTS) return require_slots(r, product, 1);
    if (r->what == MAPPING_CUSTOMERS) return require_slots(r, customer, 1);
    return require_slots(r, stock, 2);
}

enum err read_records(struct reading *r)
{
    struct known seen = {.arena = &r->arena};
    TRY(require_records(r));
    for (bool more = true;;) {
        enum err given = OK;
        TRY(reading_next(r, &more));
        if (!more) return OK;
        enum err e = record_take(r, &seen, &given);
        if (given != OK) return given;
        if (e == OK) {
            r->counts->used++;
            continue;
        }
        if (e != ERR_INVALID) return e;
        r->counts->refused++;
        TRY(refuse(r, &(struct refused_row){.file = r->sources[0].path,
                                            .row = r->row.number,
                                            .line = r->row.line,
                                            .column = r->c->fault.field,
                                            .reason = r->c->fault.reason,
                                            .detail = r->c->fault.detail}));
    }
}

enum err mapping_read(struct ctx *c, struct mapping *m, enum mapping_what what, const char *path,
                      const struct mapping_sink *sink, struct mapping_counts *counts)
{
    struct reading *r = arena_new(c->arena, struct reading, 1);
    *counts = (struct mapping_counts){0};
    *r = (struct reading){.c = c, .mapping = m, .what = what, .sink = sink, .counts = counts};
    r->main_join = what == MAPPING_PRODUCTS    ? m->product_join
                   : what == MAPPING_CUSTOMERS ? m->customer_join
                   : what == MAPPING_STOCK     ? m->stock_join
                                               : 0;
    enum err e = reading_open(r, path);
    if (e == OK)
        e = what == MAPPING_ORDERS ? read_orders(r)
            : what == MAPPING_MAKE ? make_from_orders(r)
                                   : read_records(r);
    reading_close(r);
    return e;
}
