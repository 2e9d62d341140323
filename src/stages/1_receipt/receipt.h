/* stages/1_receipt/receipt.h: stage 1, orders come in.
 *
 *   draft ──check──price──promise──> order, lines, payment, holds, events     (one unit of work)
 *
 * A batch of drafts is loaded, decided and saved as a set; a bad draft is answered alone and
 * changes nothing. Whatever keeps an order from being worked on is a hold with a reason and an
 * owner: payment to come, details to confirm, a price that differs, stock that is short, a likely
 * duplicate. Amounts are minor units of the order's currency. */
#pragma once

#include "base/address.h"
#include "base/ctx.h"
#include "base/field.h"
#include "base/money.h"
#include "domain/orders/order.h"
#include "domain/payments/policy.h"

struct draft_service {
    struct text code;    /* of the service offer */
    struct text wording; /* gift message, text to engrave */
};

struct draft_line {
    struct text sku;  /* of a product or kit; absent for a charge */
    struct text name; /* of a charge ("Postage"); for goods the catalogue's is used */
    int64_t quantity;
    struct money unit_price; /* absent: the price list's */
    struct money discount;   /* off the whole line */
    struct money tax;        /* of the whole line; absent: by the rates, see draft.taxes */
    struct text tax_class;   /* of a charge; products have their own */
    struct text wording;     /* personalisation */
    struct list services;    /* struct draft_service: done to this line */
    int32_t substitution;    /* enum consent; -1: as the order says */
};

/* One of several ways to pay one order. */
struct draft_payment {
    int32_t method;
    struct money amount; /* absent: all that is left; of a gift card or credit, as far as it goes */
    struct text token;   /* of a card: the provider's handle */
    struct text code;    /* of a gift card */
};

struct draft {
    int32_t channel;
    struct text reference; /* the channel's own; unique per channel */
    struct text currency;  /* absent: the merchant's */
    int64_t placed_us;     /* NONE: now */
    struct text customer_reference, customer_name, customer_email, customer_phone;
    struct postal_address *ship_to, *bill_to; /* bill_to absent: the same */
    int32_t method;
    int32_t payment_method;    /* -1: by card when there is a token, else by bank transfer */
    struct text payment_token; /* the provider's handle of the card */
    struct list payments;      /* struct draft_payment: instead of method and token */
    int64_t wish_day;
    int32_t priority; /* larger is served and picked first */
    struct text note;
    struct list lines;    /* struct draft_line */
    struct list services; /* struct draft_service: done to the whole order */
    struct money shipping;
    int32_t substitution; /* enum consent: something else instead of what is not there */
    int64_t cart_id;      /* NONE or 0: none; its goods are the order's */
    struct text owner;    /* code; absent: owner_id, which is c->owner_id when 0 */
    int64_t owner_id;     /* whose order; 0: the merchant's own */
    /* Of several that ask at once, each by a command of its own: who asks, and with which. 0: the
       unit's own. */
    int64_t actor_id, command_id;
    int32_t taxes;   /* enum tax_policy; -1: the merchant's, for imports TAXES_GIVEN */
    bool is_draft;   /* keep it as a draft; place it later */
    bool is_lenient; /* imports of old orders: an address may be a country alone */
    bool is_stocked; /* imports: what is missing is received from the supplier first */
};
extern const struct fields draft_fields, draft_line_fields, draft_service_fields,
    draft_payment_fields;

enum {
    DRAFT_REFERENCE_MAX = 100,
    DRAFT_WORDING_MAX = 500,
    DRAFT_NOTE_MAX = 2000,
    DRAFT_WISH_DAYS_MAX = 2 * 366,
    DRAFT_PAYMENTS_MAX = 10
};

struct outcome {
    struct fault fault; /* code OK: taken */
    int64_t order_id, number;
    bool is_known;    /* the reference was there already: order_id is that order */
    int64_t promised; /* units */
    int64_t short_of; /* units that no site could promise */
    int64_t ahead;    /* of them: sold before they are there, under a pre-order's cap */
    int64_t promised_day;
    int64_t earmarked;     /* units of short_of that a delivery is expected to bring by a day */
    int64_t earmarked_day; /* the last of them is at the door by then; NONE: there are none */
    struct text dates;     /* the days of what is short, in words */
    int64_t expected_day;  /* of the first delivery of what is short; NONE: nobody knows */
    struct list lacking;   /* struct fault: of a refused order, one for each line that is short */
    int32_t holds;         /* bit set of hold reasons */
    int64_t total_minor;
    struct text currency;
};

/* Inside a unit of work; n <= ORDER_BATCH_MAX. ERR_ only when the whole batch cannot be taken. */
must_check enum err receipt_place(struct ctx *c, const struct draft *drafts, size_t n,
                                  struct outcome *outcomes);
/* A draft becomes a placed order: checked, priced, promised and held by the same rules, as if it
   came in now under its old number. A unit price that was the list's then is the list's now.
   `payment_token` is for cards, `payments` (struct draft_payment) for several; drafts keep none.
   ERR_CONFLICT "wrong_state" when it is no draft; what else is wrong is in outcome->fault. */
must_check enum err receipt_place_draft(struct ctx *c, int64_t order_id, struct text payment_token,
                                        struct list payments, struct outcome *outcome);
