/* test/api/walk_names.c: what steps keep for later ones, and where it stands in them. */
#include "walk_inside.h"

#include <stdio.h>
#include <string.h>

void walk_wrong(const struct walk *k, const char *fmt, ...)
{
    char said[1500];
    va_list args;
    va_start(args, fmt);
    vsnprintf(said, sizeof said, fmt, args);
    va_end(args);
    test_fail(__FILE__, __LINE__, "%s%s%s: %s", k->step->way, k->step->query ? "?" : "",
              k->step->query ? k->step->query : "", said);
}

static void keep_name(struct walk *k, struct text name, struct text value)
{
    size_t i = 0;
    while (i < k->name_count && !text_is(name, k->names[i].name)) i++;
    if (i == WALK_NAMES_MAX) {
        walk_wrong(k, "more than %d names are kept", WALK_NAMES_MAX);
        return;
    }
    if (i == k->name_count) k->name_count++;
    snprintf(k->names[i].name, sizeof k->names[i].name, "%.*s", TEXT_ARG(name));
    k->names[i].value = value;
}

static struct text name_of(struct walk *k, struct text name)
{
    for (size_t i = 0; i < k->name_count; i++)
        if (text_is(name, k->names[i].name)) return k->names[i].value;
    walk_wrong(k, "nothing is kept as %.*s", TEXT_ARG(name));
    k->is_lost = true;
    return T("nothing");
}

struct text walk_name(struct walk *k, const char *name) { return name_of(k, text_of(name)); }
void walk_keep(struct walk *k, const char *name, struct text value)
{
    keep_name(k, text_of(name), value);
}

static size_t name_length(const char *at)
{
    return strspn(at, "abcdefghijklmnopqrstuvwxyz_0123456789");
}

/* $NAME becomes what is kept as NAME. */
struct text walk_filled(struct walk *k, const char *pattern)
{
    struct buf b = buf_new(k->check.arena);
    if (!pattern) return (struct text){0};
    buf_puts(&b, "");
    for (const char *at = pattern; *at;) {
        if (*at != '$') {
            buf_putc(&b, *at++);
            continue;
        }
        struct text name = {at + 1, name_length(at + 1)};
        struct text value = name_of(k, name);
        buf_printf(&b, "%.*s", TEXT_ARG(value));
        at += name.len + 1;
    }
    return buf_text(&b);
}

/* {ord} becomes what is kept as ord; parameter number `other` becomes `instead`. */
struct text walk_path(struct walk *k, const struct route *r, size_t other, struct text instead)
{
    struct buf b = buf_new(k->check.arena);
    size_t n = 0;
    for (const char *at = r->path; *at;) {
        if (*at != '{') {
            buf_putc(&b, *at++);
            continue;
        }
        struct text name = {at + 1, name_length(at + 1)};
        struct text value = n++ == other ? instead : name_of(k, name);
        buf_printf(&b, "%.*s", TEXT_ARG(value));
        at += name.len + 2;
    }
    return buf_text(&b);
}

/* The last item whose member is that word. */
static const json_t *item_with(const json_t *items, struct text name, struct text word)
{
    for (size_t i = json_array_size(items); i-- > 0;) {
        const json_t *item = json_array_get(items, i);
        const char *is = json_string_value(json_object_getn(item, name.at, name.len));
        if (is && text_is(word, is)) return item;
    }
    return NULL;
}

/* "data.0.id", or "data.kind:pick.id" of the last one that is a pick */
static const json_t *member_at(const json_t *v, struct text path)
{
    while (v && path.at) {
        int64_t index;
        struct text word, step = text_split(path, '.', &path);
        struct text name = text_split(step, ':', &word);
        if (json_is_array(v) && text_to_i64(step, &index))
            v = json_array_get(v, (size_t)index);
        else if (json_is_array(v))
            v = item_with(v, name, word);
        else
            v = json_object_getn(v, step.at, step.len);
    }
    return v;
}

void walk_keep_all(struct walk *k, const json_t *body, struct text wishes)
{
    while (wishes.at) {
        struct text path, wish = text_split(wishes, ' ', &wishes);
        struct text name = text_split(wish, '=', &path);
        const json_t *v = member_at(body, path);
        struct arena *a = k->check.arena;
        if (json_is_string(v))
            keep_name(k, name, text_printf(a, "%s", json_string_value(v)));
        else if (json_is_integer(v))
            keep_name(k, name, text_printf(a, "%lld", (long long)json_integer_value(v)));
        else
            walk_wrong(k, "there is no %.*s in its answer", TEXT_ARG(path));
    }
}
