/* What customers see and do behind their links, and what they must not. */
#include "faces/pages/pages.h"

#include "base/asset.h"
#include "base/time.h"
#include "domain/customers/customer.h"
#include "domain/events/event.h"
#include "domain/orders/return.h"
#include "faces/pages/page_handlers.h"
#include "faces/pages/tracking_view.h"
#include "parcel_fixture.h"
#include "stages/6_delivery/delivery.h"
#include "stages/7_completion/cases.h"
#include "stages/7_completion/completion_test.h"
#include "wire/json_value.h"
#include "wire/template.h"

#include <string.h>

extern const struct fields confirm_page_fields, feedback_page_fields, board_page_fields;

#define CANARY "\"'><script>canary</script>"

/* --- asking as the dispatcher does ----------------------------------------------------------- */

struct asking {
    struct request in;
    struct reply out;
    const struct route *route;
};

static const struct route *route_of(const char *method, const char *path)
{
    for (const struct route *r = pages_routes; r->method; r++)
        if (!strcmp(r->method, method) && !strcmp(r->path, path)) return r;
    test_fail(__FILE__, __LINE__, "no route %s %s", method, path);
    return pages_routes;
}

static enum err ask_in_tx(struct ctx *c, void *arg)
{
    struct asking *a = arg;
    a->out = (struct reply){0};
    return a->route->handler(c, &a->in, &a->out);
}

/* The merchant is not known before the token says so. */
static struct reply ask(struct world *w, const char *method, const char *path, struct text word,
                        const char *form)
{
    struct asking a = {.route = route_of(method, path)};
    union {
        struct page_query page;
        struct board_query board;
    } query;
    int64_t merchant_id = w->ctx.merchant_id;
    a.in.words[0] = word;
    a.in.raw = text_of(form);
    if (a.route->query) record_clear(a.route->query, &query);
    a.in.query = a.route->query ? &query : NULL;
    if (a.route->query == &board_query_fields && form)
        query.board.stage = word_find(&stage_words, text_of(form));
    w->ctx.merchant_id = 0;
    w->ctx.now_us = source_now_us(&w->source);
    if (a.route->flags & ROUTE_WRITE) {
        CHECK_OK(&w->ctx, db_tx(&w->ctx, ask_in_tx, &a));
    } else {
        CHECK_OK(&w->ctx, store_reader(&w->ctx));
        CHECK_OK(&w->ctx, ask_in_tx(&w->ctx, &a));
    }
    w->ctx.merchant_id = merchant_id;
    w->ctx.actor_id = 0;
    return a.out;
}

static struct text link_of(struct world *w, enum link_purpose purpose, int64_t order_id)
{
    return link_token(&w->arena, purpose, w->ctx.merchant_id, order_id);
}

static struct reply get(struct world *w, enum link_purpose purpose, int64_t order_id)
{
    static const char *const paths[] = {"/t/{word}", "/c/{word}", "/f/{word}"};
    return ask(w, "GET", paths[purpose], link_of(w, purpose, order_id), NULL);
}

static void start(struct world *w)
{
    shop_open(w);
    CHECK_OK(&w->ctx, links_use(&w->ctx, T("https://shop.example")));
}

static bool has(struct text t, const char *part) { return text_find(t, text_of(part)) >= 0; }

static enum err hold_in_tx(struct ctx *c, void *arg)
{
    int64_t hold_id;
    return hold_put(c, *(int64_t *)arg, HOLD_CONFIRMATION, (struct text){0}, 0, NONE, &hold_id);
}

static int64_t waiting_order(struct world *w)
{
    int64_t id = shop_order(w, "MUG", 2);
    CHECK_OK(&w->ctx, db_tx(&w->ctx, hold_in_tx, &id));
    return id;
}

