/* stages/3_picking/picking_walk.h: in which order to walk to the bins of these tasks. */
#pragma once

#include "domain/orders/work.h"
#include "plan/pick_route.h"

/* Set `walk` of each task, 1 for the first stop; tasks without a bin come last. One statement.
   `route` may be NULL. */
must_check enum err walk_tasks(struct ctx *c, struct task *tasks, size_t n,
                               struct pick_route *route);
struct bin_stops {
    int64_t *bin_ids; /* ascending */
    struct pick_stop *stops;
    size_t count;
};
/* The stops of these bins (repeats and NONE allowed). */
must_check enum err walk_stops(struct ctx *c, const int64_t *bin_ids, size_t n,
                               struct bin_stops *out);
/* The same as walk_tasks with stops that are known already. */
must_check enum err walk_along(struct ctx *c, const struct bin_stops *known, struct task *tasks,
                               size_t n, struct pick_route *route);
