#include "faces/cli/importing.h"

#include "domain/inventory/stock.h"
#include "shop.h"
#include "store/db.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

static const char cut[] = "examples/online-retail-cut.csv";
static const char cut_map[] = "examples/online-retail.map";

static const char map_text[] = "[file]\ndates = YYYY-MM-DD\n"
                               "[import]\nchannel = till\ncurrency = GBP\n"
                               "make = products stock customers\nstock = enough\n"
                               "[rows]\ncredit_note when {No} like C*\n"
                               "charge postage when {Sku} is POST\n"
                               "[order]\ngroup = {No}\nplaced = {Day}\n"
                               "[customer]\nreference = {Who}\n"
                               "[ship_to]\ncountry = GB\n"
                               "[line]\nsku = {Sku}\nname = {Sku}\nquantity = {Units}\n"
                               "unit = {Price}\n";

static const char *scratch(struct world *w, const char *name, const char *text)
{
    const char *path =
        text_cstr(&w->arena, text_printf(&w->arena, "/tmp/waybill_import_%d_%s", getpid(), name));
    FILE *f = fopen(path, "w");
    if (f) {
        fputs(text, f);
        fclose(f);
    }
    return path;
}

static enum err import_as(struct world *w, int32_t kind, const char *path, const char *map,
                          struct import_counts *n)
{
    struct import_options o = {.kind = kind, .path = path, .mapping = map, .is_quiet = true};
    w->ctx.fault = (struct fault){0};
    return import_file(&w->ctx, &o, n);
}

static bool adds_up(const struct import_counts *n)
{
    return n->rows == n->taken + n->known + n->credited + n->refused + n->skipped;
}

/* What a person would compare: not ids, not times of import. */
static int64_t content(struct world *w)
{
    return world_ask(
        w, "SELECT (SELECT SUM(total_minor * 7 + placed_us / 1000000 % 1000) FROM orders) + "
           "(SELECT SUM(quantity * 3 + line_no * 5 + unit_minor) FROM order_line) + "
           "(SELECT SUM(on_hand * 11) FROM stock) + (SELECT COUNT(*) * 13 FROM product) + "
           "(SELECT SUM(sellable - promised) FROM availability) + "
           "(SELECT COUNT(*) * 17 FROM return_line) + (SELECT COUNT(*) * 19 FROM customer)");
}

TEST_BOTH(importing, a_real_file_becomes_orders_with_all_that_they_need)
{
    struct import_counts n;
    shop_open(w);
    CHECK_OK(&w->ctx, import_as(w, IMPORT_ORDERS, cut, cut_map, &n));
    CHECK_I64(5017, n.rows);
    CHECK(adds_up(&n));
    CHECK_I64(259, n.orders);
    CHECK_I64(29, n.credit_notes + n.credit_notes_kept_aside);
    CHECK_I64(0, n.units_short);
    CHECK_I64(259, world_ask(w, "SELECT COUNT(*) FROM orders"));
    CHECK_I64(n.units, world_ask(w, "SELECT SUM(promised) FROM availability"));
    CHECK_I64(0, world_ask(w, "SELECT COUNT(*) FROM order_state WHERE holds > 0"));
    /* every unit lies in a bin, and an entry says how it came there */
    CHECK_I64(world_ask(w, "SELECT SUM(quantity) FROM stock_entry"),
              world_ask(w, "SELECT SUM(on_hand) FROM stock"));
    CHECK_I64(
        0,
        world_ask(w, "SELECT COUNT(*) FROM stock WHERE place_id NOT IN (SELECT bin_id FROM bin)"));
}

TEST_BOTH(importing, the_same_file_twice_changes_nothing)
{
    struct import_counts n;
    shop_open(w);
    CHECK_OK(&w->ctx, import_as(w, IMPORT_ORDERS, cut, cut_map, &n));
    int64_t before = content(w), returns = n.returns;
    CHECK_OK(&w->ctx, import_as(w, IMPORT_ORDERS, cut, cut_map, &n));
    CHECK_I64(before, content(w));
    CHECK_I64(259, n.orders_known);
    CHECK_I64(0, n.orders + n.products + n.bins + n.returns + n.units_received);
    CHECK(returns > 0 && n.credit_notes_known > 0);
    CHECK(adds_up(&n));
}

static void on_alarm(int signal_number)
{
    (void)signal_number;
    raise(SIGINT);
}

