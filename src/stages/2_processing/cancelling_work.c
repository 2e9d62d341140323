/* stages/2_processing/cancelling_work.c: tasks refused, goods sent back to their bins, packages
 * opened, labels given back. */
#include "stages/2_processing/cancelling_work.h"

#include "base/lifecycle.h"
#include "base/sort.h"
#include "base/source.h"
#include "domain/events/event.h"
#include "domain/events/job.h"
#include "domain/inventory/earmark.h"
#include "domain/inventory/preorder.h"
#include "domain/inventory/stock.h"
#include "domain/orders/service_work.h"

/* --- loading --------------------------------------------------------------------------------- */

/* Ids of all members, ascending. */
#define IDS_OF(c, list, type, member, ids)                                                         \
    do {                                                                                           \
        ids = arena_new((c)->arena, int64_t, (list).count + 1);                                    \
        for (size_t i_ = 0; i_ < (list).count; i_++)                                               \
            ids[i_] = ((const type *)(list).at)[i_].member;                                        \
        sort_i64(ids, (list).count);                                                               \
    } while (0)

static enum err load_packages(struct ctx *c, int64_t order_id, struct cancelling *k)
{
    int64_t *ids;
    TRY(packages_of_orders(c, &order_id, 1, &k->packages));
    if (!k->packages.count) return OK;
    IDS_OF(c, k->packages, struct package, package_id, ids);
    TRY(package_lines_of(c, ids, k->packages.count, &k->package_lines));
    return labels_of(c, ids, k->packages.count, &k->labels);
}

/* Of each line of work, the units in packages that left. */
static void count_left(struct ctx *c, struct cancelling *k)
{
    const struct fulfillment_line *w = k->work_lines.at;
    const struct package *p = k->packages.at;
    const struct package_line *in = k->package_lines.at;
    k->left = arena_new(c->arena, int64_t, k->work_lines.count + 1);
    for (size_t i = 0; i < k->packages.count; i++) {
        if (p[i].state < PACKAGE_HANDED_OVER) continue;
        for (size_t m = 0; m < k->package_lines.count; m++)
            for (size_t n = 0; n < k->work_lines.count; n++)
                if (in[m].package_id == p[i].package_id && in[m].line_no == w[n].line_no &&
                    w[n].fulfillment_id == p[i].fulfillment_id)
                    k->left[n] += in[m].quantity;
    }
}

static enum err load_work(struct ctx *c, int64_t order_id, struct cancelling *k)
{
    int64_t *ids;
    TRY(fulfillments_of_orders(c, &order_id, 1, &k->work));
    k->is_here = arena_new(c->arena, bool, k->work.count + 1);
    k->has_left = arena_new(c->arena, bool, k->work.count + 1);
    if (!k->work.count) return OK;
    IDS_OF(c, k->work, struct fulfillment, fulfillment_id, ids);
    /* from here on nobody picks or seals: read again what was true before the lock */
    TRY(fulfillments_lock(c, ids, k->work.count));
    TRY(fulfillments_of(c, ids, k->work.count, &k->work));
    TRY(fulfillment_lines_of(c, ids, k->work.count, &k->work_lines));
    TRY(tasks_of(c, ids, k->work.count, &k->tasks));
    TRY(load_packages(c, order_id, k));
    const struct fulfillment *f = k->work.at;
    const struct package *p = k->packages.at;
    for (size_t i = 0; i < k->work.count; i++) {
        k->is_here[i] = f[i].state < FULFILLMENT_CANCELLING;
        for (size_t m = 0; m < k->packages.count; m++)
            if (p[m].fulfillment_id == f[i].fulfillment_id && p[m].state >= PACKAGE_HANDED_OVER)
                k->has_left[i] = true;
    }
    count_left(c, k);
    return OK;
}

static bool is_open(const struct task *t)
{
    return t->state == TASK_READY || t->state == TASK_LEASED;
}

