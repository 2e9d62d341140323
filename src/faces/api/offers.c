/* faces/api/offers.c: kits, and the additional services that can be ordered. */
#include "base/source.h"
#include "domain/events/event.h"
#include "domain/payments/tax.h"
#include "faces/api/prices.h"
#include "faces/api/routes.h"

/* --- kits ------------------------------------------------------------------------------------ */

struct kit_part_body {
    struct text sku;
    int64_t quantity;
};
static const struct field kit_part_table[] = {
    FIELD(struct kit_part_body, sku, .flags = F_REQUIRED, .max = SKU_MAX, .about = "of a product"),
    FIELD(struct kit_part_body, quantity, .flags = F_REQUIRED, .min = 1, .max = 10000,
          .about = "in one kit"),
};
static const struct fields kit_part_body_fields =
    FIELDS("new_kit_part", struct kit_part_body, kit_part_table);

enum { KIT_PARTS_MAX = 100 };
struct kit_body {
    int64_t product_id;
    struct text sku, name;
    struct list parts, prices;
};
static const struct field kit_table[] = {
    FIELD(struct kit_body, sku, .flags = F_REQUIRED, .max = SKU_MAX, .about = "of the kit"),
    FIELD(struct kit_body, name, .max = NAME_MAX_CHARS, .about = "needed for a new kit"),
    FIELD_LIST(struct kit_body, parts, kit_part_body_fields, .flags = F_REQUIRED,
               .max = KIT_PARTS_MAX, .about = "what one kit is made of"),
    FIELD_LIST(struct kit_body, prices, price_view_fields, .max = PRICES_MAX,
               .about = "of one kit"),
};
static const struct fields kit_body_fields = FIELDS("new_kit", struct kit_body, kit_table);

static const struct field kit_view_table[] = {
    FIELD_ID(struct kit_body, product_id, "id", "prd"),
    FIELD(struct kit_body, sku, .about = "of the kit"),
    FIELD(struct kit_body, name),
    FIELD_LIST(struct kit_body, parts, kit_part_body_fields, .about = "what one kit is made of"),
    FIELD_LIST(struct kit_body, prices, price_view_fields, .about = "of one kit"),
};
static const struct fields kit_view_fields = FIELDS("kit", struct kit_body, kit_view_table);

/* Parts are goods, each named once. */
static enum err check_parts(struct ctx *c, const struct kit_body *b, const struct list *products)
{
    const struct kit_part_body *parts = b->parts.at;
    if (!b->parts.count) return fail_at(c, ERR_INVALID, "required", "parts", "a kit has parts");
    for (size_t i = 0; i < b->parts.count; i++) {
        const struct product *p = product_sku_in(products, parts[i].sku);
        enum err e = OK;
        if (!p || !p->is_active)
            e = fail_at(c, ERR_INVALID, "unknown_sku", "sku", "there is no product \"%.*s\"%s",
                        TEXT_ARG(parts[i].sku), p ? " on sale" : "");
        else if (p->kind == PRODUCT_KIT)
            e = fail_at(c, ERR_INVALID, "kit_in_kit", "sku", "%.*s is a kit itself",
                        TEXT_ARG(parts[i].sku));
        for (size_t j = 0; e == OK && j < i; j++)
            if (text_eq(parts[j].sku, parts[i].sku))
                e = fail_at(c, ERR_INVALID, "given_twice", "sku", "%.*s stands there already",
                            TEXT_ARG(parts[i].sku));
        if (e != OK) return fail_under(c, e, "parts[%zu]", i);
    }
    return OK;
}

static enum err make_kit(struct ctx *c, const struct kit_body *b, struct product *kit)
{
    if (!b->name.len) return fail_at(c, ERR_INVALID, "required", "name", "a new kit needs a name");
    *kit = (struct product){.merchant_id = c->merchant_id,
                            .product_id = source_id(c->source),
                            .sku = b->sku,
                            .name = b->name,
                            .kind = PRODUCT_KIT,
                            .is_active = 1,
                            .created_us = c->now_us,
                            .owner_id = c->owner_id};
    TRY(product_insert(c, kit));
    return event_put(c, EVENT_PRODUCT_CREATED, NONE, kit->product_id, EVENT_BODY(.word = b->sku));
}

static enum err change_kit(struct ctx *c, const struct kit_body *b, struct product *kit)
{
    if (kit->kind != PRODUCT_KIT)
        return fail_at(c, ERR_CONFLICT, "not_a_kit", "sku", "%.*s is sold as it is",
                       TEXT_ARG(b->sku));
    if (b->name.len && !text_eq(b->name, kit->name)) {
        kit->name = b->name;
        TRY(product_update(c, kit));
    }
    TRY(kit_parts_clear(c, kit->product_id));
    return event_put(c, EVENT_PRODUCT_CHANGED, NONE, kit->product_id, EVENT_BODY(.word = b->sku));
}

static enum err kit_set(struct ctx *c, const struct request *in, struct reply *out)
{
    const struct kit_body *b = in->body;
    const struct kit_part_body *parts = b->parts.at;
    struct text *skus = arena_new(c->arena, struct text, b->parts.count + 1);
    struct list products;
    for (size_t i = 0; i < b->parts.count; i++) skus[i] = parts[i].sku;
    skus[b->parts.count] = b->sku;
    TRY(products_by_sku_of(c, c->owner_id, skus, b->parts.count + 1, &products));
    TRY(check_parts(c, b, &products));
    const struct product *found = product_sku_in(&products, b->sku);
    struct product kit = found ? *found : (struct product){0};
    TRY(found ? change_kit(c, b, &kit) : make_kit(c, b, &kit));
    for (size_t i = 0; i < b->parts.count; i++) {
        int64_t part_id = product_sku_in(&products, parts[i].sku)->product_id;
        TRY(kit_part_put(
            c, &(struct kit_part){c->merchant_id, kit.product_id, part_id, parts[i].quantity}));
    }
    TRY(prices_put(c, kit.product_id, &b->prices));
    struct list prices;
    TRY(prices_of(c, &kit.product_id, 1, &prices));
    struct kit_body *view = arena_new(c->arena, struct kit_body, 1);
    *view = (struct kit_body){kit.product_id, kit.sku, kit.name, b->parts,
                              prices_view(c, &prices, kit.product_id)};
    out->record = view;
    out->location = text_printf(c->arena, "/v1/products/%.*s",
                                TEXT_ARG(id_text(c->arena, "prd", kit.product_id)));
    out->status = found ? 200 : 201;
    return OK;
}

