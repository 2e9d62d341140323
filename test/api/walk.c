/* test/api/walk.c: see walk.h. */
#include "walk_inside.h"

#include "base/sort.h"
#include "base/time.h"
#include "domain/catalog/product.h"
#include "domain/events/skip.h"
#include "domain/inventory/asn.h"
#include "domain/orders/order.h"
#include "domain/payments/credit.h"
#include "faces/api/credential.h"
#include "faces/api/openapi.h"
#include "faces/api/preview.h"
#include "faces/api/reasons.h"
#include "faces/api/route_tree.h"
#include "faces/jobs/messages.h"
#include "faces/jobs/react.h"
#include "wire/crypto.h"
#include "wire/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What is sent; absent texts are left out. */
struct sending {
    struct text target, body, content_type, once, if_match, if_none_match, bearer;
};

/* --- keys ------------------------------------------------------------------------------------ */

static enum err put_key(struct ctx *c, void *arg) { return api_key_insert(c, arg); }

static struct text key_with(struct walk *k, int64_t scopes)
{
    for (size_t i = 0; i < k->key_count; i++)
        if (k->keys[i].scopes == scopes) return k->keys[i].bearer;
    struct text key = api_key_new(k->check.arena, true);
    struct api_key row = {.key_id = credential_id(key),
                          .merchant_id = k->w->ctx.merchant_id,
                          .name = T("walk"),
                          .key_hash = credential_hash(k->check.arena, key),
                          .scopes = scopes,
                          .created_us = k->w->ctx.now_us,
                          .expires_us = NONE,
                          .revoked_us = NONE};
    CHECK_OK(&k->w->ctx, db_tx(&k->w->ctx, put_key, &row));
    CHECK(k->key_count < WALK_KEYS_MAX);
    k->keys[k->key_count].scopes = scopes;
    k->keys[k->key_count].bearer = text_printf(k->check.arena, "Bearer %.*s", TEXT_ARG(key));
    return k->keys[k->key_count++].bearer;
}

/* --- what is in the database ----------------------------------------------------------------- */

struct standing {
    int64_t position, rows;
};

/* Every value of every table, as one number: the tables' columns are read from the migrations.
   Numbers count by what they are modulo a prime, texts by their length and their ends. */
static void put_column(struct buf *lite, struct buf *pg, const char *name, const char *type, int n)
{
    int weight = 7 + 31 * n;
    if (strcmp(type, "@i64") == 0 || strcmp(type, "@i32") == 0) {
        buf_printf(lite, " + coalesce(sum(%d * (%s %% 1000003)), 0)", weight, name);
        buf_printf(pg, " + coalesce(sum(%d * (%s::bigint %% 1000003)), 0)::bigint", weight, name);
    } else {
        buf_printf(lite,
                   " + coalesce(sum(%d * (length(%s) + unicode(hex(%s)) + "
                   "3 * coalesce(unicode(substr(hex(%s), -1)), 0))), 0)",
                   weight, name, name, name);
        buf_printf(pg, " + coalesce(sum(%d * (hashtext(%s::text)::bigint %% 1000003)), 0)::bigint",
                   weight, name);
    }
}