int64_t cancelling_under_way(const struct cancelling *k, const struct fulfillment_line *l)
{
    const struct task *t = k->tasks.at;
    int64_t units = 0;
    for (size_t i = 0; i < k->tasks.count; i++)
        if (t[i].kind == TASK_PUT_BACK && is_open(&t[i]) && t[i].line_no == l->line_no &&
            t[i].fulfillment_id == l->fulfillment_id)
            units += t[i].quantity - t[i].done;
    return units;
}

static size_t work_at(const struct cancelling *k, int64_t fulfillment_id)
{
    const struct fulfillment *f = k->work.at;
    size_t i = 0;
    while (i + 1 < k->work.count && f[i].fulfillment_id != fulfillment_id) i++;
    return i;
}

/* What of each line is neither gone nor on its way back. */
static void count_can(struct cancelling *k)
{
    const struct order_line *lines = k->lines.at;
    const struct fulfillment_line *w = k->work_lines.at;
    for (size_t i = 0; i < k->lines.count; i++) {
        if (!line_is_physical(&lines[i])) continue;
        k->can[i] = lines[i].quantity - lines[i].cancelled;
        for (size_t m = 0; m < k->work_lines.count; m++) {
            if (w[m].line_no != lines[i].line_no) continue;
            bool is_here = k->is_here[work_at(k, w[m].fulfillment_id)];
            k->can[i] -= is_here ? cancelling_under_way(k, &w[m]) + k->left[m] : w[m].quantity;
        }
    }
}

enum err cancelling_load(struct ctx *c, int64_t order_id, struct cancelling *k)
{
    int32_t to;
    TRY(order_state_get(c, order_id, &k->state));
    TRY(lifecycle_next(c, &order_lifecycle, k->state.commercial, ORDER_CANCEL, &to));
    TRY(orders_lock(c, &order_id, 1));
    TRY(load_work(c, order_id, k));
    TRY(order_state_get(c, order_id, &k->state));
    TRY(lifecycle_next(c, &order_lifecycle, k->state.commercial, ORDER_CANCEL, &to));
    TRY(order_lines_of(c, &order_id, 1, &k->lines));
    TRY(promises_of(c, &order_id, 1, &k->promises));
    TRY(preordered_of(c, order_id, &k->ahead));
    TRY(earmarks_of(c, &order_id, 1, &k->earmarks));
    TRY(holds_of(c, &order_id, 1, true, &k->holds));
    k->wanted = arena_new(c->arena, int64_t, k->lines.count + 1);
    k->can = arena_new(c->arena, int64_t, k->lines.count + 1);
    k->dropped = arena_new(c->arena, int64_t, k->work_lines.count + 1);
    k->back = arena_new(c->arena, int64_t, k->work_lines.count + 1);
    count_can(k);
    return OK;
}

/* --- tasks ----------------------------------------------------------------------------------- */

static enum err end_task(struct ctx *c, struct cancelling *k, const struct task *before,
                         struct task *after, enum task_verb verb)
{
    k->out->tasks++;
    return task_end(c, before, after, verb);
}

/* Units that need not be fetched: the bin has them for others again. */
static enum err drop_picks(struct ctx *c, struct cancelling *k, const struct fulfillment *f,
                           int64_t line_no, int64_t units, int64_t *ended)
{
    const struct task *tasks = k->tasks.at;
    for (size_t i = k->tasks.count; i-- > 0 && units;) {
        const struct task *t = &tasks[i];
        if (t->kind != TASK_PICK || t->line_no != line_no || !is_open(t)) continue;
        if (t->fulfillment_id != f->fulfillment_id) continue;
        struct task after = *t;
        int64_t rest = t->quantity - t->done, part = rest < units ? rest : units;
        units -= part;
        if (t->place_id != NONE)
            TRY(stock_allot(c, t->product_id, t->site_id, t->place_id, t->lot, -part));
        if (part < rest || t->done) after.quantity -= part;
        if (part < rest) {
            TRY(task_write(c, t, &after));
            continue;
        }
        ++*ended;
        TRY(end_task(c, k, t, &after, t->done ? TASK_FINISH : TASK_REFUSE));
    }
    return OK;
}

