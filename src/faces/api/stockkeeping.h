/* faces/api/stockkeeping.h: the routes of the stock keepers; app/wiring.c lists them. */
#pragma once

#include "faces/api/route.h"

extern const struct route
    goods_in_routes[];                     /* /v1/asns, /v1/putaways, tasks of /v1/replenishments */
extern const struct route counts_routes[]; /* /v1/counts */
extern const struct route shelves_routes[]; /* pick faces, lots, rules, low stock */

/* Of lists of any order; absent when it is not there. */
struct text bin_code_in(const struct list *bins, int64_t bin_id);
struct text site_code_in(const struct list *sites, int64_t site_id);
