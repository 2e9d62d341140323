/* store/copy.h: a whole installation from one database into another, on whichever engines.
 *
 *   source, held still ──pages in the order of the key──> target: rows and progress in one commit
 *   then both sides:     rows counted and summed again, apart from the pages, and compared
 *
 * The source is held still: SQLite by the file's lock, PostgreSQL by a lock on `node`, where every
 * process that writes has to have its number; and read as of one instant. A copy that was stopped,
 * or killed, goes on where its last commit was, if the source has not changed since. Until the end
 * the target is no installation: copy_is_whole refuses it. */
#pragma once

#include "store/dump.h"

struct copy_table {
    const struct dump_table *from, *to;
    int64_t rows;          /* that the source has */
    int64_t copied;        /* so far, by this run and those before */
    struct text after_key; /* of the last row copied; empty before the first */
    bool is_done;
    struct dump_sum from_sum, to_sum;
};

enum copy_phase { COPY_COUNTS, COPY_ROWS, COPY_CHECKS };

struct copy {
    struct ctx *from, *to; /* each with an arena of its own; the stores are opened here */
    const char *from_address, *to_address;
    bool is_preview;                                /* nothing is made, nothing is written */
    bool (*heard)(void *arg, const struct copy *k); /* now and then; false: stop */
    void *arg;

    enum copy_phase phase;
    struct copy_table *tables;
    size_t table_count;
    int64_t rows;      /* of all tables */
    int64_t copied;    /* so far */
    int64_t was_there; /* of them, by runs before this one */
    int64_t checked;   /* in the last phase */
    bool is_new;       /* the target does not exist yet */
    bool is_ended;     /* all was copied before: only both sides are compared again */
    int64_t source_hash;
    struct store *from_store, *to_store;
};

/* Tables that stay behind, and why. */
struct copy_omission {
    const char *name, *why;
};
extern const struct copy_omission copy_omissions[]; /* ends with a NULL name */

/* Open both, hold the source still, and count. Reasons to refuse: "no_installation",
   "schema_older", "schema_newer", "database_in_use", "database_locked", "same_database",
   "target_not_empty", "copy_unfinished" (of another source, or of another state of it). */
must_check enum err copy_open(struct copy *k);
must_check enum err copy_rows(struct copy *k);
/* Counts and sums on both sides; `differ` tables are not the same. Then `report` hears of their
   rows, see dump_compare. */
must_check enum err copy_check(struct copy *k, size_t *differ, dump_differ_fn *report, void *arg);
/* From here on the target is an installation. */
must_check enum err copy_end(struct copy *k);
void copy_close(struct copy *k); /* also after copy_open failed */

/* ERR_CONFLICT "copy_unfinished" for a database that is only partly filled. On c->db. */
must_check enum err copy_is_whole(struct ctx *c);
