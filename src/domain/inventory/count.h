/* domain/inventory/count.h: counting what lies in bins, while goods go on moving.
 *
 *   open ──entries: bin, product, lot, how many──> lines ──accept──> the difference is booked
 *                                                    └── recount ──> counted anew ; close
 *
 * A line keeps what the books said at the instant it was counted beside what was counted, so only
 * the difference is ever booked: what was picked or put there since does not matter. */
#pragma once

#include "base/ctx.h"
#include "base/field.h"

enum count_state { COUNT_OPEN, COUNT_CLOSED };
enum count_line_state { COUNT_SAME, COUNT_DIFFERS, COUNT_ACCEPTED, COUNT_AGAIN };
extern const struct words count_state_words, count_line_state_words;

enum { COUNT_ENTRIES_MAX = 1000, COUNT_LINES_MAX = 100000, COUNT_NOTE_MAX = 300 };

struct stock_count {
    int64_t merchant_id, count_id, site_id;
    int32_t state;
    int32_t is_blind;   /* who counts does not see what the books say */
    int32_t is_of_some; /* only of the products in count_product */
    struct text note;
    int64_t created_us, closed_us;
};
extern const struct fields stock_count_fields;

struct count_line {
    int64_t merchant_id, count_id, bin_id, product_id;
    struct text lot;
    int32_t condition, state;
    int64_t expected, counted, counted_us, counted_by;
};
extern const struct fields count_line_fields;

struct count_bin {
    int64_t bin_id;
    struct text code, zone;
    int64_t counted_us; /* NONE: still to be counted */
};
extern const struct fields count_bin_fields;

struct count_progress {
    int64_t bins, bins_left, lines, differ, again;
};
extern const struct fields count_progress_fields;

must_check enum err count_insert(struct ctx *c, const struct stock_count *k); /* queued */
/* ERR_NOT_FOUND "count_not_found". `take`: kept to this unit until it ends. */
must_check enum err count_get(struct ctx *c, int64_t count_id, bool take, struct stock_count *out);
must_check enum err count_list(struct ctx *c, int64_t before_id, int64_t limit, struct list *out);
must_check enum err count_close_row(struct ctx *c, const struct stock_count *k); /* queued */

/* At once: which bins are to be counted. */
must_check enum err count_bins_all(struct ctx *c, int64_t count_id, int64_t site_id);
must_check enum err count_bins_of_zone(struct ctx *c, int64_t count_id, int64_t site_id,
                                       struct text zone);
must_check enum err count_bins_of_products(struct ctx *c, int64_t count_id, int64_t site_id,
                                           const int64_t *product_ids, size_t n);
must_check enum err count_bin_add(struct ctx *c, int64_t count_id, int64_t bin_id); /* queued */
must_check enum err count_product_add(struct ctx *c, int64_t count_id, int64_t product_id);
must_check enum err count_products(struct ctx *c, int64_t count_id, struct list *out); /* ids */
/* Queued: counted now, or (NONE) to be counted again. */
must_check enum err count_bin_mark(struct ctx *c, int64_t count_id, int64_t bin_id, int64_t at_us);
must_check enum err count_bins(struct ctx *c, int64_t count_id, int64_t after_bin, int64_t limit,
                               struct list *out);
must_check enum err count_bins_left(struct ctx *c, int64_t count_id, int64_t after_bin,
                                    int64_t limit, struct list *out);

must_check enum err count_line_put(struct ctx *c, const struct count_line *l); /* queued */
must_check enum err count_lines_of_bins(struct ctx *c, int64_t count_id, const int64_t *bin_ids,
                                        size_t n, struct list *out);
/* Lines in a state, by bin, from a bin on. */
must_check enum err count_lines_in(struct ctx *c, int64_t count_id, enum count_line_state state,
                                   int64_t after_bin, int64_t limit, struct list *out);
must_check enum err count_progress_of(struct ctx *c, int64_t count_id, struct count_progress *out);

/* What moved at these bins since an instant: to take a count back to when it was made. */
struct count_move {
    int64_t product_id, place_id;
    struct text lot;
    int32_t condition;
    int64_t at_us, difference;
};
must_check enum err count_moves_since(struct ctx *c, int64_t since_us, const int64_t *bin_ids,
                                      size_t n, struct list *out);
