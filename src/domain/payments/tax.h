/* domain/payments/tax.h: what goods bear where, and what an order's lines bear for good.
 *
 * A rate is found by class, by the country and region that goods go to, and by the day: the newest
 * one whose first day has come; a region's own before its country's; a class without a rate there
 * takes TAX_CLASS_STANDARD's. A place without rates is one where the merchant collects no tax.
 *
 * What an order bears is stored with rate and rule when it is placed, so that no later rate
 * changes it. Rates are parts per million, amounts minor units of the order's currency. */
#pragma once

#include "base/ctx.h"
#include "base/field.h"
#include "domain/payments/policy.h"

#define TAX_CLASS_STANDARD T("standard")
enum { TAX_CLASS_MAX = 32, TAX_NAME_MAX = 60, TAX_REGION_MAX = 10, TAX_RATES_MAX = 5000 };

struct tax_rate {
    int64_t merchant_id;
    struct text country, region; /* region "": the whole country */
    struct text tax_class;
    int64_t from_day, rate_ppm;
    struct text name;
};
extern const struct fields tax_rate_fields;

struct order_tax {
    int64_t merchant_id, order_id;
    int64_t line_no; /* 0: shipping */
    int64_t part_no; /* of a kit; else line_no */
    struct text tax_class, country, region, name;
    int64_t rate_ppm; /* NONE: the tax came with the order */
    int32_t mode;     /* enum tax_policy: where it stands; TAXES_GIVEN is on top */
    int32_t scope, rounding;
    int64_t net_minor, tax_minor;
};
extern const struct fields order_tax_fields;

must_check enum err tax_rate_put(struct ctx *c, const struct tax_rate *r); /* queued */
must_check enum err tax_rate_remove(struct ctx *c, const struct tax_rate *r, bool *was_there);
/* All, ascending by country, region, class, day; TAX_RATES_MAX at most. */
must_check enum err tax_rates(struct ctx *c, struct list *out);
/* The rate of a class there on that day, in a list of tax_rates; NULL where no tax is collected. */
const struct tax_rate *tax_rate_in(const struct list *rates, struct text tax_class,
                                   struct text country, struct text region, int64_t day);
/* Lower case letters, digits, _ and -: ERR_INVALID "tax_class". */
must_check enum err tax_class_check(struct ctx *c, struct text tax_class, const char *field);

/* Queued; amounts of rows that are there are written over. */
must_check enum err order_tax_insert(struct ctx *c, const struct order_tax *rows, size_t n);
must_check enum err order_tax_line_drop(struct ctx *c, int64_t order_id, int64_t line_no);
/* Ascending by order, line, part. */
must_check enum err order_taxes_of(struct ctx *c, const int64_t *order_ids, size_t n,
                                   struct list *out);
must_check enum err order_tax_drop(struct ctx *c, int64_t order_id); /* at once; of drafts */

/* What an order bears at one rate. */
struct tax_sum {
    struct text name;
    int64_t rate_ppm; /* NONE: came with the order */
    bool is_included;
    int64_t net_minor, tax_minor;
};
/* By rate, in the order of their first line; in the arena. */
struct list tax_sums(struct arena *a, const struct list *taxes);
/* "8.875" of 88750 parts per million. */
struct text tax_percent(struct arena *a, int64_t rate_ppm);
