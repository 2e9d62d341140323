/* stages/1_receipt/receipt_check.h: from a draft to the rows of an order, or the first thing that
 * is wrong with it. Decides only; nothing is written. */
#pragma once

#include "domain/orders/substitution.h"
#include "stages/1_receipt/receipt_load.h"

/* The tax that a line came with; the rates do not ask about it. */
struct given_tax {
    int64_t line_no, minor;
};

/* A part of the total, and what it is paid by. */
struct share_paid {
    int32_t method;
    int64_t amount_minor;
    struct text token;
    struct credit *credit; /* of known; NULL */
};

/* A draft that may become an order: complete but for its number. */
struct candidate {
    const struct draft *draft;
    struct order order;
    struct order_line *lines;
    size_t line_count;
    struct address ship_to, bill_to; /* bill_to.address_id is ship_to's when they are the same */
    struct customer customer;        /* customer_id NONE for a guest */
    bool is_new_customer;
    int32_t holds; /* bit set of hold reasons found so far */
    struct text hold_note[HOLD_MANUAL + 1];
    int64_t service_minutes;
    enum tax_policy tax_policy;
    struct given_tax *given;
    size_t given_count, given_capacity;
    struct order_tax *taxes;
    size_t tax_count;
    int64_t shipping_tax_minor; /* on top */
    struct share_paid *pays;    /* sum to the total; none of drafts and of what costs nothing */
    size_t pay_count;
    struct substitution *instead; /* what comes instead of what is not there, as was allowed */
    size_t instead_count, instead_capacity;
};

/* From here on what is written is of the command, and of the actor, that asked for this draft. */
static inline void receipt_speak_for(struct ctx *c, const struct draft *d)
{
    if (!d->command_id) return;
    c->actor_id = d->actor_id;
    c->command_id = d->command_id;
}

/* Fills `out`; the fault names the field ("lines[2].sku"). */
must_check enum err receipt_check(struct ctx *c, const struct known *k, const struct draft *d,
                                  struct candidate *out);
