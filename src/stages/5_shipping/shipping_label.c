/* stages/5_shipping/shipping_label.c: labels are asked for: label row, event and job are one unit,
 * committed before any carrier hears of it (shipping_label_job.c). */
#include "base/sort.h"
#include "base/source.h"
#include "domain/events/event.h"
#include "domain/orders/stop.h"
#include "plan/tracking_number.h"
#include "queries.h"
#include "stages/5_shipping/shipping_load.h"
#include "store/db.h"

#include <string.h>

/* --- asking ---------------------------------------------------------------------------------- */

struct asking {
    const struct shipment *shipment;
    const struct carrier_driver *driver;
    struct parcel parcel;
    struct label label;
    struct fault *fault;
};

static enum err check_askable(struct ctx *c, const struct shipment *s)
{
    if (!s->package) return fail(c, ERR_NOT_FOUND, "package_not_found", "there is no such package");
    if (s->is_again) return fail(c, ERR_INVALID, "twice", "the package stands here twice");
    TRY(package_check_own(c, s->package, "ask for the label of"));
    if (s->fulfillment->method == METHOD_PICKUP) {
        fail(c, ERR_CONFLICT, "pickup_needs_no_label", "the customer collects this order");
        return hint(c, "hand it over at the counter, against the pickup code");
    }
    if (s->label && label_is_live(s->label)) {
        fail(c, ERR_CONFLICT, "label_exists", "the package has a label: %s with %.*s",
             word_of(&label_state_words, s->label->state), TEXT_ARG(s->label->carrier));
        return hint(c, "void it first");
    }
    struct package would = *s->package;
    return package_do(c, &would, PACKAGE_LABEL);
}

static enum err choose(struct ctx *c, const struct label_wish *wish, struct asking *a)
{
    struct quote_need need = shipment_need(a->shipment, wish->carrier, wish->service);
    struct list quotes = {0};
    bool is_late = false;
    a->driver = wish->carrier.len ? shipping_carrier(wish->carrier) : NULL;
    if (wish->carrier.len && !a->driver)
        return fail_at(c, ERR_INVALID, "carrier_unknown", "carrier", "there is no carrier \"%.*s\"",
                       TEXT_ARG(text_head(wish->carrier, 40)));
    a->label.promised_day = NONE;
    if (a->driver && !a->driver->is_local) {
        /* It was quoted outside of this unit; what it costs is said when it is bought. */
        a->label.service = wish->service;
        if (wish->service.len) return OK;
        fail_at(c, ERR_INVALID, "no_service", "service", "name the service of this carrier");
        return hint(c, "ask for its quotes first");
    }
    TRY(shipment_quotes(c, &a->parcel, &quotes));
    const struct carrier_quote *q = shipping_choose(&quotes, &need, &is_late);
    if (!q) {
        fail(c, ERR_CONFLICT, "no_service", "no carrier takes this package%s",
             need.wants_signature ? " against a signature" : "");
        return hint(c, "its weight, size and destination decide; see its quotes");
    }
    a->driver = shipping_carrier(q->carrier);
    a->label.service = q->service;
    a->label.promised_day = q->promised_day;
    return OK;
}

/* Old records may have no more than a country: no van finds that. */
static bool has_no_street(const struct shipment *s)
{
    return s->package && s->to && s->fulfillment->method != METHOD_PICKUP &&
           (!s->to->at.line1.len || !s->to->at.city.len);
}

/* The holds, live and let go, of the orders whose parcels nobody could deliver. */
static enum err load_address_holds(struct ctx *c, const struct shipments *all, struct list *holds)
{
    int64_t *ids = arena_new(c->arena, int64_t, all->n + 1);
    size_t n = 0;
    *holds = (struct list){0};
    for (size_t i = 0; i < all->n; i++)
        if (has_no_street(&all->at[i])) ids[n++] = all->at[i].package->order_id;
    if (!n) return OK;
    sort_i64(ids, n);
    return holds_of(c, ids, unique_i64(ids, n), false, holds);
}

/* A person who lets go of the hold answers for the address; then our own drivers take it. */
static enum err check_street(struct ctx *c, const struct list *holds, const struct asking *a)
{
    const struct hold *at = holds->at;
    bool is_answered = false, is_waiting = false;
    if (!has_no_street(a->shipment)) return OK;
    for (size_t i = 0; i < holds->count; i++) {
        if (at[i].order_id != a->shipment->package->order_id || at[i].reason != HOLD_ADDRESS)
            continue;
        is_answered = is_answered || at[i].released_us != NONE;
        is_waiting = is_waiting || at[i].released_us == NONE;
    }
    if (is_answered && !is_waiting && a->driver->is_local) return OK;
    fail_at(c, ERR_CONFLICT, "address_incomplete", "ship_to",
            "the address has no %s, so nobody could bring the parcel there",
            a->shipment->to->at.line1.len ? "city" : "street");
    return hint(c,
                "correct it by waybill orders confirm, or let go of the hold to have the house's "
                "own drivers bring it");
}

