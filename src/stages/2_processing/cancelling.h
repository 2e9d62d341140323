/* stages/2_processing/cancelling.h: what is not wanted any more, at every stage: an order, a line,
 * a quantity.
 *
 *   not promised ─────────────────────────────> cancelled
 *   promised, released ──promise, task let go─> cancelled
 *   picked, packed, labelled ──put-back task──> back in its bin ─> cancelled
 *   handed over ──────────────────────────────> the wish is recorded beside the fact: a return
 *
 * Counters follow the goods: a picked unit is cancelled when it lies in its bin again, and until
 * then its promise keeps others from being promised it. Packages that hold such units are opened
 * and their labels given back. Whoever works on it is stopped at the next scan. An order is
 * cancelled at once when nothing of it has left; its money goes back then (paying.h). */
#pragma once

#include "base/ctx.h"
#include "base/text.h"

enum { CANCEL_REASON_MAX = 300 };

struct cancel_outcome {
    int64_t units;    /* that are not sent now */
    int64_t put_back; /* of them: to be put back into their bins */
    int64_t left;     /* units that have left the house already: a return is asked for */
    int64_t fulfillments, tasks, packages;
    int64_t reserved_minor, taken_minor; /* of the customer's money: goes back afterwards */
    bool is_cancelled;                   /* the order as a whole */
};

/* Could it be cancelled now, or some of it? For pages and screens; the answer may change. */
struct order_state;
bool order_is_cancellable(const struct order_state *s);

/* Inside a unit of work. `reason` is told to the customer; may be absent. What has left the house
   stays shipped, and the wish is told as ORDER_CANCEL_ASKED. ERR_CONFLICT "too_late" (all of it
   was delivered), "wrong_state" (closed, or cancelled before). */
must_check enum err order_cancel(struct ctx *c, int64_t order_id, struct text reason,
                                 struct cancel_outcome *out);

/* Reaction to PACKAGE_TAKEN_BACK: a cancel that came too late for it is in time after all. */
struct event;
must_check enum err cancel_on_taken_back(struct ctx *c, const struct event *events, size_t count);

struct cancel_line {
    int64_t line_no;
    int64_t quantity; /* units, of a kit whole kits; NONE: all that can be */
};
/* Some of it. ERR_NOT_FOUND "line_not_found"; ERR_CONFLICT "too_many" says how many can be and
   where the others are, "part_of_kit", "not_goods"; otherwise as order_cancel. */
must_check enum err order_cancel_lines(struct ctx *c, int64_t order_id,
                                       const struct cancel_line *wanted, size_t n,
                                       struct text reason, struct cancel_outcome *out);
