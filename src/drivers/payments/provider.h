/* drivers/payments/provider.h: what the program needs from whoever moves card money.
 *
 * `once_key` names the question for good: a provider that is asked twice under one key does the
 * thing once and answers the same. Vendor files have no headers; each makes one provider below, and
 * app/wiring.c lists them. Every driver passes provider_test.c. */
#pragma once

#include "base/ctx.h"

#include <stdbool.h>

enum payment_request { REQUEST_AUTHORISE, REQUEST_CAPTURE, REQUEST_REFUND, REQUEST_VOID };
enum payment_outcome { PAYMENT_DONE, PAYMENT_DECLINED, PAYMENT_PENDING };

struct payment_ask {
    enum payment_request request;
    struct text once_key; /* at most 64 letters, digits, '_' */
    int64_t amount_minor;
    struct text currency;
    struct text token;           /* to authorise: the handle of card or account */
    struct text provider_ref;    /* to capture, refund, void: of the authorisation */
    struct text order_reference; /* for the statement */
};

struct payment_answer {
    enum payment_outcome outcome;
    struct text provider_ref; /* their own number for it */
    struct text reason;       /* of a refusal: a snake_case word ("insufficient_funds") */
};

struct payment_provider {
    const char *name; /* as in payment.provider */
    bool is_manual;   /* people move the money and record it: no question is sent out */

    /* OK: the answer stands (done, declined) or will be found later (pending). ERR_UPSTREAM: surely
     * not done; ask again later. ERR_UNKNOWN: perhaps done; find it before asking again. */
    enum err (*ask)(struct ctx *c, const struct payment_provider *self,
                    const struct payment_ask *ask, struct payment_answer *answer);
    /* What became of the question with this key. ERR_NOT_FOUND: it never arrived, so it may be
     * asked; the other errors as above. */
    enum err (*find)(struct ctx *c, const struct payment_provider *self,
                     const struct payment_ask *ask, struct payment_answer *answer);
};

/* The built-in one: needs no network and no account and decides by the token alone (the table in
 * test_provider.c: "tok_ok", "tok_decline", "tok_timeout_after_success", ...). */
extern const struct payment_provider payment_test_provider;
/* Cash, bank transfer, on account, on delivery. */
extern const struct payment_provider payment_offline_provider;
