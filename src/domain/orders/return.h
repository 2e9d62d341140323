/* domain/orders/return.h: goods that come back: what was asked, line by line.
 *
 *   requested ─> approved or declined ; approved ─> in transit ─> received ─> inspected ─> resolved
 *
 * The state is a line's, since lines may come back apart. Functions run inside a unit of work;
 * writes are queued. */
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
    RETURN_BECAUSE_OTHER
};
enum return_state {
    RETURN_REQUESTED,
    RETURN_APPROVED,
    RETURN_DECLINED,
    RETURN_IN_TRANSIT,
    RETURN_RECEIVED,
    RETURN_INSPECTED,
    RETURN_RESOLVED
};
enum return_verb {
    RETURN_APPROVE,
    RETURN_DECLINE,
    RETURN_SEND,
    RETURN_RECEIVE,
    RETURN_INSPECT,
    RETURN_RESOLVE
};
extern const struct words return_reason_words, return_state_words, return_verb_words;
extern const struct lifecycle return_lifecycle;

struct order_return {
    int64_t merchant_id, order_id, return_id, case_id;
    int32_t reason;
    struct text note;
    int64_t created_us;
};
extern const struct fields order_return_fields;

struct return_line {
    int64_t merchant_id, return_id, line_no, product_id, quantity;
    int32_t state;
    int64_t site_id, received_us, disposition, refund_minor; /* NONE while not there */
};
extern const struct fields return_line_fields;

must_check enum err return_insert(struct ctx *c, const struct order_return *r,
                                  const struct return_line *lines, size_t count);
must_check enum err returns_of_orders(struct ctx *c, const int64_t *order_ids, size_t n,
                                      struct list *out); /* ascending by order, then return */
must_check enum err return_lines_of(struct ctx *c, const int64_t *return_ids, size_t n,
                                    struct list *out); /* ascending by return, then line */
/* The state after the verb, and what came with it, written under the state it was read in; `l` is
   brought up to date. */
must_check enum err return_line_do(struct ctx *c, struct return_line *l, enum return_verb verb);
