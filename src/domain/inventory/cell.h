/* domain/inventory/cell.h: what lies where, in every bin of every site. */
#pragma once

#include "domain/inventory/stock.h"

/* All cells of these products, whatever their condition, by product, then bin, then lot. */
must_check enum err stock_cells_of(struct ctx *c, const int64_t *product_ids, size_t n,
                                   struct list *cells);

/* The same, and nobody else changes them until this unit ends: for deciding on what is there. */
must_check enum err stock_cells_take(struct ctx *c, const int64_t *product_ids, size_t n,
                                     struct list *cells);

/* The same of bins, by bin, then product. */
must_check enum err stock_of_places_take(struct ctx *c, const int64_t *place_ids, size_t n,
                                         struct list *cells);

/* The bins of a product at a site, added up. Goods in totes and packages are not in them. */
struct stock_sum {
    int64_t product_id, site_id, on_hand, allotted;
};
extern const struct fields stock_sum_fields;
must_check enum err stock_sums_of(struct ctx *c, const int64_t *product_ids, size_t n,
                                  struct list *sums); /* by product, then site */
