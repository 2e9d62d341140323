/* stages/3_picking/picking_items.c: the pick list, and who walks it. */
#include "base/lifecycle.h"
#include "base/sort.h"
#include "domain/catalog/product.h"
#include "domain/orders/order.h"
#include "domain/orders/stop.h"
#include "domain/sites/site.h"
#include "stages/3_picking/picking_load.h"
#include "stages/3_picking/picking_walk.h"

#include <stdlib.h>

static const struct field item_table[] = {
    FIELD_ID(struct pick_item, fulfillment_id, "fulfillment_id", "ful"),
    FIELD_ID(struct pick_item, task_id, "task_id", "tsk"),
    FIELD_ID(struct pick_item, order_id, "order_id", "ord", .flags = F_WIDE),
    FIELD(struct pick_item, order_number),
    FIELD_ENUM(struct pick_item, kind, task_kind_words),
    FIELD_ENUM(struct pick_item, state, task_state_words),
    FIELD(struct pick_item, line_no),
    FIELD_ID(struct pick_item, product_id, "product_id", "prd", .flags = F_WIDE),
    FIELD(struct pick_item, sku),
    FIELD(struct pick_item, name),
    FIELD(struct pick_item, gtin, .flags = F_WIDE),
    FIELD_ID(struct pick_item, bin_id, "bin_id", "bin", .flags = F_NULL | F_WIDE),
    FIELD(struct pick_item, bin, .about = "absent: nobody knows where it is; look for it"),
    FIELD(struct pick_item, zone),
    FIELD(struct pick_item, lot),
    FIELD(struct pick_item, tote),
    FIELD(struct pick_item, quantity),
    FIELD(struct pick_item, done),
    FIELD(struct pick_item, walk, .about = "place in the walk"),
    FIELD(struct pick_item, version, .about = "of the fulfillment: send it with each scan"),
    FIELD_INSTANT(struct pick_item, due_us, "due_at"),
    FIELD_ID(struct pick_item, worker_id, "worker_id", "usr", .flags = F_NULL | F_WIDE),
    FIELD(struct pick_item, worker, .about = "who has it, or did it"),
    FIELD_INSTANT(struct pick_item, lease_until_us, "lease_until_at"),
};
const struct fields pick_item_fields = FIELDS("pick_item", struct pick_item, item_table);

/* --- the list -------------------------------------------------------------------------------- */

static size_t unique(int64_t *ids, size_t n)
{
    sort_i64(ids, n);
    return unique_i64(ids, n);
}

static int by_walk(const void *a, const void *b)
{
    const struct pick_item *x = a, *y = b;
    if (x->walk != y->walk) return x->walk < y->walk ? -1 : 1;
    int order = text_cmp(x->bin.at ? x->bin : T("\x7f"), y->bin.at ? y->bin : T("\x7f"));
    if (order) return order;
    return (x->task_id > y->task_id) - (x->task_id < y->task_id);
}

static struct pick_item item_of(const struct fulfillment *f, const struct task *t)
{
    return (struct pick_item){.fulfillment_id = f->fulfillment_id,
                              .task_id = t->task_id,
                              .order_id = f->order_id,
                              .kind = t->kind,
                              .state = t->state,
                              .line_no = t->line_no,
                              .product_id = t->product_id,
                              .bin_id = t->place_id,
                              .lot = t->lot,
                              .tote = f->tote,
                              .quantity = t->quantity,
                              .done = t->done,
                              .walk = t->walk,
                              .version = f->version,
                              .due_us = f->due_us,
                              .worker_id = t->worker_id,
                              .lease_until_us = t->lease_until_us};
}

