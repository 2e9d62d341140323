/* stages/2_processing/changing_tax.h: the tax of lines that an order change touches.
 *
 * A line keeps the rate that it was placed with; a new one takes its class's rate of the order's
 * place and day. A changed line is rounded alone, also where the order was rounded as a whole:
 * lines that nobody touched keep their cents. */
#pragma once

#include "domain/orders/order.h"
#include "domain/payments/tax.h"

struct changing_taxes {
    struct list facts; /* struct order_tax of the order; none: nothing is taxed by rates */
    struct list rates; /* struct tax_rate */
    int64_t day;       /* on which the order was placed */
    struct text currency;
};

/* `has_prices`: prices change, so rates may be asked for. */
must_check enum err changing_tax_load(struct ctx *c, const struct order *o, bool has_prices,
                                      struct changing_taxes *out);
/* The line costs `price_minor` now, added tax left out: sets its tax, queues its facts. */
must_check enum err changing_tax_line(struct ctx *c, const struct changing_taxes *t,
                                      struct order_line *l, struct text tax_class,
                                      int64_t price_minor);
/* Shipping costs what `after` says now: brings its tax and its total up to date. */
must_check enum err changing_tax_shipping(struct ctx *c, const struct changing_taxes *t,
                                          struct order *after);
