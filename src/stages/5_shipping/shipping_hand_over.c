/* stages/5_shipping/shipping_hand_over.c: packages leave the house, or come back from the ramp.
 *
 *   load, with the orders taken first ─> decide for each package ─> write for those that may go
 *
 * The orders' rows are taken before anything is read, so that two ramps that hand over the last two
 * packages of one fulfillment see each other, and a hold that came a moment before is seen too. */
#include "base/sort.h"
#include "base/source.h"
#include "domain/inventory/stock.h"
#include "domain/orders/stop.h"
#include "queries.h"
#include "stages/5_shipping/shipping_load.h"
#include "stages/5_shipping/shipping_manifest.h"
#include "store/db.h"

#include <string.h>

struct leaving {
    const struct package *package;
    const struct fulfillment *fulfillment;
    const struct label *label;
    const struct package_line *lines;
    size_t line_count;
    int64_t quantity;
};

struct ramp {
    struct shipments all; /* those asked for, then what lies inside them */
    struct stops stops;
    struct list lines, promises;
    int64_t *open_of; /* per promise: what is still to be consumed of it */
};

/* Those asked for, and behind them what lies inside. */
static enum err load_ids(struct ctx *c, const int64_t *package_ids, size_t n, struct list *first,
                         int64_t **ids, size_t *count)
{
    struct list asked;
    TRY(packages_of(c, package_ids, n, &asked));
    TRY(packages_with_parcels(c, &asked, first));
    const struct package *p = first->at;
    *ids = arena_new(c->arena, int64_t, n + first->count + 1);
    memcpy(*ids, package_ids, n * sizeof **ids);
    *count = n;
    for (size_t i = 0; i < first->count; i++)
        if (p[i].inside_id != NONE) (*ids)[(*count)++] = p[i].package_id;
    return OK;
}

static enum err load(struct ctx *c, const int64_t *package_ids, size_t n, struct ramp *r)
{
    struct list first;
    int64_t *orders, *ids;
    size_t count, all;
    TRY(load_ids(c, package_ids, n, &first, &ids, &all));
    TRY(shipping_lock(c, first.at, first.count, &orders, &count));
    TRY(shipments_load(c, ids, all, &r->all));
    TRY(stops_load(c, orders, count, &r->stops));
    sort_i64(ids, all);
    TRY(package_lines_of(c, ids, unique_i64(ids, all), &r->lines));
    TRY(promises_of(c, orders, count, &r->promises));
    r->open_of = arena_new(c->arena, int64_t, r->promises.count + 1);
    const struct promise *p = r->promises.at;
    for (size_t i = 0; i < r->promises.count; i++)
        r->open_of[i] = p[i].quantity - p[i].consumed - p[i].released;
    return OK;
}

static ptrdiff_t promise_of(const struct ramp *r, int64_t order_id, int64_t line_no,
                            int64_t site_id)
{
    struct list order = LIST_RUN(&r->promises, struct promise, order_id, order_id);
    struct list line = LIST_RUN(&order, struct promise, line_no, line_no);
    const struct promise *found = LIST_FIND(&line, struct promise, site_id, site_id);
    return found ? found - (const struct promise *)r->promises.at : -1;
}

static void take_lines(const struct ramp *r, struct leaving *l)
{
    int64_t package_id = l->package->package_id;
    struct list own = LIST_RUN(&r->lines, struct package_line, package_id, package_id);
    l->lines = own.at;
    l->line_count = own.count;
    for (size_t i = 0; i < own.count; i++) l->quantity += l->lines[i].quantity;
}

static enum err check_way(struct ctx *c, const struct shipment *s, enum hand_over how)
{
    bool is_pickup = s->fulfillment->method == METHOD_PICKUP;
    if (is_pickup != (how == HAND_OVER_COUNTER)) {
        if (is_pickup) {
            fail(c, ERR_CONFLICT, "wrong_counter", "the customer collects this package");
            return hint(c, "hand it over at the counter, against the pickup code");
        }
        return fail(c, ERR_CONFLICT, "wrong_counter", "a carrier takes this package");
    }
    if (is_pickup || s->package->state != PACKAGE_SEALED) return OK;
    fail(c, ERR_CONFLICT, "no_label", "the package has no label that is paid for");
    return hint(c, "ask for one first");
}

