/* test/api/remote_test.c: import and export over --server do what they do on a database. */
#include "faces/cli/cli.h"
#include "faces/cli/exporting.h"
#include "faces/cli/importing.h"
#include "faces/jobs/react.h"
#include "served.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char cut[] = "examples/online-retail-cut.csv";
static const char cut_map[] = "examples/online-retail.map";

static struct cli client_of(const struct served *s, struct arena *a, struct source *source)
{
    source_real(source, 7);
    struct cli cli = {.is_quiet = true};
    cli.server_url = text_cstr(a, text_printf(a, "http://127.0.0.1:%d", s->port));
    cli.key = text_cstr(a, text_skip(s->bearer, sizeof "Bearer " - 1));
    cli.ctx = (struct ctx){.source = source, .now_us = source_now_us(source)};
    return cli;
}

static const char *scratch(struct arena *a, const char *name, const char *text)
{
    const char *path =
        text_cstr(a, text_printf(a, "/tmp/waybill_remote_%d_%s", (int)getpid(), name));
    FILE *f = fopen(path, "w");
    CHECK(f != NULL);
    if (f) fputs(text, f);
    if (f) fclose(f);
    return path;
}

static struct text content(struct arena *a, const char *path)
{
    struct buf b = buf_new(a);
    char part[4096];
    size_t n;
    FILE *f = fopen(path, "r");
    buf_puts(&b, "");
    while (f && (n = fread(part, 1, sizeof part, f)) > 0) buf_put(&b, (struct text){part, n});
    if (f) fclose(f);
    return buf_text(&b);
}

static void send(struct cli *cli, int32_t kind, const char *path, const char *map,
                 const char *report, struct import_counts *n)
{
    struct import_options o = {.kind = kind,
                               .path = path,
                               .mapping = map,
                               .report = report,
                               .is_quiet = true,
                               .server = cli};
    cli->ctx.arena = &cli->arena;
    CHECK_OK(&cli->ctx, import_file(&cli->ctx, &o, n));
    CHECK_I64(n->rows, n->taken + n->known + n->credited + n->refused + n->skipped);
}

TEST_BOTH(remote, a_file_sent_to_a_server_ends_as_it_does_on_a_database_also_when_sent_again)
{
    struct served s;
    struct source source;
    struct import_counts first, again;
    shop_open(w);
    int64_t before = world_ask(w, "SELECT SUM(quantity) FROM stock_entry");
    if (!served_start(&s, w)) return;
    struct cli cli = client_of(&s, &w->arena, &source);
    send(&cli, IMPORT_ORDERS, cut, cut_map, NULL, &first);
    send(&cli, IMPORT_ORDERS, cut, cut_map, NULL, &again);
    served_stop(&s);
    arena_free(&cli.arena);
    CHECK_I64(5017, first.rows);
    CHECK_I64(259, first.orders);
    CHECK_I64(0, first.units_short);
    CHECK_I64(259, again.orders_known);
    CHECK_I64(0, again.orders + again.products + again.bins + again.returns + again.units_received);
    CHECK_I64(first.credited, again.known - first.taken);
    CHECK_I64(259, world_ask(w, "SELECT COUNT(*) FROM orders"));
    CHECK_I64(first.units, world_ask(w, "SELECT SUM(promised) FROM availability"));
    CHECK_I64(first.units_received + before, world_ask(w, "SELECT SUM(quantity) FROM stock_entry"));
}

