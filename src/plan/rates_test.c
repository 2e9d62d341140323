#include "plan/rates.h"

#include "base/source.h"
#include "base/time.h"
#include "harness.h"

#include <string.h>

#define MONDAY civil_to_day(2026, 11, 23)

static struct rate_destination to(const char *country, const char *postal_code)
{
    return (struct rate_destination){text_of(country), text_of(postal_code)};
}

static const struct rate_quote *of(const struct rate_quotes *q, const char *service)
{
    for (size_t i = 0; i < q->count; i++)
        if (strcmp(q->at[i].service, service) == 0) return &q->at[i];
    return NULL;
}

TEST(rates, a_parcel_at_home_has_three_prices)
{
    struct arena a = {0};
    struct ctx c = {.arena = &a};
    struct rate_quotes q = {0};
    struct rate_parcel parcel = {
        .length_mm = 200, .width_mm = 150, .height_mm = 100, .weight_g = 900};
    struct rate_destination berlin = to("DE", "10115");
    CHECK_OK(&c, rates_quote(&c, &rates_house, &parcel, &berlin, MONDAY, NULL, &q));
    CHECK_I64(3, (int64_t)q.count);
    CHECK_I64(490 + 37, of(&q, "standard")->price_minor); /* 7.5% of 4.90 is 36.75 cents */
    CHECK_I64(900, of(&q, "standard")->billed_g);
    CHECK_I64(MONDAY + 2, of(&q, "standard")->promised_day);
    parcel.height_mm = 400; /* 12 litres: 2.4 kg at 5,000, 2 kg at 6,000 */
    CHECK_OK(&c, rates_quote(&c, &rates_house, &parcel, &berlin, MONDAY, NULL, &q));
    CHECK_I64(2400, of(&q, "standard")->billed_g);
    CHECK_I64(690, of(&q, "standard")->base_minor);
    CHECK_I64(2000, of(&q, "economy")->billed_g);
    CHECK_I64(450, of(&q, "economy")->base_minor);
    arena_free(&a);
}

TEST(rates, the_dimensional_weight_rounds_up)
{
    CHECK_I64(1, rate_dimensional_g(1, 1, 1, 5000));
    CHECK_I64(1, rate_dimensional_g(10, 10, 50, 5000));
    CHECK_I64(2, rate_dimensional_g(10, 10, 51, 5000));
    CHECK_I64(0, rate_dimensional_g(10, 10, 0, 5000));
}

TEST(rates, what_a_service_cannot_do_is_said)
{
    struct arena a = {0};
    struct ctx c = {.arena = &a};
    struct rate_quotes q = {0};
    struct rate_destination paris = to("FR", "75001");
    struct rate_parcel parcel = {.weight_g = 1000, .wants_signature = true};
    CHECK_OK(&c, rates_quote(&c, &rates_house, &parcel, &paris, MONDAY, NULL, &q));
    CHECK(!of(&q, "economy") && of(&q, "express") && of(&q, "standard"));
    parcel.collect_minor = 10000;
    CHECK_OK(&c, rates_quote(&c, &rates_house, &parcel, &paris, MONDAY, NULL, &q));
    CHECK_I64(1, (int64_t)q.count);
    CHECK_I64(1190 + 89 + 190 + 990 + 100, q.at[0].price_minor);
    parcel.weight_g = 80000;
    CHECK_OK(&c, rates_quote(&c, &rates_house, &parcel, &paris, MONDAY, NULL, &q));
    CHECK_I64(0, (int64_t)q.count);
    CHECK(text_find(q.why_none, T("express: too heavy")) >= 0);
    struct rate_destination nowhere = to("fr", "");
    CHECK_FAULT(&c, ERR_INVALID, "country",
                rates_quote(&c, &rates_house, &parcel, &nowhere, MONDAY, NULL, &q));
    parcel.weight_g = -1;
    CHECK_FAULT(&c, ERR_INVALID, "weight",
                rates_quote(&c, &rates_house, &parcel, &paris, MONDAY, NULL, &q));
    arena_free(&a);
}

