#include "domain/orders/package.h"

#include "base/lifecycle.h"
#include "queries.h"
#include "store/db.h"

static const char *const package_states[] = {"open",        "sealed",     "labelled",
                                             "handed_over", "in_transit", "delivered",
                                             "returning",   "back",       "lost"};
static const char *const package_verbs[] = {"seal",      "reopen",  "label",    "unlabel",
                                            "hand_over", "move_on", "deliver",  "turn_back",
                                            "come_back", "lose",    "take_back"};
static const char *const label_states[] = {"asked", "unknown", "bought", "printed",
                                           "used",  "voided",  "failed"};
static const char *const label_verbs[] = {"lose_answer", "buy",  "print",    "use",
                                          "void",        "fail", "take_back"};
static const char *const tracking_statuses[] = {
    "unknown",          "pre_transit",      "accepted",  "in_transit",
    "exception",        "out_for_delivery", "attempted", "available_for_pickup",
    "return_to_sender", "delivered",        "returned",  "failure",
    "cancelled"};
const struct words package_state_words = WORDS("package_state", package_states);
const struct words package_verb_words = WORDS("package_verb", package_verbs);
const struct words label_state_words = WORDS("label_state", label_states);
const struct words label_verb_words = WORDS("label_verb", label_verbs);
const struct words tracking_status_words = WORDS("tracking_status", tracking_statuses);

#define ON_THE_WAY (IN(PACKAGE_HANDED_OVER) | IN(PACKAGE_IN_TRANSIT))
static const struct move package_moves[] = {
    [PACKAGE_SEAL] = {IN(PACKAGE_OPEN), PACKAGE_SEALED, "the weight fits what is in it"},
    [PACKAGE_REOPEN] = {IN(PACKAGE_SEALED), PACKAGE_OPEN, NULL},
    [PACKAGE_LABEL] = {IN(PACKAGE_SEALED), PACKAGE_LABELLED, "its label is bought"},
    [PACKAGE_UNLABEL] = {IN(PACKAGE_LABELLED), PACKAGE_SEALED, "its label is voided"},
    [PACKAGE_HAND_OVER] = {IN(PACKAGE_LABELLED) | IN(PACKAGE_SEALED), PACKAGE_HANDED_OVER,
                           "the order has no live hold; without a label only at the counter, or "
                           "inside another package"},
    [PACKAGE_MOVE_ON] = {IN(PACKAGE_HANDED_OVER), PACKAGE_IN_TRANSIT, NULL},
    [PACKAGE_DELIVER] = {ON_THE_WAY | IN(PACKAGE_RETURNING) | IN(PACKAGE_LOST), PACKAGE_DELIVERED,
                         "the proof that the method demands is there"},
    [PACKAGE_TURN_BACK] = {ON_THE_WAY | IN(PACKAGE_DELIVERED) | IN(PACKAGE_LOST), PACKAGE_RETURNING,
                           NULL},
    [PACKAGE_COME_BACK] = {ON_THE_WAY | IN(PACKAGE_RETURNING) | IN(PACKAGE_LOST), PACKAGE_BACK,
                           NULL},
    [PACKAGE_LOSE] = {ON_THE_WAY | IN(PACKAGE_RETURNING), PACKAGE_LOST, NULL},
    [PACKAGE_TAKE_BACK] = {IN(PACKAGE_HANDED_OVER), PACKAGE_LABELLED,
                           "no carrier has scanned it yet"},
};
const struct lifecycle package_lifecycle = {"package", &package_state_words, &package_verb_words,
                                            package_moves, PACKAGE_OPEN};

static const struct move label_moves[] = {
    [LABEL_LOSE_ANSWER] = {IN(LABEL_ASKED), LABEL_UNKNOWN, NULL},
    [LABEL_BUY] = {IN(LABEL_ASKED) | IN(LABEL_UNKNOWN), LABEL_BOUGHT, NULL},
    [LABEL_PRINT] = {IN(LABEL_BOUGHT), LABEL_PRINTED, NULL},
    [LABEL_USE] = {IN(LABEL_BOUGHT) | IN(LABEL_PRINTED), LABEL_USED, NULL},
    [LABEL_VOID] = {IN(LABEL_BOUGHT) | IN(LABEL_PRINTED), LABEL_VOIDED, "the parcel is still here"},
    [LABEL_FAIL] = {IN(LABEL_ASKED) | IN(LABEL_UNKNOWN), LABEL_FAILED, NULL},
    [LABEL_TAKE_BACK] = {IN(LABEL_USED), LABEL_PRINTED, "the hand-over is undone"},
};
const struct lifecycle label_lifecycle = {"label", &label_state_words, &label_verb_words,
                                          label_moves, LABEL_ASKED};

