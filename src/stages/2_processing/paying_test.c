/* Cards, packages and their worth, with the built-in provider, on both engines. */
#include "base/time.h"
#include "domain/orders/worth.h"
#include "stages/2_processing/paying.h"
#include "stages/2_processing/paying_money.h"
#include "till.h"

/* --- cards ----------------------------------------------------------------------------------- */

TEST_BOTH(paying, approved_card_frees_the_order)
{
    struct till t = till_open(w);
    int64_t order = till_place(&t, till_mugs(&t, PAY_CARD, "tok_ok"));
    CHECK(!till_is_held(&t, order));
    CHECK_I64(TOTAL, till_look(&t, order).balance.authorised);
    CHECK_I64(0, till_look(&t, order).balance.captured);
    CHECK_I64(1, (int64_t)till_told(&t, order, EVENT_PAYMENT_AUTHORISED));
    CHECK_I64(1, (int64_t)till_told(&t, order, EVENT_ORDER_FREED));
}

TEST_BOTH(paying, declined_card_keeps_the_order_held_and_says_why)
{
    struct till t = till_open(w);
    int64_t order = till_place(&t, till_mugs(&t, PAY_CARD, "tok_insufficient_funds"));
    struct list holds;
    CHECK(till_is_held(&t, order));
    CHECK_I64(1, (int64_t)till_told(&t, order, EVENT_PAYMENT_FAILED));
    CHECK_OK(&w->ctx, store_reader(&w->ctx));
    CHECK_OK(&w->ctx, holds_of(&w->ctx, &order, 1, true, &holds));
    CHECK_TEXT("payment failed: insufficient_funds", ((const struct hold *)holds.at)->note);

    CHECK_OK(&w->ctx, till_act(&t, paying_card,
                               ACT(.order_id = order, .amount_minor = NONE, .token = T("tok_ok"))));
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "payment_under_way",
                till_act(&t, paying_card,
                         ACT(.order_id = order, .amount_minor = NONE, .token = T("tok_ok"))));
    till_run(&t);
    CHECK(!till_is_held(&t, order));
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "nothing_due",
                till_act(&t, paying_card,
                         ACT(.order_id = order, .amount_minor = NONE, .token = T("tok_ok"))));
}

TEST_BOTH(paying, lost_answers_end_in_one_capture)
{
    struct till t = till_open(w);
    int64_t order = till_place(&t, till_mugs(&t, PAY_CARD, "tok_timeout_after_success"));
    CHECK(till_is_held(&t, order));
    CHECK_I64(1, (int64_t)till_told(&t, order, EVENT_PAYMENT_UNKNOWN));
    till_later(&t, 2 * MINUTE_US);
    CHECK(!till_is_held(&t, order));
    till_ship(&t, order, 3);
    CHECK_I64(0, till_look(&t, order).balance.captured);
    for (int i = 0; i < 3; i++) till_later(&t, 2 * MINUTE_US);
    CHECK_I64(TOTAL, till_look(&t, order).balance.captured);
    CHECK_I64(1, (int64_t)till_told(&t, order, EVENT_PAYMENT_CAPTURED));
    CHECK_I64(TOTAL, till_holds(&t, order, ACCOUNT_PROVIDER));
    till_check_books(&t, order);
}

TEST_BOTH(paying, lost_question_is_asked_again)
{
    static const char *const tokens[] = {"tok_timeout_before", "tok_away", "tok_slow"};
    struct till t = till_open(w);
    for (size_t i = 0; i < 3; i++) {
        int64_t order = till_place(&t, till_mugs(&t, PAY_CARD, tokens[i]));
        CHECK(till_is_held(&t, order));
        till_later(&t, 2 * MINUTE_US);
        CHECK(!till_is_held(&t, order));
        CHECK_I64(1, (int64_t)till_told(&t, order, EVENT_PAYMENT_AUTHORISED));
    }
}

TEST_BOTH(paying, captures_of_two_packages_sum_to_what_shipped)
{
    struct till t = till_open(w);
    int64_t order = till_place(&t, till_mugs(&t, PAY_CARD, "tok_ok"));
    till_ship(&t, order, 1);
    till_react(&t, 0); /* told again, nothing is taken again */
    till_run(&t);
    CHECK_I64(867 + 395, till_look(&t, order).balance.captured); /* a third, and the shipping */
    till_ship(&t, order, 2);
    CHECK_I64(TOTAL, till_look(&t, order).balance.captured);
    CHECK_I64(2, (int64_t)till_told(&t, order, EVENT_PAYMENT_CAPTURED));
    CHECK_I64(0, till_look(&t, order).balance.authorised);
    till_check_books(&t, order);
}

