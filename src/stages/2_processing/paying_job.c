/* stages/2_processing/paying_job.c: ask the providers, then record what they said.
 *
 *   load ──> ask each, outside any unit ──> one unit: states, counters, entries, holds, events */
#include "base/source.h"
#include "domain/people/people.h"
#include "queries.h"
#include "stages/2_processing/paying.h"
#include "stages/2_processing/paying_money.h"
#include "stages/2_processing/refunding.h"
#include "store/db.h"

/* What became of one job's question. */
enum finding {
    FOUND_SETTLED, /* somebody else did */
    FOUND_DONE,
    FOUND_DECLINED,
    FOUND_PENDING,
    FOUND_AWAY,    /* surely not done: ask again */
    FOUND_UNKNOWN, /* perhaps done: look before asking again */
    FOUND_MANUAL   /* people record it; the job is over */
};

struct question {
    const struct job *job;
    enum finding finding;
    struct text provider_ref, reason;
};
struct round {
    struct question *questions;
    size_t count;
};

static const struct payment_provider *const *providers;

void paying_use(const struct payment_provider *const *list) { providers = list; }

static const struct payment_provider *provider_named(struct text name)
{
    for (size_t i = 0; providers && providers[i]; i++)
        if (text_is(name, providers[i]->name)) return providers[i];
    return NULL;
}

/* --- asking ---------------------------------------------------------------------------------- */

static const struct payment_intent *authorisation_of(const struct order_money *m,
                                                     int64_t payment_id)
{
    const struct payment_intent *at = m->intents.at;
    for (size_t i = 0; i < m->intents.count; i++)
        if (at[i].payment_id == payment_id && at[i].kind == INTENT_AUTHORISE &&
            at[i].state == INTENT_DONE)
            return &at[i];
    return NULL;
}

static_assert((int)REQUEST_AUTHORISE == (int)INTENT_AUTHORISE &&
                  (int)REQUEST_CAPTURE == (int)INTENT_CAPTURE &&
                  (int)REQUEST_REFUND == (int)INTENT_REFUND &&
                  (int)REQUEST_VOID == (int)INTENT_VOID,
              "drivers and domain name the same requests");

static void ask_one(struct ctx *c, const struct order_money *m, const struct payment *p,
                    const struct payment_intent *in, struct question *q)
{
    const struct payment_provider *provider = provider_named(p->provider);
    if (!provider) {
        q->finding = FOUND_AWAY;
        q->reason = T("provider_missing");
        return;
    }
    const struct payment_intent *first = authorisation_of(m, p->payment_id);
    struct payment_ask ask = {
        .request = (enum payment_request)in->kind,
        .once_key = id_text(c->arena, "int", in->intent_id),
        .amount_minor = in->amount_minor,
        .currency = p->currency,
        .token = p->token,
        .provider_ref = first ? first->provider_ref : (struct text){0},
        .order_reference = text_printf(c->arena, "%lld", (long long)m->order->number)};
    struct payment_answer answer = {0};
    /* A second attempt may follow a first whose end nobody saw. */
    bool may_be_done = in->state == INTENT_UNKNOWN || q->job->attempts > 1;
    enum err e = ERR_NOT_FOUND;
    if (may_be_done) e = provider->find(c, provider, &ask, &answer);
    if (e == ERR_NOT_FOUND) e = provider->ask(c, provider, &ask, &answer);
    q->provider_ref = answer.provider_ref;
    q->reason = answer.reason;
    if (e == OK) {
        q->finding = answer.outcome == PAYMENT_DONE       ? FOUND_DONE
                     : answer.outcome == PAYMENT_DECLINED ? FOUND_DECLINED
                     : provider->is_manual                ? FOUND_MANUAL
                                                          : FOUND_PENDING;
        return;
    }
    /* What could not even be looked up stays as unknown as it was. */
    q->finding = e == ERR_UPSTREAM && in->state == INTENT_ASKED ? FOUND_AWAY : FOUND_UNKNOWN;
    q->reason = text_copy(c->arena, text_of(c->fault.reason));
}

static enum err load_round(struct ctx *c, const struct round *r, bool take,
                           struct order_money **all, size_t *orders, struct list *intents)
{
    int64_t *ids = arena_new(c->arena, int64_t, r->count + 1);
    for (size_t i = 0; i < r->count; i++) ids[i] = r->questions[i].job->subject_id;
    TRY(intents_get(c, ids, r->count, intents));
    const struct payment_intent *at = intents->at;
    ids = arena_new(c->arena, int64_t, intents->count + 1);
    for (size_t i = 0; i < intents->count; i++) ids[i] = at[i].order_id;
    return money_load(c, ids, intents->count, take, all, orders);
}

/* Where the job's intent is among the loaded ones that wait for an answer. */
static struct payment_intent *waiting_for(struct order_money *all, size_t orders, int64_t intent_id,
                                          struct order_money **m, struct purse **purse)
{
    struct payment_intent *at = orders ? all[0].intents.at : NULL, *in = NULL;
    for (size_t i = 0; orders && i < all[0].intents.count; i++)
        if (at[i].intent_id == intent_id) in = &at[i];
    if (!in || in->state == INTENT_DONE) return NULL;
    *m = money_in(all, orders, in->order_id);
    for (size_t i = 0; *m && i < (*m)->purse_count; i++)
        if ((*m)->purses[i].payment->payment_id == in->payment_id) {
            *purse = &(*m)->purses[i];
            return in;
        }
    return NULL;
}

/* --- recording ------------------------------------------------------------------------------- */

