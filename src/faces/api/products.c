/* faces/api/products.c: what is sold. */
#include "base/country.h"
#include "base/source.h"
#include "domain/events/event.h"
#include "domain/inventory/cell.h"
#include "domain/payments/tax.h"
#include "domain/people/owner.h"
#include "faces/api/page.h"
#include "faces/api/prices.h"
#include "faces/api/routes.h"
#include "wire/json.h"

struct part_view {
    struct text sku, name;
    int64_t quantity;
};
static const struct field part_table[] = {
    FIELD(struct part_view, sku),
    FIELD(struct part_view, name),
    FIELD(struct part_view, quantity, .about = "in one kit"),
};
static const struct fields part_fields = FIELDS("kit_part", struct part_view, part_table);

struct product_view {
    int64_t product_id;
    struct text sku, name, gtin;
    int32_t kind;
    int64_t weight_g, length_mm, width_mm, height_mm;
    int32_t handling, tracking;
    struct text hs_code, origin, tax_class;
    bool is_active;
    int64_t created_us, owner_id;
    struct text owner; /* its code */
    struct list prices, parts;
};

enum { SIZE_MAX_MM = 100000, WEIGHT_MAX_G = 100000000 };
#define DESCRIBED                                                                                  \
    FIELD(struct product_view, gtin, .max = 14, .about = "8, 12, 13 or 14 digits"),                \
        FIELD(struct product_view, weight_g, .min = 0, .max = WEIGHT_MAX_G,                        \
              .about = "0: not known"),                                                            \
        FIELD(struct product_view, length_mm, .min = 0, .max = SIZE_MAX_MM,                        \
              .about = "packed, in millimetres; 0: not known"),                                    \
        FIELD(struct product_view, width_mm, .min = 0, .max = SIZE_MAX_MM,                         \
              .about = "0: not known"),                                                            \
        FIELD(struct product_view, height_mm, .min = 0, .max = SIZE_MAX_MM,                        \
              .about = "0: not known"),                                                            \
        FIELD_FLAGS(struct product_view, handling, handling_words,                                 \
                    .about = "what packers and carriers have to mind"),                            \
        FIELD_ENUM(                                                                                \
            struct product_view, tracking, tracking_kind_words,                                    \
            .about =                                                                               \
                "whether stock is kept by lot or by serial number; only while there is none"),     \
        FIELD(struct product_view, hs_code, .max = 10, .about = "for customs: 6 to 10 digits"),    \
        FIELD(struct product_view, origin, .max = 2, .about = "country it was made in"),           \
        FIELD(struct product_view, tax_class, .max = TAX_CLASS_MAX,                                \
              .about = "standard when absent; a kit without one bears what its parts bear")

static const struct field view_table[] = {
    FIELD_ID(struct product_view, product_id, "id", "prd"),
    FIELD(struct product_view, sku, .about = "the owner's own number, once for each owner"),
    FIELD(struct product_view, name, .about = "as customers read it"),
    FIELD_ENUM(struct product_view, kind, product_kind_words),
    DESCRIBED,
    FIELD(struct product_view, is_active, .about = "on sale"),
    FIELD_INSTANT(struct product_view, created_us, "created_at", .flags = F_WIDE),
    FIELD(struct product_view, owner, .about = "code of whose it is; null: the merchant's own"),
    FIELD_LIST(struct product_view, prices, price_view_fields, .about = "by currency and quantity"),
    FIELD_LIST(struct product_view, parts, part_fields, .about = "of a kit"),
};
static const struct fields view_fields = FIELDS("product", struct product_view, view_table);

static const struct field new_table[] = {
    FIELD(struct product_view, sku, .flags = F_REQUIRED, .max = SKU_MAX,
          .about = "the owner's own number, once for each owner"),
    FIELD(struct product_view, name, .flags = F_REQUIRED, .max = NAME_MAX_CHARS,
          .about = "as customers read it"),
    DESCRIBED,
    FIELD_LIST(struct product_view, prices, price_view_fields, .max = PRICES_MAX,
               .about = "by currency and quantity"),
};
static const struct fields new_fields = FIELDS("new_product", struct product_view, new_table);

