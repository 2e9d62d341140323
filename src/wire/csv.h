/* wire/csv.h: rows of delimited text (RFC 4180 and what spreadsheets make of it) and lines of
 * NDJSON, pulled one at a time from a charset_reader; and a writer.
 *
 *   charset_reader ──> csv_next ──> fields of one row, valid until the next row
 *
 * Memory is flat: one chunk and one row. Rows end with LF, CRLF or CR; quoted fields may hold
 * delimiters, doubled quotes and line ends. A quote inside an unquoted field is an ordinary
 * character, text behind a closing quote is an error. Empty lines are passed over. Lines are
 * counted as an editor counts them, columns from 1. */
#pragma once

#include "wire/charset.h"

enum {
    CSV_FIELD_MAX = 1024 * 1024,    /* bytes */
    CSV_ROW_MAX = 16 * 1024 * 1024, /* bytes, all fields together */
    CSV_COLUMNS_MAX = 4096,
    NDJSON_LINE_MAX = 16 * 1024 * 1024 /* bytes */
};

struct csv_reader;

struct csv_row {
    const struct text *at; /* never absent; empty when nothing stood between two delimiters */
    size_t count;
    int64_t number; /* 1 for the first row of the file */
    int64_t line;   /* where it starts */
};

/* `delimiter` 0 looks at the first lines and takes what divides them evenly among , ; tab and |.
   A first line "sep=;", as Excel writes it, decides and is not a row. `bytes` stays the caller's
   to close. */
must_check enum err csv_open(struct ctx *c, struct charset_reader *bytes, char delimiter,
                             struct csv_reader **out);
char csv_delimiter(const struct csv_reader *r);

/* The next row; false in `more` at the end. ERR_MALFORMED "quote_open", "quote_misplaced",
   "nul_byte", ERR_TOO_LARGE "field_too_long", "row_too_long", "too_many_columns", each with line
   and column. After an error the reader is spent. */
must_check enum err csv_next(struct ctx *c, struct csv_reader *r, struct csv_row *row, bool *more);

/* One JSON text per line; empty lines are passed over, the line end is taken off. */
struct ndjson_reader;

struct ndjson_line {
    struct text json; /* valid until the next line; not yet checked to be JSON */
    int64_t line;
};

must_check enum err ndjson_open(struct ctx *c, struct charset_reader *bytes,
                                struct ndjson_reader **out);
must_check enum err ndjson_next(struct ctx *c, struct ndjson_reader *r, struct ndjson_line *line,
                                bool *more);

enum {
    CSV_FOR_PEOPLE = 1, /* put ' before = + - @ so that a spreadsheet computes nothing */
};

/* Append one row with its CRLF. A field is quoted when it must be; numbers stay as they are under
   CSV_FOR_PEOPLE, so that -5 remains a number. An absent text is an empty field. */
void csv_put_row(struct buf *b, char delimiter, unsigned flags, const struct text *fields,
                 size_t count);
