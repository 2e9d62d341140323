/* store/postgres_dump.c: whole tables: statements made at run time, and rows written by COPY. */
#include "store/dump.h"
#include "store/postgres.h"

#include <string.h>

static struct session *session_of(const struct ctx *c) { return (struct session *)c->db; }

static enum err ready(struct ctx *c, struct session *s)
{
    if (!s->db.in_tx) return postgres_sound(c, s);
    if (!s->begin_waits) return OK;
    TRY(postgres_command(c, s, "BEGIN"));
    s->begin_waits = false;
    return OK;
}

/* --- reading --------------------------------------------------------------------------------- */

static enum err value_at(struct ctx *c, const PGresult *r, int row, int column, struct value *out)
{
    *out = (struct value){.kind = V_NULL};
    if (PQgetisnull(r, row, column)) return OK;
    Oid type = PQftype(r, column);
    struct text bytes = {PQgetvalue(r, row, column), (size_t)PQgetlength(r, row, column)};
    if (type == PG_TEXT || type == PG_BYTEA) {
        *out = (struct value){.kind = type == PG_TEXT ? V_TEXT : V_BYTES, .text = bytes};
        return OK;
    }
    out->kind = V_I64;
    if ((type == PG_INT8 || type == PG_INT4) && postgres_number(r, row, column, &out->i64))
        return OK;
    return fail(c, ERR_CONFLICT, "wrong_kind", "column %s is of a type that is none of ours",
                PQfname(r, column));
}

static enum err deliver(struct ctx *c, const PGresult *r, struct value *values, values_fn *row,
                        void *arg)
{
    size_t count = (size_t)PQnfields(r);
    for (int i = 0; i < PQntuples(r); i++) {
        for (size_t k = 0; k < count; k++) TRY(value_at(c, r, i, (int)k, &values[k]));
        TRY(row(c, arg, values, count));
    }
    return OK;
}

enum err postgres_rows(struct ctx *c, const char *sql, struct values args, bool is_long,
                       values_fn *row, void *arg)
{
    struct session *s = session_of(c);
    Oid *types = arena_new(c->arena, Oid, args.count + 1);
    for (size_t i = 0; i < args.count; i++)
        types[i] = args.at[i].kind == V_I64     ? PG_INT8
                   : args.at[i].kind == V_BYTES ? PG_BYTEA
                                                : PG_TEXT;
    TRY(ready(c, s));
    struct pg_parameters p = postgres_parameters(c->arena, args, types);
    if (!PQsendQueryParams(s->link, sql, p.count, types, p.values, p.lengths, p.formats, 1))
        return postgres_fail(c, s, NULL, sql);
    if (is_long) PQsetSingleRowMode(s->link);
    struct value *values = NULL;
    enum err e = OK;
    for (PGresult *r; (r = PQgetResult(s->link)); PQclear(r)) {
        if (e != OK) continue;
        if (!postgres_is_good(r)) {
            e = postgres_fail(c, s, r, sql);
            continue;
        }
        if (!values) values = arena_new(c->arena, struct value, (size_t)PQnfields(r) + 1);
        e = deliver(c, r, values, row, arg);
        if (e != OK && is_long) postgres_cancel(s);
    }
    return e;
}

/* --- writing --------------------------------------------------------------------------------- */

static const char head[19] = "PGCOPY\n\377\r\n\0"; /* then flags, and how much more: none */

static void put_bytes(struct buf *b, uint64_t n, int bytes)
{
    char *at = buf_space(b, (size_t)bytes);
    for (int i = 0; i < bytes; i++) at[i] = (char)(n >> 8 * (bytes - 1 - i) & 0xFF);
    b->len += (size_t)bytes;
}

static void put_value(struct buf *b, enum column_kind kind, const struct value *v)
{
    int bytes = kind == COLUMN_NARROW ? 4 : 8;
    if (v->kind == V_NULL) {
        put_bytes(b, UINT32_MAX, 4);
    } else if (v->kind == V_I64) {
        put_bytes(b, (uint64_t)bytes, 4);
        put_bytes(b, (uint64_t)v->i64, bytes);
    } else {
        put_bytes(b, v->text.len, 4);
        buf_put(b, v->text);
    }
}

/* What this server cannot hold, though SQLite can. */
static enum err check_value(struct ctx *c, const struct dump_table *t, const struct value *row,
                            size_t column)
{
    const struct value *v = &row[column];
    const char *what = NULL;
    if (v->kind == V_I64 && t->columns[column].kind == COLUMN_NARROW && v->i64 != (int32_t)v->i64)
        what = "a number of more than 32 bits";
    if (v->kind == V_TEXT && memchr(v->text.at, 0, v->text.len)) what = "a text with a zero byte";
    if (v->kind == V_TEXT && !text_is_utf8(v->text)) what = "a text that is not UTF-8";
    if (!what) return OK;
    struct text key = dump_key_shown(c->arena, t, row);
    return fail(c, ERR_CONFLICT, "wrong_kind", "%s: %s of %.*s holds %s", t->name,
                t->columns[column].name, TEXT_ARG(key), what);
}

static enum err check_rows(struct ctx *c, const struct dump_table *t, const struct value *rows,
                           size_t count)
{
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < t->column_count; k++)
            TRY(check_value(c, t, rows + i * t->column_count, k));
    return OK;
}

static enum err end_copy(struct ctx *c, struct session *s, const struct dump_table *t, bool is_sent)
{
    if (PQputCopyEnd(s->link, is_sent ? NULL : "stopped") != 1)
        return postgres_away(c, s, t->name, text_of(PQerrorMessage(s->link)));
    enum err e = OK;
    for (PGresult *r; (r = PQgetResult(s->link)); PQclear(r))
        if (!postgres_is_good(r) && e == OK) e = postgres_fail(c, s, r, t->name);
    return e;
}

enum err postgres_fill(struct ctx *c, const struct dump_table *t, const struct value *rows,
                       size_t count)
{
    enum { ENOUGH_BYTES = 256 * 1024 };
    struct session *s = session_of(c);
    size_t written = 0;
    struct buf b = buf_new(c->arena);
    TRY(ready(c, s));
    TRY(check_rows(c, t, rows, count));
    buf_printf(&b, "COPY \"%s\" (", t->name);
    for (size_t i = 0; i < t->column_count; i++)
        if (!t->columns[i].is_computed)
            buf_printf(&b, "%s\"%s\"", written++ ? ", " : "", t->columns[i].name);
    buf_puts(&b, ") FROM STDIN (FORMAT binary)");
    PGresult *r = PQexec(s->link, buf_text(&b).at);
    if (PQresultStatus(r) != PGRES_COPY_IN) {
        enum err e = postgres_fail(c, s, r, t->name);
        PQclear(r);
        return e;
    }
    PQclear(r);
    b.len = 0;
    bool is_sent = true;
    buf_put(&b, (struct text){head, sizeof head});
    for (size_t i = 0; i < count && is_sent; i++) {
        const struct value *row = rows + i * t->column_count;
        put_bytes(&b, written, 2);
        for (size_t k = 0; k < t->column_count; k++)
            if (!t->columns[k].is_computed) put_value(&b, t->columns[k].kind, &row[k]);
        if (b.len < ENOUGH_BYTES) continue;
        is_sent = PQputCopyData(s->link, b.at, (int)b.len) == 1;
        b.len = 0;
    }
    put_bytes(&b, UINT16_MAX, 2);
    is_sent = is_sent && PQputCopyData(s->link, b.at, (int)b.len) == 1;
    return end_copy(c, s, t, is_sent);
}