static int64_t canary_order(struct world *w)
{
    struct draft d = shop_draft(w, "MUG", 2);
    struct draft_line *line = d.lines.at;
    struct draft_service wish = {T("engraving"), T(CANARY)};
    line->wording = T(CANARY);
    line->services = (struct list){&wish, 1};
    d.ship_to->recipient = d.ship_to->line1 = d.ship_to->line2 = T(CANARY);
    d.ship_to->city = d.ship_to->organization = d.ship_to->instructions = T(CANARY);
    d.customer_name = d.note = T(CANARY);
    struct outcome o = {0};
    if (!shop_place(w, &d, 1, &o)) return 0;
    w->ctx.fault = o.fault;
    CHECK_OK(&w->ctx, o.fault.code);
    return o.order_id;
}

/* --- the templates --------------------------------------------------------------------------- */

TEST(pages, every_template_passes_the_check)
{
    static const struct {
        const char *name;
        const struct fields *fields;
    } all[] = {{"tracking.html", &tracking_page_fields},
               {"confirm.html", &confirm_page_fields},
               {"feedback.html", &feedback_page_fields},
               {"board.html", &board_page_fields}};
    struct arena arena = {0};
    struct ctx c = {.arena = &arena};
    struct template_part parts[200] = {{0}};
    size_t count = 0, checked = 0;
    for (const struct asset *a = assets; a->name && count < 199; a++)
        parts[count++] = (struct template_part){a->name, a->body};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        for (size_t k = 0; k < count; k++) {
            if (strcmp(parts[k].name, all[i].name) != 0) continue;
            CHECK_OK(&c, template_check(&c, parts[k].body, all[i].fields, parts));
            checked++;
        }
    CHECK_I64(4, (int64_t)checked);
    arena_free(&arena);
}

TEST(pages, load_nothing_from_anywhere_else)
{
    for (const struct asset *a = assets; a->name; a++) {
        if (text_starts(text_of(a->name), T("mail_"))) continue;
        CHECK(!has(a->body, "http://") || text_is(text_of(a->name), "mark.svg"));
        CHECK(!has(a->body, "https://") && !has(a->body, "<style") && !has(a->body, "style=\""));
        CHECK(!has(a->body, "onclick") && !has(a->body, "innerHTML") && !has(a->body, "<script>"));
    }
}

TEST_BOTH(pages, serve_their_assets_and_not_their_templates)
{
    start(w);
    struct reply css = ask(w, "GET", "/pages/{word}", T("page.css"), NULL);
    CHECK_TEXT("text/css; charset=utf-8", css.content_type);
    CHECK(has(css.content, "prefers-color-scheme: dark"));
    CHECK_I64(404, ask(w, "GET", "/pages/{word}", T("tracking.html"), NULL).status);
    CHECK_I64(404, ask(w, "GET", "/pages/{word}", T("../page.css"), NULL).status);
}

/* --- tracking -------------------------------------------------------------------------------- */

TEST_BOTH(pages, a_link_shows_its_order_and_masks_its_customer)
{
    start(w);
    int64_t id = shop_order(w, "MUG", 2);
    struct reply page = get(w, LINK_TRACK, id);
    CHECK_I64(200, page.status);
    CHECK_TEXT("text/html; charset=utf-8", page.content_type);
    CHECK(has(page.content, "We have your order") && has(page.content, "Mug, white"));
    CHECK(has(page.content, "A••• B•••") && has(page.content, "London, EC2V •••"));
    CHECK(!has(page.content, "Byron") && !has(page.content, "King Street"));
    CHECK(!has(page.content, "8EA") && !has(page.content, "@example.org"));
    CHECK(has(page.content, "noindex") && has(page.content, "Cancel the order"));
    CHECK(!has(page.content, "{{"));
}

