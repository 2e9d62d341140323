/* domain/orders/package.h: what leaves the house: packages, their contents, their labels.
 *
 * A package is a place: its lines are the stock in it.
 *
 *   parcel: one package and those that lie inside it (inside_id, inside_count); it has one label,
 *   that of the outer one, and leaves, travels and arrives as a whole. What lies inside holds
 *   nothing itself. */
#pragma once

#include "base/ctx.h"
#include "base/field.h"

enum package_state {
    PACKAGE_OPEN,
    PACKAGE_SEALED,
    PACKAGE_LABELLED,
    PACKAGE_HANDED_OVER,
    PACKAGE_IN_TRANSIT,
    PACKAGE_DELIVERED,
    PACKAGE_RETURNING,
    PACKAGE_BACK,
    PACKAGE_LOST
};
enum package_verb {
    PACKAGE_SEAL,
    PACKAGE_REOPEN,
    PACKAGE_LABEL,
    PACKAGE_UNLABEL,
    PACKAGE_HAND_OVER,
    PACKAGE_MOVE_ON,
    PACKAGE_DELIVER,
    PACKAGE_TURN_BACK,
    PACKAGE_COME_BACK,
    PACKAGE_LOSE,
    PACKAGE_TAKE_BACK
};
enum label_state {
    LABEL_ASKED,
    LABEL_UNKNOWN,
    LABEL_BOUGHT,
    LABEL_PRINTED,
    LABEL_USED,
    LABEL_VOIDED,
    LABEL_FAILED
};
enum label_verb {
    LABEL_LOSE_ANSWER,
    LABEL_BUY,
    LABEL_PRINT,
    LABEL_USE,
    LABEL_VOID,
    LABEL_FAIL,
    LABEL_TAKE_BACK
};
/* Standards of the carriers merged (docs/guide/tracking.md); the rank decides what is later. */
enum tracking_status {
    TRACKING_UNKNOWN,
    TRACKING_PRE_TRANSIT,
    TRACKING_ACCEPTED,
    TRACKING_IN_TRANSIT,
    TRACKING_EXCEPTION,
    TRACKING_OUT_FOR_DELIVERY,
    TRACKING_ATTEMPTED,
    TRACKING_AVAILABLE_FOR_PICKUP,
    TRACKING_RETURN_TO_SENDER,
    TRACKING_DELIVERED,
    TRACKING_RETURNED,
    TRACKING_FAILURE,
    TRACKING_CANCELLED
};

extern const struct words package_state_words, package_verb_words, label_state_words,
    label_verb_words, tracking_status_words;
extern const struct lifecycle package_lifecycle, label_lifecycle;

struct package {
    int64_t merchant_id, package_id, fulfillment_id, order_id, site_id;
    int32_t state, number;
    int64_t carton_id;
    struct text sscc;
    int64_t length_mm, width_mm, height_mm, expected_g, weight_g, manifest_id, packer_id;
    int32_t status;
    int64_t sealed_us, handed_over_us, delivered_us;
    int64_t inside_id;    /* the package that it lies in; NONE: on its own */
    int64_t inside_count; /* packages that lie in this one */
};
extern const struct fields package_fields;

struct package_line {
    int64_t merchant_id, package_id, line_no, product_id, quantity;
};
extern const struct fields package_line_fields;

struct label {
    int64_t merchant_id, package_id, label_id;
    int32_t state;
    struct text carrier, service, tracking_number;
    int64_t cost_minor;
    struct text currency;
    int64_t promised_day;
    struct text reason;
    int64_t asked_us, bought_us;
    int64_t ship_to_id; /* whose address it was asked for; NONE: of a return, it comes to us */
};
extern const struct fields label_fields;
static inline bool label_is_live(const struct label *l) { return l->state < LABEL_USED; }

/* On its own: nothing is made inside another. */
must_check enum err package_insert(struct ctx *c, const struct package *p);
must_check enum err package_get(struct ctx *c, int64_t package_id, struct package *out);
must_check enum err packages_of(struct ctx *c, const int64_t *ids, size_t n, struct list *out);
must_check enum err packages_of_orders(struct ctx *c, const int64_t *order_ids, size_t n,
                                       struct list *out);
