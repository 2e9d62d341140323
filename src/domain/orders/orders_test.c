/* domain/orders/orders_test.c: what the rows of orders and their work refuse, whoever asks. */
#include "domain/orders/order.h"

#include "domain/orders/claim.h"
#include "domain/orders/package.h"
#include "domain/orders/return.h"
#include "parcel_fixture.h"
#include "work_fixture.h"

/* --- counters -------------------------------------------------------------------------------- */

struct step {
    int64_t order_id;
    struct progress by;
};

static enum err take_step(struct ctx *c, void *arg)
{
    const struct step *s = arg;
    return order_progress(c, s->order_id, 1, s->by);
}

TEST_BOTH(orders, no_unit_gets_ahead_of_the_step_before)
{
    shop_open(w);
    int64_t order_id = shop_order(w, "MUG", 3);
    const struct progress ahead[] = {
        {.allocated = 1},
        {.allocated = -4},
        {.released = 4},
        {.picked = 1},
        {.packed = 1},
        {.shipped = 1},
        {.delivered = 1},
        {.returned = 1},
        {.cancelled = 1},
        {.cancelled = -1},
        {.allocated = -1, .cancelled = 2},
        {.released = 2, .picked = 3},
    };
    struct order_line before = work_order_line(w, order_id, 1);
    CHECK_I64(3, before.allocated);
    for (size_t i = 0; i < sizeof ahead / sizeof *ahead; i++)
        CHECK_FAULT(&w->ctx, ERR_CONFLICT, "constraint",
                    db_tx(&w->ctx, take_step, &(struct step){order_id, ahead[i]}));
    struct order_line after = work_order_line(w, order_id, 1);
    CHECK_I64(3, after.allocated);
    CHECK_I64(0, after.released + after.picked + after.cancelled + after.returned);
    CHECK_OK(&w->ctx, db_tx(&w->ctx, take_step,
                            &(struct step){order_id, {.allocated = -1, .cancelled = 1}}));
    CHECK_I64(1, shop_state(w, order_id).cancelled);
}

/* --- written under the state that was read --------------------------------------------------- */

static enum err cancel_order(struct ctx *c, void *arg) { return order_do(c, arg, ORDER_CANCEL); }

TEST_BOTH(orders, an_order_is_not_cancelled_by_who_did_not_see_it_close)
{
    shop_open(w);
    int64_t order_id = shop_order(w, "MUG", 1);
    struct order_state seen = shop_state(w, order_id);
    CHECK_OK(&w->ctx, world_script(w, "UPDATE order_state SET commercial = 2"));
    CHECK_FAULT(&w->ctx, ERR_BUSY, "raced", db_tx(&w->ctx, cancel_order, &seen));
    struct order_state now = shop_state(w, order_id);
    CHECK_I64(COMMERCIAL_CLOSED, now.commercial);
    CHECK(db_tx(&w->ctx, cancel_order, &now) == ERR_CONFLICT);
}

struct freeing {
    int64_t order_id, hold_id;
};
static enum err free_hold(struct ctx *c, void *arg)
{
    const struct freeing *f = arg;
    return hold_release(c, f->order_id, f->hold_id);
}

static enum err free_as_seen(struct ctx *c, void *arg) { return holds_release(c, arg, 1); }

TEST_BOTH(orders, a_hold_is_let_go_once)
{
    shop_open(w);
    int64_t order_id = shop_order(w, "MUG", 1);
    int64_t hold_id = work_hold(w, order_id, HOLD_MANUAL, "the customer rang");
    CHECK_I64(1, shop_state(w, order_id).holds);
    struct freeing f = {order_id, hold_id};
    CHECK_OK(&w->ctx, db_tx(&w->ctx, free_hold, &f));
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "hold_released", db_tx(&w->ctx, free_hold, &f));
    struct hold seen = {.order_id = order_id, .hold_id = hold_id, .released_us = NONE};
    CHECK_FAULT(&w->ctx, ERR_BUSY, "raced", db_tx(&w->ctx, free_as_seen, &seen));
    CHECK_FAULT(&w->ctx, ERR_NOT_FOUND, "hold_not_found",
                db_tx(&w->ctx, free_hold, &(struct freeing){order_id, hold_id + 1}));
    CHECK_I64(0, shop_state(w, order_id).holds);
}

struct task_change {
    struct task before, after;
};
static enum err write_task(struct ctx *c, void *arg)
{
    const struct task_change *t = arg;
    return task_write(c, &t->before, &t->after);
}