static const struct field change_table[] = {
    FIELD(struct product_view, name, .max = NAME_MAX_CHARS, .about = "as customers read it"),
    DESCRIBED,
    FIELD(struct product_view, is_active, .about = "on sale"),
};
static const struct fields change_fields =
    FIELDS("product_change", struct product_view, change_table);

struct product_query {
    struct text sku, gtin, after;
    int64_t limit;
};
static const struct field query_table[] = {
    FIELD(struct product_query, sku, .max = SKU_MAX, .about = "exactly this one"),
    FIELD(struct product_query, gtin, .max = 14,
          .about = "products with this number, 8 to 14 digits"),
    PAGE_FIELDS(struct product_query),
};
static const struct fields query_fields =
    FIELDS("product_query", struct product_query, query_table);

/* --- views ----------------------------------------------------------------------------------- */

static struct product_view view_of(const struct product *p)
{
    return (struct product_view){.product_id = p->product_id,
                                 .sku = p->sku,
                                 .name = p->name,
                                 .gtin = p->gtin,
                                 .kind = p->kind,
                                 .weight_g = p->weight_g,
                                 .length_mm = p->length_mm,
                                 .width_mm = p->width_mm,
                                 .height_mm = p->height_mm,
                                 .handling = p->handling,
                                 .tracking = p->tracking,
                                 .hs_code = p->hs_code,
                                 .origin = p->origin,
                                 .tax_class = p->tax_class,
                                 .is_active = p->is_active != 0,
                                 .created_us = p->created_us,
                                 .owner_id = p->owner_id};
}

static struct list parts_view(struct ctx *c, const struct list *parts, const struct list *products,
                              int64_t kit_id)
{
    const struct kit_part *at = parts->at;
    struct part_view *views = NULL;
    size_t n = 0, capacity = 0;
    for (size_t i = 0; i < parts->count; i++) {
        if (at[i].kit_id != kit_id) continue;
        const struct product *p = product_in(products, at[i].part_id);
        *arena_push(c->arena, views, n, capacity) = (struct part_view){
            p ? p->sku : (struct text){0}, p ? p->name : (struct text){0}, at[i].quantity};
    }
    return (struct list){views, n};
}

/* Products with prices and parts: three more statements at most. */
static enum err views_of(struct ctx *c, const struct list *products, struct list *out)
{
    const struct product *at = products->at;
    struct list prices = {0}, parts = {0}, part_products = {0};
    struct owner_codes codes;
    int64_t *owner_ids = arena_new(c->arena, int64_t, products->count + 1);
    int64_t *ids = arena_new(c->arena, int64_t, products->count + 1);
    int64_t *kits = arena_new(c->arena, int64_t, products->count + 1);
    size_t kit_count = 0;
    for (size_t i = 0; i < products->count; i++) {
        ids[i] = at[i].product_id;
        owner_ids[i] = at[i].owner_id;
        if (at[i].kind == PRODUCT_KIT) kits[kit_count++] = at[i].product_id;
    }
    if (products->count) TRY(prices_of(c, ids, products->count, &prices));
    if (kit_count) TRY(kit_parts_of(c, kits, kit_count, &parts));
    int64_t *part_ids = arena_new(c->arena, int64_t, parts.count + 1);
    for (size_t i = 0; i < parts.count; i++)
        part_ids[i] = ((const struct kit_part *)parts.at)[i].part_id;
    if (parts.count) TRY(products_of(c, part_ids, parts.count, &part_products));
    TRY(owner_codes_load(c, owner_ids, products->count, &codes));
    struct product_view *views = arena_new(c->arena, struct product_view, products->count + 1);
    for (size_t i = 0; i < products->count; i++) {
        views[i] = view_of(&at[i]);
        views[i].owner = owner_code(&codes, at[i].owner_id);
        views[i].prices = prices_view(c, &prices, at[i].product_id);
        if (at[i].kind == PRODUCT_KIT)
            views[i].parts = parts_view(c, &parts, &part_products, at[i].product_id);
    }
    *out = (struct list){views, products->count};
    return OK;
}

