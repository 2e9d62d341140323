/* services/stockkeeping/counting.h: count a bin, a product, a zone or the whole building, while
 * orders go on moving.
 *
 *   count_begin ──> bins to walk to ──count_enter──> lines ──count_accept──> differences booked
 *                                                      └─count_again──> counted anew ──> count_end
 *
 * Whoever counts says what is there, and when. A line that agrees with the books is done; one that
 * differs waits for a second look. A bin is finished when its counter says so: what the books have
 * there and nobody counted is then counted as none. */
#pragma once

#include "domain/inventory/count.h"

struct count_draft {
    struct text site, zone, note; /* codes; zone absent: any */
    struct list bins, skus;       /* struct text; both empty: zone or the whole site */
    bool is_blind;
};
/* ERR_INVALID "unknown_bin", "unknown_sku", "unknown_site", "nothing_to_count". */
must_check enum err count_begin(struct ctx *c, const struct count_draft *in,
                                struct stock_count *out);

struct count_entry {
    struct text bin, sku, lot;
    int32_t condition;  /* below 0: what the bin is for */
    int64_t quantity;   /* 0 and more */
    int64_t counted_us; /* when it was counted; NONE: now */
};
struct count_sheet {
    struct list entries; /* struct count_entry */
    struct list bins;    /* struct text: codes of bins that are finished with them */
};
struct count_entered {
    int64_t same, differ, bins_left;
};
/* A sheet as a whole or not at all; the same number of statements for any size. ERR_CONFLICT
   "count_closed"; ERR_INVALID "unknown_bin", "unknown_sku", "not_in_count", "lot_required". */
must_check enum err count_enter(struct ctx *c, int64_t count_id, const struct count_sheet *in,
                                struct count_entered *out);

/* Book the differences of these bins (none named: of all). A line whose bin has lost so much since
   that the difference cannot be taken is to be counted again instead. */
struct count_decided {
    int64_t accepted, units_found, units_lost, again;
};
must_check enum err count_accept(struct ctx *c, int64_t count_id, const struct list *bins,
                                 struct count_decided *out);
must_check enum err count_again(struct ctx *c, int64_t count_id, const struct list *bins,
                                struct count_decided *out);
/* ERR_CONFLICT "not_decided" while differences wait, "not_counted" while bins do (unless they are
   to be left). */
must_check enum err count_end(struct ctx *c, int64_t count_id, bool leave_rest,
                              struct stock_count *out);
