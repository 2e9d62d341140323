/* domain/orders/service_work.h: what all additional services share: a task that is done once, by
 * its own kind, before the goods' package is sealed.
 *
 *   load (is it this kind, still to do, not stopped?) -> the service's own check -> done */
#pragma once

#include "domain/orders/stop.h"

struct service_work {
    struct fulfillment fulfillment;
    struct task task;
    struct order_line line;      /* of the service in the order; kind LINE_KIT for an assembly */
    struct fulfillment_line *of; /* lines of the fulfillment that it is done to */
    size_t of_count;
};

/* `version` as for stop_check. ERR_CONFLICT "other_service", "task_done", "leased_by_other",
   "not_picked" (its goods are not all here yet), "stop"; ERR_NOT_FOUND. */
must_check enum err service_work_load(struct ctx *c, int64_t fulfillment_id, int64_t task_id,
                                      enum task_kind kind, int64_t version,
                                      struct service_work *out);
/* The task is done and the fulfillment has one service less to wait for. The caller tells. */
must_check enum err service_work_done(struct ctx *c, const struct service_work *w);
/* Which lines of a fulfillment a service line is done to: its goods, a kit's parts, or all. */
bool service_is_of(const struct order_line *service, const struct order_line *line);
/* Two wordings are the same when they differ in blanks at most. */
bool wording_same(struct text a, struct text b);