static enum err check_leaving(struct ctx *c, const struct ramp *r, const struct shipment *s,
                              enum hand_over how)
{
    struct package would;
    if (!s->package) return fail(c, ERR_NOT_FOUND, "package_not_found", "there is no such package");
    if (s->is_again) return fail(c, ERR_INVALID, "twice", "the package stands here twice");
    TRY(package_check_own(c, s->package, "scan"));
    TRY(stop_check(c, &r->stops, s->fulfillment, NONE));
    TRY(check_way(c, s, how));
    would = *s->package;
    TRY(package_do(c, &would, PACKAGE_HAND_OVER));
    if (s->fulfillment->state != FULFILLMENT_PACKED)
        return fail(c, ERR_CONFLICT, "not_packed", "its order is not packed whole here: it is %s",
                    word_of(&fulfillment_state_words, s->fulfillment->state));
    if (how == HAND_OVER_CARRIER && (!s->label || s->label->state < LABEL_BOUGHT))
        return fail(c, ERR_CONFLICT, "no_label", "its label is not paid for yet");
    return OK;
}

/* What lies inside goes along only as it was put there: a stop of its order, or another address by
   now, stops the parcel. */
static enum err check_inside(struct ctx *c, const struct ramp *r, const struct shipment *outer,
                             const struct shipment *s)
{
    enum err e = stop_check(c, &r->stops, s->fulfillment, NONE);
    if (e == OK && s->package->state != PACKAGE_SEALED)
        e = fail(c, ERR_CONFLICT, "stop", "stop: what is in it is %s",
                 word_of(&package_state_words, s->package->state));
    if (e == OK && s->fulfillment->state != FULFILLMENT_PACKED)
        e = fail(c, ERR_CONFLICT, "stop", "stop: its order is not packed whole here");
    if (e == OK && !shipping_goes_with(c, s, outer))
        e = fail(c, ERR_CONFLICT, "stop", "stop: it goes to another address by now");
    if (e == OK) return OK;
    struct text why = text_copy(c->arena, text_of(c->fault.detail));
    struct text id = id_text(c->arena, "pkg", s->package->package_id);
    fail(c, e, "stop", "%.*s (order %lld, package %.*s inside this parcel)", TEXT_ARG(why),
         (long long)s->order->number, TEXT_ARG(id));
    return hint(c, "take it out by waybill pack separate %.*s; the rest can leave", TEXT_ARG(id));
}

/* +1 takes the lines out of the promises' open parts, or says which line was never promised; -1
   gives them back. */
static enum err take_promises(struct ctx *c, struct ramp *r, const struct leaving *l, int sign)
{
    for (int turn = 0; turn < 2; turn++)
        for (size_t i = 0; i < l->line_count; i++) {
            ptrdiff_t at =
                promise_of(r, l->package->order_id, l->lines[i].line_no, l->package->site_id);
            if (at < 0 || r->open_of[at] < sign * l->lines[i].quantity)
                return fail(c, ERR_CONFLICT, "promise_short",
                            "line %lld has %lld in the package and %lld promised here",
                            (long long)l->lines[i].line_no, (long long)l->lines[i].quantity,
                            (long long)(at < 0 ? 0 : r->open_of[at]));
            if (turn) r->open_of[at] -= sign * l->lines[i].quantity;
        }
    return OK;
}

/* The package and what lies inside it, all or nothing. */
static enum err take_parcel(struct ctx *c, struct ramp *r, size_t asked, const struct shipment *s,
                            enum hand_over how, struct leaving *at, size_t *count)
{
    size_t from = *count;
    enum err e = OK;
    for (size_t i = asked; i < r->all.n && s->package->inside_count && e == OK; i++)
        if (r->all.at[i].package->inside_id == s->package->package_id)
            e = check_inside(c, r, s, &r->all.at[i]);
    for (size_t i = asked - 1; i < r->all.n && e == OK; i++) {
        const struct shipment *in = i < asked ? s : &r->all.at[i];
        if (in != s && in->package->inside_id != s->package->package_id) continue;
        struct leaving *l = &at[*count];
        *l = (struct leaving){.package = in->package,
                              .fulfillment = in->fulfillment,
                              .label = how == HAND_OVER_CARRIER ? s->label : NULL};
        take_lines(r, l);
        e = take_promises(c, r, l, 1);
        *count += e == OK;
    }
    if (e == OK) return OK;
    while (*count > from) TRY(take_promises(c, r, &at[--*count], -1));
    return e;
}

