/* stages/5_shipping/shipping.h: stage 5, packages get labels and leave the house.
 *
 *   sealed ──label──> labelled ──hand over (scan)──> handed over, on a manifest
 *      ^                 │  ^                            │
 *      └──── void ───────┘  └─── take back ──────────────┘   until the carrier's first scan
 *
 * Packages of one customer may lie in one parcel: the outer one bears the label, and what happens
 * to it happens to those inside, in the same unit.
 *
 * A label is asked for first (committed), bought by a job outside of any unit of work, and recorded
 * by a second unit; an answer that got lost is looked up, never bought again. A carrier that asks
 * nobody outside (carrier_driver.is_local) sells inside the unit that asks. Nothing leaves while
 * its order is held: the scan answers "stop".
 *
 * Functions run inside a unit of work unless said otherwise. Batches answer each member by its
 * fault (code OK: done); the number of statements does not grow with the batch. */
#pragma once

#include "base/address.h"
#include "base/ctx.h"
#include "base/field.h"
#include "domain/events/event.h"
#include "domain/events/job.h"
#include "domain/orders/package.h"
#include "drivers/carriers/carrier.h"

enum { SHIPPING_BATCH_MAX = 1000, SHIPPING_SCAN_BYTES_MAX = 400, SHIPPING_REASON_CHARS_MAX = 200 };

/* The carriers at hand, ended by NULL; app/wiring.c calls it once at the start. */
void shipping_use(const struct carrier_driver *const *drivers);
const struct carrier_driver *shipping_carrier(struct text name); /* NULL when there is none */

/* --- quotes ---------------------------------------------------------------------------------- */

/* What each carrier would take for the package today: list of struct carrier_quote, cheapest first,
   then earliest. Asks carriers outside, so not inside a unit of work; one that is away is left out.
 */
must_check enum err shipping_quote(struct ctx *c, int64_t package_id, struct list *quotes);

struct quote_need {
    struct text carrier, service; /* absent: any */
    int64_t day;                  /* at the door by then; NONE: whenever */
    bool is_express, wants_signature;
};
/* The cheapest that is in time; when none is, the earliest, with *is_late set. NULL: none at all.
   An express order takes an express service where there is one. */
const struct carrier_quote *shipping_choose(const struct list *quotes,
                                            const struct quote_need *need, bool *is_late);

/* --- labels ---------------------------------------------------------------------------------- */

struct label_wish {
    int64_t package_id;
    struct text carrier, service; /* absent: the choice is ours, among local carriers */
};

/* Ask for labels of sealed packages; jobs buy them. Faults: "stop" (held,
   cancelled), "package_not_found", "wrong_state", "label_exists", "pickup_needs_no_label",
   "carrier_unknown", "no_service", "twice". */
must_check enum err shipping_label_ask(struct ctx *c, const struct label_wish *wishes, size_t n,
                                       struct fault *faults);
/* The same; labels of local carriers are bought here and now. */
must_check enum err shipping_label_now(struct ctx *c, const struct label_wish *wishes, size_t n,
                                       struct fault *faults);
/* JOB_LABEL: buys what was asked for, looks up what is unknown, gives back what is to be voided.
   Outside of a unit of work. */
must_check enum err shipping_label_job(struct ctx *c, const struct job *jobs, size_t n);
/* Reaction to PACKAGE_SEALED: label it, where the choice is ours. */
/* Somebody let go of a hold `address`: the sealed parcels of the order are labelled. */
must_check enum err shipping_label_on_freed(struct ctx *c, const struct event *events,
                                            size_t count);
must_check enum err shipping_label_on_sealed(struct ctx *c, const struct event *events,
                                             size_t count);

/* Reaction to LABEL_VOIDED: label it anew where the address was changed. */
must_check enum err shipping_label_on_voided(struct ctx *c, const struct event *events,
                                             size_t count);

/* Give the label back, while the parcel is still here: the package is sealed again at once, and
   can be labelled anew when the label is voided. A carrier outside is asked by a job. */
must_check enum err shipping_void(struct ctx *c, int64_t package_id, struct text why);
/* The number on the parcel is another one (typed by hand, relabelled by the carrier). The event
   keeps the one before. */
must_check enum err shipping_correct_number(struct ctx *c, int64_t package_id, struct text number,
                                            struct text why);

/* Everything that stands on a label, ready to print; lines as their country writes them. */
struct label_sheet {
    struct text carrier, service, tracking_number;
    struct text sscc, order; /* sscc may be absent */
    struct text sender[ADDRESS_LINES_MAX], recipient[ADDRESS_LINES_MAX];
    size_t sender_count, recipient_count;
    struct text country, postal_code;
    int64_t package, packages; /* 1 of 2 */
    int64_t weight_g, ship_day;
    int32_t handling;         /* bits of enum handling, of all that is in it */
    struct text instructions; /* "ADULT SIGNATURE 18+", "KEEP CHILLED"; may be absent */
    struct text cash;         /* "129.90 EUR" to collect, or absent */
    bool is_new;              /* bought and not printed yet */
};
/* Reads only. ERR_CONFLICT "no_label" while there is none to print. */
must_check enum err shipping_label_sheet(struct ctx *c, int64_t package_id,
                                         struct label_sheet *out);
