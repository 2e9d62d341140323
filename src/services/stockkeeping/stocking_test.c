/* What taking in, moving and counting stock promises. */
#include "services/stockkeeping/stocking.h"

#include "base/time.h"
#include "domain/events/event.h"
#include "domain/inventory/cell.h"
#include "domain/inventory/stock_task.h"
#include "domain/sites/site.h"
#include "shop.h"
#include "test/audit_world.h"
#include "test/sim/life.h"

struct batch {
    enum err (*run)(struct ctx *c, const struct stocking_line *lines, size_t n,
                    struct stocking_outcome *outcomes);
    struct stocking_line lines[3];
    size_t n;
    struct stocking_outcome out[3];
};

static enum err run_in_tx(struct ctx *c, void *arg)
{
    struct batch *b = arg;
    return b->run(c, b->lines, b->n, b->out);
}

static struct stocking_line line(const char *sku, const char *bin, int64_t quantity)
{
    return (struct stocking_line){
        .sku = text_of(sku), .site = T("LON"), .bin = text_of(bin), .quantity = quantity};
}

/* Units of a product in a bin. */
static int64_t in_bin(struct world *w, int64_t product_id, int64_t bin_id)
{
    struct list cells = {0};
    int64_t units = 0;
    CHECK_OK(&w->ctx, store_reader(&w->ctx));
    CHECK_OK(&w->ctx, stock_cells_of(&w->ctx, &product_id, 1, &cells));
    for (size_t i = 0; i < cells.count; i++)
        if (((const struct stock *)cells.at)[i].place_id == bin_id)
            units += ((const struct stock *)cells.at)[i].on_hand;
    return units;
}

TEST_BOTH(stocking, goods_that_come_in_can_be_promised)
{
    struct shop s = shop_open(w);
    struct batch b = {
        stock_receipt,
        {line("LAMP", "A-01-02", 30), line("LAMP", "A-01-02", 3), line("PEN", "A-01-02", 5)},
        3};
    CHECK_OK(&w->ctx, db_tx(&w->ctx, run_in_tx, &b));
    CHECK_I64(33, b.out[0].on_hand);
    CHECK_I64(133, b.out[0].available);
    CHECK_I64(105, b.out[2].available);
    CHECK_I64(33, in_bin(w, s.lamp, s.bins[0][1]));
    CHECK_I64(150, shop_state(w, shop_order(w, "LAMP", 150)).allocated);
}

TEST_BOTH(stocking, one_product_is_lost_and_another_found_where_it_never_lay)
{
    struct shop s = shop_open(w);
    struct batch b = {stock_adjust_bin, {line("MUG", "A-01-01", 1), line("LAMP", "A-01-01", 3)}, 2};
    b.lines[0].reason = ADJUST_LOST;
    b.lines[1].reason = ADJUST_FOUND;
    CHECK_I64(0, in_bin(w, s.lamp, s.bins[0][0]));
    CHECK_OK(&w->ctx, db_tx(&w->ctx, run_in_tx, &b));
    CHECK_I64(3, in_bin(w, s.lamp, s.bins[0][0]));
    CHECK_I64(99, in_bin(w, s.mug, s.bins[0][0]));
}

TEST_BOTH(stocking, one_wrong_line_leaves_all_as_it_was)
{
    struct shop s = shop_open(w);
    struct batch b = {stock_receipt, {line("LAMP", "A-01-02", 30), line("LAMP", "Z-9", 3)}, 2};
    CHECK_FAULT(&w->ctx, ERR_INVALID, "unknown_bin", db_tx(&w->ctx, run_in_tx, &b));
    CHECK_TEXT("lines[1].bin", text_of(w->ctx.fault.field));
    CHECK_I64(0, in_bin(w, s.lamp, s.bins[0][1]));
    b.lines[1] = line("NOSUCH", "A-01-02", 1);
    CHECK_FAULT(&w->ctx, ERR_INVALID, "unknown_sku", db_tx(&w->ctx, run_in_tx, &b));
    b.lines[1] = line("SET", "A-01-02", 1);
    CHECK_FAULT(&w->ctx, ERR_INVALID, "kit_not_stocked", db_tx(&w->ctx, run_in_tx, &b));
    b.lines[1] = line("PEN", "A-01-02", 1);
    b.lines[1].site = T("PAR");
    CHECK_FAULT(&w->ctx, ERR_INVALID, "unknown_site", db_tx(&w->ctx, run_in_tx, &b));
}

