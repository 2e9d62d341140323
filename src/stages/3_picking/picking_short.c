/* stages/3_picking/picking_short.c: the bin did not have it; or it goes back into the bin. */
#include "base/source.h"
#include "domain/orders/service_work.h"
#include "stages/3_picking/picking_load.h"

static const char *const reasons[] = {"not_there", "less_than_said", "damaged", "cannot_reach"};
const struct words short_reason_words = WORDS("short_reason", reasons);

/* --- short ----------------------------------------------------------------------------------- */

struct shortage {
    const struct pick_short *in;
    struct pick_work w;
    struct fulfillment *f;
    struct task *t;
    struct stock *cell; /* NULL: the task had no bin */
    int64_t rest;       /* units that are still to be found */
    int64_t *task_ids;  /* of the tasks made instead */
    size_t made;
};

static enum err check(struct ctx *c, struct shortage *s)
{
    const struct pick_short *in = s->in;
    TRY(pick_may_work(c, &s->w, s->f, s->t, in->worker_id, in->version));
    int64_t left = s->t->quantity - s->t->done;
    if (in->found < 0 || in->found >= left)
        return fail_at(c, ERR_INVALID, "out_of_range", "found",
                       "found 0 to %lld; when all %lld are there, confirm them",
                       (long long)left - 1, (long long)left);
    if (s->t->place_id == NONE && in->found > 0)
        return fail_at(c, ERR_INVALID, "bin_needed", "found",
                       "no bin is known for this pick: scan what was found with its bin first");
    if (s->t->place_id != NONE)
        s->cell = pick_cell(&s->w, s->f->site_id, s->t->product_id, s->t->place_id, s->t->lot);
    int64_t there = s->cell ? s->cell->on_hand : 0;
    if (in->found > there)
        return fail_at(c, ERR_CONFLICT, "not_enough", "found",
                       "the bin has %lld of it, so %lld cannot be taken; count the bin",
                       (long long)there, (long long)in->found);
    s->rest = left - in->found;
    return OK;
}

/* What the reason says about the stock in the bin. */
static enum err correct_stock(struct ctx *c, struct shortage *s)
{
    int64_t there = s->cell ? s->cell->on_hand : 0;
    int64_t missing = s->rest < there ? s->rest : there;
    enum stock_reason reason = STOCK_LOST;
    switch ((enum short_reason)s->in->reason) {
    case SHORT_NOT_THERE: missing = there; break;
    case SHORT_LESS_THAN_SAID: break;
    case SHORT_DAMAGED: reason = STOCK_DAMAGED; break;
    case SHORT_CANNOT_REACH: return OK;
    }
    if (!missing) return OK;
    s->cell->on_hand -= missing;
    TRY(stock_adjust(c, s->t->product_id, s->f->site_id, s->cell->place_id, s->cell->lot, -missing,
                     reason, s->t->task_id));
    return event_put(c, EVENT_STOCK_ADJUSTED, NONE, s->t->product_id,
                     EVENT_BODY(.quantity = -missing,
                                .word = text_of(word_of(&stock_reason_words, reason)),
                                .other_id = s->cell->place_id));
}

/* A lot that is too old leaves sale where its picker left it: nobody else may be promised it. */
static enum err retire(struct ctx *c, struct shortage *s)
{
    struct stock *cell = s->cell;
    int64_t units = cell->on_hand - cell->allotted;
    if (!stock_is_over(c, cell) || units <= 0) return OK;
    struct cell from = {cell->place_id, s->f->site_id, cell->lot, CONDITION_SELLABLE};
    struct cell to = {cell->place_id, s->f->site_id, cell->lot, CONDITION_EXPIRED};
    cell->on_hand -= units;
    TRY(stock_shift(c, s->t->product_id, from, to, units, STOCK_CONDITION, NONE, s->t->task_id));
    return event_put(c, EVENT_LOT_EXPIRED, NONE, s->t->product_id,
                     EVENT_BODY(.quantity = units, .word = cell->lot, .other_id = cell->place_id));
}

