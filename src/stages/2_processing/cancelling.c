#include "stages/2_processing/cancelling.h"

#include "base/lifecycle.h"
#include "domain/events/event.h"
#include "domain/inventory/stock.h"
#include "domain/orders/order.h"
#include "domain/orders/work.h"
#include "domain/payments/payment.h"
#include "store/db.h"

struct cancelling {
    struct order_state state;
    struct list lines, promises, work, work_lines, tasks, holds;
    int64_t *work_ids; /* of the live work */
    size_t work_count;
};

bool order_is_cancellable(const struct order_state *s)
{
    return lifecycle_allows(&order_lifecycle, s->commercial, ORDER_CANCEL) && s->picked == 0;
}

static enum err too_late(struct ctx *c, const struct order_state *s)
{
    if (s->shipped > 0) {
        fail(c, ERR_CONFLICT, "too_late", "%lld of %lld units have left the house",
             (long long)s->shipped, (long long)s->units);
        return hint(c, "possible now: refuse the parcel, or send it back when it is there");
    }
    fail(c, ERR_CONFLICT, "too_late", "%lld of %lld units are picked already", (long long)s->picked,
         (long long)s->units);
    return hint(c, "possible now: hold the order and have its goods put back");
}

static bool is_live(const struct fulfillment *f) { return f->state < FULFILLMENT_CANCELLING; }

static enum err load_work(struct ctx *c, struct cancelling *k)
{
    int64_t id = k->state.order_id;
    TRY(fulfillments_of_orders(c, &id, 1, &k->work));
    struct fulfillment *work = k->work.at;
    k->work_ids = arena_new(c->arena, int64_t, k->work.count + 1);
    for (size_t i = 0; i < k->work.count; i++)
        if (is_live(&work[i])) k->work_ids[k->work_count++] = work[i].fulfillment_id;
    if (!k->work_count) return OK;
    /* from here on nobody picks: read again what was true before the lock */
    TRY(fulfillments_lock(c, k->work_ids, k->work_count));
    TRY(fulfillments_of(c, k->work_ids, k->work_count, &k->work));
    TRY(fulfillment_lines_of(c, k->work_ids, k->work_count, &k->work_lines));
    return tasks_of(c, k->work_ids, k->work_count, &k->tasks);
}

static enum err load(struct ctx *c, int64_t order_id, struct cancelling *k)
{
    int32_t to;
    TRY(order_state_get(c, order_id, &k->state));
    TRY(lifecycle_next(c, &order_lifecycle, k->state.commercial, ORDER_CANCEL, &to));
    TRY(load_work(c, k));
    TRY(order_state_get(c, order_id, &k->state));
    if (k->state.picked > 0) return too_late(c, &k->state);
    const struct fulfillment *work = k->work.at;
    for (size_t i = 0; i < k->work.count; i++)
        if (work[i].state > FULFILLMENT_PICKING || work[i].picked > 0)
            if (is_live(&work[i])) return too_late(c, &k->state);
    TRY(order_lines_of(c, &order_id, 1, &k->lines));
    TRY(promises_of(c, &order_id, 1, &k->promises));
    return holds_of(c, &order_id, 1, true, &k->holds);
}

/* Every open task is refused; what a bin had set aside for it is free again. */
static enum err refuse_tasks(struct ctx *c, const struct cancelling *k, const struct fulfillment *f,
                             int64_t *refused)
{
    const struct task *tasks = k->tasks.at;
    struct work_progress by = {0};
    for (size_t i = 0; i < k->tasks.count; i++) {
        if (tasks[i].fulfillment_id != f->fulfillment_id) continue;
        struct task after = tasks[i];
        if (!lifecycle_allows(&task_lifecycle, after.state, TASK_REFUSE)) continue;
        TRY(task_do(c, &after, TASK_REFUSE));
        after.worker_id = after.lease_until_us = NONE;
        after.done_us = c->now_us;
        TRY(task_write(c, &tasks[i], &after));
        ++*refused;
        bool is_pick = after.kind == TASK_PICK;
        if (!is_pick && after.kind != TASK_PUT_BACK) {
            by.services_open--;
            continue;
        }
        by.tasks_open--;
        if (is_pick && after.place_id != NONE)
            TRY(stock_allot(c, after.product_id, after.site_id, after.place_id, after.lot,
                            after.done - after.quantity));
    }
    return fulfillment_progress(c, f->fulfillment_id, by);
}

