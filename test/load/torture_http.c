/* test/load/torture_http.c: a client that waits for its answer. */
#include "torture.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

void torture_hang_up(struct torture_line *l)
{
    if (l->fd > 0) close(l->fd);
    l->fd = 0;
}

static bool dial(struct torture_line *l)
{
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)l->port),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct timeval most = {.tv_sec = 30};
    int yes = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return false;
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &most, sizeof most);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    if (connect(fd, (const struct sockaddr *)&to, sizeof to) != 0) {
        close(fd);
        return false;
    }
    l->fd = fd;
    return true;
}

static bool send_all(int fd, struct text t)
{
    while (t.len) {
        ssize_t n = send(fd, t.at, t.len, MSG_NOSIGNAL);
        if (n <= 0) return false;
        t = text_skip(t, (size_t)n);
    }
    return true;
}

/* The whole answer is there: its length stands in the head. */
static bool read_answer(struct torture_line *l, int *status, struct text *body)
{
    struct buf b = buf_new(&l->arena);
    buf_puts(&b, "");
    for (;;) {
        ssize_t n = recv(l->fd, buf_space(&b, 16384), 16384, 0);
        if (n <= 0) return false;
        b.len += (size_t)n;
        struct text all = buf_text(&b);
        ptrdiff_t end = text_find(all, T("\r\n\r\n"));
        if (end < 0) continue;
        struct text head = text_head(all, (size_t)end + 2);
        ptrdiff_t at = text_find(head, T("Content-Length: "));
        if (at < 0) at = text_find(head, T("content-length: ")); /* proxies write it so */
        size_t length = at < 0 ? 0 : (size_t)strtoul(head.at + at + 16, NULL, 10);
        if (all.len < (size_t)end + 4 + length) continue;
        *status = atoi(all.at + strlen("HTTP/1.1 "));
        *body = text_head(text_skip(all, (size_t)end + 4), length);
        return true;
    }
}

int torture_ask(struct torture_line *l, const char *method, const char *target,
                const char *once_key, struct text body, struct text *answer)
{
    int status = 0;
    bool is_rows = strstr(target, "/bulk") || strstr(target, "/bins") || strstr(target, "/packs") ||
                   strstr(target, "/handovers");
    arena_reset(&l->arena);
    *answer = (struct text){0};
    struct text request = text_printf(
        &l->arena,
        "%s %s HTTP/1.1\r\nHost: torture\r\nAuthorization: Bearer %s\r\n%s%s%s"
        "Content-Type: application/%s\r\nContent-Length: %zu\r\n\r\n%.*s",
        method, target, l->key, once_key ? "Idempotency-Key: " : "", once_key ? once_key : "",
        once_key ? "\r\n" : "", is_rows ? "x-ndjson" : "json", body.len, TEXT_ARG(body));
    if (l->fd <= 0 && !dial(l)) return 0;
    if (send_all(l->fd, request) && read_answer(l, &status, answer)) return status;
    torture_hang_up(l);
    return 0;
}

struct text torture_word(struct text answer, const char *name)
{
    char begin[80];
    struct text rest;
    snprintf(begin, sizeof begin, "\"%s\":\"", name);
    ptrdiff_t at = text_find(answer, text_of(begin));
    if (at < 0) return (struct text){0};
    struct text word = text_split(text_skip(answer, (size_t)at + strlen(begin)), '"', &rest);
    return rest.at ? word : (struct text){0};
}

int64_t torture_number(struct text answer, const char *name)
{
    char begin[80];
    snprintf(begin, sizeof begin, "\"%s\":", name);
    ptrdiff_t at = text_find(answer, text_of(begin));
    if (at < 0) return NONE;
    struct text rest = text_skip(answer, (size_t)at + strlen(begin));
    int64_t n = 0;
    size_t i = 0;
    while (i < rest.len && rest.at[i] >= '0' && rest.at[i] <= '9') n = n * 10 + rest.at[i++] - '0';
    return i ? n : NONE;
}
