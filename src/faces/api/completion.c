/* faces/api/completion.c: feedback, cases and messages of orders. */
#include "base/source.h"
#include "domain/customers/message.h"
#include "domain/orders/order.h"
#include "faces/api/actor_names.h"
#include "faces/api/care.h"
#include "stages/7_completion/cases.h"
#include "stages/7_completion/feedback.h"

static const struct field page_table[] = {
    FIELD(struct page, limit, .flags = F_NULL, .min = 1, .max = PAGE_MAX,
          .about = "50 when absent"),
    FIELD(struct page, after, .max = 80, .about = "`next` of the page before"),
};
static const struct fields page_fields = FIELDS("care_page", struct page, page_table);

static int64_t limit_of(const struct page *p) { return p->limit == NONE ? PAGE_DEFAULT : p->limit; }

static enum err bad_cursor(struct ctx *c)
{
    fail_at(c, ERR_INVALID, "invalid_value", "after", "this cursor was not given by this list");
    return hint(c, "leave it out for the first page");
}

/* --- feedback -------------------------------------------------------------------------------- */

struct feedback_body {
    int32_t score;
    struct text words;
};
static const struct field feedback_body_table[] = {
    FIELD(struct feedback_body, score, .flags = F_REQUIRED, .min = 0, .max = FEEDBACK_SCORE_MAX,
          .about = "would they order again: 0 never, 10 surely"),
    FIELD(struct feedback_body, words, .flags = F_FREE, .max = FEEDBACK_WORDS_MAX,
          .about = "what the customer says"),
};
static const struct fields feedback_body_fields =
    FIELDS("new_feedback", struct feedback_body, feedback_body_table);

struct feedback_view {
    int64_t order_id;
    int32_t score;
    struct text words;
    int64_t at_us;
};
static const struct field feedback_view_table[] = {
    FIELD_ID(struct feedback_view, order_id, "order_id", "ord"),
    FIELD(struct feedback_view, score),
    FIELD(struct feedback_view, words),
    FIELD_INSTANT(struct feedback_view, at_us, "given_at"),
};
static const struct fields feedback_view_fields =
    FIELDS("feedback", struct feedback_view, feedback_view_table);

struct feedback_reply {
    int64_t order_id, case_id;
};
static const struct field feedback_reply_table[] = {
    FIELD_ID(struct feedback_reply, order_id, "order_id", "ord"),
    FIELD_ID(struct feedback_reply, case_id, "case_id", "cas", .flags = F_NULL,
             .about = "opened because of a low score"),
};
static const struct fields feedback_reply_fields =
    FIELDS("feedback_taken", struct feedback_reply, feedback_reply_table);

static enum err give_feedback(struct ctx *c, const struct request *in, struct reply *out)
{
    const struct feedback_body *body = in->body;
    struct feedback_reply *reply = arena_new(c->arena, struct feedback_reply, 1);
    reply->order_id = in->ids[0];
    TRY(feedback_give(c, in->ids[0], body->score, body->words, &reply->case_id));
    out->record = reply;
    return OK;
}

static enum err list_feedback(struct ctx *c, const struct request *in, struct reply *out)
{
    const struct page *page = in->query;
    struct list rows;
    int64_t before = INT64_MAX;
    if (page->after.len && !id_parse(page->after, "ord", &before)) return bad_cursor(c);
    TRY(feedback_list(c, before, limit_of(page), &rows));
    const struct feedback *at = rows.at;
    struct feedback_view *views = arena_new(c->arena, struct feedback_view, rows.count + 1);
    for (size_t i = 0; i < rows.count; i++)
        views[i] = (struct feedback_view){at[i].order_id, at[i].score, at[i].words, at[i].at_us};
    out->list = (struct list){views, rows.count};
    if ((int64_t)rows.count == limit_of(page))
        out->next = id_text(c->arena, "ord", at[rows.count - 1].order_id);
    return OK;
}

struct since_query {
    int64_t since_us;
};
static const struct field since_table[] = {
    FIELD_INSTANT(struct since_query, since_us, "since", .about = "orders taken in since then"),
};
static const struct fields since_fields = FIELDS("since_query", struct since_query, since_table);

static enum err sum_feedback(struct ctx *c, const struct request *in, struct reply *out)
{
    const struct since_query *q = in->query;
    struct feedback_sum *sum = arena_new(c->arena, struct feedback_sum, 1);
    TRY(feedback_sum(c, q->since_us == NONE ? 0 : q->since_us, sum));
    out->record = sum;
    return OK;
}

