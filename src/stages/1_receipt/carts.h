/* stages/1_receipt/carts.h: goods are set aside while a shopper makes up his mind.
 *
 *   reserve ──> live until expires_us ──order placed with the cart──> its promises
 *     └─ the shopper's own old cart is replaced in the same unit: he never locks himself out, and
 *        there is no moment at which somebody else could take what he had */
#pragma once

#include "domain/events/event.h"
#include "domain/events/job.h"
#include "domain/inventory/cart.h"
#include "stages/1_receipt/receipt_check.h"

enum { CART_LINES_MAX = 200, CART_MINUTES_DEFAULT = 15, CART_MINUTES_MAX = 24 * 60 };

struct cart_want {
    struct text sku;
    int64_t quantity;
};
struct cart_draft {
    struct text reference; /* of the shopper: session, basket number */
    int32_t channel;
    int64_t minutes;   /* NONE: CART_MINUTES_DEFAULT */
    bool is_partial;   /* take what is there; else all of it or nothing */
    struct list lines; /* struct cart_want */
};
extern const struct fields cart_draft_fields;

struct cart_outcome {
    struct cart cart;
    int64_t units, short_of;
    bool is_replacing; /* the shopper's old cart */
};

/* Inside a unit of work. ERR_CONFLICT "insufficient_stock": nothing changes, an old cart stays. */
must_check enum err cart_reserve(struct ctx *c, const struct cart_draft *in,
                                 struct cart_outcome *out);
/* ERR_CONFLICT "cart_ended" when it is live no more. `out` is what it is then. */
must_check enum err cart_prolong(struct ctx *c, int64_t cart_id, int64_t minutes, struct cart *out);
must_check enum err cart_give_back(struct ctx *c, int64_t cart_id, struct cart *out);
/* Handler of JOB_CART (subject: the cart): its time is over, or was put off. */
must_check enum err carts_expire(struct ctx *c, const struct job *jobs, size_t count);

/* --- for placing orders ---------------------------------------------------------------------- */

/* The carts that these candidates were ordered from. A cart that became an order already is the
   outcome's fault (ERR_CONFLICT "cart_ordered"); one that has expired gives no advantage. */
must_check enum err carts_load(struct ctx *c, struct known *k, const struct candidate *all,
                               size_t n, const size_t *index, struct outcome *outcomes);
/* Its goods are the candidate's to take (or, with is_back, not any more). */
void cart_lend(struct known *k, const struct candidate *o, bool is_back);
/* The cart becomes the order. */
must_check enum err cart_to_order(struct ctx *c, const struct known *k, const struct candidate *o);
