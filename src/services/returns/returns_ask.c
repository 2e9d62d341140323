/* services/returns/returns_ask.c: what may come back, and the answer to who asks. */
#include "base/lifecycle.h"
#include "base/money.h"
#include "base/sort.h"
#include "base/source.h"
#include "base/time.h"
#include "domain/orders/package.h"
#include "domain/sites/site.h"
#include "services/returns/returns_load.h"

/* Units of an order line that are in returns already. */
static int64_t asked_of(const struct return_work *w, int64_t line_no)
{
    const struct return_line *at = w->all.at;
    int64_t sum = 0;
    for (size_t i = 0; i < w->all.count; i++)
        if (at[i].line_no == line_no && at[i].state != RETURN_DECLINED &&
            at[i].state != RETURN_CANCELLED)
            sum += at[i].quantity - at[i].sent_back;
    return sum;
}

/* --- the wish -------------------------------------------------------------------------------- */

struct asking {
    const struct return_wish *wish;
    struct return_work work;
    struct list rules;
    int64_t arrived_us; /* the newest arrival; NONE */
    int64_t return_id;
    struct return_line *lines;
    size_t count, capacity;
};

static enum err check_wish(struct ctx *c, const struct return_wish *wish)
{
    if (wish->reason < 0 || wish->reason > RETURN_BECAUSE_UNDELIVERED)
        return fail_at(c, ERR_INVALID, "invalid_value", "reason", "there is no such reason");
    if (!wish->lines.count) {
        fail_at(c, ERR_INVALID, "required", "lines", "which lines, and how many of each?");
        return hint(c, "lines of goods, each with line_no and quantity");
    }
    if (wish->lines.count > RETURN_LINES_MAX)
        return fail_at(c, ERR_INVALID, "too_long", "lines", "more than %d lines", RETURN_LINES_MAX);
    if (text_chars(wish->note) > RETURN_NOTE_MAX)
        return fail_at(c, ERR_INVALID, "too_long", "note", "more than %d characters",
                       RETURN_NOTE_MAX);
    return OK;
}

static enum err check_rule(struct ctx *c, const struct asking *a, size_t i,
                           const struct order_line *l)
{
    struct return_rule rule = return_rule_of(c, &a->work, &a->rules, l);
    if (a->wish->is_beyond_policy) return OK;
    if (!rule.is_returnable) {
        return_fail(c, ERR_CONFLICT, "not_returnable", i, "line_no",
                    "these goods cannot come back");
        return hint(c, "staff may take them back beyond policy");
    }
    if (a->arrived_us == NONE || c->now_us <= a->arrived_us + rule.days * DAY_US) return OK;
    return_fail(c, ERR_CONFLICT, "return_too_late", i, "line_no", "the time to return it is over");
    struct text day = day_text(c->arena, day_of_us(a->arrived_us + rule.days * DAY_US));
    return hint(c, "it ended on %.*s; staff may take it back beyond policy", TEXT_ARG(day));
}

/* The same line twice is one line of the return. */
static struct return_line *line_for(struct ctx *c, struct asking *a, const struct order_line *l)
{
    for (size_t i = 0; i < a->count; i++)
        if (a->lines[i].line_no == l->line_no) return &a->lines[i];
    struct return_line *new = arena_push(c->arena, a->lines, a->count, a->capacity);
    *new = return_line_new(c, a->return_id, l->line_no, l->product_id, 0);
    return new;
}

static enum err ask_line(struct ctx *c, struct asking *a, size_t i, const struct order_line *l,
                         int64_t quantity)
{
    int64_t asked = asked_of(&a->work, l->line_no);
    if (l->shipped == 0)
        return return_fail(c, ERR_CONFLICT, "not_shipped", i, "line_no",
                           "none of it has left the house: cancel it instead");
    TRY(check_rule(c, a, i, l));
    struct return_line *line = line_for(c, a, l);
    line->quantity += quantity;
    if (asked + line->quantity <= l->shipped) return OK;
    return_fail(c, ERR_CONFLICT, "over_return", i, "quantity", "more than the customer has of it");
    return hint(c, "%lld of %lld shipped units are in returns already: at most %lld",
                (long long)asked, (long long)l->shipped, (long long)(l->shipped - asked));
}

