/* test/sim/same_test.c: the same commands leave the same rows on both engines.
 *
 * One seed is one run, so a seed lived on SQLite and again on PostgreSQL is compared row for row:
 * all tables of the catalogue, all columns, in the order of the key. */
#include "harness.h"
#include "sim.h"
#include "store/dump.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char path[] = "build/tmp/same.db";

static void drop_file(void)
{
    static const char *const ends[] = {"", "-wal", "-shm", ".lock"};
    char name[100];
    mkdir("build/tmp", 0755);
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        snprintf(name, sizeof name, "%s%s", path, ends[i]);
        unlink(name);
    }
}

static struct sim *live(const char *database, uint64_t seed, int64_t until)
{
    static struct sim_options options;
    static struct sim_counts counts;
    struct sim *s = calloc(1, sizeof *s);
    options = (struct sim_options){
        .seed = seed, .days = 2, .orders = 8, .until = until, .database = database};
    s->options = &options;
    s->counts = &counts;
    if (!sim_run(s))
        test_fail(__FILE__, __LINE__, "seed %llu: %s", (unsigned long long)seed, s->failure);
    return s;
}

static void end(struct sim *s)
{
    sim_close(s);
    free(s);
}

struct opened {
    struct arena arena;
    struct source source;
    struct ctx ctx;
    struct store *store;
    struct list tables;
};

static bool look(struct opened *o, const char *address, const char *schema)
{
    struct store_options options = {.read_only = true, .schema = schema};
    *o = (struct opened){0};
    source_real(&o->source, 0);
    o->ctx = (struct ctx){.arena = &o->arena, .source = &o->source};
    CHECK_OK(&o->ctx, store_open(&o->ctx, text_of(address), options, &o->store));
    CHECK_OK(&o->ctx, dump_tables(&o->ctx, &o->tables));
    return !test_failed();
}

static void leave(struct opened *o)
{
    if (o->store) store_close(o->store);
    arena_free(&o->arena);
}

/* --- what may differ ------------------------------------------------------------------------- */

static const struct {
    const char *table, *column, *why;
} may_differ[] = {
    {"schema_migration", "applied_us", "when the schema was made"},
    {"secret", "value", "drawn from the system, for this installation alone"},
};

static bool is_excused(const struct dump_table *t, size_t column)
{
    for (size_t i = 0; i < sizeof may_differ / sizeof *may_differ; i++)
        if (strcmp(may_differ[i].table, t->name) == 0 &&
            strcmp(may_differ[i].column, t->columns[column].name) == 0)
            return true;
    return false;
}

static void put_value(struct buf *b, const struct value *v)
{
    if (v->kind == V_NULL)
        buf_puts(b, "null");
    else if (v->kind == V_I64)
        buf_put_i64(b, v->i64);
    else
        buf_printf(b, "\"%.*s\"", TEXT_ARG(text_head(v->text, 200)));
}

struct differing {
    struct arena *arena;
    int count;
    uint64_t seed;
};

static enum err on_differ(void *arg, const struct dump_table *t, const struct value *a,
                          const struct value *b)
{
    struct differing *d = arg;
    struct buf what = buf_new(d->arena);
    for (size_t i = 0; a && b && i < t->column_count; i++) {
        if (is_excused(t, i) || dump_value_same(&a[i], &b[i])) continue;
        buf_printf(&what, " %s ", t->columns[i].name);
        put_value(&what, &a[i]);
        buf_puts(&what, " and ");
        put_value(&what, &b[i]);
    }
    if (!a) buf_puts(&what, " on PostgreSQL only");
    if (!b) buf_puts(&what, " on SQLite only");
    if (what.len && d->count++ < 10)
        test_fail(__FILE__, __LINE__, "seed %llu, %s: %.*s:%.*s", (unsigned long long)d->seed,
                  t->name, TEXT_ARG(dump_key_shown(d->arena, t, a ? a : b)),
                  TEXT_ARG(buf_text(&what)));
    return OK;
}

static void compare(const struct sim *there, uint64_t seed)
{
    struct opened lite, server;
    struct differing d = {.seed = seed};
    if (!look(&lite, path, NULL) || !look(&server, there->path, there->schema)) return;
    CHECK_OK(&lite.ctx, dump_same_schema(&lite.ctx, &lite.tables, &server.tables));
    d.arena = &lite.arena;
    const struct dump_table *at = lite.tables.at, *other = server.tables.at;
    for (size_t i = 0; i < lite.tables.count; i++)
        CHECK_OK(&lite.ctx, dump_compare(&lite.ctx, &server.ctx, &at[i], &other[i], on_differ, &d));
    leave(&lite);
    leave(&server);
}

/* SAME_SEEDS=first,count,steps (0: to the end) looks at others. */
TEST(same, the_same_commands_leave_the_same_rows_on_sqlite_and_postgres)
{
    const char *address = getenv("WAYBILL_TEST_PG"), *asked = getenv("SAME_SEEDS");
    unsigned long long seed = 11, count = 1;
    long long steps = 60;
    if (!address || !*address) SKIP("WAYBILL_TEST_PG is not set");
    if (asked && sscanf(asked, "%llu,%llu,%lld", &seed, &count, &steps) != 3)
        SKIP("SAME_SEEDS is first,count,steps");
    int64_t until = steps ? steps : NONE;
    for (; count && !test_failed(); seed++, count--) {
        drop_file();
        end(live(path, seed, until));
        struct sim *there = live(address, seed, until);
        if (!test_failed()) compare(there, seed);
        end(there);
    }
    drop_file();
}
