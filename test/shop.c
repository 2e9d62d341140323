#include "shop.h"

#include "base/time.h"
#include "domain/catalog/product.h"
#include "domain/inventory/stock.h"
#include "domain/people/people.h"
#include "domain/sites/site.h"
#include "stages/2_processing/release.h"

struct opening {
    struct world *w;
    struct shop shop;
};

static enum err add_site(struct ctx *c, struct shop *s, int which, const char *code,
                         const char *city)
{
    int64_t site_id = source_id(c->source);
    struct site site = {.merchant_id = c->merchant_id,
                        .site_id = site_id,
                        .code = text_of(code),
                        .name = text_of(city),
                        .country = T("GB"),
                        .city = text_of(city),
                        .postal_code = T("SW1A 1AA"),
                        .street = T("1 Dock Road"),
                        .priority = which,
                        .cutoff_minute = 16 * 60,
                        .work_days = 31};
    TRY(site_insert(c, &site));
    for (int i = 0; i < 12; i++) {
        struct bin bin = {.merchant_id = c->merchant_id,
                          .bin_id = source_id(c->source),
                          .site_id = site_id,
                          .zone = T("A"),
                          .aisle = i / 4 + 1,
                          .bay = i % 4 + 1,
                          .level = 1,
                          .x_mm = (i / 4) * 3000,
                          .y_mm = (i % 4) * 1000,
                          .kind = BIN_PICK};
        bin.code = text_printf(c->arena, "A-%02d-%02d", i / 4 + 1, i % 4 + 1);
        s->bins[which][i] = bin.bin_id;
        TRY(bin_insert(c, &bin));
    }
    static const struct {
        const char *code;
        int64_t length, width, height, tare, max, cost;
    } boxes[] = {{"S", 200, 150, 100, 80, 5000, 30},
                 {"M", 400, 300, 200, 250, 15000, 60},
                 {"L", 600, 400, 400, 500, 30000, 110}};
    for (size_t i = 0; i < 3; i++) {
        struct carton box = {.merchant_id = c->merchant_id,
                             .carton_id = source_id(c->source),
                             .site_id = site_id,
                             .code = text_of(boxes[i].code),
                             .length_mm = boxes[i].length,
                             .width_mm = boxes[i].width,
                             .height_mm = boxes[i].height,
                             .tare_g = boxes[i].tare,
                             .max_g = boxes[i].max,
                             .cost_minor = boxes[i].cost};
        TRY(carton_insert(c, &box));
    }
    *(which ? &s->manchester : &s->london) = site_id;
    return OK;
}

static enum err add_product(struct ctx *c, const struct shop *s, int64_t *id, const char *sku,
                            const char *name, const char *gtin, int64_t price, int64_t weight,
                            int32_t handling, int bin)
{
    *id = source_id(c->source);
    struct product p = {.merchant_id = c->merchant_id,
                        .product_id = *id,
                        .sku = text_of(sku),
                        .name = text_of(name),
                        .gtin = text_of(gtin),
                        .weight_g = weight,
                        .length_mm = 120,
                        .width_mm = 90,
                        .height_mm = 90,
                        .handling = handling,
                        .is_active = 1,
                        .created_us = c->now_us};
    p.kind = bin < 0 ? PRODUCT_KIT : PRODUCT_GOODS;
    TRY(product_insert(c, &p));
    struct price list = {c->merchant_id, *id, T("GBP"), 1, price};
    TRY(price_put(c, &list));
    if (bin < 0) return OK;
    TRY(stock_receive(c, *id, s->london, s->bins[0][bin], (struct text){0}, 100, STOCK_RECEIPT,
                      NONE));
    return stock_receive(c, *id, s->manchester, s->bins[1][bin], (struct text){0}, 20,
                         STOCK_RECEIPT, NONE);
}

static enum err add_offer(struct ctx *c, int64_t *id, const char *code, enum service_kind kind,
                          int64_t price, int64_t text_max)
{
    *id = source_id(c->source);
    struct service_offer offer = {.merchant_id = c->merchant_id,
                                  .service_id = *id,
                                  .code = text_of(code),
                                  .name = text_of(code),
                                  .kind = (int32_t)kind,
                                  .minutes = 5,
                                  .text_max = text_max,
                                  .is_active = 1};
    struct price list = {c->merchant_id, *id, T("GBP"), 1, price};
    TRY(service_put(c, &offer));
    return price_put(c, &list);
}

