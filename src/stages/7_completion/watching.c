#include "stages/7_completion/watching.h"

#include "base/sort.h"
#include "domain/orders/order.h"
#include "domain/orders/package.h"
#include "stages/7_completion/case_resolving.h"

/* The orders of a batch; a parcel counts as it stands now, not as it stood at its event. */
struct watch {
    struct list cases, states, packages;
    int64_t *opened; /* orders that got a case in this round */
    size_t opened_count;
};

static enum err load(struct ctx *c, const struct event *events, size_t count, struct watch *w)
{
    int64_t *ids = arena_new(c->arena, int64_t, count + 1);
    size_t n = 0;
    *w = (struct watch){.opened = arena_new(c->arena, int64_t, count + 1)};
    for (size_t i = 0; i < count; i++)
        if (events[i].order_id != NONE) ids[n++] = events[i].order_id;
    sort_i64(ids, n);
    n = unique_i64(ids, n);
    if (n) TRY(cases_of(c, ids, n, &w->cases));
    bool is_wrong = w->cases.count > 0;
    for (size_t i = 0; i < count && !is_wrong; i++)
        is_wrong = events[i].kind == EVENT_TRACKING_SILENT;
    if (!n || !is_wrong) return OK; /* most parcels just arrive */
    TRY(order_states_of(c, ids, n, &w->states));
    return packages_of_orders(c, ids, n, &w->packages);
}

static const struct package *package_in(const struct watch *w, int64_t package_id)
{
    const struct package *at = w->packages.at;
    for (size_t i = 0; i < w->packages.count; i++)
        if (at[i].package_id == package_id) return &at[i];
    return NULL;
}

static const struct order_state *state_in(const struct watch *w, int64_t order_id)
{
    const struct order_state *at = w->states.at;
    for (size_t i = 0; i < w->states.count; i++)
        if (at[i].order_id == order_id) return &at[i];
    return NULL;
}

static bool has_owner(const struct watch *w, int64_t order_id)
{
    const struct care_case *at = w->cases.at;
    for (size_t i = 0; i < w->cases.count; i++)
        if (at[i].order_id == order_id && at[i].resolution < 0) return true;
    for (size_t i = 0; i < w->opened_count; i++)
        if (w->opened[i] == order_id) return true;
    return false;
}

static enum err find_owner(struct ctx *c, struct watch *w, const struct event *e,
                           const struct package *p)
{
    const struct order_state *s = state_in(w, e->order_id);
    bool is_over = p->state == PACKAGE_DELIVERED || p->state >= PACKAGE_BACK;
    if (is_over || !s || s->commercial == COMMERCIAL_CANCELLED || has_owner(w, e->order_id))
        return OK;
    struct case_wish wish = {.order_id = e->order_id, .kind = CASE_LATE};
    wish.words = text_printf(c->arena, "parcel %lld was not scanned for %lld days" CASE_BY_CARRIER,
                             (long long)p->number, (long long)e->quantity);
    int64_t case_id;
    w->opened[w->opened_count++] = e->order_id;
    return case_put(c, &wish, p->package_id, &case_id);
}

static enum err answer(struct ctx *c, struct watch *w, const struct package *p)
{
    struct care_case *at = w->cases.at;
    const struct order_state *s = state_in(w, p->order_id);
    struct text words = p->state == PACKAGE_DELIVERED ? T("The parcel arrived.")
                        : p->state == PACKAGE_BACK    ? T("The parcel came back to us.")
                                                      : T("The carrier lost the parcel.");
    bool is_over = p->state == PACKAGE_DELIVERED || p->state >= PACKAGE_BACK;
    for (size_t i = 0; i < w->cases.count && is_over; i++) {
        if (at[i].package_id != p->package_id || at[i].resolution >= 0) continue;
        TRY(case_end(c, &at[i], CASE_ANSWER, words, NONE));
        at[i].resolution = CASE_ANSWER;
        if (s) TRY(case_let_order_close(c, s));
    }
    return OK;
}

enum err case_on_parcel(struct ctx *c, const struct event *events, size_t count)
{
    struct watch w;
    TRY(load(c, events, count, &w));
    for (size_t i = 0; i < count; i++) {
        const struct event *e = &events[i];
        const struct package *p = package_in(&w, e->subject_id);
        if (!p) continue;
        if (e->kind == EVENT_TRACKING_SILENT)
            TRY(find_owner(c, &w, e, p));
        else
            TRY(answer(c, &w, p));
    }
    return OK;
}
