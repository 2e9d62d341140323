/* store/kept.h: rows that a writer keeps between units of work. Only store/ includes this.
 *
 * A query marked ":kept" in its .sql file reads one table that is written seldom. Its rows stay in
 * memory by their key, those of keys without rows too, and are what the database would say:
 *
 *   own writes       a statement that writes the table empties its shelf at once; for the rest of
 *                    the transaction, which may yet be undone as a whole or in part, the table is
 *                    read from the database
 *   others' writes   SQLite counts the commits of other connections (PRAGMA data_version); each
 *                    transaction begins with a look at it, and nobody else writes until its end
 *   scripts          empty all shelves
 *
 * A query marked ":hot" reads by key what orders change, again and again: the verb, each reaction
 * to it, the next verb. Of those, a write lets go of the keys that it names (query.drops), and what
 * is read after it is kept again; when anything is undone, all of them are let go of.
 *
 * On PostgreSQL other nodes write, and nothing there tells of it without a row that every writer of
 * settings and every batch would meet at: nothing is kept. Neither do readers keep anything. */
#pragma once

#include "store/driver.h"

/* When a statement finds more than this, everything is forgotten first; it adds KEPT_KEYS_MAX keys
   at most. */
enum {
    KEPT_BYTES_MAX = 16 * 1024 * 1024, /* of settings; of hot rows as much again */
    KEPT_KEYS_MAX = 4096
};

struct kept;
struct kept *kept_new(void);
void kept_free(struct kept *k); /* NULL is fine */
/* A transaction begins; `version` changes with every commit of another connection. */
void kept_begin(struct kept *k, int64_t version);
size_t kept_bytes(const struct kept *k);
void kept_spoil(struct kept *k, uint64_t tables); /* bits of query.spoils; NULL is fine */
/* `q` is about to write these rows; a query that writes no hot rows is fine. */
void kept_drop(struct kept *k, const struct query *q, const struct value *rows, size_t count);
void kept_undone(struct kept *k); /* the transaction, or what followed a savepoint; NULL is fine */
/* May this be answered with kept rows, and its rows be kept? */
bool kept_serves(const struct db *db, const struct query *q, const struct sink *sink);
/* As the driver's `run`; `is_run` says whether the database was asked. */
must_check enum err kept_run(struct ctx *c, const struct query *q, struct values args,
                             const struct sink *sink, bool *is_run);
