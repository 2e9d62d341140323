/* faces/api/why_tree.h: why is it so? Facts under facts, each with its identifier, time, who and by
 * which command.
 *
 *   order 12: picking
 *   ├─ received
 *   │  └─ placed by web, 25.00 GBP        2026-11-23 10:00  by till  (orders place, key a-1)
 *   └─ waits for picking, 0 of 2 units
 *
 * A question reads its facts as sets, makes the tree, and why_finish adds names: the number of
 * statements is the same for one fact and for a thousand. */
#pragma once

#include "base/ctx.h"
#include "base/field.h"
#include "faces/api/route.h"

struct why_node {
    struct text fact, id;
    int64_t at_us;            /* NONE: of this instant */
    struct text actor;        /* filled by why_finish where actor_id is given */
    int64_t command_id;       /* NONE: none */
    struct text command, key; /* what was asked, under which idempotency key; by why_finish */
    struct list nodes;        /* struct why_node */
    int64_t actor_id;         /* NONE: not known, or `actor` is filled already */
    size_t capacity;          /* of nodes */
};
extern const struct fields why_node_fields;

struct why_node *why_root(struct arena *a, struct text fact);
/* A fact below `of`; the pointer holds until the next fact below the same one. */
struct why_node *why_add(struct arena *a, struct why_node *of, struct text fact);
/* Who, when, by which command. */
void why_sign(struct why_node *n, int64_t at_us, int64_t actor_id, int64_t command_id);
must_check enum err why_finish(struct ctx *c, struct why_node *root);
void why_put_tree(struct arena *a, struct buf *b, const struct why_node *root, bool is_wide);

/* The questions. */
must_check enum err why_order(struct ctx *c, int64_t order_id, struct why_node **out);
/* Of a product at all sites, or in the bins of this code. */
must_check enum err why_stock(struct ctx *c, struct text sku, struct text bin,
                              struct why_node **out);
/* Every order whose promised day is over, or one order's steps against its promised day. */
must_check enum err why_late(struct ctx *c, int64_t order_id, struct why_node **out);
must_check enum err why_site(struct ctx *c, int64_t order_id, struct why_node **out);
/* `line_no` NONE: all lines and the sums of the order. */
must_check enum err why_price(struct ctx *c, int64_t order_id, int64_t line_no,
                              struct why_node **out);

extern const struct route why_tree_routes[];