static void prepare_count(struct walk *k)
{
    static const char *const from[] = {"src/store/migrations/0001_foundation.sql"};
    struct buf lite = buf_new(k->check.arena), pg = buf_new(k->check.arena);
    char line[1000], table[100] = "", name[100], type[20];
    int tables = 0, columns = 0;
    buf_puts(&lite, "SELECT 0");
    buf_puts(&pg, "SELECT 0");
    for (size_t i = 0; i < sizeof from / sizeof *from; i++) {
        FILE *f = fopen(from[i], "r");
        CHECK(f != NULL);
        while (f && fgets(line, sizeof line, f)) {
            if (sscanf(line, "CREATE TABLE %99[a-z_]", table) == 1) {
                buf_printf(&lite, " + (SELECT %d * count(*)", tables += 1013);
                buf_printf(&pg, " + (SELECT %d * count(*)", tables);
            } else if (*table && sscanf(line, " %99[a-z0-9_] %19[@a-z0-9]", name, type) == 2 &&
                       type[0] == '@') {
                put_column(&lite, &pg, name, type, ++columns);
            } else if (*table && line[0] == ')') {
                buf_printf(&lite, " FROM %s)", table);
                buf_printf(&pg, " FROM %s)", table);
                *table = 0;
            }
        }
        if (f) fclose(f);
    }
    CHECK(tables > 20 * 1013 && columns > 200);
    k->sum_lite = buf_text(&lite);
    k->sum_pg = buf_text(&pg);
}

static struct standing standing_of(struct walk *k)
{
    struct standing s = {-1, -1};
    struct ctx *c = &k->w->ctx;
    CHECK_OK(c, store_reader(c));
    CHECK_OK(c, event_last_position(c, &s.position));
    CHECK_OK(c, db_ask(c, k->sum_lite.at, k->sum_pg.at, &s.rows));
    return s;
}

static void check_unchanged(struct walk *k, struct standing before, const char *what)
{
    struct standing now = standing_of(k);
    if (now.position != before.position) walk_wrong(k, "%s told an event", what);
    if (now.rows != before.rows) walk_wrong(k, "%s changed what is stored", what);
}

/* --- answers --------------------------------------------------------------------------------- */

static struct answer send(struct walk *k, struct sending s)
{
    struct answer a;
    struct call call = {.method = text_of(k->method),
                        .target = s.target,
                        .body = s.body,
                        .content_type = s.content_type,
                        .authorization = s.bearer,
                        .idempotency_key = s.once,
                        .if_match = s.if_match,
                        .if_none_match = s.if_none_match,
                        .request_id = T("walk")};
    k->calls++;
    dispatch(&k->server, k->check.arena, &call, &a);
    return a;
}

static json_t *lines_of(struct text body)
{
    json_t *rows = json_array();
    while (body.at) {
        struct text line = text_split(body, '\n', &body);
        if (line.len) json_array_append_new(rows, json_loadb(line.at, line.len, 0, NULL));
    }
    return rows;
}

static void check_problem(struct walk *k, const json_t *problem, int status, const char *reason)
{
    const json_t *schema = schema_at(k->document, "#/components/schemas/problem");
    const char *differs = schema_differs(&k->check, schema, problem);
    const char *said = json_string_value(json_object_get(problem, "reason"));
    if (differs) {
        walk_wrong(k, "its problem is not as documented: %s", differs);
        return;
    }
    const struct reason *known = reasons;
    while (known->word && strcmp(known->word, said) != 0) known++;
    if (!known->word) walk_wrong(k, "its reason %s is not in docs/api/reasons.md", said);
    if (json_integer_value(json_object_get(problem, "status")) != status)
        walk_wrong(k, "the problem's status is not the answer's");
    if (reason && strcmp(reason, said) != 0)
        walk_wrong(k, "its reason is %s, not %s", said, reason);
}

static const json_t *operation_of(const struct walk *k)
{
    const json_t *path = json_object_get(json_object_get(k->document, "paths"), k->path);
    char method[10] = "";
    for (size_t i = 0; k->method[i] && i + 1 < sizeof method; i++)
        method[i] = (char)(k->method[i] | 0x20);
    return json_object_get(path, method);
}

