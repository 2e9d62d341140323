/* services/gift_wrap/gift_wrap.h: goods are wrapped, and the customer's message lies on top.
 *
 * The message is printed as the customer wrote it: who wraps confirms the text on the card, and a
 * card that says something else is refused. Inside a unit of work. */
#pragma once

#include "base/ctx.h"
#include "base/field.h"

struct gift_wrap {
    int64_t fulfillment_id, task_id;
    struct text message; /* as printed on the card; absent when there is none */
    struct text paper;   /* which paper and ribbon were used, or absent */
    int64_t version;     /* of the fulfillment; NONE: not asked */
};
/* ERR_CONFLICT "message_missing" or "message_differs"; otherwise as service_work_load. */
must_check enum err gift_wrap_finish(struct ctx *c, const struct gift_wrap *in);
