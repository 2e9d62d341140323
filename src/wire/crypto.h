/* wire/crypto.h: secrets, and what is proved with them. libsodium stays behind it.
 *
 *   passwords          argon2id; PASSWORDS_AT_ONCE of them at a time, the others wait
 *   API keys           wbk_live_ + 27 random base 62 + 6 of checksum; only the hash is kept
 *   webhooks           HMAC-SHA256 in hex or base 64
 *   links              payload.tag: the tag is 10 bytes of keyed BLAKE2b in Crockford's base 32
 *   secrets at rest    XSalsa20-Poly1305 under the master key
 *   base/hash.h        BLAKE2b
 *
 * Randomness here always comes from the system, never from a seeded source. Everything is safe to
 * call from any thread. Texts that this returns live in the arena that was given. */
#pragma once

#include "base/ctx.h"
#include "base/text.h"

#include <stdbool.h>
#include <stddef.h>

enum {
    PASSWORD_CHARS_MIN = 10,
    PASSWORD_BYTES_MAX = 1024,
    PASSWORDS_AT_ONCE = 4,     /* each holds its memory while it runs */
    PASSWORD_WAIT_SECONDS = 5, /* then ERR_BUSY */
    HMAC_BYTES = 32,
    SHA256_BYTES = 32,
    API_KEY_HASH_BYTES = 32,
    API_KEY_SHOWN = 4, /* last characters, kept to tell keys apart */
    TOKEN_TAG_BYTES = 10,
    TOKEN_TAG_CHARS = 16,
    SEAL_KEY_BYTES = 32,
};

/* --- random bytes and comparing -------------------------------------------------------------- */

void random_bytes(void *out, size_t n);
struct text random_hex(struct arena *a, size_t bytes);
/* In constant time for texts of one length; absent texts are the same as nothing. */
bool secret_same(struct text a, struct text b);
void secret_wipe(void *at, size_t n); /* not optimised away */

/* --- passwords ------------------------------------------------------------------------------- */

/* FLOOR is the least that OWASP allows (19 MiB, two passes): for small machines and tests. */
enum password_cost { PASSWORD_INTERACTIVE, PASSWORD_FLOOR };

/* ERR_INVALID "password_too_short" or "password_too_long"; ERR_BUSY "password_busy". */
must_check enum err password_hash(struct ctx *c, struct text password, enum password_cost cost,
                                  struct text *out);
/* An absent `hash` (no such user) takes as long as a wrong password, and is never right. `is_weak`
   (may be NULL) says that the hash was made with less than `cost`: hash the password again. */
must_check enum err password_verify(struct ctx *c, struct text password, struct text hash,
                                    enum password_cost cost, bool *is_right, bool *is_weak);

/* --- API keys -------------------------------------------------------------------------------- */

struct text api_key_new(struct arena *a, bool is_live); /* wbk_live_ or wbk_test_ */
/* Form and checksum only: a mistyped key is refused without asking the database. */
bool api_key_check(struct text key);
void api_key_hash(struct text key, unsigned char out[API_KEY_HASH_BYTES]);

/* --- signatures ------------------------------------------------------------------------------ */

void hmac_sha256(unsigned char out[HMAC_BYTES], struct text key, const struct text *parts,
                 size_t count);
struct text hmac_sha256_hex(struct arena *a, struct text key, struct text message);
struct text hmac_sha256_base64(struct arena *a, struct text key, struct text message);
void sha256(unsigned char out[SHA256_BYTES], struct text t);

/* "payload.tag". Begin the payload with its purpose ("track:..."), so that a link for one thing
   opens no other. The tag keeps a payload from being changed; it does not hide it. */
struct text crypto_token(struct arena *a, struct text secret, struct text payload);
/* Reads tags in any letter case, O as 0, I and L as 1. */
bool crypto_token_open(struct text secret, struct text token, struct text *payload);

/* --- secrets at rest ------------------------------------------------------------------------- */

/* "s1." and base64url; a new nonce each time. */
struct text crypto_seal(struct arena *a, const unsigned char key[SEAL_KEY_BYTES],
                        struct text plain);
/* ERR_INVALID "not_sealed": changed, cut, or sealed under another key. */
must_check enum err crypto_unseal(struct ctx *c, const unsigned char key[SEAL_KEY_BYTES],
                                  struct text sealed, struct text *plain);

/* --- spellings of bytes ---------------------------------------------------------------------- */

struct text hex_encode(struct arena *a, struct text bytes);
bool hex_decode(struct arena *a, struct text t, struct text *bytes); /* both letter cases */
struct text base64_encode(struct arena *a, struct text bytes);
bool base64_decode(struct arena *a, struct text t, struct text *bytes); /* padded */
struct text base64url_encode(struct arena *a, struct text bytes);
bool base64url_decode(struct arena *a, struct text t, struct text *bytes); /* not padded */
