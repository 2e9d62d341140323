/* What stage 3 promises, in the words of the floor. */
#include "stages/3_picking/picking_calls_test.h"

#include <pthread.h>

/* --- waves ----------------------------------------------------------------------------------- */

TEST_BOTH(picking, a_wave_is_walked_bin_by_bin_and_no_order_is_in_two)
{
    struct shop s = shop_open(w);
    work_order(w, "PEN", 1);  /* A-03-04 */
    work_order(w, "MUG", 2);  /* A-01-01 */
    work_order(w, "LAMP", 1); /* A-02-03 */
    work_order(w, "MUG", 1);
    struct call k = plan(w, s.london, 0);
    CHECK_I64(1, (int64_t)k.n);
    CHECK_I64(4, k.waves[0].fulfillments);
    CHECK_I64(5, k.waves[0].units);
    CHECK_I64(3, k.waves[0].stops);
    struct call list = {.run = do_items, .id = k.waves[0].wave.wave_id};
    CHECK_OK(&w->ctx, run(w, &list));
    CHECK_I64(4, (int64_t)list.list.count);
    CHECK_TEXT("A-01-01", item(&list.list, 0)->bin);
    CHECK_TEXT("A-01-01", item(&list.list, 1)->bin);
    CHECK_TEXT("LAMP", item(&list.list, 2)->sku);
    CHECK_TEXT("A-03-04", item(&list.list, 3)->bin);
    CHECK_I64(0, (int64_t)plan(w, s.london, 0).n);
    CHECK_I64(1, work_events(w, NONE, "wave.planned"));
    work_audit(w);
}

TEST_BOTH(picking, a_cart_takes_as_many_orders_as_it_has_room_for)
{
    struct shop s = shop_open(w);
    int64_t ids[5];
    work_orders(w, "MUG", 5, ids);
    struct call k = plan(w, s.london, 2);
    CHECK_I64(3, (int64_t)k.n);
    for (size_t i = 0; i < k.n; i++) CHECK(k.waves[i].fulfillments <= 2);
    CHECK_I64(k.waves[0].wave.number + 2, k.waves[2].wave.number);
}

TEST_BOTH(picking, a_held_order_is_in_no_wave_and_nobody_is_sent_for_it)
{
    struct shop s = shop_open(w);
    int64_t ful = work_order(w, "MUG", 1);
    work_hold(w, work_get(w, ful).order_id, HOLD_FRAUD, NULL);
    CHECK_I64(0, (int64_t)plan(w, s.london, 0).n);
    CHECK_I64(0, (int64_t)claim(w, s.london, NONE, ADA, 10).list.count);
}

/* --- leases ---------------------------------------------------------------------------------- */

TEST_BOTH(picking, two_pickers_never_walk_for_the_same_piece)
{
    struct shop s = shop_open(w);
    int64_t ids[3];
    work_orders(w, "MUG", 3, ids);
    struct call ada = claim(w, s.london, NONE, ADA, 2), bob = claim(w, s.london, NONE, BOB, 9);
    CHECK_I64(2, (int64_t)ada.list.count);
    CHECK_I64(1, (int64_t)bob.list.count);
    CHECK(item(&bob.list, 0)->task_id != item(&ada.list, 0)->task_id);
    CHECK(item(&bob.list, 0)->task_id != item(&ada.list, 1)->task_id);
    /* asking again gives the same work, not more of the others' */
    CHECK_I64(2, (int64_t)claim(w, s.london, NONE, ADA, 9).list.count);
}

TEST_BOTH(picking, a_lease_that_ran_out_is_free_again_and_a_live_one_is_not)
{
    struct shop s = shop_open(w);
    int64_t ful = work_order(w, "MUG", 2);
    CHECK_I64(1, (int64_t)claim(w, s.london, NONE, BOB, 9).list.count);
    struct task t = work_task(w, ful, TASK_PICK, 0);
    struct call ada = scan_of(&t, "MUG", 1);
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "leased_by_other", run(w, &ada));
    CHECK_I64(0, (int64_t)claim(w, s.london, NONE, ADA, 9).list.count);
    source_advance_us(&w->source, TASK_LEASE_US);
    CHECK_OK(&w->ctx, run(w, &ada));
    CHECK_I64(1, ada.result.done);
    struct call bob = scan_of(&t, "MUG", 1);
    bob.scan.worker_id = BOB;
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "leased_by_other", run(w, &bob));
    work_audit(w);
}

