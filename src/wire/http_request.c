/* wire/http_request.c: one request, from its head to its answer. */
#include "base/field.h"
#include "base/log.h"
#include "base/source.h"
#include "wire/http_inside.h"

#include <string.h>
#include <sys/random.h>

enum {
    SWALLOW_MAX = 1024 * 1024, /* of a body too large, read so that the 413 is heard */
    BODY_RATE_MIN = 4096,      /* bytes a second that keep a slow body alive */
    REQUEST_ID_MAX = 128,
};

static struct request *inside(struct http_request *req) { return (struct request *)(void *)req; }

/* --- what is in a request ----------------------------------------------------------------------
 */

struct text http_header(const struct http_request *req, const char *name)
{
    return http_headers_find(req->headers, name);
}

struct text http_cookie(const struct http_request *req, const char *name)
{
    for (struct text rest = http_header(req, "cookie"); rest.at;) {
        struct text value, pair = text_split(rest, ';', &rest);
        struct text key = text_trim(text_split(pair, '=', &value));
        if (value.at && text_is(key, name)) return text_trim(value);
    }
    return (struct text){0};
}

bool http_query_next(const struct http_request *req, struct text *rest, struct text *name,
                     struct text *value)
{
    return http_pair_next(req->arena, rest, name, value);
}

struct text http_query(const struct http_request *req, const char *name)
{
    struct text rest = req->query, key, value;
    while (http_query_next(req, &rest, &key, &value))
        if (text_is(key, name)) return value;
    return (struct text){0};
}

bool http_client_gone(const struct http_request *req)
{
    const struct request *r = (const struct request *)(const void *)req;
    return atomic_load(&r->connection->state) >= ABANDONED || socket_hung_up(r->connection->fd);
}

/* --- answers -----------------------------------------------------------------------------------
 */

static void header_put(struct MHD_Response *m, const char *name, const char *value)
{
    if (MHD_add_response_header(m, name, value) != MHD_YES)
        log_line(LOG_ERROR, "http", "header %s cannot be sent and was left out", name);
}

static ssize_t pull_read(void *arg, uint64_t pos, char *into, size_t room)
{
    (void)pos;
    struct http_pull *from = arg;
    ssize_t n = from->pull(from->arg, into, room);
    if (n > 0) return n;
    return n ? MHD_CONTENT_READER_END_WITH_ERROR : MHD_CONTENT_READER_END_OF_STREAM;
}

static void pull_done(void *arg)
{
    const struct http_pull *from = arg;
    if (from->done) from->done(from->arg);
}

static struct MHD_Response *response_new(struct request *r)
{
    struct answer *a = &r->answer;
    if (a->stream) {
        struct http_server *s = r->connection->server;
        pthread_mutex_lock(&s->lock);
        r->connection->stream = a->stream;
        if (atomic_load(&s->stopping)) http_stream_close(a->stream, false);
        pthread_mutex_unlock(&s->lock);
        return http_stream_response(a->stream, r->connection->mhd);
    }
    if (a->is_pull)
        return MHD_create_response_from_callback(a->from.bytes < 0 ? MHD_SIZE_UNKNOWN
                                                                   : (uint64_t)a->from.bytes,
                                                 64 * 1024, pull_read, &a->from, pull_done);
    /* The library wants a pointer to plain bytes, and with PERSISTENT only reads them. */
    char *bytes = (char *)(uintptr_t)(a->body.len ? a->body.at : "");
    return MHD_create_response_from_buffer(a->body.len, bytes, MHD_RESPMEM_PERSISTENT);
}

static enum MHD_Result send_answer(struct request *r)
{
    struct http_server *s = r->connection->server;
    struct answer *a = &r->answer;
    struct MHD_Response *m = response_new(r);
    if (!m) return MHD_NO;
    if (a->content_type) header_put(m, "Content-Type", a->content_type);
    header_put(m, "Request-Id", text_cstr(r->open.arena, r->open.id));
    header_put(m, "X-Content-Type-Options", "nosniff");
    for (size_t i = 0; i < a->more.count; i++)
        header_put(m, a->more.at[i].name, text_cstr(r->open.arena, a->more.at[i].value));
    if (r->close || atomic_load(&s->leaving)) header_put(m, "Connection", "close");
    enum MHD_Result queued = MHD_queue_response(r->connection->mhd, (unsigned)a->status, m);
    MHD_destroy_response(m);
    return queued;
}

