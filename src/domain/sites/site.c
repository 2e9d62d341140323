#include "domain/sites/site.h"

#include "queries.h"
#include "store/db.h"

static const char *const site_kinds[] = {"warehouse", "shop", "supplier"};
static const char *const bin_kinds[] = {"pick", "bulk", "receiving", "quarantine", "returns"};
const struct words site_kind_words = WORDS("site_kind", site_kinds);
static const char *const sells_froms[] = {"put_away", "receipt"};
const struct words bin_kind_words = WORDS("bin_kind", bin_kinds);
const struct words sells_from_words = WORDS("sells_from", sells_froms);

static const struct field site_table[] = {
    FIELD(struct site, merchant_id),
    FIELD_ID(struct site, site_id, "id", "sit"),
    FIELD(struct site, code),
    FIELD(struct site, name),
    FIELD_ENUM(struct site, kind, site_kind_words),
    FIELD(struct site, country),
    FIELD(struct site, postal_code),
    FIELD(struct site, city),
    FIELD(struct site, street),
    FIELD(struct site, priority),
    FIELD(struct site, cutoff_minute),
    FIELD(struct site, work_days),
    FIELD_ENUM(struct site, sells_from, sells_from_words),
    FIELD(struct site, capacity_units),
    FIELD(struct site, parcel_minor),
};
const struct fields site_fields = FIELDS("site_row", struct site, site_table);

static const struct field bin_table[] = {
    FIELD(struct bin, merchant_id),
    FIELD_ID(struct bin, bin_id, "id", "bin"),
    FIELD_ID(struct bin, site_id, "site_id", "sit"),
    FIELD(struct bin, code),
    FIELD(struct bin, zone),
    FIELD(struct bin, aisle),
    FIELD(struct bin, bay),
    FIELD(struct bin, level),
    FIELD(struct bin, x_mm),
    FIELD(struct bin, y_mm),
    FIELD_ENUM(struct bin, kind, bin_kind_words),
};
const struct fields bin_fields = FIELDS("bin_row", struct bin, bin_table);

static const struct field carton_table[] = {
    FIELD(struct carton, merchant_id),
    FIELD_ID(struct carton, carton_id, "id", "crt"),
    FIELD_ID(struct carton, site_id, "site_id", "sit"),
    FIELD(struct carton, code),
    FIELD(struct carton, length_mm),
    FIELD(struct carton, width_mm),
    FIELD(struct carton, height_mm),
    FIELD(struct carton, tare_g),
    FIELD(struct carton, max_g),
    FIELD(struct carton, cost_minor),
};
const struct fields carton_fields = FIELDS("carton_row", struct carton, carton_table);

#define MERCHANT I64(c->merchant_id)

enum err site_insert(struct ctx *c, const struct site *s)
{
    return db_put_record(c, &Q_site_insert, &site_fields, s);
}

enum err site_update(struct ctx *c, const struct site *s)
{
    return db_put(c, &Q_site_update,
                  ARGS(I64(c->merchant_id), I64(s->site_id), TXT(s->name), TXT(s->country),
                       TXT(s->postal_code), TXT(s->city), TXT(s->street), I64(s->priority),
                       I64(s->cutoff_minute), I64(s->work_days), I64(s->capacity_units),
                       I64(s->parcel_minor), I64(s->sells_from)));
}

enum err bin_insert(struct ctx *c, const struct bin *b)
{
    return db_put_record(c, &Q_bin_insert, &bin_fields, b);
}

enum err carton_insert(struct ctx *c, const struct carton *p)
{
    return db_put_record(c, &Q_carton_insert, &carton_fields, p);
}

enum err sites_follow(struct ctx *c, struct text from, struct text to)
{
    int64_t changed;
    return db_exec(c, &Q_sites_follow, ARGS(MERCHANT, TXT(from), TXT(to)), &changed);
}

enum err site_list(struct ctx *c, struct list *out)
{
    return db_rows(c, &Q_site_list, ARGS(MERCHANT), &site_fields, out);
}

enum err site_get(struct ctx *c, int64_t site_id, struct site *out)
{
    bool found = false;
    TRY(db_find(c, &Q_site_get, ARGS(MERCHANT, I64(site_id)), &site_fields, out, &found));
    return found ? OK : fail(c, ERR_NOT_FOUND, "site_not_found", "there is no such site");
}

enum err site_find_by_code(struct ctx *c, struct text code, struct site *out, bool *found)
{
    return db_find(c, &Q_site_by_code, ARGS(MERCHANT, TXT(code)), &site_fields, out, found);
}

enum err bins_of(struct ctx *c, const int64_t *bin_ids, size_t n, struct list *out)
{
    return db_rows(c, &Q_bins_of, ARGS(MERCHANT, I64S(bin_ids, n)), &bin_fields, out);
}

enum err bin_find_by_code(struct ctx *c, int64_t site_id, struct text code, struct bin *out,
                          bool *found)
{
    return db_find(c, &Q_bin_by_code, ARGS(MERCHANT, I64(site_id), TXT(code)), &bin_fields, out,
                   found);
}

enum err bins_by_codes(struct ctx *c, const int64_t *site_ids, size_t sites,
                       const struct text *codes, size_t n, struct list *out)
{
    return db_rows(c, &Q_bins_by_codes, ARGS(MERCHANT, I64S(site_ids, sites), TEXTS(codes, n)),
                   &bin_fields, out);
}

enum err bins_of_kind_at(struct ctx *c, const int64_t *site_ids, size_t sites, enum bin_kind kind,
                         struct list *out)
{
    return db_rows(c, &Q_bins_of_kind_at,
                   ARGS(I64(c->merchant_id), I64S(site_ids, sites), I64(kind)), &bin_fields, out);
}

enum err bin_list(struct ctx *c, int64_t site_id, struct text after_code, int64_t limit,
                  struct list *out)
{
    struct text after = after_code.at ? after_code : T("");
    return db_rows(c, &Q_bin_list, ARGS(MERCHANT, I64(site_id), TXT(after), I64(limit)),
                   &bin_fields, out);
}

enum err carton_list(struct ctx *c, int64_t site_id, struct list *out)
{
    return db_rows(c, &Q_carton_list, ARGS(MERCHANT, I64(site_id)), &carton_fields, out);
}

enum err bins_of_kind(struct ctx *c, int64_t site_id, enum bin_kind kind, int64_t limit,
                      struct list *out)
{
    return db_rows(c, &Q_bins_of_kind, ARGS(MERCHANT, I64(site_id), I64(kind), I64(limit)),
                   &bin_fields, out);
}
