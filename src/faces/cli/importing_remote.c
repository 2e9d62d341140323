/* faces/cli/importing_remote.c: an import whose batches go to a server.
 *
 * A batch is sent under a key of its own until it is answered, so that an answer that got lost is
 * given again and nothing is done twice. What a run before it had sent is known by its references,
 * SKUs and cells. */
#include "base/source.h"
#include "domain/orders/order.h"
#include "faces/cli/cli.h"
#include "faces/cli/importing_parts.h"
#include "wire/json.h"

#include <string.h>
#include <time.h>

enum { TRIES_MAX = 6, WAIT_MAX_S = 30 };

/* --- asking ---------------------------------------------------------------------------------- */

static void wait_s(int64_t seconds)
{
    struct timespec rest = {.tv_sec = (time_t)seconds};
    while (!interrupted() && nanosleep(&rest, &rest) != 0) {}
}

static bool may_pass(int status)
{
    return status == 429 || status == 409 || status == 502 || status == 503 || status == 504;
}

/* Until it is answered for good; `call` has its own key, so asking again does nothing twice. */
static enum err ask(struct import *imp, const struct call *call, struct answer *out)
{
    struct ctx *c = imp->c;
    struct cli *cli = imp->options->server;
    for (int64_t tried = 1;; tried++) {
        enum err e = cli_ask(cli, call, out);
        int64_t seconds = tried;
        if (e == OK && out->status < 400) return OK;
        if (e == OK) {
            e = cli_answer_fault(cli, out);
            c->fault = cli->ctx.fault;
            if (out->retry_after.at) text_to_i64(out->retry_after, &seconds);
            if (!may_pass(out->status) || strcmp(c->fault.reason, "key_reused") == 0) return e;
        } else {
            c->fault = cli->ctx.fault;
        }
        if (tried >= TRIES_MAX || interrupted()) return e;
        wait_s(seconds < 1 ? 1 : seconds > WAIT_MAX_S ? WAIT_MAX_S : seconds);
    }
}

struct greeting {
    struct text currency, country;
};
static const struct field greeting_table[] = {
    FIELD(struct greeting, currency),
    FIELD(struct greeting, country),
};
static const struct fields greeting_fields = FIELDS("greeting", struct greeting, greeting_table);

enum err import_greet(struct import *imp)
{
    struct answer a;
    struct greeting g;
    struct call call = {.method = T("GET"), .target = T("/v1/merchant"), .request_id = T("import")};
    TRY(ask(imp, &call, &a));
    TRY(record_from_reply(imp->c, &greeting_fields, a.body, &g));
    imp->merchant.currency = g.currency;
    imp->merchant.country = g.country;
    return OK;
}

struct site_greeting {
    struct text code, country;
};
static const struct field site_table[] = {
    FIELD(struct site_greeting, code),
    FIELD(struct site_greeting, country),
};
static const struct fields greeted_site_fields =
    FIELDS("site_greeting", struct site_greeting, site_table);
struct sites_greeting {
    struct list data;
};
static const struct field sites_table[] = {
    FIELD_LIST(struct sites_greeting, data, greeted_site_fields, .max = 100000)};
static const struct fields greeted_sites_fields =
    FIELDS("sites_greeting", struct sites_greeting, sites_table);

enum err import_greet_site(struct import *imp, struct text site_code)
{
    struct ctx *c = imp->c;
    struct answer a;
    struct sites_greeting g;
    struct call call = {.method = T("GET"), .target = T("/v1/sites"), .request_id = T("import")};
    TRY(ask(imp, &call, &a));
    TRY(record_from_reply(c, &greeted_sites_fields, a.body, &g));
    const struct site_greeting *at = g.data.at;
    for (size_t i = 0; i < g.data.count; i++) {
        if (site_code.len && !text_eq(at[i].code, site_code)) continue;
        imp->bins.site.code = at[i].code;
        imp->bins.site.country = at[i].country;
        return OK;
    }
    if (site_code.len)
        return fail_at(c, ERR_INVALID, "unknown_site", "site", "there is no site \"%.*s\"",
                       TEXT_ARG(site_code));
    fail(c, ERR_INVALID, "no_site", "this merchant has no site to put goods in");
    return hint(c, "make one with waybill sites add, or POST /v1/sites");
}

/* --- rows ------------------------------------------------------------------------------------ */

static struct list product_rows(struct import *imp)
{
    struct batch_product *rows =
        arena_new(imp->work.arena, struct batch_product, imp->product_count);
    for (size_t i = 0; i < imp->product_count; i++)
        rows[i] = (struct batch_product){&imp->products[i].record, imp->products[i].opening};
    return (struct list){rows, imp->product_count};
}

static struct list order_rows(struct import *imp)
{
    struct order_batch *b = &imp->batch;
    struct batch_order *rows = arena_new(imp->work.arena, struct batch_order, b->count);
    for (size_t i = 0; i < b->count; i++)
        rows[i] = (struct batch_order){&b->drafts[i], b->sources[i].is_cancelled,
                                       b->sources[i].is_assumed, b->sources[i].rows};
    return (struct list){rows, b->count};
}

