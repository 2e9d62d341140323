/* stages/2_processing/backorder.h: who waits for stock is served when it comes.
 *
 *   stock received, found, given back ──> short lines of those products, oldest order first
 *                                             └─> promised ; hold for stock let go when all is
 * there
 *
 * Decided as a set: the statements do not grow with the orders that wait, but for one round per
 * BACKORDER_LINES_MAX lines that are served. */
#pragma once

#include "base/ctx.h"
#include "domain/events/event.h"

enum { BACKORDER_LINES_MAX = 1000 };

/* Promise what is free of these products; *promised counts units. Inside a unit of work. */
must_check enum err backorder_promise(struct ctx *c, const int64_t *product_ids, size_t n,
                                      int64_t *promised);

/* Reaction to STOCK_RECEIVED and STOCK_ADJUSTED (their product), and to ORDER_CANCELLED,
   ORDER_CHANGED, FULFILLMENT_CANCELLED and RETURN_RECEIVED (the products of their order). */
must_check enum err backorder_on_stock(struct ctx *c, const struct event *events, size_t count);
