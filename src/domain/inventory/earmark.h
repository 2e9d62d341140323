/* domain/inventory/earmark.h: order lines that are short wait for units of expected deliveries.
 *
 *   short line ─earmark─> delivery's line ─goods in─> arrived ─promised from stock─> over
 *                 └─ taken elsewhere, cancelled, or the delivery brings less: given back
 *
 * Units of a delivery are earmarked once: asn_line.earmarked <= due is one conditional write. What
 * arrived is counted at its site (availability.earmarked) and promised to nobody else. A line's
 * earmarks are never more than it is short of; each has the day the customer is told.
 *
 * Functions run inside a unit of work; an earmark is written as it was read, or the unit is
 * repeated. */
#pragma once

#include "base/ctx.h"
#include "base/field.h"
#include "domain/inventory/asn.h"

struct earmark {
    int64_t merchant_id, order_id, line_no, asn_id, asn_line, product_id, site_id;
    int64_t units, arrived; /* still to come; came in and not promised yet */
    int64_t expected_day;   /* of the delivery when promised_day was reckoned; NONE: nobody said */
    int64_t promised_day;   /* at the door; NONE: nobody knows */
};
extern const struct fields earmark_fields;

/* An earmark as it was read, and as it is to be; `before` all 0: a new one. */
struct earmark_change {
    struct earmark before, after;
};
/* What differs is written, and the sums beside it: of the deliveries at once and conditional,
   ERR_BUSY "raced" when another took the units meanwhile. */
must_check enum err earmarks_save(struct ctx *c, const struct earmark_change *changes, size_t n);

/* Of these orders, by order and line, the next delivery first. Nothing of what is over. */
must_check enum err earmarks_of(struct ctx *c, const int64_t *order_ids, size_t n,
                                struct list *out);
/* Of these products, what came and waits to be promised, by product and site in the order in which
   it is served. */
must_check enum err earmarks_here(struct ctx *c, const int64_t *product_ids, size_t n,
                                  struct list *out);
/* Which of these products have earmarks: they stay, ascending. */
must_check enum err earmarked_products(struct ctx *c, int64_t *product_ids, size_t *n);

/* Among what earmarks_of has read: the line's. */
struct list earmarks_of_line(const struct list *earmarks, int64_t order_id, int64_t line_no);
int64_t earmarked_units(const struct list *earmarks); /* still to come, and arrived */
/* Change the line's earmarks so that they are `most` units, the last to come given back first. */
void earmarks_shrink(struct list *changes, int64_t most);
struct list earmark_changes(struct arena *a, const struct list *earmarks);
/* The line is short of `most` units only; queued. */
must_check enum err earmarks_give_back(struct ctx *c, const struct list *earmarks, int64_t order_id,
                                       int64_t line_no, int64_t most);

/* A delivery's line with what a unit changes of it. */
struct asn_line_change {
    struct asn_line before, after;
    int64_t good; /* units that came just now, and can be sold once they are put away */
};
/* Write the lines; who waited for units that came gets them in the order in which they are served,
   and who waited for units that will not come has no claim to them any more. Queued. */
must_check enum err asn_settle(struct ctx *c, const struct asn *a, struct asn_line_change *lines,
                               size_t n);

struct inbound {
    int64_t product_id, site_id, units;
};
extern const struct fields inbound_fields;
/* What came in and is not put away yet, by product and site. */
must_check enum err inbound_of(struct ctx *c, const int64_t *product_ids, size_t n,
                               struct list *out);
