/* Reading records from JSON and from query strings. */
#include "wire/json.h"

#include "base/arena.h"
#include "wire/json_tree.h"
#include "wire/json_value.h"

#include <assert.h>
#include <string.h>

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

static enum err read_record(const struct reading *r, const struct fields *f,
                            const struct tree_node *n, void *record, bool *given);

/* --- all that is wrong ----------------------------------------------------------------------- */

static size_t kept(const struct reading *r)
{
    return r->is_whole && r->c->faults ? r->c->faults->count : 0;
}

/* Each fault that was kept since `mark` stands below this part of the path; so does the one just
   recorded when it is not kept yet. */
static enum err under(const struct reading *r, size_t mark, enum err e, const char *part)
{
    struct ctx *c = r->c;
    struct fault last = c->fault;
    if (kept(r) == mark) return fail_under(c, e, "%s", part);
    for (size_t i = mark; i < kept(r); i++) {
        c->fault = c->faults->at[i];
        fail_under(c, e, "%s", part);
        c->faults->at[i] = c->fault;
    }
    c->fault = last;
    return e;
}

/* Keep what went wrong, unless that was done below; true: look at the rest as well. */
static bool go_on(const struct reading *r, size_t mark, enum err e, enum err *first)
{
    if (*first == OK) *first = e;
    if (!r->is_whole) return false;
    return kept(r) > mark ? kept(r) < FAULTS_MAX : fault_keep(r->c);
}

/* --- values from JSON ------------------------------------------------------------------------ */

static enum err read_number(struct ctx *c, const struct field *f, const struct tree_node *n,
                            void *record)
{
    int64_t value;
    if (n->kind != TREE_NUMBER) return value_wrong_type(c, f->json, "a whole number", tree_kind(n));
    switch (number_read(c->arena, n->raw, &value)) {
    case NUMBER_FRACTION:
        return value_wrong_type(c, f->json, "a whole number", "one with a fraction");
    case NUMBER_TOO_BIG: value = n->raw.at[0] == '-' ? INT64_MIN : INT64_MAX; break;
    case NUMBER_WHOLE: break;
    }
    TRY(value_check_range(c, f, f->json, value, n->raw));
    field_set_i64(f, record, value);
    return OK;
}

static enum err read_flags(struct ctx *c, const struct field *f, const struct tree_node *n,
                           void *record)
{
    if (n->kind != TREE_ARRAY)
        return value_wrong_type(c, f->json, "an array of words", tree_kind(n));
    struct tree_walk w = tree_walk(n);
    struct text key;
    const struct tree_node *item;
    int64_t set = 0, bit;
    for (size_t i = 0; tree_next(&w, c->arena, &key, &item); i++) {
        const char *name = text_cstr(c->arena, text_printf(c->arena, "%s[%zu]", f->json, i));
        if (item->kind != TREE_TEXT) return value_wrong_type(c, name, "a word", tree_kind(item));
        TRY(value_read_word(c, f, name, tree_text(c->arena, item), &bit));
        if (set >> bit & 1)
            return value_wrong(c, f, name, tree_text(c->arena, item), "given only once");
        set |= INT64_C(1) << bit;
    }
    field_set_i64(f, record, set);
    return OK;
}

static enum err read_money(const struct reading *r, const struct field *f,
                           const struct tree_node *n, struct money *out)
{
    struct ctx *c = r->c;
    struct amount was = {0};
    bool has_money = out->currency[0] && out->minor != NONE;
    if (n->kind != TREE_OBJECT) {
        value_wrong_type(c, f->json, "money", tree_kind(n));
        return hint(c, "in minor units: {\"amount\": 1999, \"currency\": \"GBP\"}");
    }
    size_t mark = kept(r);
    struct reading inner = *r;
    inner.is_patch = r->is_patch && has_money;
    if (inner.is_patch) was = (struct amount){out->minor, text_of(out->currency)};
    enum err e = read_record(&inner, &amount_fields, n, &was, NULL);
    if (e != OK) return under(r, mark, e, f->json);
    const char *currency = text_cstr(c->arena, text_upper(c->arena, was.currency));
    if (was.currency.len != 3 || !currency_known(currency)) {
        value_wrong(c, f, "currency", was.currency, "a currency");
        hint(c, "three letters of ISO 4217, like GBP, EUR or USD");
        return fail_under(c, ERR_INVALID, "%s", f->json);
    }
    e = value_check_range(c, f, "amount", was.amount,
                          text_printf(c->arena, "%lld", (long long)was.amount));
    if (e != OK) return fail_under(c, e, "%s", f->json);
    *out = money(was.amount, currency);
    return OK;
}

