/* services/returns/returns_load.h: a return with all around it; the inside of services/returns. */
#pragma once

#include "domain/orders/order.h"
#include "services/returns/returns.h"

struct return_work {
    struct order_return head;
    struct order order;
    struct list order_lines;    /* struct order_line, by line */
    struct list part_prices;    /* of the parts of its kits */
    struct list returns;        /* all of the order, struct order_return */
    struct list all;            /* their lines, struct return_line */
    struct return_line *before; /* of this return, as read */
    struct return_line *lines;  /* the same, being changed */
    size_t count;
    bool is_head_new; /* its own row changed */
};

/* The order's row is taken first: returns of one order wait for each other. */
must_check enum err return_work_load(struct ctx *c, int64_t return_id, struct return_work *w);
must_check enum err return_work_of_order(struct ctx *c, int64_t order_id, struct return_work *w);
/* The lines that changed; when all have ended, the return is settled and says so. */
must_check enum err return_work_save(struct ctx *c, struct return_work *w);

/* ERR_NOT_FOUND "line_not_found" at lines[i].line_no. */
must_check enum err return_work_line(struct ctx *c, struct return_work *w, size_t i,
                                     int64_t line_no, struct return_line **out);
const struct order_line *return_order_line(const struct return_work *w, int64_t line_no);
bool return_has_ended(int32_t state);
/* fail_at "lines[i].member" */
enum err return_fail(struct ctx *c, enum err code, const char *reason, size_t i, const char *member,
                     const char *detail);

/* What `quantity` more units of an order line are worth after `before` others: parts of a kit by
   their list prices. The sum over all units is the line's total to the cent. */
int64_t return_worth(struct ctx *c, const struct return_work *w, const struct order_line *l,
                     int64_t before, int64_t quantity);
/* The rule of an order line: its product's, its kit's, the merchant's, ours. */
must_check enum err return_rules_load(struct ctx *c, const struct return_work *w,
                                      struct list *rules);
struct return_rule return_rule_of(struct ctx *c, const struct return_work *w,
                                  const struct list *rules, const struct order_line *l);
