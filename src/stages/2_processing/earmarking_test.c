/* Who waits is promised what suppliers bring, told the day, and served first when it is there. */
#include "stages/2_processing/earmarking.h"

#include "domain/inventory/earmark.h"
#include "domain/inventory/preorder.h"
#include "domain/orders/told_date.h"
#include "domain/sites/site.h"
#include "services/stockkeeping/goods_in.h"
#include "services/stockkeeping/putting_away.h"
#include "test/audit_world.h"
#include "test/sim/life.h"

enum { WEEK = 7 };

/* --- deliveries ------------------------------------------------------------------------------ */

struct coming {
    struct asn_draft draft;
    struct asn_line_draft line;
    struct asn_fix fix;
    struct asn_line_fix fixed;
    struct arrival arrival;
    struct arrived arrived;
    int64_t put_away, scrapped;
    struct asn asn;
};

static enum err announce_in_tx(struct ctx *c, void *arg)
{
    struct coming *k = arg;
    return asn_announce(c, &k->draft, &k->asn);
}
static enum err change_in_tx(struct ctx *c, void *arg)
{
    struct coming *k = arg;
    return asn_change(c, k->asn.asn_id, &k->fix, &k->asn);
}
static enum err receive_in_tx(struct ctx *c, void *arg)
{
    struct coming *k = arg;
    return asn_receive(c, k->asn.asn_id, &k->arrival, 1, &k->arrived);
}
static enum err close_in_tx(struct ctx *c, void *arg)
{
    struct coming *k = arg;
    return asn_close(c, k->asn.asn_id, &k->asn);
}
static enum err call_off_in_tx(struct ctx *c, void *arg)
{
    struct coming *k = arg;
    return asn_call_off(c, k->asn.asn_id, &k->asn);
}

static void act(struct life *l, struct coming *k, work_fn *work)
{
    CHECK_OK(&l->w->ctx, db_tx(&l->w->ctx, work, k));
    if (!l->is_busy) life_quiet(l);
}

static int64_t in_days(struct life *l, int64_t days) { return day_of_us(l->w->ctx.now_us) + days; }

/* Lamps, at London unless said otherwise. */
static struct coming *announce(struct life *l, const char *reference, int64_t units, int64_t day,
                               const char *site)
{
    struct coming *k = arena_new(&l->w->arena, struct coming, 1);
    k->line = (struct asn_line_draft){.sku = T("LAMP"), .quantity = units};
    k->draft = (struct asn_draft){.site = text_of(site),
                                  .supplier = T("Lumen"),
                                  .reference = text_of(reference),
                                  .expected_day = day,
                                  .lines = {&k->line, 1}};
    act(l, k, announce_in_tx);
    return k;
}

static void change_day(struct life *l, struct coming *k, int64_t day)
{
    k->fix = (struct asn_fix){.expected_day = day, .has_no_day = day == NONE};
    act(l, k, change_in_tx);
}

static void change_units(struct life *l, struct coming *k, int64_t units)
{
    k->fixed = (struct asn_line_fix){.line_no = 1, .quantity = units};
    k->fix = (struct asn_fix){.expected_day = NONE, .lines = {&k->fixed, 1}};
    act(l, k, change_in_tx);
}

enum { CONDITION_ANY = -1 }; /* what the bin is for */

static void receive_in(struct life *l, struct coming *k, const char *bin, int64_t units,
                       int32_t condition)
{
    k->arrival = (struct arrival){.sku = T("LAMP"),
                                  .bin = text_of(bin),
                                  .quantity = units,
                                  .expiry_day = NONE,
                                  .condition = condition};
    act(l, k, receive_in_tx);
}

static void receive(struct life *l, struct coming *k, int64_t units, enum stock_condition condition)
{
    receive_in(l, k, "A-03-04", units, (int32_t)condition);
}

static enum err put_away_in_tx(struct ctx *c, void *arg)
{
    struct coming *k = arg;
    struct stock_task done;
    struct stock_task_scan scan = {k->arrived.task_id, k->put_away, T("A-03-04"), {0}, PICKER};
    return stock_task_confirm(c, &scan, &done);
}

static void put_away(struct life *l, struct coming *k, int64_t units)
{
    k->put_away = units;
    act(l, k, put_away_in_tx);
}

