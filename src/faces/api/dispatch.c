#include "faces/api/dispatch.h"

#include "base/log.h"
#include "base/source.h"
#include "domain/events/command.h"
#include "domain/events/event.h"
#include "faces/api/credential.h"
#include "faces/api/decode.h"
#include "faces/api/metrics.h"
#include "faces/api/ownership.h"
#include "faces/api/page.h"
#include "faces/api/preview.h"
#include "faces/api/problem.h"
#include "faces/api/route_tree.h"
#include "faces/jobs/react.h"
#include "store/db.h"
#include "wire/json.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

/* One call on its way, in its own arena. */
struct dispatched {
    struct unit unit; /* first: `done` gets its address */
    struct server *server;
    struct call call;
    struct ctx ctx;
    struct matched matched;
    struct decoded decoded;
    struct command command; /* what is kept; its key absent: nothing */
    struct answer answer;
    int64_t
        merchant_id; /* whose key; a public handler may find another merchant behind its token */
    int64_t began_us;
    int64_t wait_s; /* until the next request is let in; 0: now */
    answered_fn *done;
    void *arg;
};

/* Of a body: about what an order takes. */
enum { WEIGHT_BYTES = 1024 };

static const char json_type[] = "application/json";
static const char problem_type[] = "application/problem+json";
static const char rows_type[] = "application/x-ndjson";

static int64_t monotonic_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * INT64_C(1000000) + t.tv_nsec / 1000;
}

void server_open(struct server *s, struct store *store, struct source *source,
                 const struct route *const *tables)
{
    *s = (struct server){.store = store, .source = source};
    s->tree = route_tree_new(&s->arena, tables);
    s->keys = key_cache_new(&s->arena);
    s->rates = rates_new(&s->arena);
    s->counts = route_count_new(&s->arena, route_tree_count(s->tree));
    s->started_us = source_now_us(source);
}

void server_close(struct server *s)
{
    key_cache_free(s->keys);
    rates_free(s->rates);
    arena_free(&s->arena);
}

/* --- encoding -------------------------------------------------------------------------------- */

static bool has_flag(const struct dispatched *d, int flag)
{
    return d->matched.route && (d->matched.route->flags & flag);
}
static bool is_write(const struct dispatched *d) { return has_flag(d, ROUTE_WRITE); }

static const struct field *id_field(const struct fields *f)
{
    return f && f->count && f->at[0].kind == F_ID && text_is(text_of(f->at[0].json), "id") ? f->at
                                                                                           : NULL;
}

/* The problem's text stands in c->fault; whatever was answered before is forgotten. */
static void refuse(struct dispatched *d)
{
    struct ctx *c = &d->ctx;
    struct buf b = buf_new(c->arena);
    problem_put(&b, c->arena, &c->fault, faults_of(c), d->call.request_id);
    d->answer = (struct answer){.status = problem_status(&c->fault),
                                .code = c->fault.code,
                                .content_type = text_of(problem_type),
                                .body = buf_text(&b),
                                .allow = d->matched.allow,
                                .retry_after = text_printf(c->arena, "%lld", (long long)d->wait_s),
                                .is_preview = d->decoded.in.is_preview};
}

static void put_row(struct buf *b, const struct dispatched *d, int64_t row,
                    const struct row_answer *r, const struct faults *all)
{
    const struct fields *f = d->matched.route->answer;
    bool is_bad = r->fault.code != OK;
    int status = r->status ? r->status : is_bad ? problem_status(&r->fault) : 201;
    buf_printf(b, "{\"row\":%lld,\"status\":%d", (long long)row, status);
    if (is_bad) {
        buf_puts(b, ",\"problem\":");
        problem_put(b, d->ctx.arena, &r->fault, all, d->call.request_id);
    } else if (r->record && f) {
        buf_puts(b, ",\"data\":");
        record_put_json(b, f, r->record);
    }
    buf_puts(b, "}\n");
}

/* The handler's rows and those that could not be read, as they were sent. */
static void put_rows(struct buf *b, const struct dispatched *d, const struct reply *out)
{
    const struct decoded *in = &d->decoded;
    size_t good = 0, bad = 0;
    while (good < in->in.rows.count || bad < in->bad_count) {
        bool is_bad = good == in->in.rows.count ||
                      (bad < in->bad_count && in->bad[bad].row < in->row_numbers[good]);
        struct row_answer refused = {0};
        if (is_bad) refused.fault = in->bad[bad].fault;
        put_row(b, d, is_bad ? in->bad[bad].row : in->row_numbers[good],
                is_bad ? &refused : &out->rows[good], is_bad ? in->bad[bad].faults : NULL);
        is_bad ? bad++ : good++;
    }
}

