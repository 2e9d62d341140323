/* domain/payments/credit.h: gift cards and store credit: what we owe as a claim that is spent.
 *
 *   issue   store_credit -> customer (sold; the money came in beside it) or promotion (given)
 *   spend   customer -> store_credit, as the capture of a payment
 *   refund  store_credit -> customer
 *   expire  breakage -> store_credit
 *
 * The balance is minus the sum of its entries and never below 0: whoever spends takes it by one
 * conditional write, so that of two who want the last cent one gets it. A gift card is found by the
 * hash of its code, which is shown once; store credit belongs to a customer, or to a guest's e-mail
 * address, one per currency. Functions run inside a unit of work. */
#pragma once

#include "domain/payments/payment.h"

enum credit_kind { CREDIT_GIFT_CARD, CREDIT_STORE };
extern const struct words credit_kind_words;

enum {
    CREDIT_CODE_MAX = 40, /* as people type it, with dashes and spaces */
    CREDIT_NOTE_MAX = 200,
    CREDIT_REVIVED_DAYS = 365 /* how long an expired one lives on when money is refunded to it */
};

struct credit {
    int64_t merchant_id, credit_id;
    int32_t kind;
    struct text code_hash, code_end;
    int64_t customer_id; /* or NONE */
    struct text email, currency;
    int64_t balance_minor, expires_day; /* NONE: it does not expire */
    struct text note;
    int64_t created_us;
    int64_t owner_id; /* whose guest's; 0 beside a customer or a code */
};
extern const struct fields credit_fields;

/* "GIFT-7F3K ..." without dashes, spaces and case, O as 0, I and L as 1; absent when it cannot be a
   code. */
struct text credit_code_normal(struct arena *a, struct text code);
struct text credit_code_hash(struct arena *a, struct text code); /* of the normal form */

must_check enum err credit_insert(struct ctx *c, const struct credit *k);
/* ERR_NOT_FOUND "credit_not_found". */
must_check enum err credit_get(struct ctx *c, int64_t credit_id, struct credit *out);
must_check enum err credit_by_code(struct ctx *c, struct text code_hash, struct credit *out);
/* Whose store credit it is: a customer's, or with customer_id NONE an owner's guest's. */
struct credit_home {
    int64_t owner_id, customer_id;
    struct text email, currency;
};
/* False in *found when there is none. */
must_check enum err credit_of(struct ctx *c, const struct credit_home *home, struct credit *out,
                              bool *found);
/* Those that a batch of orders may be paid by, as a set: by the hashes of codes, by customers, by
   guests' addresses; sets may be empty. */
struct credit_keys {
    struct text *code_hashes, *emails;
    int64_t *customer_ids;
    size_t codes, emails_count, customers;
};
must_check enum err credits_for(struct ctx *c, const struct credit_keys *keys, struct list *out);
must_check enum err credit_list(struct ctx *c, int64_t before_id, int64_t limit, struct list *out);

/* At once, and only if the balance bears it: ERR_CONFLICT "credit_spent". */
must_check enum err credit_take(struct ctx *c, struct credit *k, int64_t amount_minor);
/* One that has expired can be spent again for CREDIT_REVIVED_DAYS. */
must_check enum err credit_give(struct ctx *c, int64_t credit_id, int64_t amount_minor);
