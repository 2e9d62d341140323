/* faces/api/money_policy.c: how the merchant counts money. */
#include "domain/payments/invoice.h"
#include "domain/payments/tax.h"
#include "faces/api/page.h"
#include "faces/api/routes.h"
#include "wire/json.h"

static const struct field view_table[] = {
    FIELD(struct money_policy, tolerance_minor, .min = 0, .max = TOLERANCE_MINOR_MAX,
          .about = "up to so much under or over what an order costs is let be, in minor units"),
    FIELD_ENUM(struct money_policy, overpaid, overpaid_policy_words,
               .about = "what came in beyond that: paid back, kept as store credit, or left"),
    FIELD_ENUM(struct money_policy, taxes, tax_policy_words,
               .about = "prices hold no tax and it is added by the rates, or they include it; "
                        "given: orders bear only the tax that they came with"),
    FIELD_ENUM(struct money_policy, tax_scope, tax_scope_words,
               .about = "tax is rounded for each line, or once for all lines of one rate"),
    FIELD_ENUM(struct money_policy, tax_rounding, tax_rounding_words,
               .about = "half a cent away from zero, to the even cent, or added tax to the "
                        "currency's smallest coin"),
    FIELD(struct money_policy, shipping_class, .max = TAX_CLASS_MAX,
          .about = "tax class of shipping, standard when absent"),
    FIELD_ENUM(struct money_policy, invoicing, invoicing_words,
               .about = "none: another system writes them"),
    FIELD(struct money_policy, invoice_series, .max = SERIES_MAX,
          .about = "stands before the numbers of invoices, INV when absent; a new one begins at 1"),
    FIELD(struct money_policy, credit_series, .max = SERIES_MAX,
          .about = "the same of credit notes, CN when absent"),
    FIELD(struct money_policy, tax_number, .max = TAX_NUMBER_MAX,
          .about = "the merchant's own, as it stands on invoices"),
};
static const struct fields view_fields = FIELDS("money_policy", struct money_policy, view_table);

static enum err show(struct ctx *c, const struct money_policy *p, struct reply *out)
{
    struct money_policy *view = arena_new(c->arena, struct money_policy, 1);
    *view = *p;
    out->record = view;
    return OK;
}

static enum err policy_show(struct ctx *c, const struct request *in, struct reply *out)
{
    struct money_policy p;
    (void)in;
    TRY(money_policy_get(c, &p));
    return show(c, &p, out);
}

static enum err check_series(struct ctx *c, struct text series, const char *field)
{
    for (size_t i = 0; i < series.len; i++) {
        char x = series.at[i];
        bool is_plain = (x >= 'A' && x <= 'Z') || (x >= '0' && x <= '9') || x == '-' || x == '/';
        if (is_plain) continue;
        (void)fail_at(c, ERR_INVALID, "invoice_series", field, "\"%.*s\" is no series of numbers",
                      TEXT_ARG(series));
        return hint(c, "capital letters, digits, - and /: INV, 2026/A");
    }
    return OK;
}

static enum err policy_change(struct ctx *c, const struct request *in, struct reply *out)
{
    struct money_policy p;
    TRY(money_policy_get(c, &p));
    if (text_trim(in->raw).len) TRY(record_merge_json(c, &view_fields, in->raw, &p, NULL));
    TRY(tax_class_check(c, p.shipping_class, "shipping_class"));
    TRY(check_series(c, p.invoice_series, "invoice_series"));
    TRY(check_series(c, p.credit_series, "credit_series"));
    struct text invoices = p.invoice_series.len ? p.invoice_series : INVOICE_SERIES;
    struct text credits = p.credit_series.len ? p.credit_series : CREDIT_SERIES;
    if (text_eq(invoices, credits))
        return fail_at(c, ERR_INVALID, "one_series", "credit_series",
                       "invoices and credit notes are numbered apart");
    TRY(money_policy_put(c, &p));
    return show(c, &p, out);
}

const struct route money_policy_routes[] = {
    {"GET", "/v1/money-policy", "money show", SCOPE(ORDERS_READ), ROUTE_SHARED, NULL, NULL,
     &view_fields, policy_show, "How under- and over-payments are dealt with."},
    {"POST", "/v1/money-policy", "money change", SCOPE(ADMIN), ROUTE_WRITE, &view_fields, NULL,
     &view_fields, policy_change, "Change some of it; what is left out stays as it is."},
    {0},
};
