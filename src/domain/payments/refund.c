#include "domain/payments/refund.h"

#include "base/lifecycle.h"
#include "base/source.h"
#include "queries.h"
#include "store/db.h"

static const char *const causes[] = {"cancel", "change",   "overpaid", "case",
                                     "return", "goodwill", "rounding"};
static const char *const targets[] = {"source", "store_credit", "by_hand"};
static const char *const states[] = {"owed", "asked", "done", "failed", "waived"};
static const char *const verbs[] = {"ask", "finish", "fail", "waive", "retry"};
const struct words refund_cause_words = WORDS("refund_cause", causes);
const struct words refund_target_words = WORDS("refund_target", targets);
const struct words refund_state_words = WORDS("refund_state", states);
static const struct words refund_verb_words = WORDS("refund_verb", verbs);

#define OPEN (IN(REFUND_OWED) | IN(REFUND_ASKED) | IN(REFUND_FAILED))
static const struct move moves[] = {
    [REFUND_ASK] = {OPEN, REFUND_ASKED, "a payment has the money"},
    [REFUND_FINISH] = {OPEN, REFUND_DONE, "all of it was given back or set off"},
    [REFUND_FAIL] = {OPEN, REFUND_FAILED, "the provider refused it"},
    [REFUND_WAIVE] = {OPEN, REFUND_WAIVED, "nothing is left to give back"},
    [REFUND_RETRY] = {OPEN, REFUND_OWED, "nothing of it is under way"},
};
const struct lifecycle refund_lifecycle = {"refund", &refund_state_words, &refund_verb_words, moves,
                                           REFUND_OWED};

static const struct field refund_table[] = {
    FIELD(struct refund, merchant_id),
    FIELD_ID(struct refund, refund_id, "id", "rfd"),
    FIELD_ID(struct refund, order_id, "order_id", "ord"),
    FIELD(struct refund, purpose_id),
    FIELD_ENUM(struct refund, cause, refund_cause_words),
    FIELD_ENUM(struct refund, target, refund_target_words),
    FIELD_ENUM(struct refund, state, refund_state_words),
    FIELD(struct refund, amount_minor),
    FIELD(struct refund, credit_minor),
    FIELD(struct refund, done_minor),
    FIELD(struct refund, set_off_minor),
    FIELD(struct refund, attempts),
    FIELD(struct refund, note),
    FIELD(struct refund, reason),
    FIELD(struct refund, owner_id),
    FIELD_INSTANT(struct refund, owed_us, "owed_at"),
    FIELD_INSTANT(struct refund, ended_us, "ended_at"),
};
const struct fields refund_fields = FIELDS("refund_row", struct refund, refund_table);

#define MERCHANT I64(c->merchant_id)

/* --- owing ----------------------------------------------------------------------------------- */

static bool lowers_worth(enum refund_cause cause)
{
    return cause == REFUND_FOR_CASE || cause == REFUND_FOR_RETURN || cause == REFUND_FOR_GOODWILL;
}

enum err refund_put(struct ctx *c, const struct refund_claim *claim, int64_t credit_minor,
                    struct refund *r)
{
    int64_t id = source_id(c->source);
    *r = (struct refund){.merchant_id = c->merchant_id,
                         .refund_id = id,
                         .order_id = claim->order_id,
                         .purpose_id = claim->purpose_id ? claim->purpose_id : id,
                         .cause = (int32_t)claim->cause,
                         .target = (int32_t)claim->target,
                         .state = REFUND_OWED,
                         .amount_minor = claim->amount_minor,
                         .credit_minor = credit_minor,
                         .note = claim->note,
                         .owner_id = c->actor_id,
                         .owed_us = c->now_us,
                         .ended_us = NONE};
    return db_put_record(c, &Q_refund_insert, &refund_fields, r);
}

static bool is_owed(const struct list *refunds, const struct refund_claim *claims, size_t at)
{
    const struct refund_claim *claim = &claims[at];
    if (!claim->purpose_id) return false;
    const struct refund *r = refunds->at;
    for (size_t i = 0; i < refunds->count; i++)
        if (r[i].order_id == claim->order_id && r[i].purpose_id == claim->purpose_id) return true;
    for (size_t i = 0; i < at; i++)
        if (claims[i].order_id == claim->order_id && claims[i].purpose_id == claim->purpose_id &&
            claims[i].amount_minor > 0)
            return true;
    return false;
}

