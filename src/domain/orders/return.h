/* domain/orders/return.h: goods that come back, line by line.
 *
 *   requested ─> approved ─> in transit ─> received ─> inspected ─> resolved
 *       └─> declined  └────────────┴─> cancelled: they never came
 *
 * A line's state says how far it is. Where its units are is told by facts that follow each other:
 * every receipt and every decision moves some units from one heap to another, and none of them is
 * the last word (what was quarantined in May may be sold in June). What the customer got for the
 * units is told by ends. The line's counters are the sums of both; CHECKs keep them whole.
 *
 *   customer ─> waiting ─┬─> quarantined ─┬─> restocked    good to sell
 *                        ├─> repairing ───┼─> scrapped
 *                        └────────────────┴─> sent back    to the customer
 *
 * Over-return is one conditional write: order_line.asked_back never passes what was shipped.
 * Functions run inside a unit of work; writes are queued. */
#pragma once

#include "base/ctx.h"
#include "base/field.h"

enum return_reason {
    RETURN_BECAUSE_DAMAGED,
    RETURN_BECAUSE_WRONG_ITEM,
    RETURN_BECAUSE_NOT_AS_DESCRIBED,
    RETURN_BECAUSE_DEFECTIVE,
    RETURN_BECAUSE_LATE,
    RETURN_BECAUSE_UNWANTED,
    RETURN_BECAUSE_OTHER,
    RETURN_BECAUSE_UNDELIVERED /* refused, or the carrier could not deliver it */
};
enum return_state {
    RETURN_REQUESTED,
    RETURN_APPROVED,
    RETURN_DECLINED,
    RETURN_IN_TRANSIT,
    RETURN_RECEIVED,
    RETURN_INSPECTED,
    RETURN_RESOLVED,
    RETURN_CANCELLED
};
enum return_verb {
    RETURN_APPROVE,
    RETURN_DECLINE,
    RETURN_SEND,
    RETURN_RECEIVE,
    RETURN_INSPECT,
    RETURN_RESOLVE,
    RETURN_CANCEL
};
enum return_heap {
    HEAP_CUSTOMER,
    HEAP_WAITING,
    HEAP_QUARANTINED,
    HEAP_REPAIRING,
    HEAP_RESTOCKED,
    HEAP_SCRAPPED,
    HEAP_SENT_BACK
};
enum return_seen { SEEN_AS_NEW, SEEN_OPENED, SEEN_USED, SEEN_DAMAGED, SEEN_INCOMPLETE };
enum return_resolution {
    RESOLVED_BY_REFUND,
    RESOLVED_BY_EXCHANGE,    /* other goods, by a new order; the difference is paid or refunded */
    RESOLVED_BY_REPLACEMENT, /* the same goods again, at no price */
    RESOLVED_BY_REPAIR,      /* the customer gets these very goods back, mended */
    RESOLVED_BY_NOTHING      /* refused after inspection: no money, the goods go back or are kept */
};
extern const struct words return_reason_words, return_state_words, return_verb_words,
    return_heap_words, return_seen_words, return_resolution_words;
extern const struct lifecycle return_lifecycle;

enum { RETURN_LINES_MAX = 500, RETURN_NOTE_MAX = 2000, RETURNS_MAX = 1000 };

struct order_return {
    int64_t merchant_id, return_id, order_id, case_id, package_id, site_id;
    int32_t reason;
    struct text note, answer;
    int64_t fee_minor, created_us, settled_us;
    int64_t at_door_us; /* its carrier brought it: somewhere in the house, not counted yet */
};
extern const struct fields order_return_fields;

struct return_line {
    int64_t merchant_id, return_id, line_no, product_id, quantity;
    int32_t state;
    int64_t credit_minor; /* NONE: what the order's line says */
    int64_t received, waiting, quarantined, repairing, restocked, scrapped, sent_back, ended,
        refund_minor;
};
extern const struct fields return_line_fields;

struct return_fact {
    int64_t merchant_id, return_id, fact_id, line_no, quantity;
    int32_t from_heap, to_heap;
    int64_t site_id, from_place, to_place;
    struct text lot;
    int32_t seen; /* -1: nobody looked */
    struct text note;
    int64_t at_us, actor_id;
};
extern const struct fields return_fact_fields;

struct return_end {
    int64_t merchant_id, return_id, end_id, line_no, quantity;
    int32_t kind;
    int64_t refund_minor, fee_minor, order_id;
    struct text note;
    int64_t at_us, actor_id;
};
extern const struct fields return_end_fields;

