/* domain/inventory/preorder.h: a product is sold before it is there, up to a cap.
 *
 *   sold ahead <= cap     one conditional write; who comes too late is told at once
 *
 * What was sold ahead waits like any order that is short, and is served when the goods come. The
 * cap counts units, and has them back when they are cancelled before they came. */
#pragma once

#include "base/ctx.h"
#include "base/field.h"

struct preorder {
    int64_t product_id, cap, taken, release_day; /* release_day NONE: nobody knows */
};
extern const struct fields preorder_fields;

/* Units of a line that were sold ahead. */
struct preordered {
    int64_t order_id, line_no, product_id, quantity;
};
extern const struct fields preordered_fields;

/* Queued; what is taken stays. Under a cap below it nothing more is sold ahead. */
must_check enum err preorder_put(struct ctx *c, const struct preorder *p);
/* Of these products, by product. */
must_check enum err preorders_of(struct ctx *c, const int64_t *product_ids, size_t n,
                                 struct list *out);
struct preorder *preorder_in(const struct list *preorders, int64_t product_id);
/* Sell ahead, at once; ERR_BUSY "raced" when another took the last of them since they were read. */
must_check enum err preorder_take(struct ctx *c, const struct preordered *lines, size_t n);
must_check enum err preordered_of(struct ctx *c, int64_t order_id, struct list *out);
/* Queued: these units of the line were not sold after all. */
must_check enum err preorder_give(struct ctx *c, const struct preordered *line, int64_t units);