TEST_BOTH(orders, a_task_is_not_ended_by_who_lost_its_lease)
{
    shop_open(w);
    int64_t id = work_order(w, "MUG", 2);
    struct task_change mine = {.before = work_task(w, id, TASK_PICK, 0)};
    mine.after = mine.before;
    mine.after.state = TASK_LEASED;
    mine.after.worker_id = 7;
    mine.after.lease_until_us = w->ctx.now_us + TASK_LEASE_US;
    CHECK_OK(&w->ctx, db_tx(&w->ctx, write_task, &mine));
    struct task_change end = {mine.after, mine.after};
    end.after.state = TASK_DONE;
    end.after.done = 2;
    CHECK_OK(&w->ctx, world_script(w, "UPDATE task SET worker_id = 8, "
                                      "lease_until_us = lease_until_us + 1"));
    CHECK_FAULT(&w->ctx, ERR_BUSY, "raced", db_tx(&w->ctx, write_task, &end));
    CHECK_I64(0, work_task(w, id, TASK_PICK, 0).done);
    end.before = work_task(w, id, TASK_PICK, 0);
    CHECK_OK(&w->ctx, world_script(w, "UPDATE task SET done = 1"));
    CHECK_FAULT(&w->ctx, ERR_BUSY, "raced", db_tx(&w->ctx, write_task, &end));
    end.before.done = 1;
    end.after.done = 3; /* of 2 */
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "constraint", db_tx(&w->ctx, write_task, &end));
}

static enum err start_pick(struct ctx *c, void *arg)
{
    struct fulfillment f = *(const struct fulfillment *)arg;
    return fulfillment_do(c, &f, FULFILLMENT_START_PICK);
}

TEST_BOTH(orders, work_that_was_cancelled_meanwhile_is_not_begun)
{
    shop_open(w);
    struct fulfillment seen = work_get(w, work_order(w, "MUG", 2));
    CHECK_OK(&w->ctx, world_script(w, "UPDATE fulfillment SET state = 11"));
    CHECK_FAULT(&w->ctx, ERR_BUSY, "raced", db_tx(&w->ctx, start_pick, &seen));
    CHECK_I64(FULFILLMENT_CANCELLED, work_get(w, seen.fulfillment_id).state);
}

struct ending {
    int64_t id;
    enum fulfillment_verb verb;
    bool took;
};
static enum err end_work(struct ctx *c, void *arg)
{
    struct ending *e = arg;
    return fulfillments_finish(c, &e->id, 1, e->verb, &e->took);
}

TEST_BOTH(orders, work_ends_only_when_nothing_of_it_is_left)
{
    shop_open(w);
    int64_t id = work_order(w, "MUG", 2);
    struct ending pick = {id, FULFILLMENT_FINISH_PICK, true};
    struct ending pack = {id, FULFILLMENT_FINISH_PACK, true};
    CHECK_OK(&w->ctx, world_script(w, "UPDATE fulfillment SET state = 2"));
    CHECK_OK(&w->ctx, db_tx(&w->ctx, end_work, &pick));
    CHECK(!pick.took); /* a task is open */
    CHECK_OK(&w->ctx, world_script(w, "UPDATE fulfillment SET tasks_open = 0, picked = 2"));
    CHECK_OK(&w->ctx, db_tx(&w->ctx, end_work, &pick));
    CHECK(pick.took);
    CHECK_OK(&w->ctx, db_tx(&w->ctx, end_work, &pick));
    CHECK(!pick.took); /* once */
    CHECK_OK(&w->ctx, world_script(w, "UPDATE fulfillment SET state = 4, packed = 1"));
    CHECK_OK(&w->ctx, db_tx(&w->ctx, end_work, &pack));
    CHECK(!pack.took);
    CHECK_OK(&w->ctx, world_script(w, "UPDATE fulfillment SET packed = 2, services_open = 1"));
    CHECK_OK(&w->ctx, db_tx(&w->ctx, end_work, &pack));
    CHECK(!pack.took);
    CHECK_OK(&w->ctx, world_script(w, "UPDATE fulfillment SET services_open = 0"));
    CHECK_OK(&w->ctx, db_tx(&w->ctx, end_work, &pack));
    CHECK(pack.took);
}

