/* domain/inventory/availability.h: looking into what availability_of has read (by product, then
 * site): for those who decide about many demands at once, each seeing what the ones before took. */
#pragma once

#include "domain/inventory/stock.h"

/* The row of a product at a site, or NULL. */
struct availability *availability_find(const struct list *stock, int64_t product_id,
                                       int64_t site_id);
/* What is left for whoever comes: below 0 when less is there than was promised. */
int64_t availability_left(const struct availability *a);
/* Units that can be promised there now; never below 0, and 0 where the site is closed for it. */
int64_t availability_free(const struct list *stock, int64_t product_id, int64_t site_id);

/* The same with what came in for who waits (earmark.h). */
int64_t availability_there(const struct list *stock, int64_t product_id, int64_t site_id);

/* Units kept back at a site from everybody; queued, like the two below. */
must_check enum err availability_keep(struct ctx *c, int64_t product_id, int64_t site_id,
                                      int64_t safety);
/* Whether the site takes orders for the product. What is promised already stays promised. */
must_check enum err availability_close(struct ctx *c, int64_t product_id, int64_t site_id,
                                       bool is_closed);

/* Units that one channel does not see; the others do. */
struct channel_reserve {
    int64_t product_id, site_id;
    int32_t channel;
    int64_t units;
};
extern const struct fields channel_reserve_fields;
/* 0 units: nothing is kept from the channel any more. */
must_check enum err reserve_put(struct ctx *c, const struct channel_reserve *r);
/* Of these products, by product, site and channel. */
must_check enum err reserves_of(struct ctx *c, const int64_t *product_ids, size_t n,
                                struct list *out);
int64_t reserve_of(const struct list *reserves, int64_t product_id, int64_t site_id,
                   int32_t channel);
