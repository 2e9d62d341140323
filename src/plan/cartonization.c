/* plan/cartonization.c: from the order's items to packages: one carton after the other, each the
 * fullest that several fillings of every type give, then each exchanged for the least that holds
 * the same goods. */
#include "plan/cartonization.h"

#include "base/arena.h"
#include "base/money.h"
#include "plan/carton_fill.h"

#include <string.h>

enum {
    ATTEMPTS_MAX = 24,    /* whole plans tried while more packages than the bound are needed */
    WORK_MAX = 100000,    /* blocks weighed in all, about 20 ms, before first answers must do */
    WORK_FILL_MAX = 60000 /* blocks weighed for one carton before one variant must do */
};

/* Equal units of one or several items. `items` chains their indexes. */
struct stack {
    struct carton_goods goods;
    size_t *items;
    int64_t *counts;
    size_t item_count, given; /* items handed out so far */
    int64_t quantity, given_of_item;
    bool fits;       /* some carton holds one */
    const char *why; /* oversize: the reason */
};

struct draft {
    struct carton_package *at;
    struct carton_filling *fillings; /* blocks and counts of each, in goods order */
    size_t count, capacity, filling_capacity;
    int64_t cost, volume;
    bool is_whole; /* nothing was left over */
};

struct planner {
    struct ctx *c;
    const struct carton_item *items;
    const struct carton_type *types;
    size_t item_count, type_count, stack_count;
    struct carton_policy policy;
    struct stack *stacks;
    struct carton_goods *goods; /* of the stacks, same order */
    size_t *by_least;           /* types in order of cost or volume */
    int64_t *used;              /* cartons of each type taken in this draft */
    int64_t *used_before;       /* ... by the groups planned earlier */
    struct carton_filler filler;
    struct carton_filling trial, best, chosen; /* scratch, room for every unit */
};

static int64_t type_volume(const struct carton_type *t)
{
    return t->length_mm * t->width_mm * t->height_mm;
}

static int64_t type_net_g(const struct carton_type *t)
{
    return t->max_weight_g ? t->max_weight_g - t->tare_g : INT64_MAX / 4;
}

static void type_size(const struct carton_type *t, int64_t size[3])
{
    size[0] = t->length_mm;
    size[1] = t->width_mm;
    size[2] = t->height_mm;
}

static enum err item_check(struct ctx *c, const struct carton_item *item, size_t i)
{
    const int64_t sides[3] = {item->length_mm, item->width_mm, item->height_mm};
    int zeros = !sides[0] + !sides[1] + !sides[2];
    if (item->quantity < 1 || item->quantity > CARTON_UNITS_MAX) {
        fail(c, ERR_INVALID, "quantity", "quantity %lld is not 1 to %d", (long long)item->quantity,
             CARTON_UNITS_MAX);
        return fail_under(c, ERR_INVALID, "items[%zu].quantity", i);
    }
    for (int a = 0; a < 3; a++)
        if (sides[a] < 0 || sides[a] > CARTON_SIDE_MAX_MM || (zeros && zeros < 3))
            return fail_at(c, ERR_INVALID, "size", "items",
                           "sizes of items[%zu] are not all "
                           "1 to %d mm or all 0",
                           i, CARTON_SIDE_MAX_MM);
    if (item->weight_g < 0 || item->weight_g > CARTON_WEIGHT_MAX_G)
        return fail_at(c, ERR_INVALID, "weight", "items", "weight of items[%zu] is out of range",
                       i);
    if ((item->flags & (CARTON_UPRIGHT | CARTON_HEIGHT_LIES)) ==
        (CARTON_UPRIGHT | CARTON_HEIGHT_LIES))
        return fail_at(c, ERR_INVALID, "size", "items", "items[%zu] may not stand on any side", i);
    return OK;
}

