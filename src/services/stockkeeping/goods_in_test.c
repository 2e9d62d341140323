/* What taking in, putting away, replenishing and lots promise. */
#include "services/stockkeeping/goods_in.h"

#include "base/time.h"
#include "domain/inventory/cell.h"
#include "domain/inventory/lot.h"
#include "domain/sites/site.h"
#include "services/stockkeeping/putting_away.h"
#include "services/stockkeeping/replenishing.h"
#include "test/audit_world.h"
#include "test/sim/life.h"

struct delivery_in {
    struct asn asn;
    struct arrival arrivals[4];
    size_t n;
    struct arrived out[4];
    int64_t expected_day; /* 0: nobody knows */
    struct stock_task_scan scan;
    struct stock_task task;
};

static enum err announce(struct ctx *c, void *arg)
{
    struct delivery_in *d = arg;
    struct asn_line_draft lines[2] = {{.sku = T("MUG"), .quantity = 10},
                                      {.sku = T("PEN"), .quantity = 5}};
    struct asn_draft draft = {.site = T("LON"),
                              .supplier = T("Potter"),
                              .reference = T("D-7"),
                              .expected_day = d->expected_day ? d->expected_day : NONE,
                              .lines = {lines, 2}};
    return asn_announce(c, &draft, &d->asn);
}

static enum err receive(struct ctx *c, void *arg)
{
    struct delivery_in *d = arg;
    return asn_receive(c, d->asn.asn_id, d->arrivals, d->n, d->out);
}

static enum err confirm(struct ctx *c, void *arg)
{
    struct delivery_in *d = arg;
    return stock_task_confirm(c, &d->scan, &d->task);
}

static enum err end(struct ctx *c, void *arg)
{
    struct delivery_in *d = arg;
    return asn_close(c, d->asn.asn_id, &d->asn);
}

static struct arrival came(const char *scan, int64_t quantity)
{
    return (struct arrival){
        .scan = text_of(scan), .quantity = quantity, .expiry_day = NONE, .condition = -1};
}

static void set_kinds(struct world *w, const struct shop *s)
{
    struct text sql = text_printf(&w->arena,
                                  "UPDATE bin SET kind = 2 WHERE bin_id = %lld;"
                                  "UPDATE bin SET kind = 1 WHERE bin_id = %lld",
                                  (long long)s->bins[0][11 - 1], (long long)s->bins[0][8]);
    CHECK_OK(&w->ctx, world_script(w, text_cstr(&w->arena, sql)));
}

static enum err put_off(struct ctx *c, void *arg)
{
    struct delivery_in *d = arg;
    struct asn_fix fix = {.expected_day = d->expected_day};
    return asn_change(c, d->asn.asn_id, &fix, &d->asn);
}

/* Who waits would be told a day that is over. */
TEST_BOTH(goods_in, a_delivery_is_not_expected_on_a_day_that_is_over)
{
    struct life l = life_open(w);
    int64_t today = day_of_us(l.w->ctx.now_us);
    struct delivery_in d = {.expected_day = today - 2};
    CHECK_FAULT(&w->ctx, ERR_INVALID, "out_of_range", db_tx(&w->ctx, announce, &d));
    CHECK_TEXT("expected_date", text_of(w->ctx.fault.field));
    d.expected_day = today - 1; /* somewhere it is still that day */
    CHECK_OK(&w->ctx, db_tx(&w->ctx, announce, &d));
    d.expected_day = today - 2;
    CHECK_FAULT(&w->ctx, ERR_INVALID, "out_of_range", db_tx(&w->ctx, put_off, &d));
    world_audit(w);
}

TEST_BOTH(goods_in, what_came_is_held_against_what_was_announced_and_put_away_before_it_is_sold)
{
    struct life l = life_open(w);
    struct delivery_in d = {0};
    set_kinds(w, &l.shop);
    CHECK_OK(&w->ctx, db_tx(&w->ctx, announce, &d));
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "duplicate_reference", db_tx(&w->ctx, announce, &d));
    d.arrivals[0] = came("(01)05012345678900(30)12", NONE);
    d.arrivals[1] = came("PEN", 3);
    d.arrivals[2] = came("4006381333931", 1);
    d.arrivals[3] = came("BOOK", 2);
    d.n = 4;
    /* the first announcement's asn stands in the fault's way: read it again */
    struct list asns;
    CHECK_OK(&w->ctx, store_reader(&w->ctx));
    CHECK_OK(&w->ctx, asn_list(&w->ctx, INT64_MAX, 5, &asns));
    d.asn = *(const struct asn *)asns.at;
    CHECK_OK(&w->ctx, db_tx(&w->ctx, receive, &d));
    CHECK_I64(12, d.out[0].received);
    CHECK_I64(CONDITION_INBOUND, d.out[0].condition);
    CHECK_TEXT("A-01-01", d.out[0].to_bin); /* where mugs lie */
    CHECK_I64(NONE, d.out[2].product_id);
    CHECK_I64(100, life_free_units(&l, l.shop.mug, l.shop.london));
    struct list lines;
    struct asn_sum sum;
    CHECK_OK(&w->ctx, store_reader(&w->ctx));
    CHECK_OK(&w->ctx, asn_lines_of(&w->ctx, d.asn.asn_id, &lines));
    asn_add_up(&lines, &sum);
    CHECK_I64(2, sum.surplus);
    CHECK_I64(2, sum.missing);
    CHECK_I64(1, sum.unknown);
    CHECK_I64(2, sum.unannounced);
    d.scan = (struct stock_task_scan){
        .task_id = d.out[0].task_id, .quantity = 5, .scan = T("MUG"), .worker_id = 7};
    CHECK_OK(&w->ctx, db_tx(&w->ctx, confirm, &d));
    CHECK_I64(105, life_free_units(&l, l.shop.mug, l.shop.london));
    d.scan.scan = T("PEN");
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "wrong_item", db_tx(&w->ctx, confirm, &d));
    d.scan.worker_id = 8;
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "leased_by_other", db_tx(&w->ctx, confirm, &d));
    d.scan = (struct stock_task_scan){
        .task_id = d.out[0].task_id, .quantity = NONE, .bin = T("A-01-02"), .worker_id = 7};
    CHECK_OK(&w->ctx, db_tx(&w->ctx, confirm, &d));
    CHECK_I64(112, life_free_units(&l, l.shop.mug, l.shop.london));
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "task_done", db_tx(&w->ctx, confirm, &d));
    CHECK_OK(&w->ctx, db_tx(&w->ctx, end, &d));
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "wrong_state", db_tx(&w->ctx, receive, &d));
    world_audit(w);
}

