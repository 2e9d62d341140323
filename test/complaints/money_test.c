/* What people complained about in other systems' money, and what is promised here. */
#include "base/time.h"
#include "domain/audit/audit.h"
#include "domain/payments/credit.h"
#include "domain/payments/policy.h"
#include "harness.h"
#include "stages/2_processing/crediting.h"
#include "till.h"

#include <pthread.h>
#include <stdio.h>

/* --- what the tests share -------------------------------------------------------------------- */

static void check_audit(struct till *t)
{
    struct ctx *c = &t->w->ctx;
    static const char *const money[] = {"I-27", "I-29", "I-30", "I-31", "I-32",
                                        "I-34", "I-35", "I-36", "I-37"};
    CHECK_OK(c, store_reader(c));
    for (size_t i = 0; i < sizeof money / sizeof *money; i++) {
        struct audit_finding f = {.of = audit_find(text_of(money[i]))};
        CHECK_OK(c, audit_ask(c, f.of, &f));
        if (f.differences)
            test_fail(__FILE__, __LINE__, "%s: %s of %s", money[i], f.examples[0].what,
                      f.examples[0].subject);
    }
}

static enum err pay_in_tx(struct ctx *c, void *arg) { return till_act_in_tx(c, arg); }

static enum err issue_in_tx(struct ctx *c, void *arg)
{
    struct credit k;
    return crediting_issue(c, arg, &k);
}

#define CODE "7F3K-9MQ2-XW4T-0VBC"
static void sell_gift_card(struct till *t, int64_t amount, int64_t expires_day)
{
    struct ctx *c = &t->w->ctx;
    struct text normal = credit_code_normal(c->arena, T(CODE));
    struct crediting_issue issue = {.kind = CREDIT_GIFT_CARD,
                                    .amount_minor = amount,
                                    .code_hash = credit_code_hash(c->arena, normal),
                                    .code_end = text_skip(normal, normal.len - 4),
                                    .customer_id = NONE,
                                    .expires_day = expires_day,
                                    .paid_by = PAY_CASH};
    CHECK_OK(c, db_tx(c, issue_in_tx, &issue));
}

static int64_t left_on_card(struct till *t)
{
    struct ctx *c = &t->w->ctx;
    struct credit k = {0};
    CHECK_OK(c, store_reader(c));
    CHECK_OK(c, credit_by_code(c, credit_code_hash(c->arena, credit_code_normal(c->arena, T(CODE))),
                               &k));
    return k.balance_minor;
}

static const struct refund *newest_refund(struct till *t, int64_t order)
{
    struct paying_view v = till_look(t, order);
    const struct refund *at = v.refunds.at, *best = at;
    for (size_t i = 0; i < v.refunds.count; i++)
        if (at[i].refund_id > best->refund_id) best = &at[i];
    return best;
}

#define GIFT(...)                                                                                  \
    ACT(.method = PAY_GIFT_CARD, .token = T("7f3k 9mq2 xw4t ovbc"), .amount_minor = NONE,          \
        __VA_ARGS__)

/* --- 9 --------------------------------------------------------------------------------------- */

TEST_BOTH(complaint, c09_no_money_is_asked_for_what_cannot_be_promised)
{
    struct till t = till_open(w);
    CHECK_OK(&w->ctx, world_script(w, "UPDATE merchant SET stock_policy = 0"));
    struct draft d = till_mugs(&t, PAY_CARD, "tok_ok");
    ((struct draft_line *)d.lines.at)->quantity = 5000;
    struct outcome o = {0};
    shop_place(w, &d, 1, &o);
    CHECK(o.fault.code != OK);
    int64_t rows = 0;
    CHECK_OK(&w->ctx, store_reader(&w->ctx));
    CHECK_OK(&w->ctx, db_ask(&w->ctx, "SELECT count(*) FROM payment_intent",
                             "SELECT count(*) FROM payment_intent", &rows));
    CHECK_I64(0, rows);
    check_audit(&t);
}