static enum err ask_kit(struct ctx *c, struct asking *a, size_t i, const struct order_line *kit,
                        int64_t quantity)
{
    const struct order_line *at = a->work.order_lines.at;
    for (size_t k = 0; k < a->work.order_lines.count; k++)
        if (at[k].kind == LINE_COMPONENT && at[k].parent_line == kit->line_no)
            TRY(ask_line(c, a, i, &at[k], at[k].quantity / kit->quantity * quantity));
    return OK;
}

static enum err ask_lines(struct ctx *c, struct asking *a)
{
    const struct return_wish_line *at = a->wish->lines.at;
    for (size_t i = 0; i < a->wish->lines.count; i++) {
        const struct order_line *l = return_order_line(&a->work, at[i].line_no);
        bool is_kit = l && l->kind == LINE_KIT;
        if (!l || (!line_is_physical(l) && !is_kit))
            return return_fail(c, ERR_NOT_FOUND, "line_not_found", i, "line_no",
                               "the order has no goods in this line");
        if (at[i].quantity < 1)
            return return_fail(c, ERR_INVALID, "out_of_range", i, "quantity", "at least 1");
        if (is_kit)
            TRY(ask_kit(c, a, i, l, at[i].quantity));
        else
            TRY(ask_line(c, a, i, l, at[i].quantity));
    }
    return OK;
}

static enum err last_arrival(struct ctx *c, int64_t order_id, int64_t *arrived_us)
{
    struct list packages;
    *arrived_us = NONE;
    TRY(packages_of_orders(c, &order_id, 1, &packages));
    const struct package *p = packages.at;
    for (size_t i = 0; i < packages.count; i++)
        if (p[i].delivered_us != NONE && p[i].delivered_us > *arrived_us)
            *arrived_us = p[i].delivered_us;
    return OK;
}

enum err returns_request(struct ctx *c, const struct return_wish *wish, int64_t *return_id)
{
    struct asking a = {.wish = wish, .return_id = source_id(c->source)};
    int64_t units = 0;
    TRY(check_wish(c, wish));
    TRY(return_work_of_order(c, wish->order_id, &a.work));
    if (a.work.returns.count >= RETURNS_MAX)
        return fail(c, ERR_CONFLICT, "too_many_returns", "the order has %d returns", RETURNS_MAX);
    TRY(last_arrival(c, wish->order_id, &a.arrived_us));
    TRY(return_rules_load(c, &a.work, &a.rules));
    TRY(ask_lines(c, &a));
    for (size_t i = 0; i < a.count; i++) units += a.lines[i].quantity;
    struct order_return head = {.merchant_id = c->merchant_id,
                                .return_id = a.return_id,
                                .order_id = wish->order_id,
                                .case_id = wish->case_id,
                                .package_id = NONE,
                                .site_id = NONE,
                                .reason = wish->reason,
                                .note = wish->note,
                                .created_us = c->now_us,
                                .settled_us = NONE,
                                .at_door_us = NONE};
    *return_id = a.return_id;
    TRY(return_insert(c, &head, a.lines, a.count, false));
    return event_put(c, EVENT_RETURN_REQUESTED, wish->order_id, a.return_id,
                     EVENT_BODY(.quantity = units,
                                .note = text_of(word_of(&return_reason_words, head.reason)),
                                .other_id = wish->case_id));
}

/* --- the answer ------------------------------------------------------------------------------ */

bool returns_is_wish(int32_t reason)
{
    return reason == RETURN_BECAUSE_UNWANTED || reason == RETURN_BECAUSE_OTHER;
}

/* The highest fee of its lines once, and a part of their worth. */
static enum err fee_of(struct ctx *c, const struct return_work *w, int64_t *fee_minor)
{
    struct list rules;
    int64_t once = 0;
    *fee_minor = 0;
    if (!returns_is_wish(w->head.reason)) return OK;
    TRY(return_rules_load(c, w, &rules));
    for (size_t i = 0; i < w->count; i++) {
        const struct order_line *l = return_order_line(w, w->lines[i].line_no);
        if (!l || w->lines[i].credit_minor != NONE) continue;
        struct return_rule rule = return_rule_of(c, w, &rules, l);
        if (rule.fee_minor > once) once = rule.fee_minor;
        int64_t worth = return_worth(c, w, l, 0, w->lines[i].quantity);
        *fee_minor += money_bp(worth, rule.fee_bp);
    }
    *fee_minor += once;
    return OK;
}

/* The site that sent most recently. */
static enum err site_of(struct ctx *c, const struct return_work *w, int64_t asked, int64_t *site_id)
{
    struct list packages;
    struct site site;
    *site_id = asked;
    if (asked != NONE) return site_get(c, asked, &site);
    TRY(packages_of_orders(c, &w->order.order_id, 1, &packages));
    const struct package *p = packages.at;
    for (size_t i = 0; i < packages.count; i++) *site_id = p[i].site_id;
    return OK;
}

