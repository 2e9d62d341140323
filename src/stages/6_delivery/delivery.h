/* stages/6_delivery/delivery.h: stage 6, on the way, at the door, or back again.
 *
 *   handed over ──> in transit ──> delivered ──┐
 *        └──────────────┴──> returning <───────┘ ──> back (in a returns bin)     or lost
 *
 * What carriers, drivers and counters say is kept as tracking events; where a package stands is a
 * function of the set of its events alone (delivery_merge.h), so repeats, shuffles and late scans
 * end in the same state. Units count as delivered once, by the first event that says so.
 *
 * Functions run inside a unit of work unless said otherwise; the number of statements does not grow
 * with the batch. */
#pragma once

#include "base/ctx.h"
#include "base/field.h"
#include "domain/events/event.h"
#include "domain/orders/package.h"

enum {
    DELIVERY_BATCH_MAX = 1000,
    TRACKING_TEXT_CHARS_MAX = 200, /* place, detail */
    TRACKING_CODE_CHARS_MAX = 64,
    SIGNATURE_BYTES_MAX = 64 * 1024,
    PHOTO_BYTES_MAX = 5 * 1024 * 1024,
    PROOF_NAME_CHARS_MAX = 100,
    PIN_DIGITS = 6,
    PIN_TRIES_MAX = 5
};

/* --- tracking -------------------------------------------------------------------------------- */

struct tracking_report {
    struct text tracking_number; /* or package_id */
    int64_t package_id;          /* NONE: by number */
    int64_t occurred_us;         /* kept to the second */
    int32_t status;              /* enum tracking_status */
    struct text code;            /* the carrier's own; absent: the status */
    struct text place, detail;
};
struct tracking_taken {
    struct fault fault;
    int64_t package_id, return_id; /* whose number it was; the other is NONE */
    bool is_known;                 /* was told before: nothing changed */
};
struct tracking_event {
    int64_t merchant_id, package_id, occurred_us;
    int32_t status;
    struct text code, place, detail;
    int64_t recorded_us;
};
extern const struct fields tracking_event_fields;

/* Also of labels with which goods come back: those tell RETURN_TRACKED.
   Faults: "tracking_number_unknown", "package_not_found", "in_the_future", "too_long". */
must_check enum err tracking_take(struct ctx *c, const struct tracking_report *reports, size_t n,
                                  struct tracking_taken *taken);
/* Oldest first. */
must_check enum err tracking_events_of(struct ctx *c, const int64_t *package_ids, size_t n,
                                       struct list *out);
/* Reaction to PACKAGE_HANDED_OVER: what a carrier said before our own scan counts from now on. */
must_check enum err tracking_on_handed_over(struct ctx *c, const struct event *events,
                                            size_t count);

/* --- proof of delivery ----------------------------------------------------------------------- */

struct delivery_proof {
    int64_t package_id, order_id; /* one of them; of an order all that is still to be delivered */
    struct text name;             /* who took it */
    struct text signature;        /* drawing: an SVG path ("M1 2L3 4") */
    struct text photo;            /* JPEG or PNG */
    struct text pin;              /* the pickup code */
    bool age_checked;
    int64_t latitude_e7, longitude_e7; /* NONE: not known */
    int64_t at_us;                     /* NONE: now; an offline device tells later */
};
struct delivery {
    struct fault fault; /* "pin_wrong", "pin_locked": nothing delivered, the try is counted */
    int64_t order_id;
    int32_t method;       /* enum delivery_method */
    int64_t *package_ids; /* what is or would be delivered */
    size_t count;
    bool is_in_house; /* collected: still to be handed over at the counter */
    int64_t tries_left;
};

/* What would be delivered, and is the proof enough for its method? Counts a wrong PIN.
   ERR_INVALID "proof_required" names what is missing: signature a name; adult_signature a name and
   the age checked; pickup the code. ERR_INVALID "signature", "photo", "in_the_future";
   ERR_CONFLICT "nothing_to_deliver". */
must_check enum err delivery_check(struct ctx *c, const struct delivery_proof *proof,
                                   struct delivery *out);
/* By our own driver or at the counter: checked, kept, delivered. A carrier's own word
   (tracking_take) needs no proof of ours. ERR_CONFLICT "not_handed_over". */
must_check enum err delivery_confirm(struct ctx *c, const struct delivery_proof *proof,
                                     struct delivery *out);
/* Six digits that only the customer is told. */
must_check enum err pickup_code(struct ctx *c, int64_t order_id, struct text *code);
/* A supervisor looked at the customer's papers: the tries start anew. */
must_check enum err delivery_pin_reset(struct ctx *c, int64_t package_id, struct text why);

struct proof {
    int64_t package_id, proof_id;
    struct text name, signature;
    int64_t photo_bytes, pin_ok, age_checked, latitude_e7, longitude_e7, at_us;
};
extern const struct fields proof_fields;
must_check enum err proofs_of(struct ctx *c, int64_t package_id, struct list *out);
must_check enum err proof_photo(struct ctx *c, int64_t package_id, int64_t proof_id,
                                struct text *photo);

/* --- attempts and returns to sender ---------------------------------------------------------- */

enum attempt_outcome { ATTEMPT_FAILED, ATTEMPT_REFUSED, ATTEMPT_WRONG_PIN, ATTEMPT_PIN_RESET };
enum attempt_reason {
    ATTEMPT_NO_ACCESS,
    ATTEMPT_NOBODY_HOME,
    ATTEMPT_REFUSED_BY_CUSTOMER,
    ATTEMPT_DAMAGED,
    ATTEMPT_WRONG_ADDRESS,
    ATTEMPT_BUSINESS_CLOSED,
    ATTEMPT_ID_FAILED,
    ATTEMPT_AGE_FAILED,
    ATTEMPT_PAYMENT_MISSING,
    ATTEMPT_UNSAFE,
    ATTEMPT_WEATHER
};
extern const struct words attempt_outcome_words, attempt_reason_words;

struct delivery_attempt {
    int64_t merchant_id, package_id, attempt_id;
    int32_t outcome;
    int64_t reason; /* enum attempt_reason; NONE */
    struct text note;
    int64_t at_us;
};
extern const struct fields delivery_attempt_fields;

/* Our own driver could not deliver (tried again later) or the customer refused (it turns back). */
must_check enum err delivery_attempt(struct ctx *c, int64_t package_id,
                                     enum attempt_outcome outcome, enum attempt_reason reason,
                                     struct text note);
must_check enum err delivery_attempts_of(struct ctx *c, const int64_t *package_ids, size_t n,
                                         struct list *out);
/* They are in the house again: the goods lie in the bin (NONE: the first returns bin of the
   package's site), a return that was received; services/returns decides what becomes of them.
   Faults: "package_not_found", "wrong_state", "no_returns_bin", "twice". */
must_check enum err delivery_receive_back(struct ctx *c, const int64_t *package_ids, size_t n,
                                          int64_t bin_id, struct fault *faults);
