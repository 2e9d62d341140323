/* domain/orders/proposal.h: an order change that somebody prepares: begun, edited as often as
 * liked, then confirmed or discarded. Until it is confirmed nothing about the order is different.
 *
 *   open ──edit──> open ─┬─ confirm ─> confirmed   the order is what it said
 *                        ├─ discard ─> discarded
 *                        └─ expire ──> expired     its time was over when somebody looked
 *
 * One open proposal per order. It remembers the order's version that its author knew: what happened
 * since has to be seen before it is confirmed. Functions run inside a unit of work; writes are
 * queued. */
#pragma once

#include "base/ctx.h"
#include "base/field.h"

enum proposal_state {
    PROPOSAL_OPEN,
    PROPOSAL_CONFIRMED,
    PROPOSAL_DISCARDED,
    PROPOSAL_EXPIRED,
};
enum proposal_verb { PROPOSAL_EDIT, PROPOSAL_CONFIRM, PROPOSAL_DISCARD, PROPOSAL_EXPIRE };
extern const struct words proposal_state_words;
extern const struct lifecycle proposal_lifecycle;

enum { PROPOSAL_LINES_MAX = 500, PROPOSAL_HOURS = 24 };

struct proposal {
    int64_t merchant_id, order_id, change_id;
    int32_t state, method; /* method -1: as it is; so NONE and absent texts below */
    int64_t known_version; /* of the order, as its author knew it */
    int64_t wish_day, ship_to_id, shipping_minor;
    struct text note, reason;
    int64_t begun_by, begun_us, edited_us, expires_us;
    int64_t ended_by, ended_us; /* NONE while it is open */
};
extern const struct fields proposal_fields;

struct proposal_line {
    int64_t merchant_id, order_id, change_id, position; /* position: as it was written, from 1 */
    int64_t line_no;                                    /* of the order; NONE: a new line */
    struct text sku, service, name;
    int64_t parent_line, quantity, unit_minor, discount_minor;
    struct text wording;
};
extern const struct fields proposal_line_fields;

must_check enum err proposal_insert(struct ctx *c, const struct proposal *p,
                                    const struct proposal_line *lines, size_t n);
/* ERR_NOT_FOUND "change_not_found". */
must_check enum err proposal_get(struct ctx *c, int64_t order_id, int64_t change_id,
                                 struct proposal *out);
/* The open one of an order, whether its time is over or not. */
must_check enum err proposal_find_open(struct ctx *c, int64_t order_id, struct proposal *out,
                                       bool *found);
must_check enum err proposals_of(struct ctx *c, int64_t order_id, struct list *out);
/* In the order of their positions. */
must_check enum err proposal_lines_of(struct ctx *c, int64_t order_id, int64_t change_id,
                                      struct list *out);
/* Checked against the lifecycle, and written under the state and time it was read with. */
must_check enum err proposal_do(struct ctx *c, struct proposal *p, enum proposal_verb verb);
/* Other content for an open one: all of `after`'s, and these lines instead of those before. */
must_check enum err proposal_write(struct ctx *c, struct proposal *after,
                                   const struct proposal_line *lines, size_t n);
