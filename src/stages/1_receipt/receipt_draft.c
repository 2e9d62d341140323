/* stages/1_receipt/receipt_draft.c: a draft is read back into what was asked for, decided like an
 * order that comes in now, and its rows are replaced by the order's. */
#include "base/lifecycle.h"
#include "base/sort.h"
#include "domain/events/event.h"
#include "domain/orders/substitution.h"
#include "queries.h"
#include "stages/1_receipt/receipt_check.h"
#include "stages/1_receipt/receipt_save.h"
#include "stages/1_receipt/receipt_source.h"
#include "stages/1_receipt/receipt_substitute.h"
#include "store/db.h"

#include <string.h>

struct kept {
    struct order order;
    struct list lines, products, offers; /* products by id */
    struct list taxes;                   /* struct order_tax */
    int64_t *line_nos;                   /* of what becomes the draft's lines */
    struct address ship_to, bill_to;
    struct customer customer;
};

static enum err load_kept(struct ctx *c, int64_t order_id, struct kept *k)
{
    struct order_state state;
    int32_t to;
    TRY(order_get(c, order_id, &k->order));
    TRY(order_state_get(c, order_id, &state));
    TRY(lifecycle_next(c, &order_lifecycle, state.commercial, ORDER_PLACE, &to));
    TRY(order_lines_of(c, &order_id, 1, &k->lines));
    const struct order_line *lines = k->lines.at;
    int64_t *ids = arena_new(c->arena, int64_t, k->lines.count + 1);
    size_t n = 0;
    for (size_t i = 0; i < k->lines.count; i++)
        if (lines[i].kind == LINE_GOODS || lines[i].kind == LINE_KIT)
            ids[n++] = lines[i].product_id;
    sort_i64(ids, n);
    TRY(products_of(c, ids, unique_i64(ids, n), &k->products));
    TRY(service_list(c, &k->offers));
    TRY(order_taxes_of(c, &order_id, 1, &k->taxes));
    TRY(address_get(c, k->order.ship_to_id, &k->ship_to));
    TRY(address_get(c, k->order.bill_to_id, &k->bill_to));
    return k->order.customer_id == NONE ? OK : customer_get(c, k->order.customer_id, &k->customer);
}

static struct money amount(const struct kept *k, struct ctx *c, int64_t minor)
{
    return money(minor, text_cstr(c->arena, k->order.currency));
}

static struct draft_service service_of(const struct kept *k, const struct order_line *l)
{
    const struct service_offer *offers = k->offers.at;
    struct draft_service s = {.code = T(""), .wording = l->wording};
    for (size_t i = 0; i < k->offers.count; i++)
        if (offers[i].service_id == l->product_id) s.code = offers[i].code;
    return s;
}

/* The services of a line, or those of the whole order (NONE). */
static struct list services_of(struct ctx *c, const struct kept *k, int64_t parent)
{
    const struct order_line *lines = k->lines.at;
    struct draft_service *at = NULL;
    size_t n = 0, capacity = 0;
    for (size_t i = 0; i < k->lines.count; i++)
        if (lines[i].kind == LINE_SERVICE && lines[i].parent_line == parent)
            *arena_push(c->arena, at, n, capacity) = service_of(k, &lines[i]);
    return (struct list){at, n};
}

/* What was computed is computed again; what came with the line is kept. */
static struct money tax_of_line(struct ctx *c, const struct kept *k, const struct order_line *l)
{
    const struct order_tax *at = k->taxes.at;
    if (!k->taxes.count || at[0].mode == TAXES_GIVEN)
        return l->tax_minor ? amount(k, c, l->tax_minor) : (struct money){.minor = NONE};
    for (size_t i = 0; i < k->taxes.count; i++)
        if (at[i].line_no == l->line_no && at[i].rate_ppm == NONE)
            return amount(k, c, at[i].tax_minor);
    return (struct money){.minor = NONE};
}

static struct text tax_class_of(const struct kept *k, const struct order_line *l)
{
    const struct order_tax *at = k->taxes.at;
    for (size_t i = 0; l->kind == LINE_CHARGE && i < k->taxes.count; i++)
        if (at[i].line_no == l->line_no) return at[i].tax_class;
    return (struct text){0};
}

static struct draft_line line_of(struct ctx *c, const struct kept *k, const struct order_line *l)
{
    const struct product *p = l->product_id == NONE ? NULL
                                                    : product_in(&k->products, l->product_id);
    bool is_listed = l->list_minor != NONE && l->list_minor == l->unit_minor;
    struct draft_line d = {.sku = p ? p->sku : (struct text){0},
                           .name = l->name,
                           .quantity = l->quantity,
                           .discount = amount(k, c, l->discount_minor),
                           .tax = tax_of_line(c, k, l),
                           .tax_class = tax_class_of(k, l),
                           .wording = l->wording,
                           .services = services_of(c, k, l->line_no)};
    d.unit_price = is_listed ? (struct money){.minor = NONE} : amount(k, c, l->unit_minor);
    return d;
}

