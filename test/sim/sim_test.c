/* test/sim/sim_test.c: some seeds of `waybill simulate` under the sanitizers, and its promises. */
#include "harness.h"
#include "sim.h"

#include <stdio.h>
#include <stdlib.h>

enum { SEEDS = 4 };

static uint64_t live(const char *database, uint64_t seed, int64_t days, int64_t until)
{
    struct sim_options o = {
        .seed = seed, .days = days, .orders = 8, .until = until, .database = database};
    struct sim_counts counts = {0};
    struct sim *s = calloc(1, sizeof *s);
    s->options = &o;
    s->counts = &counts;
    if (!sim_run(s))
        test_fail(__FILE__, __LINE__, "waybill simulate --seed %llu --days %lld --orders 8: %s",
                  (unsigned long long)seed, (long long)days, s->failure);
    uint64_t hash = s->events_hash;
    sim_close(s);
    free(s);
    return hash;
}

TEST(sim, whatever_fails_users_see_what_the_model_says_and_all_ends_sqlite)
{
    for (uint64_t seed = 1001; seed < 1001 + SEEDS && !test_failed(); seed++)
        live(NULL, seed, 1, NONE);
}

TEST(sim, whatever_fails_users_see_what_the_model_says_and_all_ends_postgres)
{
    const char *address = getenv("WAYBILL_TEST_PG");
    if (!address || !*address) SKIP("WAYBILL_TEST_PG is not set");
    for (uint64_t seed = 1; seed < 3 && !test_failed(); seed++) live(address, seed, 1, NONE);
}

TEST(sim, the_same_seed_tells_the_same_events_another_one_others)
{
    uint64_t first = live(NULL, 7, 1, 40), again = live(NULL, 7, 1, 40),
             other = live(NULL, 8, 1, 40);
    CHECK(first != 0);
    CHECK(first == again);
    CHECK(first != other);
}