static enum err show(struct ctx *c, int64_t product_id, struct reply *out)
{
    struct product p;
    struct list views;
    TRY(product_get(c, product_id, &p));
    TRY(views_of(c, &(struct list){&p, 1}, &views));
    out->record = views.at;
    out->version = row_version(c, &product_fields, &p);
    return OK;
}

static enum err product_show(struct ctx *c, const struct request *in, struct reply *out)
{
    return show(c, in->ids[0], out);
}

static enum err product_find(struct ctx *c, const struct request *in, struct reply *out)
{
    const struct product_query *q = in->query;
    int64_t limit = page_limit(q->limit);
    struct list found = {0};
    if (q->sku.len) {
        TRY(products_by_sku(c, &q->sku, 1, &found));
    } else if (q->gtin.len) {
        struct text digits = q->gtin.len < 14
                                 ? text_printf(c->arena, "%.*s%.*s", 14 - (int)q->gtin.len,
                                               "00000000000000", TEXT_ARG(q->gtin))
                                 : q->gtin;
        TRY(products_by_gtin(c, digits, &found));
    } else {
        TRY(product_list(c, q->after, limit + 1, &found));
    }
    if (page_cut(&found, limit))
        out->next = product_cursor(c->arena, &((const struct product *)found.at)[limit - 1]);
    return views_of(c, &found, &out->list);
}

/* --- making and changing --------------------------------------------------------------------- */

/* 14 digits with the right check digit; absent stays absent. */
static enum err tidy_gtin(struct ctx *c, struct text *gtin)
{
    if (!gtin->len) {
        *gtin = (struct text){0};
        return OK;
    }
    struct text full = text_printf(c->arena, "%.*s%.*s", gtin->len < 14 ? 14 - (int)gtin->len : 0,
                                   "00000000000000", TEXT_ARG(*gtin));
    bool is_good = gtin->len == 8 || gtin->len == 12 || gtin->len == 13 || gtin->len == 14;
    int sum = 0;
    for (size_t i = 0; is_good && i < full.len; i++) {
        is_good = full.at[i] >= '0' && full.at[i] <= '9';
        sum += (full.at[i] - '0') * (i % 2 ? 1 : 3);
    }
    if (!is_good || sum % 10) {
        fail_at(c, ERR_INVALID, "gtin_invalid", "gtin", "\"%.*s\" is no GTIN", TEXT_ARG(*gtin));
        return hint(c, "8, 12, 13 or 14 digits, the last of them the check digit");
    }
    *gtin = full;
    return OK;
}

static enum err check(struct ctx *c, struct product_view *v)
{
    TRY(tidy_gtin(c, &v->gtin));
    TRY(tax_class_check(c, v->tax_class, "tax_class"));
    for (size_t i = 0; i < v->hs_code.len; i++)
        if (v->hs_code.len < 6 || v->hs_code.at[i] < '0' || v->hs_code.at[i] > '9')
            return fail_at(c, ERR_INVALID, "invalid_value", "hs_code", "it has 6 to 10 digits");
    if (v->origin.len) {
        v->origin = text_upper(c->arena, v->origin);
        if (!country_by_code(v->origin))
            return fail_at(c, ERR_INVALID, "country_unknown", "origin", "\"%.*s\" is no country",
                           TEXT_ARG(v->origin));
    }
    return OK;
}

static struct product row_of(const struct ctx *c, const struct product_view *v)
{
    return (struct product){.merchant_id = c->merchant_id,
                            .product_id = v->product_id,
                            .sku = v->sku,
                            .name = v->name,
                            .gtin = v->gtin,
                            .kind = v->kind,
                            .weight_g = v->weight_g,
                            .length_mm = v->length_mm,
                            .width_mm = v->width_mm,
                            .height_mm = v->height_mm,
                            .handling = v->handling,
                            .tracking = v->tracking,
                            .hs_code = v->hs_code,
                            .origin = v->origin,
                            .tax_class = v->tax_class,
                            .is_active = v->is_active,
                            .created_us = v->created_us,
                            .owner_id = v->owner_id};
}

