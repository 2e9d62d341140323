/* Reading records from JSON and query strings. The text of a refusal says what was wanted; what was
   sent is shown shortened, and never for a secret. */
#include "wire/json.h"

#include "base/arena.h"
#include "base/source.h"
#include "base/time.h"
#include "wire/json_tree.h"

#include <assert.h>
#include <string.h>

enum {
    NAME_MAX_SHOWN = 40, /* characters of what was sent, in messages */
    GUESS_NAME_MAX = 47, /* longer names are not guessed at */
};

struct reading {
    struct ctx *c;
    bool is_patch; /* absent keeps what is there */
    bool is_reply; /* of another program: take what we know, skip the rest */
};

/* The text form of money; its range and currency are checked behind it. */
struct amount {
    int64_t amount;
    struct text currency;
};
static const struct field amount_table[] = {
    FIELD(struct amount, amount, .flags = F_REQUIRED),
    FIELD(struct amount, currency, .flags = F_REQUIRED),
};
static const struct fields amount_fields = FIELDS("money", struct amount, amount_table);

static enum err read_record(const struct reading *r, const struct fields *f, struct tree_node n,
                            void *record, bool *given);

/* --- rules the schema shares ----------------------------------------------------------------- */

bool field_is_nullable(const struct field *f)
{
    if (f->flags & F_NULL) return true;
    bool has_absence = f->kind == F_TEXT || f->kind == F_JSON || f->kind == F_MONEY ||
                       f->kind == F_RECORD;
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
    while (n < t.len && chars < NAME_MAX_SHOWN) {
        n++;
        while (n < t.len && ((unsigned char)t.at[n] & 0xC0) == 0x80) n++;
        chars++;
    }
    return text_cstr(c->arena, n < t.len ? text_printf(c->arena, "%.*s...", (int)n, t.at)
                                         : text_head(t, n));
}

static enum err wrong_type(struct ctx *c, const char *name, const char *wanted, const char *got)
{
    return fail_at(c, ERR_INVALID, "wrong_type", name, "want %s, got %s", wanted, got);
}

static enum err wrong_value(struct ctx *c, const struct field *f, const char *name, struct text t,
                            const char *wanted)
{
    if (f->flags & F_SECRET)
        return fail_at(c, ERR_INVALID, "invalid_value", name, "this is not %s", wanted);
    return fail_at(c, ERR_INVALID, "invalid_value", name, "\"%s\" is not %s", shown(c, t), wanted);
}

static enum err missing(struct ctx *c, const char *name, const char *detail)
{
    return fail_at(c, ERR_INVALID, "required", name, "%s", detail);
}

static size_t least(size_t a, size_t b) { return a < b ? a : b; }

/* Insertions, deletions, changes and swaps between two short names, letter case ignored. */
static size_t edit_distance(struct text a, struct text b)
{
    size_t rows[3][GUESS_NAME_MAX + 1];
    size_t *before = rows[0], *above = rows[1], *row = rows[2];
    for (size_t j = 0; j <= b.len; j++) above[j] = j;
    for (size_t i = 1; i <= a.len; i++) {
        row[0] = i;
        for (size_t j = 1; j <= b.len; j++) {
            bool same = text_eq_nocase(text_head(text_skip(a, i - 1), 1),
                                       text_head(text_skip(b, j - 1), 1));
            row[j] = least(least(above[j] + 1, row[j - 1] + 1), above[j - 1] + !same);
            if (i > 1 && j > 1 && a.at[i - 1] == b.at[j - 2] && a.at[i - 2] == b.at[j - 1])
                row[j] = least(row[j], before[j - 2] + 1);
        }
        size_t *oldest = before;
        before = above;
        above = row;
        row = oldest;
    }
    return above[b.len];
}

/* The nearest of the names when it is near enough to be a slip, or NULL. */
static const char *guess(struct text sent, const char *const *names, size_t count)
{
    const char *best = NULL;
    size_t nearest = sent.len / 3 + 2;
    if (sent.len > GUESS_NAME_MAX) return NULL;
    for (size_t i = 0; i < count; i++) {
        struct text name = text_of(names[i]);
        if (name.len > GUESS_NAME_MAX) continue;
        size_t distance = edit_distance(sent, name);
        if (distance >= nearest || distance >= name.len) continue;
        nearest = distance;
        best = names[i];
    }
    return best;
}

