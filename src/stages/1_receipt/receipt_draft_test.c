/* A draft becomes an order by the rules of the day it is placed on. */
#include "base/time.h"
#include "domain/catalog/product.h"
#include "domain/events/event.h"
#include "domain/payments/payment.h"
#include "shop.h"

struct placing_draft {
    int64_t order_id;
    struct text token;
    struct outcome out;
};

static enum err place_draft(struct ctx *c, void *arg)
{
    struct placing_draft *p = arg;
    return receipt_place_draft(c, p->order_id, p->token, (struct list){0}, &p->out);
}

static struct placing_draft keep(struct world *w, struct draft d)
{
    struct outcome o = {0};
    d.is_draft = true;
    if (shop_place(w, &d, 1, &o)) CHECK_I64(OK, o.fault.code);
    return (struct placing_draft){.order_id = o.order_id};
}

static struct draft rich_draft(struct world *w)
{
    struct draft d = shop_draft(w, "SET", 4);
    struct draft_line *lines = arena_new(&w->arena, struct draft_line, 3);
    lines[0] = lines[1] = lines[2] = *(const struct draft_line *)d.lines.at;
    struct draft_service *s = arena_new(&w->arena, struct draft_service, 2);
    s[0] = (struct draft_service){T("gift_wrap"), T("for Ada")};
    s[1] = (struct draft_service){T("special_packaging"), {0}};
    lines[1].sku = T("MUG");
    lines[1].services = (struct list){s, 1};
    lines[2].sku = (struct text){0};
    lines[2].name = T("Rush");
    lines[2].unit_price = money(250, "GBP");
    lines[2].quantity = 1;
    d.lines = (struct list){lines, 3};
    d.services = (struct list){s + 1, 1};
    d.shipping = money(499, "GBP");
    d.reference = T("D-1");
    d.customer_reference = T("C-1");
    return d;
}

TEST_BOTH(receipt_draft, a_draft_promises_nothing_until_it_is_placed)
{
    shop_open(w);
    struct draft d = rich_draft(w);
    struct placing_draft p = keep(w, d);
    struct order before, after;
    struct list was, is, payments, events;
    CHECK_I64(0, shop_state(w, p.order_id).allocated);
    CHECK_OK(&w->ctx, order_get(&w->ctx, p.order_id, &before));
    CHECK_OK(&w->ctx, order_lines_of(&w->ctx, &p.order_id, 1, &was));
    CHECK_OK(&w->ctx, db_tx(&w->ctx, place_draft, &p));
    CHECK_I64(OK, p.out.fault.code);
    CHECK_I64(16, p.out.promised); /* 4 kits of 3 and 4 mugs */
    CHECK_I64(0, p.out.holds);
    struct order_state s = shop_state(w, p.order_id);
    CHECK_I64(COMMERCIAL_PLACED, s.commercial);
    CHECK_I64(16, s.allocated);
    CHECK_OK(&w->ctx, order_get(&w->ctx, p.order_id, &after));
    CHECK_I64(before.number, after.number);
    CHECK_I64(before.total_minor, after.total_minor);
    CHECK_I64(before.customer_id, after.customer_id);
    CHECK_I64(before.ship_to_id, after.ship_to_id);
    CHECK(text_eq(before.reference, after.reference));
    CHECK_OK(&w->ctx, order_lines_of(&w->ctx, &p.order_id, 1, &is));
    CHECK_I64((int64_t)was.count, (int64_t)is.count);
    for (size_t i = 0; i < is.count; i++) {
        const struct order_line *x = &((const struct order_line *)was.at)[i];
        const struct order_line *y = &((const struct order_line *)is.at)[i];
        CHECK_I64(x->kind, y->kind);
        CHECK_I64(x->product_id, y->product_id);
        CHECK_I64(x->parent_line, y->parent_line);
        CHECK_I64(x->total_minor, y->total_minor);
        CHECK(text_eq(x->wording, y->wording));
    }
    CHECK_OK(&w->ctx, payments_of(&w->ctx, &p.order_id, 1, &payments));
    CHECK_I64(1, (int64_t)payments.count);
    CHECK_OK(&w->ctx, event_timeline(&w->ctx, p.order_id, &events));
    CHECK_I64(EVENT_ORDER_DRAFTED, ((const struct event *)events.at)[0].kind);
    CHECK_I64(EVENT_ORDER_PLACED, ((const struct event *)events.at)[1].kind);
    CHECK_FAULT(&w->ctx, ERR_CONFLICT, "wrong_state", db_tx(&w->ctx, place_draft, &p));
    CHECK_I64(16, shop_state(w, p.order_id).allocated);
}

static enum err raise_price(struct ctx *c, void *arg)
{
    const struct shop *s = arg;
    return price_put(c, &(struct price){c->merchant_id, s->mug, T("GBP"), 1, 999});
}

TEST_BOTH(receipt_draft, list_prices_are_those_of_the_day)
{
    struct shop s = shop_open(w);
    struct placing_draft listed = keep(w, shop_draft(w, "MUG", 2));
    struct draft d = shop_draft(w, "MUG", 2);
    ((struct draft_line *)d.lines.at)->unit_price = money(500, "GBP");
    struct placing_draft agreed = keep(w, d);
    CHECK_OK(&w->ctx, db_tx(&w->ctx, raise_price, &s));
    CHECK_OK(&w->ctx, db_tx(&w->ctx, place_draft, &listed));
    CHECK_I64(2 * 999, listed.out.total_minor);
    CHECK_I64(0, listed.out.holds);
    CHECK_OK(&w->ctx, db_tx(&w->ctx, place_draft, &agreed));
    CHECK_I64(2 * 500, agreed.out.total_minor);
    CHECK_I64(1 << HOLD_PRICE, agreed.out.holds);
    CHECK_I64(1, shop_state(w, agreed.order_id).holds);
}

TEST_BOTH(receipt_draft, a_card_needs_its_token_then)
{
    shop_open(w);
    struct draft d = shop_draft(w, "MUG", 2);
    d.payment_method = PAY_CARD;
    struct placing_draft p = keep(w, d);
    CHECK_OK(&w->ctx, db_tx(&w->ctx, place_draft, &p));
    CHECK_TEXT("payment_token", text_of(p.out.fault.field));
    CHECK_I64(COMMERCIAL_DRAFT, shop_state(w, p.order_id).commercial);
    p.token = T("tok_ok");
    CHECK_OK(&w->ctx, db_tx(&w->ctx, place_draft, &p));
    CHECK_I64(OK, p.out.fault.code);
    CHECK_I64(1 << HOLD_PAYMENT, p.out.holds);
}

TEST_BOTH(receipt_draft, there_has_to_be_one)
{
    shop_open(w);
    struct placing_draft p = {.order_id = source_id(&w->source)};
    CHECK_FAULT(&w->ctx, ERR_NOT_FOUND, "order_not_found", db_tx(&w->ctx, place_draft, &p));
}
