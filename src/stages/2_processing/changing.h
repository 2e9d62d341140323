/* stages/2_processing/changing.h: an order becomes another one, at any stage.
 *
 *   look (its version) ──> change, as a preview, as often as liked ──> change, under that version
 *
 *   more units     agreed, and promised by the same rule as any order's that waits for stock
 *   fewer units    cancelled (cancelling.h): let go, or put back
 *   price          money alone; no stock is touched, also of a line that has left
 *   where, how     work that is still here follows; its labels are given back and bought anew
 *   wording        the task follows, while it is not done
 *   a service      becomes a task of the work that brings its line, until that is being packed
 *
 * All of it is one unit of work. What is dearer waits for the money by a hold for payment; what is
 * cheaper is owed back (paying.h). A draft is changed the same way, without promises and money. */
#pragma once

#include "base/address.h"
#include "base/ctx.h"
#include "base/field.h"
#include "base/money.h"

struct change_line {
    int64_t line_no;         /* of the order; NONE: a new line */
    struct text sku;         /* of a new line */
    struct text service;     /* of a new service: the offer's code */
    struct text name;        /* of a new charge, which has no SKU */
    int64_t parent_line;     /* of a new service: what it is done to; NONE: the whole order */
    int64_t quantity;        /* as it is to be, of a kit whole kits; 0: none; NONE: as it is */
    struct money unit_price; /* absent: as it is, of a new line the price list's */
    struct money
        discount;        /* off the whole line; absent: as it is, added units cost the full price */
    struct text wording; /* personalisation; absent: as it is, "": none */
    /* of a new line that stands for units of another (substituting.h), else 0: */
    int64_t stands_for;
    int64_t less;                  /* of the old one: units that another line stands for */
    int64_t cost_minor, tax_minor; /* agreed for all of it; tax where none is computed */
};
extern const struct fields change_line_fields;

struct order_change {
    struct list lines;              /* struct change_line */
    struct postal_address *ship_to; /* as a whole; NULL: as it is */
    int32_t method;                 /* enum delivery_method; -1: as it is */
    int64_t wish_day;               /* NONE: as it is */
    struct text note;               /* absent: as it is, "": none */
    struct money shipping;          /* what delivery costs; absent: as it is */
    struct text reason;             /* told to the customer */
};
extern const struct fields order_change_fields;
enum { CHANGE_LINES_MAX = 500 };

struct change_outcome {
    int64_t order_id;
    int64_t before_minor, after_minor; /* what the order is worth */
    struct text currency;
    int64_t new_line;            /* that stands for another; NONE */
    int64_t promised, short_of;  /* of the units added */
    int64_t cancelled, put_back; /* of the units taken away */
    int64_t fulfillments;        /* whose work was stopped or goes elsewhere */
    int64_t due_minor;           /* not covered yet: the order waits for it */
    bool waits_for_payment;
};

/* Inside a unit of work. ERR_INVALID names the member ("lines[1].sku"); ERR_CONFLICT "wrong_state",
   "too_late" (says what has happened and what is possible), "price_differs",
   "insufficient_stock"; "nothing_to_change". */
must_check enum err order_change(struct ctx *c, int64_t order_id, const struct order_change *in,
                                 struct change_outcome *out);
