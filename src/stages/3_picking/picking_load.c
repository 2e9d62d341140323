#include "stages/3_picking/picking_load.h"

#include "base/sort.h"
#include "base/time.h"

#include <string.h>

static enum err load_cells(struct ctx *c, struct pick_work *w)
{
    int64_t *products = arena_new(c->arena, int64_t, w->task_count + 1);
    w->sites = arena_new(c->arena, int64_t, w->fulfillment_count + 1);
    for (size_t i = 0; i < w->fulfillment_count; i++) w->sites[i] = w->fulfillments[i].site_id;
    sort_i64(w->sites, w->fulfillment_count);
    w->site_count = unique_i64(w->sites, w->fulfillment_count);
    size_t n = 0;
    for (size_t i = 0; i < w->task_count; i++)
        if (w->tasks[i].kind == TASK_PICK) products[n++] = w->tasks[i].product_id;
    sort_i64(products, n);
    n = unique_i64(products, n);
    w->cells = arena_new(c->arena, struct list, w->site_count + 1);
    for (size_t i = 0; i < w->site_count; i++)
        TRY(stock_of_products(c, w->sites[i], products, n, &w->cells[i]));
    return OK;
}

enum err pick_work_load(struct ctx *c, const int64_t *fulfillment_ids, size_t n,
                        struct pick_work *out)
{
    struct list fulfillments, tasks;
    *out = (struct pick_work){0};
    int64_t *ids = arena_new(c->arena, int64_t, n + 1);
    memcpy(ids, fulfillment_ids, n * sizeof *ids);
    sort_i64(ids, n);
    n = unique_i64(ids, n);
    TRY(fulfillments_of(c, ids, n, &fulfillments));
    TRY(tasks_of(c, ids, n, &tasks));
    out->fulfillments = fulfillments.at;
    out->fulfillment_count = fulfillments.count;
    out->tasks = tasks.at;
    out->task_count = tasks.count;
    out->before = arena_new(c->arena, struct task, tasks.count + 1);
    if (tasks.count) memcpy(out->before, tasks.at, tasks.count * sizeof *out->before);
    out->states_read = arena_new(c->arena, int32_t, n + 1);
    int64_t *orders = arena_new(c->arena, int64_t, n + 1);
    for (size_t i = 0; i < out->fulfillment_count; i++) {
        orders[i] = out->fulfillments[i].order_id;
        out->states_read[i] = out->fulfillments[i].state;
    }
    TRY(stops_load(c, orders, out->fulfillment_count, &out->stops));
    return load_cells(c, out);
}

struct fulfillment *pick_fulfillment(const struct pick_work *w, int64_t fulfillment_id)
{
    const struct list all = {w->fulfillments, w->fulfillment_count};
    return LIST_FIND(&all, struct fulfillment, fulfillment_id, fulfillment_id);
}

struct task *pick_task(const struct pick_work *w, int64_t fulfillment_id, int64_t task_id)
{
    const struct list all = {w->tasks, w->task_count};
    struct list own = LIST_RUN(&all, struct task, fulfillment_id, fulfillment_id);
    return LIST_FIND(&own, struct task, task_id, task_id);
}

struct stock *pick_cells(const struct pick_work *w, int64_t site_id, int64_t product_id,
                         size_t *count)
{
    ptrdiff_t site = find_i64(w->sites, w->site_count, site_id);
    *count = 0;
    if (site < 0) return NULL;
    struct list own = LIST_RUN(&w->cells[site], struct stock, product_id, product_id);
    *count = own.count;
    return own.count ? own.at : NULL;
}

struct stock *pick_cell(const struct pick_work *w, int64_t site_id, int64_t product_id,
                        int64_t place_id, struct text lot)
{
    size_t count;
    struct stock *at = pick_cells(w, site_id, product_id, &count);
    for (size_t i = 0; i < count; i++)
        if (at[i].place_id == place_id && (!lot.at || text_eq(at[i].lot, lot))) return &at[i];
    return NULL;
}

