/* What customers and callers are told of something else instead, and the cases at the edge. */
#include "test/substitutes.h"

/* --- what the customer reads ----------------------------------------------------------------- */

static struct text page(struct life *l, int64_t order_id)
{
    int status;
    struct arena *a = &l->w->arena;
    struct text token = link_token(a, LINK_TRACK, l->w->ctx.merchant_id, order_id);
    struct text html =
        ask(l->w, "GET", text_printf(a, "/t/%.*s", TEXT_ARG(token)), (struct text){0}, &status);
    CHECK_I64(200, status);
    return html;
}

static int click(struct life *l, int64_t order_id, const char *said)
{
    int status;
    struct arena *a = &l->w->arena;
    struct text token = link_token(a, LINK_TRACK, l->w->ctx.merchant_id, order_id);
    struct text id = id_text(a, "sbs", question(l, order_id, 0).substitution_id);
    ask(l->w, "POST", text_printf(a, "/t/%.*s/instead", TEXT_ARG(token)),
        text_printf(a, "question=%.*s&answer=%s", TEXT_ARG(id), said), &status);
    life_quiet(l);
    return status;
}

static struct text why_of_order(struct life *l, int64_t order_id)
{
    int status;
    struct arena *a = &l->w->arena;
    struct text id = id_text(a, "ord", order_id);
    return ask(l->w, "GET", text_printf(a, "/v1/orders/%.*s/why", TEXT_ARG(id)), (struct text){0},
               &status);
}

TEST_BOTH(substituting, the_customer_is_asked_by_mail_and_clicks_yes)
{
    struct life l = life_open(w);
    int status;
    rule(&l, "LAMP", "MUG", "", 200);
    int64_t id = order_with(&l, "LAMP", 122, CONSENT_ASK);
    CHECK_I64(1, life_mails(&l, id, MESSAGE_SUBSTITUTE));
    expect(why_of_order(&l, id), "an answer: may something else come instead of 2 of LAMP (sbs_");
    struct text html = page(&l, id);
    expect(html, "May something else come instead?");
    expect(html, "for 17.98 GBP instead of 2 × Desk lamp");
    expect(html, "name=\"answer\" value=\"yes\"");
    CHECK_I64(422, click(&l, id, "perhaps"));
    CHECK_I64(303, click(&l, id, "yes"));
    CHECK_I64(SUBSTITUTION_ACCEPTED, question(&l, id, 0).state);
    CHECK_I64(1, life_mails(&l, id, MESSAGE_SUBSTITUTED));
    html = page(&l, id);
    CHECK(text_find(html, T("May something else")) < 0);
    expect(html, "instead of 2 × Desk lamp");
    expect(html, text_cstr(&w->arena, money_text(&w->arena, 120 * 4999 + 2 * 899, "GBP")));
    CHECK_I64(303, click(&l, id, "yes")); /* twice is once */
    CHECK_I64(422, click(&l, id, "no"));
    CHECK_I64(1, life_told(&l, id, EVENT_LINE_SUBSTITUTED));
    CHECK(text_find(why_of_order(&l, id), T("an answer: may")) < 0);
    expect(why_of_order(&l, id), "said on the order's page");
    struct text price =
        ask(w, "GET",
            text_printf(&w->arena, "/v1/why/price/%.*s", TEXT_ARG(id_text(&w->arena, "ord", id))),
            (struct text){0}, &status);
    expect(price, "\"actor\":\"the customer\"");
    expect(price, "without what is cancelled: ");
    world_audit(w);
}

TEST_BOTH(substituting, the_customer_clicks_no)
{
    struct life l = life_open(w);
    rule(&l, "LAMP", "MUG", "", 200);
    int64_t id = order_with(&l, "LAMP", 122, CONSENT_ASK);
    CHECK_I64(303, click(&l, id, "no"));
    CHECK_I64(SUBSTITUTION_DECLINED, question(&l, id, 0).state);
    CHECK_I64(0, life_mails(&l, id, MESSAGE_SUBSTITUTED));
    world_audit(w);
}

