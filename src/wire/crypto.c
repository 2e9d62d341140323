/* libsodium behind our own names. */
#include "wire/crypto.h"

#include "base/arena.h"
#include "base/hash.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    KEY_BODY_CHARS = 27,    /* of 62: 160 bits */
    KEY_CHECKSUM_CHARS = 6, /* of 62: a CRC-32 */
    KEY_PREFIX_CHARS = 9,
    KEY_CHARS = KEY_PREFIX_CHARS + KEY_BODY_CHARS + KEY_CHECKSUM_CHARS,
    SEAL_EXTRA_BYTES = crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES,
};

static_assert((int)SEAL_KEY_BYTES == (int)crypto_secretbox_KEYBYTES, "key of secretbox");
static_assert((int)HMAC_BYTES == (int)crypto_auth_hmacsha256_BYTES, "size of the tag");

static const struct {
    unsigned long long passes;
    size_t memory_bytes;
} costs[] = {
    [PASSWORD_INTERACTIVE] = {2, 64u << 20},
    [PASSWORD_FLOOR] = {2, 19u << 20},
};

static const char base62[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
static const char crockford[] = "0123456789abcdefghjkmnpqrstvwxyz";

static sem_t password_places;

static void start(void)
{
    if (sodium_init() >= 0 && sem_init(&password_places, 0, PASSWORDS_AT_ONCE) == 0) return;
    fputs("waybill: libsodium does not start: the system gives no random numbers\n", stderr);
    abort();
}

static void need_sodium(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, start);
}

static const unsigned char *bytes_of(struct text t)
{
    return (const unsigned char *)(t.at ? t.at : "");
}

static struct text text_of_bytes(const void *at, size_t n) { return (struct text){at, n}; }

/* --- hash.h ---------------------------------------------------------------------------------- */

void hash_bytes(unsigned char *out, size_t out_bytes, struct text key, const struct text *parts,
                size_t count)
{
    need_sodium();
    assert(out_bytes >= crypto_generichash_BYTES_MIN && out_bytes <= crypto_generichash_BYTES_MAX);
    unsigned char folded[crypto_generichash_KEYBYTES_MAX];
    if (key.len > sizeof folded) {
        crypto_generichash(folded, sizeof folded, bytes_of(key), key.len, NULL, 0);
        key = text_of_bytes(folded, sizeof folded);
    }
    crypto_generichash_state state;
    crypto_generichash_init(&state, key.len ? bytes_of(key) : NULL, key.len, out_bytes);
    for (size_t i = 0; i < count; i++)
        crypto_generichash_update(&state, bytes_of(parts[i]), parts[i].len);
    crypto_generichash_final(&state, out, out_bytes);
}

int64_t hash_i64(struct text t)
{
    unsigned char hash[HASH_BYTES];
    hash_of(hash, t);
    uint64_t n = 0;
    for (size_t i = 0; i < 8; i++) n = n << 8 | hash[i];
    int64_t out;
    memcpy(&out, &n, sizeof out);
    /* The absent number stays free for its purpose. */
    return out == INT64_MIN ? 0 : out;
}

/* --- random bytes and comparing -------------------------------------------------------------- */

void random_bytes(void *out, size_t n)
{
    need_sodium();
    randombytes_buf(out, n);
}

struct text random_hex(struct arena *a, size_t bytes)
{
    unsigned char *at = arena_new(a, unsigned char, bytes + 1);
    random_bytes(at, bytes);
    return hex_encode(a, text_of_bytes(at, bytes));
}

bool secret_same(struct text a, struct text b)
{
    return a.len == b.len && sodium_memcmp(bytes_of(a), bytes_of(b), a.len) == 0;
}

void secret_wipe(void *at, size_t n) { sodium_memzero(at, n); }

/* --- passwords ------------------------------------------------------------------------------- */

static enum err take_place(struct ctx *c)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += PASSWORD_WAIT_SECONDS;
    while (sem_timedwait(&password_places, &until) != 0)
        if (errno != EINTR)
            return fail(c, ERR_BUSY, "password_busy", "too many people log in at this moment");
    return OK;
}

