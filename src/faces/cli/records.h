/* faces/cli/records.h: one line of NDJSON as `waybill export` writes it and `import` reads it.
 * Orders are struct draft (stages/1_receipt/receipt.h): the body of POST /v1/orders. */
#pragma once

#include "base/field.h"
#include "base/money.h"

struct price_record {
    int64_t from_quantity;
    struct money unit_price;
};
struct part_record {
    struct text sku;
    int64_t quantity;
};
struct product_record {
    struct text sku, name, gtin;
    int32_t kind;
    int64_t weight_g, length_mm, width_mm, height_mm; /* NONE or 0: not known */
    int32_t handling, tracking;
    struct text hs_code, origin, tax_class;
    bool is_retired;    /* not on sale any more */
    struct list prices; /* struct price_record */
    struct list parts;  /* struct part_record: of a kit */
};
struct customer_record {
    struct text reference, name, email, phone;
};
/* What lies in a bin: an import makes it so. */
struct stock_record {
    struct text sku, site, bin, lot; /* site absent: the first; bin absent: where the product is */
    int64_t expiry_day;              /* of the lot; NONE: not known */
    int64_t quantity;
};
extern const struct fields price_record_fields, part_record_fields, product_record_fields,
    customer_record_fields, stock_record_fields;
