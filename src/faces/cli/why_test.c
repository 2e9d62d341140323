/* What an order's story says. */
#include "faces/cli/why.h"

#include "base/time.h"
#include "domain/inventory/stock.h"
#include "domain/orders/order.h"
#include "domain/orders/work.h"
#include "shop.h"
#include "stages/3_picking/picking.h"
#include "stages/7_completion/cases.h"
#include "store/db.h"
#include "test/sim/life.h"
#include "wire/json.h"

#include <string.h>

static struct text story(struct world *w, int64_t order_id)
{
    struct why why;
    struct buf b = buf_new(&w->arena);
    CHECK_OK(&w->ctx, store_reader(&w->ctx));
    CHECK_OK(&w->ctx, why_of(&w->ctx, order_id, &why));
    why_put_people(&w->arena, &b, &why, source_now_us(&w->source), false);
    return buf_text(&b);
}

static bool says(struct text story, const char *words)
{
    bool found = text_find(story, text_of(words)) >= 0;
    if (!found) test_fail(__FILE__, __LINE__, "no \"%s\" in:\n%.*s", words, TEXT_ARG(story));
    return found;
}

TEST_BOTH(why, a_card_order_waits_for_its_money)
{
    shop_open(w);
    struct draft d = shop_draft(w, "MUG", 3);
    struct outcome o;
    d.payment_method = PAY_CARD;
    d.payment_token = T("tok_visa");
    if (!shop_place(w, &d, 1, &o)) return;
    source_advance_us(&w->source, 2 * HOUR_US);
    struct text told = story(w, o.order_id);
    says(told, "order 1 (ord_");
    says(told, "\nreceived\n  2026-01-05 08:00  placed by web, 26.97 GBP\n");
    says(told, "\nprocessing\n  2026-01-05 08:00  held: payment\n");
    says(told, "3 units promised");
    says(told, "now: processing\nwaits for: hold payment for 2 hours, owner the system\n");
    says(told, "waits for: the payment provider's answer: authorise 26.97 GBP for 2 hours");
}

struct picking {
    const struct task *task;
    struct fault fault;
};

static enum err pick_in_tx(struct ctx *c, void *arg)
{
    struct picking *p = arg;
    struct pick_confirm job = {.fulfillment_id = p->task->fulfillment_id,
                               .task_id = p->task->task_id,
                               .quantity = NONE,
                               .bin_id = NONE,
                               .version = NONE,
                               .worker_id = NONE};
    return picking_confirm(c, &job, 1, &p->fault);
}

TEST_BOTH(why, names_bins_and_sites_and_what_is_next)
{
    shop_open(w);
    int64_t id = shop_order(w, "MUG", 3);
    CHECK_I64(1, shop_release(w, &id, 1));
    struct list work, tasks;
    CHECK_OK(&w->ctx, store_reader(&w->ctx));
    CHECK_OK(&w->ctx, fulfillments_of_orders(&w->ctx, &id, 1, &work));
    says(story(w, id), "waits for: picking, 0 of 3 units done for 0");
    if (!work.count) return;
    CHECK_OK(&w->ctx,
             tasks_of(&w->ctx, &((const struct fulfillment *)work.at)->fulfillment_id, 1, &tasks));
    struct picking p = {.task = tasks.at};
    CHECK_OK(&w->ctx, db_tx(&w->ctx, pick_in_tx, &p));
    CHECK_I64(OK, p.fault.code);
    struct text told = story(w, id);
    says(told, "\npicking\n  2026-01-05 08:00  3 units released to pick at London\n");
    says(told, "picked 3 × MUG from A-01-01\n");
    says(told, "all 3 units picked at London\n");
    says(told, "waits for: packing, 0 of 3 units done for ");
    says(told, ", owner London\n");
}

TEST_BOTH(why, says_which_stock_is_missing)
{
    shop_open(w);
    int64_t id = shop_order(w, "LAMP", 130);
    struct text told = story(w, id);
    says(told, "10 units could not be promised: line 1: 10 without a date\n");
    says(told, "waits for: stock for 10 of 130 units for ");
}

static enum err complain(struct ctx *c, void *arg)
{
    int64_t id;
    return case_open(c, arg, &id);
}

