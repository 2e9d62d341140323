#include "stages/2_processing/proposing.h"

#include "base/lifecycle.h"
#include "base/source.h"
#include "base/time.h"
#include "domain/customers/customer.h"
#include "domain/events/event.h"
#include "domain/orders/order.h"
#include "store/db.h"

enum { MEANWHILE_MAX = 20 };

/* --- content --------------------------------------------------------------------------------- */

static enum err check_currency(struct ctx *c, const struct order *o, struct money m,
                               const char *field)
{
    if (m.minor == NONE || text_is(o->currency, m.currency)) return OK;
    return fail_at(c, ERR_INVALID, "currency_differs", field, "%s in an order in %.*s", m.currency,
                   TEXT_ARG(o->currency));
}

static enum err take_lines(struct ctx *c, const struct order *o, const struct list *in,
                           struct proposal_line *lines)
{
    const struct change_line *at = in->at;
    for (size_t i = 0; i < in->count; i++) {
        enum err e = check_currency(c, o, at[i].unit_price, "unit_price");
        if (e == OK) e = check_currency(c, o, at[i].discount, "discount");
        if (e != OK) return fail_under(c, e, "lines[%zu]", i);
        lines[i] = (struct proposal_line){.line_no = at[i].line_no,
                                          .sku = at[i].sku,
                                          .service = at[i].service,
                                          .name = at[i].name,
                                          .parent_line = at[i].parent_line,
                                          .quantity = at[i].quantity,
                                          .unit_minor = at[i].unit_price.minor,
                                          .discount_minor = at[i].discount.minor,
                                          .wording = at[i].wording};
    }
    return OK;
}

/* What is said about the order goes into `p` and `lines`; whether it can be done is asked when it
   is confirmed, and by its preview. */
static enum err take(struct ctx *c, const struct order *o, const struct order_change *in,
                     struct proposal *p, struct proposal_line **lines)
{
    bool says_nothing = !in->lines.count && !in->ship_to && in->method < 0 &&
                        in->wish_day == NONE && !in->note.at && in->shipping.minor == NONE;
    if (says_nothing)
        return fail(c, ERR_INVALID, "nothing_to_change", "the change says nothing new");
    *lines = arena_new(c->arena, struct proposal_line, in->lines.count + 1);
    TRY(take_lines(c, o, &in->lines, *lines));
    TRY(check_currency(c, o, in->shipping, "shipping"));
    p->method = in->method;
    p->wish_day = in->wish_day;
    p->shipping_minor = in->shipping.minor;
    p->note = in->note;
    p->reason = in->reason;
    p->ship_to_id = NONE;
    p->edited_us = c->now_us;
    p->expires_us = c->now_us + PROPOSAL_HOURS * HOUR_US;
    if (!in->ship_to) return OK;
    struct address to = {.merchant_id = c->merchant_id};
    address_normalise(c->arena, in->ship_to, &to.at);
    int32_t method = in->method >= 0 ? in->method : o->method;
    TRY(address_check(c, &to.at, "ship_to", method == METHOD_PICKUP));
    to.address_id = p->ship_to_id = source_id(c->source);
    return address_insert(c, &to);
}

enum err proposing_content(struct ctx *c, const struct proposal *p, struct text currency,
                           struct order_change *out)
{
    struct list rows;
    const char *code = text_cstr(c->arena, currency);
    TRY(proposal_lines_of(c, p->order_id, p->change_id, &rows));
    const struct proposal_line *l = rows.at;
    struct change_line *lines = arena_new(c->arena, struct change_line, rows.count + 1);
    for (size_t i = 0; i < rows.count; i++)
        lines[i] = (struct change_line){.line_no = l[i].line_no,
                                        .sku = l[i].sku,
                                        .service = l[i].service,
                                        .name = l[i].name,
                                        .parent_line = l[i].parent_line,
                                        .quantity = l[i].quantity,
                                        .unit_price = money(l[i].unit_minor, code),
                                        .discount = money(l[i].discount_minor, code),
                                        .wording = l[i].wording};
    *out = (struct order_change){.lines = {lines, rows.count},
                                 .method = p->method,
                                 .wish_day = p->wish_day,
                                 .note = p->note,
                                 .shipping = money(p->shipping_minor, code),
                                 .reason = p->reason};
    if (p->ship_to_id == NONE) return OK;
    struct address *to = arena_new(c->arena, struct address, 1);
    out->ship_to = &to->at;
    return address_get(c, p->ship_to_id, to);
}

/* --- meanwhile ------------------------------------------------------------------------------- */

/* Preparing a change and writing to the customer do not change the order. */
static bool is_harmless(int32_t kind)
{
    return kind == EVENT_CHANGE_BEGUN || kind == EVENT_CHANGE_EDITED ||
           kind == EVENT_CHANGE_ENDED || kind == EVENT_MESSAGE_SENT || kind == EVENT_MESSAGE_FAILED;
}

enum err proposing_meanwhile(struct ctx *c, const struct proposal *p, struct list *out)
{
    struct list timeline;
    bool told[EVENT_KIND_COUNT] = {0};
    struct text *names = arena_new(c->arena, struct text, EVENT_KIND_COUNT);
    *out = (struct list){names, 0};
    TRY(event_timeline(c, p->order_id, &timeline));
    const struct event *e = timeline.at;
    for (size_t i = 0; i < timeline.count; i++) {
        if (e[i].version <= p->known_version || is_harmless(e[i].kind) || told[e[i].kind]) continue;
        told[e[i].kind] = true;
        names[out->count++] = text_of(word_of(&event_words, e[i].kind));
    }
    return OK;
}

