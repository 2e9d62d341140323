/* plan/scan.h: what a scanner's bytes may mean. One function for every scanner input.
 *
 *   ]C1 0109520123456788 10ABC      ->  GTIN 09520123456788, LOT ABC
 *   waybill:bin/A-01-02             ->  BIN A-01-02
 *   pkg_0123456789ABC               ->  PACKAGE, number = the identifier
 *   9520123456788                   ->  GTIN 09520123456788 ; else SKU "9520123456788"
 *
 * A reading is one interpretation: facts that hold together. Readings come best first; the last
 * resort, the bytes as a SKU text, is always there for printable input. Any bytes are safe, nothing
 * beyond `raw` is read. Results live in the arena and may borrow from `raw`. */
#pragma once

#include "base/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SCAN_READINGS_MAX = 12, SCAN_BYTES_MAX = 4096 };

#define SCAN_KIND_LIST(X)                                                                          \
    X(SCAN_SKU, "sku")               /* a SKU or any other text: look it up */                     \
    X(SCAN_GTIN, "gtin")             /* 14 digits */                                               \
    X(SCAN_SSCC, "sscc")             /* 18 digits */                                               \
    X(SCAN_LOT, "lot")               /* AI 10 */                                                   \
    X(SCAN_SERIAL, "serial")         /* AI 21 */                                                   \
    X(SCAN_EXPIRY, "expiry")         /* AI 17, 15: number = day since 1970 */                      \
    X(SCAN_PRODUCED, "produced")     /* AI 11, 13: number = day */                                 \
    X(SCAN_QUANTITY, "quantity")     /* AI 30, 37: number */                                       \
    X(SCAN_WEIGHT, "weight")         /* AI 310n, 330n: number = grams, rounded up */               \
    X(SCAN_CONTENT, "content")       /* AI 02: GTIN of the trade items inside */                   \
    X(SCAN_PURCHASE, "purchase")     /* AI 400: the customer's order number */                     \
    X(SCAN_PLACE, "place")           /* AI 410, 414: a GLN */                                      \
    X(SCAN_POSTCODE, "postcode")     /* AI 420, 421 */                                             \
    X(SCAN_IDENTIFIER, "identifier") /* any other AI, named in `ai` */                             \
    X(SCAN_BIN, "bin")               /* our label: code in value, or identifier in number */       \
    X(SCAN_TOTE, "tote")             /* tote, carton, pallet, cart: a container of ours */         \
    X(SCAN_PACKAGE, "package")                                                                     \
    X(SCAN_ORDER, "order")                                                                         \
    X(SCAN_FULFILLMENT, "fulfillment")                                                             \
    X(SCAN_TASK, "task")                                                                           \
    X(SCAN_WAVE, "wave")                                                                           \
    X(SCAN_RETURN, "return")                                                                       \
    X(SCAN_SITE, "site")                                                                           \
    X(SCAN_PERSON, "person")     /* a badge: usr_... */                                            \
    X(SCAN_PLATE, "plate")       /* internal licence plate "LP..." */                              \
    X(SCAN_OTHER_ID, "other_id") /* our identifier form with another prefix, named in `ai` */      \
    X(SCAN_TRACKING, "tracking") /* a carrier's parcel number; the carrier in `ai` */

enum scan_kind {
#define X(name, word) name,
    SCAN_KIND_LIST(X)
#undef X
        SCAN_KIND_COUNT
};

struct scan_fact {
    enum scan_kind kind;
    struct text value;
    struct text ai; /* identifier, prefix or carrier the value came under; may be absent */
    int64_t number; /* identifier, day, quantity or grams; 0 when the kind has none */
};

struct scan_reading {
    struct scan_fact *facts;
    size_t count;
    int confidence; /* 100 certain (own label, AIM prefix) down to 1 (any text) */
};

struct scan {
    struct text text;      /* the input without AIM prefix, line ends and outer blanks */
    struct text symbology; /* the AIM prefix ("C1"), or absent */
    struct scan_reading *at;
    size_t count; /* 0 only when nothing printable was scanned */
};

/* `today_day` resolves two-digit years. */
struct scan scan_parse(struct arena *a, struct text raw, int64_t today_day);
/* The first fact of a kind in the best reading that has one, or NULL. */
const struct scan_fact *scan_find(const struct scan *s, enum scan_kind kind);
const char *scan_kind_word(enum scan_kind kind);
