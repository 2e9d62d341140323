/* domain/events/job.h: work with a due time: calls to others (committed first as an intention) and
 * timers. A job is claimed by a lease; when its holder dies the lease runs out and another takes
 * it. The fence rises with each lease, so a stale holder changes nothing. */
#pragma once

#include "base/ctx.h"
#include "base/field.h"

enum job_kind {
    JOB_PAYMENT,       /* subject: intent; ask the provider */
    JOB_LABEL,         /* subject: package; ask the carrier */
    JOB_MESSAGE,       /* subject: message; send it */
    JOB_HOLD_RELEASE,  /* subject: order with a hold whose time has come */
    JOB_COMPLETE,      /* subject: order whose grace time is over */
    JOB_FOLLOW_UP,     /* subject: order to ask for feedback */
    JOB_BACKORDER,     /* subject: order that waits for stock */
    JOB_LOT_EXPIRY,    /* subject: lot whose last day of sale is over */
    JOB_REFUND,        /* subject: refund; give back what is owed */
    JOB_CREDIT_EXPIRY, /* subject: gift card or store credit whose last day is over */
    JOB_CART,          /* subject: cart whose goods are set aside until then */
    JOB_SILENCE,       /* subject: package of which nothing was heard, perhaps */
    JOB_SUBSTITUTION,  /* subject: question whether something else may be sent instead */
    JOB_KIND_COUNT
};
extern const struct words job_words;

enum { JOB_ATTEMPTS_MAX = 12, JOB_CLAIM_MAX = 256 };

struct job {
    int64_t job_id, subject_id, due_us, lease_until_us, fence;
    int32_t kind, state, attempts;
    struct text last_error;
};
extern const struct fields job_fields;

must_check enum err job_put(struct ctx *c, enum job_kind kind, int64_t subject_id, int64_t due_us);
/* Lease up to `most` due jobs of one kind for `lease_us`; a unit of work of its own inside. */
must_check enum err job_claim(struct ctx *c, enum job_kind kind, int64_t most, int64_t lease_us,
                              struct list *out);
/* Inside a unit of work, queued: the job is done and goes. A stale holder's unit ends in ERR_BUSY
   "raced": whoever took the job over has recorded, or will record, its end. */
must_check enum err job_done(struct ctx *c, const struct job *j);
/* Later again (1, 5, 25 ... minutes with jitter); dead after JOB_ATTEMPTS_MAX, for a person to see.
 */
must_check enum err job_again(struct ctx *c, const struct job *j, struct text why);
/* Which kinds have jobs that are due at `now_us` and nobody holds: is_due[kind]. */
must_check enum err job_kinds_due(struct ctx *c, int64_t now_us, bool is_due[JOB_KIND_COUNT]);
must_check enum err job_next_due(struct ctx *c, int64_t *due_us); /* NONE when there is none */
must_check enum err job_list_dead(struct ctx *c, struct list *out);
