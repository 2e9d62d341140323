/* Money of orders, with the built-in provider, on both engines. */
#include "stages/2_processing/paying.h"

#include "base/time.h"
#include "domain/orders/package.h"
#include "shop.h"
#include "stages/2_processing/paying_money.h"

#include <pthread.h>

static const struct payment_provider *const providers[] = {&payment_test_provider,
                                                           &payment_offline_provider, NULL};

struct till {
    struct world *w;
    struct shop shop;
    int64_t cursor; /* events that the reactions have seen */
};

static struct till till_open(struct world *w)
{
    paying_use(providers);
    return (struct till){w, shop_open(w), 0};
}

/* --- what the runner does -------------------------------------------------------------------- */

typedef enum err react_fn(struct ctx *c, const struct event *events, size_t count);
static const struct {
    enum event_kind kind;
    react_fn *run;
} reactions_here[] = {{EVENT_ORDER_PLACED, paying_on_placed},
                      {EVENT_PACKAGE_HANDED_OVER, paying_capture_on_shipped},
                      {EVENT_PACKAGE_DELIVERED, paying_collect_on_delivered},
                      {EVENT_ORDER_CANCELLED, paying_on_cancelled},
                      {EVENT_CASE_RESOLVED, paying_refund_on_case}};

struct batch {
    react_fn *run;
    struct event *events;
    size_t count;
};

static enum err react_in_tx(struct ctx *c, void *arg)
{
    struct batch *b = arg;
    return b->run(c, b->events, b->count);
}

static size_t react_after(struct till *t, int64_t after)
{
    struct ctx *c = &t->w->ctx;
    struct list feed;
    CHECK_OK(c, store_reader(c));
    CHECK_OK(c, event_feed(c, after, EVENT_PAGE_MAX, &feed));
    struct event *at = feed.at;
    for (size_t r = 0; r < sizeof reactions_here / sizeof *reactions_here; r++) {
        struct batch b = {reactions_here[r].run, NULL, 0};
        b.events = arena_new(c->arena, struct event, feed.count + 1);
        for (size_t i = 0; i < feed.count; i++) {
            if (at[i].kind != (int32_t)reactions_here[r].kind) continue;
            event_open(c->arena, &at[i]);
            b.events[b.count++] = at[i];
        }
        if (b.count) CHECK_OK(c, db_tx(c, react_in_tx, &b));
    }
    if (feed.count && at[feed.count - 1].position > t->cursor)
        t->cursor = at[feed.count - 1].position;
    return feed.count;
}

static void run(struct till *t)
{
    struct ctx *c = &t->w->ctx;
    for (int rounds = 0; rounds < 20; rounds++) {
        struct list jobs;
        size_t did = react_after(t, t->cursor);
        CHECK_OK(c, job_claim(c, JOB_PAYMENT, 100, MINUTE_US, &jobs));
        if (jobs.count) CHECK_OK(c, paying_job(c, jobs.at, jobs.count));
        if (!did && !jobs.count) return;
    }
    test_fail(__FILE__, __LINE__, "the till does not come to rest");
}

static void later(struct till *t, int64_t us)
{
    source_advance_us(&t->w->source, us);
    t->w->ctx.now_us = source_now_us(&t->w->source);
    run(t);
}

/* --- what others do -------------------------------------------------------------------------- */

static int64_t place(struct till *t, struct draft d)
{
    struct outcome o = {0};
    shop_place(t->w, &d, 1, &o);
    t->w->ctx.fault = o.fault;
    CHECK_OK(&t->w->ctx, o.fault.code);
    run(t);
    return o.order_id;
}

/* 3 mugs for 26.00 (no third of it is whole) and 3.95 for shipping. */
static struct draft three_mugs(struct till *t, enum payment_method method, const char *token)
{
    struct draft d = shop_draft(t->w, "MUG", 3);
    ((struct draft_line *)d.lines.at)->discount = money(97, "GBP");
    d.shipping = money(395, "GBP");
    d.payment_method = (int32_t)method;
    d.payment_token = text_of(token);
    return d;
}
enum { TOTAL = 2995 };

struct parcel {
    int64_t order_id, product_id, line_no, quantity;
    bool is_delivered;
    int64_t package_id;
};

