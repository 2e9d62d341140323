/* What stage 4 promises, in the words of the packing table. */
#include "stages/4_packing/packing.h"

#include "domain/people/people.h"
#include "domain/sites/site.h"
#include "services/assembly/assembly.h"
#include "services/gift_wrap/gift_wrap.h"
#include "stages/3_picking/picking.h"
#include "work_fixture.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

struct call {
    enum err (*run)(struct ctx *c, struct call *call);
    struct pack_open open;
    struct pack_scan scan;
    struct pack_seal seal;
    struct gift_wrap wrap;
    const int64_t *ids;
    size_t n;
    struct fault *faults;
    const struct pack_job *jobs;
    struct pack_proposal *proposals;
    int64_t id, line_no;
    struct package package;
    struct pack_result result;
    struct pack_sealed sealed;
    struct list list;
};

static enum err in_tx(struct ctx *c, void *arg)
{
    struct call *call = arg;
    return call->run(c, call);
}
static enum err run(struct world *w, struct call *call) { return db_tx(&w->ctx, in_tx, call); }

static enum err do_pick_all(struct ctx *c, struct call *k)
{
    struct list tasks;
    TRY(tasks_of(c, k->ids, k->n, &tasks));
    struct pick_confirm *jobs = arena_new(c->arena, struct pick_confirm, tasks.count + 1);
    struct fault *faults = arena_new(c->arena, struct fault, tasks.count + 1);
    size_t n = 0;
    for (size_t i = 0; i < tasks.count; i++) {
        const struct task *t = &((const struct task *)tasks.at)[i];
        if (t->kind != TASK_PICK) continue;
        jobs[n++] =
            (struct pick_confirm){t->fulfillment_id, t->task_id, NONE, NONE, {0}, NONE, NONE};
    }
    TRY(picking_confirm(c, jobs, n, faults));
    for (size_t i = 0; i < n; i++)
        if (faults[i].code != OK) {
            c->fault = faults[i];
            return faults[i].code;
        }
    return OK;
}
static enum err do_start(struct ctx *c, struct call *k)
{
    return packing_start(c, k->ids, k->n, k->faults);
}
static enum err do_open(struct ctx *c, struct call *k)
{
    return packing_open(c, &k->open, &k->package);
}
static enum err do_scan(struct ctx *c, struct call *k)
{
    return packing_scan(c, &k->scan, &k->result);
}
static enum err do_seal(struct ctx *c, struct call *k)
{
    return packing_seal(c, &k->seal, &k->sealed);
}
static enum err do_take_out(struct ctx *c, struct call *k)
{
    return packing_take_out(c, k->id, k->line_no);
}
static enum err do_discard(struct ctx *c, struct call *k) { return packing_discard(c, k->id); }
static enum err do_reopen(struct ctx *c, struct call *k) { return packing_reopen(c, k->id); }
static enum err do_wrap(struct ctx *c, struct call *k) { return gift_wrap_finish(c, &k->wrap); }
static enum err do_propose(struct ctx *c, struct call *k)
{
    return packing_propose(c, k->ids, k->n, k->proposals);
}
static enum err do_pack(struct ctx *c, struct call *k)
{
    return packing_pack(c, k->jobs, k->n, k->faults);
}
static enum err do_cartons(struct ctx *c, struct call *k)
{
    return carton_list(c, k->id, &k->list);
}

static void pick_all(struct world *w, const int64_t *ids, size_t n)
{
    struct call k = {.run = do_pick_all, .ids = ids, .n = n};
    CHECK_OK(&w->ctx, run(w, &k));
}

/* An order that lies in its tote. */
static int64_t picked_order(struct world *w, const char *sku, int64_t quantity)
{
    int64_t ful = work_order(w, sku, quantity);
    pick_all(w, &ful, 1);
    return ful;
}

static int64_t carton(struct world *w, int64_t site_id, const char *code)
{
    struct call k = {.run = do_cartons, .id = site_id};
    CHECK_OK(&w->ctx, run(w, &k));
    for (size_t i = 0; i < k.list.count; i++)
        if (text_is(((const struct carton *)k.list.at)[i].code, code))
            return ((const struct carton *)k.list.at)[i].carton_id;
    test_fail(__FILE__, __LINE__, "not so: %s", "the site has such a carton");
    return NONE;
}

