/* test/copy/copy_test.c: a whole installation moved into another database: nothing is lost, nothing
 * is forgotten, whoever kills it; and what is no place for a copy is refused. */
#include "copy/copy_fixture.h"
#include "faces/cli/cli.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* --- a copy ----------------------------------------------------------------------------------- */

static void check_copied(const struct place *from, const struct place *to)
{
    struct copying *g = copying_new(from, to);
    CHECK_OK(&g->from, copying_run(g));
    CHECK_I64(0, (int64_t)g->differ);
    CHECK_I64(g->copy.rows, g->copy.copied);
    CHECK(g->copy.rows > 300);
    copying_free(g);
}

/* Both sides, row for row, apart from the copy's own look. */
static void check_same(const struct place *a, const struct place *b)
{
    struct copying *g = copying_new(a, b);
    struct store_options options = {.read_only = true};
    struct store *x = NULL, *y = NULL;
    struct list of_a, of_b;
    CHECK_OK(&g->from, store_open(&g->from, text_of(a->address), options, &x));
    CHECK_OK(&g->to, store_open(&g->to, text_of(b->address), options, &y));
    CHECK_OK(&g->from, dump_tables(&g->from, &of_a));
    CHECK_OK(&g->to, dump_tables(&g->to, &of_b));
    CHECK_OK(&g->from, dump_same_schema(&g->from, &of_a, &of_b));
    const struct dump_table *at = of_a.at;
    for (size_t i = 0; i < of_a.count; i++) {
        bool is_left = false;
        for (const struct copy_omission *o = copy_omissions; o->name; o++)
            is_left = is_left || strcmp(o->name, at[i].name) == 0;
        const struct dump_table *other = dump_find(&of_b, at[i].name);
        if (!is_left)
            CHECK_OK(&g->from, dump_compare(&g->from, &g->to, &at[i], other, copying_differ, g));
    }
    if (g->reported) test_fail(__FILE__, __LINE__, "differs: %s", g->first);
    store_close(x);
    store_close(y);
    copying_free(g);
}

static void check_moved(enum db_engine from_engine, enum db_engine to_engine)
{
    struct pair p;
    if (!pair_open(&p, from_engine, to_engine)) return;
    pair_rest(&p);
    check_copied(&p.from, &p.to);
    check_same(&p.from, &p.to);
    place_wake(&p.to);
    CHECK_OK(&p.to.w.ctx, copy_is_whole(&p.to.w.ctx));
    CHECK_I64(FILL_ORDERS, world_ask(&p.to.w, "SELECT count(*) FROM orders"));
    pair_close(&p);
}

TEST(copy, moves_everything_from_file_to_file) { check_moved(DB_SQLITE, DB_SQLITE); }
TEST(copy, moves_everything_from_file_to_postgres) { check_moved(DB_SQLITE, DB_POSTGRES); }
TEST(copy, moves_everything_from_postgres_to_file) { check_moved(DB_POSTGRES, DB_SQLITE); }
TEST(copy, moves_everything_from_postgres_to_postgres) { check_moved(DB_POSTGRES, DB_POSTGRES); }

/* --- nothing is forgotten -------------------------------------------------------------------- */

TEST_BOTH(copy, every_table_is_copied_or_said_to_stay_behind)
{
    struct list tables;
    size_t left = 0;
    CHECK_OK(&w->ctx, store_reader(&w->ctx));
    CHECK_OK(&w->ctx, dump_tables(&w->ctx, &tables));
    for (const struct copy_omission *o = copy_omissions; o->name; o++) {
        CHECK(dump_find(&tables, o->name) != NULL);
        CHECK(strlen(o->why) > 10);
        left++;
    }
    CHECK_I64(4, (int64_t)left); /* whoever leaves out one more says why, and changes this */
    int64_t there = world_ask(
        w,
        w->engine == DB_SQLITE
            ? "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
            : "SELECT count(*) FROM pg_class WHERE relkind IN ('r', 'p') AND NOT relispartition"
              " AND relnamespace = current_schema()::regnamespace");
    CHECK_I64(there, (int64_t)tables.count);
    CHECK_OK(&w->ctx, world_script(w, "CREATE TABLE later (merchant_id BIGINT NOT NULL, later_id"
                                      " BIGINT NOT NULL, PRIMARY KEY (merchant_id, later_id))"));
    CHECK_OK(&w->ctx, dump_tables(&w->ctx, &tables));
    CHECK_I64(there + 1, (int64_t)tables.count);
    CHECK(dump_find(&tables, "later") != NULL);
}

