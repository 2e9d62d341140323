#include "faces/api/rate.h"

#include "base/time.h"
#include "harness.h"

TEST(rate, a_burst_is_let_in_then_so_many_a_second)
{
    struct arena a = {0};
    struct rates *r = rates_new(&a);
    const struct rate_limit limit = {10, 30};
    int64_t now_us = 1000 * SECOND_US, let_in = 0;
    for (int i = 0; i < 100; i++) let_in += rates_take(r, &limit, 7, now_us) == 0;
    CHECK_I64(30, let_in);
    CHECK_I64(1, rates_take(r, &limit, 7, now_us));
    CHECK_I64(0, rates_take(r, &limit, 8, now_us)); /* somebody else */
    now_us += SECOND_US;
    let_in = 0;
    for (int i = 0; i < 100; i++) let_in += rates_take(r, &limit, 7, now_us) == 0;
    CHECK_I64(10, let_in);
    rates_free(r);
    arena_free(&a);
}

TEST(rate, without_a_limit_nobody_waits)
{
    struct arena a = {0};
    struct rates *r = rates_new(&a);
    const struct rate_limit none = {0};
    for (int i = 0; i < 1000; i++) CHECK_I64(0, rates_take(r, &none, 1, SECOND_US));
    rates_free(r);
    arena_free(&a);
}
