#include "domain/inventory/preorder.h"

#include "queries.h"
#include "store/db.h"

#include <stdlib.h>

static const struct field preorder_table[] = {
    FIELD_ID(struct preorder, product_id, "product_id", "prd"),
    FIELD(struct preorder, cap),
    FIELD(struct preorder, taken),
    FIELD_DAY(struct preorder, release_day, "release_date"),
};
const struct fields preorder_fields = FIELDS("preorder_row", struct preorder, preorder_table);

static const struct field preordered_table[] = {
    FIELD_ID(struct preordered, order_id, "order_id", "ord"),
    FIELD(struct preordered, line_no),
    FIELD_ID(struct preordered, product_id, "product_id", "prd"),
    FIELD(struct preordered, quantity),
};
const struct fields preordered_fields =
    FIELDS("preordered_row", struct preordered, preordered_table);

enum err preorder_put(struct ctx *c, const struct preorder *p)
{
    return db_put(c, &Q_preorder_put,
                  ARGS(I64(c->merchant_id), I64(p->product_id), I64(p->cap), I64(p->release_day)));
}

enum err preorders_of(struct ctx *c, const int64_t *product_ids, size_t n, struct list *out)
{
    *out = (struct list){0};
    if (!n) return OK;
    return db_rows(c, &Q_preorders_of, ARGS(I64(c->merchant_id), I64S(product_ids, n)),
                   &preorder_fields, out);
}

struct preorder *preorder_in(const struct list *preorders, int64_t product_id)
{
    struct preorder *at = preorders->at;
    for (size_t i = 0; i < preorders->count; i++)
        if (at[i].product_id == product_id) return &at[i];
    return NULL;
}

static int compare(const void *a, const void *b)
{
    const struct preordered *x = a, *y = b;
    return x->product_id < y->product_id ? -1 : x->product_id > y->product_id;
}

/* One conditional write per product, in ascending order. */
static enum err take_caps(struct ctx *c, const struct preordered *lines, size_t n)
{
    struct preordered *sorted = arena_new(c->arena, struct preordered, n);
    struct value *rows = arena_new(c->arena, struct value, n * 3);
    bool *took = arena_new(c->arena, bool, n);
    size_t count = 0;
    for (size_t i = 0; i < n; i++) sorted[i] = lines[i];
    qsort(sorted, n, sizeof *sorted, compare);
    for (size_t i = 0, next; i < n; i = next) {
        int64_t units = 0;
        for (next = i; next < n && sorted[next].product_id == sorted[i].product_id; next++)
            units += sorted[next].quantity;
        struct value *row = rows + 3 * count++;
        row[0] = I64(c->merchant_id);
        row[1] = I64(sorted[i].product_id);
        row[2] = I64(units);
    }
    TRY(db_each(c, &Q_preorder_take, rows, count, took, NULL));
    for (size_t i = 0; i < count; i++)
        if (!took[i])
            return fail(c, ERR_BUSY, "raced", "the last were ordered by somebody else meanwhile");
    return OK;
}

enum err preorder_take(struct ctx *c, const struct preordered *lines, size_t n)
{
    if (!n) return OK;
    TRY(take_caps(c, lines, n));
    for (size_t i = 0; i < n; i++)
        TRY(db_put(c, &Q_preordered_insert,
                   ARGS(I64(c->merchant_id), I64(lines[i].order_id), I64(lines[i].line_no),
                        I64(lines[i].product_id), I64(lines[i].quantity))));
    return OK;
}

enum err preordered_of(struct ctx *c, int64_t order_id, struct list *out)
{
    return db_rows(c, &Q_preordered_of, ARGS(I64(c->merchant_id), I64(order_id)),
                   &preordered_fields, out);
}

enum err preorder_give(struct ctx *c, const struct preordered *l, int64_t units)
{
    struct value m = I64(c->merchant_id);
    TRY(db_add(c, &Q_preordered_lower, 3, ARGS(m, I64(l->order_id), I64(l->line_no), I64(units))));
    return db_add(c, &Q_preorder_give, 2, ARGS(m, I64(l->product_id), I64(units)));
}