static void put_list(struct buf *b, const struct fields *f, const struct reply *out)
{
    buf_puts(b, "{\"data\":");
    rows_put_json(b, f, out->list);
    buf_puts(b, ",\"next\":");
    json_put_text(b, out->next);
    buf_putc(b, '}');
}

static void encode_record(struct dispatched *d, const struct reply *out, struct buf *b)
{
    const struct route *r = d->matched.route;
    const struct field *id = id_field(r->answer);
    bool is_made = id && text_is(text_of(r->method), "POST") && !strchr(r->path, '{');
    record_put_json(b, r->answer, out->record);
    if (!d->answer.status) d->answer.status = is_made || r->flags & ROUTE_MAKES ? 201 : 200;
    if (!is_made || out->location.at || d->answer.status != 201) return;
    struct text made = id_text(d->ctx.arena, id->of, field_i64(id, out->record));
    d->answer.location = text_printf(d->ctx.arena, "%s/%.*s", r->path, TEXT_ARG(made));
}

static void encode(struct dispatched *d, const struct reply *out)
{
    const struct route *r = d->matched.route;
    struct buf b = buf_new(d->ctx.arena);
    d->answer = (struct answer){.status = out->status,
                                .content_type = text_of(json_type),
                                .location = out->location,
                                .cookie = out->cookie,
                                .is_preview = d->decoded.in.is_preview};
    if (out->version)
        d->answer.etag = text_printf(d->ctx.arena, "\"v%lld\"", (long long)out->version);
    if (out->content.at) {
        d->answer.content_type = out->content_type;
        d->answer.body = out->content;
        if (out->next.at)
            d->answer.link = text_printf(d->ctx.arena, "<%.*s>; rel=\"next\"", TEXT_ARG(out->next));
    } else if (r->flags & ROUTE_BULK) {
        d->answer.content_type = text_of(rows_type);
        put_rows(&b, d, out);
        d->answer.body = buf_text(&b);
    } else if (r->flags & ROUTE_LIST) {
        put_list(&b, r->answer, out);
        d->answer.body = buf_text(&b);
    } else if (out->record && r->answer) {
        encode_record(d, out, &b);
        d->answer.body = buf_text(&b);
    } else if (!d->answer.status) {
        d->answer.status = out->location.at ? 303 : 204;
    }
    if (!d->answer.status) d->answer.status = 200;
}

/* --- commands -------------------------------------------------------------------------------- */

/* What is kept: a line of what stands in the headers, then the body. */
static struct text kept_text(struct arena *a, const struct answer *n)
{
    return text_printf(a, "%.*s\t%.*s\t%.*s\n%.*s", TEXT_ARG(n->content_type), TEXT_ARG(n->etag),
                       TEXT_ARG(n->location), TEXT_ARG(n->body));
}

static struct text or_absent(struct text t) { return t.len ? t : (struct text){0}; }

static void kept_open(const struct command *kept, struct answer *out)
{
    struct text body, rest;
    struct text head = text_split(kept->answer, '\n', &body);
    *out = (struct answer){.status = kept->status, .body = or_absent(body), .is_replayed = true};
    out->content_type = text_split(head, '\t', &rest);
    out->etag = or_absent(text_split(rest, '\t', &rest));
    out->location = or_absent(rest);
}

/* This very command was answered before. */
static enum err repeat(struct ctx *c, struct dispatched *d, const struct command *kept)
{
    TRY(command_same(c, &d->command, kept));
    if (has_flag(d, ROUTE_ONCE)) {
        fail(c, ERR_CONFLICT, "answer_not_kept",
             "this was done before, and its answer held a secret");
        return hint(c, "if the secret is lost, make a new one and revoke the old");
    }
    kept_open(kept, &d->answer);
    return OK;
}

static enum err find_kept(struct ctx *c, struct dispatched *d, bool *found)
{
    struct command kept;
    TRY(command_find(c, &d->command, 1, &kept, found));
    return *found ? repeat(c, d, &kept) : OK;
}

