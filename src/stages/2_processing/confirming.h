/* stages/2_processing/confirming.h: the customer looks over where and when it shall arrive.
 *
 *   order.confirm_asked ─> row `confirmation` ─> answer by link or staff ─> hold let go
 *                                                    └─ a corrected address, instructions, a day
 *
 * Addresses never change: a corrected one is a new row, which the order and its work without labels
 * take over. Work that is labelled keeps its address. */
#pragma once

#include "base/address.h"
#include "base/ctx.h"
#include "base/field.h"
#include "domain/events/event.h"

enum { CONFIRM_WORDS_MAX = 1000 };

struct confirm_answer {
    int64_t order_id;
    bool is_by_link;                /* the customer; else the actor, who heard it */
    struct postal_address *ship_to; /* NULL: as it is; parts absent in it are taken as empty,
                                       except phone, e-mail and instructions: as they are */
    struct text instructions;       /* for the driver; absent: as they are, "": none */
    int64_t wish_day;               /* NONE: as it is */
    struct text words;
};

struct confirm_outcome {
    bool is_redirected, is_rescheduled; /* address or instructions; wished day */
    int64_t holds_released;
};

struct confirmation {
    int64_t order_id, asked_us, answered_us, answered_by;
    struct text words;
};
extern const struct fields confirmation_fields;

/* Reaction to ORDER_CONFIRM_ASKED. */
must_check enum err confirm_on_asked(struct ctx *c, const struct event *events, size_t count);

/* Inside a unit of work. ERR_CONFLICT "confirmed" (answered before), "not_asked", "wrong_state"
   (cancelled, closed), "too_late" (a change, and all of it is labelled or gone); ERR_INVALID for
   the address (base/address.h, under "ship_to"), "wish_date_passed". */
must_check enum err confirm_answer(struct ctx *c, const struct confirm_answer *a,
                                   struct confirm_outcome *out);
must_check enum err confirmation_find(struct ctx *c, int64_t order_id, struct confirmation *out,
                                      bool *found);