static int64_t open_package(struct world *w, int64_t ful, int64_t carton_id)
{
    struct call k = {.run = do_open,
                     .open = {.fulfillment_id = ful, .carton_id = carton_id, .version = NONE}};
    CHECK_OK(&w->ctx, run(w, &k));
    return k.package.package_id;
}

static struct call put_in(int64_t package_id, const char *code, int64_t quantity)
{
    return (struct call){.run = do_scan,
                         .scan = {.package_id = package_id,
                                  .scan = text_of(code),
                                  .quantity = quantity,
                                  .line_no = NONE,
                                  .version = NONE}};
}

static struct call seal_of(int64_t package_id, int64_t weight_g)
{
    return (struct call){.run = do_seal,
                         .seal = {.package_id = package_id, .weight_g = weight_g, .version = NONE}};
}

static struct pack_proposal propose(struct world *w, int64_t ful)
{
    struct pack_proposal p = {0};
    struct call k = {.run = do_propose, .ids = &ful, .n = 1, .proposals = &p};
    CHECK_OK(&w->ctx, run(w, &k));
    CHECK_I64(OK, p.fault.code);
    return p;
}
static const struct pack_box *box(const struct pack_proposal *p, size_t i)
{
    return &((const struct pack_box *)p->boxes.at)[i];
}

/* --- proposals ------------------------------------------------------------------------------- */

TEST_BOTH(packing, the_smallest_carton_that_holds_it_is_proposed)
{
    struct shop s = shop_open(w);
    int64_t ful = picked_order(w, "MUG", 1);
    struct pack_proposal p = propose(w, ful);
    CHECK_I64(1, (int64_t)p.boxes.count);
    CHECK_TEXT("S", box(&p, 0)->carton);
    CHECK_I64(carton(w, s.london, "S"), box(&p, 0)->carton_id);
    CHECK_I64(350 + 80, box(&p, 0)->expected_g);
    CHECK_TEXT("fragile: cushion all sides", box(&p, 0)->advice);
    const struct pack_content *in = box(&p, 0)->contents.at;
    CHECK_TEXT("MUG", in->sku);
    CHECK_I64(1, in->quantity);
}

TEST_BOTH(packing, much_is_spread_over_cartons_and_nothing_is_left_out)
{
    shop_open(w);
    int64_t ful = picked_order(w, "BOOK", 90); /* 54 kg; the largest carton takes 30 */
    struct pack_proposal p = propose(w, ful);
    int64_t units = 0;
    CHECK(p.boxes.count >= 2);
    for (size_t i = 0; i < p.boxes.count; i++) {
        units += ((const struct pack_content *)box(&p, i)->contents.at)->quantity;
        CHECK(box(&p, i)->expected_g <= 30000);
    }
    CHECK_I64(90, units);
}

TEST_BOTH(packing, what_is_collected_needs_no_carton)
{
    shop_open(w);
    struct draft d = shop_draft(w, "MUG", 2);
    d.method = METHOD_PICKUP;
    int64_t ful = work_of_draft(w, &d);
    struct pack_proposal p = propose(w, ful); /* before the picking: for what will be */
    CHECK_I64(1, (int64_t)p.boxes.count);
    CHECK_I64(NONE, box(&p, 0)->carton_id);
    CHECK_I64(700, box(&p, 0)->expected_g);
}

/* --- by hand --------------------------------------------------------------------------------- */

