#include "faces/cli/records.h"

#include "domain/catalog/product.h"
#include "domain/inventory/lot.h"
#include "domain/orders/order.h"

#define SIZE_MAX_MM 100000
#define WEIGHT_MAX_G 100000000

static const struct field price_table[] = {
    FIELD(struct price_record, from_quantity, .flags = F_NULL, .min = 1, .max = QUANTITY_MAX,
          .about = "the price counts from this quantity on; 1 when absent"),
    FIELD(struct price_record, unit_price, .flags = F_REQUIRED, .about = "of one unit"),
};
const struct fields price_record_fields = FIELDS("product_price", struct price_record, price_table);

static const struct field part_table[] = {
    FIELD(struct part_record, sku, .flags = F_REQUIRED, .max = SKU_MAX, .about = "of a product"),
    FIELD(struct part_record, quantity, .flags = F_REQUIRED, .min = 1, .max = QUANTITY_MAX,
          .about = "in one kit"),
};
const struct fields part_record_fields = FIELDS("product_part", struct part_record, part_table);

static const struct field product_table[] = {
    FIELD(struct product_record, sku, .flags = F_REQUIRED, .max = SKU_MAX,
          .about = "the shop's own number"),
    FIELD(struct product_record, name, .flags = F_REQUIRED, .max = NAME_MAX_CHARS,
          .about = "as customers read it"),
    FIELD(struct product_record, gtin, .max = 14, .about = "8, 12, 13 or 14 digits"),
    FIELD_ENUM(struct product_record, kind, product_kind_words,
               .about = "goods, or a kit of parts, which stays one"),
    FIELD(struct product_record, weight_g, .flags = F_NULL, .min = 0, .max = WEIGHT_MAX_G,
          .about = "absent or 0: as known before"),
    FIELD(struct product_record, length_mm, .flags = F_NULL, .min = 0, .max = SIZE_MAX_MM,
          .about = "packed, in millimetres; absent or 0: as known before"),
    FIELD(struct product_record, width_mm, .flags = F_NULL, .min = 0, .max = SIZE_MAX_MM,
          .about = "as length_mm"),
    FIELD(struct product_record, height_mm, .flags = F_NULL, .min = 0, .max = SIZE_MAX_MM,
          .about = "as length_mm"),
    FIELD_FLAGS(struct product_record, handling, handling_words,
                .about = "what packers and carriers have to mind; none: as before"),
    FIELD_ENUM(struct product_record, tracking, tracking_kind_words,
               .about = "by lot, by serial number or not; none: as before"),
    FIELD(struct product_record, hs_code, .max = 16, .about = "for customs: 6 to 10 digits"),
    FIELD(struct product_record, origin, .max = 2, .about = "country it was made in"),
    FIELD(struct product_record, tax_class, .max = 32,
          .about = "code of its tax class; the merchant's usual one when absent"),
    FIELD(struct product_record, is_retired, .about = "not on sale any more"),
    FIELD_LIST(struct product_record, prices, price_record_fields, .max = 100,
               .about = "those that say something new are set"),
    FIELD_LIST(struct product_record, parts, part_record_fields, .max = 100,
               .about = "of a kit; they stand before it"),
};
const struct fields product_record_fields =
    FIELDS("product_body", struct product_record, product_table);

static const struct field customer_table[] = {
    FIELD(struct customer_record, reference, .flags = F_REQUIRED, .max = 100,
          .about = "the shop's own number"),
    FIELD(struct customer_record, name, .flags = F_REQUIRED, .max = 200,
          .about = "as the customer writes it"),
    FIELD(struct customer_record, email, .max = 254, .about = "where messages go"),
    FIELD(struct customer_record, phone, .max = 40, .about = "as given"),
};
const struct fields customer_record_fields =
    FIELDS("customer_body", struct customer_record, customer_table);

static const struct field stock_table[] = {
    FIELD(struct stock_record, sku, .flags = F_REQUIRED, .max = SKU_MAX, .about = "of the product"),
    FIELD(struct stock_record, site, .max = 64, .about = "its code; the first site when absent"),
    FIELD(struct stock_record, bin, .max = 64,
          .about = "its code, made when missing; where the product lies when absent"),
    FIELD(struct stock_record, lot, .max = LOT_MAX, .about = "its code"),
    FIELD_DAY(struct stock_record, expiry_day, "expiry_date",
              .about = "of the lot, whose days of sale end before it"),
    FIELD(struct stock_record, quantity, .flags = F_REQUIRED, .min = 0, .max = QUANTITY_MAX,
          .about = "units that lie there now"),
};
const struct fields stock_record_fields = FIELDS("stock_body", struct stock_record, stock_table);