/* Out of what came in and was not put away. */
static enum err lose_in_tx(struct ctx *c, void *arg)
{
    const struct coming *k = arg;
    struct list bins;
    struct text code = T("A-03-03");
    TRY(bins_by_codes(c, &k->asn.site_id, 1, &code, 1, &bins));
    struct cell bin = {((const struct bin *)bins.at)->bin_id, k->asn.site_id, T(""),
                       CONDITION_INBOUND};
    TRY(stock_correct(c, k->arrived.product_id, bin, -k->scrapped, STOCK_LOST, NONE));
    return event_put(c, EVENT_STOCK_ADJUSTED, NONE, k->arrived.product_id,
                     EVENT_BODY(.quantity = -k->scrapped, .word = T("lost")));
}

/* --- orders ---------------------------------------------------------------------------------- */

static int64_t lamps(struct life *l, int64_t units)
{
    struct draft d = shop_draft(l->w, "LAMP", units);
    d.customer_email = T("ada@example.org");
    int64_t id = life_place(l, &d);
    CHECK(id != 0);
    return id;
}

static struct life sold_out(struct world *w)
{
    struct life l = life_open(w);
    lamps(&l, 120);
    return l;
}

static struct list told_of(struct life *l, int64_t order_id)
{
    struct list told;
    CHECK_OK(&l->w->ctx, store_reader(&l->w->ctx));
    CHECK_OK(&l->w->ctx, told_dates_of(&l->w->ctx, &order_id, 1, &told));
    return told;
}

/* The day that all of what waits has; NONE when some of it has none. */
static int64_t day_of(struct life *l, int64_t order_id)
{
    struct list told = told_of(l, order_id);
    const struct told_date *at = told.at;
    int64_t day = 0;
    for (size_t i = 0; i < told.count; i++) {
        if (at[i].day == NONE) return NONE;
        if (at[i].day > day) day = at[i].day;
    }
    return day;
}

static int64_t dated_units(struct life *l, int64_t order_id)
{
    struct list told = told_of(l, order_id);
    const struct told_date *at = told.at;
    int64_t units = 0;
    for (size_t i = 0; i < told.count; i++) units += at[i].day == NONE ? 0 : at[i].units;
    return units;
}

/* --- promised -------------------------------------------------------------------------------- */

TEST_BOTH(earmarking, who_waits_is_told_the_day_of_the_delivery_when_he_orders)
{
    struct life l = sold_out(w);
    announce(&l, "L-1", 5, in_days(&l, WEEK), "LON");
    int64_t first = lamps(&l, 3);
    CHECK_I64(3, l.placed.earmarked);
    CHECK(l.placed.earmarked_day > in_days(&l, WEEK));
    CHECK(l.placed.earmarked_day < in_days(&l, WEEK + 10));
    int64_t second = lamps(&l, 4);
    CHECK_I64(2, l.placed.earmarked);
    CHECK_I64(4, l.placed.short_of);
    CHECK_I64(day_of(&l, first), l.placed.earmarked_day);
    CHECK_I64(NONE, day_of(&l, second));
    CHECK_I64(2, dated_units(&l, second));
    world_audit(w);
}

TEST_BOTH(earmarking, a_delivery_announced_later_gives_days_to_those_who_wait_oldest_first)
{
    struct life l = sold_out(w);
    int64_t first = lamps(&l, 3), second = lamps(&l, 3);
    CHECK_I64(NONE, day_of(&l, first));
    announce(&l, "L-1", 4, in_days(&l, WEEK), "LON");
    CHECK(day_of(&l, first) != NONE);
    CHECK_I64(1, dated_units(&l, second));
    CHECK_I64(1, life_told(&l, first, EVENT_ORDER_DATED));
    CHECK_I64(1, life_mails(&l, first, MESSAGE_DATED));
    announce(&l, "L-2", 40, in_days(&l, 2 * WEEK), "LON"); /* of several for one line */
    CHECK(day_of(&l, second) > day_of(&l, first));
    CHECK_I64(1, life_mails(&l, first, MESSAGE_DATED)); /* nothing new for him */
    world_audit(w);
}

TEST_BOTH(earmarking, urgent_orders_come_before_older_ones)
{
    struct life l = sold_out(w);
    int64_t first = lamps(&l, 3);
    struct draft d = shop_draft(w, "LAMP", 3);
    d.priority = 10;
    int64_t urgent = life_place(&l, &d);
    struct coming *k = announce(&l, "L-1", 3, in_days(&l, WEEK), "LON");
    CHECK(day_of(&l, urgent) != NONE);
    CHECK_I64(NONE, day_of(&l, first));
    receive(&l, k, 3, CONDITION_SELLABLE);
    CHECK_I64(3, shop_state(w, urgent).allocated);
    CHECK_I64(0, shop_state(w, first).allocated);
    world_audit(w);
}

