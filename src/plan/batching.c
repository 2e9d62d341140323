/* plan/batching.c: savings of Clarke and Wright, recomputed after each joining, window by window
 * in order of due time. */
#include "plan/batching.h"

#include "base/arena.h"
#include "base/sort.h"

#include <stdlib.h>
#include <string.h>

struct cart {
    size_t *jobs;
    size_t count;
    int64_t *bins, *aisles; /* ascending, distinct */
    size_t bin_count, aisle_count;
    int64_t units, weight_g, volume_ml;
    int64_t due_first, due_last; /* INT64_MAX and 0 without any */
    int64_t group, cost;
    int64_t best_saving; /* with `best`, the partner of greatest saving */
    size_t best;
    bool gone;
};

struct batcher {
    struct ctx *c;
    const struct batching_job *jobs;
    struct batching_policy policy;
};

static int64_t cost_of(const struct batcher *b, size_t aisles, size_t bins)
{
    return b->policy.trip_cost + (int64_t)aisles * b->policy.aisle_cost +
           (int64_t)bins * b->policy.bin_cost;
}

static int64_t *distinct(struct arena *a, const int64_t *ids, size_t *count)
{
    int64_t *own = arena_new(a, int64_t, *count);
    if (*count) memcpy(own, ids, *count * sizeof *own);
    sort_i64(own, *count);
    *count = unique_i64(own, *count);
    return own;
}

static struct cart cart_of(const struct batcher *b, size_t job)
{
    const struct batching_job *j = &b->jobs[job];
    struct cart cart = {.count = 1,
                        .bin_count = j->bin_count,
                        .aisle_count = j->bin_count,
                        .units = j->units,
                        .weight_g = j->weight_g,
                        .volume_ml = j->volume_ml,
                        .due_first = j->due_us ? j->due_us : INT64_MAX,
                        .due_last = j->due_us,
                        .group = j->group};
    cart.jobs = arena_new(b->c->arena, size_t, 1);
    cart.jobs[0] = job;
    cart.bins = distinct(b->c->arena, j->bins, &cart.bin_count);
    cart.aisles = distinct(b->c->arena, j->aisles, &cart.aisle_count);
    cart.cost = cost_of(b, cart.aisle_count, cart.bin_count);
    return cart;
}

static size_t common(const int64_t *a, size_t a_count, const int64_t *b, size_t b_count)
{
    size_t i = 0, k = 0, n = 0;
    while (i < a_count && k < b_count) {
        if (a[i] == b[k]) {
            n++;
            i++;
            k++;
        } else if (a[i] < b[k]) {
            i++;
        } else {
            k++;
        }
    }
    return n;
}

static bool within(int64_t a, int64_t b, int64_t most) { return !most || a + b <= most; }

static bool may_join(const struct batcher *b, const struct cart *x, const struct cart *y)
{
    const struct batching_policy *p = &b->policy;
    if (x->group != y->group) return false;
    if (!within((int64_t)x->count, (int64_t)y->count, p->jobs_max) ||
        !within(x->units, y->units, p->units_max) ||
        !within(x->weight_g, y->weight_g, p->weight_max_g) ||
        !within(x->volume_ml, y->volume_ml, p->volume_max_ml))
        return false;
    int64_t first = x->due_first < y->due_first ? x->due_first : y->due_first;
    int64_t last = x->due_last > y->due_last ? x->due_last : y->due_last;
    return !p->due_spread_us || !last || last - first <= p->due_spread_us;
}

/* What one walk instead of two saves; -1 when they may not share. */
static int64_t saving(const struct batcher *b, const struct cart *x, const struct cart *y)
{
    if (!may_join(b, x, y)) return -1;
    return b->policy.trip_cost +
           (int64_t)common(x->aisles, x->aisle_count, y->aisles, y->aisle_count) *
               b->policy.aisle_cost +
           (int64_t)common(x->bins, x->bin_count, y->bins, y->bin_count) * b->policy.bin_cost;
}

static int64_t *joined(struct arena *a, const int64_t *x, size_t x_count, const int64_t *y,
                       size_t y_count, size_t *count)
{
    int64_t *both = arena_new(a, int64_t, x_count + y_count);
    if (x_count) memcpy(both, x, x_count * sizeof *both);
    if (y_count) memcpy(both + x_count, y, y_count * sizeof *both);
    *count = x_count + y_count;
    sort_i64(both, *count);
    *count = unique_i64(both, *count);
    return both;
}

static void cart_join(const struct batcher *b, struct cart *x, struct cart *y)
{
    struct arena *a = b->c->arena;
    size_t *jobs = arena_new(a, size_t, x->count + y->count);
    memcpy(jobs, x->jobs, x->count * sizeof *jobs);
    memcpy(jobs + x->count, y->jobs, y->count * sizeof *jobs);
    x->jobs = jobs;
    x->count += y->count;
    x->bins = joined(a, x->bins, x->bin_count, y->bins, y->bin_count, &x->bin_count);
    x->aisles = joined(a, x->aisles, x->aisle_count, y->aisles, y->aisle_count, &x->aisle_count);
    x->units += y->units;
    x->weight_g += y->weight_g;
    x->volume_ml += y->volume_ml;
    if (y->due_first < x->due_first) x->due_first = y->due_first;
    if (y->due_last > x->due_last) x->due_last = y->due_last;
    x->cost = cost_of(b, x->aisle_count, x->bin_count);
    y->gone = true;
}

/* The best later partner of cart i; earlier carts look for it themselves. */
static void best_find(const struct batcher *b, struct cart *carts, size_t n, size_t i)
{
    carts[i].best_saving = 0;
    for (size_t k = i + 1; k < n; k++) {
        if (carts[k].gone) continue;
        int64_t s = saving(b, &carts[i], &carts[k]);
        if (s > carts[i].best_saving) {
            carts[i].best_saving = s;
            carts[i].best = k;
        }
    }
}

