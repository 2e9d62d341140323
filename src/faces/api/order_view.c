/* faces/api/order_view.c: all there is to know about one order. */
#include "faces/api/order_view.h"

#include "base/sort.h"
#include "domain/catalog/product.h"
#include "domain/customers/customer.h"
#include "domain/events/event.h"
#include "domain/inventory/stock.h"
#include "domain/orders/package.h"
#include "domain/orders/substitution.h"
#include "domain/orders/work.h"
#include "domain/orders/worth.h"
#include "domain/payments/payment.h"
#include "domain/payments/refund.h"
#include "domain/payments/tax.h"
#include "domain/people/owner.h"
#include "domain/sites/site.h"
#include "faces/api/actor_names.h"
#include "faces/api/order_dates.h"
#include "faces/api/order_view_lines.h"
#include "faces/api/tax.h"
#include "stages/2_processing/cancelling.h"
#include "stages/2_processing/paying_money.h"

#include <string.h>

static const struct field hold_table[] = {
    FIELD_ID(struct hold_view, hold_id, "id", "hld"),
    FIELD_ENUM(struct hold_view, reason, hold_reason_words),
    FIELD(struct hold_view, note),
    FIELD_ID(struct hold_view, owner_id, "owner_id", "usr", .flags = F_NULL,
             .about = "who has to see to it; null: the system"),
    FIELD_INSTANT(struct hold_view, placed_us, "placed_at"),
    FIELD_INSTANT(struct hold_view, release_due_us, "release_at", .about = "by a timer"),
    FIELD_INSTANT(struct hold_view, released_us, "released_at", .about = "null while it is live"),
    FIELD_ID(struct hold_view, released_by, "released_by", "usr", .flags = F_NULL),
    FIELD(struct hold_view, owner, .about = "the owner's name"),
    FIELD(struct hold_view, releaser, .about = "the name of who let it go"),
};
const struct fields hold_view_fields = FIELDS("hold", struct hold_view, hold_table);

struct promise_view {
    int64_t line_no;
    struct text site;
    int64_t quantity, consumed, released, promised_day;
};
static const struct field promise_table[] = {
    FIELD(struct promise_view, line_no),
    FIELD(struct promise_view, site, .about = "its code"),
    FIELD(struct promise_view, quantity),
    FIELD(struct promise_view, consumed, .about = "left the house"),
    FIELD(struct promise_view, released, .about = "given back"),
    FIELD_DAY(struct promise_view, promised_day, "promised_date"),
};
static const struct fields promise_view_fields =
    FIELDS("order_promise", struct promise_view, promise_table);

struct task_count {
    int32_t kind;
    int64_t open, done;
};
static const struct field task_table[] = {
    FIELD_ENUM(struct task_count, kind, task_kind_words),
    FIELD(struct task_count, open),
    FIELD(struct task_count, done, .about = "or given up"),
};
static const struct fields task_count_fields = FIELDS("task_count", struct task_count, task_table);

struct work_view {
    int64_t fulfillment_id;
    struct text site;
    int32_t state;
    int64_t version, due_us, promised_day;
    struct text tote;
    int64_t units, picked, packed;
    struct list tasks;
};
static const struct field work_table[] = {
    FIELD_ID(struct work_view, fulfillment_id, "id", "ful"),
    FIELD(struct work_view, site, .about = "its code"),
    FIELD_ENUM(struct work_view, state, fulfillment_state_words),
    FIELD(struct work_view, version, .about = "rises with holds and changes; scans must match"),
    FIELD_INSTANT(struct work_view, due_us, "due_at", .about = "has to leave by"),
    FIELD_DAY(struct work_view, promised_day, "promised_date"),
    FIELD(struct work_view, tote),
    FIELD(struct work_view, units),
    FIELD(struct work_view, picked),
    FIELD(struct work_view, packed),
    FIELD_LIST(struct work_view, tasks, task_count_fields),
};
static const struct fields work_fields = FIELDS("order_fulfillment", struct work_view, work_table);

