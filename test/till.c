/* test/till.c: see till.h. */
#include "till.h"

#include "stages/2_processing/invoicing.h"

#include "base/time.h"
#include "domain/orders/package.h"

static const struct payment_provider *const providers[] = {&payment_test_provider,
                                                           &payment_offline_provider, NULL};

struct till till_open(struct world *w)
{
    paying_use(providers);
    return (struct till){w, shop_open(w), 0};
}

/* --- what the runner does -------------------------------------------------------------------- */

static const struct {
    enum event_kind kind;
    react_fn *run;
} reactions_here[] = {{EVENT_ORDER_PLACED, paying_on_placed},
                      {EVENT_PACKAGE_HANDED_OVER, paying_capture_on_shipped},
                      {EVENT_PACKAGE_DELIVERED, paying_collect_on_delivered},
                      {EVENT_ORDER_CANCELLED, paying_on_cancelled},
                      {EVENT_ORDER_CHANGED, paying_on_changed},
                      {EVENT_REFUND_OWED, refunding_on_owed},
                      {EVENT_PACKAGE_HANDED_OVER, invoicing_on},
                      {EVENT_ORDER_CHANGED, invoicing_on},
                      {EVENT_ORDER_CANCELLED, invoicing_on},
                      {EVENT_REFUND_DONE, invoicing_on},
                      {EVENT_REFUND_WAIVED, invoicing_on}};

enum err till_react_in_tx(struct ctx *c, void *arg)
{
    struct batch *b = arg;
    return b->run(c, b->events, b->count);
}

size_t till_react(struct till *t, int64_t after)
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
        if (b.count) CHECK_OK(c, db_tx(c, till_react_in_tx, &b));
    }
    if (feed.count && at[feed.count - 1].position > t->cursor)
        t->cursor = at[feed.count - 1].position;
    return feed.count;
}

void till_run(struct till *t)
{
    struct ctx *c = &t->w->ctx;
    for (int rounds = 0; rounds < 20; rounds++) {
        struct list jobs;
        size_t did = till_react(t, t->cursor);
        CHECK_OK(c, job_claim(c, JOB_PAYMENT, 100, MINUTE_US, &jobs));
        if (jobs.count) CHECK_OK(c, paying_job(c, jobs.at, jobs.count));
        size_t asked = jobs.count;
        CHECK_OK(c, job_claim(c, JOB_REFUND, 100, MINUTE_US, &jobs));
        if (jobs.count) CHECK_OK(c, refunding_job(c, jobs.at, jobs.count));
        if (!did && !asked && !jobs.count) return;
    }
    test_fail(__FILE__, __LINE__, "the till does not come to rest");
}

void till_later(struct till *t, int64_t us)
{
    source_advance_us(&t->w->source, us);
    t->w->ctx.now_us = source_now_us(&t->w->source);
    till_run(t);
}

/* --- what others do -------------------------------------------------------------------------- */

int64_t till_place(struct till *t, struct draft d)
{
    struct outcome o = {0};
    shop_place(t->w, &d, 1, &o);
    t->w->ctx.fault = o.fault;
    CHECK_OK(&t->w->ctx, o.fault.code);
    till_run(t);
    return o.order_id;
}

struct draft till_mugs(struct till *t, enum payment_method method, const char *token)
{
    struct draft d = shop_draft(t->w, "MUG", 3);
    ((struct draft_line *)d.lines.at)->discount = money(97, "GBP");
    d.shipping = money(395, "GBP");
    d.payment_method = (int32_t)method;
    d.payment_token = text_of(token);
    return d;
}

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
                          .delivered_us = NONE,
                          .inside_id = NONE};
    TRY(package_insert(c, &row));
    TRY(package_line_add(c, p->package_id, p->line_no, p->product_id, q));
    struct progress by = {.released = q, .picked = q, .packed = q, .shipped = q};
    TRY(order_progress(c, p->order_id, p->line_no, by));
    return event_put(c, EVENT_PACKAGE_HANDED_OVER, p->order_id, p->package_id,
                     EVENT_BODY(.quantity = q));
}