TEST_BOTH(paying, packages_told_together_are_charged_one_by_one)
{
    struct till t = till_open(w);
    int64_t order = till_place(&t, till_mugs(&t, PAY_CARD, "tok_ok"));
    till_pack_off(&t, order, 1);
    till_pack_off(&t, order, 2);
    till_run(&t);
    struct paying_view v = till_look(&t, order);
    const struct payment_intent *at = v.intents.at;
    CHECK_I64(3, (int64_t)v.intents.count);
    CHECK_I64(867 + 395, at[1].amount_minor);
    CHECK_I64(1733, at[2].amount_minor);
    CHECK_I64(TOTAL, v.balance.captured);
}

TEST_BOTH(paying, what_is_being_taken_counts_towards_what_is_owed)
{
    struct till t = till_open(w);
    int64_t order = till_place(&t, till_mugs(&t, PAY_CARD, "tok_ok"));
    till_cancel(&t, order, 1);
    till_pack_off(&t, order, 1);
    till_react(&t, t.cursor); /* asked of the bank, not answered yet */
    CHECK_I64(0, till_look(&t, order).balance.captured);
    till_pack_off(&t, order, 1);
    till_run(&t);
    CHECK_I64(1733 + 395, till_look(&t, order).balance.captured);
    till_check_books(&t, order);
}

/* What is cancelled then is still reserved: the bank's answer to the first package comes first. */
TEST_BOTH(paying, a_unit_cancelled_while_the_bank_thinks_is_not_taken_with_the_next_package)
{
    struct till t = till_open(w);
    int64_t order = till_place(&t, till_mugs(&t, PAY_CARD, "tok_ok"));
    till_pack_off(&t, order, 1);
    till_react(&t, t.cursor); /* asked of the bank, not answered yet */
    till_call_off(&t, order, 1);
    till_pack_off(&t, order, 1);
    till_run(&t);
    CHECK_I64(1733 + 395, till_look(&t, order).balance.captured);
    CHECK_I64(0, till_look(&t, order).balance.authorised);
    till_check_books(&t, order);
}

/* All of it, again and again in one unit; what was left of the card at the end. */
struct greed {
    int64_t order_id, left, refundable;
    bool is_refund;
};

static enum err ask_twice_in_tx(struct ctx *c, void *arg)
{
    struct greed *g = arg;
    struct order_money m;
    TRY(money_load_one(c, g->order_id, true, &m));
    for (int64_t i = 1; i <= 2 && !g->is_refund; i++) TRY(money_capture(c, &m, TOTAL, i, &g->left));
    if (g->is_refund) TRY(money_ask(c, &m.purses[0], INTENT_REFUND, TOTAL, 0, T("again")));
    g->refundable = m.purses[0].refundable;
    return OK;
}

TEST_BOTH(paying, one_unit_never_asks_a_card_for_more_than_it_has)
{
    struct till t = till_open(w);
    struct greed g = {.order_id = till_place(&t, till_mugs(&t, PAY_CARD, "tok_ok"))};
    CHECK_OK(&w->ctx, db_tx(&w->ctx, ask_twice_in_tx, &g));
    CHECK_I64(TOTAL, g.left); /* the second time nothing was there */
    till_run(&t);
    CHECK_I64(TOTAL, till_look(&t, g.order_id).balance.captured);
    CHECK_I64(1, (int64_t)till_told(&t, g.order_id, EVENT_PAYMENT_CAPTURED));
    g.is_refund = true;
    CHECK_OK(&w->ctx, db_tx(&w->ctx, ask_twice_in_tx, &g));
    CHECK_I64(0, g.refundable);
}

/* A bank that keeps count of how often it was asked. */
static int64_t bank_asked, bank_found;
static enum err bank_ask(struct ctx *c, const struct payment_provider *self,
                         const struct payment_ask *ask, struct payment_answer *answer)
{
    bank_asked++;
    return payment_test_provider.ask(c, self, ask, answer);
}
static enum err bank_find(struct ctx *c, const struct payment_provider *self,
                          const struct payment_ask *ask, struct payment_answer *answer)
{
    bank_found++;
    return payment_test_provider.find(c, self, ask, answer);
}

