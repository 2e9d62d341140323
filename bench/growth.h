/* bench/growth.h: what a database's size does to what is asked of it. */
#pragma once

#include "bench/bench.h"

/* One order, a list, a search, the board, of `few` and of `many` in turns; `orders` stand in each.
 */
struct bench_shelf {
    struct ctx *own;
    int64_t orders;
};
must_check enum err bench_reading(struct ctx *c, struct bench_shelf few, struct bench_shelf many,
                                  int rounds, struct figures *f);
