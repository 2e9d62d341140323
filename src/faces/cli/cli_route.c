/* faces/cli/cli_route.c: a route as a verb: path parameters by position, fields as options.
 *
 *   waybill orders hold 1001 --reason manual --note "call first"
 *   waybill orders create --ship_to country=DE,city=Berlin --lines sku=TEA,quantity=2 --lines ...
 *   waybill orders create --json @order.json */
#include "base/field.h"
#include "faces/api/preview.h"
#include "faces/api/route_tree.h"
#include "faces/cli/cli_inside.h"
#include "wire/json.h"
#include "wire/json_value.h"

#include <stdlib.h>
#include <string.h>

/* One "--name value", in the order given. */
struct given {
    const struct field *field;
    bool is_query;
    struct text value;
};
struct givens {
    struct given *at;
    size_t count, capacity;
};

/* --- values as JSON -------------------------------------------------------------------------- */

static enum err put_value(struct cli *cli, struct buf *b, const struct field *f, struct text value);

static struct text field_names(struct arena *a, const struct fields *f)
{
    struct buf b = buf_new(a);
    for (size_t i = 0; i < f->count; i++)
        if (!(f->at[i].flags & F_OUT)) buf_printf(&b, "%s%s", b.len ? ", " : "", f->at[i].json);
    return buf_text(&b);
}

/* "sku=TEA,quantity=2" as an object of the fields. */
static enum err put_pairs(struct cli *cli, struct buf *b, const struct fields *f, struct text value)
{
    size_t n = 0;
    if (text_starts(value, T("{"))) {
        buf_put(b, value);
        return OK;
    }
    buf_putc(b, '{');
    while (value.at) {
        struct text pair = text_split(value, ',', &value), part;
        struct text name = text_trim(text_split(pair, '=', &part));
        const struct field *field = field_find(f, name);
        if (!field && part.at) return value_unknown_field(&cli->ctx, f, name);
        if (!part.at) {
            cli_fault(cli, "usage", "\"%.*s\" is no NAME=VALUE", TEXT_ARG(text_head(pair, 60)));
            return hint(&cli->ctx, "names: %.*s", TEXT_ARG(field_names(&cli->arena, f)));
        }
        if (n++) buf_putc(b, ',');
        json_put_text(b, name);
        buf_putc(b, ':');
        TRY(put_value(cli, b, field, part));
    }
    buf_putc(b, '}');
    return OK;
}

static bool is_number_text(struct text t)
{
    int64_t n;
    return text_to_i64(t, &n);
}

/* "19.99 EUR" in minor units; {"amount": ...} passes through. */
static enum err put_money(struct cli *cli, struct buf *b, struct text value)
{
    struct text currency, amount = text_split(text_trim(value), ' ', &currency);
    const char *code = text_cstr(&cli->arena, text_upper(&cli->arena, text_trim(currency)));
    int64_t minor;
    if (text_starts(value, T("{"))) {
        buf_put(b, value);
        return OK;
    }
    if (!currency.at || !currency_known(code) || !money_parse(amount, code, '.', &minor))
        return cli_fault(cli, "usage", "\"%.*s\" is no amount; write \"19.99 EUR\"",
                         TEXT_ARG(value));
    buf_printf(b, "{\"amount\":%lld,\"currency\":\"%s\"}", (long long)minor, code);
    return OK;
}

/* As people say it, in JSON and in a query. */
static enum err put_bool(struct cli *cli, struct buf *b, const struct field *f, struct text value)
{
    bool yes = text_is(value, "yes") || text_is(value, "true") || text_is(value, "1");
    if (!yes && !text_is(value, "no") && !text_is(value, "false") && !text_is(value, "0"))
        return cli_fault(cli, "usage", "--%s is yes or no", f->json);
    buf_puts(b, yes ? "true" : "false");
    return OK;
}

