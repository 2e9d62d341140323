/* faces/api/tax.c: the rates of tax, and what an order bears by them. */
#include "faces/api/tax.h"

#include "base/address.h"
#include "base/country.h"
#include "base/time.h"
#include "domain/events/event.h"
#include "domain/orders/order.h"
#include "domain/payments/tax.h"
#include "faces/api/page.h"
#include "faces/api/routes.h"

/* --- rates ----------------------------------------------------------------------------------- */

struct rate_view {
    struct text country, region, tax_class, percent, name;
    int64_t from_day;
};
#define PLACE                                                                                      \
    FIELD(struct rate_view, country, .flags = F_REQUIRED, .max = 2,                                \
          .about = "goods go to: ISO 3166-1 alpha-2"),                                             \
        FIELD(struct rate_view, region, .max = ADDRESS_PART_MAX,                                   \
              .about = "state or province, by code or name; absent: the whole country"),           \
        FIELD(struct rate_view, tax_class, .max = TAX_CLASS_MAX,                                   \
              .about = "of products, services and shipping; absent: standard, which also holds "   \
                       "where a class has no rate of its own"),                                    \
        FIELD_DAY(struct rate_view, from_day, "from_date",                                         \
                  .about = "its first day, today when absent; orders of before keep what they "    \
                           "bear")
static const struct field rate_table[] = {
    PLACE,
    FIELD(struct rate_view, percent, .flags = F_REQUIRED, .max = 10,
          .about = "up to four decimals: 19, 8.875; 0 is a rate too"),
    FIELD(struct rate_view, name, .max = TAX_NAME_MAX,
          .about = "as it stands on invoices; Tax when absent"),
};
static const struct fields rate_fields = FIELDS("tax_rate", struct rate_view, rate_table);
static const struct field place_table[] = {PLACE};
static const struct fields place_fields = FIELDS("tax_rate_place", struct rate_view, place_table);

static struct rate_view view_of(struct arena *a, const struct tax_rate *r)
{
    return (struct rate_view){r->country,   r->region.len ? r->region : (struct text){0},
                              r->tax_class, tax_percent(a, r->rate_ppm),
                              r->name,      r->from_day};
}

/* "8.875" is 88750 parts per million. */
static bool percent_parse(struct text t, int64_t *ppm)
{
    enum { DECIMALS = 4 };
    struct text fraction;
    struct text whole = text_split(t, '.', &fraction);
    int64_t n = 0;
    if (!whole.len || whole.len > 3 || fraction.len > DECIMALS || (fraction.at && !fraction.len))
        return false;
    for (size_t i = 0; i < whole.len + fraction.len; i++) {
        char at = i < whole.len ? whole.at[i] : fraction.at[i - whole.len];
        if (at < '0' || at > '9') return false;
        n = n * 10 + (at - '0');
    }
    for (size_t places = fraction.len; places < DECIMALS; places++) n *= 10;
    *ppm = n;
    return n <= 2 * INT64_C(1000000);
}

/* The key of a rate, as it is stored. */
static enum err place_of(struct ctx *c, const struct rate_view *v, struct tax_rate *out)
{
    struct text country = text_upper(c->arena, v->country);
    if (!country_by_code(country))
        return fail_at(c, ERR_INVALID, "country_unknown", "country", "\"%.*s\" is no country",
                       TEXT_ARG(v->country));
    TRY(tax_class_check(c, v->tax_class, "tax_class"));
    *out = (struct tax_rate){.merchant_id = c->merchant_id,
                             .country = country,
                             .region = v->region.len ? admin_area_code(c->arena, country, v->region)
                                                     : T(""),
                             .tax_class = v->tax_class.len ? v->tax_class : TAX_CLASS_STANDARD,
                             .from_day = v->from_day == NONE ? day_of_us(c->now_us) : v->from_day};
    return OK;
}

static enum err tell(struct ctx *c, const struct tax_rate *r, int64_t ppm)
{
    const char *sep = r->region.len ? "-" : "";
    return event_put(c, EVENT_TAX_RATE_SET, NONE, NONE,
                     EVENT_BODY(.word = r->tax_class, .quantity = ppm,
                                .note = text_printf(c->arena, "%.*s%s%.*s from %.*s",
                                                    TEXT_ARG(r->country), sep, TEXT_ARG(r->region),
                                                    TEXT_ARG(day_text(c->arena, r->from_day)))));
}

static enum err rate_set(struct ctx *c, const struct request *in, struct reply *out)
{
    const struct rate_view *v = in->body;
    struct tax_rate r;
    struct list rates;
    TRY(place_of(c, v, &r));
    if (!percent_parse(text_trim(v->percent), &r.rate_ppm)) {
        fail_at(c, ERR_INVALID, "tax_percent", "percent", "\"%.*s\" is no rate of tax",
                TEXT_ARG(v->percent));
        return hint(c, "0 to 200 with up to four decimals, without a sign: 19 or 8.875");
    }
    TRY(tax_rates(c, &rates));
    if (rates.count >= TAX_RATES_MAX)
        return fail(c, ERR_TOO_LARGE, "too_many", "there are %d rates already", TAX_RATES_MAX);
    r.name = v->name.len ? v->name : T("Tax");
    TRY(tax_rate_put(c, &r));
    TRY(tell(c, &r, r.rate_ppm));
    struct rate_view *view = arena_new(c->arena, struct rate_view, 1);
    *view = view_of(c->arena, &r);
    out->record = view;
    return OK;
}