TEST_BOTH(substituting, an_order_tells_which_line_stands_for_which)
{
    struct life l = life_open(w);
    int status;
    rule(&l, "LAMP", "MUG", "", 200);
    int64_t id = order_with(&l, "LAMP", 122, CONSENT_ALLOW);
    struct text path =
        text_printf(&w->arena, "/v1/orders/%.*s", TEXT_ARG(id_text(&w->arena, "ord", id)));
    struct text order = ask(w, "GET", path, (struct text){0}, &status);
    expect(order, "\"replaced_by\":[\"2\"]");
    expect(order, "\"stands_for\":1");
    struct text why = ask(w, "GET", text_printf(&w->arena, "%.*s/why", TEXT_ARG(path)),
                          (struct text){0}, &status);
    expect(why, "MUG instead of 2 units of LAMP");
    life_ship(&l, id);
    struct text box = id_text(&w->arena, "pkg", life_package(&l, id, 0).package_id);
    ask(w, "GET", text_printf(&w->arena, "/v1/packages/%.*s/slip.pdf", TEXT_ARG(box)),
        (struct text){0}, &status);
    CHECK_I64(200, status);
}

/* Each number that the preview tells is the one that the answer then makes. */
TEST_BOTH(substituting, the_preview_of_a_yes_is_what_the_yes_does)
{
    struct life l = life_open(w);
    int status;
    rule(&l, "LAMP", "MUG", "", 200);
    int64_t id = order_with(&l, "LAMP", 122, CONSENT_ASK);
    struct substitution q = question(&l, id, 0);
    struct text seen = ask(w, "POST", answer_path(&l, &q, true), T("{\"accepts\":true}"), &status);
    CHECK_I64(200, status);
    expect(seen, "\"kind\":\"order.line_substituted\"");
    CHECK_I64(SUBSTITUTION_ASKED, question(&l, id, 0).state);
    CHECK_I64(120, shop_state(w, id).allocated);
    say(&l, id, true, 200);
    CHECK_I64(122, shop_state(w, id).allocated);
    expect(seen, "6116.76 GBP, cancelled units included"); /* 122 lamps and 2 mugs */
    expect(seen, "order 1: to pay 6098.78 GBP → 6016.78 GBP");
}

TEST_BOTH(substituting, rules_are_set_many_at_once_and_exported_as_they_were)
{
    struct life l = life_open(w);
    int status;
    struct text rows =
        T("{\"product\":\"LAMP\",\"sku\":\"MUG\",\"rank\":2,\"price\":\"original\"}\n"
          "{\"product\":\"MUG\",\"sku\":\"LAMP\"}\n"
          "{\"product\":\"PEN\",\"sku\":\"BOOK\",\"until_date\":\"2030-01-31\"}\n"
          "{\"product\":\"PEN\",\"sku\":\"BOOK\"}\n");
    struct text answer = ask(w, "POST", T("/v1/substitutes"), rows, &status);
    CHECK_I64(200, status);
    expect(answer, "substitute_circle");
    expect(answer, "\"twice\"");
    struct text csv =
        ask(w, "GET", T("/v1/exports/substitutes?format=csv"), (struct text){0}, &status);
    expect(csv,
           "product,sku,rank,replaced,units,price,otherwise,answer_hours,from_date,until_date");
    expect(csv, "LAMP,MUG,2,1,1,original,backorder,48,,,");
    expect(csv, "PEN,BOOK,1,1,1,lower,backorder,48,,2030-01-31,");
    struct text lines = ask(w, "GET", T("/v1/exports/substitutes"), (struct text){0}, &status);
    ask(w, "POST", T("/v1/products/LAMP/substitutes/remove"), T("{\"sku\":\"MUG\"}"), &status);
    ask(w, "POST", T("/v1/substitutes"), lines, &status); /* and in again */
    CHECK_TEXT(text_cstr(&w->arena, lines),
               ask(w, "GET", T("/v1/exports/substitutes"), (struct text){0}, &status));
    life_quiet(&l);
}

TEST_BOTH(substituting, both_lines_of_an_order_are_replaced_and_its_hold_for_stock_goes)
{
    struct life l = life_open(w);
    rule(&l, "LAMP", "MUG", "", 200);
    rule(&l, "BOOK", "PEN", "", 200);
    life_policy(&l, PRICE_ACCEPT, STOCK_HOLD);
    struct draft d = shop_draft(w, "LAMP", 121);
    struct draft_line lines[2] = {*(const struct draft_line *)d.lines.at};
    lines[0].substitution = -1;
    lines[1] = lines[0];
    lines[1].sku = T("BOOK");
    lines[1].quantity = 123;
    d.lines = (struct list){lines, 2};
    d.substitution = CONSENT_ALLOW;
    int64_t id = life_place(&l, &d);
    CHECK_I64(2, (int64_t)questions(&l, id));
    CHECK_I64(244, shop_state(w, id).allocated);
    CHECK(!life_is_held(&l, id, HOLD_STOCK));
    world_audit(w);
    life_bring(&l, id);
    CHECK_I64(244, shop_state(w, id).delivered);
    world_audit(w);
}

