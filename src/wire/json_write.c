/* Records as JSON, straight into a buffer. */
#include "wire/json.h"

#include "base/arena.h"
#include "base/source.h"
#include "base/time.h"

#include <string.h>

static const char hex[] = "0123456789abcdef";

static void put_unit(struct buf *b, unsigned unit)
{
    char escape[6] = {
        '\\', 'u', hex[unit >> 12 & 15], hex[unit >> 8 & 15], hex[unit >> 4 & 15], hex[unit & 15]};
    buf_put(b, (struct text){escape, sizeof escape});
}

/* Put one byte that may not stand as it is. */
static void put_escape(struct buf *b, char c)
{
    switch (c) {
    case '"': buf_puts(b, "\\\""); return;
    case '\\': buf_puts(b, "\\\\"); return;
    case '\n': buf_puts(b, "\\n"); return;
    case '\r': buf_puts(b, "\\r"); return;
    case '\t': buf_puts(b, "\\t"); return;
    default: put_unit(b, (unsigned char)c);
    }
}

/* U+2028 and U+2029 end a line in older JavaScript. */
static bool is_line_separator(struct text t)
{
    return t.len >= 3 && memcmp(t.at, "\xE2\x80", 2) == 0 &&
           (t.at[2] == '\xA8' || t.at[2] == '\xA9');
}

static void put_inside(struct buf *b, struct text t)
{
    size_t from = 0;
    for (size_t i = 0; i < t.len; i++) {
        unsigned char c = (unsigned char)t.at[i];
        bool is_separator = c == 0xE2 && is_line_separator(text_skip(t, i));
        if (c >= 0x20 && c != '"' && c != '\\' && c != '<' && c != 0x7F && !is_separator) continue;
        buf_put(b, (struct text){t.at + from, i - from});
        if (is_separator) {
            put_unit(b, t.at[i + 2] == '\xA8' ? 0x2028 : 0x2029);
            i += 2;
        } else {
            put_escape(b, t.at[i]);
        }
        from = i + 1;
    }
    buf_put(b, text_skip(t, from));
}

/* Keep what is UTF-8, character by character; the rest becomes U+FFFD. */
static void put_repaired(struct buf *b, struct text t)
{
    while (t.len) {
        size_t n = 1;
        while (n <= 4 && n <= t.len && !text_is_utf8(text_head(t, n))) n++;
        bool is_good = n <= 4 && n <= t.len;
        put_inside(b, is_good ? text_head(t, n) : T("\xEF\xBF\xBD"));
        t = text_skip(t, is_good ? n : 1);
    }
}

/* Most texts are: ASCII that stands as it is. */
static bool is_plain(struct text t)
{
    unsigned bad = 0;
    for (size_t i = 0; i < t.len; i++) {
        unsigned char c = (unsigned char)t.at[i];
        bad |= (unsigned)(c < ' ') | (unsigned)(c > '~') | (unsigned)(c == '"') |
               (unsigned)(c == '\\') | (unsigned)(c == '<');
    }
    return !bad;
}

static void put_quoted(struct buf *b, struct text t)
{
    char *at = buf_space(b, t.len + 2);
    at[0] = '"';
    if (t.len) memcpy(at + 1, t.at, t.len);
    at[t.len + 1] = '"';
    at[t.len + 2] = 0;
    b->len += t.len + 2;
}

void json_put_text(struct buf *b, struct text t)
{
    if (!t.at) {
        buf_puts(b, "null");
        return;
    }
    if (is_plain(t)) {
        put_quoted(b, t);
        return;
    }
    buf_putc(b, '"');
    if (text_is_utf8(t))
        put_inside(b, t);
    else
        put_repaired(b, t);
    buf_putc(b, '"');
}

/* In a JSON value '<' and U+2028 stand only inside strings, so they can be escaped anywhere. */
static void put_raw(struct buf *b, struct text t)
{
    if (text_empty(t)) {
        buf_puts(b, "null");
        return;
    }
    size_t from = 0;
    for (size_t i = 0; i < t.len; i++) {
        bool is_separator = t.at[i] == '\xE2' && is_line_separator(text_skip(t, i));
        if (t.at[i] != '<' && !is_separator) continue;
        buf_put(b, (struct text){t.at + from, i - from});
        put_unit(b, !is_separator ? '<' : t.at[i + 2] == '\xA8' ? 0x2028 : 0x2029);
        i += is_separator ? 2 : 0;
        from = i + 1;
    }
    buf_put(b, text_skip(t, from));
}