static bool is_storable(struct text t)
{
    return !t.at || (text_is_utf8(t) && !memchr(t.at, 0, t.len));
}

/* What tells nobody anything, and has no key, needs no name: scans that had no effect. A public
   handler found its merchant behind a token; the key stays with whom it was asked for. */
static enum err keep(struct ctx *c, struct dispatched *d)
{
    const struct route *r = d->matched.route;
    bool is_kept = d->command.key.at && d->answer.status < 400, is_told = c->events != NULL;
    struct command made = {.way = r->verb ? text_of(r->verb)
                                          : text_printf(c->arena, "%s %s", r->method, r->path),
                           .command_id = c->command_id,
                           .actor_id = c->actor_id};
    int64_t told_id = c->merchant_id;
    if (d->decoded.in.is_preview) return OK;
    if (is_told && !(is_kept && told_id == d->merchant_id)) TRY(command_put(c, &made));
    if (!is_kept) return OK;
    struct answer shown = d->answer;
    if (has_flag(d, ROUTE_ONCE) || !is_storable(shown.body)) shown.body = T("");
    made.key = d->command.key;
    made.request_hash = d->command.request_hash;
    made.actor_id = d->command.actor_id;
    made.status = shown.status;
    made.answer = kept_text(c->arena, &shown);
    c->merchant_id = d->merchant_id;
    enum err e = command_put(c, &made);
    c->merchant_id = told_id;
    return e;
}

/* If-Match of a write to an order, inside the unit of work. */
static enum err check_version(struct ctx *c, const struct dispatched *d)
{
    const struct request *in = &d->decoded.in;
    int64_t version = 0;
    if (in->if_match == NONE || !route_is_of_order(d->matched.route)) return OK;
    TRY(event_version(c, in->ids[0], &version));
    return version_check(c, in, version);
}

/* The unit of work; it may run several times. */
static enum err run_command(struct ctx *c, void *arg)
{
    struct dispatched *d = arg;
    bool found = false;
    c->merchant_id = d->merchant_id;
    TRY(find_kept(c, d, &found));
    if (found) return OK;
    TRY(check_version(c, d));
    struct reply out = {0};
    size_t rows = d->decoded.in.rows.count;
    out.rows = arena_new(c->arena, struct row_answer, rows + 1);
    if (rows || !has_flag(d, ROUTE_BULK)) TRY(d->matched.route->handler(c, &d->decoded.in, &out));
    encode(d, &out);
    return keep(c, d);
}

/* --- several commands at once ---------------------------------------------------------------- */

static struct dispatched *dispatched_of(struct unit *u) { return (struct dispatched *)u; }

static int by_key(const void *a, const void *b)
{
    const struct command *x = &(*(struct dispatched *const *)a)->command;
    const struct command *y = &(*(struct dispatched *const *)b)->command;
    if (x->actor_id != y->actor_id) return x->actor_id < y->actor_id ? -1 : 1;
    return text_cmp(x->key, y->key);
}

/* Of two that came at once with one key, the second is a repetition of the first: each alone. */
static enum err check_twins(struct ctx *c, struct dispatched *const *all, size_t n)
{
    struct dispatched **sorted = arena_new(c->arena, struct dispatched *, n + 1);
    size_t keys = 0;
    for (size_t i = 0; i < n; i++)
        if (all[i]->command.key.at) sorted[keys++] = all[i];
    if (keys) qsort(sorted, keys, sizeof *sorted, by_key);
    for (size_t i = 1; i < keys; i++)
        if (by_key(&sorted[i - 1], &sorted[i]) == 0) return ERR_CONFLICT; /* nobody hears of it */
    return OK;
}

/* Those whose key was seen are answered, the others are left to be run. */
static enum err find_all_kept(struct ctx *c, struct unit *const *units, size_t n,
                              struct dispatched **rest, size_t *left)
{
    struct command *asked = arena_new(c->arena, struct command, n);
    struct command *kept = arena_new(c->arena, struct command, n);
    bool *found = arena_new(c->arena, bool, n);
    for (size_t i = 0; i < n; i++) asked[i] = dispatched_of(units[i])->command;
    TRY(command_find(c, asked, n, kept, found));
    *left = 0;
    for (size_t i = 0; i < n; i++) {
        struct dispatched *d = dispatched_of(units[i]);
        d->ctx.now_us = c->now_us;
        if (found[i])
            d->unit.result = repeat(&d->ctx, d, &kept[i]);
        else
            rest[(*left)++] = d;
    }
    return check_twins(c, rest, *left);
}

