#include "stages/1_receipt/receipt_check.h"

#include "base/contact.h"
#include "base/source.h"
#include "base/time.h"
#include "stages/1_receipt/receipt_pay.h"
#include "stages/1_receipt/receipt_tax.h"

#include <string.h>

static enum err check_money(struct ctx *c, const struct candidate *o, struct money m,
                            const char *field, bool may_be_negative)
{
    if (m.minor == NONE) return OK;
    if (!text_is(o->order.currency, m.currency))
        return fail_at(c, ERR_INVALID, "currency_differs", field, "%s in an order in %.*s",
                       m.currency, TEXT_ARG(o->order.currency));
    if (m.minor < 0 && !may_be_negative)
        return fail_at(c, ERR_INVALID, "out_of_range", field, "an amount below 0");
    return OK;
}

static int64_t or_zero(struct money m) { return m.minor == NONE ? 0 : m.minor; }

/* What is on top stands in the line; what is inside is known to receipt_tax alone. */
static enum err give_tax(struct ctx *c, struct candidate *o, struct money tax, struct order_line *l,
                         int64_t price_minor)
{
    bool is_inside = o->tax_policy == TAXES_INCLUDED;
    if (tax.minor == NONE) return OK;
    if (is_inside && l->kind != LINE_CHARGE && tax.minor > price_minor)
        return fail_at(c, ERR_INVALID, "out_of_range", "tax", "more than the price that holds it");
    if (!is_inside) l->tax_minor = tax.minor;
    if (o->tax_policy != TAXES_GIVEN)
        *arena_push(c->arena, o->given, o->given_count, o->given_capacity) =
            (struct given_tax){l->line_no, tax.minor};
    return OK;
}

static struct order_line *add_line(struct ctx *c, struct candidate *o, size_t *capacity,
                                   enum line_kind kind, int64_t quantity)
{
    struct order_line *l = arena_push(c->arena, o->lines, o->line_count, *capacity);
    *l = (struct order_line){.merchant_id = c->merchant_id,
                             .order_id = o->order.order_id,
                             .line_no = (int64_t)o->line_count,
                             .kind = (int32_t)kind,
                             .product_id = NONE,
                             .parent_line = NONE,
                             .quantity = quantity,
                             .list_minor = NONE};
    return l;
}

/* The line's money: unit price given or listed, discount, tax; false sums never get in. */
static enum err price_line(struct ctx *c, const struct known *k, struct candidate *o,
                           const struct draft_line *d, struct order_line *l)
{
    TRY(check_money(c, o, d->unit_price, "unit_price", l->kind == LINE_CHARGE));
    TRY(check_money(c, o, d->discount, "discount", false));
    TRY(check_money(c, o, d->tax, "tax", l->kind == LINE_CHARGE));
    if (l->product_id != NONE)
        l->list_minor = price_in(&k->prices, l->product_id, o->order.currency, l->quantity);
    if (d->unit_price.minor == NONE && l->list_minor == NONE) {
        fail_at(c, ERR_INVALID, "price_missing", "unit_price",
                "no price given, and the price list has none in %.*s", TEXT_ARG(o->order.currency));
        return hint(c, "give unit_price, or put one on the list: waybill products price");
    }
    l->unit_minor = d->unit_price.minor == NONE ? l->list_minor : d->unit_price.minor;
    l->discount_minor = or_zero(d->discount);
    int64_t sum;
    if (!money_times(l->unit_minor, l->quantity, &sum))
        return fail_at(c, ERR_INVALID, "out_of_range", "quantity", "the line's sum is too large");
    if (l->discount_minor > sum && l->kind != LINE_CHARGE)
        return fail_at(c, ERR_INVALID, "out_of_range", "discount", "more than the line's sum");
    TRY(give_tax(c, o, d->tax, l, sum - l->discount_minor));
    l->total_minor = sum - l->discount_minor + l->tax_minor;
    if (l->list_minor == NONE || l->unit_minor == l->list_minor) return OK;
    if (o->draft->is_lenient) return OK; /* the price was agreed elsewhere, long ago */
    if (k->merchant.price_policy == PRICE_REFUSE) {
        fail_at(c, ERR_CONFLICT, "price_differs", "unit_price",
                "the price list says %lld, not %lld", (long long)l->list_minor,
                (long long)l->unit_minor);
        return hint(c, "leave unit_price out to take the price list's");
    }
    if (k->merchant.price_policy == PRICE_HOLD) {
        o->holds |= 1 << HOLD_PRICE;
        if (!o->hold_note[HOLD_PRICE].at)
            o->hold_note[HOLD_PRICE] = text_printf(c->arena, "line %lld: %lld instead of %lld",
                                                   (long long)l->line_no, (long long)l->unit_minor,
                                                   (long long)l->list_minor);
    }
    return OK;
}

