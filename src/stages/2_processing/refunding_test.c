/* What becomes of money that is owed back while other money is under way, refused, or was never
 * there: every way through the states of a refund that a quick provider does not show. */
#include "base/time.h"
#include "drivers/payments/provider.h"
#include "store/db.h"
#include "test/till.h"

/* A bank that answers when the test says so; asked again, it says what is so by then. */
static enum payment_outcome says[4];

static enum err ask_bank(struct ctx *c, const struct payment_provider *self,
                         const struct payment_ask *ask, struct payment_answer *answer)
{
    (void)self;
    *answer = (struct payment_answer){.outcome = says[ask->request],
                                      .provider_ref = text_copy(c->arena, ask->once_key),
                                      .reason = T("refused_by_bank")};
    return OK;
}

static const struct payment_provider bank = {.name = "test", .ask = ask_bank, .find = ask_bank};
static const struct payment_provider *const banks[] = {&bank, &payment_offline_provider, NULL};

static struct till open_till(struct world *w)
{
    struct till t = till_open(w);
    for (int i = 0; i < 4; i++) says[i] = PAYMENT_DONE;
    paying_use(banks);
    return t;
}

struct owing {
    struct refund_claim claim;
    struct refund owed;
};
static enum err owe_in_tx(struct ctx *c, void *arg)
{
    struct owing *o = arg;
    TRY(refund_owe(c, &o->claim, 1, &o->owed));
    return event_put(c, EVENT_REFUND_OWED, o->claim.order_id, o->owed.refund_id,
                     EVENT_BODY(.amount_minor = o->claim.amount_minor));
}

/* For a return, or for what lowered the order's worth itself. */
static int64_t owe(struct till *t, int64_t order, int64_t amount, enum refund_cause cause,
                   enum refund_target target)
{
    struct owing o = {
        .claim = {.order_id = order, .amount_minor = amount, .cause = cause, .target = target}};
    CHECK_OK(&t->w->ctx, db_tx(&t->w->ctx, owe_in_tx, &o));
    till_run(t);
    return o.owed.refund_id;
}

static struct refund refund_now(struct till *t, int64_t refund_id)
{
    struct refund r = {0};
    CHECK_OK(&t->w->ctx, store_reader(&t->w->ctx));
    CHECK_OK(&t->w->ctx, refund_get(&t->w->ctx, refund_id, &r));
    return r;
}

static enum err retry_in_tx(struct ctx *c, void *arg)
{
    return refunding_retry(c, *(int64_t *)arg, REFUND_TO_SOURCE);
}

/* One mug was captured; the bank thinks about the other two. */
static int64_t half_captured(struct till *t)
{
    int64_t order = till_place(t, till_mugs(t, PAY_CARD, "tok_bank"));
    till_run(t);
    till_ship(t, order, 1);
    till_run(t);
    says[REQUEST_CAPTURE] = PAYMENT_PENDING;
    till_ship(t, order, 2);
    till_run(t);
    CHECK(till_look(t, order).balance.captured < TOTAL);
    return order;
}

TEST_BOTH(refunding, more_than_was_captured_is_asked_for_as_the_money_comes)
{
    struct till t = open_till(w);
    int64_t order = half_captured(&t);
    says[REQUEST_REFUND] = PAYMENT_PENDING;
    int64_t owed = owe(&t, order, 2500, REFUND_FOR_RETURN, REFUND_TO_SOURCE);
    CHECK_I64(REFUND_ASKED, refund_now(&t, owed).state);
    CHECK_I64(0, refund_now(&t, owed).done_minor);
    says[REQUEST_CAPTURE] = PAYMENT_DONE;
    till_later(&t, HOUR_US);
    CHECK_I64(TOTAL, till_look(&t, order).balance.captured);
    CHECK_I64(REFUND_ASKED, refund_now(&t, owed).state); /* both parts are under way */
    says[REQUEST_REFUND] = PAYMENT_DONE;
    till_later(&t, DAY_US);
    CHECK_I64(REFUND_DONE, refund_now(&t, owed).state);
    CHECK_I64(2500, till_look(&t, order).balance.refunded);
}

