/* What the receipt of orders promises, in a shop of two sites. */
#include "base/time.h"
#include "domain/events/event.h"
#include "domain/inventory/stock.h"
#include "domain/payments/payment.h"
#include "shop.h"

#include <string.h>

TEST_BOTH(receipt, takes_an_order_and_promises_its_units)
{
    struct shop s = shop_open(w);
    struct draft d = shop_draft(w, "MUG", 3);
    struct outcome o = {0};
    if (!shop_place(w, &d, 1, &o)) return;
    CHECK_I64(OK, o.fault.code);
    CHECK_I64(1, o.number);
    CHECK_I64(3, o.promised);
    CHECK_I64(0, o.short_of);
    struct order_state state = shop_state(w, o.order_id);
    CHECK_I64(3, state.allocated);
    CHECK_I64(STAGE_PROCESSING, state.stage);
    struct list promises, events;
    CHECK_OK(&w->ctx, promises_of(&w->ctx, &o.order_id, 1, &promises));
    CHECK_I64(1, (int64_t)promises.count);
    CHECK_I64(s.london, ((const struct promise *)promises.at)->site_id);
    CHECK_OK(&w->ctx, event_timeline(&w->ctx, o.order_id, &events));
    CHECK(events.count >= 2);
    CHECK_I64(EVENT_ORDER_PLACED, ((const struct event *)events.at)->kind);
}

TEST_BOTH(receipt, names_the_field_that_is_wrong)
{
    shop_open(w);
    struct draft bad[4];
    for (size_t i = 0; i < 4; i++) bad[i] = shop_draft(w, "MUG", 1);
    ((struct draft_line *)bad[0].lines.at)->sku = T("NOSUCH");
    ((struct draft_line *)bad[1].lines.at)->quantity = 0;
    bad[2].ship_to->postal_code = T("not a code");
    bad[3].customer_email = T("nobody");
    struct outcome o[4];
    if (!shop_place(w, bad, 4, o)) return;
    CHECK_TEXT("unknown_sku", text_of(o[0].fault.reason));
    CHECK_TEXT("lines[0].sku", text_of(o[0].fault.field));
    CHECK_TEXT("lines[0].quantity", text_of(o[1].fault.field));
    CHECK_TEXT("ship_to.postal_code", text_of(o[2].fault.field));
    CHECK_TEXT("customer_email", text_of(o[3].fault.field));
}

TEST_BOTH(receipt, refuses_what_nobody_can_have_meant)
{
    shop_open(w);
    enum { BAD = 8 };
    struct draft bad[BAD];
    struct outcome o[BAD];
    static const char *const fields[BAD] = {
        "customer_phone", "lines[0].tax",        "payment_token", "wish_date",
        "placed_at",      "lines[0].unit_price", "note",          "lines[0].wording"};
    for (size_t i = 0; i < BAD; i++) bad[i] = shop_draft(w, "MUG", 1);
    bad[0].customer_phone = T("hello");
    ((struct draft_line *)bad[1].lines.at)->tax = money(-1, "GBP");
    bad[2].payment_token = T("tok_visa"); /* on account */
    bad[3].wish_day = day_of_us(w->ctx.now_us) + DRAFT_WISH_DAYS_MAX + 1;
    bad[4].placed_us = -1;
    bad[5].currency = T("NOK");
    bad[6].note = T("charge 4111 1111 1111 1111"); /* by mail, or in somebody's file */
    ((struct draft_line *)bad[7].lines.at)->wording = T("378282246310005");
    if (!shop_place(w, bad, BAD, o)) return;
    for (size_t i = 0; i < BAD; i++) CHECK_TEXT(fields[i], text_of(o[i].fault.field));
    CHECK_TEXT("phone_invalid", text_of(o[0].fault.reason));
    CHECK_TEXT("token_unused", text_of(o[2].fault.reason));
    CHECK(o[5].fault.hint[0]);
    bad[0].customer_phone = T("020 7946 0958");
    bad[0].wish_day = day_of_us(w->ctx.now_us) + DRAFT_WISH_DAYS_MAX;
    CHECK(shop_place(w, bad, 1, o));
    CHECK_I64(OK, o[0].fault.code);
}

TEST_BOTH(receipt, a_bad_order_does_not_spoil_the_batch)
{
    shop_open(w);
    struct draft d[3] = {shop_draft(w, "MUG", 1), shop_draft(w, "NOSUCH", 1),
                         shop_draft(w, "BOOK", 1)};
    struct outcome o[3];
    if (!shop_place(w, d, 3, o)) return;
    CHECK_I64(OK, o[0].fault.code);
    CHECK_I64(ERR_INVALID, o[1].fault.code);
    CHECK_I64(OK, o[2].fault.code);
    CHECK_I64(o[0].number + 1, o[2].number);
}

