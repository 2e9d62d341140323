/* Why is it so? Facts, who, when, and by which command. */
#include "faces/api/why_tree.h"

#include "base/time.h"
#include "faces/api/dispatch.h"
#include "faces/jobs/react.h"
#include "shop.h"
#include "store/db.h"

static struct answer ask(struct world *w, const char *method, const char *target, const char *body,
                         const char *key)
{
    struct server s;
    struct answer a;
    server_open(&s, w->store, &w->source, route_tables);
    struct call call = {.method = text_of(method),
                        .target = text_of(target),
                        .is_trusted = true,
                        .merchant_id = w->ctx.merchant_id,
                        .request_id = T("t")};
    if (body) call.body = text_of(body);
    if (key) call.idempotency_key = text_of(key);
    dispatch(&s, &w->arena, &call, &a);
    server_close(&s);
    return a;
}

static struct text tree(struct world *w, const struct why_node *root)
{
    struct buf b = buf_new(&w->arena);
    why_put_tree(&w->arena, &b, root, false);
    return buf_text(&b);
}

static void says(struct text told, const char *words)
{
    if (text_find(told, text_of(words)) < 0)
        test_fail(__FILE__, __LINE__, "no \"%s\" in:\n%.*s", words, TEXT_ARG(told));
}

static struct text stock(struct world *w, const char *sku, const char *bin)
{
    struct why_node *root = NULL;
    CHECK_OK(&w->ctx, store_reader(&w->ctx));
    CHECK_OK(&w->ctx,
             why_stock(&w->ctx, text_of(sku), bin ? text_of(bin) : (struct text){0}, &root));
    return root ? tree(w, root) : T("");
}

static struct text late(struct world *w, int64_t order_id)
{
    struct why_node *root = NULL;
    CHECK_OK(&w->ctx, store_reader(&w->ctx));
    w->ctx.now_us = source_now_us(&w->source);
    CHECK_OK(&w->ctx, why_late(&w->ctx, order_id, &root));
    return root ? tree(w, root) : T("");
}

TEST_BOTH(why_tree, stock_is_told_down_to_the_delivery_that_brought_it)
{
    shop_open(w);
    shop_order(w, "PEN", 3);
    struct answer a = ask(w, "POST", "/v1/stock/receipts",
                          "{\"lines\":[{\"sku\":\"PEN\",\"site\":\"LON\",\"bin\":\"A-01-02\","
                          "\"quantity\":5}]}",
                          "delivery-77");
    CHECK(a.status < 300);
    struct text told = stock(w, "PEN", NULL);
    says(told, "125 sellable, 3 promised, 122 free\n");
    says(told, "LON: 105 sellable − 3 promised − 0 kept back = 102 free\n");
    says(told, "3 promised\n");
    says(told, "3 to order 1, line 1\n");
    says(told, "receipt: +5 in 1 entry\n");
    says(told, "+5 receipt  (2026-01-05 08:00, the system, by `stock receive`, key delivery-77)");
    told = stock(w, "PEN", "A-01-02");
    says(told, "A-01-02: 5 on hand");
    CHECK(text_find(told, T("A-03-04")) < 0 && text_find(told, T("MAN: 20")) >= 0);
}

TEST_BOTH(why_tree, a_wrong_bin_or_product_is_said_so)
{
    struct why_node *root;
    shop_open(w);
    CHECK_OK(&w->ctx, store_reader(&w->ctx));
    CHECK_I64(ERR_NOT_FOUND, why_stock(&w->ctx, T("NO"), (struct text){0}, &root));
    CHECK_I64(ERR_NOT_FOUND, why_stock(&w->ctx, T("PEN"), T("X-99"), &root));
    CHECK(text_is(text_of(w->ctx.fault.field), "bin"));
}

TEST_BOTH(why_tree, the_step_that_took_the_time_is_named)
{
    shop_open(w);
    int64_t id = shop_order(w, "MUG", 2);
    says(late(w, id), "days left\n");
    source_advance_us(&w->source, 2 * HOUR_US);
    CHECK_I64(1, shop_release(w, &id, 1));
    source_advance_us(&w->source, 9 * DAY_US);
    struct text told = late(w, id);
    says(told, "days late\n");
    says(told, "processing took 2 hours: released to its site");
    says(told, "waiting for a picker has taken 9 days so far, the longest step");
    says(told, "now it waits for picking, 0 of 2 units done");
    told = late(w, NONE);
    says(told, "1 order is late\n└─ order 1: ");
    says(told, "days late, picking, promised for 2026-01-");
}

TEST_BOTH(why_tree, a_price_names_the_list_and_its_step)
{
    struct why_node *root = NULL;
    shop_open(w);
    struct answer a = ask(w, "POST", "/v1/orders",
                          "{\"ship_to\":{\"recipient\":\"Ada\",\"line1\":\"1 King St\",\"city\":"
                          "\"London\",\"postal_code\":\"EC2V 8EA\",\"country\":\"GB\"},"
                          "\"payment_method\":\"on_account\",\"shipping\":{\"amount\":499,"
                          "\"currency\":\"GBP\"},\"lines\":[{\"sku\":\"MUG\",\"quantity\":2}]}",
                          "o-1");
    CHECK_I64(201, a.status);
    int64_t id = 0;
    CHECK_OK(&w->ctx, store_reader(&w->ctx));
    CHECK_OK(&w->ctx, order_find_by_number(&w->ctx, 1, &id));
    CHECK_OK(&w->ctx, why_price(&w->ctx, id, NONE, &root));
    struct text told = tree(w, root);
    says(told, "order 1: 17.98 GBP goods − 0.00 GBP discount + 0.00 GBP services + 4.99 GBP "
               "shipping + 0.00 GBP tax = 22.97 GBP");
    says(told, "line 1: 2 × MUG at 8.99 GBP − 0.00 GBP discount + 0.00 GBP tax = 17.98 GBP");
    says(told, "now from 1: 8.99 GBP, the step of this quantity");
    says(told, "by `orders place`, key o-1");
    CHECK_I64(ERR_NOT_FOUND, why_price(&w->ctx, id, 9, &root));
    CHECK_OK(&w->ctx, why_site(&w->ctx, id, &root));
    told = tree(w, root);
    says(told, "decided when it was placed, for 2 units");
    says(told, "LON could send 2, was given 2");
    says(told, "MAN could send 2, was given 0");
    says(told, "line 1: 2 × MUG, 2 promised");
    says(told, "LON sends 2, promised for 2026-01-");
    says(told, "MAN was not chosen; it has 20 free now");
}

TEST_BOTH(why_tree, many_facts_take_no_more_statements_than_one)
{
    shop_open(w);
    shop_order(w, "PEN", 1);
    int64_t before = store_queries(w->store);
    stock(w, "PEN", NULL);
    int64_t one = store_queries(w->store) - before;
    for (int i = 0; i < 12; i++) shop_order(w, "PEN", 1);
    before = store_queries(w->store);
    says(stock(w, "PEN", NULL), "13 promised");
    CHECK_I64(one, store_queries(w->store) - before);
}
