#include "services/claims/claims.h"

#include "base/money.h"
#include "base/sort.h"
#include "base/source.h"
#include "domain/orders/order.h"
#include "domain/orders/package.h"

/* --- opening --------------------------------------------------------------------------------- */

static const struct claim *live_claim(const struct list *claims, int64_t package_id)
{
    const struct claim *at = claims->at;
    for (size_t i = 0; i < claims->count; i++)
        if (at[i].package_id == package_id && at[i].ended_us == NONE) return &at[i];
    return NULL;
}

static const struct order_line *line_in(const struct list *lines, int64_t order_id, int64_t line_no)
{
    const struct order_line *at = lines->at;
    for (size_t i = 0; i < lines->count; i++)
        if (at[i].order_id == order_id && at[i].line_no == line_no) return &at[i];
    return NULL;
}

/* Parcels with what is in them, for a set of claims. */
struct parcels {
    struct list packages, contents, labels, orders, lines, claims;
};

static enum err load(struct ctx *c, const int64_t *package_ids, size_t n, struct parcels *p)
{
    TRY(packages_of(c, package_ids, n, &p->packages));
    const struct package *at = p->packages.at;
    int64_t *orders = arena_new(c->arena, int64_t, p->packages.count + 1);
    for (size_t i = 0; i < p->packages.count; i++) orders[i] = at[i].order_id;
    sort_i64(orders, p->packages.count);
    size_t count = unique_i64(orders, p->packages.count);
    TRY(package_lines_of(c, package_ids, n, &p->contents));
    TRY(labels_shown(c, &p->packages, &p->labels));
    TRY(order_list_of(c, orders, count, &p->orders));
    TRY(order_lines_of(c, orders, count, &p->lines));
    return claims_of_orders(c, orders, count, &p->claims);
}

/* What the customer paid for the goods in it; parts of a kit share its price by their number. */
static int64_t worth_of(const struct parcels *p, const struct package *box)
{
    const struct package_line *in = p->contents.at;
    const struct order_line *all = p->lines.at;
    int64_t worth = 0;
    for (size_t i = 0; i < p->contents.count; i++) {
        const struct order_line *l = line_in(&p->lines, box->order_id, in[i].line_no);
        if (!l || in[i].package_id != box->package_id) continue;
        if (l->kind != LINE_COMPONENT) {
            worth += money_share(l->total_minor, in[i].quantity, l->quantity);
            continue;
        }
        const struct order_line *kit = line_in(&p->lines, box->order_id, l->parent_line);
        int64_t parts = 0;
        for (size_t k = 0; k < p->lines.count; k++)
            if (all[k].order_id == l->order_id && all[k].kind == LINE_COMPONENT &&
                all[k].parent_line == l->parent_line)
                parts += all[k].quantity;
        if (kit && parts) worth += money_share(kit->total_minor, in[i].quantity, parts);
    }
    return worth;
}

static enum err open_one(struct ctx *c, const struct parcels *p, const struct package *box,
                         const struct claim_wish *wish, int64_t *claim_id)
{
    const struct label *labels = p->labels.at;
    const struct order *orders = p->orders.at;
    struct claim k = {.merchant_id = c->merchant_id,
                      .claim_id = source_id(c->source),
                      .order_id = box->order_id,
                      .package_id = box->package_id,
                      .kind = wish->kind,
                      .state = CLAIM_OPEN,
                      .carrier = T("none"),
                      .amount_minor = wish->amount_minor,
                      .currency = T(""),
                      .note = wish->note,
                      .opened_us = c->now_us,
                      .filed_us = NONE,
                      .ended_us = NONE};
    if (k.amount_minor == NONE) k.amount_minor = worth_of(p, box);
    for (size_t i = 0; i < p->orders.count; i++)
        if (orders[i].order_id == box->order_id) k.currency = orders[i].currency;
    for (size_t i = 0; i < p->labels.count; i++) {
        if (labels[i].package_id != box->package_id || labels[i].state > LABEL_USED) continue;
        k.carrier = labels[i].carrier;
        k.tracking_number = labels[i].tracking_number;
    }
    *claim_id = k.claim_id;
    TRY(claim_insert(c, &k));
    return event_put(c, EVENT_CLAIM_OPENED, k.order_id, k.claim_id,
                     EVENT_BODY(.word = text_of(word_of(&claim_kind_words, k.kind)),
                                .amount_minor = k.amount_minor, .other_id = k.package_id,
                                .note = k.note));
}

enum err claims_open(struct ctx *c, const struct claim_wish *wish, int64_t *claim_id)
{
    struct parcels p;
    if (wish->kind < 0 || wish->kind > CLAIM_LATE)
        return fail_at(c, ERR_INVALID, "invalid_value", "kind", "there is no such kind of claim");
    if (wish->amount_minor != NONE && wish->amount_minor < 0)
        return fail_at(c, ERR_INVALID, "out_of_range", "amount", "not below 0");
    TRY(load(c, &wish->package_id, 1, &p));
    if (!p.packages.count)
        return fail(c, ERR_NOT_FOUND, "package_not_found", "there is no such package");
    const struct package *box = p.packages.at;
    if (box->state < PACKAGE_HANDED_OVER)
        return fail(c, ERR_CONFLICT, "not_handed_over", "no carrier has had it: it is %s",
                    word_of(&package_state_words, box->state));
    const struct claim *live = live_claim(&p.claims, wish->package_id);
    if (live) *claim_id = live->claim_id;
    return live ? OK : open_one(c, &p, box, wish, claim_id);
}

