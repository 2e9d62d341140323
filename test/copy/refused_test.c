/* test/copy/refused_test.c: what is no source, what is no target, and what a copy finds out. */
#include "base/time.h"
#include "copy/copy_fixture.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void check_refused(const struct pair *p, enum err code, const char *reason)
{
    struct copying *g = copying_new(&p->from, &p->to);
    CHECK_FAULT(&g->from, code, reason, copying_run(g));
    CHECK(g->from.fault.hint[0]);
    copying_free(g);
}

/* --- targets --------------------------------------------------------------------------------- */

static void check_other_data(enum db_engine engine)
{
    struct pair p;
    if (!pair_open(&p, DB_SQLITE, engine)) return;
    shop_open(&p.to.w);
    pair_rest(&p);
    check_refused(&p, ERR_CONFLICT, "target_not_empty");
    place_wake(&p.to);
    CHECK_I64(0, world_ask(&p.to.w, "SELECT count(*) FROM copy_progress"));
    pair_close(&p);
}
TEST(copy, a_target_that_holds_other_data_is_refused_sqlite) { check_other_data(DB_SQLITE); }
TEST(copy, a_target_that_holds_other_data_is_refused_postgres) { check_other_data(DB_POSTGRES); }

TEST(copy, into_itself_is_refused)
{
    struct pair p;
    if (!pair_open(&p, DB_SQLITE, DB_SQLITE)) return;
    pair_rest(&p);
    snprintf(p.to.address, sizeof p.to.address, "%s", p.from.address);
    struct copying *g = copying_new(&p.from, &p.to);
    CHECK_FAULT(&g->from, ERR_INVALID, "same_database", copying_run(g));
    copying_free(g);
    pair_close(&p);
}

TEST(copy, two_copies_into_one_postgres_do_not_mix)
{
    struct pair p;
    if (!pair_open(&p, DB_SQLITE, DB_POSTGRES)) return;
    struct place other = {.w = {.engine = DB_SQLITE}};
    pair_rest(&p);
    /* The same source twice, by two files: a file is held by one. */
    if (place_open(&other, DB_SQLITE)) {
        place_rest(&other);
        struct pair files = {.from = p.from, .to = other};
        struct copying *g = copying_new(&files.from, &files.to);
        CHECK_OK(&g->from, copying_run(g));
        copying_free(g);
        struct copying *one = copying_new(&p.from, &p.to), *two = copying_new(&other, &p.to);
        CHECK_OK(&one->from, copy_open(&one->copy));
        CHECK_OK(&two->from, copy_open(&two->copy));
        CHECK_OK(&one->from, copy_rows(&one->copy));
        CHECK_FAULT(&two->from, ERR_CONFLICT, "copy_raced", copy_rows(&two->copy));
        CHECK_OK(&one->from, copying_check(one));
        CHECK_I64(0, (int64_t)one->differ);
        copying_free(one);
        copying_free(two);
        world_close(&other.w);
    }
    pair_close(&p);
}

/* --- sources --------------------------------------------------------------------------------- */

TEST(copy, a_file_that_a_server_works_on_is_refused)
{
    struct pair p;
    if (!pair_open(&p, DB_SQLITE, DB_SQLITE)) return;
    place_rest(&p.to);
    check_refused(&p, ERR_BUSY, "database_locked");
    pair_close(&p);
}

TEST(copy, a_postgres_that_a_server_works_on_is_refused)
{
    struct pair p;
    struct source clock;
    if (!pair_open(&p, DB_POSTGRES, DB_SQLITE)) return;
    source_real(&clock, 0);
    CHECK_OK(&p.from.w.ctx,
             world_script(&p.from.w,
                          text_printf(&p.from.w.arena,
                                      "INSERT INTO node (node_id, lease_until_us, fence, steps)"
                                      " VALUES (3, %lld, 1, 1)",
                                      (long long)(source_now_us(&clock) + 40 * SECOND_US))
                              .at));
    pair_rest(&p);
    check_refused(&p, ERR_BUSY, "database_in_use");
    pair_close(&p);
}

