/* faces/api/books_test.c: catalogue, sites, stock and settings as callers see them. */
#include "faces/api/dispatch.h"
#include "faces/api/routes.h"
#include "shop.h"

#include <stdio.h>

static const struct route *const tables[] = {
    orders_routes,    products_routes, offers_routes,   sites_routes,
    customers_routes, stock_routes,    merchant_routes, NULL};

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

static struct answer ask(struct desk *d, const char *method, const char *target, const char *body,
                         struct text if_match)
{
    struct call call = {.method = text_of(method),
                        .target = text_of(target),
                        .body = text_of(body),
                        .if_match = if_match,
                        .is_trusted = true,
                        .merchant_id = d->shop.merchant_id};
    struct answer a;
    dispatch(&d->server, &d->w->arena, &call, &a);
    return a;
}
static struct answer get(struct desk *d, const char *target)
{
    return ask(d, "GET", target, NULL, (struct text){0});
}
static struct answer post(struct desk *d, const char *target, const char *body)
{
    return ask(d, "POST", target, body, (struct text){0});
}
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
    printf("no %s in: %d %.*s\n", part, a.status, TEXT_ARG(text_head(a.body, 2000)));
    return false;
}
/* Refused with this status and reason. */
static bool refused(struct answer a, int status, const char *reason)
{
    CHECK_I64(status, a.status);
    return text_find(a.body, text_of(reason)) >= 0 || has(a, reason);
}

/* --- catalogue ------------------------------------------------------------------------------- */

TEST_BOTH(api_books, a_product_is_added_priced_and_changed)
{
    struct desk d;
    desk_open(&d, w);
    struct answer a = post(&d, "/v1/products",
                           "{\"sku\":\"CUP\",\"name\":\"Cup\",\"gtin\":\"4006381333931\","
                           "\"weight_g\":120,\"handling\":[\"fragile\"],\"origin\":\"de\","
                           "\"prices\":[{\"unit_price\":{\"amount\":500,\"currency\":\"GBP\"}}]}");
    CHECK_I64(201, a.status);
    CHECK(has(a, "\"gtin\":\"04006381333931\""));
    CHECK(has(a, "\"origin\":\"DE\""));
    CHECK(has(a, "\"prices\":[{\"from_quantity\":1,\"unit_price\":{\"amount\":500"));
    const char *cup = text_cstr(&w->arena, a.location);
    CHECK(has(get(&d, "/v1/products?gtin=4006381333931"), "\"sku\":\"CUP\""));
    CHECK(refused(post(&d, "/v1/products", "{\"sku\":\"CUP\",\"name\":\"Cup\"}"), 409,
                  "duplicate_sku"));
    CHECK(refused(
        post(&d, "/v1/products", "{\"sku\":\"C2\",\"name\":\"C\",\"gtin\":\"4006381333932\"}"), 422,
        "gtin_invalid"));
    struct text tag = get(&d, cup).etag;
    a = ask(&d, "POST", cup, "{\"name\":\"Cup, blue\",\"gtin\":null}", tag);
    CHECK_I64(200, a.status);
    CHECK(has(a, "\"sku\":\"CUP\",\"name\":\"Cup, blue\",\"kind\":\"goods\",\"gtin\":null"));
    CHECK(has(a, "\"weight_g\":120")); /* what was left out stays */
    CHECK(refused(ask(&d, "POST", cup, "{\"name\":\"Mine\"}", tag), 412, "version_conflict"));
    CHECK(refused(post(&d, cup, "{\"name\":\"\"}"), 422, "name"));
    CHECK(refused(post(&d, cup, "{\"sku\":\"X\"}"), 422, "unknown_field"));
    a = post(&d, text_cstr(&w->arena, text_printf(&w->arena, "%s/prices", cup)),
             "{\"from_quantity\":10,\"unit_price\":{\"amount\":450,\"currency\":\"GBP\"}}");
    CHECK(has(a, "{\"from_quantity\":10,\"unit_price\":{\"amount\":450"));
    server_close(&d.server);
}

