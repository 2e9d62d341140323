#include "store/dump.h"

#include "base/hash.h"
#include "store/driver.h"

#include <string.h>

/* --- the catalogue --------------------------------------------------------------------------- */

static const char catalogue_sqlite[] =
    "SELECT m.name, x.name, lower(x.type), x.pk, x.hidden > 1"
    "  FROM sqlite_schema m, pragma_table_xinfo(m.name) x"
    " WHERE m.type = 'table' AND substr(m.name, 1, 7) <> 'sqlite_'"
    " ORDER BY m.name, x.name";

/* A partition is part of its table; what an extension brought is the extension's. */
static const char catalogue_postgres[] =
    "SELECT r.relname::text, a.attname::text, t.typname::text,"
    "       COALESCE((SELECT k.place FROM unnest(i.indkey::int2[]) WITH ORDINALITY k(number, place)"
    "                  WHERE k.number = a.attnum), 0)::bigint,"
    "       (a.attgenerated <> '')::int::bigint"
    "  FROM pg_class r"
    "  JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped"
    "  JOIN pg_type t ON t.oid = a.atttypid"
    "  LEFT JOIN pg_index i ON i.indrelid = r.oid AND i.indisprimary"
    " WHERE r.relkind IN ('r', 'p') AND NOT r.relispartition"
    "   AND r.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema())"
    "   AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = r.oid AND d.deptype = 'e')"
    " ORDER BY r.relname, a.attname";

static const struct {
    const char *type;
    enum column_kind kind;
} kinds[] = {
    {"integer", COLUMN_NUMBER}, {"bigint", COLUMN_NUMBER}, {"int8", COLUMN_NUMBER},
    {"int4", COLUMN_NARROW},    {"text", COLUMN_TEXT},     {"blob", COLUMN_BYTES},
    {"bytea", COLUMN_BYTES},
};

struct catalogue {
    struct dump_table *tables;
    size_t count, capacity, column_capacity;
};

static bool kind_of(struct text type, enum column_kind *out)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (!text_is(type, kinds[i].type)) continue;
        *out = kinds[i].kind;
        return true;
    }
    return false;
}

static enum err on_column(struct ctx *c, void *arg, const struct value *row, size_t count)
{
    struct catalogue *all = arg;
    struct dump_table *t = all->count ? &all->tables[all->count - 1] : NULL;
    (void)count;
    if (!t || !text_is(row[0].text, t->name)) {
        t = arena_push(c->arena, all->tables, all->count, all->capacity);
        *t = (struct dump_table){.name = text_cstr(c->arena, row[0].text)};
        all->column_capacity = 0;
    }
    struct dump_column column = {.name = text_cstr(c->arena, row[1].text),
                                 .is_computed = row[4].i64 != 0};
    if (!kind_of(row[2].text, &column.kind))
        return fail(c, ERR_CONFLICT, "schema_differs",
                    "%s.%s is of type %.*s, which is none of ours", t->name, column.name,
                    TEXT_ARG(row[2].text));
    size_t place = (size_t)row[3].i64;
    if (place) {
        if (!t->keys) t->keys = arena_new(c->arena, size_t, 32);
        if (place > 32)
            return fail(c, ERR_CONFLICT, "schema_differs", "%s has a very long key", t->name);
        t->keys[place - 1] = t->column_count;
        if (place > t->key_count) t->key_count = place;
    }
    *arena_push(c->arena, t->columns, t->column_count, all->column_capacity) = column;
    return OK;
}

static bool is_postgres(const struct ctx *c) { return c->db->driver->engine == DB_POSTGRES; }

enum err dump_tables(struct ctx *c, struct list *out)
{
    struct catalogue all = {0};
    TRY(c->db->driver->rows(c, is_postgres(c) ? catalogue_postgres : catalogue_sqlite, NO_ARGS,
                            false, on_column, &all));
    for (size_t i = 0; i < all.count; i++)
        if (!all.tables[i].key_count)
            return fail(c, ERR_CONFLICT, "schema_differs", "table %s has no primary key",
                        all.tables[i].name);
    *out = (struct list){all.tables, all.count};
    return OK;
}

const struct dump_table *dump_find(const struct list *tables, const char *name)
{
    const struct dump_table *at = tables->at;
    for (size_t i = 0; i < tables->count; i++)
        if (strcmp(at[i].name, name) == 0) return &at[i];
    return NULL;
}

static bool is_same_kind(enum column_kind a, enum column_kind b)
{
    return (a == COLUMN_NARROW ? COLUMN_NUMBER : a) == (b == COLUMN_NARROW ? COLUMN_NUMBER : b);
}