struct filling {
    int64_t id;
    struct text tote;
    enum fulfillment_verb verb;
};
static enum err fill_tote(struct ctx *c, void *arg)
{
    const struct filling *t = arg;
    struct fulfillment f;
    TRY(fulfillment_get(c, t->id, &f));
    return fulfillment_set_tote(c, &f, t->tote);
}
static enum err do_work(struct ctx *c, void *arg)
{
    const struct filling *t = arg;
    struct fulfillment f;
    TRY(fulfillment_get(c, t->id, &f));
    return fulfillment_do(c, &f, t->verb);
}

TEST_BOTH(orders, a_tote_holds_the_goods_of_one_order_until_they_are_packed)
{
    struct shop s = shop_open(w);
    struct filling one = {work_order(w, "MUG", 1), T("T-1"), FULFILLMENT_REJECT};
    struct filling two = {work_order(w, "PEN", 1), T("T-1"), FULFILLMENT_REJECT};
    struct fulfillment found;
    bool is_found = false;
    CHECK_OK(&w->ctx, db_tx(&w->ctx, fill_tote, &one));
    CHECK_OK(&w->ctx, db_tx(&w->ctx, fill_tote, &one)); /* said again */
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "tote_taken", db_tx(&w->ctx, fill_tote, &two));
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "constraint",
                world_script(w, "UPDATE fulfillment SET tote = 'T-1'"));
    CHECK_OK(&w->ctx, fulfillment_by_tote(&w->ctx, s.london, T("T-1"), &found, &is_found));
    CHECK(is_found && found.fulfillment_id == one.id);
    struct ending packed = {one.id, FULFILLMENT_FINISH_PACK, false};
    CHECK_OK(&w->ctx, world_script(w, "UPDATE fulfillment SET state = 4, picked = 1, packed = 1 "
                                      "WHERE tote IS NOT NULL"));
    CHECK_OK(&w->ctx, db_tx(&w->ctx, end_work, &packed));
    CHECK(packed.took);
    CHECK_OK(&w->ctx, db_tx(&w->ctx, fill_tote, &two));
    one.tote = T("T-2");
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "wrong_state", db_tx(&w->ctx, fill_tote, &one));
    CHECK_OK(&w->ctx, db_tx(&w->ctx, do_work, &two)); /* given back: nothing will lie in it */
    CHECK_OK(&w->ctx, fulfillment_by_tote(&w->ctx, s.london, T("T-1"), &found, &is_found));
    CHECK(!is_found);
}

/* --- parcels --------------------------------------------------------------------------------- */

struct parcel_change {
    struct package before, after;
    struct label label_before, label_after;
    struct package_line line;
    int64_t quantity;
};
static enum err write_package(struct ctx *c, void *arg)
{
    const struct parcel_change *p = arg;
    return package_write(c, &p->before, &p->after);
}
static enum err write_label(struct ctx *c, void *arg)
{
    const struct parcel_change *p = arg;
    return label_write(c, &p->label_before, &p->label_after);
}
static enum err lower_line(struct ctx *c, void *arg)
{
    const struct parcel_change *p = arg;
    return package_line_lower(c, &p->line, p->quantity);
}

TEST_BOTH(orders, a_parcel_and_its_label_are_changed_only_as_they_were_seen)
{
    parcel_shop(w);
    int64_t id = parcel_sent(w, "MUG", 2);
    struct parcel_change p = {.before = parcel_get(w, id), .label_before = parcel_label(w, id)};
    p.after = p.before;
    p.after.state = PACKAGE_DELIVERED;
    p.label_after = p.label_before;
    p.label_after.state = LABEL_VOIDED;
    CHECK_OK(&w->ctx, world_script(w, "UPDATE package SET state = 6"));
    CHECK_OK(&w->ctx, world_script(w, "UPDATE label SET state = 5"));
    CHECK_FAULT(&w->ctx, ERR_BUSY, "raced", db_tx(&w->ctx, write_package, &p));
    CHECK_FAULT(&w->ctx, ERR_BUSY, "raced", db_tx(&w->ctx, write_label, &p));
    CHECK_I64(6, parcel_get(w, id).state);
    p.line = *(const struct package_line *)work_package_lines(w, id).at;
    p.quantity = 1;
    p.line.quantity = 3; /* read before one was taken out */
    CHECK_FAULT(&w->ctx, ERR_BUSY, "raced", db_tx(&w->ctx, lower_line, &p));
    CHECK_I64(2, ((const struct package_line *)work_package_lines(w, id).at)->quantity);
}

static enum err discard(struct ctx *c, void *arg) { return package_discard(c, *(int64_t *)arg); }

