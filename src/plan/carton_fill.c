/* plan/carton_fill.c: blocks into maximal empty spaces. */
#include "plan/carton_fill.h"

#include "base/arena.h"

#include <string.h>

enum { KINDS_WEIGHED_MAX = 48 };

/* Which edge of the unit points along x, y and z. */
static const unsigned char turns[6][3] = {{0, 1, 2}, {1, 0, 2}, {0, 2, 1},
                                          {2, 0, 1}, {1, 2, 0}, {2, 1, 0}};
/* In which order a block grows. */
static const unsigned char growths[6][3] = {{0, 1, 2}, {1, 0, 2}, {0, 2, 1},
                                            {2, 0, 1}, {1, 2, 0}, {2, 1, 0}};

struct choice {
    struct carton_block block;
    int64_t score;
    bool found;
};

/* A variant read apart: which space first, what makes a block good, how much chance. */
struct rule {
    unsigned space;  /* 0 lowest, 1 along the length, 2 along the width, 3 greatest */
    unsigned score;  /* 0 block volume, 1 less unusable rest, 2 greatest unit first */
    unsigned chance; /* per cent that scores vary by */
};

struct filling_now {
    struct carton_filler *f;
    struct carton_filling *out;
    struct rule rule;
    int64_t net_max_g;
    int64_t thinnest; /* shortest edge of what is left at the start */
    bool fragile;     /* the phase: sturdy goods first, fragile on top */
};

static struct rule rule_of(unsigned variant)
{
    if (variant < CARTON_VARIANTS_PLAIN)
        return (struct rule){variant % 4, (variant / 4 + 1) % 3, 0};
    return (struct rule){variant % 4, variant / 4 % 3, 10 + variant % 5 * 10};
}

static uint64_t chance_next(struct carton_filler *f)
{
    f->random ^= f->random << 13;
    f->random ^= f->random >> 7;
    f->random ^= f->random << 17;
    return f->random;
}

void carton_filler_open(struct carton_filler *f, struct arena *a, const struct carton_goods *kinds,
                        size_t kind_count, int64_t support_bp)
{
    *f = (struct carton_filler){.kinds = kinds, .kind_count = kind_count, .support_bp = support_bp};
    f->spaces = arena_new(a, struct carton_space, CARTON_SPACES_MAX);
    f->dropped = arena_new(a, struct carton_space, CARTON_SPACES_MAX);
    f->left = arena_new(a, int64_t, kind_count);
}

struct carton_filling carton_filling_new(struct arena *a, size_t kind_count, size_t units)
{
    return (struct carton_filling){.blocks = arena_new(a, struct carton_block, units),
                                   .taken = arena_new(a, int64_t, kind_count)};
}

static bool turn_allowed(const struct carton_goods *kind, unsigned turn)
{
    static const uint32_t lies[3] = {CARTON_LENGTH_LIES, CARTON_WIDTH_LIES, CARTON_HEIGHT_LIES};
    return !(kind->flags & lies[turns[turn][2]]);
}

bool carton_kind_fits(const struct carton_goods *kind, const int64_t size[3])
{
    for (unsigned t = 0; t < 6; t++)
        if (turn_allowed(kind, t) && kind->size[turns[t][0]] <= size[0] &&
            kind->size[turns[t][1]] <= size[1] && kind->size[turns[t][2]] <= size[2])
            return true;
    return false;
}

static int64_t min(int64_t a, int64_t b) { return a < b ? a : b; }
static int64_t max(int64_t a, int64_t b) { return a > b ? a : b; }

static int64_t block_end(const struct carton_block *b, int axis)
{
    return b->at[axis] + b->unit[axis] * b->n[axis];
}

static bool footprints_meet(const struct carton_block *a, const struct carton_block *b)
{
    for (int i = 0; i < 2; i++)
        if (a->at[i] >= block_end(b, i) || b->at[i] >= block_end(a, i)) return false;
    return true;
}