static enum err same_columns(struct ctx *c, const struct dump_table *a, const struct dump_table *b)
{
    bool same = a->column_count == b->column_count && a->key_count == b->key_count;
    for (size_t i = 0; same && i < a->column_count; i++)
        same = strcmp(a->columns[i].name, b->columns[i].name) == 0 &&
               is_same_kind(a->columns[i].kind, b->columns[i].kind) &&
               a->columns[i].is_computed == b->columns[i].is_computed;
    for (size_t i = 0; same && i < a->key_count; i++) same = a->keys[i] == b->keys[i];
    return same ? OK
                : fail(c, ERR_CONFLICT, "schema_differs",
                       "table %s has other columns or another key there", a->name);
}

enum err dump_same_schema(struct ctx *c, const struct list *a, const struct list *b)
{
    const struct dump_table *x = a->at, *y = b->at;
    for (size_t i = 0; i < a->count || i < b->count; i++) {
        int order = i >= a->count ? 1 : i >= b->count ? -1 : strcmp(x[i].name, y[i].name);
        if (order)
            return fail(c, ERR_CONFLICT, "schema_differs", "only one of them has the table %s",
                        order < 0 ? x[i].name : y[i].name);
        TRY(same_columns(c, &x[i], &y[i]));
    }
    return OK;
}

/* --- values ---------------------------------------------------------------------------------- */

/* SQLite keeps the type of each value: text in a column of bytes is that column's bytes. */
static enum err to_kind(struct ctx *c, const struct dump_table *t, size_t column,
                        const struct value *in, struct value *out)
{
    enum column_kind kind = t->columns[column].kind;
    bool is_number = kind == COLUMN_NUMBER || kind == COLUMN_NARROW;
    *out = *in;
    if (in->kind == V_NULL || (is_number && in->kind == V_I64)) return OK;
    if (is_number || (in->kind != V_TEXT && in->kind != V_BYTES))
        return fail(c, ERR_CONFLICT, "wrong_kind", "a value of %s.%s is not of the column's kind",
                    t->name, t->columns[column].name);
    out->kind = kind == COLUMN_TEXT ? V_TEXT : V_BYTES;
    return OK;
}

bool dump_value_same(const struct value *a, const struct value *b)
{
    if (a->kind != b->kind) return false;
    return a->kind == V_NULL || (a->kind == V_I64 ? a->i64 == b->i64 : text_eq(a->text, b->text));
}

static int compare_values(const struct value *a, const struct value *b)
{
    return a->kind == V_I64 ? (a->i64 > b->i64) - (a->i64 < b->i64) : text_cmp(a->text, b->text);
}

/* --- reading --------------------------------------------------------------------------------- */

static void put_names(struct buf *b, const struct dump_table *t, bool is_key)
{
    size_t count = is_key ? t->key_count : t->column_count;
    for (size_t i = 0; i < count; i++)
        buf_printf(b, "%s\"%s\"", i ? ", " : "", t->columns[is_key ? t->keys[i] : i].name);
}

struct reading {
    const struct dump_table *table;
    struct value *rows;
    size_t count, most, bytes;
};

static enum err keep_row(struct ctx *c, void *arg, const struct value *row, size_t count)
{
    struct reading *r = arg;
    if (count != r->table->column_count || r->count == r->most)
        return fail(c, ERR_BUG, "sql", "%s: not the rows asked for", r->table->name);
    struct value *to = r->rows + r->count++ * count;
    for (size_t i = 0; i < count; i++) {
        TRY(to_kind(c, r->table, i, &row[i], &to[i]));
        r->bytes += 8;
        if (to[i].kind != V_TEXT && to[i].kind != V_BYTES) continue;
        r->bytes += to[i].text.len;
        to[i].text = text_copy(c->arena, to[i].text);
    }
    return OK;
}

enum err dump_read(struct ctx *c, const struct dump_table *t, const struct value *after,
                   size_t most, struct dump_page *out)
{
    struct buf b = buf_new(c->arena);
    struct value *key = arena_new(c->arena, struct value, t->key_count);
    struct reading r = {t, arena_new(c->arena, struct value, most * t->column_count), 0, most, 0};
    buf_puts(&b, "SELECT ");
    put_names(&b, t, false);
    buf_printf(&b, " FROM \"%s\"", t->name);
    if (after) {
        buf_puts(&b, " WHERE (");
        put_names(&b, t, true);
        buf_puts(&b, ") > (");
        for (size_t i = 0; i < t->key_count; i++) {
            key[i] = after[t->keys[i]];
            buf_printf(&b, "%s%c%zu", i ? ", " : "", is_postgres(c) ? '$' : '?', i + 1);
        }
        buf_putc(&b, ')');
    }
    buf_puts(&b, " ORDER BY ");
    put_names(&b, t, true);
    buf_printf(&b, " LIMIT %zu", most);
    struct values args = {key, after ? t->key_count : 0};
    TRY(c->db->driver->rows(c, buf_text(&b).at, args, false, keep_row, &r));
    *out = (struct dump_page){r.rows, r.count, r.bytes};
    return OK;
}

