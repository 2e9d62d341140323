/* test/sim/sim_model.h: what users must see, worked out by somebody who has not read the program.
 *
 *   commands that were answered ──> model ──> stages, units, free stock, money ──?── what is seen
 *
 * Plain arrays and the rules of the business, nothing of ours but base. Orders, work, packages are
 * numbered by who tells of them; lines by their numbers in the order. A call returns false when
 * what it is told cannot be, with why in m->wrong. Amounts are minor units. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    MODEL_SKUS = 5, /* the last one is a kit */
    MODEL_STOCKED = 4,
    MODEL_SITES = 2,
    MODEL_BINS = 6, /* of a site; the last one is for what comes back */
    MODEL_LINES = 24,
    MODEL_ORDERS = 2000,
    MODEL_WORK = 4000,
    MODEL_PACKAGES = 4000,
    MODEL_WISHES = 12, /* of an order, with those that a change adds */
    MODEL_RETURNS = 1500,
};

enum model_commercial { MODEL_PLACED, MODEL_CLOSED, MODEL_CANCELLED };

struct model_line {
    int sku;  /* -1: not of goods */
    int wish; /* whose goods these are */
    int64_t quantity, cancelled, released, picked, packed, shipped, delivered, returned;
    int64_t open[MODEL_SITES]; /* promised there and not left yet */
    int64_t falling;           /* of them let go, at a site that nobody could foresee */
    int64_t back;              /* cancelled when they lie in their bin again */
};
/* What was asked for at one price: so many of a product, or kits with all their parts. */
struct model_asked {
    int sku;
    int64_t line_no, quantity, unit_minor, minor, services_minor;
    int64_t first; /* of them, that a discount was given on */
};
struct model_order {
    enum model_commercial state;
    struct model_line lines[MODEL_LINES + 1]; /* by number, from 1 */
    struct model_asked asked[MODEL_WISHES];
    size_t asked_count;
    int64_t wanted[MODEL_STOCKED];
    int64_t total_minor, extra_minor;
    int64_t credited_minor; /* by how much cases, returns and goodwill lower what it costs */
    int64_t gone;           /* units lost or come back undelivered */
    bool is_held;           /* as it is seen */
    bool is_read;
};
struct model_work {
    int order, site;
    int64_t picked[MODEL_LINES + 1], packed[MODEL_LINES + 1];
};
enum model_where { MODEL_IN_HOUSE, MODEL_AWAY, MODEL_DELIVERED, MODEL_BACK, MODEL_LOST };
struct model_package {
    int work;
    enum model_where where;
    int64_t units[MODEL_LINES + 1];
    int64_t answered[MODEL_LINES + 1]; /* of them: back in returns that were there before */
};

/* The first three are here, and wait for what comes next. */
enum model_heap {
    MODEL_WAITING,
    MODEL_QUARANTINED,
    MODEL_REPAIRING,
    MODEL_RESTOCKED,
    MODEL_SCRAPPED,
    MODEL_SENT_BACK,
    MODEL_HEAPS
};
struct model_return_line {
    int site; /* once something was received */
    int64_t asked, received, ended, paid, refund_minor, heaps[MODEL_HEAPS];
};
struct model_return {
    int order;
    int64_t fee_minor; /* left to keep */
    bool is_parcel;    /* that nobody took */
    struct model_return_line lines[MODEL_LINES + 1];
};

struct model {
    char wrong[300];
    int64_t prices[MODEL_SKUS];
    int64_t kit[MODEL_STOCKED]; /* parts of the kit */
    int64_t bins[MODEL_STOCKED][MODEL_SITES][MODEL_BINS];
    int64_t sellable[MODEL_STOCKED][MODEL_SITES]; /* in bins, totes and packages */
    int64_t promised[MODEL_STOCKED][MODEL_SITES];
    int64_t dock[MODEL_STOCKED][MODEL_SITES]; /* came in, and not put away */
    int64_t received, written_off, left;      /* units, for the last account */
    struct model_order orders[MODEL_ORDERS];
    struct model_work work[MODEL_WORK];
    struct model_package packages[MODEL_PACKAGES];
    struct model_return returns[MODEL_RETURNS];
    int order_count, work_count, package_count, return_count;
};

