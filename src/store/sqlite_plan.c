/* store/sqlite_plan.c: tell SQLite's planner what the tables will be like.
 *
 * Without statistics it takes every first column of an index for selective, and ours is always the
 * merchant, of whom there is mostly one: it then reads all of a merchant's rows where a better
 * index stands by. ANALYZE would learn from the data of the day; we state the shape instead (many
 * rows, one merchant, few orders to an order id), so that a plan is the same on the first day and
 * after ten million orders. A test reads every plan. */
#include "store/sqlite_plan.h"

#include "base/arena.h"
#include "base/text.h"

#include <stdio.h>
#include <string.h>

enum { MANY_ROWS = 1000000, FEW_ROWS = 200, OF_ONE_THING = 8, OF_A_KIND = 10 };

static const char *const small_tables[] = {
    "merchant",      "secret",           "node",          "turn",     "api_key",        "person",
    "counter",       "session",          "reaction_skip", "consumer", "site",           "carton",
    "service_offer", "schema_migration", "money_policy",  "tax_rate", "invoice_series", "owner",
    "copy_progress"};
/* Columns whose value names one thing, besides those that end in _id. */
static const char *const names[] = {
    "reference", "number", "sku",      "gtin",     "email",           "sscc",
    "position",  "code",   "key_hash", "likeness", "tracking_number", "serial"};

static bool is_among(const char *const *list, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(list[i], name) == 0) return true;
    return false;
}
#define IS_AMONG(list, name) is_among((list), sizeof(list) / sizeof *(list), (name))

static bool names_one_thing(const char *column)
{
    size_t n = strlen(column);
    if (strcmp(column, "owner_id") == 0) return false; /* few of them have much each */
    return (n > 3 && strcmp(column + n - 3, "_id") == 0) || IS_AMONG(names, column);
}

/* "1000000 1000000 8 1": rows in all, then rows that share the first column, the first two, ... */
static bool shape_of(sqlite3 *db, const char *table, const char *index, bool is_unique,
                     struct buf *out)
{
    sqlite3_stmt *s = NULL;
    int64_t rows = IS_AMONG(small_tables, table) ? FEW_ROWS : MANY_ROWS, share = rows;
    if (sqlite3_prepare_v2(db, "SELECT name FROM pragma_index_info(?1) ORDER BY seqno", -1, &s,
                           NULL) != SQLITE_OK)
        return false;
    sqlite3_bind_text(s, 1, index, -1, SQLITE_STATIC);
    buf_printf(out, "%lld", (long long)rows);
    size_t end = out->len;
    while (sqlite3_step(s) == SQLITE_ROW) {
        const char *column = (const char *)sqlite3_column_text(s, 0);
        if (!column || strcmp(column, "merchant_id") == 0)
            share = rows;
        else if (names_one_thing(column))
            share = share > OF_ONE_THING ? OF_ONE_THING : share > 2 ? 2 : 1;
        else
            share = share / OF_A_KIND > 1 ? share / OF_A_KIND : 1;
        end = out->len;
        buf_printf(out, " %lld", (long long)share);
    }
    sqlite3_finalize(s);
    if (is_unique) {
        out->len = end;
        buf_puts(out, " 1");
    }
    return true;
}

static const char indexes[] =
    "SELECT m.name, l.name, l.\"unique\", l.origin = 'pk' AND m.sql LIKE '%WITHOUT ROWID%'"
    "  FROM sqlite_schema m, pragma_index_list(m.name) l"
    " WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%'";

bool sqlite_plan_teach(sqlite3 *db, struct arena *a)
{
    sqlite3_stmt *list = NULL, *put = NULL;
    bool ok = sqlite3_exec(db, "ANALYZE schema_migration; DELETE FROM sqlite_stat1", NULL, NULL,
                           NULL) == SQLITE_OK &&
              sqlite3_prepare_v2(db, indexes, -1, &list, NULL) == SQLITE_OK &&
              sqlite3_prepare_v2(db,
                                 "INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES (?1, ?2, ?3)",
                                 -1, &put, NULL) == SQLITE_OK;
    while (ok && sqlite3_step(list) == SQLITE_ROW) {
        const char *table = (const char *)sqlite3_column_text(list, 0);
        const char *index = (const char *)sqlite3_column_text(list, 1);
        bool is_table = sqlite3_column_int(list, 3); /* the table is its own primary key's tree */
        struct buf shape = buf_new(a);
        ok = shape_of(db, table, index, sqlite3_column_int(list, 2), &shape);
        sqlite3_bind_text(put, 1, table, -1, SQLITE_STATIC);
        sqlite3_bind_text(put, 2, is_table ? table : index, -1, SQLITE_STATIC);
        sqlite3_bind_text(put, 3, shape.at, (int)shape.len, SQLITE_STATIC);
        ok = ok && sqlite3_step(put) == SQLITE_DONE;
        sqlite3_reset(put);
    }
    sqlite3_finalize(list);
    sqlite3_finalize(put);
    /* Makes this connection read what was written; the others do when they open. */
    return ok && sqlite3_exec(db, "ANALYZE sqlite_schema", NULL, NULL, NULL) == SQLITE_OK;
}
