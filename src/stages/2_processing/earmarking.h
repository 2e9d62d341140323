/* stages/2_processing/earmarking.h: who waits is promised units of expected deliveries.
 *
 *   delivery announced, changed, over ─┐
 *   goods came, or are lost ───────────┼─> lines that are short, in the order in which they are
 *   given back, short again ───────────┘   served: the next delivery with units for them
 *                                              └─> day at the door; told when it changed, once
 *
 * Nobody loses units to who came later: a line keeps what it was promised while the delivery brings
 * it, and moves to an earlier delivery where that has units left. What no delivery brings has no
 * day. Placing an order does the same for its own lines (stages/1_receipt/receipt_earmark.h). */
#pragma once

#include "base/ctx.h"
#include "domain/events/event.h"

enum { EARMARK_LINES_MAX = 1000 };

/* Of these products, for all who wait. Inside a unit of work; the statements do not grow with the
   orders, but for one round per EARMARK_LINES_MAX lines. */
must_check enum err earmark_plan(struct ctx *c, const int64_t *product_ids, size_t n);
/* Reaction, after backorder_on_stock, to what that reacts to and to what happens to deliveries. */
must_check enum err earmark_on_change(struct ctx *c, const struct event *events, size_t count);