static enum err check_meanwhile(struct ctx *c, const struct proposal *p, bool has_seen)
{
    struct list since;
    if (has_seen) return OK;
    TRY(proposing_meanwhile(c, p, &since));
    if (!since.count) return OK;
    const struct text *names = since.at;
    struct buf b = buf_new(c->arena);
    for (size_t i = 0; i < since.count && i < MEANWHILE_MAX; i++)
        buf_printf(&b, "%s%.*s", i ? ", " : "", TEXT_ARG(names[i]));
    fail(c, ERR_CONFLICT, "changed_meanwhile", "since this change was written: %.*s",
         TEXT_ARG(buf_text(&b)));
    return hint(c, "read the order again, then send its ETag as If-Match with the same request");
}

/* --- verbs ----------------------------------------------------------------------------------- */

static enum err tell(struct ctx *c, const struct proposal *p, enum event_kind kind)
{
    struct event_body body = EVENT_BODY(.note = p->reason);
    if (kind == EVENT_CHANGE_ENDED)
        body = EVENT_BODY(.word = text_of(word_of(&proposal_state_words, p->state)));
    return event_put(c, kind, p->order_id, p->change_id, body);
}

static enum err end(struct ctx *c, struct proposal *p, enum proposal_verb verb)
{
    TRY(proposal_do(c, p, verb));
    return tell(c, p, EVENT_CHANGE_ENDED);
}

/* One at a time; one whose time is over makes room. */
static enum err make_room(struct ctx *c, int64_t order_id)
{
    struct proposal open;
    bool found;
    TRY(proposal_find_open(c, order_id, &open, &found));
    if (!found) return OK;
    if (open.expires_us <= c->now_us) {
        TRY(end(c, &open, PROPOSAL_EXPIRE));
        return db_flush(c); /* before another takes its place in the index */
    }
    struct text id = id_text(c->arena, "chg", open.change_id);
    fail(c, ERR_CONFLICT, "change_open", "%.*s is being prepared until %.*s", TEXT_ARG(id),
         TEXT_ARG(instant_text(c->arena, open.expires_us)));
    return hint(c,
                "first `waybill changes confirm` or `discard` it, or POST .../changes/%.*s/discard",
                TEXT_ARG(id));
}

enum err proposing_begin(struct ctx *c, int64_t order_id, const struct order_change *in,
                         int64_t *change_id)
{
    struct order_state state;
    struct order o;
    struct proposal_line *lines;
    struct proposal p = {.merchant_id = c->merchant_id,
                         .order_id = order_id,
                         .change_id = source_id(c->source),
                         .begun_by = c->actor_id,
                         .begun_us = c->now_us,
                         .ended_by = NONE,
                         .ended_us = NONE};
    TRY(order_state_get(c, order_id, &state));
    TRY(orders_lock(c, &order_id, 1));
    TRY(order_state_get(c, order_id, &state));
    if (state.commercial != COMMERCIAL_DRAFT && state.commercial != COMMERCIAL_PLACED) {
        fail(c, ERR_CONFLICT, "wrong_state", "the order is %s",
             word_of(&commercial_words, state.commercial));
        return hint(c, "place a new order, or open a case about this one");
    }
    TRY(order_get(c, order_id, &o));
    TRY(event_version(c, order_id, &p.known_version));
    TRY(take(c, &o, in, &p, &lines));
    TRY(make_room(c, order_id));
    TRY(proposal_insert(c, &p, lines, in->lines.count));
    *change_id = p.change_id;
    return tell(c, &p, EVENT_CHANGE_BEGUN);
}

/* The open proposal, whose order is this unit's from here on. */
static enum err load(struct ctx *c, int64_t order_id, int64_t change_id, enum proposal_verb verb,
                     struct proposal *p)
{
    int32_t to;
    TRY(proposal_get(c, order_id, change_id, p));
    TRY(orders_lock(c, &order_id, 1));
    TRY(proposal_get(c, order_id, change_id, p));
    TRY(lifecycle_next(c, &proposal_lifecycle, p->state, (int32_t)verb, &to));
    if (verb == PROPOSAL_DISCARD || p->expires_us > c->now_us) return OK;
    fail(c, ERR_CONFLICT, "change_expired", "its time was over at %.*s",
         TEXT_ARG(instant_text(c->arena, p->expires_us)));
    return hint(c, "begin a new one");
}

enum err proposing_edit(struct ctx *c, int64_t order_id, int64_t change_id,
                        const struct order_change *in, bool has_seen)
{
    struct proposal p;
    struct proposal_line *lines;
    struct order o;
    TRY(load(c, order_id, change_id, PROPOSAL_EDIT, &p));
    TRY(check_meanwhile(c, &p, has_seen));
    TRY(order_get(c, order_id, &o));
    TRY(take(c, &o, in, &p, &lines));
    TRY(event_version(c, order_id, &p.known_version));
    TRY(proposal_write(c, &p, lines, in->lines.count));
    return tell(c, &p, EVENT_CHANGE_EDITED);
}

enum err proposing_confirm(struct ctx *c, int64_t order_id, int64_t change_id, bool has_seen,
                           struct change_outcome *out)
{
    struct proposal p;
    struct order o;
    struct order_change in;
    TRY(load(c, order_id, change_id, PROPOSAL_CONFIRM, &p));
    TRY(check_meanwhile(c, &p, has_seen));
    TRY(order_get(c, order_id, &o));
    TRY(proposing_content(c, &p, o.currency, &in));
    TRY(order_change(c, order_id, &in, out));
    return end(c, &p, PROPOSAL_CONFIRM);
}

enum err proposing_discard(struct ctx *c, int64_t order_id, int64_t change_id)
{
    struct proposal p;
    TRY(load(c, order_id, change_id, PROPOSAL_DISCARD, &p));
    return end(c, &p, PROPOSAL_DISCARD);
}
