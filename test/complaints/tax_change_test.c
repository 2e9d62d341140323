/* An order that bears tax is changed: its lines bear what they would have borne. */
#include "../audit_world.h"
#include "../sim/life.h"
#include "domain/payments/tax.h"

#include <stdio.h>

#define LINE(...)                                                                                  \
    (struct change_line)                                                                           \
    {                                                                                              \
        .line_no = NONE, .quantity = NONE, .unit_price = {.minor = NONE},                          \
        .discount = {.minor = NONE}, __VA_ARGS__                                                   \
    }
#define CHANGE(...)                                                                                \
    (&(struct order_change){                                                                       \
        .method = -1, .wish_day = NONE, .shipping = {.minor = NONE}, __VA_ARGS__})

static int64_t taxed(struct life *l, enum tax_policy taxes)
{
    struct world *w = l->w;
    char sql[160];
    snprintf(sql, sizeof sql,
             "INSERT INTO money_policy SELECT merchant_id, 0, 0, %d, 0, 0, NULL, 0, NULL, NULL, "
             "NULL FROM merchant",
             (int)taxes);
    CHECK_OK(&w->ctx, world_script(w, sql));
    CHECK_OK(&w->ctx, world_script(w, "INSERT INTO tax_rate SELECT merchant_id, 'GB', '',"
                                      " 'standard', 0, 200000, 'VAT' FROM merchant"));
    struct draft d = life_card_draft(l, "MUG", 2, "tok_ok");
    d.shipping = money(100, "GBP");
    int64_t id = life_place(l, &d);
    CHECK_OK(&w->ctx, world_script(w, "UPDATE tax_rate SET from_day = 0, rate_ppm = 100000"));
    return id;
}

TEST_BOTH(changing, a_changed_line_keeps_its_rate_and_its_refund_holds_its_tax)
{
    struct life l = life_open(w);
    int64_t id = taxed(&l, TAXES_ADDED);
    CHECK_I64(1798 + 360 + 120, life_money(&l, id).order.total_minor);
    struct change_line more[] = {LINE(.line_no = 1, .quantity = 3)};
    CHECK_OK(&w->ctx, life_change(&l, id, CHANGE(.lines = {more, 1})));
    CHECK_I64(2697 + 539 + 120, l.changed.after_minor); /* at 20 %, not at the new 10 % */
    world_audit(w);
    struct change_line pens[] = {LINE(.sku = T("PEN"), .quantity = 5)};
    CHECK_OK(&w->ctx, life_change(&l, id, CHANGE(.lines = {pens, 1})));
    CHECK_I64(2697 + 539 + 120 + 995 + 100, l.changed.after_minor); /* a new one at 10 % */
    world_audit(w);
    CHECK_OK(&w->ctx, life_change(&l, id, CHANGE(.shipping = money(200, "GBP"))));
    CHECK_I64(2697 + 539 + 240 + 995 + 100, l.changed.after_minor);
    world_audit(w);
    struct list taxes;
    CHECK_OK(&w->ctx, store_reader(&w->ctx));
    CHECK_OK(&w->ctx, order_taxes_of(&w->ctx, &id, 1, &taxes));
    CHECK_I64(3, (int64_t)taxes.count);
}

TEST_BOTH(changing, a_line_with_its_tax_inside_costs_its_price)
{
    struct life l = life_open(w);
    int64_t id = taxed(&l, TAXES_INCLUDED);
    CHECK_I64(1898, life_money(&l, id).order.total_minor);
    struct change_line cheaper[] = {LINE(.line_no = 1, .unit_price = money(600, "GBP"))};
    CHECK_OK(&w->ctx, life_change(&l, id, CHANGE(.lines = {cheaper, 1})));
    CHECK_I64(1300, l.changed.after_minor);
    struct list taxes;
    CHECK_OK(&w->ctx, store_reader(&w->ctx));
    CHECK_OK(&w->ctx, order_taxes_of(&w->ctx, &id, 1, &taxes));
    CHECK_I64(200, ((const struct order_tax *)taxes.at)[1].tax_minor);
    world_audit(w);
}
