/* What orders bear of tax, and that they keep it. */
#include "base/time.h"
#include "domain/catalog/product.h"
#include "domain/payments/tax.h"
#include "plan/tax.h"
#include "shop.h"
#include "test/audit_world.h"

struct setting {
    struct money_policy policy;
    const struct tax_rate *rates;
    size_t count;
};

static enum err set_in_tx(struct ctx *c, void *arg)
{
    const struct setting *s = arg;
    struct money_policy p = s->policy;
    p.merchant_id = c->merchant_id;
    for (size_t i = 0; i < s->count; i++) {
        struct tax_rate r = s->rates[i];
        r.merchant_id = c->merchant_id;
        if (!r.region.at) r.region = T("");
        r.name = T("VAT");
        TRY(tax_rate_put(c, &r));
    }
    return money_policy_put(c, &p);
}

static void set(struct world *w, enum tax_policy taxes, enum tax_rounding_scope scope,
                const struct tax_rate *rates, size_t count)
{
    struct setting s = {{.taxes = (int32_t)taxes, .tax_scope = (int32_t)scope}, rates, count};
    CHECK_OK(&w->ctx, db_tx(&w->ctx, set_in_tx, &s));
}

static const struct tax_rate british[] = {
    {.country = {"GB", 2}, .tax_class = {"standard", 8}, .from_day = 0, .rate_ppm = 200000},
    {.country = {"GB", 2}, .tax_class = {"books", 5}, .from_day = 0, .rate_ppm = 0},
    {.country = {"GB", 2}, .tax_class = {"paper", 5}, .from_day = 0, .rate_ppm = 50000},
};
enum { BRITISH = sizeof british / sizeof *british };

static enum err class_in_tx(struct ctx *c, void *arg)
{
    const struct product *p = arg;
    return product_update(c, p);
}

static void set_class(struct world *w, int64_t product_id, const char *tax_class)
{
    struct product p;
    CHECK_OK(&w->ctx, store_reader(&w->ctx));
    CHECK_OK(&w->ctx, product_get(&w->ctx, product_id, &p));
    p.tax_class = text_of(tax_class);
    CHECK_OK(&w->ctx, db_tx(&w->ctx, class_in_tx, &p));
}

struct seen {
    struct order order;
    struct list lines, taxes;
    const struct order_line *line;
    const struct order_tax *tax;
};

static struct seen placed(struct world *w, const struct draft *d)
{
    struct seen s = {0};
    struct outcome o = {0};
    if (!shop_place(w, d, 1, &o)) return s;
    w->ctx.fault = o.fault;
    CHECK_OK(&w->ctx, o.fault.code);
    CHECK_OK(&w->ctx, store_reader(&w->ctx));
    CHECK_OK(&w->ctx, order_get(&w->ctx, o.order_id, &s.order));
    CHECK_OK(&w->ctx, order_lines_of(&w->ctx, &o.order_id, 1, &s.lines));
    CHECK_OK(&w->ctx, order_taxes_of(&w->ctx, &o.order_id, 1, &s.taxes));
    s.line = s.lines.at;
    s.tax = s.taxes.at;
    world_audit(w);
    return s;
}

TEST_BOTH(receipt_tax, is_added_to_goods_and_shipping_by_the_rate_of_the_place)
{
    shop_open(w);
    set(w, TAXES_ADDED, TAXES_PER_LINE, british, BRITISH);
    struct draft d = shop_draft(w, "MUG", 3);
    d.shipping = money(499, "GBP");
    struct seen s = placed(w, &d);
    CHECK_I64(539, s.line[0].tax_minor); /* a fifth of 26.97 is 5.394 */
    CHECK_I64(2697 + 539, s.line[0].total_minor);
    CHECK_I64(539 + 100, s.order.tax_minor); /* shipping: 0.998 */
    CHECK_I64(2697 + 499 + 639, s.order.total_minor);
    CHECK_I64(2, (int64_t)s.taxes.count);
    CHECK_I64(0, s.tax[0].line_no);
    CHECK_I64(200000, s.tax[1].rate_ppm);
    CHECK_I64(2697, s.tax[1].net_minor);
    d.ship_to->country = T("NO"); /* nobody said that tax is collected there */
    d.ship_to->postal_code = T("0150");
    s = placed(w, &d);
    CHECK_I64(0, s.order.tax_minor);
    CHECK_I64(0, (int64_t)s.taxes.count);
}

