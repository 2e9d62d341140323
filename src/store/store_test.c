/* What store/db.h promises, on both engines. */
#include "store/scratch_test.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static const char make_scratch_lite[] =
    "CREATE TABLE scratch (id INTEGER PRIMARY KEY, name TEXT NOT NULL, n INTEGER NOT NULL"
    " CHECK (n >= 0), small INTEGER, bytes BLOB)";
static const char make_scratch_pg[] =
    "CREATE TABLE scratch (id BIGINT PRIMARY KEY, name TEXT COLLATE \"C\" NOT NULL, n BIGINT"
    " NOT NULL CHECK (n >= 0), small INTEGER, bytes BYTEA)";

void scratch_make(struct world *w)
{
    CHECK_OK(&w->ctx,
             world_script(w, w->engine == DB_SQLITE ? make_scratch_lite : make_scratch_pg));
}

static const struct field scratch_table[] = {
    FIELD(struct scratch, id),     FIELD(struct scratch, name),
    FIELD(struct scratch, n),      FIELD(struct scratch, small, .flags = F_NULL),
    FIELD(struct scratch, is_big), FIELD(struct scratch, bytes),
};
const struct fields scratch_fields = FIELDS("scratch", struct scratch, scratch_table);

static const struct field name_table[] = {FIELD(struct scratch, name)};
static const struct fields name_fields = FIELDS("scratch", struct scratch, name_table);

int64_t scratch_number(struct world *w, const struct query *q)
{
    int64_t n = -1;
    CHECK_OK(&w->ctx, db_number(&w->ctx, q, NO_ARGS, &n));
    return n;
}

static int64_t n_of(struct world *w, int64_t id)
{
    struct scratch row = {0};
    CHECK_OK(&w->ctx, db_one(&w->ctx, &Q_scratch_get, ARGS(I64(id)), &scratch_fields, &row));
    return row.n;
}

/* --- values ---------------------------------------------------------------------------------- */

static const char odd_name[] = "a \"quoted\" \\ b\tc\n\xC3\xA9\xE2\x82\xAC{},NULL";
static const char odd_bytes[] = "\0\x01\xFF\\x'";

static enum err put_odd(struct ctx *c, void *arg)
{
    (void)arg;
    struct text bytes = {odd_bytes, sizeof odd_bytes - 1};
    TRY(db_put(c, &Q_scratch_put,
               ARGS(I64(INT64_MAX), TXT(text_of(odd_name)), I64(INT64_C(1) << 53), I64(-7),
                    BYTES(bytes))));
    TRY(db_put(c, &Q_scratch_put,
               ARGS(I64(-1), TXT(T("")), I64(0), I64(NONE), TXT((struct text){0}))));
    return db_exec(c, &Q_scratch_insert,
                   ARGS(I64(1), TXT(text_of(odd_name)), I64(6), I64(2147483647), BYTES(bytes)),
                   NULL);
}

TEST_BOTH(store, values_come_back_as_they_went_in)
{
    struct ctx *c = &w->ctx;
    struct text bytes = {odd_bytes, sizeof odd_bytes - 1};
    struct scratch row = {0};
    scratch_make(w);
    CHECK_OK(c, db_tx(c, put_odd, NULL));
    CHECK_OK(c, db_one(c, &Q_scratch_get, ARGS(I64(INT64_MAX)), &scratch_fields, &row));
    CHECK_TEXT(odd_name, row.name);
    CHECK_I64(INT64_C(1) << 53, row.n);
    CHECK_I64(-7, row.small);
    CHECK(row.is_big && text_eq(bytes, row.bytes));
    CHECK_OK(c, db_one(c, &Q_scratch_get, ARGS(I64(-1)), &scratch_fields, &row));
    CHECK(row.name.at && row.name.len == 0);
    CHECK(!row.is_big && !row.bytes.at);
    CHECK_I64(-1, row.small); /* an absent narrow number */
    CHECK_OK(c, db_one(c, &Q_scratch_get, ARGS(I64(1)), &scratch_fields, &row));
    CHECK_I64(2147483647, row.small);
    CHECK_TEXT(odd_name, row.name);
    CHECK(text_eq(bytes, row.bytes));
    CHECK_FAULT(c, ERR_NOT_FOUND, "not_found",
                db_one(c, &Q_scratch_get, ARGS(I64(2)), &scratch_fields, &row));
}

