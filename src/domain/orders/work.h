/* domain/orders/work.h: the work that an order causes: fulfillments, their lines, tasks, waves.
 *
 * A fulfillment is the work for one order at one site, one destination, one delivery method. It is
 * also the place of its tote: goods picked and not yet packed are in it. */
#pragma once

#include "base/ctx.h"
#include "base/field.h"

enum fulfillment_state {
    FULFILLMENT_PLANNED,
    FULFILLMENT_RELEASED,
    FULFILLMENT_PICKING,
    FULFILLMENT_PICKED,
    FULFILLMENT_PACKING,
    FULFILLMENT_PACKED,
    FULFILLMENT_CANCELLING,
    FULFILLMENT_HANDED_OVER,
    FULFILLMENT_DELIVERED,
    FULFILLMENT_CLOSED,
    FULFILLMENT_REJECTED,
    FULFILLMENT_CANCELLED
};
enum fulfillment_verb {
    FULFILLMENT_RELEASE,
    FULFILLMENT_START_PICK,
    FULFILLMENT_FINISH_PICK,
    FULFILLMENT_START_PACK,
    FULFILLMENT_FINISH_PACK,
    FULFILLMENT_HAND_OVER,
    FULFILLMENT_DELIVER,
    FULFILLMENT_CLOSE,
    FULFILLMENT_REJECT,
    FULFILLMENT_CANCEL,
    FULFILLMENT_FINISH_CANCEL,
    FULFILLMENT_REOPEN_PICK,
    FULFILLMENT_REOPEN_PACK,
    FULFILLMENT_TAKE_BACK
};
enum task_kind {
    TASK_PICK,
    TASK_GIFT_WRAP,
    TASK_CUSTOMIZATION,
    TASK_SPECIAL_PACKAGING,
    TASK_ASSEMBLY,
    TASK_PUT_BACK
};
enum task_state { TASK_READY, TASK_LEASED, TASK_DONE, TASK_SHORT, TASK_REFUSED };
enum task_verb { TASK_LEASE, TASK_GIVE_BACK, TASK_FINISH, TASK_FALL_SHORT, TASK_REFUSE };

extern const struct words fulfillment_state_words, fulfillment_verb_words, task_kind_words,
    task_state_words, task_verb_words;
extern const struct lifecycle fulfillment_lifecycle, task_lifecycle;

struct fulfillment {
    int64_t merchant_id, fulfillment_id, order_id, site_id, ship_to_id;
    int32_t method, state;
    int64_t version, wave_id, due_us, promised_day;
    struct text tote;
    int64_t units, picked, packed, tasks_open, services_open, created_us;
};
extern const struct fields fulfillment_fields;

struct fulfillment_line {
    int64_t merchant_id, fulfillment_id, line_no, product_id, quantity, picked, packed;
};
extern const struct fields fulfillment_line_fields;

struct task {
    int64_t merchant_id, fulfillment_id, task_id, site_id;
    int32_t kind, state;
    int64_t line_no, product_id, place_id;
    struct text lot;
    int64_t quantity, done, walk;
    struct text wording;
    int64_t worker_id, lease_until_us;
    int64_t reason; /* NONE while none */
    int64_t done_us;
};
extern const struct fields task_fields;

struct wave {
    int64_t merchant_id, wave_id, site_id, number, method, due_us, worker_id, created_us;
};
extern const struct fields wave_fields;

#define TASK_LEASE_US (15 * 60 * INT64_C(1000000))

must_check enum err fulfillment_insert(struct ctx *c, const struct fulfillment *f,
                                       const struct fulfillment_line *lines, size_t count);
must_check enum err fulfillment_get(struct ctx *c, int64_t id, struct fulfillment *out);
/* Sets by key, ascending. */
must_check enum err fulfillments_of(struct ctx *c, const int64_t *ids, size_t n, struct list *out);
must_check enum err fulfillments_of_orders(struct ctx *c, const int64_t *order_ids, size_t n,
                                           struct list *out);
must_check enum err fulfillment_lines_of(struct ctx *c, const int64_t *ids, size_t n,
                                         struct list *out);