static enum err type_check(struct ctx *c, const struct carton_type *t, size_t i)
{
    const int64_t sides[3] = {t->length_mm, t->width_mm, t->height_mm};
    for (int a = 0; a < 3; a++)
        if (sides[a] < 1 || sides[a] > CARTON_SIDE_MAX_MM)
            return fail_at(c, ERR_INVALID, "carton_type", "cartons",
                           "inner sizes of cartons[%zu] are not 1 to %d mm", i, CARTON_SIDE_MAX_MM);
    bool weights = t->tare_g >= 0 && t->max_weight_g >= 0 && t->max_weight_g <= CARTON_WEIGHT_MAX_G;
    if (!weights || t->cost_minor < 0 || t->count_max < 0 ||
        (t->max_weight_g && t->max_weight_g < t->tare_g))
        return fail_at(c, ERR_INVALID, "carton_type", "cartons",
                       "weights, cost or count of cartons[%zu] are out of range", i);
    return OK;
}

static enum err input_check(struct planner *p)
{
    int64_t units = 0;
    if (p->item_count > CARTON_ITEMS_MAX || p->type_count > CARTON_TYPES_MAX)
        return fail(p->c, ERR_TOO_LARGE, "too_many_units", "more than %d items or %d carton types",
                    CARTON_ITEMS_MAX, CARTON_TYPES_MAX);
    for (size_t i = 0; i < p->item_count; i++) {
        TRY(item_check(p->c, &p->items[i], i));
        units += p->items[i].quantity;
    }
    for (size_t i = 0; i < p->type_count; i++) TRY(type_check(p->c, &p->types[i], i));
    if (units > CARTON_UNITS_MAX)
        return fail(p->c, ERR_TOO_LARGE, "too_many_units", "%lld units, more than %d",
                    (long long)units, CARTON_UNITS_MAX);
    return OK;
}

static struct carton_goods goods_of(const struct carton_item *i)
{
    return (struct carton_goods){.size = {i->length_mm, i->width_mm, i->height_mm},
                                 .weight_g = i->weight_g,
                                 .volume = i->length_mm * i->width_mm * i->height_mm,
                                 .flags = i->flags,
                                 .is_sized = i->length_mm > 0};
}

static bool goods_equal(const struct carton_goods *a, const struct carton_goods *b)
{
    return !memcmp(a->size, b->size, sizeof a->size) && a->weight_g == b->weight_g &&
           a->flags == b->flags;
}

/* Heaviest fragile goods go lowest; otherwise greatest first, then as given. */
static bool goods_before(const struct carton_goods *a, const struct carton_goods *b)
{
    if (((a->flags & b->flags) & CARTON_FRAGILE) && a->weight_g != b->weight_g)
        return a->weight_g > b->weight_g;
    if (a->volume != b->volume) return a->volume > b->volume;
    return a->weight_g > b->weight_g;
}

static void stack_judge(struct planner *p, struct stack *s)
{
    bool size_fits = false;
    s->why = p->type_count ? "greater than every carton" : "there are no cartons";
    for (size_t i = 0; i < p->type_count; i++) {
        int64_t size[3];
        type_size(&p->types[i], size);
        if (s->goods.is_sized && !carton_kind_fits(&s->goods, size)) continue;
        size_fits = true;
        if (s->goods.weight_g <= type_net_g(&p->types[i])) s->fits = true;
    }
    if (size_fits && !s->fits) s->why = "heavier than every carton may be";
}

/* Merge equal items and put the greatest first. */
static void stacks_make(struct planner *p)
{
    struct arena *a = p->c->arena;
    p->stacks = arena_new(a, struct stack, p->item_count);
    size_t *next = arena_new(a, size_t, p->item_count);
    for (size_t i = 0; i < p->item_count; i++) {
        struct carton_goods goods = goods_of(&p->items[i]);
        size_t at = 0;
        while (at < p->stack_count && !goods_equal(&p->stacks[at].goods, &goods)) at++;
        next[i] = at;
        if (at == p->stack_count) p->stacks[p->stack_count++] = (struct stack){.goods = goods};
        p->stacks[at].item_count++;
        p->stacks[at].quantity += p->items[i].quantity;
    }
    for (size_t i = 0; i < p->stack_count; i++) {
        struct stack *s = &p->stacks[i];
        s->items = arena_new(a, size_t, s->item_count);
        s->counts = arena_new(a, int64_t, s->item_count);
        s->item_count = 0;
        stack_judge(p, s);
    }
    for (size_t i = 0; i < p->item_count; i++) {
        struct stack *s = &p->stacks[next[i]];
        s->counts[s->item_count] = p->items[i].quantity;
        s->items[s->item_count++] = i;
    }
    for (size_t i = 1; i < p->stack_count; i++)
        for (size_t k = i; k && goods_before(&p->stacks[k].goods, &p->stacks[k - 1].goods); k--) {
            struct stack swap = p->stacks[k];
            p->stacks[k] = p->stacks[k - 1];
            p->stacks[k - 1] = swap;
        }
    p->goods = arena_new(a, struct carton_goods, p->stack_count);
    for (size_t i = 0; i < p->stack_count; i++) p->goods[i] = p->stacks[i].goods;
}

