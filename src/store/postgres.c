/* store/postgres.c: PostgreSQL behind store/driver.h.
 *
 * One connection is one session. A statement is prepared under its query's name on first use; the
 * server tells the types of its parameters and columns, and values travel in binary form where we
 * know the type. BEGIN waits for the first statement and shares its round trip.
 *
 *   begin      link is sound, or made anew      nothing sent yet
 *   1st run    BEGIN + statement                link lost here: nothing was done, so once more
 *   commit     COMMIT                           link lost here: ERR_UNKNOWN "commit_unknown" */
#include "store/postgres.h"

#include "base/source.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Rows of a :many statement travel in chunks of this much. */
enum { CHUNK_ROWS_MAX = 4096, CHUNK_BYTES_MAX = 8 * 1024 * 1024, ALONE_REPEATS_MAX = 4 };

static struct session *session_of(const struct ctx *c) { return (struct session *)c->db; }

/* --- opening
 * -------------------------------------------------------------------------------------- */

static void pg_close(struct db *db)
{
    struct session *s = (struct session *)db;
    PQfinish(s->link);
    for (size_t i = 0; i < QUERY_COUNT; i++) free(s->statements[i].types);
    puts_free(db);
    free(s);
}

static enum err pg_open(struct ctx *c, struct store *store, bool is_writer, struct db **out)
{
    TRY(postgres_check_address(c, store->address));
    struct session *s = calloc(1, sizeof *s);
    if (!s) abort();
    s->db = (struct db){.driver = &postgres_driver, .store = store, .is_writer = is_writer};
    enum err e = postgres_sound(c, s);
    if (e != OK) {
        pg_close(&s->db);
        return e;
    }
    *out = &s->db;
    return OK;
}

/* --- transactions ---------------------------------------------------------------------------- */

static enum err pg_begin(struct ctx *c)
{
    struct session *s = session_of(c);
    TRY(postgres_sound(c, s));
    s->begin_waits = true;
    return OK;
}

static enum err begin_now(struct ctx *c, struct session *s)
{
    if (!s->begin_waits) return OK;
    TRY(postgres_command(c, s, "BEGIN"));
    s->begin_waits = false;
    return OK;
}

/* What the server said before it hung up is read first: then COMMIT is surely not sent. The first
   reading takes its last words, the second finds the end. */
static bool hung_up(const struct session *s)
{
    struct pollfd waiting = {.fd = PQsocket(s->link), .events = POLLIN};
    return s->is_lost ||
           (poll(&waiting, 1, 0) != 0 && !(PQconsumeInput(s->link) && PQconsumeInput(s->link)));
}

static enum err pg_commit(struct ctx *c)
{
    struct session *s = session_of(c);
    if (s->begin_waits) { /* nothing was done */
        s->begin_waits = false;
        return OK;
    }
    if (hung_up(s) || !PQsendQuery(s->link, "COMMIT"))
        return postgres_away(c, s, "COMMIT", text_of(PQerrorMessage(s->link)));
    enum err e = OK;
    bool is_rolled_back = false;
    PGresult *r = PQgetResult(s->link);
    const char *state = r ? PQresultErrorField(r, PG_DIAG_SQLSTATE) : NULL;
    if (r && PQresultStatus(r) == PGRES_COMMAND_OK) {
        is_rolled_back = strcmp(PQcmdStatus(r), "COMMIT") != 0;
    } else if (!r || postgres_is_away(s, state ? state : "") ||
               (state && strcmp(state, "40003") == 0)) {
        s->is_lost = true;
        e = fail(c, ERR_UNKNOWN, "commit_unknown",
                 "the link to the database was lost before it confirmed the commit");
        hint(c, "look whether the change is there before asking again");
    } else {
        e = postgres_fail(c, s, r, "COMMIT");
    }
    PQclear(r);
    while (!s->is_lost && (r = PQgetResult(s->link))) PQclear(r);
    return is_rolled_back ? fail(c, ERR_BUG, "sql", "COMMIT found a failed transaction") : e;
}

