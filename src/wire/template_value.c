/* Values: reading them from records, wording them for people, escaping them for their place. */
#include "wire/template_value.h"

#include "base/source.h"
#include "base/time.h"

#include <stdio.h>
#include <string.h>

#define KIND(kind) (1u << (kind))
enum { NESTED = KIND(F_RECORD) | KIND(F_LIST) };

static const struct {
    const char *name;
    unsigned kinds;
} pipes[PIPE_COUNT] = {
    [NO_PIPE] = {"", ~(unsigned)NESTED}, [DATE] = {"date", KIND(F_INSTANT) | KIND(F_DAY)},
    [TIME] = {"time", KIND(F_INSTANT)},  [ISO] = {"iso", KIND(F_INSTANT) | KIND(F_DAY)},
    [MONEY] = {"money", KIND(F_MONEY)},  [AMOUNT] = {"amount", KIND(F_MONEY)},
    [LINES] = {"lines", KIND(F_TEXT)},   [URL] = {"url", ~(unsigned)NESTED},
    [HREF] = {"href", KIND(F_TEXT)},     [JSON] = {"json", ~(unsigned)NESTED},
};

const char *pipe_name(enum pipe pipe) { return pipes[pipe].name; }

bool pipe_fits(enum pipe pipe, enum field_kind kind) { return pipes[pipe].kinds & KIND(kind); }

static const void *member_at(const struct field *f, const void *record)
{
    return record ? (const char *)record + f->offset : NULL;
}

const void *slot_record(const struct slot *s)
{
    const void *at = s->field ? member_at(s->field, s->record) : NULL;
    return at ? *(const void *const *)at : NULL;
}

static int64_t slot_i64(const struct slot *s)
{
    if (!s->field) return s->number;
    if (!s->record) return NONE;
    int64_t n = field_i64(s->field, s->record);
    bool narrow = s->kind == F_ENUM || s->kind == F_FLAGS ||
                  (s->kind == F_I32 && (s->field->flags & F_NULL));
    return narrow && n == -1 ? NONE : n;
}

static struct text slot_text(const struct slot *s)
{
    if (!s->field) return s->item;
    const struct text *t = member_at(s->field, s->record);
    return t ? *t : (struct text){0};
}

static struct money slot_money(const struct slot *s)
{
    const struct money *m = member_at(s->field, s->record);
    return m ? *m : (struct money){.minor = NONE};
}

struct list slot_list(const struct slot *s)
{
    const struct list *l = member_at(s->field, s->record);
    return l ? *l : (struct list){0};
}

bool slot_is_there(const struct slot *s)
{
    switch (s->kind) {
    case F_I64:
    case F_I32:
    case F_BOOL:
    case F_ID:
    case F_INSTANT:
    case F_DAY:
    case F_FLAGS: {
        int64_t n = slot_i64(s);
        return n != NONE && n != 0;
    }
    case F_ENUM: return slot_i64(s) != NONE;
    case F_TEXT:
    case F_JSON: return slot_text(s).len > 0;
    case F_MONEY: return slot_money(s).minor != NONE && slot_money(s).minor != 0;
    case F_RECORD: return slot_record(s) != NULL;
    case F_LIST: return slot_list(s).count > 0;
    }
    return false;
}

static struct text date_text(struct arena *a, struct civil t)
{
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    return text_printf(a, "%d %s %d", t.day, months[(t.month + 11) % 12], t.year);
}

struct text template_date(struct arena *a, int64_t day)
{
    return date_text(a, civil_of_us(day * DAY_US));
}

static struct text instant_words(struct arena *a, int64_t us, enum pipe pipe)
{
    if (pipe == ISO) return instant_text(a, us);
    struct civil t = civil_of_us(us);
    struct text date = date_text(a, t);
    if (pipe == DATE) return date;
    struct text time = text_printf(a, "%02d:%02d UTC", t.hour, t.minute);
    if (pipe == TIME) return time;
    return text_printf(a, "%.*s, %.*s", TEXT_ARG(date), TEXT_ARG(time));
}