static enum err ship_in_tx(struct ctx *c, void *arg)
{
    struct parcel *p = arg;
    int64_t q = p->quantity;
    p->package_id = source_id(c->source);
    struct package row = {.merchant_id = c->merchant_id,
                          .package_id = p->package_id,
                          .fulfillment_id = 1,
                          .order_id = p->order_id,
                          .site_id = 1,
                          .state = PACKAGE_HANDED_OVER,
                          .number = 1,
                          .carton_id = NONE,
                          .weight_g = NONE,
                          .manifest_id = NONE,
                          .packer_id = NONE,
                          .sealed_us = NONE,
                          .handed_over_us = c->now_us,
                          .delivered_us = NONE};
    TRY(package_insert(c, &row));
    TRY(package_line_add(c, p->package_id, p->line_no, p->product_id, q));
    struct progress by = {.released = q, .picked = q, .packed = q, .shipped = q};
    TRY(order_progress(c, p->order_id, p->line_no, by));
    return event_put(c, EVENT_PACKAGE_HANDED_OVER, p->order_id, p->package_id,
                     EVENT_BODY(.quantity = q));
}

static int64_t ship_quietly(struct till *t, int64_t order_id, int64_t quantity)
{
    struct parcel p = {order_id, t->shop.mug, 1, quantity, false, 0};
    CHECK_OK(&t->w->ctx, db_tx(&t->w->ctx, ship_in_tx, &p));
    return p.package_id;
}

static int64_t ship(struct till *t, int64_t order_id, int64_t quantity)
{
    int64_t package_id = ship_quietly(t, order_id, quantity);
    run(t);
    return package_id;
}

static enum err deliver_in_tx(struct ctx *c, void *arg)
{
    const struct parcel *p = arg;
    return event_put(c, EVENT_PACKAGE_DELIVERED, p->order_id, p->package_id, NO_BODY);
}

static void deliver(struct till *t, int64_t order_id, int64_t package_id)
{
    struct parcel p = {.order_id = order_id, .package_id = package_id};
    CHECK_OK(&t->w->ctx, db_tx(&t->w->ctx, deliver_in_tx, &p));
    run(t);
}

static enum err cancel_in_tx(struct ctx *c, void *arg)
{
    const struct parcel *p = arg;
    struct order_state s;
    TRY(order_state_get(c, p->order_id, &s));
    struct progress by = {.allocated = -p->quantity, .cancelled = p->quantity};
    TRY(order_progress(c, p->order_id, 1, by));
    if (p->quantity == s.units) TRY(order_do(c, &s, ORDER_CANCEL));
    return event_put(c, EVENT_ORDER_CANCELLED, p->order_id, NONE,
                     EVENT_BODY(.quantity = p->quantity));
}

static void cancel(struct till *t, int64_t order_id, int64_t quantity)
{
    struct parcel p = {.order_id = order_id, .quantity = quantity};
    CHECK_OK(&t->w->ctx, db_tx(&t->w->ctx, cancel_in_tx, &p));
    run(t);
}

struct acting {
    enum err (*act)(struct ctx *c, const struct paying_act *act);
    struct paying_act with;
};
static enum err act_in_tx(struct ctx *c, void *arg)
{
    const struct acting *a = arg;
    return a->act(c, &a->with);
}
static enum err act(struct till *t, enum err (*fn)(struct ctx *c, const struct paying_act *act),
                    struct paying_act with)
{
    struct acting a = {fn, with};
    return db_tx(&t->w->ctx, act_in_tx, &a);
}
#define ACT(...) ((struct paying_act){.payment_id = NONE, __VA_ARGS__})

static enum err void_in_tx(struct ctx *c, void *arg) { return paying_void(c, *(int64_t *)arg); }

/* --- what is true then ----------------------------------------------------------------------- */

static struct paying_view look(struct till *t, int64_t order_id)
{
    struct paying_view v = {0};
    CHECK_OK(&t->w->ctx, store_reader(&t->w->ctx));
    CHECK_OK(&t->w->ctx, paying_look(&t->w->ctx, order_id, &v));
    return v;
}

static size_t told(struct till *t, int64_t order_id, enum event_kind kind)
{
    struct list timeline;
    size_t n = 0;
    CHECK_OK(&t->w->ctx, store_reader(&t->w->ctx));
    CHECK_OK(&t->w->ctx, event_timeline(&t->w->ctx, order_id, &timeline));
    const struct event *at = timeline.at;
    for (size_t i = 0; i < timeline.count; i++) n += at[i].kind == (int32_t)kind;
    return n;
}