/* --- cases ----------------------------------------------------------------------------------- */

struct case_view {
    int64_t case_id, order_id, number;
    int32_t kind;
    struct text words;
    int64_t owner_id, opened_us, due_us;
    bool is_overdue;
    int32_t resolution;
    struct text answer;
    struct money refund;
    int64_t reship_order_id, return_id, resolved_us, resolved_by;
    int64_t package_id;
    struct text owner, resolver; /* by name */
};
static const struct field case_view_table[] = {
    FIELD_ID(struct case_view, case_id, "id", "cas"),
    FIELD_ID(struct case_view, order_id, "order_id", "ord"),
    FIELD(struct case_view, number, .about = "of the order"),
    FIELD_ENUM(struct case_view, kind, case_kind_words),
    FIELD(struct case_view, words),
    FIELD_ID(struct case_view, owner_id, "owner_id", "usr"),
    FIELD_INSTANT(struct case_view, opened_us, "opened_at"),
    FIELD_INSTANT(struct case_view, due_us, "due_at"),
    FIELD(struct case_view, is_overdue),
    FIELD_ENUM(struct case_view, resolution, case_resolution_words, .flags = F_NULL),
    FIELD(struct case_view, answer),
    FIELD(struct case_view, refund, .flags = F_NULL),
    FIELD_ID(struct case_view, reship_order_id, "reship_order_id", "ord", .flags = F_NULL),
    FIELD_ID(struct case_view, return_id, "return_id", "ret", .flags = F_NULL),
    FIELD_INSTANT(struct case_view, resolved_us, "resolved_at"),
    FIELD_ID(struct case_view, resolved_by, "resolved_by", "usr", .flags = F_NULL),
    FIELD_ID(struct case_view, package_id, "package_id", "pkg", .flags = F_NULL,
             .about = "the parcel whose silence opened it"),
    FIELD(struct case_view, owner, .about = "the owner's name"),
    FIELD(struct case_view, resolver, .about = "the name of who resolved it"),
};
static const struct fields case_view_fields =
    FIELDS("care_case", struct case_view, case_view_table);

static struct case_view view_of(struct ctx *c, const struct care_case *k, const struct order *o)
{
    bool is_open = k->resolution < 0;
    struct money refund = {.minor = NONE};
    if (k->refund_minor != NONE) refund = money(k->refund_minor, text_cstr(c->arena, o->currency));
    return (struct case_view){.case_id = k->case_id,
                              .order_id = k->order_id,
                              .number = o->number,
                              .kind = k->kind,
                              .words = k->words,
                              .owner_id = k->owner_id,
                              .opened_us = k->opened_us,
                              .due_us = k->due_us,
                              .is_overdue = is_open && k->due_us < c->now_us,
                              .resolution = k->resolution,
                              .answer = k->answer,
                              .refund = refund,
                              .reship_order_id = k->reship_order_id,
                              .return_id = k->return_id,
                              .resolved_us = k->resolved_us,
                              .resolved_by = k->resolved_by,
                              .package_id = k->package_id};
}

static enum err name_people(struct ctx *c, struct case_view *views, size_t n)
{
    struct actors actors;
    int64_t *ids = arena_new(c->arena, int64_t, 2 * n + 1);
    for (size_t i = 0; i < n; i++) {
        ids[2 * i] = views[i].owner_id;
        ids[2 * i + 1] = views[i].resolved_by;
    }
    TRY(actors_load(c, ids, 2 * n, &actors));
    for (size_t i = 0; i < n; i++) {
        bool is_open = views[i].resolved_us == NONE;
        int64_t owner_id = views[i].owner_id;
        if (owner_id > 0) views[i].owner = actor_name(c->arena, &actors, owner_id);
        if (!is_open) views[i].resolver = actor_name(c->arena, &actors, views[i].resolved_by);
    }
    return OK;
}

static enum err views_of(struct ctx *c, const struct list *cases, struct list *out)
{
    const struct care_case *at = cases->at;
    int64_t *ids = arena_new(c->arena, int64_t, cases->count + 1);
    struct case_view *views = arena_new(c->arena, struct case_view, cases->count + 1);
    struct list orders;
    size_t n = 0;
    for (size_t i = 0; i < cases->count; i++) ids[i] = at[i].order_id;
    TRY(order_list_of(c, ids, cases->count, &orders));
    const struct order *order = orders.at;
    for (size_t i = 0; i < cases->count; i++)
        for (size_t k = 0; k < orders.count; k++)
            if (order[k].order_id == at[i].order_id) views[n++] = view_of(c, &at[i], &order[k]);
    TRY(name_people(c, views, n));
    *out = (struct list){views, n};
    return OK;
}

