#include "app/node.h"

#include "base/field.h"
#include "queries.h"
#include "store/db.h"

static const struct field node_table[] = {
    FIELD(struct node, node_id),
    FIELD(struct node, lease_until_us),
    FIELD(struct node, fence),
};
const struct fields node_fields = FIELDS("node", struct node, node_table);

/* The smallest number that nobody has. */
static enum err take(struct ctx *c, void *arg)
{
    struct node *out = arg;
    struct list list;
    TRY(db_rows(c, &Q_node_list, NO_ARGS, &node_fields, &list));
    const struct node *known = list.at;
    int64_t until_us = c->now_us + NODE_LEASE_US, changed = 0, id = 0;
    size_t i = 0;
    while (i < list.count && known[i].node_id == id && known[i].lease_until_us > c->now_us)
        i++, id++;
    if (id == NODES_MAX)
        return fail(c, ERR_BUSY, "nodes_full", "%d processes use this database", NODES_MAX);
    bool is_old = i < list.count && known[i].node_id == id;
    if (is_old)
        TRY(db_exec(c, &Q_node_take, ARGS(I64(id), I64(known[i].fence), I64(until_us)), &changed));
    else
        TRY(db_exec(c, &Q_node_insert, ARGS(I64(id), I64(until_us)), &changed));
    if (!changed)
        return fail(c, ERR_BUSY, "raced", "another process took number %lld", (long long)id);
    *out = (struct node){id, until_us, is_old ? known[i].fence + 1 : 1};
    return OK;
}

enum err node_take(struct ctx *c, struct node *out) { return db_tx(c, take, out); }

static enum err renew(struct ctx *c, void *arg)
{
    struct node *n = arg;
    int64_t until_us = c->now_us + NODE_LEASE_US, changed = 0;
    TRY(db_exec(c, &Q_node_renew, ARGS(I64(n->node_id), I64(n->fence), I64(until_us)), &changed));
    if (!changed || n->lease_until_us <= c->now_us)
        return fail(c, ERR_CONFLICT, "node_lost", "the lease on number %lld ran out",
                    (long long)n->node_id);
    n->lease_until_us = until_us;
    return OK;
}

enum err node_renew(struct ctx *c, struct node *n) { return db_tx(c, renew, n); }

static enum err give_back(struct ctx *c, void *arg)
{
    struct node *n = arg;
    return db_exec(c, &Q_node_renew,
                   ARGS(I64(n->node_id), I64(n->fence), I64(c->now_us + SECOND_US)), NULL);
}

enum err node_give_back(struct ctx *c, struct node *n) { return db_tx(c, give_back, n); }
