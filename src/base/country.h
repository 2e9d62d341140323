/* base/country.h: the countries of ISO 3166-1, and three that post and parcels treat as such
 * (Ascension AC, Tristan da Cunha TA, Kosovo XK: numeric 0).
 *
 * Territories with a code of their own (Martinique MQ, Åland AX, ...) are countries here;
 * `in_eu` is true for the 27 member states only, so ask a customs rule for their territories. */
#pragma once

#include "base/text.h"

#include <stdbool.h>
#include <stdint.h>

struct country {
    char alpha2[3], alpha3[4];
    int16_t numeric;
    char currency[4];   /* ISO 4217 */
    char dial[4];       /* "44"; several countries share one ("1") */
    char trunk[3];      /* dialled before a national number and not part of it: "0", or "" */
    uint8_t digits_min; /* of a national number without trunk prefix; 0 when not known */
    uint8_t digits_max;
    bool in_eu;
    const char *name;   /* English, as on an international label */
    const char *others; /* other usual names, between bars */
};

extern const struct country countries[]; /* by alpha2; the last one's alpha2 is "" */

/* By alpha-2, alpha-3, numeric code, or any usual name ("Eire", "USA", "Korea, South", "RSA");
   case, accents, full stops and a leading "the" do not matter. NULL when there is none. */
const struct country *country_find(struct text t);
const struct country *country_by_code(struct text alpha2); /* two letters, either case */
