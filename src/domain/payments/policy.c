#include "domain/payments/policy.h"

#include "base/money.h"
#include "queries.h"
#include "store/db.h"

static const char *const overpaid[] = {"refund", "credit", "keep"};
static const char *const tax_policies[] = {"given", "added", "included"};
static const char *const tax_scopes[] = {"per_line", "per_order"};
static const char *const invoicings[] = {"issued", "none"};
static const char *const tax_roundings[] = {"half_up", "half_even", "cash_step"};
const struct words invoicing_words = WORDS("invoicing", invoicings);
const struct words overpaid_policy_words = WORDS("overpaid_policy", overpaid);
const struct words tax_policy_words = WORDS("tax_policy", tax_policies);
const struct words tax_scope_words = WORDS("tax_scope", tax_scopes);
const struct words tax_rounding_words = WORDS("tax_rounding", tax_roundings);

static const struct field policy_table[] = {
    FIELD(struct money_policy, merchant_id),
    FIELD(struct money_policy, tolerance_minor),
    FIELD_ENUM(struct money_policy, overpaid, overpaid_policy_words),
    FIELD_ENUM(struct money_policy, taxes, tax_policy_words),
    FIELD_ENUM(struct money_policy, tax_scope, tax_scope_words),
    FIELD_ENUM(struct money_policy, tax_rounding, tax_rounding_words),
    FIELD(struct money_policy, shipping_class),
    FIELD_ENUM(struct money_policy, invoicing, invoicing_words),
    FIELD(struct money_policy, invoice_series),
    FIELD(struct money_policy, credit_series),
    FIELD(struct money_policy, tax_number),
};
const struct fields money_policy_fields =
    FIELDS("money_policy_row", struct money_policy, policy_table);

enum err money_policy_get(struct ctx *c, struct money_policy *out)
{
    bool found;
    *out = (struct money_policy){.merchant_id = c->merchant_id};
    return db_find(c, &Q_money_policy_get, ARGS(I64(c->merchant_id)), &money_policy_fields, out,
                   &found);
}

enum err money_policy_put(struct ctx *c, const struct money_policy *p)
{
    return db_put_record(c, &Q_money_policy_put, &money_policy_fields, p);
}

int64_t cash_step(struct text currency)
{
    static const struct {
        const char *currency;
        int64_t step;
    } coins[] = {{"CHF", 5},   {"SEK", 100}, {"NOK", 100}, {"DKK", 50}, {"CZK", 100},
                 {"HUF", 500}, {"AUD", 5},   {"NZD", 10},  {"CAD", 5}};
    for (size_t i = 0; i < sizeof coins / sizeof *coins; i++)
        if (text_is(currency, coins[i].currency)) return coins[i].step;
    return 1;
}

int64_t cash_rounded(int64_t minor, struct text currency)
{
    int64_t step = cash_step(currency);
    return money_share(minor, 1, step) * step;
}
