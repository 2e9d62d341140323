#include "domain/orders/substitution.h"

#include "base/lifecycle.h"
#include "queries.h"
#include "store/db.h"

static const char *const consents[] = {"ask", "allow", "refuse"};
static const char *const states[] = {"asked", "accepted", "declined", "expired", "withdrawn"};
static const char *const verbs[] = {"accept", "decline", "expire", "withdraw"};
const struct words consent_words = WORDS("consent", consents);
const struct words substitution_state_words = WORDS("substitution_state", states);
static const struct words verb_words = WORDS("substitution_verb", verbs);

static const struct move moves[] = {
    [SUBSTITUTION_ACCEPT] = {IN(SUBSTITUTION_ASKED), SUBSTITUTION_ACCEPTED,
                             "its time is not over, and the units are still missing"},
    [SUBSTITUTION_DECLINE] = {IN(SUBSTITUTION_ASKED), SUBSTITUTION_DECLINED, NULL},
    [SUBSTITUTION_EXPIRE] = {IN(SUBSTITUTION_ASKED), SUBSTITUTION_EXPIRED, NULL},
    [SUBSTITUTION_WITHDRAW] = {IN(SUBSTITUTION_ASKED), SUBSTITUTION_WITHDRAWN, NULL},
};
const struct lifecycle substitution_lifecycle = {"substitution", &substitution_state_words,
                                                 &verb_words, moves, SUBSTITUTION_ASKED};

static const struct field consent_table[] = {
    FIELD(struct substitution_consent, merchant_id),
    FIELD_ID(struct substitution_consent, order_id, "order_id", "ord"),
    FIELD(struct substitution_consent, line_no),
    FIELD_ENUM(struct substitution_consent, consent, consent_words),
    FIELD_INSTANT(struct substitution_consent, said_us, "said_at"),
    FIELD_ID(struct substitution_consent, said_by, "said_by", "usr"),
};
const struct fields substitution_consent_fields =
    FIELDS("substitution_consent_row", struct substitution_consent, consent_table);

static const struct field table[] = {
    FIELD(struct substitution, merchant_id),
    FIELD_ID(struct substitution, order_id, "order_id", "ord"),
    FIELD_ID(struct substitution, substitution_id, "id", "sbs"),
    FIELD(struct substitution, line_no),
    FIELD_ENUM(struct substitution, state, substitution_state_words),
    FIELD_ID(struct substitution, product_id, "product_id", "prd"),
    FIELD_ID(struct substitution, substitute_id, "substitute_id", "prd"),
    FIELD(struct substitution, replaced),
    FIELD(struct substitution, units),
    FIELD(struct substitution, cost_minor, .flags = F_NULL),
    FIELD(struct substitution, price),
    FIELD(struct substitution, otherwise),
    FIELD_ID(struct substitution, cart_id, "cart_id", "bsk", .flags = F_NULL),
    FIELD(struct substitution, new_line, .flags = F_NULL),
    FIELD_INSTANT(struct substitution, asked_us, "asked_at"),
    FIELD_INSTANT(struct substitution, expires_us, "expires_at"),
    FIELD_INSTANT(struct substitution, ended_us, "ended_at"),
    FIELD_ID(struct substitution, ended_by, "ended_by", "usr", .flags = F_NULL),
    FIELD(struct substitution, note),
    FIELD(struct substitution, is_allowed),
};
const struct fields substitution_fields = FIELDS("substitution_row", struct substitution, table);

enum err consent_put(struct ctx *c, const struct substitution_consent *s)
{
    return db_put_record(c, &Q_consent_put, &substitution_consent_fields, s);
}

enum err consents_clear(struct ctx *c, int64_t order_id)
{
    return db_exec(c, &Q_consents_clear, ARGS(I64(c->merchant_id), I64(order_id)), NULL);
}

enum err consents_of(struct ctx *c, const int64_t *order_ids, size_t n, struct list *out)
{
    *out = (struct list){0};
    if (!n) return OK;
    return db_rows(c, &Q_consents_of, ARGS(I64(c->merchant_id), I64S(order_ids, n)),
                   &substitution_consent_fields, out);
}

enum consent consent_in(const struct list *all, int64_t order_id, int64_t line_no)
{
    const struct substitution_consent *at = all->at;
    enum consent found = CONSENT_ASK;
    for (size_t i = 0; i < all->count; i++) {
        if (at[i].order_id != order_id) continue;
        if (at[i].line_no == line_no) return (enum consent)at[i].consent;
        if (at[i].line_no == 0) found = (enum consent)at[i].consent;
    }
    return found;
}

enum err substitution_insert(struct ctx *c, const struct substitution *s)
{
    return db_put_record(c, &Q_substitution_insert, &substitution_fields, s);
}

enum err substitutions_of(struct ctx *c, const int64_t *order_ids, size_t n, struct list *out)
{
    *out = (struct list){0};
    if (!n) return OK;
    return db_rows(c, &Q_substitutions_of, ARGS(I64(c->merchant_id), I64S(order_ids, n)),
                   &substitution_fields, out);
}

enum err substitutions_by_id(struct ctx *c, const int64_t *ids, size_t n, struct list *out)
{
    return db_rows(c, &Q_substitutions_by_id, ARGS(I64(c->merchant_id), I64S(ids, n)),
                   &substitution_fields, out);
}

enum err substitution_get(struct ctx *c, int64_t order_id, int64_t substitution_id,
                          struct substitution *out)
{
    struct list all;
    TRY(substitutions_of(c, &order_id, 1, &all));
    const struct substitution *at = all.at;
    for (size_t i = 0; i < all.count; i++) {
        if (at[i].substitution_id != substitution_id) continue;
        *out = at[i];
        return OK;
    }
    fail(c, ERR_NOT_FOUND, "substitution_not_found", "the order has no such question");
    return hint(c, "its questions: GET /v1/orders/{ord}/substitutions");
}

enum err substitution_do(struct ctx *c, struct substitution *s, enum substitution_verb verb)
{
    int32_t before = s->state;
    TRY(lifecycle_next(c, &substitution_lifecycle, before, (int32_t)verb, &s->state));
    s->ended_us = c->now_us;
    s->ended_by = c->actor_id;
    return db_put_sure(c, &Q_substitution_end,
                       ARGS(I64(c->merchant_id), I64(s->order_id), I64(s->substitution_id),
                            I64(before), I64(s->state), I64(s->new_line), I64(s->cost_minor),
                            I64(s->ended_us), I64(s->ended_by), TXT(s->note)));
}

const struct substitution *substitution_for(const struct list *all, int64_t order_id,
                                            int64_t new_line)
{
    const struct substitution *at = all->at;
    for (size_t i = 0; i < all->count; i++)
        if (at[i].order_id == order_id && at[i].state == SUBSTITUTION_ACCEPTED &&
            at[i].new_line == new_line)
            return &at[i];
    return NULL;
}

const struct substitution *substitution_open(const struct list *all, int64_t order_id,
                                             int64_t line_no)
{
    const struct substitution *at = all->at;
    for (size_t i = 0; i < all->count; i++)
        if (at[i].order_id == order_id && at[i].state == SUBSTITUTION_ASKED &&
            at[i].line_no == line_no)
            return &at[i];
    return NULL;
}
