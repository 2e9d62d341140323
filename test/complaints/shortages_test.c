/* Complaints about other systems in which something is short, in the words of those who made them:
 * docs/complaints.md lists the numbers. */
#include "base/sort.h"
#include "faces/api/dispatch.h"
#include "services/stockkeeping/goods_in.h"
#include "stages/2_processing/remainder.h"
#include "test/audit_world.h"
#include "test/sim/life.h"

static int64_t placed(struct life *l, const char *sku, int64_t quantity)
{
    struct draft d = shop_draft(l->w, sku, quantity);
    int64_t id = life_place(l, &d);
    CHECK(id != 0);
    return id;
}

/* As a program asks by HTTP. */
static struct text ask(struct world *w, const char *method, const char *target, struct text body,
                       int *status)
{
    struct server s;
    struct answer a;
    server_open(&s, w->store, &w->source, route_tables);
    struct call call = {.method = text_of(method),
                        .target = text_of(target),
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

static enum err announce_in_tx(struct ctx *c, void *arg)
{
    struct asn_line_draft line = {.sku = T("LAMP"), .quantity = *(const int64_t *)arg};
    struct asn made;
    return asn_announce(c,
                        &(struct asn_draft){.site = T("LON"),
                                            .supplier = T("Lumen"),
                                            .reference = T("L-1"),
                                            .expected_day = day_of_us(c->now_us) + 7,
                                            .lines = {&line, 1}},
                        &made);
}

/* Forty lamps come to London in a week. */
static struct text announce(struct world *w, int64_t units)
{
    CHECK_OK(&w->ctx, db_tx(&w->ctx, announce_in_tx, &units));
    return day_text(&w->arena, day_of_us(w->ctx.now_us) + 7);
}

static struct text order_of(struct world *w, int64_t mugs, int64_t lamps)
{
    return text_printf(
        &w->arena,
        "{\"ship_to\":{\"recipient\":\"Ada Byron\",\"line1\":\"1 King Street\",\"city\":\"London\","
        "\"postal_code\":\"EC2V 8EA\",\"country\":\"GB\"},\"payment_method\":\"on_account\","
        "\"lines\":[{\"sku\":\"MUG\",\"quantity\":%lld},{\"sku\":\"LAMP\",\"quantity\":%lld}]}",
        (long long)mugs, (long long)lamps);
}

/* --- too late -------------------------------------------------------------------------------- */

TEST_BOTH(complaint, c13_who_comes_too_late_is_told_line_by_line_what_he_can_do)
{
    struct life l = life_open(w);
    int status;
    placed(&l, "LAMP", 117);
    placed(&l, "MUG", 120);
    struct text day = announce(w, 40);
    life_policy(&l, PRICE_ACCEPT, STOCK_ALL);
    struct text answer = ask(w, "POST", "/v1/orders", order_of(w, 2, 5), &status);
    CHECK_I64(409, status);
    expect(answer, "\"reason\":\"insufficient_stock\",\"field\":\"lines[0].quantity\"");
    expect(answer, "MUG: 0 of 2 are free\"");
    expect(answer, "leave it out, or choose another product");
    expect(answer, "\"field\":\"lines[1].quantity\"");
    expect(answer,
           text_cstr(&w->arena,
                     text_printf(&w->arena, "LAMP: 3 of 5 are free; 40 more are expected on %.*s",
                                 TEXT_ARG(day))));
    expect(answer, "order 3 of it now, or when more has come, or leave it out");
    world_audit(w);
}

TEST_BOTH(complaint, c13_an_order_that_waits_is_told_when_more_is_expected)
{
    struct life l = life_open(w);
    int status;
    placed(&l, "LAMP", 117);
    struct text day = announce(w, 40);
    struct text answer = ask(w, "POST", "/v1/orders", order_of(w, 1, 5), &status);
    CHECK_I64(201, status);
    expect(answer, "\"short_of\":2");
    expect(answer, text_cstr(&w->arena,
                             text_printf(&w->arena, "\"expected_date\":\"%.*s\"", TEXT_ARG(day))));
}

TEST_BOTH(complaint, c13_a_shortage_is_seen_by_everybody_until_it_is_over_and_has_an_owner)
{
    struct life l = life_open(w);
    int status;
    int64_t id = placed(&l, "LAMP", 122);
    struct text day = announce(w, 40), path;
    struct text answer = ask(w, "GET", "/v1/shortages", (struct text){0}, &status);
    CHECK_I64(200, status);
    expect(answer, "\"missing\":2");
    expect(answer, "\"sku\":\"LAMP\",\"wanted\":122,\"missing\":2,\"free\":0,\"expected\":40");
    expect(answer, text_cstr(&w->arena, day));
    expect(answer, "\"wait\",\"send_what_is_there\",\"cancel_line\",\"change_line\"");
    path =
        text_printf(&w->arena, "/v1/orders/%.*s/shortage", TEXT_ARG(id_text(&w->arena, "ord", id)));
    answer =
        ask(w, "POST", text_cstr(&w->arena, path), T("{\"note\":\"Lumen was called\"}"), &status);
    CHECK_I64(200, status);
    expect(answer, "\"note\":\"Lumen was called\"");
    CHECK_I64(1, life_told(&l, id, EVENT_SHORTAGE_TAKEN));
    CHECK_OK(&w->ctx, life_receive(&l, "LAMP", "LON", "A-03-04", 2));
    answer = ask(w, "GET", "/v1/shortages", (struct text){0}, &status);
    expect(answer, "\"data\":[]");
    ask(w, "POST", text_cstr(&w->arena, path), T("{}"), &status);
    CHECK_I64(409, status);
    world_audit(w);
}

/* --- the rest -------------------------------------------------------------------------------- */

struct closing {
    int64_t fulfillment_id;
    struct remainder in;
    struct remainder_outcome out;
};

static enum err close_in_tx(struct ctx *c, void *arg)
{
    struct closing *k = arg;
    return fulfillment_close_rest(c, k->fulfillment_id, &k->in, &k->out);
}

static enum err close_rest(struct life *l, int64_t fulfillment_id, enum remainder_choice choice,
                           struct remainder_outcome *out)
{
    struct closing k = {fulfillment_id, {(int32_t)choice, T("the line stands still")}, {0}};
    enum err e = db_tx(&l->w->ctx, close_in_tx, &k);
    *out = k.out;
    if (e == OK) life_quiet(l);
    return e;
}

/* Three of five are picked in London. */
static int64_t three_of_five(struct life *l)
{
    int64_t id = placed(l, "LAMP", 5);
    struct task t = life_task(l, id, TASK_PICK, 0);
    CHECK_I64(5, t.quantity);
    CHECK_OK(&l->w->ctx, life_pick(l, &t, 3));
    return id;
}

TEST_BOTH(complaint, c31_partly_picked_work_is_closed_and_another_site_sends_the_rest)
{
    struct life l = life_open(w);
    struct remainder_outcome out;
    int64_t id = three_of_five(&l);
    struct fulfillment f = life_fulfillment(&l, id, 0);
    CHECK_OK(&w->ctx, close_rest(&l, f.fulfillment_id, REMAINDER_BACKORDER, &out));
    CHECK_I64(2, out.units);
    CHECK_I64(3, out.stays);
    CHECK_I64(FULFILLMENT_PICKED, work_get(w, f.fulfillment_id).state);
    CHECK_I64(97, life_free_units(&l, l.shop.lamp, l.shop.london)); /* nothing stays reserved */
    CHECK_I64(18, life_free_units(&l, l.shop.lamp, l.shop.manchester));
    world_audit(w);
    life_bring(&l, id);
    CHECK_I64(5, shop_state(w, id).delivered);
    world_audit(w);
}

TEST_BOTH(complaint, c31_partly_picked_work_is_closed_and_the_rest_is_not_wanted)
{
    struct life l = life_open(w);
    struct remainder_outcome out;
    int64_t id = three_of_five(&l);
    struct fulfillment f = life_fulfillment(&l, id, 0);
    CHECK_OK(&w->ctx, close_rest(&l, f.fulfillment_id, REMAINDER_CANCELLED, &out));
    CHECK_I64(2, shop_state(w, id).cancelled);
    CHECK_I64(3, shop_state(w, id).allocated);
    CHECK_I64(97, life_free_units(&l, l.shop.lamp, l.shop.london));
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "nothing_left",
                close_rest(&l, f.fulfillment_id, REMAINDER_CANCELLED, &out));
    life_bring(&l, id);
    life_later(&l, 60 * DAY_US);
    CHECK_I64(COMMERCIAL_CLOSED, shop_state(w, id).commercial);
    CHECK_I64(97, life_free_units(&l, l.shop.lamp, l.shop.london));
    world_audit(w);
}

TEST_BOTH(complaint, c31_work_that_nobody_began_is_not_closed_with_a_remainder)
{
    struct life l = life_open(w);
    struct remainder_outcome out;
    int64_t id = placed(&l, "LAMP", 5);
    struct fulfillment f = life_fulfillment(&l, id, 0);
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "nothing_picked",
                close_rest(&l, f.fulfillment_id, REMAINDER_BACKORDER, &out));
    life_ship(&l, id);
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "too_late",
                close_rest(&l, f.fulfillment_id, REMAINDER_BACKORDER, &out));
    world_audit(w);
}

