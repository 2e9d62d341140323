/* domain/inventory/inventory_test.c: what stock refuses, whoever asks; beside promise_test.c. */
#include "domain/inventory/cart.h"
#include "domain/inventory/preorder.h"
#include "domain/inventory/serial.h"
#include "domain/inventory/stock.h"
#include "shop.h"
#include "work_fixture.h"

struct moving {
    int64_t product_id;
    struct cell from, to;
    int64_t quantity;
};
static enum err move(struct ctx *c, void *arg)
{
    const struct moving *m = arg;
    return stock_move(c, m->product_id, m->from, m->to, m->quantity, STOCK_MOVE, NONE, NONE);
}

TEST_BOTH(inventory, no_bin_gives_what_it_has_not_and_nothing_is_half_moved)
{
    struct shop s = shop_open(w);
    int64_t from = s.bins[0][0], to = s.bins[0][5];
    int64_t there = work_cell(w, s.london, s.mug, from, NULL).on_hand;
    int64_t entries = world_ask(w, "SELECT count(*) AS n FROM stock_entry");
    struct moving m = {s.mug, {from, s.london, {0}}, {to, s.london, {0}}, there + 1};
    CHECK(there > 0);
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "constraint", db_tx(&w->ctx, move, &m));
    CHECK_I64(there, work_cell(w, s.london, s.mug, from, NULL).on_hand);
    CHECK_I64(entries, world_ask(w, "SELECT count(*) AS n FROM stock_entry"));
    m.quantity = there;
    CHECK_OK(&w->ctx, db_tx(&w->ctx, move, &m));
    CHECK_I64(0, work_cell(w, s.london, s.mug, from, NULL).on_hand);
    CHECK_I64(entries + 1, world_ask(w, "SELECT count(*) AS n FROM stock_entry"));
}

struct sending {
    int64_t product_id, site_id, bin_id, difference;
};
static enum err allot(struct ctx *c, void *arg)
{
    const struct sending *s = arg;
    return stock_allot(c, s->product_id, s->site_id, s->bin_id, (struct text){0}, s->difference);
}

TEST_BOTH(inventory, nobody_is_called_back_who_was_not_sent)
{
    struct shop s = shop_open(w);
    struct sending one = {s.mug, s.london, s.bins[0][0], 1};
    CHECK_OK(&w->ctx, db_tx(&w->ctx, allot, &one));
    one.difference = -2;
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "constraint", db_tx(&w->ctx, allot, &one));
    CHECK_I64(1, work_cell(w, s.london, s.mug, one.bin_id, NULL).allotted);
}

struct keeping {
    struct promise promise;
    int64_t quantity;
};
static enum err give_back(struct ctx *c, void *arg)
{
    const struct keeping *k = arg;
    return promise_release(c, &k->promise, k->quantity);
}
static enum err use_up(struct ctx *c, void *arg)
{
    const struct keeping *k = arg;
    return promise_consume(c, &k->promise, k->quantity);
}

TEST_BOTH(inventory, a_promise_is_given_back_or_kept_but_not_both)
{
    struct shop s = shop_open(w);
    int64_t order_id = shop_order(w, "MUG", 3);
    struct list promises;
    CHECK_OK(&w->ctx, store_reader(&w->ctx));
    CHECK_OK(&w->ctx, promises_of(&w->ctx, &order_id, 1, &promises));
    struct keeping k = {*(const struct promise *)promises.at, 2};
    CHECK_I64(3, k.promise.quantity);
    CHECK_OK(&w->ctx, db_tx(&w->ctx, give_back, &k));
    CHECK(db_tx(&w->ctx, use_up, &k) != OK); /* as if it had not been given back */
    CHECK(db_tx(&w->ctx, give_back, &k) != OK);
    k.quantity = 1;
    CHECK_OK(&w->ctx, db_tx(&w->ctx, use_up, &k));
    CHECK(db_tx(&w->ctx, use_up, &k) != OK);
    struct list stock;
    CHECK_OK(&w->ctx, availability_of(&w->ctx, &s.mug, 1, &stock));
    const struct availability *at = stock.at;
    for (size_t i = 0; i < stock.count; i++) CHECK_I64(0, at[i].promised);
}

struct serial_way {
    int64_t product_id, bin_id;
    struct serial_unit unit;
    int64_t return_id;
};
static enum err take_in(struct ctx *c, void *arg)
{
    const struct serial_way *s = arg;
    return serial_receive(c, s->product_id, s->unit.serial, s->bin_id);
}
static enum err put_in(struct ctx *c, void *arg)
{
    return serial_pack(c, &((const struct serial_way *)arg)->unit);
}

TEST_BOTH(inventory, a_number_is_in_the_house_once_and_in_one_parcel)
{
    struct shop s = shop_open(w);
    struct serial_way mine = {.product_id = s.lamp,
                              .bin_id = s.bins[0][0],
                              .unit = {.serial = T("SN-1"),
                                       .product_id = s.lamp,
                                       .package_id = 11,
                                       .order_id = 12,
                                       .line_no = 1}};
    CHECK_OK(&w->ctx, db_tx(&w->ctx, take_in, &mine));
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "constraint", db_tx(&w->ctx, take_in, &mine));
    CHECK_OK(&w->ctx, db_tx(&w->ctx, put_in, &mine));
    mine.unit.package_id = 21;
    CHECK_FAULT(&w->ctx, ERR_BUSY, "raced", db_tx(&w->ctx, put_in, &mine));
    CHECK_I64(11, world_ask(w, "SELECT package_id AS n FROM serial_unit"));
}

