/* faces/api/sites.c: where goods are, and what they are packed into. */
#include "base/country.h"
#include "base/source.h"
#include "domain/people/people.h"
#include "domain/sites/site.h"
#include "faces/api/page.h"
#include "faces/api/routes.h"
#include "wire/json.h"

static const char *const weekdays[] = {"monday", "tuesday",  "wednesday", "thursday",
                                       "friday", "saturday", "sunday"};
static const struct words weekday_words = WORDS("weekday", weekdays);
enum { CODE_MAX = 64, CUTOFF_DEFAULT = 16 * 60, SIDE_MAX_MM = 1000000 };

struct site_view {
    int64_t site_id;
    struct text code, name;
    int32_t kind;
    struct text country, postal_code, city, street;
    int32_t priority;
    int64_t cutoff_minute;
    int32_t work_days, sells_from;
    int64_t capacity_units, parcel_minor;
};
#define SITE_MEMBERS(flag)                                                                         \
    FIELD(struct site_view, code, .flags = (flag), .max = CODE_MAX,                                \
          .about = "short, as people say it; it stays"),                                           \
        FIELD(struct site_view, name, .flags = (flag), .max = 200, .about = "as people read it"),  \
        FIELD_ENUM(struct site_view, kind, site_kind_words,                                        \
                   .about = "warehouse, shop or supplier"),                                        \
        FIELD(struct site_view, country, .flags = (flag), .max = 2,                                \
              .about = "ISO 3166-1 alpha-2"),                                                      \
        FIELD(struct site_view, postal_code, .max = 16, .about = "of the site"),                   \
        FIELD(struct site_view, city, .max = 100, .about = "of the site"),                         \
        FIELD(struct site_view, street, .max = 100, .about = "with house number"),                 \
        FIELD(struct site_view, priority, .min = 0, .max = 1000000,                                \
              .about = "smaller is asked first"),                                                  \
        FIELD(struct site_view, cutoff_minute, .flags = F_NULL, .min = 0, .max = 1439,             \
              .about = "of the day, UTC: later orders leave the next working day; 960 (16:00)"),   \
        FIELD_FLAGS(struct site_view, work_days, weekday_words, .about = "none: every day"),       \
        FIELD_ENUM(struct site_view, sells_from, sells_from_words,                                 \
                   .about = "when goods that come in can be promised: put_away, once they left "   \
                            "the receiving bin; receipt, at once"),                                \
        FIELD(struct site_view, capacity_units, .min = 0, .max = 1000000000,                       \
              .about = "units it can send a day: then others are asked first; 0: no limit"),       \
        FIELD(struct site_view, parcel_minor, .min = 0, .max = 1000000000,                         \
              .about = "cost of a parcel there besides postage, for the policy cheapest")

static const struct field site_table[] = {
    FIELD_ID(struct site_view, site_id, "id", "sit"),
    SITE_MEMBERS(0),
};
static const struct fields site_view_fields = FIELDS("site", struct site_view, site_table);
static const struct field new_site_table[] = {SITE_MEMBERS(F_REQUIRED)};
static const struct fields new_site_fields = FIELDS("new_site", struct site_view, new_site_table);

static struct site_view site_view_of(const struct site *s)
{
    return (struct site_view){.site_id = s->site_id,
                              .code = s->code,
                              .name = s->name,
                              .kind = s->kind,
                              .country = s->country,
                              .postal_code = s->postal_code,
                              .city = s->city,
                              .street = s->street,
                              .priority = s->priority,
                              .cutoff_minute = s->cutoff_minute,
                              .work_days = s->work_days,
                              .sells_from = s->sells_from,
                              .capacity_units = s->capacity_units,
                              .parcel_minor = s->parcel_minor};
}

static enum err sites_show(struct ctx *c, const struct request *in, struct reply *out)
{
    struct list sites;
    (void)in;
    TRY(site_list(c, &sites));
    struct site_view *views = arena_new(c->arena, struct site_view, sites.count + 1);
    for (size_t i = 0; i < sites.count; i++)
        views[i] = site_view_of(&((const struct site *)sites.at)[i]);
    out->list = (struct list){views, sites.count};
    return OK;
}

