/* domain/catalog/product_code.h: which product is it that someone scanned? */
#pragma once

#include "domain/catalog/product.h"

/* By identifier, then GTIN, then SKU; 0 and absent texts are not asked for. */
must_check enum err product_find_by_code(struct ctx *c, int64_t product_id, struct text gtin,
                                         struct text sku, struct product *out, bool *found);
