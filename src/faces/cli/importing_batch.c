#include "faces/cli/importing_batch.h"

#include "domain/orders/order.h"
#include "faces/cli/bulk.h"
#include "faces/cli/importing_parts.h"

#define ABOUT_SITE "code of the site that the goods lie at; the first site when absent"

static const char *const ends[] = {"open", "taken", "known", "aside"};
const struct words credit_end_words = WORDS("credit_end", ends);

static const struct field product_table[] = {
    FIELD_RECORD(struct batch_product, product, product_record_fields, .flags = F_REQUIRED,
                 .about = "as GET /v1/exports/products gives it"),
    FIELD(struct batch_product, opening_quantity, .flags = F_NULL, .min = 0, .max = QUANTITY_MAX,
          .about = "units to begin with, when the product is new; they get a bin"),
};
static const struct fields row_product_fields =
    FIELDS("import_product", struct batch_product, product_table);
static const struct field order_table[] = {
    FIELD_RECORD(struct batch_order, order, draft_fields, .flags = F_REQUIRED,
                 .about = "the body of POST /v1/orders"),
    FIELD(struct batch_order, is_cancelled, .about = "it is kept, and cancelled at once"),
    FIELD(struct batch_order, is_country_assumed, .about = "only counted"),
    FIELD(struct batch_order, rows, .flags = F_NULL, .min = 0, .max = QUANTITY_MAX,
          .about = "lines of the file that became this order; only counted"),
};
static const struct fields row_order_fields =
    FIELDS("import_order", struct batch_order, order_table);
static const struct field credit_table[] = {
    FIELD(struct credit, reference, .flags = F_REQUIRED, .max = DRAFT_REFERENCE_MAX,
          .about = "number of the credit note"),
    FIELD(struct credit, credited_reference, .max = DRAFT_REFERENCE_MAX,
          .about = "the order that it credits; else the customer's orders are looked through"),
    FIELD(struct credit, customer_reference, .max = 100,
          .about = "whose orders are looked through"),
    FIELD(struct credit, sku, .max = SKU_MAX, .about = "what came back"),
    FIELD_INSTANT(struct credit, placed_us, "placed_at", .flags = F_REQUIRED,
                  .about = "of the credit note: only orders before it are credited"),
    FIELD(struct credit, quantity, .min = -QUANTITY_MAX, .max = QUANTITY_MAX,
          .about = "units that came back"),
    FIELD(struct credit, amount_minor, .about = "given back for them, in minor units"),
    FIELD(struct credit, is_goods, .about = "false: money without goods, which is kept aside"),
};
static const struct fields row_credit_fields = FIELDS("import_credit", struct credit, credit_table);

