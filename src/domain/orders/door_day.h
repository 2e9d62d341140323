/* domain/orders/door_day.h: the day a customer is told, from the site that sends. */
#pragma once

#include "domain/orders/order.h"

struct door_day {
    int64_t now_us;
    int32_t work_days;     /* of the site: bit set, Monday is 1; 0: every day */
    int32_t cutoff_minute; /* of the day, UTC */
    int64_t service_minutes;
    int32_t method;   /* enum delivery_method */
    bool is_far;      /* to another country than the site's */
    int64_t wish_day; /* NONE; a wish after the earliest day is kept */
};

/* Latest day at the door: picking, packing and services in working time, then the carrier's days.
 */
int64_t door_day(const struct door_day *d);
