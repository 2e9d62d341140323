/* What only a server can do to us: hang up, forget, be away. */
#include "store/scratch_test.h"

#include <string.h>
#include <unistd.h>

static enum err hang_up(struct ctx *c, void *arg)
{
    int64_t n = 0;
    ++*(int *)arg;
    TRY(SCRATCH_PUT(c, 1, 1));
    return db_number(c, &Q_scratch_hang_up, NO_ARGS, &n);
}

static enum err ask_pid(struct ctx *c, void *arg)
{
    return db_ask(c, "SELECT 0", "SELECT pg_backend_pid()", arg);
}

TEST(store, a_lost_server_is_said_and_the_next_unit_works_postgres)
{
    struct world w;
    int64_t id = 7;
    int runs = 0;
    if (!world_open(&w, DB_POSTGRES)) return;
    scratch_make(&w);
    CHECK_OK(&w.ctx, db_tx(&w.ctx, scratch_put_given, &id));
    CHECK_FAULT(&w.ctx, ERR_UPSTREAM, "database_away", db_tx(&w.ctx, hang_up, &runs));
    CHECK_I64(1, runs);
    id = 8;
    CHECK_OK(&w.ctx, db_tx(&w.ctx, scratch_put_given, &id));
    CHECK_I64(2, scratch_number(&w, &Q_scratch_count));
    world_close(&w);
}

TEST(store, links_cut_while_idle_are_made_anew_without_a_word_postgres)
{
    struct world w, other;
    int64_t id = 1, writer = 0, reader = 0, gone = 0;
    if (!world_open(&w, DB_POSTGRES)) return;
    scratch_make(&w);
    CHECK_OK(&w.ctx, db_tx(&w.ctx, scratch_put_given, &id));
    CHECK_OK(&w.ctx, db_tx(&w.ctx, ask_pid, &writer));
    CHECK_OK(&w.ctx, ask_pid(&w.ctx, &reader));
    CHECK(writer != reader);
    if (world_open(&other, DB_POSTGRES)) {
        const char *cut = text_printf(&other.arena,
                                      "SELECT count(*) FROM (VALUES (%d), (%d)) AS v(pid)"
                                      " WHERE pg_terminate_backend(pid)",
                                      (int)writer, (int)reader)
                              .at;
        CHECK_OK(&other.ctx, db_ask(&other.ctx, cut, cut, &gone));
        CHECK_I64(2, gone);
        world_close(&other);
    }
    usleep(100000);
    CHECK_I64(1, scratch_number(&w, &Q_scratch_count));
    id = 2;
    CHECK_OK(&w.ctx, db_tx(&w.ctx, scratch_put_given, &id));
    CHECK_I64(2, scratch_number(&w, &Q_scratch_count));
    world_close(&w);
}

static enum err cut_before_commit(struct ctx *c, void *arg)
{
    (void)arg;
    int64_t n = 0, pid = 0;
    TRY(SCRATCH_PUT(c, 1, 1));
    TRY(db_ask(c, "", "SELECT pg_backend_pid()", &pid));
    struct ctx reader = *c;
    TRY(store_reader(&reader));
    const char *sql =
        text_printf(c->arena, "SELECT pg_terminate_backend(%lld)::int", (long long)pid).at;
    CHECK_OK(&reader, db_ask(&reader, sql, sql, &n));
    usleep(200000);
    return OK;
}

TEST(store, a_link_cut_before_the_commit_is_surely_not_committed_postgres)
{
    struct world w;
    if (!world_open(&w, DB_POSTGRES)) return;
    scratch_make(&w);
    CHECK_FAULT(&w.ctx, ERR_UPSTREAM, "database_away", db_tx(&w.ctx, cut_before_commit, NULL));
    CHECK_I64(0, scratch_number(&w, &Q_scratch_count));
    world_close(&w);
}

/* The server goes away while it works on COMMIT: nobody can tell whether it was done. */
TEST(store, a_link_lost_during_the_commit_leaves_it_unknown_postgres)
{
    static const char quit_at_commit[] =
        "CREATE FUNCTION quit() RETURNS trigger LANGUAGE plpgsql AS"
        " 'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END';"
        "CREATE CONSTRAINT TRIGGER quit AFTER INSERT ON scratch DEFERRABLE INITIALLY DEFERRED"
        " FOR EACH ROW WHEN (NEW.n = 10) EXECUTE FUNCTION quit()";
    struct world w;
    int64_t id = 1;
    if (!world_open(&w, DB_POSTGRES)) return;
    scratch_make(&w);
    CHECK_OK(&w.ctx, world_script(&w, quit_at_commit));
    CHECK_FAULT(&w.ctx, ERR_UNKNOWN, "commit_unknown", db_tx(&w.ctx, scratch_put_given, &id));
    CHECK_OK(&w.ctx, world_script(&w, "DROP TRIGGER quit ON scratch"));
    CHECK_OK(&w.ctx, db_tx(&w.ctx, scratch_put_given, &id));
    CHECK_I64(1, scratch_number(&w, &Q_scratch_count));
    world_close(&w);
}

static enum err forget_and_count(struct ctx *c, void *arg)
{
    (void)arg;
    int64_t n = 0;
    TRY(db_number(c, &Q_scratch_count, NO_ARGS, &n));
    return db_script(c, "DEALLOCATE ALL");
}

TEST(store, a_forgotten_statement_is_prepared_again_postgres)
{
    struct world w;
    int64_t id = 1;
    if (!world_open(&w, DB_POSTGRES)) return;
    scratch_make(&w);
    CHECK_OK(&w.ctx, db_tx(&w.ctx, scratch_put_given, &id));
    CHECK_OK(&w.ctx, db_tx(&w.ctx, forget_and_count, NULL));
    id = 2;
    CHECK_OK(&w.ctx, db_tx(&w.ctx, scratch_put_given, &id));
    CHECK_I64(2, scratch_number(&w, &Q_scratch_count));
    /* So does a statement whose table has changed under its plan. */
    struct scratch row = {0};
    CHECK_OK(&w.ctx, db_one(&w.ctx, &Q_scratch_get, ARGS(I64(1)), &scratch_fields, &row));
    CHECK_OK(&w.ctx, world_script(&w, "ALTER TABLE scratch ALTER COLUMN small TYPE bigint"));
    CHECK_OK(&w.ctx, db_one(&w.ctx, &Q_scratch_get, ARGS(I64(1)), &scratch_fields, &row));
    world_close(&w);
}

static void check_refused(const char *address, enum err code, const char *reason)
{
    struct arena arena = {0};
    struct ctx c = {.arena = &arena};
    struct store *s = NULL;
    CHECK_FAULT(&c, code, reason, store_open(&c, text_of(address), (struct store_options){0}, &s));
    CHECK(!strstr(c.fault.detail, "secret") && !strstr(c.fault.hint, "secret"));
    arena_free(&arena);
}

TEST(store, a_server_that_cannot_be_reached_is_said_without_the_password_postgres)
{
    check_refused("postgresql://u:secret@127.0.0.1:1/x", ERR_UPSTREAM, "database_away");
    check_refused("postgresql://u:9/secret@127.0.0.1:1/x", ERR_INVALID, "database_address");
    check_refused("postgresql://u:secret/9@127.0.0.1:1/x", ERR_INVALID, "database_address");
    check_refused("postgresql://u@127.0.0.1:1/x?secret=1", ERR_INVALID, "database_address");
}
