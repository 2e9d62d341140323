#include "store/distribute.h"

#include "store/db.h"
#include "store/migrate.h"
#include "store/partition.h"

static const char first_table[] = "orders"; /* the others lie where its rows are */

static enum err ask(struct ctx *c, const char *sql, int64_t *out)
{
    return db_ask(c, "SELECT 0", sql, out);
}

static enum err citus_missing(struct ctx *c, const char *what, const char *advice)
{
    fail(c, ERR_INVALID, "citus_missing", "tables cannot be distributed: %s", what);
    return hint(c, "%s", advice);
}

/* What the calls need, looked for where a session finds it. */
static enum err check_server(struct ctx *c)
{
    int64_t functions = 0, available = 0, worker = 0, partitions = 0;
    if (store_engine(c->store) != DB_POSTGRES)
        return citus_missing(c, "this is a file",
                             "name a postgresql:// database of Citus by --db; waybill copy moves"
                             " what is in this one");
    TRY(ask(c,
            "SELECT count(DISTINCT proname) FROM pg_proc WHERE pg_function_is_visible(oid) AND"
            " proname IN ('create_reference_table', 'create_distributed_table')",
            &functions));
    TRY(ask(c, "SELECT count(*) FROM pg_available_extensions WHERE name = 'citus'", &available));
    if (functions < 2 && !available)
        return citus_missing(c, "the server has no extension \"citus\"",
                             "install Citus on every node, put shared_preload_libraries = 'citus'"
                             " into postgresql.conf, start them anew, then CREATE EXTENSION citus");
    if (functions < 2)
        return citus_missing(c, "the extension \"citus\" is not made in this database",
                             "CREATE EXTENSION citus here and in the same database of every worker,"
                             " then SELECT citus_add_node('HOST', 5432) for each worker");
    TRY(ask(c, "SELECT count(*) FROM pg_dist_local_group WHERE groupid <> 0", &worker));
    if (worker) {
        fail(c, ERR_INVALID, "not_coordinator", "this node is a worker of Citus");
        return hint(c, "name the coordinator by --db: tables are distributed from there");
    }
    TRY(partition_count(c, &partitions));
    if (!partitions) return OK;
    fail(c, ERR_CONFLICT, "schema_partitions",
         "the merchant tables are laid apart in %lld partitions already", (long long)partitions);
    return hint(c, "distribute a schema that was made without --partitions");
}

static struct text call_for(struct arena *a, const struct distribution *d, struct text table)
{
    bool is_first = text_is(table, first_table);
    if (partition_is_reference(table))
        return text_printf(a, "SELECT create_reference_table('%.*s');", TEXT_ARG(table));
    struct text shards = T("");
    if (is_first && d->shards != NONE)
        shards = text_printf(a, ", shard_count => %lld", (long long)d->shards);
    return text_printf(
        a, "SELECT create_distributed_table('%.*s', 'merchant_id', colocate_with => '%s'%.*s);",
        TEXT_ARG(table), is_first ? "none" : first_table, TEXT_ARG(shards));
}

static enum err is_done(struct ctx *c, struct text table, bool *out)
{
    int64_t n = 0;
    const char *sql = text_printf(c->arena,
                                  "SELECT count(*) FROM pg_dist_partition WHERE logicalrelid ="
                                  " to_regclass('%.*s') AND %s",
                                  TEXT_ARG(table),
                                  partition_is_reference(table)
                                      ? "partmethod = 'n' AND repmodel = 't'"
                                      : "partmethod = 'h'")
                          .at;
    TRY(ask(c, sql, &n));
    *out = n > 0;
    return OK;
}

static enum err run_call(struct ctx *c, void *arg)
{
    const struct text *call = arg;
    return db_script(c, text_cstr(c->arena, *call));
}

static enum err distribute_table(struct ctx *c, const struct distribution *d, struct text table)
{
    struct text call = call_for(c->arena, d, table);
    bool was_done = false;
    TRY(is_done(c, table, &was_done));
    if (!was_done && !d->is_preview) TRY(db_tx(c, run_call, &call));
    if (d->told) d->told(d->arg, call, was_done);
    return OK;
}

/* All that would be called, for somebody who has no Citus yet. */
static void tell_all(struct ctx *c, const struct distribution *d, const struct list *tables)
{
    const struct text *at = tables->at;
    for (size_t i = 0; i < tables->count && d->told; i++)
        d->told(d->arg, call_for(c->arena, d, at[i]), false);
}

/* Reference tables, then the one that decides where merchants lie, then those that follow it. */
static struct list tables_in_order(struct arena *a)
{
    struct list all = partition_tables(a);
    const struct text *at = all.at;
    struct text *out = arena_new(a, struct text, all.count);
    size_t n = 0;
    for (int turn = 0; turn < 3; turn++)
        for (size_t i = 0; i < all.count; i++) {
            int its = partition_is_reference(at[i]) ? 0 : text_is(at[i], first_table) ? 1 : 2;
            if (its == turn) out[n++] = at[i];
        }
    return (struct list){out, n};
}

enum err distribute(struct ctx *c, struct distribution *d)
{
    struct list tables = tables_in_order(c->arena);
    const struct text *at = tables.at;
    if (d->shards != NONE && (d->shards < 1 || d->shards > SHARDS_MAX))
        return fail_at(c, ERR_INVALID, "out_of_range", "shards", "1 to %d", SHARDS_MAX);
    enum err e = check_server(c);
    if (e != OK && d->is_preview) tell_all(c, d, &tables);
    TRY(e);
    for (size_t i = 0; i < tables.count; i++) TRY(distribute_table(c, d, at[i]));
    return ask(c,
               "SELECT count(*) FROM pg_dist_node WHERE isactive AND shouldhaveshards AND"
               " noderole = 'primary'",
               &d->nodes);
}

enum err distribute_new(struct ctx *c)
{
    int64_t has_citus = 0;
    bool is_distributed = false;
    if (store_engine(c->store) != DB_POSTGRES) return OK;
    TRY(ask(c, "SELECT count(*) FROM pg_class WHERE oid = to_regclass('pg_dist_partition')",
            &has_citus));
    if (has_citus) TRY(is_done(c, text_of(first_table), &is_distributed));
    struct distribution d = {.shards = NONE};
    return is_distributed ? distribute(c, &d) : OK;
}