static const struct field products_table[] = {
    FIELD(struct batch_body, site, .max = 64, .about = ABOUT_SITE),
    FIELD(struct batch_body, currency, .max = 3,
          .about = "ISO 4217; a shop that has sold nothing takes it as its own (scope admin)"),
    FIELD(struct batch_body, keeps, .about = "products that are there stay as they are"),
    {.name = "rows",
     .json = "products",
     .offset = offsetof(struct batch_body, rows),
     .kind = F_LIST,
     .of = &row_product_fields,
     .is_set = true,
     .flags = F_REQUIRED,
     .max = BATCH_PRODUCTS_MAX,
     .about = "a SKU once"},
};
static const struct field customers_table[] = {
    {.name = "rows",
     .json = "customers",
     .offset = offsetof(struct batch_body, rows),
     .kind = F_LIST,
     .of = &customer_record_fields,
     .is_set = true,
     .flags = F_REQUIRED,
     .max = BATCH_CUSTOMERS_MAX,
     .about = "those that are there stay as they are"},
};
static const struct field stock_table[] = {
    FIELD(struct batch_body, site, .max = 64, .about = ABOUT_SITE),
    {.name = "rows",
     .json = "stock",
     .offset = offsetof(struct batch_body, rows),
     .kind = F_LIST,
     .of = &stock_record_fields,
     .is_set = true,
     .flags = F_REQUIRED,
     .max = BATCH_STOCK_MAX,
     .about = "cells are made to hold what is said; bins are made when missing"},
};
static const struct field orders_table[] = {
    FIELD(struct batch_body, site, .max = 64, .about = ABOUT_SITE),
    FIELD(struct batch_body, currency, .max = 3,
          .about = "ISO 4217; a shop that has sold nothing takes it as its own (scope admin)"),
    FIELD(struct batch_body, makes_customers,
          .about = "false: orders of unknown customers are those of guests"),
    FIELD(struct batch_body, is_stock_enough,
          .about = "what these orders need and the site has not is received first"),
    FIELD(struct batch_body, is_strict,
          .about = "addresses, dates and prices by the rules of new orders"),
    {.name = "rows",
     .json = "orders",
     .offset = offsetof(struct batch_body, rows),
     .kind = F_LIST,
     .of = &row_order_fields,
     .is_set = true,
     .flags = F_REQUIRED,
     .max = BATCH_ORDERS_MAX,
     .about = "an order whose reference is there already is counted as known"},
};
static const struct field credits_table[] = {
    FIELD_ENUM(struct batch_body, channel, channel_words, .flags = F_NULL,
               .about = "of the orders that are credited; other when absent"),
    {.name = "rows",
     .json = "credits",
     .offset = offsetof(struct batch_body, rows),
     .kind = F_LIST,
     .of = &row_credit_fields,
     .is_set = true,
     .flags = F_REQUIRED,
     .max = BATCH_CREDITS_MAX,
     .about = "lines of credit notes"},
};
static const struct fields products_fields =
    FIELDS("import_products", struct batch_body, products_table);
static const struct fields customers_fields =
    FIELDS("import_customers", struct batch_body, customers_table);
static const struct fields stock_fields = FIELDS("import_stock", struct batch_body, stock_table);
static const struct fields orders_fields = FIELDS("import_orders", struct batch_body, orders_table);
static const struct fields credits_fields =
    FIELDS("import_credits", struct batch_body, credits_table);
const struct fields *const batch_fields[BATCH_KINDS] = {
    &products_fields, &customers_fields, &stock_fields, &orders_fields, &credits_fields};

static const struct field refused_table[] = {
    FIELD(struct batch_refused, index, .about = "of the row, from 0"),
    FIELD(struct batch_refused, status),
    FIELD(struct batch_refused, reason),
    FIELD(struct batch_refused, field),
    FIELD(struct batch_refused, detail),
    FIELD(struct batch_refused, hint),
};
static const struct fields refused_fields =
    FIELDS("import_refused", struct batch_refused, refused_table);
static const struct field end_table[] = {FIELD_ENUM(struct batch_end, end, credit_end_words)};
static const struct fields end_fields = FIELDS("import_credit_end", struct batch_end, end_table);
static const struct field answer_table[] = {
    FIELD_RECORD(struct batch_answer, counts, import_counts_fields),
    FIELD_LIST(struct batch_answer, refused, refused_fields, .about = "rows, each for itself"),
    FIELD_LIST(struct batch_answer, ends, end_fields, .about = "of credit lines, one per row"),
};
const struct fields batch_answer_fields =
    FIELDS("import_answer", struct batch_answer, answer_table);

/* --- at the server --------------------------------------------------------------------------- */

struct served_batch {
    struct import imp;
    struct import_options options;
    struct mapping_settings settings;
    struct batch_refused *refused;
    size_t count, capacity;
};

static void refuse_row(struct ctx *c, struct served_batch *s, size_t index, const struct fault *f)
{
    if (f->code == OK) return;
    *arena_push(c->arena, s->refused, s->count, s->capacity) = (struct batch_refused){
        .index = (int64_t)index,
        .status = err_http(f->code),
        .reason = text_copy(c->arena, text_of(f->reason)),
        .field = *f->field ? text_copy(c->arena, text_of(f->field)) : (struct text){0},
        .detail = text_copy(c->arena, text_of(f->detail)),
        .hint = *f->hint ? text_copy(c->arena, text_of(f->hint)) : (struct text){0}};
}