struct parcel_view {
    int64_t package_id, fulfillment_id;
    int32_t number, state, status;
    struct text carrier, service, tracking_number, sscc;
    int64_t inside_id, weight_g, handed_over_us, delivered_us;
};
static const struct field parcel_table[] = {
    FIELD_ID(struct parcel_view, package_id, "id", "pkg"),
    FIELD_ID(struct parcel_view, fulfillment_id, "fulfillment_id", "ful"),
    FIELD(struct parcel_view, number, .about = "1, 2, ... of its fulfillment"),
    FIELD_ENUM(struct parcel_view, state, package_state_words),
    FIELD_ENUM(struct parcel_view, status, tracking_status_words,
               .about = "where the carrier has it"),
    FIELD(struct parcel_view, carrier),
    FIELD(struct parcel_view, service),
    FIELD(struct parcel_view, tracking_number),
    FIELD(struct parcel_view, sscc),
    FIELD_ID(struct parcel_view, inside_id, "inside_id", "pkg", .flags = F_NULL,
             .about = "the package that it lies in; that one bears the label of both"),
    FIELD(struct parcel_view, weight_g, .flags = F_NULL),
    FIELD_INSTANT(struct parcel_view, handed_over_us, "handed_over_at"),
    FIELD_INSTANT(struct parcel_view, delivered_us, "delivered_at"),
};
static const struct fields parcel_fields =
    FIELDS("order_package", struct parcel_view, parcel_table);

struct purse_view {
    struct money owed, authorised, captured, refunded, due, credited, owed_back;
    int64_t payments;
};
static const struct field purse_table[] = {
    FIELD(struct purse_view, owed, .about = "the order without its cancelled units"),
    FIELD(struct purse_view, authorised, .about = "reserved or claimed, not taken yet"),
    FIELD(struct purse_view, captured),
    FIELD(struct purse_view, refunded),
    FIELD(struct purse_view, due, .about = "owed, less credited, less what was captured and kept"),
    FIELD(struct purse_view, credited, .about = "by how much returns, cases, goodwill lower it"),
    FIELD(struct purse_view, owed_back, .about = "refunds that are promised and not done"),
    FIELD(struct purse_view, payments, .about = "how many there are"),
};
static const struct fields purse_fields = FIELDS("order_money", struct purse_view, purse_table);

struct view {
    struct order o;
    struct order_state s;
    int64_t version;
    struct text owner; /* its code */
    struct money goods, discount, services, shipping, tax, tax_included, total;
    struct list taxes;
    struct postal_address *ship_to, *bill_to;
    struct list lines, holds, promises, fulfillments, packages, actions;
    struct order_dates dates;
    struct purse_view *money;
};
#define OF_ORDER(member) .name = #member, .json = #member, .offset = offsetof(struct view, o.member)
#define OF_STATE(member) .name = #member, .json = #member, .offset = offsetof(struct view, s.member)
#define COUNTER(member)                                                                            \
    {                                                                                              \
        OF_STATE(member), .kind = F_I64, .is_set = true                                            \
    }
#define WORD(member)                                                                               \
    {                                                                                              \
        OF_ORDER(member), .kind = F_TEXT, .is_set = true                                           \
    }
