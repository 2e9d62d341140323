/* bench/intake.c: intake in this process beside its floors.
 *
 * Each round measures, on the same disk, one after the other: the intake of N orders in batches,
 * the same rows by a bare SQLite loop with as many orders a commit, and a raw log. Ratios are taken
 * per round. */
#include "bench/bench.h"

#include "base/source.h"
#include "bench/floor.h"
#include "stages/1_receipt/receipt.h"
#include "store/db.h"

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

enum err bench_place(struct ctx *c, const struct draft *drafts, int64_t orders, int64_t group,
                     struct bench_pace *out)
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
    *out = (struct bench_pace){bench_now_us() - begin, bench_cpu_us() - cpu};
    return OK;
}

/* What customers wrote is not made by the intake, so it is not measured with it. */
const struct draft *bench_drafts(struct ctx *c, int64_t first, int64_t orders, int64_t lines)
{
    struct draft *drafts = arena_new(c->arena, struct draft, (size_t)orders);
    for (int64_t i = 0; i < orders; i++)
        drafts[i] = bench_draft(c, first + i, BENCH_PRODUCTS, lines);
    return drafts;
}

/* CPU of an order of 500 lines / of one of 5; as many lines in all. */
static enum err wide(struct ctx *c, int64_t first, struct figures *f)
{
    enum { WIDE = 500, NARROW = 5, ORDERS = 20 };
    struct bench_pace narrow, broad;
    int64_t many = ORDERS * WIDE / NARROW;
    TRY(bench_place(c, bench_drafts(c, first, many, NARROW), many, BENCH_GROUP, &narrow));
    TRY(bench_place(c, bench_drafts(c, first + many, ORDERS, WIDE), ORDERS, ORDERS, &broad));
    figure_take(f, "wide_order.cpu_ratio",
                (double)(broad.cpu_us * many) / (double)(narrow.cpu_us * ORDERS + 1));
    return OK;
}

static enum err take_in(struct ctx *c, struct store *store, int64_t orders, struct figures *f,
                        double *rate)
{
    struct bench_pace pace;
    const struct draft *drafts = bench_drafts(c, 0, orders, 0);
    int64_t written = bench_written(), statements = store_queries(store);
    TRY(bench_place(c, drafts, orders, BENCH_GROUP, &pace));
    int64_t batches = (orders + BENCH_GROUP - 1) / BENCH_GROUP;
    *rate = bench_per_second(orders, pace.us);
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
    struct bench_pace pace;
    TRY(bench_place(c, bench_drafts(c, first, LONE, 0), LONE, 1, &pace));
    figure_take(f, "intake.lone_rate", bench_per_second(LONE, pace.us));
    return OK;
}

/* The same rows by a bare loop, and the same facts in a log. */
static enum err floors(struct ctx *c, struct bench_options o, const struct floor *rows,
                       int64_t orders, double rate, struct figures *f)
{
    const char *bare = bench_path(c, o, "bench-floor.db"), *log = bench_path(c, o, "bench.log");
    int64_t facts = floor_facts_bytes(rows) / orders, us = 1, commit_us = 1;
    enum err e = floor_write(c, rows, bare, BENCH_GROUP, &us, &commit_us);
    double floor = bench_per_second(orders, us);
    figure_take(f, "intake.floor_rate", floor);
    figure_take(f, "intake.commit_ms", (double)commit_us / 1e3);
    figure_take(f, "intake.ratio_to_floor", floor > 0 ? rate / floor : 0);
    figure_take(f, "intake.rows", (double)floor_rows(rows) / (double)orders);
    figure_take(f, "intake.facts_bytes", (double)facts);
    figure_take(f, "intake.written_to_facts",
                facts ? figure_median(f, "intake.written_bytes") / (double)facts : 0);
    if (e == OK) e = floor_log(c, log, orders, facts, BENCH_GROUP, &us);
    figure_take(f, "intake.log_rate", bench_per_second(orders, us));
    bench_drop(bare);
    bench_drop(log);
    return e;
}

/* A fresh database and shop each round, so that each begins alike. */
static enum err one_round(struct ctx *c, struct bench_options o, int64_t orders, struct figures *f)
{
    const char *path = bench_path(c, o, "bench.db");
    struct ctx own;
    struct floor *rows = NULL;
    double rate = 0;
    TRY(bench_open(c, path, &own));
    enum err e = take_in(&own, own.store, orders, f, &rate);
    if (e == OK) e = floor_load(&own, path, orders, &rows);
    if (e == OK && !o.is_exact) e = one_by_one(&own, orders, f);
    if (e == OK && !o.is_exact) e = wide(&own, orders + 1000, f);
    e = bench_close(c, &own, e);
    if (e == OK) e = floors(c, o, rows, orders, rate, f);
    if (rows) floor_free(rows);
    bench_drop(path);
    return e;
}

enum err bench_intake(struct ctx *c, struct bench_options o, struct figures *f)
{
    int64_t orders = BENCH_GROUP * (o.is_exact ? 10 : o.is_quick ? 20 : 100);
    for (int i = 0; i < bench_rounds(o); i++) {
        struct arena_mark mark = arena_mark(c->arena);
        TRY(one_round(c, o, orders, f));
        arena_rewind(c->arena, mark);
    }
    return OK;
}
