/* stages/1_receipt/receipt_refuse.h: what a customer who comes too late is told: of each line what
 * is free, when more is expected, and what he can do. */
#pragma once

#include "stages/1_receipt/receipt_check.h"

/* Orders that are short under the policy "all": a fault for each line, the first of them the
   order's. Others that are short: when the first of what they wait for is expected. */
must_check enum err receipt_refuse(struct ctx *c, const struct known *k,
                                   const struct candidate *all, size_t n, const size_t *index,
                                   struct outcome *outcomes);
