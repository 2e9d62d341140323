#include "faces/api/preview.h"

#include "base/source.h"
#include "base/time.h"
#include "domain/catalog/product.h"
#include "domain/customers/message.h"
#include "domain/events/event.h"
#include "domain/events/job.h"
#include "domain/inventory/asn.h"
#include "domain/inventory/stock.h"
#include "domain/orders/order.h"
#include "domain/orders/package.h"
#include "domain/orders/return.h"
#include "domain/orders/told_date.h"
#include "domain/orders/work.h"
#include "domain/sites/site.h"
#include "faces/api/preview_inside.h"
#include "faces/api/why.h"
#include "stages/7_completion/cases.h"

#include <stdlib.h>
#include <string.h>

static const struct field stock_table[] = {
    FIELD(struct preview_stock, sku),
    FIELD(struct preview_stock, site, .about = "its code"),
    FIELD(struct preview_stock, bin, .about = "its code; null: what the site can promise"),
    FIELD(struct preview_stock, lot),
    FIELD(struct preview_stock, condition, .about = "null: sellable"),
    FIELD(struct preview_stock, what,
          .about = "sellable or promised of a site, on_hand or allotted of a bin"),
    FIELD(struct preview_stock, before),
    FIELD(struct preview_stock, after),
    FIELD(struct preview_stock, words, .about = "the same for people"),
};
static const struct fields stock_change_fields =
    FIELDS("preview_stock", struct preview_stock, stock_table);

static const struct field money_table[] = {
    FIELD(struct preview_money, order, .flags = F_NULL, .about = "its number"),
    FIELD(struct preview_money, what,
          .about = "total, to pay (without what is cancelled), an intent (authorise, capture, "
                   "refund, void), entry: money that moves, owed: a refund, gift_card or "
                   "store_credit: what is left on it, invoice or credit_note"),
    FIELD(struct preview_money, before, .about = "null: there was none"),
    FIELD(struct preview_money, after, .about = "null: there is none any more"),
    FIELD(struct preview_money, words, .about = "the same for people"),
};
static const struct fields money_change_fields =
    FIELDS("preview_money", struct preview_money, money_table);

static const struct field change_table[] = {
    FIELD(struct preview_change, order, .flags = F_NULL, .about = "its number"),
    FIELD(struct preview_change, what),
    FIELD(struct preview_change, before, .about = "null: it was not there"),
    FIELD(struct preview_change, after, .about = "null: it is gone"),
    FIELD(struct preview_change, words, .about = "the same for people"),
};
static const struct fields change_fields =
    FIELDS("preview_change", struct preview_change, change_table);

static const struct field message_table[] = {
    FIELD(struct preview_message, order, .flags = F_NULL, .about = "its number"),
    FIELD(struct preview_message, template),
    FIELD(struct preview_message, recipient),
    FIELD(struct preview_message, words, .about = "the same for people"),
};
static const struct fields message_change_fields =
    FIELDS("preview_message", struct preview_message, message_table);

static const struct field event_table[] = {
    FIELD(struct preview_event, kind),
    FIELD(struct preview_event, order, .flags = F_NULL, .about = "the order's number"),
};
static const struct fields event_change_fields =
    FIELDS("preview_event", struct preview_event, event_table);

enum { SHOWN_MAX = 1000000 };
static const struct field preview_table[] = {
    FIELD_LIST(struct preview, stock, stock_change_fields, .max = SHOWN_MAX),
    FIELD_LIST(struct preview, money, money_change_fields, .max = SHOWN_MAX),
    FIELD_LIST(struct preview, dates, change_fields, .max = SHOWN_MAX,
               .about = "days the customer is told, instants work is due, timers"),
    FIELD_LIST(struct preview, messages, message_change_fields, .max = SHOWN_MAX,
               .about = "mails that will be sent"),
    FIELD_LIST(struct preview, work, change_fields, .max = SHOWN_MAX,
               .about = "orders, fulfillments, tasks, packages, labels, holds, returns, cases and "
                        "deliveries"),
    FIELD_LIST(struct preview, events, event_change_fields, .max = SHOWN_MAX,
               .about = "what will be told, in its order"),
};
const struct fields preview_fields = FIELDS("preview", struct preview, preview_table);

