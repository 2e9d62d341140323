/* stages/7_completion/watching.h: a parcel of which nothing is heard finds an owner by itself.
 *
 *   tracking.silent ─> a case "late"; arrived, back or lost ─> that case is answered
 *
 * An order about which a case is open has its owner, and gets no second one. What is done (answer,
 * refund, reship) is a person's decision; until then the order is not closed. What is known to be
 * lost has a claim and the case of that (case_claims.h). */
#pragma once

#include "base/ctx.h"
#include "domain/events/event.h"

/* Reaction to TRACKING_SILENT, PACKAGE_DELIVERED, PACKAGE_RETURNED and PACKAGE_LOST. */
must_check enum err case_on_parcel(struct ctx *c, const struct event *events, size_t count);
