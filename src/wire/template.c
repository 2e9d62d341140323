/* A template becomes a flat row of tokens, sections knowing where they end; checking and rendering
   are one walk over it, so what was checked is what is rendered. */
#include "wire/template.h"

#include "wire/template_value.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum token_kind { LITERAL, VALUE, SECTION, INVERTED, CLOSE, PART };

struct token {
    enum token_kind kind;
    enum pipe pipe;
    struct text text;   /* the literal, or the name */
    struct text before; /* values: the source up to here, for the look at attributes */
    size_t end;         /* sections: index of their CLOSE; in a book, parts: their place in it */
    size_t line;
};

struct program {
    struct token *at;
    size_t count, capacity;
};

/* Where names are looked up: the innermost record first. */
struct scope {
    const struct fields *f; /* NULL: an item of a list of texts */
    const void *record;     /* NULL while checking, or absent */
    struct text item;
    size_t index, count; /* place in a list; count 0 is no list */
    const struct scope *outer;
};

struct template_book {
    const struct template_part *parts;
    struct program *compiled; /* of each; nothing in those that do not compile */
    size_t count;
};

struct run {
    struct buf *out;
    size_t start, line, depth;
    enum template_escape escape;
    bool checking;
    const struct template_book *book; /* or NULL: each part is compiled when it is met */
    const struct template_part *parts;
    const char *part; /* the one being walked, or NULL */
    struct program *compiled;
    enum err code;
    char detail[160];
};

static bool walk_source(struct run *r, struct text source, struct program *program,
                        const struct scope *s);

static void run_open(struct run *r, struct arena *a)
{
    size_t count = 0;
    while (r->parts && r->parts[count].name) count++;
    r->compiled = arena_new(a, struct program, count + 1);
}

enum err template_render(struct buf *out, struct text template, enum template_escape escape,
                         const struct fields *f, const void *record,
                         const struct template_part *parts)
{
    struct run r = {.out = out, .start = out->len, .escape = escape, .parts = parts};
    struct scope s = {.f = f, .record = record};
    struct program program = {0};
    run_open(&r, out->arena);
    if (walk_source(&r, template, &program, &s)) return OK;
    out->len = r.start;
    if (out->at) out->at[out->len] = 0;
    return r.code;
}

enum err template_check(struct ctx *c, struct text template, const struct fields *f,
                        const struct template_part *parts)
{
    struct buf nothing = buf_new(c->arena);
    struct run r = {.out = &nothing, .checking = true, .parts = parts};
    struct scope s = {.f = f};
    struct program program = {0};
    run_open(&r, c->arena);
    if (walk_source(&r, template, &program, &s)) return OK;
    char place[96];
    if (r.part)
        snprintf(place, sizeof place, "part %.60s, line %zu", r.part, r.line);
    else
        snprintf(place, sizeof place, "line %zu", r.line);
    return fail_at(c, ERR_INVALID, "template_invalid", place, "%s", r.detail);
}

static bool compile(struct run *r, struct text source, struct program *p);
static bool walk(struct run *r, const struct program *p, size_t from, size_t to,
                 const struct scope *s);

static size_t part_index(const struct template_part *parts, struct text name)
{
    size_t i = 0;
    while (parts && parts[i].name && !text_is(name, parts[i].name)) i++;
    return i;
}

const struct template_book *template_book_open(struct arena *a, const struct template_part *parts)
{
    struct template_book *book = arena_new(a, struct template_book, 1);
    struct buf nothing = buf_new(a);
    *book = (struct template_book){.parts = parts};
    while (parts[book->count].name) book->count++;
    book->compiled = arena_new(a, struct program, book->count + 1);
    for (size_t i = 0; i < book->count; i++) {
        struct run r = {.out = &nothing, .parts = parts};
        struct program *p = &book->compiled[i];
        if (!compile(&r, parts[i].body, p)) *p = (struct program){0};
        for (size_t k = 0; k < p->count; k++)
            if (p->at[k].kind == PART) p->at[k].end = part_index(parts, p->at[k].text);
    }
    return book;
}

enum err template_book_render(struct buf *out, const struct template_book *book, struct text part,
                              enum template_escape escape, const struct fields *f,
                              const void *record)
{
    size_t i = part_index(book->parts, part);
    if (i == book->count) return ERR_NOT_FOUND;
    struct run r = {.out = out,
                    .start = out->len,
                    .escape = escape,
                    .book = book,
                    .parts = book->parts,
                    .compiled = book->compiled};
    struct scope s = {.f = f, .record = record};
    if (walk_source(&r, book->parts[i].body, &book->compiled[i], &s)) return OK;
    out->len = r.start;
    if (out->at) out->at[out->len] = 0;
    return r.code;
}