static void put_flags(struct buf *b, const struct words *words, int64_t set)
{
    bool any = false;
    buf_putc(b, '[');
    for (size_t i = 0; i < words->count; i++) {
        if (!(set >> i & 1)) continue;
        if (any) buf_putc(b, ',');
        any = true;
        json_put_text(b, text_of(words->at[i]));
    }
    buf_putc(b, ']');
}

static void put_money(struct buf *b, struct money m)
{
    if (m.minor == NONE || !m.currency[0]) {
        buf_puts(b, "null");
        return;
    }
    buf_puts(b, "{\"amount\":");
    buf_put_i64(b, m.minor);
    buf_puts(b, ",\"currency\":");
    json_put_text(b, text_of(m.currency));
    buf_putc(b, '}');
}

static void put_number(struct buf *b, const struct field *f, int64_t n)
{
    bool is_narrow = f->kind == F_I32 || f->kind == F_ENUM || f->kind == F_FLAGS;
    bool is_nobody = n == 0 && f->kind == F_ID && f->flags & F_NULL; /* identifiers begin at 1 */
    if (n == NONE || is_nobody || (n == -1 && is_narrow && f->flags & F_NULL)) {
        buf_puts(b, "null");
        return;
    }
    switch ((enum field_kind)f->kind) {
    case F_BOOL: buf_puts(b, n ? "true" : "false"); return;
    case F_ID: json_put_text(b, id_text(b->arena, f->of, n)); return;
    case F_INSTANT: json_put_text(b, instant_text(b->arena, n)); return;
    case F_DAY: json_put_text(b, day_text(b->arena, n)); return;
    case F_ENUM: json_put_text(b, text_of(word_of(f->of, n))); return;
    case F_FLAGS: put_flags(b, f->of, n); return;
    case F_I64:
    case F_I32:
    case F_TEXT:
    case F_MONEY:
    case F_RECORD:
    case F_LIST:
    case F_JSON: break;
    }
    buf_put_i64(b, n);
}

static void put_field(struct buf *b, const struct field *f, const void *record)
{
    const char *at = (const char *)record + f->offset;
    switch ((enum field_kind)f->kind) {
    case F_TEXT: json_put_text(b, *(const struct text *)(const void *)at); return;
    case F_JSON: put_raw(b, *(const struct text *)(const void *)at); return;
    case F_MONEY: put_money(b, *(const struct money *)(const void *)at); return;
    case F_LIST: rows_put_json(b, f->of, *(const struct list *)(const void *)at); return;
    case F_RECORD: {
        const void *inner;
        memcpy(&inner, at, sizeof inner);
        if (inner)
            record_put_json(b, f->of, inner);
        else
            buf_puts(b, "null");
        return;
    }
    case F_I64:
    case F_I32:
    case F_BOOL:
    case F_ID:
    case F_INSTANT:
    case F_DAY:
    case F_ENUM:
    case F_FLAGS: put_number(b, f, field_i64(f, record)); return;
    }
}

void record_put_json(struct buf *b, const struct fields *f, const void *record)
{
    bool any = false;
    buf_putc(b, '{');
    for (size_t i = 0; i < f->count; i++) {
        if (f->at[i].flags & F_SECRET) continue;
        if (any) buf_putc(b, ',');
        any = true;
        put_quoted(b, text_of(f->at[i].json));
        buf_putc(b, ':');
        put_field(b, &f->at[i], record);
    }
    buf_putc(b, '}');
}

struct text record_to_json(struct arena *a, const struct fields *f, const void *record)
{
    struct buf b = buf_new(a);
    record_put_json(&b, f, record);
    return buf_text(&b);
}

void rows_put_json(struct buf *b, const struct fields *f, struct list rows)
{
    const char *at = rows.at;
    buf_putc(b, '[');
    for (size_t i = 0; i < rows.count; i++) {
        if (i) buf_putc(b, ',');
        if (f)
            record_put_json(b, f, at + i * f->size);
        else
            json_put_text(b, ((const struct text *)rows.at)[i]);
    }
    buf_putc(b, ']');
}
