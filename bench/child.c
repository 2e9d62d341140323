/* bench/child.c: this very program in a process of its own. */
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
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { LOOK_EVERY_US = 1000, WORDS_MAX = 32 };

enum err bench_open(struct ctx *c, const char *path, struct ctx *own)
{
    struct store *store;
    *own = (struct ctx){.arena = c->arena, .source = c->source};
    bench_drop(path);
    enum err e = store_open(own, text_of(path), (struct store_options){0}, &store);
    if (e == OK) e = bench_shop(own, "bench", BENCH_PRODUCTS);
    if (e == OK) return OK;
    c->fault = own->fault;
    if (own->store) store_close(own->store);
    return e;
}

enum err bench_close(struct ctx *c, struct ctx *own, enum err e)
{
    store_close(own->store);
    own->store = NULL;
    own->db = NULL;
    if (e != OK) c->fault = own->fault;
    return e;
}

static enum err put_key(struct ctx *c, void *arg)
{
    const struct api_key *key = arg;
    return api_key_insert(c, key);
}

static enum err make_key(struct ctx *own, struct text *key)
{
    *key = api_key_new(own->arena, true);
    struct api_key row = {.key_id = credential_id(*key),
                          .merchant_id = own->merchant_id,
                          .name = T("bench"),
                          .key_hash = credential_hash(own->arena, *key),
                          .scopes = SCOPE_ALL,
                          .created_us = source_now_us(own->source),
                          .expires_us = NONE,
                          .revoked_us = NONE};
    return db_tx(own, put_key, &row);
}

enum err bench_prepare(struct ctx *c, const char *path, struct text *key, struct text *neighbour)
{
    struct ctx own;
    TRY(bench_open(c, path, &own));
    enum err e = make_key(&own, key);
    if (e == OK && neighbour) e = bench_shop(&own, "neighbour", BENCH_PRODUCTS);
    if (e == OK && neighbour) e = make_key(&own, neighbour);
    return bench_close(c, &own, e);
}

/* Silent. With a wrapper the program's own path, as it cannot be "/proc/self/exe" there. */
static pid_t run(const char *const *wrapper, const char *const *words)
{
    char program[512] = "";
    const char *all[WORDS_MAX];
    size_t n = 0;
    if (readlink("/proc/self/exe", program, sizeof program - 1) < 0) return -1;
    for (; wrapper && *wrapper && n < WORDS_MAX / 2; wrapper++) all[n++] = *wrapper;
    all[n++] = program;
    for (; *words && n < WORDS_MAX - 1; words++) all[n++] = *words;
    all[n] = NULL;
    pid_t child = fork();
    if (child != 0) return child;
    setenv("WAYBILL_RATE", "0", 1); /* not a key's pace is measured, but what a server can do */
    int nothing = open("/dev/null", O_RDWR);
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) dup2(nothing, fd);
    execvp(all[0], (char *const *)(uintptr_t)all);
    _exit(127);
}

pid_t bench_start(const char *path, int port, const char *const *wrapper)
{
    char listen[32];
    snprintf(listen, sizeof listen, "127.0.0.1:%d", port);
    return run(wrapper, (const char *const[]){"serve", "--db", path, "--listen", listen, NULL});
}

struct bench_child bench_child(const char *const *words)
{
    struct bench_child out = {.status = 127};
    struct rusage used = {0};
    int64_t begin = bench_now_us();
    pid_t pid = run(NULL, words);
    int status = 0;
    if (pid <= 0 || wait4(pid, &status, 0, &used) != pid) return out;
    out.us = bench_now_us() - begin;
    out.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    out.memory_kb = used.ru_maxrss;
    return out;
}

static bool connects(int port, int *fd)
{
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)port),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    *fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (*fd >= 0 && connect(*fd, (const struct sockaddr *)&to, sizeof to) == 0) return true;
    if (*fd >= 0) close(*fd);
    return false;
}

static bool is_ready(int port)
{
    static const char ask[] = "GET /readyz HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n\r\n";
    char answer[16] = "";
    int fd;
    if (!connects(port, &fd)) return false;
    bool ok = send(fd, ask, sizeof ask - 1, MSG_NOSIGNAL) == sizeof ask - 1 &&
              recv(fd, answer, sizeof answer - 1, MSG_WAITALL) > 0 && strstr(answer, " 200");
    close(fd);
    return ok;
}

static bool is_open(int port)
{
    int fd;
    if (!connects(port, &fd)) return false;
    close(fd);
    return true;
}

static bool wait_until(bool (*is_so)(int port), int port, int seconds)
{
    for (int i = 0; i < seconds * 1000000 / LOOK_EVERY_US; i++) {
        if (is_so(port)) return true;
        nanosleep(&(struct timespec){0, LOOK_EVERY_US * 1000L}, NULL);
    }
    return false;
}

bool bench_is_up(int port, int seconds) { return wait_until(is_open, port, seconds); }
bool bench_answers(int port, int seconds) { return wait_until(is_ready, port, seconds); }

double bench_memory_mb(pid_t pid)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%ld/status", (long)pid);
    return (double)bench_memory_kb(path) / 1024;
}

void bench_end(pid_t pid, int signal)
{
    if (pid <= 0) return;
    kill(pid, signal);
    waitpid(pid, NULL, 0);
}
