/* stages/5_shipping/shipping_label_job.c: what carriers are asked, and what became of it.
 *
 *   find or buy, or give back             outside of any unit
 *   bought, failed, unknown: recorded     one unit for all of them
 *
 * Between the two the package may have been opened, or the customer have moved: then the label is
 * given back as soon as it is there. */
#include "base/sort.h"
#include "base/source.h"
#include "domain/events/event.h"
#include "domain/events/job.h"
#include "stages/5_shipping/shipping_load.h"
#include "store/db.h"

#include <string.h>

/* --- what carriers answer -------------------------------------------------------------------- */

/* What a carrier says is checked before it is believed. */
enum err shipping_answer_check(struct ctx *c, struct label_answer *a)
{
    struct buf number = buf_new(c->arena);
    bool is_clean = a->cost_minor >= 0 && a->cost_minor <= MONEY_MINOR_MAX &&
                    currency_known(text_cstr(c->arena, a->currency));
    for (size_t i = 0; i < a->tracking_number.len; i++) {
        char b = a->tracking_number.at[i];
        bool is_good = (b >= '0' && b <= '9') || (b >= 'A' && b <= 'Z') || b == '-';
        if (b >= 'a' && b <= 'z')
            buf_putc(&number, (char)(b - 'a' + 'A'));
        else if (is_good)
            buf_putc(&number, b);
        else if (b != ' ')
            is_clean = false;
    }
    if (!is_clean || !number.len || number.len > CARRIER_NUMBER_MAX)
        return fail(c, ERR_UNKNOWN, "answer_unreadable", "the carrier's answer makes no sense");
    a->tracking_number = buf_text(&number);
    return OK;
}

void shipping_answer_take(struct ctx *c, const struct label_answer *a, struct label *l)
{
    l->tracking_number = a->tracking_number;
    l->cost_minor = a->cost_minor;
    l->currency = a->currency;
    if (a->promised_day != NONE) l->promised_day = a->promised_day;
    l->reason = (struct text){0};
    l->bought_us = c->now_us;
}

enum err shipping_tell_bought(struct ctx *c, const struct package *p, const struct label *l)
{
    return event_put(c, EVENT_LABEL_BOUGHT, p->order_id, p->package_id,
                     EVENT_BODY(.word = l->tracking_number, .amount_minor = l->cost_minor,
                                .other_id = l->label_id));
}

enum err shipping_label_package(struct ctx *c, const struct package *p)
{
    struct package after = *p;
    TRY(package_do(c, &after, PACKAGE_LABEL));
    return package_write(c, p, &after);
}

/* --- asking ---------------------------------------------------------------------------------- */

enum outcome { NOTHING_TO_DO, BOUGHT, REFUSED, AWAY, LOST, VOIDED, KEPT };

struct answered {
    const struct job *job;
    enum outcome outcome;
    int64_t label_id;
    int64_t ship_to_id; /* where the package is to go by now */
    struct label_answer answer;
    struct text why;
};

static enum err find_or_buy(struct ctx *c, const struct carrier_driver *d, const struct parcel *p,
                            struct text key, bool may_be_bought, struct label_answer *answer)
{
    if (may_be_bought) {
        enum err e = d->find_label(c, d, key, answer);
        if (e == OK) return shipping_answer_check(c, answer);
        if (e != ERR_NOT_FOUND) return ERR_UNKNOWN;
    }
    TRY(d->buy_label(c, d, p, key, answer));
    return shipping_answer_check(c, answer);
}

static enum outcome outcome_of(enum err e)
{
    if (e == OK) return BOUGHT;
    if (e == ERR_UNKNOWN) return LOST;
    return err_retryable(e) ? AWAY : REFUSED;
}

/* Given back on purpose: shipping_void has unlabelled the package and left the reason. */
static bool is_voiding(const struct package *p, const struct label *l)
{
    return (l->state == LABEL_BOUGHT || l->state == LABEL_PRINTED) && l->reason.at &&
           p->state != PACKAGE_LABELLED;
}