/* --- it comes otherwise ---------------------------------------------------------------------- */

TEST_BOTH(earmarking, another_day_of_the_delivery_is_told_to_everybody_who_waits_for_it_once)
{
    struct life l = sold_out(w);
    struct coming *k = announce(&l, "L-1", 10, in_days(&l, WEEK), "LON");
    int64_t first = lamps(&l, 3), second = lamps(&l, 4), before = day_of(&l, first);
    change_day(&l, k, in_days(&l, 3 * WEEK));
    CHECK(day_of(&l, first) >= before + 2 * WEEK);
    CHECK_I64(day_of(&l, first), day_of(&l, second));
    CHECK_I64(1, life_mails(&l, first, MESSAGE_DELAYED));
    CHECK_I64(1, life_mails(&l, second, MESSAGE_DELAYED));
    change_day(&l, k, in_days(&l, WEEK));
    CHECK_I64(before, day_of(&l, first));
    CHECK_I64(1, life_mails(&l, first, MESSAGE_DATED));
    change_day(&l, k, NONE);
    CHECK_I64(NONE, day_of(&l, first));
    CHECK_I64(2, life_mails(&l, first, MESSAGE_DELAYED));
    world_audit(w);
}

TEST_BOTH(earmarking, when_less_comes_the_last_go_to_the_next_delivery_or_have_no_day)
{
    struct life l = sold_out(w);
    struct coming *k = announce(&l, "L-1", 10, in_days(&l, WEEK), "LON");
    int64_t first = lamps(&l, 4), second = lamps(&l, 4), third = lamps(&l, 2);
    struct coming *next = announce(&l, "L-2", 3, in_days(&l, 2 * WEEK), "LON");
    int64_t early = day_of(&l, first);
    change_units(&l, k, 4);
    CHECK_I64(early, day_of(&l, first));
    CHECK_I64(0, life_mails(&l, first, MESSAGE_DELAYED));
    CHECK_I64(3, dated_units(&l, second));
    CHECK_I64(0, dated_units(&l, third));
    CHECK_I64(1, life_mails(&l, third, MESSAGE_DELAYED));
    change_units(&l, k, 10);
    CHECK_I64(early, day_of(&l, second));
    CHECK_I64(early, day_of(&l, third));
    act(&l, next, call_off_in_tx); /* nobody waited for it any more */
    CHECK_I64(1, life_mails(&l, second, MESSAGE_DELAYED));
    k->fixed = (struct asn_line_fix){.line_no = 1, .quantity = 10};
    receive(&l, k, 4, CONDITION_SELLABLE);
    k->fixed.quantity = 3;
    k->fix = (struct asn_fix){.expected_day = NONE, .lines = {&k->fixed, 1}};
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "below_received", db_tx(&w->ctx, change_in_tx, k));
    world_audit(w);
}

TEST_BOTH(earmarking, a_delivery_that_is_called_off_leaves_its_orders_to_the_next_or_without_a_day)
{
    struct life l = sold_out(w);
    struct coming *k = announce(&l, "L-1", 5, in_days(&l, WEEK), "LON");
    int64_t first = lamps(&l, 3), second = lamps(&l, 2), early = day_of(&l, first);
    announce(&l, "L-2", 3, in_days(&l, 2 * WEEK), "LON");
    act(&l, k, call_off_in_tx);
    CHECK(day_of(&l, first) > early);
    CHECK_I64(NONE, day_of(&l, second));
    CHECK_I64(1, life_mails(&l, first, MESSAGE_DELAYED));
    CHECK_I64(1, life_mails(&l, second, MESSAGE_DELAYED));
    world_audit(w);
}

/* --- it came --------------------------------------------------------------------------------- */