TEST_BOTH(receipt, a_reference_is_taken_once)
{
    shop_open(w);
    struct draft d[2] = {shop_draft(w, "MUG", 1), shop_draft(w, "MUG", 1)};
    d[0].reference = d[1].reference = T("WEB-1");
    struct outcome first[2], again;
    if (!shop_place(w, d, 2, first) || !shop_place(w, d, 1, &again)) return;
    CHECK(!first[0].is_known);
    CHECK(first[1].is_known);
    CHECK(again.is_known);
    CHECK_I64(first[0].order_id, first[1].order_id);
    CHECK_I64(first[0].order_id, again.order_id);
}

/* The first of a reference that can be taken is the order; later ones are told which it is. */
TEST_BOTH(receipt, a_reference_whose_first_order_was_refused_is_free_in_the_same_batch)
{
    shop_open(w);
    struct draft d[4] = {shop_draft(w, "NOSUCH", 1), shop_draft(w, "MUG", 1),
                         shop_draft(w, "BOOK", 1), shop_draft(w, "MUG", 2)};
    struct outcome o[4];
    for (size_t i = 0; i < 4; i++) d[i].reference = T("WEB-7");
    d[2].channel = d[1].channel == CHANNEL_PHONE ? CHANNEL_WEB : CHANNEL_PHONE;
    if (!shop_place(w, d, 4, o)) return;
    CHECK_I64(ERR_INVALID, o[0].fault.code);
    CHECK(!o[1].is_known && !o[2].is_known);
    CHECK(o[3].is_known);
    CHECK_I64(o[1].order_id, o[3].order_id);
    CHECK(o[2].order_id != o[1].order_id);
}

TEST_BOTH(receipt, a_customer_who_is_new_to_several_orders_of_a_batch_is_made_once)
{
    shop_open(w);
    struct draft d[4];
    struct outcome o[4];
    struct text names[] = {T("C-1"), T("C-2"), T("C-1"), T("C-1")};
    for (size_t i = 0; i < 4; i++) {
        d[i] = shop_draft(w, "MUG", 1 + (int64_t)i);
        d[i].customer_reference = names[i];
    }
    if (!shop_place(w, d, 4, o)) return;
    int64_t ids[4];
    for (size_t i = 0; i < 4; i++) {
        struct order order;
        CHECK_I64(OK, o[i].fault.code);
        CHECK_OK(&w->ctx, store_reader(&w->ctx));
        CHECK_OK(&w->ctx, order_get(&w->ctx, o[i].order_id, &order));
        ids[i] = order.customer_id;
    }
    CHECK(ids[0] != ids[1]);
    CHECK_I64(ids[0], ids[2]);
    CHECK_I64(ids[0], ids[3]);
}

TEST_BOTH(receipt, orders_of_one_batch_that_look_alike_wait_for_somebody)
{
    shop_open(w);
    struct draft d[4] = {shop_draft(w, "MUG", 1), shop_draft(w, "MUG", 2), shop_draft(w, "MUG", 1),
                         shop_draft(w, "MUG", 1)};
    struct outcome o[4];
    for (size_t i = 0; i < 4; i++) d[i].customer_email = T("ada@example.org");
    d[3].is_lenient = true; /* out of a file that was: nobody wonders */
    if (!shop_place(w, d, 4, o)) return;
    CHECK(!(o[0].holds & 1 << HOLD_DUPLICATE));
    CHECK(!(o[1].holds & 1 << HOLD_DUPLICATE));
    CHECK(o[2].holds & 1 << HOLD_DUPLICATE);
    CHECK(!(o[3].holds & 1 << HOLD_DUPLICATE));
}

TEST_BOTH(receipt, two_channels_may_give_the_same_reference)
{
    shop_open(w);
    struct draft d = shop_draft(w, "MUG", 1);
    struct outcome web, phone;
    d.reference = T("1001");
    d.channel = CHANNEL_WEB;
    if (!shop_place(w, &d, 1, &web)) return;
    d.channel = CHANNEL_PHONE;
    if (!shop_place(w, &d, 1, &phone)) return;
    CHECK_I64(OK, phone.fault.code);
    CHECK(!phone.is_known);
    CHECK(phone.order_id != web.order_id);
    struct list found;
    CHECK_OK(&w->ctx, store_reader(&w->ctx));
    CHECK_OK(&w->ctx, order_by_references(&w->ctx, CHANNEL_PHONE, &d.reference, 1, &found));
    CHECK_I64(1, (int64_t)found.count);
    CHECK_I64(phone.order_id, ((const struct order *)found.at)->order_id);
}

TEST_BOTH(receipt, never_promises_more_than_there_is)
{
    shop_open(w); /* 100 lamps in London, 20 in Manchester */
    struct draft d[5];
    struct outcome o[5];
    int64_t promised = 0, short_of = 0;
    for (size_t i = 0; i < 5; i++) d[i] = shop_draft(w, "LAMP", 30);
    if (!shop_place(w, d, 5, o)) return;
    for (size_t i = 0; i < 5; i++) promised += o[i].promised, short_of += o[i].short_of;
    CHECK_I64(120, promised);
    CHECK_I64(30, short_of);
}

