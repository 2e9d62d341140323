/* faces/api/substitutes.c: what may be sent instead of what, and what customers say to it. */
#include "faces/api/substitutes.h"

#include "base/sort.h"
#include "domain/catalog/product.h"
#include "domain/catalog/substitute.h"
#include "domain/events/event.h"
#include "domain/orders/order.h"
#include "faces/api/actor_names.h"
#include "faces/api/routes.h"
#include "stages/2_processing/substituting.h"
#include "store/db.h"

/* --- rules ----------------------------------------------------------------------------------- */

#define RULE                                                                                       \
    FIELD(struct substitute_view, sku, .flags = F_REQUIRED, .max = SKU_MAX,                        \
          .about = "of what is sent instead"),                                                     \
        FIELD(struct substitute_view, rank, .flags = F_NULL, .min = 1, .max = SUBSTITUTE_RANK_MAX, \
              .about = "1 is looked at first; 1 when absent"),                                     \
        FIELD(struct substitute_view, replaced, .flags = F_NULL, .min = 1,                         \
              .max = SUBSTITUTE_RATIO_MAX,                                                         \
              .about = "so many units of the product are replaced at a time; 1 when absent"),      \
        FIELD(struct substitute_view, units, .flags = F_NULL, .min = 1,                            \
              .max = SUBSTITUTE_RATIO_MAX,                                                         \
              .about = "by so many of the substitute; 1 when absent"),                             \
        FIELD_ENUM(struct substitute_view, price, substitute_price_words,                          \
                   .about = "what the customer pays: the lower of the two prices (when absent), "  \
                            "the original's, or the substitute's by the price list"),              \
        FIELD_ENUM(struct substitute_view, otherwise, substitute_otherwise_words,                  \
                   .about = "when the customer says no, or nothing: the units wait (backorder, "   \
                            "when absent), or are cancelled"),                                     \
        FIELD(struct substitute_view, answer_hours, .flags = F_NULL, .min = 1,                     \
              .max = SUBSTITUTE_HOURS_MAX,                                                         \
              .about = "so long the customer may think, and the units are set aside; 48"),         \
        FIELD_DAY(struct substitute_view, from_day, "from_date",                                   \
                  .about = "the first day of the rule; absent: since ever"),                       \
        FIELD_DAY(struct substitute_view, until_day, "until_date",                                 \
                  .about = "its last day; absent: without end"),                                   \
        FIELD(struct substitute_view, is_paused, .about = "kept, but nobody is asked by it")

static const struct field rule_table[] = {RULE};
static const struct fields rule_fields =
    FIELDS("new_substitute", struct substitute_view, rule_table);

static const struct field view_table[] = {FIELD(struct substitute_view, product,
                                                .flags = F_REQUIRED, .max = SKU_MAX,
                                                .about = "SKU of what is replaced"),
                                          RULE};
const struct fields substitute_view_fields =
    FIELDS("substitute", struct substitute_view, view_table);

struct substitute_name {
    struct text sku;
};
static const struct field name_table[] = {FIELD(struct substitute_name, sku, .flags = F_REQUIRED,
                                                .max = SKU_MAX,
                                                .about = "of what was sent instead")};
static const struct fields name_fields =
    FIELDS("substitute_name", struct substitute_name, name_table);

struct substitute_query {
    struct text sku;
};
static const struct field query_table[] = {
    FIELD(struct substitute_query, sku, .max = SKU_MAX, .about = "of the product that is replaced"),
};
static const struct fields query_fields =
    FIELDS("substitute_query", struct substitute_query, query_table);

static struct text sku_of(const struct list *products, int64_t product_id)
{
    const struct product *p = product_in(products, product_id);
    return p ? p->sku : (struct text){0};
}

static struct substitute_view view_of(const struct list *products, const struct substitute *s)
{
    return (struct substitute_view){.product = sku_of(products, s->product_id),
                                    .sku = sku_of(products, s->substitute_id),
                                    .rank = s->rank,
                                    .replaced = s->replaced,
                                    .units = s->units,
                                    .price = s->price,
                                    .otherwise = s->otherwise,
                                    .answer_hours = s->answer_hours,
                                    .from_day = s->from_day,
                                    .until_day = s->until_day,
                                    .is_paused = !s->is_active};
}

