/* services/returns/returns_resolve.c: what the customer gets for what came back. */
#include "base/money.h"
#include "base/source.h"
#include "domain/orders/worth.h"
#include "domain/payments/refund.h"
#include "services/returns/returns_load.h"

#include <string.h>

struct resolving {
    struct return_work work;
    struct list ends; /* of all returns of the order */
    struct list rules;
    int64_t refundable; /* of what the order is worth, not credited already */
    int64_t fee_left;
};

/* No order gives back more than what was not cancelled is worth; shipping may be among it. */
static enum err load_refundable(struct ctx *c, struct resolving *r)
{
    struct list refunds;
    struct order_state state;
    const struct return_work *w = &r->work;
    int64_t id = w->order.order_id;
    TRY(order_state_get(c, id, &state));
    TRY(refunds_of(c, &id, 1, &refunds));
    const struct refund *at = refunds.at;
    r->refundable =
        worth_owed(c->arena, &w->order, &state, w->order_lines.at, w->order_lines.count);
    for (size_t i = 0; i < refunds.count; i++) r->refundable -= refund_credit(&at[i]);
    if (r->refundable < 0) r->refundable = 0;
    return OK;
}

static enum err load(struct ctx *c, int64_t return_id, struct resolving *r)
{
    TRY(return_work_load(c, return_id, &r->work));
    const struct order_return *at = r->work.returns.at;
    int64_t *ids = arena_new(c->arena, int64_t, r->work.returns.count + 1);
    for (size_t i = 0; i < r->work.returns.count; i++) ids[i] = at[i].return_id;
    TRY(return_ends_of(c, ids, r->work.returns.count, &r->ends));
    r->fee_left = r->work.head.fee_minor;
    const struct return_end *e = r->ends.at;
    for (size_t i = 0; i < r->ends.count; i++)
        if (e[i].return_id == return_id) r->fee_left -= e[i].fee_minor;
    TRY(return_rules_load(c, &r->work, &r->rules));
    return load_refundable(c, r);
}

static bool is_paid(int32_t kind)
{
    return kind == RESOLVED_BY_REFUND || kind == RESOLVED_BY_EXCHANGE;
}

/* Units of an order's line that were paid for, in whichever return. What ended without money may be
   with the customer again, and come back for it. */
static int64_t paid_of(const struct resolving *r, int64_t line_no)
{
    const struct return_end *at = r->ends.at;
    int64_t sum = 0;
    for (size_t i = 0; i < r->ends.count; i++)
        if (at[i].line_no == line_no && is_paid(at[i].kind)) sum += at[i].quantity;
    return sum;
}

static void remember(struct ctx *c, struct resolving *r, const struct return_end *e)
{
    struct return_end *all = arena_new(c->arena, struct return_end, r->ends.count + 1);
    if (r->ends.count) memcpy(all, r->ends.at, r->ends.count * sizeof *all);
    all[r->ends.count] = *e;
    r->ends = (struct list){all, r->ends.count + 1};
}

static int64_t worth_of(struct ctx *c, const struct resolving *r, const struct return_line *l,
                        int64_t quantity)
{
    const struct order_line *line = return_order_line(&r->work, l->line_no);
    if (l->credit_minor != NONE)
        return money_share(l->credit_minor, l->ended + quantity, l->quantity) -
               money_share(l->credit_minor, l->ended, l->quantity);
    return line ? return_worth(c, &r->work, line, paid_of(r, l->line_no), quantity) : 0;
}

static enum err check(struct ctx *c, const struct return_settlement *s, size_t i,
                      const struct return_line *l)
{
    int64_t most = (l->received ? l->received : l->quantity) - l->ended;
    if (s->kind < 0 || s->kind > RESOLVED_BY_NOTHING)
        return return_fail(c, ERR_INVALID, "resolution", i, "resolution",
                           "there is no such resolution");
    if (s->target > REFUND_BY_HAND)
        return return_fail(c, ERR_INVALID, "invalid_value", i, "refund_to",
                           "there is no such way to give money back");
    if (s->quantity < 1)
        return return_fail(c, ERR_INVALID, "out_of_range", i, "quantity", "at least 1");
    if (s->quantity > most) {
        return_fail(c, ERR_CONFLICT, "not_that_many", i, "quantity",
                    "more than came and has no end yet");
        return hint(c, "at most %lld; cancel what will not come", (long long)most);
    }
    struct return_line would = *l;
    return return_line_do(c, &would, RETURN_RESOLVE);
}

static bool is_somebody(const struct order *o)
{
    return o->customer_id != NONE || o->customer_email.len;
}

/* A refund as it was named or as the goods are worth; an exchange names what is left over. */
static enum err price(struct ctx *c, struct resolving *r, size_t i,
                      const struct return_settlement *s, const struct return_line *l,
                      struct return_end *e)
{
    if (!is_paid(s->kind)) return OK;
    if (s->target == REFUND_TO_STORE_CREDIT && !is_somebody(&r->work.order)) {
        return_fail(c, ERR_CONFLICT, "nobody_to_credit", i, "refund_to",
                    "the order has no customer and no e-mail address");
        return hint(c, "name one on the order, or refund it to its source");
    }
    if (s->refund_minor != NONE) {
        e->refund_minor = s->refund_minor;
        e->fee_minor = s->fee_minor;
        if (s->refund_minor < 0)
            return return_fail(c, ERR_INVALID, "out_of_range", i, "refund", "not below 0");
        if (s->refund_minor <= r->refundable) return OK;
        return_fail(c, ERR_CONFLICT, "refund_too_large", i, "refund",
                    "more than the order was worth");
        const char *currency = text_cstr(c->arena, r->work.order.currency);
        return hint(c, "at most %.*s", TEXT_ARG(money_text(c->arena, r->refundable, currency)));
    }
    e->refund_minor = worth_of(c, r, l, s->quantity);
    e->fee_minor = r->fee_left < e->refund_minor ? r->fee_left : e->refund_minor;
    if (e->fee_minor < 0) e->fee_minor = 0;
    e->refund_minor -= e->fee_minor;
    if (e->refund_minor > r->refundable) e->refund_minor = r->refundable;
    return OK;
}

