/* What waiting for stock promises: oldest first, never more than there is, and the hold goes. */
#include "stages/2_processing/backorder.h"

#include "base/time.h"
#include "domain/inventory/stock.h"
#include "domain/orders/sourcing.h"
#include "domain/orders/work.h"
#include "domain/people/people.h"
#include "domain/sites/site.h"
#include "services/stockkeeping/stocking.h"
#include "shop.h"
#include "stages/2_processing/rejecting.h"

struct arrival {
    const char *sku, *bin;
    int64_t quantity;
};

static enum err arrive_in_tx(struct ctx *c, void *arg)
{
    const struct arrival *a = arg;
    struct stocking_line l = {
        .sku = text_of(a->sku), .site = T("LON"), .bin = text_of(a->bin), .quantity = a->quantity};
    struct stocking_outcome o;
    return stock_receipt(c, &l, 1, &o);
}

static enum err react_in_tx(struct ctx *c, void *arg)
{
    const struct list *events = arg;
    return backorder_on_stock(c, events->at, events->count);
}

/* Goods come in, and the reaction runs over the events that tell of it. */
static void arrive(struct world *w, const char *sku, int64_t quantity)
{
    int64_t before = 0;
    struct list events = {0};
    struct arrival a = {sku, "A-03-04", quantity};
    CHECK_OK(&w->ctx, store_reader(&w->ctx));
    CHECK_OK(&w->ctx, event_last_position(&w->ctx, &before));
    CHECK_OK(&w->ctx, db_tx(&w->ctx, arrive_in_tx, &a));
    CHECK_OK(&w->ctx, store_reader(&w->ctx));
    CHECK_OK(&w->ctx, event_feed(&w->ctx, before, 100, &events));
    CHECK_OK(&w->ctx, db_tx(&w->ctx, react_in_tx, &events));
}

static enum err policy_in_tx(struct ctx *c, void *arg)
{
    struct merchant m;
    TRY(merchant_get(c, &m));
    m.stock_policy = *(const int32_t *)arg;
    return merchant_update(c, &m);
}

TEST_BOTH(backorder, the_oldest_order_is_served_first)
{
    shop_open(w); /* 100 and 20 lamps */
    int64_t first = shop_order(w, "LAMP", 130), second = shop_order(w, "LAMP", 5);
    CHECK_I64(120, shop_state(w, first).allocated);
    CHECK_I64(0, shop_state(w, second).allocated);
    arrive(w, "LAMP", 12);
    CHECK_I64(130, shop_state(w, first).allocated);
    CHECK_I64(2, shop_state(w, second).allocated);
    arrive(w, "LAMP", 50);
    CHECK_I64(5, shop_state(w, second).allocated);
    struct list stock;
    struct list promises;
    CHECK_OK(&w->ctx, promises_of(&w->ctx, &second, 1, &promises));
    const struct promise *p = promises.at;
    CHECK_I64(1, (int64_t)promises.count);
    CHECK_I64(5, p->quantity);
    CHECK_OK(&w->ctx, availability_of(&w->ctx, &p->product_id, 1, &stock));
    const struct availability *at = stock.at;
    CHECK_I64(135, at[0].promised + at[1].promised);
}

TEST_BOTH(backorder, other_goods_help_nobody)
{
    shop_open(w);
    int64_t id = shop_order(w, "LAMP", 130);
    arrive(w, "MUG", 500);
    CHECK_I64(120, shop_state(w, id).allocated);
}

TEST_BOTH(backorder, the_hold_for_stock_goes_when_all_is_there)
{
    shop_open(w);
    int32_t policy = STOCK_HOLD;
    CHECK_OK(&w->ctx, db_tx(&w->ctx, policy_in_tx, &policy));
    struct draft d = shop_draft(w, "LAMP", 130);
    struct draft_line *lines = arena_new(&w->arena, struct draft_line, 2);
    lines[0] = lines[1] = *(const struct draft_line *)d.lines.at;
    lines[1].sku = T("PEN");
    d.lines = (struct list){lines, 2};
    struct outcome o;
    if (!shop_place(w, &d, 1, &o)) return;
    CHECK_I64(1 << HOLD_STOCK, o.holds);
    arrive(w, "LAMP", 10);
    CHECK_I64(1, shop_state(w, o.order_id).holds); /* ten pens are missing */
    arrive(w, "PEN", 10);
    struct order_state s = shop_state(w, o.order_id);
    CHECK_I64(0, s.holds);
    CHECK_I64(260, s.allocated);
    CHECK_I64(2, shop_release(w, &o.order_id, 1)); /* both sites send */
}