/* Exactly this status, with a problem of this reason about this field. */
static void check_refused(struct walk *k, struct answer a, const char *what, int status,
                          const char *reason, const char *field)
{
    const json_t *declared = json_object_get(operation_of(k), "responses");
    if (a.status != status) {
        walk_wrong(k, "%s is answered with %d, not %d: %.*s", what, a.status, status,
                   TEXT_ARG(text_head(a.body, 600)));
        return;
    }
    char digits[12];
    snprintf(digits, sizeof digits, "%d", status);
    if (!json_object_get(declared, digits) && !json_object_get(declared, "default"))
        walk_wrong(k, "%s: the status %d is not declared", what, status);
    if (!text_is(a.content_type, "application/problem+json"))
        walk_wrong(k, "%s is answered in %.*s", what, TEXT_ARG(a.content_type));
    json_t *problem = json_loadb(a.body.at, a.body.len, 0, NULL);
    check_problem(k, problem, status, reason);
    const char *named = json_string_value(json_object_get(problem, "field"));
    if (field && (!named || strcmp(named, field) != 0))
        walk_wrong(k, "%s: the problem names %s, not %s", what, named ? named : "nothing", field);
    json_decref(problem);
}

/* A 2xx as declared; the body, for keeping names, or NULL. */
static json_t *check_good(struct walk *k, const struct route *r, struct answer a, const char *what)
{
    char digits[12];
    snprintf(digits, sizeof digits, "%d", a.status);
    const json_t *said = json_object_get(json_object_get(operation_of(k), "responses"), digits);
    if (a.status >= 400 || !said) {
        walk_wrong(k, "%s is answered with %d, which is not what is declared: %.*s", what, a.status,
                   TEXT_ARG(text_head(a.body, 800)));
        return NULL;
    }
    const json_t *content = json_object_get(said, "content");
    if (!content != !a.body.at) walk_wrong(k, "%s: a body and its declaration go together", what);
    if (!content || r->flags & ROUTE_RAW) return NULL;
    char type[80];
    snprintf(type, sizeof type, "%.*s", TEXT_ARG(a.content_type));
    const json_t *schema = json_object_get(json_object_get(content, type), "schema");
    bool is_bulk = r->flags & ROUTE_BULK;
    json_t *body = is_bulk ? lines_of(a.body) : json_loadb(a.body.at, a.body.len, 0, NULL);
    for (size_t i = 0; i < (is_bulk ? json_array_size(body) : 1); i++) {
        const json_t *part = is_bulk ? json_array_get(body, i) : body;
        const char *differs = schema_differs(&k->check, schema, part);
        if (differs) walk_wrong(k, "%s: %s: %.*s", what, differs, TEXT_ARG(text_head(a.body, 800)));
        if (is_bulk && json_integer_value(json_object_get(part, "status")) >= 300)
            walk_wrong(k, "%s: row %zu is refused: %.*s", what, i + 1,
                       TEXT_ARG(text_head(a.body, 800)));
    }
    return body;
}

/* --- what has to be refused ------------------------------------------------------------------ */

/* The body with a member that nobody knows, as its first. */
static struct text with_unknown(struct walk *k, struct text body)
{
    struct text rest = text_skip(body, 1);
    bool is_empty = !body.len || text_starts(text_trim(rest), T("}"));
    if (!body.len) rest = T("}");
    return text_printf(k->check.arena, "{\"no_such_member\":1%s%.*s", is_empty ? "" : ",",
                       TEXT_ARG(rest));
}

/* A row that is refused is a row of a good answer. */
static void check_row_refused(struct walk *k, struct answer a, const char *what, int status,
                              const char *reason)
{
    json_t *rows = a.status == 200 ? lines_of(a.body) : NULL;
    const json_t *row = json_array_get(rows, 0);
    if (json_integer_value(json_object_get(row, "status")) != status)
        walk_wrong(k, "%s is not refused with %d: %d %.*s", what, status, a.status,
                   TEXT_ARG(text_head(a.body, 600)));
    else
        check_problem(k, json_object_get(row, "problem"), status, reason);
    json_decref(rows);
}

