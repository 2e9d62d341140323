#include "stages/2_processing/confirming.h"

#include "base/source.h"
#include "base/time.h"
#include "domain/customers/customer.h"
#include "domain/orders/change.h"
#include "domain/orders/order.h"
#include "domain/orders/package.h"
#include "domain/orders/work.h"
#include "queries.h"
#include "store/db.h"

static const struct field confirmation_table[] = {
    FIELD_ID(struct confirmation, order_id, "order_id", "ord"),
    FIELD_INSTANT(struct confirmation, asked_us, "asked_at"),
    FIELD_INSTANT(struct confirmation, answered_us, "answered_at"),
    FIELD_ID(struct confirmation, answered_by, "answered_by", "usr", .flags = F_NULL),
    FIELD(struct confirmation, words),
};
const struct fields confirmation_fields =
    FIELDS("confirmation", struct confirmation, confirmation_table);

/* What an answer changes, as it was read. */
struct confirming {
    struct order order;
    struct order_state state;
    struct address before, after;
    int64_t wish_day;
    struct list work; /* struct fulfillment: what can follow the address */
};

enum err confirm_on_asked(struct ctx *c, const struct event *events, size_t count)
{
    for (size_t i = 0; i < count; i++)
        TRY(db_put(c, &Q_confirmation_ask,
                   ARGS(I64(c->merchant_id), I64(events[i].order_id), I64(events[i].at_us))));
    return OK;
}

enum err confirmation_find(struct ctx *c, int64_t order_id, struct confirmation *out, bool *found)
{
    return db_find(c, &Q_confirmation_find, ARGS(I64(c->merchant_id), I64(order_id)),
                   &confirmation_fields, out, found);
}

static bool same_address(const struct postal_address *a, const struct postal_address *b)
{
    const struct fields *f = &postal_address_fields;
    for (size_t i = 0; i < f->count; i++) {
        const struct text *x = (const void *)((const char *)a + f->at[i].offset);
        const struct text *y = (const void *)((const char *)b + f->at[i].offset);
        if (!text_eq(*x, *y)) return false;
    }
    return true;
}

/* The address after the answer, checked and tidied. */
static enum err change_address(struct ctx *c, const struct confirm_answer *a, struct confirming *k)
{
    const struct postal_address *old = &k->before.at;
    struct postal_address wanted = a->ship_to ? *a->ship_to : *old;
    if (text_empty(wanted.phone)) wanted.phone = old->phone;
    if (text_empty(wanted.email)) wanted.email = old->email;
    if (!wanted.instructions.at) wanted.instructions = old->instructions;
    if (a->instructions.at) wanted.instructions = a->instructions;
    k->after = k->before;
    if (same_address(&wanted, old)) return OK;
    if (a->is_by_link && !text_eq_nocase(text_trim(wanted.country), old->country)) {
        fail_at(c, ERR_CONFLICT, "country_fixed", "ship_to.country",
                "the order was agreed for %.*s", TEXT_ARG(text_head(old->country, 2)));
        return hint(c, "delivery to another country has another price; ask the shop");
    }
    /* an old record without a street keeps what it has; only a changed place is checked in full */
    bool is_place = a->ship_to != NULL;
    TRY(address_check(c, &wanted, "ship_to", !is_place));
    address_normalise(c->arena, &wanted, &k->after.at);
    if (same_address(&k->after.at, old)) return OK;
    k->after.address_id = source_id(c->source);
    return OK;
}

static enum err change_day(struct ctx *c, const struct confirm_answer *a, struct confirming *k)
{
    k->wish_day = k->order.wish_day;
    if (a->wish_day == NONE || a->wish_day == k->order.wish_day) return OK;
    if (a->wish_day < day_of_us(c->now_us)) {
        fail_at(c, ERR_INVALID, "wish_date_passed", "wish_date", "that day is over");
        return hint(c, "today or later");
    }
    k->wish_day = a->wish_day;
    return OK;
}

static bool is_labelled(const struct fulfillment *f, const struct list *packages,
                        const struct list *labels)
{
    const struct package *p = packages->at;
    const struct label *l = labels->at;
    if (f->state >= FULFILLMENT_HANDED_OVER) return true;
    for (size_t i = 0; i < packages->count; i++) {
        if (p[i].fulfillment_id != f->fulfillment_id) continue;
        if (p[i].state >= PACKAGE_LABELLED) return true;
        for (size_t k = 0; k < labels->count; k++)
            if (l[k].package_id == p[i].package_id && l[k].state < LABEL_VOIDED) return true;
    }
    return false;
}

static bool is_live(const struct fulfillment *f)
{
    return f->state != FULFILLMENT_CANCELLING && f->state != FULFILLMENT_REJECTED &&
           f->state != FULFILLMENT_CANCELLED;
}

