#include "faces/api/rate.h"

#include "base/time.h"

#include <pthread.h>

struct bucket {
    uint64_t who;
    int64_t empty_us; /* what it holds came in since this moment */
};

struct rates {
    pthread_mutex_t lock;
    struct bucket at[RATE_BUCKETS];
};

struct rates *rates_new(struct arena *a)
{
    struct rates *r = arena_new(a, struct rates, 1);
    pthread_mutex_init(&r->lock, NULL);
    return r;
}

void rates_free(struct rates *r) { pthread_mutex_destroy(&r->lock); }

int64_t rates_take(struct rates *r, const struct rate_limit *limit, uint64_t who, int64_t now_us)
{
    if (!limit->per_second) return 0;
    int64_t each_us = SECOND_US / limit->per_second, wait_us = 0;
    int64_t full_us = now_us - each_us * limit->burst;
    if (each_us < 1) each_us = 1;
    pthread_mutex_lock(&r->lock);
    struct bucket *b = &r->at[who % RATE_BUCKETS];
    if (b->who != who && b->empty_us <= full_us) *b = (struct bucket){who, full_us};
    if (b->empty_us < full_us) b->empty_us = full_us;
    if (b->empty_us + each_us > now_us)
        wait_us = b->empty_us + each_us - now_us;
    else
        b->empty_us += each_us;
    pthread_mutex_unlock(&r->lock);
    return wait_us ? (wait_us + SECOND_US - 1) / SECOND_US : 0;
}
