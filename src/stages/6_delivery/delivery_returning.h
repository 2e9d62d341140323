/* stages/6_delivery/delivery_returning.h: scans of a label with which goods come back. They are
 * kept like those of a package; services/returns hears RETURN_TRACKED. Two statements to load. */
#pragma once

#include "stages/6_delivery/delivery.h"

struct returning {
    struct list returns; /* struct order_return, ascending */
    struct list events;  /* known, struct tracking_event */
    struct tracking_event *new;
    size_t count, capacity;
};

/* Those of `ids` that are returns. */
must_check enum err returning_load(struct ctx *c, const int64_t *ids, size_t n,
                                   struct returning *out);
bool returning_has(const struct returning *r, int64_t return_id);
/* Keep an event and tell it. Queued. */
must_check enum err returning_take(struct ctx *c, struct returning *r,
                                   const struct tracking_event *e, bool *is_new);
