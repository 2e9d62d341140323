/* faces/api/keys.c: API keys: made, listed, revoked. */
#include "base/guess.h"
#include "domain/people/owner.h"
#include "domain/people/person.h"
#include "faces/api/credential.h"
#include "faces/api/system.h"
#include "store/db.h"
#include "wire/crypto.h"

#include <stdio.h>

/* What a caller sees of a key. */
struct key_view {
    int64_t key_id;
    struct text name;
    int32_t scopes;
    int64_t created_us, expires_us, revoked_us, owner_id;
    struct text key;
};
static const struct field key_view_table[] = {
    FIELD_ID(struct key_view, key_id, "id", "key"),
    FIELD(struct key_view, name),
    FIELD_FLAGS(struct key_view, scopes, scope_words),
    FIELD_INSTANT(struct key_view, created_us, "created_at"),
    FIELD_INSTANT(struct key_view, expires_us, "expires_at"),
    FIELD_INSTANT(struct key_view, revoked_us, "revoked_at"),
    FIELD_ID(struct key_view, owner_id, "owner_id", "own", .flags = F_NULL | F_WIDE,
             .about = "whose goods and orders it sees; null: everybody's"),
};
static const struct fields key_view_fields = FIELDS("api_key", struct key_view, key_view_table);

static const struct field key_made_table[] = {
    FIELD_ID(struct key_view, key_id, "id", "key"),
    FIELD(struct key_view, name),
    FIELD_FLAGS(struct key_view, scopes, scope_words),
    FIELD_INSTANT(struct key_view, expires_us, "expires_at"),
    FIELD_ID(struct key_view, owner_id, "owner_id", "own", .flags = F_NULL,
             .about = "whose goods and orders it sees; null: everybody's"),
    FIELD(struct key_view, key, .about = "the key itself: shown this once, and kept nowhere"),
};
static const struct fields key_made_fields =
    FIELDS("api_key_made", struct key_view, key_made_table);

struct key_wish {
    int64_t user_id;
    struct text name;
    struct list scopes;
    int64_t expires_us;
    struct text owner;
};
static const struct field key_wish_table[] = {
    FIELD_ID(struct key_wish, user_id, "user_id", "usr", .flags = F_NULL,
             .about = "whose it is: facts name them, and it does no more than their role may; "
                      "a program's when absent"),
    FIELD(struct key_wish, name, .max = 80, .about = "to tell keys apart: \"shop\""),
    FIELD_TEXTS(struct key_wish, scopes, .flags = F_REQUIRED, .max = 20,
                .about = "orders:read, stock:write ...; or all"),
    FIELD_INSTANT(struct key_wish, expires_us, "expires_at", .about = "never when absent"),
    FIELD(
        struct key_wish, owner, .max = OWNER_CODE_MAX,
        .about = "code of the owner whose goods and orders alone it sees; everybody's when absent"),
};
static const struct fields key_wish_fields =
    FIELDS("api_key_wish", struct key_wish, key_wish_table);

static enum err read_scopes(struct ctx *c, const struct key_wish *wish, int64_t *scopes)
{
    const struct text *words = wish->scopes.at;
    *scopes = 0;
    for (size_t i = 0; i < wish->scopes.count; i++) {
        int32_t scope = word_find(&scope_words, words[i]);
        if (text_is(words[i], "all")) {
            *scopes = SCOPE_ALL;
        } else if (scope >= 0) {
            *scopes |= INT64_C(1) << scope;
        } else {
            fail(c, ERR_INVALID, "invalid_value", "\"%.*s\" is no scope",
                 TEXT_ARG(text_head(words[i], 40)));
            snprintf(c->fault.field, sizeof c->fault.field, "scopes[%zu]", i);
            const char *meant = guess_word(words[i], scope_words.at, scope_words.count);
            if (meant) return hint(c, "did you mean \"%s\"?", meant);
            return hint(c, "all, admin, or orders, stock, work, customers, catalog with :read or "
                           ":write, shipping, payments, care with :write, events:read");
        }
    }
    return OK;
}

static enum err key_create(struct ctx *c, const struct request *in, struct reply *out)
{
    const struct key_wish *wish = in->body;
    int64_t scopes;
    TRY(read_scopes(c, wish, &scopes));
    if (wish->expires_us != NONE && wish->expires_us <= c->now_us)
        return fail_at(c, ERR_INVALID, "out_of_range", "expires_at", "it is in the past");
    struct text key = api_key_new(c->arena, true);
    struct api_key row = {.key_id = credential_id(key),
                          .merchant_id = c->merchant_id,
                          .name = wish->name.at ? wish->name : T("key"),
                          .key_hash = credential_hash(c->arena, key),
                          .scopes = scopes,
                          .created_us = c->now_us,
                          .expires_us = wish->expires_us,
                          .revoked_us = NONE,
                          .person_id = wish->user_id};
    struct owner_book book;
    TRY(owner_book_open(c, &wish->owner, 1, &book));
    TRY(owner_named(c, &book, wish->owner, &row.owner_id));
    struct person person;
    if (wish->user_id != NONE) TRY(person_get(c, wish->user_id, &person));
    TRY(api_key_insert(c, &row));
    struct key_view *made = arena_new(c->arena, struct key_view, 1);
    *made = (struct key_view){.key_id = row.key_id,
                              .name = row.name,
                              .scopes = (int32_t)scopes,
                              .expires_us = row.expires_us,
                              .owner_id = row.owner_id ? row.owner_id : NONE,
                              .key = key};
    out->record = made;
    return OK;
}

static struct key_view view_of(const struct api_key *k)
{
    return (struct key_view){.key_id = k->key_id,
                             .name = k->name,
                             .scopes = (int32_t)k->scopes,
                             .created_us = k->created_us,
                             .expires_us = k->expires_us,
                             .revoked_us = k->revoked_us,
                             .owner_id = k->owner_id ? k->owner_id : NONE};
}

static enum err key_list(struct ctx *c, const struct request *in, struct reply *out)
{
    struct list keys;
    (void)in;
    TRY(api_key_list(c, &keys));
    struct key_view *views = arena_new(c->arena, struct key_view, keys.count + 1);
    for (size_t i = 0; i < keys.count; i++) views[i] = view_of(&((struct api_key *)keys.at)[i]);
    out->list = (struct list){views, keys.count};
    return OK;
}

static enum err key_revoke(struct ctx *c, const struct request *in, struct reply *out)
{
    struct api_key row;
    bool found = false;
    TRY(api_key_revoke(c, in->ids[0]));
    TRY(api_key_find(c, in->ids[0], &row, &found));
    if (!found) return fail(c, ERR_NOT_FOUND, "key_not_found", "there is no such key");
    struct key_view *view = arena_new(c->arena, struct key_view, 1);
    *view = view_of(&row);
    out->record = view;
    return OK;
}

const struct route keys_routes[] = {
    {"POST", "/v1/keys", "keys create", SCOPE(ADMIN), ROUTE_WRITE | ROUTE_ONCE, &key_wish_fields,
     NULL, &key_made_fields, key_create, "Make an API key; it is shown this once."},
    {"GET", "/v1/keys", "keys list", SCOPE(ADMIN), ROUTE_LIST, NULL, NULL, &key_view_fields,
     key_list, "List the API keys."},
    {"POST", "/v1/keys/{key}/revoke", "keys revoke", SCOPE(ADMIN), ROUTE_WRITE, NULL, NULL,
     &key_view_fields, key_revoke, "Revoke an API key, for good."},
    {0},
};
