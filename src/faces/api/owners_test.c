/* faces/api/owners_test.c: several owners in one building, as they and the house see it. */
#include "app/wiring.h"
#include "base/time.h"
#include "faces/api/dispatch.h"
#include "faces/jobs/react.h"
#include "faces/pages/links.h"
#include "shop.h"
#include "test/audit_world.h"

#include <stdio.h>
#include <string.h>

#define TO_LONDON                                                                                  \
    "\"ship_to\":{\"recipient\":\"Ada Byron\",\"line1\":\"10 King Street\",\"city\":\"London\","   \
    "\"postal_code\":\"EC2V 8EA\",\"country\":\"GB\"},\"payment_method\":\"on_account\""
#define ORDER(sku, quantity)                                                                       \
    "{" TO_LONDON ",\"lines\":[{\"sku\":\"" sku "\",\"quantity\":" quantity "}]}"
#define ORDER_OF(owner, sku, quantity)                                                             \
    "{" TO_LONDON ",\"owner\":\"" owner "\",\"lines\":[{\"sku\":\"" sku                            \
    "\",\"quantity\":" quantity "}]}"

struct house {
    struct world *w;
    struct shop shop;
    struct server server;
    struct text acme, bolt; /* keys of two owners */
};

static struct answer ask(struct house *h, struct text key, const char *method, const char *target,
                         const char *body)
{
    struct call call = {.method = text_of(method),
                        .target = text_of(target),
                        .body = text_of(body),
                        .authorization = key,
                        .is_trusted = !key.at,
                        .merchant_id = h->shop.merchant_id};
    struct answer a;
    dispatch(&h->server, &h->w->arena, &call, &a);
    return a;
}
static struct answer get(struct house *h, struct text key, const char *target)
{
    return ask(h, key, "GET", target, NULL);
}
static struct answer post(struct house *h, struct text key, const char *target, const char *body)
{
    return ask(h, key, "POST", target, body);
}
static const struct text the_house = {0};

static bool has(struct answer a, const char *part)
{
    if (text_find(a.body, text_of(part)) >= 0) return true;
    printf("no %s in: %d %.*s\n", part, a.status, TEXT_ARG(text_head(a.body, 2000)));
    return false;
}
static bool lacks(struct answer a, const char *part)
{
    if (text_find(a.body, text_of(part)) < 0) return true;
    printf("%s in: %d %.*s\n", part, a.status, TEXT_ARG(text_head(a.body, 2000)));
    return false;
}
static bool refused(struct answer a, int status, const char *reason)
{
    CHECK_I64(status, a.status);
    return has(a, reason);
}
static bool done(struct answer a, int status)
{
    if (a.status == status) return true;
    printf("%d, not %d: %.*s\n", a.status, status, TEXT_ARG(text_head(a.body, 1000)));
    return false;
}

/* The text of a member that is a word. */
static struct text member(struct house *h, struct answer a, const char *name)
{
    struct text mark = text_printf(&h->w->arena, "\"%s\":\"", name), rest;
    ptrdiff_t at = text_find(a.body, mark);
    CHECK(at >= 0);
    return at < 0 ? T("") : text_split(text_skip(a.body, (size_t)at + mark.len), '"', &rest);
}

static struct text key_of(struct house *h, const char *owner)
{
    struct text body = text_printf(&h->w->arena, "{\"scopes\":[\"all\"],\"owner\":\"%s\"}", owner);
    struct answer a = post(h, the_house, "/v1/keys", body.at);
    CHECK(done(a, 201));
    return text_printf(&h->w->arena, "Bearer %.*s", TEXT_ARG(member(h, a, "key")));
}

/* "/v1/orders/ID/cancel" */
static const char *of(struct house *h, const char *before, struct text id, const char *behind)
{
    struct arena *a = &h->w->arena;
    return text_cstr(a, text_printf(a, "%s%.*s%s", before, TEXT_ARG(id), behind));
}

static int64_t units_of(struct house *h, const char *owner)
{
    struct text sql = text_printf(&h->w->arena,
                                  "SELECT sellable - promised AS n FROM availability a JOIN product"
                                  " p ON p.product_id = a.product_id JOIN owner o ON o.owner_id = "
                                  "p.owner_id WHERE o.code = '%s' AND p.sku = 'TEA'",
                                  owner);
    return world_ask(h->w, sql.at);
}