static struct batch_body body_of(struct import *imp, enum import_batch_kind kind)
{
    const struct mapping_settings *m = imp->settings;
    struct batch_body b = {.channel = -1};
    if (imp->bins.site.code.len) b.site = imp->bins.site.code;
    if (m && *m->currency) b.currency = text_of(m->currency);
    if (m) b.channel = word_find(&channel_words, m->channel);
    b.is_strict = imp->options->is_strict;
    b.keeps = imp->options->kind != IMPORT_PRODUCTS;
    b.makes_customers = !m || m->make & MAPPING_MAKE_CUSTOMERS;
    b.is_stock_enough = m && m->make & MAPPING_MAKE_STOCK && m->stock_is_enough;
    switch (kind) {
    case BATCH_PRODUCTS: b.rows = product_rows(imp); break;
    case BATCH_CUSTOMERS: b.rows = (struct list){imp->customers, imp->customer_count}; break;
    case BATCH_STOCK: b.rows = (struct list){imp->stocks, imp->stock_count}; break;
    case BATCH_ORDERS: b.rows = order_rows(imp); break;
    case BATCH_CREDITS: b.rows = (struct list){imp->credits, imp->credit_count}; break;
    case BATCH_KINDS: break;
    }
    return b;
}

/* --- answers --------------------------------------------------------------------------------- */

static enum err code_of(int64_t status)
{
    for (int e = OK + 1; e < ERR_COUNT; e++)
        if (err_http((enum err)e) == status) return (enum err)e;
    return ERR_INVALID;
}

static struct fault fault_of(const struct batch_refused *r)
{
    struct fault f = {.code = code_of(r->status)};
    snprintf(f.reason, sizeof f.reason, "%.*s", TEXT_ARG(r->reason));
    snprintf(f.field, sizeof f.field, "%.*s", TEXT_ARG(r->field));
    snprintf(f.detail, sizeof f.detail, "%.*s", TEXT_ARG(r->detail));
    snprintf(f.hint, sizeof f.hint, "%.*s", TEXT_ARG(r->hint));
    return f;
}

/* As the unit would have left it in memory, had it run here. */
static enum err take_answer(struct import *imp, enum import_batch_kind kind, size_t rows,
                            const struct batch_answer *a)
{
    const struct batch_refused *refused = a->refused.at;
    const struct batch_end *told = a->ends.at;
    if (kind == BATCH_CREDITS && a->ends.count != rows)
        return fail(imp->c, ERR_UPSTREAM, "server_answer", "the server answered %zu of %zu rows",
                    a->ends.count, rows);
    for (size_t i = 0; i < rows && kind == BATCH_PRODUCTS; i++)
        imp->products[i].fault = (struct fault){0};
    for (size_t i = 0; i < a->ends.count && kind == BATCH_CREDITS; i++)
        imp->credits[i].end = told[i].end == CREDIT_TAKEN   ? CREDIT_TAKEN
                              : told[i].end == CREDIT_KNOWN ? CREDIT_KNOWN
                                                            : CREDIT_ASIDE;
    if (kind == BATCH_ORDERS)
        imp->batch.outcomes = arena_new(imp->work.arena, struct outcome, rows + 1);
    if (kind == BATCH_STOCK) imp->counts->taken += (int64_t)(rows - a->refused.count);
    for (size_t i = 0; i < a->refused.count; i++) {
        size_t at = (size_t)refused[i].index;
        if (refused[i].index < 0 || at >= rows) continue;
        if (kind == BATCH_PRODUCTS) imp->products[at].fault = fault_of(&refused[i]);
        if (kind == BATCH_ORDERS) imp->batch.outcomes[at].fault = fault_of(&refused[i]);
        if (kind != BATCH_STOCK) continue;
        imp->work.fault = fault_of(&refused[i]);
        TRY(import_refuse_line(imp, imp->stock_rows[at]));
    }
    if (a->counts) import_add_counts(imp->counts, a->counts);
    return OK;
}

static enum err send(struct import *imp, enum import_batch_kind kind)
{
    struct cli *cli = imp->options->server;
    struct arena *a = imp->work.arena;
    struct batch_body body = body_of(imp, kind);
    struct answer answer;
    struct batch_answer read;
    struct arena_mark mark = arena_mark(&cli->arena);
    struct call call = {
        .method = T("POST"),
        .target = text_of(batch_path(kind)),
        .body = record_to_json(a, batch_fields[kind], &body),
        .content_type = T("application/json"),
        .idempotency_key = text_printf(a, "import-%lld", (long long)source_id(imp->c->source)),
        .request_id = T("import")};
    enum err e = ask(imp, &call, &answer);
    if (e == OK) e = record_from_reply(imp->c, &batch_answer_fields, answer.body, &read);
    if (e == OK) e = take_answer(imp, kind, body.rows.count, &read);
    arena_rewind(&cli->arena, mark);
    imp->work.fault = imp->c->fault;
    return e;
}

/* Products that orders name first; from a file they were all made before, from a pipe they are made
   as they come. */
static enum err send_products_of(struct import *imp)
{
    struct order_batch *b = &imp->batch;
    bool makes = imp->settings && imp->settings->make & MAPPING_MAKE_PRODUCTS;
    if (!makes || strcmp(imp->options->path, "-") != 0) return OK;
    struct wanted_product *wanted = arena_new(imp->work.arena, struct wanted_product, b->lines + 1);
    size_t n = 0;
    for (size_t i = 0; i < b->count; i++)
        for (size_t l = 0; b->sources[i].products && l < b->drafts[i].lines.count; l++)
            if (b->sources[i].products[l].record.sku.len) wanted[n++] = b->sources[i].products[l];
    enum err e = OK;
    for (size_t at = 0; at < n && e == OK; at += imp->product_count) {
        imp->products = wanted + at;
        imp->product_count = n - at < BATCH_PRODUCTS_MAX ? n - at : BATCH_PRODUCTS_MAX;
        e = send(imp, BATCH_PRODUCTS);
    }
    imp->products = NULL;
    imp->product_count = imp->product_capacity = 0;
    return e;
}

enum err import_send(struct import *imp, enum import_batch_kind kind)
{
    if (kind == BATCH_ORDERS) TRY(send_products_of(imp));
    return send(imp, kind);
}
