/* What customers are told by mail, and how often. */
#include "stages/7_completion/telling.h"

#include "base/time.h"
#include "domain/events/job.h"
#include "stages/7_completion/completion_test.h"

struct telling_of {
    const struct event *events;
    size_t count;
};

static enum err tell_in_tx(struct ctx *c, void *arg)
{
    const struct telling_of *t = arg;
    return tell_on(c, t->events, t->count);
}

static void tell_them(struct world *w, const struct event *events, size_t count)
{
    struct telling_of t = {events, count};
    CHECK_OK(&w->ctx, db_tx(&w->ctx, tell_in_tx, &t));
}

TEST_BOTH(telling, an_order_is_acknowledged_once)
{
    shop_open(w);
    int64_t id = shop_order(w, "MUG", 1);
    struct event e = happened(EVENT_ORDER_PLACED, id, 5);
    tell_them(w, &e, 1);
    tell_them(w, &e, 1);
    struct list messages = messages_for(w, id);
    CHECK_I64(1, (int64_t)messages.count);
    const struct message *m = messages.at;
    CHECK_I64(MESSAGE_RECEIVED, m->template);
    CHECK_I64(MESSAGE_WAITING, m->state);
    struct list jobs = claim_jobs(w, JOB_MESSAGE);
    CHECK_I64(1, (int64_t)jobs.count);
    CHECK_I64(m->message_id, ((const struct job *)jobs.at)->subject_id);
}

TEST_BOTH(telling, nobody_is_told_without_an_address_or_of_history)
{
    shop_open(w);
    struct draft d[2] = {shop_draft(w, "MUG", 1), shop_draft(w, "BOOK", 1)};
    d[0].customer_email = (struct text){0};
    d[1].placed_us = w->ctx.now_us - TELL_HISTORY_US - DAY_US;
    struct outcome o[2];
    if (!shop_place(w, d, 2, o)) return;
    struct event e[2] = {happened(EVENT_ORDER_PLACED, o[0].order_id, 1),
                         happened(EVENT_ORDER_PLACED, o[1].order_id, 2)};
    tell_them(w, e, 2);
    CHECK_I64(0, (int64_t)claim_jobs(w, JOB_MESSAGE).count);
}

TEST_BOTH(telling, packages_that_left_together_are_one_mail)
{
    shop_open(w);
    int64_t id = shop_order(w, "MUG", 2);
    struct event e[3] = {happened(EVENT_PACKAGE_HANDED_OVER, id, 11),
                         happened(EVENT_PACKAGE_HANDED_OVER, id, 12),
                         happened(EVENT_PACKAGE_HANDED_OVER, id, 13)};
    e[0].command_id = e[1].command_id = 900;
    e[2].command_id = 901;
    tell_them(w, e, 3);
    tell_them(w, e + 1, 1); /* a replay that begins in the middle */
    struct list messages = messages_for(w, id);
    CHECK_I64(2, (int64_t)messages.count);
    CHECK_I64(11, ((const struct message *)messages.at)[0].package_id);
    CHECK_I64(13, ((const struct message *)messages.at)[1].package_id);
}

static enum err put_delivered(struct ctx *c, void *arg)
{
    const int64_t *order_id = arg;
    return event_put(c, EVENT_ORDER_DELIVERED, *order_id, NONE, NO_BODY);
}

TEST_BOTH(telling, the_last_package_is_told_of_as_the_order)
{
    shop_open(w);
    int64_t part = shop_order(w, "MUG", 2), whole = delivered_order(w, "BOOK", 1);
    struct event e[3] = {happened(EVENT_PACKAGE_DELIVERED, whole, 1),
                         happened(EVENT_PACKAGE_DELIVERED, part, 21),
                         happened(EVENT_ORDER_DELIVERED, whole, 23)};
    CHECK_OK(&w->ctx, db_tx(&w->ctx, put_delivered, &whole));
    tell_them(w, e, 1);
    tell_them(w, e + 1, 2);
    struct list a = messages_for(w, part), b = messages_for(w, whole);
    CHECK_I64(1, (int64_t)a.count);
    CHECK_I64(1, (int64_t)b.count);
    CHECK_I64(21, ((const struct message *)a.at)->package_id);
    CHECK_I64(NONE, ((const struct message *)b.at)->package_id);
}

TEST_BOTH(telling, who_collects_is_told_when_it_is_ready_and_not_that_it_left)
{
    shop_open(w);
    struct draft d[2] = {shop_draft(w, "MUG", 1), shop_draft(w, "BOOK", 1)};
    struct outcome o[2];
    d[0].method = METHOD_PICKUP;
    if (!shop_place(w, d, 2, o)) return;
    struct event e[4] = {happened(EVENT_FULFILLMENT_PACKED, o[0].order_id, 31),
                         happened(EVENT_FULFILLMENT_PACKED, o[1].order_id, 32),
                         happened(EVENT_PACKAGE_HANDED_OVER, o[0].order_id, 33),
                         happened(EVENT_PACKAGE_HANDED_OVER, o[1].order_id, 34)};
    tell_them(w, e, 4);
    struct list collected = messages_for(w, o[0].order_id), sent = messages_for(w, o[1].order_id);
    CHECK_I64(1, (int64_t)collected.count);
    CHECK_I64(MESSAGE_READY, ((const struct message *)collected.at)->template);
    CHECK_I64(1, (int64_t)sent.count);
    CHECK_I64(MESSAGE_SHIPPED, ((const struct message *)sent.at)->template);
}

TEST_BOTH(telling, a_cancellation_tells_its_reason)
{
    shop_open(w);
    int64_t id = shop_order(w, "MUG", 1);
    struct event e = happened(EVENT_ORDER_CANCELLED, id, 3);
    e.note = T("not made any more");
    tell_them(w, &e, 1);
    const struct message *m = messages_for(w, id).at;
    CHECK_TEXT("not made any more", m->reason);
}

TEST_BOTH(telling, statements_do_not_grow_with_events)
{
    shop_open(w);
    int64_t spent[2];
    for (size_t round = 0; round < 2; round++) {
        size_t n = round ? 40 : 1;
        struct event *e = arena_new(&w->arena, struct event, n);
        for (size_t i = 0; i < n; i++)
            e[i] = happened(EVENT_ORDER_PLACED, shop_order(w, "PEN", 1), 1);
        int64_t before = store_queries(w->store);
        tell_them(w, e, n);
        spent[round] = store_queries(w->store) - before;
    }
    CHECK_I64(spent[0], spent[1]);
}
