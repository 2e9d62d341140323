#include "domain/inventory/expected.h"

#include "domain/inventory/availability.h"
#include "queries.h"
#include "store/db.h"

static const struct field expected_table[] = {
    FIELD_ID(struct expected, product_id, "product_id", "prd"),
    FIELD_ID(struct expected, site_id, "site_id", "sit"),
    FIELD_ID(struct expected, asn_id, "asn_id", "asn"),
    FIELD(struct expected, line_no),
    FIELD_DAY(struct expected, expected_day, "expected_date"),
    FIELD(struct expected, units),
    FIELD(struct expected, earmarked),
};
const struct fields expected_fields = FIELDS("expected_row", struct expected, expected_table);

enum err expected_of(struct ctx *c, const int64_t *product_ids, size_t n, struct list *out)
{
    *out = (struct list){0};
    if (!n) return OK;
    return db_rows(c, &Q_expected_of, ARGS(I64(c->merchant_id), I64S(product_ids, n)),
                   &expected_fields, out);
}

int64_t expected_units(const struct list *expected, int64_t product_id, int64_t *first_day)
{
    const struct expected *at = expected->at;
    int64_t units = 0;
    *first_day = NONE;
    for (size_t i = 0; i < expected->count; i++) {
        if (at[i].product_id != product_id) continue;
        if (*first_day == NONE) *first_day = at[i].expected_day;
        units += at[i].units;
    }
    return units;
}

void expected_less_safety(struct list *expected, const struct list *stock)
{
    const struct availability *cells = stock->at;
    struct expected *at = expected->at;
    for (size_t k = 0; k < stock->count; k++) {
        int64_t lacking = cells[k].safety - (cells[k].sellable - cells[k].promised);
        if (lacking > cells[k].safety) lacking = cells[k].safety;
        for (size_t i = 0; i < expected->count && lacking > 0; i++) {
            bool is_there = at[i].product_id == cells[k].product_id &&
                            at[i].site_id == cells[k].site_id;
            int64_t left = is_there ? at[i].units - at[i].earmarked : 0;
            int64_t by = left < lacking ? left : lacking;
            if (by <= 0) continue;
            at[i].units -= by;
            lacking -= by;
        }
    }
}
