/* stages/2_processing/refunding.c: see refunding.h. */
#include "stages/2_processing/refunding.h"

#include "base/money.h"
#include "base/source.h"
#include "base/time.h"
#include "stages/2_processing/crediting.h"
#include "store/db.h"

/* --- one refund ------------------------------------------------------------------------------ */

/* What the intents of a refund came to, the ones that failed in this unit too. */
static struct refund_progress standing(const struct order_money *m, const struct refund *r)
{
    struct refund_progress by = {.set_off_minor = r->set_off_minor};
    const struct payment_intent *at = m->intents.at;
    for (size_t i = 0; i < m->intents.count; i++) {
        if (at[i].refund_id != r->refund_id) continue;
        if (at[i].state == INTENT_DONE) by.done_minor += at[i].amount_minor;
        if (at[i].state == INTENT_ASKED || at[i].state == INTENT_UNKNOWN)
            by.asked_minor += at[i].amount_minor;
        if (at[i].state == INTENT_FAILED) by.failed = at[i].reason.at ? at[i].reason : T("refused");
    }
    return by;
}

static int64_t smaller(int64_t a, int64_t b) { return a < b ? a : b; }

/* A capture or authorisation whose answer is awaited may still bring the money. */
static bool is_money_coming(const struct order_money *m)
{
    for (size_t i = 0; i < m->purse_count; i++) {
        const struct purse *purse = &m->purses[i];
        const struct payment *p = purse->payment;
        int64_t standing_minor = p->method == PAY_ON_ACCOUNT ? p->authorised_minor
                                                             : p->captured_minor;
        if (purse->is_authorising || purse->committed != standing_minor) return true;
    }
    return false;
}

/* Given back at once: out of an account of ours, or as credit. What was claimed on account and is
   not paid yet is only let go of. */
static enum err give(struct ctx *c, struct purse *purse, const struct refund *r, enum account from,
                     int64_t credit_id, int64_t amount)
{
    struct payment *p = purse->payment;
    int64_t id;
    TRY(money_credit(c, purse, r, &amount));
    if (!amount) return OK;
    /* a provider's references name what it did: it knows nothing of this */
    bool is_told = text_is(p->provider, "offline");
    struct money_fact fact = {INTENT_REFUND, amount, 0, r->refund_id,
                              is_told ? r->note : (struct text){0}};
    purse->refundable -= amount;
    TRY(payment_change(c, p, (struct payment_change){.refunded = amount}));
    TRY(money_done(c, p, &fact, &id));
    if (from == ACCOUNT_STORE_CREDIT) TRY(credit_give(c, credit_id, amount));
    return money_book(
        c, &(struct money_entry){.order_id = p->order_id,
                                 .payment_id = p->payment_id,
                                 .intent_id = id,
                                 .credit_id = from == ACCOUNT_STORE_CREDIT ? credit_id : NONE,
                                 .from_account = (int32_t)from,
                                 .to_account = ACCOUNT_CUSTOMER,
                                 .amount_minor = amount,
                                 .currency = p->currency});
}

static bool is_credit(const struct payment *p)
{
    return p->method == PAY_GIFT_CARD || p->method == PAY_STORE_CREDIT;
}

/* Newest payment first, each by its own way, unless the refund names another. */
static enum err give_back(struct ctx *c, struct order_money *m, const struct refund *r,
                          struct refund_progress *by, int64_t *left)
{
    int64_t home = NONE;
    bool found = true;
    if (r->target == REFUND_TO_STORE_CREDIT) TRY(crediting_home(c, m->order, &home, &found));
    if (!found) by->failed = T("the order has no customer and no e-mail address");
    for (size_t i = m->purse_count; found && i-- > 0 && *left > 0;) {
        struct purse *purse = &m->purses[i];
        int64_t part = smaller(purse->refundable, *left), claimed;
        if (part <= 0) continue;
        *left -= part;
        if (r->target == REFUND_TO_STORE_CREDIT || r->target == REFUND_BY_HAND ||
            is_credit(purse->payment)) {
            enum account from = r->target == REFUND_BY_HAND ? ACCOUNT_BANK : ACCOUNT_STORE_CREDIT;
            int64_t credit_id = home == NONE ? purse->payment->credit_id : home;
            by->done_minor += part;
            TRY(give(c, purse, r, from, credit_id, part));
            continue;
        }
        claimed = part;
        TRY(money_credit(c, purse, r, &part));
        by->done_minor += claimed - part;
        by->asked_minor += part;
        if (part) TRY(money_ask_refund(c, purse, r, part));
    }
    return OK;
}

