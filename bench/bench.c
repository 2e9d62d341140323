/* bench/bench.c: intake in this process beside its floors.
 *
 * Each round measures, on the same disk, one after the other: the intake of N orders in batches,
 * the same rows by a bare SQLite loop with as many orders a commit, and a raw log. Ratios are taken
 * per round. */
#include "bench/bench.h"

#include "base/source.h"
#include "bench/floor.h"
#include "stages/1_receipt/receipt.h"
#include "store/db.h"

#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PRODUCTS = 10000, GROUP = 512 };

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

struct pace {
    int64_t us, cpu_us;
};

static enum err intake(struct ctx *c, const struct draft *drafts, int64_t orders, int64_t group,
                       struct pace *out)
{
    int64_t begin = bench_now_us(), cpu = bench_cpu_us();
    for (int64_t n = 0; n < orders; n += group) {
        struct batch b = {drafts + n, orders - n < group ? orders - n : group, 0};
        struct arena_mark mark = arena_mark(c->arena);
        TRY(db_tx(c, place, &b));
        arena_rewind(c->arena, mark);
        if (b.refused)
            return fail(c, ERR_BUG, "bench", "%lld of %lld orders were refused",
                        (long long)b.refused, (long long)b.count);
    }
    *out = (struct pace){bench_now_us() - begin, bench_cpu_us() - cpu};
    return OK;
}

/* What customers wrote is not made by the intake, so it is not measured with it. */
static const struct draft *drafts_of(struct ctx *c, int64_t first, int64_t orders, int64_t lines)
{
    struct draft *drafts = arena_new(c->arena, struct draft, (size_t)orders);
    for (int64_t i = 0; i < orders; i++) drafts[i] = bench_draft(c, first + i, PRODUCTS, lines);
    return drafts;
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

static double per_second(int64_t n, int64_t us)
{
    return us > 0 ? (double)n * 1e6 / (double)us : 0;
}

/* CPU of an order of 500 lines / of one of 5; as many lines in all. */
static enum err wide(struct ctx *c, int64_t first, struct figures *f)
{
    enum { WIDE = 500, NARROW = 5, ORDERS = 20 };
    struct pace narrow, broad;
    int64_t many = ORDERS * WIDE / NARROW;
    TRY(intake(c, drafts_of(c, first, many, NARROW), many, GROUP, &narrow));
    TRY(intake(c, drafts_of(c, first + many, ORDERS, WIDE), ORDERS, ORDERS, &broad));
    figure_take(f, "wide_order.cpu_ratio",
                (double)(broad.cpu_us * many) / (double)(narrow.cpu_us * ORDERS + 1));
    return OK;
}

static enum err take_in(struct ctx *c, struct store *store, int64_t orders, struct figures *f,
                        double *rate)
{
    struct pace pace;
    const struct draft *drafts = drafts_of(c, 0, orders, 0);
    int64_t written = bench_written(), statements = store_queries(store);
    TRY(intake(c, drafts, orders, GROUP, &pace));
    int64_t batches = (orders + GROUP - 1) / GROUP;
    *rate = per_second(orders, pace.us);
    figure_take(f, "intake.rate", *rate);
    figure_take(f, "intake.written_bytes", (double)(bench_written() - written) / (double)orders);
    figure_take(f, "intake.cpu_us", (double)pace.cpu_us / (double)orders);
    figure_take(f, "intake.statements",
                (double)((store_queries(store) - statements + batches - 1) / batches));
    return OK;
}

static enum err one_by_one(struct ctx *c, int64_t first, struct figures *f)
{
    enum { LONE = 200 };
    struct pace pace;
    TRY(intake(c, drafts_of(c, first, LONE, 0), LONE, 1, &pace));
    figure_take(f, "intake.lone_rate", per_second(LONE, pace.us));
    return OK;
}

/* The same rows by a bare loop, and the same facts in a log. */
static enum err floors(struct ctx *c, struct bench_options o, const struct floor *rows,
                       int64_t orders, double rate, struct figures *f)
{
    const char *bare = text_cstr(c->arena, text_printf(c->arena, "%s/bench-floor.db", o.dir));
    const char *log = text_cstr(c->arena, text_printf(c->arena, "%s/bench.log", o.dir));
    int64_t facts = floor_facts_bytes(rows) / orders, us = 1, commit_us = 1;
    enum err e = floor_write(c, rows, bare, GROUP, &us, &commit_us);
    double floor = per_second(orders, us);
    figure_take(f, "intake.floor_rate", floor);
    figure_take(f, "intake.commit_ms", (double)commit_us / 1e3);
    figure_take(f, "intake.ratio_to_floor", floor > 0 ? rate / floor : 0);
    figure_take(f, "intake.rows", (double)floor_rows(rows) / (double)orders);
    figure_take(f, "intake.facts_bytes", (double)facts);
    figure_take(f, "intake.written_to_facts",
                facts ? figure_median(f, "intake.written_bytes") / (double)facts : 0);
    if (e == OK) e = floor_log(c, log, orders, facts, GROUP, &us);
    figure_take(f, "intake.log_rate", per_second(orders, us));
    bench_drop(bare);
    bench_drop(log);
    return e;
}

/* A fresh database and shop each round, so that each begins alike. */
static enum err one_round(struct ctx *c, struct bench_options o, int64_t orders, struct figures *f)
{
    const char *path = text_cstr(c->arena, text_printf(c->arena, "%s/bench.db", o.dir));
    struct ctx own = {.arena = c->arena, .source = c->source};
    struct store *store;
    struct floor *rows = NULL;
    double rate = 0;
    bench_drop(path);
    enum err e = store_open(&own, text_of(path), (struct store_options){0}, &store);
    c->fault = own.fault;
    TRY(e);
    e = bench_shop(&own, PRODUCTS);
    if (e == OK) e = take_in(&own, store, orders, f, &rate);
    if (e == OK) e = floor_load(&own, path, orders, &rows);
    if (e == OK && !o.is_exact) e = one_by_one(&own, orders, f);
    if (e == OK && !o.is_exact) e = wide(&own, orders + 1000, f);
    store_close(store);
    c->fault = own.fault;
    if (e == OK) e = floors(c, o, rows, orders, rate, f);
    if (rows) floor_free(rows);
    bench_drop(path);
    return e;
}

/* `waybill --version`, started and ended. */
static void version_time(struct figures *f)
{
    int64_t begin = bench_now_us();
    pid_t child = fork();
    if (child == 0) {
        if (!freopen("/dev/null", "w", stdout)) _exit(1);
        execl("/proc/self/exe", "waybill", "--version", (char *)NULL);
        _exit(127);
    }
    if (child > 0 && waitpid(child, NULL, 0) == child)
        figure_take(f, "start.version_ms", (double)(bench_now_us() - begin) / 1e3);
}

enum err bench_run(struct ctx *c, struct bench_options o, struct figures *f)
{
    int64_t rounds = o.is_exact ? 1 : o.is_quick ? 3 : ROUNDS_MAX;
    int64_t orders = GROUP * (o.is_exact ? 10 : o.is_quick ? 20 : 100);
    *f = (struct figures){0};
    for (int64_t i = 0; i < rounds; i++) {
        struct arena_mark mark = arena_mark(c->arena);
        TRY(one_round(c, o, orders, f));
        arena_rewind(c->arena, mark);
        if (!o.is_exact) version_time(f);
    }
    return o.is_exact ? OK : bench_serve(c, o, f);
}
