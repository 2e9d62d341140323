/* One pass over a JSON text; see json_tree.h. */
#include "wire/json_tree.h"

#include "base/arena.h"
#include "wire/json.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

enum {
    FEW_NAMES = 32,        /* so many are compared pair by pair, more are sorted */
    BYTES_A_VALUE = 12,    /* of most texts: so large is the array at first, */
    FIRST_MAX = 4096,      /* and no larger */
    SAFE_DIGITS_MAX = 300, /* without an exponent, fewer are a number of a size that is in use */
};

struct scan {
    struct arena *arena;
    const char *at, *end;
    struct tree_node *nodes;
    size_t count, capacity;
    int depth;
    const char *wrong, *where; /* the first thing that is wrong */
};

static const char ends_early[] = "the text ends too early";

static bool refuse(struct scan *s, const char *where, const char *wrong)
{
    s->wrong = where == s->end ? ends_early : wrong;
    s->where = where;
    return false;
}

static void skip_space(struct scan *s)
{
    while (s->at < s->end && (*s->at == ' ' || *s->at == '\n' || *s->at == '\r' || *s->at == '\t'))
        s->at++;
}

static void make_room(struct scan *s)
{
    if (s->count == JSON_VALUES_MAX) {
        refuse(s, s->at, "more values than anybody needs");
        s->count--; /* nobody will read the one that is overwritten */
        return;
    }
    s->nodes = arena_widen(s->arena, s->nodes, s->count, &s->capacity, sizeof *s->nodes);
    if (s->capacity > JSON_VALUES_MAX) s->capacity = JSON_VALUES_MAX;
}

/* Returns its index: the nodes move when they grow. */
static inline size_t add(struct scan *s, enum tree_kind kind)
{
    if (s->count == s->capacity) make_room(s);
    s->nodes[s->count] = (struct tree_node){.kind = kind, .raw.at = s->at};
    return s->count++;
}

static bool end_node(struct scan *s, size_t node)
{
    if (s->wrong) return false;
    struct tree_node *n = &s->nodes[node];
    n->nodes = (uint32_t)(s->count - node);
    n->raw.len = (size_t)(s->at - n->raw.at);
    return true;
}

/* --- texts ----------------------------------------------------------------------------------- */

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The four digits behind \u, or -1. */
static int hex_read(const char *at, const char *end)
{
    int n = 0;
    for (int i = 0; i < 4; i++, at++) {
        int digit = at < end ? hex_digit(*at) : -1;
        if (digit < 0) return -1;
        n = n * 16 + digit;
    }
    return n;
}

static bool is_high(int unit) { return unit >= 0xD800 && unit <= 0xDBFF; }
static bool is_low(int unit) { return unit >= 0xDC00 && unit <= 0xDFFF; }

/* Behind the backslash. */
static bool scan_escape(struct scan *s)
{
    const char *from = s->at - 1;
    if (s->at == s->end) return refuse(s, s->end, "");
    char kind = *s->at++;
    if (kind != 'u' && kind && strchr("\"\\/bfnrt", kind)) return true;
    int unit = kind == 'u' ? hex_read(s->at, s->end) : -1;
    if (unit < 0) return refuse(s, from, "a backslash with something unknown behind it");
    s->at += 4;
    if (!is_high(unit) && !is_low(unit)) return true;
    bool is_pair = is_high(unit) && s->end - s->at >= 6 && s->at[0] == '\\' && s->at[1] == 'u' &&
                   is_low(hex_read(s->at + 2, s->end));
    if (!is_pair) return refuse(s, from, "half a pair of surrogates");
    s->at += 6;
    return true;
}

/* Bytes at the start of a text that are ASCII, and neither the quote at its end, a backslash nor a
   control character; by sixteens where the processor can, and by eights, of which each byte that is
   one of those has its highest bit set below, the first of them certainly. */
