#include "domain/people/person.h"

#include "domain/people/people.h"
#include "queries.h"
#include "store/db.h"

static const char *const roles[] = {"owner", "clerk", "picker",   "packer", "shipper",
                                    "stock", "care",  "accounts", "viewer"};
const struct words role_words = WORDS("role", roles);

#define S(name) (INT64_C(1) << SCOPE_##name)
#define FLOOR (S(WORK_READ) | S(WORK_WRITE) | S(STOCK_READ) | S(CATALOG_READ) | S(SHIPPING_WRITE))
#define READ                                                                                       \
    (S(ORDERS_READ) | S(STOCK_READ) | S(WORK_READ) | S(CUSTOMERS_READ) | S(CATALOG_READ) |         \
     S(EVENTS_READ))
static const int64_t scopes_of_role[ROLE_COUNT] = {
    [ROLE_OWNER] = SCOPE_ALL,
    [ROLE_CLERK] = READ | S(ORDERS_WRITE) | S(CUSTOMERS_WRITE) | S(CARE_WRITE),
    [ROLE_PICKER] = S(WORK_READ) | S(WORK_WRITE) | S(STOCK_READ) | S(CATALOG_READ),
    [ROLE_PACKER] = FLOOR,
    [ROLE_SHIPPER] = FLOOR | S(ORDERS_READ),
    [ROLE_STOCK] = FLOOR | S(STOCK_WRITE) | S(CATALOG_WRITE),
    [ROLE_CARE] = READ | S(ORDERS_WRITE) | S(CARE_WRITE) | S(CUSTOMERS_WRITE) | S(PAYMENTS_WRITE),
    [ROLE_ACCOUNTS] = READ | S(PAYMENTS_WRITE),
    [ROLE_VIEWER] = READ,
};
const int64_t floor_scopes = FLOOR;

int64_t role_scopes(enum role role) { return role < ROLE_COUNT ? scopes_of_role[role] : 0; }

static const struct field person_table[] = {
    FIELD(struct person, merchant_id),
    FIELD_ID(struct person, person_id, "id", "usr"),
    FIELD(struct person, login),
    FIELD(struct person, name),
    FIELD(struct person, email),
    FIELD_ENUM(struct person, role, role_words),
    FIELD(struct person, password_hash, .flags = F_SECRET),
    FIELD(struct person, pin_hash, .flags = F_SECRET),
    FIELD(struct person, badge_hash, .flags = F_SECRET),
    FIELD(struct person, wrong_tries),
    FIELD_INSTANT(struct person, locked_until_us, "locked_until"),
    FIELD_INSTANT(struct person, created_us, "created_at"),
    FIELD_INSTANT(struct person, disabled_us, "disabled_at"),
    FIELD_ID(struct person, owner_id, "owner_id", "own"),
};
const struct fields person_fields = FIELDS("person_row", struct person, person_table);

static const struct field session_table[] = {
    FIELD(struct session, session_id),
    FIELD(struct session, merchant_id),
    FIELD(struct session, person_id),
    FIELD(struct session, token_hash, .flags = F_SECRET),
    FIELD(struct session, scopes),
    FIELD_INSTANT(struct session, created_us, "created_at"),
    FIELD_INSTANT(struct session, expires_us, "expires_at"),
    FIELD_INSTANT(struct session, ended_us, "ended_at"),
};
static const struct fields session_fields = FIELDS("session_row", struct session, session_table);

static const struct field actor_table[] = {
    FIELD(struct actor, actor_id),
    FIELD(struct actor, name),
};
static const struct fields actor_fields = FIELDS("actor_row", struct actor, actor_table);

enum err person_insert(struct ctx *c, const struct person *p)
{
    return db_put_record(c, &Q_person_insert, &person_fields, p);
}

enum err person_update(struct ctx *c, const struct person *p)
{
    return db_put_record(c, &Q_person_update, &person_fields, p);
}