static enum err all_lines(struct ctx *c, struct return_work *w, enum return_verb verb,
                          int64_t *units)
{
    size_t done = 0;
    *units = 0;
    for (size_t i = 0; i < w->count; i++) {
        if (!lifecycle_allows(&return_lifecycle, w->lines[i].state, (int32_t)verb)) continue;
        TRY(return_line_do(c, &w->lines[i], verb));
        *units += w->lines[i].quantity;
        done++;
    }
    if (done || !w->count) return OK;
    return return_line_do(c, &w->lines[0], verb); /* says why not */
}

enum err returns_approve(struct ctx *c, const struct return_answer *a)
{
    struct return_work w;
    int64_t units;
    TRY(return_work_load(c, a->return_id, &w));
    TRY(all_lines(c, &w, RETURN_APPROVE, &units));
    TRY(site_of(c, &w, a->site_id, &w.head.site_id));
    w.head.fee_minor = a->fee_minor;
    if (a->fee_minor == NONE) TRY(fee_of(c, &w, &w.head.fee_minor));
    w.head.answer = a->words;
    w.is_head_new = true;
    TRY(event_put(c, EVENT_RETURN_APPROVED, w.head.order_id, w.head.return_id,
                  EVENT_BODY(.quantity = units, .amount_minor = w.head.fee_minor,
                             .other_id = w.head.site_id, .note = a->words)));
    return return_work_save(c, &w);
}

static enum err unask_all(struct ctx *c, const struct return_work *w, int32_t state)
{
    for (size_t i = 0; i < w->count; i++)
        if (w->lines[i].state == state && w->before[i].state != state)
            TRY(return_unask(c, w->head.order_id, w->lines[i].line_no, w->lines[i].quantity));
    return OK;
}

enum err returns_decline(struct ctx *c, const struct return_answer *a)
{
    struct return_work w;
    int64_t units;
    if (!text_trim(a->words).len) {
        fail_at(c, ERR_INVALID, "required", "words", "a no needs a reason");
        return hint(c, "the customer reads it");
    }
    TRY(return_work_load(c, a->return_id, &w));
    TRY(all_lines(c, &w, RETURN_DECLINE, &units));
    TRY(unask_all(c, &w, RETURN_DECLINED));
    w.head.answer = a->words;
    w.is_head_new = true;
    TRY(event_put(c, EVENT_RETURN_DECLINED, w.head.order_id, w.head.return_id,
                  EVENT_BODY(.quantity = units, .note = a->words)));
    return return_work_save(c, &w);
}

static bool carrier_has_it(struct text status)
{
    switch ((enum tracking_status)word_find(&tracking_status_words, status)) {
    case TRACKING_ACCEPTED:
    case TRACKING_IN_TRANSIT:
    case TRACKING_EXCEPTION:
    case TRACKING_OUT_FOR_DELIVERY:
    case TRACKING_ATTEMPTED:
    case TRACKING_AVAILABLE_FOR_PICKUP:
    case TRACKING_DELIVERED: return true;
    case TRACKING_UNKNOWN:
    case TRACKING_PRE_TRANSIT:
    case TRACKING_RETURN_TO_SENDER:
    case TRACKING_RETURNED:
    case TRACKING_FAILURE:
    case TRACKING_CANCELLED: break;
    }
    return false;
}

enum err returns_send(struct ctx *c, int64_t return_id)
{
    struct return_work w;
    int64_t units;
    bool is_sent = false, is_leaving = false;
    TRY(return_work_load(c, return_id, &w));
    for (size_t i = 0; i < w.count; i++) {
        is_sent = is_sent || w.lines[i].state == RETURN_IN_TRANSIT;
        is_leaving = is_leaving || w.lines[i].state == RETURN_APPROVED;
    }
    if (is_sent && !is_leaving) return OK; /* its carrier was faster to say so */
    TRY(all_lines(c, &w, RETURN_SEND, &units));
    TRY(event_put(c, EVENT_RETURN_SENT, w.head.order_id, return_id, EVENT_BODY(.quantity = units)));
    return return_work_save(c, &w);
}