TEST_BOTH(orders, a_sealed_parcel_is_not_thrown_away)
{
    parcel_shop(w);
    int64_t id = parcel_sealed(w, "MUG", 1);
    CHECK_FAULT(&w->ctx, ERR_BUSY, "raced", db_tx(&w->ctx, discard, &id));
    CHECK_I64(PACKAGE_SEALED, parcel_get(w, id).state);
}

TEST_BOTH(orders, a_courier_is_given_the_list_of_all_parcels)
{
    struct list all;
    parcel_shop(w);
    int64_t id = parcel_sent(w, "MUG", 1), manifest_id = parcel_get(w, id).manifest_id;
    CHECK(manifest_id != NONE);
    CHECK_OK(&w->ctx,
             world_script(w,
                          "INSERT INTO package WITH RECURSIVE k(n) AS (SELECT 1 UNION ALL SELECT "
                          "n + 1 FROM k WHERE n < 6000) SELECT merchant_id, package_id + k.n, "
                          "fulfillment_id, order_id, site_id, state, number, carton_id, NULL, "
                          "length_mm, width_mm, height_mm, expected_g, weight_g, manifest_id, "
                          "packer_id, status, sealed_us, handed_over_us, delivered_us, "
                          "NULL, 0 FROM "
                          "package, k"));
    CHECK_OK(&w->ctx, store_reader(&w->ctx));
    CHECK_OK(&w->ctx, packages_of_manifest(&w->ctx, manifest_id, &all));
    CHECK_I64(6001, (int64_t)all.count);
}

/* --- returns and claims ---------------------------------------------------------------------- */

static enum err ask_back(struct ctx *c, void *arg)
{
    const struct order_return *r = arg;
    struct order_return fresh = *r;
    fresh.return_id = source_id(c->source);
    struct return_line l = return_line_new(c, fresh.return_id, 1, 1, r->site_id);
    fresh.site_id = NONE;
    return return_insert(c, &fresh, &l, 1, false);
}

TEST_BOTH(orders, no_more_is_asked_back_than_was_sent)
{
    int64_t ids[2];
    parcel_shop(w);
    parcel_pair(w, "MUG", ids);
    parcels_sent(w, ids, 1); /* the other piece is still here */
    struct order_return r = {.merchant_id = w->ctx.merchant_id,
                             .order_id = parcel_get(w, ids[0]).order_id,
                             .case_id = NONE,
                             .package_id = NONE,
                             .reason = RETURN_BECAUSE_UNDELIVERED,
                             .created_us = 1,
                             .settled_us = NONE,
                             .at_door_us = NONE,
                             .site_id = 2}; /* how many, for ask_back */
    CHECK(db_tx(&w->ctx, ask_back, &r) != OK);
    r.site_id = 1;
    CHECK_OK(&w->ctx, db_tx(&w->ctx, ask_back, &r));
    CHECK(db_tx(&w->ctx, ask_back, &r) != OK);
    CHECK_I64(1, world_ask(w, "SELECT asked_back AS n FROM order_line WHERE line_no = 1"));
    CHECK_I64(1, world_ask(w, "SELECT count(*) AS n FROM order_return"));
}

struct claiming {
    struct claim claim;
    enum claim_verb verb;
};
static enum err open_claim(struct ctx *c, void *arg) { return claim_insert(c, arg); }
static enum err do_claim(struct ctx *c, void *arg)
{
    struct claiming k = *(const struct claiming *)arg;
    return claim_do(c, &k.claim, k.verb);
}

TEST_BOTH(orders, a_carrier_pays_a_claim_once)
{
    shop_open(w);
    struct claiming k = {.claim = {.merchant_id = w->ctx.merchant_id,
                                   .claim_id = 5,
                                   .order_id = 6,
                                   .package_id = 7,
                                   .kind = CLAIM_LOST,
                                   .carrier = T("house"),
                                   .currency = T("GBP"),
                                   .amount_minor = 100,
                                   .opened_us = 1,
                                   .filed_us = NONE,
                                   .ended_us = NONE},
                         .verb = CLAIM_FILE};
    CHECK_OK(&w->ctx, db_tx(&w->ctx, open_claim, &k.claim));
    k.claim.claim_id = 8;
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "constraint", db_tx(&w->ctx, open_claim, &k.claim));
    k.claim.claim_id = 5;
    CHECK_OK(&w->ctx, db_tx(&w->ctx, do_claim, &k));
    CHECK_FAULT(&w->ctx, ERR_BUSY, "raced", db_tx(&w->ctx, do_claim, &k)); /* as it was read */
}