/* The server's own answer; the handler never sees the request. */
static enum MHD_Result refuse(struct request *r, int status, const char *reason, const char *detail)
{
    r->close = true;
    phase_move(r->connection, BODY, WORK);
    r->answer = (struct answer){
        .status = status,
        .content_type = "application/problem+json",
        .body = text_printf(r->open.arena, HTTP_PROBLEM_FORMAT, http_title(status), status, reason,
                            detail),
    };
    static const struct http_header later[] = {{"Retry-After", {"1", 1}}};
    if (status == 503) r->answer.more = (struct http_headers){later, 1};
    log_line(LOG_DEBUG, "http", "refused %d %s", status, reason);
    return send_answer(r);
}

static const char *too_large(struct request *r)
{
    return text_cstr(r->open.arena,
                     text_printf(r->open.arena,
                                 "the body is larger than the %zu bytes that this path takes",
                                 r->body_max));
}

static enum MHD_Result refuse_large(struct request *r)
{
    return refuse(r, 413, "body_too_large", too_large(r));
}

/* Hand the request back to its connection; the caller has filled in the answer. */
static void give_back(struct request *r)
{
    int state = RUNS;
    if (atomic_compare_exchange_strong(&r->connection->state, &state, ANSWERED)) return;
    if (state == WAITS && atomic_compare_exchange_strong(&r->connection->state, &state, ANSWERED)) {
        MHD_resume_connection(r->connection->mhd);
        return;
    }
    assert(state == ABANDONED || state == ORPHAN); /* else it was answered twice */
    if (r->answer.is_pull) pull_done(&r->answer.from);
    if (r->answer.stream) http_stream_drop(r->answer.stream);
    if (state == ABANDONED &&
        atomic_compare_exchange_strong(&r->connection->state, &state, DROPPED))
        return;
    struct arena orphan = r->connection->arena;
    arena_free(&orphan);
}

static struct http_headers headers_copy(struct arena *a, struct http_headers h)
{
    struct http_header *copy = arena_new(a, struct http_header, h.count + 1);
    for (size_t i = 0; i < h.count; i++) {
        copy[i].name = text_cstr(a, text_of(h.at[i].name));
        copy[i].value = text_copy(a, h.at[i].value);
    }
    return (struct http_headers){copy, h.count};
}

static void answer_start(struct request *r, int status, const char *content_type,
                         struct http_headers more)
{
    struct arena *a = r->open.arena;
    r->answer = (struct answer){.status = status, .more = headers_copy(a, more)};
    if (content_type) r->answer.content_type = text_cstr(a, text_of(content_type));
}

void http_reply(struct http_request *req, int status, const char *content_type, struct text body,
                struct http_headers more)
{
    struct request *r = inside(req);
    answer_start(r, status, content_type, more);
    r->answer.body = text_copy(req->arena, body);
    give_back(r);
}

void http_reply_pull(struct http_request *req, int status, const char *content_type,
                     struct http_pull from, struct http_headers more)
{
    struct request *r = inside(req);
    answer_start(r, status, content_type, more);
    r->answer.is_pull = true;
    r->answer.from = from;
    give_back(r);
}

struct http_stream *http_stream_begin(struct http_request *req, const char *content_type,
                                      struct http_headers more)
{
    struct request *r = inside(req);
    struct http_stream *s = http_stream_new();
    answer_start(r, 200, content_type, more);
    r->answer.stream = s;
    give_back(r);
    return s;
}

/* --- a request comes in ------------------------------------------------------------------------
 */

struct head {
    struct http_header *at;
    size_t count, room;
    struct arena *arena;
    const char *line; /* where the next line must begin */
    bool is_clean;
};

static enum MHD_Result head_take(void *arg, enum MHD_ValueKind kind, const char *name,
                                 size_t name_len, const char *value, size_t value_len)
{
    (void)kind;
    struct head *h = arg;
    if (!value) value = "", value_len = 0;
    if (name != h->line || value < name + name_len) h->is_clean = false;
    h->line = value + value_len + 2;
    struct http_header *copy = &arena_push(h->arena, h->at, h->count, h->room)[0];
    copy->name = text_cstr(h->arena, (struct text){name, name_len});
    copy->value = http_trim(text_copy(h->arena, (struct text){value, value_len}));
    return MHD_YES;
}

