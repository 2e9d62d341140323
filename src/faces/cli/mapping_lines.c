/* faces/cli/mapping_lines.c: one row as the head of an order, as a line, as a payment. */
#include "base/time.h"
#include "faces/cli/mapping_parts.h"

static enum err wrong(struct reading *r, const char *reason, enum slot slot, const char *detail)
{
    const struct template *t = &r->mapping->slots[slot];
    const char *column = "";
    for (size_t i = 0; i < t->count; i++)
        if (t->parts[i].source >= 0) column = text_cstr(&r->scratch, t->parts[i].text);
    return fail_at(r->c, ERR_INVALID, reason, column, "%s", detail);
}

static void currency_copy(char to[4], const char from[4])
{
    for (size_t i = 0; i < 4; i++) to[i] = from[i];
}

enum err order_head(struct reading *r, struct arena *a, struct mapped_order *o, struct text key)
{
    const struct mapping_settings *s = &r->mapping->settings;
    int64_t local_us, us;
    const struct rule *cancelled;
    o->channel = s->channel;
    o->site = s->site;
    currency_copy(o->currency, s->currency);
    TRY(value_slot(r, a, ORDER_REFERENCE, &o->reference));
    if (text_empty(o->reference)) o->reference = key;
    TRY(value_instant(r, ORDER_PLACED, NONE, &local_us, &o->placed_us));
    if (o->placed_us == NONE) return wrong(r, "date_missing", ORDER_PLACED, "no date of the order");
    TRY(value_instant(r, ORDER_WISH_DAY, NONE, &local_us, &us));
    o->wish_day = local_us == NONE ? NONE : day_of_us(local_us);
    TRY(value_slot(r, a, ORDER_STATUS, &o->status));
    TRY(value_slot(r, a, ORDER_METHOD, &o->method));
    TRY(value_slot(r, a, ORDER_NOTES, &o->notes));
    TRY(value_slot(r, a, ORDER_CREDITED, &o->credited_reference));
    TRY(value_money(r, ORDER_SHIPPING, 0, &o->shipping_minor));
    TRY(value_slot(r, a, CUSTOMER_REFERENCE, &o->customer.reference));
    TRY(value_slot(r, a, CUSTOMER_NAME, &o->customer.name));
    TRY(value_slot(r, a, CUSTOMER_EMAIL, &o->customer.email));
    TRY(value_slot(r, a, CUSTOMER_PHONE, &o->customer.phone));
    TRY(address_read(r, a, SHIP_RECIPIENT, &o->ship_to));
    TRY(address_read(r, a, BILL_RECIPIENT, &o->bill_to));
    TRY(rule_holds(r, RULE_CANCELLED, false, &cancelled));
    o->is_cancelled = cancelled != NULL;
    return OK;
}

static enum err kind_find(struct reading *r, struct arena *a, struct mapped_line *line)
{
    static const struct {
        enum rule_verb verb;
        enum mapped_kind kind;
    } kinds[] = {{RULE_CHARGE, MAPPED_CHARGE},
                 {RULE_DISCOUNT, MAPPED_DISCOUNT},
                 {RULE_FEE, MAPPED_FEE},
                 {RULE_VOUCHER, MAPPED_VOUCHER}};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        const struct rule *rule;
        TRY(rule_holds(r, kinds[i].verb, false, &rule));
        if (!rule) continue;
        line->kind = kinds[i].kind;
        line->word = text_copy(a, rule->word);
        return OK;
    }
    return OK;
}

/* Turn a row's sign into the record's: quantities are positive. What a sale takes back at a
   negative quantity can only be money. */
static enum err sign_fix(struct reading *r, bool is_credit_note, struct line_sign *sign,
                         struct mapped_line *line, int64_t *money_sign)
{
    int own = line->quantity < 0 ? -1 : 1;
    *money_sign = 1;
    if (line->quantity == 0) return wrong(r, "quantity_zero", LINE_QUANTITY, "a line of nothing");
    if (line->quantity > MAPPING_QUANTITY_MAX || line->quantity < -MAPPING_QUANTITY_MAX)
        return wrong(r, "quantity_too_large", LINE_QUANTITY, "more than 1000000000 of one thing");
    if (is_credit_note) {
        if (!sign->sign) sign->sign = own;
        if (sign->sign != own)
            return wrong(r, "quantity_sign", LINE_QUANTITY,
                         "a credit note with positive and negative quantities");
    } else if (own < 0) {
        if (line->kind == MAPPED_GOODS)
            return wrong(r, "quantity_negative", LINE_QUANTITY,
                         "goods with a negative quantity in a sale");
        *money_sign = -1;
    }
    if (own < 0) line->quantity = -line->quantity;
    return OK;
}

static int64_t divide_up(int64_t n, int64_t by) { return n / by + (n % by > 0); }

