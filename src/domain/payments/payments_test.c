/* domain/payments/payments_test.c: what the books of an order refuse, whoever asks. */
#include "domain/payments/credit.h"
#include "domain/payments/payment.h"
#include "domain/payments/refund.h"
#include "till.h"

struct pay {
    struct payment payment;
    struct payment_change by;
};
static enum err pay_change(struct ctx *c, void *arg)
{
    struct pay p = *(const struct pay *)arg;
    return payment_change(c, &p.payment, p.by);
}

static struct payment only_payment(struct world *w, int64_t order_id)
{
    struct list found = {0};
    CHECK_OK(&w->ctx, store_reader(&w->ctx));
    CHECK_OK(&w->ctx, payments_of(&w->ctx, &order_id, 1, &found));
    CHECK_I64(1, (int64_t)found.count);
    return found.count ? *(const struct payment *)found.at : (struct payment){0};
}

TEST_BOTH(payments, no_counter_gets_ahead_of_the_money)
{
    struct till t = till_open(w);
    int64_t order_id = till_place(&t, till_mugs(&t, PAY_CARD, "tok_ok"));
    till_run(&t);
    struct pay p = {.payment = only_payment(w, order_id)};
    CHECK_I64(TOTAL, p.payment.authorised_minor);
    const struct payment_change ahead[] = {
        {.captured = TOTAL + 1},
        {.refunded = 1},
        {.captured = TOTAL, .voided = 1},
        {.captured = -1},
        {.authorised = -TOTAL, .voided = 1},
        {.captured = 5, .refunded = 6},
    };
    for (size_t i = 0; i < sizeof ahead / sizeof *ahead; i++) {
        p.by = ahead[i];
        CHECK_FAULT(&w->ctx, ERR_CONFLICT, "constraint", db_tx(&w->ctx, pay_change, &p));
    }
    struct payment after = only_payment(w, order_id);
    CHECK_I64(0, after.captured_minor + after.refunded_minor + after.voided_minor);
}

struct answer {
    struct payment payment;
    struct payment_intent intent;
};
static enum err settle(struct ctx *c, void *arg)
{
    struct answer a = *(const struct answer *)arg;
    return intent_settle(c, &a.intent, &a.payment, INTENT_FINISH, T("prov-1"), (struct text){0});
}
static enum err ask(struct ctx *c, void *arg)
{
    return intent_insert(c, &((const struct answer *)arg)->intent);
}

TEST_BOTH(payments, an_answer_is_booked_once_though_it_is_heard_twice)
{
    struct till t = till_open(w);
    int64_t order_id = till_place(&t, till_mugs(&t, PAY_CARD, "tok_ok"));
    till_run(&t);
    struct answer a = {.payment = only_payment(w, order_id)};
    a.intent = (struct payment_intent){.merchant_id = w->ctx.merchant_id,
                                       .intent_id = 77,
                                       .order_id = order_id,
                                       .payment_id = a.payment.payment_id,
                                       .kind = INTENT_CAPTURE,
                                       .amount_minor = 500,
                                       .purpose_id = 88,
                                       .refund_id = NONE,
                                       .asked_us = 1,
                                       .answered_us = NONE};
    CHECK_OK(&w->ctx, db_tx(&w->ctx, ask, &a));
    CHECK_OK(&w->ctx, db_tx(&w->ctx, settle, &a));
    CHECK_FAULT(&w->ctx, ERR_BUSY, "raced", db_tx(&w->ctx, settle, &a));
    CHECK_I64(500, only_payment(w, order_id).captured_minor);
    CHECK_I64(500, till_holds(&t, order_id, ACCOUNT_PROVIDER));
    a.intent.intent_id = 78; /* a second capture for the same parcel */
    CHECK(db_tx(&w->ctx, ask, &a) != OK);
}

struct spending {
    struct credit credit;
    int64_t amount;
};
static enum err issue(struct ctx *c, void *arg)
{
    return credit_insert(c, &((const struct spending *)arg)->credit);
}
static enum err spend(struct ctx *c, void *arg)
{
    struct spending s = *(const struct spending *)arg;
    return credit_take(c, &s.credit, s.amount);
}

TEST_BOTH(payments, a_gift_card_is_not_spent_twice)
{
    shop_open(w);
    struct spending s = {.credit = {.merchant_id = w->ctx.merchant_id,
                                    .credit_id = 5,
                                    .kind = CREDIT_GIFT_CARD,
                                    .code_hash = credit_code_hash(&w->arena, T("ABCD-EFGH-JKMN")),
                                    .code_end = T("JKMN"),
                                    .customer_id = NONE,
                                    .currency = T("GBP"),
                                    .balance_minor = 1000,
                                    .expires_day = NONE,
                                    .created_us = 1},
                         .amount = 700};
    CHECK_OK(&w->ctx, db_tx(&w->ctx, issue, &s));
    CHECK_OK(&w->ctx, db_tx(&w->ctx, spend, &s));
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "credit_spent", db_tx(&w->ctx, spend, &s));
    s.amount = 300;
    CHECK_OK(&w->ctx, db_tx(&w->ctx, spend, &s));
    CHECK_I64(0, world_ask(w, "SELECT balance_minor AS n FROM credit"));
    s.credit.credit_id = 6; /* the same code again */
    CHECK(db_tx(&w->ctx, issue, &s) != OK);
}

struct owing {
    struct refund_claim claim;
    struct refund owed;
    struct refund_progress by;
};
static enum err owe(struct ctx *c, void *arg)
{
    struct owing *o = arg;
    return refund_owe(c, &o->claim, 1, &o->owed);
}
static enum err follow(struct ctx *c, void *arg)
{
    const struct owing *o = arg;
    struct refund r = o->owed;
    enum refund_verb verb;
    return refund_follow(c, &r, o->by, &verb);
}

TEST_BOTH(payments, a_debt_is_owed_once_per_purpose_and_followed_by_one)
{
    struct till t = till_open(w);
    int64_t order_id = till_place(&t, till_mugs(&t, PAY_CARD, "tok_ok"));
    struct owing o = {.claim = {.order_id = order_id,
                                .amount_minor = 300,
                                .purpose_id = 41,
                                .cause = REFUND_FOR_CASE},
                      .by = {.done_minor = 300}};
    CHECK_OK(&w->ctx, db_tx(&w->ctx, owe, &o));
    struct refund first = o.owed;
    CHECK(first.refund_id != NONE);
    CHECK_OK(&w->ctx, db_tx(&w->ctx, owe, &o));
    CHECK(o.owed.refund_id == NONE);
    CHECK_I64(1, world_ask(w, "SELECT count(*) AS n FROM refund"));
    o.owed = first;
    CHECK_OK(&w->ctx, db_tx(&w->ctx, follow, &o));
    CHECK_FAULT(&w->ctx, ERR_BUSY, "raced", db_tx(&w->ctx, follow, &o));
    CHECK_I64(300, world_ask(w, "SELECT done_minor AS n FROM refund"));
}