static bool is_held(const struct list *holds, int64_t order_id)
{
    const struct hold *at = holds->at;
    for (size_t i = 0; i < holds->count; i++)
        if (at[i].order_id == order_id && at[i].reason == HOLD_ADDRESS && at[i].released_us == NONE)
            return true;
    return false;
}

/* The order waits at the desk until somebody has seen to it; once, however many parcels it has. */
static enum err hold_for_address(struct ctx *c, struct list *holds, const struct shipment *s)
{
    static const char note[] = "no street or no city: the parcel got no label";
    int64_t order_id = s->order->order_id;
    struct hold *more = arena_new(c->arena, struct hold, holds->count + 1);
    if (is_held(holds, order_id)) return OK;
    if (holds->count) memcpy(more, holds->at, holds->count * sizeof *more);
    more[holds->count] =
        (struct hold){.order_id = order_id, .reason = HOLD_ADDRESS, .released_us = NONE};
    TRY(hold_put(c, order_id, HOLD_ADDRESS, text_of(note), 0, NONE, &more[holds->count].hold_id));
    TRY(event_put(c, EVENT_ORDER_HELD, order_id, more[holds->count].hold_id,
                  EVENT_BODY(.word = text_of(word_of(&hold_reason_words, HOLD_ADDRESS)),
                             .note = text_of(note))));
    *holds = (struct list){more, holds->count + 1};
    return OK;
}

static enum err prepare(struct ctx *c, const struct shipments *all, size_t i,
                        const struct label_wish *wish, const struct list *holds, struct asking *a)
{
    const struct shipment *s = &all->at[i];
    *a = (struct asking){.shipment = s};
    TRY(check_askable(c, s));
    shipment_parcel(c, all, s, &a->parcel);
    TRY(choose(c, wish, a));
    TRY(check_street(c, holds, a));
    a->parcel.service = a->label.service;
    a->label.merchant_id = c->merchant_id;
    a->label.package_id = s->package->package_id;
    a->label.label_id = source_id(c->source);
    a->label.state = LABEL_ASKED;
    a->label.carrier = text_of(a->driver->name);
    a->label.currency = all->merchant.currency;
    a->label.asked_us = c->now_us;
    a->label.bought_us = NONE;
    a->label.ship_to_id = s->fulfillment->ship_to_id;
    return OK;
}

/* Numbers of our own are given when the label is asked for, so that asking again under the same
   once-key can only give the same one. */
static enum err number_them(struct ctx *c, struct asking *at, size_t n)
{
    int64_t wanted = 0, last = 0;
    for (size_t i = 0; i < n; i++) wanted += at[i].driver->takes_serial;
    if (!wanted) return OK;
    TRY(db_number(c, &Q_tracking_serials, ARGS(I64(c->merchant_id), I64(wanted)), &last));
    for (size_t i = 0; i < n; i++) {
        if (!at[i].driver->takes_serial) continue;
        at[i].parcel.serial = last - --wanted;
        at[i].label.tracking_number = tracking_number_house(
            c->arena, at[i].parcel.serial, text_cstr(c->arena, at[i].parcel.from_country));
    }
    return OK;
}

static enum err save_asked(struct ctx *c, const struct asking *a)
{
    const struct package *p = a->shipment->package;
    TRY(label_insert(c, &a->label));
    TRY(job_put(c, JOB_LABEL, p->package_id, c->now_us));
    struct text what =
        text_printf(c->arena, "%s %.*s", a->driver->name, TEXT_ARG(a->label.service));
    return event_put(c, EVENT_LABEL_ASKED, p->order_id, p->package_id,
                     EVENT_BODY(.word = what, .other_id = a->label.label_id));
}

static enum err buy_here(struct ctx *c, struct asking *a)
{
    struct label_answer answer = {.promised_day = NONE};
    struct text key = id_text(c->arena, "lbl", a->label.label_id);
    TRY(a->driver->buy_label(c, a->driver, &a->parcel, key, &answer));
    TRY(shipping_answer_check(c, &answer));
    TRY(label_do(c, &a->label, LABEL_BUY));
    shipping_answer_take(c, &answer, &a->label);
    return OK;
}

/* By a person: what is held or cancelled is not labelled. */
static enum err check_stop(struct ctx *c, const struct stops *stops, const struct shipment *s)
{
    return s->package ? stop_check(c, stops, s->fulfillment, NONE) : OK;
}

