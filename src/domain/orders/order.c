#include "domain/orders/order.h"

#include "base/lifecycle.h"
#include "base/source.h"
#include "base/time.h"
#include "queries.h"
#include "store/db.h"

static const char *const channels[] = {"web", "email", "phone", "counter", "marketplace", "other"};
static const char *const commercials[] = {"draft", "placed", "closed", "cancelled"};
static const char *const stages[] = {"received",   "processing", "picking",
                                     "packing",    "shipping",   "delivering",
                                     "completing", "completed",  "cancelled"};
static const char *const line_kinds[] = {"goods", "kit", "component", "service", "charge"};
static const char *const methods[] = {"standard", "express", "signature", "adult_signature",
                                      "pickup"};
static const char *const payment_methods[] = {
    "card", "cash", "bank_transfer", "on_account", "on_delivery", "gift_card", "store_credit"};
static const char *const verbs[] = {"place", "cancel", "close"};

const struct words channel_words = WORDS("channel", channels);
const struct words commercial_words = WORDS("commercial_state", commercials);
const struct words stage_words = WORDS("order_stage", stages);
const struct words line_kind_words = WORDS("line_kind", line_kinds);
const struct words method_words = WORDS("delivery_method", methods);
const struct words payment_method_words = WORDS("payment_method", payment_methods);
static const struct words verb_words = WORDS("order_verb", verbs);

static const struct move moves[] = {
    [ORDER_PLACE] = {IN(COMMERCIAL_DRAFT), COMMERCIAL_PLACED, "every line is complete"},
    [ORDER_CANCEL] = {IN(COMMERCIAL_DRAFT) | IN(COMMERCIAL_PLACED), COMMERCIAL_CANCELLED,
                      "nothing left the house"},
    [ORDER_CLOSE] = {IN(COMMERCIAL_PLACED), COMMERCIAL_CLOSED, "all of it was delivered"},
};
const struct lifecycle order_lifecycle = {"order", &commercial_words, &verb_words, moves,
                                          COMMERCIAL_DRAFT};

static const struct field order_table[] = {
    FIELD(struct order, merchant_id),
    FIELD_ID(struct order, order_id, "id", "ord"),
    FIELD(struct order, number),
    FIELD_ENUM(struct order, channel, channel_words),
    FIELD(struct order, reference),
    FIELD_ID(struct order, customer_id, "customer_id", "cus", .flags = F_NULL),
    FIELD(struct order, customer_name),
    FIELD(struct order, customer_email),
    FIELD(struct order, customer_phone),
    FIELD_ID(struct order, ship_to_id, "ship_to_id", "adr"),
    FIELD_ID(struct order, bill_to_id, "bill_to_id", "adr"),
    FIELD(struct order, currency),
    FIELD_ENUM(struct order, method, method_words),
    FIELD_ENUM(struct order, payment_method, payment_method_words),
    FIELD_DAY(struct order, wish_day, "wish_date"),
    FIELD(struct order, note),
    FIELD(struct order, goods_minor),
    FIELD(struct order, discount_minor),
    FIELD(struct order, service_minor),
    FIELD(struct order, shipping_minor),
    FIELD(struct order, tax_minor),
    FIELD(struct order, total_minor),
    FIELD(struct order, likeness),
    FIELD_INSTANT(struct order, placed_us, "placed_at"),
    FIELD_INSTANT(struct order, created_us, "created_at"),
    FIELD(struct order, priority),
    FIELD_ID(struct order, owner_id, "owner_id", "own"),
};
const struct fields order_fields = FIELDS("order_row", struct order, order_table);

static const struct field line_table[] = {
    FIELD(struct order_line, merchant_id),
    FIELD_ID(struct order_line, order_id, "order_id", "ord"),
    FIELD(struct order_line, line_no),
    FIELD_ENUM(struct order_line, kind, line_kind_words),
    FIELD_ID(struct order_line, product_id, "product_id", "prd", .flags = F_NULL),
    FIELD(struct order_line, parent_line, .flags = F_NULL),
    FIELD(struct order_line, name),
    FIELD(struct order_line, quantity),
    FIELD(struct order_line, unit_minor),
    FIELD(struct order_line, list_minor, .flags = F_NULL),
    FIELD(struct order_line, discount_minor),
    FIELD(struct order_line, tax_minor),
    FIELD(struct order_line, total_minor),
    FIELD(struct order_line, wording),
    FIELD(struct order_line, allocated),
    FIELD(struct order_line, released),
    FIELD(struct order_line, picked),
    FIELD(struct order_line, packed),
    FIELD(struct order_line, shipped),
    FIELD(struct order_line, delivered),
    FIELD(struct order_line, cancelled),
    FIELD(struct order_line, returned),
    FIELD(struct order_line, discount_units),
};
const struct fields order_line_fields = FIELDS("order_line_row", struct order_line, line_table);

