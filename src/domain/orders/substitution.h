/* domain/orders/substitution.h: something else instead of what an order asked for, with its
 * customer's consent.
 *
 *   said with the order   allow: at once ; ask (nothing said): a question ; refuse: never
 *
 *   asked ──accept──> accepted      the order was changed: a new line stands for the old one's
 * units ├─ decline ──> declined       the units wait, or are cancelled, as the rule says ├─ expire
 * ───> expired        the same, nobody answered └─ withdraw ─> withdrawn      not needed any more:
 * stock came, the order changed
 *
 * While it is asked, the substitute's units are set aside in a cart of their own. One open question
 * for a line. Functions run inside a unit of work; writes are queued. */
#pragma once

#include "base/ctx.h"
#include "base/field.h"

enum consent { CONSENT_ASK, CONSENT_ALLOW, CONSENT_REFUSE };
enum substitution_state {
    SUBSTITUTION_ASKED,
    SUBSTITUTION_ACCEPTED,
    SUBSTITUTION_DECLINED,
    SUBSTITUTION_EXPIRED,
    SUBSTITUTION_WITHDRAWN
};
enum substitution_verb {
    SUBSTITUTION_ACCEPT,
    SUBSTITUTION_DECLINE,
    SUBSTITUTION_EXPIRE,
    SUBSTITUTION_WITHDRAW
};
extern const struct words consent_words, substitution_state_words;
extern const struct lifecycle substitution_lifecycle;

/* What the customer said with the order; of a line or of all of them. No row: ask. */
struct substitution_consent {
    int64_t merchant_id, order_id, line_no; /* line_no 0: the whole order */
    int32_t consent;
    int64_t said_us, said_by;
};
extern const struct fields substitution_consent_fields;

must_check enum err consent_put(struct ctx *c, const struct substitution_consent *s);
must_check enum err consents_clear(struct ctx *c, int64_t order_id); /* at once */
/* By order, then line. */
must_check enum err consents_of(struct ctx *c, const int64_t *order_ids, size_t n,
                                struct list *out);
/* Of a line: its own, else the order's, else ask. */
enum consent consent_in(const struct list *consents, int64_t order_id, int64_t line_no);

struct substitution {
    int64_t merchant_id, order_id, substitution_id, line_no; /* line_no: whose units are replaced */
    int32_t state;
    int64_t product_id, substitute_id;
    int64_t replaced, units;  /* units of the line, and of the substitute that stand for them */
    int64_t cost_minor;       /* of those together, before added tax; NONE: by the rule, then */
    int32_t price, otherwise; /* of the rule: domain/catalog/substitute.h */
    int64_t cart_id;          /* what is set aside for it; NONE: nothing is */
    int64_t new_line;         /* of the substitute; NONE until it was accepted */
    int64_t asked_us, expires_us, ended_us; /* ended_us NONE while it is asked */
    int64_t ended_by;
    struct text note; /* the customer's words, or why it ended */
    bool is_allowed;  /* said with the order, so that nobody was asked */
};
extern const struct fields substitution_fields;

must_check enum err substitution_insert(struct ctx *c, const struct substitution *s);
/* By order, then in the order in which they were asked. */
must_check enum err substitutions_of(struct ctx *c, const int64_t *order_ids, size_t n,
                                     struct list *out);
/* ERR_NOT_FOUND "substitution_not_found". */
must_check enum err substitution_get(struct ctx *c, int64_t order_id, int64_t substitution_id,
                                     struct substitution *out);
must_check enum err substitutions_by_id(struct ctx *c, const int64_t *ids, size_t n,
                                        struct list *out);
/* Checked against the lifecycle, written under the state it was read with; `new_line` and `note`
   are kept with it. */
must_check enum err substitution_do(struct ctx *c, struct substitution *s,
                                    enum substitution_verb verb);

/* In which this line stands for another, and that is open about a line; or NULL. */
const struct substitution *substitution_for(const struct list *all, int64_t order_id,
                                            int64_t new_line);
const struct substitution *substitution_open(const struct list *all, int64_t order_id,
                                             int64_t line_no);
