#include "store/migrate.h"

#include "base/hash.h"
#include "queries.h"
#include "store/db.h"
#include "store/driver.h"
#include "store/partition.h"

#include <string.h>

struct applied {
    int64_t number;
    struct text name;
    int64_t checksum;
    int64_t oldest; /* program that works with it, by the last step that it knows */
};
static const struct field applied_table[] = {
    FIELD(struct applied, number),
    FIELD(struct applied, name),
    FIELD(struct applied, checksum),
    FIELD(struct applied, oldest),
};
static const struct fields applied_fields = FIELDS("migration", struct applied, applied_table);

static const struct {
    const char *word, *sqlite, *postgres;
} types[] = {
    {"@i64", "INTEGER", "BIGINT"},           {"@i32", "INTEGER", "INTEGER"},
    {"@text", "TEXT", "TEXT COLLATE \"C\""}, {"@bytes", "BLOB", "BYTEA"},
    {"@rowless", "WITHOUT ROWID", ""},
};

struct text migration_sql(struct arena *a, const struct migration *m, bool is_postgres)
{
    struct buf b = buf_new(a);
    for (struct text rest = text_of(m->sql); rest.len;) {
        struct text line = text_split(rest, '\n', &rest);
        struct text mine = is_postgres ? T("--pg:") : T("--sqlite:");
        struct text other = is_postgres ? T("--sqlite:") : T("--pg:");
        if (text_starts(line, other)) continue;
        if (text_starts(line, mine)) line = text_skip(line, mine.len);
        while (line.len) {
            size_t used = 1;
            for (size_t i = 0; line.at[0] == '@' && i < sizeof types / sizeof *types; i++) {
                if (!text_starts(line, text_of(types[i].word))) continue;
                buf_puts(&b, is_postgres ? types[i].postgres : types[i].sqlite);
                used = strlen(types[i].word);
                line = text_skip(line, used);
                used = 0;
                break;
            }
            if (used) {
                buf_putc(&b, line.at[0]);
                line = text_skip(line, 1);
            }
        }
        buf_putc(&b, '\n');
    }
    return buf_text(&b);
}

static enum err make_list(struct ctx *c, void *arg)
{
    (void)arg;
    return db_script(c, "CREATE TABLE IF NOT EXISTS schema_migration ("
                        "number BIGINT PRIMARY KEY, name TEXT NOT NULL,"
                        "checksum BIGINT NOT NULL, applied_us BIGINT NOT NULL,"
                        "oldest BIGINT NOT NULL)");
}

static int64_t oldest_of(const struct migration *m)
{
    struct text sql = text_of(m->sql), rest;
    ptrdiff_t at = text_find(sql, T("\n-- oldest: "));
    int64_t oldest;
    if (at < 0) return m->number;
    struct text line =
        text_split(text_skip(sql, (size_t)at + strlen("\n-- oldest: ")), '\n', &rest);
    return text_to_i64(text_trim(line), &oldest) && oldest > 0 && oldest < m->number ? oldest
                                                                                     : m->number;
}

/* The first step makes the table of the processes. */
static enum err wait_for_nodes(struct ctx *c, const struct migration *m)
{
    int64_t older = 0;
    if (m->number == 1) return OK;
    TRY(db_number(c, &Q_migration_older_nodes, ARGS(I64(oldest_of(m)), I64(c->now_us)), &older));
    if (!older) return OK;
    fail(c, ERR_CONFLICT, "older_nodes",
         "%lld processes of an older program run, and step %d \"%s\" is not for them",
         (long long)older, m->number, m->name);
    return hint(c, "stop them, or start them anew with this program; a killed one counts for %d s",
                60);
}

/* The first step decides for all that follow. */
static enum err sql_of(struct ctx *c, const struct migration *m, struct text *out)
{
    bool postgres = store_engine(c->store) == DB_POSTGRES;
    int64_t partitions = c->store->options.partitions;
    if (m->number > 1) TRY(partition_count(c, &partitions));
    *out = migration_sql(c->arena, m, postgres);
    if (postgres && partitions) *out = partition_sql(c->arena, *out, partitions);
    return OK;
}

static enum err apply(struct ctx *c, void *arg)
{
    const struct migration *m = arg;
    struct text sql;
    bool postgres = store_engine(c->store) == DB_POSTGRES;
    int64_t there = NONE;
    /* Two processes may start at once on one server: the second finds the step applied. */
    if (postgres) TRY(db_script(c, "LOCK TABLE schema_migration IN EXCLUSIVE MODE"));
    TRY(db_number(c, &Q_migration_applied, ARGS(I64(m->number)), &there));
    if (there != NONE) return OK;
    TRY(wait_for_nodes(c, m));
    TRY(sql_of(c, m, &sql));
    TRY(db_script(c, text_cstr(c->arena, sql)));
    return db_put(c, &Q_migration_put,
                  ARGS(I64(m->number), TXT(text_of(m->name)), I64(hash_i64(text_of(m->sql))),
                       I64(c->now_us), I64(oldest_of(m))));
}

struct steps {
    const struct migration *at;
    int count;
};

