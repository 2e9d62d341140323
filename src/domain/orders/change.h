/* domain/orders/change.h: what may still change of an order that was agreed: what, for how much,
 * where it goes, when it is wished for. The caller has checked that it is not too late, and tells
 * of it. Queued. */
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
/* The same, with another delivery method. */
must_check enum err fulfillment_readdress(struct ctx *c, const struct fulfillment *f,
                                          int64_t ship_to_id, int32_t method);
/* Address, method, wish, note and amounts as they are agreed now, over those that were read. */
must_check enum err order_agree(struct ctx *c, const struct order *before,
                                const struct order *after);
/* Quantity, price and wording of a line; counters stay. */
must_check enum err order_line_agree(struct ctx *c, const struct order_line *before,
                                     const struct order_line *after);
must_check enum err order_line_add(struct ctx *c, const struct order_line *l);
/* Of a draft. */
must_check enum err order_line_drop(struct ctx *c, const struct order_line *l);
/* Another text for work that is not done yet; a lost race repeats the unit. */
must_check enum err task_reword(struct ctx *c, const struct task *t, struct text wording);
