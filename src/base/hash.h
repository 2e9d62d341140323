/* base/hash.h: the cryptographic hash that chains events and fingerprints requests.
 *
 * BLAKE2b with 16 or 32 bytes, unkeyed or keyed. Declared here so that the domain can chain;
 * libsodium's implementation stands in wire/crypto.c. */
#pragma once

#include "base/text.h"

#include <stddef.h>
#include <stdint.h>

enum { HASH_BYTES = 16, HASH_WIDE_BYTES = 32 };

void hash_bytes(unsigned char *out, size_t out_bytes, struct text key, const struct text *parts,
                size_t count);
#define hash_of(out, ...)                                                                          \
    hash_bytes((out), sizeof(out), (struct text){0}, (const struct text[]){__VA_ARGS__},           \
               sizeof((const struct text[]){__VA_ARGS__}) / sizeof(struct text))
/* 64 bits of the hash: for look-ups that compare the full key on a hit. */
int64_t hash_i64(struct text t);
