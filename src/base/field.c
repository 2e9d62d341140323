#include "base/field.h"

#include "base/arena.h"

#include <assert.h>
#include <string.h>

const char *word_of(const struct words *w, int64_t value)
{
    return value >= 0 && (size_t)value < w->count ? w->at[value] : "?";
}

int32_t word_find(const struct words *w, struct text word)
{
    for (size_t i = 0; i < w->count; i++)
        if (text_is(word, w->at[i])) return (int32_t)i;
    return -1;
}

const struct field *field_find(const struct fields *f, struct text json_name)
{
    for (size_t i = 0; i < f->count; i++)
        if (text_is(json_name, f->at[i].json)) return &f->at[i];
    return NULL;
}

static void *member(const struct field *f, const void *record)
{
    return (char *)(uintptr_t)record + f->offset;
}

int64_t field_i64(const struct field *f, const void *record)
{
    const void *at = member(f, record);
    switch ((enum field_kind)f->kind) {
    case F_I64:
    case F_ID:
    case F_INSTANT:
    case F_DAY: {
        int64_t n;
        memcpy(&n, at, sizeof n);
        return n;
    }
    case F_I32:
    case F_ENUM:
    case F_FLAGS: {
        int32_t n;
        memcpy(&n, at, sizeof n);
        return n;
    }
    case F_BOOL: return *(const bool *)at;
    case F_TEXT:
    case F_MONEY:
    case F_RECORD:
    case F_LIST:
    case F_JSON: break;
    }
    assert(0 && "not a number");
    return NONE;
}

void field_set_i64(const struct field *f, void *record, int64_t value)
{
    void *at = member(f, record);
    switch ((enum field_kind)f->kind) {
    case F_I64:
    case F_ID:
    case F_INSTANT:
    case F_DAY: memcpy(at, &value, sizeof value); return;
    case F_I32:
    case F_ENUM:
    case F_FLAGS: {
        int32_t narrow = value == NONE ? -1 : (int32_t)value;
        memcpy(at, &narrow, sizeof narrow);
        return;
    }
    case F_BOOL: *(bool *)at = value == 1; return;
    case F_TEXT:
    case F_MONEY:
    case F_RECORD:
    case F_LIST:
    case F_JSON: break;
    }
    assert(0 && "not a number");
}

void record_clear(const struct fields *f, void *record)
{
    for (size_t i = 0; i < f->count; i++) {
        const struct field *at = &f->at[i];
        bool is_date = at->kind == F_INSTANT || at->kind == F_DAY;
        if (!(at->flags & F_NULL) && !is_date) continue;
        if (at->kind == F_MONEY)
            ((struct money *)member(at, record))->minor = NONE;
        else if (at->kind != F_TEXT && at->kind != F_RECORD && at->kind != F_LIST &&
                 at->kind != F_JSON && at->kind != F_BOOL)
            field_set_i64(at, record, NONE);
    }
}

/* --- what is given --------------------------------------------------------------------------- */

static void put_sized(struct buf *b, struct text t)
{
    buf_put_i64(b, (int64_t)t.len);
    buf_putc(b, ':');
    buf_put(b, t);
}

static void put_items(struct buf *b, const struct fields *of, const struct list *l)
{
    const char *at = l->at;
    buf_putc(b, '[');
    for (size_t i = 0; i < l->count; i++) {
        if (of)
            record_put_given(b, of, at + i * of->size);
        else
            put_sized(b, ((const struct text *)l->at)[i]);
    }
    buf_putc(b, ']');
}

