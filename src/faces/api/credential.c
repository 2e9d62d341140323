#include "faces/api/credential.h"

#include "domain/people/people.h"
#include "domain/people/person.h"
#include "wire/crypto.h"

#include <pthread.h>
#include <string.h>

enum { KNOWN = 256 };

struct known {
    unsigned char hash[API_KEY_HASH_BYTES];
    struct holder holder;
    int64_t until_us; /* 0: free */
};

struct key_cache {
    pthread_mutex_t lock;
    struct known at[KNOWN];
};

struct key_cache *key_cache_new(struct arena *a)
{
    struct key_cache *k = arena_new(a, struct key_cache, 1);
    pthread_mutex_init(&k->lock, NULL);
    return k;
}

void key_cache_free(struct key_cache *k) { pthread_mutex_destroy(&k->lock); }

void key_cache_forget(struct key_cache *k)
{
    pthread_mutex_lock(&k->lock);
    memset(k->at, 0, sizeof k->at);
    pthread_mutex_unlock(&k->lock);
}

static int64_t id_of(const unsigned char hash[API_KEY_HASH_BYTES])
{
    int64_t id;
    memcpy(&id, hash, sizeof id);
    return id & INT64_MAX;
}

int64_t credential_id(struct text key)
{
    unsigned char hash[API_KEY_HASH_BYTES];
    api_key_hash(key, hash);
    return id_of(hash);
}

struct text credential_hash(struct arena *a, struct text key)
{
    unsigned char hash[API_KEY_HASH_BYTES];
    api_key_hash(key, hash);
    return hex_encode(a, (struct text){(const char *)hash, sizeof hash});
}

static bool recall(struct key_cache *k, const unsigned char *hash, int64_t now_us,
                   struct holder *out)
{
    struct known *at = &k->at[(uint64_t)id_of(hash) % KNOWN];
    pthread_mutex_lock(&k->lock);
    bool is_known = at->until_us > now_us && memcmp(at->hash, hash, sizeof at->hash) == 0;
    if (is_known) *out = at->holder;
    pthread_mutex_unlock(&k->lock);
    return is_known;
}

static void remember(struct key_cache *k, const unsigned char *hash, int64_t until_us,
                     const struct holder *holder)
{
    struct known *at = &k->at[(uint64_t)id_of(hash) % KNOWN];
    pthread_mutex_lock(&k->lock);
    memcpy(at->hash, hash, sizeof at->hash);
    at->holder = *holder;
    at->until_us = until_us;
    pthread_mutex_unlock(&k->lock);
}

static enum err missing(struct ctx *c)
{
    fail(c, ERR_UNAUTHENTICATED, "key_missing", "this path needs an API key");
    return hint(c, "send \"Authorization: Bearer wbk_...\"; `waybill keys create` makes a key");
}

/* A person's key or session does at most what their role does now, and nothing once disabled. */
static enum err stand_for(struct ctx *c, int64_t person_id, struct holder *out)
{
    struct person person;
    bool found = false;
    int64_t merchant_id = c->merchant_id;
    c->merchant_id = out->merchant_id;
    enum err e = person_find(c, person_id, &person, &found);
    c->merchant_id = merchant_id;
    TRY(e);
    if (!found || person.disabled_us != NONE) {
        fail(c, ERR_UNAUTHENTICATED, "user_disabled", "this user may not log in any more");
        return hint(c, "an owner lets them in again: waybill users enable");
    }
    out->actor_id = person_id;
    out->scopes &= role_scopes((enum role)person.role);
    if (person.owner_id) out->owner_id = person.owner_id;
    return OK;
}

struct text session_token(struct arena *a)
{
    struct text random = random_hex(a, 32);
    return text_printf(a, "wbs_%.*s", TEXT_ARG(random));
}

enum err credential_session(struct ctx *c, struct key_cache *k, struct text cookie,
                            struct holder *out)
{
    unsigned char hash[API_KEY_HASH_BYTES];
    api_key_hash(cookie, hash);
    if (recall(k, hash, c->now_us, out)) return OK;
    struct session row;
    bool found = false;
    TRY(session_find(c, id_of(hash), &row, &found));
    struct text hex = hex_encode(c->arena, (struct text){(const char *)hash, sizeof hash});
    if (!found || !secret_same(row.token_hash, hex) || row.ended_us != NONE ||
        row.expires_us <= c->now_us) {
        fail(c, ERR_UNAUTHENTICATED, "session_ended", "this session has ended");
        return hint(c, "log in again");
    }
    *out = (struct holder){.merchant_id = row.merchant_id, .scopes = row.scopes};
    out->session_id = row.session_id;
    TRY(stand_for(c, row.person_id, out));
    int64_t until_us = c->now_us + KEY_KNOWN_US;
    remember(k, hash, row.expires_us < until_us ? row.expires_us : until_us, out);
    return OK;
}

enum err credential_check(struct ctx *c, struct key_cache *k, struct text authorization,
                          struct holder *out)
{
    unsigned char hash[API_KEY_HASH_BYTES];
    struct text key;
    struct text scheme = text_split(text_trim(authorization), ' ', &key);
    if (!text_eq_nocase(scheme, T("bearer")) || !key.at) return missing(c);
    key = text_trim(key);
    if (!api_key_check(key)) {
        fail(c, ERR_UNAUTHENTICATED, "key_wrong", "this is no API key: its checksum is wrong");
        return hint(c, "copy the whole key, from wbk_ to its end");
    }
    api_key_hash(key, hash);
    if (recall(k, hash, c->now_us, out)) return OK;
    struct api_key row;
    bool found = false;
    TRY(api_key_find(c, id_of(hash), &row, &found));
    struct text hex = hex_encode(c->arena, (struct text){(const char *)hash, sizeof hash});
    if (!found || !secret_same(row.key_hash, hex) || row.revoked_us != NONE) {
        fail(c, ERR_UNAUTHENTICATED, "key_wrong", "this API key does not exist or was revoked");
        return hint(c, "`waybill keys list` shows the keys there are");
    }
    if (row.expires_us != NONE && row.expires_us <= c->now_us) {
        fail(c, ERR_UNAUTHENTICATED, "key_expired", "this API key has expired");
        return hint(c, "`waybill keys create` makes a new one");
    }
    *out = (struct holder){
        .merchant_id = row.merchant_id, .actor_id = row.key_id, .scopes = row.scopes};
    out->key_id = row.key_id;
    out->owner_id = row.owner_id;
    if (row.person_id > 0) TRY(stand_for(c, row.person_id, out));
    int64_t until_us = c->now_us + KEY_KNOWN_US;
    if (row.expires_us != NONE && row.expires_us < until_us) until_us = row.expires_us;
    remember(k, hash, until_us, out);
    return OK;
}

struct text scopes_text(struct arena *a, int64_t scopes)
{
    struct buf b = buf_new(a);
    buf_puts(&b, "");
    for (size_t i = 0; i < scope_words.count; i++)
        if (scopes >> i & 1) buf_printf(&b, "%s%s", b.len ? ", " : "", scope_words.at[i]);
    return buf_text(&b);
}
