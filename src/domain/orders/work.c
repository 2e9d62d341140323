#include "domain/orders/work.h"

#include "base/heard.h"
#include "base/lifecycle.h"
#include "domain/orders/order.h"
#include "queries.h"
#include "store/db.h"

#include <string.h>

static const char *const fulfillment_states[] = {
    "planned",    "released",    "picking",   "picked", "packing",  "packed",
    "cancelling", "handed_over", "delivered", "closed", "rejected", "cancelled"};
static const char *const fulfillment_verbs[] = {
    "release",       "start_pick",  "finish_pick", "start_pack", "finish_pack",
    "hand_over",     "deliver",     "close",       "reject",     "cancel",
    "finish_cancel", "reopen_pick", "reopen_pack", "take_back"};
static const char *const task_kinds[] = {
    "pick", "gift_wrap", "customization", "special_packaging", "assembly", "put_back"};
static const char *const task_states[] = {"ready", "leased", "done", "short", "refused"};
static const char *const task_verbs[] = {"lease", "give_back", "finish", "fall_short", "refuse"};
const struct words fulfillment_state_words = WORDS("fulfillment_state", fulfillment_states);
const struct words fulfillment_verb_words = WORDS("fulfillment_verb", fulfillment_verbs);
const struct words task_kind_words = WORDS("task_kind", task_kinds);
const struct words task_state_words = WORDS("task_state", task_states);
const struct words task_verb_words = WORDS("task_verb", task_verbs);

#define BEFORE_HAND_OVER                                                                           \
    (IN(FULFILLMENT_RELEASED) | IN(FULFILLMENT_PICKING) | IN(FULFILLMENT_PICKED) |                 \
     IN(FULFILLMENT_PACKING) | IN(FULFILLMENT_PACKED))
static const struct move fulfillment_moves[] = {
    [FULFILLMENT_RELEASE] = {IN(FULFILLMENT_PLANNED), FULFILLMENT_RELEASED,
                             "the order has no live hold"},
    [FULFILLMENT_START_PICK] = {IN(FULFILLMENT_RELEASED), FULFILLMENT_PICKING, NULL},
    [FULFILLMENT_FINISH_PICK] = {IN(FULFILLMENT_PICKING), FULFILLMENT_PICKED,
                                 "no pick task is open"},
    [FULFILLMENT_START_PACK] = {IN(FULFILLMENT_PICKED), FULFILLMENT_PACKING, NULL},
    [FULFILLMENT_FINISH_PACK] = {IN(FULFILLMENT_PACKING), FULFILLMENT_PACKED,
                                 "all is in sealed packages and no service is open"},
    [FULFILLMENT_HAND_OVER] = {IN(FULFILLMENT_PACKED), FULFILLMENT_HANDED_OVER,
                               "every package is handed over and no hold is live"},
    [FULFILLMENT_DELIVER] = {IN(FULFILLMENT_HANDED_OVER), FULFILLMENT_DELIVERED,
                             "every package is delivered"},
    [FULFILLMENT_CLOSE] = {IN(FULFILLMENT_DELIVERED) | IN(FULFILLMENT_HANDED_OVER),
                           FULFILLMENT_CLOSED,
                           "its parcels arrived, came back or are lost for good"},
    [FULFILLMENT_REJECT] = {IN(FULFILLMENT_RELEASED), FULFILLMENT_REJECTED, "nothing is picked"},
    [FULFILLMENT_CANCEL] = {BEFORE_HAND_OVER, FULFILLMENT_CANCELLING, NULL},
    [FULFILLMENT_FINISH_CANCEL] = {IN(FULFILLMENT_CANCELLING), FULFILLMENT_CANCELLED,
                                   "no put-back is open"},
    [FULFILLMENT_REOPEN_PICK] = {IN(FULFILLMENT_PICKED) | IN(FULFILLMENT_PACKING) |
                                     IN(FULFILLMENT_PACKED),
                                 FULFILLMENT_PICKING, "something goes back to its bin"},
    [FULFILLMENT_TAKE_BACK] = {IN(FULFILLMENT_HANDED_OVER), FULFILLMENT_PACKED,
                               "a hand-over is undone before the carrier's first scan"},
    [FULFILLMENT_REOPEN_PACK] = {IN(FULFILLMENT_PACKED), FULFILLMENT_PACKING,
                                 "a package was opened again"},
};
const struct lifecycle fulfillment_lifecycle = {"fulfillment", &fulfillment_state_words,
                                                &fulfillment_verb_words, fulfillment_moves,
                                                FULFILLMENT_PLANNED};

