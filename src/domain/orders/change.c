#include "domain/orders/change.h"

#include "queries.h"
#include "store/db.h"

enum err order_redirect(struct ctx *c, struct order *o, int64_t ship_to_id, int64_t wish_day)
{
    TRY(db_put_sure(c, &Q_order_redirect,
                    ARGS(I64(c->merchant_id), I64(o->order_id), I64(o->ship_to_id), I64(ship_to_id),
                         I64(wish_day))));
    o->ship_to_id = ship_to_id;
    o->wish_day = wish_day;
    return OK;
}

enum err fulfillment_redirect(struct ctx *c, const struct fulfillment *f, int64_t ship_to_id)
{
    return db_put_sure(
        c, &Q_fulfillment_redirect,
        ARGS(I64(c->merchant_id), I64(f->fulfillment_id), I64(f->state), I64(ship_to_id)));
}
