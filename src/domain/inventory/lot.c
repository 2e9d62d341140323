#include "domain/inventory/lot.h"

#include "base/sort.h"
#include "base/source.h"
#include "base/time.h"
#include "queries.h"
#include "store/db.h"

#include <string.h>

static const struct field lot_table[] = {
    FIELD(struct lot, merchant_id),
    FIELD_ID(struct lot, product_id, "product_id", "prd"),
    FIELD(struct lot, lot),
    FIELD_ID(struct lot, lot_id, "id", "lot"),
    FIELD_DAY(struct lot, expiry_day, "expiry_date"),
    FIELD_DAY(struct lot, sells_until_day, "sells_until_date"),
    FIELD_INSTANT(struct lot, received_us, "received_at"),
    FIELD(struct lot, is_fresh),
};
const struct fields lot_fields = FIELDS("lot_row", struct lot, lot_table);

static const struct field lot_order_table[] = {
    FIELD_ID(struct lot_order, order_id, "order_id", "ord"),
    FIELD(struct lot_order, quantity, .about = "units of the lot picked for it and not put back"),
    FIELD_INSTANT(struct lot_order, at_us, "picked_at"),
};
const struct fields lot_order_fields = FIELDS("lot_order", struct lot_order, lot_order_table);

static const struct field rule_table[] = {
    FIELD(struct stock_rule, merchant_id),
    FIELD_ID(struct stock_rule, product_id, "product_id", "prd"),
    FIELD(struct stock_rule, low_at, .flags = F_NULL),
    FIELD(struct stock_rule, days_left_min),
    FIELD(struct stock_rule, is_low),
};
const struct fields stock_rule_fields = FIELDS("stock_rule_row", struct stock_rule, rule_table);

static enum err lots_get(struct ctx *c, const struct query *q, struct values args, struct list *out)
{
    return db_rows(c, q, args, &lot_fields, out);
}

enum err lots_of(struct ctx *c, const int64_t *product_ids, size_t products,
                 const struct text *codes, size_t n, struct list *out)
{
    return lots_get(c, &Q_lots_of,
                    ARGS(I64(c->merchant_id), I64S(product_ids, products), TEXTS(codes, n)), out);
}

enum err lots_by_id(struct ctx *c, const int64_t *lot_ids, size_t n, struct list *out)
{
    return lots_get(c, &Q_lots_by_id, ARGS(I64(c->merchant_id), I64S(lot_ids, n)), out);
}

enum err lots_expiring(struct ctx *c, int64_t from_day, int64_t to_day, int64_t limit,
                       struct list *out)
{
    return lots_get(c, &Q_lots_expiring,
                    ARGS(I64(c->merchant_id), I64(from_day), I64(to_day), I64(limit)), out);
}

enum err lot_book_open(struct ctx *c, const int64_t *product_ids, size_t products,
                       const struct text *codes, size_t n, struct lot_book *out)
{
    struct list lots;
    *out = (struct lot_book){0};
    TRY(lots_of(c, product_ids, products, codes, n, &lots));
    out->lots = lots.at;
    out->count = out->capacity = lots.count;
    return stock_rules_of(c, product_ids, products, &out->rules);
}

static struct lot *lot_in(const struct lot_book *book, int64_t product_id, struct text code)
{
    for (size_t i = 0; i < book->count; i++)
        if (book->lots[i].product_id == product_id && text_eq(book->lots[i].lot, code))
            return &book->lots[i];
    return NULL;
}

static int64_t days_left_of(const struct list *rules, int64_t product_id)
{
    const struct stock_rule *at = rules->at;
    for (size_t i = 0; i < rules->count; i++)
        if (at[i].product_id == product_id) return at[i].days_left_min;
    return 0;
}

enum err lot_expect(struct ctx *c, struct lot_book *book, int64_t product_id, struct text code,
                    int64_t expiry_day, struct lot **out)
{
    struct lot *lot = *out = lot_in(book, product_id, code);
    if (lot && (expiry_day == NONE || lot->expiry_day == expiry_day)) return OK;
    if (lot && lot->expiry_day != NONE) {
        fail_at(c, ERR_CONFLICT, "expiry_differs", "expiry_date",
                "lot %.*s expires on %.*s, as it was received before", TEXT_ARG(code),
                TEXT_ARG(day_text(c->arena, lot->expiry_day)));
        return hint(c, "look at the goods again; another date is another lot");
    }
    if (!lot) {
        lot = arena_push(c->arena, book->lots, book->count, book->capacity);
        *lot = (struct lot){.merchant_id = c->merchant_id,
                            .product_id = product_id,
                            .lot = code,
                            .lot_id = source_id(c->source),
                            .expiry_day = NONE,
                            .sells_until_day = NONE,
                            .received_us = c->now_us};
    }
    lot->is_fresh = 1;
    if (expiry_day != NONE) {
        lot->expiry_day = expiry_day;
        lot->sells_until_day = expiry_day - days_left_of(&book->rules, product_id);
    }
    *out = lot;
    return OK;
}

static enum err lot_put(struct ctx *c, const struct lot *l)
{
    return db_put(c, &Q_lot_put,
                  ARGS(I64(l->merchant_id), I64(l->product_id), TXT(l->lot), I64(l->lot_id),
                       I64(l->expiry_day), I64(l->sells_until_day), I64(l->received_us)));
}

enum err lot_book_save(struct ctx *c, const struct lot_book *book)
{
    for (size_t i = 0; i < book->count; i++)
        if (book->lots[i].is_fresh) TRY(lot_put(c, &book->lots[i]));
    return OK;
}

bool lot_is_over(const struct ctx *c, const struct lot *lot)
{
    return lot->sells_until_day != NONE && lot->sells_until_day < day_of_us(c->now_us);
}

enum err lot_orders(struct ctx *c, int64_t product_id, struct text code, int64_t after_order,
                    int64_t limit, struct list *out)
{
    return db_rows(
        c, &Q_lot_orders,
        ARGS(I64(c->merchant_id), I64(product_id), TXT(code), I64(after_order), I64(limit)),
        &lot_order_fields, out);
}

enum err stock_rules_of(struct ctx *c, const int64_t *product_ids, size_t n, struct list *out)
{
    return db_rows(c, &Q_stock_rules_of, ARGS(I64(c->merchant_id), I64S(product_ids, n)),
                   &stock_rule_fields, out);
}

enum err stock_rule_put(struct ctx *c, const struct stock_rule *rule)
{
    return db_put_record(c, &Q_stock_rule_put, &stock_rule_fields, rule);
}

enum err lots_dated_of(struct ctx *c, int64_t product_id, struct list *out)
{
    return lots_get(c, &Q_lots_of_product, ARGS(I64(c->merchant_id), I64(product_id)), out);
}

enum err lot_date(struct ctx *c, const struct lot *lot) { return lot_put(c, lot); }