TEST_BOTH(paying, who_died_before_recording_looks_before_asking_again)
{
    struct till t = till_open(w);
    struct payment_provider bank = payment_test_provider;
    bank.ask = bank_ask;
    bank.find = bank_find;
    const struct payment_provider *const counted[] = {&bank, &payment_offline_provider, NULL};
    int64_t order = till_place(&t, till_mugs(&t, PAY_CARD, "tok_ok"));
    struct list jobs;
    paying_use(counted);
    bank_asked = bank_found = 0;
    till_pack_off(&t, order, 3);
    till_react(&t, t.cursor);
    CHECK_OK(&w->ctx, job_claim(&w->ctx, JOB_PAYMENT, 100, MINUTE_US, &jobs));
    CHECK_I64(1,
              (int64_t)jobs.count); /* whoever took it is gone, and nobody knows how far it was */
    till_later(&t, 2 * MINUTE_US);
    CHECK_I64(1, bank_found);
    CHECK_I64(TOTAL, till_look(&t, order).balance.captured);
    CHECK_I64(1, (int64_t)till_told(&t, order, EVENT_PAYMENT_CAPTURED));
}

TEST_BOTH(paying, last_package_takes_what_is_owed_and_gives_back_the_rest)
{
    struct till t = till_open(w);
    int64_t order = till_place(&t, till_mugs(&t, PAY_CARD, "tok_ok"));
    till_cancel(&t, order, 1);
    CHECK_I64(1733 + 395, till_look(&t, order).balance.owed);
    till_ship(&t, order, 2);
    struct paying_view v = till_look(&t, order);
    CHECK_I64(1733 + 395, v.balance.captured);
    CHECK_I64(0, v.balance.authorised);
    CHECK_I64(867, ((const struct payment *)v.payments.at)->voided_minor);
    till_check_books(&t, order);
}

TEST_BOTH(paying, last_package_takes_what_an_earlier_one_did_not_bring)
{
    struct till t = till_open(w);
    int64_t order = till_place(&t, till_mugs(&t, PAY_CARD, "tok_ok"));
    CHECK_OK(&w->ctx, world_script(w, "UPDATE merchant SET capture_policy = 2"));
    till_ship(&t, order, 1);
    CHECK_OK(&w->ctx, world_script(w, "UPDATE merchant SET capture_policy = 0"));
    till_ship(&t, order, 2);
    CHECK_I64(TOTAL, till_look(&t, order).balance.captured);
}

TEST_BOTH(paying, money_taken_before_is_not_taken_again)
{
    struct till t = till_open(w);
    int64_t order = till_place(&t, till_mugs(&t, PAY_CARD, "tok_ok"));
    CHECK_OK(&w->ctx, till_act(&t, paying_capture, ACT(.order_id = order, .amount_minor = 500)));
    till_cancel(&t, order, 1);
    till_ship(&t, order, 2);
    CHECK_I64(1733 + 395, till_look(&t, order).balance.captured);
    till_check_books(&t, order);
}

TEST_BOTH(paying, failed_capture_leaves_the_money_due)
{
    struct till t = till_open(w);
    int64_t order = till_place(&t, till_mugs(&t, PAY_CARD, "tok_capture_fails"));
    till_ship(&t, order, 3);
    CHECK_I64(0, till_look(&t, order).balance.captured);
    CHECK_I64(TOTAL, till_look(&t, order).balance.due);
    CHECK_I64(1, (int64_t)till_told(&t, order, EVENT_PAYMENT_FAILED));
    CHECK_OK(&w->ctx, till_act(&t, paying_record,
                               ACT(.order_id = order, .method = PAY_CASH, .amount_minor = TOTAL)));
    CHECK_I64(0, till_look(&t, order).balance.due);
    till_check_books(&t, order);
}

TEST_BOTH(paying, merchant_may_capture_at_once_or_by_hand)
{
    struct till t = till_open(w);
    CHECK_OK(&w->ctx, world_script(w, "UPDATE merchant SET capture_policy = 1"));
    int64_t order = till_place(&t, till_mugs(&t, PAY_CARD, "tok_ok"));
    CHECK_I64(TOTAL, till_look(&t, order).balance.captured);
    till_ship(&t, order, 3);
    CHECK_I64(TOTAL, till_look(&t, order).balance.captured);

    CHECK_OK(&w->ctx, world_script(w, "UPDATE merchant SET capture_policy = 2"));
    order = till_place(&t, till_mugs(&t, PAY_CARD, "tok_ok"));
    till_ship(&t, order, 3);
    CHECK_I64(0, till_look(&t, order).balance.captured);
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "capture_too_large",
                till_act(&t, paying_capture, ACT(.order_id = order, .amount_minor = TOTAL + 1)));
    CHECK_OK(&w->ctx, till_act(&t, paying_capture, ACT(.order_id = order, .amount_minor = 1000)));
    CHECK_OK(&w->ctx, till_act(&t, paying_capture, ACT(.order_id = order, .amount_minor = NONE)));
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "nothing_to_capture",
                till_act(&t, paying_capture, ACT(.order_id = order, .amount_minor = NONE)));
    till_run(&t);
    CHECK_I64(TOTAL, till_look(&t, order).balance.captured);
    till_check_books(&t, order);
}

