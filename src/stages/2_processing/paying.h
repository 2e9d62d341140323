/* stages/2_processing/paying.h: the money of an order, from the promise to pay to the last refund.
 *
 *   placed ──ask──> intent ──job──> provider ──answer──> counters, entries, holds, events
 *
 * No provider is called inside a unit of work: the intent is committed first, paying_job asks, and
 * a second unit records the answer. A question whose answer is not known is looked up before it is
 * asked again, so money never moves twice.
 *
 * What is taken, and when:
 *   card         authorised when placed; captured as packages leave, unless the merchant's policy
 *                says at once (on_order) or by_hand
 *   on account   claimed (customer -> receivable) as packages leave; staff record when it is paid
 *   on delivery  taken at the door (customer -> carrier) as packages arrive; staff record when the
 *                carrier pays it out
 *   cash, bank   recorded by staff
 *
 * What a package is worth: of each line its total by units, as the difference of running shares, so
 * that the packages of a line sum to it exactly; a kit by the units of its parts. Shipping,
 * services and charges go with the first package. The last package takes all that is still owed,
 * also what an earlier capture failed to bring. An order's money is never more than it is worth
 * without its cancelled units; a reserved rest is given back when all of it left.
 *
 * HOLD_PAYMENT goes when what is authorised or captured covers the order. */
#pragma once

#include "base/ctx.h"
#include "domain/events/event.h"
#include "domain/events/job.h"
#include "domain/orders/order.h"
#include "domain/payments/payment.h"
#include "drivers/payments/provider.h"

/* The providers by name, NULL after the last; once, at the start of the program. */
void paying_use(const struct payment_provider *const *providers);

/* JOB_PAYMENT. */
must_check enum err paying_job(struct ctx *c, const struct job *jobs, size_t count);

/* ORDER_PLACED: the intents that came with the order are told of and get their jobs. */
must_check enum err paying_on_placed(struct ctx *c, const struct event *events, size_t count);
/* PACKAGE_HANDED_OVER: capture from cards, claim on account. */
must_check enum err paying_capture_on_shipped(struct ctx *c, const struct event *events,
                                              size_t count);
/* PACKAGE_DELIVERED: the carrier took the money at the door. */
must_check enum err paying_collect_on_delivered(struct ctx *c, const struct event *events,
                                                size_t count);
/* ORDER_CANCELLED: give back what is reserved (all cancelled) or paid beyond its worth. */
must_check enum err paying_on_cancelled(struct ctx *c, const struct event *events, size_t count);
/* ORDER_CHANGED: what it costs less now is owed back; what it costs more is asked of its card, and
   it waits for it. */
must_check enum err paying_on_changed(struct ctx *c, const struct event *events, size_t count);

/* --- what staff do; inside a unit of work ----------------------------------------------------- */

struct paying_act {
    int64_t order_id;
    int64_t payment_id;   /* refund: only this one; NONE */
    int32_t method;       /* record: cash or bank_transfer */
    int64_t amount_minor; /* above 0; card and capture: NONE is all that is due */
    struct text currency; /* absent: the order's */
    int32_t target;       /* refund: enum refund_target */
    struct text token;    /* card; the code of a gift card */
    struct text note;     /* record: the bank's or till's reference; refund: why */
};

/* Money came in: it settles what is owed on account or by the carrier first. The same reference
   twice for one order is ERR_CONFLICT "payment_recorded". */
must_check enum err paying_record(struct ctx *c, const struct paying_act *act);
/* Another card, after a decline or a void: authorises what is not covered yet. ERR_CONFLICT
   "nothing_due", or "payment_under_way" while an authorisation is. */
must_check enum err paying_card(struct ctx *c, const struct paying_act *act);
/* ERR_CONFLICT "capture_too_large" beyond what is authorised or owed. */
must_check enum err paying_capture(struct ctx *c, const struct paying_act *act);
/* Part or all, any number of times, newest payment first; by card through a job, cash and transfer
   as done by who calls. ERR_CONFLICT "refund_too_large" beyond what is captured. */
must_check enum err paying_refund(struct ctx *c, const struct paying_act *act);
/* Give back what cards have reserved and not captured; the order waits for payment again.
   ERR_CONFLICT "nothing_to_void". */
must_check enum err paying_void(struct ctx *c, int64_t order_id);

struct paying_view {
    struct order order;
    struct payment_balance balance;
    struct list payments; /* struct payment */
    struct list intents;  /* struct payment_intent: those that have not failed, by payment */
    struct list refunds;  /* struct refund: what was and is owed back */
};
/* Also outside a unit of work. */
must_check enum err paying_look(struct ctx *c, int64_t order_id, struct paying_view *out);
