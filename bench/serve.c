/* bench/serve.c: this very program as a server in a process of its own. */
#include "bench/bench.h"

#include "base/source.h"
#include "bench/floor.h"
#include "domain/people/people.h"
#include "faces/api/credential.h"
#include "store/db.h"
#include "wire/crypto.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { PRODUCTS = 10000, START_TRIES = 400 };

static enum err put_key(struct ctx *c, void *arg)
{
    const struct api_key *key = arg;
    return api_key_insert(c, key);
}

static enum err prepare(struct ctx *c, const char *path, struct text *key)
{
    struct ctx own = {.arena = c->arena, .source = c->source};
    struct store *store;
    bench_drop(path);
    enum err e = store_open(&own, text_of(path), (struct store_options){0}, &store);
    c->fault = own.fault;
    TRY(e);
    e = bench_shop(&own, PRODUCTS);
    *key = api_key_new(c->arena, true);
    struct api_key row = {.key_id = credential_id(*key),
                          .merchant_id = own.merchant_id,
                          .name = T("bench"),
                          .key_hash = credential_hash(c->arena, *key),
                          .scopes = SCOPE_ALL,
                          .created_us = source_now_us(c->source),
                          .expires_us = NONE,
                          .revoked_us = NONE};
    if (e == OK) e = db_tx(&own, put_key, &row);
    store_close(store);
    c->fault = own.fault;
    return e;
}

/* A port that was free a moment ago. */
static int free_port(void)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof at;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool ok = fd >= 0 && bind(fd, (const struct sockaddr *)&at, sizeof at) == 0 &&
              getsockname(fd, (struct sockaddr *)&at, &n) == 0;
    if (fd >= 0) close(fd);
    return ok ? ntohs(at.sin_port) : 0;
}

static pid_t start(const char *path, int port)
{
    char listen[32];
    snprintf(listen, sizeof listen, "127.0.0.1:%d", port);
    pid_t child = fork();
    if (child != 0) return child;
    int nothing = open("/dev/null", O_RDWR);
    dup2(nothing, STDOUT_FILENO);
    dup2(nothing, STDERR_FILENO);
    execl("/proc/self/exe", "waybill", "serve", "--db", path, "--listen", listen, (char *)NULL);
    _exit(127);
}

static bool is_up(int port)
{
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)port),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    for (int i = 0; i < START_TRIES; i++) {
        int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        bool up = connect(fd, (const struct sockaddr *)&to, sizeof to) == 0;
        close(fd);
        if (up) return true;
        nanosleep(&(struct timespec){0, 25000000}, NULL);
    }
    return false;
}

static int64_t memory_of(pid_t pid)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%ld/status", (long)pid);
    return bench_memory_kb(path);
}

enum err bench_serve(struct ctx *c, const char *dir, bool is_quick, struct list *out)
{
    static const int clients[] = {1, 64, 512};
    static const int64_t most[] = {2000, 30000, 30000}, few[] = {400, 6000, 6000};
    const char *path = text_cstr(c->arena, text_printf(c->arena, "%s/bench-http.db", dir));
    struct bench_target target;
    TRY(prepare(c, path, &target.key));
    target.port = free_port();
    pid_t server = start(path, target.port);
    struct bench_speed *speeds = arena_new(c->arena, struct bench_speed, 3);
    enum err e = server > 0 && is_up(target.port)
                     ? OK
                     : fail(c, ERR_UPSTREAM, "bench", "the server does not start");
    int64_t first = 1;
    for (int i = 0; i < 3 && e == OK; i++) {
        int64_t orders = is_quick ? few[i] : most[i];
        e = bench_http(c, target, clients[i], first, orders, &speeds[i]);
        speeds[i].clients = clients[i];
        speeds[i].server_memory_kb = memory_of(server);
        first += orders;
    }
    if (server > 0) {
        kill(server, SIGTERM);
        waitpid(server, NULL, 0);
    }
    bench_drop(path);
    *out = (struct list){speeds, e == OK ? 3 : 0};
    return e;
}
