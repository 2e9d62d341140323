/* What a customer's confirmation and a cancellation do to an order and to all that hangs on it. */
#include "stages/2_processing/confirming.h"

#include "base/time.h"
#include "domain/customers/customer.h"
#include "domain/events/job.h"
#include "domain/inventory/stock.h"
#include "domain/orders/package.h"
#include "domain/orders/work.h"
#include "domain/payments/payment.h"
#include "domain/people/people.h"
#include "shop.h"
#include "stages/2_processing/cancelling.h"

static enum err ask_in_tx(struct ctx *c, void *arg)
{
    int64_t order_id = *(int64_t *)arg, hold_id;
    struct event asked = {.kind = EVENT_ORDER_CONFIRM_ASKED, .order_id = order_id, .at_us = 7};
    TRY(hold_put(c, order_id, HOLD_CONFIRMATION, (struct text){0}, 0, NONE, &hold_id));
    TRY(confirm_on_asked(c, &asked, 1));
    return confirm_on_asked(c, &asked, 1); /* a replay */
}

static int64_t asked_order(struct world *w, const char *sku, int64_t quantity)
{
    int64_t id = shop_order(w, sku, quantity);
    CHECK_OK(&w->ctx, db_tx(&w->ctx, ask_in_tx, &id));
    return id;
}

struct answering {
    struct confirm_answer in;
    struct confirm_outcome out;
};

static enum err answer_in_tx(struct ctx *c, void *arg)
{
    struct answering *a = arg;
    return confirm_answer(c, &a->in, &a->out);
}

static enum err answer(struct world *w, struct answering *a)
{
    return db_tx(&w->ctx, answer_in_tx, a);
}

static struct answering yes(int64_t order_id)
{
    return (struct answering){.in = {.order_id = order_id, .is_by_link = true, .wish_day = NONE}};
}

struct cancel {
    int64_t order_id;
    struct text reason;
    struct cancel_outcome out;
};

static enum err cancel_in_tx(struct ctx *c, void *arg)
{
    struct cancel *k = arg;
    return order_cancel(c, k->order_id, k->reason, &k->out);
}

static struct address address_now(struct world *w, int64_t order_id)
{
    struct order order = {0};
    struct address a = {0};
    CHECK_OK(&w->ctx, store_reader(&w->ctx));
    CHECK_OK(&w->ctx, order_get(&w->ctx, order_id, &order));
    CHECK_OK(&w->ctx, address_get(&w->ctx, order.ship_to_id, &a));
    return a;
}

static int64_t count_events(struct world *w, int64_t order_id, enum event_kind kind)
{
    struct list events = {0};
    int64_t n = 0;
    CHECK_OK(&w->ctx, store_reader(&w->ctx));
    CHECK_OK(&w->ctx, event_timeline(&w->ctx, order_id, &events));
    for (size_t i = 0; i < events.count; i++)
        n += ((const struct event *)events.at)[i].kind == (int32_t)kind;
    return n;
}

/* --- confirming ------------------------------------------------------------------------------ */

TEST_BOTH(confirming, a_yes_lets_the_order_go)
{
    shop_open(w);
    int64_t id = asked_order(w, "MUG", 2);
    CHECK_I64(0, shop_release(w, &id, 1));
    struct answering a = yes(id);
    a.in.words = T("  all good  ");
    CHECK_OK(&w->ctx, answer(w, &a));
    CHECK_I64(1, a.out.holds_released);
    CHECK(!a.out.is_redirected && !a.out.is_rescheduled);
    CHECK_I64(0, shop_state(w, id).holds);
    CHECK_I64(1, shop_release(w, &id, 1));
    struct confirmation row = {0};
    bool found = false;
    CHECK_OK(&w->ctx, confirmation_find(&w->ctx, id, &row, &found));
    CHECK(found && row.answered_us == w->ctx.now_us && row.answered_by == NONE);
    CHECK_I64(7, row.asked_us);
    CHECK_TEXT("all good", row.words);
    CHECK_I64(1, count_events(w, id, EVENT_ORDER_CONFIRMED));
    CHECK_I64(1, count_events(w, id, EVENT_ORDER_FREED));
    CHECK_I64(0, count_events(w, id, EVENT_ORDER_CHANGED));
}