TEST_BOTH(receipt_tax, is_inside_prices_that_include_it)
{
    shop_open(w);
    set(w, TAXES_INCLUDED, TAXES_PER_LINE, british, BRITISH);
    struct draft d = shop_draft(w, "MUG", 3);
    struct seen s = placed(w, &d);
    CHECK_I64(2697, s.order.total_minor);
    CHECK_I64(0, s.order.tax_minor);
    CHECK_I64(450, s.tax[0].tax_minor); /* 449.5 */
    CHECK_I64(2697 - 450, s.tax[0].net_minor);
    ((struct draft_line *)d.lines.at)->tax = money(400, "GBP"); /* what the shop's till said */
    s = placed(w, &d);
    CHECK_I64(2697, s.order.total_minor);
    CHECK_I64(400, s.tax[0].tax_minor);
    CHECK_I64(NONE, s.tax[0].rate_ppm);
}

TEST_BOTH(receipt_tax, a_later_rate_changes_nothing_that_was_placed)
{
    shop_open(w);
    int64_t today = day_of_us(w->ctx.now_us);
    const struct tax_rate rates[] = {
        {.country = T("GB"), .tax_class = T("standard"), .from_day = 0, .rate_ppm = 175000},
        {.country = T("GB"), .tax_class = T("standard"), .from_day = today, .rate_ppm = 200000},
        {.country = T("GB"), .tax_class = T("standard"), .from_day = today + 1, .rate_ppm = 250000},
    };
    set(w, TAXES_ADDED, TAXES_PER_LINE, rates, 3);
    struct draft d = shop_draft(w, "BOOK", 4);
    struct seen s = placed(w, &d);
    CHECK_I64(1000, s.order.tax_minor);
    const struct tax_rate now = {
        .country = T("GB"), .tax_class = T("standard"), .from_day = today, .rate_ppm = 0};
    set(w, TAXES_INCLUDED, TAXES_PER_ORDER, &now, 1);
    struct list taxes;
    CHECK_OK(&w->ctx, store_reader(&w->ctx));
    CHECK_OK(&w->ctx, order_taxes_of(&w->ctx, &s.order.order_id, 1, &taxes));
    const struct order_tax *tax = taxes.at;
    CHECK_I64(200000, tax->rate_ppm);
    CHECK_I64(TAXES_ADDED, tax->mode);
    CHECK_I64(TAXES_PER_LINE, tax->scope);
    CHECK_I64(1000, tax->tax_minor);
    world_audit(w);
}

TEST_BOTH(receipt_tax, a_state_has_its_own_rate_and_a_class_without_one_takes_the_standard)
{
    struct shop shop = shop_open(w);
    const struct tax_rate rates[] = {
        {.country = T("US"), .region = T("NY"), .tax_class = T("standard"), .rate_ppm = 88750},
        {.country = T("US"), .region = T("CA"), .tax_class = T("standard"), .rate_ppm = 72500},
    };
    set(w, TAXES_ADDED, TAXES_PER_LINE, rates, 2);
    set_class(w, shop.lamp, "furniture");
    struct draft d = shop_draft(w, "LAMP", 1);
    *d.ship_to = (struct postal_address){.recipient = T("Ada"),
                                         .line1 = T("350 5th Avenue"),
                                         .city = T("New York"),
                                         .admin_area = T("New York"),
                                         .postal_code = T("10118"),
                                         .country = T("US")};
    struct seen s = placed(w, &d);
    CHECK_I64(444, s.order.tax_minor); /* 8.875 % of 49.99 */
    CHECK_TEXT("furniture", s.tax->tax_class);
    CHECK_TEXT("NY", s.tax->region);
    d.ship_to->admin_area = T("OR");
    d.ship_to->city = T("Portland");
    d.ship_to->postal_code = T("97201");
    s = placed(w, &d);
    CHECK_I64(0, s.order.tax_minor);
}

