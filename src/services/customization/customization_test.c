#include "services/customization/customization.h"

#include "stages/3_picking/picking.h"
#include "work_fixture.h"

static enum err finish(struct ctx *c, void *arg) { return customization_finish(c, arg); }
static enum err pick(struct ctx *c, void *arg)
{
    struct fault fault;
    return picking_confirm(c, arg, 1, &fault);
}

/* A mug to be engraved, picked. */
static struct customization engraving(struct world *w, const char *wording)
{
    struct draft d = shop_draft(w, "MUG", 1);
    struct draft_service service = {T("engraving"), text_of(wording)};
    ((struct draft_line *)d.lines.at)->services = (struct list){&service, 1};
    int64_t ful = work_of_draft(w, &d);
    struct task t = work_task(w, ful, TASK_PICK, 0);
    struct pick_confirm job = {ful, t.task_id, NONE, NONE, {0}, NONE, NONE};
    CHECK_OK(&w->ctx, db_tx(&w->ctx, pick, &job));
    t = work_task(w, ful, TASK_CUSTOMIZATION, 0);
    return (struct customization){ful, t.task_id, {0}, NONE};
}

TEST_BOTH(customization, the_words_on_the_goods_are_the_customers_letter_by_letter)
{
    shop_open(w);
    struct customization k = engraving(w, "Für Zoë");
    k.words = T("Für Zoe");
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "wording_differs", db_tx(&w->ctx, finish, &k));
    CHECK_TEXT("asked was \"Für Zoë\"; it differs after \"Für Zo\"", text_of(w->ctx.fault.detail));
    k.words = T(" Für Zoë ");
    CHECK_OK(&w->ctx, db_tx(&w->ctx, finish, &k));
    CHECK_I64(TASK_DONE, work_task(w, k.fulfillment_id, TASK_CUSTOMIZATION, 0).state);
    CHECK_I64(1, work_events(w, NONE, "service.done"));
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "task_done", db_tx(&w->ctx, finish, &k));
    work_audit(w);
}

TEST_BOTH(customization, a_held_order_is_not_engraved)
{
    shop_open(w);
    struct customization k = engraving(w, "Ada");
    k.words = T("Ada");
    work_hold(w, work_get(w, k.fulfillment_id).order_id, HOLD_CONFIRMATION, NULL);
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "stop", db_tx(&w->ctx, finish, &k));
    CHECK_I64(1, work_get(w, k.fulfillment_id).services_open);
}