/* --- services -------------------------------------------------------------------------------- */

struct service_view {
    int64_t service_id;
    struct text code, name;
    int32_t kind;
    int64_t minutes, text_max;
    bool is_retired;
    struct list prices;
    struct text tax_class;
};
#define SERVICE_MEMBERS(flag)                                                                      \
    FIELD(struct service_view, code, .flags = (flag), .max = 64,                                   \
          .about = "what orders name it by: gift_wrap"),                                           \
        FIELD(struct service_view, name, .flags = (flag), .max = NAME_MAX_CHARS,                   \
              .about = "as customers read it"),                                                    \
        FIELD_ENUM(struct service_view, kind, service_kind_words, .flags = (flag),                 \
                   .about = "what is done"),                                                       \
        FIELD(struct service_view, minutes, .min = 0, .max = 10000, .about = "of work for one"),   \
        FIELD(struct service_view, text_max, .min = 0, .max = 500,                                 \
              .about = "characters of message or engraving; 0: it has none"),                      \
        FIELD(struct service_view, is_retired, .about = "not offered any more"),                   \
        FIELD_LIST(struct service_view, prices, price_view_fields, .max = PRICES_MAX,              \
                   .about = "by currency"),                                                        \
        FIELD(struct service_view, tax_class, .max = TAX_CLASS_MAX,                                \
              .about = "standard when absent")

static const struct field service_table[] = {
    FIELD_ID(struct service_view, service_id, "id", "svc"),
    SERVICE_MEMBERS(0),
};
static const struct fields service_view_fields =
    FIELDS("service", struct service_view, service_table);
static const struct field new_service_table[] = {SERVICE_MEMBERS(F_REQUIRED)};
static const struct fields new_service_fields =
    FIELDS("service_offer", struct service_view, new_service_table);

static enum err list_services(struct ctx *c, struct list *views)
{
    struct list offers, prices = {0};
    TRY(service_list(c, &offers));
    const struct service_offer *at = offers.at;
    int64_t *ids = arena_new(c->arena, int64_t, offers.count + 1);
    struct service_view *out = arena_new(c->arena, struct service_view, offers.count + 1);
    for (size_t i = 0; i < offers.count; i++) ids[i] = at[i].service_id;
    if (offers.count) TRY(prices_of(c, ids, offers.count, &prices));
    for (size_t i = 0; i < offers.count; i++)
        out[i] = (struct service_view){at[i].service_id, at[i].code,
                                       at[i].name,       at[i].kind,
                                       at[i].minutes,    at[i].text_max,
                                       !at[i].is_active, prices_view(c, &prices, at[i].service_id),
                                       at[i].tax_class};
    *views = (struct list){out, offers.count};
    return OK;
}

static enum err services_show(struct ctx *c, const struct request *in, struct reply *out)
{
    (void)in;
    return list_services(c, &out->list);
}

static enum err service_set(struct ctx *c, const struct request *in, struct reply *out)
{
    const struct service_view *b = in->body;
    struct list offers;
    TRY(service_list(c, &offers));
    const struct service_offer *at = offers.at;
    struct service_offer row = {.merchant_id = c->merchant_id,
                                .service_id = source_id(c->source),
                                .code = b->code,
                                .name = b->name,
                                .kind = b->kind,
                                .minutes = b->minutes,
                                .text_max = b->text_max,
                                .is_active = !b->is_retired,
                                .tax_class = b->tax_class};
    TRY(tax_class_check(c, b->tax_class, "tax_class"));
    out->status = 201;
    for (size_t i = 0; i < offers.count; i++) {
        if (!text_eq(at[i].code, b->code)) continue;
        row.service_id = at[i].service_id;
        out->status = 200;
    }
    TRY(service_put(c, &row));
    TRY(prices_put(c, row.service_id, &b->prices));
    struct list views;
    TRY(list_services(c, &views));
    for (size_t i = 0; i < views.count; i++) {
        const struct service_view *v = &((const struct service_view *)views.at)[i];
        if (v->service_id == row.service_id) out->record = v;
    }
    return OK;
}

const struct route offers_routes[] = {
    {"POST", "/v1/kits", "kits set", SCOPE(CATALOG_WRITE),
     ROUTE_WRITE | ROUTE_SETS | ROUTE_BY_OWNER, &kit_body_fields, NULL, &kit_view_fields, kit_set,
     "Make a kit, or give one other parts; open orders keep theirs."},
    {"GET", "/v1/services", "services list", SCOPE(CATALOG_READ), ROUTE_LIST | ROUTE_SHARED, NULL,
     NULL, &service_view_fields, services_show, "List the additional services."},
    {"POST", "/v1/services", "services set", SCOPE(CATALOG_WRITE), ROUTE_WRITE | ROUTE_SETS,
     &new_service_fields, NULL, &service_view_fields, service_set,
     "Offer a service, or change one of the same code."},
    {0},
};