/* A scan before it is approved says nothing: who answers the wish sees it in the story. */
enum err returns_on_tracked(struct ctx *c, const struct event *events, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct return_work w;
        bool is_leaving = false;
        TRY(return_work_load(c, events[i].subject_id, &w));
        for (size_t k = 0; k < w.count; k++)
            is_leaving = is_leaving || w.lines[k].state == RETURN_APPROVED;
        if (is_leaving && carrier_has_it(events[i].word)) TRY(returns_send(c, w.head.return_id));
    }
    return OK;
}

/* What came of a line stays; of the rest up to `most` units are cut off. */
static enum err cut(struct ctx *c, struct return_work *w, struct return_line *l, int64_t most,
                    int64_t *units)
{
    int64_t kept = l->received > l->ended ? l->received : l->ended, rest = l->quantity - kept;
    if (rest > most) rest = most;
    if (rest <= 0 || return_has_ended(l->state)) return OK;
    *units += rest;
    TRY(return_unask(c, w->head.order_id, l->line_no, rest));
    if (rest == l->quantity) return return_line_do(c, l, RETURN_CANCEL);
    l->quantity -= rest;
    return l->ended == l->quantity ? return_line_do(c, l, RETURN_RESOLVE) : OK;
}

static enum err end_cut(struct ctx *c, struct return_work *w, int64_t units, struct text why)
{
    TRY(event_put(c, EVENT_RETURN_CANCELLED, w->head.order_id, w->head.return_id,
                  EVENT_BODY(.quantity = units, .note = why)));
    return return_work_save(c, w);
}

enum err returns_cancel(struct ctx *c, int64_t return_id, struct text why)
{
    struct return_work w;
    int64_t units = 0;
    TRY(return_work_load(c, return_id, &w));
    for (size_t i = 0; i < w.count; i++) TRY(cut(c, &w, &w.lines[i], w.lines[i].quantity, &units));
    if (!units)
        return fail(c, ERR_CONFLICT, "nothing_to_cancel", "all of it is here, or has its end");
    return end_cut(c, &w, units, why);
}

/* Units in returns of what has not left; other systems' credit notes may come first. */
static int64_t beyond_shipped(const struct return_work *w, const struct order_line *l)
{
    const struct return_line *at = w->all.at;
    int64_t units = -l->shipped;
    for (size_t i = 0; i < w->all.count; i++) {
        bool is_off = at[i].state == RETURN_DECLINED || at[i].state == RETURN_CANCELLED;
        if (at[i].line_no == l->line_no && !is_off && at[i].credit_minor == NONE)
            units += at[i].quantity - at[i].sent_back;
    }
    return units;
}

static enum err cut_beyond(struct ctx *c, int64_t return_id, int64_t *beyond)
{
    struct return_work w;
    int64_t units = 0;
    TRY(return_work_load(c, return_id, &w));
    const struct order_line *lines = w.order_lines.at;
    for (size_t i = 0; i < w.count; i++)
        for (size_t k = 0; k < w.order_lines.count; k++) {
            int64_t before = units;
            bool is_it = lines[k].line_no == w.lines[i].line_no && w.lines[i].credit_minor == NONE;
            if (!is_it || beyond[k] <= 0) continue;
            TRY(cut(c, &w, &w.lines[i], beyond[k], &units));
            beyond[k] -= units - before;
        }
    return units ? end_cut(c, &w, units, T("it was taken back")) : OK;
}

enum err returns_on_taken_back(struct ctx *c, const struct event *events, size_t count)
{
    struct list open;
    int64_t *ids = arena_new(c->arena, int64_t, count + 1), before = NONE;
    for (size_t i = 0; i < count; i++) ids[i] = events[i].order_id;
    sort_i64(ids, count);
    TRY(returns_of_orders(c, ids, unique_i64(ids, count), &open));
    const struct order_return *asked = open.at;
    for (size_t i = 0; i < open.count; i++) { /* few are asked for before they are here */
        struct return_work w;
        if (asked[i].settled_us != NONE || asked[i].order_id == before) continue;
        before = asked[i].order_id;
        TRY(return_work_of_order(c, before, &w));
        const struct order_line *l = w.order_lines.at;
        const struct order_return *r = w.returns.at;
        int64_t *beyond = arena_new(c->arena, int64_t, w.order_lines.count + 1);
        for (size_t k = 0; k < w.order_lines.count; k++) beyond[k] = beyond_shipped(&w, &l[k]);
        for (size_t k = 0; k < w.returns.count; k++)
            if (r[k].settled_us == NONE) TRY(cut_beyond(c, r[k].return_id, beyond));
    }
    return OK;
}