static enum err add_service(struct ctx *c, const struct known *k, struct candidate *o,
                            size_t *capacity, const struct draft_service *d, int64_t parent,
                            int64_t quantity)
{
    const struct service_offer *offer = offer_find(k, d->code);
    if (!offer) {
        fail_at(c, ERR_INVALID, "unknown_service", "code", "no service \"%.*s\" is offered",
                TEXT_ARG(d->code));
        return hint(c, "see GET /v1/services, or waybill services list");
    }
    size_t chars = text_chars(d->wording);
    TRY(payment_text_check(c, d->wording, "wording"));
    if ((int64_t)chars > offer->text_max)
        return fail_at(c, ERR_INVALID, "too_long", "wording", "%zu characters, %.*s takes %lld",
                       chars, TEXT_ARG(offer->code), (long long)offer->text_max);
    if (offer->kind == SERVICE_CUSTOMIZATION && !chars)
        return fail_at(c, ERR_INVALID, "required", "wording", "the text to put on it is missing");
    struct order_line *l = add_line(c, o, capacity, LINE_SERVICE, quantity);
    l->product_id = offer->service_id;
    l->parent_line = parent;
    l->wording = d->wording;
    struct draft_line free_of_choice = {
        .unit_price = {.minor = NONE}, .discount = {.minor = NONE}, .tax = {.minor = NONE}};
    o->service_minutes += offer->minutes * quantity;
    return price_line(c, k, o, &free_of_choice, l);
}

static enum err add_services(struct ctx *c, const struct known *k, struct candidate *o,
                             size_t *capacity, const struct list *services, int64_t parent,
                             int64_t quantity)
{
    const struct draft_service *at = services->at;
    for (size_t i = 0; i < services->count; i++) {
        enum err e = add_service(c, k, o, capacity, &at[i], parent, quantity);
        if (e != OK) return fail_under(c, e, "services[%zu]", i);
    }
    return OK;
}

/* A kit keeps the price; what is picked and shipped are its parts. */
static enum err explode_kit(struct ctx *c, const struct known *k, struct candidate *o,
                            size_t *capacity, int64_t kit_line, int64_t kit_id, int64_t quantity)
{
    const struct kit_part *parts = k->parts.at;
    bool any = false;
    for (size_t i = 0; i < k->parts.count; i++) {
        if (parts[i].kit_id != kit_id) continue;
        int64_t units;
        if (__builtin_mul_overflow(parts[i].quantity, quantity, &units) || units > QUANTITY_MAX)
            return fail_at(c, ERR_INVALID, "out_of_range", "quantity", "too many parts");
        struct order_line *l = add_line(c, o, capacity, LINE_COMPONENT, units);
        l->product_id = parts[i].part_id;
        l->parent_line = kit_line;
        any = true;
    }
    return any ? OK : fail_at(c, ERR_INVALID, "kit_empty", "sku", "the kit has no parts");
}

static enum err add_draft_line(struct ctx *c, const struct known *k, struct candidate *o,
                               size_t *capacity, const struct draft_line *d)
{
    if (d->quantity < 1 || d->quantity > QUANTITY_MAX)
        return fail_at(c, ERR_INVALID, "out_of_range", "quantity", "%lld is not 1 to %d",
                       (long long)d->quantity, QUANTITY_MAX);
    if (!d->sku.len) {
        if (!d->name.len)
            return fail_at(c, ERR_INVALID, "required", "sku",
                           "a line needs a SKU, a charge a name");
        struct order_line *l = add_line(c, o, capacity, LINE_CHARGE, d->quantity);
        l->name = d->name;
        TRY(tax_class_check(c, d->tax_class, "tax_class"));
        return price_line(c, k, o, d, l);
    }
    const struct product *p = product_sku_of(&k->products, o->order.owner_id, d->sku);
    if (!p || !p->is_active) {
        fail_at(c, ERR_INVALID, "unknown_sku", "sku", "there is no product \"%.*s\"%s",
                TEXT_ARG(d->sku), p ? " on sale" : "");
        return hint(c, "see GET /v1/products, or waybill products list");
    }
    TRY(payment_text_check(c, d->wording, "wording"));
    enum line_kind kind = p->kind == PRODUCT_KIT ? LINE_KIT : LINE_GOODS;
    struct order_line *l = add_line(c, o, capacity, kind, d->quantity);
    int64_t line_no = l->line_no;
    l->product_id = p->product_id;
    l->wording = d->wording;
    TRY(price_line(c, k, o, d, l));
    if (kind == LINE_KIT) TRY(explode_kit(c, k, o, capacity, line_no, p->product_id, d->quantity));
    return add_services(c, k, o, capacity, &d->services, line_no, d->quantity);
}