static enum err cancel_promise(struct ctx *c, void *arg)
{
    struct list promises;
    const int64_t *id = arg;
    TRY(promises_of(c, id, 1, &promises));
    const struct promise *p = promises.at;
    for (size_t i = 0; i < promises.count; i++) {
        TRY(promise_release(c, &p[i], p[i].quantity));
        TRY(order_progress(
            c, *id, p[i].line_no,
            (struct progress){.allocated = -p[i].quantity, .cancelled = p[i].quantity}));
    }
    return event_put(c, EVENT_ORDER_CANCELLED, *id, NONE, NO_BODY);
}

TEST_BOTH(backorder, what_another_order_gives_back_is_promised_anew)
{
    shop_open(w);
    int64_t first = shop_order(w, "LAMP", 120), second = shop_order(w, "LAMP", 7);
    CHECK_I64(0, shop_state(w, second).allocated);
    CHECK_OK(&w->ctx, db_tx(&w->ctx, cancel_promise, &first));
    struct event told = {.kind = EVENT_ORDER_CANCELLED, .order_id = first, .subject_id = NONE};
    struct list events = {&told, 1};
    CHECK_OK(&w->ctx, db_tx(&w->ctx, react_in_tx, &events));
    CHECK_I64(7, shop_state(w, second).allocated);
    CHECK_OK(&w->ctx, db_tx(&w->ctx, react_in_tx, &events)); /* replayed: nothing more */
    CHECK_I64(7, shop_state(w, second).allocated);
}

struct place {
    const char *site, *postal_code;
    int64_t parcel_minor, capacity;
};

static enum err place_in_tx(struct ctx *c, void *arg)
{
    const struct place *p = arg;
    struct site site;
    bool found;
    TRY(site_find_by_code(c, text_of(p->site), &site, &found));
    site.postal_code = text_of(p->postal_code);
    site.parcel_minor = p->parcel_minor;
    site.capacity_units = p->capacity;
    return site_update(c, &site);
}

TEST_BOTH(backorder, statements_do_not_grow_with_the_orders_that_wait)
{
    struct place limited = {.site = "LON", .postal_code = "SW1A 1AA", .capacity = 1000};
    shop_open(w);
    CHECK_OK(&w->ctx, db_tx(&w->ctx, place_in_tx, &limited));
    shop_order(w, "LAMP", 120);
    int64_t spent[2];
    const size_t waiting[2] = {1, 40};
    for (size_t round = 0; round < 2; round++) {
        for (size_t i = 0; i < waiting[round]; i++) shop_order(w, "LAMP", 1);
        int64_t before = store_queries(w->store);
        arrive(w, "LAMP", (int64_t)waiting[round]);
        spent[round] = store_queries(w->store) - before;
    }
    CHECK_I64(spent[0], spent[1]);
}

/* --- which site sends it ---------------------------------------------------------------------- */

static enum err sourcing_in_tx(struct ctx *c, void *arg)
{
    struct merchant m;
    TRY(merchant_get(c, &m));
    m.sourcing_policy = *(const int32_t *)arg;
    return merchant_update(c, &m);
}

/* Another site, first choice of every order to EC2V: near and cheap. */
static enum err leeds_in_tx(struct ctx *c, void *arg)
{
    const struct shop *s = arg;
    struct site site = {.merchant_id = c->merchant_id,
                        .site_id = source_id(c->source),
                        .code = T("LEE"),
                        .name = T("Leeds"),
                        .country = T("GB"),
                        .city = T("Leeds"),
                        .postal_code = T("EC1A 1BB"),
                        .street = T("1 Dock Road"),
                        .priority = 2,
                        .cutoff_minute = 16 * 60,
                        .work_days = 31};
    struct bin bin = {.merchant_id = c->merchant_id,
                      .bin_id = source_id(c->source),
                      .site_id = site.site_id,
                      .code = T("A-01-01"),
                      .zone = T("A"),
                      .kind = BIN_PICK};
    TRY(site_insert(c, &site));
    TRY(bin_insert(c, &bin));
    return stock_receive(c, s->mug, site.site_id, bin.bin_id, (struct text){0}, 50, STOCK_RECEIPT,
                         NONE);
}