TEST_BOTH(picking, a_wave_gives_its_work_in_walking_order)
{
    struct shop s = shop_open(w);
    work_order(w, "PEN", 1);
    work_order(w, "MUG", 1);
    struct call k = plan(w, s.london, 0);
    CHECK_I64(0, (int64_t)claim(w, s.london, NONE, ADA, 9).list.count); /* it is the wave's */
    struct call first = claim(w, NONE, k.waves[0].wave.wave_id, ADA, 1);
    CHECK_TEXT("MUG", item(&first.list, 0)->sku);
    struct call second = claim(w, NONE, k.waves[0].wave.wave_id, BOB, 1);
    CHECK_TEXT("PEN", item(&second.list, 0)->sku);
}

/* --- scans ----------------------------------------------------------------------------------- */

TEST_BOTH(picking, a_piece_is_known_by_sku_by_gtin_and_by_our_label)
{
    struct shop s = shop_open(w);
    int64_t ful = work_order(w, "MUG", 6);
    struct task t = work_task(w, ful, TASK_PICK, 0);
    struct text label = id_text(&w->arena, "prd", s.mug);
    const char *codes[] = {"MUG",
                           "5012345678900",
                           "]C10105012345678900",
                           "waybill:sku/MUG",
                           text_cstr(&w->arena, label),
                           "(01)05012345678900"};
    for (size_t i = 0; i < 6; i++) {
        struct call k = scan_of(&t, codes[i], NONE);
        CHECK_OK(&w->ctx, run(w, &k));
        CHECK_I64((int64_t)i + 1, k.result.done);
    }
    CHECK_I64(FULFILLMENT_PICKED, work_get(w, ful).state);
    work_audit(w);
}

TEST_BOTH(picking, the_last_piece_makes_the_tote_ready_to_pack)
{
    struct shop s = shop_open(w);
    int64_t ful = work_order(w, "MUG", 3);
    struct task t = work_task(w, ful, TASK_PICK, 0);
    int64_t order_id = work_get(w, ful).order_id;
    struct call k = scan_of(&t, "MUG", 1);
    CHECK_OK(&w->ctx, run(w, &k));
    CHECK_I64(FULFILLMENT_PICKING, k.result.fulfillment_state);
    CHECK_I64(2, k.result.left);
    k = scan_of(&t, "MUG", 2);
    CHECK_OK(&w->ctx, run(w, &k));
    CHECK_I64(FULFILLMENT_PICKED, k.result.fulfillment_state);
    CHECK_I64(TASK_DONE, k.result.task_state);
    CHECK_I64(STAGE_PACKING, shop_state(w, order_id).stage);
    CHECK_I64(1, work_events(w, order_id, "fulfillment.picking"));
    CHECK_I64(2, work_events(w, order_id, "pick.done"));
    CHECK_I64(1, work_events(w, order_id, "fulfillment.picked"));
    struct stock bin = work_cell(w, s.london, s.mug, s.bins[0][0], NULL);
    CHECK_I64(97, bin.on_hand);
    CHECK_I64(0, bin.allotted);
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "task_done", run(w, &k));
    work_audit(w);
}

TEST_BOTH(picking, a_wrong_piece_is_named_and_stays_in_its_bin)
{
    shop_open(w);
    int64_t ful = work_order(w, "MUG", 1);
    struct task t = work_task(w, ful, TASK_PICK, 0);
    struct call k = scan_of(&t, "09780306406157", NONE);
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "wrong_item", run(w, &k));
    CHECK_TEXT("this is BOOK (Field guide), asked was MUG (Mug, white)",
               text_of(w->ctx.fault.detail));
    k = scan_of(&t, "nonsense", NONE);
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "wrong_item", run(w, &k));
    CHECK_TEXT("\"nonsense\" is no product of ours, asked was MUG (Mug, white)",
               text_of(w->ctx.fault.detail));
    CHECK_I64(0, work_get(w, ful).picked);
    CHECK_I64(FULFILLMENT_RELEASED, work_get(w, ful).state);
}

