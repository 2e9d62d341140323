/* domain/audit/audit_stock.c: every unit's way through the places, summed up in one pass.
 *
 * A tote or package that is empty again leaves the sums, so that they grow with the bins and the
 * open work, not with what ever moved. */
#include "domain/audit/audit_checks.h"

#include "base/hash.h"
#include "base/source.h"
#include "domain/inventory/stock.h"
#include "queries.h"
#include "store/db.h"

#include <stdio.h>
#include <string.h>

/* --- sums ------------------------------------------------------------------------------------ */

struct cell_key {
    int64_t place_id, product_id, lot; /* lot: its hash; 0: none, or not told apart */
    int64_t condition;
};
struct sum {
    struct cell_key key;
    int64_t facts, kept;
};
/* Open addressing; a slot whose product is 0 is free. */
struct sums {
    struct arena arena;
    struct sum *at;
    size_t count, capacity; /* a power of two */
};

static size_t slot_of(const struct sums *s, const struct cell_key *k)
{
    uint64_t h = (uint64_t)k->place_id * UINT64_C(0x9E3779B97F4A7C15);
    h = (h ^ (h >> 32) ^ (uint64_t)k->product_id) * UINT64_C(0xD6E8FEB86659FD93);
    h = (h ^ (h >> 32) ^ (uint64_t)k->lot ^ (uint64_t)k->condition) * UINT64_C(0x9E3779B97F4A7C15);
    return (size_t)(h >> 20) & (s->capacity - 1);
}

static bool is_same(const struct cell_key *a, const struct cell_key *b)
{
    return a->place_id == b->place_id && a->product_id == b->product_id && a->lot == b->lot &&
           a->condition == b->condition;
}

static struct sum *sum_find(const struct sums *s, const struct cell_key *k)
{
    size_t i = slot_of(s, k);
    while (s->at[i].key.product_id && !is_same(&s->at[i].key, k)) i = (i + 1) & (s->capacity - 1);
    return &s->at[i];
}

static void sums_grow(struct sums *s)
{
    struct sums bigger = {.capacity = s->capacity ? s->capacity * 2 : 4096, .count = s->count};
    bigger.at = arena_new(&bigger.arena, struct sum, bigger.capacity);
    for (size_t i = 0; i < s->capacity; i++)
        if (s->at[i].key.product_id) *sum_find(&bigger, &s->at[i].key) = s->at[i];
    arena_free(&s->arena);
    *s = bigger;
}

/* What stands behind a free slot moves up, so that no search stops at the gap. */
static void sum_forget(struct sums *s, struct sum *gone)
{
    size_t mask = s->capacity - 1, gap = (size_t)(gone - s->at);
    for (size_t i = (gap + 1) & mask; s->at[i].key.product_id; i = (i + 1) & mask) {
        size_t home = slot_of(s, &s->at[i].key);
        if (((i - home) & mask) < ((i - gap) & mask)) continue;
        s->at[gap] = s->at[i];
        gap = i;
    }
    memset(&s->at[gap], 0, sizeof s->at[gap]);
    s->count--;
}

static void sums_add(struct sums *s, struct cell_key key, int64_t facts, int64_t kept)
{
    if (s->count * 2 >= s->capacity) sums_grow(s);
    struct sum *at = sum_find(s, &key);
    if (!at->key.product_id) {
        at->key = key;
        s->count++;
    }
    at->facts += facts;
    at->kept += kept;
    if (!at->facts && !at->kept) sum_forget(s, at);
}

/* --- the pass -------------------------------------------------------------------------------- */

struct move {
    int64_t from_place, to_place, product_id;
    struct text lot;
    int32_t from_condition, to_condition;
    int64_t moved, kept;
};
static const struct field move_table[] = {
    FIELD(struct move, from_place),     FIELD(struct move, to_place),
    FIELD(struct move, product_id),     FIELD(struct move, lot),
    FIELD(struct move, from_condition), FIELD(struct move, to_condition),
    FIELD(struct move, moved),          FIELD(struct move, kept),
};
static const struct fields move_fields = FIELDS("move", struct move, move_table);

struct bin_id {
    int64_t id;
};
static const struct field bin_id_table[] = {FIELD(struct bin_id, id)};
static const struct fields bin_id_fields = FIELDS("bin_id", struct bin_id, bin_id_table);

struct pass {
    struct sums bins; /* a set of the bins */
    struct sums cells;
    struct sums products; /* what came from outside against what is there */
    int64_t rows;
};

static enum err take_bin(struct ctx *c, void *arg, const void *record)
{
    struct pass *p = arg;
    (void)c;
    sums_add(&p->bins, (struct cell_key){((const struct bin_id *)record)->id, 1, 0, 0}, 1, 0);
    return OK;
}

