/* store/writers.c: the threads that write. Units that wait at once share a commit, and those that
 * are alike their statements. */
#include "base/time.h"
#include "store/driver.h"

static int64_t clock_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * INT64_C(1000000) + t.tv_nsec / 1000;
}

void db_submit(struct unit *u)
{
    struct store *s = u->ctx->store;
    int64_t now_us = clock_us();
    pthread_mutex_lock(&s->lock);
    queue_put(&s->queue, u, now_us);
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

/* Until something may be taken, or the store stops: then all that is there is. */
static void wait_for_work(struct store *s)
{
    int64_t at_us;
    while (!s->is_stopping && (at_us = queue_ready_us(&s->queue, clock_us())) != 0) {
        if (at_us == INT64_MAX) {
            pthread_cond_wait(&s->wake, &s->lock);
            continue;
        }
        struct timespec at = {.tv_sec = at_us / SECOND_US, .tv_nsec = at_us % SECOND_US * 1000};
        pthread_cond_timedwait(&s->wake, &s->lock, &at);
    }
}

static struct taken take(struct store *s, bool is_mixed)
{
    struct taken t = {0};
    pthread_mutex_lock(&s->lock);
    wait_for_work(s);
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
        run_parties(db, unit_alone, a, first);
        for (struct unit *u = first, *next; u; u = next) {
            next = u->next;
            u->done(u);
        }
        return;
    }
    struct ctx *c = first->ctx;
    enum err e = group_begin(c, db);
    if (e == OK) {
        run_parties(db, unit_in_group, a, first);
        struct fault fault = c->fault;
        e = group_commit(c, db);
        if (e == OK) c->fault = fault;
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
