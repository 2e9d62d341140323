#include "domain/payments/tax.h"

#include "queries.h"
#include "store/db.h"

static const struct field rate_table[] = {
    FIELD(struct tax_rate, merchant_id),
    FIELD(struct tax_rate, country),
    FIELD(struct tax_rate, region),
    FIELD(struct tax_rate, tax_class),
    FIELD_DAY(struct tax_rate, from_day, "from_date"),
    FIELD(struct tax_rate, rate_ppm),
    FIELD(struct tax_rate, name),
};
const struct fields tax_rate_fields = FIELDS("tax_rate_row", struct tax_rate, rate_table);

static const struct field order_tax_table[] = {
    FIELD(struct order_tax, merchant_id),
    FIELD_ID(struct order_tax, order_id, "order_id", "ord"),
    FIELD(struct order_tax, line_no),
    FIELD(struct order_tax, part_no),
    FIELD(struct order_tax, tax_class),
    FIELD(struct order_tax, country),
    FIELD(struct order_tax, region),
    FIELD(struct order_tax, name),
    FIELD(struct order_tax, rate_ppm, .flags = F_NULL),
    FIELD_ENUM(struct order_tax, mode, tax_policy_words),
    FIELD_ENUM(struct order_tax, scope, tax_scope_words),
    FIELD_ENUM(struct order_tax, rounding, tax_rounding_words),
    FIELD(struct order_tax, net_minor),
    FIELD(struct order_tax, tax_minor),
};
const struct fields order_tax_fields = FIELDS("order_tax_row", struct order_tax, order_tax_table);

#define MERCHANT I64(c->merchant_id)

/* --- rates ----------------------------------------------------------------------------------- */

enum err tax_rate_put(struct ctx *c, const struct tax_rate *r)
{
    return db_put_record(c, &Q_tax_rate_put, &tax_rate_fields, r);
}

enum err tax_rate_remove(struct ctx *c, const struct tax_rate *r, bool *was_there)
{
    int64_t changed;
    TRY(db_exec(
        c, &Q_tax_rate_remove,
        ARGS(MERCHANT, TXT(r->country), TXT(r->region), TXT(r->tax_class), I64(r->from_day)),
        &changed));
    *was_there = changed == 1;
    return OK;
}

enum err tax_rates(struct ctx *c, struct list *out)
{
    return db_rows(c, &Q_tax_rates, ARGS(MERCHANT), &tax_rate_fields, out);
}

static const struct tax_rate *newest(const struct list *rates, struct text tax_class,
                                     struct text country, struct text region, int64_t day)
{
    const struct tax_rate *at = rates->at, *found = NULL;
    for (size_t i = 0; i < rates->count; i++)
        if (at[i].from_day <= day && text_eq(at[i].tax_class, tax_class) &&
            text_eq(at[i].country, country) && text_eq(at[i].region, region))
            found = &at[i]; /* days ascend */
    return found;
}

const struct tax_rate *tax_rate_in(const struct list *rates, struct text tax_class,
                                   struct text country, struct text region, int64_t day)
{
    const struct text classes[] = {tax_class, TAX_CLASS_STANDARD};
    for (size_t i = 0; i < 2; i++) {
        const struct tax_rate *found = NULL;
        if (!classes[i].len) continue;
        if (region.len) found = newest(rates, classes[i], country, region, day);
        if (!found) found = newest(rates, classes[i], country, T(""), day);
        if (found) return found;
    }
    return NULL;
}

enum err tax_class_check(struct ctx *c, struct text tax_class, const char *field)
{
    bool is_good = tax_class.len <= TAX_CLASS_MAX;
    for (size_t i = 0; i < tax_class.len; i++) {
        char at = tax_class.at[i];
        is_good = is_good &&
                  ((at >= 'a' && at <= 'z') || (at >= '0' && at <= '9') || at == '_' || at == '-');
    }
    if (is_good) return OK;
    fail_at(c, ERR_INVALID, "tax_class", field, "\"%.*s\" is no tax class",
            TEXT_ARG(text_head(tax_class, TAX_CLASS_MAX)));
    return hint(c, "small letters, digits, _ and -: standard, reduced, books");
}

/* --- what orders bear ------------------------------------------------------------------------ */

enum err order_tax_insert(struct ctx *c, const struct order_tax *rows, size_t n)
{
    for (size_t i = 0; i < n; i++)
        TRY(db_put_record(c, &Q_order_tax_insert, &order_tax_fields, &rows[i]));
    return OK;
}

enum err order_taxes_of(struct ctx *c, const int64_t *order_ids, size_t n, struct list *out)
{
    return db_rows(c, &Q_order_taxes_of, ARGS(MERCHANT, I64S(order_ids, n)), &order_tax_fields,
                   out);
}

enum err order_tax_line_drop(struct ctx *c, int64_t order_id, int64_t line_no)
{
    return db_put(c, &Q_order_tax_line_drop, ARGS(MERCHANT, I64(order_id), I64(line_no)));
}

enum err order_tax_drop(struct ctx *c, int64_t order_id)
{
    int64_t changed;
    return db_exec(c, &Q_order_tax_drop, ARGS(MERCHANT, I64(order_id)), &changed);
}

struct list tax_sums(struct arena *a, const struct list *taxes)
{
    const struct order_tax *at = taxes->at;
    struct tax_sum *sums = arena_new(a, struct tax_sum, taxes->count + 1);
    size_t n = 0, s;
    for (size_t i = 0; i < taxes->count; i++) {
        bool is_included = at[i].mode == TAXES_INCLUDED;
        if (!at[i].net_minor && !at[i].tax_minor) continue;
        for (s = 0; s < n; s++)
            if (sums[s].rate_ppm == at[i].rate_ppm && sums[s].is_included == is_included &&
                text_eq(sums[s].name, at[i].name))
                break;
        if (s == n) sums[n++] = (struct tax_sum){at[i].name, at[i].rate_ppm, is_included, 0, 0};
        sums[s].net_minor += at[i].net_minor;
        sums[s].tax_minor += at[i].tax_minor;
    }
    return (struct list){sums, n};
}

struct text tax_percent(struct arena *a, int64_t rate_ppm)
{
    enum { PER_PERCENT = 10000 };
    struct text t = text_printf(a, "%lld", (long long)(rate_ppm / PER_PERCENT));
    int64_t rest = rate_ppm % PER_PERCENT;
    if (!rest) return t;
    struct buf b = buf_new(a);
    buf_put(&b, t);
    buf_putc(&b, '.');
    for (; rest; rest = rest * 10 % PER_PERCENT)
        buf_putc(&b, (char)('0' + rest * 10 / PER_PERCENT));
    return buf_text(&b);
}
