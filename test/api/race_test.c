/* test/api/race_test.c: many customers, few goods, over HTTP: nothing is sold twice, and everybody
 * is told at once. */
#include "served.h"
#include "test/audit_world.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>

enum { CLIENTS = 32, LEFT = 10 };

static atomic_bool may_begin;

struct client {
    const struct served *s;
    const char *sku;
    pthread_t thread;
    struct arena arena;
    int status, number;
    struct text answer;
};

static void *buy_one(void *arg)
{
    struct client *k = arg;
    struct text body = text_printf(
        &k->arena,
        "{\"reference\":\"%s-%d\",\"ship_to\":{\"recipient\":\"Ada Byron\",\"line1\":\"%d King "
        "Street\",\"city\":\"London\",\"postal_code\":\"EC2V 8EA\",\"country\":\"GB\"},"
        "\"payment_method\":\"on_account\",\"lines\":[{\"sku\":\"%s\",\"quantity\":1}]}",
        k->sku, k->number, k->number + 1, k->sku);
    while (!atomic_load(&may_begin)) sched_yield();
    k->answer = served_ask(k->s, &k->arena, "POST", "/v1/orders", body, &k->status);
    return NULL;
}

struct tally {
    int took, short_of, refused, other;
};

static bool has(struct text t, const char *part) { return text_find(t, text_of(part)) >= 0; }

static struct tally race(const struct served *s, const char *sku)
{
    static struct client clients[CLIENTS];
    struct tally n = {0};
    atomic_store(&may_begin, false);
    for (int i = 0; i < CLIENTS; i++) {
        clients[i] = (struct client){.s = s, .sku = sku, .number = i};
        pthread_create(&clients[i].thread, NULL, buy_one, &clients[i]);
    }
    atomic_store(&may_begin, true);
    for (int i = 0; i < CLIENTS; i++) {
        struct client *k = &clients[i];
        pthread_join(k->thread, NULL);
        if (k->status == 201 && has(k->answer, "\"promised\":1,\"short_of\":0"))
            n.took++;
        else if (k->status == 201 && has(k->answer, "\"promised\":0,\"short_of\":1"))
            n.short_of++;
        else if (k->status == 409 && has(k->answer, "\"reason\":\"insufficient_stock\"") &&
                 has(k->answer, ": 0 of 1 are free") && has(k->answer, "choose another product"))
            n.refused++;
        else if (n.other++ == 0)
            printf("%d %.*s\n", k->status, TEXT_ARG(text_head(k->answer, 500)));
        arena_free(&k->arena);
    }
    return n;
}

static void ask(const struct served *s, const char *target, const char *body)
{
    int status;
    struct text answer = served_ask(s, &s->w->arena, "POST", target, text_of(body), &status);
    if (status != 200)
        test_fail(__FILE__, __LINE__, "%s: %d %.*s", target, status, TEXT_ARG(answer));
}

/* Ten are left in London, none in Manchester. */
static void leave_ten(const struct served *s, const char *sku, const char *bin)
{
    char body[400];
    snprintf(body, sizeof body,
             "{\"lines\":[{\"sku\":\"%s\",\"site\":\"LON\",\"bin\":\"%s\",\"reason\":\"count\","
             "\"quantity\":%d},{\"sku\":\"%s\",\"site\":\"MAN\",\"bin\":\"%s\",\"reason\":"
             "\"count\",\"quantity\":0}]}",
             sku, bin, LEFT, sku, bin);
    ask(s, "/v1/stock/adjustments", body);
}

TEST_BOTH(complaint, c10_the_last_ten_go_to_ten_and_the_others_hear_at_once_what_they_can_do)
{
    struct served s;
    shop_open(w);
    if (!served_start(&s, w)) return;
    leave_ten(&s, "MUG", "A-01-01");
    leave_ten(&s, "BOOK", "A-01-04");
    ask(&s, "/v1/merchant", "{\"stock_policy\":\"all\"}");
    struct tally all = race(&s, "MUG");
    ask(&s, "/v1/merchant", "{\"stock_policy\":\"split\"}");
    struct tally split = race(&s, "BOOK");
    served_stop(&s);
    CHECK_I64(LEFT, all.took);
    CHECK_I64(CLIENTS - LEFT, all.refused);
    CHECK_I64(LEFT, split.took);
    CHECK_I64(CLIENTS - LEFT, split.short_of);
    CHECK_I64(0, all.other + split.other);
    if (w->store) world_audit(w);
}

