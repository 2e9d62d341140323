#include "faces/api/openapi.h"

#include "base/version.h"
#include "faces/api/preview.h"
#include "faces/api/problem.h"
#include "faces/api/route_tree.h"
#include "wire/json.h"
#include "wire/schema.h"

#include <ctype.h>
#include <string.h>

/* --- layout ---------------------------------------------------------------------------------- */

enum { SHORT = 88 }; /* an object or array up to this long stays on its line */

/* How far the value that opens at `at` goes, strings taken whole. */
static size_t span_of(struct text json, size_t at)
{
    int depth = 0;
    bool quoted = false;
    for (size_t i = at; i < json.len; i++) {
        char ch = json.at[i];
        if (quoted) {
            if (ch == '\\') i++;
            if (ch == '"') quoted = false;
            continue;
        }
        if (ch == '"') quoted = true;
        if (ch == '{' || ch == '[') depth++;
        if ((ch == '}' || ch == ']') && --depth == 0) return i + 1 - at;
    }
    return json.len - at;
}

static void new_line(struct buf *b, int depth)
{
    buf_putc(b, '\n');
    for (int i = 0; i < depth; i++) buf_puts(b, "  ");
}

static struct text laid_out(struct arena *a, struct text json)
{
    struct buf b = buf_new(a);
    int depth = 0;
    size_t flat_until = 0;
    bool quoted = false;
    for (size_t i = 0; i < json.len; i++) {
        char ch = json.at[i];
        bool flat = i < flat_until;
        if (quoted || ch == '"') {
            buf_putc(&b, ch);
            if (quoted && ch == '\\')
                buf_putc(&b, json.at[++i]);
            else if (ch == '"')
                quoted = !quoted;
        } else if (ch == '{' || ch == '[') {
            size_t span = flat ? 0 : span_of(json, i);
            buf_putc(&b, ch);
            if (!flat && span <= SHORT)
                flat_until = i + span;
            else if (!flat)
                new_line(&b, ++depth);
        } else if (ch == '}' || ch == ']') {
            if (!flat) new_line(&b, --depth);
            buf_putc(&b, ch);
        } else if (ch == ',') {
            buf_putc(&b, ch);
            if (flat)
                buf_putc(&b, ' ');
            else
                new_line(&b, depth);
        } else {
            buf_putc(&b, ch);
            if (ch == ':') buf_putc(&b, ' ');
        }
    }
    buf_putc(&b, '\n');
    return buf_text(&b);
}

/* --- operations ------------------------------------------------------------------------------ */

struct text openapi_operation(struct arena *a, const struct route *r)
{
    struct buf b = buf_new(a);
    for (const char *at = r->method; *at; at++) buf_putc(&b, (char)tolower(*at));
    for (const char *at = r->path; *at; at++)
        if (isalnum((unsigned char)*at))
            buf_putc(&b, *at);
        else if (b.at[b.len - 1] != '_')
            buf_putc(&b, '_');
    while (b.len && b.at[b.len - 1] == '_') b.len--;
    return buf_text(&b);
}

static void put_json_words(struct buf *b, int64_t scopes)
{
    buf_putc(b, '[');
    for (size_t i = 0, n = 0; i < scope_words.count; i++)
        if (scopes >> i & 1) {
            if (n++) buf_putc(b, ',');
            json_put_text(b, text_of(scope_words.at[i]));
        }
    buf_putc(b, ']');
}

static void put_ref(struct buf *b, size_t *n, const char *of, const char *name)
{
    buf_printf(b, "%s{\"$ref\":\"#/components/%s/%s\"}", (*n)++ ? "," : "", of, name);
}

static void put_path_parameters(struct buf *b, const struct route *r, size_t *n)
{
    for (size_t i = 0; i < ROUTE_IDS_MAX; i++) {
        struct text name = route_parameter(r, i);
        if (!name.at) return;
        const char *prefix = route_id_prefix(name);
        bool is_order = text_is(name, "ord");
        buf_printf(b, "%s{\"name\":\"%.*s\",\"in\":\"path\",\"required\":true,", (*n)++ ? "," : "",
                   TEXT_ARG(name));
        if (is_order) buf_puts(b, "\"description\":\"identifier, or the running number\",");
        buf_puts(b, "\"schema\":{\"type\":\"string\"");
        if (prefix)
            buf_printf(b, ",\"pattern\":\"^%s_[0-9A-HJKMNP-TV-Za-hjkmnp-tv-z]{13}$%s\"", prefix,
                       is_order ? "|^[0-9]+$" : "");
        buf_puts(b, "}}");
    }
}