static bool is_given(const struct field *f, const void *at)
{
    switch ((enum field_kind)f->kind) {
    case F_TEXT:
    case F_JSON: return ((const struct text *)at)->at;
    case F_MONEY: {
        const struct money *m = at;
        return m->currency[0] && m->minor != NONE;
    }
    case F_LIST: return ((const struct list *)at)->count;
    case F_RECORD: return *(void *const *)at;
    case F_BOOL: return *(const bool *)at;
    case F_I32:
    case F_ENUM:
    case F_FLAGS: return *(const int32_t *)at != (f->flags & F_NULL ? -1 : 0);
    case F_I64:
    case F_ID:
    case F_INSTANT:
    case F_DAY: break;
    }
    int64_t n = *(const int64_t *)at;
    return n != NONE && (n || f->flags & F_NULL || f->kind == F_DAY || f->kind == F_INSTANT);
}

void record_put_given(struct buf *b, const struct fields *f, const void *record)
{
    buf_putc(b, '{');
    for (size_t i = 0; i < f->count; i++) {
        const struct field *one = &f->at[i];
        const void *at = member(one, record);
        if (one->flags & F_SECRET || !is_given(one, at)) continue;
        buf_puts(b, one->json);
        buf_putc(b, '=');
        switch ((enum field_kind)one->kind) {
        case F_TEXT:
        case F_JSON: put_sized(b, *(const struct text *)at); continue;
        case F_MONEY:
            buf_put_i64(b, ((const struct money *)at)->minor);
            buf_puts(b, ((const struct money *)at)->currency);
            continue;
        case F_LIST: put_items(b, one->of, at); continue;
        case F_RECORD: record_put_given(b, one->of, *(void *const *)at); continue;
        case F_I64:
        case F_I32:
        case F_BOOL:
        case F_ID:
        case F_INSTANT:
        case F_DAY:
        case F_ENUM:
        case F_FLAGS: break;
        }
        buf_put_i64(b, field_i64(one, record));
        buf_putc(b, ';');
    }
    buf_putc(b, '}');
}

/* --- lines ----------------------------------------------------------------------------------- */

static void put_escaped(struct buf *b, struct text t)
{
    for (size_t i = 0; i < t.len; i++) {
        char c = t.at[i];
        if (c == '\t' || c == '\n' || c == '\\') {
            buf_putc(b, '\\');
            c = c == '\t' ? 't' : c == '\n' ? 'n' : '\\';
        }
        buf_putc(b, c);
    }
}

struct text record_to_line(struct arena *a, const struct fields *f, const void *record)
{
    struct buf b = buf_new(a);
    for (size_t i = 0; i < f->count; i++) {
        const struct field *at = &f->at[i];
        if (i) buf_putc(&b, '\t');
        if (at->kind == F_TEXT || at->kind == F_JSON) {
            struct text t = *(const struct text *)member(at, record);
            if (t.at)
                put_escaped(&b, t);
            else
                buf_puts(&b, "\\N");
        } else {
            int64_t n = field_i64(at, record);
            if (n == NONE)
                buf_puts(&b, "\\N");
            else
                buf_put_i64(&b, n);
        }
    }
    return buf_text(&b);
}

static struct text unescape(struct arena *a, struct text t)
{
    char *copy = arena_new(a, char, t.len + 1);
    size_t n = 0;
    for (size_t i = 0; i < t.len; i++) {
        char c = t.at[i];
        if (c == '\\' && i + 1 < t.len) {
            c = t.at[++i];
            c = c == 't' ? '\t' : c == 'n' ? '\n' : c;
        }
        copy[n++] = c;
    }
    return (struct text){copy, n};
}

bool record_from_line(struct arena *a, const struct fields *f, struct text line, void *record)
{
    record_clear(f, record);
    struct text rest = line;
    for (size_t i = 0; i < f->count && rest.at; i++) {
        const struct field *at = &f->at[i];
        struct text value = text_split(rest, '\t', &rest);
        bool absent = text_eq(value, T("\\N"));
        if (at->kind == F_TEXT || at->kind == F_JSON) {
            *(struct text *)member(at, record) = absent ? (struct text){0} : unescape(a, value);
            continue;
        }
        int64_t n = NONE;
        if (!absent && !text_to_i64(value, &n)) return false;
        field_set_i64(at, record, n);
    }
    return true;
}
