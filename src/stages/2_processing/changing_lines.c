#include "stages/2_processing/changing_lines.h"

#include "domain/catalog/product.h"
#include "domain/orders/change.h"

/* --- money of a line ------------------------------------------------------------------------- */

enum err changing_money(struct ctx *c, const struct changing *k, struct money m, const char *field,
                        bool may_be_negative)
{
    if (m.minor == NONE) return OK;
    if (!text_is(k->before.currency, m.currency))
        return fail_at(c, ERR_INVALID, "currency_differs", field, "%s in an order in %.*s",
                       m.currency, TEXT_ARG(k->before.currency));
    if (m.minor < 0 && !may_be_negative)
        return fail_at(c, ERR_INVALID, "out_of_range", field, "an amount below 0");
    return OK;
}

/* Unit price, discount and total of `l` for its quantity; tax keeps its share of what is paid. */
static enum err price_line(struct ctx *c, struct changing *k, const struct change_line *in,
                           const struct order_line *old, struct order_line *l)
{
    bool is_charge = l->kind == LINE_CHARGE;
    int64_t sum, net_before = old ? old->total_minor - old->tax_minor : 0;
    TRY(changing_money(c, k, in->unit_price, "unit_price", is_charge));
    TRY(changing_money(c, k, in->discount, "discount", false));
    if (l->product_id != NONE && (!old || l->quantity != old->quantity))
        l->list_minor = price_in(&k->prices, l->product_id, k->before.currency, l->quantity);
    if (in->unit_price.minor != NONE)
        l->unit_minor = in->unit_price.minor;
    else if (!old)
        l->unit_minor = l->list_minor;
    if (l->unit_minor == NONE) {
        fail_at(c, ERR_INVALID, "price_missing", "unit_price",
                "no price given, and the price list has none in %.*s",
                TEXT_ARG(k->before.currency));
        return hint(c, "give unit_price, or put one on the list: waybill products price");
    }
    bool is_more = old && l->quantity > old->quantity && !k->is_draft;
    if (in->discount.minor != NONE)
        l->discount_minor = in->discount.minor, l->discount_units = 0;
    else if (is_more && l->discount_minor && !l->discount_units)
        l->discount_units = old->quantity; /* nobody gave one on what is added */
    if (!money_times(l->unit_minor, l->quantity, &sum) || sum > MONEY_MINOR_MAX)
        return fail_at(c, ERR_INVALID, "out_of_range", "quantity", "the line's sum is too large");
    if (l->discount_minor > sum && !is_charge)
        return fail_at(c, ERR_INVALID, "out_of_range", "discount", "more than the line's sum");
    int64_t net = sum - l->discount_minor;
    if (net_before) l->tax_minor = money_share(old->tax_minor, net, net_before);
    const struct product *p = old || !in->sku.len ? NULL : product_sku_in(&k->products, in->sku);
    TRY(changing_tax_line(c, &k->taxes, l, p ? p->tax_class : (struct text){0}, net));
    l->total_minor = net + l->tax_minor;
    if (in->unit_price.minor == NONE || l->list_minor == NONE || l->unit_minor == l->list_minor)
        return OK;
    if (k->merchant.price_policy == PRICE_REFUSE) {
        fail_at(c, ERR_CONFLICT, "price_differs", "unit_price",
                "the price list says %lld, not %lld", (long long)l->list_minor,
                (long long)l->unit_minor);
        return hint(c, "give a discount, or change the price list first");
    }
    if (k->merchant.price_policy == PRICE_HOLD)
        k->held_price = text_printf(c->arena, "line %lld: %lld instead of %lld",
                                    (long long)l->line_no, (long long)l->unit_minor,
                                    (long long)l->list_minor);
    return OK;
}

/* What was agreed for a line that stands for another, as the list's price and a discount; without
   one, or with a lower one, as a price of its own. */