TEST_BOTH(pages, a_wrong_link_is_a_plain_404)
{
    start(w);
    int64_t id = shop_order(w, "MUG", 1);
    struct text track = link_of(w, LINK_TRACK, id), confirm = link_of(w, LINK_CONFIRM, id);
    static const char *const pages[][2] = {
        {"GET", "/t/{word}"},          {"GET", "/c/{word}"},         {"GET", "/f/{word}"},
        {"POST", "/c/{word}"},         {"POST", "/f/{word}"},        {"POST", "/t/{word}/cancel"},
        {"POST", "/t/{word}/confirm"}, {"POST", "/t/{word}/problem"}};
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
        bool is_track = pages[i][1][1] == 't';
        struct reply r = ask(w, pages[i][0], pages[i][1], is_track ? confirm : track, "sure=yes");
        CHECK_I64(404, r.status);
        CHECK(has(r.content, "There is nothing here"));
        r = ask(w, pages[i][0], pages[i][1], T("' OR 1=1"), "sure=yes");
        CHECK_I64(404, r.status);
    }
    CHECK_I64(COMMERCIAL_PLACED, shop_state(w, id).commercial);
    struct text nobody = link_token(&w->arena, LINK_TRACK, w->ctx.merchant_id, 4711);
    CHECK_I64(404, ask(w, "GET", "/t/{word}", nobody, NULL).status);
}

TEST_BOTH(pages, the_twin_says_the_same_as_json)
{
    start(w);
    int64_t id = delivered_order(w, "MUG", 2);
    struct text token = link_of(w, LINK_TRACK, id);
    struct reply r =
        ask(w, "GET", "/t/{word}", text_printf(&w->arena, "%.*s.json", TEXT_ARG(token)), NULL);
    CHECK_TEXT("application/json", r.content_type);
    CHECK(has(r.content, "\"order_number\":\"1\"") && has(r.content, "\"stage\":\"completing\""));
    CHECK(has(r.content, "\"can_cancel\":false") && has(r.content, "/f/feedback_"));
    CHECK(!has(r.content, "Byron") && !has(r.content, "words_given"));
}

TEST_BOTH(pages, a_cancel_wants_a_tick_and_then_is_done)
{
    start(w);
    int64_t id = shop_order(w, "MUG", 2);
    struct text token = link_of(w, LINK_TRACK, id);
    struct reply r = ask(w, "POST", "/t/{word}/cancel", token, "reason=late");
    CHECK_I64(422, r.status);
    CHECK(has(r.content, "Tick the box") && has(r.content, "<details open>\n<summary>Cancel"));
    CHECK_I64(COMMERCIAL_PLACED, shop_state(w, id).commercial);
    r = ask(w, "POST", "/t/{word}/cancel", token, "reason=too+late+%3Cb%3E&sure=yes");
    CHECK_I64(303, r.status);
    CHECK(text_starts(r.location, T("/t/track_")) && text_ends(r.location, T("?done=cancelled")));
    CHECK_I64(COMMERCIAL_CANCELLED, shop_state(w, id).commercial);
    r = get(w, LINK_TRACK, id);
    CHECK(has(r.content, "Cancelled") && !has(r.content, "class=\"steps\""));
    CHECK(!has(r.content, "Cancel the order</button>"));
    r = ask(w, "POST", "/t/{word}/cancel", token, "sure=yes");
    CHECK_I64(422, r.status);
}

TEST_BOTH(pages, an_order_that_is_here_can_be_sent_elsewhere)
{
    start(w);
    int64_t id = shop_order(w, "MUG", 1);
    struct text token = link_of(w, LINK_TRACK, id);
    CHECK(has(ask(w, "GET", "/t/{word}", token, NULL).content, "Send it to another address"));
    struct reply r = ask(w, "POST", "/t/{word}/address", token, "recipient=Ada&line1=&city=London");
    CHECK_I64(422, r.status);
    r = ask(w, "POST", "/t/{word}/address", token,
            "recipient=Ada&line1=221B+Baker+Street&city=London&postal_code=nope");
    CHECK_I64(422,
              r.status); /* the form stays open, keeps what was typed and marks what is wrong */
    CHECK(has(r.content, "<details open>\n<summary>Send it to another address"));
    CHECK(has(r.content, "value=\"221B Baker Street\"") && has(r.content, "value=\"nope\""));
    CHECK(has(r.content, "aria-describedby=\"postal_code-wrong\""));
    CHECK(has(r.content, "it is marked below") && !has(r.content, "10 King Street"));
    r = ask(w, "POST", "/t/{word}/address", token,
            "recipient=Ada&line1=221B+Baker+Street&city=London&postal_code=NW1+6XE");
    CHECK_I64(303, r.status);
    CHECK(text_ends(r.location, T("?done=redirected")));
    CHECK_OK(&w->ctx, store_reader(&w->ctx));
    struct order order;
    struct address to;
    CHECK_OK(&w->ctx, order_get(&w->ctx, id, &order));
    CHECK_OK(&w->ctx, address_get(&w->ctx, order.ship_to_id, &to));
    CHECK_TEXT("NW1 6XE", to.at.postal_code);
    CHECK_TEXT("GB", to.at.country);
}