static enum err make_face(struct ctx *c, void *arg)
{
    const struct shop *s = arg;
    return pick_face_put(
        c, &(struct pick_face){c->merchant_id, s->lamp, s->bins[0][6], s->london, 80, 120});
}

TEST_BOTH(replenishing, released_work_that_empties_a_face_brings_more_from_the_reserve)
{
    struct life l = life_open(w);
    struct list tasks;
    struct delivery_in d = {0};
    set_kinds(w, &l.shop);
    CHECK_OK(&w->ctx, db_tx(&w->ctx, make_face, &l.shop));
    CHECK_OK(&w->ctx, life_receive(&l, "LAMP", "LON", "A-03-01", 200));
    CHECK_OK(&w->ctx, store_reader(&w->ctx));
    CHECK_OK(&w->ctx, stock_tasks_open(&w->ctx, l.shop.london, STOCK_REPLENISH, 0, 9, &tasks));
    CHECK_I64(0, (int64_t)tasks.count); /* 100 are enough */
    struct draft draft = shop_draft(w, "LAMP", 30);
    CHECK(life_place(&l, &draft) != 0); /* 70 are left to others: below 80 */
    CHECK_OK(&w->ctx, store_reader(&w->ctx));
    CHECK_OK(&w->ctx, stock_tasks_open(&w->ctx, l.shop.london, STOCK_REPLENISH, 0, 9, &tasks));
    CHECK_I64(1, (int64_t)tasks.count);
    const struct stock_task *t = tasks.at;
    CHECK_I64(50, t->quantity);
    CHECK_I64(l.shop.bins[0][6], t->to_place);
    d.scan = (struct stock_task_scan){.task_id = t->task_id, .quantity = NONE, .worker_id = 7};
    CHECK_OK(&w->ctx, db_tx(&w->ctx, confirm, &d));
    CHECK_I64(150, work_cell(w, l.shop.london, l.shop.lamp, l.shop.bins[0][6], NULL).on_hand);
    CHECK_I64(150, work_cell(w, l.shop.london, l.shop.lamp, l.shop.bins[0][8], NULL).on_hand);
    world_audit(w);
}

struct dated {
    struct stocking_line line;
    struct stocking_outcome out;
};

static enum err take_in(struct ctx *c, void *arg)
{
    struct dated *d = arg;
    return stock_receipt(c, &d->line, 1, &d->out);
}

TEST_BOTH(lots, the_lot_that_expires_first_is_picked_first_and_its_orders_are_known)
{
    struct life l = life_open(w);
    struct list orders;
    int64_t today = day_of_us(w->ctx.now_us);
    struct dated late = {.line = {.sku = T("LAMP"),
                                  .site = T("LON"),
                                  .bin = T("A-01-02"),
                                  .lot = T("A-LATE"),
                                  .quantity = 5,
                                  .expiry_day = today + 90}};
    struct dated soon = late;
    soon.line.lot = T("Z-SOON");
    soon.line.bin = T("A-01-04");
    soon.line.expiry_day = today + 30;
    CHECK_OK(&w->ctx, db_tx(&w->ctx, take_in, &late));
    CHECK_OK(&w->ctx, db_tx(&w->ctx, take_in, &soon));
    struct draft draft = shop_draft(w, "LAMP", 3);
    int64_t id = life_place(&l, &draft);
    struct task t = life_task(&l, id, TASK_PICK, 0);
    CHECK_TEXT("Z-SOON", t.lot);
    /* the day comes before the picker does: the scan is refused, another lot is looked for */
    life_later(&l, 31 * DAY_US);
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "expired", life_scan(&l, &t, "LAMP", 3));
    CHECK_OK(&w->ctx, life_short(&l, &t, 0, SHORT_CANNOT_REACH));
    t = life_task(&l, id, TASK_PICK, 0);
    CHECK_TEXT("A-LATE", t.lot);
    CHECK_OK(&w->ctx, life_pick(&l, &t, NONE));
    CHECK_OK(&w->ctx, store_reader(&w->ctx));
    CHECK_OK(&w->ctx, lot_orders(&w->ctx, l.shop.lamp, T("A-LATE"), 0, 9, &orders));
    CHECK_I64(1, (int64_t)orders.count);
    CHECK_I64(id, ((const struct lot_order *)orders.at)->order_id);
    CHECK_I64(3, ((const struct lot_order *)orders.at)->quantity);
    CHECK_OK(&w->ctx, lot_orders(&w->ctx, l.shop.lamp, T("Z-SOON"), 0, 9, &orders));
    CHECK_I64(0, (int64_t)orders.count);
    CHECK_I64(102, life_free_units(&l, l.shop.lamp, l.shop.london));
    world_audit(w);
}
