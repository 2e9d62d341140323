/* test/api/openapi_test.c: the documents in docs/api are those of the program.
 *
 * UPDATE_GOLDEN=1 rewrites them. */
#include "faces/api/openapi.h"

#include "faces/api/route_tree.h"
#include "harness.h"
#include "wire/json.h"

#include <stdlib.h>
#include <string.h>

TEST(openapi, the_document_is_that_of_the_routes)
{
    struct arena a = {0};
    CHECK_GOLDEN("../../docs/api/openapi.json", openapi_json(&a, route_tables, true));
    arena_free(&a);
}

TEST(openapi, every_reason_is_listed)
{
    struct arena a = {0};
    CHECK_GOLDEN("../../docs/api/reasons.md", openapi_reasons_md(&a));
    arena_free(&a);
}

enum { SEEN_MAX = 1000 };

struct document {
    struct text openapi, paths, components;
};
static const struct field document_table[] = {
    FIELD(struct document, openapi, .flags = F_REQUIRED),
    FIELD_JSON(struct document, paths, .max = 16000000),
    FIELD_JSON(struct document, components, .max = 16000000),
};
static const struct fields document_fields = FIELDS("document", struct document, document_table);

static struct text without_spaces(struct arena *a, struct text t)
{
    struct buf b = buf_new(a);
    bool quoted = false;
    for (size_t i = 0; i < t.len; i++) {
        if (t.at[i] == '"' && (!i || t.at[i - 1] != '\\')) quoted = !quoted;
        if (quoted || (t.at[i] != ' ' && t.at[i] != '\n')) buf_putc(&b, t.at[i]);
    }
    return buf_text(&b);
}

TEST(openapi, the_document_is_json_in_both_layouts)
{
    struct arena a = {0};
    struct ctx c = {.arena = &a};
    struct document d;
    struct text flat = openapi_json(&a, route_tables, false);
    CHECK_OK(&c, record_from_reply(&c, &document_fields, flat, &d));
    CHECK_TEXT("3.1.0", d.openapi);
    CHECK(text_eq(without_spaces(&a, flat),
                  without_spaces(&a, openapi_json(&a, route_tables, true))));
    arena_free(&a);
}

/* A reference that leads nowhere breaks every generated client. */
TEST(openapi, every_reference_leads_somewhere)
{
    struct arena a = {0};
    struct text all = openapi_json(&a, route_tables, false), rest = all;
    static const char mark[] = "\"$ref\":\"#/components/";
    for (ptrdiff_t at; (at = text_find(rest, text_of(mark))) >= 0;) {
        struct text quote;
        rest = text_skip(rest, (size_t)at + strlen(mark));
        struct text of = text_split(rest, '"', &quote), name;
        text_split(of, '/', &name);
        struct text told = text_printf(&a, "\"%.*s\":{", TEXT_ARG(name));
        if (text_find(all, told) < 0)
            test_fail(__FILE__, __LINE__, "%.*s is nowhere", TEXT_ARG(of));
    }
    arena_free(&a);
}

/* What every route owes its callers; a slip here is seen by no compiler. */
TEST(openapi, every_route_declares_what_it_needs)
{
    struct arena a = {0};
    struct route_tree *t = route_tree_new(&a, route_tables);
    for (size_t i = 0; i < route_tree_count(t); i++) {
        const struct route *r = route_tree_at(t, i);
        bool is_get = strcmp(r->method, "GET") == 0,
             is_write = r->flags & (ROUTE_WRITE | ROUTE_CALLS);
        bool is_public = r->flags & ROUTE_PUBLIC;
        bool is_good = r->about && r->handler &&
                       (is_public || r->scopes || r->flags & ROUTE_SELF) && is_get != is_write &&
                       !(r->flags & ROUTE_LIST && !r->answer) &&
                       !(r->flags & ROUTE_BULK && !r->body);
        if (!is_good) test_fail(__FILE__, __LINE__, "%s %s is not whole", r->method, r->path);
        for (size_t k = 0; r->verb && k < i; k++) {
            const char *other = route_tree_at(t, k)->verb;
            if (other && strcmp(other, r->verb) == 0)
                test_fail(__FILE__, __LINE__, "two routes are called \"%s\"", r->verb);
        }
    }
    arena_free(&a);
}

/* A member without a word is one that a reader has to guess. */
static void check_described(const struct fields *f, const struct fields **seen, size_t *count)
{
    for (size_t i = 0; i < *count; i++)
        if (seen[i] == f) return;
    CHECK(*count < SEEN_MAX);
    seen[(*count)++] = f;
    for (size_t i = 0; i < f->count; i++) {
        const struct field *at = &f->at[i];
        if (at->flags & F_OUT) continue;
        if (!at->about || !*at->about)
            test_fail(__FILE__, __LINE__, "%s.%s has no words (.about)", f->name, at->json);
        bool is_record = at->kind == F_RECORD || (at->kind == F_LIST && at->of);
        if (is_record) check_described(at->of, seen, count);
    }
}

TEST(openapi, every_member_of_every_body_and_query_is_described)
{
    struct arena a = {0};
    const struct fields *seen[SEEN_MAX];
    size_t count = 0;
    struct route_tree *t = route_tree_new(&a, route_tables);
    for (size_t i = 0; i < route_tree_count(t); i++) {
        const struct route *r = route_tree_at(t, i);
        if (r->body) check_described(r->body, seen, &count);
        if (r->query) check_described(r->query, seen, &count);
    }
    CHECK(count > 60);
    arena_free(&a);
}
