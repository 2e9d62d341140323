/* test/work_fixture.h: work on the floor of the small shop (test/shop.h): orders that were placed
 * and released, looked at as they are in the database. Everything runs in a unit of work. */
#pragma once

#include "domain/inventory/stock.h"
#include "domain/orders/package.h"
#include "domain/orders/work.h"
#include "shop.h"

/* Place and release an order of one line; the fulfillment (NONE and a failed test when not one). */
int64_t work_order(struct world *w, const char *sku, int64_t quantity);
/* The same for a draft made by hand. */
int64_t work_of_draft(struct world *w, const struct draft *d);
/* `n` orders of one piece of `sku` each. */
void work_orders(struct world *w, const char *sku, size_t n, int64_t *fulfillment_ids);

struct fulfillment work_get(struct world *w, int64_t fulfillment_id);
struct list work_tasks(struct world *w, int64_t fulfillment_id);
/* The k-th task (from 0) of a kind in ascending order; fails the test when there is none. */
struct task work_task(struct world *w, int64_t fulfillment_id, enum task_kind kind, size_t k);
struct fulfillment_line work_line(struct world *w, int64_t fulfillment_id, int64_t line_no);
struct order_line work_order_line(struct world *w, int64_t order_id, int64_t line_no);
struct list work_packages(struct world *w, int64_t order_id);
struct list work_package_lines(struct world *w, int64_t package_id);
/* The cell as it stands; zeros when there is none. Lot NULL: without lot. */
struct stock work_cell(struct world *w, int64_t site_id, int64_t product_id, int64_t bin_id,
                       const char *lot);
void work_receive(struct world *w, int64_t site_id, int64_t product_id, int64_t bin_id,
                  const char *lot, int64_t quantity);
void work_adjust(struct world *w, int64_t site_id, int64_t product_id, int64_t bin_id,
                 int64_t difference);
int64_t work_hold(struct world *w, int64_t order_id, enum hold_reason reason, const char *note);
void work_touch(struct world *w, int64_t fulfillment_id);
/* How many events of a kind an order has; order NONE: all there are. */
int64_t work_events(struct world *w, int64_t order_id, const char *kind);

/* What must be true at every moment, counted over the whole database; fails the test otherwise:
   counters of lines, fulfillments and orders agree, allotted is what open tasks point to, totes and
   packages hold what the entries brought there. */
void work_audit(struct world *w);
