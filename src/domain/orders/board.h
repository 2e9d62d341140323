/* domain/orders/board.h: what the day looks like: why orders wait, and what has to leave. */
#pragma once

#include "base/ctx.h"
#include "base/field.h"

struct hold_count {
    int32_t reason;
    int64_t orders;
};
struct due_count {
    int64_t site_id, open, late, today; /* fulfillments; today has the late ones in it */
};
extern const struct fields hold_count_fields, due_count_fields;

/* Of open orders; an order with two live holds is counted under both. */
must_check enum err holds_board(struct ctx *c, struct list *counts);
/* Open orders that lack stock; one of them may be held as well. */
must_check enum err shortages_board(struct ctx *c, int64_t *orders);
/* Fulfillments that have not left, by site; `until_us` is the end of the day. */
must_check enum err due_board(struct ctx *c, int64_t until_us, struct list *counts);
