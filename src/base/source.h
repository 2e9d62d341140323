/* base/source.h: where time, identifiers and randomness come from.
 *
 * The real source reads the system; a seeded one has a clock that moves only when told and gives
 * the same identifiers and numbers on every run. Safe to share between threads.
 *
 * An identifier is 63 bits, ordered by time: 42 bits of milliseconds since 1990, 8 bits of node,
 * 13 bits of counter. As text: a prefix and 13 characters of Crockford's base 32. */
#pragma once

#include "base/text.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

struct source {
    pthread_mutex_t lock;
    bool is_virtual;
    int64_t now_us;    /* of the virtual clock */
    int64_t ahead_us;  /* of the system's clock: a database that lived through a simulated week */
    int64_t last_id;   /* the greatest identifier given so far */
    int64_t node;      /* 0 to 255, unique among the running processes */
    int64_t term;      /* of that number; rises with each other number */
    int64_t until_us;  /* of the system's clock: when the lease on it ends; 0: never */
    uint64_t state[4]; /* xoshiro256** */
};

void source_real(struct source *s, int64_t node);
/* The number is this process's until then. */
void source_lease(struct source *s, int64_t node, int64_t until_us, bool is_new_term);
/* The term in which identifiers are made now; 0: the lease is over, or as good as. What was made
   in one term and is committed in the same is nobody else's. */
int64_t source_term(struct source *s);
#define SOURCE_MARGIN_US INT64_C(5000000) /* before its end a lease counts as over */
void source_virtual(struct source *s, uint64_t seed, int64_t start_us);

int64_t source_now_us(struct source *s);
void source_advance_us(struct source *s, int64_t us); /* virtual clocks only */
void source_set_us(struct source *s, int64_t now_us); /* never backwards; virtual clocks only */
int64_t source_id(struct source *s);                  /* a new identifier */
int64_t source_ids(struct source *s, int64_t n);      /* the first of n in a row */
uint64_t source_random(struct source *s);
int64_t source_below(struct source *s, int64_t n); /* 0 to n - 1, evenly */

enum { ID_TEXT_MAX = 24 };
/* "ord_01J..." from prefix "ord"; NONE gives the absent text. */
struct text id_text(struct arena *a, const char *prefix, int64_t id);
/* Accepts its own prefix only; upper and lower case, O for 0, I and L for 1. */
bool id_parse(struct text t, const char *prefix, int64_t *id);
int64_t id_time_us(int64_t id); /* when it was made, to the millisecond */
int64_t id_at_us(int64_t us); /* the smallest identifier of that millisecond: for ranges of keys */
