/* store/unit.c: units of work: what is done as a whole or not at all, again when it lost a race. */
#include "base/sort.h"
#include "base/source.h"
#include "store/driver.h"

#include <time.h>

static enum err work_and_close(struct ctx *c, work_fn *work, void *arg)
{
    c->now_us = source_now_us(c->source);
    c->askers = NULL;
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
enum err unit_alone(struct ctx *c, struct db *db, work_fn *work, void *arg, bool is_preview)
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
        puts_forget(db);
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
        puts_forget(db);
    }
    c->db = before;
    return e;
}

enum err group_begin(struct ctx *c, struct db *db)
{
    struct db *before = c->db;
    c->db = db;
    enum err e = db->driver->begin(c);
    db->group_begun = e == OK;
    db->group_holds = false;
    c->db = before;
    return e;
}

/* A unit that finds nothing in its group's transaction needs no savepoint, for which SQLite would
   keep every page as it was: undone, it takes the transaction with it, and the next one begins
   another. */
static enum err group_enter(struct ctx *c, bool *is_first)
{
    struct db *db = c->db;
    *is_first = !db->group_holds;
    if (db->group_holds) return db->driver->savepoint(c);
    return db->group_begun ? OK : group_begin(c, db);
}

static enum err group_leave(struct ctx *c, bool is_first, bool is_undone)
{
    struct db *db = c->db;
    if (is_first) {
        db->group_holds = !is_undone;
        if (is_undone) db->driver->rollback(c);
        if (is_undone) db->group_begun = false;
        return OK;
    }
    struct fault fault = c->fault;
    enum err undone = is_undone ? db->driver->rollback_to(c) : OK;
    if (is_undone) c->fault = fault;
    enum err released = db->driver->release(c);
    return released != OK ? released : undone;
}

/* One unit in its group's transaction. */
enum err unit_in_group(struct ctx *c, struct db *db, work_fn *work, void *arg, bool is_preview)
{
    struct db *before = c->db;
    struct arena_mark mark = arena_mark(c->arena);
    enum err e = ERR_BUSY;
    c->db = db;
    for (int attempt = 0; attempt < ATTEMPTS_MAX && e == ERR_BUSY; attempt++) {
        if (attempt) arena_rewind(c->arena, mark);
        puts_forget(db);
        bool is_first;
        e = group_enter(c, &is_first);
        if (e != OK) break;
        db->in_tx = true;
        db->tx_failed = false;
        db->merchant_id = NONE;
        e = work_and_close(c, work, arg);
        enum err left = group_leave(c, is_first, e != OK || is_preview);
        if (left != OK) e = left;
        db->tx_failed = false;
        puts_forget(db);
    }
    db->in_tx = false;
    c->db = before;
    return e;
}

/* Of the units that were let stand; nothing to commit is no error. */
enum err group_commit(struct ctx *c, struct db *db)
{
    struct db *before = c->db;
    c->db = db;
    enum err e = OK;
    if (db->group_begun) {
        e = db->driver->commit(c);
        if (e != OK) db->driver->rollback(c);
    }
    db->group_begun = db->group_holds = false;
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
    puts_forget(db);
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
        e = s->in_group ? unit_in_group(c, s->inline_writer, work, arg, is_preview)
                        : unit_alone(c, s->inline_writer, work, arg, is_preview);
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
    enum err e = group_begin(c, s->inline_writer);
    s->in_group = e == OK;
    return e;
}

enum err db_group_end(struct ctx *c)
{
    struct store *s = c->store;
    if (!s->in_group) return OK;
    s->in_group = false;
    return group_commit(c, s->inline_writer);
}
