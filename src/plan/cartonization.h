/* plan/cartonization.h: which goods go in which cartons, and where in them.
 *
 *        height (z)            Inner sizes: x along length, y along width, z upwards.
 *          |  width (y)        A unit lies parallel to the walls, turned as its flags allow.
 *          | /                 A type's max_weight_g is gross, the empty carton included.
 *          |/____ length (x)
 *
 * Promises, checked by cartonization_wrong(): every unit is in exactly one package; no two units
 * overlap; each is inside its carton; no carton is too heavy; upright stays upright; above a
 * fragile unit stand only fragile units that are no heavier; hazard never shares a package with
 * other goods; a unit that ships in its own carton is alone. The same input gives the same plan.
 *
 * Aims in order: fewest (or cheapest, see carton_aim) packages, then least carton volume.
 * Units without sizes are taken by weight alone and have no position. What fits no carton becomes
 * an oversize package of its own that says why. */
#pragma once

#include "base/ctx.h"
#include "base/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    CARTON_UNITS_MAX = 5000,
    CARTON_ITEMS_MAX = 2000,
    CARTON_TYPES_MAX = 64,
    CARTON_SIDE_MAX_MM = 100000
};
#define CARTON_WEIGHT_MAX_G INT64_C(100000000)

enum carton_item_flag {
    CARTON_LENGTH_LIES = 1, /* this edge must not stand upright */
    CARTON_WIDTH_LIES = 2,
    CARTON_HEIGHT_LIES = 4,
    CARTON_UPRIGHT = CARTON_LENGTH_LIES | CARTON_WIDTH_LIES, /* its height stays vertical */
    CARTON_FRAGILE = 8,
    CARTON_HAZARD = 16,
    CARTON_OWN = 32, /* ships as it is, in its own carton */
};

struct carton_item {
    int64_t id;                             /* the caller's; not looked at */
    int64_t length_mm, width_mm, height_mm; /* all 0: sizes not known */
    int64_t weight_g;
    int64_t quantity;
    uint32_t flags;
};

struct carton_type {
    int64_t id;
    int64_t length_mm, width_mm, height_mm;                   /* inner */
    int64_t outer_length_mm, outer_width_mm, outer_height_mm; /* 0: as inner */
    int64_t tare_g, max_weight_g;                             /* gross limit; 0: none */
    int64_t cost_minor;
    int64_t count_max; /* how many there are; 0: no end */
};

enum carton_aim { CARTON_AIM_COUNT, CARTON_AIM_COST };

struct carton_policy {
    enum carton_aim aim;
    int64_t support_bp; /* least share of a unit's base that must rest on something; 0: any */
};

struct carton_place {
    size_t item;                            /* index into the items given */
    bool is_placed;                         /* false: sizes not known, no position */
    int64_t x_mm, y_mm, z_mm;               /* nearest corner */
    int64_t length_mm, width_mm, height_mm; /* as turned */
};

enum carton_kind { CARTON_PACKED, CARTON_AS_IS, CARTON_OVERSIZE };

struct carton_package {
    enum carton_kind kind;
    size_t type; /* index into the types; only for CARTON_PACKED */
    struct carton_place *places;
    size_t count;
    int64_t weight_g;                       /* gross */
    int64_t length_mm, width_mm, height_mm; /* outer */
    int64_t fill_bp;                        /* volume of the goods in the carton's inner volume */
    struct text why;                        /* oversize: the reason, for people */
};

struct carton_plan {
    struct carton_package *at;
    size_t count;
    int64_t cost_minor; /* of the cartons */
};

/* ERR_INVALID "quantity", "size", "weight", "carton_type" at items[i]... / cartons[i]...;
 * ERR_TOO_LARGE "too_many_units". */
must_check enum err cartonization_plan(struct ctx *c, const struct carton_item *items,
                                       size_t item_count, const struct carton_type *types,
                                       size_t type_count, struct carton_policy policy,
                                       struct carton_plan *out);
/* The first promise a plan breaks, in words; absent when it keeps them all. */
struct text cartonization_wrong(struct arena *a, const struct carton_item *items, size_t item_count,
                                const struct carton_type *types, size_t type_count,
                                const struct carton_plan *plan);