static enum err tell(struct ctx *c, enum event_kind kind, const struct refund *r,
                     int64_t amount_minor, struct text note)
{
    return event_put(c, kind, r->order_id, r->refund_id,
                     EVENT_BODY(.amount_minor = amount_minor,
                                .word = text_of(word_of(&refund_cause_words, r->cause)),
                                .note = note));
}

/* Minutes, then hours, then days: a provider that is away comes back, a refusal seldom turns. */
static int64_t wait_us(struct ctx *c, int64_t attempts)
{
    int64_t us = MINUTE_US;
    for (int64_t i = 1; i < attempts && us < DAY_US; i++) us *= 5;
    if (us > DAY_US) us = DAY_US;
    return us + source_below(c->source, us / 5);
}

static enum err follow(struct ctx *c, struct refund *r, struct refund_progress by)
{
    enum refund_verb verb;
    int64_t open = r->amount_minor - by.done_minor - by.set_off_minor;
    TRY(refund_follow(c, r, by, &verb));
    switch (verb) {
    case REFUND_FINISH:
        return tell(c, EVENT_REFUND_DONE, r, r->amount_minor,
                    by.set_off_minor ? T("set off against what was due") : (struct text){0});
    case REFUND_WAIVE: return tell(c, EVENT_REFUND_WAIVED, r, open, T("nothing was paid"));
    case REFUND_FAIL:
        if (r->attempts < REFUND_ATTEMPTS_MAX)
            TRY(job_put(c, JOB_REFUND, r->refund_id, c->now_us + wait_us(c, r->attempts)));
        return tell(c, EVENT_REFUND_FAILED, r, open, by.failed);
    case REFUND_ASK:
    case REFUND_RETRY: break;
    }
    return OK;
}

static enum err settle(struct ctx *c, struct order_money *m, struct refund *r, bool again)
{
    struct refund_progress by = standing(m, r);
    int64_t left = r->amount_minor - by.done_minor - by.set_off_minor - by.asked_minor;
    int64_t open_before = left;
    bool may_ask = !by.failed.at && (again || r->state != REFUND_FAILED);
    if (may_ask && left > 0) {
        TRY(give_back(c, m, r, &by, &left));
        int64_t off =
            smaller(smaller(left, money_uncommitted(m)), r->credit_minor - r->set_off_minor);
        if (off > 0) {
            by.set_off_minor += off;
            m->set_off += off;
            left -= off;
        }
        by.is_waived = left > 0 && !is_money_coming(m);
        m->unasked -= open_before - left;
    }
    bool is_same = by.done_minor == r->done_minor && by.set_off_minor == r->set_off_minor &&
                   !by.failed.at && !by.is_waived;
    int32_t would_be = by.asked_minor ? REFUND_ASKED : may_ask ? REFUND_OWED : r->state;
    if (is_same && would_be == r->state && !again) return OK;
    if (by.is_waived) m->unasked -= left;
    int64_t credit = refund_credit(r);
    TRY(follow(c, r, by));
    m->credited += refund_credit(r) - credit;
    return OK;
}

/* --- for this stage -------------------------------------------------------------------------- */

enum err refunds_settle(struct ctx *c, struct order_money *m)
{
    for (size_t i = 0; i < m->refund_count; i++)
        if (refund_is_open(&m->refunds[i])) TRY(settle(c, m, &m->refunds[i], false));
    return OK;
}

static enum err put(struct ctx *c, struct order_money *m, const struct refund_claim *claim,
                    int64_t credit_minor, struct refund *r)
{
    TRY(refund_put(c, claim, credit_minor, r));
    m->credited += credit_minor;
    m->handed_back += r->amount_minor - credit_minor;
    m->unasked += r->amount_minor;
    return tell(c, EVENT_REFUND_OWED, r, r->amount_minor, r->note);
}

int64_t money_excess(const struct order_money *m)
{
    int64_t beyond = -m->unasked, worth = m->owed - m->credited;
    for (size_t i = 0; i < m->purse_count; i++) beyond += m->purses[i].refundable;
    return beyond - (worth > 0 ? worth : 0);
}