static inline size_t plain_run(const char *at, const char *end)
{
    const uint64_t ones = UINT64_C(0x0101010101010101), tops = ones * 0x80;
    const char *from = at;
#ifdef __SSE2__
    const __m128i quote = _mm_set1_epi8('"'), slash = _mm_set1_epi8('\\');
    const __m128i last_control = _mm_set1_epi8(' ' - 1);
    for (; end - at >= (ptrdiff_t)sizeof quote; at += sizeof quote) {
        __m128i all = _mm_loadu_si128((const __m128i *)(const void *)at);
        __m128i ends = _mm_or_si128(_mm_cmpeq_epi8(all, quote), _mm_cmpeq_epi8(all, slash));
        __m128i controls = _mm_cmpeq_epi8(_mm_min_epu8(all, last_control), all);
        int found = _mm_movemask_epi8(_mm_or_si128(_mm_or_si128(ends, controls), all));
        if (found) return (size_t)(at - from) + (size_t)__builtin_ctz((unsigned)found);
    }
#endif
    for (uint64_t eight; end - at >= (ptrdiff_t)sizeof eight; at += sizeof eight) {
        memcpy(&eight, at, sizeof eight);
        uint64_t quotes = eight ^ ones * '"', slashes = eight ^ ones * '\\';
        uint64_t found = ((((quotes - ones) & ~quotes) | ((slashes - ones) & ~slashes) |
                           ((eight - ones * ' ') & ~eight) | eight) &
                          tops);
        if (!found) continue;
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
        at += __builtin_ctzll(found) / 8;
#endif
        break;
    }
    return (size_t)(at - from);
}

/* Most texts end where their plain run does. */
static bool scan_text(struct scan *s)
{
    size_t node = add(s, TREE_TEXT);
    const char *from = s->at + 1, *at = from + plain_run(from, s->end);
    unsigned char all = 0;
    if (at < s->end && *at == '"') {
        s->at = at + 1;
        return end_node(s, node);
    }
    for (s->at = at;; s->at++) {
        if (all < 0x80) s->at += plain_run(s->at, s->end);
        if (s->at == s->end) return refuse(s, s->end, "");
        unsigned char ch = (unsigned char)*s->at;
        all |= ch;
        if (ch == '"') break;
        if (ch < ' ') return refuse(s, s->at, "a control character inside a text");
        if (ch != '\\') continue;
        s->nodes[node].is_escaped = true;
        s->at++;
        if (!scan_escape(s)) return false;
        s->at--;
    }
    if (all >= 0x80 && !text_is_utf8((struct text){from, (size_t)(s->at - from)}))
        return refuse(s, from, "not UTF-8");
    s->at++;
    return end_node(s, node);
}

static size_t put_utf8(char *to, int code)
{
    if (code < 0x80) return to[0] = (char)code, 1;
    size_t more = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
    static const int lead[] = {0, 0xC0, 0xE0, 0xF0};
    to[0] = (char)(lead[more] | code >> (6 * (int)more));
    for (size_t i = 1; i <= more; i++)
        to[i] = (char)(0x80 | (code >> (6 * (int)(more - i)) & 0x3F));
    return more + 1;
}

