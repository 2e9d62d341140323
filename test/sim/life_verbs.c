/* test/sim/life_verbs.c: what people and carriers do, each as one unit of work; see life.h. */
#include "life.h"

#include "services/assembly/assembly.h"
#include "services/customization/customization.h"
#include "services/gift_wrap/gift_wrap.h"
#include "stages/2_processing/holding.h"
#include "stages/7_completion/feedback.h"

/* One verb with whatever it takes and gives. A member of a batch that is refused is in `fault`. */
struct deed {
    enum err (*run)(struct ctx *c, struct deed *d);
    const void *in;
    void *out;
    int64_t id, id2, quantity, actor_id;
    size_t n;
    int how;
    paying_fn *pay;
    struct fault fault;
};

static enum err in_tx(struct ctx *c, void *arg)
{
    struct deed *d = arg;
    d->fault = (struct fault){0};
    c->actor_id = d->actor_id;
    return d->run(c, d);
}

static enum err act(struct life *l, struct deed d)
{
    struct ctx *c = &l->w->ctx;
    c->now_us = source_now_us(c->source);
    c->fault = (struct fault){0};
    enum err e = db_tx(c, in_tx, &d);
    c->actor_id = 0;
    if (e == OK && d.fault.code != OK) {
        c->fault = d.fault;
        e = d.fault.code;
    }
    if (!l->is_busy) life_quiet(l);
    return e;
}

/* --- desk ------------------------------------------------------------------------------------ */

struct draft life_card_draft(struct life *l, const char *sku, int64_t quantity, const char *token)
{
    struct draft d = shop_draft(l->w, sku, quantity);
    d.payment_method = PAY_CARD;
    d.payment_token = text_of(token);
    return d;
}

static enum err place(struct ctx *c, struct deed *d)
{
    struct outcome *out = d->out;
    TRY(receipt_place(c, d->in, 1, out));
    d->fault = out->fault;
    return OK;
}

int64_t life_place(struct life *l, const struct draft *d)
{
    l->placed = (struct outcome){0};
    enum err e = act(l, (struct deed){.run = place, .in = d, .out = &l->placed});
    return e == OK ? l->placed.order_id : 0;
}

static enum err receive(struct ctx *c, struct deed *d)
{
    struct stocking_outcome out;
    return stock_receipt(c, d->in, 1, &out);
}

enum err life_receive(struct life *l, const char *sku, const char *site, const char *bin,
                      int64_t quantity)
{
    struct stocking_line line = {
        .sku = text_of(sku), .site = text_of(site), .bin = text_of(bin), .quantity = quantity};
    return act(l, (struct deed){.run = receive, .in = &line});
}

static enum err adjust(struct ctx *c, struct deed *d)
{
    struct stocking_outcome out;
    return stock_adjust_bin(c, d->in, 1, &out);
}

enum err life_adjust(struct life *l, const char *sku, const char *site, const char *bin,
                     int64_t quantity, enum adjust_reason reason)
{
    struct stocking_line line = {.sku = text_of(sku),
                                 .site = text_of(site),
                                 .bin = text_of(bin),
                                 .quantity = quantity,
                                 .reason = (int32_t)reason};
    return act(l, (struct deed){.run = adjust, .in = &line});
}

static enum err hold(struct ctx *c, struct deed *d)
{
    struct hold made;
    TRY(hold_order(c, d->id, d->in, &made));
    *(int64_t *)d->out = made.hold_id;
    return OK;
}

enum err life_hold(struct life *l, int64_t order_id, const char *note, int64_t *hold_id)
{
    struct hold_request in = {
        .reason = HOLD_MANUAL, .note = text_of(note), .owner_id = NONE, .release_due_us = NONE};
    *hold_id = NONE;
    return act(l, (struct deed){.run = hold, .id = order_id, .in = &in, .out = hold_id});
}

static enum err let_go(struct ctx *c, struct deed *d)
{
    struct hold out;
    return hold_free(c, d->id, d->id2, &out);
}

enum err life_let_go(struct life *l, int64_t order_id, int64_t hold_id)
{
    return act(l, (struct deed){.run = let_go, .id = order_id, .id2 = hold_id});
}

