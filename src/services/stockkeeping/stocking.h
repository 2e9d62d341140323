/* services/stockkeeping/stocking.h: goods come in, change bins, are counted, found, lost, broken.
 *
 *   supplier ─receipt─> bin ─move─> bin ;  bin <─adjust─> adjustment, scrap
 *
 * A batch is taken as a whole or not at all: the first wrong line is named ("lines[2].sku") and
 * nothing is written. The number of statements does not grow with the lines. */
#pragma once

#include "base/ctx.h"
#include "base/field.h"

enum adjust_reason {
    ADJUST_COUNT,
    ADJUST_DAMAGED,
    ADJUST_LOST,
    ADJUST_FOUND,
    ADJUST_EXPIRED,
    ADJUST_STOLEN,
    ADJUST_USED,       /* by ourselves */
    ADJUST_TO_SUPPLIER /* sent back */
};
extern const struct words adjust_reason_words;

struct stocking_line {
    struct text sku, site, bin, lot; /* codes */
    struct text to_bin;              /* of a move: at the same site */
    int64_t quantity;
    int32_t reason;                  /* of an adjustment */
    int32_t condition, to_condition; /* below 0: what the bin is for */
    int64_t expiry_day;              /* of the lot; NONE or 0: not said */
    struct text note;
    struct text serial; /* of a receipt of one unit */
};
/* The same struct as it is asked for in each of the four. */
extern const struct fields stock_receipt_line_fields, stock_move_line_fields,
    stock_adjust_line_fields, stock_condition_line_fields;

struct stocking_outcome {
    int64_t product_id;
    struct text sku, site, bin, lot;
    int32_t condition;  /* of the units after it */
    int64_t difference; /* of the bin (a move: of the bin it went to) */
    int64_t on_hand;    /* in that bin, after the whole batch */
    int64_t available;  /* for promises at that site, after the whole batch */
    int64_t task_id;    /* put away: of a receipt into a receiving bin; else NONE */
};
extern const struct fields stocking_outcome_fields;

enum { STOCKING_LINES_MAX = 1000, STOCKING_LOT_MAX = 64, STOCKING_NOTE_MAX = 300 };

/* Inside a unit of work. ERR_INVALID "unknown_sku", "unknown_site", "unknown_bin",
   "kit_not_stocked", "lot_required", "same_bin", those of serials.h; ERR_CONFLICT
   "insufficient_on_hand"; ERR_TOO_LARGE "too_many". */
must_check enum err stock_receipt(struct ctx *c, const struct stocking_line *lines, size_t n,
                                  struct stocking_outcome *outcomes);
/* Units that open pick tasks are sent for stay where the picker looks for them: "allotted". */
must_check enum err stock_move_bin(struct ctx *c, const struct stocking_line *lines, size_t n,
                                   struct stocking_outcome *outcomes);
/* Damaged, quarantined, good again: what can be promised follows in the same unit. "wrong_room",
   "same_condition", "allotted". */
must_check enum err stock_condition_bin(struct ctx *c, const struct stocking_line *lines, size_t n,
                                        struct stocking_outcome *outcomes);
/* A count says what is there (0 and more); the others how many are gone or found. */
must_check enum err stock_adjust_bin(struct ctx *c, const struct stocking_line *lines, size_t n,
                                     struct stocking_outcome *outcomes);
