#include "domain/inventory/availability.h"

struct availability *availability_find(const struct list *stock, int64_t product_id,
                                       int64_t site_id)
{
    struct availability *at = stock->at;
    size_t low = 0, high = stock->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        bool before = at[middle].product_id < product_id ||
                      (at[middle].product_id == product_id && at[middle].site_id < site_id);
        if (before)
            low = middle + 1;
        else
            high = middle;
    }
    bool found = low < stock->count && at[low].product_id == product_id &&
                 at[low].site_id == site_id;
    return found ? &at[low] : NULL;
}

int64_t availability_free(const struct list *stock, int64_t product_id, int64_t site_id)
{
    const struct availability *cell = availability_find(stock, product_id, site_id);
    int64_t units = cell ? cell->sellable - cell->promised - cell->safety : 0;
    return units > 0 ? units : 0;
}