static void put_query_parameters(struct buf *b, const struct route *r, size_t *n)
{
    for (size_t i = 0; r->query && i < r->query->count; i++) {
        const struct field *f = &r->query->at[i];
        buf_printf(b, "%s{\"name\":\"%s\",\"in\":\"query\",", (*n)++ ? "," : "", f->json);
        if (f->flags & F_REQUIRED) buf_puts(b, "\"required\":true,");
        if (f->about) {
            buf_puts(b, "\"description\":");
            json_put_text(b, text_of(f->about));
            buf_putc(b, ',');
        }
        buf_puts(b, "\"schema\":");
        schema_put_field(b, f, true);
        buf_putc(b, '}');
    }
}

static void put_parameters(struct buf *b, const struct route *r)
{
    size_t n = 0;
    bool is_write = r->flags & ROUTE_WRITE;
    buf_puts(b, "\"parameters\":[");
    put_path_parameters(b, r, &n);
    put_query_parameters(b, r, &n);
    if (r->flags & (ROUTE_OWNED | ROUTE_BY_OWNER)) put_ref(b, &n, "parameters", "owner");
    if (is_write) {
        put_ref(b, &n, "parameters", "idempotency_key");
        put_ref(b, &n, "parameters", "prefer");
        put_ref(b, &n, "parameters", "preview");
        if (route_is_of_order(r) || r->flags & ROUTE_TAGGED)
            put_ref(b, &n, "parameters", "if_match");
    } else if (r->answer && !(r->flags & ROUTE_LIST)) {
        put_ref(b, &n, "parameters", "if_none_match");
    }
    buf_puts(b, "],");
}

static void put_request(struct buf *b, const struct route *r)
{
    if (!r->body && !(r->flags & ROUTE_RAW && r->flags & ROUTE_WRITE)) return;
    const char *type = !r->body                          ? "*/*"
                       : r->flags & ROUTE_BULK           ? "application/x-ndjson"
                       : strcmp(r->method, "PATCH") == 0 ? "application/merge-patch+json"
                                                         : "application/json";
    buf_printf(b, "\"requestBody\":{\"required\":true,\"content\":{\"%s\":{\"schema\":", type);
    if (r->body)
        schema_put_ref(b, r->body, true);
    else
        buf_puts(b, "{}");
    buf_puts(b, "}}},");
}

static void put_answer_schema(struct buf *b, const struct route *r)
{
    if (r->flags & ROUTE_LIST) {
        buf_puts(b, "{\"type\":\"object\",\"required\":[\"data\",\"next\"],\"properties\":{"
                    "\"data\":{\"type\":\"array\",\"items\":");
        schema_put_ref(b, r->answer, false);
        buf_puts(b, "},\"next\":{\"type\":[\"string\",\"null\"],"
                    "\"description\":\"send it as `after` for the next page\"}}}");
    } else if (r->flags & ROUTE_BULK) {
        buf_puts(b, "{\"type\":\"object\",\"required\":[\"row\",\"status\"],\"properties\":{"
                    "\"row\":{\"type\":\"integer\",\"description\":\"its line as sent, from 1\"},"
                    "\"status\":{\"type\":\"integer\"},\"data\":");
        if (r->answer)
            schema_put_ref(b, r->answer, false);
        else
            buf_puts(b, "{}");
        buf_puts(b, ",\"problem\":{\"$ref\":\"#/components/schemas/problem\"}}}");
    } else {
        schema_put_ref(b, r->answer, false);
    }
}

/* What else than the usual answer is good. */
static void put_other_statuses(struct buf *b, const struct route *r, bool is_conditional)
{
    if (r->flags & ROUTE_PUBLIC && r->flags & ROUTE_WRITE)
        buf_puts(b, ",\"303\":{\"description\":\"taken; Location is the page to look at\"}");
    if (r->flags & ROUTE_WRITE && !r->answer && !(r->flags & (ROUTE_RAW | ROUTE_BULK)))
        buf_puts(b, ",\"200\":{\"description\":\"a preview\",\"content\":{\"application/json\":{"
                    "\"schema\":{\"type\":\"object\",\"required\":[\"preview\"],\"properties\":{"
                    "\"preview\":{\"$ref\":\"#/components/schemas/preview\"}}}}}}");
    if (is_conditional)
        buf_puts(b, ",\"304\":{\"description\":\"it is still as If-None-Match says\"}");
}