static void put_words(struct buf *b, const char *word)
{
    for (; *word; word++) buf_putc(b, *word == '_' ? ' ' : *word);
}

static struct text flags_text(struct arena *a, const struct words *w, int64_t bits)
{
    struct buf b = buf_new(a);
    for (size_t i = 0; i < w->count; i++) {
        if (!(bits >> i & 1)) continue;
        if (b.len) buf_puts(&b, ", ");
        put_words(&b, w->at[i]);
    }
    return buf_text(&b);
}

static struct text number_text(struct arena *a, const struct slot *s, enum pipe pipe)
{
    int64_t n = slot_i64(s);
    if (n == NONE) return (struct text){0};
    if (s->kind == F_BOOL) return n ? T("yes") : T("no");
    if (s->kind == F_INSTANT) return instant_words(a, n, pipe);
    if (s->kind == F_DAY)
        return pipe == ISO ? day_text(a, n) : date_text(a, civil_of_us(n * DAY_US));
    if (s->kind == F_ID) return id_text(a, s->field->of, n);
    if (s->kind == F_FLAGS) return flags_text(a, s->field->of, n);
    if (s->kind != F_ENUM) return text_printf(a, "%lld", (long long)n);
    struct buf b = buf_new(a);
    put_words(&b, word_of(s->field->of, n));
    return buf_text(&b);
}

/* A link may lead to the web, a mailbox, a telephone or this site: never to a script, and not to
   another host by "//", which browsers also see in "/\" and behind tabs. */
static struct text href_of(struct text t)
{
    static const char *const starts[] = {"https://", "http://", "mailto:", "tel:", "/", "?", "#"};
    struct text other = T("#");
    for (size_t i = 0; i < t.len; i++)
        if ((unsigned char)t.at[i] <= ' ' || t.at[i] == '\\' || t.at[i] == 0x7f) return other;
    if (text_starts(t, T("//"))) return other;
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++) {
        struct text start = text_of(starts[i]);
        if (text_eq_nocase(text_head(t, start.len), start)) return t;
    }
    return t.len ? other : t;
}

static struct text url_encode(struct arena *a, struct text t)
{
    struct buf b = buf_new(a);
    buf_put_url(&b, t);
    return buf_text(&b);
}

static struct text value_text(struct arena *a, const struct slot *s, enum pipe pipe)
{
    struct text t;
    if (s->kind == F_TEXT || s->kind == F_JSON) {
        t = slot_text(s);
    } else if (s->kind == F_MONEY) {
        struct money m = slot_money(s);
        if (m.minor == NONE || !m.currency[0]) return (struct text){0};
        t = pipe == AMOUNT ? money_amount(a, m.minor, m.currency)
                           : money_text(a, m.minor, m.currency);
    } else {
        t = number_text(a, s, pipe);
    }
    if (pipe == URL) return url_encode(a, t);
    return pipe == HREF ? href_of(t) : t;
}

static const char *html_escape(char c, enum pipe pipe)
{
    switch (c) {
    case '&': return "&amp;";
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '"': return "&quot;";
    case '\'': return "&#39;";
    case '\n': return pipe == LINES ? "<br>\n" : NULL;
    case 0: return "";
    default: return NULL;
    }
}

static const char *plain_escape(char c, enum pipe pipe)
{
    if (pipe == LINES && (c == '\n' || c == '\t')) return NULL;
    if (pipe == LINES && c == '\r') return "";
    return (unsigned char)c < ' ' || c == 0x7f ? " " : NULL;
}

/* Harmless inside a script element too: no <, > or &, and none of the line ends of JavaScript. */
static const char *json_escape(struct text t, size_t i, char *space, size_t size)
{
    unsigned char c = (unsigned char)t.at[i];
    if (c == '"') return "\\\"";
    if (c == '\\') return "\\\\";
    if (c == '\n') return "\\n";
    if (c < ' ' || c == '<' || c == '>' || c == '&' || c == '\'' || c == 0x7f) {
        snprintf(space, size, "\\u%04x", c);
        return space;
    }
    if (c == 0xe2 && i + 2 < t.len && (unsigned char)t.at[i + 1] == 0x80) {
        if ((unsigned char)t.at[i + 2] == 0xa8) return "\\u2028";
        if ((unsigned char)t.at[i + 2] == 0xa9) return "\\u2029";
    }
    return NULL;
}

