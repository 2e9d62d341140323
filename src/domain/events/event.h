/* domain/events/event.h: what happened, in the order of commit.
 *
 *   a stage: event_put ... event_put        (kept in the unit of work)
 *   before the commit: positions taken from event_head, each order's chain continued, rows written
 *
 * Positions have no gaps per merchant and become visible in their order: the head's row is taken
 * last and held until the commit. Events of an order form a hash chain; its length is the order's
 * version. */
#pragma once

#include "base/ctx.h"
#include "base/field.h"
#include "base/hash.h"

/* kind, name, what the body's members mean */
#define EVENT_LIST(X)                                                                              \
    X(ORDER_DRAFTED, "order.drafted", "amount: total")                                             \
    X(ORDER_PLACED, "order.placed", "amount: total; word: channel; other: customer")               \
    X(ORDER_ALLOCATED, "order.allocated", "quantity: units promised; other: site")                 \
    X(ORDER_SHORT, "order.short", "line, quantity: units that no site could promise")              \
    X(ORDER_HELD, "order.held", "subject: hold; word: reason; note")                               \
    X(ORDER_FREED, "order.freed", "subject: hold; word: reason")                                   \
    X(ORDER_CONFIRM_ASKED, "order.confirm_asked", "the customer is to confirm the details")        \
    X(ORDER_CONFIRMED, "order.confirmed", "note: the customer's words; word: by link or by staff") \
    X(ORDER_CANCELLED, "order.cancelled", "quantity: units; note: reason")                         \
    X(ORDER_COMPLETED, "order.completed", "the order closed")                                      \
    X(ORDER_REOPENED, "order.reopened", "subject: the case that reopened it")                      \
    X(PAYMENT_ASKED, "payment.asked", "subject: intent; word: kind; amount; other: payment")       \
    X(PAYMENT_AUTHORISED, "payment.authorised", "subject: intent; amount; other: payment")         \
    X(PAYMENT_CAPTURED, "payment.captured", "subject: intent; amount; other: payment")             \
    X(PAYMENT_REFUNDED, "payment.refunded", "subject: intent; amount; other: payment")             \
    X(PAYMENT_VOIDED, "payment.voided", "subject: intent; amount; other: payment")                 \
    X(PAYMENT_FAILED, "payment.failed", "subject: intent; word: kind; note: why; other: payment")  \
    X(PAYMENT_UNKNOWN, "payment.unknown", "subject: intent; word: kind; other: payment")           \
    X(FULFILLMENT_RELEASED, "fulfillment.released", "subject: fulfillment; quantity; other: site") \
    X(WAVE_PLANNED, "wave.planned", "subject: wave; quantity: fulfillments")                       \
    X(PICK_STARTED, "fulfillment.picking", "subject: fulfillment; other: wave")                    \
    X(PICK_DONE, "pick.done", "subject: task; line, quantity; other: bin")                         \
    X(PICK_SHORT, "pick.short",                                                                    \
      "subject: task; line, quantity: missing; word: reason; other: bin")                          \
    X(FULFILLMENT_PICKED, "fulfillment.picked", "subject: fulfillment; quantity")                  \
    X(PACK_STARTED, "fulfillment.packing", "subject: fulfillment")                                 \
    X(SERVICE_DONE, "service.done", "subject: task; line; word: kind; note: text")                 \
    X(PACKAGE_SEALED, "package.sealed", "subject: package; quantity: units; note: weights")        \
    X(FULFILLMENT_PACKED, "fulfillment.packed", "subject: fulfillment; quantity")                  \
    X(LABEL_ASKED, "label.asked", "subject: package; word: carrier and service; other: label")     \
    X(LABEL_BOUGHT, "label.bought",                                                                \
      "subject: package; word: tracking number; amount; other: label")                             \
    X(LABEL_VOIDED, "label.voided", "subject: package; other: label; note: why")                   \
    X(LABEL_FAILED, "label.failed", "subject: package; other: label; note: why")                   \
    X(PACKAGE_HANDED_OVER, "package.handed_over", "subject: package; quantity; other: manifest")   \
    X(FULFILLMENT_SHIPPED, "fulfillment.handed_over", "subject: fulfillment; quantity")            \
    X(MANIFEST_CLOSED, "manifest.closed", "subject: manifest; quantity: packages")                 \
    X(TRACKING_UPDATED, "tracking.updated", "subject: package; word: status; note: place")         \
    X(DELIVERY_FAILED, "delivery.failed", "subject: package; word: reason; note")                  \
    X(PROOF_TAKEN, "delivery.proof_taken", "subject: package; other: proof; note: name")           \
    X(PACKAGE_DELIVERED, "package.delivered",                                                      \
      "subject: package; quantity; word: carrier or proof, whose word it is")                      \
    X(PACKAGE_RETURNED, "package.returned", "subject: package; back at the sender")                \
    X(PACKAGE_LOST, "package.lost", "subject: package")                                            \
    X(ORDER_DELIVERED, "order.delivered", "all of it arrived")                                     \
    X(MESSAGE_SENT, "message.sent", "subject: message; word: template; note: recipient")           \
    X(MESSAGE_FAILED, "message.failed", "subject: message; word: template; note: why")             \
    X(FEEDBACK_GIVEN, "feedback.given", "quantity: score; note: words")                            \
    X(CASE_OPENED, "case.opened", "subject: case; word: kind; note: words")                        \
    X(CASE_RESOLVED, "case.resolved", "subject: case; word: resolution; amount; other: reship")    \
    X(RETURN_REQUESTED, "return.requested",                                                        \
      "subject: return; quantity; note: reason; other: case")                                      \
    X(RETURN_RECEIVED, "return.received", "subject: return; quantity; other: site")                \
    X(STOCK_RECEIVED, "stock.received", "subject: product; quantity; other: bin")                  \
    X(STOCK_MOVED, "stock.moved", "subject: product; quantity; other: to bin")                     \
    X(STOCK_ADJUSTED, "stock.adjusted",                                                            \
      "subject: product; quantity: signed; word: reason; other: bin")                              \
    X(PRODUCT_CREATED, "product.created", "subject: product; word: sku")                           \
    X(PRODUCT_CHANGED, "product.changed", "subject: product; word: sku")                           \
    X(CUSTOMER_CREATED, "customer.created", "subject: customer")                                   \
    X(ORDER_CHANGED, "order.changed", "word: what; line, quantity; amount: difference; note")      \
    X(FULFILLMENT_CANCELLED, "fulfillment.cancelled", "subject: fulfillment; quantity; note")      \
    X(PUT_BACK_DONE, "put_back.done",                                                              \
      "subject: task; line, quantity; word: pick_again or cancelled; other: bin")                  \
    X(LABEL_CORRECTED, "label.corrected",                                                          \
      "subject: package; word: tracking number; other: label; note: the one before, and why")      \
    X(PACKAGE_TAKEN_BACK, "package.taken_back",                                                    \
      "subject: package; quantity; note: why its hand-over was undone")                            \
    X(USER_ADDED, "user.added", "subject: user; word: role; note: log-in name")                    \
    X(USER_CHANGED, "user.changed", "subject: user; word: role; note: what changed")               \
    X(USER_DISABLED, "user.disabled", "subject: user; note: log-in name")                          \
    X(REACTION_SKIPPED, "reaction.skipped",                                                        \
      "other: position of the event it went around; word: reaction; note: why")                    \
    X(REACTION_RETRIED, "reaction.retried",                                                        \
      "other: position of the event it went around; word: reaction")                               \
    X(STOCK_CONDITION_CHANGED, "stock.condition_changed",                                          \
      "subject: product; quantity; word: from and to; other: bin; note: why")                      \
    X(LOT_EXPIRED, "lot.expired",                                                                  \
      "subject: product; quantity: taken out of sale; word: lot; other: bin")                      \
    X(REFUND_OWED, "refund.owed", "subject: refund; amount; word: cause; note")                    \
    X(REFUND_DONE, "refund.done", "subject: refund; amount; word: cause; note: how")               \
    X(REFUND_FAILED, "refund.failed", "subject: refund; amount; word: cause; note: why")           \
    X(REFUND_WAIVED, "refund.waived",                                                              \
      "subject: refund; amount: not given back; word: cause; note: why")                           \
    X(ORDER_CANCEL_ASKED, "order.cancel_asked",                                                    \
      "quantity: units that had left the house by then; note: reason")                             \
    X(PUT_BACK_ASKED, "put_back.asked", "subject: task; line, quantity; other: bin")               \
    X(FULFILLMENT_REJECTED, "fulfillment.rejected",                                                \
      "subject: fulfillment; quantity; word: reason; note; other: site")                           \
    X(STOCK_RULED, "stock.ruled",                                                                  \
      "subject: product; word: safety, reserve, open, closed or preorder; quantity; other: site")  \
    X(ASN_ANNOUNCED, "asn.announced",                                                              \
      "subject: asn; quantity: units; word: supplier; note: its number")                           \
    X(ASN_CLOSED, "asn.closed",                                                                    \
      "subject: asn; quantity: units that differ; word: as_announced or different; note: how")     \
    X(ASN_CANCELLED, "asn.cancelled", "subject: asn; word: supplier; note: its number")            \
    X(STOCK_LOW, "stock.low", "subject: product; quantity: can be promised now")                   \
    X(STOCK_WATCHED, "stock.watched",                                                              \
      "subject: product; quantity: low at; note: days that a lot must have left")                  \
    X(COUNT_BEGUN, "count.begun", "subject: count; quantity: bins; other: site; note")             \
    X(COUNT_ENDED, "count.ended", "subject: count; quantity: bins counted; other: site")           \
    X(STOCK_TASK_PLANNED, "stock_task.planned",                                                    \
      "subject: task; quantity; word: put_away or replenish; other: bin to take it to")            \
    X(STOCK_TASK_DONE, "stock_task.done", "subject: task; quantity; word: kind; other: bin")       \
    X(STOCK_TASK_DROPPED, "stock_task.dropped", "subject: task; quantity: not moved; word: kind")  \
    X(CREDIT_ISSUED, "credit.issued",                                                              \
      "subject: gift card or store credit; amount; word: kind; other: customer; note")             \
    X(CREDIT_EXPIRED, "credit.expired",                                                            \
      "subject: gift card or store credit; amount: left on it; word: kind; other: customer")       \
    X(RETURN_APPROVED, "return.approved",                                                          \
      "subject: return; quantity; amount: fee; other: site it is to go to; note: answer")          \
    X(RETURN_DECLINED, "return.declined", "subject: return; quantity; note: why")                  \
    X(RETURN_LABELLED, "return.labelled",                                                          \
      "subject: return; word: tracking number; amount: its cost; other: label")                    \
    X(RETURN_SENT, "return.sent", "subject: return; quantity")                                     \
    X(RETURN_CANCELLED, "return.cancelled", "subject: return; quantity; note: why")                \
    X(RETURN_INSPECTED, "return.inspected",                                                        \
      "subject: return; line, quantity; word: disposition; other: bin; note")                      \
    X(RETURN_RESOLVED, "return.resolved",                                                          \
      "subject: return; line, quantity; word: resolution; amount: owed; other: new order; note")   \
    X(RETURN_SETTLED, "return.settled", "subject: return; other: the case that asked for it")      \
    X(CLAIM_OPENED, "claim.opened", "subject: claim; word: kind; amount; other: package; note")    \
    X(CLAIM_FILED, "claim.filed", "subject: claim; word: the carrier's reference; amount")         \
    X(CLAIM_PAID, "claim.paid", "subject: claim; amount: paid; note")                              \
    X(CLAIM_REFUSED, "claim.refused", "subject: claim; note: why")                                 \
    X(CLAIM_WITHDRAWN, "claim.withdrawn", "subject: claim; note: why")                             \
    X(CART_RESERVED, "cart.reserved", "subject: cart; quantity: units set aside; note: reference") \
    X(CART_ENDED, "cart.ended",                                                                    \
      "subject: cart; quantity: units; word: how it ended; other: order")                          \
    X(TAX_RATE_SET, "tax_rate.set",                                                                \
      "word: tax class; quantity: parts per million, absent when it was removed; note: where, "    \
      "from which day")                                                                            \
    X(RETURN_TRACKED, "return.tracked", "subject: return; word: status; note: place")              \
    X(CASE_JOINED, "case.joined", "subject: case; note: what the customer added")                  \
    X(FULFILLMENT_REST, "fulfillment.rest_given_back",                                             \
      "subject: fulfillment; quantity: not sent by it; word: backorder or cancelled; note; "       \
      "other: site")                                                                               \
    X(SHORTAGE_TAKEN, "order.shortage_taken", "other: the user who sees to it; note")              \
    X(SERIALS_TAKEN, "package.serials_taken",                                                      \
      "subject: package; line, quantity; note: the number, or the first and the last")             \
    X(TRACKING_SILENT, "tracking.silent",                                                          \
      "subject: package; quantity: days without a word; note: where it was last seen")             \
    X(CHANGE_BEGUN, "change.begun", "subject: change; note: reason")                               \
    X(CHANGE_EDITED, "change.edited", "subject: change; note: reason")                             \
    X(CHANGE_ENDED, "change.ended", "subject: change; word: confirmed, discarded or expired")      \
    X(INVOICE_ISSUED, "invoice.issued",                                                            \
      "subject: invoice; word: its number; amount: total; other: package")                         \
    X(CREDIT_NOTE_ISSUED, "credit_note.issued",                                                    \
      "subject: credit note; word: its number; amount: total; other: refund")                      \
    X(SUBSTITUTE_SET, "product.substitute_set",                                                    \
      "subject: the substitute; word: its SKU; quantity: rank, absent when removed; other: "       \
      "product")                                                                                   \
    X(SUBSTITUTION_ASKED, "substitution.asked",                                                    \
      "subject: question; line, quantity: units missing; word: the substitute's SKU; amount: its " \
      "cost; note: until when")                                                                    \
    X(SUBSTITUTION_ENDED, "substitution.ended",                                                    \
      "subject: question; line, quantity; word: declined, expired or withdrawn; note: why")        \
    X(LINE_SUBSTITUTED, "order.line_substituted",                                                  \
      "subject: question; line, quantity: units replaced; word: the substitute's SKU; amount: "    \
      "difference; other: number of the new line; note: the customer's words")                     \
    X(ORDER_DATED, "order.dated",                                                                  \
      "quantity: units that wait; word: known, sooner, later, unknown or changed; note: the days") \
    X(ASN_CHANGED, "asn.changed",                                                                  \
      "subject: asn; quantity: units expected now; word: supplier; note: what changed")            \
    X(OWNER_ADDED, "owner.added", "subject: owner; word: code; note: name")                        \
    X(OWNER_CHANGED, "owner.changed", "subject: owner; word: code; note: name")                    \
    X(PACKAGE_COMBINED, "package.combined",                                                        \
      "subject: package; other: the one that it lies in; word: both; told by both orders")         \
    X(PACKAGE_SEPARATED, "package.separated",                                                      \
      "subject: package; other: the one that it lay in; word: both; told by both orders")

