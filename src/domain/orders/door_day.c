#include "domain/orders/door_day.h"

#include "base/time.h"

enum { PICK_AND_PACK_MINUTES = 60, MINUTES_A_DAY = 8 * 60 };

/* Working days from the dock to the door, domestic and abroad. */
static const struct {
    int64_t near, far;
} transit_days[] = {
    [METHOD_STANDARD] = {3, 7},        [METHOD_EXPRESS] = {1, 3}, [METHOD_SIGNATURE] = {3, 7},
    [METHOD_ADULT_SIGNATURE] = {3, 7}, [METHOD_PICKUP] = {0, 0},
};

static bool is_worked(int32_t work_days, int64_t day)
{
    return work_days == 0 || work_days & 1 << weekday_of_day(day);
}

static int64_t worked_after(int32_t work_days, int64_t day, int64_t days)
{
    while (!is_worked(work_days, day)) day++;
    for (; days > 0; days--) do
            day++;
        while (!is_worked(work_days, day));
    return day;
}

int64_t door_day(const struct door_day *d)
{
    int64_t minutes = PICK_AND_PACK_MINUTES + d->service_minutes;
    int64_t day = day_of_us(d->now_us);
    bool is_late = (d->now_us - day * DAY_US) / MINUTE_US + minutes % MINUTES_A_DAY >
                   d->cutoff_minute;
    int64_t ship = worked_after(d->work_days, day, minutes / MINUTES_A_DAY + is_late);
    int64_t days = d->is_far ? transit_days[d->method].far : transit_days[d->method].near;
    int64_t arrives = worked_after(d->work_days, ship, days);
    return d->wish_day != NONE && d->wish_day > arrives ? d->wish_day : arrives;
}
