#include "app/serve.h"

#include "app/config.h"
#include "app/pulse.h"
#include "app/seed.h"
#include "app/streams.h"
#include "base/log.h"
#include "base/source.h"
#include "base/time.h"
#include "domain/events/turn.h"
#include "domain/people/people.h"
#include "faces/api/sessions.h"
#include "faces/api/system.h"
#include "faces/jobs/react.h"
#include "faces/pages/links.h"
#include "faces/pages/pages.h"
#include "store/db.h"
#include "wire/http_server.h"

#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

enum { GRACE_S = 30, POLL_MS = 200, QUIET_MS = 500, BEHIND_NICE = 10 };

struct serving {
    struct cli *cli;
    struct config config;
    struct pulse pulse;
    struct streams *streams;
    struct http_server *http;
    int64_t
        holder_id; /* of turns: this process among those that share a database; 0: it is alone */
    pthread_t reactions, jobs, feeds;
    atomic_uint asked; /* times, by somebody who wanted more than to know how we are */
};

/* --- HTTP ------------------------------------------------------------------------------------ */

static bool is_api(struct text path) { return text_starts(path, T("/v1/")); }

static size_t page_headers(const struct http_request *req, struct http_header *at)
{
    at[0] = (struct http_header){"Content-Security-Policy", T(PAGE_CSP)};
    at[1] = (struct http_header){"Referrer-Policy", T("no-referrer")};
    at[2] = (struct http_header){"X-Robots-Tag", T("noindex")};
    if (text_starts(req->path, T("/pages/"))) return 3;
    at[3] = (struct http_header){"Cache-Control", T("no-store")};
    return 4;
}

/* A browser that asks for what is not there gets a page, a program the problem. */
static bool wants_page(const struct http_request *req, const struct answer *a)
{
    return a->status >= 400 && !is_api(req->path) &&
           text_find(http_header(req, "Accept"), T("text/html")) >= 0 &&
           !text_starts(a->content_type, T("text/html"));
}

static void reply(void *arg, const struct answer *a)
{
    enum { PAGE_HEADERS = 4 };
    struct http_request *req = arg;
    struct http_header headers[ANSWER_HEADERS_MAX + PAGE_HEADERS];
    size_t n = answer_headers(a, headers);
    struct text type = a->content_type, body = a->body;
    if (wants_page(req, a)) {
        type = T("text/html; charset=utf-8");
        body = page_of_status(req->arena, a->status);
    }
    if (is_api(req->path))
        headers[n++] = (struct http_header){"Cache-Control", T("no-store")};
    else
        n += page_headers(req, headers + n);
    http_reply(req, a->status, type.len ? text_cstr(req->arena, type) : NULL, body,
               (struct http_headers){headers, n});
}

/* The board has no login: it is for people at this machine, not for those a proxy lets in. */
static bool is_from_here(const struct http_request *req)
{
    return (text_starts(req->peer, T("127.")) || text_is(req->peer, "::1")) &&
           !http_header(req, "X-Forwarded-For").at && !http_header(req, "Forwarded").at;
}

/* Who asks: behind a proxy on this machine, whom the proxy names last. */
static struct text peer_of(const struct http_request *req)
{
    struct text all = http_header(req, "X-Forwarded-For"), last = {0};
    bool is_proxy = text_starts(req->peer, T("127.")) || text_is(req->peer, "::1");
    while (is_proxy && all.at) last = text_trim(text_split(all, ',', &all));
    return last.len ? last : req->peer;
}

/* Browsers tell by Sec-Fetch-Site; older ones by an Origin that is not the Host asked. */
static bool is_cross_site(const struct http_request *req)
{
    struct text site = http_header(req, "Sec-Fetch-Site"), origin = http_header(req, "Origin");
    if (site.at) return !text_is(site, "same-origin") && !text_is(site, "none");
    if (!origin.at) return false;
    ptrdiff_t at = text_find(origin, T("://"));
    return at < 0 || !text_eq_nocase(text_skip(origin, (size_t)at + 3), http_header(req, "Host"));
}

static void handle(void *arg, struct http_request *req)
{
    struct serving *s = arg;
    if (!text_is(req->path, "/readyz") && !text_is(req->path, "/healthz"))
        atomic_fetch_add(&s->asked, 1);
    bool is_board = text_is(req->path, "/") || text_is(req->path, "/board.json");
    if (is_board && !is_from_here(req)) {
        http_reply(req, 404, "text/html; charset=utf-8", page_of_status(req->arena, 404),
                   (struct http_headers){0});
        return;
    }
    struct text target = req->query.at ? text_printf(req->arena, "%.*s?%.*s", TEXT_ARG(req->path),
                                                     TEXT_ARG(req->query))
                                       : req->path;
    struct call call = {.method = req->method,
                        .target = target,
                        .body = req->body,
                        .content_type = http_header(req, "Content-Type"),
                        .authorization = http_header(req, "Authorization"),
                        .idempotency_key = http_header(req, "Idempotency-Key"),
                        .prefer = http_header(req, "Prefer"),
                        .if_match = http_header(req, "If-Match"),
                        .if_none_match = http_header(req, "If-None-Match"),
                        .session = http_cookie(req, SESSION_COOKIE),
                        .peer = peer_of(req),
                        .is_cross_site = is_cross_site(req),
                        .request_id = req->id};
    if (text_is(req->path, EVENTS_STREAM_PATH) && text_is(req->method, "GET") && !req->is_head)
        streams_join(s->streams, req, &call);
    else
        dispatch_begin(&s->cli->server, req->arena, &call, reply, req);
}

