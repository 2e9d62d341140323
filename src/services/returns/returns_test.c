/* What the desk and the bench are promised about goods that come back. */
#include "domain/payments/credit.h"
#include "test/audit_world.h"
#include "test/sim/life.h"

#include <string.h>

static int64_t brought(struct life *l, const char *sku, int64_t quantity)
{
    struct draft d = shop_draft(l->w, sku, quantity);
    d.payment_method = PAY_CARD;
    d.payment_token = T("tok_ok");
    int64_t id = life_place(l, &d);
    CHECK_OK(&l->w->ctx, l->placed.fault.code);
    life_bring(l, id);
    return id;
}

static enum err put_rule(struct ctx *c, void *arg) { return return_rule_put(c, arg); }

static void rule(struct life *l, struct return_rule r)
{
    r.merchant_id = l->w->ctx.merchant_id;
    CHECK_OK(&l->w->ctx, db_tx(&l->w->ctx, put_rule, &r));
}

TEST_BOTH(returns, refund_what_came_back_less_the_fee_once)
{
    struct life l = life_open(w);
    rule(&l, (struct return_rule){.is_returnable = true, .days = 14, .fee_minor = 500});
    int64_t id = brought(&l, "LAMP", 3), back;
    CHECK_OK(&w->ctx, life_ask_back(&l, id, 1, 2, RETURN_BECAUSE_UNWANTED, &back));
    CHECK_OK(&w->ctx, life_approve(&l, back));
    CHECK_I64(500, life_return(&l, id, 0).fee_minor);
    CHECK_OK(&w->ctx, life_return_label(&l, back));
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "label_exists", life_return_label(&l, back));
    CHECK_I64(1, life_mails(&l, id, MESSAGE_RETURN_APPROVED));
    CHECK_I64(1, life_mails(&l, id, MESSAGE_RETURN_LABEL));
    CHECK_OK(&w->ctx, life_take_in(&l, back, l.shop.london, 1, 2));
    CHECK_I64(1, life_mails(&l, id, MESSAGE_RETURN_RECEIVED));
    CHECK_I64(RETURN_RECEIVED, life_return_line(&l, back, 1).state);
    CHECK_OK(&w->ctx, life_settle(&l, back, 1, 1, RESOLVED_BY_REFUND, NONE));
    CHECK_I64(4999 - 500, life_money(&l, id).balance.refunded);
    CHECK_OK(&w->ctx, life_settle(&l, back, 1, 1, RESOLVED_BY_REFUND, NONE));
    CHECK_I64(2 * 4999 - 500, life_money(&l, id).balance.refunded);
    CHECK_I64(2, life_mails(&l, id, MESSAGE_REFUNDED));
    CHECK_I64(RETURN_RESOLVED, life_return_line(&l, back, 1).state);
    CHECK_I64(1, life_told(&l, id, EVENT_RETURN_SETTLED));
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "not_that_many",
                life_settle(&l, back, 1, 1, RESOLVED_BY_REFUND, NONE));
    world_audit(w);
}

TEST_BOTH(returns, give_no_more_back_than_what_was_not_cancelled_and_not_credited)
{
    struct life l = life_open(w);
    struct draft d = shop_draft(w, "LAMP", 3);
    d.payment_method = PAY_CARD;
    d.payment_token = T("tok_ok");
    int64_t id = life_place(&l, &d), back, case_id;
    CHECK_OK(&w->ctx, l.placed.fault.code);
    struct cancel_line one = {1, 1};
    CHECK_OK(&w->ctx, life_cancel_lines(&l, id, &one, 1, "two will do"));
    life_bring(&l, id); /* what is cancelled was never taken: no refund speaks of it */
    CHECK_OK(&w->ctx, life_complain(&l, id, CASE_DAMAGED, "the shade is cracked", &case_id));
    struct case_answer a = {.order_id = id,
                            .case_id = case_id,
                            .resolution = CASE_REFUND,
                            .answer = T("we are sorry"),
                            .refund_minor = 1000,
                            .return_reason = -1};
    CHECK_OK(&w->ctx, life_resolve(&l, &a));
    CHECK_OK(&w->ctx, life_ask_back(&l, id, 1, 2, RETURN_BECAUSE_DEFECTIVE, &back));
    CHECK_OK(&w->ctx, life_approve(&l, back));
    CHECK_OK(&w->ctx, life_take_in(&l, back, l.shop.london, 1, 2));
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "refund_too_large",
                life_settle(&l, back, 1, 2, RESOLVED_BY_REFUND, 2 * 4999 - 999));
    CHECK_OK(&w->ctx, life_settle(&l, back, 1, 2, RESOLVED_BY_REFUND, NONE));
    CHECK_I64(2 * 4999 - 1000, life_return_line(&l, back, 1).refund_minor);
    CHECK_I64(2 * 4999, life_money(&l, id).balance.refunded);
    world_audit(w);
}