/* --- comparing ------------------------------------------------------------------------------- */

static int compare_rows(const void *a, const void *b, void *arg)
{
    const struct key *k = arg;
    for (size_t i = k->first; i < k->first + k->count; i++) {
        const struct field *f = &k->f->at[i];
        int order = 0;
        if (f->kind == F_TEXT) {
            struct text x, y;
            memcpy(&x, (const char *)a + f->offset, sizeof x);
            memcpy(&y, (const char *)b + f->offset, sizeof y);
            order = text_cmp(x, y);
        } else {
            int64_t x = field_i64(f, a), y = field_i64(f, b);
            order = (x > y) - (x < y);
        }
        if (order) return order;
    }
    return 0;
}

/* Both sides in the order of their keys; `tell` gets NULL for the side that has no such row. */
void preview_each(struct telling *t, struct key key, struct list before, struct list after,
                  tell_fn *tell)
{
    size_t size = key.f->size, i = 0, k = 0;
    if (before.count) qsort_r(before.at, before.count, size, compare_rows, &key);
    if (after.count) qsort_r(after.at, after.count, size, compare_rows, &key);
    while (i < before.count || k < after.count) {
        const char *x = (const char *)before.at + i * size, *y = (const char *)after.at + k * size;
        int order = i == before.count ? 1 : k == after.count ? -1 : compare_rows(x, y, &key);
        tell(t, order <= 0 ? x : NULL, order >= 0 ? y : NULL);
        i += order <= 0;
        k += order >= 0;
    }
}

/* --- names ----------------------------------------------------------------------------------- */

static struct text sku_of(const struct telling *t, int64_t product_id)
{
    const struct product *p = product_in(&t->names->products, product_id);
    return p ? p->sku : T("?");
}

static struct text site_code(const struct telling *t, int64_t site_id)
{
    const struct site *at = t->names->sites.at;
    for (size_t i = 0; i < t->names->sites.count; i++)
        if (at[i].site_id == site_id) return at[i].code;
    return T("?");
}

static struct text bin_code(const struct telling *t, int64_t bin_id)
{
    const struct bin *at = t->names->bins.at;
    for (size_t i = 0; i < t->names->bins.count; i++)
        if (at[i].bin_id == bin_id) return at[i].code;
    return T("?");
}

const struct order *preview_order_of(const struct telling *t, int64_t order_id)
{
    return LIST_FIND(&t->names->orders, struct order, order_id, order_id);
}

int64_t preview_number_of(const struct telling *t, int64_t order_id)
{
    const struct order *o = preview_order_of(t, order_id);
    return o ? o->number : NONE;
}

static const struct fulfillment *work_of(const struct telling *t, int64_t fulfillment_id)
{
    const struct fulfillment *at = t->names->work.at;
    for (size_t i = 0; i < t->names->work.count; i++)
        if (at[i].fulfillment_id == fulfillment_id) return &at[i];
    return NULL;
}

/* --- stock ----------------------------------------------------------------------------------- */

static void add_stock(struct telling *t, struct preview_stock s)
{
    struct list *l = &t->out->stock;
    if (s.before == s.after) return;
    struct text where = text_printf(t->a, "%s%.*s%s%.*s", s.bin.at ? " in " : "", TEXT_ARG(s.bin),
                                    s.site.at ? " at " : "", TEXT_ARG(s.site));
    struct text which = text_printf(t->a, "%s%.*s%s%.*s", s.lot.at ? ", lot " : "", TEXT_ARG(s.lot),
                                    s.condition.at ? ", " : "", TEXT_ARG(s.condition));
    struct text what = text_is(s.what, "on_hand") ? T("on hand") : s.what;
    s.words = text_printf(t->a, "%.*s%.*s%.*s: %.*s %lld → %lld", TEXT_ARG(s.sku), TEXT_ARG(where),
                          TEXT_ARG(which), TEXT_ARG(what), (long long)s.before, (long long)s.after);
    l->at = arena_grow(t->a, l->at, l->count, &t->stock, sizeof s);
    ((struct preview_stock *)l->at)[l->count++] = s;
}

