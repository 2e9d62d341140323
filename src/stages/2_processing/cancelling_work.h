/* stages/2_processing/cancelling_work.h: what a cancellation finds, and how work is taken out of
 * hands; the inside of cancelling. */
#pragma once

#include "domain/orders/order.h"
#include "domain/orders/package.h"
#include "domain/orders/work.h"
#include "stages/2_processing/cancelling.h"

struct cancelling {
    struct order_state state;
    struct text reason;
    struct list lines, promises, holds;
    struct list ahead;                   /* struct preordered */
    struct list earmarks;                /* struct earmark */
    struct list work, work_lines, tasks; /* fulfillments by id; their lines and tasks beside them */
    struct list packages, package_lines, labels;
    bool *is_here;    /* per work: some of it can still be stopped */
    bool *has_left;   /* per work: a package of it is out of our hands */
    int64_t *left;    /* per work line: units in such packages */
    int64_t *wanted;  /* per order line: units that are not to come */
    int64_t *can;     /* per order line: how many could be */
    int64_t *dropped; /* per work line: units that need not be picked any more */
    int64_t *back;    /* per work line: units to be put back, on top of what is under way */
    struct cancel_outcome *out;
};

/* The order's row and its live work are this unit's from here on. */
must_check enum err cancelling_load(struct ctx *c, int64_t order_id, struct cancelling *k);
/* Units of the k->wanted lines in the house: taken out of work, by k->dropped and k->back. */
must_check enum err cancelling_stop(struct ctx *c, struct cancelling *k);
/* Units of a work line that are on their way back into a bin. */
int64_t cancelling_under_way(const struct cancelling *k, const struct fulfillment_line *l);
