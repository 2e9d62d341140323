#include "services/stockkeeping/putting_away.h"

#include "base/sort.h"
#include "base/source.h"
#include "base/time.h"
#include "domain/catalog/product.h"
#include "domain/events/event.h"
#include "domain/inventory/cell.h"
#include "plan/scan_item.h"
#include "queries.h"
#include "services/stockkeeping/rooms.h"
#include "store/db.h"

/* --- where to -------------------------------------------------------------------------------- */

/* What a batch needs to propose bins, read as a set. */
struct proposing {
    struct list faces, cells, tasks, bins;
    struct list empty; /* of one site at a time */
    int64_t empty_site;
    size_t empty_used;
};

static enum err load(struct ctx *c, const struct put_away *all, size_t n, struct proposing *p)
{
    int64_t *ids = arena_new(c->arena, int64_t, n + 1);
    for (size_t i = 0; i < n; i++) ids[i] = all[i].product_id;
    sort_i64(ids, n);
    size_t count = unique_i64(ids, n), bins = 0;
    TRY(pick_faces_of(c, ids, count, &p->faces));
    TRY(stock_cells_of(c, ids, count, &p->cells));
    TRY(stock_tasks_of(c, ids, count, &p->tasks));
    int64_t *bin_ids = arena_new(c->arena, int64_t, p->faces.count + p->cells.count + 1);
    for (size_t i = 0; i < p->faces.count; i++)
        bin_ids[bins++] = ((const struct pick_face *)p->faces.at)[i].bin_id;
    for (size_t i = 0; i < p->cells.count; i++)
        bin_ids[bins++] = ((const struct stock *)p->cells.at)[i].place_id;
    sort_i64(bin_ids, bins);
    return bins_of(c, bin_ids, unique_i64(bin_ids, bins), &p->bins);
}

/* Units that lie in a bin or are on their way to it. */
static int64_t units_at(const struct proposing *p, int64_t product_id, int64_t bin_id)
{
    const struct stock *cells = p->cells.at;
    const struct stock_task *tasks = p->tasks.at;
    int64_t units = 0;
    for (size_t i = 0; i < p->cells.count; i++)
        if (cells[i].product_id == product_id && cells[i].place_id == bin_id)
            units += cells[i].on_hand;
    for (size_t i = 0; i < p->tasks.count; i++)
        if (tasks[i].product_id == product_id && tasks[i].to_place == bin_id)
            units += tasks[i].quantity - tasks[i].done;
    return units;
}

static int64_t face_with_room(const struct proposing *p, const struct put_away *a)
{
    const struct pick_face *at = p->faces.at;
    for (size_t i = 0; i < p->faces.count; i++)
        if (at[i].product_id == a->product_id && at[i].site_id == a->site_id &&
            units_at(p, a->product_id, at[i].bin_id) + a->quantity <= at[i].max_units)
            return at[i].bin_id;
    return NONE;
}

/* Where the same lies already; a face that is full is no place, nor is a bin of another lot. */
static int64_t same_product(const struct proposing *p, const struct put_away *a)
{
    const struct stock *at = p->cells.at;
    const struct pick_face *faces = p->faces.at;
    int64_t best = NONE;
    for (size_t i = 0; i < p->cells.count; i++) {
        const struct bin *bin = LIST_FIND(&p->bins, struct bin, bin_id, at[i].place_id);
        if (at[i].product_id != a->product_id || at[i].on_hand <= 0 || !bin) continue;
        if (bin->site_id != a->site_id || bin->kind > BIN_BULK) continue;
        if (!text_eq(at[i].lot, a->lot)) continue;
        bool is_face = false;
        for (size_t k = 0; k < p->faces.count; k++)
            is_face = is_face || faces[k].bin_id == bin->bin_id;
        if (is_face) continue;
        if (bin->kind == BIN_PICK) return bin->bin_id;
        if (best == NONE) best = bin->bin_id;
    }
    return best;
}

static enum err empty_bin(struct ctx *c, struct proposing *p, size_t most, int64_t site_id,
                          int64_t *bin_id)
{
    if (p->empty_site != site_id) {
        p->empty_site = site_id;
        p->empty_used = 0;
        TRY(db_rows(c, &Q_bins_empty, ARGS(I64(c->merchant_id), I64(site_id), I64((int64_t)most)),
                    &bin_fields, &p->empty));
    }
    *bin_id = NONE;
    if (p->empty_used < p->empty.count)
        *bin_id = ((const struct bin *)p->empty.at)[p->empty_used++].bin_id;
    return OK;
}

