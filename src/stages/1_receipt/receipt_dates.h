/* stages/1_receipt/receipt_dates.h: the day a customer is told. */
#pragma once

#include "domain/sites/site.h"
#include "stages/1_receipt/receipt_check.h"

/* Latest day at the door from this site, by the method's transit days and the services' minutes;
   a later wish is kept as the promise. */
int64_t receipt_promised_day(struct ctx *c, const struct site *site, const struct candidate *o);
