/* domain/inventory/promise.c: nobody is promised what is not there. */
#include "domain/inventory/stock.h"

#include "queries.h"
#include "store/db.h"

#include <stdlib.h>

static int compare(const void *a, const void *b)
{
    const struct demand *x = *(struct demand *const *)a, *y = *(struct demand *const *)b;
    if (x->product_id != y->product_id) return x->product_id < y->product_id ? -1 : 1;
    if (x->site_id != y->site_id) return x->site_id < y->site_id ? -1 : 1;
    return x < y ? -1 : x > y; /* first come, first served */
}

static bool same_cell(const struct demand *x, const struct demand *y)
{
    return x->product_id == y->product_id && x->site_id == y->site_id;
}

/* One conditional write per row: takes where it fits. What came for who waits is a count of its
   own. */
static enum err take(struct ctx *c, const struct query *q, const struct value *rows, size_t count,
                     bool *took)
{
    return db_each(c, q, rows, count, took, NULL);
}

static void set_row(struct ctx *c, const struct query *q, struct value *row, const struct demand *d,
                    int64_t quantity)
{
    row[0] = I64(c->merchant_id);
    row[1] = I64(d->product_id);
    row[2] = I64(d->site_id);
    row[3] = I64(quantity);
    if (q->args == 5) row[4] = I64(d->reserve);
}

static enum err take_all(struct ctx *c, const struct query *q, struct demand **order, size_t n)
{
    if (!n) return OK;
    qsort(order, n, sizeof *order, compare);
    struct value *rows = arena_new(c->arena, struct value, n * q->args);
    size_t *first = arena_new(c->arena, size_t, n + 1);
    size_t groups = 0;
    for (size_t i = 0; i < n; i++) {
        if (i == 0 || !same_cell(order[i], order[i - 1])) first[groups++] = i;
        struct value *row = rows + (groups - 1) * q->args;
        bool is_first = i == first[groups - 1];
        int64_t sum = is_first ? 0 : row[3].i64;
        int64_t reserve = is_first || q->args < 5 ? 0 : row[4].i64;
        set_row(c, q, row, order[i], sum + order[i]->quantity);
        if (reserve > order[i]->reserve) row[4] = I64(reserve); /* the strictest channel's */
    }
    first[groups] = n;
    bool *took = arena_new(c->arena, bool, n);
    TRY(take(c, q, rows, groups, took));
    for (size_t g = 0; g < groups; g++) {
        bool alone = first[g + 1] - first[g] == 1;
        for (size_t i = first[g]; i < first[g + 1]; i++) {
            order[i]->is_promised = took[g];
            if (took[g] || alone) continue;
            set_row(c, q, rows, order[i], order[i]->quantity);
            TRY(take(c, q, rows, 1, &order[i]->is_promised));
        }
    }
    return OK;
}

enum err availability_take(struct ctx *c, struct demand *demands, size_t n)
{
    if (!n) return OK;
    struct demand **order = arena_new(c->arena, struct demand *, n);
    for (int turn = 0; turn < 2; turn++) {
        size_t count = 0;
        for (size_t i = 0; i < n; i++)
            if (demands[i].is_earmarked == !turn) order[count++] = &demands[i];
        TRY(take_all(c, turn ? &Q_availability_promise : &Q_availability_fill, order, count));
    }
    return OK;
}

enum err availability_give(struct ctx *c, int64_t product_id, int64_t site_id, int64_t quantity)
{
    db_put_first(c, &Q_availability_open);
    return db_add(c, &Q_availability_add, 3,
                  ARGS(I64(c->merchant_id), I64(product_id), I64(site_id), I64(0), I64(-quantity)));
}

enum err stock_promise(struct ctx *c, struct demand *demands, size_t n)
{
    TRY(availability_take(c, demands, n));
    for (size_t i = 0; i < n; i++) {
        const struct demand *d = &demands[i];
        if (!d->is_promised) continue;
        TRY(db_put(c, &Q_promise_insert,
                   ARGS(I64(c->merchant_id), I64(d->order_id), I64(d->line_no), I64(d->site_id),
                        I64(d->product_id), I64(d->quantity), I64(d->promised_day))));
    }
    return OK;
}

static enum err progress(struct ctx *c, const struct promise *p, int64_t consumed, int64_t released)
{
    struct value m = I64(c->merchant_id);
    TRY(db_add(
        c, &Q_promise_progress, 4,
        ARGS(m, I64(p->order_id), I64(p->line_no), I64(p->site_id), I64(consumed), I64(released))));
    db_put_first(c, &Q_availability_open);
    return db_add(
        c, &Q_availability_add, 3,
        ARGS(m, I64(p->product_id), I64(p->site_id), I64(-consumed), I64(-consumed - released)));
}

enum err promise_release(struct ctx *c, const struct promise *p, int64_t quantity)
{
    return progress(c, p, 0, quantity);
}

enum err promise_consume(struct ctx *c, const struct promise *p, int64_t quantity)
{
    return progress(c, p, quantity, 0);
}

enum err promises_of(struct ctx *c, const int64_t *order_ids, size_t n, struct list *out)
{
    return db_rows(c, &Q_promises_of, ARGS(I64(c->merchant_id), I64S(order_ids, n)),
                   &promise_fields, out);
}
