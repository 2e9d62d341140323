/* base/ctx.h: what one unit of work carries.
 *
 * Born per request, job or command; dies with it. Time, identifiers and randomness come from
 * `source`, so the same seed gives the same run. */
#pragma once

#include "base/arena.h"
#include "base/err.h"
#include "base/text.h"

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct store;  /* store/db.h: an open database */
struct db;     /* store/db.h: one connection of it */
struct source; /* base/source.h: clock, identifiers, randomness */
struct events; /* domain/events: what this unit has to tell, until it commits */
struct askers;

struct fault {
    enum err code;
    char reason[40];  /* stable word that API clients match on */
    char field[96];   /* path of the wrong input ("lines[2].sku"), or "" */
    char detail[200]; /* for people: what is wrong */
    char hint[160];   /* for people: what would be right, or "" */
};

struct ctx {
    struct arena *arena; /* all memory of this unit */
    struct source *source;
    struct store *store; /* where db_tx goes */
    struct db *db;       /* the connection in use: a reader, or inside db_tx the writer */
    int64_t now_us;      /* read once, so that a unit of work sees one instant */
    int64_t merchant_id; /* whose data; always from the credential, never from the request */
    int64_t owner_id;    /* whose goods and orders are seen and meant; 0: all, and the house's */
    bool is_own;         /* owner_id is 0, and a SKU is meant as the merchant's own */
    bool is_behind;      /* nobody waits for it: reactions and jobs */
    int64_t late_us;     /* such: how long what it takes up was there already */
    int64_t actor_id;    /* who is asking: user, key, customer; 0 is the system itself */
    int64_t command_id;  /* what caused it all; 0 while reading */
    const struct askers *askers; /* instead of the two, for orders in it; NULL at each start */
    struct events *events;       /* owned by domain/events; NULL at the start of each try */
    enum err (*closing)(struct ctx *c); /* run once before the commit; NULL at the start of a try */
    struct faults *faults; /* all that is wrong with the same input; NULL: `fault` is all */
    struct fault fault;
};

/* Who asked for what is done to an order, where a unit of work does what several asked for. */
struct asker {
    int64_t order_id, actor_id, command_id;
};
struct askers {
    const struct asker *at; /* ascending by order */
    size_t count;
};
/* By whom, and by which command, something happens to an order. */
struct asker ctx_asker(const struct ctx *c, int64_t order_id);
/* Sets c->askers to these, of c->arena; puts them in order. */
void ctx_asked_by(struct ctx *c, struct asker *at, size_t count);

/* What is wrong with one input, first things first: `fault` is the first of them. */
enum { FAULTS_MAX = 20 }; /* more are not looked for */
struct faults {
    size_t count, capacity;
    struct fault *at;
};

/* Grow this only by design review: a context that carries everything is a global. */
static_assert(sizeof(struct ctx) <= 640, "struct ctx is becoming a bag of globals");

/* Record why, at the place that knows, and return `code` so that callers can `return fail(...)`.
   `reason` is part of the public API (docs/api/reasons.md); the detail is lower case, no full stop.
 */
enum err fail(struct ctx *c, enum err code, const char *reason, const char *detail, ...)
    __attribute__((format(printf, 4, 5)));
/* The same, naming the input that is wrong: a field path in dots and brackets. */
enum err fail_at(struct ctx *c, enum err code, const char *reason, const char *field,
                 const char *detail, ...) __attribute__((format(printf, 5, 6)));
/* Add what would be right to the fault just recorded; returns its code. */
enum err hint(struct ctx *c, const char *text, ...) __attribute__((format(printf, 2, 3)));
/* Keep the fault just recorded beside those before it; false: there are enough of them. */
bool fault_keep(struct ctx *c);
/* All that is wrong, when `fault` still is the first of it; else NULL. */
const struct faults *faults_of(const struct ctx *c);
/* Put `prefix` before the fault's field path: "sku" becomes "lines[2].sku". */
enum err fail_under(struct ctx *c, enum err code, const char *prefix, ...)
    __attribute__((format(printf, 3, 4)));
