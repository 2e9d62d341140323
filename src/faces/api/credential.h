/* faces/api/credential.h: who is asking: API keys, and people's sessions.
 *
 * A key's identifier is made of its hash, so that the key alone finds its row; the whole hash is
 * compared. Keys seen lately are remembered for KEY_KNOWN_US: a key that another process revokes
 * may work that much longer; one revoked here stops at once. The same holds for sessions, which are
 * cookies of people's browsers, and for what a disabled person had. */
#pragma once

#include "base/ctx.h"
#include "base/time.h"

#include <stdint.h>

#define KEY_KNOWN_US (5 * SECOND_US)

struct key_cache;

struct holder {
    int64_t merchant_id, actor_id, scopes;
    int64_t session_id; /* 0: a key */
    int64_t key_id;     /* 0: a session */
    int64_t owner_id;   /* whose goods and orders are seen; 0: all of them */
};

struct key_cache *key_cache_new(struct arena *a);
void key_cache_forget(struct key_cache *k); /* all */
void key_cache_free(struct key_cache *k);

/* From an Authorization header, with a reader in c->db. ERR_UNAUTHENTICATED "key_missing",
   "key_wrong", "key_expired". */
must_check enum err credential_check(struct ctx *c, struct key_cache *k, struct text authorization,
                                     struct holder *out);
/* From a session's cookie. ERR_UNAUTHENTICATED "session_ended". */
must_check enum err credential_session(struct ctx *c, struct key_cache *k, struct text cookie,
                                       struct holder *out);
/* A new cookie's text: "wbs_" and 64 hexadecimal digits. */
struct text session_token(struct arena *a);
/* The row's identifier and hash (hex) for a key's text. */
int64_t credential_id(struct text key);
struct text credential_hash(struct arena *a, struct text key);
/* "orders:read, stock:read" */
struct text scopes_text(struct arena *a, int64_t scopes);