/* Units of this line that put-backs, open or done, take back into this bin. */
static int64_t taken_back(const struct cancelling *k, const struct task *pick)
{
    const struct task *t = k->tasks.at;
    int64_t units = 0;
    for (size_t i = 0; i < k->tasks.count; i++)
        if (t[i].kind == TASK_PUT_BACK && t[i].state != TASK_REFUSED &&
            t[i].fulfillment_id == pick->fulfillment_id && t[i].line_no == pick->line_no &&
            t[i].place_id == pick->place_id && text_eq(t[i].lot, pick->lot))
            units += t[i].quantity;
    /* earlier picks from the same bin account for some of them */
    for (const struct task *p = t; p < pick; p++)
        if (p->kind == TASK_PICK && p->fulfillment_id == pick->fulfillment_id &&
            p->line_no == pick->line_no && p->place_id == pick->place_id &&
            text_eq(p->lot, pick->lot))
            units -= p->done < units ? p->done : units;
    return units;
}

static enum err put_back(struct ctx *c, struct cancelling *k, const struct fulfillment *f,
                         const struct task *from, int64_t units, int64_t *made)
{
    struct task t = *from;
    t.task_id = source_id(c->source);
    t.kind = TASK_PUT_BACK;
    t.state = TASK_READY;
    t.quantity = units;
    t.done = 0;
    t.worker_id = t.lease_until_us = t.reason = t.done_us = NONE;
    ++*made;
    k->out->put_back += units;
    TRY(task_insert(c, &t));
    return event_put(c, EVENT_PUT_BACK_ASKED, f->order_id, t.task_id,
                     EVENT_BODY(.line_no = t.line_no, .quantity = units, .other_id = t.place_id));
}

/* One task for each bin that the units came from, in the walk of its pick. */
static enum err put_all_back(struct ctx *c, struct cancelling *k, const struct fulfillment *f,
                             const struct fulfillment_line *l, int64_t units, int64_t *made)
{
    const struct task *tasks = k->tasks.at;
    for (size_t i = 0; i < k->tasks.count && units; i++) {
        const struct task *t = &tasks[i];
        if (t->kind != TASK_PICK || t->line_no != l->line_no || t->done == 0) continue;
        if (t->fulfillment_id != f->fulfillment_id) continue;
        int64_t gone = taken_back(k, t), part = gone < t->done ? t->done - gone : 0;
        if (part > units) part = units;
        if (!part) continue;
        units -= part;
        TRY(put_back(c, k, f, t, part, made));
    }
    if (!units) return OK;
    struct task nowhere = {.merchant_id = c->merchant_id,
                           .fulfillment_id = f->fulfillment_id,
                           .site_id = f->site_id,
                           .line_no = l->line_no,
                           .product_id = l->product_id,
                           .place_id = NONE,
                           .lot = T("")};
    return put_back(c, k, f, &nowhere, units, made);
}

/* --- services -------------------------------------------------------------------------------- */

static const struct order_line *line_of(const struct cancelling *k, int64_t line_no)
{
    const struct order_line *l = k->lines.at;
    for (size_t i = 0; i < k->lines.count; i++)
        if (l[i].line_no == line_no) return &l[i];
    return NULL;
}

/* Units of the fulfillment that a service is done to and that still leave. */
static int64_t served(const struct cancelling *k, const struct task *t)
{
    const struct order_line *service = line_of(k, t->line_no);
    const struct fulfillment_line *w = k->work_lines.at;
    int64_t units = 0;
    for (size_t i = 0; i < k->work_lines.count && service; i++) {
        const struct order_line *l = line_of(k, w[i].line_no);
        if (w[i].fulfillment_id != t->fulfillment_id || !l || !service_is_of(service, l)) continue;
        units += w[i].quantity - k->dropped[i] - k->back[i] - cancelling_under_way(k, &w[i]);
    }
    return units;
}

