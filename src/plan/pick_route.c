/* plan/pick_route.c: S-shape by walking order; with coordinates the shorter of it and of nearest
 * neighbour, both improved by 2-opt. */
#include "plan/pick_route.h"

#include "base/arena.h"

#include <stdlib.h>
#include <string.h>

enum { PASSES_MAX = 12 };

struct walker {
    const struct pick_stop *stops; /* sorted copies */
    size_t count;
    bool is_mapped, has_start;
    struct pick_stop start;
    int64_t front, back;
};

static int64_t apart(int64_t a, int64_t b) { return a > b ? a - b : b - a; }

static int order_i64(int64_t a, int64_t b) { return (a > b) - (a < b); }

int64_t pick_route_distance(const struct pick_stop *a, const struct pick_stop *b,
                            int64_t front_y_mm, int64_t back_y_mm)
{
    int64_t across = apart(a->x_mm, b->x_mm);
    if (a->zone == b->zone && a->aisle == b->aisle) return across + apart(a->y_mm, b->y_mm);
    int64_t front = apart(a->y_mm, front_y_mm) + apart(b->y_mm, front_y_mm);
    int64_t back = apart(a->y_mm, back_y_mm) + apart(b->y_mm, back_y_mm);
    return across + (front < back ? front : back);
}

static int stop_order(const struct pick_stop *a, const struct pick_stop *b)
{
    int order = order_i64(a->zone, b->zone);
    if (!order) order = order_i64(a->aisle, b->aisle);
    if (!order && a->is_mapped && b->is_mapped) order = order_i64(a->y_mm, b->y_mm);
    if (!order) order = order_i64(a->bay, b->bay);
    if (!order) order = order_i64(a->level, b->level);
    if (!order) order = order_i64(a->x_mm, b->x_mm);
    return order ? order : order_i64(a->bin_id, b->bin_id);
}

struct keyed {
    struct pick_stop stop;
    size_t index;
};

static int keyed_order(const void *a, const void *b)
{
    const struct keyed *x = a, *y = b;
    int order = stop_order(&x->stop, &y->stop);
    return order ? order : (x->index > y->index) - (x->index < y->index);
}

/* Steps where nothing is measured: bays passed, aisles and zones changed. */
static int64_t steps(const struct pick_stop *a, const struct pick_stop *b)
{
    if (a->zone == b->zone && a->aisle == b->aisle) return apart(a->bay, b->bay);
    int64_t changed = a->zone == b->zone ? 0 : 1 + apart(a->zone, b->zone);
    return changed + apart(a->aisle, b->aisle);
}

static int64_t way(const struct walker *w, const struct pick_stop *a, const struct pick_stop *b)
{
    return w->is_mapped ? pick_route_distance(a, b, w->front, w->back) : steps(a, b);
}

/* The k-th stop of a route that begins and ends at the start, when there is one. */
static int64_t leg(const struct walker *w, const size_t *order, size_t from, size_t to)
{
    bool outside_from = from == (size_t)-1, outside_to = to == w->count;
    if ((outside_from || outside_to) && (!w->has_start || !w->is_mapped)) return 0;
    return way(w, outside_from ? &w->start : &w->stops[order[from]],
               outside_to ? &w->start : &w->stops[order[to]]);
}

static int64_t route_length(const struct walker *w, const size_t *order)
{
    int64_t length = 0;
    for (size_t i = 0; i <= w->count; i++) length += leg(w, order, i - 1, i);
    return length;
}

/* Up one aisle, down the next that has a stop; every zone starts anew. */
static void s_shape(const struct walker *w, bool down_first, size_t *order)
{
    bool down = down_first;
    for (size_t i = 0, end; i < w->count; i = end) {
        const struct pick_stop *s = &w->stops[i];
        if (i && s->zone != w->stops[i - 1].zone) down = down_first;
        for (end = i;
             end < w->count && w->stops[end].zone == s->zone && w->stops[end].aisle == s->aisle;)
            end++;
        for (size_t k = i; k < end; k++) order[k] = down ? end - 1 - (k - i) : k;
        down = !down;
    }
}

static void nearest_neighbour(const struct walker *w, struct arena *a, size_t *order)
{
    bool *seen = arena_new(a, bool, w->count);
    const struct pick_stop *at = w->has_start ? &w->start : &w->stops[0];
    for (size_t i = 0; i < w->count; i++) {
        size_t best = w->count;
        int64_t best_way = 0;
        for (size_t k = 0; k < w->count; k++) {
            if (seen[k]) continue;
            int64_t d = way(w, at, &w->stops[k]);
            if (best == w->count || d < best_way) {
                best = k;
                best_way = d;
            }
        }
        seen[best] = true;
        order[i] = best;
        at = &w->stops[best];
    }
}