TEST_BOTH(packing, a_tote_becomes_a_sealed_package)
{
    struct shop s = shop_open(w);
    int64_t ful = picked_order(w, "MUG", 2);
    int64_t order_id = work_get(w, ful).order_id;
    int64_t pkg = open_package(w, ful, carton(w, s.london, "M"));
    CHECK_I64(FULFILLMENT_PACKING, work_get(w, ful).state);
    struct call k = put_in(pkg, "5012345678900", NONE);
    CHECK_OK(&w->ctx, run(w, &k));
    CHECK_I64(1, k.result.left);
    k = put_in(pkg, "MUG", NONE);
    CHECK_OK(&w->ctx, run(w, &k));
    CHECK_I64(0, k.result.left);
    CHECK_I64(2, k.result.in_package);
    CHECK_I64(950, k.result.expected_g);
    k = seal_of(pkg, 970);
    CHECK_OK(&w->ctx, run(w, &k));
    CHECK_I64(FULFILLMENT_PACKED, k.sealed.fulfillment_state);
    CHECK_I64(970, k.sealed.package.weight_g);
    CHECK(!k.sealed.package.sscc.at);
    CHECK_I64(STAGE_SHIPPING, shop_state(w, order_id).stage);
    CHECK_I64(1, work_events(w, order_id, "fulfillment.packing"));
    CHECK_I64(1, work_events(w, order_id, "package.sealed"));
    CHECK_I64(1, work_events(w, order_id, "fulfillment.packed"));
    work_audit(w);
}

TEST_BOTH(packing, what_is_not_picked_cannot_be_packed)
{
    shop_open(w);
    int64_t ful = work_order(w, "MUG", 2);
    struct fault fault;
    struct call k = {.run = do_start, .ids = &ful, .n = 1, .faults = &fault};
    CHECK_OK(&w->ctx, run(w, &k));
    CHECK_TEXT("wrong_state", text_of(fault.reason));
    CHECK_TEXT("it is released: 0 of 2 units are picked", text_of(fault.detail));
}

TEST_BOTH(packing, a_piece_of_another_order_is_refused_by_name)
{
    shop_open(w);
    int64_t ful = picked_order(w, "MUG", 1);
    int64_t pkg = open_package(w, ful, NONE);
    struct call k = put_in(pkg, "BOOK", NONE);
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "wrong_item", run(w, &k));
    CHECK_TEXT("this is BOOK (Field guide); it does not belong to this order",
               text_of(w->ctx.fault.detail));
    k = put_in(pkg, "MUG", 2);
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "too_many", run(w, &k));
    CHECK_TEXT("1 of it are left in the tote, not 2", text_of(w->ctx.fault.detail));
    k = put_in(pkg, "MUG", 1);
    CHECK_OK(&w->ctx, run(w, &k));
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "too_many", run(w, &k));
    work_audit(w);
}

TEST_BOTH(packing, what_was_put_in_comes_out_again_until_it_is_sealed)
{
    shop_open(w);
    int64_t ful = picked_order(w, "MUG", 2);
    int64_t pkg = open_package(w, ful, NONE), empty = open_package(w, ful, NONE);
    struct call k = put_in(pkg, "MUG", 2);
    CHECK_OK(&w->ctx, run(w, &k));
    struct call out = {.run = do_take_out, .id = pkg, .line_no = 1};
    CHECK_OK(&w->ctx, run(w, &out));
    CHECK_I64(0, work_get(w, ful).packed);
    CHECK_FAULT(&w->ctx, ERR_NOT_FOUND, "line_not_found", run(w, &out));
    CHECK_OK(&w->ctx, run(w, &k));
    struct call s = seal_of(pkg, NONE);
    CHECK_OK(&w->ctx, run(w, &s));
    CHECK_I64(FULFILLMENT_PACKING, s.sealed.fulfillment_state); /* the empty one is still open */
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "wrong_state", run(w, &out));
    struct call gone = {.run = do_discard, .id = pkg};
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "not_empty", run(w, &gone));
    s = seal_of(empty, NONE);
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "empty", run(w, &s));
    gone.id = empty;
    CHECK_OK(&w->ctx, run(w, &gone));
    CHECK_I64(FULFILLMENT_PACKED, work_get(w, ful).state);
    struct call again = {.run = do_reopen, .id = pkg};
    CHECK_OK(&w->ctx, run(w, &again));
    CHECK_I64(FULFILLMENT_PACKING, work_get(w, ful).state);
    CHECK_OK(&w->ctx, run(w, &out));
    work_audit(w);
}