/* The library splits the head in place and tells where each part lies. When every line ended in
   CRLF and nothing was folded or cut by a NUL, each begins two bytes behind the one before, and
   the last is followed by the empty line. So we see bare LF, bare CR, folds and NULs after all. */
static struct http_refusal head_read(struct request *r, const char *method, const char *url,
                                     const char *version)
{
    struct MHD_Connection *mhd = r->connection->mhd;
    const union MHD_ConnectionInfo *size =
        MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
    struct head h = {
        .arena = r->open.arena, .line = version + strlen(version) + 2, .is_clean = true};
    MHD_get_connection_values_n(mhd, MHD_HEADER_KIND, head_take, &h);
    r->open.headers = (struct http_headers){h.at, h.count};
    if (size->header_size > r->connection->server->options.head_max)
        return (struct http_refusal){431, "head_too_large", "the header fields are too large"};
    bool is_whole = h.is_clean && url == method + strlen(method) + 1 &&
                    version == url + r->target.len + 1 && h.line + 2 == method + size->header_size;
    if (r->connection->server->knows_layout && !is_whole)
        return (struct http_refusal){400, "bad_line_end",
                                     "a header line does not end in CRLF, or is folded"};
    return http_framing_check(r->open.headers, strcmp(version, MHD_HTTP_VERSION_1_1) == 0);
}

static struct text id_choose(const struct request *r)
{
    struct text given = http_header(&r->open, "request-id");
    bool fits = given.len > 0 && given.len <= REQUEST_ID_MAX;
    for (size_t i = 0; fits && i < given.len; i++) fits = given.at[i] > ' ' && given.at[i] < 0x7F;
    if (fits) return given;
    struct source *s = r->connection->server->options.source;
    if (s) return id_text(r->open.arena, "req", source_id(s));
    uint64_t random[2] = {0};
    (void)!getrandom(random, sizeof random, 0);
    return text_printf(r->open.arena, "req_%016llx%016llx", (unsigned long long)random[0],
                       (unsigned long long)random[1]);
}

/* The request line is read. The library keeps the result as the request's context. */
void *request_on_target(void *server, const char *target, struct MHD_Connection *mhd)
{
    (void)server;
    struct connection *k =
        MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
    arena_rewind(&k->arena, k->bare);
    struct request *r = &k->request;
    *r = (struct request){.connection = k};
    atomic_store(&k->state, RUNS);
    r->open.arena = &k->arena;
    r->open.peer = k->peer;
    r->target = text_copy(&k->arena, text_of(target));
    r->body = buf_new(&k->arena);
    phase_move(k, IDLE, HEAD);
    return r;
}

static enum MHD_Result on_head(struct request *r, const char *method, const char *url,
                               const char *version)
{
    struct connection *k = r->connection;
    struct http_server *s = k->server;
    const struct http_options *o = &s->options;
    deadline_set(k, 0);
    if (!phase_move(k, HEAD, BODY)) return MHD_NO;
    r->is_begun = true;
    r->open.is_head = strcmp(method, "HEAD") == 0;
    r->open.method = r->open.is_head ? T("GET") : text_copy(r->open.arena, text_of(method));
    struct http_refusal no = head_read(r, method, url, version);
    r->open.id = id_choose(r);
    if (!no.reason && !http_is_token(r->open.method))
        no = (struct http_refusal){400, "bad_method", "the method is no word"};
    if (!no.reason) no = http_target_parse(r->open.arena, r->target, &r->open.path, &r->open.query);
    if (!no.reason && k->is_surplus)
        no = (struct http_refusal){503, "too_many_connections", "the server is full; try again"};
    if (no.reason) return refuse(r, no.status, no.reason, no.detail);
    size_t more = o->body_max_of ? o->body_max_of(o->arg, r->open.method, r->open.path) : 0;
    r->body_max = more ? more : o->body_max;
    int64_t length = 0;
    text_to_i64(http_header(&r->open, "content-length"), &length);
    r->close = http_header(&r->open, "transfer-encoding").at != NULL;
    r->is_too_large = (uint64_t)length > r->body_max;
    bool is_asking = http_header(&r->open, "expect").at != NULL;
    if (r->is_too_large && (is_asking || (uint64_t)length > r->body_max + SWALLOW_MAX))
        return refuse_large(r);
    return MHD_YES;
}

