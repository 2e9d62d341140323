/* store/postgres_link.c: one connection, and what its failures mean. */
#include "store/postgres.h"

#include "base/log.h"

#include <string.h>

/* --- errors ---------------------------------------------------------------------------------- */

static bool state_is(const char *state, const char *start)
{
    return strncmp(state, start, strlen(start)) == 0;
}

static void forget_statements(struct session *s)
{
    for (size_t i = 0; i < QUERY_COUNT; i++) s->statements[i].is_ready = false;
}

enum err postgres_away(struct ctx *c, struct session *s, const char *what, struct text message)
{
    message = text_trim(message);
    if (!message.len) message = T("the connection was lost");
    s->is_lost = true;
    fail(c, ERR_UPSTREAM, "database_away", "%s: %.*s", what, TEXT_ARG(message));
    return hint(c, "see that PostgreSQL runs and can be reached at %s", s->db.store->shown);
}

bool postgres_is_away(const struct session *s, const char *state)
{
    return PQstatus(s->link) == CONNECTION_BAD || state_is(state, "08") ||
           state_is(state, "57P01") || state_is(state, "57P02") || state_is(state, "57P03") ||
           state_is(state, "25P03") || (state_is(state, "25006") && s->db.is_writer);
}

/* The plan is no longer there, or its tables changed under it: to be prepared again. */
static bool is_forgotten(const char *state, const char *message)
{
    return state_is(state, "26000") ||
           (state_is(state, "0A000") && strstr(message, "cached plan must not change"));
}

enum err postgres_fail(struct ctx *c, struct session *s, const PGresult *r, const char *what)
{
    const char *state = r ? PQresultErrorField(r, PG_DIAG_SQLSTATE) : NULL;
    const char *message = r ? PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY) : NULL;
    if (!state) state = "";
    if (!message) message = PQerrorMessage(s->link);
    if (postgres_is_away(s, state)) {
        s->may_repeat = true;
        return postgres_away(c, s, what, text_of(message));
    }
    if (is_forgotten(state, message)) {
        forget_statements(s);
        s->is_stale = true;
        s->may_repeat = true;
        return fail(c, ERR_BUSY, "raced", "%s: %s", what, message);
    }
    if (state_is(state, "40001") || state_is(state, "40P01") || state_is(state, "55P03")) {
        s->may_repeat = !s->db.in_tx; /* in a transaction all of it is repeated */
        return fail(c, ERR_BUSY, "raced", "%s: %s", what, message);
    }
    if (state_is(state, "23")) return fail(c, ERR_CONFLICT, "constraint", "%s: %s", what, message);
    if (state_is(state, "57014"))
        return fail(c, ERR_UPSTREAM, "database_slow", "%s: %s", what, message);
    if (state_is(state, "53100"))
        return fail(c, ERR_UPSTREAM, "disk_full", "%s: %s", what, message);
    if (state_is(state, "53"))
        return fail(c, ERR_UPSTREAM, "database_away", "%s: %s", what, message);
    return fail(c, ERR_BUG, "sql", "%s: %s (%s)", what, message, state);
}

bool postgres_is_good(const PGresult *r)
{
    ExecStatusType status = PQresultStatus(r);
    return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_SINGLE_TUPLE;
}

/* The result, when it is good; otherwise it is cleared and the reason recorded. */
enum err postgres_checked(struct ctx *c, struct session *s, PGresult *r, const char *what)
{
    if (postgres_is_good(r)) return OK;
    enum err e = postgres_fail(c, s, r, what);
    PQclear(r);
    return e;
}

void postgres_cancel(struct session *s)
{
    char why[256];
    PGcancel *request = PQgetCancel(s->link);
    if (request) PQcancel(request, why, sizeof why);
    PQfreeCancel(request);
}

enum err postgres_command(struct ctx *c, struct session *s, const char *sql)
{
    PGresult *r = PQexec(s->link, sql);
    TRY(postgres_checked(c, s, r, sql));
    PQclear(r);
    return OK;
}

/* --- the link -------------------------------------------------------------------------------- */

