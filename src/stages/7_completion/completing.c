#include "stages/7_completion/completing.h"

#include "base/lifecycle.h"
#include "base/sort.h"
#include "domain/inventory/stock.h"
#include "domain/orders/order.h"
#include "domain/orders/package.h"
#include "domain/orders/return.h"
#include "domain/orders/work.h"
#include "domain/people/people.h"
#include "stages/7_completion/cases.h"
#include "stages/7_completion/feedback.h"
#include "stages/7_completion/telling.h"
#include "store/db.h"

struct round {
    const struct job *jobs;
    size_t count;
};

/* --- what will not arrive -------------------------------------------------------------------- */

static size_t state_at(const struct order_state *states, size_t n, int64_t order_id)
{
    const struct list all = {(void *)(uintptr_t)states, n};
    return (size_t)(LIST_FIND(&all, struct order_state, order_id, order_id) - states);
}

/* Of parcels that were lost, or are back; or of both. */
static enum err units_of(struct ctx *c, const struct order_state *states, size_t n,
                         enum package_state one, enum package_state other, int64_t *gone)
{
    struct list packages, lines;
    int64_t *ids = arena_new(c->arena, int64_t, n + 1);
    size_t count = 0;
    for (size_t i = 0; i < n; i++) {
        gone[i] = 0;
        if (states[i].shipped > states[i].delivered) ids[count++] = states[i].order_id;
    }
    if (!count) return OK;
    TRY(packages_of_orders(c, ids, count, &packages));
    const struct package *p = packages.at;
    ids = arena_new(c->arena, int64_t, packages.count + 1);
    int64_t *orders = arena_new(c->arena, int64_t, packages.count + 1);
    count = 0;
    for (size_t i = 0; i < packages.count; i++) {
        bool is_gone = p[i].state == (int32_t)one || p[i].state == (int32_t)other;
        if (!is_gone || p[i].delivered_us != NONE) continue;
        orders[count] = p[i].order_id;
        ids[count++] = p[i].package_id;
    }
    if (!count) return OK;
    TRY(package_lines_of(c, ids, count, &lines));
    const struct package_line *l = lines.at;
    for (size_t i = 0; i < lines.count; i++)
        for (size_t k = 0; k < count; k++)
            if (ids[k] == l[i].package_id) gone[state_at(states, n, orders[k])] += l[i].quantity;
    return OK;
}

enum err units_gone(struct ctx *c, const struct order_state *states, size_t n, int64_t *gone)
{
    return units_of(c, states, n, PACKAGE_BACK, PACKAGE_LOST, gone);
}

/* Units of parcels that came back and of which the customer was told what becomes of them: by the
   parcel's own return, or, when none is open, by whichever had them. */
static enum err units_settled(struct ctx *c, const struct order_state *states, size_t n,
                              const int64_t *gone, int64_t *settled)
{
    struct list returns, lines;
    int64_t *ids = arena_new(c->arena, int64_t, n + 1);
    size_t count = 0;
    for (size_t i = 0; i < n; i++) settled[i] = 0;
    for (size_t i = 0; i < n; i++)
        if (gone[i]) ids[count++] = states[i].order_id;
    if (!count) return OK;
    TRY(returns_of_orders(c, ids, count, &returns));
    const struct order_return *r = returns.at;
    ids = arena_new(c->arena, int64_t, returns.count + 1);
    for (size_t i = 0; i < returns.count; i++) ids[i] = r[i].return_id;
    if (!returns.count) return OK;
    TRY(return_lines_of(c, ids, returns.count, &lines));
    const struct return_line *l = lines.at;
    for (size_t i = 0; i < lines.count; i++)
        for (size_t k = 0; k < returns.count; k++)
            if (r[k].return_id == l[i].return_id && r[k].package_id != NONE &&
                r[k].settled_us != NONE)
                settled[state_at(states, n, r[k].order_id)] += l[i].received;
    int64_t *back = arena_new(c->arena, int64_t, n + 1);
    bool *is_open = arena_new(c->arena, bool, n + 1);
    TRY(units_of(c, states, n, PACKAGE_BACK, PACKAGE_BACK, back));
    for (size_t k = 0; k < returns.count; k++)
        if (r[k].settled_us == NONE) is_open[state_at(states, n, r[k].order_id)] = true;
    for (size_t k = 0; k < returns.count; k++) {
        size_t at = state_at(states, n, r[k].order_id);
        if (!is_open[at] && settled[at] < back[at]) settled[at] = back[at];
    }
    return OK;
}

/* The rest of an order of which something is gone has arrived, perhaps: nobody tells that all has.
 */