static enum err plan_one(struct ctx *c, struct proposing *p, size_t n, struct put_away *a)
{
    if (!a->lot.at) a->lot = T("");
    a->to_place = face_with_room(p, a);
    if (a->to_place == NONE) a->to_place = same_product(p, a);
    if (a->to_place == NONE) TRY(empty_bin(c, p, n, a->site_id, &a->to_place));
    a->task_id = source_id(c->source);
    struct stock_task t = {.merchant_id = c->merchant_id,
                           .task_id = a->task_id,
                           .site_id = a->site_id,
                           .kind = STOCK_PUT_AWAY,
                           .product_id = a->product_id,
                           .lot = a->lot,
                           .condition = a->condition,
                           .from_place = a->from_place,
                           .to_place = a->to_place,
                           .quantity = a->quantity,
                           .cause_id = a->cause_id,
                           .worker_id = NONE,
                           .lease_until_us = NONE,
                           .created_us = c->now_us,
                           .done_us = NONE};
    TRY(stock_task_insert(c, &t));
    return event_put(
        c, EVENT_STOCK_TASK_PLANNED, NONE, t.task_id,
        EVENT_BODY(.quantity = t.quantity, .word = T("put_away"), .other_id = t.to_place));
}

enum err put_away_plan(struct ctx *c, struct put_away *all, size_t n)
{
    struct proposing p = {.empty_site = NONE};
    if (!n) return OK;
    TRY(load(c, all, n, &p));
    for (size_t i = 0; i < n; i++) TRY(plan_one(c, &p, n, &all[i]));
    return OK;
}

/* --- by hand --------------------------------------------------------------------------------- */

static enum err take_row(struct ctx *c, int64_t task_id, int64_t worker_id, struct stock_task *t)
{
    TRY(stock_task_take_row(c, task_id, t));
    if (t->state >= STOCK_TASK_DONE)
        return fail(c, ERR_CONFLICT, "task_done", "this task is %s",
                    word_of(&stock_task_state_words, t->state));
    bool is_taken = t->state == STOCK_TASK_TAKEN && t->lease_until_us > c->now_us;
    if (is_taken && t->worker_id != worker_id)
        return fail(c, ERR_CONFLICT, "leased_by_other", "someone else has this task until %.*s",
                    TEXT_ARG(instant_text(c->arena, t->lease_until_us)));
    return OK;
}

static enum err check_goods(struct ctx *c, struct text raw, int64_t product_id)
{
    struct list products;
    if (!raw.len) return OK;
    TRY(products_of(c, &product_id, 1, &products));
    if (!products.count) return fail(c, ERR_BUG, "no_product", "the task's product is gone");
    const struct product *p = products.at;
    struct scan s = scan_parse(c->arena, raw, day_of_us(c->now_us));
    struct scan_said said = scan_said(&s);
    struct scan_item item = {p->product_id, p->sku, p->gtin};
    if (s.count && scan_names(&said, &item)) return OK;
    return fail_at(c, ERR_CONFLICT, "wrong_item", "scan", "\"%.*s\" is not %.*s (%.*s)",
                   TEXT_ARG(text_head(raw, 40)), TEXT_ARG(p->sku),
                   TEXT_ARG(text_head(p->name, 40)));
}

static enum err find_to(struct ctx *c, const struct stock_task_scan *in, const struct stock_task *t,
                        struct bin *to)
{
    struct list bins;
    bool found = false;
    if (!in->bin.len) {
        if (t->to_place == NONE) {
            fail_at(c, ERR_CONFLICT, "bin_needed", "bin", "no bin is proposed for this task");
            return hint(c, "scan the bin that you put it into");
        }
        TRY(bins_of(c, &t->to_place, 1, &bins));
        if (bins.count) *to = *(const struct bin *)bins.at;
        return bins.count ? OK : fail(c, ERR_BUG, "no_bin", "the proposed bin is gone");
    }
    struct scan s = scan_parse(c->arena, in->bin, day_of_us(c->now_us));
    const struct scan_fact *fact = scan_find(&s, SCAN_BIN);
    TRY(bin_find_by_code(c, t->site_id, fact ? fact->value : s.text, to, &found));
    if (found && to->bin_id != t->from_place) return OK;
    if (found) return fail_at(c, ERR_CONFLICT, "same_bin", "bin", "it lies in that bin already");
    return fail_at(c, ERR_INVALID, "unknown_bin", "bin", "\"%.*s\" is no bin of this site",
                   TEXT_ARG(text_head(in->bin, 40)));
}