/* One escape of a text that was checked; returns the bytes of it. */
static size_t unescape(const char *at, const char *end, char *to, size_t *len)
{
    static const char kinds[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
    if (at[1] != 'u') {
        to[(*len)++] = values[strchr(kinds, at[1]) - kinds];
        return 2;
    }
    int unit = hex_read(at + 2, end);
    size_t used = 6;
    if (is_high(unit)) {
        unit = 0x10000 + ((unit - 0xD800) << 10) + (hex_read(at + 8, end) - 0xDC00);
        used = 12;
    }
    *len += put_utf8(to + *len, unit);
    return used;
}

struct text tree_unescaped(struct arena *a, const struct tree_node *n)
{
    struct text t = {n->raw.at + 1, n->raw.len - 2};
    char *copy = arena_new(a, char, t.len + 1);
    size_t len = 0;
    for (const char *at = t.at, *end = t.at + t.len; at < end;) {
        if (*at == '\\')
            at += unescape(at, end, copy, &len);
        else
            copy[len++] = *at++;
    }
    return (struct text){copy, len};
}

/* --- numbers and words ----------------------------------------------------------------------- */

static bool scan_digits(struct scan *s)
{
    const char *from = s->at;
    while (s->at < s->end && *s->at >= '0' && *s->at <= '9') s->at++;
    return s->at > from || refuse(s, s->at, "a number without a digit where one has to be");
}

/* What no double can hold is refused, as every other reader does. */
static bool is_usable(struct scan *s, struct text number, bool has_exponent)
{
    if (!has_exponent && number.len < SAFE_DIGITS_MAX) return true;
    return isfinite(strtod(text_cstr(s->arena, number), NULL));
}

static bool scan_number(struct scan *s)
{
    size_t node = add(s, TREE_NUMBER);
    const char *from = s->at;
    bool has_exponent = false;
    if (*s->at == '-') s->at++;
    if (s->at < s->end && *s->at == '0')
        s->at++;
    else if (!scan_digits(s))
        return false;
    if (s->at < s->end && *s->at == '.') {
        s->at++;
        if (!scan_digits(s)) return false;
    }
    if (s->at < s->end && (*s->at == 'e' || *s->at == 'E')) {
        has_exponent = true;
        s->at++;
        if (s->at < s->end && (*s->at == '-' || *s->at == '+')) s->at++;
        if (!scan_digits(s)) return false;
    }
    return end_node(s, node) && (is_usable(s, s->nodes[node].raw, has_exponent) ||
                                 refuse(s, from, "a number too big for any use"));
}

static inline bool scan_word(struct scan *s, enum tree_kind kind, struct text word)
{
    size_t node = add(s, kind);
    bool fits = (size_t)(s->end - s->at) >= word.len && memcmp(s->at, word.at, word.len) == 0;
    if (!fits) return refuse(s, s->at, "no JSON value");
    s->at += word.len;
    return end_node(s, node);
}

/* --- arrays and objects ---------------------------------------------------------------------- */

static bool scan_value(struct scan *s);

static bool enter(struct scan *s)
{
    if (++s->depth > JSON_DEPTH_MAX)
        return refuse(s, s->at, "objects and arrays too deep inside each other");
    s->at++;
    skip_space(s);
    return true;
}

/* Behind an item: is there another one? False as well when it is wrong. */
static bool goes_on(struct scan *s, char last, const char *wrong)
{
    skip_space(s);
    if (s->at < s->end && *s->at == last) return false;
    if (s->at == s->end || *s->at != ',') return refuse(s, s->at, wrong);
    s->at++;
    skip_space(s);
    return true;
}

static bool leave(struct scan *s, size_t node, uint32_t count)
{
    if (s->wrong) return false;
    s->nodes[node].count = count;
    s->depth--;
    s->at++;
    return end_node(s, node);
}

static bool scan_array(struct scan *s)
{
    size_t node = add(s, TREE_ARRAY);
    uint32_t count = 0;
    if (!enter(s)) return false;
    bool is_more = s->at == s->end || *s->at != ']';
    while (is_more) {
        if (!scan_value(s)) return false;
        count++;
        is_more = goes_on(s, ']', "a comma or ] has to be here");
    }
    return leave(s, node, count);
}

static int by_text(const void *a, const void *b)
{
    return text_cmp(*(const struct text *)a, *(const struct text *)b);
}

static unsigned look_of(struct text t)
{
    if (!t.len) return 0;
    return ((unsigned)t.len * 5 + (unsigned char)t.at[0] * 3 + (unsigned char)t.at[t.len - 1]) % 64;
}

static bool has_twins(struct text *names, size_t n)
{
    if (n > FEW_NAMES) {
        qsort(names, n, sizeof *names, by_text);
        for (size_t i = 1; i < n; i++)
            if (text_eq(names[i - 1], names[i])) return true;
        return false;
    }
    uint64_t seen = 0; /* a bit for what a name looks like: most differ in that already */
    for (size_t i = 0; i < n; i++) {
        uint64_t look = UINT64_C(1) << look_of(names[i]);
        for (size_t j = 0; j < i && seen & look; j++)
            if (text_eq(names[i], names[j])) return true;
        seen |= look;
    }
    return false;
}

static bool check_names(struct scan *s, size_t node, uint32_t count)
{
    struct text few[FEW_NAMES], *names = few;
    if (count > FEW_NAMES) names = arena_new(s->arena, struct text, count);
    const struct tree_node *n = &s->nodes[node] + 1;
    for (uint32_t i = 0; i < count; i++) {
        names[i] = tree_text(s->arena, n);
        if (n->is_escaped && memchr(names[i].at, 0, names[i].len))
            return refuse(s, n->raw.at, "a member name with a NUL character");
        n += 1 + n[1].nodes;
    }
    return !has_twins(names, count) ||
           refuse(s, s->nodes[node].raw.at, "the same member twice in one object");
}

static bool scan_member(struct scan *s)
{
    if (s->at == s->end || *s->at != '"')
        return refuse(s, s->at, "a member name in quotes has to be here");
    if (!scan_text(s)) return false;
    skip_space(s);
    if (s->at == s->end || *s->at != ':') return refuse(s, s->at, "a colon has to be here");
    s->at++;
    skip_space(s);
    return scan_value(s);
}

static bool scan_object(struct scan *s)
{
    size_t node = add(s, TREE_OBJECT);
    uint32_t count = 0;
    if (!enter(s)) return false;
    bool is_more = s->at == s->end || *s->at != '}';
    while (is_more) {
        if (!scan_member(s)) return false;
        count++;
        is_more = goes_on(s, '}', "a comma or } has to be here");
    }
    return !s->wrong && check_names(s, node, count) && leave(s, node, count);
}

static bool scan_value(struct scan *s)
{
    if (s->at == s->end) return refuse(s, s->end, "");
    switch (*s->at) {
    case '{': return scan_object(s);
    case '[': return scan_array(s);
    case '"': return scan_text(s);
    case 't': return scan_word(s, TREE_TRUE, T("true"));
    case 'f': return scan_word(s, TREE_FALSE, T("false"));
    case 'n': return scan_word(s, TREE_NULL, T("null"));
    default: break;
    }
    if (*s->at == '-' || (*s->at >= '0' && *s->at <= '9')) return scan_number(s);
    return refuse(s, s->at, *s->at ? "no JSON value" : "a NUL byte");
}

/* --- the whole text -------------------------------------------------------------------------- */

/* Columns are characters, from 1. */
static enum err fail_where(struct ctx *c, struct text json, const struct scan *s)
{
    const char *line_start = json.at;
    int line = 1;
    for (const char *at = json.at; at < s->where; at++)
        if (*at == '\n') line++, line_start = at + 1;
    struct text before = {line_start, (size_t)(s->where - line_start)};
    return fail(c, ERR_MALFORMED, "invalid_json", "%s at line %d, column %zu", s->wrong, line,
                text_chars(before) + 1);
}

enum err tree_open(struct ctx *c, struct text json, const struct tree_node **root)
{
    if (text_empty(text_trim(json))) {
        fail(c, ERR_MALFORMED, "invalid_json", "nothing given at line 1, column 1");
        return hint(c, "send a JSON object");
    }
    if (json.len > UINT32_MAX)
        return fail(c, ERR_TOO_LARGE, "invalid_json", "%zu bytes of JSON", json.len);
    struct scan s = {.arena = c->arena, .at = json.at, .end = json.at + json.len};
    s.capacity = json.len / BYTES_A_VALUE + 8;
    if (s.capacity > FIRST_MAX) s.capacity = FIRST_MAX;
    s.nodes = arena_take(c->arena, sizeof *s.nodes * s.capacity, alignof(struct tree_node));
    skip_space(&s);
    if (scan_value(&s)) {
        skip_space(&s);
        if (s.at < s.end) refuse(&s, s.at, "something follows the value");
    }
    if (s.wrong) return fail_where(c, json, &s);
    *root = s.nodes;
    return OK;
}

struct tree_walk tree_walk(const struct tree_node *n)
{
    return (struct tree_walk){.at = n + 1, .left = n->count, .has_names = n->kind == TREE_OBJECT};
}

const char *tree_kind(const struct tree_node *n)
{
    switch (n->kind) {
    case TREE_OBJECT: return "an object";
    case TREE_ARRAY: return "an array";
    case TREE_TEXT: return "a text";
    case TREE_NUMBER: return "a number";
    case TREE_TRUE: return "true";
    case TREE_FALSE: return "false";
    case TREE_NULL: break;
    }
    return "null";
}