enum err dump_write(struct ctx *c, const struct dump_table *t, const struct dump_page *page)
{
    assert(db_in_tx(c));
    TRY(db_flush(c));
    return page->count ? c->db->driver->fill(c, t, page->rows, page->count) : OK;
}

static enum err take_number(struct ctx *c, void *arg, const struct value *row, size_t count)
{
    (void)c, (void)count;
    *(int64_t *)arg = row[0].i64;
    return OK;
}

enum err dump_count(struct ctx *c, const struct dump_table *t, int64_t *rows)
{
    const char *sql = text_printf(c->arena, "SELECT count(*) FROM \"%s\"", t->name).at;
    return c->db->driver->rows(c, sql, NO_ARGS, true, take_number, rows);
}

enum err dump_is_empty(struct ctx *c, const struct dump_table *t, bool *is_empty)
{
    int64_t one = 0;
    const char *sql = text_printf(c->arena, "SELECT 1 FROM \"%s\" LIMIT 1", t->name).at;
    TRY(c->db->driver->rows(c, sql, NO_ARGS, false, take_number, &one));
    *is_empty = one == 0;
    return OK;
}

/* --- sums ------------------------------------------------------------------------------------ */

struct summing {
    const struct dump_table *table;
    struct buf line; /* of one row, used again */
    struct dump_sum sum;
    dump_heard_fn *heard;
    void *arg;
};

static void put_number(struct buf *b, uint64_t n)
{
    char *at = buf_space(b, 8);
    for (int i = 0; i < 8; i++) at[i] = (char)(n >> 8 * i & 0xFF);
    b->len += 8;
}

static enum err add_row(struct ctx *c, void *arg, const struct value *row, size_t count)
{
    struct summing *s = arg;
    unsigned char hash[HASH_BYTES];
    uint64_t half[2];
    s->line.len = 0;
    for (size_t i = 0; i < count; i++) {
        struct value v;
        TRY(to_kind(c, s->table, i, &row[i], &v));
        buf_putc(&s->line, (char)('0' + (int)v.kind));
        if (v.kind == V_NULL) continue;
        put_number(&s->line, v.kind == V_I64 ? (uint64_t)v.i64 : v.text.len);
        if (v.kind != V_I64) buf_put(&s->line, v.text);
    }
    hash_of(hash, buf_text(&s->line));
    memcpy(half, hash, sizeof half);
    s->sum.low += half[0];
    s->sum.high += half[1];
    s->sum.rows++;
    if (s->sum.rows % 1024 == 0 && s->heard && !s->heard(s->arg, s->sum.rows))
        return fail(c, ERR_BUSY, "interrupted", "stopped while %s was read", s->table->name);
    return OK;
}

enum err dump_sum(struct ctx *c, const struct dump_table *t, dump_heard_fn *heard, void *arg,
                  struct dump_sum *out)
{
    struct arena_mark mark = arena_mark(c->arena);
    struct summing s = {.table = t, .line = buf_new(c->arena), .heard = heard, .arg = arg};
    struct buf b = buf_new(c->arena);
    buf_puts(&b, "SELECT ");
    put_names(&b, t, false);
    buf_printf(&b, " FROM \"%s\"", t->name);
    enum err e = c->db->driver->rows(c, buf_text(&b).at, NO_ARGS, true, add_row, &s);
    *out = s.sum;
    arena_rewind(c->arena, mark);
    return e;
}

bool dump_sum_same(const struct dump_sum *a, const struct dump_sum *b)
{
    return a->rows == b->rows && a->low == b->low && a->high == b->high;
}

/* --- row for row ----------------------------------------------------------------------------- */

enum { COMPARE_ROWS = 500 };

struct side {
    struct ctx *c;
    const struct dump_table *table;
    struct arena_mark mark;
    struct dump_page page;
    size_t at;
    struct value *last; /* the key read up to; lives in `keys`, which is emptied for each page */
    struct arena keys;
    bool is_ended;
};

static void keep_last(struct side *s)
{
    const struct value *from = s->page.rows + (s->page.count - 1) * s->table->column_count;
    arena_reset(&s->keys);
    s->last = arena_new(&s->keys, struct value, s->table->column_count);
    for (size_t i = 0; i < s->table->key_count; i++) {
        size_t k = s->table->keys[i];
        s->last[k] = from[k];
        if (from[k].kind != V_I64) s->last[k].text = text_copy(&s->keys, from[k].text);
    }
}

