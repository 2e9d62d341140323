/* services/stockkeeping/goods_in.h: what was announced, and what really came.
 *
 *   announce ──> arrivals, by scan or in bulk ──> stock in the receiving bin, put-away tasks
 *                └─ over, under, unknown: facts of the delivery's lines ──> close: what differs
 *
 * A product that was not announced becomes a line of which nothing was expected; a code that is no
 * product of ours becomes a line without stock, for somebody to look at. */
#pragma once

#include "domain/inventory/asn.h"

struct asn_line_draft {
    struct text sku, lot;
    int64_t quantity;
};
struct asn_draft {
    struct text site, supplier, reference, note; /* site: its code; absent: the only one */
    int64_t expected_day;
    struct list lines; /* struct asn_line_draft */
};
/* ERR_CONFLICT "duplicate_reference"; ERR_INVALID "unknown_sku", "kit_not_stocked",
   "unknown_site". */
must_check enum err asn_announce(struct ctx *c, const struct asn_draft *in, struct asn *out);

/* What the supplier says otherwise now. */
struct asn_line_fix {
    int64_t line_no; /* NONE: by its product, or a new line */
    struct text sku;
    int64_t quantity; /* announced in all, with what has come of it */
};
struct asn_fix {
    int64_t expected_day; /* NONE: as it is */
    bool has_no_day;      /* nobody knows any more */
    struct text note;     /* absent: as it is */
    struct list lines;    /* struct asn_line_fix */
};
/* Who waits for it is told of another day, and who has nothing to wait for of the next delivery.
   ERR_CONFLICT "wrong_state", "below_received"; ERR_NOT_FOUND "line_not_found"; ERR_INVALID
   "unknown_sku", "kit_not_stocked", "nothing_to_change", "same_line". */
must_check enum err asn_change(struct ctx *c, int64_t asn_id, const struct asn_fix *in,
                               struct asn *out);
/* ERR_INVALID "out_of_range": a day that is over. */
must_check enum err asn_day_check(struct ctx *c, int64_t day);

struct arrival {
    struct text scan;     /* raw, as the scanner sent it: GS1 with lot and date, GTIN, SKU */
    struct text sku;      /* or the SKU, typed */
    struct text bin, lot; /* bin: its code; absent: the site's first receiving bin */
    struct text serial;   /* absent: what the scan says, if anything */
    int64_t quantity;     /* NONE: what the symbol says, else one */
    int64_t expiry_day;
    int32_t condition; /* below 0: what the bin is for */
};
struct arrived {
    int64_t line_no, product_id; /* product NONE: unknown, no stock */
    struct text sku, code, bin, lot, serial;
    int32_t condition;
    int64_t quantity;           /* taken in now */
    int64_t expected, received; /* of the line; received includes this batch */
    int64_t task_id;            /* put away; NONE: it lies where it stays */
    int64_t to_place;
    struct text to_bin;
};
extern const struct fields arrived_fields;
/* A batch as a whole or not at all, with the same number of statements for any size. ERR_CONFLICT
   "wrong_state", "expiry_differs"; ERR_INVALID "required", "unknown_bin", "no_receiving_bin",
   "lot_required", "serial_required", "serial_one", "serial_here". */
must_check enum err asn_receive(struct ctx *c, int64_t asn_id, const struct arrival *arrivals,
                                size_t n, struct arrived *out);

struct asn_sum {
    int64_t lines, expected, received, damaged;
    int64_t missing; /* announced and not there */
    int64_t surplus; /* of products that were announced */
    int64_t unannounced, unknown;
};
void asn_add_up(const struct list *lines, struct asn_sum *out);
/* The delivery is over: what is missing does not come with it any more. */
must_check enum err asn_close(struct ctx *c, int64_t asn_id, struct asn *out);
/* Only while nothing came. */
must_check enum err asn_call_off(struct ctx *c, int64_t asn_id, struct asn *out);
