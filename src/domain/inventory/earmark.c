#include "domain/inventory/earmark.h"

#include "domain/inventory/availability.h"
#include "queries.h"
#include "store/db.h"

#include <stdlib.h>

static const struct field earmark_table[] = {
    FIELD(struct earmark, merchant_id),
    FIELD_ID(struct earmark, order_id, "order_id", "ord"),
    FIELD(struct earmark, line_no),
    FIELD_ID(struct earmark, asn_id, "asn_id", "asn"),
    FIELD(struct earmark, asn_line),
    FIELD_ID(struct earmark, product_id, "product_id", "prd"),
    FIELD_ID(struct earmark, site_id, "site_id", "sit"),
    FIELD(struct earmark, units),
    FIELD(struct earmark, arrived),
    FIELD_DAY(struct earmark, expected_day, "expected_date"),
    FIELD_DAY(struct earmark, promised_day, "promised_date"),
};
const struct fields earmark_fields = FIELDS("earmark_row", struct earmark, earmark_table);

static const struct field inbound_table[] = {
    FIELD_ID(struct inbound, product_id, "product_id", "prd"),
    FIELD_ID(struct inbound, site_id, "site_id", "sit"),
    FIELD(struct inbound, units),
};
const struct fields inbound_fields = FIELDS("inbound_row", struct inbound, inbound_table);

/* --- reading --------------------------------------------------------------------------------- */

static enum err rows(struct ctx *c, const struct query *q, const int64_t *ids, size_t n,
                     struct list *out)
{
    *out = (struct list){0};
    if (!n) return OK;
    return db_rows(c, q, ARGS(I64(c->merchant_id), I64S(ids, n)), &earmark_fields, out);
}

enum err earmarks_of(struct ctx *c, const int64_t *order_ids, size_t n, struct list *out)
{
    return rows(c, &Q_earmarks_of, order_ids, n, out);
}

enum err earmarks_here(struct ctx *c, const int64_t *product_ids, size_t n, struct list *out)
{
    return rows(c, &Q_earmarks_here, product_ids, n, out);
}

struct marked {
    int64_t product_id;
};
static const struct field marked_table[] = {FIELD(struct marked, product_id)};
static const struct fields marked_fields = FIELDS("earmarked_product", struct marked, marked_table);

enum err earmarked_products(struct ctx *c, int64_t *product_ids, size_t *n)
{
    struct list found;
    if (!*n) return OK;
    TRY(db_rows(c, &Q_earmarked_products, ARGS(I64(c->merchant_id), I64S(product_ids, *n)),
                &marked_fields, &found));
    for (size_t i = 0; i < found.count; i++)
        product_ids[i] = ((const struct marked *)found.at)[i].product_id;
    *n = found.count;
    return OK;
}

enum err inbound_of(struct ctx *c, const int64_t *product_ids, size_t n, struct list *out)
{
    return db_rows(c, &Q_inbound_of, ARGS(I64(c->merchant_id), I64S(product_ids, n)),
                   &inbound_fields, out);
}

struct list earmarks_of_line(const struct list *earmarks, int64_t order_id, int64_t line_no)
{
    struct list of_order = LIST_RUN(earmarks, struct earmark, order_id, order_id);
    return LIST_RUN(&of_order, struct earmark, line_no, line_no);
}

int64_t earmarked_units(const struct list *earmarks)
{
    const struct earmark *at = earmarks->at;
    int64_t units = 0;
    for (size_t i = 0; i < earmarks->count; i++) units += at[i].units + at[i].arrived;
    return units;
}

/* --- changing -------------------------------------------------------------------------------- */

struct list earmark_changes(struct arena *a, const struct list *earmarks)
{
    struct earmark_change *all = arena_new(a, struct earmark_change, earmarks->count + 1);
    const struct earmark *at = earmarks->at;
    for (size_t i = 0; i < earmarks->count; i++) all[i].before = all[i].after = at[i];
    return (struct list){all, earmarks->count};
}

static void lower(int64_t *units, int64_t *excess)
{
    int64_t by = *excess < *units ? *excess : *units;
    if (by <= 0) return;
    *units -= by;
    *excess -= by;
}

void earmarks_shrink(struct list *changes, int64_t most)
{
    struct earmark_change *at = changes->at;
    int64_t excess = -most;
    for (size_t i = 0; i < changes->count; i++) excess += at[i].after.units + at[i].after.arrived;
    for (size_t i = changes->count; i > 0; i--) lower(&at[i - 1].after.units, &excess);
    for (size_t i = changes->count; i > 0; i--) lower(&at[i - 1].after.arrived, &excess);
}

enum err earmarks_give_back(struct ctx *c, const struct list *earmarks, int64_t order_id,
                            int64_t line_no, int64_t most)
{
    struct list own = earmarks_of_line(earmarks, order_id, line_no);
    if (earmarked_units(&own) <= most) return OK;
    struct list changes = earmark_changes(c->arena, &own);
    earmarks_shrink(&changes, most);
    return earmarks_save(c, changes.at, changes.count);
}

/* --- writing --------------------------------------------------------------------------------- */

/* The units that a delivery's line has less or more in the end. */
struct claim_sum {
    int64_t asn_id, asn_line, units;
};

static int compare_sums(const void *a, const void *b)
{
    const struct claim_sum *x = a, *y = b;
    if (x->asn_id != y->asn_id) return x->asn_id < y->asn_id ? -1 : 1;
    return (x->asn_line > y->asn_line) - (x->asn_line < y->asn_line);
}