/* Nothing but lighter fragile goods above fragile goods. */
static bool load_allowed(const struct filling_now *w, const struct carton_block *b)
{
    const struct carton_goods *own = &w->f->kinds[b->kind];
    for (size_t i = 0; i < w->out->count; i++) {
        const struct carton_block *other = &w->out->blocks[i];
        const struct carton_goods *kind = &w->f->kinds[other->kind];
        if (!((kind->flags | own->flags) & CARTON_FRAGILE) || !footprints_meet(other, b)) continue;
        bool below = block_end(other, 2) <= b->at[2];
        const struct carton_goods *low = below ? kind : own, *high = below ? own : kind;
        if ((low->flags & CARTON_FRAGILE) &&
            (!(high->flags & CARTON_FRAGILE) || high->weight_g > low->weight_g))
            return false;
    }
    return true;
}

/* Does every unit of the lowest layer rest on enough? */
static bool rests(const struct filling_now *w, const struct carton_block *b)
{
    if (!w->f->support_bp || b->at[2] == 0) return true;
    for (int64_t i = 0; i < b->n[0]; i++)
        for (int64_t k = 0; k < b->n[1]; k++) {
            int64_t x = b->at[0] + i * b->unit[0], y = b->at[1] + k * b->unit[1], area = 0;
            for (size_t o = 0; o < w->out->count; o++) {
                const struct carton_block *below = &w->out->blocks[o];
                if (block_end(below, 2) != b->at[2]) continue;
                int64_t wide = min(x + b->unit[0], block_end(below, 0)) - max(x, below->at[0]);
                int64_t deep = min(y + b->unit[1], block_end(below, 1)) - max(y, below->at[1]);
                if (wide > 0 && deep > 0) area += wide * deep;
            }
            if (area * 10000 < b->unit[0] * b->unit[1] * w->f->support_bp) return false;
        }
    return true;
}

/* Volume beside the block in which not even the thinnest unit fits. */
static int64_t rest_lost(const struct carton_space *s, const struct carton_block *b,
                         int64_t thinnest)
{
    int64_t size[3], used[3], lost = 0;
    for (int i = 0; i < 3; i++) {
        size[i] = s->end[i] - s->at[i];
        used[i] = b->unit[i] * b->n[i];
    }
    for (int i = 0; i < 3; i++) {
        int64_t slack = size[i] - used[i];
        if (slack < thinnest) lost += slack * used[(i + 1) % 3] * used[(i + 2) % 3];
    }
    return lost;
}

static int64_t score_of(const struct filling_now *w, const struct carton_space *s,
                        const struct carton_block *b)
{
    const struct carton_goods *kind = &w->f->kinds[b->kind];
    int64_t score = kind->volume * b->n[0] * b->n[1] * b->n[2];
    if (w->rule.score == 1) score -= rest_lost(s, b, w->thinnest);
    if (w->rule.score == 2) score = kind->volume * 64 + score / 64;
    if (w->rule.chance) {
        int64_t apart = (int64_t)(chance_next(w->f) % (2 * w->rule.chance + 1));
        score = score / 100 * (100 - w->rule.chance + apart);
    }
    return score;
}

static void block_weigh(struct filling_now *w, const struct carton_space *s,
                        const struct carton_block *b, struct choice *best)
{
    w->f->work++;
    int64_t score = score_of(w, s, b);
    if (best->found && score <= best->score) return;
    if (w->fragile && !load_allowed(w, b)) return;
    if (!rests(w, b)) return;
    *best = (struct choice){*b, score, true};
}

