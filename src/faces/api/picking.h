/* faces/api/picking.h: the routes of the floor: work, waves, picks; packages, services. */
#pragma once

#include "faces/api/route.h"

extern const struct route picking_routes[]; /* /v1/fulfillments, /v1/waves, /v1/picks */
extern const struct route packing_routes[]; /* /v1/packages, /v1/packs, services */
extern const struct route serials_routes[]; /* /v1/packages/{pkg}/serials, /v1/serials */

/* A site by its code; the first one when there is none. */
must_check enum err floor_site(struct ctx *c, struct text code, int64_t *site_id);
/* A refused member of a batch of one: into the context. */
must_check enum err floor_fault(struct ctx *c, const struct fault *fault);
/* The packing slip of a package, as a PDF. */
must_check enum err pack_slip(struct ctx *c, const struct request *in, struct reply *out);