struct return_rule {
    int64_t merchant_id, product_id; /* 0: whatever has no rule of its own */
    bool is_returnable;
    int64_t days, fee_minor, fee_bp;
    bool is_credited; /* money goes back as store credit */
};
extern const struct fields return_rule_fields;

/* A line as it begins: asked for, nothing of it here. */
struct return_line return_line_new(struct ctx *c, int64_t return_id, int64_t line_no,
                                   int64_t product_id, int64_t quantity);
/* `is_early`: of orders that have not left yet (credit notes of other systems): bounded by what was
   ordered, not by what was shipped. Beyond that the unit ends in ERR_BUSY "raced", so count first
   where a person waits for the answer. */
must_check enum err return_insert(struct ctx *c, const struct order_return *r,
                                  const struct return_line *lines, size_t count, bool is_early);
must_check enum err return_write(struct ctx *c, const struct order_return *r);
/* Its carrier brought it then; the earliest word stays. */
must_check enum err return_at_door(struct ctx *c, int64_t return_id, int64_t at_us);
/* The rest of a line will not come: what was asked for is free to be asked for again. */
must_check enum err return_unask(struct ctx *c, int64_t order_id, int64_t line_no,
                                 int64_t quantity);

must_check enum err return_get(struct ctx *c, int64_t return_id, struct order_return *out);
must_check enum err returns_of(struct ctx *c, const int64_t *return_ids, size_t n,
                               struct list *out); /* ascending */
must_check enum err returns_of_orders(struct ctx *c, const int64_t *order_ids, size_t n,
                                      struct list *out); /* ascending by order, then return */
/* Not settled, or with goods here of which nobody has said what becomes of them. */
must_check enum err return_list_open(struct ctx *c, int64_t after_id, int64_t limit,
                                     struct list *out);
/* All of them, for exports. */
must_check enum err return_page(struct ctx *c, int64_t after_id, int64_t limit, struct list *out);
must_check enum err return_lines_of(struct ctx *c, const int64_t *return_ids, size_t n,
                                    struct list *out); /* ascending by return, then line */
must_check enum err return_facts_of(struct ctx *c, const int64_t *return_ids, size_t n,
                                    struct list *out); /* ascending by return, then fact */
must_check enum err return_ends_of(struct ctx *c, const int64_t *return_ids, size_t n,
                                   struct list *out); /* ascending by return, then end */
/* A parcel that came back has one return. */
must_check enum err return_of_package(struct ctx *c, int64_t package_id, struct order_return *out,
                                      bool *found);

/* The state after the verb, in `l` alone: return_line_write stores it. */
must_check enum err return_line_do(struct ctx *c, struct return_line *l, enum return_verb verb);
/* State and counters, under those it was read with: ERR_BUSY "raced" when somebody was faster. */
must_check enum err return_line_write(struct ctx *c, const struct return_line *before,
                                      const struct return_line *after);
/* A fact, and the line's heaps with it (in `l`). */
must_check enum err return_fact_put(struct ctx *c, const struct return_fact *f,
                                    struct return_line *l);
/* What the customer got, and the line's sums with it (in `l`). */
must_check enum err return_end_put(struct ctx *c, const struct return_end *e,
                                   struct return_line *l);
/* Units of a line in a heap. */
int64_t return_heap_of(const struct return_line *l, enum return_heap heap);

must_check enum err return_rule_put(struct ctx *c, const struct return_rule *r);
/* Of these products and of 0, ascending. */
must_check enum err return_rules_of(struct ctx *c, const int64_t *product_ids, size_t n,
                                    struct list *out);

/* Which lots of these orders' lines were picked: an entry per line and lot. */
struct line_lot {
    int64_t order_id, line_no, product_id;
    struct text lot; /* "" when the product has none */
    int64_t quantity;
};
must_check enum err line_lots_of(struct ctx *c, const int64_t *order_ids, size_t n,
                                 struct list *out);
/* Without those that came back already. */
must_check enum err line_lots_out(struct ctx *c, const int64_t *order_ids, size_t n,
                                  struct list *out);
/* Take up to `quantity` units of a line out of the list: of the lot asked for, else of the first
   that has some. Returns how many, 0 when there are none; *lot is set. */
int64_t line_lot_take(struct list *lots, int64_t order_id, int64_t line_no, struct text wanted,
                      int64_t quantity, struct text *lot);