TEST_BOTH(confirming, the_first_answer_counts)
{
    shop_open(w);
    int64_t id = asked_order(w, "MUG", 1), other = shop_order(w, "BOOK", 1);
    struct answering a = yes(id), b = yes(other);
    CHECK_OK(&w->ctx, answer(w, &a));
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "confirmed", answer(w, &a));
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "not_asked", answer(w, &b));
    b.in.order_id = 12345;
    CHECK_FAULT(&w->ctx, ERR_NOT_FOUND, "order_not_found", answer(w, &b));
}

TEST_BOTH(confirming, a_corrected_address_is_a_new_row_that_open_work_follows)
{
    shop_open(w);
    int64_t id = shop_order(w, "MUG", 1);
    CHECK_I64(1, shop_release(w, &id, 1));
    CHECK_OK(&w->ctx, db_tx(&w->ctx, ask_in_tx, &id));
    struct address old = address_now(w, id);
    struct postal_address at = {.recipient = T("Ada Byron"),
                                .line1 = T("12 St James's Square"),
                                .city = T("London"),
                                .postal_code = T("sw1y4jh"),
                                .country = T("GB")};
    struct answering a = yes(id);
    a.in.ship_to = &at;
    a.in.instructions = T("Ring twice");
    a.in.wish_day = day_of_us(w->ctx.now_us) + 3;
    CHECK_OK(&w->ctx, answer(w, &a));
    CHECK(a.out.is_redirected && a.out.is_rescheduled);
    struct address now = address_now(w, id);
    CHECK(now.address_id != old.address_id);
    CHECK_TEXT("SW1Y 4JH", now.at.postal_code);
    CHECK_TEXT("Ring twice", now.at.instructions);
    struct address kept = {0};
    CHECK_OK(&w->ctx, address_get(&w->ctx, old.address_id, &kept));
    CHECK_TEXT("10 King Street", kept.at.line1);
    struct list work;
    CHECK_OK(&w->ctx, fulfillments_of_orders(&w->ctx, &id, 1, &work));
    const struct fulfillment *f = work.at;
    CHECK_I64(now.address_id, f->ship_to_id);
    CHECK_I64(2, f->version);
    CHECK_I64(2, count_events(w, id, EVENT_ORDER_CHANGED));
}

TEST_BOTH(confirming, a_wrong_answer_says_where_and_changes_nothing)
{
    shop_open(w);
    int64_t id = asked_order(w, "MUG", 1);
    struct address old = address_now(w, id);
    struct postal_address at = old.at;
    struct answering a = yes(id);
    a.in.ship_to = &at;
    at.postal_code = T("nowhere");
    CHECK_FAULT(&w->ctx, ERR_INVALID, "postal_code_invalid", answer(w, &a));
    CHECK_TEXT("ship_to.postal_code", text_of(w->ctx.fault.field));
    at = old.at;
    at.country = T("FR");
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "country_fixed", answer(w, &a));
    a = yes(id);
    a.in.wish_day = day_of_us(w->ctx.now_us) - 1;
    CHECK_FAULT(&w->ctx, ERR_INVALID, "wish_date_passed", answer(w, &a));
    CHECK_I64(1, shop_state(w, id).holds);
    CHECK_I64(old.address_id, address_now(w, id).address_id);
    a = yes(id);
    CHECK_OK(&w->ctx, answer(w, &a));
}

static enum err label_in_tx(struct ctx *c, void *arg)
{
    const struct fulfillment *f = arg;
    struct package p = {.merchant_id = c->merchant_id,
                        .package_id = source_id(c->source),
                        .fulfillment_id = f->fulfillment_id,
                        .order_id = f->order_id,
                        .site_id = f->site_id,
                        .state = PACKAGE_SEALED,
                        .number = 1,
                        .carton_id = NONE,
                        .weight_g = NONE,
                        .manifest_id = NONE,
                        .packer_id = NONE,
                        .sealed_us = NONE,
                        .handed_over_us = NONE,
                        .delivered_us = NONE,
                        .inside_id = NONE};
    struct label l = {.merchant_id = c->merchant_id,
                      .package_id = p.package_id,
                      .label_id = source_id(c->source),
                      .state = LABEL_ASKED,
                      .carrier = T("test"),
                      .service = T("standard"),
                      .currency = T("GBP"),
                      .promised_day = NONE,
                      .asked_us = c->now_us,
                      .bought_us = NONE};
    TRY(package_insert(c, &p));
    return label_insert(c, &l);
}

