#include "faces/api/gathering.h"

#include "base/sort.h"
#include "domain/orders/package.h"
#include "domain/orders/work.h"
#include "stages/5_shipping/shipping.h"
#include "store/db.h"

#include <string.h>

/* --- whose orders ---------------------------------------------------------------------------- */

static size_t known_ids(struct ctx *c, const int64_t *ids, size_t n, int64_t **out)
{
    size_t count = 0;
    *out = arena_new(c->arena, int64_t, n + 1);
    for (size_t i = 0; i < n; i++)
        if (ids[i] != NONE && ids[i] != ORDER_APART) (*out)[count++] = ids[i];
    sort_i64(*out, count);
    return unique_i64(*out, count);
}

static enum err orders_of_fulfillments(struct ctx *c, int64_t *ids, size_t n)
{
    struct list found;
    int64_t *known;
    size_t count = known_ids(c, ids, n, &known);
    TRY(fulfillments_of(c, known, count, &found));
    for (size_t i = 0; i < n; i++) {
        if (ids[i] == NONE || ids[i] == ORDER_APART) continue;
        const struct fulfillment *f = LIST_FIND(&found, struct fulfillment, fulfillment_id, ids[i]);
        ids[i] = f ? f->order_id : ORDER_APART;
    }
    return OK;
}

enum err orders_of_packages(struct ctx *c, int64_t *ids, size_t n)
{
    struct list found;
    int64_t *known;
    size_t count = known_ids(c, ids, n, &known);
    TRY(packages_of(c, known, count, &found));
    for (size_t i = 0; i < n; i++) {
        if (ids[i] == NONE || ids[i] == ORDER_APART) continue;
        const struct package *p = LIST_FIND(&found, struct package, package_id, ids[i]);
        /* what is not found may be of a return: nobody else's then */
        ids[i] = p && !package_is_combined(p) ? p->order_id : ORDER_APART;
    }
    return OK;
}

/* The member of each row that says what it is about. */
static const struct field *member_of(const struct fields *f, const char *name)
{
    size_t i = 0;
    while (i + 1 < f->count && strcmp(f->at[i].name, name) != 0) i++;
    return &f->at[i];
}

static void ids_in(const struct fields *f, const char *name, const struct list *rows, int64_t *ids)
{
    const struct field *m = member_of(f, name);
    for (size_t i = 0; i < rows->count; i++)
        ids[i] = field_i64(m, (const char *)rows->at + i * f->size);
}

static enum err by_fulfillment(struct ctx *c, const struct fields *f, const struct list *rows,
                               int64_t *order_ids)
{
    ids_in(f, "fulfillment_id", rows, order_ids);
    return orders_of_fulfillments(c, order_ids, rows->count);
}

static enum err by_package(struct ctx *c, const struct fields *f, const struct list *rows,
                           int64_t *order_ids)
{
    ids_in(f, "package_id", rows, order_ids);
    return orders_of_packages(c, order_ids, rows->count);
}

static enum err by_scan(struct ctx *c, const struct fields *f, const struct list *rows,
                        int64_t *order_ids)
{
    const struct field *m = member_of(f, "scan");
    struct text *scans = arena_new(c->arena, struct text, rows->count + 1);
    struct fault *faults = arena_new(c->arena, struct fault, rows->count + 1);
    for (size_t i = 0; i < rows->count; i++)
        memcpy(&scans[i], (const char *)rows->at + i * f->size + m->offset, sizeof *scans);
    TRY(shipping_scan(c, scans, rows->count, order_ids, faults));
    return orders_of_packages(c, order_ids, rows->count);
}

/* --- rounds ---------------------------------------------------------------------------------- */

struct gathering {
    struct member *all;
    size_t n;
    int64_t *order_ids; /* of all rows, one request's behind the other's */
    size_t *first;      /* of each request's rows */
    size_t *round;      /* in which each is run */
    size_t rounds;
};

static const struct list *rows_of(const struct gathering *g, size_t i)
{
    return &g->all[i].in->rows;
}

/* Rows of these requests behind one another. */
static struct list rows_joined(struct ctx *c, const struct gathering *g, const size_t *which,
                               size_t count)
{
    size_t size = g->all[0].in->route->body->size, rows = 0, at = 0;
    for (size_t i = 0; i < count; i++) rows += rows_of(g, which[i])->count;
    char *to = arena_alloc(c->arena, size * (rows + 1), _Alignof(max_align_t));
    for (size_t i = 0; i < count; i++) {
        const struct list *own = rows_of(g, which[i]);
        if (own->count) memcpy(to + at * size, own->at, own->count * size);
        at += own->count;
    }
    return (struct list){to, rows};
}

