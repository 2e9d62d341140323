#include "work_fixture.h"

#include "domain/events/event.h"

/* One look or one change, in a unit of work. */
struct look {
    int64_t id, id2;
    struct list list;
    void *out;
    const char *text;
    int64_t site_id, product_id, bin_id, quantity;
    enum err (*run)(struct ctx *c, struct look *l);
};

static enum err in_tx(struct ctx *c, void *arg)
{
    struct look *l = arg;
    return l->run(c, l);
}

static void run(struct world *w, struct look *l) { CHECK_OK(&w->ctx, db_tx(&w->ctx, in_tx, l)); }

static enum err find_work(struct ctx *c, struct look *l)
{
    return fulfillments_of_orders(c, &l->id, 1, &l->list);
}

static int64_t release_one(struct world *w, int64_t order_id)
{
    struct look l = {.id = order_id, .run = find_work};
    shop_release(w, &order_id, 1);
    run(w, &l);
    CHECK_I64(1, (int64_t)l.list.count);
    return l.list.count ? ((const struct fulfillment *)l.list.at)->fulfillment_id : NONE;
}

int64_t work_order(struct world *w, const char *sku, int64_t quantity)
{
    return release_one(w, shop_order(w, sku, quantity));
}

int64_t work_of_draft(struct world *w, const struct draft *d)
{
    struct outcome o = {0};
    if (!shop_place(w, d, 1, &o)) return NONE;
    w->ctx.fault = o.fault;
    CHECK_OK(&w->ctx, o.fault.code);
    return release_one(w, o.order_id);
}

static enum err find_many(struct ctx *c, struct look *l)
{
    return fulfillments_of_orders(c, l->out, (size_t)l->quantity, &l->list);
}

void work_orders(struct world *w, const char *sku, size_t n, int64_t *fulfillment_ids)
{
    struct draft *drafts = arena_new(&w->arena, struct draft, n);
    struct outcome *outcomes = arena_new(&w->arena, struct outcome, n);
    int64_t *ids = arena_new(&w->arena, int64_t, n);
    for (size_t i = 0; i < n; i++) drafts[i] = shop_draft(w, sku, 1);
    if (!shop_place(w, drafts, n, outcomes)) return;
    for (size_t i = 0; i < n; i++) ids[i] = outcomes[i].order_id;
    shop_release(w, ids, n);
    struct look l = {.out = ids, .quantity = (int64_t)n, .run = find_many};
    run(w, &l);
    CHECK_I64((int64_t)n, (int64_t)l.list.count);
    for (size_t i = 0; i < l.list.count && i < n; i++)
        fulfillment_ids[i] = ((const struct fulfillment *)l.list.at)[i].fulfillment_id;
}

static enum err get_work(struct ctx *c, struct look *l)
{
    return fulfillment_get(c, l->id, l->out);
}

struct fulfillment work_get(struct world *w, int64_t fulfillment_id)
{
    struct fulfillment f = {0};
    struct look l = {.id = fulfillment_id, .out = &f, .run = get_work};
    run(w, &l);
    return f;
}

static enum err get_tasks(struct ctx *c, struct look *l)
{
    return tasks_of(c, &l->id, 1, &l->list);
}

struct list work_tasks(struct world *w, int64_t fulfillment_id)
{
    struct look l = {.id = fulfillment_id, .run = get_tasks};
    run(w, &l);
    return l.list;
}

struct task work_task(struct world *w, int64_t fulfillment_id, enum task_kind kind, size_t k)
{
    struct list tasks = work_tasks(w, fulfillment_id);
    for (size_t i = 0; i < tasks.count; i++) {
        const struct task *t = &((const struct task *)tasks.at)[i];
        if (t->kind == (int32_t)kind && k-- == 0) return *t;
    }
    test_fail(__FILE__, __LINE__, "not so: %s", "there is such a task");
    return (struct task){0};
}

static enum err get_lines(struct ctx *c, struct look *l)
{
    return fulfillment_lines_of(c, &l->id, 1, &l->list);
}

struct fulfillment_line work_line(struct world *w, int64_t fulfillment_id, int64_t line_no)
{
    struct look l = {.id = fulfillment_id, .run = get_lines};
    run(w, &l);
    for (size_t i = 0; i < l.list.count; i++)
        if (((const struct fulfillment_line *)l.list.at)[i].line_no == line_no)
            return ((const struct fulfillment_line *)l.list.at)[i];
    test_fail(__FILE__, __LINE__, "not so: %s", "the fulfillment has such a line");
    return (struct fulfillment_line){0};
}

static enum err get_order_lines(struct ctx *c, struct look *l)
{
    return order_lines_of(c, &l->id, 1, &l->list);
}

struct order_line work_order_line(struct world *w, int64_t order_id, int64_t line_no)
{
    struct look l = {.id = order_id, .run = get_order_lines};
    run(w, &l);
    for (size_t i = 0; i < l.list.count; i++)
        if (((const struct order_line *)l.list.at)[i].line_no == line_no)
            return ((const struct order_line *)l.list.at)[i];
    test_fail(__FILE__, __LINE__, "not so: %s", "the order has such a line");
    return (struct order_line){0};
}

