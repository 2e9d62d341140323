#include "stages/2_processing/changing_work.h"

#include "base/sort.h"
#include "base/source.h"
#include "domain/events/job.h"
#include "domain/orders/change.h"
#include "domain/orders/service_work.h"
#include "stages/2_processing/cancelling_work.h"
#include "stages/2_processing/release.h"

static enum err free_label(struct ctx *c, const struct cancelling *k, const struct package *p)
{
    const struct label *l = k->labels.at;
    struct package after = *p;
    if (p->state == PACKAGE_LABELLED) {
        TRY(package_do(c, &after, PACKAGE_UNLABEL));
        TRY(package_write(c, p, &after));
    }
    for (size_t i = 0; i < k->labels.count; i++) {
        if (l[i].package_id != p->package_id) continue;
        if (l[i].state != LABEL_BOUGHT && l[i].state != LABEL_PRINTED) continue;
        struct label voided = l[i];
        voided.reason = T(LABEL_READDRESSED); /* the job asks its carrier */
        TRY(label_write(c, &l[i], &voided));
        TRY(job_put(c, JOB_LABEL, p->package_id, c->now_us));
    }
    return OK;
}

enum err changing_readdress(struct ctx *c, const struct order *o, int64_t *fulfillments)
{
    struct cancel_outcome unused = {0};
    struct cancelling k = {.out = &unused};
    size_t here = 0, gone = 0;
    TRY(cancelling_load(c, o->order_id, &k));
    const struct fulfillment *f = k.work.at;
    const struct package *p = k.packages.at;
    for (size_t i = 0; i < k.work.count; i++) {
        bool is_here = k.is_here[i] && !k.has_left[i];
        gone += !is_here && f[i].state < FULFILLMENT_REJECTED;
        if (!is_here) continue;
        here++;
        ++*fulfillments;
        TRY(fulfillment_readdress(c, &f[i], o->ship_to_id, o->method));
        for (size_t m = 0; m < k.packages.count; m++)
            if (p[m].fulfillment_id == f[i].fulfillment_id) TRY(free_label(c, &k, &p[m]));
    }
    if (here || !gone || k.state.released < k.state.units - k.state.cancelled) return OK;
    fail_at(c, ERR_CONFLICT, "too_late", "ship_to", "all of it has left the house");
    return hint(c, "possible now: ask the carrier to redirect it, or take it back before its first "
                   "scan");
}

enum err changing_going_back(struct ctx *c, int64_t order_id, const struct list *lines,
                             int64_t **units)
{
    struct list work, tasks;
    const struct order_line *l = lines->at;
    *units = arena_new(c->arena, int64_t, lines->count + 1);
    TRY(fulfillments_of_orders(c, &order_id, 1, &work));
    const struct fulfillment *f = work.at;
    int64_t *ids = arena_new(c->arena, int64_t, work.count + 1);
    for (size_t i = 0; i < work.count; i++) ids[i] = f[i].fulfillment_id;
    if (!work.count) return OK;
    sort_i64(ids, work.count);
    TRY(tasks_of(c, ids, work.count, &tasks));
    const struct task *t = tasks.at;
    for (size_t i = 0; i < tasks.count; i++) {
        bool is_open = t[i].state == TASK_READY || t[i].state == TASK_LEASED;
        for (size_t k = 0; k < lines->count && is_open && t[i].kind == TASK_PUT_BACK; k++)
            if (l[k].line_no == t[i].line_no) (*units)[k] += t[i].quantity - t[i].done;
    }
    return OK;
}

