/* stages/6_delivery/delivery_apply.h: packages with what is known of them, and what follows from
 * something new. Seven statements to load, whatever their number (two more
 * when parcels hold several); the orders' rows are taken
 * first. */
#pragma once

#include "domain/orders/order.h"
#include "domain/orders/work.h"
#include "stages/6_delivery/delivery.h"

struct track {
    const struct package *package;
    struct tracking_event *events; /* known and new */
    size_t count, capacity;
    bool is_new;     /* something came in */
    bool comes_back; /* received in the house */
    struct package after;
};

struct tracks {
    struct list packages; /* every package of the orders, by order, then package */
    struct list states, fulfillments, lines;
    struct track *at; /* of the packages asked for and all in one parcel with them, ascending */
    size_t n;
    const char *source; /* whose word a delivery is: "carrier", "proof" */
};

/* Those of `package_ids` that exist. */
must_check enum err tracks_load(struct ctx *c, const int64_t *package_ids, size_t n,
                                struct tracks *out);
struct track *tracks_find(struct tracks *t, int64_t package_id);      /* NULL: no such package */
bool track_is_with(const struct track *t, const struct track *other); /* in one parcel */
/* Keep an event of a package and of all that are in one parcel with it; false when it is known
   already. Queued. */
must_check enum err track_add(struct ctx *c, struct tracks *all, struct track *t,
                              const struct tracking_event *e, bool *is_new);
/* Everything that follows: states, counters, fulfillments, orders, events. */
must_check enum err tracks_apply(struct ctx *c, struct tracks *t);
struct list track_lines(const struct tracks *t, int64_t package_id); /* of a package */
const struct fulfillment *track_fulfillment(const struct tracks *t, int64_t fulfillment_id);

void delivery_refuse(struct ctx *c, struct fault *fault, enum err e);
must_check enum err delivery_batch(struct ctx *c, size_t n);