static enum err check_units(struct ctx *c, const struct stock_task *t, int64_t quantity)
{
    struct list cells;
    int64_t there = 0, free_units = 0;
    if (quantity < 1 || quantity > t->quantity - t->done)
        return fail_at(c, ERR_CONFLICT, "too_many", "quantity", "%lld are left to move, not %lld",
                       (long long)(t->quantity - t->done), (long long)quantity);
    TRY(stock_cells_take(c, &t->product_id, 1, &cells));
    const struct stock *at = cells.at;
    for (size_t i = 0; i < cells.count; i++) {
        if (at[i].place_id != t->from_place || at[i].condition != t->condition) continue;
        if (!text_eq(at[i].lot, t->lot)) continue;
        there = at[i].on_hand;
        free_units = at[i].on_hand - at[i].allotted;
    }
    if (there < quantity)
        return fail_at(c, ERR_CONFLICT, "insufficient_on_hand", "quantity",
                       "%lld are in its bin, not %lld", (long long)there, (long long)quantity);
    if (free_units < quantity)
        return fail_at(c, ERR_CONFLICT, "allotted", "quantity",
                       "pickers are on their way for all but %lld of them", (long long)free_units);
    return OK;
}

static enum err move(struct ctx *c, const struct stock_task *t, const struct bin *to,
                     int64_t quantity)
{
    struct site site;
    enum stock_condition from_condition = (enum stock_condition)t->condition;
    TRY(site_get(c, t->site_id, &site));
    enum stock_condition to_condition = condition_in(&site, to, from_condition);
    struct cell from = {t->from_place, t->site_id, t->lot, from_condition};
    struct cell there = {to->bin_id, t->site_id, t->lot, to_condition};
    TRY(stock_shift(c, t->product_id, from, there, quantity, STOCK_MOVE, NONE, t->task_id));
    TRY(event_put(c, EVENT_STOCK_MOVED, NONE, t->product_id,
                  EVENT_BODY(.quantity = quantity, .other_id = to->bin_id)));
    if (from_condition == to_condition) return OK;
    return stock_tell_condition(c, t->product_id, to->bin_id, from_condition, to_condition,
                                quantity, (struct text){0});
}

enum err stock_task_confirm(struct ctx *c, const struct stock_task_scan *in, struct stock_task *out)
{
    struct bin to = {0};
    TRY(take_row(c, in->task_id, in->worker_id, out));
    int64_t quantity = in->quantity == NONE ? out->quantity - out->done : in->quantity;
    TRY(check_goods(c, in->scan, out->product_id));
    TRY(find_to(c, in, out, &to));
    TRY(check_units(c, out, quantity));
    TRY(move(c, out, &to, quantity));
    out->done += quantity;
    out->worker_id = in->worker_id;
    out->to_place = to.bin_id;
    bool is_done = out->done == out->quantity;
    TRY(stock_task_do(c, out, is_done ? STOCK_TASK_FINISH : STOCK_TASK_TAKE));
    out->lease_until_us = is_done ? NONE : c->now_us + STOCK_TASK_LEASE_US;
    out->done_us = is_done ? c->now_us : NONE;
    TRY(stock_task_write(c, out));
    if (!is_done) return OK;
    return event_put(c, EVENT_STOCK_TASK_DONE, NONE, out->task_id,
                     EVENT_BODY(.quantity = out->done,
                                .word = text_of(word_of(&stock_task_kind_words, out->kind)),
                                .other_id = to.bin_id));
}

enum err stock_task_lease(struct ctx *c, int64_t task_id, int64_t worker_id, struct stock_task *out)
{
    TRY(take_row(c, task_id, worker_id, out));
    TRY(stock_task_do(c, out, STOCK_TASK_TAKE));
    out->worker_id = worker_id;
    out->lease_until_us = c->now_us + STOCK_TASK_LEASE_US;
    return stock_task_write(c, out);
}

enum err stock_task_drop(struct ctx *c, int64_t task_id, struct stock_task *out)
{
    TRY(stock_task_take_row(c, task_id, out));
    TRY(stock_task_do(c, out, STOCK_TASK_DROP));
    out->lease_until_us = NONE;
    out->done_us = c->now_us;
    TRY(stock_task_write(c, out));
    return event_put(c, EVENT_STOCK_TASK_DROPPED, NONE, task_id,
                     EVENT_BODY(.quantity = out->quantity - out->done,
                                .word = text_of(word_of(&stock_task_kind_words, out->kind))));
}
