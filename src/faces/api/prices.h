/* faces/api/prices.h: entries of the price list, of products and of services. */
#pragma once

#include "domain/catalog/product.h"

struct price_view {
    int64_t from_quantity;
    struct money unit_price;
};
extern const struct fields price_view_fields;
enum { PRICES_MAX = 100 };

/* Those of one product (or offer) out of prices_of. */
struct list prices_view(struct ctx *c, const struct list *prices, int64_t product_id);
/* Queue them: struct price_view. ERR_INVALID "given_twice". */
must_check enum err prices_put(struct ctx *c, int64_t product_id, const struct list *views);
