/* store/driver.h: what a database must provide; sqlite.c and postgres.c each define one driver.
 * Only store/ includes this. The rules both share stand in db.c, so neither can be kinder. */
#pragma once

#include "store/db.h"
#include "store/queue.h"

#include <pthread.h>
#include <stdatomic.h>

struct put;  /* rows gathered for one statement */
struct kept; /* store/kept.h */

struct db {
    const struct db_driver *driver;
    struct store *store;
    bool is_writer, in_tx, tx_failed, in_flush, in_scan;
    int64_t merchant_id; /* whom the running unit is of; NONE: it has not said yet */
    int attempt;         /* how often the running unit lost a race */
    struct put *puts;    /* of the running unit; their memory serves the next one as well */
    size_t put_count, put_room;
    struct kept *kept; /* rows of settings; NULL: none are kept here */
    bool is_trial;     /* what it writes is noted */
    /* Of a group: its transaction has begun; units that stand are in it. */
    bool group_begun, group_holds;
    int64_t *touched; /* in c->arena: identifiers among the parameters of writes */
    size_t touched_count, touched_capacity;
    pthread_t owner; /* of a reader */
    struct db *next;
};

/* Where rows go: decoded by the driver into one record after another. `row` may be NULL when there
   are none to expect. Columns stand in the order of the fields, and their names are compared once
   per statement. The record and its texts live in c->arena. */
struct sink {
    const struct fields *fields;
    row_fn *row;
    void *arg;
    bool is_scan; /* there may be more rows than memory */
};

/* A row of a statement made at run time: its texts live until the call returns. */
typedef enum err values_fn(struct ctx *c, void *arg, const struct value *row, size_t count);
struct dump_table;

struct db_driver {
    enum db_engine engine;
    bool has_savepoints; /* units of work share a commit */
    /* A connection. Errors: ERR_UPSTREAM "database_away", ERR_BUSY "database_locked". */
    enum err (*open)(struct ctx *c, struct store *s, bool is_writer, struct db **out);
    void (*close)(struct db *db);
    enum err (*begin)(struct ctx *c);
    /* ERR_BUSY: surely not committed, may be repeated. ERR_UNKNOWN "commit_unknown": the link was
       lost after COMMIT was sent. */
    enum err (*commit)(struct ctx *c);
    void (*rollback)(struct ctx *c);
    /* All that this transaction reads is of one instant; before its first statement. NULL: so it is
       anyway. */
    enum err (*steady)(struct ctx *c);
    enum err (*savepoint)(struct ctx *c);
    enum err (*release)(struct ctx *c);
    enum err (*rollback_to)(struct ctx *c);
    /* Class 23 (constraints) is ERR_CONFLICT "constraint"; 40001, 40P01, 55P03 and SQLITE_BUSY are
       ERR_BUSY "raced"; lost links ERR_UPSTREAM "database_away"; the rest ERR_BUG "sql". */
    enum err (*run)(struct ctx *c, const struct query *q, struct values args,
                    const struct sink *sink, int64_t *changed);
    enum err (*each)(struct ctx *c, const struct query *q, const struct value *rows, size_t count,
                     bool *took, int64_t *changed);
    enum err (*prepare)(struct ctx *c, const struct query *q);
    enum err (*script)(struct ctx *c, const char *sql);
    enum err (*ask)(struct ctx *c, const char *sql, int64_t *out);
    /* For store/dump.h. `is_long`: there may be more rows than memory. */
    enum err (*rows)(struct ctx *c, const char *sql, struct values args, bool is_long,
                     values_fn *row, void *arg);
    enum err (*fill)(struct ctx *c, const struct dump_table *t, const struct value *rows,
                     size_t count);
    enum err (*learn)(struct ctx *c); /* the schema has changed; NULL: nothing to learn */
};

extern const struct db_driver sqlite_driver, postgres_driver;

enum { WRITERS_MAX = 16, GROUP_MAX = 1024, ATTEMPTS_MAX = 8 };

struct store {
    const struct db_driver *driver;
    const char *address; /* owned */
    const char *shown;   /* owned: without password */
    struct store_options options;
    int64_t serial; /* tells stores apart that took turns at one address in memory */
    int lock_file;  /* SQLite: the descriptor that holds the lock; -1 */
    atomic_llong queries, queries_kept;

    pthread_mutex_t lock;
    pthread_cond_t wake;
    struct queue queue;
    atomic_bool is_started;
    bool is_stopping, in_group;
    int thread_count;
    pthread_t threads[WRITERS_MAX];
    struct db *inline_writer; /* used by callers when no thread runs */
    struct db *readers;       /* one per thread */
};

/* unit.c: one unit in a transaction of its own, or in its group's; again while it loses races. */
enum err unit_alone(struct ctx *c, struct db *db, work_fn *work, void *arg, bool is_preview);
enum err unit_in_group(struct ctx *c, struct db *db, work_fn *work, void *arg, bool is_preview);
enum err group_begin(struct ctx *c, struct db *db);
enum err group_commit(struct ctx *c, struct db *db);

/* SQLite: take and give back the file's lock. */
enum err store_lock(struct ctx *c, struct store *s);
void store_unlock(struct store *s);

/* The running unit of work is of the merchant that this statement names. */
enum err merchant_check(struct ctx *c, const struct query *q, const struct value *at);
/* db.c: nothing is queued any more; give the memory back. */
void puts_forget(struct db *db);
void puts_free(struct db *db);
/* Before `each`: values of the right kinds, and no two rows with the same target. */
enum err rows_check(struct ctx *c, const struct query *q, const struct value *rows, size_t count);
