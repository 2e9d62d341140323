/* plan/carton_check.c: does a carton plan keep its promises? Written against the promises alone. */
#include "plan/cartonization.h"

#include "base/arena.h"

struct checker {
    struct arena *arena;
    const struct carton_item *items;
    const struct carton_type *types;
    size_t item_count, type_count;
};

static bool spans_meet(int64_t a, int64_t a_size, int64_t b, int64_t b_size)
{
    return a < b + b_size && b < a + a_size;
}

static bool floors_meet(const struct carton_place *a, const struct carton_place *b)
{
    return spans_meet(a->x_mm, a->length_mm, b->x_mm, b->length_mm) &&
           spans_meet(a->y_mm, a->width_mm, b->y_mm, b->width_mm);
}

/* Is the place the item's box, turned as its flags allow? */
static bool turned_rightly(const struct carton_item *item, const struct carton_place *place)
{
    const int64_t e[3] = {item->length_mm, item->width_mm, item->height_mm};
    static const uint32_t lies[3] = {CARTON_LENGTH_LIES, CARTON_WIDTH_LIES, CARTON_HEIGHT_LIES};
    for (int up = 0; up < 3; up++) {
        int64_t a = e[(up + 1) % 3], b = e[(up + 2) % 3];
        if ((item->flags & lies[up]) || e[up] != place->height_mm) continue;
        if ((a == place->length_mm && b == place->width_mm) ||
            (b == place->length_mm && a == place->width_mm))
            return true;
    }
    return false;
}

static struct text pair_wrong(const struct checker *k, size_t at, const struct carton_place *a,
                              const struct carton_place *b)
{
    const struct carton_item *x = &k->items[a->item], *y = &k->items[b->item];
    if ((x->flags ^ y->flags) & CARTON_HAZARD)
        return text_printf(k->arena, "package %zu mixes hazard with other goods", at);
    if (!a->is_placed || !b->is_placed || !floors_meet(a, b)) return (struct text){0};
    if (spans_meet(a->z_mm, a->height_mm, b->z_mm, b->height_mm))
        return text_printf(k->arena, "items %zu and %zu overlap in package %zu", a->item, b->item,
                           at);
    const struct carton_item *low = a->z_mm < b->z_mm ? x : y, *high = low == x ? y : x;
    if ((low->flags & CARTON_FRAGILE) &&
        (!(high->flags & CARTON_FRAGILE) || high->weight_g > low->weight_g))
        return text_printf(k->arena, "package %zu has goods on fragile ones", at);
    return (struct text){0};
}

static struct text place_wrong(const struct checker *k, size_t at, const struct carton_package *p,
                               const struct carton_place *place)
{
    const struct carton_item *item = &k->items[place->item];
    if (place->is_placed != (item->length_mm > 0))
        return text_printf(k->arena, "item %zu is placed without sizes, or not", place->item);
    if (!place->is_placed) return (struct text){0};
    if (p->kind == CARTON_PACKED) {
        const struct carton_type *t = &k->types[p->type];
        if (!turned_rightly(item, place))
            return text_printf(k->arena, "item %zu lies wrongly in package %zu", place->item, at);
        if (place->x_mm < 0 || place->y_mm < 0 || place->z_mm < 0 ||
            place->x_mm + place->length_mm > t->length_mm ||
            place->y_mm + place->width_mm > t->width_mm ||
            place->z_mm + place->height_mm > t->height_mm)
            return text_printf(k->arena, "item %zu sticks out of package %zu", place->item, at);
    }
    return (struct text){0};
}

static struct text package_wrong(const struct checker *k, size_t at, const struct carton_package *p)
{
    int64_t weight = 0;
    if (!p->count) return text_printf(k->arena, "package %zu is empty", at);
    for (size_t i = 0; i < p->count; i++) {
        if (p->places[i].item >= k->item_count)
            return text_printf(k->arena, "package %zu holds an unknown item", at);
        weight += k->items[p->places[i].item].weight_g;
    }
    for (size_t i = 0; i < p->count; i++) {
        struct text wrong = place_wrong(k, at, p, &p->places[i]);
        for (size_t j = 0; j < i && !wrong.at; j++)
            wrong = pair_wrong(k, at, &p->places[j], &p->places[i]);
        bool own = k->items[p->places[i].item].flags & CARTON_OWN;
        if (!wrong.at && own != (p->kind == CARTON_AS_IS))
            wrong = text_printf(k->arena, "own carton mistaken in package %zu", at);
        if (wrong.at) return wrong;
    }
    if (p->kind != CARTON_PACKED && p->count != 1)
        return text_printf(k->arena, "package %zu should hold one unit", at);
    if (p->kind == CARTON_OVERSIZE && text_empty(p->why))
        return text_printf(k->arena, "package %zu does not say why", at);
    if (p->kind == CARTON_PACKED) {
        if (p->type >= k->type_count) return text_printf(k->arena, "package %zu has no type", at);
        weight += k->types[p->type].tare_g;
        if (k->types[p->type].max_weight_g && weight > k->types[p->type].max_weight_g)
            return text_printf(k->arena, "package %zu is too heavy", at);
    }
    if (weight != p->weight_g) return text_printf(k->arena, "package %zu weighs otherwise", at);
    return (struct text){0};
}

struct text cartonization_wrong(struct arena *a, const struct carton_item *items, size_t item_count,
                                const struct carton_type *types, size_t type_count,
                                const struct carton_plan *plan)
{
    struct checker k = {a, items, types, item_count, type_count};
    int64_t *seen = arena_new(a, int64_t, item_count), *used = arena_new(a, int64_t, type_count);
    for (size_t i = 0; i < plan->count; i++) {
        struct text wrong = package_wrong(&k, i, &plan->at[i]);
        if (wrong.at) return wrong;
        for (size_t n = 0; n < plan->at[i].count; n++) seen[plan->at[i].places[n].item]++;
        if (plan->at[i].kind == CARTON_PACKED) used[plan->at[i].type]++;
    }
    for (size_t i = 0; i < item_count; i++)
        if (seen[i] != items[i].quantity)
            return text_printf(a, "item %zu: %lld units of %lld are packed", i, (long long)seen[i],
                               (long long)items[i].quantity);
    for (size_t i = 0; i < type_count; i++)
        if (types[i].count_max && used[i] > types[i].count_max)
            return text_printf(a, "carton %zu is used more often than there are", i);
    return (struct text){0};
}
