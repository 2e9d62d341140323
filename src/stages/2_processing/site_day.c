#include "stages/2_processing/site_day.h"

#include "plan/door_day.h"

static int64_t day_of(const struct ctx *c, const struct site *site)
{
    return leave_day(site->work_days, site->cutoff_minute, c->now_us);
}

enum err site_day_load(struct ctx *c, const struct list *sites, struct list *out)
{
    const struct site *site = sites->at;
    struct site_load *all = arena_new(c->arena, struct site_load, sites->count + 1);
    int64_t *days = arena_new(c->arena, int64_t, sites->count + 1);
    struct list found;
    size_t n = 0;
    *out = (struct list){0};
    for (size_t i = 0; i < sites->count; i++) {
        if (!site[i].capacity_units) continue;
        days[n] = day_of(c, &site[i]);
        all[n] = (struct site_load){days[n], site[i].site_id, 0};
        n++;
    }
    if (!n) return OK;
    TRY(site_loads_of(c, days, n, &found));
    const struct site_load *at = found.at;
    for (size_t i = 0; i < n; i++)
        for (size_t l = 0; l < found.count; l++)
            if (at[l].site_id == all[i].site_id && at[l].leave_day == all[i].leave_day)
                all[i].units = at[l].units;
    *out = (struct list){all, n};
    return OK;
}

static struct site_load *load_of(const struct list *loads, const struct site *site)
{
    struct site_load *at = loads->at;
    for (size_t i = 0; i < loads->count; i++)
        if (at[i].site_id == site->site_id) return &at[i];
    return NULL;
}

int64_t site_day_left(const struct list *loads, const struct site *site)
{
    const struct site_load *load = load_of(loads, site);
    if (!load) return -1;
    return site->capacity_units > load->units ? site->capacity_units - load->units : 0;
}

enum err site_day_take(struct ctx *c, struct list *loads, const struct site *site, int64_t units)
{
    struct site_load *load = load_of(loads, site);
    if (!load) return OK;
    load->units += units;
    return site_load_add(c, &(struct site_load){load->leave_day, site->site_id, units});
}
