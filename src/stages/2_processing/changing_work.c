#include "stages/2_processing/changing_work.h"

#include "domain/events/job.h"
#include "domain/orders/change.h"
#include "stages/2_processing/cancelling_work.h"

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
        gone += !k.is_here[i] && f[i].state < FULFILLMENT_REJECTED;
        if (!k.is_here[i]) continue;
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

enum err changing_reword(struct ctx *c, const struct order_line *l, struct text wording)
{
    struct list work, tasks;
    bool is_touched = false;
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
        is_touched = true;
        TRY(task_reword(c, &t[i], wording));
    }
    for (size_t i = 0; is_touched && i < work.count; i++)
        if (f[i].state < FULFILLMENT_CANCELLING) TRY(fulfillment_touch(c, ids[i]));
    return OK;
}
