/* faces/api/dispatch_test.c: what callers see, over a few routes of its own. */
#include "faces/api/dispatch.h"

#include "domain/events/event.h"
#include "domain/people/people.h"
#include "faces/api/credential.h"
#include "wire/crypto.h"
#include "world.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>

/* --- a small face ---------------------------------------------------------------------------- */

struct note {
    int64_t note_id;
    struct text words;
    int64_t quantity;
    struct list lines;
};
struct note_line {
    struct text sku;
};
static const struct field note_line_table[] = {
    FIELD(struct note_line, sku, .flags = F_REQUIRED, .max = 10)};
static const struct fields note_line_fields =
    FIELDS("note_line", struct note_line, note_line_table);
static const struct field note_table[] = {
    FIELD_ID(struct note, note_id, "id", "ord", .flags = F_OUT),
    FIELD(struct note, words, .flags = F_REQUIRED, .max = 40),
    FIELD(struct note, quantity, .flags = F_NULL, .min = 1, .max = 10),
    FIELD_LIST(struct note, lines, note_line_fields),
};
static const struct fields note_fields = FIELDS("note", struct note, note_table);

struct search {
    struct text words;
};
static const struct field search_table[] = {FIELD(struct search, words)};
static const struct fields search_fields = FIELDS("search", struct search, search_table);

static atomic_int handled;

static enum err tell(struct ctx *c, struct note *n)
{
    n->note_id = source_id(c->source);
    return event_put(c, EVENT_STOCK_RECEIVED, NONE, n->note_id,
                     EVENT_BODY(.quantity = n->quantity, .note = n->words));
}

static enum err note_write(struct ctx *c, const struct request *in, struct reply *out)
{
    struct note *n = arena_new(c->arena, struct note, 1);
    *n = *(const struct note *)in->body;
    atomic_fetch_add(&handled, 1);
    TRY(tell(c, n));
    if (text_is(n->words, "refused after writing"))
        return fail_at(c, ERR_CONFLICT, "too_late", "words", "it is too late for that");
    if (text_is(n->words, "our bug")) return fail(c, ERR_BUG, "sql", "table secret_plans");
    out->record = n;
    return OK;
}

static enum err note_bulk(struct ctx *c, const struct request *in, struct reply *out)
{
    struct note *notes = in->rows.at;
    for (size_t i = 0; i < in->rows.count; i++) {
        if (text_is(notes[i].words, "twice")) {
            enum err e = fail_at(c, ERR_CONFLICT, "duplicate", "words", "there is one already");
            (void)e;
            out->rows[i].fault = c->fault;
            continue;
        }
        struct note *n = arena_new(c->arena, struct note, 1);
        *n = notes[i];
        TRY(tell(c, n));
        out->rows[i].record = n;
    }
    return OK;
}

static enum err note_show(struct ctx *c, const struct request *in, struct reply *out)
{
    struct note *n = arena_new(c->arena, struct note, 1);
    *n = (struct note){.note_id = in->ids[0], .words = T("shown"), .quantity = NONE};
    out->record = n;
    out->version = 3;
    return OK;
}

static enum err note_edit(struct ctx *c, const struct request *in, struct reply *out)
{
    if (in->if_match != NONE && in->if_match != 3)
        return fail(c, ERR_STALE, "version_conflict", "it is at version 3 now");
    return note_show(c, in, out);
}

static enum err note_list(struct ctx *c, const struct request *in, struct reply *out)
{
    const struct search *q = in->query;
    struct note *n = arena_new(c->arena, struct note, 1);
    *n = (struct note){.note_id = 1, .words = q->words, .quantity = NONE};
    out->list = (struct list){n, 1};
    out->next = T("abc");
    return OK;
}

static enum err door(struct ctx *c, const struct request *in, struct reply *out)
{
    (void)c;
    out->content_type = T("text/plain");
    out->content = in->words[0];
    return OK;
}

