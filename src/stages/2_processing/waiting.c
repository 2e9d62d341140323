#include "stages/2_processing/waiting.h"

#include "base/sort.h"
#include "domain/inventory/earmark.h"
#include "domain/orders/order.h"
#include "plan/door_day.h"
#include "queries.h"
#include "store/db.h"

static const struct field waiting_table[] = {
    FIELD(struct waiting, order_id),        FIELD(struct waiting, line_no),
    FIELD(struct waiting, product_id),      FIELD(struct waiting, missing),
    FIELD(struct waiting, order_missing),   FIELD_ENUM(struct waiting, method, method_words),
    FIELD(struct waiting, channel),         FIELD(struct waiting, country),
    FIELD(struct waiting, postal_code),     FIELD_DAY(struct waiting, wish_day, "wish_date"),
    FIELD(struct waiting, service_minutes),
};
static const struct fields waiting_fields = FIELDS("waiting_line", struct waiting, waiting_table);

enum err waiting_lines(struct ctx *c, const struct waiting_ask *ask, struct list *out)
{
    if (ask->order_id != NONE)
        return db_rows(c, &Q_waiting_lines_of,
                       ARGS(I64(c->merchant_id), I64S(ask->product_ids, ask->count), I64(ask->most),
                            I64(ask->order_id)),
                       &waiting_fields, out);
    return db_rows(c, &Q_waiting_lines,
                   ARGS(I64(c->merchant_id), I64S(ask->product_ids, ask->count), I64(ask->most),
                        I64(STAGE_PROCESSING), I64(ask->fill), I64(ask->skip),
                        I64(ask->is_arrived_first)),
                   &waiting_fields, out);
}

size_t waiting_orders(struct arena *a, const struct list *lines, int64_t **order_ids)
{
    const struct waiting *at = lines->at;
    int64_t *ids = arena_new(a, int64_t, lines->count + 1);
    for (size_t i = 0; i < lines->count; i++) ids[i] = at[i].order_id;
    sort_i64(ids, lines->count);
    *order_ids = ids;
    return unique_i64(ids, lines->count);
}

struct list waiting_earmarks(const struct list *earmarks, const struct waiting *w)
{
    struct list own = LIST_RUN(earmarks, struct earmark_change, before.order_id, w->order_id);
    return LIST_RUN(&own, struct earmark_change, before.line_no, w->line_no);
}

int64_t waiting_day(struct ctx *c, const struct waiting *w, const struct site *site,
                    int64_t there_us)
{
    return door_day(c, &(struct door_ask){.now_us = there_us,
                                          .work_days = site->work_days,
                                          .cutoff_minute = site->cutoff_minute,
                                          .service_minutes = w->service_minutes,
                                          .from_country = site->country,
                                          .to_country = w->country,
                                          .is_express = w->method == METHOD_EXPRESS,
                                          .is_pickup = w->method == METHOD_PICKUP,
                                          .wish_day = w->wish_day});
}

/* --- still so -------------------------------------------------------------------------------- */

static int64_t missing_now(const struct list *lines, const struct waiting *w)
{
    struct list own = LIST_RUN(lines, struct order_line, order_id, w->order_id);
    const struct order_line *l = LIST_FIND(&own, struct order_line, line_no, w->line_no);
    return l ? l->quantity - l->cancelled - l->allocated : 0;
}

static bool has_same(const struct list *now, const struct list *before, int64_t order_id)
{
    struct list is = LIST_RUN(now, struct earmark, order_id, order_id);
    struct list was = LIST_RUN(before, struct earmark_change, before.order_id, order_id);
    const struct earmark *a = is.at;
    const struct earmark_change *b = was.at;
    bool is_same = is.count == was.count;
    for (size_t i = 0; i < is.count && is_same; i++)
        is_same = a[i].line_no == b[i].before.line_no && a[i].asn_id == b[i].before.asn_id &&
                  a[i].asn_line == b[i].before.asn_line && a[i].units == b[i].before.units &&
                  a[i].arrived == b[i].before.arrived;
    return is_same;
}

enum err waiting_keep(struct ctx *c, int64_t *order_ids, size_t n, const struct list *lines,
                      const struct list *earmarks)
{
    struct list now, own;
    const struct waiting *w = lines->at;
    bool is_same = true;
    if (!n) return OK;
    sort_i64(order_ids, n);
    n = unique_i64(order_ids, n);
    TRY(orders_lock(c, order_ids, n));
    TRY(order_lines_of(c, order_ids, n, &now));
    TRY(earmarks_of(c, order_ids, n, &own));
    for (size_t i = 0; i < n; i++) is_same = is_same && has_same(&own, earmarks, order_ids[i]);
    for (size_t i = 0; i < lines->count; i++)
        if (LIST_RUN(&now, struct order_line, order_id, w[i].order_id).count)
            is_same = is_same && missing_now(&now, &w[i]) == w[i].missing;
    return is_same ? OK : fail(c, ERR_BUSY, "raced", "an order that waits was changed meanwhile");
}
