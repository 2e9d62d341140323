#include "domain/orders/claim.h"

#include "base/lifecycle.h"
#include "queries.h"
#include "store/db.h"

static const char *const kinds[] = {"lost", "damaged", "late"};
static const char *const states[] = {"open", "filed", "paid", "refused", "withdrawn"};
static const char *const verbs[] = {"file", "pay", "refuse", "withdraw"};
const struct words claim_kind_words = WORDS("claim_kind", kinds);
const struct words claim_state_words = WORDS("claim_state", states);
const struct words claim_verb_words = WORDS("claim_verb", verbs);

static const struct move moves[] = {
    [CLAIM_FILE] = {IN(CLAIM_OPEN) | IN(CLAIM_FILED) | IN(CLAIM_REFUSED), CLAIM_FILED,
                    "no other claim for the parcel is live"},
    [CLAIM_PAY] = {IN(CLAIM_FILED), CLAIM_PAID, NULL},
    [CLAIM_REFUSE] = {IN(CLAIM_FILED), CLAIM_REFUSED, NULL},
    [CLAIM_WITHDRAW] = {IN(CLAIM_OPEN) | IN(CLAIM_FILED), CLAIM_WITHDRAWN, NULL},
};
const struct lifecycle claim_lifecycle = {"claim", &claim_state_words, &claim_verb_words, moves,
                                          CLAIM_OPEN};

static const struct field claim_table[] = {
    FIELD(struct claim, merchant_id),
    FIELD_ID(struct claim, claim_id, "id", "clm"),
    FIELD_ID(struct claim, order_id, "order_id", "ord"),
    FIELD_ID(struct claim, package_id, "package_id", "pkg"),
    FIELD_ENUM(struct claim, kind, claim_kind_words),
    FIELD_ENUM(struct claim, state, claim_state_words),
    FIELD(struct claim, carrier),
    FIELD(struct claim, tracking_number),
    FIELD(struct claim, amount_minor),
    FIELD(struct claim, paid_minor),
    FIELD(struct claim, currency),
    FIELD(struct claim, reference),
    FIELD(struct claim, note),
    FIELD_INSTANT(struct claim, opened_us, "opened_at"),
    FIELD_INSTANT(struct claim, filed_us, "filed_at", .flags = F_NULL),
    FIELD_INSTANT(struct claim, ended_us, "ended_at", .flags = F_NULL),
};
const struct fields claim_fields = FIELDS("claim_row", struct claim, claim_table);

enum err claim_insert(struct ctx *c, const struct claim *k)
{
    return db_put_record(c, &Q_claim_insert, &claim_fields, k);
}

enum err claim_get(struct ctx *c, int64_t claim_id, struct claim *out)
{
    bool found;
    TRY(db_find(c, &Q_claim_get, ARGS(I64(c->merchant_id), I64(claim_id)), &claim_fields, out,
                &found));
    return found ? OK : fail(c, ERR_NOT_FOUND, "claim_not_found", "there is no such claim");
}

enum err claims_of_orders(struct ctx *c, const int64_t *order_ids, size_t n, struct list *out)
{
    return db_rows(c, &Q_claims_of_orders, ARGS(I64(c->merchant_id), I64S(order_ids, n)),
                   &claim_fields, out);
}

enum err claim_list_open(struct ctx *c, int64_t after_id, int64_t limit, struct list *out)
{
    return db_rows(c, &Q_claim_list_open, ARGS(I64(c->merchant_id), I64(after_id), I64(limit)),
                   &claim_fields, out);
}

enum err claim_page(struct ctx *c, int64_t after_id, int64_t limit, struct list *out)
{
    return db_rows(c, &Q_claim_page, ARGS(I64(c->merchant_id), I64(after_id), I64(limit)),
                   &claim_fields, out);
}

enum err claim_do(struct ctx *c, struct claim *k, enum claim_verb verb)
{
    int32_t before = k->state;
    TRY(lifecycle_next(c, &claim_lifecycle, before, (int32_t)verb, &k->state));
    if (k->state == CLAIM_FILED) k->filed_us = c->now_us;
    k->ended_us = k->state == CLAIM_FILED ? NONE : c->now_us;
    return db_put_sure(c, &Q_claim_write,
                       ARGS(I64(c->merchant_id), I64(k->claim_id), I64(before), I64(k->state),
                            I64(k->amount_minor), I64(k->paid_minor), TXT(k->reference),
                            TXT(k->note), I64(k->filed_us), I64(k->ended_us)));
}
