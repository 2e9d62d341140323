/* wire/http_server.h: the front door: HTTP/1.1 in, requests out, answers from any thread.
 *
 *   socket ── head checked ── body read ──> handle(request) ── http_reply ──> socket
 *                 │               │                 │              ^
 *                 └─ 400 431 503  └─ 408 413        └── later, from any thread
 *
 * A request belongs to the handler, and to whoever the handler passes it on to, until it is
 * answered exactly once; it must not be touched afterwards. While it waits, its connection costs no
 * thread. All its texts live in req->arena, which the present owner may use and which dies with the
 * answer. Answers are copied: what is passed to http_reply may die when it returns.
 *
 * Head and body must arrive in a limited time however they dribble. Every answer carries Request-Id
 * and X-Content-Type-Options. What the server refuses itself is application/problem+json, except
 * what the library below cannot even read and answers with a line of HTML before it hangs up: a
 * malformed line or Content-Length (400, 413), a head beyond HTTP_HEAD_ROOM (431), another
 * HTTP version (505). A request with a chunked body is the last one of its connection, since the
 * library is lenient about the ends of chunk lines.
 * TLS, HTTP/2 and compression are the reverse proxy's. */
#pragma once

#include "base/ctx.h"
#include "wire/http_message.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct source;
struct http_server;
struct http_stream;

enum {
    HTTP_THREADS_MAX = 64,
    /* Waking a thread costs a walk over those that wait in it. The library asks epoll for 128
       events at once, and when it gets so many it waits for more before it looks at them: the
       connections, the listening socket and its own pipe have to stay fewer. */
    HTTP_CONNECTIONS_PER_THREAD = 120,
    HTTP_SURPLUS_PER_THREAD = 8, /* of these, kept to say 503 on */
    HTTP_BODY_MAX = 1024 * 1024, /* unless the options say otherwise */
    HTTP_HEAD_MAX = 12 * 1024,   /* unless the options say less */
    /* What is read of a head, so that we see that it is too large. The library clears as much
       before every request. */
    HTTP_HEAD_ROOM = 20 * 1024,
    HTTP_STREAM_MAX = 1024 * 1024, /* unsent bytes of a stream; a slower reader is dropped */
};

struct http_request {
    struct text method; /* "GET" for HEAD as well: the answer's body is left out */
    struct text path;   /* begins with '/', or is "*"; see http_target_parse */
    struct text query;  /* as sent, without '?'; absent when there is none */
    struct text body;
    struct text id;   /* Request-Id: the client's when it is 1 to 128 visible characters */
    struct text peer; /* address without port */
    bool is_head;
    struct http_headers headers;
    struct arena *arena;
    void *user; /* the handler's own */
};

struct http_options {
    const char *listen;       /* "127.0.0.1:8080", "[::1]:0"; port 0 takes a free one */
    unsigned threads;         /* 0 is 8 */
    unsigned connections_max; /* 0 is what the threads can hold; beyond it 503 */
    size_t head_max;          /* 0 is HTTP_HEAD_MAX */
    size_t body_max;          /* 0 is HTTP_BODY_MAX */
    /* A limit for this path instead, or 0 for the usual one; only method and path are known. */
    size_t (*body_max_of)(void *arg, struct text method, struct text path);
    unsigned idle_timeout_s; /* 0 is 30: for a head, between requests, and for a body to begin */
    struct source *source;   /* for Request-Ids; NULL takes random ones */
    /* Called in a server's thread; must not wait for long. Answers now or has it answered later. */
    void (*handle)(void *arg, struct http_request *req);
    void *arg;
};

/* ERR_INVALID "bad_listen_address"; ERR_CONFLICT "address_in_use"; ERR_DENIED "address_refused". */
must_check enum err http_server_start(struct ctx *c, const struct http_options *options,
                                      struct http_server **out);
int http_server_port(const struct http_server *s);
int http_free_port(void); /* for a server in another process: one that was free a moment ago */
/* From now on every answer is the last of its connection: who asks again comes anew, and a proxy
   sends them elsewhere. Nobody is turned away. */
void http_server_leave(struct http_server *s);
/* Stop listening, hang up on the idle, end the streams, let running requests finish for at most
   `grace_s` seconds, tell the rest 503 and free all. Returns how many were left unanswered; their
   owners must still answer them (it goes nowhere). Waits for handlers that are still running. */
int http_server_stop(struct http_server *s, unsigned grace_s);

struct text http_header(const struct http_request *req, const char *name); /* absent: no such */
struct text http_cookie(const struct http_request *req, const char *name);
/* Unescaped value of the first such parameter, or the absent text; "" for a name without '='. */
struct text http_query(const struct http_request *req, const char *name);
/* All in turn: start with `rest` = req->query. */
bool http_query_next(const struct http_request *req, struct text *rest, struct text *name,
                     struct text *value);
bool http_client_gone(const struct http_request *req); /* hung up while the request waited */

/* Answer. `content_type` may be NULL when there is no body. A header with a line break in its value
   is our fault: it is left out and logged. */
void http_reply(struct http_request *req, int status, const char *content_type, struct text body,
                struct http_headers more);

/* Answer with what `pull` gives, called in a server's thread until it returns 0 (the end) or -1
   (the connection is cut, so that half a file never looks whole). `done` is called once, in any
   case. */
struct http_pull {
    ssize_t (*pull)(void *arg, char *into, size_t room);
    void (*done)(void *arg); /* or NULL */
    void *arg;
    int64_t bytes; /* the whole length, or -1 when not known */
};
void http_reply_pull(struct http_request *req, int status, const char *content_type,
                     struct http_pull from, struct http_headers more);

/* Answer 200 with a body that grows: server-sent events. Write from any thread, one at a time or
   many; whoever began it calls http_stream_end exactly once, also when the client has gone. */
struct http_stream *http_stream_begin(struct http_request *req, const char *content_type,
                                      struct http_headers more);
bool http_stream_write(struct http_stream *s, struct text t); /* false: the client has gone */
bool http_stream_gone(struct http_stream *s); /* known within a second of its hanging up */
void http_stream_end(struct http_stream *s);
