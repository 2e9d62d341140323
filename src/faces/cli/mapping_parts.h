/* faces/cli/mapping_parts.h: a mapping taken apart, for the files mapping*.c only.
 *
 * A template ("{FirstName} {LastName}", "GBP") is a list of parts; a part is literal text or a
 * column of a source behind filters. Source 0 is the main file, 1 and up are the joins. */
#pragma once

#include "base/zone.h"
#include "faces/cli/mapping.h"
#include "wire/charset.h"
#include "wire/csv.h"

#include <stdio.h>

/* Everything a mapping can set by template: section, key, slot. */
#define MAPPING_SLOTS(X)                                                                           \
    X("order", "group", ORDER_GROUP)                                                               \
    X("order", "reference", ORDER_REFERENCE)                                                       \
    X("order", "placed", ORDER_PLACED)                                                             \
    X("order", "status", ORDER_STATUS)                                                             \
    X("order", "method", ORDER_METHOD)                                                             \
    X("order", "wish_day", ORDER_WISH_DAY)                                                         \
    X("order", "notes", ORDER_NOTES)                                                               \
    X("order", "shipping", ORDER_SHIPPING)                                                         \
    X("order", "credited", ORDER_CREDITED)                                                         \
    X("customer", "reference", CUSTOMER_REFERENCE)                                                 \
    X("customer", "name", CUSTOMER_NAME)                                                           \
    X("customer", "email", CUSTOMER_EMAIL)                                                         \
    X("customer", "phone", CUSTOMER_PHONE)                                                         \
    X("ship_to", "recipient", SHIP_RECIPIENT)                                                      \
    X("ship_to", "organization", SHIP_ORGANIZATION)                                                \
    X("ship_to", "line1", SHIP_LINE1)                                                              \
    X("ship_to", "line2", SHIP_LINE2)                                                              \
    X("ship_to", "line3", SHIP_LINE3)                                                              \
    X("ship_to", "city", SHIP_CITY)                                                                \
    X("ship_to", "admin_area", SHIP_ADMIN_AREA)                                                    \
    X("ship_to", "postal_code", SHIP_POSTAL_CODE)                                                  \
    X("ship_to", "country", SHIP_COUNTRY)                                                          \
    X("ship_to", "phone", SHIP_PHONE)                                                              \
    X("bill_to", "recipient", BILL_RECIPIENT)                                                      \
    X("bill_to", "organization", BILL_ORGANIZATION)                                                \
    X("bill_to", "line1", BILL_LINE1)                                                              \
    X("bill_to", "line2", BILL_LINE2)                                                              \
    X("bill_to", "line3", BILL_LINE3)                                                              \
    X("bill_to", "city", BILL_CITY)                                                                \
    X("bill_to", "admin_area", BILL_ADMIN_AREA)                                                    \
    X("bill_to", "postal_code", BILL_POSTAL_CODE)                                                  \
    X("bill_to", "country", BILL_COUNTRY)                                                          \
    X("bill_to", "phone", BILL_PHONE)                                                              \
    X("line", "sku", LINE_SKU)                                                                     \
    X("line", "name", LINE_NAME)                                                                   \
    X("line", "quantity", LINE_QUANTITY)                                                           \
    X("line", "unit", LINE_UNIT)                                                                   \
    X("line", "total", LINE_TOTAL)                                                                 \
    X("line", "discount", LINE_DISCOUNT)                                                           \
    X("line", "discount_rate", LINE_DISCOUNT_RATE)                                                 \
    X("line", "tax", LINE_TAX)                                                                     \
    X("line", "shipping", LINE_SHIPPING)                                                           \
    X("line", "list_price", LINE_LIST_PRICE)                                                       \
    X("line", "personalisation", LINE_PERSONALISATION)                                             \
    X("line", "weight_g", LINE_WEIGHT)                                                             \
    X("line", "length_mm", LINE_LENGTH)                                                            \
    X("line", "width_mm", LINE_WIDTH)                                                              \
    X("line", "height_mm", LINE_HEIGHT)                                                            \
    X("payment", "method", PAYMENT_METHOD)                                                         \
    X("payment", "amount", PAYMENT_AMOUNT)                                                         \
    X("product", "sku", PRODUCT_SKU)                                                               \
    X("product", "name", PRODUCT_NAME)                                                             \
    X("product", "price", PRODUCT_PRICE)                                                           \
    X("product", "weight_g", PRODUCT_WEIGHT)                                                       \
    X("product", "length_mm", PRODUCT_LENGTH)                                                      \
    X("product", "width_mm", PRODUCT_WIDTH)                                                        \
    X("product", "height_mm", PRODUCT_HEIGHT)                                                      \
    X("product", "quantity", PRODUCT_QUANTITY)                                                     \
    X("customer_file", "reference", PERSON_REFERENCE)                                              \
    X("customer_file", "name", PERSON_NAME)                                                        \
    X("customer_file", "email", PERSON_EMAIL)                                                      \
    X("customer_file", "recipient", PERSON_RECIPIENT)                                              \
    X("customer_file", "organization", PERSON_ORGANIZATION)                                        \
    X("customer_file", "line1", PERSON_LINE1)                                                      \
    X("customer_file", "line2", PERSON_LINE2)                                                      \
    X("customer_file", "line3", PERSON_LINE3)                                                      \
    X("customer_file", "city", PERSON_CITY)                                                        \
    X("customer_file", "admin_area", PERSON_ADMIN_AREA)                                            \
    X("customer_file", "postal_code", PERSON_POSTAL_CODE)                                          \
    X("customer_file", "country", PERSON_COUNTRY)                                                  \
    X("customer_file", "phone", PERSON_PHONE)                                                      \
    X("stock", "sku", STOCK_SKU)                                                                   \
    X("stock", "quantity", STOCK_QUANTITY)                                                         \
    X("stock", "site", STOCK_SITE)                                                                 \
    X("stock", "bin", STOCK_BIN)                                                                   \
    X("stock", "lot", STOCK_LOT)                                                                   \
    X("stock", "expiry_date", STOCK_EXPIRY)

