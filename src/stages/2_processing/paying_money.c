#include "stages/2_processing/paying_money.h"

#include "base/sort.h"
#include "base/source.h"
#include "domain/orders/worth.h"
#include "store/db.h"

static_assert(PAYMENT_BY_CARD == (int)PAY_CARD && PAYMENT_BY_CASH == (int)PAY_CASH &&
                  PAYMENT_BY_BANK_TRANSFER == (int)PAY_BANK_TRANSFER &&
                  PAYMENT_ON_ACCOUNT == (int)PAY_ON_ACCOUNT &&
                  PAYMENT_ON_DELIVERY == (int)PAY_ON_DELIVERY &&
                  PAYMENT_BY_GIFT_CARD == (int)PAY_GIFT_CARD &&
                  PAYMENT_BY_STORE_CREDIT == (int)PAY_STORE_CREDIT,
              "domain/payments and domain/orders name the same methods");

/* --- loading --------------------------------------------------------------------------------- */

void purse_fill(struct purse *purse, const struct list *intents)
{
    struct payment *p = purse->payment;
    bool is_card = p->method == PAY_CARD;
    struct list own = LIST_RUN(intents, struct payment_intent, payment_id, p->payment_id);
    const struct payment_intent *at = own.at;
    purse->capturable = is_card ? payment_free(p, &own, INTENT_CAPTURE) : 0;
    purse->refundable = payment_free(p, &own, INTENT_REFUND);
    purse->is_authorising = false;
    purse->committed = p->captured_minor;
    if (p->method == PAY_ON_ACCOUNT) {
        purse->committed = p->authorised_minor;
        purse->refundable += p->authorised_minor - p->captured_minor - p->voided_minor;
    }
    for (size_t i = 0; i < own.count; i++) {
        bool waits = at[i].state == INTENT_ASKED || at[i].state == INTENT_UNKNOWN;
        if (waits && at[i].kind == INTENT_CAPTURE) purse->committed += at[i].amount_minor;
        if (waits && at[i].kind == INTENT_AUTHORISE) purse->is_authorising = true;
    }
}

static void fill_one(struct ctx *c, struct order_money *m, const struct list *payments)
{
    struct list own = LIST_RUN(payments, struct payment, order_id, m->order->order_id);
    struct payment *at = own.at;
    m->purses = arena_new(c->arena, struct purse, own.count + 1);
    m->purse_count = own.count;
    for (size_t i = 0; i < own.count; i++) {
        m->purses[i].payment = &at[i];
        purse_fill(&m->purses[i], &m->intents);
    }
    m->owed = worth_owed(c->arena, m->order, m->state, m->lines, m->line_count);
    for (size_t i = 0; i < m->refund_count; i++) {
        const struct refund *r = &m->refunds[i];
        m->credited += refund_credit(r);
        m->set_off += r->set_off_minor;
        int64_t whole = r->state == REFUND_WAIVED ? r->done_minor + r->set_off_minor
                                                  : r->amount_minor;
        m->handed_back += whole - refund_credit(r);
        if (refund_is_open(r)) m->unasked += r->amount_minor - r->done_minor - r->set_off_minor;
    }
    const struct payment_intent *at_intent = m->intents.at;
    for (size_t i = 0; m->unasked && i < m->intents.count; i++)
        if (at_intent[i].order_id == m->order->order_id && at_intent[i].refund_id != NONE &&
            (at_intent[i].state == INTENT_ASKED || at_intent[i].state == INTENT_UNKNOWN))
            m->unasked -= at_intent[i].amount_minor;
}

