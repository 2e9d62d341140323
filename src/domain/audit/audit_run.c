/* domain/audit/audit_run.c: the whole audit, or what changed since: cut into parts that several
 * readers ask at once. */
#include "domain/audit/audit_checks.h"

#include "base/sort.h"
#include "base/source.h"
#include "base/time.h"
#include "domain/events/event.h"
#include "queries.h"
#include "store/db.h"

#include <pthread.h>
#include <string.h>
#include <time.h>

struct key {
    int64_t id;
};
static const struct field key_table[] = {FIELD(struct key, id)};
static const struct fields key_fields = FIELDS("audit_key", struct key, key_table);

struct table_name {
    struct text name;
};
static const struct field table_name_table[] = {FIELD(struct table_name, name)};
static const struct fields table_name_fields =
    FIELDS("audit_table", struct table_name, table_name_table);

/* Asked by one reader at a time: one invariant's questions of a reach; all invariants' of a range
   of orders; or, `invariant` NULL otherwise, the pass through the stock. */
struct part {
    const struct audit_invariant *invariant;
    enum audit_reach reach;
    int64_t from_order, to_order;
    struct text table;
};

struct run {
    struct audit_report *report;
    struct audit_scope scope; /* of the products; orders come from the part */
    struct arena keep;        /* outlives the rows that are scanned */
    struct part *parts;
    size_t part_count, part_capacity;
    int64_t *orders; /* touched since, ascending */
    size_t order_count, order_capacity;
    int64_t *products;
    size_t product_count, product_capacity;
    bool is_first, is_part;
    /* while it runs */
    pthread_mutex_t lock;
    size_t next;
    enum err result;
    struct fault fault;
};

static bool is_asked(const struct run *r, const struct audit_invariant *i)
{
    return !r->report->only || r->report->only == i;
}

/* --- what changed ---------------------------------------------------------------------------- */

static enum err take_order(struct ctx *c, void *arg, const void *record)
{
    struct run *r = arg;
    (void)c;
    *arena_push(&r->keep, r->orders, r->order_count, r->order_capacity) =
        ((const struct key *)record)->id;
    return OK;
}

static enum err take_product(struct ctx *c, void *arg, const void *record)
{
    struct run *r = arg;
    (void)c;
    *arena_push(&r->keep, r->products, r->product_count, r->product_capacity) =
        ((const struct key *)record)->id;
    return OK;
}

static enum err instant_of(struct ctx *c, int64_t position, int64_t *at_us)
{
    return db_number(c, &Q_audit_position_us, ARGS(I64(c->merchant_id), I64(position)), at_us);
}

/* The last event before this instant: positions stand in the order of time. */
static enum err position_before(struct ctx *c, int64_t at_us, int64_t head, int64_t *out)
{
    int64_t low = 0, high = head;
    while (low < high) {
        int64_t middle = low + (high - low + 1) / 2, us = NONE;
        TRY(instant_of(c, middle, &us));
        if (us != NONE && us < at_us)
            low = middle;
        else
            high = middle - 1;
    }
    *out = low;
    return OK;
}

static enum err find_head(struct ctx *c, struct audit_report *report)
{
    TRY(db_number(c, &Q_audit_head, ARGS(I64(c->merchant_id)), &report->head));
    if (report->head == NONE) report->head = 0;
    return OK;
}

