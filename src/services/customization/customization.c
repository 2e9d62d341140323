#include "services/customization/customization.h"

#include "domain/events/event.h"
#include "domain/orders/service_work.h"

/* Letter by letter, but for blanks at the ends. */
static enum err check_words(struct ctx *c, struct text made, struct text asked)
{
    made = text_trim(made);
    asked = text_trim(asked);
    if (!asked.len)
        return fail(c, ERR_CONFLICT, "wording_missing",
                    "the order does not say what to put on it; ask the customer");
    if (text_eq(made, asked)) return OK;
    size_t same = 0;
    while (same < made.len && same < asked.len && made.at[same] == asked.at[same]) same++;
    while (same && same < asked.len && ((unsigned char)asked.at[same] & 0xC0) == 0x80) same--;
    return fail_at(c, ERR_CONFLICT, "wording_differs", "words",
                   "asked was \"%.*s\"; it differs after \"%.*s\"", TEXT_ARG(text_head(asked, 80)),
                   TEXT_ARG(text_head((struct text){asked.at, same}, 60)));
}

enum err customization_finish(struct ctx *c, const struct customization *in)
{
    struct service_work w;
    TRY(service_work_load(c, in->fulfillment_id, in->task_id, TASK_CUSTOMIZATION, in->version, &w));
    TRY(check_words(c, in->words, w.task.wording));
    TRY(service_work_done(c, &w));
    return event_put(
        c, EVENT_SERVICE_DONE, w.fulfillment.order_id, in->task_id,
        EVENT_BODY(.line_no = w.task.line_no, .word = T("customization"), .note = w.task.wording));
}