/* --- one unit, every way in ------------------------------------------------------------------ */

enum { RACERS = 64 };

#define TO                                                                                         \
    "\"ship_to\":{\"recipient\":\"Ada Byron\",\"line1\":\"%d King Street\",\"city\":\"London\","   \
    "\"postal_code\":\"EC2V 8EA\",\"country\":\"GB\"},\"payment_method\":\"on_account\""

struct racer {
    const struct served *s;
    pthread_t thread;
    struct arena arena;
    int number, status;
    const char *sku;
    struct text draft; /* path of a draft to place */
    struct text answer;
};

static void *take_one(void *arg)
{
    struct racer *r = arg;
    const char *path = "/v1/orders";
    struct text body;
    switch (r->number % 4) {
    case 0:
        body = text_printf(&r->arena, "{" TO ",\"lines\":[{\"sku\":\"%s\",\"quantity\":1}]}",
                           r->number + 1, r->sku);
        break;
    case 1:
        path = "/v1/orders/bulk";
        body = text_printf(&r->arena, "{" TO ",\"lines\":[{\"sku\":\"SET\",\"quantity\":1}]}\n",
                           r->number + 1);
        break;
    case 2:
        path = "/v1/carts";
        body = text_printf(&r->arena,
                           "{\"reference\":\"shopper-%d\",\"lines\":[{\"sku\":\"%s\","
                           "\"quantity\":1}]}",
                           r->number, r->sku);
        break;
    default:
        path = text_cstr(&r->arena, r->draft);
        body = T("{}");
        break;
    }
    while (!atomic_load(&may_begin)) sched_yield();
    r->answer = served_ask(r->s, &r->arena, "POST", path, body, &r->status);
    return NULL;
}

static struct text draft_of(const struct served *s, int number, const char *sku)
{
    int status;
    struct arena *a = &s->w->arena;
    struct text body =
        text_printf(a, "{\"is_draft\":true," TO ",\"lines\":[{\"sku\":\"%s\",\"quantity\":1}]}",
                    number + 1, sku);
    struct text answer = served_ask(s, a, "POST", "/v1/orders", body, &status);
    ptrdiff_t at = text_find(answer, T("\"ord_"));
    CHECK_I64(201, status);
    if (at < 0) return (struct text){0};
    struct text id = {answer.at + at + 1, 0};
    while (id.at[id.len] != '"') id.len++;
    return text_printf(a, "/v1/orders/%.*s/place", TEXT_ARG(id));
}

/* An order, a bulk row with a kit, a cart and a draft reach for the same last mug. */
TEST_BOTH(complaint, c02_sixty_four_reach_for_one_unit_by_every_way_in_and_one_gets_it)
{
    static struct racer racers[RACERS];
    struct served s;
    int took = 0, other = 0;
    shop_open(w);
    if (!served_start(&s, w)) return;
    ask(&s, "/v1/stock/adjustments",
        "{\"lines\":[{\"sku\":\"MUG\",\"site\":\"LON\",\"bin\":\"A-01-01\",\"reason\":\"count\","
        "\"quantity\":1},{\"sku\":\"MUG\",\"site\":\"MAN\",\"bin\":\"A-01-01\",\"reason\":"
        "\"count\","
        "\"quantity\":0}]}");
    ask(&s, "/v1/merchant", "{\"stock_policy\":\"all\"}");
    atomic_store(&may_begin, false);
    for (int i = 0; i < RACERS; i++) {
        racers[i] = (struct racer){.s = &s, .number = i, .sku = "MUG"};
        if (i % 4 == 3) racers[i].draft = draft_of(&s, i, "MUG");
        pthread_create(&racers[i].thread, NULL, take_one, &racers[i]);
    }
    atomic_store(&may_begin, true);
    for (int i = 0; i < RACERS; i++) {
        struct racer *r = &racers[i];
        pthread_join(r->thread, NULL);
        bool is_refused = has(r->answer, "insufficient_stock");
        bool is_taken = !is_refused && (r->status == 201 || r->status == 200);
        took += is_taken;
        if (!is_taken && !is_refused && other++ == 0)
            printf("%d %.*s\n", r->status, TEXT_ARG(text_head(r->answer, 400)));
        arena_free(&r->arena);
    }
    served_stop(&s);
    CHECK_I64(1, took);
    CHECK_I64(0, other);
    if (w->store) world_audit(w);
}