TEST_BOTH(earmarking, what_came_goes_to_those_it_was_promised_to_and_to_nobody_else)
{
    struct life l = sold_out(w);
    struct coming *k = announce(&l, "L-1", 3, in_days(&l, WEEK), "LON");
    int64_t first = lamps(&l, 3), second = lamps(&l, 2);
    receive(&l, k, 2, CONDITION_SELLABLE);
    CHECK_I64(2, shop_state(w, first).allocated);
    CHECK_I64(0, shop_state(w, second).allocated);
    receive(&l, k, 1, CONDITION_SELLABLE);
    CHECK_I64(3, shop_state(w, first).allocated);
    CHECK_I64(0, told_of(&l, first).count ? 1 : 0); /* it waits for nothing */
    CHECK_I64(0, shop_state(w, second).allocated);
    receive(&l, k, 5, CONDITION_SELLABLE); /* more than announced */
    CHECK_I64(2, shop_state(w, second).allocated);
    act(&l, k, close_in_tx);
    world_audit(w);
}

TEST_BOTH(earmarking, until_it_is_put_away_nobody_is_served_out_of_turn)
{
    struct life l = sold_out(w);
    struct coming *k = announce(&l, "L-1", 6, in_days(&l, WEEK), "LON");
    int64_t first = lamps(&l, 4), second = lamps(&l, 2);
    CHECK_OK(&w->ctx, world_script(w, "UPDATE bin SET kind = 2 WHERE code = 'A-03-03'"));
    receive_in(&l, k, "A-03-03", 6, CONDITION_ANY);
    CHECK_I64(0, shop_state(w, first).allocated);
    CHECK_I64(4, dated_units(&l, first));
    CHECK_I64(6, world_ask(w, "SELECT sum(earmarked) AS n FROM availability"));
    CHECK_I64(0, life_mails(&l, first, MESSAGE_DELAYED));
    l.is_busy = true;
    put_away(&l, k, 3);
    int64_t third = lamps(&l, 1); /* who comes at that very moment gets nothing of it */
    CHECK_I64(0, shop_state(w, third).allocated);
    l.is_busy = false;
    life_quiet(&l);
    CHECK_I64(3, shop_state(w, first).allocated);
    CHECK_I64(0, shop_state(w, third).allocated);
    world_audit(w);
    put_away(&l, k, 3);
    CHECK_I64(4, shop_state(w, first).allocated);
    CHECK_I64(2, shop_state(w, second).allocated);
    CHECK_I64(0, shop_state(w, third).allocated);
    CHECK_I64(0, world_ask(w, "SELECT sum(earmarked) AS n FROM availability"));
    world_audit(w);
}

TEST_BOTH(earmarking, what_gets_lost_in_the_house_is_waited_for_anew)
{
    struct life l = sold_out(w);
    struct coming *k = announce(&l, "L-1", 6, in_days(&l, WEEK), "LON");
    int64_t first = lamps(&l, 4), second = lamps(&l, 2);
    CHECK_OK(&w->ctx, world_script(w, "UPDATE bin SET kind = 2 WHERE code = 'A-03-03'"));
    receive_in(&l, k, "A-03-03", 6, CONDITION_ANY);
    k->scrapped = 2;
    act(&l, k, lose_in_tx);
    CHECK_I64(NONE, day_of(&l, second));
    CHECK_I64(1, life_mails(&l, second, MESSAGE_DELAYED));
    CHECK_I64(0, life_mails(&l, first, MESSAGE_DELAYED));
    CHECK_I64(4, world_ask(w, "SELECT sum(earmarked) AS n FROM availability"));
    put_away(&l, k, 4);
    CHECK_I64(4, shop_state(w, first).allocated);
    world_audit(w);
}

TEST_BOTH(earmarking, what_came_broken_is_waited_for_with_the_next_delivery)
{
    struct life l = sold_out(w);
    struct coming *k = announce(&l, "L-1", 5, in_days(&l, WEEK), "LON");
    int64_t first = lamps(&l, 3), second = lamps(&l, 2), early = day_of(&l, first);
    announce(&l, "L-2", 2, in_days(&l, 2 * WEEK), "LON");
    receive(&l, k, 2, CONDITION_DAMAGED);
    CHECK_I64(early, day_of(&l, first));
    CHECK(day_of(&l, second) > early);
    CHECK_I64(1, life_mails(&l, second, MESSAGE_DELAYED));
    receive(&l, k, 3, CONDITION_SELLABLE);
    CHECK_I64(3, shop_state(w, first).allocated);
    world_audit(w);
}

