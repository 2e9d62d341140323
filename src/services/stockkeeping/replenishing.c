#include "services/stockkeeping/replenishing.h"

#include "base/sort.h"
#include "base/source.h"
#include "domain/inventory/cell.h"
#include "domain/orders/work.h"
#include "domain/sites/site.h"

struct filling {
    struct list faces, tasks, bins;
    struct stock *cells;
    size_t cell_count;
    int64_t made;
};

static enum err load(struct ctx *c, const int64_t *ids, size_t n, struct filling *f)
{
    struct list cells;
    TRY(pick_faces_of(c, ids, n, &f->faces));
    if (!f->faces.count) return OK;
    TRY(stock_cells_of(c, ids, n, &cells));
    TRY(stock_tasks_of(c, ids, n, &f->tasks));
    f->cells = cells.at;
    f->cell_count = cells.count;
    int64_t *bins = arena_new(c->arena, int64_t, cells.count + 1);
    for (size_t i = 0; i < cells.count; i++) bins[i] = f->cells[i].place_id;
    sort_i64(bins, cells.count);
    return bins_of(c, bins, unique_i64(bins, cells.count), &f->bins);
}

static bool is_good(const struct ctx *c, const struct stock *s, int64_t product_id)
{
    return s->product_id == product_id && s->condition == CONDITION_SELLABLE &&
           !stock_is_over(c, s);
}

static int64_t level(const struct ctx *c, const struct filling *f, const struct pick_face *face)
{
    const struct stock_task *tasks = f->tasks.at;
    int64_t units = 0;
    for (size_t i = 0; i < f->cell_count; i++)
        if (is_good(c, &f->cells[i], face->product_id) && f->cells[i].place_id == face->bin_id)
            units += f->cells[i].on_hand - f->cells[i].allotted;
    for (size_t i = 0; i < f->tasks.count; i++)
        if (tasks[i].product_id == face->product_id && tasks[i].to_place == face->bin_id)
            units += tasks[i].quantity - tasks[i].done;
    return units;
}

/* Units of a reserve cell that nobody is sent for. */
static int64_t free_in(const struct filling *f, const struct stock *s)
{
    const struct stock_task *tasks = f->tasks.at;
    int64_t units = s->on_hand - s->allotted;
    for (size_t i = 0; i < f->tasks.count; i++)
        if (tasks[i].product_id == s->product_id && tasks[i].from_place == s->place_id &&
            tasks[i].condition == s->condition && text_eq(tasks[i].lot, s->lot))
            units -= tasks[i].quantity - tasks[i].done;
    return units > 0 ? units : 0;
}

/* The reserve cell to empty next: first to expire, then by bin. */
static struct stock *next_reserve(const struct ctx *c, const struct filling *f,
                                  const struct pick_face *face)
{
    struct stock *best = NULL;
    for (size_t i = 0; i < f->cell_count; i++) {
        struct stock *s = &f->cells[i];
        const struct bin *bin = LIST_FIND(&f->bins, struct bin, bin_id, s->place_id);
        if (!is_good(c, s, face->product_id) || s->site_id != face->site_id) continue;
        if (!bin || bin->kind != BIN_BULK || !free_in(f, s)) continue;
        bool is_sooner = !best || (s->expiry_day != NONE &&
                                   (best->expiry_day == NONE || s->expiry_day < best->expiry_day));
        if (is_sooner) best = s;
    }
    return best;
}

static enum err bring(struct ctx *c, struct filling *f, const struct pick_face *face,
                      struct stock *from, int64_t units)
{
    struct stock_task t = {.merchant_id = c->merchant_id,
                           .task_id = source_id(c->source),
                           .site_id = face->site_id,
                           .kind = STOCK_REPLENISH,
                           .product_id = face->product_id,
                           .lot = from->lot,
                           .condition = from->condition,
                           .from_place = from->place_id,
                           .to_place = face->bin_id,
                           .quantity = units,
                           .cause_id = NONE,
                           .worker_id = NONE,
                           .lease_until_us = NONE,
                           .created_us = c->now_us,
                           .done_us = NONE};
    from->allotted += units; /* for the faces that follow */
    f->made++;
    TRY(stock_task_insert(c, &t));
    return event_put(
        c, EVENT_STOCK_TASK_PLANNED, NONE, t.task_id,
        EVENT_BODY(.quantity = units, .word = T("replenish"), .other_id = face->bin_id));
}

static enum err fill(struct ctx *c, struct filling *f, const struct pick_face *face)
{
    int64_t units = level(c, f, face);
    if (units >= face->min_units) return OK;
    int64_t wanted = face->max_units - units;
    for (struct stock *from; wanted > 0 && (from = next_reserve(c, f, face));) {
        int64_t take = free_in(f, from);
        if (take > wanted) take = wanted;
        TRY(bring(c, f, face, from, take));
        wanted -= take;
    }
    return OK;
}

enum err replenish_plan(struct ctx *c, int64_t site_id, const int64_t *product_ids, size_t n,
                        int64_t *made)
{
    struct filling f = {0};
    TRY(load(c, product_ids, n, &f));
    const struct pick_face *faces = f.faces.at;
    for (size_t i = 0; i < f.faces.count; i++)
        if (site_id == NONE || faces[i].site_id == site_id) TRY(fill(c, &f, &faces[i]));
    *made = f.made;
    return OK;
}

enum err replenish_on_change(struct ctx *c, const struct event *events, size_t count)
{
    struct list lines = {0};
    int64_t *work = arena_new(c->arena, int64_t, count + 1), made;
    size_t work_count = 0, n = 0;
    for (size_t i = 0; i < count; i++)
        if (events[i].kind == EVENT_FULFILLMENT_RELEASED) work[work_count++] = events[i].subject_id;
    sort_i64(work, work_count);
    if (work_count) TRY(fulfillment_lines_of(c, work, unique_i64(work, work_count), &lines));
    int64_t *ids = arena_new(c->arena, int64_t, count + lines.count + 1);
    for (size_t i = 0; i < count; i++)
        if (events[i].kind != EVENT_FULFILLMENT_RELEASED && events[i].subject_id != NONE)
            ids[n++] = events[i].subject_id;
    for (size_t i = 0; i < lines.count; i++)
        ids[n++] = ((const struct fulfillment_line *)lines.at)[i].product_id;
    sort_i64(ids, n);
    return n ? replenish_plan(c, NONE, ids, unique_i64(ids, n), &made) : OK;
}