static enum err hint_other_build(struct ctx *c)
{
    return hint(c,
                "take a new database; what is in this one comes out with `waybill export` of the "
                "build that made it");
}

static enum err check(struct ctx *c, const struct steps *known, const struct applied *a)
{
    if (a->number > known->count && a->oldest <= known->count) return OK;
    if (a->number > known->count) {
        fail(c, ERR_CONFLICT, "schema_newer",
             "the database has step %lld \"%.*s\", this program knows %d", (long long)a->number,
             TEXT_ARG(a->name), known->count);
        return hint(c, "use the program that brought it there, or a newer one");
    }
    const struct migration *m = &known->at[a->number - 1];
    if (a->checksum != hash_i64(text_of(m->sql))) {
        fail(c, ERR_CONFLICT, "schema_changed", "step %d \"%s\" is not what was applied", m->number,
             m->name);
        return hint_other_build(c);
    }
    return OK;
}

/* Builds from before a column of the list had other first steps too: nothing leads on from there.
 */
static enum err check_list(struct ctx *c)
{
#define COLUMNS "('number', 'name', 'checksum', 'applied_us', 'oldest')"
    const int64_t wanted = 5;
    int64_t there = 0;
    TRY(db_ask(c,
               "SELECT count(*) FROM pragma_table_info('schema_migration') WHERE name IN " COLUMNS,
               "SELECT count(*) FROM pg_attribute WHERE attrelid = 'schema_migration'::regclass"
               " AND NOT attisdropped AND attname IN " COLUMNS,
               &there));
    if (there == wanted) return OK;
    fail(c, ERR_CONFLICT, "schema_unknown",
         "table schema_migration has %lld of the columns %s: the database is of another build",
         (long long)there, COLUMNS);
    return hint_other_build(c);
#undef COLUMNS
}

static enum err list_applied(struct ctx *c, void *arg)
{
    TRY(check_list(c));
    return db_rows(c, &Q_migration_list, NO_ARGS, &applied_fields, arg);
}

enum err migrate_check(struct ctx *c)
{
    struct steps known = {migrations, migration_count};
    struct list done = {0};
    TRY(list_applied(c, &done));
    const struct applied *at = done.at;
    for (size_t i = 0; i < done.count; i++) TRY(check(c, &known, &at[i]));
    if ((int)done.count == migration_count) return OK;
    if ((int)done.count > migration_count)
        return fail(c, ERR_CONFLICT, "schema_newer",
                    "the database has %zu steps of the schema, this program %d", done.count,
                    migration_count);
    fail(c, ERR_CONFLICT, "schema_older",
         "the database has %zu steps of the schema, this program %d", done.count, migration_count);
    return hint(c, "`waybill migrate` brings it up to date");
}

static enum err learn(struct ctx *c, void *arg)
{
    (void)arg;
    return c->db->driver->learn ? c->db->driver->learn(c) : OK;
}

static enum err count_partitions(struct ctx *c, void *arg) { return partition_count(c, arg); }

/* Asked for what cannot be, or for something else than what is there. */
static enum err check_partitions(struct ctx *c, bool is_made)
{
    int64_t asked = c->store->options.partitions, there = asked;
    if (!asked) return OK;
    if (store_engine(c->store) != DB_POSTGRES || asked < 1 || asked > PARTITIONS_MAX) {
        fail_at(c, ERR_INVALID, "partitions", "partitions",
                "tables are laid apart on PostgreSQL, in 1 to %d partitions", PARTITIONS_MAX);
        return hint(c, "leave --partitions out, or name a postgresql:// database");
    }
    if (is_made) TRY(db_tx(c, count_partitions, &there));
    if (there == asked) return OK;
    fail_at(c, ERR_CONFLICT, "schema_partitions", "partitions",
            "this schema was made with %lld partitions", (long long)there);
    return hint(c, "the number is fixed when a schema is made: copy into a new database");
}

static enum err check_all(struct ctx *c, const struct steps *known, int *next)
{
    struct list done = {0};
    TRY(db_tx(c, list_applied, &done));
    const struct applied *at = done.at;
    *next = 0;
    for (size_t i = 0; i < done.count; i++) {
        TRY(check(c, known, &at[i]));
        if (at[i].number <= known->count) *next = (int)at[i].number;
    }
    return OK;
}

enum err migrate_to(struct ctx *c, const struct migration *steps, int count, int *applied)
{
    struct steps known = {steps, count};
    int next = 0;
    enum err made = db_tx(c, make_list, NULL);
    if (made == ERR_CONFLICT) made = db_tx(c, make_list, NULL); /* another made it meanwhile */
    TRY(made);
    TRY(check_all(c, &known, &next));
    TRY(check_partitions(c, next > 0));
    *applied = 0;
    for (int i = next; i < count; i++) {
        struct migration step = steps[i];
        TRY(db_tx(c, apply, &step));
        ++*applied;
    }
    return *applied ? db_tx(c, learn, NULL) : OK;
}

enum err migrate(struct ctx *c, int *applied)
{
    return migrate_to(c, migrations, migration_count, applied);
}

enum err migrate_fits(struct ctx *c)
{
    struct steps known = {migrations, migration_count};
    int next;
    return check_all(c, &known, &next);
}