/* Nothing that follows is done between the two. */
static enum err refund_a_case(struct life *l, int64_t id, int64_t case_id, int64_t minor)
{
    struct case_answer a = {.order_id = id,
                            .case_id = case_id,
                            .resolution = CASE_REFUND,
                            .refund_minor = minor,
                            .return_reason = -1};
    return life_resolve(l, &a);
}

TEST_BOTH(returns, what_was_promised_a_moment_ago_is_not_promised_again_for_a_case)
{
    struct life l = life_open(w);
    for (int is_case_first = 0; is_case_first < 2; is_case_first++) {
        int64_t id = brought(&l, "LAMP", 1), back, case_id;
        CHECK_OK(&w->ctx, life_complain(&l, id, CASE_LATE, "it came late", &case_id));
        CHECK_OK(&w->ctx, life_ask_back(&l, id, 1, 1, RETURN_BECAUSE_DEFECTIVE, &back));
        CHECK_OK(&w->ctx, life_approve(&l, back));
        CHECK_OK(&w->ctx, life_take_in(&l, back, l.shop.london, 1, 1));
        l.is_busy = true;
        if (is_case_first) CHECK_OK(&w->ctx, refund_a_case(&l, id, case_id, 60));
        CHECK_OK(&w->ctx, life_settle(&l, back, 1, 1, RESOLVED_BY_REFUND, NONE));
        CHECK_I64(is_case_first ? 4939 : 4999, life_return_line(&l, back, 1).refund_minor);
        if (!is_case_first) {
            CHECK_FAULT(&w->ctx, ERR_CONFLICT, "refund_too_large",
                        refund_a_case(&l, id, case_id, 60));
            CHECK_TEXT("at most 0.00 GBP", text_of(w->ctx.fault.hint));
        }
        l.is_busy = false;
        life_quiet(&l);
        life_later(&l, HOUR_US);
        struct payment_balance b = life_money(&l, id).balance;
        CHECK_I64(4999, b.credited); /* and nothing of what was promised was let fall */
        CHECK_I64(4999, b.refunded);
        CHECK_I64(0, life_told(&l, id, EVENT_REFUND_WAIVED));
    }
    world_audit(w);
}

/* Three lamps with 0.85 off all of them, and two more at the full price. */
static int64_t three_lamps_and_two(struct life *l)
{
    struct draft d = life_card_draft(l, "LAMP", 3, "tok_ok");
    struct draft_line *line = d.lines.at;
    line->discount = money(85, "GBP");
    int64_t id = life_place(l, &d);
    CHECK_OK(&l->w->ctx, l->placed.fault.code);
    life_ship(l, id);
    struct change_line more = {.line_no = 1,
                               .parent_line = NONE,
                               .quantity = 5,
                               .unit_price = {.minor = NONE},
                               .discount = {.minor = NONE}};
    struct order_change change = {.method = -1,
                                  .wish_day = NONE,
                                  .shipping = {.minor = NONE},
                                  .reason = T("two more"),
                                  .lines = {&more, 1}};
    CHECK_OK(&l->w->ctx, life_change(l, id, &change));
    life_later(l, HOUR_US);
    return id;
}

