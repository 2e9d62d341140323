#include "domain/orders/proposal.h"

#include "base/lifecycle.h"
#include "domain/orders/order.h"
#include "queries.h"
#include "store/db.h"

static const char *const states[] = {"open", "confirmed", "discarded", "expired"};
static const char *const verbs[] = {"edit", "confirm", "discard", "expire"};
const struct words proposal_state_words = WORDS("change_state", states);
static const struct words verb_words = WORDS("change_verb", verbs);

static const struct move moves[] = {
    [PROPOSAL_EDIT] = {IN(PROPOSAL_OPEN), PROPOSAL_OPEN, "what happened meanwhile was seen"},
    [PROPOSAL_CONFIRM] = {IN(PROPOSAL_OPEN), PROPOSAL_CONFIRMED,
                          "what happened meanwhile was seen"},
    [PROPOSAL_DISCARD] = {IN(PROPOSAL_OPEN), PROPOSAL_DISCARDED, NULL},
    [PROPOSAL_EXPIRE] = {IN(PROPOSAL_OPEN), PROPOSAL_EXPIRED, NULL},
};
const struct lifecycle proposal_lifecycle = {"change", &proposal_state_words, &verb_words, moves,
                                             PROPOSAL_OPEN};

static const struct field proposal_table[] = {
    FIELD(struct proposal, merchant_id),
    FIELD_ID(struct proposal, order_id, "order_id", "ord"),
    FIELD_ID(struct proposal, change_id, "id", "chg"),
    FIELD_ENUM(struct proposal, state, proposal_state_words),
    FIELD_ENUM(struct proposal, method, method_words, .flags = F_NULL),
    FIELD(struct proposal, known_version),
    FIELD_DAY(struct proposal, wish_day, "wish_date"),
    FIELD_ID(struct proposal, ship_to_id, "ship_to_id", "adr", .flags = F_NULL),
    FIELD(struct proposal, shipping_minor, .flags = F_NULL),
    FIELD(struct proposal, note),
    FIELD(struct proposal, reason),
    FIELD_ID(struct proposal, begun_by, "begun_by", "usr"),
    FIELD_INSTANT(struct proposal, begun_us, "begun_at"),
    FIELD_INSTANT(struct proposal, edited_us, "edited_at"),
    FIELD_INSTANT(struct proposal, expires_us, "expires_at"),
    FIELD_ID(struct proposal, ended_by, "ended_by", "usr", .flags = F_NULL),
    FIELD_INSTANT(struct proposal, ended_us, "ended_at"),
};
const struct fields proposal_fields = FIELDS("proposal", struct proposal, proposal_table);

static const struct field line_table[] = {
    FIELD(struct proposal_line, merchant_id),
    FIELD_ID(struct proposal_line, order_id, "order_id", "ord"),
    FIELD_ID(struct proposal_line, change_id, "change_id", "chg"),
    FIELD(struct proposal_line, position),
    FIELD(struct proposal_line, line_no, .flags = F_NULL),
    FIELD(struct proposal_line, sku),
    FIELD(struct proposal_line, service),
    FIELD(struct proposal_line, name),
    FIELD(struct proposal_line, parent_line, .flags = F_NULL),
    FIELD(struct proposal_line, quantity, .flags = F_NULL),
    FIELD(struct proposal_line, unit_minor, .flags = F_NULL),
    FIELD(struct proposal_line, discount_minor, .flags = F_NULL),
    FIELD(struct proposal_line, wording),
};
const struct fields proposal_line_fields =
    FIELDS("proposal_line", struct proposal_line, line_table);

static enum err put_lines(struct ctx *c, const struct proposal *p,
                          const struct proposal_line *lines, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct proposal_line l = lines[i];
        l.merchant_id = p->merchant_id;
        l.order_id = p->order_id;
        l.change_id = p->change_id;
        l.position = (int64_t)i + 1;
        TRY(db_put_record(c, &Q_proposal_line_insert, &proposal_line_fields, &l));
    }
    return OK;
}

enum err proposal_insert(struct ctx *c, const struct proposal *p, const struct proposal_line *lines,
                         size_t n)
{
    TRY(db_put_record(c, &Q_proposal_insert, &proposal_fields, p));
    return put_lines(c, p, lines, n);
}

enum err proposal_get(struct ctx *c, int64_t order_id, int64_t change_id, struct proposal *out)
{
    bool found;
    TRY(db_find(c, &Q_proposal_get, ARGS(I64(c->merchant_id), I64(order_id), I64(change_id)),
                &proposal_fields, out, &found));
    if (found) return OK;
    fail(c, ERR_NOT_FOUND, "change_not_found", "the order has no such change");
    return hint(c, "its changes: GET /v1/orders/{ord}/changes");
}

enum err proposal_find_open(struct ctx *c, int64_t order_id, struct proposal *out, bool *found)
{
    return db_find(c, &Q_proposal_find_open, ARGS(I64(c->merchant_id), I64(order_id)),
                   &proposal_fields, out, found);
}

enum err proposals_of(struct ctx *c, int64_t order_id, struct list *out)
{
    return db_rows(c, &Q_proposals_of, ARGS(I64(c->merchant_id), I64(order_id)), &proposal_fields,
                   out);
}

enum err proposal_lines_of(struct ctx *c, int64_t order_id, int64_t change_id, struct list *out)
{
    return db_rows(c, &Q_proposal_lines_of,
                   ARGS(I64(c->merchant_id), I64(order_id), I64(change_id)), &proposal_line_fields,
                   out);
}

enum err proposal_do(struct ctx *c, struct proposal *p, enum proposal_verb verb)
{
    int32_t before = p->state;
    TRY(lifecycle_next(c, &proposal_lifecycle, before, (int32_t)verb, &p->state));
    if (p->state == PROPOSAL_OPEN) return OK;
    p->ended_by = c->actor_id;
    p->ended_us = c->now_us;
    return db_put_sure(c, &Q_proposal_end,
                       ARGS(I64(c->merchant_id), I64(p->order_id), I64(p->change_id), I64(before),
                            I64(p->state), I64(p->ended_by), I64(p->ended_us)));
}

enum err proposal_write(struct ctx *c, struct proposal *after, const struct proposal_line *lines,
                        size_t n)
{
    struct value key[] = {I64(c->merchant_id), I64(after->order_id), I64(after->change_id)};
    TRY(proposal_do(c, after, PROPOSAL_EDIT));
    TRY(db_exec(c, &Q_proposal_lines_clear, (struct values){key, 3}, NULL));
    struct value method = after->method < 0 ? I64(NONE) : I64(after->method);
    TRY(db_put_sure(c, &Q_proposal_write,
                    ARGS(key[0], key[1], key[2], method, I64(after->known_version),
                         I64(after->wish_day), I64(after->ship_to_id), I64(after->shipping_minor),
                         TXT(after->note), TXT(after->reason), I64(after->edited_us),
                         I64(after->expires_us))));
    return put_lines(c, after, lines, n);
}
