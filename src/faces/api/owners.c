/* faces/api/owners.c: whose goods lie in the house besides the merchant's own. */
#include "domain/people/owner.h"

#include "base/contact.h"
#include "base/source.h"
#include "domain/events/event.h"
#include "faces/api/owners.h"
#include "faces/api/page.h"
#include "faces/api/routes.h"
#include "services/stockkeeping/owning.h"
#include "wire/json.h"

struct owner_view {
    int64_t owner_id;
    struct text code, name, email, street;
    bool is_active;
    int64_t created_us;
};
#define DESCRIBED                                                                                  \
    FIELD(struct owner_view, email, .max = EMAIL_MAX,                                              \
          .about = "sender of the mails about its orders; the merchant's when absent"),            \
        FIELD(struct owner_view, street, .max = 200,                                               \
              .about = "address as one line, for papers and the foot of mails")
static const struct field view_table[] = {
    FIELD_ID(struct owner_view, owner_id, "id", "own"),
    FIELD(struct owner_view, code, .about = "short, as people say it; ?owner= and owner take it"),
    FIELD(struct owner_view, name, .about = "as customers know it"),
    DESCRIBED,
    FIELD(struct owner_view, is_active, .about = "new orders and deliveries are taken"),
    FIELD_INSTANT(struct owner_view, created_us, "created_at", .flags = F_WIDE),
};
static const struct fields view_fields = FIELDS("owner", struct owner_view, view_table);
static const struct field new_table[] = {
    FIELD(struct owner_view, code, .flags = F_REQUIRED, .max = OWNER_CODE_MAX,
          .about = "short, as people say it: letters, digits, - and _"),
    FIELD(struct owner_view, name, .flags = F_REQUIRED, .max = OWNER_NAME_MAX,
          .about = "as customers know it"),
    DESCRIBED,
};
static const struct fields new_fields = FIELDS("new_owner", struct owner_view, new_table);
static const struct field change_table[] = {
    FIELD(struct owner_view, name, .max = OWNER_NAME_MAX, .about = "as customers know it"),
    DESCRIBED,
    FIELD(struct owner_view, is_active, .about = "new orders and deliveries are taken"),
};
static const struct fields change_fields = FIELDS("owner_change", struct owner_view, change_table);

static struct owner_view view_of(const struct owner *o)
{
    return (struct owner_view){.owner_id = o->owner_id,
                               .code = o->code,
                               .name = o->name,
                               .email = o->email,
                               .street = o->street,
                               .is_active = o->is_active != 0,
                               .created_us = o->created_us};
}

static struct text or_absent(struct text t) { return t.len ? t : (struct text){0}; }

static struct owner row_of(const struct ctx *c, const struct owner_view *v)
{
    return (struct owner){.merchant_id = c->merchant_id,
                          .owner_id = v->owner_id,
                          .code = v->code,
                          .name = v->name,
                          .email = or_absent(v->email),
                          .street = or_absent(v->street),
                          .is_active = v->is_active,
                          .created_us = v->created_us};
}

static enum err answer(struct ctx *c, const struct owner *o, struct reply *out)
{
    struct owner_view *v = arena_new(c->arena, struct owner_view, 1);
    *v = view_of(o);
    out->record = v;
    out->version = row_version(c, &owner_fields, o);
    return OK;
}

static enum err check(struct ctx *c, const struct owner_view *v)
{
    if (v->email.len) TRY(email_check(c, v->email, "email"));
    if (text_trim(v->name).len) return OK;
    return fail_at(c, ERR_INVALID, "required", "name", "customers know an owner by a name");
}

