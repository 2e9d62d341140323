/* stages/2_processing/holding.h: an order is made to wait, and let go.
 *
 *   placed ──hold──> live hold ──by hand or by timer──> let go ──(reaction)──> released to work
 *             └─ the versions of its work rise: whoever has it in hand is stopped at the next scan
 *
 * Any number of holds may be live at once; the order waits while one is. */
#pragma once

#include "domain/events/job.h"
#include "domain/orders/order.h"

enum { HOLD_NOTE_MAX = 500, HOLDS_MAX = 100 };

struct hold_request {
    int32_t reason;
    struct text note;
    int64_t owner_id;       /* who has to see to it; NONE: the system */
    int64_t release_due_us; /* a timer lets it go; NONE: only a person */
};

/* Inside a unit of work. ERR_CONFLICT "wrong_state" (draft, closed or cancelled), "too_late" (all
   of it has left the house); ERR_TOO_LARGE "too_many"; ERR_INVALID "out_of_range" at
   "release_at". */
must_check enum err hold_order(struct ctx *c, int64_t order_id, const struct hold_request *in,
                               struct hold *out);
/* ERR_NOT_FOUND "hold_not_found", ERR_CONFLICT "hold_released". */
must_check enum err hold_free(struct ctx *c, int64_t order_id, int64_t hold_id, struct hold *out);
/* Let go of these live holds and tell it. */
must_check enum err holds_free(struct ctx *c, const struct hold *holds, size_t n);

/* Handler of JOB_HOLD_RELEASE (subject: the order): holds whose time has come. */
must_check enum err hold_on_due(struct ctx *c, const struct job *jobs, size_t count);
