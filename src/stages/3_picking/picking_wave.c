/* stages/3_picking/picking_wave.c: which orders share a cart, and the way it goes. */
#include "base/sort.h"
#include "base/source.h"
#include "base/time.h"
#include "domain/catalog/product.h"
#include "domain/sites/site.h"
#include "plan/batching.h"
#include "stages/3_picking/picking_load.h"
#include "stages/3_picking/picking_walk.h"

#include <string.h>

/* What a wave may be made of, read as a set. */
struct floor {
    struct fulfillment *at; /* ascending by id */
    size_t count;
    struct task *tasks; /* by fulfillment; picks only */
    size_t task_count;
    struct list products, orders;
    struct bin_stops stops;
};

static bool is_wanted(const struct fulfillment *f, const struct wave_filter *filter)
{
    if (f->wave_id != NONE) return false;
    if (filter->method != NONE && f->method != filter->method) return false;
    return filter->due_before_us == NONE || f->due_us < filter->due_before_us;
}

static enum err choose(struct ctx *c, int64_t site_id, const struct wave_filter *filter,
                       struct floor *floor)
{
    struct list released, chosen;
    struct stops stops;
    size_t n = 0;
    TRY(fulfillment_list(c, site_id, FULFILLMENT_RELEASED, WAVE_CANDIDATES_MAX, &released));
    const struct fulfillment *at = released.at;
    int64_t *orders = arena_new(c->arena, int64_t, released.count + 1);
    int64_t *ids = arena_new(c->arena, int64_t, released.count + 1);
    for (size_t i = 0; i < released.count; i++) orders[i] = at[i].order_id;
    TRY(stops_load(c, orders, released.count, &stops));
    for (size_t i = 0; i < released.count; i++)
        if (is_wanted(&at[i], filter) && !stop_is_held(&stops, at[i].order_id))
            ids[n++] = at[i].fulfillment_id;
    if (n > BATCHING_JOBS_MAX) n = BATCHING_JOBS_MAX;
    TRY(fulfillments_of(c, ids, n, &chosen));
    for (size_t i = 0; i < chosen.count; i++)
        orders[i] = ((const struct fulfillment *)chosen.at)[i].order_id;
    sort_i64(orders, chosen.count);
    TRY(order_list_of(c, orders, unique_i64(orders, chosen.count), &floor->orders));
    floor->at = chosen.at;
    floor->count = chosen.count;
    return OK;
}

static enum err load(struct ctx *c, struct floor *floor)
{
    struct list tasks;
    int64_t *ids = arena_new(c->arena, int64_t, floor->count + 1);
    for (size_t i = 0; i < floor->count; i++) ids[i] = floor->at[i].fulfillment_id;
    TRY(tasks_of(c, ids, floor->count, &tasks));
    floor->tasks = tasks.at;
    int64_t *products = arena_new(c->arena, int64_t, tasks.count + 1);
    int64_t *bins = arena_new(c->arena, int64_t, tasks.count + 1);
    for (size_t i = 0; i < tasks.count; i++) {
        const struct task *t = &floor->tasks[i];
        if (t->kind != TASK_PICK || (t->state != TASK_READY && t->state != TASK_LEASED)) continue;
        products[floor->task_count] = t->product_id;
        bins[floor->task_count] = t->place_id;
        floor->tasks[floor->task_count++] = *t;
    }
    sort_i64(products, floor->task_count);
    TRY(products_of(c, products, unique_i64(products, floor->task_count), &floor->products));
    return walk_stops(c, bins, floor->task_count, &floor->stops);
}

/* Urgent orders are planned as if they were due sooner: a day for each point. */
static int64_t planned_us(const struct floor *floor, const struct fulfillment *f)
{
    const struct order *o = LIST_FIND(&floor->orders, struct order, order_id, f->order_id);
    int64_t due_us = o && f->due_us > 0 ? f->due_us - o->priority * DAY_US : f->due_us;
    return f->due_us > 0 && due_us < 1 ? 1 : due_us;
}

/* When the first of a cart has to leave. */
static int64_t cart_due_us(const struct floor *floor, const struct batching_batch *batch)
{
    int64_t due_us = NONE;
    for (size_t i = 0; i < batch->count; i++) {
        int64_t us = floor->at[batch->jobs[i]].due_us;
        if (us > 0 && (due_us == NONE || us < due_us)) due_us = us;
    }
    return due_us;
}

