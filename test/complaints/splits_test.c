/* Complaints about other systems that share goods out wrongly, in the words of those who made them:
 * docs/complaints.md lists the numbers. */
#include "base/time.h"
#include "domain/orders/sourcing.h"
#include "domain/people/people.h"
#include "faces/jobs/react.h"
#include "services/stockkeeping/stocking.h"
#include "stages/1_receipt/carts.h"
#include "stages/2_processing/rejecting.h"
#include "test/audit_world.h"
#include "work_fixture.h"

#include <stdio.h>

void wiring_use_drivers(struct ctx *c); /* app/wiring.c */

/* Every reaction and job that is due now. */
static void settle(struct world *w)
{
    wiring_use_drivers(&w->ctx);
    CHECK_OK(&w->ctx, react_until_quiet(&w->ctx));
}

static struct draft two_lines(struct world *w, const char *sku, const char *other)
{
    struct draft d = shop_draft(w, sku, 1);
    struct draft_line *lines = arena_new(&w->arena, struct draft_line, 2);
    lines[0] = lines[1] = *(const struct draft_line *)d.lines.at;
    lines[1].sku = text_of(other);
    d.lines = (struct list){lines, 2};
    return d;
}

static struct outcome place(struct world *w, struct draft d)
{
    struct outcome o = {0};
    shop_place(w, &d, 1, &o);
    return o;
}

static enum err policy_in_tx(struct ctx *c, void *arg)
{
    struct merchant m;
    TRY(merchant_get(c, &m));
    m.stock_policy = *(const int32_t *)arg;
    return merchant_update(c, &m);
}

static void set_policy(struct world *w, enum stock_policy policy)
{
    int32_t word = (int32_t)policy;
    CHECK_OK(&w->ctx, db_tx(&w->ctx, policy_in_tx, &word));
}

struct rejecting {
    int64_t fulfillment_id;
    struct rejection how;
    struct reject_outcome out;
};

static enum err reject_in_tx(struct ctx *c, void *arg)
{
    struct rejecting *r = arg;
    return fulfillment_reject(c, r->fulfillment_id, &r->how, &r->out);
}

static struct reject_outcome reject(struct world *w, int64_t fulfillment_id, int32_t reason)
{
    struct rejecting r = {.fulfillment_id = fulfillment_id, .how = {.reason = reason}};
    CHECK_OK(&w->ctx, db_tx(&w->ctx, reject_in_tx, &r));
    return r.out;
}

struct arrival {
    const char *sku;
    int64_t quantity;
};

static enum err arrive_in_tx(struct ctx *c, void *arg)
{
    const struct arrival *a = arg;
    struct stocking_line l = {
        .sku = text_of(a->sku), .site = T("LON"), .bin = T("A-03-04"), .quantity = a->quantity};
    struct stocking_outcome o;
    return stock_receipt(c, &l, 1, &o);
}

/* Goods come in, and whoever waits is served. */
static void arrive(struct world *w, const char *sku, int64_t quantity)
{
    CHECK_OK(&w->ctx, db_tx(&w->ctx, arrive_in_tx, &(struct arrival){sku, quantity}));
    settle(w);
}

#define OF(table, column, product, site)                                                           \
    text_cstr(&w->arena, text_printf(&w->arena,                                                    \
                                     "SELECT COALESCE(SUM(" column "), 0) FROM " table             \
                                     " WHERE product_id = %lld AND site_id = %lld",                \
                                     (long long)(product), (long long)(site)))

/* --- promises -------------------------------------------------------------------------------- */

TEST_BOTH(complaint, c01_a_bundle_and_its_part_in_one_cart_do_not_sell_the_last_one_twice)
{
    shop_open(w);
    shop_order(w, "MUG", 119); /* one is left, in Manchester */
    struct outcome o = place(w, two_lines(w, "SET", "MUG"));
    CHECK_I64(OK, o.fault.code);
    CHECK_I64(1, o.short_of);
    set_policy(w, STOCK_ALL);
    CHECK_I64(ERR_CONFLICT, place(w, two_lines(w, "MUG", "SET")).fault.code);
    world_audit(w);
}

TEST_BOTH(complaint, c03_a_reserved_counter_that_is_wrong_cannot_fall_below_zero_and_is_found)
{
    struct shop s = shop_open(w);
    shop_order(w, "MUG", 3);
    CHECK(world_script(w, "UPDATE availability SET promised = -1") != OK);
    CHECK_I64(3, world_ask(w, OF("availability", "promised", s.mug, s.london)));
    world_audit(w);
}

