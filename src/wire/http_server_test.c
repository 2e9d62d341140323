/* wire/http_server_test.c: the server as seen from raw sockets. */
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

enum { LATER_MAX = 1024, CROWD = 600 };

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

static ssize_t pull_letters(void *arg, char *into, size_t room)
{
    (void)arg;
    static _Atomic int left;
    if (atomic_load(&left) == 0) atomic_store(&left, 4);
    if (atomic_fetch_sub(&left, 1) == 1) return 0;
    memset(into, 'p', room < 1000 ? room : 1000);
    return (ssize_t)(room < 1000 ? room : 1000);
}

static ssize_t pull_fails(void *arg, char *into, size_t room)
{
    (void)arg, (void)into, (void)room;
    return -1;
}

static void pull_ends(void *arg)
{
    struct place *p = arg;
    atomic_fetch_add(&p->pulls_done, 1);
}

static void answer_echo(struct http_request *req)
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

static void handle(void *arg, struct http_request *req)
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

static size_t body_max_of(void *arg, struct text method, struct text path)
{
    (void)arg, (void)method;
    return text_is(path, "/import") ? 4 * 1024 * 1024 : 0;
}

static void place_open(struct place *p, struct http_options o)
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

static int place_close(struct place *p)
{
    int abandoned = http_server_stop(p->server, 5);
    pthread_mutex_destroy(&p->lock);
    arena_free(&p->arena);
    return abandoned;
}

static int dial(const struct place *p)
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

static void say(int fd, struct text t)
{
    while (t.len) {
        ssize_t n = send(fd, t.at, t.len, MSG_NOSIGNAL);
        if (n <= 0) return;
        t = text_skip(t, (size_t)n);
    }
}

/* All until the other side hangs up, or `enough` of it. */
static struct text hear(struct arena *a, int fd, const char *enough)
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
static struct text ask(struct place *p, const char *request)
{
    int fd = dial(p);
    say(fd, text_of(request));
    shutdown(fd, SHUT_WR);
    struct text answer = hear(&p->arena, fd, NULL);
    close(fd);
    return answer;
}

static bool has(struct text t, const char *part) { return text_find(t, text_of(part)) >= 0; }

static int count_of(struct text t, const char *part)
{
    int count = 0;
    for (ptrdiff_t at; (at = text_find(t, text_of(part))) >= 0; count++)
        t = text_skip(t, (size_t)at + 1);
    return count;
}

static void wait_for_waiting(struct place *p, int count)
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

TEST(http_server, answers_a_request_with_all_its_parts)
{
    struct place p;
    place_open(&p, (struct http_options){0});
    struct text got = ask(&p, "GET /v1/%6frders/a%2Fb?x=1&q=two+%26%C3%A9&q=3 HTTP/1.1\r\n"
                              "Host: a\r\nCookie: x=1; session=abc\r\nRequest-Id: my-id\r\n\r\n");
    CHECK(text_starts(got, T("HTTP/1.1 200 ")));
    CHECK(has(got, "\r\nRequest-Id: my-id\r\n"));
    CHECK(has(got, "\r\nX-Content-Type-Options: nosniff\r\n"));
    CHECK(has(got, "\r\nContent-Type: text/plain\r\n"));
    CHECK(has(got, "\r\nX-Echo: yes\r\n"));
    CHECK(has(got, "GET /v1/orders/a%2Fb q=two &\xC3\xA9 cookie=abc id=my-id peer=127.0.0.1"));
    got = ask(&p, "GET /?q=evil HTTP/1.1\r\nHost: a\r\n\r\n"); /* logs that it was left out */
    CHECK(text_starts(got, T("HTTP/1.1 200 ")) && !has(got, "Set-Cookie"));
    CHECK(!has(got, "icrohttpd") && !has(got, "Server:"));
    place_close(&p);
}

