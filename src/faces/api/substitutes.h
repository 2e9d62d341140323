/* faces/api/substitutes.h: a rule about substitutes as callers see it, and as it is exported. */
#pragma once

#include "base/ctx.h"
#include "base/field.h"

struct substitute_view {
    struct text product, sku; /* what is replaced, and by what */
    int64_t rank, replaced, units;
    int32_t price, otherwise;
    int64_t answer_hours, from_day, until_day;
    bool is_paused;
};
extern const struct fields substitute_view_fields;

/* struct substitute in, struct substitute_view out, in the same order. */
must_check enum err substitute_views(struct ctx *c, const struct list *rules, struct list *out);
