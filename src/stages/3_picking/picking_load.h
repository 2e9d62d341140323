/* stages/3_picking/picking_load.h: what a decision about picks needs, read as a set. */
#pragma once

#include "domain/inventory/stock.h"
#include "domain/orders/stop.h"
#include "domain/orders/work.h"
#include "stages/3_picking/picking.h"

struct pick_work {
    struct fulfillment *fulfillments; /* ascending, as decided so far */
    size_t fulfillment_count;
    int32_t *states_read; /* of each: its state before this unit */
    struct task *tasks;   /* by fulfillment, then task, as decided so far */
    struct task *before;  /* as read */
    size_t task_count;
    struct stops stops;
    struct list *cells; /* struct stock per site, by product */
    int64_t *sites;
    size_t site_count;
};

/* Fulfillments and their tasks, orders' stops, and the cells of the tasks' products. */
must_check enum err pick_work_load(struct ctx *c, const int64_t *fulfillment_ids, size_t n,
                                   struct pick_work *out);
struct fulfillment *pick_fulfillment(const struct pick_work *w, int64_t fulfillment_id);
struct task *pick_task(const struct pick_work *w, int64_t fulfillment_id, int64_t task_id);
/* The cell of a product in a bin; NULL when the bin has none of it. */
struct stock *pick_cell(const struct pick_work *w, int64_t site_id, int64_t product_id,
                        int64_t place_id, struct text lot);
/* All cells of a product at a site: the first, and how many. */
struct stock *pick_cells(const struct pick_work *w, int64_t site_id, int64_t product_id,
                         size_t *count);
/* The task is a pick that this worker may work on now, and nothing stops it. */
must_check enum err pick_may_work(struct ctx *c, const struct pick_work *w,
                                  const struct fulfillment *f, const struct task *t,
                                  int64_t worker_id, int64_t version);
/* The first confirmed unit starts the fulfillment. Tells, and keeps the state in `f`. */
must_check enum err pick_begin(struct ctx *c, struct fulfillment *f);
/* Units of a task go from a cell into the tote: all that follows from it but the task's own row. */
must_check enum err pick_take(struct ctx *c, struct fulfillment *f, struct task *t,
                              struct stock *cell, int64_t quantity);
/* End those that have no open task any more, by their rows; whoever was last tells. Sorts `ids`. */
must_check enum err pick_finish(struct ctx *c, const struct pick_work *w, int64_t *ids, size_t n,
                                enum fulfillment_verb verb, struct text note);
/* Units of a put-back go from the tote into a bin; `word` says what for. */
must_check enum err pick_move_back(struct ctx *c, const struct fulfillment *f, const struct task *t,
                                   int64_t bin_id, int64_t quantity, const char *word);
/* picking_confirm on what was loaded already. */
must_check enum err pick_confirm_loaded(struct ctx *c, struct pick_work *w,
                                        const struct pick_confirm *jobs, size_t n,
                                        struct fault *faults);
