/* stages/2_processing/invoicing_rows.h: what an order's lines come to, what of it was invoiced,
 * and what was credited: a row for each line and rate of tax. Only for invoicing.c. */
#pragma once

#include "domain/payments/invoice.h"
#include "domain/payments/tax.h"
#include "stages/2_processing/paying_money.h"

struct sums {
    int64_t net, tax;
};
static inline int64_t gross(struct sums s) { return s.net + s.tax; }

struct bill_row {
    int64_t line_no, part_no, rate_ppm;
    struct text tax_name;
    struct sums agreed;   /* for all of the line */
    struct sums billed;   /* by invoices, less what changes of the order took back */
    struct sums credited; /* for refunds */
    struct sums target;   /* what is to have been billed */
    int64_t billed_units, target_units;
};

struct bill {
    const struct order_money *m;
    struct bill_row *rows; /* ascending by line, part */
    size_t count;
    struct order_tax rule; /* mode, scope, rounding of the order */
    int64_t newest_id;     /* invoice; NONE */
};

/* Taxes, documents and their lines are of many orders, as they are read. */
void bill_open(struct arena *a, const struct order_money *m, const struct list *taxes,
               const struct list *documents, const struct list *lines, struct bill *out);
/* Targets: these units of the lines, as worth_of_units counts; shipping and services with the
   first of them. */
void bill_aim(struct arena *a, struct bill *b, const int64_t *units);
/* Targets: the order as it is agreed now, without its cancelled units. `only_lower`: where that is
   less than was billed; the rest stays as it was billed. */
void bill_aim_whole(struct arena *a, struct bill *b, bool only_lower);
/* Of all rows: to be billed, when below 0 to be taken back. */
int64_t bill_open_minor(const struct bill *b);
int64_t bill_left_minor(const struct bill *b); /* billed and not credited */
/* The amounts that `amount_minor` takes back: from the rows of `line_no` (NONE: none) first, then
   in proportion from all. */
void bill_spread(struct arena *a, const struct bill *b, int64_t line_no, int64_t amount_minor,
                 struct sums *parts);
