#include "domain/inventory/asn.h"

#include "base/lifecycle.h"
#include "queries.h"
#include "store/db.h"

static const char *const states[] = {"expected", "arriving", "closed", "cancelled"};
static const char *const verbs[] = {"arrive", "close", "cancel"};
const struct words asn_state_words = WORDS("asn_state", states);
const struct words asn_verb_words = WORDS("asn_verb", verbs);

static const struct move moves[] = {
    [ASN_ARRIVE] = {IN(ASN_EXPECTED) | IN(ASN_ARRIVING), ASN_ARRIVING, "goods came in"},
    [ASN_CLOSE] = {IN(ASN_EXPECTED) | IN(ASN_ARRIVING), ASN_CLOSED, NULL},
    [ASN_CANCEL] = {IN(ASN_EXPECTED), ASN_CANCELLED, "nothing came in"},
};
const struct lifecycle asn_lifecycle = {"asn", &asn_state_words, &asn_verb_words, moves,
                                        ASN_EXPECTED};

static const struct field asn_table[] = {
    FIELD(struct asn, merchant_id),
    FIELD_ID(struct asn, asn_id, "id", "asn"),
    FIELD_ID(struct asn, site_id, "site_id", "sit"),
    FIELD(struct asn, supplier),
    FIELD(struct asn, reference),
    FIELD_ENUM(struct asn, state, asn_state_words),
    FIELD_DAY(struct asn, expected_day, "expected_date"),
    FIELD(struct asn, note),
    FIELD_INSTANT(struct asn, created_us, "created_at"),
    FIELD_INSTANT(struct asn, closed_us, "closed_at"),
    FIELD_ID(struct asn, owner_id, "owner_id", "own"),
};
const struct fields asn_fields = FIELDS("asn_row", struct asn, asn_table);

static const struct field line_table[] = {
    FIELD(struct asn_line, merchant_id),
    FIELD_ID(struct asn_line, asn_id, "asn_id", "asn"),
    FIELD(struct asn_line, line_no),
    FIELD_ID(struct asn_line, product_id, "product_id", "prd", .flags = F_NULL),
    FIELD(struct asn_line, code),
    FIELD(struct asn_line, lot),
    FIELD(struct asn_line, expected),
    FIELD(struct asn_line, received),
    FIELD(struct asn_line, damaged),
    FIELD(struct asn_line, due),
    FIELD(struct asn_line, earmarked),
};
const struct fields asn_line_fields = FIELDS("asn_line_row", struct asn_line, line_table);

enum err asn_insert(struct ctx *c, const struct asn *a)
{
    return db_put_record(c, &Q_asn_insert, &asn_fields, a);
}

enum err asn_line_insert(struct ctx *c, const struct asn_line *l)
{
    return db_put_record(c, &Q_asn_line_insert, &asn_line_fields, l);
}

enum err asn_line_write(struct ctx *c, const struct asn *a, const struct asn_line *before,
                        struct asn_line *after)
{
    int64_t due = a->state < ASN_CLOSED ? after->expected - after->received : 0;
    after->due = due > 0 ? due : 0;
    return db_put_sure(c, &Q_asn_line_write,
                       ARGS(I64(c->merchant_id), I64(a->asn_id), I64(after->line_no),
                            I64(after->expected), I64(after->received), I64(after->damaged),
                            I64(after->due), I64(after->earmarked), I64(before->earmarked)));
}

enum err asn_write_head(struct ctx *c, const struct asn *a)
{
    return db_put_sure(
        c, &Q_asn_head,
        ARGS(I64(c->merchant_id), I64(a->asn_id), I64(a->expected_day), TXT(a->note)));
}

static enum err one(struct ctx *c, const struct query *q, int64_t asn_id, struct asn *out)
{
    bool found;
    TRY(db_find(c, q, ARGS(I64(c->merchant_id), I64(asn_id)), &asn_fields, out, &found));
    if (found) return OK;
    return fail(c, ERR_NOT_FOUND, "asn_not_found", "no such delivery is expected");
}

enum err asn_get(struct ctx *c, int64_t asn_id, struct asn *out)
{
    return one(c, &Q_asn_get, asn_id, out);
}

enum err asn_take(struct ctx *c, int64_t asn_id, struct asn *out)
{
    return one(c, &Q_asn_take, asn_id, out);
}

enum err asn_find(struct ctx *c, int64_t owner_id, struct text supplier, struct text reference,
                  struct asn *out, bool *found)
{
    return db_find(c, &Q_asn_by_reference,
                   ARGS(I64(c->merchant_id), TXT(supplier), TXT(reference), I64(owner_id)),
                   &asn_fields, out, found);
}

enum err asns_of(struct ctx *c, const int64_t *asn_ids, size_t n, struct list *out)
{
    *out = (struct list){0};
    if (!n) return OK;
    return db_rows(c, &Q_asns_of, ARGS(I64(c->merchant_id), I64S(asn_ids, n)), &asn_fields, out);
}

struct content {
    int64_t product_id;
};
static const struct field content_table[] = {FIELD(struct content, product_id)};
static const struct fields content_fields = FIELDS("asn_content", struct content, content_table);

enum err asn_products_of(struct ctx *c, const int64_t *asn_ids, size_t n, int64_t **product_ids,
                         size_t *count)
{
    struct list found;
    TRY(db_rows(c, &Q_asn_products_of, ARGS(I64(c->merchant_id), I64S(asn_ids, n)), &content_fields,
                &found));
    *product_ids = arena_new(c->arena, int64_t, found.count + 1);
    *count = found.count;
    for (size_t i = 0; i < found.count; i++)
        (*product_ids)[i] = ((const struct content *)found.at)[i].product_id;
    return OK;
}

enum err asn_lines_of(struct ctx *c, int64_t asn_id, struct list *out)
{
    return db_rows(c, &Q_asn_lines_of, ARGS(I64(c->merchant_id), I64(asn_id)), &asn_line_fields,
                   out);
}

enum err asn_do(struct ctx *c, struct asn *a, enum asn_verb verb)
{
    int32_t before = a->state;
    TRY(lifecycle_next(c, &asn_lifecycle, a->state, (int32_t)verb, &a->state));
    if (a->state == before) return OK;
    if (a->state >= ASN_CLOSED) a->closed_us = c->now_us;
    return db_put_sure(
        c, &Q_asn_state,
        ARGS(I64(c->merchant_id), I64(a->asn_id), I64(before), I64(a->state), I64(a->closed_us)));
}

enum err asn_list(struct ctx *c, int64_t before_id, int64_t limit, struct list *out)
{
    return db_rows(c, &Q_asn_list,
                   ARGS(I64(c->merchant_id), I64(before_id), I64(limit), I64(c->owner_id)),
                   &asn_fields, out);
}
