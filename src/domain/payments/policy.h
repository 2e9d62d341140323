/* domain/payments/policy.h: how a merchant counts: what is close enough, what coins can pay, and
 * what its prices hold of tax.
 *
 * One row per merchant, or these: nothing is close enough, too much is paid back, orders carry the
 * tax that they were given. */
#pragma once

#include "base/ctx.h"
#include "base/field.h"

enum overpaid_policy { OVERPAID_REFUND, OVERPAID_CREDIT, OVERPAID_KEEP };
/* enums of plan/tax.h; stages that compute with both check that they agree. */
enum tax_policy { TAXES_GIVEN, TAXES_ADDED, TAXES_INCLUDED };
enum tax_rounding_scope { TAXES_PER_LINE, TAXES_PER_ORDER };
enum tax_rounding_rule { TAXES_HALF_UP, TAXES_HALF_EVEN, TAXES_CASH_STEP };
enum invoicing { INVOICES_ISSUED, INVOICES_NONE };
extern const struct words invoicing_words, overpaid_policy_words, tax_policy_words, tax_scope_words,
    tax_rounding_words;

#define TOLERANCE_MINOR_MAX 100000
enum { SERIES_MAX = 12, TAX_NUMBER_MAX = 40 };

struct money_policy {
    int64_t merchant_id;
    int64_t tolerance_minor;    /* up to so much under or over what is owed is let be */
    int32_t overpaid;           /* enum overpaid_policy: beyond the tolerance */
    int32_t taxes;              /* enum tax_policy: on top of prices, or inside */
    int32_t tax_scope;          /* enum tax_rounding_scope */
    int32_t tax_rounding;       /* enum tax_rounding_rule */
    struct text shipping_class; /* tax class of shipping; absent: TAX_CLASS_STANDARD */
    int32_t invoicing;          /* enum invoicing: does another system write them? */
    struct text invoice_series, credit_series; /* absent: INVOICE_SERIES, CREDIT_SERIES */
    struct text tax_number;                    /* the merchant's own */
};
extern const struct fields money_policy_fields;

must_check enum err money_policy_get(struct ctx *c, struct money_policy *out);
must_check enum err money_policy_put(struct ctx *c, const struct money_policy *p);

/* The smallest coin of the currency in minor units: 5 for CHF, 1 where all coins exist. */
int64_t cash_step(struct text currency);
/* The nearest amount that can be paid in coins; half a step goes up. */
int64_t cash_rounded(int64_t minor, struct text currency);