TEST_BOTH(returns, give_back_what_each_unit_was_paid_for_when_some_came_later_without_a_discount)
{
    struct life l = life_open(w);
    int64_t id = three_lamps_and_two(&l), back;
    CHECK_OK(&w->ctx, life_cancel_lines(&l, id, &(struct cancel_line){1, 1}, 1, "one will do"));
    life_bring(&l, id);
    CHECK_I64(4 * 4999 - 85, life_money(&l, id).balance.captured);
    CHECK_OK(&w->ctx, life_ask_back(&l, id, 1, 4, RETURN_BECAUSE_DEFECTIVE, &back));
    CHECK_OK(&w->ctx, life_approve(&l, back));
    CHECK_OK(&w->ctx, life_take_in(&l, back, l.shop.london, 1, 4));
    CHECK_OK(&w->ctx, life_settle(&l, back, 1, 3, RESOLVED_BY_REFUND, NONE));
    CHECK_I64(3 * 4999 - 85, life_return_line(&l, back, 1).refund_minor);
    CHECK_OK(&w->ctx, life_settle(&l, back, 1, 1, RESOLVED_BY_REFUND, NONE));
    CHECK_I64(4 * 4999 - 85, life_money(&l, id).balance.refunded);
    world_audit(w);
}

TEST_BOTH(returns, refuse_what_was_never_shipped_or_is_asked_back_already)
{
    struct life l = life_open(w);
    int64_t id = brought(&l, "LAMP", 2), back, more, other;
    CHECK_OK(&w->ctx, life_ask_back(&l, id, 1, 1, RETURN_BECAUSE_UNWANTED, &back));
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "over_return",
                life_ask_back(&l, id, 1, 2, RETURN_BECAUSE_UNWANTED, &more));
    CHECK_FAULT(&w->ctx, ERR_NOT_FOUND, "line_not_found",
                life_ask_back(&l, id, 9, 1, RETURN_BECAUSE_UNWANTED, &more));
    CHECK_OK(&w->ctx, life_decline(&l, back)); /* a no makes it free again */
    CHECK_OK(&w->ctx, life_ask_back(&l, id, 1, 2, RETURN_BECAUSE_UNWANTED, &more));
    CHECK_OK(&w->ctx, life_approve(&l, more));
    CHECK_OK(&w->ctx, life_take_in(&l, more, l.shop.london, 1, 1));
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "over_return", life_take_in(&l, more, l.shop.london, 1, 2));
    CHECK_OK(&w->ctx, life_give_up(&l, more)); /* the other lamp stays with them */
    CHECK_I64(1, life_return_line(&l, more, 1).quantity);
    other = shop_order(w, "LAMP", 1);
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "not_shipped",
                life_ask_back(&l, other, 1, 1, RETURN_BECAUSE_UNWANTED, &more));
    world_audit(w);
}

TEST_BOTH(returns, keep_to_the_rules_of_a_product)
{
    struct life l = life_open(w);
    rule(&l, (struct return_rule){.product_id = l.shop.mug, .is_returnable = false});
    rule(&l, (struct return_rule){.is_returnable = true, .days = 7});
    int64_t mug = brought(&l, "MUG", 1), lamp = brought(&l, "LAMP", 1), back;
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "not_returnable",
                life_ask_back(&l, mug, 1, 1, RETURN_BECAUSE_UNWANTED, &back));
    life_later(&l, 8 * DAY_US);
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "return_too_late",
                life_ask_back(&l, lamp, 1, 1, RETURN_BECAUSE_UNWANTED, &back));
}

