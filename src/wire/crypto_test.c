/* Secrets against the published test vectors, and against tampering. */
#include "harness.h"

#include "base/arena.h"
#include "base/hash.h"
#include "wire/crypto.h"

#include <pthread.h>
#include <string.h>

#define IN_ARENA                                                                                   \
    struct arena arena = {0};                                                                      \
    struct ctx ctx = {.arena = &arena}, *c = &ctx

TEST(crypto, hash_is_blake2b_and_parts_are_as_one)
{
    struct arena a = {0};
    unsigned char whole[HASH_WIDE_BYTES], parted[HASH_WIDE_BYTES], wide[64];
    hash_of(wide, T("abc")); /* RFC 7693, appendix A */
    CHECK_TEXT("ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d1"
               "7d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923",
               hex_encode(&a, (struct text){(const char *)wide, sizeof wide}));
    hash_of(whole, T("abcdef"));
    hash_of(parted, T("abc"), (struct text){0}, T("def"));
    CHECK(memcmp(whole, parted, sizeof whole) == 0);
    hash_bytes(parted, sizeof parted, T("key"), &T("abcdef"), 1);
    CHECK(memcmp(whole, parted, sizeof whole) != 0);
    CHECK(hash_i64(T("a")) != hash_i64(T("b")));
    CHECK_I64(hash_i64(T("a")), hash_i64(T("a")));
    arena_free(&a);
}

TEST(crypto, a_password_is_right_or_wrong_and_never_kept)
{
    IN_ARENA;
    struct text hash;
    bool is_right = false, is_weak = false;
    struct text password = T("correct horse battery");
    CHECK_OK(c, password_hash(c, password, PASSWORD_FLOOR, &hash));
    CHECK(text_starts(hash, T("$argon2id$v=19$m=19456,t=2,p=1$")));
    CHECK(text_find(hash, T("horse")) < 0);
    CHECK_OK(c, password_verify(c, password, hash, PASSWORD_FLOOR, &is_right, &is_weak));
    CHECK(is_right && !is_weak);
    CHECK_OK(c, password_verify(c, password, hash, PASSWORD_INTERACTIVE, &is_right, &is_weak));
    CHECK(is_right && is_weak);
    CHECK_OK(c,
             password_verify(c, T("correct horse batterz"), hash, PASSWORD_FLOOR, &is_right, NULL));
    CHECK(!is_right);
    is_right = true;
    CHECK_OK(c, password_verify(c, password, (struct text){0}, PASSWORD_FLOOR, &is_right, NULL));
    CHECK(!is_right);
    arena_free(&arena);
}

TEST(crypto, a_password_too_short_or_too_long_is_refused)
{
    IN_ARENA;
    struct text hash;
    CHECK_FAULT(c, ERR_INVALID, "password_too_short",
                password_hash(c, T("123456789"), PASSWORD_FLOOR, &hash));
    struct buf b = buf_new(&arena);
    for (int i = 0; i <= PASSWORD_BYTES_MAX; i++) buf_putc(&b, 'x');
    CHECK_FAULT(c, ERR_INVALID, "password_too_long",
                password_hash(c, buf_text(&b), PASSWORD_FLOOR, &hash));
    arena_free(&arena);
}

static void *log_in(void *arg)
{
    IN_ARENA;
    bool is_right = false;
    const struct text *hash = arg;
    enum err e =
        password_verify(c, T("correct horse battery"), *hash, PASSWORD_FLOOR, &is_right, NULL);
    arena_free(&arena);
    return e == OK && is_right ? arg : NULL;
}

TEST(crypto, more_people_than_places_log_in_one_after_the_other)
{
    IN_ARENA;
    enum { PEOPLE = PASSWORDS_AT_ONCE * 2 };
    struct text hash;
    pthread_t threads[PEOPLE];
    CHECK_OK(c, password_hash(c, T("correct horse battery"), PASSWORD_FLOOR, &hash));
    for (int i = 0; i < PEOPLE; i++) CHECK(pthread_create(&threads[i], NULL, log_in, &hash) == 0);
    for (int i = 0; i < PEOPLE; i++) {
        void *result;
        pthread_join(threads[i], &result);
        CHECK(result != NULL);
    }
    arena_free(&arena);
}

TEST(crypto, a_mistyped_api_key_is_seen_without_the_database)
{
    struct arena a = {0};
    struct text key = api_key_new(&a, true), other = api_key_new(&a, false);
    CHECK(text_starts(key, T("wbk_live_")) && text_starts(other, T("wbk_test_")));
    CHECK_I64(42, (int64_t)key.len);
    CHECK(api_key_check(key) && api_key_check(other));
    CHECK(!text_eq(text_skip(key, 9), text_skip(other, 9)));
    for (size_t i = 0; i < key.len; i++) {
        char *copy = arena_new(&a, char, key.len);
        memcpy(copy, key.at, key.len);
        copy[i] = copy[i] == 'x' ? 'y' : 'x';
        CHECK(!api_key_check((struct text){copy, key.len}));
    }
    CHECK(!api_key_check(text_head(key, 41)) && !api_key_check((struct text){0}));
    unsigned char one[API_KEY_HASH_BYTES], two[API_KEY_HASH_BYTES];
    api_key_hash(key, one);
    api_key_hash(other, two);
    CHECK(memcmp(one, two, sizeof one) != 0);
    arena_free(&a);
}