static enum err rate_remove(struct ctx *c, const struct request *in, struct reply *out)
{
    const struct rate_view *v = in->body;
    struct tax_rate r;
    bool was_there;
    (void)out;
    TRY(place_of(c, v, &r));
    TRY(tax_rate_remove(c, &r, &was_there));
    if (!was_there) {
        fail(c, ERR_NOT_FOUND, "tax_rate_not_found", "there is no such rate from that very day");
        return hint(c, "see GET /v1/tax-rates, or waybill tax list");
    }
    return tell(c, &r, NONE);
}

static enum err rates_list(struct ctx *c, const struct request *in, struct reply *out)
{
    struct list rates;
    (void)in;
    TRY(tax_rates(c, &rates));
    struct rate_view *views = arena_new(c->arena, struct rate_view, rates.count + 1);
    for (size_t i = 0; i < rates.count; i++)
        views[i] = view_of(c->arena, &((const struct tax_rate *)rates.at)[i]);
    out->list = (struct list){views, rates.count};
    return OK;
}

/* --- of an order ----------------------------------------------------------------------------- */

static const struct field tax_table[] = {
    FIELD(struct tax_view, name),
    FIELD(struct tax_view, percent, .about = "absent: the tax came with the order"),
    FIELD(struct tax_view, net, .about = "without the tax"),
    FIELD(struct tax_view, tax),
    FIELD(struct tax_view, is_included, .about = "inside the prices, not on top of them"),
};
const struct fields tax_view_fields = FIELDS("tax", struct tax_view, tax_table);

static struct text percent_of(struct arena *a, int64_t ppm)
{
    return ppm == NONE ? (struct text){0} : tax_percent(a, ppm);
}

struct list tax_views(struct ctx *c, const struct list *taxes, const char *currency,
                      struct money *included)
{
    struct list sums = tax_sums(c->arena, taxes);
    const struct tax_sum *at = sums.at;
    struct tax_view *views = arena_new(c->arena, struct tax_view, sums.count + 1);
    *included = money(0, currency);
    for (size_t i = 0; i < sums.count; i++) {
        views[i] = (struct tax_view){at[i].name, percent_of(c->arena, at[i].rate_ppm),
                                     money(at[i].net_minor, currency),
                                     money(at[i].tax_minor, currency), at[i].is_included};
        if (at[i].is_included) included->minor += at[i].tax_minor;
    }
    return (struct list){views, sums.count};
}

struct fact_view {
    int64_t line_no, part_no;
    struct text tax_class, place, name, percent;
    struct money net, tax;
    int32_t mode, scope, rounding;
};
static const struct field fact_table[] = {
    FIELD(struct fact_view, line_no, .flags = F_NULL, .about = "absent: shipping"),
    FIELD(struct fact_view, part_no, .flags = F_NULL, .about = "the part of a kit that bears it"),
    FIELD(struct fact_view, tax_class),
    FIELD(struct fact_view, place, .about = "whose rate it is"),
    FIELD(struct fact_view, name),
    FIELD(struct fact_view, percent, .about = "absent: the tax came with the order"),
    FIELD(struct fact_view, net),
    FIELD(struct fact_view, tax),
    FIELD_ENUM(struct fact_view, mode, tax_policy_words,
               .about = "given or added: on top of the price; included: inside"),
    FIELD_ENUM(struct fact_view, scope, tax_scope_words, .about = "what was rounded together"),
    FIELD_ENUM(struct fact_view, rounding, tax_rounding_words, .about = "how"),
};
static const struct fields fact_fields = FIELDS("line_tax", struct fact_view, fact_table);

static enum err facts_list(struct ctx *c, const struct request *in, struct reply *out)
{
    struct order o;
    struct list taxes;
    TRY(order_get(c, in->ids[0], &o));
    TRY(order_taxes_of(c, in->ids, 1, &taxes));
    const struct order_tax *at = taxes.at;
    const char *currency = text_cstr(c->arena, o.currency);
    struct fact_view *views = arena_new(c->arena, struct fact_view, taxes.count + 1);
    for (size_t i = 0; i < taxes.count; i++)
        views[i] = (struct fact_view){at[i].line_no ? at[i].line_no : NONE,
                                      at[i].part_no != at[i].line_no ? at[i].part_no : NONE,
                                      at[i].tax_class,
                                      at[i].region.len ? text_printf(c->arena, "%.*s-%.*s",
                                                                     TEXT_ARG(at[i].country),
                                                                     TEXT_ARG(at[i].region))
                                                       : at[i].country,
                                      at[i].name,
                                      percent_of(c->arena, at[i].rate_ppm),
                                      money(at[i].net_minor, currency),
                                      money(at[i].tax_minor, currency),
                                      at[i].mode,
                                      at[i].scope,
                                      at[i].rounding};
    out->list = (struct list){views, taxes.count};
    return OK;
}

const struct route tax_routes[] = {
    {"GET", "/v1/tax-rates", "tax list", SCOPE(ORDERS_READ), ROUTE_LIST | ROUTE_SHARED, NULL, NULL,
     &rate_fields, rates_list, "List the rates of tax by place, class and first day."},
    {"POST", "/v1/tax-rates", "tax set", SCOPE(ADMIN), ROUTE_WRITE, &rate_fields, NULL,
     &rate_fields, rate_set, "Set what a class of goods bears in a place from a day on."},
    {"POST", "/v1/tax-rates/remove", "tax remove", SCOPE(ADMIN), ROUTE_WRITE, &place_fields, NULL,
     NULL, rate_remove, "Remove a rate; orders keep what they bear."},
    {"GET", "/v1/orders/{ord}/taxes", "orders taxes", SCOPE(ORDERS_READ), ROUTE_LIST | ROUTE_OWNED,
     NULL, NULL, &fact_fields, facts_list,
     "What each line of an order bears, by which rate and rule."},
    {0},
};