enum err refund_owe(struct ctx *c, const struct refund_claim *claims, size_t n, struct refund *owed)
{
    struct list refunds = {0};
    int64_t *ids = arena_new(c->arena, int64_t, n + 1);
    size_t known = 0;
    for (size_t i = 0; i < n; i++)
        if (claims[i].purpose_id) ids[known++] = claims[i].order_id;
    if (known) TRY(refunds_of(c, ids, known, &refunds));
    for (size_t i = 0; i < n; i++) {
        owed[i] = (struct refund){.refund_id = NONE};
        if (claims[i].amount_minor <= 0 || is_owed(&refunds, claims, i)) continue;
        int64_t credit = lowers_worth(claims[i].cause) ? claims[i].amount_minor : 0;
        TRY(refund_put(c, &claims[i], credit, &owed[i]));
    }
    return OK;
}

/* --- reading --------------------------------------------------------------------------------- */

enum err refunds_get(struct ctx *c, const int64_t *refund_ids, size_t n, struct list *out)
{
    return db_rows(c, &Q_refunds_get, ARGS(MERCHANT, I64S(refund_ids, n)), &refund_fields, out);
}

enum err refunds_of(struct ctx *c, const int64_t *order_ids, size_t n, struct list *out)
{
    return db_rows(c, &Q_refunds_of_orders, ARGS(MERCHANT, I64S(order_ids, n)), &refund_fields,
                   out);
}

enum err refund_get(struct ctx *c, int64_t refund_id, struct refund *out)
{
    struct list found;
    TRY(refunds_get(c, &refund_id, 1, &found));
    if (!found.count) return fail(c, ERR_NOT_FOUND, "refund_not_found", "there is no such refund");
    *out = *(const struct refund *)found.at;
    return OK;
}

enum err refund_list(struct ctx *c, bool open_only, int64_t before_id, int64_t limit,
                     struct list *out)
{
    return db_rows(c, open_only ? &Q_refund_list_open : &Q_refund_list_all,
                   ARGS(MERCHANT, I64(before_id), I64(limit)), &refund_fields, out);
}

/* --- settling -------------------------------------------------------------------------------- */

static enum err write_down(struct ctx *c, const struct refund *before, struct refund *r)
{
    return db_put_sure(c, &Q_refund_follow,
                       ARGS(MERCHANT, I64(r->refund_id), I64(before->state),
                            I64(before->done_minor), I64(before->attempts), I64(r->state),
                            I64(r->done_minor), I64(r->set_off_minor), I64(r->attempts),
                            TXT(r->reason), I64(r->ended_us), I64(r->target)));
}

enum err refund_follow(struct ctx *c, struct refund *r, struct refund_progress by,
                       enum refund_verb *verb)
{
    struct refund before = *r;
    *verb = by.failed.at ? REFUND_FAIL : by.asked_minor ? REFUND_ASK : REFUND_RETRY;
    if (by.done_minor + by.set_off_minor >= r->amount_minor)
        *verb = REFUND_FINISH;
    else if (*verb == REFUND_RETRY && by.is_waived)
        *verb = REFUND_WAIVE;
    r->done_minor = by.done_minor;
    r->set_off_minor = by.set_off_minor;
    r->reason = by.failed;
    TRY(lifecycle_next(c, &refund_lifecycle, r->state, (int32_t)*verb, &r->state));
    if (*verb == REFUND_FAIL) r->attempts++;
    if (!refund_is_open(r)) r->ended_us = c->now_us;
    return write_down(c, &before, r);
}

enum err refund_redirect(struct ctx *c, struct refund *r, enum refund_target target)
{
    int32_t to;
    TRY(lifecycle_next(c, &refund_lifecycle, r->state, REFUND_RETRY, &to));
    r->target = (int32_t)target;
    return OK;
}

int64_t refund_credit(const struct refund *r)
{
    int64_t settled = r->done_minor + r->set_off_minor;
    bool is_cut = r->state == REFUND_WAIVED && settled < r->credit_minor;
    return is_cut ? settled : r->credit_minor;
}
