/* faces/cli/exporting_remote.c: an export by a server, page by page: what serves a page, and what
 * asks for all of them. */
#include "faces/cli/bulk.h"
#include "faces/cli/cli.h"
#include "faces/cli/exporting_parts.h"
#include "wire/json.h"

#include <string.h>

enum { CURSOR_MAX = SKU_MAX * 4 + 24 };

static const char *const formats[] = {"ndjson", "csv"};
static const struct words format_words = WORDS("export_format", formats);

struct page_query {
    int32_t format;
    bool for_people;
    struct text after;
};
static const struct field query_table[] = {
    FIELD_ENUM(struct page_query, format, format_words, .flags = F_NULL,
               .about = "ndjson when absent: what POST /v1/imports takes; csv: for spreadsheets"),
    FIELD(struct page_query, for_people,
          .about = "csv: cells that a spreadsheet would compute are made plain text"),
    FIELD(struct page_query, after, .max = SKU_MAX * 4 + 8,
          .about = "where the page before ended: its Link header says it"),
};
static const struct fields query_fields = FIELDS("export_query", struct page_query, query_table);

/* --- at the server --------------------------------------------------------------------------- */

/* "1:TEA-100": the round, and where its next page begins. */
static enum err take_cursor(struct ctx *c, struct text after, struct export *x, size_t *round)
{
    struct text rest, head = text_split(after, ':', &rest);
    int64_t n;
    if (!after.len) return OK;
    if (!rest.at || !text_to_i64(head, &n) || n < 0 || !export_round(x->options->kind, (size_t)n))
        return fail_at(c, ERR_INVALID, "cursor_invalid", "after", "that is no `next` of this list");
    *round = (size_t)n;
    snprintf(x->after, sizeof x->after, "%.*s", TEXT_ARG(rest));
    if (!text_to_i64(rest, &x->after_id)) x->after_id = 0;
    x->has_header = true;
    return OK;
}

static struct text target_of(struct arena *a, const struct export_options *o, const char *cursor)
{
    struct buf b = buf_new(a);
    buf_printf(&b, "/v1/exports/%s?format=%s", word_of(&export_kind_words, o->kind),
               formats[o->is_csv]);
    if (o->is_for_people) buf_puts(&b, "&for_people=true");
    if (*cursor) buf_puts(&b, "&after=");
    buf_put_url(&b, text_of(cursor));
    return buf_text(&b);
}

static enum err export_page(struct ctx *c, const struct request *in, struct reply *out)
{
    const struct page_query *q = in->query;
    struct text word = text_of(in->route->path + sizeof "/v1/exports/" - 1);
    struct export_options o = {.kind = word_find(&export_kind_words, word),
                               .is_csv = q->format == 1,
                               .is_for_people = q->for_people,
                               .is_quiet = true};
    struct export x = {.c = c, .options = &o, .out = buf_new(c->arena)};
    char cursor[CURSOR_MAX];
    size_t round = 0;
    bool more = true, is_by_text = o.kind == EXPORT_PRODUCTS || o.kind == EXPORT_STOCK;
    TRY(take_cursor(c, q->after, &x, &round));
    buf_puts(&x.out, "");
    TRY(export_round(o.kind, round)(&x, &more));
    if (is_by_text && more)
        snprintf(cursor, sizeof cursor, "%zu:%s", round, x.after);
    else
        snprintf(cursor, sizeof cursor, "%zu:%lld", round, (long long)x.after_id);
    if (!more) snprintf(cursor, sizeof cursor, "%zu:", round + 1);
    if (more || export_round(o.kind, round + 1)) out->next = target_of(c->arena, &o, cursor);
    out->content = buf_text(&x.out);
    out->content_type = o.is_csv ? T("text/csv; charset=utf-8") : T("application/x-ndjson");
    return OK;
}

#define EXPORT(kind, scopes, about)                                                                \
    {                                                                                              \
        "GET", "/v1/exports/" kind, NULL, (scopes), ROUTE_RAW, NULL, &query_fields, NULL,          \
            export_page, about                                                                     \
    }
const struct route exports_routes[] = {
    EXPORT("orders", SCOPE(ORDERS_READ) | SCOPE(CUSTOMERS_READ),
           "A page as NDJSON or CSV, with a Link header to the next one: all orders, each as the "
           "body that would place it again."),
    EXPORT("products", SCOPE(CATALOG_READ),
           "A page as NDJSON or CSV, with a Link header to the next one: all products, goods "
           "before kits."),
    EXPORT("customers", SCOPE(CUSTOMERS_READ),
           "A page as NDJSON or CSV, with a Link header to the next one: all customers."),
    EXPORT("stock", SCOPE(STOCK_READ),
           "A page as NDJSON or CSV, with a Link header to the next one: what can be sold, cell by "
           "cell."),
    EXPORT("events", SCOPE(EVENTS_READ),
           "A page as NDJSON or CSV, with a Link header to the next one: all that has happened."),
    EXPORT("returns", SCOPE(ORDERS_READ),
           "A page as NDJSON or CSV, with a Link header to the next one: all returns, with what "
           "became of each line."),
    EXPORT("substitutes", SCOPE(CATALOG_READ),
           "As NDJSON or CSV: all rules about what may be sent instead of what, as POST "
           "/v1/substitutes takes them."),
    {0},
};

/* --- who asks -------------------------------------------------------------------------------- */

/* Of `Link: </v1/...>; rel="next"`; empty when there is none. */
static void keep_next(struct text link, char *target, size_t size)
{
    struct text rest, path;
    text_split(link, '<', &rest);
    path = text_split(rest, '>', &rest);
    bool is_ours = text_starts(path, T("/v1/exports/")) && path.len < size;
    snprintf(target, size, "%.*s", is_ours ? (int)path.len : 0, is_ours ? path.at : "");
}

/* What is told when it is done. */
static int64_t lines_of(struct text content)
{
    int64_t n = 0;
    for (size_t i = 0; i < content.len; i++) n += content.at[i] == '\n';
    return n;
}

enum err export_from(struct cli *cli, const struct export_options *o, FILE *to, int64_t *written)
{
    struct ctx *c = &cli->ctx;
    struct meter meter;
    char target[3 * CURSOR_MAX + 100];
    enum err e = OK;
    *written = 0;
    snprintf(target, sizeof target, "%.*s", TEXT_ARG(target_of(&cli->arena, o, "")));
    meter_begin(&meter, word_of(&export_kind_words, o->kind), 0, 0, o->is_quiet);
    while (e == OK && *target) {
        struct arena_mark mark = arena_mark(&cli->arena);
        struct answer a;
        struct call call = {
            .method = T("GET"), .target = text_of(target), .request_id = T("export")};
        e = cli_ask(cli, &call, &a);
        if (e == OK && a.status >= 400) e = cli_answer_fault(cli, &a);
        if (e == OK && a.body.len && fwrite(a.body.at, 1, a.body.len, to) != a.body.len)
            e = fail(c, ERR_UPSTREAM, "disk", "cannot write the export");
        if (e == OK) keep_next(a.link, target, sizeof target);
        if (e == OK) *written += lines_of(a.body);
        arena_rewind(&cli->arena, mark);
        meter_show(&meter, 0, *written);
    }
    if (e == OK && fflush(to) != 0) e = fail(c, ERR_UPSTREAM, "disk", "cannot write the export");
    meter_end(&meter);
    return e;
}
