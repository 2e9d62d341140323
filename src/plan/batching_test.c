#include "plan/batching.h"

#include "base/source.h"
#include "harness.h"

enum { BINS = 12 };

struct yard {
    struct arena arena;
    struct ctx ctx;
    struct source source;
    struct batching_plan plan;
};

static struct ctx *yard_open(struct yard *y, uint64_t seed)
{
    *y = (struct yard){0};
    source_virtual(&y->source, seed, 0);
    y->ctx.arena = &y->arena;
    return &y->ctx;
}

/* Bin 100 * aisle + place, so that an aisle follows from its bins. */
static struct batching_job random_job(struct yard *y, int64_t id, int64_t aisles)
{
    struct batching_job job = {.fulfillment_id = id};
    int64_t *bins = arena_new(&y->arena, int64_t, BINS), *of = arena_new(&y->arena, int64_t, BINS);
    job.bin_count = 1 + (size_t)source_below(&y->source, BINS);
    for (size_t i = 0; i < job.bin_count; i++) {
        of[i] = source_below(&y->source, aisles);
        bins[i] = of[i] * 100 + source_below(&y->source, 10);
    }
    job.bins = bins;
    job.aisles = of;
    job.units = (int64_t)job.bin_count + source_below(&y->source, 5);
    job.weight_g = job.units * 300;
    job.volume_ml = job.units * 700;
    job.due_us = source_below(&y->source, 5) ? 1 + source_below(&y->source, 1000) : 0;
    job.group = source_below(&y->source, 2);
    return job;
}

TEST(batching, every_job_is_on_one_cart_that_is_not_overfull)
{
    for (uint64_t seed = 1; seed <= 60 && !test_failed(); seed++) {
        struct yard y;
        struct ctx *c = yard_open(&y, seed);
        size_t n = (size_t)source_below(&y.source, 120);
        struct batching_job jobs[120];
        bool seen[120] = {false};
        for (size_t i = 0; i < n; i++) jobs[i] = random_job(&y, (int64_t)i, 10);
        struct batching_policy p = {.jobs_max = 8,
                                    .units_max = 40,
                                    .weight_max_g = 20000,
                                    .volume_max_ml = 25000,
                                    .due_spread_us = 200};
        CHECK_OK(c, batching_plan(c, jobs, n, p, &y.plan));
        int64_t cost = 0;
        for (size_t b = 0; b < y.plan.count; b++) {
            const struct batching_batch *batch = &y.plan.at[b];
            int64_t units = 0, first = INT64_MAX, last = 0;
            for (size_t i = 0; i < batch->count; i++) {
                const struct batching_job *job = &jobs[batch->jobs[i]];
                CHECK(!seen[batch->jobs[i]]);
                seen[batch->jobs[i]] = true;
                units += job->units;
                CHECK(job->group == jobs[batch->jobs[0]].group);
                if (job->due_us && job->due_us < first) first = job->due_us;
                if (job->due_us > last) last = job->due_us;
            }
            CHECK_I64(units, batch->units);
            CHECK(batch->count == 1 || (units <= 40 && batch->count <= 8 &&
                                        batch->weight_g <= 20000 && batch->volume_ml <= 25000));
            CHECK(!last || last - first <= 200);
            CHECK_I64(last ? first : 0, batch->due_us);
            int64_t before = b ? y.plan.at[b - 1].due_us : 1;
            CHECK(!batch->due_us || (before && before <= batch->due_us) || b == 0);
            cost += batch->cost;
        }
        for (size_t i = 0; i < n; i++) CHECK(seen[i]);
        CHECK_I64(cost, y.plan.cost);
        CHECK(cost <= y.plan.cost_alone);
        arena_free(&y.arena);
    }
}

TEST(batching, orders_for_the_same_aisles_walk_together)
{
    static const int64_t left[] = {1, 2, 3}, right[] = {501, 502, 503};
    static const int64_t left_aisle[] = {0, 0, 0}, right_aisle[] = {5, 5, 5};
    struct yard y;
    struct ctx *c = yard_open(&y, 1);
    struct batching_job jobs[8] = {{0}};
    for (size_t i = 0; i < 8; i++)
        jobs[i] = (struct batching_job){.fulfillment_id = (int64_t)i,
                                        .bins = i % 2 ? left : right,
                                        .aisles = i % 2 ? left_aisle : right_aisle,
                                        .bin_count = 3,
                                        .units = 3};
    CHECK_OK(c, batching_plan(c, jobs, 8, (struct batching_policy){.jobs_max = 4}, &y.plan));
    CHECK_I64(2, (int64_t)y.plan.count);
    for (size_t b = 0; b < y.plan.count; b++) CHECK_I64(1, (int64_t)y.plan.at[b].aisle_count);
    arena_free(&y.arena);
}

/* Against what a floor does by itself: filling carts in order of arrival. */
TEST(batching, walks_less_than_carts_filled_in_order)
{
    int64_t ours = 0, in_order = 0;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        struct yard y;
        struct ctx *c = yard_open(&y, seed);
        struct batching_job jobs[100];
        for (size_t i = 0; i < 100; i++) {
            jobs[i] = random_job(&y, (int64_t)i, 20);
            if (jobs[i].bin_count > 4) jobs[i].bin_count = 4;
            jobs[i].due_us = jobs[i].group = 0;
        }
        CHECK_OK(c, batching_plan(c, jobs, 100, (struct batching_policy){.jobs_max = 5}, &y.plan));
        ours += y.plan.cost;
        for (size_t i = 0; i < 100; i += 5) {
            CHECK_OK(
                c, batching_plan(c, jobs + i, 5, (struct batching_policy){.jobs_max = 5}, &y.plan));
            in_order += y.plan.cost;
        }
        arena_free(&y.arena);
    }
    CHECK(ours * 100 < in_order * 90);
}

TEST(batching, the_greatest_wave_ends_and_more_is_refused)
{
    struct yard y;
    struct ctx *c = yard_open(&y, 4);
    struct batching_job *jobs = arena_new(&y.arena, struct batching_job, BATCHING_JOBS_MAX + 1);
    for (size_t i = 0; i <= BATCHING_JOBS_MAX; i++) jobs[i] = random_job(&y, (int64_t)i, 30);
    struct batching_policy p = {.jobs_max = 12};
    CHECK_OK(c, batching_plan(c, jobs, BATCHING_JOBS_MAX, p, &y.plan));
    CHECK(y.plan.count >= BATCHING_JOBS_MAX / 12 && y.plan.count < BATCHING_JOBS_MAX / 10);
    CHECK_FAULT(c, ERR_TOO_LARGE, "too_many_jobs",
                batching_plan(c, jobs, BATCHING_JOBS_MAX + 1, p, &y.plan));
    jobs[0].units = -1;
    CHECK_FAULT(c, ERR_INVALID, "quantity", batching_plan(c, jobs, 1, p, &y.plan));
    arena_free(&y.arena);
}
