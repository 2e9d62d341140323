#include "faces/cli/running.h"

#include "base/time.h"
#include "shop.h"
#include "store/db.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* app/wiring.c */
void wiring_use_drivers(struct ctx *c);

static struct run_counts run(struct world *w, const char *selection, char **told)
{
    struct run_options o = {.crew = 3, .seed = 7, .is_quiet = true};
    struct run_counts n = {0};
    size_t len;
    FILE *to = open_memstream(told, &len);
    wiring_use_drivers(&w->ctx);
    CHECK_OK(&w->ctx, run_select(&w->ctx, text_of(selection), &o));
    CHECK_OK(&w->ctx, run_orders(&w->ctx, &o, to, &n));
    fclose(to);
    return n;
}

/* Every method, every way to pay, a kit, services, more than there is. */
static void fill(struct world *w)
{
    struct draft d[10];
    struct outcome outcomes[10];
    for (int i = 0; i < 10; i++) d[i] = shop_draft(w, i % 2 ? "MUG" : "SET", 1 + i % 3);
    d[1].method = METHOD_EXPRESS;
    d[2].method = METHOD_SIGNATURE;
    d[3].method = METHOD_ADULT_SIGNATURE;
    d[4].method = METHOD_PICKUP;
    d[5].payment_method = PAY_CARD;
    d[5].payment_token = T("tok_ok");
    d[6].payment_method = PAY_CARD;
    d[6].payment_token = T("tok_decline");
    d[7].payment_method = PAY_BANK_TRANSFER;
    d[8].payment_method = PAY_ON_DELIVERY;
    d[9] = shop_draft(w, "LAMP", 150);
    struct draft_service *wrap = arena_new(&w->arena, struct draft_service, 1);
    *wrap = (struct draft_service){T("gift_wrap"), T("For Ada")};
    d[0].services = (struct list){wrap, 1};
    struct draft_line *line = arena_new(&w->arena, struct draft_line, 1);
    *line = *(const struct draft_line *)d[1].lines.at;
    line->unit_price = money(1, "GBP"); /* not the list's: a hold for price */
    d[1].lines = (struct list){line, 1};
    shop_place(w, d, 10, outcomes);
    for (int i = 0; i < 10; i++) CHECK_I64(OK, outcomes[i].fault.code);
}

TEST_BOTH(running, every_order_reaches_its_end_and_everything_is_somewhere)
{
    char *told = NULL;
    shop_open(w);
    fill(w);
    struct run_counts n = run(w, "open", &told);
    CHECK_TEXT("", text_of(told));
    CHECK_I64(10, n.orders);
    CHECK_I64(10, n.completed);
    CHECK_I64(0, n.unfinished);
    CHECK(n.answered >= 3 && n.received > 0 && n.days > 2);
    CHECK_I64(10, world_ask(w, "SELECT COUNT(*) FROM order_state WHERE stage = 7"));
    CHECK_I64(0, world_ask(w, "SELECT SUM(promised) FROM availability"));
    CHECK_I64(world_ask(w, "SELECT SUM(sellable) FROM availability"),
              world_ask(w, "SELECT SUM(on_hand) FROM stock"));
    CHECK_I64(world_ask(w, "SELECT SUM(units) FROM order_state"),
              world_ask(w, "SELECT SUM(quantity) FROM stock_entry WHERE to_place = 2"));
    CHECK_I64(
        0, world_ask(w, "SELECT COUNT(*) FROM event e JOIN event f ON f.position = e.position + 1 "
                        "WHERE f.at_us < e.at_us"));
    free(told);
}

TEST_BOTH(running, what_a_person_holds_by_hand_stays_and_is_told)
{
    char *told = NULL;
    shop_open(w);
    int64_t order_id = shop_order(w, "MUG", 1);
    shop_order(w, "PEN", 2);
    char sql[300];
    snprintf(
        sql, sizeof sql,
        "INSERT INTO hold (merchant_id, order_id, hold_id, reason, owner_id, placed_us) VALUES "
        "(%lld, %lld, 1, 8, 0, 0)",
        (long long)w->ctx.merchant_id, (long long)order_id);
    CHECK_OK(&w->ctx, world_script(w, sql));
    snprintf(sql, sizeof sql, "UPDATE order_state SET holds = 1 WHERE order_id = %lld",
             (long long)order_id);
    CHECK_OK(&w->ctx, world_script(w, sql));
    struct run_counts n = run(w, "open", &told);
    CHECK_I64(1, n.completed);
    CHECK_I64(1, n.unfinished);
    CHECK(strstr(told, "stays in processing: manual") != NULL);
    free(told);
}

TEST_BOTH(running, only_what_is_selected_moves)
{
    char *told = NULL;
    shop_open(w);
    shop_order(w, "MUG", 1);
    int64_t chosen = shop_order(w, "PEN", 2);
    shop_order(w, "BOOK", 1);
    struct run_counts n = run(w, "2", &told);
    CHECK_I64(1, n.completed);
    CHECK_I64(STAGE_COMPLETED, shop_state(w, chosen).stage);
    CHECK_I64(1, world_ask(w, "SELECT COUNT(*) FROM order_state WHERE picked > 0"));
    free(told);
    n = run(w, "open", &told);
    CHECK_I64(2, n.completed);
    free(told);
}

TEST_BOTH(running, the_same_seed_gives_the_same_run)
{
    struct run_counts n[2];
    char *told = NULL;
    for (int i = 0; i < 2; i++) {
        struct world other;
        if (!world_open(&other, w->engine)) return;
        shop_open(&other);
        for (int k = 0; k < 30; k++) shop_order(&other, k % 3 ? "PEN" : "MUG", 1 + k % 2);
        n[i] = run(&other, "open", &told);
        n[i].milliseconds = 0;
        free(told);
        world_close(&other);
    }
    CHECK(memcmp(&n[0], &n[1], sizeof n[0]) == 0);
    CHECK(n[0].attempts > 0);
}

TEST(running, a_selection_that_means_nothing_is_refused)
{
    struct arena a = {0};
    struct ctx c = {.arena = &a};
    struct run_options o;
    CHECK_I64(ERR_INVALID, run_select(&c, T("tomorrow"), &o));
    CHECK_I64(ERR_INVALID, run_select(&c, T("9..3"), &o));
    CHECK_I64(OK, run_select(&c, T("number 3..9"), &o));
    CHECK_I64(3, o.from);
    CHECK_I64(9, o.to);
    arena_free(&a);
}
