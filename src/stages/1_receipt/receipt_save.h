/* stages/1_receipt/receipt_save.h: what stands beside a placed order's rows. */
#pragma once

#include "stages/1_receipt/receipt_check.h"

/* The payments: for a card the question to its provider; gift cards and store credit are spent, by
   conditional writes: ERR_BUSY "raced" when another was quicker, and the unit decides anew. */
must_check enum err receipt_save_payment(struct ctx *c, const struct candidate *o);
/* The holds found, with their events. */
must_check enum err receipt_save_holds(struct ctx *c, const struct candidate *o);