TEST_BOTH(picking, a_wrong_bin_is_named_and_the_right_one_is_taken)
{
    shop_open(w);
    int64_t ful = work_order(w, "MUG", 1);
    struct task t = work_task(w, ful, TASK_PICK, 0);
    struct call k = scan_of(&t, "MUG", 1);
    k.scan.bin_scan = T("waybill:bin/A-02-01");
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "wrong_bin", run(w, &k));
    CHECK_TEXT("this is bin A-02-01, asked was A-01-01", text_of(w->ctx.fault.detail));
    k.scan.bin_scan = T("Z-99");
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "wrong_bin", run(w, &k));
    k.scan.bin_scan = T("A-01-01");
    CHECK_OK(&w->ctx, run(w, &k));
}

TEST_BOTH(picking, more_than_asked_is_refused_at_the_scan)
{
    shop_open(w);
    int64_t ful = work_order(w, "MUG", 2);
    struct task t = work_task(w, ful, TASK_PICK, 0);
    struct call k = scan_of(&t, "MUG", 3);
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "too_many", run(w, &k));
    k = scan_of(&t, "MUG", 0);
    CHECK_FAULT(&w->ctx, ERR_INVALID, "out_of_range", run(w, &k));
    CHECK_I64(0, work_get(w, ful).picked);
}

TEST_BOTH(picking, a_hold_stops_the_next_scan_and_says_why)
{
    shop_open(w);
    int64_t ful = work_order(w, "MUG", 2);
    struct task t = work_task(w, ful, TASK_PICK, 0);
    struct call k = scan_of(&t, "MUG", 1);
    CHECK_OK(&w->ctx, run(w, &k));
    work_hold(w, work_get(w, ful).order_id, HOLD_PAYMENT, NULL);
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "stop", run(w, &k));
    CHECK_TEXT("stop: held for payment", text_of(w->ctx.fault.detail));
    CHECK_I64(1, work_get(w, ful).picked);
}

TEST_BOTH(picking, a_change_of_the_order_stops_whoever_works_on_the_old_one)
{
    shop_open(w);
    int64_t ful = work_order(w, "MUG", 1);
    struct task t = work_task(w, ful, TASK_PICK, 0);
    struct call k = scan_of(&t, "MUG", 1);
    k.scan.version = work_get(w, ful).version;
    work_touch(w, ful);
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "stop", run(w, &k));
    k.scan.version++;
    CHECK_OK(&w->ctx, run(w, &k));
}

/* openboxes 229: the same bin could be picked again and again beyond its content. */
TEST_BOTH(picking, a_bin_is_never_picked_beyond_its_content)
{
    struct shop s = shop_open(w);
    work_adjust(w, s.london, s.mug, s.bins[0][0], -95); /* 5 left */
    int64_t first = work_order(w, "MUG", 3), second = work_order(w, "MUG", 2);
    work_adjust(w, s.london, s.mug, s.bins[0][0], -2); /* and two of them broke unseen */
    struct task t = work_task(w, first, TASK_PICK, 0), u = work_task(w, second, TASK_PICK, 0);
    struct call k = scan_of(&t, "MUG", 3);
    CHECK_OK(&w->ctx, run(w, &k));
    k = scan_of(&u, "MUG", 1);
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "not_enough", run(w, &k));
    CHECK_TEXT("the bin has 0 of it, asked 1", text_of(w->ctx.fault.detail));
    CHECK_I64(0, work_cell(w, s.london, s.mug, s.bins[0][0], NULL).on_hand);
    work_audit(w);
}