static struct shop shop_of_three(struct world *w, int32_t policy, struct place london,
                                 struct place manchester)
{
    struct shop s = shop_open(w);
    london.site = "LON";
    manchester.site = "MAN";
    CHECK_OK(&w->ctx, db_tx(&w->ctx, leeds_in_tx, &s));
    CHECK_OK(&w->ctx, db_tx(&w->ctx, place_in_tx, &london));
    CHECK_OK(&w->ctx, db_tx(&w->ctx, place_in_tx, &manchester));
    CHECK_OK(&w->ctx, db_tx(&w->ctx, sourcing_in_tx, &policy));
    return s;
}

static enum err reject_in_tx(struct ctx *c, void *arg)
{
    struct rejection how = {.reason = REJECT_TOO_BUSY};
    struct reject_outcome out;
    return fulfillment_reject(c, *(const int64_t *)arg, &how, &out);
}

/* The one site that was to send the order gives it back, and another is asked. */
static void reject(struct world *w, int64_t order_id)
{
    struct list work = {0};
    struct event told = {
        .kind = EVENT_FULFILLMENT_REJECTED, .order_id = order_id, .subject_id = NONE};
    struct list events = {&told, 1};
    CHECK_I64(1, shop_release(w, &order_id, 1));
    CHECK_OK(&w->ctx, store_reader(&w->ctx));
    CHECK_OK(&w->ctx, fulfillments_of_orders(&w->ctx, &order_id, 1, &work));
    CHECK_I64(1, (int64_t)work.count);
    int64_t id = ((const struct fulfillment *)work.at)->fulfillment_id;
    CHECK_OK(&w->ctx, db_tx(&w->ctx, reject_in_tx, &id));
    CHECK_OK(&w->ctx, db_tx(&w->ctx, react_in_tx, &events));
}

static int64_t promised_at(struct world *w, int64_t order_id, int64_t site_id)
{
    struct list promises = {0};
    int64_t units = 0;
    CHECK_OK(&w->ctx, store_reader(&w->ctx));
    CHECK_OK(&w->ctx, promises_of(&w->ctx, &order_id, 1, &promises));
    const struct promise *at = promises.at;
    for (size_t i = 0; i < promises.count; i++)
        if (at[i].site_id == site_id) units += at[i].quantity;
    return units;
}

static struct sourcing_decision last_decision(struct world *w, int64_t order_id)
{
    struct list all = {0};
    CHECK_OK(&w->ctx, store_reader(&w->ctx));
    CHECK_OK(&w->ctx, sourcing_decisions_of(&w->ctx, order_id, &all));
    CHECK(all.count > 0);
    return all.count ? ((const struct sourcing_decision *)all.at)[all.count - 1]
                     : (struct sourcing_decision){0};
}

static void says(const struct sourcing_decision *d, int64_t site_id, int64_t given,
                 const char *words)
{
    const struct site_considered *at = d->considered.at;
    size_t i = 0;
    while (i < d->considered.count && at[i].site_id != site_id) i++;
    CHECK(i < d->considered.count);
    if (i == d->considered.count) return;
    CHECK_I64(given, at[i].given);
    CHECK(text_find(at[i].why, text_of(words)) >= 0);
}