/* --- many a second --------------------------------------------------------------------------- */

enum { SALE_CLIENTS = 16, SALE_ORDERS = 25 };

struct buyer {
    const struct served *s;
    pthread_t thread;
    struct arena arena;
    int number, took;
};

static void *buy_many(void *arg)
{
    struct buyer *b = arg;
    int status;
    while (!atomic_load(&may_begin)) sched_yield();
    for (int i = 0; i < SALE_ORDERS; i++) {
        struct text body = text_printf(&b->arena,
                                       "{" TO ",\"lines\":[{\"sku\":\"PEN\",\"quantity\":1}]}",
                                       b->number * SALE_ORDERS + i + 1);
        struct text answer = served_ask(b->s, &b->arena, "POST", "/v1/orders", body, &status);
        b->took += status == 201 && has(answer, "\"promised\":1,\"short_of\":0");
    }
    return NULL;
}

static int64_t count(struct world *w, const char *sql)
{
    int64_t n = NONE;
    CHECK_OK(&w->ctx, store_reader(&w->ctx));
    CHECK_OK(&w->ctx, db_ask(&w->ctx, sql, sql, &n));
    return n;
}

/* 400 reach for 120 pens; nobody has to put the numbers right afterwards. */
TEST_BOTH(complaint, c26_a_sale_of_many_orders_a_second_loses_no_update)
{
    static struct buyer buyers[SALE_CLIENTS];
    struct served s;
    int took = 0;
    shop_open(w);
    if (!served_start(&s, w)) return;
    atomic_store(&may_begin, false);
    for (int i = 0; i < SALE_CLIENTS; i++) {
        buyers[i] = (struct buyer){.s = &s, .number = i};
        pthread_create(&buyers[i].thread, NULL, buy_many, &buyers[i]);
    }
    atomic_store(&may_begin, true);
    for (int i = 0; i < SALE_CLIENTS; i++) {
        pthread_join(buyers[i].thread, NULL);
        took += buyers[i].took;
        arena_free(&buyers[i].arena);
    }
    served_stop(&s);
    CHECK_I64(120, took);
    if (w->store) {
        CHECK_I64(120, count(w, "SELECT SUM(promised) FROM availability"));
        CHECK_I64(120, count(w, "SELECT SUM(quantity) FROM promise"));
        CHECK_I64(SALE_CLIENTS * SALE_ORDERS, count(w, "SELECT COUNT(*) FROM orders"));
        CHECK_I64(120, count(w, "SELECT SUM(allocated) FROM order_state"));
    }
    if (w->store) world_audit(w);
}

/* --- sold before it is there ----------------------------------------------------------------- */

static void *order_ahead(void *arg)
{
    struct racer *r = arg;
    struct text body = text_printf(
        &r->arena, "{" TO ",\"lines\":[{\"sku\":\"BOOK\",\"quantity\":1}]}", r->number + 1);
    while (!atomic_load(&may_begin)) sched_yield();
    r->answer = served_ask(r->s, &r->arena, "POST", "/v1/orders", body, &r->status);
    return NULL;
}

static void empty_shelves(struct served *s)
{
    ask(s, "/v1/stock/adjustments",
        "{\"lines\":[{\"sku\":\"BOOK\",\"site\":\"LON\",\"bin\":\"A-01-04\",\"reason\":\"count\","
        "\"quantity\":0},{\"sku\":\"BOOK\",\"site\":\"MAN\",\"bin\":\"A-01-04\",\"reason\":"
        "\"count\",\"quantity\":0}]}");
}