static enum err check_password(struct ctx *c, struct text password)
{
    if (text_chars(password) < PASSWORD_CHARS_MIN) {
        fail_at(c, ERR_INVALID, "password_too_short", "password", "the password is too short");
        return hint(c, "at least %d characters; several words are easy to remember",
                    PASSWORD_CHARS_MIN);
    }
    if (password.len > PASSWORD_BYTES_MAX)
        return fail_at(c, ERR_INVALID, "password_too_long", "password",
                       "the password is longer than %d bytes", PASSWORD_BYTES_MAX);
    return OK;
}

static enum err hash_password(struct ctx *c, struct text password, enum password_cost cost,
                              char out[crypto_pwhash_STRBYTES])
{
    need_sodium();
    TRY(take_place(c));
    int failed = crypto_pwhash_str_alg(out, password.at ? password.at : "", password.len,
                                       costs[cost].passes, costs[cost].memory_bytes,
                                       crypto_pwhash_ALG_ARGON2ID13);
    sem_post(&password_places);
    return failed ? fail(c, ERR_BUSY, "password_busy", "no memory to check a password") : OK;
}

enum err password_hash(struct ctx *c, struct text password, enum password_cost cost,
                       struct text *out)
{
    char hash[crypto_pwhash_STRBYTES];
    TRY(check_password(c, password));
    TRY(hash_password(c, password, cost, hash));
    *out = text_copy(c->arena, text_of(hash));
    return OK;
}

enum err password_verify(struct ctx *c, struct text password, struct text hash,
                         enum password_cost cost, bool *is_right, bool *is_weak)
{
    char stored[crypto_pwhash_STRBYTES] = "";
    *is_right = false;
    if (is_weak) *is_weak = false;
    if (password.len > PASSWORD_BYTES_MAX) return OK; /* none such was ever accepted */
    if (!hash.len || hash.len >= sizeof stored) return hash_password(c, password, cost, stored);
    memcpy(stored, hash.at, hash.len);
    need_sodium();
    TRY(take_place(c));
    *is_right = crypto_pwhash_str_verify(stored, password.at ? password.at : "", password.len) == 0;
    sem_post(&password_places);
    if (is_weak)
        *is_weak = crypto_pwhash_str_needs_rehash(stored, costs[cost].passes,
                                                  costs[cost].memory_bytes) != 0;
    return OK;
}

/* --- API keys -------------------------------------------------------------------------------- */

/* CRC-32 of ISO 3309, as scanners of leaked keys compute it; by half bytes. */
static uint32_t crc32_of(struct text t)
{
    static const uint32_t of_half[16] = {0x00000000, 0x1DB71064, 0x3B6E20C8, 0x26D930AC,
                                         0x76DC4190, 0x6B6B51F4, 0x4DB26158, 0x5005713C,
                                         0xEDB88320, 0xF00F9344, 0xD6D6A3E8, 0xCB61B38C,
                                         0x9B64C2B0, 0x86D3D2D4, 0xA00AE278, 0xBDBDF21C};
    uint32_t crc = 0xFFFFFFFFu;
    for (size_t i = 0; i < t.len; i++) {
        crc ^= (unsigned char)t.at[i];
        crc = crc >> 4 ^ of_half[crc & 15];
        crc = crc >> 4 ^ of_half[crc & 15];
    }
    return ~crc;
}

static void put_checksum(struct text body, char out[KEY_CHECKSUM_CHARS])
{
    uint32_t crc = crc32_of(body);
    for (size_t i = KEY_CHECKSUM_CHARS; i-- > 0; crc /= 62) out[i] = base62[crc % 62];
}

