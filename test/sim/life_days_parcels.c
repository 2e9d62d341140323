/* test/sim/life_days_parcels.c: packers who put packages together, and take them apart again. */
#include "base/source.h"
#include "life_days.h"

struct deed {
    int64_t id, into;
};

static enum err combine_in_tx(struct ctx *c, void *arg)
{
    const struct deed *d = arg;
    return shipping_combine(c, d->id, d->into);
}

static enum err separate_in_tx(struct ctx *c, void *arg)
{
    return shipping_separate(c, ((const struct deed *)arg)->id);
}

static void act(struct days *d, const char *what, work_fn *run, struct deed deed)
{
    struct ctx *c = &d->l.w->ctx;
    c->now_us = source_now_us(c->source);
    c->fault = (struct fault){0};
    days_took(d, what, db_tx(c, run, &deed));
}

static void separate_all(struct days *d, int64_t parcel_id)
{
    struct list inside = {0};
    CHECK_OK(&d->l.w->ctx, store_reader(&d->l.w->ctx));
    CHECK_OK(&d->l.w->ctx, packages_inside(&d->l.w->ctx, &parcel_id, 1, &inside));
    const struct package *in = inside.at;
    for (size_t i = 0; i < inside.count; i++)
        act(d, "separate", separate_in_tx, (struct deed){.id = in[i].package_id});
}

void days_combine(struct days *d, int64_t order_id)
{
    struct ctx *c = &d->l.w->ctx;
    struct list groups = {0}, packages = work_packages(d->l.w, order_id);
    const struct package *p = packages.at;
    CHECK_OK(c, store_reader(c));
    c->now_us = source_now_us(c->source);
    if (!packages.count) return;
    CHECK_OK(c, shipping_combinable(c, p[0].site_id, &groups));
    if (!groups.count) return;
    const struct parcel_group *g = groups.at;
    g += days_below(d, (int64_t)groups.count);
    struct deed deed = {.into = g->into_id};
    const struct text *others = g->packages.at;
    CHECK(id_parse(others[days_below(d, (int64_t)g->packages.count)], "pkg", &deed.id));
    if (days_chance(d, 10)) deed.into = p[0].package_id; /* whatever that is */
    act(d, "combine", combine_in_tx, deed);
}

void days_separate(struct days *d, int64_t order_id)
{
    struct list packages = work_packages(d->l.w, order_id);
    const struct package *p = packages.at;
    for (size_t i = 0; i < packages.count; i++) {
        if (p[i].state >= PACKAGE_HANDED_OVER) continue;
        if (p[i].inside_id != NONE)
            act(d, "separate", separate_in_tx, (struct deed){.id = p[i].package_id});
        else if (p[i].inside_count)
            separate_all(d, p[i].package_id);
    }
}
