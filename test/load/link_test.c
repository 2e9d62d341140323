/* Orders through a link that does what distributed engines do: they end right, once, or are refused
 * by a word that says to ask again. PostgreSQL only. */
#include "torture_link.h"

#include "app/wiring.h"
#include "base/source.h"
#include "faces/api/dispatch.h"
#include "faces/jobs/react.h"
#include "faces/pages/links.h"
#include "shop.h"
#include "test/audit_world.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

void wiring_use_drivers(struct ctx *c); /* app/wiring.c */

enum { CLIENTS = 4, ORDERS = 25, ASK_AGAIN_MAX = 60 };

struct faulty {
    struct world w;
    struct shop shop;
    struct torture_link *link;
    struct source source; /* the clock moves: pauses are real */
    struct store *store;
    struct server server;
    struct arena arena;
};

static bool open_faulty(struct faulty *f)
{
    memset(f, 0, sizeof *f);
    if (!world_open(&f->w, DB_POSTGRES)) return false;
    f->shop = shop_open(&f->w);
    wiring_use_drivers(&f->w.ctx);
    CHECK_OK(&f->w.ctx, links_use(&f->w.ctx, T("https://fjell.example")));
    source_virtual(&f->source, 7, source_now_us(&f->w.source) + SECOND_US);
    struct ctx c = {.arena = &f->arena, .source = &f->source};
    struct store_options options = {
        .is_fast = true, .no_migrate = true, .schema = f->w.schema, .writers = 2};
    CHECK_OK(&c, torture_link_open(&c, f->w.address, &f->link));
    CHECK_OK(&c, store_open(&c, text_of(torture_link_address(f->link)), options, &f->store));
    store_start(f->store);
    server_open(&f->server, f->store, &f->source, route_tables);
    return !test_failed();
}

static void close_faulty(struct faulty *f)
{
    struct ctx *c = &f->w.ctx;
    torture_link_rate(f->link, 0, 1);
    CHECK_I64(0, torture_link_made(f->link, LINK_ADVISORY));
    source_set_us(&f->w.source, source_now_us(&f->source));
    CHECK_OK(c, store_reader(c));
    world_audit(&f->w);
    server_close(&f->server);
    store_close(f->store);
    torture_link_close(f->link);
    arena_free(&f->arena);
    world_close(&f->w);
}

static int order(struct faulty *f, struct arena *a, const char *key, struct answer *answer)
{
    struct call call = {
        .method = T("POST"),
        .target = T("/v1/orders"),
        .content_type = T("application/json"),
        .idempotency_key = text_of(key),
        .request_id = T("link"),
        .is_trusted = true,
        .merchant_id = f->shop.merchant_id,
        .body = text_printf(a,
                            "{\"note\":\"%s\",\"customer_name\":\"Ada\",\"ship_to\":{\"recipient\":"
                            "\"Ada Byron\",\"line1\":\"%s King Street\",\"city\":\"London\","
                            "\"postal_code\":\"EC2V 8EA\",\"country\":\"GB\"},\"payment_method\":"
                            "\"card\",\"payment_token\":\"tok_ok\",\"lines\":[{\"sku\":\"MUG\","
                            "\"quantity\":1}]}",
                            key, key)};
    dispatch(&f->server, a, &call, answer);
    return answer->status;
}

static struct text id_in(struct text body)
{
    ptrdiff_t at = text_find(body, T("\"id\":\"ord_"));
    return at < 0 ? (struct text){0} : text_head(text_skip(body, (size_t)at + 6), 17);
}

static int64_t stored(struct faulty *f, const char *key)
{
    int64_t n = 0;
    struct ctx *c = &f->w.ctx;
    const char *sql =
        text_printf(c->arena, "SELECT count(*) FROM orders WHERE note LIKE '%s%%'", key).at;
    CHECK_OK(c, store_reader(c));
    CHECK_OK(c, db_ask(c, sql, sql, &n));
    return n;
}

static const struct {
    enum link_fault fault;
    const char *key;
    int status;         /* of the first answer */
    const char *reason; /* of a refusal */
    bool is_replayed;   /* the kept answer was given */
} cases[] = {
    {LINK_SERIAL, "serial", 201, NULL, false},
    {LINK_DEADLOCK, "deadlock", 201, NULL, false},
    {LINK_LOCKED, "locked", 201, NULL, false},
    {LINK_STATEMENT, "statement", 201, NULL, false},
    {LINK_SLOW, "slow", 201, NULL, false},
    {LINK_LOST_BEFORE, "before", 502, "commit_unknown", false},
    {LINK_LOST_AFTER, "after", 201, NULL, true},
};

TEST(link, an_order_is_there_once_whatever_happens_to_its_commit_postgres)
{
    static struct faulty f;
    if (!open_faulty(&f)) return;
    for (size_t i = 0; i < sizeof cases / sizeof *cases && !test_failed(); i++) {
        struct answer answer;
        torture_link_next(f.link, cases[i].fault, 1);
        int status = order(&f, &f.arena, cases[i].key, &answer);
        if (status != cases[i].status || answer.is_replayed != cases[i].is_replayed ||
            (cases[i].reason && text_find(answer.body, text_of(cases[i].reason)) < 0))
            test_fail(__FILE__, __LINE__, "%s: %d %.*s", cases[i].key, status,
                      TEXT_ARG(answer.body));
        CHECK_I64(1, torture_link_made(f.link, cases[i].fault));
        CHECK_I64(status == 201, stored(&f, cases[i].key));
        struct text first = id_in(answer.body);
        CHECK_I64(201, order(&f, &f.arena, cases[i].key, &answer));
        CHECK(status != 201 || text_eq(first, id_in(answer.body)));
        CHECK_I64(1, stored(&f, cases[i].key));
    }
    close_faulty(&f);
}

