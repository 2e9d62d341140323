/* faces/cli/exporting_orders.c: an order as the body that would place it again. */
#include "domain/customers/customer.h"
#include "domain/orders/archive.h"
#include "domain/orders/order.h"
#include "domain/orders/substitution.h"
#include "domain/payments/payment.h"
#include "domain/people/owner.h"
#include "faces/cli/exporting_parts.h"

#include <string.h>

enum { ORDERS_A_PAGE = 200 };

struct orders_page {
    struct list orders, lines, addresses, customers, products, offers, payments, states;
    struct list consents, substitutions;
    struct owner_codes owners;
};

/* A row of a spreadsheet: one line of an order. */
struct order_row {
    int64_t number;
    struct text reference;
    int32_t channel, stage;
    int64_t placed_us;
    struct text customer_reference, customer_name, customer_email, customer_phone;
    struct text recipient, organization, line1, line2, city, admin_area, postal_code, country;
    int32_t method, payment_method;
    int64_t line_no;
    int32_t kind;
    struct text sku, name;
    int64_t quantity, shipped, delivered;
    struct text currency;
    struct money unit_price, discount, tax, total, shipping, order_total;
    int32_t commercial;
    int64_t wish_day;
    int32_t priority;
    struct text note, wording;
    int64_t parent_line; /* of a component or service */
    struct text bill_recipient, bill_organization, bill_line1, bill_line2, bill_city,
        bill_admin_area, bill_postal_code, bill_country; /* absent: as delivered */
    int32_t substitution;
    int64_t stands_for; /* a line; of one that came instead */
    struct text owner;  /* code; absent: the merchant's own */
};
static const struct field order_row_table[] = {
    FIELD(struct order_row, number),
    FIELD(struct order_row, reference),
    FIELD_ENUM(struct order_row, channel, channel_words),
    FIELD_ENUM(struct order_row, stage, stage_words),
    FIELD_INSTANT(struct order_row, placed_us, "placed_at"),
    FIELD(struct order_row, customer_reference),
    FIELD(struct order_row, customer_name),
    FIELD(struct order_row, customer_email),
    FIELD(struct order_row, customer_phone),
    FIELD(struct order_row, recipient),
    FIELD(struct order_row, organization),
    FIELD(struct order_row, line1),
    FIELD(struct order_row, line2),
    FIELD(struct order_row, city),
    FIELD(struct order_row, admin_area),
    FIELD(struct order_row, postal_code),
    FIELD(struct order_row, country),
    FIELD_ENUM(struct order_row, method, method_words),
    FIELD_ENUM(struct order_row, payment_method, payment_method_words),
    FIELD(struct order_row, line_no),
    FIELD_ENUM(struct order_row, kind, line_kind_words),
    FIELD(struct order_row, sku),
    FIELD(struct order_row, name),
    FIELD(struct order_row, quantity),
    FIELD(struct order_row, shipped),
    FIELD(struct order_row, delivered),
    FIELD(struct order_row, currency),
    FIELD(struct order_row, unit_price),
    FIELD(struct order_row, discount),
    FIELD(struct order_row, tax),
    FIELD(struct order_row, total),
    FIELD(struct order_row, shipping), /* of the whole order, in each of its rows */
    FIELD(struct order_row, order_total),
    FIELD_ENUM(struct order_row, commercial, commercial_words),
    FIELD_DAY(struct order_row, wish_day, "wish_date", .flags = F_NULL),
    FIELD(struct order_row, priority),
    FIELD(struct order_row, note),
    FIELD(struct order_row, wording),
    FIELD(struct order_row, parent_line, .flags = F_NULL),
    FIELD(struct order_row, bill_recipient),
    FIELD(struct order_row, bill_organization),
    FIELD(struct order_row, bill_line1),
    FIELD(struct order_row, bill_line2),
    FIELD(struct order_row, bill_city),
    FIELD(struct order_row, bill_admin_area),
    FIELD(struct order_row, bill_postal_code),
    FIELD(struct order_row, bill_country),
    FIELD_ENUM(struct order_row, substitution, consent_words),
    FIELD(struct order_row, stands_for, .flags = F_NULL),
    FIELD(struct order_row, owner),
};
static const struct fields order_row_fields =
    FIELDS("order_row_csv", struct order_row, order_row_table);

