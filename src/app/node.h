/* app/node.h: this process's number among those that share a database.
 *
 *   take ──> renewed every NODE_RENEW_US ──> given back
 *                 │ the database was away for longer than the lease
 *                 └──> units of work are refused ("node_lost") ──> another number, another term
 *
 * Identifiers hold the number, so two processes must never have the same one. A number is leased;
 * a process whose lease ran out makes no identifiers until it has another. What it made before is
 * its own, and is committed in the same term or not at all (base/source.h). On SQLite one process
 * writes, and its number is 0. A number that is given back rests for a second, since the next
 * process may start within the same millisecond.
 *
 * The row also tells which steps of the schema its program knows: a step that older programs cannot
 * live with waits until none of them runs (store/migrate.h). */
#pragma once

#include "base/ctx.h"
#include "base/time.h"

#include <stdint.h>

enum { NODES_MAX = 256 };
#define NODE_LEASE_US (60 * SECOND_US)
#define NODE_RENEW_US (5 * SECOND_US)
#define NODE_SKEW_US (10 * SECOND_US) /* more may the clocks of process and database not differ */

struct node {
    int64_t node_id, lease_until_us, fence;
};
extern const struct fields node_fields;

/* ERR_BUSY "nodes_full" when all numbers are taken. */
must_check enum err node_take(struct ctx *c, struct node *out);
must_check enum err node_renew(struct ctx *c, struct node *n); /* ERR_CONFLICT "node_lost" */
must_check enum err node_give_back(struct ctx *c, struct node *n);

/* A number for c->source, and a thread that keeps it. PostgreSQL only; one in a process.
   ERR_CONFLICT "clock_differs". */
must_check enum err node_keep(struct ctx *c);
/* Given back; when that cannot be it runs out by itself. */
void node_let_go(void);
