#include "plan/scan_item.h"

struct scan_said scan_said(const struct scan *s)
{
    struct scan_said said = {0};
    const struct scan_fact *fact;
    if ((fact = scan_find(s, SCAN_GTIN)) || (fact = scan_find(s, SCAN_CONTENT)))
        said.gtin = fact->value;
    if ((fact = scan_find(s, SCAN_LOT))) said.lot = fact->value;
    if ((fact = scan_find(s, SCAN_QUANTITY))) said.quantity = fact->number;
    if ((fact = scan_find(s, SCAN_SKU))) {
        said.sku = fact->value;
        said.product_id = fact->number;
    }
    return said;
}

/* Digits that happen to be a GTIN may still be a SKU of ours. */
bool scan_names(const struct scan_said *said, const struct scan_item *item)
{
    if (said->product_id && said->product_id == item->product_id) return true;
    if (said->gtin.len && item->gtin.len && text_eq(said->gtin, item->gtin)) return true;
    return said->sku.len && text_eq(said->sku, item->sku);
}
