/* faces/api/orders.c: orders come in, and are looked at. */
#include "base/source.h"
#include "domain/events/event.h"
#include "faces/api/actor_names.h"
#include "faces/api/order_view.h"
#include "faces/api/page.h"
#include "faces/api/routes.h"
#include "stages/1_receipt/receipt.h"
#include "store/db.h"
#include "wire/json.h"

/* --- placing --------------------------------------------------------------------------------- */

struct placed_view {
    int64_t order_id, number;
    int32_t commercial;
    struct money total;
    int64_t promised, short_of, ahead, promised_day, earmarked, earmarked_day, undated;
    int64_t expected_day;
    int32_t holds;
};
static const struct field placed_table[] = {
    FIELD_ID(struct placed_view, order_id, "id", "ord"),
    FIELD(struct placed_view, number, .about = "for people"),
    FIELD_ENUM(struct placed_view, commercial, commercial_words),
    FIELD(struct placed_view, total),
    FIELD(struct placed_view, promised, .about = "units"),
    FIELD(struct placed_view, short_of, .about = "units that no site could promise"),
    FIELD(struct placed_view, ahead, .about = "of them: sold before they are there (pre-order)"),
    FIELD_DAY(struct placed_view, promised_day, "promised_date", .about = "of what is promised"),
    FIELD(struct placed_view, earmarked,
          .about = "units of short_of that expected deliveries bring by a known day"),
    FIELD_DAY(struct placed_view, earmarked_day, "earmarked_date",
              .about = "by when the last of them is at the door"),
    FIELD(struct placed_view, undated, .about = "units of short_of for which there is no date yet"),
    FIELD_DAY(struct placed_view, expected_day, "expected_date",
              .about = "the first delivery of what is short; absent: nobody knows"),
    FIELD_FLAGS(struct placed_view, holds, hold_reason_words, .about = "why it waits"),
};
static const struct fields placed_fields = FIELDS("order_placed", struct placed_view, placed_table);

static const struct placed_view *placed_view_of(struct ctx *c, const struct outcome *o,
                                                enum commercial commercial)
{
    struct placed_view *v = arena_new(c->arena, struct placed_view, 1);
    *v = (struct placed_view){.order_id = o->order_id,
                              .number = o->number,
                              .commercial = (int32_t)commercial,
                              .total = money(o->total_minor, text_cstr(c->arena, o->currency)),
                              .promised = o->promised,
                              .short_of = o->short_of,
                              .ahead = o->ahead,
                              .promised_day = o->promised ? o->promised_day : NONE,
                              .earmarked = o->earmarked,
                              .earmarked_day = o->earmarked ? o->earmarked_day : NONE,
                              .undated = o->short_of - o->earmarked,
                              .expected_day = o->short_of ? o->expected_day : NONE,
                              .holds = commercial == COMMERCIAL_DRAFT ? 0 : o->holds};
    return v;
}

/* Of a single order: every line that is short is told. */
static enum err tell_lacking(struct ctx *c, const struct outcome *o)
{
    const struct fault *at = o->lacking.at;
    if (o->lacking.count) c->faults = NULL;
    for (size_t i = 0; i < o->lacking.count; i++) {
        c->fault = at[i];
        fault_keep(c);
    }
    c->fault = o->fault;
    return o->fault.code;
}

/* What is wrong with this order, if anything, in c->fault. */
static enum err refusal(struct ctx *c, const struct draft *d, const struct outcome *o)
{
    if (o->fault.code != OK) {
        c->fault = o->fault;
        return o->fault.code;
    }
    if (!o->is_known) return OK;
    struct text id = id_text(c->arena, "ord", o->order_id);
    struct text number = o->number ? text_printf(c->arena, " (number %lld)", (long long)o->number)
                                   : (struct text){0};
    fail_at(c, ERR_CONFLICT, "duplicate_reference", "reference",
            "%s order \"%.*s\" was taken already: %.*s%.*s", word_of(&channel_words, d->channel),
            TEXT_ARG(d->reference), TEXT_ARG(id), TEXT_ARG(number));
    return hint(c, "see GET /v1/orders/%.*s; another order needs another reference", TEXT_ARG(id));
}

static enum commercial commercial_of(const struct draft *d)
{
    return d->is_draft ? COMMERCIAL_DRAFT : COMMERCIAL_PLACED;
}

static enum err answer(struct ctx *c, const struct draft *d, const struct outcome *o,
                       struct reply *out)
{
    if (o->fault.code != OK) return tell_lacking(c, o);
    TRY(refusal(c, d, o));
    out->record = placed_view_of(c, o, commercial_of(d));
    return OK;
}

static enum err place(struct ctx *c, const struct request *in, struct reply *out)
{
    struct outcome o;
    TRY(receipt_place(c, in->body, 1, &o));
    return answer(c, in->body, &o, out);
}

