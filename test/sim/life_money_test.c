/* test/sim/life_money_test.c: every way to pay, and what it does to the order's way. */
#include "life.h"

#include "audit_world.h"

static int64_t holds(struct life *l, int64_t order_id, enum account account)
{
    struct ctx *c = &l->w->ctx;
    struct list entries = {0};
    CHECK_OK(c, store_reader(c));
    CHECK_OK(c, money_entries_of(c, &order_id, 1, &entries));
    return account_holds(&entries, account);
}

static int64_t order_by(struct life *l, enum payment_method method, int64_t quantity)
{
    struct draft d = shop_draft(l->w, "BOOK", quantity);
    d.payment_method = (int32_t)method;
    int64_t id = life_place(l, &d);
    CHECK_OK(&l->w->ctx, l->placed.fault.code);
    return id;
}

static struct text hold_note(struct life *l, int64_t order_id)
{
    struct ctx *c = &l->w->ctx;
    struct list live = {0};
    CHECK_OK(c, store_reader(c));
    CHECK_OK(c, holds_of(c, &order_id, 1, true, &live));
    return live.count ? ((const struct hold *)live.at)->note : (struct text){0};
}

/* --- cards ----------------------------------------------------------------------------------- */

TEST_BOTH(life, a_declined_card_keeps_the_order_waiting_until_another_one_pays)
{
    struct life l = life_open(w);
    struct draft d = life_card_draft(&l, "BOOK", 2, "tok_insufficient_funds");
    int64_t id = life_place(&l, &d);
    CHECK(life_is_held(&l, id, HOLD_PAYMENT));
    CHECK(text_find(hold_note(&l, id), T("insufficient_funds")) >= 0);
    CHECK_I64(STAGE_PROCESSING, life_stage(&l, id));
    CHECK_I64(1, life_told(&l, id, EVENT_PAYMENT_FAILED));
    CHECK_I64(98, life_free_units(&l, l.shop.book, l.shop.london)); /* kept for them meanwhile */
    struct paying_act act =
        PAY_ACT(.order_id = id, .amount_minor = NONE, .token = T("tok_expired"));
    CHECK_OK(&w->ctx, life_pay(&l, paying_card, act));
    CHECK(life_is_held(&l, id, HOLD_PAYMENT));
    act.token = T("tok_ok");
    CHECK_OK(&w->ctx, life_pay(&l, paying_card, act));
    CHECK(!life_is_held(&l, id, HOLD_PAYMENT));
    CHECK_I64(STAGE_PICKING, life_stage(&l, id));
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "nothing_due", life_pay(&l, paying_card, act));
    life_bring(&l, id);
    CHECK_I64(2 * 1250, life_money(&l, id).balance.captured);
    CHECK_I64(2 * 1250, holds(&l, id, ACCOUNT_PROVIDER));
    life_later(&l, 4 * DAY_US);
    CHECK_I64(STAGE_COMPLETED, life_stage(&l, id));
    world_audit(w);
}

TEST_BOTH(life, an_answer_that_got_lost_is_looked_up_and_nobody_pays_twice)
{
    static const char *const tokens[] = {"tok_timeout_after_success", "tok_timeout_before",
                                         "tok_slow", "tok_away", "tok_capture_timeout"};
    struct life l = life_open(w);
    for (size_t i = 0; i < sizeof tokens / sizeof *tokens; i++) {
        int64_t total = 1250 * (1 + (int64_t)i);
        struct draft d = life_card_draft(&l, "BOOK", 1 + (int64_t)i, tokens[i]);
        int64_t id = life_place(&l, &d);
        CHECK(i == 4 || life_is_held(&l, id, HOLD_PAYMENT));
        life_later(&l, HOUR_US);
        CHECK(!life_is_held(&l, id, HOLD_PAYMENT));
        CHECK_I64(total, life_money(&l, id).balance.authorised);
        life_ship(&l, id);
        life_later(&l, HOUR_US);
        CHECK_I64(total, life_money(&l, id).balance.captured);
        CHECK_I64(total, holds(&l, id, ACCOUNT_PROVIDER));
        CHECK_I64(1, life_told(&l, id, EVENT_PAYMENT_AUTHORISED));
        CHECK_I64(1, life_told(&l, id, EVENT_PAYMENT_CAPTURED));
        CHECK_I64(1, (int64_t)work_packages(w, id).count);
    }
    world_audit(w);
}

