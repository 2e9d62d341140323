#include "stages/7_completion/case_resolving.h"

#include "base/source.h"
#include "domain/events/event.h"
#include "domain/events/job.h"
#include "domain/orders/package.h"
#include "domain/orders/worth.h"
#include "domain/payments/payment.h"
#include "domain/payments/refund.h"
#include "domain/people/people.h"
#include "stages/7_completion/completing.h"

#include <stdio.h>

enum err case_resolving_load(struct ctx *c, struct case_resolving *r)
{
    int64_t id = r->answer->order_id;
    TRY(order_get(c, id, &r->order));
    TRY(order_state_get(c, id, &r->state));
    return order_lines_of(c, &id, 1, &r->lines);
}

const struct order_line *case_line_find(const struct case_resolving *r, int64_t line_no)
{
    const struct order_line *at = r->lines.at;
    for (size_t i = 0; i < r->lines.count; i++)
        if (at[i].line_no == line_no) return &at[i];
    return NULL;
}

/* What was promised back and no payment was asked for yet is not there for another; nor does an
   order give back more than it is worth. */
static enum err load_left(struct ctx *c, const struct case_resolving *r, const struct list *intents,
                          int64_t *left)
{
    struct list refunds;
    int64_t id = r->order.order_id;
    int64_t worth = worth_owed(c->arena, &r->order, &r->state, r->lines.at, r->lines.count);
    TRY(refunds_of(c, &id, 1, &refunds));
    const struct refund *at = refunds.at;
    for (size_t i = 0; i < refunds.count; i++) {
        worth -= refund_credit(&at[i]);
        if (refund_is_open(&at[i]))
            *left -= at[i].amount_minor - at[i].done_minor - at[i].set_off_minor;
    }
    const struct payment_intent *in = intents->at;
    for (size_t i = 0; i < intents->count; i++)
        if (in[i].refund_id != NONE &&
            (in[i].state == INTENT_ASKED || in[i].state == INTENT_UNKNOWN))
            *left += in[i].amount_minor;
    if (*left > worth) *left = worth;
    if (*left < 0) *left = 0;
    return OK;
}

enum err case_check_refund(struct ctx *c, struct case_resolving *r)
{
    struct list payments, intents = {0};
    int64_t id = r->order.order_id, refundable = 0;
    const char *currency = text_cstr(c->arena, r->order.currency);
    if (r->answer->currency.len && !text_eq(r->answer->currency, r->order.currency)) {
        fail_at(c, ERR_INVALID, "invalid_value", "refund.currency", "the order is in %s", currency);
        return hint(c, "refund in %s", currency);
    }
    TRY(payments_take(c, &id, 1, &payments));
    TRY(orders_lock(c, &id, 1)); /* returns owe under this lock */
    TRY(order_state_get(c, id, &r->state));
    TRY(order_lines_of(c, &id, 1, &r->lines));
    const struct payment *at = payments.at;
    int64_t *ids = arena_new(c->arena, int64_t, payments.count + 1);
    for (size_t i = 0; i < payments.count; i++) ids[i] = at[i].payment_id;
    if (payments.count) TRY(intents_of_payments(c, ids, payments.count, &intents));
    for (size_t i = 0; i < payments.count; i++) {
        refundable += payment_free(&at[i], &intents, INTENT_REFUND);
        if (at[i].method == PAYMENT_ON_ACCOUNT) /* claimed and not paid yet: the claim goes */
            refundable += at[i].authorised_minor - at[i].captured_minor - at[i].voided_minor;
    }
    TRY(load_left(c, r, &intents, &refundable));
    if (r->answer->refund_minor <= refundable) return OK;
    fail_at(c, ERR_CONFLICT, "refund_too_large", "refund",
            "more than is left of what was taken for this order");
    return hint(c, "at most %.*s", TEXT_ARG(money_text(c->arena, refundable, currency)));
}

/* The same purpose owes once. */
enum err case_owe(struct ctx *c, const struct case_resolving *r)
{
    struct refund owed;
    struct refund_claim claim = {
        .order_id = r->order.order_id,
        .amount_minor = r->answer->refund_minor,
        .purpose_id = r->concern.case_id,
        .cause = REFUND_FOR_CASE,
        .note = text_of(word_of(&case_resolution_words, r->answer->resolution))};
    TRY(refund_owe(c, &claim, 1, &owed));
    if (owed.refund_id == NONE) return OK;
    return event_put(c, EVENT_REFUND_OWED, claim.order_id, owed.refund_id,
                     EVENT_BODY(.amount_minor = owed.amount_minor,
                                .word = text_of(word_of(&refund_cause_words, claim.cause)),
                                .note = claim.note));
}

static enum err at_line(struct ctx *c, enum err code, const char *reason, size_t i,
                        const char *member, const char *detail, int64_t number)
{
    char field[40];
    snprintf(field, sizeof field, "lines[%zu].%s", i, member);
    return fail_at(c, code, reason, field, "%s %lld", detail, (long long)number);
}

