/* faces/api/dispatch.h: one call in, one answer out; the same for HTTP and for the command line.
 *
 *   call ─> route ─> who ─> scopes ─> parameters, query, body ─┬─ reads ──> handler ─────> answer
 *                                                              └─ writes ─> unit of work:
 *                                            kept answer of this key? ─> handler ─> keep ─> commit
 *
 * Whatever fails becomes application/problem+json (RFC 9457) with a stable `reason`. A failed write
 * with an Idempotency-Key is looked up once more before it is answered: a twin may have been
 * faster, and a commit whose outcome got lost may have taken place. */
#pragma once

#include "base/arena.h"
#include "base/ctx.h"
#include "faces/api/rate.h"
#include "faces/api/route.h"
#include "wire/http_message.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct key_cache;
struct route_tree;
struct route_count; /* per route: how many calls, how long */

struct call {
    struct text method, target; /* "POST", "/v1/orders?preview=1" */
    struct text body, content_type;
    struct text authorization, idempotency_key, prefer, if_match, if_none_match, request_id;
    struct text session; /* the cookie of a person's browser */
    struct text peer;    /* address without port; absent: none to count */
    bool is_cross_site;  /* the browser says that another site's page asks */
    /* The command line on its own database: no key, all scopes of this merchant. */
    bool is_trusted;
    int64_t merchant_id, actor_id; /* whom it acts for; 0: the system */
};

struct answer {
    int status;
    enum err code;
    struct text content_type, body; /* a 204 or 304 has none */
    struct text etag, location, allow, cookie;
    struct text retry_after; /* seconds, of a 429 */
    struct text link;        /* the next page of a list that is no JSON */
    bool is_replayed, is_preview;
};

enum { ANSWER_HEADERS_MAX = 12, TARGET_MAX = 8192 };
/* What else an HTTP answer says; returns how many. */
size_t answer_headers(const struct answer *a, struct http_header out[ANSWER_HEADERS_MAX]);

struct server {
    struct arena arena; /* owns tree, keys and counts */
    struct store *store;
    struct source *source;
    struct route_tree *tree;
    struct key_cache *keys;
    struct route_count *counts;
    int64_t merchant_id; /* of calls without a key: pages and channels find their own behind it */
    struct rates *rates;
    struct rate_limit key_rate, address_rate; /* none until serve sets them */
    int64_t started_us;
    atomic_bool is_draining;      /* /readyz says 503 */
    void (*committed)(void *arg); /* after a write, from any thread; or NULL */
    void *committed_arg;
};

void server_open(struct server *s, struct store *store, struct source *source,
                 const struct route *const *tables);
void server_close(struct server *s); /* not the store */

/* At once, in this thread. Everything in `out` lives in `arena` or is constant. */
void dispatch(struct server *s, struct arena *arena, const struct call *call, struct answer *out);

/* The same; a write is queued and `done` called after its commit, from a writer's thread. What
   `call` shows and `arena` live until then. Needs store_start. */
typedef void answered_fn(void *arg, const struct answer *a);
void dispatch_begin(struct server *s, struct arena *arena, const struct call *call,
                    answered_fn *done, void *arg);

/* May this call be answered at all? For streams, which are answered elsewhere: route, key and
   scopes are checked; who->merchant_id and owner_id are whose data it sees. False: `out` is the
   refusal. */
bool dispatch_admit(struct server *s, struct arena *arena, const struct call *call, struct ctx *who,
                    struct answer *out);
/* The most bytes of a body for this path, or 0 for the usual. */
size_t dispatch_body_max(struct server *s, struct text method, struct text path);
/* Prometheus' text format. */
void dispatch_metrics(const struct server *s, struct buf *b);
