/* stages/2_processing/invoicing.h: invoices and credit notes, written after what they are for.
 *
 *   package handed over ──> invoice: its share of the order, as paying charges for it; the last
 *                           one what is left
 *   order changed, cancelled ──> credit note, where it is worth less than was invoiced
 *   refund done, waived ──> credit note of what it lowered the worth by, once it was invoiced
 *   order without goods closed ──> invoice of all of it
 *
 * One reaction, so that no two write for one order at a time; it looks at what was written and at
 * what should have been, so that repeating it changes nothing. */
#pragma once

#include "base/ctx.h"
#include "domain/events/event.h"

must_check enum err invoicing_on(struct ctx *c, const struct event *events, size_t count);