/* What of each line is on its way back already, by index of the line. */
static enum err count_returns(struct ctx *c, const struct case_resolving *r, int64_t *asked)
{
    struct list returns, lines;
    int64_t id = r->order.order_id;
    const struct order_line *at = r->lines.at;
    TRY(returns_of_orders(c, &id, 1, &returns));
    int64_t *ids = arena_new(c->arena, int64_t, returns.count + 1);
    for (size_t i = 0; i < returns.count; i++)
        ids[i] = ((const struct order_return *)returns.at)[i].return_id;
    if (!returns.count) return OK;
    TRY(return_lines_of(c, ids, returns.count, &lines));
    const struct return_line *back = lines.at;
    for (size_t i = 0; i < lines.count; i++)
        for (size_t k = 0; k < r->lines.count; k++)
            if (at[k].line_no == back[i].line_no && back[i].state != RETURN_DECLINED &&
                back[i].state != RETURN_CANCELLED)
                asked[k] += back[i].quantity - back[i].sent_back;
    return OK;
}

static int32_t reason_of(const struct case_resolving *r)
{
    if (r->answer->return_reason >= 0 && r->answer->return_reason <= RETURN_BECAUSE_OTHER)
        return r->answer->return_reason;
    switch ((enum case_kind)r->concern.kind) {
    case CASE_LATE: return RETURN_BECAUSE_LATE;
    case CASE_DAMAGED: return RETURN_BECAUSE_DAMAGED;
    case CASE_WRONG_ITEM: return RETURN_BECAUSE_WRONG_ITEM;
    case CASE_NOT_SATISFIED: return RETURN_BECAUSE_UNWANTED;
    case CASE_MISSING:
    case CASE_QUESTION:
    case CASE_REFUND_REQUEST:
    case CASE_OTHER: break;
    }
    return RETURN_BECAUSE_OTHER;
}

enum err case_ask_back(struct ctx *c, const struct case_resolving *r, struct case_outcome *out)
{
    const struct case_line *wanted = r->answer->lines.at;
    size_t n = r->answer->lines.count;
    int64_t units = 0;
    int64_t *asked = arena_new(c->arena, int64_t, r->lines.count + 1);
    struct return_line *lines = arena_new(c->arena, struct return_line, n);
    TRY(count_returns(c, r, asked));
    out->return_id = source_id(c->source);
    for (size_t i = 0; i < n; i++) {
        const struct order_line *l = case_line_find(r, wanted[i].line_no);
        if (!l || !line_is_physical(l))
            return at_line(c, ERR_NOT_FOUND, "line_not_found", i, "line_no",
                           "the order has no goods in line", wanted[i].line_no);
        int64_t *before = &asked[l - (const struct order_line *)r->lines.at];
        if (wanted[i].quantity < 1 || wanted[i].quantity > l->shipped - *before)
            return at_line(c, ERR_CONFLICT, "quantity_too_large", i, "quantity",
                           "units that can come back:", l->shipped - *before);
        *before += wanted[i].quantity; /* a line named twice is one too many for the row's key */
        for (size_t k = 0; k < i; k++)
            if (lines[k].line_no == l->line_no)
                return at_line(c, ERR_INVALID, "invalid_value", i, "line_no",
                               "named twice:", l->line_no);
        units += wanted[i].quantity;
        lines[i] =
            return_line_new(c, out->return_id, l->line_no, l->product_id, wanted[i].quantity);
    }
    struct order_return head = {.merchant_id = c->merchant_id,
                                .order_id = r->order.order_id,
                                .return_id = out->return_id,
                                .case_id = r->concern.case_id,
                                .package_id = NONE,
                                .site_id = NONE,
                                .reason = reason_of(r),
                                .note = r->concern.words,
                                .created_us = c->now_us,
                                .settled_us = NONE,
                                .at_door_us = NONE};
    TRY(return_insert(c, &head, lines, n, false));
    return event_put(c, EVENT_RETURN_REQUESTED, r->order.order_id, out->return_id,
                     EVENT_BODY(.quantity = units,
                                .note = text_of(word_of(&return_reason_words, head.reason)),
                                .other_id = head.case_id));
}

enum err case_let_order_close(struct ctx *c, const struct order_state *state)
{
    struct merchant merchant;
    struct list packages;
    int64_t id = state->order_id, due_us = c->now_us, gone;
    if (state->commercial != COMMERCIAL_PLACED) return OK;
    TRY(units_gone(c, state, 1, &gone));
    if (state->delivered + gone < state->units - state->cancelled) return OK;
    TRY(merchant_get(c, &merchant));
    TRY(packages_of_orders(c, &id, 1, &packages));
    const struct package *at = packages.at;
    for (size_t i = 0; i < packages.count; i++)
        if (at[i].delivered_us != NONE && at[i].delivered_us + merchant.grace_us > due_us)
            due_us = at[i].delivered_us + merchant.grace_us;
    return job_put(c, JOB_COMPLETE, id, due_us);
}