static enum err refuse_services(struct ctx *c, struct cancelling *k, const struct fulfillment *f,
                                int64_t *refused)
{
    const struct task *t = k->tasks.at;
    for (size_t i = 0; i < k->tasks.count; i++) {
        bool is_goods = t[i].kind == TASK_PICK || t[i].kind == TASK_PUT_BACK;
        if (is_goods || !is_open(&t[i]) || t[i].fulfillment_id != f->fulfillment_id) continue;
        if (served(k, &t[i]) > 0) continue;
        struct task after = t[i];
        ++*refused;
        TRY(end_task(c, k, &t[i], &after, TASK_REFUSE));
    }
    return OK;
}

/* --- packages -------------------------------------------------------------------------------- */

static enum err give_label_back(struct ctx *c, const struct cancelling *k, int64_t package_id)
{
    const struct label *l = k->labels.at;
    for (size_t i = 0; i < k->labels.count; i++) {
        if (l[i].package_id != package_id) continue;
        if (l[i].state != LABEL_BOUGHT && l[i].state != LABEL_PRINTED) continue;
        struct label after = l[i];
        after.reason = T("what is in it was cancelled"); /* the job asks its carrier */
        TRY(label_write(c, &l[i], &after));
        TRY(job_put(c, JOB_LABEL, package_id, c->now_us));
    }
    return OK;
}

static enum err open_package(struct ctx *c, struct cancelling *k, const struct package *p)
{
    struct package after = *p;
    if (p->state == PACKAGE_OPEN) return OK;
    if (p->state == PACKAGE_LABELLED) TRY(package_do(c, &after, PACKAGE_UNLABEL));
    TRY(package_do(c, &after, PACKAGE_REOPEN));
    after.weight_g = after.sealed_us = NONE;
    k->out->packages++;
    TRY(package_write(c, p, &after));
    return give_label_back(c, k, p->package_id);
}

/* Packages that have to be opened so that what goes back can be taken out: as few as it takes,
   those without a label first. */
static enum err open_packages(struct ctx *c, struct cancelling *k, const struct fulfillment *f)
{
    const struct fulfillment_line *w = k->work_lines.at;
    const struct package *p = k->packages.at;
    const struct package_line *in = k->package_lines.at;
    int64_t *need = arena_new(c->arena, int64_t, k->work_lines.count + 1);
    for (size_t i = 0; i < k->work_lines.count; i++)
        if (w[i].fulfillment_id == f->fulfillment_id)
            need[i] = k->back[i] + cancelling_under_way(k, &w[i]) - (w[i].picked - w[i].packed);
    for (int32_t state = PACKAGE_OPEN; state <= PACKAGE_LABELLED; state++)
        for (size_t i = 0; i < k->packages.count; i++) {
            bool is_needed = false;
            if (p[i].state != state || p[i].fulfillment_id != f->fulfillment_id) continue;
            for (size_t m = 0; m < k->package_lines.count; m++)
                for (size_t n = 0; n < k->work_lines.count; n++) {
                    if (in[m].package_id != p[i].package_id || in[m].line_no != w[n].line_no)
                        continue;
                    if (w[n].fulfillment_id != f->fulfillment_id || need[n] <= 0) continue;
                    need[n] -= in[m].quantity;
                    is_needed = true;
                }
            if (is_needed) TRY(open_package(c, k, &p[i]));
        }
    return OK;
}

/* --- one fulfillment ------------------------------------------------------------------------- */

struct stopping {
    int64_t dropped, back, stays; /* units */
    struct work_progress by;
};