static void tell_availability(struct telling *t, const void *before, const void *after)
{
    const struct availability none = {0}, *b = before ? before : &none, *n = after ? after : &none;
    const struct availability *any = after ? after : before;
    struct preview_stock s = {.sku = sku_of(t, any->product_id),
                              .site = site_code(t, any->site_id),
                              .what = T("sellable"),
                              .before = b->sellable,
                              .after = n->sellable};
    add_stock(t, s);
    s.what = T("promised");
    s.before = b->promised;
    s.after = n->promised;
    add_stock(t, s);
    s.what = T("safety");
    s.before = b->safety;
    s.after = n->safety;
    add_stock(t, s);
}

static void tell_cell(struct telling *t, const void *before, const void *after)
{
    const struct stock none = {0}, *b = before ? before : &none, *n = after ? after : &none;
    const struct stock *any = after ? after : before;
    struct preview_stock s = {.sku = sku_of(t, any->product_id),
                              .site = site_code(t, any->site_id),
                              .bin = bin_code(t, any->place_id),
                              .what = T("on_hand"),
                              .before = b->on_hand,
                              .after = n->on_hand};
    if (any->lot.len) s.lot = any->lot;
    if (any->condition != CONDITION_SELLABLE)
        s.condition = text_of(word_of(&stock_condition_words, any->condition));
    add_stock(t, s);
    s.what = T("allotted");
    s.before = b->allotted;
    s.after = n->allotted;
    add_stock(t, s);
}

/* --- dates and work -------------------------------------------------------------------------- */

static void add_change(struct telling *t, bool is_date, struct preview_change x)
{
    struct list *l = is_date ? &t->out->dates : &t->out->work;
    if (text_eq(x.before, x.after) && !x.before.at == !x.after.at) return;
    struct buf b = buf_new(t->a);
    if (x.order != NONE) buf_printf(&b, "order %lld: ", (long long)x.order);
    buf_printf(&b, "%.*s", TEXT_ARG(x.what));
    if (x.before.at) buf_printf(&b, " %.*s →", TEXT_ARG(x.before));
    buf_printf(&b, " %.*s", TEXT_ARG(x.after.at ? x.after : T("nothing")));
    x.words = buf_text(&b);
    l->at = arena_grow(t->a, l->at, l->count, is_date ? &t->dates : &t->work, sizeof x);
    ((struct preview_change *)l->at)[l->count++] = x;
}

static struct text day_or_none(struct arena *a, int64_t day)
{
    return day == NONE ? (struct text){0} : day_text(a, day);
}

static void tell_promise(struct telling *t, const void *before, const void *after)
{
    const struct promise *b = before, *n = after, *any = n ? n : b;
    struct text site = site_code(t, any->site_id);
    struct preview_change x = {.order = preview_number_of(t, any->order_id)};
    if (b) x.before = day_or_none(t->a, b->promised_day);
    if (n) x.after = day_or_none(t->a, n->promised_day);
    x.what = text_printf(t->a, "line %lld of %.*s is promised for", (long long)any->line_no,
                         TEXT_ARG(site));
    add_change(t, true, x);
}

/* Of units that wait for a delivery. */
static void tell_told(struct telling *t, const void *before, const void *after)
{
    const struct told_date *b = before, *n = after, *any = n ? n : b;
    struct preview_change x = {.order = preview_number_of(t, any->order_id)};
    struct text day = any->day == NONE ? T("without a date")
                                       : text_printf(t->a, "expected by %.*s",
                                                     TEXT_ARG(day_text(t->a, any->day)));
    if (b) x.before = units_text(t->a, b->units);
    if (n) x.after = units_text(t->a, n->units);
    x.what = text_printf(t->a, "line %lld, %.*s:", (long long)any->line_no, TEXT_ARG(day));
    add_change(t, true, x);
}

