#include "base/sort.h"

#include <stdlib.h>

static int compare(const void *a, const void *b)
{
    const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return x < y ? -1 : x > y;
}

void sort_i64(int64_t *keys, size_t n)
{
    if (n) qsort(keys, n, sizeof *keys, compare);
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