static enum err begin(struct ctx *c, const struct request *in, enum import_kind kind,
                      struct served_batch *s)
{
    const struct batch_body *b = in->body;
    struct list sold;
    s->options.kind = (int32_t)kind;
    s->options.is_strict = b->is_strict;
    s->settings.make = (b->makes_customers ? MAPPING_MAKE_CUSTOMERS : 0u) |
                       (b->is_stock_enough ? MAPPING_MAKE_STOCK : 0u);
    s->settings.stock_is_enough = b->is_stock_enough;
    s->settings.channel = b->channel >= 0 ? text_of(word_of(&channel_words, b->channel)) : T("");
    s->imp.c = c;
    s->imp.options = &s->options;
    s->imp.settings = &s->settings;
    s->imp.work = *c;
    if (!b->rows.count) return fail(c, ERR_INVALID, "required", "there are no rows");
    TRY(merchant_get(c, &s->imp.merchant));
    if (kind != IMPORT_CUSTOMERS) TRY(import_site_open(&s->imp, c, b->site));
    if (!b->currency.len || text_eq(b->currency, s->imp.merchant.currency)) return OK;
    if (!currency_known(text_cstr(c->arena, b->currency)))
        return fail_at(c, ERR_INVALID, "currency_unknown", "currency", "\"%.*s\" is no currency",
                       TEXT_ARG(b->currency));
    if (!(in->scopes & SCOPE(ADMIN))) return OK;
    TRY(order_recent(c, INT64_MAX, 1, &sold));
    if (sold.count) return OK;
    s->imp.merchant.currency = b->currency;
    return merchant_update(c, &s->imp.merchant);
}

static enum err end(struct ctx *c, struct served_batch *s, struct reply *out)
{
    struct batch_answer *a = arena_new(c->arena, struct batch_answer, 1);
    a->counts = arena_new(c->arena, struct import_counts, 1);
    *a->counts = s->imp.unit;
    a->refused = (struct list){s->refused, s->count};
    out->record = a;
    return OK;
}

static enum err take_products(struct ctx *c, const struct request *in, struct reply *out)
{
    const struct batch_body *b = in->body;
    const struct batch_product *rows = b->rows.at;
    size_t n = b->rows.count;
    struct served_batch s = {0};
    struct wanted_product *wanted = arena_new(c->arena, struct wanted_product, n + 1);
    TRY(begin(c, in, IMPORT_PRODUCTS, &s));
    for (size_t i = 0; i < n; i++)
        wanted[i] = (struct wanted_product){.record = *rows[i].product,
                                            .opening = rows[i].opening_quantity};
    TRY(import_products(&s.imp, c, wanted, n, !b->keeps));
    for (size_t i = 0; i < n; i++) refuse_row(c, &s, i, &wanted[i].fault);
    return end(c, &s, out);
}

static enum err take_customers(struct ctx *c, const struct request *in, struct reply *out)
{
    const struct batch_body *b = in->body;
    struct served_batch s = {0};
    TRY(begin(c, in, IMPORT_CUSTOMERS, &s));
    TRY(import_customers(&s.imp, c, b->rows.at, b->rows.count));
    return end(c, &s, out);
}

static enum err take_stock(struct ctx *c, const struct request *in, struct reply *out)
{
    const struct batch_body *b = in->body;
    const struct stock_record *rows = b->rows.at;
    struct served_batch s = {0};
    TRY(begin(c, in, IMPORT_STOCK, &s));
    for (size_t i = 0; i < b->rows.count; i++) {
        enum err e = import_stock_row(&s.imp, c, &rows[i]);
        if (e != OK && e != ERR_INVALID && e != ERR_CONFLICT) return e;
        if (e == OK) continue;
        c->fault.code = e;
        refuse_row(c, &s, i, &c->fault);
        c->fault = (struct fault){0};
    }
    return end(c, &s, out);
}

