/* stages/2_processing/paying.c: what staff do with an order's money. */
#include "stages/2_processing/paying.h"

#include "base/money.h"
#include "base/source.h"
#include "queries.h"
#include "stages/2_processing/paying_money.h"
#include "stages/2_processing/refunding.h"
#include "store/db.h"

enum err paying_open(struct ctx *c, const struct paying_act *act, bool needs_amount,
                     const char *note_field, struct order_money *m)
{
    TRY(money_load_one(c, act->order_id, true, m));
    if (m->state->commercial == COMMERCIAL_DRAFT)
        return fail(c, ERR_CONFLICT, "order_is_draft", "the order is not placed yet");
    if (act->amount_minor == NONE ? needs_amount : act->amount_minor <= 0)
        return fail_at(c, ERR_INVALID, "out_of_range", "amount", "an amount is above 0");
    if (act->currency.len && !text_eq(act->currency, m->order->currency)) {
        (void)fail_at(c, ERR_INVALID, "wrong_currency", "amount.currency",
                      "the order is not in %.*s", TEXT_ARG(act->currency));
        return hint(c, "give the amount in %.*s", TEXT_ARG(m->order->currency));
    }
    if (text_chars(act->note) > PAYMENT_REFERENCE_MAX)
        return fail_at(c, ERR_INVALID, "too_long", note_field, "at most %d characters",
                       PAYMENT_REFERENCE_MAX);
    if (text_chars(act->token) > PAYMENT_TOKEN_MAX)
        return fail_at(c, ERR_INVALID, "too_long", "token", "at most %d characters",
                       PAYMENT_TOKEN_MAX);
    TRY(payment_text_check(c, act->note, note_field));
    return payment_text_check(c, act->token, "token");
}

enum err paying_room(struct ctx *c, const struct order_money *m)
{
    if (m->purse_count < PAYMENTS_MAX) return OK;
    return fail(c, ERR_TOO_LARGE, "too_many_payments", "an order has at most %d payments",
                PAYMENTS_MAX);
}

struct payment paying_new(struct ctx *c, const struct order_money *m, int32_t method,
                          int64_t amount_minor)
{
    return (struct payment){.merchant_id = c->merchant_id,
                            .order_id = m->order->order_id,
                            .payment_id = source_id(c->source),
                            .method = method,
                            .provider = payment_provider_of(method),
                            .currency = m->order->currency,
                            .amount_minor = amount_minor,
                            .credit_id = NONE,
                            .created_us = c->now_us};
}

/* --- recording ------------------------------------------------------------------------------- */

static enum err refuse_twice(struct ctx *c, const struct order_money *m, struct text reference)
{
    const struct payment_intent *at = m->intents.at;
    for (size_t i = 0; reference.len && i < m->intents.count; i++)
        if (at[i].kind == INTENT_CAPTURE && text_eq(at[i].provider_ref, reference))
            return fail_at(c, ERR_CONFLICT, "payment_recorded", "reference",
                           "money with this reference was recorded already");
    return OK;
}

static enum err settle_account(struct ctx *c, struct purse *purse, enum account to,
                               struct text reference, int64_t *left)
{
    struct payment *p = purse->payment;
    int64_t open = p->authorised_minor - p->captured_minor - p->voided_minor;
    int64_t part = open < *left ? open : *left;
    if (p->method != PAY_ON_ACCOUNT || part <= 0) return OK;
    *left -= part;
    TRY(payment_change(c, p, (struct payment_change){.captured = part}));
    struct money_fact fact = {INTENT_CAPTURE, part, 0, 0, reference};
    TRY(money_done(c, p, &fact, NULL));
    return money_move(c, p, NONE, ACCOUNT_RECEIVABLE, to, part);
}

