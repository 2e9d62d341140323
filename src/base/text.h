/* base/text.h: slices of UTF-8 and a buffer to write them.
 *
 * A text never owns what it shows and is not NUL-terminated; it lives as long as its arena.
 * `at == NULL` is the absent text (null in JSON and SQL); an empty text has len 0 and some `at`. */
#pragma once

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct arena;

struct text {
    const char *at;
    size_t len;
};

#define T(literal) ((struct text){"" literal, sizeof(literal) - 1})
#define TEXT_ARG(t) (int)(t).len, (t).at ? (t).at : "" /* for "%.*s" */

/* Borrows; NULL gives the absent text. */
static inline struct text text_of(const char *cstr)
{
    return cstr ? (struct text){cstr, strlen(cstr)} : (struct text){0};
}
struct text text_copy(struct arena *a, struct text t);
const char *text_cstr(struct arena *a, struct text t); /* NUL-terminated copy, never NULL */
struct text text_printf(struct arena *a, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

static inline bool text_eq(struct text a, struct text b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0);
}
static inline bool text_is(struct text a, const char *cstr) { return text_eq(a, text_of(cstr)); }
bool text_eq_nocase(struct text a, struct text b); /* ASCII letters only */
int text_cmp(struct text a, struct text b);        /* bytewise, like the databases' C collation */
bool text_ends(struct text t, struct text suffix);
/* Absent, or nothing in it. */
static inline bool text_empty(struct text t) { return t.len == 0; }

struct text text_trim(struct text t); /* ASCII white space at both ends */
static inline struct text text_head(struct text t, size_t n)
{
    return (struct text){t.at, n < t.len ? n : t.len};
}
static inline struct text text_skip(struct text t, size_t n)
{
    if (n > t.len) n = t.len;
    return t.at ? (struct text){t.at + n, t.len - n} : t;
}
static inline bool text_starts(struct text t, struct text prefix)
{
    return t.len >= prefix.len && text_eq(text_head(t, prefix.len), prefix);
}
/* The part before the first `at`; `*rest` is what follows it (absent when there was none). */
struct text text_split(struct text t, char at, struct text *rest);
ptrdiff_t text_find(struct text t, struct text needle); /* offset or -1 */
struct text text_lower(struct arena *a, struct text t); /* ASCII letters only */
struct text text_upper(struct arena *a, struct text t);
struct text text_spaced(struct arena *a,
                        struct text t); /* a word of ours to read: '_' and '.' are spaces */

bool text_is_utf8(struct text t); /* well-formed, no surrogates, no overlong forms */
size_t text_chars(struct text t); /* code points */

/* Whole text as a decimal integer; false when it is anything else or does not fit. */
bool text_to_i64(struct text t, int64_t *out);

/* A growing text in an arena. Always NUL-terminated behind `len`. */
struct buf {
    struct arena *arena;
    char *at;
    size_t len, capacity;
};

struct buf buf_new(struct arena *a);
char *buf_widen(struct buf *b, size_t n);
/* Room for n more bytes behind len; len unchanged. */
static inline char *buf_space(struct buf *b, size_t n)
{
    return b->len + n + 1 > b->capacity ? buf_widen(b, n) : b->at + b->len;
}
static inline void buf_put(struct buf *b, struct text t)
{
    char *at = buf_space(b, t.len);
    if (t.len) memcpy(at, t.at, t.len);
    at[t.len] = 0;
    b->len += t.len;
}
static inline void buf_puts(struct buf *b, const char *cstr) { buf_put(b, text_of(cstr)); }
static inline void buf_putc(struct buf *b, char c)
{
    char *at = buf_space(b, 1);
    at[0] = c;
    at[1] = 0;
    b->len++;
}
void buf_printf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void buf_vprintf(struct buf *b, const char *fmt, va_list args)
    __attribute__((format(printf, 2, 0)));
void buf_put_i64(struct buf *b, int64_t n);
void buf_put_url(struct buf *b, struct text part); /* percent-encoded, RFC 3986 */
struct text buf_text(const struct buf *b);         /* valid until the next write */
