/* plan/promise_date.c: working days, handling time and cut-off. */
#include "plan/promise_date.h"

#include "base/time.h"

bool calendar_works(const struct work_calendar *calendar, int64_t day)
{
    if (!(calendar->week >> weekday_of_day(day) & 1)) return false;
    size_t from = 0, to = calendar->holiday_count;
    while (from < to) {
        size_t mid = from + (to - from) / 2;
        if (calendar->holidays[mid] == day) return false;
        if (calendar->holidays[mid] < day)
            from = mid + 1;
        else
            to = mid;
    }
    return true;
}

enum err calendar_next(struct ctx *c, const struct work_calendar *calendar, int64_t day,
                       int64_t *out)
{
    for (int64_t d = day; d <= day + PROMISE_DAYS_MAX; d++)
        if (calendar_works(calendar, d)) {
            *out = d;
            return OK;
        }
    return fail(c, ERR_INVALID, "calendar", "no working day within %d days", PROMISE_DAYS_MAX);
}

enum err calendar_add(struct ctx *c, const struct work_calendar *calendar, int64_t day,
                      int64_t days, int64_t *out)
{
    if (days < 0 || days > PROMISE_DAYS_MAX)
        return fail(c, ERR_INVALID, "calendar", "%lld days are not 0 to %d", (long long)days,
                    PROMISE_DAYS_MAX);
    int64_t at = 0;
    TRY(calendar_next(c, calendar, day, &at));
    if (at > day && days) days--; /* the first working day after a day off is already one later */
    for (; days > 0; days--) TRY(calendar_next(c, calendar, at + 1, &at));
    *out = at;
    return OK;
}

static enum err site_check(struct ctx *c, const struct promise_site *site, int64_t now_minute,
                           int64_t minutes)
{
    bool hours = site->open_minute >= 0 && site->open_minute <= site->close_minute &&
                 site->close_minute <= DAY_MINUTES && site->cutoff_minute >= 0 &&
                 site->cutoff_minute <= DAY_MINUTES;
    if (!hours || (site->open_minute == site->close_minute && site->open_minute))
        return fail(c, ERR_INVALID, "calendar", "working hours are not within one day");
    if (now_minute < 0 || now_minute >= DAY_MINUTES)
        return fail(c, ERR_INVALID, "minute", "minute %lld is not within a day",
                    (long long)now_minute);
    if (minutes < 0 || minutes > (int64_t)PROMISE_DAYS_MAX * DAY_MINUTES)
        return fail(c, ERR_INVALID, "minutes", "handling takes %lld minutes", (long long)minutes);
    return OK;
}

static int64_t closing(const struct promise_site *site)
{
    return site->close_minute ? site->close_minute : DAY_MINUTES;
}

/* Spend `minutes` within working hours from `day` and `minute` on. */
static enum err work_off(struct ctx *c, const struct promise_site *site, int64_t *day,
                         int64_t *minute, int64_t minutes)
{
    int64_t at = 0;
    for (int64_t guard = 0; guard <= 8 * PROMISE_DAYS_MAX; guard++) {
        TRY(calendar_next(c, &site->calendar, *day, &at));
        if (at != *day || *minute < site->open_minute) *minute = site->open_minute;
        *day = at;
        if (*minute + minutes <= closing(site)) {
            *minute += minutes;
            return OK;
        }
        if (*minute < closing(site)) minutes -= closing(site) - *minute;
        ++*day;
        *minute = site->open_minute;
    }
    return fail(c, ERR_INVALID, "minutes", "handling does not end within years");
}

/* The carrier's last working day of a transit of `days` from `ship_day`. */
static enum err arrival(struct ctx *c, const struct promise_transit *transit, int64_t ship_day,
                        int64_t days, int64_t *out)
{
    if (days < 0 || days > PROMISE_DAYS_MAX)
        return fail(c, ERR_INVALID, "transit", "%lld transit days are not 0 to %d", (long long)days,
                    PROMISE_DAYS_MAX);
    if (transit->is_weekend_transit)
        return calendar_next(c, &transit->calendar, ship_day + days, out);
    return calendar_add(c, &transit->calendar, ship_day, days, out);
}

enum err promise_date(struct ctx *c, int64_t now_day, int64_t now_minute,
                      const struct promise_site *site, int64_t service_minutes,
                      const struct promise_transit *transit, struct door_dates *out)
{
    struct door_dates p = {.ready_day = now_day, .ready_minute = now_minute};
    if (transit->days_min > transit->days_max)
        return fail(c, ERR_INVALID, "transit", "the least transit is longer than the most");
    if (service_minutes < 0 || site->handling_minutes < 0)
        return fail(c, ERR_INVALID, "minutes", "handling takes less than no time");
    int64_t minutes = site->handling_minutes + service_minutes;
    TRY(site_check(c, site, now_minute, minutes));
    TRY(work_off(c, site, &p.ready_day, &p.ready_minute, minutes));
    int64_t cutoff = site->cutoff_minute ? site->cutoff_minute : closing(site);
    p.ship_day = p.ready_minute <= cutoff ? p.ready_day : p.ready_day + 1;
    /* it leaves when both the site and the carrier work */
    for (int64_t before = p.ship_day - 1, tries = 0; before != p.ship_day; tries++) {
        if (tries > PROMISE_DAYS_MAX)
            return fail(c, ERR_INVALID, "calendar", "site and carrier share no working day");
        before = p.ship_day;
        TRY(calendar_next(c, &site->calendar, p.ship_day, &p.ship_day));
        TRY(calendar_next(c, &transit->calendar, p.ship_day, &p.ship_day));
    }
    TRY(arrival(c, transit, p.ship_day, transit->days_min, &p.earliest_day));
    TRY(arrival(c, transit, p.ship_day, transit->days_max, &p.latest_day));
    *out = p;
    return OK;
}

bool promise_ship_by(const struct promise_site *site, const struct promise_transit *transit,
                     int64_t wish_day, int64_t *ship_day)
{
    struct ctx quiet = {0};
    for (int64_t d = wish_day; d >= wish_day - PROMISE_DAYS_MAX; d--) {
        int64_t there = 0;
        if (!calendar_works(&site->calendar, d) || !calendar_works(&transit->calendar, d)) continue;
        if (arrival(&quiet, transit, d, transit->days_max, &there) != OK) return false;
        if (there > wish_day) continue;
        *ship_day = d;
        return true;
    }
    return false;
}