/* What a site has to do, most urgent first. */
must_check enum err fulfillment_list(struct ctx *c, int64_t site_id, enum fulfillment_state state,
                                     int64_t limit, struct list *out);
must_check enum err fulfillments_of_wave(struct ctx *c, int64_t wave_id, struct list *out);
/* The verb, checked against the lifecycle and written (queued) under the state it was read in. */
must_check enum err fulfillment_do(struct ctx *c, struct fulfillment *f,
                                   enum fulfillment_verb verb);
must_check enum err fulfillment_set_wave(struct ctx *c, const struct fulfillment *f,
                                         int64_t wave_id);
/* Until it is packed: then its tote is free for another. ERR_CONFLICT "tote_taken" while goods of
   another order are to lie in it, "wrong_state" when it is packed already. */
must_check enum err fulfillment_set_tote(struct ctx *c, const struct fulfillment *f,
                                         struct text tote);
must_check enum err fulfillment_by_tote(struct ctx *c, int64_t site_id, struct text tote,
                                        struct fulfillment *out, bool *found);
/* Units that this fulfillment will not bring any more (short pick, cancel). */
must_check enum err fulfillment_shrink(struct ctx *c, int64_t fulfillment_id, int64_t line_no,
                                       int64_t quantity);
/* Raise the version: whoever works on it is stopped at the next scan. */
must_check enum err fulfillment_touch(struct ctx *c, int64_t fulfillment_id);
/* Differences, queued and added up. CHECKs keep packed <= picked <= units. */
struct work_progress {
    int64_t picked, packed, tasks_open, services_open;
};
must_check enum err fulfillment_progress(struct ctx *c, int64_t fulfillment_id,
                                         struct work_progress by);
must_check enum err fulfillment_line_progress(struct ctx *c, int64_t fulfillment_id,
                                              int64_t line_no, int64_t picked, int64_t packed);

/* The ends that several people may reach at once: each row decides by its own counters, so call
   this after the progress was queued. took[i] says whether this unit ended ids[i]. */
must_check enum err fulfillments_finish(struct ctx *c, const int64_t *ids, size_t n,
                                        enum fulfillment_verb verb, bool *took);
/* Keep these rows to this unit until it ends: who seals or opens a package counts them alone. */
must_check enum err fulfillments_lock(struct ctx *c, const int64_t *ids, size_t n);

/* Write what is queued. Decisions are made on what was read: where someone else was faster a CHECK
   breaks, and the unit is run again, to be answered in words: ERR_BUSY "raced". */
must_check enum err work_flush(struct ctx *c);

must_check enum err task_insert(struct ctx *c, const struct task *t);
must_check enum err task_get(struct ctx *c, int64_t fulfillment_id, int64_t task_id,
                             struct task *out);
must_check enum err tasks_of(struct ctx *c, const int64_t *fulfillment_ids, size_t n,
                             struct list *out);
/* Write (queued) state, done, worker, lease, place, reason of a task under the state, `done` and
   lease it was read with: ERR_BUSY "raced" when someone else changed it meanwhile. */
must_check enum err task_write(struct ctx *c, const struct task *before, const struct task *after);
/* Lease tasks to a worker until then; took[i] is false where someone else was faster. At once. */
must_check enum err tasks_lease(struct ctx *c, const struct task *tasks, size_t n,
                                int64_t worker_id, int64_t until_us, bool *took);
must_check enum err task_set_walk(struct ctx *c, const struct task *t, int64_t walk);
/* The state after the verb, in `t` alone: task_write stores it. */
must_check enum err task_do(struct ctx *c, struct task *t, enum task_verb verb);
/* The task ends by this verb: out of the worker's hands, and written (queued). A refused one was
   nobody's work. `after` may differ from `before` in what it says already. */
must_check enum err task_end(struct ctx *c, const struct task *before, struct task *after,
                             enum task_verb verb);

/* The next `n` numbers of waves; the first is returned. */
must_check enum err wave_numbers(struct ctx *c, int64_t n, int64_t *first);
must_check enum err wave_insert(struct ctx *c, const struct wave *w);
must_check enum err wave_get(struct ctx *c, int64_t wave_id, struct wave *out);
must_check enum err wave_list(struct ctx *c, int64_t site_id, int64_t limit, struct list *out);