TEST_BOTH(stocking, a_move_takes_no_more_than_there_is)
{
    struct shop s = shop_open(w);
    struct batch b = {stock_move_bin, {line("MUG", "A-01-01", 60), line("MUG", "A-01-01", 41)}, 2};
    b.lines[0].to_bin = b.lines[1].to_bin = T("A-02-01");
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "insufficient_on_hand", db_tx(&w->ctx, run_in_tx, &b));
    CHECK_TEXT("40 of MUG are in A-01-01, not 41", text_of(w->ctx.fault.detail));
    CHECK_I64(100, in_bin(w, s.mug, s.bins[0][0]));
    b.lines[1].quantity = 40;
    CHECK_OK(&w->ctx, db_tx(&w->ctx, run_in_tx, &b));
    CHECK_I64(0, in_bin(w, s.mug, s.bins[0][0]));
    CHECK_I64(100, in_bin(w, s.mug, s.bins[0][4]));
    CHECK_I64(100, b.out[1].available); /* a move changes no promise */
    b.lines[0] = line("MUG", "A-02-01", 1);
    b.lines[0].to_bin = T("A-02-01");
    CHECK_FAULT(&w->ctx, ERR_INVALID, "same_bin", db_tx(&w->ctx, run_in_tx, &b));
}

TEST_BOTH(stocking, what_a_picker_is_sent_for_stays_in_its_bin)
{
    shop_open(w);
    int64_t id = shop_order(w, "MUG", 30);
    CHECK_I64(1, shop_release(w, &id, 1));
    struct batch b = {stock_move_bin, {line("MUG", "A-01-01", 71)}, 1};
    b.lines[0].to_bin = T("A-02-01");
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "allotted", db_tx(&w->ctx, run_in_tx, &b));
    b.lines[0].quantity = 70;
    CHECK_OK(&w->ctx, db_tx(&w->ctx, run_in_tx, &b));
}

TEST_BOTH(stocking, a_count_sets_and_a_loss_takes)
{
    struct shop s = shop_open(w);
    struct batch b = {stock_adjust_bin, {line("MUG", "A-01-01", 90), line("MUG", "A-01-01", 4)}, 2};
    b.lines[0].reason = ADJUST_COUNT;
    b.lines[1].reason = ADJUST_DAMAGED;
    CHECK_OK(&w->ctx, db_tx(&w->ctx, run_in_tx, &b));
    CHECK_I64(-10, b.out[0].difference);
    CHECK_I64(86, in_bin(w, s.mug, s.bins[0][0]));
    CHECK_I64(86, b.out[1].available);
    struct list events;
    CHECK_OK(&w->ctx, event_feed(&w->ctx, 0, 10, &events));
    CHECK_I64(2, (int64_t)events.count);
    const struct event *told = events.at;
    CHECK_I64(EVENT_STOCK_ADJUSTED, told[1].kind);
    CHECK_I64(-4, told[1].quantity);
    CHECK_TEXT("damaged", told[1].word);
    b.n = 1;
    b.lines[0] = line("MUG", "A-01-01", 87);
    b.lines[0].reason = ADJUST_LOST;
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "insufficient_on_hand", db_tx(&w->ctx, run_in_tx, &b));
    b.lines[0].quantity = 0;
    CHECK_FAULT(&w->ctx, ERR_INVALID, "out_of_range", db_tx(&w->ctx, run_in_tx, &b));
}

TEST_BOTH(stocking, a_batch_has_its_limit)
{
    shop_open(w);
    struct stocking_line *lines = arena_new(&w->arena, struct stocking_line, 1001);
    CHECK_FAULT(&w->ctx, ERR_TOO_LARGE, "too_many",
                stock_receipt(&w->ctx, lines, STOCKING_LINES_MAX + 1, NULL));
}

/* --- conditions ------------------------------------------------------------------------------ */

static enum err set_kind(struct world *w, int64_t bin_id, enum bin_kind kind)
{
    return world_script(w, text_cstr(&w->arena, text_printf(&w->arena,
                                                            "UPDATE bin SET kind = %d WHERE "
                                                            "bin_id = %lld",
                                                            (int)kind, (long long)bin_id)));
}