/* The order's work that has no label yet. With all of the order labelled nothing can follow. */
static enum err find_work(struct ctx *c, struct confirming *k)
{
    struct list all, packages, labels = {0};
    int64_t id = k->order.order_id;
    TRY(fulfillments_of_orders(c, &id, 1, &all));
    int64_t *ids = arena_new(c->arena, int64_t, all.count + 1);
    const struct fulfillment *read = all.at;
    for (size_t i = 0; i < all.count; i++) ids[i] = read[i].fulfillment_id;
    if (!all.count) return OK;
    TRY(fulfillments_lock(c, ids, all.count)); /* so that no label is asked for meanwhile */
    TRY(fulfillments_of_orders(c, &id, 1, &all));
    TRY(packages_of_orders(c, &id, 1, &packages));
    int64_t *package_ids = arena_new(c->arena, int64_t, packages.count + 1);
    for (size_t i = 0; i < packages.count; i++)
        package_ids[i] = ((const struct package *)packages.at)[i].package_id;
    if (packages.count) TRY(labels_of(c, package_ids, packages.count, &labels));
    struct fulfillment *work = all.at;
    size_t open = 0, live = 0;
    for (size_t i = 0; i < all.count; i++) {
        if (!is_live(&work[i])) continue;
        live++;
        if (!is_labelled(&work[i], &packages, &labels)) work[open++] = work[i];
    }
    k->work = (struct list){work, open};
    bool is_all_released = k->state.released >= k->state.units - k->state.cancelled;
    if (open || !live || !is_all_released) return OK;
    fail_at(c, ERR_CONFLICT, "too_late", "ship_to", "its packages carry the address already");
    return hint(c, "possible now: ask the carrier to redirect them");
}

static enum err load(struct ctx *c, const struct confirm_answer *a, struct confirming *k)
{
    struct confirmation asked;
    struct list holds;
    bool found = false, waits = false;
    TRY(order_get(c, a->order_id, &k->order));
    TRY(order_state_get(c, a->order_id, &k->state));
    if (k->state.commercial != COMMERCIAL_PLACED) {
        fail(c, ERR_CONFLICT, "wrong_state", "the order is %s",
             word_of(&commercial_words, k->state.commercial));
        return hint(c, "only a placed order can be confirmed");
    }
    TRY(confirmation_find(c, a->order_id, &asked, &found));
    if (found && asked.answered_us != NONE)
        return fail(c, ERR_CONFLICT, "confirmed", "the order was confirmed already");
    TRY(holds_of(c, &a->order_id, 1, true, &holds));
    for (size_t i = 0; i < holds.count; i++)
        waits |= ((const struct hold *)holds.at)[i].reason == HOLD_CONFIRMATION;
    if (!found && !waits)
        return fail(c, ERR_CONFLICT, "not_asked", "nobody asked to have this order confirmed");
    return address_get(c, k->order.ship_to_id, &k->before);
}

static enum err check(struct ctx *c, const struct confirm_answer *a, struct confirming *k)
{
    if (text_chars(a->words) > CONFIRM_WORDS_MAX)
        return fail_at(c, ERR_INVALID, "too_long", "words", "more than %d characters",
                       CONFIRM_WORDS_MAX);
    TRY(change_address(c, a, k));
    TRY(change_day(c, a, k));
    return k->after.address_id != k->before.address_id ? find_work(c, k) : OK;
}

static enum err save(struct ctx *c, const struct confirming *k, struct confirm_outcome *out)
{
    int64_t order_id = k->order.order_id;
    struct order order = k->order;
    out->is_redirected = k->after.address_id != k->before.address_id;
    out->is_rescheduled = k->wish_day != k->order.wish_day;
    if (!out->is_redirected && !out->is_rescheduled) return OK;
    if (out->is_redirected) TRY(address_insert(c, &k->after));
    TRY(order_redirect(c, &order, k->after.address_id, k->wish_day));
    const struct fulfillment *work = k->work.at;
    for (size_t i = 0; i < k->work.count; i++)
        TRY(fulfillment_redirect(c, &work[i], k->after.address_id));
    /* the words of an address stay in its row: events are kept for good */
    if (out->is_redirected)
        TRY(event_put(c, EVENT_ORDER_CHANGED, order_id, NONE, EVENT_BODY(.word = T("ship_to"))));
    if (out->is_rescheduled)
        TRY(event_put(c, EVENT_ORDER_CHANGED, order_id, NONE,
                      EVENT_BODY(.word = T("wish_date"), .note = day_text(c->arena, k->wish_day))));
    return OK;
}

static enum err free_order(struct ctx *c, int64_t order_id, int64_t *released)
{
    struct list holds;
    TRY(holds_of(c, &order_id, 1, true, &holds));
    TRY(hold_release_reason(c, &order_id, 1, HOLD_CONFIRMATION, released));
    const struct hold *at = holds.at;
    for (size_t i = 0; i < holds.count; i++)
        if (at[i].reason == HOLD_CONFIRMATION)
            TRY(event_put(c, EVENT_ORDER_FREED, order_id, at[i].hold_id,
                          EVENT_BODY(.word = T("confirmation"))));
    return OK;
}

enum err confirm_answer(struct ctx *c, const struct confirm_answer *a, struct confirm_outcome *out)
{
    struct confirming k = {0};
    int64_t changed = 0;
    *out = (struct confirm_outcome){0};
    TRY(load(c, a, &k));
    TRY(check(c, a, &k));
    struct text words = text_empty(text_trim(a->words)) ? (struct text){0} : text_trim(a->words);
    TRY(db_exec(c, &Q_confirmation_answer,
                ARGS(I64(c->merchant_id), I64(a->order_id), I64(c->now_us),
                     I64(a->is_by_link ? NONE : c->actor_id), TXT(words)),
                &changed));
    if (!changed) return fail(c, ERR_CONFLICT, "confirmed", "the order was confirmed already");
    TRY(save(c, &k, out));
    TRY(event_put(c, EVENT_ORDER_CONFIRMED, a->order_id, NONE,
                  EVENT_BODY(.word = a->is_by_link ? T("link") : T("staff"), .note = words)));
    return free_order(c, a->order_id, &out->holds_released);
}
