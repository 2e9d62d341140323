#include "stages/1_receipt/receipt_dates.h"

#include "plan/door_day.h"

int64_t receipt_promised_day(struct ctx *c, const struct site *site, const struct candidate *o)
{
    return door_day(c, &(struct door_ask){.now_us = c->now_us,
                                          .work_days = site->work_days,
                                          .cutoff_minute = site->cutoff_minute,
                                          .service_minutes = o->service_minutes,
                                          .from_country = site->country,
                                          .to_country = o->ship_to.at.country,
                                          .is_express = o->order.method == METHOD_EXPRESS,
                                          .is_pickup = o->order.method == METHOD_PICKUP,
                                          .wish_day = o->order.wish_day});
}
