/* test/sim/life_test.c: orders on their whole way, one at a time, as people would tell of them. */
#include "life.h"

#include "audit_world.h"

/* --- gifts ----------------------------------------------------------------------------------- */

/* Two mugs, engraved, and a writing set, all wrapped, by card. */
static int64_t order_gifts(struct life *l)
{
    struct draft d = life_card_draft(l, "MUG", 2, "tok_ok");
    struct draft_line *lines = arena_new(&l->w->arena, struct draft_line, 2);
    struct draft_service *engraving = arena_new(&l->w->arena, struct draft_service, 2);
    lines[0] = lines[1] = *(const struct draft_line *)d.lines.at;
    lines[1].sku = T("SET");
    lines[1].quantity = 1;
    engraving[0] = (struct draft_service){T("engraving"), T("Ada")};
    engraving[1] = (struct draft_service){T("gift_wrap"), T("Happy birthday")};
    lines[0].services = (struct list){&engraving[0], 1};
    d.services = (struct list){&engraving[1], 1};
    d.lines = (struct list){lines, 2};
    d.shipping = money(395, "GBP");
    return life_place(l, &d);
}

/* Picked, and put into one box by hand. */
static int64_t box_gifts(struct life *l, int64_t order_id, int64_t *expected_g)
{
    struct ctx *c = &l->w->ctx;
    int64_t box;
    struct fulfillment f = life_fulfillment(l, order_id, 0);
    CHECK_OK(c, life_pick_all(l, order_id));
    CHECK_I64(STAGE_PACKING, life_stage(l, order_id));
    CHECK_OK(c, life_start_packing(l, f.fulfillment_id));
    CHECK_OK(c, life_box(l, f.fulfillment_id, &box));
    CHECK_OK(c, life_put(l, box, "MUG", 3, expected_g));
    CHECK_OK(c, life_put(l, box, "PEN", 2, expected_g));
    return box;
}

static void do_services(struct life *l, int64_t order_id, int64_t box, int64_t expected_g)
{
    struct ctx *c = &l->w->ctx;
    struct task wrap = life_task(l, order_id, TASK_GIFT_WRAP, 0);
    struct task engrave = life_task(l, order_id, TASK_CUSTOMIZATION, 0);
    struct task assemble = life_task(l, order_id, TASK_ASSEMBLY, 0);
    CHECK_FAULT(c, ERR_CONFLICT, "services_open", life_seal(l, box, expected_g));
    CHECK_FAULT(c, ERR_CONFLICT, "wording_differs", life_engrave(l, &engrave, "Eda"));
    CHECK_OK(c, life_engrave(l, &engrave, "Ada"));
    CHECK_OK(c, life_assemble(l, &assemble));
    CHECK_FAULT(c, ERR_CONFLICT, "services_open", life_seal(l, box, expected_g));
    CHECK_FAULT(c, ERR_CONFLICT, "message_differs", life_wrap(l, &wrap, "Happy Easter"));
    CHECK_OK(c, life_wrap(l, &wrap, "Happy birthday"));
    CHECK_I64(3, life_told(l, order_id, EVENT_SERVICE_DONE));
}