/* +1: out of the house; -1: all of it undone. */
static enum err move_goods(struct ctx *c, const struct ramp *r, const struct leaving *l, int sign)
{
    struct cell package = {l->package->package_id, NONE, {0}},
                customer = {PLACE_CUSTOMER, NONE, {0}};
    for (size_t i = 0; i < l->line_count; i++) {
        const struct package_line *line = &l->lines[i];
        ptrdiff_t at = promise_of(r, l->package->order_id, line->line_no, l->package->site_id);
        const struct promise *p = &((const struct promise *)r->promises.at)[at];
        TRY(stock_move(c, line->product_id, sign > 0 ? package : customer,
                       sign > 0 ? customer : package, line->quantity, STOCK_SHIP,
                       l->package->order_id, l->package->package_id));
        TRY(promise_consume(c, p, sign * line->quantity));
        TRY(order_progress(c, l->package->order_id, line->line_no,
                           (struct progress){.shipped = sign * line->quantity}));
    }
    return OK;
}

static enum err let_go(struct ctx *c, const struct ramp *r, const struct leaving *l,
                       int64_t manifest_id)
{
    struct package after = *l->package;
    TRY(package_do(c, &after, PACKAGE_HAND_OVER));
    after.manifest_id = after.inside_id == NONE ? manifest_id
                                                : NONE; /* the courier signs for parcels */
    after.handed_over_us = c->now_us;
    TRY(package_write(c, l->package, &after));
    if (l->label && l->label->package_id == after.package_id) {
        struct label used = *l->label;
        TRY(label_do(c, &used, LABEL_USE));
        TRY(label_write(c, l->label, &used));
    }
    TRY(move_goods(c, r, l, 1));
    return event_put(c, EVENT_PACKAGE_HANDED_OVER, after.order_id, after.package_id,
                     EVENT_BODY(.quantity = l->quantity, .other_id = manifest_id));
}

static bool is_leaving(const struct leaving *at, size_t n, int64_t package_id)
{
    for (size_t i = 0; i < n; i++)
        if (at[i].package->package_id == package_id) return true;
    return false;
}

/* A fulfillment is handed over when nothing of it is left in the house. */
static enum err finish_fulfillments(struct ctx *c, const struct ramp *r, const struct leaving *at,
                                    size_t n)
{
    for (size_t i = 0; i < n; i++) {
        int64_t id = at[i].fulfillment->fulfillment_id;
        bool is_first = true, is_whole = true;
        for (size_t k = 0; k < i && is_first; k++)
            is_first = at[k].fulfillment->fulfillment_id != id;
        if (!is_first) continue;
        const struct package *p = r->all.of_orders.at;
        for (size_t k = 0; k < r->all.of_orders.count && is_whole; k++)
            if (p[k].fulfillment_id == id && p[k].state < PACKAGE_HANDED_OVER)
                is_whole = is_leaving(at, n, p[k].package_id);
        if (!is_whole) continue;
        struct fulfillment f = *at[i].fulfillment;
        TRY(fulfillment_do(c, &f, FULFILLMENT_HAND_OVER));
        TRY(event_put(c, EVENT_FULFILLMENT_SHIPPED, f.order_id, f.fulfillment_id,
                      EVENT_BODY(.quantity = f.packed)));
    }
    return OK;
}

enum err shipping_hand_over(struct ctx *c, const int64_t *package_ids, size_t n, enum hand_over how,
                            struct fault *faults)
{
    struct ramp r = {0};
    struct manifests manifests = {0};
    TRY(shipping_batch(c, n));
    memset(faults, 0, n * sizeof *faults);
    TRY(load(c, package_ids, n, &r));
    struct leaving *at = arena_new(c->arena, struct leaving, r.all.n + 1);
    size_t count = 0, refused = 0;
    for (size_t i = 0; i < n; i++) {
        enum err e = check_leaving(c, &r, &r.all.at[i], how);
        if (e == OK) e = take_parcel(c, &r, n, &r.all.at[i], how, at, &count);
        if (e == OK) continue;
        shipping_refuse(c, &faults[i], e);
        refused++;
    }
    /* The customer goes with all of it, or waits for what is missing. */
    if (!count || (how == HAND_OVER_COUNTER && refused)) return OK;
    if (how == HAND_OVER_CARRIER) TRY(manifests_load(c, &manifests));
    int64_t *manifest_of = arena_new(c->arena, int64_t, count);
    for (size_t i = 0; i < count; i++)
        manifest_of[i] =
            how == HAND_OVER_CARRIER
                ? manifests_of(c, &manifests, at[i].package->site_id, at[i].label->carrier)
                      ->manifest_id
                : NONE;
    TRY(manifests_save(c, &manifests));
    for (size_t i = 0; i < count; i++) TRY(let_go(c, &r, &at[i], manifest_of[i]));
    return finish_fulfillments(c, &r, at, count);
}