TEST_BOTH(store, texts_may_be_read_from_bytes)
{
    struct scratch row = {0};
    scratch_make(w);
    CHECK_OK(&w->ctx, db_tx(&w->ctx, put_odd, NULL));
    CHECK_OK(&w->ctx, db_one(&w->ctx, &Q_scratch_name, ARGS(I64(1)), &name_fields, &row));
    CHECK(text_eq((struct text){odd_bytes, sizeof odd_bytes - 1}, row.name));
}

TEST_BOTH(store, sums_are_numbers_and_nothing_is_none)
{
    int64_t n = 0;
    scratch_make(w);
    CHECK_I64(NONE, scratch_number(w, &Q_scratch_sum));
    CHECK_OK(&w->ctx, db_tx(&w->ctx, put_odd, NULL));
    CHECK_I64((INT64_C(1) << 53) + 6, scratch_number(w, &Q_scratch_sum));
    /* $1 beside a small literal still holds 64 bits */
    CHECK_OK(&w->ctx, db_number(&w->ctx, &Q_scratch_total, ARGS(I64(INT64_MAX)), &n));
    CHECK_I64(INT64_C(1) << 53, n);
}

TEST_BOTH(store, sets_of_numbers_and_texts_select)
{
    struct ctx *c = &w->ctx;
    const int64_t ids[] = {1, -1, INT64_MAX, 99}, not_ids[] = {-1};
    const struct text names[] = {text_of(odd_name), T("other"), T("")};
    struct list rows;
    scratch_make(w);
    CHECK_OK(c, db_tx(c, put_odd, NULL));
    CHECK_OK(c, db_rows(c, &Q_scratch_sets, ARGS(I64S(ids, 4), TEXTS(names, 3), I64S(not_ids, 1)),
                        &scratch_fields, &rows));
    CHECK_I64(2, (int64_t)rows.count);
    CHECK(rows.count == 2 && ((struct scratch *)rows.at)[0].id == 1);
    CHECK_OK(c, db_rows(c, &Q_scratch_sets, ARGS(I64S(ids, 4), TEXTS(names, 3), I64S(NULL, 0)),
                        &scratch_fields, &rows));
    CHECK_I64(3, (int64_t)rows.count);
    CHECK_OK(c, db_rows(c, &Q_scratch_sets, ARGS(I64S(ids, 0), TEXTS(names, 3), I64S(NULL, 0)),
                        &scratch_fields, &rows));
    CHECK_I64(0, (int64_t)rows.count);
}

TEST_BOTH(store, columns_must_be_the_fields)
{
    struct scratch row = {0};
    scratch_make(w);
    CHECK_FAULT(&w->ctx, ERR_BUG, "sql",
                db_one(&w->ctx, &Q_scratch_wrong_columns, ARGS(I64(1)), &scratch_fields, &row));
}

/* --- transactions ---------------------------------------------------------------------------- */

static enum err put_and_fail(struct ctx *c, void *arg)
{
    (void)arg;
    TRY(SCRATCH_PUT(c, 1, 1));
    TRY(db_flush(c));
    return fail(c, ERR_CONFLICT, "no_more", "refused on purpose");
}

enum err scratch_put_given(struct ctx *c, void *arg)
{
    return SCRATCH_PUT(c, *(const int64_t *)arg, 10);
}

