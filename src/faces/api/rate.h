/* faces/api/rate.h: how fast one key, one session or one address may ask.
 *
 * A bucket each: it holds `burst` requests and is filled by `per_second`. Who shows no key or a
 * wrong one is counted by address. Buckets that were full again are forgotten first; with more than
 * RATE_BUCKETS busy at once, two may share one. Counted by each process for itself. */
#pragma once

#include "base/arena.h"

#include <stdbool.h>
#include <stdint.h>

struct rate_limit {
    int64_t per_second, burst; /* per_second 0: no limit */
};
/* What `waybill serve` begins with: a guard against loops that run wild, not a price list. */
#define RATE_OF_KEY ((struct rate_limit){5000, 10000})
#define RATE_OF_ADDRESS ((struct rate_limit){100, 400})

enum { RATE_BUCKETS = 4096 };

struct rates;
struct rates *rates_new(struct arena *a);
void rates_free(struct rates *r);
/* Takes one request out of the bucket of `who` (any hash); 0, or the seconds to wait (at least 1).
   `now_us` of a clock that never goes back. From any thread. */
int64_t rates_take(struct rates *r, const struct rate_limit *limit, uint64_t who, int64_t now_us);