static void ask_carrier(struct ctx *c, const struct shipments *all, const struct shipment *s,
                        struct answered *a)
{
    struct parcel parcel;
    if (!s->package || !s->label) return;
    const struct label *l = s->label;
    bool is_asked = l->state == LABEL_ASKED || l->state == LABEL_UNKNOWN;
    bool is_void = is_voiding(s->package, l);
    if (!is_asked && !is_void) return;
    const struct carrier_driver *d = shipping_carrier(l->carrier);
    struct text key = id_text(c->arena, "lbl", l->label_id);
    a->label_id = l->label_id;
    a->answer.promised_day = NONE;
    enum err e;
    if (!d) {
        e = fail(c, ERR_UPSTREAM, "carrier_unknown", "there is no carrier \"%.*s\" any more",
                 TEXT_ARG(l->carrier));
    } else if (is_void) {
        e = d->void_label(c, d, l->tracking_number, key);
    } else {
        struct shipment asked = *s;
        asked.to = s->label_to; /* the once-key stands for this address */
        shipment_parcel(c, all, &asked, &parcel);
        bool may_be_bought = l->state == LABEL_UNKNOWN || a->job->attempts > 1;
        e = find_or_buy(c, d, &parcel, key, may_be_bought, &a->answer);
    }
    a->outcome = outcome_of(e);
    if (is_void) a->outcome = e == OK ? VOIDED : a->outcome == REFUSED ? KEPT : AWAY;
    if (e != OK) a->why = text_copy(c->arena, text_of(c->fault.detail));
    c->fault = (struct fault){0};
}

/* The carrier keeps its price; the label is of no use all the same. */
static enum err record_useless(struct ctx *c, const struct package *p, const struct label *before,
                               const struct answered *a)
{
    struct label after = *before;
    TRY(label_do(c, &after, LABEL_VOID));
    after.reason = text_printf(c->arena, "not voided: %.*s", TEXT_ARG(a->why));
    TRY(label_write(c, before, &after));
    return event_put(
        c, EVENT_LABEL_VOIDED, p->order_id, p->package_id,
        EVENT_BODY(.other_id = before->label_id, .note = text_is(before->reason, LABEL_COMBINED)
                                                             ? T(LABEL_COMBINED)
                                                             : T(LABEL_READDRESSED)));
}

static enum err record_kept(struct ctx *c, const struct package *p, const struct label *before,
                            const struct answered *a)
{
    struct label after = *before;
    if (before->ship_to_id != a->ship_to_id || text_is(before->reason, LABEL_COMBINED))
        return record_useless(c, p, before, a);
    after.reason = (struct text){0};
    TRY(label_write(c, before, &after));
    if (p->state == PACKAGE_SEALED) TRY(shipping_label_package(c, p));
    return event_put(
        c, EVENT_LABEL_FAILED, p->order_id, p->package_id,
        EVENT_BODY(.other_id = before->label_id,
                   .note = text_printf(c->arena, "not voided: %.*s", TEXT_ARG(a->why))));
}

