/* domain/events/events_test.c: the feed shows every event that was committed, once, in one order,
 * also while many write it. */
#include "base/time.h"
#include "domain/events/command.h"
#include "domain/events/event.h"
#include "shop.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

enum { WRITERS = 6, UNITS = 40, PER_UNIT = 3, TOLD = WRITERS * UNITS * PER_UNIT };

struct writer {
    struct world *w;
    pthread_t thread;
    int64_t number;
    int failed;
};

struct saying {
    int64_t writer, unit;
};

/* Two of one order that nobody else tells of, and one of an order that all tell of. */
static enum err say(struct ctx *c, void *arg)
{
    const struct saying *s = arg;
    int64_t own = 1000 + s->writer;
    TRY(event_put(c, EVENT_ORDER_CONFIRMED, own, NONE, EVENT_BODY(.quantity = s->unit)));
    TRY(event_put(c, EVENT_ORDER_CONFIRMED, 999, own, EVENT_BODY(.quantity = s->unit)));
    TRY(event_put(c, EVENT_ORDER_CONFIRMED, own, NONE, EVENT_BODY(.quantity = s->unit)));
    return s->unit % 8 == 7 ? fail(c, ERR_CONFLICT, "on_purpose", "undone") : OK;
}

static void *write_all(void *arg)
{
    struct writer *me = arg;
    struct arena arena = {0};
    struct ctx c = world_ctx(me->w, &arena);
    struct arena_mark start = arena_mark(&arena);
    for (int64_t unit = 0; unit < UNITS; unit++) {
        enum err e;
        do /* all tell of one order: on PostgreSQL some lose every race and ask again */
            e = db_tx(&c, say, &(struct saying){me->number, unit});
        while (e == ERR_BUSY);
        if ((e == OK) == (unit % 8 == 7)) me->failed++;
        arena_rewind(&arena, start);
    }
    arena_free(&arena);
    return NULL;
}

/* Reads as a subscriber would: what lies behind the cursor is never asked for again. */
static void follow(struct world *w, int64_t cursor, size_t expected, struct event *seen)
{
    size_t count = 0;
    for (int idle = 0; count < expected && idle < 4000;) {
        struct list page;
        CHECK_OK(&w->ctx, event_feed(&w->ctx, cursor, 50, &page));
        const struct event *at = page.at;
        for (size_t i = 0; i < page.count && count < expected; i++) {
            CHECK_I64(cursor + 1, at[i].position); /* no gap */
            cursor = at[i].position;
            seen[count++] = at[i];
        }
        idle = page.count ? 0 : idle + 1;
        if (!page.count) nanosleep(&(struct timespec){0, 2000000}, NULL);
        if (test_failed()) return;
    }
    CHECK_I64((int64_t)expected, (int64_t)count);
}

/* Every link of an order's chain follows from the one before. */
static void check_chain(const struct event *seen, size_t n, int64_t order_id, int64_t length)
{
    struct text before = {0};
    int64_t version = 0;
    for (size_t i = 0; i < n; i++) {
        if (seen[i].order_id != order_id) continue;
        unsigned char hash[HASH_BYTES];
        event_hash(before, &seen[i], hash);
        CHECK_I64(++version, seen[i].version);
        CHECK(text_eq(seen[i].hash, (struct text){(const char *)hash, HASH_BYTES}));
        before = seen[i].hash;
    }
    CHECK_I64(length, version);
}

TEST_BOTH(events, a_reader_misses_nothing_while_many_write)
{
    static struct writer all[WRITERS];
    static struct event seen[TOLD];
    enum { KEPT = UNITS - UNITS / 8 };
    size_t expected = (size_t)WRITERS * KEPT * PER_UNIT;
    shop_open(w);
    CHECK_OK(&w->ctx, store_reader(&w->ctx));
    shop_order(w, "MUG", 1); /* so that the feed has begun */
    int64_t begun = world_ask(w, "SELECT max(position) AS n FROM event");
    store_start(w->store);
    for (int i = 0; i < WRITERS; i++) {
        all[i] = (struct writer){.w = w, .number = i};
        CHECK_I64(0, pthread_create(&all[i].thread, NULL, write_all, &all[i]));
    }
    follow(w, begun, expected, seen);
    for (int i = 0; i < WRITERS; i++) {
        pthread_join(all[i].thread, NULL);
        CHECK_I64(0, all[i].failed);
    }
    if (test_failed()) return;
    check_chain(seen, expected, 999, (int64_t)WRITERS * KEPT);
    for (int64_t i = 0; i < WRITERS; i++) check_chain(seen, expected, 1000 + i, 2 * KEPT);
}

