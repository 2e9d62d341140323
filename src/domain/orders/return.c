#include "domain/orders/return.h"

#include "base/lifecycle.h"
#include "queries.h"
#include "store/db.h"

static const char *const reasons[] = {"damaged",   "wrong_item", "not_as_described",
                                      "defective", "late",       "unwanted",
                                      "other",     "undelivered"};
static const char *const states[] = {"requested", "approved",  "declined", "in_transit",
                                     "received",  "inspected", "resolved", "cancelled"};
static const char *const verbs[] = {"approve", "decline", "send",  "receive",
                                    "inspect", "resolve", "cancel"};
static const char *const heaps[] = {"customer", "waiting", "quarantine", "repair",
                                    "restock",  "scrap",   "send_back"};
static const char *const seen[] = {"as_new", "opened", "used", "damaged", "incomplete"};
static const char *const resolutions[] = {"refund", "exchange", "replacement", "repair", "nothing"};
const struct words return_reason_words = WORDS("return_reason", reasons);
const struct words return_state_words = WORDS("return_state", states);
const struct words return_verb_words = WORDS("return_verb", verbs);
const struct words return_heap_words = WORDS("disposition", heaps);
const struct words return_seen_words = WORDS("return_condition", seen);
const struct words return_resolution_words = WORDS("return_resolution", resolutions);

#define NOT_HERE (IN(RETURN_REQUESTED) | IN(RETURN_APPROVED) | IN(RETURN_IN_TRANSIT))
#define HERE (IN(RETURN_RECEIVED) | IN(RETURN_INSPECTED))
static const struct move moves[] = {
    [RETURN_APPROVE] = {IN(RETURN_REQUESTED), RETURN_APPROVED, NULL},
    [RETURN_DECLINE] = {IN(RETURN_REQUESTED), RETURN_DECLINED, NULL},
    [RETURN_SEND] = {IN(RETURN_APPROVED), RETURN_IN_TRANSIT, NULL},
    [RETURN_RECEIVE] = {NOT_HERE | HERE, RETURN_RECEIVED,
                        "not more than was asked for; parcels come unasked, too"},
    [RETURN_INSPECT] = {HERE, RETURN_INSPECTED, "after resolved, too: then it stays resolved"},
    [RETURN_RESOLVE] = {IN(RETURN_APPROVED) | IN(RETURN_IN_TRANSIT) | HERE, RETURN_RESOLVED,
                        "every unit has its end; before it is here the customer keeps it"},
    [RETURN_CANCEL] = {NOT_HERE, RETURN_CANCELLED, "nothing of it came"},
};
const struct lifecycle return_lifecycle = {"return_line", &return_state_words, &return_verb_words,
                                           moves, RETURN_REQUESTED};

static const struct field return_table[] = {
    FIELD(struct order_return, merchant_id),
    FIELD_ID(struct order_return, return_id, "id", "ret"),
    FIELD_ID(struct order_return, order_id, "order_id", "ord"),
    FIELD_ID(struct order_return, case_id, "case_id", "cas", .flags = F_NULL),
    FIELD_ID(struct order_return, package_id, "package_id", "pkg", .flags = F_NULL),
    FIELD_ID(struct order_return, site_id, "site_id", "sit", .flags = F_NULL),
    FIELD_ENUM(struct order_return, reason, return_reason_words),
    FIELD(struct order_return, note),
    FIELD(struct order_return, answer),
    FIELD(struct order_return, fee_minor),
    FIELD_INSTANT(struct order_return, created_us, "created_at"),
    FIELD_INSTANT(struct order_return, settled_us, "settled_at", .flags = F_NULL),
    FIELD_INSTANT(struct order_return, at_door_us, "at_door_at", .flags = F_NULL),
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
    FIELD(struct return_line, credit_minor, .flags = F_NULL),
    FIELD(struct return_line, received),
    FIELD(struct return_line, waiting),
    FIELD(struct return_line, quarantined),
    FIELD(struct return_line, repairing),
    FIELD(struct return_line, restocked),
    FIELD(struct return_line, scrapped),
    FIELD(struct return_line, sent_back),
    FIELD(struct return_line, ended),
    FIELD(struct return_line, refund_minor),
};
const struct fields return_line_fields = FIELDS("return_line_row", struct return_line, line_table);

