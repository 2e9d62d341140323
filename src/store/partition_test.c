/* One merchant, one partition: the schema with every merchant table laid apart by the merchant, and
 * each statement of the program explained on it. What stands in one partition here stands on one
 * node of a distributed database. */
#include "store/partition.h"

#include "harness.h"
#include "queries.h"
#include "store/db.h"
#include "world.h"

#include <libpq-fe.h>
#include <stdio.h>
#include <string.h>

enum { PARTS = 3, TABLES_MAX = 256, NAME_BYTES = 64 };

/* What may look into more than one merchant's rows, and why. It reads, and nothing depends on all
   of it being of one instant. */
static const struct {
    const char *query, *why;
} crosses[] = {
    {"", "there is none"},
};

static bool may_cross(const char *query)
{
    for (size_t i = 0; i < sizeof crosses / sizeof *crosses; i++)
        if (strcmp(crosses[i].query, query) == 0) return true;
    return false;
}

struct apart {
    struct world w;
    PGconn *link;
    char tables[TABLES_MAX][NAME_BYTES]; /* laid apart */
    size_t count;
};

static PGresult *ask(struct apart *a, const char *sql)
{
    PGresult *r = PQexec(a->link, sql);
    ExecStatusType status = PQresultStatus(r);
    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK)
        test_fail(__FILE__, __LINE__, "%.300s: %s", sql, PQerrorMessage(a->link));
    return r;
}

static void apart_close(struct apart *a)
{
    PQfinish(a->link);
    world_close(&a->w);
}

/* A schema of its own, made by the program with partitions. */
static bool apart_open(struct apart *a)
{
    *a = (struct apart){0};
    if (!world_open_apart(&a->w, PARTS)) return false;
    a->link = PQconnectdb(a->w.address);
    const char *set = text_printf(&a->w.arena,
                                  "SET search_path TO %s; SET plan_cache_mode TO"
                                  " force_custom_plan; SET enable_seqscan TO off",
                                  a->w.schema)
                          .at;
    PQclear(ask(a, set));
    PGresult *r = ask(a, "SELECT relname FROM pg_class WHERE relkind = 'p' AND relnamespace ="
                         " current_schema()::regnamespace ORDER BY relname");
    for (int i = 0; i < PQntuples(r) && a->count < TABLES_MAX; i++)
        snprintf(a->tables[a->count++], NAME_BYTES, "%s", PQgetvalue(r, i, 0));
    PQclear(r);
    return true;
}

static int table_of(const struct apart *a, struct text name)
{
    for (size_t i = 0; i < a->count; i++)
        if (text_is(name, a->tables[i])) return (int)i;
    return -1;
}

/* --- which partitions a plan touches --------------------------------------------------------- */

struct touched {
    unsigned parts[TABLES_MAX]; /* a bit per partition */
    unsigned all;
    bool whole[TABLES_MAX]; /* by its own name: what is inserted goes where its merchant is */
};

static bool is_word(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; }

static struct text word_at(const char *at)
{
    size_t n = 0;
    while (is_word(at[n])) n++;
    return (struct text){at, n};
}

/* "Index Scan using orders_p3_pkey on orders_p3 o": the partition 3 of orders. */
static void read_line(const struct apart *a, const char *line, struct touched *t)
{
    const char *on = strstr(line, " on ");
    if (!on) return;
    struct text name = word_at(on + 4);
    int64_t part = -1;
    int table = table_of(a, name);
    if (table >= 0) {
        t->whole[table] = true;
        return;
    }
    for (size_t end = name.len; end > 2; end--) {
        if (name.at[end - 1] != 'p' || name.at[end - 2] != '_') continue;
        if (!text_to_i64(text_skip(name, end), &part)) return;
        table = table_of(a, text_head(name, end - 2));
        break;
    }
    if (table < 0) return;
    t->parts[table] |= 1U << part;
    t->all |= 1U << part;
}

/* Numbers that rise with the parameters, or "from $2 until before $3" were empty; and 1 for each,
   or
   "$4 = 1 AND EXISTS (...)" were never looked at; and 0. */
enum arguments { RISING, ONES, ZEROS, ARGUMENTS_COUNT };

