#include "parcel_fixture.h"

#include "domain/events/event.h"
#include "domain/inventory/stock.h"
#include "domain/orders/work.h"
#include "stages/5_shipping/shipping.h"

struct look {
    int64_t id, count;
    const int64_t *ids;
    size_t n;
    bool is_pair;
    struct list list;
    int64_t *made;
    enum err (*run)(struct ctx *c, struct look *l);
};

static enum err in_tx(struct ctx *c, void *arg)
{
    struct look *l = arg;
    return l->run(c, l);
}

static void run(struct world *w, struct look *l) { CHECK_OK(&w->ctx, db_tx(&w->ctx, in_tx, l)); }

struct shop parcel_shop(struct world *w)
{
    static struct carrier_driver second;
    static const struct carrier_driver *carriers[] = {&carrier_house, &carrier_test, &second, NULL};
    second = carrier_test;
    second.name = "second";
    shipping_use(carriers);
    carrier_test_forget(); /* identifiers, and so once-keys, are the same in every world */
    return shop_open(w);
}

static enum err seal(struct ctx *c, const struct fulfillment *f, int64_t number, int64_t *id)
{
    struct package p = {.merchant_id = c->merchant_id,
                        .package_id = *id = source_id(c->source),
                        .fulfillment_id = f->fulfillment_id,
                        .order_id = f->order_id,
                        .site_id = f->site_id,
                        .state = PACKAGE_SEALED,
                        .number = (int32_t)number,
                        .carton_id = NONE,
                        .length_mm = 200,
                        .width_mm = 150,
                        .height_mm = 100,
                        .expected_g = 900,
                        .weight_g = 950,
                        .manifest_id = NONE,
                        .packer_id = NONE,
                        .sealed_us = c->now_us,
                        .handed_over_us = NONE,
                        .delivered_us = NONE,
                        .inside_id = NONE};
    return package_insert(c, &p);
}

static enum err move(struct ctx *c, const struct fulfillment *f, const struct task *t,
                     int64_t package_id, int64_t quantity)
{
    struct cell bin = {t->place_id, f->site_id, t->lot}, tote = {f->fulfillment_id, NONE, t->lot};
    struct cell package = {package_id, NONE, t->lot};
    TRY(stock_move(c, t->product_id, bin, tote, quantity, STOCK_PICK, f->order_id, t->task_id));
    TRY(stock_allot(c, t->product_id, f->site_id, t->place_id, t->lot, -quantity));
    TRY(stock_move(c, t->product_id, tote, package, quantity, STOCK_PACK, f->order_id, package_id));
    TRY(package_line_add(c, package_id, t->line_no, t->product_id, quantity));
    TRY(fulfillment_line_progress(c, f->fulfillment_id, t->line_no, quantity, quantity));
    TRY(fulfillment_progress(c, f->fulfillment_id,
                             (struct work_progress){.picked = quantity, .packed = quantity}));
    return order_progress(c, f->order_id, t->line_no,
                          (struct progress){.picked = quantity, .packed = quantity});
}

static enum err pack_one(struct ctx *c, const struct look *l, const struct fulfillment *f,
                         int64_t *made)
{
    static const enum fulfillment_verb way[] = {FULFILLMENT_START_PICK, FULFILLMENT_FINISH_PICK,
                                                FULFILLMENT_START_PACK, FULFILLMENT_FINISH_PACK};
    struct list tasks;
    struct fulfillment now = *f;
    TRY(tasks_of(c, &f->fulfillment_id, 1, &tasks));
    for (int i = 0; i < (l->is_pair ? 2 : 1); i++) TRY(seal(c, f, i + 1, &made[i]));
    for (size_t i = 0; i < tasks.count; i++) {
        const struct task *t = &((const struct task *)tasks.at)[i];
        if (t->kind != TASK_PICK) continue;
        int64_t first = l->is_pair ? t->quantity / 2 : t->quantity;
        TRY(move(c, f, t, made[0], first));
        if (t->quantity > first) TRY(move(c, f, t, made[1], t->quantity - first));
    }
    for (size_t i = 0; i < sizeof way / sizeof *way; i++) {
        TRY(db_flush(c));
        TRY(fulfillment_do(c, &now, way[i]));
    }
    return OK;
}

static enum err pack(struct ctx *c, struct look *l)
{
    struct list work;
    TRY(fulfillments_of_orders(c, l->ids, l->n, &work));
    for (size_t i = 0; i < work.count && i < l->n; i++)
        TRY(pack_one(c, l, &((const struct fulfillment *)work.at)[i], &l->made[i]));
    return work.count == l->n ? OK : fail(c, ERR_BUG, "fixture", "not one fulfillment an order");
}

