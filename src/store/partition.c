#include "store/partition.h"

#include "store/db.h"
#include "store/migrate.h"

const struct reference_table reference_tables[] = {
    {"schema_migration", "steps of the schema, written by one migrator"},
    {"merchant", "who there is; a handful of settings each, changed by hand"},
    {"secret", "keys of the installation, made once"},
    {"node", "a row per process, for numbers of identifiers"},
    {"copy_progress", "a row per table, while a copy into this database goes on"},
    {"api_key", "the key of a request tells its merchant, not the other way round"},
    {"session", "the cookie of a request tells its merchant; thrown away when it has expired"},
};
const size_t reference_table_count = sizeof reference_tables / sizeof *reference_tables;

bool partition_is_reference(struct text table)
{
    for (size_t i = 0; i < reference_table_count; i++)
        if (text_is(table, reference_tables[i].name)) return true;
    return false;
}

/* The table that this line begins to make; the absent text for any other line. */
static struct text table_made(struct text line)
{
    struct text ignored;
    if (!text_starts(line, T("CREATE TABLE "))) return (struct text){0};
    return text_split(text_skip(line, 13), ' ', &ignored);
}

struct list partition_tables(struct arena *a)
{
    struct text *at = NULL;
    size_t count = 0, capacity = 0;
    *arena_push(a, at, count, capacity) = T("schema_migration"); /* made before its first step */
    for (int i = 0; i < migration_count; i++)
        for (struct text rest = text_of(migrations[i].sql); rest.len;) {
            struct text table = table_made(text_split(rest, '\n', &rest));
            if (table.at) *arena_push(a, at, count, capacity) = table;
        }
    return (struct list){at, count};
}

struct text partition_sql(struct arena *a, struct text sql, int64_t partitions)
{
    struct buf b = buf_new(a);
    struct text table = {0};
    while (sql.len) {
        struct text line = text_split(sql, '\n', &sql);
        if (table_made(line).at) table = table_made(line);
        if (!text_starts(line, T(")")) || !table.at || partition_is_reference(table)) {
            buf_printf(&b, "%.*s\n", TEXT_ARG(line));
            continue;
        }
        buf_puts(&b, ") PARTITION BY HASH (merchant_id);\n");
        for (int64_t i = 0; i < partitions; i++)
            buf_printf(&b,
                       "CREATE TABLE %.*s_p%lld PARTITION OF %.*s"
                       " FOR VALUES WITH (MODULUS %lld, REMAINDER %lld);\n",
                       TEXT_ARG(table), (long long)i, TEXT_ARG(table), (long long)partitions,
                       (long long)i);
        table = (struct text){0};
    }
    return buf_text(&b);
}

enum err partition_count(struct ctx *c, int64_t *out)
{
    return db_ask(c, "SELECT 0",
                  "SELECT count(*) FROM pg_inherits WHERE inhparent = to_regclass('orders')", out);
}
