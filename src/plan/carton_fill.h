/* plan/carton_fill.h: fill one carton: the inner loop of cartonization.
 *
 * Goods are kinds with counts; equal units are placed as blocks of nx * ny * nz, so that 5,000
 * equal units cost a few steps. Free room is kept as maximal empty spaces, which overlap. A
 * variant chooses which space goes first and which block is best in it; the same variant gives the
 * same filling. All scratch memory is in the filler, made once per plan. */
#pragma once

#include "plan/cartonization.h"

enum { CARTON_SPACES_MAX = 320, CARTON_VARIANTS_PLAIN = 12 };

struct carton_goods {
    int64_t size[3]; /* length, width, height */
    int64_t weight_g, volume;
    uint32_t flags;
    bool is_sized;
};

struct carton_block {
    size_t kind;
    int64_t at[3], unit[3], n[3];
};

struct carton_filling {
    struct carton_block *blocks;
    size_t count;
    int64_t *taken; /* per kind */
    int64_t volume, weight_g, units;
};

struct carton_space {
    int64_t at[3], end[3];
};

struct carton_filler {
    const struct carton_goods *kinds;
    size_t kind_count;
    int64_t support_bp;
    int64_t work, work_max; /* blocks weighed so far, and when to stop looking for better */
    struct carton_space *spaces, *dropped;
    size_t space_count, dropped_count;
    int64_t *left;
    uint64_t random;
};

void carton_filler_open(struct carton_filler *f, struct arena *a, const struct carton_goods *kinds,
                        size_t kind_count, int64_t support_bp);
struct carton_filling carton_filling_new(struct arena *a, size_t kind_count, size_t units);
/* Put what fits of `left` (per kind) into a carton of these inner sizes and net weight. */
void carton_fill(struct carton_filler *f, const int64_t *left, const int64_t size[3],
                 int64_t net_max_g, unsigned variant, struct carton_filling *out);
/* Does one unit fit the sizes in some allowed turn? */
bool carton_kind_fits(const struct carton_goods *kind, const int64_t size[3]);