TEST(http_server, mints_a_request_id_when_the_client_sends_none_or_a_bad_one)
{
    struct place p;
    place_open(&p, (struct http_options){0});
    CHECK(has(ask(&p, "GET / HTTP/1.1\r\nHost: a\r\n\r\n"), "\r\nRequest-Id: req_"));
    CHECK(has(ask(&p, "GET / HTTP/1.1\r\nHost: a\r\nRequest-Id: a b\r\n\r\n"),
              "\r\nRequest-Id: req_"));
    place_close(&p);
}

TEST(http_server, head_is_get_without_the_body)
{
    struct place p;
    place_open(&p, (struct http_options){0});
    struct text got = ask(&p, "HEAD /x HTTP/1.1\r\nHost: a\r\n\r\n");
    CHECK(text_starts(got, T("HTTP/1.1 200 ")));
    CHECK(has(got, "\r\nContent-Length: ") && !has(got, "GET /x"));
    CHECK(text_ends(got, T("\r\n\r\n")));
    CHECK(text_ends(ask(&p, "HEAD /events HTTP/1.1\r\nHost: a\r\n\r\n"), T("\r\n\r\n")));
    CHECK(http_stream_gone(p.stream) || !http_stream_write(p.stream, T("x")));
    http_stream_end(p.stream);
    CHECK(text_ends(ask(&p, "HEAD /pull HTTP/1.1\r\nHost: a\r\n\r\n"), T("\r\n\r\n")));
    CHECK_I64(1, p.pulls_done);
    place_close(&p);
}

/* One hostile request, and behind it the one that it tries to smuggle in. */
struct probe {
    const char *about, *request;
    bool by_library; /* which answers this one in its own words */
};
#define SMUGGLED "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n"
static const struct probe probes[] = {
    {"both lengths",
     "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"
     "0\r\n\r\n" SMUGGLED,
     0},
    {"both lengths, other order",
     "POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n"
     "0\r\n\r\n" SMUGGLED,
     0},
    {"two lengths",
     "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nContent-Length: 39\r\n\r\n" SMUGGLED, 0},
    {"two equal lengths",
     "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\nContent-Length: 0\r\n\r\n" SMUGGLED, 0},
    {"a list of lengths", "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 0, 0\r\n\r\n" SMUGGLED,
     1},
    {"space before the colon",
     "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length : 39\r\n\r\n" SMUGGLED, 0},
    {"signed length", "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: +0\r\n\r\n" SMUGGLED, 1},
    {"hexadecimal length", "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 0x0\r\n\r\n" SMUGGLED,
     1},
    {"negative length", "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n" SMUGGLED, 1},
    {"length beyond all numbers",
     "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n" SMUGGLED, 1},
    {"empty length", "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: \r\n\r\n" SMUGGLED, 1},
    {"unknown coding",
     "POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n" SMUGGLED, 0},
    {"identity", "POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: identity\r\n\r\n" SMUGGLED, 0},
    {"two codings",
     "POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n" SMUGGLED,
     0},
    {"coding twice",
     "POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n"
     "\r\n0\r\n\r\n" SMUGGLED,
     0},
    {"chunked in HTTP/1.0",
     "POST /a HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n"
     "0\r\n\r\n" SMUGGLED,
     0},
    {"coding by vertical tab",
     "POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding:\x0b"
     "chunked\r\n\r\n" SMUGGLED,
     0},
    {"no host", "GET /a HTTP/1.1\r\nX: y\r\n\r\n" SMUGGLED, 0},
    {"two hosts", "GET /a HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n" SMUGGLED, 0},
    {"empty host", "GET /a HTTP/1.1\r\nHost:\r\n\r\n" SMUGGLED, 0},
    {"host with a path", "GET /a HTTP/1.1\r\nHost: a/b\r\n\r\n" SMUGGLED, 0},
    {"all lines bare LF", "GET /a HTTP/1.1\nHost: a\n\n" SMUGGLED, 0},
    {"request line bare LF", "GET /a HTTP/1.1\nHost: a\r\n\r\n" SMUGGLED, 0},
    {"one header bare LF", "GET /a HTTP/1.1\r\nHost: a\nX: y\r\n\r\n" SMUGGLED, 0},
    {"last header bare LF", "GET /a HTTP/1.1\r\nHost: a\n\r\n" SMUGGLED, 0},
    {"empty line bare LF", "GET /a HTTP/1.1\r\nHost: a\r\n\n" SMUGGLED, 0},
    {"bare CR", "GET /a HTTP/1.1\r\nHost: a\rX: y\r\n\r\n" SMUGGLED, 0},
    {"folded", "GET /a HTTP/1.1\r\nHost: a\r\nX: y\r\n z\r\n\r\n" SMUGGLED, 0},
    {"two spaces", "GET  /a HTTP/1.1\r\nHost: a\r\n\r\n" SMUGGLED, 0},
    {"folded coding",
     "POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n" SMUGGLED, 0},
    {"first header folded", "GET /a HTTP/1.1\r\n Host: a\r\nHost: a\r\n\r\n" SMUGGLED, 1},
    {"no colon", "GET /a HTTP/1.1\r\nHost: a\r\nnonsense\r\n\r\n" SMUGGLED, 1},
    {"header without a name", "GET /a HTTP/1.1\r\nHost: a\r\n: x\r\n\r\n" SMUGGLED, 0},
    {"control character", "GET /a HTTP/1.1\r\nHost: a\r\nX: a\x01z\r\n\r\n" SMUGGLED, 0},
    {"space in the target", "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n" SMUGGLED, 0},
    {"broken escape", "GET /a%zz HTTP/1.1\r\nHost: a\r\n\r\n" SMUGGLED, 0},
    {"broken escape in the query", "GET /a?x=%4 HTTP/1.1\r\nHost: a\r\n\r\n" SMUGGLED, 0},
    {"escaped NUL", "GET /a%00 HTTP/1.1\r\nHost: a\r\n\r\n" SMUGGLED, 0},
    {"climbing", "GET /a/%2e%2E/b HTTP/1.1\r\nHost: a\r\n\r\n" SMUGGLED, 0},
    {"target without slash", "GET a HTTP/1.1\r\nHost: a\r\n\r\n" SMUGGLED, 0},
    {"fragment", "GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n" SMUGGLED, 0},
    {"connect", "CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n" SMUGGLED, 0},
    {"broken method", "G(T /a HTTP/1.1\r\nHost: a\r\n\r\n" SMUGGLED, 0},
    {"two keys",
     "POST /a HTTP/1.1\r\nHost: a\r\nIdempotency-Key: a\r\nidempotency-key: b\r\n\r\n" SMUGGLED, 0},
};