TEST_BOTH(complaint, c07_an_order_that_holds_the_last_units_can_be_fulfilled_with_them)
{
    struct shop s = shop_open(w);
    int64_t id = shop_order(w, "MUG", 120);
    CHECK_I64(0, place(w, shop_draft(w, "MUG", 1)).promised);
    CHECK_I64(2, shop_release(w, &id, 1));
    CHECK_I64(120, shop_state(w, id).released);
    CHECK_I64(100, world_ask(w, OF("availability", "promised", s.mug, s.london)));
}

TEST_BOTH(complaint, c11_no_order_is_stored_without_its_promises)
{
    struct draft drafts[40];
    struct outcome outcomes[40];
    shop_open(w);
    for (int i = 0; i < 40; i++) drafts[i] = shop_draft(w, "MUG", 5);
    shop_place(w, drafts, 40, outcomes); /* 120 for 200 */
    CHECK_I64(40, world_ask(w, "SELECT COUNT(*) FROM orders"));
    CHECK_I64(120, world_ask(w, "SELECT SUM(quantity) FROM promise"));
    CHECK_I64(
        0, world_ask(w, "SELECT COUNT(*) FROM order_line l WHERE l.allocated <> (SELECT "
                        "COALESCE(SUM(p.quantity), 0) FROM promise p WHERE p.order_id = l.order_id "
                        "AND p.line_no = l.line_no)"));
    world_audit(w);
}

TEST_BOTH(complaint, c17_nobody_needs_a_button_that_allocates_anew)
{
    shop_open(w);
    int64_t id = shop_order(w, "LAMP", 130);
    CHECK_I64(120, shop_state(w, id).allocated);
    arrive(w, "LAMP", 4);
    CHECK_I64(124, shop_state(w, id).allocated);
    arrive(w, "LAMP", 50);
    CHECK_I64(130, shop_state(w, id).allocated);
    world_audit(w);
}

TEST_BOTH(complaint, c25_the_last_unit_and_a_site_that_would_have_to_wait_is_no_error)
{
    shop_open(w);
    shop_order(w, "LAMP", 119);
    set_policy(w, STOCK_BACKORDER);
    struct outcome o = place(w, shop_draft(w, "LAMP", 2));
    CHECK_I64(OK, o.fault.code);
    CHECK_I64(1, o.promised);
    CHECK_I64(1, o.short_of);
    settle(w);
    CHECK_I64(0, shop_state(w, o.order_id).released); /* it waits for the whole */
    world_audit(w);
}

/* --- sites ----------------------------------------------------------------------------------- */

TEST_BOTH(complaint, c37_a_site_that_gives_work_back_says_why_and_the_stock_follows_the_reason)
{
    static const struct {
        enum reject_reason reason;
        int64_t sellable, is_closed; /* in London, of 100 books */
    } cases[] = {{REJECT_TOO_BUSY, 100, 0}, {REJECT_WRONG_SITE, 100, 0},
                 {REJECT_NOT_FOUND, 0, 0},  {REJECT_DAMAGED, 97, 0},
                 {REJECT_SUSPECT, 97, 0},   {REJECT_NOT_FOR_SALE, 100, 1}};
    struct shop s = shop_open(w);
    static_assert(sizeof cases / sizeof *cases == REJECT_REASON_COUNT, "each reason");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int64_t missing = 100 - world_ask(w, OF("availability", "sellable", s.book, s.london));
        if (missing) work_adjust(w, s.london, s.book, s.bins[0][3], missing);
        int64_t ful = work_order(w, "BOOK", 3);
        CHECK_I64(s.london, work_get(w, ful).site_id);
        struct reject_outcome out = reject(w, ful, (int32_t)cases[i].reason);
        CHECK_I64(3, out.units);
        CHECK_I64(1, out.tasks);
        CHECK_I64(FULFILLMENT_REJECTED, work_get(w, ful).state);
        CHECK_I64(cases[i].sellable,
                  world_ask(w, OF("availability", "sellable", s.book, s.london)));
        CHECK_I64(cases[i].is_closed,
                  world_ask(w, OF("availability", "is_closed", s.book, s.london)));
        settle(w);
        int64_t id = work_get(w, ful).order_id;
        CHECK_I64(3, shop_state(w, id).released); /* by the other site */
        CHECK_I64(3 * (int64_t)(i + 1),
                  world_ask(w, OF("availability", "promised", s.book, s.manchester)));
        CHECK_I64(1, work_events(w, id, "fulfillment.rejected"));
        world_audit(w);
    }
    CHECK_I64(3, world_ask(w, "SELECT SUM(on_hand) FROM stock WHERE condition = 1"));
    CHECK_I64(3, world_ask(w, "SELECT SUM(on_hand) FROM stock WHERE condition = 2"));
}

