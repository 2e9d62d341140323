/* faces/api/order_dates.h: when an order's goods are at the door, also those that are not here. */
#pragma once

#include "base/ctx.h"
#include "base/field.h"

#include <stdbool.h>

struct earmark_view {
    int64_t line_no, asn_id;
    struct text site, reference; /* the site's code; the supplier's number of the delivery */
    int64_t units, arrived, expected_day, promised_day;
};
extern const struct fields earmark_view_fields;

struct order_dates {
    int64_t order_id;
    struct list earmarks; /* struct earmark_view */
    int64_t promised_day; /* the last of it is there; NONE: of some nobody knows */
    int64_t undated;      /* units that no delivery brings by a known day */
};
/* Of these orders (ascending; struct order_line and struct promise of them, by order): as many. */
must_check enum err order_dates_of(struct ctx *c, const int64_t *order_ids, size_t n,
                                   const struct list *lines, const struct list *promises,
                                   struct order_dates **out);