TEST_BOTH(backorder, what_a_site_gave_back_goes_to_the_nearest_of_the_others)
{
    struct shop s =
        shop_of_three(w, SOURCE_NEAREST, (struct place){.postal_code = "SW1A 1AA"},
                      (struct place){.postal_code = "E1 6AN"}); /* London has the better priority */
    int64_t id = shop_order(w, "MUG", 2);
    CHECK_I64(0, promised_at(w, id, s.london) + promised_at(w, id, s.manchester));
    reject(w, id);
    CHECK_I64(2, promised_at(w, id, s.manchester));
    CHECK_I64(0, promised_at(w, id, s.london));
    struct sourcing_decision d = last_decision(w, id);
    CHECK_I64(SOURCING_REJECTED, d.cause);
    CHECK_I64(SOURCE_NEAREST, d.policy);
    CHECK_I64(2, d.units);
    CHECK_I64(0, d.short_of);
    CHECK_I64(3, (int64_t)d.considered.count);
    CHECK_TEXT("what was waited for: 2 from Manchester (nearest first)", d.why);
    says(&d, s.manchester, 2, "could send 2 of 2 units, 150 km; chosen for 2");
    says(&d, s.london, 0, "300 km; not needed");
    const struct site_considered *at = d.considered.at;
    CHECK_TEXT("Leeds: gave this order back (too_busy)", at[2].why);
}

TEST_BOTH(backorder, what_a_site_gave_back_goes_to_the_cheapest_of_the_others)
{
    struct shop s = shop_of_three(
        w, SOURCE_CHEAPEST, (struct place){.postal_code = "E1 6AN", .parcel_minor = 500},
        (struct place){.postal_code = "SW1A 1AA", .parcel_minor = 100}); /* farther */
    int64_t id = shop_order(w, "MUG", 2);
    CHECK_I64(0, promised_at(w, id, s.london) + promised_at(w, id, s.manchester));
    reject(w, id);
    CHECK_I64(2, promised_at(w, id, s.manchester));
    struct sourcing_decision d = last_decision(w, id);
    CHECK_I64(SOURCE_CHEAPEST, d.policy);
    says(&d, s.manchester, 2, " minor a parcel; chosen for 2");
    says(&d, s.london, 0, " minor a parcel; not needed");
}

TEST_BOTH(backorder, a_site_that_is_full_for_the_day_is_asked_for_no_more)
{
    struct shop s = shop_of_three(w, SOURCE_NEAREST, (struct place){.postal_code = "SW1A 1AA"},
                                  (struct place){.postal_code = "E1 6AN", .capacity = 4});
    int64_t ids[3];
    for (size_t i = 0; i < 3; i++) ids[i] = shop_order(w, "MUG", 2);
    for (size_t i = 0; i < 3; i++) reject(w, ids[i]);
    CHECK_I64(2, promised_at(w, ids[0], s.manchester));
    CHECK_I64(2, promised_at(w, ids[1], s.manchester));
    CHECK_I64(2, promised_at(w, ids[2], s.london));
    struct sourcing_decision d = last_decision(w, ids[2]);
    says(&d, s.manchester, 0, "could send 0 of 2 units");
    says(&d, s.london, 2, "chosen for 2");
    CHECK_I64(4, world_ask(w, "SELECT SUM(units) FROM site_load"));
}

/* Two goods in London and Manchester, one of them only there: reacted to together. */
static enum err arrive_twice_in_tx(struct ctx *c, void *arg)
{
    struct stocking_line l[] = {
        {.sku = T("LAMP"), .site = T("LON"), .bin = T("A-03-04"), .quantity = 5},
        {.sku = T("LAMP"), .site = T("MAN"), .bin = T("A-03-04"), .quantity = 5},
        {.sku = T("BOOK"), .site = T("MAN"), .bin = T("A-03-03"), .quantity = 5}};
    struct stocking_outcome o[3];
    (void)arg;
    return stock_receipt(c, l, 3, o);
}