TEST_BOTH(pages, what_is_delivered_cannot_be_cancelled_but_reported)
{
    start(w);
    int64_t id = delivered_order(w, "MUG", 1);
    struct text token = link_of(w, LINK_TRACK, id);
    struct reply r = get(w, LINK_TRACK, id);
    CHECK(has(r.content, "It has arrived") && !has(r.content, "Cancel the order"));
    CHECK(has(r.content, "Something is damaged") && has(r.content, "/f/feedback_"));
    r = ask(w, "POST", "/t/{word}/cancel", token, "sure=yes");
    CHECK_I64(422, r.status);
    CHECK(has(r.content, "were delivered"));
    r = ask(w, "POST", "/t/{word}/problem", token, "kind=damaged&words=+");
    CHECK_I64(422, r.status);
    CHECK(has(r.content, "value=\"damaged\" selected") && has(r.content, "<details open>"));
    r = ask(w, "POST", "/t/{word}/problem", token,
            "kind=damaged&words="
            "handle%20off%0d%0aboth");
    CHECK_I64(303, r.status);
    struct list cases;
    CHECK_OK(&w->ctx, store_reader(&w->ctx));
    CHECK_OK(&w->ctx, cases_of(&w->ctx, &id, 1, &cases));
    CHECK_I64(1, (int64_t)cases.count);
    CHECK_I64(CASE_DAMAGED, ((const struct care_case *)cases.at)->kind);
    CHECK_TEXT("handle off\nboth", ((const struct care_case *)cases.at)->words);
    CHECK(has(get(w, LINK_TRACK, id).content, "handle off<br>"));
}

TEST_BOTH(pages, what_is_delivered_can_be_sent_back_and_the_page_says_how_far_it_is)
{
    start(w);
    int64_t id = delivered_order(w, "MUG", 3);
    struct text token = link_of(w, LINK_TRACK, id);
    CHECK(has(get(w, LINK_TRACK, id).content, "How many of 3?"));
    struct reply r = ask(w, "POST", "/t/{word}/return", token, "reason=unwanted&goods_1=");
    CHECK_I64(422, r.status);
    CHECK(has(r.content, "Say how many of what you send back"));
    r = ask(w, "POST", "/t/{word}/return", token, "reason=unwanted&goods_1=4");
    CHECK_I64(422, r.status);
    CHECK(has(r.content, "you can send back 3 at most") && has(r.content, "<details open>"));
    CHECK(has(r.content, "value=\"unwanted\" selected") && has(r.content, "value=\"4\""));
    r = ask(w, "POST", "/t/{word}/return", token, "reason=nonsense&goods_1=1");
    CHECK_I64(422, r.status);
    r = ask(w, "POST", "/t/{word}/return", token, "reason=damaged&goods_1=2&note=a%20crack");
    CHECK_I64(303, r.status);
    r = get(w, LINK_TRACK, id);
    CHECK(has(r.content, "What you send back") && has(r.content, "Being looked at"));
    CHECK(has(r.content, "How many of 1?"));
    struct list returns;
    CHECK_OK(&w->ctx, returns_of_orders(&w->ctx, &id, 1, &returns));
    CHECK_I64(1, (int64_t)returns.count);
    CHECK_TEXT("a crack", ((const struct order_return *)returns.at)->note);
    CHECK_I64(RETURN_BECAUSE_DAMAGED, ((const struct order_return *)returns.at)->reason);
}

TEST_BOTH(pages, a_page_of_goods_that_have_not_arrived_offers_no_return)
{
    start(w);
    int64_t id = shop_order(w, "MUG", 1);
    CHECK(!has(get(w, LINK_TRACK, id).content, "Send something back"));
    CHECK_I64(422, ask(w, "POST", "/t/{word}/return", link_of(w, LINK_TRACK, id),
                       "reason=unwanted&goods_1=1")
                       .status);
}

