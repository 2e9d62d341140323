/* test/load/torture_link.h: a PostgreSQL that does what distributed ones do, made of a plain one.
 *
 *   program ──socket──> a thread per connection ──socket──> server
 *                          reads the messages of protocol 3, so it knows a COMMIT when it comes,
 *                          and does to it what is asked for once, or what the dice say
 *
 * Whatever names an advisory lock is refused (0A000), always: nothing may need one. */
#pragma once

#include "base/ctx.h"

#include <stdbool.h>
#include <stdint.h>

enum link_fault {
    LINK_SERIAL,      /* COMMIT is answered 40001, nothing was done */
    LINK_DEADLOCK,    /* 40P01 */
    LINK_LOCKED,      /* 55P03 */
    LINK_STATEMENT,   /* a statement is answered 40001 */
    LINK_LOST_BEFORE, /* COMMIT was sent, the link is lost, and nothing was done */
    LINK_LOST_AFTER,  /* COMMIT was done, and the link is lost before the answer */
    LINK_CUT,         /* the link is lost between two statements */
    LINK_SLOW,        /* an answer takes its time */
    LINK_ADVISORY,    /* an advisory lock was asked for */
    LINK_FAULTS
};

struct torture_link;

/* `address` is where the server is; the link is closed by torture_link_close. */
must_check enum err torture_link_open(struct ctx *c, const char *address,
                                      struct torture_link **out);
void torture_link_close(struct torture_link *l);
const char *torture_link_address(const struct torture_link *l);

/* The next COMMIT or statement that it fits gets this fault; `times` -1: each. */
void torture_link_next(struct torture_link *l, enum link_fault fault, int64_t times);
/* From now on so many of ten thousand statements and COMMITs get some fault; 0: none. */
void torture_link_rate(struct torture_link *l, int64_t rate, uint64_t seed);
int64_t torture_link_made(struct torture_link *l, enum link_fault fault); /* so far */
int64_t torture_link_sum(struct torture_link *l);                         /* of all */