static enum err read_list(const struct reading *r, const struct field *f, const struct tree_node *n,
                          struct list *out)
{
    struct ctx *c = r->c;
    const struct fields *of = f->of;
    if (n->kind != TREE_ARRAY) return value_wrong_type(c, f->json, "an array", tree_kind(n));
    int64_t count = n->count;
    if (count > field_most(f))
        return fail_at(c, ERR_INVALID, "too_long", f->json, "%lld items, at most %lld",
                       (long long)count, (long long)field_most(f));
    struct reading whole = {.c = c, .is_reply = r->is_reply, .is_whole = r->is_whole};
    enum err first = OK;
    size_t size = of ? of->size : sizeof(struct text);
    char *at = arena_alloc(c->arena, size * (size_t)count + 1, alignof(max_align_t));
    struct tree_walk w = tree_walk(n);
    struct text key;
    const struct tree_node *item;
    for (size_t i = 0; tree_next(&w, c->arena, &key, &item); i++) {
        enum err e;
        size_t mark = kept(r);
        void *to = at + i * size;
        if (of) {
            record_clear(of, to);
            e = read_record(&whole, of, item, to, NULL);
        } else if (item->kind == TREE_TEXT) {
            e = value_read_text(&whole, f, "", tree_text(c->arena, item), to);
        } else {
            e = value_wrong_type(c, "", "a text", tree_kind(item));
        }
        if (e == OK) continue;
        under(r, mark, e, text_cstr(c->arena, text_printf(c->arena, "%s[%zu]", f->json, i)));
        if (!go_on(r, mark, e, &first)) return first;
    }
    if (first != OK) return first;
    *out = (struct list){count ? at : NULL, (size_t)count};
    return OK;
}

static enum err read_inner(const struct reading *r, const struct field *f,
                           const struct tree_node *n, void *member)
{
    const struct fields *of = f->of;
    void *inner = arena_alloc(r->c->arena, of->size, alignof(max_align_t)), *was;
    memcpy(&was, member, sizeof was);
    struct reading here = *r;
    here.is_patch = r->is_patch && was;
    if (here.is_patch)
        memcpy(inner, was, of->size);
    else
        record_clear(of, inner);
    size_t mark = kept(r);
    enum err e = read_record(&here, of, n, inner, NULL);
    if (e != OK) return under(r, mark, e, f->json);
    memcpy(member, &inner, sizeof inner);
    return OK;
}

static enum err read_raw(struct ctx *c, const struct field *f, const struct tree_node *n,
                         struct text *out)
{
    if ((int64_t)n->raw.len > field_most(f))
        return fail_at(c, ERR_INVALID, "too_long", f->json, "%zu bytes of JSON, at most %lld",
                       n->raw.len, (long long)field_most(f));
    *out = text_copy(c->arena, n->raw);
    return OK;
}

static void clear_field(const struct field *f, void *record)
{
    void *at = (char *)record + f->offset;
    switch ((enum field_kind)f->kind) {
    case F_TEXT:
    case F_JSON: *(struct text *)at = (struct text){0}; return;
    case F_MONEY:
        *(struct money *)at = (struct money){.minor = f->flags & F_NULL ? NONE : 0};
        return;
    case F_RECORD: memset(at, 0, sizeof(void *)); return;
    case F_LIST: *(struct list *)at = (struct list){0}; return;
    case F_INSTANT:
    case F_DAY: field_set_i64(f, record, NONE); return;
    case F_I64:
    case F_I32:
    case F_BOOL:
    case F_ID:
    case F_ENUM:
    case F_FLAGS: field_set_i64(f, record, f->flags & F_NULL ? NONE : 0); return;
    }
}

static enum err read_null(const struct reading *r, const struct field *f, void *record)
{
    bool is_cleared = r->is_reply || field_is_nullable(f);
    if (!is_cleared && f->flags & F_REQUIRED)
        return value_missing(r->c, f->json, "may not be null");
    if (!is_cleared) {
        value_wrong_type(r->c, f->json, "a value", "null");
        return hint(r->c, "leave it out instead");
    }
    clear_field(f, record);
    return OK;
}

