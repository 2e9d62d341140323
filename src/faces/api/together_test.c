/* faces/api/together_test.c: requests that wait at once are run at once, and nobody can tell. */
#include "crowd.h"
#include "domain/events/event.h"
#include "domain/inventory/stock.h"

#include <string.h>

#define LAND                                                                                       \
    ",\"ship_to\":{\"recipient\":\"Ada Byron\",\"line1\":\"10 King Street\",\"city\":"             \
    "\"London\",\"postal_code\":\"EC2V 8EA\",\"country\":\"GB\"},"                                 \
    "\"payment_method\":\"on_account\"}"

static const char *mugs(struct crowd *k, const char *reference, const char *sku, int64_t quantity)
{
    return text_cstr(&k->w->arena,
                     text_printf(&k->w->arena,
                                 "{\"reference\":\"%s\",\"lines\":[{\"sku\":\"%s\",\"quantity\":"
                                 "%lld}]" LAND,
                                 reference, sku, (long long)quantity));
}

static const char *nth(struct crowd *k, size_t i)
{
    return text_cstr(&k->w->arena, text_printf(&k->w->arena, "R-%zu", i));
}

static int64_t of_a_crowd(struct world *w, size_t n)
{
    static struct crowd k;
    crowd_open(&k, w);
    for (size_t i = 0; i < n; i++)
        crowd_asks(&k, "/v1/orders", mugs(&k, nth(&k, i), "MUG", 1), nth(&k, i));
    int64_t statements = crowd_let_in(&k);
    for (size_t i = 0; i < n; i++) CHECK(crowd_says(&k.at[i], 201, "\"promised\":1"));
    crowd_close(&k);
    return statements;
}

/* A world per size: once a store was started, it stays so. */
TEST_BOTH(together, a_hundred_orders_cost_as_many_statements_as_ten)
{
    struct world other = {0};
    int64_t few = of_a_crowd(w, 10);
    if (!world_open(&other, w->engine)) return;
    int64_t many = of_a_crowd(&other, 40);
    world_close(&other);
    CHECK(few > 0);
    CHECK_I64(few, many);
}

TEST_BOTH(together, each_is_answered_and_remembered_as_if_it_had_come_alone)
{
    static struct crowd k;
    crowd_open(&k, w);
    struct guest *good = crowd_asks(&k, "/v1/orders", mugs(&k, "A", "MUG", 1), "key-a");
    struct guest *unknown = crowd_asks(&k, "/v1/orders", mugs(&k, "B", "NOSUCH", 1), "key-b");
    struct guest *same = crowd_asks(&k, "/v1/orders", mugs(&k, "A", "PEN", 1), "key-c");
    struct guest *many = crowd_asks(&k, "/v1/orders", mugs(&k, "D", "BOOK", 130), NULL);
    crowd_let_in(&k);
    CHECK(crowd_says(good, 201, "\"promised\":1"));
    CHECK(crowd_says(unknown, 422, "lines[0].sku"));
    CHECK(crowd_says(same, 409, "duplicate_reference"));
    CHECK(crowd_says(many, 201, "\"promised\":120,\"short_of\":10"));
    struct list events;
    CHECK_OK(&w->ctx, store_reader(&w->ctx));
    CHECK_OK(&w->ctx, event_feed(&w->ctx, 0, EVENT_PAGE_MAX, &events));
    size_t seen = 0;
    int64_t commands[2] = {0};
    for (size_t i = 0; i < events.count; i++) {
        const struct event *e = &((const struct event *)events.at)[i];
        if (e->kind != EVENT_ORDER_PLACED) continue;
        CHECK(seen < 2);
        CHECK_I64(good->call.actor_id + (seen ? 3 : 0), e->actor_id);
        commands[seen++] = e->command_id;
    }
    CHECK_I64(2, (int64_t)seen);
    CHECK(commands[0] != commands[1]);
    struct guest *again = crowd_asks(&k, "/v1/orders", mugs(&k, "A", "MUG", 1), "key-a");
    again->call.actor_id = good->call.actor_id;
    crowd_ask(&k, again);
    CHECK(again->answer.is_replayed);
    CHECK(text_eq(again->answer.body, good->answer.body));
    crowd_close(&k);
}