static enum err end_task(struct ctx *c, struct shortage *s)
{
    struct task *t = s->t;
    if (s->in->found) TRY(pick_take(c, s->f, t, s->cell, s->in->found));
    if (s->cell) {
        s->cell->allotted -= s->rest;
        TRY(stock_allot(c, t->product_id, s->f->site_id, s->cell->place_id, s->cell->lot,
                        -s->rest));
        TRY(retire(c, s));
    }
    TRY(task_do(c, t, TASK_FALL_SHORT));
    t->reason = s->in->reason;
    t->worker_id = s->in->worker_id == NONE ? c->actor_id : s->in->worker_id;
    t->lease_until_us = NONE;
    t->done_us = c->now_us;
    TRY(task_write(
        c,
        pick_task(&(struct pick_work){.tasks = s->w.before, .task_count = s->w.task_count},
                  t->fulfillment_id, t->task_id),
        t));
    TRY(pick_begin(c, s->f));
    return event_put(c, EVENT_PICK_SHORT, s->f->order_id, t->task_id,
                     EVENT_BODY(.line_no = t->line_no, .quantity = s->rest,
                                .word = text_of(word_of(&short_reason_words, s->in->reason)),
                                .other_id = t->place_id));
}

/* Bins where this line fell short before are not asked again. */
static bool was_short_there(const struct shortage *s, const struct stock *cell)
{
    for (size_t i = 0; i < s->w.task_count; i++) {
        const struct task *t = &s->w.tasks[i];
        if (t->fulfillment_id == s->f->fulfillment_id && t->line_no == s->t->line_no &&
            t->state == TASK_SHORT && t->place_id == cell->place_id && text_eq(t->lot, cell->lot))
            return true;
    }
    return false;
}

static enum err look_there(struct ctx *c, struct shortage *s, struct stock *cell, int64_t quantity)
{
    struct task t = *s->t;
    t.task_id = source_id(c->source);
    t.state = TASK_READY;
    t.place_id = cell->place_id;
    t.lot = cell->lot;
    t.quantity = quantity;
    t.done = 0;
    t.worker_id = t.lease_until_us = t.reason = t.done_us = NONE;
    if (s->in->worker_id != NONE) {
        TRY(task_do(c, &t, TASK_LEASE));
        t.worker_id = s->in->worker_id;
        t.lease_until_us = c->now_us + TASK_LEASE_US;
    }
    s->rest -= quantity;
    cell->allotted += quantity;
    s->task_ids[s->made++] = t.task_id;
    TRY(stock_allot(c, t.product_id, s->f->site_id, cell->place_id, cell->lot, quantity));
    return task_insert(c, &t);
}

static int64_t free_in(struct ctx *c, const struct shortage *s, const struct stock *cell)
{
    int64_t units = cell->on_hand - cell->allotted;
    if (units <= 0 || stock_is_over(c, cell) || was_short_there(s, cell)) return 0;
    return units;
}

/* One bin that has all of it, or as many bins as it takes. */
static enum err look_elsewhere(struct ctx *c, struct shortage *s)
{
    size_t count;
    struct stock *cells = pick_cells(&s->w, s->f->site_id, s->t->product_id, &count);
    s->task_ids = arena_new(c->arena, int64_t, count + 1);
    for (size_t i = 0; i < count && s->rest; i++)
        if (free_in(c, s, &cells[i]) >= s->rest) TRY(look_there(c, s, &cells[i], s->rest));
    for (size_t i = 0; i < count && s->rest; i++) {
        int64_t units = free_in(c, s, &cells[i]);
        if (units) TRY(look_there(c, s, &cells[i], units < s->rest ? units : s->rest));
    }
    return OK;
}

/* A service whose goods do not come any more is not to be done. */
static enum err refuse_services(struct ctx *c, struct shortage *s)
{
    struct list lines, mine;
    TRY(order_lines_of(c, &s->f->order_id, 1, &lines));
    TRY(fulfillment_lines_of(c, &s->f->fulfillment_id, 1, &mine)); /* as shrunk */
    const struct order_line *all = lines.at;
    const struct fulfillment_line *here = mine.at;
    for (size_t i = 0; i < s->w.task_count; i++) {
        struct task *t = &s->w.tasks[i];
        bool is_service = t->kind != TASK_PICK && t->kind != TASK_PUT_BACK;
        if (!is_service || (t->state != TASK_READY && t->state != TASK_LEASED)) continue;
        struct order_line service = {.parent_line = NONE};
        int64_t units = 0;
        for (size_t k = 0; k < lines.count; k++)
            if (all[k].line_no == t->line_no) service = all[k];
        for (size_t k = 0; k < lines.count; k++)
            for (size_t m = 0; m < mine.count; m++)
                if (here[m].line_no == all[k].line_no && service_is_of(&service, &all[k]))
                    units += here[m].quantity;
        if (units) continue;
        struct task before = *t;
        TRY(task_do(c, t, TASK_REFUSE));
        t->lease_until_us = NONE;
        t->done_us = c->now_us;
        TRY(task_write(c, &before, t));
        TRY(fulfillment_progress(c, s->f->fulfillment_id,
                                 (struct work_progress){.services_open = -1}));
    }
    return OK;
}

