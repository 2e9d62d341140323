/* stages/5_shipping/shipping_combine.c: several sealed packages in one parcel under one label.
 *
 *   house labels are bought when a package is sealed, so combining comes after them: what is not
 *   printed yet is given back here, and the reaction to the event labels the parcel as it is now */
#include "base/sort.h"
#include "base/source.h"
#include "domain/orders/stop.h"
#include "queries.h"
#include "stages/5_shipping/shipping_load.h"
#include "store/db.h"

#include <stdlib.h>

/* --- what may lie together ------------------------------------------------------------------- */

static bool same_words(struct ctx *c, struct text a, struct text b)
{
    return text_eq(text_lower(c->arena, text_trim(a)), text_lower(c->arena, text_trim(b)));
}

/* The same door and the same name at it. */
static bool same_door(struct ctx *c, const struct postal_address *a, const struct postal_address *b)
{
    return text_eq(address_key(c->arena, a), address_key(c->arena, b)) &&
           same_words(c, a->recipient, b->recipient) &&
           same_words(c, a->organization, b->organization);
}

bool shipping_goes_with(struct ctx *c, const struct shipment *a, const struct shipment *b)
{
    if (a->fulfillment->method != b->fulfillment->method) return false;
    return a->to->address_id == b->to->address_id || same_door(c, &a->to->at, &b->to->at);
}

static enum err not_together(struct ctx *c, const char *what)
{
    fail_at(c, ERR_CONFLICT, "not_together", "into", "the two packages have %s", what);
    return hint(c, "waybill pack combinable lists what may go in one parcel");
}

/* Guests are known by their mail address. */
static bool is_one_customer(struct ctx *c, const struct order *a, const struct order *b)
{
    if (a->order_id == b->order_id) return true;
    if (a->customer_id != NONE && b->customer_id != NONE) return a->customer_id == b->customer_id;
    return a->customer_email.len && same_words(c, a->customer_email, b->customer_email);
}

static enum err check_pair(struct ctx *c, const struct shipment *in, const struct shipment *out)
{
    if (in->package->site_id != out->package->site_id) return not_together(c, "different sites");
    if (in->order->owner_id != out->order->owner_id) return not_together(c, "different owners");
    if (!is_one_customer(c, in->order, out->order)) return not_together(c, "different customers");
    if (in->fulfillment->method != out->fulfillment->method)
        return not_together(c, "different delivery methods");
    if (!shipping_goes_with(c, in, out)) return not_together(c, "different addresses");
    return OK;
}

/* The label may be given back: nobody is buying it, and it sticks on nothing yet. */
static enum err check_label(struct ctx *c, const struct shipment *s)
{
    struct text id = id_text(c->arena, "pkg", s->package->package_id);
    if (!s->label) return OK;
    switch ((enum label_state)s->label->state) {
    case LABEL_ASKED:
    case LABEL_UNKNOWN:
        fail(c, ERR_CONFLICT, "label_asked", "the label of %.*s is being bought just now",
             TEXT_ARG(id));
        return hint(c, "wait for the carrier's answer");
    case LABEL_PRINTED:
        if (s->package->state != PACKAGE_LABELLED) return OK; /* given back by somebody */
        fail(c, ERR_CONFLICT, "label_printed", "the label of %.*s is printed already",
             TEXT_ARG(id));
        return hint(c, "throw the paper away and void it first: waybill ship void %.*s",
                    TEXT_ARG(id));
    case LABEL_BOUGHT:
    case LABEL_USED:
    case LABEL_VOIDED:
    case LABEL_FAILED: break;
    }
    return OK;
}

static enum err check_here(struct ctx *c, const struct shipment *s)
{
    struct text id = id_text(c->arena, "pkg", s->package->package_id);
    if (s->package->status > TRACKING_PRE_TRANSIT)
        return fail(c, ERR_CONFLICT, "already_scanned", "the carrier has %.*s: it is %s",
                    TEXT_ARG(id), word_of(&tracking_status_words, s->package->status));
    return check_label(c, s);
}

static enum err check_one(struct ctx *c, const struct stops *stops, const struct shipment *s)
{
    int32_t state = s->package->state;
    struct text id = id_text(c->arena, "pkg", s->package->package_id);
    TRY(package_check_own(c, s->package, "name"));
    TRY(stop_check(c, stops, s->fulfillment, NONE));
    if (state != PACKAGE_SEALED && state != PACKAGE_LABELLED) {
        fail(c, ERR_CONFLICT, "wrong_state", "%.*s is %s", TEXT_ARG(id),
             word_of(&package_state_words, state));
        return hint(c, "only sealed packages that are still here go into one parcel");
    }
    if (s->fulfillment->method == METHOD_PICKUP) {
        fail(c, ERR_CONFLICT, "pickup_needs_no_label", "the customer collects this order");
        return hint(c, "hand its packages over together at the counter");
    }
    if (s->order->payment_method == PAY_ON_DELIVERY) {
        fail(c, ERR_CONFLICT, "cash_to_collect", "order %lld is paid at the door",
             (long long)s->order->number);
        return hint(c, "leave it a parcel of its own, so that the driver collects the right sum");
    }
    return check_here(c, s);
}