static enum err read_field(const struct reading *r, const struct field *f,
                           const struct tree_node *n, void *record)
{
    struct ctx *c = r->c;
    void *at = (char *)record + f->offset;
    if (n->kind == TREE_NULL) return read_null(r, f, record);
    switch ((enum field_kind)f->kind) {
    case F_I64:
    case F_I32: return read_number(c, f, n, record);
    case F_BOOL:
        if (n->kind != TREE_TRUE && n->kind != TREE_FALSE)
            return value_wrong_type(c, f->json, "true or false", tree_kind(n));
        field_set_i64(f, record, n->kind == TREE_TRUE);
        return OK;
    case F_TEXT:
    case F_ID:
    case F_INSTANT:
    case F_DAY:
    case F_ENUM:
        if (n->kind != TREE_TEXT) return value_wrong_type(c, f->json, "a text", tree_kind(n));
        return value_read_written(r, f, tree_text(c->arena, n), false, record);
    case F_FLAGS: return read_flags(c, f, n, record);
    case F_MONEY: return read_money(r, f, n, at);
    case F_RECORD: return read_inner(r, f, n, at);
    case F_LIST: return read_list(r, f, n, at);
    case F_JSON: return read_raw(c, f, n, at);
    }
    return OK;
}

static bool is_name(const struct field *f, struct text name)
{
    return f->json[0] == name.at[0] && strncmp(f->json, name.at, name.len) == 0 &&
           !f->json[name.len];
}

/* Members mostly come in the order of the table: look from where the last one stood. */
static size_t field_index(const struct fields *f, struct text name, size_t from)
{
    for (size_t i = from; i < f->count; i++)
        if (is_name(&f->at[i], name)) return i;
    for (size_t i = 0; i < from; i++)
        if (is_name(&f->at[i], name)) return i;
    return f->count;
}

static enum err read_record(const struct reading *r, const struct fields *f,
                            const struct tree_node *n, void *record, bool *given)
{
    struct ctx *c = r->c;
    if (n->kind != TREE_OBJECT) return value_wrong_type(c, "", "an object", tree_kind(n));
    bool *seen = given ? given : arena_new(c->arena, bool, f->count + 1);
    struct tree_walk w = tree_walk(n);
    struct text key;
    const struct tree_node *value;
    enum err first = OK;
    size_t last = 0;
    while (tree_next(&w, c->arena, &key, &value)) {
        size_t i = field_index(f, key, last);
        if (i == f->count && r->is_reply) continue;
        size_t mark = kept(r);
        enum err e;
        if (i == f->count) {
            e = value_unknown_field(c, f, key);
        } else if (f->at[i].flags & F_OUT && !r->is_reply) {
            e = value_read_only(c, &f->at[i]);
        } else {
            seen[i] = true;
            last = i + 1;
            e = read_field(r, &f->at[i], value, record);
        }
        if (e != OK && !go_on(r, mark, e, &first)) return first;
    }
    const int skipped = r->is_reply ? F_SECRET : F_OUT; /* neither is expected in there */
    for (size_t i = 0; i < f->count && !r->is_patch; i++)
        if (f->at[i].flags & F_REQUIRED && !(f->at[i].flags & skipped) && !seen[i]) {
            size_t mark = kept(r);
            enum err e = value_missing(c, f->at[i].json, "must be given");
            if (!go_on(r, mark, e, &first)) return first;
        }
    return first;
}

static enum err read_whole(const struct reading *r, const struct fields *f, struct text json,
                           void *out, bool *given)
{
    struct arena *a = r->c->arena;
    void *record = arena_alloc(a, f->size, alignof(max_align_t));
    bool *seen = arena_new(a, bool, f->count + 1);
    const struct tree_node *root;
    if (r->is_whole) r->c->faults = NULL;
    TRY(tree_open(r->c, json, &root));
    if (r->is_patch)
        memcpy(record, out, f->size);
    else
        record_clear(f, record);
    enum err e = read_record(r, f, root, record, seen);
    if (e != OK && kept(r) && r->is_whole) r->c->fault = r->c->faults->at[0];
    if (e != OK) return e;
    memcpy(out, record, f->size);
    if (given) memcpy(given, seen, f->count * sizeof *given);
    return OK;
}

enum err record_from_json(struct ctx *c, const struct fields *f, struct text json, void *out)
{
    return read_whole(&(struct reading){.c = c, .is_whole = true}, f, json, out, NULL);
}

enum err record_merge_json(struct ctx *c, const struct fields *f, struct text json, void *record,
                           bool given[])
{
    return read_whole(&(struct reading){.c = c, .is_patch = true, .is_whole = true}, f, json,
                      record, given);
}

enum err record_from_reply(struct ctx *c, const struct fields *f, struct text json, void *out)
{
    return read_whole(&(struct reading){.c = c, .is_reply = true}, f, json, out, NULL);
}

