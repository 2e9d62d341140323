/* wire/http_server.c: GNU libmicrohttpd behind our interface: starting, connections, times, the
 * end.
 *
 * A watch thread enforces the times, since the library knows only idleness, and looks for clients
 * of streams that have gone, since the library does not look while a connection is suspended. */
#include "wire/http_server.h"

#include "base/log.h"
#include "wire/http_inside.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
    WATCH_EVERY_MS = 250,
    SAY_ABANDONED_MS = 1000,
    THREADS_USUAL = 8,
    IDLE_USUAL_S = 30,
};

/* The version whose memory layout head_read relies on. */
#define LIBRARY_KNOWN "0.9.75"

int64_t clock_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

bool phase_move(struct connection *k, int from, int to)
{
    return atomic_compare_exchange_strong(&k->phase, &from, to);
}

void deadline_set(struct connection *k, int64_t more_us)
{
    int64_t idle_us = (int64_t)k->server->options.idle_timeout_s * 1000000;
    atomic_store(&k->deadline_us, clock_us() + idle_us + more_us);
}

bool socket_hung_up(int fd)
{
    struct pollfd p = {.fd = fd, .events = POLLRDHUP};
    return poll(&p, 1, 0) > 0;
}

void socket_refuse(int fd, int status, const char *reason, const char *detail)
{
    char body[512], all[1024];
    int body_len = snprintf(body, sizeof body, HTTP_PROBLEM_FORMAT, http_title(status), status,
                            reason, detail);
    int len = snprintf(all, sizeof all,
                       "HTTP/1.1 %d %s\r\nContent-Type: application/problem+json\r\n"
                       "X-Content-Type-Options: nosniff\r\nConnection: close\r\n"
                       "Content-Length: %d\r\n\r\n%s",
                       status, http_title(status), body_len, body);
    (void)!send(fd, all, (size_t)len, MSG_DONTWAIT | MSG_NOSIGNAL);
    shutdown(fd, SHUT_RDWR);
}

/* --- connections -------------------------------------------------------------------------------
 */

static struct text peer_text(struct arena *a, const struct sockaddr *from)
{
    char name[INET6_ADDRSTRLEN] = "";
    if (from->sa_family == AF_INET6) {
        struct sockaddr_in6 six;
        memcpy(&six, from, sizeof six);
        inet_ntop(AF_INET6, &six.sin6_addr, name, sizeof name);
    } else {
        struct sockaddr_in four;
        memcpy(&four, from, sizeof four);
        inet_ntop(AF_INET, &four.sin_addr, name, sizeof name);
    }
    return text_copy(a, text_of(name));
}

static void connection_open(struct http_server *s, struct MHD_Connection *mhd, void **socket)
{
    struct arena a = {0};
    struct connection *k = arena_new(&a, struct connection, 1);
    k->server = s;
    k->mhd = mhd;
    k->fd = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
    k->peer = peer_text(
        &a, MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CLIENT_ADDRESS)->client_addr);
    k->bare = arena_mark(&a);
    k->arena = a;
    deadline_set(k, 0);
    pthread_mutex_lock(&s->lock);
    k->is_surplus = ++s->connections > s->options.connections_max;
    k->next = s->first;
    if (k->next) k->next->before = k;
    s->first = k;
    pthread_mutex_unlock(&s->lock);
    *socket = k;
}

static void connection_close(struct http_server *s, struct connection *k)
{
    pthread_mutex_lock(&s->lock);
    s->connections--;
    if (k->next) k->next->before = k->before;
    *(k->before ? &k->before->next : &s->first) = k->next;
    pthread_mutex_unlock(&s->lock);
    int state = ABANDONED;
    if (atomic_compare_exchange_strong(&k->state, &state, ORPHAN)) return;
    struct arena a = k->arena;
    arena_free(&a);
}

static void on_connection(void *arg, struct MHD_Connection *mhd, void **socket,
                          enum MHD_ConnectionNotificationCode what)
{
    if (what == MHD_CONNECTION_NOTIFY_STARTED)
        connection_open(arg, mhd, socket);
    else
        connection_close(arg, *socket);
}

/* The socket stays open while the lock is held: closing begins with connection_close. */
static void connection_watch(struct http_server *s, struct connection *k, int64_t now_us)
{
    bool stopping = atomic_load(&s->stopping);
    if (k->stream && (stopping || socket_hung_up(k->fd))) http_stream_close(k->stream, !stopping);
    int phase = atomic_load(&k->phase);
    /* The library does not see a hanging up that came together with the request before. What has
       already arrived is still read and answered. */
    if (phase == IDLE && (stopping || socket_hung_up(k->fd))) shutdown(k->fd, SHUT_RD);
    bool is_late = now_us > atomic_load(&k->deadline_us);
    if (!is_late || phase == WORK || phase == EXPIRED || !phase_move(k, phase, EXPIRED)) return;
    if (phase == IDLE && k->is_old)
        shutdown(k->fd, SHUT_RDWR);
    else
        socket_refuse(k->fd, 408, "too_slow", "the request did not arrive in time");
}