TEST_BOTH(packing, a_hold_stops_the_packer_too)
{
    shop_open(w);
    int64_t ful = picked_order(w, "MUG", 1);
    int64_t pkg = open_package(w, ful, NONE);
    struct call k = put_in(pkg, "MUG", 1);
    CHECK_OK(&w->ctx, run(w, &k));
    work_hold(w, work_get(w, ful).order_id, HOLD_ADDRESS, "moved house");
    k = seal_of(pkg, NONE);
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "stop", run(w, &k));
    CHECK_TEXT("stop: held for address: moved house", text_of(w->ctx.fault.detail));
    CHECK_I64(0, work_events(w, NONE, "package.sealed"));
}

/* --- the scale ------------------------------------------------------------------------------- */

TEST_BOTH(packing, the_scale_says_what_may_be_missing_or_too_much)
{
    struct shop s = shop_open(w);
    int64_t ful = picked_order(w, "MUG", 3);
    int64_t pkg = open_package(w, ful, carton(w, s.london, "M"));
    struct call k = put_in(pkg, "MUG", 3);
    CHECK_OK(&w->ctx, run(w, &k));
    k = seal_of(pkg, 950); /* 3 * 350 + 250 = 1300 */
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "weight_differs", run(w, &k));
    CHECK_TEXT("measured 950 g, expected 1300 g, 350 g too little: 1 x MUG may be missing",
               text_of(w->ctx.fault.detail));
    k = seal_of(pkg, 2010);
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "weight_differs", run(w, &k));
    CHECK_TEXT("measured 2010 g, expected 1300 g, 710 g too much: 2 x MUG may be too much",
               text_of(w->ctx.fault.detail));
    k = seal_of(pkg, 1300 + 66); /* one more than 5 % */
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "weight_differs", run(w, &k));
    k = seal_of(pkg, 1300 - 65);
    CHECK_OK(&w->ctx, run(w, &k));
    work_audit(w);
}

TEST_BOTH(packing, someone_may_overrule_the_scale_by_name_and_reason)
{
    shop_open(w);
    int64_t ful = picked_order(w, "MUG", 1);
    int64_t pkg = open_package(w, ful, NONE);
    struct call k = put_in(pkg, "MUG", 1);
    CHECK_OK(&w->ctx, run(w, &k));
    k = seal_of(pkg, 900);
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "weight_differs", run(w, &k));
    k.seal.override_by = T("Grace");
    CHECK_FAULT(&w->ctx, ERR_INVALID, "required", run(w, &k));
    k.seal.why = T("much paper");
    CHECK_OK(&w->ctx, run(w, &k));
    CHECK_I64(900, k.sealed.package.weight_g);
}

TEST_BOTH(packing, a_carton_is_not_filled_beyond_what_it_carries)
{
    struct shop s = shop_open(w);
    int64_t ful = picked_order(w, "LAMP", 3);
    int64_t pkg = open_package(w, ful, carton(w, s.london, "S"));
    struct call k = put_in(pkg, "LAMP", 3);
    CHECK_OK(&w->ctx, run(w, &k));
    k = seal_of(pkg, 5480);
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "too_heavy", run(w, &k));
}

static enum err prefix_in_tx(struct ctx *c, void *arg)
{
    struct merchant m;
    TRY(merchant_get(c, &m));
    m.gs1_prefix = *(struct text *)arg;
    return merchant_update(c, &m);
}

static void give_prefix(struct world *w, const char *prefix)
{
    struct text p = text_of(prefix);
    CHECK_OK(&w->ctx, db_tx(&w->ctx, prefix_in_tx, &p));
}

TEST_BOTH(packing, an_sscc_is_given_where_the_merchant_has_a_prefix)
{
    shop_open(w);
    int64_t ful = picked_order(w, "MUG", 1);
    int64_t pkg = open_package(w, ful, NONE);
    struct call k = put_in(pkg, "MUG", 1);
    CHECK_OK(&w->ctx, run(w, &k));
    k = seal_of(pkg, NONE);
    give_prefix(w, "9520001");
    CHECK_OK(&w->ctx, run(w, &k));
    CHECK_TEXT("095200010000000010", text_head(k.sealed.package.sscc, 18));
    struct list packages = work_packages(w, work_get(w, ful).order_id);
    CHECK_I64(18, (int64_t)((const struct package *)packages.at)->sscc.len);
}

