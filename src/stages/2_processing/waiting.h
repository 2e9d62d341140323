/* stages/2_processing/waiting.h: order lines that are short, in the order in which they are served.
 */
#pragma once

#include "base/ctx.h"
#include "base/field.h"
#include "domain/sites/site.h"

#include <stdbool.h>

struct waiting {
    int64_t order_id, line_no, product_id;
    int64_t missing, order_missing; /* units of the line, and of its order */
    int32_t method, channel;
    struct text country, postal_code; /* that it goes to */
    int64_t wish_day, service_minutes;
};

struct waiting_ask {
    const int64_t *product_ids;
    size_t count;
    int32_t fill; /* the merchant's fill_policy */
    int64_t skip, most;
    int64_t order_id;      /* of it alone; NONE: of all */
    bool is_arrived_first; /* those before the others for whom something came in */
};
/* Lines of an order stand side by side. */
must_check enum err waiting_lines(struct ctx *c, const struct waiting_ask *ask, struct list *out);
/* Before lines are promised more: these orders are locked, and their lines are short of what they
   were, with the earmarks they had (struct earmark_change, by order and line); ERR_BUSY "raced"
   where another changed them meanwhile. Sorts `order_ids`. */
must_check enum err waiting_keep(struct ctx *c, int64_t *order_ids, size_t n,
                                 const struct list *lines, const struct list *earmarks);
/* Among what was read of these orders (struct earmark_change, by order and line): the line's. */
struct list waiting_earmarks(const struct list *earmarks, const struct waiting *w);
/* Their orders, ascending, each once. */
size_t waiting_orders(struct arena *a, const struct list *lines, int64_t **order_ids);
/* The day at the door when the goods are at this site at an instant. */
int64_t waiting_day(struct ctx *c, const struct waiting *w, const struct site *site,
                    int64_t there_us);