int64_t till_pack_off(struct till *t, int64_t order_id, int64_t quantity)
{
    struct parcel p = {order_id, t->shop.mug, 1, quantity, false, 0};
    CHECK_OK(&t->w->ctx, db_tx(&t->w->ctx, ship_in_tx, &p));
    return p.package_id;
}

int64_t till_ship(struct till *t, int64_t order_id, int64_t quantity)
{
    int64_t package_id = till_pack_off(t, order_id, quantity);
    till_run(t);
    return package_id;
}

static enum err deliver_in_tx(struct ctx *c, void *arg)
{
    const struct parcel *p = arg;
    return event_put(c, EVENT_PACKAGE_DELIVERED, p->order_id, p->package_id, NO_BODY);
}

void till_deliver(struct till *t, int64_t order_id, int64_t package_id)
{
    struct parcel p = {.order_id = order_id, .package_id = package_id};
    CHECK_OK(&t->w->ctx, db_tx(&t->w->ctx, deliver_in_tx, &p));
    till_run(t);
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

void till_call_off(struct till *t, int64_t order_id, int64_t quantity)
{
    struct parcel p = {.order_id = order_id, .quantity = quantity};
    CHECK_OK(&t->w->ctx, db_tx(&t->w->ctx, cancel_in_tx, &p));
}

void till_cancel(struct till *t, int64_t order_id, int64_t quantity)
{
    till_call_off(t, order_id, quantity);
    till_run(t);
}

enum err till_act_in_tx(struct ctx *c, void *arg)
{
    const struct acting *a = arg;
    return a->act(c, &a->with);
}
enum err till_act(struct till *t, act_fn *fn, struct paying_act with)
{
    struct acting a = {fn, with};
    return db_tx(&t->w->ctx, till_act_in_tx, &a);
}

enum err till_void_in_tx(struct ctx *c, void *arg) { return paying_void(c, *(int64_t *)arg); }

/* --- what is true then ----------------------------------------------------------------------- */

struct paying_view till_look(struct till *t, int64_t order_id)
{
    struct paying_view v = {0};
    CHECK_OK(&t->w->ctx, store_reader(&t->w->ctx));
    CHECK_OK(&t->w->ctx, paying_look(&t->w->ctx, order_id, &v));
    return v;
}

size_t till_told(struct till *t, int64_t order_id, enum event_kind kind)
{
    struct list timeline;
    size_t n = 0;
    CHECK_OK(&t->w->ctx, store_reader(&t->w->ctx));
    CHECK_OK(&t->w->ctx, event_timeline(&t->w->ctx, order_id, &timeline));
    const struct event *at = timeline.at;
    for (size_t i = 0; i < timeline.count; i++) n += at[i].kind == (int32_t)kind;
    return n;
}

bool till_is_held(struct till *t, int64_t order_id) { return shop_state(t->w, order_id).holds > 0; }

int64_t till_holds(struct till *t, int64_t order_id, enum account account)
{
    struct list entries;
    CHECK_OK(&t->w->ctx, store_reader(&t->w->ctx));
    CHECK_OK(&t->w->ctx, money_entries_of(&t->w->ctx, &order_id, 1, &entries));
    return account_holds(&entries, account);
}

void till_check_books(struct till *t, int64_t order_id)
{
    struct paying_view v = till_look(t, order_id);
    int64_t ours = 0;
    for (int a = ACCOUNT_CUSTOMER + 1; a < ACCOUNT_COUNT; a++)
        ours += till_holds(t, order_id, (enum account)a);
    CHECK_I64(-ours, till_holds(t, order_id, ACCOUNT_CUSTOMER));
    int64_t owed_to_us = till_holds(t, order_id, ACCOUNT_RECEIVABLE);
    CHECK_I64(v.balance.captured - v.balance.refunded, ours - owed_to_us);
}