/* Names of what the items point to: three statements for any number. */
static enum err name_items(struct ctx *c, struct pick_item *items, size_t n)
{
    struct list orders, products, bins;
    int64_t *order_ids = arena_new(c->arena, int64_t, n + 1);
    int64_t *product_ids = arena_new(c->arena, int64_t, n + 1);
    int64_t *bin_ids = arena_new(c->arena, int64_t, n + 1);
    for (size_t i = 0; i < n; i++) {
        order_ids[i] = items[i].order_id;
        product_ids[i] = items[i].product_id;
        bin_ids[i] = items[i].bin_id;
    }
    TRY(order_list_of(c, order_ids, unique(order_ids, n), &orders));
    TRY(products_of(c, product_ids, unique(product_ids, n), &products));
    TRY(bins_of(c, bin_ids, unique(bin_ids, n), &bins));
    for (size_t i = 0; i < n; i++) {
        const struct order *o = LIST_FIND(&orders, struct order, order_id, items[i].order_id);
        const struct product *p = product_in(&products, items[i].product_id);
        const struct bin *b = LIST_FIND(&bins, struct bin, bin_id, items[i].bin_id);
        if (o) items[i].order_number = o->number;
        if (p) items[i].sku = p->sku;
        if (p) items[i].name = p->name;
        if (p) items[i].gtin = p->gtin;
        if (b) items[i].bin = b->code;
        if (b) items[i].zone = b->zone;
    }
    if (n) qsort(items, n, sizeof *items, by_walk);
    return OK;
}

static bool is_walked(const struct task *t, bool with_done)
{
    if (t->kind != TASK_PICK && t->kind != TASK_PUT_BACK) return false;
    return with_done || t->state == TASK_READY || t->state == TASK_LEASED;
}

static enum err items_of(struct ctx *c, const struct list *fulfillments, bool with_done,
                         struct list *items)
{
    struct list tasks;
    const struct fulfillment *at = fulfillments->at;
    int64_t *ids = arena_new(c->arena, int64_t, fulfillments->count + 1);
    for (size_t i = 0; i < fulfillments->count; i++) ids[i] = at[i].fulfillment_id;
    TRY(tasks_of(c, ids, fulfillments->count, &tasks));
    struct pick_item *out = arena_new(c->arena, struct pick_item, tasks.count + 1);
    size_t n = 0;
    for (size_t i = 0; i < tasks.count; i++) {
        const struct task *t = &((const struct task *)tasks.at)[i];
        const struct fulfillment *f =
            LIST_FIND(fulfillments, struct fulfillment, fulfillment_id, t->fulfillment_id);
        if (f && is_walked(t, with_done)) out[n++] = item_of(f, t);
    }
    *items = (struct list){out, n};
    return name_items(c, out, n);
}

enum err picking_items(struct ctx *c, const int64_t *fulfillment_ids, size_t n, bool with_done,
                       struct list *items)
{
    struct list fulfillments;
    TRY(fulfillments_of(c, fulfillment_ids, n, &fulfillments));
    return items_of(c, &fulfillments, with_done, items);
}

enum err picking_items_of_wave(struct ctx *c, int64_t wave_id, bool with_done, struct list *items)
{
    struct list fulfillments;
    TRY(fulfillments_of_wave(c, wave_id, &fulfillments));
    return items_of(c, &fulfillments, with_done, items);
}

/* --- leases ---------------------------------------------------------------------------------- */

static bool is_free(struct ctx *c, const struct task *t, int64_t worker_id)
{
    if (t->kind != TASK_PICK && t->kind != TASK_PUT_BACK) return false;
    if (t->state == TASK_READY) return true;
    return t->state == TASK_LEASED && (t->worker_id == worker_id || t->lease_until_us <= c->now_us);
}

struct candidate {
    const struct task *task;
    int64_t due_us;
    bool is_own, is_begun;
};