/* --- together and apart ---------------------------------------------------------------------- */

struct pair {
    struct shipments all;
    const struct shipment *in, *out;
};

static enum err load_pair(struct ctx *c, int64_t inner_id, int64_t outer_id, struct pair *p)
{
    struct list first;
    int64_t *orders;
    size_t count;
    int64_t ids[2] = {inner_id < outer_id ? inner_id : outer_id,
                      inner_id < outer_id ? outer_id : inner_id};
    TRY(packages_of(c, ids, 2, &first));
    TRY(shipping_lock(c, first.at, first.count, &orders, &count));
    TRY(shipments_load(c, (const int64_t[]){inner_id, outer_id}, 2, &p->all));
    p->in = &p->all.at[0];
    p->out = &p->all.at[1];
    if (!p->in->package)
        return fail(c, ERR_NOT_FOUND, "package_not_found", "there is no such package");
    if (p->out->package) return OK;
    return fail_at(c, ERR_NOT_FOUND, "package_not_found", "into", "there is no such package");
}

static enum err give_back(struct ctx *c, const struct shipment *s)
{
    if (s->package->state != PACKAGE_LABELLED || !s->label) return OK;
    return shipping_give_back(c, s, T(LABEL_COMBINED));
}

/* Both orders hear of it. */
static enum err tell(struct ctx *c, const struct pair *p, enum event_kind kind)
{
    struct text word =
        text_printf(c->arena, "package %d of order %lld %s package %d of order %lld",
                    p->in->package->number, (long long)p->in->order->number,
                    kind == EVENT_PACKAGE_COMBINED ? "in one parcel with" : "out of the parcel of",
                    p->out->package->number, (long long)p->out->order->number);
    struct event_body body = EVENT_BODY(.word = word, .other_id = p->out->package->package_id);
    TRY(event_put(c, kind, p->in->order->order_id, p->in->package->package_id, body));
    if (p->in->order->order_id == p->out->order->order_id) return OK;
    return event_put(c, kind, p->out->order->order_id, p->in->package->package_id, body);
}

enum err shipping_combine(struct ctx *c, int64_t package_id, int64_t into_id)
{
    struct pair p = {0};
    struct stops stops;
    if (package_id == into_id)
        return fail_at(c, ERR_INVALID, "into_itself", "into", "this is the same package");
    TRY(load_pair(c, package_id, into_id, &p));
    TRY(stops_load(c, (const int64_t[]){p.in->package->order_id, p.out->package->order_id}, 2,
                   &stops));
    TRY(check_one(c, &stops, p.in));
    TRY(check_one(c, &stops, p.out));
    TRY(package_check_empty(c, p.in->package));
    TRY(check_pair(c, p.in, p.out));
    if (p.out->package->inside_count >= PARCEL_INSIDE_MAX)
        return fail_at(c, ERR_CONFLICT, "too_many", "into", "a parcel holds at most %d others",
                       PARCEL_INSIDE_MAX);
    TRY(give_back(c, p.in));
    TRY(give_back(c, p.out));
    TRY(package_put_inside(c, p.in->package, p.out->package));
    return tell(c, &p, EVENT_PACKAGE_COMBINED);
}

enum err shipping_separate(struct ctx *c, int64_t package_id)
{
    struct pair p = {0};
    struct package inner;
    TRY(package_get(c, package_id, &inner));
    if (inner.inside_id == NONE)
        return fail(c, ERR_CONFLICT, "not_inside", "this package lies in no other");
    TRY(load_pair(c, package_id, inner.inside_id, &p));
    if (p.out->package->state >= PACKAGE_HANDED_OVER) {
        fail(c, ERR_CONFLICT, "wrong_state", "the parcel has left the house");
        return hint(c, "take it back first, while no carrier has scanned it");
    }
    TRY(check_here(c, p.out));
    TRY(give_back(c, p.out));
    TRY(package_come_out(c, p.in->package, p.out->package));
    return tell(c, &p, EVENT_PACKAGE_SEPARATED);
}

enum err shipping_label_on_combined(struct ctx *c, const struct event *events, size_t count)
{
    struct list packages;
    int64_t *ids = arena_new(c->arena, int64_t, count * 2 + 1);
    size_t n = 0, sealed = 0;
    for (size_t i = 0; i < count; i++) {
        ids[n++] = events[i].subject_id;
        ids[n++] = events[i].other_id;
    }
    sort_i64(ids, n);
    TRY(packages_of(c, ids, unique_i64(ids, n), &packages));
    const struct package *p = packages.at;
    struct event *again = arena_new(c->arena, struct event, packages.count + 1);
    for (size_t i = 0; i < packages.count; i++)
        if (p[i].state == PACKAGE_SEALED && p[i].inside_id == NONE)
            again[sealed++].subject_id = p[i].package_id;
    return sealed ? shipping_label_on_sealed(c, again, sealed) : OK;
}

