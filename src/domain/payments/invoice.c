#include "domain/payments/invoice.h"

#include "base/time.h"
#include "queries.h"
#include "store/db.h"

static const char *const kinds[] = {"invoice", "credit_note"};
const struct words invoice_kind_words = WORDS("invoice_kind", kinds);

static const struct field invoice_table[] = {
    FIELD(struct invoice, merchant_id),
    FIELD_ID(struct invoice, invoice_id, "id", "inv"),
    FIELD_ID(struct invoice, order_id, "order_id", "ord"),
    FIELD_ENUM(struct invoice, kind, invoice_kind_words),
    FIELD(struct invoice, series),
    FIELD(struct invoice, number),
    FIELD_DAY(struct invoice, issued_day, "issued_on"),
    FIELD_ID(struct invoice, package_id, "package_id", "pkg", .flags = F_NULL),
    FIELD_ID(struct invoice, refund_id, "refund_id", "rfd", .flags = F_NULL),
    FIELD_ID(struct invoice, about_id, "about_id", "inv", .flags = F_NULL),
    FIELD(struct invoice, bill_to_id),
    FIELD(struct invoice, seller),
    FIELD(struct invoice, seller_country),
    FIELD(struct invoice, currency),
    FIELD(struct invoice, net_minor),
    FIELD(struct invoice, tax_minor),
    FIELD(struct invoice, total_minor),
    FIELD(struct invoice, tax_mode),
    FIELD(struct invoice, tax_scope),
    FIELD(struct invoice, tax_rounding),
    FIELD_INSTANT(struct invoice, issued_us, "issued_at"),
};
const struct fields invoice_fields = FIELDS("invoice_row", struct invoice, invoice_table);

static const struct field line_table[] = {
    FIELD(struct invoice_line, merchant_id), FIELD(struct invoice_line, invoice_id),
    FIELD(struct invoice_line, line_no),     FIELD(struct invoice_line, part_no),
    FIELD(struct invoice_line, name),        FIELD(struct invoice_line, sku),
    FIELD(struct invoice_line, quantity),    FIELD(struct invoice_line, rate_ppm, .flags = F_NULL),
    FIELD(struct invoice_line, tax_name),    FIELD(struct invoice_line, net_minor),
    FIELD(struct invoice_line, tax_minor),
};
const struct fields invoice_line_fields =
    FIELDS("invoice_line_row", struct invoice_line, line_table);

struct taken {
    int64_t last_number, last_day;
};
static const struct field taken_table[] = {
    FIELD(struct taken, last_number),
    FIELD(struct taken, last_day),
};
static const struct fields taken_fields = FIELDS("invoice_numbers", struct taken, taken_table);

struct text invoice_number(struct arena *a, const struct invoice *i)
{
    return text_printf(a, "%.*s-%lld", TEXT_ARG(i->series), (long long)i->number);
}

enum err invoices_issue(struct ctx *c, struct invoice *all, size_t n,
                        const struct invoice_line *lines, size_t line_count)
{
    struct taken last;
    if (!n) return OK;
    TRY(db_one(
        c, &Q_invoice_numbers,
        ARGS(I64(c->merchant_id), TXT(all[0].series), I64((int64_t)n), I64(day_of_us(c->now_us))),
        &taken_fields, &last));
    for (size_t i = 0; i < n; i++) {
        assert(text_eq(all[i].series, all[0].series));
        all[i].number = last.last_number - (int64_t)(n - 1 - i);
        all[i].issued_day = last.last_day;
        all[i].issued_us = c->now_us;
        TRY(db_put_record(c, &Q_invoice_insert, &invoice_fields, &all[i]));
    }
    for (size_t i = 0; i < line_count; i++)
        TRY(db_put_record(c, &Q_invoice_line_insert, &invoice_line_fields, &lines[i]));
    return OK;
}

enum err invoice_get(struct ctx *c, int64_t invoice_id, struct invoice *out)
{
    bool found;
    TRY(db_find(c, &Q_invoice_get, ARGS(I64(c->merchant_id), I64(invoice_id)), &invoice_fields, out,
                &found));
    return found ? OK : fail(c, ERR_NOT_FOUND, "invoice_not_found", "there is no such document");
}

enum err invoices_of_orders(struct ctx *c, const int64_t *order_ids, size_t n, struct list *out)
{
    return db_rows(c, &Q_invoices_of_orders, ARGS(I64(c->merchant_id), I64S(order_ids, n)),
                   &invoice_fields, out);
}

enum err invoice_lines_of(struct ctx *c, const int64_t *invoice_ids, size_t n, struct list *out)
{
    *out = (struct list){0};
    if (!n) return OK;
    return db_rows(c, &Q_invoice_lines_of, ARGS(I64(c->merchant_id), I64S(invoice_ids, n)),
                   &invoice_line_fields, out);
}

enum err invoice_list(struct ctx *c, int64_t before_id, int64_t limit, struct list *out)
{
    return db_rows(c, &Q_invoice_list,
                   ARGS(I64(c->merchant_id), I64(before_id), I64(limit), I64(c->owner_id)),
                   &invoice_fields, out);
}