/* The unit of work of all of them; see together_fn. */
static enum err run_commands(struct ctx *c, struct unit *const *units, size_t n)
{
    struct dispatched **rest = arena_new(c->arena, struct dispatched *, n);
    struct member *all = arena_new(c->arena, struct member, n);
    size_t count;
    TRY(find_all_kept(c, units, n, rest, &count));
    for (size_t i = 0; i < count; i++)
        all[i] = (struct member){.ctx = &rest[i]->ctx, .in = &rest[i]->decoded.in};
    if (count) TRY(rest[0]->matched.route->together(c, all, count));
    for (size_t i = 0; i < count; i++) {
        struct dispatched *d = rest[i];
        d->unit.result = all[i].result;
        if (all[i].result != OK) continue;
        encode(d, &all[i].out);
        c->actor_id = d->ctx.actor_id;
        c->command_id = d->ctx.command_id;
        TRY(keep(c, d));
    }
    return OK;
}

/* --- previews -------------------------------------------------------------------------------- */

struct trial {
    struct dispatched *d;
    int64_t since_id, owner_id;
    bool is_own;
    struct list events;
    struct preview_keys keys;
    struct preview_state after;
};

/* Pages for people have no room for a difference. */
static bool has_difference(const struct dispatched *d) { return !has_flag(d, ROUTE_RAW); }

static enum err try_command(struct ctx *c, void *arg)
{
    struct trial *t = arg;
    c->owner_id = t->owner_id;
    c->is_own = t->is_own;
    TRY(run_command(c, t->d));
    c->owner_id = 0;
    c->is_own = false;
    if (!has_difference(t->d)) return OK;
    TRY(react_within(c, &t->events));
    TRY(preview_keys_of(c, &t->keys));
    return preview_read(c, &t->keys, t->since_id, &t->after);
}

/* As a member of the answer; of a bulk answer, as a line of its own. */
static void add_preview(struct dispatched *d, const struct preview *p)
{
    struct buf b = buf_new(d->ctx.arena);
    struct text body = d->answer.body;
    if (has_flag(d, ROUTE_BULK)) {
        buf_put(&b, body);
        buf_putc(&b, '{');
    } else if (body.len) {
        buf_put(&b, text_head(body, body.len - 1));
        if (body.len > 2) buf_putc(&b, ',');
    } else {
        d->answer.status = 200;
        d->answer.content_type = text_of(json_type);
        buf_putc(&b, '{');
    }
    buf_puts(&b, "\"preview\":");
    record_put_json(&b, &preview_fields, p);
    buf_puts(&b, has_flag(d, ROUTE_BULK) ? "}\n" : "}");
    d->answer.body = buf_text(&b);
}

/* The unit of work; it may run several times, and is always undone. */
static enum err run_preview(struct ctx *c, void *arg)
{
    struct dispatched *d = arg;
    struct trial t = {
        .d = d, .since_id = source_id(c->source), .owner_id = c->owner_id, .is_own = c->is_own};
    int64_t actor_id = c->actor_id, command_id = c->command_id;
    enum err e = db_trial(c, try_command, &t);
    c->actor_id = actor_id;
    c->command_id = command_id;
    if (e != OK || !has_difference(d)) return e;
    struct preview_state before;
    struct preview difference;
    TRY(preview_read(c, &t.keys, t.since_id, &before));
    preview_compare(c->arena, &before, &t.after, &t.events, &difference);
    add_preview(d, &difference);
    return OK;
}

static enum err run_read(struct dispatched *d)
{
    struct reply out = {0};
    TRY(d->matched.route->handler(&d->ctx, &d->decoded.in, &out));
    encode(d, &out);
    if (d->answer.status == 200 && d->answer.etag.at &&
        text_eq(text_trim(d->call.if_none_match), d->answer.etag)) {
        d->answer.status = 304;
        d->answer.body = (struct text){0};
    }
    return OK;
}

/* --- the way in ------------------------------------------------------------------------------ */

