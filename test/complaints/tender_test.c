/* Several ways to pay, named when the order is placed: all of them or none, and goods first. */
#include "domain/payments/credit.h"
#include "harness.h"
#include "stages/2_processing/crediting.h"
#include "test/audit_world.h"
#include "till.h"

#define CODE "7F3K-9MQ2-XW4T-0VBC"

static enum err issue_in_tx(struct ctx *c, void *arg)
{
    struct credit k;
    return crediting_issue(c, arg, &k);
}

static void sell_gift_card(struct till *t, int64_t amount)
{
    struct ctx *c = &t->w->ctx;
    struct text normal = credit_code_normal(c->arena, T(CODE));
    struct crediting_issue issue = {.kind = CREDIT_GIFT_CARD,
                                    .amount_minor = amount,
                                    .code_hash = credit_code_hash(c->arena, normal),
                                    .code_end = text_skip(normal, normal.len - 4),
                                    .customer_id = NONE,
                                    .expires_day = NONE,
                                    .paid_by = PAY_CASH};
    CHECK_OK(c, db_tx(c, issue_in_tx, &issue));
}

static void give_credit(struct till *t, struct text email, int64_t amount)
{
    struct crediting_issue issue = {.kind = CREDIT_STORE,
                                    .amount_minor = amount,
                                    .customer_id = NONE,
                                    .email = email,
                                    .expires_day = NONE,
                                    .paid_by = -1};
    CHECK_OK(&t->w->ctx, db_tx(&t->w->ctx, issue_in_tx, &issue));
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

static struct draft_payment by(enum payment_method method, int64_t amount)
{
    struct money m = amount == NONE ? (struct money){.minor = NONE} : money(amount, "GBP");
    return (struct draft_payment){.method = (int32_t)method,
                                  .amount = m,
                                  .token = method == PAY_CARD ? T("tok_ok") : (struct text){0},
                                  .code = method == PAY_GIFT_CARD ? T(CODE) : (struct text){0}};
}

/* 29.95: 3 mugs and their postage. */
static struct draft mugs_by(struct till *t, struct draft_payment *ways, size_t n)
{
    struct draft d = till_mugs(t, PAY_CARD, NULL);
    d.payment_method = -1;
    d.payments = (struct list){ways, n};
    return d;
}

TEST_BOTH(complaint, c49_a_gift_card_a_credit_and_a_card_are_given_with_the_order)
{
    struct till t = till_open(w);
    struct draft_payment ways[] = {by(PAY_GIFT_CARD, NONE), by(PAY_STORE_CREDIT, 500),
                                   by(PAY_CARD, NONE)};
    struct draft d = mugs_by(&t, ways, 3);
    sell_gift_card(&t, 1000);
    give_credit(&t, d.customer_email, 800);
    int64_t order = till_place(&t, d);
    struct paying_view v = till_look(&t, order);
    CHECK_I64(3, (int64_t)v.payments.count);
    CHECK_I64(PAY_CARD, v.order.payment_method);
    CHECK_I64(1500, v.balance.captured);
    CHECK_I64(TOTAL - 1500, v.balance.authorised);
    CHECK_I64(0, left_on_card(&t));
    CHECK(!till_is_held(&t, order)); /* the card was authorised */
    world_audit(w);
    till_ship(&t, order, 3);
    CHECK_I64(TOTAL, till_look(&t, order).balance.captured);
    till_check_books(&t, order);
}

TEST_BOTH(complaint, c09_the_gift_card_is_untouched_when_the_goods_are_not_there)
{
    struct till t = till_open(w);
    struct draft_payment ways[] = {by(PAY_GIFT_CARD, NONE), by(PAY_CARD, NONE)};
    struct draft d = mugs_by(&t, ways, 2);
    sell_gift_card(&t, 1000);
    CHECK_OK(&w->ctx, world_script(w, "UPDATE merchant SET stock_policy = 0"));
    ((struct draft_line *)d.lines.at)->quantity = 5000;
    struct outcome o = {0};
    shop_place(w, &d, 1, &o);
    CHECK_TEXT("insufficient_stock", text_of(o.fault.reason));
    CHECK_I64(1000, left_on_card(&t));
    world_audit(w);
}

TEST_BOTH(complaint, c53_a_card_that_is_declined_leaves_an_order_that_can_be_paid)
{
    struct till t = till_open(w);
    struct draft_payment ways[] = {by(PAY_GIFT_CARD, 400), by(PAY_CARD, NONE)};
    ways[1].token = T("tok_decline");
    sell_gift_card(&t, 1000);
    int64_t order = till_place(&t, mugs_by(&t, ways, 2));
    CHECK(till_is_held(&t, order));
    CHECK_I64(TOTAL - 400, till_look(&t, order).balance.due);
    CHECK_I64(600, left_on_card(&t));
    CHECK_OK(&w->ctx, till_act(&t, paying_credit,
                               ACT(.order_id = order, .method = PAY_GIFT_CARD, .token = T(CODE),
                                   .amount_minor = NONE)));
    CHECK_OK(&w->ctx, till_act(&t, paying_card,
                               ACT(.order_id = order, .amount_minor = NONE, .token = T("tok_ok"))));
    till_run(&t);
    CHECK(!till_is_held(&t, order));
    world_audit(w);
    /* and a cancel gives all of it back to where it came from */
    till_cancel(&t, order, 3);
    CHECK_I64(1000, left_on_card(&t));
    till_check_books(&t, order);
}

TEST_BOTH(tender, names_the_payment_that_is_wrong_and_takes_nothing)
{
    struct till t = till_open(w);
    sell_gift_card(&t, 1000);
    enum { BAD = 7 };
    struct draft_payment ways[BAD][2];
    static const char *const reasons[BAD] = {"underpaid",        "overpaid", "credit_spent",
                                             "credit_not_found", "required", "token_unused",
                                             "credit_not_found"};
    static const char *const fields[BAD] = {
        "payments",          "payments[1].amount", "payments[1].amount", "payments[0].code",
        "payments[1].token", "payments[1].token",  "payments[1].method"};
    for (size_t i = 0; i < BAD; i++) {
        ways[i][0] = by(PAY_GIFT_CARD, 900);
        ways[i][1] = by(PAY_CARD, NONE);
    }
    ways[0][1].amount = money(TOTAL - 901, "GBP");
    ways[1][1].amount = money(TOTAL, "GBP");
    ways[2][1] = by(PAY_GIFT_CARD, 200); /* the same one, with 100 left */
    ways[3][0].code = T("0000-0000-0000-0000");
    ways[4][1].token = (struct text){0};
    ways[5][1] = by(PAY_BANK_TRANSFER, NONE);
    ways[5][1].token = T("tok_ok");
    ways[6][1] = by(PAY_STORE_CREDIT, NONE);
    struct draft drafts[BAD];
    struct outcome o[BAD];
    for (size_t i = 0; i < BAD; i++) drafts[i] = mugs_by(&t, ways[i], 2);
    if (!shop_place(w, drafts, BAD, o)) return;
    for (size_t i = 0; i < BAD; i++) {
        CHECK_TEXT(reasons[i], text_of(o[i].fault.reason));
        CHECK_TEXT(fields[i], text_of(o[i].fault.field));
    }
    CHECK_I64(1000, left_on_card(&t));
    world_audit(w);
}

TEST_BOTH(tender, of_two_orders_of_one_batch_the_second_finds_what_the_first_left)
{
    struct till t = till_open(w);
    sell_gift_card(&t, TOTAL + 5);
    struct draft_payment all = by(PAY_GIFT_CARD, NONE);
    struct draft d[2] = {mugs_by(&t, &all, 1), mugs_by(&t, &all, 1)};
    struct outcome o[2];
    if (!shop_place(w, d, 2, o)) return;
    CHECK_I64(OK, o[0].fault.code);
    CHECK_I64(0, o[0].holds);
    CHECK_TEXT("underpaid", text_of(o[1].fault.reason));
    CHECK_I64(5, left_on_card(&t));
    world_audit(w);
}

TEST_BOTH(crediting, more_than_is_left_is_refused_by_the_write_itself)
{
    struct till t = till_open(w);
    sell_gift_card(&t, 500);
    int64_t order = till_place(&t, till_mugs(&t, PAY_BANK_TRANSFER, NULL));
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "credit_spent",
                till_act(&t, paying_credit,
                         ACT(.order_id = order, .method = PAY_GIFT_CARD, .token = T(CODE),
                             .amount_minor = 501)));
    CHECK_I64(500, left_on_card(&t));
    CHECK_OK(&w->ctx, till_act(&t, paying_credit,
                               ACT(.order_id = order, .method = PAY_GIFT_CARD, .token = T(CODE),
                                   .amount_minor = 500)));
    CHECK_I64(0, left_on_card(&t));
    world_audit(w);
}