/* Two owners, each with a product TEA in the same bin: ACME has 5, BOLT has 3. */
static void house_open(struct house *h, struct world *w)
{
    *h = (struct house){.w = w, .shop = shop_open(w)};
    server_open(&h->server, w->store, &w->source, route_tables);
    CHECK(done(post(h, the_house, "/v1/owners",
                    "{\"code\":\"ACME\",\"name\":\"Acme Teas\",\"street\":\"1 Road, Leeds\"}"),
               201));
    CHECK(done(post(h, the_house, "/v1/owners", "{\"code\":\"BOLT\",\"name\":\"Bolt & Sons\"}"),
               201));
    static const struct {
        const char *owner, *quantity;
    } each[] = {{"ACME", "5"}, {"BOLT", "3"}};
    for (size_t i = 0; i < 2; i++) {
        struct text products = text_printf(&w->arena, "/v1/products?owner=%s", each[i].owner);
        struct text receipts = text_printf(&w->arena, "/v1/stock/receipts?owner=%s", each[i].owner);
        struct text lines = text_printf(
            &w->arena,
            "{\"lines\":[{\"sku\":\"TEA\",\"site\":\"LON\",\"bin\":\"A-01-01\",\"quantity\":%s}]}",
            each[i].quantity);
        CHECK(done(post(h, the_house, products.at,
                        "{\"sku\":\"TEA\",\"name\":\"Tea\",\"prices\":[{\"unit_price\":"
                        "{\"amount\":300,\"currency\":\"GBP\"}}]}"),
                   201));
        CHECK(done(post(h, the_house, receipts.at, lines.at), 200));
    }
    h->acme = key_of(h, "ACME");
    h->bolt = key_of(h, "BOLT");
}

TEST_BOTH(owners, the_same_sku_of_two_owners_is_promised_from_its_own_units_alone)
{
    struct house h;
    house_open(&h, w);
    CHECK_I64(5, units_of(&h, "ACME"));
    CHECK_I64(3, units_of(&h, "BOLT"));
    /* Eight lie in the bin; an order of BOLT's for four gets three. */
    struct answer a = post(&h, h.bolt, "/v1/orders", ORDER("TEA", "4"));
    CHECK(done(a, 201));
    CHECK(has(a, "\"promised\":3,\"short_of\":1"));
    CHECK_I64(5, units_of(&h, "ACME"));
    a = post(&h, h.acme, "/v1/orders", ORDER("TEA", "5"));
    CHECK(has(a, "\"promised\":5,\"short_of\":0"));
    CHECK_I64(0, units_of(&h, "ACME"));
    CHECK_I64(0, units_of(&h, "BOLT"));
    world_audit(w);
    server_close(&h.server);
}

TEST_BOTH(owners, the_house_orders_for_an_owner_by_his_code_and_never_mixes)
{
    struct house h;
    house_open(&h, w);
    CHECK(has(post(&h, the_house, "/v1/orders", ORDER_OF("ACME", "TEA", "2")), "\"promised\":2"));
    CHECK_I64(3, units_of(&h, "ACME"));
    CHECK(has(post(&h, the_house, "/v1/orders?owner=BOLT", ORDER("TEA", "2")), "\"promised\":2"));
    CHECK_I64(1, units_of(&h, "BOLT"));
    /* The house itself has no TEA, and an owner none of the house's mugs. */
    CHECK(refused(post(&h, the_house, "/v1/orders", ORDER("TEA", "1")), 422, "unknown_sku"));
    CHECK(refused(post(&h, h.acme, "/v1/orders", ORDER("MUG", "1")), 422, "unknown_sku"));
    CHECK(refused(post(&h, the_house, "/v1/orders", ORDER_OF("NONE", "TEA", "1")), 422,
                  "unknown_owner"));
    CHECK(refused(post(&h, h.acme, "/v1/orders", ORDER_OF("BOLT", "TEA", "1")), 422,
                  "unknown_owner"));
    CHECK(refused(post(&h, the_house, "/v1/stock/receipts",
                       "{\"lines\":[{\"sku\":\"TEA\",\"site\":\"LON\",\"bin\":\"A-01-01\","
                       "\"quantity\":1}]}"),
                  409, "owner_needed"));
    world_audit(w);
    server_close(&h.server);
}