enum err money_load(struct ctx *c, const int64_t *order_ids, size_t n, bool take,
                    struct order_money **out, size_t *count)
{
    int64_t *ids = arena_new(c->arena, int64_t, n + 1);
    for (size_t i = 0; i < n; i++) ids[i] = order_ids[i];
    sort_i64(ids, n);
    n = unique_i64(ids, n);
    struct list payments, intents, orders, lines, states, refunds;
    TRY((take ? payments_take : payments_of)(c, ids, n, &payments));
    int64_t *payment_ids = arena_new(c->arena, int64_t, payments.count + 1);
    const struct payment *paid = payments.at;
    for (size_t i = 0; i < payments.count; i++) payment_ids[i] = paid[i].payment_id;
    TRY(intents_of_payments(c, payment_ids, payments.count, &intents));
    TRY(order_list_of(c, ids, n, &orders));
    TRY(order_states_of(c, ids, n, &states));
    TRY(order_lines_of(c, ids, n, &lines));
    TRY(refunds_of(c, ids, n, &refunds));
    struct money_policy *policy = arena_new(c->arena, struct money_policy, 1);
    TRY(money_policy_get(c, policy));
    *out = arena_new(c->arena, struct order_money, orders.count + 1);
    *count = orders.count;
    const struct order *order = orders.at;
    for (size_t i = 0; i < orders.count; i++) {
        struct order_money *m = &(*out)[i];
        struct list own = LIST_RUN(&lines, struct order_line, order_id, order[i].order_id);
        struct list back = LIST_RUN(&refunds, struct refund, order_id, order[i].order_id);
        *m = (struct order_money){
            .order = &order[i],
            .state = LIST_RUN(&states, struct order_state, order_id, order[i].order_id).at,
            .lines = own.at,
            .line_count = own.count,
            .policy = policy,
            .refunds = back.at,
            .refund_count = back.count,
            .intents = intents};
        fill_one(c, m, &payments);
    }
    return OK;
}

enum err money_load_one(struct ctx *c, int64_t order_id, bool take, struct order_money *out)
{
    struct order_money *all;
    size_t count;
    TRY(money_load(c, &order_id, 1, take, &all, &count));
    if (!count) return fail(c, ERR_NOT_FOUND, "order_not_found", "there is no such order");
    *out = all[0];
    return OK;
}

struct order_money *money_in(struct order_money *all, size_t count, int64_t order_id)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (all[middle].order->order_id < order_id)
            low = middle + 1;
        else
            high = middle;
    }
    return low < count && all[low].order->order_id == order_id ? &all[low] : NULL;
}

/* --- standing -------------------------------------------------------------------------------- */

int64_t money_committed(const struct order_money *m)
{
    int64_t sum = m->set_off - m->handed_back;
    for (size_t i = 0; i < m->purse_count; i++) sum += m->purses[i].committed;
    return sum;
}

int64_t money_uncommitted(const struct order_money *m)
{
    int64_t left = m->owed - money_committed(m);
    return left > 0 ? left : 0;
}

int64_t money_due(const struct order_money *m)
{
    int64_t due = money_uncommitted(m);
    for (size_t i = 0; i < m->purse_count; i++) {
        const struct purse *purse = &m->purses[i];
        due -= purse->capturable;
        if (purse->is_authorising)
            due -= purse->payment->amount_minor - purse->payment->authorised_minor;
    }
    return due > 0 ? due : 0;
}

/* --- asking ---------------------------------------------------------------------------------- */

static enum err ask(struct ctx *c, struct purse *purse, enum intent_kind kind, int64_t amount_minor,
                    int64_t purpose_id, int64_t refund_id, struct text note)
{
    const struct payment *p = purse->payment;
    int64_t id = source_id(c->source);
    struct payment_intent in = {.merchant_id = c->merchant_id,
                                .intent_id = id,
                                .order_id = p->order_id,
                                .payment_id = p->payment_id,
                                .kind = (int32_t)kind,
                                .amount_minor = amount_minor,
                                .purpose_id = purpose_id ? purpose_id : id,
                                .refund_id = refund_id,
                                .state = INTENT_ASKED,
                                .asked_us = c->now_us,
                                .answered_us = NONE};
    TRY(intent_insert(c, &in));
    TRY(job_put(c, JOB_PAYMENT, id, c->now_us));
    if (kind == INTENT_CAPTURE) purse->committed += amount_minor;
    if (kind == INTENT_CAPTURE || kind == INTENT_VOID) purse->capturable -= amount_minor;
    if (kind == INTENT_REFUND) purse->refundable -= amount_minor;
    if (kind == INTENT_AUTHORISE) purse->is_authorising = true;
    return event_put(c, EVENT_PAYMENT_ASKED, p->order_id, id,
                     EVENT_BODY(.word = text_of(word_of(&intent_kind_words, (int64_t)kind)),
                                .amount_minor = amount_minor, .other_id = p->payment_id,
                                .note = note));
}

enum err money_ask(struct ctx *c, struct purse *purse, enum intent_kind kind, int64_t amount_minor,
                   int64_t purpose_id, struct text note)
{
    return ask(c, purse, kind, amount_minor, purpose_id, NONE, note);
}