/* --- carts ----------------------------------------------------------------------------------- */

struct reserving {
    struct cart_draft in;
    struct cart_outcome out;
};

static enum err reserve_in_tx(struct ctx *c, void *arg)
{
    struct reserving *r = arg;
    return cart_reserve(c, &r->in, &r->out);
}

static enum err reserve(struct world *w, const char *who, const char *sku, int64_t quantity,
                        struct cart_outcome *out)
{
    struct cart_want *line = arena_new(&w->arena, struct cart_want, 1);
    *line = (struct cart_want){text_of(sku), quantity};
    struct reserving r = {.in = {.reference = text_of(who), .minutes = NONE, .lines = {line, 1}}};
    w->ctx.fault = (struct fault){0};
    enum err e = db_tx(&w->ctx, reserve_in_tx, &r);
    *out = r.out;
    return e;
}

static void pass(struct world *w, int64_t minutes)
{
    source_advance_us(&w->source, minutes * MINUTE_US);
    w->ctx.now_us = source_now_us(&w->source);
    settle(w);
}

TEST_BOTH(complaint, c23_a_hold_has_one_clock_and_nobody_resets_it)
{
    struct shop s = shop_open(w);
    struct cart_outcome cart;
    CHECK_OK(&w->ctx, reserve(w, "ada", "MUG", 120, &cart));
    CHECK_I64(w->ctx.now_us + 15 * MINUTE_US, cart.cart.expires_us);
    CHECK_I64(0, place(w, shop_draft(w, "MUG", 1)).promised); /* set aside is set aside */
    pass(w, 14);
    CHECK_I64(100, world_ask(w, OF("availability", "promised", s.mug, s.london)));
    world_audit(w);
    pass(w, 2);
    CHECK_I64(1, world_ask(w, OF("availability", "promised", s.mug, s.london))); /* to who waited */
    CHECK_I64(1, world_ask(w, "SELECT COUNT(*) FROM cart WHERE state = 2"));
    world_audit(w);
}

TEST_BOTH(complaint, c24_a_shopper_is_not_locked_out_by_his_own_stale_hold)
{
    shop_open(w);
    struct cart_outcome first, again, other;
    CHECK_OK(&w->ctx, reserve(w, "ada", "MUG", 120, &first));
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "insufficient_stock", reserve(w, "bob", "MUG", 1, &other));
    CHECK_OK(&w->ctx, reserve(w, "ada", "MUG", 120, &again));
    CHECK(again.is_replacing);
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "insufficient_stock", reserve(w, "bob", "MUG", 1, &other));
    /* what cannot be had leaves the old hold as it was */
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "insufficient_stock", reserve(w, "ada", "MUG", 121, &other));
    CHECK_I64(1, world_ask(w, "SELECT COUNT(*) FROM cart WHERE state = 0"));
    world_audit(w);
}

TEST_BOTH(complaint, c60_a_webhook_and_a_browser_complete_one_cart_and_make_one_order)
{
    struct shop s = shop_open(w);
    struct cart_outcome cart;
    CHECK_OK(&w->ctx, reserve(w, "ada", "MUG", 120, &cart));
    struct draft d[2] = {shop_draft(w, "MUG", 120), shop_draft(w, "MUG", 120)};
    struct outcome o[2];
    d[0].cart_id = d[1].cart_id = cart.cart.cart_id;
    shop_place(w, d, 2, o); /* at once */
    CHECK_I64(OK, o[0].fault.code);
    CHECK_I64(120, o[0].promised);
    CHECK_TEXT("cart_ordered", text_of(o[1].fault.reason));
    struct outcome late = place(w, d[1]); /* and later */
    CHECK_TEXT("cart_ordered", text_of(late.fault.reason));
    CHECK_I64(1, world_ask(w, "SELECT COUNT(*) FROM orders"));
    CHECK_I64(100, world_ask(w, OF("availability", "promised", s.mug, s.london)));
    world_audit(w);
}
