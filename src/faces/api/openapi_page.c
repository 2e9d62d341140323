/* faces/api/openapi_page.c: the API's pages for people, from the same tables. */
#include "faces/api/credential.h"
#include "faces/api/openapi.h"
#include "faces/api/problem.h"
#include "faces/api/reasons.h"
#include "faces/api/route_tree.h"

#include <stdio.h>
#include <string.h>

/* No style inside the page: the server's content policy allows style sheets of its own alone. */
static void put_head(struct buf *b, const char *title)
{
    buf_printf(b,
               "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
               "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
               "<title>%s</title><link rel=\"stylesheet\" href=\"/pages/docs.css\">"
               "<link rel=\"icon\" type=\"image/svg+xml\" href=\"/pages/mark.svg\"></head><body>\n",
               title);
}

static void put_html(struct buf *b, struct text t)
{
    for (size_t i = 0; i < t.len; i++) {
        char ch = t.at[i];
        if (ch == '<')
            buf_puts(b, "&lt;");
        else if (ch == '&')
            buf_puts(b, "&amp;");
        else
            buf_putc(b, ch);
    }
}

static const char *kind_name(const struct field *f)
{
    switch ((enum field_kind)f->kind) {
    case F_I64:
    case F_I32: return "number";
    case F_BOOL: return "true or false";
    case F_TEXT: return "text";
    case F_ID: return "identifier";
    case F_INSTANT: return "instant";
    case F_DAY: return "date";
    case F_ENUM: return "word";
    case F_FLAGS: return "words";
    case F_MONEY: return "amount and currency";
    case F_RECORD: return "object";
    case F_LIST: return "list";
    case F_JSON: return "JSON";
    }
    return "";
}

static void put_fields(struct buf *b, const char *label, const struct fields *f, bool is_request)
{
    if (!f) return;
    buf_printf(b, "<div class=\"s\">%s: ", label);
    for (size_t i = 0, n = 0; i < f->count; i++) {
        const struct field *at = &f->at[i];
        if ((is_request && (at->flags & F_OUT)) || (!is_request && (at->flags & F_SECRET)))
            continue;
        buf_printf(b, "%s<code>%s</code>%s (%s)", n++ ? ", " : "", at->json,
                   is_request && (at->flags & F_REQUIRED) ? "*" : "", kind_name(at));
    }
    buf_puts(b, "</div>");
}

static void put_route(struct buf *b, struct arena *a, const struct route *r)
{
    struct text id = openapi_operation(a, r);
    buf_printf(b, "<tr id=\"%.*s\"><td><code><span class=\"m\">%s</span> %s</code></td><td>",
               TEXT_ARG(id), r->method, r->path);
    put_html(b, text_of(r->about));
    put_fields(b, "parameters", r->query, true);
    put_fields(b, r->flags & ROUTE_BULK ? "each row" : "body", r->body, true);
    put_fields(b, "answer", r->answer, false);
    struct text scopes = scopes_text(a, r->scopes);
    if (scopes.len) buf_printf(b, "<div class=\"s\">scope: %.*s</div>", TEXT_ARG(scopes));
    if (r->verb) buf_printf(b, "<div class=\"s\">waybill %s</div>", r->verb);
    buf_puts(b, "</td></tr>");
}

/* "orders" of "/v1/orders/{ord}"; absent: not of the API. */
static struct text group_of(const struct route *r)
{
    struct text path = text_of(r->path), rest;
    return text_starts(path, T("/v1/")) ? text_split(text_skip(path, 4), '/', &rest)
                                        : (struct text){0};
}

enum { GROUPS_MAX = 200 };

/* Each once, by the alphabet. */
static size_t groups_of(const struct route *const *tables, struct text groups[GROUPS_MAX])
{
    size_t n = 0;
    for (; *tables; tables++)
        for (const struct route *r = *tables; r->method; r++) {
            struct text group = group_of(r);
            size_t at = 0;
            while (at < n && text_cmp(groups[at], group) < 0) at++;
            bool is_known = at < n && text_eq(groups[at], group);
            if (!group.len || is_known || n == GROUPS_MAX) continue;
            memmove(&groups[at + 1], &groups[at], (n - at) * sizeof *groups);
            groups[at] = group;
            n++;
        }
    return n;
}