static enum MHD_Result on_body(struct request *r, const char *bytes, size_t *count)
{
    struct connection *k = r->connection;
    size_t n = *count;
    *count = 0;
    if (r->body.len + n > r->body_max) r->is_too_large = true;
    if (!r->is_too_large) {
        buf_put(&r->body, (struct text){bytes, n});
        deadline_set(k, (int64_t)(r->body.len / BODY_RATE_MIN) * 1000000);
        return MHD_YES;
    }
    r->discarded += n;
    if (r->discarded <= SWALLOW_MAX + r->body_max) return MHD_YES;
    if (phase_move(k, BODY, EXPIRED)) socket_refuse(k->fd, 413, "body_too_large", too_large(r));
    return MHD_NO;
}

static enum MHD_Result on_whole(struct request *r)
{
    struct connection *k = r->connection;
    struct http_server *s = k->server;
    if (!phase_move(k, BODY, WORK)) return MHD_NO;
    if (r->is_too_large) return refuse_large(r);
    if (atomic_load(&s->dead)) return refuse(r, 503, "stopping", "the server is being stopped");
    r->open.body = r->body.len ? buf_text(&r->body) : T("");
    s->options.handle(s->options.arg, &r->open);
    if (atomic_load(&r->connection->state) == ANSWERED) return send_answer(r);
    MHD_suspend_connection(k->mhd);
    int state = RUNS;
    bool waits = atomic_compare_exchange_strong(&r->connection->state, &state, WAITS);
    state = WAITS;
    if (!waits || (atomic_load(&s->dead) &&
                   atomic_compare_exchange_strong(&r->connection->state, &state, ABANDONED)))
        MHD_resume_connection(k->mhd);
    return MHD_YES;
}

bool request_abandon(struct connection *k)
{
    int state = WAITS;
    if (!atomic_compare_exchange_strong(&k->state, &state, ABANDONED)) return false;
    MHD_resume_connection(k->mhd);
    return true;
}

/* The owner may still write into the arena: nothing of the request is used. */
static enum MHD_Result send_abandoned(struct request *r)
{
    struct arena a = {0};
    struct text body = text_printf(&a, HTTP_PROBLEM_FORMAT, http_title(503), 503, "stopping",
                                   "the server was stopped; whether it was done is not known");
    char *bytes = arena_new(&a, char, body.len + 1);
    memcpy(bytes, body.at, body.len);
    struct MHD_Response *m =
        MHD_create_response_from_buffer(body.len, bytes, MHD_RESPMEM_MUST_COPY);
    header_put(m, "Content-Type", "application/problem+json");
    header_put(m, "Request-Id", text_cstr(&a, r->open.id));
    header_put(m, "X-Content-Type-Options", "nosniff");
    header_put(m, "Connection", "close");
    enum MHD_Result queued = MHD_queue_response(r->connection->mhd, 503, m);
    MHD_destroy_response(m);
    arena_free(&a);
    return queued;
}

enum MHD_Result request_on_access(void *server, struct MHD_Connection *mhd, const char *url,
                                  const char *method, const char *version, const char *bytes,
                                  size_t *count, void **context)
{
    (void)mhd;
    (void)server;
    struct request *r = *context;
    if (!r->is_begun) {
        atomic_fetch_add(&r->connection->server->active, 1);
        return on_head(r, method, url, version);
    }
    if (*count) return on_body(r, bytes, count);
    int state = atomic_load(&r->connection->state);
    if (state == ABANDONED || state == DROPPED) return send_abandoned(r);
    return state == ANSWERED ? send_answer(r) : on_whole(r);
}

void request_on_done(void *server, struct MHD_Connection *mhd, void **context,
                     enum MHD_RequestTerminationCode why)
{
    (void)mhd;
    (void)why;
    struct http_server *s = server;
    struct request *r = *context;
    if (!r) return;
    struct connection *k = r->connection;
    if (k->stream) {
        pthread_mutex_lock(&s->lock);
        k->stream = NULL;
        pthread_mutex_unlock(&s->lock);
    }
    int state = atomic_load(&r->connection->state);
    if (state != ABANDONED) arena_rewind(&k->arena, k->bare);
    k->is_old = true;
    deadline_set(k, 0);
    phase_move(k, WORK, IDLE);
    *context = NULL;
    atomic_fetch_sub(&s->active, 1);
}