static enum err find_changes(struct ctx *c, struct run *r)
{
    struct audit_cover *cover = &r->report->cover;
    int64_t head = r->report->head, packages = 0, position = r->report->since_position;
    struct value m = I64(c->merchant_id);
    if (!position) TRY(position_before(c, r->report->since_us, head, &position));
    if (position > head)
        return fail(c, ERR_INVALID, "unknown_position",
                    "position %lld has not been given yet: the newest event is %lld",
                    (long long)position, (long long)head);
    int64_t since_us = 0;
    if (position) TRY(instant_of(c, position, &since_us));
    if (since_us == NONE) since_us = 0;
    int64_t since_id = id_at_us(since_us);
    TRY(db_scan(c, &Q_audit_since_orders, ARGS(m, I64(position)), &key_fields, take_order, r));
    TRY(db_scan(c, &Q_audit_since_products, ARGS(m, I64(since_id), I64(position)), &key_fields,
                take_product, r));
    TRY(db_number(c, &Q_audit_since_packages, ARGS(m, I64(position)), &packages));
    sort_i64(r->products, r->product_count);
    r->scope.products = r->products ? r->products : arena_new(&r->keep, int64_t, 1);
    r->scope.product_count = r->product_count;
    cover->position = position;
    cover->at_us = since_us;
    cover->orders += (int64_t)r->order_count;
    cover->products += (int64_t)r->product_count;
    cover->packages += packages;
    return OK;
}

/* --- parts ----------------------------------------------------------------------------------- */

static void add_part(struct run *r, struct part p)
{
    *arena_push(&r->keep, r->parts, r->part_count, r->part_capacity) = p;
}

static enum err add_ranges(struct ctx *c, struct run *r)
{
    struct part p = {.reach = AUDIT_ORDERS};
    for (;;) {
        int64_t next = NONE;
        TRY(db_number(c, &Q_audit_range,
                      ARGS(I64(c->merchant_id), I64(p.from_order), I64(AUDIT_RANGE_ORDERS)),
                      &next));
        p.to_order = next == NONE ? INT64_MAX : next - 1;
        add_part(r, p);
        if (next == NONE) return OK;
        p.from_order = next;
    }
}

/* Runs of touched orders with none between them that was not. */
struct grouping {
    struct run *run;
    size_t at; /* of the touched orders */
    struct part open;
    size_t open_orders; /* 0: none is open */
};

static void close_group(struct grouping *g)
{
    if (g->open_orders) add_part(g->run, g->open);
    g->open_orders = 0;
}

static void take_touched(struct grouping *g, int64_t order_id)
{
    if (g->open_orders == AUDIT_RANGE_ORDERS) close_group(g);
    if (!g->open_orders++) g->open = (struct part){.reach = AUDIT_ORDERS, .from_order = order_id};
    g->open.to_order = order_id;
    g->at++;
}

static enum err take_known(struct ctx *c, void *arg, const void *record)
{
    struct grouping *g = arg;
    int64_t id = ((const struct key *)record)->id;
    (void)c;
    while (g->at < g->run->order_count && g->run->orders[g->at] < id)
        take_touched(g, g->run->orders[g->at]); /* of an order that has no state */
    if (g->at < g->run->order_count && g->run->orders[g->at] == id)
        take_touched(g, id);
    else
        close_group(g);
    return OK;
}

static enum err add_touched(struct ctx *c, struct run *r)
{
    struct grouping g = {.run = r};
    if (!r->order_count) return OK;
    TRY(db_scan(c, &Q_audit_orders_between,
                ARGS(I64(c->merchant_id), I64(r->orders[0]), I64(r->orders[r->order_count - 1])),
                &key_fields, take_known, &g));
    while (g.at < r->order_count) take_touched(&g, r->orders[g.at]);
    close_group(&g);
    return OK;
}

static bool has_reach(const struct audit_invariant *i, enum audit_reach reach)
{
    if (i->check && i->check_reach == reach) return true;
    for (size_t q = 0; i->questions[q].query; q++)
        if (i->questions[q].reach == reach) return true;
    return false;
}

static enum err add_table(struct ctx *c, void *arg, const void *record)
{
    struct run *r = arg;
    struct text name = ((const struct table_name *)record)->name;
    (void)c;
    add_part(r, (struct part){.invariant = audit_find(T("I-61")),
                              .reach = AUDIT_INSTALLATION,
                              .table = text_copy(&r->keep, name)});
    return OK;
}

