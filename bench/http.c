/* bench/http.c: orders over HTTP into a real server, by many connections that each wait for their
 * answer before they ask again. The client is one thread with epoll, so that it costs little. */
#include "bench/bench.h"

#include "bench/floor.h"
#include "stages/1_receipt/receipt.h"
#include "wire/json.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { ANSWER_MAX = 64 * 1024 };

const double bench_percentiles[PERCENTILES] = {1, 5, 10, 25, 50, 75, 90, 95, 99, 99.5, 99.9};

struct client {
    int fd;
    char *in;
    size_t got;
    int64_t asked_us;
    struct text out; /* what is still to be sent */
    bool is_busy;
};

struct load {
    struct ctx *c;
    int port, epoll;
    struct text key;
    int64_t sent, answered, refused, orders, first;
    int64_t *waits_us;
    struct client *clients;
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

static bool send_some(struct client *k)
{
    while (k->out.len) {
        ssize_t n = send(k->fd, k->out.at, k->out.len, MSG_NOSIGNAL);
        if (n < 0) return errno == EAGAIN;
        k->out = text_skip(k->out, (size_t)n);
    }
    return true;
}

static bool ask(struct load *l, struct client *k)
{
    k->is_busy = l->sent < l->orders;
    if (!k->is_busy) return true;
    k->out = request(l, l->first + l->sent++);
    k->got = 0;
    k->asked_us = bench_now_us();
    return send_some(k);
}

/* Is the whole answer there? Its length stands in the head. */
static bool is_whole(const struct client *k, int *status)
{
    struct text in = {k->in, k->got};
    ptrdiff_t end = text_find(in, T("\r\n\r\n"));
    if (end < 0 || k->got < 12) return false;
    *status = atoi(k->in + 9);
    struct text head = text_head(in, (size_t)end + 2);
    ptrdiff_t at = text_find(head, T("Content-Length: "));
    size_t length = at < 0 ? 0 : (size_t)strtoul(head.at + at + 16, NULL, 10);
    return k->got >= (size_t)end + 4 + length;
}

static bool receive(struct load *l, struct client *k)
{
    for (;;) {
        ssize_t n = recv(k->fd, k->in + k->got, ANSWER_MAX - k->got, 0);
        if (n == 0 || (n < 0 && errno != EAGAIN)) return false;
        if (n < 0) return true;
        k->got += (size_t)n;
        int status = 0;
        if (!is_whole(k, &status)) continue;
        l->waits_us[l->answered++] = bench_now_us() - k->asked_us;
        l->refused += status != 201 && status != 200;
        if (!ask(l, k)) return false;
    }
}

static bool join(struct load *l, struct client *k)
{
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)l->port),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int yes = 1;
    k->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (k->fd < 0 || connect(k->fd, (const struct sockaddr *)&to, sizeof to) != 0) return false;
    setsockopt(k->fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    if (fcntl(k->fd, F_SETFL, O_NONBLOCK) != 0) return false;
    struct epoll_event e = {.events = EPOLLIN | EPOLLOUT | EPOLLET, .data.ptr = k};
    k->in = arena_new(l->c->arena, char, ANSWER_MAX);
    return epoll_ctl(l->epoll, EPOLL_CTL_ADD, k->fd, &e) == 0;
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
        if (!join(l, &l->clients[i]) || !ask(l, &l->clients[i]))
            return fail(l->c, ERR_UPSTREAM, "bench", "cannot connect: %s", strerror(errno));
    while (l->answered < l->orders) {
        int n = epoll_wait(l->epoll, ready, 256, 30000);
        if (n <= 0) return fail(l->c, ERR_UPSTREAM, "bench", "no answer in 30 seconds");
        for (int i = 0; i < n; i++) {
            struct client *k = ready[i].data.ptr;
            if (!send_some(k) || !receive(l, k))
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
    l.clients = arena_new(c->arena, struct client, (size_t)clients);
    for (int i = 0; i < clients; i++) l.clients[i].fd = -1;
    int64_t begin = bench_now_us();
    enum err e = run(&l, clients);
    int64_t us = bench_now_us() - begin;
    for (int i = 0; i < clients; i++)
        if (l.clients[i].fd >= 0) close(l.clients[i].fd);
    close(l.epoll);
    if (e == OK && l.refused)
        e = fail(c, ERR_BUG, "bench", "%lld of %lld orders were refused", (long long)l.refused,
                 (long long)orders);
    qsort(l.waits_us, (size_t)l.answered, sizeof *l.waits_us, compare);
    *out = (struct bench_speed){.rate = us > 0 ? l.answered * 1000000 / us : 0,
                                .p50_us = l.waits_us[l.answered / 2],
                                .p99_us = l.waits_us[l.answered * 99 / 100]};
    for (int i = 0; i < PERCENTILES; i++)
        out->at_us[i] = l.waits_us[(int64_t)((double)l.answered * bench_percentiles[i] / 100)];
    arena_rewind(c->arena, mark);
    return e;
}