static bool is_held(struct till *t, int64_t order_id)
{
    return shop_state(t->w, order_id).holds > 0;
}

static int64_t holds_in(struct till *t, int64_t order_id, enum account account)
{
    struct list entries;
    CHECK_OK(&t->w->ctx, store_reader(&t->w->ctx));
    CHECK_OK(&t->w->ctx, money_entries_of(&t->w->ctx, &order_id, 1, &entries));
    return account_holds(&entries, account);
}

/* Entries and counters tell the same, and no cent is made or lost. */
static void check_books(struct till *t, int64_t order_id)
{
    struct paying_view v = look(t, order_id);
    int64_t ours = 0;
    for (int a = ACCOUNT_CUSTOMER + 1; a < ACCOUNT_COUNT; a++)
        ours += holds_in(t, order_id, (enum account)a);
    CHECK_I64(-ours, holds_in(t, order_id, ACCOUNT_CUSTOMER));
    int64_t owed_to_us = holds_in(t, order_id, ACCOUNT_RECEIVABLE);
    CHECK_I64(v.balance.captured - v.balance.refunded, ours - owed_to_us);
}

/* --- cards ----------------------------------------------------------------------------------- */

TEST_BOTH(paying, approved_card_frees_the_order)
{
    struct till t = till_open(w);
    int64_t order = place(&t, three_mugs(&t, PAY_CARD, "tok_ok"));
    CHECK(!is_held(&t, order));
    CHECK_I64(TOTAL, look(&t, order).balance.authorised);
    CHECK_I64(0, look(&t, order).balance.captured);
    CHECK_I64(1, (int64_t)told(&t, order, EVENT_PAYMENT_AUTHORISED));
    CHECK_I64(1, (int64_t)told(&t, order, EVENT_ORDER_FREED));
}

TEST_BOTH(paying, declined_card_keeps_the_order_held_and_says_why)
{
    struct till t = till_open(w);
    int64_t order = place(&t, three_mugs(&t, PAY_CARD, "tok_insufficient_funds"));
    struct list holds;
    CHECK(is_held(&t, order));
    CHECK_I64(1, (int64_t)told(&t, order, EVENT_PAYMENT_FAILED));
    CHECK_OK(&w->ctx, store_reader(&w->ctx));
    CHECK_OK(&w->ctx, holds_of(&w->ctx, &order, 1, true, &holds));
    CHECK_TEXT("payment failed: insufficient_funds", ((const struct hold *)holds.at)->note);

    CHECK_OK(&w->ctx, act(&t, paying_card,
                          ACT(.order_id = order, .amount_minor = NONE, .token = T("tok_ok"))));
    CHECK_FAULT(
        &w->ctx, ERR_CONFLICT, "payment_under_way",
        act(&t, paying_card, ACT(.order_id = order, .amount_minor = NONE, .token = T("tok_ok"))));
    run(&t);
    CHECK(!is_held(&t, order));
    CHECK_FAULT(
        &w->ctx, ERR_CONFLICT, "nothing_due",
        act(&t, paying_card, ACT(.order_id = order, .amount_minor = NONE, .token = T("tok_ok"))));
}

TEST_BOTH(paying, lost_answers_end_in_one_capture)
{
    struct till t = till_open(w);
    int64_t order = place(&t, three_mugs(&t, PAY_CARD, "tok_timeout_after_success"));
    CHECK(is_held(&t, order));
    CHECK_I64(1, (int64_t)told(&t, order, EVENT_PAYMENT_UNKNOWN));
    later(&t, 2 * MINUTE_US);
    CHECK(!is_held(&t, order));
    ship(&t, order, 3);
    CHECK_I64(0, look(&t, order).balance.captured);
    for (int i = 0; i < 3; i++) later(&t, 2 * MINUTE_US);
    CHECK_I64(TOTAL, look(&t, order).balance.captured);
    CHECK_I64(1, (int64_t)told(&t, order, EVENT_PAYMENT_CAPTURED));
    CHECK_I64(TOTAL, holds_in(&t, order, ACCOUNT_PROVIDER));
    check_books(&t, order);
}

TEST_BOTH(paying, lost_question_is_asked_again)
{
    static const char *const tokens[] = {"tok_timeout_before", "tok_away", "tok_slow"};
    struct till t = till_open(w);
    for (size_t i = 0; i < 3; i++) {
        int64_t order = place(&t, three_mugs(&t, PAY_CARD, tokens[i]));
        CHECK(is_held(&t, order));
        later(&t, 2 * MINUTE_US);
        CHECK(!is_held(&t, order));
        CHECK_I64(1, (int64_t)told(&t, order, EVENT_PAYMENT_AUTHORISED));
    }
}