enum err money_ask_refund(struct ctx *c, struct purse *purse, const struct refund *r,
                          int64_t amount_minor)
{
    return ask(c, purse, INTENT_REFUND, amount_minor, 0, r->refund_id, r->note);
}

enum err money_capture(struct ctx *c, struct order_money *m, int64_t amount_minor,
                       int64_t purpose_id, int64_t *left)
{
    *left = amount_minor;
    for (size_t i = 0; i<m->purse_count && * left> 0; i++) {
        struct purse *purse = &m->purses[i];
        int64_t part = purse->capturable < *left ? purse->capturable : *left;
        if (!part) continue;
        TRY(money_ask(c, purse, INTENT_CAPTURE, part, purpose_id, (struct text){0}));
        *left -= part;
    }
    return OK;
}

enum err money_done(struct ctx *c, const struct payment *p, const struct money_fact *fact,
                    int64_t *intent_id)
{
    static const enum event_kind told[] = {EVENT_PAYMENT_AUTHORISED, EVENT_PAYMENT_CAPTURED,
                                           EVENT_PAYMENT_REFUNDED, EVENT_PAYMENT_VOIDED};
    int64_t id = source_id(c->source);
    struct payment_intent in = {.merchant_id = c->merchant_id,
                                .intent_id = id,
                                .order_id = p->order_id,
                                .payment_id = p->payment_id,
                                .kind = (int32_t)fact->kind,
                                .amount_minor = fact->amount_minor,
                                .purpose_id = fact->purpose_id ? fact->purpose_id : id,
                                .refund_id = fact->refund_id ? fact->refund_id : NONE,
                                .state = INTENT_DONE,
                                .provider_ref = fact->provider_ref,
                                .asked_us = c->now_us,
                                .answered_us = c->now_us};
    TRY(intent_insert(c, &in));
    if (intent_id) *intent_id = id;
    return event_put(c, told[fact->kind], p->order_id, id,
                     EVENT_BODY(.amount_minor = fact->amount_minor, .other_id = p->payment_id));
}

enum err money_credit(struct ctx *c, struct purse *purse, const struct refund *r,
                      int64_t *amount_minor)
{
    struct payment *p = purse->payment;
    int64_t open = p->authorised_minor - p->captured_minor - p->voided_minor;
    int64_t part = open < *amount_minor ? open : *amount_minor;
    if (p->method != PAY_ON_ACCOUNT || part <= 0) return OK;
    *amount_minor -= part;
    purse->refundable -= part;
    TRY(payment_change(c, p, (struct payment_change){.voided = part}));
    struct money_fact fact = {INTENT_VOID, part, 0, r->refund_id, {0}};
    TRY(money_done(c, p, &fact, NULL));
    return money_move(c, p, NONE, ACCOUNT_RECEIVABLE, ACCOUNT_CUSTOMER, part);
}

/* --- holds ----------------------------------------------------------------------------------- */

bool money_is_covered(const struct order_money *m)
{
    int64_t cover = 0;
    for (size_t i = 0; i < m->purse_count; i++) {
        const struct payment *p = m->purses[i].payment;
        cover += p->authorised_minor - p->voided_minor - p->refunded_minor;
    }
    return cover + m->policy->tolerance_minor >= m->owed - m->credited;
}

enum err money_free_holds(struct ctx *c, const struct order_money *all, size_t count)
{
    int64_t *ids = arena_new(c->arena, int64_t, count + 1), released;
    size_t n = 0;
    for (size_t i = 0; i < count; i++)
        if (money_is_covered(&all[i])) ids[n++] = all[i].order->order_id;
    if (!n) return OK;
    struct list holds;
    TRY(holds_of(c, ids, n, true, &holds));
    const struct hold *at = holds.at;
    size_t live = 0;
    for (size_t i = 0; i < holds.count; i++) {
        if (at[i].reason != HOLD_PAYMENT) continue;
        live++;
        TRY(event_put(c, EVENT_ORDER_FREED, at[i].order_id, at[i].hold_id,
                      EVENT_BODY(.word = text_of(word_of(&hold_reason_words, HOLD_PAYMENT)))));
    }
    return live ? hold_release_reason(c, ids, n, HOLD_PAYMENT, &released) : OK;
}
