/* store/db.c: the rules that both engines share. */
#include "store/db.h"

#include "base/log.h"
#include "base/sort.h"
#include "base/source.h"
#include "queries.h"
#include "store/driver.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

struct put {
    const struct query *query;
    struct value *rows; /* count * query->args */
    size_t count, capacity;
    size_t keys; /* of differences that are added up; 0 for plain rows */
    bool is_sure;
};

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
    return after(c, c->db->driver->run(c, q, args, sink, changed));
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
        if (e == OK) e = c->db->driver->each(c, q, rows, count, took, &total);
        TRY(after(c, e));
    }
    if (changed) *changed = total;
    return OK;
}

static struct put *put_of(struct ctx *c, const struct query *q, bool is_sure, size_t keys)
{
    struct db *db = c->db;
    assert(db->in_tx && q->is_many);
    for (size_t i = 0; i < db->put_count; i++)
        if (db->puts[i].query == q && db->puts[i].is_sure == is_sure) return &db->puts[i];
    struct put *p = arena_push(c->arena, db->puts, db->put_count, db->put_capacity);
    *p = (struct put){.query = q, .is_sure = is_sure, .keys = keys};
    return p;
}

static enum err put(struct ctx *c, const struct query *q, struct values args, bool is_sure,
                    size_t keys)
{
    assert(args.count == q->args);
    TRY(check_usable(c, q));
    struct put *p = put_of(c, q, is_sure, keys);
    size_t size = sizeof(struct value) * q->args;
    p->rows = arena_grow(c->arena, p->rows, p->count, &p->capacity, size);
    memcpy(p->rows + p->count++ * q->args, args.at, size);
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
    struct value *at = arena_new(c->arena, struct value, f->count);
    for (size_t i = 0; i < f->count; i++) {
        const struct field *field = &f->at[i];
        if (field->kind == F_TEXT || field->kind == F_JSON) {
            struct text t;
            memcpy(&t, (const char *)record + field->offset, sizeof t);
            at[i] = value_text(t);
        } else {
            at[i] = value_i64(field_i64(field, record));
        }
    }
    return put(c, q, (struct values){at, f->count}, false, 0);
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
    db->put_count = db->put_capacity = 0;
    db->puts = NULL;
    db->in_flush = false;
    return e;
}

enum err db_script(struct ctx *c, const char *sql)
{
    TRY(db_flush(c));
    return after(c, c->db->driver->script(c, sql));
}

