/* plan/rates.h: what a parcel costs with a carrier whose price list we hold.
 *
 *   destination -> zone (longest postal prefix of the country, the country, "EU", "*")
 *   billed g = max(weight, ceil(length x width x height / divisor)), then up to the next break
 *   price = base(service, zone, break) + fuel on the base + surcharges (no fuel on those)
 *
 * Integers only; billed weight rounds up, fuel half away from zero. Tables are read-only structs:
 * rates_house is built in, a merchant's own come from the database in the same shape. */
#pragma once

#include "base/ctx.h"
#include "base/money.h"
#include "plan/promise_date.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { RATES_QUOTES_MAX = 64, RATES_ZONES_MAX = 1024, RATES_BREAKS_MAX = 4096 };

struct rate_service {
    const char *code;                       /* "economy" */
    const char *name;                       /* for people */
    bool can_sign, can_collect, can_insure; /* signature, cash on delivery, insurance */
    bool is_tracked;
    int64_t divisor;      /* cm3 per kg for the dimensional weight; 0: by weight alone */
    int64_t max_weight_g; /* billed; 0: no limit */
    int64_t max_length_mm, max_girth_mm; /* longest side; length + 2 (width + height); 0: none */
    int64_t fuel_bp;
    unsigned delivery_week; /* days of delivery, as in promise_date.h */
};

struct rate_zone {
    const char *country; /* ISO 3166 alpha-2, "EU" (the union's members), or "*" */
    const char *prefix;  /* of the postal code without blanks, upper case; "" for all */
    const char *zone;    /* "domestic" */
};

struct rate_lane {
    const char *service, *zone;
    int64_t days_min, days_max;
};

/* Price for up to `up_to_g`; beyond the last break `per_kg_minor` of the last row per started kg.
 */
struct rate_break {
    const char *service, *zone;
    int64_t up_to_g, price_minor, per_kg_minor;
};

enum rate_surcharge_kind {
    RATE_OVERSIZE, /* longest side or girth above the threshold */
    RATE_HEAVY,    /* actual weight above the threshold */
    RATE_SIGNATURE,
    RATE_COLLECT,   /* cash on delivery: flat plus bp of the amount */
    RATE_INSURANCE, /* bp of the insured value, at least flat */
    RATE_REMOTE,    /* destination matches `zone` */
    RATE_RESIDENTIAL,
    RATE_SURCHARGE_COUNT
};

struct rate_surcharge {
    enum rate_surcharge_kind kind;
    const char *service; /* "" for all */
    const char *zone;    /* "" for all */
    int64_t flat_minor, share_bp;
    int64_t over_mm, over_girth_mm, over_g;
};

struct rate_table {
    const char *carrier, *currency;
    const struct rate_service *services;
    size_t service_count;
    const struct rate_zone *zones;
    size_t zone_count;
    const struct rate_lane *lanes;
    size_t lane_count;
    const struct rate_break *breaks; /* ascending up_to_g within service and zone */
    size_t break_count;
    const struct rate_surcharge *surcharges;
    size_t surcharge_count;
};

struct rate_parcel {
    int64_t length_mm, width_mm, height_mm; /* outer; all 0: by weight alone */
    int64_t weight_g;                       /* gross */
    bool wants_signature, is_residential;
    int64_t collect_minor, insured_minor; /* 0: none */
};

struct rate_destination {
    struct text country, postal_code;
};

struct rate_quote {
    const char *carrier, *service, *name, *zone;
    int64_t price_minor; /* all in */
    int64_t base_minor, fuel_minor, surcharge_minor;
    char currency[4];
    int64_t billed_g;
    int64_t days_min, days_max;
    int64_t earliest_day, promised_day;
    bool can_sign;
};

struct rate_quotes {
    struct rate_quote *at; /* cheapest first, then earliest, then by code */
    size_t count;
    struct text why_none; /* when count is 0: what no service could do */
};

extern const struct rate_table rates_house; /* from DE, in EUR */
/* The same prices for a merchant elsewhere: its country is "domestic", in its own currency. */
const struct rate_table *rates_house_for(struct arena *a, const char *country,
                                         const char *currency);

/* ERR_INVALID "weight", "size", "country". No service that can do it is OK with count 0. */
must_check enum err rates_quote(struct ctx *c, const struct rate_table *table,
                                const struct rate_parcel *parcel, const struct rate_destination *to,
                                int64_t ship_day, const struct work_calendar *holidays,
                                struct rate_quotes *out);
/* Cheapest that arrives by `wish_day` (0: any day) of `service` ("" or NULL: any); when none is
 * in time the earliest, with *is_late set. NULL when there is no quote at all. */
const struct rate_quote *rate_choose(const struct rate_quotes *quotes, const char *service,
                                     int64_t wish_day, bool *is_late);
/* Dimensional weight in grams, rounded up; 0 without sizes or divisor. */
int64_t rate_dimensional_g(int64_t length_mm, int64_t width_mm, int64_t height_mm, int64_t divisor);
const char *rate_zone_of(const struct rate_table *table, const struct rate_destination *to);
/* Days and week of a service from one country to another, without prices: for promises. Leaves
   `out` as it is when there is no such service. */
void rates_transit(const struct rate_table *table, const char *service, struct text from_country,
                   struct text to_country, struct promise_transit *out);
/* What the lightest parcel of a service costs between two countries; 0 when it is not offered. */
int64_t rates_from(const struct rate_table *table, const char *service, struct text from_country,
                   struct text to_country);
bool country_in_union(struct text country); /* member state of the European Union */
