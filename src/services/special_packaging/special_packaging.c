#include "services/special_packaging/special_packaging.h"

#include "base/sort.h"
#include "domain/catalog/product.h"
#include "domain/events/event.h"
#include "domain/orders/service_work.h"

static const struct field need_table[] = {
    FIELD(struct packaging_need, material),
    FIELD(struct packaging_need, about),
};
const struct fields packaging_need_fields =
    FIELDS("packaging_need", struct packaging_need, need_table);

static const struct {
    int32_t handling;
    const char *material, *about;
} rules[] = {
    {HANDLING_FRAGILE, "cushion", "cushion all sides, at least 50 mm"},
    {HANDLING_UPRIGHT, "upright_arrows", "arrows on two sides, this way up"},
    {HANDLING_HAZARD, "hazard_label", "the mark of its class, visible"},
    {HANDLING_CHILLED, "cold_pack", "insulated carton, cold packs around the goods"},
    {HANDLING_HIGH_VALUE, "plain_tape", "plain carton without a brand, tamper tape"},
};
enum { RULES = sizeof rules / sizeof *rules };

static enum err needs_of(struct ctx *c, const struct service_work *w, struct list *needs)
{
    struct list products;
    int64_t *ids = arena_new(c->arena, int64_t, w->of_count + 1);
    for (size_t i = 0; i < w->of_count; i++) ids[i] = w->of[i].product_id;
    sort_i64(ids, w->of_count);
    TRY(products_of(c, ids, unique_i64(ids, w->of_count), &products));
    int32_t handling = 0;
    for (size_t i = 0; i < products.count; i++)
        handling |= ((const struct product *)products.at)[i].handling;
    struct packaging_need *at = arena_new(c->arena, struct packaging_need, RULES + 1);
    *needs = (struct list){at, 0};
    for (size_t i = 0; i < RULES; i++)
        if (handling & rules[i].handling)
            at[needs->count++] =
                (struct packaging_need){text_of(rules[i].material), text_of(rules[i].about)};
    if (!needs->count) /* asked and paid for, whatever the goods are */
        at[needs->count++] =
            (struct packaging_need){text_of(rules[0].material), text_of(rules[0].about)};
    return OK;
}

enum err special_packaging_needs(struct ctx *c, int64_t fulfillment_id, int64_t task_id,
                                 struct list *needs)
{
    struct service_work w;
    TRY(service_work_load(c, fulfillment_id, task_id, TASK_SPECIAL_PACKAGING, NONE, &w));
    return needs_of(c, &w, needs);
}

static bool is_used(const struct list *materials, struct text material)
{
    for (size_t i = 0; i < materials->count; i++)
        if (text_eq(((const struct text *)materials->at)[i], material)) return true;
    return false;
}

enum err special_packaging_finish(struct ctx *c, const struct special_packaging *in)
{
    struct service_work w;
    struct list needs;
    struct buf used = buf_new(c->arena);
    TRY(service_work_load(c, in->fulfillment_id, in->task_id, TASK_SPECIAL_PACKAGING, in->version,
                          &w));
    TRY(needs_of(c, &w, &needs));
    for (size_t i = 0; i < needs.count; i++) {
        const struct packaging_need *need = &((const struct packaging_need *)needs.at)[i];
        if (!is_used(&in->materials, need->material))
            return fail_at(c, ERR_CONFLICT, "material_missing", "materials", "it needs %.*s: %.*s",
                           TEXT_ARG(need->material), TEXT_ARG(need->about));
        buf_printf(&used, "%s%.*s", used.len ? ", " : "", TEXT_ARG(need->material));
    }
    TRY(service_work_done(c, &w));
    return event_put(c, EVENT_SERVICE_DONE, w.fulfillment.order_id, in->task_id,
                     EVENT_BODY(.line_no = w.task.line_no, .word = T("special_packaging"),
                                .note = buf_text(&used)));
}