void life_let_go_all(struct life *l, int64_t order_id, enum hold_reason reason)
{
    struct ctx *c = &l->w->ctx;
    struct list holds = {0};
    CHECK_OK(c, store_reader(c));
    CHECK_OK(c, holds_of(c, &order_id, 1, true, &holds));
    const struct hold *at = holds.at;
    for (size_t i = 0; i < holds.count; i++)
        if (at[i].reason == (int32_t)reason) CHECK_OK(c, life_let_go(l, order_id, at[i].hold_id));
}

static enum err cancel(struct ctx *c, struct deed *d)
{
    return order_cancel(c, d->id, text_of(d->in), d->out);
}

enum err life_cancel(struct life *l, int64_t order_id, const char *reason)
{
    return act(l, (struct deed){.run = cancel, .id = order_id, .in = reason, .out = &l->cancelled});
}

struct cut {
    const struct cancel_line *lines;
    const char *reason;
};

static enum err cancel_lines(struct ctx *c, struct deed *d)
{
    const struct cut *in = d->in;
    return order_cancel_lines(c, d->id, in->lines, d->n, text_of(in->reason), d->out);
}

enum err life_cancel_lines(struct life *l, int64_t order_id, const struct cancel_line *lines,
                           size_t n, const char *reason)
{
    struct cut in = {lines, reason};
    return act(l,
               (struct deed){
                   .run = cancel_lines, .id = order_id, .in = &in, .n = n, .out = &l->cancelled});
}

static enum err change(struct ctx *c, struct deed *d)
{
    return order_change(c, d->id, d->in, d->out);
}

enum err life_change(struct life *l, int64_t order_id, const struct order_change *in)
{
    return act(l, (struct deed){.run = change, .id = order_id, .in = in, .out = &l->changed});
}

static enum err confirm(struct ctx *c, struct deed *d) { return confirm_answer(c, d->in, d->out); }

enum err life_confirm(struct life *l, const struct confirm_answer *a)
{
    return act(l, (struct deed){.run = confirm, .in = a, .out = &l->confirmed});
}

static enum err pay(struct ctx *c, struct deed *d) { return d->pay(c, d->in); }

enum err life_pay(struct life *l, paying_fn *fn, struct paying_act with)
{
    return act(l, (struct deed){.run = pay, .in = &with, .pay = fn});
}

/* --- floor ----------------------------------------------------------------------------------- */

static enum err claim(struct ctx *c, struct deed *d) { return picking_claim(c, d->in, d->out); }

enum err life_claim(struct life *l, int64_t site_id, int64_t worker_id, struct list *items)
{
    struct pick_claim in = {site_id, NONE, worker_id, 10};
    return act(l, (struct deed){.run = claim, .in = &in, .out = items, .actor_id = worker_id});
}

static enum err scan(struct ctx *c, struct deed *d)
{
    struct pick_result out;
    return picking_scan(c, d->in, &out);
}

enum err life_scan(struct life *l, const struct task *t, const char *code, int64_t quantity)
{
    struct pick_scan in = {.fulfillment_id = t->fulfillment_id,
                           .task_id = t->task_id,
                           .scan = text_of(code),
                           .quantity = quantity,
                           .version = NONE,
                           .worker_id = PICKER};
    return act(l, (struct deed){.run = scan, .in = &in, .actor_id = PICKER});
}

static enum err confirm_picks(struct ctx *c, struct deed *d)
{
    struct fault *faults = arena_new(c->arena, struct fault, d->n);
    TRY(picking_confirm(c, d->in, d->n, faults));
    for (size_t i = 0; i < d->n && d->fault.code == OK; i++) d->fault = faults[i];
    return OK;
}

static struct pick_confirm pick_of(const struct task *t, int64_t quantity)
{
    return (struct pick_confirm){.fulfillment_id = t->fulfillment_id,
                                 .task_id = t->task_id,
                                 .quantity = quantity,
                                 .bin_id = NONE,
                                 .version = NONE,
                                 .worker_id = NONE};
}

enum err life_pick(struct life *l, const struct task *t, int64_t quantity)
{
    struct pick_confirm in = pick_of(t, quantity);
    return act(l, (struct deed){.run = confirm_picks, .in = &in, .n = 1});
}

