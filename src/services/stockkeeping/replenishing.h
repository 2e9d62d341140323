/* services/stockkeeping/replenishing.h: pick faces are filled before they are empty.
 *
 *   face below its min ──plan──> tasks: reserve ──confirm──> face, up to its max
 *
 * What a face has is what lies in it, less what pickers are sent for (so the demand of released
 * work counts at once), plus what is on its way. The reserve gives the lot that expires first. */
#pragma once

#include "domain/events/event.h"
#include "domain/inventory/stock_task.h"

/* Inside a unit of work: tasks for every face of these products that is below its min, at one site
   or (NONE) all. The same number of statements for any number. */
must_check enum err replenish_plan(struct ctx *c, int64_t site_id, const int64_t *product_ids,
                                   size_t n, int64_t *made);
/* Reaction to released work and to stock that changed. */
must_check enum err replenish_on_change(struct ctx *c, const struct event *events, size_t count);
