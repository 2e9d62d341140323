/* The day that is told: never before the standard carrier can do it, wherever it goes. */
#include "plan/door_day.h"

#include "base/field.h"
#include "base/time.h"
#include "harness.h"
#include "plan/rates.h"

/* 2026-11-23 is a Monday; the courier comes at 14:00. */
#define MONDAY civil_to_day(2026, 11, 23)

static int64_t told(struct door_ask ask)
{
    struct arena a = {0};
    struct ctx c = {.arena = &a};
    int64_t day = door_day(&c, &ask);
    arena_free(&a);
    return day - MONDAY;
}

static struct door_ask ask_at(int64_t hour)
{
    return (struct door_ask){.now_us = MONDAY * DAY_US + hour * HOUR_US,
                             .work_days = 0x1f,
                             .cutoff_minute = 14 * 60,
                             .from_country = T("DE"),
                             .to_country = T("DE"),
                             .wish_day = NONE};
}

TEST(door_day, after_the_cut_off_it_is_a_day_later)
{
    CHECK_I64(3, told(ask_at(13)));
    CHECK_I64(4, told(ask_at(14)));
    struct door_ask ask = ask_at(3);
    ask.cutoff_minute = 4 * 60; /* fifteen o'clock in Tokyo */
    CHECK_I64(3, told(ask));
    ask.now_us += HOUR_US;
    CHECK_I64(4, told(ask));
}

TEST(door_day, a_promise_abroad_leaves_the_standard_carrier_its_days)
{
    static const char *const countries[] = {"DE", "FR", "NO", "AU"};
    for (size_t i = 0; i < sizeof countries / sizeof *countries; i++) {
        struct arena a = {0};
        struct ctx c = {.arena = &a};
        struct door_ask ask = ask_at(9);
        struct rate_quotes quotes;
        struct rate_parcel parcel = {.weight_g = 500};
        struct rate_destination to = {.country = text_of(countries[i])};
        const struct rate_quote *standard = NULL;
        ask.to_country = to.country;
        CHECK_OK(&c, rates_quote(&c, &rates_house, &parcel, &to, MONDAY, NULL, &quotes));
        for (size_t q = 0; q < quotes.count; q++)
            if (text_is(T("standard"), quotes.at[q].service)) standard = &quotes.at[q];
        CHECK(standard && told(ask) + MONDAY >= standard->promised_day);
        ask.is_express = true;
        CHECK(told(ask) + MONDAY < standard->promised_day || i == 0);
        arena_free(&a);
    }
}

TEST(door_day, services_and_wishes_move_it)
{
    struct door_ask ask = ask_at(9);
    ask.service_minutes = 8 * 60;
    CHECK_I64(4, told(ask));
    ask.wish_day = MONDAY + 20;
    CHECK_I64(20, told(ask));
    ask.wish_day = MONDAY + 1;
    CHECK_I64(4, told(ask));
    ask = ask_at(9);
    ask.is_pickup = true;
    CHECK_I64(0, told(ask));
}

TEST(door_day, what_leaves_today_is_told_by_the_cut_off)
{
    CHECK_I64(MONDAY, leave_day(0x1f, 840, MONDAY * DAY_US + 14 * HOUR_US));
    CHECK_I64(MONDAY + 1, leave_day(0x1f, 840, MONDAY * DAY_US + 14 * HOUR_US + 1));
    CHECK_I64(MONDAY + 7, leave_day(0x1f, 840, (MONDAY + 4) * DAY_US + 15 * HOUR_US));
}