static int64_t free_units(struct world *w, int64_t product_id, int64_t site_id)
{
    struct list rows = {0};
    CHECK_OK(&w->ctx, store_reader(&w->ctx));
    CHECK_OK(&w->ctx, availability_of(&w->ctx, &product_id, 1, &rows));
    const struct availability *at = rows.at;
    for (size_t i = 0; i < rows.count; i++)
        if (at[i].site_id == site_id) return at[i].sellable - at[i].promised;
    return 0;
}

static struct stocking_line any(struct stocking_line l) /* of the condition that the bin is for */
{
    l.condition = l.to_condition = -1;
    return l;
}

TEST_BOTH(stocking, what_arrives_is_sold_once_it_is_put_away)
{
    struct shop s = shop_open(w);
    CHECK_OK(&w->ctx, set_kind(w, s.bins[0][1], BIN_RECEIVING));
    struct batch b = {stock_receipt, {any(line("LAMP", "A-01-02", 30))}, 1};
    CHECK_OK(&w->ctx, db_tx(&w->ctx, run_in_tx, &b));
    CHECK_I64(CONDITION_INBOUND, b.out[0].condition);
    CHECK_I64(100, free_units(w, s.lamp, s.london));
    b.run = stock_move_bin;
    b.lines[0] = any(line("LAMP", "A-01-02", 20));
    b.lines[0].to_bin = T("A-02-01");
    CHECK_OK(&w->ctx, db_tx(&w->ctx, run_in_tx, &b));
    CHECK_I64(CONDITION_SELLABLE, b.out[0].condition);
    CHECK_I64(120, free_units(w, s.lamp, s.london));
    world_audit(w);
}

TEST_BOTH(stocking, a_site_may_sell_from_the_receiving_bin)
{
    struct shop s = shop_open(w);
    CHECK_OK(&w->ctx, set_kind(w, s.bins[0][1], BIN_RECEIVING));
    CHECK_OK(&w->ctx, world_script(w, "UPDATE site SET sells_from = 1"));
    struct batch b = {stock_receipt, {any(line("LAMP", "A-01-02", 30))}, 1};
    CHECK_OK(&w->ctx, db_tx(&w->ctx, run_in_tx, &b));
    CHECK_I64(130, free_units(w, s.lamp, s.london));
}

TEST_BOTH(stocking, what_lies_in_quarantine_is_not_sold)
{
    struct shop s = shop_open(w);
    CHECK_OK(&w->ctx, set_kind(w, s.bins[0][1], BIN_QUARANTINE));
    struct batch b = {stock_receipt, {any(line("LAMP", "A-01-02", 30))}, 1};
    CHECK_OK(&w->ctx, db_tx(&w->ctx, run_in_tx, &b));
    CHECK_I64(100, free_units(w, s.lamp, s.london));
    /* good units that go there leave sale; what comes out of it stays locked until somebody says */
    b.run = stock_move_bin;
    b.lines[0] = any(line("LAMP", "A-02-03", 10));
    b.lines[0].to_bin = T("A-01-02");
    CHECK_OK(&w->ctx, db_tx(&w->ctx, run_in_tx, &b));
    CHECK_I64(90, free_units(w, s.lamp, s.london));
    b.lines[0] = any(line("LAMP", "A-01-02", 40));
    b.lines[0].to_bin = T("A-02-03");
    CHECK_OK(&w->ctx, db_tx(&w->ctx, run_in_tx, &b));
    CHECK_I64(90, free_units(w, s.lamp, s.london));
    b.run = stock_condition_bin;
    b.lines[0] = line("LAMP", "A-02-03", 40);
    b.lines[0].condition = CONDITION_QUARANTINED;
    b.lines[0].to_condition = CONDITION_SELLABLE;
    CHECK_OK(&w->ctx, db_tx(&w->ctx, run_in_tx, &b));
    CHECK_I64(130, free_units(w, s.lamp, s.london));
    world_audit(w);
}

TEST_BOTH(stocking, damaged_units_stay_in_their_bin_and_leave_sale)
{
    struct shop s = shop_open(w);
    struct batch b = {stock_condition_bin, {line("LAMP", "A-02-03", 4)}, 1};
    b.lines[0].to_condition = CONDITION_DAMAGED;
    CHECK_OK(&w->ctx, db_tx(&w->ctx, run_in_tx, &b));
    CHECK_I64(100, in_bin(w, s.lamp, s.bins[0][6]));
    CHECK_I64(96, free_units(w, s.lamp, s.london));
    CHECK_I64(96, b.out[0].available);
    int64_t id = shop_order(w, "LAMP", 90);
    CHECK_I64(1, shop_release(w, &id, 1));
    b.lines[0].quantity = 7; /* 96 are good, pickers come for 90 */
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "allotted", db_tx(&w->ctx, run_in_tx, &b));
    b.lines[0].to_condition = CONDITION_SELLABLE;
    CHECK_FAULT(&w->ctx, ERR_INVALID, "same_condition", db_tx(&w->ctx, run_in_tx, &b));
    b.lines[0].to_condition = CONDITION_INBOUND;
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "wrong_room", db_tx(&w->ctx, run_in_tx, &b));
    world_audit(w);
}

