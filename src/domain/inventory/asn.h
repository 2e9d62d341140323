/* domain/inventory/asn.h: what a supplier said would come (advance shipping notice), and what did.
 *
 *   expected ──first goods──> arriving ──> closed: what differs stays written beside it
 *       └──> cancelled
 *
 * A line is a product, or a code that is no product of ours. Over, under and unknown are facts of
 * the lines (expected against received), never errors. */
#pragma once

#include "base/ctx.h"
#include "base/field.h"

enum asn_state { ASN_EXPECTED, ASN_ARRIVING, ASN_CLOSED, ASN_CANCELLED };
enum asn_verb { ASN_ARRIVE, ASN_CLOSE, ASN_CANCEL };
extern const struct words asn_state_words, asn_verb_words;
extern const struct lifecycle asn_lifecycle;

enum { ASN_LINES_MAX = 1000, SUPPLIER_MAX = 120, ASN_REFERENCE_MAX = 80, ASN_NOTE_MAX = 500 };

struct asn {
    int64_t merchant_id, asn_id, site_id;
    struct text supplier, reference;
    int32_t state;
    int64_t expected_day;
    struct text note;
    int64_t created_us, closed_us;
    int64_t owner_id; /* whose goods come; 0: the merchant's own */
};
extern const struct fields asn_fields;

struct asn_line {
    int64_t merchant_id, asn_id, line_no;
    int64_t product_id;    /* NONE: nobody knows it */
    struct text code, lot; /* as scanned when nobody knows it; "": any lot */
    int64_t expected, received, damaged;
    int64_t due;       /* still to come; 0 when the delivery is over */
    int64_t earmarked; /* of them: order lines wait for these (earmark.h) */
};
extern const struct fields asn_line_fields;

/* Queued. The same reference of the same supplier twice ends the unit: look first. */
must_check enum err asn_insert(struct ctx *c, const struct asn *a);
must_check enum err asn_line_insert(struct ctx *c, const struct asn_line *l);
/* Queued: its counters as they are now, where nobody was promised of it since it was read with
   `earmarked` as it is in `before`; a lost race repeats the unit. What is due is reckoned. */
must_check enum err asn_line_write(struct ctx *c, const struct asn *a,
                                   const struct asn_line *before, struct asn_line *after);
/* When it should come, and the note; queued. */
must_check enum err asn_write_head(struct ctx *c, const struct asn *a);
/* ERR_NOT_FOUND "asn_not_found". */
must_check enum err asn_get(struct ctx *c, int64_t asn_id, struct asn *out);
/* The same, kept to this unit until it ends. */
must_check enum err asn_take(struct ctx *c, int64_t asn_id, struct asn *out);
must_check enum err asn_find(struct ctx *c, int64_t owner_id, struct text supplier,
                             struct text reference, struct asn *out, bool *found);
/* Of these, ascending. */
must_check enum err asns_of(struct ctx *c, const int64_t *asn_ids, size_t n, struct list *out);
/* What is in them: products, ascending, each once. */
must_check enum err asn_products_of(struct ctx *c, const int64_t *asn_ids, size_t n,
                                    int64_t **product_ids, size_t *count);
must_check enum err asn_lines_of(struct ctx *c, int64_t asn_id, struct list *out);
/* The verb, checked against the lifecycle and written (queued) under the state it was read in. */
must_check enum err asn_do(struct ctx *c, struct asn *a, enum asn_verb verb);
/* All of them, or c->owner_id's, newest first. */
must_check enum err asn_list(struct ctx *c, int64_t before_id, int64_t limit, struct list *out);