static const struct route note_routes[] = {
    {"GET", "/v1/notes", "notes list", SCOPE(ORDERS_READ), ROUTE_LIST, NULL, &search_fields,
     &note_fields, note_list, "List notes."},
    {"POST", "/v1/notes", "notes add", SCOPE(ORDERS_WRITE), ROUTE_WRITE, &note_fields, NULL,
     &note_fields, note_write, "Add a note."},
    {"POST", "/v1/notes/bulk", NULL, SCOPE(ORDERS_WRITE), ROUTE_WRITE | ROUTE_BULK, &note_fields,
     NULL, &note_fields, note_bulk, "Add many notes."},
    {"GET", "/v1/notes/{ord}", "notes show", SCOPE(ORDERS_READ), 0, NULL, NULL, &note_fields,
     note_show, "Show a note."},
    {"POST", "/v1/notes/{ord}/edit", NULL, SCOPE(ORDERS_WRITE), ROUTE_WRITE | ROUTE_TAGGED, NULL,
     NULL, &note_fields, note_edit, "Edit a note."},
    {"POST", "/v1/secrets", NULL, SCOPE(ADMIN), ROUTE_WRITE | ROUTE_ONCE, &note_fields, NULL,
     &note_fields, note_write, "Make a secret."},
    {"GET", "/open/{word}", NULL, 0, ROUTE_PUBLIC | ROUTE_RAW, NULL, NULL, NULL, door, "Open."},
    {0}};
static const struct route *const tables[] = {note_routes, NULL};

/* --- asking ---------------------------------------------------------------------------------- */

struct shop {
    struct world *world;
    struct server server;
    struct text writer, reader; /* "Bearer ..." */
    int64_t writer_id;
};

static enum err put_key(struct ctx *c, void *arg)
{
    const struct api_key *k = arg;
    return api_key_insert(c, k);
}

static struct text make_key(struct world *w, int64_t scopes, int64_t expires_us, int64_t *id)
{
    struct text key = api_key_new(&w->arena, true);
    struct api_key row = {.key_id = credential_id(key),
                          .merchant_id = 7,
                          .name = T("test"),
                          .key_hash = credential_hash(&w->arena, key),
                          .scopes = scopes,
                          .created_us = w->ctx.now_us,
                          .expires_us = expires_us,
                          .revoked_us = NONE};
    CHECK_OK(&w->ctx, db_tx(&w->ctx, put_key, &row));
    if (id) *id = row.key_id;
    return text_printf(&w->arena, "Bearer %.*s", TEXT_ARG(key));
}

static void open_shop(struct shop *s, struct world *w)
{
    *s = (struct shop){.world = w};
    w->ctx.merchant_id = 7;
    server_open(&s->server, w->store, &w->source, tables);
    s->writer = make_key(w, SCOPE_ALL, NONE, &s->writer_id);
    s->reader = make_key(w, SCOPE(ORDERS_READ), NONE, NULL);
    atomic_store(&handled, 0);
}

static struct call call_of(const struct shop *s, const char *method, const char *target,
                           const char *body)
{
    return (struct call){.method = text_of(method),
                         .target = text_of(target),
                         .body = text_of(body),
                         .authorization = s->writer,
                         .request_id = T("r1")};
}

static struct answer ask(struct shop *s, struct call call)
{
    struct answer a;
    dispatch(&s->server, &s->world->arena, &call, &a);
    return a;
}

static struct answer post(struct shop *s, const char *target, const char *body, const char *key)
{
    struct call call = call_of(s, "POST", target, body);
    call.idempotency_key = text_of(key);
    return ask(s, call);
}

static bool has(struct text t, const char *part)
{
    if (text_find(t, text_of(part)) >= 0) return true;
    printf("no %s in: %.*s\n", part, TEXT_ARG(t));
    return false;
}

static int64_t told(struct shop *s)
{
    struct ctx c = world_ctx(s->world, &s->world->arena);
    int64_t position = -1;
    CHECK_OK(&c, store_reader(&c));
    CHECK_OK(&c, event_last_position(&c, &position));
    return position;
}

/* --- tests ----------------------------------------------------------------------------------- */

TEST_BOTH(dispatch, a_command_is_answered_with_what_it_made)
{
    struct shop s;
    open_shop(&s, w);
    struct answer a = post(&s, "/v1/notes", "{\"words\":\"hello\",\"quantity\":2}", NULL);
    CHECK_I64(201, a.status);
    CHECK(has(a.body, "\"words\":\"hello\""));
    CHECK(text_starts(a.location, T("/v1/notes/ord_")));
    CHECK_I64(1, told(&s));
    a = ask(&s, call_of(&s, "GET", "/v1/notes?words=a%20b", NULL));
    CHECK_I64(200, a.status);
    CHECK(has(a.body, "{\"data\":[{\"id\":\"ord_"));
    CHECK(has(a.body, "\"words\":\"a b\""));
    CHECK(has(a.body, "\"next\":\"abc\"}"));
    server_close(&s.server);
}

