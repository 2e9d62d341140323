#include "domain/inventory/stock_task.h"

#include "base/lifecycle.h"
#include "domain/inventory/stock.h"
#include "queries.h"
#include "store/db.h"

static const char *const kinds[] = {"put_away", "replenish"};
static const char *const states[] = {"ready", "taken", "done", "dropped"};
static const char *const verbs[] = {"take", "finish", "drop"};
const struct words stock_task_kind_words = WORDS("stock_task_kind", kinds);
const struct words stock_task_state_words = WORDS("stock_task_state", states);
const struct words stock_task_verb_words = WORDS("stock_task_verb", verbs);

#define OPEN (IN(STOCK_TASK_READY) | IN(STOCK_TASK_TAKEN))
static const struct move moves[] = {
    [STOCK_TASK_TAKE] = {OPEN, STOCK_TASK_TAKEN, "nobody else has it"},
    [STOCK_TASK_FINISH] = {OPEN, STOCK_TASK_DONE, "all of it is confirmed"},
    [STOCK_TASK_DROP] = {OPEN, STOCK_TASK_DROPPED, NULL},
};
const struct lifecycle stock_task_lifecycle = {"stock_task", &stock_task_state_words,
                                               &stock_task_verb_words, moves, STOCK_TASK_READY};

static const struct field task_table[] = {
    FIELD(struct stock_task, merchant_id),
    FIELD_ID(struct stock_task, task_id, "id", "tsk"),
    FIELD_ID(struct stock_task, site_id, "site_id", "sit"),
    FIELD_ENUM(struct stock_task, kind, stock_task_kind_words),
    FIELD_ENUM(struct stock_task, state, stock_task_state_words),
    FIELD_ID(struct stock_task, product_id, "product_id", "prd"),
    FIELD(struct stock_task, lot),
    FIELD_ENUM(struct stock_task, condition, stock_condition_words),
    FIELD_ID(struct stock_task, from_place, "from_bin_id", "bin"),
    FIELD_ID(struct stock_task, to_place, "to_bin_id", "bin", .flags = F_NULL),
    FIELD(struct stock_task, quantity),
    FIELD(struct stock_task, done),
    FIELD_ID(struct stock_task, cause_id, "cause_id", "asn", .flags = F_NULL),
    FIELD_ID(struct stock_task, worker_id, "worker_id", "usr", .flags = F_NULL),
    FIELD_INSTANT(struct stock_task, lease_until_us, "lease_until_at"),
    FIELD_INSTANT(struct stock_task, created_us, "created_at"),
    FIELD_INSTANT(struct stock_task, done_us, "done_at"),
};
const struct fields stock_task_fields = FIELDS("stock_task_row", struct stock_task, task_table);

static const struct field face_table[] = {
    FIELD(struct pick_face, merchant_id),
    FIELD_ID(struct pick_face, product_id, "product_id", "prd"),
    FIELD_ID(struct pick_face, bin_id, "bin_id", "bin"),
    FIELD_ID(struct pick_face, site_id, "site_id", "sit"),
    FIELD(struct pick_face, min_units),
    FIELD(struct pick_face, max_units),
};
const struct fields pick_face_fields = FIELDS("pick_face_row", struct pick_face, face_table);

enum err stock_task_insert(struct ctx *c, const struct stock_task *t)
{
    return db_put_record(c, &Q_stock_task_insert, &stock_task_fields, t);
}

enum err stock_task_take_row(struct ctx *c, int64_t task_id, struct stock_task *out)
{
    bool found;
    TRY(db_find(c, &Q_stock_task_take_row, ARGS(I64(c->merchant_id), I64(task_id)),
                &stock_task_fields, out, &found));
    if (found) return OK;
    return fail(c, ERR_NOT_FOUND, "task_not_found", "there is no such task");
}

enum err stock_task_do(struct ctx *c, struct stock_task *t, enum stock_task_verb verb)
{
    return lifecycle_next(c, &stock_task_lifecycle, t->state, (int32_t)verb, &t->state);
}

enum err stock_task_write(struct ctx *c, const struct stock_task *t)
{
    return db_put(c, &Q_stock_task_write,
                  ARGS(I64(c->merchant_id), I64(t->task_id), I64(t->state), I64(t->to_place),
                       I64(t->done), I64(t->worker_id), I64(t->lease_until_us), I64(t->done_us)));
}

enum err stock_tasks_open(struct ctx *c, int64_t site_id, enum stock_task_kind kind,
                          int64_t after_id, int64_t limit, struct list *out)
{
    return db_rows(c, &Q_stock_tasks_open,
                   ARGS(I64(c->merchant_id), I64(site_id), I64(kind), I64(after_id), I64(limit)),
                   &stock_task_fields, out);
}

enum err stock_tasks_of(struct ctx *c, const int64_t *product_ids, size_t n, struct list *out)
{
    return db_rows(c, &Q_stock_tasks_of, ARGS(I64(c->merchant_id), I64S(product_ids, n)),
                   &stock_task_fields, out);
}

enum err pick_face_put(struct ctx *c, const struct pick_face *f)
{
    return db_put_record(c, &Q_pick_face_put, &pick_face_fields, f);
}

enum err pick_face_drop(struct ctx *c, int64_t product_id, int64_t bin_id)
{
    int64_t changed;
    TRY(db_exec(c, &Q_pick_face_drop, ARGS(I64(c->merchant_id), I64(product_id), I64(bin_id)),
                &changed));
    if (changed) return OK;
    return fail(c, ERR_NOT_FOUND, "face_not_found", "the product has no pick face in that bin");
}

enum err pick_faces_of(struct ctx *c, const int64_t *product_ids, size_t n, struct list *out)
{
    return db_rows(c, &Q_pick_faces_of, ARGS(I64(c->merchant_id), I64S(product_ids, n)),
                   &pick_face_fields, out);
}

enum err pick_faces_at(struct ctx *c, int64_t site_id, int64_t after_product, int64_t limit,
                       struct list *out)
{
    return db_rows(c, &Q_pick_faces_at,
                   ARGS(I64(c->merchant_id), I64(site_id), I64(after_product), I64(limit)),
                   &pick_face_fields, out);
}