TEST(http_server, refuses_what_two_servers_could_read_differently)
{
    struct place p;
    place_open(&p, (struct http_options){0});
    for (size_t i = 0; i < sizeof probes / sizeof *probes; i++) {
        struct text got = ask(&p, probes[i].request);
        const char *status = probes[i].by_library ? "HTTP/1.1 4" : "HTTP/1.1 400 ";
        if (!text_starts(got, text_of(status)) || !has(got, "\r\nConnection: close\r\n"))
            test_fail(__FILE__, __LINE__, "%s: got \"%.*s\"", probes[i].about,
                      TEXT_ARG(text_head(got, 300)));
        if (!probes[i].by_library &&
            (!has(got, "application/problem+json") || !has(got, "\"reason\":\"")))
            test_fail(__FILE__, __LINE__, "%s: no problem document", probes[i].about);
        if (p.seen[0]) test_fail(__FILE__, __LINE__, "%s: %s", probes[i].about, p.seen);
        memset(p.seen, 0, sizeof p.seen);
    }
    CHECK_I64(0, p.handled);
    place_close(&p);
}

TEST(http_server, nul_in_a_head_is_refused)
{
    struct place p;
    place_open(&p, (struct http_options){0});
    int fd = dial(&p);
    say(fd, T("GET /a HTTP/1.1\r\nHost: a\r\nX: y\0z\r\n\r\n" SMUGGLED));
    CHECK(text_starts(hear(&p.arena, fd, NULL), T("HTTP/1.1 400 ")));
    close(fd);
    fd = dial(&p);
    say(fd, T("GET /a\0b HTTP/1.1\r\nHost: a\r\n\r\n" SMUGGLED));
    CHECK(text_starts(hear(&p.arena, fd, NULL), T("HTTP/1.1 400 ")));
    close(fd);
    CHECK_I64(0, p.handled);
    place_close(&p);
}

