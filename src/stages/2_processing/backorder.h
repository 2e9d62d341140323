/* stages/2_processing/backorder.h: who waits for stock is served when it comes.
 *
 *   stock received, found, given back ──> those for whom it came in (earmark.h), then short lines
 *                                         of those products: urgent orders, the merchant's order
 *                                             └─> promised; hold for stock let go when all is there
 *
 * Which site sends it: by the merchant's rule of sourcing over all lines of the order, as at
 * receipt, and a site that sends some of it anyway adds no parcel. The decision is kept.
 *
 * Decided as a set: the statements do not grow with the orders that wait, but for one round per
 * BACKORDER_LINES_MAX lines that are served. */
#pragma once

#include "base/ctx.h"
#include "domain/events/event.h"
#include "domain/events/job.h"

enum { BACKORDER_LINES_MAX = 1000 };

/* Promise what is free of these products; *promised counts units. Inside a unit of work. */
must_check enum err backorder_promise(struct ctx *c, const int64_t *product_ids, size_t n,
                                      int64_t *promised);

/* The same for the lines of one order, before anybody who has waited longer: for goods that were
   set aside for it. */
must_check enum err backorder_promise_order(struct ctx *c, int64_t order_id,
                                            const int64_t *product_ids, size_t n,
                                            int64_t *promised);

/* Reaction to STOCK_RECEIVED, STOCK_ADJUSTED and STOCK_RULED (their product), and to
   ORDER_CANCELLED, ORDER_CHANGED, FULFILLMENT_CANCELLED, FULFILLMENT_REJECTED and RETURN_RECEIVED
   (the products of their order). A site that gave an order back is not asked for it again until its
   time is over. */
must_check enum err backorder_on_stock(struct ctx *c, const struct event *events, size_t count);
/* Handler of JOB_BACKORDER (subject: an order that a site gave back): ask it again. */
must_check enum err backorder_job(struct ctx *c, const struct job *jobs, size_t count);
