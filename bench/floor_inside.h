/* bench/floor_inside.h: the rows in memory, for floor.c and floor_postgres.c. */
#pragma once

#include "bench/floor.h"

#include "base/arena.h"

/* The tables that an intake of orders grows. */
enum { FLOOR_TABLES = 10, COLUMNS_MAX = 40 };
extern const char *const floor_tables[FLOOR_TABLES];

struct cell {
    int type;
    int64_t number; /* or the length */
    const char *at;
};

struct rows {
    char columns[1024];
    int width;
    struct cell *cells;
    size_t count;
};

struct floor {
    struct arena arena;
    struct rows of[FLOOR_TABLES];
    int64_t orders, rows, facts_bytes;
};
