/* domain/orders/order.h: what the customer wants, line by line, and how far it has come.
 *
 *   ordered >= allocated >= released >= picked >= packed >= shipped >= delivered   per line
 *
 * `orders` and the agreed part of `order_line` are written once; the counters change only by
 * order_progress, in the unit that writes the fact. order_state holds the sums of the physical
 * lines; the stage is computed from them by the database itself (a generated column). */
#pragma once

#include "base/ctx.h"
#include "base/field.h"

enum channel {
    CHANNEL_WEB,
    CHANNEL_EMAIL,
    CHANNEL_PHONE,
    CHANNEL_COUNTER,
    CHANNEL_MARKETPLACE,
    CHANNEL_OTHER
};
enum commercial { COMMERCIAL_DRAFT, COMMERCIAL_PLACED, COMMERCIAL_CLOSED, COMMERCIAL_CANCELLED };
/* as the generated column of order_state computes it */
enum order_stage {
    STAGE_RECEIVED,
    STAGE_PROCESSING,
    STAGE_PICKING,
    STAGE_PACKING,
    STAGE_SHIPPING,
    STAGE_DELIVERING,
    STAGE_COMPLETING,
    STAGE_COMPLETED,
    STAGE_CANCELLED
};
enum line_kind { LINE_GOODS, LINE_KIT, LINE_COMPONENT, LINE_SERVICE, LINE_CHARGE };
enum delivery_method {
    METHOD_STANDARD,
    METHOD_EXPRESS,
    METHOD_SIGNATURE,
    METHOD_ADULT_SIGNATURE,
    METHOD_PICKUP
};
enum payment_method {
    PAY_CARD,
    PAY_CASH,
    PAY_BANK_TRANSFER,
    PAY_ON_ACCOUNT,
    PAY_ON_DELIVERY,
    PAY_GIFT_CARD,
    PAY_STORE_CREDIT
};
enum hold_reason {
    HOLD_PAYMENT,
    HOLD_CONFIRMATION,
    HOLD_PRICE,
    HOLD_STOCK,
    HOLD_DUPLICATE,
    HOLD_ADDRESS,
    HOLD_FRAUD,
    HOLD_CREDIT,
    HOLD_MANUAL
};

extern const struct words channel_words, commercial_words, stage_words, line_kind_words,
    method_words, payment_method_words, hold_reason_words;
extern const struct lifecycle order_lifecycle; /* the commercial axis */
enum order_verb { ORDER_PLACE, ORDER_CANCEL, ORDER_CLOSE };

struct order {
    int64_t merchant_id, order_id, number;
    int32_t channel;
    struct text reference;
    int64_t customer_id;
    struct text customer_name, customer_email, customer_phone;
    int64_t ship_to_id, bill_to_id;
    struct text currency;
    int32_t method, payment_method;
    int64_t wish_day;
    struct text note;
    int64_t goods_minor, discount_minor, service_minor, shipping_minor, tax_minor, total_minor;
    int64_t likeness, placed_us, created_us;
    int32_t priority; /* larger is served and picked first; 0 where nobody said */
    int64_t owner_id; /* whose order; 0: the merchant's own */
};
extern const struct fields order_fields; /* the row, in table order */

struct order_line {
    int64_t merchant_id, order_id, line_no;
    int32_t kind;
    int64_t product_id, parent_line;
    struct text name;
    int64_t quantity, unit_minor, list_minor, discount_minor, tax_minor, total_minor;
    struct text wording;
    int64_t allocated, released, picked, packed, shipped, delivered, cancelled, returned;
    int64_t discount_units; /* the discount is off the first so many; 0: off all of them */
};
extern const struct fields order_line_fields;
static inline bool line_is_physical(const struct order_line *l)
{
    return l->kind == LINE_GOODS || l->kind == LINE_COMPONENT;
}

struct order_state {
    int64_t order_id;
    int32_t commercial;
    int64_t holds, units, allocated, released, picked, packed, shipped, delivered, cancelled,
        returned;
    int32_t stage;
};
extern const struct fields order_state_fields;

struct hold {
    int64_t order_id, hold_id;
    int32_t reason;
    struct text note;
    int64_t owner_id, placed_us, release_due_us, released_us, released_by;
};
extern const struct fields hold_fields;