TEST_BOTH(backorder, goods_of_one_order_come_in_as_few_parcels_as_can_be)
{
    struct shop s = shop_open(w);
    struct list events = {0};
    struct outcome o;
    int64_t before = 0;
    shop_order(w, "LAMP", 120);
    shop_order(w, "BOOK", 120);
    struct draft d = shop_draft(w, "LAMP", 1);
    struct draft_line *lines = arena_new(&w->arena, struct draft_line, 2);
    lines[0] = lines[1] = *(const struct draft_line *)d.lines.at;
    lines[1].sku = T("BOOK");
    d.lines = (struct list){lines, 2};
    if (!shop_place(w, &d, 1, &o)) return;
    CHECK_OK(&w->ctx, store_reader(&w->ctx));
    CHECK_OK(&w->ctx, event_last_position(&w->ctx, &before));
    CHECK_OK(&w->ctx, db_tx(&w->ctx, arrive_twice_in_tx, NULL));
    CHECK_OK(&w->ctx, store_reader(&w->ctx));
    CHECK_OK(&w->ctx, event_feed(&w->ctx, before, 100, &events));
    CHECK_OK(&w->ctx, db_tx(&w->ctx, react_in_tx, &events));
    CHECK_I64(2, promised_at(w, o.order_id, s.manchester)); /* London would have been first */
    struct sourcing_decision told = last_decision(w, o.order_id);
    CHECK_I64(SOURCING_STOCK_CAME, told.cause);
    says(&told, s.manchester, 2, "could send 2 of 2 units");
    says(&told, s.london, 0, "could send 1 of 2 units");
}

/* --- who is first ---------------------------------------------------------------------------- */

static enum err fill_in_tx(struct ctx *c, void *arg)
{
    struct merchant m;
    TRY(merchant_get(c, &m));
    m.fill_policy = *(const int32_t *)arg;
    return merchant_update(c, &m);
}

/* All lamps are sold, and these wait: 3 lamps, oldest; 2 by express; 2 for an early day. */
struct queue {
    int64_t plain, express, wished;
};

static struct queue queue_up(struct world *w, enum fill_policy policy)
{
    struct queue q;
    struct outcome o;
    int32_t how = (int32_t)policy;
    shop_open(w);
    CHECK_OK(&w->ctx, db_tx(&w->ctx, fill_in_tx, &how));
    shop_order(w, "LAMP", 120);
    q.plain = shop_order(w, "LAMP", 3);
    struct draft d = shop_draft(w, "LAMP", 2);
    d.method = METHOD_EXPRESS;
    CHECK(shop_place(w, &d, 1, &o));
    q.express = o.order_id;
    d = shop_draft(w, "LAMP", 2);
    d.wish_day = day_of_us(w->ctx.now_us) + 9;
    CHECK(shop_place(w, &d, 1, &o));
    q.wished = o.order_id;
    arrive(w, "LAMP", 2);
    return q;
}

TEST_BOTH(backorder, the_oldest_order_is_first_where_nothing_else_is_said)
{
    struct queue q = queue_up(w, FILL_OLDEST);
    CHECK_I64(2, shop_state(w, q.plain).allocated);
    CHECK_I64(0, shop_state(w, q.express).allocated + shop_state(w, q.wished).allocated);
}

TEST_BOTH(backorder, express_orders_are_served_first_where_the_merchant_says_so)
{
    struct queue q = queue_up(w, FILL_EXPRESS);
    CHECK_I64(2, shop_state(w, q.express).allocated);
    arrive(w, "LAMP", 2);
    CHECK_I64(2, shop_state(w, q.plain).allocated);
}

TEST_BOTH(backorder, the_day_that_was_wished_for_may_decide)
{
    struct queue q = queue_up(w, FILL_WISH_DAY);
    CHECK_I64(2, shop_state(w, q.wished).allocated);
    arrive(w, "LAMP", 4);
    CHECK_I64(3, shop_state(w, q.plain).allocated);
    CHECK_I64(1, shop_state(w, q.express).allocated);
}

TEST_BOTH(backorder, whole_orders_may_come_before_parts_of_older_ones)
{
    struct queue q = queue_up(w, FILL_WHOLE);
    CHECK_I64(0, shop_state(w, q.plain).allocated); /* two of its three would have been there */
    CHECK_I64(2, shop_state(w, q.express).allocated);
    arrive(w, "LAMP", 1); /* nobody is whole with one: the oldest gets it */
    CHECK_I64(1, shop_state(w, q.plain).allocated);
    arrive(w, "LAMP", 4);
    CHECK_I64(3, shop_state(w, q.plain).allocated);
    CHECK_I64(2, shop_state(w, q.wished).allocated);
}
