/* stages/3_picking/picking_put_back.c: what was cancelled goes back into its bin.
 *
 *   package ──(opened by the cancellation)──> tote ──> bin ; then it is cancelled, and free again
 *
 * The unit that puts back also lowers every counter on the way, so that the goods are at each
 * moment counted where they are. */
#include "base/sort.h"
#include "domain/events/event.h"
#include "domain/inventory/serial.h"
#include "domain/inventory/stock.h"
#include "domain/orders/package.h"
#include "domain/sites/site.h"
#include "stages/3_picking/picking_load.h"

struct putting_back {
    struct fulfillment f;
    struct task before, t;
    int64_t units, boxed;                   /* of them still in packages */
    struct list packages, contents, labels; /* of the order; of this work's packages */
};

static enum err load(struct ctx *c, int64_t fulfillment_id, int64_t task_id, struct putting_back *p)
{
    struct list lines;
    TRY(task_get(c, fulfillment_id, task_id, &p->before));
    TRY(fulfillments_lock(c, &fulfillment_id, 1));
    TRY(fulfillment_get(c, fulfillment_id, &p->f));
    p->t = p->before;
    if (p->t.kind == TASK_PUT_BACK && p->t.state == TASK_DONE)
        return fail(c, ERR_CONFLICT, "task_done", "this task is done: %lld of %lld are put back",
                    (long long)p->t.done, (long long)p->t.quantity);
    bool is_now = p->f.state == FULFILLMENT_CANCELLING || p->f.state == FULFILLMENT_PICKING;
    if (p->t.kind != TASK_PUT_BACK || !is_now)
        return fail(c, ERR_CONFLICT, "not_a_put_back", "this task is %s of work that is %s",
                    word_of(&task_kind_words, p->t.kind),
                    word_of(&fulfillment_state_words, p->f.state));
    TRY(task_do(c, &p->t, TASK_FINISH));
    p->units = p->t.quantity - p->t.done;
    TRY(fulfillment_lines_of(c, &fulfillment_id, 1, &lines));
    const struct fulfillment_line *l = lines.at;
    for (size_t i = 0; i < lines.count; i++)
        if (l[i].line_no == p->t.line_no) p->boxed = p->units - (l[i].picked - l[i].packed);
    return OK;
}

static enum err choose_bin(struct ctx *c, struct putting_back *p, int64_t bin_id)
{
    struct list bins;
    if (bin_id == NONE) bin_id = p->t.place_id;
    if (bin_id == NONE) return fail(c, ERR_CONFLICT, "bin_needed", "say into which bin it goes");
    TRY(bins_of(c, &bin_id, 1, &bins));
    const struct bin *bin = bins.at;
    if (!bins.count || bin->site_id != p->f.site_id)
        return fail_at(c, ERR_CONFLICT, "wrong_bin", "bin_id", "this site has no such bin");
    p->t.place_id = bin_id;
    return OK;
}

static enum err load_packages(struct ctx *c, struct putting_back *p)
{
    TRY(packages_of_orders(c, &p->f.order_id, 1, &p->packages));
    const struct package *at = p->packages.at;
    int64_t *ids = arena_new(c->arena, int64_t, p->packages.count + 1);
    size_t n = 0;
    for (size_t i = 0; i < p->packages.count; i++)
        if (at[i].fulfillment_id == p->f.fulfillment_id) ids[n++] = at[i].package_id;
    sort_i64(ids, n);
    if (!n) return OK;
    TRY(package_lines_of(c, ids, n, &p->contents));
    return labels_of(c, ids, n, &p->labels);
}

static enum err take_out(struct ctx *c, struct putting_back *p, struct package_line *l)
{
    int64_t units = l->quantity < p->boxed ? l->quantity : p->boxed;
    struct cell box = {.place_id = l->package_id, .site_id = NONE, .lot = p->t.lot};
    struct cell tote = {.place_id = p->f.fulfillment_id, .site_id = NONE, .lot = p->t.lot};
    p->boxed -= units;
    TRY(stock_move(c, l->product_id, box, tote, units, STOCK_UNPACK, p->f.order_id, p->t.task_id));
    TRY(package_line_lower(c, l, units));
    TRY(serials_unpack(c, l->package_id, l->line_no));
    l->quantity -= units;
    TRY(order_progress(c, p->f.order_id, l->line_no, (struct progress){.packed = -units}));
    TRY(fulfillment_progress(c, p->f.fulfillment_id, (struct work_progress){.packed = -units}));
    return fulfillment_line_progress(c, p->f.fulfillment_id, l->line_no, 0, -units);
}

/* An emptied package goes, unless its label is not given back yet. */
static enum err drop_emptied(struct ctx *c, const struct putting_back *p, int64_t package_id)
{
    const struct package_line *in = p->contents.at;
    const struct label *l = p->labels.at;
    for (size_t i = 0; i < p->contents.count; i++)
        if (in[i].package_id == package_id && in[i].quantity) return OK;
    for (size_t i = 0; i < p->labels.count; i++)
        if (l[i].package_id == package_id && l[i].state < LABEL_VOIDED) return OK;
    return package_discard(c, package_id);
}

