#include "app/seed.h"
#include "app/node.h"
#include "app/wiring.h"

#include "base/source.h"
#include "domain/people/people.h"
#include "domain/sites/site.h"
#include "faces/cli/cli.h"
#include "faces/pages/links.h"
#include "store/copy.h"
#include "store/db.h"

#include <string.h>

#include <stdlib.h>

static const struct {
    const char *code;
    int64_t length_mm, width_mm, height_mm, tare_g, max_g, cost_minor;
} cartons[] = {
    {"S", 200, 150, 100, 90, 5000, 25},
    {"M", 300, 200, 150, 180, 10000, 45},
    {"L", 400, 300, 250, 380, 20000, 80},
    {"XL", 600, 400, 400, 750, 30000, 140},
};

static enum err seed_site(struct ctx *c)
{
    struct site site = {.merchant_id = c->merchant_id,
                        .site_id = source_id(c->source),
                        .code = T("MAIN"),
                        .name = T("Main warehouse"),
                        .kind = SITE_WAREHOUSE,
                        .country = T("DE"),
                        .priority = 1,
                        .cutoff_minute = 14 * 60,
                        .work_days = 0x1F,
                        .sells_from = SELLS_FROM_RECEIPT};
    struct bin bin = {.merchant_id = c->merchant_id,
                      .bin_id = source_id(c->source),
                      .site_id = site.site_id,
                      .code = T("RECEIVING"),
                      .zone = T("IN"),
                      .kind = BIN_RECEIVING};
    TRY(site_insert(c, &site));
    TRY(bin_insert(c, &bin));
    for (size_t i = 0; i < sizeof cartons / sizeof *cartons; i++) {
        struct carton carton = {.merchant_id = c->merchant_id,
                                .carton_id = source_id(c->source),
                                .site_id = site.site_id,
                                .code = text_of(cartons[i].code),
                                .length_mm = cartons[i].length_mm,
                                .width_mm = cartons[i].width_mm,
                                .height_mm = cartons[i].height_mm,
                                .tare_g = cartons[i].tare_g,
                                .max_g = cartons[i].max_g,
                                .cost_minor = cartons[i].cost_minor};
        TRY(carton_insert(c, &carton));
    }
    return OK;
}

static enum err seed(struct ctx *c, void *arg)
{
    struct list merchants;
    (void)arg;
    TRY(merchant_list(c, &merchants));
    if (merchants.count) return OK;
    c->merchant_id = source_id(c->source);
    struct merchant m = {.merchant_id = c->merchant_id,
                         .code = T("main"),
                         .name = T("My shop"),
                         .currency = T("EUR"),
                         .country = T("DE"),
                         .email = T("orders@localhost"),
                         .price_policy = PRICE_HOLD,
                         .stock_policy = STOCK_SPLIT,
                         .capture_policy = CAPTURE_ON_SHIP,
                         .grace_us = 14 * DAY_US,
                         .created_us = c->now_us};
    TRY(merchant_insert(c, &m));
    return seed_site(c);
}

enum err installation_seed(struct ctx *c)
{
    struct list merchants;
    TRY(store_reader(c));
    TRY(merchant_list(c, &merchants));
    if (merchants.count) return OK;
    enum err e = db_tx(c, seed, NULL);
    /* Another process may have been first. */
    if (e == ERR_CONFLICT && merchant_list(c, &merchants) == OK && merchants.count) return OK;
    return e;
}

static enum err find_merchant(struct ctx *c, const char *code)
{
    struct list merchants;
    TRY(merchant_list(c, &merchants));
    const struct merchant *m = merchants.at;
    for (size_t i = 0; i < merchants.count; i++) {
        if (code && !text_is(m[i].code, code)) continue;
        c->merchant_id = m[i].merchant_id;
        return OK;
    }
    return fail(c, ERR_NOT_FOUND, "merchant_not_found", "there is no merchant \"%s\"",
                code ? code : "");
}

enum err installation_open(struct ctx *c, const char *merchant_code)
{
    wiring_use_drivers(c);
    TRY(copy_is_whole(c));
    if (store_engine(c->store) == DB_POSTGRES) TRY(node_keep(c));
    TRY(installation_seed(c));
    TRY(store_reader(c));
    TRY(find_merchant(c, merchant_code));
    TRY(clock_ahead(c, &c->source->ahead_us));
    /* What customers reach us by; links in mails begin with it. */
    const char *url = getenv("WAYBILL_URL");
    return links_use(c, text_of(url && *url ? url : "http://127.0.0.1:8080"));
}

void installation_close(struct ctx *c)
{
    (void)c;
    node_let_go();
}
