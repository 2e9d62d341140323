#include "services/special_packaging/special_packaging.h"

#include "stages/3_picking/picking.h"
#include "work_fixture.h"

static enum err finish(struct ctx *c, void *arg) { return special_packaging_finish(c, arg); }
static enum err pick(struct ctx *c, void *arg)
{
    struct fault fault;
    return picking_confirm(c, arg, 1, &fault);
}

TEST_BOTH(special_packaging, a_fragile_lamp_needs_cushion_and_arrows)
{
    shop_open(w);
    struct draft d = shop_draft(w, "LAMP", 1);
    struct draft_service service = {T("special_packaging"), {0}};
    ((struct draft_line *)d.lines.at)->services = (struct list){&service, 1};
    int64_t ful = work_of_draft(w, &d);
    struct task t = work_task(w, ful, TASK_PICK, 0);
    struct pick_confirm job = {ful, t.task_id, NONE, NONE, {0}, NONE, NONE};
    CHECK_OK(&w->ctx, db_tx(&w->ctx, pick, &job));
    struct text used[] = {T("cushion"), T("upright_arrows")};
    struct special_packaging k = {
        ful, work_task(w, ful, TASK_SPECIAL_PACKAGING, 0).task_id, {used, 1}, NONE};
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "material_missing", db_tx(&w->ctx, finish, &k));
    CHECK_TEXT("it needs upright_arrows: arrows on two sides, this way up",
               text_of(w->ctx.fault.detail));
    k.materials.count = 2;
    CHECK_OK(&w->ctx, db_tx(&w->ctx, finish, &k));
    CHECK_I64(0, work_get(w, ful).services_open);
    work_audit(w);
}
