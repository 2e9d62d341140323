#include "stages/1_receipt/receipt_pay.h"

#include "base/source.h"
#include "base/time.h"
#include "domain/events/event.h"
#include "domain/payments/payment.h"
#include "stages/1_receipt/receipt_save.h"

static bool is_credit(int32_t method)
{
    return method == PAY_GIFT_CARD || method == PAY_STORE_CREDIT;
}

int32_t receipt_pays_by(const struct draft *d)
{
    const struct draft_payment *at = d->payments.at;
    for (size_t i = 0; i < d->payments.count; i++)
        if (!is_credit(at[i].method)) return at[i].method;
    if (d->payments.count) return at[0].method;
    if (d->payment_method >= 0) return d->payment_method;
    return d->payment_token.len ? PAY_CARD : PAY_BANK_TRANSFER;
}

/* --- ways ------------------------------------------------------------------------------------ */

static enum err check_one(struct ctx *c, const struct candidate *o)
{
    const struct draft *d = o->draft;
    int32_t by = o->order.payment_method;
    bool is_card = by == PAY_CARD;
    if (is_credit(by)) {
        fail_at(c, ERR_INVALID, "invalid_value", "payment_method",
                "gift cards and store credit are given as payments");
        return hint(c, "payments: [{\"method\": \"gift_card\", \"code\": \"...\"}]");
    }
    if (is_card && !d->payment_token.len && !d->is_draft) {
        fail_at(c, ERR_INVALID, "required", "payment_token",
                "a card payment needs the provider's token");
        return hint(c, "or pay by bank_transfer, on_account, on_delivery or cash");
    }
    if (is_card || !d->payment_token.len) return OK;
    fail_at(c, ERR_INVALID, "token_unused", "payment_token",
            "there is a card's token, but the order is paid otherwise");
    return hint(c, "leave the token out, or say payment_method card");
}

static enum err check_way(struct ctx *c, const struct candidate *o, const struct draft_payment *p)
{
    bool is_card = p->method == PAY_CARD, is_gift = p->method == PAY_GIFT_CARD;
    if (is_card && !p->token.len)
        return fail_at(c, ERR_INVALID, "required", "token",
                       "a card payment needs the provider's token");
    if (!is_card && p->token.len)
        return fail_at(c, ERR_INVALID, "token_unused", "token", "only cards have a token");
    TRY(payment_text_check(c, p->token, "token"));
    if (is_gift && !credit_code_normal(c->arena, p->code).at) {
        fail_at(c, ERR_INVALID, "required", "code", "a gift card needs its code");
        return hint(c, "at least 12 letters and digits, as printed on the card");
    }
    if (!is_gift && p->code.len)
        return fail_at(c, ERR_INVALID, "invalid_value", "code", "only gift cards have a code");
    if (p->amount.minor == NONE) return OK;
    if (!text_is(o->order.currency, p->amount.currency))
        return fail_at(c, ERR_INVALID, "currency_differs", "amount", "%s in an order in %.*s",
                       p->amount.currency, TEXT_ARG(o->order.currency));
    return p->amount.minor > 0
               ? OK
               : fail_at(c, ERR_INVALID, "out_of_range", "amount", "an amount above 0 is needed");
}

enum err receipt_pay_ways(struct ctx *c, const struct candidate *o)
{
    const struct draft *d = o->draft;
    const struct draft_payment *at = d->payments.at;
    if (!d->payments.count) return check_one(c, o);
    if (d->is_draft) {
        fail_at(c, ERR_INVALID, "invalid_value", "payments", "a draft keeps no payments");
        return hint(c, "give them when it is placed");
    }
    if (d->payment_method >= 0 || d->payment_token.len)
        return fail_at(c, ERR_INVALID, "invalid_value",
                       d->payment_token.len ? "payment_token" : "payment_method",
                       "payments say already how it is paid");
    if (d->payments.count > DRAFT_PAYMENTS_MAX)
        return fail_at(c, ERR_TOO_LARGE, "too_many", "payments", "%zu payments, at most %d",
                       d->payments.count, DRAFT_PAYMENTS_MAX);
    for (size_t i = 0; i < d->payments.count; i++) {
        enum err e = check_way(c, o, &at[i]);
        if (e != OK) return fail_under(c, e, "payments[%zu]", i);
    }
    return OK;
}

/* --- shares ---------------------------------------------------------------------------------- */

static struct credit *credit_in(struct ctx *c, const struct known *k, const struct candidate *o,
                                const struct draft_payment *p)
{
    struct credit *at = k->credits.at;
    bool is_gift = p->method == PAY_GIFT_CARD;
    struct text hash = {0};
    if (is_gift) hash = credit_code_hash(c->arena, credit_code_normal(c->arena, p->code));
    for (size_t i = 0; i < k->credits.count; i++) {
        if (is_gift ? text_eq(at[i].code_hash, hash)
                    : at[i].kind == CREDIT_STORE && text_eq(at[i].currency, o->order.currency) &&
                          (o->order.customer_id != NONE
                               ? at[i].customer_id == o->order.customer_id
                               : at[i].customer_id == NONE && at[i].owner_id == o->order.owner_id &&
                                     text_eq(at[i].email, o->order.customer_email)))
            return &at[i];
    }
    return NULL;
}

