/* faces/cli/importing_batch.h: a batch of an import on its way to a server.
 *
 *   importing.c ── rows of a file ──> batch ──┬─ --db:     a unit of work here
 *                                             └─ --server: POST /v1/imports/..., the same unit
 * there
 *
 * The server runs the very functions that an import into a file runs, so both refuse the same rows
 * for the same reasons. What is there already is counted as known, whoever brought it: a batch that
 * is sent twice doubles nothing. */
#pragma once

#include "base/field.h"
#include "faces/api/route.h"

enum import_batch_kind {
    BATCH_PRODUCTS,
    BATCH_CUSTOMERS,
    BATCH_STOCK,
    BATCH_ORDERS,
    BATCH_CREDITS,
    BATCH_KINDS
};
/* Rows of one call; fewer where a row is long, so that a body stays far below a megabyte. */
enum {
    BATCH_PRODUCTS_MAX = 400,
    BATCH_CUSTOMERS_MAX = 1000,
    BATCH_STOCK_MAX = 100,
    BATCH_ORDERS_MAX = 100,
    BATCH_LINES_MAX = 1500,    /* of all its orders: what a client keeps to */
    BATCH_CREDITS_FULL = 1000, /* sent from here on, with the whole last credit note */
    BATCH_CREDITS_MAX = 3000
};

struct product_record;
struct draft;
struct import_counts;

struct batch_product {
    struct product_record *product;
    int64_t opening_quantity; /* NONE: none */
};
struct batch_order {
    struct draft *order;
    bool is_cancelled, is_country_assumed;
    int64_t rows; /* of the file */
};

struct batch_body {
    struct text site, currency;
    int32_t channel; /* of the orders that are credited; -1: other */
    bool keeps;      /* products that are there stay as they are */
    bool makes_customers, is_stock_enough, is_strict;
    struct list rows; /* of the kind: struct batch_product, customer_record, stock_record, ... */
};
struct batch_refused {
    int64_t index; /* of the row */
    int64_t status;
    struct text reason, field, detail, hint;
};
struct batch_answer {
    struct import_counts *counts;
    struct list refused;
    struct list ends; /* of credits: struct batch_end, one per row */
};
struct batch_end {
    int32_t end;
};
extern const struct words credit_end_words;
extern const struct fields batch_answer_fields;
extern const struct fields *const batch_fields[BATCH_KINDS];
const char *batch_path(enum import_batch_kind kind);
