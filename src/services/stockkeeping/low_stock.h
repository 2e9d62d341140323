/* services/stockkeeping/low_stock.h: who is told that stock is low reads the number on the screen.
 *
 * One number: what can be promised now, at all sites, as GET /v1/stock shows it. An alert is told
 * once when it falls to the rule's mark, and again only after it was above it. */
#pragma once

#include "domain/events/event.h"

struct low_stock {
    int64_t product_id;
    struct text sku, name;
    int64_t available, low_at;
};
extern const struct fields low_stock_fields;
/* Products at or below their mark now, by product. */
must_check enum err low_stock(struct ctx *c, int64_t after_product, int64_t limit,
                              struct list *out);
/* Reaction to whatever changes what can be promised: STOCK_LOW once per fall. */
must_check enum err low_stock_on_change(struct ctx *c, const struct event *events, size_t count);
