/* test/sim/life_road_test.c: at the door, at the counter, back again, and what comes after. */
#include "life.h"

#include "audit_world.h"

static int64_t order_with(struct life *l, enum delivery_method method, enum payment_method by)
{
    struct draft d = shop_draft(l->w, "LAMP", 2);
    d.method = (int32_t)method;
    d.payment_method = (int32_t)by;
    if (by == PAY_CARD) d.payment_token = T("tok_ok");
    int64_t id = life_place(l, &d);
    CHECK_OK(&l->w->ctx, l->placed.fault.code);
    return id;
}

/* --- doors ----------------------------------------------------------------------------------- */

TEST_BOTH(life, a_signature_is_asked_for_and_an_age_where_it_matters)
{
    struct life l = life_open(w);
    int64_t id = order_with(&l, METHOD_SIGNATURE, PAY_ON_ACCOUNT);
    int64_t adult = order_with(&l, METHOD_ADULT_SIGNATURE, PAY_ON_ACCOUNT);
    CHECK(life_is_held(&l, adult, HOLD_DUPLICATE) == false);
    life_ship(&l, id);
    life_ship(&l, adult);
    int64_t box = life_package(&l, id, 0).package_id;
    int64_t wine = life_package(&l, adult, 0).package_id;
    CHECK_FAULT(&w->ctx, ERR_INVALID, "proof_required", life_deliver(&l, PROOF(.package_id = box)));
    CHECK_FAULT(&w->ctx, ERR_INVALID, "proof_required",
                life_deliver(&l, PROOF(.package_id = box, .name = T("Ada Byron"))));
    CHECK_TEXT("signature", text_of(w->ctx.fault.field));
    CHECK_OK(&w->ctx, life_deliver(&l, PROOF(.package_id = box, .name = T("Ada Byron"),
                                             .signature = T("M1 2L3 4"))));
    CHECK_I64(STAGE_COMPLETING, life_stage(&l, id));
    CHECK_FAULT(&w->ctx, ERR_INVALID, "proof_required",
                life_deliver(&l, PROOF(.package_id = wine, .name = T("Tim"))));
    CHECK_OK(&w->ctx, life_attempt(&l, wine, ATTEMPT_FAILED, ATTEMPT_AGE_FAILED));
    CHECK_I64(STAGE_DELIVERING, life_stage(&l, adult));
    CHECK_I64(TRACKING_ATTEMPTED, life_package(&l, adult, 0).status);
    life_later(&l, DAY_US);
    CHECK_OK(&w->ctx, life_deliver(&l, PROOF(.package_id = wine, .name = T("Ada Byron"),
                                             .photo = T("\xff\xd8\xff\xe0"), .age_checked = true)));
    CHECK_I64(1, life_told(&l, adult, EVENT_DELIVERY_FAILED));
    life_later(&l, 4 * DAY_US);
    CHECK_I64(STAGE_COMPLETED, life_stage(&l, id));
    CHECK_I64(STAGE_COMPLETED, life_stage(&l, adult));
    world_audit(w);
}

TEST_BOTH(life, a_pickup_needs_its_code_and_five_wrong_ones_lock_it)
{
    struct life l = life_open(w);
    int64_t id = order_with(&l, METHOD_PICKUP, PAY_CARD);
    struct text code = {0};
    CHECK_OK(&w->ctx, life_pick_all(&l, id));
    life_pack_all(&l, id);
    int64_t box = life_package(&l, id, 0).package_id;
    CHECK_I64(PACKAGE_SEALED, life_package(&l, id, 0).state); /* no label for the counter */
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "wrong_counter", life_hand_over(&l, box, HAND_OVER_CARRIER));
    CHECK_OK(&w->ctx, life_pickup_code(&l, id, &code));
    CHECK_OK(&w->ctx, life_hand_over(&l, box, HAND_OVER_COUNTER));
    const char *wrong = text_is(code, "000000") ? "111111" : "000000";
    for (int i = 0; i < PIN_TRIES_MAX; i++)
        CHECK_FAULT(&w->ctx, ERR_INVALID, "pin_wrong",
                    life_deliver(&l, PROOF(.package_id = box, .pin = text_of(wrong))));
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "pin_locked",
                life_deliver(&l, PROOF(.package_id = box, .pin = code)));
    CHECK_I64(STAGE_DELIVERING, life_stage(&l, id));
    CHECK_OK(&w->ctx, life_pin_reset(&l, box, "passport seen"));
    CHECK_OK(&w->ctx, life_deliver(&l, PROOF(.package_id = box, .pin = code)));
    CHECK_I64(STAGE_COMPLETING, life_stage(&l, id));
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "nothing_to_deliver",
                life_deliver(&l, PROOF(.package_id = box, .pin = code)));
    life_later(&l, 4 * DAY_US);
    CHECK_I64(STAGE_COMPLETED, life_stage(&l, id));
    world_audit(w);
}

