/* Orders that are released together are not sent to the same units. */
#include "domain/inventory/stock.h"
#include "store/db.h"
#include "test/shop.h"

static enum err three_more(struct ctx *c, void *arg)
{
    const struct shop *s = arg;
    return stock_receive(c, s->mug, s->london, s->bins[0][5], (struct text){0}, 3, STOCK_RECEIPT,
                         NONE);
}

TEST_BOTH(release, orders_released_together_are_sent_to_different_units)
{
    struct shop s = shop_open(w);
    int64_t n = -1;
    CHECK_OK(&w->ctx, db_tx(&w->ctx, three_more, &s));
    int64_t orders[] = {shop_order(w, "MUG", 100), shop_order(w, "MUG", 3)};
    CHECK_I64(2, shop_release(w, orders, 2));
    CHECK_OK(&w->ctx, store_reader(&w->ctx));
    const char *sql = "SELECT count(*) FROM stock WHERE allotted > on_hand";
    CHECK_OK(&w->ctx, db_ask(&w->ctx, sql, sql, &n));
    CHECK_I64(0, n);
    sql = "SELECT sum(allotted) FROM stock";
    CHECK_OK(&w->ctx, db_ask(&w->ctx, sql, sql, &n));
    CHECK_I64(103, n);
}
