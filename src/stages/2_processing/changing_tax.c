#include "stages/2_processing/changing_tax.h"

#include "base/money.h"
#include "base/time.h"
#include "plan/tax.h"

enum err changing_tax_load(struct ctx *c, const struct order *o, bool has_prices,
                           struct changing_taxes *out)
{
    *out = (struct changing_taxes){.day = day_of_us(o->placed_us), .currency = o->currency};
    if (!has_prices) return OK;
    TRY(order_taxes_of(c, &o->order_id, 1, &out->facts));
    const struct order_tax *at = out->facts.at;
    if (out->facts.count && at[0].mode == TAXES_GIVEN) out->facts.count = 0;
    return out->facts.count ? tax_rates(c, &out->rates) : OK;
}

/* A new line: by the rate of its class where the rest of the order goes. */
static size_t fact_of_new(const struct changing_taxes *t, const struct order_line *l,
                          struct text tax_class, struct order_tax *out)
{
    const struct order_tax *like = t->facts.at;
    if (!tax_class.len) tax_class = TAX_CLASS_STANDARD;
    const struct tax_rate *rate =
        tax_rate_in(&t->rates, tax_class, like->country, like->region, t->day);
    if (!rate) return 0;
    *out = *like;
    out->line_no = out->part_no = l->line_no;
    out->tax_class = tax_class;
    out->name = rate->name;
    out->rate_ppm = rate->rate_ppm;
    return 1;
}

/* The price falls on a kit's parts as it did before; by nothing known, on the first. */
static void tax_rows(struct ctx *c, const struct changing_taxes *t, struct order_tax *rows,
                     size_t n, bool is_new, int64_t price_minor)
{
    const struct order_tax *like = t->facts.at;
    const struct tax_rule rule = {like->mode, TAX_PER_LINE, like->rounding, cash_step(t->currency)};
    struct tax_item *items = arena_new(c->arena, struct tax_item, n);
    int64_t *weights = arena_new(c->arena, int64_t, n), *parts = arena_new(c->arena, int64_t, n);
    for (size_t i = 0; i < n; i++) {
        bool is_inside = like->mode == TAXES_INCLUDED;
        int64_t before = is_new ? 0 : rows[i].net_minor + (is_inside ? rows[i].tax_minor : 0);
        weights[i] = before < 0 ? -before : before;
    }
    money_split(price_minor, weights, n, parts);
    for (size_t i = 0; i < n; i++) {
        int64_t rate = rows[i].rate_ppm == NONE ? 0 : rows[i].rate_ppm;
        items[i] = (struct tax_item){rows[i].line_no, parts[i], rate, 0, 0};
    }
    tax_compute(c->arena, &rule, items, n);
    for (size_t i = 0; i < n; i++) {
        /* a tax that came with the line keeps its share of the price */
        int64_t given = weights[i] ? money_share(rows[i].tax_minor, parts[i], weights[i]) : 0;
        bool is_given = rows[i].rate_ppm == NONE;
        rows[i].tax_minor = is_given ? given : items[i].tax_minor;
        rows[i].net_minor = parts[i] - (like->mode == TAXES_INCLUDED ? rows[i].tax_minor : 0);
    }
}

enum err changing_tax_line(struct ctx *c, const struct changing_taxes *t, struct order_line *l,
                           struct text tax_class, int64_t price_minor)
{
    const struct order_tax *at = t->facts.at;
    struct order_tax *rows = arena_new(c->arena, struct order_tax, t->facts.count + 1);
    size_t n = 0;
    if (!t->facts.count) return OK;
    for (size_t i = 0; i < t->facts.count; i++)
        if (at[i].line_no == l->line_no) rows[n++] = at[i];
    bool is_new = !n;
    if (is_new) n = fact_of_new(t, l, tax_class, &rows[0]);
    if (!n) return OK;
    tax_rows(c, t, rows, n, is_new, price_minor);
    if (at[0].mode == TAXES_ADDED) {
        l->tax_minor = 0;
        for (size_t i = 0; i < n; i++) l->tax_minor += rows[i].tax_minor;
    }
    return order_tax_insert(c, rows, n);
}

enum err changing_tax_shipping(struct ctx *c, const struct changing_taxes *t, struct order *after)
{
    const struct order_tax *at = t->facts.at;
    struct order_line shipping = {.order_id = after->order_id};
    int64_t before = 0;
    for (size_t i = 0; i < t->facts.count; i++)
        if (at[i].line_no == 0 && at[i].mode == TAXES_ADDED) before += at[i].tax_minor;
    TRY(changing_tax_line(c, t, &shipping, (struct text){0}, after->shipping_minor));
    after->tax_minor += shipping.tax_minor - before;
    after->total_minor += shipping.tax_minor - before;
    return OK;
}
