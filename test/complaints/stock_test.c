/* Complaints about other systems whose stock is not true, in the words of those who made them:
 * docs/complaints.md lists the numbers. */
#include "base/sort.h"
#include "base/time.h"
#include "domain/catalog/product.h"
#include "domain/inventory/cell.h"
#include "domain/inventory/lot.h"
#include "services/stockkeeping/counting.h"
#include "services/stockkeeping/lots.h"
#include "services/stockkeeping/low_stock.h"
#include "test/audit_world.h"
#include "test/sim/life.h"

static int64_t placed(struct life *l, const char *sku, int64_t quantity)
{
    struct draft d = shop_draft(l->w, sku, quantity);
    int64_t id = life_place(l, &d);
    CHECK(id != 0);
    return id;
}

static struct stock cell(struct life *l, int64_t product_id, size_t bin)
{
    return work_cell(l->w, l->shop.london, product_id, l->shop.bins[0][bin], NULL);
}

TEST_BOTH(complaint, c19_picks_counts_and_cancels_side_by_side_leave_nothing_reserved_by_nobody)
{
    struct life l = life_open(w);
    for (int i = 0; i < 25; i++) {
        int64_t id = placed(&l, "MUG", 2), other = placed(&l, "MUG", 1);
        struct task t = life_task(&l, id, TASK_PICK, 0);
        CHECK_OK(&w->ctx, life_pick(&l, &t, 1));
        CHECK_OK(&w->ctx, life_adjust(&l, "MUG", "LON", "A-01-01", cell(&l, l.shop.mug, 0).on_hand,
                                      ADJUST_COUNT));
        CHECK_OK(&w->ctx, life_cancel(&l, other, "changed my mind"));
        CHECK_OK(&w->ctx, life_pick_all(&l, id));
        CHECK_I64(0, cell(&l, l.shop.mug, 0).allotted);
    }
    CHECK_I64(50, cell(&l, l.shop.mug, 0).on_hand);
    world_audit(w);
}

static enum err regrade(struct ctx *c, void *arg)
{
    struct stocking_outcome out;
    return stock_condition_bin(c, arg, 1, &out);
}

TEST_BOTH(complaint, c20_what_is_given_back_goes_to_the_right_record_beside_damaged_ones)
{
    struct life l = life_open(w);
    struct stocking_line line = {.sku = T("MUG"),
                                 .site = T("LON"),
                                 .bin = T("A-01-01"),
                                 .quantity = 4,
                                 .to_condition = CONDITION_DAMAGED};
    CHECK_OK(&w->ctx, db_tx(&w->ctx, regrade, &line));
    int64_t id = placed(&l, "MUG", 3);
    CHECK_I64(3, cell(&l, l.shop.mug, 0).allotted);
    CHECK_OK(&w->ctx, life_adjust(&l, "MUG", "LON", "A-01-01", 3, ADJUST_LOST));
    CHECK_OK(&w->ctx, life_cancel(&l, id, "too slow"));
    CHECK_I64(0, cell(&l, l.shop.mug, 0).allotted);
    CHECK_I64(93, life_free_units(&l, l.shop.mug, l.shop.london));
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "insufficient_on_hand",
                life_adjust(&l, "MUG", "LON", "A-01-01", 98, ADJUST_LOST));
    world_audit(w); /* no cell is below zero */
}

TEST_BOTH(complaint, c22_a_new_name_of_a_product_and_an_early_refund_leave_its_stock_alone)
{
    struct life l = life_open(w);
    int64_t id = placed(&l, "MUG", 5);
    CHECK_OK(&w->ctx, world_script(w, "UPDATE product SET sku = 'CUP' WHERE sku = 'MUG'"));
    CHECK_I64(95, life_free_units(&l, l.shop.mug, l.shop.london));
    CHECK_OK(&w->ctx, life_cancel(&l, id, "refund me"));
    CHECK_I64(100, life_free_units(&l, l.shop.mug, l.shop.london));
    id = placed(&l, "CUP", 5);
    life_ship(&l, id);
    CHECK_I64(95, life_free_units(&l, l.shop.mug, l.shop.london));
    CHECK_I64(95, cell(&l, l.shop.mug, 0).on_hand);
    world_audit(w);
}

TEST_BOTH(complaint, c28_a_bin_gives_no_more_than_it_holds)
{
    struct life l = life_open(w);
    int64_t id = placed(&l, "MUG", 3);
    CHECK_OK(&w->ctx, life_adjust(&l, "MUG", "LON", "A-01-01", 2, ADJUST_COUNT));
    struct task t = life_task(&l, id, TASK_PICK, 0);
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "not_enough", life_scan(&l, &t, "MUG", 3));
    CHECK_OK(&w->ctx, life_scan(&l, &t, "MUG", 2));
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "not_enough", life_scan(&l, &t, "MUG", 1));
    CHECK_I64(0, cell(&l, l.shop.mug, 0).on_hand);
    world_audit(w);
}

