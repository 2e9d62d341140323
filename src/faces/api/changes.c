/* faces/api/changes.c: an order becomes another one: at once, or prepared, looked at and confirmed.
 */
#include "base/source.h"
#include "domain/orders/order.h"
#include "faces/api/actor_names.h"
#include "faces/api/routes.h"
#include "stages/2_processing/proposing.h"

/* --- at once --------------------------------------------------------------------------------- */

struct change_reply {
    int64_t order_id;
    struct money before, after, due;
    int64_t promised, short_of, cancelled, put_back, fulfillments;
    bool waits_for_payment;
};
static const struct field reply_table[] = {
    FIELD_ID(struct change_reply, order_id, "order_id", "ord"),
    FIELD(struct change_reply, before, .about = "what the order was worth"),
    FIELD(struct change_reply, after, .about = "what it is worth now"),
    FIELD(struct change_reply, due, .about = "not covered yet"),
    FIELD(struct change_reply, promised, .about = "of the units added"),
    FIELD(struct change_reply, short_of, .about = "units that no site could promise"),
    FIELD(struct change_reply, cancelled, .about = "units taken away"),
    FIELD(struct change_reply, put_back, .about = "of them: to be put back into their bins first"),
    FIELD(struct change_reply, fulfillments, .about = "whose work was stopped, or goes elsewhere"),
    FIELD(struct change_reply, waits_for_payment, .about = "held until what is due is covered"),
};
static const struct fields reply_fields = FIELDS("order_changed", struct change_reply, reply_table);

static enum err answer(struct ctx *c, const struct change_outcome *done, struct reply *out)
{
    const char *currency = text_cstr(c->arena, done->currency);
    struct change_reply *reply = arena_new(c->arena, struct change_reply, 1);
    *reply = (struct change_reply){.order_id = done->order_id,
                                   .before = money(done->before_minor, currency),
                                   .after = money(done->after_minor, currency),
                                   .due = money(done->due_minor, currency),
                                   .promised = done->promised,
                                   .short_of = done->short_of,
                                   .cancelled = done->cancelled,
                                   .put_back = done->put_back,
                                   .fulfillments = done->fulfillments,
                                   .waits_for_payment = done->waits_for_payment};
    out->record = reply;
    return OK;
}

static enum err change(struct ctx *c, const struct request *in, struct reply *out)
{
    struct change_outcome done;
    TRY(order_change(c, in->ids[0], in->body, &done));
    return answer(c, &done, out);
}

/* --- prepared -------------------------------------------------------------------------------- */

struct change_view {
    int64_t change_id, order_id;
    int32_t state;
    int64_t known_version;
    struct order_change *change;
    struct list meanwhile;
    struct text begun_by, ended_by;
    int64_t begun_us, edited_us, expires_us, ended_us;
};
static const struct field view_table[] = {
    FIELD_ID(struct change_view, change_id, "id", "chg"),
    FIELD_ID(struct change_view, order_id, "order_id", "ord"),
    FIELD_ENUM(struct change_view, state, proposal_state_words,
               .about = "an open one whose expires_at is over cannot be confirmed"),
    FIELD(struct change_view, known_version, .about = "of the order, as its author knew it"),
    FIELD_RECORD(struct change_view, change, order_change_fields, .about = "what it says"),
    FIELD_TEXTS(struct change_view, meanwhile,
                .about = "what happened to the order since, of an open one: it cannot be "
                         "confirmed before that was seen"),
    FIELD(struct change_view, begun_by),
    FIELD(struct change_view, ended_by),
    FIELD_INSTANT(struct change_view, begun_us, "begun_at"),
    FIELD_INSTANT(struct change_view, edited_us, "edited_at"),
    FIELD_INSTANT(struct change_view, expires_us, "expires_at"),
    FIELD_INSTANT(struct change_view, ended_us, "ended_at", .flags = F_NULL),
};
static const struct fields view_fields = FIELDS("prepared_change", struct change_view, view_table);

static enum err view_of(struct ctx *c, const struct proposal *p, struct text currency,
                        struct change_view *v)
{
    struct actors known;
    TRY(actors_load(c, (int64_t[]){p->begun_by, p->ended_by}, 2, &known));
    *v = (struct change_view){.change_id = p->change_id,
                              .order_id = p->order_id,
                              .state = p->state,
                              .known_version = p->known_version,
                              .change = arena_new(c->arena, struct order_change, 1),
                              .begun_by = actor_name(c->arena, &known, p->begun_by),
                              .ended_by = actor_name(c->arena, &known, p->ended_by),
                              .begun_us = p->begun_us,
                              .edited_us = p->edited_us,
                              .expires_us = p->expires_us,
                              .ended_us = p->ended_us};
    if (p->state == PROPOSAL_OPEN) TRY(proposing_meanwhile(c, p, &v->meanwhile));
    return proposing_content(c, p, currency, v->change);
}