static void put_content(struct buf *b, const struct route *r)
{
    bool is_raw = r->flags & ROUTE_RAW;
    buf_printf(b, ",\"content\":{\"%s\":{\"schema\":",
               is_raw                  ? "*/*"
               : r->flags & ROUTE_BULK ? "application/x-ndjson"
                                       : "application/json");
    if (is_raw)
        buf_puts(b, "{}");
    else
        put_answer_schema(b, r);
    buf_puts(b, "}}");
}

static void put_responses(struct buf *b, const struct route *r)
{
    bool has_body = r->flags & (ROUTE_RAW | ROUTE_BULK) || r->answer;
    bool is_single = r->answer && !(r->flags & (ROUTE_BULK | ROUTE_LIST));
    bool is_new = strcmp(r->method, "POST") == 0 && is_single && !strchr(r->path, '{') &&
                  r->answer->at[0].kind == F_ID && strcmp(r->answer->at[0].json, "id") == 0;
    bool is_made = is_new || r->flags & ROUTE_MAKES;
    buf_puts(b, "\"responses\":{");
    for (int turn = 0; turn < (r->flags & ROUTE_SETS ? 2 : 1); turn++) {
        buf_printf(b, "%s\"%d\":{\"description\":\"%s\"", turn ? "," : "",
                   turn       ? 200
                   : is_made  ? 201
                   : has_body ? 200
                              : 204,
                   turn      ? "changed"
                   : is_made ? "made"
                             : "done");
        if (r->flags & ROUTE_WRITE)
            buf_puts(b, ",\"headers\":{\"Idempotent-Replayed\":{\"$ref\":\"#/components/headers/"
                        "idempotent_replayed\"}}");
        if (has_body) put_content(b, r);
        buf_putc(b, '}');
    }
    put_other_statuses(b, r, is_single && !(r->flags & (ROUTE_WRITE | ROUTE_CALLS)));
    bool is_page = r->flags & ROUTE_PUBLIC && r->flags & ROUTE_RAW;
    buf_printf(b, ",\"default\":{\"$ref\":\"#/components/responses/%s\"}}",
               is_page ? "page" : "problem");
}

static struct text tag_of(const struct route *r)
{
    struct text rest = text_skip(text_of(r->path), 1);
    struct text first = text_split(rest, '/', &rest);
    struct text tag = text_is(first, "v1") ? text_split(rest, '/', &rest) : first;
    return tag.len && !text_starts(tag, T("{")) ? tag : T("pages");
}

static void put_operation(struct buf *b, struct arena *a, const struct route *r)
{
    for (const char *at = r->method; *at; at++) {
        if (at == r->method) buf_putc(b, '"');
        buf_putc(b, (char)tolower(*at));
    }
    struct text operation = openapi_operation(a, r);
    buf_printf(b, "\":{\"operationId\":\"%.*s\",\"summary\":", TEXT_ARG(operation));
    json_put_text(b, text_of(r->about));
    buf_puts(b, ",\"tags\":[");
    json_put_text(b, tag_of(r));
    buf_puts(b, "],\"security\":[");
    if (!(r->flags & ROUTE_PUBLIC)) {
        buf_puts(b, "{\"key\":");
        put_json_words(b, r->scopes);
        buf_putc(b, '}');
    }
    buf_puts(b, "],");
    put_parameters(b, r);
    put_request(b, r);
    put_responses(b, r);
    buf_putc(b, '}');
}

/* --- the document ---------------------------------------------------------------------------- */

static void put_head(struct buf *b)
{
    buf_puts(b, "{\"openapi\":\"3.1.0\",\"info\":{\"title\":\"Waybill\",\"version\":");
    json_put_text(b, T(WAYBILL_VERSION));
    buf_puts(b, ",\"description\":\"Order fulfillment, from the order received to the customer "
                "satisfied. Money is in minor units, instants are RFC 3339 in UTC, identifiers "
                "are opaque.\"},\"servers\":[{\"url\":\"/\"}],");
}

