/* domain/orders/hold.c: why an order waits. order_state.holds counts the live ones, in the same
 * unit that places or releases them. */
#include "base/source.h"
#include "domain/orders/order.h"
#include "queries.h"
#include "store/db.h"

static const char *const reasons[] = {"payment", "confirmation", "price",  "stock", "duplicate",
                                      "address", "fraud",        "credit", "manual"};
const struct words hold_reason_words = WORDS("hold_reason", reasons);

static const struct field hold_table[] = {
    FIELD_ID(struct hold, order_id, "order_id", "ord"),
    FIELD_ID(struct hold, hold_id, "id", "hld"),
    FIELD_ENUM(struct hold, reason, hold_reason_words),
    FIELD(struct hold, note),
    FIELD_ID(struct hold, owner_id, "owner_id", "usr"),
    FIELD_INSTANT(struct hold, placed_us, "placed_at"),
    FIELD_INSTANT(struct hold, release_due_us, "release_due_at"),
    FIELD_INSTANT(struct hold, released_us, "released_at"),
    FIELD_ID(struct hold, released_by, "released_by", "usr", .flags = F_NULL),
};
const struct fields hold_fields = FIELDS("hold", struct hold, hold_table);

static enum err count(struct ctx *c, int64_t order_id, int64_t holds)
{
    struct value none = I64(0);
    return db_add(c, &Q_order_state_progress, 2,
                  ARGS(I64(c->merchant_id), I64(order_id), none, none, none, none, none, none, none,
                       none, I64(holds)));
}

enum err hold_put(struct ctx *c, int64_t order_id, enum hold_reason reason, struct text note,
                  int64_t owner_id, int64_t release_due_us, int64_t *hold_id)
{
    *hold_id = source_id(c->source);
    TRY(db_put(c, &Q_hold_insert,
               ARGS(I64(c->merchant_id), I64(order_id), I64(*hold_id), I64(reason), TXT(note),
                    I64(owner_id), I64(c->now_us), I64(release_due_us))));
    return count(c, order_id, 1);
}

static enum err let_go(struct ctx *c, int64_t order_id, int64_t hold_id)
{
    TRY(db_put_sure(
        c, &Q_hold_release,
        ARGS(I64(c->merchant_id), I64(order_id), I64(hold_id), I64(c->now_us), I64(c->actor_id))));
    return count(c, order_id, -1);
}

enum err holds_of(struct ctx *c, const int64_t *order_ids, size_t n, bool live_only,
                  struct list *holds)
{
    return db_rows(c, live_only ? &Q_holds_live : &Q_holds_of,
                   ARGS(I64(c->merchant_id), I64S(order_ids, n)), &hold_fields, holds);
}

enum err hold_release(struct ctx *c, int64_t order_id, int64_t hold_id)
{
    struct list holds;
    TRY(holds_of(c, &order_id, 1, false, &holds));
    const struct hold *at = holds.at;
    for (size_t i = 0; i < holds.count; i++) {
        if (at[i].hold_id != hold_id) continue;
        if (at[i].released_us != NONE)
            return fail(c, ERR_CONFLICT, "hold_released", "this hold was let go already");
        return let_go(c, order_id, hold_id);
    }
    return fail(c, ERR_NOT_FOUND, "hold_not_found", "the order has no such hold");
}

enum err holds_release(struct ctx *c, const struct hold *holds, size_t n)
{
    for (size_t i = 0; i < n; i++) TRY(let_go(c, holds[i].order_id, holds[i].hold_id));
    return OK;
}

enum err hold_release_reason(struct ctx *c, const int64_t *order_ids, size_t n,
                             enum hold_reason reason, int64_t *released)
{
    struct list holds;
    *released = 0;
    TRY(holds_of(c, order_ids, n, true, &holds));
    const struct hold *at = holds.at;
    for (size_t i = 0; i < holds.count; i++) {
        if (at[i].reason != (int32_t)reason) continue;
        TRY(let_go(c, at[i].order_id, at[i].hold_id));
        ++*released;
    }
    return OK;
}