static enum err check_lines(struct ctx *c, const struct known *k, struct candidate *o)
{
    const struct draft *d = o->draft;
    const struct draft_line *lines = d->lines.at;
    size_t capacity = 0;
    if (!d->lines.count)
        return fail_at(c, ERR_INVALID, "required", "lines", "an order needs at least one line");
    if (d->lines.count > ORDER_LINES_MAX)
        return fail_at(c, ERR_TOO_LARGE, "too_many", "lines", "%zu lines, at most %d",
                       d->lines.count, ORDER_LINES_MAX);
    for (size_t i = 0; i < d->lines.count; i++) {
        enum err e = add_draft_line(c, k, o, &capacity, &lines[i]);
        if (e != OK) return fail_under(c, e, "lines[%zu]", i);
    }
    return add_services(c, k, o, &capacity, &d->services, NONE, 1);
}

static enum err sum_up(struct ctx *c, struct candidate *o)
{
    struct order *order = &o->order;
    order->shipping_minor = or_zero(o->draft->shipping);
    order->tax_minor = o->shipping_tax_minor;
    int64_t total = order->shipping_minor + order->tax_minor;
    bool fits = true;
    for (size_t i = 0; i < o->line_count; i++) {
        const struct order_line *l = &o->lines[i];
        int64_t sum = l->total_minor - l->tax_minor + l->discount_minor;
        order->discount_minor += l->discount_minor;
        order->tax_minor += l->tax_minor;
        if (l->kind == LINE_SERVICE)
            order->service_minor += sum;
        else
            order->goods_minor += sum;
        fits = fits && !__builtin_add_overflow(total, l->total_minor, &total) &&
               total <= MONEY_MINOR_MAX;
    }
    if (!fits) return fail_at(c, ERR_INVALID, "out_of_range", "lines", "the total is too large");
    if (total < 0) return fail_at(c, ERR_INVALID, "out_of_range", "lines", "the total is below 0");
    order->total_minor = total;
    return OK;
}

static enum err check_where(struct ctx *c, const struct known *k, struct candidate *o)
{
    const struct draft *d = o->draft;
    struct postal_address none = {.country = k->merchant.country, .recipient = d->customer_name};
    if (!d->ship_to && d->method != METHOD_PICKUP)
        return fail_at(c, ERR_INVALID, "required", "ship_to", "where should it go?");
    o->ship_to.merchant_id = o->bill_to.merchant_id = c->merchant_id;
    address_normalise(c->arena, d->ship_to ? d->ship_to : &none, &o->ship_to.at);
    bool lenient = d->is_lenient || d->method == METHOD_PICKUP;
    TRY(address_check(c, &o->ship_to.at, "ship_to", lenient));
    if (!lenient && !o->ship_to.at.recipient.len && !o->ship_to.at.organization.len)
        return fail_at(c, ERR_INVALID, "address_incomplete", "ship_to.recipient",
                       "a parcel needs a name on it");
    o->ship_to.address_id = source_id(c->source);
    o->bill_to = o->ship_to;
    if (d->bill_to) {
        address_normalise(c->arena, d->bill_to, &o->bill_to.at);
        TRY(address_check(c, &o->bill_to.at, "bill_to", lenient));
        o->bill_to.address_id = source_id(c->source);
    }
    o->order.ship_to_id = o->ship_to.address_id;
    o->order.bill_to_id = o->bill_to.address_id;
    return OK;
}

/* The number is kept as it was given: people read it out. */
static enum err check_phone(struct ctx *c, const struct candidate *o)
{
    struct text phone = o->draft->customer_phone, country = o->ship_to.at.country;
    if (!phone.len || o->draft->is_lenient || phone_normalise(c->arena, phone, country).at)
        return OK;
    fail_at(c, ERR_INVALID, "phone_invalid", "customer_phone",
            "\"%.*s\" is not a phone number of %.*s", TEXT_ARG(text_head(phone, 40)),
            TEXT_ARG(country));
    return hint(c, "numbers of other countries begin with their code, like +44");
}

