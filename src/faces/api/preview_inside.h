/* faces/api/preview_inside.h: how the parts of a preview are told. */
#pragma once

#include "faces/api/preview.h"

struct order;

/* What is being told; each list grows. */
struct telling {
    struct arena *a;
    const struct preview_state *names;
    struct preview *out;
    size_t stock, money, dates, messages, work; /* capacities */
};

/* The members that name a row: `count` of the table from `first` on. */
struct key {
    const struct fields *f;
    size_t first, count;
};

typedef void tell_fn(struct telling *t, const void *before, const void *after);
/* Both sides in the order of their keys; `tell` gets NULL for the side that has no such row. */
void preview_each(struct telling *t, struct key key, struct list before, struct list after,
                  tell_fn *tell);
const struct order *preview_order_of(const struct telling *t, int64_t order_id);
int64_t preview_number_of(const struct telling *t, int64_t order_id); /* NONE: of no order */

void preview_tell_money(struct telling *t, const struct preview_state *b,
                        const struct preview_state *n);