static int64_t pickup_packed(struct world *w)
{
    struct draft d = shop_draft(w, "MUG", 1);
    d.method = METHOD_PICKUP;
    return parcel_get(w, parcel_of_draft(w, &d)).order_id;
}

TEST_BOTH(pages, what_is_to_be_collected_says_where_and_speaks_of_no_carrier)
{
    parcel_shop(w);
    CHECK_OK(&w->ctx, links_use(&w->ctx, T("https://shop.example")));
    int64_t id = pickup_packed(w);
    struct reply r = get(w, LINK_TRACK, id);
    CHECK(has(r.content, "<h1>Ready for you</h1>") && has(r.content, "<dt>Where</dt>"));
    CHECK(!has(r.content, "<dt>To</dt>") && !has(r.content, "the carrier"));
    CHECK(has(r.content, "Your package") && !has(r.content, "Package 1 of"));
}

static enum err hear(struct ctx *c, void *arg)
{
    struct tracking_taken taken = {0};
    TRY(tracking_take(c, arg, 1, &taken));
    return taken.fault.code;
}

/* The carrier's scan and what we make of it are one thing to the customer. */
TEST_BOTH(pages, a_parcel_tells_each_step_once_and_goes_in_the_shops_name)
{
    parcel_shop(w);
    CHECK_OK(&w->ctx, links_use(&w->ctx, T("https://shop.example")));
    int64_t id = parcel_sent(w, "MUG", 1);
    CHECK_OK(&w->ctx, world_script(w, "UPDATE label SET carrier = 'house'"));
    struct tracking_report r = {.package_id = id,
                                .occurred_us = source_now_us(&w->source),
                                .status = TRACKING_ATTEMPTED,
                                .place = T("Leeds")};
    CHECK_OK(&w->ctx, db_tx(&w->ctx, hear, &r));
    r.status = TRACKING_DELIVERED;
    CHECK_OK(&w->ctx, db_tx(&w->ctx, hear, &r));
    struct text page = get(w, LINK_TRACK, parcel_get(w, id).order_id).content;
    static const char *const once[] = {"<span>Delivered <span class=\"place\">Leeds",
                                       "<span>Delivery was tried <span class=\"place\">Leeds"};
    for (size_t i = 0; i < 2; i++) {
        struct text word = text_head(text_of(once[i]), 16);
        ptrdiff_t at = text_find(page, text_of(once[i]));
        CHECK(at >= 0 && text_find(text_skip(page, (size_t)at + 1), word) < 0);
        CHECK_I64(at, text_find(page, word));
    }
    CHECK(has(page, "Fjell &amp; Co, tracking number") && !has(page, "house"));
}

TEST_BOTH(pages, an_order_that_waits_is_not_said_to_be_in_hand)
{
    start(w);
    int64_t waiting = waiting_order(w), packed = pickup_packed(w);
    struct reply r = get(w, LINK_TRACK, waiting);
    CHECK(has(r.content,
              "<li class=\"step now\" aria-current=\"step\"><span class=\"name\">Ordered"));
    CHECK(has(r.content, "<li class=\"step todo\"><span class=\"name\">Picked"));
    r = get(w, LINK_TRACK, packed);
    CHECK(has(r.content, "aria-current=\"step\"><span class=\"name\">Ready for you"));
}

TEST_BOTH(pages, a_page_is_over_some_time_after_its_order)
{
    start(w);
    int64_t id = shop_order(w, "MUG", 1);
    CHECK_I64(303,
              ask(w, "POST", "/t/{word}/cancel", link_of(w, LINK_TRACK, id), "sure=yes").status);
    source_advance_us(&w->source, LINK_LIFE_US);
    CHECK_I64(200, get(w, LINK_TRACK, id).status);
    source_advance_us(&w->source, 1);
    struct reply r = get(w, LINK_TRACK, id);
    CHECK_I64(410, r.status);
    CHECK(has(r.content, "This page is over") && has(r.content, "Fjell &amp; Co"));
    CHECK_I64(410, get(w, LINK_CONFIRM, id).status);
}

