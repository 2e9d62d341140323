/* stages/2_processing/remainder.h: a site sends what it has picked, and no more.
 *
 *   picking, some of it picked ──close the rest──> what is picked is packed and leaves
 *                                      └─ the rest ─┬─ goes back to the order: another site is
 *                                                   │  asked at once, this one after a day
 *                                                   └─ is cancelled; its money is owed back
 *
 * Nothing of the rest stays promised here: others may have it. Where goods are missing or broken,
 * tell the pick short instead, which corrects the stock. */
#pragma once

#include "base/ctx.h"
#include "base/field.h"

enum remainder_choice { REMAINDER_BACKORDER, REMAINDER_CANCELLED, REMAINDER_CHOICE_COUNT };
extern const struct words remainder_words;
enum { REMAINDER_REASON_MAX = 300 };

struct remainder {
    int32_t choice;
    struct text reason;
};
struct remainder_outcome {
    int64_t order_id;
    int64_t units; /* that this work does not bring any more */
    int64_t stays; /* that it brings */
    int64_t tasks; /* taken from the hands */
};

/* Inside a unit of work. ERR_CONFLICT "nothing_picked" (reject the work as a whole), "nothing_left"
   (all of it is picked), "too_late" (it is packed, or gone); "wrong_state" as cancelling. */
must_check enum err fulfillment_close_rest(struct ctx *c, int64_t fulfillment_id,
                                           const struct remainder *in,
                                           struct remainder_outcome *out);
