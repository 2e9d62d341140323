/* store/dump.h: a whole database, table by table, read and written alike on both engines.
 *
 * Tables, columns and keys come from the engine's own catalogue, so that a new table cannot be
 * forgotten. SQL is made at run time here, and only here: for copies, and for tests that compare
 * two databases. Columns stand in the order of their names and values in the kind of their column,
 * so that the same row reads the same wherever it comes from. */
#pragma once

#include "store/db.h"

enum column_kind { COLUMN_NUMBER, COLUMN_NARROW, COLUMN_TEXT, COLUMN_BYTES }; /* narrow: 32 bits */

struct dump_column {
    const char *name;
    enum column_kind kind;
    bool is_computed; /* by the database: read and compared, never written */
};

struct dump_table {
    const char *name;
    struct dump_column *columns;
    size_t column_count;
    size_t *keys; /* columns of the primary key, in its order */
    size_t key_count;
};

/* All tables of the schema, by name, with struct dump_table. Not those of the engine itself. */
must_check enum err dump_tables(struct ctx *c, struct list *out);
const struct dump_table *dump_find(const struct list *tables, const char *name);
/* ERR_CONFLICT "schema_differs" unless both have the same tables, columns and keys. */
must_check enum err dump_same_schema(struct ctx *c, const struct list *a, const struct list *b);

/* One value for each column of each row. */
struct dump_page {
    const struct value *rows;
    size_t count, bytes;
};
/* The next rows in the order of their key, at most `most`; `after` is a row, or NULL for the first
   ones. Rows live in c->arena. */
must_check enum err dump_read(struct ctx *c, const struct dump_table *t, const struct value *after,
                              size_t most, struct dump_page *out);
/* Write rows, inside a unit of work. `t` is of the database that is written. */
must_check enum err dump_write(struct ctx *c, const struct dump_table *t,
                               const struct dump_page *page);

/* How many rows there are, and a sum of their hashes in which their order plays no part. */
struct dump_sum {
    int64_t rows;
    uint64_t low, high;
};
typedef bool dump_heard_fn(void *arg, int64_t rows); /* of this table so far; false: stop */
/* All rows in whatever order they come. ERR_BUSY "interrupted" when `heard` says so. */
must_check enum err dump_sum(struct ctx *c, const struct dump_table *t, dump_heard_fn *heard,
                             void *arg, struct dump_sum *out);
bool dump_sum_same(const struct dump_sum *a, const struct dump_sum *b);
must_check enum err dump_count(struct ctx *c, const struct dump_table *t, int64_t *rows);
must_check enum err dump_is_empty(struct ctx *c, const struct dump_table *t, bool *is_empty);

/* Two databases row for row, in the order of the key: `report` hears of the rows that differ, with
   NULL for the side that lacks it. Both tables have the same columns. */
typedef enum err dump_differ_fn(void *arg, const struct dump_table *t, const struct value *a,
                                const struct value *b);
must_check enum err dump_compare(struct ctx *a, struct ctx *b, const struct dump_table *of_a,
                                 const struct dump_table *of_b, dump_differ_fn *report, void *arg);
bool dump_value_same(const struct value *a, const struct value *b);
/* "order_id 17, line_no 2" */
struct text dump_key_shown(struct arena *a, const struct dump_table *t, const struct value *row);
/* A row's key as one line of text, and back into a row whose other columns are NULL. */
struct text dump_key_text(struct arena *a, const struct dump_table *t, const struct value *row);
must_check enum err dump_key_parse(struct ctx *c, const struct dump_table *t, struct text key,
                                   const struct value **row);