TEST_BOTH(dispatch, the_same_key_gives_the_same_answer_and_one_effect)
{
    struct shop s;
    open_shop(&s, w);
    struct answer first = post(&s, "/v1/notes", "{\"words\":\"hello\",\"quantity\":2}", "\"k-1\"");
    struct answer again =
        post(&s, "/v1/notes", "{ \"quantity\": 2.0, \"words\":\"hello\" }", "k-1");
    CHECK_I64(201, first.status);
    CHECK(!first.is_replayed);
    CHECK_I64(201, again.status);
    CHECK(again.is_replayed);
    CHECK(text_eq(first.body, again.body));
    CHECK(text_eq(first.location, again.location));
    CHECK(text_eq(first.content_type, again.content_type));
    CHECK_I64(1, told(&s));
    source_advance_us(&w->source, 29 * DAY_US);
    CHECK(post(&s, "/v1/notes", "{\"words\":\"hello\",\"quantity\":2}", "k-1").is_replayed);
    source_advance_us(&w->source, 4 * DAY_US);
    CHECK(!post(&s, "/v1/notes", "{\"words\":\"hello\",\"quantity\":2}", "k-1").is_replayed);
    server_close(&s.server);
}

TEST_BOTH(dispatch, a_key_used_for_another_request_is_an_error)
{
    struct shop s;
    open_shop(&s, w);
    CHECK_I64(201, post(&s, "/v1/notes", "{\"words\":\"hello\"}", "k-1").status);
    struct answer a = post(&s, "/v1/notes", "{\"words\":\"other\"}", "k-1");
    CHECK_I64(422, a.status);
    CHECK(has(a.body, "\"reason\":\"idempotency_mismatch\""));
    CHECK_I64(422, post(&s, "/v1/notes/bulk", "{\"words\":\"hello\"}", "k-1").status);
    CHECK_I64(1, told(&s));
    struct call call = call_of(&s, "POST", "/v1/notes", "{\"words\":\"mine\"}");
    call.idempotency_key = T("k-1");
    call.authorization = make_key(w, SCOPE_ALL, NONE, NULL);
    CHECK_I64(201, ask(&s, call).status);
    CHECK_I64(400, post(&s, "/v1/notes", "{\"words\":\"x\"}", "two words").status);
    server_close(&s.server);
}

TEST_BOTH(dispatch, what_failed_is_undone_and_may_be_asked_again_under_its_key)
{
    struct shop s;
    open_shop(&s, w);
    struct answer a = post(&s, "/v1/notes", "{\"words\":\"refused after writing\"}", "k-1");
    CHECK_I64(409, a.status);
    CHECK(has(a.body, "\"field\":\"words\""));
    CHECK(has(a.body, "\"type\":\"/docs/reasons#too_late\""));
    CHECK(has(a.body, "\"request_id\":\"r1\""));
    CHECK_TEXT("application/problem+json", a.content_type);
    CHECK_I64(0, told(&s));
    a = post(&s, "/v1/notes", "{\"words\":\"refused after writing\"}", "k-1");
    CHECK(!a.is_replayed);
    CHECK_I64(2, atomic_load(&handled));
    a = post(&s, "/v1/notes", "{\"words\":\"our bug\"}", NULL);
    CHECK_I64(500, a.status);
    CHECK(text_find(a.body, T("secret_plans")) < 0);
    server_close(&s.server);
}

struct crowd {
    struct shop *shop;
    pthread_mutex_t lock;
    pthread_cond_t answered;
    int left, made, replayed, other;
};

static void count_answer(void *arg, const struct answer *a)
{
    struct crowd *k = arg;
    pthread_mutex_lock(&k->lock);
    if (a->status != 201)
        k->other++;
    else if (a->is_replayed)
        k->replayed++;
    else
        k->made++;
    if (--k->left == 0) pthread_cond_signal(&k->answered);
    pthread_mutex_unlock(&k->lock);
}

TEST_BOTH(dispatch, many_at_once_under_one_key_have_one_effect)
{
    enum { CROWD = 40 };
    struct shop s;
    open_shop(&s, w);
    store_start(w->store);
    struct crowd k = {.shop = &s, .left = CROWD};
    pthread_mutex_init(&k.lock, NULL);
    pthread_cond_init(&k.answered, NULL);
    static struct arena arenas[CROWD];
    for (int i = 0; i < CROWD; i++) {
        struct call call = call_of(&s, "POST", "/v1/notes", "{\"words\":\"hello\"}");
        call.idempotency_key = T("k-1");
        arenas[i] = (struct arena){0};
        dispatch_begin(&s.server, &arenas[i], &call, count_answer, &k);
    }
    pthread_mutex_lock(&k.lock);
    while (k.left) pthread_cond_wait(&k.answered, &k.lock);
    pthread_mutex_unlock(&k.lock);
    CHECK_I64(1, k.made);
    CHECK_I64(CROWD - 1, k.replayed);
    CHECK_I64(0, k.other);
    CHECK_I64(1, told(&s));
    for (int i = 0; i < CROWD; i++) arena_free(&arenas[i]);
    pthread_mutex_destroy(&k.lock);
    pthread_cond_destroy(&k.answered);
    server_close(&s.server);
}