static bool wrong(struct run *r, size_t line, const char *detail, ...)
    __attribute__((format(printf, 3, 4)));

static bool wrong(struct run *r, size_t line, const char *detail, ...)
{
    va_list args;
    va_start(args, detail);
    vsnprintf(r->detail, sizeof r->detail, detail, args);
    va_end(args);
    r->line = line;
    r->code = ERR_INVALID;
    return false;
}

/* ---- from source to tokens ---- */

struct reader {
    struct run *run;
    struct text source;
    size_t at, line;
    size_t open[TEMPLATE_DEPTH_MAX];
    size_t depth;
};

static size_t lines_in(struct text t)
{
    size_t n = 0;
    for (size_t i = 0; i < t.len; i++) n += t.at[i] == '\n';
    return n;
}

/* When the tag from `from` to `to` is alone on its line: the literal before it ends at *from and
   the next begins at *to. */
static void stand_alone(struct text source, size_t *from, size_t *to)
{
    size_t left = *from, right = *to;
    while (left && (source.at[left - 1] == ' ' || source.at[left - 1] == '\t')) left--;
    if (left && source.at[left - 1] != '\n') return;
    while (right < source.len &&
           (source.at[right] == ' ' || source.at[right] == '\t' || source.at[right] == '\r'))
        right++;
    if (right < source.len && source.at[right] != '\n') return;
    *from = left;
    *to = right < source.len ? right + 1 : right;
}

static struct token *token_new(struct reader *in, struct program *p, enum token_kind kind,
                               struct text text)
{
    struct token *t = arena_push(in->run->out->arena, p->at, p->count, p->capacity);
    *t = (struct token){.kind = kind, .text = text, .line = in->line};
    return t;
}

static bool name_valid(struct text name)
{
    for (size_t i = 0; i < name.len; i++) {
        char c = name.at[i];
        bool word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!word && c != '_' && c != '.' && c != '@' && c != '-') return false;
    }
    return name.len > 0;
}

static bool read_pipe(struct reader *in, struct text *name, enum pipe *out)
{
    struct text word;
    *name = text_trim(text_split(*name, '|', &word));
    *out = NO_PIPE;
    if (!word.at) return true;
    word = text_trim(word);
    for (int i = 1; i < PIPE_COUNT; i++)
        if (text_is(word, pipe_name((enum pipe)i))) *out = (enum pipe)i;
    if (*out != NO_PIPE) return true;
    return wrong(in->run, in->line, "unknown pipe \"%.*s\"", TEXT_ARG(text_head(word, 40)));
}

static bool read_close(struct reader *in, struct program *p, struct text name)
{
    if (in->depth == 0)
        return wrong(in->run, in->line, "{{/%.*s}} closes nothing", TEXT_ARG(text_head(name, 60)));
    struct token *open = &p->at[in->open[--in->depth]];
    open->end = p->count - 1;
    if (text_eq(open->text, name)) return true;
    return wrong(in->run, in->line, "{{/%.*s}} where {{/%.*s}} should close line %zu",
                 TEXT_ARG(text_head(name, 40)), TEXT_ARG(text_head(open->text, 40)), open->line);
}

static bool read_tag(struct reader *in, struct program *p, size_t from, struct text tag)
{
    enum token_kind kind = VALUE;
    char sigil = tag.len ? tag.at[0] : 0;
    if (sigil == '!') return true;
    if (sigil == '{' || sigil == '&') return wrong(in->run, in->line, "there is no unescaped form");
    if (sigil == '#') kind = SECTION;
    if (sigil == '^') kind = INVERTED;
    if (sigil == '/') kind = CLOSE;
    if (sigil == '>') kind = PART;
    struct text name = text_trim(kind == VALUE ? tag : text_skip(tag, 1));
    enum pipe pipe = NO_PIPE;
    if (kind == VALUE && !read_pipe(in, &name, &pipe)) return false;
    if (!name_valid(name))
        return wrong(in->run, in->line, "\"%.*s\" is not a name", TEXT_ARG(text_head(name, 60)));
    struct token *t = token_new(in, p, kind, name);
    t->pipe = pipe;
    t->before = text_head(in->source, from);
    if (kind == CLOSE) return read_close(in, p, name);
    if (kind != SECTION && kind != INVERTED) return true;
    if (in->depth == TEMPLATE_DEPTH_MAX)
        return wrong(in->run, in->line, "more than %d sections inside each other",
                     (int)TEMPLATE_DEPTH_MAX);
    in->open[in->depth++] = p->count - 1;
    return true;
}