TEST_BOTH(confirming, what_is_labelled_keeps_its_address)
{
    shop_open(w);
    int64_t id = shop_order(w, "MUG", 1);
    CHECK_I64(1, shop_release(w, &id, 1));
    CHECK_OK(&w->ctx, db_tx(&w->ctx, ask_in_tx, &id));
    struct list work;
    CHECK_OK(&w->ctx, store_reader(&w->ctx));
    CHECK_OK(&w->ctx, fulfillments_of_orders(&w->ctx, &id, 1, &work));
    CHECK_OK(&w->ctx, db_tx(&w->ctx, label_in_tx, work.at));
    struct postal_address at = address_now(w, id).at;
    at.line1 = T("1 Other Street");
    struct answering a = yes(id);
    a.in.ship_to = &at;
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "too_late", answer(w, &a));
    a = yes(id);
    CHECK_OK(&w->ctx, answer(w, &a));
}

/* --- cancelling ------------------------------------------------------------------------------ */

static int64_t promised_units(struct world *w, int64_t product_id)
{
    struct list stock = {0};
    int64_t units = 0;
    CHECK_OK(&w->ctx, store_reader(&w->ctx));
    CHECK_OK(&w->ctx, availability_of(&w->ctx, &product_id, 1, &stock));
    for (size_t i = 0; i < stock.count; i++)
        units += ((const struct availability *)stock.at)[i].promised;
    return units;
}

TEST_BOTH(cancelling, all_that_was_set_aside_is_free_again)
{
    struct shop s = shop_open(w);
    int64_t id = shop_order(w, "MUG", 110); /* of two sites */
    CHECK_I64(110, promised_units(w, s.mug));
    CHECK_I64(2, shop_release(w, &id, 1));
    struct cancel k = {.order_id = id, .reason = T("changed my mind")};
    CHECK_OK(&w->ctx, db_tx(&w->ctx, cancel_in_tx, &k));
    CHECK_I64(110, k.out.units);
    CHECK_I64(2, k.out.fulfillments);
    CHECK_I64(2, k.out.tasks);
    struct order_state state = shop_state(w, id);
    CHECK_I64(COMMERCIAL_CANCELLED, state.commercial);
    CHECK_I64(STAGE_CANCELLED, state.stage);
    CHECK_I64(110, state.cancelled);
    CHECK_I64(0, state.allocated + state.released);
    CHECK_I64(0, promised_units(w, s.mug));
    struct list cells, work;
    CHECK_OK(&w->ctx, stock_of_products(&w->ctx, s.london, &s.mug, 1, &cells));
    CHECK_I64(0, ((const struct stock *)cells.at)->allotted);
    CHECK_I64(100, ((const struct stock *)cells.at)->on_hand);
    CHECK_OK(&w->ctx, fulfillments_of_orders(&w->ctx, &id, 1, &work));
    for (size_t i = 0; i < work.count; i++) {
        CHECK_I64(FULFILLMENT_CANCELLED, ((const struct fulfillment *)work.at)[i].state);
        CHECK_I64(2, ((const struct fulfillment *)work.at)[i].version);
        CHECK_I64(0, ((const struct fulfillment *)work.at)[i].tasks_open);
    }
    CHECK_I64(1, count_events(w, id, EVENT_ORDER_CANCELLED));
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "wrong_state", db_tx(&w->ctx, cancel_in_tx, &k));
}

