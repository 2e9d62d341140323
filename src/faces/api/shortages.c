/* faces/api/shortages.c: orders of which something is not there: since when, who sees to it, when
 * more is expected, and what can be done. */
#include "base/sort.h"
#include "base/source.h"
#include "base/time.h"
#include "domain/catalog/product.h"
#include "domain/catalog/substitute.h"
#include "domain/events/event.h"
#include "domain/inventory/availability.h"
#include "domain/inventory/expected.h"
#include "domain/orders/order.h"
#include "domain/orders/shortage.h"
#include "domain/orders/substitution.h"
#include "domain/people/person.h"
#include "faces/api/actor_names.h"
#include "faces/api/order_dates.h"
#include "faces/api/page.h"
#include "faces/api/routes.h"
#include "store/db.h"

/* --- a list ---------------------------------------------------------------------------------- */

enum remedy {
    REMEDY_WAIT,
    REMEDY_SEND_REST,
    REMEDY_CANCEL_LINE,
    REMEDY_CHANGE_LINE,
    REMEDY_ANSWER
};
static const char *const remedies[] = {"wait", "send_what_is_there", "cancel_line", "change_line",
                                       "answer"};
static const struct words remedy_words = WORDS("remedy", remedies);

struct short_line {
    int64_t line_no;
    struct text sku;
    int64_t wanted, missing, free, expected, expected_day, dated, promised_day;
    int32_t can;
    struct list instead;
};
static const struct field line_table[] = {
    FIELD(struct short_line, line_no),
    FIELD(struct short_line, sku),
    FIELD(struct short_line, wanted),
    FIELD(struct short_line, missing, .about = "units that no site could promise"),
    FIELD(struct short_line, free,
          .about = "units free now at all sites; they are promised in a moment"),
    FIELD(struct short_line, expected,
          .about = "units of the product that suppliers have announced"),
    FIELD_DAY(struct short_line, expected_day, "expected_date",
              .about = "of the first of them; absent: nobody said when"),
    FIELD(struct short_line, dated, .about = "units promised of expected deliveries, by a day"),
    FIELD_DAY(struct short_line, promised_day, "promised_date",
              .about = "at the door with the last of those; absent: of some nobody knows"),
    FIELD_FLAGS(struct short_line, can, remedy_words,
                .about = "wait for the delivery, send what is there (orders cancel of the rest), "
                         "cancel the line, change it to another product or quantity, answer "
                         "what the customer was asked (orders substitutions)"),
    FIELD_TEXTS(struct short_line, instead,
                .about = "SKUs of substitutes by rule, of which something is free now"),
};
static const struct fields line_fields = FIELDS("short_line", struct short_line, line_table);

struct short_order {
    int64_t order_id, number;
    struct text customer_name;
    int64_t units, missing, undated, promised_day, since_us, age_days;
    int64_t owner_id;
    struct text owner, note;
    struct list lines;
};
static const struct field order_table[] = {
    FIELD_ID(struct short_order, order_id, "id", "ord"),
    FIELD(struct short_order, number),
    FIELD(struct short_order, customer_name),
    FIELD(struct short_order, units, .about = "wanted, without cancelled ones"),
    FIELD(struct short_order, missing),
    FIELD(struct short_order, undated, .about = "of them: there is no date for these yet"),
    FIELD_DAY(struct short_order, promised_day, "promised_date",
              .about = "all of it is at the door; absent while of some nobody knows"),
    FIELD_INSTANT(struct short_order, since_us, "since", .about = "when the order came in"),
    FIELD(struct short_order, age_days),
    FIELD_ID(struct short_order, owner_id, "owner_id", "usr", .flags = F_NULL,
             .about = "who sees to it: of the hold for stock, or who took it; absent: nobody yet"),
    FIELD(struct short_order, owner, .about = "by name"),
    FIELD(struct short_order, note),
    FIELD_LIST(struct short_order, lines, line_fields, .max = ORDER_LINES_MAX),
};
static const struct fields order_table_fields = FIELDS("shortage", struct short_order, order_table);

struct facts {
    struct list orders, lines, holds, taken, products, stock, expected, promises;
    struct order_dates *dates;
    struct list rules, questions; /* struct substitute, struct substitution */
    struct actors actors;
};

static enum err load_products(struct ctx *c, struct facts *f)
{
    const struct order_line *at = f->lines.at;
    int64_t *ids = arena_new(c->arena, int64_t, f->lines.count + 1);
    size_t n = 0;
    for (size_t i = 0; i < f->lines.count; i++)
        if (line_is_physical(&at[i]) && at[i].allocated < at[i].quantity - at[i].cancelled)
            ids[n++] = at[i].product_id;
    sort_i64(ids, n);
    n = unique_i64(ids, n);
    if (!n) return OK;
    TRY(expected_of(c, ids, n, &f->expected));
    TRY(substitutes_of(c, ids, n, &f->rules));
    int64_t *all = arena_new(c->arena, int64_t, n + f->rules.count + 1);
    for (size_t i = 0; i < n; i++) all[i] = ids[i];
    for (size_t i = 0; i < f->rules.count; i++)
        all[n++] = ((const struct substitute *)f->rules.at)[i].substitute_id;
    sort_i64(all, n);
    n = unique_i64(all, n);
    TRY(products_of(c, all, n, &f->products));
    return availability_of(c, all, n, &f->stock);
}