/* --- 39, 41, 42 ------------------------------------------------------------------------------ */

TEST_BOTH(complaint, c39_an_order_with_a_refund_can_be_cancelled)
{
    struct till t = till_open(w);
    CHECK_OK(&w->ctx, world_script(w, "UPDATE merchant SET capture_policy = 1"));
    int64_t order = till_place(&t, till_mugs(&t, PAY_CARD, "tok_ok"));
    CHECK_OK(&w->ctx, till_act(&t, paying_refund, ACT(.order_id = order, .amount_minor = 500)));
    till_run(&t);
    till_cancel(&t, order, 3);
    CHECK_I64(TOTAL, till_look(&t, order).balance.refunded);
    CHECK_I64(0, till_holds(&t, order, ACCOUNT_PROVIDER));
    check_audit(&t);
}

TEST_BOTH(complaint, c41_a_refund_that_fails_during_a_cancel_is_tried_again_until_it_is_done)
{
    struct till t = till_open(w);
    CHECK_OK(&w->ctx, world_script(w, "UPDATE merchant SET capture_policy = 1"));
    int64_t order = till_place(&t, till_mugs(&t, PAY_CARD, "tok_refund_fails"));
    till_cancel(&t, order, 3);
    CHECK_I64(REFUND_FAILED, newest_refund(&t, order)->state);
    CHECK_I64(TOTAL, till_look(&t, order).balance.owed_back);
    CHECK_TEXT("refund_refused", newest_refund(&t, order)->reason);
    till_later(&t, 2 * MINUTE_US); /* by itself */
    CHECK_I64(2, newest_refund(&t, order)->attempts);
    check_audit(&t);
    /* the provider comes to its senses */
    CHECK_OK(&w->ctx, world_script(w, "UPDATE payment_intent SET provider_ref = 'test_int_0_tok_ok'"
                                      " WHERE kind = 0"));
    till_later(&t, 10 * MINUTE_US);
    CHECK_I64(REFUND_DONE, newest_refund(&t, order)->state);
    CHECK_I64(TOTAL, till_look(&t, order).balance.refunded);
    CHECK_I64(0, till_look(&t, order).balance.owed_back);
    CHECK_I64(1, (int64_t)till_told(&t, order, EVENT_REFUND_DONE));
    check_audit(&t);
}

TEST_BOTH(complaint, c42_a_partial_refund_or_removed_line_does_not_keep_the_rest_from_shipping)
{
    struct till t = till_open(w);
    int64_t order = till_place(&t, till_mugs(&t, PAY_BANK_TRANSFER, NULL));
    CHECK_OK(&w->ctx,
             till_act(&t, paying_record,
                      ACT(.order_id = order, .method = PAY_BANK_TRANSFER, .amount_minor = TOTAL)));
    CHECK_OK(&w->ctx, till_act(&t, paying_refund, ACT(.order_id = order, .amount_minor = 300)));
    till_cancel(&t, order, 1);
    till_run(&t);
    CHECK(!till_is_held(&t, order));
    CHECK_I64(0, till_look(&t, order).balance.due);
    till_ship(&t, order, 2);
    CHECK(!till_is_held(&t, order));
    CHECK_I64(867, till_look(&t, order).balance.owed_back); /* the mug; staff pay it out */
    CHECK_I64(0, till_look(&t, order).balance.due);
    check_audit(&t);
}

/* --- 48, 49, 50 ------------------------------------------------------------------------------ */

TEST_BOTH(complaint, c48_every_split_shipment_is_captured_and_together_they_are_what_shipped)
{
    struct till t = till_open(w);
    int64_t order = till_place(&t, till_mugs(&t, PAY_CARD, "tok_ok")), sum = 0;
    for (int i = 0; i < 3; i++) till_ship(&t, order, 1);
    struct paying_view v = till_look(&t, order);
    const struct payment_intent *at = v.intents.at;
    size_t captures = 0;
    for (size_t i = 0; i < v.intents.count; i++)
        if (at[i].kind == INTENT_CAPTURE) captures++, sum += at[i].amount_minor;
    CHECK_I64(3, (int64_t)captures);
    CHECK_I64(TOTAL, sum);
    CHECK_I64(TOTAL, v.balance.captured);
    check_audit(&t);
}

