/* store/db.c: statements: the rules that both engines share. */
#include "store/db.h"

#include "queries.h"
#include "store/driver.h"
#include "store/kept.h"

#include <stdlib.h>
#include <string.h>

struct put {
    const struct query *query;
    struct value *rows; /* count * query->args; on the heap, for the next unit as well */
    size_t count;
    size_t capacity; /* values */
    size_t keys;     /* of differences that are added up; 0 for plain rows */
    bool is_sure;
};

enum { PUT_KEPT_BYTES = 1024 * 1024 }; /* more is given back after the unit */

/* --- statements ------------------------------------------------------------------------------ */

/* PostgreSQL refuses everything after an error inside a transaction and SQLite does not. We refuse
   on both, or a path tested on one breaks on the other. */
static enum err check_usable(struct ctx *c, const struct query *q)
{
    assert(c->db);
    if (c->db->tx_failed)
        return fail(c, ERR_BUG, "tx_failed", "%s ran after an error in its transaction", q->name);
    if (c->db->in_scan)
        return fail(c, ERR_BUG, "in_scan", "%s ran while rows of another query came in", q->name);
    return OK;
}

static enum err after(struct ctx *c, enum err e)
{
    atomic_fetch_add_explicit(&c->db->store->queries, 1, memory_order_relaxed);
    if (e != OK && c->db->in_tx) c->db->tx_failed = true;
    return e;
}

static enum err run(struct ctx *c, const struct query *q, struct values args,
                    const struct sink *sink, int64_t *changed)
{
    assert(args.count == q->args && !q->is_many);
    TRY(db_flush(c));
    TRY(check_usable(c, q));
    if (args.count) TRY(merchant_check(c, q, args.at));
    kept_spoil(c->db->kept, q->spoils);
    kept_drop(c->db->kept, q, args.at, 1);
    if (!kept_serves(c->db, q, sink))
        return after(c, c->db->driver->run(c, q, args, sink, changed));
    bool is_run = true;
    enum err e = kept_run(c, q, args, sink, &is_run);
    if (!is_run) atomic_fetch_add_explicit(&c->db->store->queries_kept, 1, memory_order_relaxed);
    return after(c, e);
}

struct one {
    const struct fields *fields;
    void *out;
    int64_t rows;
};

static enum err take_one(struct ctx *c, void *arg, const void *record)
{
    struct one *one = arg;
    (void)c;
    if (one->rows++ == 0) memcpy(one->out, record, one->fields->size);
    return OK;
}

enum err db_find(struct ctx *c, const struct query *q, struct values args, const struct fields *f,
                 void *out, bool *found)
{
    struct one one = {f, out, 0};
    TRY(run(c, q, args, &(struct sink){f, take_one, &one, false}, NULL));
    if (one.rows > 1)
        return fail(c, ERR_BUG, "sql", "%s gave %lld rows", q->name, (long long)one.rows);
    *found = one.rows == 1;
    return OK;
}

enum err db_one(struct ctx *c, const struct query *q, struct values args, const struct fields *f,
                void *out)
{
    bool found = false;
    TRY(db_find(c, q, args, f, out, &found));
    return found ? OK : fail(c, ERR_NOT_FOUND, "not_found", "there is no such %s", f->name);
}

struct gathered {
    const struct fields *fields;
    struct list *list;
    size_t capacity;
};

static enum err gather(struct ctx *c, void *arg, const void *record)
{
    struct gathered *g = arg;
    size_t size = g->fields->size;
    g->list->at = arena_grow(c->arena, g->list->at, g->list->count, &g->capacity, size);
    memcpy((char *)g->list->at + size * g->list->count++, record, size);
    return OK;
}

enum err db_rows(struct ctx *c, const struct query *q, struct values args, const struct fields *f,
                 struct list *out)
{
    *out = (struct list){0};
    struct gathered g = {f, out, 0};
    return run(c, q, args, &(struct sink){f, gather, &g, false}, NULL);
}

struct scan {
    row_fn *row;
    void *arg;
    struct arena_mark mark; /* behind the record and the first row's texts */
    bool is_marked;
};

static enum err scan_row(struct ctx *c, void *arg, const void *record)
{
    struct scan *scan = arg;
    if (!scan->is_marked) scan->mark = arena_mark(c->arena);
    scan->is_marked = true;
    c->db->in_scan = true;
    enum err e = scan->row(c, scan->arg, record);
    c->db->in_scan = false;
    arena_rewind(c->arena, scan->mark);
    return e;
}

