/* store/migrate.h: the schema, one numbered step after another, forward only.
 *
 * src/store/migrations/NNNN_what.sql, written once for both engines with @i64 @i32 @text @bytes
 * for types and @rowless for WITHOUT ROWID; lines that start with --pg: or --sqlite: are for one
 * engine. A step that was applied is known by its checksum and never changes again. */
#pragma once

#include "base/ctx.h"

struct migration {
    int number;
    const char *name, *sql;
};

extern const struct migration migrations[];
extern const int migration_count;

/* Apply what is missing, each step in its own transaction. ERR_CONFLICT "schema_newer" when the
   database was made by a newer program, "schema_changed" when an applied step differs. */
must_check enum err migrate(struct ctx *c, int *applied);
/* Is this database of the very schema that this program has? ERR_CONFLICT as above, or
   "schema_older". On c->db. */
must_check enum err migrate_check(struct ctx *c);
struct text migration_sql(struct arena *a, const struct migration *m, bool is_postgres);
