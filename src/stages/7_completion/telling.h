/* stages/7_completion/telling.h: what the customer is told by mail, and because of what.
 *
 *   order.placed ─ received        package.handed_over ─ shipped     order.cancelled ─ cancelled
 *   order.confirm_asked ─ confirm  package.delivered, order.delivered ─ delivered
 *   fulfillment.packed ─ ready: instead of shipped, for orders that their customers collect
 *   substitution.asked ─ substitute; order.line_substituted ─ substituted
 *   some days after the delivery ─ feedback
 *   order.dated ─ dated: of what waits there is a day, or an earlier one; else delayed
 *   return.approved, .declined, .labelled (with the label), .received; refund.done ─ refunded
 *
 * One mail per order, template and command: packages that left together are told of together, and
 * a replay tells nothing again. The delivery of a package is told apart only while others of its
 * order are still on the way. Orders without an e-mail address are told nothing, nor are those that
 * were history when we heard of them. */
#pragma once

#include "base/ctx.h"
#include "base/time.h"
#include "domain/customers/message.h"
#include "domain/events/event.h"

#define TELL_HISTORY_US (30 * DAY_US) /* placed longer ago than that when it came in */

struct telling {
    int64_t order_id;
    enum message_template template;
    int64_t cause;        /* see struct message */
    int64_t package_id;   /* NONE: of the whole order */
    struct text reason;   /* what the customer is told of it; absent */
    int64_t amount_minor; /* the same as an amount of the order; 0: none */
};

/* Inside a unit of work: message rows and their jobs, as a set. */
must_check enum err tell(struct ctx *c, const struct telling *what, size_t n);
/* Reaction to the events above. */
must_check enum err tell_on(struct ctx *c, const struct event *events, size_t count);
