/* stages/2_processing/cancelling.h: an order that is not wanted any more, while nothing is picked.
 *
 *   placed ─cancel─> promises, holds and tasks let go ; work cancelled ; whoever works on it
 *                    stopped at the next scan ─ order.cancelled ─> money given back (paying.h)
 *
 * Once something is picked the goods have to go back to their bins first; once it left the house
 * it has to come back. Both are answered by "too_late", which says so. */
#pragma once

#include "base/ctx.h"
#include "base/text.h"

enum { CANCEL_REASON_MAX = 300 };

struct cancel_outcome {
    int64_t units; /* that are not sent now */
    int64_t fulfillments, tasks;
    int64_t reserved_minor, taken_minor; /* of the customer's money: goes back afterwards */
};

/* Could it be cancelled now? For pages and screens; the answer may change. */
struct order_state;
bool order_is_cancellable(const struct order_state *s);

/* Inside a unit of work. `reason` is told to the customer; may be absent. ERR_CONFLICT "too_late",
   "wrong_state" (closed, or cancelled before). */
must_check enum err order_cancel(struct ctx *c, int64_t order_id, struct text reason,
                                 struct cancel_outcome *out);
