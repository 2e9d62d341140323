#include "services/gift_wrap/gift_wrap.h"

#include "domain/events/event.h"
#include "domain/orders/service_work.h"

static enum err check_message(struct ctx *c, const struct gift_wrap *in, const struct task *t)
{
    if (!t->wording.len) {
        if (!in->message.len) return OK;
        return fail_at(c, ERR_CONFLICT, "message_differs", "message",
                       "the customer asked for no message");
    }
    if (!in->message.len)
        return fail_at(c, ERR_CONFLICT, "message_missing", "message",
                       "a card belongs to it: \"%.*s\"", TEXT_ARG(text_head(t->wording, 120)));
    if (wording_same(in->message, t->wording)) return OK;
    return fail_at(c, ERR_CONFLICT, "message_differs", "message", "the card has to say \"%.*s\"",
                   TEXT_ARG(text_head(t->wording, 120)));
}

enum err gift_wrap_finish(struct ctx *c, const struct gift_wrap *in)
{
    struct service_work w;
    TRY(service_work_load(c, in->fulfillment_id, in->task_id, TASK_GIFT_WRAP, in->version, &w));
    TRY(check_message(c, in, &w.task));
    TRY(service_work_done(c, &w));
    return event_put(
        c, EVENT_SERVICE_DONE, w.fulfillment.order_id, in->task_id,
        EVENT_BODY(.line_no = w.task.line_no, .word = T("gift_wrap"), .note = in->paper));
}