TEST_BOTH(complaint, c27_sixty_four_order_ahead_and_no_more_than_the_cap_get_it)
{
    static struct racer racers[RACERS];
    struct served s;
    int took = 0, full = 0;
    shop_open(w);
    if (!served_start(&s, w)) return;
    empty_shelves(&s);
    ask(&s, "/v1/merchant", "{\"stock_policy\":\"all\"}");
    ask(&s, "/v1/stock/BOOK/preorder", "{\"cap\":10,\"release_date\":\"2027-01-01\"}");
    atomic_store(&may_begin, false);
    for (int i = 0; i < RACERS; i++) {
        racers[i] = (struct racer){.s = &s, .number = i};
        pthread_create(&racers[i].thread, NULL, order_ahead, &racers[i]);
    }
    atomic_store(&may_begin, true);
    for (int i = 0; i < RACERS; i++) {
        struct racer *r = &racers[i];
        pthread_join(r->thread, NULL);
        took += r->status == 201 && has(r->answer, "\"short_of\":1,\"ahead\":1") &&
                has(r->answer, "\"expected_date\":\"2027-01-01\"");
        full += r->status == 409 && has(r->answer, "\"reason\":\"preorder_full\"");
        arena_free(&r->arena);
    }
    served_stop(&s);
    CHECK_I64(10, took);
    CHECK_I64(RACERS - 10, full);
    if (w->store) {
        CHECK_I64(10, count(w, "SELECT taken FROM preorder"));
        world_audit(w);
    }
}

/* --- something else instead ------------------------------------------------------------------ */

static void *order_instead(void *arg)
{
    struct racer *r = arg;
    struct text body = text_printf(&r->arena,
                                   "{" TO
                                   ",\"substitution\":\"allow\",\"lines\":[{\"sku\":\"BOOK\","
                                   "\"quantity\":1}]}",
                                   r->number + 1);
    while (!atomic_load(&may_begin)) sched_yield();
    r->answer = served_ask(r->s, &r->arena, "POST", "/v1/orders", body, &r->status);
    return NULL;
}

TEST_BOTH(race, sixty_four_allow_something_else_and_the_last_ten_of_it_go_to_ten)
{
    static struct racer racers[RACERS];
    struct served s;
    int took = 0, refused = 0;
    shop_open(w);
    if (!served_start(&s, w)) return;
    empty_shelves(&s);
    leave_ten(&s, "MUG", "A-01-01");
    ask(&s, "/v1/merchant", "{\"stock_policy\":\"all\"}");
    ask(&s, "/v1/products/BOOK/substitutes", "{\"sku\":\"MUG\"}");
    atomic_store(&may_begin, false);
    for (int i = 0; i < RACERS; i++) {
        racers[i] = (struct racer){.s = &s, .number = i};
        pthread_create(&racers[i].thread, NULL, order_instead, &racers[i]);
    }
    atomic_store(&may_begin, true);
    for (int i = 0; i < RACERS; i++) {
        struct racer *r = &racers[i];
        pthread_join(r->thread, NULL);
        took += r->status == 201;
        refused += r->status == 409 && has(r->answer, "\"reason\":\"insufficient_stock\"");
        arena_free(&r->arena);
    }
    served_stop(&s);
    CHECK_I64(10, took);
    CHECK_I64(RACERS - 10, refused);
    if (w->store) {
        CHECK_I64(10, count(w, "SELECT SUM(promised) FROM availability"));
        CHECK_I64(10, count(w, "SELECT COUNT(*) FROM substitution WHERE is_allowed = 1"));
        world_audit(w);
    }
}

/* --- the last of a delivery ------------------------------------------------------------------ */

enum { COMING = 10 };

struct dated {
    int first, later, none, other; /* orders, by the delivery that has a unit for them */
};