static void watch_once(struct http_server *s)
{
    int64_t now_us = clock_us();
    for (struct connection *k = s->first; k; k = k->next) connection_watch(s, k, now_us);
}

static void *watch_run(void *arg)
{
    struct http_server *s = arg;
    pthread_mutex_lock(&s->lock);
    while (!s->watch_ends) {
        struct timespec until;
        clock_gettime(CLOCK_MONOTONIC, &until);
        until.tv_nsec += WATCH_EVERY_MS * 1000000L;
        until.tv_sec += until.tv_nsec / 1000000000L;
        until.tv_nsec %= 1000000000L;
        pthread_cond_timedwait(&s->wake, &s->lock, &until);
        watch_once(s);
    }
    pthread_mutex_unlock(&s->lock);
    return NULL;
}

/* --- start and stop ----------------------------------------------------------------------------
 */

union address {
    struct sockaddr any;
    struct sockaddr_in four;
    struct sockaddr_in6 six;
};

static bool address_parse(struct text listen, union address *out, socklen_t *bytes)
{
    struct arena a = {0};
    int64_t port = -1;
    struct text host, after;
    bool is_six = text_starts(listen, T("["));
    if (is_six) {
        host = text_split(text_skip(listen, 1), ']', &after);
        after = text_starts(after, T(":")) ? text_skip(after, 1) : (struct text){0};
    } else {
        host = text_split(listen, ':', &after);
    }
    bool good = text_to_i64(after, &port) && port >= 0 && port <= 65535;
    memset(out, 0, sizeof *out);
    if (is_six) {
        out->six.sin6_family = AF_INET6;
        out->six.sin6_port = htons((uint16_t)port);
        good = good && inet_pton(AF_INET6, text_cstr(&a, host), &out->six.sin6_addr) == 1;
    } else {
        out->four.sin_family = AF_INET;
        out->four.sin_port = htons((uint16_t)port);
        good = good && inet_pton(AF_INET, text_cstr(&a, host), &out->four.sin_addr) == 1;
    }
    *bytes = is_six ? sizeof out->six : sizeof out->four;
    arena_free(&a);
    return good;
}

static enum err listen_on(struct ctx *c, const char *where, int *out, int *port)
{
    union address address;
    socklen_t bytes;
    if (!address_parse(text_of(where), &address, &bytes)) {
        fail(c, ERR_INVALID, "bad_listen_address", "\"%s\" is no address to listen on", where);
        return hint(c, "write an address and a port: 127.0.0.1:8080 or [::1]:8080");
    }
    int on = 1, fd = socket(address.any.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) return fail(c, ERR_BUSY, "no_socket", "no socket: %s", strerror(errno));
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(fd, &address.any, bytes) == 0 && listen(fd, SOMAXCONN) == 0 &&
        getsockname(fd, &address.any, &bytes) == 0) {
        *out = fd;
        *port = ntohs(address.any.sa_family == AF_INET6 ? address.six.sin6_port
                                                        : address.four.sin_port);
        return OK;
    }
    int why = errno;
    close(fd);
    if (why == EADDRINUSE)
        return fail(c, ERR_CONFLICT, "address_in_use", "another program listens on %s", where);
    return fail(c, ERR_DENIED, "address_refused", "cannot listen on %s: %s", where, strerror(why));
}

static void options_settle(struct http_options *o)
{
    if (!o->threads) o->threads = THREADS_USUAL;
    if (o->threads > HTTP_THREADS_MAX) o->threads = HTTP_THREADS_MAX;
    unsigned room = o->threads * (HTTP_CONNECTIONS_PER_THREAD - HTTP_SURPLUS_PER_THREAD);
    if (!o->connections_max || o->connections_max > room) o->connections_max = room;
    if (!o->head_max || o->head_max > HTTP_HEAD_MAX) o->head_max = HTTP_HEAD_MAX;
    if (!o->body_max) o->body_max = HTTP_BODY_MAX;
    if (!o->idle_timeout_s) o->idle_timeout_s = IDLE_USUAL_S;
}

