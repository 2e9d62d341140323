/* services/stockkeeping/lots.h: what is too old is not sold, and who got a lot can be told.
 *
 *   received with a date ──> last day of sale (date less the days to be left) ──job──> expired
 *
 * Units that a picker is sent for are left to the picker, whose scan is refused; the job looks
 * again until none are. */
#pragma once

#include "domain/events/job.h"
#include "domain/inventory/lot.h"

/* Inside a unit of work: write the lots that are new, with the job of their last day of sale. */
must_check enum err lots_keep(struct ctx *c, const struct lot_book *book);
/* Handler of JOB_LOT_EXPIRY (subject: the lot): sellable units of it become expired. */
must_check enum err lots_expire(struct ctx *c, const struct job *jobs, size_t count);
/* Inside a unit of work: how a product's stock is watched; its lots' last days of sale follow.
   NONE keeps what was said before. */
must_check enum err stock_watch(struct ctx *c, int64_t product_id, int64_t low_at,
                                int64_t days_left_min, struct stock_rule *out);