enum event_kind {
#define X(kind, name, body) EVENT_##kind,
    EVENT_LIST(X)
#undef X
        EVENT_KIND_COUNT
};
extern const struct words event_words;
const char *event_meaning(enum event_kind kind); /* of the body's members */

/* Members that a kind does not use are absent; see EVENT_LIST. Designated initialisers only set
   some members, so start from EVENT_BODY(...). */
struct event_body {
    int64_t line_no, quantity, amount_minor, other_id;
    struct text word, note;
};
#define EVENT_BODY(...)                                                                            \
    (struct event_body)                                                                            \
    {                                                                                              \
        .line_no = NONE, .quantity = NONE, .amount_minor = NONE, .other_id = NONE, __VA_ARGS__     \
    }
#define NO_BODY                                                                                    \
    (struct event_body)                                                                            \
    {                                                                                              \
        NONE, NONE, NONE, NONE, {0}, { 0 }                                                         \
    }

/* Tell, inside a unit of work. order_id NONE: an event of no order. */
must_check enum err event_put(struct ctx *c, enum event_kind kind, int64_t order_id,
                              int64_t subject_id, struct event_body body);
/* The first that is told of an order that this unit makes. */
must_check enum err event_first(struct ctx *c, enum event_kind kind, int64_t order_id,
                                struct event_body body);

