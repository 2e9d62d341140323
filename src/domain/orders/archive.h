/* domain/orders/archive.h: orders as a whole body: page by page for exports, and by what was sold
 * to whom, for credit notes of other systems that do not name the order they credit.
 *
 *   credit note ──(customer, product, newest earlier sale)──> return, requested, on that order
 *
 * What is credited is a return whose note is the credit note's name, so the same one is known when
 * it comes again. Quantities are base units, amounts minor units of the order's currency. */
#pragma once

#include "base/ctx.h"
#include "base/field.h"

enum { ORDER_PAGE_MAX = 500 };

/* Orders after `after_id` (0: from the first), as struct order, oldest first. */
must_check enum err order_page(struct ctx *c, int64_t after_id, int64_t limit, struct list *orders);
/* The instant of the newest order; NONE when there is none. */
must_check enum err order_newest_placed(struct ctx *c, int64_t *placed_us);

struct sold_line {
    int64_t order_id, customer_id, placed_us, line_no, product_id;
    int64_t quantity; /* ordered and not cancelled */
};
/* Physical lines of these products that these customers ordered: by customer, product, instant. */
must_check enum err sold_to_customers(struct ctx *c, const int64_t *customer_ids, size_t customers,
                                      const int64_t *product_ids, size_t products,
                                      struct list *out);
/* The same for known orders: by order, product, line. */
must_check enum err sold_in_orders(struct ctx *c, const int64_t *order_ids, size_t orders,
                                   const int64_t *product_ids, size_t products, struct list *out);

struct credited_line {
    int64_t order_id, return_id;
    struct text note;
    int64_t line_no, product_id, quantity;
};
/* Whatever is a return already, asked for or done: by order, line. */
must_check enum err credited_of_orders(struct ctx *c, const int64_t *order_ids, size_t n,
                                       struct list *out);