TEST_BOTH(dispatch, a_wrong_member_is_named_with_its_path)
{
    struct shop s;
    open_shop(&s, w);
    struct answer a = post(&s, "/v1/notes",
                           "{\"words\":\"x\",\"lines\":[{\"sku\":\"A\"},{\"skuu\":\"B\"}]}", NULL);
    CHECK_I64(422, a.status);
    CHECK(has(a.body, "\"reason\":\"unknown_field\""));
    CHECK(has(a.body, "\"field\":\"lines[1].skuu\""));
    a = post(&s, "/v1/notes", "", NULL);
    CHECK(has(a.body, "\"reason\":\"required\""));
    CHECK(has(a.body, "\"field\":\"words\""));
    a = ask(&s, call_of(&s, "GET", "/v1/notes?wrods=a", NULL));
    CHECK(a.status >= 400);
    CHECK(has(a.body, "\"field\":\"wrods\""));
    struct call xml = call_of(&s, "POST", "/v1/notes", "<a/>");
    xml.content_type = T("application/xml; charset=utf-8");
    CHECK_I64(415, ask(&s, xml).status);
    CHECK_I64(0, told(&s));
    server_close(&s.server);
}

TEST_BOTH(dispatch, a_key_does_only_what_its_scopes_allow)
{
    struct shop s;
    open_shop(&s, w);
    struct call call = call_of(&s, "POST", "/v1/notes", "{\"words\":\"x\"}");
    call.authorization = s.reader;
    struct answer a = ask(&s, call);
    CHECK_I64(403, a.status);
    CHECK(has(a.body, "orders:write"));
    call.authorization = (struct text){0};
    CHECK_I64(401, ask(&s, call).status);
    call.authorization = T("Bearer wbk_live_nonsense");
    CHECK_I64(401, ask(&s, call).status);
    call.authorization =
        text_printf(&w->arena, "bearer %.*s", TEXT_ARG(api_key_new(&w->arena, true)));
    CHECK_I64(401, ask(&s, call).status);
    call.authorization = make_key(w, SCOPE_ALL, w->source.now_us + SECOND_US, NULL);
    CHECK_I64(201, ask(&s, call).status);
    source_advance_us(&w->source, 2 * SECOND_US);
    a = ask(&s, call);
    CHECK_I64(401, a.status);
    CHECK(has(a.body, "key_expired"));
    call.authorization = make_key(w, SCOPE_ALL, w->source.now_us, NULL); /* at the very instant */
    CHECK_I64(401, ask(&s, call).status);
    a = ask(&s, (struct call){.method = T("GET"), .target = T("/open/a%2Fb?utm=1")});
    CHECK_I64(200, a.status);
    CHECK_TEXT("a/b", a.body);
    server_close(&s.server);
}

static enum err revoke(struct ctx *c, void *id) { return api_key_revoke(c, *(int64_t *)id); }

TEST_BOTH(dispatch, a_revoked_key_stops_within_seconds)
{
    struct shop s;
    open_shop(&s, w);
    CHECK_I64(200, ask(&s, call_of(&s, "GET", "/v1/notes", NULL)).status);
    CHECK_OK(&w->ctx, db_tx(&w->ctx, revoke, &s.writer_id));
    source_advance_us(&w->source, KEY_KNOWN_US + 1);
    CHECK_I64(401, ask(&s, call_of(&s, "GET", "/v1/notes", NULL)).status);
    server_close(&s.server);
}