static enum err ask(struct ctx *c, const struct label_wish *wishes, size_t n, struct fault *faults,
                    bool is_now, bool is_by_itself)
{
    struct shipments all;
    struct stops stops = {0};
    TRY(shipping_batch(c, n));
    memset(faults, 0, n * sizeof *faults);
    int64_t *ids = arena_new(c->arena, int64_t, n + 1);
    for (size_t i = 0; i < n; i++) ids[i] = wishes[i].package_id;
    TRY(shipments_load(c, ids, n, &all));
    struct list holds;
    TRY(load_address_holds(c, &all, &holds));
    const struct order *orders = all.orders.at;
    int64_t *order_ids = arena_new(c->arena, int64_t, all.orders.count + 1);
    for (size_t i = 0; i < all.orders.count; i++) order_ids[i] = orders[i].order_id;
    if (!is_by_itself) TRY(stops_load(c, order_ids, all.orders.count, &stops));
    struct asking *at = arena_new(c->arena, struct asking, n + 1);
    size_t count = 0;
    for (size_t i = 0; i < n; i++) {
        enum err e = prepare(c, &all, i, &wishes[i], &holds, &at[count]);
        bool waits = e != OK && strcmp(c->fault.reason, "address_incomplete") == 0;
        if (!is_by_itself && !waits && check_stop(c, &stops, &all.at[i]) != OK) e = c->fault.code;
        at[count].fault = &faults[i];
        if (e == OK) {
            count++;
            continue;
        }
        shipping_refuse(c, &faults[i], e);
        if (waits) TRY(hold_for_address(c, &holds, &all.at[i]));
    }
    TRY(number_them(c, at, count));
    for (size_t i = 0; i < count; i++) {
        if (!is_now || !at[i].driver->is_local) {
            TRY(save_asked(c, &at[i]));
            continue;
        }
        enum err e = buy_here(c, &at[i]);
        if (e != OK) {
            shipping_refuse(c, at[i].fault, e);
            continue;
        }
        TRY(label_insert(c, &at[i].label));
        TRY(shipping_label_package(c, at[i].shipment->package));
        TRY(shipping_tell_bought(c, at[i].shipment->package, &at[i].label));
    }
    return OK;
}

enum err shipping_label_ask(struct ctx *c, const struct label_wish *wishes, size_t n,
                            struct fault *faults)
{
    return ask(c, wishes, n, faults, false, false);
}

enum err shipping_label_now(struct ctx *c, const struct label_wish *wishes, size_t n,
                            struct fault *faults)
{
    return ask(c, wishes, n, faults, true, false);
}

enum err shipping_label_on_sealed(struct ctx *c, const struct event *events, size_t count)
{
    struct label_wish *wishes = arena_new(c->arena, struct label_wish, count + 1);
    struct fault *faults = arena_new(c->arena, struct fault, count + 1);
    for (size_t i = 0; i < count; i++) wishes[i].package_id = events[i].subject_id;
    for (size_t from = 0; from < count; from += SHIPPING_BATCH_MAX) {
        size_t n = count - from < SHIPPING_BATCH_MAX ? count - from : SHIPPING_BATCH_MAX;
        TRY(ask(c, wishes + from, n, faults + from, true, true));
    }
    return OK;
}

enum err shipping_label_on_voided(struct ctx *c, const struct event *events, size_t count)
{
    struct event *again = arena_new(c->arena, struct event, count + 1);
    struct list packages;
    int64_t *ids = arena_new(c->arena, int64_t, count + 1);
    size_t n = 0, kept = 0;
    for (size_t i = 0; i < count; i++)
        if (text_is(events[i].note, LABEL_READDRESSED) || text_is(events[i].note, LABEL_COMBINED))
            ids[n++] = events[i].subject_id;
    if (!n) return OK;
    TRY(packages_of(c, ids, n, &packages));
    const struct package *p = packages.at;
    for (size_t i = 0; i < packages.count; i++)
        if (p[i].state == PACKAGE_SEALED && p[i].inside_id == NONE)
            again[kept++].subject_id = p[i].package_id;
    return kept ? shipping_label_on_sealed(c, again, kept) : OK;
}

enum err shipping_label_on_freed(struct ctx *c, const struct event *events, size_t count)
{
    struct text address = text_of(word_of(&hold_reason_words, HOLD_ADDRESS));
    int64_t *ids = arena_new(c->arena, int64_t, count + 1);
    size_t n = 0, sealed = 0;
    struct list found;
    for (size_t i = 0; i < count; i++)
        if (text_eq(events[i].word, address)) ids[n++] = events[i].order_id;
    if (!n) return OK;
    sort_i64(ids, n);
    TRY(packages_of_orders(c, ids, unique_i64(ids, n), &found));
    const struct package *at = found.at;
    struct label_wish *wishes = arena_new(c->arena, struct label_wish, found.count + 1);
    struct fault *faults = arena_new(c->arena, struct fault, found.count + 1);
    for (size_t i = 0; i < found.count; i++)
        if (at[i].state == PACKAGE_SEALED) wishes[sealed++].package_id = at[i].package_id;
    for (size_t from = 0; from < sealed; from += SHIPPING_BATCH_MAX) {
        size_t some = sealed - from < SHIPPING_BATCH_MAX ? sealed - from : SHIPPING_BATCH_MAX;
        TRY(shipping_label_now(c, wishes + from, some, faults + from));
    }
    return OK;
}