static const struct field view_table[] = {
    {.name = "order_id",
     .json = "id",
     .offset = offsetof(struct view, o.order_id),
     .kind = F_ID,
     .of = "ord",
     .is_set = true},
    {OF_ORDER(number), .kind = F_I64, .is_set = true, .about = "for people"},
    FIELD(struct view, version, .about = "number of its events so far"),
    {OF_STATE(stage), .kind = F_ENUM, .of = &stage_words, .is_set = true},
    {OF_STATE(commercial), .kind = F_ENUM, .of = &commercial_words, .is_set = true},
    {OF_ORDER(channel), .kind = F_ENUM, .of = &channel_words, .is_set = true},
    WORD(reference),
    {OF_ORDER(customer_id), .kind = F_ID, .of = "cus", .flags = F_NULL, .is_set = true},
    WORD(customer_name),
    WORD(customer_email),
    WORD(customer_phone),
    FIELD(struct view, owner, .about = "code of whose order it is; null: the merchant's own"),
    {OF_ORDER(method), .kind = F_ENUM, .of = &method_words, .is_set = true},
    {OF_ORDER(payment_method), .kind = F_ENUM, .of = &payment_method_words, .is_set = true},
    {.name = "wish_day",
     .json = "wish_date",
     .offset = offsetof(struct view, o.wish_day),
     .kind = F_DAY,
     .is_set = true},
    {OF_ORDER(priority), .kind = F_I32, .is_set = true,
     .about = "larger is served and picked first"},
    {.name = "promised_day",
     .json = "promised_date",
     .offset = offsetof(struct view, dates.promised_day),
     .kind = F_DAY,
     .is_set = true,
     .about = "all of it is at the door; absent while of some nobody knows"},
    {.name = "undated",
     .json = "undated",
     .offset = offsetof(struct view, dates.undated),
     .kind = F_I64,
     .is_set = true,
     .about = "units for which there is no date yet"},
    WORD(note),
    FIELD(struct view, goods),
    FIELD(struct view, discount),
    FIELD(struct view, services),
    FIELD(struct view, shipping),
    FIELD(struct view, tax, .about = "on top of the prices"),
    FIELD(struct view, tax_included, .about = "inside the prices"),
    FIELD_LIST(struct view, taxes, tax_view_fields, .about = "by rate, as it was when placed"),
    FIELD(struct view, total),
    {.name = "placed_us",
     .json = "placed_at",
     .offset = offsetof(struct view, o.placed_us),
     .kind = F_INSTANT,
     .is_set = true},
    {.name = "created_us",
     .json = "created_at",
     .offset = offsetof(struct view, o.created_us),
     .kind = F_INSTANT,
     .is_set = true},
    COUNTER(units),
    COUNTER(allocated),
    COUNTER(released),
    COUNTER(picked),
    COUNTER(packed),
    COUNTER(shipped),
    COUNTER(delivered),
    COUNTER(cancelled),
    COUNTER(returned),
    FIELD_RECORD(struct view, ship_to, postal_address_fields),
    FIELD_RECORD(struct view, bill_to, postal_address_fields),
    FIELD_LIST(struct view, lines, line_view_fields),
    FIELD_LIST(struct view, holds, hold_view_fields, .about = "those let go as well"),
    FIELD_LIST(struct view, promises, promise_view_fields),
    {.name = "earmarks",
     .json = "earmarks",
     .offset = offsetof(struct view, dates.earmarks),
     .kind = F_LIST,
     .of = &earmark_view_fields,
     .is_set = true,
     .about = "units of expected deliveries that it waits for"},
    FIELD_LIST(struct view, fulfillments, work_fields),
    FIELD_LIST(struct view, packages, parcel_fields),
    FIELD_RECORD(struct view, money, purse_fields),
    FIELD_TEXTS(struct view, actions, .about = "what may be done to it now"),
};
const struct fields order_view_fields = FIELDS("order", struct view, view_table);

/* The rows behind one view. */
struct known {
    struct owner_codes codes;
    const char *currency;
    struct list lines, products, offers, holds, promises, sites, work, tasks, packages, labels,
        payments, refunds, taxes, substitutions;
};

static int64_t *ids_of(struct ctx *c, const struct list *rows, size_t size, size_t offset)
{
    int64_t *ids = arena_new(c->arena, int64_t, rows->count + 1);
    for (size_t i = 0; i < rows->count; i++)
        memcpy(&ids[i], (const char *)rows->at + i * size + offset, sizeof ids[i]);
    return ids;
}
#define IDS(list, type, member) ids_of(c, (list), sizeof(type), offsetof(type, member))