TEST_BOTH(life, a_capture_that_fails_is_seen_and_paid_by_transfer)
{
    struct life l = life_open(w);
    struct draft d = life_card_draft(&l, "BOOK", 2, "tok_capture_fails");
    int64_t id = life_place(&l, &d);
    life_ship(&l, id);
    CHECK_I64(0, life_money(&l, id).balance.captured);
    CHECK_I64(2500, life_money(&l, id).balance.due);
    CHECK_I64(1, life_told(&l, id, EVENT_PAYMENT_FAILED));
    life_bring(&l, id);
    life_later(&l, 4 * DAY_US);
    CHECK_I64(2500, life_money(&l, id).balance.due);
    struct paying_act act = PAY_ACT(.order_id = id, .amount_minor = 2500,
                                    .method = PAY_BANK_TRANSFER, .note = T("ref 17"));
    CHECK_OK(&w->ctx, life_pay(&l, paying_record, act));
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "payment_recorded", life_pay(&l, paying_record, act));
    CHECK_I64(0, life_money(&l, id).balance.due);
    CHECK_I64(2500, holds(&l, id, ACCOUNT_BANK));
    world_audit(w);
}

/* --- cash, transfer, account, door ----------------------------------------------------------- */

TEST_BOTH(life, cash_at_the_counter_is_paid_when_the_goods_are_fetched)
{
    struct life l = life_open(w);
    struct draft d = shop_draft(w, "BOOK", 1);
    d.channel = CHANNEL_COUNTER;
    d.payment_method = PAY_CASH;
    d.method = METHOD_PICKUP;
    int64_t id = life_place(&l, &d);
    CHECK_I64(STAGE_PICKING, life_stage(&l, id));
    CHECK_I64(1250, life_money(&l, id).balance.due);
    CHECK_OK(&w->ctx, life_pick_all(&l, id));
    life_pack_all(&l, id);
    struct text code = {0};
    CHECK_OK(&w->ctx, life_pickup_code(&l, id, &code));
    int64_t box = life_package(&l, id, 0).package_id;
    struct paying_act act = PAY_ACT(.order_id = id, .amount_minor = 1250, .method = PAY_CASH);
    CHECK_OK(&w->ctx, life_pay(&l, paying_record, act));
    CHECK_I64(1250, holds(&l, id, ACCOUNT_CASH));
    CHECK_OK(&w->ctx, life_hand_over(&l, box, HAND_OVER_COUNTER));
    CHECK_OK(&w->ctx, life_deliver(&l, PROOF(.package_id = box, .name = T("Ada"), .pin = code)));
    CHECK_I64(STAGE_COMPLETING, life_stage(&l, id));
    CHECK_I64(1250, life_money(&l, id).balance.captured);
    CHECK_I64(0, life_money(&l, id).balance.due);
    life_later(&l, 4 * DAY_US);
    CHECK_I64(STAGE_COMPLETED, life_stage(&l, id));
    world_audit(w);
}

