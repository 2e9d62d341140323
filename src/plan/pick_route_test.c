#include "plan/pick_route.h"

#include "base/source.h"
#include "harness.h"

#include <string.h>

enum { AISLE_MM = 3000, DEEP_MM = 30000 };

static struct pick_stop random_stop(struct source *s, bool mapped, int64_t id)
{
    struct pick_stop stop = {.bin_id = id,
                             .zone = 1 + source_below(s, 2),
                             .bay = 1 + source_below(s, 30),
                             .level = source_below(s, 4),
                             .is_mapped = mapped};
    stop.aisle = (stop.zone - 1) * 8 + 1 + source_below(s, 8);
    stop.x_mm = stop.aisle * AISLE_MM;
    stop.y_mm = stop.bay * 1000;
    return stop;
}

static const struct pick_floor hall = {.has_start = true,
                                       .start_x_mm = 0,
                                       .start_y_mm = 0,
                                       .has_cross = true,
                                       .front_y_mm = 0,
                                       .back_y_mm = DEEP_MM + 1000};

TEST(pick_route, up_one_aisle_and_down_the_next)
{
    static const int64_t aisles[] = {2, 1, 3, 2, 1, 3}, bays[] = {5, 1, 2, 9, 7, 8};
    static const int64_t want[] = {1, 7, 9, 5, 2, 8};
    struct arena a = {0};
    struct ctx c = {.arena = &a};
    struct pick_stop stops[6] = {{0}};
    struct pick_route r = {0};
    for (size_t i = 0; i < 6; i++)
        stops[i] = (struct pick_stop){.aisle = aisles[i], .bay = bays[i]};
    CHECK_OK(&c, pick_route_plan(&c, stops, 6, NULL, &r));
    for (size_t i = 0; i < 6; i++) CHECK_I64(want[i], bays[r.order[i]]);
    CHECK_I64(6 + 1 + 4 + 1 + 6, r.length);
    CHECK(!r.is_mm);
    arena_free(&a);
}

TEST(pick_route, every_stop_once_whatever_the_order_given)
{
    struct source s;
    source_virtual(&s, 1, 0);
    for (int round = 0; round < 150 && !test_failed(); round++) {
        struct arena a = {0};
        struct ctx c = {.arena = &a};
        struct pick_stop stops[60], mixed[60];
        bool seen[60] = {false}, mapped = round % 3;
        size_t n = 1 + (size_t)source_below(&s, 60);
        struct pick_route r = {0}, again = {0};
        for (size_t i = 0; i < n; i++) stops[i] = random_stop(&s, mapped, (int64_t)i);
        CHECK_OK(&c, pick_route_plan(&c, stops, n, round % 2 ? &hall : NULL, &r));
        CHECK_I64((int64_t)n, (int64_t)r.count);
        for (size_t i = 0; i < n; i++) {
            CHECK(r.order[i] < n && !seen[r.order[i]]);
            seen[r.order[i]] = true;
        }
        memcpy(mixed, stops, sizeof mixed);
        for (size_t i = n; i > 1; i--) {
            size_t k = (size_t)source_below(&s, (int64_t)i);
            struct pick_stop swap = mixed[i - 1];
            mixed[i - 1] = mixed[k];
            mixed[k] = swap;
        }
        CHECK_OK(&c, pick_route_plan(&c, mixed, n, round % 2 ? &hall : NULL, &again));
        CHECK_I64(r.length, again.length);
        for (size_t i = 0; i < n; i++)
            CHECK_I64(stops[r.order[i]].bin_id, mixed[again.order[i]].bin_id);
        arena_free(&a);
    }
}

static int64_t tour(const struct pick_stop *stops, const size_t *order, size_t n)
{
    struct pick_stop start = {.zone = -1, .aisle = -1};
    int64_t length = pick_route_distance(&start, &stops[order[0]], 0, DEEP_MM + 1000) +
                     pick_route_distance(&stops[order[n - 1]], &start, 0, DEEP_MM + 1000);
    for (size_t i = 1; i < n; i++)
        length += pick_route_distance(&stops[order[i - 1]], &stops[order[i]], 0, DEEP_MM + 1000);
    return length;
}

/* Shortest tour of a few stops by trying all. */
static void shortest(const struct pick_stop *stops, size_t *order, size_t at, size_t n,
                     int64_t *best)
{
    if (at == n) {
        int64_t length = tour(stops, order, n);
        if (*best < 0 || length < *best) *best = length;
        return;
    }
    for (size_t i = at; i < n; i++) {
        size_t swap = order[at];
        order[at] = order[i];
        order[i] = swap;
        shortest(stops, order, at + 1, n, best);
        order[i] = order[at];
        order[at] = swap;
    }
}

TEST(pick_route, is_close_to_the_shortest_walk_there_is)
{
    struct source s;
    int64_t ours = 0, least = 0;
    source_virtual(&s, 2, 0);
    for (int round = 0; round < 60 && !test_failed(); round++) {
        struct arena a = {0};
        struct ctx c = {.arena = &a};
        struct pick_stop stops[7];
        size_t order[7] = {0, 1, 2, 3, 4, 5, 6}, n = 3 + (size_t)source_below(&s, 5);
        struct pick_route r = {0};
        int64_t best = -1;
        for (size_t i = 0; i < n; i++) stops[i] = random_stop(&s, true, (int64_t)i);
        CHECK_OK(&c, pick_route_plan(&c, stops, n, &hall, &r));
        CHECK_I64(tour(stops, r.order, n), r.length);
        shortest(stops, order, 0, n, &best);
        CHECK(r.length >= best);
        ours += r.length;
        least += best;
        arena_free(&a);
    }
    CHECK(ours * 100 <= least * 102);
}

TEST(pick_route, many_stops_end_in_time_and_too_many_are_refused)
{
    struct arena a = {0};
    struct ctx c = {.arena = &a};
    struct source s;
    struct pick_route r = {0};
    source_virtual(&s, 3, 0);
    struct pick_stop *stops = arena_new(&a, struct pick_stop, PICK_ROUTE_STOPS_MAX);
    for (size_t i = 0; i < PICK_ROUTE_STOPS_MAX; i++) stops[i] = random_stop(&s, true, (int64_t)i);
    CHECK_OK(&c, pick_route_plan(&c, stops, PICK_ROUTE_STOPS_MAX, &hall, &r));
    CHECK_OK(&c, pick_route_plan(&c, stops, 300, &hall, &r));
    CHECK_OK(&c, pick_route_plan(&c, stops, 0, &hall, &r));
    CHECK_FAULT(&c, ERR_TOO_LARGE, "too_many_stops",
                pick_route_plan(&c, stops, PICK_ROUTE_STOPS_MAX + 1, NULL, &r));
    arena_free(&a);
}