TEST_BOTH(together, two_with_one_key_in_one_crowd_are_one_order)
{
    static struct crowd k;
    crowd_open(&k, w);
    for (size_t i = 0; i < 6; i++) {
        struct guest *a = crowd_asks(&k, "/v1/orders", mugs(&k, "A", "MUG", 1), "key");
        a->call.actor_id = 7;
    }
    struct guest *other = crowd_asks(&k, "/v1/orders", mugs(&k, "B", "MUG", 1), "key");
    other->call.actor_id = 8;
    crowd_let_in(&k);
    size_t replayed = 0;
    for (size_t i = 0; i < 6; i++) {
        CHECK(crowd_says(&k.at[i], 201, "\"promised\":1"));
        CHECK(text_eq(k.at[0].answer.body, k.at[i].answer.body));
        replayed += k.at[i].answer.is_replayed;
    }
    CHECK_I64(5, (int64_t)replayed);
    CHECK(crowd_says(other, 201, "\"promised\":1"));
    crowd_close(&k);
}

TEST_BOTH(together, a_crowd_for_the_last_units_gets_them_and_not_one_more)
{
    static struct crowd k;
    crowd_open(&k, w);
    for (size_t i = 0; i < 40; i++)
        crowd_asks(&k, "/v1/orders", mugs(&k, nth(&k, i), "LAMP", 7), NULL);
    crowd_let_in(&k);
    int64_t promised = 0;
    struct list stock;
    for (size_t i = 0; i < 40; i++) CHECK_I64(201, k.at[i].answer.status);
    CHECK_OK(&w->ctx, store_reader(&w->ctx));
    CHECK_OK(&w->ctx, availability_of(&w->ctx, &k.shop.lamp, 1, &stock));
    for (size_t i = 0; i < stock.count; i++)
        promised += ((const struct availability *)stock.at)[i].promised;
    CHECK_I64(120, promised);
    crowd_close(&k);
}

TEST_BOTH(together, two_alike_orders_in_one_crowd_are_looked_at)
{
    static struct crowd k;
    crowd_open(&k, w);
    crowd_asks(&k, "/v1/orders", mugs(&k, "A", "MUG", 1), NULL);
    crowd_asks(&k, "/v1/orders", mugs(&k, "B", "MUG", 1), NULL);
    crowd_let_in(&k);
    size_t held = 0;
    for (size_t i = 0; i < 2; i++) held += text_find(k.at[i].answer.body, T("duplicate")) >= 0;
    CHECK_I64(1, (int64_t)held);
    crowd_close(&k);
}

/* What waits would take longer than anybody should wait. */
TEST_BOTH(together, who_comes_when_too_much_waits_hears_503_and_how_to_go_on)
{
    enum { MUCH = 9 << 20 };
    static struct crowd k;
    crowd_open(&k, w);
    struct buf rows = buf_new(&w->arena);
    buf_puts(&rows, mugs(&k, "R-0", "MUG", 1));
    for (size_t i = rows.len; i < MUCH; i++) buf_putc(&rows, '\n');
    crowd_asks(&k, "/v1/orders", "", "many")->call.body = buf_text(&rows);
    k.at[0].call.target = T("/v1/orders/bulk");
    crowd_asks(&k, "/v1/orders", mugs(&k, "R-1", "MUG", 1), "one-more");
    crowd_let_in(&k);
    CHECK(crowd_says(&k.at[0], 200, "\"promised\":1"));
    CHECK(crowd_says(&k.at[1], 503, "\"reason\":\"overloaded\""));
    CHECK(crowd_says(&k.at[1], 503, "\"retryable\":true"));
    struct http_header headers[ANSWER_HEADERS_MAX];
    size_t n = answer_headers(&k.at[1].answer, headers);
    CHECK(n == 1 && strcmp(headers[0].name, "Retry-After") == 0);
    /* Later there is room, and the same key is good. */
    crowd_ask(&k, &k.at[1]);
    CHECK(crowd_says(&k.at[1], 201, "\"promised\":1"));
    crowd_close(&k);
}