must_check enum err package_list(struct ctx *c, int64_t site_id, enum package_state state,
                                 int64_t limit, struct list *out);
must_check enum err packages_of_manifest(struct ctx *c, int64_t manifest_id, struct list *out);
/* Sizes, weights, carton, SSCC, manifest, times: written (queued) under the state and the parcel
   that it was read in. */
must_check enum err package_write(struct ctx *c, const struct package *before,
                                  const struct package *after);
/* The state after the verb, in `p` alone: package_write stores it. */
must_check enum err package_do(struct ctx *c, struct package *p, enum package_verb verb);
/* Put `quantity` of a line into the package (adds to what is in it). Queued. */
must_check enum err package_line_add(struct ctx *c, int64_t package_id, int64_t line_no,
                                     int64_t product_id, int64_t quantity);
/* Take a whole line out again, while the package is open. */
must_check enum err package_line_take(struct ctx *c, const struct package_line *l);
/* Some or all units of a line, as it was read. */
must_check enum err package_line_lower(struct ctx *c, const struct package_line *l,
                                       int64_t quantity);
/* An open package that holds nothing goes, with labels that were voided or failed. */
must_check enum err package_discard(struct ctx *c, int64_t package_id);
/* The next `n` serial numbers for SSCCs; the first is returned. */
must_check enum err sscc_serials(struct ctx *c, int64_t n, int64_t *first);
must_check enum err package_lines_of(struct ctx *c, const int64_t *package_ids, size_t n,
                                     struct list *out);

/* --- parcels of several packages ------------------------------------------------------------- */

static inline bool package_is_combined(const struct package *p)
{
    return p->inside_id != NONE || p->inside_count > 0;
}
static inline int64_t package_parcel(const struct package *p) /* the outer one's id */
{
    return p->inside_id != NONE ? p->inside_id : p->package_id;
}
/* Both are sealed (queued); what is written of them in the same unit comes before. */
must_check enum err package_put_inside(struct ctx *c, const struct package *inner,
                                       const struct package *outer);
must_check enum err package_come_out(struct ctx *c, const struct package *inner,
                                     const struct package *outer);
must_check enum err packages_inside(struct ctx *c, const int64_t *ids, size_t n, struct list *out);
/* `packages` and all that are in one parcel with them, ascending by id. Nothing is asked while none
   of them is combined. */
must_check enum err packages_with_parcels(struct ctx *c, const struct list *packages,
                                          struct list *out);
/* ERR_CONFLICT "inside_another" names the parcel; `what` is to be done with that one. */
must_check enum err package_check_own(struct ctx *c, const struct package *p, const char *what);
/* ERR_CONFLICT "holds_others": it cannot be opened while others lie in it. */
must_check enum err package_check_empty(struct ctx *c, const struct package *p);

/* Why a label is given back whose package is to be labelled anew. */
#define LABEL_READDRESSED "it goes to another address"
#define LABEL_COMBINED "the parcel is made up anew"

must_check enum err label_insert(struct ctx *c, const struct label *l);
must_check enum err labels_of(struct ctx *c, const int64_t *package_ids, size_t n,
                              struct list *out);
/* The labels that packages travel under: their own, or the parcel's, shown as theirs. */
must_check enum err labels_shown(struct ctx *c, const struct list *packages, struct list *out);
must_check enum err label_write(struct ctx *c, const struct label *before,
                                const struct label *after);
/* The state after the verb, in `l` alone: label_write stores it. */
must_check enum err label_do(struct ctx *c, struct label *l, enum label_verb verb);
/* Packages by the numbers of their labels or by SSCC: what a scanner or a carrier says. */
must_check enum err packages_by_tracking(struct ctx *c, const struct text *numbers, size_t n,
                                         struct list *labels);
must_check enum err package_find_by_sscc(struct ctx *c, struct text sscc, struct package *out,
                                         bool *found);