TEST_BOTH(complaint, c49_cash_and_gift_card_and_a_card_pay_one_order)
{
    struct till t = till_open(w);
    sell_gift_card(&t, 1000, NONE);
    int64_t order = till_place(&t, till_mugs(&t, PAY_BANK_TRANSFER, NULL));
    CHECK_OK(&w->ctx, till_act(&t, paying_credit, GIFT(.order_id = order)));
    CHECK_I64(0, left_on_card(&t));
    CHECK_OK(&w->ctx, till_act(&t, paying_record,
                               ACT(.order_id = order, .method = PAY_CASH, .amount_minor = 500)));
    CHECK(till_is_held(&t, order));
    CHECK_OK(&w->ctx, till_act(&t, paying_card,
                               ACT(.order_id = order, .amount_minor = NONE, .token = T("tok_ok"))));
    till_run(&t);
    CHECK(!till_is_held(&t, order));
    CHECK_I64(TOTAL - 1500, till_look(&t, order).balance.authorised);
    /* what was paid ahead pays the first parcel */
    till_ship(&t, order, 1);
    CHECK_I64(1500, till_look(&t, order).balance.captured);
    till_ship(&t, order, 2);
    CHECK_I64(TOTAL, till_look(&t, order).balance.captured);
    CHECK_I64(TOTAL - 1500, till_holds(&t, order, ACCOUNT_PROVIDER));
    /* and goes back to where it came from, newest first */
    CHECK_OK(&w->ctx, till_act(&t, paying_refund, ACT(.order_id = order, .amount_minor = TOTAL)));
    till_run(&t);
    CHECK_I64(1000, left_on_card(&t));
    CHECK_I64(0, till_holds(&t, order, ACCOUNT_PROVIDER));
    CHECK_I64(0, till_holds(&t, order, ACCOUNT_CASH));
    till_check_books(&t, order);
    check_audit(&t);
}

TEST_BOTH(complaint, c50_shipping_goes_with_the_first_parcel_and_a_second_card_pays_the_rest)
{
    struct till t = till_open(w);
    int64_t order = till_place(&t, till_mugs(&t, PAY_CARD, "tok_ok"));
    CHECK_OK(&w->ctx, db_tx(&w->ctx, till_void_in_tx, &order));
    till_run(&t);
    static const int64_t parts[] = {1000, NONE};
    for (size_t i = 0; i < 2; i++) {
        struct paying_act card =
            ACT(.order_id = order, .amount_minor = parts[i], .token = T("tok_ok"));
        CHECK_OK(&w->ctx, till_act(&t, paying_card, card));
        till_run(&t);
    }
    CHECK(!till_is_held(&t, order));
    till_ship(&t, order, 1);
    CHECK_I64(867 + 395, till_look(&t, order).balance.captured);
    till_ship(&t, order, 2);
    struct paying_view v = till_look(&t, order);
    const struct payment *at = v.payments.at;
    CHECK_I64(1000, at[1].captured_minor);
    CHECK_I64(TOTAL - 1000, at[2].captured_minor);
    check_audit(&t);
}

/* --- 51, 52 ---------------------------------------------------------------------------------- */

