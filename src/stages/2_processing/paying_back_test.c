/* Refunds, and money that people move. */
#include "base/time.h"
#include "stages/2_processing/paying.h"
#include "till.h"

#include <pthread.h>

/* --- refunds --------------------------------------------------------------------------------- */

TEST_BOTH(paying, three_refunds_of_one_amount_all_happen)
{
    struct till t = till_open(w);
    int64_t order = till_place(&t, till_mugs(&t, PAY_CARD, "tok_ok"));
    till_ship(&t, order, 3);
    for (int i = 0; i < 3; i++)
        CHECK_OK(&w->ctx, till_act(&t, paying_refund, ACT(.order_id = order, .amount_minor = 900)));
    /* before any is answered, the rest is all that is left */
    CHECK_FAULT(
        &w->ctx, ERR_CONFLICT, "refund_too_large",
        till_act(&t, paying_refund, ACT(.order_id = order, .amount_minor = TOTAL - 2700 + 1)));
    till_run(&t);
    CHECK_I64(3, (int64_t)till_told(&t, order, EVENT_PAYMENT_REFUNDED));
    CHECK_I64(2700, till_look(&t, order).balance.refunded);
    CHECK_I64(0, till_look(&t, order).balance.due);
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "refund_too_large",
                till_act(&t, paying_refund, ACT(.order_id = order, .amount_minor = 900)));
    CHECK_OK(&w->ctx,
             till_act(&t, paying_refund, ACT(.order_id = order, .amount_minor = TOTAL - 2700)));
    till_run(&t);
    CHECK_I64(0, till_holds(&t, order, ACCOUNT_PROVIDER));
    till_check_books(&t, order);
}

struct redirect {
    int64_t refund_id;
    enum refund_target target;
};
static enum err retry_in_tx(struct ctx *c, void *arg)
{
    const struct redirect *r = arg;
    return refunding_retry(c, r->refund_id, r->target);
}

TEST_BOTH(paying, refused_refund_can_be_paid_another_way)
{
    struct till t = till_open(w);
    int64_t order = till_place(&t, till_mugs(&t, PAY_CARD, "tok_refund_fails"));
    till_ship(&t, order, 3);
    CHECK_OK(&w->ctx, till_act(&t, paying_refund, ACT(.order_id = order, .amount_minor = TOTAL)));
    till_run(&t);
    CHECK_I64(1, (int64_t)till_told(&t, order, EVENT_PAYMENT_FAILED));
    CHECK_I64(0, till_look(&t, order).balance.refunded);
    CHECK_I64(TOTAL, till_look(&t, order).balance.owed_back);
    /* it is still owed, so it is not owed a second time */
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "refund_too_large",
                till_act(&t, paying_refund, ACT(.order_id = order, .amount_minor = TOTAL)));
    const struct refund *owed = till_look(&t, order).refunds.at;
    CHECK_I64(REFUND_FAILED, owed->state);
    struct redirect by_hand = {owed->refund_id, REFUND_BY_HAND};
    CHECK_OK(&w->ctx, db_tx(&w->ctx, retry_in_tx, &by_hand));
    CHECK_I64(TOTAL, till_look(&t, order).balance.refunded);
    CHECK_I64(-TOTAL, till_holds(&t, order, ACCOUNT_BANK));
    CHECK_I64(1, (int64_t)till_told(&t, order, EVENT_REFUND_DONE));
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "wrong_state", db_tx(&w->ctx, retry_in_tx, &by_hand));
    till_check_books(&t, order);
}

TEST_BOTH(paying, pending_refund_is_paid_once)
{
    struct till t = till_open(w);
    int64_t order = till_place(&t, till_mugs(&t, PAY_CARD, "tok_refund_pending"));
    till_ship(&t, order, 3);
    CHECK_OK(&w->ctx, till_act(&t, paying_refund, ACT(.order_id = order, .amount_minor = TOTAL)));
    till_run(&t);
    CHECK_I64(0, till_look(&t, order).balance.refunded);
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "refund_too_large",
                till_act(&t, paying_refund, ACT(.order_id = order, .amount_minor = 1)));
    for (int i = 0; i < 3; i++) till_later(&t, 2 * MINUTE_US);
    CHECK_I64(TOTAL, till_look(&t, order).balance.refunded);
    CHECK_I64(1, (int64_t)till_told(&t, order, EVENT_PAYMENT_REFUNDED));
    till_check_books(&t, order);
}

struct racer {
    pthread_t thread;
    struct arena arena;
    struct ctx ctx;
    struct acting acting;
    enum err result;
};

static void *race(void *arg)
{
    struct racer *r = arg;
    r->result = db_tx(&r->ctx, till_act_in_tx, &r->acting);
    return NULL;
}