static void pg_rollback(struct ctx *c)
{
    struct session *s = session_of(c);
    s->begin_waits = false;
    if (s->is_lost || PQtransactionStatus(s->link) == PQTRANS_IDLE) return;
    PGresult *r = PQexec(s->link, "ROLLBACK");
    if (!postgres_is_good(r)) s->is_lost = true;
    PQclear(r);
}

static enum err pg_steady(struct ctx *c)
{
    struct session *s = session_of(c);
    if (!s->begin_waits) return OK;
    TRY(postgres_command(c, s, "BEGIN ISOLATION LEVEL REPEATABLE READ"));
    s->begin_waits = false;
    return OK;
}

static enum err pg_savepoint(struct ctx *c)
{
    struct session *s = session_of(c);
    TRY(begin_now(c, s));
    return postgres_command(c, s, "SAVEPOINT unit");
}
static enum err pg_release(struct ctx *c)
{
    return postgres_command(c, session_of(c), "RELEASE unit");
}
static enum err pg_undo(struct ctx *c)
{
    return postgres_command(c, session_of(c), "ROLLBACK TO unit");
}

/* --- preparing ------------------------------------------------------------------------------- */

static enum err parse(struct ctx *c, struct session *s, const struct query *q, const char *name,
                      const Oid *types)
{
    PGresult *r = PQprepare(s->link, name, q->postgres, types ? q->args : 0, types);
    TRY(postgres_checked(c, s, r, q->name));
    PQclear(r);
    return OK;
}

/* What the server made of the nameless statement; tells whether a parameter is a narrow number. */
static enum err describe(struct ctx *c, struct session *s, const struct query *q, bool *is_narrow)
{
    struct statement *at = &s->statements[q->id];
    PGresult *r = PQdescribePrepared(s->link, "");
    TRY(postgres_checked(c, s, r, q->name));
    at->count = PQnparams(r);
    at->format = 1;
    at->checked = NULL;
    free(at->types);
    at->types = calloc((size_t)at->count + 1, sizeof *at->types);
    if (!at->types) abort();
    for (int i = 0; i < at->count; i++) {
        at->types[i] = PQparamtype(r, i);
        *is_narrow = *is_narrow || at->types[i] == PG_INT4 || at->types[i] == PG_INT2;
    }
    for (int i = 0; i < PQnfields(r); i++)
        if (!postgres_reads_binary(PQftype(r, i))) at->format = 0;
    int count = at->count;
    PQclear(r);
    if (count != q->args)
        return fail(c, ERR_BUG, "sql", "%s has %d parameters, PostgreSQL sees %d", q->name, q->args,
                    count);
    return OK;
}

/* "$1 = 0 OR made_us > $1" makes $1 an integer of 32 bits, and SQLite has no such thing. Where the
   statement allows it, numbers are 64 bits wide. */
static bool widen(struct ctx *c, struct session *s, const struct query *q)
{
    struct statement *at = &s->statements[q->id];
    size_t count = (size_t)at->count;
    Oid *types = arena_new(c->arena, Oid, count);
    for (size_t i = 0; i < count; i++)
        types[i] = at->types[i] == PG_INT4 || at->types[i] == PG_INT2 ? PG_INT8 : at->types[i];
    bool in_block = PQtransactionStatus(s->link) != PQTRANS_IDLE;
    if (in_block) PQclear(PQexec(s->link, "SAVEPOINT widen"));
    PGresult *r = PQprepare(s->link, q->name, q->postgres, at->count, types);
    bool is_wide = postgres_is_good(r);
    PQclear(r);
    if (in_block)
        PQclear(PQexec(s->link, is_wide ? "RELEASE widen" : "ROLLBACK TO widen; RELEASE widen"));
    if (is_wide) memcpy(at->types, types, count * sizeof *types);
    return is_wide;
}

