/* When work begins, and what it consists of. */
#include "stages/2_processing/release.h"

#include "domain/inventory/stock.h"
#include "domain/orders/work.h"
#include "domain/people/people.h"
#include "shop.h"

static struct list fulfillments(struct world *w, int64_t order_id)
{
    struct list out = {0};
    CHECK_OK(&w->ctx, fulfillments_of_orders(&w->ctx, &order_id, 1, &out));
    return out;
}

static struct list tasks(struct world *w, int64_t fulfillment_id)
{
    struct list out = {0};
    CHECK_OK(&w->ctx, tasks_of(&w->ctx, &fulfillment_id, 1, &out));
    return out;
}

TEST_BOTH(release, makes_one_fulfillment_with_a_pick_at_its_bin)
{
    struct shop s = shop_open(w);
    int64_t id = shop_order(w, "MUG", 3);
    CHECK_I64(1, shop_release(w, &id, 1));
    CHECK_I64(STAGE_PICKING, shop_state(w, id).stage);
    struct list found = fulfillments(w, id);
    CHECK_I64(1, (int64_t)found.count);
    const struct fulfillment *f = found.at;
    CHECK_I64(FULFILLMENT_RELEASED, f->state);
    CHECK_I64(3, f->units);
    CHECK_I64(1, f->tasks_open);
    struct list picks = tasks(w, f->fulfillment_id);
    CHECK_I64(1, (int64_t)picks.count);
    CHECK_I64(s.bins[0][0], ((const struct task *)picks.at)->place_id);
    struct list cells;
    CHECK_OK(&w->ctx, stock_of_place(&w->ctx, s.bins[0][0], &cells));
    CHECK_I64(3, ((const struct stock *)cells.at)->allotted);
    CHECK_I64(100, ((const struct stock *)cells.at)->on_hand);
}

TEST_BOTH(release, twice_makes_nothing_twice)
{
    shop_open(w);
    int64_t id = shop_order(w, "MUG", 3);
    CHECK_I64(1, shop_release(w, &id, 1));
    CHECK_I64(0, shop_release(w, &id, 1));
    CHECK_I64(1, (int64_t)fulfillments(w, id).count);
}

TEST_BOTH(release, a_held_order_waits)
{
    shop_open(w);
    struct draft d = shop_draft(w, "MUG", 1);
    ((struct draft_line *)d.lines.at)->unit_price = money(1, "GBP");
    struct outcome o;
    if (!shop_place(w, &d, 1, &o)) return;
    CHECK_I64(0, shop_release(w, &o.order_id, 1));
    CHECK_I64(STAGE_PROCESSING, shop_state(w, o.order_id).stage);
}

TEST_BOTH(release, an_order_from_two_sites_is_two_fulfillments)
{
    shop_open(w);
    int64_t id = shop_order(w, "LAMP", 110);
    CHECK_I64(2, shop_release(w, &id, 1));
    struct list found = fulfillments(w, id);
    const struct fulfillment *f = found.at;
    CHECK_I64(110, f[0].units + f[1].units);
    CHECK(f[0].site_id != f[1].site_id);
}

TEST_BOTH(release, two_orders_are_not_sent_to_the_same_units)
{
    struct shop s = shop_open(w);
    int64_t ids[2] = {shop_order(w, "BOOK", 60), shop_order(w, "BOOK", 40)};
    CHECK_I64(2, shop_release(w, ids, 2));
    struct list cells;
    CHECK_OK(&w->ctx, stock_of_place(&w->ctx, s.bins[0][3], &cells));
    CHECK_I64(100, ((const struct stock *)cells.at)->allotted);
}

