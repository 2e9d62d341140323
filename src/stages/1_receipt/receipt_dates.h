/* stages/1_receipt/receipt_dates.h: the day a customer is told, and what a site can send a day. */
#pragma once

#include "domain/sites/site.h"
#include "stages/1_receipt/receipt_check.h"

/* Latest day at the door from this site, by the method's transit days and the services' minutes;
   a later wish is kept as the promise. */
int64_t receipt_promised_day(struct ctx *c, const struct site *site, const struct candidate *o);
/* The same of goods that come in there on a day; NONE when nobody said which. */
int64_t receipt_coming_day(struct ctx *c, const struct site *site, const struct candidate *o,
                           int64_t expected_day);
/* Units that a site can still send on the day on which it would send this; -1: no limit. */
int64_t receipt_capacity(struct ctx *c, const struct known *k, const struct site *site);
/* Count them against it; nothing for a site without a limit. */
must_check enum err receipt_load_site(struct ctx *c, struct known *k, const struct site *site,
                                      int64_t units);
