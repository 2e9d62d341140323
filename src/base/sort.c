#include "base/sort.h"

#include <stdbool.h>
#include <stdlib.h>

static int compare_i64(const void *a, const void *b)
{
    const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return x < y ? -1 : x > y;
}

void sort_i64(int64_t *keys, size_t n)
{
    if (n) qsort(keys, n, sizeof *keys, compare_i64);
}

size_t unique_i64(int64_t *sorted, size_t n)
{
    size_t kept = 0;
    for (size_t i = 0; i < n; i++)
        if (!kept || sorted[kept - 1] != sorted[i]) sorted[kept++] = sorted[i];
    return kept;
}

ptrdiff_t find_i64(const int64_t *keys, size_t n, int64_t key)
{
    size_t low = 0, high = n;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (keys[middle] < key)
            low = middle + 1;
        else
            high = middle;
    }
    return low < n && keys[low] == key ? (ptrdiff_t)low : -1;
}

struct by_index {
    int (*compare)(size_t a, size_t b, const void *arg);
    const void *arg;
};

static int compare_indexes(const void *a, const void *b, void *arg)
{
    const struct by_index *by = arg;
    const size_t x = *(const size_t *)a, y = *(const size_t *)b;
    int difference = by->compare(x, y, by->arg);
    return difference ? difference : (x > y) - (x < y);
}

void sort_earlier(size_t n, int (*compare)(size_t a, size_t b, const void *arg), const void *arg,
                  size_t *earlier)
{
    struct by_index by = {compare, arg};
    size_t *sorted = calloc(n + 1, sizeof *sorted);
    if (!sorted) abort();
    for (size_t i = 0; i < n; i++) sorted[i] = i;
    if (n) qsort_r(sorted, n, sizeof *sorted, compare_indexes, &by);
    for (size_t i = 0; i < n; i++) {
        bool is_twin = i && compare(sorted[i - 1], sorted[i], arg) == 0;
        earlier[sorted[i]] = is_twin ? sorted[i - 1] : sorted[i];
    }
    free(sorted);
}