static const char *argument_of(struct arena *a, Oid type, int i, enum arguments how)
{
    switch (type) {
    case 16: return "true";
    case 17: return "'\\x00'";
    case 25: return "'a'";
    case 1001: return "ARRAY['\\x00','\\x01']::bytea[]";
    case 1007:
    case 1016: return "'{1,2}'";
    case 1009: return "'{a,b}'";
    default: break;
    }
    return i == 0 ? "1" : how == RISING ? text_printf(a, "%d", i + 1).at : how == ONES ? "1" : "0";
}

/* The plan that the server makes when it knows the merchant, and a value for everything else; what
   it touches is added to `t`. */
static bool explain(struct apart *a, const char *sql, enum arguments how, struct touched *t)
{
    PGresult *r = PQprepare(a->link, "asked", sql, 0, NULL);
    bool is_good = PQresultStatus(r) == PGRES_COMMAND_OK;
    if (!is_good) test_fail(__FILE__, __LINE__, "%.300s: %s", sql, PQerrorMessage(a->link));
    PQclear(r);
    if (!is_good) return false;
    struct buf b = buf_new(&a->w.arena);
    r = PQdescribePrepared(a->link, "asked");
    buf_puts(&b, "EXPLAIN (COSTS OFF) EXECUTE asked");
    for (int i = 0; i < PQnparams(r); i++)
        buf_printf(&b, "%s%s", i ? ", " : "(", argument_of(&a->w.arena, PQparamtype(r, i), i, how));
    if (PQnparams(r)) buf_puts(&b, ")");
    PQclear(r);
    r = ask(a, buf_text(&b).at);
    for (int i = 0; i < PQntuples(r); i++) read_line(a, PQgetvalue(r, i, 0), t);
    PQclear(r);
    PQclear(ask(a, "DEALLOCATE asked"));
    return true;
}

/* --- which tables a statement names ---------------------------------------------------------- */

/* The next word of SQL, with a comma or parenthesis as a word of its own; absent at the end. */
static struct text next_word(const char **sql)
{
    while (**sql == ' ' || **sql == '\n') ++*sql;
    if (!**sql) return (struct text){0};
    struct text word = {*sql, 0};
    while ((*sql)[word.len] && !strchr(" \n(),", (*sql)[word.len])) word.len++;
    if (!word.len) word.len = 1;
    *sql += word.len;
    return word;
}

static void check_statement(struct apart *a, const struct query *q)
{
    struct touched t = {0};
    struct text before = {0}, last = {0};
    bool is_insert = strncmp(q->postgres, "INSERT", 6) == 0;
    for (enum arguments how = RISING; how < ARGUMENTS_COUNT; how++)
        if (!explain(a, q->postgres, how, &t)) return;
    for (const char *at = q->postgres;;) {
        struct text word = next_word(&at);
        if (!word.at) break;
        bool names_table = text_is(last, "FROM") || text_is(last, "JOIN") ||
                           text_is(last, "INTO") || text_is(last, "USING") ||
                           (text_is(last, "UPDATE") && !before.at);
        int table = names_table ? table_of(a, word) : -1;
        bool is_target = is_insert && text_is(last, "INTO");
        if (table >= 0 && is_target && !t.whole[table])
            test_fail(__FILE__, __LINE__, "%s: nothing goes into %s", q->name, a->tables[table]);
        if (table >= 0 && !is_target && !t.parts[table])
            test_fail(__FILE__, __LINE__, "%s: the plan does not read %s", q->name,
                      a->tables[table]);
        before = last;
        last = word;
    }
    if ((t.all & (t.all - 1)) && !may_cross(q->name))
        test_fail(__FILE__, __LINE__, "%s: looks into partitions %x of 0 to %x", q->name, t.all,
                  (1U << PARTS) - 1);
    if (!(t.all & (t.all - 1)) && may_cross(q->name))
        test_fail(__FILE__, __LINE__, "%s: is listed and needs not be", q->name);
}

