/* Complaints about other systems' ways in: events, rows, mails and statements, in the words of
 * those who made them; docs/complaints.md lists the numbers. */
#include "domain/events/event.h"
#include "domain/orders/package.h"
#include "faces/api/dispatch.h"
#include "faces/jobs/react.h"
#include "stages/6_delivery/delivery.h"
#include "test/audit_world.h"
#include "test/sim/life.h"

#include <stdio.h>

static int64_t last_position(struct world *w)
{
    int64_t position = 0;
    CHECK_OK(&w->ctx, store_reader(&w->ctx));
    CHECK_OK(&w->ctx, event_last_position(&w->ctx, &position));
    return position;
}

static int64_t shipped(struct life *l)
{
    struct draft d = shop_draft(l->w, "MUG", 1);
    int64_t id = life_place(l, &d);
    life_ship(l, id);
    return id;
}

static size_t scans_of(struct life *l, int64_t package_id)
{
    struct list scans;
    CHECK_OK(&l->w->ctx, store_reader(&l->w->ctx));
    CHECK_OK(&l->w->ctx, tracking_events_of(&l->w->ctx, &package_id, 1, &scans));
    return scans.count;
}

/* --- events ---------------------------------------------------------------------------------- */

TEST_BOTH(complaint, c54_delivered_arrives_before_accepted_and_ends_the_same)
{
    static const enum tracking_status way[] = {TRACKING_ACCEPTED, TRACKING_IN_TRANSIT,
                                               TRACKING_OUT_FOR_DELIVERY, TRACKING_DELIVERED};
    struct life l = life_open(w);
    int64_t boxes[2];
    for (int k = 0; k < 2; k++) {
        int64_t id = shipped(&l);
        boxes[k] = life_package(&l, id, 0).package_id;
        for (int i = 0; i < 4; i++) {
            int at = k ? 3 - i : i;
            CHECK_OK(&w->ctx, life_report(&l, boxes[k], way[at], (4 - at) * MINUTE_US));
        }
        CHECK_I64(PACKAGE_DELIVERED, life_package(&l, id, 0).state);
        CHECK_I64(TRACKING_DELIVERED, life_package(&l, id, 0).status);
        CHECK_I64(STAGE_COMPLETING, life_stage(&l, id));
    }
    CHECK_I64((int64_t)scans_of(&l, boxes[0]), (int64_t)scans_of(&l, boxes[1]));
    world_audit(w);
}

TEST_BOTH(complaint, c55_the_same_message_twice_in_one_instant_counts_once)
{
    struct life l = life_open(w);
    int64_t id = shipped(&l), box = life_package(&l, id, 0).package_id;
    size_t before = scans_of(&l, box);
    struct tracking_report said = {
        .package_id = box, .occurred_us = w->ctx.now_us - MINUTE_US, .status = TRACKING_DELIVERED};
    struct tracking_report both[] = {said, said};
    CHECK_OK(&w->ctx, life_reports(&l, both, 2));
    CHECK_OK(&w->ctx, life_reports(&l, both, 1));
    CHECK_I64((int64_t)before + 1, (int64_t)scans_of(&l, box));
    CHECK_I64(1, life_told(&l, id, EVENT_PACKAGE_DELIVERED));
    world_audit(w);
}

TEST_BOTH(complaint, c56_who_was_away_reads_on_from_the_cursor_and_misses_nothing)
{
    struct life l = life_open(w);
    shipped(&l);
    int64_t away_since = last_position(w), read = 0, at = away_since;
    shipped(&l);
    int64_t last = last_position(w);
    for (struct list page; read <= last;
         at = read ? ((struct event *)page.at)[page.count - 1].position : at) {
        CHECK_OK(&w->ctx, event_feed(&w->ctx, at, 7, &page));
        if (!page.count) break;
        const struct event *e = page.at;
        for (size_t i = 0; i < page.count; i++) CHECK_I64(at + (int64_t)i + 1, e[i].position);
        read += (int64_t)page.count;
    }
    CHECK_I64(last - away_since, read);
}

TEST_BOTH(complaint, c57_one_change_is_told_once_and_always_in_the_same_words)
{
    struct life l = life_open(w);
    struct draft d = shop_draft(w, "MUG", 1);
    int64_t id = life_place(&l, &d), hold_id, before = last_position(w);
    CHECK_OK(&w->ctx, life_hold(&l, id, "call first", &hold_id));
    struct list once, again;
    CHECK_I64(1, life_told(&l, id, EVENT_ORDER_HELD));
    CHECK_OK(&w->ctx, store_reader(&w->ctx));
    CHECK_OK(&w->ctx, event_feed(&w->ctx, before, 100, &once));
    CHECK_OK(&w->ctx, event_feed(&w->ctx, before, 100, &again));
    CHECK_I64((int64_t)once.count, (int64_t)again.count);
    for (size_t i = 0; i < once.count && i < again.count; i++) {
        struct text a = record_to_line(&w->arena, &event_fields, &((struct event *)once.at)[i]);
        CHECK(text_eq(a, record_to_line(&w->arena, &event_fields, &((struct event *)again.at)[i])));
    }
}