/* Lot and condition are kept of what lies in bins. */
static struct cell_key key_of(const struct pass *p, const struct move *m, int64_t place_id,
                              int32_t condition, int64_t lot)
{
    struct cell_key key = {place_id, m->product_id, 0, 0};
    struct cell_key bin = {place_id, 1, 0, 0};
    if (!p->bins.count || !sum_find(&p->bins, &bin)->key.product_id) return key;
    key.lot = lot;
    key.condition = condition;
    return key;
}

static void go(struct pass *p, const struct move *m, int64_t place_id, int32_t condition,
               int64_t lot, int64_t facts, int64_t kept)
{
    if (place_id > PLACE_SCRAP)
        sums_add(&p->cells, key_of(p, m, place_id, condition, lot), facts, kept);
    else if (place_id)
        sums_add(&p->products, (struct cell_key){0, m->product_id, 0, 0}, -facts, 0);
}

static enum err take_move(struct ctx *c, void *arg, const void *record)
{
    struct pass *p = arg;
    const struct move *m = record;
    int64_t lot = m->lot.len ? hash_i64(m->lot) : 0;
    (void)c;
    p->rows++;
    go(p, m, m->from_place, m->from_condition, lot, -m->moved, 0);
    go(p, m, m->to_place, m->to_condition, lot, m->moved, m->kept);
    if (m->kept) sums_add(&p->products, (struct cell_key){0, m->product_id, 0, 0}, 0, m->kept);
    return OK;
}

/* --- telling --------------------------------------------------------------------------------- */

static void tell(struct ctx *c, struct audit_finding *f, const char *what, const struct sum *s)
{
    struct audit_example e = {.expected = s->facts, .actual = s->kept};
    struct text product = id_text(c->arena, "prd", s->key.product_id);
    struct text place = id_text(c->arena, "plc", s->key.place_id);
    if (s->key.place_id)
        snprintf(e.subject, sizeof e.subject, "%.*s, %.*s", TEXT_ARG(place), TEXT_ARG(product));
    else
        snprintf(e.subject, sizeof e.subject, "%.*s", TEXT_ARG(product));
    snprintf(e.what, sizeof e.what, "%s", what);
    audit_differs(f, &e);
}

static void tell_all(struct ctx *c, struct audit_finding *f, const char *what, const struct sums *s,
                     int64_t rows)
{
    if (!f) return;
    f->rows += rows;
    for (size_t i = 0; i < s->capacity; i++)
        if (s->at[i].key.product_id && s->at[i].facts != s->at[i].kept) tell(c, f, what, &s->at[i]);
}

static void put_together(const struct sums *cells, struct sums *places)
{
    for (size_t i = 0; i < cells->capacity; i++) {
        const struct sum *s = &cells->at[i];
        struct cell_key key = {s->key.place_id, s->key.product_id, 0, 0};
        if (s->key.product_id) sums_add(places, key, s->facts, s->kept);
    }
}

enum err audit_stock_pass(struct ctx *c, const struct audit_scope *scope,
                          struct audit_finding *places, struct audit_finding *lots,
                          struct audit_finding *conservation)
{
    struct pass p = {0};
    struct sums whole = {0};
    struct value m = I64(c->merchant_id);
    enum err e = db_scan(c, &Q_audit_bins, ARGS(m), &bin_id_fields, take_bin, &p);
    if (e == OK)
        e = db_scan(
            c, &Q_audit_stock_flow,
            ARGS(m, I64(scope->products ? 0 : 1), I64S(scope->products, scope->product_count)),
            &move_fields, take_move, &p);
    if (e == OK) {
        put_together(&p.cells, &whole);
        tell_all(c, places, "units in this place", &whole, p.rows);
        tell_all(c, lots, "units of this lot and condition", &p.cells, p.rows);
        tell_all(c, conservation, "units of this product", &p.products, p.rows);
    }
    arena_free(&p.bins.arena);
    arena_free(&p.cells.arena);
    arena_free(&p.products.arena);
    arena_free(&whole.arena);
    return e;
}

enum err audit_check_places(struct ctx *c, const struct audit_scope *scope, struct audit_finding *f)
{
    return audit_stock_pass(c, scope, f, NULL, NULL);
}

enum err audit_check_lots(struct ctx *c, const struct audit_scope *scope, struct audit_finding *f)
{
    return audit_stock_pass(c, scope, NULL, f, NULL);
}

enum err audit_check_conservation(struct ctx *c, const struct audit_scope *scope,
                                  struct audit_finding *f)
{
    return audit_stock_pass(c, scope, NULL, NULL, f);
}
