/* domain/catalog/product.h: what is sold: products, kits, prices, service offers. */
#pragma once

#include "base/ctx.h"
#include "base/field.h"

enum product_kind { PRODUCT_GOODS, PRODUCT_KIT };
enum tracking_kind {
    TRACKED_NOT,
    TRACKED_BY_LOT,
    TRACKED_BY_SERIAL,   /* every unit's number is taken down when it is packed */
    TRACKED_BY_SERIAL_IN /* and when it comes in: no other number is packed */
};
enum handling {
    HANDLING_FRAGILE = 1,
    HANDLING_UPRIGHT = 2,
    HANDLING_HAZARD = 4,
    HANDLING_CHILLED = 8,
    HANDLING_HIGH_VALUE = 16,
    HANDLING_OWN_CARTON = 32
};
enum service_kind {
    SERVICE_GIFT_WRAP,
    SERVICE_CUSTOMIZATION,
    SERVICE_SPECIAL_PACKAGING,
    SERVICE_ASSEMBLY
};
extern const struct words product_kind_words, tracking_kind_words, handling_words,
    service_kind_words;

enum { SKU_MAX = 64, NAME_MAX_CHARS = 200, OWNER_ANY = -1 };

struct product {
    int64_t merchant_id, product_id;
    struct text sku, name, gtin;
    int32_t kind;
    int64_t weight_g, length_mm, width_mm, height_mm;
    int32_t handling, tracking;
    struct text hs_code, origin, tax_class; /* absent: standard; of a kit: as its parts */
    int32_t is_active;
    int64_t created_us;
    int64_t owner_id; /* whose goods; 0: the merchant's own. It never changes */
};
extern const struct fields product_fields;

struct price {
    int64_t merchant_id, product_id;
    struct text currency;
    int64_t from_quantity, unit_minor;
};
extern const struct fields price_fields;

struct kit_part {
    int64_t merchant_id, kit_id, part_id, quantity;
};
extern const struct fields kit_part_fields;

struct service_offer {
    int64_t merchant_id, service_id;
    struct text code, name;
    int32_t kind;
    int64_t minutes, text_max;
    int32_t is_active;
    struct text tax_class;
};
extern const struct fields service_offer_fields;

/* Queued. A SKU that another product has ends the unit of work: look first. */
must_check enum err product_insert(struct ctx *c, const struct product *p);
must_check enum err product_update(struct ctx *c, const struct product *p);
must_check enum err price_put(struct ctx *c, const struct price *p);
must_check enum err kit_part_put(struct ctx *c, const struct kit_part *p);
must_check enum err kit_parts_clear(struct ctx *c, int64_t kit_id); /* at once */
must_check enum err service_put(struct ctx *c, const struct service_offer *s);

must_check enum err product_get(struct ctx *c, int64_t product_id, struct product *out);
must_check enum err products_of(struct ctx *c, const int64_t *ids, size_t n, struct list *out);
/* Ascending by SKU, bytewise. Of c->owner_id; when that is 0, whoever's they are:
   ERR_CONFLICT "owner_needed" when one of them is a SKU of several. */
must_check enum err products_by_sku(struct ctx *c, const struct text *skus, size_t n,
                                    struct list *out);
/* Of that owner alone (0: the merchant's own), or of OWNER_ANY: ascending by SKU and owner. */
must_check enum err products_by_sku_of(struct ctx *c, int64_t owner_id, const struct text *skus,
                                       size_t n, struct list *out);
/* Of c->owner_id; when that is 0, all there are. */
must_check enum err products_by_gtin(struct ctx *c, struct text gtin, struct list *out);
must_check enum err products_by_gtins(struct ctx *c, const struct text *gtins, size_t n,
                                      struct list *out);
/* From behind a cursor, "" for the beginning; ascending by SKU and owner. */
must_check enum err product_list(struct ctx *c, struct text after, int64_t limit, struct list *out);
struct text product_cursor(struct arena *a, const struct product *p);
must_check enum err prices_of(struct ctx *c, const int64_t *product_ids, size_t n,
                              struct list *out); /* ascending by product, currency, from_quantity */
must_check enum err kit_parts_of(struct ctx *c, const int64_t *kit_ids, size_t n, struct list *out);
must_check enum err service_list(struct ctx *c, struct list *out); /* all; there are few */

/* Binary search in lists that the functions above gave. NULL when it is not there. */
bool product_has_serials(const struct product *p); /* each unit has its number */
const struct product *product_in(const struct list *products, int64_t product_id); /* products_of */
const struct product *product_sku_in(const struct list *products, struct text sku);
const struct product *product_sku_of(const struct list *products, int64_t owner_id,
                                     struct text sku); /* products_by_sku_of OWNER_ANY */
/* The price for a quantity: the entry with the greatest from_quantity <= quantity; NONE if none. */
int64_t price_in(const struct list *prices, int64_t product_id, struct text currency,
                 int64_t quantity);