enum { ORDER_PRIORITY_MAX = 100 }; /* from minus that many */
enum { ORDER_LINES_MAX = 5000, QUANTITY_MAX = 1000000000, ORDER_BATCH_MAX = 1000 };

/* Queue the rows of a new order (its state row with them). Numbers, ids and what is allocated of
   its lines are already set. */
must_check enum err order_insert(struct ctx *c, const struct order *o,
                                 const struct order_line *lines, size_t count,
                                 enum commercial commercial);
/* The next `n` order numbers; the first is returned. */
must_check enum err order_numbers(struct ctx *c, int64_t n, int64_t *first);

must_check enum err order_get(struct ctx *c, int64_t order_id, struct order *out);
must_check enum err order_state_get(struct ctx *c, int64_t order_id, struct order_state *out);
/* Sets by key; results in ascending order of order_id (and line_no). */
must_check enum err order_list_of(struct ctx *c, const int64_t *order_ids, size_t n,
                                  struct list *orders);
must_check enum err order_lines_of(struct ctx *c, const int64_t *order_ids, size_t n,
                                   struct list *lines);
must_check enum err order_states_of(struct ctx *c, const int64_t *order_ids, size_t n,
                                    struct list *states);
/* Take the orders' rows until the commit: of two who finish parts of one order, the second waits
   and then sees what the first did. Take them before reading what is decided on. */
must_check enum err orders_lock(struct ctx *c, const int64_t *order_ids, size_t n);
must_check enum err order_find_by_number(struct ctx *c, int64_t number, int64_t *order_id);
/* References of one channel that exist already, as order rows. */
must_check enum err order_by_references(struct ctx *c, enum channel channel,
                                        const struct text *references, size_t n,
                                        struct list *orders);
/* Orders that came in today or yesterday (UTC) and look the same (see orders.likeness). */
must_check enum err order_alike(struct ctx *c, const int64_t *likeness, size_t n,
                                struct list *orders);

/* How far a line has come, as differences; queued and added up per line and order. */
struct progress {
    int64_t allocated, released, picked, packed, shipped, delivered, cancelled, returned;
};
must_check enum err order_progress(struct ctx *c, int64_t order_id, int64_t line_no,
                                   struct progress by);

/* The commercial verb, checked against the lifecycle and written under its old state. */
must_check enum err order_do(struct ctx *c, const struct order_state *s, enum order_verb verb);

/* How urgent it is, written as it was read; queued. */
must_check enum err order_prioritize(struct ctx *c, const struct order *o, int32_t priority);

/* Holds: any number at once; the order waits while one is live. */
must_check enum err hold_put(struct ctx *c, int64_t order_id, enum hold_reason reason,
                             struct text note, int64_t owner_id, int64_t release_due_us,
                             int64_t *hold_id);
/* Let go of one hold; ERR_CONFLICT "hold_released" when it was let go already. */
must_check enum err hold_release(struct ctx *c, int64_t order_id, int64_t hold_id);
/* Let go of these, which are live as they were read; a lost race repeats the unit. */
must_check enum err holds_release(struct ctx *c, const struct hold *holds, size_t n);
/* Let go of every live hold of a reason on these orders; *released counts them. */
must_check enum err hold_release_reason(struct ctx *c, const int64_t *order_ids, size_t n,
                                        enum hold_reason reason, int64_t *released);
must_check enum err holds_of(struct ctx *c, const int64_t *order_ids, size_t n, bool live_only,
                             struct list *holds);

/* Orders by stage for lists and the board: of c->owner_id; when that is 0, of all. */
must_check enum err order_list_by_stage(struct ctx *c, enum order_stage stage, int64_t after_id,
                                        int64_t limit, struct list *orders);
/* The states alone of open orders, of all owners. */
must_check enum err order_states_by_stage(struct ctx *c, enum order_stage stage, int64_t after_id,
                                          int64_t limit, struct list *states);
struct stage_count {
    int32_t stage;
    int64_t orders, units;
};
extern const struct fields stage_count_fields;
must_check enum err order_board(struct ctx *c, struct list *counts); /* of open orders */
must_check enum err order_recent(struct ctx *c, int64_t before_id, int64_t limit,
                                 struct list *orders);