static enum refund_target target_of(struct ctx *c, const struct resolving *r,
                                    const struct return_settlement *s)
{
    const struct order_line *l = return_order_line(&r->work, s->line_no);
    if (s->target >= 0) return (enum refund_target)s->target;
    if (!l || !is_somebody(&r->work.order) || !returns_is_wish(r->work.head.reason))
        return REFUND_TO_SOURCE;
    return return_rule_of(c, &r->work, &r->rules, l).is_credited ? REFUND_TO_STORE_CREDIT
                                                                 : REFUND_TO_SOURCE;
}

/* The same purpose owes once, so a repetition owes nothing. */
static enum err owe(struct ctx *c, const struct return_work *w, const struct return_end *e,
                    enum refund_target target)
{
    struct refund owed;
    struct text word = text_of(word_of(&return_resolution_words, e->kind));
    struct refund_claim claim = {.order_id = w->order.order_id,
                                 .amount_minor = e->refund_minor,
                                 .purpose_id = e->end_id,
                                 .cause = REFUND_FOR_RETURN,
                                 .target = target,
                                 .note = e->note.len ? e->note : word};
    TRY(refund_owe(c, &claim, 1, &owed));
    if (owed.refund_id == NONE) return OK;
    return event_put(c, EVENT_REFUND_OWED, w->order.order_id, owed.refund_id,
                     EVENT_BODY(.amount_minor = owed.amount_minor,
                                .word = text_of(word_of(&refund_cause_words, claim.cause)),
                                .other_id = e->end_id));
}

static enum err resolve(struct ctx *c, struct resolving *r, size_t i,
                        const struct return_settlement *s)
{
    struct return_line *l;
    struct return_end e = {.merchant_id = c->merchant_id,
                           .end_id = source_id(c->source),
                           .line_no = s->line_no,
                           .quantity = s->quantity,
                           .kind = s->kind,
                           .order_id = s->order_id,
                           .note = s->note,
                           .at_us = c->now_us,
                           .actor_id = c->actor_id};
    TRY(return_work_line(c, &r->work, i, s->line_no, &l));
    TRY(check(c, s, i, l));
    TRY(price(c, r, i, s, l, &e));
    e.return_id = l->return_id;
    r->fee_left -= e.fee_minor;
    r->refundable -= e.refund_minor;
    TRY(return_end_put(c, &e, l));
    remember(c, r, &e);
    TRY(owe(c, &r->work, &e, target_of(c, r, s)));
    if (l->ended == l->quantity) TRY(return_line_do(c, l, RETURN_RESOLVE));
    return event_put(c, EVENT_RETURN_RESOLVED, r->work.order.order_id, l->return_id,
                     EVENT_BODY(.line_no = l->line_no, .quantity = s->quantity,
                                .word = text_of(word_of(&return_resolution_words, s->kind)),
                                .amount_minor = e.refund_minor ? e.refund_minor : NONE,
                                .other_id = s->order_id, .note = s->note));
}

enum err returns_resolve(struct ctx *c, int64_t return_id, const struct list *settlements)
{
    struct resolving r = {0};
    const struct return_settlement *at = settlements->at;
    if (!settlements->count)
        return fail_at(c, ERR_INVALID, "required", "lines", "nothing to resolve");
    TRY(load(c, return_id, &r));
    for (size_t i = 0; i < settlements->count; i++) TRY(resolve(c, &r, i, &at[i]));
    return return_work_save(c, &r.work);
}

enum err returns_value(struct ctx *c, int64_t return_id, const struct list *settlements,
                       int64_t *worth_minor, int64_t *fee_minor)
{
    struct resolving r = {0};
    const struct return_settlement *at = settlements->at;
    *worth_minor = 0;
    TRY(load(c, return_id, &r));
    for (size_t i = 0; i < settlements->count; i++) {
        struct return_line *l;
        TRY(return_work_line(c, &r.work, i, at[i].line_no, &l));
        TRY(check(c, &at[i], i, l));
        int64_t worth = worth_of(c, &r, l, at[i].quantity);
        l->ended += at[i].quantity;
        remember(c, &r,
                 &(struct return_end){.line_no = at[i].line_no,
                                      .quantity = at[i].quantity,
                                      .kind = RESOLVED_BY_EXCHANGE});
        *worth_minor += worth;
    }
    *fee_minor = r.fee_left < *worth_minor ? r.fee_left : *worth_minor;
    if (*fee_minor < 0) *fee_minor = 0;
    *worth_minor -= *fee_minor;
    if (*worth_minor > r.refundable) *worth_minor = r.refundable;
    return OK;
}
