/* services/stockkeeping/serials.h: numbers of units that come in.
 *
 * A product whose numbers are taken down on the way in needs one for every unit; one whose numbers
 * are taken down at packing may have them already; others have none, and what is scanned of them
 * is not kept. */
#pragma once

#include "domain/catalog/product.h"
#include "domain/inventory/serial.h"

/* What a batch says of them, one unit each. Begins zeroed. */
struct serial_book {
    struct serial_told {
        int64_t product_id;
        struct text serial, sku;
    } * at;
    size_t count, capacity;
};
/* ERR_INVALID "serial_required", "serial_one", "serial_bad", "serial_twice". */
must_check enum err serial_book_take(struct ctx *c, struct serial_book *book,
                                     const struct product *p, struct text serial, int64_t quantity);
/* Written, as a set. ERR_CONFLICT "serial_here": in the house, or out with a customer. */
must_check enum err serial_book_keep(struct ctx *c, struct serial_book *book, int64_t asn_id);
