#include "faces/cli/exporting.h"

#include "base/time.h"
#include "domain/catalog/product.h"
#include "faces/cli/importing.h"
#include "shop.h"
#include "store/db.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct text exported(struct world *w, int32_t kind, bool is_csv, bool is_for_people)
{
    struct export_options o = {kind, is_csv, is_for_people, true};
    char *at = NULL;
    size_t len = 0;
    int64_t written;
    FILE *to = open_memstream(&at, &len);
    CHECK_OK(&w->ctx, export_to(&w->ctx, &o, to, &written));
    fclose(to);
    struct text t = text_copy(&w->arena, (struct text){at, len});
    free(at);
    return t;
}

static void import_by(struct world *w, int32_t kind, struct text t, const char *map)
{
    struct import_counts n;
    char path[] = "/tmp/waybill_export_XXXXXX";
    int file = mkstemp(path);
    CHECK(file >= 0 && write(file, t.at, t.len) == (ssize_t)t.len);
    close(file);
    struct import_options o = {.kind = kind, .path = path, .mapping = map, .is_quiet = true};
    CHECK_OK(&w->ctx, import_file(&w->ctx, &o, &n));
    CHECK_I64(0, n.refused);
    CHECK(n.rows > 0);
    unlink(path);
}

static void import_text(struct world *w, int32_t kind, struct text t)
{
    import_by(w, kind, t, NULL);
}

/* Kits, services, charges, discounts, a draft, addresses in two scripts. */
static void fill(struct world *w)
{
    struct arena *a = &w->arena;
    struct draft d[4];
    struct outcome outcomes[4];
    for (int i = 0; i < 4; i++) {
        d[i] = shop_draft(w, i == 1 ? "SET" : "MUG", 1 + i);
        d[i].reference = text_printf(a, "R-%d", i);
        d[i].placed_us = w->ctx.now_us - i * 1000000;
        d[i].customer_reference = text_printf(a, "C-%d", i % 2);
    }
    struct draft_line *lines = arena_new(a, struct draft_line, 3);
    for (int i = 0; i < 3; i++) record_clear(&draft_line_fields, &lines[i]);
    struct draft_service *engraving = arena_new(a, struct draft_service, 1);
    *engraving = (struct draft_service){T("engraving"), T("Für Zoë \"=1+1\"")};
    lines[0].sku = T("PEN");
    lines[0].quantity = 3;
    lines[0].discount = money(10, "GBP");
    lines[0].tax = money(33, "GBP");
    lines[0].services = (struct list){engraving, 1};
    lines[1].name = T("=Postage");
    lines[1].quantity = 1;
    lines[1].unit_price = money(450, "GBP");
    lines[2].name = T("Voucher");
    lines[2].quantity = 1;
    lines[2].unit_price = money(-100, "GBP");
    d[2].lines = (struct list){lines, 3};
    struct draft_service *wrap = arena_new(a, struct draft_service, 1);
    *wrap = (struct draft_service){T("gift_wrap"), T("line\nbreak")};
    d[2].services = (struct list){wrap, 1};
    d[2].shipping = money(399, "GBP");
    d[2].note = T("ring twice");
    d[2].wish_day = day_of_us(w->ctx.now_us) + 3;
    d[2].bill_to = arena_new(a, struct postal_address, 1);
    *d[2].bill_to = (struct postal_address){.recipient = T("東京 太郎"),
                                            .line1 = T("千代田1-1"),
                                            .city = T("千代田区"),
                                            .admin_area = T("東京都"),
                                            .postal_code = T("100-0001"),
                                            .country = T("JP")};
    d[3].is_draft = true;
    shop_place(w, d, 4, outcomes);
    for (int i = 0; i < 4; i++) CHECK_I64(OK, outcomes[i].fault.code);
}

/* What the shop of the tests leaves at its default, so that nothing is the same by chance. */
static void make_particular(struct world *w)
{
    CHECK_OK(&w->ctx, world_script(w, "UPDATE product SET tax_class = 'books', hs_code = '490199', "
                                      "origin = 'GB', gtin = '9780141439518', tracking = 1 "
                                      "WHERE sku = 'BOOK'"));
    CHECK_OK(&w->ctx, world_script(w, "UPDATE product SET is_active = 0, tracking = 2, handling = 5"
                                      " WHERE sku = 'LAMP'"));
    CHECK_OK(&w->ctx, world_script(w, "UPDATE stock SET lot = 'L-7' WHERE product_id = (SELECT "
                                      "product_id FROM product WHERE sku = 'BOOK')"));
    CHECK_OK(&w->ctx, world_script(w, "INSERT INTO lot SELECT merchant_id, product_id, 'L-7', 5, "
                                      "21000, 21000, 1 FROM product WHERE sku = 'BOOK'"));
}

/* Every column of the products, but for what an installation makes of its own. */
static struct text rows_of(struct world *w)
{
    struct list products;
    struct buf b = buf_new(&w->arena);
    CHECK_OK(&w->ctx, store_reader(&w->ctx));
    CHECK_OK(&w->ctx, product_list(&w->ctx, T(""), 100, &products));
    for (size_t i = 0; i < products.count; i++) {
        struct product p = ((const struct product *)products.at)[i];
        p.merchant_id = p.product_id = p.created_us = 0;
        buf_put(&b, record_to_line(&w->arena, &product_fields, &p));
        buf_putc(&b, '\n');
    }
    return buf_text(&b);
}

static const int32_t both[][2] = {{EXPORT_PRODUCTS, IMPORT_PRODUCTS},
                                  {EXPORT_CUSTOMERS, IMPORT_CUSTOMERS},
                                  {EXPORT_STOCK, IMPORT_STOCK},
                                  {EXPORT_ORDERS, IMPORT_ORDERS}};

