/* domain/inventory/lot.h: lots: when they expire, who got them, and the rules of watching.
 *
 * A lot of a product is one fact wherever its units lie. Its last day of sale is its day of expiry
 * less the days that the product's rule wants left; a job takes what is left out of sale then. */
#pragma once

#include "base/ctx.h"
#include "base/field.h"

enum { LOT_MAX = 64, DAYS_LEFT_MAX = 3650 };

struct lot {
    int64_t merchant_id, product_id;
    struct text lot;
    int64_t lot_id, expiry_day, sells_until_day, received_us;
    int32_t is_fresh; /* made or dated in this unit: lots_save writes it */
};
extern const struct fields lot_fields;

/* What a batch of goods that come in says of lots. */
struct lot_book {
    struct lot *lots;
    size_t count, capacity;
    struct list rules;
};
/* Every lot of these products with one of these codes, and the products' rules. */
must_check enum err lot_book_open(struct ctx *c, const int64_t *product_ids, size_t products,
                                  const struct text *codes, size_t n, struct lot_book *out);
/* The lot in the book, which grows by it when it is new. A day that is known already must be the
   same: ERR_CONFLICT "expiry_differs" at "expiry_date". The pointer lasts until the next call. */
must_check enum err lot_expect(struct ctx *c, struct lot_book *book, int64_t product_id,
                               struct text code, int64_t expiry_day, struct lot **out);
/* Queued: those that are new or got their date in this unit. */
must_check enum err lot_book_save(struct ctx *c, const struct lot_book *book);
/* Every lot of these products with one of these codes, by product, then code. */
must_check enum err lots_of(struct ctx *c, const int64_t *product_ids, size_t products,
                            const struct text *codes, size_t n, struct list *out);
bool lot_is_over(const struct ctx *c, const struct lot *lot); /* not to be sold today */
must_check enum err lots_by_id(struct ctx *c, const int64_t *lot_ids, size_t n, struct list *out);
/* Lots that expire up to that day, soonest first, from a place in that order on. */
must_check enum err lots_expiring(struct ctx *c, int64_t from_day, int64_t to_day, int64_t limit,
                                  struct list *out);

/* Who got units of a lot: orders by what was picked for them less what was put back. */
struct lot_order {
    int64_t order_id, quantity, at_us;
};
extern const struct fields lot_order_fields;
must_check enum err lot_orders(struct ctx *c, int64_t product_id, struct text code,
                               int64_t after_order, int64_t limit, struct list *out);

must_check enum err lots_dated_of(struct ctx *c, int64_t product_id, struct list *out);
must_check enum err lot_date(struct ctx *c, const struct lot *lot); /* queued: its days */

struct stock_rule {
    int64_t merchant_id, product_id, low_at, days_left_min;
    int32_t is_low;
};
extern const struct fields stock_rule_fields;
must_check enum err stock_rules_of(struct ctx *c, const int64_t *product_ids, size_t n,
                                   struct list *out); /* by product */
/* Queued. What it means for the lots is the caller's: lots_dated_of, lot_date. */
must_check enum err stock_rule_put(struct ctx *c, const struct stock_rule *rule);