static enum err complete_the_rest(struct ctx *c, const struct event *events, size_t count,
                                  int64_t grace_us)
{
    struct list states;
    int64_t *ids = arena_new(c->arena, int64_t, count + 1);
    int64_t *gone = arena_new(c->arena, int64_t, count + 1);
    size_t n = 0;
    for (size_t i = 0; i < count; i++)
        if (events[i].kind == EVENT_PACKAGE_DELIVERED && events[i].order_id != NONE)
            ids[n++] = events[i].order_id;
    if (!n) return OK;
    sort_i64(ids, n);
    TRY(order_states_of(c, ids, unique_i64(ids, n), &states));
    const struct order_state *at = states.at;
    TRY(units_gone(c, at, states.count, gone));
    for (size_t i = 0; i < states.count; i++)
        if (gone[i]) TRY(job_put(c, JOB_COMPLETE, at[i].order_id, c->now_us + grace_us));
    return OK;
}

enum err complete_on_delivered(struct ctx *c, const struct event *events, size_t count)
{
    struct merchant merchant;
    TRY(merchant_get(c, &merchant));
    TRY(complete_the_rest(c, events, count, merchant.grace_us));
    for (size_t i = 0; i < count; i++) {
        const struct event *e = &events[i];
        if (e->order_id == NONE || e->kind != EVENT_ORDER_DELIVERED) continue;
        TRY(job_put(c, JOB_COMPLETE, e->order_id, e->at_us + merchant.grace_us));
        TRY(job_put(c, JOB_FOLLOW_UP, e->order_id, e->at_us + FOLLOW_UP_US));
    }
    return OK;
}

/* The orders of these events as they stand. */
static enum err states_of_events(struct ctx *c, const struct event *events, size_t count,
                                 struct list *states)
{
    int64_t *ids = arena_new(c->arena, int64_t, count + 1);
    size_t n = 0;
    for (size_t i = 0; i < count; i++)
        if (events[i].order_id != NONE) ids[n++] = events[i].order_id;
    sort_i64(ids, n);
    return order_states_of(c, ids, unique_i64(ids, n), states);
}

enum err complete_without_goods(struct ctx *c, const struct event *events, size_t count)
{
    struct merchant merchant;
    struct list states;
    TRY(merchant_get(c, &merchant));
    TRY(states_of_events(c, events, count, &states));
    const struct order_state *at = states.at;
    for (size_t i = 0; i < states.count; i++)
        if (at[i].commercial == COMMERCIAL_PLACED && at[i].units == 0 && at[i].holds == 0)
            TRY(job_put(c, JOB_COMPLETE, at[i].order_id, c->now_us + merchant.grace_us));
    return OK;
}

enum err complete_on_changed(struct ctx *c, const struct event *events, size_t count)
{
    struct merchant merchant;
    struct list states;
    TRY(merchant_get(c, &merchant));
    TRY(states_of_events(c, events, count, &states));
    const struct order_state *at = states.at;
    for (size_t i = 0; i < states.count; i++) {
        int64_t due = at[i].units - at[i].cancelled;
        if (at[i].commercial != COMMERCIAL_PLACED || !at[i].shipped || at[i].shipped < due)
            continue;
        TRY(job_put(c, JOB_COMPLETE, at[i].order_id, c->now_us + merchant.grace_us));
        if (at[i].delivered >= due) /* nobody says any more that all of it arrived */
            TRY(job_put(c, JOB_FOLLOW_UP, at[i].order_id, c->now_us + FOLLOW_UP_US));
    }
    return OK;
}

static size_t subjects(struct arena *a, const struct round *r, int64_t **out)
{
    int64_t *ids = arena_new(a, int64_t, r->count + 1);
    for (size_t i = 0; i < r->count; i++) ids[i] = r->jobs[i].subject_id;
    sort_i64(ids, r->count);
    *out = ids;
    return unique_i64(ids, r->count);
}

static bool has_case(const struct list *cases, int64_t order_id, bool is_open)
{
    const struct care_case *at = cases->at;
    for (size_t i = 0; i < cases->count; i++)
        if (at[i].order_id == order_id && (at[i].resolution < 0) == is_open) return true;
    return false;
}

static enum err jobs_done(struct ctx *c, const struct round *r)
{
    for (size_t i = 0; i < r->count; i++) TRY(job_done(c, &r->jobs[i]));
    return OK;
}

/* --- closing --------------------------------------------------------------------------------- */

/* Units that were promised and are not wanted any more (an order may end with fewer than agreed).
 */
