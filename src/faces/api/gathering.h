/* faces/api/gathering.h: bulk requests that wait at once are one call of their handler.
 *
 *   requests ─ whose orders? ─> rounds in which each order is one request's ─> the handler, per
 * round
 *
 * The rows of a round's requests stand behind one another, so that they share their statements;
 * what happens to an order tells of who asked (ctx_asker). Requests about one order keep the order
 * in which they came, and so does what is not known to be of one order alone. */
#pragma once

#include "faces/api/route.h"

/* A row that may touch more orders than one: its request goes alone. */
enum { ORDER_APART = -1 };
/* Which order each of `rows`, records of `f`, is about; NONE: of none that is there. */
typedef enum err rows_orders_fn(struct ctx *c, const struct fields *f, const struct list *rows,
                                int64_t *order_ids);

/* As members_fn, for a ROUTE_BULK whose handler looks at nothing but the rows. */
must_check enum err rows_together(struct ctx *c, struct member *all, size_t n,
                                  rows_orders_fn *orders_of);
/* The same, of rows with a member fulfillment_id, package_id, or scan (a package's code). */
members_fn fulfillments_together, packages_together, scans_together;

/* In place: from packages to their orders; NONE and ORDER_APART stay. */
must_check enum err orders_of_packages(struct ctx *c, int64_t *ids, size_t n);