TEST_BOTH(paying, captures_of_two_packages_sum_to_what_shipped)
{
    struct till t = till_open(w);
    int64_t order = place(&t, three_mugs(&t, PAY_CARD, "tok_ok"));
    ship(&t, order, 1);
    react_after(&t, 0); /* told again, nothing is taken again */
    run(&t);
    CHECK_I64(867 + 395, look(&t, order).balance.captured); /* a third, and the shipping */
    ship(&t, order, 2);
    CHECK_I64(TOTAL, look(&t, order).balance.captured);
    CHECK_I64(2, (int64_t)told(&t, order, EVENT_PAYMENT_CAPTURED));
    CHECK_I64(0, look(&t, order).balance.authorised);
    check_books(&t, order);
}

TEST_BOTH(paying, packages_told_together_are_charged_one_by_one)
{
    struct till t = till_open(w);
    int64_t order = place(&t, three_mugs(&t, PAY_CARD, "tok_ok"));
    ship_quietly(&t, order, 1);
    ship_quietly(&t, order, 2);
    run(&t);
    struct paying_view v = look(&t, order);
    const struct payment_intent *at = v.intents.at;
    CHECK_I64(3, (int64_t)v.intents.count);
    CHECK_I64(867 + 395, at[1].amount_minor);
    CHECK_I64(1733, at[2].amount_minor);
    CHECK_I64(TOTAL, v.balance.captured);
}

TEST_BOTH(paying, last_package_takes_what_is_owed_and_gives_back_the_rest)
{
    struct till t = till_open(w);
    int64_t order = place(&t, three_mugs(&t, PAY_CARD, "tok_ok"));
    cancel(&t, order, 1);
    CHECK_I64(1733 + 395, look(&t, order).balance.owed);
    ship(&t, order, 2);
    struct paying_view v = look(&t, order);
    CHECK_I64(1733 + 395, v.balance.captured);
    CHECK_I64(0, v.balance.authorised);
    CHECK_I64(867, ((const struct payment *)v.payments.at)->voided_minor);
    check_books(&t, order);
}

TEST_BOTH(paying, last_package_takes_what_an_earlier_one_did_not_bring)
{
    struct till t = till_open(w);
    int64_t order = place(&t, three_mugs(&t, PAY_CARD, "tok_ok"));
    CHECK_OK(&w->ctx, world_script(w, "UPDATE merchant SET capture_policy = 2"));
    ship(&t, order, 1);
    CHECK_OK(&w->ctx, world_script(w, "UPDATE merchant SET capture_policy = 0"));
    ship(&t, order, 2);
    CHECK_I64(TOTAL, look(&t, order).balance.captured);
}

TEST_BOTH(paying, money_taken_before_is_not_taken_again)
{
    struct till t = till_open(w);
    int64_t order = place(&t, three_mugs(&t, PAY_CARD, "tok_ok"));
    CHECK_OK(&w->ctx, act(&t, paying_capture, ACT(.order_id = order, .amount_minor = 500)));
    cancel(&t, order, 1);
    ship(&t, order, 2);
    CHECK_I64(1733 + 395, look(&t, order).balance.captured);
    check_books(&t, order);
}

TEST_BOTH(paying, failed_capture_leaves_the_money_due)
{
    struct till t = till_open(w);
    int64_t order = place(&t, three_mugs(&t, PAY_CARD, "tok_capture_fails"));
    ship(&t, order, 3);
    CHECK_I64(0, look(&t, order).balance.captured);
    CHECK_I64(TOTAL, look(&t, order).balance.due);
    CHECK_I64(1, (int64_t)told(&t, order, EVENT_PAYMENT_FAILED));
    CHECK_OK(&w->ctx, act(&t, paying_record,
                          ACT(.order_id = order, .method = PAY_CASH, .amount_minor = TOTAL)));
    CHECK_I64(0, look(&t, order).balance.due);
    check_books(&t, order);
}