static enum err find_route(struct ctx *c, struct dispatched *d)
{
    struct text path = d->decoded.path;
    d->matched.number = route_tree_count(d->server->tree);
    struct matched m;
    switch (route_tree_find(d->server->tree, c->arena, d->call.method, path, &m)) {
    case MATCH_FOUND: d->matched = m; return OK;
    case MATCH_NO_METHOD:
        d->matched.allow = m.allow;
        fail(c, ERR_MALFORMED, "method_not_allowed", "%.*s is not known here",
             TEXT_ARG(text_head(d->call.method, 20)));
        return hint(c, "use %.*s", TEXT_ARG(m.allow));
    case MATCH_NO_PATH: break;
    }
    fail(c, ERR_NOT_FOUND, "no_such_path", "there is nothing at %.*s",
         TEXT_ARG(text_head(path, 100)));
    return hint(c, "/v1/openapi.json lists what there is");
}

static enum err check_scopes(struct ctx *c, const struct dispatched *d, int64_t scopes)
{
    int64_t missing = d->matched.route->scopes & ~scopes;
    if (!missing) return OK;
    struct text names = scopes_text(c->arena, missing);
    fail(c, ERR_DENIED, "scope_missing", "this key lacks the scope %.*s", TEXT_ARG(names));
    return hint(c, "`waybill keys create` makes a key with other scopes");
}

/* A cookie goes along with whatever page asks: only our own pages may change anything by it. */
static enum err check_site(struct ctx *c, const struct dispatched *d)
{
    if (!d->call.is_cross_site || text_is(d->call.method, "GET")) return OK;
    fail(c, ERR_DENIED, "cross_site", "a page of another site asked for this");
    return hint(c, "programs send an API key, not a session's cookie");
}

static enum err identify(struct ctx *c, struct dispatched *d)
{
    struct holder who = {.merchant_id = d->server->merchant_id};
    bool is_public = has_flag(d, ROUTE_PUBLIC);
    bool is_session = d->call.session.at && !d->call.authorization.at;
    if (d->call.is_trusted) {
        who.merchant_id = d->call.merchant_id;
        who.actor_id = d->call.actor_id;
        who.scopes = SCOPE_ALL;
    } else if (!is_public && is_session) {
        TRY(check_site(c, d));
        TRY(credential_session(c, d->server->keys, d->call.session, &who));
    } else if (!is_public) {
        TRY(credential_check(c, d->server->keys, d->call.authorization, &who));
    }
    c->merchant_id = d->merchant_id = who.merchant_id;
    c->actor_id = who.actor_id;
    d->decoded.in.scopes = who.scopes;
    d->decoded.in.session_id = who.session_id;
    if (is_public) return OK;
    TRY(check_scopes(c, d, who.scopes));
    return ownership_enter(c, d->matched.route, who.owner_id, d->decoded.owner);
}

/* Those who show nothing, or a wrong key, are counted by their address. */
static enum err check_rate(struct ctx *c, struct dispatched *d, enum err e)
{
    struct server *s = d->server;
    bool is_known = e == OK && c->actor_id;
    uint64_t who = (uint64_t)c->actor_id * UINT64_C(0x9E3779B97F4A7C15);
    if (d->call.is_trusted || (!is_known && !d->call.peer.at)) return e;
    for (size_t i = 0; !is_known && i < d->call.peer.len; i++)
        who = (who ^ (unsigned char)d->call.peer.at[i]) * UINT64_C(0x100000001B3);
    const struct rate_limit *limit = is_known ? &s->key_rate : &s->address_rate;
    /* Not by began_us: who stood still since then would be counted as long ago. */
    d->wait_s = rates_take(s->rates, limit, who >> 16 ^ who, monotonic_us());
    if (!d->wait_s) return e;
    fail(c, ERR_BUSY, "rate_limited", "more than %lld requests a second",
         (long long)limit->per_second);
    return hint(c, "wait for %lld s, as Retry-After says; bulk routes take 1000 rows at once",
                (long long)d->wait_s);
}

static enum err admit(struct ctx *c, struct dispatched *d)
{
    TRY(decode_head(c, &d->call, &d->decoded));
    TRY(find_route(c, d));
    if (has_flag(d, ROUTE_BARE)) return identify(c, d);
    TRY(store_reader(c));
    enum err e = identify(c, d);
    return e == OK || e == ERR_UNAUTHENTICATED ? check_rate(c, d, e) : e;
}