static enum err put_value(struct cli *cli, struct buf *b, const struct field *f, struct text value)
{
    switch ((enum field_kind)f->kind) {
    case F_I64:
    case F_I32:
        if (!is_number_text(value))
            return cli_fault(cli, "usage", "%s: \"%.*s\" is no whole number", f->json,
                             TEXT_ARG(text_head(value, 60)));
        buf_put(b, value);
        return OK;
    case F_BOOL: return put_bool(cli, b, f, value);
    case F_MONEY: return put_money(cli, b, value);
    case F_RECORD: return put_pairs(cli, b, f->of, value);
    case F_LIST:
        if (f->of) return put_pairs(cli, b, f->of, value);
        json_put_text(b, value);
        return OK;
    case F_JSON: buf_put(b, value); return OK;
    case F_TEXT:
    case F_ID:
    case F_INSTANT:
    case F_DAY:
    case F_ENUM:
    case F_FLAGS: break;
    }
    json_put_text(b, value);
    return OK;
}

/* Words and texts may be joined by commas: --scopes orders:read,orders:write. */
static enum err put_items(struct cli *cli, struct buf *b, const struct field *f, struct text value,
                          size_t *n)
{
    bool is_joined = f->kind == F_FLAGS || !f->of;
    do {
        struct text item = is_joined ? text_split(value, ',', &value) : value;
        if ((*n)++) buf_putc(b, ',');
        TRY(put_value(cli, b, f, item));
    } while (is_joined && value.at);
    return OK;
}

static enum err put_body(struct cli *cli, struct buf *b, const struct givens *g)
{
    size_t members = 0;
    buf_putc(b, '{');
    for (size_t i = 0; i < g->count; i++) {
        const struct field *f = g->at[i].field;
        bool is_list = f->kind == F_LIST || f->kind == F_FLAGS, is_repeated = false;
        if (g->at[i].is_query) continue;
        for (size_t k = 0; k < i; k++) is_repeated = is_repeated || g->at[k].field == f;
        if (is_repeated && !is_list) return cli_fault(cli, "usage", "--%s is given twice", f->json);
        if (is_repeated) continue;
        buf_printf(b, "%s\"%s\":", members++ ? "," : "", f->json);
        if (!is_list) {
            TRY(put_value(cli, b, f, g->at[i].value));
            continue;
        }
        size_t items = 0;
        buf_putc(b, '[');
        for (size_t k = i; k < g->count; k++)
            if (g->at[k].field == f) TRY(put_items(cli, b, f, g->at[k].value, &items));
        buf_putc(b, ']');
    }
    buf_putc(b, '}');
    return OK;
}

/* --- options --------------------------------------------------------------------------------- */

/* `--customer-name`, `--customer_name`, or the beginning of one name only. */
static const struct field *find_name(const struct fields *f, struct text name, size_t *likely)
{
    const struct field *found = NULL;
    for (size_t i = 0; f && i < f->count; i++) {
        const struct field *at = &f->at[i];
        size_t k = 0;
        while (k < name.len && at->json[k] &&
               (name.at[k] == at->json[k] || (name.at[k] == '-' && at->json[k] == '_')))
            k++;
        if (k < name.len || at->flags & F_OUT) continue;
        if (!at->json[k]) {
            *likely = 1;
            return at;
        }
        (*likely)++;
        found = at;
    }
    return found;
}

static enum err take_option(struct cli *cli, const struct route *r, struct text name,
                            struct given *out)
{
    size_t in_query = 0, in_body = 0;
    const struct field *query = find_name(r->query, name, &in_query);
    const struct field *body = find_name(r->flags & ROUTE_BULK ? NULL : r->body, name, &in_body);
    if (in_query + in_body == 0) {
        const char *meant = guess_option(cli, r, name);
        cli_fault(cli, "usage", "there is no option --%.*s", TEXT_ARG(name));
        if (meant) return hint(&cli->ctx, "did you mean --%s? waybill help %s", meant, r->verb);
        return hint(&cli->ctx, "waybill help %s", r->verb);
    }
    if (in_body > 1 || (!in_body && in_query > 1))
        return cli_fault(cli, "usage", "--%.*s may mean several options", TEXT_ARG(name));
    out->is_query = !in_body;
    out->field = in_body ? body : query;
    return OK;
}

