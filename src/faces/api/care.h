/* faces/api/care.h: the routes of what is between the shop and its customer; wiring.c lists them.
 */
#pragma once

#include "faces/api/route.h"

extern const struct route confirming_routes[]; /* /v1/orders/{ord}/confirm, .../cancel */
extern const struct route completion_routes[]; /* feedback, cases, messages */
extern const struct route returns_routes[];    /* goods that come back */
extern const struct route claims_routes[];     /* what carriers owe */
