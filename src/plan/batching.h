/* plan/batching.h: which fulfillments share one walk.
 *
 * Each batch is a cart: at most so many fulfillments, units, grams and millilitres. Two batches
 * are joined while that saves walking (aisles both visit, stops both make) by the savings rule of
 * Clarke and Wright, greatest saving first. Work that is due is started in order of due time: a
 * batch never mixes fulfillments whose due times lie further apart than the policy allows, and
 * batches come out in order of their earliest due time. Everything is in exactly one batch. */
#pragma once

#include "base/ctx.h"

#include <stddef.h>
#include <stdint.h>

enum { BATCHING_JOBS_MAX = 5000, BATCHING_BINS_MAX = 500, BATCHING_WINDOW_MAX = 400 };

struct batching_job {
    int64_t fulfillment_id;
    const int64_t *bins;   /* bin ids to visit, any order, repeats allowed */
    const int64_t *aisles; /* of each bin, the same count; ids unique in the site */
    size_t bin_count;
    int64_t units, weight_g, volume_ml;
    int64_t due_us; /* 0: no due time, goes with anything, last */
    int64_t group;  /* only jobs of the same group may share (delivery method, temperature) */
};

struct batching_policy {
    int64_t jobs_max, units_max, weight_max_g, volume_max_ml; /* 0: no limit */
    int64_t due_spread_us;                                    /* 0: due times do not matter */
    int64_t aisle_cost, bin_cost; /* walking per aisle and per stop; both 0: 10 and 1 */
    int64_t trip_cost;            /* of starting a walk; 0: 30 */
};

struct batching_batch {
    size_t *jobs; /* indexes into the jobs given, by due time */
    size_t count;
    int64_t units, weight_g, volume_ml, due_us; /* earliest due; 0 when none has one */
    size_t aisle_count, bin_count;              /* distinct */
    int64_t cost;                               /* estimated walking */
};

struct batching_plan {
    struct batching_batch *at;
    size_t count;
    int64_t cost, cost_alone; /* walking together and one by one */
};

/* A job greater than the cart gets a batch of its own.
 * ERR_TOO_LARGE "too_many_jobs", "too_many_bins"; ERR_INVALID "quantity". */
must_check enum err batching_plan(struct ctx *c, const struct batching_job *jobs, size_t count,
                                  struct batching_policy policy, struct batching_plan *out);