TEST_BOTH(substituting, a_yes_after_the_rest_has_left_sends_a_second_parcel)
{
    struct life l = life_open(w);
    rule(&l, "LAMP", "MUG", "", 200);
    int64_t id = order_with(&l, "LAMP", 122, CONSENT_ASK);
    life_ship(&l, id);
    CHECK_I64(120, shop_state(w, id).shipped);
    say(&l, id, true, 200);
    CHECK_I64(122, shop_state(w, id).allocated);
    life_bring(&l, id);
    CHECK_I64(122, shop_state(w, id).delivered);
    world_audit(w);
}

TEST_BOTH(substituting, an_order_nobody_answered_for_is_cancelled_where_the_rule_says_so)
{
    struct life l = life_open(w);
    rule(&l, "LAMP", "MUG", ",\"otherwise\":\"cancel\",\"answer_hours\":1", 200);
    CHECK(order_with(&l, "LAMP", 120, CONSENT_REFUSE) != 0);
    int64_t id = order_with(&l, "LAMP", 1, CONSENT_ASK);
    life_later(&l, 2 * HOUR_US);
    CHECK_I64(SUBSTITUTION_EXPIRED, question(&l, id, 0).state);
    CHECK_I64(STAGE_CANCELLED, life_stage(&l, id));
    world_audit(w);
}

TEST_BOTH(substituting, who_says_yes_to_what_is_not_missing_any_more_is_told_so)
{
    struct life l = life_open(w);
    int status;
    rule(&l, "LAMP", "MUG", "", 200);
    int64_t id = order_with(&l, "LAMP", 122, CONSENT_ASK);
    struct change_line fewer = {.line_no = 1,
                                .parent_line = NONE,
                                .quantity = 121,
                                .unit_price = {.minor = NONE},
                                .discount = {.minor = NONE}};
    const struct order_change change = {
        .lines = {&fewer, 1}, .method = -1, .wish_day = NONE, .shipping = {.minor = NONE}};
    l.is_busy = true; /* nobody has withdrawn the question yet */
    CHECK_OK(&w->ctx, life_change(&l, id, &change));
    l.is_busy = false;
    expect(say(&l, id, true, 409), "not_needed");
    CHECK_I64(SUBSTITUTION_WITHDRAWN, question(&l, id, 0).state);
    struct substitution again = question(&l, id, 1); /* about the one that is missing now */
    CHECK_I64(SUBSTITUTION_ASKED, again.state);
    CHECK_I64(1, again.replaced);
    again.substitution_id++;
    expect(ask(w, "POST", answer_path(&l, &again, false), T("{\"accepts\":true}"), &status),
           "substitution_not_found");
    CHECK_I64(404, status);
    world_audit(w);
}

TEST_BOTH(substituting, what_is_not_sold_or_has_no_price_in_the_currency_is_sent_for_nothing)
{
    struct life l = life_open(w);
    int status;
    ask(w, "POST", T("/v1/products"),
        T("{\"sku\":\"VASE\",\"name\":\"Vase\",\"prices\":[{\"unit_price\":{\"amount\":900,"
          "\"currency\":\"EUR\"}}]}"),
        &status);
    CHECK_I64(201, status);
    expect(rule(&l, "LAMP", "VASE", "", 422), "currency_differs");
    ask(w, "POST", T("/v1/products/MUG"), T("{\"is_active\":false}"), &status);
    CHECK_I64(200, status);
    expect(rule(&l, "LAMP", "MUG", "", 422), "not_on_sale");
    ask(w, "POST", T("/v1/products/LAMP/substitutes/remove"), T("{\"sku\":\"MUG\"}"), &status);
    CHECK_I64(404, status);
}

TEST_BOTH(substituting, what_one_declines_is_offered_to_the_next)
{
    struct life l = life_open(w);
    rule(&l, "LAMP", "MUG", "", 200);
    CHECK(order_with(&l, "MUG", 119, CONSENT_REFUSE) != 0);
    CHECK(order_with(&l, "LAMP", 120, CONSENT_REFUSE) != 0);
    int64_t a = order_with(&l, "LAMP", 1, CONSENT_ASK), b = order_with(&l, "LAMP", 1, CONSENT_ASK);
    CHECK_I64(1, (int64_t)questions(&l, a));
    CHECK_I64(0, (int64_t)questions(&l, b));
    say(&l, a, false, 200);
    CHECK_I64(SUBSTITUTION_ASKED, question(&l, b, 0).state);
    say(&l, b, true, 200);
    CHECK_I64(1, shop_state(w, b).allocated);
    world_audit(w);
}
