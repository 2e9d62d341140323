#include "domain/catalog/product.h"

#include "base/source.h"

#include "queries.h"
#include "store/db.h"

static const char *const product_kinds[] = {"goods", "kit"};
static const char *const tracking_kinds[] = {"none", "lot", "serial", "serial_in"};
static const char *const handlings[] = {"fragile", "upright",    "hazard",
                                        "chilled", "high_value", "own_carton"};
static const char *const service_kinds[] = {"gift_wrap", "customization", "special_packaging",
                                            "assembly"};
const struct words product_kind_words = WORDS("product_kind", product_kinds);
const struct words tracking_kind_words = WORDS("tracking_kind", tracking_kinds);
const struct words handling_words = WORDS("handling", handlings);
const struct words service_kind_words = WORDS("service_kind", service_kinds);

static const struct field product_table[] = {
    FIELD(struct product, merchant_id),
    FIELD_ID(struct product, product_id, "id", "prd"),
    FIELD(struct product, sku),
    FIELD(struct product, name),
    FIELD(struct product, gtin),
    FIELD_ENUM(struct product, kind, product_kind_words),
    FIELD(struct product, weight_g),
    FIELD(struct product, length_mm),
    FIELD(struct product, width_mm),
    FIELD(struct product, height_mm),
    FIELD_FLAGS(struct product, handling, handling_words),
    FIELD_ENUM(struct product, tracking, tracking_kind_words),
    FIELD(struct product, hs_code),
    FIELD(struct product, origin),
    FIELD(struct product, tax_class),
    FIELD(struct product, is_active),
    FIELD_INSTANT(struct product, created_us, "created_at"),
    FIELD_ID(struct product, owner_id, "owner_id", "own"),
};
const struct fields product_fields = FIELDS("product_row", struct product, product_table);

static const struct field price_table[] = {
    FIELD(struct price, merchant_id), FIELD_ID(struct price, product_id, "product_id", "prd"),
    FIELD(struct price, currency),    FIELD(struct price, from_quantity),
    FIELD(struct price, unit_minor),
};
const struct fields price_fields = FIELDS("price_row", struct price, price_table);

static const struct field kit_part_table[] = {
    FIELD(struct kit_part, merchant_id),
    FIELD_ID(struct kit_part, kit_id, "kit_id", "prd"),
    FIELD_ID(struct kit_part, part_id, "part_id", "prd"),
    FIELD(struct kit_part, quantity),
};
const struct fields kit_part_fields = FIELDS("kit_part_row", struct kit_part, kit_part_table);

static const struct field service_offer_table[] = {
    FIELD(struct service_offer, merchant_id),
    FIELD_ID(struct service_offer, service_id, "id", "svc"),
    FIELD(struct service_offer, code),
    FIELD(struct service_offer, name),
    FIELD_ENUM(struct service_offer, kind, service_kind_words),
    FIELD(struct service_offer, minutes),
    FIELD(struct service_offer, text_max),
    FIELD(struct service_offer, is_active),
    FIELD(struct service_offer, tax_class),
};
const struct fields service_offer_fields =
    FIELDS("service_offer_row", struct service_offer, service_offer_table);

#define MERCHANT I64(c->merchant_id)

enum err product_insert(struct ctx *c, const struct product *p)
{
    return db_put_record(c, &Q_product_insert, &product_fields, p);
}

enum err product_update(struct ctx *c, const struct product *p)
{
    return db_put_record(c, &Q_product_update, &product_fields, p);
}

enum err price_put(struct ctx *c, const struct price *p)
{
    return db_put_record(c, &Q_price_put, &price_fields, p);
}

enum err kit_part_put(struct ctx *c, const struct kit_part *p)
{
    return db_put_record(c, &Q_kit_part_put, &kit_part_fields, p);
}

enum err kit_parts_clear(struct ctx *c, int64_t kit_id)
{
    int64_t changed;
    return db_exec(c, &Q_kit_parts_clear, ARGS(MERCHANT, I64(kit_id)), &changed);
}

enum err service_put(struct ctx *c, const struct service_offer *s)
{
    return db_put_record(c, &Q_service_put, &service_offer_fields, s);
}

enum err product_get(struct ctx *c, int64_t product_id, struct product *out)
{
    struct list found;
    TRY(products_of(c, &product_id, 1, &found));
    if (!found.count)
        return fail(c, ERR_NOT_FOUND, "product_not_found", "there is no such product");
    *out = *(const struct product *)found.at;
    return OK;
}

enum err products_of(struct ctx *c, const int64_t *ids, size_t n, struct list *out)
{
    return db_rows(c, &Q_products_of, ARGS(MERCHANT, I64S(ids, n)), &product_fields, out);
}

enum err products_by_sku_of(struct ctx *c, int64_t owner_id, const struct text *skus, size_t n,
                            struct list *out)
{
    return db_rows(c, &Q_products_by_sku, ARGS(MERCHANT, TEXTS(skus, n), I64(owner_id)),
                   &product_fields, out);
}

