#include "services/gift_wrap/gift_wrap.h"

#include "stages/3_picking/picking.h"
#include "work_fixture.h"

static enum err finish(struct ctx *c, void *arg) { return gift_wrap_finish(c, arg); }
static enum err pick(struct ctx *c, void *arg)
{
    struct fault fault;
    return picking_confirm(c, arg, 1, &fault);
}

TEST_BOTH(gift_wrap, the_card_says_what_the_customer_wrote)
{
    shop_open(w);
    struct draft d = shop_draft(w, "MUG", 1);
    struct draft_service service = {T("gift_wrap"), T("With love from Bob")};
    ((struct draft_line *)d.lines.at)->services = (struct list){&service, 1};
    int64_t ful = work_of_draft(w, &d);
    struct gift_wrap k = {ful, work_task(w, ful, TASK_GIFT_WRAP, 0).task_id,
                          T("With love from Bob"), T("red paper"), NONE};
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "not_picked", db_tx(&w->ctx, finish, &k));
    struct task t = work_task(w, ful, TASK_PICK, 0);
    struct pick_confirm job = {ful, t.task_id, NONE, NONE, {0}, NONE, NONE};
    CHECK_OK(&w->ctx, db_tx(&w->ctx, pick, &job));
    k.message = T("With love from Rob");
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "message_differs", db_tx(&w->ctx, finish, &k));
    k.message = T("With love  from Bob\n");
    CHECK_OK(&w->ctx, db_tx(&w->ctx, finish, &k));
    CHECK_I64(0, work_get(w, ful).services_open);
    k.task_id = t.task_id;
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "other_service", db_tx(&w->ctx, finish, &k));
    work_audit(w);
}
