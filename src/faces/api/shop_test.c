/* faces/api/shop_test.c: the shop's own books as callers see them, through the dispatcher. */
#include "faces/api/dispatch.h"
#include "faces/api/routes.h"
#include "shop.h"

#include <stdio.h>

static const struct route *const tables[] = {orders_routes, holds_routes,     products_routes,
                                             offers_routes, customers_routes, sites_routes,
                                             stock_routes,  merchant_routes,  NULL};

struct desk {
    struct world *w;
    struct shop shop;
    struct server server;
};

static void desk_open(struct desk *d, struct world *w)
{
    *d = (struct desk){.w = w, .shop = shop_open(w)};
    server_open(&d->server, w->store, &w->source, tables);
}

static struct answer ask(struct desk *d, const char *method, struct text target, const char *body,
                         const char *if_match)
{
    struct call call = {.method = text_of(method),
                        .target = target,
                        .body = text_of(body),
                        .if_match = text_of(if_match),
                        .is_trusted = true,
                        .merchant_id = d->shop.merchant_id};
    struct answer a;
    dispatch(&d->server, &d->w->arena, &call, &a);
    return a;
}
static struct answer get(struct desk *d, const char *target)
{
    return ask(d, "GET", text_of(target), NULL, NULL);
}
static struct answer post(struct desk *d, const char *target, const char *body)
{
    return ask(d, "POST", text_of(target), body, NULL);
}
/* A path with an identifier in it. */
static const char *path(struct desk *d, const char *before, const char *prefix, int64_t id,
                        const char *behind)
{
    struct arena *a = &d->w->arena;
    struct text word = id_text(a, prefix, id);
    return text_cstr(a, text_printf(a, "%s%.*s%s", before, TEXT_ARG(word), behind));
}

static bool has(struct answer a, const char *part)
{
    if (text_find(a.body, text_of(part)) >= 0) return true;
    printf("no %s in: %d %.*s\n", part, a.status, TEXT_ARG(text_head(a.body, 3000)));
    return false;
}
static size_t times(struct text t, const char *part)
{
    size_t n = 0;
    ptrdiff_t at;
    while ((at = text_find(t, text_of(part))) >= 0) {
        t = text_skip(t, (size_t)at + 1);
        n++;
    }
    return n;
}

#define ADDRESS                                                                                    \
    "\"ship_to\":{\"recipient\":\"Ada Byron\",\"line1\":\"10 King Street\",\"city\":\"London\","   \
    "\"postal_code\":\"EC2V 8EA\",\"country\":\"GB\"},\"payment_method\":\"on_account\""
static const char mug_order[] =
    "{\"reference\":\"W-1\",\"customer_reference\":\"C-1\",\"customer_name\":\"Ada Byron\"," ADDRESS
    ",\"lines\":[{\"sku\":\"MUG\",\"quantity\":2,\"services\":[{\"code\":\"gift_wrap\","
    "\"wording\":\"for you\"}]},{\"sku\":\"SET\",\"quantity\":1}],"
    "\"shipping\":{\"amount\":499,\"currency\":\"GBP\"}}";

/* --- orders ---------------------------------------------------------------------------------- */

TEST_BOTH(api_orders, an_order_is_placed_and_shown_as_a_whole)
{
    struct desk d;
    desk_open(&d, w);
    struct answer a = post(&d, "/v1/orders", mug_order);
    CHECK_I64(201, a.status);
    CHECK(text_starts(a.location, T("/v1/orders/ord_")));
    CHECK(has(a, "\"number\":1,\"commercial\":\"placed\""));
    CHECK(has(a, "\"total\":{\"amount\":4196,\"currency\":\"GBP\"},\"promised\":5,\"short_of\":0"));
    CHECK(has(a, "\"promised_date\":\"2026-01-08\",\"earmarked\":0"));
    CHECK(has(a, "\"undated\":0,\"expected_date\":null,\"holds\":[]"));
    a = ask(&d, "GET", a.location, NULL, NULL);
    CHECK_I64(200, a.status);
    CHECK_TEXT("\"v2\"", a.etag);
    CHECK(has(a, "\"stage\":\"processing\""));
    CHECK(has(a, "\"units\":5,\"allocated\":5"));
    CHECK(has(a, "\"line_no\":1,\"kind\":\"goods\",\"parent_line\":null,\"product_id\":\"prd_"));
    CHECK(has(a, "\"sku\":\"MUG\",\"name\":\"Mug, white\""));
    CHECK(has(a, "\"services\":[\"gift_wrap\"]"));
    CHECK(has(a, "\"sku\":\"gift_wrap\",\"name\":\"gift_wrap\",\"wording\":\"for you\""));
    CHECK(has(a, "\"line_no\":4,\"kind\":\"component\",\"parent_line\":3"));
    CHECK(has(a, "\"promises\":[{\"line_no\":1,\"site\":\"LON\",\"quantity\":2"));
    CHECK(has(a, "\"owed\":{\"amount\":4196,\"currency\":\"GBP\"}"));
    CHECK(has(a, "\"postal_code\":\"EC2V 8EA\""));
    CHECK(has(a, "\"actions\":[\"cancel\",\"change\",\"hold\",\"pay\"]"));
    CHECK_I64(200, get(&d, "/v1/orders/1").status); /* the running number will do */
    CHECK_I64(404, get(&d, "/v1/orders/2").status);
    server_close(&d.server);
}