TEST_BOTH(life, who_gives_up_the_rest_as_a_parcel_arrives_is_told_that_it_did_and_asked_how_it_went)
{
    struct life l = life_open(w);
    int64_t id = order_with(&l, METHOD_STANDARD, PAY_CARD);
    life_ship(&l, id);
    struct change_line pens = {.line_no = NONE,
                               .parent_line = NONE,
                               .sku = T("PEN"),
                               .quantity = 3,
                               .unit_price = {.minor = NONE},
                               .discount = {.minor = NONE}};
    struct order_change more = {
        .method = -1, .wish_day = NONE, .shipping = {.minor = NONE}, .lines = {&pens, 1}};
    CHECK_OK(&w->ctx, life_change(&l, id, &more));
    l.is_busy = true; /* the cancellation is quicker than the mail */
    CHECK_OK(&w->ctx, life_report(&l, life_package(&l, id, 0).package_id, TRACKING_DELIVERED, 0));
    CHECK_OK(&w->ctx, life_cancel_lines(&l, id, &(struct cancel_line){2, 3}, 1, "no pens, please"));
    l.is_busy = false;
    life_quiet(&l);
    CHECK_I64(1, life_mails(&l, id, MESSAGE_DELIVERED));
    life_later(&l, 4 * DAY_US);
    CHECK_I64(1, life_mails(&l, id, MESSAGE_FEEDBACK));
    CHECK_I64(STAGE_COMPLETED, life_stage(&l, id));
    world_audit(w);
}

TEST_BOTH(life, a_refused_parcel_comes_back_into_stock_and_its_money_goes_back)
{
    struct life l = life_open(w);
    int64_t id = order_with(&l, METHOD_STANDARD, PAY_CARD), case_id;
    life_ship(&l, id);
    int64_t box = life_package(&l, id, 0).package_id;
    CHECK_OK(&w->ctx, life_attempt(&l, box, ATTEMPT_FAILED, ATTEMPT_NOBODY_HOME));
    life_later(&l, DAY_US);
    CHECK_OK(&w->ctx, life_attempt(&l, box, ATTEMPT_REFUSED, ATTEMPT_REFUSED_BY_CUSTOMER));
    CHECK_I64(PACKAGE_RETURNING, life_package(&l, id, 0).state);
    CHECK_I64(98, life_free_units(&l, l.shop.lamp, l.shop.london));
    life_later(&l, 2 * DAY_US);
    CHECK_OK(&w->ctx, life_come_back(&l, box));
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "wrong_state", life_come_back(&l, box));
    CHECK_I64(PACKAGE_BACK, life_package(&l, id, 0).state);
    CHECK_I64(98, life_free_units(&l, l.shop.lamp, l.shop.london)); /* not looked at yet */
    int64_t back = life_return(&l, id, 0).return_id;
    CHECK_OK(&w->ctx, life_decide(&l, back, 1, 2, HEAP_RESTOCKED));
    CHECK_I64(100, life_free_units(&l, l.shop.lamp, l.shop.london));
    CHECK_I64(2, shop_state(w, id).returned);
    CHECK_I64(STAGE_DELIVERING, life_stage(&l, id)); /* somebody has to say what becomes of it */
    CHECK_I64(0, life_mails(&l, id, MESSAGE_DELIVERED));
    CHECK_OK(&w->ctx, life_complain(&l, id, CASE_REFUND_REQUEST, "I refused it", &case_id));
    struct case_answer a = {
        .order_id = id, .case_id = case_id, .resolution = CASE_REFUND, .refund_minor = 2 * 4999};
    CHECK_OK(&w->ctx, life_resolve(&l, &a));
    CHECK_I64(2 * 4999, life_money(&l, id).balance.refunded);
    CHECK_I64(STAGE_COMPLETED, life_stage(&l, id));
    world_audit(w);
}

