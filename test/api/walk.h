/* test/api/walk.h: calls as a table, each held against the OpenAPI document.
 *
 *   step ─┬─ first visit of its route: what has to be refused (no key, lacking scopes, spoilt
 *         │                            bodies, unknown members, parameters, identifiers, versions)
 *         ├─ a write: the preview, which leaves everything as it was, and tells exactly the
 *         │           difference that the call and the reactions to it then make
 *         ├─ the call itself: status, content type and body as the document says
 *         └─ a write: the same again under its Idempotency-Key, which has no second effect;
 *            a read with an ETag: 304 for who has it
 *
 * Path parameters are filled with the names kept before: {ord} with what is kept as "ord"; in
 * bodies and queries $NAME stands for it. Every key has only the scopes that the route asks for. */
#pragma once

#include "faces/api/dispatch.h"
#include "schema_check.h"
#include "shop.h"

struct step {
    /* "POST /v1/orders/{ord}/place" as in the table of routes, or one of
       "run"              reactions and jobs until nothing is left to do at this instant
       "later 90"         ninety minutes pass, then the same
       "skip POSITION"    the kept {reaction} went around that event
       "let NAME VALUE"   keep $NAME by hand, from what is kept */
    const char *way;
    const char *query, *body; /* or NULL */
    const char *keep;         /* "ord=id hld=holds.0.id": names and where in the answer, or NULL */
    const char *refused;      /* the reason of a 409, where there is no good call; or NULL */
};

enum { WALK_NAMES_MAX = 64, WALK_KEYS_MAX = 40 };

struct walk {
    struct text stranger; /* Authorization of a key bound to an owner who has nothing here */
    struct world *w;
    struct server server;
    struct schema_check check;
    json_t *document;
    const struct route *const *tables;
    size_t route_count;
    bool *is_visited;  /* by number of route_tree_at */
    bool *is_compared; /* the same: its preview with what it did */
    size_t route;      /* walked now */
    struct {
        char name[16];
        struct text value;
    } names[WALK_NAMES_MAX];
    size_t name_count;
    struct {
        int64_t scopes;
        struct text bearer;
    } keys[WALK_KEYS_MAX];
    size_t key_count;
    struct text sum_lite, sum_pg; /* SQL that weighs all that is stored into one number */
    const char *method, *path;    /* of the route walked now */
    const struct step *step;      /* walked now, for messages */
    int64_t calls;
    bool is_lost; /* a good call was refused: what follows would say nothing */
};

void walk_open(struct walk *k, struct world *w, const struct route *const *tables);
void walk_close(struct walk *k);
void walk_steps(struct walk *k, const struct step *steps, size_t count);
/* Fails the test for every route that no step has visited, and every write whose preview was never
   compared with what it did. */
void walk_all_visited(struct walk *k);
/* What is kept under a name; fails the test when nothing is. */
struct text walk_name(struct walk *k, const char *name);
void walk_keep(struct walk *k, const char *name, struct text value);
