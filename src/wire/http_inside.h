/* wire/http_inside.h: what http_server.c, http_request.c and http_stream.c share; nobody else's.
 *
 * A connection's memory is one arena: the connection first, its present request behind it. The
 * request's state decides who may touch it:
 *
 *   RUNS ── answered in the handler ─────────────> ANSWERED ──> sent
 *     └── handler returned ──> WAITS ── answered ──^
 *                                └── the server stops ──> ABANDONED ── answered ──> DROPPED
 *                                                              └── hung up ──> ORPHAN
 *
 * A stream has two owners, the one who writes and the server; the last to let go frees it. Its lock
 * may be taken inside the server's lock, the library's locks inside both, never the other way. */
#pragma once

#include "wire/http_server.h"

#include <microhttpd.h>
#include <pthread.h>
#include <stdatomic.h>

#define HTTP_PROBLEM_FORMAT                                                                        \
    "{\"type\":\"about:blank\",\"title\":\"%s\",\"status\":%d,\"reason\":\"%s\",\"detail\":\"%"    \
    "s\"}\n"

enum state { RUNS, WAITS, ANSWERED, ABANDONED, DROPPED, ORPHAN };
enum phase { IDLE, HEAD, BODY, WORK, EXPIRED }; /* EXPIRED: the watch has taken it */

struct answer {
    int status;
    const char *content_type;
    struct text body;
    struct http_headers more;
    struct http_stream *stream;
    bool is_pull;
    struct http_pull from;
};

struct request {
    struct http_request open; /* first: what the handler sees */
    struct connection *connection;
    struct text target; /* as sent */
    struct buf body;
    size_t body_max, discarded;
    bool is_begun, is_too_large, close;
    struct answer answer;
};

struct connection {
    struct arena arena; /* holds this struct */
    struct arena_mark bare;
    struct http_server *server;
    struct connection *next, *before;
    struct MHD_Connection *mhd;
    int fd;
    bool is_surplus, is_old; /* is_old: has had an answer */
    _Atomic int state;       /* of the present request */
    _Atomic int phase;
    _Atomic int64_t deadline_us; /* of every phase but WORK */
    struct http_stream *stream;  /* under the server's lock */
    struct text peer;
    struct request request;
};

struct http_server {
    struct arena arena; /* holds this struct */
    struct http_options options;
    struct MHD_Daemon *library;
    int listen_fd, port;
    bool knows_layout;
    pthread_t watch;
    pthread_mutex_t
        lock; /* of the list, the counts and `stream`; never taken inside the library's */
    pthread_cond_t wake;
    struct connection *first;
    unsigned connections;
    bool watch_ends;
    atomic_bool leaving, stopping, dead;
    atomic_int active;
};

int64_t clock_us(void);
bool phase_move(struct connection *k, int from, int to);
/* Set when this phase must end: the idle time from now and so much more. */
void deadline_set(struct connection *k, int64_t more_us);
bool socket_hung_up(int fd);
/* Where the library would send nothing or may not be asked to: straight to the socket. */
void socket_refuse(int fd, int status, const char *reason, const char *detail);

/* The library's callbacks for requests. */
void *request_on_target(void *server, const char *target, struct MHD_Connection *mhd);
enum MHD_Result request_on_access(void *server, struct MHD_Connection *mhd, const char *url,
                                  const char *method, const char *version, const char *bytes,
                                  size_t *count, void **context);
void request_on_done(void *server, struct MHD_Connection *mhd, void **context,
                     enum MHD_RequestTerminationCode why);
bool request_abandon(struct connection *k); /* false: it was not waiting */

struct http_stream *http_stream_new(void);
/* The answer that reads from it; the server's share goes with the answer. */
struct MHD_Response *http_stream_response(struct http_stream *s, struct MHD_Connection *mhd);
void http_stream_close(struct http_stream *s, bool is_gone); /* end it from the server's side */
void http_stream_drop(void *stream);                         /* the server's share */