static bool type_less(const struct planner *p, size_t a, size_t b)
{
    const struct carton_type *x = &p->types[a], *y = &p->types[b];
    if (p->policy.aim == CARTON_AIM_COST && x->cost_minor != y->cost_minor)
        return x->cost_minor < y->cost_minor;
    if (type_volume(x) != type_volume(y)) return type_volume(x) < type_volume(y);
    return x->cost_minor < y->cost_minor;
}

static void types_order(struct planner *p)
{
    p->by_least = arena_new(p->c->arena, size_t, p->type_count);
    for (size_t i = 0; i < p->type_count; i++) {
        size_t at = i;
        for (; at && type_less(p, i, p->by_least[at - 1]); at--)
            p->by_least[at] = p->by_least[at - 1];
        p->by_least[at] = i;
    }
}

static bool type_free(const struct planner *p, size_t type)
{
    return !p->types[type].count_max ||
           p->used_before[type] + p->used[type] < p->types[type].count_max;
}

struct total {
    int64_t volume, weight_g, units;
};

static struct total total_of(const struct planner *p, const int64_t *left)
{
    struct total t = {0};
    for (size_t k = 0; k < p->stack_count; k++) {
        t.volume += left[k] * p->goods[k].volume;
        t.weight_g += left[k] * p->goods[k].weight_g;
        t.units += left[k];
    }
    return t;
}

/* How much of what is left a filling takes: by volume and by weight, whichever is scarce. */
static int64_t measure(const struct carton_filling *f, const struct total *all)
{
    int64_t m = f->units;
    if (all->volume) m += money_share(f->volume, 1000000000, all->volume);
    if (all->weight_g) m += money_share(f->weight_g, 300000000, all->weight_g);
    return m;
}

static void filling_copy(const struct planner *p, struct carton_filling *to,
                         const struct carton_filling *from)
{
    memcpy(to->blocks, from->blocks, from->count * sizeof *from->blocks);
    memcpy(to->taken, from->taken, p->stack_count * sizeof *from->taken);
    to->count = from->count;
    to->volume = from->volume;
    to->weight_g = from->weight_g;
    to->units = from->units;
}

/* The fullest filling of a type; stops as soon as everything is in. */
static bool type_fill(struct planner *p, size_t type, const int64_t *left, const struct total *all,
                      unsigned first, unsigned variants, bool whole_only)
{
    const struct carton_type *t = &p->types[type];
    int64_t size[3], best = 0, start = p->filler.work;
    type_size(t, size);
    if (whole_only && (all->volume > type_volume(t) || all->weight_g > type_net_g(t))) return false;
    for (unsigned v = 0; v < variants; v++) {
        carton_fill(&p->filler, left, size, type_net_g(t), first + v, &p->trial);
        int64_t m = measure(&p->trial, all);
        if (m > best && (!whole_only || p->trial.units == all->units)) {
            best = m;
            filling_copy(p, &p->best, &p->trial);
        }
        if (p->trial.units == all->units) break;
        if (p->filler.work - start > WORK_FILL_MAX || p->filler.work > WORK_MAX) break;
    }
    return best > 0;
}