TEST_BOTH(paying, merchant_may_capture_at_once_or_by_hand)
{
    struct till t = till_open(w);
    CHECK_OK(&w->ctx, world_script(w, "UPDATE merchant SET capture_policy = 1"));
    int64_t order = place(&t, three_mugs(&t, PAY_CARD, "tok_ok"));
    CHECK_I64(TOTAL, look(&t, order).balance.captured);
    ship(&t, order, 3);
    CHECK_I64(TOTAL, look(&t, order).balance.captured);

    CHECK_OK(&w->ctx, world_script(w, "UPDATE merchant SET capture_policy = 2"));
    order = place(&t, three_mugs(&t, PAY_CARD, "tok_ok"));
    ship(&t, order, 3);
    CHECK_I64(0, look(&t, order).balance.captured);
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "capture_too_large",
                act(&t, paying_capture, ACT(.order_id = order, .amount_minor = TOTAL + 1)));
    CHECK_OK(&w->ctx, act(&t, paying_capture, ACT(.order_id = order, .amount_minor = 1000)));
    CHECK_OK(&w->ctx, act(&t, paying_capture, ACT(.order_id = order, .amount_minor = NONE)));
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "nothing_to_capture",
                act(&t, paying_capture, ACT(.order_id = order, .amount_minor = NONE)));
    run(&t);
    CHECK_I64(TOTAL, look(&t, order).balance.captured);
    check_books(&t, order);
}

TEST_BOTH(paying, voided_card_holds_the_order_again)
{
    struct till t = till_open(w);
    int64_t order = place(&t, three_mugs(&t, PAY_CARD, "tok_ok"));
    CHECK_OK(&w->ctx, db_tx(&w->ctx, void_in_tx, &order));
    CHECK(is_held(&t, order));
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "nothing_to_void", db_tx(&w->ctx, void_in_tx, &order));
    run(&t);
    CHECK(is_held(&t, order));
    CHECK_I64(0, look(&t, order).balance.authorised);
    CHECK_OK(&w->ctx, act(&t, paying_card,
                          ACT(.order_id = order, .amount_minor = NONE, .token = T("tok_ok"))));
    run(&t);
    CHECK(!is_held(&t, order));
}

TEST_BOTH(paying, cancelled_order_gives_back_what_is_reserved)
{
    struct till t = till_open(w);
    int64_t order = place(&t, three_mugs(&t, PAY_CARD, "tok_ok"));
    int64_t slow = place(&t, three_mugs(&t, PAY_CARD, "tok_slow"));
    cancel(&t, order, 3);
    cancel(&t, slow, 3); /* before its authorisation is answered */
    CHECK_I64(1, (int64_t)told(&t, order, EVENT_PAYMENT_VOIDED));
    CHECK_I64(0, look(&t, order).balance.authorised);
    later(&t, 2 * MINUTE_US);
    later(&t, 2 * MINUTE_US);
    CHECK_I64(1, (int64_t)told(&t, slow, EVENT_PAYMENT_VOIDED));
    CHECK_I64(0, look(&t, slow).balance.authorised);
}

/* --- refunds --------------------------------------------------------------------------------- */

TEST_BOTH(paying, three_refunds_of_one_amount_all_happen)
{
    struct till t = till_open(w);
    int64_t order = place(&t, three_mugs(&t, PAY_CARD, "tok_ok"));
    ship(&t, order, 3);
    for (int i = 0; i < 3; i++)
        CHECK_OK(&w->ctx, act(&t, paying_refund, ACT(.order_id = order, .amount_minor = 900)));
    /* before any is answered, the rest is all that is left */
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "refund_too_large",
                act(&t, paying_refund, ACT(.order_id = order, .amount_minor = TOTAL - 2700 + 1)));
    run(&t);
    CHECK_I64(3, (int64_t)told(&t, order, EVENT_PAYMENT_REFUNDED));
    CHECK_I64(2700, look(&t, order).balance.refunded);
    CHECK_I64(0, look(&t, order).balance.due);
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "refund_too_large",
                act(&t, paying_refund, ACT(.order_id = order, .amount_minor = 900)));
    CHECK_OK(&w->ctx, act(&t, paying_refund, ACT(.order_id = order, .amount_minor = TOTAL - 2700)));
    run(&t);
    CHECK_I64(0, holds_in(&t, order, ACCOUNT_PROVIDER));
    check_books(&t, order);
}

