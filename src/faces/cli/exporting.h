/* faces/cli/exporting.h: `waybill export`: everything back, page by page.
 *
 *   ndjson   one object a line, as `waybill import` takes it: what was agreed, made and counted.
 *            Importing it into an empty database gives the same content; how far an order has come
 *            is told by its events, which are exported and not imported.
 *   csv      for spreadsheets: orders have a row per line
 *
 * Memory is one page. A page is read in one look; what changes between two pages may be in either
 * state. */
#pragma once

#include "base/ctx.h"
#include "base/field.h"

#include <stdio.h>

struct cli;

enum export_kind {
    EXPORT_ORDERS,
    EXPORT_PRODUCTS,
    EXPORT_CUSTOMERS,
    EXPORT_STOCK,
    EXPORT_EVENTS,
    EXPORT_RETURNS,
    EXPORT_SUBSTITUTES
};
extern const struct words export_kind_words;

struct export_options {
    int32_t kind; /* enum export_kind */
    bool is_csv;
    bool is_for_people; /* csv: a spreadsheet computes nothing of it */
    bool is_quiet;
};

/* Reads only. *written counts records, not lines. ERR_UPSTREAM "disk" when `to` is full. */
must_check enum err export_to(struct ctx *c, const struct export_options *o, FILE *to,
                              int64_t *written);
/* The same, page by page from a server: GET /v1/exports/.... */
must_check enum err export_from(struct cli *cli, const struct export_options *o, FILE *to,
                                int64_t *written);