TEST_BOTH(inventory, a_range_of_numbers_says_what_it_means_or_is_refused)
{
    struct list out, none = {0};
    struct serial_range range = {T("SN0998"), T("SN1001")};
    struct list ranges = {&range, 1};
    CHECK_OK(&w->ctx, serials_spell(&w->ctx, &none, &ranges, &out));
    const struct text *at = out.at;
    CHECK_I64(4, (int64_t)out.count);
    CHECK(out.count == 4 && text_is(at[0], "SN0998") && text_is(at[3], "SN1001"));
    struct text twice[] = {T("SN1000")};
    CHECK_FAULT(&w->ctx, ERR_INVALID, "serial_twice",
                serials_spell(&w->ctx, &(struct list){twice, 1}, &ranges, &out));
    range.to = T("SN0990");
    CHECK_FAULT(&w->ctx, ERR_INVALID, "serial_range", serials_spell(&w->ctx, &none, &ranges, &out));
    range.to = T("XY1001");
    CHECK_FAULT(&w->ctx, ERR_INVALID, "serial_range", serials_spell(&w->ctx, &none, &ranges, &out));
    struct text bad[] = {T(" ")};
    CHECK_FAULT(&w->ctx, ERR_INVALID, "serial_bad",
                serials_spell(&w->ctx, &(struct list){bad, 1}, &none, &out));
}

struct ahead {
    struct preorder rule;
    struct preordered line;
};
static enum err allow(struct ctx *c, void *arg)
{
    return preorder_put(c, &((const struct ahead *)arg)->rule);
}
static enum err sell_ahead(struct ctx *c, void *arg)
{
    return preorder_take(c, &((const struct ahead *)arg)->line, 1);
}

TEST_BOTH(inventory, no_more_is_sold_ahead_than_the_cap)
{
    struct shop s = shop_open(w);
    struct ahead a = {{s.lamp, 3, 0, NONE}, {1, 1, s.lamp, 2}};
    CHECK_OK(&w->ctx, db_tx(&w->ctx, allow, &a));
    CHECK_OK(&w->ctx, db_tx(&w->ctx, sell_ahead, &a));
    a.line.order_id = 2;
    CHECK_FAULT(&w->ctx, ERR_BUSY, "raced", db_tx(&w->ctx, sell_ahead, &a));
    a.line.quantity = 1;
    CHECK_OK(&w->ctx, db_tx(&w->ctx, sell_ahead, &a));
    a.rule.cap = 1; /* what was sold stays sold */
    CHECK_OK(&w->ctx, db_tx(&w->ctx, allow, &a));
    CHECK_I64(3, world_ask(w, "SELECT taken AS n FROM preorder"));
}

struct setting_aside {
    struct cart cart;
    struct demand demand;
    enum cart_state end;
};
static enum err set_aside(struct ctx *c, void *arg)
{
    struct setting_aside *a = arg;
    TRY(availability_take(c, &a->demand, 1));
    return cart_insert(c, &a->cart, &a->demand, 1);
}
static enum err end_cart(struct ctx *c, void *arg)
{
    struct setting_aside *a = arg;
    struct list lines;
    TRY(cart_lines_of(c, &a->cart.cart_id, 1, &lines));
    return cart_end(c, &a->cart, &lines, a->end, a->end == CART_ORDERED ? 9 : NONE);
}
static enum err extend_cart(struct ctx *c, void *arg)
{
    const struct setting_aside *a = arg;
    return cart_extend(c, &a->cart, 99);
}

TEST_BOTH(inventory, a_cart_ends_once_and_gives_its_units_back_once)
{
    struct shop s = shop_open(w);
    struct setting_aside a = {
        .cart = {.cart_id = 5, .reference = T("basket"), .order_id = NONE, .expires_us = 10},
        .demand = {.product_id = s.mug, .site_id = s.london, .quantity = 4},
        .end = CART_EXPIRED};
    CHECK_OK(&w->ctx, db_tx(&w->ctx, set_aside, &a));
    CHECK_I64(4, world_ask(w, "SELECT sum(promised) AS n FROM availability"));
    CHECK_OK(&w->ctx, db_tx(&w->ctx, end_cart, &a));
    CHECK_FAULT(&w->ctx, ERR_BUSY, "raced", db_tx(&w->ctx, end_cart, &a));
    a.end = CART_ORDERED;
    CHECK_FAULT(&w->ctx, ERR_BUSY, "raced", db_tx(&w->ctx, end_cart, &a));
    CHECK_FAULT(&w->ctx, ERR_BUSY, "raced", db_tx(&w->ctx, extend_cart, &a));
    CHECK_I64(0, world_ask(w, "SELECT sum(promised) AS n FROM availability"));
}