static enum err stop_work(struct ctx *c, const struct cancelling *k, struct text reason,
                          struct cancel_outcome *out)
{
    struct fulfillment *work = k->work.at;
    const struct fulfillment_line *lines = k->work_lines.at;
    for (size_t i = 0; i < k->work.count; i++) {
        struct fulfillment *f = &work[i];
        if (!is_live(f)) continue;
        TRY(refuse_tasks(c, k, f, &out->tasks));
        TRY(fulfillment_touch(c, f->fulfillment_id));
        TRY(fulfillment_do(c, f, FULFILLMENT_CANCEL));
        TRY(event_put(c, EVENT_FULFILLMENT_CANCELLED, f->order_id, f->fulfillment_id,
                      EVENT_BODY(.quantity = f->units, .note = reason)));
        out->fulfillments++;
    }
    for (size_t i = 0; i < k->work_lines.count; i++) {
        if (!lines[i].quantity) continue;
        TRY(fulfillment_shrink(c, lines[i].fulfillment_id, lines[i].line_no, lines[i].quantity));
        TRY(order_progress(c, k->state.order_id, lines[i].line_no,
                           (struct progress){.released = -lines[i].quantity}));
    }
    bool *took = arena_new(c->arena, bool, k->work_count + 1);
    if (!k->work_count) return OK;
    TRY(fulfillments_finish(c, k->work_ids, k->work_count, FULFILLMENT_FINISH_CANCEL, took));
    for (size_t i = 0; i < k->work_count; i++)
        if (!took[i]) return fail(c, ERR_BUSY, "raced", "someone is working on the order");
    return OK;
}

static enum err give_back(struct ctx *c, const struct cancelling *k, struct cancel_outcome *out)
{
    const struct promise *promises = k->promises.at;
    const struct order_line *lines = k->lines.at;
    int64_t order_id = k->state.order_id;
    for (size_t i = 0; i < k->promises.count; i++) {
        int64_t open = promises[i].quantity - promises[i].consumed - promises[i].released;
        if (open <= 0) continue;
        TRY(promise_release(c, &promises[i], open));
        TRY(order_progress(c, order_id, promises[i].line_no,
                           (struct progress){.allocated = -open}));
    }
    for (size_t i = 0; i < k->lines.count; i++) {
        int64_t left = lines[i].quantity - lines[i].cancelled;
        if (!line_is_physical(&lines[i]) || left <= 0) continue;
        out->units += left;
        TRY(order_progress(c, order_id, lines[i].line_no, (struct progress){.cancelled = left}));
    }
    return OK;
}

static enum err let_holds_go(struct ctx *c, const struct cancelling *k)
{
    const struct hold *holds = k->holds.at;
    int64_t order_id = k->state.order_id, released;
    uint32_t reasons = 0;
    for (size_t i = 0; i < k->holds.count; i++) {
        reasons |= 1u << holds[i].reason;
        TRY(event_put(c, EVENT_ORDER_FREED, order_id, holds[i].hold_id,
                      EVENT_BODY(.word = text_of(word_of(&hold_reason_words, holds[i].reason)))));
    }
    for (int32_t reason = 0; reason <= HOLD_MANUAL; reason++)
        if (reasons & 1u << reason)
            TRY(hold_release_reason(c, &order_id, 1, (enum hold_reason)reason, &released));
    return OK;
}

/* The reaction to the cancellation gives it back (paying.h); here it is only counted. */
static enum err count_money(struct ctx *c, int64_t order_id, struct cancel_outcome *out)
{
    struct list payments, intents = {0};
    TRY(payments_of(c, &order_id, 1, &payments));
    const struct payment *at = payments.at;
    int64_t *ids = arena_new(c->arena, int64_t, payments.count + 1);
    for (size_t i = 0; i < payments.count; i++) ids[i] = at[i].payment_id;
    if (payments.count) TRY(intents_of_payments(c, ids, payments.count, &intents));
    for (size_t i = 0; i < payments.count; i++) {
        out->reserved_minor += payment_free(&at[i], &intents, INTENT_VOID);
        out->taken_minor += payment_free(&at[i], &intents, INTENT_REFUND);
    }
    return OK;
}

enum err order_cancel(struct ctx *c, int64_t order_id, struct text reason,
                      struct cancel_outcome *out)
{
    struct cancelling k = {0};
    *out = (struct cancel_outcome){0};
    if (text_chars(reason) > CANCEL_REASON_MAX)
        return fail_at(c, ERR_INVALID, "too_long", "reason", "more than %d characters",
                       CANCEL_REASON_MAX);
    TRY(load(c, order_id, &k));
    TRY(stop_work(c, &k, reason, out));
    TRY(give_back(c, &k, out));
    TRY(let_holds_go(c, &k));
    TRY(count_money(c, order_id, out));
    TRY(order_do(c, &k.state, ORDER_CANCEL));
    return event_put(c, EVENT_ORDER_CANCELLED, order_id, NONE,
                     EVENT_BODY(.quantity = out->units, .note = reason));
}