enum err life_pick_all(struct life *l, int64_t order_id)
{
    struct list work = life_work(l, order_id);
    const struct fulfillment *f = work.at;
    struct pick_confirm jobs[100];
    size_t n = 0;
    for (size_t i = 0; i < work.count; i++) {
        struct list tasks = work_tasks(l->w, f[i].fulfillment_id);
        const struct task *t = tasks.at;
        for (size_t k = 0; k < tasks.count && n < 100; k++)
            if (t[k].kind == TASK_PICK && t[k].state < TASK_DONE) jobs[n++] = pick_of(&t[k], NONE);
    }
    return n ? act(l, (struct deed){.run = confirm_picks, .in = jobs, .n = n}) : OK;
}

static enum err fall_short(struct ctx *c, struct deed *d)
{
    return picking_short(c, d->in, d->out);
}

enum err life_short(struct life *l, const struct task *t, int64_t found, enum short_reason reason)
{
    struct pick_short in = {.fulfillment_id = t->fulfillment_id,
                            .task_id = t->task_id,
                            .version = NONE,
                            .worker_id = NONE,
                            .found = found,
                            .reason = (int32_t)reason};
    return act(l, (struct deed){.run = fall_short, .in = &in, .out = &l->shortage});
}

static enum err undo(struct ctx *c, struct deed *d)
{
    return picking_undo(c, d->id, d->id2, d->quantity);
}

enum err life_undo(struct life *l, const struct task *t, int64_t quantity)
{
    return act(l,
               (struct deed){
                   .run = undo, .id = t->fulfillment_id, .id2 = t->task_id, .quantity = quantity});
}

static enum err put_back(struct ctx *c, struct deed *d)
{
    return picking_put_back(c, d->id, d->id2, d->quantity);
}

enum err life_put_back(struct life *l, const struct task *t, int64_t bin_id)
{
    return act(
        l, (struct deed){
               .run = put_back, .id = t->fulfillment_id, .id2 = t->task_id, .quantity = bin_id});
}

static enum err wrap(struct ctx *c, struct deed *d) { return gift_wrap_finish(c, d->in); }

enum err life_wrap(struct life *l, const struct task *t, const char *message)
{
    struct gift_wrap in = {t->fulfillment_id, t->task_id, text_of(message), T("red"), NONE};
    return act(l, (struct deed){.run = wrap, .in = &in});
}

static enum err engrave(struct ctx *c, struct deed *d) { return customization_finish(c, d->in); }

enum err life_engrave(struct life *l, const struct task *t, const char *words)
{
    struct customization in = {t->fulfillment_id, t->task_id, text_of(words), NONE};
    return act(l, (struct deed){.run = engrave, .in = &in});
}

static enum err assemble(struct ctx *c, struct deed *d)
{
    struct list steps;
    TRY(assembly_steps(c, d->id, d->id2, &steps));
    return assembly_finish(c, &(struct assembly){d->id, d->id2, (int64_t)steps.count, NONE});
}

enum err life_assemble(struct life *l, const struct task *t)
{
    return act(l, (struct deed){.run = assemble, .id = t->fulfillment_id, .id2 = t->task_id});
}

static enum err start_packing(struct ctx *c, struct deed *d)
{
    return packing_start(c, &d->id, 1, &d->fault);
}

enum err life_start_packing(struct life *l, int64_t fulfillment_id)
{
    return act(l, (struct deed){.run = start_packing, .id = fulfillment_id});
}

static enum err box(struct ctx *c, struct deed *d)
{
    struct pack_open in = {.fulfillment_id = d->id,
                           .carton_id = NONE,
                           .length_mm = 400,
                           .width_mm = 300,
                           .height_mm = 200,
                           .version = NONE};
    struct package out;
    TRY(packing_open(c, &in, &out));
    *(int64_t *)d->out = out.package_id;
    return OK;
}

enum err life_box(struct life *l, int64_t fulfillment_id, int64_t *package_id)
{
    *package_id = NONE;
    return act(l, (struct deed){.run = box, .id = fulfillment_id, .out = package_id});
}

static enum err put(struct ctx *c, struct deed *d)
{
    struct pack_result out;
    TRY(packing_scan(c, d->in, &out));
    if (d->out) *(int64_t *)d->out = out.expected_g;
    return OK;
}