TEST_BOTH(dispatch, unknown_paths_and_methods_say_what_there_is)
{
    struct shop s;
    open_shop(&s, w);
    CHECK_I64(404, ask(&s, call_of(&s, "GET", "/v1/nothing", NULL)).status);
    CHECK_I64(404, ask(&s, call_of(&s, "GET", "/v1/notes/", NULL)).status);
    struct answer a = ask(&s, call_of(&s, "DELETE", "/v1/notes", NULL));
    CHECK_I64(405, a.status);
    CHECK_TEXT("GET, HEAD, POST", a.allow);
    a = ask(&s, call_of(&s, "GET", "/v1/notes/pkg_0123456789ABC", NULL));
    CHECK_I64(404, a.status);
    CHECK(has(a.body, "it begins with ord_"));
    CHECK_I64(404, ask(&s, call_of(&s, "GET", "/v1/notes/1001", NULL)).status);
    server_close(&s.server);
}

TEST_BOTH(dispatch, an_order_is_found_by_its_running_number_too)
{
    struct shop s;
    open_shop(&s, w);
    CHECK_OK(&w->ctx, world_script(w, "INSERT INTO orders (merchant_id, order_id, number, channel,"
                                      "ship_to_id, bill_to_id, currency, method, payment_method,"
                                      "goods_minor, discount_minor, service_minor, shipping_minor,"
                                      "tax_minor, total_minor, likeness, placed_us, created_us)"
                                      "VALUES (7, 42, 1001, 0, 1, 1, 'EUR', 0, 0, 0, 0, 0, 0, 0, 0,"
                                      "0, 1, 1), (8, 43, 1002, 0, 1, 1, 'EUR', 0, 0, 0, 0, 0, 0, 0,"
                                      "0, 0, 1, 1)"));
    struct answer a = ask(&s, call_of(&s, "GET", "/v1/notes/1001", NULL));
    CHECK_I64(200, a.status);
    struct text id = id_text(&w->arena, "ord", 42);
    CHECK(text_find(a.body, id) >= 0);
    CHECK_I64(404, ask(&s, call_of(&s, "GET", "/v1/notes/1002", NULL)).status);
    server_close(&s.server);
}

TEST_BOTH(dispatch, versions_are_matched)
{
    struct shop s;
    open_shop(&s, w);
    struct text id = id_text(&w->arena, "ord", source_id(&w->source));
    const char *show = text_cstr(&w->arena, text_printf(&w->arena, "/v1/notes/%.*s", TEXT_ARG(id)));
    const char *edit = text_cstr(&w->arena, text_printf(&w->arena, "%s/edit", show));
    struct call call = call_of(&s, "GET", show, NULL);
    struct answer a = ask(&s, call);
    CHECK_TEXT("\"v3\"", a.etag);
    call.if_none_match = a.etag;
    a = ask(&s, call);
    CHECK_I64(304, a.status);
    CHECK(!a.body.at);
    call = call_of(&s, "POST", edit, NULL);
    call.if_match = T("\"v3\"");
    CHECK_I64(200, ask(&s, call).status);
    call.if_match = T("\"v2\"");
    CHECK_I64(412, ask(&s, call).status);
    call.if_match = T("*");
    CHECK_I64(200, ask(&s, call).status);
    call.if_match = T("yesterday");
    CHECK_I64(400, ask(&s, call).status);
    server_close(&s.server);
}

TEST_BOTH(dispatch, a_preview_answers_the_same_and_leaves_nothing)
{
    struct shop s;
    open_shop(&s, w);
    struct answer a = post(&s, "/v1/notes?preview=1", "{\"words\":\"hello\"}", "k-1");
    CHECK_I64(201, a.status);
    CHECK(a.is_preview);
    CHECK(has(a.body, "\"words\":\"hello\""));
    CHECK_I64(0, told(&s));
    struct call call = call_of(&s, "POST", "/v1/notes", "{\"words\":\"hello\"}");
    call.prefer = T("respond-async, dry-run");
    CHECK(ask(&s, call).is_preview);
    CHECK_I64(0, told(&s));
    a = post(&s, "/v1/notes", "{\"words\":\"hello\"}", "k-1");
    CHECK_I64(201, a.status);
    CHECK(!a.is_replayed);
    CHECK_I64(1, told(&s));
    server_close(&s.server);
}

