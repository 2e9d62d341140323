/* test/world.h: a fresh database and a context on it, once per engine.
 *
 *   TEST_BOTH(picking, claim_is_taken_once) { CHECK_OK(&w->ctx, pick_claim(&w->ctx, ...)); }
 *
 * makes picking.claim_is_taken_once_sqlite and ..._postgres; the second is skipped unless
 * WAYBILL_TEST_PG holds an address (script/postgres start --fast prints one). The database is
 * migrated, empty and the test's own; the clock is virtual. With WAYBILL_TEST_PARTITIONS=N its
 * merchant tables are laid apart in N partitions (store/partition.h). */
#pragma once

#include "base/ctx.h"
#include "base/source.h"
#include "harness.h"
#include "store/db.h"

#include <stdbool.h>

struct world {
    struct arena arena;
    struct source source;
    struct ctx ctx;
    struct store *store;
    enum db_engine engine;
    char address[256]; /* of the database, for a second store_open */
    char schema[64];   /* PostgreSQL: its schema in there; "" on SQLite */
};

/* false when there is nothing to run on: the test was skipped or has failed. */
bool world_open(struct world *w, enum db_engine engine);
/* On PostgreSQL, with this many partitions of each merchant table. */
bool world_open_apart(struct world *w, int partitions);
void world_close(struct world *w);
/* Another thread's context on the same store, with an arena of its own. */
struct ctx world_ctx(struct world *w, struct arena *arena);
/* A statement that is not in a .sql file, in a transaction of its own. */
enum err world_script(struct world *w, const char *sql);
/* One number of one row; the statement reads the same on both engines. */
int64_t world_ask(struct world *w, const char *sql);

void world_run(enum db_engine engine, void (*body)(struct world *w));

#define TEST_BOTH(suite_, name_)                                                                   \
    static void both_##suite_##_##name_(struct world *w);                                          \
    TEST(suite_, name_##_sqlite) { world_run(DB_SQLITE, both_##suite_##_##name_); }                \
    TEST(suite_, name_##_postgres) { world_run(DB_POSTGRES, both_##suite_##_##name_); }            \
    static void both_##suite_##_##name_(struct world *w)
