/* test/api/limits_test.c: the limits and guards of HTTP as the served program keeps them. Each is
 * probed at length in wire/http_request_test.c; here: that the program has them in use. */
#include "served.h"
#include "wire/http_server.h"
#include "wire/json.h"

#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#define ORDER_HEAD "POST /v1/orders HTTP/1.1\r\nHost: a\r\n"
#define HIDDEN "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"

static struct text repeated(struct arena *a, const char *part, size_t times)
{
    struct buf b = buf_new(a);
    for (size_t i = 0; i < times; i++) buf_puts(&b, part);
    return buf_text(&b);
}

static void check_answer(const char *what, struct text got, int status, const char *reason)
{
    char begins[40], says[80];
    snprintf(begins, sizeof begins, "HTTP/1.1 %d ", status);
    snprintf(says, sizeof says, "\"reason\":\"%s\"", reason);
    struct text rest = text_skip(got, got.len ? 1 : 0);
    if (!text_starts(got, text_of(begins)) || text_find(got, text_of(says)) < 0 ||
        text_find(rest, T("HTTP/1.1 ")) >= 0)
        test_fail(__FILE__, __LINE__, "%s: got %.*s", what, TEXT_ARG(text_head(got, 600)));
}

/* One answer, after which the connection is closed: what is hidden behind is not read. */
static const struct {
    const char *what, *request;
} framings[] = {
    {"length and coding",
     ORDER_HEAD "Content-Length: 40\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" HIDDEN},
    {"two lengths", ORDER_HEAD "Content-Length: 0\r\nContent-Length: 37\r\n\r\n" HIDDEN},
    {"a space before the colon", ORDER_HEAD "Content-Length : 37\r\n\r\n" HIDDEN},
    {"a folded line", ORDER_HEAD "X: y\r\n z\r\n\r\n" HIDDEN},
    {"a bare line feed", "GET /healthz HTTP/1.1\nHost: a\r\n\r\n" HIDDEN},
    {"no host", "GET /healthz HTTP/1.1\r\n\r\n" HIDDEN},
    {"two keys", ORDER_HEAD "Idempotency-Key: a\r\nIdempotency-Key: b\r\n\r\n" HIDDEN},
};

static void check_framings(const struct served *s)
{
    struct arena *a = &s->w->arena;
    for (size_t i = 0; i < sizeof framings / sizeof *framings; i++) {
        struct text got = served_say(s, a, text_of(framings[i].request));
        struct text rest = text_skip(got, got.len ? 1 : 0);
        if (!text_starts(got, T("HTTP/1.1 400 ")) ||
            text_find(got, T("application/problem+json")) < 0 ||
            text_find(rest, T("HTTP/1.1 ")) >= 0)
            test_fail(__FILE__, __LINE__, "%s: got %.*s", framings[i].what,
                      TEXT_ARG(text_head(got, 600)));
    }
}

static void check_sizes(const struct served *s)
{
    struct arena *a = &s->w->arena;
    int status;
    struct text letters = repeated(a, "0123456789abcdef", HTTP_BODY_MAX / 16 + 1);
    struct text body = text_printf(a, "{\"note\":\"%.*s\"}", TEXT_ARG(letters));
    struct text got = served_ask(s, a, "POST", "/v1/orders", body, &status);
    CHECK_I64(413, status);
    CHECK(text_find(got, T("\"reason\":\"")) >= 0);
    got = served_ask(s, a, "POST", "/v1/orders/bulk", body, &status);
    CHECK_I64(200, status); /* rows may be many: this one alone is refused */
    CHECK(text_starts(got, T("{\"row\":1,\"status\":4")));
    body = text_printf(a, "{\"lines\":%.*s", TEXT_ARG(repeated(a, "[", JSON_DEPTH_MAX)));
    got = served_ask(s, a, "POST", "/v1/orders", body, &status);
    CHECK_I64(400, status);
    CHECK(text_find(got, T("\"reason\":\"")) >= 0);
    struct text name = repeated(a, "abcdefgh", HTTP_HEAD_MAX / 8 + 1);
    struct text head =
        text_printf(a, "GET /healthz HTTP/1.1\r\nHost: a\r\nX: %.*s\r\n\r\n", TEXT_ARG(name));
    check_answer("a long head", served_say(s, a, head), 431, "head_too_large");
    struct text target =
        text_printf(a, "/v1/orders?reference=%.*s", TEXT_ARG(text_head(name, 9000)));
    got = served_ask(s, a, "GET", text_cstr(a, target), T(""), &status);
    CHECK_I64(413, status);
}

/* Who dribbles waits for itself alone. */
static void check_slow_ones(const struct served *s)
{
    enum { SLOW = 50 };
    int fd[SLOW], status = 0;
    for (int i = 0; i < SLOW; i++) {
        fd[i] = served_dial(s);
        CHECK(fd[i] >= 0);
        struct text part = i % 2 ? T(ORDER_HEAD "Content-Length: 50\r\n\r\n{") : T("GET /hea");
        CHECK_I64((int64_t)part.len, send(fd[i], part.at, part.len, MSG_NOSIGNAL));
    }
    struct text got = served_ask(s, &s->w->arena, "GET", "/v1/orders", T(""), &status);
    CHECK_I64(200, status);
    CHECK(text_find(got, T("\"data\":[]")) >= 0);
    for (int i = 0; i < SLOW; i++) close(fd[i]);
}

TEST(limits, the_served_program_keeps_its_limits_and_goes_on)
{
    struct world world;
    struct served s;
    if (!world_open(&world, DB_SQLITE)) return;
    shop_open(&world);
    if (served_start(&s, &world)) {
        check_framings(&s);
        check_sizes(&s);
        check_slow_ones(&s);
        served_stop(&s);
    }
    world_close(&world);
}
