/* faces/api/actor_names.h: the people, programs and customers behind the ids in facts.
 *
 * Two statements at most, however many ids: staff and keys, then customers for what is left. */
#pragma once

#include "base/ctx.h"
#include "base/field.h"

struct actors {
    struct list staff, customers; /* struct actor, struct customer; ascending */
};

/* `ids` in any order, repeated or 0. With a reader or a unit of work in c->db. */
must_check enum err actors_load(struct ctx *c, const int64_t *ids, size_t n, struct actors *out);
/* "Ada Byron", "till", "the customer Bob", "the system"; absent for NONE. */
struct text actor_name(struct arena *a, const struct actors *known, int64_t actor_id);

/* Fill `actor` of a list of struct event. */
must_check enum err events_name(struct ctx *c, struct list *events);
