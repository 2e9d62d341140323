/* faces/api/money_policy.c: how the merchant counts money. */
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

static enum err policy_change(struct ctx *c, const struct request *in, struct reply *out)
{
    struct money_policy p;
    TRY(money_policy_get(c, &p));
    if (text_trim(in->raw).len) TRY(record_merge_json(c, &view_fields, in->raw, &p, NULL));
    TRY(tax_class_check(c, p.shipping_class, "shipping_class"));
    TRY(money_policy_put(c, &p));
    return show(c, &p, out);
}

const struct route money_policy_routes[] = {
    {"GET", "/v1/money-policy", "money show", SCOPE(ORDERS_READ), 0, NULL, NULL, &view_fields,
     policy_show, "How under- and over-payments are dealt with."},
    {"POST", "/v1/money-policy", "money change", SCOPE(ADMIN), ROUTE_WRITE, &view_fields, NULL,
     &view_fields, policy_change, "Change some of it; what is left out stays as it is."},
    {0},
};