TEST_BOTH(returns, send_repaired_goods_back_and_take_them_again)
{
    struct life l = life_open(w);
    int64_t id = brought(&l, "LAMP", 1), back, again;
    CHECK_OK(&w->ctx, life_ask_back(&l, id, 1, 1, RETURN_BECAUSE_DEFECTIVE, &back));
    CHECK_OK(&w->ctx, life_approve(&l, back));
    CHECK_OK(&w->ctx, life_take_in(&l, back, l.shop.london, 1, 1));
    CHECK_OK(&w->ctx, life_decide(&l, back, 1, 1, HEAP_REPAIRING));
    CHECK_OK(&w->ctx, life_decide(&l, back, 1, 1, HEAP_SENT_BACK));
    CHECK_OK(&w->ctx, life_settle(&l, back, 1, 1, RESOLVED_BY_REPAIR, NONE));
    CHECK_I64(0, work_order_line(w, id, 1).returned);
    CHECK_I64(0, life_money(&l, id).balance.refunded);
    CHECK_OK(&w->ctx, life_ask_back(&l, id, 1, 1, RETURN_BECAUSE_DEFECTIVE, &again));
    world_audit(w);
}

TEST_BOTH(returns, pay_for_goods_that_come_back_again_as_if_they_had_stayed)
{
    struct life l = life_open(w);
    int64_t id = three_lamps_and_two(&l), back, again;
    life_bring(&l, id);
    CHECK_OK(&w->ctx, life_ask_back(&l, id, 1, 3, RETURN_BECAUSE_DEFECTIVE, &back));
    CHECK_OK(&w->ctx, life_approve(&l, back));
    CHECK_OK(&w->ctx, life_take_in(&l, back, l.shop.london, 1, 3));
    CHECK_OK(&w->ctx, life_decide(&l, back, 1, 3, HEAP_SENT_BACK));
    CHECK_OK(&w->ctx, life_settle(&l, back, 1, 3, RESOLVED_BY_NOTHING, NONE));
    CHECK_OK(&w->ctx, life_ask_back(&l, id, 1, 5, RETURN_BECAUSE_DEFECTIVE, &again));
    CHECK_OK(&w->ctx, life_approve(&l, again));
    CHECK_OK(&w->ctx, life_take_in(&l, again, l.shop.london, 1, 5));
    CHECK_OK(&w->ctx, life_settle(&l, again, 1, 3, RESOLVED_BY_REFUND, NONE));
    CHECK_I64(3 * 4999 - 85, life_return_line(&l, again, 1).refund_minor);
    CHECK_OK(&w->ctx, life_settle(&l, again, 1, 2, RESOLVED_BY_REFUND, NONE));
    CHECK_I64(5 * 4999 - 85, life_money(&l, id).balance.refunded);
    world_audit(w);
}

/* Lot A1 goes out, so lot A1 comes back. */
TEST_BOTH(returns, keep_the_lot_that_was_sent)
{
    struct life l = life_open(w);
    work_receive(w, l.shop.london, l.shop.mug, l.shop.bins[0][7], "A1", 5);
    work_adjust(w, l.shop.london, l.shop.mug, l.shop.bins[0][0], -100);
    int64_t id = brought(&l, "MUG", 2), back;
    CHECK_OK(&w->ctx, life_ask_back(&l, id, 1, 2, RETURN_BECAUSE_UNWANTED, &back));
    CHECK_OK(&w->ctx, life_approve(&l, back));
    CHECK_OK(&w->ctx, life_take_in(&l, back, l.shop.london, 1, 1));
    struct list cells = {0};
    CHECK_OK(&w->ctx, store_reader(&w->ctx));
    CHECK_OK(&w->ctx, stock_of_place(&w->ctx, l.returns[0], &cells));
    CHECK_I64(1, (int64_t)cells.count);
    CHECK_TEXT("A1", ((const struct stock *)cells.at)->lot);
    CHECK_I64(CONDITION_QUARANTINED, ((const struct stock *)cells.at)->condition);
    world_audit(w);
}

