/* wire/bill_sheet.h: invoices and credit notes, A4, as many pages as the lines need.
 *
 * All amounts are texts as they are to be read; nothing is added up here. Texts are in the
 * caller's arena. */
#pragma once

#include "wire/sheet.h"

enum {
    BILL_LINES_MAX = 10000,
    BILL_ADDRESS_MAX = 9, /* lines of buyer and seller */
    BILL_NAME_MAX = 400,  /* bytes */
};

struct bill_line {
    struct text sku, name; /* name is required */
    struct text quantity;  /* absent: no units */
    struct text rate;      /* "19 %", or absent */
    struct text net, tax, total;
};

struct bill_fact {
    struct text name, value; /* "Order", "1042" */
};

struct bill_sheet {
    struct text title, number; /* "Invoice", "INV-17" */
    const struct text *seller;
    size_t seller_count;
    const struct text *buyer;
    size_t buyer_count;
    const struct bill_fact *facts; /* below the number: date, order, package */
    size_t fact_count;
    const struct bill_line *lines;
    size_t line_count;
    const struct bill_fact *sums; /* below the lines; the last one is the total */
    size_t sum_count;
    struct text footer;
};

must_check enum err bill_layout(struct ctx *c, const struct bill_sheet *b, struct sheet *out);
/* PNG is the first page. dpi as for sheet_render. */
must_check enum err bill_render(struct ctx *c, const struct bill_sheet *b, enum sheet_format format,
                                int dpi, struct text *out);
