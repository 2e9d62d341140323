/* services/returns/returns.h: goods that the customer gives back, from the wish to the last cent.
 *
 *   request ─> approve ─> label ─> (send) ─> receive ─> inspect, again and again
 *      └─> decline                              └─────> resolve: refund, exchange, ... ─> settled
 *
 * Each verb takes the lines of one return as a set and is one unit of work of a handful of
 * statements, whatever their number. Goods that were received lie in a bin of the site that took
 * them in, quarantined: only the decision to restock makes them sellable. Money is not moved here:
 * what is owed is a refund (domain/payments/refund.h), and refund.owed says so.
 *
 * Amounts are minor units of the order's currency. Verbs run inside a unit of work. */
#pragma once

#include "base/ctx.h"
#include "base/field.h"
#include "domain/events/event.h"
#include "domain/orders/return.h"

/* --- asking ---------------------------------------------------------------------------------- */

struct return_wish_line {
    int64_t line_no, quantity; /* of a kit's line: whole kits, all their parts */
};
struct return_wish {
    int64_t order_id, case_id; /* case NONE: no concern asked for it */
    int32_t reason;
    struct text note;
    struct list lines;     /* struct return_wish_line */
    bool is_beyond_policy; /* staff: whatever the rules say */
};
/* ERR_NOT_FOUND "line_not_found"; ERR_CONFLICT "not_shipped", "over_return" (more than was shipped
   and not asked back), "not_returnable", "return_too_late", "too_many_returns"; ERR_INVALID
   "required", "too_long". */
must_check enum err returns_request(struct ctx *c, const struct return_wish *wish,
                                    int64_t *return_id);

struct return_answer {
    int64_t return_id;
    struct text words; /* what the customer is told; needed for a no */
    int64_t site_id;   /* where the goods are to go; NONE: the site that sent them */
    int64_t fee_minor; /* NONE: what the rules say */
};
must_check enum err returns_approve(struct ctx *c, const struct return_answer *a);
must_check enum err returns_decline(struct ctx *c, const struct return_answer *a);
/* The customer handed it to a carrier; said twice it is one fact. */
must_check enum err returns_send(struct ctx *c, int64_t return_id);
/* Reaction to RETURN_TRACKED: its carrier has it, so it is on its way. */
must_check enum err returns_on_tracked(struct ctx *c, const struct event *events, size_t count);
/* What is not here will not come: it may be asked back anew. */
must_check enum err returns_cancel(struct ctx *c, int64_t return_id, struct text why);

/* Reaction to ORDER_CANCEL_ASKED: what had left is to come back. */
must_check enum err returns_on_cancel_asked(struct ctx *c, const struct event *events,
                                            size_t count);
/* Reaction to ORDER_CANCELLED: nothing of it left, so nothing comes back. */
must_check enum err returns_on_cancelled(struct ctx *c, const struct event *events, size_t count);

/* Reaction to PACKAGE_TAKEN_BACK: what never left is not asked back. */
must_check enum err returns_on_taken_back(struct ctx *c, const struct event *events, size_t count);

/* --- the label ------------------------------------------------------------------------------- */

struct carrier_driver;
/* Those that answer inside a unit of work sell return labels; wiring.c names all. */
void returns_use(const struct carrier_driver *const *carriers);
/* From the customer to the site. ERR_CONFLICT "label_exists", "wrong_state", "no_service". */
must_check enum err returns_label(struct ctx *c, int64_t return_id);
/* The return that a code belongs to: its label's tracking number, the tracking number of the parcel
   that went out, an order number or the return's own id. ERR_NOT_FOUND "return_not_found". */
must_check enum err returns_scan(struct ctx *c, struct text code, int64_t *return_id,
                                 int64_t *order_id);

/* --- goods ----------------------------------------------------------------------------------- */

struct return_arrival {
    int64_t line_no, quantity;
    struct text lot;
    int32_t seen; /* enum return_seen; -1 */
    struct text note;
    struct list serials; /* struct text: a number for each unit, where they were sold by number */
};
/* At any site. bin NONE: the site's first bin for returns, for quarantine, or any: the
   goods are quarantined, whatever lies beside them.
   ERR_CONFLICT "over_return", "no_returns_bin", "wrong_state", "serials_missing",
   "serial_not_sold" (another order's, or nobody's). A parcel that came back whole needs no numbers:
   they are known. */
must_check enum err returns_receive(struct ctx *c, int64_t return_id, int64_t site_id,
                                    int64_t bin_id, const struct list *arrivals);

struct return_decision {
    int64_t line_no, quantity;
    int32_t from;   /* enum return_heap; -1: what waits, then what is in quarantine or repair */
    int32_t to;     /* restock, quarantine, repair, scrap or send back */
    int64_t bin_id; /* NONE: restock where the product is picked; else it stays where it is */
    struct text note;
};
/* ERR_CONFLICT "not_that_many" (less of it is here), "no_pick_bin"; ERR_INVALID "disposition". */
must_check enum err returns_inspect(struct ctx *c, int64_t return_id, const struct list *decisions);

/* --- what the customer gets ------------------------------------------------------------------ */

struct return_settlement {
    int64_t line_no, quantity;
    int32_t kind;         /* enum return_resolution */
    int64_t refund_minor; /* NONE: what the units are worth, less the fee */
    int64_t fee_minor;    /* kept of a refund that is named: of what goods are exchanged for */
    int64_t order_id;     /* the exchange or replacement; NONE */
    int32_t target;       /* enum refund_target; -1: what the rules say */
    struct text note;
};
/* The order's total bounds its refunds; what was never paid is set off, not given back. By the
   rules money may go back as store credit, where the return was the customer's own wish and
   somebody can be credited. ERR_CONFLICT "wrong_state", "not_that_many", "refund_too_large",
   "nobody_to_credit"; ERR_INVALID "resolution". */
must_check enum err returns_resolve(struct ctx *c, int64_t return_id,
                                    const struct list *settlements);
/* What these units are worth to the customer, less what is left of the fee, and what that keeps of
   it. Writes nothing. */
must_check enum err returns_value(struct ctx *c, int64_t return_id, const struct list *settlements,
                                  int64_t *worth_minor, int64_t *fee_minor);

/* --- rules ----------------------------------------------------------------------------------- */

/* Nobody but the customer caused it: fees and store credit are for these. */
bool returns_is_wish(int32_t reason);

enum { RETURN_DAYS_DEFAULT = 30, RETURN_DAYS_MAX = 3650 };
/* The rule for everything that has none of its own. */
struct return_rule returns_rule_default(struct ctx *c);