TEST_BOTH(api_orders, work_and_its_tasks_are_told)
{
    struct desk d;
    desk_open(&d, w);
    CHECK_I64(201, post(&d, "/v1/orders", mug_order).status);
    int64_t id = 0;
    CHECK_OK(&w->ctx, store_reader(&w->ctx));
    CHECK_OK(&w->ctx, order_find_by_number(&w->ctx, 1, &id));
    CHECK_I64(1, shop_release(w, &id, 1));
    struct answer a = get(&d, "/v1/orders/1");
    CHECK(has(a, "\"stage\":\"picking\""));
    CHECK(has(a, "\"site\":\"LON\",\"state\":\"released\",\"version\":1"));
    CHECK(has(a, "\"tasks\":[{\"kind\":\"pick\",\"open\":3,\"done\":0},{\"kind\":\"gift_wrap\","
                 "\"open\":1,\"done\":0},{\"kind\":\"assembly\",\"open\":1,\"done\":0}]"));
    server_close(&d.server);
}

TEST_BOTH(api_orders, a_reference_that_is_known_is_answered_with_its_order)
{
    struct desk d;
    desk_open(&d, w);
    CHECK_I64(201, post(&d, "/v1/orders", mug_order).status);
    struct answer a = post(&d, "/v1/orders", mug_order);
    CHECK_I64(409, a.status);
    CHECK(has(a, "\"reason\":\"duplicate_reference\""));
    CHECK(has(a, "\"field\":\"reference\""));
    CHECK(has(a, "(number 1)"));
    CHECK(has(a, "see GET /v1/orders/ord_"));
    a = post(&d, "/v1/orders", "{" ADDRESS ",\"lines\":[{\"sku\":\"NOSUCH\",\"quantity\":1}]}");
    CHECK_I64(422, a.status);
    CHECK(has(a, "\"field\":\"lines[0].sku\""));
    CHECK_I64(1, (int64_t)times(get(&d, "/v1/orders").body, "\"id\":"));
    server_close(&d.server);
}

TEST_BOTH(api_orders, a_preview_says_the_same_and_keeps_nothing)
{
    struct desk d;
    desk_open(&d, w);
    struct answer a = post(&d, "/v1/orders?preview=1", mug_order);
    CHECK(has(a, "\"promised\":5"));
    CHECK_I64(0, (int64_t)times(get(&d, "/v1/orders").body, "\"id\":"));
    CHECK(has(get(&d, "/v1/stock?sku=MUG"), "\"on_hand\":120,\"promised\":0,\"available\":120"));
    server_close(&d.server);
}

