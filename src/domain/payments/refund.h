/* domain/payments/refund.h: what we owe a customer back, as a fact of its own.
 *
 *   refund_owe ──> owed ──> asked ──> done
 *                    │        └─> failed ──later again──> asked
 *                    └─> waived (nothing was paid, nothing is due)
 *
 * Whoever finds out that money has to go back (a cancel, a change, a case, a return) says so here,
 * inside its own unit of work, and tells EVENT_REFUND_OWED with the refund's id, its amount and
 * the cause's word. stages/2_processing/refunding hears that and gives it back, from the payments
 * that brought it or as store credit, and tries again until it is done. A purpose owes once per
 * order: the same debt told twice is one debt.
 *
 *   amount = done + set off + still open (or waived)
 *
 * `set off` is what the customer had not paid yet and now need not pay. Amounts are minor units of
 * the order's currency. */
#pragma once

#include "base/ctx.h"
#include "base/field.h"

enum refund_cause {
    REFUND_FOR_CANCEL,
    REFUND_FOR_CHANGE,   /* the order became cheaper */
    REFUND_FOR_OVERPAID, /* more came in than was owed */
    REFUND_FOR_CASE,
    REFUND_FOR_RETURN,
    REFUND_FOR_GOODWILL,
    REFUND_FOR_ROUNDING /* what coins cannot pay; set off at once */
};
enum refund_target {
    REFUND_TO_SOURCE, /* the payments that brought it, newest first */
    REFUND_TO_STORE_CREDIT,
    REFUND_BY_HAND /* staff paid it out by bank, where the source would not take it back */
};
enum refund_state {
    REFUND_OWED,
    REFUND_ASKED, /* a provider, or staff, have been asked for it */
    REFUND_DONE,
    REFUND_FAILED, /* and is tried again; after REFUND_ATTEMPTS_MAX only when somebody says so */
    REFUND_WAIVED
};
enum refund_verb { REFUND_ASK, REFUND_FINISH, REFUND_FAIL, REFUND_WAIVE, REFUND_RETRY };
extern const struct words refund_cause_words, refund_target_words, refund_state_words;
extern const struct lifecycle refund_lifecycle;

enum { REFUND_ATTEMPTS_MAX = 8 };

struct refund {
    int64_t merchant_id, refund_id, order_id, purpose_id;
    int32_t cause, target, state;
    int64_t amount_minor, credit_minor, done_minor, set_off_minor, attempts;
    struct text note, reason;
    int64_t owner_id, owed_us, ended_us;
};
extern const struct fields refund_fields;

/* --- saying that it is owed; inside a unit of work -------------------------------------------- */

struct refund_claim {
    int64_t order_id;
    int64_t amount_minor; /* above 0; 0 and less owe nothing */
    int64_t purpose_id;   /* case, return, change; 0: the refund itself, so that each call owes */
    enum refund_cause cause;
    enum refund_target target;
    struct text note; /* for people */
};
/* Queued. owed[i] is the new row, for the event; its refund_id is NONE where the amount is nothing
   or the purpose owes already. The order's worth falls by it, unless the cause is one that lowered
   the worth itself (cancel, change, overpaid). */
must_check enum err refund_owe(struct ctx *c, const struct refund_claim *claims, size_t n,
                               struct refund *owed);
/* The same for one, whatever is known: of it `credit_minor` lowers the worth. */
must_check enum err refund_put(struct ctx *c, const struct refund_claim *claim,
                               int64_t credit_minor, struct refund *r);

/* --- seeing and settling ---------------------------------------------------------------------- */

/* Ascending by refund; by order, then purpose. */
must_check enum err refunds_get(struct ctx *c, const int64_t *refund_ids, size_t n,
                                struct list *out);
must_check enum err refunds_of(struct ctx *c, const int64_t *order_ids, size_t n, struct list *out);
must_check enum err refund_get(struct ctx *c, int64_t refund_id, struct refund *out);
/* Newest first; open ones only, or all. */
must_check enum err refund_list(struct ctx *c, bool open_only, int64_t before_id, int64_t limit,
                                struct list *out);

/* How far it is: what was given back and set off so far, what is under way, why it failed (absent:
   it did not). Writes the state that follows; `r` is brought up to date. */
struct refund_progress {
    int64_t done_minor, set_off_minor, asked_minor;
    struct text failed;
    bool is_waived; /* nothing of the rest will ever be there */
};
must_check enum err refund_follow(struct ctx *c, struct refund *r, struct refund_progress by,
                                  enum refund_verb *verb);
/* To another target; written by the refund_follow that comes next. ERR_CONFLICT "wrong_state" when
   it has ended. */
must_check enum err refund_redirect(struct ctx *c, struct refund *r, enum refund_target target);

static inline bool refund_is_open(const struct refund *r)
{
    return r->state != REFUND_DONE && r->state != REFUND_WAIVED;
}
/* By how much it lowers what the order is worth. */
int64_t refund_credit(const struct refund *r);
