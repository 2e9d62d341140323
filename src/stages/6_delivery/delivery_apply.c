#include "stages/6_delivery/delivery_apply.h"

#include "base/lifecycle.h"
#include "base/sort.h"
#include "queries.h"
#include "stages/6_delivery/delivery_merge.h"
#include "store/db.h"

#include <string.h>

void delivery_refuse(struct ctx *c, struct fault *fault, enum err e)
{
    *fault = c->fault;
    fault->code = e;
    c->fault = (struct fault){0};
}

enum err delivery_batch(struct ctx *c, size_t n)
{
    if (n <= DELIVERY_BATCH_MAX) return OK;
    return fail(c, ERR_TOO_LARGE, "too_many", "%zu at once, at most %d", n, DELIVERY_BATCH_MAX);
}

struct track *tracks_find(struct tracks *t, int64_t package_id)
{
    size_t low = 0, high = t->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int64_t found = t->at[middle].package->package_id;
        if (found == package_id) return &t->at[middle];
        if (found < package_id)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

/* The order's row, its events and all around it, in the state that nobody else can change now. */
static enum err load_around(struct ctx *c, struct tracks *t, const struct list *first)
{
    int64_t *ids = arena_new(c->arena, int64_t, first->count + 1);
    const struct package *asked = first->at;
    for (size_t i = 0; i < first->count; i++) ids[i] = asked[i].order_id;
    sort_i64(ids, first->count);
    size_t orders = unique_i64(ids, first->count);
    TRY(orders_lock(c, ids, orders));
    TRY(order_states_of(c, ids, orders, &t->states));
    TRY(packages_of_orders(c, ids, orders, &t->packages));
    TRY(fulfillments_of_orders(c, ids, orders, &t->fulfillments));
    return OK;
}

enum err tracks_load(struct ctx *c, const int64_t *package_ids, size_t n, struct tracks *out)
{
    struct list asked, first, events;
    *out = (struct tracks){.source = "carrier"};
    int64_t *ids = arena_new(c->arena, int64_t, n + 1);
    memcpy(ids, package_ids, n * sizeof *ids);
    sort_i64(ids, n);
    n = unique_i64(ids, n);
    TRY(packages_of(c, ids, n, &asked));
    TRY(packages_with_parcels(c, &asked, &first));
    const struct package *members = first.at;
    ids = arena_new(c->arena, int64_t, first.count + 1);
    for (n = 0; n < first.count; n++) ids[n] = members[n].package_id;
    TRY(load_around(c, out, &first));
    TRY(tracking_events_of(c, ids, n, &events));
    TRY(package_lines_of(c, ids, n, &out->lines));
    const struct package *all = out->packages.at;
    out->at = arena_new(c->arena, struct track, first.count + 1);
    out->n = first.count;
    for (size_t i = 0; i < first.count; i++) /* those first read are ascending */
        out->at[i].package = &((const struct package *)first.at)[i];
    for (size_t i = 0; i < out->packages.count; i++) {
        struct track *t = tracks_find(out, all[i].package_id);
        if (t) t->package = &all[i];
    }
    for (size_t i = 0; i < out->n; i++) out->at[i].after = *out->at[i].package;
    const struct tracking_event *e = events.at;
    for (size_t i = 0; i < events.count; i++) {
        struct track *t = tracks_find(out, e[i].package_id);
        if (t) *arena_push(c->arena, t->events, t->count, t->capacity) = e[i];
    }
    return OK;
}

bool track_is_with(const struct track *t, const struct track *other)
{
    return package_parcel(t->package) == package_parcel(other->package);
}

static enum err add_to(struct ctx *c, struct track *t, const struct tracking_event *e, bool *is_new)
{
    *is_new = false;
    for (size_t i = 0; i < t->count; i++)
        if (t->events[i].occurred_us == e->occurred_us && t->events[i].status == e->status &&
            text_eq(t->events[i].code, e->code))
            return OK;
    *is_new = t->is_new = true;
    *arena_push(c->arena, t->events, t->count, t->capacity) = *e;
    return db_put_record(c, &Q_tracking_event_insert, &tracking_event_fields, e);
}

enum err track_add(struct ctx *c, struct tracks *all, struct track *t,
                   const struct tracking_event *e, bool *is_new)
{
    TRY(add_to(c, t, e, is_new));
    for (size_t i = 0; i < all->n && package_is_combined(t->package); i++) {
        struct tracking_event same = *e;
        bool is_new_there;
        if (&all->at[i] == t || !track_is_with(t, &all->at[i])) continue;
        same.package_id = all->at[i].package->package_id;
        TRY(add_to(c, &all->at[i], &same, &is_new_there));
    }
    return OK;
}

struct list track_lines(const struct tracks *t, int64_t package_id)
{
    return LIST_RUN(&t->lines, struct package_line, package_id, package_id);
}

const struct fulfillment *track_fulfillment(const struct tracks *t, int64_t fulfillment_id)
{
    const struct fulfillment *f = t->fulfillments.at;
    for (size_t i = 0; i < t->fulfillments.count; i++)
        if (f[i].fulfillment_id == fulfillment_id) return &f[i];
    return NULL;
}

static bool is_arriving(const struct track *t)
{
    return t->package->delivered_us == NONE && t->after.delivered_us != NONE;
}

static int64_t quantity_of(const struct tracks *t, int64_t package_id)
{
    struct list lines = track_lines(t, package_id);
    const struct package_line *l = lines.at;
    int64_t sum = 0;
    for (size_t i = 0; i < lines.count; i++) sum += l[i].quantity;
    return sum;
}

static enum err tell_package(struct ctx *c, const struct tracks *all, const struct track *t)
{
    const struct package *p = &t->after;
    const struct tracking_event *last = t->count ? &t->events[t->count - 1] : NULL;
    if (p->status != t->package->status)
        TRY(event_put(c, EVENT_TRACKING_UPDATED, p->order_id, p->package_id,
                      EVENT_BODY(.word = text_of(word_of(&tracking_status_words, p->status)),
                                 .note = last ? last->place : (struct text){0})));
    if (is_arriving(t))
        TRY(event_put(
            c, EVENT_PACKAGE_DELIVERED, p->order_id, p->package_id,
            EVENT_BODY(.quantity = quantity_of(all, p->package_id), .word = text_of(all->source))));
    if (p->state == PACKAGE_LOST && t->package->state != PACKAGE_LOST)
        TRY(event_put(c, EVENT_PACKAGE_LOST, p->order_id, p->package_id, NO_BODY));
    if (!t->comes_back) return OK;
    return event_put(c, EVENT_PACKAGE_RETURNED, p->order_id, p->package_id,
                     EVENT_BODY(.quantity = quantity_of(all, p->package_id)));
}

static enum err apply_one(struct ctx *c, const struct tracks *all, struct track *t)
{
    struct merged m = tracking_merge(t->events, t->count);
    const struct package *before = t->package;
    t->after.status = m.status;
    if (t->comes_back)
        TRY(package_do(c, &t->after, PACKAGE_COME_BACK));
    else
        TRY(tracking_state(c, &t->after, &m));
    /* What has not left the house by our own count cannot have arrived yet. */
    if (before->state >= PACKAGE_HANDED_OVER) t->after.delivered_us = m.delivered_us;
    if (t->after.state == before->state && t->after.status == before->status &&
        t->after.delivered_us == before->delivered_us)
        return OK;
    TRY(package_write(c, before, &t->after));
    TRY(tell_package(c, all, t));
    if (!is_arriving(t)) return OK;
    struct list lines = track_lines(all, before->package_id);
    const struct package_line *l = lines.at;
    for (size_t i = 0; i < lines.count; i++)
        TRY(order_progress(c, before->order_id, l[i].line_no,
                           (struct progress){.delivered = l[i].quantity}));
    return OK;
}

static bool has_arrived(struct tracks *all, const struct package *p)
{
    const struct track *t = tracks_find(all, p->package_id);
    return (t ? t->after.delivered_us : p->delivered_us) != NONE;
}

/* A fulfillment is delivered when all its packages are. */
static enum err finish_fulfillments(struct ctx *c, struct tracks *all)
{
    const struct fulfillment *f = all->fulfillments.at;
    const struct package *p = all->packages.at;
    size_t from = 0;
    for (size_t i = 0; i < all->fulfillments.count; i++) {
        bool is_whole = true, is_moved = false;
        while (from < all->packages.count && p[from].order_id < f[i].order_id) from++;
        for (size_t k = from; k < all->packages.count && p[k].order_id == f[i].order_id; k++) {
            if (p[k].fulfillment_id != f[i].fulfillment_id) continue;
            const struct track *t = tracks_find(all, p[k].package_id);
            is_whole = is_whole && has_arrived(all, &p[k]);
            is_moved = is_moved || (t && is_arriving(t));
        }
        if (!is_whole || !is_moved) continue;
        struct fulfillment now = f[i];
        if (lifecycle_allows(&fulfillment_lifecycle, now.state, FULFILLMENT_DELIVER))
            TRY(fulfillment_do(c, &now, FULFILLMENT_DELIVER));
    }
    return OK;
}

/* All of it arrived, with this. */
static enum err finish_orders(struct ctx *c, const struct tracks *all)
{
    const struct order_state *s = all->states.at;
    for (size_t i = 0; i < all->states.count; i++) {
        int64_t arriving = 0;
        for (size_t k = 0; k < all->n; k++)
            if (all->at[k].package->order_id == s[i].order_id && is_arriving(&all->at[k]))
                arriving += quantity_of(all, all->at[k].package->package_id);
        if (arriving && s[i].delivered + arriving == s[i].units - s[i].cancelled)
            TRY(event_put(c, EVENT_ORDER_DELIVERED, s[i].order_id, NONE, NO_BODY));
    }
    return OK;
}

enum err tracks_apply(struct ctx *c, struct tracks *t)
{
    for (size_t i = 0; i < t->n; i++)
        if (t->at[i].is_new || t->at[i].comes_back) TRY(apply_one(c, t, &t->at[i]));
    TRY(finish_fulfillments(c, t));
    return finish_orders(c, t);
}
