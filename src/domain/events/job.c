#include "domain/events/job.h"

#include "base/source.h"
#include "base/time.h"
#include "queries.h"
#include "store/db.h"

#include <string.h>

static const char *const kinds[] = {
    "payment",    "label",  "message",       "hold_release", "complete", "follow_up",   "backorder",
    "lot_expiry", "refund", "credit_expiry", "cart",         "silence",  "substitution"};
const struct words job_words = WORDS("job_kind", kinds);

static const struct field job_table[] = {
    FIELD_ID(struct job, job_id, "id", "job"),
    FIELD_ID(struct job, subject_id, "subject_id", "id"),
    FIELD_INSTANT(struct job, due_us, "due_at"),
    FIELD_INSTANT(struct job, lease_until_us, "leased_until"),
    FIELD(struct job, fence),
    FIELD_ENUM(struct job, kind, job_words),
    FIELD(struct job, state),
    FIELD(struct job, attempts),
    FIELD(struct job, last_error),
};
const struct fields job_fields = FIELDS("job", struct job, job_table);

enum err job_put(struct ctx *c, enum job_kind kind, int64_t subject_id, int64_t due_us)
{
    return db_put(c, &Q_job_insert,
                  ARGS(I64(c->merchant_id), I64(source_id(c->source)), I64(kind), I64(subject_id),
                       I64(due_us)));
}

struct claim {
    enum job_kind kind;
    int64_t most, lease_us;
    struct list *out;
};

static enum err claim_in_tx(struct ctx *c, void *arg)
{
    struct claim *in = arg;
    TRY(db_rows(c, &Q_job_due,
                ARGS(I64(c->merchant_id), I64(c->now_us), I64(in->kind), I64(in->most)),
                &job_fields, in->out));
    struct job *jobs = in->out->at;
    for (size_t i = 0; i < in->out->count; i++) {
        TRY(db_put_sure(c, &Q_job_lease,
                        ARGS(I64(c->merchant_id), I64(jobs[i].job_id), I64(jobs[i].fence),
                             I64(c->now_us + in->lease_us))));
        jobs[i].fence++;
        jobs[i].attempts++;
    }
    return OK;
}

enum err job_claim(struct ctx *c, enum job_kind kind, int64_t most, int64_t lease_us,
                   struct list *out)
{
    struct claim claim = {kind, most < JOB_CLAIM_MAX ? most : JOB_CLAIM_MAX, lease_us, out};
    return db_tx(c, claim_in_tx, &claim);
}

enum err job_done(struct ctx *c, const struct job *j)
{
    return db_put_sure(c, &Q_job_done, ARGS(I64(c->merchant_id), I64(j->job_id), I64(j->fence)));
}

enum err job_again(struct ctx *c, const struct job *j, struct text why)
{
    int64_t wait_us = MINUTE_US;
    for (int32_t i = 1; i < j->attempts && wait_us < 6 * HOUR_US; i++) wait_us *= 5;
    if (wait_us > 6 * HOUR_US) wait_us = 6 * HOUR_US;
    wait_us += source_below(c->source, wait_us / 5);
    int64_t state = j->attempts >= JOB_ATTEMPTS_MAX;
    return db_put_sure(c, &Q_job_again,
                       ARGS(I64(c->merchant_id), I64(j->job_id), I64(j->fence),
                            I64(c->now_us + wait_us), I64(state), TXT(why)));
}

struct due {
    int32_t kind;
};
static const struct field due_table[] = {FIELD(struct due, kind)};
static const struct fields due_fields = FIELDS("due", struct due, due_table);

enum err job_kinds_due(struct ctx *c, int64_t now_us, bool is_due[JOB_KIND_COUNT])
{
    struct list found;
    memset(is_due, 0, JOB_KIND_COUNT * sizeof *is_due);
    TRY(db_rows(c, &Q_job_kinds_due, ARGS(I64(c->merchant_id), I64(now_us)), &due_fields, &found));
    for (size_t i = 0; i < found.count; i++) {
        int32_t kind = ((const struct due *)found.at)[i].kind;
        if (kind >= 0 && kind < JOB_KIND_COUNT) is_due[kind] = true;
    }
    return OK;
}

enum err job_next_due(struct ctx *c, int64_t *due_us)
{
    return db_number(c, &Q_job_next_due, ARGS(I64(c->merchant_id)), due_us);
}

enum err job_list_dead(struct ctx *c, struct list *out)
{
    return db_rows(c, &Q_job_list_dead, ARGS(I64(c->merchant_id)), &job_fields, out);
}