enum err pick_may_work(struct ctx *c, const struct pick_work *w, const struct fulfillment *f,
                       const struct task *t, int64_t worker_id, int64_t version)
{
    if (!f || !t)
        return fail(c, ERR_NOT_FOUND, "task_not_found", "the fulfillment has no such task");
    TRY(stop_check(c, &w->stops, f, version));
    if (t->kind != TASK_PICK)
        return fail(c, ERR_CONFLICT, "not_a_pick", "this task is %s, not a pick",
                    word_of(&task_kind_words, t->kind));
    if (t->state != TASK_READY && t->state != TASK_LEASED)
        return fail(c, ERR_CONFLICT, "task_done", "this task is %s: %lld of %lld picked",
                    word_of(&task_state_words, t->state), (long long)t->done,
                    (long long)t->quantity);
    bool is_leased = t->state == TASK_LEASED && t->lease_until_us > c->now_us;
    if (is_leased && worker_id != NONE && t->worker_id != worker_id)
        return fail(c, ERR_CONFLICT, "leased_by_other", "someone else is picking this until %.*s",
                    TEXT_ARG(instant_text(c->arena, t->lease_until_us)));
    if (f->state != FULFILLMENT_RELEASED && f->state != FULFILLMENT_PICKING)
        return fail(c, ERR_CONFLICT, "wrong_state", "this fulfillment is %s",
                    word_of(&fulfillment_state_words, f->state));
    return OK;
}

enum err pick_begin(struct ctx *c, struct fulfillment *f)
{
    if (f->state != FULFILLMENT_RELEASED) return OK;
    TRY(fulfillment_do(c, f, FULFILLMENT_START_PICK));
    return event_put(c, EVENT_PICK_STARTED, f->order_id, f->fulfillment_id,
                     EVENT_BODY(.other_id = f->wave_id));
}

enum err pick_take(struct ctx *c, struct fulfillment *f, struct task *t, struct stock *cell,
                   int64_t quantity)
{
    struct cell from = {cell->place_id, f->site_id, cell->lot};
    struct cell tote = {f->fulfillment_id, NONE, cell->lot};
    int64_t allotted = t->place_id == cell->place_id ? quantity : 0;
    TRY(pick_begin(c, f));
    TRY(stock_move(c, t->product_id, from, tote, quantity, STOCK_PICK, f->order_id, t->task_id));
    if (allotted)
        TRY(stock_allot(c, t->product_id, f->site_id, cell->place_id, cell->lot, -allotted));
    cell->on_hand -= quantity;
    cell->allotted -= allotted;
    t->done += quantity;
    f->picked += quantity;
    TRY(order_progress(c, f->order_id, t->line_no, (struct progress){.picked = quantity}));
    TRY(fulfillment_progress(c, f->fulfillment_id, (struct work_progress){.picked = quantity}));
    TRY(fulfillment_line_progress(c, f->fulfillment_id, t->line_no, quantity, 0));
    return event_put(
        c, EVENT_PICK_DONE, f->order_id, t->task_id,
        EVENT_BODY(.line_no = t->line_no, .quantity = quantity, .other_id = cell->place_id));
}

/* Tell of those that this unit ended, with the counters as they are now. */
static enum err tell(struct ctx *c, const struct pick_work *w, const int64_t *ids, size_t n,
                     enum fulfillment_verb verb, struct text note)
{
    struct list list;
    TRY(fulfillments_of(c, ids, n, &list));
    for (size_t i = 0; i < list.count; i++) {
        const struct fulfillment *f = &((const struct fulfillment *)list.at)[i];
        struct fulfillment *known = pick_fulfillment(w, f->fulfillment_id);
        if (known) known->state = f->state;
        TRY(event_put(c,
                      verb == FULFILLMENT_FINISH_PICK ? EVENT_FULFILLMENT_PICKED
                                                      : EVENT_FULFILLMENT_CANCELLED,
                      f->order_id, f->fulfillment_id,
                      EVENT_BODY(.quantity = verb == FULFILLMENT_FINISH_PICK ? f->picked : f->units,
                                 .note = note)));
    }
    return OK;
}

enum err pick_finish(struct ctx *c, const struct pick_work *w, int64_t *ids, size_t n,
                     enum fulfillment_verb verb, struct text note)
{
    if (!n) return OK;
    TRY(work_flush(c));
    sort_i64(ids, n);
    n = unique_i64(ids, n);
    bool *took = arena_new(c->arena, bool, n);
    int64_t *ended = arena_new(c->arena, int64_t, n);
    size_t count = 0;
    TRY(fulfillments_finish(c, ids, n, verb, took));
    for (size_t i = 0; i < n; i++)
        if (took[i]) ended[count++] = ids[i];
    return count ? tell(c, w, ended, count, verb, note) : OK;
}
