/* domain/orders/stop.h: a stop reaches the hand.
 *
 * Whoever works on a fulfillment (picks, packs, wraps, hands over) asks here first. A live hold, a
 * cancelled order, a fulfillment that is being cancelled or a version that has moved on is answered
 * by ERR_CONFLICT "stop", and the detail says why, for the person with the scanner. */
#pragma once

#include "domain/orders/order.h"
#include "domain/orders/work.h"

struct stops {
    struct list states; /* struct order_state */
    struct list holds;  /* struct hold: live ones */
};

/* Two statements at most, for any number of orders (repeats allowed). */
must_check enum err stops_load(struct ctx *c, const int64_t *order_ids, size_t n,
                               struct stops *out);
/* `version` is the one the worker has read; NONE asks for none. */
must_check enum err stop_check(struct ctx *c, const struct stops *s, const struct fulfillment *f,
                               int64_t version);
bool stop_is_held(const struct stops *s, int64_t order_id);