#define RECEIPT                                                                                    \
    "{\"lines\":[{\"sku\":\"MUG\",\"site\":\"LON\",\"bin\":\"A-01-01\",\"quantity\":7}]}"

/* An owner's code stands for its SKU, and a dot for the merchant's. */
TEST_BOTH(owners, what_is_the_merchants_own_has_a_name_too)
{
    struct house h;
    house_open(&h, w);
    CHECK_I64(201, post(&h, the_house, "/v1/products?owner=ACME",
                        "{\"sku\":\"MUG\",\"name\":\"Mug\",\"weight_g\":300}")
                       .status);
    CHECK(refused(post(&h, the_house, "/v1/stock/receipts", RECEIPT), 409, "owner_needed"));
    CHECK(has(post(&h, the_house, "/v1/stock/receipts?owner=.&preview=1", RECEIPT),
              "\"on_hand\":107"));
    CHECK(has(post(&h, the_house, "/v1/stock/receipts?owner=.", RECEIPT), "\"on_hand\":107"));
    CHECK(has(post(&h, the_house, "/v1/stock/receipts?owner=ACME", RECEIPT), "\"on_hand\":7"));
    CHECK(has(get(&h, the_house, "/v1/why/stock/MUG?owner=."), "MUG (Mug, white): 127 sellable"));
    CHECK(refused(get(&h, the_house, "/v1/stock?owner=."), 422, "no_owner_here"));
    CHECK(refused(get(&h, h.acme, "/v1/why/stock/MUG?owner=."), 422, "unknown_owner"));
    world_audit(w);
    server_close(&h.server);
}

TEST_BOTH(owners, a_bound_key_sees_its_own_alone)
{
    struct house h;
    house_open(&h, w);
    struct answer mine = post(&h, h.acme, "/v1/orders", ORDER("TEA", "1"));
    struct answer theirs = post(&h, h.bolt, "/v1/orders", ORDER("TEA", "1"));
    struct text order = member(&h, mine, "id"), other = member(&h, theirs, "id");
    CHECK(has(get(&h, h.acme, of(&h, "/v1/orders/", order, "")), "\"owner\":\"ACME\""));
    CHECK(refused(get(&h, h.acme, of(&h, "/v1/orders/", other, "")), 404, "not_found"));
    CHECK(
        refused(post(&h, h.acme, of(&h, "/v1/orders/", other, "/cancel"), "{}"), 404, "not_found"));
    CHECK(refused(get(&h, h.acme, "/v1/orders/2"), 404, "not_found"));
    struct answer list = get(&h, h.acme, "/v1/orders");
    CHECK(has(list, text_cstr(&w->arena, order)));
    CHECK(lacks(list, text_cstr(&w->arena, other)));
    CHECK(lacks(get(&h, h.acme, "/v1/events?limit=200"), text_cstr(&w->arena, other)));
    CHECK(has(get(&h, h.acme, "/v1/events?limit=200"), text_cstr(&w->arena, order)));
    CHECK(lacks(get(&h, h.acme, "/v1/products"), "MUG"));
    CHECK(has(get(&h, h.acme, "/v1/stock"), "\"on_hand\":5"));
    CHECK(lacks(get(&h, h.acme, "/v1/stock"), "\"on_hand\":3"));
    CHECK(has(get(&h, h.acme, "/v1/owners"), "ACME"));
    CHECK(lacks(get(&h, h.acme, "/v1/owners"), "BOLT"));
    CHECK(refused(get(&h, h.acme, "/v1/owners/BOLT"), 404, "not_found"));
    CHECK(refused(get(&h, h.acme, "/v1/keys"), 403, "house_only"));
    CHECK(refused(get(&h, h.acme, "/v1/orders?owner=BOLT"), 422, "unknown_owner"));
    /* The house sees all, or those of one. */
    CHECK(has(get(&h, the_house, "/v1/orders"), text_cstr(&w->arena, other)));
    CHECK(lacks(get(&h, the_house, "/v1/orders?owner=ACME"), text_cstr(&w->arena, other)));
    CHECK(lacks(get(&h, the_house, "/v1/orders?stage=processing&owner=ACME"),
                text_cstr(&w->arena, other)));
    server_close(&h.server);
}

