/* plan/rates_house.c: the price list of the house carrier: a place to start from, to be replaced
 * by the merchant's own contract. */
#include "plan/rates.h"

#include "base/arena.h"

#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const struct rate_service services[] = {
    {"economy", "Economy", false, false, false, true, 6000, 20000, 1200, 3000, 450,
     WEEK_MONDAY_TO_FRIDAY},
    {"standard", "Standard", true, true, true, true, 5000, 31500, 2000, 3600, 750,
     WEEK_MONDAY_TO_SATURDAY},
    {"express", "Express", true, false, true, true, 5000, 70000, 2700, 4000, 1150,
     WEEK_MONDAY_TO_SATURDAY},
};

static const struct rate_zone zones[] = {
    {"DE", "", "domestic"},
    {"EU", "", "eu"},
    {"*", "", "world"},
};

static const struct rate_lane lanes[] = {
    {"economy", "domestic", 2, 4},  {"economy", "eu", 4, 8},  {"economy", "world", 8, 20},
    {"standard", "domestic", 1, 2}, {"standard", "eu", 2, 5}, {"standard", "world", 5, 12},
    {"express", "domestic", 1, 1},  {"express", "eu", 1, 2},  {"express", "world", 2, 4},
};

static const struct rate_break breaks[] = {
    {"economy", "domestic", 1000, 390, 0},     {"economy", "domestic", 2000, 450, 0},
    {"economy", "domestic", 5000, 560, 0},     {"economy", "domestic", 10000, 820, 0},
    {"economy", "domestic", 20000, 1350, 0},   {"economy", "eu", 1000, 890, 0},
    {"economy", "eu", 2000, 1090, 0},          {"economy", "eu", 5000, 1390, 0},
    {"economy", "eu", 10000, 1990, 0},         {"economy", "eu", 20000, 2990, 0},
    {"economy", "world", 1000, 1490, 0},       {"economy", "world", 2000, 1990, 0},
    {"economy", "world", 5000, 3490, 0},       {"economy", "world", 10000, 5490, 0},
    {"economy", "world", 20000, 9490, 0},      {"standard", "domestic", 1000, 490, 0},
    {"standard", "domestic", 2000, 550, 0},    {"standard", "domestic", 5000, 690, 0},
    {"standard", "domestic", 10000, 990, 0},   {"standard", "domestic", 20000, 1590, 0},
    {"standard", "domestic", 31500, 1990, 0},  {"standard", "eu", 1000, 1190, 0},
    {"standard", "eu", 2000, 1390, 0},         {"standard", "eu", 5000, 1690, 0},
    {"standard", "eu", 10000, 2290, 0},        {"standard", "eu", 20000, 3490, 0},
    {"standard", "eu", 31500, 4590, 0},        {"standard", "world", 1000, 2490, 0},
    {"standard", "world", 2000, 2990, 0},      {"standard", "world", 5000, 4690, 0},
    {"standard", "world", 10000, 7490, 0},     {"standard", "world", 20000, 12490, 0},
    {"standard", "world", 31500, 17990, 0},    {"express", "domestic", 1000, 1190, 0},
    {"express", "domestic", 2000, 1290, 0},    {"express", "domestic", 5000, 1590, 0},
    {"express", "domestic", 10000, 2190, 0},   {"express", "domestic", 20000, 3190, 0},
    {"express", "domestic", 31500, 4490, 120}, {"express", "eu", 1000, 2990, 0},
    {"express", "eu", 2000, 3490, 0},          {"express", "eu", 5000, 4490, 0},
    {"express", "eu", 10000, 6490, 0},         {"express", "eu", 20000, 9990, 0},
    {"express", "eu", 31500, 13990, 390},      {"express", "world", 1000, 4990, 0},
    {"express", "world", 2000, 5990, 0},       {"express", "world", 5000, 8990, 0},
    {"express", "world", 10000, 13990, 0},     {"express", "world", 20000, 22990, 0},
    {"express", "world", 31500, 32990, 890},
};

static const struct rate_surcharge surcharges[] = {
    {RATE_OVERSIZE, "", "", 2290, 0, 1200, 3000, 0},
    {RATE_HEAVY, "", "", 690, 0, 0, 0, 25000},
    {RATE_SIGNATURE, "standard", "", 190, 0, 0, 0, 0},
    {RATE_SIGNATURE, "express", "", 0, 0, 0, 0, 0},
    {RATE_COLLECT, "standard", "domestic", 590, 50, 0, 0, 0},
    {RATE_COLLECT, "standard", "eu", 990, 100, 0, 0, 0},
    {RATE_COLLECT, "standard", "world", 1490, 200, 0, 0, 0},
    {RATE_INSURANCE, "", "", 250, 80, 0, 0, 0},
};

const struct rate_table rates_house = {
    .carrier = "house",
    .currency = "EUR",
    .services = services,
    .service_count = COUNT(services),
    .zones = zones,
    .zone_count = COUNT(zones),
    .lanes = lanes,
    .lane_count = COUNT(lanes),
    .breaks = breaks,
    .break_count = COUNT(breaks),
    .surcharges = surcharges,
    .surcharge_count = COUNT(surcharges),
};

static const char *copy(struct arena *a, const char *text) { return text_cstr(a, text_of(text)); }

/* The figures stay; only a currency of three decimals needs ten times as many minor units. */
static void prices_scale(struct arena *a, struct rate_table *table, int64_t factor)
{
    struct rate_break *own_breaks = arena_new(a, struct rate_break, COUNT(breaks));
    struct rate_surcharge *own = arena_new(a, struct rate_surcharge, COUNT(surcharges));
    memcpy(own_breaks, breaks, sizeof breaks);
    memcpy(own, surcharges, sizeof surcharges);
    for (size_t i = 0; i < COUNT(breaks); i++) {
        own_breaks[i].price_minor *= factor;
        own_breaks[i].per_kg_minor *= factor;
    }
    for (size_t i = 0; i < COUNT(surcharges); i++) own[i].flat_minor *= factor;
    table->breaks = own_breaks;
    table->surcharges = own;
}

const struct rate_table *rates_house_for(struct arena *a, const char *country, const char *currency)
{
    struct rate_table *table = arena_new(a, struct rate_table, 1);
    struct rate_zone *own = arena_new(a, struct rate_zone, COUNT(zones));
    *table = rates_house;
    table->currency = copy(a, currency);
    table->zones = own;
    table->zone_count = 0;
    own[table->zone_count++] = (struct rate_zone){copy(a, country), "", "domestic"};
    if (country_in_union(text_of(country))) own[table->zone_count++] = zones[1];
    own[table->zone_count++] = zones[2];
    if (currency_exponent(currency) > 2) prices_scale(a, table, 10);
    return table;
}
