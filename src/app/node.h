/* app/node.h: this process's number among those that share a database.
 *
 * Identifiers hold the number, so two processes must never have the same one. A number is leased;
 * who cannot renew the lease in time must stop making identifiers. On SQLite one process writes,
 * and its number is 0. A number that is given back rests for a second, since the next process may
 * start within the same millisecond. */
#pragma once

#include "base/ctx.h"
#include "base/time.h"

#include <stdint.h>

enum { NODES_MAX = 256 };
#define NODE_LEASE_US (60 * SECOND_US)

struct node {
    int64_t node_id, lease_until_us, fence;
};
extern const struct fields node_fields;

/* ERR_BUSY "nodes_full" when all numbers are taken. */
must_check enum err node_take(struct ctx *c, struct node *out);
must_check enum err node_renew(struct ctx *c, struct node *n); /* ERR_CONFLICT "node_lost" */
must_check enum err node_give_back(struct ctx *c, struct node *n);
