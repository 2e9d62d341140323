/* store/db.h: the only view of a database that the rest of the program has.
 *
 *   faces ── db_tx / db_submit ──> queue ──> writer (SQLite: one; PostgreSQL: a few) ──> commit
 *                                             runs units of work in groups          ──> answers
 *
 * A unit of work is a function that runs inside a transaction and may run several times (a lost
 * race is repeated with jittered back-off), so it touches nothing but the database and c->arena.
 * On SQLite all waiting units share one commit and one fsync, each behind its own savepoint; they
 * are answered after the commit. Durability is full on both engines.
 *
 * Writes come in three forms:
 *   db_exec  one statement now; `changed` tells how many rows it touched
 *   db_each  one :many statement now over a set of rows; tells which rows took
 *   db_add   queued differences, added up per key: counters
 *   db_put   queued: rows of the same :many statement are gathered and written together before the
 *            next read, db_exec or db_each of this unit, at the latest before the commit
 *
 * Rows of one :many UPDATE (or upsert) must name different targets, or the call fails with ERR_BUG
 * "same_target": add up before you write. They are all of one merchant (ERR_BUG "two_merchants").
 */
#pragma once

#include "base/ctx.h"
#include "base/field.h"

#include <stdbool.h>
#include <stdint.h>

#define KEPT_HOT (UINT64_C(1) << 63) /* in kept_tables: rows that change often */

struct query {
    uint16_t id;
    uint8_t args;
    bool is_many;
    bool is_of_merchant; /* $1 is the merchant, the same in every row of a :many statement */
    uint32_t keys; /* bit per parameter that names the target row of a :many UPDATE or upsert */
    /* Of a :kept query (store/kept.h): its number from 1, its table's bit, the column of its key.
       Of one that writes: the bits of such tables. */
    uint8_t kept, kept_column, drop_count;
    uint64_t kept_tables, spoils;
    /* Of one that writes a table with :hot queries: pairs of such a query's number and the
       parameter that is its key, from 0; 255: it may write the rows of any key. */
    const uint8_t *drops;
    const char *types; /* a letter per parameter: i number, t text, b bytes */
    const char *name, *sqlite, *postgres;
};

/* --- values ---------------------------------------------------------------------------------- */

struct value {
    enum { V_NULL, V_I64, V_TEXT, V_BYTES, V_I64S, V_TEXTS } kind;
    union {
        int64_t i64;
        struct text text; /* texts and bytes */
        struct {
            const void *at; /* const int64_t * or const struct text * */
            size_t count;
        } set;
    };
};
struct values {
    const struct value *at;
    size_t count;
};

static inline struct value value_i64(int64_t n)
{
    return n == NONE ? (struct value){.kind = V_NULL} : (struct value){.kind = V_I64, .i64 = n};
}
static inline struct value value_text(struct text t)
{
    return t.at ? (struct value){.kind = V_TEXT, .text = t} : (struct value){.kind = V_NULL};
}
#define I64(n) value_i64(n)  /* NONE is NULL */
#define TXT(t) value_text(t) /* the absent text is NULL */
#define BYTES(t) ((struct value){.kind = V_BYTES, .text = (t)})
#define I64S(keys, n) ((struct value){.kind = V_I64S, .set = {(keys), (n)}})   /* for $2[] */
#define TEXTS(keys, n) ((struct value){.kind = V_TEXTS, .set = {(keys), (n)}}) /* for $2:text[] */
#define VALUES(...) ((const struct value[]){__VA_ARGS__})
#define ARGS(...)                                                                                  \
    (struct values) { VALUES(__VA_ARGS__), sizeof VALUES(__VA_ARGS__) / sizeof(struct value) }
#define NO_ARGS ((struct values){NULL, 0})

/* --- opening --------------------------------------------------------------------------------- */

enum db_engine { DB_SQLITE, DB_POSTGRES };

struct store_options {
    bool read_only;     /* no lock, no writer */
    bool is_alone;      /* with read_only: SQLite's lock all the same, PostgreSQL's primary */
    bool no_migrate;    /* leave the schema as it is */
    bool is_fast;       /* synchronous=OFF: scratch databases of tests only */
    int writers;        /* PostgreSQL connections that write; 0 means 2 */
    int partitions;     /* PostgreSQL: of each merchant table, when the schema is made; 0: none */
    int64_t queue_us;   /* how long the last to be let in may have to wait; 0 means 2 s */
    const char *schema; /* PostgreSQL: search_path, for tests; NULL for the default */
};

/* `address` is a path (made when missing) or a postgresql:// address. On SQLite the file is held by
   a lock until store_close, and ERR_BUSY "database_locked" says who holds it.
   Without store_start, db_tx runs in the caller; with it, in writer threads. */
must_check enum err store_open(struct ctx *c, struct text address, struct store_options options,
                               struct store **out);
void store_start(struct store *s);
void store_close(struct store *s); /* runs what is queued, then stops */
enum db_engine store_engine(const struct store *s);
const char *store_address(const struct store *s); /* without password */
/* A connection that reads; one per thread, made on first use, closed with the store. */
must_check enum err store_reader(struct ctx *c); /* sets c->db */
/* Statements asked so far, and those of them that kept rows have answered (store/kept.h). The first
   is the same whatever is kept: for query budgets. */
int64_t store_queries(const struct store *s);
int64_t store_queries_kept(const struct store *s);

/* --- units of work --------------------------------------------------------------------------- */

typedef enum err work_fn(struct ctx *c, void *arg);

