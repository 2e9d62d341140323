/* Something else instead of what is not there, in the words of those who order and sell. */
#include "test/substitutes.h"

/* --- rules ----------------------------------------------------------------------------------- */

TEST_BOTH(substituting, a_rule_names_goods_on_sale_and_never_closes_a_circle)
{
    struct life l = life_open(w);
    int status;
    expect(rule(&l, "MUG", "BOOK", ",\"rank\":2,\"replaced\":2,\"units\":3", 200),
           "\"product\":\"MUG\",\"sku\":\"BOOK\",\"rank\":2,\"replaced\":2,\"units\":3");
    rule(&l, "BOOK", "PEN", "", 200);
    expect(rule(&l, "MUG", "MUG", "", 422), "replaces_itself");
    expect(rule(&l, "PEN", "MUG", "", 409), "substitute_circle");
    expect(rule(&l, "MUG", "SET", "", 422), "kit_not_replaced");
    expect(rule(&l, "SET", "MUG", "", 422), "kit_not_replaced");
    expect(rule(&l, "MUG", "NOSUCH", "", 422), "unknown_sku");
    expect(
        rule(&l, "MUG", "LAMP", ",\"from_date\":\"2030-01-02\",\"until_date\":\"2030-01-01\"", 422),
        "until_date");
    struct text all = ask(w, "GET", T("/v1/substitutes?sku=MUG"), (struct text){0}, &status);
    expect(all, "\"sku\":\"BOOK\"");
    CHECK(text_find(all, T("PEN")) < 0);
    ask(w, "POST", T("/v1/products/BOOK/substitutes/remove"), T("{\"sku\":\"PEN\"}"), &status);
    CHECK_I64(204, status);
    ask(w, "POST", T("/v1/products/BOOK/substitutes/remove"), T("{\"sku\":\"PEN\"}"), &status);
    CHECK_I64(404, status);
    rule(&l, "PEN", "MUG", "", 200);
}

/* --- allowed --------------------------------------------------------------------------------- */

TEST_BOTH(substituting, who_allowed_it_gets_the_other_at_once_at_the_lower_price)
{
    struct life l = life_open(w);
    rule(&l, "LAMP", "MUG", "", 200);
    int64_t id = order_with(&l, "LAMP", 122, CONSENT_ALLOW);
    struct order_line old = line_of(&l, id, 1), new = line_of(&l, id, 2);
    CHECK_I64(2, old.cancelled);
    CHECK_I64(120, old.allocated);
    CHECK_I64(l.shop.mug, new.product_id);
    CHECK_I64(2, new.quantity);
    CHECK_I64(2, new.allocated);
    CHECK_I64(2 * 899, new.total_minor);
    struct substitution q = question(&l, id, 0);
    CHECK_I64(SUBSTITUTION_ACCEPTED, q.state);
    CHECK(q.is_allowed);
    CHECK_I64(2, q.new_line);
    CHECK_I64(1, life_told(&l, id, EVENT_LINE_SUBSTITUTED));
    CHECK_I64(0, life_told(&l, id, EVENT_SUBSTITUTION_ASKED));
    world_audit(w);
    life_bring(&l, id);
    CHECK_I64(122, shop_state(w, id).delivered);
    world_audit(w);
}

TEST_BOTH(substituting, who_refused_is_never_asked)
{
    struct life l = life_open(w);
    rule(&l, "LAMP", "MUG", "", 200);
    int64_t id = order_with(&l, "LAMP", 122, CONSENT_REFUSE);
    CHECK_I64(0, (int64_t)questions(&l, id));
    CHECK_I64(120, shop_state(w, id).allocated);
}

TEST_BOTH(substituting, two_small_ones_replace_a_large_one_and_what_does_not_fit_waits)
{
    struct life l = life_open(w);
    rule(&l, "LAMP", "MUG", ",\"replaced\":2,\"units\":3,\"price\":\"original\"", 200);
    int64_t id = order_with(&l, "LAMP", 125, CONSENT_ALLOW);
    struct order_line old = line_of(&l, id, 1), new = line_of(&l, id, 2);
    CHECK_I64(4, old.cancelled);
    CHECK_I64(1, old.quantity - old.cancelled - old.allocated);
    CHECK_I64(6, new.quantity);
    CHECK_I64(old.total_minor / 125 * 4, new.total_minor);
    world_audit(w);
}

