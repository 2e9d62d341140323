#include "stages/2_processing/cancelling.h"

#include "base/lifecycle.h"
#include "base/sort.h"
#include "domain/events/event.h"
#include "domain/inventory/earmark.h"
#include "domain/inventory/preorder.h"
#include "domain/inventory/stock.h"
#include "domain/payments/payment.h"
#include "stages/2_processing/cancelling_work.h"
#include "store/db.h"

bool order_is_cancellable(const struct order_state *s)
{
    if (!lifecycle_allows(&order_lifecycle, s->commercial, ORDER_CANCEL)) return false;
    return s->shipped == 0 || s->shipped < s->units - s->cancelled;
}

/* --- which units ----------------------------------------------------------------------------- */

static int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }

/* Promised at this site and in no work there. */
static int64_t not_in_work(const struct cancelling *k, const struct promise *p)
{
    const struct fulfillment *f = k->work.at;
    const struct fulfillment_line *w = k->work_lines.at;
    int64_t units = p->quantity - p->released;
    for (size_t i = 0; i < k->work_lines.count; i++)
        for (size_t m = 0; m < k->work.count && w[i].line_no == p->line_no; m++)
            if (f[m].fulfillment_id == w[i].fulfillment_id && f[m].site_id == p->site_id)
                units -= w[i].quantity;
    return units;
}

static const struct promise *promise_at(const struct cancelling *k, int64_t line_no,
                                        int64_t site_id)
{
    const struct promise *p = k->promises.at;
    for (size_t i = 0; i < k->promises.count; i++)
        if (p[i].line_no == line_no && p[i].site_id == site_id) return &p[i];
    return NULL;
}

static enum err let_go(struct ctx *c, const struct cancelling *k, const struct order_line *l,
                       struct progress by)
{
    by.cancelled = -by.allocated;
    return order_progress(c, k->state.order_id, l->line_no, by);
}

/* Sold before it was there, and not wanted any more: another may order it. */
static enum err give_ahead(struct ctx *c, const struct cancelling *k, const struct order_line *l,
                           int64_t units)
{
    const struct preordered *at = k->ahead.at;
    for (size_t i = 0; i < k->ahead.count; i++)
        if (at[i].line_no == l->line_no && at[i].quantity > 0)
            return preorder_give(c, &at[i], least(units, at[i].quantity));
    return OK;
}

/* First what no work was made for, then what nobody has picked, last what has to be put back. */
static enum err take_line(struct ctx *c, struct cancelling *k, size_t at)
{
    const struct order_line *l = &((const struct order_line *)k->lines.at)[at];
    const struct promise *p = k->promises.at;
    const struct fulfillment *f = k->work.at;
    const struct fulfillment_line *w = k->work_lines.at;
    int64_t left = k->wanted[at], units = least(left, l->quantity - l->cancelled - l->allocated);
    if (units) {
        TRY(order_progress(c, l->order_id, l->line_no, (struct progress){.cancelled = units}));
        TRY(give_ahead(c, k, l, units));
        TRY(earmarks_give_back(c, &k->earmarks, l->order_id, l->line_no,
                               l->quantity - l->cancelled - l->allocated - units));
    }
    left -= units;
    for (size_t i = 0; i < k->promises.count && left; i++) {
        units = p[i].line_no == l->line_no ? least(left, not_in_work(k, &p[i])) : 0;
        if (units <= 0) continue;
        left -= units;
        TRY(promise_release(c, &p[i], units));
        TRY(let_go(c, k, l, (struct progress){.allocated = -units}));
    }
    for (int turn = 0; turn < 2; turn++)
        for (size_t i = 0; i < k->work_lines.count && left; i++) {
            size_t m = 0;
            if (w[i].line_no != l->line_no) continue;
            while (f[m].fulfillment_id != w[i].fulfillment_id) m++;
            if (!k->is_here[m]) continue;
            units = turn ? w[i].picked - cancelling_under_way(k, &w[i]) - k->left[i]
                         : w[i].quantity - w[i].picked;
            units = least(left, units);
            if (units <= 0) continue;
            left -= units;
            (turn ? k->back : k->dropped)[i] = units;
            if (turn) continue;
            const struct promise *of = promise_at(k, l->line_no, f[m].site_id);
            if (of) TRY(promise_release(c, of, units));
            TRY(let_go(c, k, l, (struct progress){.allocated = -units, .released = -units}));
        }
    if (!left) return OK;
    return fail(c, ERR_BUSY, "raced", "someone is working on the order");
}

