#include "domain/orders/sourcing.h"

#include "base/source.h"
#include "queries.h"
#include "store/db.h"

static const char *const causes[] = {"placed", "stock_came", "rejected"};
const struct words sourcing_cause_words = WORDS("sourcing_cause", causes);

/* Stored as lines: new members go to the end. */
static const struct field considered_table[] = {
    FIELD_ID(struct site_considered, site_id, "site_id", "sit"),
    FIELD(struct site_considered, could),
    FIELD(struct site_considered, given),
    FIELD(struct site_considered, score),
    FIELD(struct site_considered, why),
};
const struct fields site_considered_fields =
    FIELDS("site_considered_row", struct site_considered, considered_table);

static const struct field decision_table[] = {
    FIELD_ID(struct sourcing_decision, order_id, "order_id", "ord"),
    FIELD_ID(struct sourcing_decision, decision_id, "id", "src"),
    FIELD_ENUM(struct sourcing_decision, cause, sourcing_cause_words),
    FIELD(struct sourcing_decision, policy),
    FIELD(struct sourcing_decision, units),
    FIELD(struct sourcing_decision, short_of),
    FIELD(struct sourcing_decision, why),
    FIELD(struct sourcing_decision, sites),
    FIELD_INSTANT(struct sourcing_decision, at_us, "at"),
};
const struct fields sourcing_decision_fields =
    FIELDS("sourcing_decision_row", struct sourcing_decision, decision_table);

static const char *const reject_reasons[] = {"too_busy", "wrong_site", "not_found",
                                             "damaged",  "suspect",    "not_for_sale"};
const struct words reject_reason_words = WORDS("reject_reason", reject_reasons);

static const struct field rejection_table[] = {
    FIELD_ID(struct site_rejection, order_id, "order_id", "ord"),
    FIELD_ID(struct site_rejection, site_id, "site_id", "sit"),
    FIELD_ID(struct site_rejection, fulfillment_id, "fulfillment_id", "ful"),
    FIELD_ENUM(struct site_rejection, reason, reject_reason_words),
    FIELD(struct site_rejection, note),
    FIELD_INSTANT(struct site_rejection, at_us, "at"),
    FIELD_INSTANT(struct site_rejection, until_us, "until"),
    FIELD_ID(struct site_rejection, actor_id, "actor_id", "usr"),
};
const struct fields site_rejection_fields =
    FIELDS("site_rejection_row", struct site_rejection, rejection_table);

static const struct field load_table[] = {
    FIELD(struct site_load, leave_day),
    FIELD_ID(struct site_load, site_id, "site_id", "sit"),
    FIELD(struct site_load, units),
};
const struct fields site_load_fields = FIELDS("site_load", struct site_load, load_table);

enum err sourcing_decision_put(struct ctx *c, const struct sourcing_decision *d)
{
    const struct site_considered *at = d->considered.at;
    struct buf lines = buf_new(c->arena);
    for (size_t i = 0; i < d->considered.count; i++) {
        if (i) buf_puts(&lines, "\n");
        buf_put(&lines, record_to_line(c->arena, &site_considered_fields, &at[i]));
    }
    return db_put(c, &Q_sourcing_decision_insert,
                  ARGS(I64(c->merchant_id), I64(d->order_id), I64(source_id(c->source)),
                       I64(d->cause), I64(d->policy), I64(d->units), I64(d->short_of), TXT(d->why),
                       TXT(lines.len ? buf_text(&lines) : T("")), I64(c->now_us)));
}

static struct list considered_of(struct arena *a, struct text lines)
{
    struct site_considered *all = NULL;
    size_t count = 0, capacity = 0;
    while (lines.len) {
        ptrdiff_t end = text_find(lines, T("\n"));
        struct text line = end < 0 ? lines : (struct text){lines.at, (size_t)end};
        struct site_considered *slot = arena_push(a, all, count, capacity);
        record_clear(&site_considered_fields, slot);
        if (!record_from_line(a, &site_considered_fields, line, slot)) count--;
        size_t used = line.len + (end < 0 ? 0 : 1);
        lines = (struct text){lines.at + used, lines.len - used};
    }
    return (struct list){all, count};
}

enum err sourcing_decisions_of(struct ctx *c, int64_t order_id, struct list *out)
{
    TRY(db_rows(c, &Q_sourcing_decisions_of, ARGS(I64(c->merchant_id), I64(order_id)),
                &sourcing_decision_fields, out));
    struct sourcing_decision *at = out->at;
    for (size_t i = 0; i < out->count; i++) at[i].considered = considered_of(c->arena, at[i].sites);
    return OK;
}

enum err site_rejection_put(struct ctx *c, const struct site_rejection *r)
{
    return db_put(c, &Q_site_rejection_put,
                  ARGS(I64(c->merchant_id), I64(r->order_id), I64(r->site_id),
                       I64(r->fulfillment_id), I64(r->reason), TXT(r->note), I64(r->at_us),
                       I64(r->until_us), I64(r->actor_id)));
}

enum err site_rejections_of(struct ctx *c, const int64_t *order_ids, size_t n, struct list *out)
{
    return db_rows(c, &Q_site_rejections_of, ARGS(I64(c->merchant_id), I64S(order_ids, n)),
                   &site_rejection_fields, out);
}

enum err site_load_add(struct ctx *c, const struct site_load *l)
{
    return db_add(c, &Q_site_load_add, 3,
                  ARGS(I64(c->merchant_id), I64(l->leave_day), I64(l->site_id), I64(l->units)));
}

enum err site_loads_of(struct ctx *c, const int64_t *days, size_t n, struct list *out)
{
    return db_rows(c, &Q_site_loads_of, ARGS(I64(c->merchant_id), I64S(days, n)), &site_load_fields,
                   out);
}
