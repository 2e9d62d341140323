/* faces/cli/importing.h: `waybill import`: other people's files into the database.
 *
 *   CSV ──mapping──┐
 *                  ├──> batches of a few hundred ──> one unit of work each ──> report
 *   NDJSON ────────┘        missing products, bins, stock made in the same unit
 *
 * NDJSON lines are the bodies of POST /v1/orders, /v1/products and so on, one object a line.
 *
 * Invariants
 * - Each unit is whole: stop at any point, run again, and it ends in the same state. What is there
 *   already is counted as known and left alone (products: brought up to date).
 * - rows == taken + known + credited + refused + skipped, and each row that is not in the database
 *   afterwards has a line in the report.
 * - Memory is flat: one batch, the codes of the site's bins, and what the mapping holds. */
#pragma once

#include "base/ctx.h"
#include "base/field.h"

#include <stdio.h>

enum import_kind { IMPORT_ORDERS, IMPORT_PRODUCTS, IMPORT_CUSTOMERS, IMPORT_STOCK };
extern const struct words import_kind_words;

struct cli;

struct import_options {
    int32_t kind;        /* enum import_kind */
    const char *path;    /* "-": standard input */
    const char *mapping; /* of a CSV file; NULL: NDJSON */
    const char *report;  /* CSV of what was refused or skipped; NULL: none */
    bool is_strict;      /* addresses, dates and prices by the rules of new orders */
    bool is_quiet;       /* no progress */
    int64_t at_us;       /* as if it were then: a clock that stands; 0: now */
    struct cli *server;  /* whose batches go to a server by POST /v1/imports; NULL: the database */
};

struct import_counts {
    int64_t rows;                                     /* of the file */
    int64_t taken, known, credited, refused, skipped; /* rows; their sum */
    int64_t orders, orders_known, orders_refused;     /* orders and, of an import, other things */
    int64_t orders_cancelled;                         /* of `orders`: kept as cancelled */
    int64_t orders_held;                              /* of `orders`: wait for somebody */
    int64_t lines, units, units_short;
    int64_t credit_notes, credit_notes_known, credit_notes_kept_aside; /* by their goods */
    int64_t returns;                                                   /* made from credit notes */
    int64_t countries_assumed; /* orders without one: the merchant's */
    int64_t products, products_changed, customers, bins, units_received;
    int64_t milliseconds, statements;
    int64_t first_refused; /* its row, and why: not in the record */
    char first_reason[200];
};
extern const struct fields import_counts_fields;

/* c->merchant_id is set and has a site; not inside a unit of work. `counts` is right at any return.
   ERR_INVALID "no_site", "report_path"; ERR_BUSY "interrupted" after Ctrl-C: what was committed
   stays, run it again to go on. */
must_check enum err import_file(struct ctx *c, const struct import_options *o,
                                struct import_counts *counts);
void import_print(FILE *to, const struct import_options *o, const struct import_counts *n);