static enum err place_together(struct ctx *c, struct member *all, size_t n)
{
    struct draft *drafts = arena_new(c->arena, struct draft, n);
    struct outcome *o = arena_new(c->arena, struct outcome, n);
    for (size_t i = 0; i < n; i++) {
        drafts[i] = *(const struct draft *)all[i].in->body;
        drafts[i].actor_id = all[i].ctx->actor_id;
        drafts[i].owner_id = all[i].ctx->owner_id;
        drafts[i].command_id = all[i].ctx->command_id;
    }
    TRY(receipt_place(c, drafts, n, o));
    for (size_t i = 0; i < n; i++)
        all[i].result = answer(all[i].ctx, &drafts[i], &o[i], &all[i].out);
    return OK;
}

static enum err place_all(struct ctx *c, const struct request *in, struct reply *out)
{
    const struct draft *drafts = in->rows.at;
    struct outcome *o = arena_new(c->arena, struct outcome, in->rows.count + 1);
    TRY(receipt_place(c, drafts, in->rows.count, o));
    for (size_t i = 0; i < in->rows.count; i++) {
        enum err e = refusal(c, &drafts[i], &o[i]);
        if (e == OK) {
            out->rows[i].record = placed_view_of(c, &o[i], commercial_of(&drafts[i]));
            continue;
        }
        out->rows[i].fault = c->fault;
        out->rows[i].fault.code = e;
        c->fault = (struct fault){0};
    }
    return OK;
}

struct place_body {
    struct text payment_token;
    struct list payments;
};
static const struct field place_body_table[] = {
    FIELD(struct place_body, payment_token, .max = 200,
          .about = "for a card: the provider's handle; drafts keep none"),
    FIELD_LIST(struct place_body, payments, draft_payment_fields, .max = DRAFT_PAYMENTS_MAX,
               .about = "several ways to pay, instead of the draft's own"),
};
static const struct fields place_body_fields =
    FIELDS("draft_placing", struct place_body, place_body_table);

static enum err place_draft(struct ctx *c, const struct request *in, struct reply *out)
{
    const struct place_body *b = in->body;
    struct outcome o;
    TRY(receipt_place_draft(c, in->ids[0], b ? b->payment_token : (struct text){0},
                            b ? b->payments : (struct list){0}, &o));
    if (o.fault.code != OK) return tell_lacking(c, &o);
    out->record = placed_view_of(c, &o, COMMERCIAL_PLACED);
    return OK;
}

/* --- how urgent it is ------------------------------------------------------------------------ */

struct urgency {
    int32_t priority;
};
static const struct field urgency_table[] = {
    FIELD(struct urgency, priority, .flags = F_REQUIRED, .min = -ORDER_PRIORITY_MAX,
          .max = ORDER_PRIORITY_MAX, .about = "larger is served and picked first; 0 is usual"),
};
static const struct fields urgency_fields = FIELDS("order_priority", struct urgency, urgency_table);

static enum err prioritize(struct ctx *c, const struct request *in, struct reply *out)
{
    const struct urgency *b = in->body;
    struct order o;
    struct order_state s;
    TRY(order_get(c, in->ids[0], &o));
    TRY(order_state_get(c, in->ids[0], &s));
    if (s.commercial > COMMERCIAL_PLACED)
        return fail(c, ERR_CONFLICT, "wrong_state", "the order is %s",
                    word_of(&commercial_words, s.commercial));
    if (o.priority != b->priority) {
        TRY(order_prioritize(c, &o, b->priority));
        TRY(event_put(
            c, EVENT_ORDER_CHANGED, o.order_id, NONE,
            EVENT_BODY(.word = T("priority"), .note = text_printf(c->arena, "%d instead of %d",
                                                                  b->priority, o.priority))));
        TRY(db_flush(c));
    }
    return order_view(c, o.order_id, &out->record, &out->version);
}

/* --- looking --------------------------------------------------------------------------------- */

struct order_query {
    int32_t stage, channel;
    struct text reference;
    int64_t number, limit;
    struct text after;
};
static const struct field query_table[] = {
    FIELD_ENUM(struct order_query, stage, stage_words, .flags = F_NULL, .about = "oldest first"),
    FIELD_ENUM(struct order_query, channel, channel_words, .flags = F_NULL,
               .about = "of the reference; all when absent"),
    FIELD(struct order_query, reference, .max = DRAFT_REFERENCE_MAX, .about = "the channel's own"),
    FIELD(struct order_query, number, .flags = F_NULL, .min = 1, .max = JSON_NUMBER_MAX,
          .about = "for people: 1001"),
    PAGE_FIELDS(struct order_query),
};
static const struct fields query_fields = FIELDS("order_query", struct order_query, query_table);