TEST_BOTH(remote, what_a_server_refuses_of_a_file_is_in_the_report_row_by_row)
{
    struct served s;
    struct source source;
    struct import_counts n;
    struct arena *a = &w->arena;
    shop_open(w);
    if (!served_start(&s, w)) return;
    struct cli cli = client_of(&s, a, &source);
    const char *report = scratch(a, "report", "");
    const char *products =
        scratch(a, "products",
                "{\"sku\":\"NEW-1\",\"name\":\"New\"}\n{\"sku\":\"SET\",\"name\":\"Set\",\"kind\":"
                "\"kit\",\"parts\":[{\"sku\":\"NOBODY\",\"quantity\":1}]}\n{\"sku\":7}\n");
    const char *stock = scratch(a, "stock",
                                "{\"sku\":\"NEW-1\",\"bin\":\"Q-1\",\"quantity\":5}\n"
                                "{\"sku\":\"NOBODY\",\"bin\":\"Q-2\",\"quantity\":5}\n"
                                "{\"sku\":\"NEW-1\",\"bin\":\"Q-1\",\"quantity\":9}\n");
    const char *people = scratch(a, "people", "{\"reference\":\"K1\",\"name\":\"Ada\"}\n");
    send(&cli, IMPORT_PRODUCTS, products, NULL, report, &n);
    CHECK_I64(1, n.taken);
    CHECK_I64(2, n.refused);
    struct text said = content(a, report);
    CHECK(text_find(said, T(",2,parts,unknown_sku,")) > 0);
    CHECK(text_find(said, T(",3,sku,")) > 0);
    send(&cli, IMPORT_STOCK, stock, NULL, report, &n);
    CHECK_I64(2, n.taken);
    CHECK_I64(1, n.refused);
    CHECK(text_find(content(a, report), T(",2,sku,unknown_sku,")) > 0);
    send(&cli, IMPORT_CUSTOMERS, people, NULL, NULL, &n);
    CHECK_I64(1, n.customers);
    send(&cli, IMPORT_CUSTOMERS, people, NULL, NULL, &n);
    CHECK_I64(1, n.known);
    served_stop(&s);
    arena_free(&cli.arena);
    CHECK_I64(9, world_ask(w, "SELECT SUM(on_hand) FROM stock JOIN bin ON bin.merchant_id = "
                              "stock.merchant_id AND bin_id = place_id WHERE code = 'Q-1'"));
    CHECK_I64(0, world_ask(w, "SELECT COUNT(*) FROM bin WHERE code = 'Q-2'"));
}

TEST_BOTH(remote, a_key_without_the_scope_or_a_wrong_one_stops_the_import_with_its_reason)
{
    struct served s;
    struct source source;
    struct import_counts n;
    struct import_options o = {.kind = IMPORT_PRODUCTS, .path = "-", .is_quiet = true};
    shop_open(w);
    if (!served_start(&s, w)) return;
    struct cli cli = client_of(&s, &w->arena, &source);
    cli.ctx.arena = &cli.arena;
    cli.key = "wbk_live_nobody";
    o.path = scratch(&w->arena, "one", "{\"sku\":\"NEW-1\",\"name\":\"New\"}\n");
    o.server = &cli;
    CHECK_I64(ERR_UNAUTHENTICATED, import_file(&cli.ctx, &o, &n));
    served_stop(&s);
    arena_free(&cli.arena);
}

/* Pages of both are joined to the same file. */
TEST_BOTH(remote, what_a_server_exports_is_what_its_database_exports)
{
    static const int32_t kinds[] = {EXPORT_ORDERS, EXPORT_PRODUCTS, EXPORT_CUSTOMERS,
                                    EXPORT_STOCK,  EXPORT_EVENTS,   EXPORT_RETURNS};
    enum { KINDS = sizeof kinds / sizeof *kinds };
    struct served s;
    struct source source;
    struct import_counts n;
    struct text far[KINDS * 2];
    struct arena *a = &w->arena;
    int64_t written;
    shop_open(w);
    struct import_options o = {
        .kind = IMPORT_ORDERS, .path = cut, .mapping = cut_map, .is_quiet = true};
    CHECK_OK(&w->ctx, import_file(&w->ctx, &o, &n));
    CHECK_OK(&w->ctx, react_until_quiet(&w->ctx)); /* or the server does it between two pages */
    if (!served_start(&s, w)) return;
    struct cli cli = client_of(&s, a, &source);
    cli.ctx.arena = &cli.arena;
    const char *path = scratch(a, "export", "");
    for (size_t i = 0; i < KINDS * 2; i++) {
        struct export_options x = {.kind = kinds[i / 2], .is_csv = i % 2, .is_quiet = true};
        FILE *to = fopen(path, "w");
        CHECK_OK(&cli.ctx, export_from(&cli, &x, to, &written));
        fclose(to);
        CHECK(written > (i / 2 == KINDS - 1 ? 2 : 100));
        far[i] = content(a, path);
    }
    served_stop(&s);
    arena_free(&cli.arena);
    for (size_t i = 0; i < KINDS * 2; i++) {
        struct export_options x = {.kind = kinds[i / 2], .is_csv = i % 2, .is_quiet = true};
        FILE *to = fopen(path, "w");
        CHECK_OK(&w->ctx, store_reader(&w->ctx));
        CHECK_OK(&w->ctx, export_to(&w->ctx, &x, to, &written));
        fclose(to);
        if (kinds[i / 2] == EXPORT_EVENTS) continue; /* the server's reactions told more */
        if (!text_eq(far[i], content(a, path)))
            test_fail(__FILE__, __LINE__, "%s differ", word_of(&export_kind_words, kinds[i / 2]));
    }
    unlink(path);
}