TEST_BOTH(refunding, what_is_left_is_owed_until_the_other_money_comes)
{
    struct till t = open_till(w);
    int64_t order = half_captured(&t);
    says[REQUEST_REFUND] = PAYMENT_PENDING;
    int64_t owed = owe(&t, order, 2500, REFUND_FOR_RETURN, REFUND_TO_SOURCE);
    says[REQUEST_REFUND] = PAYMENT_DONE;
    till_later(&t, HOUR_US);
    CHECK_I64(REFUND_OWED, refund_now(&t, owed).state);
    CHECK(refund_now(&t, owed).done_minor > 0);
    CHECK_OK(&w->ctx, db_tx(&w->ctx, retry_in_tx, &owed)); /* there is nothing to give yet */
    CHECK_I64(REFUND_OWED, refund_now(&t, owed).state);
    says[REQUEST_CAPTURE] = PAYMENT_DONE;
    till_later(&t, DAY_US);
    CHECK_I64(REFUND_DONE, refund_now(&t, owed).state);
    CHECK_I64(2500, till_look(&t, order).balance.refunded);
}

TEST_BOTH(refunding, money_that_never_comes_is_not_owed_back)
{
    struct till t = open_till(w);
    int64_t order = half_captured(&t);
    says[REQUEST_REFUND] = PAYMENT_PENDING;
    int64_t owed = owe(&t, order, 2500, REFUND_FOR_CANCEL, REFUND_TO_SOURCE);
    says[REQUEST_CAPTURE] = PAYMENT_DECLINED;
    till_later(&t, HOUR_US);
    CHECK_I64(REFUND_ASKED, refund_now(&t, owed).state);
    says[REQUEST_REFUND] = PAYMENT_DONE;
    till_later(&t, HOUR_US);
    CHECK_I64(REFUND_WAIVED, refund_now(&t, owed).state);
    CHECK_I64(till_look(&t, order).balance.captured, refund_now(&t, owed).done_minor);
}

TEST_BOTH(refunding, of_an_order_that_nobody_paid_nothing_is_owed)
{
    struct till t = open_till(w);
    int64_t order = till_place(&t, till_mugs(&t, PAY_BANK_TRANSFER, NULL));
    int64_t owed = owe(&t, order, 500, REFUND_FOR_CANCEL, REFUND_TO_SOURCE);
    CHECK_I64(REFUND_WAIVED, refund_now(&t, owed).state);
}

TEST_BOTH(refunding, what_went_back_another_way_is_not_tried_again)
{
    struct till t = open_till(w);
    int64_t order = till_place(&t, till_mugs(&t, PAY_CARD, "tok_bank"));
    till_ship(&t, order, 3);
    till_run(&t);
    says[REQUEST_REFUND] = PAYMENT_DECLINED;
    int64_t owed = owe(&t, order, TOTAL, REFUND_FOR_CANCEL, REFUND_TO_SOURCE);
    CHECK_I64(REFUND_FAILED, refund_now(&t, owed).state);
    int64_t by_hand = owe(&t, order, TOTAL, REFUND_FOR_CANCEL, REFUND_BY_HAND);
    CHECK_I64(REFUND_DONE, refund_now(&t, by_hand).state);
    till_later(&t, DAY_US);
    CHECK_I64(REFUND_WAIVED, refund_now(&t, owed).state);
    CHECK_I64(TOTAL, till_look(&t, order).balance.refunded);
}

TEST_BOTH(refunding, store_credit_for_nobody_fails_and_is_tried_again)
{
    struct till t = open_till(w);
    struct draft d = till_mugs(&t, PAY_CARD, "tok_bank");
    d.customer_email = d.customer_reference = (struct text){0};
    int64_t order = till_place(&t, d);
    till_ship(&t, order, 3);
    till_run(&t);
    int64_t owed = owe(&t, order, 500, REFUND_FOR_RETURN, REFUND_TO_STORE_CREDIT);
    CHECK_I64(REFUND_FAILED, refund_now(&t, owed).state);
    CHECK_TEXT("the order has no customer and no e-mail address", refund_now(&t, owed).reason);
    till_later(&t, HOUR_US);
    CHECK_I64(REFUND_FAILED, refund_now(&t, owed).state);
    CHECK(refund_now(&t, owed).attempts > 1);
}