static void tell_due(struct telling *t, const struct fulfillment *b, const struct fulfillment *n)
{
    struct text site = site_code(t, n->site_id);
    struct preview_change x = {.order = preview_number_of(t, n->order_id)};
    x.what = text_printf(t->a, "the work of %.*s has to leave by", TEXT_ARG(site));
    if (b) x.before = instant_text(t->a, b->due_us);
    x.after = instant_text(t->a, n->due_us);
    add_change(t, true, x);
}

static struct text progress_text(struct arena *a, const struct fulfillment *f)
{
    const char *state = word_of(&fulfillment_state_words, f->state);
    if (f->state == FULFILLMENT_PICKING)
        return text_printf(a, "%s (%lld of %lld)", state, (long long)f->picked,
                           (long long)f->units);
    if (f->state == FULFILLMENT_PACKING)
        return text_printf(a, "%s (%lld of %lld)", state, (long long)f->packed,
                           (long long)f->units);
    return text_of(state);
}

static void tell_work(struct telling *t, const void *before, const void *after)
{
    const struct fulfillment *b = before, *n = after;
    if (!n) return;
    tell_due(t, b, n);
    struct preview_change x = {.order = preview_number_of(t, n->order_id)};
    x.what = text_printf(t->a, "the work of %.*s, %.*s,", TEXT_ARG(site_code(t, n->site_id)),
                         TEXT_ARG(units_text(t->a, n->units)));
    if (b) x.before = progress_text(t->a, b);
    x.after = progress_text(t->a, n);
    add_change(t, false, x);
    if (!b || b->version == n->version) return;
    x.what = text_printf(t->a, "who works on it at %.*s is stopped, version",
                         TEXT_ARG(site_code(t, n->site_id)));
    x.before = text_printf(t->a, "%lld", (long long)b->version);
    x.after = text_printf(t->a, "%lld", (long long)n->version);
    add_change(t, false, x);
}

static struct text task_text(struct arena *a, const struct task *k)
{
    const char *state = word_of(&task_state_words, k->state);
    return k->done ? text_printf(a, "%s (%lld done)", state, (long long)k->done) : text_of(state);
}

static void tell_task(struct telling *t, const void *before, const void *after)
{
    const struct task *b = before, *n = after, *any = n ? n : b;
    const struct fulfillment *f = work_of(t, any->fulfillment_id);
    struct preview_change x = {.order = f ? preview_number_of(t, f->order_id) : NONE};
    struct buf what = buf_new(t->a);
    buf_printf(&what, "task %s %lld", word_of(&task_kind_words, any->kind),
               (long long)any->quantity);
    if (any->product_id != NONE) buf_printf(&what, " × %.*s", TEXT_ARG(sku_of(t, any->product_id)));
    if (any->place_id != NONE) buf_printf(&what, " at %.*s", TEXT_ARG(bin_code(t, any->place_id)));
    x.what = buf_text(&what);
    if (b) x.before = task_text(t->a, b);
    if (n) x.after = task_text(t->a, n);
    add_change(t, false, x);
}

static void tell_state(struct telling *t, const void *before, const void *after)
{
    const struct order_state *b = before, *n = after;
    if (!n) return;
    struct preview_change x = {.order = n ? preview_number_of(t, n->order_id) : NONE,
                               .what = T("stage")};
    if (b) x.before = text_of(word_of(&stage_words, b->stage));
    x.after = text_of(word_of(&stage_words, n->stage));
    add_change(t, false, x);
    if (b && b->commercial == n->commercial) return;
    x.what = T("it is");
    x.before = b ? text_of(word_of(&commercial_words, b->commercial)) : (struct text){0};
    x.after = text_of(word_of(&commercial_words, n->commercial));
    add_change(t, false, x);
}