TEST_BOTH(exporting, what_is_exported_and_imported_is_the_same_again)
{
    struct text first[4];
    struct world other;
    shop_open(w);
    fill(w);
    make_particular(w);
    for (size_t i = 0; i < 4; i++) first[i] = exported(w, both[i][0], false, false);
    CHECK(text_find(first[3], T("Zo\xc3\xab")) > 0);
    if (!world_open(&other, w->engine)) return;
    shop_open(&other);
    CHECK_OK(&other.ctx, world_script(&other, "DELETE FROM price WHERE product_id IN (SELECT "
                                              "product_id FROM product)"));
    CHECK_OK(&other.ctx, world_script(&other, "DELETE FROM kit_part"));
    CHECK_OK(&other.ctx, world_script(&other, "DELETE FROM product"));
    CHECK_OK(&other.ctx, world_script(&other, "DELETE FROM stock"));
    CHECK_OK(&other.ctx, world_script(&other, "DELETE FROM availability"));
    for (size_t i = 0; i < 4; i++) import_text(&other, both[i][1], first[i]);
    for (size_t i = 0; i < 4; i++) {
        struct text again = exported(&other, both[i][0], false, false);
        CHECK_TEXT(text_cstr(&w->arena, first[i]), again);
    }
    CHECK_TEXT(text_cstr(&w->arena, rows_of(w)), rows_of(&other));
    CHECK_I64(21000, world_ask(&other, "SELECT expiry_day AS n FROM lot WHERE lot = 'L-7'"));
    world_close(&other);
}

TEST_BOTH(exporting, a_spreadsheet_gets_a_row_per_line_and_computes_nothing)
{
    shop_open(w);
    fill(w);
    struct text plain = exported(w, EXPORT_ORDERS, true, false);
    struct text safe = exported(w, EXPORT_ORDERS, true, true);
    size_t rows = 0;
    for (size_t i = 0; i < plain.len; i++) rows += plain.at[i] == '\n';
    /* header; 1 mug; set, mug, pens; pens, engraving, two charges, wrap with its break; 4 mugs */
    CHECK_I64(12, (int64_t)rows);
    CHECK(text_find(plain, T(",\"line\nbreak\",")) > 0);
    CHECK(text_find(plain, T(",ring twice,")) > 0);
    CHECK(text_find(plain, T("100-0001,JP")) > 0);
    CHECK(text_find(plain, T(",=Postage,")) > 0);
    CHECK(text_find(safe, T(",=Postage,")) < 0);
    CHECK(text_find(safe, T(",'=Postage,")) > 0);
    CHECK(text_find(safe, T(",-1.00,")) > 0); /* a number stays one */
}

/* What a spreadsheet has room for: no drafts, no parts of kits; services come as charges. */
TEST_BOTH(exporting, our_own_csv_comes_back_by_its_mapping)
{
    struct text files[4];
    struct world other;
    shop_open(w);
    fill(w);
    for (size_t i = 0; i < 4; i++) files[i] = exported(w, both[i][0], true, false);
    if (!world_open(&other, w->engine)) return;
    shop_open(&other);
    for (size_t i = 0; i < 4; i++) import_by(&other, both[i][1], files[i], "examples/waybill.map");
    static const char *const same[] = {
        "SELECT count(*) AS n FROM orders o JOIN order_state s ON s.merchant_id = o.merchant_id "
        "AND s.order_id = o.order_id WHERE s.commercial > 0",
        "SELECT sum(o.total_minor) AS n FROM orders o JOIN order_state s ON s.merchant_id = "
        "o.merchant_id AND s.order_id = o.order_id WHERE s.commercial > 0",
        "SELECT sum(s.units) AS n FROM order_state s WHERE s.commercial > 0",
        "SELECT sum(wish_day) AS n FROM orders",
        "SELECT count(*) AS n FROM orders WHERE note = 'ring twice'",
        "SELECT count(*) AS n FROM orders o JOIN address a ON a.merchant_id = o.merchant_id "
        "AND a.address_id = o.bill_to_id WHERE a.postal_code = '100-0001'",
        "SELECT sum(on_hand) AS n FROM stock",
        "SELECT count(*) AS n FROM product",
        "SELECT sum(unit_minor * from_quantity) AS n FROM price",
    };
    for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
        int64_t before = world_ask(w, same[i]);
        CHECK(before > 0);
        CHECK_I64(before, world_ask(&other, same[i]));
    }
    world_close(&other);
}

TEST_BOTH(exporting, all_pages_come_in_order_and_memory_stays_flat)
{
    enum { ORDERS = 450 };
    shop_open(w);
    struct draft *d = arena_new(&w->arena, struct draft, ORDERS);
    struct outcome *o = arena_new(&w->arena, struct outcome, ORDERS);
    for (size_t i = 0; i < ORDERS; i++) d[i] = shop_draft(w, "PEN", 1);
    if (!shop_place(w, d, ORDERS, o)) return;
    size_t before = w->arena.bytes;
    struct export_options options = {EXPORT_ORDERS, false, false, true};
    int64_t written;
    FILE *to = fopen("/dev/null", "w");
    CHECK_OK(&w->ctx, export_to(&w->ctx, &options, to, &written));
    fclose(to);
    CHECK_I64(ORDERS, written);
    CHECK_I64((int64_t)before, (int64_t)w->arena.bytes);
    struct text events = exported(w, EXPORT_EVENTS, false, false);
    size_t lines = 0;
    for (size_t i = 0; i < events.len; i++) lines += events.at[i] == '\n';
    int64_t last = 0;
    CHECK_OK(&w->ctx,
             db_ask(&w->ctx, "SELECT COUNT(*) FROM event", "SELECT COUNT(*) FROM event", &last));
    CHECK_I64(last, (int64_t)lines);
}
