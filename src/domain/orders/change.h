/* domain/orders/change.h: what may still change of an order that was agreed: where it goes, when it
 * is wished for. The caller has checked that it is not too late, and tells of it. Queued. */
#pragma once

#include "domain/orders/order.h"
#include "domain/orders/work.h"

/* Written under the address that `o` was read with: ERR_BUSY "raced" when it moved meanwhile.
   `o` is brought up to date. */
must_check enum err order_redirect(struct ctx *c, struct order *o, int64_t ship_to_id,
                                   int64_t wish_day);
/* Work that is not labelled yet follows its order; its version rises, so that whoever works on it
   is stopped at the next scan. */
must_check enum err fulfillment_redirect(struct ctx *c, const struct fulfillment *f,
                                         int64_t ship_to_id);