static enum err find_by_number(struct ctx *c, int64_t number, struct list *orders)
{
    int64_t id;
    enum err e = order_find_by_number(c, number, &id);
    *orders = (struct list){0};
    if (e == ERR_NOT_FOUND) c->fault = (struct fault){0};
    if (e != OK) return e == ERR_NOT_FOUND ? OK : e;
    return order_list_of(c, &id, 1, orders);
}

static enum err find_by_reference(struct ctx *c, const struct order_query *q, struct list *orders)
{
    struct order *all = NULL;
    size_t n = 0, capacity = 0;
    for (int32_t channel = 0; channel <= CHANNEL_OTHER; channel++) {
        struct list found;
        if (q->channel >= 0 && q->channel != channel) continue;
        TRY(order_by_references(c, (enum channel)channel, &q->reference, 1, &found));
        for (size_t i = 0; i < found.count; i++)
            *arena_push(c->arena, all, n, capacity) = ((const struct order *)found.at)[i];
    }
    *orders = (struct list){all, n};
    return OK;
}

static enum err list_page(struct ctx *c, const struct order_query *q, struct list *orders,
                          struct text *next)
{
    int64_t limit = page_limit(q->limit), after = q->stage >= 0 ? 0 : INT64_MAX;
    TRY(page_after(c, q->after, "ord", &after));
    if (q->stage >= 0)
        TRY(order_list_by_stage(c, (enum order_stage)q->stage, after, limit + 1, orders));
    else
        TRY(order_recent(c, after, limit + 1, orders));
    if (page_cut(orders, limit))
        *next = id_text(c->arena, "ord", ((const struct order *)orders->at)[limit - 1].order_id);
    return OK;
}

static enum err list(struct ctx *c, const struct request *in, struct reply *out)
{
    const struct order_query *q = in->query;
    struct list orders = {0};
    if (q->channel >= 0 && !q->reference.len) {
        fail_at(c, ERR_INVALID, "required", "reference", "a channel is asked for with a reference");
        return hint(c, "ask for ?channel=web&reference=..., or leave the channel out");
    }
    if (q->number != NONE)
        TRY(find_by_number(c, q->number, &orders));
    else if (q->reference.len)
        TRY(find_by_reference(c, q, &orders));
    else
        TRY(list_page(c, q, &orders, &out->next));
    return order_rows(c, &orders, &out->list);
}

static enum err show(struct ctx *c, const struct request *in, struct reply *out)
{
    return order_view(c, in->ids[0], &out->record, &out->version);
}

static enum err timeline(struct ctx *c, const struct request *in, struct reply *out)
{
    struct order_state state;
    TRY(order_state_get(c, in->ids[0], &state));
    TRY(event_timeline(c, in->ids[0], &out->list));
    return events_name(c, &out->list);
}

const struct route orders_routes[] = {
    {"POST", "/v1/orders", "orders place", SCOPE(ORDERS_WRITE), ROUTE_WRITE | ROUTE_BY_OWNER,
     &draft_fields, NULL, &placed_fields, place, "Place an order, or keep it as a draft.",
     place_together},
    {"POST", "/v1/orders/bulk", "orders place-all", SCOPE(ORDERS_WRITE),
     ROUTE_WRITE | ROUTE_BULK | ROUTE_BY_OWNER, &draft_fields, NULL, &placed_fields, place_all,
     "Place up to 1000 orders, one per row; each is answered alone."},
    {"POST", "/v1/orders/{ord}/place", "orders place-draft", SCOPE(ORDERS_WRITE),
     ROUTE_WRITE | ROUTE_OWNED, &place_body_fields, NULL, &placed_fields, place_draft,
     "Place a draft by the prices and the stock of now."},
    {"POST", "/v1/orders/{ord}/priority", "orders prioritize", SCOPE(ORDERS_WRITE),
     ROUTE_WRITE | ROUTE_OWNED, &urgency_fields, NULL, &order_view_fields, prioritize,
     "How urgent an order is: larger is served from what comes in, and picked, before others."},
    {"GET", "/v1/orders", "orders list", SCOPE(ORDERS_READ), ROUTE_LIST | ROUTE_BY_OWNER, NULL,
     &query_fields, &order_row_fields, list, "List orders, the newest first, or those of a stage."},
    {"GET", "/v1/orders/{ord}", "orders show", SCOPE(ORDERS_READ), ROUTE_OWNED, NULL, NULL,
     &order_view_fields, show, "All there is to know about an order, by identifier or number."},
    {"GET", "/v1/orders/{ord}/events", "orders events", SCOPE(ORDERS_READ),
     ROUTE_LIST | ROUTE_OWNED, NULL, NULL, &event_view_fields, timeline,
     "What happened to an order, from the beginning."},
    {0},
};
