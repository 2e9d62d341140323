/* stages/1_receipt/receipt_tax.h: the tax of an order's lines and its shipping, by the rates. */
#pragma once

#include "stages/1_receipt/receipt_check.h"

/* Sets the lines' tax and total, what is on top of shipping, and the facts to be kept beside the
   order. A tax that a line came with stays. The goods' place and day decide about the rates; a kit
   without a class of its own bears what its parts bear, by their list prices. */
must_check enum err receipt_tax(struct ctx *c, const struct known *k, struct candidate *o);