TEST_BOTH(returns, cost_the_same_statements_however_many_lines_they_have)
{
    struct life l = life_open(w);
    int64_t spent[2];
    static const char *const skus[] = {"MUG", "BOOK", "LAMP", "PEN"};
    for (size_t i = 0; i < 2; i++) {
        struct draft d = shop_draft(w, skus[0], 1);
        struct draft_line lines[4];
        for (size_t k = 0; k < 4; k++)
            lines[k] = (struct draft_line){.sku = text_of(skus[k]),
                                           .quantity = 1,
                                           .unit_price = {.minor = NONE},
                                           .discount = {.minor = NONE},
                                           .tax = {.minor = NONE}};
        d.lines = (struct list){lines, i ? 4 : 1};
        int64_t id = life_place(&l, &d);
        life_bring(&l, id);
        struct return_wish_line wished[4] = {{1, 1}, {2, 1}, {3, 1}, {4, 1}};
        int64_t before = store_queries(w->store), back;
        l.is_busy = true;
        CHECK_OK(&w->ctx, life_ask_lines(&l, id, wished, d.lines.count, &back));
        l.is_busy = false;
        spent[i] = store_queries(w->store) - before;
    }
    CHECK_I64(spent[0], spent[1]);
}

/* --- money back as credit -------------------------------------------------------------------- */

static int64_t credit_for(struct life *l, int64_t order_id)
{
    struct credit k;
    bool found = false;
    struct order o = life_money(l, order_id).order;
    struct credit_home home = {o.owner_id, o.customer_id, o.customer_email, o.currency};
    CHECK_OK(&l->w->ctx, credit_of(&l->w->ctx, &home, &k, &found));
    return found ? k.balance_minor : 0;
}

static int64_t back_here(struct life *l, int64_t order_id, int64_t quantity, enum return_reason why)
{
    int64_t back = NONE;
    CHECK_OK(&l->w->ctx, life_ask_back(l, order_id, 1, quantity, why, &back));
    CHECK_OK(&l->w->ctx, life_approve(l, back));
    CHECK_OK(&l->w->ctx, life_take_in(l, back, l->shop.london, 1, quantity));
    return back;
}

TEST_BOTH(returns, give_store_credit_where_the_rules_say_so_and_nobody_else_is_to_blame)
{
    struct life l = life_open(w);
    rule(&l, (struct return_rule){.is_returnable = true, .days = 30, .is_credited = true});
    int64_t wish = brought(&l, "LAMP", 1), broken = brought(&l, "LAMP", 1);
    int64_t back = back_here(&l, wish, 1, RETURN_BECAUSE_UNWANTED);
    CHECK_OK(&w->ctx, life_settle(&l, back, 1, 1, RESOLVED_BY_REFUND, NONE));
    CHECK_I64(4999, life_money(&l, wish).balance.refunded);
    CHECK_I64(4999, credit_for(&l, wish));
    back = back_here(&l, broken, 1, RETURN_BECAUSE_DEFECTIVE);
    CHECK_OK(&w->ctx, life_settle(&l, back, 1, 1, RESOLVED_BY_REFUND, NONE));
    CHECK_I64(4999, life_money(&l, broken).balance.refunded);
    CHECK_I64(0, credit_for(&l, broken)); /* that one went back to the card */
    world_audit(w);
}

TEST_BOTH(returns, go_where_staff_say_whatever_the_rules_are)
{
    struct life l = life_open(w);
    int64_t id = brought(&l, "LAMP", 2);
    int64_t back = back_here(&l, id, 2, RETURN_BECAUSE_DEFECTIVE);
    CHECK_OK(&w->ctx, life_settle_to(&l, back, 1, 1, REFUND_TO_STORE_CREDIT));
    CHECK_I64(4999, credit_for(&l, id));
    rule(&l, (struct return_rule){.is_returnable = true, .days = 30, .is_credited = true});
    CHECK_OK(&w->ctx, life_settle_to(&l, back, 1, 1, REFUND_TO_SOURCE));
    CHECK_I64(4999, credit_for(&l, id));
    CHECK_I64(2 * 4999, life_money(&l, id).balance.refunded);
    world_audit(w);
}