TEST_BOTH(cancelling, a_cancelled_order_waits_for_nothing)
{
    shop_open(w);
    int64_t id = asked_order(w, "SET", 3);
    struct cancel k = {.order_id = id};
    CHECK_OK(&w->ctx, db_tx(&w->ctx, cancel_in_tx, &k));
    CHECK_I64(9, k.out.units); /* 3 mugs, 6 pens: the kit itself is no unit */
    CHECK_I64(0, shop_state(w, id).holds);
    CHECK_I64(0, shop_release(w, &id, 1));
    struct answering a = yes(id);
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "wrong_state", answer(w, &a));
}

struct money_state {
    int64_t order_id;
    struct payment_change by;
};

static enum err pay_in_tx(struct ctx *c, void *arg)
{
    const struct money_state *m = arg;
    struct list payments, intents;
    TRY(payments_of(c, &m->order_id, 1, &payments));
    struct payment p = *(const struct payment *)payments.at;
    TRY(intents_of_payments(c, &p.payment_id, 1, &intents));
    struct payment_intent in = *(const struct payment_intent *)intents.at;
    TRY(intent_settle(c, &in, &p, INTENT_FINISH, T("ref"), (struct text){0}));
    return payment_change(c, &p, m->by);
}

TEST_BOTH(cancelling, tells_what_money_has_to_go_back)
{
    shop_open(w);
    struct draft d = shop_draft(w, "MUG", 2); /* 17.98 */
    d.payment_method = PAY_CARD;
    d.payment_token = T("tok_ok");
    struct outcome o;
    if (!shop_place(w, &d, 1, &o)) return;
    struct money_state m = {o.order_id, {.captured = 500}};
    CHECK_OK(&w->ctx, db_tx(&w->ctx, pay_in_tx, &m));
    struct cancel k = {.order_id = o.order_id};
    CHECK_OK(&w->ctx, db_tx(&w->ctx, cancel_in_tx, &k));
    CHECK_I64(1298, k.out.reserved_minor);
    CHECK_I64(500, k.out.taken_minor);
}

TEST_BOTH(cancelling, statements_do_not_grow_with_lines)
{
    shop_open(w);
    int64_t spent[2];
    for (size_t round = 0; round < 2; round++) {
        struct draft d = shop_draft(w, "MUG", 1);
        size_t n = round ? 12 : 1;
        struct draft_line *lines = arena_new(&w->arena, struct draft_line, n);
        for (size_t l = 0; l < n; l++) lines[l] = *(const struct draft_line *)d.lines.at;
        d.lines = (struct list){lines, n};
        struct outcome o;
        if (!shop_place(w, &d, 1, &o)) return;
        shop_release(w, &o.order_id, 1);
        struct cancel k = {.order_id = o.order_id};
        int64_t before = store_queries(w->store);
        CHECK_OK(&w->ctx, db_tx(&w->ctx, cancel_in_tx, &k));
        spent[round] = store_queries(w->store) - before;
    }
    CHECK_I64(spent[0], spent[1]);
}

static enum err work_in_tx(struct ctx *c, void *arg)
{
    struct fulfillment *f = arg;
    return fulfillment_get(c, f->fulfillment_id, f);
}

TEST_BOTH(cancelling, counts_what_it_refuses_as_what_it_is)
{
    shop_open(w);
    struct draft d = shop_draft(w, "MUG", 2);
    struct draft_service wrap = {T("gift_wrap"), T("For Ada")};
    d.services = (struct list){&wrap, 1};
    struct outcome o;
    if (!shop_place(w, &d, 1, &o)) return;
    shop_release(w, &o.order_id, 1);
    struct list work;
    CHECK_OK(&w->ctx, store_reader(&w->ctx));
    CHECK_OK(&w->ctx, fulfillments_of_orders(&w->ctx, &o.order_id, 1, &work));
    struct fulfillment f = *(const struct fulfillment *)work.at;
    struct cancel k = {.order_id = o.order_id};
    CHECK_OK(&w->ctx, db_tx(&w->ctx, cancel_in_tx, &k));
    CHECK_I64(2, k.out.tasks); /* a pick and the wrapping */
    CHECK_OK(&w->ctx, db_tx(&w->ctx, work_in_tx, &f));
    CHECK_I64(FULFILLMENT_CANCELLED, f.state);
    CHECK_I64(0, f.tasks_open);
    CHECK_I64(0, f.services_open);
}