static enum err take_orders(struct ctx *c, const struct request *in, struct reply *out)
{
    const struct batch_body *b = in->body;
    const struct batch_order *rows = b->rows.at;
    size_t n = b->rows.count;
    struct served_batch s = {0};
    struct order_batch *batch = &s.imp.batch;
    TRY(begin(c, in, IMPORT_ORDERS, &s));
    batch->drafts = arena_new(c->arena, struct draft, n + 1);
    batch->sources = arena_new(c->arena, struct draft_source, n + 1);
    batch->count = n;
    for (size_t i = 0; i < n; i++) {
        struct draft *d = &batch->drafts[i];
        *d = *rows[i].order;
        d->is_lenient = !b->is_strict;
        if (rows[i].is_cancelled) d->is_draft = true;
        batch->sources[i] = (struct draft_source){.rows = rows[i].rows == NONE ? 1 : rows[i].rows,
                                                  .is_cancelled = rows[i].is_cancelled,
                                                  .is_assumed = rows[i].is_country_assumed};
    }
    TRY(import_orders_unit(&s.imp, c));
    for (size_t i = 0; i < n; i++) refuse_row(c, &s, i, &batch->outcomes[i].fault);
    return end(c, &s, out);
}

static enum err take_credits(struct ctx *c, const struct request *in, struct reply *out)
{
    const struct batch_body *b = in->body;
    size_t n = b->rows.count;
    struct served_batch s = {0};
    struct credit *credits = arena_new(c->arena, struct credit, n + 1);
    struct batch_end *told = arena_new(c->arena, struct batch_end, n + 1);
    TRY(begin(c, in, IMPORT_ORDERS, &s));
    for (size_t i = 0; i < n; i++) credits[i] = ((const struct credit *)b->rows.at)[i];
    s.imp.credits = credits;
    s.imp.credit_count = n;
    TRY(import_credits_unit(&s.imp, c));
    for (size_t i = 0; i < n; i++) told[i].end = (int32_t)credits[i].end;
    TRY(end(c, &s, out));
    struct batch_answer *a = arena_new(c->arena, struct batch_answer, 1);
    *a = *(const struct batch_answer *)out->record;
    a->ends = (struct list){told, n};
    out->record = a;
    return OK;
}

const struct route imports_routes[] = {
    {"POST", "/v1/imports/products", NULL, SCOPE(CATALOG_WRITE) | SCOPE(STOCK_WRITE), ROUTE_WRITE,
     &products_fields, NULL, &batch_answer_fields, take_products,
     "Make products, or bring them up to date, up to 400 at once; each is answered for itself."},
    {"POST", "/v1/imports/customers", NULL, SCOPE(CUSTOMERS_WRITE), ROUTE_WRITE, &customers_fields,
     NULL, &batch_answer_fields, take_customers,
     "Make customers that are not there yet, up to 1000 at once."},
    {"POST", "/v1/imports/stock", NULL, SCOPE(STOCK_WRITE), ROUTE_WRITE, &stock_fields, NULL,
     &batch_answer_fields, take_stock,
     "Say what lies in up to 100 cells; what is more came in, what is less was counted."},
    {"POST", "/v1/imports/orders", NULL, SCOPE(ORDERS_WRITE) | SCOPE(STOCK_WRITE), ROUTE_WRITE,
     &orders_fields, NULL, &batch_answer_fields, take_orders,
     "Take in up to 100 orders of another system by the rules of old orders."},
    {"POST", "/v1/imports/credits", NULL, SCOPE(ORDERS_WRITE), ROUTE_WRITE, &credits_fields, NULL,
     &batch_answer_fields, take_credits,
     "Make returns of the credit notes of another system, up to 3000 lines at once."},
    {0},
};

const char *batch_path(enum import_batch_kind kind) { return imports_routes[kind].path; }
