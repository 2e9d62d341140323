/* faces/api/preview_state.c: what a command has touched, and what stands there. */
#include "faces/api/preview.h"

#include "base/sort.h"
#include "domain/catalog/product.h"
#include "domain/customers/message.h"
#include "domain/events/job.h"
#include "domain/inventory/asn.h"
#include "domain/inventory/cell.h"
#include "domain/orders/order.h"
#include "domain/orders/package.h"
#include "domain/orders/return.h"
#include "domain/orders/told_date.h"
#include "domain/orders/work.h"
#include "domain/payments/credit.h"
#include "domain/payments/invoice.h"
#include "domain/payments/payment.h"
#include "domain/payments/refund.h"
#include "domain/sites/site.h"
#include "queries.h"
#include "stages/7_completion/cases.h"
#include "store/db.h"

struct touched {
    int64_t id;
};
static const struct field touched_table[] = {FIELD(struct touched, id)};
static const struct fields touched_fields = FIELDS("touched", struct touched, touched_table);

/* --- keys ------------------------------------------------------------------------------------ */

static size_t ascending(int64_t *ids, size_t n)
{
    sort_i64(ids, n);
    return unique_i64(ids, n);
}

static enum err find(struct ctx *c, const struct query *q, const int64_t *ids, size_t n,
                     int64_t **found, size_t *count)
{
    struct list rows;
    TRY(db_rows(c, q, ARGS(I64(c->merchant_id), I64S(ids, n)), &touched_fields, &rows));
    *found = arena_new(c->arena, int64_t, rows.count + 1);
    for (size_t i = 0; i < rows.count; i++) (*found)[i] = ((const struct touched *)rows.at)[i].id;
    *count = ascending(*found, rows.count);
    return OK;
}

enum err preview_keys_of(struct ctx *c, struct preview_keys *out)
{
    const int64_t *ids;
    size_t n;
    *out = (struct preview_keys){0};
    TRY(db_trial_touched(c, &ids, &n));
    if (!n) return OK;
    TRY(find(c, &Q_preview_orders_touched, ids, n, &out->orders, &out->order_count));
    TRY(find(c, &Q_preview_products_touched, ids, n, &out->products, &out->product_count));
    TRY(find(c, &Q_preview_credits_touched, ids, n, &out->credits, &out->credit_count));
    return find(c, &Q_preview_deliveries_touched, ids, n, &out->deliveries, &out->delivery_count);
}

/* --- state ----------------------------------------------------------------------------------- */

static enum err read_orders(struct ctx *c, const struct preview_keys *k, struct preview_state *s)
{
    const int64_t *ids = k->orders;
    size_t n = k->order_count;
    if (!n) return OK;
    TRY(order_list_of(c, ids, n, &s->orders));
    TRY(order_states_of(c, ids, n, &s->states));
    TRY(order_lines_of(c, ids, n, &s->lines));
    TRY(holds_of(c, ids, n, false, &s->holds));
    TRY(promises_of(c, ids, n, &s->promises));
    TRY(told_dates_of(c, ids, n, &s->told_dates));
    TRY(payments_of(c, ids, n, &s->payments));
    TRY(money_entries_of(c, ids, n, &s->entries));
    TRY(messages_of(c, ids, n, &s->messages));
    TRY(fulfillments_of_orders(c, ids, n, &s->work));
    TRY(packages_of_orders(c, ids, n, &s->packages));
    size_t payments = s->payments.count, work = s->work.count, packages = s->packages.count;
    int64_t *payment_ids = arena_new(c->arena, int64_t, payments + 1);
    int64_t *work_ids = arena_new(c->arena, int64_t, work + 1);
    int64_t *package_ids = arena_new(c->arena, int64_t, packages + 1);
    for (size_t i = 0; i < payments; i++)
        payment_ids[i] = ((const struct payment *)s->payments.at)[i].payment_id;
    for (size_t i = 0; i < work; i++)
        work_ids[i] = ((const struct fulfillment *)s->work.at)[i].fulfillment_id;
    for (size_t i = 0; i < packages; i++)
        package_ids[i] = ((const struct package *)s->packages.at)[i].package_id;
    if (payments) TRY(intents_of_payments(c, payment_ids, payments, &s->intents));
    if (work) TRY(tasks_of(c, work_ids, work, &s->tasks));
    if (packages) TRY(labels_of(c, package_ids, packages, &s->labels));
    return OK;
}