static enum err show(struct ctx *c, int64_t order_id, int64_t change_id, struct reply *out)
{
    struct proposal p;
    struct order o;
    struct change_view *view = arena_new(c->arena, struct change_view, 1);
    TRY(proposal_get(c, order_id, change_id, &p));
    TRY(order_get(c, order_id, &o));
    out->record = view;
    return view_of(c, &p, o.currency, view);
}

static enum err begin(struct ctx *c, const struct request *in, struct reply *out)
{
    int64_t change_id;
    TRY(proposing_begin(c, in->ids[0], in->body, &change_id));
    return show(c, in->ids[0], change_id, out);
}

static enum err edit(struct ctx *c, const struct request *in, struct reply *out)
{
    TRY(proposing_edit(c, in->ids[0], in->ids[1], in->body, in->if_match != NONE));
    return show(c, in->ids[0], in->ids[1], out);
}

static enum err confirm(struct ctx *c, const struct request *in, struct reply *out)
{
    struct change_outcome done;
    TRY(proposing_confirm(c, in->ids[0], in->ids[1], in->if_match != NONE, &done));
    return answer(c, &done, out);
}

static enum err discard(struct ctx *c, const struct request *in, struct reply *out)
{
    TRY(proposing_discard(c, in->ids[0], in->ids[1]));
    return show(c, in->ids[0], in->ids[1], out);
}

static enum err show_one(struct ctx *c, const struct request *in, struct reply *out)
{
    return show(c, in->ids[0], in->ids[1], out);
}

static enum err list(struct ctx *c, const struct request *in, struct reply *out)
{
    struct list rows;
    struct order o;
    TRY(order_get(c, in->ids[0], &o));
    TRY(proposals_of(c, in->ids[0], &rows));
    struct change_view *views = arena_new(c->arena, struct change_view, rows.count + 1);
    for (size_t i = 0; i < rows.count; i++)
        TRY(view_of(c, &((const struct proposal *)rows.at)[i], o.currency, &views[i]));
    out->list = (struct list){views, rows.count};
    return OK;
}

#define WRITE SCOPE(ORDERS_WRITE)
#define READ SCOPE(ORDERS_READ)
const struct route changes_routes[] = {
    {"POST", "/v1/orders/{ord}/change", "orders change", WRITE, ROUTE_WRITE | ROUTE_OWNED,
     &order_change_fields, NULL, &reply_fields, change,
     "Change lines, prices, address, method, day or notes of an order or draft; preview it first."},
    {"POST", "/v1/orders/{ord}/changes", "changes begin", WRITE,
     ROUTE_WRITE | ROUTE_MAKES | ROUTE_OWNED, &order_change_fields, NULL, &view_fields, begin,
     "Prepare a change: nothing is different until it is confirmed; an order has one at a time."},
    {"GET", "/v1/orders/{ord}/changes", "changes list", READ, ROUTE_LIST | ROUTE_OWNED, NULL, NULL,
     &view_fields, list, "Changes that were prepared for an order, oldest first."},
    {"GET", "/v1/orders/{ord}/changes/{chg}", "changes show", READ, ROUTE_OWNED, NULL, NULL,
     &view_fields, show_one,
     "A prepared change, and what happened to the order since it was written."},
    {"POST", "/v1/orders/{ord}/changes/{chg}/edit", "changes edit", WRITE,
     ROUTE_WRITE | ROUTE_OWNED, &order_change_fields, NULL, &view_fields, edit,
     "Write the change anew as a whole; If-Match with the order's version says what was seen."},
    {"POST", "/v1/orders/{ord}/changes/{chg}/confirm", "changes confirm", WRITE,
     ROUTE_WRITE | ROUTE_OWNED, NULL, NULL, &reply_fields, confirm,
     "Make the change; preview it first. 409 names what happened to the order meanwhile."},
    {"POST", "/v1/orders/{ord}/changes/{chg}/discard", "changes discard", WRITE,
     ROUTE_WRITE | ROUTE_OWNED, NULL, NULL, &view_fields, discard,
     "Drop the change; the order stays as it is."},
    {0},
};