TEST_BOTH(life, what_the_carrier_lost_is_sent_again_and_found_or_not_the_order_ends)
{
    struct life l = life_open(w);
    int64_t id = order_with(&l, METHOD_STANDARD, PAY_CARD), case_id;
    life_ship(&l, id);
    int64_t box = life_package(&l, id, 0).package_id;
    CHECK_OK(&w->ctx, life_report(&l, box, TRACKING_IN_TRANSIT, 0));
    life_later(&l, DAY_US);
    CHECK_OK(&w->ctx, life_report(&l, box, TRACKING_FAILURE, 0));
    CHECK_I64(PACKAGE_LOST, life_package(&l, id, 0).state);
    CHECK_OK(&w->ctx, life_complain(&l, id, CASE_MISSING, "where is it?", &case_id));
    struct case_line line = {1, 2};
    struct case_answer a = {.order_id = id,
                            .case_id = case_id,
                            .resolution = CASE_RESHIP,
                            .lines = {&line, 1},
                            .return_reason = -1};
    CHECK_OK(&w->ctx, life_resolve(&l, &a));
    CHECK_I64(STAGE_COMPLETED, life_stage(&l, id));
    int64_t again = l.resolved.reship_order_id;
    CHECK_I64(STAGE_PICKING, life_stage(&l, again));
    life_later(&l, HOUR_US);
    CHECK_OK(&w->ctx, life_report(&l, box, TRACKING_DELIVERED, 0)); /* found after all */
    life_bring(&l, again);
    CHECK_I64(0, life_money(&l, again).balance.owed);
    CHECK_I64(2 * 4999, life_money(&l, id).balance.captured);
    life_later(&l, 4 * DAY_US);
    CHECK_I64(STAGE_COMPLETED, life_stage(&l, again));
    CHECK_I64(96, life_free_units(&l, l.shop.lamp, l.shop.london));
    world_audit(w);
}

/* The one case of the order, open or not. */
static struct care_case the_case(struct life *l, int64_t order_id, size_t count)
{
    struct list cases = {0};
    CHECK_OK(&l->w->ctx, store_reader(&l->w->ctx));
    CHECK_OK(&l->w->ctx, cases_of(&l->w->ctx, &order_id, 1, &cases));
    CHECK_I64((int64_t)count, (int64_t)cases.count);
    return cases.count ? ((const struct care_case *)cases.at)[cases.count - 1]
                       : (struct care_case){.resolution = -1};
}

TEST_BOTH(life, what_arrived_while_it_was_held_is_completed_once_it_is_let_go)
{
    struct life l = life_open(w);
    struct draft d = life_card_draft(&l, "MUG", 2, "tok_ok");
    int64_t hold, id = life_place(&l, &d);
    int64_t boxes[2], expected_g;
    CHECK_OK(&w->ctx, life_pick_all(&l, id));
    struct fulfillment f = life_fulfillment(&l, id, 0);
    CHECK_OK(&w->ctx, life_start_packing(&l, f.fulfillment_id));
    for (int i = 0; i < 2; i++) {
        CHECK_OK(&w->ctx, life_box(&l, f.fulfillment_id, &boxes[i]));
        CHECK_OK(&w->ctx, life_put(&l, boxes[i], "MUG", 1, &expected_g));
        CHECK_OK(&w->ctx, life_seal(&l, boxes[i], expected_g));
    }
    CHECK_OK(&w->ctx, life_hand_over(&l, boxes[0], HAND_OVER_CARRIER));
    CHECK_OK(&w->ctx, life_hold(&l, id, "the other one looks odd", &hold));
    CHECK_OK(&w->ctx, life_cancel(&l, id, "only one then"));
    struct task back = life_task(&l, id, TASK_PUT_BACK, 0);
    CHECK_OK(&w->ctx, life_put_back(&l, &back, NONE));
    CHECK_OK(&w->ctx, life_report(&l, boxes[0], TRACKING_DELIVERED, 0));
    life_later(&l, 10 * DAY_US);
    CHECK_I64(STAGE_COMPLETING, life_stage(&l, id));
    CHECK_OK(&w->ctx, life_let_go(&l, id, hold));
    life_later(&l, 4 * DAY_US);
    CHECK_I64(STAGE_COMPLETED, life_stage(&l, id));
}