static bool compile(struct run *r, struct text source, struct program *p)
{
    struct reader in = {.run = r, .source = source, .line = 1};
    if (source.len > TEMPLATE_SOURCE_MAX)
        return wrong(r, 1, "longer than %d bytes", (int)TEMPLATE_SOURCE_MAX);
    p->at = arena_new(r->out->arena, struct token, 8);
    p->capacity = 8;
    while (in.at < source.len) {
        struct text rest = text_skip(source, in.at);
        ptrdiff_t open = text_find(rest, T("{{"));
        if (open < 0) {
            token_new(&in, p, LITERAL, rest);
            break;
        }
        size_t from = in.at + (size_t)open, tag_at = from + 2;
        size_t tag_line = in.line + lines_in(text_head(rest, (size_t)open));
        ptrdiff_t length = text_find(text_skip(source, tag_at), T("}}"));
        if (length < 0) return wrong(r, tag_line, "{{ without }}");
        struct text tag = {source.at + tag_at, (size_t)length};
        size_t to = tag_at + tag.len + 2, cut = from;
        if (tag.len && strchr("#^/!>", tag.at[0])) stand_alone(source, &cut, &to);
        size_t begin = in.at;
        if (cut > begin) token_new(&in, p, LITERAL, (struct text){source.at + begin, cut - begin});
        in.line = tag_line;
        if (!read_tag(&in, p, from, tag)) return false;
        in.line += lines_in((struct text){source.at + from, to - from});
        in.at = to;
    }
    if (in.depth) {
        const struct token *t = &p->at[in.open[in.depth - 1]];
        return wrong(r, t->line, "{{#%.*s}} is never closed", TEXT_ARG(text_head(t->text, 60)));
    }
    return true;
}

/* ---- names ---- */

static const struct field *member_find(const struct fields *f, struct text name)
{
    for (size_t i = 0; f && i < f->count; i++) /* most differ in what they begin with */
        if (f->at[i].name[0] == name.at[0] && text_is(name, f->at[i].name)) return &f->at[i];
    return NULL;
}

static bool find_place(const struct scope *s, struct text name, struct slot *out)
{
    while (s && !s->count) s = s->outer;
    if (!s) return false;
    *out = (struct slot){.kind = F_BOOL};
    if (text_is(name, "@first"))
        out->number = s->index == 0;
    else if (text_is(name, "@last"))
        out->number = s->index + 1 == s->count;
    else if (text_is(name, "@number"))
        *out = (struct slot){.kind = F_I64, .number = (int64_t)s->index + 1};
    else
        return false;
    return true;
}

static bool find_slot(const struct scope *s, struct text name, struct slot *out)
{
    if (name.at[0] == '@') return find_place(s, name, out);
    if (text_is(name, ".")) {
        while (s && s->f) s = s->outer;
        if (s) *out = (struct slot){.kind = F_TEXT, .item = s->item};
        return s != NULL;
    }
    struct text rest;
    struct text head = text_split(name, '.', &rest);
    const struct field *f = NULL;
    for (; s; s = s->outer)
        if ((f = member_find(s->f, head))) break;
    if (!f) return false;
    *out = (struct slot){.kind = (enum field_kind)f->kind, .field = f, .record = s->record};
    while (rest.at) {
        if (out->kind != F_RECORD) return false;
        const void *record = slot_record(out);
        head = text_split(rest, '.', &rest);
        f = member_find(out->field->of, head);
        if (!f) return false;
        *out = (struct slot){.kind = (enum field_kind)f->kind, .field = f, .record = record};
    }
    return true;
}

/* ---- the walk ---- */

static bool put(struct run *r, struct text t)
{
    if (r->checking) return true;
    buf_put(r->out, t);
    if (r->out->len - r->start <= TEMPLATE_OUTPUT_MAX) return true;
    r->code = ERR_TOO_LARGE;
    return false;
}

/* The attribute the value opens: the word before ="; empty when it stands elsewhere. */
static struct text attribute_of(struct text before)
{
    if (before.len < 2 || before.at[before.len - 2] != '=') return (struct text){0};
    if (before.at[before.len - 1] != '"' && before.at[before.len - 1] != '\'')
        return (struct text){0};
    size_t end = before.len - 2, from = end;
    while (from && ((before.at[from - 1] | 32) >= 'a' && (before.at[from - 1] | 32) <= 'z')) from--;
    return (struct text){before.at + from, end - from};
}

static bool in_script(struct text before)
{
    ptrdiff_t at;
    bool inside = false;
    while ((at = text_find(before, inside ? T("</script") : T("<script"))) >= 0) {
        before = text_skip(before, (size_t)at + 7);
        inside = !inside;
    }
    return inside;
}

