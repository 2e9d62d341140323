/* faces/cli/importing_parts.h: what the files of the importer share. */
#pragma once

#include "domain/catalog/product.h"
#include "domain/people/people.h"
#include "domain/sites/site.h"
#include "faces/cli/importing.h"
#include "faces/cli/importing_batch.h"
#include "faces/cli/mapping.h"
#include "faces/cli/meter.h"
#include "faces/cli/records.h"
#include "stages/1_receipt/receipt.h"
#include "store/db.h"

enum {
    IMPORT_ORDERS_A_UNIT = 400,
    IMPORT_LINES_A_UNIT = 8000,
    IMPORT_THINGS_A_UNIT = 1000,
    IMPORT_UNITS_A_COMMIT = 8,
    IMPORT_CREDITS_MAX = 4000, /* credit lines that wait for one look at what was sold */
};

/* Bins for the products that come without one: aisles of 20 bays with 4 levels. */
struct home_bins {
    struct site site;
    const struct text *codes; /* taken before this run, ascending */
    size_t code_count;
    bool is_read;            /* the codes */
    int64_t next, committed; /* the unit in hand has used up to `next` */
};

/* A product that is to be there. */
struct wanted_product {
    struct product_record record; /* name absent, sizes NONE: not known */
    int64_t opening;              /* units to begin with; NONE: none */
    int64_t row;
    struct fault fault; /* why it was refused */
};

struct order_batch {
    struct draft *drafts;
    struct draft_source {
        const char *file;
        int64_t *line_rows; /* one per line of the draft */
        int64_t first_row, rows;
        bool is_cancelled, is_assumed;
        int64_t total_minor;
        struct wanted_product *products; /* one per line; sku empty for what is not goods */
    } * sources;
    struct outcome *outcomes;
    size_t count, capacity, source_capacity, lines;
};

struct credit {
    struct text reference, credited_reference, customer_reference;
    struct text sku;
    int64_t placed_us, quantity, amount_minor, row, rows; /* rows of the file that it stands for */
    bool is_goods, is_first;                              /* the first line of its credit note */
    enum { CREDIT_OPEN, CREDIT_TAKEN, CREDIT_KNOWN, CREDIT_ASIDE } end;
};

struct import {
    struct ctx *c; /* the caller's: lives as long as the import */
    const struct import_options *options;
    struct import_counts *counts;
    const struct mapping_settings *settings; /* NULL: NDJSON */
    struct mapping_counts mapped;
    struct merchant merchant;
    struct home_bins bins;
    struct arena arena; /* of the batch in hand */
    struct ctx work;    /* the caller's context with that arena */
    struct order_batch batch;
    struct wanted_product *products;
    size_t product_count, product_capacity;
    struct customer_record *customers;
    size_t customer_count, customer_capacity;
    struct stock_record *stocks;
    int64_t *stock_rows; /* where they stand in the file; to a server only */
    size_t stock_count, stock_capacity, stock_row_capacity;
    struct arena credit_arena;
    struct credit *credits;
    size_t credit_count, credit_capacity;
    FILE *report;
    struct meter meter;
    int64_t rows_seen; /* of the main file, when the last order came */
    int units_in_group;
    /* what the unit in hand did: added to the counts when it is committed */
    struct import_counts unit;
};

typedef enum err import_unit_fn(struct import *imp, struct ctx *c);

/* One unit of work, several to a commit; its own counts count only when it is kept. */
must_check enum err import_unit(struct import *imp, import_unit_fn *fn,
                                enum import_batch_kind kind);
/* importing_remote.c */
/* The same unit at the server: its counts, and per row what it says, as if it had run here. */
must_check enum err import_send(struct import *imp, enum import_batch_kind kind);
/* Merchant and site, as the server knows them. */
must_check enum err import_greet(struct import *imp);
must_check enum err import_greet_site(struct import *imp, struct text site_code);
void import_add_counts(struct import_counts *to, const struct import_counts *by);
void import_refuse(struct import *imp, const char *file, int64_t row, const char *column,
                   const char *reason, const char *detail);
void import_refuse_fault(struct import *imp, const char *file, int64_t row, const struct fault *f);
/* The sink of what a mapping refuses. */
enum err import_refused_row(struct ctx *c, void *arg, const struct refused_row *row);
/* Line by line; `json` lives until the next one. */
typedef enum err import_line_fn(struct import *imp, struct text json, int64_t row);
must_check enum err import_ndjson(struct import *imp, const char *what, import_line_fn *fn);
enum err import_refuse_line(struct import *imp, int64_t row); /* with imp->work.fault; always OK */
int import_compare_texts(const void *a, const void *b);
size_t import_unique(struct text *at, size_t n); /* sorted; how many are left */

/* importing_catalog.c */
/* Make what is missing of these; with `is_update` bring the others up to date. SKUs may repeat: the
   first counts. Inside a unit. */
must_check enum err import_products(struct import *imp, struct ctx *c,
                                    struct wanted_product *wanted, size_t n, bool is_update);
must_check enum err import_customers(struct import *imp, struct ctx *c,
                                     const struct customer_record *at, size_t n);
/* importing_stock.c */
/* Make the cell hold what the row says. ERR_INVALID or ERR_CONFLICT before any write. */
must_check enum err import_stock_row(struct import *imp, struct ctx *c,
                                     const struct stock_record *r);
/* The site alone; the bins' codes are read when the first bin is made. */
must_check enum err import_site_open(struct import *imp, struct ctx *c, struct text site_code);
must_check enum err import_bins_open(struct import *imp, struct text site_code);
/* The next bin for a new product. Inside a unit. */
must_check enum err import_bin_new(struct import *imp, struct ctx *c, int64_t *bin_id);
/* Let the supplier bring what these drafts need and the site does not have. */
must_check enum err import_stock_for(struct import *imp, struct ctx *c, const struct draft *drafts,
                                     size_t n);
must_check enum err import_stocks_mapped(struct import *imp, struct mapping *m);
must_check enum err import_stocks_ndjson(struct import *imp);

must_check enum err import_catalog_mapped(struct import *imp, struct mapping *m);
must_check enum err import_catalog_ndjson(struct import *imp);
must_check enum err import_make_mapped(struct import *imp, struct mapping *m);

/* importing_orders.c */
must_check enum err import_orders_mapped(struct import *imp, struct mapping *m);
must_check enum err import_orders_ndjson(struct import *imp);

must_check enum err import_orders_flush(struct import *imp);
/* The batch in hand, inside a unit: fills its outcomes. */
must_check enum err import_orders_unit(struct import *imp, struct ctx *c);

/* importing_credits.c */
/* The credits in hand, inside a unit: fills their ends. */
must_check enum err import_credits_unit(struct import *imp, struct ctx *c);
must_check enum err import_credit(struct import *imp, const struct mapped_order *order,
                                  int64_t rows);
int64_t import_file_bytes(const struct import *imp); /* 0 when it has no size */
must_check enum err import_credits_end(struct import *imp);
