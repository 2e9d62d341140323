/* domain/orders/worth.h: what is left to pay for of an order: its lines, without what is cancelled
 * of them. Credits (domain/payments/refund.h) come off it. */
#pragma once

#include "domain/orders/order.h"

/* Of an amount that the whole line bears (its total, its tax) the part of its first `units` of
   `whole`. The line's discount is off as many units as it was agreed for: units that were added
   since cost the full price, so that whoever takes them away again pays what was paid before. They
   leave the house last, are cancelled first, and come back last. Of a kit `whole` may count its
   parts. */
int64_t line_share(const struct order_line *l, int64_t amount_minor, int64_t units, int64_t whole);
/* What these units of an order's lines are worth together; `units` stands beside the lines. Extras
   (shipping, services, charges) come with the first unit. */
int64_t worth_of_units(struct arena *a, const struct order *o, const struct order_line *lines,
                       size_t n, const int64_t *units);
/* What the order is worth without its cancelled units. */
int64_t worth_owed(struct arena *a, const struct order *o, const struct order_state *s,
                   const struct order_line *lines, size_t n);