TEST_BOTH(owners, an_owners_code_that_is_not_ones_own_sounds_like_none_at_all)
{
    struct house h;
    house_open(&h, w);
    CHECK(refused(get(&h, h.acme, "/v1/owners/BOLT"), 404, "\\\"BOLT\\\" is no such identifier"));
    CHECK(refused(get(&h, h.acme, "/v1/owners/NONE"), 404, "\\\"NONE\\\" is no such identifier"));
    CHECK(done(get(&h, h.acme, "/v1/owners/ACME"), 200));
    server_close(&h.server);
}

TEST_BOTH(owners, what_is_anothers_is_not_reached_through_ones_own)
{
    struct house h;
    house_open(&h, w);
    static const char cart[] =
        "{\"reference\":\"C-1\",\"lines\":[{\"sku\":\"TEA\",\"quantity\":1}]}";
    struct text mine = member(&h, post(&h, h.acme, "/v1/orders", ORDER("TEA", "1")), "id");
    struct text theirs = member(&h, post(&h, h.bolt, "/v1/orders", ORDER("TEA", "1")), "id");
    const char *holds = of(&h, "/v1/orders/", theirs, "/holds");
    struct text hold = member(&h, post(&h, h.bolt, holds, "{\"reason\":\"manual\"}"), "id");
    const char *changes = of(&h, "/v1/orders/", theirs, "/changes");
    struct text change =
        member(&h, post(&h, h.bolt, changes, "{\"lines\":[{\"line_no\":1,\"quantity\":2}]}"), "id");
    struct text set_aside = member(&h, post(&h, h.bolt, "/v1/carts", cart), "id");

    struct text under = text_printf(&w->arena, "/v1/orders/%.*s", TEXT_ARG(mine));
    const char *own = text_cstr(&w->arena, under);
    static const struct {
        const char *method, *between, *behind;
        int which;
    } ways[] = {{"POST", "/holds/", "/release", 0},
                {"GET", "/changes/", "", 1},
                {"POST", "/changes/", "/confirm", 1},
                {"POST", "/changes/", "/discard", 1}};
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        struct text before = text_printf(&w->arena, "%s%s", own, ways[i].between);
        const char *path = of(&h, before.at, ways[i].which ? change : hold, ways[i].behind);
        CHECK(refused(ask(&h, h.acme, ways[i].method, path, NULL), 404, "not_found"));
    }
    struct text with_cart = text_printf(&w->arena,
                                        "{" TO_LONDON ",\"cart_id\":\"%.*s\",\"lines\":[{\"sku\":"
                                        "\"TEA\",\"quantity\":1}]}",
                                        TEXT_ARG(set_aside));
    CHECK(refused(post(&h, h.acme, "/v1/orders", with_cart.at), 422, "cart_not_found"));
    CHECK(done(post(&h, h.acme, "/v1/carts", cart), 201)); /* takes over none of another's */
    CHECK(done(post(&h, h.bolt, "/v1/orders", with_cart.at), 201));
    world_audit(w);
    server_close(&h.server);
}

/* What finds the one for its owner finds nothing for another. */
TEST_BOTH(owners, a_bound_key_finds_nothing_of_anothers_by_asking_for_it)
{
    struct house h;
    house_open(&h, w);
    static const char order[] = "{" TO_LONDON ",\"reference\":\"R-1\",\"lines\":[{\"sku\":\"TEA\","
                                "\"quantity\":9}]}";
    static const char gtin[] = "{\"sku\":\"MATE\",\"name\":\"Mate\",\"gtin\":\"4006381333931\"}";
    static const char asn[] = "{\"site\":\"LON\",\"supplier\":\"Ceylon\",\"reference\":\"D-1\","
                              "\"lines\":[{\"sku\":\"TEA\",\"quantity\":6}]}";
    struct text theirs = member(&h, post(&h, h.bolt, "/v1/orders", order), "id");
    CHECK(done(post(&h, h.bolt, of(&h, "/v1/orders/", theirs, "/cases"),
                    "{\"kind\":\"question\",\"words\":\"when?\"}"),
               201));
    CHECK(done(post(&h, h.bolt, "/v1/products", gtin), 201));
    CHECK(done(post(&h, h.bolt, "/v1/asns", asn), 201));
    static const char *const asked[] = {"/v1/orders?number=1",
                                        "/v1/orders?reference=R-1",
                                        "/v1/orders?channel=web&reference=R-1",
                                        "/v1/orders?stage=processing",
                                        "/v1/products?gtin=4006381333931",
                                        "/v1/products?sku=MATE",
                                        "/v1/cases",
                                        "/v1/shortages",
                                        "/v1/asns"};
    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
        CHECK(has(get(&h, h.bolt, asked[i]), "{\"data\":[{"));
        CHECK(has(get(&h, h.acme, asked[i]), "{\"data\":[]"));
    }
    server_close(&h.server);
}

