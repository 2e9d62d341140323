/* plan/promise_date.h: when it leaves and when it arrives.
 *
 *   order -> handling minutes in working time -> first pick-up (cut-off) -> carrier's days -> door
 *
 * Everything is in the site's local time: `now` is a day and a minute of it; zones of the clock are
 * the caller's business. Bit 0 of a week mask is Monday, bit 6 Sunday. */
#pragma once

#include "base/ctx.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    WEEK_MONDAY_TO_FRIDAY = 0x1f,
    WEEK_MONDAY_TO_SATURDAY = 0x3f,
    WEEK_ALL = 0x7f,
    PROMISE_DAYS_MAX = 366,
    DAY_MINUTES = 1440
};

struct work_calendar {
    unsigned week;           /* days worked */
    const int64_t *holidays; /* ascending days since 1970 */
    size_t holiday_count;
};

struct promise_site {
    struct work_calendar calendar;
    int64_t open_minute, close_minute; /* working hours; both 0: round the clock */
    int64_t cutoff_minute;             /* ready by then leaves the same day; 0: closing time */
    int64_t handling_minutes;          /* pick and pack, before any service */
};

struct promise_transit {
    struct work_calendar calendar; /* days on which the carrier moves and delivers */
    int64_t days_min, days_max;    /* carrier's working days after the ship day */
    bool is_weekend_transit;       /* moves every day, delivers on calendar days only */
};

struct door_dates {
    int64_t ready_day, ready_minute; /* packed, services done */
    int64_t ship_day;
    int64_t earliest_day, latest_day; /* at the door; the promise is latest_day */
};

bool calendar_works(const struct work_calendar *calendar, int64_t day);
/* First working day at or after `day`; ERR_INVALID "calendar" when none within a year. */
must_check enum err calendar_next(struct ctx *c, const struct work_calendar *calendar, int64_t day,
                                  int64_t *out);
/* `days` working days after `day` (0: the first working day at or after it). */
must_check enum err calendar_add(struct ctx *c, const struct work_calendar *calendar, int64_t day,
                                 int64_t days, int64_t *out);

/* `service_minutes`: gift wrap, engraving, assembly ... together. */
must_check enum err promise_date(struct ctx *c, int64_t now_day, int64_t now_minute,
                                 const struct promise_site *site, int64_t service_minutes,
                                 const struct promise_transit *transit, struct door_dates *out);
/* The last ship day that still arrives by `wish_day`; false when even an early one would not,
 * looking back no further than PROMISE_DAYS_MAX. */
bool promise_ship_by(const struct promise_site *site, const struct promise_transit *transit,
                     int64_t wish_day, int64_t *ship_day);
