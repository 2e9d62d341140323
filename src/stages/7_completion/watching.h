/* stages/7_completion/watching.h: a parcel that goes wrong finds an owner by itself.
 *
 *   tracking.silent ─> a case "late"                        arrived or back ─> those cases are
 *   package.lost ────> a case "missing"                                        answered
 *
 * An order about which a case is open has its owner, and gets no second one. What is done (answer,
 * refund, reship) is a person's decision; until then the order is not closed. */
#pragma once

#include "base/ctx.h"
#include "domain/events/event.h"

/* Reaction to TRACKING_SILENT, PACKAGE_LOST, PACKAGE_DELIVERED and PACKAGE_RETURNED. */
must_check enum err case_on_parcel(struct ctx *c, const struct event *events, size_t count);