static enum err site_create(struct ctx *c, const struct request *in, struct reply *out)
{
    const struct site_view *b = in->body;
    struct text country = text_upper(c->arena, b->country);
    struct list sites;
    TRY(site_list(c, &sites));
    if (sites.count >= SITES_MAX)
        return fail(c, ERR_TOO_LARGE, "too_many", "there are %d sites, the most", SITES_MAX);
    for (size_t i = 0; i < sites.count; i++)
        if (text_eq(((const struct site *)sites.at)[i].code, b->code))
            return fail_at(c, ERR_CONFLICT, "duplicate_code", "code",
                           "there is a site \"%.*s\" already", TEXT_ARG(b->code));
    if (!country_by_code(country))
        return fail_at(c, ERR_INVALID, "country_unknown", "country", "\"%.*s\" is no country",
                       TEXT_ARG(b->country));
    int64_t cutoff = b->cutoff_minute == NONE ? CUTOFF_DEFAULT : b->cutoff_minute;
    struct site row = {.merchant_id = c->merchant_id,
                       .site_id = source_id(c->source),
                       .code = b->code,
                       .name = b->name,
                       .kind = b->kind,
                       .country = country,
                       .postal_code = b->postal_code,
                       .city = b->city,
                       .street = b->street,
                       .priority = b->priority,
                       .cutoff_minute = (int32_t)cutoff,
                       .work_days = b->work_days,
                       .sells_from = b->sells_from,
                       .capacity_units = b->capacity_units,
                       .parcel_minor = b->parcel_minor};
    TRY(site_insert(c, &row));
    struct site_view *view = arena_new(c->arena, struct site_view, 1);
    *view = site_view_of(&row);
    out->record = view;
    return OK;
}

static const struct field change_table[] = {
    FIELD(struct site_view, name, .max = 200, .about = "as people read it"),
    FIELD(struct site_view, country, .max = 2, .about = "ISO 3166-1 alpha-2"),
    FIELD(struct site_view, postal_code, .max = 16, .about = "of the site"),
    FIELD(struct site_view, city, .max = 100, .about = "of the site"),
    FIELD(struct site_view, street, .max = 100, .about = "with house number"),
    FIELD(struct site_view, priority, .min = 0, .max = 1000000, .about = "smaller is asked first"),
    FIELD(struct site_view, cutoff_minute, .min = 0, .max = 1439, .about = "of the day, UTC"),
    FIELD_FLAGS(struct site_view, work_days, weekday_words, .about = "none: every day"),
    FIELD(struct site_view, capacity_units, .min = 0, .max = 1000000000,
          .about = "units it can send a day: then others are asked first; 0: no limit"),
    FIELD(struct site_view, parcel_minor, .min = 0, .max = 1000000000,
          .about = "cost of a parcel there besides postage, for the policy cheapest"),
    FIELD_ENUM(struct site_view, sells_from, sells_from_words,
               .about = "when goods that come in can be promised: put_away or receipt"),
};
static const struct fields site_change_fields =
    FIELDS("site_change", struct site_view, change_table);

static enum err site_change(struct ctx *c, const struct request *in, struct reply *out)
{
    struct site row;
    TRY(site_get(c, in->ids[0], &row));
    struct site_view *view = arena_new(c->arena, struct site_view, 1);
    *view = site_view_of(&row);
    if (text_trim(in->raw).len) TRY(record_merge_json(c, &site_change_fields, in->raw, view, NULL));
    view->country = text_upper(c->arena, view->country);
    if (!view->name.len) return fail_at(c, ERR_INVALID, "required", "name", "a site has a name");
    if (!country_by_code(view->country))
        return fail_at(c, ERR_INVALID, "country_unknown", "country", "\"%.*s\" is no country",
                       TEXT_ARG(view->country));
    row.name = view->name;
    row.country = view->country;
    row.postal_code = view->postal_code;
    row.city = view->city;
    row.street = view->street;
    row.priority = view->priority;
    row.cutoff_minute = (int32_t)view->cutoff_minute;
    row.work_days = view->work_days;
    row.capacity_units = view->capacity_units;
    row.parcel_minor = view->parcel_minor;
    row.sells_from = view->sells_from;
    TRY(site_update(c, &row));
    out->record = view;
    return OK;
}

/* --- bins ------------------------------------------------------------------------------------ */

#define BIN_MEMBERS(flag)                                                                          \
    FIELD(struct bin, code, .flags = (flag), .max = CODE_MAX, .about = "as its label says"),       \
        FIELD(struct bin, zone, .max = CODE_MAX,                                                   \
              .about = "a part of the site that is walked together"),                              \
        FIELD(struct bin, aisle, .min = 0, .max = 100000,                                          \
              .about = "its number on the map; 0: none"),                                          \
        FIELD(struct bin, bay, .min = 0, .max = 100000, .about = "along the aisle"),               \
        FIELD(struct bin, level, .min = 0, .max = 1000, .about = "0: on the floor"),               \
        FIELD(struct bin, x_mm, .min = 0, .max = 100000000,                                        \
              .about = "where one stands to reach it"),                                            \
        FIELD(struct bin, y_mm, .min = 0, .max = 100000000, .about = "see x_mm"),                  \
        FIELD_ENUM(struct bin, kind, bin_kind_words, .about = "what it is for; pick when absent")