struct reading {
    int64_t before, after;
};
static enum err read_on(struct ctx *c, void *arg)
{
    const struct reading *r = arg;
    return consumer_put(c, T("ledger"), r->before, r->after);
}

TEST_BOTH(events, two_who_read_for_one_consumer_do_not_do_it_twice)
{
    shop_open(w);
    int64_t at = 0;
    CHECK_OK(&w->ctx, db_tx(&w->ctx, read_on, &(struct reading){0, 10}));
    CHECK_FAULT(&w->ctx, ERR_BUSY, "raced", db_tx(&w->ctx, read_on, &(struct reading){0, 12}));
    CHECK_OK(&w->ctx, db_tx(&w->ctx, read_on, &(struct reading){10, 20}));
    CHECK_FAULT(&w->ctx, ERR_BUSY, "raced", db_tx(&w->ctx, read_on, &(struct reading){10, 30}));
    CHECK_OK(&w->ctx, store_reader(&w->ctx));
    CHECK_OK(&w->ctx, consumer_get(&w->ctx, T("ledger"), &at));
    CHECK_I64(20, at);
}

static enum err keep(struct ctx *c, void *arg)
{
    struct command k = *(const struct command *)arg;
    k.command_id = source_id(c->source);
    return command_put(c, &k);
}

TEST_BOTH(events, a_key_is_kept_once_per_actor_and_for_a_month)
{
    struct command in = {.way = T("POST /v1/orders"),
                         .key = T("k-1"),
                         .request_hash = 11,
                         .actor_id = 7,
                         .status = 201,
                         .answer = T("{}")};
    struct command out;
    bool found = false;
    shop_open(w);
    CHECK_OK(&w->ctx, db_tx(&w->ctx, keep, &in));
    CHECK_FAULT(&w->ctx, ERR_BUSY, "raced", db_tx(&w->ctx, keep, &in));
    CHECK_OK(&w->ctx, store_reader(&w->ctx));
    CHECK_OK(&w->ctx, command_find(&w->ctx, &in, 1, &out, &found));
    CHECK(found && out.status == 201);
    CHECK_OK(&w->ctx, command_same(&w->ctx, &in, &out));
    struct command other = in;
    other.request_hash = 12;
    CHECK_FAULT(&w->ctx, ERR_INVALID, "idempotency_mismatch", command_same(&w->ctx, &other, &out));
    other = in;
    other.actor_id = 8;
    CHECK_OK(&w->ctx, command_find(&w->ctx, &other, 1, &out, &found));
    CHECK(!found);
    source_advance_us(&w->source, KEY_DAYS * DAY_US);
    w->ctx.now_us = source_now_us(&w->source);
    CHECK_OK(&w->ctx, command_find(&w->ctx, &in, 1, &out, &found));
    CHECK(found);
    source_advance_us(&w->source, 2 * DAY_US);
    w->ctx.now_us = source_now_us(&w->source);
    CHECK_OK(&w->ctx, command_find(&w->ctx, &in, 1, &out, &found));
    CHECK(!found);
}

enum { LONG = 6001 };

static enum err say_much(struct ctx *c, void *arg)
{
    (void)arg;
    for (int64_t i = 1; i <= LONG; i++)
        TRY(event_put(c, EVENT_PICK_DONE, 77, NONE, EVENT_BODY(.line_no = i, .quantity = 1)));
    return OK;
}

TEST_BOTH(events, the_story_of_a_large_order_has_its_end)
{
    struct list story;
    shop_open(w);
    CHECK_OK(&w->ctx, db_tx(&w->ctx, say_much, NULL));
    CHECK_OK(&w->ctx, store_reader(&w->ctx));
    CHECK_OK(&w->ctx, event_timeline(&w->ctx, 77, &story));
    CHECK_I64(LONG, (int64_t)story.count);
    CHECK_I64(LONG, ((const struct event *)story.at)[story.count - 1].line_no);
}