static enum err load_products(struct ctx *c, const struct list *rules, struct list *out)
{
    const struct substitute *at = rules->at;
    int64_t *ids = arena_new(c->arena, int64_t, 2 * rules->count + 1);
    size_t n = 0;
    for (size_t i = 0; i < rules->count; i++) {
        ids[n++] = at[i].product_id;
        ids[n++] = at[i].substitute_id;
    }
    *out = (struct list){0};
    sort_i64(ids, n);
    return n ? products_of(c, ids, unique_i64(ids, n), out) : OK;
}

enum err substitute_views(struct ctx *c, const struct list *rules, struct list *out)
{
    struct list products;
    TRY(load_products(c, rules, &products));
    struct substitute_view *views = arena_new(c->arena, struct substitute_view, rules->count + 1);
    for (size_t i = 0; i < rules->count; i++)
        views[i] = view_of(&products, &((const struct substitute *)rules->at)[i]);
    *out = (struct list){views, rules->count};
    return OK;
}

static enum err rules_list(struct ctx *c, const struct request *in, struct reply *out)
{
    const struct substitute_query *q = in->query;
    struct list rules;
    size_t n = 0;
    TRY(substitutes_all(c, &rules));
    TRY(substitute_views(c, &rules, &out->list));
    struct substitute_view *views = out->list.at;
    for (size_t i = 0; i < out->list.count; i++)
        if (!q->sku.len || text_eq(q->sku, views[i].product)) views[n++] = views[i];
    out->list.count = n;
    return OK;
}

/* What checking rules needs, read as a set; rules that are set are added to it. */
struct rulebook {
    struct list products, prices; /* by SKU; by product */
    struct substitute *rules;
    size_t count, capacity;
};

/* One owner's product is never sent instead of another's. */
static enum err rulebook_load(struct ctx *c, int64_t owner_id, struct text *skus, size_t n,
                              struct rulebook *out)
{
    struct list all;
    *out = (struct rulebook){0};
    TRY(products_by_sku_of(c, owner_id, skus, n, &out->products));
    const struct product *at = out->products.at;
    int64_t *ids = arena_new(c->arena, int64_t, out->products.count + 1);
    for (size_t i = 0; i < out->products.count; i++) ids[i] = at[i].product_id;
    sort_i64(ids, out->products.count);
    TRY(prices_of(c, ids, unique_i64(ids, out->products.count), &out->prices));
    TRY(substitutes_all(c, &all));
    for (size_t i = 0; i < all.count; i++)
        *arena_push(c->arena, out->rules, out->count, out->capacity) =
            ((const struct substitute *)all.at)[i];
    return OK;
}

static enum err product_by(struct ctx *c, const struct rulebook *book, struct text sku,
                           const char *field, struct product *out)
{
    const struct product *found = product_sku_in(&book->products, sku);
    if (found) {
        *out = *found;
        return OK;
    }
    fail_at(c, ERR_INVALID, "unknown_sku", field, "there is no product \"%.*s\"", TEXT_ARG(sku));
    return hint(c, "see GET /v1/products, or waybill products list");
}

static enum err check_sellable(struct ctx *c, const struct product *p, const char *field)
{
    if (p->kind == PRODUCT_KIT) {
        fail_at(c, ERR_INVALID, "kit_not_replaced", field, "%.*s is a kit", TEXT_ARG(p->sku));
        return hint(c, "kits are sent as they are; name goods");
    }
    if (p->is_active) return OK;
    fail_at(c, ERR_INVALID, "not_on_sale", field, "%.*s is not on sale", TEXT_ARG(p->sku));
    return hint(c, "put it on sale first: waybill products change --is_active");
}

/* A currency in which both have a price, when both have prices at all. */
static enum err check_currency(struct ctx *c, const struct rulebook *book, const struct product *a,
                               const struct product *b)
{
    struct list of_a = LIST_RUN(&book->prices, struct price, product_id, a->product_id);
    struct list of_b = LIST_RUN(&book->prices, struct price, product_id, b->product_id);
    const struct price *x = of_a.at, *y = of_b.at;
    for (size_t i = 0; i < of_a.count; i++)
        for (size_t k = 0; k < of_b.count; k++)
            if (text_eq(x[i].currency, y[k].currency)) return OK;
    if (!of_a.count || !of_b.count) return OK;
    fail_at(c, ERR_INVALID, "currency_differs", "sku",
            "%.*s and %.*s have no price in the same currency", TEXT_ARG(a->sku), TEXT_ARG(b->sku));
    return hint(c, "put one on the list: waybill products price");
}