/* What has come back was out of the house: its hand-over stands. */
static enum err check_not_back(struct ctx *c, const struct leaving *at, size_t n)
{
    struct list lines;
    int64_t *orders = arena_new(c->arena, int64_t, n + 1);
    for (size_t i = 0; i < n; i++) orders[i] = at[i].package->order_id;
    sort_i64(orders, n);
    TRY(order_lines_of(c, orders, unique_i64(orders, n), &lines));
    const struct order_line *line = lines.at;
    for (size_t i = 0; i < lines.count; i++)
        for (size_t p = 0; p < n; p++)
            for (size_t k = 0; k < at[p].line_count; k++)
                if (at[p].package->order_id == line[i].order_id &&
                    at[p].lines[k].line_no == line[i].line_no &&
                    line[i].returned > line[i].shipped - at[p].lines[k].quantity)
                    return fail(c, ERR_CONFLICT, "came_back",
                                "units of line %lld that it held have come back already",
                                (long long)line[i].line_no);
    return OK;
}

/* Back to labelled; what lies inside to sealed, as it has no label. */
static enum err bring_in(struct ctx *c, const struct ramp *r, const struct leaving *l,
                         struct text why)
{
    struct package after = *l->package;
    TRY(package_do(c, &after, PACKAGE_TAKE_BACK));
    if (l->label) {
        struct label label = *l->label;
        TRY(label_do(c, &label, LABEL_TAKE_BACK));
        TRY(label_write(c, l->label, &label));
    } else {
        TRY(package_do(c, &after, PACKAGE_UNLABEL));
    }
    after.manifest_id = NONE;
    after.handed_over_us = NONE;
    TRY(package_write(c, l->package, &after));
    TRY(move_goods(c, r, l, -1));
    return event_put(c, EVENT_PACKAGE_TAKEN_BACK, after.order_id, after.package_id,
                     EVENT_BODY(.quantity = l->quantity, .note = why));
}

/* Once each, however many packages of it were on the ramp. */
static enum err reopen_fulfillments(struct ctx *c, const struct leaving *at, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        bool is_first = true;
        for (size_t k = 0; k < i; k++)
            is_first = is_first && at[k].fulfillment != at[i].fulfillment;
        if (!is_first || at[i].fulfillment->state != FULFILLMENT_HANDED_OVER) continue;
        struct fulfillment f = *at[i].fulfillment;
        TRY(fulfillment_do(c, &f, FULFILLMENT_TAKE_BACK));
    }
    return OK;
}

enum err shipping_take_back(struct ctx *c, int64_t package_id, struct text why)
{
    struct ramp r = {0};
    TRY(load(c, &package_id, 1, &r));
    const struct shipment *s = &r.all.at[0];
    if (!s->package) return fail(c, ERR_NOT_FOUND, "package_not_found", "there is no such package");
    TRY(package_check_own(c, s->package, "take back"));
    if (s->package->state == PACKAGE_IN_TRANSIT || s->package->status > TRACKING_PRE_TRANSIT)
        return fail(c, ERR_CONFLICT, "already_scanned", "the carrier has it: it is %s",
                    word_of(&tracking_status_words, s->package->status));
    if (!s->label) return fail(c, ERR_CONFLICT, "wrong_counter", "the customer has collected it");
    struct leaving *at = arena_new(c->arena, struct leaving, r.all.n);
    for (size_t i = 0; i < r.all.n; i++) {
        s = &r.all.at[i];
        at[i] = (struct leaving){
            .package = s->package, .fulfillment = s->fulfillment, .label = i ? NULL : s->label};
        take_lines(&r, &at[i]);
    }
    struct package would = *at[0].package;
    TRY(package_do(c, &would, PACKAGE_TAKE_BACK));
    TRY(check_not_back(c, at, r.all.n));
    for (size_t i = 0; i < r.all.n; i++) TRY(bring_in(c, &r, &at[i], why));
    return reopen_fulfillments(c, at, r.all.n);
}
