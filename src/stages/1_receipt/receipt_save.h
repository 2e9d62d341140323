/* stages/1_receipt/receipt_save.h: what stands beside a placed order's rows. */
#pragma once

#include "stages/1_receipt/receipt_check.h"

/* The payment, and for a card the question to its provider. */
must_check enum err receipt_save_payment(struct ctx *c, const struct candidate *o);
/* The holds found, with their events. */
must_check enum err receipt_save_holds(struct ctx *c, const struct candidate *o);