static struct text site_code(const struct known *k, int64_t site_id)
{
    const struct site *at = k->sites.at;
    for (size_t i = 0; i < k->sites.count; i++)
        if (at[i].site_id == site_id) return at[i].code;
    return (struct text){0};
}

/* --- parts ----------------------------------------------------------------------------------- */

static struct hold_view hold_view_of(struct ctx *c, const struct hold *h, const struct actors *a)
{
    return (struct hold_view){.hold_id = h->hold_id,
                              .reason = h->reason,
                              .note = h->note,
                              .owner_id = h->owner_id ? h->owner_id : NONE,
                              .placed_us = h->placed_us,
                              .release_due_us = h->release_due_us,
                              .released_us = h->released_us,
                              .released_by = h->released_by ? h->released_by : NONE,
                              .owner = actor_name(c->arena, a, h->owner_id),
                              .releaser = h->released_us == NONE
                                              ? (struct text){0}
                                              : actor_name(c->arena, a, h->released_by)};
}

enum err hold_views(struct ctx *c, const struct list *holds, struct list *out)
{
    const struct hold *at = holds->at;
    struct actors actors;
    struct hold_view *views = arena_new(c->arena, struct hold_view, holds->count + 1);
    int64_t *ids = arena_new(c->arena, int64_t, holds->count * 2 + 1);
    for (size_t i = 0; i < holds->count; i++) {
        ids[2 * i] = at[i].owner_id;
        ids[2 * i + 1] = at[i].released_by;
    }
    TRY(actors_load(c, ids, holds->count * 2, &actors));
    for (size_t i = 0; i < holds->count; i++) views[i] = hold_view_of(c, &at[i], &actors);
    *out = (struct list){views, holds->count};
    return OK;
}

static struct list promises_view(struct ctx *c, const struct known *k)
{
    const struct promise *at = k->promises.at;
    struct promise_view *views = arena_new(c->arena, struct promise_view, k->promises.count + 1);
    for (size_t i = 0; i < k->promises.count; i++)
        views[i] = (struct promise_view){at[i].line_no,  site_code(k, at[i].site_id),
                                         at[i].quantity, at[i].consumed,
                                         at[i].released, at[i].promised_day};
    return (struct list){views, k->promises.count};
}

static struct list tasks_view(struct ctx *c, const struct known *k, int64_t fulfillment_id)
{
    const struct task *at = k->tasks.at;
    struct task_count counts[TASK_PUT_BACK + 1] = {{0}};
    struct task_count *views = arena_new(c->arena, struct task_count, TASK_PUT_BACK + 1);
    size_t n = 0;
    for (size_t i = 0; i < k->tasks.count; i++) {
        if (at[i].fulfillment_id != fulfillment_id) continue;
        bool is_open = at[i].state == TASK_READY || at[i].state == TASK_LEASED;
        *(is_open ? &counts[at[i].kind].open : &counts[at[i].kind].done) += 1;
    }
    for (int32_t kind = 0; kind <= TASK_PUT_BACK; kind++)
        if (counts[kind].open || counts[kind].done)
            views[n++] = (struct task_count){kind, counts[kind].open, counts[kind].done};
    return (struct list){views, n};
}

static struct list work_view(struct ctx *c, const struct known *k)
{
    const struct fulfillment *at = k->work.at;
    struct work_view *views = arena_new(c->arena, struct work_view, k->work.count + 1);
    for (size_t i = 0; i < k->work.count; i++)
        views[i] = (struct work_view){.fulfillment_id = at[i].fulfillment_id,
                                      .site = site_code(k, at[i].site_id),
                                      .state = at[i].state,
                                      .version = at[i].version,
                                      .due_us = at[i].due_us,
                                      .promised_day = at[i].promised_day,
                                      .tote = at[i].tote,
                                      .units = at[i].units,
                                      .picked = at[i].picked,
                                      .packed = at[i].packed,
                                      .tasks = tasks_view(c, k, at[i].fulfillment_id)};
    return (struct list){views, k->work.count};
}