static bool is_of_key(struct apart *a, struct text table, struct text column)
{
    const char *sql = text_printf(&a->w.arena,
                                  "SELECT 1 FROM pg_index i JOIN pg_attribute c ON c.attrelid ="
                                  " i.indrelid AND c.attnum = ANY (i.indkey) WHERE i.indisprimary"
                                  " AND i.indrelid = '%.*s'::regclass AND c.attname = '%.*s'",
                                  TEXT_ARG(table), TEXT_ARG(column))
                          .at;
    PGresult *r = ask(a, sql);
    bool is_so = PQntuples(r) > 0;
    PQclear(r);
    return is_so;
}

/* Does an UPDATE or upsert set a column of the row's primary key? */
static bool sets_key(struct apart *a, const char *sql)
{
    const char *set = strstr(sql, " SET "), *at = sql;
    if (!set) return false;
    struct text table = {0}, word;
    for (struct text last = {0}; !table.at && (word = next_word(&at)).at; last = word)
        if (text_is(last, "UPDATE") || text_is(last, "INTO")) table = word;
    at = set + 5;
    for (int depth = 0, is_name = 1; (word = next_word(&at)).at;) {
        if (text_is(word, "WHERE") || text_is(word, "RETURNING")) break;
        depth += text_is(word, "(") - text_is(word, ")");
        if (is_name && is_of_key(a, table, word)) return true;
        is_name = depth == 0 && text_is(word, ",");
    }
    return false;
}

static void check_seen(struct apart *a, const char *sql, unsigned parts)
{
    struct touched t = {0};
    CHECK(explain(a, sql, RISING, &t));
    CHECK_I64(parts, t.all ? __builtin_popcount(t.all) : 0);
}

TEST(partition, each_statement_touches_one_partition_of_each_table_postgres)
{
    struct apart a;
    if (!apart_open(&a)) return;
    CHECK(a.count > 80);
    for (size_t i = 0; i < query_count; i++) {
        check_statement(&a, queries[i]);
        if (sets_key(&a, queries[i]->postgres))
            test_fail(__FILE__, __LINE__, "%s: sets a primary key", queries[i]->name);
    }
    /* The reader of plans sees what would be wrong. */
    check_seen(&a, "SELECT order_id FROM orders WHERE merchant_id = $1", 1);
    check_seen(&a, "SELECT order_id FROM orders WHERE order_id = $1", PARTS);
    check_seen(&a, "UPDATE orders SET priority = 1 WHERE order_id = $1", PARTS);
    check_seen(&a,
               "SELECT o.number FROM orders o JOIN order_line l ON l.order_id = o.order_id"
               " WHERE o.merchant_id = $1",
               PARTS);
    CHECK(sets_key(&a, "UPDATE orders SET priority = 1, order_id = $2 WHERE merchant_id = $1"));
    apart_close(&a);
}

/* Each row of the answer is something wrong. */
static void check_none(struct apart *a, const char *what, const char *sql)
{
    PGresult *r = ask(a, sql);
    for (int i = 0; i < PQntuples(r); i++)
        test_fail(__FILE__, __LINE__, "%s: %s", PQgetvalue(r, i, 0), what);
    PQclear(r);
}

#define OURS " relnamespace = current_schema()::regnamespace "