TEST_BOTH(pages, an_order_is_confirmed_from_its_page)
{
    start(w);
    int64_t id = waiting_order(w);
    struct reply r = get(w, LINK_TRACK, id);
    CHECK(has(r.content, "Yes, all is right") && !has(r.content, "/c/confirm_"));
    r = ask(w, "POST", "/t/{word}/confirm", link_of(w, LINK_TRACK, id), "");
    CHECK_I64(303, r.status);
    CHECK_I64(0, shop_state(w, id).holds);
    CHECK(!has(get(w, LINK_TRACK, id).content, "Yes, all is right"));
}

/* --- confirming ------------------------------------------------------------------------------ */

TEST_BOTH(pages, the_confirm_form_shows_what_its_country_needs)
{
    start(w);
    int64_t id = waiting_order(w);
    struct reply r = get(w, LINK_CONFIRM, id);
    CHECK_I64(200, r.status);
    CHECK(has(r.content, "value=\"10 King Street\"") && has(r.content, "United Kingdom"));
    CHECK(has(r.content, "name=\"postal_code\" value=\"EC2V 8EA\""));
    CHECK(has(r.content, ">County") && !has(r.content, "name=\"country\""));
    CHECK(!has(r.content, "name=\"sorting_code\""));
    CHECK(has(r.content, "autocomplete=\"postal-code\""));
}

TEST_BOTH(pages, a_wrong_part_is_marked_and_nothing_typed_is_lost)
{
    start(w);
    int64_t id = waiting_order(w);
    struct text token = link_of(w, LINK_CONFIRM, id);
    struct reply r = ask(w, "POST", "/c/{word}", token,
                         "recipient=Ada&line1=1+New+Road&city=Leeds&postal_code=nope&country=FR"
                         "&instructions=gate&wish_date=&words=hello");
    CHECK_I64(422, r.status);
    CHECK(has(r.content, "aria-describedby=\"postal_code-wrong\""));
    CHECK(has(r.content, "value=\"1 New Road\"") && has(r.content, ">gate</textarea>"));
    CHECK(has(r.content, ">hello</textarea>") && has(r.content, "it is marked below"));
    CHECK_I64(1, shop_state(w, id).holds);
    r = ask(w, "POST", "/c/{word}", token, "wish_date=31.12.2026");
    CHECK_I64(422, r.status);
    CHECK(has(r.content, "wish-wrong") && has(r.content, "value=\"31.12.2026\""));
    r = ask(w, "POST", "/c/{word}", token, "wish_date=2020-01-01");
    CHECK(has(r.content, "That day is over"));
}

TEST_BOTH(pages, a_corrected_address_is_taken)
{
    start(w);
    int64_t id = waiting_order(w);
    struct text token = link_of(w, LINK_CONFIRM, id);
    struct reply r = ask(w, "POST", "/c/{word}", token,
                         "recipient=Ada+Byron&line1=1+New+Road&line2=&city=Leeds"
                         "&postal_code=ls11aa&instructions=&wish_date=2026-02-01&words=");
    CHECK_I64(303, r.status);
    struct order order = {0};
    struct address at = {0};
    CHECK_OK(&w->ctx, store_reader(&w->ctx));
    CHECK_OK(&w->ctx, order_get(&w->ctx, id, &order));
    CHECK_OK(&w->ctx, address_get(&w->ctx, order.ship_to_id, &at));
    CHECK_TEXT("1 New Road", at.at.line1);
    CHECK_TEXT("LS1 1AA", at.at.postal_code);
    CHECK_TEXT("GB", at.at.country);
    CHECK_I64(civil_to_day(2026, 2, 1), order.wish_day);
    r = get(w, LINK_CONFIRM, id);
    CHECK(has(r.content, "Thank you, it is confirmed") && !has(r.content, "<form"));
    CHECK(!has(r.content, "New Road"));
    r = ask(w, "POST", "/c/{word}", token, "line1=2+Other+Road");
    CHECK(!has(r.content, "Other Road"));
}

