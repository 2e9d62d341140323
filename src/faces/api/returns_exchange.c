/* faces/api/returns_exchange.c: goods for goods: a new order like any other, of which what came
 * back pays a part. The credit stands on the new order as a discount of its lines; what is left of
 * it is refunded on the old one; what is missing is due on the new one. */
#include "base/source.h"
#include "domain/catalog/product.h"
#include "domain/customers/customer.h"
#include "domain/orders/order.h"
#include "domain/payments/refund.h"
#include "faces/api/returns.h"
#include "stages/1_receipt/receipt.h"

#include <string.h>

static const struct field part_table[] = {
    FIELD(struct return_wish_line, line_no, .flags = F_REQUIRED, .min = 1, .max = 100000,
          .about = "of the return"),
    FIELD(struct return_wish_line, quantity, .flags = F_REQUIRED, .min = 1, .max = QUANTITY_MAX,
          .about = "units of it"),
};
static const struct fields part_fields = FIELDS("return_part", struct return_wish_line, part_table);

struct goods {
    struct text sku;
    int64_t quantity;
};
static const struct field goods_table[] = {
    FIELD(struct goods, sku, .flags = F_REQUIRED, .max = SKU_MAX, .about = "of a product or kit"),
    FIELD(struct goods, quantity, .flags = F_REQUIRED, .min = 1, .max = QUANTITY_MAX,
          .about = "units that are sent"),
};
static const struct fields goods_fields = FIELDS("exchange_goods", struct goods, goods_table);

struct exchange_body {
    struct list lines, goods;
    int32_t payment_method, refund_to;
    struct text payment_token;
};
static const struct field exchange_table[] = {
    FIELD_LIST(struct exchange_body, lines, part_fields, .flags = F_REQUIRED,
               .max = RETURN_LINES_MAX, .about = "what is given for it"),
    FIELD_LIST(struct exchange_body, goods, goods_fields, .flags = F_REQUIRED,
               .max = RETURN_LINES_MAX, .about = "what the customer gets"),
    FIELD_ENUM(struct exchange_body, payment_method, payment_method_words, .flags = F_NULL,
               .about = "of a difference that is due; that of the order when absent"),
    FIELD_ENUM(struct exchange_body, refund_to, refund_target_words, .flags = F_NULL,
               .about = "of what is left over; what the return rules say when absent"),
    FIELD(struct exchange_body, payment_token, .max = 200,
          .about = "the provider's handle, when a card pays the difference"),
};
const struct fields return_exchange_fields =
    FIELDS("return_exchange", struct exchange_body, exchange_table);

struct replace_body {
    struct list lines;
};
static const struct field replace_table[] = {
    FIELD_LIST(struct replace_body, lines, part_fields, .flags = F_REQUIRED,
               .max = RETURN_LINES_MAX, .about = "what is sent once more"),
};
const struct fields return_replace_fields =
    FIELDS("return_replacement", struct replace_body, replace_table);

struct exchanging {
    struct order_return r;
    struct order order;
    struct address to;
    struct draft draft;
    struct draft_line *lines;
    int64_t *totals; /* by list prices */
    size_t count;
    int64_t worth;
};

static enum err load(struct ctx *c, int64_t return_id, struct exchanging *x)
{
    struct customer customer;
    TRY(return_get(c, return_id, &x->r));
    TRY(order_get(c, x->r.order_id, &x->order));
    TRY(address_get(c, x->order.ship_to_id, &x->to));
    const struct order *o = &x->order;
    x->draft = (struct draft){
        .owner_id = o->owner_id,
        .channel = CHANNEL_OTHER,
        .reference = text_printf(c->arena, "exchange-%.*s-%lld",
                                 TEXT_ARG(id_text(c->arena, "ret", return_id)),
                                 (long long)source_id(c->source)),
        .currency = o->currency,
        .placed_us = NONE,
        .customer_name = o->customer_name,
        .customer_email = o->customer_email,
        .customer_phone = o->customer_phone,
        .ship_to = &x->to.at,
        .method = o->method,
        .payment_method = PAY_ON_ACCOUNT,
        .wish_day = NONE,
        .note = text_printf(c->arena, "instead of goods of order %lld", (long long)o->number),
        .shipping = {.minor = NONE},
        .is_lenient = true};
    if (o->customer_id == NONE) return OK;
    TRY(customer_get(c, o->customer_id, &customer));
    x->draft.customer_reference = customer.reference;
    return OK;
}

static enum err price(struct ctx *c, struct exchanging *x)
{
    struct list products, prices;
    struct text *skus = arena_new(c->arena, struct text, x->count + 1);
    int64_t *ids = arena_new(c->arena, int64_t, x->count + 1);
    for (size_t i = 0; i < x->count; i++) skus[i] = x->lines[i].sku;
    TRY(products_by_sku_of(c, x->order.owner_id, skus, x->count, &products));
    const struct product *p = products.at;
    for (size_t i = 0; i < products.count; i++) ids[i] = p[i].product_id;
    TRY(prices_of(c, ids, products.count, &prices));
    x->totals = arena_new(c->arena, int64_t, x->count + 1);
    for (size_t i = 0; i < x->count; i++) {
        const struct product *sold = product_sku_in(&products, x->lines[i].sku);
        int64_t unit =
            sold ? price_in(&prices, sold->product_id, x->order.currency, x->lines[i].quantity)
                 : NONE;
        if (unit != NONE && !money_times(unit, x->lines[i].quantity, &x->totals[i]))
            return fail_at(c, ERR_INVALID, "out_of_range", "goods", "more than an amount can hold");
        x->worth += x->totals[i];
    }
    return OK;
}

