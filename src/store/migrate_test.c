/* Two neighbouring programs on one schema: what may be added beneath a running one, and what not.
 */
#include "store/migrate.h"

#include "base/source.h"
#include "base/time.h"
#include "store/scratch_test.h"
#include "world.h"

#include <string.h>

static const char expand[] = "-- A reason for each number.\n"
                             "-- oldest: 1\n"
                             "ALTER TABLE node ADD COLUMN name @text;\n"
                             "CREATE TABLE later (merchant_id @i64 NOT NULL, n @i64 NOT NULL, "
                             "PRIMARY KEY (merchant_id, n));\n";
static const char contract[] = "-- Nobody reads it any more.\n"
                               "ALTER TABLE node DROP COLUMN name;\n";

/* The program of the release after next: this one's steps, one that adds, one that takes away. */
static int next_steps(struct migration *out, int more)
{
    for (int i = 0; i < migration_count; i++) out[i] = migrations[i];
    out[migration_count] = (struct migration){migration_count + 1, "0002_expand", expand};
    out[migration_count + 1] = (struct migration){migration_count + 2, "0003_contract", contract};
    return migration_count + more;
}

static struct migration *later_steps(struct world *w)
{
    return arena_new(w->ctx.arena, struct migration, (size_t)migration_count + 2);
}

static const char a_node[] = "INSERT INTO node (node_id, lease_until_us, fence, steps) VALUES ";

TEST_BOTH(store, a_step_that_only_adds_leaves_the_older_program_at_work)
{
    int applied = 0;
    struct migration *steps = later_steps(w);
    CHECK_OK(&w->ctx, migrate_to(&w->ctx, steps, next_steps(steps, 1), &applied));
    CHECK_I64(1, applied);
    /* the older one: its check, its start, its statements */
    CHECK_OK(&w->ctx, migrate_fits(&w->ctx));
    CHECK_OK(&w->ctx, migrate(&w->ctx, &applied));
    CHECK_I64(0, applied);
    CHECK_OK(&w->ctx, world_script(w, text_printf(w->ctx.arena, "%s (7, 0, 1, 1)", a_node).at));
    /* and the newer one finds its step done */
    CHECK_OK(&w->ctx, migrate_to(&w->ctx, steps, next_steps(steps, 1), &applied));
    CHECK_I64(0, applied);
}

TEST_BOTH(store, a_step_that_takes_away_waits_until_no_older_program_runs)
{
    int applied = 0;
    struct migration *steps = later_steps(w);
    int count = next_steps(steps, 2);
    const char *alive = text_printf(w->ctx.arena, "%s (7, %lld, 1, %d)", a_node,
                                    (long long)(source_now_us(&w->source) + MINUTE_US),
                                    migration_count + 1)
                            .at;
    CHECK_OK(&w->ctx, world_script(w, alive));
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "older_nodes", migrate_to(&w->ctx, steps, count, &applied));
    CHECK_OK(&w->ctx,
             migrate_fits(&w->ctx)); /* the step before it was taken, and disturbs nobody */
    source_advance_us(&w->source, 2 * MINUTE_US);
    CHECK_OK(&w->ctx, migrate_to(&w->ctx, steps, count, &applied));
    CHECK_I64(1, applied);
    /* from now on the older one is told so, when it starts and when it comes back */
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "schema_newer", migrate(&w->ctx, &applied));
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "schema_newer", migrate_fits(&w->ctx));
}

TEST_BOTH(store, a_database_of_another_build_is_refused_with_what_where_and_what_would_be_right)
{
    int applied = 0;
    CHECK_OK(&w->ctx, world_script(w, "UPDATE schema_migration SET checksum = 0 WHERE number = 1"));
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "schema_changed", migrate(&w->ctx, &applied));
    CHECK(strstr(w->ctx.fault.hint, "waybill export"));
    /* and one from before the list had a column */
    CHECK_OK(&w->ctx, world_script(w, "ALTER TABLE schema_migration DROP COLUMN oldest"));
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "schema_unknown", migrate(&w->ctx, &applied));
    CHECK(strstr(w->ctx.fault.detail, "schema_migration"));
    CHECK(strstr(w->ctx.fault.detail, "'oldest'"));
    CHECK(strstr(w->ctx.fault.hint, "waybill export"));
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "schema_unknown", migrate_fits(&w->ctx));
}

/* --- the number of a process ----------------------------------------------------------------- */

static enum err put_and_lose(struct ctx *c, void *arg)
{
    const int64_t *until_us = arg;
    TRY(SCRATCH_PUT(c, 5, 5));
    source_lease(c->source, 3, *until_us, *until_us != 1);
    return OK;
}

TEST_BOTH(store, a_process_that_stood_still_beyond_its_lease_writes_nothing_of_what_it_had_begun)
{
    int64_t over_us = 1, renewed_us = INT64_MAX, id = 6;
    scratch_make(w);
    /* the lease runs out while the unit runs */
    CHECK_FAULT(&w->ctx, ERR_UPSTREAM, "node_lost", db_tx(&w->ctx, put_and_lose, &over_us));
    /* no unit begins after it */
    CHECK_FAULT(&w->ctx, ERR_UPSTREAM, "node_lost", db_tx(&w->ctx, scratch_put_given, &id));
    source_lease(&w->source, 4, INT64_MAX, true);
    /* another number was taken meanwhile: what the old one named does not go in */
    CHECK_FAULT(&w->ctx, ERR_UPSTREAM, "node_lost", db_tx(&w->ctx, put_and_lose, &renewed_us));
    CHECK_I64(0, scratch_number(w, &Q_scratch_count));
    CHECK_OK(&w->ctx, db_tx(&w->ctx, scratch_put_given, &id));
    CHECK_I64(1, scratch_number(w, &Q_scratch_count));
    CHECK_I64(3, source_id(&w->source) >> 13 & 0xFF);
}