static struct dated race_for_delivery(struct served *s, struct text first, struct text later)
{
    static struct racer racers[RACERS];
    struct dated n = {0};
    atomic_store(&may_begin, false);
    for (int i = 0; i < RACERS; i++) {
        racers[i] = (struct racer){.s = s, .number = i};
        pthread_create(&racers[i].thread, NULL, order_ahead, &racers[i]);
    }
    atomic_store(&may_begin, true);
    for (int i = 0; i < RACERS; i++) {
        struct racer *r = &racers[i];
        pthread_join(r->thread, NULL);
        bool is_placed = r->status == 201 && has(r->answer, "\"short_of\":1");
        bool is_dated = has(r->answer, "\"earmarked\":1,") && has(r->answer, "\"undated\":0");
        if (is_placed && is_dated && text_find(r->answer, first) >= 0)
            n.first++;
        else if (is_placed && is_dated && later.len && text_find(r->answer, later) >= 0)
            n.later++;
        else if (is_placed && has(r->answer, "\"earmarked_date\":null,\"undated\":1"))
            n.none++;
        else if (n.other++ == 0)
            printf("%d %.*s\n", r->status, TEXT_ARG(text_head(r->answer, 500)));
        arena_free(&r->arena);
    }
    return n;
}

/* Books come on a day; the day at the door that an order placed now would hear. */
static struct text announce(struct served *s, const char *reference, const char *day, int units)
{
    struct text body = text_printf(&s->w->arena,
                                   "{\"site\":\"LON\",\"supplier\":\"Press\",\"reference\":"
                                   "\"%s\",\"expected_date\":\"%s\",\"lines\":[{\"sku\":"
                                   "\"BOOK\",\"quantity\":%d}]}",
                                   reference, day, units);
    struct text probe = T("{\"ship_to\":{\"recipient\":\"Ada\",\"line1\":\"1 King Street\","
                          "\"city\":\"London\",\"postal_code\":\"EC2V 8EA\",\"country\":"
                          "\"GB\"},\"payment_method\":\"on_account\",\"lines\":[{\"sku\":"
                          "\"BOOK\",\"quantity\":1}]}");
    int status;
    served_ask(s, &s->w->arena, "POST", "/v1/asns", body, &status);
    CHECK_I64(201, status);
    struct text answer =
        served_ask(s, &s->w->arena, "POST", "/v1/orders?preview=1", probe, &status);
    ptrdiff_t at = text_find(answer, T("\"earmarked_date\":"));
    CHECK(at >= 0);
    return at < 0 ? T("none") : text_head(text_skip(answer, (size_t)at), 29);
}

/* Everybody is told a day that holds, and nobody a unit that another was told. */
TEST_BOTH(earmarking, sixty_four_wait_for_the_last_ten_of_a_delivery_and_ten_hear_its_day)
{
    struct served s;
    shop_open(w);
    if (!served_start(&s, w)) return;
    empty_shelves(&s);
    struct text first = announce(&s, "P-1", "2090-01-09", COMING);
    struct dated alone = race_for_delivery(&s, first, (struct text){0});
    served_stop(&s);
    CHECK_I64(COMING, alone.first);
    CHECK_I64(RACERS - COMING, alone.none);
    CHECK_I64(0, alone.other);
    if (!w->store) return;
    CHECK_I64(COMING, count(w, "SELECT SUM(earmarked) FROM asn_line"));
    CHECK_I64(COMING, count(w, "SELECT SUM(units) FROM earmark"));
    world_audit(w);
}

TEST_BOTH(earmarking, those_who_miss_the_first_delivery_hear_the_day_of_the_next)
{
    struct served s;
    shop_open(w);
    if (!served_start(&s, w)) return;
    empty_shelves(&s);
    struct text later = announce(&s, "P-2", "2090-02-06", 2 * COMING);
    struct text first = announce(&s, "P-1", "2090-01-09", COMING);
    struct dated n = race_for_delivery(&s, first, later);
    served_stop(&s);
    CHECK_I64(COMING, n.first);
    CHECK_I64(2 * COMING, n.later);
    CHECK_I64(RACERS - 3 * COMING, n.none);
    CHECK_I64(0, n.other);
    if (w->store) world_audit(w);
}