TEST_BOTH(complaint, c29_short_and_short_again_never_sends_for_more_than_was_ordered)
{
    struct life l = life_open(w);
    CHECK_OK(&w->ctx, life_receive(&l, "PEN", "LON", "A-01-02", 5));
    CHECK_OK(&w->ctx, life_receive(&l, "PEN", "LON", "A-01-03", 5));
    int64_t id = placed(&l, "PEN", 6);
    struct task t = life_task(&l, id, TASK_PICK, 0);
    CHECK_OK(&w->ctx, life_short(&l, &t, 2, SHORT_LESS_THAN_SAID));
    t = life_task(&l, id, TASK_PICK, 0);
    CHECK_OK(&w->ctx, life_short(&l, &t, 0, SHORT_LESS_THAN_SAID));
    struct list work = life_work(&l, id);
    struct list tasks = work_tasks(w, ((const struct fulfillment *)work.at)->fulfillment_id);
    int64_t asked = 0;
    for (size_t i = 0; i < tasks.count; i++) {
        const struct task *at = &((const struct task *)tasks.at)[i];
        asked += at->state == TASK_SHORT ? at->done : at->quantity;
    }
    CHECK_I64(6, asked);
    CHECK_OK(&w->ctx, life_pick_all(&l, id));
    CHECK_I64(6, shop_state(w, id).picked);
    world_audit(w);
}

TEST_BOTH(complaint, c32_two_orders_share_one_lot_and_both_leave)
{
    struct life l = life_open(w);
    work_receive(w, l.shop.london, l.shop.lamp, l.shop.bins[0][1], "L1", 9);
    CHECK_OK(&w->ctx, life_adjust(&l, "LAMP", "LON", "A-02-03", 0, ADJUST_COUNT));
    int64_t one = placed(&l, "LAMP", 4), two = placed(&l, "LAMP", 5);
    life_ship(&l, two);
    life_ship(&l, one);
    CHECK_I64(4, shop_state(w, one).shipped);
    CHECK_I64(5, shop_state(w, two).shipped);
    struct list orders;
    CHECK_OK(&w->ctx, store_reader(&w->ctx));
    CHECK_OK(&w->ctx, lot_orders(&w->ctx, l.shop.lamp, T("L1"), 0, 10, &orders));
    CHECK_I64(2, (int64_t)orders.count);
    world_audit(w);
}

TEST_BOTH(complaint, c33_what_is_reserved_can_be_picked_in_part_and_then_the_rest)
{
    struct life l = life_open(w);
    int64_t id = placed(&l, "MUG", 5);
    struct task t = life_task(&l, id, TASK_PICK, 0);
    CHECK_OK(&w->ctx, life_pick(&l, &t, 2));
    CHECK_I64(3, cell(&l, l.shop.mug, 0).allotted);
    t = life_task(&l, id, TASK_PICK, 0);
    CHECK_OK(&w->ctx, life_pick(&l, &t, 3));
    CHECK_I64(0, cell(&l, l.shop.mug, 0).allotted);
    life_ship(&l, id);
    world_audit(w);
}

TEST_BOTH(complaint, c34_more_than_there_is_fails_at_the_scan_and_not_at_the_dock)
{
    struct life l = life_open(w);
    int64_t id = placed(&l, "MUG", 3);
    struct task t = life_task(&l, id, TASK_PICK, 0);
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "too_many", life_scan(&l, &t, "MUG", 4));
    CHECK_I64(0, shop_state(w, id).picked);
    CHECK_I64(100, cell(&l, l.shop.mug, 0).on_hand);
}

/* --- 70: the whole building, while orders move -------------------------------------------------
 */

enum { BUILDING = 10000, SHEET = 1000 };

struct building {
    struct life *l;
    int64_t products[BUILDING], count_id;
    size_t sheet;
    struct count_decided decided;
};

static enum err fill(struct ctx *c, void *arg)
{
    struct building *b = arg;
    for (size_t i = 0; i < BUILDING; i++) {
        b->products[i] = source_id(c->source);
        struct product p = {.merchant_id = c->merchant_id,
                            .product_id = b->products[i],
                            .sku = text_printf(c->arena, "P%05zu", i),
                            .name = T("part"),
                            .is_active = 1,
                            .created_us = c->now_us};
        TRY(product_insert(c, &p));
        TRY(stock_receive(c, p.product_id, b->l->shop.london, b->l->shop.bins[0][i / SHEET],
                          (struct text){0}, 7, STOCK_RECEIPT, NONE));
    }
    return OK;
}