static size_t body_max_of(void *arg, struct text method, struct text path)
{
    struct serving *s = arg;
    return dispatch_body_max(&s->cli->server, method, path);
}

/* --- behind it ------------------------------------------------------------------------------- */

/* What is known of a merchant between the rounds. */
struct standing {
    int64_t merchant_id, seen, retry_us;
    struct turn turn;
};
struct standings {
    struct arena arena;
    struct standing *at;
    size_t count, capacity;
};

static struct standing *standing_of(struct standings *s, int64_t merchant_id)
{
    for (size_t i = 0; i < s->count; i++)
        if (s->at[i].merchant_id == merchant_id) return &s->at[i];
    struct standing *at = arena_push(&s->arena, s->at, s->count, s->capacity);
    *at = (struct standing){.merchant_id = merchant_id};
    return at;
}

static enum err is_our_turn(struct serving *s, struct ctx *c, struct standing *m, bool *yes)
{
    *yes = true;
    if (!s->holder_id) return OK;
    c->now_us = source_now_us(c->source);
    return turn_take(c, s->holder_id, &m->turn, yes);
}

static enum err react(struct serving *s, struct ctx *c, struct standing *m)
{
    int64_t last, did = 0, behind = 0;
    bool is_ours;
    TRY(store_reader(c));
    TRY(event_last_position(c, &last));
    if (last <= m->seen) return OK;
    do {
        TRY(is_our_turn(s, c, m, &is_ours));
        if (!is_ours) return OK;
        TRY(react_to_events(c, &did));
        if (!did) TRY(react_behind(c, &behind));
    } while (did);
    if (!behind) m->seen = last;
    return OK;
}

static enum err work(struct serving *s, struct ctx *c, struct standing *m)
{
    int64_t did;
    (void)s, (void)m;
    return react_run_jobs(c, &did);
}

/* So that the next process need not wait for the end of the lease. */
static void give_back_turns(struct serving *s, struct ctx *c, const struct standings *all)
{
    for (size_t i = 0; i < all->count; i++) {
        if (!s->holder_id || all->at[i].turn.holder_id != s->holder_id) continue;
        c->merchant_id = all->at[i].merchant_id;
        if (turn_give_back(c, s->holder_id) != OK) return; /* it runs out by itself */
    }
}

typedef enum err turn_fn(struct serving *s, struct ctx *c, struct standing *m);

/* A turn for every merchant whenever something was committed, at the latest every POLL_MS; who
   fails waits for a second. */
static void turn_until_the_end(struct serving *s, turn_fn *turn)
{
    struct arena a = {0};
    struct standings standings = {0};
    uint64_t seen = 0;
    do {
        arena_reset(&a);
        struct ctx c = {
            .arena = &a, .source = &s->cli->source, .store = s->cli->store, .is_behind = true};
        struct list merchants;
        if (store_reader(&c) != OK || merchant_list(&c, &merchants) != OK) continue;
        for (size_t i = 0; i < merchants.count; i++) {
            c.now_us = source_now_us(c.source);
            c.late_us = 0;
            c.merchant_id = ((const struct merchant *)merchants.at)[i].merchant_id;
            struct standing *m = standing_of(&standings, c.merchant_id);
            if (m->retry_us > c.now_us) continue;
            if (turn(s, &c, m) != OK) m->retry_us = c.now_us + SECOND_US;
        }
    } while (pulse_wait(&s->pulse, &seen, POLL_MS));
    arena_reset(&a);
    give_back_turns(s,
                    &(struct ctx){.arena = &a, .source = &s->cli->source, .store = s->cli->store},
                    &standings);
    arena_free(&standings.arena);
    arena_free(&a);
}

/* Where both want a processor, whoever waits for an answer comes first. */
static void stand_back(void) { setpriority(PRIO_PROCESS, (id_t)gettid(), BEHIND_NICE); }

static void *run_reactions(void *arg)
{
    stand_back();
    turn_until_the_end(arg, react);
    return NULL;
}
static void *run_jobs(void *arg)
{
    stand_back();
    turn_until_the_end(arg, work);
    return NULL;
}
static void *run_feeds(void *arg)
{
    struct serving *s = arg;
    streams_run(s->streams);
    return NULL;
}

/* --- from start to stop ---------------------------------------------------------------------- */

