/* Complaints about kits, and about promises that outlive their order. */
#include "faces/cli/running.h"
#include "faces/jobs/react.h"
#include "stages/2_processing/cancelling.h"
#include "stages/2_processing/rejecting.h"
#include "stages/2_processing/release.h"
#include "test/audit_world.h"
#include "work_fixture.h"

#include <stdio.h>
#include <stdlib.h>

void wiring_use_drivers(struct ctx *c); /* app/wiring.c */

static void settle(struct world *w)
{
    wiring_use_drivers(&w->ctx);
    CHECK_OK(&w->ctx, react_until_quiet(&w->ctx));
}

struct cancel {
    int64_t order_id;
    struct cancel_outcome out;
};

static enum err cancel_in_tx(struct ctx *c, void *arg)
{
    struct cancel *k = arg;
    return order_cancel(c, k->order_id, T("changed my mind"), &k->out);
}

static enum err reject_in_tx(struct ctx *c, void *arg)
{
    struct rejection how = {.reason = REJECT_TOO_BUSY};
    struct reject_outcome out;
    return fulfillment_reject(c, *(const int64_t *)arg, &how, &out);
}

#define PROMISED "SELECT SUM(promised) FROM availability"
#define OPEN_PROMISES "SELECT COALESCE(SUM(quantity - consumed - released), 0) FROM promise"

/* --- kits
 * ------------------------------------------------------------------------------------
 */

TEST_BOTH(complaint, c72_a_kit_sold_promises_its_parts_and_never_itself)
{
    struct shop s = shop_open(w);
    int64_t id = shop_order(w, "SET", 10);
    CHECK_I64(30, shop_state(w, id).allocated);
    CHECK_I64(30, world_ask(w, PROMISED));
    struct list own;
    CHECK_OK(&w->ctx, availability_of(&w->ctx, &s.set, 1, &own));
    CHECK_I64(0, (int64_t)own.count);
    world_audit(w);
}

TEST_BOTH(complaint, c72_a_cancelled_kit_gives_each_part_back_once)
{
    shop_open(w);
    struct cancel k = {.order_id = shop_order(w, "SET", 10)};
    settle(w);
    CHECK_OK(&w->ctx, db_tx(&w->ctx, cancel_in_tx, &k));
    CHECK_I64(0, world_ask(w, PROMISED));
    CHECK(db_tx(&w->ctx, cancel_in_tx, &k) != OK); /* and not again */
    w->ctx.fault = (struct fault){0};
    CHECK_I64(0, world_ask(w, PROMISED));
    world_audit(w);
}

TEST_BOTH(complaint, c72_parts_of_a_kit_come_from_a_second_site)
{
    struct shop s = shop_open(w);
    work_adjust(w, s.london, s.pen, s.bins[0][11], -100);
    work_adjust(w, s.manchester, s.mug, s.bins[1][0], -20);
    int64_t id = shop_order(w, "SET", 2);
    CHECK_I64(6, shop_state(w, id).allocated);
    CHECK_I64(2, shop_release(w, &id, 1));
    CHECK_I64(6, shop_state(w, id).released);
    CHECK_I64(1, world_ask(w, "SELECT COUNT(*) FROM task WHERE kind = 4")); /* put together once */
    world_audit(w);
}

TEST_BOTH(complaint, c72_a_kit_that_a_site_gives_back_is_sent_whole_from_another)
{
    struct shop s = shop_open(w);
    int64_t ful = work_order(w, "SET", 2), id = work_get(w, ful).order_id;
    CHECK_OK(&w->ctx, db_tx(&w->ctx, reject_in_tx, &ful));
    settle(w);
    CHECK_I64(6, shop_state(w, id).released);
    char sql[200];
    snprintf(sql, sizeof sql, "SELECT COUNT(*) FROM fulfillment WHERE site_id = %lld AND units = 6",
             (long long)s.manchester);
    CHECK_I64(1, world_ask(w, sql));
    world_audit(w);
}

/* --- promises that end
 * ----------------------------------------------------------------------- */

TEST_BOTH(complaint, c04_no_promise_is_alive_after_its_order_closed)
{
    shop_open(w);
    shop_order(w, "SET", 3);
    shop_order(w, "LAMP", 121); /* of 120: the last one comes from the supplier */
    struct run_options o = {.crew = 2, .seed = 7, .is_quiet = true};
    struct run_counts n = {0};
    char *told = NULL;
    size_t len;
    FILE *to = open_memstream(&told, &len);
    wiring_use_drivers(&w->ctx);
    CHECK_OK(&w->ctx, run_select(&w->ctx, T("open"), &o));
    CHECK_OK(&w->ctx, run_orders(&w->ctx, &o, to, &n));
    fclose(to);
    free(told);
    CHECK_I64(2, n.completed);
    CHECK_I64(0, world_ask(w, OPEN_PROMISES));
    CHECK_I64(0, world_ask(w, PROMISED));
    world_audit(w);
}

static enum err fail_after_release(struct ctx *c, void *arg)
{
    int64_t released;
    TRY(release_orders(c, arg, 1, &released));
    TRY(db_flush(c));
    return fail(c, ERR_UPSTREAM, "planted", "the machine stops here");
}

TEST_BOTH(complaint, c12_a_release_of_many_lines_that_fails_leaves_no_half_of_it)
{
    shop_open(w);
    struct draft d = shop_draft(w, "MUG", 110); /* both sites */
    struct draft_line *lines = arena_new(&w->arena, struct draft_line, 3);
    for (int i = 0; i < 3; i++) lines[i] = *(const struct draft_line *)d.lines.at;
    lines[1].sku = T("LAMP");
    lines[2].sku = T("SET");
    lines[2].quantity = 4;
    d.lines = (struct list){lines, 3};
    struct outcome o = {0};
    shop_place(w, &d, 1, &o);
    int64_t before = shop_state(w, o.order_id).allocated;
    CHECK_FAULT(&w->ctx, ERR_UPSTREAM, "planted", db_tx(&w->ctx, fail_after_release, &o.order_id));
    CHECK_I64(0, shop_state(w, o.order_id).released);
    CHECK_I64(before, shop_state(w, o.order_id).allocated);
    CHECK_I64(0, world_ask(w, "SELECT COUNT(*) FROM task"));
    CHECK_I64(0, world_ask(w, "SELECT SUM(allotted) FROM stock"));
    world_audit(w);
    CHECK_I64(2, shop_release(w, &o.order_id, 1));
    world_audit(w);
}
