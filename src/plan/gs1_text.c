/* plan/gs1_text.c: element strings, bracketed text and digital links, read and written. */
#include "plan/gs1.h"

#include "base/arena.h"

#include <string.h>

struct growing {
    struct gs1_facts *out;
    size_t capacity;
};

static enum err fact_add(struct ctx *c, const char *reason, struct growing *g, struct gs1_fact fact)
{
    const char *wrong = gs1_fact_wrong(fact);
    if (wrong)
        return fail(c, ERR_MALFORMED, reason, "(%.*s) %s", TEXT_ARG(text_head(fact.ai, 20)), wrong);
    if (g->out->count >= GS1_FACTS_MAX)
        return fail(c, ERR_TOO_LARGE, "gs1_too_many", "more than %d identifiers", GS1_FACTS_MAX);
    *arena_push(c->arena, g->out->at, g->out->count, g->capacity) = fact;
    return OK;
}

static enum err size_check(struct ctx *c, struct text in)
{
    if (in.len > GS1_TEXT_MAX)
        return fail(c, ERR_TOO_LARGE, "gs1_too_long", "more than %d characters", GS1_TEXT_MAX);
    return OK;
}

/* The identifier at the beginning of `in`; no code is the beginning of another. */
static const struct gs1_ai *ai_at(struct text in, size_t *len)
{
    for (*len = 2; *len <= 4 && *len <= in.len; ++*len) {
        const struct gs1_ai *ai = gs1_ai_find(text_head(in, *len));
        if (ai) return ai;
    }
    return NULL;
}

enum err gs1_element_parse(struct ctx *c, struct text in, struct gs1_facts *out)
{
    *out = (struct gs1_facts){0};
    TRY(size_check(c, in));
    struct growing g = {out, 0};
    struct text left = in;
    if (left.len && left.at[0] == GS1_FNC1) left = text_skip(left, 1);
    if (!left.len) return fail(c, ERR_MALFORMED, "gs1_element", "nothing to read");
    while (left.len) {
        size_t len = 0;
        const struct gs1_ai *ai = ai_at(left, &len);
        if (!ai)
            return fail(c, ERR_MALFORMED, "gs1_element",
                        "no application identifier at character %zu", in.len - left.len + 1);
        struct gs1_fact fact = {.ai = text_head(left, len)};
        left = text_skip(left, len);
        const char *end = left.len ? memchr(left.at, GS1_FNC1, left.len) : NULL;
        size_t until = end ? (size_t)(end - left.at) : left.len;
        size_t most = (size_t)ai->head + ai->tail_max;
        if ((ai->flags & GS1_PREDEFINED) && until > most) until = most;
        fact.value = text_head(left, until);
        left = text_skip(left, until);
        TRY(fact_add(c, "gs1_element", &g, fact));
        if (left.len && left.at[0] == GS1_FNC1) {
            left = text_skip(left, 1);
            if (!left.len) return OK; /* some printers close with FNC1 */
        }
    }
    return OK;
}

enum err gs1_bracketed_parse(struct ctx *c, struct text in, struct gs1_facts *out)
{
    *out = (struct gs1_facts){0};
    TRY(size_check(c, in));
    struct growing g = {out, 0};
    size_t at = 0;
    if (!in.len) return fail(c, ERR_MALFORMED, "gs1_brackets", "nothing to read");
    while (at < in.len) {
        size_t from = at + 1;
        if (in.at[at] != '(')
            return fail(c, ERR_MALFORMED, "gs1_brackets", "character %zu should be \"(\"", at + 1);
        while (at < in.len && in.at[at] != ')') at++;
        if (at == in.len)
            return fail(c, ERR_MALFORMED, "gs1_brackets", "a \"(\" without its \")\"");
        struct gs1_fact fact = {.ai = text_head(text_skip(in, from), at - from)};
        struct buf value = buf_new(c->arena);
        for (at++; at < in.len && in.at[at] != '('; at++) {
            if (in.at[at] == '\\' && at + 1 < in.len && in.at[at + 1] == '(') at++;
            buf_putc(&value, in.at[at]);
        }
        fact.value = buf_text(&value);
        TRY(fact_add(c, "gs1_brackets", &g, fact));
    }
    return OK;
}

