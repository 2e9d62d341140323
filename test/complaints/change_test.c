/* Complaints about cancelling and changing, in the words of those who made them. */
#include "../audit_world.h"
#include "../sim/life.h"

#include <stdio.h>

static const char *const stages[] = {"promised", "released", "partly picked", "picked",
                                     "packing",  "packed",   "labelled"};
enum { STAGE_COUNT = sizeof stages / sizeof *stages };

/* An order of 3 mugs by card, brought as far as the k-th stage. */
static int64_t order_at(struct life *l, size_t stage)
{
    struct ctx *c = &l->w->ctx;
    struct draft d = life_card_draft(l, "MUG", 3, stage == 0 ? "tok_slow" : "tok_ok");
    int64_t id = life_place(l, &d), box;
    life_let_go_all(l, id, HOLD_DUPLICATE);
    if (stage < 2) return id;
    struct task t = life_task(l, id, TASK_PICK, 0);
    CHECK_OK(c, life_pick(l, &t, stage == 2 ? 2 : 3));
    if (stage < 4) return id;
    int64_t work = life_fulfillment(l, id, 0).fulfillment_id;
    CHECK_OK(c, life_start_packing(l, work));
    CHECK_OK(c, life_box(l, work, &box));
    CHECK_OK(c, life_put(l, box, "MUG", stage == 4 ? 2 : 3, NULL));
    if (stage < 5) return id;
    if (stage == 5) l->is_busy = true; /* nobody has labelled it yet */
    CHECK_OK(c, life_seal(l, box, NONE));
    return id;
}

/* Every open put-back of the order is done by hand. */
static int64_t put_all_back(struct life *l, int64_t order_id)
{
    struct list work = life_work(l, order_id);
    const struct fulfillment *f = work.at;
    int64_t units = 0;
    for (size_t i = 0; i < work.count; i++) {
        struct list tasks = work_tasks(l->w, f[i].fulfillment_id);
        const struct task *t = tasks.at;
        for (size_t k = 0; k < tasks.count; k++) {
            if (t[k].kind != TASK_PUT_BACK || t[k].state >= TASK_DONE) continue;
            units += t[k].quantity;
            CHECK_OK(&l->w->ctx, life_put_back(l, &t[k], NONE));
        }
    }
    return units;
}

TEST_BOTH(complaint, c21_an_order_can_be_cancelled_at_every_stage_and_every_unit_is_back)
{
    struct life l = life_open(w);
    for (size_t stage = 0; stage < STAGE_COUNT && !test_failed(); stage++) {
        int64_t id = order_at(&l, stage), picked = shop_state(w, id).picked;
        CHECK_OK(&w->ctx, life_cancel(&l, id, "changed my mind"));
        l.is_busy = false;
        life_quiet(&l);
        CHECK_I64(3, l.cancelled.units);
        CHECK_I64(picked, l.cancelled.put_back);
        CHECK(l.cancelled.is_cancelled);
        CHECK_I64(STAGE_CANCELLED, life_stage(&l, id));
        /* what lies in a tote is nobody's to sell before it lies in its bin */
        CHECK_I64(100 - picked, life_free_units(&l, l.shop.mug, l.shop.london));
        if (picked) CHECK_I64(FULFILLMENT_CANCELLING, life_fulfillment(&l, id, 0).state);
        work_audit(w);
        world_audit(w);
        CHECK_I64(picked, put_all_back(&l, id));
        CHECK_I64(100, life_free_units(&l, l.shop.mug, l.shop.london));
        CHECK_I64(100, work_cell(w, l.shop.london, l.shop.mug, l.shop.bins[0][0], NULL).on_hand);
        if (stage) CHECK_I64(FULFILLMENT_CANCELLED, life_fulfillment(&l, id, 0).state);
        CHECK_I64(3, shop_state(w, id).cancelled);
        life_later(&l, DAY_US);
        CHECK_I64(0, life_money(&l, id).balance.authorised);
        CHECK_I64(0, life_money(&l, id).balance.captured);
        if (test_failed()) printf("at stage %s\n", stages[stage]);
        world_audit(w);
    }
}

TEST_BOTH(complaint, c14_one_of_three_is_cancelled_at_every_stage_and_the_rest_goes_on)
{
    struct life l = life_open(w);
    for (size_t stage = 1; stage < STAGE_COUNT && !test_failed(); stage++) {
        int64_t id = order_at(&l, stage), picked = shop_state(w, id).picked;
        struct cancel_line one = {1, 1};
        CHECK_OK(&w->ctx, life_cancel_lines(&l, id, &one, 1, "two are enough"));
        l.is_busy = false;
        life_quiet(&l);
        CHECK_I64(1, l.cancelled.units);
        CHECK_I64(picked == 3, l.cancelled.put_back);
        CHECK(!l.cancelled.is_cancelled);
        world_audit(w);
        CHECK_I64(picked == 3, put_all_back(&l, id));
        CHECK_I64(1, shop_state(w, id).cancelled);
        int64_t box = 0;
        struct list packages = work_packages(w, id);
        if (packages.count) { /* the packer goes on with the box that stands there */
            box = ((const struct package *)packages.at)->package_id;
            life_start_packing(&l, life_fulfillment(&l, id, 0).fulfillment_id);
            if (stage == 4) life_put(&l, box, "MUG", 1, NULL);
            CHECK_OK(&w->ctx, life_seal(&l, box, NONE));
            life_later(&l, HOUR_US);
            if (life_package(&l, id, 0).state == PACKAGE_SEALED)
                CHECK_OK(&w->ctx, life_label(&l, box));
            CHECK_OK(&w->ctx, life_hand_over(&l, box, HAND_OVER_CARRIER));
        } else {
            life_ship(&l, id);
        }
        CHECK_I64(2, shop_state(w, id).shipped);
        CHECK_I64(STAGE_DELIVERING, life_stage(&l, id));
        life_later(&l, DAY_US);
        CHECK_I64(2 * 899, life_money(&l, id).balance.captured);
        CHECK_I64(0, life_money(&l, id).balance.authorised);
        CHECK_OK(&w->ctx,
                 life_report(&l, life_package(&l, id, 0).package_id, TRACKING_DELIVERED, 0));
        CHECK_I64(STAGE_COMPLETING, life_stage(&l, id));
        if (test_failed()) printf("at stage %s\n", stages[stage]);
        world_audit(w);
    }
}
