/* test/parcel_fixture.h: parcels of the small shop (test/shop.h): orders that were placed,
 * released, picked and packed, with one sealed package each. Everything runs in a unit of work. */
#pragma once

#include "domain/orders/package.h"
#include "shop.h"

/* The carriers "house", "test" and "second" (a second account at test) are in use. */
struct shop parcel_shop(struct world *w);

/* One sealed package of one order. */
int64_t parcel_sealed(struct world *w, const char *sku, int64_t quantity);
/* The same for a draft made by hand. */
int64_t parcel_of_draft(struct world *w, const struct draft *d);
/* `n` orders of one piece each. */
void parcels_sealed(struct world *w, const char *sku, size_t n, int64_t *package_ids);
/* Two sealed packages of one order of two pieces of `sku`. */
void parcel_pair(struct world *w, const char *sku, int64_t package_ids[2]);
/* Labelled by the house carrier and handed over. */
void parcels_sent(struct world *w, const int64_t *package_ids, size_t n);
int64_t parcel_sent(struct world *w, const char *sku, int64_t quantity);

struct package parcel_get(struct world *w, int64_t package_id);
/* The newest label; zeros when there is none. */
struct label parcel_label(struct world *w, int64_t package_id);
struct order_line parcel_line(struct world *w, int64_t order_id, int64_t line_no);
int64_t parcel_fulfillment_state(struct world *w, int64_t package_id);
/* How many events of a kind there are. */
int64_t parcel_events(struct world *w, const char *kind);
/* How many statements the database has run. */
int64_t parcel_statements(struct world *w);
/* What must be true at every moment, counted over the whole database; fails the test otherwise. */
void parcel_audit(struct world *w);