static struct text place_words(struct arena *a, const struct package *p)
{
    if (p->inside_id == NONE) return T("on its own");
    return text_printf(a, "inside %.*s", TEXT_ARG(id_text(a, "pkg", p->inside_id)));
}

static void tell_package(struct telling *t, const void *before, const void *after)
{
    const struct package *b = before, *n = after, *any = n ? n : b;
    struct preview_change x = {.order = preview_number_of(t, any->order_id)};
    x.what =
        text_printf(t->a, "package %d of %.*s", any->number, TEXT_ARG(site_code(t, any->site_id)));
    if (b) x.before = text_of(word_of(&package_state_words, b->state));
    if (n) x.after = text_of(word_of(&package_state_words, n->state));
    add_change(t, false, x);
    if (b && n && b->inside_id != n->inside_id) {
        struct preview_change lies = x;
        lies.what = text_printf(t->a, "%.*s lies", TEXT_ARG(x.what));
        lies.before = place_words(t->a, b);
        lies.after = place_words(t->a, n);
        add_change(t, false, lies);
    }
    if (!b || !n || b->status == n->status) return;
    x.what = text_printf(t->a, "%.*s is", TEXT_ARG(x.what));
    x.before = text_of(word_of(&tracking_status_words, b->status));
    x.after = text_of(word_of(&tracking_status_words, n->status));
    add_change(t, false, x);
}

static void tell_label(struct telling *t, const void *before, const void *after)
{
    const struct label *b = before, *n = after;
    const struct package *at = t->names->packages.at;
    struct preview_change x = {.order = NONE};
    if (!n) return;
    for (size_t i = 0; i < t->names->packages.count; i++)
        if (at[i].package_id == n->package_id) x.order = preview_number_of(t, at[i].order_id);
    x.what = text_printf(t->a, "label of %.*s %.*s", TEXT_ARG(n->carrier), TEXT_ARG(n->service));
    if (b) x.before = text_of(word_of(&label_state_words, b->state));
    x.after = text_of(word_of(&label_state_words, n->state));
    add_change(t, false, x);
}

static void tell_hold(struct telling *t, const void *before, const void *after)
{
    const struct hold *b = before, *n = after;
    if (!n) return;
    struct preview_change x = {.order = preview_number_of(t, n->order_id)};
    x.what = text_printf(t->a, "hold %s", word_of(&hold_reason_words, n->reason));
    if (b) x.before = b->released_us == NONE ? T("placed") : T("released");
    x.after = n->released_us == NONE ? T("placed") : T("released");
    add_change(t, false, x);
    if (b || n->release_due_us == NONE) return;
    x.what = text_printf(t->a, "%.*s ends by itself", TEXT_ARG(x.what));
    x.after = instant_text(t->a, n->release_due_us);
    add_change(t, true, x);
}

/* Timers; what asks others stands with the money, the labels and the messages. */
static void tell_job(struct telling *t, const void *before, const void *after)
{
    const struct job *n = after;
    if (before || !n) return;
    if (n->kind == JOB_PAYMENT || n->kind == JOB_LABEL || n->kind == JOB_MESSAGE) return;
    struct preview_change x = {.order = preview_number_of(t, n->subject_id)};
    x.what = text_printf(t->a, "timer %s", word_of(&job_words, n->kind));
    x.after = instant_text(t->a, n->due_us);
    add_change(t, true, x);
}

/* --- returns, cases, deliveries -------------------------------------------------------------- */

static struct text return_text(struct arena *a, const struct return_line *l)
{
    const char *state = word_of(&return_state_words, l->state);
    struct buf b = buf_new(a);
    buf_puts(&b, state);
    if (l->received) buf_printf(&b, ", %lld came back", (long long)l->received);
    if (l->restocked) buf_printf(&b, ", %lld for sale again", (long long)l->restocked);
    if (l->scrapped) buf_printf(&b, ", %lld scrapped", (long long)l->scrapped);
    if (l->ended) buf_printf(&b, ", %lld settled", (long long)l->ended);
    return buf_text(&b);
}