TEST(crypto, webhooks_are_signed_as_rfc_4231_says)
{
    struct arena a = {0};
    CHECK_TEXT("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
               hmac_sha256_hex(&a, T("Jefe"), T("what do ya want for nothing?")));
    CHECK_TEXT("W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM=",
               hmac_sha256_base64(&a, T("Jefe"), T("what do ya want for nothing?")));
    unsigned char tag[HMAC_BYTES];
    hmac_sha256(tag, T("Jefe"), (const struct text[]){T("what do ya want "), T("for nothing?")}, 2);
    CHECK_TEXT("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
               hex_encode(&a, (struct text){(const char *)tag, sizeof tag}));
    /* The longest key of the vectors is hashed first. */
    char key[131];
    memset(key, 0xAA, sizeof key);
    CHECK_TEXT("60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
               hmac_sha256_hex(&a, (struct text){key, sizeof key},
                               T("Test Using Larger Than Block-Size Key - Hash Key First")));
    arena_free(&a);
}

TEST(crypto, a_link_opens_only_what_it_was_made_for)
{
    struct arena a = {0};
    struct text secret = T("a secret of at least 16"), payload;
    struct text token = crypto_token(&a, secret, T("track:ord_1"));
    CHECK_I64(11 + 1 + TOKEN_TAG_CHARS, (int64_t)token.len);
    CHECK(crypto_token_open(secret, token, &payload));
    CHECK_TEXT("track:ord_1", payload);
    /* Read out over the telephone and typed in capitals. */
    struct text tag = text_upper(&a, text_skip(token, 12));
    CHECK(crypto_token_open(secret, text_printf(&a, "track:ord_1.%.*s", TEXT_ARG(tag)), &payload));
    CHECK(!crypto_token_open(T("another secret of ours"), token, &payload));
    CHECK(!crypto_token_open(secret, text_printf(&a, "track:ord_2.%.*s", TEXT_ARG(tag)), &payload));
    CHECK(!crypto_token_open(secret, text_head(token, token.len - 1), &payload));
    CHECK(!crypto_token_open(secret, T("short"), &payload));
    for (size_t i = 12; i < token.len; i++) {
        char *copy = arena_new(&a, char, token.len);
        memcpy(copy, token.at, token.len);
        copy[i] = copy[i] == 'x' ? 'y' : 'x';
        CHECK(!crypto_token_open(secret, (struct text){copy, token.len}, &payload));
    }
    arena_free(&a);
}

TEST(crypto, a_sealed_secret_opens_under_its_own_key_only)
{
    IN_ARENA;
    unsigned char key[SEAL_KEY_BYTES], other[SEAL_KEY_BYTES];
    random_bytes(key, sizeof key);
    random_bytes(other, sizeof other);
    struct text sealed = crypto_seal(&arena, key, T("sk_live_carrier")), plain;
    CHECK(text_find(sealed, T("carrier")) < 0);
    CHECK(!text_eq(sealed, crypto_seal(&arena, key, T("sk_live_carrier"))));
    CHECK_OK(c, crypto_unseal(c, key, sealed, &plain));
    CHECK_TEXT("sk_live_carrier", plain);
    CHECK_FAULT(c, ERR_INVALID, "not_sealed", crypto_unseal(c, other, sealed, &plain));
    CHECK_FAULT(c, ERR_INVALID, "not_sealed", crypto_unseal(c, key, text_head(sealed, 30), &plain));
    CHECK_FAULT(c, ERR_INVALID, "not_sealed", crypto_unseal(c, key, T("sk_live_carrier"), &plain));
    sealed = crypto_seal(&arena, key, T(""));
    CHECK_OK(c, crypto_unseal(c, key, sealed, &plain));
    CHECK_I64(0, (int64_t)plain.len);
    arena_free(&arena);
}

TEST(crypto, secrets_are_the_same_or_not)
{
    CHECK(secret_same(T("abc"), T("abc")));
    CHECK(!secret_same(T("abc"), T("abd")) && !secret_same(T("abc"), T("ab")));
    CHECK(secret_same((struct text){0}, T("")));
}

TEST(crypto, bytes_are_spelled_and_read_back)
{
    struct arena a = {0};
    struct text bytes;
    CHECK_TEXT("00ff10", hex_encode(&a, T("\0\xFF\x10")));
    CHECK(hex_decode(&a, T("00fF10"), &bytes) && text_eq(bytes, T("\0\xFF\x10")));
    CHECK(!hex_decode(&a, T("00f"), &bytes) && !hex_decode(&a, T("0g"), &bytes));
    CHECK_TEXT("//8A", base64_encode(&a, T("\xFF\xFF\0")));
    CHECK_TEXT("Zm8=", base64_encode(&a, T("fo")));
    CHECK(base64_decode(&a, T("Zm8="), &bytes) && text_eq(bytes, T("fo")));
    CHECK(!base64_decode(&a, T("Zm8"), &bytes) && !base64_decode(&a, T("Zm8=x"), &bytes));
    CHECK_TEXT("__8", base64url_encode(&a, T("\xFF\xFF")));
    CHECK(base64url_decode(&a, T("__8"), &bytes) && text_eq(bytes, T("\xFF\xFF")));
    CHECK(!base64url_decode(&a, T("//8"), &bytes));
    CHECK_TEXT("", base64_encode(&a, (struct text){0}));
    CHECK_I64(32, (int64_t)random_hex(&a, 16).len);
    arena_free(&a);
}
