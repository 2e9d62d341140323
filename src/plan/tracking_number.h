/* plan/tracking_number.h: whose parcel number is this?
 *
 * A table of forms (letters and digits by place) with their check digits. Several can match, so
 * the answer is a ranked list. A failed check digit of a form that is unmistakable (1Z, S10) is a
 * warning, never a rejection; digit-only forms need theirs.
 *
 * The house carrier's numbers look like UPU S10 and check like it:
 *   W B 12345678 5 DE  =  "WB" + 8 digits of the counter + check digit + country.
 * After 99,999,999 the second letter moves on: WC, WD ... WZ. */
#pragma once

#include "base/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TRACKING_MATCHES_MAX = 12, TRACKING_NUMBER_MAX = 40 };
#define TRACKING_SERIAL_MAX INT64_C(2499999999)

struct tracking_match {
    const char *carrier; /* "house", "ups", "usps", "fedex", "dhl", "dpd", "post", ... */
    const char *format;  /* "ups_1z", "s10", "usps_impb", ... */
    const char *name;    /* for people: "UPS 1Z" */
    const char *url;     /* tracking page with %s for the number, or "" */
    bool check_ok;       /* its check digit is right */
    bool has_check;      /* it has one */
    int confidence;      /* 1 to 100 */
};

struct tracking_matches {
    struct text number; /* upper case, without blanks and a 420+ZIP prefix */
    struct tracking_match at[TRACKING_MATCHES_MAX];
    size_t count;
};

/* Best first; `preferred` (a carrier, or NULL) wins ties. Never fails: no match is count 0. */
struct tracking_matches tracking_number_recognize(struct arena *a, struct text in,
                                                  const char *preferred);
/* The number's page at the carrier, or the absent text. */
struct text tracking_number_url(struct arena *a, const struct tracking_match *match,
                                struct text number);

/* The absent text when the serial is not 0 to TRACKING_SERIAL_MAX or the country not two letters.
 */
struct text tracking_number_house(struct arena *a, int64_t serial, const char *country);
/* Is it one of ours, with the right check digit? `serial` may be NULL. */
bool tracking_number_check(struct text in, int64_t *serial);
/* S10's check digit over 8 digits: '0' to '9', or 0 when they are not digits. */
char tracking_number_s10_digit(struct text digits8);
bool tracking_country_known(struct text code); /* ISO 3166 alpha-2, upper case */
