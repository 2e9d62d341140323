/* domain/inventory/cart.h: goods set aside for somebody who has not ordered yet.
 *
 *   live ──ordered──> an order's promises      (in the unit that places the order)
 *     ├──expired, given back──> free again
 *     └──replaced──> by the same shopper's next cart, in one unit
 *
 * A live cart's lines are part of availability.promised, like the promises of orders. `expires_us`
 * is the only clock of the hold. Writes are queued unless said otherwise. */
#pragma once

#include "domain/inventory/stock.h"

enum cart_state { CART_LIVE, CART_ORDERED, CART_EXPIRED, CART_GIVEN_BACK, CART_REPLACED };
extern const struct words cart_state_words;

struct cart {
    int64_t cart_id;
    struct text reference;
    int32_t channel, state;
    int64_t order_id, expires_us, created_us;
    int64_t owner_id; /* whose goods are set aside; 0: the merchant's own */
};
struct cart_line {
    int64_t cart_id, product_id, site_id, quantity;
};
extern const struct fields cart_fields, cart_line_fields;

must_check enum err cart_insert(struct ctx *c, const struct cart *k, const struct demand *demands,
                                size_t n);
must_check enum err cart_find(struct ctx *c, int64_t owner_id, struct text reference,
                              struct cart *out, bool *found);
must_check enum err carts_of(struct ctx *c, const int64_t *ids, size_t n, struct list *out);
must_check enum err cart_lines_of(struct ctx *c, const int64_t *ids, size_t n, struct list *out);
/* End a live cart, at once, and give its units back (queued). ERR_BUSY "raced" when somebody else
   ended it meanwhile. */
must_check enum err cart_end(struct ctx *c, const struct cart *k, const struct list *lines,
                             enum cart_state state, int64_t order_id);
/* A later end of a live cart; ERR_BUSY "raced" when it has ended. */
must_check enum err cart_extend(struct ctx *c, const struct cart *k, int64_t expires_us);