/* The carrier pays out what it took at the door. The order's counters know that money already. */
static enum err settle_carrier(struct ctx *c, const struct order_money *m, enum account to,
                               struct text reference, int64_t *left)
{
    struct list entries;
    TRY(money_entries_of(c, &m->order->order_id, 1, &entries));
    int64_t owes = account_holds(&entries, ACCOUNT_CARRIER);
    int64_t part = owes < *left ? owes : *left;
    for (size_t i = 0; part > 0 && i < m->purse_count; i++) {
        if (m->purses[i].payment->method != PAY_ON_DELIVERY) continue;
        *left -= part;
        TRY(money_move(c, m->purses[i].payment, NONE, ACCOUNT_CARRIER, to, part));
        return event_put(
            c, EVENT_ORDER_CHANGED, m->order->order_id, m->purses[i].payment->payment_id,
            EVENT_BODY(.word = T("carrier_paid"), .amount_minor = part, .note = reference));
    }
    return OK;
}

static enum err take_in(struct ctx *c, struct order_money *m, const struct paying_act *act,
                        int64_t amount)
{
    struct payment *p = NULL, fresh;
    for (size_t i = 0; !p && i < m->purse_count; i++)
        if (m->purses[i].payment->method == act->method) p = m->purses[i].payment;
    if (p) {
        TRY(payment_change(c, p, (struct payment_change){amount, amount, 0, 0}));
    } else {
        TRY(paying_room(c, m));
        fresh = paying_new(c, m, act->method, amount);
        fresh.authorised_minor = fresh.captured_minor = amount;
        p = arena_new(c->arena, struct payment, 1);
        *p = fresh;
        TRY(payment_insert(c, p));
        m->purses[m->purse_count++].payment = p; /* money_load left room for one */
    }
    struct money_fact fact = {INTENT_CAPTURE, amount, 0, 0, act->note};
    TRY(money_done(c, p, &fact, NULL));
    return money_move(c, p, NONE, ACCOUNT_CUSTOMER, payment_account(p->method), amount);
}

/* The hold says how much is missing, for who looks at it. */
static enum err note_missing(struct ctx *c, const struct order_money *m)
{
    int64_t due = money_due(m);
    if (due <= 0 || money_is_covered(m)) return OK;
    struct text amount = money_text(c->arena, due, text_cstr(c->arena, m->order->currency));
    return db_put(c, &Q_paying_hold_note,
                  ARGS(I64(c->merchant_id), I64(m->order->order_id), I64(HOLD_PAYMENT),
                       TXT(text_printf(c->arena, "%.*s still to pay", TEXT_ARG(amount)))));
}

enum err paying_record(struct ctx *c, const struct paying_act *act)
{
    struct order_money m;
    if (act->method != PAY_CASH && act->method != PAY_BANK_TRANSFER)
        return fail_at(c, ERR_INVALID, "method_not_recorded", "method",
                       "only cash and bank_transfer are recorded");
    TRY(paying_open(c, act, true, "reference", &m));
    TRY(refuse_twice(c, &m, act->note));
    enum account to = payment_account(act->method);
    int64_t left = act->amount_minor, due = money_due(&m), rest = due - act->amount_minor;
    for (size_t i = 0; i < m.purse_count; i++)
        TRY(settle_account(c, &m.purses[i], to, act->note, &left));
    TRY(settle_carrier(c, &m, to, act->note, &left));
    if (left > 0) TRY(take_in(c, &m, act, left));
    for (size_t i = 0; i < m.purse_count; i++) purse_fill(&m.purses[i], &m.intents);
    bool is_coins = act->method == PAY_CASH && rest > 0 &&
                    act->amount_minor == cash_rounded(due, m.order->currency);
    if (is_coins) TRY(refund_rounding(c, &m, rest));
    TRY(refunds_settle(c, &m));
    TRY(refund_excess(c, &m, REFUND_FOR_OVERPAID));
    TRY(note_missing(c, &m));
    return money_free_holds(c, &m, 1);
}

/* --- cards ----------------------------------------------------------------------------------- */

