#include "store/postgres.h"

#include "base/arena.h"

#include <assert.h>
#include <string.h>

/* --- out ------------------------------------------------------------------------------------- */

static char *put_number(char *to, uint64_t n, int bytes)
{
    for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) *to++ = (char)(n >> shift & 0xFF);
    return to;
}

static char *put_u32(char *to, size_t n) { return put_number(to, n, 4); }

enum { ARRAY_HEAD_BYTES = 20 };

static char *put_array_head(char *to, Oid type, size_t count, bool has_null)
{
    to = put_u32(to, count > 0); /* dimensions */
    to = put_u32(to, has_null);
    to = put_u32(to, type);
    if (!count) return to;
    to = put_u32(to, count);
    return put_u32(to, 1); /* the first has number 1 */
}

static char *put_element(char *to, const struct value *v)
{
    switch (v->kind) {
    case V_I64: return put_number(put_u32(to, 8), (uint64_t)v->i64, 8);
    case V_TEXT:
    case V_BYTES:
        if (!v->text.at) break;
        to = put_u32(to, v->text.len);
        if (v->text.len) memcpy(to, v->text.at, v->text.len);
        return to + v->text.len;
    case V_NULL:
    case V_I64S:
    case V_TEXTS: break;
    }
    return put_u32(to, UINT32_MAX); /* NULL */
}

static size_t element_bytes(const struct value *v)
{
    return v->kind == V_I64 ? 12 : v->kind == V_TEXT || v->kind == V_BYTES ? 4 + v->text.len : 4;
}

static struct pg_parameters parameters_new(struct arena *a, size_t count)
{
    return (struct pg_parameters){(int)count, arena_new(a, const char *, count + 1),
                                  arena_new(a, int, count + 1), arena_new(a, int, count + 1)};
}

static void set_binary(struct pg_parameters *p, size_t i, const char *at, size_t length)
{
    p->values[i] = at;
    p->lengths[i] = (int)length;
    p->formats[i] = 1;
}

static struct value set_element(const struct value *v, size_t i)
{
    return v->kind == V_I64S
               ? (struct value){.kind = V_I64, .i64 = ((const int64_t *)v->set.at)[i]}
               : (struct value){.kind = V_TEXT, .text = ((const struct text *)v->set.at)[i]};
}

static void put_set(struct arena *a, struct pg_parameters *p, size_t i, const struct value *v)
{
    size_t bytes = ARRAY_HEAD_BYTES;
    bool has_null = false;
    for (size_t k = 0; k < v->set.count; k++) {
        struct value element = set_element(v, k);
        has_null = has_null || (element.kind == V_TEXT && !element.text.at);
        bytes += element_bytes(&element);
    }
    char *at = arena_alloc(a, bytes, 8);
    char *to = put_array_head(at, v->kind == V_I64S ? PG_INT8 : PG_TEXT, v->set.count, has_null);
    for (size_t k = 0; k < v->set.count; k++) {
        struct value element = set_element(v, k);
        to = put_element(to, &element);
    }
    set_binary(p, i, at, (size_t)(to - at));
}

static void put_scalar(struct arena *a, struct pg_parameters *p, size_t i, const struct value *v,
                       Oid type)
{
    if (v->kind == V_I64 && type == PG_INT8) {
        char *at = arena_alloc(a, 8, 8);
        put_number(at, (uint64_t)v->i64, 8);
        set_binary(p, i, at, 8);
    } else if (v->kind == V_I64) {
        p->values[i] = text_printf(a, "%lld", (long long)v->i64).at;
    } else if (type == PG_TEXT || type == PG_VARCHAR || type == PG_BPCHAR || type == PG_BYTEA) {
        if (v->text.at) set_binary(p, i, v->text.at, v->text.len);
    } else if (v->text.at) {
        p->values[i] = text_cstr(a, v->text);
    }
}

struct pg_parameters postgres_parameters(struct arena *a, struct values args, const Oid *types)
{
    struct pg_parameters p = parameters_new(a, args.count);
    for (size_t i = 0; i < args.count; i++) {
        const struct value *v = &args.at[i];
        switch (v->kind) {
        case V_NULL: break;
        case V_I64:
        case V_TEXT:
        case V_BYTES: put_scalar(a, &p, i, v, types[i]); break;
        case V_I64S:
        case V_TEXTS: put_set(a, &p, i, v); break;
        }
    }
    return p;
}

size_t postgres_row_bytes(const struct query *q, const struct value *row)
{
    size_t bytes = 0;
    for (size_t i = 0; i < q->args; i++) bytes += element_bytes(&row[i]);
    return bytes;
}

static bool is_null(const struct value *v)
{
    return v->kind == V_NULL || ((v->kind == V_TEXT || v->kind == V_BYTES) && !v->text.at);
}