static enum err find_credit(struct ctx *c, const struct known *k, const struct candidate *o,
                            const struct draft_payment *p, struct credit **out)
{
    const char *field = p->method == PAY_GIFT_CARD ? "code" : "method";
    struct credit *found = *out = credit_in(c, k, o, p);
    if (!found && p->method == PAY_GIFT_CARD)
        return fail_at(c, ERR_NOT_FOUND, "credit_not_found", field, "there is no such gift card");
    if (!found)
        return fail_at(c, ERR_NOT_FOUND, "credit_not_found", field,
                       "the customer has no store credit in %.*s", TEXT_ARG(o->order.currency));
    if (!text_eq(found->currency, o->order.currency))
        return fail_at(c, ERR_INVALID, "wrong_currency", field, "it is in %.*s, the order in %.*s",
                       TEXT_ARG(found->currency), TEXT_ARG(o->order.currency));
    if (found->expires_day != NONE && found->expires_day < day_of_us(c->now_us))
        return fail_at(c, ERR_CONFLICT, "credit_expired", field, "its last day is over");
    return found->balance_minor > 0
               ? OK
               : fail_at(c, ERR_CONFLICT, "credit_spent", field, "there is nothing left on it");
}

static enum err share_one(struct ctx *c, const struct known *k, const struct candidate *o,
                          const struct draft_payment *p, int64_t *left, struct share_paid *out)
{
    *out = (struct share_paid){.method = p->method, .token = p->token};
    if (is_credit(p->method)) TRY(find_credit(c, k, o, p, &out->credit));
    int64_t most = *left, wish = p->amount.minor;
    if (wish != NONE && wish > *left)
        return fail_at(c, ERR_INVALID, "overpaid", "amount", "only %lld is left to pay",
                       (long long)*left);
    if (out->credit && wish != NONE && wish > out->credit->balance_minor)
        return fail_at(c, ERR_CONFLICT, "credit_spent", "amount", "there is only %lld left on it",
                       (long long)out->credit->balance_minor);
    if (out->credit && most > out->credit->balance_minor) most = out->credit->balance_minor;
    out->amount_minor = wish != NONE ? wish : most;
    *left -= out->amount_minor;
    return OK;
}

static void give_back(struct candidate *o, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (o->pays[i].credit) o->pays[i].credit->balance_minor += o->pays[i].amount_minor;
}

/* A share of nothing is left out: the ways before it paid all. */
static enum err share_all(struct ctx *c, const struct known *k, struct candidate *o)
{
    const struct draft_payment *at = o->draft->payments.at;
    int64_t left = o->order.total_minor;
    size_t n = 0;
    for (size_t i = 0; i < o->draft->payments.count; i++) {
        enum err e = share_one(c, k, o, &at[i], &left, &o->pays[n]);
        if (e != OK) {
            give_back(o, n);
            return fail_under(c, e, "payments[%zu]", i);
        }
        if (!o->pays[n].amount_minor) continue;
        if (o->pays[n].credit) o->pays[n].credit->balance_minor -= o->pays[n].amount_minor;
        n++;
    }
    o->pay_count = n;
    if (!left) return OK;
    give_back(o, n);
    fail_at(c, ERR_INVALID, "underpaid", "payments", "%lld of %lld is not paid by them",
            (long long)left, (long long)o->order.total_minor);
    return hint(c, "leave out the amount of the last one, or add one");
}

enum err receipt_pay_shares(struct ctx *c, const struct known *k, struct candidate *o)
{
    const struct draft *d = o->draft;
    if (d->is_draft || !o->order.total_minor) return OK;
    o->pays = arena_new(c->arena, struct share_paid, d->payments.count + 1);
    if (d->payments.count) return share_all(c, k, o);
    o->pays[o->pay_count++] = (struct share_paid){.method = o->order.payment_method,
                                                  .amount_minor = o->order.total_minor,
                                                  .token = d->payment_token};
    return OK;
}

/* --- saving ---------------------------------------------------------------------------------- */

static enum err spend(struct ctx *c, const struct share_paid *s, struct payment *p)
{
    struct credit k = *s->credit;
    int64_t id = source_id(c->source), amount = s->amount_minor;
    enum err e = credit_take(c, &k, amount);
    if (e == ERR_CONFLICT)
        return fail(c, ERR_BUSY, "raced", "the gift card or credit was spent meanwhile");
    TRY(e);
    p->credit_id = k.credit_id;
    p->authorised_minor = p->captured_minor = amount;
    TRY(payment_insert(c, p));
    TRY(intent_insert(c, &(struct payment_intent){.merchant_id = c->merchant_id,
                                                  .intent_id = id,
                                                  .order_id = p->order_id,
                                                  .payment_id = p->payment_id,
                                                  .kind = INTENT_CAPTURE,
                                                  .amount_minor = amount,
                                                  .purpose_id = id,
                                                  .refund_id = NONE,
                                                  .state = INTENT_DONE,
                                                  .provider_ref = k.code_end,
                                                  .asked_us = c->now_us,
                                                  .answered_us = c->now_us}));
    TRY(money_move(c, p, id, ACCOUNT_CUSTOMER, ACCOUNT_STORE_CREDIT, amount));
    return event_put(c, EVENT_PAYMENT_CAPTURED, p->order_id, id,
                     EVENT_BODY(.amount_minor = amount, .other_id = p->payment_id));
}

enum err receipt_save_payment(struct ctx *c, const struct candidate *o)
{
    for (size_t i = 0; i < o->pay_count; i++) {
        const struct share_paid *s = &o->pays[i];
        struct payment p = {.merchant_id = c->merchant_id,
                            .order_id = o->order.order_id,
                            .payment_id = source_id(c->source),
                            .method = s->method,
                            .provider = payment_provider_of(s->method),
                            .token = s->token,
                            .currency = o->order.currency,
                            .amount_minor = s->amount_minor,
                            .credit_id = NONE,
                            .created_us = c->now_us};
        if (s->credit) {
            TRY(spend(c, s, &p));
            continue;
        }
        TRY(payment_insert(c, &p));
        if (p.method == PAY_CARD) TRY(intent_ask(c, &p, INTENT_AUTHORISE, p.amount_minor, 0));
    }
    return OK;
}
