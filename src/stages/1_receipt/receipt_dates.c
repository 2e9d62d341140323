#include "stages/1_receipt/receipt_dates.h"

#include "plan/door_day.h"

static int64_t day_from(struct ctx *c, const struct site *site, const struct candidate *o,
                        int64_t there_us)
{
    return door_day(c, &(struct door_ask){.now_us = there_us,
                                          .work_days = site->work_days,
                                          .cutoff_minute = site->cutoff_minute,
                                          .service_minutes = o->service_minutes,
                                          .from_country = site->country,
                                          .to_country = o->ship_to.at.country,
                                          .is_express = o->order.method == METHOD_EXPRESS,
                                          .is_pickup = o->order.method == METHOD_PICKUP,
                                          .wish_day = o->order.wish_day});
}

int64_t receipt_promised_day(struct ctx *c, const struct site *site, const struct candidate *o)
{
    return day_from(c, site, o, c->now_us);
}

int64_t receipt_coming_day(struct ctx *c, const struct site *site, const struct candidate *o,
                           int64_t expected_day)
{
    if (expected_day == NONE) return NONE;
    return day_from(c, site, o, goods_there_us(c->now_us, expected_day));
}

static struct site_load *load_of(struct ctx *c, const struct known *k, const struct site *site)
{
    int64_t day = leave_day(site->work_days, site->cutoff_minute, c->now_us);
    struct site_load *at = k->loads.at;
    for (size_t i = 0; i < k->loads.count; i++)
        if (at[i].site_id == site->site_id && at[i].leave_day == day) return &at[i];
    return NULL;
}

int64_t receipt_capacity(struct ctx *c, const struct known *k, const struct site *site)
{
    if (!site->capacity_units) return -1;
    const struct site_load *load = load_of(c, k, site);
    int64_t left = site->capacity_units - (load ? load->units : 0);
    return left > 0 ? left : 0;
}

enum err receipt_load_site(struct ctx *c, struct known *k, const struct site *site, int64_t units)
{
    if (!site->capacity_units) return OK;
    struct site_load *load = load_of(c, k, site);
    if (load) load->units += units;
    return site_load_add(
        c, &(struct site_load){leave_day(site->work_days, site->cutoff_minute, c->now_us),
                               site->site_id, units});
}
