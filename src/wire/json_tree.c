/* Parsing with jansson, walking tree and text side by side, and the canonical form. */
#include "wire/json_tree.h"

#include "base/arena.h"
#include "wire/json.h"

#include <stdlib.h>
#include <string.h>

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

static const struct {
    enum json_error_code code;
    const char *detail;
} parse_errors[] = {
    {json_error_invalid_utf8, "not UTF-8"},
    {json_error_premature_end_of_input, "the text ends too early"},
    {json_error_end_of_input_expected, "something follows the value"},
    {json_error_null_byte_in_key, "a member name with a NUL character"},
    {json_error_duplicate_key, "the same member twice in one object"},
    {json_error_numeric_overflow, "a number too big for any use"},
    {json_error_stack_overflow, "objects and arrays too deep inside each other"},
};

static const char *skip_text(const char *at, const char *end)
{
    for (at++; at < end && *at != '"'; at++)
        if (*at == '\\') at++;
    return at < end ? at : end - 1;
}

/* What jansson does not refuse: depth, and NUL bytes, which it skips behind a number. */
static enum err check_bytes(struct ctx *c, struct text json)
{
    int depth = 0, line = 1;
    const char *end = json.at + json.len, *line_start = json.at;
    for (const char *at = json.at; at < end; at++) {
        if (*at == '"') at = skip_text(at, end);
        if (*at == '\n') {
            line++;
            line_start = at + 1;
        }
        if (!*at)
            return fail(c, ERR_MALFORMED, "invalid_json", "a NUL byte at line %d, column %lld",
                        line, (long long)(at - line_start + 1));
        if (*at == ']' || *at == '}') depth--;
        if ((*at == '[' || *at == '{') && ++depth > JSON_DEPTH_MAX)
            return fail(c, ERR_MALFORMED, "invalid_json",
                        "more than %d objects and arrays inside each other at line %d, column %lld",
                        JSON_DEPTH_MAX, line, (long long)(at - line_start + 1));
    }
    return OK;
}

enum err tree_open(struct ctx *c, struct text json, struct tree_node *root)
{
    *root = (struct tree_node){0};
    if (text_empty(text_trim(json))) {
        fail(c, ERR_MALFORMED, "invalid_json", "nothing given at line 1, column 1");
        return hint(c, "send a JSON object");
    }
    TRY(check_bytes(c, json));
    const size_t flags = JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL | JSON_DECODE_INT_AS_REAL |
                         JSON_DECODE_ANY;
    json_error_t error;
    root->json = json_loadb(json.at, json.len, flags, &error);
    root->raw = text_trim(json);
    if (root->json) return OK;
    /* jansson's own words quote the text, which may hold a secret. */
    const char *detail = "not well-formed JSON";
    for (size_t i = 0; i < sizeof parse_errors / sizeof *parse_errors; i++)
        if (json_error_code(&error) == parse_errors[i].code) detail = parse_errors[i].detail;
    return fail(c, ERR_MALFORMED, "invalid_json", "%s at line %d, column %d", detail, error.line,
                error.column);
}

static struct text skip_any(struct text t, const char *set)
{
    while (t.len && t.at[0] && strchr(set, t.at[0])) t = text_skip(t, 1);
    return t;
}

/* Bytes of the value that starts here; the text is known to be well-formed. */
static size_t value_len(struct text t)
{
    size_t depth = 0;
    const char *end = t.at + t.len, *at = t.at;
    while (at < end) {
        if (*at == '"') at = skip_text(at, end);
        if (*at == '[' || *at == '{') depth++;
        if (*at == ']' || *at == '}') depth--;
        at++;
        if (!depth && (at == end || strchr(",:]} \t\r\n", *at))) break;
    }
    return (size_t)(at - t.at);
}

struct tree_walk tree_walk(struct tree_node n)
{
    return (struct tree_walk){.json = n.json,
                              .member = json_is_object(n.json) ? json_object_iter(n.json) : NULL,
                              .rest = text_skip(n.raw, 1)};
}

bool tree_next(struct tree_walk *w, struct text *key, struct tree_node *out)
{
    bool is_object = json_is_object(w->json);
    if (is_object ? !w->member : w->index >= json_array_size(w->json)) return false;
    struct text t = skip_any(w->rest, ", \t\r\n");
    if (is_object) {
        *key = text_of(json_object_iter_key(w->member));
        t = skip_any(text_skip(t, value_len(t)), ": \t\r\n");
        out->json = json_object_iter_value(w->member);
        w->member = json_object_iter_next(w->json, w->member);
    } else {
        *key = (struct text){0};
        out->json = json_array_get(w->json, w->index++);
    }
    out->raw = text_head(t, value_len(t));
    w->rest = text_skip(t, out->raw.len);
    return true;
}

struct text tree_text(struct tree_node n)
{
    return (struct text){json_string_value(n.json), json_string_length(n.json)};
}

const char *tree_kind(struct tree_node n)
{
    switch (json_typeof(n.json)) {
    case JSON_OBJECT: return "an object";
    case JSON_ARRAY: return "an array";
    case JSON_STRING: return "a text";
    case JSON_INTEGER:
    case JSON_REAL: return "a number";
    case JSON_TRUE: return "true";
    case JSON_FALSE: return "false";
    case JSON_NULL: break;
    }
    return "null";
}

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
    struct tree_node value;
};

static int by_key(const void *a, const void *b)
{
    return text_cmp(((const struct member *)a)->key, ((const struct member *)b)->key);
}

static void put_canonical(struct buf *b, struct tree_node n);

static void put_canonical_object(struct buf *b, struct tree_node n)
{
    size_t count = json_object_size(n.json), i = 0;
    struct member *members = arena_new(b->arena, struct member, count + 1);
    struct tree_walk w = tree_walk(n);
    while (tree_next(&w, &members[i].key, &members[i].value)) i++;
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

static void put_canonical(struct buf *b, struct tree_node n)
{
    switch (json_typeof(n.json)) {
    case JSON_OBJECT: put_canonical_object(b, n); return;
    case JSON_ARRAY: {
        struct tree_walk w = tree_walk(n);
        struct text key;
        struct tree_node item;
        buf_putc(b, '[');
        while (tree_next(&w, &key, &item)) {
            if (w.index > 1) buf_putc(b, ',');
            put_canonical(b, item);
        }
        buf_putc(b, ']');
        return;
    }
    case JSON_STRING: json_put_text(b, tree_text(n)); return;
    case JSON_INTEGER:
    case JSON_REAL: put_number(b, n.raw); return;
    case JSON_TRUE:
    case JSON_FALSE:
    case JSON_NULL: buf_put(b, n.raw); return;
    }
}

enum err json_canonical(struct ctx *c, struct text json, struct text *out)
{
    struct tree_node root;
    TRY(tree_open(c, json, &root));
    struct buf b = buf_new(c->arena);
    put_canonical(&b, root);
    json_decref(root.json);
    *out = buf_text(&b);
    return OK;
}