static bool check_place(struct run *r, const struct token *t)
{
    static const char *const links[] = {"href", "src", "action", "formaction"};
    if (t->pipe != JSON && in_script(t->before))
        return wrong(r, t->line, "a value inside <script> needs |json");
    if (t->pipe == URL || t->pipe == HREF) return true;
    if (t->before.len && t->before.at[t->before.len - 1] == '=')
        return wrong(r, t->line, "a value after = needs quotes, or |url in an address");
    struct text name = attribute_of(t->before);
    for (size_t i = 0; i < sizeof links / sizeof *links; i++)
        if (text_eq_nocase(name, text_of(links[i])))
            return wrong(r, t->line, "%s=\"{{%.*s}}\" needs |href", links[i],
                         TEXT_ARG(text_head(t->text, 60)));
    return true;
}

static bool find_or_say(struct run *r, const struct token *t, const struct scope *s,
                        struct slot *out)
{
    if (!find_slot(s, t->text, out))
        return wrong(r, t->line, "\"%.*s\" is not known here", TEXT_ARG(text_head(t->text, 80)));
    if (out->field && (out->field->flags & F_SECRET))
        return wrong(r, t->line, "\"%.*s\" is secret", TEXT_ARG(text_head(t->text, 80)));
    return true;
}

static bool walk_value(struct run *r, const struct token *t, const struct scope *s)
{
    struct slot slot;
    if (!find_or_say(r, t, s, &slot)) return false;
    if (!pipe_fits(t->pipe, slot.kind)) {
        struct text name = text_head(t->text, 60);
        if (t->pipe == NO_PIPE) return wrong(r, t->line, "\"%.*s\" is no value", TEXT_ARG(name));
        return wrong(r, t->line, "|%s does not fit \"%.*s\"", pipe_name(t->pipe), TEXT_ARG(name));
    }
    if (r->checking) return check_place(r, t);
    slot_put(r->out, &slot, t->pipe, r->escape);
    return put(r, T(""));
}

static bool walk_list(struct run *r, const struct program *p, size_t open, const struct scope *s,
                      const struct slot *slot)
{
    const struct token *t = &p->at[open];
    const struct fields *of = slot->field->of;
    struct list list = slot_list(slot);
    if (r->checking) list.count = 1;
    for (size_t i = 0; i < list.count; i++) {
        struct scope inner = {.f = of, .index = i, .count = list.count, .outer = s};
        if (list.at && of) inner.record = (const char *)list.at + i * of->size;
        if (list.at && !of) inner.item = ((const struct text *)list.at)[i];
        if (!walk(r, p, open + 1, t->end, &inner)) return false;
    }
    return true;
}

static bool walk_section(struct run *r, const struct program *p, size_t open, const struct scope *s)
{
    const struct token *t = &p->at[open];
    struct slot slot;
    if (!find_or_say(r, t, s, &slot)) return false;
    if (t->kind == SECTION && slot.kind == F_LIST) return walk_list(r, p, open, s, &slot);
    bool enter = r->checking || slot_is_there(&slot) == (t->kind == SECTION);
    if (!enter) return true;
    if (t->kind == INVERTED || slot.kind != F_RECORD) return walk(r, p, open + 1, t->end, s);
    struct scope inner = {.f = slot.field->of, .record = slot_record(&slot), .outer = s};
    return walk(r, p, open + 1, t->end, &inner);
}

static bool walk_part(struct run *r, const struct token *t, const struct scope *s)
{
    size_t i = r->book ? t->end : part_index(r->parts, t->text);
    if (!r->parts || !r->parts[i].name)
        return wrong(r, t->line, "there is no part \"%.*s\"", TEXT_ARG(text_head(t->text, 80)));
    const char *outer = r->part;
    r->part = r->parts[i].name;
    if (!walk_source(r, r->parts[i].body, &r->compiled[i], s)) return false;
    r->part = outer;
    return true;
}

static bool walk(struct run *r, const struct program *p, size_t from, size_t to,
                 const struct scope *s)
{
    if (++r->depth > TEMPLATE_DEPTH_MAX + 1)
        return wrong(r, from < p->count ? p->at[from].line : 1,
                     "more than %d sections and parts inside each other", (int)TEMPLATE_DEPTH_MAX);
    for (size_t i = from; i < to; i++) {
        const struct token *t = &p->at[i];
        bool fine = true;
        switch (t->kind) {
        case LITERAL: fine = put(r, t->text); break;
        case VALUE: fine = walk_value(r, t, s); break;
        case SECTION:
        case INVERTED:
            fine = walk_section(r, p, i, s);
            i = t->end;
            break;
        case PART: fine = walk_part(r, t, s); break;
        case CLOSE: break;
        }
        if (!fine) return false;
    }
    r->depth--;
    return true;
}

/* A part is compiled once, however often a list shows it. */
static bool walk_source(struct run *r, struct text source, struct program *program,
                        const struct scope *s)
{
    if (!program->at && r->book) return wrong(r, 1, "it does not compile");
    if (!program->at && !compile(r, source, program)) return false;
    return walk(r, program, 0, program->count, s);
}