enum err db_scan(struct ctx *c, const struct query *q, struct values args, const struct fields *f,
                 row_fn *row, void *arg)
{
    struct scan scan = {.row = row, .arg = arg};
    return run(c, q, args, &(struct sink){f, scan_row, &scan, true}, NULL);
}

struct number {
    int64_t n;
};
static const struct field number_table[] = {FIELD(struct number, n, .flags = F_NULL)};
static const struct fields number_fields = FIELDS("number", struct number, number_table);

enum err db_number(struct ctx *c, const struct query *q, struct values args, int64_t *out)
{
    struct number number = {NONE};
    bool found = false;
    TRY(db_find(c, q, args, &number_fields, &number, &found));
    *out = found ? number.n : NONE;
    return OK;
}

static void touch(struct ctx *c, int64_t id)
{
    struct db *db = c->db;
    if (id < ID_LEAST) return;
    *arena_push(c->arena, db->touched, db->touched_count, db->touched_capacity) = id;
}

static void note(struct ctx *c, const struct value *at, size_t count)
{
    if (!c->db->is_trial) return;
    for (size_t i = 0; i < count; i++) {
        if (at[i].kind == V_I64) touch(c, at[i].i64);
        for (size_t k = 0; at[i].kind == V_I64S && k < at[i].set.count; k++)
            touch(c, ((const int64_t *)at[i].set.at)[k]);
    }
}

enum err db_exec(struct ctx *c, const struct query *q, struct values args, int64_t *changed)
{
    int64_t rows = 0;
    note(c, args.at, args.count);
    TRY(run(c, q, args, NULL, &rows));
    if (changed) *changed = rows;
    return OK;
}

enum err db_each(struct ctx *c, const struct query *q, const struct value *rows, size_t count,
                 bool *took, int64_t *changed)
{
    int64_t total = 0;
    assert(q->is_many);
    if (count) {
        if (!c->db->in_flush) TRY(db_flush(c));
        TRY(check_usable(c, q));
        note(c, rows, count * q->args);
        enum err e = rows_check(c, q, rows, count);
        kept_spoil(c->db->kept, q->spoils);
        kept_drop(c->db->kept, q, rows, count);
        if (e == OK) e = c->db->driver->each(c, q, rows, count, took, &total);
        TRY(after(c, e));
    }
    if (changed) *changed = total;
    return OK;
}

void puts_forget(struct db *db)
{
    for (size_t i = 0; i < db->put_room; i++) {
        if (db->puts[i].capacity * sizeof(struct value) <= PUT_KEPT_BYTES) continue;
        free(db->puts[i].rows);
        db->puts[i] = (struct put){0};
    }
    db->put_count = 0;
    db->in_flush = false;
}

void puts_free(struct db *db)
{
    for (size_t i = 0; i < db->put_room; i++) free(db->puts[i].rows);
    free(db->puts);
}

static struct put *put_of(struct ctx *c, const struct query *q, bool is_sure, size_t keys)
{
    struct db *db = c->db;
    assert(db->in_tx && q->is_many);
    for (size_t i = 0; i < db->put_count; i++)
        if (db->puts[i].query == q && db->puts[i].is_sure == is_sure) return &db->puts[i];
    if (db->put_count == db->put_room) {
        size_t room = db->put_room ? db->put_room * 2 : 16;
        db->puts = realloc(db->puts, room * sizeof *db->puts);
        if (!db->puts) abort();
        memset(db->puts + db->put_room, 0, (room - db->put_room) * sizeof *db->puts);
        db->put_room = room;
    }
    struct put *p = &db->puts[db->put_count++];
    *p = (struct put){
        .query = q, .is_sure = is_sure, .keys = keys, .rows = p->rows, .capacity = p->capacity};
    return p;
}

/* Where the values of one more row go. */
static enum err put_row(struct ctx *c, const struct query *q, bool is_sure, size_t keys,
                        struct value **row)
{
    TRY(check_usable(c, q));
    struct put *p = put_of(c, q, is_sure, keys);
    size_t used = p->count * q->args;
    if (used + q->args > p->capacity) {
        p->capacity = p->capacity ? p->capacity * 2 : 256;
        p->rows = realloc(p->rows, p->capacity * sizeof *p->rows);
        if (!p->rows) abort();
    }
    p->count++;
    *row = p->rows + used;
    return OK;
}

static enum err put(struct ctx *c, const struct query *q, struct values args, bool is_sure,
                    size_t keys)
{
    struct value *row;
    assert(args.count == q->args);
    TRY(put_row(c, q, is_sure, keys, &row));
    memcpy(row, args.at, sizeof *row * q->args);
    return OK;
}

