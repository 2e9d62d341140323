/* Every statement of the program finds its rows by a key: none reads all of a merchant's rows. */
#include "harness.h"
#include "queries.h"
#include "store/db.h"
#include "store/driver.h"
#include "store/sqlite_keys.h"
#include "world.h"

#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

/* What may read a whole table or all of a merchant's: there is little of it, or that is its job. */
static const char *const reads_all[] = {"node_list",          "service_list",
                                        "job_next_due",       "job_list_dead",
                                        "order_board",        "due_board",
                                        "wave_list",          "merchant_list",
                                        "api_key_list",       "site_list",
                                        "carton_list",        "holds_board",
                                        "sites_follow",       "migration_list",
                                        "package_list_sent",  "sold_to_customers",
                                        "person_list",        "tax_rates",
                                        "substitutes_all",    "owner_list",
                                        "activity_of_owners", "order_board_of_owner",
                                        "copy_progress_list", "copy_progress_end",

                                        "job_kinds_due",      "migration_older_nodes"};
static const char *const families[] = {"audit_",    "checkup_",     "skip_",
                                       "why_late_", "why_promises", "why_stock_"};

static bool may_read_all(const char *name)
{
    for (size_t i = 0; i < sizeof families / sizeof *families; i++)
        if (strncmp(name, families[i], strlen(families[i])) == 0) return true;
    for (size_t i = 0; i < sizeof reads_all / sizeof *reads_all; i++)
        if (strcmp(name, reads_all[i]) == 0) return true;
    return false;
}

/* "SCAN event" and "SEARCH event USING PRIMARY KEY (merchant_id=?)" are all of it. */
static bool reads_everything(const char *step)
{
    if (strstr(step, "(merchant_id=?)")) return true;
    return strncmp(step, "SCAN", 4) == 0 && !strstr(step, "keys") && !strstr(step, "CONSTANT") &&
           strncmp(step, "SCAN k VIRTUAL", 14) != 0; /* keys under its name in :walk queries */
}

static bool has_step(sqlite3 *db, const char *query, const char *step)
{
    sqlite3_stmt *s = NULL;
    char sql[4096];
    bool found = false;
    for (size_t i = 0; i < query_count; i++) {
        if (strcmp(queries[i]->name, query) != 0) continue;
        snprintf(sql, sizeof sql, "EXPLAIN QUERY PLAN %s", queries[i]->sqlite);
        if (sqlite3_prepare_v2(db, sql, -1, &s, NULL) != SQLITE_OK) return false;
        while (sqlite3_step(s) == SQLITE_ROW)
            found = found || strstr((const char *)sqlite3_column_text(s, 3), step);
        sqlite3_finalize(s);
    }
    return found;
}

TEST(plan, the_board_counts_open_orders_without_looking_for_each_among_all)
{
    struct world w;
    sqlite3 *db = NULL;
    if (!world_open(&w, DB_SQLITE)) return;
    CHECK_I64(SQLITE_OK, sqlite3_open_v2(w.address, &db, SQLITE_OPEN_READONLY, NULL));
    CHECK(has_step(db, "order_board", "COVERING INDEX order_state_open"));
    CHECK(has_step(db, "holds_board", "INDEX hold_live"));
    CHECK(has_step(db, "order_ids_by_stage", "COVERING INDEX order_state_open"));
    sqlite3_close(db);
    world_close(&w);
}

/* How the table of `sql` is searched; "" with a sort in it. */
static struct text search_of(struct arena *a, sqlite3 *db, struct text sql)
{
    sqlite3_stmt *s = NULL;
    struct text search = T(""), explain = text_printf(a, "EXPLAIN QUERY PLAN %.*s", TEXT_ARG(sql));
    CHECK_I64(SQLITE_OK, sqlite3_prepare_v2(db, text_cstr(a, explain), -1, &s, NULL));
    bool is_sorted = false;
    while (sqlite3_step(s) == SQLITE_ROW) {
        struct text step = text_of((const char *)sqlite3_column_text(s, 3));
        is_sorted = is_sorted || text_find(step, T("TEMP B-TREE")) >= 0;
        if (text_starts(step, T("SEARCH "))) search = text_copy(a, step);
    }
    if (is_sorted) search = T("sorted");
    sqlite3_finalize(s);
    return search;
}

