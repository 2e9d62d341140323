/* test/world.c: databases that live as long as one test. */
#include "world.h"

#include "left.h"

#include <errno.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const int64_t start_us = INT64_C(1767600000000000); /* 2026-01-05T08:00:00Z */

static void drop_schema(const struct world *w)
{
    PGconn *link = PQconnectdb(w->address);
    char sql[128];
    snprintf(sql, sizeof sql, "SET client_min_messages TO error; DROP SCHEMA IF EXISTS %s CASCADE",
             w->schema);
    PGresult *r = PQexec(link, sql);
    if (PQresultStatus(r) != PGRES_COMMAND_OK)
        test_fail(__FILE__, __LINE__, "cannot drop %s: %s", w->schema, PQerrorMessage(link));
    PQclear(r);
    PQfinish(link);
}

static void remove_files(const struct world *w)
{
    static const char *const endings[] = {"", "-wal", "-shm", ".lock"};
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        char path[300];
        snprintf(path, sizeof path, "%s%s", w->address, endings[i]);
        unlink(path);
    }
}

static void name_it(struct world *w)
{
    static int count;
    int pid = (int)getpid();
    count++;
    if (w->engine == DB_POSTGRES) {
        snprintf(w->address, sizeof w->address, "%s", getenv("WAYBILL_TEST_PG"));
        snprintf(w->schema, sizeof w->schema, "test_%d_%d", pid, count);
        return;
    }
    if (mkdir("build", 0755) != 0 && errno != EEXIST) perror("build");
    if (mkdir("build/tmp", 0755) != 0 && errno != EEXIST) perror("build/tmp");
    snprintf(w->address, sizeof w->address, "build/tmp/test_%d_%d.db", pid, count);
    remove_files(w);
}

struct ctx world_ctx(struct world *w, struct arena *arena)
{
    return (struct ctx){.arena = arena,
                        .source = &w->source,
                        .store = w->store,
                        .now_us = source_now_us(&w->source),
                        .merchant_id = w->ctx.merchant_id};
}

static bool open_with(struct world *w, enum db_engine engine, int partitions)
{
    *w = (struct world){.engine = engine};
    const char *server = getenv("WAYBILL_TEST_PG");
    if (engine == DB_POSTGRES && (!server || !*server)) {
        test_skip("WAYBILL_TEST_PG is not set; script/postgres start --fast prints an address");
        return false;
    }
    name_it(w);
    source_virtual(&w->source, 1, start_us);
    w->ctx = world_ctx(w, &w->arena);
    struct store_options options = {
        .is_fast = true, .schema = *w->schema ? w->schema : NULL, .partitions = partitions};
    if (store_open(&w->ctx, text_of(w->address), options, &w->store) == OK) return true;
    test_fail(__FILE__, __LINE__, "cannot open %s: %s %s", w->address, w->ctx.fault.reason,
              w->ctx.fault.detail);
    world_close(w);
    return false;
}

bool world_open(struct world *w, enum db_engine engine)
{
    const char *partitions = getenv("WAYBILL_TEST_PARTITIONS");
    return open_with(w, engine, engine == DB_POSTGRES && partitions ? atoi(partitions) : 0);
}

bool world_open_apart(struct world *w, int partitions)
{
    return open_with(w, DB_POSTGRES, partitions);
}

void world_close(struct world *w)
{
    if (w->store) store_close(w->store);
    w->store = NULL;
    if (*w->schema)
        drop_schema(w);
    else if (*w->address)
        remove_files(w);
    arena_free(&w->arena);
}

static enum err run_script(struct ctx *c, void *arg) { return db_script(c, arg); }

enum err world_script(struct world *w, const char *sql)
{
    return db_tx(&w->ctx, run_script, (void *)(uintptr_t)sql);
}

int64_t world_ask(struct world *w, const char *sql)
{
    int64_t n = NONE;
    CHECK_OK(&w->ctx, store_reader(&w->ctx));
    CHECK_OK(&w->ctx, db_ask(&w->ctx, sql, sql, &n));
    return n;
}

void world_run(enum db_engine engine, void (*body)(struct world *w))
{
    struct world w;
    if (!world_open(&w, engine)) return;
    body(&w);
    left_tell(&w);
    world_close(&w);
}
