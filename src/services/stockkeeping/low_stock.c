#include "services/stockkeeping/low_stock.h"

#include "base/sort.h"
#include "domain/inventory/availability.h"
#include "domain/inventory/lot.h"
#include "domain/inventory/stock.h"
#include "domain/orders/order.h"
#include "queries.h"
#include "store/db.h"

static const struct field low_table[] = {
    FIELD_ID(struct low_stock, product_id, "product_id", "prd"),
    FIELD(struct low_stock, sku),
    FIELD(struct low_stock, name),
    FIELD(struct low_stock, available, .about = "can be promised now, as GET /v1/stock says"),
    FIELD(struct low_stock, low_at, .about = "the mark"),
};
const struct fields low_stock_fields = FIELDS("low_stock", struct low_stock, low_table);

enum err low_stock(struct ctx *c, int64_t after_product, int64_t limit, struct list *out)
{
    return db_rows(c, &Q_low_stock, ARGS(I64(c->merchant_id), I64(after_product), I64(limit)),
                   &low_stock_fields, out);
}

static int64_t available_of(const struct list *stock, int64_t product_id)
{
    const struct availability *at = stock->at;
    int64_t units = 0;
    for (size_t i = 0; i < stock->count; i++)
        if (at[i].product_id == product_id && !at[i].is_closed) units += availability_left(&at[i]);
    return units;
}

static enum err tell(struct ctx *c, const int64_t *ids, size_t n)
{
    struct list rules, stock;
    TRY(stock_rules_of(c, ids, n, &rules));
    if (!rules.count) return OK;
    TRY(availability_of(c, ids, n, &stock));
    for (size_t i = 0; i < rules.count; i++) {
        struct stock_rule rule = ((const struct stock_rule *)rules.at)[i];
        int64_t units = available_of(&stock, rule.product_id);
        int32_t is_low = rule.low_at != NONE && units <= rule.low_at;
        if (is_low == rule.is_low) continue;
        rule.is_low = is_low;
        TRY(stock_rule_put(c, &rule));
        if (is_low)
            TRY(event_put(c, EVENT_STOCK_LOW, NONE, rule.product_id,
                          EVENT_BODY(.quantity = units)));
    }
    return OK;
}

enum err low_stock_on_change(struct ctx *c, const struct event *events, size_t count)
{
    struct list lines = {0};
    int64_t *orders = arena_new(c->arena, int64_t, count + 1);
    size_t order_count = 0, n = 0;
    for (size_t i = 0; i < count; i++)
        if (events[i].order_id != NONE) orders[order_count++] = events[i].order_id;
    sort_i64(orders, order_count);
    order_count = unique_i64(orders, order_count);
    if (order_count) TRY(order_lines_of(c, orders, order_count, &lines));
    int64_t *ids = arena_new(c->arena, int64_t, count + lines.count + 1);
    for (size_t i = 0; i < count; i++)
        if (events[i].order_id == NONE && events[i].subject_id != NONE)
            ids[n++] = events[i].subject_id;
    for (size_t i = 0; i < lines.count; i++) {
        const struct order_line *l = &((const struct order_line *)lines.at)[i];
        if (line_is_physical(l)) ids[n++] = l->product_id;
    }
    sort_i64(ids, n);
    return n ? tell(c, ids, unique_i64(ids, n)) : OK;
}
