/* Something else instead of what is not there, in the words of those who order and sell. */
#include "stages/2_processing/substituting.h"

#include "base/source.h"
#include "faces/api/dispatch.h"
#include "faces/pages/links.h"
#include "test/audit_world.h"
#include "test/sim/life.h"

/* As a program asks by HTTP. */
static struct text ask(struct world *w, const char *method, struct text target, struct text body,
                       int *status)
{
    struct server s;
    struct answer a;
    server_open(&s, w->store, &w->source, route_tables);
    struct call call = {.method = text_of(method),
                        .target = target,
                        .is_trusted = true,
                        .merchant_id = w->ctx.merchant_id,
                        .body = body,
                        .request_id = T("t")};
    dispatch(&s, &w->arena, &call, &a);
    server_close(&s);
    *status = a.status;
    return a.body;
}

static void expect(struct text answer, const char *part)
{
    if (text_find(answer, text_of(part)) < 0)
        test_fail(__FILE__, __LINE__, "no %s in %.*s", part, TEXT_ARG(text_head(answer, 1500)));
}

/* A rule as JSON beside the SKU: ",\"price\":\"original\"". */
static struct text rule(struct life *l, const char *sku, const char *instead, const char *more,
                        int wanted)
{
    int status;
    struct arena *a = &l->w->arena;
    struct text answer = ask(l->w, "POST", text_printf(a, "/v1/products/%s/substitutes", sku),
                             text_printf(a, "{\"sku\":\"%s\"%s}", instead, more), &status);
    if (status != wanted)
        test_fail(__FILE__, __LINE__, "%d: %.*s", status, TEXT_ARG(text_head(answer, 600)));
    life_quiet(l);
    return answer;
}

static int64_t order_with(struct life *l, const char *sku, int64_t quantity, enum consent consent)
{
    struct draft d = shop_draft(l->w, sku, quantity);
    struct draft_line line = *(const struct draft_line *)d.lines.at;
    line.substitution = -1;
    d.lines.at = &line;
    d.substitution = (int32_t)consent;
    d.customer_email = T("ada@example.org");
    return life_place(l, &d);
}

static struct order_line line_of(struct life *l, int64_t order_id, int64_t line_no)
{
    struct list lines;
    CHECK_OK(&l->w->ctx, store_reader(&l->w->ctx));
    CHECK_OK(&l->w->ctx, order_lines_of(&l->w->ctx, &order_id, 1, &lines));
    const struct order_line *at = lines.at;
    for (size_t i = 0; i < lines.count; i++)
        if (at[i].line_no == line_no) return at[i];
    return (struct order_line){0};
}

static struct substitution question(struct life *l, int64_t order_id, size_t k)
{
    struct list all;
    CHECK_OK(&l->w->ctx, store_reader(&l->w->ctx));
    CHECK_OK(&l->w->ctx, substitutions_of(&l->w->ctx, &order_id, 1, &all));
    CHECK(k < all.count);
    return k < all.count ? ((const struct substitution *)all.at)[k] : (struct substitution){0};
}

static size_t questions(struct life *l, int64_t order_id)
{
    struct list all;
    CHECK_OK(&l->w->ctx, store_reader(&l->w->ctx));
    CHECK_OK(&l->w->ctx, substitutions_of(&l->w->ctx, &order_id, 1, &all));
    return all.count;
}

static struct text answer_path(struct life *l, const struct substitution *q, bool is_preview)
{
    struct arena *a = &l->w->arena;
    return text_printf(
        a, "/v1/orders/%.*s/substitutions/%.*s/answer%s", TEXT_ARG(id_text(a, "ord", q->order_id)),
        TEXT_ARG(id_text(a, "sbs", q->substitution_id)), is_preview ? "?preview=1" : "");
}

/* What the customer says on the phone. */
static struct text say(struct life *l, int64_t order_id, bool accepts, int wanted)
{
    int status;
    struct substitution q = question(l, order_id, 0);
    struct text answer = ask(
        l->w, "POST", answer_path(l, &q, false),
        accepts ? T("{\"accepts\":true,\"note\":\"fine\"}") : T("{\"accepts\":false}"), &status);
    if (status != wanted)
        test_fail(__FILE__, __LINE__, "%d: %.*s", status, TEXT_ARG(text_head(answer, 600)));
    life_quiet(l);
    return answer;
}

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

TEST_BOTH(substituting, the_customer_is_asked_by_mail_and_clicks_yes)
{
    struct life l = life_open(w);
    rule(&l, "LAMP", "MUG", "", 200);
    int64_t id = order_with(&l, "LAMP", 122, CONSENT_ASK);
    CHECK_I64(1, life_mails(&l, id, MESSAGE_SUBSTITUTE));
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
    CHECK_I64(422, click(&l, id, "yes"));
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
    expect(seen, text_cstr(&w->arena, money_text(&w->arena, 122 * 4999 + 2 * 899, "GBP")));
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
