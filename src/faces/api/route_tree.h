/* faces/api/route_tree.h: which route a method and a path mean.
 *
 *   /v1 ── orders ──┬── (GET, POST)
 *                   ├── board (GET)          words go before parameters
 *                   └── {} ──┬── (GET)
 *                            └── hold (POST)
 *
 * Built once; then read by all threads. */
#pragma once

#include "base/arena.h"
#include "faces/api/route.h"

struct route_tree;

enum match { MATCH_FOUND, MATCH_NO_PATH, MATCH_NO_METHOD };

struct matched {
    const struct route *route;
    size_t number;                    /* of the route, in the order of the tables */
    struct text words[ROUTE_IDS_MAX]; /* path parameters, unescaped */
    struct text allow;                /* "GET, POST": what the path knows; absent without a path */
};

/* Two routes of one method and path are our mistake and assert. */
struct route_tree *route_tree_new(struct arena *a, const struct route *const *tables);
size_t route_tree_count(const struct route_tree *t);
const struct route *route_tree_at(const struct route_tree *t, size_t number);
enum match route_tree_find(const struct route_tree *t, struct arena *a, struct text method,
                           struct text path, struct matched *out);

/* The name inside the n-th "{}" of a route's path: "ord"; absent behind the last. */
struct text route_parameter(const struct route *r, size_t n);
/* A write to an order: its version is the number of its events. */
bool route_is_of_order(const struct route *r);
/* Does ?owner= say here whose it is meant to be? Not where the body does. */
bool route_asks_owner(const struct route *r);
/* The prefix when the parameter of that name is an identifier, else NULL. */
const char *route_id_prefix(struct text name);