/* What takes longest comes first. */
static enum err add_parts(struct ctx *c, struct run *r)
{
    bool has_orders = false;
    bool has_engine = !r->is_part && r->is_first && is_asked(r, audit_find(T("I-61")));
    if (has_engine) TRY(db_scan(c, &Q_audit_tables, NO_ARGS, &table_name_fields, add_table, r));
    if (!r->report->only) add_part(r, (struct part){.reach = AUDIT_PRODUCTS});
    for (const struct audit_invariant *i = audit_invariants; i->id; i++) {
        if (!is_asked(r, i)) continue;
        for (int32_t reach = AUDIT_WHOLE; reach <= AUDIT_INSTALLATION; reach++) {
            if (reach == AUDIT_ORDERS || !has_reach(i, (enum audit_reach)reach)) continue;
            if (r->is_part && reach != AUDIT_PRODUCTS) continue;
            if (reach == AUDIT_INSTALLATION && !r->is_first) continue;
            if (i->check == audit_check_engine) continue;
            add_part(r, (struct part){.invariant = i, .reach = (enum audit_reach)reach});
        }
        has_orders = has_orders || has_reach(i, AUDIT_ORDERS);
    }
    if (!has_orders) return OK;
    return r->is_part ? add_touched(c, r) : add_ranges(c, r);
}

/* --- asking ---------------------------------------------------------------------------------- */

static void add_finding(struct audit_report *report, struct audit_finding *to,
                        const struct audit_finding *f)
{
    size_t n = f->example_count;
    for (size_t i = 0; i < n && to->example_count < AUDIT_EXAMPLES_MAX; i++)
        to->examples[to->example_count++] = f->examples[i];
    to->rows += f->rows;
    to->differences += f->differences;
    to->took_us += f->took_us;
    report->rows += f->rows;
    report->differences += f->differences;
}

static int64_t stopwatch_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * SECOND_US + t.tv_nsec / 1000;
}

static size_t index_of(const char *id)
{
    const struct audit_invariant *i = audit_find(text_of(id));
    return (size_t)(i - audit_invariants);
}

static enum err ask_stock(struct ctx *c, const struct audit_scope *scope,
                          struct audit_finding *found)
{
    struct audit_finding *places = &found[index_of("I-01")];
    int64_t begun_us = stopwatch_us();
    TRY(audit_stock_pass(c, scope, places, &found[index_of("I-07")], &found[index_of("I-10")]));
    places->took_us += stopwatch_us() - begun_us;
    return OK;
}

static enum err ask_events(struct ctx *c, const struct audit_scope *scope,
                           struct audit_finding *found)
{
    struct audit_event_findings f = {&found[index_of("I-18")], &found[index_of("I-44")],
                                     &found[index_of("I-50")], &found[index_of("I-51")]};
    int64_t begun_us = stopwatch_us();
    TRY(audit_event_pass(c, scope, &f));
    f.chains->took_us += stopwatch_us() - begun_us;
    return OK;
}

static bool is_of_pass(const struct audit_invariant *i)
{
    return i->check_reach == AUDIT_PRODUCTS || i->check == audit_check_states ||
           i->check == audit_check_versions || i->check == audit_check_times ||
           i->check == audit_check_chains;
}

/* When all are asked, what one pass answers for several is asked by the pass. */
static enum err ask_one(struct ctx *c, const struct run *r, const struct audit_invariant *asked,
                        enum audit_reach reach, const struct audit_scope *scope,
                        struct audit_finding *f)
{
    struct audit_invariant i = *asked;
    if (!r->report->only && is_of_pass(&i)) i.check = NULL;
    return audit_ask_part(c, &i, reach, scope, f);
}