TEST_BOTH(life, a_gift_is_wrapped_engraved_assembled_sent_received_and_praised)
{
    struct life l = life_open(w);
    int64_t total = 2 * (899 + 900) + 1199 + 350 + 395, expected_g = 0;
    int64_t id = order_gifts(&l);
    CHECK_I64(STAGE_PICKING, life_stage(&l, id)); /* paid by card, so released at once */
    struct paying_view v = life_money(&l, id);
    CHECK_I64(total, v.order.total_minor);
    CHECK_I64(total, v.balance.authorised);
    CHECK_I64(0, v.balance.captured);
    CHECK_I64(97, life_free_units(&l, l.shop.mug, l.shop.london));
    CHECK_I64(1, life_mails(&l, id, MESSAGE_RECEIVED));
    int64_t box = box_gifts(&l, id, &expected_g);
    CHECK_I64(3 * 350 + 2 * 15, expected_g);
    expected_g += 3 * 40; /* paper and ribbon of three lines */
    do_services(&l, id, box, expected_g);
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "weight_differs", life_seal(&l, box, expected_g - 350));
    CHECK_OK(&w->ctx, life_seal(&l, box, expected_g + 20));
    CHECK_I64(STAGE_SHIPPING, life_stage(&l, id));
    CHECK_I64(PACKAGE_LABELLED, life_package(&l, id, 0).state); /* by itself */
    CHECK_I64(0, life_money(&l, id).balance.captured);
    CHECK_OK(&w->ctx, life_hand_over(&l, box, HAND_OVER_CARRIER));
    CHECK_I64(STAGE_DELIVERING, life_stage(&l, id));
    v = life_money(&l, id);
    CHECK_I64(total, v.balance.captured);
    CHECK_I64(0, v.balance.authorised);
    life_later(&l, DAY_US);
    CHECK_OK(&w->ctx, life_report(&l, box, TRACKING_IN_TRANSIT, HOUR_US));
    CHECK_I64(PACKAGE_IN_TRANSIT, life_package(&l, id, 0).state);
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "not_delivered", life_rate(&l, id, 9, "lovely"));
    CHECK_OK(&w->ctx, life_report(&l, box, TRACKING_DELIVERED, 0));
    CHECK_I64(STAGE_COMPLETING, life_stage(&l, id));
    life_later(&l, 2 * DAY_US);
    CHECK_I64(STAGE_COMPLETING, life_stage(&l, id));
    CHECK_I64(0, life_mails(&l, id, MESSAGE_FEEDBACK));
    life_later(&l, DAY_US + HOUR_US);
    CHECK_I64(STAGE_COMPLETED, life_stage(&l, id));
    CHECK_OK(&w->ctx, life_rate(&l, id, 10, "lovely"));
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "feedback_given", life_rate(&l, id, 1, "not lovely"));
    life_later(&l, 10 * DAY_US);
    CHECK_I64(1, life_mails(&l, id, MESSAGE_RECEIVED));
    CHECK_I64(1, life_mails(&l, id, MESSAGE_SHIPPED));
    CHECK_I64(1, life_mails(&l, id, MESSAGE_DELIVERED));
    CHECK_I64(1, life_mails(&l, id, MESSAGE_FEEDBACK));
    CHECK_I64(1, life_told(&l, id, EVENT_ORDER_COMPLETED));
    CHECK_I64(97, life_free_units(&l, l.shop.mug, l.shop.london));
    CHECK_I64(98, life_free_units(&l, l.shop.pen, l.shop.london));
    world_audit(w);
}

/* --- stopped --------------------------------------------------------------------------------- */

TEST_BOTH(life, a_hold_stops_the_next_scan_with_its_reason_and_nothing_before_it_is_lost)
{
    struct life l = life_open(w);
    struct draft d = shop_draft(w, "MUG", 3);
    int64_t id = life_place(&l, &d), hold_id;
    struct task t = life_task(&l, id, TASK_PICK, 0);
    CHECK_OK(&w->ctx, life_scan(&l, &t, "MUG", 1));
    CHECK_OK(&w->ctx, life_hold(&l, id, "the customer rang: wait", &hold_id));
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "stop", life_scan(&l, &t, "MUG", 1));
    CHECK(text_find(text_of(w->ctx.fault.detail), T("the customer rang: wait")) >= 0);
    CHECK_I64(1, shop_state(w, id).picked);
    CHECK_OK(&w->ctx, life_let_go(&l, id, hold_id));
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "hold_released", life_let_go(&l, id, hold_id));
    CHECK_OK(&w->ctx, life_scan(&l, &t, "MUG", 1));
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "wrong_item", life_scan(&l, &t, "BOOK", 1));
    CHECK_OK(&w->ctx, life_scan(&l, &t, "MUG", 1));
    CHECK_I64(STAGE_PACKING, life_stage(&l, id));
    CHECK_I64(1, (int64_t)life_work(&l, id).count); /* not released twice */
    CHECK_OK(&w->ctx, life_hold(&l, id, "again", &hold_id));
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "stop",
                life_start_packing(&l, life_fulfillment(&l, id, 0).fulfillment_id));
    CHECK_OK(&w->ctx, life_let_go(&l, id, hold_id));
    life_pack_all(&l, id);
    CHECK_OK(&w->ctx, life_hold(&l, id, "once more", &hold_id));
    struct package p = life_package(&l, id, 0);
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "stop", life_hand_over(&l, p.package_id, HAND_OVER_CARRIER));
    world_audit(w);
    CHECK_OK(&w->ctx, life_let_go(&l, id, hold_id));
    life_bring(&l, id);
    life_later(&l, 4 * DAY_US);
    CHECK_I64(STAGE_COMPLETED, life_stage(&l, id));
    world_audit(w);
}

