/* Where a package stands is a function of what was said, not of when we heard it. */
#include "stages/6_delivery/delivery_merge.h"

#include "harness.h"

enum { STATUSES = TRACKING_CANCELLED + 1, EVENTS = 4 };

/* What a package goes through when the events come in this order of arrival. */
struct course {
    struct package package;
    struct merged merged;
    bool is_broken;
};

static struct course hear(struct ctx *c, const int32_t *statuses, const int *order, int n)
{
    struct tracking_event known[EVENTS];
    struct course course = {.package = {.state = PACKAGE_HANDED_OVER}};
    for (int i = 0; i < n; i++) {
        known[i] = (struct tracking_event){
            .occurred_us = order[i], .status = statuses[order[i]], .code = T("x")};
        struct tracking_event sorted[EVENTS];
        for (int k = 0; k <= i; k++) sorted[k] = known[k];
        course.merged = tracking_merge(sorted, (size_t)i + 1);
        if (tracking_state(c, &course.package, &course.merged) != OK) course.is_broken = true;
    }
    return course;
}

static bool same(const struct course *a, const struct course *b)
{
    return a->package.state == b->package.state && a->merged.status == b->merged.status &&
           a->merged.delivered_us == b->merged.delivered_us && !a->is_broken && !b->is_broken;
}

/* The next order in the lexical sequence; false after the last. */
static bool permute(int *order, int n)
{
    int i = n - 2, k = n - 1;
    while (i >= 0 && order[i] > order[i + 1]) i--;
    if (i < 0) return false;
    while (order[k] < order[i]) k--;
    int swapped = order[i];
    order[i] = order[k];
    order[k] = swapped;
    for (int low = i + 1, high = n - 1; low < high; low++, high--) {
        swapped = order[low];
        order[low] = order[high];
        order[high] = swapped;
    }
    return true;
}

static int64_t check_orders(struct ctx *c, const int32_t *statuses, int n)
{
    int order[EVENTS] = {0, 1, 2, 3};
    int64_t wrong = 0;
    struct course first = hear(c, statuses, order, n);
    do {
        struct course other = hear(c, statuses, order, n);
        wrong += !same(&first, &other);
    } while (permute(order, n));
    return wrong;
}

TEST(delivery_merge, any_events_in_any_order_end_the_same)
{
    struct arena arena = {0};
    struct ctx c = {.arena = &arena};
    int64_t wrong = 0;
    for (int32_t a = 0; a < STATUSES; a++)
        for (int32_t b = 0; b < STATUSES; b++)
            for (int32_t d = 0; d < STATUSES; d++) {
                wrong += check_orders(&c, (const int32_t[]){a, b, d}, 3);
                for (int32_t e = TRACKING_EXCEPTION; e < STATUSES; e++)
                    wrong += check_orders(&c, (const int32_t[]){a, b, d, e}, 4);
            }
    CHECK_I64(0, wrong);
    arena_free(&arena);
}

struct example {
    int32_t said[EVENTS];
    int n;
    enum tracking_status status;
    enum package_state state;
};

TEST(delivery_merge, late_and_odd_scans_never_regress)
{
    static const struct example examples[] = {
        {{TRACKING_ACCEPTED, TRACKING_PRE_TRANSIT}, 2, TRACKING_ACCEPTED, PACKAGE_IN_TRANSIT},
        {{TRACKING_OUT_FOR_DELIVERY, TRACKING_IN_TRANSIT},
         2,
         TRACKING_IN_TRANSIT,
         PACKAGE_IN_TRANSIT}, /* it did go back to the depot */
        {{TRACKING_DELIVERED, TRACKING_IN_TRANSIT}, 2, TRACKING_DELIVERED, PACKAGE_DELIVERED},
        {{TRACKING_DELIVERED, TRACKING_RETURN_TO_SENDER},
         2,
         TRACKING_RETURN_TO_SENDER,
         PACKAGE_RETURNING},
        {{TRACKING_RETURN_TO_SENDER, TRACKING_IN_TRANSIT},
         2,
         TRACKING_RETURN_TO_SENDER,
         PACKAGE_RETURNING},
        {{TRACKING_FAILURE, TRACKING_DELIVERED}, 2, TRACKING_DELIVERED, PACKAGE_DELIVERED},
        {{TRACKING_DELIVERED, TRACKING_FAILURE}, 2, TRACKING_DELIVERED, PACKAGE_DELIVERED},
        {{TRACKING_FAILURE, TRACKING_IN_TRANSIT}, 2, TRACKING_FAILURE, PACKAGE_LOST},
        {{TRACKING_CANCELLED}, 1, TRACKING_CANCELLED, PACKAGE_HANDED_OVER},
        {{TRACKING_UNKNOWN}, 1, TRACKING_UNKNOWN, PACKAGE_HANDED_OVER},
    };
    static const int order[EVENTS] = {0, 1, 2, 3};
    struct arena arena = {0};
    struct ctx c = {.arena = &arena};
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        const struct example *x = &examples[i];
        struct course course = hear(&c, x->said, order, x->n);
        CHECK_I64(x->status, course.merged.status);
        CHECK_I64(x->state, course.package.state);
    }
    arena_free(&arena);
}
