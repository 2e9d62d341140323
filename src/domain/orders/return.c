#include "domain/orders/return.h"

#include "base/lifecycle.h"
#include "queries.h"
#include "store/db.h"

static const char *const reasons[] = {
    "damaged", "wrong_item", "not_as_described", "defective", "late", "unwanted", "other"};
static const char *const states[] = {"requested", "approved",  "declined", "in_transit",
                                     "received",  "inspected", "resolved"};
static const char *const verbs[] = {"approve", "decline", "send", "receive", "inspect", "resolve"};
const struct words return_reason_words = WORDS("return_reason", reasons);
const struct words return_state_words = WORDS("return_state", states);
const struct words return_verb_words = WORDS("return_verb", verbs);

static const struct move moves[] = {
    [RETURN_APPROVE] = {IN(RETURN_REQUESTED), RETURN_APPROVED, NULL},
    [RETURN_DECLINE] = {IN(RETURN_REQUESTED), RETURN_DECLINED, NULL},
    [RETURN_SEND] = {IN(RETURN_APPROVED), RETURN_IN_TRANSIT, NULL},
    [RETURN_RECEIVE] = {IN(RETURN_REQUESTED) | IN(RETURN_APPROVED) | IN(RETURN_IN_TRANSIT),
                        RETURN_RECEIVED, "parcels come unasked, too"},
    [RETURN_INSPECT] = {IN(RETURN_RECEIVED) | IN(RETURN_INSPECTED), RETURN_INSPECTED, NULL},
    [RETURN_RESOLVE] = {IN(RETURN_APPROVED) | IN(RETURN_INSPECTED), RETURN_RESOLVED,
                        "inspected, or the customer may keep it"},
};
const struct lifecycle return_lifecycle = {"return_line", &return_state_words, &return_verb_words,
                                           moves, RETURN_REQUESTED};

static const struct field return_table[] = {
    FIELD(struct order_return, merchant_id),
    FIELD_ID(struct order_return, order_id, "order_id", "ord"),
    FIELD_ID(struct order_return, return_id, "id", "ret"),
    FIELD_ID(struct order_return, case_id, "case_id", "cas", .flags = F_NULL),
    FIELD_ENUM(struct order_return, reason, return_reason_words),
    FIELD(struct order_return, note),
    FIELD_INSTANT(struct order_return, created_us, "created_at"),
};
const struct fields order_return_fields =
    FIELDS("order_return_row", struct order_return, return_table);

static const struct field line_table[] = {
    FIELD(struct return_line, merchant_id),
    FIELD_ID(struct return_line, return_id, "return_id", "ret"),
    FIELD(struct return_line, line_no),
    FIELD_ID(struct return_line, product_id, "product_id", "prd"),
    FIELD(struct return_line, quantity),
    FIELD_ENUM(struct return_line, state, return_state_words),
    FIELD_ID(struct return_line, site_id, "site_id", "sit", .flags = F_NULL),
    FIELD_INSTANT(struct return_line, received_us, "received_at"),
    FIELD(struct return_line, disposition, .flags = F_NULL),
    FIELD(struct return_line, refund_minor, .flags = F_NULL),
};
const struct fields return_line_fields = FIELDS("return_line_row", struct return_line, line_table);

enum err return_insert(struct ctx *c, const struct order_return *r, const struct return_line *lines,
                       size_t count)
{
    TRY(db_put_record(c, &Q_order_return_insert, &order_return_fields, r));
    for (size_t i = 0; i < count; i++)
        TRY(db_put_record(c, &Q_return_line_insert, &return_line_fields, &lines[i]));
    return OK;
}

enum err returns_of_orders(struct ctx *c, const int64_t *order_ids, size_t n, struct list *out)
{
    return db_rows(c, &Q_returns_of_orders, ARGS(I64(c->merchant_id), I64S(order_ids, n)),
                   &order_return_fields, out);
}

enum err return_lines_of(struct ctx *c, const int64_t *return_ids, size_t n, struct list *out)
{
    return db_rows(c, &Q_return_lines_of, ARGS(I64(c->merchant_id), I64S(return_ids, n)),
                   &return_line_fields, out);
}

enum err return_line_do(struct ctx *c, struct return_line *l, enum return_verb verb)
{
    int32_t before = l->state;
    TRY(lifecycle_next(c, &return_lifecycle, before, (int32_t)verb, &l->state));
    return db_put_sure(c, &Q_return_line_write,
                       ARGS(I64(c->merchant_id), I64(l->return_id), I64(l->line_no), I64(before),
                            I64(l->state), I64(l->site_id), I64(l->received_us),
                            I64(l->disposition), I64(l->refund_minor)));
}