TEST_BOTH(paying, refunds_at_once_never_exceed_what_was_captured)
{
    enum { ROUNDS = 8, RACERS = 4 };
    struct till t = till_open(w);
    int64_t orders[ROUNDS];
    for (int i = 0; i < ROUNDS; i++) {
        orders[i] = till_place(&t, till_mugs(&t, PAY_CARD, "tok_ok"));
        till_ship(&t, orders[i], 3);
    }
    store_start(w->store);
    for (int i = 0; i < ROUNDS; i++) {
        struct racer racers[RACERS] = {0};
        int64_t won = 0;
        for (int k = 0; k < RACERS; k++) {
            racers[k].ctx = world_ctx(w, &racers[k].arena);
            racers[k].acting = (struct acting){
                paying_refund, ACT(.order_id = orders[i], .amount_minor = TOTAL - 1000)};
            pthread_create(&racers[k].thread, NULL, race, &racers[k]);
        }
        for (int k = 0; k < RACERS; k++) {
            pthread_join(racers[k].thread, NULL);
            won += racers[k].result == OK;
            if (racers[k].result != OK)
                CHECK_TEXT("refund_too_large", text_of(racers[k].ctx.fault.reason));
            arena_free(&racers[k].arena);
        }
        CHECK_I64(1, won);
    }
    till_run(&t);
    for (int i = 0; i < ROUNDS; i++)
        CHECK_I64(TOTAL - 1000, till_look(&t, orders[i]).balance.refunded);
}

static enum err resolve_in_tx(struct ctx *c, void *arg)
{
    struct refund owed;
    struct refund_claim claim = {.order_id = *(int64_t *)arg,
                                 .amount_minor = 500,
                                 .purpose_id = 4711,
                                 .cause = REFUND_FOR_CASE,
                                 .note = T("refund")};
    TRY(refund_owe(c, &claim, 1, &owed));
    if (owed.refund_id == NONE) return OK;
    return event_put(c, EVENT_REFUND_OWED, claim.order_id, owed.refund_id,
                     EVENT_BODY(.amount_minor = 500, .word = T("case"), .note = claim.note));
}

TEST_BOTH(paying, case_is_refunded_once)
{
    struct till t = till_open(w);
    int64_t order = till_place(&t, till_mugs(&t, PAY_CARD, "tok_ok"));
    till_ship(&t, order, 3);
    CHECK_OK(&w->ctx, db_tx(&w->ctx, resolve_in_tx, &order));
    CHECK_OK(&w->ctx, db_tx(&w->ctx, resolve_in_tx, &order));
    till_run(&t);
    till_react(&t, 0);
    till_run(&t);
    CHECK_I64(500, till_look(&t, order).balance.refunded);
}

/* --- money that people move ------------------------------------------------------------------ */

TEST_BOTH(paying, bank_transfer_frees_the_order_when_all_is_there)
{
    struct till t = till_open(w);
    int64_t order = till_place(&t, till_mugs(&t, PAY_BANK_TRANSFER, NULL));
    struct paying_act part = ACT(.order_id = order, .method = PAY_BANK_TRANSFER,
                                 .amount_minor = 1000, .note = T("HSBC 77-1"));
    CHECK(till_is_held(&t, order));
    CHECK_OK(&w->ctx, till_act(&t, paying_record, part));
    CHECK(till_is_held(&t, order));
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "payment_recorded", till_act(&t, paying_record, part));
    part.note = T("HSBC 77-2");
    part.amount_minor = TOTAL - 1000;
    CHECK_OK(&w->ctx, till_act(&t, paying_record, part));
    CHECK(!till_is_held(&t, order));
    CHECK_I64(TOTAL, till_holds(&t, order, ACCOUNT_BANK));
    till_ship(&t, order, 3);
    CHECK_I64(TOTAL, till_look(&t, order).balance.captured);
    till_check_books(&t, order);

    till_cancel(&t, till_place(&t, till_mugs(&t, PAY_BANK_TRANSFER, NULL)), 3);
}

TEST_BOTH(paying, cancelled_transfer_waits_until_staff_paid_it_out)
{
    struct till t = till_open(w);
    int64_t order = till_place(&t, till_mugs(&t, PAY_BANK_TRANSFER, NULL));
    CHECK_OK(&w->ctx,
             till_act(&t, paying_record,
                      ACT(.order_id = order, .method = PAY_BANK_TRANSFER, .amount_minor = TOTAL)));
    till_cancel(&t, order, 3);
    CHECK_I64(0, till_look(&t, order).balance.refunded);
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "refund_too_large",
                till_act(&t, paying_refund, ACT(.order_id = order, .amount_minor = TOTAL + 1)));
    CHECK_OK(&w->ctx, till_act(&t, paying_refund, ACT(.order_id = order, .amount_minor = TOTAL)));
    CHECK_I64(TOTAL, till_look(&t, order).balance.refunded);
    CHECK_I64(0, till_holds(&t, order, ACCOUNT_BANK));
    till_check_books(&t, order);
}