TEST_BOTH(importing, a_stop_and_a_second_run_end_where_one_run_ends)
{
    struct import_counts n;
    struct itimerval soon = {.it_value = {0, 150000}}, never = {0};
    shop_open(w);
    signal(SIGALRM, on_alarm);
    setitimer(ITIMER_REAL, &soon, NULL);
    enum err e = import_as(w, IMPORT_ORDERS, cut, cut_map, &n);
    setitimer(ITIMER_REAL, &never, NULL);
    CHECK(e == OK || (e == ERR_BUSY && strcmp(w->ctx.fault.reason, "interrupted") == 0));
    for (int i = 0; i < 2; i++) CHECK_OK(&w->ctx, import_as(w, IMPORT_ORDERS, cut, cut_map, &n));
    CHECK_I64(259, n.orders_known);
    CHECK_I64(259, world_ask(w, "SELECT COUNT(*) FROM orders"));
    CHECK_I64(world_ask(w, "SELECT SUM(quantity) FROM stock_entry"),
              world_ask(w, "SELECT SUM(on_hand) FROM stock"));
    /* 160 books, lamps, mugs and pens are the shop's own 480 units */
    CHECK_I64(480, world_ask(w, "SELECT SUM(sellable - promised) FROM availability"));
}

TEST_BOTH(importing, a_credit_note_becomes_a_return_on_the_newest_order_that_sold_enough)
{
    struct import_counts n;
    shop_open(w);
    const char *map = scratch(w, "m", map_text);
    const char *file = scratch(w, "f",
                               "No,Day,Who,Sku,Units,Price\n"
                               "1,2020-01-01,ann,CUP,10,2.00\n"
                               "2,2020-01-02,ann,CUP,4,2.00\n"
                               "3,2020-01-03,ben,CUP,50,2.00\n"
                               "C4,2020-01-04,ann,CUP,-3,2.00\n" /* of 2 */
                               "C5,2020-01-05,ann,CUP,-3,2.00\n" /* 1 is left of 2: of 1 */
                               "C6,2020-01-06,ann,CUP,-8,2.00\n" /* 7 and 1 */
                               "C7,2020-01-07,ann,CUP,-1,2.00\n" /* nothing is left */
                               "C8,2020-01-08,,CUP,-1,2.00\n"    /* nobody's */
                               "C9,2020-01-09,ann,POST,-1,5.00\n" /* money alone */);
    CHECK_OK(&w->ctx, import_as(w, IMPORT_ORDERS, file, map, &n));
    CHECK_I64(3, n.orders);
    CHECK_I64(3, n.credit_notes);
    CHECK_I64(4, n.returns);
    CHECK_I64(3, n.credit_notes_kept_aside);
    CHECK_I64(3, n.refused);
    CHECK(adds_up(&n));
    CHECK_I64(14, world_ask(w, "SELECT SUM(quantity) FROM return_line"));
    CHECK_I64(2800, world_ask(w, "SELECT SUM(credit_minor) FROM return_line"));
    CHECK_I64(4, world_ask(w, "SELECT SUM(l.quantity) FROM return_line l JOIN order_return r ON "
                              "r.return_id = l.return_id JOIN orders o ON o.order_id = r.order_id "
                              "WHERE o.reference = '2'"));
    CHECK_OK(&w->ctx, import_as(w, IMPORT_ORDERS, file, map, &n));
    CHECK_I64(14, world_ask(w, "SELECT SUM(quantity) FROM return_line"));
    unlink(file);
    unlink(map);
}

TEST_BOTH(importing, a_number_that_another_source_uses_is_refused)
{
    struct import_counts n;
    shop_open(w);
    const char *map = scratch(w, "m", map_text);
    const char *one = scratch(w, "a", "No,Day,Who,Sku,Units,Price\n1,2020-01-01,ann,CUP,1,2.00\n");
    const char *two = scratch(w, "b", "No,Day,Who,Sku,Units,Price\n1,2021-05-05,eve,CUP,1,2.00\n");
    CHECK_OK(&w->ctx, import_as(w, IMPORT_ORDERS, one, map, &n));
    CHECK_OK(&w->ctx, import_as(w, IMPORT_ORDERS, two, map, &n));
    CHECK_I64(1, n.orders_refused);
    CHECK_I64(1, world_ask(w, "SELECT COUNT(*) FROM orders"));
    unlink(one);
    unlink(two);
    unlink(map);
}

