/* domain/orders/line_lot.c: goods that come back are of the lots that went out. */
#include "domain/orders/return.h"
#include "domain/orders/work.h"

#include <stdlib.h>

static int compare(const void *a, const void *b)
{
    const struct line_lot *x = a, *y = b;
    if (x->order_id != y->order_id) return x->order_id < y->order_id ? -1 : 1;
    if (x->line_no != y->line_no) return x->line_no < y->line_no ? -1 : 1;
    return text_cmp(x->lot, y->lot);
}

static int64_t order_of(const struct list *work, int64_t fulfillment_id)
{
    const struct fulfillment *f = work->at;
    for (size_t i = 0; i < work->count; i++)
        if (f[i].fulfillment_id == fulfillment_id) return f[i].order_id;
    return NONE;
}

enum err line_lots_of(struct ctx *c, const int64_t *order_ids, size_t n, struct list *out)
{
    struct list work, tasks = {0};
    TRY(fulfillments_of_orders(c, order_ids, n, &work));
    const struct fulfillment *f = work.at;
    int64_t *ids = arena_new(c->arena, int64_t, work.count + 1);
    for (size_t i = 0; i < work.count; i++) ids[i] = f[i].fulfillment_id;
    if (work.count) TRY(tasks_of(c, ids, work.count, &tasks));
    const struct task *t = tasks.at;
    struct line_lot *lots = arena_new(c->arena, struct line_lot, tasks.count + 1);
    size_t count = 0, kept = 0;
    for (size_t i = 0; i < tasks.count; i++)
        if (t[i].kind == TASK_PICK && t[i].done > 0 && t[i].product_id != NONE)
            lots[count++] = (struct line_lot){order_of(&work, t[i].fulfillment_id), t[i].line_no,
                                              t[i].product_id, t[i].lot.at ? t[i].lot : T(""),
                                              t[i].done};
    qsort(lots, count, sizeof *lots, compare);
    for (size_t i = 0; i < count; i++) {
        if (kept && compare(&lots[kept - 1], &lots[i]) == 0)
            lots[kept - 1].quantity += lots[i].quantity;
        else
            lots[kept++] = lots[i];
    }
    *out = (struct list){lots, kept};
    return OK;
}

enum err line_lots_out(struct ctx *c, const int64_t *order_ids, size_t n, struct list *out)
{
    struct list returns, facts;
    struct text lot;
    TRY(line_lots_of(c, order_ids, n, out));
    TRY(returns_of_orders(c, order_ids, n, &returns));
    if (!returns.count) return OK;
    const struct order_return *r = returns.at;
    int64_t *ids = arena_new(c->arena, int64_t, returns.count + 1);
    for (size_t i = 0; i < returns.count; i++) ids[i] = r[i].return_id;
    TRY(return_facts_of(c, ids, returns.count, &facts));
    const struct return_fact *f = facts.at;
    for (size_t i = 0; i < facts.count; i++)
        for (size_t k = 0; k < returns.count && f[i].from_heap == HEAP_CUSTOMER; k++)
            if (r[k].return_id == f[i].return_id)
                line_lot_take(out, r[k].order_id, f[i].line_no, f[i].lot, f[i].quantity, &lot);
    return OK;
}

int64_t line_lot_take(struct list *lots, int64_t order_id, int64_t line_no, struct text wanted,
                      int64_t quantity, struct text *lot)
{
    struct line_lot *at = lots->at;
    for (size_t i = 0; i < lots->count; i++) {
        bool fits = at[i].order_id == order_id && at[i].line_no == line_no && at[i].quantity > 0;
        if (!fits || (wanted.len && !text_eq(wanted, at[i].lot))) continue;
        int64_t taken = at[i].quantity < quantity ? at[i].quantity : quantity;
        at[i].quantity -= taken;
        *lot = at[i].lot;
        return taken;
    }
    return 0;
}
