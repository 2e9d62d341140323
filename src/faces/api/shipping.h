/* faces/api/shipping.h: the routes of the ramp and of the road. */
#pragma once

#include "faces/api/route.h"

extern const struct route
    shipping_routes[]; /* /v1/packages, labels, /v1/handovers, /v1/manifests */
extern const struct route combining_routes[]; /* /v1/combinable, combine, separate */
extern const struct route delivery_routes[];  /* /v1/tracking-events, /v1/deliveries, attempts */

/* A fault of a stage's batch as the answer of a row. */
struct row_answer row_of(const struct fault *fault, const void *record);
/* Is it the row's own fault (the others go on), or the unit's? */
bool is_row_fault(enum err e);
