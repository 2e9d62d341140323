/* domain/orders/sourcing.h: which sites were asked for an order's goods, which was chosen, and why
 * the others were not. Written once with the promise that followed; never changed.
 *
 * A merchant of one site has no decisions: there was nothing to decide. */
#pragma once

#include "base/ctx.h"
#include "base/field.h"

enum sourcing_cause { SOURCING_PLACED, SOURCING_STOCK_CAME, SOURCING_REJECTED };
extern const struct words sourcing_cause_words;

struct site_considered {
    int64_t site_id;
    int64_t could, given; /* units of the order that it could send, and that it was given */
    int64_t score;        /* 0 to 10,000 */
    struct text why;
};
extern const struct fields site_considered_fields;

struct sourcing_decision {
    int64_t order_id, decision_id;
    int32_t cause, policy;
    int64_t units, short_of; /* asked for, and that no site could promise */
    struct text why, sites;  /* sites: as stored */
    int64_t at_us;
    struct list considered; /* struct site_considered */
};
extern const struct fields sourcing_decision_fields;

/* Queued; `considered` is what is stored, `sites` is not looked at. */
must_check enum err sourcing_decision_put(struct ctx *c, const struct sourcing_decision *d);
/* Of an order, oldest first, with what was considered. */
must_check enum err sourcing_decisions_of(struct ctx *c, int64_t order_id, struct list *out);

/* A site gave the work for an order back. */
enum reject_reason {
    REJECT_TOO_BUSY,     /* the stock is there: nothing is corrected */
    REJECT_WRONG_SITE,   /* the same; this site is never asked again for the order */
    REJECT_NOT_FOUND,    /* the bins that should have it are empty */
    REJECT_DAMAGED,      /* the units cannot be sold */
    REJECT_SUSPECT,      /* somebody has to look at the units first: quarantine */
    REJECT_NOT_FOR_SALE, /* the site takes no orders for the product any more */
    REJECT_REASON_COUNT
};
extern const struct words reject_reason_words;
struct site_rejection {
    int64_t order_id, site_id, fulfillment_id;
    int32_t reason;
    struct text note;
    int64_t at_us, until_us, actor_id;
};
extern const struct fields site_rejection_fields;
must_check enum err site_rejection_put(struct ctx *c, const struct site_rejection *r); /* queued */
/* Of these orders, by order, then site. */
must_check enum err site_rejections_of(struct ctx *c, const int64_t *order_ids, size_t n,
                                       struct list *out);

/* Units sourced to a site, by the day on which it sends them. */
struct site_load {
    int64_t leave_day, site_id, units;
};
extern const struct fields site_load_fields;
must_check enum err site_load_add(struct ctx *c, const struct site_load *l); /* queued */
must_check enum err site_loads_of(struct ctx *c, const int64_t *days, size_t n, struct list *out);
