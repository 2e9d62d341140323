#include "domain/inventory/availability.h"

#include "queries.h"
#include "store/db.h"

static const struct field reserve_table[] = {
    FIELD_ID(struct channel_reserve, product_id, "product_id", "prd"),
    FIELD_ID(struct channel_reserve, site_id, "site_id", "sit"),
    FIELD(struct channel_reserve, channel),
    FIELD(struct channel_reserve, units),
};
const struct fields channel_reserve_fields =
    FIELDS("channel_reserve_row", struct channel_reserve, reserve_table);

struct availability *availability_find(const struct list *stock, int64_t product_id,
                                       int64_t site_id)
{
    struct list own = LIST_RUN(stock, struct availability, product_id, product_id);
    return LIST_FIND(&own, struct availability, site_id, site_id);
}

int64_t availability_left(const struct availability *a)
{
    return a->sellable - a->promised - a->safety - a->earmarked;
}

int64_t availability_there(const struct list *stock, int64_t product_id, int64_t site_id)
{
    const struct availability *cell = availability_find(stock, product_id, site_id);
    int64_t units = cell && !cell->is_closed ? cell->sellable - cell->promised - cell->safety : 0;
    return units > 0 ? units : 0;
}

int64_t availability_free(const struct list *stock, int64_t product_id, int64_t site_id)
{
    const struct availability *cell = availability_find(stock, product_id, site_id);
    int64_t units = availability_there(stock, product_id, site_id) - (cell ? cell->earmarked : 0);
    return units > 0 ? units : 0;
}

static enum err open_row(struct ctx *c, int64_t product_id, int64_t site_id)
{
    return db_put(c, &Q_availability_open,
                  ARGS(I64(c->merchant_id), I64(product_id), I64(site_id)));
}

enum err availability_keep(struct ctx *c, int64_t product_id, int64_t site_id, int64_t safety)
{
    TRY(open_row(c, product_id, site_id));
    return db_put_sure(c, &Q_availability_keep,
                       ARGS(I64(c->merchant_id), I64(product_id), I64(site_id), I64(safety)));
}

enum err availability_close(struct ctx *c, int64_t product_id, int64_t site_id, bool is_closed)
{
    TRY(open_row(c, product_id, site_id));
    return db_put_sure(c, &Q_availability_close,
                       ARGS(I64(c->merchant_id), I64(product_id), I64(site_id), I64(is_closed)));
}

enum err reserve_put(struct ctx *c, const struct channel_reserve *r)
{
    struct value m = I64(c->merchant_id), product = I64(r->product_id), site = I64(r->site_id);
    if (!r->units) return db_put(c, &Q_reserve_drop, ARGS(m, product, site, I64(r->channel)));
    return db_put(c, &Q_reserve_put, ARGS(m, product, site, I64(r->channel), I64(r->units)));
}

enum err reserves_of(struct ctx *c, const int64_t *product_ids, size_t n, struct list *out)
{
    return db_rows(c, &Q_reserves_of, ARGS(I64(c->merchant_id), I64S(product_ids, n)),
                   &channel_reserve_fields, out);
}

int64_t reserve_of(const struct list *reserves, int64_t product_id, int64_t site_id,
                   int32_t channel)
{
    const struct channel_reserve *at = reserves->at;
    for (size_t i = 0; i < reserves->count; i++)
        if (at[i].product_id == product_id && at[i].site_id == site_id && at[i].channel == channel)
            return at[i].units;
    return 0;
}