static enum err check_rule(struct ctx *c, const struct rulebook *book, const struct product *a,
                           const struct product *b, const struct substitute_view *v)
{
    const struct list all = {book->rules, book->count};
    if (a->product_id == b->product_id)
        return fail_at(c, ERR_INVALID, "replaces_itself", "sku",
                       "a product does not replace itself");
    TRY(check_sellable(c, a, "product"));
    TRY(check_sellable(c, b, "sku"));
    TRY(check_currency(c, book, a, b));
    if (v->from_day != NONE && v->until_day != NONE && v->from_day > v->until_day)
        return fail_at(c, ERR_INVALID, "out_of_range", "until_date", "before its first day");
    if (book->count >= SUBSTITUTES_MAX)
        return fail(c, ERR_TOO_LARGE, "too_many", "there are %d rules already", SUBSTITUTES_MAX);
    if (!substitutes_circle(c->arena, &all, a->product_id, b->product_id)) return OK;
    fail_at(c, ERR_CONFLICT, "substitute_circle", "sku",
            "%.*s is replaced by %.*s already, at once or by steps", TEXT_ARG(b->sku),
            TEXT_ARG(a->sku));
    return hint(c, "remove one of these rules first: waybill substitutes remove");
}

static enum err tell(struct ctx *c, const struct product *a, const struct product *b, int64_t rank)
{
    return event_put(c, EVENT_SUBSTITUTE_SET, NONE, b->product_id,
                     EVENT_BODY(.word = b->sku, .quantity = rank, .other_id = a->product_id,
                                .note = text_printf(c->arena, "%s of %.*s",
                                                    rank == NONE ? "no more instead" : "instead",
                                                    TEXT_ARG(a->sku))));
}

static int64_t or_else(int64_t n, int64_t absent) { return n == NONE ? absent : n; }

/* Of `product` (its SKU); nothing is written when it is refused. */
static enum err set_rule(struct ctx *c, struct rulebook *book, struct text product,
                         const struct substitute_view *v, const void **out)
{
    struct product a, b;
    TRY(product_by(c, book, product, "product", &a));
    TRY(product_by(c, book, v->sku, "sku", &b));
    TRY(check_rule(c, book, &a, &b, v));
    const struct substitute s = {.merchant_id = c->merchant_id,
                                 .product_id = a.product_id,
                                 .substitute_id = b.product_id,
                                 .rank = or_else(v->rank, 1),
                                 .replaced = or_else(v->replaced, 1),
                                 .units = or_else(v->units, 1),
                                 .price = v->price,
                                 .otherwise = v->otherwise,
                                 .answer_hours = or_else(v->answer_hours, SUBSTITUTE_HOURS_DEFAULT),
                                 .from_day = v->from_day,
                                 .until_day = v->until_day,
                                 .is_active = !v->is_paused};
    *arena_push(c->arena, book->rules, book->count, book->capacity) = s;
    TRY(substitute_put(c, &s));
    TRY(tell(c, &a, &b, s.rank));
    struct substitute_view *view = arena_new(c->arena, struct substitute_view, 1);
    *view = view_of(&(struct list){0}, &s);
    view->product = a.sku;
    view->sku = b.sku;
    *out = view;
    return OK;
}

static enum err rule_set(struct ctx *c, const struct request *in, struct reply *out)
{
    const struct substitute_view *v = in->body;
    struct product a;
    struct rulebook book;
    TRY(product_get(c, in->ids[0], &a));
    struct text skus[] = {a.sku, v->sku};
    TRY(rulebook_load(c, a.owner_id, skus, 2, &book));
    return set_rule(c, &book, a.sku, v, &out->record);
}

/* The same pair twice in a call: the first counts. */
static bool is_again(const struct substitute_view *rows, size_t at)
{
    for (size_t i = 0; i < at; i++)
        if (text_eq(rows[i].product, rows[at].product) && text_eq(rows[i].sku, rows[at].sku))
            return true;
    return false;
}