TEST_BOTH(complaint, c51_three_refunds_of_one_amount_to_one_payment_are_three_refunds)
{
    struct till t = till_open(w);
    int64_t order = till_place(&t, till_mugs(&t, PAY_CARD, "tok_ok"));
    till_ship(&t, order, 3);
    for (int i = 0; i < 3; i++) {
        CHECK_OK(&w->ctx, till_act(&t, paying_refund, ACT(.order_id = order, .amount_minor = 500)));
        if (i) till_run(&t); /* the first two at once, the third later */
    }
    struct paying_view v = till_look(&t, order);
    const struct payment_intent *at = v.intents.at;
    CHECK_I64(1500, v.balance.refunded);
    CHECK_I64(3, (int64_t)v.refunds.count);
    CHECK_I64(3, (int64_t)till_told(&t, order, EVENT_PAYMENT_REFUNDED));
    for (size_t i = 0; i < v.intents.count; i++)
        for (size_t k = i + 1; k < v.intents.count; k++)
            CHECK(at[i].intent_id != at[k].intent_id); /* the provider's once-key */
    check_audit(&t);
}

static enum err change_total(struct ctx *c, void *arg)
{
    return event_put(c, EVENT_ORDER_CHANGED, *(int64_t *)arg, NONE, EVENT_BODY(.word = T("lines")));
}

static void edit(struct till *t, int64_t order, const char *by)
{
    char sql[400];
    snprintf(
        sql, sizeof sql,
        "UPDATE order_line SET unit_minor = unit_minor + %s, total_minor = total_minor + 3 * %s"
        " WHERE line_no = 1 AND order_id = %lld; UPDATE orders SET goods_minor = goods_minor +"
        " 3 * %s, total_minor = total_minor + 3 * %s WHERE order_id = %lld",
        by, by, (long long)order, by, by, (long long)order);
    CHECK_OK(&t->w->ctx, world_script(t->w, sql));
    CHECK_OK(&t->w->ctx, db_tx(&t->w->ctx, change_total, &order));
    till_run(t);
}

TEST_BOTH(complaint, c52_after_an_edit_the_balance_is_what_the_ledger_says)
{
    struct till t = till_open(w);
    CHECK_OK(&w->ctx, world_script(w, "UPDATE merchant SET capture_policy = 1"));
    int64_t order = till_place(&t, till_mugs(&t, PAY_CARD, "tok_ok"));
    edit(&t, order, "(-100)"); /* cheaper: the difference goes back */
    struct payment_balance b = till_look(&t, order).balance;
    CHECK_I64(TOTAL - 300, b.owed);
    CHECK_I64(300, b.refunded);
    CHECK_I64(0, b.due);
    edit(&t, order, "(200)"); /* dearer: its card is asked for the difference, the order waits */
    b = till_look(&t, order).balance;
    CHECK_I64(TOTAL + 300, b.owed);
    CHECK_I64(TOTAL + 600, b.captured);
    CHECK_I64(0, b.due);
    CHECK(!till_is_held(&t, order));
    CHECK_I64(TOTAL + 300, till_holds(&t, order, ACCOUNT_PROVIDER));
    till_check_books(&t, order);
    check_audit(&t);
}

TEST_BOTH(complaint, c52_an_order_that_became_dearer_waits_and_says_how_much_is_missing)
{
    struct till t = till_open(w);
    int64_t order = till_place(&t, till_mugs(&t, PAY_BANK_TRANSFER, NULL));
    CHECK_OK(&w->ctx, till_act(&t, paying_record,
                               ACT(.order_id = order, .method = PAY_BANK_TRANSFER,
                                   .amount_minor = TOTAL, .note = T("B-1"))));
    CHECK(!till_is_held(&t, order));
    edit(&t, order, "(100)");
    CHECK(till_is_held(&t, order));
    CHECK_I64(300, till_look(&t, order).balance.due);
    struct list holds;
    CHECK_OK(&w->ctx, store_reader(&w->ctx));
    CHECK_OK(&w->ctx, holds_of(&w->ctx, &order, 1, true, &holds));
    CHECK_TEXT("3.00 GBP still to pay", ((const struct hold *)holds.at)->note);
    CHECK_OK(&w->ctx, till_act(&t, paying_record,
                               ACT(.order_id = order, .method = PAY_BANK_TRANSFER,
                                   .amount_minor = 100, .note = T("B-2"))));
    CHECK_OK(&w->ctx, store_reader(&w->ctx));
    CHECK_OK(&w->ctx, holds_of(&w->ctx, &order, 1, true, &holds));
    CHECK_TEXT("2.00 GBP still to pay", ((const struct hold *)holds.at)->note);
    CHECK_OK(&w->ctx, till_act(&t, paying_record,
                               ACT(.order_id = order, .method = PAY_BANK_TRANSFER,
                                   .amount_minor = 200, .note = T("B-3"))));
    CHECK(!till_is_held(&t, order));
    check_audit(&t);
}