/* The statement for one key instead of a set, in the order that PostgreSQL is asked for. */
static struct text of_one_key(struct arena *a, const struct query *q)
{
    static const char begin[] = "keys(?2) AS k CROSS JOIN ";
    struct buf b = buf_new(a);
    struct text lite = text_of(q->sqlite), postgres = text_of(q->postgres);
    size_t from = (size_t)text_find(lite, T("keys(?")), to = from + sizeof begin - 1;
    struct text order = text_skip(postgres, (size_t)text_find(postgres, T("ORDER BY")));
    ptrdiff_t lock = text_find(order, T("FOR UPDATE"));
    if (lock > 0) order = text_head(order, (size_t)lock);
    buf_put(&b, text_head(lite, from));
    buf_put(&b, text_skip(lite, to));
    buf_putc(&b, '\n');
    buf_put(&b, order);
    struct text sql = buf_text(&b);
    size_t key = (size_t)text_find(sql, T("k.value"));
    return text_printf(a, "%.*s?2%.*s", (int)key, sql.at, (int)(sql.len - key - 7),
                       sql.at + key + 7);
}

TEST(plan, what_is_walked_comes_in_the_order_of_its_index)
{
    struct world w;
    sqlite3 *db = NULL;
    int walks = 0;
    if (!world_open(&w, DB_SQLITE)) return;
    CHECK_I64(SQLITE_OK, sqlite3_open_v2(w.address, &db, SQLITE_OPEN_READONLY, NULL));
    CHECK(keys_create(db));
    for (size_t i = 0; i < query_count; i++) {
        struct text sql = text_of(queries[i]->sqlite);
        if (text_find(sql, T("AS k CROSS JOIN")) < 0) continue;
        struct text of_set = search_of(&w.arena, db, sql);
        struct text of_one = search_of(&w.arena, db, of_one_key(&w.arena, queries[i]));
        if (!text_starts(of_set, T("SEARCH ")) || !text_eq(of_set, of_one))
            test_fail(__FILE__, __LINE__, "%s: %.*s | %.*s", queries[i]->name, TEXT_ARG(of_set),
                      TEXT_ARG(of_one));
        walks++;
    }
    CHECK(walks > 50);
    sqlite3_close(db);
    world_close(&w);
}

TEST(plan, no_statement_reads_all_rows_of_a_merchant)
{
    struct world w;
    sqlite3 *db = NULL;
    if (!world_open(&w, DB_SQLITE)) return;
    CHECK_I64(SQLITE_OK, sqlite3_open_v2(w.address, &db, SQLITE_OPEN_READONLY, NULL));
    CHECK(keys_create(db));
    for (size_t i = 0; i < query_count; i++) {
        sqlite3_stmt *s = NULL;
        struct text sql = text_printf(&w.arena, "EXPLAIN QUERY PLAN %s", queries[i]->sqlite);
        if (may_read_all(queries[i]->name)) continue;
        if (sqlite3_prepare_v2(db, sql.at, -1, &s, NULL) != SQLITE_OK)
            test_fail(__FILE__, __LINE__, "%s: %s", queries[i]->name, sqlite3_errmsg(db));
        while (sqlite3_step(s) == SQLITE_ROW) {
            const char *step = (const char *)sqlite3_column_text(s, 3);
            if (reads_everything(step))
                test_fail(__FILE__, __LINE__, "%s: %s", queries[i]->name, step);
        }
        sqlite3_finalize(s);
    }
    sqlite3_close(db);
    world_close(&w);
}
