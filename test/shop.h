/* test/shop.h: a small shop to test in.
 *
 * Merchant "Fjell & Co" (GBP), sites LON (London, first) and MAN (Manchester), bins A-01-01 to
 * A-03-04 in each; cartons S, M, L; products MUG (fragile), BOOK, LAMP (fragile, upright), PEN and
 * the kit SET (1 MUG, 2 PEN) with prices; 100 of each in London, 20 of each in Manchester; gift
 * wrap, engraving and special packaging are offered. */
#pragma once

#include "domain/orders/order.h"
#include "stages/1_receipt/receipt.h"
#include "world.h"

struct shop {
    int64_t merchant_id;
    int64_t london, manchester;
    int64_t mug, book, lamp, pen, set;
    int64_t gift_wrap, engraving, packaging;
    int64_t bins[2][12];
};

/* Opens the shop in a fresh world; w->ctx.merchant_id is its merchant. Fails the test otherwise. */
struct shop shop_open(struct world *w);

/* A draft for `quantity` of `sku` to a London address, paid on account, by web. */
struct draft shop_draft(struct world *w, const char *sku, int64_t quantity);
/* Place it; returns the order's id, or fails the test. */
int64_t shop_order(struct world *w, const char *sku, int64_t quantity);
/* Place a batch; false when the unit of work failed. */
bool shop_place(struct world *w, const struct draft *drafts, size_t n, struct outcome *outcomes);
/* Release these orders in a unit of work. */
int64_t shop_release(struct world *w, const int64_t *order_ids, size_t n);
struct order_state shop_state(struct world *w, int64_t order_id);
