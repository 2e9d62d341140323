/* services/stockkeeping/rooms.h: which site is meant, and what a bin is for. The latter decides
 * what condition goods in it are in.
 *
 *   receiving bin   sellable becomes inbound, unless the site sells from receipt
 *   quarantine bin  sellable and inbound become quarantined
 *   other bins      inbound becomes sellable: that is the put-away
 *
 * Damaged, quarantined and expired goods stay what they are, wherever they go. */
#pragma once

#include "domain/inventory/stock.h"
#include "domain/sites/site.h"

/* The site with this code; the only one when `code` is absent. */
must_check enum err room_site(struct ctx *c, struct text code, struct site *out);
enum stock_condition condition_in(const struct site *site, const struct bin *bin,
                                  enum stock_condition condition);
/* STOCK_CONDITION_CHANGED; also BACKORDER's cue when units became sellable. */
must_check enum err stock_tell_condition(struct ctx *c, int64_t product_id, int64_t bin_id,
                                         enum stock_condition from, enum stock_condition to,
                                         int64_t quantity, struct text note);