/* From the line's total after discount: the unit price that, rounded up, leaves a discount of less
   than a minor unit per piece beside the one named. */
static enum err price_from_total(struct reading *r, int64_t rate_ppm, int64_t money_sign,
                                 struct mapped_line *line)
{
    int64_t total;
    TRY(value_money(r, LINE_TOTAL, NONE, &total));
    if (total == NONE) return wrong(r, "amount_missing", LINE_TOTAL, "no amount of the line");
    if (total < 0 && line->kind == MAPPED_GOODS) total = -total, money_sign = -money_sign;
    if (rate_ppm == 1000000 && total)
        return wrong(r, "rate_invalid", LINE_DISCOUNT_RATE, "all is taken off, yet money is due");
    int64_t gross = rate_ppm && total ? money_share(total, 1000000, 1000000 - rate_ppm) : total;
    line->unit_minor = money_sign * divide_up(gross, line->quantity);
    line->total_minor = money_sign * total;
    line->discount_minor = line->unit_minor * line->quantity - line->total_minor;
    return OK;
}

static enum err price_from_unit(struct reading *r, int64_t rate_ppm, int64_t money_sign,
                                struct mapped_line *line)
{
    int64_t gross, discount;
    TRY(value_money(r, LINE_UNIT, NONE, &line->unit_minor));
    if (line->unit_minor == NONE)
        return wrong(r, "amount_missing", LINE_UNIT, "no price of the line");
    line->unit_minor *= money_sign;
    if (!money_times(line->unit_minor, line->quantity, &gross))
        return wrong(r, "amount_too_large", LINE_UNIT, "quantity times price is out of range");
    TRY(value_money(r, LINE_DISCOUNT, 0, &discount));
    line->discount_minor = discount + money_ppm(gross, rate_ppm);
    line->total_minor = gross - line->discount_minor;
    return OK;
}

static enum err price_read(struct reading *r, int64_t money_sign, struct mapped_line *line)
{
    int64_t rate_ppm;
    TRY(value_rate_ppm(r, LINE_DISCOUNT_RATE, &rate_ppm));
    TRY(slot_is_set(r, LINE_TOTAL) ? price_from_total(r, rate_ppm, money_sign, line)
                                   : price_from_unit(r, rate_ppm, money_sign, line));
    if (line->kind == MAPPED_GOODS && line->unit_minor < 0)
        return wrong(r, "amount_negative", slot_is_set(r, LINE_TOTAL) ? LINE_TOTAL : LINE_UNIT,
                     "goods at a negative price");
    if (line->kind == MAPPED_GOODS && line->discount_minor < 0)
        return wrong(r, "discount_negative", LINE_DISCOUNT, "a negative discount");
    TRY(value_money(r, LINE_TAX, 0, &line->tax_minor));
    return value_money(r, LINE_LIST_PRICE, line->unit_minor, &line->list_price_minor);
}

/* A measure: 0 and less mean that the source does not know it. */
static enum err measure_read(struct reading *r, enum slot slot, int64_t *out)
{
    TRY(value_number(r, slot, false, NONE, out));
    if (*out <= 0) *out = NONE;
    return OK;
}

enum err order_line(struct reading *r, struct arena *a, bool is_credit_note, struct line_sign *sign,
                    struct mapped_line *line, int64_t *shipping_minor)
{
    int64_t money_sign;
    *line = (struct mapped_line){.row = r->row.number};
    TRY(value_slot(r, a, LINE_SKU, &line->sku));
    TRY(value_slot(r, a, LINE_NAME, &line->name));
    TRY(kind_find(r, a, line));
    if (line->kind == MAPPED_GOODS && text_empty(line->sku))
        return wrong(r, "sku_missing", LINE_SKU, "goods without a SKU");
    TRY(value_number(r, LINE_QUANTITY, true, 0, &line->quantity));
    TRY(sign_fix(r, is_credit_note, sign, line, &money_sign));
    TRY(price_read(r, money_sign, line));
    TRY(value_money(r, LINE_SHIPPING, 0, shipping_minor));
    TRY(value_slot(r, a, LINE_PERSONALISATION, &line->personalisation));
    TRY(measure_read(r, LINE_WEIGHT, &line->weight_g));
    TRY(measure_read(r, LINE_LENGTH, &line->length_mm));
    TRY(measure_read(r, LINE_WIDTH, &line->width_mm));
    return measure_read(r, LINE_HEIGHT, &line->height_mm);
}

enum err order_payment(struct reading *r, struct arena *a, struct mapped_payment *out)
{
    TRY(value_slot(r, a, PAYMENT_METHOD, &out->method));
    TRY(value_money(r, PAYMENT_AMOUNT, 0, &out->amount_minor));
    if (out->amount_minor < 0)
        return wrong(r, "amount_negative", PAYMENT_AMOUNT, "a payment of less than nothing");
    return OK;
}
