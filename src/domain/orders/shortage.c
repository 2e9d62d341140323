#include "domain/orders/shortage.h"

#include "domain/orders/order.h"
#include "queries.h"
#include "store/db.h"

static const struct field shortage_table[] = {
    FIELD_ID(struct shortage, order_id, "order_id", "ord"),
    FIELD_ID(struct shortage, owner_id, "owner_id", "usr"),
    FIELD(struct shortage, note),
    FIELD_INSTANT(struct shortage, taken_us, "taken_at"),
};
const struct fields shortage_fields = FIELDS("shortage_row", struct shortage, shortage_table);

enum err orders_short(struct ctx *c, int64_t after_id, int64_t limit, struct list *out)
{
    return db_rows(c, &Q_orders_short,
                   ARGS(I64(c->merchant_id), I64(STAGE_PROCESSING), I64(after_id), I64(limit),
                        I64(c->owner_id)),
                   &order_state_fields, out);
}

enum err shortages_of(struct ctx *c, const int64_t *order_ids, size_t n, struct list *out)
{
    return db_rows(c, &Q_shortages_of, ARGS(I64(c->merchant_id), I64S(order_ids, n)),
                   &shortage_fields, out);
}

enum err shortage_put(struct ctx *c, const struct shortage *s)
{
    return db_put(c, &Q_shortage_put,
                  ARGS(I64(c->merchant_id), I64(s->order_id), I64(s->owner_id), TXT(s->note),
                       I64(s->taken_us)));
}
