/* store/postgres.h: what the parts of the PostgreSQL driver share; only postgres*.c include this.
 *
 *   postgres.c         transactions and statements
 *   postgres_link.c    the connection, and what its failures mean
 *   postgres_values.c  values on their way to and from the server
 *   postgres_dump.c    whole tables: statements made at run time, COPY
 *
 * Numbers and texts travel in binary form where the server's type is one we know, as text
 * otherwise. Sets are binary arrays. All memory is the arena's, except what libpq owns. */
#pragma once

#include "queries.h"
#include "store/driver.h"

#include <libpq-fe.h>

/* Of pg_type; they never change. */
enum {
    PG_BOOL = 16,
    PG_BYTEA = 17,
    PG_NAME = 19,
    PG_INT8 = 20,
    PG_INT2 = 21,
    PG_INT4 = 23,
    PG_TEXT = 25,
    PG_BPCHAR = 1042,
    PG_VARCHAR = 1043
};

struct statement {
    bool is_ready;
    int format;                   /* of results: 1 when we read every column's binary form */
    int count;                    /* parameters that the server expects */
    Oid *types;                   /* owned; of the parameters */
    const struct fields *checked; /* column names were compared with these */
};

struct session {
    struct db db;
    PGconn *link;
    bool is_lost;     /* the link is of no more use */
    bool begin_waits; /* BEGIN is to be sent with the next statement */
    bool may_repeat;  /* the last statement failed before it did anything */
    bool is_stale;    /* the server may still hold statements that we forgot */
    bool has_schema;
    struct statement statements[QUERY_COUNT];
};

/* --- the link
 * -------------------------------------------------------------------------------------- */

/* ERR_INVALID "database_address" for what cannot be meant. */
must_check enum err postgres_check_address(struct ctx *c, const char *address);
/* A link that can be used; a new one when the old was lost. Outside of transactions only. */
must_check enum err postgres_sound(struct ctx *c, struct session *s);

/* Record why a statement failed; `r` may be NULL. */
enum err postgres_fail(struct ctx *c, struct session *s, const PGresult *r, const char *what);
enum err postgres_away(struct ctx *c, struct session *s, const char *what, struct text message);
bool postgres_is_away(const struct session *s, const char *state);
bool postgres_is_good(const PGresult *r);
/* OK for a good result; otherwise it is cleared and the reason recorded. */
must_check enum err postgres_checked(struct ctx *c, struct session *s, PGresult *r,
                                     const char *what);
void postgres_cancel(struct session *s); /* of what is asked now, the rest is not wanted */
must_check enum err postgres_command(struct ctx *c, struct session *s, const char *sql);

/* --- values
 * ---------------------------------------------------------------------------------------- */

struct pg_parameters {
    int count;
    const char **values; /* NULL is NULL */
    int *lengths, *formats;
};

/* One value each, for a statement whose parameters have these types. */
struct pg_parameters postgres_parameters(struct arena *a, struct values args, const Oid *types);
/* One array for each parameter of a :many statement, from `count` rows side by side; one value
   where it is their merchant. */
struct pg_parameters postgres_columns(struct arena *a, const struct query *q,
                                      const struct value *rows, size_t count);
size_t postgres_row_bytes(const struct query *q, const struct value *row);

bool postgres_reads_binary(Oid type);
bool postgres_number(const PGresult *r, int row, int column, int64_t *out);
/* One row into a record, as SQLite would give it: NULL is absent, true is 1. */
must_check enum err postgres_decode(struct ctx *c, const struct query *q, const PGresult *r,
                                    int row, const struct fields *f, void *record);
int64_t postgres_changed(const PGresult *r); /* rows that INSERT, UPDATE or DELETE touched */
int64_t postgres_binary_i64(const char *at); /* eight bytes */

/* --- whole tables
 * ------------------------------------------------------------------------------------ */

must_check enum err postgres_rows(struct ctx *c, const char *sql, struct values args, bool is_long,
                                  values_fn *row, void *arg);
must_check enum err postgres_fill(struct ctx *c, const struct dump_table *t,
                                  const struct value *rows, size_t count);