TEST_BOTH(paying, refused_refund_can_be_paid_another_way)
{
    struct till t = till_open(w);
    int64_t order = place(&t, three_mugs(&t, PAY_CARD, "tok_refund_fails"));
    ship(&t, order, 3);
    CHECK_OK(&w->ctx, act(&t, paying_refund, ACT(.order_id = order, .amount_minor = TOTAL)));
    run(&t);
    CHECK_I64(1, (int64_t)told(&t, order, EVENT_PAYMENT_FAILED));
    CHECK_I64(0, look(&t, order).balance.refunded);
    CHECK_OK(&w->ctx, act(&t, paying_refund, ACT(.order_id = order, .amount_minor = TOTAL)));
    check_books(&t, order);
}

TEST_BOTH(paying, pending_refund_is_paid_once)
{
    struct till t = till_open(w);
    int64_t order = place(&t, three_mugs(&t, PAY_CARD, "tok_refund_pending"));
    ship(&t, order, 3);
    CHECK_OK(&w->ctx, act(&t, paying_refund, ACT(.order_id = order, .amount_minor = TOTAL)));
    run(&t);
    CHECK_I64(0, look(&t, order).balance.refunded);
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "refund_too_large",
                act(&t, paying_refund, ACT(.order_id = order, .amount_minor = 1)));
    for (int i = 0; i < 3; i++) later(&t, 2 * MINUTE_US);
    CHECK_I64(TOTAL, look(&t, order).balance.refunded);
    CHECK_I64(1, (int64_t)told(&t, order, EVENT_PAYMENT_REFUNDED));
    check_books(&t, order);
}

struct racer {
    pthread_t thread;
    struct arena arena;
    struct ctx ctx;
    struct acting acting;
    enum err result;
};

static void *race(void *arg)
{
    struct racer *r = arg;
    r->result = db_tx(&r->ctx, act_in_tx, &r->acting);
    return NULL;
}

TEST_BOTH(paying, refunds_at_once_never_exceed_what_was_captured)
{
    enum { ROUNDS = 8, RACERS = 4 };
    struct till t = till_open(w);
    int64_t orders[ROUNDS];
    for (int i = 0; i < ROUNDS; i++) {
        orders[i] = place(&t, three_mugs(&t, PAY_CARD, "tok_ok"));
        ship(&t, orders[i], 3);
    }
    store_start(w->store);
    for (int i = 0; i < ROUNDS; i++) {
        struct racer racers[RACERS] = {0};
        int64_t won = 0;
        for (int k = 0; k < RACERS; k++) {
            racers[k].ctx = world_ctx(w, &racers[k].arena);
            racers[k].acting = (struct acting){
                paying_refund, ACT(.order_id = orders[i], .amount_minor = TOTAL - 1000)};
            pthread_create(&racers[k].thread, NULL, race, &racers[k]);
        }
        for (int k = 0; k < RACERS; k++) {
            pthread_join(racers[k].thread, NULL);
            won += racers[k].result == OK;
            if (racers[k].result != OK)
                CHECK_TEXT("refund_too_large", text_of(racers[k].ctx.fault.reason));
            arena_free(&racers[k].arena);
        }
        CHECK_I64(1, won);
    }
    run(&t);
    for (int i = 0; i < ROUNDS; i++) CHECK_I64(TOTAL - 1000, look(&t, orders[i]).balance.refunded);
}

static enum err resolve_in_tx(struct ctx *c, void *arg)
{
    return event_put(c, EVENT_CASE_RESOLVED, *(int64_t *)arg, 4711,
                     EVENT_BODY(.word = T("refund"), .amount_minor = 500));
}

TEST_BOTH(paying, case_is_refunded_once)
{
    struct till t = till_open(w);
    int64_t order = place(&t, three_mugs(&t, PAY_CARD, "tok_ok"));
    ship(&t, order, 3);
    CHECK_OK(&w->ctx, db_tx(&w->ctx, resolve_in_tx, &order));
    run(&t);
    react_after(&t, 0);
    run(&t);
    CHECK_I64(500, look(&t, order).balance.refunded);
}

/* --- money that people move ------------------------------------------------------------------ */