static void spoil_body(struct walk *k, const struct route *r, struct sending s)
{
    bool is_bulk = r->flags & ROUTE_BULK;
    struct text rest, good = is_bulk ? text_split(s.body, '\n', &rest) : s.body;
    if (!(r->flags & ROUTE_WRITE) || r->flags & ROUTE_RAW) return;
    s.body = T("{\"a\":");
    struct answer broken = send(k, s);
    s.body = with_unknown(k, good);
    struct answer unknown = send(k, s);
    if (!r->body) {
        check_refused(k, broken, "a body where none is", 400, "unexpected_body", NULL);
        check_refused(k, unknown, "a member where none is", 400, "unexpected_body", NULL);
    } else if (is_bulk) {
        check_row_refused(k, broken, "a row that is no JSON", 400, "invalid_json");
        check_row_refused(k, unknown, "a row with an unknown member", 422, "unknown_field");
    } else {
        check_refused(k, broken, "a body that is no JSON", 400, "invalid_json", NULL);
        check_refused(k, unknown, "an unknown member", 422, "unknown_field", "no_such_member");
    }
}

/* Pages are reached by links that others have written, and say for people what is wrong. */
static void spoil_page(struct walk *k, const struct route *r, struct sending s)
{
    const char *quiet = r->flags & ROUTE_WRITE ? "&preview=1" : "";
    struct text good = s.target;
    s.target = text_printf(k->check.arena, "%.*s?utm_source=mail%s", TEXT_ARG(good), quiet);
    if (send(k, s).status >= 400)
        walk_wrong(k, "it does not bear what others have put into its link");
    if (!route_parameter(r, 0).at) return;
    s.target = walk_path(k, r, 0, T("NOBODY-1"));
    struct answer a = send(k, s);
    if (a.status != 404) walk_wrong(k, "a link that opens nothing is answered with %d", a.status);
    if (!text_starts(a.content_type, T("text/html"))) walk_wrong(k, "and not with a page");
}

static void spoil_target(struct walk *k, const struct route *r, struct sending s)
{
    struct arena *a = k->check.arena;
    struct text good = s.target;
    s.target = text_printf(a, "%.*s%sno_such=1", TEXT_ARG(good), k->step->query ? "&" : "?");
    check_refused(k, send(k, s), "an unknown parameter", 422, "unknown_field", "no_such");
    for (size_t i = 0; i < ROUTE_IDS_MAX; i++) {
        struct text name = route_parameter(r, i);
        if (!name.at) return;
        const char *prefix = route_id_prefix(name);
        struct text nobody = T("NOBODY-1");
        if (prefix) nobody = id_text(a, prefix, source_id(&k->w->source));
        s.target = walk_path(k, r, i, nobody);
        struct text what = text_printf(a, "an unknown {%.*s}", TEXT_ARG(name));
        check_refused(k, send(k, s), what.at, 404, NULL, NULL);
    }
}

static void spoil_key(struct walk *k, const struct route *r, struct sending s)
{
    s.bearer = (struct text){0};
    if (r->flags & ROUTE_PUBLIC) return;
    check_refused(k, send(k, s), "a call without key", 401, "key_missing", NULL);
    for (size_t i = 0; i < scope_words.count; i++) {
        int64_t scope = INT64_C(1) << i;
        if (!(r->scopes & scope)) continue;
        s.bearer = key_with(k, SCOPE_ALL & ~scope);
        check_refused(k, send(k, s), "a key without its scope", 403, "scope_missing", NULL);
    }
}

/* Who has read another version is told so where If-Match is documented, and that there is none
   elsewhere. */
static void spoil_version(struct walk *k, const struct route *r, struct sending s)
{
    if (!(r->flags & ROUTE_WRITE)) return;
    json_t *at;
    size_t i;
    bool is_known = false;
    json_array_foreach(json_object_get(operation_of(k), "parameters"), i, at)
    {
        const char *to = json_string_value(json_object_get(at, "$ref"));
        is_known = is_known || (to && strcmp(to, "#/components/parameters/if_match") == 0);
    }
    s.if_match = T("\"v999999\"");
    if (is_known)
        check_refused(k, send(k, s), "another version", 412, "version_conflict", NULL);
    else
        check_refused(k, send(k, s), "a version", 422, "no_version", "If-Match");
}

