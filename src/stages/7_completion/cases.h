/* stages/7_completion/cases.h: a customer's concern, from the first word to what was done about it.
 *
 *   open (owner, due) ──resolve──┬─ answer   words are enough
 *                                ├─ refund   order.. case.resolved with an amount: paying.h pays it
 *                                ├─ reship   a new order at no price, promised and released as any
 *                                └─ return   the goods are asked back (domain/orders/return.h):
 *                                            open until the return is settled
 *
 * An open case keeps its order from being closed; a case on a closed order stands on its own. */
#pragma once

#include "base/ctx.h"
#include "base/field.h"
#include "base/time.h"
#include "domain/events/event.h"
#include "domain/orders/return.h"

enum case_kind {
    CASE_LATE,
    CASE_DAMAGED,
    CASE_MISSING,
    CASE_WRONG_ITEM,
    CASE_NOT_SATISFIED,
    CASE_QUESTION,
    CASE_REFUND_REQUEST,
    CASE_OTHER
};
enum case_resolution { CASE_ANSWER, CASE_REFUND, CASE_RESHIP, CASE_RETURN };
extern const struct words case_kind_words, case_resolution_words;

enum { CASE_WORDS_MAX = 2000, CASE_LINES_MAX = 500, CASES_OPEN_MAX = 10 };

struct care_case {
    int64_t merchant_id, order_id, case_id;
    int32_t kind;
    struct text words;
    int64_t owner_id, opened_us, due_us;
    int32_t resolution; /* -1 while open */
    struct text answer;
    int64_t refund_minor, reship_order_id, return_id, resolved_us, resolved_by;
    int64_t package_id; /* the parcel whose silence opened it */
};
extern const struct fields care_case_fields;

#define CASE_RETURN_DUE_US (30 * DAY_US) /* goods that were asked back have that long */

/* By when a concern of that kind is to be answered. */
int64_t case_due_us(enum case_kind kind, int64_t opened_us);

struct case_wish {
    int64_t order_id;
    int32_t kind;
    struct text words;
    int64_t owner_id;      /* 0: whoever comes first */
    bool is_from_customer; /* by a public link: at most CASES_OPEN_MAX at once */
};
/* A case that a claim opened, before anybody else spoke of the parcel. */
#define CASE_BY_CARRIER " by its carrier"

/* Inside a unit of work. The same words of the same kind while they are open are the same case,
   and so is what is said of a parcel that a claim has opened a case for.
   ERR_CONFLICT "wrong_state" (a draft), "too_many_cases"; ERR_INVALID "required", "too_long". */
must_check enum err case_open(struct ctx *c, const struct case_wish *wish, int64_t *case_id);

struct case_line {
    int64_t line_no, quantity;
};
struct case_answer {
    int64_t order_id, case_id;
    int32_t resolution;
    struct text answer;    /* what the customer is told; required for CASE_ANSWER */
    int64_t refund_minor;  /* CASE_REFUND: in the order's currency */
    struct text currency;  /* of the refund; absent: the order's */
    struct list lines;     /* struct case_line: CASE_RESHIP, CASE_RETURN */
    int32_t return_reason; /* -1: what the kind of the case says */
};
struct case_outcome {
    int64_t reship_order_id, reship_number, return_id; /* NONE */
    int64_t short_of;                                  /* units of the reship that no site has */
};
/* Inside a unit of work. ERR_CONFLICT "case_resolved", "return_asked", "refund_too_large",
   "quantity_too_large"; ERR_NOT_FOUND "case_not_found", "line_not_found"; ERR_INVALID "required",
   "invalid_value". */
must_check enum err case_resolve(struct ctx *c, const struct case_answer *a,
                                 struct case_outcome *out);

/* Reaction to RETURN_SETTLED: the case that asked for the goods is done, and the
   order may close. */
must_check enum err case_on_return_settled(struct ctx *c, const struct event *events, size_t count);

/* Reaction to CLAIM_OPENED and CLAIM_WITHDRAWN: what a carrier lost or broke is a customer's
   concern before the customer says so; when the parcel turns up it has its answer. */
must_check enum err case_on_claim(struct ctx *c, const struct event *events, size_t count);

must_check enum err case_get(struct ctx *c, int64_t order_id, int64_t case_id,
                             struct care_case *out);
must_check enum err cases_of(struct ctx *c, const int64_t *order_ids, size_t n,
                             struct list *out); /* ascending by order, then case */
/* Open ones, the most urgent first; after that of due_us and case_id (0, 0: from the start). */
must_check enum err cases_open(struct ctx *c, int64_t after_due_us, int64_t after_id, int64_t limit,
                               struct list *out);
must_check enum err cases_overdue(struct ctx *c, int64_t *count);