static enum err prepare(struct ctx *c, struct session *s, const struct query *q)
{
    struct statement *at = &s->statements[q->id];
    bool is_narrow = false;
    if (at->is_ready) return OK;
    TRY(parse(c, s, q, "", NULL));
    TRY(describe(c, s, q, &is_narrow));
    if (!is_narrow || !widen(c, s, q)) TRY(parse(c, s, q, q->name, NULL));
    at->is_ready = true;
    return OK;
}

static enum err pg_prepare(struct ctx *c, const struct query *q)
{
    TRY(postgres_sound(c, session_of(c)));
    return prepare(c, session_of(c), q);
}

/* --- statements ------------------------------------------------------------------------------ */

static PGresult *send_prepared(struct session *s, const struct query *q,
                               const struct pg_parameters *p, int format)
{
    return PQexecPrepared(s->link, q->name, p->count, p->values, p->lengths, p->formats, format);
}

/* BEGIN and the statement in one round trip. */
static PGresult *send_with_begin(struct session *s, const struct query *q,
                                 const struct pg_parameters *p, int format)
{
    PGresult *result = NULL, *r;
    bool is_sent = PQenterPipelineMode(s->link) &&
                   PQsendQueryParams(s->link, "BEGIN", 0, NULL, NULL, NULL, NULL, 0) &&
                   PQsendQueryPrepared(s->link, q->name, p->count, p->values, p->lengths,
                                       p->formats, format) &&
                   PQpipelineSync(s->link);
    if (!is_sent) {
        s->is_lost = true;
        return NULL;
    }
    /* A result, then NULL, per statement; the sync comes last and alone. */
    for (int nulls = 0; nulls < 2 && PQstatus(s->link) == CONNECTION_OK;) {
        r = PQgetResult(s->link);
        if (!r) {
            nulls++;
        } else if (nulls == 0 && postgres_is_good(r)) {
            PQclear(r);
        } else if (!result) {
            result = r;
        } else {
            PQclear(r);
        }
    }
    if (PQstatus(s->link) != CONNECTION_OK) return result;
    PQclear(PQgetResult(s->link));
    if (!PQexitPipelineMode(s->link)) s->is_lost = true;
    s->begin_waits = false;
    return result;
}

static enum err execute(struct ctx *c, struct session *s, const struct query *q,
                        const struct pg_parameters *p, int format, PGresult **out)
{
    PGresult *r = s->begin_waits ? send_with_begin(s, q, p, format)
                                 : send_prepared(s, q, p, format);
    TRY(postgres_checked(c, s, r, q->name));
    *out = r;
    return OK;
}

static enum err check_columns(struct ctx *c, struct session *s, const struct query *q,
                              const PGresult *r, const struct fields *f)
{
    struct statement *at = &s->statements[q->id];
    if (at->checked == f) return OK;
    bool same = PQnfields(r) == (int)f->count;
    for (size_t i = 0; same && i < f->count && f->count > 1; i++)
        same = strcmp(PQfname(r, (int)i), f->at[i].name) == 0;
    if (!same)
        return fail(c, ERR_BUG, "sql", "the columns of %s are not the fields of %s", q->name,
                    f->name);
    at->checked = f;
    return OK;
}

static enum err deliver(struct ctx *c, const struct query *q, const PGresult *r,
                        const struct sink *sink, void *record)
{
    for (int row = 0; row < PQntuples(r); row++) {
        TRY(postgres_decode(c, q, r, row, sink->fields, record));
        TRY(sink->row(c, sink->arg, record));
    }
    return OK;
}

