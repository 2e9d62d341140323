#include "domain/inventory/cell.h"

#include "queries.h"
#include "store/db.h"

static const struct field sum_table[] = {
    FIELD_ID(struct stock_sum, product_id, "product_id", "prd"),
    FIELD_ID(struct stock_sum, site_id, "site_id", "sit"),
    FIELD(struct stock_sum, on_hand),
    FIELD(struct stock_sum, allotted),
};
const struct fields stock_sum_fields = FIELDS("stock_sum", struct stock_sum, sum_table);

enum err stock_cells_of(struct ctx *c, const int64_t *product_ids, size_t n, struct list *cells)
{
    return db_rows(c, &Q_stock_cells_of, ARGS(I64(c->merchant_id), I64S(product_ids, n)),
                   &stock_fields, cells);
}

enum err stock_cells_take(struct ctx *c, const int64_t *product_ids, size_t n, struct list *cells)
{
    return db_rows(c, &Q_stock_cells_take, ARGS(I64(c->merchant_id), I64S(product_ids, n)),
                   &stock_fields, cells);
}

enum err stock_sums_of(struct ctx *c, const int64_t *product_ids, size_t n, struct list *sums)
{
    return db_rows(c, &Q_stock_sums_of, ARGS(I64(c->merchant_id), I64S(product_ids, n)),
                   &stock_sum_fields, sums);
}

enum err stock_of_places_take(struct ctx *c, const int64_t *place_ids, size_t n, struct list *cells)
{
    return db_rows(c, &Q_stock_of_places_take, ARGS(I64(c->merchant_id), I64S(place_ids, n)),
                   &stock_fields, cells);
}