static void refuse_all(struct walk *k, const struct route *r, struct sending s)
{
    for (size_t i = 0; i < scope_words.count; i++) /* keys are rows: make them before counting */
        if (r->scopes >> i & 1) key_with(k, SCOPE_ALL & ~(INT64_C(1) << i));
    struct standing before = standing_of(k);
    spoil_key(k, r, s);
    spoil_body(k, r, s);
    spoil_version(k, r, s);
    if (r->flags & ROUTE_PUBLIC && r->flags & ROUTE_RAW)
        spoil_page(k, r, s);
    else
        spoil_target(k, r, s);
    check_unchanged(k, before, "what was refused");
}

/* --- one step -------------------------------------------------------------------------------- */

static void check_request(struct walk *k, const struct route *r, struct text body)
{
    const json_t *content =
        json_object_get(json_object_get(operation_of(k), "requestBody"), "content");
    if (!r->body || !body.at) return;
    const json_t *schema = json_object_get(
        json_object_iter_value(json_object_iter((json_t *)(uintptr_t)content)), "schema");
    json_t *rows = lines_of(body);
    for (size_t i = 0; i < json_array_size(rows); i++) {
        const char *differs = schema_differs(&k->check, schema, json_array_get(rows, i));
        if (differs) walk_wrong(k, "what is sent is not as documented: %s", differs);
    }
    json_decref(rows);
}

/* Takes the difference out of a preview's answer, so that the rest is the answer of the command. */
static struct text take_difference(struct walk *k, const struct route *r, struct answer *a)
{
    static const char head[] = "\"preview\":";
    ptrdiff_t at = text_find(a->body, text_of(head));
    if (at < 1) {
        walk_wrong(k, "its preview shows no difference: %.*s", TEXT_ARG(a->body));
        return (struct text){0};
    }
    struct text said = text_trim(text_skip(a->body, (size_t)at + sizeof head - 1));
    said = text_head(said, said.len - 1);
    json_t *tree = json_loadb(said.at, said.len, 0, NULL);
    const json_t *schema = schema_at(k->document, "#/components/schemas/preview");
    const char *differs = schema_differs(&k->check, schema, tree);
    if (differs) walk_wrong(k, "its difference is not as documented: %s", differs);
    json_decref(tree);
    struct text rest = text_head(a->body, (size_t)at - 1);
    bool is_object = !(r->flags & ROUTE_BULK) && r->answer;
    if (is_object) rest = text_printf(k->check.arena, "%.*s}", TEXT_ARG(rest));
    if (is_object || r->flags & ROUTE_BULK) a->body = rest;
    return said;
}

/* What the preview says will differ; absent for pages. */
static struct text preview(struct walk *k, const struct route *r, struct sending s)
{
    struct standing before = standing_of(k);
    struct text said = {0};
    s.target = text_printf(k->check.arena, "%.*s%spreview=1", TEXT_ARG(s.target),
                           k->step->query ? "&" : "?");
    struct answer a = send(k, s);
    if (!(r->flags & ROUTE_RAW) && a.status < 300) said = take_difference(k, r, &a);
    json_decref(check_good(k, r, a, "its preview"));
    if (!a.is_preview) walk_wrong(k, "its preview does not say that it is one");
    check_unchanged(k, before, "its preview");
    return said;
}

