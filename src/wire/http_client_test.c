/* wire/http_client_test.c: our client against our server, and against servers that misbehave. */
#include "wire/http_client.h"

#include "harness.h"
#include "wire/http_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static atomic_int served;

static void serve(void *arg, struct http_request *req)
{
    (void)arg;
    atomic_fetch_add(&served, 1);
    if (text_is(req->path, "/moved")) {
        http_reply(req, 302, NULL, T(""), HTTP_HEADERS({"Location", T("/elsewhere")}));
    } else if (text_is(req->path, "/wrong")) {
        http_reply(req, 500, "text/plain", T("broken"), HTTP_NO_HEADERS);
    } else if (text_is(req->path, "/large")) {
        char *at = arena_new(req->arena, char, 100001);
        memset(at, 'l', 100000);
        http_reply(req, 200, "text/plain", (struct text){at, 100000}, HTTP_NO_HEADERS);
    } else {
        struct text said = text_printf(
            req->arena, "%.*s %.*s?%.*s key=%.*s type=%.*s body=%.*s", TEXT_ARG(req->method),
            TEXT_ARG(req->path), TEXT_ARG(req->query), TEXT_ARG(http_header(req, "x-key")),
            TEXT_ARG(http_header(req, "content-type")), TEXT_ARG(req->body));
        http_reply(req, 201, "text/plain", said, HTTP_HEADERS({"X-Reply", T("a: b")}));
    }
}

struct place {
    struct arena arena;
    struct ctx ctx;
    struct http_server *server;
};

static void place_open(struct place *p)
{
    memset(p, 0, sizeof *p);
    p->ctx.arena = &p->arena;
    atomic_store(&served, 0);
    CHECK_OK(&p->ctx, http_server_start(&p->ctx,
                                        &(struct http_options){
                                            .listen = "127.0.0.1:0", .threads = 2, .handle = serve},
                                        &p->server));
}

static void place_close(struct place *p)
{
    http_server_stop(p->server, 1);
    arena_free(&p->arena);
}

static struct http_call to(struct place *p, const char *path)
{
    return (struct http_call){
        .url = text_printf(&p->arena, "http://127.0.0.1:%d%s", http_server_port(p->server), path),
        .allow_private = true};
}

TEST(http_client, brings_the_answer_with_its_headers)
{
    struct place p;
    struct http_answer got = {0};
    place_open(&p);
    struct http_call call = to(&p, "/a%2Fb?c=d");
    call.method = "POST";
    call.body = T("{}");
    call.headers = HTTP_HEADERS({"X-Key", T("k1")}, {"Content-Type", T("application/json")});
    CHECK_OK(&p.ctx, http_call(&p.ctx, &call, &got));
    CHECK_I64(201, got.status);
    CHECK_TEXT("POST /a%2Fb?c=d key=k1 type=application/json body={}", got.body);
    CHECK_TEXT("a: b", http_headers_find(got.headers, "x-reply"));
    call = to(&p, "/plain");
    CHECK_OK(&p.ctx, http_call(&p.ctx, &call, &got));
    CHECK_TEXT("GET /plain? key= type= body=", got.body);
    call.method = "DELETE";
    CHECK_OK(&p.ctx, http_call(&p.ctx, &call, &got));
    CHECK(text_starts(got.body, T("DELETE /plain")));
    call.method = "PUT";
    call.body = T("");
    CHECK_OK(&p.ctx, http_call(&p.ctx, &call, &got));
    CHECK(text_starts(got.body, T("PUT /plain")));
    call = to(&p, "/plain");
    call.method = "HEAD";
    CHECK_OK(&p.ctx, http_call(&p.ctx, &call, &got));
    CHECK_I64(0, (int64_t)got.body.len);
    place_close(&p);
}

TEST(http_client, any_status_is_an_answer_and_redirects_are_not_followed)
{
    struct place p;
    struct http_answer got = {0};
    place_open(&p);
    struct http_call call = to(&p, "/moved");
    CHECK_OK(&p.ctx, http_call(&p.ctx, &call, &got));
    CHECK_I64(302, got.status);
    CHECK_TEXT("/elsewhere", http_headers_find(got.headers, "location"));
    call = to(&p, "/wrong");
    CHECK_OK(&p.ctx, http_call(&p.ctx, &call, &got));
    CHECK_I64(500, got.status);
    CHECK_TEXT("broken", got.body);
    CHECK_I64(2, served);
    place_close(&p);
}

