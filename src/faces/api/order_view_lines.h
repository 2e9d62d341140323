/* faces/api/order_view_lines.h: the lines of an order as callers see them; the inside of
 * order_view. */
#pragma once

#include "base/ctx.h"
#include "base/field.h"

struct line_facts {
    const char *currency;
    struct list lines, products, offers, substitutions;
};
extern const struct fields line_view_fields;
struct list line_views(struct ctx *c, const struct line_facts *k);
