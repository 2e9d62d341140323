/* plan/door_day.c: working time at the site, then the carrier's days. */
#include "plan/door_day.h"

#include "base/field.h"
#include "base/time.h"
#include "plan/promise_date.h"
#include "plan/rates.h"

enum {
    PICK_AND_PACK_MINUTES = 60,
    WORKED_MINUTES = 8 * 60,
    SERVICE_MINUTES_MAX = 200 * WORKED_MINUTES,
    /* What goes wrong on the way: without it the smallest delay would buy the express service. */
    SLACK_DAYS = 1
};

int64_t leave_day(int32_t work_days, int32_t cutoff_minute, int64_t now_us)
{
    int64_t day = day_of_us(now_us);
    if (now_us - day * DAY_US > cutoff_minute * MINUTE_US) day++;
    for (int i = 0; i < 7 && work_days; i++, day++)
        if (work_days & 1 << weekday_of_day(day)) break;
    return day;
}

int64_t goods_there_us(int64_t now_us, int64_t expected_day)
{
    int64_t over_us = (expected_day + 1) * DAY_US - MINUTE_US;
    return over_us > now_us ? over_us : now_us;
}

static struct promise_transit transit_of(const struct door_ask *ask)
{
    if (ask->is_pickup) return (struct promise_transit){.calendar = {WEEK_ALL, NULL, 0}};
    struct promise_transit transit = {.calendar = {WEEK_MONDAY_TO_FRIDAY, NULL, 0}};
    rates_transit(&rates_house, ask->is_express ? "express" : "standard", ask->from_country,
                  ask->to_country, &transit);
    if (!ask->is_express) transit.days_max += SLACK_DAYS;
    return transit;
}

int64_t door_day(struct ctx *c, const struct door_ask *ask)
{
    /* The clock is set so that the cut-off is midnight: working hours never cross a day, wherever
       on earth the site is. */
    int64_t now = ask->now_us + (DAY_MINUTES - ask->cutoff_minute) * MINUTE_US;
    int64_t day = day_of_us(now), minute = (now - day * DAY_US) / MINUTE_US;
    struct promise_site site = {
        .calendar = {ask->work_days ? (unsigned)ask->work_days : WEEK_ALL, NULL, 0},
        .open_minute = DAY_MINUTES - WORKED_MINUTES,
        .close_minute = DAY_MINUTES,
        .handling_minutes = PICK_AND_PACK_MINUTES};
    int64_t service = ask->service_minutes;
    if (service > SERVICE_MINUTES_MAX) service = SERVICE_MINUTES_MAX;
    struct promise_transit transit = transit_of(ask);
    struct door_dates dates;
    struct fault before = c->fault;
    if (promise_date(c, day, minute, &site, service, &transit, &dates) != OK) {
        c->fault = before; /* a site that works on no day of the carrier's: promise the longest */
        dates.latest_day = day + PROMISE_DAYS_MAX;
    }
    return ask->wish_day != NONE && ask->wish_day > dates.latest_day ? ask->wish_day
                                                                     : dates.latest_day;
}