/* A copy with just the room it needs. */
static struct carton_filling filling_keep(const struct planner *p, const struct carton_filling *f)
{
    struct carton_filling kept = carton_filling_new(p->c->arena, p->stack_count, f->count);
    filling_copy(p, &kept, f);
    return kept;
}

static void draft_add(struct planner *p, struct draft *d, size_t type,
                      const struct carton_filling *f)
{
    struct arena *a = p->c->arena;
    size_t count = d->count;
    *arena_push(a, d->fillings, count, d->filling_capacity) = filling_keep(p, f);
    *arena_push(a, d->at, d->count, d->capacity) =
        (struct carton_package){.kind = CARTON_PACKED, .type = type};
    d->cost += p->types[type].cost_minor;
    d->volume += type_volume(&p->types[type]);
    p->used[type]++;
}

/* The least carton that takes all that is left, if there is one. */
static bool last_carton(struct planner *p, const int64_t *left, const struct total *all,
                        unsigned first, struct draft *d)
{
    for (size_t i = 0; i < p->type_count; i++) {
        size_t type = p->by_least[i];
        if (!type_free(p, type) ||
            !type_fill(p, type, left, all, first, CARTON_VARIANTS_PLAIN + 4, true))
            continue;
        draft_add(p, d, type, &p->best);
        return true;
    }
    return false;
}

/* The carton that takes most (or most for its cost). */
static bool full_carton(struct planner *p, int64_t *left, const struct total *all, unsigned first,
                        unsigned variants, bool by_cost, struct draft *d)
{
    int64_t chosen_measure = 0;
    size_t chosen_type = 0;
    for (size_t i = 0; i < p->type_count; i++) {
        size_t type = p->by_least[i];
        if (!type_free(p, type) || !type_fill(p, type, left, all, first, variants, false)) continue;
        int64_t m = measure(&p->best, all);
        bool better = m > chosen_measure;
        if (by_cost && chosen_measure)
            better = m / (p->types[type].cost_minor + 1) >
                     chosen_measure / (p->types[chosen_type].cost_minor + 1);
        if (!better) continue;
        chosen_measure = m;
        chosen_type = type;
        filling_copy(p, &p->chosen, &p->best);
    }
    if (!chosen_measure) return false;
    draft_add(p, d, chosen_type, &p->chosen);
    for (size_t k = 0; k < p->stack_count; k++) left[k] -= p->chosen.taken[k];
    return true;
}

static struct draft draft_make(struct planner *p, const int64_t *goods, unsigned first,
                               unsigned variants, bool by_cost)
{
    struct draft d = {0};
    int64_t *left = arena_new(p->c->arena, int64_t, p->stack_count);
    memcpy(left, goods, p->stack_count * sizeof *left);
    memset(p->used, 0, p->type_count * sizeof *p->used);
    for (;;) {
        struct total all = total_of(p, left);
        d.is_whole = true;
        if (!all.units || last_carton(p, left, &all, first, &d)) return d;
        d.is_whole = false;
        if (!full_carton(p, left, &all, first, variants, by_cost, &d)) return d;
    }
}

static bool draft_better(const struct planner *p, const struct draft *a, const struct draft *b)
{
    if (a->is_whole != b->is_whole) return a->is_whole;
    if (p->policy.aim == CARTON_AIM_COST && a->cost != b->cost) return a->cost < b->cost;
    if (a->count != b->count) return a->count < b->count;
    return a->volume < b->volume;
}

static int64_t divide_up(int64_t a, int64_t b) { return b ? (a + b - 1) / b : 0; }

/* No plan has fewer cartons than volume and weight ask for. */
static int64_t bound(const struct planner *p, const struct total *all)
{
    int64_t volume = 1, net = 1;
    for (size_t i = 0; i < p->type_count; i++) {
        int64_t v = type_volume(&p->types[i]), w = type_net_g(&p->types[i]);
        if (v > volume) volume = v;
        if (w > net) net = w;
    }
    int64_t by_volume = divide_up(all->volume, volume), by_weight = divide_up(all->weight_g, net);
    return by_volume > by_weight ? by_volume : by_weight;
}

