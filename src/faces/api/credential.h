/* faces/api/credential.h: who is asking: API keys.
 *
 * A key's identifier is made of its hash, so that the key alone finds its row; the whole hash is
 * compared. Keys seen lately are remembered for KEY_KNOWN_US: a key that another process revokes
 * may work that much longer; one revoked here stops at once. */
#pragma once

#include "base/ctx.h"
#include "base/time.h"

#include <stdint.h>

#define KEY_KNOWN_US (5 * SECOND_US)

struct key_cache;

struct holder {
    int64_t merchant_id, actor_id, scopes;
};

struct key_cache *key_cache_new(struct arena *a);
void key_cache_forget(struct key_cache *k); /* all */
void key_cache_free(struct key_cache *k);

/* From an Authorization header, with a reader in c->db. ERR_UNAUTHENTICATED "key_missing",
   "key_wrong", "key_expired". */
must_check enum err credential_check(struct ctx *c, struct key_cache *k, struct text authorization,
                                     struct holder *out);
/* The row's identifier and hash (hex) for a key's text. */
int64_t credential_id(struct text key);
struct text credential_hash(struct arena *a, struct text key);
/* "orders:read, stock:read" */
struct text scopes_text(struct arena *a, int64_t scopes);
