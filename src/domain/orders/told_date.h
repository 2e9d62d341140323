/* domain/orders/told_date.h: which day a customer was told for units that wait.
 *
 * Kept so that he is told again only when a day changes, and once. */
#pragma once

#include "base/ctx.h"
#include "base/field.h"

struct told_date {
    int64_t order_id, line_no;
    int64_t day; /* at the door; NONE: that nobody knows */
    int64_t units, told_us;
};
extern const struct fields told_date_fields;

/* Of these orders, by order and line, no day first. */
must_check enum err told_dates_of(struct ctx *c, const int64_t *order_ids, size_t n,
                                  struct list *out);
/* Queued: a line's dates are forgotten, and told. Drop all before the first is told anew. */
must_check enum err told_date_drop(struct ctx *c, int64_t order_id, int64_t line_no);
must_check enum err told_date_put(struct ctx *c, const struct told_date *t);
/* "line 1: 3 by 2030-06-10, 2 without a date; line 2: ...", of one order. */
struct text told_dates_text(struct arena *a, const struct told_date *at, size_t n);