static const struct move task_moves[] = {
    [TASK_LEASE] = {IN(TASK_READY) | IN(TASK_LEASED), TASK_LEASED,
                    "nobody else has a live lease on it"},
    [TASK_GIVE_BACK] = {IN(TASK_LEASED), TASK_READY, NULL},
    [TASK_FINISH] = {IN(TASK_READY) | IN(TASK_LEASED), TASK_DONE, "all of it is done"},
    [TASK_FALL_SHORT] = {IN(TASK_READY) | IN(TASK_LEASED), TASK_SHORT, NULL},
    [TASK_REFUSE] = {IN(TASK_READY) | IN(TASK_LEASED), TASK_REFUSED, NULL},
};
const struct lifecycle task_lifecycle = {"task", &task_state_words, &task_verb_words, task_moves,
                                         TASK_READY};

static const struct field fulfillment_table[] = {
    FIELD(struct fulfillment, merchant_id),
    FIELD_ID(struct fulfillment, fulfillment_id, "id", "ful"),
    FIELD_ID(struct fulfillment, order_id, "order_id", "ord"),
    FIELD_ID(struct fulfillment, site_id, "site_id", "sit"),
    FIELD_ID(struct fulfillment, ship_to_id, "ship_to_id", "adr"),
    FIELD_ENUM(struct fulfillment, method, method_words),
    FIELD_ENUM(struct fulfillment, state, fulfillment_state_words),
    FIELD(struct fulfillment, version),
    FIELD_ID(struct fulfillment, wave_id, "wave_id", "wav", .flags = F_NULL),
    FIELD_INSTANT(struct fulfillment, due_us, "due_at"),
    FIELD_DAY(struct fulfillment, promised_day, "promised_date"),
    FIELD(struct fulfillment, tote),
    FIELD(struct fulfillment, units),
    FIELD(struct fulfillment, picked),
    FIELD(struct fulfillment, packed),
    FIELD(struct fulfillment, tasks_open),
    FIELD(struct fulfillment, services_open),
    FIELD_INSTANT(struct fulfillment, created_us, "created_at"),
};
const struct fields fulfillment_fields =
    FIELDS("fulfillment_row", struct fulfillment, fulfillment_table);

static const struct field fulfillment_line_table[] = {
    FIELD(struct fulfillment_line, merchant_id),
    FIELD_ID(struct fulfillment_line, fulfillment_id, "fulfillment_id", "ful"),
    FIELD(struct fulfillment_line, line_no),
    FIELD_ID(struct fulfillment_line, product_id, "product_id", "prd"),
    FIELD(struct fulfillment_line, quantity),
    FIELD(struct fulfillment_line, picked),
    FIELD(struct fulfillment_line, packed),
};
const struct fields fulfillment_line_fields =
    FIELDS("fulfillment_line_row", struct fulfillment_line, fulfillment_line_table);

static const struct field task_table[] = {
    FIELD(struct task, merchant_id),
    FIELD_ID(struct task, fulfillment_id, "fulfillment_id", "ful"),
    FIELD_ID(struct task, task_id, "id", "tsk"),
    FIELD_ID(struct task, site_id, "site_id", "sit"),
    FIELD_ENUM(struct task, kind, task_kind_words),
    FIELD_ENUM(struct task, state, task_state_words),
    FIELD(struct task, line_no),
    FIELD_ID(struct task, product_id, "product_id", "prd", .flags = F_NULL),
    FIELD_ID(struct task, place_id, "place_id", "plc", .flags = F_NULL),
    FIELD(struct task, lot),
    FIELD(struct task, quantity),
    FIELD(struct task, done),
    FIELD(struct task, walk),
    FIELD(struct task, wording),
    FIELD_ID(struct task, worker_id, "worker_id", "usr", .flags = F_NULL),
    FIELD_INSTANT(struct task, lease_until_us, "lease_until_at"),
    FIELD(struct task, reason, .flags = F_NULL),
    FIELD_INSTANT(struct task, done_us, "done_at"),
};
const struct fields task_fields = FIELDS("task_row", struct task, task_table);

