/* stages/2_processing/proposing.h: a change of an order that is prepared, looked at, and then
 * confirmed or discarded.
 *
 *   begin ──> edit ... edit ──> (confirm as a preview) ──> confirm, or discard
 *
 * A proposal stands still while the order moves. Whatever happened to the order since its author
 * last knew it stops the next edit and the confirmation, and is named; who has read the order again
 * says so (`has_seen`) and goes on. Confirming is order_change (changing.h). */
#pragma once

#include "domain/orders/proposal.h"
#include "stages/2_processing/changing.h"

/* All inside a unit of work; a refused change leaves the proposal as it was. ERR_CONFLICT
   "change_open" (names who prepares one, until when), "wrong_state", "nothing_to_change". */
must_check enum err proposing_begin(struct ctx *c, int64_t order_id, const struct order_change *in,
                                    int64_t *change_id);
/* The whole content anew. ERR_CONFLICT "changed_meanwhile" (names what), "change_expired",
   "wrong_state". */
must_check enum err proposing_edit(struct ctx *c, int64_t order_id, int64_t change_id,
                                   const struct order_change *in, bool has_seen);
/* As edit, and as order_change. */
must_check enum err proposing_confirm(struct ctx *c, int64_t order_id, int64_t change_id,
                                      bool has_seen, struct change_outcome *out);
must_check enum err proposing_discard(struct ctx *c, int64_t order_id, int64_t change_id);

/* The content as it was given; `currency` is the order's. */
must_check enum err proposing_content(struct ctx *c, const struct proposal *p, struct text currency,
                                      struct order_change *out);
/* What happened to the order since: the names of events (struct text), each once. */
must_check enum err proposing_meanwhile(struct ctx *c, const struct proposal *p, struct list *out);