/* What is asked back, complained of, owed back and written down. */
static enum err read_care(struct ctx *c, const struct preview_keys *k, struct preview_state *s)
{
    if (!k->order_count) return OK;
    TRY(returns_of_orders(c, k->orders, k->order_count, &s->returns));
    TRY(cases_of(c, k->orders, k->order_count, &s->cases));
    TRY(refunds_of(c, k->orders, k->order_count, &s->refunds));
    TRY(invoices_of_orders(c, k->orders, k->order_count, &s->invoices));
    int64_t *ids = arena_new(c->arena, int64_t, s->returns.count + 1);
    for (size_t i = 0; i < s->returns.count; i++)
        ids[i] = ((const struct order_return *)s->returns.at)[i].return_id;
    size_t n = ascending(ids, s->returns.count);
    return n ? return_lines_of(c, ids, n, &s->return_lines) : OK;
}

static enum err read_others(struct ctx *c, const struct preview_keys *k, struct preview_state *s)
{
    if (k->credit_count)
        TRY(db_rows(c, &Q_preview_credits,
                    ARGS(I64(c->merchant_id), I64S(k->credits, k->credit_count)), &credit_fields,
                    &s->credits));
    if (!k->delivery_count) return OK;
    struct values of = ARGS(I64(c->merchant_id), I64S(k->deliveries, k->delivery_count));
    TRY(db_rows(c, &Q_preview_deliveries, of, &asn_fields, &s->deliveries));
    return db_rows(c, &Q_preview_delivery_lines, of, &asn_line_fields, &s->delivery_lines);
}

static enum err read_bins(struct ctx *c, struct preview_state *s)
{
    int64_t *places = arena_new(c->arena, int64_t, s->cells.count + s->tasks.count + 1);
    size_t n = 0;
    for (size_t i = 0; i < s->cells.count; i++)
        places[n++] = ((const struct stock *)s->cells.at)[i].place_id;
    for (size_t i = 0; i < s->tasks.count; i++) {
        int64_t place = ((const struct task *)s->tasks.at)[i].place_id;
        if (place != NONE) places[n++] = place;
    }
    n = ascending(places, n);
    return n ? bins_of(c, places, n, &s->bins) : OK;
}

static enum err read_products(struct ctx *c, const struct preview_keys *k, struct preview_state *s)
{
    int64_t *ids = arena_new(c->arena, int64_t,
                             k->product_count + s->tasks.count + s->return_lines.count +
                                 s->delivery_lines.count + 1);
    size_t n = 0;
    for (; n < k->product_count; n++) ids[n] = k->products[n];
    for (size_t i = 0; i < s->tasks.count; i++) {
        int64_t product = ((const struct task *)s->tasks.at)[i].product_id;
        if (product != NONE) ids[n++] = product;
    }
    for (size_t i = 0; i < s->return_lines.count; i++)
        ids[n++] = ((const struct return_line *)s->return_lines.at)[i].product_id;
    for (size_t i = 0; i < s->delivery_lines.count; i++) {
        int64_t product = ((const struct asn_line *)s->delivery_lines.at)[i].product_id;
        if (product != NONE) ids[n++] = product;
    }
    n = ascending(ids, n);
    return n ? products_of(c, ids, n, &s->products) : OK;
}

enum err preview_read(struct ctx *c, const struct preview_keys *keys, int64_t since_id,
                      struct preview_state *out)
{
    *out = (struct preview_state){0};
    TRY(read_orders(c, keys, out));
    TRY(read_care(c, keys, out));
    TRY(read_others(c, keys, out));
    if (keys->product_count) {
        TRY(availability_of(c, keys->products, keys->product_count, &out->availability));
        TRY(stock_cells_of(c, keys->products, keys->product_count, &out->cells));
    }
    TRY(read_products(c, keys, out));
    TRY(db_rows(c, &Q_preview_jobs_made, ARGS(I64(c->merchant_id), I64(since_id)), &job_fields,
                &out->jobs));
    TRY(site_list(c, &out->sites));
    return read_bins(c, out);
}