enum slot {
#define X(section, key, slot) slot,
    MAPPING_SLOTS(X)
#undef X
        SLOT_COUNT
};

struct mapping_table {
    struct text name;
    struct text *from, *to;
    size_t count, from_capacity, to_count, to_capacity;
    bool has_rest, rest_is_itself; /* "* = X", "* = *" */
    struct text rest;
};

enum filter_kind {
    FILTER_UPPER,
    FILTER_LOWER,
    FILTER_TITLE,
    FILTER_DIGITS,
    FILTER_COUNTRY,
    FILTER_PAD,
    FILTER_TIMES,
    FILTER_DEFAULT,
    FILTER_TABLE,
};

struct filter {
    enum filter_kind kind;
    int64_t number;
    struct text text; /* of default; the name of a table */
    const struct mapping_table *table;
};

enum { PART_LITERAL = -1, PART_ROW = -2 };

struct part {
    int source;       /* PART_LITERAL, PART_ROW, 0 or a join */
    struct text text; /* the literal, or the column's name */
    size_t column;    /* in the source's kept columns, found when the files are opened */
    struct filter *filters;
    size_t filter_count, filter_capacity;
};

struct template
{
    struct part *parts;
    size_t count, capacity;
    int line; /* of the mapping; 0 when it is not set */
};

enum test_op {
    TEST_IS,
    TEST_LIKE,
    TEST_EMPTY,
    TEST_LESS,
    TEST_LESS_EQUAL,
    TEST_MORE,
    TEST_MORE_EQUAL
};

struct condition {
    struct template left;
    enum test_op op;
    bool negated;
    struct text *values;
    size_t count, capacity;
    int64_t micro; /* the number compared with, in millionths */
};

enum rule_verb {
    RULE_SKIP,
    RULE_CREDIT_NOTE,
    RULE_CANCELLED,
    RULE_CHARGE,
    RULE_DISCOUNT,
    RULE_FEE,
    RULE_VOUCHER,
    RULE_COUNT
};

struct rule {
    enum rule_verb verb;
    struct text word;
    bool is_of_line;              /* looks at the joined file of lines */
    struct condition *conditions; /* all must hold; none always does */
    size_t count, capacity;
};

struct mapping_join {
    struct text name, file, key;
    struct template on;
    bool is_required;
    enum charset charset;
    char delimiter;
    int line;
};

enum grouping { GROUP_EACH, GROUP_WITHIN, GROUP_MEMORY };

struct mapping {
    const char *name;
    struct mapping_settings settings;
    enum charset charset;
    char delimiter, decimal;
    bool is_rounded; /* money with tails is rounded instead of refused */
    struct text *dates;
    size_t date_count, date_capacity;
    const struct zone *zone;
    enum grouping grouping;
    size_t window;
    int line_join, payment_join, product_join, customer_join, stock_join; /* 0: the main file */
    struct template slots[SLOT_COUNT];
    struct mapping_join joins[MAPPING_JOINS_MAX + 1]; /* from 1 */
    size_t join_count;
    struct mapping_table **tables;
    size_t table_count, table_capacity;
    struct rule *rules;
    size_t rule_count, rule_capacity;
};

/* Where a row of a joined file is kept. */
struct join_entry {
    int64_t hash; /* of its key */
    int64_t at;   /* in the file of rows */
    int32_t row;  /* MAPPING_JOIN_ROWS_MAX and a header fit */
    bool is_used;
};

/* One row of a joined file, as long as the present row of the main file. */
struct join_row {
    struct join_entry *entry;
    const struct text *cells; /* the kept columns only */
};