/* For previews: what this unit has told so far, opened and numbered as if it were committed now;
   nothing is written any more, and the unit tells from the start again. */
must_check enum err events_take(struct ctx *c, int64_t after, struct list *out);

struct event {
    int64_t position;
    int32_t kind;
    int64_t order_id, version, subject_id, at_us, actor_id, command_id;
    struct text body, hash;
    /* of the body, filled by event_open */
    int64_t line_no, quantity, amount_minor, other_id;
    struct text word, note;
    struct text actor; /* the name of actor_id, filled by who shows it */
};
extern const struct fields event_fields;      /* the row */
extern const struct fields event_view_fields; /* for people and programs: body opened, no hash */

enum { EVENT_PAGE_MAX = 1000 };
/* Events after a position, oldest first. */
must_check enum err event_feed(struct ctx *c, int64_t after, int64_t limit, struct list *out);
must_check enum err event_timeline(struct ctx *c, int64_t order_id, struct list *out);
/* Of these orders, of one kind, behind `after`; ascending by order, then position. */
must_check enum err events_of_kind(struct ctx *c, const int64_t *order_ids, size_t n,
                                   enum event_kind kind, int64_t after, struct list *out);
void event_open(struct arena *a, struct event *e);
must_check enum err event_last_position(struct ctx *c, int64_t *position);
/* The order's version (its number of events) as committed; 0 when it has none. */
must_check enum err event_version(struct ctx *c, int64_t order_id, int64_t *version);

/* The link after `before` (empty for the first): what the audit recomputes. */
void event_hash(struct text before, const struct event *e, unsigned char out[HASH_BYTES]);

/* --- reactions: how far each consumer has read ----------------------------------------------- */

must_check enum err consumer_of(struct ctx *c, const struct text *consumers, size_t n,
                                int64_t *positions);
must_check enum err consumer_get(struct ctx *c, struct text name, int64_t *position);
/* Inside a unit of work: from `before` to `after`, or ERR_BUSY "raced" when another node did it. */
must_check enum err consumer_put(struct ctx *c, struct text name, int64_t before, int64_t after);
