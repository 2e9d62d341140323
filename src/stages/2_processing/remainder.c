#include "stages/2_processing/remainder.h"

#include "base/time.h"
#include "domain/events/event.h"
#include "domain/events/job.h"
#include "domain/inventory/stock.h"
#include "domain/orders/sourcing.h"
#include "stages/2_processing/cancelling_work.h"

static const char *const choices[] = {"backorder", "cancelled"};
const struct words remainder_words = WORDS("remainder", choices);

static enum err check(struct ctx *c, const struct cancelling *k, size_t at, int64_t rest)
{
    const struct fulfillment *f = &((const struct fulfillment *)k->work.at)[at];
    if (!k->is_here[at] || f->state == FULFILLMENT_PACKED)
        return fail(c, ERR_CONFLICT, "too_late", "this work is %s",
                    word_of(&fulfillment_state_words, f->state));
    if (!rest) return fail(c, ERR_CONFLICT, "nothing_left", "all of it is picked already");
    if (f->picked > 0) return OK;
    fail(c, ERR_CONFLICT, "nothing_picked", "nothing of it is picked yet");
    return hint(c, "give the work back as a whole: waybill fulfillments reject");
}

/* What nobody has picked leaves the work, its promise and, where asked for, the order. */
static enum err drop(struct ctx *c, struct cancelling *k, const struct fulfillment *f,
                     bool is_cancelled, int64_t *units)
{
    const struct fulfillment_line *w = k->work_lines.at;
    for (size_t i = 0; i < k->work_lines.count; i++) {
        int64_t rest = k->dropped[i];
        if (!rest) continue;
        struct promise of = {.order_id = f->order_id,
                             .line_no = w[i].line_no,
                             .site_id = f->site_id,
                             .product_id = w[i].product_id};
        *units += rest;
        TRY(promise_release(c, &of, rest));
        TRY(order_progress(c, f->order_id, w[i].line_no,
                           (struct progress){.allocated = -rest,
                                             .released = -rest,
                                             .cancelled = is_cancelled ? rest : 0}));
    }
    return OK;
}

/* The site gets it back no sooner than tomorrow: it could have picked it now. */
static enum err ask_others(struct ctx *c, const struct fulfillment *f, struct text note)
{
    int64_t until_us = c->now_us + DAY_US;
    TRY(site_rejection_put(c, &(struct site_rejection){.order_id = f->order_id,
                                                       .site_id = f->site_id,
                                                       .fulfillment_id = f->fulfillment_id,
                                                       .reason = REJECT_TOO_BUSY,
                                                       .note = note,
                                                       .at_us = c->now_us,
                                                       .until_us = until_us,
                                                       .actor_id = c->actor_id}));
    return job_put(c, JOB_BACKORDER, f->order_id, until_us);
}

enum err fulfillment_close_rest(struct ctx *c, int64_t fulfillment_id, const struct remainder *in,
                                struct remainder_outcome *out)
{
    struct cancel_outcome ended = {0};
    struct cancelling k = {.reason = in->reason, .out = &ended};
    struct fulfillment f;
    bool is_cancelled = in->choice == REMAINDER_CANCELLED;
    int64_t rest = 0;
    size_t at = 0;
    TRY(fulfillment_get(c, fulfillment_id, &f));
    *out = (struct remainder_outcome){.order_id = f.order_id};
    TRY(cancelling_load(c, f.order_id, &k));
    const struct fulfillment *work = k.work.at;
    while (work[at].fulfillment_id != fulfillment_id) at++;
    f = work[at];
    const struct fulfillment_line *w = k.work_lines.at;
    for (size_t i = 0; i < k.work_lines.count; i++)
        if (w[i].fulfillment_id == fulfillment_id)
            rest += k.dropped[i] = w[i].quantity - w[i].picked;
    TRY(check(c, &k, at, rest));
    TRY(drop(c, &k, &f, is_cancelled, &out->units));
    out->stays = f.units - out->units;
    TRY(cancelling_stop(c, &k));
    out->tasks = ended.tasks;
    TRY(event_put(c, EVENT_FULFILLMENT_REST, f.order_id, fulfillment_id,
                  EVENT_BODY(.quantity = out->units,
                             .word = text_of(word_of(&remainder_words, in->choice)),
                             .note = in->reason, .other_id = f.site_id)));
    if (!is_cancelled) return ask_others(c, &f, in->reason);
    return event_put(
        c, EVENT_ORDER_CHANGED, f.order_id, NONE,
        EVENT_BODY(.quantity = out->units, .word = T("cancelled"), .note = in->reason));
}
