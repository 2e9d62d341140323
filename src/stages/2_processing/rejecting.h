/* stages/2_processing/rejecting.h: a site cannot, or will not, send what it was asked to.
 *
 *   released ──reject(reason)──> rejected; its promise is given back, the stock corrected as the
 *                                reason says ──(reaction)──> sourced anew elsewhere, or it waits
 *
 *   too_busy      nothing is corrected; the site is asked again after a day
 *   wrong_site    nothing is corrected; never asked again for this order
 *   not_found     the bins that should have it are counted as empty
 *   damaged       the units are kept as damaged
 *   suspect       the units go into quarantine, where they lie
 *   not_for_sale  the site takes no more orders for the product until it is opened again */
#pragma once

#include "base/ctx.h"
#include "base/field.h"
#include "domain/orders/sourcing.h"

enum { REJECT_NOTE_MAX = 500 };

struct rejection {
    int32_t reason;
    struct text sku; /* of the product that is the cause; absent: all of them */
    struct text note;
};
struct reject_outcome {
    int64_t units;     /* given back, to be sourced anew */
    int64_t corrected; /* units taken off the stock */
    int64_t tasks;     /* refused */
};

/* Inside a unit of work. ERR_CONFLICT "too_late" once something is picked, "wrong_state" else;
   ERR_INVALID "unknown_sku" when the fulfillment does not bring it. */
must_check enum err fulfillment_reject(struct ctx *c, int64_t fulfillment_id,
                                       const struct rejection *in, struct reject_outcome *out);