static enum err check_code(struct ctx *c, struct text code)
{
    struct owner twin;
    bool found = false;
    for (size_t i = 0; i < code.len; i++) {
        char ch = code.at[i];
        bool is_good = (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') ||
                       (ch >= '0' && ch <= '9') || ch == '-' || ch == '_';
        if (is_good) continue;
        fail_at(c, ERR_INVALID, "invalid_value", "code", "character %zu may not stand in it",
                i + 1);
        return hint(c, "letters, digits, - and _");
    }
    if (!code.len) return fail_at(c, ERR_INVALID, "required", "code", "an owner has a code");
    TRY(owner_by_code(c, code, &twin, &found));
    if (!found) return OK;
    return fail_at(c, ERR_CONFLICT, "duplicate_code", "code", "%.*s has that code: %.*s",
                   TEXT_ARG(text_head(twin.name, 80)),
                   TEXT_ARG(id_text(c->arena, "own", twin.owner_id)));
}

static enum err owner_add(struct ctx *c, const struct request *in, struct reply *out)
{
    struct owner_view v = *(const struct owner_view *)in->body;
    TRY(check_code(c, v.code));
    TRY(check(c, &v));
    v.owner_id = source_id(c->source);
    v.is_active = true;
    v.created_us = c->now_us;
    struct owner row = row_of(c, &v);
    TRY(owner_insert(c, &row));
    TRY(event_put(c, EVENT_OWNER_ADDED, NONE, row.owner_id,
                  EVENT_BODY(.word = row.code, .note = row.name)));
    return answer(c, &row, out);
}

static enum err owner_change(struct ctx *c, const struct request *in, struct reply *out)
{
    struct owner before;
    TRY(owner_get(c, in->ids[0], &before));
    TRY(version_check(c, in, row_version(c, &owner_fields, &before)));
    struct owner_view v = view_of(&before);
    if (text_trim(in->raw).len) TRY(record_merge_json(c, &change_fields, in->raw, &v, NULL));
    TRY(check(c, &v));
    struct owner row = row_of(c, &v);
    TRY(owner_update(c, &row));
    TRY(event_put(c, EVENT_OWNER_CHANGED, NONE, row.owner_id,
                  EVENT_BODY(.word = row.code, .note = row.name)));
    return answer(c, &row, out);
}

static enum err owner_show(struct ctx *c, const struct request *in, struct reply *out)
{
    struct owner o;
    TRY(owner_get(c, in->ids[0], &o));
    return answer(c, &o, out);
}

static enum err owners_show(struct ctx *c, const struct request *in, struct reply *out)
{
    struct list rows;
    (void)in;
    TRY(owner_list(c, &rows));
    struct owner_view *views = arena_new(c->arena, struct owner_view, rows.count + 1);
    for (size_t i = 0; i < rows.count; i++) views[i] = view_of(&((const struct owner *)rows.at)[i]);
    out->list = (struct list){views, rows.count};
    return OK;
}

/* --- goods that become somebody else's ------------------------------------------------------- */

struct change_body {
    struct text site, to_owner, note;
    struct list lines; /* struct owner_change_line */
};
static const struct field body_table[] = {
    FIELD(struct change_body, site, .max = 64, .about = "its code; the one site when absent"),
    FIELD(struct change_body, to_owner, .max = OWNER_CODE_MAX,
          .about = "code of whose they become; the merchant's own when absent"),
    FIELD(struct change_body, note, .max = OWNER_CHANGE_NOTE_MAX, .about = "why"),
    FIELD_LIST(struct change_body, lines, owner_change_line_fields, .flags = F_REQUIRED,
               .max = OWNER_CHANGE_LINES_MAX, .about = "done together, or not at all"),
};
static const struct fields body_fields =
    FIELDS("owner_change_of_stock", struct change_body, body_table);

struct change_view {
    int64_t change_id;
    struct text from_owner, to_owner;
    int64_t units;
};
static const struct field changed_table[] = {
    FIELD_ID(struct change_view, change_id, "id", "ste",
             .about = "what the pairs of stock entries name as their subject"),
    FIELD(struct change_view, from_owner, .about = "code; null: the merchant's own"),
    FIELD(struct change_view, to_owner, .about = "code; null: the merchant's own"),
    FIELD(struct change_view, units),
};
static const struct fields changed_fields =
    FIELDS("owner_of_stock_changed", struct change_view, changed_table);

static enum err stock_owner_change(struct ctx *c, const struct request *in, struct reply *out)
{
    const struct change_body *b = in->body;
    const struct owner_change_line *at = b->lines.at;
    struct owner_change change = {.site = b->site, .note = b->note, .lines = b->lines};
    struct owner_book book;
    struct owner_codes codes;
    struct change_view *v = arena_new(c->arena, struct change_view, 1);
    TRY(owner_book_open(c, &b->to_owner, 1, &book));
    if (owner_named(c, &book, b->to_owner, &change.to_owner) != OK)
        return fail_at(c, ERR_INVALID, "unknown_owner", "to_owner", "there is no owner \"%.*s\"",
                       TEXT_ARG(b->to_owner));
    TRY(stock_change_owner(c, &change, &v->change_id));
    TRY(owner_codes_load(c, &c->owner_id, 1, &codes));
    v->from_owner = owner_code(&codes, c->owner_id);
    v->to_owner = or_absent(b->to_owner);
    for (size_t i = 0; i < b->lines.count; i++) v->units += at[i].quantity;
    out->record = v;
    return OK;
}

const struct route owners_routes[] = {
    {"GET", "/v1/owners", "owners list", SCOPE(CATALOG_READ), ROUTE_LIST | ROUTE_BY_OWNER, NULL,
     NULL, &view_fields, owners_show, "Whose goods lie in the house, by code."},
    {"POST", "/v1/owners", "owners add", SCOPE(ADMIN), ROUTE_WRITE, &new_fields, NULL, &view_fields,
     owner_add, "Take the goods of another owner into the house."},
    {"GET", "/v1/owners/{own}", "owners show", SCOPE(CATALOG_READ), ROUTE_OWNED, NULL, NULL,
     &view_fields, owner_show, "An owner, by identifier or code."},
    {"POST", "/v1/owners/{own}", "owners change", SCOPE(ADMIN), ROUTE_WRITE | ROUTE_TAGGED,
     &change_fields, NULL, &view_fields, owner_change, "Change what is given; the rest stays."},
    {"GET", "/v1/owner-activity", "owners activity", SCOPE(STOCK_READ), ROUTE_LIST | ROUTE_BY_OWNER,
     NULL, &activity_query_fields, &activity_fields, owner_activity,
     "What was done for each owner in some days: received, stored, picked, packed, shipped."},
    {"POST", "/v1/stock/owner-changes", "stock change-owner", SCOPE(STOCK_WRITE),
     ROUTE_WRITE | ROUTE_BY_OWNER | ROUTE_HOUSE, &body_fields, NULL, &changed_fields,
     stock_owner_change,
     "Units become another owner's where they lie: ?owner= says whose they are."},
    {0},
};