/* Own work first, then what is begun, then by due time; a wave goes by its walk. */
static int by_turn(const void *a, const void *b, void *is_wave)
{
    const struct candidate *x = a, *y = b;
    if (x->is_own != y->is_own) return x->is_own ? -1 : 1;
    if (!*(const bool *)is_wave) {
        if (x->is_begun != y->is_begun) return x->is_begun ? -1 : 1;
        if (x->due_us != y->due_us) return x->due_us < y->due_us ? -1 : 1;
        if (x->task->fulfillment_id != y->task->fulfillment_id)
            return x->task->fulfillment_id < y->task->fulfillment_id ? -1 : 1;
    }
    if (x->task->walk != y->task->walk) return x->task->walk < y->task->walk ? -1 : 1;
    return (x->task->task_id > y->task->task_id) - (x->task->task_id < y->task->task_id);
}

static void append(struct fulfillment *all, size_t *n, const struct list *list, bool wave_too)
{
    const struct fulfillment *at = list->at;
    for (size_t i = 0; i < list->count; i++)
        if (wave_too || at[i].wave_id == NONE) all[(*n)++] = at[i];
}

static int by_id(const void *a, const void *b)
{
    const struct fulfillment *x = a, *y = b;
    return (x->fulfillment_id > y->fulfillment_id) - (x->fulfillment_id < y->fulfillment_id);
}

/* The fulfillments that a claim may take from, ascending. */
static enum err claimable(struct ctx *c, const struct pick_claim *in, struct list *out)
{
    enum { LOOK_MAX = 500 }; /* most urgent ones of a site */
    struct list begun = {0}, fresh = {0}, going_back = {0};
    bool is_wave = in->wave_id != NONE;
    if (is_wave) {
        struct wave wave;
        TRY(wave_get(c, in->wave_id, &wave));
        TRY(fulfillments_of_wave(c, in->wave_id, &fresh));
    } else {
        TRY(fulfillment_list(c, in->site_id, FULFILLMENT_PICKING, LOOK_MAX, &begun));
        TRY(fulfillment_list(c, in->site_id, FULFILLMENT_RELEASED, LOOK_MAX, &fresh));
        TRY(fulfillment_list(c, in->site_id, FULFILLMENT_CANCELLING, LOOK_MAX, &going_back));
    }
    size_t n = 0, kept = 0;
    struct fulfillment *all =
        arena_new(c->arena, struct fulfillment, begun.count + fresh.count + going_back.count + 1);
    append(all, &n, &going_back, true);
    append(all, &n, &begun, is_wave);
    append(all, &n, &fresh, is_wave);
    int64_t *orders = arena_new(c->arena, int64_t, n + 1);
    for (size_t i = 0; i < n; i++) orders[i] = all[i].order_id;
    struct stops stops;
    TRY(stops_load(c, orders, n, &stops));
    for (size_t i = 0; i < n; i++) {
        bool is_open = all[i].state == FULFILLMENT_RELEASED || all[i].state == FULFILLMENT_PICKING;
        bool goes_back = all[i].state == FULFILLMENT_CANCELLING;
        if (goes_back || (is_open && !stop_is_held(&stops, all[i].order_id))) all[kept++] = all[i];
    }
    if (kept) qsort(all, kept, sizeof *all, by_id);
    *out = (struct list){all, kept};
    return OK;
}

/* Lease them; what someone else took meanwhile is left out. */
static enum err lease(struct ctx *c, const struct pick_claim *in, const struct candidate *turn,
                      size_t n, struct task *mine, size_t *count)
{
    struct task *asked = arena_new(c->arena, struct task, n + 1);
    bool *took = arena_new(c->arena, bool, n + 1);
    for (size_t i = 0; i < n; i++) asked[i] = *turn[i].task;
    int64_t until_us = c->now_us + TASK_LEASE_US;
    TRY(tasks_lease(c, asked, n, in->worker_id, until_us, took));
    *count = 0;
    for (size_t i = 0; i < n; i++) {
        if (!took[i]) continue;
        asked[i].state = TASK_LEASED;
        asked[i].worker_id = in->worker_id;
        asked[i].lease_until_us = until_us;
        mine[(*count)++] = asked[i];
    }
    return OK;
}

