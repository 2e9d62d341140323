/* store/distribute.h: tell a distributed PostgreSQL (Citus) where the rows of each table go.
 *
 *   reference tables    a copy on every node         create_reference_table
 *   orders              by the merchant              create_distributed_table
 *   merchant tables     where its orders are         create_distributed_table, colocate_with orders
 *
 * A call per table, each in a transaction of its own; what was told before is left as it is, so a
 * run that was killed is begun again. Rows that are there move to their nodes; nobody else works on
 * the database meanwhile. */
#pragma once

#include "base/ctx.h"
#include "base/text.h"

enum { SHARDS_MAX = 4096 };

struct distribution {
    int64_t shards; /* pieces that the merchants are dealt to; NONE: as the server is set */
    bool is_preview;
    /* Called for each table in order, after its call was made (in a preview: where it would be). */
    void (*told)(void *arg, struct text call, bool was_done_before);
    void *arg;
    int64_t nodes; /* set: how many hold rows of merchants */
};

/* Outside of units of work. ERR_INVALID "citus_missing" says what the server lacks,
   "not_coordinator" that it is a worker; ERR_CONFLICT "schema_partitions" that the tables are laid
   apart in partitions already. A preview makes the same refusal, after it has told the calls. */
must_check enum err distribute(struct ctx *c, struct distribution *d);
/* Where the database is distributed already: the tables that a later step of the schema made. */
must_check enum err distribute_new(struct ctx *c);