static const struct field fact_table[] = {
    FIELD(struct return_fact, merchant_id),
    FIELD_ID(struct return_fact, return_id, "return_id", "ret"),
    FIELD_ID(struct return_fact, fact_id, "id", "fct"),
    FIELD(struct return_fact, line_no),
    FIELD(struct return_fact, quantity),
    FIELD_ENUM(struct return_fact, from_heap, return_heap_words),
    FIELD_ENUM(struct return_fact, to_heap, return_heap_words),
    FIELD_ID(struct return_fact, site_id, "site_id", "sit"),
    FIELD(struct return_fact, from_place),
    FIELD(struct return_fact, to_place),
    FIELD(struct return_fact, lot),
    FIELD_ENUM(struct return_fact, seen, return_seen_words, .flags = F_NULL),
    FIELD(struct return_fact, note),
    FIELD_INSTANT(struct return_fact, at_us, "at"),
    FIELD_ID(struct return_fact, actor_id, "actor_id", "usr"),
};
const struct fields return_fact_fields = FIELDS("return_fact_row", struct return_fact, fact_table);

static const struct field end_table[] = {
    FIELD(struct return_end, merchant_id),
    FIELD_ID(struct return_end, return_id, "return_id", "ret"),
    FIELD_ID(struct return_end, end_id, "id", "end"),
    FIELD(struct return_end, line_no),
    FIELD(struct return_end, quantity),
    FIELD_ENUM(struct return_end, kind, return_resolution_words),
    FIELD(struct return_end, refund_minor),
    FIELD(struct return_end, fee_minor),
    FIELD_ID(struct return_end, order_id, "order_id", "ord", .flags = F_NULL),
    FIELD(struct return_end, note),
    FIELD_INSTANT(struct return_end, at_us, "at"),
    FIELD_ID(struct return_end, actor_id, "actor_id", "usr"),
};
const struct fields return_end_fields = FIELDS("return_end_row", struct return_end, end_table);

static const struct field rule_table[] = {
    FIELD(struct return_rule, merchant_id),
    FIELD_ID(struct return_rule, product_id, "product_id", "prd"),
    FIELD(struct return_rule, is_returnable),
    FIELD(struct return_rule, days),
    FIELD(struct return_rule, fee_minor),
    FIELD(struct return_rule, fee_bp),
    FIELD(struct return_rule, is_credited),
};
const struct fields return_rule_fields = FIELDS("return_rule_row", struct return_rule, rule_table);

struct return_line return_line_new(struct ctx *c, int64_t return_id, int64_t line_no,
                                   int64_t product_id, int64_t quantity)
{
    return (struct return_line){.merchant_id = c->merchant_id,
                                .return_id = return_id,
                                .line_no = line_no,
                                .product_id = product_id,
                                .quantity = quantity,
                                .state = RETURN_REQUESTED,
                                .credit_minor = NONE};
}

/* --- writing --------------------------------------------------------------------------------- */

enum err return_insert(struct ctx *c, const struct order_return *r, const struct return_line *lines,
                       size_t count, bool is_early)
{
    TRY(db_put_record(c, &Q_order_return_insert, &order_return_fields, r));
    for (size_t i = 0; i < count; i++) {
        TRY(db_put_record(c, &Q_return_line_insert, &return_line_fields, &lines[i]));
        TRY(db_add(c, is_early ? &Q_return_ask_early : &Q_return_ask, 3,
                   ARGS(I64(c->merchant_id), I64(r->order_id), I64(lines[i].line_no),
                        I64(lines[i].quantity))));
    }
    return OK;
}

enum err return_write(struct ctx *c, const struct order_return *r)
{
    return db_put_sure(c, &Q_order_return_write,
                       ARGS(I64(c->merchant_id), I64(r->return_id), I64(r->site_id), TXT(r->answer),
                            I64(r->fee_minor), I64(r->settled_us)));
}

enum err return_at_door(struct ctx *c, int64_t return_id, int64_t at_us)
{
    return db_put(c, &Q_return_at_door, ARGS(I64(c->merchant_id), I64(return_id), I64(at_us)));
}

enum err return_unask(struct ctx *c, int64_t order_id, int64_t line_no, int64_t quantity)
{
    return db_add(c, &Q_return_unask, 3,
                  ARGS(I64(c->merchant_id), I64(order_id), I64(line_no), I64(quantity)));
}

enum err return_line_do(struct ctx *c, struct return_line *l, enum return_verb verb)
{
    return lifecycle_next(c, &return_lifecycle, l->state, (int32_t)verb, &l->state);
}

enum err return_line_write(struct ctx *c, const struct return_line *b, const struct return_line *a)
{
    return db_put_sure(c, &Q_return_line_write,
                       ARGS(I64(c->merchant_id), I64(b->return_id), I64(b->line_no), I64(b->state),
                            I64(b->received), I64(b->ended), I64(a->state), I64(a->received),
                            I64(a->waiting), I64(a->quarantined), I64(a->repairing),
                            I64(a->restocked), I64(a->scrapped), I64(a->sent_back), I64(a->ended),
                            I64(a->refund_minor), I64(b->waiting), I64(b->quarantined),
                            I64(b->repairing), I64(a->quantity)));
}

