/* domain/inventory/availability.h: looking into what availability_of has read (by product, then
 * site): for those who decide about many demands at once, each seeing what the ones before took. */
#pragma once

#include "domain/inventory/stock.h"

/* The row of a product at a site, or NULL. */
struct availability *availability_find(const struct list *stock, int64_t product_id,
                                       int64_t site_id);
/* Units that can be promised there now; never below 0. */
int64_t availability_free(const struct list *stock, int64_t product_id, int64_t site_id);