static void put_escaped(struct buf *out, struct text t, enum template_escape escape, enum pipe pipe)
{
    char space[8];
    size_t from = 0;
    for (size_t i = 0; i < t.len; i++) {
        const char *as = NULL;
        size_t width = 1;
        if (escape == TEMPLATE_HTML) as = html_escape(t.at[i], pipe);
        if (escape == TEMPLATE_PLAIN) as = plain_escape(t.at[i], pipe);
        if (escape == TEMPLATE_JSON_IN_SCRIPT) {
            as = json_escape(t, i, space, sizeof space);
            if (as && (unsigned char)t.at[i] == 0xe2) width = 3;
        }
        if (!as) continue;
        buf_put(out, (struct text){t.at + from, i - from});
        buf_puts(out, as);
        i += width - 1;
        from = i + 1;
    }
    if (from < t.len) buf_put(out, text_skip(t, from));
}

static void put_json_text(struct buf *out, struct text t)
{
    buf_putc(out, '"');
    put_escaped(out, t, TEMPLATE_JSON_IN_SCRIPT, NO_PIPE);
    buf_putc(out, '"');
}

/* Valid JSON has these only inside its texts, where the escape means the same. */
static void put_json_value(struct buf *out, struct text t)
{
    for (size_t i = 0; i < t.len; i++) {
        if (strchr("<>&", t.at[i]))
            buf_printf(out, "\\u%04x", t.at[i]);
        else
            buf_putc(out, t.at[i]);
    }
}

static void put_json_flags(struct buf *out, const struct words *w, int64_t bits)
{
    const char *comma = "";
    buf_putc(out, '[');
    for (size_t i = 0; i < w->count; i++) {
        if (!(bits >> i & 1)) continue;
        buf_puts(out, comma);
        put_json_text(out, text_of(w->at[i]));
        comma = ",";
    }
    buf_putc(out, ']');
}

static void put_json(struct buf *out, const struct slot *s)
{
    struct text t = value_text(out->arena, s, ISO);
    int64_t n = s->kind == F_ENUM || s->kind == F_FLAGS || s->kind == F_BOOL ? slot_i64(s) : 0;
    if (!t.at || (s->kind == F_JSON && !t.len)) {
        buf_puts(out, "null");
    } else if (s->kind == F_JSON) {
        put_json_value(out, t);
    } else if (s->kind == F_FLAGS) {
        put_json_flags(out, s->field->of, n);
    } else if (s->kind == F_I64 || s->kind == F_I32) {
        buf_put(out, t);
    } else if (s->kind == F_BOOL) {
        buf_puts(out, n ? "true" : "false");
    } else if (s->kind == F_ENUM) {
        put_json_text(out, text_of(word_of(s->field->of, n)));
    } else if (s->kind == F_MONEY) {
        struct money m = slot_money(s);
        struct text amount = money_amount(out->arena, m.minor, m.currency);
        buf_printf(out, "{\"amount\":\"%.*s\",\"currency\":\"%.3s\"}", TEXT_ARG(amount),
                   m.currency);
    } else {
        put_json_text(out, t);
    }
}

void slot_put(struct buf *out, const struct slot *s, enum pipe pipe, enum template_escape escape)
{
    bool json = escape == TEMPLATE_JSON_IN_SCRIPT;
    if (pipe == JSON || (json && pipe == NO_PIPE)) {
        put_json(out, s);
        return;
    }
    struct text t = value_text(out->arena, s, pipe);
    if (json)
        put_json_text(out, t);
    else
        put_escaped(out, t, escape, pipe);
}
