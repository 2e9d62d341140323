/* bench/postgres.c: the intake on PostgreSQL, with as many connections as the same rows one by one.
 *
 *   batched         units of 512 orders from two threads, as the writers of a server take them
 *   one by one      a transaction for an order, a round trip for each of its rows
 *
 * Each in a schema of its own, made anew each round; the rows are those that the intake left in a
 * SQLite database. The loop promises no stock and checks nothing: that work counts against us. */
#include "bench/bench.h"

#include "base/source.h"
#include "bench/floor.h"
#include "stages/1_receipt/receipt.h"
#include "store/db.h"

#include <libpq-fe.h>
#include <pthread.h>

enum { CONNECTIONS = 2 };

static enum err fresh_schema(struct ctx *c, const char *address, const char *schema)
{
    PGconn *link = PQconnectdb(address);
    enum err e = OK;
    struct text sql = text_printf(c->arena,
                                  "SET client_min_messages = error; DROP SCHEMA IF EXISTS "
                                  "%s CASCADE; CREATE SCHEMA %s; CHECKPOINT",
                                  schema, schema);
    PGresult *r = PQexec(link, text_cstr(c->arena, sql));
    if (PQresultStatus(r) != PGRES_COMMAND_OK)
        e = fail(c, ERR_UPSTREAM, "bench", "PostgreSQL: %s", PQerrorMessage(link));
    PQclear(r);
    PQfinish(link);
    return e;
}

static enum err drop_schema(struct ctx *c, const char *address, const char *schema)
{
    TRY(fresh_schema(c, address, schema));
    PGconn *link = PQconnectdb(address);
    PQclear(PQexec(link, text_cstr(c->arena, text_printf(c->arena, "DROP SCHEMA %s", schema))));
    PQfinish(link);
    return OK;
}

/* --- batched --------------------------------------------------------------------------------- */

struct worker {
    pthread_t thread;
    struct arena arena;
    struct ctx ctx;
    const struct draft *drafts;
    int64_t orders;
    enum err result;
};

static void *work(void *arg)
{
    struct worker *w = arg;
    struct bench_pace pace;
    w->result = bench_place(&w->ctx, w->drafts, w->orders, BENCH_GROUP, &pace);
    return NULL;
}

static enum err batched(struct ctx *c, struct ctx *own, int64_t first, int64_t products,
                        int64_t orders, double *rate)
{
    struct worker workers[CONNECTIONS] = {0};
    struct draft *drafts = arena_new(c->arena, struct draft, (size_t)orders);
    int64_t share = orders / CONNECTIONS;
    for (int64_t i = 0; i < orders; i++) drafts[i] = bench_draft(own, first + i, products, 0);
    int64_t begin = bench_now_us();
    for (int i = 0; i < CONNECTIONS; i++) {
        struct worker *w = &workers[i];
        w->drafts = drafts + i * share;
        w->orders = share;
        w->ctx = (struct ctx){.arena = &w->arena,
                              .source = own->source,
                              .store = own->store,
                              .merchant_id = own->merchant_id};
        pthread_create(&w->thread, NULL, work, w);
    }
    enum err e = OK;
    for (int i = 0; i < CONNECTIONS; i++) {
        pthread_join(workers[i].thread, NULL);
        if (workers[i].result != OK) {
            e = workers[i].result;
            c->fault = workers[i].ctx.fault;
        }
        arena_free(&workers[i].arena);
    }
    *rate = bench_per_second(share * CONNECTIONS, bench_now_us() - begin);
    return e;
}

static enum err open_shop(struct ctx *c, struct bench_options o, struct ctx *own)
{
    struct store *store;
    struct store_options options = {.schema = "waybill_bench", .writers = CONNECTIONS};
    *own = (struct ctx){.arena = c->arena, .source = c->source};
    TRY(fresh_schema(c, o.postgres, options.schema));
    enum err e = store_open(own, text_of(o.postgres), options, &store);
    if (e == OK) e = bench_shop(own, "bench", BENCH_PRODUCTS);
    if (e == OK) {
        store_start(store);
        return OK;
    }
    c->fault = own->fault;
    if (own->store) store_close(own->store);
    return e;
}

/* The two paces of a shop, spread and on one SKU, beside the floor's. */
static enum err one_round(struct ctx *c, struct bench_options o, const struct floor *rows,
                          int64_t orders, struct figures *f)
{
    struct ctx own;
    double spread = 0, hot = 0, floor;
    int64_t us;
    TRY(open_shop(c, o, &own));
    double warm;
    enum err e = batched(c, &own, 1, BENCH_PRODUCTS, CONNECTIONS * BENCH_GROUP, &warm);
    if (e == OK) e = batched(c, &own, 100000, BENCH_PRODUCTS, orders, &spread);
    if (e == OK) e = batched(c, &own, 200000, 1, orders, &hot);
    store_close(own.store);
    TRY(e);
    TRY(fresh_schema(c, o.postgres, "waybill_bench_floor"));
    TRY(floor_postgres(c, rows, o.postgres, "waybill_bench_floor", CONNECTIONS, &us));
    floor = bench_per_second(floor_orders(rows), us);
    figure_take(f, "postgres.rate", spread);
    figure_take(f, "postgres.one_sku_rate", hot);
    figure_take(f, "postgres.floor_rate", floor);
    figure_take(f, "postgres.ratio_to_statements", spread / (floor + 1e-9));
    figure_take(f, "postgres.one_sku_ratio", hot / (spread + 1e-9));
    return OK;
}

/* Rows for the floor: those of an intake into a file. */
static enum err make_rows(struct ctx *c, struct bench_options o, int64_t orders,
                          struct floor **rows)
{
    const char *path = bench_path(c, o, "bench-rows.db");
    struct bench_pace pace;
    struct ctx own;
    TRY(bench_open(c, path, &own));
    enum err e = bench_place(&own, bench_drafts(&own, 1, orders, 0), orders, BENCH_GROUP, &pace);
    if (e == OK) e = floor_load(&own, path, orders, rows);
    e = bench_close(c, &own, e);
    bench_drop(path);
    return e;
}

enum err bench_postgres(struct ctx *c, struct bench_options o, struct figures *f)
{
    struct floor *rows = NULL;
    if (!o.postgres) {
        if (!o.only) return OK;
        fail_at(c, ERR_INVALID, "required", "--postgres", "these figures need a PostgreSQL");
        return hint(c, "--postgres \"$(script/postgres start)\"");
    }
    TRY(make_rows(c, o, BENCH_GROUP * (o.is_quick ? 1 : 8), &rows));
    enum err e = OK;
    for (int i = 0; i < bench_rounds(o) && e == OK; i++) {
        struct arena_mark mark = arena_mark(c->arena);
        e = one_round(c, o, rows, BENCH_GROUP * CONNECTIONS * (o.is_quick ? 5 : 40), f);
        arena_rewind(c->arena, mark);
    }
    floor_free(rows);
    if (e == OK) e = drop_schema(c, o.postgres, "waybill_bench");
    if (e == OK) e = drop_schema(c, o.postgres, "waybill_bench_floor");
    return e;
}
