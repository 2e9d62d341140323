/* What a field accepts, and how a refusal is worded: what was wanted; what was sent shortened, and
   never for a secret. */
#include "wire/json_value.h"

#include "base/arena.h"
#include "base/card.h"
#include "base/guess.h"
#include "base/source.h"
#include "base/time.h"
#include "wire/json.h"

#include <assert.h>
#include <string.h>

enum {
    SHOWN_MAX = 40, /* characters of what was sent, in messages */
};

/* --- rules the schema shares ----------------------------------------------------------------- */

bool field_is_nullable(const struct field *f)
{
    if (f->flags & F_NULL) return true;
    bool has_absence = f->kind == F_TEXT || f->kind == F_JSON || f->kind == F_MONEY ||
                       f->kind == F_RECORD || f->kind == F_LIST || f->kind == F_INSTANT ||
                       f->kind == F_DAY;
    return has_absence && !(f->flags & F_REQUIRED);
}

void field_range(const struct field *f, int64_t *min, int64_t *max)
{
    bool is_stated = f->min < f->max;
    *min = is_stated ? f->min : -JSON_NUMBER_MAX;
    *max = is_stated ? f->max : JSON_NUMBER_MAX;
    if (f->kind == F_INSTANT && !is_stated) {
        *min = civil_to_day(1, 1, 1) * DAY_US;
        *max = civil_to_day(9999, 12, 31) * DAY_US + DAY_US - 1;
    }
    if (f->kind == F_I32) {
        if (*min < INT32_MIN) *min = INT32_MIN;
        if (*max > INT32_MAX) *max = INT32_MAX;
        if (f->flags & F_NULL && *min == -1) *min = 0;
    }
}

int64_t field_most(const struct field *f)
{
    if (f->max > 0) return f->max;
    return f->kind == F_LIST ? JSON_LIST_MAX : JSON_TEXT_MAX;
}

/* --- messages -------------------------------------------------------------------------------- */

static const char *shown(struct ctx *c, struct text t)
{
    size_t n = 0, chars = 0;
    while (n < t.len && chars < SHOWN_MAX) {
        n++;
        while (n < t.len && ((unsigned char)t.at[n] & 0xC0) == 0x80) n++;
        chars++;
    }
    return text_cstr(c->arena,
                     n < t.len ? text_printf(c->arena, "%.*s...", (int)n, t.at) : text_head(t, n));
}

enum err value_wrong_type(struct ctx *c, const char *name, const char *wanted, const char *got)
{
    return fail_at(c, ERR_INVALID, "wrong_type", name, "want %s, got %s", wanted, got);
}

enum err value_wrong(struct ctx *c, const struct field *f, const char *name, struct text t,
                     const char *wanted)
{
    if (f->flags & F_SECRET)
        return fail_at(c, ERR_INVALID, "invalid_value", name, "this is not %s", wanted);
    return fail_at(c, ERR_INVALID, "invalid_value", name, "\"%s\" is not %s", shown(c, t), wanted);
}

enum err value_missing(struct ctx *c, const char *name, const char *detail)
{
    return fail_at(c, ERR_INVALID, "required", name, "%s", detail);
}

/* "known: a, b, c", cut at a whole word. */
static enum err hint_names(struct ctx *c, struct text sent, const char *const *names, size_t count)
{
    const char *best = guess_word(sent, names, count);
    struct buf b = buf_new(c->arena);
    if (best) buf_printf(&b, "did you mean \"%s\"? ", best);
    buf_puts(&b, "one of: ");
    for (size_t i = 0; i < count; i++) {
        if (b.len + strlen(names[i]) + 6 >= sizeof c->fault.hint) {
            buf_puts(&b, ", ...");
            break;
        }
        buf_printf(&b, "%s%s", i ? ", " : "", names[i]);
    }
    return hint(c, "%.*s", TEXT_ARG(buf_text(&b)));
}

enum err value_unknown_field(struct ctx *c, const struct fields *f, struct text key)
{
    size_t count = 0;
    const char **names = arena_new(c->arena, const char *, f->count + 1);
    for (size_t i = 0; i < f->count; i++)
        if (!(f->at[i].flags & F_OUT)) names[count++] = f->at[i].json;
    fail_at(c, ERR_INVALID, "unknown_field", shown(c, key), "%s has no field \"%s\"", f->name,
            shown(c, key));
    const char *best = guess_word(key, names, count);
    return best ? hint(c, "did you mean \"%s\"?", best) : hint_names(c, key, names, count);
}

enum err value_read_only(struct ctx *c, const struct field *f)
{
    fail_at(c, ERR_INVALID, "read_only_field", f->json, "\"%s\" is set by the system", f->json);
    return hint(c, "leave it out");
}

/* --- values from texts ----------------------------------------------------------------------- */

/* The place of a control character that may not stand in a text, or -1. */
static ptrdiff_t find_control(struct text t, unsigned *code)
{
    for (size_t i = 0; i < t.len; i++) {
        unsigned char ch = (unsigned char)t.at[i];
        unsigned char next = i + 1 < t.len ? (unsigned char)t.at[i + 1] : 0;
        bool is_high = ch == 0xC2 && next >= 0x80 && next <= 0x9F;
        if (!is_high && ((ch >= 0x20 && ch != 0x7F) || ch == '\n' || ch == '\t')) continue;
        *code = is_high ? next : ch;
        return (ptrdiff_t)i;
    }
    return -1;
}