TEST_BOTH(receipt, splits_over_sites_when_no_site_has_all)
{
    struct shop s = shop_open(w);
    int64_t id = shop_order(w, "LAMP", 110);
    struct list promises;
    CHECK_OK(&w->ctx, promises_of(&w->ctx, &id, 1, &promises));
    CHECK_I64(2, (int64_t)promises.count);
    const struct promise *p = promises.at;
    CHECK_I64(110, p[0].quantity + p[1].quantity);
    CHECK(p[0].site_id == s.london || p[1].site_id == s.london);
}

TEST_BOTH(receipt, two_lines_of_one_product_are_added_up)
{
    shop_open(w); /* complaint 1: lines sharing an item were each checked against the same stock */
    struct draft d = shop_draft(w, "MUG", 70);
    struct draft_line *lines = arena_new(&w->arena, struct draft_line, 2);
    lines[0] = lines[1] = *(const struct draft_line *)d.lines.at;
    d.lines = (struct list){lines, 2};
    struct outcome o;
    if (!shop_place(w, &d, 1, &o)) return;
    CHECK_I64(120, o.promised);
    CHECK_I64(20, o.short_of);
}

TEST_BOTH(receipt, a_kit_promises_its_parts)
{
    struct shop s = shop_open(w);
    int64_t id = shop_order(w, "SET", 4);
    struct order_state state = shop_state(w, id);
    CHECK_I64(12, state.units); /* 4 mugs and 8 pens */
    CHECK_I64(12, state.allocated);
    struct list lines;
    CHECK_OK(&w->ctx, order_lines_of(&w->ctx, &id, 1, &lines));
    CHECK_I64(3, (int64_t)lines.count);
    const struct order_line *at = lines.at;
    CHECK_I64(LINE_KIT, at[0].kind);
    CHECK_I64(4 * 1199, at[0].total_minor);
    CHECK_I64(0, at[1].total_minor);
    CHECK(at[1].product_id == s.mug || at[2].product_id == s.mug);
}

TEST_BOTH(receipt, a_price_that_differs_waits_for_a_person)
{
    shop_open(w);
    struct draft d = shop_draft(w, "MUG", 1);
    ((struct draft_line *)d.lines.at)->unit_price = money(500, "GBP");
    struct outcome o;
    if (!shop_place(w, &d, 1, &o)) return;
    CHECK_I64(1 << HOLD_PRICE, o.holds);
    CHECK_I64(1, shop_state(w, o.order_id).holds);
}

TEST_BOTH(receipt, a_card_order_waits_for_its_payment)
{
    shop_open(w);
    struct draft d = shop_draft(w, "MUG", 2);
    d.payment_method = PAY_CARD;
    d.payment_token = T("tok_ok");
    struct outcome o;
    if (!shop_place(w, &d, 1, &o)) return;
    CHECK_I64(1 << HOLD_PAYMENT, o.holds);
    struct list payments;
    CHECK_OK(&w->ctx, payments_of(&w->ctx, &o.order_id, 1, &payments));
    CHECK_I64(1, (int64_t)payments.count);
    CHECK_I64(2 * 899, ((const struct payment *)payments.at)->amount_minor);
}

TEST_BOTH(receipt, the_same_order_twice_is_flagged)
{
    shop_open(w);
    struct draft d = shop_draft(w, "BOOK", 2);
    struct outcome first, second;
    if (!shop_place(w, &d, 1, &first) || !shop_place(w, &d, 1, &second)) return;
    CHECK_I64(0, first.holds);
    CHECK_I64(1 << HOLD_DUPLICATE, second.holds);
}

TEST_BOTH(receipt, statements_do_not_grow_with_orders_or_lines)
{
    shop_open(w);
    int64_t spent[2];
    const size_t sizes[2] = {1, 60};
    for (size_t round = 0; round < 2; round++) {
        struct draft *d = arena_new(&w->arena, struct draft, sizes[round]);
        struct outcome *o = arena_new(&w->arena, struct outcome, sizes[round]);
        for (size_t i = 0; i < sizes[round]; i++) {
            d[i] = shop_draft(w, i % 2 ? "PEN" : "MUG", 1);
            struct draft_line *lines = arena_new(&w->arena, struct draft_line, 3);
            for (size_t l = 0; l < 3; l++) lines[l] = *(const struct draft_line *)d[i].lines.at;
            d[i].lines = (struct list){lines, round ? 3 : 1};
        }
        int64_t before = store_queries(w->store);
        if (!shop_place(w, d, sizes[round], o)) return;
        spent[round] = store_queries(w->store) - before;
    }
    CHECK(spent[1] <= spent[0] + 3); /* a product that runs short is asked for one by one */
}
