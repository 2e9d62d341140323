/* stages/2_processing/site_day.h: what sites of limited capacity can still send on the day on which
 * they would send what they are given now. Counted as at receipt (domain/orders/sourcing.h). */
#pragma once

#include "base/ctx.h"
#include "domain/orders/sourcing.h"
#include "domain/sites/site.h"

/* struct site_load, one for each of these sites that has a limit. */
must_check enum err site_day_load(struct ctx *c, const struct list *sites, struct list *out);
/* Units; -1: no limit. */
int64_t site_day_left(const struct list *loads, const struct site *site);
/* Count units against it, here and in the store; nothing for a site without a limit. */
must_check enum err site_day_take(struct ctx *c, struct list *loads, const struct site *site,
                                  int64_t units);