static struct draft draft_of(struct ctx *c, struct kept *k, struct text payment_token,
                             struct list payments)
{
    const struct order *o = &k->order;
    const struct order_line *lines = k->lines.at;
    struct draft_line *at = arena_new(c->arena, struct draft_line, k->lines.count + 1);
    size_t n = 0;
    k->line_nos = arena_new(c->arena, int64_t, k->lines.count + 1);
    for (size_t i = 0; i < k->lines.count; i++) {
        if (lines[i].kind == LINE_SERVICE || lines[i].kind == LINE_COMPONENT) continue;
        k->line_nos[n] = lines[i].line_no;
        at[n++] = line_of(c, k, &lines[i]);
    }
    return (struct draft){.owner_id = o->owner_id,
                          .channel = o->channel,
                          .reference = o->reference,
                          .currency = o->currency,
                          .placed_us = NONE,
                          .customer_reference = k->customer.reference,
                          .customer_name = o->customer_name,
                          .customer_email = o->customer_email,
                          .customer_phone = o->customer_phone,
                          .ship_to = &k->ship_to.at,
                          .bill_to = &k->bill_to.at,
                          .method = o->method,
                          .payment_method = payments.count ? -1 : o->payment_method,
                          .payment_token = payment_token,
                          .payments = payments,
                          .wish_day = o->wish_day,
                          .priority = o->priority,
                          .cart_id = NONE,
                          .note = o->note,
                          .taxes = k->taxes.count ? ((const struct order_tax *)k->taxes.at)->mode
                                                  : -1,
                          .lines = {at, n},
                          .services = services_of(c, k, NONE),
                          .shipping = amount(k, c, o->shipping_minor)};
}

/* It looks like itself, which is no reason to wait. */
static void forget_itself(struct known *known, int64_t order_id)
{
    struct order *at = known->alike.at;
    size_t kept = 0;
    for (size_t i = 0; i < known->alike.count; i++)
        if (at[i].order_id != order_id) at[kept++] = at[i];
    known->alike.count = kept;
}

/* The order that was decided takes the draft's place: id, number, addresses, reference. */
static void take_over(struct candidate *o, const struct kept *k)
{
    o->order.order_id = k->order.order_id;
    o->order.number = k->order.number;
    o->order.reference = k->order.reference;
    o->order.customer_id = k->order.customer_id;
    o->order.ship_to_id = k->order.ship_to_id;
    o->order.bill_to_id = k->order.bill_to_id;
    o->order.created_us = k->order.created_us;
    for (size_t i = 0; i < o->line_count; i++) o->lines[i].order_id = k->order.order_id;
    for (size_t i = 0; i < o->tax_count; i++) o->taxes[i].order_id = k->order.order_id;
}

static enum err replace(struct ctx *c, const struct candidate *o)
{
    struct values key = ARGS(I64(c->merchant_id), I64(o->order.order_id));
    int64_t changed;
    TRY(db_exec(c, &Q_draft_state_drop, key, &changed));
    if (changed != 1) return fail(c, ERR_BUSY, "raced", "the draft was placed meanwhile");
    TRY(db_exec(c, &Q_draft_lines_drop, key, &changed));
    TRY(db_exec(c, &Q_draft_order_drop, key, &changed));
    TRY(order_tax_drop(c, o->order.order_id));
    TRY(order_tax_insert(c, o->taxes, o->tax_count));
    TRY(consents_clear(c, o->order.order_id));
    TRY(receipt_save_consents(c, o));
    return order_insert(c, &o->order, o->lines, o->line_count, COMMERCIAL_PLACED);
}

static enum err save(struct ctx *c, const struct known *k, struct candidate *o,
                     struct outcome *outcome)
{
    outcome->holds = o->holds;
    outcome->total_minor = o->order.total_minor;
    outcome->currency = o->order.currency;
    TRY(replace(c, o));
    TRY(receipt_save_instead(c, k, o));
    TRY(event_put(c, EVENT_ORDER_PLACED, o->order.order_id, NONE,
                  EVENT_BODY(.amount_minor = o->order.total_minor,
                             .word = text_of(word_of(&channel_words, o->order.channel)),
                             .other_id = o->order.customer_id)));
    TRY(receipt_save_payment(c, o));
    TRY(receipt_save_holds(c, o));
    return receipt_promised(c, o, outcome);
}

enum err receipt_place_draft(struct ctx *c, int64_t order_id, struct text payment_token,
                             struct list payments, struct outcome *outcome)
{
    struct kept kept = {0};
    struct known known;
    struct candidate o;
    size_t index = 0;
    *outcome = (struct outcome){0};
    TRY(load_kept(c, order_id, &kept));
    outcome->order_id = order_id;
    outcome->number = kept.order.number;
    struct draft draft = draft_of(c, &kept, payment_token, payments);
    TRY(receipt_read_consents(c, order_id, kept.line_nos, &draft));
    TRY(receipt_load(c, &draft, 1, &known));
    forget_itself(&known, order_id);
    enum err e = receipt_check(c, &known, &draft, &o);
    if (e != OK) {
        outcome->fault = c->fault;
        outcome->fault.code = e;
        c->fault = (struct fault){0};
        return OK;
    }
    take_over(&o, &kept);
    TRY(receipt_source(c, &known, &o, 1, &index, outcome));
    return outcome->fault.code == OK ? save(c, &known, &o, outcome) : OK;
}