static enum err load(struct ctx *c, const struct list *states, struct facts *f)
{
    const struct order_state *at = states->at;
    size_t n = states->count, owners = 0;
    int64_t *ids = arena_new(c->arena, int64_t, n + 1);
    if (!n) return OK;
    for (size_t i = 0; i < n; i++) ids[i] = at[i].order_id;
    TRY(order_list_of(c, ids, n, &f->orders));
    TRY(order_lines_of(c, ids, n, &f->lines));
    TRY(holds_of(c, ids, n, true, &f->holds));
    TRY(shortages_of(c, ids, n, &f->taken));
    TRY(substitutions_of(c, ids, n, &f->questions));
    TRY(load_products(c, f));
    TRY(promises_of(c, ids, n, &f->promises));
    TRY(order_dates_of(c, ids, n, &f->lines, &f->promises, &f->dates));
    int64_t *who = arena_new(c->arena, int64_t, f->holds.count + f->taken.count + 1);
    for (size_t i = 0; i < f->holds.count; i++)
        who[owners++] = ((const struct hold *)f->holds.at)[i].owner_id;
    for (size_t i = 0; i < f->taken.count; i++)
        who[owners++] = ((const struct shortage *)f->taken.at)[i].owner_id;
    return actors_load(c, who, owners, &f->actors);
}

static int64_t free_units(const struct facts *f, int64_t product_id)
{
    const struct availability *at = f->stock.at;
    int64_t units = 0;
    for (size_t i = 0; i < f->stock.count; i++)
        if (at[i].product_id == product_id)
            units += availability_free(&f->stock, product_id, at[i].site_id);
    return units;
}

static struct list instead_of(struct ctx *c, const struct facts *f, int64_t product_id)
{
    struct list rules = LIST_RUN(&f->rules, struct substitute, product_id, product_id);
    const struct substitute *at = rules.at;
    struct text *skus = arena_new(c->arena, struct text, rules.count + 1);
    size_t n = 0;
    for (size_t i = 0; i < rules.count; i++) {
        const struct product *p = product_in(&f->products, at[i].substitute_id);
        if (p && p->is_active && substitute_holds(&at[i], day_of_us(c->now_us)) &&
            free_units(f, p->product_id) >= at[i].units)
            skus[n++] = p->sku;
    }
    return (struct list){skus, n};
}

/* Of a line: what deliveries bring by a day, and by when all of it is there. */
static void add_dates(const struct order_dates *d, int64_t line_no, struct short_line *v)
{
    const struct earmark_view *at = d->earmarks.at;
    v->promised_day = NONE;
    for (size_t i = 0; i < d->earmarks.count; i++) {
        if (at[i].line_no != line_no || at[i].promised_day == NONE) continue;
        v->dated += at[i].units + at[i].arrived;
        if (at[i].promised_day > v->promised_day) v->promised_day = at[i].promised_day;
    }
    if (v->dated < v->missing) v->promised_day = NONE;
}

static void add_lines(struct ctx *c, const struct facts *f, const struct order_state *s,
                      const struct order_dates *dates, struct short_order *out)
{
    const struct order_line *l = f->lines.at;
    struct short_line *views = NULL;
    size_t n = 0, capacity = 0;
    for (size_t i = 0; i < f->lines.count; i++) {
        int64_t missing = l[i].quantity - l[i].cancelled - l[i].allocated;
        if (l[i].order_id != s->order_id || !line_is_physical(&l[i]) || missing <= 0) continue;
        const struct product *p = product_in(&f->products, l[i].product_id);
        bool is_part = l[i].kind == LINE_COMPONENT;
        struct short_line v = {.line_no = is_part ? l[i].parent_line : l[i].line_no,
                               .sku = p ? p->sku : (struct text){0},
                               .wanted = l[i].quantity - l[i].cancelled,
                               .missing = missing,
                               .free = free_units(f, l[i].product_id),
                               .can = 1 << REMEDY_CANCEL_LINE | 1 << REMEDY_CHANGE_LINE};
        v.expected = expected_units(&f->expected, l[i].product_id, &v.expected_day);
        add_dates(dates, l[i].line_no, &v);
        if (v.expected || v.free) v.can |= 1 << REMEDY_WAIT;
        if (s->allocated > 0) v.can |= 1 << REMEDY_SEND_REST;
        if (substitution_open(&f->questions, l[i].order_id, l[i].line_no))
            v.can |= 1 << REMEDY_ANSWER;
        if (!is_part) v.instead = instead_of(c, f, l[i].product_id);
        *arena_push(c->arena, views, n, capacity) = v;
    }
    out->lines = (struct list){views, n};
}

