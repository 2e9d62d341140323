/* stages/6_delivery/delivery_attempt.c: nobody home, refused, and what comes back to us. */
#include "base/source.h"
#include "base/time.h"
#include "domain/inventory/stock.h"
#include "domain/sites/site.h"
#include "queries.h"
#include "stages/6_delivery/delivery_apply.h"
#include "store/db.h"

#include <string.h>

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
    const struct package *p = t.at[0].package;
    if (p->state != PACKAGE_HANDED_OVER && p->state != PACKAGE_IN_TRANSIT)
        return fail(c, ERR_CONFLICT, "wrong_state", "the package is %s, not on its way",
                    word_of(&package_state_words, p->state));
    struct delivery_attempt a = {.merchant_id = c->merchant_id,
                                 .package_id = package_id,
                                 .attempt_id = source_id(c->source),
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
    TRY(db_put_record(c, &Q_delivery_attempt_insert, &delivery_attempt_fields, &a));
    TRY(track_add(c, &t.at[0], &e, &is_new));
    TRY(event_put(c, EVENT_DELIVERY_FAILED, p->order_id, package_id,
                  EVENT_BODY(.word = word, .note = note)));
    return tracks_apply(c, &t);
}

/* --- back in the house ----------------------------------------------------------------------- */

/* The bin that was named, or the first returns bin of each site. */
static enum err load_bins(struct ctx *c, const struct tracks *t, int64_t bin_id, struct list *bins)
{
    int64_t *sites = arena_new(c->arena, int64_t, t->n + 1);
    if (bin_id != NONE) {
        TRY(bins_of(c, &bin_id, 1, bins));
        if (bins->count) return OK;
        return fail_at(c, ERR_NOT_FOUND, "bin_not_found", "bin_id", "there is no such bin");
    }
    for (size_t i = 0; i < t->n; i++) sites[i] = t->at[i].package->site_id;
    return db_rows(c, &Q_returns_bins,
                   ARGS(I64(c->merchant_id), I64S(sites, t->n), I64(BIN_RETURNS)), &bin_fields,
                   bins);
}

static const struct bin *bin_for(const struct list *bins, int64_t bin_id, int64_t site_id)
{
    const struct bin *at = bins->at;
    for (size_t i = 0; i < bins->count; i++)
        if (bin_id != NONE || at[i].site_id == site_id) return &at[i];
    return NULL;
}

static enum err take_back(struct ctx *c, const struct tracks *t, struct track *track,
                          const struct bin *bin)
{
    size_t count;
    bool is_new;
    const struct package *p = track->package;
    const struct package_line *l = track_lines(t, p->package_id, &count);
    struct tracking_event e = {.merchant_id = c->merchant_id,
                               .package_id = p->package_id,
                               .occurred_us = c->now_us - c->now_us % SECOND_US,
                               .status = TRACKING_RETURNED,
                               .code = T("received"),
                               .recorded_us = c->now_us};
    TRY(track_add(c, track, &e, &is_new));
    track->comes_back = true;
    for (size_t i = 0; i < count; i++) {
        TRY(stock_return(c, l[i].product_id, bin->site_id, bin->bin_id, (struct text){0},
                         l[i].quantity, p->order_id, p->package_id));
        TRY(order_progress(c, p->order_id, l[i].line_no,
                           (struct progress){.returned = l[i].quantity}));
    }
    return OK;
}

enum err delivery_receive_back(struct ctx *c, const int64_t *package_ids, size_t n, int64_t bin_id,
                               struct fault *faults)
{
    struct tracks t;
    struct list bins;
    TRY(delivery_batch(c, n));
    memset(faults, 0, n * sizeof *faults);
    TRY(tracks_load(c, package_ids, n, &t));
    TRY(load_bins(c, &t, bin_id, &bins));
    for (size_t i = 0; i < n; i++) {
        struct track *track = tracks_find(&t, package_ids[i]);
        const struct bin *bin = NULL;
        enum err e = OK;
        if (!track) {
            e = fail(c, ERR_NOT_FOUND, "package_not_found", "there is no such package");
        } else if (track->comes_back) {
            e = fail(c, ERR_INVALID, "twice", "the package stands here twice");
        } else {
            struct package would = *track->package;
            e = package_do(c, &would, PACKAGE_COME_BACK);
            bin = bin_for(&bins, bin_id, track->package->site_id);
        }
        if (e == OK && !bin) {
            fail_at(c, ERR_CONFLICT, "no_returns_bin", "bin_id", "its site has no returns bin");
            e = hint(c, "name the bin that it goes to");
        }
        if (e != OK)
            delivery_refuse(c, &faults[i], e);
        else
            TRY(take_back(c, &t, track, bin));
    }
    return tracks_apply(c, &t);
}
