#include "domain/orders/board.h"

#include "domain/orders/order.h"
#include "queries.h"
#include "store/db.h"

static const struct field hold_table[] = {
    FIELD_ENUM(struct hold_count, reason, hold_reason_words),
    FIELD(struct hold_count, orders),
};
const struct fields hold_count_fields = FIELDS("hold_count", struct hold_count, hold_table);

static const struct field due_table[] = {
    FIELD_ID(struct due_count, site_id, "site_id", "sit"),
    FIELD(struct due_count, open),
    FIELD(struct due_count, late),
    FIELD(struct due_count, today),
};
const struct fields due_count_fields = FIELDS("due_count", struct due_count, due_table);

enum err holds_board(struct ctx *c, struct list *counts)
{
    return db_rows(c, &Q_holds_board, ARGS(I64(c->merchant_id)), &hold_count_fields, counts);
}

enum err shortages_board(struct ctx *c, int64_t *orders)
{
    return db_number(c, &Q_shortages_board, ARGS(I64(c->merchant_id), I64(STAGE_PROCESSING)),
                     orders);
}

enum err due_board(struct ctx *c, int64_t until_us, struct list *counts)
{
    return db_rows(c, &Q_due_board, ARGS(I64(c->merchant_id), I64(c->now_us), I64(until_us)),
                   &due_count_fields, counts);
}