static enum err load_orders(struct ctx *c, struct orders_page *p)
{
    const struct order *orders = p->orders.at;
    size_t n = p->orders.count, customers = 0;
    int64_t *ids = arena_new(c->arena, int64_t, n + 1);
    int64_t *addresses = arena_new(c->arena, int64_t, 2 * n + 1);
    int64_t *customer_ids = arena_new(c->arena, int64_t, n + 1);
    for (size_t i = 0; i < n; i++) {
        ids[i] = orders[i].order_id;
        addresses[2 * i] = orders[i].ship_to_id;
        addresses[2 * i + 1] = orders[i].bill_to_id;
        if (orders[i].customer_id != NONE) customer_ids[customers++] = orders[i].customer_id;
    }
    TRY(order_lines_of(c, ids, n, &p->lines));
    TRY(consents_of(c, ids, n, &p->consents));
    TRY(substitutions_of(c, ids, n, &p->substitutions));
    TRY(order_states_of(c, ids, n, &p->states));
    TRY(payments_of(c, ids, n, &p->payments));
    TRY(addresses_of(c, addresses, 2 * n, &p->addresses));
    TRY(customers_of(c, customer_ids, customers, &p->customers));
    const struct order_line *lines = p->lines.at;
    int64_t *products = arena_new(c->arena, int64_t, p->lines.count + 1);
    size_t count = 0;
    for (size_t i = 0; i < p->lines.count; i++)
        if (lines[i].product_id != NONE) products[count++] = lines[i].product_id;
    TRY(products_of(c, products, count, &p->products));
    return service_list(c, &p->offers);
}

static struct postal_address *address_in(const struct orders_page *p, int64_t id)
{
    struct address *at = p->addresses.at;
    for (size_t i = 0; i < p->addresses.count; i++)
        if (at[i].address_id == id) return &at[i].at;
    return NULL;
}

static struct text customer_in(const struct orders_page *p, int64_t id)
{
    const struct customer *at = p->customers.at;
    for (size_t i = 0; i < p->customers.count; i++)
        if (at[i].customer_id == id) return at[i].reference;
    return (struct text){0};
}

static struct text offer_in(const struct orders_page *p, int64_t id)
{
    const struct service_offer *at = p->offers.at;
    for (size_t i = 0; i < p->offers.count; i++)
        if (at[i].service_id == id) return at[i].code;
    return (struct text){0};
}

/* Services done to a line; NONE: to the whole order. */
static struct list services_of(struct ctx *c, const struct orders_page *p,
                               const struct order_line *lines, size_t n, int64_t parent)
{
    struct draft_service *services = NULL;
    size_t count = 0, capacity = 0;
    for (size_t i = 0; i < n; i++) {
        if (lines[i].kind != LINE_SERVICE || lines[i].parent_line != parent) continue;
        *arena_push(c->arena, services, count, capacity) =
            (struct draft_service){offer_in(p, lines[i].product_id), lines[i].wording};
    }
    return (struct list){services, count};
}

/* As a line says it: -1 when it says what its order says. */
static int32_t said_of(const struct orders_page *p, const struct order_line *l)
{
    enum consent said = consent_in(&p->consents, l->order_id, l->line_no);
    return said == consent_in(&p->consents, l->order_id, 0) ? -1 : (int32_t)said;
}

static int64_t stood_for(const struct orders_page *p, const struct order_line *l)
{
    const struct substitution *q = substitution_for(&p->substitutions, l->order_id, l->line_no);
    return q ? q->line_no : NONE;
}

static struct money some(int64_t minor, const char *currency)
{
    return minor ? money(minor, currency) : (struct money){.minor = NONE};
}

static void put_order(struct export *x, const struct orders_page *p, const struct order *o,
                      const struct order_line *lines, size_t n)
{
    struct ctx *c = x->c;
    struct draft d = {0};
    const char *currency = text_cstr(c->arena, o->currency);
    struct draft_line *out = arena_new(c->arena, struct draft_line, n + 1);
    size_t count = 0;
    record_clear(&draft_fields, &d);
    for (size_t i = 0; i < n; i++) {
        const struct order_line *l = &lines[i];
        if (l->kind == LINE_COMPONENT || l->kind == LINE_SERVICE) continue;
        const struct product *product =
            l->product_id == NONE ? NULL : product_in(&p->products, l->product_id);
        record_clear(&draft_line_fields, &out[count]);
        out[count++] = (struct draft_line){.sku = product ? product->sku : (struct text){0},
                                           .name = product ? (struct text){0} : l->name,
                                           .quantity = l->quantity,
                                           .unit_price = money(l->unit_minor, currency),
                                           .discount = some(l->discount_minor, currency),
                                           .tax = some(l->tax_minor, currency),
                                           .wording = l->wording,
                                           .substitution = said_of(p, l),
                                           .services = services_of(c, p, lines, n, l->line_no)};
    }
    d.owner = owner_code(&p->owners, o->owner_id);
    d.channel = o->channel;
    d.reference = o->reference;
    d.currency = o->currency;
    d.placed_us = o->placed_us;
    d.customer_reference = customer_in(p, o->customer_id);
    d.customer_name = o->customer_name;
    d.customer_email = o->customer_email;
    d.customer_phone = o->customer_phone;
    d.ship_to = address_in(p, o->ship_to_id);
    if (o->bill_to_id != o->ship_to_id) d.bill_to = address_in(p, o->bill_to_id);
    d.method = o->method;
    d.payment_method = o->payment_method;
    const struct payment *payments = p->payments.at;
    for (size_t i = 0; i < p->payments.count && !d.payment_token.len; i++)
        if (payments[i].order_id == o->order_id) d.payment_token = payments[i].token;
    const struct order_state *states = p->states.at;
    for (size_t i = 0; i < p->states.count; i++)
        if (states[i].order_id == o->order_id)
            d.is_draft = states[i].commercial == COMMERCIAL_DRAFT;
    d.wish_day = o->wish_day;
    d.priority = o->priority;
    d.note = o->note;
    d.substitution = (int32_t)consent_in(&p->consents, o->order_id, 0);
    d.lines = (struct list){out, count};
    d.services = services_of(c, p, lines, n, NONE);
    d.shipping = some(o->shipping_minor, currency);
    export_put(x, &draft_fields, &d);
}