/* A source while reading. */
struct source_file {
    const char *path;
    struct text *wanted; /* names of the columns in use */
    size_t *at;          /* main file: where they stand in a row */
    size_t wanted_count, wanted_capacity;
    FILE *kept;              /* joins: the wanted columns, row after row */
    struct join_entry *rows; /* by hash, then row; malloc'd */
    size_t row_count, row_capacity;
    struct join_row *current;
    bool is_looked_up;
};

enum { COUNTRIES_KEPT = 64 };

struct country;
struct country_name {
    struct text name;
    const struct country *found;
};

/* One reading under way: the mapping's templates with columns found, and the present row. */
struct reading {
    struct ctx *c;
    struct arena arena;      /* joins and tables; until the end */
    struct arena scratch;    /* one row */
    struct mapping *mapping; /* its parts get their column numbers */
    enum mapping_what what;
    int main_join; /* the join whose place the main file takes; 0 none */
    const struct mapping_sink *sink;
    enum err stopped; /* what the sink said to a refused row */
    struct mapping_counts *counts;
    struct charset_reader *bytes;
    struct csv_reader *csv;
    struct csv_row row;
    size_t header_count, country_count;
    struct country_name countries[COUNTRIES_KEPT];
    struct source_file sources[MAPPING_JOINS_MAX + 1];
};

/* mapping_value.c. Row errors are ERR_INVALID with a reason and the column in fault.field. */
must_check enum err value_of(struct reading *r, struct arena *a, const struct template *t,
                             struct text *out);
must_check enum err value_slot(struct reading *r, struct arena *a, enum slot slot,
                               struct text *out);
must_check enum err value_money(struct reading *r, enum slot slot, int64_t otherwise, int64_t *out);
/* Whole numbers; a fraction is an error when `exact`, rounded otherwise. */
must_check enum err value_number(struct reading *r, enum slot slot, bool exact, int64_t otherwise,
                                 int64_t *out);
must_check enum err value_rate_ppm(struct reading *r, enum slot slot, int64_t *out);
must_check enum err value_instant(struct reading *r, enum slot slot, int64_t otherwise,
                                  int64_t *local_us, int64_t *us);
/* The first rule of `verb` that holds for the present row, or NULL. Of the skip rules only those
   that look at joined lines when `of_line`, only the others when not. */
must_check enum err rule_holds(struct reading *r, enum rule_verb verb, bool of_line,
                               const struct rule **out);
bool decimal_parse(struct text t, char mark, int digits, bool *exact, int64_t *out);
bool slot_is_set(const struct reading *r, enum slot slot);

/* mapping_files.c: opening the main file and the joins. */
must_check enum err reading_open(struct reading *r, const char *path);
void reading_close(struct reading *r);
/* The next row of the main file; rows of the wrong width come too. */
must_check enum err reading_next(struct reading *r, bool *more);
/* mapping_joins.c: joined files, kept beside in a temporary file; 24 bytes a row stay in memory. */
must_check enum err join_open(struct reading *r, const char *main_path, int join);
void joins_close(struct reading *r);
/* The rows with this key, ascending; none is no error. */
must_check enum err join_find(struct reading *r, int join, struct text key, struct join_row **rows,
                              size_t *count);
/* Rows in the order of the file from now on: nothing is found any more. */
void join_sort_back(struct reading *r, int join);

/* mapping_files.c again */
must_check enum err column_place(struct reading *r, const struct csv_row *header, struct text name,
                                 const char *path, size_t *out);
must_check enum err columns_place(struct reading *r, int source, const struct csv_row *header);
/* A cell of the present row of a source; joins are looked up on first use. */
must_check enum err reading_cell(struct reading *r, const struct part *p, struct text *out);

/* mapping_records.c: what is not an order. */
must_check enum err read_records(struct reading *r);
must_check enum err make_from_orders(struct reading *r);
must_check enum err refuse(struct reading *r, const struct refused_row *row);
/* The ten parts from `first` on: recipient, ..., country, phone. */
must_check enum err address_read(struct reading *r, struct arena *a, enum slot first,
                                 struct postal_address *out);
must_check enum err require_slots(struct reading *r, const enum slot *slots, size_t count);

/* mapping_lines.c: the head of an order and its lines, from the present row. */
must_check enum err order_head(struct reading *r, struct arena *a, struct mapped_order *o,
                               struct text key);
struct line_sign {
    int sign; /* of the first quantity in a credit note: 1, -1; 0 before it */
};
must_check enum err order_line(struct reading *r, struct arena *a, bool is_credit_note,
                               struct line_sign *sign, struct mapped_line *line,
                               int64_t *shipping_minor);
must_check enum err order_payment(struct reading *r, struct arena *a, struct mapped_payment *out);

/* mapping_orders.c */
must_check enum err read_orders(struct reading *r);