enum err picking_claim(struct ctx *c, const struct pick_claim *in, struct list *items)
{
    struct list fulfillments, tasks;
    bool is_wave = in->wave_id != NONE;
    if (in->most < 1 || in->most > PICK_CLAIM_MAX)
        return fail_at(c, ERR_INVALID, "out_of_range", "most", "1 to %d tasks at once",
                       PICK_CLAIM_MAX);
    if (!is_wave && in->site_id == NONE)
        return fail_at(c, ERR_INVALID, "required", "site_id", "of which site or wave?");
    TRY(claimable(c, in, &fulfillments));
    const struct fulfillment *at = fulfillments.at;
    int64_t *ids = arena_new(c->arena, int64_t, fulfillments.count + 1);
    for (size_t i = 0; i < fulfillments.count; i++) ids[i] = at[i].fulfillment_id;
    TRY(tasks_of(c, ids, fulfillments.count, &tasks));
    struct candidate *turn = arena_new(c->arena, struct candidate, tasks.count + 1);
    size_t n = 0, most = (size_t)in->most;
    for (size_t i = 0; i < tasks.count; i++) {
        const struct task *t = &((const struct task *)tasks.at)[i];
        const struct fulfillment *f =
            LIST_FIND(&fulfillments, struct fulfillment, fulfillment_id, t->fulfillment_id);
        if (!f || !is_free(c, t, in->worker_id)) continue;
        turn[n++] = (struct candidate){t, f->due_us,
                                       t->state == TASK_LEASED && t->worker_id == in->worker_id,
                                       f->state == FULFILLMENT_PICKING};
    }
    if (n) qsort_r(turn, n, sizeof *turn, by_turn, &is_wave);
    if (n > most) n = most;
    struct task *mine = arena_new(c->arena, struct task, n + 1);
    TRY(lease(c, in, turn, n, mine, &n));
    struct pick_item *out = arena_new(c->arena, struct pick_item, n + 1);
    if (!is_wave) TRY(walk_tasks(c, mine, n, NULL));
    for (size_t i = 0; i < n; i++)
        out[i] = item_of(
            LIST_FIND(&fulfillments, struct fulfillment, fulfillment_id, mine[i].fulfillment_id),
            &mine[i]);
    *items = (struct list){out, n};
    return name_items(c, out, n);
}

enum err picking_give_back(struct ctx *c, int64_t fulfillment_id, int64_t task_id,
                           int64_t worker_id)
{
    struct task before, after;
    TRY(task_get(c, fulfillment_id, task_id, &before));
    if (before.state != TASK_LEASED || before.worker_id != worker_id)
        return fail(c, ERR_CONFLICT, "not_yours", "this task is not leased to you");
    after = before;
    TRY(task_do(c, &after, TASK_GIVE_BACK));
    after.worker_id = after.lease_until_us = NONE;
    return task_write(c, &before, &after);
}

enum err picking_start(struct ctx *c, const int64_t *fulfillment_ids, size_t n,
                       struct fault *faults)
{
    struct pick_work w;
    TRY(pick_work_load(c, fulfillment_ids, n, &w));
    for (size_t i = 0; i < n; i++) {
        struct fulfillment *f = pick_fulfillment(&w, fulfillment_ids[i]);
        faults[i] = (struct fault){0};
        enum err e = f ? stop_check(c, &w.stops, f, NONE)
                       : fail(c, ERR_NOT_FOUND, "fulfillment_not_found", "no such fulfillment");
        if (e == OK && !lifecycle_allows(&fulfillment_lifecycle, f->state, FULFILLMENT_START_PICK))
            e = lifecycle_next(c, &fulfillment_lifecycle, f->state, FULFILLMENT_START_PICK,
                               &(int32_t){0});
        if (e != OK) {
            faults[i] = c->fault;
            c->fault = (struct fault){0};
            continue;
        }
        TRY(pick_begin(c, f));
    }
    return OK;
}