TEST_BOTH(life, a_parcel_of_which_nothing_is_heard_gets_an_owner_until_it_arrives)
{
    struct life l = life_open(w);
    int64_t id = order_with(&l, METHOD_STANDARD, PAY_CARD);
    life_ship(&l, id);
    int64_t box = life_package(&l, id, 0).package_id;
    life_later(&l, 3 * DAY_US);
    CHECK_OK(&w->ctx, life_report(&l, box, TRACKING_IN_TRANSIT, 0));
    life_later(&l, 3 * DAY_US); /* six days after it left, three after the last word */
    CHECK_I64(0, life_told(&l, id, EVENT_TRACKING_SILENT));
    life_later(&l, 2 * DAY_US + HOUR_US);
    CHECK_I64(1, life_told(&l, id, EVENT_TRACKING_SILENT));
    struct care_case k = the_case(&l, id, 1);
    CHECK_I64(CASE_LATE, k.kind);
    CHECK_I64(box, k.package_id);
    CHECK_I64(-1, k.resolution);
    life_later(&l, 6 * DAY_US); /* still nothing: told again, and the case is the same */
    CHECK_I64(2, life_told(&l, id, EVENT_TRACKING_SILENT));
    the_case(&l, id, 1);
    CHECK_OK(&w->ctx, life_report(&l, box, TRACKING_DELIVERED, 0));
    k = the_case(&l, id, 1);
    CHECK_I64(CASE_ANSWER, k.resolution);
    life_later(&l, 20 * DAY_US);
    CHECK_I64(STAGE_COMPLETED, life_stage(&l, id));
    CHECK_I64(2, life_told(&l, id, EVENT_TRACKING_SILENT));
    world_audit(w);
}

TEST_BOTH(life, a_parcel_lost_after_all_was_answered_finds_an_owner_and_its_order_an_end)
{
    struct life l = life_open(w);
    int64_t id = order_with(&l, METHOD_STANDARD, PAY_CARD), asked;
    life_ship(&l, id);
    int64_t box = life_package(&l, id, 0).package_id;
    CHECK_OK(&w->ctx, life_complain(&l, id, CASE_LATE, "where is it?", &asked));
    struct case_answer a = {
        .order_id = id, .case_id = asked, .resolution = CASE_ANSWER, .answer = T("it is coming")};
    CHECK_OK(&w->ctx, life_resolve(&l, &a));
    CHECK_OK(&w->ctx, life_report(&l, box, TRACKING_FAILURE, 0));
    struct care_case k = the_case(&l, id, 2);
    CHECK_I64(CASE_MISSING, k.kind);
    life_later(&l, 20 * DAY_US);
    CHECK_I64(STAGE_DELIVERING, life_stage(&l, id)); /* somebody has to decide */
    a = (struct case_answer){
        .order_id = id, .case_id = k.case_id, .resolution = CASE_REFUND, .refund_minor = 2 * 4999};
    CHECK_OK(&w->ctx, life_resolve(&l, &a));
    CHECK_I64(2 * 4999, life_money(&l, id).balance.refunded);
    CHECK_I64(STAGE_COMPLETED, life_stage(&l, id));
    world_audit(w);
}

/* Two boxes of one order, packed by hand. */
static void ship_two_boxes(struct life *l, int64_t order_id, int64_t boxes[2])
{
    struct ctx *c = &l->w->ctx;
    int64_t id = life_fulfillment(l, order_id, 0).fulfillment_id, weight_g;
    CHECK_OK(c, life_pick_all(l, order_id));
    CHECK_OK(c, life_start_packing(l, id));
    for (int i = 0; i < 2; i++) {
        CHECK_OK(c, life_box(l, id, &boxes[i]));
        CHECK_OK(c, life_put(l, boxes[i], "LAMP", 1, &weight_g));
        CHECK_OK(c, life_seal(l, boxes[i], weight_g));
    }
    for (int i = 0; i < 2; i++) CHECK_OK(c, life_hand_over(l, boxes[i], HAND_OVER_CARRIER));
}

