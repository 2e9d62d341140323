/* domain/customers/message.h: what is said to a customer: one mail per order, template, cause and
 * recipient, however often its cause is told.
 *
 *   waiting ─> sent, failed or unknown;  unknown ─> sent or failed
 *
 * The row is committed before the mail is sent. Functions run inside a unit of work; writes are
 * queued. */
#pragma once

#include "base/ctx.h"
#include "base/field.h"

enum message_template {
    MESSAGE_RECEIVED,
    MESSAGE_CONFIRM,
    MESSAGE_SHIPPED,
    MESSAGE_DELIVERED,
    MESSAGE_FEEDBACK,
    MESSAGE_DELAYED,
    MESSAGE_CANCELLED,
    MESSAGE_READY, /* to be collected */
    MESSAGE_RETURN_APPROVED,
    MESSAGE_RETURN_DECLINED,
    MESSAGE_RETURN_LABEL, /* its package is the return */
    MESSAGE_RETURN_RECEIVED,
    MESSAGE_REFUNDED,
    MESSAGE_SUBSTITUTE,  /* its cause is the question */
    MESSAGE_SUBSTITUTED, /* the same, when something else comes */
    MESSAGE_DATED        /* of what waits there is a day, or an earlier one */
};
enum message_state { MESSAGE_WAITING, MESSAGE_SENT, MESSAGE_FAILED, MESSAGE_UNKNOWN };
enum message_verb { MESSAGE_SEND, MESSAGE_FAIL, MESSAGE_LOSE_ANSWER };
extern const struct words message_template_words, message_state_words, message_verb_words;
extern const struct lifecycle message_lifecycle;

struct message {
    int64_t merchant_id, message_id, order_id;
    int32_t template;
    struct text recipient;
    int64_t cause; /* the command that caused it, or the event's position; 0: once per order */
    int64_t package_id;
    int32_t state;
    struct text reason; /* why it failed; of a cancellation: what the customer is told */
    int64_t created_us, sent_us;
};
extern const struct fields message_fields; /* the row */

/* Write those that do not stand already, so that a replay adds nothing, and set their ids; the
   others get NONE. Who asks also puts the jobs that send them. */
must_check enum err messages_put(struct ctx *c, struct message *messages, size_t n);
must_check enum err messages_get(struct ctx *c, const int64_t *message_ids, size_t n,
                                 struct list *out); /* ascending by id */
must_check enum err messages_of(struct ctx *c, const int64_t *order_ids, size_t n,
                                struct list *out); /* ascending by order, then id */
/* The state after the verb, written under the one it was read in; `m` is brought up to date. */
must_check enum err message_do(struct ctx *c, struct message *m, enum message_verb verb,
                               struct text reason);
