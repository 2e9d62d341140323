/* stages/1_receipt/receipt_refuse.h: what a customer who comes too late is told: of each line what
 * is free, when more is expected, and what he can do. */
#pragma once

#include "stages/1_receipt/receipt_check.h"

struct text receipt_sku(const struct known *k, int64_t product_id);
/* Which line of the draft a line of the order came from: parts from their kit's. */
size_t receipt_draft_line(const struct candidate *o, size_t line);
/* Orders that are short under the policy "all": a fault for each line, the first of them the
   order's. Others that are short: when the first of what they wait for is expected.
   k->expected is what is to come of what is short. */
must_check enum err receipt_refuse(struct ctx *c, struct known *k, const struct candidate *all,
                                   size_t n, const size_t *index, struct outcome *outcomes);
