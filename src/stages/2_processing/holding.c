#include "stages/2_processing/holding.h"

#include "base/sort.h"
#include "domain/events/event.h"
#include "domain/orders/work.h"
#include "store/db.h"

static enum err check(struct ctx *c, const struct order_state *s, const struct hold_request *in)
{
    if (s->commercial != COMMERCIAL_PLACED)
        return fail(c, ERR_CONFLICT, "wrong_state", "this order is %s; only a placed one waits",
                    s->commercial == COMMERCIAL_DRAFT ? "a draft"
                                                      : word_of(&commercial_words, s->commercial));
    if (s->units > s->cancelled && s->shipped >= s->units - s->cancelled)
        return fail(c, ERR_CONFLICT, "too_late", "all of this order has left the house");
    if (s->holds >= HOLDS_MAX)
        return fail(c, ERR_TOO_LARGE, "too_many", "this order has %lld live holds, at most %d",
                    (long long)s->holds, HOLDS_MAX);
    if (in->release_due_us != NONE && in->release_due_us <= c->now_us)
        return fail_at(c, ERR_INVALID, "out_of_range", "release_at", "that instant is over");
    return OK;
}

/* Whoever works on the order has to look at it again. */
static enum err stop_hands(struct ctx *c, int64_t order_id)
{
    struct list found;
    TRY(fulfillments_of_orders(c, &order_id, 1, &found));
    const struct fulfillment *at = found.at;
    for (size_t i = 0; i < found.count; i++)
        if (at[i].state < FULFILLMENT_HANDED_OVER) TRY(fulfillment_touch(c, at[i].fulfillment_id));
    return OK;
}

enum err hold_order(struct ctx *c, int64_t order_id, const struct hold_request *in,
                    struct hold *out)
{
    struct order_state state;
    TRY(order_state_get(c, order_id, &state));
    TRY(check(c, &state, in));
    *out = (struct hold){.order_id = order_id,
                         .reason = in->reason,
                         .note = in->note,
                         .owner_id = in->owner_id == NONE ? 0 : in->owner_id,
                         .placed_us = c->now_us,
                         .release_due_us = in->release_due_us,
                         .released_us = NONE,
                         .released_by = NONE};
    TRY(stop_hands(c, order_id));
    TRY(hold_put(c, order_id, (enum hold_reason)in->reason, in->note, out->owner_id,
                 in->release_due_us, &out->hold_id));
    if (in->release_due_us != NONE) TRY(job_put(c, JOB_HOLD_RELEASE, order_id, in->release_due_us));
    return event_put(
        c, EVENT_ORDER_HELD, order_id, out->hold_id,
        EVENT_BODY(.word = text_of(word_of(&hold_reason_words, in->reason)), .note = in->note));
}

enum err holds_free(struct ctx *c, const struct hold *holds, size_t n)
{
    TRY(holds_release(c, holds, n));
    for (size_t i = 0; i < n; i++)
        TRY(event_put(c, EVENT_ORDER_FREED, holds[i].order_id, holds[i].hold_id,
                      EVENT_BODY(.word = text_of(word_of(&hold_reason_words, holds[i].reason)))));
    return OK;
}

enum err hold_free(struct ctx *c, int64_t order_id, int64_t hold_id, struct hold *out)
{
    struct list found;
    TRY(holds_of(c, &order_id, 1, false, &found));
    const struct hold *at = found.at;
    size_t i = 0;
    while (i < found.count && at[i].hold_id != hold_id) i++;
    if (i == found.count)
        return fail(c, ERR_NOT_FOUND, "hold_not_found", "the order has no such hold");
    if (at[i].released_us != NONE)
        return fail(c, ERR_CONFLICT, "hold_released", "this hold was let go already");
    *out = at[i];
    out->released_us = c->now_us;
    out->released_by = c->actor_id;
    return holds_free(c, &at[i], 1);
}

struct due {
    const struct job *jobs;
    size_t count;
};

static enum err free_due(struct ctx *c, void *arg)
{
    const struct due *in = arg;
    int64_t *ids = arena_new(c->arena, int64_t, in->count + 1);
    for (size_t i = 0; i < in->count; i++) ids[i] = in->jobs[i].subject_id;
    sort_i64(ids, in->count);
    struct list live;
    TRY(holds_of(c, ids, unique_i64(ids, in->count), true, &live));
    struct hold *holds = live.at;
    size_t n = 0;
    for (size_t i = 0; i < live.count; i++)
        if (holds[i].release_due_us != NONE && holds[i].release_due_us <= c->now_us)
            holds[n++] = holds[i];
    TRY(holds_free(c, holds, n));
    for (size_t i = 0; i < in->count; i++) TRY(job_done(c, &in->jobs[i]));
    return OK;
}

enum err hold_on_due(struct ctx *c, const struct job *jobs, size_t count)
{
    return db_tx(c, free_due, &(struct due){jobs, count});
}