static enum err rules_set(struct ctx *c, const struct request *in, struct reply *out)
{
    const struct substitute_view *rows = in->rows.at;
    struct text *skus = arena_new(c->arena, struct text, 2 * in->rows.count + 1);
    struct rulebook book;
    for (size_t i = 0; i < in->rows.count; i++) {
        skus[2 * i] = rows[i].product;
        skus[2 * i + 1] = rows[i].sku;
    }
    TRY(rulebook_load(c, c->owner_id, skus, 2 * in->rows.count, &book));
    for (size_t i = 0; i < in->rows.count; i++) {
        enum err e = is_again(rows, i)
                         ? fail_at(c, ERR_INVALID, "twice", "sku", "this pair stands here twice")
                         : set_rule(c, &book, rows[i].product, &rows[i], &out->rows[i].record);
        out->rows[i].status = 200;
        if (e == OK) continue;
        out->rows[i] = (struct row_answer){.fault = c->fault};
        out->rows[i].fault.code = e;
        c->fault = (struct fault){0};
    }
    return OK;
}

static enum err rule_remove(struct ctx *c, const struct request *in, struct reply *out)
{
    struct substitute_name *v = arena_new(c->arena, struct substitute_name, 1);
    struct product a, b;
    struct list found;
    bool was_there;
    (void)out;
    *v = *(const struct substitute_name *)in->body;
    TRY(product_get(c, in->ids[0], &a));
    TRY(products_by_sku_of(c, a.owner_id, &v->sku, 1, &found));
    const struct rulebook book = {.products = found};
    TRY(product_by(c, &book, v->sku, "sku", &b));
    TRY(substitute_remove(c, a.product_id, b.product_id, &was_there));
    if (was_there) return tell(c, &a, &b, NONE);
    fail(c, ERR_NOT_FOUND, "substitute_not_found", "%.*s is not sent instead of %.*s",
         TEXT_ARG(b.sku), TEXT_ARG(a.sku));
    return hint(c, "see GET /v1/substitutes, or waybill substitutes list");
}

/* --- questions ------------------------------------------------------------------------------- */

struct question_view {
    int64_t substitution_id, line_no;
    int32_t state;
    struct text product, sku;
    int64_t replaced, units;
    struct money cost;
    int32_t price, otherwise;
    bool is_allowed;
    int64_t new_line, asked_us, expires_us, ended_us;
    struct text ended_by, note;
};
static const struct field question_table[] = {
    FIELD_ID(struct question_view, substitution_id, "id", "sbs"),
    FIELD(struct question_view, line_no, .about = "whose units are missing"),
    FIELD_ENUM(struct question_view, state, substitution_state_words,
               .about = "withdrawn: not needed any more"),
    FIELD(struct question_view, product, .about = "SKU of what was ordered"),
    FIELD(struct question_view, sku, .about = "of what would come instead"),
    FIELD(struct question_view, replaced, .about = "units of the line"),
    FIELD(struct question_view, units, .about = "of the substitute for them"),
    FIELD(struct question_view, cost, .flags = F_NULL,
          .about = "of these units together, tax that is added left out"),
    FIELD_ENUM(struct question_view, price, substitute_price_words, .about = "of the rule"),
    FIELD_ENUM(struct question_view, otherwise, substitute_otherwise_words,
               .about = "without a yes: the units wait, or are cancelled"),
    FIELD(struct question_view, is_allowed, .about = "said with the order: nobody was asked"),
    FIELD(struct question_view, new_line, .flags = F_NULL,
          .about = "the line that stands for them; absent: none does"),
    FIELD_INSTANT(struct question_view, asked_us, "asked_at"),
    FIELD_INSTANT(struct question_view, expires_us, "expires_at",
                  .about = "until then the units are set aside, and the customer may answer"),
    FIELD_INSTANT(struct question_view, ended_us, "ended_at", .flags = F_NULL),
    FIELD(struct question_view, ended_by, .about = "by name"),
    FIELD(struct question_view, note, .about = "the customer's words, or why it ended"),
};
static const struct fields question_fields =
    FIELDS("substitution", struct question_view, question_table);

