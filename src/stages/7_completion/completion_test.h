/* stages/7_completion/completion_test.h: orders that have come all the way, for tests. */
#pragma once

#include "domain/events/event.h"
#include "shop.h"

/* Release, ship and deliver all of these orders' units by the domain's own functions. */
void deliver_all(struct world *w, const int64_t *order_ids, size_t n);
int64_t delivered_order(struct world *w, const char *sku, int64_t quantity);
/* Jobs of a kind that wait now, leased. */
struct list claim_jobs(struct world *w, int32_t kind);
struct list messages_for(struct world *w, int64_t order_id);
int64_t count_kind(struct world *w, int64_t order_id, int32_t event_kind);
/* An event as a reaction gets it; of a package of the same number. */
struct event happened(enum event_kind kind, int64_t order_id, int64_t position);