TEST_BOTH(receipt_tax, a_kit_bears_what_its_parts_bear_unless_it_has_a_class)
{
    struct shop shop = shop_open(w);
    set(w, TAXES_INCLUDED, TAXES_PER_LINE, british, BRITISH);
    set_class(w, shop.pen, "paper");
    struct draft d = shop_draft(w, "SET", 2); /* 23.98; parts by list: 2 mugs 17.98, 4 pens 7.96 */
    struct seen s = placed(w, &d);
    CHECK_I64(2, (int64_t)s.taxes.count);
    CHECK_I64(2398,
              s.tax[0].net_minor + s.tax[0].tax_minor + s.tax[1].net_minor + s.tax[1].tax_minor);
    CHECK_I64(1662, s.tax[0].net_minor + s.tax[0].tax_minor); /* 23.98 x 17.98 / 25.94 */
    CHECK_I64(277, s.tax[0].tax_minor);
    CHECK_I64(35, s.tax[1].tax_minor); /* 5 % inside 7.36 */
    CHECK_I64(1, s.tax[1].line_no);
    CHECK_I64(3, s.tax[1].part_no);
    set_class(w, shop.set, "books");
    s = placed(w, &d);
    CHECK_I64(0, s.tax[0].tax_minor + s.tax[1].tax_minor);
}

TEST_BOTH(receipt_tax, may_be_rounded_once_for_the_whole_order)
{
    shop_open(w);
    struct draft d = shop_draft(w, "PEN", 1); /* 1.99: 0.398 */
    struct draft_line lines[3];
    for (size_t i = 0; i < 3; i++) {
        lines[i] = *(struct draft_line *)d.lines.at;
        lines[i].unit_price = money(12, "GBP"); /* 0.024 each, 0.072 together */
    }
    d.lines = (struct list){lines, 3};
    d.is_lenient = true;
    d.taxes = TAXES_ADDED;
    set(w, TAXES_GIVEN, TAXES_PER_LINE, british, BRITISH);
    CHECK_I64(6, placed(w, &d).order.tax_minor);
    set(w, TAXES_GIVEN, TAXES_PER_ORDER, british, BRITISH);
    struct seen s = placed(w, &d);
    CHECK_I64(7, s.order.tax_minor);
    CHECK_I64(7, s.line[0].tax_minor + s.line[1].tax_minor + s.line[2].tax_minor);
    d.taxes = -1; /* an import bears what it came with */
    CHECK_I64(0, placed(w, &d).order.tax_minor);
}

static enum err place_draft_in_tx(struct ctx *c, void *arg)
{
    struct outcome *o = arg;
    return receipt_place_draft(c, o->order_id, (struct text){0}, (struct list){0}, o);
}

TEST_BOTH(receipt_tax, a_draft_bears_the_rates_of_the_day_it_is_placed)
{
    shop_open(w);
    set(w, TAXES_ADDED, TAXES_PER_LINE, british, BRITISH);
    struct draft d = shop_draft(w, "BOOK", 1);
    d.is_draft = true;
    struct seen s = placed(w, &d);
    CHECK_I64(250, s.order.tax_minor);
    const struct tax_rate now = {
        .country = T("GB"), .tax_class = T("standard"), .from_day = 0, .rate_ppm = 100000};
    set(w, TAXES_ADDED, TAXES_PER_LINE, &now, 1);
    struct outcome o = {.order_id = s.order.order_id};
    CHECK_OK(&w->ctx, db_tx(&w->ctx, place_draft_in_tx, &o));
    CHECK_I64(OK, o.fault.code);
    CHECK_I64(1250 + 125, o.total_minor);
    d.taxes = TAXES_GIVEN;
    s = placed(w, &d);
    o = (struct outcome){.order_id = s.order.order_id};
    CHECK_OK(&w->ctx, db_tx(&w->ctx, place_draft_in_tx, &o));
    CHECK_I64(1250, o.total_minor);
    world_audit(w);
}
