/* stages/2_processing/earmarking_told.h: what the customers of lines that wait are told of their
 * days, when it is not what they were told before. */
#pragma once

#include "domain/inventory/earmark.h"
#include "domain/orders/told_date.h"
#include "stages/2_processing/waiting.h"

struct dating {
    struct list lines; /* struct waiting, lines of an order side by side */
    struct list told;  /* struct told_date: before */
    struct told_date *now;
    size_t now_count, now_capacity; /* by line, in the order of `lines` */
};
must_check enum err dating_load(struct ctx *c, struct dating *d, const int64_t *order_ids,
                                size_t n);
/* What line `at` has now (struct earmark_change), in as many calls as there are lists; line after
   line. */
void dating_line(struct ctx *c, struct dating *d, size_t at, const struct list *changes);
/* order.dated for every order with a day that was not told: written down, and told once. */
must_check enum err dating_tell(struct ctx *c, struct dating *d);
