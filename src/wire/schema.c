/* JSON Schema written straight from the field tables. */
#include "wire/schema.h"

#include "base/arena.h"
#include "wire/json.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { ID_DIGITS = 13 };

struct schema_part {
    struct text name;
    const struct fields *fields; /* or */
    const struct words *words;   /* or neither: money */
    bool is_request;
};

static const char money_schema[] =
    "{\"type\":\"object\",\"description\":\"an amount in minor units of an ISO 4217 currency\","
    "\"properties\":{\"amount\":{\"description\":\"in minor units: 1999 is 19.99\",\"type\":"
    "\"integer\",\"format\":\"int64\","
    "\"minimum\":-9007199254740991,\"maximum\":9007199254740991},"
    "\"currency\":{\"description\":\"ISO "
    "4217\",\"type\":\"string\",\"pattern\":\"^[A-Za-z]{3}$\",\"examples\":[\"GBP\"]}},"
    "\"required\":[\"amount\",\"currency\"],\"additionalProperties\":false}";

/* --- the set --------------------------------------------------------------------------------- */

/* False when it was there. */
static bool add(struct schema_set *s, struct schema_part part)
{
    for (size_t i = 0; i < s->count; i++) {
        if (!text_eq(s->at[i].name, part.name)) continue;
        assert(s->at[i].fields == part.fields && s->at[i].words == part.words &&
               "two schemas of one name");
        return false;
    }
    *arena_push(s->arena, s->at, s->count, s->capacity) = part;
    return true;
}

void schema_set_add_words(struct schema_set *s, const struct words *w)
{
    if (w->name) add(s, (struct schema_part){.name = text_of(w->name), .words = w});
}

static bool is_hidden(const struct field *f, bool is_request)
{
    return f->flags & (is_request ? F_OUT : F_SECRET);
}

void schema_set_add_nested(struct schema_set *s, const struct fields *f, bool is_request)
{
    for (size_t i = 0; i < f->count; i++) {
        const struct field *at = &f->at[i];
        if (is_hidden(at, is_request)) continue;
        if (at->kind == F_MONEY) add(s, (struct schema_part){.name = T("money")});
        if (at->kind == F_ENUM || at->kind == F_FLAGS) schema_set_add_words(s, at->of);
        if ((at->kind == F_RECORD || at->kind == F_LIST) && at->of)
            schema_set_add(s, at->of, is_request);
    }
}

void schema_set_add(struct schema_set *s, const struct fields *f, bool is_request)
{
    struct text name = schema_name(s->arena, f, is_request);
    if (add(s, (struct schema_part){.name = name, .fields = f, .is_request = is_request}))
        schema_set_add_nested(s, f, is_request);
}

static int by_name(const void *a, const void *b)
{
    return text_cmp(((const struct schema_part *)a)->name, ((const struct schema_part *)b)->name);
}

static void put_words(struct buf *b, const struct words *w)
{
    buf_puts(b, "{\"type\":\"string\",\"enum\":[");
    for (size_t i = 0; i < w->count; i++) {
        if (i) buf_putc(b, ',');
        json_put_text(b, text_of(w->at[i]));
    }
    buf_puts(b, "]}");
}

void schema_set_put(struct buf *b, struct schema_set *s)
{
    if (s->count) qsort(s->at, s->count, sizeof *s->at, by_name);
    buf_putc(b, '{');
    for (size_t i = 0; i < s->count; i++) {
        const struct schema_part *at = &s->at[i];
        if (i) buf_putc(b, ',');
        json_put_text(b, at->name);
        buf_putc(b, ':');
        if (at->fields)
            schema_put(b, at->fields, at->is_request);
        else if (at->words)
            put_words(b, at->words);
        else
            buf_puts(b, money_schema);
    }
    buf_putc(b, '}');
}

/* --- one field ------------------------------------------------------------------------------- */

static void put_type(struct buf *b, const char *type, bool is_nullable)
{
    if (is_nullable)
        buf_printf(b, "\"type\":[\"%s\",\"null\"]", type);
    else
        buf_printf(b, "\"type\":\"%s\"", type);
}

static void put_range(struct buf *b, const struct field *f)
{
    int64_t min, max;
    field_range(f, &min, &max);
    buf_printf(b, ",\"minimum\":%lld,\"maximum\":%lld", (long long)min, (long long)max);
}

static void put_ref(struct buf *b, struct text name)
{
    buf_printf(b, "\"$ref\":\"#/components/schemas/%.*s\"", TEXT_ARG(name));
}

/* A reference, or null. */
static void put_ref_or_null(struct buf *b, struct text name, bool is_nullable)
{
    if (!is_nullable) {
        put_ref(b, name);
        return;
    }
    buf_puts(b, "\"anyOf\":[{");
    put_ref(b, name);
    buf_puts(b, "},{\"type\":\"null\"}]");
}

static void put_word(struct buf *b, const struct words *w, bool is_nullable)
{
    if (w->name) {
        put_ref_or_null(b, text_of(w->name), is_nullable);
        return;
    }
    put_type(b, "string", is_nullable);
    buf_puts(b, ",\"enum\":[");
    for (size_t i = 0; i < w->count; i++) {
        if (i) buf_putc(b, ',');
        json_put_text(b, text_of(w->at[i]));
    }
    buf_puts(b, is_nullable ? ",null]" : "]");
}

