/* test/api/schema_check.c: see schema_check.h. */
#include "schema_check.h"

#include "base/time.h"

#include <regex.h>
#include <stdio.h>
#include <string.h>

/* Where in the value we are; what is wrong there. */
struct place {
    const struct schema_check *s;
    const char *path;
    const char *wrong; /* NULL: nothing */
};

typedef void rule_fn(struct place *p, const json_t *rule, const json_t *schema,
                     const json_t *value);
static void check(struct place *p, const json_t *schema, const json_t *value);

__attribute__((format(printf, 2, 3))) static void differ(struct place *p, const char *fmt, ...)
{
    if (p->wrong) return;
    struct buf b = buf_new(p->s->arena);
    va_list args;
    va_start(args, fmt);
    char said[400];
    vsnprintf(said, sizeof said, fmt, args);
    va_end(args);
    buf_printf(&b, "%s: %s", *p->path ? p->path : "all of it", said);
    p->wrong = b.at;
}

const json_t *schema_at(const json_t *document, const char *reference)
{
    if (strncmp(reference, "#/", 2) != 0) return NULL;
    struct text rest = {reference + 2, strlen(reference) - 2};
    while (document && rest.at) {
        struct text step = text_split(rest, '/', &rest);
        document = json_object_getn(document, step.at, step.len);
    }
    return document;
}

/* --- steps down ------------------------------------------------------------------------------ */

static void step_into(struct place *p, const char *path, const json_t *schema, const json_t *value)
{
    struct place below = {p->s, path, NULL};
    if (p->wrong) return;
    check(&below, schema, value);
    p->wrong = below.wrong;
}

static void rule_ref(struct place *p, const json_t *rule, const json_t *schema, const json_t *value)
{
    (void)schema;
    const json_t *to = schema_at(p->s->document, json_string_value(rule));
    if (!to)
        differ(p, "the schema refers to %s, which is nowhere", json_string_value(rule));
    else
        step_into(p, p->path, to, value);
}

static void rule_any_of(struct place *p, const json_t *rule, const json_t *schema,
                        const json_t *value)
{
    (void)schema;
    const char *first = NULL;
    for (size_t i = 0; i < json_array_size(rule); i++) {
        struct place here = {p->s, p->path, NULL};
        check(&here, json_array_get(rule, i), value);
        if (!here.wrong) return;
        if (!first) first = here.wrong;
    }
    p->wrong = first;
}

static void rule_properties(struct place *p, const json_t *rule, const json_t *schema,
                            const json_t *value)
{
    /* Beside a reference, properties only say more of some; the members stand behind it. */
    bool is_whole = json_object_get(schema, "type");
    const char *name;
    json_t *member;
    json_object_foreach((json_t *)(uintptr_t)value, name, member)
    {
        const json_t *of = json_object_get(rule, name);
        struct text path = text_printf(p->s->arena, "%s%s%s", p->path, *p->path ? "." : "", name);
        if (of)
            step_into(p, path.at, of, member);
        else if (is_whole)
            differ(p, "holds \"%s\", which its schema does not know", name);
    }
}

static void rule_items(struct place *p, const json_t *rule, const json_t *schema,
                       const json_t *value)
{
    (void)schema;
    for (size_t i = 0; i < json_array_size(value); i++) {
        struct text path = text_printf(p->s->arena, "%s[%zu]", p->path, i);
        step_into(p, path.at, rule, json_array_get(value, i));
    }
}

/* --- rules ----------------------------------------------------------------------------------- */

static bool is_of_type(const char *type, const json_t *v)
{
    static const struct {
        const char *name;
        json_type is, or ;
    } types[] = {{"object", JSON_OBJECT, JSON_OBJECT}, {"array", JSON_ARRAY, JSON_ARRAY},
                 {"string", JSON_STRING, JSON_STRING}, {"integer", JSON_INTEGER, JSON_INTEGER},
                 {"number", JSON_INTEGER, JSON_REAL},  {"boolean", JSON_TRUE, JSON_FALSE},
                 {"null", JSON_NULL, JSON_NULL}};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (strcmp(types[i].name, type) == 0)
            return json_typeof(v) == types[i].is || json_typeof(v) == types[i].or ;
    return false;
}

static void rule_type(struct place *p, const json_t *rule, const json_t *schema,
                      const json_t *value)
{
    (void)schema;
    if (json_is_string(rule)) {
        if (!is_of_type(json_string_value(rule), value))
            differ(p, "is no %s", json_string_value(rule));
        return;
    }
    for (size_t i = 0; i < json_array_size(rule); i++)
        if (is_of_type(json_string_value(json_array_get(rule, i)), value)) return;
    differ(p, "is neither %s nor null", json_string_value(json_array_get(rule, 0)));
}

static void rule_enum(struct place *p, const json_t *rule, const json_t *schema,
                      const json_t *value)
{
    (void)schema;
    for (size_t i = 0; i < json_array_size(rule); i++)
        if (json_equal(json_array_get(rule, i), value)) return;
    differ(p, "\"%s\" is none of the words", json_is_string(value) ? json_string_value(value) : "");
}

static void rule_required(struct place *p, const json_t *rule, const json_t *schema,
                          const json_t *value)
{
    (void)schema;
    for (size_t i = 0; json_is_object(value) && i < json_array_size(rule); i++) {
        const char *name = json_string_value(json_array_get(rule, i));
        if (!json_object_get(value, name)) differ(p, "lacks \"%s\"", name);
    }
}

