/* faces/api/invoices.h: invoices and credit notes as others show them too. */
#pragma once

#include "base/ctx.h"
#include "base/field.h"

/* As PDF. `is_masked`: without the buyer's name and street, for who has a link only. */
must_check enum err invoice_draw(struct ctx *c, int64_t invoice_id, bool is_masked,
                                 struct text *pdf);
