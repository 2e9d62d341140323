/* stages/6_delivery/delivery_attempt.c: nobody home, or refused. */
#include "base/source.h"
#include "base/time.h"
#include "queries.h"
#include "stages/6_delivery/delivery_apply.h"
#include "store/db.h"

static const char *const outcomes[] = {"failed", "refused", "wrong_pin", "pin_reset"};
static const char *const reasons[] = {
    "no_access", "nobody_home", "refused",         "damaged", "wrong_address", "business_closed",
    "id_failed", "age_failed",  "payment_missing", "unsafe",  "weather"};
const struct words attempt_outcome_words = WORDS("attempt_outcome", outcomes);
const struct words attempt_reason_words = WORDS("attempt_reason", reasons);

static const struct field attempt_table[] = {
    FIELD(struct delivery_attempt, merchant_id),
    FIELD_ID(struct delivery_attempt, package_id, "package_id", "pkg"),
    FIELD_ID(struct delivery_attempt, attempt_id, "id", "att"),
    FIELD_ENUM(struct delivery_attempt, outcome, attempt_outcome_words),
    FIELD(struct delivery_attempt, reason, .flags = F_NULL),
    FIELD(struct delivery_attempt, note),
    FIELD_INSTANT(struct delivery_attempt, at_us, "at"),
};
const struct fields delivery_attempt_fields =
    FIELDS("delivery_attempt_row", struct delivery_attempt, attempt_table);

enum err delivery_attempts_of(struct ctx *c, const int64_t *package_ids, size_t n, struct list *out)
{
    return db_rows(c, &Q_delivery_attempts_of, ARGS(I64(c->merchant_id), I64S(package_ids, n)),
                   &delivery_attempt_fields, out);
}

enum err delivery_attempt(struct ctx *c, int64_t package_id, enum attempt_outcome outcome,
                          enum attempt_reason reason, struct text note)
{
    struct tracks t;
    bool is_new;
    struct text word = text_of(word_of(&attempt_reason_words, (int32_t)reason));
    if (outcome != ATTEMPT_FAILED && outcome != ATTEMPT_REFUSED)
        return fail_at(c, ERR_INVALID, "outcome", "outcome",
                       "an attempt has failed or was refused");
    TRY(tracks_load(c, &package_id, 1, &t));
    if (!t.n) return fail(c, ERR_NOT_FOUND, "package_not_found", "there is no such package");
    struct track *asked = tracks_find(&t, package_id);
    const struct package *p = asked->package;
    if (p->state != PACKAGE_HANDED_OVER && p->state != PACKAGE_IN_TRANSIT)
        return fail(c, ERR_CONFLICT, "wrong_state", "the package is %s, not on its way",
                    word_of(&package_state_words, p->state));
    struct delivery_attempt a = {.merchant_id = c->merchant_id,
                                 .outcome = (int32_t)outcome,
                                 .reason = reason,
                                 .note = note,
                                 .at_us = c->now_us};
    struct tracking_event e = {.merchant_id = c->merchant_id,
                               .package_id = package_id,
                               .occurred_us = c->now_us - c->now_us % SECOND_US,
                               .status = outcome == ATTEMPT_REFUSED ? TRACKING_RETURN_TO_SENDER
                                                                    : TRACKING_ATTEMPTED,
                               .code = word,
                               .detail = note,
                               .recorded_us = c->now_us};
    for (size_t i = 0; i < t.n; i++) {
        a.package_id = t.at[i].package->package_id;
        a.attempt_id = source_id(c->source);
        TRY(db_put_record(c, &Q_delivery_attempt_insert, &delivery_attempt_fields, &a));
        TRY(event_put(c, EVENT_DELIVERY_FAILED, t.at[i].package->order_id, a.package_id,
                      EVENT_BODY(.word = word, .note = note)));
    }
    TRY(track_add(c, &t, asked, &e, &is_new));
    return tracks_apply(c, &t);
}