static const struct field bin_table[] = {
    FIELD_ID(struct bin, bin_id, "id", "bin"),
    BIN_MEMBERS(0),
};
static const struct fields bin_view_fields = FIELDS("bin", struct bin, bin_table);
static const struct field new_bin_table[] = {BIN_MEMBERS(F_REQUIRED)};
static const struct fields new_bin_fields = FIELDS("new_bin", struct bin, new_bin_table);

struct bin_query {
    struct text code, after;
    int64_t limit;
};
static const struct field bin_query_table[] = {
    FIELD(struct bin_query, code, .max = CODE_MAX, .about = "exactly this one"),
    PAGE_FIELDS(struct bin_query),
};
static const struct fields bin_query_fields =
    FIELDS("bin_query", struct bin_query, bin_query_table);

static enum err bins_show(struct ctx *c, const struct request *in, struct reply *out)
{
    const struct bin_query *q = in->query;
    int64_t limit = page_limit(q->limit);
    struct site site;
    TRY(site_get(c, in->ids[0], &site));
    if (q->code.len) return bins_by_codes(c, &site.site_id, 1, &q->code, 1, &out->list);
    TRY(bin_list(c, site.site_id, q->after, limit + 1, &out->list));
    if (page_cut(&out->list, limit)) out->next = ((const struct bin *)out->list.at)[limit - 1].code;
    return OK;
}

static enum err bins_create(struct ctx *c, const struct request *in, struct reply *out)
{
    struct bin *rows = in->rows.at;
    size_t n = in->rows.count;
    struct site site;
    struct list known;
    TRY(site_get(c, in->ids[0], &site));
    struct text *codes = arena_new(c->arena, struct text, n + 1);
    for (size_t i = 0; i < n; i++) codes[i] = rows[i].code;
    TRY(bins_by_codes(c, &site.site_id, 1, codes, n, &known));
    for (size_t i = 0; i < n; i++) {
        bool is_known = LIST_FIND_TEXT(&known, struct bin, code, rows[i].code) != NULL;
        for (size_t j = 0; j < i && !is_known; j++)
            is_known = text_eq(rows[j].code, rows[i].code) && out->rows[j].fault.code == OK;
        if (is_known) {
            enum err e = fail_at(c, ERR_CONFLICT, "duplicate_code", "code",
                                 "%.*s has a bin \"%.*s\" already", TEXT_ARG(site.code),
                                 TEXT_ARG(rows[i].code));
            out->rows[i].fault = c->fault;
            out->rows[i].fault.code = e;
            c->fault = (struct fault){0};
            continue;
        }
        struct bin *row = arena_new(c->arena, struct bin, 1);
        *row = rows[i];
        row->merchant_id = c->merchant_id;
        row->bin_id = source_id(c->source);
        row->site_id = site.site_id;
        if (!row->zone.at) row->zone = T("");
        TRY(bin_insert(c, row));
        out->rows[i].record = row;
    }
    return OK;
}

/* --- cartons --------------------------------------------------------------------------------- */

struct carton_view {
    int64_t carton_id;
    struct text code;
    int64_t length_mm, width_mm, height_mm, tare_g, max_g;
    struct money cost;
};
#define CARTON_MEMBERS(flag)                                                                       \
    FIELD(struct carton_view, code, .flags = (flag), .max = CODE_MAX,                              \
          .about = "short, as people say it"),                                                     \
        FIELD(struct carton_view, length_mm, .flags = (flag), .min = 1, .max = SIDE_MAX_MM,        \
              .about = "inside"),                                                                  \
        FIELD(struct carton_view, width_mm, .flags = (flag), .min = 1, .max = SIDE_MAX_MM,         \
              .about = "inside"),                                                                  \
        FIELD(struct carton_view, height_mm, .flags = (flag), .min = 1, .max = SIDE_MAX_MM,        \
              .about = "inside"),                                                                  \
        FIELD(struct carton_view, tare_g, .min = 0, .max = 1000000, .about = "empty"),             \
        FIELD(struct carton_view, max_g, .flags = (flag), .min = 1, .max = 100000000,              \
              .about = "what it may hold")

static const struct field carton_table[] = {
    FIELD_ID(struct carton_view, carton_id, "id", "crt"),
    CARTON_MEMBERS(0),
    FIELD(struct carton_view, cost, .about = "of the material"),
};
static const struct fields carton_view_fields = FIELDS("carton", struct carton_view, carton_table);
static const struct field new_carton_table[] = {
    CARTON_MEMBERS(F_REQUIRED),
    FIELD(struct carton_view, cost, .flags = F_NULL, .min = 0, .max = JSON_NUMBER_MAX,
          .about = "of the material, in the merchant's currency"),
};
static const struct fields new_carton_fields =
    FIELDS("new_carton", struct carton_view, new_carton_table);