enum err refund_excess(struct ctx *c, struct order_money *m, enum refund_cause cause)
{
    struct refund r;
    struct refund_claim claim = {
        .order_id = m->order->order_id, .amount_minor = money_excess(m), .cause = cause};
    if (claim.amount_minor <= 0) return OK;
    if (cause == REFUND_FOR_OVERPAID) {
        if (claim.amount_minor <= m->policy->tolerance_minor) return OK;
        if (m->policy->overpaid == OVERPAID_KEEP) return OK;
        if (m->policy->overpaid == OVERPAID_CREDIT) claim.target = REFUND_TO_STORE_CREDIT;
    }
    TRY(put(c, m, &claim, 0, &r));
    return settle(c, m, &r, true);
}

enum err refund_rounding(struct ctx *c, struct order_money *m, int64_t amount_minor)
{
    struct refund r;
    struct refund_claim claim = {.order_id = m->order->order_id,
                                 .amount_minor = amount_minor,
                                 .cause = REFUND_FOR_ROUNDING,
                                 .note = T("no coins for it")};
    TRY(put(c, m, &claim, amount_minor, &r));
    m->set_off += amount_minor;
    m->unasked -= amount_minor;
    return follow(c, &r, (struct refund_progress){.set_off_minor = amount_minor});
}

/* --- what makes it go on --------------------------------------------------------------------- */

enum err refunding_on_owed(struct ctx *c, const struct event *events, size_t count)
{
    struct order_money *all;
    size_t orders;
    int64_t *ids = arena_new(c->arena, int64_t, count + 1);
    for (size_t i = 0; i < count; i++) ids[i] = events[i].order_id;
    TRY(money_load(c, ids, count, true, &all, &orders));
    for (size_t i = 0; i < orders; i++) TRY(refunds_settle(c, &all[i]));
    return OK;
}

struct due {
    const struct job *jobs;
    size_t count;
};

static enum err settle_due(struct ctx *c, void *arg)
{
    const struct due *d = arg;
    struct order_money *all;
    size_t orders;
    struct list refunds;
    int64_t *ids = arena_new(c->arena, int64_t, d->count + 1);
    for (size_t i = 0; i < d->count; i++) ids[i] = d->jobs[i].subject_id;
    TRY(refunds_get(c, ids, d->count, &refunds));
    const struct refund *found = refunds.at;
    int64_t *order_ids = arena_new(c->arena, int64_t, refunds.count + 1);
    for (size_t i = 0; i < refunds.count; i++) order_ids[i] = found[i].order_id;
    TRY(money_load(c, order_ids, refunds.count, true, &all, &orders));
    for (size_t i = 0; i < refunds.count; i++) {
        struct order_money *m = money_in(all, orders, found[i].order_id);
        for (size_t k = 0; m && k < m->refund_count; k++)
            if (m->refunds[k].refund_id == found[i].refund_id && refund_is_open(&m->refunds[k]))
                TRY(settle(c, m, &m->refunds[k], true));
    }
    for (size_t i = 0; i < d->count; i++) TRY(job_done(c, &d->jobs[i]));
    return OK;
}

enum err refunding_job(struct ctx *c, const struct job *jobs, size_t count)
{
    struct due d = {jobs, count};
    return db_tx(c, settle_due, &d);
}

/* --- what staff do --------------------------------------------------------------------------- */

enum err refunding_retry(struct ctx *c, int64_t refund_id, enum refund_target target)
{
    struct order_money m;
    struct refund r;
    TRY(refund_get(c, refund_id, &r));
    TRY(money_load_one(c, r.order_id, true, &m));
    for (size_t i = 0; i < m.refund_count; i++) {
        struct refund *at = &m.refunds[i];
        if (at->refund_id != refund_id) continue;
        if (at->state == REFUND_ASKED)
            return fail(c, ERR_CONFLICT, "refund_under_way", "it has been asked for already");
        TRY(refund_redirect(c, at, target));
        return settle(c, &m, at, true);
    }
    return fail(c, ERR_NOT_FOUND, "refund_not_found", "there is no such refund");
}

/* One step of a refund by hand: an open intent that waits for people, or new money of a purse. */
struct step {
    struct purse *purse;
    struct payment_intent *waiting; /* NULL: ask anew */
    int64_t amount_minor;
};

/* Refunds of offline money that a cancellation or case asked for: what staff pay out now settles
   them first, each as a whole. */
static size_t plan_waiting(const struct order_money *m, struct purse *purse, struct step *steps,
                           int64_t *left)
{
    size_t n = 0;
    struct payment_intent *at = m->intents.at;
    if (purse->payment->method == PAY_CARD) return 0;
    for (size_t i = 0; i < m->intents.count; i++) {
        if (at[i].payment_id != purse->payment->payment_id || at[i].kind != INTENT_REFUND) continue;
        if (at[i].state != INTENT_ASKED || at[i].amount_minor > *left) continue;
        *left -= at[i].amount_minor;
        steps[n++] = (struct step){purse, &at[i], at[i].amount_minor};
    }
    return n;
}

