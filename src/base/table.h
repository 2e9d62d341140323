/* base/table.h: aligned columns for people on terminals.
 *
 * Widths are those of the characters as terminals draw them: letters of East Asia take two cells,
 * combining marks none. Control characters become spaces, so that no stored text can steer the
 * terminal. When the table is wider than `width`, its widest columns are cut and end in an
 * ellipsis. */
#pragma once

#include "base/text.h"

struct arena;

enum { TABLE_COLUMNS_MAX = 40 };

struct table {
    struct arena *arena;
    size_t columns;
    struct text titles[TABLE_COLUMNS_MAX];
    bool is_right[TABLE_COLUMNS_MAX]; /* numbers */
    struct text *cells;               /* count * columns */
    size_t count, capacity;
};

size_t text_width(struct text t);
/* `t` on one line, at most `width` wide (0: any), with an ellipsis when it was cut. */
struct text text_fit(struct arena *a, struct text t, size_t width);

void table_column(struct table *t, struct text title, bool is_right);
void table_row(struct table *t, const struct text *cells);
/* `width` 0: as wide as it needs; `indent` spaces before each line. */
void table_put(struct buf *b, const struct table *t, size_t width, size_t indent);
