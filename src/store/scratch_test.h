/* store/scratch_test.h: the table that the store's tests write to; its statements stand in
 * store_test.sql. */
#pragma once

#include "queries.h"
#include "world.h"

struct scratch {
    int64_t id;
    struct text name;
    int64_t n;
    int32_t small;
    bool is_big;
    struct text bytes;
};
extern const struct fields scratch_fields;

void scratch_make(struct world *w);
#define SCRATCH_PUT(c, id, n)                                                                      \
    db_put((c), &Q_scratch_put,                                                                    \
           ARGS(I64(id), TXT(T("row")), I64(n), I64(NONE), TXT((struct text){0})))
/* A unit of work: `arg` is the id of a row to write, with 10 in it. */
enum err scratch_put_given(struct ctx *c, void *arg);
/* What a query without parameters answers. */
int64_t scratch_number(struct world *w, const struct query *q);