/* Keeps the first one. Returns false. */
bool model_wrong(struct model *m, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Of an amount for `of` units what `units` of them cost, a half cent up. */
int64_t model_share(int64_t minor, int64_t units, int64_t of);

/* --- stock ----------------------------------------------------------------------------------- */

void model_receive(struct model *m, int sku, int site, int bin, int64_t units);
/* Counted, found, lost, damaged: by how many. */
bool model_adjust(struct model *m, int sku, int site, int bin, int64_t difference);
bool model_move(struct model *m, int sku, int site, int from, int to, int64_t units);
/* With a delivery: nobody may have it before it is put away. */
void model_arrive(struct model *m, int sku, int site, int64_t units);
bool model_put_away(struct model *m, int sku, int site, int bin, int64_t units);
/* For a cart; less than 0: given back. */
bool model_set_aside(struct model *m, int sku, int site, int64_t units);
/* Could be promised now. */
int64_t model_free(const struct model *m, int sku, int site);

/* --- orders ---------------------------------------------------------------------------------- */

struct model_wish {
    int sku;
    int64_t quantity, discount_minor, services_minor; /* services: of one unit */
    bool is_free;                                     /* sent again: nothing of it costs anything */
};
/* Returns its number, or -1. `extra_minor`: shipping, and services to all of it. */
int model_place(struct model *m, const struct model_wish *wishes, size_t n, int64_t extra_minor);
/* A line of goods as the order shows it, and that they were all. */
bool model_line(struct model *m, int order, int64_t line_no, int sku, int64_t quantity, int wish);
bool model_lines_end(struct model *m, int order);
/* Of these has to be promised, not more: to be asked before the promises are told. */
int64_t model_can_promise(const struct model *m, int sku, int64_t wanted);
/* Promised and not left yet: may rise only by what was free. */
bool model_promise(struct model *m, int order, int64_t line_no, int site, int64_t open);
int64_t model_missing(const struct model *m, int order, int sku);
void model_held(struct model *m, int order, bool is_held);
/* What is in the house and not on its way back into its bin. */
int64_t model_can_cancel(const struct model_line *l);
struct model_cancelled {
    int64_t units, put_back, left; /* left: out of the house already */
    bool is_whole;                 /* the order is cancelled */
};
/* A number of what was asked for; kits are cancelled with all their parts. */
int64_t model_can_cancel_wish(const struct model *m, int order, int wish);
struct model_cancelled model_cancel_wish(struct model *m, int order, int wish, int64_t quantity);
struct model_cancelled model_cancel(struct model *m, int order);
void model_close(struct model *m, int order);
/* Of a wish, without what is cancelled or on its way back; kits: whole ones. */
int64_t model_wanted(const struct model *m, int order, int wish);
/* More of it at its price; a new wish. The order shows its lines anew after each. */
void model_more(struct model *m, int order, int wish, int64_t quantity);
bool model_add(struct model *m, int order, int sku, int64_t quantity);
int64_t model_missing_all(const struct model *m, int order);

/* --- floor and road -------------------------------------------------------------------------- */

int model_make_work(struct model *m, int order, int site);
bool model_pick(struct model *m, int work, int64_t line_no, int bin, int64_t units);
bool model_unpick(struct model *m, int work, int64_t line_no, int bin, int64_t units);
/* `lost` of the bin are booked away; `missing` are given up by this site. */
bool model_short(struct model *m, int work, int64_t line_no, int bin, int64_t found, int64_t lost,
                 int64_t missing);
/* Out of the tote, or out of the boxes that were opened, into a bin: cancelled now. */
bool model_put_back(struct model *m, int work, int64_t line_no, int bin, int64_t units);
int model_make_package(struct model *m, int work);
/* What is in the boxes of work, as told by them, is what was packed. */
bool model_boxes_agree(struct model *m, int work);
bool model_pack_all(struct model *m, int work); /* that was picked */
bool model_hand_over(struct model *m, int package);
bool model_take_back(struct model *m, int package);
bool model_deliver(struct model *m, int package);
void model_lose(struct model *m, int package);
bool model_come_back(struct model *m, int package);

/* --- returns --------------------------------------------------------------------------------- */

int model_ask_back(struct model *m, int order); /* its number; -1 */
/* Left the house, and in no return. */
int64_t model_can_ask(const struct model *m, int order, int64_t line_no);
/* In the customer's hands. */
int64_t model_customer_has(const struct model *m, int order, int64_t line_no);
bool model_ask_line(struct model *m, int of, int64_t line_no, int64_t units);
/* No more than these are to come. */
bool model_ask_less(struct model *m, int of, int64_t line_no, int64_t units);
bool model_get_back(struct model *m, int of, int64_t line_no, int site, int64_t units);
/* Of a parcel's units of a line those that an older return had ended before they came. */
int64_t model_answer_back(struct model *m, int package, int64_t line_no);
bool model_parcel_back(struct model *m, int of, int package);
struct model_decision {
    int64_t units;
    int from; /* -1: what waits first */
    enum model_heap to;
    int bin; /* of what is good to sell */
};
bool model_decide(struct model *m, int of, int64_t line_no, struct model_decision d);
/* What the next units of a line were paid for, without services; -1: it is a part of a kit. */
int64_t model_worth_back(const struct model *m, int of, int64_t line_no, int64_t units);
/* What the first units of `whole` cost: what was added later has no discount. */
int64_t model_paid(const struct model_asked *a, int64_t units, int64_t whole);
/* What an order is still worth: nobody gets back more. */
int64_t model_refundable(const struct model *m, int order);
/* Returns what is kept of it. */
int64_t model_take_fee(struct model *m, int of, int64_t worth_minor);
/* `is_paid`: money or other goods are given for them. */
bool model_end_units(struct model *m, int of, int64_t line_no, int64_t units, bool is_paid,
                     int64_t refund_minor);

/* --- what users must see --------------------------------------------------------------------- */

struct model_sight {
    int stage; /* 1 processing ... 5 delivering, 6 completing, 7 completed, 8 cancelled */
    int64_t units, allocated, released, picked, packed, shipped, delivered, cancelled, returned;
    int64_t owed_minor, credited_minor;
};
/* All that waits and may go on has gone on: call it when nothing is left to do. */
void model_settle(struct model *m);
struct model_sight model_see(const struct model *m, int order);
int64_t model_allocated(const struct model_line *l);
/* Received = on the shelves + written off + left. */
bool model_is_conserved(struct model *m);