/* --- what follows ---------------------------------------------------------------------------- */

static enum err let_holds_go(struct ctx *c, const struct cancelling *k, bool only_stock)
{
    const struct hold *holds = k->holds.at;
    int64_t order_id = k->state.order_id, released;
    uint32_t reasons = 0;
    for (size_t i = 0; i < k->holds.count; i++) {
        if (only_stock && holds[i].reason != HOLD_STOCK) continue;
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

/* Units that stay: neither cancelled, nor now, nor on their way back. */
static int64_t stays(const struct cancelling *k, int64_t *missing)
{
    const struct order_line *l = k->lines.at;
    int64_t units = 0;
    *missing = 0;
    for (size_t i = 0; i < k->lines.count; i++) {
        if (!line_is_physical(&l[i])) continue;
        int64_t open = l[i].quantity - l[i].cancelled - l[i].allocated;
        units += k->can[i] - k->wanted[i];
        *missing += open > k->wanted[i] ? open - k->wanted[i] : 0;
    }
    return units;
}

/* Units in work, or in packages of it, that are out of our hands. */
static int64_t gone(const struct cancelling *k)
{
    const struct fulfillment *f = k->work.at;
    const struct fulfillment_line *w = k->work_lines.at;
    int64_t units = 0;
    for (size_t i = 0; i < k->work.count; i++) {
        bool is_gone = !k->is_here[i] && f[i].state != FULFILLMENT_CANCELLING;
        if (is_gone) units += f[i].units;
        for (size_t m = 0; m < k->work_lines.count && k->is_here[i]; m++)
            if (w[m].fulfillment_id == f[i].fulfillment_id) units += k->left[m];
    }
    return units;
}

static enum err run(struct ctx *c, struct cancelling *k, bool is_whole)
{
    struct cancel_outcome *out = k->out;
    int64_t order_id = k->state.order_id, missing;
    for (size_t i = 0; i < k->lines.count; i++) out->units += k->wanted[i];
    int64_t rest = stays(k, &missing);
    out->left = gone(k);
    out->is_cancelled = rest == 0 && out->left == 0 && k->state.shipped == 0;
    for (size_t i = 0; i < k->lines.count; i++)
        if (k->wanted[i]) TRY(take_line(c, k, i));
    TRY(cancelling_stop(c, k));
    if (out->is_cancelled) {
        TRY(let_holds_go(c, k, false));
        TRY(count_money(c, order_id, out));
        TRY(order_do(c, &k->state, ORDER_CANCEL));
        return event_put(c, EVENT_ORDER_CANCELLED, order_id, NONE,
                         EVENT_BODY(.quantity = out->units, .note = k->reason));
    }
    if (!missing) TRY(let_holds_go(c, k, true));
    if (is_whole)
        TRY(event_put(c, EVENT_ORDER_CANCEL_ASKED, order_id, NONE,
                      EVENT_BODY(.quantity = out->left, .note = k->reason)));
    return out->units ? event_put(c, EVENT_ORDER_CHANGED, order_id, NONE,
                                  EVENT_BODY(.quantity = out->units, .word = T("cancelled"),
                                             .note = k->reason))
                      : OK;
}

static enum err check_reason(struct ctx *c, struct text reason)
{
    if (text_chars(reason) <= CANCEL_REASON_MAX) return OK;
    return fail_at(c, ERR_INVALID, "too_long", "reason", "more than %d characters",
                   CANCEL_REASON_MAX);
}

enum err order_cancel(struct ctx *c, int64_t order_id, struct text reason,
                      struct cancel_outcome *out)
{
    struct cancelling k = {.reason = reason, .out = out};
    int64_t here = 0;
    *out = (struct cancel_outcome){0};
    TRY(check_reason(c, reason));
    TRY(cancelling_load(c, order_id, &k));
    for (size_t i = 0; i < k.lines.count; i++) here += k.wanted[i] = k.can[i];
    if (!here && k.state.shipped > 0 && k.state.delivered >= k.state.shipped) {
        fail(c, ERR_CONFLICT, "too_late", "all %lld units were delivered",
             (long long)k.state.delivered);
        return hint(c, "possible now: ask for a return, waybill returns request");
    }
    return run(c, &k, true);
}

enum err cancel_on_taken_back(struct ctx *c, const struct event *events, size_t count)
{
    struct list told;
    int64_t *ids = arena_new(c->arena, int64_t, count + 1);
    for (size_t i = 0; i < count; i++) ids[i] = events[i].order_id;
    sort_i64(ids, count);
    TRY(events_of_kind(c, ids, unique_i64(ids, count), EVENT_ORDER_CANCEL_ASKED, 0, &told));
    const struct event *asked = told.at;
    for (size_t i = 0; i < told.count; i++) {
        struct cancel_outcome out;
        if (i + 1 < told.count && asked[i + 1].order_id == asked[i].order_id) continue;
        enum err e = order_cancel(c, asked[i].order_id, asked[i].note, &out);
        if (e != OK && e != ERR_CONFLICT) return e;
        c->fault = (struct fault){0}; /* cancelled or closed meanwhile */
    }
    return OK;
}

/* --- some of it ------------------------------------------------------------------------------ */

static enum err too_many(struct ctx *c, const struct cancelling *k, size_t at, int64_t wanted)
{
    const struct order_line *l = &((const struct order_line *)k->lines.at)[at];
    fail_at(c, ERR_CONFLICT, "too_many", "quantity",
            "line %lld: %lld of %lld units can be cancelled, not %lld (%lld have left the house)",
            (long long)l->line_no, (long long)k->can[at], (long long)l->quantity, (long long)wanted,
            (long long)l->shipped);
    if (l->shipped)
        return hint(c, "what was handed over can be taken back until the carrier's first scan, "
                       "and returned afterwards");
    if (k->can[at] == l->quantity) return c->fault.code;
    return hint(c, "the others are cancelled already, or in a package that is leaving");
}

/* Whole kits: of each part its share. */
static enum err want_kits(struct ctx *c, struct cancelling *k, const struct order_line *kit,
                          int64_t kits)
{
    const struct order_line *l = k->lines.at;
    for (size_t i = 0; i < k->lines.count; i++) {
        if (l[i].kind != LINE_COMPONENT || l[i].parent_line != kit->line_no) continue;
        int64_t units = kits == NONE ? k->can[i] : l[i].quantity / kit->quantity * kits;
        k->wanted[i] += units;
        if (k->wanted[i] > k->can[i]) return too_many(c, k, i, k->wanted[i]);
    }
    return OK;
}

static enum err want(struct ctx *c, struct cancelling *k, const struct cancel_line *in)
{
    const struct order_line *l = k->lines.at;
    size_t i = 0;
    while (i < k->lines.count && l[i].line_no != in->line_no) i++;
    if (i == k->lines.count)
        return fail_at(c, ERR_NOT_FOUND, "line_not_found", "line_no", "the order has no line %lld",
                       (long long)in->line_no);
    if (in->quantity != NONE && in->quantity < 1)
        return fail_at(c, ERR_INVALID, "out_of_range", "quantity", "how many? at least 1");
    if (l[i].kind == LINE_KIT) return want_kits(c, k, &l[i], in->quantity);
    if (l[i].kind == LINE_COMPONENT) {
        fail_at(c, ERR_CONFLICT, "part_of_kit", "line_no", "line %lld is a part of a kit",
                (long long)in->line_no);
        return hint(c, "cancel kits: line %lld", (long long)l[i].parent_line);
    }
    if (!line_is_physical(&l[i])) {
        fail_at(c, ERR_CONFLICT, "not_goods", "line_no", "line %lld is a %s",
                (long long)in->line_no, word_of(&line_kind_words, l[i].kind));
        return hint(c, "change its price instead, or cancel the line that it is done to");
    }
    k->wanted[i] += in->quantity == NONE ? k->can[i] : in->quantity;
    return k->wanted[i] > k->can[i] ? too_many(c, k, i, k->wanted[i]) : OK;
}

enum err order_cancel_lines(struct ctx *c, int64_t order_id, const struct cancel_line *wanted,
                            size_t n, struct text reason, struct cancel_outcome *out)
{
    struct cancelling k = {.reason = reason, .out = out};
    int64_t units = 0;
    *out = (struct cancel_outcome){0};
    TRY(check_reason(c, reason));
    TRY(cancelling_load(c, order_id, &k));
    for (size_t i = 0; i < n; i++) {
        enum err e = want(c, &k, &wanted[i]);
        if (e != OK) return fail_under(c, e, "lines[%zu]", i);
    }
    for (size_t i = 0; i < k.lines.count; i++) units += k.wanted[i];
    if (!units) return fail(c, ERR_CONFLICT, "too_late", "nothing of these lines is left here");
    return run(c, &k, false);
}
