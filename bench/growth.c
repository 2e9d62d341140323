/* bench/growth.c: two databases, one of which grows large: the rate of the intake, reads, the
 * audit, and how soon a server is there, at both sizes in turns. */
#include "bench/growth.h"

#include "base/source.h"
#include "base/time.h"
#include "bench/floor.h"
#include "store/db.h"
#include "wire/http_server.h"

#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

enum {
    CHUNK = 20 * BENCH_GROUP,
    STEPS = 20,              /* points of the plot */
    ORDER_BYTES_MOST = 1500, /* of the file, for an order */
    DAY_ORDERS = 100000      /* are placed in a day of the databases' own clocks */
};
static const int64_t gigabyte = 1000000000, room_left = 1000000000;

struct sizes {
    int64_t few, base, many, most; /* few to many: reads; base to most: the intake */
    int64_t timed;                 /* orders of a round of the intake */
};

struct grown {
    struct source clock;
    struct ctx own;
    const char *path;
    int64_t orders;
    bool is_plotted;
};

static struct sizes sizes_of(struct bench_options o)
{
    if (o.is_quick) {
        struct sizes s = {500, 1500, 20000, o.orders ? o.orders : 40000, 5 * BENCH_GROUP};
        return s;
    }
    struct sizes s = {10000, 100000, 1000000, o.orders ? o.orders : 3000000, 40 * BENCH_GROUP};
    return s;
}

static int64_t file_bytes(const char *path)
{
    struct stat s;
    return stat(path, &s) == 0 ? s.st_size : 0;
}

static enum err check_room(struct ctx *c, struct bench_options o, const struct sizes *s)
{
    struct statvfs disk;
    int64_t need = (s->most + s->base) * ORDER_BYTES_MOST + gigabyte + room_left, has;
    if (statvfs(o.dir, &disk) != 0) return OK;
    has = (int64_t)(disk.f_bavail * disk.f_frsize);
    if (has >= need) return OK;
    fail_at(c, ERR_INVALID, "no_room", "--orders", "%lld orders need %lld MB, and %lld MB are free",
            (long long)s->most, (long long)(need / 1000000), (long long)(has / 1000000));
    return hint(c, "ask for fewer with --orders, or for another disk with --dir");
}

static enum err reopen(struct ctx *c, struct grown *g)
{
    struct store *store;
    enum err e = store_open(&g->own, text_of(g->path), (struct store_options){0}, &store);
    if (e != OK) c->fault = g->own.fault;
    return e;
}

static void shut(struct grown *g)
{
    if (g->own.store) store_close(g->own.store);
    g->own.store = NULL;
    g->own.db = NULL;
}

static enum err add(struct ctx *c, struct grown *g, int64_t orders, struct bench_pace *out)
{
    *out = (struct bench_pace){0};
    for (int64_t n = 0; n < orders; n += CHUNK) {
        struct arena_mark mark = arena_mark(c->arena);
        struct bench_pace pace;
        int64_t now = orders - n < CHUNK ? orders - n : CHUNK;
        enum err e = bench_place(&g->own, bench_drafts(&g->own, g->orders + 1, now, 0), now,
                                 BENCH_GROUP, &pace);
        arena_rewind(c->arena, mark);
        if (e != OK) {
            c->fault = g->own.fault;
            return e;
        }
        g->orders += now;
        source_advance_us(&g->clock, now * DAY_US / DAY_ORDERS);
        out->us += pace.us;
        out->cpu_us += pace.cpu_us;
    }
    return OK;
}

/* Up to so many; every step of the way is a point of the plot. */
static enum err grow(struct ctx *c, struct bench_options o, struct grown *g, int64_t orders,
                     int64_t step)
{
    while (g->orders < orders) {
        int64_t now = orders - g->orders < step ? orders - g->orders : step;
        struct bench_pace pace;
        TRY(add(c, g, now, &pace));
        if (!g->is_plotted) continue;
        bench_series(o, "size", "%lld\t%.0f\t%.2f\t%.0f", (long long)g->orders,
                     bench_per_second(now, pace.us), (double)pace.cpu_us / (double)now,
                     (double)file_bytes(g->path) / (double)g->orders);
    }
    return OK;
}

static enum err audit(struct ctx *c, const struct grown *g, struct bench_child *out)
{
    *out = bench_child((const char *const[]){"audit", "--db", g->path, NULL});
    if (out->status == 0) return OK;
    return fail(c, ERR_BUG, "bench", "the audit ended with %d", out->status);
}

/* All but the newest `open` orders came to their end long ago. Written past the program, since
   only the board is asked about them afterwards. */
static enum err close_old(struct ctx *c, const struct grown *g, int64_t open)
{
    char sql[512], *what = NULL;
    sqlite3 *db = NULL;
    snprintf(sql, sizeof sql,
             "UPDATE order_state SET commercial = 2, holds = 0, released = units, picked = units,"
             " packed = units, shipped = units, delivered = units WHERE order_id <"
             " (SELECT order_id FROM order_state ORDER BY order_id DESC LIMIT 1 OFFSET %lld)",
             (long long)open - 1);
    bool ok = sqlite3_open(g->path, &db) == SQLITE_OK &&
              sqlite3_exec(db, sql, NULL, NULL, &what) == SQLITE_OK;
    enum err e = ok ? OK : fail(c, ERR_BUG, "bench", "%s", what ? what : sqlite3_errmsg(db));
    sqlite3_free(what);
    sqlite3_close(db);
    return e;
}