static enum err price_standing(struct ctx *c, struct changing *k, const struct change_line *in,
                               const struct product *p, struct order_line *l)
{
    int64_t sum;
    l->list_minor = price_in(&k->prices, l->product_id, k->before.currency, l->quantity);
    l->unit_minor = l->list_minor;
    if (l->list_minor == NONE || !money_times(l->list_minor, l->quantity, &sum) ||
        sum < in->cost_minor || sum > MONEY_MINOR_MAX) {
        l->unit_minor = (in->cost_minor + l->quantity - 1) / l->quantity;
        sum = l->unit_minor * l->quantity;
    }
    l->discount_minor = sum - in->cost_minor;
    l->tax_minor = in->tax_minor;
    TRY(changing_tax_line(c, &k->taxes, l, p->tax_class, in->cost_minor));
    l->total_minor = in->cost_minor + l->tax_minor;
    k->standing_line = l->line_no;
    k->standing_product = l->product_id;
    return OK;
}

/* The order's sums move by what the line's do; `sign` -1 takes the line out. */
static void sum_line(struct order *o, const struct order_line *l, int64_t sign)
{
    int64_t sum = l->total_minor - l->tax_minor + l->discount_minor;
    o->discount_minor += sign * l->discount_minor;
    o->tax_minor += sign * l->tax_minor;
    *(l->kind == LINE_SERVICE ? &o->service_minor : &o->goods_minor) += sign * sum;
    o->total_minor += sign * l->total_minor;
}

/* --- lines ----------------------------------------------------------------------------------- */

static int64_t last_line(const struct changing *k)
{
    int64_t last = 0;
    for (size_t i = 0; i < k->lines.count; i++) {
        int64_t n = ((const struct order_line *)k->lines.at)[i].line_no;
        if (n > last) last = n;
    }
    return last + (int64_t)k->added_count;
}

static struct order_line *push_line(struct ctx *c, struct changing *k, enum line_kind kind,
                                    int64_t product_id, int64_t parent, int64_t quantity)
{
    int64_t line_no = last_line(k) + 1;
    struct order_line *l = arena_push(c->arena, k->added, k->added_count, k->added_capacity);
    *l = (struct order_line){.merchant_id = c->merchant_id,
                             .order_id = k->before.order_id,
                             .line_no = line_no,
                             .kind = (int32_t)kind,
                             .product_id = product_id,
                             .parent_line = parent,
                             .quantity = quantity,
                             .list_minor = NONE};
    bool is_goods = kind == LINE_GOODS || kind == LINE_COMPONENT;
    if (is_goods) *arena_push(c->arena, k->more, k->more_count, k->more_capacity) = product_id;
    return l;
}

static const struct order_line *line_at(const struct changing *k, int64_t line_no)
{
    const struct order_line *l = k->lines.at;
    for (size_t i = 0; i < k->lines.count; i++)
        if (l[i].line_no == line_no) return &l[i];
    return NULL;
}

static enum err check_wording(struct ctx *c, const struct service_offer *offer, struct text wording)
{
    size_t chars = text_chars(wording);
    if ((int64_t)chars > offer->text_max)
        return fail_at(c, ERR_INVALID, "too_long", "wording", "%zu characters, %.*s takes %lld",
                       chars, TEXT_ARG(offer->code), (long long)offer->text_max);
    if (offer->kind == SERVICE_CUSTOMIZATION && !chars)
        return fail_at(c, ERR_INVALID, "required", "wording", "the text to put on it is missing");
    return OK;
}

/* What a new service is done to: so many units, of a whole order one. */
static enum err check_parent(struct ctx *c, const struct changing *k, int64_t line_no,
                             int64_t *units)
{
    *units = 1;
    if (line_no == NONE) return OK;
    const struct order_line *l = line_at(k, line_no);
    if (!l || (l->kind != LINE_GOODS && l->kind != LINE_KIT)) {
        fail_at(c, ERR_NOT_FOUND, "line_not_found", "parent_line",
                "the order has no goods in line %lld", (long long)line_no);
        return hint(c, "goods that are added now get their services by a change of their own");
    }
    *units = l->quantity - l->cancelled;
    if (*units > 0) return OK;
    return fail_at(c, ERR_CONFLICT, "too_late", "parent_line", "all of line %lld was cancelled",
                   (long long)line_no);
}