/* All blocks of one kind in one turn. */
static void turn_weigh(struct filling_now *w, const struct carton_space *s, size_t kind,
                       unsigned turn, int64_t most, struct choice *best)
{
    const struct carton_goods *k = &w->f->kinds[kind];
    struct carton_block b = {.kind = kind};
    int64_t fit[3], seen[6][3];
    for (int i = 0; i < 3; i++) {
        b.at[i] = s->at[i];
        b.unit[i] = k->size[turns[turn][i]];
        fit[i] = (s->end[i] - s->at[i]) / b.unit[i];
        if (!fit[i]) return;
    }
    /* sometimes one unit less along an axis leaves room that another turn can use */
    if (w->rule.chance && chance_next(w->f) % 4 == 0) {
        int64_t *axis = &fit[chance_next(w->f) % 3];
        if (*axis > 1) *axis -= 1 + (int64_t)(chance_next(w->f) % (uint64_t)(*axis - 1));
    }
    for (unsigned g = 0; g < 6; g++) {
        int64_t left = most;
        for (int i = 0; i < 3; i++) {
            unsigned axis = growths[g][i];
            b.n[axis] = min(fit[axis], left);
            left /= b.n[axis];
        }
        bool again = false;
        for (unsigned o = 0; o < g; o++) again = again || !memcmp(seen[o], b.n, sizeof b.n);
        memcpy(seen[g], b.n, sizeof b.n);
        if (!again) block_weigh(w, s, &b, best);
        if (fit[0] * fit[1] * fit[2] <= most) return;
    }
}

static struct choice best_block(struct filling_now *w, const struct carton_space *s)
{
    struct choice best = {0};
    int64_t size[3];
    int weighed = 0;
    for (int i = 0; i < 3; i++) size[i] = s->end[i] - s->at[i];
    for (size_t k = 0; k < w->f->kind_count && weighed < KINDS_WEIGHED_MAX; k++) {
        const struct carton_goods *kind = &w->f->kinds[k];
        if (!w->f->left[k] || !kind->is_sized) continue;
        if (w->fragile != !!(kind->flags & CARTON_FRAGILE)) continue;
        int64_t most = w->f->left[k];
        if (kind->weight_g) most = min(most, (w->net_max_g - w->out->weight_g) / kind->weight_g);
        if (most < 1 || !carton_kind_fits(kind, size)) continue;
        weighed++;
        const int64_t *e = kind->size;
        for (unsigned t = 0; t < 6; t++) {
            if (!turn_allowed(kind, t)) continue;
            if (t && e[0] == e[1] && e[1] == e[2]) break; /* a cube has one turn */
            turn_weigh(w, s, k, t, most, &best);
        }
    }
    return best;
}

static bool space_before(const struct carton_space *a, const struct carton_space *b, unsigned rule)
{
    static const unsigned char order[3][3] = {{2, 1, 0}, {0, 1, 2}, {1, 0, 2}};
    if (rule == 3) {
        int64_t va = 1, vb = 1;
        for (int i = 0; i < 3; i++) {
            va *= a->end[i] - a->at[i];
            vb *= b->end[i] - b->at[i];
        }
        if (va != vb) return va > vb;
        rule = 0;
    }
    for (int i = 0; i < 3; i++) {
        unsigned axis = order[rule][i];
        if (a->at[axis] != b->at[axis]) return a->at[axis] < b->at[axis];
    }
    for (int i = 0; i < 3; i++)
        if (a->end[i] != b->end[i]) return a->end[i] > b->end[i];
    return false;
}

static bool space_inside(const struct carton_space *a, const struct carton_space *b)
{
    for (int i = 0; i < 3; i++)
        if (a->at[i] < b->at[i] || a->end[i] > b->end[i]) return false;
    return true;
}

/* Add a space unless another holds it; those it holds go. */
static void space_add(struct carton_space *spaces, size_t *count, struct carton_space s)
{
    size_t kept = 0;
    for (size_t i = 0; i < *count; i++)
        if (space_inside(&s, &spaces[i])) return;
    for (size_t i = 0; i < *count; i++)
        if (!space_inside(&spaces[i], &s)) spaces[kept++] = spaces[i];
    *count = kept;
    if (*count < CARTON_SPACES_MAX) spaces[(*count)++] = s;
}