/* Most texts are: their characters are their bytes, and none is a control character. */
static bool is_printable(struct text t)
{
    unsigned bad = 0;
    for (size_t i = 0; i < t.len; i++)
        bad |= (unsigned)((unsigned char)(t.at[i] - ' ') > '~' - ' ');
    return !bad;
}

static enum err check_characters(struct ctx *c, const char *name, struct text t, int64_t *chars)
{
    unsigned code = 0;
    *chars = (int64_t)t.len;
    if (is_printable(t)) return OK;
    if (!text_is_utf8(t)) return fail_at(c, ERR_INVALID, "invalid_value", name, "not UTF-8");
    ptrdiff_t at = find_control(t, &code);
    *chars = (int64_t)text_chars(t);
    if (at < 0) return OK;
    fail_at(c, ERR_INVALID, "invalid_value", name, "control character U+%04X at character %zu",
            code, text_chars(text_head(t, (size_t)at)) + 1);
    return hint(c, "of the control characters only line feed and tab may stand in a text");
}

enum err value_read_text(const struct reading *r, const struct field *f, const char *name,
                         struct text t, struct text *out)
{
    struct ctx *c = r->c;
    int64_t chars, most = field_most(f);
    TRY(check_characters(c, name, t, &chars));
    if (f->kind == F_LIST) most = JSON_TEXT_MAX;
    if (chars > most)
        return fail_at(c, ERR_INVALID, "too_long", name, "%lld characters, at most %lld",
                       (long long)chars, (long long)most);
    if (!chars && f->kind == F_TEXT && f->flags & F_REQUIRED && !r->is_reply)
        return value_missing(c, name, "may not be empty");
    if (f->flags & F_FREE && !r->is_reply && card_number_in(t)) {
        fail_at(c, ERR_INVALID, "pan_not_accepted", name, "this holds a card number");
        return hint(c, "send the provider's token; card numbers are not kept here");
    }
    *out = text_copy(c->arena, t);
    return OK;
}

enum err value_check_range(struct ctx *c, const struct field *f, const char *name, int64_t n,
                           struct text written)
{
    int64_t min, max;
    field_range(f, &min, &max);
    bool is_absence = n == -1 && f->kind == F_I32 && f->flags & F_NULL;
    if (n >= min && n <= max && !is_absence) return OK;
    if (f->flags & F_SECRET) written = T("this");
    fail_at(c, ERR_INVALID, "out_of_range", name, "%s is out of range", shown(c, written));
    struct text from, to;
    if (f->kind == F_INSTANT) {
        from = instant_text(c->arena, min);
        to = instant_text(c->arena, max);
    } else if (f->kind == F_DAY) {
        from = day_text(c->arena, min);
        to = day_text(c->arena, max);
    } else {
        from = text_printf(c->arena, "%lld", (long long)min);
        to = text_printf(c->arena, "%lld", (long long)max);
    }
    return hint(c, "from %.*s to %.*s", TEXT_ARG(from), TEXT_ARG(to));
}

enum err value_read_word(struct ctx *c, const struct field *f, const char *name, struct text t,
                         int64_t *out)
{
    const struct words *words = f->of;
    *out = word_find(words, t);
    if (*out >= 0) return OK;
    value_wrong(c, f, name, t, "a word known here");
    return hint_names(c, t, words->at, words->count);
}

/* Kinds that are written as a text. */
enum err value_read_written(const struct reading *r, const struct field *f, struct text t,
                            bool is_query, void *record)
{
    struct ctx *c = r->c;
    int64_t n;
    void *at = (char *)record + f->offset;
    if (f->kind == F_TEXT) return value_read_text(r, f, f->json, t, at);
    if (f->kind == F_ENUM) {
        TRY(value_read_word(c, f, f->json, t, &n));
    } else if (f->kind == F_ID) {
        if (!id_parse(t, f->of, &n)) {
            value_wrong(c, f, f->json, t, "an identifier of this kind");
            return hint(c, "it looks like %s_ and 13 letters and digits", (const char *)f->of);
        }
    } else if (f->kind == F_INSTANT) {
        /* A day alone is an instant only where people type it. */
        if ((!is_query && t.len <= 10) || !instant_parse(t, &n)) {
            value_wrong(c, f, f->json, t, "an instant");
            return hint(c, "RFC 3339 with a zone: 2026-11-23T01:04:00Z");
        }
        TRY(value_check_range(c, f, f->json, n, t));
    } else {
        assert(f->kind == F_DAY);
        if (!day_parse(t, &n)) {
            value_wrong(c, f, f->json, t, "a day of the calendar");
            return hint(c, "write it as 2026-11-23");
        }
        if (f->min < f->max) TRY(value_check_range(c, f, f->json, n, t));
    }
    field_set_i64(f, record, n);
    return OK;
}