/* --- 53, 61 ---------------------------------------------------------------------------------- */

/* Asked, and the program dies before the answer is written down. */
static void ask_and_die(struct till *t)
{
    struct ctx *c = &t->w->ctx;
    struct list jobs;
    CHECK_OK(c, job_claim(c, JOB_PAYMENT, 100, MINUTE_US, &jobs));
}

TEST_BOTH(complaint, c53_killed_between_any_two_steps_nothing_is_paid_twice_or_lost)
{
    static const char *const tokens[] = {"tok_ok", "tok_timeout_after_success", "tok_slow"};
    struct till t = till_open(w);
    for (size_t i = 0; i < 3; i++) {
        struct draft d = till_mugs(&t, PAY_CARD, tokens[i]);
        struct outcome o = {0};
        shop_place(w, &d, 1, &o); /* killed before anybody heard of it */
        CHECK_OK(&w->ctx, o.fault.code);
        till_react(&t, t.cursor);
        ask_and_die(&t); /* killed with the question out */
        till_later(&t, 2 * MINUTE_US);
        for (int k = 0; k < 4; k++) till_later(&t, 10 * MINUTE_US);
        CHECK(!till_is_held(&t, o.order_id));
        CHECK_I64(TOTAL, till_look(&t, o.order_id).balance.authorised);
        till_pack_off(&t, o.order_id, 3);
        till_react(&t, t.cursor);
        ask_and_die(&t);
        till_react(&t, 0); /* the cursor was lost too: all told again */
        for (int k = 0; k < 4; k++) till_later(&t, 10 * MINUTE_US);
        CHECK_I64(TOTAL, till_look(&t, o.order_id).balance.captured);
        CHECK_I64(1, (int64_t)till_told(&t, o.order_id, EVENT_PAYMENT_CAPTURED));
        CHECK_I64(TOTAL, till_holds(&t, o.order_id, ACCOUNT_PROVIDER));
        CHECK_OK(&w->ctx,
                 till_act(&t, paying_refund, ACT(.order_id = o.order_id, .amount_minor = TOTAL)));
        ask_and_die(&t);
        for (int k = 0; k < 4; k++) till_later(&t, 10 * MINUTE_US);
        CHECK_I64(TOTAL, till_look(&t, o.order_id).balance.refunded);
        CHECK_I64(1, (int64_t)till_told(&t, o.order_id, EVENT_PAYMENT_REFUNDED));
        till_check_books(&t, o.order_id);
    }
    check_audit(&t);
}

TEST_BOTH(complaint, c53_a_failed_authorisation_leaves_the_order_payable)
{
    struct till t = till_open(w);
    int64_t order = till_place(&t, till_mugs(&t, PAY_CARD, "tok_decline"));
    CHECK(till_is_held(&t, order));
    CHECK_OK(&w->ctx, till_act(&t, paying_card,
                               ACT(.order_id = order, .amount_minor = NONE, .token = T("tok_ok"))));
    till_run(&t);
    CHECK(!till_is_held(&t, order));
    check_audit(&t);
}