struct parts {
    struct text path[ROUTE_IDS_MAX];
    size_t path_count;
    struct givens givens;
    bool is_preview;
    struct text if_match, key, owner;
};

/* `--accepts no`: no identifier and no number of an order reads like that. */
static bool is_yes_or_no(struct text t)
{
    return text_is(t, "yes") || text_is(t, "no") || text_is(t, "true") || text_is(t, "false");
}

static enum err take_argument(struct cli *cli, const struct route *r, int argc, char **argv,
                              int *at, struct parts *p)
{
    struct text rest, name = text_split(text_of(argv[*at] + 2), '=', &rest);
    struct given given = {0};
    if (text_is(name, "preview") && !rest.at) {
        p->is_preview = true;
        return OK;
    }
    bool is_match = text_is(name, "if-match"), is_key = text_is(name, "idempotency-key");
    bool is_beside_json = cli->body.at && r->flags & (ROUTE_OWNED | ROUTE_BY_OWNER);
    bool is_owner = text_is(name, "owner") && (is_beside_json || route_asks_owner(r));
    if (!is_match && !is_key && !is_owner) TRY(take_option(cli, r, name, &given));
    if (!rest.at && given.field && given.field->kind == F_BOOL) {
        bool is_said = *at + 1 < argc && is_yes_or_no(text_of(argv[*at + 1]));
        rest = is_said ? text_of(argv[++*at]) : T("yes");
    } else if (!rest.at) {
        if (*at + 1 >= argc) return cli_fault(cli, "usage", "--%.*s needs a value", TEXT_ARG(name));
        rest = text_of(argv[++*at]);
    }
    if (is_match)
        p->if_match = rest;
    else if (is_owner)
        p->owner = rest;
    else if (is_key)
        p->key = rest;
    else {
        given.value = rest;
        *arena_push(&cli->arena, p->givens.at, p->givens.count, p->givens.capacity) = given;
    }
    return OK;
}

static enum err take_arguments(struct cli *cli, const struct route *r, int argc, char **argv,
                               struct parts *p)
{
    bool is_over = false;
    for (int i = 1; i < argc; i++) {
        if (!is_over && strcmp(argv[i], "--") == 0) {
            is_over = true;
        } else if (!is_over && strncmp(argv[i], "--", 2) == 0) {
            TRY(take_argument(cli, r, argc, argv, &i, p));
        } else if (route_parameter(r, p->path_count).at) {
            p->path[p->path_count++] = text_of(argv[i]);
        } else {
            cli_fault(cli, "usage", "\"%s\" is one argument too many", argv[i]);
            return hint(&cli->ctx, "waybill help %s", r->verb);
        }
    }
    struct text lacking = route_parameter(r, p->path_count);
    if (!lacking.at) return OK;
    struct text usage = route_usage(&cli->arena, r);
    cli_fault(cli, "usage", "%.*s is missing",
              TEXT_ARG(route_parameter_shown(&cli->arena, lacking)));
    return hint(&cli->ctx, "waybill %s %.*s", r->verb, TEXT_ARG(usage));
}

/* --- the call -------------------------------------------------------------------------------- */

static enum err target_of(struct cli *cli, const struct route *r, const struct parts *p,
                          struct text *out)
{
    struct buf b = buf_new(&cli->arena);
    struct text rest = text_of(r->path);
    size_t n = 0, queries = 0;
    while (rest.len) {
        struct text before = text_split(rest, '{', &rest);
        buf_put(&b, before);
        if (!rest.at) break;
        text_split(rest, '}', &rest);
        buf_put_url(&b, p->path[n++]);
    }
    for (size_t i = 0; i < p->givens.count; i++) {
        const struct given *g = &p->givens.at[i];
        if (!g->is_query) continue;
        buf_printf(&b, "%c%s=", queries++ ? '&' : '?', g->field->json);
        if (g->field->kind == F_BOOL)
            TRY(put_bool(cli, &b, g->field, g->value));
        else
            buf_put_url(&b, g->value);
    }
    if (p->owner.at) {
        buf_printf(&b, "%cowner=", queries++ ? '&' : '?');
        buf_put_url(&b, p->owner);
    }
    if (p->is_preview) buf_printf(&b, "%cpreview=1", queries ? '&' : '?');
    *out = buf_text(&b);
    return OK;
}