must_check enum err shipping_label_printed(struct ctx *c, int64_t package_id);

/* --- several packages in one parcel ---------------------------------------------------------- */

/* A sealed package goes into another of the same site, owner, customer, address and method; the
   other one gets the label, and leaves and arrives with all that lies inside. Labels that are not
   printed yet are given back, and the parcel is labelled anew. ERR_CONFLICT "stop", "wrong_state",
   "inside_another", "holds_others", "not_together", "cash_to_collect", "label_asked",
   "label_printed", "already_scanned", "pickup_needs_no_label"; ERR_INVALID "into_itself". */
enum { PARCEL_INSIDE_MAX = 50 };
must_check enum err shipping_combine(struct ctx *c, int64_t package_id, int64_t into_id);
/* And out again, until the parcel leaves: the way on when the order of one of them is stopped. */
must_check enum err shipping_separate(struct ctx *c, int64_t package_id);
/* Reaction to PACKAGE_COMBINED and PACKAGE_SEPARATED: label the parcels as they are now. */
must_check enum err shipping_label_on_combined(struct ctx *c, const struct event *events,
                                               size_t count);

struct parcel_group {
    int64_t into_id; /* the one that holds others already, or the oldest */
    struct text customer, recipient, postal_code, city;
    int64_t count;
    struct list packages; /* struct text: ids of the others */
};
/* What of c->owner_id could go together at a site: list of struct parcel_group. Of
   SHIPPING_BATCH_MAX packages at most; nine statements for any number. Reads only. */
must_check enum err shipping_combinable(struct ctx *c, int64_t site_id, struct list *groups);
/* How many other packages of the same customer wait at the site of this one. */
must_check enum err shipping_beside(struct ctx *c, int64_t package_id, int64_t *count);

/* --- hand-over ------------------------------------------------------------------------------- */

struct manifest {
    int64_t merchant_id, manifest_id, site_id;
    struct text carrier;
    int64_t number, created_us, closed_us;
};
extern const struct fields manifest_fields;

/* Which packages the scans mean (tracking number, SSCC, our own code). Faults: "unreadable",
   "package_not_found". Reads only; three statements at most. */
must_check enum err shipping_scan(struct ctx *c, const struct text *scans, size_t n,
                                  int64_t *package_ids, struct fault *faults);

enum hand_over { HAND_OVER_CARRIER, HAND_OVER_COUNTER };
/* They leave, with what lies inside them: to the carrier with their labels, on today's manifest of
   site and carrier; or over the counter to the customer who collects, all or none. Faults: "stop"
   (held, cancelled), "not_packed", "no_label", "wrong_counter", "wrong_state", "promise_short",
   "twice", "package_not_found". */
must_check enum err shipping_hand_over(struct ctx *c, const int64_t *package_ids, size_t n,
                                       enum hand_over how, struct fault *faults);
/* The courier never came: back to labelled, with stock, promise and counters as before. Only until
   the carrier's first scan: ERR_CONFLICT "already_scanned"; and "came_back" when units of it are
   back already. */
must_check enum err shipping_take_back(struct ctx *c, int64_t package_id, struct text why);

/* --- manifests ------------------------------------------------------------------------------- */

/* Today's open manifest of a site and carrier, opened when there is none. */
must_check enum err shipping_manifest_open(struct ctx *c, int64_t site_id, struct text carrier,
                                           struct manifest *out);
/* Nothing more goes on it; ERR_CONFLICT "manifest_empty", "manifest_closed". */
must_check enum err shipping_manifest_close(struct ctx *c, int64_t manifest_id);
must_check enum err shipping_manifest_get(struct ctx *c, int64_t manifest_id, struct manifest *out);
must_check enum err shipping_manifest_list(struct ctx *c, int64_t before_id, int64_t limit,
                                           struct list *out);
/* What the courier signs for. */
struct manifest_line {
    int64_t package_id;
    struct text tracking_number, service, recipient, city, postal_code, country;
    int64_t weight_g;
};
extern const struct fields manifest_line_fields;
must_check enum err shipping_manifest_sheet(struct ctx *c, int64_t manifest_id,
                                            struct manifest *manifest, struct list *lines);

/* --- tracking at the carrier ----------------------------------------------------------------- */

/* What the carrier says of the package now: list of struct carrier_report. Not inside a unit of
   work. */
must_check enum err shipping_track(struct ctx *c, int64_t package_id, struct list *reports);