/* Turn round stretches while that shortens the walk. */
static void improve(const struct walker *w, size_t *order)
{
    bool better = true;
    for (int pass = 0; better && pass < PASSES_MAX; pass++) {
        better = false;
        for (size_t i = 0; i + 1 < w->count; i++)
            for (size_t k = i + 1; k < w->count; k++) {
                int64_t before = leg(w, order, i - 1, i) + leg(w, order, k, k + 1);
                size_t first = order[i], last = order[k];
                order[i] = last;
                order[k] = first;
                int64_t after = leg(w, order, i - 1, i) + leg(w, order, k, k + 1);
                order[i] = first;
                order[k] = last;
                if (after >= before) continue;
                for (size_t x = i, y = k; x < y; x++, y--) {
                    size_t swap = order[x];
                    order[x] = order[y];
                    order[y] = swap;
                }
                better = true;
            }
    }
}

static void keep_shorter(const struct walker *w, size_t *best, int64_t *best_length,
                         const size_t *order)
{
    int64_t length = route_length(w, order);
    if (*best_length >= 0 && length >= *best_length) return;
    *best_length = length;
    memcpy(best, order, w->count * sizeof *best);
}

static void floor_read(struct walker *w, const struct pick_floor *floor)
{
    w->front = w->back = w->stops[0].y_mm;
    for (size_t i = 0; i < w->count; i++) {
        if (w->stops[i].y_mm < w->front) w->front = w->stops[i].y_mm;
        if (w->stops[i].y_mm > w->back) w->back = w->stops[i].y_mm;
    }
    if (!floor) return;
    if (floor->has_cross) {
        w->front = floor->front_y_mm;
        w->back = floor->back_y_mm;
    }
    w->has_start = floor->has_start;
    /* no stop's aisle, so that the way in leads through a cross aisle */
    w->start = (struct pick_stop){.zone = INT64_MIN,
                                  .aisle = INT64_MIN,
                                  .is_mapped = true,
                                  .x_mm = floor->start_x_mm,
                                  .y_mm = floor->start_y_mm};
}

enum err pick_route_plan(struct ctx *c, const struct pick_stop *stops, size_t count,
                         const struct pick_floor *floor, struct pick_route *out)
{
    struct walker w = {.count = count, .is_mapped = true};
    *out = (struct pick_route){0};
    if (count > PICK_ROUTE_STOPS_MAX)
        return fail(c, ERR_TOO_LARGE, "too_many_stops", "%zu stops, more than %d", count,
                    PICK_ROUTE_STOPS_MAX);
    if (!count) return OK;
    struct keyed *sorted = arena_new(c->arena, struct keyed, count);
    for (size_t i = 0; i < count; i++) w.is_mapped = w.is_mapped && stops[i].is_mapped;
    for (size_t i = 0; i < count; i++) {
        sorted[i] = (struct keyed){stops[i], i};
        sorted[i].stop.is_mapped = w.is_mapped; /* one rule of order for all */
    }
    qsort(sorted, count, sizeof *sorted, keyed_order);
    struct pick_stop *in_order = arena_new(c->arena, struct pick_stop, count);
    for (size_t i = 0; i < count; i++) in_order[i] = sorted[i].stop;
    w.stops = in_order;
    floor_read(&w, floor);
    size_t *best = arena_new(c->arena, size_t, count), *order = arena_new(c->arena, size_t, count);
    int64_t length = -1;
    for (unsigned down = 0; down <= w.is_mapped; down++) {
        s_shape(&w, down, order);
        keep_shorter(&w, best, &length, order);
        if (w.is_mapped && count <= PICK_ROUTE_IMPROVE_MAX) improve(&w, order);
        keep_shorter(&w, best, &length, order);
    }
    if (w.is_mapped && count <= PICK_ROUTE_IMPROVE_MAX) {
        nearest_neighbour(&w, c->arena, order);
        improve(&w, order);
        keep_shorter(&w, best, &length, order);
    }
    out->order = best;
    for (size_t i = 0; i < count; i++) best[i] = sorted[best[i]].index;
    out->count = count;
    out->length = length;
    out->is_mm = w.is_mapped;
    return OK;
}
