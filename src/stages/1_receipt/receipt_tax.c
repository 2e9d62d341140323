#include "stages/1_receipt/receipt_tax.h"

#include "base/money.h"
#include "base/time.h"
#include "plan/tax.h"

static_assert((int)TAXES_GIVEN == TAX_GIVEN && (int)TAXES_ADDED == TAX_ADDED &&
                  (int)TAXES_INCLUDED == TAX_INCLUDED && (int)TAXES_PER_LINE == TAX_PER_LINE &&
                  (int)TAXES_PER_ORDER == TAX_PER_ORDER && (int)TAXES_HALF_UP == TAX_HALF_UP &&
                  (int)TAXES_HALF_EVEN == TAX_HALF_EVEN && (int)TAXES_CASH_STEP == TAX_CASH_STEP,
              "domain/payments and plan/tax name the same rules");

/* What is taxed: facts and items stand side by side. */
struct taxed {
    const struct known *k;
    struct candidate *o;
    struct tax_item *items;
    struct order_tax *facts;
    size_t count;
    int64_t day;
};

static const struct given_tax *given_to(const struct candidate *o, int64_t line_no)
{
    for (size_t i = 0; i < o->given_count; i++)
        if (o->given[i].line_no == line_no) return &o->given[i];
    return NULL;
}

/* An amount of a class joins in, if tax is collected where the order goes to. */
static void tax_add(struct taxed *t, int64_t line_no, int64_t part_no, struct text tax_class,
                    int64_t amount_minor)
{
    const struct candidate *o = t->o;
    if (!tax_class.len) tax_class = TAX_CLASS_STANDARD;
    const struct tax_rate *rate = tax_rate_in(&t->k->rates, tax_class, o->ship_to.at.country,
                                              o->ship_to.at.admin_area, t->day);
    if (!rate) return;
    t->items[t->count] = (struct tax_item){line_no, amount_minor, rate->rate_ppm, 0, 0};
    t->facts[t->count++] = (struct order_tax){.merchant_id = o->order.merchant_id,
                                              .order_id = o->order.order_id,
                                              .line_no = line_no,
                                              .part_no = part_no,
                                              .tax_class = tax_class,
                                              .country = rate->country,
                                              .region = rate->region,
                                              .name = rate->name,
                                              .rate_ppm = rate->rate_ppm,
                                              .mode = (int32_t)o->tax_policy,
                                              .scope = t->k->policy.tax_scope,
                                              .rounding = t->k->policy.tax_rounding};
}

/* The kit's price falls on its parts as their list prices do; by units where one has none. */
static void tax_kit(struct ctx *c, struct taxed *t, size_t kit, struct text kit_class)
{
    const struct candidate *o = t->o;
    const struct order_line *lines = o->lines;
    size_t first = kit + 1, n = 0;
    while (first + n < o->line_count && lines[first + n].kind == LINE_COMPONENT) n++;
    int64_t *weights = arena_new(c->arena, int64_t, n + 1);
    int64_t *parts = arena_new(c->arena, int64_t, n + 1);
    bool is_listed = true;
    for (size_t i = 0; i < n; i++) {
        const struct order_line *l = &lines[first + i];
        int64_t unit = price_in(&t->k->prices, l->product_id, o->order.currency, l->quantity);
        is_listed = is_listed && unit != NONE && unit > 0 &&
                    money_times(unit, l->quantity, &weights[i]);
    }
    for (size_t i = 0; !is_listed && i < n; i++) weights[i] = lines[first + i].quantity;
    money_split(lines[kit].total_minor, weights, n, parts);
    for (size_t i = 0; i < n; i++) {
        const struct product *p = product_in(&t->k->by_id, lines[first + i].product_id);
        struct text own = p ? p->tax_class : (struct text){0};
        tax_add(t, lines[kit].line_no, lines[first + i].line_no, kit_class.len ? kit_class : own,
                parts[i]);
    }
}

static struct text class_of_service(const struct known *k, int64_t service_id)
{
    const struct service_offer *at = k->offers.at;
    for (size_t i = 0; i < k->offers.count; i++)
        if (at[i].service_id == service_id) return at[i].tax_class;
    return (struct text){0};
}

/* Products by SKU: those of the lines, few beside their number. */
static const struct product *sold(const struct known *k, int64_t product_id)
{
    const struct product *at = k->products.at;
    for (size_t i = 0; i < k->products.count; i++)
        if (at[i].product_id == product_id) return &at[i];
    return NULL;
}

