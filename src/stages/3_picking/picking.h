/* stages/3_picking/picking.h: stage 3, goods come from the bins into totes.
 *
 *   released ──wave──claim──scan, scan, scan──> picked
 *                             └─ short: another bin, or the line is promised anew
 *
 * A tote is the fulfillment's own place: picked and not yet packed goods are in it. Every scan is
 * checked against what was asked, against the bin's content, and against stops (holds, cancels,
 * changes): what is wrong is said to the hand that did it. Batches are decided as a set with the
 * same number of statements for any size; a bad member is answered alone. All functions run inside
 * a unit of work, those that only read also outside. */
#pragma once

#include "base/ctx.h"
#include "base/field.h"
#include "domain/events/event.h"
#include "domain/orders/work.h"

/* --- what to walk for ------------------------------------------------------------------------ */

struct pick_item {
    int64_t fulfillment_id, task_id, order_id, order_number;
    int32_t kind, state;
    int64_t line_no, product_id;
    struct text sku, name, gtin;
    int64_t bin_id; /* NONE: nobody knows where; look for it */
    struct text bin, zone, lot, tote;
    int64_t quantity, done, walk, version, due_us, worker_id, lease_until_us;
    struct text worker; /* a name; whoever shows it fills it in */
};
extern const struct fields pick_item_fields;

/* Pick and put-back tasks of these fulfillments in walking order, done ones too when asked for. */
must_check enum err picking_items(struct ctx *c, const int64_t *fulfillment_ids, size_t n,
                                  bool with_done, struct list *items);
must_check enum err picking_items_of_wave(struct ctx *c, int64_t wave_id, bool with_done,
                                          struct list *items);

/* --- waves ----------------------------------------------------------------------------------- */

struct wave_filter {
    int64_t method;        /* enum delivery_method, or NONE */
    int64_t due_before_us; /* or NONE */
    int64_t fulfillments_max, units_max, weight_max_g, volume_max_ml; /* of one cart; 0: any */
    int64_t waves_max;                                                /* 0: as many as it takes */
};
struct wave_plan {
    struct wave wave;
    int64_t fulfillments, tasks, units, stops;
    int64_t length; /* of the walk */
    bool is_mm;     /* in millimetres; otherwise in steps */
};
enum { WAVE_CANDIDATES_MAX = 2000 };

/* Released work of a site without a wave becomes waves, one per cart, most urgent first. None when
   nothing is waiting. Tasks get their place in the walk. Held work is left out. */
must_check enum err wave_plan(struct ctx *c, int64_t site_id, const struct wave_filter *filter,
                              struct wave_plan **waves, size_t *count);

/* --- leases ---------------------------------------------------------------------------------- */

struct pick_claim {
    int64_t site_id, wave_id; /* one of them is NONE; a site gives work outside of waves */
    int64_t worker_id;
    int64_t most; /* tasks */
};
enum { PICK_CLAIM_MAX = 200 };

/* The next tasks for a worker, in walking order, leased for TASK_LEASE_US; the worker's own come
   first and are leased anew. An empty list: there is nothing to do. */
must_check enum err picking_claim(struct ctx *c, const struct pick_claim *in, struct list *items);
/* Give a task back before its lease ends. */
must_check enum err picking_give_back(struct ctx *c, int64_t fulfillment_id, int64_t task_id,
                                      int64_t worker_id);
/* Released to picking. The first confirmed scan does it as well. */
must_check enum err picking_start(struct ctx *c, const int64_t *fulfillment_ids, size_t n,
                                  struct fault *faults);

/* --- confirming ------------------------------------------------------------------------------ */

struct pick_confirm {
    int64_t fulfillment_id, task_id;
    int64_t quantity;  /* NONE: all that is left of the task */
    int64_t bin_id;    /* NONE: the task's own; needed where the task has none */
    struct text lot;   /* absent: the task's */
    int64_t version;   /* of the fulfillment as the worker knows it; NONE: not asked */
    int64_t worker_id; /* NONE: nobody's lease matters (whole lives, bulk) */
};
enum { PICK_BATCH_MAX = 10000 };

/* Units from bins into totes. faults[i].code OK: done. Refusals: "task_not_found", "not_a_pick",
   "task_done", "leased_by_other", "stop", "wrong_state", "too_many", "bin_needed", "wrong_bin",
   "wrong_lot", "expired", "not_enough". */
must_check enum err picking_confirm(struct ctx *c, const struct pick_confirm *jobs, size_t n,
                                    struct fault *faults);

struct pick_scan {
    int64_t fulfillment_id, task_id;
    struct text scan;     /* raw, as the scanner sent it */
    struct text bin_scan; /* raw; absent: not scanned */
    int64_t quantity;     /* NONE: what the symbol says, else one */
    int64_t version, worker_id;
};
struct pick_result {
    int64_t task_id, done, left; /* of the task */
    int32_t task_state;
    int64_t fulfillment_id, tasks_open;
    int32_t fulfillment_state;
};
extern const struct fields pick_result_fields;

/* One scan of a person: ERR_CONFLICT "wrong_item" or "wrong_bin" name what it is and what was
   asked; otherwise as picking_confirm. */
must_check enum err picking_scan(struct ctx *c, const struct pick_scan *in,
                                 struct pick_result *out);

/* --- when it does not go well ---------------------------------------------------------------- */

enum short_reason {
    SHORT_NOT_THERE,      /* the bin is empty: all that is left in it is booked as lost */
    SHORT_LESS_THAN_SAID, /* what is missing is booked as lost, the rest stays */
    SHORT_DAMAGED,        /* what is missing goes to scrap */
    SHORT_CANNOT_REACH    /* the stock stays as it is; look elsewhere */
};
extern const struct words short_reason_words;

struct pick_short {
    int64_t fulfillment_id, task_id, version, worker_id;
    int64_t found; /* units taken now, of what was left of the task */
    int32_t reason;
};
struct pick_short_result {
    struct list items; /* struct pick_item: where to look instead */
    int64_t missing;   /* units that no other bin of the site has */
    int32_t fulfillment_state;
};
/* The task ends short. Its rest is looked for in other bins of the site (new tasks, allotted
   there); what no bin has leaves the fulfillment, its promise is given back, and ORDER_SHORT asks
   processing to promise anew. */
must_check enum err picking_short(struct ctx *c, const struct pick_short *in,
                                  struct pick_short_result *out);

/* Put units of a confirmed pick back into their bin, as long as they lie in the tote; they are to
   be picked again. A done TASK_PUT_BACK keeps the record. */
must_check enum err picking_undo(struct ctx *c, int64_t fulfillment_id, int64_t task_id,
                                 int64_t quantity);
/* Finish a TASK_PUT_BACK: out of the tote, or of a package that the cancellation opened, into
   `bin_id` (NONE: the task's). The units are cancelled and free from here on; the last one ends
   the cancelling, or the picking of what stays. ERR_CONFLICT "not_a_put_back", "bin_needed",
   "wrong_bin", "in_package". */
must_check enum err picking_put_back(struct ctx *c, int64_t fulfillment_id, int64_t task_id,
                                     int64_t bin_id);