enum err route_call(struct cli *cli, const struct route *r, int argc, char **argv, struct call *out)
{
    struct parts p = {0};
    TRY(take_arguments(cli, r, argc, argv, &p));
    *out = (struct call){.method = text_of(r->method),
                         .body = cli->body,
                         .if_match = p.if_match,
                         .idempotency_key = p.key,
                         .request_id = T("cli")};
    TRY(target_of(cli, r, &p, &out->target));
    bool has_fields = false;
    for (size_t i = 0; i < p.givens.count; i++) has_fields = has_fields || !p.givens.at[i].is_query;
    if (has_fields && cli->body.at) {
        cli_fault(cli, "usage", "the body is given both as JSON and by options");
        return hint(&cli->ctx, "write all of it into the JSON, or leave --body out");
    }
    if (!r->body || out->body.at) {
        if (r->flags & ROUTE_BULK)
            out->content_type = T("application/x-ndjson");
        else if (r->body)
            out->content_type = T("application/json");
        return OK;
    }
    struct buf b = buf_new(&cli->arena);
    TRY(put_body(cli, &b, &p.givens));
    out->body = buf_text(&b);
    out->content_type = T("application/json");
    return OK;
}

/* --- the answer ------------------------------------------------------------------------------ */

struct page_answer {
    struct list data;
    struct text next;
};

/* What a list shows when nothing else was asked for: "site: the first site; state: sealed". */
static void say_shown(struct cli *cli, const struct route *r, struct text query)
{
    static const char mark[] = " when absent";
    struct buf b = buf_new(&cli->arena);
    bool is_chosen = text_find(query, T("scan=")) >= 0 || text_find(query, T("_id=")) >= 0;
    for (size_t i = 0; r->query && i < r->query->count && !is_chosen; i++) {
        const struct field *f = &r->query->at[i];
        struct text about = text_of(f->about), rest = about, part = about;
        struct text given = text_printf(&cli->arena, "%s=", f->json);
        if (strcmp(f->json, "limit") == 0 || text_find(query, given) >= 0) continue;
        while (rest.at) part = text_trim(text_split(rest, ';', &rest));
        if (!text_ends(part, text_of(mark))) continue;
        part.len -= sizeof mark - 1;
        buf_printf(&b, "%s--%s: %.*s", b.len ? ", " : "", f->json, TEXT_ARG(part));
    }
    if (b.len && !cli->is_quiet) fprintf(stderr, "shown with %.*s\n", TEXT_ARG(buf_text(&b)));
}

static int show_list(struct cli *cli, const struct route *r, struct text json, struct text query)
{
    const struct field table[] = {
        {.name = "data",
         .json = "data",
         .offset = offsetof(struct page_answer, data),
         .kind = F_LIST,
         .is_set = true,
         .max = 100000,
         .of = r->answer},
        {.name = "next",
         .json = "next",
         .offset = offsetof(struct page_answer, next),
         .kind = F_TEXT,
         .is_set = true},
    };
    const struct fields fields = {"page", table, 2, sizeof(struct page_answer)};
    struct page_answer page;
    enum err e = record_from_reply(&cli->ctx, &fields, json, &page);
    if (e != OK) return cli_fail(cli, e);
    cli_show_list(cli, r->answer, &page.data);
    say_shown(cli, r, query);
    if (page.next.at && !cli->is_quiet)
        fprintf(stderr, "there are more: --after %.*s\n", TEXT_ARG(page.next));
    return 0;
}

