/* wire/slip.h: the packing slip that lies in the box, A4, as many pages as the lines need.
 *
 * The table's heading is repeated on every page; a line is never split between pages. Prices do
 * not appear at all, so a gift needs no second form. Texts are in the caller's arena. */
#pragma once

#include "wire/sheet.h"

enum {
    SLIP_LINES_MAX = 2000,
    SLIP_ADDRESS_MAX = 9, /* lines of ship_to and merchant_lines */
    SLIP_NAME_MAX = 400,  /* bytes */
    SLIP_NOTE_MAX = 1000, /* bytes */
    SLIP_GIFT_MAX = 2000, /* bytes */
    SLIP_URL_MAX = 300,   /* bytes */
};

struct slip_line {
    struct text sku, name; /* name is required */
    struct text note;      /* personalisation, "gift: no price", or absent */
    int64_t quantity;      /* of this package */
};

struct packing_slip {
    struct text merchant; /* required */
    const struct text *merchant_lines;
    size_t merchant_count;
    struct text order, order_date; /* order is required */
    const struct text *ship_to;
    size_t ship_to_count;
    const struct slip_line *lines;
    size_t line_count;
    struct text gift_message;
    int64_t package, packages; /* 1 of 2; 0 when unknown */
    struct text tracking_url;  /* printed as a QR code, or absent */
    struct text footer;
};

must_check enum err slip_layout(struct ctx *c, const struct packing_slip *p, struct sheet *out);

/* PNG is the first page. dpi as for sheet_render. */
must_check enum err slip_render(struct ctx *c, const struct packing_slip *p,
                                enum sheet_format format, int dpi, struct text *out);
