#include "services/assembly/assembly.h"

#include "stages/3_picking/picking.h"
#include "work_fixture.h"

struct call {
    struct assembly in;
    struct list steps;
    int64_t fulfillment_id;
};

static enum err steps(struct ctx *c, void *arg)
{
    struct call *k = arg;
    return assembly_steps(c, k->in.fulfillment_id, k->in.task_id, &k->steps);
}
static enum err finish(struct ctx *c, void *arg) { return assembly_finish(c, arg); }
static enum err pick(struct ctx *c, void *arg)
{
    struct list tasks;
    struct fault fault;
    TRY(tasks_of(c, arg, 1, &tasks));
    for (size_t i = 0; i < tasks.count; i++) {
        const struct task *t = &((const struct task *)tasks.at)[i];
        struct pick_confirm job = {t->fulfillment_id, t->task_id, NONE, NONE, {0}, NONE, NONE};
        if (t->kind == TASK_PICK) TRY(picking_confirm(c, &job, 1, &fault));
    }
    return OK;
}

TEST_BOTH(assembly, a_kit_is_put_together_part_by_part_once_all_parts_are_here)
{
    shop_open(w);
    int64_t ful = work_order(w, "SET", 2);
    struct task t = work_task(w, ful, TASK_ASSEMBLY, 0);
    struct call k = {.in = {ful, t.task_id, 2, NONE}};
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "not_picked", db_tx(&w->ctx, finish, &k.in));
    CHECK_OK(&w->ctx, db_tx(&w->ctx, pick, &ful));
    CHECK_OK(&w->ctx, db_tx(&w->ctx, steps, &k));
    CHECK_I64(2, (int64_t)k.steps.count);
    const struct assembly_step *at = k.steps.at;
    CHECK_TEXT("put in 2 x Mug, white", at[0].about);
    CHECK_I64(4, at[1].quantity);
    k.in.steps_done = 1;
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "steps_open", db_tx(&w->ctx, finish, &k.in));
    CHECK_TEXT("step 2 of 2: put in 4 x Pen, blue", text_of(w->ctx.fault.detail));
    k.in.steps_done = 3;
    CHECK_FAULT(&w->ctx, ERR_INVALID, "out_of_range", db_tx(&w->ctx, finish, &k.in));
    k.in.steps_done = 2;
    CHECK_OK(&w->ctx, db_tx(&w->ctx, finish, &k.in));
    CHECK_I64(0, work_get(w, ful).services_open);
    work_audit(w);
}