static const struct field wave_table[] = {
    FIELD(struct wave, merchant_id),
    FIELD_ID(struct wave, wave_id, "id", "wav"),
    FIELD_ID(struct wave, site_id, "site_id", "sit"),
    FIELD(struct wave, number),
    FIELD(struct wave, method, .flags = F_NULL),
    FIELD_INSTANT(struct wave, due_us, "due_at"),
    FIELD_ID(struct wave, worker_id, "worker_id", "usr", .flags = F_NULL),
    FIELD_INSTANT(struct wave, created_us, "created_at"),
};
const struct fields wave_fields = FIELDS("wave_row", struct wave, wave_table);

#define MERCHANT I64(c->merchant_id)

enum err fulfillment_insert(struct ctx *c, const struct fulfillment *f,
                            const struct fulfillment_line *lines, size_t count)
{
    TRY(db_put_record(c, &Q_fulfillment_insert, &fulfillment_fields, f));
    for (size_t i = 0; i < count; i++)
        TRY(db_put_record(c, &Q_fulfillment_line_insert, &fulfillment_line_fields, &lines[i]));
    return OK;
}

enum err fulfillments_of(struct ctx *c, const int64_t *ids, size_t n, struct list *out)
{
    return db_rows(c, &Q_fulfillments_of, ARGS(MERCHANT, I64S(ids, n)), &fulfillment_fields, out);
}

enum err fulfillment_get(struct ctx *c, int64_t id, struct fulfillment *out)
{
    struct list found;
    TRY(fulfillments_of(c, &id, 1, &found));
    if (!found.count)
        return fail(c, ERR_NOT_FOUND, "fulfillment_not_found", "there is no such fulfillment");
    *out = *(const struct fulfillment *)found.at;
    return OK;
}

enum err fulfillments_of_orders(struct ctx *c, const int64_t *order_ids, size_t n, struct list *out)
{
    return db_rows(c, &Q_fulfillments_of_orders, ARGS(MERCHANT, I64S(order_ids, n)),
                   &fulfillment_fields, out);
}

enum err fulfillment_lines_of(struct ctx *c, const int64_t *ids, size_t n, struct list *out)
{
    return db_rows(c, &Q_fulfillment_lines_of, ARGS(MERCHANT, I64S(ids, n)),
                   &fulfillment_line_fields, out);
}

enum err fulfillment_list(struct ctx *c, int64_t site_id, enum fulfillment_state state,
                          int64_t limit, struct list *out)
{
    return db_rows(c, &Q_fulfillment_list, ARGS(MERCHANT, I64(site_id), I64(state), I64(limit)),
                   &fulfillment_fields, out);
}

enum err fulfillments_of_wave(struct ctx *c, int64_t wave_id, struct list *out)
{
    return db_rows(c, &Q_fulfillments_of_wave, ARGS(MERCHANT, I64(wave_id)), &fulfillment_fields,
                   out);
}

enum err fulfillment_do(struct ctx *c, struct fulfillment *f, enum fulfillment_verb verb)
{
    int32_t to;
    TRY(lifecycle_next(c, &fulfillment_lifecycle, f->state, (int32_t)verb, &to));
    TRY(db_put_sure(c, &Q_fulfillment_state,
                    ARGS(MERCHANT, I64(f->fulfillment_id), I64(f->state), I64(to))));
    f->state = to;
    return OK;
}

enum err fulfillment_set_wave(struct ctx *c, const struct fulfillment *f, int64_t wave_id)
{
    return db_put_sure(c, &Q_fulfillment_set_wave,
                       ARGS(MERCHANT, I64(f->fulfillment_id), I64(f->state), I64(wave_id)));
}

