/* test/sim/life.c: the shop, its clock, and what can be seen of it; see life.h. */
#include "life.h"

#include "domain/events/job.h"
#include "domain/sites/site.h"
#include "faces/jobs/messages.h"
#include "faces/jobs/react.h"
#include "faces/pages/links.h"

/* app/wiring.c */
void wiring_use_drivers(struct ctx *c);

/* --- opening --------------------------------------------------------------------------------- */

static enum err keep_mail(struct ctx *c, const void *arg, const struct mail *mail,
                          struct text once_key)
{
    (void)arg;
    (void)once_key;
    return mail->to.len ? OK : fail(c, ERR_INVALID, "mail_address", "nobody to send it to");
}

static enum err make_returns(struct ctx *c, void *arg)
{
    struct life *l = arg;
    for (int i = 0; i < 2; i++) {
        struct bin bin = {.merchant_id = c->merchant_id,
                          .bin_id = l->returns[i] = source_id(c->source),
                          .site_id = i ? l->shop.manchester : l->shop.london,
                          .code = T("RETURNS"),
                          .zone = T("R"),
                          .kind = BIN_RETURNS};
        TRY(bin_insert(c, &bin));
    }
    return OK;
}

struct life life_open(struct world *w)
{
    struct life l = {.w = w};
    l.shop = shop_open(w);
    CHECK_OK(&w->ctx, db_tx(&w->ctx, make_returns, &l));
    wiring_use_drivers(&w->ctx);
    messages_use((struct mail_sender){keep_mail, NULL, NULL});
    CHECK_OK(&w->ctx, links_use(&w->ctx, T("https://fjell.example")));
    life_quiet(&l);
    return l;
}

struct policy {
    enum price_policy price;
    enum stock_policy stock;
};

static enum err set_policy(struct ctx *c, void *arg)
{
    const struct policy *p = arg;
    struct merchant m;
    TRY(merchant_get(c, &m));
    m.price_policy = (int32_t)p->price;
    m.stock_policy = (int32_t)p->stock;
    return merchant_update(c, &m);
}

void life_policy(struct life *l, enum price_policy price, enum stock_policy stock)
{
    CHECK_OK(&l->w->ctx, db_tx(&l->w->ctx, set_policy, &(struct policy){price, stock}));
}

/* --- the clock ------------------------------------------------------------------------------- */

void life_quiet(struct life *l)
{
    struct ctx *c = &l->w->ctx;
    struct fault fault = c->fault; /* of the verb before */
    c->now_us = source_now_us(c->source);
    c->actor_id = 0;
    CHECK_OK(c, react_until_quiet(c));
    c->fault = fault;
}

void life_later(struct life *l, int64_t us)
{
    struct ctx *c = &l->w->ctx;
    int64_t until_us = source_now_us(c->source) + us, due_us;
    for (;;) {
        CHECK_OK(c, store_reader(c));
        CHECK_OK(c, job_next_due(c, &due_us));
        if (due_us == NONE || due_us >= until_us || test_failed()) break;
        if (l->is_busy && due_us < source_now_us(c->source) + HOUR_US)
            due_us = source_now_us(c->source) + HOUR_US; /* late, as on a busy day */
        if (due_us >= until_us) break;
        if (due_us > source_now_us(c->source)) source_set_us(c->source, due_us);
        life_quiet(l);
    }
    source_set_us(c->source, until_us);
    life_quiet(l);
}

/* --- looking --------------------------------------------------------------------------------- */

int32_t life_stage(struct life *l, int64_t order_id) { return shop_state(l->w, order_id).stage; }

int64_t life_told(struct life *l, int64_t order_id, enum event_kind kind)
{
    struct ctx *c = &l->w->ctx;
    struct list timeline = {0};
    int64_t n = 0;
    CHECK_OK(c, store_reader(c));
    CHECK_OK(c, event_timeline(c, order_id, &timeline));
    const struct event *at = timeline.at;
    for (size_t i = 0; i < timeline.count; i++) n += at[i].kind == (int32_t)kind;
    return n;
}

int64_t life_mails(struct life *l, int64_t order_id, enum message_template template)
{
    struct ctx *c = &l->w->ctx;
    struct list messages = {0};
    int64_t n = 0;
    CHECK_OK(c, store_reader(c));
    CHECK_OK(c, messages_of(c, &order_id, 1, &messages));
    const struct message *at = messages.at;
    for (size_t i = 0; i < messages.count; i++)
        n += at[i].template == (int32_t) template && at[i].state == MESSAGE_SENT;
    return n;
}

int64_t life_free_units(struct life *l, int64_t product_id, int64_t site_id)
{
    struct ctx *c = &l->w->ctx;
    struct list rows = {0};
    CHECK_OK(c, store_reader(c));
    CHECK_OK(c, availability_of(c, &product_id, 1, &rows));
    const struct availability *at = rows.at;
    for (size_t i = 0; i < rows.count; i++)
        if (at[i].site_id == site_id) return at[i].sellable - at[i].promised - at[i].safety;
    return 0;
}

struct paying_view life_money(struct life *l, int64_t order_id)
{
    struct paying_view v = {0};
    CHECK_OK(&l->w->ctx, store_reader(&l->w->ctx));
    CHECK_OK(&l->w->ctx, paying_look(&l->w->ctx, order_id, &v));
    return v;
}

bool life_is_held(struct life *l, int64_t order_id, enum hold_reason reason)
{
    struct ctx *c = &l->w->ctx;
    struct list holds = {0};
    CHECK_OK(c, store_reader(c));
    CHECK_OK(c, holds_of(c, &order_id, 1, true, &holds));
    for (size_t i = 0; i < holds.count; i++)
        if (((const struct hold *)holds.at)[i].reason == (int32_t)reason) return true;
    return false;
}

struct list life_work(struct life *l, int64_t order_id)
{
    struct list work = {0};
    CHECK_OK(&l->w->ctx, store_reader(&l->w->ctx));
    CHECK_OK(&l->w->ctx, fulfillments_of_orders(&l->w->ctx, &order_id, 1, &work));
    return work;
}

struct fulfillment life_fulfillment(struct life *l, int64_t order_id, size_t k)
{
    struct list work = life_work(l, order_id);
    if (k < work.count) return ((const struct fulfillment *)work.at)[k];
    test_fail(__FILE__, __LINE__, "the order has no fulfillment %zu", k);
    return (struct fulfillment){0};
}

struct package life_package(struct life *l, int64_t order_id, size_t k)
{
    struct list packages = work_packages(l->w, order_id);
    if (k < packages.count) return ((const struct package *)packages.at)[k];
    test_fail(__FILE__, __LINE__, "the order has no package %zu", k);
    return (struct package){0};
}

struct task life_task(struct life *l, int64_t order_id, enum task_kind kind, size_t k)
{
    struct list work = life_work(l, order_id);
    const struct fulfillment *f = work.at;
    for (size_t i = 0; i < work.count; i++) {
        struct list tasks = work_tasks(l->w, f[i].fulfillment_id);
        const struct task *t = tasks.at;
        for (size_t m = 0; m < tasks.count; m++)
            if (t[m].kind == (int32_t)kind && t[m].state < TASK_DONE && k-- == 0) return t[m];
    }
    test_fail(__FILE__, __LINE__, "the order has no such open task: %s",
              word_of(&task_kind_words, (int64_t)kind));
    return (struct task){0};
}
