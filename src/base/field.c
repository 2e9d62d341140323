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