TEST_BOTH(packing, totes_packed_at_once_have_their_own_ssccs)
{
    shop_open(w);
    give_prefix(w, "9520001");
    enum { TOTES = 3 };
    int64_t fuls[TOTES];
    struct pack_job jobs[TOTES];
    struct fault faults[TOTES];
    for (size_t i = 0; i < TOTES; i++) {
        fuls[i] = picked_order(w, "MUG", 1);
        jobs[i] = (struct pack_job){.fulfillment_id = fuls[i]};
    }
    struct call k = {.run = do_pack, .jobs = jobs, .n = TOTES, .faults = faults};
    CHECK_OK(&w->ctx, run(w, &k));
    for (size_t i = 0; i < TOTES; i++) {
        struct list packages = work_packages(w, work_get(w, fuls[i]).order_id);
        const struct package *p = packages.at;
        char serial[20];
        snprintf(serial, sizeof serial, "%zu", i + 1);
        CHECK_I64(1, (int64_t)packages.count);
        CHECK_TEXT(serial, text_head(text_skip(p->sscc, 16), 1));
    }
}

/* --- services -------------------------------------------------------------------------------- */

static int64_t gift_order(struct world *w, const char *wording)
{
    struct draft d = shop_draft(w, "MUG", 1);
    struct draft_service wrap = {T("gift_wrap"), text_of(wording)};
    ((struct draft_line *)d.lines.at)->services = (struct list){&wrap, 1};
    int64_t ful = work_of_draft(w, &d);
    pick_all(w, &ful, 1);
    return ful;
}

TEST_BOTH(packing, nothing_is_sealed_before_it_is_wrapped)
{
    struct shop s = shop_open(w);
    int64_t ful = gift_order(w, "Happy birthday, Ada");
    struct task t = work_task(w, ful, TASK_GIFT_WRAP, 0);
    int64_t pkg = open_package(w, ful, carton(w, s.london, "S"));
    struct call k = put_in(pkg, "MUG", 1);
    CHECK_OK(&w->ctx, run(w, &k));
    k = seal_of(pkg, NONE);
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "services_open", run(w, &k));
    CHECK_TEXT("still to be done: gift_wrap of line 2", text_of(w->ctx.fault.detail));
    struct call wrap = {.run = do_wrap, .wrap = {ful, t.task_id, {0}, {0}, NONE}};
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "message_missing", run(w, &wrap));
    wrap.wrap.message = T("Happy birthday,\n Ada ");
    CHECK_OK(&w->ctx, run(w, &wrap));
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "task_done", run(w, &wrap));
    CHECK_OK(&w->ctx, run(w, &k));
    CHECK_I64(350 + 80 + 40, k.sealed.package.expected_g); /* mug, carton, paper */
    CHECK_I64(1, work_events(w, NONE, "service.done"));
    work_audit(w);
}

/* --- many at once ---------------------------------------------------------------------------- */

static int64_t statements_for(struct world *w, size_t n)
{
    int64_t *ids = arena_new(&w->arena, int64_t, n);
    struct pack_job *jobs = arena_new(&w->arena, struct pack_job, n);
    struct fault *faults = arena_new(&w->arena, struct fault, n);
    work_orders(w, "PEN", n, ids);
    pick_all(w, ids, n);
    for (size_t i = 0; i < n; i++) jobs[i] = (struct pack_job){ids[i], NULL, false};
    struct call k = {.run = do_pack, .jobs = jobs, .n = n, .faults = faults};
    int64_t before = store_queries(w->store);
    CHECK_OK(&w->ctx, run(w, &k));
    int64_t after = store_queries(w->store);
    for (size_t i = 0; i < n; i++) CHECK_I64(OK, faults[i].code);
    CHECK_I64(FULFILLMENT_PACKED, work_get(w, ids[n - 1]).state);
    return after - before;
}