/* Out of the packages that the cancellation opened. */
static enum err unpack(struct ctx *c, struct putting_back *p)
{
    const struct package *at = p->packages.at;
    struct package_line *l = p->contents.at;
    bool is_end = p->f.state == FULFILLMENT_CANCELLING && p->f.tasks_open <= 1;
    for (size_t i = 0; i < p->packages.count; i++) {
        bool is_touched = is_end; /* with the last unit the boxes go that never held one */
        if (at[i].fulfillment_id != p->f.fulfillment_id || at[i].state != PACKAGE_OPEN) continue;
        for (size_t k = 0; k < p->contents.count && p->boxed > 0; k++) {
            if (l[k].package_id != at[i].package_id || l[k].line_no != p->t.line_no) continue;
            TRY(package_check_own(c, &at[i], "see to"));
            TRY(package_check_empty(c, &at[i]));
            TRY(take_out(c, p, &l[k]));
            is_touched = true;
        }
        if (is_touched) TRY(drop_emptied(c, p, at[i].package_id));
    }
    if (p->boxed <= 0) return OK;
    fail(c, ERR_CONFLICT, "in_package", "%lld of it are in a package that is sealed",
         (long long)p->boxed);
    return hint(c, "open the package first, then scan again");
}

/* What stays may be packed already, or have left: then nobody has a hand to lay on it. */
static enum err settle(struct ctx *c, const struct putting_back *p)
{
    struct fulfillment f;
    bool took;
    int64_t id = p->f.fulfillment_id;
    TRY(fulfillment_get(c, id, &f));
    if (f.state != FULFILLMENT_PICKED || f.packed < f.units) return OK;
    const struct package *at = p->packages.at;
    bool is_all_gone = true;
    for (size_t i = 0; i < p->packages.count; i++) {
        const struct package_line *in = p->contents.at;
        if (at[i].fulfillment_id != id || at[i].state >= PACKAGE_HANDED_OVER) continue;
        for (size_t k = 0; k < p->contents.count; k++)
            is_all_gone = is_all_gone && (in[k].package_id != at[i].package_id || !in[k].quantity);
    }
    TRY(fulfillment_do(c, &f, FULFILLMENT_START_PACK));
    TRY(work_flush(c));
    TRY(fulfillments_finish(c, &id, 1, FULFILLMENT_FINISH_PACK, &took));
    if (!took) return OK;
    TRY(event_put(c, EVENT_FULFILLMENT_PACKED, f.order_id, id, EVENT_BODY(.quantity = f.packed)));
    if (!is_all_gone) return OK;
    f.state = FULFILLMENT_PACKED;
    TRY(fulfillment_do(c, &f, FULFILLMENT_HAND_OVER));
    return event_put(c, EVENT_FULFILLMENT_SHIPPED, f.order_id, id,
                     EVENT_BODY(.quantity = f.packed));
}

/* The line has them no more, and others may be promised them. */
static enum err let_go(struct ctx *c, const struct putting_back *p)
{
    struct promise promise = {.order_id = p->f.order_id,
                              .line_no = p->t.line_no,
                              .site_id = p->f.site_id,
                              .product_id = p->t.product_id};
    TRY(fulfillment_shrink(c, p->f.fulfillment_id, p->t.line_no, p->units));
    TRY(promise_release(c, &promise, p->units));
    return order_progress(
        c, p->f.order_id, p->t.line_no,
        (struct progress){.allocated = -p->units, .released = -p->units, .cancelled = p->units});
}

enum err picking_put_back(struct ctx *c, int64_t fulfillment_id, int64_t task_id, int64_t bin_id)
{
    struct putting_back p = {0};
    TRY(load(c, fulfillment_id, task_id, &p));
    TRY(choose_bin(c, &p, bin_id));
    p.t.done = p.t.quantity;
    p.t.worker_id = c->actor_id;
    p.t.lease_until_us = NONE;
    p.t.done_us = c->now_us;
    TRY(task_write(c, &p.before, &p.t));
    TRY(load_packages(c, &p));
    TRY(unpack(c, &p));
    TRY(pick_move_back(c, &p.f, &p.t, p.t.place_id, p.units, "cancelled"));
    TRY(let_go(c, &p));
    TRY(fulfillment_progress(c, fulfillment_id, (struct work_progress){.tasks_open = -1}));
    struct pick_work w = {.fulfillments = &p.f, .fulfillment_count = 1};
    if (p.f.state == FULFILLMENT_PICKING) {
        TRY(pick_finish(c, &w, &fulfillment_id, 1, FULFILLMENT_FINISH_PICK, (struct text){0}));
        return settle(c, &p);
    }
    return pick_finish(c, &w, &fulfillment_id, 1, FULFILLMENT_FINISH_CANCEL, (struct text){0});
}