/* --- feedback -------------------------------------------------------------------------------- */

TEST_BOTH(pages, feedback_is_taken_once)
{
    start(w);
    int64_t id = delivered_order(w, "MUG", 1), early = shop_order(w, "BOOK", 1);
    struct text token = link_of(w, LINK_FEEDBACK, id);
    CHECK(has(get(w, LINK_FEEDBACK, early).content, "not with you yet"));
    CHECK(has(get(w, LINK_FEEDBACK, id).content, "type=\"radio\" name=\"score\" value=\"10\""));
    struct reply r = ask(w, "POST", "/f/{word}", token, "words=fine");
    CHECK_I64(422, r.status);
    CHECK(has(r.content, "Please choose a number") && has(r.content, ">fine</textarea>"));
    CHECK_I64(303, ask(w, "POST", "/f/{word}", token, "score=3&words=slow").status);
    r = get(w, LINK_FEEDBACK, id);
    CHECK(has(r.content, "Thank you") && has(r.content, "sorry") && !has(r.content, "<form"));
    CHECK_I64(1, count_kind(w, id, EVENT_CASE_OPENED));
    r = ask(w, "POST", "/f/{word}", token, "score=9");
    CHECK(has(r.content, "Thank you"));
    CHECK_I64(1, count_kind(w, id, EVENT_FEEDBACK_GIVEN));
}

/* --- hostile text ---------------------------------------------------------------------------- */

static void check_canary(struct text page)
{
    CHECK(!has(page, "<script>canary") && !has(page, "\"'><script"));
}

TEST_BOTH(pages, nothing_that_was_typed_becomes_markup)
{
    start(w);
    CHECK_OK(&w->ctx, world_script(w, "UPDATE merchant SET name = '"
                                      "\"''><script>canary</script>"
                                      "', street = '<script>canary</script>'"));
    CHECK_OK(&w->ctx, world_script(w, "UPDATE product SET name = '<script>canary</script>'"));
    int64_t id = canary_order(w);
    static const char form[] = "kind=question&words=%22%27%3E%3Cscript%3Ecanary%3C%2Fscript%3E";
    CHECK_OK(&w->ctx, db_tx(&w->ctx, hold_in_tx, &id));
    CHECK_I64(303, ask(w, "POST", "/t/{word}/problem", link_of(w, LINK_TRACK, id), form).status);
    struct text token = link_of(w, LINK_TRACK, id);
    struct reply r = get(w, LINK_TRACK, id);
    CHECK(has(r.content, "&lt;script&gt;canary"));
    check_canary(r.content);
    r = ask(w, "GET", "/t/{word}", text_printf(&w->arena, "%.*s.json", TEXT_ARG(token)), NULL);
    CHECK(has(r.content, "canary"));
    check_canary(r.content);
    r = get(w, LINK_CONFIRM, id);
    CHECK(has(r.content, "&lt;script&gt;canary"));
    check_canary(r.content);
    r = ask(w, "POST", "/c/{word}", link_of(w, LINK_CONFIRM, id),
            "postal_code=%22%3E%3Cscript%3Ecanary&wish_date=%22%3E%3Cscript%3Ecanary"
            "&words=%3C/textarea%3E%3Cscript%3Ecanary");
    CHECK_I64(422, r.status);
    check_canary(r.content);
    int64_t there = canary_order(w);
    CHECK_OK(&w->ctx, world_script(w, "UPDATE order_state SET holds = 0")); /* likely twice */
    deliver_all(w, &there, 1);
    r = ask(w, "POST", "/f/{word}", link_of(w, LINK_FEEDBACK, there), form);
    CHECK_I64(422, r.status);
    CHECK(has(r.content, "&lt;script&gt;canary"));
    check_canary(r.content);
    r = ask(w, "GET", "/", T(""), NULL);
    CHECK(has(r.content, "&lt;script&gt;canary"));
    check_canary(r.content);
    check_canary(ask(w, "GET", "/board.json", T(""), NULL).content);
}

