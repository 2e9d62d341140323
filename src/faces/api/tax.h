/* faces/api/tax.h: what an order bears of tax, as others show it too. */
#pragma once

#include "base/ctx.h"
#include "base/field.h"
#include "base/money.h"

struct tax_view {
    struct text name, percent;
    struct money net, tax;
    bool is_included;
};
extern const struct fields tax_view_fields;

/* By rate, of struct order_tax rows; *included is the sum of what is inside the prices. */
struct list tax_views(struct ctx *c, const struct list *taxes, const char *currency,
                      struct money *included);