enum err fulfillment_set_tote(struct ctx *c, const struct fulfillment *f, struct text tote)
{
    struct fulfillment other;
    bool is_taken;
    if (f->state > FULFILLMENT_PACKING) {
        fail(c, ERR_CONFLICT, "wrong_state", "the work is %s",
             word_of(&fulfillment_state_words, f->state));
        return hint(c, "a tote holds what is picked and not packed");
    }
    TRY(fulfillment_by_tote(c, f->site_id, tote, &other, &is_taken));
    if (is_taken && other.fulfillment_id != f->fulfillment_id) {
        fail_at(c, ERR_CONFLICT, "tote_taken", "tote", "goods of another order are in tote %.*s",
                TEXT_ARG(text_head(tote, 40)));
        return hint(c, "see whose: waybill work list --tote %.*s", TEXT_ARG(text_head(tote, 40)));
    }
    return db_put_sure(c, &Q_fulfillment_set_tote,
                       ARGS(MERCHANT, I64(f->fulfillment_id), TXT(tote)));
}

enum err fulfillment_by_tote(struct ctx *c, int64_t site_id, struct text tote,
                             struct fulfillment *out, bool *found)
{
    return db_find(c, &Q_fulfillment_by_tote, ARGS(MERCHANT, I64(site_id), TXT(tote)),
                   &fulfillment_fields, out, found);
}

enum err fulfillment_progress(struct ctx *c, int64_t fulfillment_id, struct work_progress by)
{
    return db_add(c, &Q_fulfillment_progress, 2,
                  ARGS(MERCHANT, I64(fulfillment_id), I64(by.picked), I64(by.packed),
                       I64(by.tasks_open), I64(by.services_open)));
}

enum err fulfillment_line_progress(struct ctx *c, int64_t fulfillment_id, int64_t line_no,
                                   int64_t picked, int64_t packed)
{
    return db_add(c, &Q_fulfillment_line_progress, 3,
                  ARGS(MERCHANT, I64(fulfillment_id), I64(line_no), I64(picked), I64(packed)));
}

enum err fulfillment_shrink(struct ctx *c, int64_t fulfillment_id, int64_t line_no,
                            int64_t quantity)
{
    TRY(db_add(c, &Q_fulfillment_line_shrink, 3,
               ARGS(MERCHANT, I64(fulfillment_id), I64(line_no), I64(quantity))));
    return db_add(c, &Q_fulfillment_shrink, 2, ARGS(MERCHANT, I64(fulfillment_id), I64(quantity)));
}

enum err fulfillment_touch(struct ctx *c, int64_t fulfillment_id)
{
    return db_put_sure(c, &Q_fulfillment_touch, ARGS(MERCHANT, I64(fulfillment_id)));
}

enum err fulfillments_finish(struct ctx *c, const int64_t *ids, size_t n,
                             enum fulfillment_verb verb, bool *took)
{
    const struct query *q = verb == FULFILLMENT_FINISH_PICK   ? &Q_fulfillment_finish_pick
                            : verb == FULFILLMENT_FINISH_PACK ? &Q_fulfillment_finish_pack
                                                              : &Q_fulfillment_finish_cancel;
    struct value *rows = arena_new(c->arena, struct value, n * 2 + 1);
    for (size_t i = 0; i < n; i++) {
        rows[i * 2] = MERCHANT;
        rows[i * 2 + 1] = I64(ids[i]);
    }
    TRY(db_each(c, q, rows, n, took, NULL));
    for (size_t i = 0; took && i < n; i++)
        lifecycle_note(&fulfillment_lifecycle,
                       verb == FULFILLMENT_FINISH_PICK   ? FULFILLMENT_PICKING
                       : verb == FULFILLMENT_FINISH_PACK ? FULFILLMENT_PACKING
                                                         : FULFILLMENT_CANCELLING,
                       (int32_t)verb, took[i]);
    return OK;
}

enum err fulfillments_lock(struct ctx *c, const int64_t *ids, size_t n)
{
    for (size_t i = 0; i < n; i++) TRY(fulfillment_progress(c, ids[i], (struct work_progress){0}));
    return db_flush(c);
}