static void place(struct world *w, const struct draft *drafts, size_t n, bool is_pair,
                  int64_t *package_ids)
{
    struct outcome *outcomes = arena_new(&w->arena, struct outcome, n);
    int64_t *ids = arena_new(&w->arena, int64_t, n);
    if (!shop_place(w, drafts, n, outcomes)) return;
    for (size_t i = 0; i < n; i++) ids[i] = outcomes[i].order_id;
    shop_release(w, ids, n);
    run(w,
        &(struct look){.ids = ids, .n = n, .is_pair = is_pair, .made = package_ids, .run = pack});
}

int64_t parcel_of_draft(struct world *w, const struct draft *d)
{
    int64_t id = NONE;
    place(w, d, 1, false, &id);
    return id;
}

int64_t parcel_sealed(struct world *w, const char *sku, int64_t quantity)
{
    struct draft d = shop_draft(w, sku, quantity);
    return parcel_of_draft(w, &d);
}

void parcels_sealed(struct world *w, const char *sku, size_t n, int64_t *package_ids)
{
    struct draft *drafts = arena_new(&w->arena, struct draft, n);
    for (size_t i = 0; i < n; i++) drafts[i] = shop_draft(w, sku, 1);
    place(w, drafts, n, false, package_ids);
}

void parcel_pair(struct world *w, const char *sku, int64_t package_ids[2])
{
    struct draft d = shop_draft(w, sku, 2);
    place(w, &d, 1, true, package_ids);
}

static enum err send(struct ctx *c, struct look *l)
{
    struct label_wish *wishes = arena_new(c->arena, struct label_wish, l->n);
    struct fault *faults = arena_new(c->arena, struct fault, l->n);
    for (size_t i = 0; i < l->n; i++) wishes[i].package_id = l->ids[i];
    TRY(shipping_label_now(c, wishes, l->n, faults));
    TRY(shipping_hand_over(c, l->ids, l->n, HAND_OVER_CARRIER, faults));
    for (size_t i = 0; i < l->n; i++) {
        c->fault = faults[i];
        TRY(faults[i].code);
    }
    return OK;
}

void parcels_sent(struct world *w, const int64_t *package_ids, size_t n)
{
    run(w, &(struct look){.ids = package_ids, .n = n, .run = send});
}

int64_t parcel_sent(struct world *w, const char *sku, int64_t quantity)
{
    int64_t id = parcel_sealed(w, sku, quantity);
    parcels_sent(w, &id, 1);
    return id;
}

static enum err get_package(struct ctx *c, struct look *l)
{
    return packages_of(c, &l->id, 1, &l->list);
}

struct package parcel_get(struct world *w, int64_t package_id)
{
    struct look l = {.id = package_id, .run = get_package};
    run(w, &l);
    CHECK_I64(1, (int64_t)l.list.count);
    return l.list.count ? *(const struct package *)l.list.at : (struct package){0};
}

static enum err get_labels(struct ctx *c, struct look *l)
{
    return labels_of(c, &l->id, 1, &l->list);
}

struct label parcel_label(struct world *w, int64_t package_id)
{
    struct look l = {.id = package_id, .run = get_labels};
    run(w, &l);
    if (!l.list.count) return (struct label){0};
    return ((const struct label *)l.list.at)[l.list.count - 1];
}

static enum err get_lines(struct ctx *c, struct look *l)
{
    return order_lines_of(c, &l->id, 1, &l->list);
}

struct order_line parcel_line(struct world *w, int64_t order_id, int64_t line_no)
{
    struct look l = {.id = order_id, .run = get_lines};
    run(w, &l);
    for (size_t i = 0; i < l.list.count; i++)
        if (((const struct order_line *)l.list.at)[i].line_no == line_no)
            return ((const struct order_line *)l.list.at)[i];
    test_fail(__FILE__, __LINE__, "the order has no such line");
    return (struct order_line){0};
}

static enum err get_work(struct ctx *c, struct look *l)
{
    struct package p;
    struct fulfillment f;
    TRY(package_get(c, l->id, &p));
    TRY(fulfillment_get(c, p.fulfillment_id, &f));
    l->count = f.state;
    return OK;
}

int64_t parcel_fulfillment_state(struct world *w, int64_t package_id)
{
    struct look l = {.id = package_id, .run = get_work};
    run(w, &l);
    return l.count;
}

