/* domain/orders/worth.h: what is left to pay for of an order: its lines, without what is cancelled
 * of them. Credits (domain/payments/refund.h) come off it. */
#pragma once

#include "domain/orders/order.h"

/* What these units of an order's lines are worth together; `units` stands beside the lines. Extras
   (shipping, services, charges) come with the first unit. */
int64_t worth_of_units(struct arena *a, const struct order *o, const struct order_line *lines,
                       size_t n, const int64_t *units);
/* What the order is worth without its cancelled units. */
int64_t worth_owed(struct arena *a, const struct order *o, const struct order_state *s,
                   const struct order_line *lines, size_t n);