enum err work_flush(struct ctx *c)
{
    enum err e = db_flush(c);
    if (e != ERR_CONFLICT || !text_is(text_of(c->fault.reason), "constraint")) return e;
    return fail(c, ERR_BUSY, "raced", "someone else was faster");
}

enum err task_insert(struct ctx *c, const struct task *t)
{
    return db_put_record(c, &Q_task_insert, &task_fields, t);
}

enum err task_get(struct ctx *c, int64_t fulfillment_id, int64_t task_id, struct task *out)
{
    bool found = false;
    TRY(db_find(c, &Q_task_get, ARGS(MERCHANT, I64(fulfillment_id), I64(task_id)), &task_fields,
                out, &found));
    return found ? OK : fail(c, ERR_NOT_FOUND, "task_not_found", "there is no such task");
}

enum err tasks_of(struct ctx *c, const int64_t *fulfillment_ids, size_t n, struct list *out)
{
    return db_rows(c, &Q_tasks_of, ARGS(MERCHANT, I64S(fulfillment_ids, n)), &task_fields, out);
}

enum err task_write(struct ctx *c, const struct task *before, const struct task *after)
{
    return db_put_sure(c, &Q_task_write,
                       ARGS(MERCHANT, I64(before->fulfillment_id), I64(before->task_id),
                            I64(before->state), I64(before->done), I64(after->state),
                            I64(after->done), I64(after->place_id), I64(after->worker_id),
                            I64(after->lease_until_us), I64(after->reason), I64(after->done_us),
                            I64(after->quantity), I64(before->lease_until_us)));
}

enum err tasks_lease(struct ctx *c, const struct task *tasks, size_t n, int64_t worker_id,
                     int64_t until_us, bool *took)
{
    struct value *rows = arena_new(c->arena, struct value, n * 7 + 1);
    for (size_t i = 0; i < n; i++) {
        const struct value row[] = {MERCHANT,
                                    I64(tasks[i].fulfillment_id),
                                    I64(tasks[i].task_id),
                                    I64(tasks[i].done),
                                    I64(c->now_us),
                                    I64(worker_id),
                                    I64(until_us)};
        memcpy(rows + i * 7, row, sizeof row);
    }
    return db_each(c, &Q_task_lease, rows, n, took, NULL);
}

enum err task_set_walk(struct ctx *c, const struct task *t, int64_t walk)
{
    return db_put_sure(c, &Q_task_set_walk,
                       ARGS(MERCHANT, I64(t->fulfillment_id), I64(t->task_id), I64(walk)));
}

enum err task_do(struct ctx *c, struct task *t, enum task_verb verb)
{
    return lifecycle_next(c, &task_lifecycle, t->state, (int32_t)verb, &t->state);
}

enum err task_end(struct ctx *c, const struct task *before, struct task *after, enum task_verb verb)
{
    TRY(task_do(c, after, verb));
    after->lease_until_us = NONE;
    if (verb == TASK_REFUSE) after->worker_id = NONE;
    after->done_us = c->now_us;
    return task_write(c, before, after);
}

enum err wave_numbers(struct ctx *c, int64_t n, int64_t *first)
{
    int64_t last = 0;
    TRY(db_number(c, &Q_wave_numbers, ARGS(MERCHANT, I64(n)), &last));
    *first = last - n + 1;
    return OK;
}

enum err wave_insert(struct ctx *c, const struct wave *w)
{
    return db_put_record(c, &Q_wave_insert, &wave_fields, w);
}

enum err wave_get(struct ctx *c, int64_t wave_id, struct wave *out)
{
    bool found = false;
    TRY(db_find(c, &Q_wave_get, ARGS(MERCHANT, I64(wave_id)), &wave_fields, out, &found));
    return found ? OK : fail(c, ERR_NOT_FOUND, "wave_not_found", "there is no such wave");
}

enum err wave_list(struct ctx *c, int64_t site_id, int64_t limit, struct list *out)
{
    return db_rows(c, &Q_wave_list, ARGS(MERCHANT, I64(site_id), I64(limit)), &wave_fields, out);
}
