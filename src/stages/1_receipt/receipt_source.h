/* stages/1_receipt/receipt_source.h: which sites send what of a batch of orders, and the promise.
 *
 * Candidates are sourced in order against the availability read with the batch, then every share
 * is promised by the one conditional write of domain/inventory; what a race took meanwhile is
 * short. The merchant's stock policy decides about what is short: refuse the order (all), send what
 * is there and wait for the rest (split), wait for the whole (backorder), or ask a person (hold).
 */
#pragma once

#include "stages/1_receipt/receipt_check.h"

/* Imports of orders whose goods were never booked in: receive what is missing first. */
must_check enum err receipt_stock(struct ctx *c, struct known *k, const struct candidate *all,
                                  size_t n);
must_check enum err receipt_source(struct ctx *c, struct known *k, struct candidate *all, size_t n,
                                   const size_t *index, struct outcome *outcomes);
/* Tells what was promised of a saved order, and what is short. */
must_check enum err receipt_promised(struct ctx *c, struct candidate *o, struct outcome *outcome);