enum err life_put(struct life *l, int64_t package_id, const char *code, int64_t quantity,
                  int64_t *expected_g)
{
    struct pack_scan in = {package_id, text_of(code), quantity, NONE, NONE};
    return act(l, (struct deed){.run = put, .in = &in, .out = expected_g});
}

static enum err seal(struct ctx *c, struct deed *d) { return packing_seal(c, d->in, d->out); }

enum err life_seal(struct life *l, int64_t package_id, int64_t weight_g)
{
    struct pack_seal in = {.package_id = package_id, .weight_g = weight_g, .version = NONE};
    return act(l, (struct deed){.run = seal, .in = &in, .out = &l->sealed});
}

static enum err take_out(struct ctx *c, struct deed *d)
{
    return packing_take_out(c, d->id, d->id2);
}

enum err life_take_out(struct life *l, int64_t package_id, int64_t line_no)
{
    return act(l, (struct deed){.run = take_out, .id = package_id, .id2 = line_no});
}

static enum err discard(struct ctx *c, struct deed *d) { return packing_discard(c, d->id); }

enum err life_discard(struct life *l, int64_t package_id)
{
    return act(l, (struct deed){.run = discard, .id = package_id});
}

static enum err reopen(struct ctx *c, struct deed *d) { return packing_reopen(c, d->id); }

enum err life_reopen(struct life *l, int64_t package_id)
{
    return act(l, (struct deed){.run = reopen, .id = package_id});
}

static enum err pack(struct ctx *c, struct deed *d)
{
    struct pack_job job = {.fulfillment_id = d->id, .with_services = true};
    return packing_pack(c, &job, 1, &d->fault);
}

enum err life_pack(struct life *l, int64_t fulfillment_id)
{
    return act(l, (struct deed){.run = pack, .id = fulfillment_id});
}

void life_pack_all(struct life *l, int64_t order_id)
{
    struct list work = life_work(l, order_id);
    const struct fulfillment *f = work.at;
    for (size_t i = 0; i < work.count; i++)
        if (f[i].state == FULFILLMENT_PICKED)
            CHECK_OK(&l->w->ctx, life_pack(l, f[i].fulfillment_id));
}

/* --- road ------------------------------------------------------------------------------------ */

static enum err label(struct ctx *c, struct deed *d)
{
    return shipping_label_now(c, &(struct label_wish){.package_id = d->id}, 1, &d->fault);
}

enum err life_label(struct life *l, int64_t package_id)
{
    return act(l, (struct deed){.run = label, .id = package_id});
}

static enum err void_label(struct ctx *c, struct deed *d)
{
    return shipping_void(c, d->id, T("wrong box"));
}

enum err life_void_label(struct life *l, int64_t package_id)
{
    return act(l, (struct deed){.run = void_label, .id = package_id});
}

static enum err hand_over(struct ctx *c, struct deed *d)
{
    return shipping_hand_over(c, &d->id, 1, (enum hand_over)d->how, &d->fault);
}

enum err life_hand_over(struct life *l, int64_t package_id, enum hand_over how)
{
    return act(l, (struct deed){.run = hand_over, .id = package_id, .how = (int)how});
}

static enum err take_back(struct ctx *c, struct deed *d)
{
    return shipping_take_back(c, d->id, T("the courier never came"));
}

enum err life_take_back(struct life *l, int64_t package_id)
{
    return act(l, (struct deed){.run = take_back, .id = package_id});
}

static enum err correct_number(struct ctx *c, struct deed *d)
{
    return shipping_correct_number(c, d->id, text_of(d->in), T("typed by hand"));
}

enum err life_correct_number(struct life *l, int64_t package_id, const char *number)
{
    return act(l, (struct deed){.run = correct_number, .id = package_id, .in = number});
}

static enum err report(struct ctx *c, struct deed *d)
{
    struct tracking_taken *taken = arena_new(c->arena, struct tracking_taken, d->n);
    TRY(tracking_take(c, d->in, d->n, taken));
    for (size_t i = 0; i < d->n && d->fault.code == OK; i++) d->fault = taken[i].fault;
    return OK;
}

enum err life_reports(struct life *l, const struct tracking_report *reports, size_t n)
{
    return act(l, (struct deed){.run = report, .in = reports, .n = n});
}

