#include "stages/7_completion/telling.h"

#include "base/money.h"
#include "base/sort.h"
#include "domain/events/job.h"
#include "domain/orders/order.h"

static bool is_told(const struct order *o, enum message_template template)
{
    if (!o || !o->customer_email.len || o->created_us - o->placed_us > TELL_HISTORY_US)
        return false;
    bool is_collected = o->method == METHOD_PICKUP;
    if (template == MESSAGE_READY) return is_collected;
    return template != MESSAGE_SHIPPED || !is_collected;
}

static size_t order_ids(struct arena *a, const struct telling *what, size_t n, int64_t **out)
{
    int64_t *ids = arena_new(a, int64_t, n + 1);
    for (size_t i = 0; i < n; i++) ids[i] = what[i].order_id;
    sort_i64(ids, n);
    *out = ids;
    return unique_i64(ids, n);
}

enum err tell(struct ctx *c, const struct telling *what, size_t n)
{
    struct list orders;
    int64_t *ids;
    if (!n) return OK;
    size_t count = order_ids(c->arena, what, n, &ids);
    TRY(order_list_of(c, ids, count, &orders));
    struct message *messages = arena_new(c->arena, struct message, n);
    size_t told = 0;
    for (size_t i = 0; i < n; i++) {
        const struct order *o = LIST_FIND(&orders, struct order, order_id, what[i].order_id);
        if (!is_told(o, what[i].template)) continue;
        struct text reason = what[i].reason;
        if (what[i].amount_minor > 0)
            reason = money_text(c->arena, what[i].amount_minor, text_cstr(c->arena, o->currency));
        messages[told++] = (struct message){.order_id = what[i].order_id,
                                            .template = (int32_t)what[i].template,
                                            .recipient = o->customer_email,
                                            .cause = what[i].cause,
                                            .package_id = what[i].package_id,
                                            .reason = reason};
    }
    TRY(messages_put(c, messages, told));
    for (size_t i = 0; i < told; i++)
        if (messages[i].message_id != NONE)
            TRY(job_put(c, JOB_MESSAGE, messages[i].message_id, c->now_us));
    return OK;
}

/* False: this kind of event tells the customer nothing. */
static bool template_of(int32_t kind, enum message_template *out)
{
    switch (kind) {
    case EVENT_ORDER_PLACED: *out = MESSAGE_RECEIVED; return true;
    case EVENT_ORDER_CONFIRM_ASKED: *out = MESSAGE_CONFIRM; return true;
    case EVENT_FULFILLMENT_PACKED: *out = MESSAGE_READY; return true;
    case EVENT_PACKAGE_HANDED_OVER: *out = MESSAGE_SHIPPED; return true;
    case EVENT_PACKAGE_DELIVERED:
    case EVENT_ORDER_DELIVERED: *out = MESSAGE_DELIVERED; return true;
    case EVENT_ORDER_CANCELLED: *out = MESSAGE_CANCELLED; return true;
    case EVENT_RETURN_APPROVED: *out = MESSAGE_RETURN_APPROVED; return true;
    case EVENT_RETURN_DECLINED: *out = MESSAGE_RETURN_DECLINED; return true;
    case EVENT_RETURN_LABELLED: *out = MESSAGE_RETURN_LABEL; return true;
    case EVENT_RETURN_RECEIVED: *out = MESSAGE_RETURN_RECEIVED; return true;
    case EVENT_REFUND_DONE: *out = MESSAGE_REFUNDED; return true;
    case EVENT_SUBSTITUTION_ASKED: *out = MESSAGE_SUBSTITUTE; return true;
    case EVENT_LINE_SUBSTITUTED: *out = MESSAGE_SUBSTITUTED; return true;
    case EVENT_ORDER_DATED: *out = MESSAGE_DELAYED; return true;
    default: return false;
    }
}

/* All of the order had arrived with what this tells of, or with what came later: a mail of its own
   says so. What the order looks like by now says nothing: its rest may have been cancelled. */
static bool is_told_as_order(const struct list *whole, const struct telling *t, int64_t position)
{
    const struct event *e = whole->at;
    for (size_t i = 0; i < whole->count; i++)
        if (e[i].order_id == t->order_id && e[i].position > position) return true;
    return false;
}

enum err tell_on(struct ctx *c, const struct event *events, size_t count)
{
    struct telling *what = arena_new(c->arena, struct telling, count + 1);
    int64_t *part = arena_new(c->arena, int64_t, count + 1); /* position; NONE: not of a part */
    size_t n = 0, parts = 0, kept = 0;
    int64_t first = INT64_MAX; /* of the parts */
    for (size_t i = 0; i < count; i++) {
        const struct event *e = &events[i];
        enum message_template template;
        if (e->order_id == NONE || !template_of(e->kind, &template)) continue;
        bool is_better = text_is(e->word, "known") || text_is(e->word, "sooner");
        if (e->kind == EVENT_ORDER_DATED && is_better) template = MESSAGE_DATED;
        bool is_package = template == MESSAGE_SHIPPED || e->kind == EVENT_PACKAGE_DELIVERED ||
                          template == MESSAGE_RETURN_LABEL;
        bool is_worded = template == MESSAGE_CANCELLED || template == MESSAGE_RETURN_APPROVED ||
                         template == MESSAGE_RETURN_DECLINED;
        bool is_question = template == MESSAGE_SUBSTITUTE || template == MESSAGE_SUBSTITUTED;
        part[n] = e->kind == EVENT_PACKAGE_DELIVERED ? e->position : NONE;
        parts += part[n] != NONE;
        if (part[n] != NONE && part[n] < first) first = part[n];
        what[n++] =
            (struct telling){.order_id = e->order_id,
                             .template = template,
                             .cause = is_question     ? e->subject_id
                                      : e->command_id ? e->command_id
                                                      : e->position,
                             .package_id = is_package ? e->subject_id : NONE,
                             .reason = is_worded ? e->note : (struct text){0},
                             .amount_minor = template == MESSAGE_REFUNDED ? e->amount_minor : 0};
    }
    if (parts) {
        struct list whole;
        int64_t *ids;
        size_t orders = order_ids(c->arena, what, n, &ids);
        TRY(events_of_kind(c, ids, orders, EVENT_ORDER_DELIVERED, first, &whole));
        for (size_t i = 0; i < n; i++)
            if (part[i] == NONE || !is_told_as_order(&whole, &what[i], part[i]))
                what[kept++] = what[i];
        n = kept;
    }
    return tell(c, what, n);
}