void db_put_first(struct ctx *c, const struct query *q) { put_of(c, q, false, 0); }

enum err db_put(struct ctx *c, const struct query *q, struct values args)
{
    return put(c, q, args, false, 0);
}

enum err db_put_sure(struct ctx *c, const struct query *q, struct values args)
{
    return put(c, q, args, true, 0);
}

enum err db_add(struct ctx *c, const struct query *q, size_t keys, struct values args)
{
    return put(c, q, args, true, keys);
}

enum err db_put_record(struct ctx *c, const struct query *q, const struct fields *f,
                       const void *record)
{
    struct value *at;
    assert(f->count == q->args);
    TRY(put_row(c, q, false, 0, &at));
    for (size_t i = 0; i < f->count; i++) {
        const struct field *field = &f->at[i];
        const char *from = (const char *)record + field->offset;
        if (field->kind == F_TEXT || field->kind == F_JSON) {
            struct text t;
            memcpy(&t, from, sizeof t);
            at[i] = value_text(t);
        } else if (field->kind == F_I64) {
            int64_t n;
            memcpy(&n, from, sizeof n);
            at[i] = value_i64(n);
        } else {
            at[i] = value_i64(field_i64(field, record));
        }
    }
    return OK;
}

static int compare_keys(const void *a, const void *b, void *keys)
{
    const struct value *x = a, *y = b;
    for (size_t i = 0; i < *(const size_t *)keys; i++) {
        int order = x[i].kind == V_TEXT ? text_cmp(x[i].text, y[i].text)
                                        : (x[i].i64 > y[i].i64) - (x[i].i64 < y[i].i64);
        if (order) return order;
    }
    return 0;
}

/* In order of their keys, so that two transactions never wait for each other crosswise. */
static void add_up(struct put *p)
{
    size_t width = p->query->args, kept = 0;
    if (!p->keys || p->count < 2) return;
    qsort_r(p->rows, p->count, width * sizeof *p->rows, compare_keys, &p->keys);
    for (size_t i = 0; i < p->count; i++) {
        struct value *row = p->rows + i * width, *last = p->rows + (kept - 1) * width;
        if (kept && compare_keys(last, row, &p->keys) == 0)
            for (size_t k = p->keys; k < width; k++) last[k].i64 += row[k].i64;
        else
            memmove(p->rows + kept++ * width, row, width * sizeof *row);
    }
    p->count = kept;
}

enum err db_flush(struct ctx *c)
{
    struct db *db = c->db;
    if (!db->put_count || db->in_flush) return OK;
    db->in_flush = true;
    enum err e = OK;
    for (size_t i = 0; i < db->put_count && e == OK; i++) {
        struct put *p = &db->puts[i];
        int64_t changed = 0;
        if (!p->count) continue;
        add_up(p);
        e = db_each(c, p->query, p->rows, p->count, NULL, &changed);
        if (e == OK && p->is_sure && changed != (int64_t)p->count) {
            db->tx_failed = true;
            e = fail(c, ERR_BUSY, "raced", "%s: %lld of %zu rows had changed meanwhile",
                     p->query->name, (long long)(int64_t)p->count - (long long)changed, p->count);
        }
    }
    db->put_count = 0;
    db->in_flush = false;
    return e;
}

enum err db_script(struct ctx *c, const char *sql)
{
    TRY(db_flush(c));
    kept_spoil(c->db->kept, UINT64_MAX);
    return after(c, c->db->driver->script(c, sql));
}

enum err db_ask(struct ctx *c, const char *sqlite, const char *postgres, int64_t *out)
{
    TRY(db_flush(c));
    const char *sql = c->db->driver->engine == DB_SQLITE ? sqlite : postgres;
    kept_spoil(c->db->kept, UINT64_MAX);
    return after(c, c->db->driver->ask(c, sql, out));
}

size_t db_prepare_all(struct ctx *c, query_report_fn *report, void *arg)
{
    size_t failures = 0;
    assert(!db_in_tx(c));
    for (size_t i = 0; i < query_count; i++) {
        if (c->db->driver->prepare(c, queries[i]) == OK) continue;
        failures++;
        report(c, arg, queries[i]);
    }
    return failures;
}

bool db_in_tx(const struct ctx *c) { return c->db && c->db->in_tx; }

int64_t store_queries(const struct store *s)
{
    return atomic_load_explicit(&s->queries, memory_order_relaxed);
}

int64_t store_queries_kept(const struct store *s)
{
    return atomic_load_explicit(&s->queries_kept, memory_order_relaxed);
}
