/* base/lifecycle.h: the life of a thing is a table, and the table is the only code that changes it.
 *
 * state x verb -> state, with the event that tells of it. A test prints every table as a picture
 * (test/golden/lifecycle_NAME.txt) and checks that each state is reached. */
#pragma once

#include "base/ctx.h"
#include "base/field.h"

#include <stddef.h>
#include <stdint.h>

enum { LIFECYCLE_STATES_MAX = 16, LIFECYCLE_VERBS_MAX = 24 };
#define IN(state) (1u << (state))

struct move {
    uint32_t from; /* IN(a) | IN(b): the states it may start in; 0: the verb does not exist */
    int32_t to;
    const char *guard; /* what else has to be true, in words; NULL: nothing */
};

struct lifecycle {
    const char *name; /* "fulfillment" */
    const struct words *states, *verbs;
    const struct move *moves; /* one per verb */
    int32_t first;            /* the state a new one is in */
};

/* The state after `verb`, or ERR_CONFLICT "wrong_state" saying what is possible instead. */
must_check enum err lifecycle_next(struct ctx *c, const struct lifecycle *l, int32_t state,
                                   int32_t verb, int32_t *to);
bool lifecycle_allows(const struct lifecycle *l, int32_t state, int32_t verb);
/* Rows are verbs, columns states: "x" where the verb may start, with a legend. */
struct text lifecycle_picture(struct arena *a, const struct lifecycle *l);
struct text lifecycle_mermaid(struct arena *a, const struct lifecycle *l);