TEST_BOTH(life, a_cancelled_order_gives_back_stock_money_and_work)
{
    struct life l = life_open(w);
    struct draft d = life_card_draft(&l, "MUG", 5, "tok_ok");
    int64_t id = life_place(&l, &d);
    struct task t = life_task(&l, id, TASK_PICK, 0);
    CHECK_I64(95, life_free_units(&l, l.shop.mug, l.shop.london));
    CHECK_I64(5, work_cell(w, l.shop.london, l.shop.mug, l.shop.bins[0][0], NULL).allotted);
    CHECK_OK(&w->ctx, life_cancel(&l, id, "changed my mind"));
    CHECK_I64(5, l.cancelled.units);
    CHECK_I64(1, l.cancelled.tasks);
    CHECK_I64(5 * 899, l.cancelled.reserved_minor);
    CHECK_I64(STAGE_CANCELLED, life_stage(&l, id));
    CHECK_I64(100, life_free_units(&l, l.shop.mug, l.shop.london));
    CHECK_I64(0, work_cell(w, l.shop.london, l.shop.mug, l.shop.bins[0][0], NULL).allotted);
    CHECK_I64(0, life_money(&l, id).balance.authorised);
    CHECK_I64(0, life_money(&l, id).balance.captured);
    CHECK_I64(1, life_told(&l, id, EVENT_PAYMENT_VOIDED));
    CHECK_I64(1, life_mails(&l, id, MESSAGE_CANCELLED));
    CHECK(life_scan(&l, &t, "MUG", 1) == ERR_CONFLICT);
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "wrong_state", life_cancel(&l, id, "again"));
    life_later(&l, 10 * DAY_US);
    CHECK_I64(STAGE_CANCELLED, life_stage(&l, id));
    CHECK_I64(0, life_mails(&l, id, MESSAGE_FEEDBACK));
    world_audit(w);
}

TEST_BOTH(life, what_is_cancelled_is_put_back_for_good_and_not_to_be_picked_again)
{
    struct life l = life_open(w);
    struct draft d = life_card_draft(&l, "MUG", 3, "tok_ok");
    int64_t id = life_place(&l, &d);
    struct task t = life_task(&l, id, TASK_PICK, 0);
    CHECK_OK(&w->ctx, life_pick(&l, &t, 3));
    CHECK_OK(&w->ctx, life_cancel_lines(&l, id, &(struct cancel_line){1, 2}, 1, "too many"));
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "to_put_back", life_undo(&l, &t, 2));
    CHECK_OK(&w->ctx, life_undo(&l, &t, 1)); /* the one that is still wanted */
    CHECK_OK(&w->ctx, life_cancel(&l, id, "none at all"));
    t = life_task(&l, id, TASK_PUT_BACK, 0);
    CHECK_I64(2, t.quantity);
    CHECK_OK(&w->ctx, life_put_back(&l, &t, NONE));
    CHECK_I64(100, life_free_units(&l, l.shop.mug, l.shop.london));
    world_audit(w);
}

TEST_BOTH(life, an_order_that_is_picked_is_cancelled_at_once_and_its_goods_are_put_back)
{
    struct life l = life_open(w);
    struct draft d = life_card_draft(&l, "MUG", 3, "tok_ok");
    int64_t id = life_place(&l, &d);
    struct task t = life_task(&l, id, TASK_PICK, 0);
    CHECK_OK(&w->ctx, life_pick(&l, &t, 3));
    CHECK_OK(&w->ctx, life_undo(&l, &t, 1)); /* one lies in its bin again, to be picked anew */
    CHECK_I64(STAGE_PICKING, life_stage(&l, id));
    CHECK_OK(&w->ctx, life_cancel(&l, id, "in time after all"));
    CHECK_I64(STAGE_CANCELLED, life_stage(&l, id));
    CHECK_I64(2, l.cancelled.put_back);
    t = life_task(&l, id, TASK_PUT_BACK, 0);
    CHECK_I64(l.shop.bins[0][0], t.place_id);
    CHECK_OK(&w->ctx, life_put_back(&l, &t, NONE));
    CHECK_I64(100, work_cell(w, l.shop.london, l.shop.mug, l.shop.bins[0][0], NULL).on_hand);
    CHECK_I64(100, life_free_units(&l, l.shop.mug, l.shop.london));
    CHECK_I64(0, life_money(&l, id).balance.authorised);
    id = life_place(&l, &d);
    life_let_go_all(&l, id, HOLD_DUPLICATE);
    life_bring(&l, id);
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "too_late", life_cancel(&l, id, "gone"));
    CHECK(text_find(text_of(w->ctx.fault.hint), T("return")) >= 0);
    world_audit(w);
}