static enum err add_service(struct ctx *c, struct changing *k, const struct change_line *in)
{
    const struct service_offer *offer = NULL, *offers = k->offers.at;
    int64_t units;
    for (size_t i = 0; i < k->offers.count; i++)
        if (offers[i].is_active && text_eq(offers[i].code, in->service)) offer = &offers[i];
    if (!offer) {
        fail_at(c, ERR_INVALID, "unknown_service", "service", "no service \"%.*s\" is offered",
                TEXT_ARG(in->service));
        return hint(c, "see GET /v1/services, or waybill services list");
    }
    TRY(check_wording(c, offer, in->wording));
    TRY(check_parent(c, k, in->parent_line, &units));
    if (in->quantity != NONE) units = in->quantity;
    if (units < 1)
        return fail_at(c, ERR_INVALID, "out_of_range", "quantity", "how many? at least 1");
    struct order_line l = *push_line(c, k, LINE_SERVICE, offer->service_id, in->parent_line, units);
    if (in->wording.len) l.wording = in->wording;
    TRY(price_line(c, k, in, NULL, &l));
    k->added[k->added_count - 1] = l;
    sum_line(&k->after, &l, 1);
    return k->is_draft ? OK : changing_serve(c, &l, offer->kind, &k->touched);
}

static enum err add_line(struct ctx *c, struct changing *k, const struct change_line *in)
{
    if (in->service.len) return add_service(c, k, in);
    const struct product *p = in->sku.len ? product_sku_in(&k->products, in->sku) : NULL;
    if (in->quantity == NONE || in->quantity < 1)
        return fail_at(c, ERR_INVALID, "required", "quantity", "how many? at least 1");
    if (!in->sku.len && !in->name.len)
        return fail_at(c, ERR_INVALID, "required", "sku",
                       "a new line needs a SKU, a service or a name, an old one its line_no");
    if (in->sku.len && (!p || !p->is_active)) {
        fail_at(c, ERR_INVALID, "unknown_sku", "sku", "there is no product \"%.*s\"%s",
                TEXT_ARG(in->sku), p ? " on sale" : "");
        return hint(c, "see GET /v1/products, or waybill products list");
    }
    enum line_kind kind = !p ? LINE_CHARGE : p->kind == PRODUCT_KIT ? LINE_KIT : LINE_GOODS;
    struct order_line l = *push_line(c, k, kind, p ? p->product_id : NONE, NONE, in->quantity);
    if (!p) l.name = in->name;
    if (in->wording.len) l.wording = in->wording;
    if (in->stands_for) {
        k->more_count--; /* promised before who waits: it was set aside */
        TRY(price_standing(c, k, in, p, &l));
    } else {
        TRY(price_line(c, k, in, NULL, &l));
    }
    k->added[k->added_count - 1] = l;
    sum_line(&k->after, &l, 1);
    const struct kit_part *parts = k->parts.at;
    for (size_t i = 0; kind == LINE_KIT && i < k->parts.count; i++) {
        int64_t units;
        if (parts[i].kit_id != l.product_id) continue;
        if (!money_times(parts[i].quantity, in->quantity, &units) || units > QUANTITY_MAX)
            return fail_at(c, ERR_INVALID, "out_of_range", "quantity", "too many parts");
        push_line(c, k, LINE_COMPONENT, parts[i].part_id, l.line_no, units);
    }
    return OK;
}

static enum err agree_line(struct ctx *c, struct changing *k, const struct change_line *in,
                           const struct order_line *old, int64_t quantity)
{
    struct order_line l = *old;
    l.quantity = quantity;
    if (in->wording.at) l.wording = in->wording.len ? in->wording : (struct text){0};
    bool is_priced = quantity != old->quantity || in->unit_price.minor != NONE ||
                     in->discount.minor != NONE;
    if (is_priced) TRY(price_line(c, k, in, old, &l));
    k->has_prices = k->has_prices || l.total_minor != old->total_minor;
    sum_line(&k->after, old, -1);
    sum_line(&k->after, &l, 1);
    if (quantity > old->quantity && line_is_physical(old))
        *arena_push(c->arena, k->more, k->more_count, k->more_capacity) = old->product_id;
    if (in->wording.at && !k->is_draft) TRY(changing_reword(c, old, l.wording, &k->touched));
    return order_line_agree(c, old, &l);
}

/* A draft's line goes as if it had never been there, with all that hangs on it. */
static enum err drop_line(struct ctx *c, struct changing *k, const struct order_line *old)
{
    const struct order_line *l = k->lines.at;
    for (size_t i = 0; i < k->lines.count; i++) {
        if (l[i].line_no != old->line_no && l[i].parent_line != old->line_no) continue;
        sum_line(&k->after, &l[i], -1);
        if (k->taxes.facts.count) TRY(order_tax_line_drop(c, l[i].order_id, l[i].line_no));
        TRY(order_line_drop(c, &l[i]));
    }
    return OK;
}

