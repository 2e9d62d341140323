/* The calls that distribute the tables, made on functions that behave like those of Citus as far as
 * the calls can tell: a table is distributed once, where one lies that was distributed before. */
#include "store/distribute.h"

#include "harness.h"
#include "store/db.h"
#include "store/partition.h"
#include "world.h"

#include <string.h>

static const char like_citus[] =
    "CREATE TABLE pg_dist_partition (logicalrelid regclass PRIMARY KEY, partmethod \"char\","
    "  partkey text, colocationid int, repmodel \"char\", turn serial);"
    "CREATE TABLE pg_dist_local_group (groupid int);"
    "INSERT INTO pg_dist_local_group VALUES (0);"
    "CREATE TABLE pg_dist_node (isactive bool, shouldhaveshards bool, noderole text);"
    "INSERT INTO pg_dist_node VALUES (true, false, 'primary'), (true, true, 'primary'),"
    "  (true, true, 'primary'), (true, true, 'secondary');"
    "CREATE TABLE asked_shards (n int);"
    "CREATE FUNCTION create_reference_table(t regclass) RETURNS void LANGUAGE sql AS"
    " $$ INSERT INTO pg_dist_partition VALUES (t, 'n', NULL, 1, 't') $$;"
    "CREATE FUNCTION create_distributed_table(t regclass, key text, colocate_with text,"
    "  shard_count int DEFAULT 32) RETURNS void LANGUAGE plpgsql AS $$ BEGIN"
    "  IF colocate_with <> 'none' AND NOT EXISTS (SELECT 1 FROM pg_dist_partition WHERE"
    "     logicalrelid = colocate_with::regclass AND partmethod = 'h') THEN"
    "    RAISE EXCEPTION 'relation % is not distributed', colocate_with; END IF;"
    "  IF EXISTS (SELECT 1 FROM pg_index WHERE indrelid = t AND indisunique AND NOT (SELECT attnum"
    "     FROM pg_attribute WHERE attrelid = t AND attname = key) = ANY (indkey)) THEN"
    "    RAISE EXCEPTION 'cannot create constraint on %', t; END IF;"
    "  IF to_regclass('no_power') IS NOT NULL AND t = 'refund'::regclass THEN"
    "    RAISE EXCEPTION 'the power is gone'; END IF;"
    "  IF colocate_with = 'none' THEN INSERT INTO asked_shards VALUES (shard_count); END IF;"
    "  INSERT INTO pg_dist_partition VALUES (t, 'h', key, 2, 's'); END $$;";

struct calls {
    struct buf made;
    size_t count, before;
};

static void note_call(void *arg, struct text call, bool was_done_before)
{
    struct calls *calls = arg;
    calls->count++;
    calls->before += was_done_before;
    buf_printf(&calls->made, "%.*s\n", TEXT_ARG(call));
}

static struct distribution noting(struct world *w, struct calls *calls, bool is_preview)
{
    *calls = (struct calls){.made = buf_new(&w->arena)};
    return (struct distribution){
        .shards = NONE, .is_preview = is_preview, .told = note_call, .arg = calls};
}

static bool open_plain(struct world *w)
{
    if (!world_open_apart(w, 0)) return false;
    CHECK_OK(&w->ctx, store_reader(&w->ctx));
    return true;
}

TEST(distribute, without_citus_it_says_what_is_missing_and_a_preview_prints_the_calls_postgres)
{
    struct world w;
    struct calls calls;
    if (!open_plain(&w)) return;
    struct distribution d = noting(&w, &calls, false);
    CHECK_FAULT(&w.ctx, ERR_INVALID, "citus_missing", distribute(&w.ctx, &d));
    CHECK(strstr(w.ctx.fault.hint, "CREATE EXTENSION citus"));
    CHECK_I64(0, (int64_t)calls.count);
    d = noting(&w, &calls, true);
    d.shards = 64;
    CHECK_FAULT(&w.ctx, ERR_INVALID, "citus_missing", distribute(&w.ctx, &d));
    CHECK_I64((int64_t)partition_tables(&w.arena).count, (int64_t)calls.count);
    struct text made = buf_text(&calls.made);
    ptrdiff_t reference = text_find(made, T("SELECT create_reference_table('merchant');")),
              first = text_find(made, T("SELECT create_distributed_table('orders', 'merchant_id',"
                                        " colocate_with => 'none', shard_count => 64);")),
              other = text_find(made, T("SELECT create_distributed_table('stock_entry',"
                                        " 'merchant_id', colocate_with => 'orders');"));
    CHECK(reference >= 0 && first > reference && other > first);
    CHECK(text_find(made, T("create_reference_table('orders')")) < 0);
    d = (struct distribution){.shards = 0};
    CHECK_FAULT(&w.ctx, ERR_INVALID, "out_of_range", distribute(&w.ctx, &d));
    world_close(&w);
}