TEST_BOTH(life, a_card_that_answers_after_the_cancellation_is_let_go)
{
    static const char *const tokens[] = {"tok_slow", "tok_timeout_after_success",
                                         "tok_timeout_before", "tok_away", "tok_ok"};
    struct life l = life_open(w);
    for (size_t i = 0; i < sizeof tokens / sizeof *tokens; i++) {
        struct draft d = life_card_draft(&l, "BOOK", 1 + (int64_t)i, tokens[i]);
        l.is_busy = i == 4; /* not even asked yet */
        int64_t id = life_place(&l, &d);
        l.is_busy = false;
        CHECK(i == 4 || life_is_held(&l, id, HOLD_PAYMENT));
        CHECK_I64(STAGE_PROCESSING, life_stage(&l, id));
        CHECK_OK(&w->ctx, life_cancel(&l, id, "too slow"));
        life_later(&l, DAY_US);
        CHECK_I64(STAGE_CANCELLED, life_stage(&l, id));
        CHECK_I64(0, life_money(&l, id).balance.authorised);
        CHECK_I64(0, life_money(&l, id).balance.captured);
        CHECK_I64(1, life_told(&l, id, EVENT_PAYMENT_AUTHORISED));
        CHECK_I64(1, life_told(&l, id, EVENT_PAYMENT_VOIDED));
    }
    CHECK_I64(100, life_free_units(&l, l.shop.book, l.shop.london));
    world_audit(w);
}

/* --- confirmed ------------------------------------------------------------------------------- */

static enum err ask_to_confirm(struct ctx *c, void *arg)
{
    (void)arg;
    struct merchant m;
    TRY(merchant_get(c, &m));
    m.confirm_channels = 1 << CHANNEL_WEB;
    return merchant_update(c, &m);
}

static enum err read_sheet(struct ctx *c, void *arg)
{
    struct label_sheet *sheet = arg;
    return shipping_label_sheet(c, sheet->package, sheet);
}

TEST_BOTH(life, the_customer_corrects_the_address_by_link_and_the_label_shows_it)
{
    struct life l = life_open(w);
    CHECK_OK(&w->ctx, db_tx(&w->ctx, ask_to_confirm, NULL));
    struct draft d = shop_draft(w, "MUG", 1);
    int64_t id = life_place(&l, &d);
    CHECK(life_is_held(&l, id, HOLD_CONFIRMATION));
    CHECK_I64(STAGE_PROCESSING, life_stage(&l, id));
    CHECK_I64(1, life_mails(&l, id, MESSAGE_CONFIRM));
    struct postal_address to = *d.ship_to;
    to.line1 = T("221B Baker Street");
    to.postal_code = T("NW1 6XE");
    struct confirm_answer a = {.order_id = id,
                               .is_by_link = true,
                               .ship_to = &to,
                               .instructions = T("ring twice"),
                               .wish_day = NONE,
                               .words = T("I moved")};
    CHECK_OK(&w->ctx, life_confirm(&l, &a));
    CHECK(l.confirmed.is_redirected);
    CHECK_I64(STAGE_PICKING, life_stage(&l, id));
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "confirmed", life_confirm(&l, &a));
    CHECK_OK(&w->ctx, life_pick_all(&l, id));
    life_pack_all(&l, id);
    struct label_sheet sheet = {.package = life_package(&l, id, 0).package_id};
    CHECK_OK(&w->ctx, db_tx(&w->ctx, read_sheet, &sheet));
    CHECK_TEXT("NW1 6XE", sheet.postal_code);
    bool is_new = false, is_old = false;
    for (size_t i = 0; i < sheet.recipient_count; i++) {
        is_new = is_new || text_find(sheet.recipient[i], T("221B Baker Street")) >= 0;
        is_old = is_old || text_find(sheet.recipient[i], T("King Street")) >= 0;
    }
    CHECK(is_new && !is_old);
    life_bring(&l, id);
    life_later(&l, 4 * DAY_US);
    CHECK_I64(STAGE_COMPLETED, life_stage(&l, id));
    world_audit(w);
}