static const struct field package_table[] = {
    FIELD(struct package, merchant_id),
    FIELD_ID(struct package, package_id, "id", "pkg"),
    FIELD_ID(struct package, fulfillment_id, "fulfillment_id", "ful"),
    FIELD_ID(struct package, order_id, "order_id", "ord"),
    FIELD_ID(struct package, site_id, "site_id", "sit"),
    FIELD_ENUM(struct package, state, package_state_words),
    FIELD(struct package, number),
    FIELD_ID(struct package, carton_id, "carton_id", "crt", .flags = F_NULL),
    FIELD(struct package, sscc),
    FIELD(struct package, length_mm),
    FIELD(struct package, width_mm),
    FIELD(struct package, height_mm),
    FIELD(struct package, expected_g),
    FIELD(struct package, weight_g, .flags = F_NULL),
    FIELD_ID(struct package, manifest_id, "manifest_id", "man", .flags = F_NULL),
    FIELD_ID(struct package, packer_id, "packer_id", "usr", .flags = F_NULL),
    FIELD_ENUM(struct package, status, tracking_status_words),
    FIELD_INSTANT(struct package, sealed_us, "sealed_at"),
    FIELD_INSTANT(struct package, handed_over_us, "handed_over_at"),
    FIELD_INSTANT(struct package, delivered_us, "delivered_at"),
    FIELD_ID(struct package, inside_id, "inside_id", "pkg", .flags = F_NULL),
    FIELD(struct package, inside_count),
};
const struct fields package_fields = FIELDS("package_row", struct package, package_table);

static const struct field package_line_table[] = {
    FIELD(struct package_line, merchant_id),
    FIELD_ID(struct package_line, package_id, "package_id", "pkg"),
    FIELD(struct package_line, line_no),
    FIELD_ID(struct package_line, product_id, "product_id", "prd"),
    FIELD(struct package_line, quantity),
};
const struct fields package_line_fields =
    FIELDS("package_line_row", struct package_line, package_line_table);

static const struct field label_table[] = {
    FIELD(struct label, merchant_id),
    FIELD_ID(struct label, package_id, "package_id", "pkg"),
    FIELD_ID(struct label, label_id, "id", "lbl"),
    FIELD_ENUM(struct label, state, label_state_words),
    FIELD(struct label, carrier),
    FIELD(struct label, service),
    FIELD(struct label, tracking_number),
    FIELD(struct label, cost_minor),
    FIELD(struct label, currency),
    FIELD_DAY(struct label, promised_day, "promised_date"),
    FIELD(struct label, reason),
    FIELD_INSTANT(struct label, asked_us, "asked_at"),
    FIELD_INSTANT(struct label, bought_us, "bought_at"),
    FIELD_ID(struct label, ship_to_id, "ship_to_id", "adr"),
};
const struct fields label_fields = FIELDS("label_row", struct label, label_table);

#define MERCHANT I64(c->merchant_id)

enum err package_insert(struct ctx *c, const struct package *p)
{
    struct package alone = *p;
    alone.inside_id = NONE;
    alone.inside_count = 0;
    return db_put_record(c, &Q_package_insert, &package_fields, &alone);
}

enum err packages_of(struct ctx *c, const int64_t *ids, size_t n, struct list *out)
{
    return db_rows(c, &Q_packages_of, ARGS(MERCHANT, I64S(ids, n)), &package_fields, out);
}

enum err package_get(struct ctx *c, int64_t package_id, struct package *out)
{
    struct list found;
    TRY(packages_of(c, &package_id, 1, &found));
    if (!found.count)
        return fail(c, ERR_NOT_FOUND, "package_not_found", "there is no such package");
    *out = *(const struct package *)found.at;
    return OK;
}

enum err packages_of_orders(struct ctx *c, const int64_t *order_ids, size_t n, struct list *out)
{
    return db_rows(c, &Q_packages_of_orders, ARGS(MERCHANT, I64S(order_ids, n)), &package_fields,
                   out);
}

enum err package_list(struct ctx *c, int64_t site_id, enum package_state state, int64_t limit,
                      struct list *out)
{
    const struct query *q = state < PACKAGE_HANDED_OVER ? &Q_package_list : &Q_package_list_sent;
    return db_rows(c, q, ARGS(MERCHANT, I64(site_id), I64(state), I64(limit)), &package_fields,
                   out);
}

