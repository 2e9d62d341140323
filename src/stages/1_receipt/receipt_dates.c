#include "stages/1_receipt/receipt_dates.h"

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

int64_t receipt_promised_day(struct ctx *c, const struct site *site, const struct candidate *o)
{
    int64_t minutes = PICK_AND_PACK_MINUTES + o->service_minutes;
    int64_t day = day_of_us(c->now_us);
    bool is_late = (c->now_us - day * DAY_US) / MINUTE_US + minutes % MINUTES_A_DAY >
                   site->cutoff_minute;
    int64_t ship = worked_after(site->work_days, day, minutes / MINUTES_A_DAY + is_late);
    bool is_far = !text_eq(site->country, o->ship_to.at.country);
    int64_t days = is_far ? transit_days[o->order.method].far : transit_days[o->order.method].near;
    int64_t arrives = worked_after(site->work_days, ship, days);
    return o->order.wish_day != NONE && o->order.wish_day > arrives ? o->order.wish_day : arrives;
}