TEST(http_client, proxies_of_the_environment_are_not_used)
{
    struct place p;
    struct http_answer got = {0};
    place_open(&p);
    setenv("http_proxy", "http://127.0.0.1:1", 1);
    setenv("ALL_PROXY", "http://127.0.0.1:1", 1);
    struct http_call call = to(&p, "/direct");
    CHECK_OK(&p.ctx, http_call(&p.ctx, &call, &got));
    unsetenv("http_proxy");
    unsetenv("ALL_PROXY");
    CHECK_I64(201, got.status);
    place_close(&p);
}

TEST(http_client, a_long_answer_is_refused)
{
    struct place p;
    struct http_answer got = {0};
    place_open(&p);
    struct http_call call = to(&p, "/large");
    call.answer_max = 100000;
    CHECK_OK(&p.ctx, http_call(&p.ctx, &call, &got));
    CHECK_I64(100000, (int64_t)got.body.len);
    call.answer_max = 99999;
    CHECK_FAULT(&p.ctx, ERR_UNKNOWN, "answer_too_large", http_call(&p.ctx, &call, &got));
    place_close(&p);
}

TEST(http_client, addresses_behind_the_firewall_are_refused_unless_allowed)
{
    struct place p;
    struct http_answer got = {0};
    place_open(&p);
    struct http_call call = to(&p, "/a");
    call.allow_private = false;
    CHECK_FAULT(&p.ctx, ERR_INVALID, "bad_url", http_call(&p.ctx, &call, &got));
    static const char *const behind[] = {
        "http://127.0.0.1/",   "http://localhost/",        "http://2130706433/",
        "http://0x7f.1:8443/", "https://10.1.2.3/",        "http://169.254.169.254/latest",
        "http://[::1]/",       "http://[::ffff:8.8.8.8]/", "http://0.0.0.0/",
        "http://[fe80::1]/",   "http://100.64.0.1:443/",   "http://[64:ff9b::808:808]/"};
    for (size_t i = 0; i < sizeof behind / sizeof *behind; i++) {
        call = (struct http_call){.url = text_of(behind[i]), .connect_timeout_ms = 500};
        CHECK_FAULT(&p.ctx, ERR_INVALID, "address_refused", http_call(&p.ctx, &call, &got));
    }
    CHECK_I64(0, served);
    place_close(&p);
}

static bool is_public(const char *address)
{
    struct sockaddr_in four = {.sin_family = AF_INET};
    struct sockaddr_in6 six = {.sin6_family = AF_INET6};
    if (inet_pton(AF_INET, address, &four.sin_addr) == 1)
        return http_address_public((struct sockaddr *)&four);
    CHECK(inet_pton(AF_INET6, address, &six.sin6_addr) == 1);
    return http_address_public((struct sockaddr *)&six);
}

TEST(http_client, knows_the_edges_of_the_public_internet)
{
    static const char *const open[] = {
        "1.1.1.1",         "9.255.255.255",  "11.0.0.0",       "100.63.255.255",  "100.128.0.0",
        "126.255.255.255", "128.0.0.0",      "172.15.255.255", "172.32.0.0",      "192.167.255.255",
        "192.169.0.0",     "198.17.255.255", "198.20.0.0",     "223.255.255.255", "2606:4700::1111",
        "2001:200::1",     "2a00:1450::1"};
    static const char *const closed[] = {"0.1.2.3",
                                         "10.0.0.0",
                                         "10.255.255.255",
                                         "100.64.0.0",
                                         "100.127.255.255",
                                         "127.0.0.53",
                                         "169.254.169.254",
                                         "172.16.0.0",
                                         "172.31.255.255",
                                         "192.168.0.1",
                                         "198.19.255.255",
                                         "224.0.0.1",
                                         "255.255.255.255",
                                         "::",
                                         "::1",
                                         "::ffff:1.1.1.1",
                                         "64:ff9b::1.1.1.1",
                                         "fc00::1",
                                         "fd12::1",
                                         "fe80::1",
                                         "ff02::1",
                                         "2001::1",
                                         "2001:db8::1",
                                         "2002:7f00:1::",
                                         "::127.0.0.1"};
    for (size_t i = 0; i < sizeof open / sizeof *open; i++)
        if (!is_public(open[i])) test_fail(__FILE__, __LINE__, "%s is public", open[i]);
    for (size_t i = 0; i < sizeof closed / sizeof *closed; i++)
        if (is_public(closed[i])) test_fail(__FILE__, __LINE__, "%s is not public", closed[i]);
}

