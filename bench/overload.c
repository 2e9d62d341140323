/* bench/overload.c: five times as much as it can do, and a neighbour who asks for little.
 *
 * Rows come in bulk requests at a fixed pace whether or not others were answered; who finds all
 * lines busy goes away. Meanwhile another merchant places one order after the other. */
#include "bench/bench.h"

#include "bench/floor.h"
#include "bench/line.h"
#include "stages/1_receipt/receipt.h"
#include "wire/http_server.h"
#include "wire/json.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

enum { ROWS = 50, LINES = 400, PEAK_LINES = 4, TIMES = 5, WAITS_MAX = 100000 };

struct flood {
    struct ctx *c;
    struct bench_target target;
    int epoll;
    int64_t next;                                   /* number of the next order */
    int64_t accepted, refused, turned_away, failed; /* requests */
    struct line lines[LINES + 1];                   /* the last is the neighbour's */
    int64_t waits_us[WAITS_MAX];                    /* of the neighbour */
    size_t waits;
    struct text neighbour; /* his key */
};

static struct text ask_with(struct arena *a, struct text key, const char *path, int64_t n,
                            struct text body)
{
    return text_printf(a,
                       "POST %s HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer %.*s\r\n"
                       "Idempotency-Key: flood-%lld\r\nContent-Type: %s\r\n"
                       "Content-Length: %zu\r\n\r\n%.*s",
                       path, TEXT_ARG(key), (long long)n,
                       strstr(path, "bulk") ? "application/x-ndjson" : "application/json", body.len,
                       TEXT_ARG(body));
}

static struct text rows(struct flood *f, int count)
{
    struct buf b = buf_new(f->c->arena);
    int64_t first = f->next;
    for (int i = 0; i < count; i++) {
        struct draft d = bench_draft(f->c, f->next++, BENCH_PRODUCTS, 0);
        record_put_json(&b, &draft_fields, &d);
        if (count > 1) buf_putc(&b, '\n');
    }
    return ask_with(f->c->arena, count > 1 ? f->target.key : f->neighbour,
                    count > 1 ? "/v1/orders/bulk" : "/v1/orders", first, buf_text(&b));
}

static enum err heard(struct flood *f, struct line *l, int status)
{
    bool is_neighbour = l == &f->lines[LINES];
    if (status < 0) return fail(f->c, ERR_UPSTREAM, "bench", "the server hung up");
    if (is_neighbour) {
        if (status == 201 && f->waits < WAITS_MAX)
            f->waits_us[f->waits++] = bench_now_us() - l->asked_us;
        f->failed += status != 201;
    } else {
        f->accepted += status == 200;
        f->refused += status == 503 || status == 429;
        f->failed += status != 200 && status != 503 && status != 429;
    }
    return OK;
}

static enum err listen_to(struct flood *f, int most_ms)
{
    struct epoll_event ready[256];
    int n = epoll_wait(f->epoll, ready, 256, most_ms);
    for (int i = 0; i < n; i++) {
        struct line *l = ready[i].data.ptr;
        if (!line_send(l)) return heard(f, l, -1);
        int status = l->is_busy ? line_receive(l) : 0;
        if (status) TRY(heard(f, l, status));
    }
    return OK;
}

static struct line *free_line(struct flood *f, int lines)
{
    for (int i = 0; i < lines; i++)
        if (!f->lines[i].is_busy) return &f->lines[i];
    return NULL;
}

/* `each_us` 0: as fast as they are answered. Accepted rows a second. */
static enum err pour(struct flood *f, int lines, int64_t each_us, int64_t for_us, double *rate)
{
    struct arena_mark mark = arena_mark(f->c->arena);
    struct line *neighbour = &f->lines[LINES];
    int64_t begin = bench_now_us(), due = begin, now;
    f->accepted = f->refused = f->turned_away = 0;
    f->waits = 0;
    enum err e = OK;
    while (e == OK && (now = bench_now_us()) - begin < for_us) {
        for (; e == OK && due <= now; due = each_us ? due + each_us : now + 1) {
            struct line *l = free_line(f, lines);
            if (!l && !each_us) break;
            if (!l)
                f->turned_away++;
            else if (!line_ask(l, rows(f, ROWS)))
                e = heard(f, l, -1);
        }
        if (e == OK && each_us && !neighbour->is_busy && !line_ask(neighbour, rows(f, 1)))
            e = heard(f, neighbour, -1);
        if (e == OK) e = listen_to(f, 1);
    }
    /* What was sent is answered before its memory goes. */
    for (int64_t end = bench_now_us() + 30000000; e == OK && bench_now_us() < end;) {
        int busy = 0;
        for (int i = 0; i <= LINES; i++) busy += f->lines[i].is_busy;
        if (!busy) break;
        e = listen_to(f, 10);
    }
    *rate = bench_per_second(f->accepted * ROWS, bench_now_us() - begin);
    arena_rewind(f->c->arena, mark);
    return e;
}

static int compare(const void *a, const void *b)
{
    const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static enum err one_round(struct flood *f, int64_t for_us, struct figures *out)
{
    double peak, good;
    TRY(pour(f, PEAK_LINES, 0, for_us, &peak));
    int64_t each_us = (int64_t)(ROWS * 1e6 / (TIMES * (peak + 1)));
    TRY(pour(f, LINES, each_us, for_us, &good));
    if (f->failed)
        return fail(f->c, ERR_BUG, "bench", "%lld requests failed otherwise than by 503",
                    (long long)f->failed);
    double asked = (double)(f->accepted + f->refused + f->turned_away);
    qsort(f->waits_us, f->waits, sizeof *f->waits_us, compare);
    figure_take(out, "overload.peak_rate", peak);
    figure_take(out, "overload.goodput_ratio", good / (peak + 1));
    figure_take(out, "overload.refused_ratio", (double)f->refused / (asked + 1));
    figure_take(out, "overload.turned_away_ratio", (double)f->turned_away / (asked + 1));
    if (f->waits)
        figure_take(out, "overload.neighbour_p99_ms",
                    (double)f->waits_us[f->waits * 99 / 100] / 1e3);
    return OK;
}

static enum err take_turns(struct ctx *c, struct bench_options o, struct flood *f, int port,
                           struct figures *out)
{
    if (!bench_is_up(port, 10)) return fail(c, ERR_UPSTREAM, "bench", "the server does not start");
    for (int i = 0; i <= LINES; i++)
        if (!line_open(c->arena, &f->lines[i], port, f->epoll))
            return fail(c, ERR_UPSTREAM, "bench", "cannot connect: %s", strerror(errno));
    for (int i = 0; i < bench_rounds(o); i++)
        TRY(one_round(f, o.is_quick ? 1500000 : 10000000, out));
    return OK;
}

enum err bench_overload(struct ctx *c, struct bench_options o, struct figures *out)
{
    const char *path = bench_path(c, o, "bench-flood.db");
    struct flood *f = arena_new(c->arena, struct flood, 1);
    f->c = c;
    f->next = 1;
    f->epoll = epoll_create1(EPOLL_CLOEXEC);
    for (int i = 0; i <= LINES; i++) f->lines[i].fd = -1;
    TRY(bench_prepare(c, path, &f->target.key, &f->neighbour));
    int port = http_free_port();
    pid_t pid = bench_start(path, port, NULL);
    enum err e = take_turns(c, o, f, port, out);
    for (int i = 0; i <= LINES; i++) line_close(&f->lines[i]);
    close(f->epoll);
    bench_end(pid, SIGTERM);
    bench_drop(path);
    return e;
}