TEST(http_server, good_heads_pass_however_they_arrive)
{
    struct place p;
    place_open(&p, (struct http_options){0});
    struct text one = T("POST /one?q=1 HTTP/1.1\r\nHost: [::1]:80\r\nA:b\r\nB:   c\r\nE:\r\n"
                        "Cookie: a=b; session=d\r\nContent-Length: 3\r\n\r\nabc");
    int fd = dial(&p);
    for (int turn = 0; turn < 3; turn++) { /* one byte at a time, over one connection */
        for (size_t i = 0; i < one.len; i++) {
            say(fd, text_head(text_skip(one, i), 1));
            if (i % 8 == 0) usleep(500);
        }
        CHECK(has(hear(&p.arena, fd, "body=3:abc"), "body=3:abc"));
    }
    say(fd, T("GET /two HTTP/1.1\r\nHost: a\r\n\r\nGET /three HTTP/1.1\r\nHost: a\r\n\r\n"
              "GET http://a/four HTTP/1.1\r\nHost: a\r\n\r\n"));
    struct text got = hear(&p.arena, fd, "/four q");
    CHECK(has(got, "/two q") && has(got, "/three q") && has(got, "/four q"));
    close(fd);
    CHECK(has(ask(&p, "GET /old HTTP/1.0\r\n\r\n"), " 200 OK"));
    CHECK(
        has(ask(&p, "POST /w HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nX: y  \r\n\r\nz"), "1:z"));
    place_close(&p);
}