/* Row by row as they come in, so that an export needs no memory for all of them. */
static enum err scan(struct ctx *c, struct session *s, const struct query *q,
                     const struct pg_parameters *p, const struct sink *sink)
{
    struct statement *at = &s->statements[q->id];
    void *record = arena_alloc(c->arena, sink->fields->size, alignof(max_align_t));
    TRY(begin_now(c, s));
    TRY(postgres_command(c, s, "SET statement_timeout TO 0"));
    if (!PQsendQueryPrepared(s->link, q->name, p->count, p->values, p->lengths, p->formats,
                             at->format) ||
        !PQsetSingleRowMode(s->link))
        return postgres_fail(c, s, NULL, q->name);
    enum err e = OK;
    bool is_begun = false;
    for (PGresult *r; (r = PQgetResult(s->link)); PQclear(r)) {
        if (e != OK) continue;
        if (!postgres_is_good(r))
            e = postgres_fail(c, s, r, q->name);
        else
            e = check_columns(c, s, q, r, sink->fields);
        if (e == OK) e = deliver(c, q, r, sink, record);
        if (is_begun) s->may_repeat = false;
        is_begun = true;
        if (e != OK && postgres_is_good(r)) postgres_cancel(s);
    }
    struct fault fault = c->fault;
    if (PQtransactionStatus(s->link) != PQTRANS_INERROR) {
        enum err reset = s->is_lost ? OK : postgres_command(c, s, "SET statement_timeout TO '30s'");
        if (e == OK) return reset;
    }
    c->fault = fault;
    return e;
}

static enum err run_once(struct ctx *c, struct session *s, const struct query *q,
                         struct values args, const struct sink *sink, int64_t *changed)
{
    TRY(prepare(c, s, q));
    const struct statement *at = &s->statements[q->id];
    struct pg_parameters p = postgres_parameters(c->arena, args, at->types);
    if (sink && sink->is_scan) return scan(c, s, q, &p, sink);
    PGresult *r;
    TRY(execute(c, s, q, &p, at->format, &r));
    enum err e = sink ? check_columns(c, s, q, r, sink->fields) : OK;
    if (e == OK && sink) {
        void *record = arena_alloc(c->arena, sink->fields->size, alignof(max_align_t));
        e = deliver(c, q, r, sink, record);
    }
    if (changed) *changed = postgres_changed(r);
    PQclear(r);
    return e;
}

static enum err start(struct ctx *c, struct session *s, bool *is_first)
{
    *is_first = !s->db.in_tx || s->begin_waits;
    s->may_repeat = false;
    return *is_first ? postgres_sound(c, s) : OK;
}

/* Outside of a transaction, and for its first statement, a lost link or plan costs one more try:
   nothing was committed, nothing was shown. A statement alone is a transaction: it gets a few. */
static bool try_again(struct ctx *c, struct session *s, bool is_first, int attempt)
{
    if (attempt >= (s->db.in_tx ? 1 : ALONE_REPEATS_MAX) || !is_first || !s->may_repeat)
        return false;
    if (attempt) usleep((useconds_t)(500 + source_below(c->source, 1000 << attempt)));
    if (!s->is_lost) pg_rollback(c);
    s->begin_waits = s->db.in_tx;
    c->fault = (struct fault){0};
    return true;
}

static enum err pg_run(struct ctx *c, const struct query *q, struct values args,
                       const struct sink *sink, int64_t *changed)
{
    struct session *s = session_of(c);
    for (int attempt = 0;; attempt++) {
        bool is_first;
        TRY(start(c, s, &is_first));
        enum err e = run_once(c, s, q, args, sink, changed);
        if (e == OK || !try_again(c, s, is_first, attempt)) return e;
    }
}