static const struct field state_table[] = {
    FIELD_ID(struct order_state, order_id, "id", "ord"),
    FIELD_ENUM(struct order_state, commercial, commercial_words),
    FIELD(struct order_state, holds),
    FIELD(struct order_state, units),
    FIELD(struct order_state, allocated),
    FIELD(struct order_state, released),
    FIELD(struct order_state, picked),
    FIELD(struct order_state, packed),
    FIELD(struct order_state, shipped),
    FIELD(struct order_state, delivered),
    FIELD(struct order_state, cancelled),
    FIELD(struct order_state, returned),
    FIELD_ENUM(struct order_state, stage, stage_words),
};
const struct fields order_state_fields = FIELDS("order_state_row", struct order_state, state_table);

static const struct field count_table[] = {
    FIELD_ENUM(struct stage_count, stage, stage_words),
    FIELD(struct stage_count, orders),
    FIELD(struct stage_count, units),
};
const struct fields stage_count_fields = FIELDS("stage_count", struct stage_count, count_table);

enum err order_insert(struct ctx *c, const struct order *o, const struct order_line *lines,
                      size_t count, enum commercial commercial)
{
    int64_t units = 0, allocated = 0;
    TRY(db_put_record(c, &Q_order_insert, &order_fields, o));
    for (size_t i = 0; i < count; i++) {
        if (line_is_physical(&lines[i])) {
            units += lines[i].quantity;
            allocated += lines[i].allocated;
        }
        TRY(db_put_record(c, &Q_order_line_insert, &order_line_fields, &lines[i]));
    }
    TRY(db_put(c, &Q_order_likeness_insert,
               ARGS(I64(c->merchant_id), I64(day_of_us(o->created_us)), I64(o->likeness),
                    I64(o->order_id))));
    return db_put(
        c, &Q_order_state_insert,
        ARGS(I64(c->merchant_id), I64(o->order_id), I64(commercial), I64(units), I64(allocated)));
}

enum err order_prioritize(struct ctx *c, const struct order *o, int32_t priority)
{
    return db_put_sure(
        c, &Q_order_prioritize,
        ARGS(I64(c->merchant_id), I64(o->order_id), I64(o->priority), I64(priority)));
}

enum err order_numbers(struct ctx *c, int64_t n, int64_t *first)
{
    int64_t last = 0;
    TRY(db_number(c, &Q_order_numbers, ARGS(I64(c->merchant_id), I64(n)), &last));
    *first = last - n + 1;
    return OK;
}

enum err order_list_of(struct ctx *c, const int64_t *order_ids, size_t n, struct list *orders)
{
    return db_rows(c, &Q_orders_of, ARGS(I64(c->merchant_id), I64S(order_ids, n)), &order_fields,
                   orders);
}

enum err order_get(struct ctx *c, int64_t order_id, struct order *out)
{
    struct list found;
    TRY(order_list_of(c, &order_id, 1, &found));
    if (!found.count) return fail(c, ERR_NOT_FOUND, "order_not_found", "there is no such order");
    *out = *(const struct order *)found.at;
    return OK;
}

enum err order_lines_of(struct ctx *c, const int64_t *order_ids, size_t n, struct list *lines)
{
    return db_rows(c, &Q_order_lines_of, ARGS(I64(c->merchant_id), I64S(order_ids, n)),
                   &order_line_fields, lines);
}

enum err order_states_of(struct ctx *c, const int64_t *order_ids, size_t n, struct list *states)
{
    return db_rows(c, &Q_order_states_of, ARGS(I64(c->merchant_id), I64S(order_ids, n)),
                   &order_state_fields, states);
}

enum err orders_lock(struct ctx *c, const int64_t *order_ids, size_t n)
{
    struct list states;
    return db_rows(c, &Q_orders_lock, ARGS(I64(c->merchant_id), I64S(order_ids, n)),
                   &order_state_fields, &states);
}