TEST_BOTH(complaint, c61_a_double_tap_does_not_reserve_the_money_twice)
{
    struct till t = till_open(w);
    int64_t order = till_place(&t, till_mugs(&t, PAY_CARD, "tok_decline"));
    struct paying_act card = ACT(.order_id = order, .amount_minor = NONE, .token = T("tok_ok"));
    CHECK_OK(&w->ctx, till_act(&t, paying_card, card));
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "payment_under_way", till_act(&t, paying_card, card));
    till_run(&t);
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "nothing_due", till_act(&t, paying_card, card));
    CHECK_I64(TOTAL, till_look(&t, order).balance.authorised);
    check_audit(&t);
}

/* --- gift cards, store credit, coins --------------------------------------------------------- */

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
    r->result = db_tx(&r->ctx, pay_in_tx, &r->acting);
    return NULL;
}

TEST_BOTH(crediting, of_eight_who_want_the_last_of_a_gift_card_one_gets_it)
{
    enum { RACERS = 8 };
    struct till t = till_open(w);
    sell_gift_card(&t, 700, NONE);
    int64_t orders[RACERS], won = 0;
    for (int i = 0; i < RACERS; i++)
        orders[i] = till_place(&t, till_mugs(&t, PAY_BANK_TRANSFER, NULL));
    store_start(w->store);
    struct racer racers[RACERS] = {0};
    for (int i = 0; i < RACERS; i++) {
        racers[i].ctx = world_ctx(w, &racers[i].arena);
        racers[i].acting = (struct acting){paying_credit, GIFT(.order_id = orders[i])};
        racers[i].acting.with.amount_minor = 700;
        pthread_create(&racers[i].thread, NULL, race, &racers[i]);
    }
    for (int i = 0; i < RACERS; i++) {
        pthread_join(racers[i].thread, NULL);
        won += racers[i].result == OK;
        if (racers[i].result != OK) CHECK_TEXT("credit_spent", text_of(racers[i].ctx.fault.reason));
        arena_free(&racers[i].arena);
    }
    CHECK_I64(1, won);
    CHECK_I64(0, left_on_card(&t));
    check_audit(&t);
}

TEST_BOTH(crediting, what_nobody_spent_in_time_is_ours_and_a_refund_revives_the_card)
{
    struct till t = till_open(w);
    int64_t today = day_of_us(w->ctx.now_us);
    sell_gift_card(&t, 1500, today + 30);
    int64_t order = till_place(&t, till_mugs(&t, PAY_BANK_TRANSFER, NULL));
    struct paying_act some = GIFT(.order_id = order);
    some.amount_minor = 1000;
    CHECK_OK(&w->ctx, till_act(&t, paying_credit, some));
    till_later(&t, 32 * DAY_US);
    struct list jobs;
    CHECK_OK(&w->ctx, job_claim(&w->ctx, JOB_CREDIT_EXPIRY, 10, MINUTE_US, &jobs));
    CHECK_I64(1, (int64_t)jobs.count);
    CHECK_OK(&w->ctx, crediting_job(&w->ctx, jobs.at, jobs.count));
    CHECK_I64(0, left_on_card(&t));
    int64_t other = till_place(&t, till_mugs(&t, PAY_BANK_TRANSFER, NULL));
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "credit_expired",
                till_act(&t, paying_credit, GIFT(.order_id = other)));
    check_audit(&t);
    till_cancel(&t, order, 3);
    CHECK_I64(1000, left_on_card(&t));
    CHECK_OK(&w->ctx, till_act(&t, paying_credit, GIFT(.order_id = other)));
    check_audit(&t);
}

