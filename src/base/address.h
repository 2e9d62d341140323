/* base/address.h: postal addresses of any country: checking, tidying, printing, comparing.
 *
 * An address is kept as it was given; the normalised copy stands beside it and is never written
 * over it. What a country requires and how it is printed is one row of `address_formats`. */
#pragma once

#include "base/ctx.h"
#include "base/text.h"

#include <stdbool.h>
#include <stddef.h>

enum {
    ADDRESS_PART_MAX = 100,         /* characters in a part */
    ADDRESS_EMAIL_MAX = 254,        /* e-mail: as mail allows */
    ADDRESS_INSTRUCTIONS_MAX = 500, /* instructions for the driver; may have line breaks */
    ADDRESS_POSTAL_CODE_MAX = 16,   /* where a country has no pattern */
    ADDRESS_LINES_MAX = 9,
};

struct postal_address {
    struct text recipient, organization;
    struct text line1, line2, line3; /* street, house, flat */
    struct text dependent_locality;  /* suburb, district, townland */
    struct text city;
    struct text admin_area; /* state, province, county, prefecture */
    struct text postal_code;
    struct text sorting_code; /* CEDEX and the like */
    struct text country;      /* ISO 3166-1 alpha-2 */
    struct text phone, email, instructions;
};

/* Parts by letter: N recipient, O organization, A lines, D dependent locality, C city, S area,
   Z postal code, X sorting code. A NULL takes the general rule (address_form, ...). */
struct address_format {
    char country[3];
    const char *form;        /* "%N%n%O%n%A%n%Z %C": %n ends a line */
    const char *latin_form;  /* order when written in Latin letters, where it differs */
    const char *required;    /* "ACZ" */
    const char *upper;       /* parts the post wants in capitals */
    const char *postal;      /* templates: # digit, @ letter, ? either, [..] one of, | or */
    const char *example;     /* a real postal code */
    const char *area_word;   /* "state", "county", ... */
    const char *postal_word; /* "ZIP code", ... */
};
extern const struct address_format address_formats[]; /* by country; the last one's is "" */
extern const size_t address_format_count;

/* Codes of states and provinces where labels carry the code: "CA=California|...". */
struct address_areas {
    char country[3];
    bool is_complete; /* nothing else is a state there */
    const char *list;
};
extern const struct address_areas address_areas[]; /* the last one's country is "" */

/* A country's rules with every gap filled, for forms and messages; the general ones when the
   country is unknown. */
struct address_format address_format(struct text country);

/* Syntax: the country is known, its required parts are there, its postal code fits, its state is
   one where the list is complete, e-mail and phone can be such; parts are short, well-formed and
   on one line. A name is not required here. `lenient` checks only country and characters, for old
   records without streets. ERR_INVALID at the first wrong part ("ship_to.postal_code") with
   "address_incomplete", "country_unknown", "postal_code_invalid", "admin_area_unknown",
   "phone_invalid", "email_invalid", "address_too_long", "address_characters". */
must_check enum err address_check(struct ctx *c, const struct postal_address *a,
                                  const char *field_prefix, bool lenient);

/* A tidy copy: spaces, country and state codes, the postal code's usual form, phone as E.164 where
   it can be. What cannot be improved stays. Lives in `arena`; `out` may not be `in`. */
void address_normalise(struct arena *arena, const struct postal_address *in,
                       struct postal_address *out);

/* The postal code as its country writes it ("sw1a1aa" is "SW1A 1AA"); false when it is none. */
bool postal_code_normalise(struct arena *arena, struct text country, struct text raw,
                           struct text *out);
/* "California" is "CA"; what is not listed comes back as it is. */
struct text admin_area_code(struct arena *arena, struct text country, struct text area);

/* The lines of a label in the country's own order; from abroad also the country's English name,
   last and in capitals. An address in Latin letters takes the Latin order. Returns how many. */
size_t address_lines(struct arena *arena, const struct postal_address *a, bool international,
                     struct text lines[ADDRESS_LINES_MAX]);

/* Equal for addresses that are likely one place, however they are written; no names in it. */
struct text address_key(struct arena *arena, const struct postal_address *a);

bool address_is_po_box(struct arena *arena, const struct postal_address *a);
bool address_is_military(const struct postal_address *a); /* APO, FPO, DPO; British BFPO */