enum err db_ask(struct ctx *c, const char *sqlite, const char *postgres, int64_t *out)
{
    TRY(db_flush(c));
    const char *sql = c->db->driver->engine == DB_SQLITE ? sqlite : postgres;
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

/* --- units of work --------------------------------------------------------------------------- */

static void forget_puts(struct db *db)
{
    db->puts = NULL;
    db->put_count = db->put_capacity = 0;
    db->in_flush = false;
}

static enum err work_and_close(struct ctx *c, work_fn *work, void *arg)
{
    c->now_us = source_now_us(c->source);
    c->events = NULL;
    c->closing = NULL;
    c->fault = (struct fault){0};
    enum err e = work(c, arg);
    if (e == OK && c->closing) e = c->closing(c);
    if (e == OK) e = db_flush(c);
    return e;
}

static void sleep_jittered(struct ctx *c, int attempt)
{
    int64_t most_us = INT64_C(500) << attempt;
    struct timespec t = {0, (long)(1000 * (most_us / 2 + source_below(c->source, most_us)))};
    nanosleep(&t, NULL);
}

static enum err node_lost(struct ctx *c)
{
    fail(c, ERR_UPSTREAM, "node_lost", "this process lost its number for identifiers");
    return hint(c, "it takes another as soon as the database answers; ask again");
}

/* One unit in a transaction of its own. */
static enum err run_alone(struct ctx *c, struct db *db, work_fn *work, void *arg, bool is_preview)
{
    struct db *before = c->db;
    struct arena_mark mark = arena_mark(c->arena);
    enum err e = ERR_BUSY;
    c->db = db;
    for (int attempt = 0; attempt < ATTEMPTS_MAX && e == ERR_BUSY; attempt++) {
        if (attempt) {
            arena_rewind(c->arena, mark);
            if (db->driver->engine != DB_SQLITE) sleep_jittered(c, attempt);
        }
        forget_puts(db);
        db->attempt = attempt;
        int64_t term = source_term(c->source);
        e = term ? db->driver->begin(c) : node_lost(c);
        if (e != OK) continue;
        db->in_tx = true;
        db->tx_failed = false;
        db->merchant_id = NONE;
        e = work_and_close(c, work, arg);
        /* A process that stood still for longer than its lease may not write what it had begun. */
        if (e == OK && source_term(c->source) != term) e = node_lost(c);
        if (e == OK && !is_preview) {
            e = db->driver->commit(c);
            if (e != OK && e != ERR_UNKNOWN) db->driver->rollback(c);
        } else {
            db->driver->rollback(c);
        }
        db->in_tx = db->tx_failed = false;
        forget_puts(db);
    }
    c->db = before;
    return e;
}

/* One unit behind a savepoint of the group's transaction. */
static enum err run_in_group(struct ctx *c, struct db *db, work_fn *work, void *arg,
                             bool is_preview)
{
    struct db *before = c->db;
    struct arena_mark mark = arena_mark(c->arena);
    enum err e = ERR_BUSY;
    c->db = db;
    for (int attempt = 0; attempt < ATTEMPTS_MAX && e == ERR_BUSY; attempt++) {
        if (attempt) arena_rewind(c->arena, mark);
        forget_puts(db);
        e = db->driver->savepoint(c);
        if (e != OK) break;
        db->in_tx = true;
        db->tx_failed = false;
        db->merchant_id = NONE;
        e = work_and_close(c, work, arg);
        if (e != OK || is_preview) {
            struct fault fault = c->fault;
            enum err undone = db->driver->rollback_to(c);
            if (undone != OK) e = undone;
            c->fault = fault;
        }
        enum err released = db->driver->release(c);
        if (released != OK) e = released;
        db->tx_failed = false;
        forget_puts(db);
    }
    db->in_tx = false;
    c->db = before;
    return e;
}

/* On a very busy database a steady view would lose every race: after half of the attempts it is
   given up, and what others change meanwhile may show in the comparison. */
static bool is_steady(const struct db *db)
{
    return db->driver->steady && db->attempt < ATTEMPTS_MAX / 2;
}

enum err db_trial(struct ctx *c, work_fn *work, void *arg)
{
    struct db *db = c->db;
    assert(db_in_tx(c) && !db->put_count);
    if (is_steady(db)) TRY(db->driver->steady(c));
    TRY(db->driver->savepoint(c));
    db->touched = NULL;
    db->touched_count = db->touched_capacity = 0;
    db->is_trial = true;
    enum err e = work(c, arg);
    if (e == OK) e = db_flush(c);
    db->is_trial = false;
    struct fault fault = c->fault;
    enum err undone = db->driver->rollback_to(c);
    if (undone == OK) undone = db->driver->release(c);
    if (undone == OK) c->fault = fault;
    db->tx_failed = undone != OK;
    forget_puts(db);
    c->events = NULL;
    c->closing = NULL;
    return e == OK ? undone : e;
}

enum err db_trial_touched(struct ctx *c, const int64_t **ids, size_t *count)
{
    struct db *db = c->db;
    assert(db->is_trial);
    TRY(db_flush(c));
    sort_i64(db->touched, db->touched_count);
    db->touched_count = unique_i64(db->touched, db->touched_count);
    *ids = db->touched;
    *count = db->touched_count;
    return OK;
}

static enum err open_inline(struct ctx *c, struct store *s)
{
    if (s->inline_writer) return OK;
    return s->driver->open(c, s, true, &s->inline_writer);
}

struct waiting {
    pthread_mutex_t lock;
    pthread_cond_t answered;
    bool is_done;
};

struct caller {
    struct unit unit; /* first: `done` gets its address */
    struct waiting waiting;
};

static void caller_done(struct unit *u)
{
    struct waiting *w = &((struct caller *)u)->waiting;
    pthread_mutex_lock(&w->lock);
    w->is_done = true;
    pthread_cond_signal(&w->answered);
    pthread_mutex_unlock(&w->lock);
}

static enum err transact(struct ctx *c, work_fn *work, void *arg, bool is_preview)
{
    struct store *s = c->store;
    assert(!db_in_tx(c));
    if (s->is_started) {
        struct caller caller = {
            .unit = {
                .ctx = c, .work = work, .arg = arg, .done = caller_done, .is_preview = is_preview}};
        pthread_mutex_init(&caller.waiting.lock, NULL);
        pthread_cond_init(&caller.waiting.answered, NULL);
        db_submit(&caller.unit);
        pthread_mutex_lock(&caller.waiting.lock);
        while (!caller.waiting.is_done)
            pthread_cond_wait(&caller.waiting.answered, &caller.waiting.lock);
        pthread_mutex_unlock(&caller.waiting.lock);
        pthread_mutex_destroy(&caller.waiting.lock);
        pthread_cond_destroy(&caller.waiting.answered);
        return caller.unit.result;
    }
    if (s->options.read_only)
        return fail(c, ERR_DENIED, "read_only", "the database was opened for reading only");
    pthread_mutex_lock(&s->lock);
    enum err e = open_inline(c, s);
    if (e == OK)
        e = s->in_group ? run_in_group(c, s->inline_writer, work, arg, is_preview)
                        : run_alone(c, s->inline_writer, work, arg, is_preview);
    pthread_mutex_unlock(&s->lock);
    return e;
}

enum err db_tx(struct ctx *c, work_fn *work, void *arg) { return transact(c, work, arg, false); }

enum err db_preview(struct ctx *c, work_fn *work, void *arg)
{
    return transact(c, work, arg, true);
}

enum err db_group_begin(struct ctx *c)
{
    struct store *s = c->store;
    assert(!s->is_started && !s->in_group);
    TRY(open_inline(c, s));
    if (!s->driver->has_savepoints) return OK;
    struct db *before = c->db;
    c->db = s->inline_writer;
    enum err e = s->driver->begin(c);
    c->db = before;
    s->in_group = e == OK;
    return e;
}

enum err db_group_end(struct ctx *c)
{
    struct store *s = c->store;
    if (!s->in_group) return OK;
    struct db *before = c->db;
    c->db = s->inline_writer;
    enum err e = s->driver->commit(c);
    if (e != OK) s->driver->rollback(c);
    c->db = before;
    s->in_group = false;
    return e;
}

/* --- writers --------------------------------------------------------------------------------- */

static int64_t clock_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * INT64_C(1000000) + t.tv_nsec / 1000;
}