TEST(rates, the_longest_postal_prefix_decides_the_zone)
{
    static const struct rate_zone zones[] = {{"*", "", "world"},        {"EU", "", "eu"},
                                             {"DE", "", "domestic"},    {"DE", "25", "north"},
                                             {"DE", "25849", "island"}, {"GB", "BT", "ulster"}};
    struct rate_table table = {.zones = zones, .zone_count = 6};
    static const char *const cases[][3] = {{"DE", "10115", "domestic"}, {"DE", "25500", "north"},
                                           {"DE", "25849", "island"},   {"FR", "25849", "eu"},
                                           {"US", "25849", "world"},    {"GB", "bt1 5gs", "ulster"},
                                           {"GB", "E1 6AN", "world"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct rate_destination there = to(cases[i][0], cases[i][1]);
        CHECK_TEXT(cases[i][2], text_of(rate_zone_of(&table, &there)));
    }
}

TEST(rates, heavier_farther_or_with_more_service_is_never_cheaper)
{
    static const char *const far[] = {"DE", "FR", "US"};
    struct arena a = {0};
    struct ctx c = {.arena = &a};
    struct source s;
    source_virtual(&s, 8, 0);
    for (int round = 0; round < 3000 && !test_failed(); round++) {
        struct arena_mark mark = arena_mark(&a);
        struct rate_parcel p = {.length_mm = 1 + source_below(&s, 1500),
                                .width_mm = 1 + source_below(&s, 600),
                                .height_mm = 1 + source_below(&s, 600),
                                .weight_g = source_below(&s, 40000)};
        struct rate_parcel more = p;
        size_t from = (size_t)source_below(&s, 3), there = from;
        if (round % 4 == 0) more.weight_g += source_below(&s, 9000);
        if (round % 4 == 1) more.height_mm += source_below(&s, 300);
        if (round % 4 == 2) more.insured_minor = source_below(&s, 100000);
        if (round % 4 == 3 && there < 2) there++;
        struct rate_destination x = to(far[from], "1"), y = to(far[there], "1");
        struct rate_quotes q = {0}, r = {0};
        CHECK_OK(&c, rates_quote(&c, &rates_house, &p, &x, MONDAY, NULL, &q));
        CHECK_OK(&c, rates_quote(&c, &rates_house, &more, &y, MONDAY, NULL, &r));
        for (size_t i = 0; i < r.count; i++) {
            const struct rate_quote *before = of(&q, r.at[i].service);
            CHECK(before && before->price_minor <= r.at[i].price_minor);
            CHECK(i == 0 || r.at[i - 1].price_minor <= r.at[i].price_minor);
            CHECK_I64(r.at[i].price_minor,
                      r.at[i].base_minor + r.at[i].fuel_minor + r.at[i].surcharge_minor);
        }
        arena_rewind(&a, mark);
    }
    arena_free(&a);
}

TEST(rates, the_choice_is_the_cheapest_in_time)
{
    struct arena a = {0};
    struct ctx c = {.arena = &a};
    struct rate_quotes q = {0};
    bool late = true;
    struct rate_parcel parcel = {.weight_g = 1000};
    struct rate_destination home = to("DE", "1");
    CHECK_OK(&c, rates_quote(&c, &rates_house, &parcel, &home, MONDAY, NULL, &q));
    CHECK_TEXT("economy", text_of(rate_choose(&q, NULL, 0, &late)->service));
    CHECK(!late);
    CHECK_TEXT("standard", text_of(rate_choose(&q, "", MONDAY + 2, &late)->service));
    CHECK_TEXT("express", text_of(rate_choose(&q, "", MONDAY + 1, &late)->service));
    CHECK(!late);
    CHECK_TEXT("express", text_of(rate_choose(&q, "", MONDAY, &late)->service));
    CHECK(late);
    CHECK_TEXT("standard", text_of(rate_choose(&q, "standard", MONDAY, &late)->service));
    CHECK(!rate_choose(&q, "drone", 0, &late) && !late);
    arena_free(&a);
}

TEST(rates, a_merchant_elsewhere_has_its_own_home)
{
    struct arena a = {0};
    const struct rate_table *table = rates_house_for(&a, "US", "USD");
    struct rate_destination us = to("US", "10001"), de = to("DE", "10115"), fr = to("FR", "1");
    CHECK_TEXT("domestic", text_of(rate_zone_of(table, &us)));
    CHECK_TEXT("world", text_of(rate_zone_of(table, &de)));
    CHECK_TEXT("eu", text_of(rate_zone_of(rates_house_for(&a, "DE", "EUR"), &fr)));
    CHECK_I64(10 * rates_house.breaks[0].price_minor,
              rates_house_for(&a, "KW", "KWD")->breaks[0].price_minor);
    arena_free(&a);
}