struct text api_key_new(struct arena *a, bool is_live)
{
    need_sodium();
    char *at = arena_new(a, char, KEY_CHARS + 1);
    memcpy(at, is_live ? "wbk_live_" : "wbk_test_", KEY_PREFIX_CHARS);
    size_t n = KEY_PREFIX_CHARS;
    while (n < KEY_PREFIX_CHARS + KEY_BODY_CHARS) at[n++] = base62[randombytes_uniform(62)];
    put_checksum((struct text){at, n}, at + n);
    return (struct text){at, KEY_CHARS};
}

bool api_key_check(struct text key)
{
    char checksum[KEY_CHECKSUM_CHARS];
    if (key.len != KEY_CHARS) return false;
    if (!text_starts(key, T("wbk_live_")) && !text_starts(key, T("wbk_test_"))) return false;
    put_checksum(text_head(key, KEY_CHARS - KEY_CHECKSUM_CHARS), checksum);
    return text_ends(key, text_of_bytes(checksum, sizeof checksum));
}

void api_key_hash(struct text key, unsigned char out[API_KEY_HASH_BYTES])
{
    /* 160 random bits need no slow hash. */
    hash_bytes(out, API_KEY_HASH_BYTES, (struct text){0}, &key, 1);
}

/* --- signatures ------------------------------------------------------------------------------ */

void hmac_sha256(unsigned char out[HMAC_BYTES], struct text key, const struct text *parts,
                 size_t count)
{
    need_sodium();
    crypto_auth_hmacsha256_state state;
    crypto_auth_hmacsha256_init(&state, bytes_of(key), key.len);
    for (size_t i = 0; i < count; i++)
        crypto_auth_hmacsha256_update(&state, bytes_of(parts[i]), parts[i].len);
    crypto_auth_hmacsha256_final(&state, out);
}

struct text hmac_sha256_hex(struct arena *a, struct text key, struct text message)
{
    unsigned char tag[HMAC_BYTES];
    hmac_sha256(tag, key, &message, 1);
    return hex_encode(a, text_of_bytes(tag, sizeof tag));
}

struct text hmac_sha256_base64(struct arena *a, struct text key, struct text message)
{
    unsigned char tag[HMAC_BYTES];
    hmac_sha256(tag, key, &message, 1);
    return base64_encode(a, text_of_bytes(tag, sizeof tag));
}

void sha256(unsigned char out[SHA256_BYTES], struct text t)
{
    need_sodium();
    crypto_hash_sha256(out, bytes_of(t), t.len);
}

static void token_tag(struct text secret, struct text payload, char out[TOKEN_TAG_CHARS])
{
    unsigned char hash[HASH_BYTES];
    assert(secret.len);
    hash_bytes(hash, sizeof hash, secret, &payload, 1);
    /* Five bytes are eight digits of five bits. */
    for (size_t half = 0; half < 2; half++) {
        uint64_t n = 0;
        for (size_t i = 0; i < 5; i++) n = n << 8 | hash[half * 5 + i];
        for (size_t i = 0; i < 8; i++) out[half * 8 + i] = crockford[n >> (35 - 5 * i) & 31];
    }
}

struct text crypto_token(struct arena *a, struct text secret, struct text payload)
{
    char tag[TOKEN_TAG_CHARS];
    token_tag(secret, payload, tag);
    return text_printf(a, "%.*s.%.*s", TEXT_ARG(payload), TOKEN_TAG_CHARS, tag);
}

bool crypto_token_open(struct text secret, struct text token, struct text *payload)
{
    char want[TOKEN_TAG_CHARS], got[TOKEN_TAG_CHARS];
    if (token.len < TOKEN_TAG_CHARS + 1) return false;
    size_t n = token.len - TOKEN_TAG_CHARS - 1;
    if (token.at[n] != '.') return false;
    for (size_t i = 0; i < TOKEN_TAG_CHARS; i++) {
        char c = token.at[n + 1 + i];
        if (c >= 'A' && c <= 'Z') c = (char)(c + 32);
        got[i] = c == 'o' ? '0' : c == 'i' || c == 'l' ? '1' : c;
    }
    token_tag(secret, text_head(token, n), want);
    if (sodium_memcmp(want, got, sizeof want) != 0) return false;
    *payload = text_head(token, n);
    return true;
}