/* `properties` is strict already; here only what would allow more is noticed. */
static void rule_additional(struct place *p, const json_t *rule, const json_t *schema,
                            const json_t *value)
{
    (void)schema, (void)value;
    if (!json_is_false(rule)) differ(p, "additionalProperties other than false are not checked");
}

static void rule_minimum(struct place *p, const json_t *rule, const json_t *schema,
                         const json_t *value)
{
    (void)schema;
    if (json_is_integer(value) && json_integer_value(value) < json_integer_value(rule))
        differ(p, "is less than %lld", (long long)json_integer_value(rule));
}

static void rule_maximum(struct place *p, const json_t *rule, const json_t *schema,
                         const json_t *value)
{
    (void)schema;
    if (json_is_integer(value) && json_integer_value(value) > json_integer_value(rule))
        differ(p, "is more than %lld", (long long)json_integer_value(rule));
}

static size_t characters(const json_t *value)
{
    size_t n = 0;
    for (const char *at = json_string_value(value); *at; at++) n += (*at & 0xC0) != 0x80;
    return n;
}

static void rule_min_length(struct place *p, const json_t *rule, const json_t *schema,
                            const json_t *value)
{
    (void)schema;
    if (json_is_string(value) && characters(value) < (size_t)json_integer_value(rule))
        differ(p, "is too short");
}

static void rule_max_length(struct place *p, const json_t *rule, const json_t *schema,
                            const json_t *value)
{
    (void)schema;
    if (json_is_string(value) && characters(value) > (size_t)json_integer_value(rule))
        differ(p, "is too long");
}

static void rule_max_items(struct place *p, const json_t *rule, const json_t *schema,
                           const json_t *value)
{
    (void)schema;
    if (json_array_size(value) > (size_t)json_integer_value(rule)) differ(p, "has too many items");
}

static void rule_unique(struct place *p, const json_t *rule, const json_t *schema,
                        const json_t *value)
{
    (void)rule, (void)schema;
    for (size_t i = 0; i < json_array_size(value); i++)
        for (size_t k = 0; k < i; k++)
            if (json_equal(json_array_get(value, i), json_array_get(value, k)))
                differ(p, "holds an item twice");
}

static void rule_pattern(struct place *p, const json_t *rule, const json_t *schema,
                         const json_t *value)
{
    (void)schema;
    regex_t r;
    if (!json_is_string(value)) return;
    if (regcomp(&r, json_string_value(rule), REG_EXTENDED | REG_NOSUB) != 0) {
        differ(p, "has a pattern that cannot be read: %s", json_string_value(rule));
        return;
    }
    if (regexec(&r, json_string_value(value), 0, NULL, 0) != 0)
        differ(p, "\"%s\" does not match %s", json_string_value(value), json_string_value(rule));
    regfree(&r);
}

static void rule_format(struct place *p, const json_t *rule, const json_t *schema,
                        const json_t *value)
{
    (void)schema;
    const char *format = json_string_value(rule);
    int64_t got;
    if (json_is_null(value)) return;
    if (strcmp(format, "int64") == 0) return;
    if (strcmp(format, "int32") == 0) {
        int64_t n = json_integer_value(value);
        if (n < INT32_MIN || n > INT32_MAX) differ(p, "does not fit into 32 bits");
    } else if (strcmp(format, "date-time") == 0) {
        struct text t = text_of(json_string_value(value));
        if (!instant_parse(t, &got) || !text_ends(t, T("Z"))) differ(p, "is no instant in UTC");
    } else if (strcmp(format, "date") == 0) {
        if (!day_parse(text_of(json_string_value(value)), &got)) differ(p, "is no day");
    } else {
        differ(p, "has the format %s, which is not checked", format);
    }
}

static void rule_none(struct place *p, const json_t *rule, const json_t *schema,
                      const json_t *value)
{
    (void)p, (void)rule, (void)schema, (void)value;
}

static const struct {
    const char *keyword;
    rule_fn *rule;
} rules[] = {
    {"type", rule_type},
    {"$ref", rule_ref},
    {"anyOf", rule_any_of},
    {"properties", rule_properties},
    {"required", rule_required},
    {"additionalProperties", rule_additional},
    {"items", rule_items},
    {"maxItems", rule_max_items},
    {"uniqueItems", rule_unique},
    {"enum", rule_enum},
    {"minimum", rule_minimum},
    {"maximum", rule_maximum},
    {"minLength", rule_min_length},
    {"maxLength", rule_max_length},
    {"pattern", rule_pattern},
    {"format", rule_format},
    {"description", rule_none},
    {"examples", rule_none},
    {"writeOnly", rule_none},
};

static void check(struct place *p, const json_t *schema, const json_t *value)
{
    const char *keyword;
    json_t *rule;
    json_object_foreach((json_t *)(uintptr_t)schema, keyword, rule)
    {
        size_t i = 0, n = sizeof rules / sizeof *rules;
        while (i < n && strcmp(rules[i].keyword, keyword) != 0) i++;
        if (i == n)
            differ(p, "the schema says %s, which is not checked", keyword);
        else if (!p->wrong)
            rules[i].rule(p, rule, schema, value);
    }
}

const char *schema_differs(const struct schema_check *s, const json_t *schema, const json_t *value)
{
    struct place p = {s, "", NULL};
    if (!schema || !value) return "there is no schema, or nothing to check";
    check(&p, schema, value);
    return p.wrong;
}