TEST_BOTH(api_orders, rows_are_answered_one_by_one)
{
    struct desk d;
    desk_open(&d, w);
    struct answer a =
        post(&d, "/v1/orders/bulk",
             "{\"reference\":\"A\"," ADDRESS ",\"lines\":[{\"sku\":\"MUG\",\"quantity\":1}]}\n"
             "{\"reference\":\"B\"," ADDRESS ",\"lines\":[{\"sku\":\"NOSUCH\",\"quantity\":1}]}\n"
             "{\"reference\":\"A\"," ADDRESS ",\"lines\":[{\"sku\":\"MUG\",\"quantity\":1}]}\n"
             "{\"reference\":\"C\",\"is_draft\":true," ADDRESS
             ",\"lines\":[{\"sku\":\"PEN\",\"quantity\":1}]}\n");
    CHECK_I64(200, a.status);
    CHECK(has(a, "{\"row\":1,\"status\":201,\"data\":{\"id\":\"ord_"));
    CHECK(has(a, "{\"row\":2,\"status\":422,\"problem\":"));
    CHECK(has(a, "{\"row\":3,\"status\":409,\"problem\":"));
    CHECK(has(a, "{\"row\":4,\"status\":201,\"data\":{\"id\":\"ord_"));
    CHECK(has(a, "\"commercial\":\"draft\""));
    CHECK_I64(2, (int64_t)times(get(&d, "/v1/orders").body, "\"id\":"));
    server_close(&d.server);
}

TEST_BOTH(api_orders, a_draft_is_placed_later)
{
    struct desk d;
    desk_open(&d, w);
    struct answer a = post(&d, "/v1/orders",
                           "{\"is_draft\":true," ADDRESS
                           ",\"lines\":[{\"sku\":\"MUG\",\"quantity\":130}]}");
    CHECK(has(a, "\"commercial\":\"draft\""));
    CHECK(has(a, "\"promised\":0"));
    CHECK(has(get(&d, "/v1/orders/1"), "\"actions\":[\"place\",\"cancel\"]"));
    CHECK_I64(412, ask(&d, "POST", T("/v1/orders/1/place"), NULL, "\"v7\"").status);
    a = ask(&d, "POST", T("/v1/orders/1/place"), NULL, "\"v1\"");
    CHECK_I64(200, a.status);
    CHECK(has(a, "\"promised\":120,\"short_of\":10"));
    a = post(&d, "/v1/orders/1/place", NULL);
    CHECK_I64(409, a.status);
    CHECK(has(a, "\"reason\":\"wrong_state\""));
    CHECK(has(get(&d, "/v1/orders/1/events"), "\"kind\":\"order.drafted\""));
    CHECK(has(get(&d, "/v1/orders/1/events"), "\"kind\":\"order.short\""));
    CHECK_I64(404, get(&d, "/v1/orders/99/events").status);
    server_close(&d.server);
}

static void place_many(struct world *w, size_t n, const char *sku)
{
    struct draft *drafts = arena_new(&w->arena, struct draft, n);
    struct outcome *o = arena_new(&w->arena, struct outcome, n);
    for (size_t i = 0; i < n; i++) {
        drafts[i] = shop_draft(w, sku, 1);
        drafts[i].reference = text_printf(&w->arena, "R-%zu", i);
    }
    if (shop_place(w, drafts, n, o)) CHECK_I64(OK, o[n - 1].fault.code);
}

TEST_BOTH(api_orders, lists_go_page_by_page_without_gap_or_repeat)
{
    struct desk d;
    desk_open(&d, w);
    place_many(w, 7, "MUG");
    const char *wanted[] = {"/v1/orders?limit=3", "/v1/orders?stage=processing&limit=3"};
    for (size_t i = 0; i < 2; i++) {
        struct text target = text_of(wanted[i]);
        size_t rows = 0, pages = 0, firsts = 0;
        while (target.at && pages < 9) {
            struct answer a = ask(&d, "GET", target, NULL, NULL);
            CHECK_I64(200, a.status);
            rows += times(a.body, "\"id\":\"ord_");
            firsts += times(a.body, "\"number\":1,") + times(a.body, "\"number\":4,");
            pages++;
            ptrdiff_t at = text_find(a.body, T("\"next\":\"ord_"));
            target = (struct text){0};
            if (at >= 0) {
                struct text next = text_head(text_skip(a.body, (size_t)at + 8), 17);
                target = text_printf(&w->arena, "%s&after=%.*s", wanted[i], TEXT_ARG(next));
            }
        }
        CHECK_I64(3, (int64_t)pages);
        CHECK_I64(7, (int64_t)rows);
        CHECK_I64(2, (int64_t)firsts);
    }
    CHECK_I64(1, (int64_t)times(get(&d, "/v1/orders?reference=R-4").body, "\"id\":"));
    CHECK_I64(0, (int64_t)times(get(&d, "/v1/orders?channel=phone&reference=R-4").body, "\"id\":"));
    CHECK_I64(1, (int64_t)times(get(&d, "/v1/orders?number=5").body, "\"id\":"));
    CHECK_I64(0, (int64_t)times(get(&d, "/v1/orders?number=50").body, "\"id\":"));
    CHECK_I64(0, (int64_t)times(get(&d, "/v1/orders?stage=shipping").body, "\"id\":"));
    CHECK(has(get(&d, "/v1/orders?channel=web"), "\"field\":\"reference\""));
    CHECK(has(get(&d, "/v1/orders?after=nonsense"), "\"field\":\"after\""));
    CHECK_I64(422, get(&d, "/v1/orders?limit=501").status);
    CHECK_I64(200, get(&d, "/v1/orders?limit=500").status);
    server_close(&d.server);
}