static void tax_line(struct ctx *c, struct taxed *t, size_t at, struct text charge_class)
{
    const struct order_line *l = &t->o->lines[at];
    const struct given_tax *given = given_to(t->o, l->line_no);
    if (given) {
        t->items[t->count] = (struct tax_item){.line_no = l->line_no};
        t->facts[t->count++] =
            (struct order_tax){.merchant_id = l->merchant_id,
                               .order_id = l->order_id,
                               .line_no = l->line_no,
                               .part_no = l->line_no,
                               .tax_class = charge_class.len ? charge_class : TAX_CLASS_STANDARD,
                               .country = t->o->ship_to.at.country,
                               .region = T(""),
                               .rate_ppm = NONE,
                               .mode = (int32_t)t->o->tax_policy,
                               .scope = TAXES_PER_LINE,
                               .rounding = t->k->policy.tax_rounding,
                               .net_minor = l->total_minor - given->minor,
                               .tax_minor = given->minor};
        return;
    }
    const struct product *p = NULL;
    if (l->kind == LINE_GOODS || l->kind == LINE_KIT) p = sold(t->k, l->product_id);
    if (l->kind == LINE_KIT) {
        tax_kit(c, t, at, p ? p->tax_class : (struct text){0});
        return;
    }
    if (l->kind == LINE_SERVICE) charge_class = class_of_service(t->k, l->product_id);
    tax_add(t, l->line_no, l->line_no, p ? p->tax_class : charge_class, l->total_minor);
}

/* Charges come in the draft's order; they alone name their class there. */
static void tax_lines(struct ctx *c, struct taxed *t)
{
    const struct draft_line *drafts = t->o->draft->lines.at;
    size_t next = 0;
    for (size_t i = 0; i < t->o->line_count; i++) {
        struct text charge_class = {0};
        if (t->o->lines[i].kind == LINE_COMPONENT) continue;
        if (t->o->lines[i].kind == LINE_CHARGE) {
            while (drafts[next].sku.len) next++;
            charge_class = drafts[next++].tax_class;
        }
        tax_line(c, t, i, charge_class);
    }
}

/* A draft that is not to be taxed by the rates says so until it is placed. */
static void keep_given(struct ctx *c, const struct known *k, struct candidate *o)
{
    if (!o->draft->is_draft || k->policy.taxes == TAXES_GIVEN) return;
    o->taxes = arena_new(c->arena, struct order_tax, 1);
    o->taxes[o->tax_count++] = (struct order_tax){.merchant_id = o->order.merchant_id,
                                                  .order_id = o->order.order_id,
                                                  .tax_class = TAX_CLASS_STANDARD,
                                                  .country = o->ship_to.at.country,
                                                  .region = T(""),
                                                  .rate_ppm = NONE};
}

enum err receipt_tax(struct ctx *c, const struct known *k, struct candidate *o)
{
    if (o->tax_policy == TAXES_GIVEN) {
        keep_given(c, k, o);
        return OK;
    }
    struct taxed t = {.k = k, .o = o, .day = day_of_us(o->order.placed_us)};
    const struct tax_rule rule = {(int32_t)o->tax_policy, k->policy.tax_scope,
                                  k->policy.tax_rounding, cash_step(o->order.currency)};
    int64_t shipping = o->draft->shipping.minor == NONE ? 0 : o->draft->shipping.minor;
    t.items = arena_new(c->arena, struct tax_item, o->line_count + 1);
    t.facts = arena_new(c->arena, struct order_tax, o->line_count + 1);
    if (shipping) tax_add(&t, 0, 0, k->policy.shipping_class, shipping);
    tax_lines(c, &t);
    tax_compute(c->arena, &rule, t.items, t.count);
    for (size_t i = 0; i < t.count; i++) {
        const struct tax_item *item = &t.items[i];
        if (t.facts[i].rate_ppm == NONE) continue;
        t.facts[i].net_minor = item->net_minor;
        t.facts[i].tax_minor = item->tax_minor;
        if (o->tax_policy != TAXES_ADDED) continue;
        if (item->line_no == 0) {
            o->shipping_tax_minor = item->tax_minor;
            continue;
        }
        o->lines[item->line_no - 1].tax_minor += item->tax_minor;
        o->lines[item->line_no - 1].total_minor += item->tax_minor;
    }
    o->taxes = t.facts;
    o->tax_count = t.count;
    return OK;
}