TEST_BOTH(api_books, products_go_page_by_page)
{
    struct desk d;
    desk_open(&d, w); /* BOOK LAMP MUG PEN SET */
    struct answer a = get(&d, "/v1/products?limit=3");
    CHECK(has(a, "\"next\":\"MUG\"}"));
    a = get(&d, "/v1/products?limit=3&after=MUG");
    CHECK(has(a, "\"sku\":\"PEN\""));
    CHECK(has(a, "\"parts\":[{\"sku\":\"MUG\",\"name\":\"Mug, white\",\"quantity\":1},"
                 "{\"sku\":\"PEN\",\"name\":\"Pen, blue\",\"quantity\":2}]"));
    CHECK(has(a, "\"next\":null}"));
    server_close(&d.server);
}

TEST_BOTH(api_books, tracking_cannot_change_under_units_in_bins)
{
    struct desk d;
    desk_open(&d, w);
    const char *mug = path(&d, "/v1/products/", "prd", d.shop.mug, "");
    CHECK(refused(post(&d, mug, "{\"tracking\":\"lot\"}"), 409, "has_stock"));
    CHECK_I64(200, post(&d, mug, "{\"is_active\":false}").status);
    CHECK_I64(404, get(&d, path(&d, "/v1/products/", "prd", 77, "")).status);
    server_close(&d.server);
}

TEST_BOTH(api_books, a_kit_gets_new_parts_and_the_old_ones_go)
{
    struct desk d;
    desk_open(&d, w);
    const char *set = path(&d, "/v1/products/", "prd", d.shop.set, "");
    struct answer a =
        post(&d, "/v1/kits", "{\"sku\":\"SET\",\"parts\":[{\"sku\":\"BOOK\",\"quantity\":3}]}");
    CHECK_I64(200, a.status);
    CHECK(has(get(&d, set),
              "\"parts\":[{\"sku\":\"BOOK\",\"name\":\"Field guide\",\"quantity\":3}]"));
    a = post(&d, "/v1/kits",
             "{\"sku\":\"DUO\",\"name\":\"Duo\",\"parts\":[{\"sku\":\"MUG\",\"quantity\":1},"
             "{\"sku\":\"PEN\",\"quantity\":1}],\"prices\":[{\"unit_price\":{\"amount\":999,"
             "\"currency\":\"GBP\"}}]}");
    CHECK_I64(201, a.status);
    CHECK(text_starts(a.location, T("/v1/products/prd_")));
    CHECK(
        refused(post(&d, "/v1/kits",
                     "{\"sku\":\"X\",\"name\":\"X\",\"parts\":[{\"sku\":\"SET\",\"quantity\":1}]}"),
                422, "kit_in_kit"));
    CHECK(refused(
        post(&d, "/v1/kits", "{\"sku\":\"MUG\",\"parts\":[{\"sku\":\"PEN\",\"quantity\":1}]}"), 409,
        "not_a_kit"));
    CHECK(refused(post(&d, "/v1/kits",
                       "{\"sku\":\"SET\",\"parts\":[{\"sku\":\"PEN\",\"quantity\":1},{\"sku\":"
                       "\"PEN\",\"quantity\":2}]}"),
                  422, "parts[1].sku"));
    CHECK(refused(post(&d, "/v1/kits", "{\"sku\":\"SET\",\"parts\":[]}"), 422, "parts"));
    CHECK(has(get(&d, set), "\"quantity\":3}]")); /* as it was */
    server_close(&d.server);
}

TEST_BOTH(api_books, a_service_is_offered_and_retired)
{
    struct desk d;
    desk_open(&d, w);
    const char *monogram =
        "{\"code\":\"monogram\",\"name\":\"Monogram\",\"kind\":\"customization\","
        "\"minutes\":10,\"text_max\":3,\"prices\":[{\"unit_price\":{\"amount\":"
        "700,\"currency\":\"GBP\"}}]}";
    struct answer a = post(&d, "/v1/services", monogram);
    CHECK(has(a, "\"text_max\":3,\"is_retired\":false,\"prices\":[{\"from_quantity\":1"));
    a = post(&d, "/v1/services",
             "{\"code\":\"monogram\",\"name\":\"Monogram\",\"kind\":\"customization\","
             "\"is_retired\":true}");
    CHECK_I64(200, a.status);
    a = get(&d, "/v1/services");
    CHECK(has(a, "\"code\":\"monogram\",\"name\":\"Monogram\",\"kind\":\"customization\","
                 "\"minutes\":0,\"text_max\":0,\"is_retired\":true"));
    server_close(&d.server);
}

