/* plan/door_day.h: the day a customer is told, from the site that sends.
 *
 *   now -> picked, packed, serviced -> the site's next pick-up -> the carrier's days -> the door
 *
 * One rule for every promise. The site works the eight hours before its cut-off. The carrier's days
 * are those of the standard (or express) service of the house price list between the two
 * countries, so that a promise never needs a faster service than the customer paid for. */
#pragma once

#include "base/ctx.h"
#include "base/text.h"

#include <stdbool.h>

struct door_ask {
    int64_t now_us;        /* when the goods are there: now, or the day they are expected */
    int32_t work_days;     /* of the site: bit set, Monday is 1; 0: every day */
    int32_t cutoff_minute; /* of the day, UTC */
    int64_t service_minutes;
    struct text from_country, to_country;
    bool is_express, is_pickup;
    int64_t wish_day; /* NONE; a wish after the earliest day is kept */
};

/* Latest day at the door; picked up: the day it is ready. */
int64_t door_day(struct ctx *c, const struct door_ask *ask);
/* When goods are there that are expected on a day: once it is over, and not before now. */
int64_t goods_there_us(int64_t now_us, int64_t expected_day);
/* The next day that something ready now leaves on: today until the cut-off, on working days. */
int64_t leave_day(int32_t work_days, int32_t cutoff_minute, int64_t now_us);