/* erpnext 57159: one batch reserved for two orders blocked the first delivery. */
TEST_BOTH(picking, two_orders_share_one_lot)
{
    struct shop s = shop_open(w);
    work_adjust(w, s.london, s.mug, s.bins[0][0], -100);
    work_receive(w, s.london, s.mug, s.bins[0][1], "L7", 5);
    int64_t ids[2] = {work_order(w, "MUG", 2), work_order(w, "MUG", 3)};
    struct task t = work_task(w, ids[0], TASK_PICK, 0), u = work_task(w, ids[1], TASK_PICK, 0);
    CHECK_TEXT("L7", t.lot);
    struct call k = scan_of(&t, "]C1010501234567890010L8", 1);
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "wrong_lot", run(w, &k));
    struct pick_confirm jobs[] = {{ids[0], t.task_id, NONE, NONE, T("L7"), NONE, NONE},
                                  {ids[1], u.task_id, NONE, NONE, {0}, NONE, NONE}};
    struct fault faults[2];
    struct call both = {.run = do_confirm, .jobs = jobs, .n = 2, .faults = faults};
    CHECK_OK(&w->ctx, run(w, &both));
    CHECK_I64(OK, faults[0].code);
    CHECK_I64(OK, faults[1].code);
    CHECK_I64(0, work_cell(w, s.london, s.mug, s.bins[0][1], "L7").on_hand);
    work_audit(w);
}

/* A task without a bin: the picker has to say where it was. */
TEST_BOTH(picking, what_nobody_could_place_is_picked_where_it_is_found)
{
    struct shop s = shop_open(w);
    int64_t ids[1] = {shop_order(w, "LAMP", 2)};
    work_adjust(w, s.london, s.lamp, s.bins[0][6], -100);
    shop_release(w, ids, 1);
    work_receive(w, s.london, s.lamp, s.bins[0][9], NULL, 2);
    struct call list = claim(w, s.london, NONE, ADA, 9);
    CHECK_I64(1, (int64_t)list.list.count);
    CHECK(!item(&list.list, 0)->bin.at);
    struct task t = {.fulfillment_id = item(&list.list, 0)->fulfillment_id,
                     .task_id = item(&list.list, 0)->task_id};
    struct call k = scan_of(&t, "LAMP", 2);
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "bin_needed", run(w, &k));
    k.scan.bin_scan = T("A-01-01");
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "not_enough", run(w, &k));
    k.scan.bin_scan = T("A-03-02");
    CHECK_OK(&w->ctx, run(w, &k));
    CHECK_I64(FULFILLMENT_PICKED, k.result.fulfillment_state);
    work_audit(w);
}

/* --- many at once ---------------------------------------------------------------------------- */

static void confirm_jobs(struct world *w, const int64_t *ids, size_t n, struct pick_confirm *jobs)
{
    for (size_t i = 0; i < n; i++) {
        struct task t = work_task(w, ids[i], TASK_PICK, 0);
        jobs[i] = (struct pick_confirm){ids[i], t.task_id, NONE, NONE, {0}, NONE, NONE};
    }
}

TEST_BOTH(picking, a_bad_member_of_a_batch_is_answered_alone)
{
    shop_open(w);
    int64_t ids[4];
    struct pick_confirm jobs[4];
    struct fault faults[4];
    work_orders(w, "MUG", 4, ids);
    confirm_jobs(w, ids, 4, jobs);
    work_hold(w, work_get(w, ids[0]).order_id, HOLD_MANUAL, "the boss asked");
    jobs[1].quantity = 2;
    jobs[2].task_id = 12345;
    struct call k = {.run = do_confirm, .jobs = jobs, .n = 4, .faults = faults};
    CHECK_OK(&w->ctx, run(w, &k));
    CHECK_TEXT("stop", text_of(faults[0].reason));
    CHECK_TEXT("stop: held for manual: the boss asked", text_of(faults[0].detail));
    CHECK_TEXT("too_many", text_of(faults[1].reason));
    CHECK_TEXT("task_not_found", text_of(faults[2].reason));
    CHECK_I64(OK, faults[3].code);
    CHECK_I64(FULFILLMENT_RELEASED, work_get(w, ids[1]).state);
    CHECK_I64(FULFILLMENT_PICKED, work_get(w, ids[3]).state);
    work_audit(w);
}

