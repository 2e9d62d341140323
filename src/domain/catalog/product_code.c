#include "domain/catalog/product_code.h"

static bool take(const struct list *list, struct product *out)
{
    if (list->count) *out = *(const struct product *)list->at;
    return list->count > 0;
}

enum err product_find_by_code(struct ctx *c, int64_t product_id, struct text gtin, struct text sku,
                              struct product *out, bool *found)
{
    struct list list;
    *found = false;
    if (product_id > 0) {
        TRY(products_of(c, &product_id, 1, &list));
        if ((*found = take(&list, out))) return OK;
    }
    if (gtin.len) {
        TRY(products_by_gtin(c, gtin, &list));
        if ((*found = take(&list, out))) return OK;
    }
    if (sku.len) {
        TRY(products_by_sku_of(c, OWNER_ANY, &sku, 1, &list));
        *found = take(&list, out);
    }
    return OK;
}