TEST_BOTH(life, a_box_that_arrived_and_was_sent_back_does_not_stand_for_the_one_on_the_way)
{
    struct life l = life_open(w);
    int64_t id = order_with(&l, METHOD_STANDARD, PAY_CARD), boxes[2], case_id;
    ship_two_boxes(&l, id, boxes);
    CHECK_OK(&w->ctx, life_report(&l, boxes[0], TRACKING_DELIVERED, HOUR_US));
    CHECK_OK(&w->ctx, life_report(&l, boxes[0], TRACKING_RETURN_TO_SENDER, 0));
    life_later(&l, HOUR_US);
    CHECK_OK(&w->ctx, life_come_back(&l, boxes[0]));
    CHECK_OK(&w->ctx, life_complain(&l, id, CASE_QUESTION, "did you get it?", &case_id));
    struct case_answer a = {
        .order_id = id, .case_id = case_id, .resolution = CASE_ANSWER, .answer = T("yes")};
    CHECK_OK(&w->ctx, life_resolve(&l, &a));
    life_later(&l, 4 * DAY_US);
    CHECK_I64(STAGE_DELIVERING, life_stage(&l, id));
    CHECK_OK(&w->ctx, life_report(&l, boxes[1], TRACKING_DELIVERED, 0));
    life_later(&l, 4 * DAY_US);
    CHECK_I64(STAGE_COMPLETED, life_stage(&l, id));
    world_audit(w);
}

TEST_BOTH(life, an_order_ends_when_one_box_is_lost_and_made_good_and_the_other_arrives_later)
{
    struct life l = life_open(w);
    int64_t id = order_with(&l, METHOD_STANDARD, PAY_CARD), boxes[2], case_id;
    ship_two_boxes(&l, id, boxes);
    CHECK_I64(2 * 4999, life_money(&l, id).balance.captured);
    CHECK_OK(&w->ctx, life_report(&l, boxes[0], TRACKING_FAILURE, 0));
    CHECK_OK(&w->ctx, life_complain(&l, id, CASE_MISSING, "one is missing", &case_id));
    struct case_answer a = {
        .order_id = id, .case_id = case_id, .resolution = CASE_REFUND, .refund_minor = 4999};
    CHECK_OK(&w->ctx, life_resolve(&l, &a));
    life_later(&l, 4 * DAY_US);
    CHECK_I64(STAGE_DELIVERING, life_stage(&l, id));
    CHECK_OK(&w->ctx, life_report(&l, boxes[1], TRACKING_DELIVERED, 0));
    life_later(&l, 2 * DAY_US);
    CHECK_I64(STAGE_DELIVERING, life_stage(&l, id));
    life_later(&l, 2 * DAY_US);
    CHECK_I64(STAGE_COMPLETED, life_stage(&l, id));
    CHECK_I64(4999, life_money(&l, id).balance.refunded);
    world_audit(w);
    int64_t silent = order_with(&l, METHOD_STANDARD, PAY_CARD);
    ship_two_boxes(&l, silent, boxes);
    CHECK_OK(&w->ctx, life_report(&l, boxes[0], TRACKING_FAILURE, 0));
    CHECK_OK(&w->ctx, life_report(&l, boxes[1], TRACKING_DELIVERED, 0));
    life_later(&l, 9 * DAY_US);
    CHECK_I64(STAGE_DELIVERING, life_stage(&l, silent)); /* nobody made it good */
    world_audit(w);
}

TEST_BOTH(life, a_courier_who_never_came_and_a_label_too_many_leave_no_trace)
{
    struct life l = life_open(w);
    int64_t id = order_with(&l, METHOD_STANDARD, PAY_CARD);
    CHECK_OK(&w->ctx, life_pick_all(&l, id));
    life_pack_all(&l, id);
    int64_t box = life_package(&l, id, 0).package_id;
    CHECK_OK(&w->ctx, life_void_label(&l, box));
    CHECK_I64(PACKAGE_SEALED, life_package(&l, id, 0).state);
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "no_label", life_hand_over(&l, box, HAND_OVER_CARRIER));
    CHECK_OK(&w->ctx, life_label(&l, box));
    CHECK_OK(&w->ctx, life_hand_over(&l, box, HAND_OVER_CARRIER));
    CHECK_OK(&w->ctx, life_take_back(&l, box));
    CHECK_I64(STAGE_SHIPPING, life_stage(&l, id));
    world_audit(w);
    CHECK_OK(&w->ctx, life_hand_over(&l, box, HAND_OVER_CARRIER));
    CHECK_OK(&w->ctx, life_report(&l, box, TRACKING_ACCEPTED, 0));
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "already_scanned", life_take_back(&l, box));
    CHECK_OK(&w->ctx, life_report(&l, box, TRACKING_DELIVERED, 0));
    CHECK_I64(2 * 4999, life_money(&l, id).balance.captured);
    CHECK_I64(1, life_told(&l, id, EVENT_PAYMENT_CAPTURED));
    life_later(&l, 4 * DAY_US);
    CHECK_I64(STAGE_COMPLETED, life_stage(&l, id));
    world_audit(w);
}

