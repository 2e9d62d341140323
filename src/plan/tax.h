/* plan/tax.h: the tax of an order's amounts, and how it is rounded.
 *
 *   added:     amount is net,   tax = amount x rate                  net + tax is paid
 *   included:  amount is gross, tax = amount x rate / (1 + rate)     net + tax = amount
 *
 * Tax is computed on groups, rounded once for each, and shared over the group's items by largest
 * remainder, so that the shares sum to it exactly. A group is what has one rate within a line
 * (per_line), or within the whole order (per_order, as EN 16931 counts). Turning every amount's
 * sign turns every tax's sign: what is reversed gives back every cent. Amounts are minor units,
 * rates parts per million. */
#pragma once

#include "base/arena.h"

#include <stddef.h>
#include <stdint.h>

enum tax_mode { TAX_GIVEN, TAX_ADDED, TAX_INCLUDED };
enum tax_scope { TAX_PER_LINE, TAX_PER_ORDER };
enum tax_rounding {
    TAX_HALF_UP,   /* half a cent goes away from zero */
    TAX_HALF_EVEN, /* half a cent goes to the even one */
    TAX_CASH_STEP  /* what is added, to the nearest coin, half of it away from zero */
};
enum { TAX_PPM = 1000000, TAX_RATE_PPM_MAX = 2 * TAX_PPM };

struct tax_rule {
    int32_t mode, scope, rounding; /* TAX_GIVEN computes nothing */
    int64_t step_minor;            /* the smallest coin; 1 where all coins exist */
};

struct tax_item {
    int64_t line_no; /* items of a line stand side by side */
    int64_t amount_minor, rate_ppm;
    int64_t net_minor, tax_minor; /* answers */
};

void tax_compute(struct arena *a, const struct tax_rule *rule, struct tax_item *items, size_t n);
/* Of one amount: what tax_compute gives for an item alone. */
int64_t tax_of(const struct tax_rule *rule, int64_t amount_minor, int64_t rate_ppm);
