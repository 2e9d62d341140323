/* faces/api/returns_rules.c: what may come back, how long, and what it costs. */
#include "domain/catalog/product.h"
#include "domain/people/people.h"
#include "faces/api/returns.h"

struct rules_query {
    struct text sku;
};
static const struct field rules_query_table[] = {
    FIELD(struct rules_query, sku, .max = SKU_MAX,
          .about = "also the rule of this product; the general rule alone when absent"),
};
const struct fields return_rules_query_fields =
    FIELDS("return_rules_query", struct rules_query, rules_query_table);

struct rule_view {
    struct text sku;
    bool is_returnable;
    int64_t days;
    struct money fee;
    int64_t fee_bp;
    bool refund_as_credit;
};
static const struct field rule_view_table[] = {
    FIELD(struct rule_view, sku, .about = "absent: whatever has no rule of its own"),
    FIELD(struct rule_view, is_returnable),
    FIELD(struct rule_view, days, .about = "from the delivery; until the end of the last one"),
    FIELD(struct rule_view, fee,
          .about = "kept once of a return that nobody but the customer "
                   "caused"),
    FIELD(struct rule_view, fee_bp,
          .about = "kept of the goods' worth, in hundredths of a percent"),
    FIELD(struct rule_view, refund_as_credit,
          .about = "what nobody but the customer caused is refunded as store credit"),
};
const struct fields return_rule_view_fields =
    FIELDS("return_rule", struct rule_view, rule_view_table);

struct rule_body {
    struct text sku;
    bool is_returnable;
    int64_t days, fee_minor, fee_bp;
    struct money fee;
    bool refund_as_credit;
};
static const struct field rule_body_table[] = {
    FIELD(struct rule_body, sku, .max = SKU_MAX, .about = "absent: the rule for all others"),
    FIELD(struct rule_body, is_returnable, .flags = F_REQUIRED,
          .about = "false: it is not taken back"),
    FIELD(struct rule_body, days, .flags = F_NULL, .min = 0, .max = RETURN_DAYS_MAX,
          .about = "from the delivery; 30 when absent"),
    FIELD(struct rule_body, fee, .flags = F_NULL, .about = "kept once of a return"),
    FIELD(struct rule_body, fee_bp, .flags = F_NULL, .min = 0, .max = 10000,
          .about = "kept of the goods' worth, in hundredths of a percent"),
    FIELD(struct rule_body, refund_as_credit,
          .about = "refund as store credit what nobody but the customer caused; staff may still "
                   "choose"),
};
const struct fields return_rule_body_fields =
    FIELDS("new_return_rule", struct rule_body, rule_body_table);

static enum err product_of(struct ctx *c, struct text sku, int64_t *product_id)
{
    struct list found;
    *product_id = 0;
    if (!sku.len) return OK;
    TRY(products_by_sku(c, &sku, 1, &found));
    if (!found.count)
        return fail_at(c, ERR_NOT_FOUND, "product_not_found", "sku", "there is no product \"%.*s\"",
                       TEXT_ARG(text_head(sku, SKU_MAX)));
    *product_id = ((const struct product *)found.at)->product_id;
    return OK;
}

static struct rule_view view_of(struct ctx *c, const struct return_rule *r, struct text sku,
                                const struct merchant *m)
{
    return (struct rule_view){.sku = r->product_id ? sku : (struct text){0},
                              .is_returnable = r->is_returnable,
                              .days = r->days,
                              .fee = money(r->fee_minor, text_cstr(c->arena, m->currency)),
                              .fee_bp = r->fee_bp,
                              .refund_as_credit = r->is_credited};
}

enum err return_rules_list(struct ctx *c, const struct request *in, struct reply *out)
{
    const struct rules_query *q = in->query;
    struct list rules;
    struct merchant m;
    int64_t ids[2] = {0, 0};
    size_t n = 0;
    TRY(merchant_get(c, &m));
    TRY(product_of(c, q->sku, &ids[1]));
    TRY(return_rules_of(c, ids, ids[1] ? 2 : 1, &rules));
    const struct return_rule *at = rules.at;
    struct return_rule general = returns_rule_default(c);
    struct rule_view *views = arena_new(c->arena, struct rule_view, rules.count + 1);
    if (!rules.count || at[0].product_id) views[n++] = view_of(c, &general, q->sku, &m);
    for (size_t i = 0; i < rules.count; i++) views[n++] = view_of(c, &at[i], q->sku, &m);
    out->list = (struct list){views, n};
    return OK;
}

enum err return_rule_set(struct ctx *c, const struct request *in, struct reply *out)
{
    const struct rule_body *b = in->body;
    struct return_rule r = returns_rule_default(c);
    struct merchant m;
    TRY(merchant_get(c, &m));
    TRY(product_of(c, b->sku, &r.product_id));
    r.is_returnable = b->is_returnable;
    r.is_credited = b->refund_as_credit;
    if (b->days != NONE) r.days = b->days;
    if (b->fee_bp != NONE) r.fee_bp = b->fee_bp;
    if (b->fee.minor != NONE) {
        if (b->fee.minor < 0 || !text_eq(text_of(b->fee.currency), m.currency)) {
            fail_at(c, ERR_INVALID, "invalid_value", "fee", "not an amount of the shop's money");
            return hint(c, "0 or more in %.*s", TEXT_ARG(m.currency));
        }
        r.fee_minor = b->fee.minor;
    }
    TRY(return_rule_put(c, &r));
    struct rule_view *view = arena_new(c->arena, struct rule_view, 1);
    *view = view_of(c, &r, b->sku, &m);
    out->record = view;
    return OK;
}