static enum err tell_and_fail(struct ctx *c, void *arg)
{
    TRY(event_put(c, EVENT_STOCK_RECEIVED, NONE, 1, NO_BODY));
    TRY(job_put(c, JOB_COMPLETE, *(int64_t *)arg, c->now_us));
    TRY(db_flush(c));
    return fail(c, ERR_CONFLICT, "changed_its_mind", "after all was written");
}

TEST_BOTH(complaint, c58_nobody_works_on_what_was_never_committed)
{
    struct life l = life_open(w);
    int64_t id = shipped(&l), before = last_position(w), did = 0;
    int64_t jobs = 0, jobs_after = 0;
    const char *count = "SELECT count(*) FROM job";
    CHECK_OK(&w->ctx, db_ask(&w->ctx, count, count, &jobs));
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "changed_its_mind", db_tx(&w->ctx, tell_and_fail, &id));
    CHECK_I64(before, last_position(w));
    CHECK_OK(&w->ctx, db_ask(&w->ctx, count, count, &jobs_after));
    CHECK_I64(jobs, jobs_after);
    CHECK_OK(&w->ctx, react_to_events(&w->ctx, &did));
    CHECK_I64(0, did);
}

TEST_BOTH(complaint, c59_a_late_scan_neither_undelivers_an_order_nor_takes_its_number)
{
    struct life l = life_open(w);
    int64_t id = shipped(&l), box = life_package(&l, id, 0).package_id;
    struct list before, after;
    CHECK_OK(&w->ctx, life_report(&l, box, TRACKING_DELIVERED, MINUTE_US));
    CHECK_OK(&w->ctx, store_reader(&w->ctx));
    CHECK_OK(&w->ctx, labels_of(&w->ctx, &box, 1, &before));
    CHECK_OK(&w->ctx, life_report(&l, box, TRACKING_IN_TRANSIT, HOUR_US));
    CHECK_I64(PACKAGE_DELIVERED, life_package(&l, id, 0).state);
    CHECK_I64(STAGE_COMPLETING, life_stage(&l, id));
    CHECK_OK(&w->ctx, store_reader(&w->ctx));
    CHECK_OK(&w->ctx, labels_of(&w->ctx, &box, 1, &after));
    CHECK_I64((int64_t)before.count, (int64_t)after.count);
    CHECK(text_eq(((const struct label *)before.at)->tracking_number,
                  ((const struct label *)after.at)->tracking_number));
    world_audit(w);
}

/* --- rows, mails ----------------------------------------------------------------------------- */

static struct answer ask(struct life *l, struct server *s, const char *method, struct text target,
                         struct text body)
{
    struct answer a;
    dispatch(s, &l->w->arena,
             &(struct call){.method = text_of(method),
                            .target = target,
                            .body = body,
                            .is_trusted = true,
                            .merchant_id = l->shop.merchant_id},
             &a);
    return a;
}

static size_t times(struct text t, const char *part)
{
    size_t n = 0;
    for (ptrdiff_t at; (at = text_find(t, text_of(part))) >= 0; n++)
        t = text_skip(t, (size_t)at + text_of(part).len);
    return n;
}

static const char order_open[] =
    "{\"ship_to\":{\"recipient\":\"Ada Byron\",\"line1\":\"10 King Street\",\"city\":\"London\","
    "\"postal_code\":\"EC2V 8EA\",\"country\":\"GB\"},\"customer_name\":\"Ada Byron\","
    "\"payment_method\":\"on_account\",\"lines\":[";

static struct text order_of(struct arena *a, int lines, int first)
{
    static const char *const skus[] = {"MUG", "BOOK", "LAMP", "PEN"};
    struct buf b = buf_new(a);
    buf_printf(&b, "%s", order_open);
    for (int i = 0; i < lines; i++)
        buf_printf(&b, "%s{\"sku\":\"%s\",\"quantity\":%d}", i ? "," : "", skus[(first + i) % 4],
                   1);
    buf_puts(&b, "]}\n");
    return buf_text(&b);
}