TEST_BOTH(returns, need_somebody_to_give_credit_to)
{
    struct life l = life_open(w);
    struct draft d = shop_draft(w, "LAMP", 1);
    d.payment_method = PAY_CARD;
    d.payment_token = T("tok_ok");
    d.customer_email = (struct text){0};
    d.customer_reference = (struct text){0};
    int64_t id = life_place(&l, &d);
    life_bring(&l, id);
    int64_t back = back_here(&l, id, 1, RETURN_BECAUSE_UNWANTED);
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "nobody_to_credit",
                life_settle_to(&l, back, 1, 1, REFUND_TO_STORE_CREDIT));
    rule(&l, (struct return_rule){.is_returnable = true, .days = 30, .is_credited = true});
    CHECK_OK(&w->ctx, life_settle(&l, back, 1, 1, RESOLVED_BY_REFUND, NONE)); /* to the card then */
    CHECK_I64(4999, life_money(&l, id).balance.refunded);
}

/* --- what its carrier says -------------------------------------------------------------------- */

static struct tracking_report scanned(struct life *l, int64_t return_id, enum tracking_status s)
{
    struct list labels = {0};
    CHECK_OK(&l->w->ctx, store_reader(&l->w->ctx));
    CHECK_OK(&l->w->ctx, labels_of(&l->w->ctx, &return_id, 1, &labels));
    CHECK_I64(1, (int64_t)labels.count);
    return (struct tracking_report){
        .package_id = NONE,
        .tracking_number = labels.count ? ((const struct label *)labels.at)->tracking_number
                                        : (struct text){0},
        .occurred_us = source_now_us(&l->w->source),
        .status = (int32_t)s,
        .place = T("Hull")};
}

TEST_BOTH(returns, are_followed_by_the_scans_of_their_label)
{
    struct life l = life_open(w);
    int64_t id = brought(&l, "LAMP", 1), back;
    CHECK_OK(&w->ctx, life_ask_back(&l, id, 1, 1, RETURN_BECAUSE_UNWANTED, &back));
    CHECK_OK(&w->ctx, life_approve(&l, back));
    CHECK_OK(&w->ctx, life_return_label(&l, back));
    struct tracking_report r = scanned(&l, back, TRACKING_PRE_TRANSIT);
    CHECK_OK(&w->ctx, life_reports(&l, &r, 1));
    CHECK_I64(RETURN_APPROVED, life_return_line(&l, back, 1).state); /* printed is not sent */
    struct tracking_report all[] = {scanned(&l, back, TRACKING_IN_TRANSIT),
                                    scanned(&l, back, TRACKING_IN_TRANSIT)};
    CHECK_OK(&w->ctx, life_reports(&l, all, 2));
    CHECK_I64(RETURN_IN_TRANSIT, life_return_line(&l, back, 1).state);
    CHECK_I64(2, life_told(&l, id, EVENT_RETURN_TRACKED)); /* told twice is told once */
    CHECK_I64(NONE, life_return(&l, id, 0).at_door_us);
    life_later(&l, DAY_US);
    r = scanned(&l, back, TRACKING_DELIVERED);
    CHECK_OK(&w->ctx, life_reports(&l, &r, 1));
    CHECK_I64(r.occurred_us, life_return(&l, id, 0).at_door_us);
    CHECK_I64(RETURN_IN_TRANSIT, life_return_line(&l, back, 1).state); /* nobody counted it */
    CHECK_OK(&w->ctx, life_take_in(&l, back, l.shop.london, 1, 1));
    life_later(&l, HOUR_US);
    r = scanned(&l, back, TRACKING_OUT_FOR_DELIVERY); /* late, and it changes nothing */
    CHECK_OK(&w->ctx, life_reports(&l, &r, 1));
    CHECK_I64(RETURN_RECEIVED, life_return_line(&l, back, 1).state);
    CHECK_I64(1, life_told(&l, id, EVENT_RETURN_SENT));
    world_audit(w);
}

/* --- goods for goods -------------------------------------------------------------------------- */

static int64_t ask_for_goods(struct life *l, int64_t return_id, const char *verb, const char *body)
{
    int64_t order_id;
    CHECK_OK(&l->w->ctx, life_goods(l, return_id, verb, text_of(body), &order_id));
    return order_id;
}

#define FOR(line, n, sku, m)                                                                       \
    "{\"lines\":[{\"line_no\":" #line ",\"quantity\":" #n "}],\"goods\":[{\"sku\":\"" sku          \
    "\",\"quantity\":" #m "}],\"payment_method\":\"on_account\"}"

