/* domain/catalog/substitute.h: what may be sent instead of a product, by rule.
 *
 *   product ──rank 1──> substitute   so many of it replace so many, at a price by a named rule
 *           ──rank 2──> another
 *
 * Rules of a merchant make no circle: what stands for a product is never replaced by that product
 * again. Days are both included. Writes are queued unless said otherwise. */
#pragma once

#include "base/ctx.h"
#include "base/field.h"

enum substitute_price {
    SUBSTITUTE_PRICE_LOWER,    /* the lower of the two */
    SUBSTITUTE_PRICE_ORIGINAL, /* what the customer agreed to */
    SUBSTITUTE_PRICE_OWN       /* the substitute's, by the price list */
};
/* What becomes of the units when the customer does not want the substitute, or does not answer. */
enum substitute_otherwise { OTHERWISE_BACKORDER, OTHERWISE_CANCEL };
extern const struct words substitute_price_words, substitute_otherwise_words;

enum {
    SUBSTITUTES_MAX = 5000, /* rules of a merchant */
    SUBSTITUTE_RANK_MAX = 99,
    SUBSTITUTE_RATIO_MAX = 1000,
    SUBSTITUTE_HOURS_DEFAULT = 48,
    SUBSTITUTE_HOURS_MAX = 30 * 24
};

struct substitute {
    int64_t merchant_id, product_id, substitute_id;
    int64_t rank;            /* 1 is asked for first */
    int64_t replaced, units; /* `units` of the substitute stand for `replaced` of the product */
    int32_t price, otherwise;
    int64_t answer_hours;        /* so long the customer may think about it */
    int64_t from_day, until_day; /* NONE: since ever, without end */
    int32_t is_active;
};
extern const struct fields substitute_fields;

must_check enum err substitute_put(struct ctx *c, const struct substitute *s);
/* At once. */
must_check enum err substitute_remove(struct ctx *c, int64_t product_id, int64_t substitute_id,
                                      bool *was_there);
/* All of the merchant, by product, rank, substitute. */
must_check enum err substitutes_all(struct ctx *c, struct list *out);
/* Of these products, in the same order. */
must_check enum err substitutes_of(struct ctx *c, const int64_t *product_ids, size_t n,
                                   struct list *out);
/* Those in which these products are the substitutes. */
must_check enum err substitutes_by(struct ctx *c, const int64_t *substitute_ids, size_t n,
                                   struct list *out);

/* Holds on this day? */
bool substitute_holds(const struct substitute *s, int64_t day);
/* Would one more rule product -> substitute close a circle? */
bool substitutes_circle(struct arena *a, const struct list *all, int64_t product_id,
                        int64_t substitute_id);
/* How many of `missing` units can be replaced when so many of the substitute are free; whole
   multiples of the ratio. */
int64_t substitute_covers(const struct substitute *s, int64_t missing, int64_t free_units);
/* What the units that stand for others cost together: `original_minor` is what those cost,
   `list_minor` what the substitute's units cost by the price list, NONE: it has none. NONE: the
   rule asks for a price that is not there. */
int64_t substitute_cost(const struct substitute *s, int64_t original_minor, int64_t list_minor);
