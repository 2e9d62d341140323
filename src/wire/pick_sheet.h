/* wire/pick_sheet.h: a pick list on paper, for when the handhelds are away: A4, in walking order.
 *
 * Every row has the bin in large letters and as Code 128, so that a scanner can confirm it, and a
 * box to tick. Lines are printed in the order given. Texts are in the caller's arena. */
#pragma once

#include "wire/sheet.h"

enum { PICK_LINES_MAX = 2000 };

struct pick_line {
    struct text bin; /* required: "A-03-12-B" */
    struct text sku, name, order, tote;
    int64_t quantity;
};

struct pick_list {
    struct text site, wave; /* wave is required */
    struct text printed_at; /* as it is to be printed, or absent */
    struct text picker;     /* or absent: a line to write on */
    const struct pick_line *lines;
    size_t line_count;
};

must_check enum err pick_sheet_layout(struct ctx *c, const struct pick_list *p, struct sheet *out);
must_check enum err pick_sheet_render(struct ctx *c, const struct pick_list *p,
                                      enum sheet_format format, int dpi, struct text *out);
