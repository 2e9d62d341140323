/* faces/api/order_view.h: orders as callers see them: a row of a list, and all there is to know.
 *
 * The number of statements does not depend on the orders of a page or the lines of an order. */
#pragma once

#include "domain/orders/order.h"
#include "faces/api/route.h"

extern const struct fields order_row_fields, order_view_fields, hold_view_fields;

struct hold_view {
    int64_t hold_id;
    int32_t reason;
    struct text note;
    int64_t owner_id, placed_us, release_due_us, released_us, released_by;
    struct text owner, releaser; /* by name */
};
/* struct hold in, struct hold_view out, in the same order; who is named is read as a set. */
must_check enum err hold_views(struct ctx *c, const struct list *holds, struct list *out);

/* struct order in, rows of order_row_fields out, in the same order: two statements. */
must_check enum err order_rows(struct ctx *c, const struct list *orders, struct list *out);
/* A record of order_view_fields; *version is the ETag's. */
must_check enum err order_view(struct ctx *c, int64_t order_id, const void **out, int64_t *version);
