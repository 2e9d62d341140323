/* plan/gs1.h: GS1 keys, application identifiers and the three spellings of a set of them.
 *
 *   element string   ]C1 content: "0109520123456788" "10ABC" <FNC1> "17180426"
 *   bracketed        (01)09520123456788(10)ABC(17)180426
 *   digital link     https://id.gs1.org/01/09520123456788/10/ABC?17=180426
 *
 * All three parse to the same facts and are written from them. A fact's `ai` is the whole
 * identifier as printed ("3103" with its decimals). Parsing checks format, character set, check
 * digit and calendar of every fact whose identifier is known; an unknown one is refused, since its
 * length is not known. Results live in the arena; facts may borrow from the input. */
#pragma once

#include "base/ctx.h"
#include "base/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { GS1_FACTS_MAX = 64, GS1_TEXT_MAX = 8192, GS1_SSCC_DIGITS = 18, GS1_GTIN_DIGITS = 14 };
#define GS1_FNC1 '\x1d' /* how scanners send FNC1 inside a symbol */

struct gs1_fact {
    struct text ai, value;
};

struct gs1_facts {
    struct gs1_fact *at;
    size_t count;
};

enum gs1_ai_flag {
    GS1_PREDEFINED = 1,     /* predefined length: no FNC1 needed after it */
    GS1_CHECK = 2,          /* the first part ends in a check digit */
    GS1_DATE = 4,           /* YYMMDD, DD 00 is the last day of the month */
    GS1_DATE_FULL = 8,      /* YYMMDD, DD 00 is not allowed */
    GS1_DECIMALS = 16,      /* the last digit of the identifier counts decimals */
    GS1_KEY = 32,           /* may be the first identifier of a digital link */
    GS1_PERCENT = 64,       /* percent-encoded text */
    GS1_NUMERIC_TAIL = 128, /* the tail is digits too */
};

struct gs1_ai {
    char code[5];           /* "310" covers 3100 to 3109 when it has GS1_DECIMALS */
    unsigned char head;     /* this many digits first, exactly */
    unsigned char tail_min; /* then so many characters at least */
    unsigned char tail_max; /* and so many at most */
    unsigned char flags;
    unsigned char decimals_max;
    const char *title; /* as GS1 prints it: "SSCC", "BATCH/LOT" */
    /* One of the listed must be there too ("00+02,00+8026": both of one group; n any digit). */
    const char *needs;
    const char *excludes;   /* none of these */
    const char *qualifiers; /* of a link key, in order: "22,10,21|235"; NULL for no key */
};

/* The check digit for `digits` (without one): '0' to '9', or 0 when they are not all digits. */
char gs1_check_digit(struct text digits);
/* Digits whose last one is right: GTIN-8/12/13/14, GLN, GSIN, SSCC, GSRN. */
bool gs1_check_ok(struct text key);
/* A GTIN of 8, 12, 13 or 14 digits with a right check digit, zero-padded to 14. */
bool gs1_gtin14(struct arena *a, struct text gtin, struct text *out);
/* As people print it: 14 digits back to 8, 12, 13 or 14 by leading zeros. */
struct text gs1_gtin_short(struct text gtin14);

/* extension (0-9) + company prefix (4-12 digits) + serial filling to 17 + check digit.
 * ERR_INVALID "gs1_extension", "gs1_prefix"; ERR_CONFLICT "sscc_exhausted" when it does not fit. */
must_check enum err gs1_sscc(struct ctx *c, int extension, struct text prefix, int64_t serial,
                             struct text *out);
/* How many serials a prefix has: 10^(16 - its length); 0 for a bad prefix. */
int64_t gs1_sscc_serials(struct text prefix);

extern const struct gs1_ai gs1_table[]; /* in order of code */
extern const size_t gs1_table_count;
const struct gs1_ai *gs1_ai_find(struct text ai); /* exact: "01", "3103"; NULL when unknown */
/* YYMMDD with the century window around `this_year`; DD 00 gives the month's last day. */
bool gs1_date(struct text yymmdd, int this_year, int64_t *day);
/* A decimal AI's value as millionths: 3103 "000195" is 0.195 kg = 195,000. */
bool gs1_decimal_ppm(struct gs1_fact fact, int64_t *ppm);

/* ERR_MALFORMED "gs1_element" / "gs1_brackets" / "gs1_link": the detail names the identifier. */
must_check enum err gs1_element_parse(struct ctx *c, struct text in, struct gs1_facts *out);
must_check enum err gs1_bracketed_parse(struct ctx *c, struct text in, struct gs1_facts *out);
must_check enum err gs1_link_parse(struct ctx *c, struct text uri, struct gs1_facts *out);
/* One fact against its identifier's rule: what is wrong, or NULL. */
const char *gs1_fact_wrong(struct gs1_fact fact);
/* Which rule of association the set breaks ("02 needs 37"), or the absent text. */
struct text gs1_facts_wrong(struct arena *a, const struct gs1_facts *facts);
bool gs1_find(const struct gs1_facts *facts, const char *ai, struct text *value);

/* Element string without the leading FNC1 (the symbology carries it): identifiers of predefined
 * length first, FNC1 only between. */
struct text gs1_element(struct arena *a, const struct gs1_facts *facts);
struct text gs1_bracketed(struct arena *a, const struct gs1_facts *facts);
/* `stem` like "https://id.gs1.org"; the absent text when no fact is a key. */
struct text gs1_link(struct arena *a, struct text stem, const struct gs1_facts *facts);