void db_submit(struct unit *u)
{
    struct store *s = u->ctx->store;
    pthread_mutex_lock(&s->lock);
    queue_put(&s->queue, u);
    pthread_cond_signal(&s->wake);
    pthread_mutex_unlock(&s->lock);
}

bool store_has_room(struct store *s, int64_t merchant_id, int64_t weight)
{
    int64_t most_us = s->options.queue_us ? s->options.queue_us : QUEUE_US_USUAL;
    int writers = s->thread_count ? s->thread_count : 1;
    pthread_mutex_lock(&s->lock);
    bool has_room = queue_has_room(&s->queue, merchant_id, weight, writers, most_us);
    pthread_mutex_unlock(&s->lock);
    return has_room;
}

static struct taken take(struct store *s, bool is_mixed)
{
    struct taken t = {0};
    pthread_mutex_lock(&s->lock);
    while (queue_is_empty(&s->queue) && !s->is_stopping) pthread_cond_wait(&s->wake, &s->lock);
    if (!queue_is_empty(&s->queue)) t = queue_take(&s->queue, is_mixed, clock_us());
    if (!queue_is_empty(&s->queue)) pthread_cond_signal(&s->wake);
    pthread_mutex_unlock(&s->lock);
    return t;
}

static void give_back(struct store *s, const struct taken *t)
{
    pthread_mutex_lock(&s->lock);
    queue_done(&s->queue, t, clock_us());
    pthread_mutex_unlock(&s->lock);
}

/* A unit that lost its commit with the others of its group. */
static void commit_failed(struct unit *u, enum err e, const struct fault *fault)
{
    u->result = e;
    u->ctx->fault = *fault;
}

/* Units that share their statements. */
struct party {
    struct unit *at[TOGETHER_MAX];
    size_t count;
};

static enum err party_work(struct ctx *c, void *arg)
{
    const struct party *p = arg;
    return p->at[0]->together(c, p->at, p->count);
}