/* `credit` off the lines, by their worth. */
static void discount(struct ctx *c, struct exchanging *x, int64_t credit)
{
    const char *currency = text_cstr(c->arena, x->order.currency);
    int64_t *parts = arena_new(c->arena, int64_t, x->count + 1);
    money_split(credit, x->totals, x->count, parts);
    for (size_t i = 0; i < x->count; i++) x->lines[i].discount = money(parts[i], currency);
    x->draft.lines = (struct list){x->lines, x->count};
}

static enum err place(struct ctx *c, struct exchanging *x, int64_t *order_id)
{
    struct outcome outcome = {0};
    TRY(receipt_place(c, &x->draft, 1, &outcome));
    *order_id = outcome.order_id;
    if (outcome.fault.code == OK) return OK;
    c->fault = outcome.fault;
    if (strncmp(c->fault.field, "lines", 5) == 0) memcpy(c->fault.field, "goods", 5);
    return outcome.fault.code; /* the other members have the same name here */
}

static struct return_settlement *settlements(struct ctx *c, const struct list *parts, int32_t kind)
{
    const struct return_wish_line *at = parts->at;
    struct return_settlement *all = arena_new(c->arena, struct return_settlement, parts->count + 1);
    for (size_t i = 0; i < parts->count; i++)
        all[i] = (struct return_settlement){.line_no = at[i].line_no,
                                            .quantity = at[i].quantity,
                                            .kind = kind,
                                            .refund_minor = NONE,
                                            .order_id = NONE,
                                            .target = -1};
    return all;
}

static void add_line(struct exchanging *x, struct text sku, int64_t quantity)
{
    x->lines[x->count++] = (struct draft_line){.sku = sku,
                                               .quantity = quantity,
                                               .unit_price = {.minor = NONE},
                                               .discount = {.minor = NONE},
                                               .tax = {.minor = NONE}};
}

enum err return_exchange(struct ctx *c, const struct request *in, struct reply *out)
{
    const struct exchange_body *b = in->body;
    const struct goods *goods = b->goods.at;
    struct exchanging x = {0};
    int64_t credit, fee, order_id;
    TRY(load(c, in->ids[0], &x));
    x.lines = arena_new(c->arena, struct draft_line, b->goods.count);
    for (size_t i = 0; i < b->goods.count; i++) add_line(&x, goods[i].sku, goods[i].quantity);
    TRY(price(c, &x));
    struct return_settlement *all = settlements(c, &b->lines, RESOLVED_BY_EXCHANGE);
    struct list ends = {all, b->lines.count};
    TRY(returns_value(c, in->ids[0], &ends, &credit, &fee));
    int64_t used = credit < x.worth ? credit : x.worth;
    discount(c, &x, used);
    if (x.worth > used) {
        x.draft.payment_method = b->payment_method >= 0 ? b->payment_method
                                                        : x.order.payment_method;
        x.draft.payment_token = b->payment_token;
    }
    TRY(place(c, &x, &order_id));
    for (size_t i = 0; i < ends.count; i++) {
        all[i].order_id = order_id;
        all[i].refund_minor = i ? 0 : credit - used;
        all[i].fee_minor = i ? 0 : fee;
        all[i].target = b->refund_to;
    }
    TRY(returns_resolve(c, in->ids[0], &ends));
    return return_show(c, in->ids[0], out);
}

enum err return_replace(struct ctx *c, const struct request *in, struct reply *out)
{
    const struct replace_body *b = in->body;
    const struct return_wish_line *at = b->lines.at;
    struct exchanging x = {0};
    struct list lines, products;
    int64_t order_id;
    TRY(load(c, in->ids[0], &x));
    TRY(return_lines_of(c, &x.r.return_id, 1, &lines));
    const struct return_line *l = lines.at;
    int64_t *ids = arena_new(c->arena, int64_t, lines.count + 1);
    for (size_t i = 0; i < lines.count; i++) ids[i] = l[i].product_id;
    TRY(products_of(c, ids, lines.count, &products));
    x.lines = arena_new(c->arena, struct draft_line, b->lines.count);
    for (size_t i = 0; i < b->lines.count; i++)
        for (size_t k = 0; k < lines.count; k++) {
            const struct product *p = product_in(&products, l[k].product_id);
            if (l[k].line_no == at[i].line_no && p) add_line(&x, p->sku, at[i].quantity);
        }
    TRY(price(c, &x));
    discount(c, &x, x.worth);
    struct return_settlement *all = settlements(c, &b->lines, RESOLVED_BY_REPLACEMENT);
    struct list ends = {all, b->lines.count};
    int64_t nothing, fee;
    TRY(returns_value(c, in->ids[0], &ends, &nothing, &fee)); /* may these units be replaced? */
    TRY(place(c, &x, &order_id));
    for (size_t i = 0; i < ends.count; i++) all[i].order_id = order_id;
    TRY(returns_resolve(c, in->ids[0], &ends));
    return return_show(c, in->ids[0], out);
}