enum err changing_reword(struct ctx *c, const struct order_line *l, struct text wording,
                         struct touched *touched)
{
    struct list work, tasks;
    TRY(fulfillments_of_orders(c, &l->order_id, 1, &work));
    const struct fulfillment *f = work.at;
    int64_t *ids = arena_new(c->arena, int64_t, work.count + 1);
    for (size_t i = 0; i < work.count; i++) ids[i] = f[i].fulfillment_id;
    if (!work.count) return OK;
    TRY(tasks_of(c, ids, work.count, &tasks));
    const struct task *t = tasks.at;
    for (size_t i = 0; i < tasks.count; i++) {
        bool is_goods = t[i].kind == TASK_PICK || t[i].kind == TASK_PUT_BACK;
        if (is_goods || t[i].line_no != l->line_no || t[i].state == TASK_REFUSED) continue;
        if (t[i].state == TASK_DONE) {
            fail_at(c, ERR_CONFLICT, "too_late", "wording", "it is done already: \"%.*s\"",
                    TEXT_ARG(text_head(t[i].wording, 60)));
            return hint(c, "possible now: cancel the line and add it anew");
        }
        TRY(task_reword(c, &t[i], wording));
        *arena_push(c->arena, touched->ids, touched->count, touched->capacity) =
            t[i].fulfillment_id;
    }
    return OK;
}

/* --- a service more -------------------------------------------------------------------------- */

static bool brings(const struct cancelling *k, const struct fulfillment *f,
                   const struct order_line *service)
{
    const struct fulfillment_line *w = k->work_lines.at;
    const struct order_line *l = k->lines.at;
    for (size_t i = 0; i < k->work_lines.count; i++) {
        if (w[i].fulfillment_id != f->fulfillment_id || !w[i].quantity) continue;
        for (size_t m = 0; m < k->lines.count; m++)
            if (l[m].line_no == w[i].line_no && service_is_of(service, &l[m])) return true;
    }
    return false;
}

/* Units that it is done to and no work was made for. */
static int64_t unreleased(const struct cancelling *k, const struct order_line *service)
{
    const struct order_line *l = k->lines.at;
    int64_t units = 0;
    for (size_t i = 0; i < k->lines.count; i++)
        if (line_is_physical(&l[i]) && service_is_of(service, &l[i]))
            units += l[i].quantity - l[i].cancelled - l[i].released;
    return units;
}

static enum err serve(struct ctx *c, const struct fulfillment *f, const struct order_line *l,
                      int32_t service_kind, struct touched *touched)
{
    *arena_push(c->arena, touched->ids, touched->count, touched->capacity) = f->fulfillment_id;
    TRY(release_service(c, f, release_task_kind(service_kind), l));
    return fulfillment_progress(c, f->fulfillment_id, (struct work_progress){.services_open = 1});
}

enum err changing_serve(struct ctx *c, const struct order_line *l, int32_t service_kind,
                        struct touched *touched)
{
    struct cancel_outcome unused = {0};
    struct cancelling k = {.out = &unused};
    const struct fulfillment *late = NULL;
    TRY(cancelling_load(c, l->order_id, &k));
    const struct fulfillment *f = k.work.at;
    for (size_t i = 0; i < k.work.count; i++) {
        if (f[i].state >= FULFILLMENT_CANCELLING || !brings(&k, &f[i], l)) continue;
        if (k.is_here[i] && !k.has_left[i] && f[i].state < FULFILLMENT_PACKING)
            return serve(c, &f[i], l, service_kind, touched);
        late = &f[i];
    }
    /* a service of the whole order belongs to its first work */
    if (!late || (l->parent_line != NONE && unreleased(&k, l) > 0)) return OK;
    fail_at(c, ERR_CONFLICT, "too_late", "service", "what it is done to is %s already",
            word_of(&fulfillment_state_words, late->state));
    return hint(c,
                "possible now: a new order, or cancel the line and add it anew with the service");
}

enum err changing_touch(struct ctx *c, const struct touched *t)
{
    sort_i64(t->ids, t->count);
    for (size_t i = 0; i < t->count; i++)
        if (i == 0 || t->ids[i] != t->ids[i - 1]) TRY(fulfillment_touch(c, t->ids[i]));
    return OK;
}