TEST_BOTH(owners, the_stream_of_events_tells_an_owner_of_its_orders_alone)
{
    struct house h;
    house_open(&h, w);
    struct text mine = member(&h, post(&h, h.acme, "/v1/orders", ORDER("TEA", "1")), "id");
    struct text theirs = member(&h, post(&h, h.bolt, "/v1/orders", ORDER("TEA", "1")), "id");
    struct answer a = get(&h, h.acme, "/v1/events/stream?limit=200");
    CHECK(done(a, 200));
    CHECK(has(a, text_cstr(&w->arena, mine)));
    CHECK(lacks(a, text_cstr(&w->arena, theirs)));
    CHECK(lacks(a, "product.created"));
    server_close(&h.server);
}

TEST_BOTH(owners, store_credit_of_a_guest_is_spent_with_the_owner_who_gave_it_alone)
{
    struct house h;
    house_open(&h, w);
    static const char issue[] = "{\"kind\":\"store_credit\",\"email\":\"ada@example.org\","
                                "\"amount\":{\"amount\":1000,\"currency\":\"GBP\"}}";
    static const char order[] =
        "{\"ship_to\":{\"recipient\":\"Ada Byron\",\"line1\":\"10 King Street\",\"city\":"
        "\"London\",\"postal_code\":\"EC2V 8EA\",\"country\":\"GB\"},\"customer_email\":"
        "\"ada@example.org\",\"payments\":[{\"method\":\"store_credit\"}],\"lines\":[{\"sku\":"
        "\"TEA\",\"quantity\":1}]}";
    CHECK(refused(post(&h, h.bolt, "/v1/credits", issue), 403, "house_only"));
    CHECK(has(post(&h, the_house, "/v1/credits?owner=BOLT", issue), "\"owner\":\"BOLT\""));
    CHECK(done(post(&h, the_house, "/v1/credits", issue), 201)); /* the house's own guest */
    CHECK(refused(post(&h, h.acme, "/v1/orders", order), 404, "credit_not_found"));
    CHECK(done(post(&h, h.bolt, "/v1/orders", order), 201));
    CHECK_I64(700, world_ask(w, "SELECT min(balance_minor) FROM credit"));
    CHECK_I64(1000, world_ask(w, "SELECT max(balance_minor) FROM credit"));
    world_audit(w);
    server_close(&h.server);
}

/* Asked about afterwards, and at once instead of a refusal. */
TEST_BOTH(owners, what_is_offered_instead_is_set_aside_for_its_owner)
{
    struct house h;
    house_open(&h, w);
    static const char chai[] = "{\"sku\":\"CHAI\",\"name\":\"Chai\",\"prices\":[{\"unit_price\":"
                               "{\"amount\":300,\"currency\":\"GBP\"}}]}";
    static const char order[] = "{" TO_LONDON ",\"customer_email\":\"ada@example.org\","
                                "\"substitution\":\"%s\",\"lines\":[{\"sku\":\"TEA\","
                                "\"quantity\":4}]}";
    CHECK(done(post(&h, h.bolt, "/v1/products", chai), 201));
    CHECK(done(post(&h, the_house, "/v1/stock/receipts?owner=BOLT",
                    "{\"lines\":[{\"sku\":\"CHAI\",\"site\":\"LON\",\"bin\":\"A-01-01\","
                    "\"quantity\":9}]}"),
               200));
    CHECK(done(post(&h, h.bolt, "/v1/products/TEA/substitutes", "{\"sku\":\"CHAI\"}"), 200));
    static const char *const said[] = {"ask", "allow"};
    for (size_t i = 0; i < 2; i++) {
        struct text body = text_printf(&w->arena, order, said[i]);
        CHECK(done(post(&h, h.bolt, "/v1/orders", body.at), 201));
        CHECK_OK(&w->ctx, react_until_quiet(&w->ctx));
        CHECK(done(post(&h, the_house, "/v1/merchant", "{\"stock_policy\":\"all\"}"), 200));
    }
    CHECK_I64(2, world_ask(w, "SELECT count(*) FROM substitution"));
    CHECK_I64(2, world_ask(w, "SELECT count(*) FROM cart k JOIN owner o ON o.owner_id = k.owner_id "
                              "WHERE o.code = 'BOLT'"));
    world_audit(w);
    server_close(&h.server);
}

