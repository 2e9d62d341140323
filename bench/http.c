/* bench/http.c: orders over HTTP into a real server, by many connections that each wait for their
 * answer before they ask again. The client is one thread with epoll, so that it costs little. */
#include "bench/bench.h"

#include "bench/floor.h"
#include "bench/line.h"
#include "stages/1_receipt/receipt.h"
#include "wire/json.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

const double bench_percentiles[PERCENTILES] = {1, 5, 10, 25, 50, 75, 90, 95, 99, 99.5, 99.9};

struct load {
    struct ctx *c;
    int port, epoll;
    struct text key;
    int64_t sent, answered, refused, orders, first;
    struct text why; /* the first refusal */
    int64_t *waits_us;
    struct line *lines;
};

/* A body is made as the API takes it; the arena holds it until the round is over. */
static struct text request(struct load *l, int64_t n)
{
    struct arena *a = l->c->arena;
    struct draft d = bench_draft(l->c, n, BENCH_PRODUCTS, 0);
    struct text body = record_to_json(a, &draft_fields, &d);
    return text_printf(a,
                       "POST /v1/orders HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer %.*s\r\n"
                       "Idempotency-Key: bench-%lld\r\nContent-Type: application/json\r\n"
                       "Content-Length: %zu\r\n\r\n%.*s",
                       TEXT_ARG(l->key), (long long)n, body.len, TEXT_ARG(body));
}

static bool ask(struct load *l, struct line *k)
{
    return l->sent == l->orders || line_ask(k, request(l, l->first + l->sent++));
}

static bool receive(struct load *l, struct line *k)
{
    int status;
    while (k->is_busy && (status = line_receive(k)) != 0) {
        if (status < 0) return false;
        l->waits_us[l->answered++] = bench_now_us() - k->asked_us;
        if (status != 201 && status != 200 && !l->refused++)
            l->why = text_copy(l->c->arena, text_head((struct text){k->in, k->got}, 600));
        if (!ask(l, k)) return false;
    }
    return true;
}

static int compare(const void *a, const void *b)
{
    const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return x < y ? -1 : x > y;
}

static enum err run(struct load *l, int clients)
{
    struct epoll_event ready[256];
    for (int i = 0; i < clients; i++)
        if (!line_open(l->c->arena, &l->lines[i], l->port, l->epoll) || !ask(l, &l->lines[i]))
            return fail(l->c, ERR_UPSTREAM, "bench", "cannot connect: %s", strerror(errno));
    while (l->answered < l->orders) {
        int n = epoll_wait(l->epoll, ready, 256, 30000);
        if (n <= 0) return fail(l->c, ERR_UPSTREAM, "bench", "no answer in 30 seconds");
        for (int i = 0; i < n; i++) {
            struct line *k = ready[i].data.ptr;
            if (!line_send(k) || !receive(l, k))
                return fail(l->c, ERR_UPSTREAM, "bench", "the server hung up");
        }
    }
    return OK;
}

enum err bench_http(struct ctx *c, struct bench_target target, int clients, int64_t first,
                    int64_t orders, struct bench_speed *out)
{
    struct load l = {.c = c,
                     .port = target.port,
                     .key = target.key,
                     .orders = orders,
                     .first = first,
                     .epoll = epoll_create1(EPOLL_CLOEXEC)};
    struct arena_mark mark = arena_mark(c->arena);
    l.waits_us = arena_new(c->arena, int64_t, (size_t)orders + 1);
    l.lines = arena_new(c->arena, struct line, (size_t)clients);
    for (int i = 0; i < clients; i++) l.lines[i].fd = -1;
    int64_t begin = bench_now_us();
    enum err e = run(&l, clients);
    int64_t us = bench_now_us() - begin;
    for (int i = 0; i < clients; i++) line_close(&l.lines[i]);
    close(l.epoll);
    if (e == OK && l.refused)
        e = fail(c, ERR_BUG, "bench", "%lld of %lld orders were refused: %.*s",
                 (long long)l.refused, (long long)orders, TEXT_ARG(l.why));
    qsort(l.waits_us, (size_t)l.answered, sizeof *l.waits_us, compare);
    *out = (struct bench_speed){.rate = us > 0 ? l.answered * 1000000 / us : 0,
                                .p50_us = l.waits_us[l.answered / 2],
                                .p99_us = l.waits_us[l.answered * 99 / 100]};
    for (int i = 0; i < PERCENTILES; i++)
        out->at_us[i] = l.waits_us[(int64_t)((double)l.answered * bench_percentiles[i] / 100)];
    arena_rewind(c->arena, mark);
    return e;
}
