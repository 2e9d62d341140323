/* wire/http_server_test.h: a server to test against, and a raw socket to talk to it. */
#pragma once

#include "wire/http_server.h"

#include "harness.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { LATER_MAX = 1024 };

/* A server whose handler answers by path; what comes under /later waits here. */
struct place {
    struct arena arena;
    struct ctx ctx;
    struct http_server *server;
    pthread_mutex_t lock;
    struct http_request *later[LATER_MAX];
    int waiting;
    struct http_stream *stream;
    atomic_int handled, pulls_done;
    char seen[4096]; /* the paths handled, in order */
};

static inline ssize_t pull_letters(void *arg, char *into, size_t room)
{
    (void)arg;
    static _Atomic int left;
    if (atomic_load(&left) == 0) atomic_store(&left, 4);
    if (atomic_fetch_sub(&left, 1) == 1) return 0;
    memset(into, 'p', room < 1000 ? room : 1000);
    return (ssize_t)(room < 1000 ? room : 1000);
}

static inline ssize_t pull_fails(void *arg, char *into, size_t room)
{
    (void)arg, (void)into, (void)room;
    return -1;
}

static inline void pull_ends(void *arg)
{
    struct place *p = arg;
    atomic_fetch_add(&p->pulls_done, 1);
}

static inline void answer_echo(struct http_request *req)
{
    struct buf b = buf_new(req->arena);
    struct text q = http_query(req, "q"), cookie = http_cookie(req, "session");
    buf_printf(&b, "%.*s %.*s q=%.*s cookie=%.*s id=%.*s peer=%.*s body=%zu:%.*s",
               TEXT_ARG(req->method), TEXT_ARG(req->path), TEXT_ARG(q), TEXT_ARG(cookie),
               TEXT_ARG(req->id), TEXT_ARG(req->peer), req->body.len,
               TEXT_ARG(text_head(req->body, 40)));
    http_reply(req, 200, "text/plain", buf_text(&b),
               HTTP_HEADERS({"X-Echo", text_is(q, "evil") ? T("a\r\nSet-Cookie: b") : T("yes")}));
}

static inline void handle(void *arg, struct http_request *req)
{
    struct place *p = arg;
    atomic_fetch_add(&p->handled, 1);
    pthread_mutex_lock(&p->lock);
    size_t len = strlen(p->seen);
    snprintf(p->seen + len, sizeof p->seen - len, "%.*s ", TEXT_ARG(req->path));
    bool is_later = text_starts(req->path, T("/later"));
    if (is_later && p->waiting < LATER_MAX) p->later[p->waiting++] = req;
    pthread_mutex_unlock(&p->lock);
    if (is_later) return;
    if (text_is(req->path, "/events")) {
        struct http_stream *s = http_stream_begin(req, "text/event-stream", HTTP_NO_HEADERS);
        pthread_mutex_lock(&p->lock);
        p->stream = s;
        pthread_mutex_unlock(&p->lock);
        return;
    }
    struct http_pull from = {pull_letters, pull_ends, p, -1};
    if (text_is(req->path, "/broken")) from.pull = pull_fails;
    if (text_is(req->path, "/pull") || text_is(req->path, "/broken"))
        http_reply_pull(req, 200, "text/plain", from, HTTP_NO_HEADERS);
    else
        answer_echo(req);
}

static inline size_t body_max_of(void *arg, struct text method, struct text path)
{
    (void)arg, (void)method;
    return text_is(path, "/import") ? 4 * 1024 * 1024 : 0;
}

static inline void place_open(struct place *p, struct http_options o)
{
    memset(p, 0, sizeof *p);
    p->ctx.arena = &p->arena;
    pthread_mutex_init(&p->lock, NULL);
    o.listen = o.listen ? o.listen : "127.0.0.1:0";
    o.handle = handle;
    o.body_max_of = body_max_of;
    o.arg = p;
    CHECK_OK(&p->ctx, http_server_start(&p->ctx, &o, &p->server));
}

static inline int place_close(struct place *p)
{
    int abandoned = http_server_stop(p->server, 5);
    pthread_mutex_destroy(&p->lock);
    arena_free(&p->arena);
    return abandoned;
}

static inline int dial(const struct place *p)
{
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)http_server_port(p->server)),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct timeval most = {.tv_sec = 20};
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &most, sizeof most);
    if (connect(fd, (struct sockaddr *)&to, sizeof to) != 0) {
        close(fd);
        return -1;
    }
    return fd;
}

static inline void say(int fd, struct text t)
{
    while (t.len) {
        ssize_t n = send(fd, t.at, t.len, MSG_NOSIGNAL);
        if (n <= 0) return;
        t = text_skip(t, (size_t)n);
    }
}

/* All until the other side hangs up, or `enough` of it. */
static inline struct text hear(struct arena *a, int fd, const char *enough)
{
    struct buf b = buf_new(a);
    buf_puts(&b, "");
    while (!enough || text_find(buf_text(&b), text_of(enough)) < 0) {
        char *at = buf_space(&b, 4096);
        ssize_t n = recv(fd, at, 4096, 0);
        if (n <= 0) break;
        b.len += (size_t)n;
        at[n] = 0;
    }
    return buf_text(&b);
}

/* Send it, hang up our half, and hear all. */
static inline struct text ask(struct place *p, const char *request)
{
    int fd = dial(p);
    say(fd, text_of(request));
    shutdown(fd, SHUT_WR);
    struct text answer = hear(&p->arena, fd, NULL);
    close(fd);
    return answer;
}

static inline bool has(struct text t, const char *part) { return text_find(t, text_of(part)) >= 0; }

static inline int count_of(struct text t, const char *part)
{
    int count = 0;
    for (ptrdiff_t at; (at = text_find(t, text_of(part))) >= 0; count++)
        t = text_skip(t, (size_t)at + 1);
    return count;
}

static inline void wait_for_waiting(struct place *p, int count)
{
    for (int i = 0; i < 4000; i++) {
        pthread_mutex_lock(&p->lock);
        bool enough = p->waiting >= count;
        pthread_mutex_unlock(&p->lock);
        if (enough) return;
        usleep(5000);
    }
    test_fail(__FILE__, __LINE__, "%d requests never came", count);
}