/* --- values from query strings --------------------------------------------------------------- */

static enum err add_words(struct ctx *c, const struct field *f, struct text value, void *record)
{
    int64_t set = field_i64(f, record), bit;
    if (set < 0) set = 0;
    for (struct text rest = value; rest.at;) {
        struct text word = text_trim(text_split(rest, ',', &rest));
        if (text_empty(word)) continue;
        TRY(value_read_word(c, f, f->json, word, &bit));
        set |= INT64_C(1) << bit;
    }
    field_set_i64(f, record, set);
    return OK;
}

static enum err add_texts(const struct reading *r, const struct field *f, struct text value,
                          struct list *list)
{
    size_t most = (size_t)field_most(f), capacity = list->count;
    struct text *texts = list->at;
    for (struct text rest = value; rest.at;) {
        struct text item = text_trim(text_split(rest, ',', &rest));
        if (text_empty(item)) continue;
        if (list->count == most)
            return fail_at(r->c, ERR_INVALID, "too_long", f->json, "more than %zu items", most);
        struct text t;
        TRY(value_read_text(r, f, f->json, item, &t));
        *arena_push(r->c->arena, texts, list->count, capacity) = t;
        list->at = texts;
    }
    return OK;
}

static enum err read_query_number(struct ctx *c, const struct field *f, struct text value,
                                  void *record)
{
    int64_t n;
    if (!text_to_i64(value, &n)) return value_wrong(c, f, f->json, value, "a whole number");
    TRY(value_check_range(c, f, f->json, n, value));
    field_set_i64(f, record, n);
    return OK;
}

static enum err read_query_bool(struct ctx *c, const struct field *f, struct text value,
                                void *record)
{
    bool is_true = text_is(value, "true") || text_is(value, "1");
    if (!is_true && !text_is(value, "false") && !text_is(value, "0"))
        return value_wrong(c, f, f->json, value, "true or false");
    field_set_i64(f, record, is_true);
    return OK;
}

static enum err read_query_value(const struct reading *r, const struct field *f, struct text value,
                                 void *record)
{
    void *at = (char *)record + f->offset;
    switch ((enum field_kind)f->kind) {
    case F_I64:
    case F_I32: return read_query_number(r->c, f, value, record);
    case F_BOOL: return read_query_bool(r->c, f, value, record);
    case F_TEXT:
    case F_ID:
    case F_INSTANT:
    case F_DAY:
    case F_ENUM: return value_read_written(r, f, value, true, record);
    case F_FLAGS: return add_words(r->c, f, value, record);
    case F_LIST: assert(!f->of); return add_texts(r, f, value, at);
    case F_MONEY:
    case F_RECORD:
    case F_JSON: break;
    }
    assert(false && "a kind that no query string can hold");
    return ERR_BUG;
}

static enum err read_pair(const struct reading *r, const struct fields *f,
                          const struct name_value *pair, bool *seen, void *record)
{
    struct ctx *c = r->c;
    const struct field *at = field_find(f, pair->name);
    if (!at) return value_unknown_field(c, f, pair->name);
    if (at->flags & F_OUT) return value_read_only(c, at);
    if (text_empty(pair->value)) return OK;
    bool is_many = at->kind == F_LIST || at->kind == F_FLAGS;
    if (seen[at - f->at] && !is_many)
        return fail_at(c, ERR_INVALID, "invalid_value", at->json, "given twice");
    seen[at - f->at] = true;
    return read_query_value(r, at, pair->value, record);
}

enum err record_from_query(struct ctx *c, const struct fields *f, const struct name_value *pairs,
                           size_t count, void *out)
{
    struct reading r = {.c = c, .is_whole = true};
    enum err first = OK;
    c->faults = NULL;
    void *record = arena_alloc(c->arena, f->size, alignof(max_align_t));
    bool *seen = arena_new(c->arena, bool, f->count + 1);
    record_clear(f, record);
    for (size_t i = 0; i < count; i++) {
        enum err e = read_pair(&r, f, &pairs[i], seen, record);
        if (e != OK && !go_on(&r, kept(&r), e, &first)) break;
    }
    for (size_t i = 0; i < f->count; i++)
        if (f->at[i].flags & F_REQUIRED && !(f->at[i].flags & F_OUT) && !seen[i]) {
            enum err e = value_missing(c, f->at[i].json, "must be given");
            if (!go_on(&r, kept(&r), e, &first)) break;
        }
    if (first != OK) c->fault = c->faults->at[0];
    if (first != OK) return first;
    memcpy(out, record, f->size);
    return OK;
}
