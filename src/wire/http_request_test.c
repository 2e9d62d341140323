/* wire/http_request_test.c: what is let in, byte by byte, as seen from raw sockets. */
#include "wire/http_server_test.h"

TEST(http_request, answers_a_request_with_all_its_parts)
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

TEST(http_request, mints_a_request_id_when_the_client_sends_none_or_a_bad_one)
{
    struct place p;
    place_open(&p, (struct http_options){0});
    CHECK(has(ask(&p, "GET / HTTP/1.1\r\nHost: a\r\n\r\n"), "\r\nRequest-Id: req_"));
    CHECK(has(ask(&p, "GET / HTTP/1.1\r\nHost: a\r\nRequest-Id: a b\r\n\r\n"),
              "\r\nRequest-Id: req_"));
    place_close(&p);
}

TEST(http_request, head_is_get_without_the_body)
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

TEST(http_request, refuses_what_two_servers_could_read_differently)
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

TEST(http_request, nul_in_a_head_is_refused)
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

TEST(http_request, good_heads_pass_however_they_arrive)
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

TEST(http_request, chunked_bodies_are_read_and_end_the_connection)
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

TEST(http_request, waits_for_the_client_that_asks_before_it_sends)
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

TEST(http_request, bodies_have_a_limit_that_a_path_may_raise)
{
    struct place p;
    place_open(&p, (struct http_options){.idle_timeout_s = 3});
    CHECK(has(post_of(&p, "/a", HTTP_BODY_MAX, HTTP_BODY_MAX), "body=1048576:x"));
    struct text got = post_of(&p, "/a", HTTP_BODY_MAX + 1, HTTP_BODY_MAX + 1);
    CHECK(text_starts(got, T("HTTP/1.1 413 ")) && has(got, "\"body_too_large\""));
    CHECK(has(got, " bytes that this path takes"));
    CHECK(text_starts(post_of(&p, "/a", 1u << 30, 0), T("HTTP/1.1 413 ")));
    CHECK(has(post_of(&p, "/import", 4 * 1024 * 1024, 4 * 1024 * 1024), "body=4194304:x"));
    CHECK(text_starts(post_of(&p, "/import", 4 * 1024 * 1024 + 1, 4 * 1024 * 1024 + 1),
                      T("HTTP/1.1 413 ")));
    CHECK_I64(2, p.handled);
    place_close(&p);
}

TEST(http_request, a_chunked_body_without_end_is_cut)
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

TEST(http_request, heads_have_a_limit)
{
    struct place p;
    place_open(&p, (struct http_options){0});
    static const size_t sizes[] = {10000, 13000, 17000, 40000};
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
