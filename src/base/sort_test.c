#include "base/sort.h"

#include "base/source.h"
#include "harness.h"

static int compare_at(size_t a, size_t b, const void *arg)
{
    const int64_t *at = arg;
    return (at[a] > at[b]) - (at[a] < at[b]);
}

/* As a look at all before it finds it. */
static size_t nearest_earlier(const int64_t *at, size_t i)
{
    for (size_t j = i; j-- > 0;)
        if (at[j] == at[i]) return j;
    return i;
}

TEST(sort, each_finds_the_nearest_earlier_one_like_it)
{
    enum { MOST = 200 };
    int64_t at[MOST];
    size_t earlier[MOST];
    struct source r;
    source_virtual(&r, 7, 0);
    for (size_t n = 0; n <= MOST; n++) {
        for (size_t i = 0; i < n; i++) at[i] = source_below(&r, 1 + (int64_t)n / 3);
        sort_earlier(n, compare_at, at, earlier);
        for (size_t i = 0; i < n; i++)
            CHECK_I64((int64_t)nearest_earlier(at, i), (int64_t)earlier[i]);
    }
}
