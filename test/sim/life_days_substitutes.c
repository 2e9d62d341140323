/* test/sim/life_days_substitutes.c: customers who take something else, or do not, or never say. */
#include "domain/catalog/substitute.h"
#include "domain/orders/substitution.h"
#include "life_days.h"
#include "stages/2_processing/substituting.h"

static enum err rules_in_tx(struct ctx *c, void *arg)
{
    const struct shop *s = arg;
    const struct substitute rules[] = {
        {.product_id = s->mug, .substitute_id = s->book, .rank = 1},
        {.product_id = s->mug, .substitute_id = s->pen, .rank = 2, .units = 3},
        {.product_id = s->lamp,
         .substitute_id = s->mug,
         .rank = 1,
         .replaced = 2,
         .units = 3,
         .price = SUBSTITUTE_PRICE_ORIGINAL},
        {.product_id = s->book,
         .substitute_id = s->pen,
         .rank = 1,
         .price = SUBSTITUTE_PRICE_OWN,
         .otherwise = OTHERWISE_CANCEL}};
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        struct substitute r = rules[i];
        r.merchant_id = c->merchant_id;
        if (!r.replaced) r.replaced = 1;
        if (!r.units) r.units = 1;
        r.answer_hours = 72;
        r.from_day = r.until_day = NONE;
        r.is_active = 1;
        TRY(substitute_put(c, &r));
    }
    return OK;
}

void days_substitutes(struct days *d)
{
    CHECK_OK(&d->l.w->ctx, db_tx(&d->l.w->ctx, rules_in_tx, &d->l.shop));
}

static enum err answer_in_tx(struct ctx *c, void *arg)
{
    struct substitution done;
    return substituting_answer(c, arg, &done);
}

void days_answer(struct days *d, int64_t order_id)
{
    struct ctx *c = &d->l.w->ctx;
    struct list all = {0};
    CHECK_OK(c, store_reader(c));
    CHECK_OK(c, substitutions_of(c, &order_id, 1, &all));
    if (!all.count) return;
    const struct substitution *at = all.at, *q = &at[days_below(d, (int64_t)all.count)];
    for (size_t i = 0; i < all.count && days_chance(d, 90); i++)
        if (at[i].state == SUBSTITUTION_ASKED) q = &at[i];
    struct substitution_answer in = {.order_id = order_id,
                                     .substitution_id = q->substitution_id,
                                     .accepts = days_chance(d, 60),
                                     .note = T("well")};
    c->now_us = source_now_us(c->source);
    c->fault = (struct fault){0};
    days_took(d, "answer", db_tx(c, answer_in_tx, &in));
}
