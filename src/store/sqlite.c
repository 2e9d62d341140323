/* store/sqlite.c: SQLite behind store/driver.h.
 *
 * WAL with synchronous=FULL; exactly one connection of one process writes and checkpoints (a bug in
 * WAL resets before 3.51.3 makes that a rule); readers are query_only; mmap_size=0. */
#include "store/driver.h"
#include "store/dump.h"
#include "store/kept.h"
#include "store/sqlite_keys.h"
#include "store/sqlite_log.h"
#include "store/sqlite_plan.h"

#include "base/arena.h"
#include "queries.h"

#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Of a transaction. */
enum step { BEGIN, VERSION, COMMIT, SAVEPOINT, RELEASE, UNDO, STEPS };
static const char *const step_sql[STEPS] = {"BEGIN IMMEDIATE", "PRAGMA data_version",
                                            "COMMIT",          "SAVEPOINT unit",
                                            "RELEASE unit",    "ROLLBACK TO unit"};

enum { WIDTHS = 2 };
static const size_t widths[WIDTHS] = {16, 4};

struct lite {
    struct db db;
    sqlite3 *handle;
    sqlite3_stmt *cache[QUERY_COUNT];
    sqlite3_stmt *wide[WIDTHS][QUERY_COUNT]; /* of :many INSERTs: so many rows at once */
    bool checked[QUERY_COUNT];               /* column names were compared with the fields */
    sqlite3_stmt *steps[STEPS];
};

static struct lite *lite_of(const struct ctx *c) { return (struct lite *)c->db; }

static enum err lite_fail(struct ctx *c, struct lite *l, const char *what)
{
    int code = sqlite3_extended_errcode(l->handle);
    const char *message = sqlite3_errmsg(l->handle);
    switch (code & 0xFF) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return fail(c, ERR_BUSY, "raced", "%s: %s", what, message);
    case SQLITE_CONSTRAINT: return fail(c, ERR_CONFLICT, "constraint", "%s: %s", what, message);
    case SQLITE_FULL: return fail(c, ERR_UPSTREAM, "disk_full", "%s: %s", what, message);
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY: return fail(c, ERR_UPSTREAM, "disk", "%s: %s", what, message);
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: return fail(c, ERR_UPSTREAM, "database_damaged", "%s: %s", what, message);
    default: return fail(c, ERR_BUG, "sql", "%s: %s (%d)", what, message, code);
    }
}

static void lite_close(struct db *db)
{
    struct lite *l = (struct lite *)db;
    for (size_t i = 0; i < QUERY_COUNT; i++) {
        sqlite3_finalize(l->cache[i]);
        for (size_t w = 0; w < WIDTHS; w++) sqlite3_finalize(l->wide[w][i]);
    }
    for (size_t i = 0; i < STEPS; i++) sqlite3_finalize(l->steps[i]);
    kept_free(l->db.kept);
    puts_free(db);
    sqlite3_close(l->handle);
    free(l);
}

static enum err execute(struct ctx *c, struct lite *l, const char *sql)
{
    if (sqlite3_exec(l->handle, sql, NULL, NULL, NULL) != SQLITE_OK) return lite_fail(c, l, sql);
    return OK;
}

/* "2" for PRAGMA synchronous; "" when it cannot be asked. */
static struct text pragma(struct ctx *c, struct lite *l, const char *name)
{
    sqlite3_stmt *s = NULL;
    struct text value = T("");
    const char *sql = text_cstr(c->arena, text_printf(c->arena, "PRAGMA %s", name));
    if (sqlite3_prepare_v2(l->handle, sql, -1, &s, NULL) == SQLITE_OK &&
        sqlite3_step(s) == SQLITE_ROW)
        value = text_copy(c->arena, text_of((const char *)sqlite3_column_text(s, 0)));
    sqlite3_finalize(s);
    return value;
}

/* A setting that did not take is no error to SQLite (WAL on a network's disk), but promises would
   be broken: each is read back. */
static enum err check_settings(struct ctx *c, struct lite *l, bool is_fast)
{
    const struct {
        const char *name, *wanted;
    } rules[] = {{"journal_mode", "wal"},
                 {"synchronous", is_fast ? "0" : "2"},
                 {"foreign_keys", "1"},
                 {"trusted_schema", "0"}};
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        struct text found = pragma(c, l, rules[i].name);
        if (text_is(found, rules[i].wanted)) continue;
        fail(c, ERR_UPSTREAM, "database_setting", "%s is %.*s, and does not become %s",
             rules[i].name, TEXT_ARG(found), rules[i].wanted);
        return hint(c, "keep the database on a disk of this machine");
    }
    return OK;
}

