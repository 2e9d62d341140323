#include "domain/orders/archive.h"

#include "domain/orders/order.h"
#include "queries.h"
#include "store/db.h"

static const struct field sold_table[] = {
    FIELD(struct sold_line, order_id),   FIELD(struct sold_line, customer_id, .flags = F_NULL),
    FIELD(struct sold_line, placed_us),  FIELD(struct sold_line, line_no),
    FIELD(struct sold_line, product_id), FIELD(struct sold_line, quantity),
};
static const struct fields sold_fields = FIELDS("sold_line", struct sold_line, sold_table);

static const struct field credited_table[] = {
    FIELD(struct credited_line, order_id),   FIELD(struct credited_line, return_id),
    FIELD(struct credited_line, note),       FIELD(struct credited_line, line_no),
    FIELD(struct credited_line, product_id), FIELD(struct credited_line, quantity),
};
static const struct fields credited_fields =
    FIELDS("credited_line", struct credited_line, credited_table);

enum err order_page(struct ctx *c, int64_t after_id, int64_t limit, struct list *orders)
{
    return db_rows(c, &Q_order_page, ARGS(I64(c->merchant_id), I64(after_id), I64(limit)),
                   &order_fields, orders);
}

enum err order_newest_placed(struct ctx *c, int64_t *placed_us)
{
    return db_number(c, &Q_order_newest_placed, ARGS(I64(c->merchant_id)), placed_us);
}

enum err sold_to_customers(struct ctx *c, const int64_t *customer_ids, size_t customers,
                           const int64_t *product_ids, size_t products, struct list *out)
{
    return db_rows(
        c, &Q_sold_to_customers,
        ARGS(I64(c->merchant_id), I64S(customer_ids, customers), I64S(product_ids, products)),
        &sold_fields, out);
}

enum err sold_in_orders(struct ctx *c, const int64_t *order_ids, size_t orders,
                        const int64_t *product_ids, size_t products, struct list *out)
{
    return db_rows(c, &Q_sold_in_orders,
                   ARGS(I64(c->merchant_id), I64S(order_ids, orders), I64S(product_ids, products)),
                   &sold_fields, out);
}

enum err credited_of_orders(struct ctx *c, const int64_t *order_ids, size_t n, struct list *out)
{
    return db_rows(c, &Q_credited_of_orders, ARGS(I64(c->merchant_id), I64S(order_ids, n)),
                   &credited_fields, out);
}
