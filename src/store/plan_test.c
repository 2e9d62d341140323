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
    return strncmp(step, "SCAN", 4) == 0 && !strstr(step, "keys") && !strstr(step, "CONSTANT");
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