static enum err get_packages(struct ctx *c, struct look *l)
{
    return packages_of_orders(c, &l->id, 1, &l->list);
}

struct list work_packages(struct world *w, int64_t order_id)
{
    struct look l = {.id = order_id, .run = get_packages};
    run(w, &l);
    return l.list;
}

static enum err get_package_lines(struct ctx *c, struct look *l)
{
    return package_lines_of(c, &l->id, 1, &l->list);
}

struct list work_package_lines(struct world *w, int64_t package_id)
{
    struct look l = {.id = package_id, .run = get_package_lines};
    run(w, &l);
    return l.list;
}

static enum err get_cells(struct ctx *c, struct look *l)
{
    return stock_of_products(c, l->site_id, &l->product_id, 1, &l->list);
}

struct stock work_cell(struct world *w, int64_t site_id, int64_t product_id, int64_t bin_id,
                       const char *lot)
{
    struct look l = {.site_id = site_id, .product_id = product_id, .run = get_cells};
    run(w, &l);
    for (size_t i = 0; i < l.list.count; i++) {
        const struct stock *cell = &((const struct stock *)l.list.at)[i];
        if (cell->place_id == bin_id && text_is(cell->lot, lot ? lot : "")) return *cell;
    }
    return (struct stock){0};
}

static enum err receive(struct ctx *c, struct look *l)
{
    return stock_receive(c, l->product_id, l->site_id, l->bin_id, text_of(l->text), l->quantity,
                         STOCK_RECEIPT, NONE);
}

void work_receive(struct world *w, int64_t site_id, int64_t product_id, int64_t bin_id,
                  const char *lot, int64_t quantity)
{
    struct look l = {.site_id = site_id,
                     .product_id = product_id,
                     .bin_id = bin_id,
                     .text = lot,
                     .quantity = quantity,
                     .run = receive};
    run(w, &l);
}

static enum err adjust(struct ctx *c, struct look *l)
{
    return stock_adjust(c, l->product_id, l->site_id, l->bin_id, (struct text){0}, l->quantity,
                        STOCK_COUNT, NONE);
}

void work_adjust(struct world *w, int64_t site_id, int64_t product_id, int64_t bin_id,
                 int64_t difference)
{
    struct look l = {.site_id = site_id,
                     .product_id = product_id,
                     .bin_id = bin_id,
                     .quantity = difference,
                     .run = adjust};
    run(w, &l);
}

static enum err hold(struct ctx *c, struct look *l)
{
    return hold_put(c, l->id, (enum hold_reason)l->quantity, text_of(l->text), 0, NONE, &l->id2);
}

int64_t work_hold(struct world *w, int64_t order_id, enum hold_reason reason, const char *note)
{
    struct look l = {.id = order_id, .quantity = (int64_t)reason, .text = note, .run = hold};
    run(w, &l);
    return l.id2;
}

static enum err touch(struct ctx *c, struct look *l) { return fulfillment_touch(c, l->id); }

void work_touch(struct world *w, int64_t fulfillment_id)
{
    struct look l = {.id = fulfillment_id, .run = touch};
    run(w, &l);
}

static enum err read_events(struct ctx *c, struct look *l)
{
    return event_feed(c, 0, 100000, &l->list);
}

int64_t work_events(struct world *w, int64_t order_id, const char *kind)
{
    struct look l = {.run = read_events};
    int64_t count = 0;
    run(w, &l);
    for (size_t i = 0; i < l.list.count; i++) {
        const struct event *e = &((const struct event *)l.list.at)[i];
        if (order_id != NONE && e->order_id != order_id) continue;
        if (text_is(text_of(word_of(&event_words, e->kind)), kind)) count++;
    }
    return count;
}