TEST_BOTH(crediting, a_refund_may_become_store_credit_and_be_spent)
{
    struct till t = till_open(w);
    struct draft d = till_mugs(&t, PAY_CARD, "tok_ok");
    d.customer_email = T("ada@example.org");
    int64_t order = till_place(&t, d);
    till_ship(&t, order, 3);
    CHECK_OK(&w->ctx, till_act(&t, paying_refund,
                               ACT(.order_id = order, .amount_minor = 1200,
                                   .target = REFUND_TO_STORE_CREDIT)));
    CHECK_I64(1200, till_look(&t, order).balance.refunded);
    CHECK_I64(TOTAL, till_holds(&t, order, ACCOUNT_PROVIDER)); /* the card keeps its charge */
    CHECK_I64(-1200, till_holds(&t, order, ACCOUNT_STORE_CREDIT));
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "refund_too_large",
                till_act(&t, paying_refund, ACT(.order_id = order, .amount_minor = TOTAL)));
    d = till_mugs(&t, PAY_BANK_TRANSFER, NULL);
    d.customer_email = T("ada@example.org");
    int64_t next = till_place(&t, d);
    CHECK_OK(&w->ctx,
             till_act(&t, paying_credit,
                      ACT(.order_id = next, .method = PAY_STORE_CREDIT, .amount_minor = NONE)));
    CHECK_I64(1200, till_look(&t, next).balance.captured);
    CHECK_I64(TOTAL - 1200, till_look(&t, next).balance.due);
    till_check_books(&t, order);
    till_check_books(&t, next);
    check_audit(&t);
}

TEST_BOTH(paying, a_few_cents_too_little_are_let_be_and_too_much_goes_back_by_policy)
{
    struct till t = till_open(w);
    CHECK_OK(&w->ctx,
             world_script(w, "INSERT INTO money_policy (merchant_id, tolerance_minor, overpaid,"
                             " taxes, tax_scope, tax_rounding, invoicing)"
                             " SELECT merchant_id, 5, 0, 0, 0, 0, 0 FROM merchant"));
    int64_t order = till_place(&t, till_mugs(&t, PAY_BANK_TRANSFER, NULL));
    CHECK_OK(&w->ctx, till_act(&t, paying_record,
                               ACT(.order_id = order, .method = PAY_BANK_TRANSFER,
                                   .amount_minor = TOTAL - 6)));
    CHECK(till_is_held(&t, order));
    CHECK_OK(&w->ctx, till_act(&t, paying_record,
                               ACT(.order_id = order, .method = PAY_CASH, .amount_minor = 1)));
    CHECK(!till_is_held(&t, order));
    int64_t over = till_place(&t, till_mugs(&t, PAY_BANK_TRANSFER, NULL));
    CHECK_OK(&w->ctx, till_act(&t, paying_record,
                               ACT(.order_id = over, .method = PAY_BANK_TRANSFER,
                                   .amount_minor = TOTAL + 50)));
    CHECK_I64(50, till_look(&t, over).balance.owed_back);
    CHECK_OK(&w->ctx, till_act(&t, paying_refund, ACT(.order_id = over, .amount_minor = 50)));
    CHECK_I64(0, till_look(&t, over).balance.owed_back);
    CHECK_I64(0, till_look(&t, over).balance.due);
    check_audit(&t);
}

TEST(paying, coins_round_by_their_currency)
{
    CHECK_I64(1995, cash_rounded(1997, T("CHF")));
    CHECK_I64(2000, cash_rounded(1998, T("CHF")));
    CHECK_I64(1997, cash_rounded(1997, T("EUR")));
    CHECK_I64(2000, cash_rounded(1950, T("SEK")));
}

TEST_BOTH(paying, five_rappen_are_the_smallest_coin)
{
    struct till t = till_open(w);
    int64_t order = till_place(&t, till_mugs(&t, PAY_CASH, NULL));
    CHECK_OK(&w->ctx,
             world_script(w,
                          "UPDATE orders SET currency = 'CHF', shipping_minor = shipping_minor +"
                          " 2, total_minor = total_minor + 2;"
                          "UPDATE payment SET currency = 'CHF', amount_minor = amount_minor + 2"));
    CHECK_OK(&w->ctx, till_act(&t, paying_record,
                               ACT(.order_id = order, .method = PAY_CASH, .amount_minor = TOTAL)));
    struct payment_balance b = till_look(&t, order).balance;
    CHECK_I64(0, b.due);
    CHECK_I64(2, b.credited);
    check_audit(&t);
}