TEST_BOTH(copy, a_key_as_text_is_the_key_again)
{
    struct list tables;
    CHECK_OK(&w->ctx, store_reader(&w->ctx));
    CHECK_OK(&w->ctx, dump_tables(&w->ctx, &tables));
    const struct dump_table *t = dump_find(&tables, "counter");
    struct value row[3] = {0};
    const struct value *back;
    row[t->keys[0]] = (struct value){.kind = V_I64, .i64 = INT64_MIN + 1};
    static const char *const texts[] = {"", ";", "3:;", "12", "a;b:c", "\xE2\x82\xAC"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        row[t->keys[1]] = (struct value){.kind = V_TEXT, .text = text_of(texts[i])};
        CHECK_OK(&w->ctx, dump_key_parse(&w->ctx, t, dump_key_text(&w->arena, t, row), &back));
        CHECK_I64(INT64_MIN + 1, back[t->keys[0]].i64);
        CHECK_TEXT(texts[i], back[t->keys[1]].text);
    }
}

/* --- stopped, killed ------------------------------------------------------------------------- */

static void check_goes_on(enum db_engine from_engine, enum db_engine to_engine)
{
    struct pair p;
    if (!pair_open(&p, from_engine, to_engine)) return;
    pair_rest(&p);
    struct copying *g = copying_new(&p.from, &p.to);
    g->pages = 20;
    CHECK_FAULT(&g->from, ERR_BUSY, "interrupted", copying_run(g));
    int64_t copied = g->copy.copied;
    CHECK(copied > 0 && copied < g->copy.rows);
    copying_free(g);
    place_wake(&p.to);
    CHECK_FAULT(&p.to.w.ctx, ERR_CONFLICT, "copy_unfinished", installation_open(&p.to.w.ctx, NULL));
    place_rest(&p.to);
    g = copying_new(&p.from, &p.to);
    CHECK_OK(&g->from, copying_run(g));
    CHECK_I64(copied, g->copy.was_there);
    copying_free(g);
    check_same(&p.from, &p.to);
    pair_close(&p);
}

TEST(copy, goes_on_where_it_stopped_to_file) { check_goes_on(DB_SQLITE, DB_SQLITE); }
TEST(copy, goes_on_where_it_stopped_to_postgres) { check_goes_on(DB_SQLITE, DB_POSTGRES); }

/* Killed by a child's parent at any moment: in a page, in a commit, while both sides are read. */
static int kill_sometimes(const struct place *from, const struct place *to, int tries, int *kills)
{
    int status = -1;
    for (int i = 0; i < tries && status != 0; i++) {
        fflush(stdout);
        pid_t child = fork();
        if (child == 0) {
            struct copying *g = copying_new(from, to);
            enum err e = copying_run(g);
            _exit(e == OK && !g->differ ? 0 : 10 + (int)e);
        }
        usleep((useconds_t)(5000 + i * 23000));
        if (i < tries - 1) kill(child, SIGKILL);
        waitpid(child, &status, 0);
        if (WIFSIGNALED(status)) ++*kills;
    }
    return status;
}

static void check_killed(enum db_engine from_engine, enum db_engine to_engine)
{
    struct pair p;
    int kills = 0;
    if (!pair_open(&p, from_engine, to_engine)) return;
    pair_rest(&p);
    CHECK_I64(0, kill_sometimes(&p.from, &p.to, 10, &kills));
    CHECK(kills > 0);
    check_same(&p.from, &p.to);
    pair_close(&p);
}

TEST(copy, a_kill_at_any_moment_loses_and_doubles_nothing_to_file)
{
    check_killed(DB_SQLITE, DB_SQLITE);
}
TEST(copy, a_kill_at_any_moment_loses_and_doubles_nothing_to_postgres)
{
    check_killed(DB_SQLITE, DB_POSTGRES);
}