TEST_BOTH(earmarking, what_is_found_in_the_house_serves_who_waits_and_frees_the_delivery_for_others)
{
    struct life l = sold_out(w);
    announce(&l, "L-1", 3, in_days(&l, WEEK), "LON");
    int64_t first = lamps(&l, 3), second = lamps(&l, 2);
    CHECK_I64(NONE, day_of(&l, second));
    CHECK_OK(&w->ctx, life_receive(&l, "LAMP", "LON", "A-03-04", 3));
    CHECK_I64(3, shop_state(w, first).allocated);
    CHECK(day_of(&l, second) != NONE);
    world_audit(w);
}

TEST_BOTH(earmarking, a_line_is_sent_from_where_its_delivery_comes_in)
{
    struct life l = sold_out(w);
    struct coming *k = announce(&l, "M-1", 3, in_days(&l, WEEK), "MAN");
    int64_t first = lamps(&l, 3);
    receive(&l, k, 3, CONDITION_SELLABLE);
    CHECK_I64(3, shop_state(w, first).allocated);
    CHECK_I64(l.shop.manchester, life_fulfillment(&l, first, 0).site_id);
    world_audit(w);
}

/* --- it is not wanted ------------------------------------------------------------------------ */

TEST_BOTH(earmarking, what_is_cancelled_is_there_for_the_next_who_waits)
{
    struct life l = sold_out(w);
    announce(&l, "L-1", 4, in_days(&l, WEEK), "LON");
    int64_t first = lamps(&l, 4), second = lamps(&l, 3);
    struct cancel_line some = {.line_no = 1, .quantity = 1};
    CHECK_OK(&w->ctx, life_cancel_lines(&l, first, &some, 1, "fewer"));
    CHECK_I64(3, dated_units(&l, first) - 1); /* told of four once, and that stays true */
    CHECK_I64(1, dated_units(&l, second));
    CHECK_OK(&w->ctx, life_cancel(&l, first, "no more"));
    CHECK(day_of(&l, second) != NONE);
    CHECK_I64(2, life_mails(&l, second, MESSAGE_DATED) + life_mails(&l, second, MESSAGE_DELAYED));
    CHECK_I64(3, world_ask(w, "SELECT sum(earmarked) AS n FROM asn_line"));
    world_audit(w);
}

static enum err sell_ahead(struct ctx *c, void *arg)
{
    const struct shop *s = arg;
    return preorder_put(c,
                        &(struct preorder){.product_id = s->lamp, .cap = 5, .release_day = NONE});
}

TEST_BOTH(earmarking, what_is_sold_ahead_is_counted_once_whether_a_delivery_brings_it_or_not)
{
    struct life l = sold_out(w);
    CHECK_OK(&w->ctx, db_tx(&w->ctx, sell_ahead, &l.shop));
    announce(&l, "L-1", 2, in_days(&l, WEEK), "LON");
    int64_t id = lamps(&l, 3);
    CHECK_I64(2, dated_units(&l, id));
    CHECK_I64(3, world_ask(w, "SELECT taken AS n FROM preorder"));
    CHECK_OK(&w->ctx, life_cancel(&l, id, "no more"));
    CHECK_I64(0, world_ask(w, "SELECT taken AS n FROM preorder"));
    CHECK_I64(0, world_ask(w, "SELECT sum(earmarked) AS n FROM asn_line"));
    world_audit(w);
}

/* --- never twice ----------------------------------------------------------------------------- */

struct too_much {
    struct earmark_change wanted;
    enum err result;
};

/* The answer is kept, so that nobody tries again. */
static enum err claim_in_tx(struct ctx *c, void *arg)
{
    struct too_much *k = arg;
    k->result = earmarks_save(c, &k->wanted, 1);
    return fail(c, ERR_CONFLICT, "looked", "only to see");
}

TEST_BOTH(earmarking, units_of_a_delivery_are_promised_once_whoever_asks)
{
    struct life l = sold_out(w);
    struct coming *k = announce(&l, "L-1", 5, in_days(&l, WEEK), "LON");
    int64_t first = lamps(&l, 3), second = lamps(&l, 9);
    struct too_much more = {.wanted = {.after = {.merchant_id = w->ctx.merchant_id,
                                                 .order_id = second,
                                                 .line_no = 1,
                                                 .asn_id = k->asn.asn_id,
                                                 .asn_line = 1,
                                                 .product_id = l.shop.lamp,
                                                 .site_id = l.shop.london,
                                                 .units = 1,
                                                 .expected_day = NONE,
                                                 .promised_day = NONE}}};
    CHECK(db_tx(&w->ctx, claim_in_tx, &more) == ERR_CONFLICT);
    CHECK_I64(ERR_BUSY, more.result);
    CHECK_I64(3, dated_units(&l, first));
    world_audit(w);
}