TEST_BOTH(life, a_bank_transfer_in_two_parts_lets_the_order_go_with_the_second)
{
    struct life l = life_open(w);
    int64_t id = order_by(&l, PAY_BANK_TRANSFER, 2);
    struct paying_act act = PAY_ACT(.order_id = id, .amount_minor = 1000,
                                    .method = PAY_BANK_TRANSFER, .note = T("first"));
    CHECK_OK(&w->ctx, life_pay(&l, paying_record, act));
    CHECK(life_is_held(&l, id, HOLD_PAYMENT));
    CHECK_I64(1500, life_money(&l, id).balance.due);
    act.amount_minor = 1500;
    act.note = T("second");
    CHECK_OK(&w->ctx, life_pay(&l, paying_record, act));
    CHECK(!life_is_held(&l, id, HOLD_PAYMENT));
    CHECK_I64(0, life_money(&l, id).balance.due);
    CHECK_I64(STAGE_PICKING, life_stage(&l, id));
    int64_t other = order_by(&l, PAY_BANK_TRANSFER, 3);
    act = PAY_ACT(.order_id = other, .amount_minor = 1000, .method = PAY_BANK_TRANSFER,
                  .note = T("half"));
    CHECK_OK(&w->ctx, life_pay(&l, paying_record, act));
    CHECK_OK(&w->ctx, life_cancel(&l, other, "never mind")); /* what came goes back */
    CHECK_I64(1000, l.cancelled.taken_minor);
    life_later(&l, DAY_US);
    struct paying_view v = life_money(&l, other);
    CHECK_I64(1000, v.balance.captured);
    world_audit(w);
    life_bring(&l, id);
    life_later(&l, 4 * DAY_US);
    CHECK_I64(STAGE_COMPLETED, life_stage(&l, id));
    world_audit(w);
}

TEST_BOTH(life, on_account_the_claim_arises_as_goods_leave_and_ends_when_paid)
{
    struct life l = life_open(w);
    int64_t id = order_by(&l, PAY_ON_ACCOUNT, 2);
    CHECK_I64(STAGE_PICKING, life_stage(&l, id));
    CHECK_I64(0, holds(&l, id, ACCOUNT_RECEIVABLE));
    life_bring(&l, id);
    CHECK_I64(2500, holds(&l, id, ACCOUNT_RECEIVABLE));
    CHECK_I64(0, life_money(&l, id).balance.captured);
    life_later(&l, 4 * DAY_US);
    CHECK_I64(STAGE_COMPLETED, life_stage(&l, id)); /* the claim stays open beside it */
    CHECK_OK(&w->ctx, life_pay(&l, paying_record,
                               PAY_ACT(.order_id = id, .amount_minor = 2500,
                                       .method = PAY_BANK_TRANSFER, .note = T("inv 1"))));
    CHECK_I64(0, holds(&l, id, ACCOUNT_RECEIVABLE));
    CHECK_I64(2500, holds(&l, id, ACCOUNT_BANK));
    CHECK_I64(2500, life_money(&l, id).balance.captured);
    world_audit(w);
}

TEST_BOTH(life, cash_on_delivery_is_collected_at_the_door_and_paid_out_by_the_carrier)
{
    struct life l = life_open(w);
    int64_t id = order_by(&l, PAY_ON_DELIVERY, 1);
    CHECK_I64(STAGE_PICKING, life_stage(&l, id));
    life_ship(&l, id);
    CHECK_I64(0, life_money(&l, id).balance.captured);
    CHECK_I64(0, holds(&l, id, ACCOUNT_CARRIER));
    int64_t box = life_package(&l, id, 0).package_id;
    CHECK_OK(&w->ctx, life_report(&l, box, TRACKING_DELIVERED, 0));
    CHECK_I64(1250, life_money(&l, id).balance.captured);
    CHECK_I64(1250, holds(&l, id, ACCOUNT_CARRIER));
    CHECK_OK(&w->ctx, life_pay(&l, paying_record,
                               PAY_ACT(.order_id = id, .amount_minor = 1250,
                                       .method = PAY_BANK_TRANSFER, .note = T("cod 1"))));
    CHECK_I64(0, holds(&l, id, ACCOUNT_CARRIER));
    CHECK_I64(1250, holds(&l, id, ACCOUNT_BANK));
    CHECK_I64(1250, life_money(&l, id).balance.captured);
    life_later(&l, 4 * DAY_US);
    CHECK_I64(STAGE_COMPLETED, life_stage(&l, id));
    world_audit(w);
}