static enum err begin(struct ctx *c, void *arg)
{
    struct building *b = arg;
    struct stock_count k;
    TRY(count_begin(c, &(struct count_draft){.site = T("LON")}, &k));
    b->count_id = k.count_id;
    return OK;
}

/* Everything is there but one unit of each hundredth product. */
static enum err count_sheet_in(struct ctx *c, void *arg)
{
    struct building *b = arg;
    struct count_entry *entries = arena_new(c->arena, struct count_entry, SHEET);
    struct count_entered entered;
    for (size_t i = 0; i < SHEET; i++) {
        size_t n = b->sheet * SHEET + i;
        entries[i] = (struct count_entry){
            .bin = text_printf(c->arena, "A-%02zu-%02zu", b->sheet / 4 + 1, b->sheet % 4 + 1),
            .sku = text_printf(c->arena, "P%05zu", n),
            .condition = -1,
            .quantity = n % 100 == 99 ? 6 : 7,
            .counted_us = NONE};
    }
    return count_enter(c, b->count_id,
                       &(struct count_sheet){.entries = {entries, SHEET}, .bins = {0}}, &entered);
}

static enum err accept_all(struct ctx *c, void *arg)
{
    struct building *b = arg;
    return count_accept(c, b->count_id, &(struct list){0}, &b->decided);
}

TEST_BOTH(complaint, c70_a_count_of_ten_thousand_products_while_orders_move_books_only_what_differs)
{
    struct life l = life_open(w);
    struct building *b = arena_new(&w->arena, struct building, 1);
    b->l = &l;
    CHECK_OK(&w->ctx, db_tx(&w->ctx, fill, b));
    CHECK_OK(&w->ctx, db_tx(&w->ctx, begin, b));
    for (b->sheet = 0; b->sheet < BUILDING / SHEET; b->sheet++)
        CHECK_OK(&w->ctx, db_tx(&w->ctx, count_sheet_in, b));
    /* counted, not accepted yet: meanwhile units leave, also of what differs */
    CHECK_OK(&w->ctx, life_adjust(&l, "P00099", "LON", "A-01-01", 3, ADJUST_USED));
    CHECK_OK(&w->ctx, life_adjust(&l, "P00100", "LON", "A-01-01", 2, ADJUST_USED));
    CHECK_OK(&w->ctx, db_tx(&w->ctx, accept_all, b));
    CHECK_I64(BUILDING / 100, b->decided.accepted);
    CHECK_I64(BUILDING / 100, b->decided.units_lost);
    CHECK_I64(3, cell(&l, b->products[99], 0).on_hand);  /* 7, one not found, 3 used */
    CHECK_I64(5, cell(&l, b->products[100], 0).on_hand); /* 7, 2 used: nothing overwrites that */
    world_audit(w);
}

/* --- 71: alerts ------------------------------------------------------------------------------ */

static enum err watch_mugs(struct ctx *c, void *arg)
{
    struct stock_rule rule;
    return stock_watch(c, *(const int64_t *)arg, 112, NONE, &rule);
}

static int64_t alerts(struct world *w, int64_t *quantity)
{
    struct list events;
    int64_t n = 0;
    CHECK_OK(&w->ctx, event_feed(&w->ctx, 0, 1000, &events));
    struct event *at = events.at;
    for (size_t i = 0; i < events.count; i++) {
        if (at[i].kind != EVENT_STOCK_LOW) continue;
        event_open(&w->arena, &at[i]);
        *quantity = at[i].quantity;
        n++;
    }
    return n;
}

TEST_BOTH(complaint, c71_the_alert_of_low_stock_reads_the_same_number_as_the_screen)
{
    struct life l = life_open(w);
    struct list low;
    int64_t told = NONE;
    CHECK_OK(&w->ctx, db_tx(&w->ctx, watch_mugs, &l.shop.mug));
    life_quiet(&l);
    placed(&l, "MUG", 7); /* of 120 at both sites */
    CHECK_I64(0, alerts(w, &told));
    placed(&l, "MUG", 3);
    CHECK_I64(1, alerts(w, &told));
    CHECK_I64(110, told);
    placed(&l, "MUG", 1);
    CHECK_I64(1, alerts(w, &told)); /* told once */
    CHECK_OK(&w->ctx, store_reader(&w->ctx));
    CHECK_OK(&w->ctx, low_stock(&w->ctx, 0, 10, &low));
    CHECK_I64(1, (int64_t)low.count);
    const struct low_stock *row = low.at;
    CHECK_I64(life_free_units(&l, l.shop.mug, l.shop.london) +
                  life_free_units(&l, l.shop.mug, l.shop.manchester),
              row->available);
    CHECK_OK(&w->ctx, life_receive(&l, "MUG", "LON", "A-01-01", 20));
    placed(&l, "MUG", 20);
    CHECK_I64(2, alerts(w, &told)); /* it was over it in between */
}