/* One fulfillment as the planner of carts sees it. */
static struct batching_job job_of(struct ctx *c, const struct floor *floor,
                                  const struct fulfillment *f, const struct task *tasks, size_t n)
{
    int64_t *bins = arena_new(c->arena, int64_t, n + 1);
    int64_t *aisles = arena_new(c->arena, int64_t, n + 1);
    struct batching_job job = {.fulfillment_id = f->fulfillment_id,
                               .bins = bins,
                               .aisles = aisles,
                               .due_us = planned_us(floor, f),
                               .group = f->method};
    for (size_t i = 0; i < n; i++) {
        const struct product *p = product_in(&floor->products, tasks[i].product_id);
        int64_t left = tasks[i].quantity - tasks[i].done;
        job.units += left;
        if (p) job.weight_g += left * p->weight_g;
        if (p) job.volume_ml += left * p->length_mm * p->width_mm * p->height_mm / 1000;
        ptrdiff_t at = find_i64(floor->stops.bin_ids, floor->stops.count, tasks[i].place_id);
        if (at < 0 || job.bin_count == BATCHING_BINS_MAX) continue;
        const struct pick_stop *stop = &floor->stops.stops[at];
        bins[job.bin_count] = stop->bin_id;
        aisles[job.bin_count++] = stop->zone * 100000 + stop->aisle;
    }
    return job;
}

static size_t tasks_of_one(const struct floor *floor, int64_t fulfillment_id,
                           const struct task **tasks)
{
    const struct list all = {floor->tasks, floor->task_count};
    struct list own = LIST_RUN(&all, struct task, fulfillment_id, fulfillment_id);
    *tasks = own.at;
    return own.count;
}

static enum err write_wave(struct ctx *c, const struct floor *floor,
                           const struct batching_batch *batch, struct wave_plan *out)
{
    struct pick_route route;
    size_t n = 0, most = 0;
    const struct task *tasks;
    for (size_t i = 0; i < batch->count; i++)
        most += tasks_of_one(floor, floor->at[batch->jobs[i]].fulfillment_id, &tasks);
    struct task *walked = arena_new(c->arena, struct task, most + 1);
    for (size_t i = 0; i < batch->count; i++) {
        const struct fulfillment *f = &floor->at[batch->jobs[i]];
        size_t count = tasks_of_one(floor, f->fulfillment_id, &tasks);
        if (count) memcpy(walked + n, tasks, count * sizeof *walked);
        n += count;
        TRY(fulfillment_set_wave(c, f, out->wave.wave_id));
    }
    TRY(walk_along(c, &floor->stops, walked, n, &route));
    for (size_t i = 0; i < n; i++) {
        out->units += walked[i].quantity - walked[i].done;
        TRY(task_set_walk(c, &walked[i], walked[i].walk));
    }
    out->fulfillments = (int64_t)batch->count;
    out->tasks = (int64_t)n;
    out->stops = (int64_t)route.count;
    out->length = route.length;
    out->is_mm = route.is_mm;
    TRY(wave_insert(c, &out->wave));
    return event_put(c, EVENT_WAVE_PLANNED, NONE, out->wave.wave_id,
                     EVENT_BODY(.quantity = out->fulfillments));
}

enum err wave_plan(struct ctx *c, int64_t site_id, const struct wave_filter *filter,
                   struct wave_plan **waves, size_t *count)
{
    struct floor floor = {0};
    struct batching_plan plan;
    const struct batching_policy cart = {.jobs_max = filter->fulfillments_max,
                                         .units_max = filter->units_max,
                                         .weight_max_g = filter->weight_max_g,
                                         .volume_max_ml = filter->volume_max_ml};
    *waves = NULL;
    *count = 0;
    TRY(choose(c, site_id, filter, &floor));
    if (!floor.count) return OK;
    TRY(load(c, &floor));
    struct batching_job *jobs = arena_new(c->arena, struct batching_job, floor.count);
    for (size_t i = 0; i < floor.count; i++) {
        const struct task *tasks;
        size_t n = tasks_of_one(&floor, floor.at[i].fulfillment_id, &tasks);
        jobs[i] = job_of(c, &floor, &floor.at[i], tasks, n);
    }
    TRY(batching_plan(c, jobs, floor.count, cart, &plan));
    size_t n = plan.count;
    if (filter->waves_max > 0 && n > (size_t)filter->waves_max) n = (size_t)filter->waves_max;
    int64_t number;
    TRY(wave_numbers(c, (int64_t)n, &number));
    *waves = arena_new(c->arena, struct wave_plan, n);
    for (size_t i = 0; i < n; i++) {
        struct wave *w = &(*waves)[i].wave;
        *w = (struct wave){.merchant_id = c->merchant_id,
                           .wave_id = source_id(c->source),
                           .site_id = site_id,
                           .number = number + (int64_t)i,
                           .method = filter->method,
                           .due_us = cart_due_us(&floor, &plan.at[i]),
                           .worker_id = NONE,
                           .created_us = c->now_us};
        TRY(write_wave(c, &floor, &plan.at[i], &(*waves)[i]));
    }
    *count = n;
    return OK;
}
