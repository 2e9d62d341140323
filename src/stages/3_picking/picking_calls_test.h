/* Calls of stage 3 as the tests make them: each in a unit of work. */
#pragma once

#include "base/time.h"
#include "domain/events/event.h"
#include "stages/3_picking/picking.h"
#include "work_fixture.h"

enum { ADA = 1001, BOB = 1002 };

/* One call of the stage in a unit of work. */
struct call {
    enum err (*run)(struct ctx *c, struct call *call);
    struct pick_scan scan;
    struct pick_short shorten;
    struct pick_claim claim;
    struct wave_filter filter;
    const struct pick_confirm *jobs;
    struct fault *faults;
    size_t n;
    int64_t id, id2, quantity;
    struct pick_result result;
    struct pick_short_result short_result;
    struct wave_plan *waves;
    struct list list;
};

static inline enum err in_tx(struct ctx *c, void *arg)
{
    struct call *call = arg;
    return call->run(c, call);
}
static inline enum err run(struct world *w, struct call *call)
{
    return db_tx(&w->ctx, in_tx, call);
}

static inline enum err do_scan(struct ctx *c, struct call *k)
{
    return picking_scan(c, &k->scan, &k->result);
}
static inline enum err do_short(struct ctx *c, struct call *k)
{
    return picking_short(c, &k->shorten, &k->short_result);
}
static inline enum err do_claim(struct ctx *c, struct call *k)
{
    return picking_claim(c, &k->claim, &k->list);
}
static inline enum err do_confirm(struct ctx *c, struct call *k)
{
    return picking_confirm(c, k->jobs, k->n, k->faults);
}
static inline enum err do_wave(struct ctx *c, struct call *k)
{
    return wave_plan(c, k->id, &k->filter, &k->waves, &k->n);
}
static inline enum err do_items(struct ctx *c, struct call *k)
{
    return picking_items_of_wave(c, k->id, false, &k->list);
}
static inline enum err do_start(struct ctx *c, struct call *k)
{
    return picking_start(c, k->list.at, k->list.count, k->faults);
}
static inline enum err do_undo(struct ctx *c, struct call *k)
{
    return picking_undo(c, k->id, k->id2, k->quantity);
}

/* A scan of a worker at the task's own bin. */
static inline struct call scan_of(const struct task *t, const char *code, int64_t quantity)
{
    return (struct call){.run = do_scan,
                         .scan = {.fulfillment_id = t->fulfillment_id,
                                  .task_id = t->task_id,
                                  .scan = text_of(code),
                                  .quantity = quantity,
                                  .version = NONE,
                                  .worker_id = ADA}};
}
static inline struct call short_of(const struct task *t, int64_t found, enum short_reason reason)
{
    return (struct call){.run = do_short,
                         .shorten = {.fulfillment_id = t->fulfillment_id,
                                     .task_id = t->task_id,
                                     .version = NONE,
                                     .worker_id = ADA,
                                     .found = found,
                                     .reason = (int32_t)reason}};
}
static inline const struct pick_item *item(const struct list *list, size_t i)
{
    return &((const struct pick_item *)list->at)[i];
}

static inline struct call plan(struct world *w, int64_t site_id, int64_t fulfillments_max)
{
    struct call k = {
        .run = do_wave,
        .id = site_id,
        .filter = {.method = NONE, .due_before_us = NONE, .fulfillments_max = fulfillments_max}};
    CHECK_OK(&w->ctx, run(w, &k));
    return k;
}

static inline struct call claim(struct world *w, int64_t site_id, int64_t wave_id, int64_t worker,
                                int64_t most)
{
    struct call k = {.run = do_claim, .claim = {site_id, wave_id, worker, most}};
    CHECK_OK(&w->ctx, run(w, &k));
    return k;
}
