/* store/rows.c: what the rows of one :many statement must be, on both engines.
 *
 * PostgreSQL would write only one of two rows that name the same target, or none, and SQLite would
 * write both. Neither is given the chance. */
#include "store/driver.h"

/* A bit for each kind of value that a parameter of this type takes. */
static unsigned kinds_of(char type)
{
    unsigned kinds = 1u << V_NULL;
    if (type == 'i') kinds |= 1u << V_I64;
    if (type == 't' || type == 'b') kinds |= 1u << V_TEXT;
    if (type == 'b') kinds |= 1u << V_BYTES;
    return kinds;
}

static enum err types_check(struct ctx *c, const struct query *q, const struct value *rows,
                            size_t count)
{
    for (size_t k = 0; k < q->args; k++) {
        const unsigned kinds = kinds_of(q->types[k]);
        const struct value *at = rows + k;
        for (size_t i = 0; i < count; i++, at += q->args)
            if (!(kinds >> at->kind & 1))
                return fail(c, ERR_BUG, "sql", "%s: $%zu of row %zu is of another type", q->name,
                            k + 1, i);
    }
    return OK;
}

static bool same_value(const struct value *a, const struct value *b)
{
    if (a->kind != b->kind) return false;
    if (a->kind == V_I64) return a->i64 == b->i64;
    return a->kind != V_NULL && text_eq(a->text, b->text);
}

static bool same_target(const struct query *q, const struct value *a, const struct value *b)
{
    for (size_t i = 0; i < q->args; i++)
        if (q->keys >> i & 1 && !same_value(&a[i], &b[i])) return false;
    return true;
}

static uint64_t target_hash(const struct query *q, const struct value *row)
{
    uint64_t h = 0xCBF29CE484222325;
    for (size_t i = 0; i < q->args; i++) {
        if (!(q->keys >> i & 1)) continue;
        if (row[i].kind == V_I64) h = (h ^ (uint64_t)row[i].i64) * 0x9E3779B97F4A7C15;
        for (size_t k = 0; row[i].kind == V_TEXT && k < row[i].text.len; k++)
            h = (h ^ (unsigned char)row[i].text.at[k]) * 0x100000001B3;
        h ^= h >> 29;
    }
    return h * 0x9E3779B97F4A7C15 >> 32;
}

/* What is of two merchants may lie on two nodes, and no commit is quick there. */
enum err merchant_check(struct ctx *c, const struct query *q, const struct value *at)
{
    struct db *db = c->db;
    if (!q->is_of_merchant || !db->in_tx || at->kind != V_I64) return OK;
    if (db->merchant_id == NONE) db->merchant_id = at->i64;
    if (db->merchant_id == at->i64) return OK;
    return fail(c, ERR_BUG, "two_merchants", "%s: a unit of work of merchant %lld names %lld",
                q->name, (long long)db->merchant_id, (long long)at->i64);
}

enum err rows_check(struct ctx *c, const struct query *q, const struct value *rows, size_t count)
{
    TRY(types_check(c, q, rows, count));
    for (size_t i = 0; i < count && q->is_of_merchant; i++)
        TRY(merchant_check(c, q, &rows[i * q->args]));
    if (!q->keys || count < 2) return OK;
    struct arena_mark mark = arena_mark(c->arena);
    size_t slots = 4;
    while (slots < count * 2) slots *= 2;
    size_t *table = arena_new(c->arena, size_t, slots); /* row + 1 */
    enum err e = OK;
    for (size_t i = 0; i < count && e == OK; i++) {
        const struct value *row = rows + i * q->args;
        size_t at = (size_t)target_hash(q, row) & (slots - 1);
        while (table[at] && !same_target(q, rows + (table[at] - 1) * q->args, row))
            at = (at + 1) & (slots - 1);
        if (table[at])
            e = fail(c, ERR_BUG, "same_target", "%s: rows %zu and %zu write the same thing",
                     q->name, table[at] - 1, i);
        table[at] = i + 1;
    }
    arena_rewind(c->arena, mark);
    return e;
}
