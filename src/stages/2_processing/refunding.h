/* stages/2_processing/refunding.h: giving back what is owed, until it is done.
 *
 *   EVENT_REFUND_OWED ──> newest payment first ──> intents ──answers──> done, or failed and again
 *
 * What the payments do not hold is set off against what the customer has not paid yet; where
 * nothing was paid and nothing is due, the rest is waived. While a capture is under way the debt
 * waits for its answer. */
#pragma once

#include "stages/2_processing/paying_money.h"

/* REFUND_OWED: somebody said so, by refund_owe of domain/payments. */
must_check enum err refunding_on_owed(struct ctx *c, const struct event *events, size_t count);
/* JOB_REFUND: the next attempt. */
must_check enum err refunding_job(struct ctx *c, const struct job *jobs, size_t count);

/* --- for the rest of this stage, on loaded and taken money ------------------------------------ */

/* Bring all open refunds of the order one step further; writes only what changed. */
must_check enum err refunds_settle(struct ctx *c, struct order_money *m);
/* What lies with us beyond the order's worth, reserved refunds taken off, is owed back. */
must_check enum err refund_excess(struct ctx *c, struct order_money *m, enum refund_cause cause);
/* A rest that coins cannot pay is let go of. */
must_check enum err refund_rounding(struct ctx *c, struct order_money *m, int64_t amount_minor);
int64_t money_excess(const struct order_money *m);

/* --- what staff do ---------------------------------------------------------------------------- */

/* An open refund is tried again now, perhaps to another target. */
must_check enum err refunding_retry(struct ctx *c, int64_t refund_id, enum refund_target target);
