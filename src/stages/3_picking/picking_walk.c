#include "stages/3_picking/picking_walk.h"

#include "base/sort.h"
#include "domain/sites/site.h"

#include <stdlib.h>

static int compare_texts(const void *a, const void *b)
{
    return text_cmp(*(const struct text *)a, *(const struct text *)b);
}

/* Zones are walked in the order of their names. */
static int64_t zone_number(const struct text *zones, size_t n, struct text zone)
{
    for (size_t i = 0; i < n; i++)
        if (text_eq(zones[i], zone)) return (int64_t)i + 1;
    return 0;
}

enum err walk_stops(struct ctx *c, const int64_t *bin_ids, size_t n, struct bin_stops *out)
{
    struct list bins;
    int64_t *ids = arena_new(c->arena, int64_t, n + 1);
    size_t count = 0;
    for (size_t i = 0; i < n; i++)
        if (bin_ids[i] != NONE) ids[count++] = bin_ids[i];
    sort_i64(ids, count);
    count = unique_i64(ids, count);
    TRY(bins_of(c, ids, count, &bins));
    const struct bin *at = bins.at;
    struct text *zones = arena_new(c->arena, struct text, bins.count + 1);
    size_t zone_count = 0;
    for (size_t i = 0; i < bins.count; i++)
        if (!zone_number(zones, zone_count, at[i].zone)) zones[zone_count++] = at[i].zone;
    if (zone_count) qsort(zones, zone_count, sizeof *zones, compare_texts);
    *out = (struct bin_stops){arena_new(c->arena, int64_t, bins.count + 1),
                              arena_new(c->arena, struct pick_stop, bins.count + 1), bins.count};
    for (size_t i = 0; i < bins.count; i++) {
        out->bin_ids[i] = at[i].bin_id;
        out->stops[i] = (struct pick_stop){.bin_id = at[i].bin_id,
                                           .zone = zone_number(zones, zone_count, at[i].zone),
                                           .aisle = at[i].aisle,
                                           .bay = at[i].bay,
                                           .level = at[i].level,
                                           .x_mm = at[i].x_mm,
                                           .y_mm = at[i].y_mm,
                                           .is_mapped = at[i].x_mm || at[i].y_mm};
    }
    return OK;
}

enum err walk_along(struct ctx *c, const struct bin_stops *known, struct task *tasks, size_t n,
                    struct pick_route *route)
{
    int64_t *ids = arena_new(c->arena, int64_t, n + 1);
    size_t count = 0;
    for (size_t i = 0; i < n; i++)
        if (find_i64(known->bin_ids, known->count, tasks[i].place_id) >= 0)
            ids[count++] = tasks[i].place_id;
    sort_i64(ids, count);
    count = unique_i64(ids, count);
    struct pick_stop *stops = arena_new(c->arena, struct pick_stop, count + 1);
    for (size_t i = 0; i < count; i++)
        stops[i] = known->stops[find_i64(known->bin_ids, known->count, ids[i])];
    TRY(pick_route_plan(c, stops, count, NULL, route));
    int64_t *turn = arena_new(c->arena, int64_t, count + 1);
    for (size_t i = 0; i < count; i++) turn[route->order[i]] = (int64_t)i + 1;
    for (size_t i = 0; i < n; i++) {
        ptrdiff_t at = find_i64(ids, count, tasks[i].place_id);
        tasks[i].walk = at < 0 ? (int64_t)count + 1 : turn[at];
    }
    return OK;
}

enum err walk_tasks(struct ctx *c, struct task *tasks, size_t n, struct pick_route *route)
{
    struct bin_stops known;
    struct pick_route own;
    int64_t *ids = arena_new(c->arena, int64_t, n + 1);
    for (size_t i = 0; i < n; i++) ids[i] = tasks[i].place_id;
    TRY(walk_stops(c, ids, n, &known));
    return walk_along(c, &known, tasks, n, route ? route : &own);
}
