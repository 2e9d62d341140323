#include "domain/events/turn.h"

#include "base/source.h"
#include "store/db.h"
#include "world.h"

static bool has_turn(struct world *w, int64_t holder_id, struct turn *known)
{
    bool is_ours = false;
    w->ctx.now_us = source_now_us(&w->source);
    CHECK_OK(&w->ctx, store_reader(&w->ctx));
    CHECK_OK(&w->ctx, turn_take(&w->ctx, holder_id, known, &is_ours));
    return is_ours;
}

TEST_BOTH(turn, one_process_reacts_and_another_goes_on_when_it_dies)
{
    struct turn a = {0}, b = {0};
    CHECK(has_turn(w, 71, &a));
    CHECK(!has_turn(w, 72, &b));
    for (int i = 0; i < 20; i++) { /* it lives */
        source_advance_us(&w->source, SECOND_US);
        CHECK(has_turn(w, 71, &a));
        CHECK(!has_turn(w, 72, &b));
    }
    source_advance_us(&w->source, TURN_LEASE_US); /* it does not */
    CHECK(has_turn(w, 72, &b));
    CHECK(!has_turn(w, 71, &a)); /* it was only asleep */
}

TEST_BOTH(turn, who_stops_gives_its_turn_back)
{
    struct turn a = {0}, b = {0};
    CHECK(has_turn(w, 71, &a));
    CHECK(!has_turn(w, 72, &b));
    CHECK_OK(&w->ctx, turn_give_back(&w->ctx, 71));
    source_advance_us(&w->source, TURN_ASK_US);
    CHECK(has_turn(w, 72, &b));
    CHECK_OK(&w->ctx, turn_give_back(&w->ctx, 71)); /* not its own any more */
    CHECK(!has_turn(w, 71, &(struct turn){0}));
}

TEST_BOTH(turn, a_process_that_knows_asks_nothing)
{
    struct turn a = {0}, b = {0};
    CHECK(has_turn(w, 71, &a));
    CHECK(!has_turn(w, 72, &b));
    int64_t before = store_queries(w->store);
    for (int i = 0; i < 100; i++) {
        has_turn(w, 71, &a);
        has_turn(w, 72, &b);
    }
    CHECK_I64(before, store_queries(w->store));
}
