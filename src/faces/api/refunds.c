/* faces/api/refunds.c: what is owed back to customers, and what became of it. */
#include "faces/api/refunds.h"
#include "base/money.h"
#include "base/source.h"
#include "domain/orders/order.h"
#include "domain/payments/refund.h"
#include "faces/api/page.h"
#include "stages/2_processing/refunding.h"

static const struct field view_table[] = {
    FIELD_ID(struct refund_view, refund_id, "id", "rfd"),
    FIELD_ID(struct refund_view, order_id, "order_id", "ord"),
    FIELD_ENUM(struct refund_view, state, refund_state_words,
               .about = "failed is tried again by itself, a few times; then somebody has to"),
    FIELD_ENUM(struct refund_view, cause, refund_cause_words),
    FIELD_ENUM(struct refund_view, target, refund_target_words),
    FIELD(struct refund_view, amount),
    FIELD(struct refund_view, done, .about = "given back so far"),
    FIELD(struct refund_view, set_off, .about = "not asked for, where the customer owed it still"),
    FIELD(struct refund_view, attempts, .about = "that failed"),
    FIELD(struct refund_view, note),
    FIELD(struct refund_view, reason, .about = "why the last attempt failed"),
    FIELD_INSTANT(struct refund_view, owed_us, "owed_at"),
    FIELD_INSTANT(struct refund_view, ended_us, "ended_at"),
};
const struct fields refund_view_fields = FIELDS("refund", struct refund_view, view_table);

struct refund_view refund_view_of(const struct refund *r, const char *currency)
{
    return (struct refund_view){r->refund_id,
                                r->order_id,
                                r->state,
                                r->cause,
                                r->target,
                                money(r->amount_minor, currency),
                                money(r->done_minor, currency),
                                money(r->set_off_minor, currency),
                                r->attempts,
                                r->note,
                                r->reason,
                                r->owed_us,
                                r->ended_us};
}

struct refund_query {
    bool all;
    struct text after;
    int64_t limit;
};
static const struct field query_table[] = {
    FIELD(struct refund_query, all, .about = "those that are done or waived too"),
    PAGE_FIELDS(struct refund_query),
};
static const struct fields query_fields = FIELDS("refund_query", struct refund_query, query_table);

struct retry_body {
    int32_t target;
};
static const struct field retry_table[] = {
    FIELD_ENUM(struct retry_body, target, refund_target_words,
               .about = "by_hand: staff paid it out by bank; absent: to where it came from"),
};
static const struct fields retry_fields = FIELDS("refund_retry", struct retry_body, retry_table);

static const char *currency_in(struct ctx *c, const struct list *orders, int64_t order_id)
{
    const struct order *at = orders->at;
    for (size_t i = 0; i < orders->count; i++)
        if (at[i].order_id == order_id) return text_cstr(c->arena, at[i].currency);
    return "";
}

static enum err refunds_list(struct ctx *c, const struct request *in, struct reply *out)
{
    const struct refund_query *q = in->query;
    int64_t limit = page_limit(q->limit), before = INT64_MAX;
    struct list found, orders;
    TRY(page_after(c, q->after, "rfd", &before));
    TRY(refund_list(c, !q->all, before, limit + 1, &found));
    bool more = page_cut(&found, limit);
    const struct refund *at = found.at;
    int64_t *ids = arena_new(c->arena, int64_t, found.count + 1);
    for (size_t i = 0; i < found.count; i++) ids[i] = at[i].order_id;
    TRY(order_list_of(c, ids, found.count, &orders));
    struct refund_view *views = arena_new(c->arena, struct refund_view, found.count + 1);
    for (size_t i = 0; i < found.count; i++)
        views[i] = refund_view_of(&at[i], currency_in(c, &orders, at[i].order_id));
    out->list = (struct list){views, found.count};
    if (more) out->next = id_text(c->arena, "rfd", at[found.count - 1].refund_id);
    return OK;
}

static enum err refund_show(struct ctx *c, const struct request *in, struct reply *out)
{
    struct refund r;
    struct order o;
    struct refund_view *view = arena_new(c->arena, struct refund_view, 1);
    TRY(refund_get(c, in->ids[0], &r));
    TRY(order_get(c, r.order_id, &o));
    *view = refund_view_of(&r, text_cstr(c->arena, o.currency));
    out->record = view;
    return OK;
}

static enum err refund_again(struct ctx *c, const struct request *in, struct reply *out)
{
    const struct retry_body *body = in->body;
    TRY(refunding_retry(c, in->ids[0], body ? (enum refund_target)body->target : REFUND_TO_SOURCE));
    return refund_show(c, in, out);
}

const struct route refunds_routes[] = {
    {"GET", "/v1/refunds", "refunds list", SCOPE(ORDERS_READ), ROUTE_LIST, NULL, &query_fields,
     &refund_view_fields, refunds_list,
     "What is owed back to customers and not done, newest first."},
    {"GET", "/v1/refunds/{rfd}", "refunds show", SCOPE(ORDERS_READ), ROUTE_OWNED, NULL, NULL,
     &refund_view_fields, refund_show, "One refund, and how far it is."},
    {"POST", "/v1/refunds/{rfd}/retry", "refunds retry", SCOPE(PAYMENTS_WRITE), ROUTE_WRITE,
     &retry_fields, NULL, &refund_view_fields, refund_again,
     "Try again now, or give it back another way."},
    {0},
};
