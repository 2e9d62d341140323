/* stages/1_receipt/receipt_earmark.h: what is short of a new order is promised of expected
 * deliveries, the next one first; the customer is told the day, or that there is none. */
#pragma once

#include "stages/1_receipt/receipt_check.h"

/* After the promises: k->expected is what is to come. Writes at once; ERR_BUSY "raced" when another
   took the last of a delivery since it was read. */
must_check enum err receipt_earmark(struct ctx *c, struct known *k, const struct candidate *all,
                                    size_t n, const size_t *index, struct outcome *outcomes);