static enum err release_rest(struct ctx *c, const int64_t *ids, size_t n)
{
    struct list promises, lines = {0};
    size_t open = 0;
    TRY(promises_of(c, ids, n, &promises));
    const struct promise *at = promises.at;
    for (size_t i = 0; i < promises.count; i++)
        open += at[i].quantity > at[i].consumed + at[i].released;
    if (!open) return OK;
    TRY(order_lines_of(c, ids, n, &lines));
    const struct order_line *l = lines.at;
    for (size_t i = 0, k = 0; i < promises.count; i++) {
        int64_t rest = at[i].quantity - at[i].consumed - at[i].released;
        if (rest <= 0) continue;
        while (k < lines.count &&
               (l[k].order_id < at[i].order_id ||
                (l[k].order_id == at[i].order_id && l[k].line_no < at[i].line_no)))
            k++;
        TRY(promise_release(c, &at[i], rest));
        bool is_line = k < lines.count && l[k].order_id == at[i].order_id &&
                       l[k].line_no == at[i].line_no;
        if (is_line)
            TRY(order_progress(c, at[i].order_id, at[i].line_no,
                               (struct progress){.allocated = -rest}));
    }
    return OK;
}

static enum err close_work(struct ctx *c, const int64_t *ids, size_t n)
{
    struct list work;
    TRY(fulfillments_of_orders(c, ids, n, &work));
    struct fulfillment *at = work.at;
    for (size_t i = 0; i < work.count; i++)
        if (lifecycle_allows(&fulfillment_lifecycle, at[i].state, FULFILLMENT_CLOSE))
            TRY(fulfillment_do(c, &at[i], FULFILLMENT_CLOSE));
    return release_rest(c, ids, n);
}

static enum err close_in_tx(struct ctx *c, void *arg)
{
    const struct round *r = arg;
    struct list states, cases;
    int64_t *ids;
    size_t n = subjects(c->arena, r, &ids), closing = 0;
    TRY(order_states_of(c, ids, n, &states));
    TRY(cases_of(c, ids, n, &cases));
    const struct order_state *at = states.at;
    int64_t *gone = arena_new(c->arena, int64_t, n + 1);
    int64_t *settled = arena_new(c->arena, int64_t, n + 1);
    TRY(units_gone(c, at, states.count, gone));
    TRY(units_settled(c, at, states.count, gone, settled));
    for (size_t i = 0; i < states.count; i++) {
        int64_t ended = at[i].delivered + gone[i];
        bool is_all = ended >= at[i].units - at[i].cancelled && at[i].holds == 0;
        bool is_there = is_all && (ended > 0 || at[i].units == 0);
        if (at[i].commercial != COMMERCIAL_PLACED || !is_there) continue;
        if (has_case(&cases, at[i].order_id, true)) continue;
        bool is_answered = has_case(&cases, at[i].order_id, false) || settled[i] >= gone[i];
        if (gone[i] && !is_answered) continue;
        ids[closing++] = at[i].order_id;
        TRY(order_do(c, &at[i], ORDER_CLOSE));
        TRY(event_put(c, EVENT_ORDER_COMPLETED, at[i].order_id, NONE, NO_BODY));
    }
    if (closing) TRY(close_work(c, ids, closing));
    return jobs_done(c, r);
}

enum err completing_job(struct ctx *c, const struct job *jobs, size_t count)
{
    struct round r = {jobs, count};
    return db_tx(c, close_in_tx, &r);
}

/* --- asking ---------------------------------------------------------------------------------- */

static bool has_feedback(const struct list *feedback, int64_t order_id)
{
    const struct feedback *at = feedback->at;
    for (size_t i = 0; i < feedback->count; i++)
        if (at[i].order_id == order_id) return true;
    return false;
}

static enum err follow_up_in_tx(struct ctx *c, void *arg)
{
    const struct round *r = arg;
    struct list orders, states, cases, given;
    int64_t *ids;
    size_t n = subjects(c->arena, r, &ids), asked = 0;
    TRY(order_list_of(c, ids, n, &orders));
    TRY(order_states_of(c, ids, n, &states));
    TRY(cases_of(c, ids, n, &cases));
    TRY(feedback_of(c, ids, n, &given));
    const struct order *order = orders.at;
    const struct order_state *state = states.at; /* as many, in the same order */
    struct telling *what = arena_new(c->arena, struct telling, n + 1);
    for (size_t i = 0; i < orders.count && i < states.count; i++) {
        int64_t id = order[i].order_id;
        if (state[i].commercial == COMMERCIAL_CANCELLED || has_feedback(&given, id)) continue;
        if (c->now_us - order[i].created_us > FOLLOW_UP_UNTIL_US) continue;
        if (has_case(&cases, id, true)) {
            TRY(job_put(c, JOB_FOLLOW_UP, id, c->now_us + FOLLOW_UP_US));
            continue;
        }
        what[asked++] =
            (struct telling){.order_id = id, .template = MESSAGE_FEEDBACK, .package_id = NONE};
    }
    TRY(tell(c, what, asked));
    return jobs_done(c, r);
}

enum err follow_up_job(struct ctx *c, const struct job *jobs, size_t count)
{
    struct round r = {jobs, count};
    return db_tx(c, follow_up_in_tx, &r);
}
