/* test/api/served.c: see served.h. */
#include "served.h"

#include "app/serve.h"
#include "domain/people/people.h"
#include "faces/api/credential.h"
#include "wire/crypto.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

static enum err put_key(struct ctx *c, void *arg) { return api_key_insert(c, arg); }

static struct text make_key(struct world *w)
{
    struct text key = api_key_new(&w->arena, true);
    struct api_key row = {.key_id = credential_id(key),
                          .merchant_id = w->ctx.merchant_id,
                          .name = T("served"),
                          .key_hash = credential_hash(&w->arena, key),
                          .scopes = SCOPE_ALL,
                          .created_us = w->ctx.now_us,
                          .expires_us = NONE,
                          .revoked_us = NONE};
    CHECK_OK(&w->ctx, db_tx(&w->ctx, put_key, &row));
    return text_printf(&w->arena, "Bearer %.*s", TEXT_ARG(key));
}

/* On PostgreSQL the test's own schema goes with the address. */
static char *database_of(struct world *w)
{
    char all[400];
    snprintf(all, sizeof all, "%s", w->address);
    if (*w->schema)
        snprintf(all, sizeof all, "%s%coptions=-csearch_path%%3D%s", w->address,
                 strchr(w->address, '?') ? '&' : '?', w->schema);
    return strdup(all);
}

static pid_t spawn(struct world *w, int *from)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return -1;
    fflush(NULL);
    pid_t pid = fork();
    if (pid != 0) {
        close(ends[1]);
        *from = ends[0];
        return pid;
    }
    char *argv[] = {strdup("waybill"), strdup("serve"),    strdup("--db"),
                    database_of(w),    strdup("--listen"), strdup("127.0.0.1:0"),
                    strdup("--log"),   strdup("error"),    NULL};
    int quiet = open("/dev/null", O_WRONLY | O_CLOEXEC);
    dup2(ends[1], STDOUT_FILENO);
    dup2(quiet, STDERR_FILENO);
    int code = cli_main((int)(sizeof argv / sizeof *argv) - 1, argv);
    fflush(NULL);
    _exit(code);
}

static int port_told(int from)
{
    char said[1000];
    size_t n = 0;
    while (n + 1 < sizeof said && !memchr(said, '\n', n)) {
        ssize_t got = read(from, said + n, sizeof said - n - 1);
        if (got <= 0) break;
        n += (size_t)got;
    }
    said[n] = 0;
    const char *at = strstr(said, "listens at http://127.0.0.1:");
    return at ? atoi(at + strlen("listens at http://127.0.0.1:")) : 0;
}

static void open_store(struct world *w)
{
    struct store_options options = {.is_fast = true, .schema = *w->schema ? w->schema : NULL};
    CHECK_OK(&w->ctx, store_open(&w->ctx, text_of(w->address), options, &w->store));
    w->ctx.store = w->store;
}

bool served_start(struct served *s, struct world *w)
{
    int from = -1;
    *s = (struct served){.w = w, .bearer = make_key(w)};
    store_close(w->store);
    w->store = w->ctx.store = NULL;
    w->ctx.db = NULL;
    s->pid = spawn(w, &from);
    s->port = s->pid > 0 ? port_told(from) : 0;
    if (from >= 0) close(from);
    if (s->port) return true;
    test_fail(__FILE__, __LINE__, "it does not serve");
    served_stop(s);
    return false;
}

void served_stop(struct served *s)
{
    int status = 0;
    if (s->pid > 0) {
        kill(s->pid, SIGTERM);
        waitpid(s->pid, &status, 0);
        if (s->port) CHECK_I64(0, WIFEXITED(status) ? WEXITSTATUS(status) : -1);
    }
    struct timeval now;
    gettimeofday(&now, NULL);
    source_advance_us(&s->w->source, now.tv_sec * SECOND_US + now.tv_usec - s->w->source.now_us);
    s->w->ctx.now_us = source_now_us(&s->w->source);
    open_store(s->w);
}

int served_dial(const struct served *s)
{
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)s->port),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct timeval most = {.tv_sec = 20};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &most, sizeof most);
    if (connect(fd, (struct sockaddr *)&to, sizeof to) == 0) return fd;
    close(fd);
    return -1;
}

struct text served_say(const struct served *s, struct arena *a, struct text request)
{
    struct buf b = buf_new(a);
    int fd = served_dial(s);
    buf_puts(&b, "");
    while (request.len) {
        ssize_t n = send(fd, request.at, request.len, MSG_NOSIGNAL);
        if (n <= 0) break;
        request = text_skip(request, (size_t)n);
    }
    for (;;) {
        ssize_t n = recv(fd, buf_space(&b, 4096), 4096, 0);
        if (n <= 0) break;
        b.len += (size_t)n;
    }
    close(fd);
    return buf_text(&b);
}

struct text served_ask(const struct served *s, struct arena *a, const char *method,
                       const char *target, struct text body, int *status)
{
    struct text request =
        text_printf(a,
                    "%s %s HTTP/1.1\r\nHost: a\r\nConnection: close\r\nAuthorization: %.*s\r\n"
                    "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n%.*s",
                    method, target, TEXT_ARG(s->bearer), body.len, TEXT_ARG(body));
    struct text answer = served_say(s, a, request);
    int64_t code = 0;
    text_to_i64(text_head(text_skip(answer, strlen("HTTP/1.1 ")), 3), &code);
    *status = (int)code;
    ptrdiff_t at = text_find(answer, T("\r\n\r\n"));
    return at < 0 ? T("") : text_skip(answer, (size_t)at + 4);
}