static int64_t *heap_at(struct return_line *l, enum return_heap heap)
{
    switch (heap) {
    case HEAP_WAITING: return &l->waiting;
    case HEAP_QUARANTINED: return &l->quarantined;
    case HEAP_REPAIRING: return &l->repairing;
    case HEAP_RESTOCKED: return &l->restocked;
    case HEAP_SCRAPPED: return &l->scrapped;
    case HEAP_SENT_BACK: return &l->sent_back;
    case HEAP_CUSTOMER: break;
    }
    return NULL;
}

int64_t return_heap_of(const struct return_line *l, enum return_heap heap)
{
    struct return_line copy = *l;
    const int64_t *at = heap_at(&copy, heap);
    return at ? *at : l->quantity - l->received;
}

enum err return_fact_put(struct ctx *c, const struct return_fact *f, struct return_line *l)
{
    int64_t *from = heap_at(l, (enum return_heap)f->from_heap);
    int64_t *to = heap_at(l, (enum return_heap)f->to_heap);
    if (from)
        *from -= f->quantity;
    else
        l->received += f->quantity;
    if (to) *to += f->quantity;
    return db_put_record(c, &Q_return_fact_insert, &return_fact_fields, f);
}

enum err return_end_put(struct ctx *c, const struct return_end *e, struct return_line *l)
{
    l->ended += e->quantity;
    l->refund_minor += e->refund_minor;
    return db_put_record(c, &Q_return_end_insert, &return_end_fields, e);
}

enum err return_rule_put(struct ctx *c, const struct return_rule *r)
{
    return db_put_record(c, &Q_return_rule_put, &return_rule_fields, r);
}

/* --- reading --------------------------------------------------------------------------------- */

enum err returns_of(struct ctx *c, const int64_t *return_ids, size_t n, struct list *out)
{
    return db_rows(c, &Q_returns_of, ARGS(I64(c->merchant_id), I64S(return_ids, n)),
                   &order_return_fields, out);
}

enum err return_get(struct ctx *c, int64_t return_id, struct order_return *out)
{
    struct list found;
    TRY(returns_of(c, &return_id, 1, &found));
    if (!found.count) return fail(c, ERR_NOT_FOUND, "return_not_found", "there is no such return");
    *out = *(const struct order_return *)found.at;
    return OK;
}

enum err returns_of_orders(struct ctx *c, const int64_t *order_ids, size_t n, struct list *out)
{
    return db_rows(c, &Q_returns_of_orders, ARGS(I64(c->merchant_id), I64S(order_ids, n)),
                   &order_return_fields, out);
}

enum err return_of_package(struct ctx *c, int64_t package_id, struct order_return *out, bool *found)
{
    return db_find(c, &Q_return_of_package, ARGS(I64(c->merchant_id), I64(package_id)),
                   &order_return_fields, out, found);
}

enum err return_list_open(struct ctx *c, int64_t after_id, int64_t limit, struct list *out)
{
    return db_rows(c, &Q_return_list_open,
                   ARGS(I64(c->merchant_id), I64(after_id), I64(limit), I64(c->owner_id)),
                   &order_return_fields, out);
}

enum err return_page(struct ctx *c, int64_t after_id, int64_t limit, struct list *out)
{
    return db_rows(c, &Q_return_page,
                   ARGS(I64(c->merchant_id), I64(after_id), I64(limit), I64(c->owner_id)),
                   &order_return_fields, out);
}

enum err return_lines_of(struct ctx *c, const int64_t *return_ids, size_t n, struct list *out)
{
    return db_rows(c, &Q_return_lines_of, ARGS(I64(c->merchant_id), I64S(return_ids, n)),
                   &return_line_fields, out);
}

enum err return_facts_of(struct ctx *c, const int64_t *return_ids, size_t n, struct list *out)
{
    return db_rows(c, &Q_return_facts_of, ARGS(I64(c->merchant_id), I64S(return_ids, n)),
                   &return_fact_fields, out);
}

enum err return_ends_of(struct ctx *c, const int64_t *return_ids, size_t n, struct list *out)
{
    return db_rows(c, &Q_return_ends_of, ARGS(I64(c->merchant_id), I64S(return_ids, n)),
                   &return_end_fields, out);
}

enum err return_rules_of(struct ctx *c, const int64_t *product_ids, size_t n, struct list *out)
{
    return db_rows(c, &Q_return_rules_of, ARGS(I64(c->merchant_id), I64S(product_ids, n)),
                   &return_rule_fields, out);
}