static void tell_return_line(struct telling *t, const void *before, const void *after)
{
    const struct return_line *b = before, *n = after, *any = n ? n : b;
    struct preview_change x = {.order = NONE};
    const struct order_return *r = t->names->returns.at; /* by order */
    for (size_t i = 0; i < t->names->returns.count; i++)
        if (r[i].return_id == any->return_id) x.order = preview_number_of(t, r[i].order_id);
    x.what = text_printf(t->a, "return of %lld × %.*s", (long long)any->quantity,
                         TEXT_ARG(sku_of(t, any->product_id)));
    if (b) x.before = return_text(t->a, b);
    if (n) x.after = return_text(t->a, n);
    add_change(t, false, x);
}

static struct text case_text(const struct care_case *k)
{
    return k->resolution < 0 ? T("open") : text_of(word_of(&case_resolution_words, k->resolution));
}

static void tell_case(struct telling *t, const void *before, const void *after)
{
    const struct care_case *b = before, *n = after, *any = n ? n : b;
    struct preview_change x = {.order = preview_number_of(t, any->order_id)};
    x.what = text_printf(t->a, "case %s", word_of(&case_kind_words, any->kind));
    if (b) x.before = case_text(b);
    if (n) x.after = case_text(n);
    add_change(t, false, x);
}

static void tell_delivery(struct telling *t, const void *before, const void *after)
{
    const struct asn *b = before, *n = after, *any = n ? n : b;
    struct preview_change x = {.order = NONE};
    x.what = text_printf(t->a, "delivery %.*s of %.*s", TEXT_ARG(any->reference),
                         TEXT_ARG(any->supplier));
    if (b) x.before = text_of(word_of(&asn_state_words, b->state));
    if (n) x.after = text_of(word_of(&asn_state_words, n->state));
    add_change(t, false, x);
    if (b) x.before = day_or_none(t->a, b->expected_day);
    if (n) x.after = day_or_none(t->a, n->expected_day);
    x.what = text_printf(t->a, "%.*s is expected on", TEXT_ARG(x.what));
    add_change(t, true, x);
}

static void tell_delivery_line(struct telling *t, const void *before, const void *after)
{
    const struct asn_line *b = before, *n = after, *any = n ? n : b;
    struct preview_change x = {.order = NONE};
    struct text name = any->product_id == NONE ? any->code : sku_of(t, any->product_id);
    x.what = text_printf(t->a, "%.*s announced", TEXT_ARG(name));
    if (b)
        x.before = text_printf(t->a, "%lld, %lld received", (long long)b->expected,
                               (long long)b->received);
    if (n)
        x.after = text_printf(t->a, "%lld, %lld received", (long long)n->expected,
                              (long long)n->received);
    add_change(t, false, x);
}

/* --- messages and events --------------------------------------------------------------------- */

static void tell_message(struct telling *t, const void *before, const void *after)
{
    const struct message *n = after;
    struct list *l = &t->out->messages;
    if (before) return;
    struct text template = text_of(word_of(&message_template_words, n->template));
    struct preview_message m = {.order = preview_number_of(t, n->order_id),
                                .template = template,
                                .recipient = n->recipient};
    m.words = text_printf(t->a, "order %lld: %.*s → %.*s", (long long)m.order, TEXT_ARG(template),
                          TEXT_ARG(n->recipient));
    l->at = arena_grow(t->a, l->at, l->count, &t->messages, sizeof m);
    ((struct preview_message *)l->at)[l->count++] = m;
}

static void tell_events(struct telling *t, const struct list *events)
{
    const struct event *e = events->at;
    struct preview_event *out = arena_new(t->a, struct preview_event, events->count + 1);
    for (size_t i = 0; i < events->count; i++)
        out[i] = (struct preview_event){text_of(word_of(&event_words, e[i].kind)),
                                        preview_number_of(t, e[i].order_id)};
    t->out->events = (struct list){out, events->count};
}