/* --- sites ----------------------------------------------------------------------------------- */

TEST_BOTH(api_books, a_site_gets_bins_and_cartons)
{
    struct desk d;
    desk_open(&d, w);
    struct answer a = post(&d, "/v1/sites",
                           "{\"code\":\"PAR\",\"name\":\"Paris\",\"country\":\"fr\",\"priority\":5,"
                           "\"work_days\":[\"monday\",\"saturday\"]}");
    CHECK_I64(201, a.status);
    CHECK(has(a, "\"country\":\"FR\""));
    CHECK(has(a, "\"cutoff_minute\":960,\"work_days\":[\"monday\",\"saturday\"]"));
    CHECK(refused(post(&d, "/v1/sites", "{\"code\":\"PAR\",\"name\":\"P\",\"country\":\"FR\"}"),
                  409, "duplicate_code"));
    CHECK(refused(post(&d, "/v1/sites", "{\"code\":\"Q\",\"name\":\"P\",\"country\":\"QQ\"}"), 422,
                  "country_unknown"));
    const char *bins =
        text_cstr(&w->arena, text_printf(&w->arena, "%.*s/bins", TEXT_ARG(a.location)));
    const char *cartons =
        text_cstr(&w->arena, text_printf(&w->arena, "%.*s/cartons", TEXT_ARG(a.location)));
    a = post(&d, bins,
             "{\"code\":\"R-1\",\"kind\":\"receiving\"}\n{\"code\":\"A-1\"}\n{\"code\":\"A-1\"}\n");
    CHECK(has(a, "{\"row\":2,\"status\":201"));
    CHECK(has(a, "{\"row\":3,\"status\":409"));
    CHECK(has(post(&d, bins, "{\"code\":\"A-1\"}\n"), "{\"row\":1,\"status\":409"));
    a = get(&d, text_cstr(&w->arena, text_printf(&w->arena, "%s?limit=1", bins)));
    CHECK(has(a, "\"code\":\"A-1\""));
    CHECK(has(a, "\"next\":\"A-1\"}"));
    a = get(&d, text_cstr(&w->arena, text_printf(&w->arena, "%s?code=R-1", bins)));
    CHECK(has(a, "\"kind\":\"receiving\""));
    const char *box = "{\"code\":\"S\",\"length_mm\":200,\"width_mm\":150,\"height_mm\":100,"
                      "\"max_g\":5000,\"cost\":{\"amount\":30,\"currency\":\"GBP\"}}";
    CHECK_I64(201, post(&d, cartons, box).status);
    CHECK(refused(post(&d, cartons, box), 409, "duplicate_code"));
    CHECK(has(get(&d, cartons), "\"cost\":{\"amount\":30,\"currency\":\"GBP\"}"));
    server_close(&d.server);
}

/* --- stock ----------------------------------------------------------------------------------- */

TEST_BOTH(api_books, stock_is_told_by_product_site_and_bin)
{
    struct desk d;
    desk_open(&d, w);
    int64_t id = shop_order(w, "MUG", 30);
    CHECK_I64(1, shop_release(w, &id, 1));
    struct answer a = get(&d, "/v1/stock?sku=MUG");
    CHECK(has(a, "\"on_hand\":120,\"promised\":30,\"available\":90"));
    CHECK(has(a, "{\"site\":\"LON\",\"in_bins\":100,\"allotted\":30,\"sellable\":100,"
                 "\"promised\":30,\"safety\":0,\"earmarked\":0,\"available\":70}"));
    CHECK(has(a, "{\"site\":\"MAN\",\"in_bins\":20,"));
    CHECK_OK(&w->ctx, world_script(w, "UPDATE availability SET earmarked = 5 WHERE promised = 30"));
    a = get(&d, "/v1/stock?sku=MUG");
    CHECK(has(a, "\"on_hand\":120,\"promised\":30,\"available\":85"));
    CHECK(has(a, "\"earmarked\":5,\"available\":65}"));
    a = get(&d, "/v1/stock?limit=2");
    CHECK(has(a, "\"sku\":\"BOOK\""));
    CHECK(has(a, "\"next\":\"LAMP\"}"));
    a = get(&d, "/v1/stock/MUG/cells");
    CHECK(has(a, "{\"site\":\"LON\",\"bin\":\"A-01-01\",\"zone\":\"A\",\"lot\":\"\",\"condition\":"
                 "\"sellable\",\"on_hand\":100,\"allotted\":30,"));
    CHECK_I64(404, get(&d, "/v1/stock/NOSUCH/cells").status);
    server_close(&d.server);
}