struct pg_parameters postgres_columns(struct arena *a, const struct query *q,
                                      const struct value *rows, size_t count)
{
    struct pg_parameters p = parameters_new(a, q->args);
    if (q->is_of_merchant) put_scalar(a, &p, 0, &rows[0], PG_INT8);
    for (size_t i = q->is_of_merchant; i < q->args; i++) {
        size_t bytes = ARRAY_HEAD_BYTES;
        bool has_null = false;
        for (size_t k = 0; k < count; k++) {
            const struct value *v = &rows[k * q->args + i];
            has_null = has_null || is_null(v);
            bytes += element_bytes(v);
        }
        Oid type = q->types[i] == 't' ? PG_TEXT : q->types[i] == 'b' ? PG_BYTEA : PG_INT8;
        char *at = arena_alloc(a, bytes, 8);
        char *to = put_array_head(at, type, count, has_null);
        for (size_t k = 0; k < count; k++) to = put_element(to, &rows[k * q->args + i]);
        set_binary(&p, i, at, (size_t)(to - at));
    }
    return p;
}

/* --- in -------------------------------------------------------------------------------------- */

bool postgres_reads_binary(Oid type)
{
    return type == PG_INT8 || type == PG_INT4 || type == PG_INT2 || type == PG_BOOL ||
           type == PG_TEXT || type == PG_VARCHAR || type == PG_BPCHAR || type == PG_NAME ||
           type == PG_BYTEA;
}

static uint64_t get_number(const char *at, int bytes)
{
    uint64_t n = 0;
    for (int i = 0; i < bytes; i++) n = n << 8 | (unsigned char)at[i];
    return n;
}

int64_t postgres_binary_i64(const char *at) { return (int64_t)get_number(at, 8); }

/* Digits; what stands behind a decimal point is cut off, as SQLite does with reals. */
static bool text_number(struct text t, int64_t *out)
{
    ptrdiff_t point = text_find(t, T("."));
    return text_to_i64(point > 0 ? text_head(t, (size_t)point) : t, out);
}

bool postgres_number(const PGresult *r, int row, int column, int64_t *out)
{
    const char *at = PQgetvalue(r, row, column);
    struct text t = {at, (size_t)PQgetlength(r, row, column)};
    Oid type = PQftype(r, column);
    bool is_binary = PQfformat(r, column) == 1;
    if (type == PG_BOOL)
        *out = is_binary ? at[0] != 0 : at[0] == 't';
    else if (is_binary && type == PG_INT8)
        *out = postgres_binary_i64(at);
    else if (is_binary && type == PG_INT4)
        *out = (int32_t)(uint32_t)get_number(at, 4);
    else if (is_binary && type == PG_INT2)
        *out = (int16_t)(uint16_t)get_number(at, 2);
    else
        return text_number(t, out);
    return true;
}

static int hex(char c) { return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10; }

static struct text text_at(struct arena *a, const PGresult *r, int row, int column)
{
    Oid type = PQftype(r, column);
    bool is_binary = PQfformat(r, column) == 1;
    struct text t = {PQgetvalue(r, row, column), (size_t)PQgetlength(r, row, column)};
    int64_t n;
    if (type == PG_BOOL || (is_binary && (type == PG_INT8 || type == PG_INT4 || type == PG_INT2))) {
        postgres_number(r, row, column, &n);
        return text_printf(a, "%lld", (long long)n);
    }
    if (is_binary || type != PG_BYTEA) return text_copy(a, t.len ? t : T(""));
    struct text digits = text_skip(t, 2); /* "\x" */
    char *bytes = arena_new(a, char, digits.len / 2 + 1);
    for (size_t i = 0; i + 1 < digits.len; i += 2)
        bytes[i / 2] = (char)(hex(digits.at[i]) << 4 | hex(digits.at[i + 1]));
    return (struct text){bytes, digits.len / 2};
}

enum err postgres_decode(struct ctx *c, const struct query *q, const PGresult *r, int row,
                         const struct fields *f, void *record)
{
    for (size_t i = 0; i < f->count; i++) {
        const struct field *field = &f->at[i];
        bool absent = PQgetisnull(r, row, (int)i);
        if (field->kind == F_TEXT || field->kind == F_JSON) {
            struct text t = absent ? (struct text){0} : text_at(c->arena, r, row, (int)i);
            memcpy((char *)record + field->offset, &t, sizeof t);
            continue;
        }
        int64_t n = NONE;
        if (!absent && !postgres_number(r, row, (int)i, &n))
            return fail(c, ERR_BUG, "sql", "%s: column %s is not a whole number", q->name,
                        field->name);
        field_set_i64(field, record, n);
    }
    return OK;
}

int64_t postgres_changed(const PGresult *r)
{
    PGresult *same = (PGresult *)(uintptr_t)r; /* libpq only reads it */
    int64_t n = 0;
    if (strncmp(PQcmdStatus(same), "SELECT", 6) != 0 &&
        !text_to_i64(text_of(PQcmdTuples(same)), &n))
        n = 0;
    return n;
}