static enum err check_who(struct ctx *c, const struct known *k, struct candidate *o)
{
    const struct draft *d = o->draft;
    if (d->customer_email.len) TRY(email_check(c, d->customer_email, "customer_email"));
    TRY(check_phone(c, o));
    o->order.customer_id = NONE;
    o->order.customer_name = d->customer_name;
    o->order.customer_email = d->customer_email;
    o->order.customer_phone = d->customer_phone;
    if (!d->customer_reference.len) return OK;
    const struct customer *found = customer_find(k, d->owner_id, d->customer_reference);
    o->is_new_customer = !found;
    o->customer = found ? *found
                        : (struct customer){.merchant_id = c->merchant_id,
                                            .customer_id = source_id(c->source),
                                            .reference = d->customer_reference,
                                            .name = d->customer_name.len ? d->customer_name
                                                                         : d->customer_reference,
                                            .email = d->customer_email,
                                            .phone = d->customer_phone,
                                            .owner_id = d->owner_id,
                                            .created_us = c->now_us};
    o->order.customer_id = o->customer.customer_id;
    if (!o->order.customer_name.len) o->order.customer_name = o->customer.name;
    if (!o->order.customer_email.len) o->order.customer_email = o->customer.email;
    return OK;
}

static void find_holds(struct ctx *c, const struct known *k, struct candidate *o)
{
    const struct draft *d = o->draft;
    for (size_t i = 0; i < o->pay_count; i++)
        if (o->pays[i].method == PAY_CARD || o->pays[i].method == PAY_BANK_TRANSFER)
            o->holds |= 1 << HOLD_PAYMENT;
    bool can_answer = o->order.customer_email.len > 0 || o->order.customer_phone.len > 0;
    if (k->merchant.confirm_channels & 1 << d->channel && can_answer)
        o->holds |= 1 << HOLD_CONFIRMATION;
    if (d->is_lenient) return;
    const struct order *alike = k->alike.at;
    for (size_t i = 0; i < k->alike.count; i++) {
        if (alike[i].likeness != o->order.likeness) continue;
        o->holds |= 1 << HOLD_DUPLICATE;
        o->hold_note[HOLD_DUPLICATE] =
            text_printf(c->arena, "looks like order %lld", (long long)alike[i].number);
    }
}

static enum err check_dates(struct ctx *c, const struct candidate *o)
{
    int64_t wish = o->draft->wish_day, today = day_of_us(c->now_us);
    if (o->order.placed_us > c->now_us + HOUR_US)
        return fail_at(c, ERR_INVALID, "out_of_range", "placed_at", "that is in the future");
    if (o->order.placed_us < 0)
        return fail_at(c, ERR_INVALID, "out_of_range", "placed_at", "that is before 1970");
    if (wish == NONE || o->draft->is_lenient) return OK;
    if (wish < today)
        return fail_at(c, ERR_INVALID, "out_of_range", "wish_date", "that day is over");
    if (wish > today + DRAFT_WISH_DAYS_MAX) {
        fail_at(c, ERR_INVALID, "out_of_range", "wish_date", "that is too far ahead");
        return hint(c, "at most %d days", DRAFT_WISH_DAYS_MAX);
    }
    return OK;
}

enum err receipt_check(struct ctx *c, const struct known *k, const struct draft *d,
                       struct candidate *out)
{
    *out = (struct candidate){.draft = d, .tax_policy = draft_taxes(k, d)};
    struct order *o = &out->order;
    *o = (struct order){.merchant_id = c->merchant_id,
                        .order_id = source_id(c->source),
                        .owner_id = d->owner_id,
                        .channel = d->channel,
                        .reference = d->reference,
                        .method = d->method,
                        .payment_method = receipt_pays_by(d),
                        .wish_day = d->wish_day,
                        .priority = d->priority,
                        .note = d->note,
                        .created_us = c->now_us,
                        .placed_us = d->placed_us == NONE ? c->now_us : d->placed_us};
    TRY(payment_text_check(c, d->note, "note"));
    if (!d->reference.len) o->reference = (struct text){0};
    o->currency = d->currency.len ? d->currency : k->merchant.currency;
    if (!currency_known(text_cstr(c->arena, o->currency)))
        return fail_at(c, ERR_INVALID, "unknown_currency", "currency",
                       "\"%.*s\" is no ISO 4217 currency", TEXT_ARG(o->currency));
    TRY(check_dates(c, out));
    TRY(receipt_pay_ways(c, out));
    TRY(check_where(c, k, out));
    TRY(check_who(c, k, out));
    TRY(check_lines(c, k, out));
    TRY(check_money(c, out, d->shipping, "shipping", false));
    TRY(receipt_tax(c, k, out));
    TRY(sum_up(c, out));
    o->likeness = draft_likeness(k, d);
    TRY(receipt_pay_shares(c, k, out));
    find_holds(c, k, out);
    return OK;
}