TEST_BOTH(api_books, stock_comes_in_moves_and_is_counted)
{
    struct desk d;
    desk_open(&d, w);
    struct answer a = post(&d, "/v1/stock/receipts",
                           "{\"lines\":[{\"sku\":\"PEN\",\"site\":\"MAN\",\"bin\":\"A-01-01\","
                           "\"quantity\":40}]}");
    CHECK_I64(200, a.status);
    CHECK(has(a, "\"difference\":40,\"on_hand\":40,\"available\":60"));
    a = post(&d, "/v1/stock/moves",
             "{\"lines\":[{\"sku\":\"PEN\",\"site\":\"MAN\",\"bin\":\"A-01-01\",\"to_bin\":"
             "\"A-01-02\",\"quantity\":15}]}");
    CHECK(has(a, "\"bin\":\"A-01-02\",\"lot\":null,\"condition\":\"sellable\",\"difference\":15,"
                 "\"on_hand\":15"));
    a = post(&d, "/v1/stock/adjustments",
             "{\"lines\":[{\"sku\":\"PEN\",\"site\":\"MAN\",\"bin\":\"A-01-01\",\"reason\":"
             "\"damaged\",\"quantity\":26}]}");
    CHECK(refused(a, 409, "insufficient_on_hand"));
    CHECK(has(a, "25 of PEN are in A-01-01, not 26"));
    CHECK(has(a, "\"field\":\"lines[0].quantity\""));
    a = post(&d, "/v1/stock/adjustments",
             "{\"lines\":[{\"sku\":\"PEN\",\"site\":\"MAN\",\"bin\":\"A-01-01\",\"reason\":"
             "\"count\",\"quantity\":20}]}");
    CHECK(has(a, "\"difference\":-5,\"on_hand\":20,\"available\":55"));
    CHECK(refused(post(&d, "/v1/stock/receipts", "{\"lines\":[]}"), 422, "lines"));
    server_close(&d.server);
}

/* --- customers and settings ------------------------------------------------------------------ */

TEST_BOTH(api_books, customers_are_found)
{
    struct desk d;
    desk_open(&d, w);
    struct draft drafts[3];
    struct outcome o[3];
    for (size_t i = 0; i < 3; i++) {
        drafts[i] = shop_draft(w, "MUG", 1);
        drafts[i].customer_reference = text_printf(&w->arena, "C-%zu", i);
        drafts[i].customer_email = text_printf(&w->arena, "c%zu@example.org", i);
    }
    if (!shop_place(w, drafts, 3, o)) return;
    CHECK(has(get(&d, "/v1/customers?email=c1@example.org"), "\"reference\":\"C-1\""));
    CHECK(has(get(&d, "/v1/customers?email=nobody@example.org"), "{\"data\":[],"));
    struct answer a = get(&d, "/v1/customers?reference=C-2");
    CHECK(has(a, "\"email\":\"c2@example.org\""));
    struct text id = text_head(text_skip(a.body, 16), 17); /* {"data":[{"id":" */
    a = get(&d, text_cstr(&w->arena, text_printf(&w->arena, "/v1/customers/%.*s", TEXT_ARG(id))));
    CHECK(has(a, "\"reference\":\"C-2\""));
    a = get(&d, "/v1/customers?limit=2");
    CHECK(has(a, "\"next\":\"cus_"));
    server_close(&d.server);
}

