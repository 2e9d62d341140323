/* stages/2_processing/substituting.h: something else instead of what is not there, with the
 * customer's consent.
 *
 *   a line is short, a rule's substitute is free ─┬─ allow: the order is changed at once
 *                                                 ├─ ask: the units are set aside, a mail asks
 *                                                 └─ refuse: nothing
 *   yes ──> the order is changed (changing.h): fewer of the old line, a new one that stands for it
 *   no, or nobody answers ──> the units wait on, or are cancelled, as the rule says
 *
 * Whatever else happens to the line meanwhile withdraws the question. A line is asked about until
 * its customer said no, or nothing. Parts of kits, lines with services or personalisation and what
 * is sold before it is there are never replaced. */
#pragma once

#include "base/ctx.h"
#include "domain/events/event.h"
#include "domain/events/job.h"
#include "domain/orders/substitution.h"

enum { SUBSTITUTING_ORDERS_MAX = 1000, SUBSTITUTION_NOTE_MAX = 500 };

/* Reaction: orders that became short, stock of substitutes that came, rules that changed. */
must_check enum err substituting_on_short(struct ctx *c, const struct event *events, size_t count);
/* Handler of JOB_SUBSTITUTION (subject: the question): its time is over. */
must_check enum err substituting_job(struct ctx *c, const struct job *jobs, size_t count);

struct substitution_answer {
    int64_t order_id, substitution_id;
    bool accepts;
    struct text note; /* the customer's words */
};
/* Inside a unit of work. ERR_CONFLICT "answer_late", "not_needed" (the units are there after all),
   "wrong_state" (answered before); otherwise as order_change. `out` is what it is then. */
must_check enum err substituting_answer(struct ctx *c, const struct substitution_answer *in,
                                        struct substitution *out);