static enum err show_case(struct ctx *c, int64_t order_id, int64_t case_id, struct reply *out)
{
    struct care_case concern;
    struct list views;
    TRY(case_get(c, order_id, case_id, &concern));
    TRY(views_of(c, &(struct list){&concern, 1}, &views));
    out->record = views.at;
    return OK;
}

struct case_body {
    int32_t kind;
    struct text words;
    int64_t owner_id;
};
static const struct field case_body_table[] = {
    FIELD_ENUM(struct case_body, kind, case_kind_words, .flags = F_REQUIRED,
               .about = "what it is about"),
    FIELD(struct case_body, words, .flags = F_REQUIRED | F_FREE, .max = CASE_WORDS_MAX,
          .about = "what the customer says"),
    FIELD_ID(struct case_body, owner_id, "owner_id", "usr", .flags = F_NULL,
             .about = "who sees to it; absent: whoever comes first"),
};
static const struct fields case_body_fields = FIELDS("new_case", struct case_body, case_body_table);

static enum err open_case(struct ctx *c, const struct request *in, struct reply *out)
{
    const struct case_body *body = in->body;
    struct case_wish wish = {.order_id = in->ids[0],
                             .kind = body->kind,
                             .words = body->words,
                             .owner_id = body->owner_id == NONE ? 0 : body->owner_id};
    int64_t case_id;
    TRY(case_open(c, &wish, &case_id));
    return show_case(c, in->ids[0], case_id, out);
}

static const struct field case_line_table[] = {
    FIELD(struct case_line, line_no, .flags = F_REQUIRED, .min = 1, .max = 100000,
          .about = "of the order"),
    FIELD(struct case_line, quantity, .flags = F_REQUIRED, .min = 1, .max = QUANTITY_MAX,
          .about = "units of it"),
};
static const struct fields case_line_fields =
    FIELDS("case_line", struct case_line, case_line_table);

struct resolve_body {
    int32_t resolution;
    struct text answer;
    struct money refund;
    struct list lines;
    int32_t return_reason;
};
static const struct field resolve_body_table[] = {
    FIELD_ENUM(struct resolve_body, resolution, case_resolution_words, .flags = F_REQUIRED,
               .about = "what is done about it"),
    FIELD(struct resolve_body, answer, .flags = F_FREE, .max = CASE_WORDS_MAX,
          .about = "what the customer is told"),
    FIELD(struct resolve_body, refund, .flags = F_NULL, .about = "of a refund: how much"),
    FIELD_LIST(struct resolve_body, lines, case_line_fields, .max = CASE_LINES_MAX,
               .about = "of a reship or return: which goods"),
    FIELD_ENUM(struct resolve_body, return_reason, return_reason_words, .flags = F_NULL,
               .about = "of a return: why it comes back"),
};
static const struct fields resolve_body_fields =
    FIELDS("case_answer", struct resolve_body, resolve_body_table);

static enum err resolve_case(struct ctx *c, const struct request *in, struct reply *out)
{
    const struct resolve_body *body = in->body;
    struct case_answer answer = {.order_id = in->ids[0],
                                 .case_id = in->ids[1],
                                 .resolution = body->resolution,
                                 .answer = body->answer,
                                 .refund_minor = body->refund.minor,
                                 .lines = body->lines,
                                 .return_reason = body->return_reason};
    struct case_outcome done;
    if (body->refund.minor != NONE)
        answer.currency = text_copy(c->arena, text_of(body->refund.currency));
    TRY(case_resolve(c, &answer, &done));
    return show_case(c, in->ids[0], in->ids[1], out);
}

static enum err list_cases_of(struct ctx *c, const struct request *in, struct reply *out)
{
    struct order_state state;
    struct list cases;
    TRY(order_state_get(c, in->ids[0], &state));
    TRY(cases_of(c, &in->ids[0], 1, &cases));
    return views_of(c, &cases, &out->list);
}