/* --- secrets at rest ------------------------------------------------------------------------- */

struct text crypto_seal(struct arena *a, const unsigned char key[SEAL_KEY_BYTES], struct text plain)
{
    unsigned char *box = arena_new(a, unsigned char, plain.len + SEAL_EXTRA_BYTES);
    random_bytes(box, crypto_secretbox_NONCEBYTES);
    crypto_secretbox_easy(box + crypto_secretbox_NONCEBYTES, bytes_of(plain), plain.len, box, key);
    struct text coded = base64url_encode(a, text_of_bytes(box, plain.len + SEAL_EXTRA_BYTES));
    return text_printf(a, "s1.%.*s", TEXT_ARG(coded));
}

enum err crypto_unseal(struct ctx *c, const unsigned char key[SEAL_KEY_BYTES], struct text sealed,
                       struct text *plain)
{
    struct text box;
    need_sodium();
    if (text_starts(sealed, T("s1.")) && base64url_decode(c->arena, text_skip(sealed, 3), &box) &&
        box.len >= SEAL_EXTRA_BYTES) {
        size_t n = box.len - SEAL_EXTRA_BYTES;
        char *at = arena_new(c->arena, char, n + 1);
        if (crypto_secretbox_open_easy(
                (unsigned char *)at, bytes_of(box) + crypto_secretbox_NONCEBYTES,
                box.len - crypto_secretbox_NONCEBYTES, bytes_of(box), key) == 0) {
            *plain = (struct text){at, n};
            return OK;
        }
    }
    fail(c, ERR_INVALID, "not_sealed", "a stored secret cannot be opened");
    return hint(c, "the master key is not the one it was sealed with, or the row was changed");
}

/* --- spellings of bytes ---------------------------------------------------------------------- */

struct text hex_encode(struct arena *a, struct text bytes)
{
    char *at = arena_new(a, char, bytes.len * 2 + 1);
    sodium_bin2hex(at, bytes.len * 2 + 1, bytes_of(bytes), bytes.len);
    return (struct text){at, bytes.len * 2};
}

bool hex_decode(struct arena *a, struct text t, struct text *bytes)
{
    size_t n = 0;
    char *at = arena_new(a, char, t.len / 2 + 1);
    if (t.len % 2 ||
        sodium_hex2bin((unsigned char *)at, t.len / 2 + 1, t.at ? t.at : "", t.len, NULL, &n,
                       NULL) != 0 ||
        n * 2 != t.len)
        return false;
    *bytes = (struct text){at, n};
    return true;
}

static struct text encode(struct arena *a, struct text bytes, int variant)
{
    size_t room = sodium_base64_encoded_len(bytes.len, variant);
    char *at = arena_new(a, char, room);
    sodium_bin2base64(at, room, bytes_of(bytes), bytes.len, variant);
    return text_of(at);
}

static bool decode(struct arena *a, struct text t, int variant, struct text *bytes)
{
    size_t n = 0;
    const char *end = NULL;
    char *at = arena_new(a, char, t.len + 1);
    const char *from = t.at ? t.at : "";
    if (sodium_base642bin((unsigned char *)at, t.len + 1, from, t.len, NULL, &n, &end, variant) ||
        end != from + t.len)
        return false;
    *bytes = (struct text){at, n};
    return true;
}

struct text base64_encode(struct arena *a, struct text bytes)
{
    return encode(a, bytes, sodium_base64_VARIANT_ORIGINAL);
}

bool base64_decode(struct arena *a, struct text t, struct text *bytes)
{
    return decode(a, t, sodium_base64_VARIANT_ORIGINAL, bytes);
}

struct text base64url_encode(struct arena *a, struct text bytes)
{
    return encode(a, bytes, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

bool base64url_decode(struct arena *a, struct text t, struct text *bytes)
{
    return decode(a, t, sodium_base64_VARIANT_URLSAFE_NO_PADDING, bytes);
}
