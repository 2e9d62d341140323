#include "base/text.h"

#include "base/arena.h"

#include <stdio.h>
#include <string.h>

struct text text_copy(struct arena *a, struct text t)
{
    if (!t.at) return t;
    return (struct text){text_cstr(a, t), t.len};
}

const char *text_cstr(struct arena *a, struct text t)
{
    char *copy = arena_take(a, t.len + 1, 1);
    if (t.len) memcpy(copy, t.at, t.len);
    copy[t.len] = 0;
    return copy;
}

struct text text_printf(struct arena *a, const char *fmt, ...)
{
    struct buf b = buf_new(a);
    va_list args;
    va_start(args, fmt);
    buf_vprintf(&b, fmt, args);
    va_end(args);
    return buf_text(&b);
}

static char lower(char c) { return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c; }
static char upper(char c) { return c >= 'a' && c <= 'z' ? (char)(c - 32) : c; }

bool text_eq_nocase(struct text a, struct text b)
{
    if (a.len != b.len) return false;
    for (size_t i = 0; i < a.len; i++)
        if (a.at[i] != b.at[i] && lower(a.at[i]) != lower(b.at[i])) return false;
    return true;
}

int text_cmp(struct text a, struct text b)
{
    size_t n = a.len < b.len ? a.len : b.len;
    int order = n ? memcmp(a.at, b.at, n) : 0;
    if (order) return order;
    return a.len < b.len ? -1 : a.len > b.len;
}

bool text_ends(struct text t, struct text suffix)
{
    return t.len >= suffix.len && text_eq(text_skip(t, t.len - suffix.len), suffix);
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\v' || c == '\f';
}

struct text text_trim(struct text t)
{
    while (t.len && is_space(t.at[0])) t = text_skip(t, 1);
    while (t.len && is_space(t.at[t.len - 1])) t.len--;
    return t;
}

struct text text_split(struct text t, char at, struct text *rest)
{
    const char *found = t.len ? memchr(t.at, at, t.len) : NULL;
    if (!found) {
        *rest = (struct text){0};
        return t;
    }
    size_t n = (size_t)(found - t.at);
    *rest = text_skip(t, n + 1);
    return text_head(t, n);
}

ptrdiff_t text_find(struct text t, struct text needle)
{
    if (!needle.len) return 0;
    const char *found = t.len ? memmem(t.at, t.len, needle.at, needle.len) : NULL;
    return found ? found - t.at : -1;
}

struct text text_lower(struct arena *a, struct text t)
{
    char *copy = arena_new(a, char, t.len + 1);
    for (size_t i = 0; i < t.len; i++) copy[i] = lower(t.at[i]);
    return t.at ? (struct text){copy, t.len} : t;
}

struct text text_spaced(struct arena *a, struct text t)
{
    struct text out = text_copy(a, t);
    char *at = arena_new(a, char, out.len + 1);
    for (size_t i = 0; i < out.len; i++)
        at[i] = out.at[i] == '_' || out.at[i] == '.' ? ' ' : out.at[i];
    return (struct text){at, out.len};
}

struct text text_upper(struct arena *a, struct text t)
{
    char *copy = arena_new(a, char, t.len + 1);
    for (size_t i = 0; i < t.len; i++) copy[i] = upper(t.at[i]);
    return t.at ? (struct text){copy, t.len} : t;
}

/* Bytes of the well-formed character at `t` (Unicode 15, table 3-7), 0 when there is none. */
static size_t utf8_step(struct text t)
{
    const unsigned char *s = (const unsigned char *)t.at;
    if (s[0] < 0x80) return 1;
    if (s[0] < 0xC2 || s[0] > 0xF4) return 0;
    size_t n = s[0] < 0xE0 ? 2 : s[0] < 0xF0 ? 3 : 4;
    if (t.len < n) return 0;
    for (size_t i = 1; i < n; i++)
        if ((s[i] & 0xC0) != 0x80) return 0;
    if (s[0] == 0xE0 && s[1] < 0xA0) return 0;
    if (s[0] == 0xED && s[1] > 0x9F) return 0;
    if (s[0] == 0xF0 && s[1] < 0x90) return 0;
    if (s[0] == 0xF4 && s[1] > 0x8F) return 0;
    return n;
}

