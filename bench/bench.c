/* bench/bench.c: intake in this process beside its floors.
 *
 * Each round measures, on the same disk, one after the other: the intake of N orders in batches,
 * the same rows by a bare SQLite loop with as many orders a commit, and a raw log. Ratios are taken
 * per round; the report holds medians. */
#include "bench/bench.h"

#include "base/source.h"
#include "bench/floor.h"
#include "stages/1_receipt/receipt.h"
#include "store/db.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { PRODUCTS = 10000, ROUNDS_MAX = 5, GROUP = 512 };

struct batch {
    const struct draft *drafts;
    int64_t count, refused;
};

static enum err place(struct ctx *c, void *arg)
{
    struct batch *b = arg;
    struct outcome *outcomes = arena_new(c->arena, struct outcome, (size_t)b->count);
    TRY(receipt_place(c, b->drafts, (size_t)b->count, outcomes));
    for (int64_t i = 0; i < b->count; i++) b->refused += outcomes[i].fault.code != OK;
    return OK;
}

static enum err intake(struct ctx *c, int64_t first, int64_t orders, int64_t group, int64_t *us)
{
    /* What customers wrote is not made by the intake, so it is not measured with it. */
    struct draft *drafts = arena_new(c->arena, struct draft, (size_t)orders);
    for (int64_t i = 0; i < orders; i++) drafts[i] = bench_draft(c, first + i, PRODUCTS);
    int64_t begin = bench_now_us();
    for (int64_t n = 0; n < orders; n += group) {
        struct batch b = {drafts + n, orders - n < group ? orders - n : group, 0};
        struct arena_mark mark = arena_mark(c->arena);
        TRY(db_tx(c, place, &b));
        arena_rewind(c->arena, mark);
        if (b.refused)
            return fail(c, ERR_BUG, "bench", "%lld of %lld orders were refused",
                        (long long)b.refused, (long long)b.count);
    }
    *us = bench_now_us() - begin;
    return OK;
}

void bench_drop(const char *path)
{
    static const char *const ends[] = {"", "-wal", "-shm", ".lock"};
    char name[512];
    for (size_t i = 0; i < 4; i++) {
        snprintf(name, sizeof name, "%s%s", path, ends[i]);
        unlink(name);
    }
}

static int64_t per_second(int64_t n, int64_t us) { return us > 0 ? n * 1000000 / us : 0; }

static int compare(const void *a, const void *b)
{
    const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return x < y ? -1 : x > y;
}

static int64_t median(int64_t *at, int64_t n)
{
    qsort(at, (size_t)n, sizeof *at, compare);
    return at[n / 2];
}

struct rounds {
    int64_t intake[ROUNDS_MAX], floor[ROUNDS_MAX], log[ROUNDS_MAX], ratio[ROUNDS_MAX];
};

/* A fresh database and shop each round, so that each begins alike. */
static enum err one_round(struct ctx *c, struct bench_options o, struct bench_report *r,
                          struct rounds *all, int64_t round)
{
    const char *path = text_cstr(c->arena, text_printf(c->arena, "%s/bench.db", o.dir));
    const char *bare = text_cstr(c->arena, text_printf(c->arena, "%s/bench-floor.db", o.dir));
    const char *log = text_cstr(c->arena, text_printf(c->arena, "%s/bench.log", o.dir));
    struct ctx own = {.arena = c->arena, .source = c->source};
    struct store *store;
    struct floor *rows;
    int64_t us = 1;
    bench_drop(path);
    enum err e = store_open(&own, text_of(path), (struct store_options){0}, &store);
    c->fault = own.fault;
    TRY(e);
    e = bench_shop(&own, PRODUCTS);
    int64_t written = bench_written(), cpu = bench_cpu_us(), statements = store_queries(store);
    if (e == OK) e = intake(&own, 0, r->orders, r->group, &us);
    all->intake[round] = per_second(r->orders, us);
    r->written_per_order = (bench_written() - written) / r->orders;
    r->cpu_ns_per_order = (bench_cpu_us() - cpu) * 1000 / r->orders;
    r->statements_per_batch = (store_queries(store) - statements) /
                              ((r->orders + r->group - 1) / r->group);
    if (e == OK && round == 0) {
        int64_t lone = 200;
        e = intake(&own, r->orders, lone, 1, &us);
        r->lone_rate = per_second(lone, us);
    }
    r->memory_kb = bench_memory_kb("/proc/self/status");
    store_close(store);
    c->fault = own.fault;
    TRY(e);
    TRY(floor_load(c, path, r->orders, &rows));
    e = floor_write(c, rows, bare, r->group, &us);
    all->floor[round] = per_second(r->orders, us);
    r->facts_bytes_per_order = floor_facts_bytes(rows) / r->orders;
    r->rows_per_order = floor_rows(rows) / r->orders;
    floor_free(rows);
    TRY(e);
    TRY(floor_log(c, log, r->orders, r->facts_bytes_per_order, r->group, &us));
    all->log[round] = per_second(r->orders, us);
    all->ratio[round] = all->floor[round] ? all->intake[round] * 10000 / all->floor[round] : 0;
    bench_drop(path);
    bench_drop(bare);
    bench_drop(log);
    return OK;
}

enum err bench_run(struct ctx *c, struct bench_options o, struct bench_report *r)
{
    struct rounds all;
    *r = (struct bench_report){.orders = o.is_exact   ? 10 * GROUP
                                         : o.is_quick ? 20 * GROUP
                                                      : 100 * GROUP,
                               .rounds = o.is_exact   ? 1
                                         : o.is_quick ? 3
                                                      : ROUNDS_MAX,
                               .group = GROUP};
    for (int64_t i = 0; i < r->rounds; i++) TRY(one_round(c, o, r, &all, i));
    r->intake_rate = median(all.intake, r->rounds);
    r->floor_rate = median(all.floor, r->rounds);
    r->log_rate = median(all.log, r->rounds);
    r->intake_ratio_bp = median(all.ratio, r->rounds);
    return o.is_exact ? OK : bench_serve(c, o.dir, o.is_quick, &r->http);
}

static const struct field speed_table[] = {
    FIELD(struct bench_speed, clients),          FIELD(struct bench_speed, rate),
    FIELD(struct bench_speed, p50_us),           FIELD(struct bench_speed, p99_us),
    FIELD(struct bench_speed, server_memory_kb),
};
static const struct fields speed_fields = FIELDS("bench_speed", struct bench_speed, speed_table);

static const struct field report_table[] = {
    FIELD(struct bench_report, orders),
    FIELD(struct bench_report, rounds),
    FIELD(struct bench_report, group, .about = "orders per commit"),
    FIELD(struct bench_report, intake_rate, .about = "orders/s, in process, durable"),
    FIELD(struct bench_report, floor_rate, .about = "the same rows by a bare SQLite loop"),
    FIELD(struct bench_report, log_rate, .about = "the same facts in a log, flushed in groups"),
    FIELD(struct bench_report, intake_ratio_bp, .about = "intake / floor in 1/10,000"),
    FIELD(struct bench_report, cpu_ns_per_order),
    FIELD(struct bench_report, written_per_order, .about = "bytes"),
    FIELD(struct bench_report, statements_per_batch),
    FIELD(struct bench_report, facts_bytes_per_order),
    FIELD(struct bench_report, rows_per_order),
    FIELD(struct bench_report, lone_rate, .about = "orders/s, one a commit"),
    FIELD(struct bench_report, memory_kb),
    FIELD_LIST(struct bench_report, http, speed_fields),
};
const struct fields bench_report_fields = FIELDS("bench", struct bench_report, report_table);