TEST_BOTH(life, a_box_that_is_emptied_goes_with_its_voided_label)
{
    struct life l = life_open(w);
    int64_t id = order_with(&l, METHOD_STANDARD, PAY_CARD);
    CHECK_OK(&w->ctx, life_pick_all(&l, id));
    life_pack_all(&l, id);
    int64_t box = life_package(&l, id, 0).package_id;
    CHECK(life_reopen(&l, box) == ERR_CONFLICT); /* it is labelled */
    CHECK_OK(&w->ctx, life_void_label(&l, box));
    CHECK_OK(&w->ctx, life_reopen(&l, box));
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "not_empty", life_discard(&l, box));
    CHECK_OK(&w->ctx, life_take_out(&l, box, 1));
    CHECK_OK(&w->ctx, life_discard(&l, box));
    CHECK_I64(0, (int64_t)work_packages(w, id).count);
    world_audit(w);
    CHECK_OK(&w->ctx, life_pack(&l, life_fulfillment(&l, id, 0).fulfillment_id));
    life_bring(&l, id);
    life_later(&l, 4 * DAY_US);
    CHECK_I64(STAGE_COMPLETED, life_stage(&l, id));
    world_audit(w);
}

/* --- tracking -------------------------------------------------------------------------------- */

enum { SAID = 6 };

/* The same words of the carrier, in another order and some of them twice. */
static int64_t hear(struct life *l, uint64_t shuffle)
{
    static const enum tracking_status said[SAID] = {TRACKING_ACCEPTED,         TRACKING_IN_TRANSIT,
                                                    TRACKING_OUT_FOR_DELIVERY, TRACKING_ATTEMPTED,
                                                    TRACKING_OUT_FOR_DELIVERY, TRACKING_DELIVERED};
    int64_t id = order_with(l, METHOD_STANDARD, PAY_ON_ACCOUNT);
    life_ship(l, id);
    int64_t box = life_package(l, id, 0).package_id, from_us = source_now_us(&l->w->source);
    struct tracking_report r[SAID * 2];
    for (int i = 0; i < SAID * 2; i++)
        r[i] = (struct tracking_report){.package_id = box,
                                        .occurred_us = from_us + (i % SAID + 1) * HOUR_US,
                                        .status = (int32_t)said[i % SAID],
                                        .place = T("Leeds")};
    for (size_t i = SAID * 2; shuffle && i-- > 1;) {
        size_t k = (size_t)source_below(&l->w->source, (int64_t)i + 1);
        struct tracking_report swap = r[i];
        r[i] = r[k];
        r[k] = swap;
    }
    life_later(l, (SAID + 1) * HOUR_US);
    if (shuffle % 2)
        for (int i = 0; i < SAID * 2; i++) CHECK_OK(&l->w->ctx, life_reports(l, &r[i], 1));
    else
        CHECK_OK(&l->w->ctx, life_reports(l, r, SAID * 2));
    return id;
}

TEST_BOTH(life, repeated_shuffled_and_late_tracking_ends_the_same)
{
    struct life l = life_open(w);
    for (uint64_t shuffle = 0; shuffle < 6; shuffle++) {
        int64_t id = hear(&l, shuffle);
        struct package p = life_package(&l, id, 0);
        CHECK_I64(PACKAGE_DELIVERED, p.state);
        CHECK_I64(TRACKING_DELIVERED, p.status);
        CHECK_I64(2, shop_state(w, id).delivered);
        CHECK_I64(1, life_told(&l, id, EVENT_PACKAGE_DELIVERED));
        CHECK_I64(1, life_told(&l, id, EVENT_ORDER_DELIVERED));
        CHECK_I64(1, life_mails(&l, id, MESSAGE_DELIVERED));
        CHECK_I64(STAGE_COMPLETING, life_stage(&l, id));
    }
    life_later(&l, 4 * DAY_US);
    world_audit(w);
}

