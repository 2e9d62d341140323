#include "stages/1_receipt/receipt_dates.h"

#include "domain/orders/door_day.h"

int64_t receipt_promised_day(struct ctx *c, const struct site *site, const struct candidate *o)
{
    return door_day(&(struct door_day){
        .now_us = c->now_us,
        .work_days = site->work_days,
        .cutoff_minute = site->cutoff_minute,
        .service_minutes = o->service_minutes,
        .method = o->order.method,
        .is_far = !text_eq(site->country, o->ship_to.at.country),
        .wish_day = o->order.wish_day,
    });
}
