/* stages/1_receipt/receipt_ahead.h: what is sold before it is there, under its product's cap.
 *
 * A product with a pre-order is short for nobody while its cap lasts, whatever the merchant's stock
 * policy says, and for everybody afterwards. */
#pragma once

#include "stages/1_receipt/receipt_check.h"

/* `missing` is what no site gives of each line. Refused when a cap is reached: the fault is in
   out->fault; otherwise out->ahead counts the units that can be sold ahead. Nothing is taken. */
void receipt_ahead_weigh(struct ctx *c, const struct known *k, const struct candidate *o,
                         const int64_t *missing, struct outcome *out);
/* They are: those who come after this one in the batch find them taken. */
void receipt_ahead_take(struct ctx *c, struct known *k, const struct candidate *o,
                        const int64_t *missing);