/* Exchange each carton for the least that holds the same goods. */
static void draft_shrink(struct planner *p, struct draft *d)
{
    memset(p->used, 0, p->type_count * sizeof *p->used);
    for (size_t i = 0; i < d->count; i++) p->used[d->at[i].type]++;
    for (size_t i = 0; i < d->count; i++) {
        size_t was = d->at[i].type;
        struct total all = total_of(p, d->fillings[i].taken);
        for (size_t k = 0; k < p->type_count && p->by_least[k] != was; k++) {
            size_t type = p->by_least[k];
            if (!type_free(p, type) ||
                !type_fill(p, type, d->fillings[i].taken, &all, 0, CARTON_VARIANTS_PLAIN + 4, true))
                continue;
            d->at[i].type = type;
            d->fillings[i] = filling_keep(p, &p->best);
            d->cost += p->types[type].cost_minor - p->types[was].cost_minor;
            d->volume += type_volume(&p->types[type]) - type_volume(&p->types[was]);
            p->used[was]--;
            p->used[type]++;
            break;
        }
    }
}

static struct draft group_plan(struct planner *p, const int64_t *goods)
{
    struct total all = total_of(p, goods);
    int64_t least = bound(p, &all);
    bool by_cost = p->policy.aim == CARTON_AIM_COST;
    struct draft best = draft_make(p, goods, 0, CARTON_VARIANTS_PLAIN, by_cost);
    draft_shrink(p, &best);
    for (unsigned i = 1; i < ATTEMPTS_MAX && p->filler.work < WORK_MAX; i++) {
        if (best.is_whole && (int64_t)best.count <= least && !by_cost) break;
        if (best.count <= 1 && best.is_whole) break;
        unsigned variants = i % 3 == 0 ? 1 : i % 3 == 1 ? 4 : 8;
        struct draft d =
            draft_make(p, goods, CARTON_VARIANTS_PLAIN + i * 8, variants, by_cost && i % 2 == 0);
        if (d.count > best.count + 1) continue;
        draft_shrink(p, &d);
        if (draft_better(p, &d, &best)) best = d;
    }
    return best;
}

/* The item a unit of this stack belongs to. */
static size_t unit_take(struct stack *s)
{
    while (s->given_of_item == s->counts[s->given]) {
        s->given++;
        s->given_of_item = 0;
    }
    s->given_of_item++;
    return s->items[s->given];
}

static void places_write(struct planner *p, struct carton_package *package,
                         const struct carton_filling *f)
{
    package->places = arena_new(p->c->arena, struct carton_place, (size_t)f->units);
    for (size_t b = 0; b < f->count; b++) {
        const struct carton_block *k = &f->blocks[b];
        for (int64_t z = 0; z < k->n[2]; z++)
            for (int64_t y = 0; y < k->n[1]; y++)
                for (int64_t x = 0; x < k->n[0]; x++)
                    package->places[package->count++] =
                        (struct carton_place){unit_take(&p->stacks[k->kind]),
                                              true,
                                              k->at[0] + x * k->unit[0],
                                              k->at[1] + y * k->unit[1],
                                              k->at[2] + z * k->unit[2],
                                              k->unit[0],
                                              k->unit[1],
                                              k->unit[2]};
    }
    for (size_t k = 0; k < p->stack_count; k++)
        for (int64_t n = p->goods[k].is_sized ? 0 : f->taken[k]; n > 0; n--)
            package->places[package->count++] =
                (struct carton_place){.item = unit_take(&p->stacks[k])};
}

static void package_write(struct planner *p, struct carton_plan *out, size_t *capacity, size_t type,
                          const struct carton_filling *f)
{
    const struct carton_type *t = &p->types[type];
    struct carton_package package = {
        .kind = CARTON_PACKED,
        .type = type,
        .weight_g = t->tare_g + f->weight_g,
        .length_mm = t->outer_length_mm ? t->outer_length_mm : t->length_mm,
        .width_mm = t->outer_width_mm ? t->outer_width_mm : t->width_mm,
        .height_mm = t->outer_height_mm ? t->outer_height_mm : t->height_mm,
        .fill_bp = money_share(f->volume, 10000, type_volume(t))};
    places_write(p, &package, f);
    out->cost_minor += t->cost_minor;
    *arena_push(p->c->arena, out->at, out->count, *capacity) = package;
}