void preview_compare(struct arena *a, const struct preview_state *b, const struct preview_state *n,
                     const struct list *events, struct preview *out)
{
    struct telling t = {.a = a, .names = n, .out = out};
    *out = (struct preview){0};
    preview_each(&t, (struct key){&availability_fields, 0, 2}, b->availability, n->availability,
                 tell_availability);
    preview_each(&t, (struct key){&stock_fields, 0, 5}, b->cells, n->cells, tell_cell);
    preview_tell_money(&t, b, n);
    preview_each(&t, (struct key){&promise_fields, 1, 3}, b->promises, n->promises, tell_promise);
    preview_each(&t, (struct key){&told_date_fields, 0, 3}, b->told_dates, n->told_dates,
                 tell_told);
    preview_each(&t, (struct key){&order_state_fields, 0, 1}, b->states, n->states, tell_state);
    preview_each(&t, (struct key){&fulfillment_fields, 1, 1}, b->work, n->work, tell_work);
    preview_each(&t, (struct key){&task_fields, 2, 1}, b->tasks, n->tasks, tell_task);
    preview_each(&t, (struct key){&package_fields, 1, 1}, b->packages, n->packages, tell_package);
    preview_each(&t, (struct key){&label_fields, 2, 1}, b->labels, n->labels, tell_label);
    preview_each(&t, (struct key){&hold_fields, 1, 1}, b->holds, n->holds, tell_hold);
    preview_each(&t, (struct key){&return_line_fields, 1, 2}, b->return_lines, n->return_lines,
                 tell_return_line);
    preview_each(&t, (struct key){&care_case_fields, 2, 1}, b->cases, n->cases, tell_case);
    preview_each(&t, (struct key){&asn_fields, 1, 1}, b->deliveries, n->deliveries, tell_delivery);
    preview_each(&t, (struct key){&asn_line_fields, 1, 2}, b->delivery_lines, n->delivery_lines,
                 tell_delivery_line);
    preview_each(&t, (struct key){&job_fields, 0, 1}, b->jobs, n->jobs, tell_job);
    preview_each(&t, (struct key){&message_fields, 1, 1}, b->messages, n->messages, tell_message);
    tell_events(&t, events);
}

/* --- for people ------------------------------------------------------------------------------ */

void preview_put_people(struct buf *b, const struct preview *p)
{
    const struct {
        const char *head;
        const struct list *list;
        size_t size, words;
    } parts[] = {
        {"stock", &p->stock, sizeof(struct preview_stock), offsetof(struct preview_stock, words)},
        {"money", &p->money, sizeof(struct preview_money), offsetof(struct preview_money, words)},
        {"date", &p->dates, sizeof(struct preview_change), offsetof(struct preview_change, words)},
        {"mail", &p->messages, sizeof(struct preview_message),
         offsetof(struct preview_message, words)},
        {"work", &p->work, sizeof(struct preview_change), offsetof(struct preview_change, words)},
    };
    size_t lines = 0;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        for (size_t k = 0; k < parts[i].list->count; k++, lines++) {
            struct text words;
            memcpy(&words, (const char *)parts[i].list->at + k * parts[i].size + parts[i].words,
                   sizeof words);
            buf_printf(b, "%s: %.*s\n", parts[i].head, TEXT_ARG(words));
        }
    const struct preview_event *e = p->events.at;
    for (size_t i = 0; i < p->events.count; i++, lines++) {
        buf_printf(b, "event: %.*s", TEXT_ARG(e[i].kind));
        if (e[i].order != NONE) buf_printf(b, " of order %lld", (long long)e[i].order);
        buf_putc(b, '\n');
    }
    if (!lines) buf_puts(b, "nothing would change in stock, money, dates, messages or work\n");
}
