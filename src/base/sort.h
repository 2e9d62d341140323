/* base/sort.h: order and search arrays of 64-bit keys without callbacks. */
#pragma once

#include <stddef.h>
#include <stdint.h>

void sort_i64(int64_t *keys, size_t n);       /* ascending */
size_t unique_i64(int64_t *sorted, size_t n); /* drops repeats; how many are left */
/* Index of `key` in ascending `keys`, or -1. */
ptrdiff_t find_i64(const int64_t *keys, size_t n, int64_t key);

/* For each of `n` things the nearest earlier one that compares equal, or itself when there is none.
   `compare` is given two indexes; `earlier` has room for n. O(n log n). */
void sort_earlier(size_t n, int (*compare)(size_t a, size_t b, const void *arg), const void *arg,
                  size_t *earlier);
