/* test/sim/life_days_test.c: whole months, audited every evening; see life_days.h.
 *
 *   WAYBILL_LIFE_SEED=17 build/asan/tests life_days     lives one month again
 *   WAYBILL_LIFE_SEEDS=50 build/asan/tests life_days    lives as many */
#include "life_days.h"

#include "audit_world.h"
#include "domain/events/job.h"

#include <stdio.h>
#include <stdlib.h>

enum { SEEDS = 2, END_DAYS = 60 };

static void tell_open(struct days *d)
{
    for (size_t i = 0; i < d->count; i++) {
        struct order_state s = shop_state(d->l.w, d->orders[i]);
        if (s.commercial != COMMERCIAL_PLACED) continue;
        printf("  order %zu stays in %s: %lld holds, %lld units, %lld allocated, %lld released, "
               "%lld picked, %lld packed, %lld shipped, %lld delivered\n",
               i + 1, word_of(&stage_words, s.stage), (long long)s.holds, (long long)s.units,
               (long long)s.allocated, (long long)s.released, (long long)s.picked,
               (long long)s.packed, (long long)s.shipped, (long long)s.delivered);
    }
}

static void audit(struct days *d)
{
    struct arena_mark mark = arena_mark(&d->l.w->arena);
    world_audit(d->l.w);
    arena_rewind(&d->l.w->arena, mark);
}

/* How many were offered something else. */
static int64_t live(struct world *w, uint64_t seed)
{
    struct days d = days_open(w, seed);
    struct list dead = {0};
    while (d.day < DAYS && !test_failed()) {
        days_pass(&d);
        audit(&d);
    }
    int64_t open = test_failed() ? 0 : days_end(&d, END_DAYS);
    CHECK_I64(0, open);
    if (open) tell_open(&d);
    audit(&d);
    CHECK(d.count >= DAYS_ORDERS);
    CHECK(d.done > d.refused);
    CHECK_OK(&w->ctx, job_list_dead(&w->ctx, &dead));
    CHECK_I64(0, (int64_t)dead.count);
    CHECK_I64(0, world_ask(w, "SELECT sum(promised) FROM availability"));
    CHECK_I64(0, world_ask(w, "SELECT sum(allotted) FROM stock"));
    if (test_failed())
        printf("%s: the month of WAYBILL_LIFE_SEED=%llu failed on day %lld\n",
               w->engine == DB_SQLITE ? "sqlite" : "postgres", (unsigned long long)seed,
               (long long)d.day);
    return world_ask(w, "SELECT count(*) FROM substitution");
}

static uint64_t number(const char *name, uint64_t otherwise)
{
    const char *value = getenv(name);
    return value && *value ? strtoull(value, NULL, 10) : otherwise;
}

static void live_all(enum db_engine engine, uint64_t seeds)
{
    uint64_t only = number("WAYBILL_LIFE_SEED", 0), first = only ? only : 1;
    uint64_t n = only ? 1 : number("WAYBILL_LIFE_SEEDS", seeds);
    int64_t offered = 0;
    for (uint64_t seed = first; seed < first + n && !test_failed(); seed++) {
        struct world w;
        if (!world_open(&w, engine)) return;
        offered += live(&w, seed);
        world_close(&w);
    }
    if (!only) CHECK(offered > 0);
}

TEST(life_days, whatever_people_do_the_books_agree_every_evening_and_all_ends_sqlite)
{
    live_all(DB_SQLITE, SEEDS);
}

TEST(life_days, whatever_people_do_the_books_agree_every_evening_and_all_ends_postgres)
{
    live_all(DB_POSTGRES, 1);
}