TEST_BOTH(importing, a_wrong_line_is_refused_alone_and_named)
{
    struct import_counts n;
    char line[400];
    shop_open(w);
    const char *report = scratch(w, "r", "");
    const char *file = scratch(
        w, "n",
        "{\"channel\":\"web\",\"reference\":\"A\",\"lines\":[{\"sku\":\"MUG\",\"quantity\":1}],"
        "\"ship_to\":{\"country\":\"GB\"},\"method\":\"standard\",\"payment_method\":\"on_"
        "account\"}\n"
        "\n"
        "{\"channel\":\"web\",\"lines\":[{\"sku\":\"MUG\",\"quantity\":\"two\"}]}\n"
        "{\"channel\":\"web\",\"reference\":\"B\",\"lines\":[{\"sku\":\"MUG\",\"quantity\":1},"
        "{\"sku\":\"NO\",\"quantity\":1}],\"ship_to\":{\"country\":\"GB\"},\"method\":\"standard\","
        "\"payment_method\":\"on_account\"}\n");
    struct import_options o = {.path = file, .report = report, .is_quiet = true};
    CHECK_OK(&w->ctx, import_file(&w->ctx, &o, &n));
    CHECK_I64(1, n.orders);
    CHECK_I64(2, n.refused);
    CHECK(adds_up(&n));
    FILE *f = fopen(report, "r");
    CHECK(f && fgets(line, sizeof line, f) && fgets(line, sizeof line, f));
    CHECK(strstr(line, ",3,lines[0].quantity,wrong_type,") != NULL);
    CHECK(f && fgets(line, sizeof line, f));
    CHECK(strstr(line, ",4,lines[1].sku,unknown_sku,") != NULL);
    if (f) fclose(f);
    unlink(file);
    unlink(report);
}

TEST_BOTH(importing, a_stock_file_says_what_lies_in_the_bins)
{
    struct import_counts n;
    struct shop s = shop_open(w);
    const char *file =
        scratch(w, "s",
                "{\"sku\":\"MUG\",\"quantity\":70}\n"
                "{\"sku\":\"BOOK\",\"site\":\"LON\",\"bin\":\"A-09-01\",\"quantity\":5}\n"
                "{\"sku\":\"GONE\",\"quantity\":5}\n");
    for (int i = 0; i < 2; i++) {
        CHECK_OK(&w->ctx, import_as(w, IMPORT_STOCK, file, NULL, &n));
        CHECK_I64(2, n.taken);
        CHECK_I64(1, n.refused);
    }
    struct list have;
    CHECK_OK(&w->ctx, availability_of(&w->ctx, &s.mug, 1, &have));
    CHECK_I64(70, ((const struct availability *)have.at)->sellable);
    CHECK_OK(&w->ctx, availability_of(&w->ctx, &s.book, 1, &have));
    CHECK_I64(105, ((const struct availability *)have.at)->sellable);
    unlink(file);
}

TEST_BOTH(importing, products_are_made_once_and_changed_by_what_comes_later)
{
    struct import_counts n;
    shop_open(w);
    const char *file = scratch(
        w, "p",
        "{\"sku\":\"NEW\",\"name\":\"New\",\"kind\":\"goods\",\"tracking\":\"none\",\"prices\":"
        "[{\"from_quantity\":1,\"unit_price\":{\"amount\":500,\"currency\":\"GBP\"}}]}\n"
        "{\"sku\":\"NEW\",\"name\":\"Newer\",\"kind\":\"goods\",\"tracking\":\"none\"}\n"
        "{\"sku\":\"KIT\",\"name\":\"Kit\",\"kind\":\"kit\",\"tracking\":\"none\",\"parts\":"
        "[{\"sku\":\"NEW\",\"quantity\":2},{\"sku\":\"NONE\",\"quantity\":1}]}\n");
    CHECK_OK(&w->ctx, import_as(w, IMPORT_PRODUCTS, file, NULL, &n));
    CHECK_I64(1, n.products);
    CHECK_I64(1, n.products_changed);
    CHECK_I64(1, n.refused);
    CHECK_I64(1, world_ask(w, "SELECT COUNT(*) FROM product WHERE sku = 'NEW' AND name = 'Newer'"));
    CHECK_I64(500, world_ask(w, "SELECT unit_minor FROM price JOIN product ON price.product_id = "
                                "product.product_id WHERE sku = 'NEW'"));
    unlink(file);
}