TEST(http_client, refuses_what_is_no_call)
{
    struct place p;
    struct http_answer got = {0};
    place_open(&p);
    static const char *const bad[] = {"",
                                      "x",
                                      "ftp://a/",
                                      "file:///etc/passwd",
                                      "http://",
                                      "http://user@127.0.0.1/",
                                      "http://u:p@127.0.0.1/",
                                      "http://a\r\nX: y/",
                                      "gopher://127.0.0.1/",
                                      "http://a:99999/",
                                      "http://a b/"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct http_call call = {.url = text_of(bad[i]), .allow_private = true};
        CHECK_FAULT(&p.ctx, ERR_INVALID, "bad_url", http_call(&p.ctx, &call, &got));
    }
    struct http_call call = to(&p, "/a");
    call.headers = HTTP_HEADERS({"X-Key", T("a\r\nX-Evil: b")});
    CHECK_FAULT(&p.ctx, ERR_INVALID, "bad_header", http_call(&p.ctx, &call, &got));
    call.headers = HTTP_HEADERS({"X Key", T("a")});
    CHECK_FAULT(&p.ctx, ERR_INVALID, "bad_header", http_call(&p.ctx, &call, &got));
    call = to(&p, "/a");
    call.method = "GET / HTTP/1.1\r\nX:";
    CHECK_FAULT(&p.ctx, ERR_INVALID, "bad_header", http_call(&p.ctx, &call, &got));
    CHECK_I64(0, served);
    place_close(&p);
}

enum { HANG, RESET, HALF, NEVER_ACCEPT, GARBAGE };

/* A server of one connection that does `what` with it. */
struct rogue {
    int listener, port;
    int what;
    pthread_t thread;
};

static void *rogue_run(void *arg)
{
    struct rogue *r = arg;
    char heard[4096];
    int fd = accept(r->listener, NULL, NULL);
    (void)!recv(fd, heard, sizeof heard, 0);
    if (r->what == HALF) (void)!send(fd, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf", 41, 0);
    if (r->what == GARBAGE) (void)!send(fd, "SSH-2.0-rogue\r\n", 15, 0);
    if (r->what == HANG) sleep(1);
    struct linger cut = {.l_onoff = 1};
    if (r->what == RESET) setsockopt(fd, SOL_SOCKET, SO_LINGER, &cut, sizeof cut);
    close(fd);
    return NULL;
}

static struct http_call rogue_open(struct rogue *r, struct arena *a)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t bytes = sizeof at;
    r->listener = socket(AF_INET, SOCK_STREAM, 0);
    CHECK(bind(r->listener, (struct sockaddr *)&at, sizeof at) == 0);
    CHECK(listen(r->listener, 1) == 0);
    getsockname(r->listener, (struct sockaddr *)&at, &bytes);
    r->port = ntohs(at.sin_port);
    if (r->what != NEVER_ACCEPT) pthread_create(&r->thread, NULL, rogue_run, r);
    return (struct http_call){.method = "POST",
                              .url = text_printf(a, "http://127.0.0.1:%d/pay", r->port),
                              .body = T("amount=1"),
                              .timeout_ms = 400,
                              .allow_private = true};
}

TEST(http_client, tells_not_sent_from_answer_lost)
{
    struct arena a = {0};
    struct ctx c = {.arena = &a};
    struct http_answer got = {0};
    for (int what = HANG; what <= GARBAGE; what++) {
        if (what == NEVER_ACCEPT) continue;
        struct rogue r = {.what = what};
        struct http_call call = rogue_open(&r, &a);
        CHECK_FAULT(&c, ERR_UNKNOWN, "no_answer", http_call(&c, &call, &got));
        pthread_join(r.thread, NULL);
        close(r.listener);
    }
    struct rogue nobody = {.what = NEVER_ACCEPT};
    struct http_call call = rogue_open(&nobody, &a);
    close(nobody.listener);
    CHECK_FAULT(&c, ERR_UPSTREAM, "unreachable", http_call(&c, &call, &got));
    call.url = T("http://no-such-host.invalid/");
    call.timeout_ms = 5000;
    CHECK_FAULT(&c, ERR_UPSTREAM, "unreachable", http_call(&c, &call, &got));
    struct rogue plain = {.what = GARBAGE}; /* speaks no TLS: refused before the call is sent */
    call = rogue_open(&plain, &a);
    call.timeout_ms = 2000;
    call.url = text_printf(&a, "https://127.0.0.1:%d/pay", plain.port);
    CHECK_FAULT(&c, ERR_UPSTREAM, "unreachable", http_call(&c, &call, &got));
    pthread_join(plain.thread, NULL);
    close(plain.listener);
    arena_free(&a);
}