static void window_join(const struct batcher *b, struct cart *carts, size_t n)
{
    for (size_t i = 0; i < n; i++) best_find(b, carts, n, i);
    for (;;) {
        size_t at = n;
        for (size_t i = 0; i < n; i++)
            if (!carts[i].gone && carts[i].best_saving > 0 &&
                (at == n || carts[i].best_saving > carts[at].best_saving))
                at = i;
        if (at == n) return;
        size_t partner = carts[at].best;
        cart_join(b, &carts[at], &carts[partner]);
        best_find(b, carts, n, at);
        for (size_t i = 0; i < n; i++) {
            if (carts[i].gone || i == at) continue;
            bool lost = carts[i].best_saving > 0 &&
                        (carts[i].best == at || carts[i].best == partner);
            if (lost) {
                best_find(b, carts, n, i);
                continue;
            }
            int64_t s = i < at ? saving(b, &carts[i], &carts[at]) : 0;
            if (s > carts[i].best_saving) {
                carts[i].best_saving = s;
                carts[i].best = at;
            }
        }
    }
}

struct keyed {
    int64_t group, due, id;
    size_t index;
};

static int keyed_order(const void *a, const void *b)
{
    const struct keyed *x = a, *y = b;
    if (x->group != y->group) return x->group < y->group ? -1 : 1;
    if (x->due != y->due) return x->due < y->due ? -1 : 1;
    if (x->id != y->id) return x->id < y->id ? -1 : 1;
    return (x->index > y->index) - (x->index < y->index);
}

static int batch_order(const void *a, const void *b)
{
    const struct keyed *x = a, *y = b;
    if (x->due != y->due) return x->due < y->due ? -1 : 1;
    return (x->index > y->index) - (x->index < y->index);
}

static struct keyed key_of(const struct batching_job *j, size_t index)
{
    return (struct keyed){j->group, j->due_us ? j->due_us : INT64_MAX, j->fulfillment_id, index};
}

static void batch_write(const struct batcher *b, struct cart *cart, struct batching_batch *out)
{
    struct keyed *keys = arena_new(b->c->arena, struct keyed, cart->count);
    for (size_t i = 0; i < cart->count; i++)
        keys[i] = key_of(&b->jobs[cart->jobs[i]], cart->jobs[i]);
    qsort(keys, cart->count, sizeof *keys, keyed_order);
    for (size_t i = 0; i < cart->count; i++) cart->jobs[i] = keys[i].index;
    *out = (struct batching_batch){.jobs = cart->jobs,
                                   .count = cart->count,
                                   .units = cart->units,
                                   .weight_g = cart->weight_g,
                                   .volume_ml = cart->volume_ml,
                                   .due_us = cart->due_last ? cart->due_first : 0,
                                   .aisle_count = cart->aisle_count,
                                   .bin_count = cart->bin_count,
                                   .cost = cart->cost};
}

static enum err input_check(struct ctx *c, const struct batching_job *jobs, size_t count)
{
    if (count > BATCHING_JOBS_MAX)
        return fail(c, ERR_TOO_LARGE, "too_many_jobs", "%zu fulfillments, more than %d", count,
                    BATCHING_JOBS_MAX);
    for (size_t i = 0; i < count; i++) {
        if (jobs[i].bin_count > BATCHING_BINS_MAX)
            return fail(c, ERR_TOO_LARGE, "too_many_bins", "a fulfillment visits more than %d bins",
                        BATCHING_BINS_MAX);
        if (jobs[i].units < 0 || jobs[i].weight_g < 0 || jobs[i].volume_ml < 0 ||
            jobs[i].due_us < 0)
            return fail(c, ERR_INVALID, "quantity", "a fulfillment has a measure below zero");
    }
    return OK;
}

enum err batching_plan(struct ctx *c, const struct batching_job *jobs, size_t count,
                       struct batching_policy policy, struct batching_plan *out)
{
    struct batcher b = {c, jobs, policy};
    *out = (struct batching_plan){0};
    TRY(input_check(c, jobs, count));
    if (!policy.aisle_cost && !policy.bin_cost) {
        b.policy.aisle_cost = 10;
        b.policy.bin_cost = 1;
    }
    if (!policy.trip_cost) b.policy.trip_cost = 30;
    struct keyed *keys = arena_new(c->arena, struct keyed, count);
    struct cart *carts = arena_new(c->arena, struct cart, count);
    for (size_t i = 0; i < count; i++) keys[i] = key_of(&jobs[i], i);
    qsort(keys, count, sizeof *keys, keyed_order);
    for (size_t i = 0; i < count; i++) {
        carts[i] = cart_of(&b, keys[i].index);
        out->cost_alone += carts[i].cost;
    }
    for (size_t from = 0; from < count; from += BATCHING_WINDOW_MAX)
        window_join(&b, carts + from,
                    count - from < BATCHING_WINDOW_MAX ? count - from : BATCHING_WINDOW_MAX);
    size_t left = 0;
    for (size_t i = 0; i < count; i++)
        if (!carts[i].gone) keys[left++] = (struct keyed){.due = carts[i].due_first, .index = i};
    qsort(keys, left, sizeof *keys, batch_order);
    out->at = arena_new(c->arena, struct batching_batch, left);
    for (size_t i = 0; i < left; i++) {
        batch_write(&b, &carts[keys[i].index], &out->at[out->count++]);
        out->cost += carts[keys[i].index].cost;
    }
    return OK;
}
