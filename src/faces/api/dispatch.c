#include "faces/api/dispatched.h"

#include "base/log.h"
#include "base/source.h"
#include "faces/api/credential.h"
#include "faces/api/metrics.h"
#include "faces/api/ownership.h"
#include "faces/api/route_tree.h"
#include "store/db.h"

#include <string.h>
#include <time.h>

/* Of a body: about what an order takes. */
enum { WEIGHT_BYTES = 1024 };

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

/* --- the way in ------------------------------------------------------------------------------ */

static enum err run_read(struct dispatched *d)
{
    struct reply out = {0};
    TRY(d->matched.route->handler(&d->ctx, &d->decoded.in, &out));
    answer_encode(d, &out);
    if (d->answer.status == 200 && d->answer.etag.at &&
        text_eq(text_trim(d->call.if_none_match), d->answer.etag)) {
        d->answer.status = 304;
        d->answer.body = (struct text){0};
    }
    return OK;
}

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
    struct buf b = buf_new(d->ctx.arena); /* without printf: it is written for every request */
    buf_put(&b, d->call.method);
    buf_putc(&b, ' ');
    buf_put(&b, text_head(path, 200));
    buf_putc(&b, ' ');
    buf_put_i64(&b, d->answer.status);
    buf_putc(&b, ' ');
    buf_put_i64(&b, us / 1000);
    buf_putc(&b, '.');
    for (int64_t part = 100; part; part /= 10) buf_putc(&b, (char)('0' + us / part % 10));
    buf_puts(&b, " ms id=");
    buf_put(&b, d->call.request_id);
    buf_puts(&b, " actor=");
    buf_put_i64(&b, d->ctx.actor_id);
    if (d->answer.code != OK) buf_putc(&b, ' ');
    if (d->answer.code != OK) buf_puts(&b, f->reason);
    if (d->answer.code == ERR_BUG) buf_puts(&b, ": ");
    if (d->answer.code == ERR_BUG) buf_puts(&b, f->detail);
    log_text(d->answer.status >= 500 ? LOG_ERROR : LOG_INFO, "http", buf_text(&b));
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
                        command_kept(c, d, &found) == OK && found;
        c->fault = fault;
        if (!has_twin) answer_refuse(d);
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
        e = d->decoded.in.is_preview ? db_preview(c, command_try, d) : db_tx(c, command_run, d);
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
                                .work = d->decoded.in.is_preview ? command_try : command_run,
                                .arg = d,
                                .done = unit_done,
                                .is_preview = d->decoded.in.is_preview,
                                .together = d->matched.route->together ? commands_run : NULL,
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
