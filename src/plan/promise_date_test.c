#include "plan/promise_date.h"

#include "base/source.h"
#include "base/time.h"
#include "harness.h"

/* 2026-11-23 is a Monday. */
#define MONDAY civil_to_day(2026, 11, 23)

static const struct promise_site shop = {.calendar = {WEEK_MONDAY_TO_FRIDAY, NULL, 0},
                                         .open_minute = 8 * 60,
                                         .close_minute = 18 * 60,
                                         .cutoff_minute = 15 * 60,
                                         .handling_minutes = 60};
static const struct promise_transit parcel = {
    .calendar = {WEEK_MONDAY_TO_SATURDAY, NULL, 0}, .days_min = 1, .days_max = 2};

static struct door_dates promised(int64_t day, int64_t minute, int64_t service)
{
    struct arena a = {0};
    struct ctx c = {.arena = &a};
    struct door_dates p = {0};
    CHECK_OK(&c, promise_date(&c, day, minute, &shop, service, &parcel, &p));
    arena_free(&a);
    return p;
}

TEST(promise_date, the_cut_off_decides_the_day_it_leaves)
{
    CHECK_I64(MONDAY, promised(MONDAY, 14 * 60, 0).ship_day);
    CHECK_I64(MONDAY + 1, promised(MONDAY, 14 * 60 + 1, 0).ship_day);
    CHECK_I64(MONDAY, promised(MONDAY, 0, 0).ship_day);
    CHECK_I64(MONDAY + 2, promised(MONDAY, 14 * 60, 0).latest_day);
    struct door_dates friday = promised(MONDAY + 4, 16 * 60, 0);
    CHECK_I64(MONDAY + 7, friday.ship_day);
    CHECK_I64(MONDAY + 5, promised(MONDAY + 4, 9 * 60, 0).earliest_day); /* Saturday delivery */
    CHECK_I64(MONDAY + 7, promised(MONDAY + 4, 9 * 60, 0).latest_day);
}

TEST(promise_date, services_move_the_promise)
{
    CHECK_I64(MONDAY, promised(MONDAY, 8 * 60, 6 * 60).ship_day);
    CHECK_I64(MONDAY + 1, promised(MONDAY, 8 * 60, 6 * 60 + 1).ship_day);
    struct door_dates p = promised(MONDAY, 8 * 60, 9 * 60 + 30); /* half an hour left for Tuesday */
    CHECK_I64(MONDAY + 1, p.ready_day);
    CHECK_I64(8 * 60 + 30, p.ready_minute);
    p = promised(MONDAY + 4, 17 * 60, 120);
    CHECK_I64(MONDAY + 7, p.ready_day);
    CHECK_I64(10 * 60, p.ready_minute);
}

TEST(promise_date, holidays_of_site_and_carrier_count_each_for_itself)
{
    struct arena a = {0};
    struct ctx c = {.arena = &a};
    const int64_t off[] = {MONDAY + 1, MONDAY + 2};
    struct promise_site site = shop;
    struct promise_transit transit = parcel;
    struct door_dates p = {0};
    site.calendar.holidays = off;
    site.calendar.holiday_count = 2;
    CHECK_OK(&c, promise_date(&c, MONDAY, 16 * 60, &site, 0, &transit, &p));
    CHECK_I64(MONDAY + 3, p.ship_day);
    transit.calendar.holidays = off;
    transit.calendar.holiday_count = 2;
    CHECK_OK(&c, promise_date(&c, MONDAY, 9 * 60, &site, 0, &transit, &p));
    CHECK_I64(MONDAY, p.ship_day);
    CHECK_I64(MONDAY + 3, p.earliest_day);
    CHECK_I64(MONDAY + 4, p.latest_day);
    site.calendar.week = 0;
    CHECK_FAULT(&c, ERR_INVALID, "calendar",
                promise_date(&c, MONDAY, 9 * 60, &site, 0, &transit, &p));
    site.calendar.week = 1;
    transit.calendar.week = 2;
    CHECK_FAULT(&c, ERR_INVALID, "calendar",
                promise_date(&c, MONDAY, 9 * 60, &site, 0, &transit, &p));
    arena_free(&a);
}

static struct work_calendar random_calendar(struct source *s, int64_t *holidays)
{
    size_t n = 0;
    for (int64_t d = MONDAY; d < MONDAY + 60; d++)
        if (source_below(s, 8) == 0) holidays[n++] = d;
    unsigned week = (unsigned)source_below(s, 127) + 1;
    return (struct work_calendar){week | 4u, holidays, n};
}

TEST(promise_date, a_later_order_or_a_longer_service_never_arrives_earlier)
{
    struct source s;
    struct arena a = {0};
    struct ctx c = {.arena = &a};
    source_virtual(&s, 5, 0);
    for (int round = 0; round < 2000 && !test_failed(); round++) {
        int64_t off[2][60];
        struct promise_site site = shop;
        struct promise_transit transit = {.days_min = source_below(&s, 3)};
        site.calendar = random_calendar(&s, off[0]);
        transit.calendar = random_calendar(&s, off[1]);
        transit.days_max = transit.days_min + source_below(&s, 4);
        transit.is_weekend_transit = source_below(&s, 2);
        int64_t day = MONDAY + source_below(&s, 14), minute = source_below(&s, DAY_MINUTES);
        int64_t service = source_below(&s, 2000), later = source_below(&s, 3000);
        struct door_dates p = {0}, q = {0};
        CHECK_OK(&c, promise_date(&c, day, minute, &site, service, &transit, &p));
        CHECK(p.ship_day >= day && p.earliest_day >= p.ship_day && p.latest_day >= p.earliest_day);
        CHECK(calendar_works(&site.calendar, p.ship_day));
        CHECK(calendar_works(&transit.calendar, p.ship_day));
        CHECK(calendar_works(&transit.calendar, p.latest_day));
        CHECK_OK(&c, promise_date(&c, day + (minute + later) / DAY_MINUTES,
                                  (minute + later) % DAY_MINUTES, &site, service, &transit, &q));
        CHECK(q.latest_day >= p.latest_day);
        CHECK_OK(&c, promise_date(&c, day, minute, &site, service + later, &transit, &q));
        CHECK(q.latest_day >= p.latest_day);
        int64_t by = 0, there = 0;
        CHECK(promise_ship_by(&site, &transit, p.latest_day, &by));
        CHECK(by >= p.ship_day && by <= p.latest_day);
        if (!transit.is_weekend_transit) {
            CHECK_OK(&c, calendar_add(&c, &transit.calendar, by, transit.days_max, &there));
            CHECK(there <= p.latest_day);
        }
    }
    arena_free(&a);
}

TEST(promise_date, working_days_are_counted_one_by_one)
{
    struct source s;
    struct arena a = {0};
    struct ctx c = {.arena = &a};
    source_virtual(&s, 6, 0);
    for (int round = 0; round < 1000 && !test_failed(); round++) {
        int64_t off[60], from = MONDAY + source_below(&s, 30), n = source_below(&s, 12), to = 0;
        struct work_calendar calendar = random_calendar(&s, off);
        CHECK_OK(&c, calendar_add(&c, &calendar, from, n, &to));
        int64_t worked = 0;
        for (int64_t d = from + 1; d <= to; d++) worked += calendar_works(&calendar, d);
        CHECK(calendar_works(&calendar, to));
        CHECK_I64(n ? n : to > from, worked);
    }
    arena_free(&a);
}
