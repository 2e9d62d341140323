#include "faces/cli/records.h"

#include "domain/catalog/product.h"
#include "domain/orders/order.h"

#define SIZE_MAX_MM 100000
#define WEIGHT_MAX_G 100000000

static const struct field price_table[] = {
    FIELD(struct price_record, from_quantity, .flags = F_NULL, .min = 1, .max = QUANTITY_MAX),
    FIELD(struct price_record, unit_price, .flags = F_REQUIRED),
};
const struct fields price_record_fields = FIELDS("product_price", struct price_record, price_table);

static const struct field part_table[] = {
    FIELD(struct part_record, sku, .flags = F_REQUIRED, .max = SKU_MAX),
    FIELD(struct part_record, quantity, .flags = F_REQUIRED, .min = 1, .max = QUANTITY_MAX),
};
const struct fields part_record_fields = FIELDS("product_part", struct part_record, part_table);

static const struct field product_table[] = {
    FIELD(struct product_record, sku, .flags = F_REQUIRED, .max = SKU_MAX),
    FIELD(struct product_record, name, .flags = F_REQUIRED, .max = NAME_MAX_CHARS),
    FIELD(struct product_record, gtin, .max = 14),
    FIELD_ENUM(struct product_record, kind, product_kind_words),
    FIELD(struct product_record, weight_g, .flags = F_NULL, .min = 0, .max = WEIGHT_MAX_G),
    FIELD(struct product_record, length_mm, .flags = F_NULL, .min = 0, .max = SIZE_MAX_MM),
    FIELD(struct product_record, width_mm, .flags = F_NULL, .min = 0, .max = SIZE_MAX_MM),
    FIELD(struct product_record, height_mm, .flags = F_NULL, .min = 0, .max = SIZE_MAX_MM),
    FIELD_FLAGS(struct product_record, handling, handling_words),
    FIELD_ENUM(struct product_record, tracking, tracking_kind_words),
    FIELD(struct product_record, hs_code, .max = 16),
    FIELD(struct product_record, origin, .max = 2),
    FIELD(struct product_record, tax_class, .max = 32),
    FIELD(struct product_record, is_retired),
    FIELD_LIST(struct product_record, prices, price_record_fields, .max = 100),
    FIELD_LIST(struct product_record, parts, part_record_fields, .max = 100),
};
const struct fields product_record_fields =
    FIELDS("product_body", struct product_record, product_table);

static const struct field customer_table[] = {
    FIELD(struct customer_record, reference, .flags = F_REQUIRED, .max = 100),
    FIELD(struct customer_record, name, .flags = F_REQUIRED, .max = 200),
    FIELD(struct customer_record, email, .max = 254),
    FIELD(struct customer_record, phone, .max = 40),
};
const struct fields customer_record_fields =
    FIELDS("customer_body", struct customer_record, customer_table);

static const struct field stock_table[] = {
    FIELD(struct stock_record, sku, .flags = F_REQUIRED, .max = SKU_MAX),
    FIELD(struct stock_record, site, .max = 64),
    FIELD(struct stock_record, bin, .max = 64),
    FIELD(struct stock_record, lot, .max = 64),
    FIELD(struct stock_record, quantity, .flags = F_REQUIRED, .min = 0, .max = QUANTITY_MAX),
};
const struct fields stock_record_fields = FIELDS("stock_body", struct stock_record, stock_table);