TEST_BOTH(substituting, the_last_substitute_goes_to_one_and_the_other_waits)
{
    struct life l = life_open(w);
    rule(&l, "LAMP", "MUG", "", 200);
    CHECK(order_with(&l, "MUG", 119, CONSENT_REFUSE) != 0);
    CHECK(order_with(&l, "LAMP", 120, CONSENT_REFUSE) != 0);
    int64_t a = order_with(&l, "LAMP", 1, CONSENT_ALLOW),
            b = order_with(&l, "LAMP", 2, CONSENT_ALLOW);
    CHECK_I64(1, shop_state(w, a).allocated);
    CHECK_I64(0, shop_state(w, b).allocated);
    CHECK_OK(&w->ctx, life_receive(&l, "MUG", "LON", "A-03-04", 1));
    CHECK_I64(1, shop_state(w, b).allocated);
    world_audit(w);
}

TEST_BOTH(substituting, a_dearer_substitute_at_its_own_price_is_paid_first)
{
    struct life l = life_open(w);
    rule(&l, "MUG", "LAMP", ",\"price\":\"substitute\"", 200);
    struct draft d = life_card_draft(&l, "MUG", 121, "tok_ok");
    struct draft_line line = *(const struct draft_line *)d.lines.at;
    line.substitution = -1;
    d.lines.at = &line;
    d.substitution = CONSENT_ALLOW;
    int64_t id = life_place(&l, &d), lamp = line_of(&l, id, 2).list_minor;
    CHECK(lamp > 899);
    CHECK_I64(lamp, line_of(&l, id, 2).total_minor);
    CHECK_I64(120 * 899 + lamp, life_money(&l, id).balance.owed);
    world_audit(w);
    life_bring(&l, id);
    world_audit(w);
}

/* --- asked ----------------------------------------------------------------------------------- */

TEST_BOTH(substituting, a_customer_is_asked_and_says_yes)
{
    struct life l = life_open(w);
    rule(&l, "LAMP", "MUG", ",\"price\":\"original\"", 200);
    int64_t id = order_with(&l, "LAMP", 122, CONSENT_ASK);
    struct substitution q = question(&l, id, 0);
    CHECK_I64(SUBSTITUTION_ASKED, q.state);
    CHECK_I64(2, q.replaced);
    CHECK_I64(118, life_free_units(&l, l.shop.mug, l.shop.london) +
                       life_free_units(&l, l.shop.mug, l.shop.manchester));
    world_audit(w);
    expect(say(&l, id, true, 200), "\"state\":\"accepted\"");
    CHECK_I64(122, shop_state(w, id).allocated);
    struct order_line old = line_of(&l, id, 1), new = line_of(&l, id, 2);
    CHECK_I64(old.total_minor / 122 * 2, new.total_minor);
    expect(say(&l, id, true, 409), "wrong_state");
    CHECK_I64(118, life_free_units(&l, l.shop.mug, l.shop.london) +
                       life_free_units(&l, l.shop.mug, l.shop.manchester));
    world_audit(w);
}

TEST_BOTH(substituting, a_no_lets_it_wait_and_nobody_asks_again)
{
    struct life l = life_open(w);
    rule(&l, "LAMP", "MUG", "", 200);
    int64_t id = order_with(&l, "LAMP", 122, CONSENT_ASK);
    expect(say(&l, id, false, 200), "\"state\":\"declined\"");
    CHECK_I64(120, shop_state(w, id).allocated);
    CHECK_OK(&w->ctx, life_receive(&l, "MUG", "LON", "A-03-04", 10));
    CHECK_I64(1, (int64_t)questions(&l, id));
    CHECK_OK(&w->ctx, life_receive(&l, "LAMP", "LON", "A-03-04", 2));
    CHECK_I64(122, shop_state(w, id).allocated);
    world_audit(w);
}

TEST_BOTH(substituting, a_no_cancels_what_is_missing_where_the_rule_says_so)
{
    struct life l = life_open(w);
    rule(&l, "LAMP", "MUG", ",\"otherwise\":\"cancel\"", 200);
    int64_t id = order_with(&l, "LAMP", 122, CONSENT_ASK);
    int status;
    struct text wait = ask(w, "GET", T("/v1/shortages"), (struct text){0}, &status);
    expect(wait, "\"change_line\",\"answer\"],\"instead\":[\"MUG\"]");
    say(&l, id, false, 200);
    CHECK_I64(2, shop_state(w, id).cancelled);
    CHECK_I64(120, shop_state(w, id).allocated);
    world_audit(w);
}

