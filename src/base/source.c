#include "base/source.h"

#include "base/arena.h"
#include "base/field.h"
#include "base/time.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

enum { COUNTER_BITS = 13, NODE_BITS = 8 };
#define ID_EPOCH_MS INT64_C(631152000000) /* 1990-01-01 */

/* SplitMix64 spreads a seed over the state of xoshiro256** (Blackman and Vigna). */
static uint64_t split_mix(uint64_t *x)
{
    uint64_t z = (*x += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

static void seed(struct source *s, uint64_t from)
{
    for (size_t i = 0; i < 4; i++) s->state[i] = split_mix(&from);
}

void source_real(struct source *s, int64_t node)
{
    uint64_t from;
    *s = (struct source){.node = node & 0xFF, .term = 1};
    pthread_mutex_init(&s->lock, NULL);
    if (getrandom(&from, sizeof from, 0) != (ssize_t)sizeof from) {
        fputs("waybill: the system gives no random numbers\n", stderr);
        abort();
    }
    seed(s, from);
}

void source_virtual(struct source *s, uint64_t from, int64_t start_us)
{
    *s = (struct source){.is_virtual = true, .now_us = start_us, .term = 1};
    pthread_mutex_init(&s->lock, NULL);
    seed(s, from);
}

static int64_t system_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return t.tv_sec * SECOND_US + t.tv_nsec / 1000;
}

int64_t source_now_us(struct source *s)
{
    if (!s->is_virtual) return system_us() + s->ahead_us;
    pthread_mutex_lock(&s->lock);
    int64_t now = s->now_us;
    pthread_mutex_unlock(&s->lock);
    return now;
}

void source_lease(struct source *s, int64_t node, int64_t until_us, bool is_new_term)
{
    pthread_mutex_lock(&s->lock);
    s->until_us = until_us;
    if (is_new_term) {
        s->node = node & 0xFF;
        s->last_id = 0; /* it holds the old number */
        s->term++;
    }
    pthread_mutex_unlock(&s->lock);
}

int64_t source_term(struct source *s)
{
    pthread_mutex_lock(&s->lock);
    bool is_over = s->until_us && system_us() > s->until_us - SOURCE_MARGIN_US;
    int64_t term = is_over ? 0 : s->term;
    pthread_mutex_unlock(&s->lock);
    return term;
}

void source_advance_us(struct source *s, int64_t us)
{
    assert(s->is_virtual && us >= 0);
    pthread_mutex_lock(&s->lock);
    s->now_us += us;
    pthread_mutex_unlock(&s->lock);
}

void source_set_us(struct source *s, int64_t now_us)
{
    assert(s->is_virtual);
    pthread_mutex_lock(&s->lock);
    if (now_us > s->now_us) s->now_us = now_us;
    pthread_mutex_unlock(&s->lock);
}

int64_t source_ids(struct source *s, int64_t n)
{
    int64_t ms = source_now_us(s) / 1000 - ID_EPOCH_MS;
    if (ms < 0) ms = 0;
    int64_t first = ms << (NODE_BITS + COUNTER_BITS) | s->node << COUNTER_BITS;
    const int64_t counters = INT64_C(1) << COUNTER_BITS;
    pthread_mutex_lock(&s->lock);
    if (first <= s->last_id) first = s->last_id + 1;
    /* A full counter borrows from the next millisecond of the same node. */
    if ((first & (counters - 1)) + n > counters) {
        assert(n <= counters);
        first = ((first >> (NODE_BITS + COUNTER_BITS)) + 1) << (NODE_BITS + COUNTER_BITS) |
                s->node << COUNTER_BITS;
    }
    s->last_id = first + n - 1;
    pthread_mutex_unlock(&s->lock);
    return first;
}

int64_t source_id(struct source *s) { return source_ids(s, 1); }

static uint64_t rotate(uint64_t x, int k) { return x << k | x >> (64 - k); }

uint64_t source_random(struct source *s)
{
    pthread_mutex_lock(&s->lock);
    uint64_t *at = s->state;
    uint64_t result = rotate(at[1] * 5, 7) * 9, t = at[1] << 17;
    at[2] ^= at[0];
    at[3] ^= at[1];
    at[1] ^= at[2];
    at[0] ^= at[3];
    at[2] ^= t;
    at[3] = rotate(at[3], 45);
    pthread_mutex_unlock(&s->lock);
    return result;
}

int64_t source_below(struct source *s, int64_t n)
{
    assert(n > 0);
    uint64_t limit = UINT64_MAX - UINT64_MAX % (uint64_t)n, r;
    do r = source_random(s);
    while (r >= limit);
    return (int64_t)(r % (uint64_t)n);
}

static const char crockford[] = "0123456789abcdefghjkmnpqrstvwxyz";

struct text id_text(struct arena *a, const char *prefix, int64_t id)
{
    if (id == NONE) return (struct text){0};
    size_t n = strlen(prefix);
    char *at = arena_new(a, char, n + 15);
    memcpy(at, prefix, n);
    at[n] = '_';
    for (int i = 12; i >= 0; i--) {
        at[n + 1 + (size_t)i] = crockford[id & 31];
        id = (int64_t)((uint64_t)id >> 5);
    }
    return (struct text){at, n + 14};
}

bool id_parse(struct text t, const char *prefix, int64_t *id)
{
    size_t n = strlen(prefix);
    if (t.len != n + 14 || memcmp(t.at, prefix, n) != 0 || t.at[n] != '_') return false;
    uint64_t value = 0;
    for (size_t i = n + 1; i < t.len; i++) {
        char c = t.at[i];
        if (c >= 'A' && c <= 'Z') c = (char)(c + 32);
        if (c == 'o') c = '0';
        if (c == 'i' || c == 'l') c = '1';
        const char *found = c ? strchr(crockford, c) : NULL;
        if (!found || value >> 59) return false;
        value = value << 5 | (uint64_t)(found - crockford);
    }
    if (value > INT64_MAX) return false;
    *id = (int64_t)value;
    return true;
}

int64_t id_time_us(int64_t id) { return ((id >> (NODE_BITS + COUNTER_BITS)) + ID_EPOCH_MS) * 1000; }

int64_t id_at_us(int64_t us)
{
    int64_t ms = us / 1000 - ID_EPOCH_MS;
    return ms < 0 ? 0 : ms << (NODE_BITS + COUNTER_BITS);
}
