/* Nobody is promised what is not there, whatever the caller believed. */
#include "domain/inventory/stock.h"
#include "store/db.h"
#include "test/shop.h"

struct promising {
    struct demand *demands;
    size_t n;
};

static enum err promise_in_tx(struct ctx *c, void *arg)
{
    struct promising *p = arg;
    return stock_promise(c, p->demands, p->n);
}

static struct demand demand_of(int64_t order_id, int64_t product_id, int64_t site_id,
                               int64_t quantity)
{
    return (struct demand){.order_id = order_id,
                           .line_no = 1,
                           .product_id = product_id,
                           .site_id = site_id,
                           .quantity = quantity,
                           .promised_day = 20500};
}

TEST_BOTH(promise, nobody_is_promised_what_is_not_there)
{
    struct shop s = shop_open(w);
    struct demand one[] = {demand_of(1, s.mug, s.london, 101)};
    CHECK_OK(&w->ctx, db_tx(&w->ctx, promise_in_tx, &(struct promising){one, 1}));
    CHECK(!one[0].is_promised);
    struct demand two[] = {demand_of(2, s.mug, s.london, 60), demand_of(3, s.mug, s.london, 60)};
    CHECK_OK(&w->ctx, db_tx(&w->ctx, promise_in_tx, &(struct promising){two, 2}));
    CHECK(two[0].is_promised);
    CHECK(!two[1].is_promised);
    struct demand rest[] = {demand_of(4, s.mug, s.london, 40), demand_of(5, s.mug, s.london, 1)};
    CHECK_OK(&w->ctx, db_tx(&w->ctx, promise_in_tx, &(struct promising){rest, 2}));
    CHECK(rest[0].is_promised);
    CHECK(!rest[1].is_promised);
}

TEST_BOTH(promise, what_is_kept_back_is_promised_to_nobody)
{
    struct shop s = shop_open(w);
    CHECK_OK(&w->ctx, world_script(w, "UPDATE availability SET safety = 10"));
    struct demand all[] = {demand_of(1, s.mug, s.london, 91)};
    CHECK_OK(&w->ctx, db_tx(&w->ctx, promise_in_tx, &(struct promising){all, 1}));
    CHECK(!all[0].is_promised);
    struct demand reserved[] = {demand_of(2, s.mug, s.london, 90)};
    reserved[0].reserve = 5; /* of a channel that leaves some to the others */
    CHECK_OK(&w->ctx, db_tx(&w->ctx, promise_in_tx, &(struct promising){reserved, 1}));
    CHECK(!reserved[0].is_promised);
    reserved[0].quantity = 85;
    CHECK_OK(&w->ctx, db_tx(&w->ctx, promise_in_tx, &(struct promising){reserved, 1}));
    CHECK(reserved[0].is_promised);
}

TEST_BOTH(promise, what_came_for_who_waits_is_his_and_no_more_than_is_there)
{
    struct shop s = shop_open(w);
    CHECK_OK(&w->ctx, world_script(w, "UPDATE availability SET earmarked = 30, safety = 10"));
    struct demand much[] = {demand_of(1, s.mug, s.london, 61), demand_of(2, s.mug, s.london, 91)};
    much[1].is_earmarked = true;
    CHECK_OK(&w->ctx, db_tx(&w->ctx, promise_in_tx, &(struct promising){much, 2}));
    CHECK(!much[0].is_promised);
    CHECK(!much[1].is_promised);
    struct demand all[] = {demand_of(3, s.mug, s.london, 60), demand_of(4, s.mug, s.london, 30)};
    CHECK_OK(&w->ctx, db_tx(&w->ctx, promise_in_tx, &(struct promising){all, 1}));
    all[1].is_earmarked = true;
    CHECK_OK(&w->ctx, db_tx(&w->ctx, promise_in_tx, &(struct promising){&all[1], 1}));
    CHECK(all[0].is_promised);
    CHECK(all[1].is_promised);
}

TEST_BOTH(promise, two_channels_asking_at_once_leave_what_the_stricter_one_leaves)
{
    struct shop s = shop_open(w);
    struct demand both[] = {demand_of(1, s.mug, s.london, 98), demand_of(2, s.mug, s.london, 2)};
    both[0].reserve = 5; /* all 100 together, and its channel has to leave 5 */
    CHECK_OK(&w->ctx, db_tx(&w->ctx, promise_in_tx, &(struct promising){both, 2}));
    CHECK(!both[0].is_promised);
    CHECK(both[1].is_promised);
    struct demand later[] = {demand_of(3, s.lamp, s.london, 2), demand_of(4, s.lamp, s.london, 94)};
    later[1].reserve = 5;
    CHECK_OK(&w->ctx, db_tx(&w->ctx, promise_in_tx, &(struct promising){later, 2}));
    CHECK(later[0].is_promised);
    CHECK(!later[1].is_promised);
}

TEST_BOTH(promise, a_closed_site_promises_nothing)
{
    struct shop s = shop_open(w);
    CHECK_OK(&w->ctx, world_script(w, "UPDATE availability SET is_closed = 1"));
    struct demand one[] = {demand_of(1, s.mug, s.london, 1)};
    CHECK_OK(&w->ctx, db_tx(&w->ctx, promise_in_tx, &(struct promising){one, 1}));
    CHECK(!one[0].is_promised);
}

/* --- where units go that are no longer there ------------------------------------------------- */

struct losing {
    struct shop shop;
    enum stock_reason reason;
};

static enum err lose_one(struct ctx *c, void *arg)
{
    const struct losing *l = arg;
    return stock_adjust(c, l->shop.mug, l->shop.london, l->shop.bins[0][0], (struct text){0}, -1,
                        l->reason, NONE);
}

static int64_t went_to(struct world *w, const char *sql)
{
    int64_t n = -1;
    CHECK_OK(&w->ctx, store_reader(&w->ctx));
    CHECK_OK(&w->ctx, db_ask(&w->ctx, sql, sql, &n));
    return n;
}

TEST_BOTH(promise, what_is_broken_goes_to_scrap_and_what_is_missing_to_adjustments)
{
    struct losing l = {shop_open(w), STOCK_DAMAGED};
    CHECK_OK(&w->ctx, db_tx(&w->ctx, lose_one, &l));
    CHECK_I64(1, went_to(w, "SELECT count(*) FROM stock_entry WHERE to_place = 4"));
    l.reason = STOCK_LOST;
    CHECK_OK(&w->ctx, db_tx(&w->ctx, lose_one, &l));
    CHECK_I64(1, went_to(w, "SELECT count(*) FROM stock_entry WHERE to_place = 4"));
    CHECK_I64(1, went_to(w, "SELECT count(*) FROM stock_entry WHERE to_place = 3"));
}
