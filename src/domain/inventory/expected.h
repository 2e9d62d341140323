/* domain/inventory/expected.h: what suppliers have announced and not brought yet, by product. */
#pragma once

#include "base/ctx.h"
#include "base/field.h"

struct expected {
    int64_t product_id, site_id, asn_id, line_no;
    int64_t expected_day; /* NONE: nobody said when */
    int64_t units;        /* announced, and not received */
    int64_t earmarked;    /* of them: order lines wait for these */
};
extern const struct fields expected_fields;

/* Of deliveries that are not closed, by product, then day. */
must_check enum err expected_of(struct ctx *c, const int64_t *product_ids, size_t n,
                                struct list *out);
/* What a site lacks of its safety stock is kept back from the next deliveries there, as far as they
   have units that nobody waits for. `stock` as read by availability_of. */
void expected_less_safety(struct list *expected, const struct list *stock);
/* All that is to come of a product: units, and the first day (NONE: none, or nobody said). */
int64_t expected_units(const struct list *expected, int64_t product_id, int64_t *first_day);