static const char writer_setup[] = "PRAGMA journal_mode=WAL; PRAGMA foreign_keys=ON;"
                                   "PRAGMA mmap_size=0; PRAGMA wal_autocheckpoint=8000;"
                                   "PRAGMA cache_size=-65536; PRAGMA temp_store=MEMORY;"
                                   "PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON;";

/* Before the first connection. Each is used by one thread at a time, and nobody asks SQLite how
   much memory it holds, so neither is worth a lock at every allocation. */
static void configure(void)
{
    sqlite3_config(SQLITE_CONFIG_MULTITHREAD);
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

static enum err lite_open(struct ctx *c, struct store *s, bool is_writer, struct db **out)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    struct lite *l = calloc(1, sizeof *l);
    if (!l) abort();
    pthread_once(&once, configure);
    l->db = (struct db){.driver = &sqlite_driver, .store = s, .is_writer = is_writer};
    int flags = SQLITE_OPEN_NOMUTEX |
                (is_writer ? SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE : SQLITE_OPEN_READWRITE);
    const char *vfs = is_writer && !s->options.is_fast ? log_vfs() : NULL;
    enum err e = OK;
    if (sqlite3_open_v2(s->address, &l->handle, flags, vfs) != SQLITE_OK) {
        e = fail(c, ERR_INVALID, "database_path", "cannot open \"%s\": %s", s->address,
                 sqlite3_errmsg(l->handle));
        hint(c, "name a file in a folder that exists and may be written");
        if (!is_writer && access(s->address, F_OK) != 0) {
            e = fail(c, ERR_NOT_FOUND, "database_missing", "there is no database \"%s\"",
                     s->address);
            hint(c, "waybill serve, or any verb that changes something, makes one");
        }
    }
    if (e == OK) {
        sqlite3_busy_timeout(l->handle, 5000);
        sqlite3_db_config(l->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
        /* A place of its own for what statements of many rows allocate at every step, where the
           library was built with that (Debian's is not). */
        if (is_writer) sqlite3_db_config(l->handle, SQLITE_DBCONFIG_LOOKASIDE, NULL, 1200, 500);
        if (!keys_create(l->handle)) e = lite_fail(c, l, "keys");
        if (e == OK && is_writer) {
            e = execute(c, l, writer_setup);
            if (e == OK)
                e = execute(c, l,
                            s->options.is_fast ? "PRAGMA synchronous=OFF"
                                               : "PRAGMA synchronous=FULL");
            if (e == OK) e = check_settings(c, l, s->options.is_fast);
            l->db.kept = kept_new();
        } else if (e == OK) {
            e = execute(c, l,
                        "PRAGMA query_only=ON; PRAGMA mmap_size=0; PRAGMA temp_store=MEMORY;"
                        "PRAGMA cache_size=-16384; PRAGMA trusted_schema=OFF");
        }
    }
    if (e != OK) {
        lite_close(&l->db);
        return e;
    }
    *out = &l->db;
    return OK;
}

static enum err prepare(struct ctx *c, const struct query *q, sqlite3_stmt **out)
{
    struct lite *l = lite_of(c);
    sqlite3_stmt **slot = &l->cache[q->id];
    if (!*slot && sqlite3_prepare_v3(l->handle, q->sqlite, -1, SQLITE_PREPARE_PERSISTENT, slot,
                                     NULL) != SQLITE_OK)
        return lite_fail(c, l, q->name);
    *out = *slot;
    return OK;
}

/* The statement with so many rows after VALUES instead of one. OR FAIL: when a row is refused,
   the unit undoes those before it, so SQLite needs not keep the pages as they were for that. */
static const char *wide_sql(struct ctx *c, const struct query *q, size_t rows)
{
    struct text sql = text_of(q->sqlite);
    struct buf b = buf_new(c->arena);
    size_t open = (size_t)text_find(sql, T("VALUES")), end;
    while (sql.at[open] != '(') open++;
    int depth = 1;
    for (end = open + 1; depth; end++) depth += (sql.at[end] == '(') - (sql.at[end] == ')');
    buf_puts(&b, "INSERT OR FAIL");
    buf_put(&b, text_skip(text_head(sql, open), sizeof "INSERT" - 1));
    for (int row = 0; row < (int)rows; row++) {
        if (row) buf_puts(&b, ", ");
        for (size_t i = open; i < end; i++) {
            buf_putc(&b, sql.at[i]);
            if (sql.at[i] != '?') continue;
            int parameter = atoi(sql.at + i + 1);
            buf_printf(&b, "%d", parameter + row * q->args);
            while (sql.at[i + 1] >= '0' && sql.at[i + 1] <= '9') i++;
        }
    }
    buf_put(&b, text_skip(sql, end));
    return buf_text(&b).at;
}

static bool is_insert(const struct query *q)
{
    return text_starts(text_of(q->sqlite), T("INSERT"));
}

static enum err prepare_wide(struct ctx *c, const struct query *q, size_t width, sqlite3_stmt **out)
{
    struct lite *l = lite_of(c);
    sqlite3_stmt **slot = &l->wide[width][q->id];
    if (!*slot && sqlite3_prepare_v3(l->handle, wide_sql(c, q, widths[width]), -1,
                                     SQLITE_PREPARE_PERSISTENT, slot, NULL) != SQLITE_OK)
        return lite_fail(c, l, q->name);
    *out = *slot;
    return OK;
}

/* Two values that are the same to the last byte, or texts in the same place. */
static bool is_same(const struct value *a, const struct value *b)
{
    if (a->kind != b->kind) return false;
    if (a->kind == V_NULL) return true;
    if (a->kind == V_I64) return a->i64 == b->i64;
    return a->text.at == b->text.at && a->text.len == b->text.len;
}

/* What the row before has bound stays: most columns of a set are the same in all of its rows. */
static void bind(sqlite3_stmt *s, const struct value *at, size_t count, const struct value *before)
{
    for (int i = 0; i < (int)count; i++) {
        const struct value *v = &at[i];
        if (before && is_same(v, &before[i])) continue;
        switch (v->kind) {
        case V_NULL: sqlite3_bind_null(s, i + 1); break;
        case V_I64: sqlite3_bind_int64(s, i + 1, v->i64); break;
        case V_TEXT:
            sqlite3_bind_text(s, i + 1, v->text.at, (int)v->text.len, SQLITE_STATIC);
            break;
        case V_BYTES:
            sqlite3_bind_blob(s, i + 1, v->text.at, (int)v->text.len, SQLITE_STATIC);
            break;
        case V_I64S:
        case V_TEXTS: keys_bind(s, i + 1, v); break;
        }
    }
}

/* One look at a column instead of one for its type and one for its value. SQLite calls such a value
   unprotected, which matters where threads share a connection; here each has its own. */
static struct text text_in(struct ctx *c, sqlite3_value *v)
{
    const void *at = sqlite3_value_blob(v);
    size_t n = (size_t)sqlite3_value_bytes(v);
    return text_copy(c->arena, (struct text){n ? at : "", n});
}

static void decode(struct ctx *c, sqlite3_stmt *s, const struct fields *f, void *record)
{
    for (size_t i = 0; i < f->count; i++) {
        const struct field *field = &f->at[i];
        sqlite3_value *v = sqlite3_column_value(s, (int)i);
        bool is_absent = sqlite3_value_type(v) == SQLITE_NULL;
        if (field->kind == F_TEXT || field->kind == F_JSON) {
            struct text t = is_absent ? (struct text){0} : text_in(c, v);
            memcpy((char *)record + field->offset, &t, sizeof t);
        } else {
            field_set_i64(field, record, is_absent ? NONE : sqlite3_value_int64(v));
        }
    }
}

static enum err check_columns(struct ctx *c, const struct query *q, sqlite3_stmt *s,
                              const struct fields *f)
{
    bool *checked = &lite_of(c)->checked[q->id];
    if (*checked) return OK;
    bool same = sqlite3_column_count(s) == (int)f->count;
    for (size_t i = 0; same && i < f->count && f->count > 1; i++)
        same = strcmp(sqlite3_column_name(s, (int)i), f->at[i].name) == 0;
    if (!same)
        return fail(c, ERR_BUG, "sql", "the columns of %s are not the fields of %s", q->name,
                    f->name);
    *checked = true;
    return OK;
}

static enum err lite_run(struct ctx *c, const struct query *q, struct values args,
                         const struct sink *sink, int64_t *changed)
{
    struct lite *l = lite_of(c);
    sqlite3_stmt *s;
    TRY(prepare(c, q, &s));
    args = keys_sets_in_order(c->arena, args);
    bind(s, args.at, args.count, NULL);
    enum err e = sink ? check_columns(c, q, s, sink->fields) : OK;
    void *record = sink ? arena_alloc(c->arena, sink->fields->size, alignof(max_align_t)) : NULL;
    while (e == OK) {
        int code = sqlite3_step(s);
        if (code == SQLITE_DONE) break;
        if (code != SQLITE_ROW) {
            e = lite_fail(c, l, q->name);
        } else if (sink) {
            decode(c, s, sink->fields, record);
            e = sink->row(c, sink->arg, record);
        }
    }
    if (changed) *changed = sqlite3_changes64(l->handle);
    sqlite3_reset(s);
    return e;
}

/* Rows from `from` on, `width` by each execution of the statement, until so many are not left. */
static enum err each_of(struct ctx *c, const struct query *q, sqlite3_stmt *s, size_t width,
                        const struct value *rows, size_t *from, size_t count, bool *took,
                        int64_t *changed)
{
    struct lite *l = lite_of(c);
    const struct value *before = NULL;
    for (; *from + width <= count; *from += width) {
        const struct value *at = rows + *from * q->args;
        bind(s, at, width * q->args, before);
        before = at;
        int code = sqlite3_step(s);
        enum err e = code == SQLITE_DONE || code == SQLITE_ROW ? OK : lite_fail(c, l, q->name);
        sqlite3_reset(s);
        if (e != OK) return e;
        int64_t n = sqlite3_changes64(l->handle);
        if (took) took[*from] = n > 0;
        *changed += n;
    }
    return OK;
}

/* Starting and ending a statement costs as much as a fifth of the row that it writes. */
static enum err lite_each(struct ctx *c, const struct query *q, const struct value *rows,
                          size_t count, bool *took, int64_t *changed)
{
    sqlite3_stmt *s;
    size_t at = 0;
    for (size_t w = 0; w < WIDTHS && !took && is_insert(q); w++) {
        if (count - at < widths[w]) continue;
        TRY(prepare_wide(c, q, w, &s));
        TRY(each_of(c, q, s, widths[w], rows, &at, count, NULL, changed));
    }
    if (at == count) return OK;
    TRY(prepare(c, q, &s));
    return each_of(c, q, s, 1, rows, &at, count, took, changed);
}

static enum err lite_prepare(struct ctx *c, const struct query *q)
{
    sqlite3_stmt *s;
    for (size_t w = 0; w < WIDTHS && q->is_many && is_insert(q); w++)
        TRY(prepare_wide(c, q, w, &s));
    return prepare(c, q, &s);
}

/* `number` is what it answers. */
static enum err step(struct ctx *c, enum step which, int64_t *number)
{
    struct lite *l = lite_of(c);
    sqlite3_stmt **s = &l->steps[which];
    if (!*s && sqlite3_prepare_v3(l->handle, step_sql[which], -1, SQLITE_PREPARE_PERSISTENT, s,
                                  NULL) != SQLITE_OK)
        return lite_fail(c, l, step_sql[which]);
    enum err e = sqlite3_step(*s) == (number ? SQLITE_ROW : SQLITE_DONE)
                     ? OK
                     : lite_fail(c, l, step_sql[which]);
    if (e == OK && number) *number = sqlite3_column_int64(*s, 0);
    sqlite3_reset(*s);
    return e;
}

/* The version holds until the end of the transaction: nobody else can commit meanwhile. */
static enum err lite_begin(struct ctx *c)
{
    struct lite *l = lite_of(c);
    int64_t version = 0; /* changes when others have committed */
    TRY(step(c, BEGIN, NULL));
    enum err e = step(c, VERSION, &version);
    if (e == OK)
        kept_begin(l->db.kept, version);
    else
        sqlite3_exec(l->handle, "ROLLBACK", NULL, NULL, NULL);
    return e;
}

static enum err lite_commit(struct ctx *c) { return step(c, COMMIT, NULL); }
static enum err lite_savepoint(struct ctx *c) { return step(c, SAVEPOINT, NULL); }
static enum err lite_release(struct ctx *c) { return step(c, RELEASE, NULL); }
static enum err lite_undo(struct ctx *c)
{
    kept_undone(lite_of(c)->db.kept);
    return step(c, UNDO, NULL);
}

static void lite_rollback(struct ctx *c)
{
    kept_undone(lite_of(c)->db.kept);
    /* SQLite may have rolled back by itself after a full disk; that is no further error. */
    if (!sqlite3_get_autocommit(lite_of(c)->handle))
        sqlite3_exec(lite_of(c)->handle, "ROLLBACK", NULL, NULL, NULL);
}

static enum err lite_script(struct ctx *c, const char *sql) { return execute(c, lite_of(c), sql); }

static enum err lite_ask(struct ctx *c, const char *sql, int64_t *out)
{
    struct lite *l = lite_of(c);
    sqlite3_stmt *s = NULL;
    if (sqlite3_prepare_v2(l->handle, sql, -1, &s, NULL) != SQLITE_OK) return lite_fail(c, l, sql);
    int code = sqlite3_step(s);
    *out = code == SQLITE_ROW && sqlite3_column_type(s, 0) != SQLITE_NULL
               ? sqlite3_column_int64(s, 0)
               : NONE;
    enum err e = code == SQLITE_ROW || code == SQLITE_DONE ? OK : lite_fail(c, l, sql);
    sqlite3_finalize(s);
    return e;
}

/* --- statements made at run time ------------------------------------------------------------- */

static enum err column_value(struct ctx *c, sqlite3_stmt *s, int column, struct value *out)
{
    int type = sqlite3_column_type(s, column);
    *out = (struct value){.kind = V_NULL};
    if (type == SQLITE_INTEGER) {
        *out = (struct value){.kind = V_I64, .i64 = sqlite3_column_int64(s, column)};
    } else if (type == SQLITE_TEXT || type == SQLITE_BLOB) {
        const void *at = sqlite3_column_blob(s, column);
        size_t n = (size_t)sqlite3_column_bytes(s, column);
        *out = (struct value){.kind = type == SQLITE_TEXT ? V_TEXT : V_BYTES,
                              .text = {n ? at : "", n}};
    } else if (type != SQLITE_NULL) {
        return fail(c, ERR_CONFLICT, "wrong_kind", "%s holds a number with a fraction",
                    sqlite3_column_name(s, column));
    }
    return OK;
}

static enum err lite_rows(struct ctx *c, const char *sql, struct values args, bool is_long,
                          values_fn *row, void *arg)
{
    struct lite *l = lite_of(c);
    sqlite3_stmt *s = NULL;
    (void)is_long; /* never more than one row in memory */
    kept_spoil(l->db.kept, UINT64_MAX);
    if (sqlite3_prepare_v2(l->handle, sql, -1, &s, NULL) != SQLITE_OK) return lite_fail(c, l, sql);
    bind(s, args.at, args.count, NULL);
    size_t count = (size_t)sqlite3_column_count(s);
    struct value *values = arena_new(c->arena, struct value, count);
    enum err e = OK;
    int code = SQLITE_ROW;
    while (e == OK && (code = sqlite3_step(s)) == SQLITE_ROW) {
        for (size_t i = 0; i < count && e == OK; i++) e = column_value(c, s, (int)i, &values[i]);
        if (e == OK) e = row(c, arg, values, count);
    }
    if (e == OK && code != SQLITE_DONE) e = lite_fail(c, l, sql);
    sqlite3_finalize(s);
    return e;
}

static enum err lite_fill(struct ctx *c, const struct dump_table *t, const struct value *rows,
                          size_t count)
{
    struct lite *l = lite_of(c);
    sqlite3_stmt *s = NULL;
    struct buf b = buf_new(c->arena), places = buf_new(c->arena);
    kept_spoil(l->db.kept, UINT64_MAX);
    buf_printf(&b, "INSERT INTO \"%s\" (", t->name);
    for (size_t i = 0, n = 0; i < t->column_count; i++) {
        if (t->columns[i].is_computed) continue;
        buf_printf(&b, "%s\"%s\"", n ? ", " : "", t->columns[i].name);
        buf_printf(&places, "%s?%zu", n ? ", " : "", i + 1);
        n++;
    }
    buf_printf(&b, ") VALUES (%s)", places.at);
    if (sqlite3_prepare_v2(l->handle, buf_text(&b).at, -1, &s, NULL) != SQLITE_OK)
        return lite_fail(c, l, t->name);
    enum err e = OK;
    for (size_t i = 0; i < count && e == OK; i++) {
        bind(s, rows + i * t->column_count, t->column_count, NULL);
        if (sqlite3_step(s) != SQLITE_DONE) e = lite_fail(c, l, t->name);
        sqlite3_reset(s);
    }
    sqlite3_finalize(s);
    return e;
}

static enum err lite_learn(struct ctx *c)
{
    struct lite *l = lite_of(c);
    return sqlite_plan_teach(l->handle, c->arena) ? OK : lite_fail(c, l, "statistics");
}

const struct db_driver sqlite_driver = {
    .engine = DB_SQLITE,
    .has_savepoints = true,
    .open = lite_open,
    .close = lite_close,
    .begin = lite_begin,
    .commit = lite_commit,
    .rollback = lite_rollback,
    .savepoint = lite_savepoint,
    .release = lite_release,
    .rollback_to = lite_undo,
    .run = lite_run,
    .each = lite_each,
    .prepare = lite_prepare,
    .script = lite_script,
    .ask = lite_ask,
    .rows = lite_rows,
    .fill = lite_fill,
    .learn = lite_learn,
};
