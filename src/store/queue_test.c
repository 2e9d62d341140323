/* Who waits for a writer, in which order, and who is not let in. */
#include "base/time.h"
#include "store/queue.h"

#include "harness.h"
#include "store/driver.h"

enum { CROWD_MAX = 4000 };

struct crowd {
    struct queue queue;
    struct ctx merchants[4], behind;
    int64_t now_us;
    struct unit units[CROWD_MAX];
    size_t count;
};

static struct crowd *crowd_new(struct arena *a)
{
    struct crowd *k = arena_new(a, struct crowd, 1);
    for (size_t i = 0; i < 4; i++) k->merchants[i].merchant_id = 1 + (int64_t)i;
    k->behind.is_behind = true;
    return k;
}

static struct unit *waits(struct crowd *k, struct ctx *who, int64_t weight)
{
    struct unit *u = &k->units[k->count++];
    *u = (struct unit){.ctx = who, .weight = weight};
    queue_put(&k->queue, u, k->now_us);
    return u;
}

static size_t length(struct taken t)
{
    size_t n = 0;
    for (struct unit *u = t.first; u; u = u->next) n++;
    return n;
}

static bool has(struct taken t, const struct unit *one)
{
    for (struct unit *u = t.first; u; u = u->next)
        if (u == one) return true;
    return false;
}

TEST(queue, one_order_does_not_wait_behind_the_thousands_of_another_merchant)
{
    struct arena a = {0};
    struct crowd *k = crowd_new(&a);
    for (int i = 0; i < 3000; i++) waits(k, &k->merchants[0], 1);
    struct unit *lone = waits(k, &k->merchants[1], 1);
    struct taken t = queue_take(&k->queue, true, 0);
    CHECK(has(t, lone));
    CHECK_I64(1000 * GROUP_US / EACH_NS_USUAL, (int64_t)length(t)); /* it is full all the same */
    queue_done(&k->queue, &t, 1000);
    /* Where units do not share a commit, it comes second. */
    lone = waits(k, &k->merchants[1], 1);
    t = queue_take(&k->queue, false, 0);
    if (!has(t, lone)) t = queue_take(&k->queue, false, 0);
    CHECK(has(t, lone));
    queue_free(&k->queue);
    arena_free(&a);
}

TEST(queue, large_units_fill_a_group_by_what_they_take)
{
    struct arena a = {0};
    struct crowd *k = crowd_new(&a);
    for (int i = 0; i < 10; i++) waits(k, &k->merchants[0], 600);
    struct unit *lone = waits(k, &k->merchants[1], 1);
    struct taken t = queue_take(&k->queue, true, 0);
    CHECK_I64(1, (int64_t)length(t)); /* it fills the group alone */
    queue_done(&k->queue, &t, 1000);
    t = queue_take(&k->queue, true, 0);
    CHECK(has(t, lone)); /* and then it is the other's turn */
    queue_free(&k->queue);
    arena_free(&a);
}

TEST(queue, a_merchants_units_keep_their_order)
{
    struct arena a = {0};
    struct crowd *k = crowd_new(&a);
    struct unit *last[2] = {NULL, NULL};
    for (size_t i = 0; i < 2000; i++) waits(k, &k->merchants[i % 3 == 0], 1 + (int64_t)i % 7);
    while (!queue_is_empty(&k->queue)) {
        struct taken t = queue_take(&k->queue, true, 0);
        for (struct unit *u = t.first; u; u = u->next) {
            size_t m = u->ctx == &k->merchants[1];
            CHECK(!last[m] || last[m] < u); /* they were made in this order */
            last[m] = u;
        }
        queue_done(&k->queue, &t, 1000);
    }
    CHECK_I64(0, k->queue.weight);
    queue_free(&k->queue);
    arena_free(&a);
}

TEST(queue, who_would_wait_too_long_is_not_let_in_and_the_others_are)
{
    enum { MOST_US = 1000000 }; /* 4000 orders, at a quarter of a millisecond each */
    struct arena a = {0};
    struct crowd *k = crowd_new(&a);
    struct queue *q = &k->queue;
    int64_t in = 0;
    CHECK(queue_has_room(q, 1, 100000, 1, MOST_US)); /* alone: anything */
    for (; in < CROWD_MAX && queue_has_room(q, 1, 1, 1, MOST_US); in++)
        waits(k, &k->merchants[0], 1);
    CHECK_I64(2001, in); /* one merchant fills half of it */
    CHECK(queue_has_room(q, 2, 1, 1, MOST_US));
    CHECK(queue_has_room(q, 1, 1, 2, MOST_US)); /* two writers take it in half of the time */
    /* Groups take ten times as long as was thought: now nobody is let in. */
    for (int i = 0; i < 100; i++) {
        struct taken t = {.weight = 1, .is_telling = true};
        q->weight++;
        queue_done(q, &t, 2500);
    }
    CHECK(!queue_has_room(q, 1, 1, 1, MOST_US));
    CHECK(!queue_has_room(q, 2, 1, 1, MOST_US));
    queue_free(q);
    arena_free(&a);
}

TEST(queue, reactions_get_an_eighth_of_the_time_while_people_come_and_all_of_it_otherwise)
{
    struct arena a = {0};
    struct crowd *k = crowd_new(&a);
    struct queue *q = &k->queue;
    CHECK_I64(INT64_MAX, queue_ready_us(q, 1000));
    k->now_us = 1000;
    waits(k, &k->behind, 1);
    waits(k, &k->merchants[0], 1);
    struct taken t = queue_take(q, true, 1000);
    CHECK(t.is_behind);
    queue_done(q, &t, 2000); /* it took 1 ms: for 7 ms others come first */
    struct unit *again = waits(k, &k->behind, 1);
    t = queue_take(q, true, 2000);
    CHECK(!t.is_behind);
    queue_done(q, &t, 2100);
    CHECK_I64(1000 + BEHIND_QUIET_US, queue_ready_us(q, 2100)); /* who was answered asks again */
    k->now_us = 5000;
    waits(k, &k->merchants[0], 1);
    CHECK_I64(0, queue_ready_us(q, 5000));
    t = queue_take(q, true, 8999);
    CHECK(!t.is_behind);
    queue_done(q, &t, 8999);
    CHECK_I64(9000, queue_ready_us(q, 8999));
    CHECK_I64(0, queue_ready_us(q, 9000));
    waits(k, &k->merchants[0], 1);
    t = queue_take(q, true, 9000);
    CHECK(t.is_behind && has(t, again));
    queue_done(q, &t, 10000);
    t = queue_take(q, true, 10000);
    CHECK(!t.is_behind);
    waits(k, &k->behind, 1);
    CHECK_I64(0, queue_ready_us(q, 5000 + BEHIND_QUIET_US)); /* nobody came for so long */
    queue_free(q);
    arena_free(&a);
}

TEST(queue, reactions_that_are_late_get_more_of_the_time)
{
    static const int64_t late_us[] = {0, 5 * SECOND_US, 30 * SECOND_US}, others_us[] = {7, 3, 1};
    struct arena a = {0};
    struct crowd *k = crowd_new(&a);
    for (int i = 0; i < 3; i++) {
        int64_t begun_us = (i + 1) * SECOND_US;
        k->behind.late_us = late_us[i];
        waits(k, &k->behind, 1);
        struct taken t = queue_take(&k->queue, true, begun_us);
        queue_done(&k->queue, &t, begun_us + 100);
        CHECK_I64(begun_us + 100 + others_us[i] * 100, k->queue.behind_from_us);
    }
    queue_free(&k->queue);
    arena_free(&a);
}
