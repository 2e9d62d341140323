/* Numbers by their digits, and the canonical form. */
#include "wire/json_tree.h"

#include "base/arena.h"
#include "wire/json.h"

#include <stdlib.h>

enum {
    WHOLE_DIGITS_MAX = 19,     /* of an int64_t */
    PLAIN_DIGITS_MAX = 30,     /* longer numbers get an exponent in the canonical form */
    EXPONENT_MAX = 1000000000, /* beyond it all are alike */
};

/* digits * 10^exponent, without zeros at either end; zero has no digits. */
struct decimal {
    bool is_minus;
    struct text digits;
    int64_t exponent;
};

static struct decimal decimal_of(struct arena *a, struct text raw)
{
    struct decimal d = {.is_minus = raw.len && raw.at[0] == '-'};
    char *digits = arena_new(a, char, raw.len + 1);
    size_t n = 0, i = d.is_minus;
    bool is_past = false;
    for (; i < raw.len && raw.at[i] != 'e' && raw.at[i] != 'E'; i++) {
        if (raw.at[i] == '.') {
            is_past = true;
            continue;
        }
        if (is_past) d.exponent--;
        if (n || raw.at[i] != '0') digits[n++] = raw.at[i];
    }
    if (i < raw.len) {
        bool is_minus = raw.at[i + 1] == '-';
        int64_t e = 0;
        for (i += raw.at[i + 1] == '-' || raw.at[i + 1] == '+' ? 2 : 1; i < raw.len; i++)
            if (e < EXPONENT_MAX) e = e * 10 + (raw.at[i] - '0');
        d.exponent += is_minus ? -e : e;
    }
    for (; n && digits[n - 1] == '0'; n--) d.exponent++;
    d.digits = (struct text){digits, n};
    return d;
}

enum number_kind number_read(struct arena *a, struct text raw, int64_t *out)
{
    if (text_to_i64(raw, out)) return NUMBER_WHOLE;
    struct decimal d = decimal_of(a, raw);
    *out = 0;
    if (!d.digits.len) return NUMBER_WHOLE;
    if (d.exponent < 0) return NUMBER_FRACTION;
    if ((int64_t)d.digits.len + d.exponent > WHOLE_DIGITS_MAX) return NUMBER_TOO_BIG;
    struct buf b = buf_new(a);
    if (d.is_minus) buf_putc(&b, '-');
    buf_put(&b, d.digits);
    for (; d.exponent > 0; d.exponent--) buf_putc(&b, '0');
    return text_to_i64(buf_text(&b), out) ? NUMBER_WHOLE : NUMBER_TOO_BIG;
}

static void put_number(struct buf *b, struct text raw)
{
    struct decimal d = decimal_of(b->arena, raw);
    if (!d.digits.len) {
        buf_putc(b, '0');
        return;
    }
    if (d.is_minus) buf_putc(b, '-');
    buf_put(b, d.digits);
    if (d.exponent >= 0 && (int64_t)d.digits.len + d.exponent <= PLAIN_DIGITS_MAX) {
        for (; d.exponent > 0; d.exponent--) buf_putc(b, '0');
    } else {
        buf_putc(b, 'e');
        buf_put_i64(b, d.exponent);
    }
}

struct member {
    struct text key;
    const struct tree_node *value;
};

static int by_key(const void *a, const void *b)
{
    return text_cmp(((const struct member *)a)->key, ((const struct member *)b)->key);
}

static void put_canonical(struct buf *b, const struct tree_node *n);

static void put_canonical_object(struct buf *b, const struct tree_node *n)
{
    size_t count = n->count, i = 0;
    struct member *members = arena_new(b->arena, struct member, count + 1);
    struct tree_walk w = tree_walk(n);
    while (tree_next(&w, b->arena, &members[i].key, &members[i].value)) i++;
    qsort(members, count, sizeof *members, by_key);
    buf_putc(b, '{');
    for (i = 0; i < count; i++) {
        if (i) buf_putc(b, ',');
        json_put_text(b, members[i].key);
        buf_putc(b, ':');
        put_canonical(b, members[i].value);
    }
    buf_putc(b, '}');
}

static void put_canonical(struct buf *b, const struct tree_node *n)
{
    switch (n->kind) {
    case TREE_OBJECT: put_canonical_object(b, n); return;
    case TREE_ARRAY: {
        struct tree_walk w = tree_walk(n);
        struct text key;
        const struct tree_node *item;
        buf_putc(b, '[');
        for (bool is_first = true; tree_next(&w, b->arena, &key, &item); is_first = false) {
            if (!is_first) buf_putc(b, ',');
            put_canonical(b, item);
        }
        buf_putc(b, ']');
        return;
    }
    case TREE_TEXT: json_put_text(b, tree_text(b->arena, n)); return;
    case TREE_NUMBER: put_number(b, n->raw); return;
    case TREE_TRUE:
    case TREE_FALSE:
    case TREE_NULL: buf_put(b, n->raw); return;
    }
}

enum err json_canonical(struct ctx *c, struct text json, struct text *out)
{
    const struct tree_node *root;
    TRY(tree_open(c, json, &root));
    struct buf b = buf_new(c->arena);
    put_canonical(&b, root);
    *out = buf_text(&b);
    return OK;
}