static int64_t cost(struct desk *d, const char *target)
{
    int64_t before = store_queries(d->w->store);
    CHECK_I64(200, get(d, target).status);
    return store_queries(d->w->store) - before;
}

TEST_BOTH(api_orders, statements_do_not_grow_with_lines_or_pages)
{
    struct desk d;
    desk_open(&d, w);
    struct draft one = shop_draft(w, "PEN", 1), many = shop_draft(w, "PEN", 1);
    struct draft_line *lines = arena_new(&w->arena, struct draft_line, 200);
    for (size_t i = 0; i < 200; i++) {
        lines[i] = *(const struct draft_line *)many.lines.at;
        if (i % 2) lines[i].sku = T("MUG");
    }
    many.lines = (struct list){lines, 200};
    struct outcome o[2];
    if (!shop_place(w, &one, 1, &o[0]) || !shop_place(w, &many, 1, &o[1])) return;
    int64_t ids[] = {o[0].order_id, o[1].order_id};
    CHECK_I64(3, shop_release(w, ids, 2));
    int64_t few_lines = cost(&d, path(&d, "/v1/orders/", "ord", ids[0], ""));
    int64_t many_lines = cost(&d, path(&d, "/v1/orders/", "ord", ids[1], ""));
    CHECK_I64(few_lines, many_lines);
    place_many(w, 100, "BOOK");
    CHECK_I64(10, (int64_t)times(get(&d, "/v1/orders?limit=10").body, "\"id\":"));
    CHECK_I64(100, (int64_t)times(get(&d, "/v1/orders?limit=100").body, "\"id\":"));
    CHECK_I64(cost(&d, "/v1/orders?limit=10"), cost(&d, "/v1/orders?limit=100"));
    CHECK_I64(cost(&d, "/v1/stock?limit=2"), cost(&d, "/v1/stock?limit=5"));
    server_close(&d.server);
}

/* --- holds ----------------------------------------------------------------------------------- */

TEST_BOTH(api_holds, an_order_is_held_and_released_by_hand)
{
    struct desk d;
    desk_open(&d, w);
    int64_t id = shop_order(w, "MUG", 1);
    const char *holds = path(&d, "/v1/orders/", "ord", id, "/holds");
    struct answer a = post(&d, holds, "{\"reason\":\"fraud\",\"note\":\"two cards\"}");
    CHECK_I64(201, a.status);
    CHECK(has(a, "\"reason\":\"fraud\",\"note\":\"two cards\",\"owner_id\":null"));
    CHECK(has(get(&d, "/v1/orders/1"),
              "\"actions\":[\"cancel\",\"change\",\"hold\",\"release\",\"pay\"]"));
    CHECK(has(get(&d, "/v1/orders"), "\"holds\":[\"fraud\"]"));
    CHECK(has(get(&d, "/v1/board"), "\"holds\":[{\"reason\":\"fraud\",\"orders\":1}]"));
    struct text hold = text_head(text_skip(a.body, 7), 17); /* {"id":"hld_... */
    struct text release = text_printf(&w->arena, "%s/%.*s/release", holds, TEXT_ARG(hold));
    a = ask(&d, "POST", release, NULL, "\"v1\"");
    CHECK_I64(412, a.status);
    a = ask(&d, "POST", release, NULL, NULL);
    CHECK_I64(200, a.status);
    CHECK(text_find(get(&d, holds).body, T("\"released_at\":null")) < 0);
    CHECK_I64(409, ask(&d, "POST", release, NULL, NULL).status);
    CHECK_I64(422, post(&d, holds, "{\"reason\":\"boredom\"}").status);
    CHECK_I64(422, post(&d, holds, "{}").status);
    server_close(&d.server);
}
