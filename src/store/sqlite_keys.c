/* store/sqlite_keys.c: an eponymous virtual table over an array; see sqlite.org/vtab.html. */
#include "store/sqlite_keys.h"

#include "base/sort.h"

#include <sqlite3.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static const char pointer_type[] = "waybill keys";
enum { COLUMN_VALUE, COLUMN_SET };

struct reading {
    sqlite3_vtab_cursor base;
    const struct value *set;
    size_t at;
};

static struct reading *reading_of(sqlite3_vtab_cursor *cursor) { return (struct reading *)cursor; }

static int on_connect(sqlite3 *db, void *arg, int argc, const char *const *argv,
                      sqlite3_vtab **table, char **error)
{
    (void)arg, (void)argc, (void)argv, (void)error;
    *table = sqlite3_malloc(sizeof **table);
    if (!*table) return SQLITE_NOMEM;
    **table = (sqlite3_vtab){0};
    return sqlite3_declare_vtab(db, "CREATE TABLE keys (value, given HIDDEN)");
}

static int on_disconnect(sqlite3_vtab *table)
{
    sqlite3_free(table);
    return SQLITE_OK;
}

/* Only with a set in hand; its size is not known yet, so the planner takes its usual guess. */
static int on_plan(sqlite3_vtab *table, sqlite3_index_info *plan)
{
    (void)table;
    for (int i = 0; i < plan->nConstraint; i++) {
        if (!plan->aConstraint[i].usable || plan->aConstraint[i].iColumn != COLUMN_SET ||
            plan->aConstraint[i].op != SQLITE_INDEX_CONSTRAINT_EQ)
            continue;
        plan->aConstraintUsage[i].argvIndex = 1;
        plan->aConstraintUsage[i].omit = 1;
        plan->estimatedCost = 1;
        return SQLITE_OK;
    }
    return SQLITE_CONSTRAINT;
}

static int on_open(sqlite3_vtab *table, sqlite3_vtab_cursor **cursor)
{
    (void)table;
    struct reading *r = sqlite3_malloc(sizeof *r);
    if (!r) return SQLITE_NOMEM;
    *r = (struct reading){0};
    *cursor = &r->base;
    return SQLITE_OK;
}

static int on_close(sqlite3_vtab_cursor *cursor)
{
    sqlite3_free(cursor);
    return SQLITE_OK;
}

static int on_filter(sqlite3_vtab_cursor *cursor, int plan, const char *text, int argc,
                     sqlite3_value **argv)
{
    (void)plan, (void)text;
    struct reading *r = reading_of(cursor);
    r->set = argc ? sqlite3_value_pointer(argv[0], pointer_type) : NULL;
    r->at = 0;
    return SQLITE_OK;
}

static int on_next(sqlite3_vtab_cursor *cursor)
{
    reading_of(cursor)->at++;
    return SQLITE_OK;
}

static int on_eof(sqlite3_vtab_cursor *cursor)
{
    const struct reading *r = reading_of(cursor);
    return !r->set || r->at >= r->set->set.count;
}

static int on_column(sqlite3_vtab_cursor *cursor, sqlite3_context *out, int column)
{
    const struct reading *r = reading_of(cursor);
    if (column != COLUMN_VALUE) return SQLITE_OK;
    if (r->set->kind == V_I64S) {
        sqlite3_result_int64(out, ((const int64_t *)r->set->set.at)[r->at]);
    } else {
        struct text t = ((const struct text *)r->set->set.at)[r->at];
        sqlite3_result_text(out, t.at ? t.at : "", (int)t.len, SQLITE_STATIC);
    }
    return SQLITE_OK;
}

static int on_rowid(sqlite3_vtab_cursor *cursor, sqlite3_int64 *row)
{
    *row = (sqlite3_int64)reading_of(cursor)->at;
    return SQLITE_OK;
}

bool keys_create(sqlite3 *db)
{
    static const sqlite3_module module = {.xConnect = on_connect,
                                          .xBestIndex = on_plan,
                                          .xDisconnect = on_disconnect,
                                          .xOpen = on_open,
                                          .xClose = on_close,
                                          .xFilter = on_filter,
                                          .xNext = on_next,
                                          .xEof = on_eof,
                                          .xColumn = on_column,
                                          .xRowid = on_rowid};
    return sqlite3_create_module(db, "keys", &module, NULL) == SQLITE_OK;
}

static int compare_texts(const void *a, const void *b)
{
    return text_cmp(*(const struct text *)a, *(const struct text *)b);
}

static struct value numbers_in_order(struct arena *a, struct value set)
{
    const int64_t *at = set.set.at;
    size_t n = set.set.count, i = 1;
    while (i < n && at[i - 1] < at[i]) i++;
    if (i >= n) return set;
    int64_t *own = arena_new(a, int64_t, n);
    memcpy(own, at, n * sizeof *own);
    sort_i64(own, n);
    return I64S(own, unique_i64(own, n));
}

static struct value texts_in_order(struct arena *a, struct value set)
{
    const struct text *at = set.set.at;
    size_t n = set.set.count, i = 1, kept = 0;
    while (i < n && text_cmp(at[i - 1], at[i]) < 0) i++;
    if (i >= n) return set;
    struct text *own = arena_new(a, struct text, n);
    memcpy(own, at, n * sizeof *own);
    qsort(own, n, sizeof *own, compare_texts);
    for (i = 0; i < n; i++)
        if (!kept || !text_eq(own[kept - 1], own[i])) own[kept++] = own[i];
    return TEXTS(own, kept);
}

struct value keys_in_order(struct arena *a, struct value set)
{
    return set.kind == V_I64S ? numbers_in_order(a, set) : texts_in_order(a, set);
}

struct values keys_sets_in_order(struct arena *a, struct values args)
{
    struct value *own = NULL;
    for (size_t i = 0; i < args.count; i++) {
        if (args.at[i].kind != V_I64S && args.at[i].kind != V_TEXTS) continue;
        struct value set = keys_in_order(a, args.at[i]);
        if (set.set.at == args.at[i].set.at) continue;
        if (!own) {
            own = arena_new(a, struct value, args.count);
            memcpy(own, args.at, args.count * sizeof *own);
        }
        own[i] = set;
    }
    return (struct values){own ? own : args.at, args.count};
}

void keys_bind(sqlite3_stmt *s, int parameter, const struct value *set)
{
    sqlite3_bind_pointer(s, parameter, (void *)(uintptr_t)set, pointer_type, NULL);
}