TEST_BOTH(packing, fifty_totes_take_as_many_statements_as_one)
{
    shop_open(w);
    int64_t one = statements_for(w, 1), fifty = statements_for(w, 50);
    CHECK_I64(one, fifty);
    CHECK(one <= 30);
    work_audit(w);
}

TEST_BOTH(packing, a_batch_answers_each_tote_for_itself)
{
    shop_open(w);
    int64_t ids[4] = {picked_order(w, "MUG", 1), gift_order(w, "hello"), work_order(w, "MUG", 1),
                      gift_order(w, "hello")};
    struct fault faults[4];
    struct pack_job jobs[4] = {
        {ids[0], NULL, false}, {ids[1], NULL, false}, {ids[2], NULL, false}, {ids[3], NULL, true}};
    struct call k = {.run = do_pack, .jobs = jobs, .n = 4, .faults = faults};
    CHECK_OK(&w->ctx, run(w, &k));
    CHECK_I64(OK, faults[0].code);
    CHECK_TEXT("services_open", text_of(faults[1].reason));
    CHECK_TEXT("wrong_state", text_of(faults[2].reason));
    CHECK_I64(OK, faults[3].code);
    CHECK_I64(FULFILLMENT_PICKED, work_get(w, ids[1]).state);
    CHECK_I64(FULFILLMENT_PACKED, work_get(w, ids[3]).state);
    CHECK_I64(1, work_events(w, NONE, "service.done"));
    work_audit(w);
}

TEST_BOTH(packing, a_proposal_that_no_longer_fits_the_tote_is_refused)
{
    shop_open(w);
    int64_t ful = picked_order(w, "MUG", 2);
    struct pack_proposal p = propose(w, ful);
    int64_t pkg = open_package(w, ful, NONE);
    struct call in = put_in(pkg, "MUG", 1);
    CHECK_OK(&w->ctx, run(w, &in));
    struct fault fault;
    struct pack_job job = {ful, &p, false};
    struct call k = {.run = do_pack, .jobs = &job, .n = 1, .faults = &fault};
    CHECK_OK(&w->ctx, run(w, &k));
    CHECK_TEXT("proposal_stale", text_of(fault.reason));
    CHECK_I64(1, work_get(w, ful).packed);
    work_audit(w);
}

struct racer {
    pthread_t thread;
    struct ctx ctx;
    struct arena arena;
    struct call call;
    enum err result;
};

static void *race(void *arg)
{
    struct racer *r = arg;
    r->result = db_tx(&r->ctx, in_tx, &r->call);
    return NULL;
}

TEST_BOTH(packing, two_who_seal_the_last_two_packages_at_once_leave_nothing_open)
{
    enum { ROUNDS = 12 };
    shop_open(w);
    int64_t packages[ROUNDS][2], ids[ROUNDS];
    for (int i = 0; i < ROUNDS; i++) {
        ids[i] = picked_order(w, "MUG", 2);
        for (int k = 0; k < 2; k++) {
            packages[i][k] = open_package(w, ids[i], NONE);
            struct call in = put_in(packages[i][k], "MUG", 1);
            CHECK_OK(&w->ctx, run(w, &in));
        }
    }
    store_start(w->store);
    for (int i = 0; i < ROUNDS; i++) {
        struct racer racers[2] = {0};
        for (size_t k = 0; k < 2; k++) {
            racers[k].ctx = world_ctx(w, &racers[k].arena);
            racers[k].call = seal_of(packages[i][k], NONE);
        }
        for (size_t k = 0; k < 2; k++) pthread_create(&racers[k].thread, NULL, race, &racers[k]);
        for (size_t k = 0; k < 2; k++) {
            pthread_join(racers[k].thread, NULL);
            CHECK_OK(&racers[k].ctx, racers[k].result);
            arena_free(&racers[k].arena);
        }
        CHECK_I64(FULFILLMENT_PACKED, work_get(w, ids[i]).state);
    }
    CHECK_I64(ROUNDS, work_events(w, NONE, "fulfillment.packed"));
    work_audit(w);
}
