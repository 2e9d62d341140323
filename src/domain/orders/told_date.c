#include "domain/orders/told_date.h"

#include "base/time.h"
#include "queries.h"
#include "store/db.h"

static const struct field told_table[] = {
    FIELD_ID(struct told_date, order_id, "order_id", "ord"),
    FIELD(struct told_date, line_no),
    FIELD_DAY(struct told_date, day, "date"),
    FIELD(struct told_date, units),
    FIELD_INSTANT(struct told_date, told_us, "told_at"),
};
const struct fields told_date_fields = FIELDS("told_date_row", struct told_date, told_table);

enum err told_dates_of(struct ctx *c, const int64_t *order_ids, size_t n, struct list *out)
{
    return db_rows(c, &Q_told_dates_of, ARGS(I64(c->merchant_id), I64S(order_ids, n)),
                   &told_date_fields, out);
}

enum err told_date_drop(struct ctx *c, int64_t order_id, int64_t line_no)
{
    return db_put(c, &Q_told_date_drop, ARGS(I64(c->merchant_id), I64(order_id), I64(line_no)));
}

enum err told_date_put(struct ctx *c, const struct told_date *t)
{
    return db_put(c, &Q_told_date_put,
                  ARGS(I64(c->merchant_id), I64(t->order_id), I64(t->line_no),
                       I64(t->day == NONE ? 0 : t->day), I64(t->units), I64(t->told_us)));
}

struct text told_dates_text(struct arena *a, const struct told_date *at, size_t n)
{
    struct buf b = buf_new(a);
    for (size_t i = 0; i < n; i++) {
        bool is_line = i == 0 || at[i].line_no != at[i - 1].line_no;
        if (is_line)
            buf_printf(&b, "%sline %lld: ", i ? "; " : "", (long long)at[i].line_no);
        else
            buf_puts(&b, ", ");
        if (at[i].day == NONE)
            buf_printf(&b, "%lld without a date", (long long)at[i].units);
        else
            buf_printf(&b, "%lld by %.*s", (long long)at[i].units,
                       TEXT_ARG(day_text(a, at[i].day)));
    }
    return buf_text(&b);
}