static enum err stop_lines(struct ctx *c, struct cancelling *k, const struct fulfillment *f,
                           struct stopping *s)
{
    const struct fulfillment_line *w = k->work_lines.at;
    int64_t ended = 0, made = 0, refused = 0;
    for (size_t i = 0; i < k->work_lines.count; i++) {
        if (w[i].fulfillment_id != f->fulfillment_id) continue;
        s->dropped += k->dropped[i];
        s->back += k->back[i];
        s->stays += w[i].quantity - k->dropped[i] - k->back[i] - cancelling_under_way(k, &w[i]);
        if (k->dropped[i]) {
            TRY(drop_picks(c, k, f, w[i].line_no, k->dropped[i], &ended));
            TRY(fulfillment_shrink(c, f->fulfillment_id, w[i].line_no, k->dropped[i]));
        }
        if (k->back[i]) TRY(put_all_back(c, k, f, &w[i], k->back[i], &made));
    }
    if (!s->dropped && !s->back) return OK;
    if (s->back) TRY(open_packages(c, k, f));
    TRY(refuse_services(c, k, f, &refused));
    s->by = (struct work_progress){.tasks_open = made - ended, .services_open = -refused};
    return fulfillment_progress(c, f->fulfillment_id, s->by);
}

static enum err move_on(struct ctx *c, struct cancelling *k, struct fulfillment *f,
                        const struct stopping *s)
{
    TRY(fulfillment_touch(c, f->fulfillment_id));
    k->out->fulfillments++;
    if (!s->stays) return fulfillment_do(c, f, FULFILLMENT_CANCEL);
    bool is_picked = f->state == FULFILLMENT_PICKED || f->state == FULFILLMENT_PACKING ||
                     f->state == FULFILLMENT_PACKED;
    return s->back && is_picked ? fulfillment_do(c, f, FULFILLMENT_REOPEN_PICK) : OK;
}

static enum err finish(struct ctx *c, const struct cancelling *k, const int64_t *ids, size_t n,
                       enum fulfillment_verb verb)
{
    bool *took = arena_new(c->arena, bool, n + 1);
    if (!n) return OK;
    TRY(fulfillments_finish(c, ids, n, verb, took));
    const struct fulfillment *f = k->work.at;
    bool is_cancel = verb == FULFILLMENT_FINISH_CANCEL;
    for (size_t i = 0; i < n; i++) {
        const struct fulfillment *one = &f[work_at(k, ids[i])];
        if (!took[i]) continue;
        TRY(event_put(c, is_cancel ? EVENT_FULFILLMENT_CANCELLED : EVENT_FULFILLMENT_PICKED,
                      one->order_id, ids[i],
                      EVENT_BODY(.quantity = is_cancel ? one->units : one->picked,
                                 .note = is_cancel ? k->reason : (struct text){0})));
    }
    return OK;
}

enum err cancelling_stop(struct ctx *c, struct cancelling *k)
{
    struct fulfillment *work = k->work.at;
    int64_t *cancelled = arena_new(c->arena, int64_t, k->work.count + 1);
    int64_t *picked = arena_new(c->arena, int64_t, k->work.count + 1);
    size_t cancelled_count = 0, picked_count = 0;
    for (size_t i = 0; i < k->work.count; i++) {
        struct stopping s = {0};
        if (!k->is_here[i]) continue;
        TRY(stop_lines(c, k, &work[i], &s));
        if (!s.dropped && !s.back) continue;
        TRY(move_on(c, k, &work[i], &s));
        if (work[i].state == FULFILLMENT_CANCELLING)
            cancelled[cancelled_count++] = work[i].fulfillment_id;
        else if (work[i].state == FULFILLMENT_PICKING)
            picked[picked_count++] = work[i].fulfillment_id;
    }
    if (!cancelled_count && !picked_count) return OK;
    TRY(work_flush(c));
    TRY(finish(c, k, cancelled, cancelled_count, FULFILLMENT_FINISH_CANCEL));
    return finish(c, k, picked, picked_count, FULFILLMENT_FINISH_PICK);
}