TEST_BOTH(owners, two_owners_have_an_order_and_a_customer_of_the_same_reference)
{
    struct house h;
    house_open(&h, w);
    static const char body[] = "{" TO_LONDON
                               ",\"reference\":\"1001\",\"customer_reference\":\"C1\","
                               "\"lines\":[{\"sku\":\"TEA\",\"quantity\":1}]}";
    CHECK(done(post(&h, h.acme, "/v1/orders", body), 201));
    CHECK(done(post(&h, h.bolt, "/v1/orders", body), 201));
    CHECK(refused(post(&h, h.acme, "/v1/orders", body), 409, "duplicate_reference"));
    CHECK_I64(2, world_ask(w, "SELECT count(*) AS n FROM customer WHERE reference = 'C1'"));
    CHECK_I64(2, world_ask(w, "SELECT count(*) AS n FROM orders WHERE reference = '1001'"));
    world_audit(w);
    server_close(&h.server);
}

TEST_BOTH(owners, a_preview_for_an_owner_is_what_then_happens)
{
    struct house h;
    house_open(&h, w);
    struct answer a = post(&h, h.bolt, "/v1/orders?preview=1", ORDER("TEA", "2"));
    CHECK(has(a, "TEA at LON: promised 0"));
    CHECK_I64(3, units_of(&h, "BOLT"));
    CHECK(done(post(&h, h.bolt, "/v1/orders", ORDER("TEA", "2")), 201));
    CHECK_I64(1, units_of(&h, "BOLT"));
    server_close(&h.server);
}

TEST_BOTH(owners, deliveries_expected_are_an_owners)
{
    struct house h;
    house_open(&h, w);
    static const char asn[] = "{\"site\":\"LON\",\"supplier\":\"Ceylon\",\"reference\":\"D-1\","
                              "\"lines\":[{\"sku\":\"TEA\",\"quantity\":6}]}";
    struct answer a = post(&h, h.acme, "/v1/asns", asn);
    CHECK(done(a, 201));
    CHECK(has(a, "\"owner\":\"ACME\""));
    CHECK(done(post(&h, h.bolt, "/v1/asns", asn), 201)); /* the same number of the same supplier */
    CHECK(refused(post(&h, h.acme, "/v1/asns", asn), 409, "duplicate_reference"));
    const char *scan = of(&h, "/v1/asns/", member(&h, a, "id"), "/scan");
    CHECK(done(post(&h, the_house, scan, "{\"scan\":\"TEA\",\"quantity\":6,\"bin\":\"A-01-02\"}"),
               200));
    CHECK_I64(11, world_ask(w, "SELECT CAST(sum(on_hand) AS BIGINT) AS n FROM stock s JOIN product "
                               "p ON p.product_id = s.product_id JOIN owner o ON o.owner_id = "
                               "p.owner_id WHERE o.code = 'ACME'"));
    CHECK(refused(get(&h, h.bolt, of(&h, "/v1/asns/", member(&h, a, "id"), "")), 404, "not_found"));
    world_audit(w);
    server_close(&h.server);
}