TEST_BOTH(store, a_unit_that_fails_leaves_nothing)
{
    int64_t id = 2;
    scratch_make(w);
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "no_more", db_tx(&w->ctx, put_and_fail, NULL));
    CHECK_I64(0, scratch_number(w, &Q_scratch_count));
    CHECK_OK(&w->ctx, db_tx(&w->ctx, scratch_put_given, &id));
    CHECK_I64(1, scratch_number(w, &Q_scratch_count));
    CHECK(!db_in_tx(&w->ctx));
}

static enum err put_orphan(struct ctx *c, void *arg)
{
    (void)arg;
    TRY(SCRATCH_PUT(c, 1, 1));
    return db_put(c, &Q_scratch_put,
                  ARGS(I64(2), TXT(T("orphan")), I64(1), I64(99), TXT((struct text){0})));
}

TEST_BOTH(store, a_unit_that_cannot_be_committed_has_failed_and_leaves_nothing)
{
    int64_t id = 3;
    CHECK_OK(&w->ctx,
             world_script(w, w->engine == DB_SQLITE
                                 ? "PRAGMA foreign_keys = ON;"
                                   "CREATE TABLE scratch (id INTEGER PRIMARY KEY, name TEXT,"
                                   " n INTEGER, small INTEGER REFERENCES scratch (id)"
                                   " DEFERRABLE INITIALLY DEFERRED, bytes BLOB)"
                                 : "CREATE TABLE scratch (id BIGINT PRIMARY KEY, name TEXT,"
                                   " n BIGINT, small BIGINT REFERENCES scratch (id)"
                                   " DEFERRABLE INITIALLY DEFERRED, bytes BYTEA)"));
    CHECK(db_tx(&w->ctx, put_orphan, NULL) != OK); /* only the COMMIT sees it */
    w->ctx.fault = (struct fault){0};
    CHECK_I64(0, scratch_number(w, &Q_scratch_count));
    CHECK_OK(&w->ctx, db_tx(&w->ctx, scratch_put_given, &id));
    CHECK_I64(1, scratch_number(w, &Q_scratch_count));
}

TEST_BOTH(store, a_preview_leaves_nothing)
{
    int64_t id = 2;
    scratch_make(w);
    CHECK_OK(&w->ctx, db_preview(&w->ctx, scratch_put_given, &id));
    CHECK_I64(0, scratch_number(w, &Q_scratch_count));
}

static enum err go_on_after_error(struct ctx *c, void *arg)
{
    int64_t n = 0;
    TRY(SCRATCH_PUT(c, 1, 1));
    TRY(SCRATCH_PUT(c, 1, 1));
    enum err first = db_flush(c);
    CHECK_I64(ERR_CONFLICT, first);
    CHECK(strcmp(c->fault.reason, "constraint") == 0);
    *(enum err *)arg = db_number(c, &Q_scratch_count, NO_ARGS, &n);
    CHECK_FAULT(c, ERR_BUG, "tx_failed", db_put(c, &Q_scratch_drop, ARGS(I64(1))));
    return first;
}

TEST_BOTH(store, nothing_runs_after_an_error_in_the_unit)
{
    enum err second = OK;
    scratch_make(w);
    CHECK(db_tx(&w->ctx, go_on_after_error, &second) != OK);
    CHECK_I64(ERR_BUG, second);
    CHECK_I64(0, scratch_number(w, &Q_scratch_count));
}

TEST_BOTH(store, a_bad_unit_does_not_spoil_its_group)
{
    int64_t first = 11, last = 12;
    scratch_make(w);
    CHECK_OK(&w->ctx, db_group_begin(&w->ctx));
    CHECK_OK(&w->ctx, db_tx(&w->ctx, scratch_put_given, &first));
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "no_more", db_tx(&w->ctx, put_and_fail, NULL));
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "constraint", db_tx(&w->ctx, scratch_put_given, &first));
    CHECK_OK(&w->ctx, db_tx(&w->ctx, scratch_put_given, &last));
    CHECK_OK(&w->ctx, db_group_end(&w->ctx));
    CHECK_I64(2, scratch_number(w, &Q_scratch_count));
    CHECK_I64(20, scratch_number(w, &Q_scratch_sum));
}