/* The address it listens at, as somebody at this machine reaches it. */
static struct text own_url(struct serving *s)
{
    struct text host = text_of(s->config.listen);
    while (host.len && host.at[host.len - 1] != ':') host.len--;
    if (text_is(host, "0.0.0.0:") || text_is(host, "[::]:")) host = T("127.0.0.1:");
    return text_printf(&s->cli->arena, "http://%.*s%d", TEXT_ARG(host), http_server_port(s->http));
}

/* Links in mails begin with WAYBILL_URL; without it, where this server is. */
static enum err use_links(struct serving *s)
{
    const char *url = getenv("WAYBILL_URL");
    return url && *url ? OK : links_use(&s->cli->ctx, own_url(s));
}

/* So many a second, and four times as many at once; 0: any number. */
static struct rate_limit rate_from(const char *name, struct rate_limit otherwise)
{
    const char *set = getenv(name);
    int64_t n;
    if (!set || !text_to_i64(text_of(set), &n) || n < 0) return otherwise;
    return (struct rate_limit){n, 4 * n};
}

static enum err start(struct serving *s)
{
    struct cli *cli = s->cli;
    cli->writers = s->config.writers;
    cli->queue_us = 1000 * s->config.queue_ms;
    TRY(cli_open(cli));
    store_start(cli->store);
    if (store_engine(cli->store) == DB_POSTGRES) s->holder_id = source_id(&cli->source);
    pulse_open(&s->pulse);
    cli->server.key_rate = rate_from("WAYBILL_RATE", RATE_OF_KEY);
    cli->server.address_rate = rate_from("WAYBILL_RATE_ADDRESS", RATE_OF_ADDRESS);
    cli->server.committed = pulse_beat;
    cli->server.committed_arg = &s->pulse;
    s->streams = streams_open(&cli->server, &s->pulse);
    struct http_options options = {.listen = s->config.listen,
                                   .threads = s->config.threads,
                                   .body_max_of = body_max_of,
                                   .source = &cli->source,
                                   .handle = handle,
                                   .arg = s};
    enum err e = http_server_start(&cli->ctx, &options, &s->http);
    if (e != OK) {
        streams_close(s->streams);
        pulse_close(&s->pulse);
        return e;
    }
    if ((e = use_links(s)) != OK) return e;
    pthread_create(&s->reactions, NULL, run_reactions, s);
    pthread_create(&s->jobs, NULL, run_jobs, s);
    pthread_create(&s->feeds, NULL, run_feeds, s);
    return OK;
}

/* The proxy is told, and has drain_s to notice; as long again if it still sends somebody. */
static void drain(struct serving *s)
{
    atomic_store(&s->cli->server.is_draining, true);
    if (!s->config.drain_s) return;
    http_server_leave(s->http);
    sleep(s->config.drain_s);
    for (unsigned i = 0, seen; i < s->config.drain_s * 1000 / QUIET_MS; i++) {
        seen = atomic_load(&s->asked);
        usleep(QUIET_MS * 1000);
        if (seen == atomic_load(&s->asked)) return;
    }
}

static void stop(struct serving *s)
{
    drain(s);
    int left = http_server_stop(s->http, GRACE_S);
    if (left) log_line(LOG_WARN, "serve", "%d requests were not answered in time", left);
    pulse_end(&s->pulse);
    pthread_join(s->reactions, NULL);
    pthread_join(s->jobs, NULL);
    pthread_join(s->feeds, NULL);
}

/* Until a signal says stop. */
static const char *wait_for_the_end(const sigset_t *signals)
{
    int got = 0;
    while (sigwait(signals, &got) != 0) continue;
    return got == SIGTERM ? "SIGTERM" : "SIGINT";
}

static void say_where(const struct serving *s)
{
    struct text host = text_of(s->config.listen);
    while (host.len && host.at[host.len - 1] != ':') host.len--;
    printf("waybill listens at http://%.*s%d with %s\n", TEXT_ARG(host), http_server_port(s->http),
           store_address(s->cli->store));
    fflush(stdout);
}

int verb_serve(struct cli *cli, int argc, char **argv)
{
    static struct serving s;
    sigset_t signals;
    s = (struct serving){.cli = cli};
    enum err e = config_read(cli, &argc, argv, &s.config);
    if (e != OK) return cli_fail(cli, e);
    if (argc > 1) return cli_misuse(cli, "serve", "\"%s\" is not known", argv[1]);
    log_open((enum log_level)s.config.log_level, -1);
    /* Blocked before there are threads, so that the one that waits gets them. */
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    pthread_sigmask(SIG_BLOCK, &signals, NULL);
    signal(SIGPIPE, SIG_IGN);
    e = start(&s);
    if (e != OK) return cli_fail(cli, e);
    say_where(&s);
    const char *why = wait_for_the_end(&signals);
    log_line(LOG_INFO, "serve", "%s: finishing what was accepted", why);
    stop(&s);
    cli_close(cli); /* the writers first: they may still beat the pulse */
    streams_close(s.streams);
    pulse_close(&s.pulse);
    log_line(LOG_INFO, "serve", "stopped");
    return 0;
}
