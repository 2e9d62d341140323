#include "bench/front.h"

#include "base/arena.h"
#include "wire/http_server.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LOG_BYTES = 64 * 1024 * 1024, GROUP_BYTES = 4 * 1024 * 1024 };

struct front {
    pthread_mutex_t lock;
    pthread_cond_t more;
    struct http_request *waiting; /* each request's user is the next one */
    int log;
    char *group; /* GROUP_BYTES */
};

static void handle(void *arg, struct http_request *req)
{
    struct front *f = arg;
    pthread_mutex_lock(&f->lock);
    req->user = f->waiting;
    f->waiting = req;
    pthread_cond_signal(&f->more);
    pthread_mutex_unlock(&f->lock);
}

static void answer_all(struct http_request *req)
{
    while (req) {
        struct http_request *next = req->user; /* it is gone once it is answered */
        http_reply(req, 201, "application/json", T("{\"stage\":\"processing\"}"),
                   (struct http_headers){0});
        req = next;
    }
}

/* Reuses the log from its start: to overwrite is what a log does that is kept. */
static void write_groups(struct front *f)
{
    off_t at = 0;
    for (;;) {
        pthread_mutex_lock(&f->lock);
        while (!f->waiting) pthread_cond_wait(&f->more, &f->lock);
        struct http_request *group = f->waiting;
        f->waiting = NULL;
        pthread_mutex_unlock(&f->lock);
        size_t used = 0;
        for (const struct http_request *req = group; req; req = req->user) {
            size_t n = req->body.len < GROUP_BYTES - used ? req->body.len : GROUP_BYTES - used;
            memcpy(f->group + used, req->body.at, n);
            used += n;
        }
        if (at + (off_t)used > LOG_BYTES) at = 0;
        if (pwrite(f->log, f->group, used, at) != (ssize_t)used || fdatasync(f->log) != 0) _exit(1);
        at += (off_t)used;
        answer_all(group);
    }
}

_Noreturn void front_serve(const char *log, int port)
{
    struct front f = {.lock = PTHREAD_MUTEX_INITIALIZER,
                      .more = PTHREAD_COND_INITIALIZER,
                      .log = open(log, O_RDWR | O_CREAT | O_CLOEXEC, 0600),
                      .group = malloc(GROUP_BYTES)};
    struct arena a = {0};
    struct ctx c = {.arena = &a};
    struct http_server *server;
    char listen[32];
    snprintf(listen, sizeof listen, "127.0.0.1:%d", port);
    if (f.log < 0 || !f.group) _exit(1);
    memset(f.group, 0, GROUP_BYTES);
    for (off_t at = 0; at < LOG_BYTES; at += GROUP_BYTES)
        if (pwrite(f.log, f.group, GROUP_BYTES, at) != GROUP_BYTES) _exit(1);
    if (fsync(f.log) != 0) _exit(1);
    struct http_options options = {.listen = listen, .handle = handle, .arg = &f};
    if (http_server_start(&c, &options, &server) != OK) _exit(1);
    write_groups(&f);
    _exit(0);
}