static void put_paths(struct buf *b, struct arena *a, const struct route_tree *t)
{
    size_t n = route_tree_count(t), paths = 0;
    bool *is_told = arena_new(a, bool, n + 1);
    buf_puts(b, "\"paths\":{");
    for (size_t i = 0; i < n; i++) {
        const struct route *r = route_tree_at(t, i);
        if (is_told[i]) continue;
        buf_printf(b, "%s\"%s\":{", paths++ ? "," : "", r->path);
        for (size_t k = i; k < n; k++) {
            const struct route *other = route_tree_at(t, k);
            if (strcmp(other->path, r->path) != 0) continue;
            if (k > i) buf_putc(b, ',');
            put_operation(b, a, other);
            is_told[k] = true;
        }
        buf_putc(b, '}');
    }
    buf_puts(b, "},");
}

static void put_components(struct buf *b, struct arena *a, const struct route_tree *t)
{
    struct schema_set set = {.arena = a};
    schema_set_add(&set, &problem_fields, false);
    schema_set_add(&set, &preview_fields, false);
    for (size_t i = 0; i < route_tree_count(t); i++) {
        const struct route *r = route_tree_at(t, i);
        if (r->body) schema_set_add(&set, r->body, true);
        if (r->query) schema_set_add_nested(&set, r->query, true);
        if (r->answer) schema_set_add(&set, r->answer, false);
    }
    buf_puts(
        b, "\"components\":{\"securitySchemes\":{\"key\":{\"type\":\"http\",\"scheme\":"
           "\"bearer\",\"description\":\"an API key: waybill keys create\"}},"
           "\"parameters\":{"
           "\"idempotency_key\":{\"name\":\"Idempotency-Key\",\"in\":\"header\",\"description\":"
           "\"the same key gives the same answer and one effect, for 30 days\",\"schema\":"
           "{\"type\":\"string\",\"maxLength\":255}},"
           "\"prefer\":{\"name\":\"Prefer\",\"in\":\"header\",\"description\":"
           "\"dry-run: the same answer, and nothing is kept\",\"schema\":{\"type\":\"string\"}},"
           "\"preview\":{\"name\":\"preview\",\"in\":\"query\",\"description\":"
           "\"1: the same as Prefer: dry-run. The answer has one more member, `preview`; a bulk "
           "answer has it as a last line\",\"schema\":{\"enum\":[\"0\",\"1\"]}},"
           "\"owner\":{\"name\":\"owner\",\"in\":\"query\",\"description\":"
           "\"code of an owner: see and do this as he would, where several share the house\","
           "\"schema\":{\"type\":\"string\",\"maxLength\":20}},"
           "\"if_match\":{\"name\":\"If-Match\",\"in\":\"header\",\"description\":"
           "\"the ETag that was read: another version is refused with 412\",\"schema\":"
           "{\"type\":\"string\"}},"
           "\"if_none_match\":{\"name\":\"If-None-Match\",\"in\":\"header\",\"description\":"
           "\"the ETag that was read: the same version is answered with 304\",\"schema\":"
           "{\"type\":\"string\"}}},"
           "\"headers\":{\"idempotent_replayed\":{\"description\":"
           "\"true: this key was answered before, and nothing was done again\",\"schema\":"
           "{\"type\":\"string\"}}},"
           "\"responses\":{\"problem\":{\"description\":\"what is wrong, where, and what would "
           "be right (RFC 9457)\",\"content\":{\"application/problem+json\":{\"schema\":"
           "{\"$ref\":\"#/components/schemas/problem\"}}}},"
           "\"page\":{\"description\":\"a page that says what is wrong, or a problem\",\"content\":"
           "{\"text/html\":{\"schema\":{\"type\":\"string\"}},\"application/problem+json\":"
           "{\"schema\":{\"$ref\":\"#/components/schemas/problem\"}}}}},\"schemas\":");
    schema_set_put(b, &set);
    buf_puts(b, "}}");
}

struct text openapi_json(struct arena *a, const struct route *const *tables, bool is_wide)
{
    struct route_tree *t = route_tree_new(a, tables);
    struct buf b = buf_new(a);
    put_head(&b);
    put_paths(&b, a, t);
    put_components(&b, a, t);
    return is_wide ? laid_out(a, buf_text(&b)) : buf_text(&b);
}
