/* domain/payments/invoice.h: invoices for what left the house, and credit notes that take back.
 *
 *   package leaves ──> invoice of its goods, the first with shipping and services
 *   refund is done ──> credit note of what it lowered the order's worth by
 *   order becomes cheaper after its invoice ──> credit note of the difference
 *
 * Numbers run without gaps in each series of a merchant, because the last one given is a row that
 * is raised in the unit of work that writes the document; days never go back within a series. A
 * document is never changed. It has a row for each order line and rate of tax; amounts of credit
 * notes are what they take back, above 0. Amounts are minor units of the order's currency. */
#pragma once

#include "base/ctx.h"
#include "base/field.h"

enum invoice_kind { INVOICE_BILL, INVOICE_CREDIT };
extern const struct words invoice_kind_words;
#define INVOICE_SERIES T("INV")
#define CREDIT_SERIES T("CN")

struct invoice {
    int64_t merchant_id, invoice_id, order_id;
    int32_t kind;
    struct text series;
    int64_t number, issued_day;
    int64_t package_id, refund_id, about_id; /* or NONE */
    int64_t bill_to_id;
    struct text seller, seller_country, currency;
    int64_t net_minor, tax_minor, total_minor;
    int32_t tax_mode, tax_scope, tax_rounding; /* enums of policy.h */
    int64_t issued_us;
};
extern const struct fields invoice_fields;

struct invoice_line {
    int64_t merchant_id, invoice_id;
    int64_t line_no; /* 0: shipping */
    int64_t part_no;
    struct text name, sku;
    int64_t quantity;
    int64_t rate_ppm; /* NONE: came with the order, or there is none */
    struct text tax_name;
    int64_t net_minor, tax_minor;
};
extern const struct fields invoice_line_fields;

/* "INV-17" */
struct text invoice_number(struct arena *a, const struct invoice *i);

/* Give the next numbers and a day to documents of the same series, in their order, and queue them
   with their lines. */
must_check enum err invoices_issue(struct ctx *c, struct invoice *all, size_t n,
                                   const struct invoice_line *lines, size_t line_count);
must_check enum err invoice_get(struct ctx *c, int64_t invoice_id, struct invoice *out);
/* Ascending by order, then document; ascending by document, line, part. */
must_check enum err invoices_of_orders(struct ctx *c, const int64_t *order_ids, size_t n,
                                       struct list *out);
must_check enum err invoice_lines_of(struct ctx *c, const int64_t *invoice_ids, size_t n,
                                     struct list *out);
must_check enum err invoice_list(struct ctx *c, int64_t before_id, int64_t limit,
                                 struct list *out); /* newest first */