/* What no bin of the site has will not be sent from here: processing promises it anew. */
static enum err give_up(struct ctx *c, struct shortage *s)
{
    const struct task *t = s->t;
    int64_t missing = s->rest;
    struct promise promise = {.order_id = s->f->order_id,
                              .line_no = t->line_no,
                              .site_id = s->f->site_id,
                              .product_id = t->product_id};
    TRY(fulfillment_shrink(c, s->f->fulfillment_id, t->line_no, missing));
    TRY(promise_release(c, &promise, missing));
    TRY(order_progress(c, s->f->order_id, t->line_no,
                       (struct progress){.allocated = -missing, .released = -missing}));
    TRY(event_put(
        c, EVENT_ORDER_SHORT, s->f->order_id, NONE,
        EVENT_BODY(.line_no = t->line_no, .quantity = missing, .other_id = s->f->site_id)));
    return s->f->services_open ? refuse_services(c, s) : OK;
}

enum err picking_short(struct ctx *c, const struct pick_short *in, struct pick_short_result *out)
{
    struct shortage s = {.in = in};
    *out = (struct pick_short_result){0};
    TRY(pick_work_load(c, &in->fulfillment_id, 1, &s.w));
    s.f = pick_fulfillment(&s.w, in->fulfillment_id);
    s.t = pick_task(&s.w, in->fulfillment_id, in->task_id);
    TRY(check(c, &s));
    TRY(end_task(c, &s));
    TRY(correct_stock(c, &s));
    TRY(look_elsewhere(c, &s));
    out->missing = s.rest;
    TRY(fulfillment_progress(c, in->fulfillment_id,
                             (struct work_progress){.tasks_open = (int64_t)s.made - 1}));
    TRY(work_flush(c));
    if (s.rest) TRY(give_up(c, &s));
    int64_t id = in->fulfillment_id;
    TRY(pick_finish(c, &s.w, &id, 1, FULFILLMENT_FINISH_PICK, (struct text){0}));
    TRY(pick_finish(c, &s.w, &id, 1, FULFILLMENT_FINISH_CANCEL, T("nothing is left to send")));
    out->fulfillment_state = s.f->state;
    if (!s.made) return OK;
    TRY(picking_items(c, &id, 1, false, &out->items));
    struct pick_item *items = out->items.at;
    size_t kept = 0;
    for (size_t i = 0; i < out->items.count; i++)
        for (size_t k = 0; k < s.made; k++)
            if (items[i].task_id == s.task_ids[k]) items[kept++] = items[i];
    out->items.count = kept;
    return OK;
}

/* --- back into the bin ----------------------------------------------------------------------- */

enum err pick_move_back(struct ctx *c, const struct fulfillment *f, const struct task *t,
                        int64_t bin_id, int64_t quantity, const char *word)
{
    struct cell tote = {f->fulfillment_id, NONE, t->lot}, bin = {bin_id, f->site_id, t->lot};
    TRY(stock_move(c, t->product_id, tote, bin, quantity, STOCK_PUT_BACK, f->order_id, t->task_id));
    TRY(order_progress(c, f->order_id, t->line_no, (struct progress){.picked = -quantity}));
    TRY(fulfillment_progress(c, f->fulfillment_id, (struct work_progress){.picked = -quantity}));
    TRY(fulfillment_line_progress(c, f->fulfillment_id, t->line_no, -quantity, 0));
    return event_put(c, EVENT_PUT_BACK_DONE, f->order_id, t->task_id,
                     EVENT_BODY(.line_no = t->line_no, .quantity = quantity, .word = text_of(word),
                                .other_id = bin_id));
}