/* The audit at a tenth and at all of `many`; then reads beside `few`. */
static enum err look(struct ctx *c, struct bench_options o, struct grown *small,
                     struct grown *large, const struct sizes *s, struct figures *f)
{
    struct bench_child tenth, whole;
    TRY(grow(c, o, large, s->many / 10, s->most / STEPS));
    shut(large);
    TRY(audit(c, large, &tenth));
    TRY(reopen(c, large));
    TRY(grow(c, o, large, s->many, s->most / STEPS));
    shut(large);
    TRY(audit(c, large, &whole));
    figure_take(f, "audit.us", (double)whole.us / (double)large->orders);
    figure_take(f, "audit.memory_mb", (double)whole.memory_kb / 1024);
    figure_take(f, "audit.memory_ratio", (double)whole.memory_kb / (double)tenth.memory_kb);
    if (s->many == 1000000) figure_take(f, "audit.seconds", (double)whole.us / 1e6);
    TRY(close_old(c, large, s->few));
    TRY(reopen(c, large));
    TRY(grow(c, o, small, s->few, s->few));
    return bench_reading(c, (struct bench_shelf){&small->own, small->orders},
                         (struct bench_shelf){&large->own, large->orders}, bench_rounds(o), f);
}

/* The intake at both sizes in turns; `key` gets the ratio. */
static enum err race(struct ctx *c, struct bench_options o, struct grown *small,
                     struct grown *large, const struct sizes *s, const char *key, struct figures *f)
{
    for (int i = 0; i < bench_rounds(o); i++) {
        struct bench_pace less, more;
        TRY(add(c, small, s->timed, &less));
        TRY(add(c, large, s->timed, &more));
        figure_take(f, key, (double)less.us / (double)(more.us + 1));
        if (key[sizeof "growth.ratio" - 1]) continue; /* rates are told of one of them */
        figure_take(f, "growth.small_rate", bench_per_second(s->timed, less.us));
        figure_take(f, "growth.large_rate", bench_per_second(s->timed, more.us));
        figure_take(f, "growth.cpu_ratio", (double)more.cpu_us / (double)(less.cpu_us + 1));
    }
    return OK;
}

static enum err first_answer(struct ctx *c, struct bench_options o, struct grown *g,
                             struct figures *f)
{
    while (!o.is_quick && file_bytes(g->path) < gigabyte) {
        struct bench_pace pace;
        TRY(add(c, g, CHUNK, &pace));
    }
    if (file_bytes(g->path) < gigabyte) return OK;
    shut(g);
    for (int i = 0; i < bench_rounds(o); i++) {
        int port = http_free_port();
        int64_t begin = bench_now_us();
        pid_t pid = bench_start(g->path, port, NULL);
        bool is_up = bench_answers(port, 30);
        figure_take(f, "start.first_answer_ms", (double)(bench_now_us() - begin) / 1e3);
        bench_end(pid, SIGTERM);
        if (!is_up) return fail(c, ERR_UPSTREAM, "bench", "the server does not answer");
    }
    return OK;
}

static enum err all(struct ctx *c, struct bench_options o, struct grown *small, struct grown *large,
                    struct figures *f)
{
    const struct sizes s = sizes_of(o);
    TRY(look(c, o, small, large, &s, f));
    TRY(grow(c, o, large, s.most, s.most / STEPS));
    TRY(grow(c, o, small, s.base, s.base));
    figure_take(f, "growth.orders", (double)large->orders);
    figure_take(f, "growth.bytes", (double)file_bytes(large->path) / (double)large->orders);
    TRY(race(c, o, small, large, &s, "growth.ratio", f));
    if (s.most >= 10 * s.many) {
        TRY(grow(c, o, small, s.many, s.many));
        TRY(race(c, o, small, large, &s, "growth.ratio_10m", f));
    }
    return first_answer(c, o, small, f);
}

/* A new one, whose orders begin so long ago that they end by now. */
static enum err begin(struct ctx *c, struct grown *g, int64_t orders)
{
    struct ctx past = *c;
    int64_t begin_us = source_now_us(c->source) - orders / DAY_ORDERS * DAY_US - 10 * DAY_US;
    source_virtual(&g->clock, 1, begin_us);
    past.source = &g->clock;
    enum err e = bench_open(&past, g->path, &g->own);
    c->fault = past.fault;
    return e;
}

enum err bench_growth(struct ctx *c, struct bench_options o, struct figures *f)
{
    struct grown small = {.path = bench_path(c, o, "bench-small.db")};
    struct grown large = {.path = bench_path(c, o, "bench-large.db"), .is_plotted = true};
    const struct sizes s = sizes_of(o);
    TRY(check_room(c, o, &s));
    TRY(begin(c, &small, s.most));
    enum err e = begin(c, &large, s.most);
    if (e == OK) e = all(c, o, &small, &large, f);
    shut(&small);
    shut(&large);
    bench_drop(small.path);
    bench_drop(large.path);
    return e;
}