static enum err ask_part(struct ctx *c, struct run *r, const struct part *p,
                         struct audit_finding *found)
{
    struct audit_scope scope = r->scope;
    scope.from_order = p->from_order;
    scope.to_order = p->to_order;
    scope.table = p->table;
    if (p->invariant)
        return ask_one(c, r, p->invariant, p->reach, &scope,
                       &found[p->invariant - audit_invariants]);
    if (p->reach == AUDIT_PRODUCTS) return ask_stock(c, &scope, found);
    if (!r->report->only) TRY(ask_events(c, &scope, found));
    for (size_t n = 0; audit_invariants[n].id; n++)
        if (is_asked(r, &audit_invariants[n]))
            TRY(ask_one(c, r, &audit_invariants[n], AUDIT_ORDERS, &scope, &found[n]));
    return OK;
}

static void finish_part(struct run *r, struct ctx *c, const struct audit_finding *found, enum err e)
{
    pthread_mutex_lock(&r->lock);
    for (size_t n = 0; n < r->report->count; n++)
        add_finding(r->report, &r->report->findings[n], &found[n]);
    if (e != OK && r->result == OK) {
        r->result = e;
        r->fault = c->fault;
    }
    pthread_mutex_unlock(&r->lock);
}

/* Takes parts until there are no more. */
static void work(struct ctx *c, struct run *r)
{
    struct audit_finding *found = arena_new(c->arena, struct audit_finding, AUDIT_INVARIANTS_MAX);
    for (;;) {
        pthread_mutex_lock(&r->lock);
        const struct part *p = r->result == OK && r->next < r->part_count ? &r->parts[r->next++]
                                                                          : NULL;
        pthread_mutex_unlock(&r->lock);
        if (!p) return;
        memset(found, 0, AUDIT_INVARIANTS_MAX * sizeof *found);
        finish_part(r, c, found, ask_part(c, r, p, found));
    }
}

struct reader {
    struct run *run;
    struct ctx ctx; /* the caller's, with an arena and a connection of its own */
    struct arena arena;
    pthread_t thread;
};

static void *read_on(void *arg)
{
    struct reader *reader = arg;
    struct audit_finding none[AUDIT_INVARIANTS_MAX] = {0};
    reader->ctx.arena = &reader->arena;
    enum err e = store_reader(&reader->ctx);
    if (e == OK)
        work(&reader->ctx, reader->run);
    else
        finish_part(reader->run, &reader->ctx, none, e);
    arena_free(&reader->arena);
    return NULL;
}

static void work_together(struct ctx *c, struct run *r)
{
    struct reader readers[AUDIT_THREADS_MAX] = {0};
    int wanted = r->report->threads < AUDIT_THREADS_MAX ? r->report->threads : AUDIT_THREADS_MAX;
    int started = 0;
    for (; started < wanted - 1; started++) {
        readers[started].run = r;
        readers[started].ctx = *c;
        if (pthread_create(&readers[started].thread, NULL, read_on, &readers[started])) break;
    }
    work(c, r);
    for (int i = 0; i < started; i++) pthread_join(readers[i].thread, NULL);
}

static void begin_report(struct audit_report *report)
{
    for (size_t n = 0; audit_invariants[n].id; n++) {
        assert(n < AUDIT_INVARIANTS_MAX);
        report->findings[n] = (struct audit_finding){.of = &audit_invariants[n]};
        report->count = n + 1;
    }
    report->cover.position = NONE;
}

enum err audit_run(struct ctx *c, struct audit_report *report)
{
    struct run r = {.report = report, .is_first = report->count == 0};
    int64_t begun_us = stopwatch_us();
    r.is_part = report->since_us || report->since_position;
    r.scope.now_us = source_now_us(c->source) + 5 * MINUTE_US;
    TRY(store_reader(c));
    if (r.is_first) begin_report(report);
    pthread_mutex_init(&r.lock, NULL);
    enum err e = find_head(c, report);
    if (e == OK && r.is_part) e = find_changes(c, &r);
    if (e == OK) e = add_parts(c, &r);
    if (e == OK) {
        work_together(c, &r);
        e = r.result;
        if (e != OK) c->fault = r.fault;
    }
    pthread_mutex_destroy(&r.lock);
    arena_free(&r.keep);
    report->took_us += stopwatch_us() - begun_us;
    return e;
}