static enum err each_chunk(struct ctx *c, struct session *s, const struct query *q,
                           const struct value *rows, size_t count, bool *took, int64_t *changed)
{
    TRY(prepare(c, s, q));
    struct arena_mark mark = arena_mark(c->arena);
    struct pg_parameters p = postgres_columns(c->arena, q, rows, count);
    PGresult *r;
    enum err e = execute(c, s, q, &p, 1, &r);
    arena_rewind(c->arena, mark);
    if (e != OK) return e;
    int64_t n = postgres_changed(r);
    if (took) memset(took, 0, count * sizeof *took);
    if (PQresultStatus(r) == PGRES_TUPLES_OK) {
        for (int i = 0; took && i < PQntuples(r); i++)
            took[postgres_binary_i64(PQgetvalue(r, i, 0)) - 1] = true;
    } else if (took && n == (int64_t)count) {
        for (size_t i = 0; i < count; i++) took[i] = true;
    } else if (took) {
        e = fail(c, ERR_BUG, "sql", "%s: only the total of an INSERT is known", q->name);
    }
    *changed += n;
    PQclear(r);
    return e;
}

static enum err pg_each(struct ctx *c, const struct query *q, const struct value *rows,
                        size_t count, bool *took, int64_t *changed)
{
    struct session *s = session_of(c);
    for (size_t at = 0; at < count;) {
        const struct value *from = rows + at * q->args;
        size_t n = 0, bytes = 0;
        for (; at + n < count && n < CHUNK_ROWS_MAX && bytes < CHUNK_BYTES_MAX; n++)
            bytes += postgres_row_bytes(q, from + n * q->args);
        for (int attempt = 0;; attempt++) {
            bool is_first;
            TRY(start(c, s, &is_first));
            enum err e = each_chunk(c, s, q, from, n, took ? took + at : NULL, changed);
            if (e == OK) break;
            if (!try_again(c, s, is_first && db_in_tx(c), attempt)) return e;
        }
        at += n;
    }
    return OK;
}

/* --- scripts and questions ------------------------------------------------------------------- */

static int line_of(const PGresult *r, const char *sql)
{
    const char *position = PQresultErrorField(r, PG_DIAG_STATEMENT_POSITION);
    int64_t at = 0;
    int line = 1;
    if (!position || !text_to_i64(text_of(position), &at)) return 0;
    for (const char *p = sql; *p && p - sql < at - 1; p++) line += *p == '\n';
    return line;
}

static enum err pg_script(struct ctx *c, const char *sql)
{
    struct session *s = session_of(c);
    if (s->db.in_tx) {
        TRY(begin_now(c, s));
        TRY(postgres_command(c, s,
                             "SET LOCAL statement_timeout TO 0")); /* migrations may take long */
    } else {
        TRY(postgres_sound(c, s));
    }
    PGresult *r = PQexec(s->link, sql);
    int line = line_of(r, sql);
    const char *what = line ? text_printf(c->arena, "script, line %d", line).at : "script";
    TRY(postgres_checked(c, s, r, what));
    PQclear(r);
    return OK;
}

static enum err pg_ask(struct ctx *c, const char *sql, int64_t *out)
{
    struct session *s = session_of(c);
    if (s->db.in_tx)
        TRY(begin_now(c, s));
    else
        TRY(postgres_sound(c, s));
    PGresult *r = PQexec(s->link, sql);
    TRY(postgres_checked(c, s, r, sql));
    enum err e = OK;
    *out = NONE;
    if (PQntuples(r) > 0 && PQnfields(r) > 0 && !PQgetisnull(r, 0, 0) &&
        !postgres_number(r, 0, 0, out))
        e = fail(c, ERR_BUG, "sql", "%s: the answer is not a number", sql);
    PQclear(r);
    return e;
}

const struct db_driver postgres_driver = {
    .engine = DB_POSTGRES,
    .has_savepoints = false,
    .open = pg_open,
    .close = pg_close,
    .begin = pg_begin,
    .commit = pg_commit,
    .rollback = pg_rollback,
    .steady = pg_steady,
    .savepoint = pg_savepoint,
    .release = pg_release,
    .rollback_to = pg_undo,
    .run = pg_run,
    .each = pg_each,
    .prepare = pg_prepare,
    .script = pg_script,
    .ask = pg_ask,
    .rows = postgres_rows,
    .fill = postgres_fill,
};