TEST_BOTH(why, says_who_has_to_end_a_case)
{
    shop_open(w);
    int64_t order_id = shop_order(w, "MUG", 3);
    struct case_wish wish = {order_id, CASE_DAMAGED, T("the handle is off"), 0, false};
    CHECK_OK(&w->ctx, db_tx(&w->ctx, complain, &wish));
    struct text told = story(w, order_id);
    says(told, "waits for: an end of case cas_");
    says(told, ", damaged, due 20");
    says(told, ", owner customer care");
}

TEST_BOTH(why, says_whose_turn_a_return_is)
{
    struct life l = life_open(w);
    struct draft d = shop_draft(w, "LAMP", 1);
    int64_t id = life_place(&l, &d), back;
    life_bring(&l, id);
    CHECK_OK(&w->ctx, life_ask_back(&l, id, 1, 1, RETURN_BECAUSE_UNWANTED, &back));
    says(story(w, id), "waits for: a yes or no: may 1 of LAMP come back (ret_");
    CHECK_OK(&w->ctx, life_approve(&l, back));
    says(story(w, id), "waits for: the customer to send 1 of LAMP back (ret_");
    CHECK_OK(&w->ctx, life_take_in(&l, back, l.shop.london, 1, 1));
    says(story(w, id), "waits for: a look at 1 of LAMP, which came back (ret_");
    CHECK_OK(&w->ctx, life_settle_to(&l, back, 1, 1, REFUND_TO_SOURCE));
    says(story(w, id), "waits for: a look at 1 of LAMP, which came back (ret_");
    CHECK_OK(&w->ctx, life_decide(&l, back, 1, 1, HEAP_SCRAPPED));
    CHECK(text_find(story(w, id), T(" came back (ret_")) < 0);
}

TEST_BOTH(why, needs_as_many_statements_for_a_long_story)
{
    shop_open(w);
    struct why why;
    int64_t id = shop_order(w, "MUG", 3);
    CHECK_OK(&w->ctx, store_reader(&w->ctx));
    int64_t before = store_queries(w->store);
    CHECK_OK(&w->ctx, why_of(&w->ctx, id, &why));
    CHECK(store_queries(w->store) - before <= 17);
    struct text json = record_to_json(&w->arena, &why_fields, &why);
    struct why again;
    CHECK_OK(&w->ctx, record_from_reply(&w->ctx, &why_fields, json, &again));
    CHECK_I64((int64_t)why.steps.count, (int64_t)again.steps.count);
    CHECK_FAULT(&w->ctx, ERR_NOT_FOUND, "order_not_found", why_of(&w->ctx, 5, &why));
}

TEST(why, leaves_out_what_is_not_known)
{
    struct arena a = {0};
    struct why_names names = {.quantity = T("3"), .word = T("gift_wrap")};
    CHECK_TEXT("picked 3", why_words(&a, "picked {quantity}[ × {sku}][ from {bin}]", &names));
    CHECK_TEXT("gift wrap done", why_words(&a, "{word} done[ for {sku}][: \"{note}\"]", &names));
    names.sku = T("mug_1");
    CHECK_TEXT("gift wrap done for mug_1", why_words(&a, "{word} done[ for {sku}]", &names));
    names.note = T("Happy [birthday] {you}");
    CHECK_TEXT("said: Happy [birthday] {you}", why_words(&a, "said[: {note}]", &names));
    arena_free(&a);
}

/* Whatever can happen to an order has words. */
TEST(why, has_words_for_every_event_of_an_order)
{
    static const enum event_kind of_no_order[] = {
        EVENT_WAVE_PLANNED,   EVENT_MANIFEST_CLOSED, EVENT_STOCK_RECEIVED,  EVENT_STOCK_MOVED,
        EVENT_STOCK_ADJUSTED, EVENT_PRODUCT_CREATED, EVENT_PRODUCT_CHANGED, EVENT_CUSTOMER_CREATED};
    for (int kind = 0; kind < EVENT_KIND_COUNT; kind++) {
        bool is_silent = false;
        for (size_t i = 0; i < sizeof of_no_order / sizeof *of_no_order; i++)
            is_silent = is_silent || (int)of_no_order[i] == kind;
        if (!is_silent && !why_template((enum event_kind)kind))
            test_fail(__FILE__, __LINE__, "no words for %s", word_of(&event_words, kind));
    }
}
