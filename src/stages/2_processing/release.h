/* stages/2_processing/release.h: stage 2 ends when the work begins.
 *
 *   placed, no live hold, promised ──release──> fulfillments, their lines, pick and service tasks
 *
 * One fulfillment per order and site. A pick task is bound to a bin now, not earlier: to a cell
 * that has the units and has not allotted them to another task. With the stock policy `backorder`
 * an order waits until all of it is promised; with `split` what is promised goes ahead. */
#pragma once

#include "base/ctx.h"
#include "domain/events/event.h"
#include "domain/orders/order.h"
#include "domain/orders/work.h"

/* Release whatever of these orders can be; the others stay as they are. Inside a unit of work, any
   number of orders with the same number of statements. *released counts fulfillments. */
must_check enum err release_orders(struct ctx *c, const int64_t *order_ids, size_t n,
                                   int64_t *released);

/* Reaction to whatever may have cleared the way: placed, allocated, freed. */
must_check enum err release_on_clear(struct ctx *c, const struct event *events, size_t count);

/* The kind of task that a service offer of this kind becomes. */
enum task_kind release_task_kind(int32_t service_kind);
/* The task by which a fulfillment does a line's service. The caller counts services_open. */
must_check enum err release_service(struct ctx *c, const struct fulfillment *f, enum task_kind kind,
                                    const struct order_line *l);
