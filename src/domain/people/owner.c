#include "domain/people/owner.h"

#include "base/sort.h"
#include "queries.h"
#include "store/db.h"

static const struct field owner_table[] = {
    FIELD(struct owner, merchant_id), FIELD_ID(struct owner, owner_id, "id", "own"),
    FIELD(struct owner, code),        FIELD(struct owner, name),
    FIELD(struct owner, email),       FIELD(struct owner, street),
    FIELD(struct owner, is_active),   FIELD_INSTANT(struct owner, created_us, "created_at"),
};
const struct fields owner_fields = FIELDS("owner_row", struct owner, owner_table);

#define MERCHANT I64(c->merchant_id)

enum err owner_insert(struct ctx *c, const struct owner *o)
{
    return db_put_record(c, &Q_owner_insert, &owner_fields, o);
}

enum err owner_update(struct ctx *c, const struct owner *o)
{
    return db_put_record(c, &Q_owner_update, &owner_fields, o);
}

enum err owners_of(struct ctx *c, const int64_t *ids, size_t n, struct list *out)
{
    return db_rows(c, &Q_owners_of, ARGS(MERCHANT, I64S(ids, n)), &owner_fields, out);
}

enum err owner_get(struct ctx *c, int64_t owner_id, struct owner *out)
{
    struct list found;
    TRY(owners_of(c, &owner_id, 1, &found));
    if (!found.count) return fail(c, ERR_NOT_FOUND, "owner_not_found", "there is no such owner");
    *out = *(const struct owner *)found.at;
    return OK;
}

enum err owner_by_code(struct ctx *c, struct text code, struct owner *out, bool *found)
{
    return db_find(c, &Q_owners_by_code, ARGS(MERCHANT, TEXTS(&code, 1)), &owner_fields, out,
                   found);
}

enum err owner_list(struct ctx *c, struct list *out)
{
    return db_rows(c, &Q_owner_list, ARGS(MERCHANT, I64(c->owner_id), I64(OWNER_LIST_MAX)),
                   &owner_fields, out);
}

enum err owner_book_open(struct ctx *c, const struct text *codes, size_t n, struct owner_book *out)
{
    struct text *asked = arena_new(c->arena, struct text, n + 1);
    size_t count = 0;
    *out = (struct owner_book){0};
    for (size_t i = 0; i < n; i++)
        if (codes[i].len) asked[count++] = codes[i];
    if (!count) return OK;
    return db_rows(c, &Q_owners_by_code, ARGS(MERCHANT, TEXTS(asked, count)), &owner_fields,
                   &out->owners);
}

enum err owner_named(struct ctx *c, const struct owner_book *b, struct text code, int64_t *owner_id)
{
    if (!code.len || (text_is(code, ".") && !*owner_id)) return OK; /* the merchant's own */
    const struct owner *o = LIST_FIND_TEXT(&b->owners, struct owner, code, code);
    if (o && o->is_active && (!*owner_id || *owner_id == o->owner_id)) {
        *owner_id = o->owner_id;
        return OK;
    }
    fail_at(c, ERR_INVALID, "unknown_owner", "owner", "there is no owner \"%.*s\"",
            TEXT_ARG(text_head(code, OWNER_CODE_MAX)));
    return hint(c, "`waybill owners list` shows those there are");
}

enum err owner_codes_load(struct ctx *c, const int64_t *owner_ids, size_t n,
                          struct owner_codes *out)
{
    int64_t *ids = arena_new(c->arena, int64_t, n + 1);
    size_t count = 0;
    *out = (struct owner_codes){0};
    for (size_t i = 0; i < n; i++)
        if (owner_ids[i]) ids[count++] = owner_ids[i];
    sort_i64(ids, count);
    count = unique_i64(ids, count);
    return count ? owners_of(c, ids, count, &out->owners) : OK;
}

struct text owner_code(const struct owner_codes *codes, int64_t owner_id)
{
    const struct owner *o = LIST_FIND(&codes->owners, struct owner, owner_id, owner_id);
    return o ? o->code : (struct text){0};
}

struct merchant owner_voice(const struct list *owners, int64_t owner_id, const struct merchant *m)
{
    struct merchant voice = *m;
    const struct owner *o = LIST_FIND(owners, struct owner, owner_id, owner_id);
    if (!o) return voice;
    voice.name = o->name;
    if (o->email.len) voice.email = o->email;
    voice.street = o->street;
    return voice;
}

enum err owner_speaks(struct ctx *c, int64_t owner_id, struct merchant *m)
{
    struct list owners;
    if (!owner_id) return OK;
    TRY(owners_of(c, &owner_id, 1, &owners));
    *m = owner_voice(&owners, owner_id, m);
    return OK;
}