/* Bytes at the start that are ASCII, by eights. */
static size_t ascii_run(struct text t)
{
    size_t n = 0;
    for (uint64_t eight; n + sizeof eight <= t.len; n += sizeof eight) {
        memcpy(&eight, t.at + n, sizeof eight);
        if (eight & UINT64_C(0x8080808080808080)) break;
    }
    return n;
}

bool text_is_utf8(struct text t)
{
    t = text_skip(t, ascii_run(t));
    while (t.len) {
        size_t n = utf8_step(t);
        if (!n) return false;
        t = text_skip(t, n);
    }
    return true;
}

size_t text_chars(struct text t)
{
    size_t n = 0;
    for (size_t i = 0; i < t.len; i++) n += ((unsigned char)t.at[i] & 0xC0) != 0x80;
    return n;
}

bool text_to_i64(struct text t, int64_t *out)
{
    bool minus = t.len && t.at[0] == '-';
    if (minus) t = text_skip(t, 1);
    if (!t.len || t.len > 19) return false;
    int64_t n = 0;
    for (size_t i = 0; i < t.len; i++) {
        if (t.at[i] < '0' || t.at[i] > '9') return false;
        if (__builtin_mul_overflow(n, 10, &n)) return false;
        if (__builtin_add_overflow(n, minus ? -(t.at[i] - '0') : t.at[i] - '0', &n)) return false;
    }
    *out = n;
    return true;
}

struct buf buf_new(struct arena *a)
{
    char *at = arena_take(a, 1, 1);
    at[0] = 0;
    return (struct buf){.arena = a, .at = at, .capacity = 1};
}

char *buf_widen(struct buf *b, size_t n)
{
    size_t wider = b->capacity >= 64 ? b->capacity * 2 : 128;
    while (wider < b->len + n + 1) wider *= 2;
    if (!arena_stretch(b->arena, b->at, b->capacity, wider)) {
        char *copy = arena_take(b->arena, wider, 1);
        if (b->len) memcpy(copy, b->at, b->len);
        copy[b->len] = 0;
        b->at = copy;
    }
    b->capacity = wider;
    return b->at + b->len;
}

void buf_put_url(struct buf *b, struct text part)
{
    for (size_t i = 0; i < part.len; i++) {
        unsigned char ch = (unsigned char)part.at[i];
        bool is_plain = (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') ||
                        (ch >= '0' && ch <= '9') || (ch && strchr("-._~", ch));
        if (is_plain)
            buf_putc(b, (char)ch);
        else
            buf_printf(b, "%%%02X", ch);
    }
}

void buf_vprintf(struct buf *b, const char *fmt, va_list args)
{
    va_list again;
    va_copy(again, args);
    char *at = buf_space(b, 64);
    size_t room = b->capacity - b->len;
    int n = vsnprintf(at, room, fmt, args);
    if (n > 0 && (size_t)n >= room) {
        at = buf_space(b, (size_t)n);
        vsnprintf(at, (size_t)n + 1, fmt, again);
    }
    va_end(again);
    if (n > 0) b->len += (size_t)n;
}

void buf_printf(struct buf *b, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    buf_vprintf(b, fmt, args);
    va_end(args);
}

void buf_put_i64(struct buf *b, int64_t n)
{
    static const char pairs[] =
        "00010203040506070809101112131415161718192021222324252627282930313233"
        "34353637383940414243444546474849505152535455565758596061626364656667"
        "6869707172737475767778798081828384858687888990919293949596979899";
    char digits[24];
    size_t at = sizeof digits;
    uint64_t left = n < 0 ? 0 - (uint64_t)n : (uint64_t)n;
    for (; left >= 10; left /= 100) memcpy(digits + (at -= 2), pairs + left % 100 * 2, 2);
    if (left || at == sizeof digits) digits[--at] = (char)('0' + left);
    if (n < 0) digits[--at] = '-';
    buf_put(b, (struct text){digits + at, sizeof digits - at});
}

struct text buf_text(const struct buf *b)
{
    if (b->at) b->at[b->len] = 0; /* who wrote into the space did not */
    return (struct text){b->at, b->len};
}
