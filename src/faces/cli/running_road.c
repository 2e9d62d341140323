/* faces/cli/running_road.c: what carriers and customers do with the parcels, a morning's worth. */
#include "faces/cli/running_parts.h"
#include "stages/5_shipping/shipping.h"
#include "stages/6_delivery/delivery.h"

#include <string.h>

enum { ATTEMPT_PERCENT = 6, REPORTS_MAX = RUN_PAGE * 2 };

struct road {
    struct run *r;
    struct list orders;
    struct tracking_report reports[REPORTS_MAX];
    size_t count;
    struct delivery_proof proofs[RUN_PAGE]; /* at doors that sign, and at the counter */
    int32_t methods[RUN_PAGE];
    size_t proof_count;
    int64_t did, attempts;
};

static void say(struct road *d, const struct package *p, enum tracking_status status,
                int64_t ago_us)
{
    if (d->count == REPORTS_MAX) return;
    d->reports[d->count++] = (struct tracking_report){.package_id = p->package_id,
                                                      .occurred_us = d->r->ctx.now_us - ago_us,
                                                      .status = (int32_t)status};
}

static bool is_signed(const struct order *o)
{
    return o->method == METHOD_SIGNATURE || o->method == METHOD_ADULT_SIGNATURE;
}

/* What a hand leaves on a screen: a wave from left to right. */
static struct text scribble(struct road *d)
{
    struct buf b = buf_new(&d->r->kept);
    buf_puts(&b, "M4 30");
    for (int x = 14; x <= 94; x += 10)
        buf_printf(&b, "Q%d %lld %d 30", x - 5, (long long)(5 + source_below(&d->r->source, 50)),
                   x);
    return buf_text(&b);
}

static void hand_out(struct road *d, const struct package *p, const struct order *o)
{
    struct text name = o->customer_name.len ? o->customer_name : T("customer");
    if (d->proof_count == RUN_PAGE) return;
    d->methods[d->proof_count] = o->method;
    d->proofs[d->proof_count++] =
        (struct delivery_proof){.package_id = p->package_id,
                                .order_id = NONE,
                                .name = name,
                                .signature = is_signed(o) ? scribble(d) : (struct text){0},
                                .age_checked = o->method == METHOD_ADULT_SIGNATURE,
                                .latitude_e7 = NONE,
                                .longitude_e7 = NONE,
                                .at_us = NONE};
}

/* Yesterday's parcels were scanned at the depot; the day after they ring; some ring twice. */
static void step(struct road *d, const struct package *p, const struct order *o)
{
    bool is_on_the_way = p->state == PACKAGE_HANDED_OVER || p->state == PACKAGE_IN_TRANSIT;
    if (o->method == METHOD_PICKUP) {
        if (p->state == PACKAGE_SEALED || is_on_the_way) hand_out(d, p, o);
        return;
    }
    if (!is_on_the_way) return;
    if (p->status <= TRACKING_PRE_TRANSIT) {
        say(d, p, TRACKING_ACCEPTED, 2 * HOUR_US);
        say(d, p, TRACKING_IN_TRANSIT, HOUR_US);
        return;
    }
    int64_t chance = source_below(&d->r->source, 100);
    bool is_home = p->status >= TRACKING_ATTEMPTED || chance >= ATTEMPT_PERCENT;
    say(d, p, TRACKING_OUT_FOR_DELIVERY, 30 * MINUTE_US);
    if (!is_home) {
        say(d, p, TRACKING_ATTEMPTED, MINUTE_US);
        d->attempts++;
    } else if (is_signed(o)) {
        hand_out(d, p, o);
    } else {
        say(d, p, TRACKING_DELIVERED, MINUTE_US);
    }
}

static enum err take_in_tx(struct ctx *c, void *arg)
{
    struct road *d = arg;
    struct tracking_taken *taken = arena_new(c->arena, struct tracking_taken, d->count + 1);
    d->did = 0;
    c->actor_id = 0;
    TRY(tracking_take(c, d->reports, d->count, taken));
    for (size_t i = 0; i < d->count; i++) {
        if (taken[i].fault.code == OK)
            d->did++;
        else
            run_stick(d->r, d->reports[i].package_id, NONE, &taken[i].fault);
    }
    return OK;
}

struct door {
    struct run *r;
    struct delivery_proof *proof;
    int32_t method;
    int64_t did;
};

/* At the counter the customer tells the code, and the goods leave the house there. */
static enum err door_in_tx(struct ctx *c, void *arg)
{
    struct door *d = arg;
    struct delivery delivery;
    struct package p;
    c->actor_id = d->r->crew[0];
    if (d->method == METHOD_PICKUP) {
        TRY(package_get(c, d->proof->package_id, &p));
        TRY(pickup_code(c, p.order_id, &d->proof->pin));
        struct fault fault = {0};
        if (p.state == PACKAGE_SEALED)
            TRY(shipping_hand_over(c, &p.package_id, 1, HAND_OVER_COUNTER, &fault));
        if (fault.code != OK) {
            c->fault = fault;
            return fault.code;
        }
    }
    TRY(delivery_confirm(c, d->proof, &delivery));
    if (delivery.fault.code == OK) d->did++;
    return OK;
}

static enum err ring(struct run *r, struct road *d, int64_t *did)
{
    for (size_t i = 0; i < d->proof_count; i++) {
        struct door door = {r, &d->proofs[i], d->methods[i], 0};
        enum err e = run_unit(r, door_in_tx, &door);
        if (e == ERR_CONFLICT || e == ERR_INVALID || e == ERR_NOT_FOUND) {
            run_stick(r, d->proofs[i].package_id, NONE, &r->ctx.fault);
            continue;
        }
        TRY(e);
        *did += door.did;
        if (d->methods[i] == METHOD_PICKUP) r->counts->packages += door.did;
    }
    return OK;
}

static enum err page(struct run *r, struct road *d, const struct list *orders)
{
    struct ctx *c = &r->ctx;
    const struct order *at = orders->at;
    int64_t *ids = arena_new(c->arena, int64_t, orders->count + 1);
    struct list packages;
    for (size_t i = 0; i < orders->count; i++) ids[i] = at[i].order_id;
    TRY(packages_of_orders(c, ids, orders->count, &packages));
    const struct package *p = packages.at;
    d->count = d->proof_count = 0;
    d->attempts = 0;
    for (size_t i = 0; i < packages.count; i++) {
        const struct order *o = LIST_FIND(orders, struct order, order_id, p[i].order_id);
        if (o && !run_is_stuck(r, p[i].package_id)) step(d, &p[i], o);
    }
    return OK;
}

enum err run_road(struct run *r, int64_t *did)
{
    static const enum order_stage stages[] = {STAGE_SHIPPING, STAGE_DELIVERING};
    struct road *d = arena_new(&r->kept, struct road, 1);
    for (size_t s = 0; s < 2; s++) {
        int64_t after = 0;
        bool more = true;
        while (more) {
            struct list orders;
            arena_reset(&r->kept);
            d = arena_new(&r->kept, struct road, 1);
            d->r = r;
            r->ctx.now_us = source_now_us(&r->source);
            TRY(run_orders_in(r, stages[s], &after, &orders, &more));
            if (!orders.count) continue;
            /* what the proofs name lives as long as the page */
            TRY(page(r, d, &orders));
            for (size_t i = 0; i < d->proof_count; i++)
                d->proofs[i].name = text_copy(&r->kept, d->proofs[i].name);
            if (d->count) TRY(run_unit(r, take_in_tx, d));
            *did += d->did;
            r->counts->attempts += d->attempts;
            TRY(ring(r, d, did));
        }
    }
    return OK;
}