typedef enum err run_fn(struct ctx *c, struct db *db, work_fn *work, void *arg, bool is_preview);

/* `a` lends memory to what the units answer with: it lives until they were told. */
static void run_party(struct db *db, run_fn *run_unit, struct arena *a, struct party *p)
{
    const struct ctx *first = p->at[0]->ctx;
    struct ctx c = {.arena = a,
                    .source = first->source,
                    .store = first->store,
                    .merchant_id = first->merchant_id};
    enum err e = p->count > 1 ? run_unit(&c, db, party_work, p, false) : ERR_BUSY;
    for (size_t i = 0; i < p->count && e != OK; i++) {
        struct unit *u = p->at[i];
        u->result = e == ERR_UNKNOWN ? e : run_unit(u->ctx, db, u->work, u->arg, u->is_preview);
        if (e == ERR_UNKNOWN) u->ctx->fault = c.fault;
    }
}

/* Each in its turn, except those alike, who go with the first of them. */
static void run_parties(struct db *db, run_fn *run_unit, struct arena *a, struct unit *first)
{
    for (struct unit *u = first; u; u = u->next) u->is_taken = false;
    for (struct unit *u = first; u; u = u->next) {
        if (u->is_taken) continue;
        struct party p = {.at = {u}, .count = 1};
        for (struct unit *v = u->together ? u->next : NULL; v && p.count < TOGETHER_MAX;
             v = v->next) {
            if (v->is_taken || !unit_is_alike(u, v)) continue;
            v->is_taken = true;
            p.at[p.count++] = v;
        }
        run_party(db, run_unit, a, &p);
    }
}

static void run_group(struct db *db, struct arena *a, struct unit *first)
{
    if (!first->next || !db->driver->has_savepoints) {
        run_parties(db, run_alone, a, first);
        for (struct unit *u = first, *next; u; u = next) {
            next = u->next;
            u->done(u);
        }
        return;
    }
    struct ctx *c = first->ctx;
    struct db *before = c->db;
    c->db = db;
    enum err e = db->driver->begin(c);
    c->db = before;
    if (e == OK) {
        run_parties(db, run_in_group, a, first);
        struct fault fault = c->fault;
        c->db = db;
        e = db->driver->commit(c);
        if (e != OK)
            db->driver->rollback(c);
        else
            c->fault = fault;
        c->db = before;
    }
    struct fault fault = c->fault;
    for (struct unit *u = first, *next; u; u = next) {
        next = u->next;
        if (e != OK && u->result == OK) commit_failed(u, e, &fault);
        u->done(u);
    }
}

static void *writer(void *arg)
{
    struct store *s = arg;
    struct db *db = NULL;
    struct taken taken;
    struct arena arena = {0};
    while ((taken = take(s, s->driver->has_savepoints)).first) {
        struct unit *first = taken.first;
        enum err e = db ? OK : s->driver->open(first->ctx, s, true, &db);
        if (e == OK) {
            struct arena_mark mark = arena_mark(&arena);
            run_group(db, &arena, first);
            arena_rewind(&arena, mark);
            give_back(s, &taken);
            continue;
        }
        struct fault fault = first->ctx->fault;
        for (struct unit *u = first, *next; u; u = next) {
            next = u->next;
            commit_failed(u, e, &fault);
            u->done(u);
        }
        give_back(s, &taken);
    }
    if (db) s->driver->close(db);
    arena_free(&arena);
    return NULL;
}

void store_start(struct store *s)
{
    assert(!s->is_started && !s->options.read_only);
    pthread_mutex_lock(&s->lock);
    if (s->inline_writer) {
        s->driver->close(s->inline_writer);
        s->inline_writer = NULL;
    }
    s->is_started = true;
    pthread_mutex_unlock(&s->lock);
    int n = s->driver->engine == DB_SQLITE ? 1 : s->options.writers ? s->options.writers : 2;
    if (n > WRITERS_MAX) n = WRITERS_MAX;
    for (s->thread_count = 0; s->thread_count < n; s->thread_count++)
        pthread_create(&s->threads[s->thread_count], NULL, writer, s);
}

int64_t store_queries(const struct store *s)
{
    return atomic_load_explicit(&s->queries, memory_order_relaxed);
}
