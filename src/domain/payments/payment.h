/* domain/payments/payment.h: the money of orders.
 *
 *   payment   one attempt to pay an order by one method
 *   intent    one question to a provider, committed before it is asked:
 *             asked ─> done, failed or unknown;  unknown ─> done or failed
 *   entry     an amount that went from an account to an account; nothing else moves money
 *
 *   0 <= refunded <= captured, captured + voided <= authorised, per payment; CHECKs guard it.
 *
 * The database keeps two live intents of one payment, kind and purpose from standing side by side.
 * Intents under way are not in a payment's counters: who decides on an amount takes the payments
 * first (payments_take) and then counts the live intents (payment_free), so that two deciders
 * cannot spend the same cent. Amounts are minor units of the payment's currency, which is its
 * order's. Functions run inside a unit of work; writes are queued. */
#pragma once

#include "base/ctx.h"
#include "base/field.h"

enum intent_kind { INTENT_AUTHORISE, INTENT_CAPTURE, INTENT_REFUND, INTENT_VOID };
enum intent_state { INTENT_ASKED, INTENT_DONE, INTENT_FAILED, INTENT_UNKNOWN };
enum intent_verb { INTENT_FINISH, INTENT_FAIL, INTENT_LOSE_ANSWER };
/* Where money, or a claim to it, can be. */
enum account {
    ACCOUNT_CUSTOMER,
    ACCOUNT_PROVIDER, /* taken by the card provider for us */
    ACCOUNT_CASH,     /* the till */
    ACCOUNT_BANK,
    ACCOUNT_RECEIVABLE, /* goods left on account; the customer owes it */
    ACCOUNT_CARRIER,    /* taken at the door; the carrier owes it */
    ACCOUNT_STORE_CREDIT,
    ACCOUNT_FEE,
    ACCOUNT_LOSS,
    ACCOUNT_PROMOTION, /* given away as gift cards or credit */
    ACCOUNT_BREAKAGE,  /* claims that nobody spent in time */
    ACCOUNT_COUNT
};
extern const struct words intent_kind_words, intent_state_words, intent_verb_words, account_words;
extern const struct lifecycle intent_lifecycle;

/* enum payment_method of domain/orders; stages/2_processing checks that they agree. */
enum {
    PAYMENT_BY_CARD,
    PAYMENT_BY_CASH,
    PAYMENT_BY_BANK_TRANSFER,
    PAYMENT_ON_ACCOUNT,
    PAYMENT_ON_DELIVERY,
    PAYMENT_BY_GIFT_CARD,
    PAYMENT_BY_STORE_CREDIT
};
enum {
    PAYMENT_TOKEN_MAX = 200,
    PAYMENT_REFERENCE_MAX = 140, /* what a bank statement has room for */
    PAYMENTS_MAX = 50            /* of one order */
};

struct payment {
    int64_t merchant_id, order_id, payment_id;
    int32_t method; /* enum payment_method */
    struct text provider, token, currency;
    int64_t amount_minor, authorised_minor, captured_minor, refunded_minor, voided_minor,
        credit_id, /* of the gift card or store credit; NONE */
        created_us;
};
extern const struct fields payment_fields;

struct payment_intent {
    int64_t merchant_id, intent_id, order_id, payment_id;
    int32_t kind;
    int64_t amount_minor;
    int64_t purpose_id; /* package, the intent itself, or 0 */
    int64_t refund_id;  /* the debt that it settles, see refund.h; NONE */
    int32_t state;
    struct text provider_ref, reason;
    int64_t asked_us, answered_us;
};
extern const struct fields payment_intent_fields;

struct money_entry {
    int64_t merchant_id, entry_id;
    int64_t order_id, payment_id; /* NONE both: of a credit alone */
    int64_t intent_id, credit_id; /* or NONE */
    int32_t from_account, to_account;
    int64_t amount_minor;
    struct text currency;
    int64_t at_us, actor_id, command_id;
};
extern const struct fields money_entry_fields;

/* --- payments -------------------------------------------------------------------------------- */