TEST(partition, the_merchant_stands_first_in_every_key_and_index_postgres)
{
    struct apart a;
    if (!apart_open(&a)) return;
    PGresult *r = PQexec(a.link, "CREATE UNIQUE INDEX ON orders (number)");
    CHECK_TEXT("0A000", text_of(PQresultErrorField(r, PG_DIAG_SQLSTATE)));
    PQclear(r);
    r = ask(&a, "SELECT relname FROM pg_class WHERE relkind = 'r' AND NOT relispartition AND" OURS);
    CHECK_I64((int64_t)reference_table_count, PQntuples(r));
    for (int i = 0; i < PQntuples(r); i++)
        if (!partition_is_reference(text_of(PQgetvalue(r, i, 0))))
            test_fail(__FILE__, __LINE__, "%s is of no merchant", PQgetvalue(r, i, 0));
    PQclear(r);
    check_none(&a, "the first column is not the merchant, a whole number that is always there",
               "SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND"
               " a.attnum = 1 WHERE c.relkind = 'p' AND" OURS
               "AND (a.attname <> 'merchant_id' OR a.atttypid <> 20 OR NOT a.attnotnull)");
    check_none(&a, "the index does not begin with the merchant",
               "SELECT i.indexrelid::regclass FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid"
               " WHERE c.relkind = 'p' AND" OURS "AND i.indkey[0] <> 1");
    check_none(&a, "the index has more than eight columns",
               "SELECT i.indexrelid::regclass FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid"
               " WHERE c.relkind = 'p' AND" OURS "AND i.indnatts > 8");
    check_none(&a, "more than 24 indexes",
               "SELECT c.relname FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid"
               " WHERE c.relkind = 'p' AND" OURS "GROUP BY 1 HAVING count(*) > 24");
    check_none(&a, "it has no primary key",
               "SELECT relname FROM pg_class WHERE relkind = 'p' AND" OURS
               "AND oid NOT IN (SELECT indrelid FROM pg_index WHERE indisprimary)");
    check_none(&a, "a reference table refers to a merchant's",
               "SELECT conname FROM pg_constraint n JOIN pg_class c ON c.oid = n.conrelid JOIN"
               " pg_class f ON f.oid = n.confrelid WHERE c.relkind = 'r' AND NOT"
               " c.relispartition AND f.relkind = 'p' AND c." OURS);
    apart_close(&a);
}

static void check_refused(struct world *w, const char *address, int partitions, enum err code,
                          const char *reason)
{
    struct ctx c = world_ctx(w, &w->arena);
    struct store *s = NULL;
    struct store_options options = {.partitions = partitions, .is_fast = true};
    if (*w->schema) options.schema = w->schema;
    CHECK_FAULT(&c, code, reason, store_open(&c, text_of(address), options, &s));
}

TEST(partition, their_number_is_fixed_when_the_schema_is_made_postgres)
{
    struct apart a;
    if (!apart_open(&a)) return;
    check_refused(&a.w, a.w.address, PARTS + 1, ERR_CONFLICT, "schema_partitions");
    check_refused(&a.w, a.w.address, PARTITIONS_MAX + 1, ERR_INVALID, "partitions");
    struct ctx c = world_ctx(&a.w, &a.w.arena);
    struct store *s = NULL;
    struct store_options same = {.partitions = PARTS, .schema = a.w.schema, .is_fast = true};
    CHECK_OK(&c, store_open(&c, text_of(a.w.address), same, &s));
    if (s) store_close(s);
    apart_close(&a);
}

TEST(partition, a_file_has_none)
{
    struct world w;
    if (!world_open(&w, DB_SQLITE)) return;
    char path[300];
    snprintf(path, sizeof path, "%s.apart", w.address);
    check_refused(&w, path, 2, ERR_INVALID, "partitions");
    remove(path);
    world_close(&w);
}

static enum err read_of_two(struct ctx *c, void *arg)
{
    int64_t n = 0;
    (void)arg;
    TRY(db_number(c, &Q_event_last_position, ARGS(I64(1)), &n));
    return db_number(c, &Q_event_last_position, ARGS(I64(2)), &n);
}

static enum err put_of_two(struct ctx *c, void *arg)
{
    int64_t second = *(const int64_t *)arg;
    TRY(db_put(c, &Q_consumer_insert, ARGS(I64(1), TXT(T("first")), I64(0))));
    return db_put(c, &Q_consumer_insert, ARGS(I64(second), TXT(T("second")), I64(0)));
}

TEST_BOTH(partition, a_unit_of_work_is_of_one_merchant)
{
    int64_t second = 2;
    CHECK_FAULT(&w->ctx, ERR_BUG, "two_merchants", db_tx(&w->ctx, read_of_two, NULL));
    CHECK_FAULT(&w->ctx, ERR_BUG, "two_merchants", db_tx(&w->ctx, put_of_two, &second));
    CHECK_I64(0, world_ask(w, "SELECT count(*) FROM consumer"));
    second = 1;
    CHECK_OK(&w->ctx, db_tx(&w->ctx, put_of_two, &second));
    CHECK_I64(2, world_ask(w, "SELECT count(*) FROM consumer"));
}