enum err life_report(struct life *l, int64_t package_id, enum tracking_status status,
                     int64_t ago_us)
{
    struct tracking_report r = {.package_id = package_id,
                                .occurred_us = source_now_us(&l->w->source) - ago_us,
                                .status = (int32_t)status};
    return life_reports(l, &r, 1);
}

static enum err attempt(struct ctx *c, struct deed *d)
{
    return delivery_attempt(c, d->id, (enum attempt_outcome)d->how,
                            (enum attempt_reason)d->quantity, T("rang twice"));
}

enum err life_attempt(struct life *l, int64_t package_id, enum attempt_outcome outcome,
                      enum attempt_reason reason)
{
    return act(
        l, (struct deed){
               .run = attempt, .id = package_id, .how = (int)outcome, .quantity = (int64_t)reason});
}

static enum err deliver(struct ctx *c, struct deed *d)
{
    struct delivery *out = d->out;
    TRY(delivery_confirm(c, d->in, out));
    d->fault = out->fault;
    return OK;
}

enum err life_deliver(struct life *l, const struct delivery_proof *proof)
{
    return act(l, (struct deed){.run = deliver, .in = proof, .out = &l->delivered});
}

static enum err read_code(struct ctx *c, struct deed *d) { return pickup_code(c, d->id, d->out); }

enum err life_pickup_code(struct life *l, int64_t order_id, struct text *code)
{
    return act(l, (struct deed){.run = read_code, .id = order_id, .out = code});
}

static enum err pin_reset(struct ctx *c, struct deed *d)
{
    return delivery_pin_reset(c, d->id, text_of(d->in));
}

enum err life_pin_reset(struct life *l, int64_t package_id, const char *why)
{
    return act(l, (struct deed){.run = pin_reset, .id = package_id, .in = why});
}

static enum err come_back(struct ctx *c, struct deed *d)
{
    return delivery_receive_back(c, &d->id, 1, NONE, &d->fault);
}

enum err life_come_back(struct life *l, int64_t package_id)
{
    return act(l, (struct deed){.run = come_back, .id = package_id});
}

void life_ship(struct life *l, int64_t order_id)
{
    struct ctx *c = &l->w->ctx;
    CHECK_OK(c, life_pick_all(l, order_id));
    life_pack_all(l, order_id);
    struct list packages = work_packages(l->w, order_id);
    const struct package *p = packages.at;
    for (size_t i = 0; i < packages.count; i++)
        if (p[i].state == PACKAGE_LABELLED)
            CHECK_OK(c, life_hand_over(l, p[i].package_id, HAND_OVER_CARRIER));
}

void life_bring(struct life *l, int64_t order_id)
{
    life_ship(l, order_id);
    life_later(l, DAY_US);
    struct list packages = work_packages(l->w, order_id);
    const struct package *p = packages.at;
    for (size_t i = 0; i < packages.count; i++)
        CHECK_OK(&l->w->ctx, life_report(l, p[i].package_id, TRACKING_DELIVERED, 0));
}

/* --- care ------------------------------------------------------------------------------------ */

static enum err complain(struct ctx *c, struct deed *d) { return case_open(c, d->in, d->out); }

enum err life_complain(struct life *l, int64_t order_id, enum case_kind kind, const char *words,
                       int64_t *case_id)
{
    struct case_wish in = {.order_id = order_id,
                           .kind = (int32_t)kind,
                           .words = text_of(words),
                           .is_from_customer = true};
    *case_id = NONE;
    return act(l, (struct deed){.run = complain, .in = &in, .out = case_id});
}

static enum err resolve(struct ctx *c, struct deed *d) { return case_resolve(c, d->in, d->out); }

enum err life_resolve(struct life *l, const struct case_answer *a)
{
    return act(l, (struct deed){.run = resolve, .in = a, .out = &l->resolved});
}

static enum err rate(struct ctx *c, struct deed *d)
{
    int64_t case_id;
    return feedback_give(c, d->id, d->quantity, text_of(d->in), &case_id);
}

enum err life_rate(struct life *l, int64_t order_id, int64_t score, const char *words)
{
    return act(l, (struct deed){.run = rate, .id = order_id, .quantity = score, .in = words});
}