/* --- lots ------------------------------------------------------------------------------------ */

/* Units of a lot (or of none) in a bin. */
static int64_t of_lot(struct world *w, int64_t product_id, int64_t bin_id, const char *lot)
{
    struct list cells = {0};
    int64_t units = 0;
    CHECK_OK(&w->ctx, store_reader(&w->ctx));
    CHECK_OK(&w->ctx, stock_cells_of(&w->ctx, &product_id, 1, &cells));
    const struct stock *at = cells.at;
    for (size_t i = 0; i < cells.count; i++)
        if (at[i].place_id == bin_id && text_is(at[i].lot, lot)) units += at[i].on_hand;
    return units;
}

TEST_BOTH(stocking, what_has_no_lot_and_what_has_one_are_counted_apart_in_one_bin)
{
    struct shop s = shop_open(w);
    struct batch b = {stock_receipt, {line("LAMP", "A-01-02", 8), line("LAMP", "A-01-02", 30)}, 2};
    b.lines[1].lot = T("L1");
    CHECK_OK(&w->ctx, db_tx(&w->ctx, run_in_tx, &b));
    b.n = 1; /* more without a lot */
    CHECK_OK(&w->ctx, db_tx(&w->ctx, run_in_tx, &b));
    CHECK_I64(16, of_lot(w, s.lamp, s.bins[0][1], ""));
    CHECK_I64(30, of_lot(w, s.lamp, s.bins[0][1], "L1"));
    world_audit(w);
}

TEST_BOTH(stocking, a_lot_leaves_sale_when_too_few_days_are_left)
{
    struct life l = life_open(w);
    int64_t today = day_of_us(w->ctx.now_us);
    struct batch b = {stock_receipt, {line("LAMP", "A-01-02", 30)}, 1};
    b.lines[0].lot = T("L1");
    b.lines[0].expiry_day = today + 10;
    CHECK_OK(&w->ctx, db_tx(&w->ctx, run_in_tx, &b));
    CHECK_I64(130, free_units(w, l.shop.lamp, l.shop.london));
    b.lines[0].expiry_day = today + 11;
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "expiry_differs", db_tx(&w->ctx, run_in_tx, &b));
    life_later(&l, 11 * DAY_US);
    CHECK_I64(100, free_units(w, l.shop.lamp, l.shop.london));
    CHECK_I64(30, in_bin(w, l.shop.lamp, l.shop.bins[0][1]));
    b.lines[0].expiry_day = today + 10; /* more of it comes: not for sale */
    CHECK_OK(&w->ctx, db_tx(&w->ctx, run_in_tx, &b));
    CHECK_I64(CONDITION_EXPIRED, b.out[0].condition);
    world_audit(w);
}

TEST_BOTH(stocking, what_came_into_a_receiving_bin_by_hand_is_to_be_put_away)
{
    struct shop s = shop_open(w);
    struct list tasks;
    CHECK_OK(&w->ctx, set_kind(w, s.bins[0][1], BIN_RECEIVING));
    struct batch b = {
        stock_receipt, {any(line("LAMP", "A-01-02", 30)), any(line("PEN", "A-01-01", 5))}, 2};
    CHECK_OK(&w->ctx, db_tx(&w->ctx, run_in_tx, &b));
    CHECK(b.out[0].task_id != NONE);
    CHECK_I64(NONE, b.out[1].task_id); /* it lies where it is picked from */
    CHECK_OK(&w->ctx, store_reader(&w->ctx));
    CHECK_OK(&w->ctx, stock_tasks_open(&w->ctx, s.london, STOCK_PUT_AWAY, 0, 10, &tasks));
    CHECK_I64(1, (int64_t)tasks.count);
    CHECK_I64(30, ((const struct stock_task *)tasks.at)->quantity);
    world_audit(w);
}
