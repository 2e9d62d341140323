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

/* Several programs may work on one schema, as long as each step since theirs says that they can:
 *
 *   -- oldest: 7      a program whose last step is 7 works on with this one
 *
 * stands in a step that only adds (a table, a column that has a default or may be NULL, an index):
 * the schema is expanded before the programs change. A step without that line takes something away;
 * it is applied when no process runs that does not know it: the schema is contracted afterwards. */
extern const struct migration migrations[];
extern const int migration_count;

/* Apply what is missing, each step in its own transaction. ERR_CONFLICT "schema_newer" when a step
   of a newer program leaves no room for this one, "schema_changed" when an applied step differs,
   "schema_unknown" when the list of them does, "older_nodes" when a step has to wait for processes
   that do not know it. */
must_check enum err migrate(struct ctx *c, int *applied);
must_check enum err migrate_to(struct ctx *c, const struct migration *steps, int count,
                               int *applied);
/* Whether this program may still work here: as above. */
must_check enum err migrate_fits(struct ctx *c);
/* Is this database of the very schema that this program has? ERR_CONFLICT as above, or
   "schema_older". On c->db. */
must_check enum err migrate_check(struct ctx *c);
struct text migration_sql(struct arena *a, const struct migration *m, bool is_postgres);