TEST(copy, nobody_begins_to_work_on_a_postgres_while_it_is_copied)
{
    struct pair p;
    if (!pair_open(&p, DB_POSTGRES, DB_SQLITE)) return;
    place_rest(&p.to);
    struct copying *g = copying_new(&p.from, &p.to);
    CHECK_OK(&g->from, copy_open(&g->copy));
    static const char take[] = "SET LOCAL lock_timeout TO '20ms';"
                               "INSERT INTO node (node_id, lease_until_us, fence, steps)"
                               " VALUES (1, 1, 1, 1)";
    CHECK_FAULT(&p.from.w.ctx, ERR_BUSY, "raced", world_script(&p.from.w, take));
    copying_free(g);
    CHECK_OK(&p.from.w.ctx, world_script(&p.from.w, take));
    pair_close(&p);
}

static void check_other_schema(enum db_engine engine, const char *sql, const char *reason)
{
    struct pair p;
    if (!pair_open(&p, engine, DB_SQLITE)) return;
    CHECK_OK(&p.from.w.ctx, world_script(&p.from.w, sql));
    pair_rest(&p);
    check_refused(&p, ERR_CONFLICT, reason);
    pair_close(&p);
}
static const char older[] = "DELETE FROM schema_migration",
                  changed[] = "UPDATE schema_migration SET checksum = 1";
TEST(copy, another_version_of_the_schema_is_refused_sqlite)
{
    check_other_schema(DB_SQLITE, older, "schema_older");
    check_other_schema(DB_SQLITE, changed, "schema_changed");
}
TEST(copy, another_version_of_the_schema_is_refused_postgres)
{
    check_other_schema(DB_POSTGRES, older, "schema_older");
    check_other_schema(DB_POSTGRES, changed, "schema_changed");
}

TEST(copy, a_source_without_an_installation_is_refused)
{
    struct pair p;
    if (!pair_open(&p, DB_SQLITE, DB_SQLITE)) return;
    pair_rest(&p);
    snprintf(p.from.address, sizeof p.from.address, "build/tmp/nothing_%d.db", (int)getpid());
    check_refused(&p, ERR_NOT_FOUND, "database_missing");
    FILE *empty = fopen(p.from.address, "wb");
    if (empty) fclose(empty);
    check_refused(&p, ERR_NOT_FOUND, "no_installation");
    unlink(p.from.address);
    unlink(text_printf(&p.from.w.arena, "%s.lock", p.from.address).at);
    unlink(text_printf(&p.from.w.arena, "%s-wal", p.from.address).at);
    unlink(text_printf(&p.from.w.arena, "%s-shm", p.from.address).at);
    pair_close(&p);
}

TEST(copy, goes_on_only_from_the_state_that_it_began_with)
{
    struct pair p;
    if (!pair_open(&p, DB_SQLITE, DB_SQLITE)) return;
    pair_rest(&p);
    struct copying *g = copying_new(&p.from, &p.to);
    g->pages = 10;
    CHECK_FAULT(&g->from, ERR_BUSY, "interrupted", copying_run(g));
    copying_free(g);
    place_wake(&p.from);
    shop_order(&p.from.w, "MUG", 1);
    place_rest(&p.from);
    check_refused(&p, ERR_CONFLICT, "copy_unfinished");
    pair_close(&p);
}

/* --- what is found --------------------------------------------------------------------------- */

static void check_value(const char *bytes, const char *what)
{
    struct pair p;
    if (!pair_open(&p, DB_SQLITE, DB_POSTGRES)) return;
    const char *sql =
        text_printf(&p.from.w.arena,
                    "UPDATE counter SET name = CAST(x'%s' AS TEXT) WHERE name = '12:;'", bytes)
            .at;
    CHECK_OK(&p.from.w.ctx, world_script(&p.from.w, sql));
    pair_rest(&p);
    struct copying *g = copying_new(&p.from, &p.to);
    CHECK_FAULT(&g->from, ERR_CONFLICT, "wrong_kind", copying_run(g));
    CHECK(strstr(g->from.fault.detail, "counter: name of merchant_id 7, name ") != NULL);
    CHECK(strstr(g->from.fault.detail, what) != NULL);
    copying_free(g);
    pair_close(&p);
}
TEST(copy, a_value_that_postgres_cannot_hold_is_named)
{
    check_value("610062", "a zero byte");
    check_value("61ff", "not UTF-8");
}

