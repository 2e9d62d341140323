#include "stages/1_receipt/receipt_substitute.h"

#include "domain/orders/substitution.h"
#include "stages/1_receipt/receipt_refuse.h"

static enum err put(struct ctx *c, const struct candidate *o, int64_t line_no, int32_t consent)
{
    return consent_put(c, &(struct substitution_consent){.merchant_id = c->merchant_id,
                                                         .order_id = o->order.order_id,
                                                         .line_no = line_no,
                                                         .consent = consent,
                                                         .said_us = c->now_us,
                                                         .said_by = c->actor_id});
}

enum err receipt_save_consents(struct ctx *c, const struct candidate *o)
{
    const struct draft_line *lines = o->draft->lines.at;
    int32_t whole = o->draft->substitution;
    if (whole != CONSENT_ASK) TRY(put(c, o, 0, whole));
    for (size_t l = 0; l < o->line_count; l++) {
        if (o->lines[l].kind != LINE_GOODS) continue;
        int32_t said = lines[receipt_draft_line(o, l)].substitution;
        if (said >= 0 && said != whole) TRY(put(c, o, o->lines[l].line_no, said));
    }
    return OK;
}

enum err receipt_read_consents(struct ctx *c, int64_t order_id, const int64_t *line_nos,
                               struct draft *d)
{
    struct list said;
    struct draft_line *lines = d->lines.at;
    TRY(consents_of(c, &order_id, 1, &said));
    d->substitution = (int32_t)consent_in(&said, order_id, 0);
    for (size_t i = 0; i < d->lines.count; i++)
        lines[i].substitution = (int32_t)consent_in(&said, order_id, line_nos[i]);
    return OK;
}