/* "known: a, b, c", cut at a whole word. */
static enum err hint_names(struct ctx *c, struct text sent, const char *const *names, size_t count)
{
    const char *best = guess(sent, names, count);
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

static enum err unknown_field(struct ctx *c, const struct fields *f, struct text key)
{
    size_t count = 0;
    const char **names = arena_new(c->arena, const char *, f->count + 1);
    for (size_t i = 0; i < f->count; i++)
        if (!(f->at[i].flags & F_OUT)) names[count++] = f->at[i].json;
    fail_at(c, ERR_INVALID, "unknown_field", shown(c, key), "%s has no field \"%s\"", f->name,
            shown(c, key));
    const char *best = guess(key, names, count);
    return best ? hint(c, "did you mean \"%s\"?", best) : hint_names(c, key, names, count);
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

static enum err read_text(const struct reading *r, const struct field *f, const char *name,
                          struct text t, struct text *out)
{
    struct ctx *c = r->c;
    unsigned code = 0;
    if (!text_is_utf8(t)) return fail_at(c, ERR_INVALID, "invalid_value", name, "not UTF-8");
    ptrdiff_t at = find_control(t, &code);
    if (at >= 0) {
        fail_at(c, ERR_INVALID, "invalid_value", name, "control character U+%04X at character %zu",
                code, text_chars(text_head(t, (size_t)at)) + 1);
        return hint(c, "of the control characters only line feed and tab may stand in a text");
    }
    int64_t chars = (int64_t)text_chars(t), most = field_most(f);
    if (f->kind == F_LIST) most = JSON_TEXT_MAX;
    if (chars > most)
        return fail_at(c, ERR_INVALID, "too_long", name, "%lld characters, at most %lld",
                       (long long)chars, (long long)most);
    if (!chars && f->kind == F_TEXT && f->flags & F_REQUIRED && !r->is_reply)
        return missing(c, name, "may not be empty");
    *out = text_copy(c->arena, t);
    return OK;
}

static enum err check_range(struct ctx *c, const struct field *f, const char *name, int64_t n,
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

static enum err read_word(struct ctx *c, const struct field *f, const char *name, struct text t,
                          int64_t *out)
{
    const struct words *words = f->of;
    *out = word_find(words, t);
    if (*out >= 0) return OK;
    wrong_value(c, f, name, t, "a word known here");
    return hint_names(c, t, words->at, words->count);
}

/* Kinds that are written as a text. */
static enum err read_written(const struct reading *r, const struct field *f, struct text t,
                             bool is_query, void *record)
{
    struct ctx *c = r->c;
    int64_t n;
    if (f->kind == F_TEXT)
        return read_text(r, f, f->json, t, (struct text *)(void *)((char *)record + f->offset));
    if (f->kind == F_ENUM) {
        TRY(read_word(c, f, f->json, t, &n));
    } else if (f->kind == F_ID) {
        if (!id_parse(t, f->of, &n)) {
            wrong_value(c, f, f->json, t, "an identifier of this kind");
            return hint(c, "it looks like %s_ and 13 letters and digits", (const char *)f->of);
        }
    } else if (f->kind == F_INSTANT) {
        /* A day alone is an instant only where people type it. */
        if ((!is_query && t.len <= 10) || !instant_parse(t, &n)) {
            wrong_value(c, f, f->json, t, "an instant");
            return hint(c, "RFC 3339 with a zone: 2026-11-23T01:04:00Z");
        }
        TRY(check_range(c, f, f->json, n, t));
    } else {
        assert(f->kind == F_DAY);
        if (!day_parse(t, &n)) {
            wrong_value(c, f, f->json, t, "a day of the calendar");
            return hint(c, "write it as 2026-11-23");
        }
        if (f->min < f->max) TRY(check_range(c, f, f->json, n, t));
    }
    field_set_i64(f, record, n);
    return OK;
}

/* --- values from JSON ------------------------------------------------------------------------ */

static enum err read_number(struct ctx *c, const struct field *f, struct tree_node n, void *record)
{
    int64_t value;
    if (!json_is_number(n.json)) return wrong_type(c, f->json, "a whole number", tree_kind(n));
    switch (number_read(c->arena, n.raw, &value)) {
    case NUMBER_FRACTION:
        return wrong_type(c, f->json, "a whole number", "one with a fraction");
    case NUMBER_TOO_BIG: value = n.raw.at[0] == '-' ? INT64_MIN : INT64_MAX; break;
    case NUMBER_WHOLE: break;
    }
    TRY(check_range(c, f, f->json, value, n.raw));
    field_set_i64(f, record, value);
    return OK;
}

static enum err read_flags(struct ctx *c, const struct field *f, struct tree_node n, void *record)
{
    if (!json_is_array(n.json)) return wrong_type(c, f->json, "an array of words", tree_kind(n));
    struct tree_walk w = tree_walk(n);
    struct text key;
    struct tree_node item;
    int64_t set = 0, bit;
    while (tree_next(&w, &key, &item)) {
        const char *name =
            text_cstr(c->arena, text_printf(c->arena, "%s[%zu]", f->json, w.index - 1));
        if (!json_is_string(item.json)) return wrong_type(c, name, "a word", tree_kind(item));
        TRY(read_word(c, f, name, tree_text(item), &bit));
        if (set >> bit & 1) return wrong_value(c, f, name, tree_text(item), "given only once");
        set |= INT64_C(1) << bit;
    }
    field_set_i64(f, record, set);
    return OK;
}

static enum err read_money(const struct reading *r, const struct field *f, struct tree_node n,
                           struct money *out)
{
    struct ctx *c = r->c;
    struct amount was = {0};
    bool has_money = out->currency[0] && out->minor != NONE;
    if (!json_is_object(n.json)) {
        wrong_type(c, f->json, "money", tree_kind(n));
        return hint(c, "in minor units: {\"amount\": 1999, \"currency\": \"GBP\"}");
    }
    struct reading inner = *r;
    inner.is_patch = r->is_patch && has_money;
    if (inner.is_patch) was = (struct amount){out->minor, text_of(out->currency)};
    enum err e = read_record(&inner, &amount_fields, n, &was, NULL);
    if (e != OK) return fail_under(c, e, "%s", f->json);
    const char *currency = text_cstr(c->arena, text_upper(c->arena, was.currency));
    if (was.currency.len != 3 || !currency_known(currency)) {
        wrong_value(c, f, "currency", was.currency, "a currency");
        hint(c, "three letters of ISO 4217, like GBP, EUR or USD");
        return fail_under(c, ERR_INVALID, "%s", f->json);
    }
    e = check_range(c, f, "amount", was.amount, text_printf(c->arena, "%lld", (long long)was.amount));
    if (e != OK) return fail_under(c, e, "%s", f->json);
    *out = money(was.amount, currency);
    return OK;
}

static enum err read_list(const struct reading *r, const struct field *f, struct tree_node n,
                          struct list *out)
{
    struct ctx *c = r->c;
    const struct fields *of = f->of;
    if (!json_is_array(n.json)) return wrong_type(c, f->json, "an array", tree_kind(n));
    int64_t count = (int64_t)json_array_size(n.json);
    if (count > field_most(f))
        return fail_at(c, ERR_INVALID, "too_long", f->json, "%lld items, at most %lld",
                       (long long)count, (long long)field_most(f));
    struct reading whole = {.c = c, .is_reply = r->is_reply};
    size_t size = of ? of->size : sizeof(struct text);
    char *at = arena_alloc(c->arena, size * (size_t)count + 1, alignof(max_align_t));
    struct tree_walk w = tree_walk(n);
    struct text key;
    struct tree_node item;
    for (size_t i = 0; tree_next(&w, &key, &item); i++) {
        enum err e;
        void *to = at + i * size;
        if (of) {
            record_clear(of, to);
            e = read_record(&whole, of, item, to, NULL);
        } else if (json_is_string(item.json)) {
            e = read_text(&whole, f, "", tree_text(item), to);
        } else {
            e = wrong_type(c, "", "a text", tree_kind(item));
        }
        if (e != OK) return fail_under(c, e, "%s[%zu]", f->json, i);
    }
    *out = (struct list){count ? at : NULL, (size_t)count};
    return OK;
}

static enum err read_inner(const struct reading *r, const struct field *f, struct tree_node n,
                           void **out)
{
    const struct fields *of = f->of;
    void *inner = arena_alloc(r->c->arena, of->size, alignof(max_align_t));
    struct reading here = *r;
    here.is_patch = r->is_patch && *out;
    if (here.is_patch)
        memcpy(inner, *out, of->size);
    else
        record_clear(of, inner);
    enum err e = read_record(&here, of, n, inner, NULL);
    if (e != OK) return fail_under(r->c, e, "%s", f->json);
    *out = inner;
    return OK;
}

static enum err read_raw(struct ctx *c, const struct field *f, struct tree_node n, struct text *out)
{
    if ((int64_t)n.raw.len > field_most(f))
        return fail_at(c, ERR_INVALID, "too_long", f->json, "%zu bytes of JSON, at most %lld",
                       n.raw.len, (long long)field_most(f));
    *out = text_copy(c->arena, n.raw);
    return OK;
}

static void clear_field(const struct field *f, void *record)
{
    void *at = (char *)record + f->offset;
    switch ((enum field_kind)f->kind) {
    case F_TEXT:
    case F_JSON: *(struct text *)at = (struct text){0}; return;
    case F_MONEY: *(struct money *)at = (struct money){.minor = f->flags & F_NULL ? NONE : 0}; return;
    case F_RECORD: memset(at, 0, sizeof(void *)); return;
    case F_LIST: *(struct list *)at = (struct list){0}; return;
    case F_I64:
    case F_I32:
    case F_BOOL:
    case F_ID:
    case F_INSTANT:
    case F_DAY:
    case F_ENUM:
    case F_FLAGS: field_set_i64(f, record, f->flags & F_NULL ? NONE : 0); return;
    }
}

static enum err read_null(const struct reading *r, const struct field *f, void *record)
{
    bool is_cleared = r->is_reply || field_is_nullable(f);
    if (!is_cleared && f->flags & F_REQUIRED) return missing(r->c, f->json, "may not be null");
    if (!is_cleared && !(r->is_patch && f->kind == F_LIST)) {
        wrong_type(r->c, f->json, "a value", "null");
        return hint(r->c, "leave it out instead");
    }
    clear_field(f, record);
    return OK;
}

static enum err read_field(const struct reading *r, const struct field *f, struct tree_node n,
                           void *record)
{
    struct ctx *c = r->c;
    void *at = (char *)record + f->offset;
    if (json_is_null(n.json)) return read_null(r, f, record);
    switch ((enum field_kind)f->kind) {
    case F_I64:
    case F_I32: return read_number(c, f, n, record);
    case F_BOOL:
        if (!json_is_boolean(n.json)) return wrong_type(c, f->json, "true or false", tree_kind(n));
        field_set_i64(f, record, json_is_true(n.json));
        return OK;
    case F_TEXT:
    case F_ID:
    case F_INSTANT:
    case F_DAY:
    case F_ENUM:
        if (!json_is_string(n.json)) return wrong_type(c, f->json, "a text", tree_kind(n));
        return read_written(r, f, tree_text(n), false, record);
    case F_FLAGS: return read_flags(c, f, n, record);
    case F_MONEY: return read_money(r, f, n, at);
    case F_RECORD: return read_inner(r, f, n, at);
    case F_LIST: return read_list(r, f, n, at);
    case F_JSON: return read_raw(c, f, n, at);
    }
    return OK;
}

static size_t field_index(const struct fields *f, struct text name)
{
    const struct field *found = field_find(f, name);
    return found ? (size_t)(found - f->at) : f->count;
}

static enum err read_only(struct ctx *c, const struct field *f)
{
    fail_at(c, ERR_INVALID, "read_only_field", f->json, "\"%s\" is set by the system", f->json);
    return hint(c, "leave it out");
}

static enum err read_record(const struct reading *r, const struct fields *f, struct tree_node n,
                            void *record, bool *given)
{
    struct ctx *c = r->c;
    if (!json_is_object(n.json)) return wrong_type(c, "", "an object", tree_kind(n));
    bool *seen = given ? given : arena_new(c->arena, bool, f->count + 1);
    struct tree_walk w = tree_walk(n);
    struct text key;
    struct tree_node value;
    while (tree_next(&w, &key, &value)) {
        size_t i = field_index(f, key);
        if (i == f->count && r->is_reply) continue;
        if (i == f->count) return unknown_field(c, f, key);
        if (f->at[i].flags & F_OUT && !r->is_reply) return read_only(c, &f->at[i]);
        seen[i] = true;
        TRY(read_field(r, &f->at[i], value, record));
    }
    const int skipped = r->is_reply ? F_SECRET : F_OUT; /* neither is expected in there */
    for (size_t i = 0; i < f->count && !r->is_patch; i++)
        if (f->at[i].flags & F_REQUIRED && !(f->at[i].flags & skipped) && !seen[i])
            return missing(c, f->at[i].json, "must be given");
    return OK;
}

static enum err read_whole(const struct reading *r, const struct fields *f, struct text json,
                           void *out, bool *given)
{
    struct arena *a = r->c->arena;
    void *record = arena_alloc(a, f->size, alignof(max_align_t));
    bool *seen = arena_new(a, bool, f->count + 1);
    struct tree_node root;
    TRY(tree_open(r->c, json, &root));
    if (r->is_patch)
        memcpy(record, out, f->size);
    else
        record_clear(f, record);
    enum err e = read_record(r, f, root, record, seen);
    json_decref(root.json);
    if (e != OK) return e;
    memcpy(out, record, f->size);
    if (given) memcpy(given, seen, f->count * sizeof *given);
    return OK;
}

enum err record_from_json(struct ctx *c, const struct fields *f, struct text json, void *out)
{
    return read_whole(&(struct reading){.c = c}, f, json, out, NULL);
}

enum err record_merge_json(struct ctx *c, const struct fields *f, struct text json, void *record,
                           bool given[])
{
    return read_whole(&(struct reading){.c = c, .is_patch = true}, f, json, record, given);
}

enum err record_from_reply(struct ctx *c, const struct fields *f, struct text json, void *out)
{
    return read_whole(&(struct reading){.c = c, .is_reply = true}, f, json, out, NULL);
}