static enum err pay_waiting(struct ctx *c, const struct step *step, struct text note)
{
    struct payment *p = step->purse->payment;
    TRY(intent_settle(c, step->waiting, p, INTENT_FINISH, note, (struct text){0}));
    return event_put(c, EVENT_PAYMENT_REFUNDED, p->order_id, step->waiting->intent_id,
                     EVENT_BODY(.amount_minor = step->amount_minor, .other_id = p->payment_id));
}

static enum err pay_new(struct ctx *c, const struct step *step, const struct refund *r,
                        struct refund_progress *by)
{
    struct payment *p = step->purse->payment;
    int64_t amount = step->amount_minor;
    if (p->method == PAY_CARD) {
        by->asked_minor += amount;
        return money_ask_refund(c, step->purse, r, amount);
    }
    enum account from = payment_account(p->method);
    if (from == ACCOUNT_CARRIER) from = ACCOUNT_BANK;
    by->done_minor += amount;
    return give(c, step->purse, r, from, p->credit_id, amount);
}

static enum err too_large(struct ctx *c, const struct order_money *m, int64_t most)
{
    (void)fail_at(c, ERR_CONFLICT, "refund_too_large", "amount",
                  "more than was captured and not refunded yet");
    return hint(c, "at most %.*s",
                TEXT_ARG(money_text(c->arena, most, text_cstr(c->arena, m->order->currency))));
}

/* All of it another way than it came. */
static enum err refund_elsewhere(struct ctx *c, struct order_money *m, const struct paying_act *act)
{
    struct refund r;
    int64_t spare = -m->unasked, excess = money_excess(m);
    for (size_t i = 0; i < m->purse_count; i++) spare += m->purses[i].refundable;
    if (act->amount_minor > spare) return too_large(c, m, spare > 0 ? spare : 0);
    int64_t given = act->amount_minor - (excess > 0 ? excess : 0);
    struct refund_claim claim = {.order_id = act->order_id,
                                 .amount_minor = act->amount_minor,
                                 .cause = given > 0 ? REFUND_FOR_GOODWILL : REFUND_FOR_OVERPAID,
                                 .target = (enum refund_target)act->target,
                                 .note = act->note};
    TRY(put(c, m, &claim, given > 0 ? given : 0, &r));
    return settle(c, m, &r, true);
}

enum err paying_refund(struct ctx *c, const struct paying_act *act)
{
    struct order_money m;
    TRY(paying_open(c, act, true, "reason", &m));
    if (act->target != REFUND_TO_SOURCE) return refund_elsewhere(c, &m, act);
    struct step *steps = arena_new(c->arena, struct step, m.intents.count + m.purse_count + 1);
    size_t n = 0;
    int64_t left = act->amount_minor, anew = 0, spare = -m.unasked;
    for (size_t i = 0; i < m.purse_count; i++) spare += m.purses[i].refundable;
    for (size_t i = m.purse_count; i-- > 0 && left > 0;) {
        struct purse *purse = &m.purses[i];
        if (act->payment_id != NONE && purse->payment->payment_id != act->payment_id) continue;
        n += plan_waiting(&m, purse, steps + n, &left);
        int64_t part = smaller(smaller(purse->refundable, left), spare - anew);
        if (part <= 0) continue;
        left -= part;
        anew += part;
        steps[n++] = (struct step){purse, NULL, part};
    }
    if (left > 0) return too_large(c, &m, act->amount_minor - left);
    struct refund r;
    struct refund_progress by = {0};
    if (anew) {
        int64_t excess = money_excess(&m), given = anew - (excess > 0 ? excess : 0);
        struct refund_claim claim = {.order_id = act->order_id,
                                     .amount_minor = anew,
                                     .cause = given > 0 ? REFUND_FOR_GOODWILL : REFUND_FOR_OVERPAID,
                                     .note = act->note};
        TRY(put(c, &m, &claim, given > 0 ? given : 0, &r));
    }
    for (size_t i = 0; i < n; i++) {
        if (steps[i].waiting)
            TRY(pay_waiting(c, &steps[i], act->note));
        else
            TRY(pay_new(c, &steps[i], &r, &by));
    }
    TRY(refunds_settle(c, &m));
    return anew ? follow(c, &r, by) : OK;
}