/* --- the carrier's answer -------------------------------------------------------------------- */

static enum err tell(struct ctx *c, enum event_kind kind, const struct claim *k,
                     struct event_body body)
{
    return event_put(c, kind, k->order_id, k->claim_id, body);
}

enum err claims_file(struct ctx *c, int64_t claim_id, struct text reference, int64_t amount_minor)
{
    struct claim k;
    struct list claims;
    if (amount_minor != NONE && amount_minor < 0)
        return fail_at(c, ERR_INVALID, "out_of_range", "amount", "not below 0");
    TRY(claim_get(c, claim_id, &k));
    TRY(claims_of_orders(c, &k.order_id, 1, &claims));
    const struct claim *live = live_claim(&claims, k.package_id);
    if (live && live->claim_id != claim_id)
        return fail(c, ERR_CONFLICT, "claim_exists", "another claim for the parcel is live");
    if (reference.len) k.reference = reference;
    if (amount_minor != NONE) k.amount_minor = amount_minor;
    TRY(claim_do(c, &k, CLAIM_FILE));
    return tell(c, EVENT_CLAIM_FILED, &k,
                EVENT_BODY(.word = k.reference, .amount_minor = k.amount_minor));
}

enum err claims_pay(struct ctx *c, int64_t claim_id, int64_t paid_minor, struct text note)
{
    struct claim k;
    TRY(claim_get(c, claim_id, &k));
    if (paid_minor == NONE) paid_minor = k.amount_minor;
    if (paid_minor <= 0 || paid_minor > k.amount_minor) {
        fail_at(c, ERR_INVALID, "out_of_range", "paid", "not an amount that was claimed");
        return hint(
            c, "above 0, at most %.*s; file it again for more",
            TEXT_ARG(money_text(c->arena, k.amount_minor, text_cstr(c->arena, k.currency))));
    }
    k.paid_minor = paid_minor;
    if (note.len) k.note = note;
    TRY(claim_do(c, &k, CLAIM_PAY));
    return tell(c, EVENT_CLAIM_PAID, &k, EVENT_BODY(.amount_minor = paid_minor, .note = note));
}

enum err claims_refuse(struct ctx *c, int64_t claim_id, struct text why)
{
    struct claim k;
    TRY(claim_get(c, claim_id, &k));
    if (why.len) k.note = why;
    TRY(claim_do(c, &k, CLAIM_REFUSE));
    return tell(c, EVENT_CLAIM_REFUSED, &k, EVENT_BODY(.note = why));
}

enum err claims_withdraw(struct ctx *c, int64_t claim_id, struct text why)
{
    struct claim k;
    TRY(claim_get(c, claim_id, &k));
    if (why.len) k.note = why;
    TRY(claim_do(c, &k, CLAIM_WITHDRAW));
    return tell(c, EVENT_CLAIM_WITHDRAWN, &k, EVENT_BODY(.note = why));
}

/* --- what the parcel does -------------------------------------------------------------------- */

/* The newest word on a parcel counts: its state, not the event. */
static enum err follow(struct ctx *c, const struct parcels *p, const struct package *box)
{
    const struct claim *live = live_claim(&p->claims, box->package_id);
    struct claim_wish wish = {box->package_id, CLAIM_LOST, NONE, {0}};
    int64_t claim_id;
    if (box->state == PACKAGE_LOST && !live) return open_one(c, p, box, &wish, &claim_id);
    bool is_found = box->state == PACKAGE_DELIVERED || box->state == PACKAGE_BACK;
    if (!is_found || !live || live->kind != CLAIM_LOST) return OK;
    struct claim k = *live;
    TRY(claim_do(c, &k, CLAIM_WITHDRAW));
    return tell(c, EVENT_CLAIM_WITHDRAWN, &k, EVENT_BODY(.note = T("the parcel turned up")));
}

enum err claims_on_parcel(struct ctx *c, const struct event *events, size_t count)
{
    struct parcels p;
    struct list boxes;
    int64_t *ids = arena_new(c->arena, int64_t, count + 1);
    int64_t *orders = arena_new(c->arena, int64_t, count + 1);
    size_t n = 0;
    for (size_t i = 0; i < count; i++)
        if (events[i].order_id != NONE) orders[n++] = events[i].order_id;
    if (!n) return OK;
    sort_i64(orders, n);
    TRY(claims_of_orders(c, orders, unique_i64(orders, n), &p.claims));
    n = 0;
    for (size_t i = 0; i < count; i++) { /* most deliveries concern nobody here */
        bool is_lost = events[i].kind == EVENT_PACKAGE_LOST;
        if (is_lost || live_claim(&p.claims, events[i].subject_id)) ids[n++] = events[i].subject_id;
    }
    if (!n) return OK;
    sort_i64(ids, n);
    n = unique_i64(ids, n);
    TRY(load(c, ids, n, &p));
    boxes = p.packages;
    for (size_t i = 0; i < boxes.count; i++)
        TRY(follow(c, &p, &((const struct package *)boxes.at)[i]));
    return OK;
}
