/* stages/1_receipt/receipt_substitute.h: what a customer says, with the order, about something else
 * instead of what is not there. */
#pragma once

#include "stages/1_receipt/receipt_check.h"

/* Rules of what these drafts want, when one of them allows something else. */
must_check enum err receipt_load_substitutes(struct ctx *c, const struct draft *drafts, size_t n,
                                             struct known *k);
/* Can all that is `missing` (units, beside the lines) come as something else that the customer
   allows? Then it is set aside for the order, and the reaction to its being short swaps it
   (2_processing/substituting.h). */
bool receipt_may_replace(struct ctx *c, struct known *k, struct candidate *o,
                         const int64_t *missing);
/* What was set aside, beside the saved order. */
must_check enum err receipt_save_instead(struct ctx *c, const struct known *k,
                                         const struct candidate *o);
/* What could come instead of lines that are refused. */
struct receipt_choices {
    struct list rules, products, stock, reserves;
};
must_check enum err receipt_load_choices(struct ctx *c, const int64_t *product_ids, size_t n,
                                         struct receipt_choices *out);
/* "MUG (12 free)", by rank; absent: nothing is free. */
struct text receipt_instead_of(struct ctx *c, const struct known *k, const struct candidate *o,
                               const struct receipt_choices *choices, size_t line);
/* Kept as facts beside the saved order; nothing said is nothing kept. */
must_check enum err receipt_save_consents(struct ctx *c, const struct candidate *o);
/* What was said with a draft stands in it again; `lines` are the rows its lines came from, one for
   each draft line. */
must_check enum err receipt_read_consents(struct ctx *c, int64_t order_id, const int64_t *line_nos,
                                          struct draft *d);