enum err order_state_get(struct ctx *c, int64_t order_id, struct order_state *out)
{
    struct list found;
    TRY(order_states_of(c, &order_id, 1, &found));
    if (!found.count) return fail(c, ERR_NOT_FOUND, "order_not_found", "there is no such order");
    *out = *(const struct order_state *)found.at;
    return OK;
}

enum err order_find_by_number(struct ctx *c, int64_t number, int64_t *order_id)
{
    TRY(db_number(c, &Q_order_by_number, ARGS(I64(c->merchant_id), I64(number), I64(c->owner_id)),
                  order_id));
    if (*order_id == NONE)
        return fail(c, ERR_NOT_FOUND, "order_not_found", "there is no order number %lld",
                    (long long)number);
    return OK;
}

enum err order_by_references(struct ctx *c, enum channel channel, const struct text *references,
                             size_t n, struct list *orders)
{
    return db_rows(c, &Q_order_by_references,
                   ARGS(I64(c->merchant_id), I64(channel), TEXTS(references, n), I64(c->owner_id)),
                   &order_fields, orders);
}

enum err order_alike(struct ctx *c, const int64_t *likeness, size_t n, struct list *orders)
{
    const int64_t days[] = {day_of_us(c->now_us) - 1, day_of_us(c->now_us)};
    return db_rows(c, &Q_order_alike, ARGS(I64(c->merchant_id), I64S(days, 2), I64S(likeness, n)),
                   &order_fields, orders);
}

enum err order_progress(struct ctx *c, int64_t order_id, int64_t line_no, struct progress by)
{
    struct value m = I64(c->merchant_id), id = I64(order_id);
    TRY(db_add(c, &Q_order_line_progress, 3,
               ARGS(m, id, I64(line_no), I64(by.allocated), I64(by.released), I64(by.picked),
                    I64(by.packed), I64(by.shipped), I64(by.delivered), I64(by.cancelled),
                    I64(by.returned))));
    return db_add(c, &Q_order_state_progress, 2,
                  ARGS(m, id, I64(by.allocated), I64(by.released), I64(by.picked), I64(by.packed),
                       I64(by.shipped), I64(by.delivered), I64(by.cancelled), I64(by.returned),
                       I64(0)));
}

enum err order_do(struct ctx *c, const struct order_state *s, enum order_verb verb)
{
    int32_t to;
    TRY(lifecycle_next(c, &order_lifecycle, s->commercial, (int32_t)verb, &to));
    return db_put_sure(c, &Q_order_state_commercial,
                       ARGS(I64(c->merchant_id), I64(s->order_id), I64(s->commercial), I64(to)));
}

enum err order_list_by_stage(struct ctx *c, enum order_stage stage, int64_t after_id, int64_t limit,
                             struct list *orders)
{
    struct value m = I64(c->merchant_id), by = I64(stage), after = I64(after_id), n = I64(limit);
    const struct query *q = stage < STAGE_COMPLETED ? &Q_order_ids_by_stage : &Q_order_ids_closed;
    if (!c->owner_id) return db_rows(c, q, ARGS(m, by, after, n), &order_fields, orders);
    return db_rows(c, &Q_orders_of_owner_by_stage, ARGS(m, by, after, n, I64(c->owner_id)),
                   &order_fields, orders);
}

enum err order_states_by_stage(struct ctx *c, enum order_stage stage, int64_t after_id,
                               int64_t limit, struct list *states)
{
    return db_rows(c, &Q_order_states_by_stage,
                   ARGS(I64(c->merchant_id), I64(stage), I64(after_id), I64(limit)),
                   &order_state_fields, states);
}

enum err order_board(struct ctx *c, struct list *counts)
{
    struct value m = I64(c->merchant_id);
    if (!c->owner_id) return db_rows(c, &Q_order_board, ARGS(m), &stage_count_fields, counts);
    return db_rows(c, &Q_order_board_of_owner, ARGS(m, I64(c->owner_id)), &stage_count_fields,
                   counts);
}

enum err order_recent(struct ctx *c, int64_t before_id, int64_t limit, struct list *orders)
{
    struct value m = I64(c->merchant_id), before = I64(before_id), n = I64(limit);
    if (!c->owner_id) return db_rows(c, &Q_order_recent, ARGS(m, before, n), &order_fields, orders);
    return db_rows(c, &Q_orders_of_owner_recent, ARGS(m, before, n, I64(c->owner_id)),
                   &order_fields, orders);
}