static struct carton_view carton_view_of(const struct carton *p, const char *currency)
{
    return (struct carton_view){.carton_id = p->carton_id,
                                .code = p->code,
                                .length_mm = p->length_mm,
                                .width_mm = p->width_mm,
                                .height_mm = p->height_mm,
                                .tare_g = p->tare_g,
                                .max_g = p->max_g,
                                .cost = money(p->cost_minor, currency)};
}

static enum err currency_of(struct ctx *c, const char **currency)
{
    struct merchant m;
    TRY(merchant_get(c, &m));
    *currency = text_cstr(c->arena, m.currency);
    return OK;
}

static enum err cartons_show(struct ctx *c, const struct request *in, struct reply *out)
{
    struct site site;
    struct list cartons;
    const char *currency;
    TRY(site_get(c, in->ids[0], &site));
    TRY(carton_list(c, site.site_id, &cartons));
    TRY(currency_of(c, &currency));
    struct carton_view *views = arena_new(c->arena, struct carton_view, cartons.count + 1);
    for (size_t i = 0; i < cartons.count; i++)
        views[i] = carton_view_of(&((const struct carton *)cartons.at)[i], currency);
    out->list = (struct list){views, cartons.count};
    return OK;
}

static enum err carton_create(struct ctx *c, const struct request *in, struct reply *out)
{
    const struct carton_view *b = in->body;
    struct site site;
    struct list cartons;
    const char *currency;
    TRY(site_get(c, in->ids[0], &site));
    TRY(carton_list(c, site.site_id, &cartons));
    TRY(currency_of(c, &currency));
    for (size_t i = 0; i < cartons.count; i++)
        if (text_eq(((const struct carton *)cartons.at)[i].code, b->code))
            return fail_at(c, ERR_CONFLICT, "duplicate_code", "code",
                           "%.*s has a carton \"%.*s\" already", TEXT_ARG(site.code),
                           TEXT_ARG(b->code));
    bool has_cost = b->cost.minor != NONE;
    if (has_cost && !text_is(text_of(currency), b->cost.currency))
        return fail_at(c, ERR_INVALID, "currency_differs", "cost", "the merchant's currency is %s",
                       currency);
    struct carton row = {.merchant_id = c->merchant_id,
                         .carton_id = source_id(c->source),
                         .site_id = site.site_id,
                         .code = b->code,
                         .length_mm = b->length_mm,
                         .width_mm = b->width_mm,
                         .height_mm = b->height_mm,
                         .tare_g = b->tare_g,
                         .max_g = b->max_g,
                         .cost_minor = has_cost ? b->cost.minor : 0};
    TRY(carton_insert(c, &row));
    struct carton_view *view = arena_new(c->arena, struct carton_view, 1);
    *view = carton_view_of(&row, currency);
    out->record = view;
    return OK;
}

const struct route sites_routes[] = {
    {"GET", "/v1/sites", "sites list", SCOPE(CATALOG_READ), ROUTE_LIST | ROUTE_SHARED, NULL, NULL,
     &site_view_fields, sites_show, "List the sites in the order in which they are asked."},
    {"POST", "/v1/sites", "sites add", SCOPE(CATALOG_WRITE), ROUTE_WRITE, &new_site_fields, NULL,
     &site_view_fields, site_create, "Add a warehouse, shop or supplier."},
    {"POST", "/v1/sites/{sit}", "sites change", SCOPE(CATALOG_WRITE), ROUTE_WRITE,
     &site_change_fields, NULL, &site_view_fields, site_change,
     "Change a site; what is left out stays."},
    {"GET", "/v1/sites/{sit}/bins", "bins list", SCOPE(CATALOG_READ), ROUTE_LIST, NULL,
     &bin_query_fields, &bin_view_fields, bins_show,
     "List a site's bins, or find one by its code."},
    {"POST", "/v1/sites/{sit}/bins", "bins add", SCOPE(CATALOG_WRITE), ROUTE_WRITE | ROUTE_BULK,
     &new_bin_fields, NULL, &bin_view_fields, bins_create, "Add bins, one per row."},
    {"GET", "/v1/sites/{sit}/cartons", "cartons list", SCOPE(CATALOG_READ), ROUTE_LIST, NULL, NULL,
     &carton_view_fields, cartons_show, "List the cartons that a site packs into."},
    {"POST", "/v1/sites/{sit}/cartons", "cartons add", SCOPE(CATALOG_WRITE),
     ROUTE_WRITE | ROUTE_MAKES, &new_carton_fields, NULL, &carton_view_fields, carton_create,
     "Add a carton."},
    {0},
};