/* --- what could be combined ------------------------------------------------------------------ */

struct waiting_row {
    int64_t package_id;
    struct text who;
};
static const struct field waiting_table[] = {
    FIELD(struct waiting_row, package_id),
    FIELD(struct waiting_row, who),
};
static const struct fields waiting_fields =
    FIELDS("package_waiting", struct waiting_row, waiting_table);

enum err shipping_beside(struct ctx *c, int64_t package_id, int64_t *count)
{
    struct package p;
    struct order o;
    *count = 0;
    TRY(package_get(c, package_id, &p));
    TRY(order_get(c, p.order_id, &o));
    if (o.method == METHOD_PICKUP) return OK;
    return db_number(c, &Q_packages_beside,
                     ARGS(I64(c->merchant_id), I64(p.site_id), I64(o.customer_id),
                          TXT(text_lower(c->arena, o.customer_email)), I64(package_id),
                          I64(o.owner_id)),
                     count);
}

/* Refused alone, a package is in no group; the refusal is nobody's. */
static bool may_lie_together(struct ctx *c, const struct stops *stops, const struct shipment *s)
{
    bool may = check_one(c, stops, s) == OK;
    c->fault = (struct fault){0};
    return may;
}

/* Of one customer those that hold others come first, then the oldest. */
struct waiting {
    const struct shipment *shipment;
    struct text who;
};

static int by_customer(const void *a, const void *b)
{
    const struct waiting *x = a, *y = b;
    const struct package *p = x->shipment->package, *q = y->shipment->package;
    int by_who = text_cmp(x->who, y->who);
    if (by_who) return by_who;
    if (p->inside_count != q->inside_count) return p->inside_count > q->inside_count ? -1 : 1;
    return (p->package_id > q->package_id) - (p->package_id < q->package_id);
}

static struct list groups_of(struct ctx *c, const struct waiting *at, size_t n)
{
    struct parcel_group *groups = NULL;
    size_t count = 0, capacity = 0;
    bool *is_taken = arena_new(c->arena, bool, n + 1);
    for (size_t i = 0; i < n; i++) {
        struct text *others = NULL;
        size_t other_count = 0, other_capacity = 0;
        const struct shipment *into = at[i].shipment;
        if (is_taken[i]) continue;
        for (size_t k = i + 1; k < n && text_eq(at[k].who, at[i].who); k++) {
            const struct shipment *s = at[k].shipment;
            if (is_taken[k] || s->package->inside_count) continue;
            if (check_pair(c, s, into) != OK) continue;
            is_taken[k] = true;
            *arena_push(c->arena, others, other_count, other_capacity) =
                id_text(c->arena, "pkg", s->package->package_id);
        }
        if (!other_count) continue;
        *arena_push(c->arena, groups, count, capacity) =
            (struct parcel_group){.into_id = into->package->package_id,
                                  .customer = into->order->customer_name,
                                  .recipient = into->to->at.recipient,
                                  .city = into->to->at.city,
                                  .postal_code = into->to->at.postal_code,
                                  .count = (int64_t)other_count + 1,
                                  .packages = {others, other_count}};
    }
    c->fault = (struct fault){0};
    return (struct list){groups, count};
}

enum err shipping_combinable(struct ctx *c, int64_t site_id, struct list *groups)
{
    struct list rows;
    struct shipments all;
    struct stops stops;
    *groups = (struct list){0};
    TRY(db_rows(c, &Q_packages_combinable,
                ARGS(I64(c->merchant_id), I64(site_id), I64(SHIPPING_BATCH_MAX), I64(c->owner_id)),
                &waiting_fields, &rows));
    if (!rows.count) return OK;
    const struct waiting_row *row = rows.at;
    int64_t *ids = arena_new(c->arena, int64_t, rows.count);
    for (size_t i = 0; i < rows.count; i++) ids[i] = row[i].package_id;
    TRY(shipments_load(c, ids, rows.count, &all));
    for (size_t i = 0; i < all.n; i++) ids[i] = all.at[i].package->order_id;
    TRY(stops_load(c, ids, all.n, &stops));
    struct waiting *at = arena_new(c->arena, struct waiting, all.n);
    size_t n = 0;
    for (size_t i = 0; i < all.n; i++)
        if (may_lie_together(c, &stops, &all.at[i]))
            at[n++] = (struct waiting){&all.at[i], row[i].who};
    if (n) qsort(at, n, sizeof *at, by_customer);
    *groups = groups_of(c, at, n);
    return OK;
}