TEST_BOTH(dispatch, bad_rows_are_answered_in_their_place)
{
    struct shop s;
    open_shop(&s, w);
    const char *rows = "{\"words\":\"one\"}\n\nnot json\n{\"words\":\"twice\"}\r\n"
                       "{\"words\":\"three\",\"quantity\":11}\n{\"words\":\"four\"}";
    struct answer a = post(&s, "/v1/notes/bulk", rows, "k-1");
    CHECK_I64(200, a.status);
    CHECK_TEXT("application/x-ndjson", a.content_type);
    struct text rest = a.body;
    CHECK(has(text_split(rest, '\n', &rest), "{\"row\":1,\"status\":201,\"data\":{\"id\":"));
    CHECK(has(text_split(rest, '\n', &rest), "{\"row\":3,\"status\":400,\"problem\":"));
    CHECK(has(text_split(rest, '\n', &rest), "{\"row\":4,\"status\":409,\"problem\":"));
    struct text range = text_split(rest, '\n', &rest);
    CHECK(has(range, "{\"row\":5,\"status\":422,\"problem\":"));
    CHECK(has(range, "\"field\":\"quantity\""));
    CHECK(has(text_split(rest, '\n', &rest), "{\"row\":6,\"status\":201,"));
    CHECK_I64(0, (int64_t)rest.len);
    CHECK_I64(2, told(&s));
    struct answer again = post(&s, "/v1/notes/bulk", rows, "k-1");
    CHECK(again.is_replayed);
    CHECK(text_eq(a.body, again.body));
    CHECK_I64(2, told(&s));
    struct buf many = buf_new(&w->arena);
    for (int i = 0; i <= BULK_ROWS_MAX; i++) buf_puts(&many, "{\"words\":\"x\"}\n");
    CHECK_I64(413, post(&s, "/v1/notes/bulk", many.at, NULL).status);
    CHECK_I64(400, post(&s, "/v1/notes/bulk", " \n\n", NULL).status);
    server_close(&s.server);
}

TEST_BOTH(dispatch, a_secret_is_shown_once)
{
    struct shop s;
    open_shop(&s, w);
    CHECK_I64(201, post(&s, "/v1/secrets", "{\"words\":\"hush\"}", "k-1").status);
    struct answer a = post(&s, "/v1/secrets", "{\"words\":\"hush\"}", "k-1");
    CHECK_I64(409, a.status);
    CHECK(has(a.body, "answer_not_kept"));
    CHECK_I64(1, told(&s));
    server_close(&s.server);
}

TEST_BOTH(dispatch, the_command_line_needs_no_key_on_its_own_database)
{
    struct shop s;
    open_shop(&s, w);
    struct call call = {.method = T("POST"),
                        .target = T("/v1/notes"),
                        .body = T("{\"words\":\"x\"}"),
                        .is_trusted = true,
                        .merchant_id = 7};
    CHECK_I64(201, ask(&s, call).status);
    CHECK_I64(1, told(&s));
    server_close(&s.server);
}

static struct answer from(struct shop *s, const char *peer, struct text authorization)
{
    struct call call = call_of(s, "GET", "/v1/notes", NULL);
    call.peer = text_of(peer);
    call.authorization = authorization;
    return ask(s, call);
}

/* The clock of rates runs on while this test does: a limit of one a second with a burst of three
   lets at least three and at most a few more in. */
TEST_BOTH(dispatch, who_shows_no_key_or_a_wrong_one_is_limited_by_address)
{
    struct shop s;
    open_shop(&s, w);
    s.server.address_rate = (struct rate_limit){1, 3};
    struct answer last = {0};
    int let_in = 0;
    for (int i = 0; i < 40; i++) {
        last = from(&s, "192.0.2.7", i % 2 ? (struct text){0} : T("Bearer wbk_live_wrong"));
        let_in += last.status == 401;
    }
    CHECK(let_in >= 3 && let_in < 20);
    CHECK_I64(429, last.status);
    CHECK(has(last.body, "rate_limited") && last.retry_after.len);
    CHECK_I64(401, from(&s, "192.0.2.8", (struct text){0}).status); /* somebody else */
    for (int i = 0; i < 10; i++) CHECK_I64(200, from(&s, "192.0.2.7", s.writer).status);
    struct call open = call_of(&s, "GET", "/open/x", NULL);
    open.authorization = (struct text){0};
    open.peer = T("192.0.2.7");
    CHECK_I64(429, ask(&s, open).status); /* pages count too */
    server_close(&s.server);
}

TEST_BOTH(dispatch, a_key_is_limited_wherever_it_comes_from)
{
    struct shop s;
    open_shop(&s, w);
    s.server.key_rate = (struct rate_limit){1, 2};
    int refused = 0;
    char peer[20];
    for (int i = 0; i < 20; i++) {
        snprintf(peer, sizeof peer, "192.0.2.%d", i);
        refused += from(&s, peer, s.writer).status == 429;
    }
    CHECK(refused >= 10);
    CHECK_I64(200, from(&s, "192.0.2.1", s.reader).status);
    server_close(&s.server);
}
