/* domain/inventory/stock.h: what we have, where it is, and what is promised.
 *
 *   supplier ─receive─> bin ─pick─> tote ─pack─> package ─hand over─> customer
 *
 * Every unit is somewhere: each move is an entry from a place to a place. Bins keep their on hand
 * in `stock`; a tote's and a package's content are the lines of its fulfillment and package;
 * supplier, customer, adjustment and scrap are counter-cells without a balance.
 *
 * A promise is one conditional write on `availability`, the one row that decides for a product at a
 * site: promised + quantity <= sellable - safety - earmarked, while open. Picking and packing do
 * not change it; the hand-over takes the units out of both. Quantities are base units. Functions
 * run inside a unit of work; writes are queued unless said otherwise. */
#pragma once

#include "base/ctx.h"
#include "base/field.h"

enum counter_place { PLACE_SUPPLIER = 1, PLACE_CUSTOMER, PLACE_ADJUSTMENT, PLACE_SCRAP };
enum stock_reason {
    STOCK_RECEIPT,
    STOCK_OPENING,
    STOCK_PICK,
    STOCK_PACK,
    STOCK_SHIP,
    STOCK_PUT_BACK,
    STOCK_MOVE,
    STOCK_COUNT,
    STOCK_DAMAGED,
    STOCK_LOST,
    STOCK_FOUND,
    STOCK_RETURN,
    STOCK_UNPACK,
    STOCK_CONDITION, /* the same place, in another condition */
    STOCK_EXPIRED,
    STOCK_STOLEN,
    STOCK_USED,        /* by ourselves: samples, repairs */
    STOCK_TO_SUPPLIER, /* sent back to who delivered it */
    STOCK_NEW_OWNER    /* a pair of one subject: out of one owner's product, into another's */
};
enum stock_condition {
    CONDITION_SELLABLE, /* the only one that can be promised, allotted and picked */
    CONDITION_DAMAGED,
    CONDITION_QUARANTINED,
    CONDITION_INBOUND, /* came in, not put away yet */
    CONDITION_EXPIRED  /* of a lot with too few days left */
};
extern const struct words stock_reason_words, stock_condition_words;

struct stock {
    int64_t product_id, place_id;
    struct text lot;
    int32_t condition;
    int64_t site_id, on_hand, allotted;
    int64_t expiry_day, sells_until_day; /* of its lot; NONE: not known, without end */
};
extern const struct fields stock_fields;
/* Its lot's last day of sale is over: nobody is sent for it any more. */
bool stock_is_over(const struct ctx *c, const struct stock *cell);

struct stock_entry {
    int64_t merchant_id, entry_id, product_id, from_place, to_place, quantity;
    struct text lot;
    int32_t reason;
    int64_t order_id, subject_id, at_us, actor_id, command_id;
    int32_t from_condition, to_condition;
};
extern const struct fields stock_entry_fields;

struct availability {
    int64_t product_id, site_id, sellable, promised, safety;
    bool is_closed;    /* the site takes no orders for it */
    int64_t earmarked; /* came for order lines that wait (earmark.h): nobody else's */
};
extern const struct fields availability_fields;

struct promise {
    int64_t merchant_id, order_id, line_no, site_id, product_id, quantity, consumed, released,
        promised_day;
};
extern const struct fields promise_fields;

/* --- moves ----------------------------------------------------------------------------------- */

/* The bin's cell and its site; places that are no bins are named by their id alone. */
struct cell {
    int64_t place_id, site_id; /* site_id NONE: tote, package or counter-cell */
    struct text lot;           /* absent: "" */
    enum stock_condition condition;
};
/* An entry, and the on hand of the bins at its ends. A bin that would fall below zero ends the unit
   in ERR_CONFLICT "constraint"; so ask first where a person is waiting for the answer. */
must_check enum err stock_move(struct ctx *c, int64_t product_id, struct cell from, struct cell to,
                               int64_t quantity, enum stock_reason reason, int64_t order_id,
                               int64_t subject_id);
/* The same between bins and counter-cells only, and availability follows what of it became, or is
   no longer, sellable: another condition, a receipt, a loss. */
must_check enum err stock_shift(struct ctx *c, int64_t product_id, struct cell from, struct cell to,
                                int64_t quantity, enum stock_reason reason, int64_t order_id,
                                int64_t subject_id);
/* supplier -> bin: on hand and sellable rise. */
must_check enum err stock_receive(struct ctx *c, int64_t product_id, int64_t site_id,
                                  int64_t bin_id, struct text lot, int64_t quantity,
                                  enum stock_reason reason, int64_t subject_id);
/* A count or damage: bin <-> adjustment or scrap; sellable follows. `difference` is signed. */
must_check enum err stock_adjust(struct ctx *c, int64_t product_id, int64_t site_id, int64_t bin_id,
                                 struct text lot, int64_t difference, enum stock_reason reason,
                                 int64_t subject_id);
/* The same for a cell of any condition; nothing when there is no difference. */
must_check enum err stock_correct(struct ctx *c, int64_t product_id, struct cell bin,
                                  int64_t difference, enum stock_reason reason, int64_t subject_id);
/* Open pick tasks point at a bin: allotted rises or falls. */
must_check enum err stock_allot(struct ctx *c, int64_t product_id, int64_t site_id, int64_t bin_id,
                                struct text lot, int64_t difference);
/* Sellable cells of these products at a site, by product, then bin. */
must_check enum err stock_of_products(struct ctx *c, int64_t site_id, const int64_t *product_ids,
                                      size_t n, struct list *cells);
must_check enum err stock_of_place(struct ctx *c, int64_t place_id, struct list *cells);
must_check enum err stock_entries_of(struct ctx *c, int64_t product_id, int64_t before_id,
                                     int64_t limit, struct list *entries);

/* --- promises -------------------------------------------------------------------------------- */

struct demand {
    int64_t order_id, line_no, product_id, site_id, quantity, promised_day;
    int64_t reserve;   /* kept from its channel */
    bool is_earmarked; /* of what came for who waits; then nothing is kept from it but safety */
    bool is_promised;  /* out */
};
/* Promise each demand or say that its site is short; nobody is ever promised what is not there.
   Demands of one product and site are added up, taken in ascending order, and looked at one by one
   (first come, first served) only where the sum does not fit. Writes at once. */
must_check enum err stock_promise(struct ctx *c, struct demand *demands, size_t n);
/* The same without rows of promises: for who keeps the units in rows of his own. */
must_check enum err availability_take(struct ctx *c, struct demand *demands, size_t n);
/* Units taken so are free again; queued. */
must_check enum err availability_give(struct ctx *c, int64_t product_id, int64_t site_id,
                                      int64_t quantity);
/* Give back: availability falls by what was still open of it. */
must_check enum err promise_release(struct ctx *c, const struct promise *p, int64_t quantity);
/* The units left the house: sellable and promised fall. */
must_check enum err promise_consume(struct ctx *c, const struct promise *p, int64_t quantity);
must_check enum err promises_of(struct ctx *c, const int64_t *order_ids, size_t n,
                                struct list *out);
/* What could be promised now, for every site of these products. */
must_check enum err availability_of(struct ctx *c, const int64_t *product_ids, size_t n,
                                    struct list *out);
/* Page by product for lists: rows of products after `after_product`. */
must_check enum err availability_list(struct ctx *c, int64_t after_product, int64_t limit,
                                      struct list *out);
