#include "services/assembly/assembly.h"

#include "base/sort.h"
#include "domain/catalog/product.h"
#include "domain/events/event.h"
#include "domain/orders/service_work.h"

static const struct field step_table[] = {
    FIELD(struct assembly_step, step),  FIELD(struct assembly_step, sku),
    FIELD(struct assembly_step, name),  FIELD(struct assembly_step, quantity),
    FIELD(struct assembly_step, about),
};
const struct fields assembly_step_fields =
    FIELDS("assembly_step", struct assembly_step, step_table);

/* The parts of a kit, or the goods themselves. */
static enum err steps_of(struct ctx *c, const struct service_work *w, struct list *steps)
{
    struct list products;
    int64_t *ids = arena_new(c->arena, int64_t, w->of_count + 1);
    for (size_t i = 0; i < w->of_count; i++) ids[i] = w->of[i].product_id;
    sort_i64(ids, w->of_count);
    TRY(products_of(c, ids, unique_i64(ids, w->of_count), &products));
    struct assembly_step *at = arena_new(c->arena, struct assembly_step, w->of_count + 1);
    *steps = (struct list){at, 0};
    bool is_kit = w->line.kind == LINE_KIT;
    for (size_t i = 0; i < w->of_count; i++) {
        const struct product *p = product_in(&products, w->of[i].product_id);
        if (!p || !w->of[i].quantity) continue;
        at[steps->count] = (struct assembly_step){.step = (int64_t)steps->count + 1,
                                                  .sku = p->sku,
                                                  .name = p->name,
                                                  .quantity = w->of[i].quantity};
        at[steps->count++].about = text_printf(c->arena, "%s %lld x %.*s",
                                               is_kit ? "put in" : "assemble",
                                               (long long)w->of[i].quantity, TEXT_ARG(p->name));
    }
    return OK;
}

enum err assembly_steps(struct ctx *c, int64_t fulfillment_id, int64_t task_id, struct list *steps)
{
    struct service_work w;
    TRY(service_work_load(c, fulfillment_id, task_id, TASK_ASSEMBLY, NONE, &w));
    return steps_of(c, &w, steps);
}

enum err assembly_finish(struct ctx *c, const struct assembly *in)
{
    struct service_work w;
    struct list steps;
    TRY(service_work_load(c, in->fulfillment_id, in->task_id, TASK_ASSEMBLY, in->version, &w));
    TRY(steps_of(c, &w, &steps));
    const struct assembly_step *at = steps.at;
    if (in->steps_done < 0 || in->steps_done > (int64_t)steps.count)
        return fail_at(c, ERR_INVALID, "out_of_range", "steps_done", "there are %zu steps",
                       steps.count);
    if (in->steps_done < (int64_t)steps.count)
        return fail_at(c, ERR_CONFLICT, "steps_open", "steps_done", "step %lld of %zu: %.*s",
                       (long long)in->steps_done + 1, steps.count,
                       TEXT_ARG(at[in->steps_done].about));
    TRY(service_work_done(c, &w));
    return event_put(c, EVENT_SERVICE_DONE, w.fulfillment.order_id, in->task_id,
                     EVENT_BODY(.line_no = w.task.line_no, .word = T("assembly")));
}