static enum err tell(struct ctx *c, enum event_kind kind, const struct payment_intent *in,
                     struct text note)
{
    bool is_done = kind != EVENT_PAYMENT_FAILED && kind != EVENT_PAYMENT_UNKNOWN;
    struct text word = is_done ? (struct text){0} : text_of(word_of(&intent_kind_words, in->kind));
    return event_put(c, kind, in->order_id, in->intent_id,
                     EVENT_BODY(.word = word, .amount_minor = in->amount_minor,
                                .other_id = in->payment_id, .note = note));
}

static enum err record_one(struct ctx *c, const struct question *q, struct order_money *m,
                           struct purse *purse, struct payment_intent *in)
{
    static const enum event_kind done[] = {EVENT_PAYMENT_AUTHORISED, EVENT_PAYMENT_CAPTURED,
                                           EVENT_PAYMENT_REFUNDED, EVENT_PAYMENT_VOIDED};
    struct payment *p = purse->payment;
    switch (q->finding) {
    case FOUND_DONE:
        TRY(intent_settle(c, in, p, INTENT_FINISH, q->provider_ref, (struct text){0}));
        TRY(tell(c, done[in->kind], in, (struct text){0}));
        if (in->kind == INTENT_AUTHORISE || in->kind == INTENT_CAPTURE) m->has_moved = true;
        return job_done(c, q->job);
    case FOUND_DECLINED:
        TRY(intent_settle(c, in, p, INTENT_FAIL, q->provider_ref, q->reason));
        TRY(tell(c, EVENT_PAYMENT_FAILED, in, q->reason));
        if (in->kind == INTENT_AUTHORISE) m->refused = q->reason;
        return job_done(c, q->job);
    case FOUND_PENDING:
        TRY(intent_settle(c, in, p, INTENT_LOSE_ANSWER, q->provider_ref, T("pending")));
        return job_again(c, q->job, T("pending"));
    case FOUND_UNKNOWN:
        if (in->state == INTENT_ASKED) TRY(tell(c, EVENT_PAYMENT_UNKNOWN, in, (struct text){0}));
        TRY(intent_settle(c, in, p, INTENT_LOSE_ANSWER, q->provider_ref, q->reason));
        return job_again(c, q->job, q->reason);
    case FOUND_AWAY: return job_again(c, q->job, q->reason);
    case FOUND_SETTLED:
    case FOUND_MANUAL: break;
    }
    return job_done(c, q->job);
}

/* Money that is wanted at once, or that is reserved for nothing: the order is cancelled, or all of
   it left and is paid. Only after something was done: a refusal must not ask again by itself. */
static enum err follow(struct ctx *c, struct order_money *m, bool at_once)
{
    const struct order_state *s = m->state;
    bool all_left = s->commercial == COMMERCIAL_CANCELLED || s->shipped >= s->units - s->cancelled;
    int64_t uncommitted = money_uncommitted(m), left;
    if (at_once && uncommitted && !all_left) return money_capture(c, m, uncommitted, 0, &left);
    for (size_t i = 0; i < m->purse_count; i++) {
        struct purse *purse = &m->purses[i];
        bool is_still = purse->committed == purse->payment->captured_minor;
        if (all_left && !uncommitted && is_still && purse->capturable)
            TRY(money_ask(c, purse, INTENT_VOID, purse->capturable, 0, T("not needed")));
    }
    return OK;
}

static enum err note_refusals(struct ctx *c, const struct order_money *all, size_t orders)
{
    for (size_t i = 0; i < orders; i++) {
        if (!all[i].refused.at) continue;
        struct text note = text_printf(c->arena, "payment failed: %.*s", TEXT_ARG(all[i].refused));
        TRY(db_put(
            c, &Q_paying_hold_note,
            ARGS(I64(c->merchant_id), I64(all[i].order->order_id), I64(HOLD_PAYMENT), TXT(note))));
    }
    return OK;
}

static enum err record(struct ctx *c, void *arg)
{
    const struct round *r = arg;
    struct order_money *all, *m = NULL;
    size_t orders;
    struct list intents;
    struct purse *purse = NULL;
    struct merchant merchant;
    TRY(merchant_get(c, &merchant));
    TRY(load_round(c, r, true, &all, &orders, &intents));
    for (size_t i = 0; i < r->count; i++) {
        const struct question *q = &r->questions[i];
        struct payment_intent *in = waiting_for(all, orders, q->job->subject_id, &m, &purse);
        if (!in)
            TRY(job_done(c, q->job));
        else
            TRY(record_one(c, q, m, purse, in));
    }
    for (size_t i = 0; i < orders; i++) {
        for (size_t k = 0; k < all[i].purse_count; k++)
            purse_fill(&all[i].purses[k], &all[i].intents);
        TRY(refunds_settle(c, &all[i]));
        if (!all[i].has_moved) continue;
        TRY(refund_excess(c, &all[i], REFUND_FOR_OVERPAID));
        TRY(follow(c, &all[i], merchant.capture_policy == CAPTURE_ON_ORDER));
    }
    TRY(note_refusals(c, all, orders));
    return money_free_holds(c, all, orders);
}

enum err paying_job(struct ctx *c, const struct job *jobs, size_t count)
{
    struct round r = {arena_new(c->arena, struct question, count + 1), count};
    struct order_money *all, *m = NULL;
    struct purse *purse = NULL;
    struct list intents;
    size_t orders;
    for (size_t i = 0; i < count; i++) r.questions[i].job = &jobs[i];
    TRY(store_reader(c));
    TRY(load_round(c, &r, false, &all, &orders, &intents));
    for (size_t i = 0; i < count; i++) {
        struct payment_intent *in = waiting_for(all, orders, jobs[i].subject_id, &m, &purse);
        if (in) ask_one(c, m, purse->payment, in, &r.questions[i]);
    }
    return db_tx(c, record, &r);
}