/* Everything that a preview may speak of, in the whole shop. */
static struct preview_state state_of(struct walk *k, int64_t since_id)
{
    struct ctx *c = &k->w->ctx;
    struct list orders, products, credits, deliveries;
    struct preview_keys keys = {0};
    struct preview_state state = {0};
    CHECK_OK(c, store_reader(c));
    CHECK_OK(c, order_recent(c, INT64_MAX, 500, &orders));
    CHECK_OK(c, product_list(c, T(""), 500, &products));
    keys.orders = arena_new(c->arena, int64_t, orders.count + 1);
    keys.products = arena_new(c->arena, int64_t, products.count + 1);
    for (size_t i = 0; i < orders.count; i++)
        keys.orders[keys.order_count++] = ((const struct order *)orders.at)[i].order_id;
    for (size_t i = 0; i < products.count; i++)
        keys.products[keys.product_count++] = ((const struct product *)products.at)[i].product_id;
    CHECK_OK(c, credit_list(c, INT64_MAX, 500, &credits));
    CHECK_OK(c, asn_list(c, INT64_MAX, 500, &deliveries));
    keys.credits = arena_new(c->arena, int64_t, credits.count + 1);
    keys.deliveries = arena_new(c->arena, int64_t, deliveries.count + 1);
    for (size_t i = 0; i < credits.count; i++)
        keys.credits[keys.credit_count++] = ((const struct credit *)credits.at)[i].credit_id;
    for (size_t i = 0; i < deliveries.count; i++)
        keys.deliveries[keys.delivery_count++] = ((const struct asn *)deliveries.at)[i].asn_id;
    sort_i64(keys.credits, keys.credit_count);
    sort_i64(keys.deliveries, keys.delivery_count);
    sort_i64(keys.orders, keys.order_count);
    sort_i64(keys.products, keys.product_count);
    CHECK_OK(c, preview_read(c, &keys, since_id, &state));
    return state;
}

/* The reactions alone: what they ask of others waits in jobs, as in a preview. */
static void react_only(struct walk *k)
{
    int64_t did = 1, behind = 1;
    for (int i = 0; i < 100 && (did || behind); i++) {
        CHECK_OK(&k->w->ctx, react_to_events(&k->w->ctx, &did));
        CHECK_OK(&k->w->ctx, react_behind(&k->w->ctx, &behind));
    }
    CHECK(!did && !behind);
}

struct foretold {
    struct text said;
    struct preview_state before;
    int64_t position, since_id;
};

static struct foretold foretell(struct walk *k, const struct route *r, struct sending s)
{
    react_only(k);
    struct foretold f = {.since_id = source_id(&k->w->source)};
    f.position = standing_of(k).position;
    f.before = state_of(k, f.since_id);
    f.said = preview(k, r, s);
    return f;
}

/* The command was done: it made exactly the difference that its preview had told. */
static void check_foretold(struct walk *k, struct foretold *f)
{
    struct ctx *c = &k->w->ctx;
    struct list events;
    struct preview made;
    react_only(k);
    if (!f->said.at || k->is_lost) return;
    k->is_compared[k->route] = true;
    struct preview_state after = state_of(k, f->since_id);
    CHECK_OK(c, event_feed(c, f->position, EVENT_PAGE_MAX, &events));
    preview_compare(c->arena, &f->before, &after, &events, &made);
    struct text did = record_to_json(c->arena, &preview_fields, &made);
    if (text_eq(f->said, did)) return;
    size_t i = 0;
    while (i < did.len && i < f->said.len && did.at[i] == f->said.at[i]) i++;
    i = i > 200 ? i - 200 : 0;
    walk_wrong(k, "its preview is not what it did:\n said %.*s\n did  %.*s",
               TEXT_ARG(text_head(text_skip(f->said, i), 700)),
               TEXT_ARG(text_head(text_skip(did, i), 700)));
}