TEST_BOTH(paying, goods_on_account_are_owed_when_they_leave)
{
    struct till t = till_open(w);
    int64_t order = till_place(&t, till_mugs(&t, PAY_ON_ACCOUNT, NULL));
    CHECK(!till_is_held(&t, order));
    till_ship(&t, order, 1);
    CHECK_I64(867 + 395, till_holds(&t, order, ACCOUNT_RECEIVABLE));
    till_ship(&t, order, 2);
    CHECK_I64(TOTAL, till_holds(&t, order, ACCOUNT_RECEIVABLE));
    /* a mug comes back before it is paid: a credit, nothing to pay out */
    CHECK_OK(&w->ctx, till_act(&t, paying_refund, ACT(.order_id = order, .amount_minor = 867)));
    CHECK_I64(TOTAL - 867, till_holds(&t, order, ACCOUNT_RECEIVABLE));
    CHECK_OK(&w->ctx, till_act(&t, paying_record,
                               ACT(.order_id = order, .method = PAY_BANK_TRANSFER,
                                   .amount_minor = TOTAL - 867)));
    CHECK_I64(0, till_holds(&t, order, ACCOUNT_RECEIVABLE));
    CHECK_I64(TOTAL - 867, till_holds(&t, order, ACCOUNT_BANK));
    till_check_books(&t, order);
}

TEST_BOTH(paying, carrier_takes_money_at_the_door_and_pays_it_out)
{
    struct till t = till_open(w);
    int64_t order = till_place(&t, till_mugs(&t, PAY_ON_DELIVERY, NULL));
    int64_t package = till_ship(&t, order, 3);
    CHECK_I64(TOTAL, till_look(&t, order).balance.due);
    till_deliver(&t, order, package);
    till_react(&t, 0);
    CHECK_I64(TOTAL, till_holds(&t, order, ACCOUNT_CARRIER));
    CHECK_I64(0, till_look(&t, order).balance.due);
    CHECK_OK(&w->ctx,
             till_act(&t, paying_record,
                      ACT(.order_id = order, .method = PAY_BANK_TRANSFER, .amount_minor = TOTAL)));
    CHECK_I64(0, till_holds(&t, order, ACCOUNT_CARRIER));
    CHECK_I64(TOTAL, till_holds(&t, order, ACCOUNT_BANK));
    CHECK_I64(TOTAL, till_look(&t, order).balance.captured);
    CHECK_OK(&w->ctx, till_act(&t, paying_refund, ACT(.order_id = order, .amount_minor = 1000)));
    CHECK_I64(TOTAL - 1000, till_holds(&t, order, ACCOUNT_BANK));
    till_check_books(&t, order);
}

TEST_BOTH(paying, wrong_input_is_named)
{
    struct till t = till_open(w);
    int64_t order = till_place(&t, till_mugs(&t, PAY_BANK_TRANSFER, NULL));
    CHECK_FAULT(&w->ctx, ERR_INVALID, "wrong_currency",
                till_act(&t, paying_record,
                         ACT(.order_id = order, .method = PAY_CASH, .amount_minor = 1,
                             .currency = T("EUR"))));
    CHECK_FAULT(
        &w->ctx, ERR_INVALID, "out_of_range",
        till_act(&t, paying_record, ACT(.order_id = order, .method = PAY_CASH, .amount_minor = 0)));
    CHECK_FAULT(
        &w->ctx, ERR_INVALID, "pan_not_accepted",
        till_act(&t, paying_card,
                 ACT(.order_id = order, .amount_minor = NONE, .token = T("4242 4242 4242 4242"))));
    CHECK_TEXT("token", text_of(w->ctx.fault.field));
    CHECK_FAULT(
        &w->ctx, ERR_INVALID, "method_not_recorded",
        till_act(&t, paying_record, ACT(.order_id = order, .method = PAY_CARD, .amount_minor = 1)));
    CHECK_FAULT(&w->ctx, ERR_NOT_FOUND, "order_not_found",
                till_act(&t, paying_refund, ACT(.order_id = 1, .amount_minor = 1)));
}

TEST_BOTH(paying, order_has_a_limit_of_payments)
{
    struct till t = till_open(w);
    int64_t order = till_place(&t, till_mugs(&t, PAY_CARD, "tok_decline"));
    struct paying_act card =
        ACT(.order_id = order, .amount_minor = NONE, .token = T("tok_decline"));
    for (int i = 1; i < PAYMENTS_MAX; i++) {
        CHECK_OK(&w->ctx, till_act(&t, paying_card, card));
        till_run(&t);
    }
    CHECK_FAULT(&w->ctx, ERR_TOO_LARGE, "too_many_payments", till_act(&t, paying_card, card));
}