TEST_BOTH(paying, bank_transfer_frees_the_order_when_all_is_there)
{
    struct till t = till_open(w);
    int64_t order = place(&t, three_mugs(&t, PAY_BANK_TRANSFER, NULL));
    struct paying_act part = ACT(.order_id = order, .method = PAY_BANK_TRANSFER,
                                 .amount_minor = 1000, .note = T("HSBC 77-1"));
    CHECK(is_held(&t, order));
    CHECK_OK(&w->ctx, act(&t, paying_record, part));
    CHECK(is_held(&t, order));
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "payment_recorded", act(&t, paying_record, part));
    part.note = T("HSBC 77-2");
    part.amount_minor = TOTAL - 1000;
    CHECK_OK(&w->ctx, act(&t, paying_record, part));
    CHECK(!is_held(&t, order));
    CHECK_I64(TOTAL, holds_in(&t, order, ACCOUNT_BANK));
    ship(&t, order, 3);
    CHECK_I64(TOTAL, look(&t, order).balance.captured);
    check_books(&t, order);

    cancel(&t, place(&t, three_mugs(&t, PAY_BANK_TRANSFER, NULL)), 3);
}

TEST_BOTH(paying, cancelled_transfer_waits_until_staff_paid_it_out)
{
    struct till t = till_open(w);
    int64_t order = place(&t, three_mugs(&t, PAY_BANK_TRANSFER, NULL));
    CHECK_OK(&w->ctx,
             act(&t, paying_record,
                 ACT(.order_id = order, .method = PAY_BANK_TRANSFER, .amount_minor = TOTAL)));
    cancel(&t, order, 3);
    CHECK_I64(0, look(&t, order).balance.refunded);
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "refund_too_large",
                act(&t, paying_refund, ACT(.order_id = order, .amount_minor = TOTAL + 1)));
    CHECK_OK(&w->ctx, act(&t, paying_refund, ACT(.order_id = order, .amount_minor = TOTAL)));
    CHECK_I64(TOTAL, look(&t, order).balance.refunded);
    CHECK_I64(0, holds_in(&t, order, ACCOUNT_BANK));
    check_books(&t, order);
}

TEST_BOTH(paying, goods_on_account_are_owed_when_they_leave)
{
    struct till t = till_open(w);
    int64_t order = place(&t, three_mugs(&t, PAY_ON_ACCOUNT, NULL));
    CHECK(!is_held(&t, order));
    ship(&t, order, 1);
    CHECK_I64(867 + 395, holds_in(&t, order, ACCOUNT_RECEIVABLE));
    ship(&t, order, 2);
    CHECK_I64(TOTAL, holds_in(&t, order, ACCOUNT_RECEIVABLE));
    /* a mug comes back before it is paid: a credit, nothing to pay out */
    CHECK_OK(&w->ctx, act(&t, paying_refund, ACT(.order_id = order, .amount_minor = 867)));
    CHECK_I64(TOTAL - 867, holds_in(&t, order, ACCOUNT_RECEIVABLE));
    CHECK_OK(&w->ctx,
             act(&t, paying_record,
                 ACT(.order_id = order, .method = PAY_BANK_TRANSFER, .amount_minor = TOTAL - 867)));
    CHECK_I64(0, holds_in(&t, order, ACCOUNT_RECEIVABLE));
    CHECK_I64(TOTAL - 867, holds_in(&t, order, ACCOUNT_BANK));
    check_books(&t, order);
}

TEST_BOTH(paying, carrier_takes_money_at_the_door_and_pays_it_out)
{
    struct till t = till_open(w);
    int64_t order = place(&t, three_mugs(&t, PAY_ON_DELIVERY, NULL));
    int64_t package = ship(&t, order, 3);
    CHECK_I64(TOTAL, look(&t, order).balance.due);
    deliver(&t, order, package);
    react_after(&t, 0);
    CHECK_I64(TOTAL, holds_in(&t, order, ACCOUNT_CARRIER));
    CHECK_I64(0, look(&t, order).balance.due);
    CHECK_OK(&w->ctx,
             act(&t, paying_record,
                 ACT(.order_id = order, .method = PAY_BANK_TRANSFER, .amount_minor = TOTAL)));
    CHECK_I64(0, holds_in(&t, order, ACCOUNT_CARRIER));
    CHECK_I64(TOTAL, holds_in(&t, order, ACCOUNT_BANK));
    CHECK_I64(TOTAL, look(&t, order).balance.captured);
    CHECK_OK(&w->ctx, act(&t, paying_refund, ACT(.order_id = order, .amount_minor = 1000)));
    CHECK_I64(TOTAL - 1000, holds_in(&t, order, ACCOUNT_BANK));
    check_books(&t, order);
}

