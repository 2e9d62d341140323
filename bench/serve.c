/* bench/serve.c: this very program as a server in a process of its own. */
#include "bench/bench.h"

#include "base/source.h"
#include "bench/floor.h"
#include "bench/front.h"
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

static pid_t start_floor(const char *log, int port)
{
    pid_t child = fork();
    if (child != 0) return child;
    front_serve(log, port);
}

static double memory_mb(pid_t pid)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%ld/status", (long)pid);
    return (double)bench_memory_kb(path) / 1024;
}

struct pair {
    struct bench_target server, floor;
    pid_t server_pid, floor_pid;
    int64_t next; /* number of the next order */
};

/* The floor, then the server, with the same orders. */
static enum err one_turn(struct ctx *c, struct pair *p, int clients, int64_t orders,
                         const char *prefix, struct figures *f)
{
    char key[64];
    struct bench_speed floor = {0}, speed = {0};
    if (clients > 1) TRY(bench_http(c, p->floor, clients, p->next, orders, &floor));
    TRY(bench_http(c, p->server, clients, p->next, orders, &speed));
    p->next += orders;
#define TAKE(name, value)                                                                          \
    (snprintf(key, sizeof key, "%s." name, prefix), figure_take(f, key, value))
    TAKE("rate", (double)speed.rate);
    TAKE("p50_ms", (double)speed.p50_us / 1e3);
    if (clients == 1) return OK;
    TAKE("p99_ms", (double)speed.p99_us / 1e3);
    TAKE("floor_rate", (double)floor.rate);
    TAKE("ratio_to_floor", floor.rate ? (double)speed.rate / (double)floor.rate : 0);
#undef TAKE
    if (clients == 512)
        figure_take(f, "intake_http_512.p99_to_commit",
                    (double)speed.p99_us / 1e3 / figure_median(f, "intake.commit_ms"));
    return OK;
}

static enum err take_turns(struct ctx *c, struct pair *p, bool is_quick, struct figures *f)
{
    if (p->server_pid <= 0 || p->floor_pid <= 0 || !is_up(p->server.port) || !is_up(p->floor.port))
        return fail(c, ERR_UPSTREAM, "bench", "the server does not start");
    figure_take(f, "memory.idle_mb", memory_mb(p->server_pid));
    int rounds = is_quick ? 3 : ROUNDS_MAX;
    int64_t few = is_quick ? 200 : 1000, many = is_quick ? 3000 : 15000;
    for (int i = 0; i < rounds; i++) {
        TRY(one_turn(c, p, 1, few, "intake_http_1", f));
        TRY(one_turn(c, p, 64, many, "intake_http", f));
        TRY(one_turn(c, p, 512, many, "intake_http_512", f));
        figure_take(f, "memory.clients_512_mb", memory_mb(p->server_pid));
    }
    return OK;
}

static void end(pid_t pid, int signal)
{
    if (pid <= 0) return;
    kill(pid, signal);
    waitpid(pid, NULL, 0);
}

enum err bench_serve(struct ctx *c, struct bench_options o, struct figures *f)
{
    const char *path = text_cstr(c->arena, text_printf(c->arena, "%s/bench-http.db", o.dir));
    const char *log = text_cstr(c->arena, text_printf(c->arena, "%s/bench-http.log", o.dir));
    struct pair p = {.next = 1};
    TRY(prepare(c, path, &p.server.key));
    p.floor.key = p.server.key;
    p.server.port = free_port();
    p.server_pid = start(path, p.server.port);
    p.floor.port = free_port();
    p.floor_pid = start_floor(log, p.floor.port);
    enum err e = take_turns(c, &p, o.is_quick, f);
    end(p.server_pid, SIGTERM);
    end(p.floor_pid, SIGKILL);
    bench_drop(path);
    bench_drop(log);
    return e;
}