TEST_BOTH(paying, voided_card_holds_the_order_again)
{
    struct till t = till_open(w);
    int64_t order = till_place(&t, till_mugs(&t, PAY_CARD, "tok_ok"));
    CHECK_OK(&w->ctx, db_tx(&w->ctx, till_void_in_tx, &order));
    CHECK(till_is_held(&t, order));
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "nothing_to_void", db_tx(&w->ctx, till_void_in_tx, &order));
    till_run(&t);
    CHECK(till_is_held(&t, order));
    CHECK_I64(0, till_look(&t, order).balance.authorised);
    CHECK_OK(&w->ctx, till_act(&t, paying_card,
                               ACT(.order_id = order, .amount_minor = NONE, .token = T("tok_ok"))));
    till_run(&t);
    CHECK(!till_is_held(&t, order));
}

TEST_BOTH(paying, cancelled_order_gives_back_what_is_reserved)
{
    struct till t = till_open(w);
    int64_t order = till_place(&t, till_mugs(&t, PAY_CARD, "tok_ok"));
    int64_t slow = till_place(&t, till_mugs(&t, PAY_CARD, "tok_slow"));
    till_cancel(&t, order, 3);
    till_cancel(&t, slow, 3); /* before its authorisation is answered */
    CHECK_I64(1, (int64_t)till_told(&t, order, EVENT_PAYMENT_VOIDED));
    CHECK_I64(0, till_look(&t, order).balance.authorised);
    till_later(&t, 2 * MINUTE_US);
    till_later(&t, 2 * MINUTE_US);
    CHECK_I64(1, (int64_t)till_told(&t, slow, EVENT_PAYMENT_VOIDED));
    CHECK_I64(0, till_look(&t, slow).balance.authorised);
}

TEST_BOTH(paying, statements_do_not_grow_with_packages)
{
    struct till t = till_open(w);
    int64_t used[2];
    for (int round = 0; round < 2; round++) {
        struct batch b = {paying_capture_on_shipped, arena_new(&w->arena, struct event, 8), 0};
        for (int i = 0; i < (round ? 8 : 2); i++) {
            int64_t order = till_place(&t, till_mugs(&t, PAY_CARD, "tok_ok"));
            b.events[b.count++] = (struct event){.kind = EVENT_PACKAGE_HANDED_OVER,
                                                 .order_id = order,
                                                 .subject_id = till_pack_off(&t, order, 3)};
        }
        int64_t before = store_queries(w->store);
        CHECK_OK(&w->ctx, db_tx(&w->ctx, till_react_in_tx, &b));
        used[round] = store_queries(w->store) - before;
        till_run(&t);
    }
    CHECK_I64(used[0], used[1]);
}

/* --- worth ----------------------------------------------------------------------------------- */

TEST(paying, kit_is_worth_its_share_by_parts_and_so_is_what_is_done_to_it)
{
    struct arena a = {0};
    struct order o = {.total_minor = 1199 + 350 + 150};
    struct order_line lines[] = {
        {.line_no = 1, .kind = LINE_KIT, .quantity = 1, .total_minor = 1199},
        {.line_no = 2, .kind = LINE_COMPONENT, .parent_line = 1, .quantity = 1},
        {.line_no = 3, .kind = LINE_COMPONENT, .parent_line = 1, .quantity = 2},
        {.line_no = 4, .kind = LINE_SERVICE, .parent_line = 1, .quantity = 1, .total_minor = 350},
    };
    const int64_t none[4] = {0}, mug[4] = {0, 1, 0, 0}, all[4] = {0, 1, 2, 0};
    CHECK_I64(0, worth_of_units(&a, &o, lines, 4, none));
    CHECK_I64(400 + 117 + 150, worth_of_units(&a, &o, lines, 4, mug));
    CHECK_I64(1699, worth_of_units(&a, &o, lines, 4, all));
    arena_free(&a);
}

TEST(paying, packages_of_a_line_sum_to_its_total)
{
    struct arena a = {0};
    for (int64_t total = 1; total < 40; total++) {
        struct order o = {.total_minor = total};
        struct order_line line = {
            .line_no = 1, .kind = LINE_GOODS, .quantity = 7, .total_minor = total};
        int64_t sum = 0, before = 0;
        for (int64_t units = 1; units <= 7; units++) {
            int64_t worth = worth_of_units(&a, &o, &line, 1, &units);
            CHECK(worth >= before);
            sum += worth - before;
            before = worth;
        }
        CHECK_I64(total, sum);
    }
    arena_free(&a);
}