static size_t place_of(const int64_t *orders, size_t n, int64_t order_id)
{
    size_t low = 0, high = n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (orders[middle] < order_id)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Each behind those before it that are about an order of its own, and else as early as can be. */
static void make_rounds(struct ctx *c, struct gathering *g)
{
    int64_t *orders;
    size_t floor = 0, rows = g->first[g->n];
    size_t count = known_ids(c, g->order_ids, rows, &orders);
    size_t *next = arena_new(c->arena, size_t, count + 1); /* first round that is free for it */
    memset(next, 0, (count + 1) * sizeof *next);
    for (size_t i = 0; i < g->n; i++) {
        size_t at = floor;
        bool is_apart = g->all[i].ctx->owner_id != 0 || g->all[i].ctx->is_own;
        for (size_t k = g->first[i]; k < g->first[i + 1]; k++) {
            if (g->order_ids[k] == ORDER_APART) is_apart = true;
            if (g->order_ids[k] == ORDER_APART || g->order_ids[k] == NONE) continue;
            size_t free_at = next[place_of(orders, count, g->order_ids[k])];
            if (free_at > at) at = free_at;
        }
        if (is_apart) at = g->rounds;
        g->round[i] = at;
        if (at >= g->rounds) g->rounds = at + 1;
        if (is_apart) floor = g->rounds;
        for (size_t k = g->first[i]; k < g->first[i + 1]; k++)
            if (g->order_ids[k] != ORDER_APART && g->order_ids[k] != NONE)
                next[place_of(orders, count, g->order_ids[k])] = at + 1;
    }
}

/* --- one round ------------------------------------------------------------------------------- */

static void tell_askers(struct ctx *c, const struct gathering *g, const size_t *which, size_t count,
                        size_t rows)
{
    struct asker *at = arena_new(c->arena, struct asker, rows + 1);
    size_t n = 0;
    for (size_t i = 0; i < count; i++) {
        const struct ctx *own = g->all[which[i]].ctx;
        for (size_t k = g->first[which[i]]; k < g->first[which[i] + 1]; k++)
            if (g->order_ids[k] != NONE)
                at[n++] = (struct asker){g->order_ids[k], own->actor_id, own->command_id};
    }
    ctx_asked_by(c, at, n);
}

/* What is of no order tells of the first of them. */
static enum err run_round(struct ctx *c, const struct gathering *g, const size_t *which,
                          size_t count)
{
    struct request in = *g->all[which[0]].in;
    struct reply out = {0};
    size_t at = 0;
    const struct ctx *first = g->all[which[0]].ctx;
    in.rows = rows_joined(c, g, which, count);
    int64_t *actors = arena_new(c->arena, int64_t, in.rows.count + 1);
    out.rows = arena_new(c->arena, struct row_answer, in.rows.count + 1);
    memset(out.rows, 0, (in.rows.count + 1) * sizeof *out.rows);
    for (size_t i = 0; i < count; i++) {
        struct member *m = &g->all[which[i]];
        m->out.rows = &out.rows[at];
        for (size_t k = 0; k < m->in->rows.count; k++) actors[at++] = m->ctx->actor_id;
    }
    in.row_actors = actors;
    c->actor_id = first->actor_id;
    c->command_id = first->command_id;
    c->owner_id = first->owner_id;
    c->is_own = first->is_own;
    c->askers = NULL;
    if (count > 1) tell_askers(c, g, which, count, in.rows.count);
    enum err e = in.rows.count ? in.route->handler(c, &in, &out) : OK;
    if (e == OK) e = db_flush(c); /* the next round finds it */
    c->askers = NULL;
    c->owner_id = 0;
    c->is_own = false;
    return e;
}

static enum err some_together(struct ctx *c, struct member *all, size_t n,
                              rows_orders_fn *orders_of)
{
    struct gathering g = {.all = all, .n = n};
    size_t *which = arena_new(c->arena, size_t, n + 1);
    g.first = arena_new(c->arena, size_t, n + 1);
    g.round = arena_new(c->arena, size_t, n + 1);
    for (size_t i = 0; i < n; i++) which[i] = i;
    struct list rows = rows_joined(c, &g, which, n);
    g.first[0] = 0;
    for (size_t i = 0; i < n; i++) g.first[i + 1] = g.first[i] + rows_of(&g, i)->count;
    g.order_ids = arena_new(c->arena, int64_t, rows.count + 1);
    TRY(orders_of(c, all[0].in->route->body, &rows, g.order_ids));
    make_rounds(c, &g);
    for (size_t r = 0; r < g.rounds; r++) {
        size_t count = 0;
        for (size_t i = 0; i < n; i++)
            if (g.round[i] == r) which[count++] = i;
        if (count) TRY(run_round(c, &g, which, count));
    }
    return OK;
}

/* As many rows at a time as a single request may have. */
enum err rows_together(struct ctx *c, struct member *all, size_t n, rows_orders_fn *orders_of)
{
    for (size_t from = 0, to; from < n; from = to) {
        size_t rows = all[from].in->rows.count;
        for (to = from + 1; to < n && rows + all[to].in->rows.count <= BULK_ROWS_MAX; to++)
            rows += all[to].in->rows.count;
        TRY(some_together(c, &all[from], to - from, orders_of));
    }
    return OK;
}

enum err fulfillments_together(struct ctx *c, struct member *all, size_t n)
{
    return rows_together(c, all, n, by_fulfillment);
}

enum err packages_together(struct ctx *c, struct member *all, size_t n)
{
    return rows_together(c, all, n, by_package);
}

enum err scans_together(struct ctx *c, struct member *all, size_t n)
{
    return rows_together(c, all, n, by_scan);
}