/* One unit that travels as it is. */
static void single_write(struct planner *p, struct carton_plan *out, size_t *capacity, size_t stack,
                         enum carton_kind kind, const char *why)
{
    const struct carton_goods *g = &p->goods[stack];
    struct carton_package package = {.kind = kind,
                                     .count = 1,
                                     .weight_g = g->weight_g,
                                     .length_mm = g->size[0],
                                     .width_mm = g->size[1],
                                     .height_mm = g->size[2],
                                     .fill_bp = 10000,
                                     .why = text_of(why)};
    package.places = arena_new(p->c->arena, struct carton_place, 1);
    *package.places = (struct carton_place){.item = unit_take(&p->stacks[stack]),
                                            .is_placed = g->is_sized,
                                            .length_mm = g->size[0],
                                            .width_mm = g->size[1],
                                            .height_mm = g->size[2]};
    *arena_push(p->c->arena, out->at, out->count, *capacity) = package;
}

/* Hazard goods and the others, each in their own cartons. */
static void groups_plan(struct planner *p, struct carton_plan *out, size_t *capacity)
{
    for (unsigned hazard = 0; hazard < 2; hazard++) {
        int64_t *goods = arena_new(p->c->arena, int64_t, p->stack_count), units = 0;
        for (size_t k = 0; k < p->stack_count; k++) {
            struct stack *s = &p->stacks[k];
            if (!s->fits || (s->goods.flags & CARTON_OWN)) continue;
            if (!!(s->goods.flags & CARTON_HAZARD) == !!hazard) units += goods[k] = s->quantity;
        }
        if (!units) continue;
        struct draft d = group_plan(p, goods);
        for (size_t i = 0; i < d.count; i++) {
            package_write(p, out, capacity, d.at[i].type, &d.fillings[i]);
            p->used_before[d.at[i].type]++;
            for (size_t k = 0; k < p->stack_count; k++) goods[k] -= d.fillings[i].taken[k];
        }
        for (size_t k = 0; k < p->stack_count; k++)
            for (; goods[k] > 0; goods[k]--)
                single_write(p, out, capacity, k, CARTON_OVERSIZE, "no carton is left for it");
    }
}

enum err cartonization_plan(struct ctx *c, const struct carton_item *items, size_t item_count,
                            const struct carton_type *types, size_t type_count,
                            struct carton_policy policy, struct carton_plan *out)
{
    struct planner p = {.c = c,
                        .items = items,
                        .types = types,
                        .item_count = item_count,
                        .type_count = type_count,
                        .policy = policy};
    size_t capacity = 0, units = 0;
    *out = (struct carton_plan){0};
    TRY(input_check(&p));
    stacks_make(&p);
    types_order(&p);
    p.used = arena_new(c->arena, int64_t, type_count);
    p.used_before = arena_new(c->arena, int64_t, type_count);
    for (size_t i = 0; i < p.stack_count; i++) units += (size_t)p.stacks[i].quantity;
    carton_filler_open(&p.filler, c->arena, p.goods, p.stack_count, policy.support_bp);
    p.trial = carton_filling_new(c->arena, p.stack_count, units);
    p.best = carton_filling_new(c->arena, p.stack_count, units);
    p.chosen = carton_filling_new(c->arena, p.stack_count, units);
    groups_plan(&p, out, &capacity);
    for (size_t k = 0; k < p.stack_count; k++) {
        bool own = p.goods[k].flags & CARTON_OWN;
        if (p.stacks[k].fits && !own) continue;
        for (int64_t n = p.stacks[k].quantity; n > 0; n--)
            single_write(&p, out, &capacity, k, own ? CARTON_AS_IS : CARTON_OVERSIZE,
                         own ? "ships in its own carton" : p.stacks[k].why);
    }
    return OK;
}