static enum err prepare_handler(struct ctx *c, struct dispatched *d)
{
    struct reply made = {0};
    d->decoded.in.is_preparing = true;
    enum err e = d->matched.route->handler(c, &d->decoded.in, &made);
    d->decoded.in.is_preparing = false;
    d->decoded.in.prepared = made.record;
    return e;
}

/* Before the body is read: to refuse has to cost little, or it does not help. */
static enum err check_room(struct ctx *c, const struct dispatched *d)
{
    if (!d->done || !is_write(d)) return OK;
    if (store_has_room(d->server->store, c->merchant_id, d->unit.weight)) return OK;
    fail(c, ERR_BUSY, "overloaded", "more is asked than can be done: too much waits already");
    return hint(c, "wait as Retry-After says, then send it again with the same Idempotency-Key");
}

static enum err prepare(struct ctx *c, struct dispatched *d)
{
    TRY(admit(c, d));
    TRY(check_room(c, d));
    TRY(decode_rest(c, &d->call, &d->matched, &d->decoded));
    TRY(ownership_check(c, &d->decoded.in));
    d->decoded.in.server = d->server;
    if (has_flag(d, ROUTE_CALLS) && d->decoded.in.is_preview)
        return fail_at(c, ERR_INVALID, "no_preview", "preview", "this asks others: it has none");
    if (!is_write(d)) {
        d->decoded.in.is_preview = false;
        if (!d->decoded.asks_preview || has_flag(d, ROUTE_PUBLIC)) return OK;
        fail_at(c, ERR_MALFORMED, "no_preview", "preview", "this changes nothing: it has none");
        return hint(c, "leave preview out");
    }
    bool is_versioned = route_is_of_order(d->matched.route) || has_flag(d, ROUTE_TAGGED);
    if (d->decoded.in.if_match != NONE && !is_versioned) {
        fail_at(c, ERR_INVALID, "no_version", "If-Match", "what this changes has no version");
        return hint(c, "leave If-Match out");
    }
    if (has_flag(d, ROUTE_PREPARES)) TRY(prepare_handler(c, d));
    if (!source_term(c->source))
        return fail(c, ERR_UPSTREAM, "node_lost", "this server is about to get a new number");
    c->command_id = source_id(c->source);
    if (!d->decoded.key.at || d->decoded.in.is_preview) return OK;
    d->command.key = d->decoded.key;
    d->command.actor_id = c->actor_id;
    return decode_fingerprint(c, &d->call, &d->decoded, &d->command.request_hash);
}

static void log_it(const struct dispatched *d, int64_t us)
{
    /* The path of a public route may hold a token: only its shape is told. */
    bool is_secret = has_flag(d, ROUTE_PUBLIC);
    struct text path = is_secret ? text_of(d->matched.route->path) : d->decoded.path;
    const struct fault *f = &d->ctx.fault;
    bool is_bad = d->answer.code != OK;
    log_line(d->answer.status >= 500 ? LOG_ERROR : LOG_INFO, "http",
             "%.*s %.*s %d %lld.%03lld ms id=%.*s actor=%lld%s%s%s%s", TEXT_ARG(d->call.method),
             TEXT_ARG(text_head(path, 200)), d->answer.status, (long long)(us / 1000),
             (long long)(us % 1000), TEXT_ARG(d->call.request_id), (long long)d->ctx.actor_id,
             is_bad ? " " : "", is_bad ? f->reason : "", d->answer.code == ERR_BUG ? ": " : "",
             d->answer.code == ERR_BUG ? f->detail : "");
}

static bool is_done(const struct dispatched *d)
{
    return has_flag(d, ROUTE_WRITE | ROUTE_CALLS) && d->answer.code == OK &&
           !d->decoded.in.is_preview && !d->answer.is_replayed;
}

/* From the result to the answer: in the thread that has it. */
static void finish(struct dispatched *d, enum err e)
{
    struct ctx *c = &d->ctx;
    if (e != OK) {
        struct fault fault = c->fault;
        bool found = false;
        c->merchant_id = d->merchant_id;
        bool has_twin = d->command.key.at && store_reader(c) == OK &&
                        find_kept(c, d, &found) == OK && found;
        c->fault = fault;
        if (!has_twin) refuse(d);
    }
    if (is_done(d)) {
        if (d->matched.route->scopes & SCOPE(ADMIN) || has_flag(d, ROUTE_SELF))
            key_cache_forget(d->server->keys);
        if (d->server->committed) d->server->committed(d->server->committed_arg);
    }
    int64_t us = monotonic_us() - d->began_us;
    route_count_add(d->server->counts, d->matched.number, d->answer.status, us);
    if (!d->call.is_trusted) log_it(d, us);
}