enum err person_free(struct ctx *c, const struct person *p)
{
    struct person other;
    bool found = false;
    TRY(person_by_login(c, p->login, &other, &found));
    if (found && other.person_id != p->person_id) {
        fail_at(c, ERR_CONFLICT, "login_taken", "login", "\"%.*s\" is %.*s's", TEXT_ARG(p->login),
                TEXT_ARG(text_head(other.name, 60)));
        return hint(c, "names are never given to somebody else; take another");
    }
    if (!p->badge_hash.at) return OK;
    TRY(person_by_badge(c, p->badge_hash, &other, &found));
    if (!found || other.person_id == p->person_id) return OK;
    fail_at(c, ERR_CONFLICT, "badge_taken", "badge", "this badge is %.*s's",
            TEXT_ARG(text_head(other.name, 60)));
    return hint(c, "take it from them first: waybill users change %.*s --badge \"\"",
                TEXT_ARG(text_head(other.login, 60)));
}

enum err person_find(struct ctx *c, int64_t person_id, struct person *out, bool *found)
{
    return db_find(c, &Q_person_get, ARGS(I64(c->merchant_id), I64(person_id)), &person_fields, out,
                   found);
}

enum err person_get(struct ctx *c, int64_t person_id, struct person *out)
{
    bool found = false;
    TRY(person_find(c, person_id, out, &found));
    return found ? OK : fail(c, ERR_NOT_FOUND, "user_not_found", "there is no such user");
}

enum err person_by_login(struct ctx *c, struct text login, struct person *out, bool *found)
{
    return db_find(c, &Q_person_by_login,
                   ARGS(I64(c->merchant_id), TXT(text_lower(c->arena, login))), &person_fields, out,
                   found);
}

enum err person_by_badge(struct ctx *c, struct text badge_hash, struct person *out, bool *found)
{
    return db_find(c, &Q_person_by_badge, ARGS(I64(c->merchant_id), TXT(badge_hash)),
                   &person_fields, out, found);
}

enum err person_list(struct ctx *c, struct list *out)
{
    return db_rows(c, &Q_person_list, ARGS(I64(c->merchant_id)), &person_fields, out);
}

enum err person_tried(struct ctx *c, int64_t person_id, bool is_right)
{
    int64_t changed;
    if (is_right)
        return db_exec(c, &Q_person_right, ARGS(I64(c->merchant_id), I64(person_id)), &changed);
    return db_exec(c, &Q_person_wrong,
                   ARGS(I64(c->merchant_id), I64(person_id), I64(PERSON_TRIES_MAX),
                        I64(c->now_us + PERSON_LOCK_US)),
                   &changed);
}

enum err session_insert(struct ctx *c, const struct session *s)
{
    int64_t changed;
    TRY(db_exec(c, &Q_session_forget, ARGS(I64(c->now_us - DAY_US)), &changed));
    return db_put_record(c, &Q_session_insert, &session_fields, s);
}

enum err session_find(struct ctx *c, int64_t session_id, struct session *out, bool *found)
{
    return db_find(c, &Q_session_find, ARGS(I64(session_id)), &session_fields, out, found);
}

enum err session_end(struct ctx *c, int64_t session_id)
{
    int64_t changed;
    return db_exec(c, &Q_session_end, ARGS(I64(c->merchant_id), I64(session_id), I64(c->now_us)),
                   &changed);
}

enum err sessions_end_of(struct ctx *c, int64_t person_id)
{
    int64_t changed;
    return db_exec(c, &Q_session_end_of, ARGS(I64(c->merchant_id), I64(person_id), I64(c->now_us)),
                   &changed);
}

enum err actors_of(struct ctx *c, const int64_t *ids, size_t n, struct list *out)
{
    return db_rows(c, &Q_actors_of, ARGS(I64(c->merchant_id), I64S(ids, n)), &actor_fields, out);
}