static void repeat(struct walk *k, const struct route *r, struct sending s, struct answer first)
{
    struct standing before = standing_of(k);
    struct answer again = send(k, s);
    if (r->flags & ROUTE_ONCE) {
        check_refused(k, again, "its repetition", 409, "answer_not_kept", NULL);
    } else {
        if (again.status != first.status || !text_eq(again.body, first.body))
            walk_wrong(k, "its repetition is answered otherwise: %d %.*s", again.status,
                       TEXT_ARG(text_head(again.body, 400)));
        if (!text_eq(again.etag, first.etag) || !text_eq(again.location, first.location))
            walk_wrong(k, "its repetition has other headers");
        if (!again.is_replayed) walk_wrong(k, "its repetition does not say Idempotent-Replayed");
    }
    check_unchanged(k, before, "its repetition");
}

static void ask_again(struct walk *k, struct sending s, struct answer first)
{
    if (!first.etag.at) return;
    s.if_none_match = first.etag;
    struct answer again = send(k, s);
    const json_t *declared = json_object_get(operation_of(k), "responses");
    if (again.status != 304 || again.body.at) walk_wrong(k, "its ETag is not known again");
    if (!json_object_get(declared, "304")) walk_wrong(k, "the status 304 is not declared");
}

static void visit(struct walk *k, const struct route *r, bool is_first)
{
    struct arena *a = k->check.arena;
    bool is_write = r->flags & ROUTE_WRITE;
    struct text path = walk_path(k, r, ROUTE_IDS_MAX, T(""));
    struct text query = walk_filled(k, k->step->query);
    struct sending s = {.target = path, .body = walk_filled(k, k->step->body)};
    if (s.body.at)
        s.content_type = r->flags & ROUTE_RAW    ? T("application/x-www-form-urlencoded")
                         : r->flags & ROUTE_BULK ? T("application/x-ndjson")
                                                 : T("application/json");
    if (query.at) s.target = text_printf(a, "%.*s?%.*s", TEXT_ARG(path), TEXT_ARG(query));
    if (!(r->flags & ROUTE_PUBLIC)) s.bearer = key_with(k, r->scopes);
    check_request(k, r, s.body);
    if (is_first) refuse_all(k, r, s);
    if (!(r->flags & ROUTE_PUBLIC)) walk_as_stranger(k, r, s.target, s.body, s.content_type);
    if (k->step->refused) {
        check_refused(k, send(k, s), "it", 409, k->step->refused, NULL);
        return;
    }
    struct foretold foretold = {0};
    if (is_write) foretold = foretell(k, r, s);
    if (is_write) s.once = text_printf(a, "walk-%lld", (long long)k->calls);
    struct answer answer = send(k, s);
    json_t *body = check_good(k, r, answer, "it");
    k->is_lost = answer.status >= 400;
    if (is_write) repeat(k, r, s, answer);
    if (is_write) check_foretold(k, &foretold);
    if (!is_write) ask_again(k, s, answer);
    if (k->step->keep && body) walk_keep_all(k, body, text_of(k->step->keep));
    json_decref(body);
}

/* --- steps ----------------------------------------------------------------------------------- */

static void let_time_pass(struct walk *k, int64_t minutes)
{
    source_advance_us(&k->w->source, minutes * MINUTE_US);
    k->w->ctx.now_us = source_now_us(&k->w->source);
    CHECK_OK(&k->w->ctx, react_until_quiet(&k->w->ctx));
}

static enum err put_skip(struct ctx *c, void *arg) { return skip_put(c, arg); }

static void let_reaction_skip(struct walk *k, struct text position)
{
    struct ctx *c = &k->w->ctx;
    struct skip s = {.reaction = walk_name(k, "reaction"),
                     .kind = EVENT_ORDER_PLACED,
                     .order_id = NONE,
                     .reason = T("number_range"),
                     .detail = T("out of range"),
                     .skipped_us = c->now_us,
                     .tries = REACT_TRIES_MAX};
    CHECK(text_to_i64(position, &s.position));
    CHECK_OK(c, db_tx(c, put_skip, &s));
}