struct together {
    struct draft drafts[2];
    struct outcome out[2];
};
static enum err place_in_tx(struct ctx *c, void *arg)
{
    struct together *k = arg;
    return receipt_place(c, k->drafts, 2, k->out);
}

TEST_BOTH(earmarking, orders_of_one_batch_share_what_a_delivery_brings)
{
    struct life l = sold_out(w);
    announce(&l, "L-1", 5, in_days(&l, WEEK), "LON");
    struct together k = {.drafts = {shop_draft(w, "LAMP", 3), shop_draft(w, "LAMP", 4)}};
    CHECK_OK(&w->ctx, db_tx(&w->ctx, place_in_tx, &k));
    CHECK_I64(3, k.out[0].earmarked);
    CHECK_I64(2, k.out[1].earmarked);
    life_quiet(&l);
    world_audit(w);
}

TEST_BOTH(earmarking, what_a_site_keeps_back_is_filled_up_before_who_waits_is_promised_any)
{
    struct life l = sold_out(w);
    CHECK_OK(&w->ctx, world_script(w, "UPDATE availability SET safety = 2 WHERE sellable = 100 "
                                      "AND promised = 100"));
    struct coming *k = announce(&l, "L-1", 5, in_days(&l, WEEK), "LON");
    int64_t id = lamps(&l, 4);
    CHECK_I64(3, l.placed.earmarked);
    receive(&l, k, 5, CONDITION_SELLABLE);
    CHECK_I64(3, shop_state(w, id).allocated);
    world_audit(w);
}

TEST_BOTH(earmarking, a_part_that_comes_sooner_is_good_news_and_a_part_that_comes_later_is_not)
{
    struct life l = sold_out(w);
    announce(&l, "L-2", 6, in_days(&l, 2 * WEEK), "LON");
    int64_t first = lamps(&l, 6), last = day_of(&l, first);
    CHECK_I64(0, life_told(&l, first, EVENT_ORDER_DATED));
    struct coming *k = announce(&l, "L-1", 3, in_days(&l, WEEK), "LON");
    CHECK_I64(last, day_of(&l, first));
    CHECK_I64(1, life_mails(&l, first, MESSAGE_DATED));
    act(&l, k, call_off_in_tx);
    CHECK_I64(last, day_of(&l, first));
    CHECK_I64(1, life_mails(&l, first, MESSAGE_DATED));
    CHECK_I64(1, life_mails(&l, first, MESSAGE_DELAYED));
    world_audit(w);
}

TEST_BOTH(earmarking, who_orders_more_of_what_nobody_brings_is_told_nothing_new)
{
    struct life l = sold_out(w);
    int64_t id = lamps(&l, 2);
    struct change_line more = {.line_no = 1,
                               .parent_line = NONE,
                               .quantity = 3,
                               .unit_price.minor = NONE,
                               .discount.minor = NONE};
    struct order_change in = {
        .lines = {&more, 1}, .method = -1, .wish_day = NONE, .shipping.minor = NONE};
    CHECK_OK(&w->ctx, life_change(&l, id, &in));
    CHECK_I64(NONE, day_of(&l, id));
    CHECK_I64(0, life_told(&l, id, EVENT_ORDER_DATED));
    world_audit(w);
}

/* --- cost ------------------------------------------------------------------------------------ */

TEST_BOTH(earmarking, statements_do_not_grow_with_the_orders_that_wait)
{
    struct life l = sold_out(w);
    struct coming *k = announce(&l, "L-1", 400, in_days(&l, WEEK), "LON");
    int64_t spent[2];
    const size_t waiting[2] = {2, 30};
    for (size_t round = 0; round < 2; round++) {
        for (size_t i = 0; i < waiting[round]; i++) {
            struct draft d = shop_draft(w, "LAMP", 1); /* without an address to write to */
            CHECK(life_place(&l, &d) != 0);
        }
        k->fix = (struct asn_fix){.expected_day = in_days(&l, (int64_t)(round + 2) * WEEK)};
        CHECK_OK(&w->ctx, db_tx(&w->ctx, change_in_tx, k));
        int64_t before = store_queries(w->store);
        life_quiet(&l);
        spent[round] = store_queries(w->store) - before;
    }
    CHECK_I64(spent[0], spent[1]);
}