/* The cursor is the due time and the id of the last one shown. */
static enum err list_cases(struct ctx *c, const struct request *in, struct reply *out)
{
    const struct page *page = in->query;
    struct list cases;
    int64_t due_us = 0, id = 0;
    if (page->after.len) {
        struct text rest, due = text_split(page->after, '-', &rest);
        if (!text_to_i64(due, &due_us) || !id_parse(rest, "cas", &id)) return bad_cursor(c);
    }
    TRY(cases_open(c, due_us, id, limit_of(page), &cases));
    TRY(views_of(c, &cases, &out->list));
    if ((int64_t)cases.count < limit_of(page)) return OK;
    const struct care_case *last = &((const struct care_case *)cases.at)[cases.count - 1];
    struct text last_id = id_text(c->arena, "cas", last->case_id);
    out->next = text_printf(c->arena, "%lld-%.*s", (long long)last->due_us, TEXT_ARG(last_id));
    return OK;
}

/* --- messages -------------------------------------------------------------------------------- */

struct message_view {
    int64_t message_id, order_id;
    int32_t template, state;
    struct text recipient, reason;
    int64_t created_us, sent_us;
};
static const struct field message_view_table[] = {
    FIELD_ID(struct message_view, message_id, "id", "msg"),
    FIELD_ID(struct message_view, order_id, "order_id", "ord"),
    FIELD_ENUM(struct message_view, template, message_template_words),
    FIELD_ENUM(struct message_view, state, message_state_words),
    FIELD(struct message_view, recipient),
    FIELD(struct message_view, reason),
    FIELD_INSTANT(struct message_view, created_us, "created_at"),
    FIELD_INSTANT(struct message_view, sent_us, "sent_at"),
};
static const struct fields message_view_fields =
    FIELDS("message", struct message_view, message_view_table);

static enum err list_messages(struct ctx *c, const struct request *in, struct reply *out)
{
    struct order_state state;
    struct list rows;
    TRY(order_state_get(c, in->ids[0], &state));
    TRY(messages_of(c, &in->ids[0], 1, &rows));
    const struct message *m = rows.at;
    struct message_view *views = arena_new(c->arena, struct message_view, rows.count + 1);
    for (size_t i = 0; i < rows.count; i++)
        views[i] = (struct message_view){m[i].message_id, m[i].order_id,  m[i].template,
                                         m[i].state,      m[i].recipient, m[i].reason,
                                         m[i].created_us, m[i].sent_us};
    out->list = (struct list){views, rows.count};
    return OK;
}

const struct route completion_routes[] = {
    {"POST", "/v1/orders/{ord}/feedback", "orders feedback", SCOPE(CARE_WRITE),
     ROUTE_WRITE | ROUTE_OWNED, &feedback_body_fields, NULL, &feedback_reply_fields, give_feedback,
     "Take the customer's feedback, once per order; a low score opens a case."},
    {"GET", "/v1/feedback", "feedback list", SCOPE(ORDERS_READ), ROUTE_LIST, NULL, &page_fields,
     &feedback_view_fields, list_feedback, "List the feedback, newest orders first."},
    {"GET", "/v1/feedback/sum", "feedback sum", SCOPE(ORDERS_READ), 0, NULL, &since_fields,
     &feedback_sum_fields, sum_feedback, "Add up the feedback to a net score."},
    {"POST", "/v1/orders/{ord}/cases", "cases open", SCOPE(CARE_WRITE),
     ROUTE_WRITE | ROUTE_MAKES | ROUTE_OWNED, &case_body_fields, NULL, &case_view_fields, open_case,
     "Open a case: a customer's concern."},
    {"GET", "/v1/orders/{ord}/cases", "orders cases", SCOPE(ORDERS_READ), ROUTE_LIST | ROUTE_OWNED,
     NULL, NULL, &case_view_fields, list_cases_of, "List the cases of an order."},
    {"GET", "/v1/cases", "cases list", SCOPE(ORDERS_READ), ROUTE_LIST | ROUTE_BY_OWNER, NULL,
     &page_fields, &case_view_fields, list_cases, "List the open cases, the most urgent first."},
    {"POST", "/v1/orders/{ord}/cases/{cas}/resolve", "cases resolve", SCOPE(CARE_WRITE),
     ROUTE_WRITE, &resolve_body_fields, NULL, &case_view_fields, resolve_case,
     "End a case by an answer, a refund, goods sent again or goods asked back."},
    {"GET", "/v1/orders/{ord}/messages", "orders messages", SCOPE(ORDERS_READ), ROUTE_LIST, NULL,
     NULL, &message_view_fields, list_messages, "List the mails of an order."},
    {0}};