static void add_owner(struct ctx *c, const struct facts *f, struct short_order *out)
{
    const struct hold *h = f->holds.at;
    const struct shortage *t = f->taken.at;
    out->owner_id = NONE;
    for (size_t i = 0; i < f->holds.count; i++) {
        if (h[i].order_id != out->order_id || h[i].reason != HOLD_STOCK) continue;
        out->note = h[i].note;
        if (h[i].owner_id) out->owner_id = h[i].owner_id;
    }
    for (size_t i = 0; i < f->taken.count; i++)
        if (t[i].order_id == out->order_id) {
            out->owner_id = t[i].owner_id;
            if (t[i].note.len) out->note = t[i].note;
        }
    if (out->owner_id != NONE) out->owner = actor_name(c->arena, &f->actors, out->owner_id);
}

static enum err views(struct ctx *c, const struct list *states, struct list *out)
{
    struct facts f = {0};
    const struct order_state *s = states->at;
    TRY(load(c, states, &f));
    const struct order *o = f.orders.at; /* as many, in the same order */
    struct short_order *all = arena_new(c->arena, struct short_order, states->count + 1);
    for (size_t i = 0; i < states->count && i < f.orders.count; i++) {
        all[i] = (struct short_order){.order_id = s[i].order_id,
                                      .number = o[i].number,
                                      .customer_name = o[i].customer_name,
                                      .units = s[i].units - s[i].cancelled,
                                      .missing = s[i].units - s[i].cancelled - s[i].allocated,
                                      .since_us = o[i].created_us,
                                      .age_days = (c->now_us - o[i].created_us) / DAY_US};
        all[i].undated = f.dates[i].undated;
        all[i].promised_day = f.dates[i].promised_day;
        add_lines(c, &f, &s[i], &f.dates[i], &all[i]);
        add_owner(c, &f, &all[i]);
    }
    *out = (struct list){all, states->count};
    return OK;
}

struct short_query {
    int64_t limit;
    struct text after;
};
static const struct field query_table[] = {PAGE_FIELDS(struct short_query)};
static const struct fields query_fields = FIELDS("shortage_query", struct short_query, query_table);

static enum err list(struct ctx *c, const struct request *in, struct reply *out)
{
    const struct short_query *q = in->query;
    struct list states;
    int64_t limit = page_limit(q->limit), after = 0;
    TRY(page_after(c, q->after, "ord", &after));
    TRY(orders_short(c, after, limit + 1, &states));
    if (page_cut(&states, limit))
        out->next =
            id_text(c->arena, "ord", ((const struct order_state *)states.at)[limit - 1].order_id);
    return views(c, &states, &out->list);
}

/* --- in somebody's care ---------------------------------------------------------------------- */

enum { SHORTAGE_NOTE_MAX = 500 };
struct care {
    int64_t owner_id;
    struct text note;
};
static const struct field care_table[] = {
    FIELD_ID(struct care, owner_id, "owner_id", "usr", .flags = F_NULL,
             .about = "who sees to it from now on; who asks, when absent"),
    FIELD(struct care, note, .flags = F_FREE, .max = SHORTAGE_NOTE_MAX,
          .about = "what was agreed so far"),
};
static const struct fields care_fields = FIELDS("shortage_care", struct care, care_table);

static enum err take(struct ctx *c, const struct request *in, struct reply *out)
{
    const struct care *b = in->body;
    struct shortage s = {in->ids[0], c->actor_id, {0}, c->now_us};
    struct order_state state;
    struct list found;
    TRY(order_state_get(c, in->ids[0], &state));
    if (state.commercial != COMMERCIAL_PLACED || state.allocated >= state.units - state.cancelled)
        return fail(c, ERR_CONFLICT, "not_short", "nothing of this order is missing");
    if (b && b->owner_id != NONE) {
        struct person person;
        TRY(person_get(c, b->owner_id, &person));
        s.owner_id = b->owner_id;
    }
    if (b) s.note = b->note;
    TRY(shortage_put(c, &s));
    TRY(event_put(c, EVENT_SHORTAGE_TAKEN, s.order_id, NONE,
                  EVENT_BODY(.note = s.note, .other_id = s.owner_id)));
    TRY(db_flush(c));
    TRY(views(c, &(struct list){&state, 1}, &found));
    out->record = found.at;
    return OK;
}

const struct route shortages_routes[] = {
    {"GET", "/v1/shortages", "orders short", SCOPE(ORDERS_READ), ROUTE_LIST | ROUTE_BY_OWNER, NULL,
     &query_fields, &order_table_fields, list,
     "Orders of which something is not there, the oldest first: who sees to it, when more comes."},
    {"POST", "/v1/orders/{ord}/shortage", "orders take-shortage", SCOPE(ORDERS_WRITE), ROUTE_WRITE,
     &care_fields, NULL, &order_table_fields, take,
     "See to an order that is short, or let another."},
    {0},
};
