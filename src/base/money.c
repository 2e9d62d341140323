#include "base/money.h"

#include "base/arena.h"

#include <assert.h>
#include <string.h>

/* ISO 4217 active codes by number of minor digits; the rest of the active list has two. */
static const char *const digits_0[] = {"BIF", "CLP", "DJF", "GNF", "ISK", "JPY",
                                       "KMF", "KRW", "PYG", "RWF", "UGX", "UYI",
                                       "VND", "VUV", "XAF", "XOF", "XPF"};
static const char *const digits_3[] = {"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"};
static const char *const digits_4[] = {"CLF", "UYW"};
static const char digits_2[] =
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN "
    "BZD CAD CDF CHE CHF CHW CNY COP COU CRC CUC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP "
    "GBP GEL GHS GIP GMD GTQ GYD HKD HNL HRK HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT "
    "LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO "
    "NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SLL SOS "
    "SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XCD "
    "XCG YER ZAR ZMW ZWG ZWL";

static bool among(const char *const *codes, size_t n, const char *code)
{
    for (size_t i = 0; i < n; i++)
        if (memcmp(codes[i], code, 3) == 0) return true;
    return false;
}

#define AMONG(codes, code) among((codes), sizeof(codes) / sizeof *(codes), (code))

int currency_exponent(const char *currency)
{
    if (strlen(currency) != 3) return -1;
    if (AMONG(digits_0, currency)) return 0;
    if (AMONG(digits_3, currency)) return 3;
    if (AMONG(digits_4, currency)) return 4;
    for (const char *at = digits_2; *at; at += at[3] ? 4 : 3)
        if (memcmp(at, currency, 3) == 0) return 2;
    return -1;
}

bool currency_known(const char *currency) { return currency_exponent(currency) >= 0; }

struct money money(int64_t minor, const char *currency)
{
    struct money m = {.minor = minor};
    for (size_t i = 0; i < 3 && currency[i]; i++) m.currency[i] = currency[i];
    return m;
}

/* Read a decimal into minor units. `inexact` when digits other than 0 had to be cut off, `half`
   when the first of them was 5 or more. */
static bool parse(struct text t, int exponent, char decimal, int64_t *minor, bool *inexact,
                  bool *half)
{
    char thousands = decimal == ',' ? '.' : ',';
    t = text_trim(t);
    bool minus = t.len && t.at[0] == '-';
    if (t.len && (t.at[0] == '-' || t.at[0] == '+')) t = text_skip(t, 1);
    bool any = false, past = false;
    int decimals = 0;
    int64_t n = 0;
    *inexact = *half = false;
    for (size_t i = 0; i < t.len; i++) {
        char c = t.at[i];
        if (c == decimal && !past) {
            past = true;
            continue;
        }
        if ((c == thousands || c == ' ' || c == '\'') && !past && any) continue;
        if (c < '0' || c > '9') return false;
        any = true;
        if (past && ++decimals > exponent) {
            if (decimals == exponent + 1) *half = c >= '5';
            if (c != '0') *inexact = true;
            continue;
        }
        if (__builtin_mul_overflow(n, 10, &n) || __builtin_add_overflow(n, c - '0', &n))
            return false;
    }
    if (!any) return false;
    for (; decimals < exponent; decimals++)
        if (__builtin_mul_overflow(n, 10, &n)) return false;
    *minor = minus ? -n : n;
    return true;
}

bool money_parse(struct text t, const char *currency, char decimal, int64_t *minor)
{
    int exponent = currency_exponent(currency);
    bool inexact, half;
    int64_t n;
    if (exponent < 0 || !parse(t, exponent, decimal, &n, &inexact, &half) || inexact) return false;
    *minor = n;
    return true;
}

bool money_parse_rounded(struct text t, const char *currency, char decimal, int64_t *minor)
{
    int exponent = currency_exponent(currency);
    bool inexact, half;
    int64_t n;
    if (exponent < 0 || !parse(t, exponent, decimal, &n, &inexact, &half)) return false;
    if (half) n += text_trim(t).at[0] == '-' ? -1 : 1;
    *minor = n;
    return true;
}

struct text money_amount(struct arena *a, int64_t minor, const char *currency)
{
    int exponent = currency_exponent(currency);
    if (exponent < 0) exponent = 2;
    int64_t scale = 1;
    for (int i = 0; i < exponent; i++) scale *= 10;
    uint64_t size = minor < 0 ? 0 - (uint64_t)minor : (uint64_t)minor;
    const char *sign = minor < 0 ? "-" : "";
    unsigned long long whole = size / (uint64_t)scale, part = size % (uint64_t)scale;
    if (exponent == 0) return text_printf(a, "%s%llu", sign, whole);
    return text_printf(a, "%s%llu.%0*llu", sign, whole, exponent, part);
}

struct text money_text(struct arena *a, int64_t minor, const char *currency)
{
    struct text amount = money_amount(a, minor, currency);
    return text_printf(a, "%.*s %s", TEXT_ARG(amount), currency);
}

int64_t money_share(int64_t minor, int64_t rate, int64_t scale)
{
    assert(scale > 0);
    __extension__ typedef __int128 wide;
    wide product = (wide)minor * rate;
    wide half = scale / 2;
    wide rounded = product < 0 ? -((-product + half) / scale) : (product + half) / scale;
    assert(rounded <= INT64_MAX && rounded >= INT64_MIN);
    return (int64_t)rounded;
}

void money_split(int64_t total, const int64_t *weights, size_t n, int64_t *parts)
{
    __extension__ typedef __int128 wide;
    if (n == 0) return;
    wide sum = 0;
    for (size_t i = 0; i < n; i++) sum += weights[i];
    int64_t left = total;
    for (size_t i = 0; i < n; i++) {
        parts[i] = sum ? (int64_t)((wide)total * weights[i] / sum) : 0;
        left -= parts[i];
    }
    if (!sum) {
        parts[0] = total;
        return;
    }
    /* Division cut towards zero, so fewer than n units of `left` remain, all of one sign; each goes
       to the part that lacks most. */
    int64_t unit = left < 0 ? -1 : 1;
    while (left != 0) {
        size_t best = 0;
        wide most = 0;
        for (size_t i = 0; i < n; i++) {
            wide lacks = ((wide)total * weights[i] - (wide)parts[i] * sum) * unit;
            if (lacks > most) best = i, most = lacks;
        }
        parts[best] += unit;
        left -= unit;
    }
}

bool money_times(int64_t minor, int64_t quantity, int64_t *out)
{
    int64_t product;
    if (__builtin_mul_overflow(minor, quantity, &product)) return false;
    if (product > MONEY_MINOR_MAX || product < -MONEY_MINOR_MAX) return false;
    *out = product;
    return true;
}