/* More of a kit is more of each of its parts. */
static enum err follow_kit(struct ctx *c, struct changing *k, const struct order_line *kit,
                           int64_t quantity)
{
    static const struct change_line same = {
        .quantity = NONE, .unit_price = {.minor = NONE}, .discount = {.minor = NONE}};
    const struct order_line *l = k->lines.at;
    for (size_t i = 0; i < k->lines.count; i++)
        if (l[i].kind == LINE_COMPONENT && l[i].parent_line == kit->line_no)
            TRY(agree_line(c, k, &same, &l[i], l[i].quantity / kit->quantity * quantity));
    return OK;
}

/* Units that are neither cancelled nor on their way back into a bin; of a kit whole ones. */
static int64_t still_wanted(const struct changing *k, size_t at)
{
    const struct order_line *l = k->lines.at, *own = &l[at];
    int64_t kits = own->quantity;
    if (own->kind != LINE_KIT) return own->quantity - own->cancelled - k->going_back[at];
    for (size_t i = 0; i < k->lines.count; i++) {
        if (l[i].kind != LINE_COMPONENT || l[i].parent_line != own->line_no) continue;
        int64_t each = l[i].quantity / own->quantity,
                units = l[i].quantity - l[i].cancelled - k->going_back[i];
        if (each && units / each < kits) kits = units / each;
    }
    return kits;
}

static enum err change_line(struct ctx *c, struct changing *k, const struct change_line *in)
{
    const struct order_line *l = k->lines.at;
    size_t i = 0;
    while (i < k->lines.count && l[i].line_no != in->line_no) i++;
    if (i == k->lines.count)
        return fail_at(c, ERR_NOT_FOUND, "line_not_found", "line_no", "the order has no line %lld",
                       (long long)in->line_no);
    if (l[i].kind == LINE_COMPONENT) {
        fail_at(c, ERR_CONFLICT, "part_of_kit", "line_no", "line %lld is a part of a kit",
                (long long)in->line_no);
        return hint(c, "change the kit: line %lld", (long long)l[i].parent_line);
    }
    int64_t now = still_wanted(k, i), wanted = in->quantity == NONE ? now - in->less : in->quantity;
    bool is_goods = l[i].kind == LINE_GOODS || l[i].kind == LINE_KIT;
    if (wanted == 0 && k->is_draft) return drop_line(c, k, &l[i]);
    if (wanted < now && !k->is_draft && is_goods) {
        k->fewer[k->fewer_count++] = (struct cancel_line){in->line_no, now - wanted};
        wanted = now;
    }
    if (wanted < 1 && !is_goods)
        return fail_at(c, ERR_CONFLICT, "not_goods", "quantity",
                       "a %s is taken away by a price of 0", word_of(&line_kind_words, l[i].kind));
    int64_t quantity = l[i].quantity + wanted - now;
    TRY(agree_line(c, k, in, &l[i], quantity));
    return l[i].kind == LINE_KIT && wanted != now ? follow_kit(c, k, &l[i], quantity) : OK;
}

enum err changing_lines(struct ctx *c, struct changing *k)
{
    const struct change_line *in = k->in->lines.at;
    for (size_t i = 0; i < k->in->lines.count; i++) {
        for (size_t m = 0; m < i; m++)
            if (in[i].line_no != NONE && in[m].line_no == in[i].line_no)
                return fail_at(c, ERR_INVALID, "twice", "lines", "line %lld stands here twice",
                               (long long)in[i].line_no);
        enum err e = in[i].line_no == NONE ? add_line(c, k, &in[i]) : change_line(c, k, &in[i]);
        if (e != OK) return fail_under(c, e, "lines[%zu]", i);
    }
    if (last_line(k) > ORDER_LINES_MAX)
        return fail_at(c, ERR_TOO_LARGE, "too_many", "lines", "at most %d lines", ORDER_LINES_MAX);
    for (size_t i = 0; i < k->added_count; i++) TRY(order_line_add(c, &k->added[i]));
    k->has_lines = k->added_count || k->more_count || (k->is_draft && k->in->lines.count);
    return OK;
}