static int hex(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static struct text percent_decode(struct arena *a, struct text t, bool is_query)
{
    struct buf b = buf_new(a);
    for (size_t i = 0; i < t.len; i++) {
        if (t.at[i] == '%' && i + 2 < t.len && hex(t.at[i + 1]) >= 0 && hex(t.at[i + 2]) >= 0) {
            buf_putc(&b, (char)(hex(t.at[i + 1]) * 16 + hex(t.at[i + 2])));
            i += 2;
        } else {
            buf_putc(&b, is_query && t.at[i] == '+' ? ' ' : t.at[i]);
        }
    }
    return buf_text(&b);
}

/* Links carry GTINs of any length; facts carry 14 digits. */
static struct gs1_fact link_fact(struct arena *a, struct text ai, struct text raw, bool is_query)
{
    struct gs1_fact fact = {ai, percent_decode(a, raw, is_query)};
    if (text_is(ai, "01")) gs1_gtin14(a, fact.value, &fact.value);
    return fact;
}

enum { SEGMENTS_MAX = 32 };

struct link {
    struct text segments[SEGMENTS_MAX];
    size_t count, key; /* the key's identifier is segments[key] */
    struct text query;
};

static enum err link_split(struct ctx *c, struct text uri, struct link *l)
{
    struct text left = uri;
    if (text_starts(uri, T("https://")) || text_starts(uri, T("HTTPS://")))
        left = text_skip(uri, 8);
    else if (text_starts(uri, T("http://")) || text_starts(uri, T("HTTP://")))
        left = text_skip(uri, 7);
    else
        return fail(c, ERR_MALFORMED, "gs1_link", "a link starts with https:// or http://");
    for (size_t i = 0; i < left.len; i++)
        if ((unsigned char)left.at[i] <= ' ' || (unsigned char)left.at[i] > '~' ||
            strchr("<>\"\\^`{|}", left.at[i]))
            return fail(c, ERR_MALFORMED, "gs1_link", "a character that no link may hold");
    struct text fragment;
    left = text_split(left, '#', &fragment);
    left = text_split(left, '?', &l->query);
    struct text host = text_split(left, '/', &left);
    if (text_empty(host) || memchr(host.at, '%', host.len))
        return fail(c, ERR_MALFORMED, "gs1_link", "a link needs a host");
    while (left.at) {
        if (l->count == SEGMENTS_MAX)
            return fail(c, ERR_TOO_LARGE, "gs1_link", "more than %d path segments", SEGMENTS_MAX);
        l->segments[l->count++] = text_split(left, '/', &left);
    }
    return OK;
}

/* Are the identifiers from `at` on, every second segment, in the order of one "22,10,21"? */
static bool qualifiers_in_order(const struct link *l, size_t at, const char *alternatives)
{
    struct text left = text_of(alternatives);
    do {
        struct text one = text_split(left, '|', &left);
        size_t i = at;
        while (!text_empty(one) && i < l->count)
            if (text_eq(text_split(one, ',', &one), l->segments[i])) i += 2;
        if (i >= l->count) return true;
    } while (!text_empty(left));
    return false;
}

/* The last key of the path whose qualifiers follow it: a stem may look like a key, too. */
static enum err link_key(struct ctx *c, struct link *l)
{
    for (size_t back = 2; back <= l->count; back += 2) {
        l->key = l->count - back;
        const struct gs1_ai *ai = gs1_ai_find(l->segments[l->key]);
        if (!ai) break;
        if (!ai->qualifiers) continue;
        if (!qualifiers_in_order(l, l->key + 2, ai->qualifiers))
            return fail(c, ERR_MALFORMED, "gs1_link",
                        "(%s) is not followed by its qualifiers in order", ai->code);
        return OK;
    }
    return fail(c, ERR_MALFORMED, "gs1_link", "no GS1 key at the end of the path");
}

static bool is_qualifier(const char *alternatives, struct text ai)
{
    struct text left = text_of(alternatives);
    while (!text_empty(left)) {
        struct text one = text_split(left, '|', &left);
        while (!text_empty(one))
            if (text_eq(text_split(one, ',', &one), ai)) return true;
    }
    return false;
}

static bool looks_like_ai(struct text key)
{
    bool digits = key.len > 0;
    for (size_t i = 0; i < key.len; i++) digits = digits && key.at[i] >= '0' && key.at[i] <= '9';
    return digits;
}

enum err gs1_link_parse(struct ctx *c, struct text uri, struct gs1_facts *out)
{
    struct link l = {0};
    struct growing g = {out, 0};
    *out = (struct gs1_facts){0};
    TRY(size_check(c, uri));
    TRY(link_split(c, uri, &l));
    TRY(link_key(c, &l));
    const char *qualifiers = gs1_ai_find(l.segments[l.key])->qualifiers;
    for (size_t i = l.key; i + 1 < l.count; i += 2)
        TRY(fact_add(c, "gs1_link", &g,
                     link_fact(c->arena, l.segments[i], l.segments[i + 1], false)));
    for (struct text left = l.query, value; !text_empty(left);) {
        struct text pair = text_split(left, '&', &left);
        if (pair.len && memchr(pair.at, ';', pair.len)) pair = text_split(pair, ';', &value);
        struct text key = text_split(pair, '=', &value), seen;
        if (!value.at || !looks_like_ai(key)) continue; /* the resolver's own parameters */
        if (is_qualifier(qualifiers, key))
            return fail(c, ERR_MALFORMED, "gs1_link", "(%.*s) belongs in the path",
                        TEXT_ARG(text_head(key, 20)));
        if (gs1_find(out, text_cstr(c->arena, key), &seen))
            return fail(c, ERR_MALFORMED, "gs1_link", "(%.*s) is there twice",
                        TEXT_ARG(text_head(key, 20)));
        TRY(fact_add(c, "gs1_link", &g, link_fact(c->arena, key, value, true)));
    }
    return OK;
}

struct text gs1_element(struct arena *a, const struct gs1_facts *facts)
{
    struct buf b = buf_new(a);
    bool open = false; /* the last one written needs FNC1 before the next */
    for (unsigned variable = 0; variable < 2; variable++)
        for (size_t i = 0; i < facts->count; i++) {
            const struct gs1_ai *ai = gs1_ai_find(facts->at[i].ai);
            bool predefined = ai && (ai->flags & GS1_PREDEFINED);
            if (predefined == (variable == 1)) continue;
            if (open) buf_putc(&b, GS1_FNC1);
            buf_put(&b, facts->at[i].ai);
            buf_put(&b, facts->at[i].value);
            open = !predefined;
        }
    return buf_text(&b);
}

struct text gs1_bracketed(struct arena *a, const struct gs1_facts *facts)
{
    struct buf b = buf_new(a);
    for (size_t i = 0; i < facts->count; i++) {
        buf_putc(&b, '(');
        buf_put(&b, facts->at[i].ai);
        buf_putc(&b, ')');
        for (size_t k = 0; k < facts->at[i].value.len; k++) {
            if (facts->at[i].value.at[k] == '(') buf_putc(&b, '\\');
            buf_putc(&b, facts->at[i].value.at[k]);
        }
    }
    return buf_text(&b);
}

static void percent_put(struct buf *b, struct text t)
{
    for (size_t i = 0; i < t.len; i++) {
        char c = t.at[i];
        bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                     c == '-' || c == '.' || c == '_' || c == '~';
        if (plain)
            buf_putc(b, c);
        else
            buf_printf(b, "%%%02X", (unsigned)(unsigned char)c);
    }
}

/* The path takes the alternative of qualifiers ("22,10,21" or "235") that `facts` use. */
static struct text qualifiers_used(const char *alternatives, const struct gs1_facts *facts)
{
    struct text left = text_of(alternatives), first = text_split(left, '|', &left);
    for (struct text one = first;; one = text_split(left, '|', &left)) {
        for (size_t i = 0; i < facts->count; i++) {
            struct text at = one;
            while (!text_empty(at))
                if (text_eq(text_split(at, ',', &at), facts->at[i].ai)) return one;
        }
        if (text_empty(left)) return first;
    }
}

struct text gs1_link(struct arena *a, struct text stem, const struct gs1_facts *facts)
{
    const struct gs1_ai *key = NULL;
    bool written[GS1_FACTS_MAX] = {false}, asked = false;
    struct buf b = buf_new(a);
    size_t count = facts->count < GS1_FACTS_MAX ? facts->count : GS1_FACTS_MAX;
    for (size_t i = 0; i < count && !key; i++) {
        const struct gs1_ai *ai = gs1_ai_find(facts->at[i].ai);
        if (!ai || !ai->qualifiers) continue;
        key = ai;
        written[i] = true;
        buf_printf(&b, "%.*s/%s/", TEXT_ARG(stem), ai->code);
        percent_put(&b, facts->at[i].value);
    }
    if (!key) return (struct text){0};
    struct text used = qualifiers_used(key->qualifiers, facts);
    while (!text_empty(used)) {
        struct text one = text_split(used, ',', &used);
        for (size_t i = 0; i < count; i++) {
            if (written[i] || !text_eq(facts->at[i].ai, one)) continue;
            written[i] = true;
            buf_printf(&b, "/%.*s/", TEXT_ARG(one));
            percent_put(&b, facts->at[i].value);
            break;
        }
    }
    for (size_t i = 0; i < count; i++) {
        bool again = written[i];
        for (size_t j = 0; j < i; j++) again = again || text_eq(facts->at[j].ai, facts->at[i].ai);
        if (again) continue;
        buf_printf(&b, "%c%.*s=", asked ? '&' : '?', TEXT_ARG(facts->at[i].ai));
        percent_put(&b, facts->at[i].value);
        asked = true;
    }
    return buf_text(&b);
}
