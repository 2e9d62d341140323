/* faces/api/ownership.h: whose goods and orders a call may see and command: the object rule.
 *
 *   bound key or user ──┐
 *   ?owner=CODE ────────┴─> c->owner_id ──> ROUTE_OWNED: the object is theirs, or is not found
 *                                      └──> ROUTE_BY_OWNER: the handler reads and makes theirs
 *
 * A bound one is let in by routes with a rule alone: a new route is closed to them until it says
 * how it keeps owners apart. */
#pragma once

#include "base/ctx.h"
#include "faces/api/route.h"

/* Sets c->owner_id. `bound_id` is whom who asks is bound to (0: to nobody), `asked` a code, "."
   (the merchant's own: c->is_own) or absent. ERR_DENIED "house_only"; ERR_INVALID "unknown_owner",
   "no_owner_here". */
must_check enum err ownership_enter(struct ctx *c, const struct route *r, int64_t bound_id,
                                    struct text asked);
/* ERR_NOT_FOUND "not_found": in the same words, whether it is another's or nobody's. */
must_check enum err ownership_check(struct ctx *c, const struct request *in);
