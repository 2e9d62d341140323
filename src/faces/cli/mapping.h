/* faces/cli/mapping.h: other people's files as a stream of orders, products, customers and stock.
 *
 *   FILE (+ joined files) ── rows ── mapping ──> struct mapped_order ──> sink
 *                                         └────> struct refused_row   ──> sink
 *
 * A mapping is a small text file (examples/README.md is its manual) that says how columns become
 * our records. What comes out knows no database. Memory is flat: 24 bytes per joined row, the open
 * groups and 16 bytes per order read; joined rows are kept in a temporary file.
 *
 * Invariants
 * - Every row of the file is either in one order that reached the sink or in one refused_row.
 * - An order is whole or absent: one refused row refuses its order, whose other rows are then
 *   refused as "order_refused". Rows left out by a `skip` rule do not harm their order.
 * - quantity > 0; quantity * unit_minor - discount_minor == total_minor, before tax.
 * - In a credit note amounts are positive too: they are what the customer gets back. Discounts and
 *   fees that lower the sum have a negative unit_minor.
 *
 * Texts of a record live until its sink function returns. */
#pragma once

#include "base/address.h"
#include "base/ctx.h"
#include "base/field.h"
#include "base/money.h"

enum {
    MAPPING_FILE_MAX = 1024 * 1024, /* bytes of a mapping */
    MAPPING_JOINS_MAX = 16,
    MAPPING_WINDOW_MAX = 10000,      /* "rows = within N" */
    MAPPING_LINES_MAX = 20000,       /* of one order */
    MAPPING_PAYMENTS_MAX = 1000,     /* of one order */
    MAPPING_JOIN_ROWS_MAX = 5000000, /* of one joined file */
    MAPPING_QUANTITY_MAX = 1000000000,
};

/* What a line is. Only goods are picked; the rest is money. */
enum mapped_kind { MAPPED_GOODS, MAPPED_CHARGE, MAPPED_DISCOUNT, MAPPED_FEE, MAPPED_VOUCHER };
extern const struct words mapped_kind_words;

struct mapped_line {
    struct text sku;             /* as the file names it; never empty for goods */
    struct text name;            /* may be empty */
    enum mapped_kind kind;       /* by the mapping's rules */
    struct text word;            /* the rule's word for what is not goods: "postage" */
    int64_t quantity;            /* base units, 1 to MAPPING_QUANTITY_MAX */
    int64_t unit_minor;          /* price of one before discount; negative only when not goods */
    int64_t discount_minor;      /* taken off the whole line, >= 0 for goods */
    int64_t total_minor;         /* quantity * unit_minor - discount_minor */
    int64_t tax_minor;           /* on top of the total, 0 when the file has none */
    int64_t list_price_minor;    /* of the product; unit_minor when the file has none */
    struct text personalisation; /* text to engrave or print, or empty */
    int64_t weight_g, length_mm, width_mm, height_mm; /* of one; NONE when not known */
    int64_t row; /* of the file the lines come from, the header being row 1 */
};

struct mapped_payment {
    struct text method;   /* after the mapping's table: "card" */
    int64_t amount_minor; /* >= 0 */
};

struct mapped_person {
    struct text reference; /* the source's key; empty is a guest */
    struct text name, email, phone;
};

struct mapped_order {
    struct text reference; /* with `channel` and `is_credit_note` the key against double import */
    struct text channel;   /* of the mapping */
    struct text site;      /* of the mapping, or empty */
    struct text status;    /* the source's word, or empty */
    bool is_cancelled;     /* by a `cancelled` rule: to be kept, not to be fulfilled */
    bool is_credit_note;   /* by a `credit_note` rule: goods come back or money is given */
    struct text credited_reference; /* the order it reverses; empty when the file does not say */
    int64_t placed_us;
    char currency[4];
    struct mapped_person customer;
    struct postal_address ship_to, bill_to; /* empty parts where the file has none */
    struct text method; /* delivery method after the mapping's table, or empty */
    int64_t wish_day;   /* delivery wished or promised; NONE */
    struct text notes;
    const struct mapped_line *lines; /* in file order, at least one */
    size_t line_count;
    int64_t shipping_minor; /* beside the lines: the order's freight plus that of its lines */
    const struct mapped_payment *payments;
    size_t payment_count;
    int64_t total_minor;         /* lines + tax + shipping */
    int64_t first_row, last_row; /* of the main file */
};