/* Cut the block out of every space: each one it meets leaves up to six. */
static void spaces_cut(struct carton_space *spaces, size_t *count, const struct carton_block *b,
                       int64_t thinnest)
{
    struct carton_space met[CARTON_SPACES_MAX];
    size_t met_count = 0, kept = 0;
    for (size_t i = 0; i < *count; i++) {
        bool meets = true;
        for (int a = 0; a < 3; a++)
            meets = meets && spaces[i].at[a] < block_end(b, a) && b->at[a] < spaces[i].end[a];
        if (meets)
            met[met_count++] = spaces[i];
        else
            spaces[kept++] = spaces[i];
    }
    *count = kept;
    for (size_t i = 0; i < met_count; i++)
        for (int a = 0; a < 3; a++) {
            struct carton_space before = met[i], after = met[i];
            before.end[a] = b->at[a];
            after.at[a] = block_end(b, a);
            if (before.end[a] - before.at[a] >= thinnest) space_add(spaces, count, before);
            if (after.end[a] - after.at[a] >= thinnest) space_add(spaces, count, after);
        }
}

static void block_put(struct filling_now *w, const struct carton_block *b)
{
    struct carton_filler *f = w->f;
    int64_t units = b->n[0] * b->n[1] * b->n[2];
    w->out->blocks[w->out->count++] = *b;
    w->out->taken[b->kind] += units;
    f->left[b->kind] -= units;
    w->out->units += units;
    w->out->weight_g += units * f->kinds[b->kind].weight_g;
    w->out->volume += units * f->kinds[b->kind].volume;
    spaces_cut(f->spaces, &f->space_count, b, w->thinnest);
    spaces_cut(f->dropped, &f->dropped_count, b, w->thinnest);
}

static void phase_run(struct filling_now *w)
{
    struct carton_filler *f = w->f;
    while (f->space_count) {
        size_t at = 0;
        for (size_t i = 1; i < f->space_count; i++)
            if (space_before(&f->spaces[i], &f->spaces[at], w->rule.space)) at = i;
        struct carton_space s = f->spaces[at];
        struct choice best = best_block(w, &s);
        if (best.found) {
            block_put(w, &best.block);
        } else {
            f->spaces[at] = f->spaces[--f->space_count];
            space_add(f->dropped, &f->dropped_count, s);
        }
    }
}

/* Goods without sizes: as many as the weight allows. */
static void unsized_put(struct filling_now *w)
{
    for (size_t k = 0; k < w->f->kind_count; k++) {
        const struct carton_goods *kind = &w->f->kinds[k];
        int64_t n = kind->is_sized ? 0 : w->f->left[k];
        if (kind->weight_g) n = min(n, (w->net_max_g - w->out->weight_g) / kind->weight_g);
        if (n < 1) continue;
        w->out->taken[k] += n;
        w->out->units += n;
        w->out->weight_g += n * kind->weight_g;
    }
}

void carton_fill(struct carton_filler *f, const int64_t *left, const int64_t size[3],
                 int64_t net_max_g, unsigned variant, struct carton_filling *out)
{
    struct filling_now w = {.f = f,
                            .out = out,
                            .rule = rule_of(variant),
                            .net_max_g = net_max_g,
                            .thinnest = INT64_MAX};
    bool any_fragile = false;
    out->count = 0;
    out->volume = out->weight_g = out->units = 0;
    f->random = 0x9e3779b97f4a7c15u * (variant + 1u);
    for (size_t k = 0; k < f->kind_count; k++) {
        out->taken[k] = 0;
        f->left[k] = left[k];
        if (!left[k] || !f->kinds[k].is_sized) continue;
        for (int i = 0; i < 3; i++) w.thinnest = min(w.thinnest, f->kinds[k].size[i]);
        any_fragile = any_fragile || (f->kinds[k].flags & CARTON_FRAGILE);
    }
    f->dropped_count = 0;
    f->space_count = w.thinnest < INT64_MAX;
    f->spaces[0] = (struct carton_space){{0}, {size[0], size[1], size[2]}};
    phase_run(&w);
    if (any_fragile) {
        memcpy(f->spaces, f->dropped, f->dropped_count * sizeof *f->spaces);
        f->space_count = f->dropped_count;
        f->dropped_count = 0;
        w.fragile = true;
        phase_run(&w);
    }
    unsized_put(&w);
}
