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

enum err fulfillment_readdress(struct ctx *c, const struct fulfillment *f, int64_t ship_to_id,
                               int32_t method)
{
    return db_put_sure(c, &Q_fulfillment_readdress,
                       ARGS(I64(c->merchant_id), I64(f->fulfillment_id), I64(f->state),
                            I64(ship_to_id), I64(method)));
}

enum err order_agree(struct ctx *c, const struct order *before, const struct order *after)
{
    return db_put_sure(c, &Q_order_agree,
                       ARGS(I64(c->merchant_id), I64(before->order_id), I64(before->total_minor),
                            I64(after->ship_to_id), I64(after->method), I64(after->wish_day),
                            TXT(after->note), I64(after->goods_minor), I64(after->discount_minor),
                            I64(after->service_minor), I64(after->shipping_minor),
                            I64(after->tax_minor), I64(after->total_minor)));
}

static enum err add_units(struct ctx *c, const struct order_line *l, int64_t units)
{
    if (!line_is_physical(l) || !units) return OK;
    return db_add(c, &Q_order_state_units, 2,
                  ARGS(I64(c->merchant_id), I64(l->order_id), I64(units)));
}

enum err order_line_agree(struct ctx *c, const struct order_line *before,
                          const struct order_line *after)
{
    TRY(add_units(c, after, after->quantity - before->quantity));
    return db_put_sure(c, &Q_order_line_agree,
                       ARGS(I64(c->merchant_id), I64(before->order_id), I64(before->line_no),
                            I64(before->quantity), I64(after->quantity), I64(after->unit_minor),
                            I64(after->list_minor), I64(after->discount_minor),
                            I64(after->tax_minor), I64(after->total_minor), TXT(after->wording),
                            I64(after->discount_units)));
}

enum err order_line_add(struct ctx *c, const struct order_line *l)
{
    TRY(add_units(c, l, l->quantity));
    return db_put_record(c, &Q_order_line_insert, &order_line_fields, l);
}

enum err order_line_drop(struct ctx *c, const struct order_line *l)
{
    TRY(add_units(c, l, -l->quantity));
    return db_put_sure(c, &Q_order_line_drop,
                       ARGS(I64(c->merchant_id), I64(l->order_id), I64(l->line_no)));
}

enum err task_reword(struct ctx *c, const struct task *t, struct text wording)
{
    return db_put_sure(
        c, &Q_task_reword,
        ARGS(I64(c->merchant_id), I64(t->fulfillment_id), I64(t->task_id), TXT(wording)));
}
