#include "base/arena.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK_BYTES = 16 * 1024, BLOCK_BYTES_MAX = 4 * 1024 * 1024 };

static struct arena_block *block_new(struct arena_block *older, size_t size)
{
    struct arena_block *b = malloc(sizeof *b + size);
    if (!b) {
        fputs("waybill: out of memory\n", stderr);
        abort();
    }
    b->older = older;
    b->size = size;
    b->used = 0;
    return b;
}

void *arena_take_more(struct arena *a, size_t size, size_t align)
{
    struct arena_block *b = a->head;
    size_t next = b ? b->size * 2 : BLOCK_BYTES;
    if (next > BLOCK_BYTES_MAX) next = BLOCK_BYTES_MAX;
    if (next < size + align) next = size + align;
    b = a->head = block_new(b, next);
    b->used = size;
    a->bytes += size;
    return b->at;
}

static void drop_until(struct arena *a, const struct arena_block *last)
{
    while (a->head != last) {
        struct arena_block *older = a->head->older;
        free(a->head);
        a->head = older;
    }
}

void arena_reset(struct arena *a)
{
    struct arena_block *first = a->head;
    while (first && first->older) first = first->older;
    drop_until(a, first);
    if (first) first->used = 0;
    a->bytes = 0;
}

void arena_free(struct arena *a)
{
    drop_until(a, NULL);
    a->bytes = 0;
}

struct arena_mark arena_mark(const struct arena *a)
{
    return (struct arena_mark){a->head, a->head ? a->head->used : 0, a->bytes};
}

void arena_rewind(struct arena *a, struct arena_mark mark)
{
    if (!mark.head) {
        arena_reset(a);
        return;
    }
    drop_until(a, mark.head);
    a->head->used = mark.used;
    a->bytes = mark.bytes;
}

bool arena_stretch(struct arena *a, void *at, size_t old, size_t size)
{
    struct arena_block *b = a->head;
    if (!b || !at || (unsigned char *)at + old != b->at + b->used) return false;
    if (b->used - old + size > b->size) return false;
    b->used += size - old;
    a->bytes += size - old;
    return true;
}

void *arena_widen(struct arena *a, void *at, size_t count, size_t *capacity, size_t size)
{
    if (count < *capacity) return at;
    size_t wider = *capacity ? *capacity * 2 : 8;
    if (!*capacity || !arena_stretch(a, at, *capacity * size, wider * size)) {
        void *copy = arena_take(a, wider * size, alignof(max_align_t));
        if (count) memcpy(copy, at, count * size);
        at = copy;
    }
    *capacity = wider;
    return at;
}

void *arena_grow(struct arena *a, void *at, size_t count, size_t *capacity, size_t size)
{
    size_t before = *capacity;
    at = arena_widen(a, at, count, capacity, size);
    if (*capacity > before)
        memset((unsigned char *)at + count * size, 0, (*capacity - count) * size);
    return at;
}