TEST_BOTH(returns, for_something_dearer_leave_the_difference_due)
{
    struct life l = life_open(w);
    int64_t id = brought(&l, "MUG", 1), worth = life_money(&l, id).order.total_minor;
    int64_t back = back_here(&l, id, 1, RETURN_BECAUSE_UNWANTED);
    int64_t other = ask_for_goods(&l, back, "exchange", FOR(1, 1, "LAMP", 1));
    CHECK_I64(4999 - worth, life_money(&l, other).order.total_minor);
    CHECK_I64(4999 - worth, life_money(&l, other).balance.due);
    CHECK_I64(0, life_money(&l, id).balance.refunded); /* the money stays, as part of the lamp */
    CHECK_I64(RETURN_RESOLVED, life_return_line(&l, back, 1).state);
    world_audit(w);
}

TEST_BOTH(returns, for_something_unknown_name_the_goods_that_were_asked_for)
{
    struct life l = life_open(w);
    int64_t id = brought(&l, "MUG", 1), none;
    int64_t back = back_here(&l, id, 1, RETURN_BECAUSE_UNWANTED);
    CHECK(life_goods(&l, back, "exchange", T(FOR(1, 1, "NONE", 1)), &none) != OK);
    CHECK(strstr(w->ctx.fault.detail, "\"field\":\"goods[0].sku\"") != NULL);
    world_audit(w);
}

TEST_BOTH(returns, for_something_cheaper_give_the_difference_back)
{
    struct life l = life_open(w);
    rule(&l, (struct return_rule){.is_returnable = true, .days = 30, .fee_minor = 300});
    int64_t mug = brought(&l, "MUG", 1), price = life_money(&l, mug).order.total_minor;
    int64_t id = brought(&l, "LAMP", 1);
    int64_t back = back_here(&l, id, 1, RETURN_BECAUSE_UNWANTED);
    int64_t other = ask_for_goods(&l, back, "exchange", FOR(1, 1, "MUG", 1));
    CHECK_I64(0, life_money(&l, other).order.total_minor);
    CHECK_I64(4999 - 300 - price, life_money(&l, id).balance.refunded); /* less the fee */
    life_bring(&l, other);
    life_later(&l, 30 * DAY_US);
    CHECK_I64(STAGE_COMPLETED, life_stage(&l, other));
    world_audit(w);
}

TEST_BOTH(returns, as_store_credit_of_two_cards_are_nothing_the_provider_did)
{
    struct life l = life_open(w);
    for (int i = 0; i < 2; i++) {
        int64_t id = brought(&l, "MUG", 1), back = back_here(&l, id, 1, RETURN_BECAUSE_UNWANTED);
        CHECK_OK(&w->ctx, life_settle_to(&l, back, 1, 1, REFUND_TO_STORE_CREDIT));
        CHECK_I64(899, life_money(&l, id).balance.refunded);
    }
    world_audit(w);
}

TEST_BOTH(returns, keep_the_fee_once_of_goods_that_are_exchanged_one_by_one)
{
    struct life l = life_open(w);
    rule(&l, (struct return_rule){.is_returnable = true, .days = 30, .fee_minor = 300});
    int64_t id = brought(&l, "LAMP", 2), back = back_here(&l, id, 2, RETURN_BECAUSE_UNWANTED);
    int64_t first = ask_for_goods(&l, back, "exchange", FOR(1, 1, "LAMP", 1));
    int64_t second = ask_for_goods(&l, back, "exchange", FOR(1, 1, "LAMP", 1));
    CHECK_I64(300, life_money(&l, first).balance.due);
    CHECK_I64(0, life_money(&l, second).balance.due);
    world_audit(w);
}

