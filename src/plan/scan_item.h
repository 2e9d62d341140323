/* plan/scan_item.h: is this the thing that was asked for?
 *
 * One rule for picking, packing, receiving: a scan names an item by our SKU (code or label), by its
 * GTIN in any spelling, or by our product identifier. A lot or a quantity that came in the same
 * symbol is kept. */
#pragma once

#include "plan/scan.h"

struct scan_item {
    int64_t product_id;
    struct text sku, gtin; /* gtin: 14 digits or absent */
};

/* What a scan says about an item, whichever item that is. */
struct scan_said {
    struct text gtin;   /* absent: none */
    struct text sku;    /* what to look up as a SKU */
    int64_t product_id; /* 0: none */
    struct text lot;    /* absent: none */
    int64_t quantity;   /* 0: none */
};

struct scan_said scan_said(const struct scan *s);
bool scan_names(const struct scan_said *said, const struct scan_item *item);