/* "offline" for what staff record, and for cards the provider in use ("test" until
   payment_provider_use, which is for the start of the program). */
struct text payment_provider_of(int64_t method);
void payment_provider_use(struct text card_provider);

/* Card numbers are never kept: ERR_INVALID "pan_not_accepted" when `t` holds 13 to 19 digits
   (spaces and dashes between them do not count) that pass Luhn's check. */
must_check enum err payment_text_check(struct ctx *c, struct text t, const char *field);

must_check enum err payment_insert(struct ctx *c, const struct payment *p);
/* Ascending by order, then payment. */
must_check enum err payments_of(struct ctx *c, const int64_t *order_ids, size_t n,
                                struct list *out);
/* The same, and nobody else decides about them until this unit ends. */
must_check enum err payments_take(struct ctx *c, const int64_t *order_ids, size_t n,
                                  struct list *out);
/* Counters as differences; queued and added up, and added to `p`. */
struct payment_change {
    int64_t authorised, captured, refunded, voided;
};
must_check enum err payment_change(struct ctx *c, struct payment *p, struct payment_change by);

/* --- intents --------------------------------------------------------------------------------- */

/* Queue the intent alone; who asks also puts its job and tells of it (stages/2_processing; for the
   authorisations of new orders, its reaction to them). */
must_check enum err intent_insert(struct ctx *c, const struct payment_intent *in);
must_check enum err intent_ask(struct ctx *c, const struct payment *p, enum intent_kind kind,
                               int64_t amount_minor, int64_t purpose_id);
must_check enum err intents_get(struct ctx *c, const int64_t *intent_ids, size_t n,
                                struct list *out); /* ascending by intent */
/* The ones that have not failed; ascending by payment, then intent. */
must_check enum err intents_of_payments(struct ctx *c, const int64_t *payment_ids, size_t n,
                                        struct list *out);
/* The state after the verb, written under the old one (a lost race repeats the unit). When it is
   done: the payment's counters, and the entry where money moved. `in` and `p` are brought up to
   date. */
must_check enum err intent_settle(struct ctx *c, struct payment_intent *in, struct payment *p,
                                  enum intent_verb verb, struct text provider_ref,
                                  struct text reason);

/* What is left of a payment for one more intent of this kind, those under way taken off. For
   INTENT_AUTHORISE: what is not authorised yet of its amount. */
int64_t payment_free(const struct payment *p, const struct list *intents, enum intent_kind kind);
/* Where money of this method comes in. */
enum account payment_account(int32_t method);

/* --- entries and sums ------------------------------------------------------------------------ */

/* No intent: NONE. Amounts above 0 only. */
must_check enum err money_move(struct ctx *c, const struct payment *p, int64_t intent_id,
                               enum account from, enum account to, int64_t amount_minor);
/* Any entry: id, time, actor and command are filled in. */
must_check enum err money_book(struct ctx *c, const struct money_entry *entry);
must_check enum err money_entries_of_credit(struct ctx *c, int64_t credit_id, int64_t limit,
                                            struct list *out); /* newest first */
must_check enum err money_entries_of(struct ctx *c, const int64_t *order_ids, size_t n,
                                     struct list *out); /* ascending by order, then entry */
/* What an account holds, or owes us, of these entries. */
int64_t account_holds(const struct list *entries, enum account account);

struct refund; /* domain/payments/refund.h */

struct payment_balance {
    int64_t owed;       /* what the order is worth without its cancelled units */
    int64_t credited;   /* by how much refunds lower that: returns, cases, goodwill */
    int64_t authorised; /* reserved with a provider or claimed, not captured, not voided */
    int64_t captured, refunded;
    int64_t due;       /* owed - credited - (captured - refunded), when above 0 */
    int64_t owed_back; /* of open refunds: promised to the customer and not done */
};
/* Of one order; `payments` are all of its payments, `refunds` all of its refunds. */
struct payment_balance payment_balance(const struct payment *payments, size_t n, int64_t owed_minor,
                                       const struct refund *refunds, size_t refund_count);
