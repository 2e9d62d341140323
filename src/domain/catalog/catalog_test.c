/* domain/catalog/catalog_test.c: what the catalogue keeps apart, and which price counts. */
#include "domain/catalog/product.h"
#include "shop.h"

static enum err insert(struct ctx *c, void *arg) { return product_insert(c, arg); }
static enum err change(struct ctx *c, void *arg) { return product_update(c, arg); }

static struct product get(struct world *w, int64_t id)
{
    struct product p = {0};
    CHECK_OK(&w->ctx, store_reader(&w->ctx));
    CHECK_OK(&w->ctx, product_get(&w->ctx, id, &p));
    return p;
}

TEST_BOTH(catalog, a_sku_names_one_product_of_a_merchant)
{
    struct shop s = shop_open(w);
    struct product p = get(w, s.mug);
    p.product_id = source_id(&w->source);
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "constraint", db_tx(&w->ctx, insert, &p));
    p.sku = T("mug"); /* case counts, as on labels */
    CHECK_OK(&w->ctx, db_tx(&w->ctx, insert, &p));
    struct product pen = get(w, s.pen);
    pen.sku = T("MUG");
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "constraint", db_tx(&w->ctx, change, &pen));
    CHECK(text_is(get(w, s.pen).sku, "PEN"));
    p = get(w, s.mug);
    p.product_id = source_id(&w->source);
    p.merchant_id = w->ctx.merchant_id + 1; /* another's catalogue */
    CHECK_OK(&w->ctx, db_tx(&w->ctx, insert, &p));
    CHECK_FAULT(&w->ctx, ERR_NOT_FOUND, "product_not_found",
                product_get(&w->ctx, p.product_id, &(struct product){0}));
}

struct step {
    int64_t from, minor;
    const char *currency;
};
static enum err put_steps(struct ctx *c, void *arg)
{
    static const struct step steps[] = {
        {1, 900, "EUR"}, {10, 800, "EUR"}, {100, 700, "EUR"}, {5, 50, "USD"}};
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        struct price p = {c->merchant_id, *(int64_t *)arg, text_of(steps[i].currency),
                          steps[i].from, steps[i].minor};
        TRY(price_put(c, &p));
    }
    return OK;
}

TEST_BOTH(catalog, the_price_of_a_quantity_is_that_of_its_step)
{
    struct shop s = shop_open(w);
    struct list prices;
    CHECK_OK(&w->ctx, db_tx(&w->ctx, put_steps, &s.mug));
    CHECK_OK(&w->ctx, db_tx(&w->ctx, put_steps, &s.lamp));
    int64_t ids[] = {s.mug, s.lamp};
    CHECK_OK(&w->ctx, store_reader(&w->ctx));
    CHECK_OK(&w->ctx, prices_of(&w->ctx, ids, 2, &prices));
    static const struct step wanted[] = {{1, 900, "EUR"},  {9, 900, "EUR"},   {10, 800, "EUR"},
                                         {99, 800, "EUR"}, {100, 700, "EUR"}, {1000000, 700, "EUR"},
                                         {4, NONE, "USD"}, {5, 50, "USD"},    {1, NONE, "CHF"}};
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
        for (size_t k = 0; k < 2; k++)
            CHECK_I64(wanted[i].minor,
                      price_in(&prices, ids[k], text_of(wanted[i].currency), wanted[i].from));
    CHECK_I64(NONE, price_in(&prices, s.pen, T("EUR"), 1));
}