static enum err open_in_tx(struct ctx *c, void *arg)
{
    struct shop *s = &((struct opening *)arg)->shop;
    c->merchant_id = s->merchant_id = source_id(c->source);
    struct merchant m = {.merchant_id = s->merchant_id,
                         .code = T("fjell"),
                         .name = T("Fjell & Co"),
                         .currency = T("GBP"),
                         .country = T("GB"),
                         .email = T("shop@fjell.example"),
                         .street = T("1 Dock Road, London"),
                         .price_policy = PRICE_HOLD,
                         .stock_policy = STOCK_SPLIT,
                         .confirm_channels = 0,
                         .capture_policy = CAPTURE_ON_SHIP,
                         .grace_us = 3 * DAY_US,
                         .created_us = c->now_us};
    TRY(merchant_insert(c, &m));
    TRY(add_site(c, s, 0, "LON", "London"));
    TRY(add_site(c, s, 1, "MAN", "Manchester"));
    TRY(add_product(c, s, &s->mug, "MUG", "Mug, white", "05012345678900", 899, 350,
                    HANDLING_FRAGILE, 0));
    TRY(add_product(c, s, &s->book, "BOOK", "Field guide", "09780306406157", 1250, 600, 0, 3));
    TRY(add_product(c, s, &s->lamp, "LAMP", "Desk lamp", NULL, 4999, 1800,
                    HANDLING_FRAGILE | HANDLING_UPRIGHT, 6));
    TRY(add_product(c, s, &s->pen, "PEN", "Pen, blue", NULL, 199, 15, 0, 11));
    TRY(add_product(c, s, &s->set, "SET", "Writing set", NULL, 1199, 0, 0, -1));
    TRY(kit_part_put(c, &(struct kit_part){c->merchant_id, s->set, s->mug, 1}));
    TRY(kit_part_put(c, &(struct kit_part){c->merchant_id, s->set, s->pen, 2}));
    TRY(add_offer(c, &s->gift_wrap, "gift_wrap", SERVICE_GIFT_WRAP, 350, 200));
    TRY(add_offer(c, &s->engraving, "engraving", SERVICE_CUSTOMIZATION, 900, 40));
    return add_offer(c, &s->packaging, "special_packaging", SERVICE_SPECIAL_PACKAGING, 500, 0);
}

struct shop shop_open(struct world *w)
{
    struct opening opening = {.w = w};
    CHECK_OK(&w->ctx, db_tx(&w->ctx, open_in_tx, &opening));
    w->ctx.merchant_id = opening.shop.merchant_id;
    return opening.shop;
}

struct draft shop_draft(struct world *w, const char *sku, int64_t quantity)
{
    struct draft d = {0};
    record_clear(&draft_fields, &d);
    struct draft_line *line = arena_new(&w->arena, struct draft_line, 1);
    record_clear(&draft_line_fields, line);
    line->sku = text_of(sku);
    line->quantity = quantity;
    d.lines = (struct list){line, 1};
    d.ship_to = arena_new(&w->arena, struct postal_address, 1);
    *d.ship_to = (struct postal_address){.recipient = T("Ada Byron"),
                                         .line1 = T("10 King Street"),
                                         .city = T("London"),
                                         .postal_code = T("EC2V 8EA"),
                                         .country = T("GB")};
    d.channel = CHANNEL_WEB;
    d.payment_method = PAY_ON_ACCOUNT;
    d.customer_name = T("Ada Byron");
    d.customer_email =
        text_printf(&w->arena, "ada%lld@example.org", (long long)source_id(&w->source));
    return d;
}

struct placing {
    const struct draft *drafts;
    size_t n;
    struct outcome *outcomes;
};

static enum err place_in_tx(struct ctx *c, void *arg)
{
    struct placing *p = arg;
    return receipt_place(c, p->drafts, p->n, p->outcomes);
}

bool shop_place(struct world *w, const struct draft *drafts, size_t n, struct outcome *outcomes)
{
    struct placing p = {drafts, n, outcomes};
    enum err e = db_tx(&w->ctx, place_in_tx, &p);
    CHECK_OK(&w->ctx, e);
    return e == OK;
}

int64_t shop_order(struct world *w, const char *sku, int64_t quantity)
{
    struct draft d = shop_draft(w, sku, quantity);
    struct outcome o = {0};
    if (!shop_place(w, &d, 1, &o)) return 0;
    w->ctx.fault = o.fault;
    CHECK_OK(&w->ctx, o.fault.code);
    return o.order_id;
}

struct releasing {
    const int64_t *ids;
    size_t n;
    int64_t released;
};

static enum err release_in_tx(struct ctx *c, void *arg)
{
    struct releasing *r = arg;
    return release_orders(c, r->ids, r->n, &r->released);
}

int64_t shop_release(struct world *w, const int64_t *order_ids, size_t n)
{
    struct releasing r = {order_ids, n, 0};
    CHECK_OK(&w->ctx, db_tx(&w->ctx, release_in_tx, &r));
    return r.released;
}

struct order_state shop_state(struct world *w, int64_t order_id)
{
    struct order_state s = {0};
    CHECK_OK(&w->ctx, store_reader(&w->ctx));
    CHECK_OK(&w->ctx, order_state_get(&w->ctx, order_id, &s));
    return s;
}