enum err products_by_sku(struct ctx *c, const struct text *skus, size_t n, struct list *out)
{
    if (c->owner_id || c->is_own) return products_by_sku_of(c, c->owner_id, skus, n, out);
    TRY(products_by_sku_of(c, OWNER_ANY, skus, n, out));
    const struct product *at = out->at;
    for (size_t i = 1; i < out->count; i++) {
        if (!text_eq(at[i - 1].sku, at[i].sku)) continue;
        fail_at(c, ERR_CONFLICT, "owner_needed", "sku", "%.*s is a SKU of several owners",
                TEXT_ARG(at[i].sku));
        return hint(c, "say whose: --owner CODE, ?owner=CODE, or a dot for the merchant's own; "
                       "`waybill owners list` has the codes");
    }
    return OK;
}

enum err products_by_gtin(struct ctx *c, struct text gtin, struct list *out)
{
    return db_rows(c, &Q_products_by_gtin, ARGS(MERCHANT, TXT(gtin), I64(c->owner_id)),
                   &product_fields, out);
}

enum err products_by_gtins(struct ctx *c, const struct text *gtins, size_t n, struct list *out)
{
    return db_rows(c, &Q_products_by_gtins, ARGS(MERCHANT, TEXTS(gtins, n), I64(c->owner_id)),
                   &product_fields, out);
}

static const char cursor_mark[] = " own_";

struct text product_cursor(struct arena *a, const struct product *p)
{
    if (!p->owner_id) return p->sku;
    struct text owner = id_text(a, "own", p->owner_id);
    return text_printf(a, "%.*s %.*s", TEXT_ARG(p->sku), TEXT_ARG(owner));
}

/* The SKU that a cursor stands behind, and whose. */
static struct text cursor_open(struct text after, int64_t *owner_id)
{
    size_t mark = sizeof cursor_mark - 1;
    *owner_id = 0;
    for (size_t i = after.len; i-- > 0;) {
        struct text rest = text_skip(after, i);
        if (rest.len <= mark || !text_starts(rest, text_of(cursor_mark))) continue;
        return id_parse(text_skip(rest, 1), "own", owner_id) ? text_head(after, i) : after;
    }
    return after.at ? after : T("");
}

enum err product_list(struct ctx *c, struct text after, int64_t limit, struct list *out)
{
    int64_t owner_id;
    struct text sku = cursor_open(after, &owner_id);
    return db_rows(c, &Q_product_list,
                   ARGS(MERCHANT, TXT(sku), I64(owner_id), I64(c->owner_id), I64(limit)),
                   &product_fields, out);
}

enum err prices_of(struct ctx *c, const int64_t *product_ids, size_t n, struct list *out)
{
    return db_rows(c, &Q_prices_of, ARGS(MERCHANT, I64S(product_ids, n)), &price_fields, out);
}

enum err kit_parts_of(struct ctx *c, const int64_t *kit_ids, size_t n, struct list *out)
{
    return db_rows(c, &Q_kit_parts_of, ARGS(MERCHANT, I64S(kit_ids, n)), &kit_part_fields, out);
}

enum err service_list(struct ctx *c, struct list *out)
{
    return db_rows(c, &Q_service_list, ARGS(MERCHANT), &service_offer_fields, out);
}

bool product_has_serials(const struct product *p)
{
    return p->tracking == TRACKED_BY_SERIAL || p->tracking == TRACKED_BY_SERIAL_IN;
}

const struct product *product_in(const struct list *products, int64_t product_id)
{
    return LIST_FIND(products, struct product, product_id, product_id);
}

const struct product *product_sku_in(const struct list *products, struct text sku)
{
    return LIST_FIND_TEXT(products, struct product, sku, sku);
}

const struct product *product_sku_of(const struct list *products, int64_t owner_id, struct text sku)
{
    const struct product *p = product_sku_in(products, sku);
    if (!p) return NULL;
    const struct product *end = (const struct product *)products->at + products->count;
    for (; p < end && text_eq(p->sku, sku); p++)
        if (p->owner_id == owner_id) return p;
    return NULL;
}

/* Is the entry at or before the place that (product, currency, quantity) has in the list? */
static bool is_up_to(const struct price *p, int64_t product_id, struct text currency,
                     int64_t quantity)
{
    if (p->product_id != product_id) return p->product_id < product_id;
    int order = text_cmp(p->currency, currency);
    if (order) return order < 0;
    return p->from_quantity <= quantity;
}

int64_t price_in(const struct list *prices, int64_t product_id, struct text currency,
                 int64_t quantity)
{
    const struct price *at = prices->at;
    size_t low = 0, high = prices->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (is_up_to(&at[middle], product_id, currency, quantity))
            low = middle + 1;
        else
            high = middle;
    }
    if (!low) return NONE;
    const struct price *p = &at[low - 1];
    return p->product_id == product_id && text_eq(p->currency, currency) ? p->unit_minor : NONE;
}