static void put_order_rows(struct export *x, const struct orders_page *p, size_t index,
                           const struct order_line *lines, size_t n)
{
    const struct order *o = &((const struct order *)p->orders.at)[index];
    const struct order_state *s = &((const struct order_state *)p->states.at)[index];
    const struct postal_address *to = address_in(p, o->ship_to_id);
    const struct postal_address *bill =
        o->bill_to_id == o->ship_to_id ? NULL : address_in(p, o->bill_to_id);
    const char *currency = text_cstr(x->c->arena, o->currency);
    for (size_t i = 0; i < n; i++) {
        const struct order_line *l = &lines[i];
        const struct product *product =
            l->product_id == NONE ? NULL : product_in(&p->products, l->product_id);
        bool is_service = l->kind == LINE_SERVICE;
        struct order_row row = {
            .number = o->number,
            .reference = o->reference,
            .channel = o->channel,
            .stage = s->stage,
            .placed_us = o->placed_us,
            .customer_reference = customer_in(p, o->customer_id),
            .customer_name = o->customer_name,
            .customer_email = o->customer_email,
            .customer_phone = o->customer_phone,
            .method = o->method,
            .payment_method = o->payment_method,
            .line_no = l->line_no,
            .kind = l->kind,
            .name = l->name,
            .quantity = l->quantity,
            .shipped = l->shipped,
            .delivered = l->delivered,
            .currency = o->currency,
            .unit_price = money(l->unit_minor, currency),
            .discount = money(l->discount_minor, currency),
            .tax = money(l->tax_minor, currency),
            .total = money(l->total_minor, currency),
            .shipping = money(o->shipping_minor, currency),
            .order_total = money(o->total_minor, currency),
            .commercial = s->commercial,
            .wish_day = o->wish_day,
            .priority = o->priority,
            .note = o->note,
            .wording = l->wording,
            .parent_line = l->parent_line,
            .substitution = (int32_t)consent_in(&p->consents, o->order_id, l->line_no),
            .stands_for = stood_for(p, l),
            .owner = owner_code(&p->owners, o->owner_id)};
        if (is_service) row.sku = offer_in(p, l->product_id);
        if (product) row.sku = product->sku;
        if (product) row.name = product->name;
        if (to) {
            row.recipient = to->recipient;
            row.organization = to->organization;
            row.line1 = to->line1;
            row.line2 = to->line2;
            row.city = to->city;
            row.admin_area = to->admin_area;
            row.postal_code = to->postal_code;
            row.country = to->country;
        }
        if (bill) {
            row.bill_recipient = bill->recipient;
            row.bill_organization = bill->organization;
            row.bill_line1 = bill->line1;
            row.bill_line2 = bill->line2;
            row.bill_city = bill->city;
            row.bill_admin_area = bill->admin_area;
            row.bill_postal_code = bill->postal_code;
            row.bill_country = bill->country;
        }
        export_put_csv(x, &order_row_fields, &row);
    }
    x->written++;
}

enum err export_orders_page(struct export *x, bool *more)
{
    struct orders_page p = {0};
    TRY(order_page(x->c, x->after_id, ORDERS_A_PAGE, &p.orders));
    *more = p.orders.count == ORDERS_A_PAGE;
    if (!p.orders.count) return OK;
    TRY(load_orders(x->c, &p));
    const struct order *orders = p.orders.at;
    int64_t *owner_ids = arena_new(x->c->arena, int64_t, p.orders.count + 1);
    for (size_t i = 0; i < p.orders.count; i++) owner_ids[i] = orders[i].owner_id;
    TRY(owner_codes_load(x->c, owner_ids, p.orders.count, &p.owners));
    const struct order_line *lines = p.lines.at;
    for (size_t i = 0, l = 0; i < p.orders.count; i++) {
        size_t first = l;
        while (l < p.lines.count && lines[l].order_id == orders[i].order_id) l++;
        if (x->options->is_csv)
            put_order_rows(x, &p, i, lines + first, l - first);
        else
            put_order(x, &p, &orders[i], lines + first, l - first);
        x->after_id = orders[i].order_id;
    }
    return OK;
}
