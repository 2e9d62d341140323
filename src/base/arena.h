/* base/arena.h: memory that dies together.
 *
 * One arena per unit of work. It never returns NULL: out of memory stops the process, and every
 * size a caller can choose is bounded at the edge (body, page, file) before it gets here. */
#pragma once

#include <stdalign.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct arena_block {
    struct arena_block *older;
    size_t size, used;
    alignas(max_align_t) unsigned char at[];
};

struct arena {
    struct arena_block *head; /* the block in use; older ones behind it */
    size_t bytes;             /* handed out since the last reset */
};

struct arena_mark {
    struct arena_block *head;
    size_t used, bytes;
};

void *arena_take_more(struct arena *a, size_t size, size_t align); /* of a new block */

/* Memory with anything in it, for who writes all of it at once; aligned; lives until the arena is
   reset, freed or rewound past it. */
static inline void *arena_take(struct arena *a, size_t size, size_t align)
{
    struct arena_block *b = a->head;
    size_t at = b ? (b->used + align - 1) & ~(align - 1) : 0;
    if (!b || at + size > b->size) return arena_take_more(a, size, align);
    b->used = at + size;
    a->bytes += size;
    return b->at + at;
}

/* The same, zeroed. */
static inline void *arena_alloc(struct arena *a, size_t size, size_t align)
{
    return memset(arena_take(a, size, align), 0, size);
}
#define arena_new(a, type, count) ((type *)arena_alloc((a), sizeof(type) * (count), alignof(type)))

/* Make what was handed out last larger where it stands, with anything behind; false: no room. */
bool arena_stretch(struct arena *a, void *at, size_t old, size_t size);

void arena_reset(struct arena *a); /* forget all, keep one block for the next use */
void arena_free(struct arena *a);

/* A place to come back to: loops over unbounded rows mark once and rewind each turn. */
struct arena_mark arena_mark(const struct arena *a);
void arena_rewind(struct arena *a, struct arena_mark mark);

/* Grow `*at` (an array of `*capacity` elements of `size` bytes) to hold `count` + 1. */
void *arena_grow(struct arena *a, void *at, size_t count, size_t *capacity, size_t size);
/* The same with anything in what is new. */
void *arena_widen(struct arena *a, void *at, size_t count, size_t *capacity, size_t size);
#define arena_push(a, array, count, capacity)                                                      \
    ((array) = arena_grow((a), (array), (count), &(capacity), sizeof *(array)), &(array)[(count)++])