static int64_t statements_for(struct world *w, size_t n)
{
    int64_t *ids = arena_new(&w->arena, int64_t, n);
    struct pick_confirm *jobs = arena_new(&w->arena, struct pick_confirm, n);
    struct fault *faults = arena_new(&w->arena, struct fault, n);
    work_orders(w, "PEN", n, ids);
    confirm_jobs(w, ids, n, jobs);
    struct call k = {.run = do_confirm, .jobs = jobs, .n = n, .faults = faults};
    int64_t before = store_queries(w->store);
    CHECK_OK(&w->ctx, run(w, &k));
    int64_t after = store_queries(w->store);
    for (size_t i = 0; i < n; i++) CHECK_I64(OK, faults[i].code);
    CHECK_I64(FULFILLMENT_PICKED, work_get(w, ids[n - 1]).state);
    return after - before;
}

TEST_BOTH(picking, fifty_orders_take_as_many_statements_as_one)
{
    shop_open(w);
    int64_t one = statements_for(w, 1), fifty = statements_for(w, 50);
    CHECK_I64(one, fifty);
    CHECK(one <= 25);
    work_audit(w);
}

/* OCA 1067: two jobs finish the last two lines at once and the header never becomes ready. */
struct racer {
    pthread_t thread;
    struct ctx ctx;
    struct arena arena;
    struct call call;
    struct fault fault;
    struct pick_confirm job;
    enum err result;
};

static void *race(void *arg)
{
    struct racer *r = arg;
    r->result = db_tx(&r->ctx, in_tx, &r->call);
    return NULL;
}

TEST_BOTH(complaint, c30_two_who_finish_the_last_two_picks_at_once_leave_nothing_open)
{
    enum { ROUNDS = 12 };
    struct shop s = shop_open(w);
    int64_t ids[ROUNDS];
    work_adjust(w, s.london, s.mug, s.bins[0][0], 1 - 100);
    for (int i = 0; i < ROUNDS; i++) { /* one here and one there: two tasks each */
        work_receive(w, s.london, s.mug, s.bins[0][1], NULL, 1);
        ids[i] = work_order(w, "MUG", 2);
        work_receive(w, s.london, s.mug, s.bins[0][0], NULL, 1);
    }
    /* begun already, so that nothing but the end is raced for */
    struct fault faults[ROUNDS];
    struct call start = {.run = do_start, .list = {ids, ROUNDS}, .faults = faults};
    CHECK_OK(&w->ctx, run(w, &start));
    for (int i = 0; i < ROUNDS; i++) CHECK_I64(OK, faults[i].code);
    store_start(w->store);
    for (int i = 0; i < ROUNDS; i++) {
        struct racer racers[2] = {0};
        for (size_t k = 0; k < 2; k++) {
            struct racer *r = &racers[k];
            struct task t = work_task(w, ids[i], TASK_PICK, k);
            r->job = (struct pick_confirm){ids[i], t.task_id, NONE, NONE, {0}, NONE, NONE};
            r->ctx = world_ctx(w, &r->arena);
            r->call =
                (struct call){.run = do_confirm, .jobs = &r->job, .n = 1, .faults = &r->fault};
        }
        for (size_t k = 0; k < 2; k++) pthread_create(&racers[k].thread, NULL, race, &racers[k]);
        for (size_t k = 0; k < 2; k++) {
            pthread_join(racers[k].thread, NULL);
            CHECK_OK(&racers[k].ctx, racers[k].result);
            CHECK_I64(OK, racers[k].fault.code);
            arena_free(&racers[k].arena);
        }
        CHECK_I64(FULFILLMENT_PICKED, work_get(w, ids[i]).state);
    }
    CHECK_I64(ROUNDS, work_events(w, NONE, "fulfillment.picked"));
    work_audit(w);
}