/* The label that counts: not voided, not failed. */
static const struct label *label_of(const struct known *k, int64_t package_id)
{
    const struct label *at = k->labels.at, *found = NULL;
    for (size_t i = 0; i < k->labels.count; i++)
        if (at[i].package_id == package_id && at[i].state < LABEL_VOIDED) found = &at[i];
    return found;
}

static struct list packages_view(struct ctx *c, const struct known *k)
{
    const struct package *at = k->packages.at;
    struct parcel_view *views = arena_new(c->arena, struct parcel_view, k->packages.count + 1);
    for (size_t i = 0; i < k->packages.count; i++) {
        const struct label *l = label_of(k, at[i].package_id);
        views[i] =
            (struct parcel_view){.package_id = at[i].package_id,
                                 .fulfillment_id = at[i].fulfillment_id,
                                 .number = at[i].number,
                                 .state = at[i].state,
                                 .status = at[i].status,
                                 .carrier = l ? l->carrier : (struct text){0},
                                 .service = l ? l->service : (struct text){0},
                                 .tracking_number = l ? l->tracking_number : (struct text){0},
                                 .sscc = at[i].sscc,
                                 .inside_id = at[i].inside_id,
                                 .weight_g = at[i].weight_g,
                                 .handed_over_us = at[i].handed_over_us,
                                 .delivered_us = at[i].delivered_us};
    }
    return (struct list){views, k->packages.count};
}

static struct purse_view *money_view(struct ctx *c, const struct known *k, const struct view *v)
{
    struct purse_view *m = arena_new(c->arena, struct purse_view, 1);
    bool is_draft = v->s.commercial == COMMERCIAL_DRAFT;
    int64_t owed = is_draft ? 0 : worth_owed(c->arena, &v->o, &v->s, k->lines.at, k->lines.count);
    struct payment_balance b =
        payment_balance(k->payments.at, k->payments.count, owed, k->refunds.at, k->refunds.count);
    *m = (struct purse_view){money(b.owed, k->currency),      money(b.authorised, k->currency),
                             money(b.captured, k->currency),  money(b.refunded, k->currency),
                             money(b.due, k->currency),       money(b.credited, k->currency),
                             money(b.owed_back, k->currency), (int64_t)k->payments.count};
    return m;
}

static struct list actions_of(struct ctx *c, const struct known *k, const struct view *v)
{
    const struct order_state *s = &v->s;
    struct text *words = arena_new(c->arena, struct text, 10);
    size_t n = 0;
    bool is_asked = false;
    const struct hold *holds = k->holds.at;
    for (size_t i = 0; i < k->holds.count; i++)
        if (holds[i].reason == HOLD_CONFIRMATION && holds[i].released_us == NONE) is_asked = true;
    bool is_placed = s->commercial == COMMERCIAL_PLACED;
    if (s->commercial == COMMERCIAL_DRAFT) words[n++] = T("place");
    if (is_placed && is_asked) words[n++] = T("confirm");
    if (order_is_cancellable(s)) words[n++] = T("cancel");
    bool is_here = is_placed && s->shipped < s->units - s->cancelled;
    if (is_here) words[n++] = T("change");
    if (is_here) words[n++] = T("hold");
    if (s->holds > 0) words[n++] = T("release");
    if (is_placed && v->money->due.minor > v->money->authorised.minor) words[n++] = T("pay");
    if (v->money->captured.minor > v->money->refunded.minor) words[n++] = T("refund");
    if (s->delivered > s->returned) words[n++] = T("return");
    return (struct list){words, n};
}

/* --- the whole ------------------------------------------------------------------------------- */

