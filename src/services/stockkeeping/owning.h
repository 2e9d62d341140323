/* services/stockkeeping/owning.h: goods change their owner where they lie.
 *
 *   bin, A's product ──> adjustment ──> bin, B's product      a pair of entries with one subject
 *
 * Both are products of their own, with the same SKU. Units that are promised, or that pickers are
 * on their way for, stay whose they are. */
#pragma once

#include "base/ctx.h"
#include "base/field.h"

struct owner_change_line {
    struct text sku, bin, lot; /* the lot goes along, with its date */
    int64_t quantity;
    int32_t condition; /* enum stock_condition: of the units, before and after */
};
extern const struct fields owner_change_line_fields;

struct owner_change {
    struct text site; /* its code; the one site when absent */
    int64_t to_owner; /* 0: the merchant's own house */
    struct text note;
    struct list lines; /* struct owner_change_line */
};

enum { OWNER_CHANGE_LINES_MAX = 500, OWNER_CHANGE_NOTE_MAX = 300 };

/* Inside a unit of work; from c->owner_id. As a whole or not at all. ERR_INVALID "same_owner",
   "unknown_sku", "unknown_bin", "kit_not_stocked", "tracking_differs", "serials_stay";
   ERR_CONFLICT "insufficient_on_hand", "allotted", "stock_promised". */
must_check enum err stock_change_owner(struct ctx *c, const struct owner_change *in,
                                       int64_t *change_id);