TEST_BOTH(api_books, settings_change_one_by_one)
{
    struct desk d;
    desk_open(&d, w);
    struct answer a = get(&d, "/v1/merchant");
    CHECK(has(a, "\"code\":\"fjell\",\"name\":\"Fjell & Co\",\"currency\":\"GBP\""));
    CHECK(has(a, "\"grace_minutes\":4320"));
    struct text tag = a.etag;
    a = ask(&d, "POST", "/v1/merchant",
            "{\"stock_policy\":\"all\",\"confirm_channels\":[\"phone\",\"email\"]}", tag);
    CHECK(has(a, "\"price_policy\":\"hold\",\"stock_policy\":\"all\",\"sourcing_policy\":\"fewest_"
                 "splits\",\"fill_policy\":\"oldest\",\"confirm_channels\":"
                 "[\"email\",\"phone\"]"));
    CHECK_I64(412, ask(&d, "POST", "/v1/merchant", "{\"name\":\"X\"}", tag).status);
    CHECK(refused(post(&d, "/v1/merchant", "{\"currency\":\"XXX\"}"), 422, "unknown_currency"));
    CHECK(refused(post(&d, "/v1/merchant", "{\"email\":\"nobody\"}"), 422, "email_invalid"));
    a = post(&d, "/v1/orders",
             "{\"ship_to\":{\"recipient\":\"A\",\"line1\":\"1 High St\",\"city\":\"London\","
             "\"postal_code\":\"EC2V 8EA\",\"country\":\"GB\"},\"payment_method\":\"on_account\","
             "\"lines\":[{\"sku\":\"MUG\",\"quantity\":500}]}");
    CHECK(refused(a, 409, "insufficient_stock")); /* the policy counts at once */
    server_close(&d.server);
}

TEST_BOTH(api_books, sites_without_an_address_move_along_with_the_shop)
{
    struct desk d;
    desk_open(&d, w);
    CHECK_OK(&w->ctx, world_script(w, "UPDATE merchant SET country = 'DE'"));
    post(&d, "/v1/sites", "{\"code\":\"BARE\",\"name\":\"Bare\",\"country\":\"DE\"}");
    post(&d, "/v1/sites",
         "{\"code\":\"KIEL\",\"name\":\"Kiel\",\"country\":\"DE\",\"city\":\"Kiel\"}");
    CHECK_I64(200, post(&d, "/v1/merchant", "{\"country\":\"PL\"}").status);
    struct answer a = get(&d, "/v1/sites");
    CHECK(has(a, "\"name\":\"Bare\",\"kind\":\"warehouse\",\"country\":\"PL\""));
    CHECK(has(a, "\"name\":\"Kiel\",\"kind\":\"warehouse\",\"country\":\"DE\""));
    server_close(&d.server);
}

TEST_BOTH(api_books, a_fresh_shop_may_keep_its_sender_while_it_changes_the_rest)
{
    struct desk d;
    desk_open(&d, w);
    CHECK_OK(&w->ctx, world_script(w, "UPDATE merchant SET email = 'orders@localhost'"));
    struct answer a = post(&d, "/v1/merchant", "{\"gs1_prefix\":\"9521234\"}");
    CHECK_I64(200, a.status);
    CHECK(has(a, "\"gs1_prefix\":\"9521234\""));
    a = post(&d, "/v1/merchant", "{\"gs1_prefix\":\"95x\"}");
    CHECK(refused(a, 422, "gs1_prefix"));
    server_close(&d.server);
}

TEST_BOTH(api_books, the_board_tells_the_day)
{
    struct desk d;
    desk_open(&d, w);
    int64_t ids[] = {shop_order(w, "MUG", 1), shop_order(w, "PEN", 2), shop_order(w, "BOOK", 3)};
    CHECK_I64(2, shop_release(w, ids, 2));
    struct answer a = get(&d, "/v1/board");
    CHECK(has(a, "{\"stage\":\"processing\",\"orders\":1,\"units\":3}"));
    CHECK(has(a, "{\"stage\":\"picking\",\"orders\":2,\"units\":3}"));
    CHECK(has(a, "\"due\":[{\"site\":\"LON\",\"open\":2,\"late\":0,\"today\":2}]"));
    CHECK(has(a, "\"dead_job_count\":0"));
    server_close(&d.server);
}
