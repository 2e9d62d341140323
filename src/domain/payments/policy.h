/* domain/payments/policy.h: how a merchant counts: what is close enough, and what coins can pay.
 *
 * One row per merchant, or these: nothing is close enough, too much is paid back. */
#pragma once

#include "base/ctx.h"
#include "base/field.h"

enum overpaid_policy { OVERPAID_REFUND, OVERPAID_CREDIT, OVERPAID_KEEP };
extern const struct words overpaid_policy_words;

#define TOLERANCE_MINOR_MAX 100000

struct money_policy {
    int64_t merchant_id;
    int64_t tolerance_minor; /* up to so much under or over what is owed is let be */
    int32_t overpaid;        /* enum overpaid_policy: beyond the tolerance */
};
extern const struct fields money_policy_fields;

must_check enum err money_policy_get(struct ctx *c, struct money_policy *out);
must_check enum err money_policy_put(struct ctx *c, const struct money_policy *p);

/* The smallest coin of the currency in minor units: 5 for CHF, 1 where all coins exist. */
int64_t cash_step(struct text currency);
/* The nearest amount that can be paid in coins; half a step goes up. */
int64_t cash_rounded(int64_t minor, struct text currency);