static struct MHD_Daemon *library_start(struct http_server *s)
{
    const struct http_options *o = &s->options;
    return MHD_start_daemon(
        MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ITC, 0, NULL, NULL,
        request_on_access, s, MHD_OPTION_LISTEN_SOCKET, s->listen_fd,
        /* Our own checks are stricter and answer in our own words. */
        MHD_OPTION_STRICT_FOR_CLIENT, 0, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)HTTP_HEAD_ROOM,
        MHD_OPTION_CONNECTION_LIMIT, o->threads * HTTP_CONNECTIONS_PER_THREAD,
        MHD_OPTION_CONNECTION_TIMEOUT, o->idle_timeout_s + 2, MHD_OPTION_NOTIFY_CONNECTION,
        on_connection, s, MHD_OPTION_NOTIFY_COMPLETED, request_on_done, s,
        MHD_OPTION_URI_LOG_CALLBACK, request_on_target, s,
        /* A pool of one is no pool to the library. */
        o->threads > 1 ? MHD_OPTION_THREAD_POOL_SIZE : MHD_OPTION_END, o->threads, MHD_OPTION_END);
}

static struct http_server *server_new(const struct http_options *options)
{
    struct arena a = {0};
    struct http_server *s = arena_new(&a, struct http_server, 1);
    s->arena = a;
    s->options = *options;
    options_settle(&s->options);
    s->knows_layout = text_is(text_of(MHD_get_version()), LIBRARY_KNOWN);
    if (!s->knows_layout)
        log_line(LOG_WARN, "http", "libmicrohttpd %s: line ends cannot be checked",
                 MHD_get_version());
    pthread_mutex_init(&s->lock, NULL);
    pthread_condattr_t steady;
    pthread_condattr_init(&steady);
    pthread_condattr_setclock(&steady, CLOCK_MONOTONIC);
    pthread_cond_init(&s->wake, &steady);
    pthread_condattr_destroy(&steady);
    return s;
}

static void server_free(struct http_server *s)
{
    pthread_cond_destroy(&s->wake);
    pthread_mutex_destroy(&s->lock);
    struct arena a = s->arena;
    arena_free(&a);
}

enum err http_server_start(struct ctx *c, const struct http_options *options,
                           struct http_server **out)
{
    assert(options->handle);
    int fd = -1, port = 0;
    TRY(listen_on(c, options->listen, &fd, &port));
    struct http_server *s = server_new(options);
    s->listen_fd = fd;
    s->port = port;
    s->library = library_start(s);
    if (s->library && pthread_create(&s->watch, NULL, watch_run, s) == 0) {
        *out = s;
        return OK;
    }
    if (s->library)
        MHD_stop_daemon(s->library);
    else
        close(fd);
    server_free(s);
    return fail(c, ERR_BUSY, "no_threads", "the system gives no threads for the server");
}

int http_server_port(const struct http_server *s) { return s->port; }

static void wait_idle(struct http_server *s, int64_t most_ms)
{
    int64_t until_us = clock_us() + most_ms * 1000;
    while (atomic_load(&s->active) > 0 && clock_us() < until_us) usleep(5000);
}

void http_server_leave(struct http_server *s) { atomic_store(&s->leaving, true); }

int http_server_stop(struct http_server *s, unsigned grace_s)
{
    http_server_leave(s);
    int fd = MHD_quiesce_daemon(s->library), abandoned = 0;
    if (fd >= 0) shutdown(fd, SHUT_RD); /* refuse at once; it may be closed only at the end */
    atomic_store(&s->stopping, true);
    pthread_mutex_lock(&s->lock);
    pthread_cond_signal(&s->wake);
    pthread_mutex_unlock(&s->lock);
    wait_idle(s, (int64_t)grace_s * 1000);
    atomic_store(&s->dead, true);
    pthread_mutex_lock(&s->lock);
    for (struct connection *k = s->first; k; k = k->next) abandoned += request_abandon(k);
    pthread_mutex_unlock(&s->lock);
    wait_idle(s, SAY_ABANDONED_MS);
    pthread_mutex_lock(&s->lock);
    s->watch_ends = true;
    watch_once(s);
    pthread_cond_signal(&s->wake);
    pthread_mutex_unlock(&s->lock);
    pthread_join(s->watch, NULL);
    MHD_stop_daemon(s->library);
    if (fd >= 0) close(fd);
    server_free(s);
    return abandoned;
}

int http_free_port(void)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof at;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool ok = fd >= 0 && bind(fd, (const struct sockaddr *)&at, sizeof at) == 0 &&
              getsockname(fd, (struct sockaddr *)&at, &n) == 0;
    if (fd >= 0) close(fd);
    return ok ? ntohs(at.sin_port) : 0;
}