static enum err record_one(struct ctx *c, const struct package *p, const struct label *before,
                           const struct answered *a)
{
    struct label after = *before;
    bool is_last = a->job->attempts >= JOB_ATTEMPTS_MAX;
    switch (a->outcome) {
    case BOUGHT:
        TRY(label_do(c, &after, LABEL_BUY));
        shipping_answer_take(c, &a->answer, &after);
        if (before->ship_to_id != a->ship_to_id)
            after.reason = T(LABEL_READDRESSED);
        else if (p->inside_id != NONE)
            after.reason = T(LABEL_COMBINED);
        else if (p->state == PACKAGE_OPEN) /* what is in it changes */
            after.reason = T("the package was opened again");
        if (after.reason.at) TRY(job_put(c, JOB_LABEL, p->package_id, c->now_us));
        TRY(label_write(c, before, &after));
        if (p->state == PACKAGE_SEALED && !after.reason.at) TRY(shipping_label_package(c, p));
        return shipping_tell_bought(c, p, &after);
    case AWAY:
        /* It is sure that nothing was bought, so a person may ask anew. */
        if (!is_last || before->state != LABEL_ASKED) return OK;
        /* fall through */
    case REFUSED:
        TRY(label_do(c, &after, LABEL_FAIL));
        after.reason = a->why;
        TRY(label_write(c, before, &after));
        return event_put(c, EVENT_LABEL_FAILED, p->order_id, p->package_id,
                         EVENT_BODY(.other_id = before->label_id, .note = a->why));
    case LOST:
        if (before->state == LABEL_UNKNOWN) return OK;
        TRY(label_do(c, &after, LABEL_LOSE_ANSWER));
        after.reason = a->why;
        return label_write(c, before, &after);
    case VOIDED:
        TRY(label_do(c, &after, LABEL_VOID));
        TRY(label_write(c, before, &after));
        return event_put(c, EVENT_LABEL_VOIDED, p->order_id, p->package_id,
                         EVENT_BODY(.other_id = before->label_id, .note = before->reason));
    case KEPT: return record_kept(c, p, before, a);
    case NOTHING_TO_DO: break;
    }
    return OK;
}

struct recording {
    struct answered *at;
    size_t n;
};

static const struct label *label_by_id(const struct list *labels, int64_t label_id)
{
    const struct label *at = labels->at;
    for (size_t i = 0; i < labels->count; i++)
        if (at[i].label_id == label_id) return &at[i];
    return NULL;
}

static enum err record_all(struct ctx *c, void *arg)
{
    const struct recording *in = arg;
    struct list packages, labels, work;
    int64_t *ids = arena_new(c->arena, int64_t, in->n + 1);
    for (size_t i = 0; i < in->n; i++) ids[i] = in->at[i].job->subject_id;
    TRY(packages_of(c, ids, in->n, &packages));
    TRY(labels_of(c, ids, in->n, &labels));
    const struct package *found = packages.at;
    for (size_t i = 0; i < packages.count; i++) ids[i] = found[i].fulfillment_id;
    sort_i64(ids, packages.count);
    TRY(fulfillments_of(c, ids, unique_i64(ids, packages.count), &work));
    for (size_t i = 0; i < in->n; i++) {
        struct answered *a = &in->at[i];
        if (a->outcome == NOTHING_TO_DO) continue;
        const struct package *p =
            LIST_FIND(&packages, struct package, package_id, a->job->subject_id);
        const struct label *l = label_by_id(&labels, a->label_id);
        if (!p || !l) continue;
        a->ship_to_id =
            LIST_FIND(&work, struct fulfillment, fulfillment_id, p->fulfillment_id)->ship_to_id;
        bool is_open = l->state == LABEL_ASKED || l->state == LABEL_UNKNOWN || is_voiding(p, l);
        if (is_open) TRY(record_one(c, p, l, a));
    }
    for (size_t i = 0; i < in->n; i++) {
        const struct answered *a = &in->at[i];
        if (a->outcome == LOST || a->outcome == AWAY)
            TRY(job_again(c, a->job, a->why));
        else
            TRY(job_done(c, a->job));
    }
    return OK;
}

enum err shipping_label_job(struct ctx *c, const struct job *jobs, size_t n)
{
    struct shipments all;
    assert(!db_in_tx(c));
    if (!c->db) TRY(store_reader(c));
    TRY(shipping_batch(c, n));
    int64_t *ids = arena_new(c->arena, int64_t, n + 1);
    struct answered *at = arena_new(c->arena, struct answered, n + 1);
    for (size_t i = 0; i < n; i++) ids[i] = jobs[i].subject_id;
    TRY(shipments_load(c, ids, n, &all));
    for (size_t i = 0; i < n; i++) {
        at[i].job = &jobs[i];
        if (!all.at[i].is_again) ask_carrier(c, &all, &all.at[i], &at[i]);
    }
    return db_tx(c, record_all, &(struct recording){at, n});
}
