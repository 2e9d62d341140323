/* stages/7_completion/completing.h: the last stage: an order ends when its customer has it and has
 * had time to object.
 *
 *   order.delivered ─┬─ grace ─────> complete: closed, unless a case is open
 *                    └─ three days ─> follow up: how was it?
 *
 * What was lost or came back will not arrive: such an order ends when the rest has arrived and a
 * case about it was resolved, or its return is settled.
 *
 * Jobs are taken in batches, one unit of work each. A case that is resolved later puts a new
 * JOB_COMPLETE. */
#pragma once

#include "base/ctx.h"
#include "base/time.h"
#include "domain/events/event.h"
#include "domain/events/job.h"

#define FOLLOW_UP_US (3 * DAY_US)
#define FOLLOW_UP_UNTIL_US (60 * DAY_US) /* after it was placed; then nobody is asked any more */

/* Units in packages that were lost or came back undelivered; gone[i] is of states[i]. */
struct order_state;
must_check enum err units_gone(struct ctx *c, const struct order_state *states, size_t n,
                               int64_t *gone);

/* Reaction to ORDER_DELIVERED, and to PACKAGE_DELIVERED of orders of which something is gone. */
must_check enum err complete_on_delivered(struct ctx *c, const struct event *events, size_t count);
/* Reaction to ORDER_PLACED and ORDER_FREED: an order of services or charges alone has nothing to
   bring; it closes after the grace time. */
must_check enum err complete_without_goods(struct ctx *c, const struct event *events, size_t count);
/* Reaction to ORDER_CHANGED and PUT_BACK_DONE: what was not sent yet is not wanted any more, and
   the rest has arrived already; and to ORDER_FREED: all has arrived while a hold kept it open. */
must_check enum err complete_on_changed(struct ctx *c, const struct event *events, size_t count);
/* JOB_COMPLETE */
must_check enum err completing_job(struct ctx *c, const struct job *jobs, size_t count);
/* JOB_FOLLOW_UP: whoever has an open case is asked later, whoever gave feedback never. */
must_check enum err follow_up_job(struct ctx *c, const struct job *jobs, size_t count);
