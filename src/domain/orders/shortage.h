/* domain/orders/shortage.h: orders of which something is not there, and who sees to it.
 *
 * An order is short while units of it are neither promised nor cancelled: a state computed from its
 * counters, never set. What is stored is only who took it into his care. */
#pragma once

#include "base/ctx.h"
#include "base/field.h"

struct shortage {
    int64_t order_id, owner_id;
    struct text note;
    int64_t taken_us;
};
extern const struct fields shortage_fields;

/* States (struct order_state) of orders that are short, oldest first, after `after_id`. */
must_check enum err orders_short(struct ctx *c, int64_t after_id, int64_t limit, struct list *out);
/* Of these orders, by order. */
must_check enum err shortages_of(struct ctx *c, const int64_t *order_ids, size_t n,
                                 struct list *out);
/* Queued; the last one to take it has it. */
must_check enum err shortage_put(struct ctx *c, const struct shortage *s);