static enum err race_twice(struct ctx *c, void *arg)
{
    int *runs = arg;
    TRY(SCRATCH_PUT(c, 100 + *runs, 1));
    if (++*runs < 3) return fail(c, ERR_BUSY, "raced", "lost on purpose");
    return OK;
}

TEST_BOTH(store, a_lost_race_is_run_again_from_the_start)
{
    int runs = 0;
    scratch_make(w);
    CHECK_OK(&w->ctx, db_tx(&w->ctx, race_twice, &runs));
    CHECK_I64(3, runs);
    CHECK_I64(1, scratch_number(w, &Q_scratch_count));
    CHECK_I64(1, n_of(w, 102));
}

/* --- writes ---------------------------------------------------------------------------------- */

enum { MANY = 9000 }; /* more than one chunk */

static enum err put_many(struct ctx *c, void *arg)
{
    (void)arg;
    for (int64_t i = 0; i < MANY; i++) TRY(SCRATCH_PUT(c, i, i % 10));
    return OK;
}

static enum err take_some(struct ctx *c, void *arg)
{
    int64_t changed = 0, expected = 0;
    struct value *rows = arena_new(c->arena, struct value, 2 * MANY);
    bool *took = arg;
    for (int64_t i = 0; i < MANY; i++) {
        rows[2 * i] = I64(MANY - 1 - i);
        rows[2 * i + 1] = I64(6);
    }
    TRY(db_each(c, &Q_scratch_take, rows, MANY, took, &changed));
    for (int64_t i = 0; i < MANY; i++) {
        bool enough = (MANY - 1 - i) % 10 >= 6;
        if (took[i] != enough) test_fail(__FILE__, __LINE__, "row %d", (int)i);
        expected += enough;
    }
    CHECK_I64(expected, changed);
    return OK;
}

TEST_BOTH(store, a_guarded_update_takes_exactly_those_that_have_enough)
{
    static bool took[MANY];
    scratch_make(w);
    CHECK_OK(&w->ctx, db_tx(&w->ctx, put_many, NULL));
    CHECK_I64(MANY, scratch_number(w, &Q_scratch_count));
    CHECK_OK(&w->ctx, db_tx(&w->ctx, take_some, took));
    CHECK_I64(0, n_of(w, 6));
    CHECK_I64(5, n_of(w, 5));
}

static enum err gather_in_order(struct ctx *c, void *arg)
{
    int64_t n = 0;
    struct scratch row;
    (void)arg;
    TRY(SCRATCH_PUT(c, 1, 1));
    TRY(SCRATCH_PUT(c, 2, 2));
    TRY(db_put(c, &Q_scratch_set, ARGS(I64(1), I64(7)))); /* after the rows are there */
    TRY(db_put(c, &Q_scratch_drop, ARGS(I64(2))));
    TRY(db_one(c, &Q_scratch_get, ARGS(I64(1)), &scratch_fields, &row)); /* writes them first */
    CHECK_I64(7, row.n);
    CHECK_I64(7, row.small);
    TRY(SCRATCH_PUT(c, 3, 3));
    TRY(db_exec(c, &Q_scratch_grow, ARGS(I64(3), I64(5)), &n));
    CHECK_I64(1, n);
    TRY(db_exec(c, &Q_scratch_grow, ARGS(I64(4), I64(5)), &n));
    CHECK_I64(0, n);
    return SCRATCH_PUT(c, 2, 9);
}

TEST_BOTH(store, gathered_rows_keep_order_and_precede_reads)
{
    scratch_make(w);
    CHECK_OK(&w->ctx, db_tx(&w->ctx, gather_in_order, NULL));
    CHECK_I64(7, n_of(w, 1));
    CHECK_I64(9, n_of(w, 2));
    CHECK_I64(8, n_of(w, 3));
}

