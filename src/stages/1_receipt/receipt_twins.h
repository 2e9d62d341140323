/* stages/1_receipt/receipt_twins.h: what comes twice in one batch.
 *
 * The same reference of a channel is one order; a customer who is new to two drafts is made once;
 * orders that look alike are held. What the store holds already, receipt_load knows. Each is found
 * by sorting: a batch of n costs O(n log n). */
#pragma once

#include "stages/1_receipt/receipt_check.h"

/* For each draft the nearest earlier one of the same owner, channel and reference, or itself. */
const size_t *twins_by_reference(struct arena *a, const struct draft *drafts, size_t n);

/* Whether draft `i` is known, in the store or earlier in this batch; then its outcome says which
   order it is. */
bool twins_known(const struct known *k, const struct draft *drafts, const size_t *earlier, size_t i,
                 struct outcome *outcomes);

void twins_share_customers(struct arena *a, struct candidate *all, size_t n);

/* For each candidate the nearest earlier one that asks for the same things, or itself. */
const size_t *twins_by_likeness(struct arena *a, const struct candidate *all, size_t n);

/* Holds candidate `i` when an earlier one that was taken is likely the same order. */
void twins_hold(struct ctx *c, struct candidate *all, const size_t *earlier, size_t i,
                const size_t *index, const struct outcome *outcomes);
