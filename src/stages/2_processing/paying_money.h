/* stages/2_processing/paying_money.h: the money of a set of orders, loaded for deciding. */
#pragma once

#include "domain/payments/policy.h"
#include "domain/payments/refund.h"
#include "stages/2_processing/paying.h"

/* A payment, and what is left of it while this unit asks for more. */
struct purse {
    struct payment *payment;
    int64_t capturable;
    int64_t refundable;  /* on account also what is claimed and not paid yet */
    int64_t committed;   /* towards the order: captured or being captured; on account: claimed */
    bool is_authorising; /* an authorisation is under way */
};

struct order_money {
    const struct order *order;
    const struct order_state *state;
    const struct order_line *lines;
    size_t line_count;
    struct purse *purses;
    size_t purse_count;
    struct list intents;    /* of all orders loaded together */
    struct refund *refunds; /* of this order, ended ones too */
    size_t refund_count;
    const struct money_policy *policy;
    int64_t owed;     /* its worth without its cancelled units */
    int64_t credited; /* by how much refunds lower that */
    int64_t set_off;  /* of it what the customer need not pay any more */
    int64_t
        handed_back; /* of refunds that do not lower it: was paid, and is owed again if it rises */
    int64_t unasked; /* owed back, and not asked of a payment yet */
    struct text refused; /* why the newest authorisation was */
    bool has_moved;      /* an authorisation or capture was done in this unit */
};

/* One order, loaded, checked and taken: it is placed, the amount is one, the currency is its own.
 */
must_check enum err paying_open(struct ctx *c, const struct paying_act *act, bool needs_amount,
                                const char *note_field, struct order_money *out);
/* Ascending by order; orders that are not there are left out. `take`: nobody else decides about
   these payments until the unit ends. The ids may repeat. */
must_check enum err money_load(struct ctx *c, const int64_t *order_ids, size_t n, bool take,
                               struct order_money **out, size_t *count);
must_check enum err money_load_one(struct ctx *c, int64_t order_id, bool take,
                                   struct order_money *out);
struct order_money *money_in(struct order_money *all, size_t count, int64_t order_id);
void purse_fill(struct purse *purse, const struct list *intents);

/* What was captured, is being captured, was claimed or set off, less what was handed back. */
int64_t money_committed(const struct order_money *m);
/* Not covered by what was captured, is being captured, was claimed or set off. */
int64_t money_uncommitted(const struct order_money *m);

/* The same, less what cards have reserved, or are being asked to: what another payment may cover.
 */
int64_t money_due(const struct order_money *m);

must_check enum err paying_room(struct ctx *c, const struct order_money *m);
struct payment paying_new(struct ctx *c, const struct order_money *m, int32_t method,
                          int64_t amount_minor);

/* An intent with its job and event; the purse is brought up to date. purpose_id 0: the intent is
   its own purpose, so that equal amounts may follow each other. */
must_check enum err money_ask(struct ctx *c, struct purse *purse, enum intent_kind kind,
                              int64_t amount_minor, int64_t purpose_id, struct text note);
/* The same to give money back for a refund; its state is the caller's. */
must_check enum err money_ask_refund(struct ctx *c, struct purse *purse, const struct refund *r,
                                     int64_t amount_minor);
/* Capture up to `amount` from the cards that have it; *left is what they do not have. */
must_check enum err money_capture(struct ctx *c, struct order_money *m, int64_t amount_minor,
                                  int64_t purpose_id, int64_t *left);
/* An intent that needs no asking; counters and entries are the caller's. */
struct money_fact {
    enum intent_kind kind;
    int64_t amount_minor;
    int64_t purpose_id, refund_id; /* 0: none */
    struct text provider_ref;
};
must_check enum err money_done(struct ctx *c, const struct payment *p,
                               const struct money_fact *fact, int64_t *intent_id);
/* Give back of a claim on account that is not paid yet: nothing has to be paid out. *amount falls
   by it. */
must_check enum err money_credit(struct ctx *c, struct purse *purse, const struct refund *r,
                                 int64_t *amount_minor);
/* Let go of HOLD_PAYMENT where the order is covered. */
/* Covered by what is reserved and taken, give or take the merchant's tolerance? */
bool money_is_covered(const struct order_money *m);
must_check enum err money_free_holds(struct ctx *c, const struct order_money *all, size_t count);
