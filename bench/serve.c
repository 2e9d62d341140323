/* bench/serve.c: orders over HTTP into this very program, in turns with the floor of front.h. */
#include "bench/bench.h"

#include "bench/front.h"
#include "wire/http_server.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* How many ask at once; those without a name are for the plot alone. */
static const struct crowd {
    int clients;
    const char *name;
} crowds[] = {
    {1, "intake_http_1"}, {8, NULL}, {64, "intake_http"}, {256, NULL}, {512, "intake_http_512"}};
enum { CROWDS = sizeof crowds / sizeof *crowds };

struct pair {
    struct bench_target server, floor;
    pid_t server_pid, floor_pid;
    int64_t next; /* number of the next order */
    struct bench_speed speeds[CROWDS][ROUNDS_MAX], floors[CROWDS][ROUNDS_MAX];
};

static void take(struct figures *f, const char *prefix, const char *name, double value)
{
    char key[64];
    snprintf(key, sizeof key, "%s.%s", prefix, name);
    figure_take(f, key, value);
}

static void take_crowd(const struct crowd *k, const struct bench_speed *speed,
                       const struct bench_speed *floor, struct figures *f)
{
    double commit_ms = figure_median(f, "intake.commit_ms");
    take(f, k->name, "rate", (double)speed->rate);
    take(f, k->name, "p50_ms", (double)speed->p50_us / 1e3);
    if (k->clients == 1) return;
    take(f, k->name, "p99_ms", (double)speed->p99_us / 1e3);
    take(f, k->name, "floor_rate", (double)floor->rate);
    take(f, k->name, "ratio_to_floor", floor->rate ? (double)speed->rate / (double)floor->rate : 0);
    if (k->clients == 512 && commit_ms > 0)
        take(f, k->name, "p99_to_commit", (double)speed->p99_us / 1e3 / commit_ms);
}

/* The floor, then the server, with the same orders. */
static enum err one_turn(struct ctx *c, struct pair *p, int crowd, int round, int64_t orders)
{
    int clients = crowds[crowd].clients;
    TRY(bench_http(c, p->floor, clients, p->next, orders, &p->floors[crowd][round]));
    TRY(bench_http(c, p->server, clients, p->next, orders, &p->speeds[crowd][round]));
    p->next += orders;
    return OK;
}

static enum err take_turns(struct ctx *c, struct pair *p, struct bench_options o, struct figures *f)
{
    if (p->server_pid <= 0 || p->floor_pid <= 0 || !bench_is_up(p->server.port, 10) ||
        !bench_is_up(p->floor.port, 10))
        return fail(c, ERR_UPSTREAM, "bench", "the server does not start");
    figure_take(f, "memory.idle_mb", bench_memory_mb(p->server_pid));
    int64_t few = o.is_quick ? 200 : 1000, many = o.is_quick ? 3000 : 15000;
    for (int round = 0; round < bench_rounds(o); round++) {
        for (int i = 0; i < CROWDS; i++) {
            if (!crowds[i].name && !o.results) continue;
            TRY(one_turn(c, p, i, round, crowds[i].clients < 64 ? few : many));
            if (crowds[i].name)
                take_crowd(&crowds[i], &p->speeds[i][round], &p->floors[i][round], f);
        }
        figure_take(f, "memory.clients_512_mb", bench_memory_mb(p->server_pid));
    }
    return OK;
}

static int by_rate(const void *a, const void *b)
{
    const struct bench_speed *x = a, *y = b;
    return (x->rate > y->rate) - (x->rate < y->rate);
}

/* The rounds' median by rate. */
static void put_series(struct bench_options o, struct pair *p)
{
    size_t rounds = (size_t)bench_rounds(o);
    if (!o.results) return;
    for (int i = 0; i < CROWDS; i++) {
        qsort(p->speeds[i], rounds, sizeof **p->speeds, by_rate);
        qsort(p->floors[i], rounds, sizeof **p->floors, by_rate);
        const struct bench_speed *s = &p->speeds[i][rounds / 2], *z = &p->floors[i][rounds / 2];
        bench_series(o, "clients", "%d\t%lld\t%lld\t%.3f\t%.3f", crowds[i].clients,
                     (long long)s->rate, (long long)z->rate, (double)s->p50_us / 1e3,
                     (double)s->p99_us / 1e3);
        for (int k = 0; k < PERCENTILES; k++)
            bench_series(o, "latency", "%d\t%g\t%.3f\t%.3f", crowds[i].clients,
                         bench_percentiles[k], (double)s->at_us[k] / 1e3,
                         (double)z->at_us[k] / 1e3);
    }
}

static pid_t start_floor(const char *log, int port)
{
    pid_t child = fork();
    if (child != 0) return child;
    front_serve(log, port);
}

enum err bench_serve(struct ctx *c, struct bench_options o, struct figures *f)
{
    const char *path = bench_path(c, o, "bench-http.db"), *log = bench_path(c, o, "bench-http.log");
    struct pair *p = arena_new(c->arena, struct pair, 1);
    p->next = 1;
    TRY(bench_prepare(c, path, &p->server.key, NULL));
    p->floor.key = p->server.key;
    p->server.port = http_free_port();
    p->server_pid = bench_start(path, p->server.port, NULL);
    p->floor.port = http_free_port();
    p->floor_pid = start_floor(log, p->floor.port);
    enum err e = take_turns(c, p, o, f);
    bench_end(p->server_pid, SIGTERM);
    bench_end(p->floor_pid, SIGKILL);
    bench_drop(path);
    bench_drop(log);
    if (e == OK) put_series(o, p);
    return e;
}
