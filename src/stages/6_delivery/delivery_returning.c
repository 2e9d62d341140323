#include "stages/6_delivery/delivery_returning.h"

#include "domain/orders/return.h"
#include "queries.h"
#include "store/db.h"

enum err returning_load(struct ctx *c, const int64_t *ids, size_t n, struct returning *out)
{
    *out = (struct returning){0};
    if (!n) return OK;
    TRY(returns_of(c, ids, n, &out->returns));
    return out->returns.count ? tracking_events_of(c, ids, n, &out->events) : OK;
}

bool returning_has(const struct returning *r, int64_t return_id)
{
    return LIST_FIND(&r->returns, struct order_return, return_id, return_id) != NULL;
}

static bool is_same(const struct tracking_event *a, const struct tracking_event *b)
{
    return a->package_id == b->package_id && a->occurred_us == b->occurred_us &&
           a->status == b->status && text_eq(a->code, b->code);
}

enum err returning_take(struct ctx *c, struct returning *r, const struct tracking_event *e,
                        bool *is_new)
{
    const struct tracking_event *known = r->events.at;
    const struct order_return *back =
        LIST_FIND(&r->returns, struct order_return, return_id, e->package_id);
    *is_new = false;
    for (size_t i = 0; i < r->events.count; i++)
        if (is_same(&known[i], e)) return OK;
    for (size_t i = 0; i < r->count; i++)
        if (is_same(&r->new[i], e)) return OK;
    *is_new = true;
    *arena_push(c->arena, r->new, r->count, r->capacity) = *e;
    TRY(db_put_record(c, &Q_tracking_event_insert, &tracking_event_fields, e));
    if (e->status == TRACKING_DELIVERED) TRY(return_at_door(c, back->return_id, e->occurred_us));
    return event_put(
        c, EVENT_RETURN_TRACKED, back->order_id, back->return_id,
        EVENT_BODY(.word = text_of(word_of(&tracking_status_words, e->status)), .note = e->place));
}