/* An address whose parts ran into each other would show the password in libpq's messages. */
enum err postgres_check_address(struct ctx *c, const char *address)
{
    char *message = NULL;
    bool good = true;
    PQconninfoOption *options = PQconninfoParse(address, &message);
    for (const PQconninfoOption *o = options; o && o->keyword; o++) {
        if (!o->val) continue;
        if (strcmp(o->keyword, "port") == 0) good = good && !o->val[strspn(o->val, "0123456789,")];
        if (strcmp(o->keyword, "dbname") == 0 || strcmp(o->keyword, "host") == 0)
            good = good && !strchr(o->val, '@');
    }
    good = good && options;
    PQconninfoFree(options);
    PQfreemem(message);
    if (good) return OK;
    fail(c, ERR_INVALID, "database_address", "the address of the database cannot be read");
    return hint(c, "postgresql://user:password@host:5432/name, with : / @ %% ? of the password"
                   " written as %%3A %%2F %%40 %%25 %%3F");
}

static void on_notice(void *arg, const char *message)
{
    (void)arg;
    struct text t = text_trim(text_of(message));
    log_line(LOG_DEBUG, "store", "%.*s", TEXT_ARG(t));
}

static enum err set_up(struct ctx *c, struct session *s)
{
    const struct store_options *options = &s->db.store->options;
    struct buf b = buf_new(c->arena);
    buf_puts(&b, "SET TimeZone TO 'UTC'; SET lock_timeout TO '5s'; SET statement_timeout TO '30s';"
                 "SET idle_in_transaction_session_timeout TO '60s';"
                 "SET default_transaction_isolation TO 'read committed';");
    buf_puts(&b, s->db.is_writer ? "SET default_transaction_read_only TO off;"
                                 : "SET default_transaction_read_only TO on;");
    if (options->is_fast)
        buf_puts(&b, "SET synchronous_commit TO off;");
    else /* whoever asked for more than `on` keeps it */
        buf_puts(&b, "SELECT set_config('synchronous_commit', 'on', false)"
                     " WHERE current_setting('synchronous_commit') = 'off';");
    if (options->schema) {
        char *name = PQescapeIdentifier(s->link, options->schema, strlen(options->schema));
        if (!name) return postgres_fail(c, s, NULL, "schema");
        if (s->db.is_writer && !s->has_schema)
            buf_printf(&b, "CREATE SCHEMA IF NOT EXISTS %s;", name);
        buf_printf(&b, "SET search_path TO %s;", name);
        PQfreemem(name);
    }
    PGresult *r = PQexec(s->link, buf_text(&b).at);
    TRY(postgres_checked(c, s, r, "set up"));
    PQclear(r);
    s->has_schema = true;
    return OK;
}

/* A standby may be behind, or hold what its next master never heard of: an idempotency key that is
   looked up there could promise what is lost. */
static const char *wanted_server(const struct session *s)
{
    if (s->db.is_writer) return "read-write";
    const struct store_options *o = &s->db.store->options;
    return o->read_only && !o->is_alone ? "any" : "primary";
}

/* What comes after the parameters of an address wins, what comes before is a default. */
static enum err connect_link(struct ctx *c, struct session *s)
{
    const char *const names[] = {"fallback_application_name", "connect_timeout",
                                 "keepalives_idle",           "keepalives_interval",
                                 "keepalives_count",          "tcp_user_timeout",
                                 "target_session_attrs",      "dbname",
                                 "client_encoding",           NULL};
    const char *const values[] = {
        "waybill", "5", "5", "2", "3", "10000", wanted_server(s), s->db.store->address,
        "UTF8",    NULL};
    forget_statements(s);
    s->link = PQconnectdbParams(names, values, 1);
    if (PQstatus(s->link) != CONNECTION_OK)
        return postgres_away(c, s, "cannot connect", text_of(PQerrorMessage(s->link)));
    PQsetNoticeProcessor(s->link, on_notice, NULL);
    s->is_lost = s->is_stale = s->begin_waits = false;
    enum err e = set_up(c, s);
    if (e == ERR_CONFLICT) e = set_up(c, s); /* two made the schema at once */
    if (e != OK) s->is_lost = true;
    return e;
}

/* A link that can be used; a new one when the old was lost. Outside of transactions only. */
enum err postgres_sound(struct ctx *c, struct session *s)
{
    if (s->link && !s->is_lost && PQstatus(s->link) == CONNECTION_OK) {
        if (s->is_stale) TRY(postgres_command(c, s, "DEALLOCATE ALL"));
        s->is_stale = false;
        return OK;
    }
    bool waits = s->begin_waits;
    if (s->link) {
        log_line(LOG_WARN, "store", "lost the link to PostgreSQL, connecting again");
        PQfinish(s->link);
        s->link = NULL;
    }
    TRY(connect_link(c, s));
    s->begin_waits = waits;
    return OK;
}