TEST(link, a_link_cut_between_statements_has_done_nothing_and_says_so_postgres)
{
    static struct faulty f;
    struct answer answer;
    if (!open_faulty(&f)) return;
    CHECK_I64(201, order(&f, &f.arena, "warm", &answer));
    for (int i = 0; i < 12 && !test_failed(); i++) { /* at one statement after the other */
        char key[20];
        snprintf(key, sizeof key, "cut%d", i);
        torture_link_next(f.link, LINK_CUT, 1);
        int status = order(&f, &f.arena, key, &answer);
        bool is_said = status == 502 && text_find(answer.body, T("database_away")) > 0;
        if (status != 201 && !is_said)
            test_fail(__FILE__, __LINE__, "%d %.*s", status, TEXT_ARG(answer.body));
        CHECK_I64(201, order(&f, &f.arena, key, &answer));
    }
    CHECK_I64(12, stored(&f, "cut"));
    CHECK_I64(12, torture_link_made(f.link, LINK_CUT));
    close_faulty(&f);
}

TEST(link, a_race_that_is_never_won_is_given_up_after_eight_tries_postgres)
{
    static struct faulty f;
    struct answer answer;
    if (!open_faulty(&f)) return;
    torture_link_next(f.link, LINK_SERIAL, -1);
    CHECK_I64(503, order(&f, &f.arena, "never", &answer));
    CHECK(text_find(answer.body, T("\"reason\":\"raced\"")) > 0);
    CHECK_I64(8, torture_link_made(f.link, LINK_SERIAL));
    torture_link_next(f.link, LINK_SERIAL, 0);
    CHECK_I64(0, stored(&f, "never"));
    CHECK_I64(201, order(&f, &f.arena, "never", &answer));
    close_faulty(&f);
}

/* --- many at once ---------------------------------------------------------------------------- */

struct client {
    struct faulty *f;
    struct arena arena;
    pthread_t thread;
    int number, acknowledged, asked, changed;
};

static void *order_all(void *arg)
{
    struct client *k = arg;
    for (int i = 0; i < ORDERS; i++) {
        char key[30];
        struct answer answer = {0};
        int status = 0;
        snprintf(key, sizeof key, "many-%d-%d", k->number, i);
        for (int again = 0; again < ASK_AGAIN_MAX && status != 201; again++, k->asked++)
            status = order(k->f, &k->arena, key, &answer);
        if (status != 201) continue;
        k->acknowledged++;
        struct text first = text_copy(&k->arena, id_in(answer.body));
        for (int again = 0; again < ASK_AGAIN_MAX; again++)
            if (order(k->f, &k->arena, key, &answer) == 201) break;
        if (!text_eq(first, id_in(answer.body))) k->changed++;
    }
    return NULL;
}

/* What follows goes through the link as well: payments, releases, mails. */
static void settle(struct faulty *f)
{
    struct ctx c = {.arena = &f->arena,
                    .source = &f->source,
                    .store = f->store,
                    .merchant_id = f->shop.merchant_id};
    enum err e = ERR_BUSY;
    for (int i = 0; i < 400 && e != OK; i++) {
        c.now_us = source_now_us(c.source);
        e = react_until_quiet(&c);
        source_advance_us(c.source, 6 * MINUTE_US); /* the leases of what was lost end */
    }
    CHECK_OK(&c, e);
    torture_link_rate(f->link, 0, 1);
    source_advance_us(c.source, DAY_US);
    c.now_us = source_now_us(c.source);
    CHECK_OK(&c, react_until_quiet(&c));
}

TEST(link, of_many_orders_at_once_and_all_that_follows_none_is_lost_and_none_doubled_postgres)
{
    static struct faulty f;
    static struct client clients[CLIENTS];
    int acknowledged = 0, asked = 0;
    if (!open_faulty(&f)) return;
    torture_link_rate(f.link, 400, 11);
    for (int i = 0; i < CLIENTS; i++) {
        clients[i] = (struct client){.f = &f, .number = i};
        pthread_create(&clients[i].thread, NULL, order_all, &clients[i]);
    }
    for (int i = 0; i < CLIENTS; i++) {
        pthread_join(clients[i].thread, NULL);
        acknowledged += clients[i].acknowledged;
        asked += clients[i].asked;
        CHECK_I64(0, clients[i].changed);
        arena_free(&clients[i].arena);
    }
    CHECK_I64(CLIENTS * ORDERS, acknowledged);
    CHECK_I64(acknowledged, stored(&f, "many"));
    settle(&f);
    CHECK(torture_link_sum(f.link) > 20);
    printf("%d orders, asked %d times, %lld faults\n", acknowledged, asked,
           (long long)torture_link_sum(f.link));
    close_faulty(&f);
}
