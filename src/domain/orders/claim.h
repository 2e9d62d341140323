/* domain/orders/claim.h: what a carrier owes us for a parcel that it lost or broke.
 *
 *   open ─> filed ─> paid or refused (a refusal may be filed again)
 *     └──────┴─> withdrawn: the parcel turned up
 *
 * One live claim per parcel. Amounts are minor units of the order's currency. Functions run
 * inside a unit of work; writes are queued. */
#pragma once

#include "base/ctx.h"
#include "base/field.h"

enum claim_kind { CLAIM_LOST, CLAIM_DAMAGED, CLAIM_LATE };
enum claim_state { CLAIM_OPEN, CLAIM_FILED, CLAIM_PAID, CLAIM_REFUSED, CLAIM_WITHDRAWN };
enum claim_verb { CLAIM_FILE, CLAIM_PAY, CLAIM_REFUSE, CLAIM_WITHDRAW };
extern const struct words claim_kind_words, claim_state_words, claim_verb_words;
extern const struct lifecycle claim_lifecycle;

enum { CLAIM_NOTE_MAX = 2000, CLAIM_REFERENCE_MAX = 100 };

struct claim {
    int64_t merchant_id, claim_id, order_id, package_id;
    int32_t kind, state;
    struct text carrier, tracking_number;
    int64_t amount_minor, paid_minor;
    struct text currency, reference, note;
    int64_t opened_us, filed_us, ended_us;
};
extern const struct fields claim_fields;

must_check enum err claim_insert(struct ctx *c, const struct claim *k);
must_check enum err claim_get(struct ctx *c, int64_t claim_id, struct claim *out);
must_check enum err claims_of_orders(struct ctx *c, const int64_t *order_ids, size_t n,
                                     struct list *out); /* ascending by order, then claim */
must_check enum err claim_list_open(struct ctx *c, int64_t after_id, int64_t limit,
                                    struct list *out);
/* All of them. */
must_check enum err claim_page(struct ctx *c, int64_t after_id, int64_t limit, struct list *out);
/* The verb and what came with it in `k`, written under the state it was read in. */
must_check enum err claim_do(struct ctx *c, struct claim *k, enum claim_verb verb);