static enum err read_events(struct ctx *c, struct look *l)
{
    return event_feed(c, 0, 100000, &l->list);
}

int64_t parcel_events(struct world *w, const char *kind)
{
    struct look l = {.run = read_events};
    int64_t count = 0;
    run(w, &l);
    for (size_t i = 0; i < l.list.count; i++)
        count += text_is(text_of(word_of(&event_words, ((const struct event *)l.list.at)[i].kind)),
                         kind);
    return count;
}

int64_t parcel_statements(struct world *w) { return store_queries(w->store); }

/* Each counts what is wrong. */
static const struct {
    const char *what, *sql;
} rules[] = {
    {"a package in the house holds its lines, one that left holds nothing",
     "SELECT count(*) FROM package p WHERE (CASE WHEN p.state < 3 THEN (SELECT"
     " coalesce(sum(l.quantity), 0) FROM package_line l WHERE l.package_id = p.package_id) ELSE 0"
     " END) <> (SELECT coalesce(sum(CASE WHEN e.to_place = p.package_id THEN e.quantity ELSE"
     " -e.quantity END), 0) FROM stock_entry e WHERE e.to_place = p.package_id OR e.from_place ="
     " p.package_id)"},
    {"shipped is what is in packages that left",
     "SELECT count(*) FROM order_line l WHERE l.shipped <> (SELECT coalesce(sum(x.quantity), 0)"
     " FROM package_line x JOIN package p ON p.package_id = x.package_id WHERE p.order_id ="
     " l.order_id AND x.line_no = l.line_no AND p.state >= 3)"},
    {"delivered is what is in packages that arrived",
     "SELECT count(*) FROM order_line l WHERE l.delivered <> (SELECT coalesce(sum(x.quantity), 0)"
     " FROM package_line x JOIN package p ON p.package_id = x.package_id WHERE p.order_id ="
     " l.order_id AND x.line_no = l.line_no AND p.delivered_us IS NOT NULL)"},
    {"returned is what is in packages that came back",
     "SELECT count(*) FROM order_line l WHERE l.returned <> (SELECT coalesce(sum(x.quantity), 0)"
     " FROM package_line x JOIN package p ON p.package_id = x.package_id WHERE p.order_id ="
     " l.order_id AND x.line_no = l.line_no AND p.state = 7)"},
    {"what left is consumed of its promise",
     "SELECT count(*) FROM order_line l WHERE l.shipped <> (SELECT coalesce(sum(p.consumed), 0)"
     " FROM promise p WHERE p.order_id = l.order_id AND p.line_no = l.line_no)"},
    {"sellable is what is in bins, totes and packages",
     "SELECT count(*) FROM availability a WHERE a.sellable <> (SELECT coalesce(sum(s.on_hand), 0)"
     " FROM stock s WHERE s.product_id = a.product_id AND s.site_id = a.site_id AND s.condition = "
     "0)"
     " + (SELECT coalesce(sum(x.quantity), 0) FROM package_line x JOIN package p ON p.package_id ="
     " x.package_id WHERE x.product_id = a.product_id AND p.site_id = a.site_id AND p.state < 3)"},
    {"promised is what promises have open",
     "SELECT count(*) FROM availability a WHERE a.promised <> (SELECT coalesce(sum(p.quantity -"
     " p.consumed - p.released), 0) FROM promise p WHERE p.product_id = a.product_id AND p.site_id"
     " = a.site_id)"},
    {"an order's sums are its lines'",
     "SELECT count(*) FROM order_state o WHERE o.shipped <> (SELECT sum(l.shipped) FROM order_line"
     " l WHERE l.order_id = o.order_id) OR o.delivered <> (SELECT sum(l.delivered) FROM order_line"
     " l WHERE l.order_id = o.order_id)"},
    {"never two live labels for one package",
     "SELECT count(*) FROM (SELECT package_id FROM label WHERE state < 5 GROUP BY package_id HAVING"
     " count(*) > 1) AS x"},
};

static enum err audit(struct ctx *c, struct look *l)
{
    (void)l;
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        int64_t wrong = 0;
        TRY(db_ask(c, rules[i].sql, rules[i].sql, &wrong));
        if (wrong)
            test_fail(__FILE__, __LINE__, "%s: %lld do not", rules[i].what, (long long)wrong);
    }
    return OK;
}

void parcel_audit(struct world *w) { run(w, &(struct look){.run = audit}); }