static enum err load_work(struct ctx *c, int64_t order_id, struct known *k)
{
    TRY(fulfillments_of_orders(c, &order_id, 1, &k->work));
    TRY(packages_of_orders(c, &order_id, 1, &k->packages));
    if (k->work.count)
        TRY(tasks_of(c, IDS(&k->work, struct fulfillment, fulfillment_id), k->work.count,
                     &k->tasks));
    if (k->packages.count) TRY(labels_shown(c, &k->packages, &k->labels));
    return OK;
}

static enum err load(struct ctx *c, int64_t order_id, struct known *k)
{
    TRY(order_lines_of(c, &order_id, 1, &k->lines));
    const struct order_line *lines = k->lines.at;
    int64_t *ids = arena_new(c->arena, int64_t, k->lines.count + 1);
    size_t n = 0;
    for (size_t i = 0; i < k->lines.count; i++)
        if (lines[i].product_id != NONE && lines[i].kind != LINE_SERVICE)
            ids[n++] = lines[i].product_id;
    sort_i64(ids, n);
    TRY(products_of(c, ids, unique_i64(ids, n), &k->products));
    TRY(service_list(c, &k->offers));
    TRY(site_list(c, &k->sites));
    TRY(holds_of(c, &order_id, 1, false, &k->holds));
    TRY(promises_of(c, &order_id, 1, &k->promises));
    TRY(payments_of(c, &order_id, 1, &k->payments));
    TRY(refunds_of(c, &order_id, 1, &k->refunds));
    TRY(order_taxes_of(c, &order_id, 1, &k->taxes));
    TRY(substitutions_of(c, &order_id, 1, &k->substitutions));
    return load_work(c, order_id, k);
}

static enum err load_addresses(struct ctx *c, struct view *v)
{
    const int64_t ids[] = {v->o.ship_to_id, v->o.bill_to_id};
    struct list found;
    TRY(addresses_of(c, ids, 2, &found));
    struct address *at = found.at;
    for (size_t i = 0; i < found.count; i++) {
        if (at[i].address_id == v->o.ship_to_id) v->ship_to = &at[i].at;
        if (at[i].address_id == v->o.bill_to_id) v->bill_to = &at[i].at;
    }
    return OK;
}

enum err order_view(struct ctx *c, int64_t order_id, const void **out, int64_t *version)
{
    struct view *v = arena_new(c->arena, struct view, 1);
    struct known k = {0};
    TRY(order_get(c, order_id, &v->o));
    TRY(order_state_get(c, order_id, &v->s));
    TRY(event_version(c, order_id, &v->version));
    TRY(load_addresses(c, v));
    TRY(load(c, order_id, &k));
    TRY(owner_codes_load(c, &v->o.owner_id, 1, &k.codes));
    v->owner = owner_code(&k.codes, v->o.owner_id);
    k.currency = text_cstr(c->arena, v->o.currency);
    v->goods = money(v->o.goods_minor, k.currency);
    v->discount = money(v->o.discount_minor, k.currency);
    v->services = money(v->o.service_minor, k.currency);
    v->shipping = money(v->o.shipping_minor, k.currency);
    v->tax = money(v->o.tax_minor, k.currency);
    v->total = money(v->o.total_minor, k.currency);
    v->taxes = tax_views(c, &k.taxes, k.currency, &v->tax_included);
    struct order_dates *dates;
    TRY(order_dates_of(c, &order_id, 1, &k.lines, &k.promises, &dates));
    v->dates = *dates;
    v->lines = line_views(
        c, &(struct line_facts){k.currency, k.lines, k.products, k.offers, k.substitutions});
    TRY(hold_views(c, &k.holds, &v->holds));
    v->promises = promises_view(c, &k);
    v->fulfillments = work_view(c, &k);
    v->packages = packages_view(c, &k);
    v->money = money_view(c, &k, v);
    v->actions = actions_of(c, &k, v);
    *out = v;
    *version = v->version;
    return OK;
}