TEST_BOTH(substituting, who_answers_too_late_is_told_so_and_the_units_are_free_again)
{
    struct life l = life_open(w);
    rule(&l, "LAMP", "MUG", ",\"answer_hours\":2", 200);
    int64_t id = order_with(&l, "LAMP", 122, CONSENT_ASK);
    life_later(&l, 3 * HOUR_US);
    CHECK_I64(SUBSTITUTION_EXPIRED, question(&l, id, 0).state);
    expect(say(&l, id, true, 409), "answer_late");
    CHECK_I64(120, life_free_units(&l, l.shop.mug, l.shop.london) +
                       life_free_units(&l, l.shop.mug, l.shop.manchester));
    CHECK_I64(120, shop_state(w, id).allocated);
    world_audit(w);
}

TEST_BOTH(substituting, a_question_is_withdrawn_when_the_goods_come_after_all)
{
    struct life l = life_open(w);
    rule(&l, "LAMP", "MUG", "", 200);
    int64_t id = order_with(&l, "LAMP", 122, CONSENT_ASK);
    CHECK_OK(&w->ctx, life_receive(&l, "LAMP", "LON", "A-03-04", 5));
    CHECK_I64(SUBSTITUTION_WITHDRAWN, question(&l, id, 0).state);
    CHECK_I64(122, shop_state(w, id).allocated);
    expect(say(&l, id, true, 409), "wrong_state");
    world_audit(w);
}

TEST_BOTH(substituting, a_cancelled_order_is_asked_nothing_any_more)
{
    struct life l = life_open(w);
    rule(&l, "LAMP", "MUG", "", 200);
    int64_t id = order_with(&l, "LAMP", 122, CONSENT_ASK);
    CHECK_OK(&w->ctx, life_cancel(&l, id, "no"));
    CHECK_I64(SUBSTITUTION_WITHDRAWN, question(&l, id, 0).state);
    world_audit(w);
}

TEST_BOTH(substituting, a_bin_that_was_empty_is_a_reason_to_ask)
{
    struct life l = life_open(w);
    rule(&l, "LAMP", "MUG", "", 200);
    int64_t other = order_with(&l, "LAMP", 118, CONSENT_REFUSE),
            id = order_with(&l, "LAMP", 2, CONSENT_ASK);
    CHECK(other != 0);
    struct task t = life_task(&l, id, TASK_PICK, 0);
    CHECK_OK(&w->ctx, life_short(&l, &t, 0, SHORT_NOT_THERE));
    struct substitution q = question(&l, id, 0);
    CHECK_I64(SUBSTITUTION_ASKED, q.state);
    say(&l, id, true, 200);
    life_bring(&l, id);
    CHECK_I64(2, shop_state(w, id).delivered);
    world_audit(w);
}

TEST_BOTH(substituting, kits_and_engraved_things_are_sent_as_they_are_or_wait)
{
    struct life l = life_open(w);
    rule(&l, "PEN", "BOOK", "", 200);
    rule(&l, "MUG", "BOOK", "", 200);
    int64_t kit = order_with(&l, "SET", 70, CONSENT_ALLOW);
    CHECK_I64(0, (int64_t)questions(&l, kit));
    struct draft d = shop_draft(w, "MUG", 100);
    struct draft_line line = *(const struct draft_line *)d.lines.at;
    struct draft_service service = {.code = T("engraving"), .wording = T("Ada")};
    line.substitution = -1;
    line.services = (struct list){&service, 1};
    d.lines.at = &line;
    d.substitution = CONSENT_ALLOW;
    int64_t id = life_place(&l, &d);
    CHECK(shop_state(w, id).allocated < 100);
    CHECK_I64(0, (int64_t)questions(&l, id));
    world_audit(w);
}

/* --- when all is wanted, or nothing ---------------------------------------------------------- */