static enum err take_surely(struct ctx *c, void *arg)
{
    ++*(int *)arg;
    TRY(db_put(c, &Q_scratch_put,
               ARGS(I64(50), TXT(T("x")), I64(1), I64(0), TXT((struct text){0}))));
    TRY(db_put_sure(c, &Q_scratch_take, ARGS(I64(1), I64(3))));
    return db_put_sure(c, &Q_scratch_take, ARGS(I64(2), I64(3)));
}

TEST_BOTH(store, a_sure_row_that_does_not_take_undoes_the_unit)
{
    int64_t id = 1;
    int runs = 0;
    scratch_make(w);
    CHECK_OK(&w->ctx, db_tx(&w->ctx, scratch_put_given, &id));
    CHECK_FAULT(&w->ctx, ERR_BUSY, "raced", db_tx(&w->ctx, take_surely, &runs));
    CHECK(runs > 1);
    CHECK_I64(1, scratch_number(w, &Q_scratch_count));
    CHECK_I64(10, n_of(w, 1));
}

static enum err put_conflicting(struct ctx *c, void *arg)
{
    (void)arg;
    int64_t changed = 0;
    struct value rows[] = {I64(1), TXT(T("a")), I64(5), I64(2), TXT(T("b")), I64(6)};
    TRY(db_each(c, &Q_scratch_add, rows, 2, NULL, &changed));
    CHECK_I64(2, changed);
    struct value more[] = {I64(2), TXT(T("b")), I64(1), I64(3), TXT(T("c")), I64(4)};
    TRY(db_each(c, &Q_scratch_new, more, 2, NULL, &changed));
    CHECK_I64(1, changed);
    return db_each(c, &Q_scratch_add, more, 2, NULL, &changed);
}

TEST_BOTH(store, upserts_add_and_do_nothing_tells_the_total)
{
    scratch_make(w);
    CHECK_OK(&w->ctx, db_tx(&w->ctx, put_conflicting, NULL));
    CHECK_I64(5, n_of(w, 1));
    CHECK_I64(7, n_of(w, 2));
    CHECK_I64(8, n_of(w, 3));
}

static enum err same_row_twice(struct ctx *c, void *arg)
{
    const struct query *q = arg;
    struct value take[] = {I64(1), I64(2), I64(2), I64(2), I64(1), I64(3)};
    struct value add[] = {I64(1), TXT(T("a")), I64(5), I64(1), TXT(T("b")), I64(6)};
    bool is_take = q == &Q_scratch_take;
    return db_each(c, q, is_take ? take : add, is_take ? 3 : 2, NULL, NULL);
}

TEST_BOTH(store, two_rows_with_one_target_are_refused)
{
    scratch_make(w);
    CHECK_FAULT(&w->ctx, ERR_BUG, "same_target",
                db_tx(&w->ctx, same_row_twice, (void *)(uintptr_t)&Q_scratch_take));
    CHECK_FAULT(&w->ctx, ERR_BUG, "same_target",
                db_tx(&w->ctx, same_row_twice, (void *)(uintptr_t)&Q_scratch_add));
}

static enum err text_as_number(struct ctx *c, void *arg)
{
    (void)arg;
    return db_put(c, &Q_scratch_drop, ARGS(TXT(T("1"))));
}

TEST_BOTH(store, a_text_in_a_column_of_numbers_is_refused)
{
    scratch_make(w);
    CHECK_FAULT(&w->ctx, ERR_BUG, "sql", db_tx(&w->ctx, text_as_number, NULL));
}

static enum err put_negative(struct ctx *c, void *arg)
{
    (void)arg;
    return SCRATCH_PUT(c, 1, -1);
}

TEST_BOTH(store, a_broken_rule_of_the_table_is_a_conflict)
{
    scratch_make(w);
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "constraint", db_tx(&w->ctx, put_negative, NULL));
}

static enum err put_records(struct ctx *c, void *arg)
{
    static const struct field table[] = {
        FIELD(struct scratch, id),
        FIELD(struct scratch, name),
        FIELD(struct scratch, n),
    };
    static const struct fields fields = FIELDS("scratch", struct scratch, table);
    (void)arg;
    for (int64_t i = 1; i <= 3; i++) {
        struct scratch row = {.id = i, .name = T("record"), .n = 10 * i};
        TRY(db_put_record(c, &Q_scratch_new, &fields, &row));
    }
    return OK;
}