TEST_BOTH(complaint, c64_one_bad_row_is_answered_alone_and_the_other_hundreds_are_taken)
{
    enum { ROWS = 200, BAD = 77 };
    struct life l = life_open(w);
    struct server server;
    struct buf rows = buf_new(&w->arena);
    server_open(&server, w->store, &w->source, route_tables);
    for (int i = 1; i <= ROWS; i++)
        buf_printf(&rows, "{\"sku\":\"N-%d\",\"name\":\"%s\"}\n", i, i == BAD ? "" : "Thing");
    buf_puts(&rows, "");
    struct buf orders = buf_new(&w->arena);
    for (int i = 1; i <= ROWS; i++) {
        if (i == BAD)
            buf_printf(&orders, "%s{\"sku\":\"NO-SUCH\",\"quantity\":0}]}\n", order_open);
        else
            buf_put(&orders, order_of(&w->arena, 1, i));
    }
    struct answer a = ask(&l, &server, "POST", T("/v1/orders/bulk"), buf_text(&orders));
    CHECK_I64(200, a.status);
    CHECK_I64(ROWS - 1, (int64_t)times(a.body, "\"status\":201"));
    CHECK_I64(1, (int64_t)times(a.body, "{\"row\":77,\"status\":422,"));
    CHECK(text_find(a.body, T("\"field\":\"lines[0].quantity\"")) > 0);
    server_close(&server);
}

static enum err read_anew(struct ctx *c, void *arg)
{
    int64_t before;
    (void)arg;
    TRY(consumer_get(c, T("tell_on"), &before));
    return consumer_put(c, T("tell_on"), before, 1);
}

TEST_BOTH(complaint, c65_the_confirmation_mail_goes_out_once_however_often_its_event_is_read)
{
    struct life l = life_open(w);
    struct draft d = shop_draft(w, "MUG", 1);
    int64_t id = life_place(&l, &d);
    life_quiet(&l);
    CHECK_I64(1, life_mails(&l, id, MESSAGE_RECEIVED));
    for (int i = 0; i < 3; i++) {
        CHECK_OK(&w->ctx, db_tx(&w->ctx, read_anew, NULL));
        life_quiet(&l);
        life_later(&l, HOUR_US);
    }
    CHECK_I64(1, life_mails(&l, id, MESSAGE_RECEIVED));
}

/* --- statements ------------------------------------------------------------------------------ */

enum { PLACE_BUDGET = 30, LIST_BUDGET = 5 };

static int64_t cost_of(struct life *l, struct server *s, const char *method, struct text target,
                       struct text body, int status)
{
    int64_t before = store_queries(l->w->store);
    struct answer a = ask(l, s, method, target, body);
    if (a.status != status) printf("%.*s\n", TEXT_ARG(text_head(a.body, 400)));
    CHECK_I64(status, a.status);
    return store_queries(l->w->store) - before;
}

TEST_BOTH(complaint, c66_placing_an_order_takes_a_few_dozen_statements_and_not_hundreds)
{
    struct life l = life_open(w);
    struct server server;
    server_open(&server, w->store, &w->source, route_tables);
    struct text body = order_of(&w->arena, 3, 0);
    cost_of(&l, &server, "POST", T("/v1/orders"), body, 201);
    int64_t cost = cost_of(&l, &server, "POST", T("/v1/orders"), body, 201);
    CHECK(cost <= PLACE_BUDGET);
    server_close(&server);
}

TEST_BOTH(complaint, c67_a_list_of_forty_orders_takes_as_many_statements_as_one_of_two)
{
    struct life l = life_open(w);
    struct server server;
    server_open(&server, w->store, &w->source, route_tables);
    for (int i = 0; i < 40; i++) shop_order(w, "PEN", 1);
    int64_t few = cost_of(&l, &server, "GET", T("/v1/orders?limit=2"), (struct text){0}, 200);
    int64_t many = cost_of(&l, &server, "GET", T("/v1/orders?limit=40"), (struct text){0}, 200);
    CHECK_I64(few, many);
    CHECK(many <= LIST_BUDGET);
    server_close(&server);
}

TEST_BOTH(complaint, c68_an_order_of_a_hundred_lines_takes_as_many_statements_as_one_of_four)
{
    struct life l = life_open(w);
    struct server server;
    server_open(&server, w->store, &w->source, route_tables);
    cost_of(&l, &server, "POST", T("/v1/orders"), order_of(&w->arena, 4, 0), 201);
    int64_t few = cost_of(&l, &server, "POST", T("/v1/orders"), order_of(&w->arena, 4, 0), 201);
    int64_t many = cost_of(&l, &server, "POST", T("/v1/orders"), order_of(&w->arena, 100, 0), 201);
    CHECK(many <= few);
    server_close(&server);
}