TEST_BOTH(paying, wrong_input_is_named)
{
    struct till t = till_open(w);
    int64_t order = place(&t, three_mugs(&t, PAY_BANK_TRANSFER, NULL));
    CHECK_FAULT(
        &w->ctx, ERR_INVALID, "wrong_currency",
        act(&t, paying_record,
            ACT(.order_id = order, .method = PAY_CASH, .amount_minor = 1, .currency = T("EUR"))));
    CHECK_FAULT(
        &w->ctx, ERR_INVALID, "out_of_range",
        act(&t, paying_record, ACT(.order_id = order, .method = PAY_CASH, .amount_minor = 0)));
    CHECK_FAULT(
        &w->ctx, ERR_INVALID, "pan_not_accepted",
        act(&t, paying_card,
            ACT(.order_id = order, .amount_minor = NONE, .token = T("4242 4242 4242 4242"))));
    CHECK_TEXT("token", text_of(w->ctx.fault.field));
    CHECK_FAULT(
        &w->ctx, ERR_INVALID, "method_not_recorded",
        act(&t, paying_record, ACT(.order_id = order, .method = PAY_CARD, .amount_minor = 1)));
    CHECK_FAULT(&w->ctx, ERR_NOT_FOUND, "order_not_found",
                act(&t, paying_refund, ACT(.order_id = 1, .amount_minor = 1)));
}

TEST_BOTH(paying, order_has_a_limit_of_payments)
{
    struct till t = till_open(w);
    int64_t order = place(&t, three_mugs(&t, PAY_CARD, "tok_decline"));
    struct paying_act card =
        ACT(.order_id = order, .amount_minor = NONE, .token = T("tok_decline"));
    for (int i = 1; i < PAYMENTS_MAX; i++) {
        CHECK_OK(&w->ctx, act(&t, paying_card, card));
        run(&t);
    }
    CHECK_FAULT(&w->ctx, ERR_TOO_LARGE, "too_many_payments", act(&t, paying_card, card));
}

TEST_BOTH(paying, statements_do_not_grow_with_packages)
{
    struct till t = till_open(w);
    int64_t used[2];
    for (int round = 0; round < 2; round++) {
        struct batch b = {paying_capture_on_shipped, arena_new(&w->arena, struct event, 8), 0};
        for (int i = 0; i < (round ? 8 : 2); i++) {
            int64_t order = place(&t, three_mugs(&t, PAY_CARD, "tok_ok"));
            b.events[b.count++] = (struct event){.kind = EVENT_PACKAGE_HANDED_OVER,
                                                 .order_id = order,
                                                 .subject_id = ship_quietly(&t, order, 3)};
        }
        int64_t before = store_queries(w->store);
        CHECK_OK(&w->ctx, db_tx(&w->ctx, react_in_tx, &b));
        used[round] = store_queries(w->store) - before;
        run(&t);
    }
    CHECK_I64(used[0], used[1]);
}

/* --- worth ----------------------------------------------------------------------------------- */

TEST(paying, kit_is_worth_its_share_by_parts)
{
    struct arena a = {0};
    struct order o = {.total_minor = 1199 + 500};
    struct order_line lines[] = {
        {.line_no = 1, .kind = LINE_KIT, .quantity = 1, .total_minor = 1199},
        {.line_no = 2, .kind = LINE_COMPONENT, .parent_line = 1, .quantity = 1},
        {.line_no = 3, .kind = LINE_COMPONENT, .parent_line = 1, .quantity = 2},
        {.line_no = 4, .kind = LINE_SERVICE, .parent_line = 1, .quantity = 1, .total_minor = 350},
    };
    const int64_t none[4] = {0}, mug[4] = {0, 1, 0, 0}, all[4] = {0, 1, 2, 0};
    CHECK_I64(0, worth_of_units(&a, &o, lines, 4, none));
    CHECK_I64(400 + 500, worth_of_units(&a, &o, lines, 4, mug));
    CHECK_I64(1699, worth_of_units(&a, &o, lines, 4, all));
    arena_free(&a);
}

TEST(paying, packages_of_a_line_sum_to_its_total)
{
    struct arena a = {0};
    for (int64_t total = 1; total < 40; total++) {
        struct order o = {.total_minor = total};
        struct order_line line = {
            .line_no = 1, .kind = LINE_GOODS, .quantity = 7, .total_minor = total};
        int64_t sum = 0, before = 0;
        for (int64_t units = 1; units <= 7; units++) {
            int64_t worth = worth_of_units(&a, &o, &line, 1, &units);
            CHECK(worth >= before);
            sum += worth - before;
            before = worth;
        }
        CHECK_I64(total, sum);
    }
    arena_free(&a);
}
