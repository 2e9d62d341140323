/* base/money.h: amounts in minor units of an ISO 4217 currency. No floating point, ever.
 *
 * Rates are basis points (1/10,000) or parts per million, named so at the call. Rounding is half
 * away from zero unless the name says otherwise. Adding two currencies is a bug and asserts. */
#pragma once

#include "base/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct money {
    int64_t minor;
    char currency[4]; /* "EUR", or "" when there is none */
};

enum { MONEY_DIGITS_MAX = 18 };
#define MONEY_MINOR_MAX ((INT64_C(1) << 53) - 1) /* exact in every JSON reader */

struct money money(int64_t minor, const char *currency);
bool currency_known(const char *currency);   /* an active ISO 4217 code with minor units */
int currency_exponent(const char *currency); /* 2 for EUR, 0 for JPY, 3 for KWD; -1 unknown */

/* "19.99" with the currency's exponent; false on anything that is not exact in minor units.
   `decimal` is the mark in use ('.' or ','); the other one is taken as a thousands mark. */
bool money_parse(struct text t, const char *currency, char decimal, int64_t *minor);
/* The same, rounding half away from zero: for sources with float tails (32.3800011). */
bool money_parse_rounded(struct text t, const char *currency, char decimal, int64_t *minor);
struct text money_text(struct arena *a, int64_t minor, const char *currency);   /* "1999.00 EUR" */
struct text money_amount(struct arena *a, int64_t minor, const char *currency); /* "1999.00" */

/* part * rate / scale, rounded half away from zero, computed in 128 bits. */
int64_t money_share(int64_t minor, int64_t rate, int64_t scale);
#define money_bp(minor, bp) money_share((minor), (bp), 10000)
#define money_ppm(minor, ppm) money_share((minor), (ppm), 1000000)

/* Split `total` over `n` parts in proportion to `weights` (>= 0) by largest remainder, so that the
   parts sum to the total exactly; with all weights 0 the first part takes everything. */
void money_split(int64_t total, const int64_t *weights, size_t n, int64_t *parts);

/* a * b with the overflow reported: false leaves *out alone. */
bool money_times(int64_t minor, int64_t quantity, int64_t *out);