/* Run `work` in a transaction: commit on OK, roll back otherwise. Not to be nested. */
must_check enum err db_tx(struct ctx *c, work_fn *work, void *arg);
/* The same, and always rolled back: what would happen? */
must_check enum err db_preview(struct ctx *c, work_fn *work, void *arg);
bool db_in_tx(const struct ctx *c);
/* Inside a unit of work, before it reads or writes: run `work` and undo what it wrote, so that what
   it read in its new state can be compared with the old one by the statements that follow. What it
   left in the arena stays, what it has to tell is forgotten. Where others write meanwhile, both are
   of one instant: a lost race repeats the unit. */
must_check enum err db_trial(struct ctx *c, work_fn *work, void *arg);
enum { ID_LEAST = 1 << 20 }; /* smaller numbers are amounts */
/* Inside a trial: the identifiers (numbers from ID_LEAST on) that its writes have named so far,
   ascending, each once: whatever it changed is found through one of them. */
must_check enum err db_trial_touched(struct ctx *c, const int64_t **ids, size_t *count);

struct unit;
/* The work of several units at once, inside one unit of work of `c`, which lends its memory until
   all were told. Sets every result and what else the units answer with. After an error all of it is
   undone, and each unit runs alone. */
typedef enum err together_fn(struct ctx *c, struct unit *const *units, size_t count);

struct unit {
    struct ctx *ctx;
    work_fn *work;
    void *arg;
    void (*done)(struct unit *u); /* called by the writer after the commit, in its thread */
    enum err result;
    bool is_preview;
    /* Units of one merchant that wait together and name the same `kind` are run by `together`, so
       that they share their statements; NULL: always alone. A single one runs as `work`. */
    together_fn *together;
    const void *kind;
    int64_t weight; /* what it takes, in orders; 0 is 1 */
    bool is_taken;  /* by the writer */
    struct unit *next;
};
enum { TOGETHER_MAX = 512 };
/* Needs store_start; `u` lives until done is called. Merchants take turns. */
void db_submit(struct unit *u);
/* May a unit of this weight wait? No: what waits already will take longer than queue_us, or most of
   it is this merchant's. Nothing is refused by db_submit itself. */
bool store_has_room(struct store *s, int64_t merchant_id, int64_t weight);

/* Without store_start: let the units that follow share one commit, until the end (bulk loading).
   A unit that fails is undone alone. Nothing is durable, and nothing may be answered, before it. */
must_check enum err db_group_begin(struct ctx *c);
must_check enum err db_group_end(struct ctx *c);

/* --- statements ------------------------------------------------------------------------------ */

/* Exactly one row, or ERR_NOT_FOUND "not_found". Text in `out` lives in c->arena. */
must_check enum err db_one(struct ctx *c, const struct query *q, struct values args,
                           const struct fields *f, void *out);
/* One row or none. */
must_check enum err db_find(struct ctx *c, const struct query *q, struct values args,
                            const struct fields *f, void *out, bool *found);
/* All rows, in the arena; the query has a LIMIT or a bounded set of keys. */
must_check enum err db_rows(struct ctx *c, const struct query *q, struct values args,
                            const struct fields *f, struct list *out);
/* One number of one row (count, sum, max); NONE for NULL or no row. */
must_check enum err db_number(struct ctx *c, const struct query *q, struct values args,
                              int64_t *out);
/* Row by row, for exports and audits: the record is overwritten each time, and the arena rewound.
 */
typedef enum err row_fn(struct ctx *c, void *arg, const void *record);
must_check enum err db_scan(struct ctx *c, const struct query *q, struct values args,
                            const struct fields *f, row_fn *row, void *arg);

must_check enum err db_exec(struct ctx *c, const struct query *q, struct values args,
                            int64_t *changed);
/* `rows` holds count * q->args values; took[i] says whether row i changed anything (may be NULL).
   For INSERT ... ON CONFLICT DO NOTHING only the total is known: pass NULL, compare `changed`. */
must_check enum err db_each(struct ctx *c, const struct query *q, const struct value *rows,
                            size_t count, bool *took, int64_t *changed);
/* Queued. A :many query; rows that change nothing are not an error. */
must_check enum err db_put(struct ctx *c, const struct query *q, struct values args);
/* Queued, and every row must take: otherwise the unit ends in ERR_BUSY "raced" and is repeated. */
must_check enum err db_put_sure(struct ctx *c, const struct query *q, struct values args);
/* Queued differences: rows whose first `keys` parameters (numbers or texts, none absent) are the
   same are added up in the others (numbers all), then written in ascending order of the keys. Every
   row must take. */
must_check enum err db_add(struct ctx *c, const struct query *q, size_t keys, struct values args);
/* What is queued of this statement later is written before what is queued from here on: rows are
   made before others of their table, queued earlier, are changed. */
void db_put_first(struct ctx *c, const struct query *q);
/* Queued, with the parameters taken from a record's fields in table order. */
must_check enum err db_put_record(struct ctx *c, const struct query *q, const struct fields *f,
                                  const void *record);
must_check enum err db_flush(struct ctx *c);

/* A whole script at once (migrations, tests): no parameters, no rows. */
must_check enum err db_script(struct ctx *c, const char *sql);
/* SQL made at run time: only for the audit's and doctor's questions about the engine itself. */
must_check enum err db_ask(struct ctx *c, const char *sqlite, const char *postgres, int64_t *out);

/* Prepare every query of the program on c->db; `report` hears of those that fail, with c->fault.
   Returns how many did. For tests and `waybill doctor`, after the migrations, outside of db_tx. */
typedef void query_report_fn(struct ctx *c, void *arg, const struct query *q);
size_t db_prepare_all(struct ctx *c, query_report_fn *report, void *arg);