TEST(pages, forms_are_read_as_text_alone)
{
    struct arena a = {0};
    CHECK_TEXT("a\nb c", form_value(&a, T("x=a%0D%0Ab%07+c"), "x"));
    CHECK_TEXT("", form_value(&a, T("x=%FF%FE"), "x"));
    CHECK(form_value(&a, T("x=1"), "y").at == NULL);
    CHECK(form_value(&a, T("x="), "x").at != NULL);
    CHECK_TEXT("ä", form_value(&a, T("x=%C3%A4&x=2"), "x"));
    CHECK_TEXT("É••• Z•••",
               mask_words(&a, T("Émile  Zola")).len ? mask_words(&a, T("Émile Zola")) : T(""));
    CHECK_TEXT("75•••", mask_postal_code(&a, T("75008")));
    CHECK_TEXT("", mask_postal_code(&a, T("")));
    arena_free(&a);
}

/* --- the board ------------------------------------------------------------------------------- */

TEST_BOTH(pages, the_board_counts_what_is_open)
{
    start(w);
    struct reply empty = ask(w, "GET", "/", T(""), NULL);
    CHECK(has(empty.content, "No order has come in yet"));
    CHECK(has(empty.content, "0 open orders"));
    shop_order(w, "MUG", 3);
    struct reply one = ask(w, "GET", "/", T(""), NULL);
    CHECK(has(one.content, "1 open order</strong>"));
    shop_order(w, "BOOK", 2);
    waiting_order(w);
    struct reply page = ask(w, "GET", "/", T(""), NULL);
    CHECK_I64(200, page.status);
    CHECK(has(page.content, "<strong id=\"orders\">3 open orders</strong>"));
    CHECK(has(page.content, "on hold") && has(page.content, "confirmation"));
    CHECK(has(page.content, "order placed") && has(page.content, "http-equiv=\"refresh\""));
    struct reply r = ask(w, "GET", "/board.json", T(""), NULL);
    CHECK(has(r.content, "\"orders\":3") && has(r.content, "\"units\":7"));
    CHECK(has(r.content, "{\"stage\":\"processing\",\"orders\":3,\"units\":7,"));
    CHECK(has(r.content, "\"units_words\":\"7 units\""));
    CHECK(has(r.content, "\"total\":\"26.97 GBP\""));
    CHECK(!has(r.content, "Byron"));
}

TEST_BOTH(pages, the_board_says_how_many_orders_are_short_of_stock)
{
    start(w);
    CHECK(has(ask(w, "GET", "/", T(""), NULL).content, "No order is on hold or short of stock."));
    shop_order(w, "LAMP", 130); /* of 120 */
    shop_order(w, "MUG", 1);
    struct reply r = ask(w, "GET", "/board.json", T(""), NULL);
    CHECK(has(r.content, "\"waits\":[{\"reason\":\"short of stock\",\"orders\":1}]"));
    CHECK(has(ask(w, "GET", "/", T(""), NULL).content, "<td>short of stock</td>"));
}

TEST_BOTH(pages, the_board_lists_the_orders_of_the_stage_that_was_chosen)
{
    start(w);
    for (int i = 0; i < 14; i++) shop_order(w, "MUG", 1);
    struct reply all = ask(w, "GET", "/", T(""), NULL);
    CHECK(has(all.content, "Newest orders") && !has(all.content, "<td>2</td>"));
    CHECK(has(all.content, "href=\"/?stage=processing\""));
    struct reply one = ask(w, "GET", "/", T(""), "processing");
    CHECK(has(one.content, "In processing, oldest first") && has(one.content, "<td>2</td>"));
    CHECK(has(one.content, "aria-current=\"true\"><span class=\"stage\">processing"));
    CHECK(has(ask(w, "GET", "/", T(""), "picking").content, "No order is in picking."));
    CHECK(has(ask(w, "GET", "/", T(""), "completed").content, "Newest orders"));
    CHECK(has(ask(w, "GET", "/board.json", T(""), "processing").content, "oldest first"));
    source_advance_us(&w->source, DAY_US);
    CHECK(!has(ask(w, "GET", "/", T(""), "processing").content, ":00</td>"));
}
