/* plan/sourcing.h: which sites send what of an order, and why.
 *
 * Sites are tried in every small combination (one site, two, three) and greedily beyond that;
 * candidates are compared by filled quantity first, then as the policy says. What no site has
 * stays in `unfilled`. Each site gets a score and a sentence that is kept as the explanation.
 * The same input gives the same answer; ties go to the lower site id. */
#pragma once

#include "base/ctx.h"
#include "base/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SOURCING_SITES_MAX = 256, SOURCING_LINES_MAX = 1000, SOURCING_EXACT_SITES_MAX = 12 };

enum sourcing_policy {
    SOURCING_FEWEST_SPLITS, /* fewest sites, then nearest */
    SOURCING_SINGLE_SITE,   /* all from one site or nothing at all from several: the best one */
    SOURCING_NEAREST,       /* each unit from the nearest site that has it */
    SOURCING_CHEAPEST,      /* least handling and shipping cost, splits paid for */
    SOURCING_PRIORITY,      /* in the merchant's order of sites */
    SOURCING_POLICY_COUNT
};

struct sourcing_line {
    int64_t line_id, sku_id, quantity;
    int64_t kit; /* lines with the same number > 0 must leave from one site together */
};

struct sourcing_site {
    int64_t site_id;
    struct text name;
    int64_t distance_km; /* to the customer */
    int64_t priority;    /* lower goes first */
    int64_t cost_minor;  /* per shipment from here */
    int64_t unit_cost_minor;
    int64_t capacity_units; /* that can still leave in time; -1: no limit */
    int64_t promised_day;   /* when it would arrive from here */
    bool is_open;           /* false: takes no work */
    struct text closed_why; /* why not */
    bool is_sending;        /* it sends a parcel of the order anyway: no parcel more */
};

struct sourcing_stock {
    int64_t site_id, sku_id, available;
};

struct sourcing_share {
    size_t site, line; /* indexes */
    int64_t quantity;
};

struct sourcing_score {
    int64_t units, lines; /* this site could fill of the whole order */
    int64_t given;        /* units assigned */
    int64_t score;        /* 0 to 10,000: share it could fill, then the policy's measure */
    struct text why;      /* "Berlin: has 3 of 3 lines, 12 km, chosen: one parcel for all" */
};

struct sourcing_plan {
    struct sourcing_share *shares; /* by site, then by line */
    size_t share_count;
    int64_t *unfilled; /* per line */
    int64_t unfilled_total;
    struct sourcing_score *scores; /* per site, in the order given */
    size_t site_count;             /* sites used */
    int64_t cost_minor;
    int64_t promised_day; /* of the last site used */
    struct text why;      /* the decision in one sentence */
};

/* How far apart, as far as addresses without coordinates tell: by the beginning of the postal code,
   the country, the union. */
int64_t sourcing_distance_km(struct text from_country, struct text from_postal,
                             struct text to_country, struct text to_postal);

/* ERR_INVALID "quantity", "policy"; ERR_TOO_LARGE "too_many_sites", "too_many_lines". */
must_check enum err sourcing_plan(struct ctx *c, const struct sourcing_line *lines,
                                  size_t line_count, const struct sourcing_site *sites,
                                  size_t site_count, const struct sourcing_stock *stock,
                                  size_t stock_count, enum sourcing_policy policy,
                                  struct sourcing_plan *out);
/* The same, but a site that is at its capacity gives more where nobody else has the goods: it sends
   them a day later. */
must_check enum err sourcing_plan_all(struct ctx *c, const struct sourcing_line *lines,
                                      size_t line_count, const struct sourcing_site *sites,
                                      size_t site_count, const struct sourcing_stock *stock,
                                      size_t stock_count, enum sourcing_policy policy,
                                      struct sourcing_plan *out);