static void put_money(struct buf *b, const struct field *f, bool is_nullable)
{
    put_ref_or_null(b, T("money"), is_nullable);
    if (f->min >= f->max) return;
    buf_printf(b, ",\"properties\":{\"amount\":{\"minimum\":%lld,\"maximum\":%lld}}",
               (long long)f->min, (long long)f->max);
}

static void put_list(struct buf *b, const struct field *f, bool is_request)
{
    const struct fields *of = f->of;
    put_type(b, "array", is_request && field_is_nullable(f)); /* answers have [] */
    buf_puts(b, ",\"items\":");
    if (of)
        schema_put_ref(b, of, is_request);
    else
        buf_printf(b, "{\"type\":\"string\",\"maxLength\":%d}", JSON_TEXT_MAX);
    if (is_request) buf_printf(b, ",\"maxItems\":%lld", (long long)field_most(f));
}

static void put_text(struct buf *b, const struct field *f, bool is_nullable, bool is_request)
{
    put_type(b, "string", is_nullable);
    if (!is_request) return;
    if (f->flags & F_REQUIRED) buf_puts(b, ",\"minLength\":1");
    buf_printf(b, ",\"maxLength\":%lld", (long long)field_most(f));
}

static void put_number(struct buf *b, const struct field *f, bool is_nullable, bool is_request)
{
    put_type(b, "integer", is_nullable);
    buf_puts(b, f->kind == F_I64 ? ",\"format\":\"int64\"" : ",\"format\":\"int32\"");
    if (is_request || f->min < f->max) put_range(b, f);
}

static void put_formatted(struct buf *b, const char *format, bool is_nullable)
{
    put_type(b, "string", is_nullable);
    buf_printf(b, ",\"format\":\"%s\"", format);
}

static void put_kind(struct buf *b, const struct field *f, bool is_request)
{
    bool is_nullable = field_is_nullable(f);
    switch ((enum field_kind)f->kind) {
    case F_I64:
    case F_I32: put_number(b, f, is_nullable, is_request); return;
    case F_BOOL: put_type(b, "boolean", is_nullable && is_request); return;
    case F_TEXT: put_text(b, f, is_nullable, is_request); return;
    case F_INSTANT: put_formatted(b, "date-time", is_nullable); return;
    case F_DAY: put_formatted(b, "date", is_nullable); return;
    case F_ENUM: put_word(b, f->of, is_nullable); return;
    case F_MONEY: put_money(b, f, is_nullable); return;
    case F_LIST: put_list(b, f, is_request); return;
    case F_ID:
        put_type(b, "string", is_nullable);
        buf_printf(b, ",\"pattern\":\"^%s_[0-9A-Za-z]{%d}$\"", (const char *)f->of, ID_DIGITS);
        return;
    case F_FLAGS:
        put_type(b, "array", is_nullable);
        buf_puts(b, ",\"uniqueItems\":true,\"items\":{");
        put_word(b, f->of, false);
        buf_putc(b, '}');
        return;
    case F_RECORD:
        put_ref_or_null(b, schema_name(b->arena, f->of, is_request), is_nullable);
        return;
    case F_JSON: return; /* any value: no rule */
    }
}

void schema_put_field(struct buf *b, const struct field *f, bool is_request)
{
    buf_putc(b, '{');
    size_t before = b->len;
    put_kind(b, f, is_request);
    if (f->about) {
        if (b->len > before) buf_putc(b, ',');
        buf_puts(b, "\"description\":");
        json_put_text(b, text_of(f->about));
    }
    if (f->flags & F_SECRET)
        buf_puts(b, b->len > before ? ",\"writeOnly\":true" : "\"writeOnly\":true");
    buf_putc(b, '}');
}

/* --- a table --------------------------------------------------------------------------------- */

struct text schema_name(struct arena *a, const struct fields *f, bool is_request)
{
    struct text name = text_of(f->name);
    if (!is_request || text_ends(name, T("_request"))) return name;
    return text_printf(a, "%s_request", f->name);
}

void schema_put_ref(struct buf *b, const struct fields *f, bool is_request)
{
    buf_putc(b, '{');
    put_ref(b, schema_name(b->arena, f, is_request));
    buf_putc(b, '}');
}

void schema_put(struct buf *b, const struct fields *f, bool is_request)
{
    bool any = false;
    buf_puts(b, "{\"type\":\"object\",\"properties\":{");
    for (size_t i = 0; i < f->count; i++) {
        if (is_hidden(&f->at[i], is_request)) continue;
        if (any) buf_putc(b, ',');
        any = true;
        json_put_text(b, text_of(f->at[i].json));
        buf_putc(b, ':');
        schema_put_field(b, &f->at[i], is_request);
    }
    buf_putc(b, '}');
    any = false;
    for (size_t i = 0; i < f->count; i++) {
        if (is_hidden(&f->at[i], is_request)) continue;
        if (is_request && !(f->at[i].flags & F_REQUIRED)) continue;
        buf_puts(b, any ? "," : ",\"required\":[");
        any = true;
        json_put_text(b, text_of(f->at[i].json));
    }
    if (any) buf_putc(b, ']');
    buf_puts(b, is_request ? ",\"additionalProperties\":false}" : "}");
}
