/* domain/inventory/stock_task.h: work of the stock keepers: from a bin to a bin.
 *
 *   ready ─take─> taken ─finish─> done        put away: what came in, to where it is picked
 *     └────────────┴──── drop ──> dropped     replenish: from the reserve to the pick face
 *
 * The units stay in the first bin until a hand confirms them in the second; the task holds nothing
 * back. A lease that ran out makes a taken task free again. */
#pragma once

#include "base/ctx.h"
#include "base/field.h"

enum stock_task_kind { STOCK_PUT_AWAY, STOCK_REPLENISH };
enum stock_task_state { STOCK_TASK_READY, STOCK_TASK_TAKEN, STOCK_TASK_DONE, STOCK_TASK_DROPPED };
enum stock_task_verb { STOCK_TASK_TAKE, STOCK_TASK_FINISH, STOCK_TASK_DROP };
extern const struct words stock_task_kind_words, stock_task_state_words, stock_task_verb_words;
extern const struct lifecycle stock_task_lifecycle;

#define STOCK_TASK_LEASE_US (30 * 60 * INT64_C(1000000))

struct stock_task {
    int64_t merchant_id, task_id, site_id;
    int32_t kind, state;
    int64_t product_id;
    struct text lot;
    int32_t condition;
    int64_t from_place, to_place; /* to_place NONE: nobody knows where to */
    int64_t quantity, done;
    int64_t cause_id; /* expected delivery, or NONE */
    int64_t worker_id, lease_until_us, created_us, done_us;
};
extern const struct fields stock_task_fields;

must_check enum err stock_task_insert(struct ctx *c, const struct stock_task *t); /* queued */
/* Kept to this unit until it ends. ERR_NOT_FOUND "task_not_found". */
must_check enum err stock_task_take_row(struct ctx *c, int64_t task_id, struct stock_task *out);
/* The state after the verb, in `t` alone: stock_task_write stores it. */
must_check enum err stock_task_do(struct ctx *c, struct stock_task *t, enum stock_task_verb verb);
must_check enum err stock_task_write(struct ctx *c, const struct stock_task *t); /* queued */
/* Open ones of a site, oldest first. */
must_check enum err stock_tasks_open(struct ctx *c, int64_t site_id, enum stock_task_kind kind,
                                     int64_t after_id, int64_t limit, struct list *out);
/* Open ones of these products, by product. */
must_check enum err stock_tasks_of(struct ctx *c, const int64_t *product_ids, size_t n,
                                   struct list *out);

/* A bin that is picked from and filled again: between min and max units of a product. */
struct pick_face {
    int64_t merchant_id, product_id, bin_id, site_id, min_units, max_units;
};
extern const struct fields pick_face_fields;
must_check enum err pick_face_put(struct ctx *c, const struct pick_face *f); /* queued */
/* ERR_NOT_FOUND "face_not_found". */
must_check enum err pick_face_drop(struct ctx *c, int64_t product_id, int64_t bin_id);
must_check enum err pick_faces_of(struct ctx *c, const int64_t *product_ids, size_t n,
                                  struct list *out); /* by product, then bin */
must_check enum err pick_faces_at(struct ctx *c, int64_t site_id, int64_t after_product,
                                  int64_t limit, struct list *out);