static enum err run_script(struct ctx *c, void *arg) { return db_script(c, arg); }

static void check_found(enum db_engine engine, const char *sql, const char *first)
{
    struct pair p;
    if (!pair_open(&p, DB_SQLITE, engine)) return;
    pair_rest(&p);
    struct copying *g = copying_new(&p.from, &p.to);
    CHECK_OK(&g->from, copy_open(&g->copy));
    CHECK_OK(&g->from, copy_rows(&g->copy));
    CHECK_OK(&g->to, db_tx(&g->to, run_script, (void *)(uintptr_t)sql));
    CHECK_OK(&g->from, copying_check(g));
    CHECK_I64(1, (int64_t)g->differ);
    CHECK_I64(1, (int64_t)g->reported);
    CHECK_TEXT(first, text_of(g->first));
    copying_free(g);
    pair_close(&p);
}
static void check_all_found(enum db_engine engine)
{
    check_found(engine, "UPDATE counter SET value = 9 WHERE name = 'it''s'",
                "counter merchant_id 7, name \"it's\"");
    check_found(engine, "DELETE FROM counter WHERE name = '' AND merchant_id = 7",
                "counter merchant_id 7, name \"\" missing");
    check_found(engine, "INSERT INTO counter (merchant_id, name, value) VALUES (8, 'z', 1)",
                "counter merchant_id 8, name \"z\" added");
}
TEST(copy, a_row_that_differs_is_found_and_named_sqlite) { check_all_found(DB_SQLITE); }
TEST(copy, a_row_that_differs_is_found_and_named_postgres) { check_all_found(DB_POSTGRES); }

TEST(copy, given_again_after_its_end_it_compares_again)
{
    struct pair p;
    if (!pair_open(&p, DB_SQLITE, DB_SQLITE)) return;
    pair_rest(&p);
    for (int i = 0; i < 2; i++) {
        struct copying *g = copying_new(&p.from, &p.to);
        CHECK_OK(&g->from, copying_run(g));
        CHECK_I64(0, (int64_t)g->differ);
        CHECK(g->copy.is_ended == (i == 1));
        copying_free(g);
    }
    place_wake(&p.to);
    p.to.w.ctx.merchant_id = p.from.w.ctx.merchant_id;
    shop_order(&p.to.w, "MUG", 1);
    place_rest(&p.to);
    struct copying *g = copying_new(&p.from, &p.to);
    CHECK_OK(&g->from, copying_run(g));
    CHECK(g->differ > 0);
    copying_free(g);
    pair_close(&p);
}

static void check_preview(enum db_engine engine)
{
    struct pair p;
    if (!pair_open(&p, DB_SQLITE, engine)) return;
    pair_rest(&p);
    struct copying *g = copying_new(&p.from, &p.to);
    g->copy.is_preview = true;
    CHECK_OK(&g->from, copy_open(&g->copy));
    CHECK(g->copy.rows > 300 && g->copy.copied == 0);
    copying_free(g);
    place_wake(&p.to);
    CHECK_I64(0, world_ask(&p.to.w, "SELECT count(*) FROM copy_progress"));
    place_rest(&p.to);
    if (engine == DB_SQLITE) {
        snprintf(p.to.address, sizeof p.to.address, "build/tmp/new_%d.db", (int)getpid());
        g = copying_new(&p.from, &p.to);
        g->copy.is_preview = true;
        CHECK_OK(&g->from, copy_open(&g->copy));
        CHECK(g->copy.is_new);
        copying_free(g);
        CHECK(access(p.to.address, F_OK) != 0);
    }
    pair_close(&p);
}
TEST(copy, a_preview_makes_nothing_sqlite) { check_preview(DB_SQLITE); }
TEST(copy, a_preview_makes_nothing_postgres) { check_preview(DB_POSTGRES); }
