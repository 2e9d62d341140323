#include "domain/people/people.h"

#include "queries.h"
#include "store/db.h"

static const char *const price_policies[] = {"accept", "hold", "refuse"};
static const char *const stock_policies[] = {"all", "split", "backorder", "hold"};
static const char *const capture_policies[] = {"on_ship", "on_order", "by_hand"};
static const char *const scopes[] = {
    "orders:read",  "orders:write",   "stock:read",     "stock:write",    "work:read",
    "work:write",   "shipping:write", "payments:write", "customers:read", "customers:write",
    "catalog:read", "catalog:write",  "care:write",     "events:read",    "admin"};
const struct words price_policy_words = WORDS("price_policy", price_policies);
static const char *const sourcing_policies[] = {"fewest_splits", "single_site", "nearest",
                                                "cheapest", "priority"};
const struct words sourcing_policy_words = WORDS("sourcing_policy", sourcing_policies);
static const char *const fill_policies[] = {"oldest", "express", "wish_day", "whole_orders"};
const struct words fill_policy_words = WORDS("fill_policy", fill_policies);
const struct words stock_policy_words = WORDS("stock_policy", stock_policies);
const struct words capture_policy_words = WORDS("capture_policy", capture_policies);
const struct words scope_words = WORDS("scope", scopes);

static const struct field merchant_table[] = {
    FIELD(struct merchant, merchant_id),
    FIELD(struct merchant, code),
    FIELD(struct merchant, name),
    FIELD(struct merchant, currency),
    FIELD(struct merchant, country),
    FIELD(struct merchant, email),
    FIELD(struct merchant, street),
    FIELD(struct merchant, gs1_prefix),
    FIELD_ENUM(struct merchant, price_policy, price_policy_words),
    FIELD_ENUM(struct merchant, stock_policy, stock_policy_words),
    FIELD(struct merchant, confirm_channels),
    FIELD_ENUM(struct merchant, capture_policy, capture_policy_words),
    FIELD(struct merchant, grace_us),
    FIELD_ENUM(struct merchant, sourcing_policy, sourcing_policy_words),
    FIELD_ENUM(struct merchant, fill_policy, fill_policy_words),
    FIELD_INSTANT(struct merchant, created_us, "created_at"),
};
const struct fields merchant_fields = FIELDS("merchant_row", struct merchant, merchant_table);

static const struct field api_key_table[] = {
    FIELD_ID(struct api_key, key_id, "id", "key"),
    FIELD(struct api_key, merchant_id),
    FIELD(struct api_key, name),
    FIELD(struct api_key, key_hash),
    FIELD(struct api_key, scopes),
    FIELD_INSTANT(struct api_key, created_us, "created_at"),
    FIELD_INSTANT(struct api_key, expires_us, "expires_at"),
    FIELD_INSTANT(struct api_key, revoked_us, "revoked_at"),
    FIELD_ID(struct api_key, person_id, "person_id", "usr", .flags = F_NULL),
    FIELD_ID(struct api_key, owner_id, "owner_id", "own"),
};
const struct fields api_key_fields = FIELDS("api_key_row", struct api_key, api_key_table);

struct secret {
    struct text name, value;
};
static const struct field secret_table[] = {
    FIELD(struct secret, name),
    FIELD(struct secret, value, .flags = F_SECRET),
};
static const struct fields secret_fields = FIELDS("secret_row", struct secret, secret_table);

enum err merchant_insert(struct ctx *c, const struct merchant *m)
{
    return db_put_record(c, &Q_merchant_insert, &merchant_fields, m);
}

enum err merchant_update(struct ctx *c, const struct merchant *m)
{
    return db_put_record(c, &Q_merchant_update, &merchant_fields, m);
}

enum err merchant_get(struct ctx *c, struct merchant *out)
{
    bool found = false;
    TRY(db_find(c, &Q_merchant_get, ARGS(I64(c->merchant_id)), &merchant_fields, out, &found));
    return found ? OK : fail(c, ERR_NOT_FOUND, "merchant_not_found", "there is no such merchant");
}

enum err merchant_list(struct ctx *c, struct list *out)
{
    return db_rows(c, &Q_merchant_list, NO_ARGS, &merchant_fields, out);
}

enum err api_key_insert(struct ctx *c, const struct api_key *k)
{
    struct api_key row = *k;
    if (!row.person_id) row.person_id = NONE;
    return db_put_record(c, &Q_api_key_insert, &api_key_fields, &row);
}

enum err api_key_find(struct ctx *c, int64_t key_id, struct api_key *out, bool *found)
{
    return db_find(c, &Q_api_key_find, ARGS(I64(key_id)), &api_key_fields, out, found);
}

enum err api_key_list(struct ctx *c, struct list *out)
{
    return db_rows(c, &Q_api_key_list, ARGS(I64(c->merchant_id)), &api_key_fields, out);
}

enum err api_key_revoke(struct ctx *c, int64_t key_id)
{
    int64_t changed = 0;
    TRY(db_exec(c, &Q_api_key_revoke, ARGS(I64(c->merchant_id), I64(key_id), I64(c->now_us)),
                &changed));
    if (changed) return OK;
    struct api_key key;
    bool found = false;
    TRY(api_key_find(c, key_id, &key, &found));
    if (!found || key.merchant_id != c->merchant_id)
        return fail(c, ERR_NOT_FOUND, "key_not_found", "there is no such key");
    return fail(c, ERR_CONFLICT, "key_revoked", "this key was revoked already");
}

enum err secret_get(struct ctx *c, struct text name, struct text fresh, struct text *out)
{
    struct secret secret;
    bool found = false;
    TRY(db_find(c, &Q_secret_get, ARGS(TXT(name)), &secret_fields, &secret, &found));
    if (!found) {
        /* Of two that come first at once, the one whose row stands wins: read it again. */
        int64_t changed = 0;
        TRY(db_exec(c, &Q_secret_insert, ARGS(TXT(name), TXT(fresh)), &changed));
        TRY(db_one(c, &Q_secret_get, ARGS(TXT(name)), &secret_fields, &secret));
    }
    *out = secret.value;
    return OK;
}

enum err clock_ahead(struct ctx *c, int64_t *ahead_us)
{
    TRY(db_number(c, &Q_clock_ahead, ARGS(I64(c->merchant_id)), ahead_us));
    if (*ahead_us == NONE) *ahead_us = 0;
    return OK;
}

enum err clock_keep(struct ctx *c, int64_t ahead_us)
{
    return db_put(c, &Q_clock_keep, ARGS(I64(c->merchant_id), I64(ahead_us)));
}