TEST_BOTH(store, a_record_is_written_by_its_table)
{
    scratch_make(w);
    CHECK_OK(&w->ctx, db_tx(&w->ctx, put_records, NULL));
    CHECK_I64(60, scratch_number(w, &Q_scratch_sum));
}

/* --- reading --------------------------------------------------------------------------------- */

struct seen {
    int64_t rows, sum;
};

static enum err see(struct ctx *c, void *arg, const void *record)
{
    struct seen *seen = arg;
    const struct scratch *row = record;
    int64_t n;
    seen->sum += row->n;
    if (++seen->rows == 100)
        CHECK_FAULT(c, ERR_BUG, "in_scan", db_number(c, &Q_scratch_count, NO_ARGS, &n));
    return seen->rows == 8000 ? fail(c, ERR_INVALID, "enough", "seen enough") : OK;
}

TEST_BOTH(store, a_scan_sees_every_row_in_little_memory_and_may_stop)
{
    struct seen seen = {0};
    scratch_make(w);
    CHECK_OK(&w->ctx, db_tx(&w->ctx, put_many, NULL));
    arena_reset(&w->arena);
    CHECK_OK(&w->ctx, db_scan(&w->ctx, &Q_scratch_list, ARGS(I64(MANY - 7000), I64(MANY)),
                              &scratch_fields, see, &seen));
    CHECK_I64(7000, seen.rows);
    CHECK_I64(31500, seen.sum);
    CHECK(w->arena.bytes < 10000);
    seen = (struct seen){0};
    CHECK_FAULT(
        &w->ctx, ERR_INVALID, "enough",
        db_scan(&w->ctx, &Q_scratch_list, ARGS(I64(0), I64(MANY)), &scratch_fields, see, &seen));
    CHECK_I64(MANY, scratch_number(w, &Q_scratch_count));
}

static enum err write_by_reader(struct ctx *c)
{
    return db_exec(c, &Q_scratch_grow, ARGS(I64(1), I64(1)), NULL);
}

TEST_BOTH(store, a_reader_cannot_write)
{
    int64_t id = 1;
    scratch_make(w);
    CHECK_OK(&w->ctx, db_tx(&w->ctx, scratch_put_given, &id));
    CHECK(write_by_reader(&w->ctx) != OK);
    CHECK_I64(10, n_of(w, 1));
}

TEST_BOTH(store, questions_about_the_engine_are_answered)
{
    int64_t n = 0;
    CHECK_OK(&w->ctx, db_ask(&w->ctx, "SELECT 41 + 1", "SELECT 41 + 1", &n));
    CHECK_I64(42, n);
    CHECK_OK(&w->ctx, db_ask(&w->ctx, "SELECT NULL", "SELECT NULL::bigint", &n));
    CHECK_I64(NONE, n);
    CHECK_FAULT(&w->ctx, ERR_BUG, "sql", db_ask(&w->ctx, "SELEC", "SELEC", &n));
}

/* --- threads --------------------------------------------------------------------------------- */

enum { CALLERS = 64, CALLS = 10 };

static enum err grow(struct ctx *c, void *arg)
{
    (void)arg;
    return db_put_sure(c, &Q_scratch_grow_many, ARGS(I64(1), I64(1)));
}

static void *caller(void *arg)
{
    struct world *w = arg;
    struct arena arena = {0};
    struct ctx c = world_ctx(w, &arena);
    intptr_t failures = 0;
    for (int i = 0; i < CALLS; i++) failures += db_tx(&c, grow, NULL) != OK;
    arena_free(&arena);
    return (void *)failures;
}