static enum err product_create(struct ctx *c, const struct request *in, struct reply *out)
{
    struct product_view v = *(const struct product_view *)in->body;
    struct list found;
    TRY(check(c, &v));
    TRY(products_by_sku_of(c, c->owner_id, &v.sku, 1, &found));
    if (found.count) {
        fail_at(c, ERR_CONFLICT, "duplicate_sku", "sku", "there is a product \"%.*s\" already",
                TEXT_ARG(v.sku));
        return hint(
            c, "change it: waybill products change %.*s, or POST /v1/products/%.*s",
            TEXT_ARG(v.sku),
            TEXT_ARG(id_text(c->arena, "prd", ((const struct product *)found.at)->product_id)));
    }
    v.product_id = source_id(c->source);
    v.is_active = true;
    v.owner_id = c->owner_id;
    v.created_us = c->now_us;
    struct product row = row_of(c, &v);
    TRY(product_insert(c, &row));
    TRY(prices_put(c, v.product_id, &v.prices));
    TRY(event_put(c, EVENT_PRODUCT_CREATED, NONE, v.product_id, EVENT_BODY(.word = v.sku)));
    return show(c, v.product_id, out);
}

static enum err check_tracking(struct ctx *c, const struct product *before, int32_t tracking)
{
    struct list sums;
    if (before->tracking == tracking) return OK;
    TRY(stock_sums_of(c, &before->product_id, 1, &sums));
    for (size_t i = 0; i < sums.count; i++)
        if (((const struct stock_sum *)sums.at)[i].on_hand)
            return fail_at(c, ERR_CONFLICT, "has_stock", "tracking",
                           "units of it are in bins; their lots would be lost");
    return OK;
}

static enum err product_change(struct ctx *c, const struct request *in, struct reply *out)
{
    struct product before;
    TRY(product_get(c, in->ids[0], &before));
    TRY(version_check(c, in, row_version(c, &product_fields, &before)));
    struct product_view v = view_of(&before);
    if (text_trim(in->raw).len) TRY(record_merge_json(c, &change_fields, in->raw, &v, NULL));
    if (!v.name.len) return fail_at(c, ERR_INVALID, "required", "name", "a product has a name");
    TRY(check(c, &v));
    TRY(check_tracking(c, &before, v.tracking));
    struct product row = row_of(c, &v);
    TRY(product_update(c, &row));
    TRY(event_put(c, EVENT_PRODUCT_CHANGED, NONE, row.product_id, EVENT_BODY(.word = row.sku)));
    return show(c, row.product_id, out);
}

static enum err product_price(struct ctx *c, const struct request *in, struct reply *out)
{
    struct product p;
    struct price_view price = *(const struct price_view *)in->body;
    TRY(product_get(c, in->ids[0], &p));
    TRY(version_check(c, in, row_version(c, &product_fields, &p)));
    TRY(prices_put(c, p.product_id, &(struct list){&price, 1}));
    TRY(event_put(c, EVENT_PRODUCT_CHANGED, NONE, p.product_id, EVENT_BODY(.word = p.sku)));
    return show(c, p.product_id, out);
}

const struct route products_routes[] = {
    {"GET", "/v1/products", "products list", SCOPE(CATALOG_READ), ROUTE_LIST | ROUTE_BY_OWNER, NULL,
     &query_fields, &view_fields, product_find,
     "List products by SKU, or find one by SKU or GTIN."},
    {"POST", "/v1/products", "products add", SCOPE(CATALOG_WRITE), ROUTE_WRITE | ROUTE_BY_OWNER,
     &new_fields, NULL, &view_fields, product_create, "Add a product."},
    {"GET", "/v1/products/{prd}", "products show", SCOPE(CATALOG_READ), ROUTE_OWNED, NULL, NULL,
     &view_fields, product_show, "Show a product with its prices, and a kit's parts."},
    {"POST", "/v1/products/{prd}", "products change", SCOPE(CATALOG_WRITE),
     ROUTE_WRITE | ROUTE_TAGGED | ROUTE_OWNED, &change_fields, NULL, &view_fields, product_change,
     "Change a product; what is left out stays."},
    {"POST", "/v1/products/{prd}/prices", "products price", SCOPE(CATALOG_WRITE),
     ROUTE_WRITE | ROUTE_TAGGED | ROUTE_OWNED, &price_view_fields, NULL, &view_fields,
     product_price, "Set a price in one currency, from one quantity on."},
    {0},
};