static enum err save_sums(struct ctx *c, struct claim_sum *sums, size_t n)
{
    struct value *takes = arena_new(c->arena, struct value, n * 4 + 1);
    bool *took = arena_new(c->arena, bool, n + 1);
    size_t count = 0;
    if (n) qsort(sums, n, sizeof *sums, compare_sums);
    for (size_t i = 0, next; i < n; i = next) {
        int64_t units = 0;
        for (next = i; next < n && !compare_sums(&sums[i], &sums[next]); next++)
            units += sums[next].units;
        struct value m = I64(c->merchant_id), asn = I64(sums[i].asn_id);
        if (units < 0)
            TRY(db_add(c, &Q_earmark_unclaim, 3, ARGS(m, asn, I64(sums[i].asn_line), I64(-units))));
        if (units <= 0) continue;
        struct value *row = takes + 4 * count++;
        row[0] = m;
        row[1] = asn;
        row[2] = I64(sums[i].asn_line);
        row[3] = I64(units);
    }
    if (!count) return OK;
    TRY(db_each(c, &Q_earmark_claim, takes, count, took, NULL));
    for (size_t i = 0; i < count; i++)
        if (!took[i])
            return fail(c, ERR_BUSY, "raced", "the delivery was promised to another meanwhile");
    return OK;
}

static enum err put_row(struct ctx *c, const struct earmark *e)
{
    return db_put_record(c, &Q_earmark_put, &earmark_fields, e);
}

/* The row itself, and what its site keeps for who waits. */
static enum err write_row(struct ctx *c, const struct earmark_change *k)
{
    const struct earmark *b = &k->before, *a = &k->after;
    struct value m = I64(c->merchant_id);
    TRY(db_put_sure(c, &Q_earmark_write,
                    ARGS(m, I64(b->order_id), I64(b->line_no), I64(b->asn_id), I64(b->asn_line),
                         I64(b->units), I64(b->arrived), I64(a->units), I64(a->arrived),
                         I64(a->expected_day), I64(a->promised_day))));
    if (a->arrived == b->arrived) return OK;
    db_put_first(c, &Q_availability_open);
    return db_add(c, &Q_availability_earmark, 3,
                  ARGS(m, I64(b->product_id), I64(b->site_id), I64(a->arrived - b->arrived)));
}

static bool is_new(const struct earmark_change *k) { return !k->before.order_id; }

static bool differs(const struct earmark_change *k)
{
    const struct earmark *b = &k->before, *a = &k->after;
    return b->units != a->units || b->arrived != a->arrived || b->expected_day != a->expected_day ||
           b->promised_day != a->promised_day;
}

enum err earmarks_save(struct ctx *c, const struct earmark_change *changes, size_t n)
{
    struct claim_sum *sums = arena_new(c->arena, struct claim_sum, n + 1);
    size_t count = 0;
    for (size_t i = 0; i < n; i++) {
        const struct earmark_change *k = &changes[i];
        if (!is_new(k) && differs(k)) TRY(write_row(c, k));
        int64_t units = k->after.units - k->before.units;
        if (units) sums[count++] = (struct claim_sum){k->after.asn_id, k->after.asn_line, units};
    }
    TRY(save_sums(c, sums, count));
    for (size_t i = 0; i < n; i++)
        if (is_new(&changes[i]) && changes[i].after.units) TRY(put_row(c, &changes[i].after));
    return OK;
}

/* --- a delivery's line ----------------------------------------------------------------------- */

/* In the order in which they are served: what came, then what is still to come. */
static enum err settle_line(struct ctx *c, const struct list *earmarks, struct asn_line_change *l,
                            int64_t due)
{
    const struct earmark *at = earmarks->at;
    int64_t good = l->good;
    l->after.earmarked = 0;
    for (size_t i = 0; i < earmarks->count; i++) {
        if (at[i].asn_line != l->before.line_no) continue;
        struct earmark_change k = {at[i], at[i]};
        int64_t here = good < k.after.units ? good : k.after.units;
        good -= here;
        k.after.arrived += here;
        k.after.units -= here;
        int64_t coming = due - l->after.earmarked;
        if (k.after.units > coming) k.after.units = coming;
        l->after.earmarked += k.after.units;
        if (!differs(&k)) continue;
        if (here)
            TRY(db_put(c, &Q_availability_open,
                       ARGS(I64(c->merchant_id), I64(at[i].product_id), I64(at[i].site_id))));
        TRY(write_row(c, &k));
    }
    return OK;
}

enum err asn_settle(struct ctx *c, const struct asn *a, struct asn_line_change *lines, size_t n)
{
    struct list earmarks = {0};
    bool is_any = false;
    for (size_t i = 0; i < n; i++) is_any = is_any || lines[i].before.earmarked > 0;
    if (is_any)
        TRY(db_rows(c, &Q_earmarks_of_asn, ARGS(I64(c->merchant_id), I64(a->asn_id)),
                    &earmark_fields, &earmarks));
    for (size_t i = 0; i < n; i++) {
        struct asn_line_change *l = &lines[i];
        int64_t due = a->state < ASN_CLOSED ? l->after.expected - l->after.received : 0;
        TRY(settle_line(c, &earmarks, l, due > 0 ? due : 0));
        TRY(asn_line_write(c, a, &l->before, &l->after));
    }
    return OK;
}