TEST_BOTH(store, sixty_four_callers_add_up_exactly)
{
    pthread_t threads[CALLERS];
    int64_t id = 1;
    scratch_make(w);
    CHECK_OK(&w->ctx, db_tx(&w->ctx, scratch_put_given, &id));
    store_start(w->store);
    for (int i = 0; i < CALLERS; i++) pthread_create(&threads[i], NULL, caller, w);
    for (int i = 0; i < CALLERS; i++) {
        void *failures;
        pthread_join(threads[i], &failures);
        CHECK(!failures);
    }
    CHECK_I64(10 + CALLERS * CALLS, n_of(w, 1));
}

/* --- the outside ----------------------------------------------------------------------------- */

TEST(store, a_file_in_use_names_the_process_that_holds_it)
{
    struct world w;
    if (!world_open(&w, DB_SQLITE)) return;
    int status = 0;
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        struct arena arena = {0};
        struct ctx c = {.arena = &arena, .source = &w.source};
        struct store *second = NULL;
        enum err e = store_open(&c, text_of(w.address), (struct store_options){0}, &second);
        char pid[32];
        snprintf(pid, sizeof pid, "process %d", (int)getppid());
        bool good = e == ERR_BUSY && strcmp(c.fault.reason, "database_locked") == 0 &&
                    strstr(c.fault.detail, pid);
        if (!good) fprintf(stderr, "%d %s %s\n", (int)e, c.fault.reason, c.fault.detail);
        _exit(good ? 0 : 1);
    }
    waitpid(child, &status, 0);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    world_close(&w);
}

static enum err open_at(struct world *w, const char *path)
{
    struct store *other = NULL, *ours = w->ctx.store;
    enum err e = store_open(&w->ctx, text_of(path), (struct store_options){0}, &other);
    if (e == OK) store_close(other);
    w->ctx.store = ours;
    return e;
}

TEST(store, what_is_no_database_is_refused_and_nothing_is_put_beside_it)
{
    struct world w;
    char folder[] = "/tmp/waybill-store-XXXXXX", path[60], lock[70];
    struct stat status;
    if (!world_open(&w, DB_SQLITE)) return;
    CHECK(mkdtemp(folder) != NULL);
    snprintf(path, sizeof path, "%s/x.db", folder);
    snprintf(lock, sizeof lock, "%s.lock", path);
    FILE *f = fopen(path, "w");
    if (f) fputs("order,sku\n536365,85123A\n", f);
    if (f) fclose(f);
    CHECK_FAULT(&w.ctx, ERR_INVALID, "database_path", open_at(&w, path));
    CHECK(strstr(w.ctx.fault.detail, path) != NULL);
    CHECK(stat(lock, &status) != 0);
    CHECK_FAULT(&w.ctx, ERR_INVALID, "database_path", open_at(&w, folder));
    CHECK_FAULT(&w.ctx, ERR_INVALID, "database_path", open_at(&w, "mysql://host/shop"));
    CHECK_FAULT(&w.ctx, ERR_INVALID, "database_path", open_at(&w, "/nowhere/at/all.db"));
    unlink(path);
    CHECK_OK(&w.ctx, open_at(&w, path));
    CHECK(stat(path, &status) == 0 && (status.st_mode & 0777) == 0600);
    unlink(path);
    unlink(lock);
    rmdir(folder);
    world_close(&w);
}

TEST_BOTH(store, statements_are_counted)
{
    scratch_make(w);
    int64_t before = store_queries(w->store);
    CHECK_OK(&w->ctx, db_tx(&w->ctx, put_many, NULL));
    CHECK_I64(1, store_queries(w->store) - before);
}

/* --- every query of the program -------------------------------------------------------------- */

static void say_which(struct ctx *c, void *arg, const struct query *q)
{
    (void)arg;
    test_fail(__FILE__, __LINE__, "%s: %s", q->name, c->fault.detail);
}

TEST_BOTH(store, every_query_can_be_prepared)
{
    scratch_make(w);
    CHECK_I64(0, (int64_t)db_prepare_all(&w->ctx, say_which, NULL));
}
