/* stages/2_processing/substituting_facts.h: what deciding about substitutes needs of a set of
 * orders; the inside of substituting. */
#pragma once

#include "base/ctx.h"
#include "domain/catalog/product.h"
#include "domain/catalog/substitute.h"
#include "domain/inventory/stock.h"
#include "domain/orders/order.h"
#include "domain/orders/substitution.h"

struct substituting_facts {
    struct list orders, states, lines;       /* placed ones; by order */
    struct list consents, questions;         /* of them */
    struct list rules;                       /* struct substitute, of what is short */
    struct list products, prices, preorders; /* of both sides */
    struct list sites, stock, reserves, rejections;
};

/* Without a rule about what is missing of them, goods and stock stay unread. */
must_check enum err substituting_load(struct ctx *c, const int64_t *order_ids, size_t n,
                                      struct substituting_facts *out);

/* Something else for some units of a line. */
struct substituting_choice {
    const struct order *order;
    const struct order_line *line;
    const struct product *product, *instead;
    const struct substitute *rule;
    int64_t replaced, units, cost_minor;
};
/* The best rule under which something of it is free now; false: none. */
bool substituting_choose(struct ctx *c, const struct substituting_facts *f,
                         const struct order_line *l, struct substituting_choice *out);
/* Units of the line that are neither promised nor cancelled. */
int64_t line_missing(const struct order_line *l);
/* May the line be replaced at all? */
bool substituting_may(const struct substituting_facts *f, const struct order_line *l);
/* What so many units of a line cost, without tax on top, as the order stands. */
int64_t line_cost(const struct order_line *l, int64_t units);
/* From the sites in their order, those that have all of it first; ids of the demands are the
   caller's. What it takes is promised in `f`. Short: 0 demands. */
size_t substituting_source(struct ctx *c, struct substituting_facts *f,
                           const struct substituting_choice *choice, struct demand **out);