enum err paying_card(struct ctx *c, const struct paying_act *act)
{
    struct order_money m;
    TRY(paying_open(c, act, false, "note", &m));
    if (!act->token.len)
        return fail_at(c, ERR_INVALID, "required", "token",
                       "a card payment needs the provider's token");
    int64_t due = money_due(&m);
    for (size_t i = 0; i < m.purse_count; i++)
        if (m.purses[i].is_authorising)
            return fail(c, ERR_CONFLICT, "payment_under_way",
                        "an authorisation of this order is not answered yet");
    if (due <= 0) return fail(c, ERR_CONFLICT, "nothing_due", "the order is covered already");
    if (act->amount_minor != NONE && act->amount_minor > due)
        return fail_at(c, ERR_CONFLICT, "nothing_due", "amount", "only %lld is due",
                       (long long)due);
    TRY(paying_room(c, &m));
    struct payment p =
        paying_new(c, &m, PAY_CARD, act->amount_minor == NONE ? due : act->amount_minor);
    p.token = act->token;
    TRY(payment_insert(c, &p));
    struct purse purse = {.payment = &p};
    return money_ask(c, &purse, INTENT_AUTHORISE, p.amount_minor, 0, (struct text){0});
}

enum err paying_capture(struct ctx *c, const struct paying_act *act)
{
    struct order_money m;
    TRY(paying_open(c, act, false, "note", &m));
    int64_t most = 0, owed = money_uncommitted(&m), left;
    for (size_t i = 0; i < m.purse_count; i++) most += m.purses[i].capturable;
    if (most > owed) most = owed;
    if (!most)
        return fail(c, ERR_CONFLICT, "nothing_to_capture",
                    "no card has money reserved that the order still owes");
    if (act->amount_minor != NONE && act->amount_minor > most) {
        (void)fail_at(c, ERR_CONFLICT, "capture_too_large", "amount",
                      "more than is reserved and owed");
        return hint(c, "at most %lld", (long long)most);
    }
    return money_capture(c, &m, act->amount_minor == NONE ? most : act->amount_minor, 0, &left);
}

enum err paying_void(struct ctx *c, int64_t order_id)
{
    struct order_money m;
    TRY(paying_open(c, &(struct paying_act){.order_id = order_id, .amount_minor = NONE}, false,
                    "note", &m));
    bool any = false;
    for (size_t i = 0; i < m.purse_count; i++)
        if (m.purses[i].is_authorising)
            return fail(c, ERR_CONFLICT, "payment_under_way",
                        "an authorisation of this order is not answered yet");
    for (size_t i = 0; i < m.purse_count; i++) {
        if (!m.purses[i].capturable) continue;
        any = true;
        TRY(money_ask(c, &m.purses[i], INTENT_VOID, m.purses[i].capturable, 0, (struct text){0}));
    }
    if (!any) return fail(c, ERR_CONFLICT, "nothing_to_void", "no card has money reserved");
    bool all_left = m.state->shipped >= m.state->units - m.state->cancelled;
    if (m.state->commercial != COMMERCIAL_PLACED || all_left || !money_uncommitted(&m)) return OK;
    struct text why = T("the reserved money was given back");
    int64_t hold_id;
    TRY(hold_put(c, order_id, HOLD_PAYMENT, why, c->actor_id, NONE, &hold_id));
    return event_put(
        c, EVENT_ORDER_HELD, order_id, hold_id,
        EVENT_BODY(.word = text_of(word_of(&hold_reason_words, HOLD_PAYMENT)), .note = why));
}

/* --- looking --------------------------------------------------------------------------------- */

enum err paying_look(struct ctx *c, int64_t order_id, struct paying_view *out)
{
    struct order_money m;
    TRY(money_load_one(c, order_id, false, &m));
    struct payment *payments = arena_new(c->arena, struct payment, m.purse_count + 1);
    for (size_t i = 0; i < m.purse_count; i++) payments[i] = *m.purses[i].payment;
    *out = (struct paying_view){
        .order = *m.order,
        .balance = payment_balance(payments, m.purse_count, m.owed, m.refunds, m.refund_count),
        .payments = {payments, m.purse_count},
        .refunds = {m.refunds, m.refund_count},
        .intents = m.intents};
    return OK;
}
