/* services/stockkeeping/putting_away.h: from the receiving bin to where it is picked from.
 *
 *   came in ──plan──> task with a proposed bin ──confirm, scan by scan──> there, and for sale
 *
 * The bin proposed is the product's pick face while it has room; else a bin where the same product
 * (of the same lot) lies already, picked from before reserve; else an empty bin; else none: the
 * hand decides and the confirm says where. */
#pragma once

#include "domain/inventory/stock_task.h"

struct put_away {
    int64_t product_id, site_id, from_place;
    struct text lot;
    int32_t condition;
    int64_t quantity, cause_id;
    int64_t task_id, to_place; /* out; to_place NONE: no bin is known */
};
/* Inside a unit of work, any number with the same number of statements. */
must_check enum err put_away_plan(struct ctx *c, struct put_away *all, size_t n);

struct stock_task_scan {
    int64_t task_id;
    int64_t quantity; /* NONE: all that is left */
    struct text bin;  /* code or label; absent: the proposed one */
    struct text scan; /* of the goods; absent: not scanned */
    int64_t worker_id;
};
/* Units from the task's bin to this one. ERR_CONFLICT "task_done", "leased_by_other", "too_many",
   "insufficient_on_hand", "allotted", "wrong_item", "bin_needed", "same_bin"; ERR_INVALID
   "unknown_bin". The last unit ends the task. */
must_check enum err stock_task_confirm(struct ctx *c, const struct stock_task_scan *in,
                                       struct stock_task *out);
must_check enum err stock_task_lease(struct ctx *c, int64_t task_id, int64_t worker_id,
                                     struct stock_task *out);
/* Not to be done: what was not moved stays where it is. */
must_check enum err stock_task_drop(struct ctx *c, int64_t task_id, struct stock_task *out);
