/* faces/api/route.h: one table row per way in. It drives HTTP, the command line, scopes, the
 * OpenAPI document and the client types.
 *
 * The dispatcher does authentication, scope, limits, decoding, idempotency, transactions, preview,
 * encoding, faults and the log line. A handler is a few lines: it gets a decoded record, calls one
 * stage or domain function, and leaves the record to answer with. A handler of a ROUTE_WRITE runs
 * inside a unit of work (it may run several times); the others read. */
#pragma once

#include "base/ctx.h"
#include "base/field.h"
#include "domain/people/people.h"

enum route_flag {
    ROUTE_WRITE = 1,     /* inside db_tx; Idempotency-Key; Prefer: dry-run or ?preview=1 */
    ROUTE_PUBLIC = 2,    /* no key: /healthz, or a token in the path */
    ROUTE_LIST = 4,      /* answers {"data": [...], "next": ...} */
    ROUTE_BULK = 8,      /* takes NDJSON; answers row by row; body is the record of a row */
    ROUTE_RAW = 16,      /* the body as sent, the answer as given (labels, files) */
    ROUTE_ONCE = 32,     /* the answer holds a secret: shown once, never kept for a repetition */
    ROUTE_BARE = 64,     /* works without the database: /healthz */
    ROUTE_MAKES = 128,   /* answers 201; known without it of a POST to a path without parameters */
    ROUTE_SETS = 256,    /* answers 201 when it made something, 200 when it changed it */
    ROUTE_CALLS = 512,   /* a POST that asks other people's systems, with units of work of its own:
                            neither Idempotency-Key nor preview */
    ROUTE_TAGGED = 1024, /* the handler looks at If-Match; for what is done to an order the
                            dispatcher does. Elsewhere If-Match is refused */
    ROUTE_SELF = 2048,   /* for everybody who has shown who they are: no scope */
    ROUTE_PREPARES = 4096, /* with ROUTE_WRITE: the handler is first called outside the unit of
                              work (is_preparing) for what takes its time, as hashing passwords;
                              what it leaves in out->record is `prepared` of the second call */
    /* The object rule, where several owners share a house (domain/people/owner.h). Whose key or
       user is bound to an owner is let in by these alone; ?owner=CODE asks the same of others. */
    ROUTE_OWNED = 8192,     /* the first path parameter says whose it is; another's is not found */
    ROUTE_BY_OWNER = 16384, /* the handler sees and makes c->owner_id's only; 0: everybody's */
    ROUTE_SHARED = 32768,   /* nothing in it is anybody's: sites, rules */
    ROUTE_HOUSE = 65536,    /* with one of these: ?owner=CODE, but for the people of the house */
};

enum { ROUTE_IDS_MAX = 4 };

struct server; /* faces/api/dispatch.h */

struct request {
    const struct route *route;
    struct server *server;      /* for what tells about the server itself: /readyz, /metrics */
    int64_t ids[ROUTE_IDS_MAX]; /* path parameters {ord}, {pkg}: parsed, prefix checked */
    struct text words[ROUTE_IDS_MAX]; /* the same parameters as texts; {word} is text only */
    const void *body; /* the record of route->body; NULL without, and for PATCH: merge `raw` */
    struct list rows; /* ROUTE_BULK: the decoded records, at most BULK_ROWS_MAX; rows that cannot
                         be read are answered by the dispatcher and do not stand here */
    const int64_t *row_actors; /* who asks for each row, when several do; NULL: c->actor_id */
    const void *query;         /* the record of route->query; NULL without */
    struct text raw;           /* the body as sent */
    int64_t if_match;          /* version asked for by If-Match; NONE */
    bool is_preview, is_preparing;
    const void *prepared;       /* ROUTE_PREPARES */
    int64_t scopes, session_id; /* of who asks; session_id 0: a key, or the command line */
};

/* How one row of a ROUTE_BULK fared. Start from zero: fault.code OK is done. */
struct row_answer {
    const void *record; /* of route->answer; NULL: nothing to show */
    struct fault fault; /* code not OK: this row was refused, the others were not */
    int status;         /* 0: 201, or what the fault says */
};
enum { BULK_ROWS_MAX = 1000 };

struct reply {
    int status; /* 0: 200; 201 for ROUTE_MAKES and for a POST to a path without parameters whose
                   record has an id; 204 without a record */
    const void *record;      /* of route->answer */
    struct list list;        /* ROUTE_LIST: records of route->answer */
    struct text next;        /* cursor of the next page; absent on the last. ROUTE_RAW: its target,
                                told as Link: <...>; rel="next" */
    int64_t version;         /* ETag; 0: none */
    struct row_answer *rows; /* ROUTE_BULK: one per in->rows, in that order; given, to be filled */
    struct text content_type, content; /* ROUTE_RAW, and pages */
    struct text location;              /* of a redirect (303) */
    struct text cookie;                /* Set-Cookie */
};

typedef enum err handler_fn(struct ctx *c, const struct request *in, struct reply *out);

/* One of several requests that are answered together; `result` not OK: the fault is in ctx. */
struct member {
    struct ctx *ctx; /* its own: who asks, where its answer lives; not in the unit of work */
    const struct request *in;
    struct reply out;
    enum err result;
};
/* Does what the handler does, for requests of many askers, in one unit of work of `c`: an error is
   one of all of them, and then each runs alone. Events and rows name each member's actor and
   command. */
typedef enum err members_fn(struct ctx *c, struct member *all, size_t n);

struct route {
    const char *method, *path; /* "/v1/orders/{ord}/hold" */
    const char *verb;          /* on the command line: "orders hold"; NULL: only by HTTP */
    int64_t scopes;            /* 1 << SCOPE_...: all of them are needed; 0 with ROUTE_PUBLIC */
    int flags;
    const struct fields *body, *query, *answer;
    handler_fn *handler;
    const char *about;    /* one sentence */
    members_fn *together; /* hot ones: requests that wait at once share their statements; or NULL */
};
#define SCOPE(name) (INT64_C(1) << SCOPE_##name)

/* Tables end with a row of nulls; app/wiring.c lists them. */
extern const struct route *const route_tables[];

/* ?limit=&after=: for lists */
struct page {
    int64_t limit; /* NONE: 50 */
    struct text after;
};
enum { PAGE_DEFAULT = 50, PAGE_MAX = 500 };
