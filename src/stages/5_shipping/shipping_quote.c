/* stages/5_shipping/shipping_quote.c: what carriers take, and which one it will be. */
#include "plan/door_day.h"
#include "plan/tracking_number.h"
#include "stages/5_shipping/shipping_load.h"
#include "store/db.h"

#include <stdlib.h>
#include <string.h>

static const struct carrier_driver *const *carriers;

void shipping_use(const struct carrier_driver *const *drivers) { carriers = drivers; }

const struct carrier_driver *shipping_carrier(struct text name)
{
    for (size_t i = 0; carriers && carriers[i]; i++)
        if (text_is(name, carriers[i]->name)) return carriers[i];
    return NULL;
}

void shipment_parcel(const struct ctx *c, const struct shipments *all, const struct shipment *s,
                     struct parcel *out)
{
    const struct package *p = s->package;
    bool signs = s->fulfillment->method == METHOD_SIGNATURE ||
                 s->fulfillment->method == METHOD_ADULT_SIGNATURE;
    *out = (struct parcel){
        .from_country = s->site->country,
        .from_postal_code = s->site->postal_code,
        .to = &s->to->at,
        .length_mm = p->length_mm,
        .width_mm = p->width_mm,
        .height_mm = p->height_mm,
        .weight_g = (p->weight_g != NONE && p->weight_g > 0 ? p->weight_g : p->expected_g) +
                    s->inside_g,
        .ship_day = leave_day(s->site->work_days, s->site->cutoff_minute, c->now_us),
        .collect_minor =
            s->order->payment_method == PAY_ON_DELIVERY && s->is_first ? s->order->total_minor : 0,
        .currency = all->merchant.currency,
        .wants_signature = signs,
        .reference = text_printf(c->arena, "%lld", (long long)s->order->number),
        .serial = NONE};
    if (!out->from_country.len) out->from_country = all->merchant.country;
    if (!s->label) return;
    int64_t serial;
    out->service = s->label->service;
    if (s->label->tracking_number.len && tracking_number_check(s->label->tracking_number, &serial))
        out->serial = serial;
}

struct quote_need shipment_need(const struct shipment *s, struct text carrier, struct text service)
{
    int32_t method = s->fulfillment->method;
    return (struct quote_need){
        .carrier = carrier,
        .service = service,
        .day = s->order->wish_day != NONE ? s->order->wish_day : s->fulfillment->promised_day,
        .is_express = method == METHOD_EXPRESS,
        .wants_signature = method == METHOD_SIGNATURE || method == METHOD_ADULT_SIGNATURE};
}

static int compare(const void *a, const void *b)
{
    const struct carrier_quote *x = a, *y = b;
    if (x->price_minor != y->price_minor) return x->price_minor < y->price_minor ? -1 : 1;
    if (x->promised_day != y->promised_day) return x->promised_day < y->promised_day ? -1 : 1;
    int by_carrier = text_cmp(x->carrier, y->carrier);
    return by_carrier ? by_carrier : text_cmp(x->service, y->service);
}

enum err shipment_quotes(struct ctx *c, const struct parcel *p, struct list *quotes)
{
    struct carrier_quote *all = NULL;
    size_t count = 0, capacity = 0;
    for (size_t i = 0; carriers && carriers[i]; i++) {
        struct list own = {0};
        if (db_in_tx(c) && !carriers[i]->is_local) continue;
        enum err e = carriers[i]->quote(c, carriers[i], p, &own);
        if (e == ERR_UPSTREAM || e == ERR_UNKNOWN) {
            c->fault = (struct fault){0};
            continue;
        }
        TRY(e);
        const struct carrier_quote *at = own.at;
        for (size_t k = 0; k < own.count; k++) *arena_push(c->arena, all, count, capacity) = at[k];
    }
    if (count) qsort(all, count, sizeof *all, compare);
    *quotes = (struct list){all, count};
    return OK;
}

static bool fits(const struct carrier_quote *q, const struct quote_need *need, bool is_express)
{
    if (need->carrier.len && !text_eq(need->carrier, q->carrier)) return false;
    if (need->service.len && !text_eq(need->service, q->service)) return false;
    if (need->wants_signature && !q->can_sign) return false;
    return !is_express || q->is_express;
}

const struct carrier_quote *shipping_choose(const struct list *quotes,
                                            const struct quote_need *need, bool *is_late)
{
    const struct carrier_quote *at = quotes->at, *earliest = NULL;
    bool is_express = need->is_express && !need->service.len, any = false;
    for (size_t i = 0; i < quotes->count; i++) any = any || fits(&at[i], need, true);
    *is_late = false;
    for (size_t i = 0; i < quotes->count; i++) {
        if (!fits(&at[i], need, is_express && any)) continue;
        if (need->day == NONE || at[i].promised_day <= need->day) return &at[i];
        if (!earliest || at[i].promised_day < earliest->promised_day) earliest = &at[i];
    }
    *is_late = earliest != NULL;
    return earliest;
}

enum err shipping_quote(struct ctx *c, int64_t package_id, struct list *quotes)
{
    struct shipments all;
    struct parcel parcel;
    assert(!db_in_tx(c));
    TRY(shipments_load(c, &package_id, 1, &all));
    if (!all.at[0].package)
        return fail(c, ERR_NOT_FOUND, "package_not_found", "there is no such package");
    shipment_parcel(c, &all, &all.at[0], &parcel);
    parcel.service = (struct text){0};
    return shipment_quotes(c, &parcel, quotes);
}

enum err shipping_track(struct ctx *c, int64_t package_id, struct list *reports)
{
    struct shipments all;
    assert(!db_in_tx(c));
    TRY(shipments_load(c, &package_id, 1, &all));
    if (!all.at[0].package)
        return fail(c, ERR_NOT_FOUND, "package_not_found", "there is no such package");
    int64_t parcel_id = package_parcel(all.at[0].package);
    if (parcel_id != package_id) TRY(shipments_load(c, &parcel_id, 1, &all));
    const struct label *l = all.at[0].label;
    if (!l || !l->tracking_number.len)
        return fail(c, ERR_CONFLICT, "no_label", "the package has no tracking number yet");
    const struct carrier_driver *d = shipping_carrier(l->carrier);
    if (!d)
        return fail(c, ERR_CONFLICT, "carrier_unknown", "there is no carrier \"%.*s\" any more",
                    TEXT_ARG(l->carrier));
    return d->track(c, d, l->tracking_number, reports);
}