TEST_BOTH(release, services_become_tasks_of_their_line)
{
    shop_open(w);
    struct draft d = shop_draft(w, "MUG", 1);
    struct draft_service services[2] = {{T("gift_wrap"), T("Happy birthday, Åse!")},
                                        {T("engraving"), T("Åse")}};
    ((struct draft_line *)d.lines.at)->services = (struct list){services, 2};
    struct outcome o;
    if (!shop_place(w, &d, 1, &o)) return;
    w->ctx.fault = o.fault;
    CHECK_OK(&w->ctx, o.fault.code);
    CHECK_I64(1, shop_release(w, &o.order_id, 1));
    struct list found = fulfillments(w, o.order_id);
    const struct fulfillment *f = found.at;
    CHECK_I64(2, f->services_open);
    CHECK_I64(1, f->tasks_open);
    struct list all = tasks(w, f->fulfillment_id);
    bool wraps = false, engraves = false;
    for (size_t i = 0; i < all.count; i++) {
        const struct task *t = &((const struct task *)all.at)[i];
        wraps = wraps || (t->kind == TASK_GIFT_WRAP && text_is(t->wording, "Happy birthday, Åse!"));
        engraves = engraves || (t->kind == TASK_CUSTOMIZATION && text_is(t->wording, "Åse"));
    }
    CHECK(wraps);
    CHECK(engraves);
}

TEST_BOTH(release, a_kit_is_picked_in_parts_and_assembled)
{
    shop_open(w);
    int64_t id = shop_order(w, "SET", 2);
    CHECK_I64(1, shop_release(w, &id, 1));
    const struct fulfillment *f = fulfillments(w, id).at;
    CHECK_I64(6, f->units);
    CHECK_I64(2, f->tasks_open);
    CHECK_I64(1, f->services_open);
}

struct moving {
    int64_t order_id;
    struct shop *shop;
};

/* Two of three mugs are promised anew at the other site. */
static enum err move_promise(struct ctx *c, void *arg)
{
    const struct moving *m = arg;
    struct list work;
    struct promise p = {.order_id = m->order_id,
                        .line_no = 1,
                        .site_id = m->shop->london,
                        .product_id = m->shop->mug};
    struct demand d = {.order_id = m->order_id,
                       .line_no = 1,
                       .product_id = m->shop->mug,
                       .site_id = m->shop->manchester,
                       .quantity = 2,
                       .promised_day = NONE};
    TRY(fulfillments_of_orders(c, &m->order_id, 1, &work));
    const struct fulfillment *f = work.at;
    TRY(fulfillment_shrink(c, f->fulfillment_id, 1, 2));
    TRY(promise_release(c, &p, 2));
    TRY(order_progress(c, m->order_id, 1, (struct progress){.released = -2}));
    return stock_promise(c, &d, 1);
}

TEST_BOTH(release, what_is_promised_anew_is_brought_by_the_site_that_promised_it)
{
    struct shop s = shop_open(w);
    struct draft d = shop_draft(w, "MUG", 3);
    struct draft_service wrap = {T("gift_wrap"), T("For Ada")};
    d.services = (struct list){&wrap, 1};
    struct outcome o;
    if (!shop_place(w, &d, 1, &o)) return;
    CHECK_I64(1, shop_release(w, &o.order_id, 1));
    CHECK_OK(&w->ctx, db_tx(&w->ctx, move_promise, &(struct moving){o.order_id, &s}));
    CHECK_I64(1, shop_release(w, &o.order_id, 1));
    struct list found = fulfillments(w, o.order_id);
    const struct fulfillment *f = found.at;
    CHECK_I64(2, (int64_t)found.count);
    for (size_t i = 0; i < found.count; i++) {
        CHECK_I64(f[i].site_id == s.london ? 1 : 2, f[i].units);
        CHECK_I64(f[i].site_id == s.london ? 1 : 0, f[i].services_open); /* wrapped once */
    }
}

TEST_BOTH(release, statements_do_not_grow_with_orders)
{
    shop_open(w);
    int64_t ids[40], spent[2];
    const size_t sizes[2] = {1, 39};
    for (size_t i = 0; i < 40; i++) ids[i] = shop_order(w, i % 2 ? "PEN" : "MUG", 2);
    for (size_t round = 0; round < 2; round++) {
        int64_t before = store_queries(w->store);
        shop_release(w, ids + round, sizes[round]);
        spent[round] = store_queries(w->store) - before;
    }
    CHECK_I64(spent[0], spent[1]);
}
