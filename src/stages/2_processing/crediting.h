/* stages/2_processing/crediting.h: gift cards and store credit, from issue to expiry.
 *
 * Spending is paying: paying_credit takes from the balance at once and counts as captured; what
 * the order does not need any more goes back to where it came from. */
#pragma once

#include "domain/payments/credit.h"
#include "stages/2_processing/paying_money.h"

struct crediting_issue {
    int32_t kind;                    /* enum credit_kind */
    int64_t amount_minor;            /* above 0 */
    struct text currency;            /* absent: the merchant's */
    struct text code_hash, code_end; /* of a gift card */
    int64_t customer_id;             /* of store credit; or its e-mail address */
    struct text email;
    int64_t expires_day; /* NONE: never */
    int32_t paid_by;     /* PAY_CASH or PAY_BANK_TRANSFER: it was sold; -1: given away */
    struct text note;    /* why, or the reference of the money */
};
/* A customer's store credit that is there already grows by it. */
must_check enum err crediting_issue(struct ctx *c, const struct crediting_issue *issue,
                                    struct credit *out);
/* JOB_CREDIT_EXPIRY: what is left of those whose last day is over is no longer owed. */
must_check enum err crediting_job(struct ctx *c, const struct job *jobs, size_t count);

/* Pay an order with it: absent amount is all that is due, or all there is. ERR_CONFLICT
   "credit_expired", "credit_spent", "nothing_due"; ERR_INVALID "wrong_currency". */
must_check enum err paying_credit(struct ctx *c, const struct paying_act *act);

/* --- for refunds ------------------------------------------------------------------------------ */

/* The store credit of an order's customer, made when there is none; *found is false for a guest
   without an address. */
must_check enum err crediting_home(struct ctx *c, const struct order *o, int64_t *credit_id,
                                   bool *found);