static struct dispatched *begin(struct server *s, struct arena *arena, const struct call *call)
{
    struct dispatched *d = arena_new(arena, struct dispatched, 1);
    d->server = s;
    d->call = *call;
    d->began_us = monotonic_us();
    d->matched.number = route_tree_count(s->tree);
    d->ctx = (struct ctx){
        .arena = arena, .source = s->source, .store = s->store, .now_us = source_now_us(s->source)};
    return d;
}

void dispatch(struct server *s, struct arena *arena, const struct call *call, struct answer *out)
{
    struct dispatched *d = begin(s, arena, call);
    struct ctx *c = &d->ctx;
    enum err e = prepare(c, d);
    if (e == OK && !is_write(d)) {
        e = run_read(d);
    } else if (e == OK) {
        e = d->decoded.in.is_preview ? db_preview(c, run_preview, d) : db_tx(c, run_command, d);
    }
    finish(d, e);
    *out = d->answer;
}

static void unit_done(struct unit *u)
{
    struct dispatched *d = dispatched_of(u);
    finish(d, u->result);
    d->done(d->arg, &d->answer);
}

void dispatch_begin(struct server *s, struct arena *arena, const struct call *call,
                    answered_fn *done, void *arg)
{
    struct dispatched *d = begin(s, arena, call);
    struct ctx *c = &d->ctx;
    d->done = done;
    d->arg = arg;
    d->unit.weight = 1 + (int64_t)call->body.len / WEIGHT_BYTES;
    enum err e = prepare(c, d);
    if (e == OK && is_write(d)) {
        d->unit = (struct unit){.ctx = c,
                                .weight = d->unit.weight,
                                .work = d->decoded.in.is_preview ? run_preview : run_command,
                                .arg = d,
                                .done = unit_done,
                                .is_preview = d->decoded.in.is_preview,
                                .together = d->matched.route->together ? run_commands : NULL,
                                .kind = d->matched.route};
        db_submit(&d->unit);
        return;
    }
    if (e == OK) e = run_read(d);
    finish(d, e);
    done(arg, &d->answer);
}

bool dispatch_admit(struct server *s, struct arena *arena, const struct call *call, struct ctx *who,
                    struct answer *out)
{
    struct dispatched *d = begin(s, arena, call);
    enum err e = admit(&d->ctx, d);
    *who = (struct ctx){.merchant_id = d->ctx.merchant_id, .owner_id = d->ctx.owner_id};
    if (e == OK) return true;
    finish(d, e);
    *out = d->answer;
    return false;
}

size_t dispatch_body_max(struct server *s, struct text method, struct text path)
{
    enum { BULK_BODY_MAX = 64 * 1024 * 1024 };
    struct arena a = {0};
    struct matched m;
    bool is_bulk = route_tree_find(s->tree, &a, method, path, &m) == MATCH_FOUND &&
                   (m.route->flags & ROUTE_BULK);
    arena_free(&a);
    return is_bulk ? BULK_BODY_MAX : 0;
}

size_t answer_headers(const struct answer *a, struct http_header out[ANSWER_HEADERS_MAX])
{
    size_t n = 0;
    if (a->etag.at) out[n++] = (struct http_header){"ETag", a->etag};
    if (a->location.at) out[n++] = (struct http_header){"Location", a->location};
    if (a->link.at) out[n++] = (struct http_header){"Link", a->link};
    if (a->cookie.at) out[n++] = (struct http_header){"Set-Cookie", a->cookie};
    if (a->allow.at) out[n++] = (struct http_header){"Allow", a->allow};
    if (a->is_replayed) out[n++] = (struct http_header){"Idempotent-Replayed", T("true")};
    if (a->is_preview) out[n++] = (struct http_header){"Preference-Applied", T("dry-run")};
    if (a->status == 401) out[n++] = (struct http_header){"WWW-Authenticate", T("Bearer")};
    if (a->status == 503) out[n++] = (struct http_header){"Retry-After", T("1")};
    if (a->status == 429) out[n++] = (struct http_header){"Retry-After", a->retry_after};
    return n;
}
