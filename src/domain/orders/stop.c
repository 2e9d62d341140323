#include "domain/orders/stop.h"

#include "base/sort.h"

static const struct order_state *state_of(const struct stops *s, int64_t order_id)
{
    return LIST_FIND(&s->states, struct order_state, order_id, order_id);
}

enum err stops_load(struct ctx *c, const int64_t *order_ids, size_t n, struct stops *out)
{
    *out = (struct stops){0};
    int64_t *ids = arena_new(c->arena, int64_t, n + 1);
    for (size_t i = 0; i < n; i++) ids[i] = order_ids[i];
    sort_i64(ids, n);
    n = unique_i64(ids, n);
    TRY(order_states_of(c, ids, n, &out->states));
    const struct order_state *states = out->states.at;
    size_t held = 0;
    for (size_t i = 0; i < out->states.count; i++)
        if (states[i].holds > 0) ids[held++] = states[i].order_id;
    return held ? holds_of(c, ids, held, true, &out->holds) : OK;
}

bool stop_is_held(const struct stops *s, int64_t order_id)
{
    const struct order_state *state = state_of(s, order_id);
    return state && state->holds > 0;
}

static enum err stop_held(struct ctx *c, const struct stops *s, int64_t order_id)
{
    const struct hold *holds = s->holds.at;
    for (size_t i = 0; i < s->holds.count; i++) {
        if (holds[i].order_id != order_id) continue;
        fail(c, ERR_CONFLICT, "stop", "stop: held for %s%s%.*s",
             word_of(&hold_reason_words, holds[i].reason), holds[i].note.len ? ": " : "",
             TEXT_ARG(holds[i].note));
        return hint(c, "leave it where it is until the hold is let go");
    }
    return fail(c, ERR_CONFLICT, "stop", "stop: the order is held");
}

enum err stop_check(struct ctx *c, const struct stops *s, const struct fulfillment *f,
                    int64_t version)
{
    const struct order_state *state = state_of(s, f->order_id);
    if (f->state == FULFILLMENT_CANCELLING || f->state == FULFILLMENT_CANCELLED ||
        f->state == FULFILLMENT_REJECTED || (state && state->commercial == COMMERCIAL_CANCELLED)) {
        fail(c, ERR_CONFLICT, "stop", "stop: this order is %s",
             f->state == FULFILLMENT_CANCELLING ? "being cancelled"
             : f->state == FULFILLMENT_REJECTED ? "sent from elsewhere"
                                                : "cancelled");
        return hint(c, "put back what was taken");
    }
    if (state && state->holds > 0) return stop_held(c, s, f->order_id);
    if (version == NONE || version == f->version) return OK;
    fail(c, ERR_CONFLICT, "stop",
         "stop: the order was changed (you work on version %lld, now %lld)", (long long)version,
         (long long)f->version);
    return hint(c, "read the work again");
}