/* Each counts what is wrong. */
static const struct {
    const char *what, *sql;
} rules[] = {
    {"picked of an order's line is picked of its fulfillments' lines",
     "SELECT count(*) FROM order_line l WHERE l.kind IN (0, 2) AND l.picked <> (SELECT"
     " coalesce(sum(x.picked), 0) FROM fulfillment_line x JOIN fulfillment f ON f.fulfillment_id ="
     " x.fulfillment_id WHERE f.order_id = l.order_id AND x.line_no = l.line_no)"},
    {"packed of an order's line is packed of its fulfillments' lines",
     "SELECT count(*) FROM order_line l WHERE l.kind IN (0, 2) AND l.packed <> (SELECT"
     " coalesce(sum(x.packed), 0) FROM fulfillment_line x JOIN fulfillment f ON f.fulfillment_id ="
     " x.fulfillment_id WHERE f.order_id = l.order_id AND x.line_no = l.line_no)"},
    {"released of an order's line is the quantity of its fulfillments' lines",
     "SELECT count(*) FROM order_line l WHERE l.kind IN (0, 2) AND l.released <> (SELECT"
     " coalesce(sum(x.quantity), 0) FROM fulfillment_line x JOIN fulfillment f ON"
     " f.fulfillment_id = x.fulfillment_id WHERE f.order_id = l.order_id AND"
     " x.line_no = l.line_no)"},
    {"a fulfillment's counters are the sums of its lines",
     "SELECT count(*) FROM fulfillment f WHERE f.units <> (SELECT coalesce(sum(x.quantity), 0) FROM"
     " fulfillment_line x WHERE x.fulfillment_id = f.fulfillment_id) OR f.picked <> (SELECT"
     " coalesce(sum(x.picked), 0) FROM fulfillment_line x WHERE x.fulfillment_id ="
     " f.fulfillment_id) OR f.packed <> (SELECT coalesce(sum(x.packed), 0) FROM fulfillment_line x"
     " WHERE x.fulfillment_id = f.fulfillment_id)"},
    {"open tasks and services are counted",
     "SELECT count(*) FROM fulfillment f WHERE f.tasks_open <> (SELECT count(*) FROM task t WHERE"
     " t.fulfillment_id = f.fulfillment_id AND t.kind IN (0, 5) AND t.state < 2) OR f.services_open"
     " <> (SELECT count(*) FROM task t WHERE t.fulfillment_id = f.fulfillment_id AND t.kind IN"
     " (1, 2, 3, 4) AND t.state < 2)"},
    {"picks and put-backs make up what is picked",
     "SELECT count(*) FROM fulfillment_line x WHERE x.picked <> (SELECT coalesce(sum(CASE t.kind"
     " WHEN 0 THEN t.done WHEN 5 THEN -t.done ELSE 0 END), 0) FROM task t WHERE t.fulfillment_id ="
     " x.fulfillment_id AND t.line_no = x.line_no)"},
    {"allotted is what open picks point to",
     "SELECT count(*) FROM stock s WHERE s.allotted <> (SELECT coalesce(sum(t.quantity - t.done), "
     "0)"
     " FROM task t WHERE t.place_id = s.place_id AND t.product_id = s.product_id AND t.lot = s.lot"
     " AND t.kind = 0 AND t.state < 2)"},
    {"a bin holds what the entries brought",
     "SELECT count(*) FROM stock s WHERE s.on_hand <> (SELECT coalesce(sum(CASE WHEN e.to_place ="
     " s.place_id THEN e.quantity ELSE -e.quantity END), 0) FROM stock_entry e WHERE e.product_id ="
     " s.product_id AND e.lot = s.lot AND (e.to_place = s.place_id OR e.from_place ="
     " s.place_id))"},
    {"a tote holds what is picked and not packed",
     "SELECT count(*) FROM fulfillment f WHERE f.picked - f.packed <> (SELECT coalesce(sum(CASE "
     "WHEN"
     " e.to_place = f.fulfillment_id THEN e.quantity ELSE -e.quantity END), 0) FROM stock_entry e"
     " WHERE e.to_place = f.fulfillment_id OR e.from_place = f.fulfillment_id)"},
    {"a package holds its lines",
     "SELECT count(*) FROM package p WHERE (SELECT coalesce(sum(l.quantity), 0) FROM package_line l"
     " WHERE l.package_id = p.package_id) <> (SELECT coalesce(sum(CASE WHEN e.to_place ="
     " p.package_id THEN e.quantity ELSE -e.quantity END), 0) FROM stock_entry e WHERE e.to_place ="
     " p.package_id OR e.from_place = p.package_id)"},
    {"packed is what is in packages",
     "SELECT count(*) FROM fulfillment f WHERE f.packed <> (SELECT coalesce(sum(l.quantity), 0) "
     "FROM"
     " package_line l JOIN package p ON p.package_id = l.package_id WHERE p.fulfillment_id ="
     " f.fulfillment_id)"},
    {"an order's sums are its lines'",
     "SELECT count(*) FROM order_state o WHERE o.picked <> (SELECT sum(l.picked) FROM order_line l"
     " WHERE l.order_id = o.order_id) OR o.packed <> (SELECT sum(l.packed) FROM order_line l WHERE"
     " l.order_id = o.order_id) OR o.allocated <> (SELECT sum(l.allocated) FROM order_line l WHERE"
     " l.order_id = o.order_id)"},
    {"what is promised is allocated",
     "SELECT count(*) FROM order_line l WHERE l.kind IN (0, 2) AND l.allocated <> (SELECT"
     " coalesce(sum(p.quantity - p.released), 0) FROM promise p WHERE p.order_id = l.order_id AND"
     " p.line_no = l.line_no)"},
};

static enum err audit(struct ctx *c, struct look *l)
{
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        int64_t wrong = 0;
        TRY(db_ask(c, rules[i].sql, rules[i].sql, &wrong));
        if (wrong)
            test_fail(__FILE__, __LINE__, "%s: %lld do not", rules[i].what, (long long)wrong);
    }
    (void)l;
    return OK;
}

void work_audit(struct world *w)
{
    struct look l = {.run = audit};
    run(w, &l);
}