struct mapped_product {
    struct text sku, name; /* the first name seen that is not empty */
    char currency[4];
    int64_t price_minor; /* the first price seen that is not 0; NONE when unknown */
    int64_t weight_g, length_mm, width_mm, height_mm; /* NONE when not known */
    int64_t opening_quantity; /* stock to begin with; NONE: none asked for */
    int64_t row;
};

struct mapped_customer {
    struct mapped_person person; /* reference is never empty */
    struct postal_address address;
    int64_t row;
};

struct mapped_stock {
    struct text sku, site, bin, lot; /* all but the SKU may be empty */
    int64_t expiry_day;              /* of the lot; NONE */
    int64_t quantity;                /* >= 0 */
    int64_t row;
};

/* A row that is in no record, and why. */
struct refused_row {
    const char *file;   /* path of the file it stands in */
    int64_t row, line;  /* the header is row 1; `line` as an editor counts, 0 for joined files */
    const char *column; /* or "" */
    const char *reason; /* stable word: the rule's own when skipped */
    const char *detail; /* for people */
    bool is_skipped;    /* left out because the mapping says so; otherwise it is wrong */
};

/* Where records go. A NULL function drops its kind. What is not OK stops the reading. */
struct mapping_sink {
    void *arg;
    enum err (*order)(struct ctx *c, void *arg, const struct mapped_order *order);
    enum err (*product)(struct ctx *c, void *arg, const struct mapped_product *product);
    enum err (*customer)(struct ctx *c, void *arg, const struct mapped_customer *customer);
    enum err (*stock)(struct ctx *c, void *arg, const struct mapped_stock *stock);
    enum err (*refused)(struct ctx *c, void *arg, const struct refused_row *row);
};

struct mapping_counts {
    int64_t rows;                   /* of the main file, header not counted */
    int64_t used, skipped, refused; /* rows == used + skipped + refused */
    int64_t groups;                 /* sales + credit_notes + groups_empty + groups_refused */
    int64_t sales, credit_notes;    /* orders given to the sink */
    int64_t groups_empty;           /* every row was skipped */
    int64_t groups_refused;
    int64_t lines;                       /* of the orders given to the sink */
    int64_t line_rows;                   /* of a joined file of lines, when there is one */
    int64_t line_rows_left_out;          /* line_rows == lines + line_rows_left_out */
    int64_t sales_minor, credits_minor;  /* sum of total_minor of the lines */
    int64_t products, customers, stocks; /* given to the sink */
};

enum { MAPPING_MAKE_PRODUCTS = 1, MAPPING_MAKE_STOCK = 2, MAPPING_MAKE_CUSTOMERS = 4 };

struct mapping_settings {
    struct text merchant, site, channel; /* of [import]; empty when not said */
    char currency[4];
    unsigned make;          /* what an import of orders creates when it is missing */
    bool stock_is_enough;   /* opening stock: what all sales of the file need ... */
    int64_t stock_quantity; /* ... or this many of each */
};

struct mapping;

/* ERR_MALFORMED "mapping_invalid" names the line and what would be right. */
must_check enum err mapping_load(struct ctx *c, const char *path, struct mapping **out);
must_check enum err mapping_parse(struct ctx *c, struct text body, const char *name,
                                  struct mapping **out);
const struct mapping_settings *mapping_settings(const struct mapping *m);

enum mapping_what {
    MAPPING_ORDERS,    /* FILE holds orders */
    MAPPING_MAKE,      /* FILE holds orders; what `make` asks for comes out, after the last row */
    MAPPING_PRODUCTS,  /* FILE is what [product] says; a SKU seen twice is refused */
    MAPPING_CUSTOMERS, /* FILE is what [customer_file] says */
    MAPPING_STOCK,     /* FILE is what [stock] says */
};

/* Read `path` ("-": standard input, without joins) to its end. `counts` is right at any return.
   A damaged file is an error; a wrong row is not: it goes to sink->refused. ERR_INVALID
   "column_missing", "file_missing", "mapping_incomplete" before the first row. A mapping is for
   one reading at a time. */
must_check enum err mapping_read(struct ctx *c, struct mapping *m, enum mapping_what what,
                                 const char *path, const struct mapping_sink *sink,
                                 struct mapping_counts *counts);
