/* plan/pick_route.h: in which order to walk to the bins.
 *
 *   zone 1        aisle 1   aisle 2   aisle 3          S-shape: up one aisle, down the next one
 *   back cross   ---+---------+---------+---           that has a stop; zones in order.
 *                   |         |         |
 *   front cross  ---+---------+---------+---  start
 *
 * With coordinates the S-shape is one candidate, nearest neighbour improved by 2-opt the other,
 * and the shorter wins; distance goes along aisles and through the nearer cross aisle. Length is
 * in millimetres with coordinates, otherwise in steps (bays passed and aisles changed). The same
 * stops give the same route, whatever their order. */
#pragma once

#include "base/ctx.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { PICK_ROUTE_STOPS_MAX = 10000, PICK_ROUTE_IMPROVE_MAX = 600 };

struct pick_stop {
    int64_t bin_id;
    int64_t zone, aisle, bay, level; /* walking order numbers */
    int64_t x_mm, y_mm;              /* the aisle runs along y; meaningful when is_mapped */
    bool is_mapped;
};

struct pick_floor {
    bool has_start;
    int64_t start_x_mm, start_y_mm; /* where the walk begins and ends */
    bool has_cross;                 /* are the cross aisles known? otherwise from the stops */
    int64_t front_y_mm, back_y_mm;
};

struct pick_route {
    size_t *order; /* index of the stop to visit 1st, 2nd, ... */
    size_t count;
    int64_t length; /* start to start with coordinates; first to last stop without */
    bool is_mm;
};

/* ERR_TOO_LARGE "too_many_stops". `floor` may be NULL. */
must_check enum err pick_route_plan(struct ctx *c, const struct pick_stop *stops, size_t count,
                                    const struct pick_floor *floor, struct pick_route *out);
/* Walking distance between two mapped stops, never a negative number. */
int64_t pick_route_distance(const struct pick_stop *a, const struct pick_stop *b,
                            int64_t front_y_mm, int64_t back_y_mm);