TEST(http_server, chunked_bodies_are_read_and_end_the_connection)
{
    struct place p;
    place_open(&p, (struct http_options){0});
    struct text got = ask(&p, "POST /c HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                              "3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nX-Trail: er\r\n\r\n" SMUGGLED);
    CHECK(has(got, "body=5:abcde"));
    CHECK(has(got, "\r\nConnection: close\r\n"));
    got = ask(&p, "POST /c HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                  "3\nabc\n0\n\n" SMUGGLED);
    CHECK(!has(text_of(p.seen), "smuggled"));
    CHECK(!has(got, "smuggled"));
    place_close(&p);
}

TEST(http_server, waits_for_the_client_that_asks_before_it_sends)
{
    struct place p;
    place_open(&p, (struct http_options){0});
    int fd = dial(&p);
    say(fd, T("POST /e HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"));
    CHECK(text_starts(hear(&p.arena, fd, "\r\n\r\n"), T("HTTP/1.1 100 ")));
    say(fd, T("ok"));
    CHECK(has(hear(&p.arena, fd, "body=2:ok"), "body=2:ok"));
    close(fd);
    struct text got = ask(&p, "POST /e HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n"
                              "Content-Length: 2000000\r\n\r\n");
    CHECK(text_starts(got, T("HTTP/1.1 413 ")));
    place_close(&p);
}

static struct text post_of(struct place *p, const char *path, size_t declared, size_t sent)
{
    int fd = dial(p);
    char *body = arena_new(&p->arena, char, sent + 1);
    memset(body, 'x', sent);
    say(fd, text_printf(
                &p->arena,
                "POST %s HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: %zu\r\n\r\n",
                path, declared));
    say(fd, (struct text){body, sent});
    struct text got = hear(&p->arena, fd, "}\n");
    close(fd);
    return got;
}

TEST(http_server, bodies_have_a_limit_that_a_path_may_raise)
{
    struct place p;
    place_open(&p, (struct http_options){.idle_timeout_s = 3});
    CHECK(has(post_of(&p, "/a", HTTP_BODY_MAX, HTTP_BODY_MAX), "body=1048576:x"));
    struct text got = post_of(&p, "/a", HTTP_BODY_MAX + 1, HTTP_BODY_MAX + 1);
    CHECK(text_starts(got, T("HTTP/1.1 413 ")) && has(got, "\"body_too_large\""));
    CHECK(text_starts(post_of(&p, "/a", 1u << 30, 0), T("HTTP/1.1 413 ")));
    CHECK(has(post_of(&p, "/import", 4 * 1024 * 1024, 4 * 1024 * 1024), "body=4194304:x"));
    CHECK(text_starts(post_of(&p, "/import", 4 * 1024 * 1024 + 1, 4 * 1024 * 1024 + 1),
                      T("HTTP/1.1 413 ")));
    CHECK_I64(2, p.handled);
    place_close(&p);
}

TEST(http_server, a_chunked_body_without_end_is_cut)
{
    struct place p;
    place_open(&p, (struct http_options){.body_max = 4096});
    int fd = dial(&p);
    say(fd, T("POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"));
    struct text chunk = T("10\r\n0123456789abcdef\r\n");
    for (int i = 0; i < 200000; i++) {
        if (send(fd, chunk.at, chunk.len, MSG_NOSIGNAL) < 0) break;
    }
    struct pollfd gone = {.fd = fd, .events = POLLRDHUP};
    CHECK(poll(&gone, 1, 5000) > 0);
    close(fd);
    CHECK_I64(0, p.handled);
    place_close(&p);
}

TEST(http_server, heads_have_a_limit)
{
    struct place p;
    place_open(&p, (struct http_options){0});
    static const size_t sizes[] = {20000, 33000, 50000, 90000};
    for (size_t i = 0; i < 4; i++) {
        char *filler = arena_new(&p.arena, char, sizes[i] + 1);
        memset(filler, 'f', sizes[i]);
        struct text got = ask(
            &p,
            text_cstr(&p.arena, text_printf(&p.arena, "GET /a HTTP/1.1\r\nHost: a\r\nX: %s\r\n\r\n",
                                            filler)));
        CHECK(text_starts(got, i ? T("HTTP/1.1 431 ") : T("HTTP/1.1 200 ")));
        CHECK(i == 0 || i == 3 || has(got, "\"head_too_large\""));
    }
    place_close(&p);
}

TEST(http_server, slow_clients_are_told_and_cut_even_when_they_dribble)
{
    struct place p;
    place_open(&p, (struct http_options){.idle_timeout_s = 1});
    int head = dial(&p), body = dial(&p), silent = dial(&p);
    say(head, T("GET /a HTTP/1.1\r\nHost: a\r\nX: "));
    say(body, T("POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 50\r\n\r\nx"));
    for (int i = 0; i < 10; i++) {
        usleep(200000);
        (void)!send(head, "y", 1, MSG_NOSIGNAL);
    }
    struct text got = hear(&p.arena, head, "}\n");
    CHECK(text_starts(got, T("HTTP/1.1 408 ")) && has(got, "\"too_slow\""));
    CHECK(text_starts(hear(&p.arena, body, NULL), T("HTTP/1.1 408 ")));
    CHECK(text_starts(hear(&p.arena, silent, NULL), T("HTTP/1.1 408 ")));
    close(head), close(body), close(silent);
    int fd = dial(&p);
    say(fd, T("GET /a HTTP/1.1\r\nHost: a\r\n\r\n"));
    CHECK_I64(1, count_of(hear(&p.arena, fd, NULL), "HTTP/1.1 ")); /* then quietly closed */
    close(fd);
    place_close(&p);
}

struct answerer {
    struct place *p;
    int from, to;
};

static void *answer_later(void *arg)
{
    struct answerer *w = arg;
    for (int i = w->from; i < w->to; i++) {
        struct http_request *req = w->p->later[i];
        http_reply(req, 201, "text/plain",
                   text_printf(req->arena, "done %.*s", TEXT_ARG(req->path)), HTTP_NO_HEADERS);
    }
    return NULL;
}

TEST(http_server, six_hundred_wait_for_one_commit_and_keep_their_connections)
{
    struct rlimit files;
    getrlimit(RLIMIT_NOFILE, &files);
    if (files.rlim_max < 2 * CROWD + 100) SKIP("too few file descriptors are allowed here");
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    struct place p;
    place_open(&p, (struct http_options){0});
    static int fd[CROWD];
    for (int i = 0; i < CROWD; i++) fd[i] = dial(&p);
    for (int turn = 0; turn < 3; turn++) {
        for (int i = 0; i < CROWD; i++) {
            char line[64];
            snprintf(line, sizeof line, "GET /later/%d HTTP/1.1\r\nHost: a\r\n\r\n", i);
            say(fd[i], text_of(line));
        }
        wait_for_waiting(&p, CROWD);
        struct answerer half[2] = {{&p, 0, CROWD / 2}, {&p, CROWD / 2, CROWD}};
        pthread_t threads[2];
        for (int i = 0; i < 2; i++) pthread_create(&threads[i], NULL, answer_later, &half[i]);
        for (int i = 0; i < 2; i++) pthread_join(threads[i], NULL);
        p.waiting = 0;
        for (int i = 0; i < CROWD; i++) {
            char want[64];
            snprintf(want, sizeof want, "done /later/%d", i);
            struct text got = hear(&p.arena, fd[i], want);
            if (!text_starts(got, T("HTTP/1.1 201 ")) || !text_ends(got, text_of(want)))
                test_fail(__FILE__, __LINE__, "%d: %.*s", i, TEXT_ARG(got));
            if (test_failed()) break;
        }
    }
    for (int i = 0; i < CROWD; i++) close(fd[i]);
    CHECK_I64(0, place_close(&p));
}

static atomic_bool racing;

static void *answer_at_once(void *arg)
{
    struct place *p = arg;
    while (atomic_load(&racing)) {
        pthread_mutex_lock(&p->lock);
        struct http_request *req = p->waiting ? p->later[--p->waiting] : NULL;
        pthread_mutex_unlock(&p->lock);
        if (req) http_reply(req, 200, "text/plain", T("raced"), HTTP_NO_HEADERS);
    }
    return NULL;
}

TEST(http_server, an_answer_may_come_before_the_handler_returns)
{
    struct place p;
    place_open(&p, (struct http_options){.threads = 2});
    pthread_t thread;
    atomic_store(&racing, true);
    pthread_create(&thread, NULL, answer_at_once, &p);
    int fd[4];
    for (int i = 0; i < 4; i++) fd[i] = dial(&p);
    for (int turn = 0; turn < 500; turn++) {
        for (int i = 0; i < 4; i++) say(fd[i], T("GET /later HTTP/1.1\r\nHost: a\r\n\r\n"));
        for (int i = 0; i < 4; i++) CHECK(has(hear(&p.arena, fd[i], "raced"), "raced"));
        if (test_failed()) break;
    }
    atomic_store(&racing, false);
    pthread_join(thread, NULL);
    for (int i = 0; i < 4; i++) close(fd[i]);
    place_close(&p);
}

TEST(http_server, a_client_may_go_away_while_it_waits)
{
    struct place p;
    place_open(&p, (struct http_options){0});
    for (int i = 0; i < 20; i++) {
        int fd = dial(&p);
        say(fd, T("GET /later HTTP/1.1\r\nHost: a\r\n\r\n"));
        wait_for_waiting(&p, i + 1);
        struct linger cut = {.l_onoff = i % 2};
        setsockopt(fd, SOL_SOCKET, SO_LINGER, &cut, sizeof cut);
        close(fd);
    }
    usleep(50000);
    CHECK(http_client_gone(p.later[0]));
    for (int i = 0; i < 20; i++)
        http_reply(p.later[i], 200, "text/plain", T("too late"), HTTP_NO_HEADERS);
    CHECK(has(ask(&p, "GET /alive HTTP/1.1\r\nHost: a\r\n\r\n"), "/alive"));
    CHECK_I64(0, place_close(&p));
}

static struct http_stream *stream_of(struct place *p)
{
    struct http_stream *s = NULL;
    for (int i = 0; i < 1000 && !s; i++) {
        pthread_mutex_lock(&p->lock);
        s = p->stream;
        p->stream = NULL;
        pthread_mutex_unlock(&p->lock);
        usleep(2000);
    }
    return s;
}

TEST(http_server, streams_grow_until_their_end)
{
    struct place p;
    place_open(&p, (struct http_options){.idle_timeout_s = 1});
    int fd = dial(&p);
    say(fd, T("GET /events HTTP/1.1\r\nHost: a\r\n\r\n"));
    struct http_stream *s = stream_of(&p);
    CHECK(http_stream_write(s, T("data: one\n\n")));
    struct text got = hear(&p.arena, fd, "data: one\n\n");
    CHECK(has(got, "\r\nContent-Type: text/event-stream\r\n"));
    sleep(3); /* silence is not idleness */
    for (int i = 0; i < 1000; i++) CHECK(http_stream_write(s, T("data: more\n\n")));
    CHECK(http_stream_write(s, T("data: last\n\n")));
    CHECK(!http_stream_gone(s));
    http_stream_end(s);
    got = hear(&p.arena, fd, "\r\n0\r\n\r\n");
    CHECK_I64(1000, count_of(got, "data: more"));
    CHECK(has(got, "data: last") && text_ends(got, T("\r\n0\r\n\r\n")));
    say(fd, T("GET /next HTTP/1.1\r\nHost: a\r\n\r\n"));
    CHECK(has(hear(&p.arena, fd, "/next q"), "/next q"));
    close(fd);
    place_close(&p);
}

TEST(http_server, a_stream_knows_when_its_client_has_gone)
{
    struct place p;
    place_open(&p, (struct http_options){0});
    int fd = dial(&p);
    say(fd, T("GET /events HTTP/1.1\r\nHost: a\r\n\r\n"));
    struct http_stream *s = stream_of(&p);
    hear(&p.arena, fd, "\r\n\r\n");
    CHECK(!http_stream_gone(s));
    close(fd);
    for (int i = 0; i < 300 && !http_stream_gone(s); i++) usleep(10000);
    CHECK(http_stream_gone(s));
    CHECK(!http_stream_write(s, T("x")));
    http_stream_end(s);
    fd = dial(&p); /* and one that reads nothing is dropped */
    say(fd, T("GET /events HTTP/1.1\r\nHost: a\r\n\r\n"));
    s = stream_of(&p);
    char lump[4096];
    memset(lump, 'l', sizeof lump);
    int taken = 0;
    while (taken < 10000 && http_stream_write(s, (struct text){lump, sizeof lump})) taken++;
    CHECK(taken >= HTTP_STREAM_MAX / 4096 && taken < 10000);
    http_stream_end(s);
    close(fd);
    place_close(&p);
}

TEST(http_server, long_answers_are_pulled)
{
    struct place p;
    place_open(&p, (struct http_options){0});
    struct text got = ask(&p, "GET /pull HTTP/1.1\r\nHost: a\r\n\r\n");
    CHECK(text_ends(got, T("\r\n0\r\n\r\n")));
    CHECK(count_of(got, "p") >= 3000);
    got = ask(&p, "GET /broken HTTP/1.1\r\nHost: a\r\n\r\n");
    CHECK(!text_ends(got, T("0\r\n\r\n")));
    CHECK_I64(2, p.pulls_done);
    place_close(&p);
}

TEST(http_server, a_full_server_says_so)
{
    struct place p;
    place_open(&p, (struct http_options){.connections_max = 2});
    int one = dial(&p), two = dial(&p);
    say(one, T("GET /1 HTTP/1.1\r\nHost: a\r\n\r\n"));
    say(two, T("GET /2 HTTP/1.1\r\nHost: a\r\n\r\n"));
    CHECK(has(hear(&p.arena, one, "/1 q"), " 200 OK"));
    CHECK(has(hear(&p.arena, two, "/2 q"), " 200 OK"));
    struct text got = ask(&p, "GET /3 HTTP/1.1\r\nHost: a\r\n\r\n");
    CHECK(text_starts(got, T("HTTP/1.1 503 ")) && has(got, "\"too_many_connections\""));
    close(one), close(two);
    usleep(100000);
    CHECK(has(ask(&p, "GET /4 HTTP/1.1\r\nHost: a\r\n\r\n"), " 200 OK"));
    place_close(&p);
}

static void *stop_run(void *arg)
{
    struct place *p = arg;
    CHECK_I64(0, http_server_stop(p->server, 10));
    return NULL;
}

TEST(http_server, a_stop_lets_running_requests_finish)
{
    struct place p;
    place_open(&p, (struct http_options){0});
    int idle = dial(&p), busy = dial(&p), events = dial(&p);
    say(idle, T("GET /a HTTP/1.1\r\nHost: a\r\n\r\n"));
    hear(&p.arena, idle, "/a q");
    say(events, T("GET /events HTTP/1.1\r\nHost: a\r\n\r\n"));
    struct http_stream *s = stream_of(&p);
    say(busy, T("GET /later HTTP/1.1\r\nHost: a\r\n\r\n"));
    wait_for_waiting(&p, 1);
    pthread_t stopper;
    pthread_create(&stopper, NULL, stop_run, &p);
    CHECK_I64(0, (int64_t)hear(&p.arena, idle, NULL).len); /* hung up at once */
    CHECK(text_ends(hear(&p.arena, events, NULL), T("0\r\n\r\n")));
    CHECK(!http_stream_write(s, T("x")));
    http_stream_end(s);
    CHECK_I64(-1, dial(&p) < 0 ? -1 : 0);
    http_reply(p.later[0], 200, "text/plain", T("finished"), HTTP_NO_HEADERS);
    struct text got = hear(&p.arena, busy, NULL);
    CHECK(has(got, "finished") && has(got, "\r\nConnection: close\r\n"));
    pthread_join(stopper, NULL);
    close(idle), close(busy), close(events);
    arena_free(&p.arena);
}

TEST(http_server, a_stop_tells_those_it_cannot_wait_for)
{
    struct place p;
    place_open(&p, (struct http_options){0});
    int fd[3];
    for (int i = 0; i < 3; i++) {
        fd[i] = dial(&p);
        say(fd[i], T("GET /later HTTP/1.1\r\nHost: a\r\n\r\n"));
    }
    wait_for_waiting(&p, 3);
    CHECK_I64(3, http_server_stop(p.server, 0));
    for (int i = 0; i < 3; i++) {
        struct text got = hear(&p.arena, fd[i], NULL);
        CHECK(text_starts(got, T("HTTP/1.1 503 ")) && has(got, "\"stopping\""));
        close(fd[i]);
    }
    /* The owners come late: into the void, but not into freed memory. */
    http_reply(p.later[0], 200, "text/plain", T("x"), HTTP_NO_HEADERS);
    http_reply_pull(p.later[1], 200, NULL, (struct http_pull){pull_letters, pull_ends, &p, -1},
                    HTTP_NO_HEADERS);
    CHECK_I64(1, p.pulls_done);
    struct http_stream *s = http_stream_begin(p.later[2], "text/plain", HTTP_NO_HEADERS);
    CHECK(!http_stream_write(s, T("x")));
    http_stream_end(s);
    arena_free(&p.arena);
}

TEST(http_server, says_what_is_wrong_with_an_address)
{
    struct place p;
    place_open(&p, (struct http_options){.listen = "[::1]:0"});
    CHECK(http_server_port(p.server) > 0);
    place_close(&p);
    place_open(&p, (struct http_options){0});
    struct http_server *other = NULL;
    static const char *const bad[] = {"",          "8080",       "localhost:80",
                                      "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536",
                                      "[::1]",     "::1:80",     "127.0.0.1:-1"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        CHECK_FAULT(&p.ctx, ERR_INVALID, "bad_listen_address",
                    http_server_start(&p.ctx,
                                      &(struct http_options){.listen = bad[i], .handle = handle},
                                      &other));
    char taken[32];
    snprintf(taken, sizeof taken, "127.0.0.1:%d", http_server_port(p.server));
    CHECK_FAULT(&p.ctx, ERR_CONFLICT, "address_in_use",
                http_server_start(&p.ctx, &(struct http_options){.listen = taken, .handle = handle},
                                  &other));
    place_close(&p);
}