TEST_BOTH(complaint, c31_an_order_that_was_delivered_in_part_ends_when_the_rest_is_not_wanted)
{
    struct life l = life_open(w);
    int64_t id = placed(&l, "LAMP", 123); /* three are not there */
    life_bring(&l, id);
    CHECK_I64(120, shop_state(w, id).delivered);
    life_later(&l, 60 * DAY_US);
    CHECK_I64(COMMERCIAL_PLACED, shop_state(w, id).commercial);
    CHECK_OK(&w->ctx, life_cancel(&l, id, "too slow"));
    life_later(&l, 60 * DAY_US);
    CHECK_I64(3, shop_state(w, id).cancelled);
    CHECK_I64(COMMERCIAL_CLOSED, shop_state(w, id).commercial);
    world_audit(w);
}

/* --- sold before it is there ----------------------------------------------------------------- */

static void sell_ahead(struct world *w, int64_t units)
{
    int status;
    struct text body =
        text_printf(&w->arena, "{\"cap\":%lld,\"release_date\":\"2027-03-01\"}", (long long)units);
    ask(w, "POST", "/v1/stock/LAMP/preorder", body, &status);
    CHECK_I64(200, status);
}

TEST_BOTH(complaint, c27_a_product_is_ordered_before_it_is_there_and_never_more_than_the_cap)
{
    struct life l = life_open(w);
    int status;
    life_policy(&l, PRICE_ACCEPT, STOCK_ALL);
    placed(&l, "LAMP", 120);
    sell_ahead(w, 5);
    int64_t id = placed(&l, "LAMP", 3);
    CHECK_I64(3, l.placed.ahead);
    struct text answer = ask(w, "POST", "/v1/orders", order_of(w, 1, 3), &status);
    CHECK_I64(409, status);
    expect(answer, "\"reason\":\"preorder_full\"");
    expect(answer, "LAMP: 2 can still be ordered before it is there, not 3");
    CHECK_OK(&w->ctx, life_cancel_lines(&l, id, &(struct cancel_line){.line_no = 1, .quantity = 1},
                                        1, "fewer"));
    CHECK(placed(&l, "LAMP", 3) != 0); /* the one given back can be sold again */
    world_audit(w);
    CHECK_OK(&w->ctx, life_receive(&l, "LAMP", "LON", "A-03-04", 5));
    CHECK_I64(2, shop_state(w, id).allocated);
    world_audit(w);
}

TEST_BOTH(complaint, c27_a_change_does_not_go_around_the_cap)
{
    struct life l = life_open(w);
    placed(&l, "LAMP", 120);
    sell_ahead(w, 5);
    int64_t id = placed(&l, "LAMP", 5);
    struct change_line more = {
        .line_no = 1, .quantity = 9, .unit_price = {.minor = NONE}, .discount = {.minor = NONE}};
    struct order_change change = {
        .lines = {&more, 1}, .method = -1, .wish_day = NONE, .shipping = {.minor = NONE}};
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "preorder_only_new", life_change(&l, id, &change));
    world_audit(w);
}