/* The row that is next, or NULL at the end. */
static enum err side_row(struct side *s, const struct value **out)
{
    *out = NULL;
    if (s->at == s->page.count && !s->is_ended) {
        if (s->page.count) keep_last(s);
        arena_rewind(s->c->arena, s->mark);
        TRY(dump_read(s->c, s->table, s->last, COMPARE_ROWS, &s->page));
        s->at = 0;
        s->is_ended = s->page.count == 0;
    }
    if (s->at < s->page.count) *out = s->page.rows + s->at * s->table->column_count;
    return OK;
}

static int compare_keys(const struct dump_table *t, const struct value *a, const struct value *b)
{
    int order = 0;
    for (size_t i = 0; i < t->key_count && !order; i++)
        order = compare_values(&a[t->keys[i]], &b[t->keys[i]]);
    return order;
}

static bool is_same_row(const struct dump_table *t, const struct value *a, const struct value *b)
{
    for (size_t i = 0; i < t->column_count; i++)
        if (!dump_value_same(&a[i], &b[i])) return false;
    return true;
}

static enum err compare(struct side *x, struct side *y, dump_differ_fn *report, void *arg)
{
    for (;;) {
        const struct value *a, *b;
        TRY(side_row(x, &a));
        TRY(side_row(y, &b));
        if (!a && !b) return OK;
        int order = !a ? 1 : !b ? -1 : compare_keys(x->table, a, b);
        if (order || !is_same_row(x->table, a, b))
            TRY(report(arg, x->table, order > 0 ? NULL : a, order < 0 ? NULL : b));
        x->at += order <= 0;
        y->at += order >= 0;
    }
}

enum err dump_compare(struct ctx *a, struct ctx *b, const struct dump_table *of_a,
                      const struct dump_table *of_b, dump_differ_fn *report, void *arg)
{
    struct side x = {.c = a, .table = of_a, .mark = arena_mark(a->arena)};
    struct side y = {.c = b, .table = of_b, .mark = arena_mark(b->arena)};
    enum err e = compare(&x, &y, report, arg);
    if (e != OK && b->fault.reason[0] && !a->fault.reason[0]) a->fault = b->fault;
    arena_free(&x.keys);
    arena_free(&y.keys);
    return e;
}

/* --- keys as text ---------------------------------------------------------------------------- */

struct text dump_key_shown(struct arena *a, const struct dump_table *t, const struct value *row)
{
    struct buf b = buf_new(a);
    for (size_t i = 0; i < t->key_count; i++) {
        const struct value *v = &row[t->keys[i]];
        buf_printf(&b, "%s%s ", i ? ", " : "", t->columns[t->keys[i]].name);
        if (v->kind == V_I64)
            buf_put_i64(&b, v->i64);
        else
            buf_printf(&b, "\"%.*s\"", TEXT_ARG(v->text));
    }
    return buf_text(&b);
}

/* "17;4:main;": a number, or how long a text is and the text. */
struct text dump_key_text(struct arena *a, const struct dump_table *t, const struct value *row)
{
    struct buf b = buf_new(a);
    for (size_t i = 0; i < t->key_count; i++) {
        const struct value *v = &row[t->keys[i]];
        if (v->kind == V_I64)
            buf_put_i64(&b, v->i64);
        else
            buf_printf(&b, "%zu:%.*s", v->text.len, TEXT_ARG(v->text));
        buf_putc(&b, ';');
    }
    return buf_text(&b);
}

static bool parse_text(struct text *rest, struct value *out)
{
    int64_t len = 0;
    struct text after, head = text_split(*rest, ':', &after);
    if (!text_to_i64(head, &len) || len < 0 || (size_t)len >= after.len) return false;
    *out = (struct value){.kind = V_TEXT, .text = text_head(after, (size_t)len)};
    *rest = text_skip(after, (size_t)len + 1);
    return after.at[len] == ';';
}

enum err dump_key_parse(struct ctx *c, const struct dump_table *t, struct text key,
                        const struct value **row)
{
    struct value *at = arena_new(c->arena, struct value, t->column_count);
    struct text rest = key;
    bool good = true;
    for (size_t i = 0; i < t->key_count && good; i++) {
        struct value *v = &at[t->keys[i]];
        if (t->columns[t->keys[i]].kind == COLUMN_TEXT) {
            good = parse_text(&rest, v);
        } else {
            v->kind = V_I64;
            good = text_to_i64(text_split(rest, ';', &rest), &v->i64);
        }
    }
    *row = at;
    return good ? OK
                : fail(c, ERR_BUG, "copy_mark", "\"%.*s\" is no key of %s", TEXT_ARG(key), t->name);
}
