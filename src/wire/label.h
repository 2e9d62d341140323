/* wire/label.h: the parcel label of carriers that do not print their own, 4 x 6 inch.
 *
 *     +------------------------+---------+
 *     | carrier, service       | package |
 *     +--------------------+---+---------+
 *     | from               | order, date |
 *     +--------------------+-------------+
 *     | to                               |
 *     +----------+---------+-------------+
 *     | country  | postcode|       marks |
 *     | instructions, cash on delivery   |
 *     +----------------------------------+
 *     | tracking number and its barcode  |
 *     +----------------------------------+
 *     | SSCC                             |
 *     +----------------------------------+
 *
 * Blocks without content vanish and leave their room to the address and the bars. Texts are in the
 * caller's arena; addresses come formatted the way their country writes them. */
#pragma once

#include "wire/sheet.h"

enum {
    LABEL_LINES_MAX = 9,  /* address lines each of sender and recipient */
    LABEL_TEXT_MAX = 200, /* bytes in any one text */
    LABEL_WEIGHT_G_MAX = 1000000,
};

enum {
    LABEL_FRAGILE = 1,
    LABEL_THIS_SIDE_UP = 2,
    LABEL_KEEP_DRY = 4,
};

struct parcel_label {
    struct text carrier, service; /* required: carrier */
    const struct text *sender;
    size_t sender_count;
    const struct text *recipient; /* required: at least one line; the first is the name */
    size_t recipient_count;
    struct text country, postal_code; /* routing block: "DE", "50667" */
    struct text tracking;             /* required; Code 128 */
    struct text sscc;                 /* 18 digits, or absent */
    struct text order;                /* the merchant's reference, or absent */
    int64_t package, packages;        /* 1 of 2; 0 when unknown */
    int64_t weight_g;                 /* 0 when unknown */
    struct text ship_date;            /* as it is to be printed, or absent */
    int marks;                        /* LABEL_FRAGILE, ... */
    struct text instructions;         /* "ADULT SIGNATURE 18+", or absent */
    struct text cash;                 /* amount to collect: "EUR 129.90", or absent */
};

/* The layout alone; what was put where is in out->items. */
must_check enum err label_layout(struct ctx *c, const struct parcel_label *l, struct sheet *out);

must_check enum err label_render(struct ctx *c, const struct parcel_label *l,
                                 enum sheet_format format, int dpi, struct text *out);