/* The rows of a bulk answer are answered each for itself; a script has to hear of refused ones. */
static int count_refused(struct cli *cli, struct text rows)
{
    size_t count = 0, refused = 0;
    while (rows.len) {
        struct text row = text_split(rows, '\n', &rows);
        if (!row.len || text_starts(row, T("{\"preview\""))) continue;
        count++;
        ptrdiff_t status = text_find(row, T("\"status\":"));
        size_t digit = (size_t)status + sizeof "\"status\":" - 1;
        if (status >= 0 && digit < row.len && row.at[digit] >= '4') refused++;
    }
    if (!refused) return 0;
    if (!cli->is_quiet) fprintf(stderr, "waybill: %zu of %zu rows refused\n", refused, count);
    return err_exit(ERR_INVALID);
}

struct previewed {
    struct preview *preview;
};
static const struct field previewed_table[] = {
    FIELD_RECORD(struct previewed, preview, preview_fields),
};
static const struct fields previewed_fields =
    FIELDS("previewed", struct previewed, previewed_table);

/* The difference, below the answer as it would be. */
static int show_difference(struct cli *cli, const struct route *r, const struct answer *a)
{
    struct previewed p = {0};
    struct text body = a->body;
    ptrdiff_t last = r->flags & ROUTE_BULK ? text_find(body, T("{\"preview\":")) : 0;
    if (last > 0) body = text_trim(text_skip(body, (size_t)last));
    enum err e = record_from_reply(&cli->ctx, &previewed_fields, body, &p);
    if (e == OK && last > 0)
        e = cli_show_rows(cli, r->answer, text_head(a->body, (size_t)last)); /* what is refused */
    if (e != OK) return cli_fail(cli, e);
    struct buf b = buf_new(&cli->arena);
    buf_puts(&b, "");
    if (p.preview) preview_put_people(&b, p.preview);
    cli_put(cli, buf_text(&b));
    return r->flags & ROUTE_BULK ? count_refused(cli, text_head(a->body, (size_t)last)) : 0;
}

static int show_answer(struct cli *cli, const struct route *r, const struct call *call,
                       const struct answer *a)
{
    struct text query;
    text_split(call->target, '?', &query);
    bool is_raw = r->flags & (ROUTE_RAW | ROUTE_BULK);
    if (r->flags & ROUTE_BULK && !cli->is_json) {
        enum err e = cli_show_rows(cli, r->answer, a->body);
        return e == OK ? count_refused(cli, a->body) : cli_fail(cli, e);
    }
    if (cli->is_json || is_raw || !r->answer) {
        cli_put(cli, a->body);
        if (a->body.len && !is_raw) cli_put(cli, T("\n"));
        return r->flags & ROUTE_BULK ? count_refused(cli, a->body) : 0;
    }
    if (r->flags & ROUTE_LIST) return show_list(cli, r, a->body, query);
    if (!a->body.len) return 0;
    void *record = arena_alloc(&cli->arena, r->answer->size, 16);
    enum err e = record_from_reply(&cli->ctx, r->answer, a->body, record);
    if (e != OK) return cli_fail(cli, e);
    cli_show_record(cli, r->answer, record);
    return 0;
}

int route_run(struct cli *cli, const struct route *r, int argc, char **argv)
{
    struct call call;
    struct answer answer;
    enum err e = route_call(cli, r, argc, argv, &call);
    if (e == OK) e = cli_ask(cli, &call, &answer);
    if (e != OK) return cli_fail(cli, e);
    if (answer.status >= 400) return cli_fail_answer(cli, &answer);
    bool is_shown = answer.is_preview && !cli->is_json && !(r->flags & ROUTE_RAW);
    int code =
        is_shown && (!r->answer || r->flags & ROUTE_BULK) ? 0 : show_answer(cli, r, &call, &answer);
    if (is_shown && code == 0) code = show_difference(cli, r, &answer);
    if (answer.is_preview && !cli->is_quiet) fputs("a preview: nothing was changed\n", stderr);
    if (!(r->flags & ROUTE_WRITE) || answer.is_preview) return code;
    fflush(stdout);
    e = cli_settle(cli);
    return e == OK ? code : cli_fail(cli, e);
}