TEST_BOTH(returns, are_replaced_without_anything_coming_back)
{
    struct life l = life_open(w);
    int64_t id = brought(&l, "LAMP", 2), back;
    CHECK_OK(&w->ctx, life_ask_back(&l, id, 1, 1, RETURN_BECAUSE_DEFECTIVE, &back));
    CHECK_OK(&w->ctx, life_approve(&l, back));
    int64_t other =
        ask_for_goods(&l, back, "replace", "{\"lines\":[{\"line_no\":1,\"quantity\":1}]}");
    CHECK_I64(0, life_money(&l, other).order.total_minor);
    CHECK_I64(1, work_order_line(w, other, 1).quantity);
    CHECK_I64(l.shop.lamp, work_order_line(w, other, 1).product_id);
    CHECK_I64(0, work_order_line(w, id, 1).returned); /* the customer keeps the broken one */
    CHECK_I64(0, life_money(&l, id).balance.refunded);
    CHECK(life_return(&l, id, 0).settled_us != NONE);
    world_audit(w);
}

/* Replaced on the customer's word, refused at the door: it belongs to the answer it already had. */
TEST_BOTH(returns, that_were_replaced_take_in_the_refused_parcel_and_pay_nothing_for_it)
{
    struct life l = life_open(w);
    struct draft d = shop_draft(w, "LAMP", 2);
    d.payment_method = PAY_CARD;
    d.payment_token = T("tok_ok");
    int64_t id = life_place(&l, &d), back;
    life_ship(&l, id);
    CHECK_OK(&w->ctx, life_ask_back(&l, id, 1, 1, RETURN_BECAUSE_DEFECTIVE, &back));
    CHECK_OK(&w->ctx, life_approve(&l, back));
    ask_for_goods(&l, back, "replace", "{\"lines\":[{\"line_no\":1,\"quantity\":1}]}");
    CHECK_OK(&w->ctx, life_come_back(&l, life_package(&l, id, 0).package_id));
    struct return_line line = life_return_line(&l, back, 1);
    CHECK_I64(1, line.received);
    CHECK_I64(1, line.waiting);
    CHECK_I64(2, work_order_line(w, id, 1).returned);
    int64_t own = life_return(&l, id, 1).return_id; /* the other lamp has nobody's answer yet */
    CHECK_I64(1, life_return_line(&l, own, 1).quantity);
    CHECK_OK(&w->ctx, life_settle(&l, own, 1, 1, RESOLVED_BY_REFUND, NONE));
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "not_that_many",
                life_settle(&l, back, 1, 1, RESOLVED_BY_REFUND, NONE));
    CHECK_I64(4999, life_money(&l, id).balance.refunded);
    world_audit(w);
}

static int64_t listed(struct life *l)
{
    struct list open;
    CHECK_OK(&l->w->ctx, store_reader(&l->w->ctx));
    CHECK_OK(&l->w->ctx, return_list_open(&l->w->ctx, 0, 50, &open));
    return (int64_t)open.count;
}

TEST_BOTH(returns, stay_on_the_list_until_their_goods_have_found_a_place)
{
    struct life l = life_open(w);
    int64_t id = brought(&l, "LAMP", 2), back;
    CHECK_I64(0, listed(&l));
    CHECK_OK(&w->ctx, life_ask_back(&l, id, 1, 2, RETURN_BECAUSE_UNWANTED, &back));
    CHECK_OK(&w->ctx, life_approve(&l, back));
    CHECK_OK(&w->ctx, life_take_in(&l, back, l.shop.london, 1, 2));
    CHECK_OK(&w->ctx, life_decide(&l, back, 1, 1, HEAP_QUARANTINED));
    CHECK_I64(1, listed(&l)); /* once, though it is open and its goods are here */
    CHECK_OK(&w->ctx, life_settle(&l, back, 1, 2, RESOLVED_BY_REFUND, NONE));
    CHECK(life_return(&l, id, 0).settled_us != NONE);
    CHECK_OK(&w->ctx, life_decide(&l, back, 1, 1, HEAP_RESTOCKED));
    CHECK_I64(1, listed(&l));
    CHECK_OK(&w->ctx, life_decide(&l, back, 1, 1, HEAP_SCRAPPED));
    CHECK_I64(0, listed(&l));
    world_audit(w);
}