struct text openapi_page(struct arena *a, const struct route *const *tables)
{
    struct buf b = buf_new(a);
    struct text groups[GROUPS_MAX];
    size_t count = groups_of(tables, groups);
    put_head(&b, "Waybill API");
    buf_puts(&b, "<h1>Waybill API</h1><p>Send <code>Authorization: Bearer KEY</code>; "
                 "<code>waybill keys create</code> makes a key. Every POST takes an "
                 "<code>Idempotency-Key</code> and <code>?preview=1</code>. Failures are "
                 "problem details with a <a href=\"/docs/reasons\">reason</a>. The machine's "
                 "copy of this page is <a href=\"/v1/openapi.json\">/v1/openapi.json</a>. "
                 "What is marked * has to be given.</p>\n<nav aria-label=\"Groups\">");
    for (size_t g = 0; g < count; g++)
        buf_printf(&b, "<a href=\"#%.*s\">%.*s</a>\n", TEXT_ARG(groups[g]), TEXT_ARG(groups[g]));
    buf_puts(&b, "</nav>\n");
    for (size_t g = 0; g < count; g++) {
        buf_printf(&b, "<h2 id=\"%.*s\">%.*s</h2><table>\n", TEXT_ARG(groups[g]),
                   TEXT_ARG(groups[g]));
        for (const struct route *const *table = tables; *table; table++)
            for (const struct route *r = *table; r->method; r++)
                if (text_eq(group_of(r), groups[g])) put_route(&b, a, r);
        buf_puts(&b, "</table>\n");
    }
    buf_puts(&b, "</body></html>\n");
    return buf_text(&b);
}

static int status_of(const struct reason *r)
{
    struct fault f = {.code = r->code};
    snprintf(f.reason, sizeof f.reason, "%s", r->word);
    return problem_status(&f);
}

struct text openapi_reasons_page(struct arena *a)
{
    struct buf b = buf_new(a);
    put_head(&b, "Reasons for refusals");
    buf_puts(&b, "<h1>Reasons</h1><p>The <code>reason</code> of a problem is stable: programs "
                 "may act on it. The wording may change.</p><table><tr><th>reason</th>"
                 "<th>status</th><th>for example</th></tr>");
    const char *last = "";
    for (const struct reason *r = reasons; r->word; r++) {
        if (r->code == ERR_BUG) continue;
        bool is_new = strcmp(last, r->word) != 0;
        buf_printf(&b, "<tr%s%s%s><td><code>%s</code></td><td>%d</td><td>", is_new ? " id=\"" : "",
                   is_new ? r->word : "", is_new ? "\"" : "", r->word, status_of(r));
        put_html(&b, text_of(r->detail));
        buf_puts(&b, "</td></tr>");
        last = r->word;
    }
    buf_puts(&b, "</table></body></html>\n");
    return buf_text(&b);
}

struct text openapi_reasons_md(struct arena *a)
{
    struct buf b = buf_new(a);
    buf_puts(&b, "# Reasons\n\nMade from the source by `waybill openapi`. The `reason` of a "
                 "problem is stable: programs may act on it. The\nwording may change.\n\n"
                 "| reason | status | for example |\n| --- | --- | --- |\n");
    for (const struct reason *r = reasons; r->word; r++) {
        if (r->code == ERR_BUG) continue;
        buf_printf(&b, "| `%s` | %d | ", r->word, status_of(r));
        for (const char *at = r->detail; *at; at++) {
            if (*at == '|') buf_putc(&b, '\\');
            buf_putc(&b, *at);
        }
        buf_puts(&b, " |\n");
    }
    return buf_text(&b);
}