TEST_BOTH(owners, goods_sold_from_owner_to_owner_are_a_pair_of_entries)
{
    struct house h;
    house_open(&h, w);
    static const char two[] = "{\"site\":\"LON\",\"to_owner\":\"BOLT\",\"note\":\"sold\",\"lines\":"
                              "[{\"sku\":\"TEA\",\"bin\":\"A-01-01\",\"quantity\":2}]}";
    static const char path[] = "/v1/stock/owner-changes?owner=ACME";
    CHECK(has(post(&h, the_house, "/v1/stock/owner-changes?owner=ACME&preview=1", two),
              "TEA at LON"));
    CHECK_I64(5, units_of(&h, "ACME"));
    CHECK(has(post(&h, the_house, path, two), "\"units\":2"));
    CHECK_I64(3, units_of(&h, "ACME"));
    CHECK_I64(5, units_of(&h, "BOLT"));
    CHECK_I64(1, world_ask(w, "SELECT count(DISTINCT subject_id) AS n FROM stock_entry WHERE "
                              "reason = 18"));
    CHECK_I64(2, world_ask(w, "SELECT count(*) AS n FROM stock_entry WHERE reason = 18"));
    /* What is promised to a customer of ACME's stays ACME's. */
    CHECK(done(post(&h, h.acme, "/v1/orders", ORDER("TEA", "2")), 201));
    CHECK(refused(post(&h, the_house, path, two), 409, "stock_promised"));
    CHECK(refused(post(&h, h.acme, "/v1/stock/owner-changes", two), 403, "house_only"));
    CHECK(
        refused(post(&h, the_house, "/v1/stock/owner-changes?owner=BOLT", two), 422, "same_owner"));
    world_audit(w);
    server_close(&h.server);
}

TEST_BOTH(owners, a_warehouse_bills_each_owner_for_what_was_done)
{
    struct house h;
    house_open(&h, w);
    source_advance_us(&w->source, 2 * DAY_US);
    CHECK(done(post(&h, h.acme, "/v1/orders", ORDER("TEA", "1")), 201));
    struct answer a = get(&h, the_house, "/v1/owner-activity");
    CHECK(has(a, "\"owner\":\"ACME\",\"name\":\"Acme Teas\""));
    CHECK(has(a, "\"received\":5,\"stored_days\":10,\"at_end\":5,\"orders\":1,\"picks\":0"));
    CHECK(has(a, "\"received\":3,\"stored_days\":6,\"at_end\":3,\"orders\":0"));
    a = get(&h, h.bolt, "/v1/owner-activity");
    CHECK(has(a, "\"received\":3"));
    CHECK(lacks(a, "ACME"));
    CHECK(refused(get(&h, the_house, "/v1/owner-activity?from=2026-02-02&to=2026-02-01"), 422,
                  "out_of_range"));
    server_close(&h.server);
}

TEST_BOTH(owners, a_user_bound_to_an_owner_logs_in_and_sees_its_own)
{
    struct house h;
    house_open(&h, w);
    struct answer a = post(&h, the_house, "/v1/users",
                           "{\"login\":\"tess\",\"name\":\"Tess\",\"role\":\"clerk\",\"owner\":"
                           "\"BOLT\",\"password\":\"three little words\"}");
    CHECK(done(a, 201));
    CHECK(done(post(&h, the_house, "/v1/orders", ORDER_OF("ACME", "TEA", "1")), 201));
    struct call call = {.method = T("POST"),
                        .target = T("/v1/sessions"),
                        .body = T("{\"login\":\"tess\",\"password\":\"three little words\"}")};
    h.server.merchant_id = h.shop.merchant_id;
    dispatch(&h.server, &w->arena, &call, &a);
    CHECK(done(a, 201));
    struct text rest;
    struct text cookie = text_split(a.cookie, ';', &rest);
    text_split(cookie, '=', &rest);
    call = (struct call){.method = T("GET"), .target = T("/v1/orders"), .session = rest};
    dispatch(&h.server, &w->arena, &call, &a);
    CHECK(has(a, "{\"data\":[],\"next\":null}"));
    server_close(&h.server);
}

TEST_BOTH(owners, a_customer_reads_the_name_of_whose_goods_they_are)
{
    struct house h;
    int64_t id;
    house_open(&h, w);
    struct answer a = post(&h, h.acme, "/v1/orders", ORDER("TEA", "1"));
    CHECK(id_parse(member(&h, a, "id"), "ord", &id));
    CHECK_OK(&w->ctx, links_use(&w->ctx, T("https://shop.example")));
    struct text path = link_path(&w->arena, LINK_TRACK, h.shop.merchant_id, id);
    h.server.merchant_id = h.shop.merchant_id;
    struct call call = {.method = T("GET"), .target = path};
    dispatch(&h.server, &w->arena, &call, &a);
    CHECK(has(a, "Acme Teas"));
    CHECK(lacks(a, "Fjell"));
    CHECK(has(get(&h, the_house, "/"), ">ACME</span>"));
    server_close(&h.server);
}