/* How many units of a line lie in the tote. */
static enum err in_tote(struct ctx *c, const struct task *t, int64_t *units)
{
    struct list lines;
    *units = 0;
    TRY(fulfillment_lines_of(c, &t->fulfillment_id, 1, &lines));
    for (size_t i = 0; i < lines.count; i++) {
        const struct fulfillment_line *l = &((const struct fulfillment_line *)lines.at)[i];
        if (l->line_no == t->line_no) *units = l->picked - l->packed;
    }
    return OK;
}

/* Of them, those that nobody wants any more: open put-backs of the line. */
static enum err to_go_back(struct ctx *c, const struct task *t, int64_t *units)
{
    struct list tasks;
    *units = 0;
    TRY(tasks_of(c, &t->fulfillment_id, 1, &tasks));
    for (size_t i = 0; i < tasks.count; i++) {
        const struct task *k = &((const struct task *)tasks.at)[i];
        bool is_open = k->state == TASK_READY || k->state == TASK_LEASED;
        if (k->kind == TASK_PUT_BACK && is_open && k->line_no == t->line_no)
            *units += k->quantity - k->done;
    }
    return OK;
}

static enum err check_undo(struct ctx *c, const struct fulfillment *f, const struct task *t,
                           int64_t quantity)
{
    int64_t units, unwanted;
    if (t->kind != TASK_PICK)
        return fail(c, ERR_CONFLICT, "not_a_pick", "this task is %s, not a pick",
                    word_of(&task_kind_words, t->kind));
    if (f->state != FULFILLMENT_PICKING && f->state != FULFILLMENT_PICKED &&
        f->state != FULFILLMENT_PACKING)
        return fail(c, ERR_CONFLICT, "wrong_state", "this fulfillment is %s",
                    word_of(&fulfillment_state_words, f->state));
    TRY(in_tote(c, t, &units));
    TRY(to_go_back(c, t, &unwanted));
    if (unwanted && quantity > units - unwanted) {
        fail_at(c, ERR_CONFLICT, "to_put_back", "quantity",
                "%lld of the %lld units in the tote are cancelled and go back for good",
                (long long)unwanted, (long long)units);
        return hint(c, "finish their put-back task instead");
    }
    if (units > t->done) units = t->done;
    if (quantity < 1 || quantity > units)
        return fail_at(c, ERR_CONFLICT, "too_many", "quantity",
                       "%lld units of this pick lie in the tote, not %lld", (long long)units,
                       (long long)quantity);
    if (t->place_id == NONE)
        return fail(c, ERR_CONFLICT, "bin_needed", "this pick has no bin to go back to");
    return OK;
}

enum err picking_undo(struct ctx *c, int64_t fulfillment_id, int64_t task_id, int64_t quantity)
{
    struct fulfillment f;
    struct task t;
    TRY(fulfillment_get(c, fulfillment_id, &f));
    TRY(fulfillments_lock(c, &fulfillment_id, 1)); /* nobody cancels meanwhile */
    TRY(fulfillment_get(c, fulfillment_id, &f));
    TRY(task_get(c, fulfillment_id, task_id, &t));
    TRY(check_undo(c, &f, &t, quantity));
    struct task back = t, again;
    back.task_id = source_id(c->source);
    back.kind = TASK_PUT_BACK;
    back.state = TASK_DONE;
    back.quantity = back.done = quantity;
    back.worker_id = c->actor_id;
    back.lease_until_us = back.reason = NONE;
    back.done_us = c->now_us;
    again = back;
    again.task_id = source_id(c->source);
    again.kind = TASK_PICK;
    again.state = TASK_READY;
    again.done = 0;
    again.worker_id = again.done_us = NONE;
    TRY(task_insert(c, &back));
    TRY(task_insert(c, &again));
    TRY(pick_move_back(c, &f, &back, t.place_id, quantity, "pick_again"));
    TRY(stock_allot(c, t.product_id, f.site_id, t.place_id, t.lot, quantity));
    TRY(fulfillment_progress(c, fulfillment_id, (struct work_progress){.tasks_open = 1}));
    return f.state == FULFILLMENT_PICKING ? OK : fulfillment_do(c, &f, FULFILLMENT_REOPEN_PICK);
}