static enum err questions_view(struct ctx *c, int64_t order_id, struct list *out)
{
    struct list all, products;
    struct order o;
    struct actors known;
    TRY(order_get(c, order_id, &o));
    TRY(substitutions_of(c, &order_id, 1, &all));
    const struct substitution *q = all.at;
    const char *currency = text_cstr(c->arena, o.currency);
    struct question_view *views = arena_new(c->arena, struct question_view, all.count + 1);
    int64_t *ids = arena_new(c->arena, int64_t, 2 * all.count + 1),
            *who = arena_new(c->arena, int64_t, all.count + 1);
    size_t n = 0;
    *out = (struct list){views, all.count};
    if (!all.count) return OK;
    for (size_t i = 0; i < all.count; i++) {
        ids[n++] = q[i].product_id;
        ids[n++] = q[i].substitute_id;
        who[i] = q[i].ended_by;
    }
    sort_i64(ids, n);
    TRY(products_of(c, ids, unique_i64(ids, n), &products));
    TRY(actors_load(c, who, all.count, &known));
    for (size_t i = 0; i < all.count; i++)
        views[i] = (struct question_view){.substitution_id = q[i].substitution_id,
                                          .line_no = q[i].line_no,
                                          .state = q[i].state,
                                          .product = sku_of(&products, q[i].product_id),
                                          .sku = sku_of(&products, q[i].substitute_id),
                                          .replaced = q[i].replaced,
                                          .units = q[i].units,
                                          .cost = money(q[i].cost_minor, currency),
                                          .price = q[i].price,
                                          .otherwise = q[i].otherwise,
                                          .is_allowed = q[i].is_allowed,
                                          .new_line = q[i].new_line,
                                          .asked_us = q[i].asked_us,
                                          .expires_us = q[i].expires_us,
                                          .ended_us = q[i].ended_us,
                                          .ended_by = actor_name(c->arena, &known, q[i].ended_by),
                                          .note = q[i].note};
    return OK;
}

static enum err questions_list(struct ctx *c, const struct request *in, struct reply *out)
{
    return questions_view(c, in->ids[0], &out->list);
}

struct answer_body {
    bool accepts;
    struct text note;
};
static const struct field answer_table[] = {
    FIELD(struct answer_body, accepts, .flags = F_REQUIRED,
          .about = "true: it may come instead; false: it may not"),
    FIELD(struct answer_body, note, .flags = F_FREE, .max = SUBSTITUTION_NOTE_MAX,
          .about = "what the customer said"),
};
static const struct fields answer_fields =
    FIELDS("substitution_answer", struct answer_body, answer_table);

static enum err answer(struct ctx *c, const struct request *in, struct reply *out)
{
    const struct answer_body *b = in->body;
    struct substitution q;
    struct list views;
    TRY(substituting_answer(
        c, &(struct substitution_answer){in->ids[0], in->ids[1], b->accepts, b->note}, &q));
    TRY(db_flush(c));
    TRY(questions_view(c, in->ids[0], &views));
    const struct question_view *at = views.at;
    for (size_t i = 0; i < views.count; i++)
        if (at[i].substitution_id == in->ids[1]) out->record = &at[i];
    return OK;
}

const struct route substitutes_routes[] = {
    {"GET", "/v1/substitutes", "substitutes list", SCOPE(CATALOG_READ), ROUTE_LIST, NULL,
     &query_fields, &substitute_view_fields, rules_list,
     "What may be sent instead of what, by product and rank."},
    {"POST", "/v1/products/{prd}/substitutes", "substitutes set", SCOPE(CATALOG_WRITE),
     ROUTE_WRITE | ROUTE_OWNED, &rule_fields, NULL, &substitute_view_fields, rule_set,
     "Let another product be sent instead of one that is not there, if its customer agrees."},
    {"POST", "/v1/substitutes", "substitutes load", SCOPE(CATALOG_WRITE),
     ROUTE_WRITE | ROUTE_BULK | ROUTE_BY_OWNER, &substitute_view_fields, NULL,
     &substitute_view_fields, rules_set,
     "Set many rules at once, as waybill export substitutes writes them."},
    {"POST", "/v1/products/{prd}/substitutes/remove", "substitutes remove", SCOPE(CATALOG_WRITE),
     ROUTE_WRITE | ROUTE_OWNED, &name_fields, NULL, NULL, rule_remove,
     "Send it instead no more; questions that are open stay."},
    {"GET", "/v1/orders/{ord}/substitutions", "orders substitutions", SCOPE(ORDERS_READ),
     ROUTE_LIST | ROUTE_OWNED, NULL, NULL, &question_fields, questions_list,
     "What the customer was asked to take instead, and what came of it."},
    {"POST", "/v1/orders/{ord}/substitutions/{sbs}/answer", "orders answer", SCOPE(ORDERS_WRITE),
     ROUTE_WRITE | ROUTE_OWNED, &answer_fields, NULL, &question_fields, answer,
     "Record what the customer says to something else instead, by phone for example."},
    {0},
};
