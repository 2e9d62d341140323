/* stages/1_receipt/receipt_substitute.h: what a customer says, with the order, about something else
 * instead of what is not there. */
#pragma once

#include "stages/1_receipt/receipt_check.h"

/* Kept as facts beside the saved order; nothing said is nothing kept. */
must_check enum err receipt_save_consents(struct ctx *c, const struct candidate *o);
/* What was said with a draft stands in it again; `lines` are the rows its lines came from, one for
   each draft line. */
must_check enum err receipt_read_consents(struct ctx *c, int64_t order_id, const int64_t *line_nos,
                                          struct draft *d);