enum err packages_of_manifest(struct ctx *c, int64_t manifest_id, struct list *out)
{
    return db_rows(c, &Q_packages_of_manifest, ARGS(MERCHANT, I64(manifest_id)), &package_fields,
                   out);
}

enum err package_write(struct ctx *c, const struct package *before, const struct package *after)
{
    return db_put_sure(
        c, &Q_package_write,
        ARGS(MERCHANT, I64(before->package_id), I64(before->state), I64(after->state),
             I64(after->carton_id), TXT(after->sscc), I64(after->length_mm), I64(after->width_mm),
             I64(after->height_mm), I64(after->expected_g), I64(after->weight_g),
             I64(after->manifest_id), I64(after->packer_id), I64(after->status),
             I64(after->sealed_us), I64(after->handed_over_us), I64(after->delivered_us),
             I64(before->inside_id), I64(before->inside_count), I64(before->order_id)));
}

enum err package_do(struct ctx *c, struct package *p, enum package_verb verb)
{
    return lifecycle_next(c, &package_lifecycle, p->state, (int32_t)verb, &p->state);
}

enum err package_line_add(struct ctx *c, int64_t package_id, int64_t line_no, int64_t product_id,
                          int64_t quantity)
{
    return db_put(c, &Q_package_line_add,
                  ARGS(MERCHANT, I64(package_id), I64(line_no), I64(product_id), I64(quantity)));
}

enum err package_line_take(struct ctx *c, const struct package_line *l)
{
    return db_put_sure(c, &Q_package_line_take,
                       ARGS(MERCHANT, I64(l->package_id), I64(l->line_no), I64(l->quantity)));
}

enum err package_line_lower(struct ctx *c, const struct package_line *l, int64_t quantity)
{
    if (quantity >= l->quantity) return package_line_take(c, l);
    return db_put_sure(c, &Q_package_line_lower,
                       ARGS(I64(c->merchant_id), I64(l->package_id), I64(l->line_no),
                            I64(l->quantity), I64(quantity)));
}

enum err package_discard(struct ctx *c, int64_t package_id)
{
    TRY(db_put(c, &Q_package_discard_labels, ARGS(MERCHANT, I64(package_id))));
    return db_put_sure(c, &Q_package_discard, ARGS(MERCHANT, I64(package_id)));
}

enum err sscc_serials(struct ctx *c, int64_t n, int64_t *first)
{
    int64_t last = 0;
    TRY(db_number(c, &Q_sscc_serials, ARGS(MERCHANT, I64(n)), &last));
    *first = last - n + 1;
    return OK;
}

enum err package_lines_of(struct ctx *c, const int64_t *package_ids, size_t n, struct list *out)
{
    return db_rows(c, &Q_package_lines_of, ARGS(MERCHANT, I64S(package_ids, n)),
                   &package_line_fields, out);
}

enum err package_find_by_sscc(struct ctx *c, struct text sscc, struct package *out, bool *found)
{
    return db_find(c, &Q_package_by_sscc, ARGS(MERCHANT, TXT(sscc)), &package_fields, out, found);
}

enum err label_insert(struct ctx *c, const struct label *l)
{
    return db_put_record(c, &Q_label_insert, &label_fields, l);
}

enum err labels_of(struct ctx *c, const int64_t *package_ids, size_t n, struct list *out)
{
    return db_rows(c, &Q_labels_of, ARGS(MERCHANT, I64S(package_ids, n)), &label_fields, out);
}

enum err label_write(struct ctx *c, const struct label *before, const struct label *after)
{
    return db_put_sure(c, &Q_label_write,
                       ARGS(MERCHANT, I64(before->package_id), I64(before->label_id),
                            I64(before->state), I64(after->state), TXT(after->carrier),
                            TXT(after->service), TXT(after->tracking_number),
                            I64(after->cost_minor), TXT(after->currency), I64(after->promised_day),
                            TXT(after->reason), I64(after->bought_us)));
}

enum err label_do(struct ctx *c, struct label *l, enum label_verb verb)
{
    return lifecycle_next(c, &label_lifecycle, l->state, (int32_t)verb, &l->state);
}

enum err packages_by_tracking(struct ctx *c, const struct text *numbers, size_t n,
                              struct list *labels)
{
    return db_rows(c, &Q_labels_by_tracking, ARGS(MERCHANT, TEXTS(numbers, n)), &label_fields,
                   labels);
}
