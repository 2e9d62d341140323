/* bench/shop.c: the shop that the benchmarks order from. */
#include "bench/bench.h"

#include "base/source.h"
#include "domain/catalog/product.h"
#include "domain/inventory/stock.h"
#include "domain/people/people.h"
#include "domain/sites/site.h"
#include "stages/1_receipt/receipt.h"
#include "store/db.h"

struct plenty {
    const char *code;
    int64_t first, count, site_id, bin_id, products;
};

static enum err open_shop(struct ctx *c, void *arg)
{
    struct plenty *p = arg;
    c->merchant_id = source_id(c->source);
    struct merchant m = {.merchant_id = c->merchant_id,
                         .code = text_of(p->code),
                         .name = T("Bench"),
                         .currency = T("EUR"),
                         .country = T("DE"),
                         .email = T("orders@localhost"),
                         .price_policy = PRICE_HOLD,
                         .stock_policy = STOCK_SPLIT,
                         .created_us = c->now_us};
    TRY(merchant_insert(c, &m));
    p->site_id = source_id(c->source);
    p->bin_id = source_id(c->source);
    struct site site = {.merchant_id = c->merchant_id,
                        .site_id = p->site_id,
                        .code = T("HAM"),
                        .name = T("Hamburg"),
                        .country = T("DE"),
                        .cutoff_minute = 960,
                        .work_days = 31};
    struct bin bin = {.merchant_id = c->merchant_id,
                      .bin_id = p->bin_id,
                      .site_id = p->site_id,
                      .code = T("A-01-01"),
                      .zone = T("A")};
    struct carton carton = {.merchant_id = c->merchant_id,
                            .carton_id = source_id(c->source),
                            .site_id = p->site_id,
                            .code = T("BOX"),
                            .length_mm = 400,
                            .width_mm = 300,
                            .height_mm = 300,
                            .tare_g = 300,
                            .max_g = 30000,
                            .cost_minor = 60};
    TRY(site_insert(c, &site));
    TRY(bin_insert(c, &bin));
    return carton_insert(c, &carton);
}

static enum err fill_shop(struct ctx *c, void *arg)
{
    const struct plenty *p = arg;
    for (int64_t i = p->first; i < p->first + p->count && i < p->products; i++) {
        int64_t id = source_id(c->source);
        struct text sku = text_printf(c->arena, "SKU-%06lld", (long long)i);
        struct product product = {.merchant_id = c->merchant_id,
                                  .product_id = id,
                                  .sku = sku,
                                  .name = sku,
                                  .weight_g = 500,
                                  .length_mm = 120,
                                  .width_mm = 90,
                                  .height_mm = 60,
                                  .is_active = 1,
                                  .created_us = c->now_us};
        struct price price = {c->merchant_id, id, T("EUR"), 1, 1000 + i % 900};
        TRY(product_insert(c, &product));
        TRY(price_put(c, &price));
        TRY(stock_receive(c, id, p->site_id, p->bin_id, (struct text){0}, 100000000, STOCK_RECEIPT,
                          NONE));
    }
    return OK;
}

enum err bench_shop(struct ctx *c, const char *code, int64_t products)
{
    struct plenty p = {.code = code, .count = 500, .products = products};
    TRY(db_tx(c, open_shop, &p));
    for (; p.first < products; p.first += p.count) TRY(db_tx(c, fill_shop, &p));
    return OK;
}

struct draft bench_draft(struct ctx *c, int64_t n, int64_t products, int64_t lines_wanted)
{
    static const int64_t line_counts[] = {1, 2, 2, 3, 4, 3};
    struct draft d = {0};
    record_clear(&draft_fields, &d);
    int64_t count = lines_wanted ? lines_wanted : line_counts[n % 6];
    struct draft_line *lines = arena_new(c->arena, struct draft_line, (size_t)count);
    for (int64_t l = 0; l < count; l++) {
        /* The square of an even draw: few products are asked for often. */
        int64_t draw = source_below(c->source, products);
        record_clear(&draft_line_fields, &lines[l]);
        lines[l].sku = text_printf(c->arena, "SKU-%06lld", (long long)(draw * draw / products));
        lines[l].quantity = 1 + l % 3;
    }
    d.lines = (struct list){lines, (size_t)count};
    d.ship_to = arena_new(c->arena, struct postal_address, 1);
    *d.ship_to = (struct postal_address){
        .recipient = text_printf(c->arena, "Customer %lld", (long long)n),
        .line1 = text_printf(c->arena, "Lange Reihe %lld", (long long)(n % 200 + 1)),
        .city = T("Hamburg"),
        .postal_code = T("20099"),
        .country = T("DE")};
    d.reference = text_printf(c->arena, "B-%09lld", (long long)n);
    d.customer_name = d.ship_to->recipient;
    d.customer_email = text_printf(c->arena, "c%lld@example.org", (long long)n);
    d.payment_method = PAY_ON_ACCOUNT;
    return d;
}