TEST(distribute, each_table_once_and_a_killed_run_goes_on_where_it_stopped_postgres)
{
    struct world w;
    struct calls calls;
    if (!open_plain(&w)) return;
    CHECK_OK(&w.ctx, world_script(&w, like_citus));
    int64_t tables = (int64_t)partition_tables(&w.arena).count;
    struct distribution d = noting(&w, &calls, true);
    CHECK_OK(&w.ctx, distribute(&w.ctx, &d));
    CHECK_I64(tables, (int64_t)calls.count);
    CHECK_I64(0, world_ask(&w, "SELECT count(*) FROM pg_dist_partition"));
    struct text previewed = buf_text(&calls.made);

    CHECK_OK(&w.ctx, world_script(&w, "CREATE TABLE no_power (i int)"));
    d = noting(&w, &calls, false);
    d.shards = 64;
    CHECK_FAULT(&w.ctx, ERR_BUG, "sql", distribute(&w.ctx, &d));
    int64_t made = (int64_t)calls.count;
    CHECK(made > (int64_t)reference_table_count && made < tables);
    CHECK_I64(made, world_ask(&w, "SELECT count(*) FROM pg_dist_partition"));

    CHECK_OK(&w.ctx, world_script(&w, "DROP TABLE no_power"));
    d = noting(&w, &calls, false);
    CHECK_OK(&w.ctx, distribute(&w.ctx, &d));
    CHECK_I64(tables, (int64_t)calls.count);
    CHECK_I64(made, (int64_t)calls.before);
    CHECK(text_eq(previewed, buf_text(&calls.made)));
    CHECK_I64(2, d.nodes);
    CHECK_I64(64, world_ask(&w, "SELECT max(n) FROM asked_shards"));
    CHECK_I64(tables, world_ask(&w, "SELECT count(*) FROM pg_dist_partition"));
    CHECK_I64((int64_t)reference_table_count,
              world_ask(&w, "SELECT count(*) FROM pg_dist_partition WHERE partmethod = 'n'"));
    CHECK_I64(0, world_ask(&w, "SELECT count(*) FROM pg_class WHERE relkind = 'r' AND relnamespace"
                               " = current_schema()::regnamespace AND relname NOT LIKE 'pg_dist%'"
                               " AND relname <> 'asked_shards' AND oid NOT IN"
                               " (SELECT logicalrelid FROM pg_dist_partition)"));
    world_close(&w);
}

TEST(distribute, a_table_of_a_later_step_follows_the_others_postgres)
{
    struct world w;
    struct distribution d = {.shards = NONE};
    if (!open_plain(&w)) return;
    CHECK_OK(&w.ctx, distribute_new(&w.ctx));
    CHECK_OK(&w.ctx, world_script(&w, like_citus));
    CHECK_OK(&w.ctx, distribute_new(&w.ctx));
    CHECK_I64(0, world_ask(&w, "SELECT count(*) FROM pg_dist_partition"));
    CHECK_OK(&w.ctx, distribute(&w.ctx, &d));
    CHECK_OK(&w.ctx, world_script(&w, "DELETE FROM pg_dist_partition WHERE logicalrelid ="
                                      " 'task'::regclass"));
    CHECK_OK(&w.ctx, distribute_new(&w.ctx));
    CHECK_I64((int64_t)partition_tables(&w.arena).count,
              world_ask(&w, "SELECT count(*) FROM pg_dist_partition"));
    world_close(&w);
}

TEST(distribute, only_the_coordinator_and_only_a_schema_that_is_in_one_piece_postgres)
{
    struct world w;
    struct distribution d = {.shards = NONE};
    if (!world_open_apart(&w, 1)) return;
    CHECK_OK(&w.ctx, store_reader(&w.ctx));
    CHECK_OK(&w.ctx, world_script(&w, like_citus));
    CHECK_FAULT(&w.ctx, ERR_CONFLICT, "schema_partitions", distribute(&w.ctx, &d));
    CHECK_OK(&w.ctx, world_script(&w, "UPDATE pg_dist_local_group SET groupid = 3"));
    CHECK_FAULT(&w.ctx, ERR_INVALID, "not_coordinator", distribute(&w.ctx, &d));
    world_close(&w);
}

TEST(distribute, a_file_cannot_be)
{
    struct world w;
    struct distribution d = {.shards = NONE};
    if (!world_open(&w, DB_SQLITE)) return;
    CHECK_FAULT(&w.ctx, ERR_INVALID, "citus_missing", distribute(&w.ctx, &d));
    CHECK_OK(&w.ctx, distribute_new(&w.ctx));
    world_close(&w);
}