static void do_by_hand(struct walk *k)
{
    struct text rest, way = text_of(k->step->way);
    struct text verb = text_split(way, ' ', &rest);
    if (text_is(verb, "run"))
        let_time_pass(k, 0);
    else if (text_is(verb, "later"))
        let_time_pass(k, atoll(rest.at));
    else if (text_is(verb, "skip"))
        let_reaction_skip(k, walk_filled(k, rest.at));
    else if (text_is(verb, "let")) {
        struct text name = text_split(rest, ' ', &rest);
        walk_keep(k, text_cstr(k->check.arena, name), walk_filled(k, rest.at));
    } else
        walk_wrong(k, "is no step");
}

static void walk_step(struct walk *k)
{
    struct text path, way = text_of(k->step->way);
    struct text method = text_split(way, ' ', &path);
    if (!text_starts(path, T("/"))) {
        do_by_hand(k);
        return;
    }
    for (size_t i = 0; i < k->route_count; i++) {
        const struct route *r = route_tree_at(k->server.tree, i);
        if (!text_is(method, r->method) || !text_is(path, r->path)) continue;
        k->route = i;
        k->method = r->method;
        k->path = r->path;
        visit(k, r, !k->is_visited[i]);
        k->is_visited[i] = true;
        return;
    }
    walk_wrong(k, "there is no such route");
}

void walk_steps(struct walk *k, const struct step *steps, size_t count)
{
    for (size_t i = 0; i < count && !k->is_lost; i++) {
        k->step = &steps[i];
        walk_step(k);
    }
}

/* Writes whose preview nothing is compared with here. Routes that ask others have no preview
   (ROUTE_CALLS), and those of pages tell no difference (ROUTE_RAW). */
static const struct {
    const char *method, *path, *why;
} alone[] = {
    {"DELETE", "/v1/sessions/me", "keys have no session, and only they walk"},
};

static bool is_compared(const struct walk *k, size_t i, const struct route *r)
{
    bool is_alone = !(r->flags & ROUTE_WRITE) || r->flags & ROUTE_RAW;
    for (size_t n = 0; n < sizeof alone / sizeof *alone; n++)
        is_alone |= strcmp(alone[n].method, r->method) == 0 && strcmp(alone[n].path, r->path) == 0;
    return is_alone != k->is_compared[i];
}

void walk_all_visited(struct walk *k)
{
    for (size_t i = 0; i < k->route_count && !k->is_lost; i++) {
        const struct route *r = route_tree_at(k->server.tree, i);
        if (!k->is_visited[i])
            test_fail(__FILE__, __LINE__, "%s %s: nobody walks there", r->method, r->path);
        else if (!is_compared(k, i, r))
            test_fail(__FILE__, __LINE__, "%s %s: its preview is %s", r->method, r->path,
                      k->is_compared[i] ? "compared, and named as one that is not"
                                        : "compared with nothing that it did");
    }
}

/* Mails go nowhere. */
static enum err swallow(struct ctx *c, const void *arg, const struct mail *mail,
                        struct text once_key)
{
    (void)c, (void)arg, (void)mail, (void)once_key;
    return OK;
}

void walk_open(struct walk *k, struct world *w, const struct route *const *tables)
{
    memset(k, 0, sizeof *k);
    k->w = w;
    k->tables = tables;
    server_open(&k->server, w->store, &w->source, tables);
    k->server.merchant_id = w->ctx.merchant_id;
    messages_use((struct mail_sender){swallow, NULL, NULL});
    k->document = json_loads(openapi_json(&w->arena, tables, false).at, 0, NULL);
    CHECK(k->document != NULL);
    k->check = (struct schema_check){&w->arena, k->document};
    k->route_count = route_tree_count(k->server.tree);
    k->is_visited = arena_new(&w->arena, bool, k->route_count);
    k->is_compared = arena_new(&w->arena, bool, k->route_count);
    prepare_count(k);
}

void walk_close(struct walk *k)
{
    json_decref(k->document);
    server_close(&k->server);
}