/* --- concerns -------------------------------------------------------------------------------- */

TEST_BOTH(life, a_concern_keeps_the_order_open_until_it_is_refunded_reshipped_or_asked_back)
{
    static const enum case_resolution ways[] = {CASE_ANSWER, CASE_REFUND, CASE_RESHIP, CASE_RETURN};
    struct life l = life_open(w);
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        int64_t id = order_with(&l, METHOD_STANDARD, PAY_CARD), case_id, total = 2 * 4999;
        life_bring(&l, id);
        CHECK_OK(&w->ctx, life_complain(&l, id, CASE_DAMAGED, "the shade is cracked", &case_id));
        life_later(&l, 5 * DAY_US);
        CHECK_I64(STAGE_COMPLETING, life_stage(&l, id));
        CHECK_I64(0, life_mails(&l, id, MESSAGE_FEEDBACK)); /* not now */
        struct case_line line = {1, 1};
        struct case_answer a = {.order_id = id,
                                .case_id = case_id,
                                .resolution = (int32_t)ways[i],
                                .answer = T("we are sorry"),
                                .return_reason = -1};
        if (ways[i] == CASE_REFUND) {
            a.refund_minor = total + 1;
            CHECK_FAULT(&w->ctx, ERR_CONFLICT, "refund_too_large", life_resolve(&l, &a));
            a.refund_minor = 1000;
        }
        if (ways[i] >= CASE_RESHIP) a.lines = (struct list){&line, 1};
        CHECK_OK(&w->ctx, life_resolve(&l, &a));
        int64_t again = l.resolved.reship_order_id;
        bool is_back = ways[i] == CASE_RETURN;
        CHECK_FAULT(&w->ctx, ERR_CONFLICT, is_back ? "return_asked" : "case_resolved",
                    life_resolve(&l, &a));
        if (is_back) { /* open until the lamp is here and paid back */
            int64_t back = life_return(&l, id, 0).return_id;
            CHECK_I64(STAGE_COMPLETING, life_stage(&l, id));
            CHECK_OK(&w->ctx, life_take_in(&l, back, l.shop.london, 1, 1));
            CHECK_OK(&w->ctx, life_decide(&l, back, 1, 1, HEAP_SCRAPPED));
            CHECK_OK(&w->ctx, life_settle(&l, back, 1, 1, RESOLVED_BY_REFUND, NONE));
            CHECK_I64(1, life_told(&l, id, EVENT_CASE_RESOLVED));
        }
        CHECK_I64(STAGE_COMPLETED, life_stage(&l, id));
        struct paying_view v = life_money(&l, id);
        CHECK_I64(total, v.balance.captured);
        CHECK_I64(ways[i] == CASE_REFUND ? 1000 : is_back ? 4999 : 0, v.balance.refunded);
        CHECK_I64(is_back ? 1 : 0, life_told(&l, id, EVENT_RETURN_REQUESTED));
        if (ways[i] == CASE_RESHIP) {
            CHECK_I64(1, shop_state(w, again).units);
            CHECK_I64(0, life_money(&l, again).order.total_minor);
            life_bring(&l, again);
            life_later(&l, 4 * DAY_US);
            CHECK_I64(STAGE_COMPLETED, life_stage(&l, again));
        }
    }
    life_later(&l, 10 * DAY_US);
    world_audit(w);
}

TEST_BOTH(life, a_refund_on_account_takes_back_the_claim)
{
    struct life l = life_open(w);
    int64_t id = order_with(&l, METHOD_STANDARD, PAY_ON_ACCOUNT), case_id;
    life_bring(&l, id);
    CHECK_OK(&w->ctx, life_complain(&l, id, CASE_DAMAGED, "one is broken", &case_id));
    struct case_answer a = {
        .order_id = id, .case_id = case_id, .resolution = CASE_REFUND, .refund_minor = 4999};
    CHECK_OK(&w->ctx, life_resolve(&l, &a));
    struct list entries = {0};
    CHECK_OK(&w->ctx, store_reader(&w->ctx));
    CHECK_OK(&w->ctx, money_entries_of(&w->ctx, &id, 1, &entries));
    CHECK_I64(4999, account_holds(&entries, ACCOUNT_RECEIVABLE));
    CHECK_I64(0, life_money(&l, id).balance.refunded); /* nothing was paid, nothing is paid out */
    world_audit(w);
}
