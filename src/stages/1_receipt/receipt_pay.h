/* stages/1_receipt/receipt_pay.h: what an order is paid by: one method, or several together. */
#pragma once

#include "stages/1_receipt/receipt_check.h"

/* The method that stands on the order: of several, the first that is no gift card or credit. */
int32_t receipt_pays_by(const struct draft *d);
/* Each way to pay has what it needs and nothing else; before anything is priced. */
must_check enum err receipt_pay_ways(struct ctx *c, const struct candidate *o);
/* Shares the total among them. What gift cards and credits give comes off `known`, so that of two
   orders of one batch the second finds what the first left. ERR_ at payments[i] otherwise. */
must_check enum err receipt_pay_shares(struct ctx *c, const struct known *k, struct candidate *o);