TEST_BOTH(substituting, a_shop_that_takes_whole_orders_only_takes_it_with_what_is_allowed_instead)
{
    struct life l = life_open(w);
    rule(&l, "LAMP", "MUG", "", 200);
    life_policy(&l, PRICE_ACCEPT, STOCK_ALL);
    CHECK_I64(0, order_with(&l, "LAMP", 122, CONSENT_ASK));
    CHECK_I64(0, order_with(&l, "LAMP", 122, CONSENT_REFUSE));
    CHECK_I64(0, order_with(&l, "LAMP", 241, CONSENT_ALLOW));
    int64_t id = order_with(&l, "LAMP", 122, CONSENT_ALLOW);
    CHECK_I64(122, shop_state(w, id).allocated);
    CHECK_I64(2, line_of(&l, id, 2).allocated);
    CHECK_I64(SUBSTITUTION_ACCEPTED, question(&l, id, 0).state);
    world_audit(w);
    life_bring(&l, id);
    world_audit(w);
}

TEST_BOTH(substituting, of_two_who_order_at_once_the_last_substitute_is_set_aside_for_one)
{
    struct life l = life_open(w);
    rule(&l, "LAMP", "MUG", "", 200);
    CHECK(order_with(&l, "MUG", 119, CONSENT_REFUSE) != 0);
    CHECK(order_with(&l, "LAMP", 120, CONSENT_REFUSE) != 0);
    life_policy(&l, PRICE_ACCEPT, STOCK_ALL);
    struct draft both[2];
    struct outcome out[2];
    struct draft_line line[2];
    for (size_t i = 0; i < 2; i++) {
        both[i] = shop_draft(w, "LAMP", 1);
        line[i] = *(const struct draft_line *)both[i].lines.at;
        line[i].substitution = CONSENT_ALLOW;
        both[i].lines.at = &line[i];
    }
    CHECK(shop_place(w, both, 2, out));
    life_quiet(&l);
    CHECK_I64(OK, out[0].fault.code);
    CHECK_I64(ERR_CONFLICT, out[1].fault.code);
    CHECK_TEXT("insufficient_stock", text_of(out[1].fault.reason));
    CHECK_I64(1, shop_state(w, out[0].order_id).allocated);
    world_audit(w);
}

TEST_BOTH(substituting, a_refusal_names_what_is_free_instead)
{
    struct life l = life_open(w);
    int status;
    rule(&l, "LAMP", "MUG", "", 200);
    life_policy(&l, PRICE_ACCEPT, STOCK_ALL);
    struct text answer =
        ask(w, "POST", T("/v1/orders"),
            T("{\"ship_to\":{\"recipient\":\"Ada Byron\",\"line1\":\"1 King Street\",\"city\":"
              "\"London\",\"postal_code\":\"EC2V 8EA\",\"country\":\"GB\"},\"payment_method\":"
              "\"on_account\",\"lines\":[{\"sku\":\"LAMP\",\"quantity\":121}]}"),
            &status);
    CHECK_I64(409, status);
    expect(answer, "order MUG (120 free) instead, or fewer, or leave it out");
}

TEST_BOTH(substituting, what_a_line_says_counts_before_what_the_order_says)
{
    struct life l = life_open(w);
    int status;
    rule(&l, "LAMP", "MUG", "", 200);
    struct text answer =
        ask(w, "POST", T("/v1/orders"),
            T("{\"is_draft\":true,\"ship_to\":{\"recipient\":\"Ada Byron\",\"line1\":\"1 King "
              "Street\",\"city\":\"London\",\"postal_code\":\"EC2V 8EA\",\"country\":\"GB\"},"
              "\"payment_method\":\"on_account\",\"substitution\":\"refuse\",\"lines\":[{\"sku\":"
              "\"PEN\",\"quantity\":1},{\"sku\":\"LAMP\",\"quantity\":121,\"substitution\":"
              "\"allow\"}]}"),
            &status);
    CHECK_I64(201, status);
    int64_t at = text_find(answer, T("ord_")), id = 0;
    CHECK(at >= 0 && id_parse(text_head(text_skip(answer, (size_t)at), 17), "ord", &id));
    ask(w, "POST",
        text_printf(&w->arena, "/v1/orders/%.*s/place", TEXT_ARG(id_text(&w->arena, "ord", id))),
        T("{}"), &status);
    CHECK_I64(200, status);
    life_quiet(&l);
    CHECK_I64(122, shop_state(w, id).allocated);
    CHECK_I64(SUBSTITUTION_ACCEPTED, question(&l, id, 0).state);
    world_audit(w);
}
